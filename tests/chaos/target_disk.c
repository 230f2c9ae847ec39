/* The storage of the target, which outlives connections and sessions. */
#include <stdlib.h>
#include <string.h>

#include "chaos/operation.h"
#include "chaos/world.h"

void target_init(struct world *world) {
    struct target *target = &world->target;
    memset(target, 0, sizeof(*target));
    target->storage = malloc((size_t)MODEL_BLOCKS * MODEL_BLOCK);
    if (target->storage == NULL) {
        abort();
    }
    for (uint32_t lba = 0; lba < MODEL_BLOCKS; lba++) {
        model_bytes(0, lba, target->storage + (size_t)lba * MODEL_BLOCK);
    }
}

void target_free(struct world *world) {
    struct target *target = &world->target;
    for (uint32_t i = 0; i < TARGET_TASKS; i++) {
        free(target->tasks[i].data);
    }
    bytes_free(&target->in);
    bytes_free(&target->out);
    free(target->storage);
}

void target_compare(struct world *world) {
    for (uint32_t lba = 0; lba < MODEL_BLOCKS; lba++) {
        if (!model_allows(&world->model, lba, world->target.storage + (size_t)lba * MODEL_BLOCK)) {
            fail(world, "block %u of the disk holds what nobody can have written: value %u", lba,
                 model_value(world->target.storage + (size_t)lba * MODEL_BLOCK));
        }
    }
}

static uint8_t *place_of(struct target *target, const struct target_task *task) {
    return target->storage + (size_t)task->lba * MODEL_BLOCK;
}

/* SBC-3 5.2: writes when the blocks are as the initiator believes. */
static void compare_and_write(struct target *target, struct target_task *task) {
    size_t half = task->expected / 2;
    if (memcmp(place_of(target, task), task->data, half) == 0) {
        memcpy(place_of(target, task), task->data + half, half);
        return;
    }
    task->status = 0x02;
    task->sense_key = 0x0e;
    task->sense_code = 0x1d00;
}

void target_execute(struct world *world, struct target_task *task) {
    note(world, "  execute (tag, operation, first block, blocks)", task->itt, task->operation,
         task->lba, task->blocks);
    struct target *target = &world->target;
    if (task->status == 0x02) {
        target_execute_partly(world, task);
    }
    task->done = true;
    if (task->status != 0 || task->response != 0) {
        return;
    }
    if (task->operation == OPERATION_WRITE) {
        memcpy(place_of(target, task), task->data, task->moves);
    } else if (task->operation == OPERATION_COMPARE_AND_WRITE) {
        compare_and_write(target, task);
    }
}

void target_execute_partly(struct world *world, struct target_task *task) {
    uint32_t whole = task->moves / MODEL_BLOCK;
    bool collected = task->phase == PHASE_EXECUTE || task->phase == PHASE_SILENT;
    if (task->operation != OPERATION_WRITE || task->done || !collected ||
        task->received < task->moves) {
        return;
    }
    uint32_t blocks = dice_below(&world->dice, whole + 1);
    memcpy(place_of(&world->target, task), task->data, (size_t)blocks * MODEL_BLOCK);
    task->done = true;
    count(world, COUNT_PARTIAL_WRITES);
    note(world, "  partly written (first block, blocks, of)", task->lba, blocks, whole, 0);
}
