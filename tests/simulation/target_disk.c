/* What commands do to the disk. */
#include <string.h>

#include "simulation/operation.h"
#include "simulation/world.h"

static uint8_t *place_of(const struct lane *lane, const struct target_task *task) {
    return disk_at(&lane->world->disk, task->lba);
}

/* SBC-3 5.2: writes when the blocks are as the initiator believes. */
static void compare_and_write(struct lane *lane, struct target_task *task) {
    size_t half = task->expected / 2;
    if (memcmp(place_of(lane, task), task->data, half) == 0) {
        memcpy(place_of(lane, task), task->data + half, half);
        return;
    }
    task->status = 0x02;
    task->sense_key = 0x0e;
    task->sense_code = 0x1d00;
}

/* What is read is kept first, behind what is written. */
static void exchange(struct lane *lane, struct target_task *task) {
    memcpy(task->data + task->expected, place_of(lane, task), task->reads_bytes);
    memcpy(place_of(lane, task), task->data, task->moves);
}

void target_execute(struct lane *lane, struct target_task *task) {
    note(lane, "  execute (tag, operation, first block, blocks)", task->itt, task->operation,
         task->lba, task->blocks);
    if (task->status == 0x02) {
        target_execute_partly(lane, task);
    }
    task->done = true;
    if (task->status != 0 || task->response != 0) {
        return;
    }
    switch (task->operation) {
    case OPERATION_WRITE:
        memcpy(place_of(lane, task), task->data, task->moves);
        break;
    case OPERATION_COMPARE_AND_WRITE:
        compare_and_write(lane, task);
        break;
    case OPERATION_EXCHANGE:
        exchange(lane, task);
        break;
    case OPERATION_FLUSH:
        disk_flush(&lane->world->disk);
        break;
    default:
        break;
    }
}

void target_execute_partly(struct lane *lane, struct target_task *task) {
    uint32_t whole = task->moves / MODEL_BLOCK;
    bool collected = task->phase == PHASE_EXECUTE || task->phase == PHASE_SILENT;
    bool writes = task->operation == OPERATION_WRITE || task->operation == OPERATION_EXCHANGE;
    if (!writes || task->done || !collected || task->received < task->moves) {
        return;
    }
    uint32_t blocks = dice_below(&lane->world->dice, whole + 1);
    memcpy(place_of(lane, task), task->data, (size_t)blocks * MODEL_BLOCK);
    task->done = true;
    count(lane, COUNT_PARTIAL_WRITES);
    note(lane, "  partly written (first block, blocks, of)", task->lba, blocks, whole, 0);
}
