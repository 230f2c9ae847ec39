/* Each operation calls the session as the input says and holds its answer against the headers. */
#include "session_calls.h"

#include <string.h>

enum { CDB_LENGTH = 16, LONGEST_ANSWERS = 12, LOGIN_STEPS = 4 };

/* Holds a status against those that the call's comment lists. */
static int32_t answered(int32_t status, const int32_t *documented, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (documented[i] == status) {
            return status;
        }
    }
    FUZZ_HOLDS(status == SANSCSI_OK, "every call returns a status that is documented for it");
    return status;
}

#define ANSWERED(status, ...)                                                                      \
    answered(status, (const int32_t[]){__VA_ARGS__},                                               \
             sizeof((const int32_t[]){__VA_ARGS__}) / sizeof(int32_t))

#define SUBMIT_STATUSES                                                                            \
    SANSCSI_NO_FREE_TASK, SANSCSI_NOT_LOGGED_IN, SANSCSI_IN_TRANSITION,                            \
        SANSCSI_WRONG_SESSION_TYPE, SANSCSI_TOO_LARGE, SANSCSI_NOT_NEGOTIATED

/* The task counts when the call took it. */
static void accepted(struct run *run, struct job *job, int32_t status) {
    transcribe(&run->transcript, (uint64_t)(uint32_t)status);
    if (status != SANSCSI_OK) {
        job_forget(run);
    } else {
        FUZZ_HOLDS(job->task != 0, "a task that was accepted has a handle");
    }
}

static uint64_t a_timeout(struct run *run) {
    static const uint64_t timeouts[] = {0, SANSCSI_SECOND, 5 * SANSCSI_SECOND, SANSCSI_NEVER, 1};
    return timeouts[sanscsi_reader_u8(&run->program) % 5];
}

static uint32_t a_length(struct run *run) {
    return fuzz_up_to(&run->program, JOB_BYTES);
}

static void submit(struct run *run) {
    uint8_t cdb[CDB_LENGTH] = {0x28};
    uint8_t how = sanscsi_reader_u8(&run->program);
    struct job *job = job_new(run, SANSCSI_TASK_COMMAND);
    if (job == NULL) {
        return;
    }
    uint32_t number = run->job_count - 1;
    put32(cdb + 2, number);
    lend(&job->out, (how & 1) != 0 ? a_length(run) : 0, 1 + (how >> 2) % PIECES, 0, number);
    lend(&job->in, (how & 2) != 0 ? a_length(run) : 0, 1 + (how >> 4) % PIECES, 0x5c, number);
    lend(&job->sense, (how & 0x40) != 0 ? how : 0, 1, 0x5c, number);
    sanscsi_command command;
    sanscsi_command_defaults(&command);
    command.cdb = cdb;
    command.cdb_length = CDB_LENGTH;
    command.lun = (uint64_t)(how >> 7) << 48;
    command.data_out = job->out.pieces;
    command.data_out_count = job->out.count;
    command.data_in = job->in.pieces;
    command.data_in_count = job->in.count;
    command.sense = job->sense.count > 0 ? job->sense.pieces[0].data : NULL;
    command.sense_size = job->sense.length;
    command.user = number;
    command.timeout = a_timeout(run);
    uint8_t flags = sanscsi_reader_u8(&run->program);
    command.flags = flags & 3;
    command.attribute = (flags >> 2) % 5;
    command.priority = (flags & 0xc0) == 0xc0 ? 3 : 0;
    int32_t status = sanscsi_submit(calls(run), &command, run->now, &job->task);
    memset(cdb, 0xee, sizeof(cdb)); /* it is copied */
    accepted(run, job, ANSWERED(status, SUBMIT_STATUSES));
}

static sanscsi_task some_task(struct run *run) {
    uint32_t number = sanscsi_reader_u8(&run->program);
    return number < run->job_count ? run->jobs[run->job_count - 1 - number].task
                                   : fuzz_up_to(&run->program, UINT32_MAX);
}

static void cancel(struct run *run) {
    sanscsi_task task = some_task(run);
    int32_t status = sanscsi_cancel(calls(run), task, run->now);
    transcribe(&run->transcript, (uint64_t)(uint32_t)ANSWERED(status, SANSCSI_UNKNOWN_TASK));
}

static void manage(struct run *run) {
    struct job *job = job_new(run, SANSCSI_TASK_MANAGEMENT);
    if (job == NULL) {
        return;
    }
    sanscsi_management management;
    sanscsi_management_defaults(&management);
    management.function = sanscsi_reader_u8(&run->program) % 14;
    management.lun = (uint64_t)fuzz_flag(&run->program) << 48;
    management.user = run->job_count - 1;
    management.timeout = a_timeout(run);
    management.task = management.function == SANSCSI_MANAGE_QUERY_TASK ? some_task(run) : 0;
    int32_t status = sanscsi_manage(calls(run), &management, run->now, &job->task);
    accepted(run, job,
             ANSWERED(status, SUBMIT_STATUSES, SANSCSI_UNKNOWN_TASK, SANSCSI_INVALID_ARGUMENT));
}

static void ping(struct run *run) {
    struct job *job = job_new(run, SANSCSI_TASK_PING);
    if (job == NULL) {
        return;
    }
    uint32_t number = run->job_count - 1;
    uint32_t length = fuzz_up_to(&run->program, ECHO);
    lend(&job->out, length, 1, 0, number);
    lend(&job->in, length, 1, 0x5c, number);
    void *data = length > 0 ? job->out.pieces[0].data : NULL;
    void *echo = length > 0 ? job->in.pieces[0].data : NULL;
    uint64_t timeout = a_timeout(run);
    int32_t status =
        sanscsi_ping(calls(run), data, echo, length, number, timeout, run->now, &job->task);
    accepted(run, job, ANSWERED(status, SUBMIT_STATUSES));
}

static void text(struct run *run, bool targets) {
    struct job *job = job_new(run, targets ? SANSCSI_TASK_SEND_TARGETS : SANSCSI_TASK_DECLARATION);
    if (job == NULL) {
        return;
    }
    uint32_t number = run->job_count - 1;
    int32_t status;
    if (targets) {
        status = sanscsi_send_targets(calls(run), number, run->now, &job->task);
    } else {
        uint32_t bytes = 500 + fuzz_up_to(&run->program, 20000);
        uint64_t timeout = a_timeout(run);
        status = sanscsi_declare_segment_length(calls(run), bytes, number, timeout, run->now,
                                                &job->task);
    }
    accepted(run, job,
             ANSWERED(status, SUBMIT_STATUSES, SANSCSI_ALREADY_STARTED, SANSCSI_INVALID_VALUE));
}

static void log_out(struct run *run) {
    uint8_t how = sanscsi_reader_u8(&run->program);
    int32_t status =
        how < 0xc0 ? sanscsi_logout(calls(run), run->now)
                   : sanscsi_logout_connection(calls(run), how & 1, 1 + (how >> 1) % 2, run->now);
    transcribe(&run->transcript,
               (uint64_t)(uint32_t)ANSWERED(status, SANSCSI_NOT_LOGGED_IN, SANSCSI_ALREADY_STARTED,
                                            SANSCSI_UNKNOWN_CONNECTION, SANSCSI_INVALID_VALUE));
}

static void connects(struct run *run) {
    int32_t status = sanscsi_connected(calls(run), 0, run->now);
    (void)ANSWERED(status, SANSCSI_NOT_CONNECTED, SANSCSI_NO_MEMORY);
    if (status == SANSCSI_OK) {
        run->connect_wanted = false;
        run->settled = false;
        run->landing_count = 0;
        run->shown_size = 0;
        peer_connect(&run->peer, fuzz_flag(&run->program) ? UINT32_C(0xfffffffe) : 7);
    }
}

static void connect_fails(struct run *run) {
    int32_t status =
        sanscsi_connect_failed(calls(run), 0, sanscsi_reader_u8(&run->program) % 7, run->now);
    (void)ANSWERED(status, SANSCSI_NOT_CONNECTED, SANSCSI_INVALID_ARGUMENT);
}

void closes(struct run *run) {
    int32_t status = sanscsi_closed(calls(run), 0, run->now);
    (void)ANSWERED(status, SANSCSI_NOT_CONNECTED);
    if (status == SANSCSI_OK) {
        run->close_wanted = false;
        run->shown_size = 0;
        run->landing_count = 0;
    }
}

/* The clock goes on by a few nanoseconds to some years, or to the deadline. */
static void time_passes(struct run *run) {
    static const uint64_t most = UINT64_MAX / 4;
    uint8_t how = sanscsi_reader_u8(&run->program);
    uint64_t deadline = sanscsi_deadline(run->session);
    if (how >= 0x40) {
        run->now = deadline != SANSCSI_NEVER && deadline > run->now && deadline < most ? deadline
                                                                                       : run->now;
    } else {
        run->now += UINT64_C(1) << how % 58;
    }
    run->now = run->now < most ? run->now : most;
    int32_t status = sanscsi_tick(calls(run), run->now);
    FUZZ_HOLDS(status == SANSCSI_OK, "a tick is always taken");
    deadline = sanscsi_deadline(run->session);
    transcribe(&run->transcript, deadline);
    FUZZ_HOLDS(deadline > run->now, "behind a tick the next deadline lies ahead");
}

void settle(struct run *run, bool windows) {
    for (uint32_t i = 0; i < 3; i++) {
        move_in(run, SIZE_MAX, windows);
        move_out(run, SIZE_MAX, SHOWN);
        poll_all(run);
    }
}

/* A whole login, if the session is ready for one. */
void login(struct run *run) {
    if (sanscsi_session_state(run->session) == SANSCSI_SESSION_FREE) {
        (void)ANSWERED(sanscsi_session_start(calls(run), run->now), SANSCSI_ALREADY_STARTED);
        poll_all(run);
    }
    if (sanscsi_session_state(run->session) == SANSCSI_SESSION_CONNECTING) {
        connects(run);
    }
    for (uint32_t i = 0;
         i < LOGIN_STEPS && sanscsi_session_state(run->session) == SANSCSI_SESSION_LOGIN; i++) {
        settle(run, false);
        peer_answers_login(run);
        settle(run, false);
    }
}

static void says_anything(struct run *run) {
    struct span bytes = fuzz_bytes(&run->program, 300);
    run->trusted = false;
    bytes_add(&run->peer.say, bytes.data, bytes.size);
}

/* What changes nothing can be asked at any time. */
static void asks(struct run *run) {
    sanscsi_parameters parameters = {.size = sizeof(parameters)};
    sanscsi_fault fault = {.size = sizeof(fault)};
    uint8_t isid[6];
    uint32_t tsih = 0;
    FUZZ_HOLDS(sanscsi_session_parameters(run->session, &parameters) == SANSCSI_OK &&
                   sanscsi_connection_fault(run->session, 0, &fault) == SANSCSI_OK &&
                   sanscsi_session_identity(run->session, isid, &tsih) == SANSCSI_OK,
               "what a session knows can be asked at any time");
    transcribe(&run->transcript, fault.code);
    transcribe(&run->transcript, tsih);
    transcribe(&run->transcript, parameters.max_burst_length);
    transcribe(&run->transcript, (uint64_t)(uint32_t)sanscsi_session_may_retry(run->session));
}

/* Calls that are mistakes have their answers, and change nothing. */
static void mistakes(struct run *run) {
    sanscsi_iovec iov;
    size_t count = 0;
    if (sanscsi_session_state(run->session) != SANSCSI_SESSION_CLOSING) {
        FUZZ_HOLDS(sanscsi_tx_commit(calls(run), 0, SIZE_MAX, run->now) != SANSCSI_OK &&
                       sanscsi_rx_commit(run->session, 0, SIZE_MAX, run->now) != SANSCSI_OK,
                   "no more is committed than was shown");
    }
    FUZZ_HOLDS(sanscsi_rx_window(run->session, 9, &iov, 1, &count) == SANSCSI_UNKNOWN_CONNECTION &&
                   sanscsi_submit(run->session, NULL, run->now, NULL) == SANSCSI_INVALID_ARGUMENT,
               "mistakes are told");
    int32_t status = sanscsi_give_secret(run->session, 0, SANSCSI_SECRET_OWN, "x", 1, run->now);
    FUZZ_HOLDS(status == SANSCSI_NOT_ASKED_FOR, "a secret is taken when it was asked for");
}

/* All but the answers and calls that depend on them. */
static void other_operation(struct run *run, uint8_t which) {
    switch (which) {
    case 12:
        time_passes(run);
        return;
    case 13:
        poll_once(run);
        return;
    case 14:
        says_anything(run);
        return;
    case 15:
        move_in(run, fuzz_up_to(&run->program, 200), fuzz_flag(&run->program));
        return;
    case 16: {
        size_t most = fuzz_up_to(&run->program, 200);
        move_out(run, most, 1 + sanscsi_reader_u8(&run->program) % (SHOWN - 1));
        return;
    }
    case 17:
        run->heap.fail = sanscsi_reader_u8(&run->program) % 3;
        return;
    case 18:
        asks(run);
        return;
    case 19:
        mistakes(run);
        return;
    case 20:
        login(run);
        return;
    default:
        windows_watched(run);
        return;
    }
}

bool operation(struct run *run) {
    uint8_t code = sanscsi_reader_u8(&run->program);
    uint8_t which = code & 0x1f;
    bool windows = (code & 0x20) != 0;
    switch (which) {
    case 0:
    case 1:
        submit(run);
        break;
    case 2:
        cancel(run);
        break;
    case 3:
        manage(run);
        break;
    case 4:
        ping(run);
        break;
    case 5:
        text(run, run->peer.terms.discovery != fuzz_flag(&run->program));
        break;
    case 6:
        log_out(run);
        break;
    case 7:
        (void)ANSWERED(sanscsi_session_start(calls(run), run->now), SANSCSI_ALREADY_STARTED);
        break;
    case 8:
        connects(run);
        break;
    case 9:
        connect_fails(run);
        break;
    case 10:
        closes(run);
        break;
    case 11:
        peer_speaks_unasked(run);
        break;
    case 31:
        return sanscsi_reader_u8(&run->program) != 0x99;
    default:
        if (which >= 24) {
            peer_answers(run);
        } else {
            other_operation(run, which);
        }
        break;
    }
    if ((code & 0xc0) == 0) {
        settle(run, windows);
    } else if ((code & 0xc0) == 0x40) {
        windows_watched(run);
    }
    return true;
}
