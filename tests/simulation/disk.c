/* The storage of the target. */
#include "simulation/disk.h"

#include <stdlib.h>
#include <string.h>

#include "simulation/world.h"

static void *take(size_t count, size_t size) {
    void *memory = calloc(count, size);
    if (memory == NULL) {
        abort();
    }
    return memory;
}

void disk_init(struct world *world, uint32_t blocks, bool caches) {
    struct disk *disk = &world->disk;
    *disk = (struct disk){.blocks = blocks, .caches = caches};
    disk->storage = take(blocks, MODEL_BLOCK);
    disk->verdicts = take(blocks, sizeof(*disk->verdicts));
    for (uint32_t lba = 0; lba < blocks; lba++) {
        model_bytes(0, lba, disk_at(disk, lba));
    }
    if (caches) {
        disk->durable = take(blocks, MODEL_BLOCK);
        disk_flush(disk);
    }
    model_init(&world->model, blocks, caches);
}

void disk_free(struct world *world) {
    free(world->disk.storage);
    free(world->disk.durable);
    free(world->disk.verdicts);
}

void disk_flush(struct disk *disk) {
    if (disk->caches) {
        memcpy(disk->durable, disk->storage, (size_t)disk->blocks * MODEL_BLOCK);
    }
}

void disk_restart(struct world *world) {
    struct disk *disk = &world->disk;
    disk->restarts++;
    if (!disk->caches) {
        return;
    }
    for (uint32_t lba = 0; lba < disk->blocks; lba++) {
        const uint8_t *durable = disk->durable + (size_t)lba * MODEL_BLOCK;
        bool differs = memcmp(disk_at(disk, lba), durable, MODEL_BLOCK) != 0;
        if (differs && dice_one_in(&world->dice, 2)) {
            memcpy(disk_at(disk, lba), durable, MODEL_BLOCK);
            world->counts[COUNT_WRITES_TAKEN_BACK]++;
        }
    }
    disk_flush(disk);
    model_restart(&world->model);
}

void disk_compare(struct lane *lane) {
    const struct disk *disk = &lane->world->disk;
    for (uint32_t lba = 0; lba < disk->blocks; lba++) {
        const struct model *model = &lane->world->model;
        /* Who is at work on a block may have written it. */
        if (!model->blocks[lba].taken && !model_allows(model, lba, disk_at(disk, lba))) {
            fail(lane, "block %u of the disk holds what nobody can have written: value %u", lba,
                 model_value(disk_at(disk, lba)));
        }
    }
}
