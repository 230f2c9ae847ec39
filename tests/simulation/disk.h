/* The storage of the target, which outlives connections and sessions. With a cache a restart may
 * take back what was written and not flushed. */
#ifndef SANSCSI_TESTS_SIMULATION_DISK_H
#define SANSCSI_TESTS_SIMULATION_DISK_H

#include "simulation/model.h"

/* What was told of a command; by its first block, which no two commands in work share. */
struct verdict {
    bool told;
    bool lost;         /* bytes were left out */
    bool late;         /* it was reported aborted before */
    uint64_t restarts; /* of the target before */
    uint32_t connection;
    uint8_t response;
    uint8_t status;
    uint8_t priority; /* that its program asked for */
    uint32_t underflow;
    uint32_t overflow;
    uint32_t read_underflow; /* of a bidirectional command */
    uint32_t moved;          /* bytes of Data-In */
    uint32_t sense_key;
    uint32_t sense_code;
    uint32_t sense_length;
    uint8_t sense[32];
};

struct disk {
    uint32_t blocks;
    bool caches;
    uint64_t restarts;
    uint8_t *storage;
    uint8_t *durable; /* what a restart leaves; only with a cache */
    struct verdict *verdicts;
};

struct lane;
struct world;

/* Every block holds the value 0. */
void disk_init(struct world *world, uint32_t blocks, bool caches);
void disk_free(struct world *world);

static inline uint8_t *disk_at(const struct disk *disk, uint32_t lba) {
    return disk->storage + (size_t)lba * MODEL_BLOCK;
}

/* All blocks become durable. */
void disk_flush(struct disk *disk);

/* The target is started anew: some of what was not flushed is lost. */
void disk_restart(struct world *world);

/* Whether the bytes of all blocks that nobody is at work on are possible ones. */
void disk_compare(struct lane *lane);

#endif
