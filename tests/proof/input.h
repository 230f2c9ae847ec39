/* What Eva starts from: bytes of any value, in a block that ends with them. What lies before them
 * is not initialized, so that reading too early is found as well as reading too far. */
#ifndef PROOF_INPUT_H
#define PROOF_INPUT_H

#include <stddef.h>
#include <stdint.h>

#include <__fc_builtin.h>

/* Any length up to `bound`. */
static inline size_t any_size(size_t bound) {
    return (size_t)Frama_C_unsigned_long_interval(0, bound);
}

/* Any bytes. */
static inline const uint8_t *any_bytes(uint8_t *at, size_t size) {
    for (size_t i = 0; i < size; i++) {
        at[i] = Frama_C_unsigned_char_interval(0, 255);
    }
    return at;
}

/* Whether a span lies in the input that a proof calls `data` and `size`. */
#define WITHIN(span)                                                                               \
    ((span).size == 0 || ((span).data >= data && (span).data + (span).size <= data + size))

#endif
