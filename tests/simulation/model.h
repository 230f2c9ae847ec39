/* What the disk must hold: for each block the values that it may have, one when all went well. */
#ifndef SANSCSI_TESTS_SIMULATION_MODEL_H
#define SANSCSI_TESTS_SIMULATION_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MODEL_BLOCK 512u
#define MODEL_BLOCKS 4096u
#define MODEL_VALUES 12u

struct model_block {
    uint32_t values[MODEL_VALUES];
    uint8_t count;
    uint8_t kept_count;
    uint32_t kept[MODEL_VALUES]; /* with a cache: what a restart may bring back, or leave */
    bool taken;                  /* by an operation in work, which no other may meet */
};

struct model {
    uint32_t size; /* blocks in use */
    bool caches;
    struct model_block blocks[MODEL_BLOCKS];
};

/* Every block holds the value 0. */
void model_init(struct model *model, uint32_t size, bool caches);

/* The bytes of a block that holds a value: each block and value have bytes of their own. */
void model_bytes(uint32_t value, uint32_t lba, uint8_t bytes[MODEL_BLOCK]);

/* Takes blocks for an operation; false when another is at work there, or when a block that is to be
 * written has too many possible values already. */
bool model_take(struct model *model, uint32_t lba, uint32_t blocks, bool writes);
void model_give(struct model *model, uint32_t lba, uint32_t blocks);

/* What was written in these blocks is durable. */
void model_flushed(struct model *model, uint32_t lba, uint32_t blocks);

/* Writes that were not flushed may have been lost. */
void model_restart(struct model *model);

/* A write ended well: the blocks hold the value. */
void model_wrote(struct model *model, uint32_t lba, uint32_t blocks, uint32_t value);

/* It may have been done, block by block. */
void model_may_have_written(struct model *model, uint32_t lba, uint32_t blocks, uint32_t value);

/* Whether bytes from the start of a block are those of a possible value; a whole block that is
 * read settles the value, if it may. */
bool model_settle(struct model *model, uint32_t lba, const uint8_t *bytes, uint32_t size,
                  bool settles);

/* The value whose bytes these are, if they are those of any. */
uint32_t model_value(const uint8_t bytes[MODEL_BLOCK]);

/* Whether a block's bytes are those of a possible value; settles nothing. */
bool model_allows(const struct model *model, uint32_t lba, const uint8_t bytes[MODEL_BLOCK]);

#endif
