/* Sessions that come back by themselves (RFC 7143 6.3.5, 7.5, 7.15): when, how often, and what
 * becomes of the commands that wait. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "support/harness.h"

#define WAIT (2 * SANSCSI_SECOND)  /* Time2Wait as agreed */
#define DELAY (200 * 1000000)      /* of the first attempt */
#define LONGEST (1000 * 1000000)   /* of any */
#define HOLD (20 * SANSCSI_SECOND) /* that commands wait */
#define TIMEOUT (300 * SANSCSI_SECOND)

#define SIZE 4096u

static uint8_t buffers[64][SIZE];
static sanscsi_iovec lists[64];

static struct harness *ready(const struct target_config *config, uint32_t attempts) {
    sanscsi_session_settings settings;
    sanscsi_limits limits;
    for (size_t i = 0; i < 64; i++) {
        memset(buffers[i], (int)(0x40 + i), SIZE);
        lists[i] = (sanscsi_iovec){buffers[i], SIZE};
    }
    harness_settings(&settings, &limits);
    settings.command_timeout = TIMEOUT;
    settings.reinstate_attempts = attempts;
    settings.reinstate_delay = DELAY;
    settings.reinstate_max_delay = LONGEST;
    settings.hold_timeout = HOLD;
    limits.tasks = 64;
    struct harness *harness = harness_ready(config, &settings, &limits);
    harness->renew = true;
    return harness;
}

/* A session whose target answers nothing until told to. */
static struct harness *holding(uint32_t window, uint32_t attempts) {
    struct target_config config;
    target_config_defaults(&config);
    config.hold = true;
    config.window = window;
    struct harness *harness = ready(&config, attempts);
    for (uint32_t i = 0; i < config.storage_bytes; i++) {
        harness->target->storage[i] = (uint8_t)(i / SIZE);
    }
    return harness;
}

static int32_t submit(struct harness *harness, uint8_t opcode, uint32_t user, uint32_t flags,
                      sanscsi_task *task) {
    uint8_t cdb[10] = {opcode};
    put32(cdb + 2, user * SIZE);
    put32(cdb + 6, SIZE);
    sanscsi_command command;
    sanscsi_command_defaults(&command);
    command.cdb = cdb;
    command.cdb_length = sizeof(cdb);
    command.user = user;
    command.flags = flags;
    bool reads = opcode == TARGET_OP_READ;
    *(reads ? &command.data_in : &command.data_out) = &lists[user];
    *(reads ? &command.data_in_count : &command.data_out_count) = 1;
    return sanscsi_submit(harness->session, &command, harness->now, task);
}

static void read_block(struct harness *harness, uint32_t user, uint32_t flags) {
    assert_int_equal(submit(harness, TARGET_OP_READ, user, flags, NULL), SANSCSI_OK);
}

static int32_t state_of(const struct harness *harness) {
    return sanscsi_session_state(harness->session);
}

static void check_read(const struct harness *harness, uint32_t user) {
    const sanscsi_task_result *result = harness_result(harness, user);
    assert_int_equal(result->io_status, SANSCSI_IO_OK);
    assert_int_equal(result->data_in, SIZE);
    for (uint32_t i = 0; i < SIZE; i++) {
        assert_int_equal(buffers[user][i], (uint8_t)user);
    }
}

static void check_ended(const struct harness *harness, uint32_t user, uint32_t io_status) {
    assert_int_equal(harness_result(harness, user)->io_status, io_status);
}

/* The transport is gone and the time of the first attempt comes. */
static void lose_and_wait(struct harness *harness) {
    harness_cut(harness);
    harness_run(harness);
    assert_int_equal(state_of(harness), SANSCSI_SESSION_WAITING);
    harness_wait(harness, WAIT + DELAY);
}

/* ---- what becomes of commands ---- */

static void each_command_goes_its_way(void **state) {
    (void)state;
    struct harness *harness = holding(3, 3);
    read_block(harness, 1, SANSCSI_COMMAND_RESEND);
    read_block(harness, 2, 0);
    read_block(harness, 3, SANSCSI_COMMAND_RESEND);
    read_block(harness, 4, 0); /* behind the closed window, as the next */
    read_block(harness, 5, SANSCSI_COMMAND_RESEND);
    harness_run(harness);
    assert_int_equal(harness->target->commands, 3);
    uint32_t old_tags[3];
    for (uint32_t i = 0; i < 3; i++) {
        old_tags[i] = harness->target->tasks[i].itt;
    }
    uint8_t isid[6];
    uint8_t same_isid[6];
    uint32_t tsih = 0;
    assert_int_equal(sanscsi_session_identity(harness->session, isid, &tsih), SANSCSI_OK);
    assert_int_equal(tsih, 0x0107);
    harness_cut(harness);
    harness_run(harness);
    check_ended(harness, 2, SANSCSI_IO_CONNECTION_OFFLINE);
    assert_int_equal(harness->result_count, 1);
    assert_int_equal(harness->lost, 1);
    assert_int_equal(harness->logged_out, 0);
    assert_int_equal(sanscsi_deadline(harness->session), harness->now + WAIT + DELAY);
    harness_wait(harness, WAIT + DELAY - 1);
    assert_int_equal(harness->connects, 1);
    harness_wait(harness, 1);
    assert_int_equal(harness->connects, 2);
    assert_int_equal(harness->logged_in, 2);
    assert_int_equal(state_of(harness), SANSCSI_SESSION_LOGGED_IN);
    assert_memory_equal(harness->target->isid, isid, 6); /* TSIH 0 is checked by the target */
    assert_int_equal(sanscsi_session_identity(harness->session, same_isid, &tsih), SANSCSI_OK);
    assert_memory_equal(same_isid, isid, 6);
    assert_int_equal(harness_event(harness, SANSCSI_EVENT_SESSION_REINSTATED)->numbers[0], 1);

    assert_int_equal(harness->target->commands, 3);
    static const uint32_t in_order[] = {1, 3, 4};
    for (uint32_t i = 0; i < 3; i++) {
        const struct target_task *task = &harness->target->tasks[i];
        assert_int_equal(get32(task->cdb + 2), in_order[i] * SIZE);
        assert_int_not_equal(task->itt, old_tags[0]);
        assert_int_not_equal(task->itt, old_tags[1]);
        assert_int_not_equal(task->itt, old_tags[2]);
    }
    while (target_answer(harness->target, 0)) {
        harness_run(harness);
    }
    check_read(harness, 1);
    check_read(harness, 3);
    check_read(harness, 4);
    check_read(harness, 5);
    assert_int_equal(harness->result_count, 5);
    assert_int_equal(harness_counter(harness, "commands-resent"), 2);
    assert_int_equal(harness_counter(harness, "reinstatements"), 1);
    assert_int_equal(harness_counter(harness, "sessions-reinstated"), 1);
    assert_int_equal(sanscsi_deadline(harness->session), SANSCSI_NEVER);
    harness_logout(harness);
    harness_free(harness);
}

/* Slots are used again in the order in which tasks end, so that they say nothing of the order in
 * which commands were submitted. */
static void resent_commands_keep_their_order(void **state) {
    (void)state;
    struct harness *harness = holding(64, 3);
    uint32_t next = 0;
    for (uint32_t i = 0; i < 64; i++) {
        read_block(harness, i, SANSCSI_COMMAND_RESEND);
    }
    harness_run(harness);
    for (uint32_t i = 0; i < 50; i++) {
        assert_true(target_answer(harness->target, harness_random(harness) % (64 - i)));
        harness_run(harness);
    }
    assert_int_equal(harness->result_count, 50);
    uint8_t left[64] = {0};
    uint32_t order[64];
    for (uint32_t i = 0; i < 64; i++) {
        left[i] = harness->done[i] == 0;
        if (left[i]) {
            order[next++] = i;
        }
    }
    memset(harness->done, 0, sizeof(harness->done));
    for (uint32_t i = 0; i < 64; i++) {
        if (!left[i]) {
            read_block(harness, i, SANSCSI_COMMAND_RESEND);
            order[next++] = i;
        }
    }
    harness_run(harness);
    lose_and_wait(harness);
    assert_int_equal(harness->target->commands, 64);
    for (uint32_t i = 0; i < 64; i++) {
        assert_int_equal(get32(harness->target->tasks[i].cdb + 2), order[i] * SIZE);
    }
    memset(buffers, 0xee, sizeof(buffers));
    harness->result_count = 0;
    while (target_answer(harness->target, 0)) {
        harness_run(harness);
    }
    for (uint32_t i = 0; i < 64; i++) {
        check_read(harness, i);
    }
    harness_logout(harness);
    harness_free(harness);
}

static void writes_begin_anew(void **state) {
    (void)state;
    struct target_config config;
    target_config_defaults(&config);
    config.initial_r2t = 1;
    config.immediate_data = 0;
    config.max_burst = 1024;
    for (uint64_t cut = 400; cut < 12000; cut += 61) {
        struct harness *harness = ready(&config, UINT32_MAX);
        harness->cut_after = harness->moved + cut; /* in commands, R2Ts, data, statuses */
        for (uint32_t i = 0; i < 4; i++) {
            assert_int_equal(submit(harness, TARGET_OP_WRITE, i, SANSCSI_COMMAND_RESEND, NULL),
                             SANSCSI_OK);
        }
        harness_run(harness);
        harness->cut_after = UINT64_MAX;
        harness_run(harness);
        harness_wait(harness, WAIT + DELAY);
        for (uint32_t i = 0; i < 4; i++) {
            check_ended(harness, i, SANSCSI_IO_OK);
            assert_memory_equal(harness->target->storage + i * SIZE, buffers[i], SIZE);
        }
        assert_int_equal(harness->result_count, 4);
        harness_logout(harness);
        harness_free(harness);
    }
}

static void commands_may_be_submitted_meanwhile(void **state) {
    (void)state;
    struct harness *harness = holding(8, 3);
    harness->target->config.hold = false;
    read_block(harness, 1, 0);
    harness_cut(harness);
    sanscsi_task task = 0;
    sanscsi_task second = 0;
    assert_int_equal(submit(harness, TARGET_OP_READ, 2, 0, &task), SANSCSI_OK);
    assert_int_equal(submit(harness, TARGET_OP_READ, 3, 0, &second), SANSCSI_OK);
    assert_int_equal(sanscsi_ping(harness->session, 4, 0, harness->now, NULL),
                     SANSCSI_IN_TRANSITION);
    sanscsi_management management;
    sanscsi_management_defaults(&management);
    assert_int_equal(sanscsi_manage(harness->session, &management, harness->now, NULL),
                     SANSCSI_IN_TRANSITION);
    assert_int_equal(sanscsi_session_start(harness->session, harness->now),
                     SANSCSI_ALREADY_STARTED);
    assert_int_equal(sanscsi_cancel(harness->session, second, harness->now), SANSCSI_OK);
    harness_run(harness);
    check_ended(harness, 3, SANSCSI_IO_CANCELLED);
    harness_wait(harness, WAIT + DELAY);
    check_read(harness, 1); /* it had not been sent */
    check_read(harness, 2);
    harness_logout(harness);
    harness_free(harness);
}

static void a_command_times_out_while_it_waits(void **state) {
    (void)state;
    struct harness *harness = holding(8, 30);
    read_block(harness, 1, SANSCSI_COMMAND_RESEND);
    harness_run(harness);
    harness_wait(harness, TIMEOUT - SANSCSI_SECOND);
    harness->refuse = 1000;
    harness_cut(harness);
    harness_run(harness);
    harness_wait(harness, SANSCSI_SECOND - 1);
    assert_int_equal(harness->result_count, 0);
    harness_wait(harness, 1);
    check_ended(harness, 1, SANSCSI_IO_TIMEOUT);
    assert_non_null(harness_event(harness, SANSCSI_EVENT_TASK_TIMEOUT));
    harness_logout(harness);
    harness_free(harness);
}

/* ---- when it is tried ---- */

static void attempts_become_rarer_and_end(void **state) {
    (void)state;
    static const uint64_t waits[] = {WAIT + DELAY, 2 * (uint64_t)DELAY, 4 * (uint64_t)DELAY,
                                     LONGEST, LONGEST};
    struct harness *harness = holding(8, 5);
    read_block(harness, 1, SANSCSI_COMMAND_RESEND);
    harness_run(harness);
    harness->refuse = 5;
    harness_cut(harness);
    harness_run(harness);
    for (uint32_t i = 0; i < 5; i++) {
        assert_int_equal(state_of(harness), SANSCSI_SESSION_WAITING);
        harness_wait(harness, waits[i] - 1);
        assert_int_equal(harness->connects, 1 + i);
        harness_wait(harness, 1);
        assert_int_equal(harness->connects, 2 + i);
    }
    check_ended(harness, 1, SANSCSI_IO_SESSION_OFFLINE);
    assert_int_equal(harness->lost, 1);
    assert_int_equal(harness->logged_out, 1);
    assert_int_equal(state_of(harness), SANSCSI_SESSION_FREE);
    assert_int_equal(sanscsi_deadline(harness->session), SANSCSI_NEVER);
    assert_int_equal(harness->event_count, 1 + 5 + 1); /* the loss, the refusals */
    const struct harness_event *event = harness_event(harness, SANSCSI_EVENT_SESSION_ABANDONED);
    assert_int_equal(event->numbers[0], 1);
    assert_int_equal(event->numbers[1], 5);
    assert_string_equal(event->causes, " 1");
    assert_int_equal(harness_counter(harness, "sessions-abandoned"), 1);
    assert_int_equal(submit(harness, TARGET_OP_READ, 2, 0, NULL), SANSCSI_NOT_LOGGED_IN);
    harness_login(harness); /* the program may start it again */
    harness_logout(harness);
    harness_free(harness);
}

static uint8_t random_byte;

static int32_t give_byte(void *context, void *bytes, size_t size) {
    (void)context;
    memset(bytes, random_byte, size);
    return 0;
}

static int32_t give_nothing(void *context, void *bytes, size_t size) {
    (void)context;
    memset(bytes, 0x80, size);
    return -1;
}

static void random_numbers_spread_attempts(void **state) {
    (void)state;
    static const struct {
        sanscsi_random_function random;
        uint8_t byte;
        uint64_t least;
        uint64_t most;
    } cases[] = {
        {give_byte, 0x00, DELAY, DELAY},
        {give_byte, 0x80, DELAY / 4 * 3 - DELAY / 500, DELAY / 4 * 3},
        {give_byte, 0xff, DELAY / 2, DELAY / 2 + DELAY / 100},
        {give_nothing, 0, DELAY, DELAY},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        random_byte = cases[i].byte;
        harness_give_random(cases[i].random);
        struct harness *harness = holding(8, 3);
        harness_cut(harness);
        harness_run(harness);
        uint64_t wait = sanscsi_deadline(harness->session) - harness->now - WAIT;
        assert_in_range(wait, cases[i].least, cases[i].most);
        harness_logout(harness);
        harness_free(harness);
    }
    harness_give_random(NULL);
}

/* A target that closes each new session before it has answered anything. */
static void losses_without_use_are_counted(void **state) {
    (void)state;
    struct harness *harness = holding(8, 2);
    read_block(harness, 1, SANSCSI_COMMAND_RESEND);
    harness_run(harness);
    for (uint32_t i = 0; i < 2; i++) {
        harness_cut(harness);
        harness_run(harness);
        harness_wait(harness, WAIT + LONGEST);
        assert_int_equal(harness->logged_in, 2 + i);
    }
    harness_cut(harness);
    harness_run(harness);
    assert_int_equal(state_of(harness), SANSCSI_SESSION_FREE);
    check_ended(harness, 1, SANSCSI_IO_CONNECTION_OFFLINE);
    assert_int_equal(harness_event(harness, SANSCSI_EVENT_SESSION_ABANDONED)->numbers[0], 1);
    assert_int_equal(harness_event(harness, SANSCSI_EVENT_SESSION_ABANDONED)->numbers[1], 2);
    harness_free(harness);
}

static void use_or_time_makes_up_for_losses(void **state) {
    (void)state;
    for (uint32_t by_time = 0; by_time < 2; by_time++) {
        struct harness *harness = holding(8, 1);
        for (uint32_t i = 0; i < 5; i++) {
            if (by_time != 0) {
                harness_wait(harness, LONGEST);
            } else {
                read_block(harness, i, 0);
                harness_run(harness);
                assert_true(target_answer(harness->target, 0));
                harness_run(harness);
                check_read(harness, i);
            }
            lose_and_wait(harness);
            assert_int_equal(harness->logged_in, 2 + i);
        }
        harness_logout(harness);
        harness_free(harness);
    }
}

/* Status-Class 2: the same login would be refused again. */
static bool refuse_login(struct harness *harness, const sanscsi_output *output) {
    if (output->type != SANSCSI_OUTPUT_CONNECT || harness->connects == 0) {
        harness->connects += output->type == SANSCSI_OUTPUT_CONNECT;
        return false;
    }
    uint8_t refusal[48] = {0x23};
    assert_int_equal(sanscsi_connected(harness->session, 0, harness->now), SANSCSI_OK);
    sanscsi_iovec iov[4];
    size_t count = 0;
    assert_int_equal(sanscsi_tx_window(harness->session, 0, iov, 4, &count), SANSCSI_OK);
    memcpy(refusal + 8, (uint8_t *)iov[0].data + 8, 6);
    memcpy(refusal + 16, (uint8_t *)iov[0].data + 16, 4);
    refusal[36] = 2;
    refusal[37] = 3;
    assert_int_equal(sanscsi_rx_feed(harness->session, 0, refusal, 48, harness->now),
                     SANSCSI_PROTOCOL_ERROR);
    harness->transport = true;
    return true;
}

static void a_refusal_for_good_ends_it(void **state) {
    (void)state;
    struct harness *harness = holding(8, 100);
    read_block(harness, 1, SANSCSI_COMMAND_RESEND);
    harness_run(harness);
    harness->output = refuse_login;
    harness_cut(harness);
    harness_run(harness);
    harness_wait(harness, WAIT + DELAY);
    check_ended(harness, 1, SANSCSI_IO_SESSION_OFFLINE);
    assert_int_equal(harness->logged_out, 1);
    assert_non_null(harness_event(harness, SANSCSI_EVENT_LOGIN_FAILED));
    const struct harness_event *event = harness_event(harness, SANSCSI_EVENT_SESSION_ABANDONED);
    assert_int_equal(event->numbers[0], 2);
    assert_int_equal(event->numbers[1], 1);
    assert_string_equal(event->causes, " 2");
    harness_free(harness);
}

/* ---- how long commands wait ---- */

static void commands_wait_so_long_and_no_longer(void **state) {
    (void)state;
    struct harness *harness = holding(8, UINT32_MAX);
    read_block(harness, 1, SANSCSI_COMMAND_RESEND);
    harness_run(harness);
    harness->refuse = 1000;
    harness_cut(harness);
    harness_run(harness);
    uint64_t begin = harness->now;
    while (harness->now + LONGEST < begin + HOLD) {
        harness_wait(harness, LONGEST);
    }
    assert_int_equal(harness->result_count, 0);
    harness_wait(harness, begin + HOLD - 1 - harness->now);
    assert_int_equal(harness->result_count, 0);
    harness_wait(harness, 1);
    check_ended(harness, 1, SANSCSI_IO_SESSION_OFFLINE);
    assert_int_equal(submit(harness, TARGET_OP_READ, 2, 0, NULL), SANSCSI_IN_TRANSITION);
    assert_int_equal(harness->logged_out, 0);
    harness->refuse = 0; /* it goes on trying */
    harness_wait(harness, LONGEST);
    assert_int_equal(harness->logged_in, 2);
    harness->target->config.hold = false;
    read_block(harness, 2, 0);
    harness_run(harness);
    check_read(harness, 2);
    /* Behind the next loss they may wait as long again. */
    harness->target->config.hold = true;
    read_block(harness, 3, SANSCSI_COMMAND_RESEND);
    harness_run(harness);
    lose_and_wait(harness);
    assert_true(target_answer(harness->target, 0));
    harness_run(harness);
    check_read(harness, 3);
    harness_logout(harness);
    harness_free(harness);
}

/* ---- ends ---- */

static void a_logout_ends_the_waiting(void **state) {
    (void)state;
    struct harness *harness = holding(8, 3);
    read_block(harness, 1, SANSCSI_COMMAND_RESEND);
    harness_run(harness);
    harness_cut(harness);
    harness_run(harness);
    uint32_t events = harness->event_count;
    assert_int_equal(sanscsi_logout(harness->session, harness->now), SANSCSI_OK);
    harness_run(harness);
    check_ended(harness, 1, SANSCSI_IO_SESSION_OFFLINE);
    assert_int_equal(harness->logged_out, 1);
    assert_int_equal(harness->event_count, events);
    assert_int_equal(state_of(harness), SANSCSI_SESSION_FREE);
    assert_int_equal(sanscsi_deadline(harness->session), SANSCSI_NEVER);
    assert_int_equal(sanscsi_logout(harness->session, harness->now), SANSCSI_NOT_LOGGED_IN);
    harness_free(harness);
}

/* While it connects or logs in again, too. */
static void a_logout_ends_an_attempt(void **state) {
    (void)state;
    for (uint32_t connecting = 0; connecting < 2; connecting++) {
        struct harness *harness = holding(8, 3);
        read_block(harness, 1, SANSCSI_COMMAND_RESEND);
        harness_run(harness);
        harness_cut(harness);
        harness_run(harness);
        harness->no_connect = connecting != 0;
        harness->no_tx = true;
        harness_wait(harness, WAIT + DELAY);
        assert_int_equal(state_of(harness),
                         connecting != 0 ? SANSCSI_SESSION_CONNECTING : SANSCSI_SESSION_LOGIN);
        assert_int_equal(sanscsi_logout(harness->session, harness->now), SANSCSI_OK);
        harness->transport = true;
        harness_run(harness);
        check_ended(harness, 1, SANSCSI_IO_SESSION_OFFLINE);
        assert_int_equal(harness->logged_out, 1);
        assert_int_equal(sanscsi_deadline(harness->session), SANSCSI_NEVER);
        harness_free(harness);
    }
}

static void a_targets_logout_is_no_end(void **state) {
    (void)state;
    struct harness *harness = holding(2, 3);
    read_block(harness, 1, SANSCSI_COMMAND_RESEND);
    read_block(harness, 2, 0);
    read_block(harness, 3, 0); /* behind the window */
    harness_run(harness);
    uint8_t bhs[48];
    target_begin_status(harness->target, bhs, 0x32, 0x80, TARGET_NO_TAG);
    bhs[36] = 1; /* please log out */
    put16(bhs + 42, 3);
    target_send(harness->target, bhs, NULL, 0);
    harness_run(harness);
    check_ended(harness, 2, SANSCSI_IO_SESSION_OFFLINE);
    assert_int_equal(harness->result_count, 1);
    assert_int_equal(state_of(harness), SANSCSI_SESSION_WAITING);
    harness_wait(harness, WAIT + DELAY);
    assert_int_equal(harness->target->commands, 2);
    while (target_answer(harness->target, 0)) {
        harness_run(harness);
    }
    check_read(harness, 1);
    check_read(harness, 3);
    harness_logout(harness);
    harness_free(harness);
}

/* What the old session's target still says names tags that nobody has any more. */
static void answers_to_the_old_session_find_nothing(void **state) {
    (void)state;
    struct harness *harness = holding(8, 3);
    read_block(harness, 1, SANSCSI_COMMAND_RESEND);
    harness_run(harness);
    uint32_t old_tag = harness->target->tasks[0].itt;
    memset(buffers[1], 0xee, SIZE);
    lose_and_wait(harness);
    assert_int_equal(harness->target->commands, 1);
    uint8_t bhs[48];
    target_begin_status(harness->target, bhs, 0x25, 0x81, old_tag); /* data with status */
    put32(bhs + 20, TARGET_NO_TAG);
    target_send(harness->target, bhs, "stale", 5);
    harness_run(harness);
    assert_string_equal(harness_fault(harness), "initiator-task-tag");
    assert_int_equal(harness->result_count, 0);
    for (uint32_t i = 0; i < SIZE; i++) {
        assert_int_equal(buffers[1][i], 0xee);
    }
    harness_wait(harness, WAIT + LONGEST);
    assert_true(target_answer(harness->target, 0));
    harness_run(harness);
    check_read(harness, 1);
    harness_logout(harness);
    harness_free(harness);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_command_goes_its_way),
        cmocka_unit_test(resent_commands_keep_their_order),
        cmocka_unit_test(writes_begin_anew),
        cmocka_unit_test(commands_may_be_submitted_meanwhile),
        cmocka_unit_test(a_command_times_out_while_it_waits),
        cmocka_unit_test(attempts_become_rarer_and_end),
        cmocka_unit_test(random_numbers_spread_attempts),
        cmocka_unit_test(losses_without_use_are_counted),
        cmocka_unit_test(use_or_time_makes_up_for_losses),
        cmocka_unit_test(a_refusal_for_good_ends_it),
        cmocka_unit_test(commands_wait_so_long_and_no_longer),
        cmocka_unit_test(a_logout_ends_the_waiting),
        cmocka_unit_test(a_logout_ends_an_attempt),
        cmocka_unit_test(a_targets_logout_is_no_end),
        cmocka_unit_test(answers_to_the_old_session_find_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
