/* What tests of several layers share: random numbers, a reference CRC32C, a counting allocator. */
#include "support/bytes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

uint32_t random_next(uint32_t *state) {
    uint32_t x = *state; /* xorshift32 */
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    *state = x;
    return x;
}

uint32_t random_below(uint32_t *state, uint32_t count) {
    return random_next(state) % count;
}

void random_fill(uint32_t *state, void *bytes, size_t size) {
    uint8_t *p = bytes;
    for (size_t i = 0; i < size; i++) {
        p[i] = (uint8_t)(random_next(state) >> 11);
    }
}

uint32_t reference_crc32c(const void *data, size_t size) {
    const uint8_t *p = data;
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < size; i++) {
        crc ^= p[i];
        for (unsigned bit = 0; bit < 8; bit++) {
            crc = (crc & 1) != 0 ? crc >> 1 ^ UINT32_C(0x82f63b78) : crc >> 1;
        }
    }
    return crc ^ UINT32_MAX;
}

void reference_digest(uint8_t out[4], const void *data, size_t size) {
    uint32_t crc = reference_crc32c(data, size);
    for (unsigned i = 0; i < 4; i++) {
        out[i] = (uint8_t)(crc >> (8 * i));
    }
}

/* Stands before each block: what was asked for. Keeps the block aligned for anything. */
union header {
    size_t size;
    max_align_t align;
};

static void *allocate(void *context, size_t bytes) {
    struct counting *counting = context;
    counting->calls++;
    if (counting->calls == counting->fail_at) {
        return NULL;
    }
    union header *block = malloc(sizeof(*block) + bytes);
    assert_non_null(block);
    block->size = bytes;
    memset(block + 1, 0xd7, bytes); /* nobody may rely on zeros from an allocator */
    counting->blocks++;
    counting->bytes += bytes;
    return block + 1;
}

static void release(void *context, void *memory, size_t bytes) {
    struct counting *counting = context;
    assert_non_null(memory);
    union header *block = (union header *)memory - 1;
    assert_int_equal(block->size, bytes);
    assert_true(counting->blocks > 0);
    counting->blocks--;
    counting->bytes -= bytes;
    memset(memory, 0xdd, bytes);
    free(block);
}

void counting_init(struct counting *counting) {
    memset(counting, 0, sizeof(*counting));
    counting->allocator.size = sizeof(counting->allocator);
    counting->allocator.allocate = allocate;
    counting->allocator.release = release;
    counting->allocator.context = counting;
}
