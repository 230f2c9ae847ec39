/* Judges how tasks end: once, in time, as the target told, with the right bytes. */
#include <inttypes.h>
#include <string.h>

#include "chaos/world.h"

static uint32_t smaller(uint32_t a, uint32_t b) {
    return a < b ? a : b;
}

/* Whether a lost connection is no reason for a command to end. */
static bool must_be_resent(const struct world *world, const struct work *work) {
    const sanscsi_session_settings *settings = &world->client.settings;
    return work->resend && !work->cancelled && !work->covered &&
           world->client.logout_of != world->network.number &&
           world->now < work->submitted + work->timeout &&
           settings->reinstate_attempts == UINT32_MAX && settings->hold_timeout == 0;
}

/* An end that the target did not tell must have a reason. */
static void judge_reason(struct world *world, const struct work *work, uint32_t io_status) {
    const struct client *client = &world->client;
    bool alive = work->connection == world->network.number &&
                 sanscsi_session_state(client->session) == SANSCSI_SESSION_LOGGED_IN;
    switch (io_status) {
    case SANSCSI_IO_TIMEOUT:
        if (world->now < work->submitted + work->timeout) {
            fail(world, "a timeout before its time");
        }
        count(world, COUNT_TIMEOUTS);
        break;
    case SANSCSI_IO_TARGET_FAILURE:
        if (work->connection == world->network.number &&
            (world->target.excuses & EXCUSE_REJECT) == 0) {
            fail(world, "a failure that the target never told");
        }
        break;
    case SANSCSI_IO_TERMINATED:
        if (work->connection == world->network.number &&
            (world->target.terminated >> work->lun & 1) == 0) {
            fail(world, "terminated by nobody");
        }
        count(world, COUNT_TERMINATED);
        break;
    case SANSCSI_IO_CANCELLED:
        if (!work->cancelled && !work->covered) {
            fail(world, "cancelled by nobody");
        }
        count(world, COUNT_CANCELLED);
        break;
    case SANSCSI_IO_CONNECTION_OFFLINE:
        if (alive || must_be_resent(world, work)) {
            fail(world, "offline though the connection is there, or comes back");
        }
        count(world, COUNT_OFFLINE);
        break;
    case SANSCSI_IO_SESSION_OFFLINE:
        /* What waited ends as soon as a logout is asked for. */
        if (alive && client->logout_of != work->connection &&
            (world->target.excuses & EXCUSE_FAREWELL) == 0) {
            fail(world, "the session is offline without a logout");
        }
        count(world, COUNT_OFFLINE);
        break;
    default:
        fail(world, "io_status %" PRIu32 " that nobody told", io_status);
    }
}

/* Whether the command that was answered may have been sent on an earlier connection, too. */
static bool was_resent(const struct world *world, const struct work *work) {
    return world->target.verdicts[work->lba].connection != work->connection;
}

static void count_ends(struct world *world, const struct verdict *verdict) {
    const struct {
        bool met;
        enum count what;
    } ends[] = {
        {verdict->response != 0, COUNT_FAILURES},   {verdict->lost, COUNT_BYTES_LOST},
        {verdict->status == 0x02, COUNT_CHECKS},    {verdict->status > 0x02, COUNT_BUSY},
        {verdict->underflow > 0, COUNT_UNDERFLOWS}, {verdict->overflow > 0, COUNT_OVERFLOWS},
    };
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        if (ends[i].met) {
            count(world, ends[i].what);
        }
    }
}

/* What the target said, word for word. */
static void judge_told(struct world *world, const struct work *work, const struct loan *loan,
                       const sanscsi_task_result *result) {
    const struct verdict *verdict = &world->target.verdicts[work->lba];
    if (!verdict->told) {
        fail(world, "a status that the target never told");
    }
    uint32_t io_status = verdict->response != 0 ? SANSCSI_IO_TARGET_FAILURE
                         : verdict->lost        ? SANSCSI_IO_BYTES_LOST
                                                : SANSCSI_IO_OK;
    if (result->io_status != io_status || result->response != verdict->response ||
        result->scsi_status != (verdict->response == 0 ? verdict->status : 0)) {
        fail(world,
             "io_status %" PRIu32 ", response %" PRIu32 ", status %" PRIu32
             ", told were response %u, status %u, lost %u",
             result->io_status, result->response, result->scsi_status, verdict->response,
             verdict->status, verdict->lost);
    }
    if (result->underflow != verdict->underflow || result->overflow != verdict->overflow) {
        fail(world, "residuals %" PRIu32 " and %" PRIu32 " instead of %" PRIu32 " and %" PRIu32,
             result->underflow, result->overflow, verdict->underflow, verdict->overflow);
    }
    if (result->sense_key != verdict->sense_key || result->sense_code != verdict->sense_code ||
        result->sense_total != verdict->sense_length ||
        memcmp(loan->sense, verdict->sense, result->sense_length) != 0 ||
        !loan_sense_untouched(loan, result->sense_length)) {
        fail(world, "sense data is not what the target told");
    }
    if (!verdict->lost && result->data_in != verdict->moved) {
        fail(world, "%" PRIu32 " bytes read, sent were %" PRIu32, result->data_in, verdict->moved);
    }
    count_ends(world, verdict);
    if (was_resent(world, work)) {
        count(world, COUNT_RESENT);
    }
}

/* The bytes of a good read: as many as were told, those of the disk, and none behind them. */
static void judge_read(struct world *world, const struct work *work, const struct loan *loan,
                       uint32_t bytes) {
    uint8_t *flat = world->lender.flat;
    if (was_resent(world, work)) { /* an earlier try may have brought more */
        loan_read(&loan->in, flat);
    } else if (!loan_untouched(&world->lender, &loan->in, bytes, loan->in.length - bytes)) {
        fail(world, "bytes were written behind the end of a short read");
    }
    for (uint32_t at = 0; at < bytes; at += MODEL_BLOCK) {
        uint32_t lba = work->lba + at / MODEL_BLOCK;
        bool doubt = world->model.blocks[lba].count > 1;
        if (!model_settle(&world->model, lba, flat + at, smaller(MODEL_BLOCK, bytes - at))) {
            fail(world, "wrong bytes of block %" PRIu32 " in a good read: value %" PRIu32, lba,
                 model_value(flat + at));
        }
        if (doubt && world->model.blocks[lba].count == 1) {
            count(world, COUNT_DOUBTS_SETTLED);
        }
    }
    count(world, COUNT_GOOD_READS);
}

/* What a good write must have left on the disk. */
static void judge_write(struct world *world, const struct work *work, uint32_t blocks) {
    model_wrote(&world->model, work->lba, blocks, work->value);
    for (uint32_t lba = work->lba; lba < work->lba + blocks; lba++) {
        if (!model_allows(&world->model, lba, world->target.storage + (size_t)lba * MODEL_BLOCK)) {
            fail(world, "block %" PRIu32 " is not what a good write wrote", lba);
        }
    }
}

/* A write without a good end may have been done; where its blocks are full of doubts already they
 * could not have been taken for it. */
static void doubt(struct world *world, const struct work *work) {
    if (work->writes) {
        model_may_have_written(&world->model, work->lba, work->blocks, work->value);
    }
}

static void judge_good(struct world *world, const struct work *work, const struct loan *loan,
                       const sanscsi_task_result *result) {
    switch ((uint32_t)work->operation) {
    case OPERATION_READ:
        judge_read(world, work, loan, result->data_in);
        break;
    case OPERATION_WRITE:
        judge_write(world, work, work->blocks - result->underflow / MODEL_BLOCK);
        if (was_resent(world, work)) { /* an earlier try may have done more */
            uint32_t rest = result->underflow / MODEL_BLOCK;
            model_may_have_written(&world->model, work->lba + work->blocks - rest, rest,
                                   work->value);
        }
        count(world, COUNT_GOOD_WRITES);
        break;
    case OPERATION_COMPARE_AND_WRITE:
        if (!work->matches) {
            fail(world, "a compare that cannot match is good");
        }
        judge_write(world, work, work->blocks);
        count(world, COUNT_GOOD_COMPARES);
        break;
    case OPERATION_VERIFY:
        count(world, COUNT_GOOD_VERIFIES);
        break;
    default:
        count(world, COUNT_GOOD_FLUSHES);
        break;
    }
}

static void judge_miscompare(struct world *world, const struct work *work) {
    bool doubtful = false;
    for (uint32_t lba = work->lba; lba < work->lba + work->blocks; lba++) {
        doubtful = doubtful || world->model.blocks[lba].count > 1;
    }
    if (work->operation != OPERATION_COMPARE_AND_WRITE || (work->matches && !doubtful)) {
        fail(world, "MISCOMPARE where nothing differs");
    }
    count(world, COUNT_MISCOMPARES);
}

/* The library must not have written into what it was to send. */
static void check_written(struct world *world, const struct work *work, const struct loan *loan) {
    uint8_t *flat = world->lender.flat;
    uint8_t expected[MODEL_BLOCK];
    if (!work->writes) {
        return;
    }
    loan_read(&loan->out, flat);
    flat += loan->out.length - (size_t)work->blocks * MODEL_BLOCK;
    for (uint32_t i = 0; i < work->blocks; i++) {
        model_bytes(work->value, work->lba + i, expected);
        if (memcmp(expected, flat + (size_t)i * MODEL_BLOCK, MODEL_BLOCK) != 0) {
            fail(world, "a buffer that was to be written was changed");
        }
    }
}

static void judge_command(struct world *world, struct work *work, uint32_t index,
                          const sanscsi_task_result *result) {
    struct loan *loan = &world->lender.loans[index];
    bool answered = result->io_status == SANSCSI_IO_OK ||
                    (result->io_status == SANSCSI_IO_TARGET_FAILURE &&
                     world->target.verdicts[work->lba].told) ||
                    result->io_status == SANSCSI_IO_BYTES_LOST;
    check_written(world, work, loan);
    if (answered) {
        judge_told(world, work, loan, result);
    } else {
        judge_reason(world, work, result->io_status);
    }
    bool untouched = answered && !was_resent(world, work) && result->response == 0 &&
                     result->scsi_status != 0 &&
                     (result->scsi_status != 0x02 || result->sense_key == 0x0e);
    if (untouched && result->scsi_status == 0x02) {
        judge_miscompare(world, work);
    }
    if (result->io_status == SANSCSI_IO_OK && result->scsi_status == 0) {
        judge_good(world, work, loan, result);
    } else if (!untouched) {
        doubt(world, work);
    }
    model_give(&world->model, work->lba, work->blocks);
    if (!loan_end(&world->lender, index)) {
        fail(world, "a guard beside a lent buffer was written to");
    }
}

static void judge_management(struct world *world, const struct work *work,
                             const sanscsi_task_result *result) {
    const struct target *target = &world->target;
    if (result->io_status != SANSCSI_IO_OK) {
        judge_reason(world, work, result->io_status);
        return;
    }
    if (work->connection == world->network.number &&
        (!target->manage_told || result->response != target->manage_response)) {
        fail(world, "task management answered %" PRIu32 ", which the target did not",
             result->response);
    }
    count(world, COUNT_MANAGED);
}

/* Both sides hold what the exchange ended with. */
static void judge_declaration(struct world *world, const struct work *work,
                              const sanscsi_task_result *result) {
    if (result->io_status != SANSCSI_IO_OK) {
        judge_reason(world, work, result->io_status);
        return;
    }
    count(world, COUNT_DECLARED);
    sanscsi_parameters parameters = {.size = sizeof(parameters)};
    client_must(world, sanscsi_session_parameters(world->client.session, &parameters),
                "parameters");
    if (work->connection == world->network.number &&
        sanscsi_session_state(world->client.session) == SANSCSI_SESSION_LOGGED_IN &&
        parameters.max_recv_data_segment_length != work->value) {
        fail(world, "%" PRIu32 " were declared, in force are %" PRIu32, work->value,
             parameters.max_recv_data_segment_length);
    }
}

void client_judge(struct world *world, const sanscsi_task_result *result) {
    struct client *client = &world->client;
    uint32_t index = (uint32_t)(result->user & 0xff);
    note(world, "done (user, io_status, status, bytes)", result->user, result->io_status,
         result->scsi_status, result->data_in);
    struct work *work = index < LOANS ? &client->works[index] : NULL;
    if (work == NULL || !work->active || work->user != result->user || work->task != result->task ||
        work->kind != result->kind) {
        fail(world, "the end of a task that is not in work: user %" PRIu64, result->user);
    }
    switch (result->kind) {
    case SANSCSI_TASK_COMMAND:
        judge_command(world, work, index, result);
        break;
    case SANSCSI_TASK_MANAGEMENT:
        judge_management(world, work, result);
        break;
    case SANSCSI_TASK_DECLARATION:
        judge_declaration(world, work, result);
        break;
    default:
        if (result->io_status != SANSCSI_IO_OK) {
            judge_reason(world, work, result->io_status);
        }
        count(world, COUNT_PINGS);
        break;
    }
    client->last_stale = result->task;
    client->active--;
    client->ended++;
    work->active = false;
}

void client_abandon(struct world *world) {
    struct client *client = &world->client;
    for (uint32_t i = 0; i < LOANS; i++) {
        struct work *work = &client->works[i];
        if (work->active && work->kind == SANSCSI_TASK_COMMAND) {
            doubt(world, work);
            model_give(&world->model, work->lba, work->blocks);
            if (!loan_end(&world->lender, i)) {
                fail(world, "a guard beside a lent buffer was written to");
            }
        }
        work->active = false;
    }
    client->active = 0;
    client->last_stale = 0;
}

void client_check_bounds(struct world *world) {
    const struct client *client = &world->client;
    for (uint32_t i = 0; i < LOANS; i++) {
        const struct work *work = &client->works[i];
        uint64_t stalled = world->network.stalled - work->stalled;
        if (work->active && world->now > work->bound + stalled) {
            fail(world, "task %" PRIu64 " has not ended in time", work->user);
        }
    }
}
