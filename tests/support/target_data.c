/* Commands and their data at the test target (RFC 7143 11.3, 11.4, 11.7, 11.8). */
#include <stdlib.h>
#include <string.h>

#include "support/target.h"

static uint32_t smaller(uint32_t a, uint32_t b) {
    return a < b ? a : b;
}

struct target_task *target_find(struct target *target, uint32_t itt) {
    for (uint32_t i = 0; i < TARGET_TASKS; i++) {
        if (target->tasks[i].used && target->tasks[i].itt == itt) {
            return &target->tasks[i];
        }
    }
    return NULL;
}

void target_drop(struct target *target, struct target_task *task) {
    (void)target;
    free(task->data);
    memset(task, 0, sizeof(*task));
}

static struct target_task *take_task(struct target *target) {
    for (uint32_t i = 0; i < TARGET_TASKS; i++) {
        if (!target->tasks[i].used) {
            memset(&target->tasks[i], 0, sizeof(target->tasks[i]));
            target->tasks[i].used = true;
            target->tasks[i].order = target->order++;
            return &target->tasks[i];
        }
    }
    abort();
}

/* Asks for what is still missing, as far as MaxOutstandingR2T goes; executes when all is there. */
void target_ask(struct target *target, struct target_task *task) {
    if (task->unsolicited_open || target->config.silent) {
        return;
    }
    while (task->writes && task->asked < task->edtl && task->r2t_count < target->agreed.max_r2t &&
           task->r2t_count < TARGET_R2TS) {
        uint32_t length = smaller(task->edtl - task->asked, target->agreed.max_burst);
        if (task->reads && target->config.turns != TARGET_READS_LAST) {
            target_read_some(target, task);
        }
        struct target_r2t *r2t = &task->r2ts[task->r2t_count++];
        r2t->tag = target->next_tag++;
        r2t->offset = task->asked;
        r2t->end = task->asked + length;
        r2t->data_sn = 0;
        uint8_t bhs[48];
        target_begin(target, bhs, 0x31, 0x80, task->itt);
        put64(bhs + 8, task->lun);
        put32(bhs + 20, r2t->tag);
        /* Numbers that Data-In of the same command shares (RFC 7143 4.2.2.4). */
        put32(bhs + 36, task->reads ? task->data_sn++ : task->r2t_sn++);
        put32(bhs + 40, r2t->offset);
        put32(bhs + 44, length);
        target_send(target, bhs, NULL, 0);
        task->asked += length;
    }
    if (!task->writes || task->received == task->edtl) {
        target_execute(target, task);
    }
}

/* RFC 7143 4.2.5.2, 11.3.1, 13.10, 13.11, 13.14. */
static void check_unsolicited(struct target *target, const struct target_task *task, bool final,
                              uint32_t immediate) {
    const struct target_agreed *agreed = &target->agreed;
    if (immediate > 0 && (!task->writes || agreed->immediate_data == 0)) {
        target_violation(target, "immediate data that is not allowed");
    }
    if (immediate > smaller(task->edtl, agreed->first_burst)) {
        target_violation(target, "immediate data beyond FirstBurstLength or the command");
    }
    if (!final && (!task->writes || agreed->initial_r2t != 0 || immediate == task->edtl ||
                   immediate >= agreed->first_burst)) {
        target_violation(target, "F = 0 without unsolicited data to follow");
    }
}

static void take_cdb(struct target *target, struct target_task *task, const uint8_t *bhs,
                     const uint8_t *ahs) {
    memcpy(task->cdb, bhs + 32, 16);
    task->cdb_length = 16;
    uint32_t size = 4u * bhs[4];
    uint32_t taken = 0;
    if (size > 0 && ahs[2] == 1) {
        uint32_t length = get16(ahs); /* counts the reserved byte */
        taken = (length + 3 + 3) & ~3u;
        if (ahs[3] != 0 || length < 2 || taken > size) {
            target_violation(target, "Extended CDB AHS");
            return;
        }
        memcpy(task->cdb + 16, ahs + 4, length - 1);
        task->cdb_length = 15 + length;
        for (uint32_t at = 3 + length; at < taken; at++) {
            if (ahs[at] != 0) {
                target_violation(target, "padding of an Extended CDB AHS");
            }
        }
    }
    target_take_read_length(target, task, ahs + taken, size - taken);
}

void target_command(struct target *target, const uint8_t *bhs, const uint8_t *ahs,
                    const uint8_t *data, uint32_t length) {
    uint32_t itt = get32(bhs + 16);
    if (itt == TARGET_NO_TAG || target_find(target, itt) != NULL || target->discovery) {
        target_violation(target, "command with a tag in use, or in discovery");
        return;
    }
    target->commands++;
    memcpy(target->last_command, bhs, 48);
    memcpy(target->last_command + 48, ahs, 4u * bhs[4]);
    struct target_task *task = take_task(target);
    task->itt = itt;
    task->lun = get64(bhs + 8);
    task->edtl = get32(bhs + 20);
    task->cmd_sn = get32(bhs + 24);
    task->immediate = (bhs[0] & 0x40) != 0;
    task->priority = bhs[2] >> 4;
    task->reads = (bhs[1] & 0x40) != 0;
    task->writes = (bhs[1] & 0x20) != 0;
    bool final = (bhs[1] & 0x80) != 0;
    if ((bhs[2] & 0x0f) != 0 || (task->priority != 0 && target->agreed.protocol_level < 2)) {
        target_violation(target, "PRI without iSCSIProtocolLevel 2");
    }
    if ((bhs[1] & 7) > 4 || (!task->writes && !final) ||
        (!task->writes && !task->reads && task->edtl > 0)) {
        target_violation(target, "flags of a command");
    }
    take_cdb(target, task, bhs, ahs);
    check_unsolicited(target, task, final, length);
    if (task->writes) {
        task->data = calloc(1, task->edtl + 1u);
        if (task->data == NULL) {
            abort();
        }
        memcpy(task->data, data, smaller(length, task->edtl));
        task->received = length;
        task->unsolicited_open = !final;
        task->unsolicited = final ? length : smaller(task->edtl, target->agreed.first_burst);
        task->asked = task->unsolicited;
    }
    if (task->reads && task->writes && target->config.turns == TARGET_READS_FIRST) {
        target_read_rest(target, task);
    }
    target_ask(target, task);
}

static void check_data(struct target *target, const struct target_task *task, const uint8_t *bhs,
                       const struct target_r2t *burst, uint32_t length, bool solicited) {
    bool final = (bhs[1] & 0x80) != 0;
    if (get32(bhs + 36) != burst->data_sn || get32(bhs + 40) != burst->offset) {
        target_violation(target, "DataSN or offset of a Data-Out");
    }
    if (length > burst->end - burst->offset || (final != (length == burst->end - burst->offset) &&
                                                !(final && solicited && task->early_end))) {
        target_violation(target, "length or F of a Data-Out");
    }
    if (get64(bhs + 8) != (solicited ? task->lun : 0)) {
        target_violation(target, "LUN of a Data-Out");
    }
    if (!final && length % 4 != 0) {
        target_violation(target, "Data-Out within a burst that is no multiple of 4");
    }
    for (uint32_t i = 0; !solicited && i < TARGET_TASKS; i++) {
        const struct target_task *other = &target->tasks[i];
        if (other->used && other->unsolicited_open && before(other->order, task->order)) {
            target_violation(target, "unsolicited data out of the order of the commands");
        }
    }
}

void target_data_out(struct target *target, const uint8_t *bhs, const uint8_t *data,
                     uint32_t length) {
    struct target_task *task = target_find(target, get32(bhs + 16));
    if (task == NULL) {
        return; /* of a task that has been aborted or answered already */
    }
    bool solicited = get32(bhs + 20) != TARGET_NO_TAG;
    struct target_r2t unsolicited = {
        .offset = task->received, .end = task->unsolicited, .data_sn = task->unsolicited_sn};
    struct target_r2t *burst = solicited ? &task->r2ts[0] : &unsolicited;
    bool due =
        solicited ? task->r2t_count > 0 && burst->tag == get32(bhs + 20) : task->unsolicited_open;
    if (!due) {
        target_violation(target, "Data-Out that nobody asked for");
        return;
    }
    if (task->no_data) {
        target_violation(target, "Data-Out behind a function with FastAbort");
    }
    check_data(target, task, bhs, burst, length, solicited);
    if (length > burst->end - burst->offset) {
        return;
    }
    memcpy(task->data + burst->offset, data, length);
    task->received += length;
    burst->offset += length;
    burst->data_sn++;
    task->unsolicited_sn += solicited ? 0 : 1;
    if ((bhs[1] & 0x80) != 0 && solicited) {
        task->r2t_count--;
        memmove(&task->r2ts[0], &task->r2ts[1], task->r2t_count * sizeof(task->r2ts[0]));
    } else if ((bhs[1] & 0x80) != 0) {
        task->unsolicited_open = false;
    }
    target_ask(target, task);
}

void target_respond(struct target *target, struct target_task *task, uint8_t flags,
                    uint8_t response, uint8_t status, uint32_t residual, const void *data,
                    uint32_t length) {
    uint32_t itt = task->itt;
    uint32_t data_sn = response == 0 ? task->data_sn : 0;
    target_drop(target, task);
    uint8_t bhs[48];
    target_begin_status(target, bhs, 0x21, (uint8_t)(0x80 | flags), itt);
    bhs[2] = response;
    bhs[3] = status;
    put32(bhs + 36, data_sn);
    put32(bhs + 44, residual);
    target_send(target, bhs, data, length);
}

void target_finish(struct target *target, struct target_task *task, const uint8_t *data,
                   uint32_t length, uint8_t status) {
    uint32_t moved = task->writes ? task->edtl : smaller(length, task->edtl);
    uint8_t flags = length > task->edtl ? 0x04 : length < task->edtl ? 0x02 : 0;
    uint32_t residual = length > task->edtl ? length - task->edtl : task->edtl - length;
    uint32_t most = target->agreed.initiator_segment;
    if (target->config.data_in_size != 0) {
        most = smaller(most, target->config.data_in_size);
    }
    bool with_status = status == 0 && !target->config.status_alone;
    for (uint32_t at = 0; task->reads && at < moved;) {
        uint32_t in_burst = target->agreed.max_burst - at % target->agreed.max_burst;
        uint32_t piece = smaller(smaller(most, in_burst), moved - at);
        bool last = at + piece == moved;
        bool final = last || piece == in_burst;
        uint8_t bhs[48];
        target_begin(target, bhs, 0x25, final ? 0x80 : 0x00, task->itt);
        put32(bhs + 20, TARGET_NO_TAG);
        put32(bhs + 24, UINT32_C(0xdeadbeef)); /* meaningless without S */
        put32(bhs + 36, task->data_sn++);
        put32(bhs + 40, at);
        if (last && with_status) {
            put32(bhs + 24, target->stat_sn++);
            put32(bhs + 44, residual);
            bhs[1] = (uint8_t)(0x81 | flags);
            uint32_t itt = task->itt;
            target_drop(target, task);
            uint8_t fresh[48];
            target_begin(target, fresh, 0x25, 0, itt);
            memcpy(bhs + 28, fresh + 28, 8);
            target_send(target, bhs, data + at, piece);
            return;
        }
        target_send(target, bhs, data + at, piece);
        at += piece;
    }
    target_respond(target, task, flags, 0, status, residual, NULL, 0);
}

void target_check(struct target *target, struct target_task *task, uint8_t key, uint32_t code) {
    uint8_t segment[20] = {0, 18, 0x70, 0, key, 0, 0, 0, 0, 10};
    segment[2 + 12] = (uint8_t)(code >> 8);
    segment[2 + 13] = (uint8_t)code;
    target_respond(target, task, task->edtl > 0 ? 0x02 : 0, 0, 0x02, task->edtl, segment,
                   sizeof(segment));
}
