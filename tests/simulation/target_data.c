/* Commands and Data-Out at the target (RFC 7143 11.3, 11.7). */
#include <stdlib.h>
#include <string.h>

#include "simulation/operation.h"
#include "simulation/world.h"

static uint32_t smaller(uint32_t a, uint32_t b) {
    return a < b ? a : b;
}

static struct target_task *take_task(struct lane *lane) {
    struct target *target = &lane->target;
    for (uint32_t i = 0; i < TARGET_TASKS; i++) {
        struct target_task *task = &target->tasks[i];
        if (!task->used) {
            uint8_t *data = task->data;
            uint32_t room = task->room;
            memset(task, 0, sizeof(*task));
            task->data = data;
            task->room = room;
            task->used = true;
            task->order = target->order++;
            return task;
        }
    }
    target_violation(lane, "more commands than the window allows");
}

/* Reads a CDB: what is to be done, and where. */
static bool read_cdb(struct target_task *task, const uint8_t *cdb, const uint8_t *more) {
    switch (cdb[0]) {
    case CDB_READ_10:
    case CDB_WRITE_10:
    case CDB_VERIFY_10:
    case CDB_SYNCHRONIZE_CACHE_10:
        task->operation = cdb[0] == CDB_READ_10     ? OPERATION_READ
                          : cdb[0] == CDB_WRITE_10  ? OPERATION_WRITE
                          : cdb[0] == CDB_VERIFY_10 ? OPERATION_VERIFY
                                                    : OPERATION_FLUSH;
        task->lba = get32(cdb + 2);
        task->blocks = get16(cdb + 7);
        return true;
    case CDB_READ_16:
    case CDB_WRITE_16:
        task->operation = cdb[0] == CDB_READ_16 ? OPERATION_READ : OPERATION_WRITE;
        task->lba = (uint32_t)get64(cdb + 2);
        task->blocks = get32(cdb + 10);
        return true;
    case CDB_COMPARE_AND_WRITE:
        task->operation = OPERATION_COMPARE_AND_WRITE;
        task->lba = (uint32_t)get64(cdb + 2);
        task->blocks = cdb[13];
        return true;
    case CDB_EXCHANGE_10:
        task->operation = OPERATION_EXCHANGE;
        task->lba = get32(cdb + 2);
        task->blocks = get16(cdb + 7);
        return true;
    case CDB_LONG:
        task->operation = get16(cdb + 8) == SERVICE_ACTION_READ_32    ? OPERATION_READ
                          : get16(cdb + 8) == SERVICE_ACTION_WRITE_32 ? OPERATION_WRITE
                                                                      : OPERATION_EXCHANGE;
        if (more == NULL) {
            return false;
        }
        task->lba = get32(cdb + 12) != 0 ? UINT32_MAX : get32(more); /* of eight bytes */
        task->blocks = get32(more + 12);
        return cdb[7] == 0x18;
    default:
        return false;
    }
}

/* Behind the header a long CDB's rest (RFC 7143 11.2.2.3) and what a bidirectional command reads
 * (11.2.2.4). */
static void take_cdb(struct lane *lane, struct target_task *task, const uint8_t *bhs,
                     const uint8_t *ahs) {
    const uint8_t *more = NULL;
    uint32_t left = bhs[4];
    if (bhs[32] == CDB_LONG) {
        /* 16 more bytes and the reserved one that the length counts. */
        if (left < 5 || get16(ahs) != 17 || ahs[2] != 1 || ahs[3] != 0) {
            target_violation(lane, "Extended CDB AHS");
        }
        more = ahs + 4;
        left -= 5;
        ahs += 20;
        count(lane, COUNT_LONG_CDBS);
    }
    if (task->reads && task->writes) {
        if (left < 2 || get16(ahs) != 5 || ahs[2] != 2 || ahs[3] != 0) {
            target_violation(lane, "Bidirectional Read Expected Data Transfer Length AHS");
        }
        task->read_expected = get32(ahs + 4);
        left -= 2;
    }
    if (left != 0) {
        target_violation(lane, "more AHS than there is to tell");
    }
    if (!read_cdb(task, bhs + 32, more) || task->blocks == 0 ||
        task->lba >= lane->world->disk.blocks ||
        task->blocks > lane->world->disk.blocks - task->lba) {
        target_violation(lane, "a CDB that nobody submitted");
    }
}

/* What directions an operation has. */
static void check_direction(struct lane *lane, const struct target_task *task) {
    bool exchanges = task->operation == OPERATION_EXCHANGE;
    bool writes = task->operation == OPERATION_WRITE || exchanges ||
                  task->operation == OPERATION_COMPARE_AND_WRITE;
    bool reads = task->operation == OPERATION_READ || exchanges;
    if (task->writes != writes || task->reads != reads || task->lun >> 48 >= TARGET_UNITS ||
        (task->lun & UINT64_C(0xffffffffffff)) != 0) {
        target_violation(lane, "direction or LUN of a command");
    }
    if (exchanges && task->read_expected != task->expected) {
        target_violation(lane, "what a bidirectional command reads");
    }
}

/* RFC 7144 5.1.1. */
static void check_priority(struct lane *lane, const struct target_task *task, const uint8_t *bhs) {
    uint32_t wanted = lane->world->disk.verdicts[task->lba].priority;
    if ((bhs[2] & 0x0f) != 0 ||
        bhs[2] >> 4 != (lane->target.agreed.protocol_level < 2 ? 0 : wanted)) {
        target_violation(lane, "PRI of a command");
    }
}

/* RFC 7143 4.2.5.2, 11.3.1, 13.10, 13.11, 13.14. */
static void check_unsolicited(struct lane *lane, const struct target_task *task, bool final,
                              uint32_t immediate) {
    const struct target_agreed *agreed = &lane->target.agreed;
    if (immediate > 0 && (!task->writes || agreed->immediate_data == 0)) {
        target_violation(lane, "immediate data that is not allowed");
    }
    if (immediate > smaller(task->expected, agreed->first_burst)) {
        target_violation(lane, "immediate data beyond FirstBurstLength or the command");
    }
    if (!final && (!task->writes || agreed->initial_r2t != 0 || immediate == task->expected ||
                   immediate >= agreed->first_burst)) {
        target_violation(lane, "F = 0 without unsolicited data to follow");
    }
}

static void make_room(struct target_task *task, uint32_t size) {
    if (task->room < size) {
        free(task->data);
        task->data = malloc(size);
        task->room = size;
        if (task->data == NULL) {
            abort();
        }
    }
}

static void take_write(struct lane *lane, struct target_task *task, const uint8_t *data,
                       uint32_t length, bool final) {
    make_room(task, task->expected + task->read_expected + 1);
    memcpy(task->data, data, smaller(length, task->expected));
    task->received = length;
    task->unsolicited_open = !final;
    task->unsolicited = final ? length : smaller(task->expected, lane->target.agreed.first_burst);
    task->unsolicited_next = length;
    if (!final) {
        count(lane, COUNT_UNSOLICITED_BURSTS);
    }
}

/* What the program has in work on the blocks of a command; no two commands share their first. */
static struct work *find_work(struct lane *lane, const struct target_task *task) {
    for (uint32_t i = 0; i < LOANS; i++) {
        struct work *work = &lane->client.works[i];
        if (work->active && work->kind == SANSCSI_TASK_COMMAND && work->lba == task->lba) {
            return work;
        }
    }
    target_violation(lane, "a command that has ended, or was never submitted");
}

/* Whether the library still waits for the answer to a reset of its own; of the first one on a
 * connection alone, since a later one may have been begun while that is on its way. */
static bool resets(const struct lane *lane, const struct target_task *task) {
    const sanscsi_session_settings *settings = &lane->client.settings;
    uint64_t unit = settings->lun_reset_timeout == 0 ? NEVER : settings->lun_reset_timeout;
    uint64_t whole = settings->target_reset_timeout == 0 ? NEVER : settings->target_reset_timeout;
    uint64_t waits = unit < whole ? unit : whole;
    uint64_t asked = lane->target.reset_at[task->lun >> 48];
    uint64_t begun = lane->client.escalated;
    return lane->client.escalations == 1 && asked != NEVER && asked >= begun &&
           lane->world->now - begun < waits;
}

/* A command comes once on a connection, on a second one where its program allows it, and those of a
 * unit come in the order in which they were submitted. */
static void check_coming(struct lane *lane, const struct target_task *task) {
    struct work *work = find_work(lane, task);
    uint32_t number = lane->network.number;
    if (work->came == number || (work->came != 0 && !work->resend)) {
        target_violation(lane, "a command that came before");
    }
    work->came = number;
    if (resets(lane, task)) {
        target_violation(lane, "a command behind a reset that the library waits for");
    }
    uint64_t *newest = &lane->target.newest[task->lun >> 48];
    if (!task->immediate && work->user < *newest) {
        target_violation(lane, "a command before one that was submitted earlier");
    }
    *newest = task->immediate ? *newest : work->user;
}

void target_command(struct lane *lane, const uint8_t *bhs, const uint8_t *ahs, const uint8_t *data,
                    uint32_t length) {
    uint32_t itt = get32(bhs + 16);
    if (itt == TARGET_NO_TAG || target_find(&lane->target, itt) != NULL) {
        target_violation(lane, "command with a tag in use");
    }
    struct target_task *task = take_task(lane);
    task->itt = itt;
    task->lun = get64(bhs + 8);
    task->expected = get32(bhs + 20);
    task->cmd_sn = get32(bhs + 24);
    task->reads = (bhs[1] & 0x40) != 0;
    task->writes = (bhs[1] & 0x20) != 0;
    bool final = (bhs[1] & 0x80) != 0;
    task->immediate = (bhs[0] & 0x40) != 0;
    if ((bhs[1] & 7) != 1 || (!task->writes && !final) ||
        (task->reads || task->writes) != (task->expected > 0)) {
        target_violation(lane, "flags of a command");
    }
    take_cdb(lane, task, bhs, ahs);
    check_direction(lane, task);
    check_priority(lane, task, bhs);
    check_unsolicited(lane, task, final, length);
    if (task->writes) {
        take_write(lane, task, data, length, final);
    }
    check_coming(lane, task);
    lane->world->disk.verdicts[task->lba].told = false; /* a resent one is told anew */
    if (task->immediate) {
        count(lane, COUNT_IMMEDIATES);
    }
    note(lane, "  command (operation, first block, blocks, tag)", task->operation, task->lba,
         task->blocks, itt);
    target_plan(lane, task);
}

/* RFC 7143 11.7. */
static void check_data(struct lane *lane, const struct target_task *task, const uint8_t *bhs,
                       const struct target_r2t *burst, uint32_t length, bool solicited) {
    const struct target *target = &lane->target;
    bool final = (bhs[1] & 0x80) != 0;
    if (get32(bhs + 36) != burst->data_sn || get32(bhs + 40) != burst->next) {
        target_violation(lane, "DataSN or offset of a Data-Out");
    }
    uint32_t left = burst->end - burst->next;
    bool early = final && solicited && task->early_end; /* RFC 7143 11.5.1 */
    if (length > left || (final != (length == left) && !early)) {
        target_violation(lane, "length or F of a Data-Out");
    }
    if (task->no_data) { /* RFC 7143 4.2.3.4 a */
        target_violation(lane, "Data-Out behind a function with FastAbort");
    }
    if (get64(bhs + 8) != (solicited ? task->lun : 0)) {
        target_violation(lane, "LUN of a Data-Out");
    }
    if (!final && length % 4 != 0) {
        target_violation(lane, "Data-Out within a burst that is no multiple of 4");
    }
    for (uint32_t i = 0; !solicited && i < TARGET_TASKS; i++) {
        const struct target_task *other = &target->tasks[i];
        if (other->used && other->unsolicited_open && before(other->order, task->order)) {
            target_violation(lane, "unsolicited data out of the order of the commands");
        }
    }
}

static void take_unsolicited(struct lane *lane, struct target_task *task, const uint8_t *bhs,
                             const uint8_t *data, uint32_t length) {
    struct target_r2t burst = {.task = task,
                               .next = task->unsolicited_next,
                               .end = task->unsolicited,
                               .data_sn = task->unsolicited_sn};
    if (!task->unsolicited_open) {
        target_violation(lane, "unsolicited data that nobody announced");
    }
    check_data(lane, task, bhs, &burst, length, false);
    memcpy(task->data + burst.next, data, length);
    task->received += length;
    task->unsolicited_next += length;
    task->unsolicited_sn++;
    task->unsolicited_open = (bhs[1] & 0x80) == 0;
}

/* R2Ts are answered in the order in which they were sent (RFC 7143 11.8). */
static void take_solicited(struct lane *lane, struct target_task *task, const uint8_t *bhs,
                           const uint8_t *data, uint32_t length) {
    struct target *target = &lane->target;
    struct target_r2t *burst = &target->r2ts[0];
    if (target->r2t_count == 0 || burst->tag != get32(bhs + 20) || burst->task != task) {
        target_violation(lane, "Data-Out that nobody asked for, or out of turn");
    }
    check_data(lane, task, bhs, burst, length, true);
    memcpy(task->data + burst->next, data, length);
    task->received += length;
    burst->next += length;
    burst->data_sn++;
    if ((bhs[1] & 0x80) != 0) {
        if (burst->next < burst->end) {
            task->phase = PHASE_SILENT; /* without all data it waits for its end */
            count(lane, COUNT_DATA_SHORTENED);
        }
        task->r2ts_out--;
        target->r2t_count--;
        memmove(burst, burst + 1, target->r2t_count * sizeof(*burst));
    }
}

void target_data_out(struct lane *lane, const uint8_t *bhs, const uint8_t *data, uint32_t length) {
    struct target_task *task = target_find(&lane->target, get32(bhs + 16));
    if (task == NULL) {
        return; /* of a task that has been aborted or answered already */
    }
    if (get32(bhs + 20) == TARGET_NO_TAG) {
        take_unsolicited(lane, task, bhs, data, length);
    } else {
        take_solicited(lane, task, bhs, data, length);
    }
}
