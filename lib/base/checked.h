/* Sums that say when they do not fit, and rounding of data segments. */
#ifndef SANSCSI_BASE_CHECKED_H
#define SANSCSI_BASE_CHECKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Stores the result and returns true, or returns false and leaves *result alone. */
static inline bool checked_add_u64(uint64_t a, uint64_t b, uint64_t *result) {
    if (b > UINT64_MAX - a) {
        return false;
    }
    *result = a + b;
    return true;
}

/* A moment `delta` after `now`, or never when the clock cannot count that far. */
static inline uint64_t saturating_add_u64(uint64_t now, uint64_t delta) {
    return delta > UINT64_MAX - now ? UINT64_MAX : now + delta;
}

/* Pad bytes behind a data segment (RFC 7143 11.1: segments end on 4-byte boundaries). */
static inline uint32_t pad_length(uint32_t length) {
    return (4 - length % 4) % 4;
}

static inline uint32_t min_u32(uint32_t a, uint32_t b) {
    return a < b ? a : b;
}

static inline uint32_t max_u32(uint32_t a, uint32_t b) {
    return a > b ? a : b;
}

static inline size_t min_size(size_t a, size_t b) {
    return a < b ? a : b;
}

static inline uint64_t min_u64(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

#endif
