/* The disks of the test target, and its life. */
#include <stdlib.h>
#include <string.h>

#include "support/target.h"

void target_config_defaults(struct target_config *config) {
    memset(config, 0, sizeof(*config));
    config->units = 2;
    config->storage_bytes = 1u << 21;
    config->immediate_data = 1;
    config->max_recv_segment = 8192;
    config->max_burst = 65536;
    config->first_burst = 16384;
    config->max_r2t = 1;
    config->window = 64;
    config->protocol_level = 1;
}

struct target *target_new(const struct target_config *config) {
    struct target *target = calloc(1, sizeof(*target));
    uint8_t *storage = malloc(config->storage_bytes + 1u);
    if (target == NULL || storage == NULL) {
        abort();
    }
    for (uint32_t i = 0; i < config->storage_bytes; i++) {
        storage[i] = (uint8_t)(i * 2654435761u >> 24);
    }
    target->config = *config;
    target->storage = storage;
    target->stat_sn = UINT32_C(0xfffffffd); /* wraps early */
    target->next_tag = 0x1000;
    target->ping_tag = TARGET_NO_TAG;
    target->text_tag = TARGET_NO_TAG;
    target_keys_defaults(&target->agreed);
    return target;
}

void target_free(struct target *target) {
    if (target == NULL) {
        return;
    }
    for (uint32_t i = 0; i < TARGET_TASKS; i++) {
        free(target->tasks[i].data);
    }
    bytes_free(&target->in);
    bytes_free(&target->out);
    free(target->storage);
    free(target);
}

static void both_ways(struct target *target, struct target_task *task) {
    if (!task->reads || !task->writes) {
        target_check(target, task, 0x05, 0x2400);
        return;
    }
    target_read_rest(target, task);
    memcpy(target->storage + get32(task->cdb + 2), task->data, task->edtl);
    target_respond_both(target, task, 0, 0, 0, 0);
}

/* Moves bytes between a command and the storage. */
static void transfer(struct target *target, struct target_task *task, uint64_t offset,
                     uint64_t length) {
    if (offset + length > target->config.storage_bytes) {
        target_check(target, task, 0x05, 0x2100);
        return;
    }
    uint8_t *at = target->storage + offset;
    if (task->writes) {
        memcpy(at, task->data, length < task->edtl ? (size_t)length : task->edtl);
    }
    target_finish(target, task, at, (uint32_t)length, 0);
}

static void inquiry(struct target *target, struct target_task *task, uint32_t unit) {
    uint8_t data[36] = {0x00, 0x00, 0x06, 0x02, 31, 0, 0, 0x02};
    if (unit >= target->config.units) {
        data[0] = 0x7f;
    }
    memcpy(data + 8, "SANSCSI TEST TARGET     0001", 28);
    uint32_t allocation = get16(task->cdb + 3);
    target_finish(target, task, data, allocation < 36 ? allocation : 36, 0);
}

/* Numbers below 256 by peripheral device addressing, others by flat space (SAM-5 4.7). */
static void report_luns(struct target *target, struct target_task *task) {
    uint32_t units = target->config.units;
    uint32_t size = 8 + 8 * units;
    uint8_t *data = calloc(1, size);
    if (data == NULL) {
        abort();
    }
    put32(data, 8 * units);
    for (uint32_t i = 0; i < units; i++) {
        put16(data + 8 + 8 * (size_t)i, i < 256 ? i : 0x4000 | (i & 0x3fff));
    }
    uint32_t allocation = get32(task->cdb + 6);
    target_finish(target, task, data, allocation < size ? allocation : size, 0);
    free(data);
}

static void capacity(struct target *target, struct target_task *task, bool long_form) {
    uint32_t blocks = target->config.blocks != 0 ? target->config.blocks
                                                 : target->config.storage_bytes / TARGET_BLOCK;
    uint8_t data[32] = {0};
    if (long_form) {
        put64(data, blocks - 1);
        put32(data + 8, TARGET_BLOCK);
        uint32_t allocation = get32(task->cdb + 10);
        target_finish(target, task, data, allocation < 32 ? allocation : 32, 0);
        return;
    }
    put32(data, blocks - 1);
    put32(data + 4, TARGET_BLOCK);
    target_finish(target, task, data, 8, 0);
}

static void execute(struct target *target, struct target_task *task) {
    uint32_t unit = (uint32_t)(task->lun >> 48) & 0x3fff;
    const uint8_t *cdb = task->cdb;
    switch (cdb[0]) {
    case 0x12:
        inquiry(target, task, unit);
        return;
    case 0xa0:
        report_luns(target, task);
        return;
    default:
        break;
    }
    if (unit >= target->config.units) {
        target_check(target, task, 0x05, 0x2500);
        return;
    }
    switch (cdb[0]) {
    case 0x00:
    case 0x35:
        target_finish(target, task, NULL, 0, 0);
        break;
    case 0x25:
        capacity(target, task, false);
        break;
    case 0x9e:
        capacity(target, task, true);
        break;
    case 0x28:
    case 0x2a:
        transfer(target, task, (uint64_t)get32(cdb + 2) * TARGET_BLOCK,
                 (uint64_t)get16(cdb + 7) * TARGET_BLOCK);
        break;
    case 0x88:
    case 0x8a:
        transfer(target, task, get64(cdb + 2) * TARGET_BLOCK,
                 (uint64_t)get32(cdb + 10) * TARGET_BLOCK);
        break;
    case TARGET_OP_READ:
    case TARGET_OP_WRITE:
        transfer(target, task, get32(cdb + 2), get32(cdb + 6));
        break;
    case TARGET_OP_BOTH:
        both_ways(target, task);
        break;
    default:
        target_check(target, task, 0x05, 0x2000);
        break;
    }
}

void target_execute(struct target *target, struct target_task *task) {
    if (target->config.hold) {
        task->waits = true;
        return;
    }
    if (target->config.command == NULL ||
        !target->config.command(target, task, target->config.context)) {
        execute(target, task);
    }
}

bool target_answer(struct target *target, uint32_t index) {
    for (uint32_t order = 0; order < target->order; order++) {
        for (uint32_t i = 0; i < TARGET_TASKS; i++) {
            struct target_task *task = &target->tasks[i];
            if (task->used && task->waits && task->order == order && index-- == 0) {
                task->waits = false;
                execute(target, task);
                return true;
            }
        }
    }
    return false;
}

void target_open_window(struct target *target, uint32_t commands) {
    uint8_t bhs[48];
    target_begin(target, bhs, 0x20, 0x80, TARGET_NO_TAG);
    put32(bhs + 20, TARGET_NO_TAG);
    put32(bhs + 32, target->max_cmd_sn + commands);
    target_send(target, bhs, NULL, 0);
}

void target_ping(struct target *target, uint64_t lun) {
    uint8_t bhs[48];
    target_begin(target, bhs, 0x20, 0x80, TARGET_NO_TAG);
    target->ping_tag = target->next_tag++;
    target->ping_lun = lun;
    put32(bhs + 20, target->ping_tag);
    put64(bhs + 8, lun);
    target_send(target, bhs, NULL, 0);
}
