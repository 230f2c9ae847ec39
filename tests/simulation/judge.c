/* Judges how tasks end: once, in time, as the target told, with the right bytes. */
#include <inttypes.h>
#include <string.h>

#include "simulation/world.h"

static uint32_t smaller(uint32_t a, uint32_t b) {
    return a < b ? a : b;
}

/* Whether a lost connection is no reason for a command to end. */
static bool must_be_resent(const struct lane *lane, const struct work *work) {
    const sanscsi_session_settings *settings = &lane->client.settings;
    return work->resend && !work->cancelled && !work->covered &&
           lane->client.logout_of != lane->network.number &&
           lane->world->now < work->submitted + work->timeout &&
           settings->reinstate_attempts == UINT32_MAX && settings->hold_timeout == 0;
}

/* An end that the target did not tell must have a reason. */
static void judge_reason(struct lane *lane, const struct work *work, uint32_t io_status) {
    const struct client *client = &lane->client;
    if (lane->target.wild) {
        return;
    }
    bool alive = work->connection == lane->network.number &&
                 sanscsi_session_state(client->session) == SANSCSI_SESSION_LOGGED_IN;
    switch (io_status) {
    case SANSCSI_IO_TIMEOUT:
        if (lane->world->now < work->submitted + work->timeout) {
            fail(lane, "a timeout before its time");
        }
        count(lane, COUNT_TIMEOUTS);
        break;
    case SANSCSI_IO_TARGET_FAILURE:
        if (work->connection == lane->network.number &&
            (lane->target.excuses & EXCUSE_REJECT) == 0) {
            fail(lane, "a failure that the target never told");
        }
        break;
    case SANSCSI_IO_TERMINATED:
        if (work->connection == lane->network.number &&
            ((lane->target.terminated | lane->target.resets) >> work->lun & 1) == 0) {
            fail(lane, "terminated by nobody");
        }
        count(lane, COUNT_TERMINATED);
        break;
    case SANSCSI_IO_CANCELLED:
        if (!work->cancelled && !work->covered) {
            fail(lane, "cancelled by nobody");
        }
        count(lane, COUNT_CANCELLED);
        break;
    case SANSCSI_IO_CONNECTION_OFFLINE:
        if (alive || must_be_resent(lane, work)) {
            fail(lane, "offline though the connection is there, or comes back");
        }
        count(lane, COUNT_OFFLINE);
        break;
    case SANSCSI_IO_SESSION_OFFLINE:
        /* What waited ends as soon as a logout is asked for. */
        if (alive && client->logout_of != work->connection &&
            (lane->target.excuses & EXCUSE_FAREWELL) == 0) {
            fail(lane, "the session is offline without a logout");
        }
        count(lane, COUNT_OFFLINE);
        break;
    default:
        fail(lane, "io_status %" PRIu32 " that nobody told", io_status);
    }
}

/* Whether the command that was answered may have been sent on an earlier connection, too. */
static bool was_resent(const struct lane *lane, const struct work *work) {
    return lane->world->disk.verdicts[work->lba].connection != work->connection;
}

static void count_ends(struct lane *lane, const struct verdict *verdict) {
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
            count(lane, ends[i].what);
        }
    }
}

/* What the target said, word for word. */
static void judge_told(struct lane *lane, const struct work *work, const struct loan *loan,
                       const sanscsi_task_result *result) {
    const struct verdict *verdict = &lane->world->disk.verdicts[work->lba];
    if (!verdict->told) {
        fail(lane, "a status that the target never told");
    }
    uint32_t io_status = verdict->response != 0 ? SANSCSI_IO_TARGET_FAILURE
                         : verdict->lost        ? SANSCSI_IO_BYTES_LOST
                                                : SANSCSI_IO_OK;
    if (result->io_status != io_status || result->response != verdict->response ||
        result->scsi_status != (verdict->response == 0 ? verdict->status : 0)) {
        fail(lane,
             "io_status %" PRIu32 ", response %" PRIu32 ", status %" PRIu32
             ", told were response %u, status %u, lost %u",
             result->io_status, result->response, result->scsi_status, verdict->response,
             verdict->status, verdict->lost);
    }
    if (result->underflow != verdict->underflow || result->overflow != verdict->overflow ||
        result->read_underflow != verdict->read_underflow || result->read_overflow != 0) {
        fail(lane,
             "residuals %" PRIu32 ", %" PRIu32 ", %" PRIu32 " instead of %" PRIu32 ", %" PRIu32
             ", %" PRIu32,
             result->underflow, result->overflow, result->read_underflow, verdict->underflow,
             verdict->overflow, verdict->read_underflow);
    }
    if (result->sense_key != verdict->sense_key || result->sense_code != verdict->sense_code ||
        result->sense_total != verdict->sense_length ||
        memcmp(loan->sense, verdict->sense, result->sense_length) != 0 ||
        !loan_sense_untouched(loan, result->sense_length)) {
        fail(lane, "sense data is not what the target told");
    }
    if (!verdict->lost && !verdict->late && result->data_in != verdict->moved) {
        fail(lane, "%" PRIu32 " bytes read, sent were %" PRIu32, result->data_in, verdict->moved);
    }
    count_ends(lane, verdict);
    if (was_resent(lane, work)) {
        count(lane, COUNT_RESENT);
    }
}

/* Whether the target was started anew since it told how a command ended. */
static bool is_old(const struct lane *lane, const struct work *work) {
    return lane->world->disk.verdicts[work->lba].restarts != lane->world->disk.restarts;
}

/* The bytes of a good read: as many as were told, those of the disk, and none behind them. */
static void judge_read(struct lane *lane, const struct work *work, const struct loan *loan,
                       uint32_t bytes) {
    uint8_t *flat = lane->lender.flat;
    if (was_resent(lane, work)) { /* an earlier try may have brought more */
        loan_read(&loan->in, flat);
    } else if (!loan_untouched(&lane->lender, &loan->in, bytes, loan->in.length - bytes)) {
        fail(lane, "bytes were written behind the end of a short read");
    }
    for (uint32_t at = 0; at < bytes; at += MODEL_BLOCK) {
        uint32_t lba = work->lba + at / MODEL_BLOCK;
        bool doubt = lane->world->model.blocks[lba].count > 1;
        /* An earlier try may have written. */
        bool own = work->operation == OPERATION_EXCHANGE && was_resent(lane, work) &&
                   model_value(flat + at) == work->value;
        uint32_t size = smaller(MODEL_BLOCK, bytes - at);
        if (!own && !model_settle(&lane->world->model, lba, flat + at, size, !is_old(lane, work))) {
            fail(lane, "wrong bytes of block %" PRIu32 " in a good read: value %" PRIu32, lba,
                 model_value(flat + at));
        }
        if (doubt && lane->world->model.blocks[lba].count == 1) {
            count(lane, COUNT_DOUBTS_SETTLED);
        }
    }
}

/* What a good write must have left on the disk, unless that was lost with the cache. */
static void judge_write(struct lane *lane, const struct work *work, uint32_t blocks) {
    struct world *world = lane->world;
    if (is_old(lane, work)) {
        model_may_have_written(&world->model, work->lba, blocks, work->value);
        return;
    }
    model_wrote(&world->model, work->lba, blocks, work->value);
    for (uint32_t lba = work->lba; lba < work->lba + blocks; lba++) {
        if (!model_allows(&world->model, lba, disk_at(&world->disk, lba))) {
            fail(lane, "block %" PRIu32 " is not what a good write wrote", lba);
        }
    }
}

/* A write without a good end may have been done; where its blocks are full of doubts already they
 * could not have been taken for it. */
static void doubt(struct lane *lane, const struct work *work) {
    if (work->writes) {
        model_may_have_written(&lane->world->model, work->lba, work->blocks, work->value);
    }
}

static void judge_good(struct lane *lane, const struct work *work, const struct loan *loan,
                       const sanscsi_task_result *result) {
    switch ((uint32_t)work->operation) {
    case OPERATION_READ:
        judge_read(lane, work, loan, result->data_in);
        count(lane, COUNT_GOOD_READS);
        break;
    case OPERATION_EXCHANGE:
        judge_read(lane, work, loan, result->data_in);
        judge_write(lane, work, work->blocks);
        count(lane, COUNT_GOOD_EXCHANGES);
        break;
    case OPERATION_WRITE:
        judge_write(lane, work, work->blocks - result->underflow / MODEL_BLOCK);
        if (was_resent(lane, work)) { /* an earlier try may have done more */
            uint32_t rest = result->underflow / MODEL_BLOCK;
            model_may_have_written(&lane->world->model, work->lba + work->blocks - rest, rest,
                                   work->value);
        }
        count(lane, COUNT_GOOD_WRITES);
        break;
    case OPERATION_COMPARE_AND_WRITE:
        if (!work->matches) {
            fail(lane, "a compare that cannot match is good");
        }
        judge_write(lane, work, work->blocks);
        count(lane, COUNT_GOOD_COMPARES);
        break;
    case OPERATION_VERIFY:
        count(lane, COUNT_GOOD_VERIFIES);
        break;
    default:
        if (!is_old(lane, work)) {
            model_flushed(&lane->world->model, work->lba, work->blocks);
        }
        count(lane, COUNT_GOOD_FLUSHES);
        break;
    }
}

static void judge_miscompare(struct lane *lane, const struct work *work) {
    bool doubtful = false;
    for (uint32_t lba = work->lba; lba < work->lba + work->blocks; lba++) {
        doubtful = doubtful || lane->world->model.blocks[lba].count > 1;
    }
    if (work->operation != OPERATION_COMPARE_AND_WRITE || (work->matches && !doubtful)) {
        fail(lane, "MISCOMPARE where nothing differs");
    }
    count(lane, COUNT_MISCOMPARES);
}

/* The library must not have written into what it was to send. */
static void check_written(struct lane *lane, const struct work *work, const struct loan *loan) {
    uint8_t *flat = lane->lender.flat;
    uint8_t expected[MODEL_BLOCK];
    if (!work->writes) {
        return;
    }
    loan_read(&loan->out, flat);
    flat += loan->out.length - (size_t)work->blocks * MODEL_BLOCK;
    for (uint32_t i = 0; i < work->blocks; i++) {
        model_bytes(work->value, work->lba + i, expected);
        if (memcmp(expected, flat + (size_t)i * MODEL_BLOCK, MODEL_BLOCK) != 0) {
            fail(lane, "a buffer that was to be written was changed");
        }
    }
}

/* Gives the blocks of a task back; where nothing is certain the target may be at work on them as
 * long as the connection lasts. */
static void give_blocks(struct lane *lane, const struct work *work) {
    struct client *client = &lane->client;
    if (!lane->target.wild) {
        model_give(&lane->world->model, work->lba, work->blocks);
        return;
    }
    if (client->haunted_count == HAUNTED) {
        fail(lane, "too many tasks end on a connection where nothing is certain");
    }
    client->haunted[client->haunted_count++] = (struct haunted){work->lba, work->blocks};
}

/* A command that was answered, or ended for another reason. */
static void judge_end(struct lane *lane, struct work *work, const struct loan *loan,
                      const sanscsi_task_result *result) {
    bool answered = result->io_status == SANSCSI_IO_OK ||
                    (result->io_status == SANSCSI_IO_TARGET_FAILURE &&
                     lane->world->disk.verdicts[work->lba].told) ||
                    result->io_status == SANSCSI_IO_BYTES_LOST;
    if (lane->target.wild) {
        doubt(lane, work);
        return;
    }
    if (answered) {
        judge_told(lane, work, loan, result);
    } else {
        judge_reason(lane, work, result->io_status);
    }
    bool late = lane->world->disk.verdicts[work->lba].late;
    bool untouched = answered && !late && !was_resent(lane, work) && result->response == 0 &&
                     result->scsi_status != 0 &&
                     (result->scsi_status != 0x02 || result->sense_key == 0x0e);
    if (untouched && result->scsi_status == 0x02) {
        judge_miscompare(lane, work);
    }
    if (result->io_status == SANSCSI_IO_OK && result->scsi_status == 0) {
        judge_good(lane, work, loan, result);
        lane->client.proofs += work->proof ? 1 : 0;
    } else if (!untouched) {
        doubt(lane, work);
    }
    if (work->proof && lane->network.healed && result->io_status != SANSCSI_IO_OK) {
        fail(lane, "nothing goes wrong any more, but tasks do");
    }
}

static void judge_command(struct lane *lane, struct work *work, uint32_t index,
                          const sanscsi_task_result *result) {
    struct loan *loan = &lane->lender.loans[index];
    check_written(lane, work, loan);
    judge_end(lane, work, loan, result);
    give_blocks(lane, work);
    if (!loan_end(&lane->lender, index)) {
        fail(lane, "a guard beside a lent buffer was written to");
    }
}

/* What comes back is what was sent, or its beginning; the bytes lie in one piece. */
static void judge_ping(struct lane *lane, const struct work *work, uint32_t index,
                       const sanscsi_task_result *result) {
    const struct loan *loan = &lane->lender.loans[index];
    bool told = result->io_status == SANSCSI_IO_OK || result->io_status == SANSCSI_IO_BYTES_LOST;
    if (!told) {
        judge_reason(lane, work, result->io_status);
    }
    if (told && !lane->target.wild && work->connection == lane->network.number &&
        work->blocks > 0) {
        const struct target *target = &lane->target;
        uint32_t whole = smaller(target->ping_length, target->agreed.initiator_segment);
        if (result->data_in != target->echoed ||
            memcmp(loan->in.pieces[0].data, loan->out.pieces[0].data, result->data_in) != 0 ||
            (!target->negotiated &&
             (result->io_status == SANSCSI_IO_OK) != (target->echoed == whole))) {
            fail(lane, "a ping of %u bytes brings %u back, sent were %u", work->blocks,
                 result->data_in, target->echoed);
        }
        count(lane, COUNT_ECHOES);
    }
    if (!loan_end(&lane->lender, index)) {
        fail(lane, "a guard beside a lent buffer was written to");
    }
    count(lane, COUNT_PINGS);
}

static void judge_management(struct lane *lane, const struct work *work,
                             const sanscsi_task_result *result) {
    const struct target *target = &lane->target;
    if (result->io_status != SANSCSI_IO_OK) {
        judge_reason(lane, work, result->io_status);
        return;
    }
    count(lane, COUNT_MANAGED);
    bool here = work->connection == lane->network.number && !target->wild;
    bool unasked = work->function == SANSCSI_MANAGE_QUERY_TASK && result->response == 1;
    bool closes = work->function == SANSCSI_MANAGE_I_T_NEXUS_RESET && result->response == 0;
    uint32_t bit = result->response == SANSCSI_MANAGE_REJECTED ? 31 : result->response & 31;
    if (here && !unasked && !closes && (target->manage_told[work->function] >> bit & 1) == 0) {
        fail(lane, "task management answered %" PRIu32 ", which the target did not",
             result->response);
    }
}

/* Both sides hold what the exchange ended with. */
static void judge_declaration(struct lane *lane, const struct work *work,
                              const sanscsi_task_result *result) {
    if (result->io_status != SANSCSI_IO_OK) {
        judge_reason(lane, work, result->io_status);
        return;
    }
    count(lane, COUNT_DECLARED);
    sanscsi_parameters parameters = {.size = sizeof(parameters)};
    client_must(lane, sanscsi_session_parameters(lane->client.session, &parameters), "parameters");
    if (work->connection == lane->network.number && !lane->target.wild &&
        sanscsi_session_state(lane->client.session) == SANSCSI_SESSION_LOGGED_IN &&
        parameters.max_recv_data_segment_length != work->value) {
        fail(lane, "%" PRIu32 " were declared, in force are %" PRIu32, work->value,
             parameters.max_recv_data_segment_length);
    }
}

void client_judge(struct lane *lane, const sanscsi_task_result *result) {
    struct client *client = &lane->client;
    uint32_t index = (uint32_t)(result->user & 0xff);
    note(lane, "done (user, io_status, status, bytes)", result->user, result->io_status,
         result->scsi_status, result->data_in);
    struct work *work = index < LOANS ? &client->works[index] : NULL;
    if (work == NULL || !work->active || work->user != result->user || work->task != result->task ||
        work->kind != result->kind) {
        fail(lane, "the end of a task that is not in work: user %" PRIu64, result->user);
    }
    switch (result->kind) {
    case SANSCSI_TASK_COMMAND:
        judge_command(lane, work, index, result);
        break;
    case SANSCSI_TASK_MANAGEMENT:
        judge_management(lane, work, result);
        break;
    case SANSCSI_TASK_DECLARATION:
        judge_declaration(lane, work, result);
        break;
    default:
        judge_ping(lane, work, index, result);
        break;
    }
    client->last_stale = result->task;
    client->active--;
    client->slots -= work->slots;
    client->ended++;
    lane->world->ended++;
    work->active = false;
}

void client_abandon(struct lane *lane) {
    struct client *client = &lane->client;
    for (uint32_t i = 0; i < LOANS; i++) {
        struct work *work = &client->works[i];
        if (!work->active) {
            continue;
        }
        if (work->kind == SANSCSI_TASK_COMMAND) {
            doubt(lane, work);
            model_give(&lane->world->model, work->lba, work->blocks);
        }
        if (work->kind == SANSCSI_TASK_COMMAND || work->kind == SANSCSI_TASK_PING) {
            if (!loan_end(&lane->lender, i)) {
                fail(lane, "a guard beside a lent buffer was written to");
            }
        }
        work->active = false;
    }
    client->active = 0;
    client->slots = 0;
    client->last_stale = 0;
}

void client_check_bounds(struct lane *lane) {
    const struct client *client = &lane->client;
    for (uint32_t i = 0; i < LOANS; i++) {
        const struct work *work = &client->works[i];
        uint64_t stalled = lane->network.stalled - work->stalled;
        if (work->active && lane->world->now > work->bound + stalled) {
            fail(lane, "task %" PRIu64 " has not ended in time; the session waits for %" PRIu64,
                 work->user, sanscsi_deadline(client->session));
        }
    }
}
