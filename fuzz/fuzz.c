/* Broken properties, and choices out of an input. */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void fuzz_broken(const char *property, const char *condition, const char *file, int line) {
    fprintf(stderr, "PROPERTY BROKEN: %s\n%s:%d: %s\n", property, file, line, condition);
    abort();
}

uint32_t fuzz_up_to(struct reader *input, uint32_t most) {
    if (most < UINT8_MAX) {
        return sanscsi_reader_u8(input) % (most + 1);
    }
    uint32_t value = sanscsi_reader_be32(input);
    return most == UINT32_MAX ? value : value % (most + 1);
}

bool fuzz_flag(struct reader *input) {
    return (sanscsi_reader_u8(input) & 1) != 0;
}

struct span fuzz_bytes(struct reader *input, size_t most) {
    size_t size = sanscsi_reader_be16(input);
    size_t left = sanscsi_reader_left(input);
    size = size < most ? size : most;
    return sanscsi_reader_take(input, size < left ? size : left);
}

struct span fuzz_rest(struct reader *input) {
    return sanscsi_reader_take(input, sanscsi_reader_left(input));
}

uint8_t *fuzz_copy(struct span bytes) {
    uint8_t *copy = malloc(bytes.size + (bytes.size == 0));
    if (copy == NULL) {
        abort();
    }
    if (bytes.size != 0) {
        memcpy(copy, bytes.data, bytes.size);
    }
    return copy;
}
