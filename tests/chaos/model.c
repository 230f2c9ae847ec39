/* The model of the disk. */
#include "chaos/model.h"

#include <string.h>

void model_init(struct model *model) {
    memset(model, 0, sizeof(*model));
    for (uint32_t i = 0; i < MODEL_BLOCKS; i++) {
        model->blocks[i].count = 1;
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
        if (block->taken || (writes && block->count == MODEL_VALUES)) {
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

void model_wrote(struct model *model, uint32_t lba, uint32_t blocks, uint32_t value) {
    for (uint32_t i = lba; i < lba + blocks; i++) {
        set_value(&model->blocks[i], value);
    }
}

void model_may_have_written(struct model *model, uint32_t lba, uint32_t blocks, uint32_t value) {
    for (uint32_t i = lba; i < lba + blocks; i++) {
        struct model_block *block = &model->blocks[i];
        block->values[block->count++] = value;
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

bool model_settle(struct model *model, uint32_t lba, const uint8_t *bytes, uint32_t size) {
    struct model_block *block = &model->blocks[lba];
    uint32_t value = 0;
    if (!find_value(block, lba, bytes, size, &value)) {
        return false;
    }
    if (size == MODEL_BLOCK && block->count > 1) {
        set_value(block, value);
    }
    return true;
}

bool model_allows(const struct model *model, uint32_t lba, const uint8_t bytes[MODEL_BLOCK]) {
    uint32_t value = 0;
    return find_value(&model->blocks[lba], lba, bytes, MODEL_BLOCK, &value);
}
