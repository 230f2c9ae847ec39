/* The model of the disk. */
#include "simulation/model.h"

#include <string.h>

void model_init(struct model *model, uint32_t size, bool caches) {
    memset(model, 0, sizeof(*model));
    model->size = size;
    model->caches = caches;
    for (uint32_t i = 0; i < size; i++) {
        model->blocks[i].count = 1;
        model->blocks[i].kept_count = 1;
    }
}

void model_bytes(uint32_t value, uint32_t lba, uint8_t bytes[MODEL_BLOCK]) {
    uint64_t word = (uint64_t)value << 32 | lba;
    for (uint32_t at = 0; at < MODEL_BLOCK; at += sizeof(word)) {
        memcpy(bytes + at, &word, sizeof(word));
        word = word * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    }
}

uint32_t model_value(const uint8_t bytes[MODEL_BLOCK]) {
    uint64_t word = 0;
    memcpy(&word, bytes, sizeof(word));
    return (uint32_t)(word >> 32);
}

bool model_take(struct model *model, uint32_t lba, uint32_t blocks, bool writes) {
    for (uint32_t i = lba; i < lba + blocks; i++) {
        const struct model_block *block = &model->blocks[i];
        bool full = block->count >= MODEL_VALUES - 1 || block->kept_count >= MODEL_VALUES - 1;
        if (block->taken || (writes && full)) {
            return false;
        }
    }
    for (uint32_t i = lba; i < lba + blocks; i++) {
        model->blocks[i].taken = true;
    }
    return true;
}

void model_give(struct model *model, uint32_t lba, uint32_t blocks) {
    for (uint32_t i = lba; i < lba + blocks; i++) {
        model->blocks[i].taken = false;
    }
}

static void set_value(struct model_block *block, uint32_t value) {
    block->values[0] = value;
    block->count = 1;
}

/* With a cache nobody knows when a value becomes durable. */
static void keep(struct model *model, struct model_block *block, uint32_t value) {
    if (model->caches) {
        block->kept[block->kept_count++] = value;
    }
}

void model_wrote(struct model *model, uint32_t lba, uint32_t blocks, uint32_t value) {
    for (uint32_t i = lba; i < lba + blocks; i++) {
        set_value(&model->blocks[i], value);
        keep(model, &model->blocks[i], value);
    }
}

void model_may_have_written(struct model *model, uint32_t lba, uint32_t blocks, uint32_t value) {
    for (uint32_t i = lba; i < lba + blocks; i++) {
        struct model_block *block = &model->blocks[i];
        block->values[block->count++] = value;
        keep(model, block, value);
    }
}

void model_flushed(struct model *model, uint32_t lba, uint32_t blocks) {
    for (uint32_t i = lba; model->caches && i < lba + blocks; i++) {
        struct model_block *block = &model->blocks[i];
        memcpy(block->kept, block->values, sizeof(block->kept));
        block->kept_count = block->count;
    }
}

void model_restart(struct model *model) {
    for (uint32_t i = 0; model->caches && i < model->size; i++) {
        struct model_block *block = &model->blocks[i];
        memcpy(block->values, block->kept, sizeof(block->values));
        block->count = block->kept_count;
    }
}

/* The possible value whose bytes begin so; false when there is none. */
static bool find_value(const struct model_block *block, uint32_t lba, const uint8_t *bytes,
                       uint32_t size, uint32_t *value) {
    for (uint32_t i = 0; i < block->count; i++) {
        uint8_t expected[MODEL_BLOCK];
        model_bytes(block->values[i], lba, expected);
        if (memcmp(expected, bytes, size) == 0) {
            *value = block->values[i];
            return true;
        }
    }
    return false;
}

bool model_settle(struct model *model, uint32_t lba, const uint8_t *bytes, uint32_t size,
                  bool settles) {
    struct model_block *block = &model->blocks[lba];
    uint32_t value = 0;
    if (!find_value(block, lba, bytes, size, &value)) {
        return false;
    }
    if (settles && size == MODEL_BLOCK && block->count > 1) {
        set_value(block, value);
    }
    return true;
}

bool model_allows(const struct model *model, uint32_t lba, const uint8_t bytes[MODEL_BLOCK]) {
    uint32_t value = 0;
    return find_value(&model->blocks[lba], lba, bytes, MODEL_BLOCK, &value);
}
