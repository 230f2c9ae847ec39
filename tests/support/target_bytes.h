/* Big-endian loads and stores, a growing buffer and CRC32C: the test target's own. */
#ifndef SANSCSI_TESTS_TARGET_BYTES_H
#define SANSCSI_TESTS_TARGET_BYTES_H

#include <stddef.h>
#include <stdint.h>

static inline void put16(uint8_t *at, uint32_t value) {
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static inline void put24(uint8_t *at, uint32_t value) {
    at[0] = (uint8_t)(value >> 16);
    put16(at + 1, value);
}

static inline void put32(uint8_t *at, uint32_t value) {
    put16(at, value >> 16);
    put16(at + 2, value);
}

static inline void put64(uint8_t *at, uint64_t value) {
    put32(at, (uint32_t)(value >> 32));
    put32(at + 4, (uint32_t)value);
}

static inline uint32_t get16(const uint8_t *at) {
    return (uint32_t)at[0] << 8 | at[1];
}

static inline uint32_t get24(const uint8_t *at) {
    return (uint32_t)at[0] << 16 | get16(at + 1);
}

static inline uint32_t get32(const uint8_t *at) {
    return get16(at) << 16 | get16(at + 2);
}

static inline uint64_t get64(const uint8_t *at) {
    return (uint64_t)get32(at) << 32 | get32(at + 4);
}

/* Whether a lies before b on the circle of 32-bit serial numbers (RFC 1982). */
static inline int before(uint32_t a, uint32_t b) {
    return a != b && b - a < UINT32_C(0x80000000);
}

/* Bytes that are added at the end and taken from the front. */
struct bytes {
    uint8_t *data;
    size_t size;
    size_t taken;
    size_t capacity;
};

void bytes_add(struct bytes *bytes, const void *data, size_t size);
void bytes_take(struct bytes *bytes, size_t size);
void bytes_free(struct bytes *bytes);

static inline const uint8_t *bytes_first(const struct bytes *bytes) {
    return bytes->data + bytes->taken;
}

static inline size_t bytes_left(const struct bytes *bytes) {
    return bytes->size - bytes->taken;
}

/* The digest of RFC 7143 13.1 over `data`, going on from `crc`; begin with 0. */
uint32_t target_crc32c(uint32_t crc, const uint8_t *data, size_t size);

#endif
