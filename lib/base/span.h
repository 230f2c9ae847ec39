/* Text and bytes as pointer plus length: what comes from a peer is never a C string. */
#ifndef SANSCSI_BASE_SPAN_H
#define SANSCSI_BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/raw.h"

struct span {
    const uint8_t *data; /* may be NULL when size is 0 */
    size_t size;
};

/* A span over a string literal, without its terminating zero. */
#define SPAN_LITERAL(text) ((struct span){(const uint8_t *)(text), sizeof(text) - 1})

static inline struct span span_of(const void *data, size_t size) {
    struct span s = {data, size};
    return s;
}

/* A span over one of our own constant strings. */
static inline struct span span_of_string(const char *text) {
    size_t size = 0;
    while (text != NULL && text[size] != '\0') {
        size++;
    }
    return span_of(text, size);
}

/* The place `offset` bytes into `data`, which may be NULL when the offset is 0. */
static inline uint8_t *byte_at(void *data, size_t offset) {
    return offset == 0 ? data : (uint8_t *)data + offset;
}

static inline bool span_equal(struct span a, struct span b) {
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

static inline bool span_equal_string(struct span a, const char *text) {
    return span_equal(a, span_of_string(text));
}

static inline bool span_contains(struct span s, uint8_t byte) {
    for (size_t i = 0; i < s.size; i++) {
        if (s.data[i] == byte) {
            return true;
        }
    }
    return false;
}

#endif
