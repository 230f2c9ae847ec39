/* Big-endian loads and stores on single fields of fixed layouts (RFC 7143 11: network order). */
#ifndef SANSCSI_BASE_BYTES_H
#define SANSCSI_BASE_BYTES_H

#include <stdint.h>

#include "base/raw.h"

#if defined(__BYTE_ORDER__) &&                                                                     \
    (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ || __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__)
/* Turns between network order and this machine's. Each is one instruction: compilers see that in
 * shifts of single bytes mostly, but not where several fields lie side by side. */
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
static inline uint32_t turn32(uint32_t value) {
    return __builtin_bswap32(value);
}

static inline uint64_t turn64(uint64_t value) {
    return __builtin_bswap64(value);
}
#else
static inline uint32_t turn32(uint32_t value) {
    return value;
}

static inline uint64_t turn64(uint64_t value) {
    return value;
}
#endif

static inline uint16_t load_be16(const uint8_t *p) {
    return (uint16_t)(((uint32_t)p[0] << 8) | p[1]);
}

static inline uint32_t load_be24(const uint8_t *p) {
    return ((uint32_t)p[0] << 16) | ((uint32_t)p[1] << 8) | p[2];
}

static inline uint32_t load_be32(const uint8_t *p) {
    uint32_t value;
    memcpy(&value, p, sizeof(value));
    return turn32(value);
}

static inline uint64_t load_be64(const uint8_t *p) {
    uint64_t value;
    memcpy(&value, p, sizeof(value));
    return turn64(value);
}

/* The digest word alone goes least significant byte first (RFC 7143 13.1). */
static inline uint32_t load_le32(const uint8_t *p) {
    return ((uint32_t)p[3] << 24) | ((uint32_t)p[2] << 16) | ((uint32_t)p[1] << 8) | p[0];
}

static inline void store_be16(uint8_t *p, uint16_t value) {
    p[0] = (uint8_t)(value >> 8);
    p[1] = (uint8_t)value;
}

static inline void store_be24(uint8_t *p, uint32_t value) {
    p[0] = (uint8_t)(value >> 16);
    p[1] = (uint8_t)(value >> 8);
    p[2] = (uint8_t)value;
}

static inline void store_be32(uint8_t *p, uint32_t value) {
    value = turn32(value);
    memcpy(p, &value, sizeof(value));
}

static inline void store_be64(uint8_t *p, uint64_t value) {
    value = turn64(value);
    memcpy(p, &value, sizeof(value));
}

static inline void store_le32(uint8_t *p, uint32_t value) {
    p[0] = (uint8_t)value;
    p[1] = (uint8_t)(value >> 8);
    p[2] = (uint8_t)(value >> 16);
    p[3] = (uint8_t)(value >> 24);
}
#else
/* A compiler that does not tell the order of bytes, or one that nobody has thought of. Products,
 * sums and quotients, not shifts: a prover can reckon with these (tests/proof). */
static inline uint16_t load_be16(const uint8_t *p) {
    return (uint16_t)(p[0] * 0x100u + p[1]);
}

static inline uint32_t load_be24(const uint8_t *p) {
    return p[0] * 0x10000u + p[1] * 0x100u + p[2];
}

/* The digest word alone goes least significant byte first (RFC 7143 13.1). */
static inline uint32_t load_le32(const uint8_t *p) {
    return p[3] * 0x1000000u + p[2] * 0x10000u + p[1] * 0x100u + p[0];
}

static inline void store_be16(uint8_t *p, uint16_t value) {
    p[0] = (uint8_t)(value / 0x100);
    p[1] = (uint8_t)value;
}

static inline void store_be24(uint8_t *p, uint32_t value) {
    p[0] = (uint8_t)(value / 0x10000);
    p[1] = (uint8_t)(value / 0x100);
    p[2] = (uint8_t)value;
}

static inline void store_le32(uint8_t *p, uint32_t value) {
    p[0] = (uint8_t)value;
    p[1] = (uint8_t)(value / 0x100);
    p[2] = (uint8_t)(value / 0x10000);
    p[3] = (uint8_t)(value / 0x1000000);
}

static inline uint32_t load_be32(const uint8_t *p) {
    return load_be16(p) * UINT32_C(0x10000) + load_be16(p + 2);
}

static inline uint64_t load_be64(const uint8_t *p) {
    return load_be32(p) * UINT64_C(0x100000000) + load_be32(p + 4);
}

static inline void store_be32(uint8_t *p, uint32_t value) {
    store_be16(p, (uint16_t)(value / 0x10000));
    store_be16(p + 2, (uint16_t)value);
}

static inline void store_be64(uint8_t *p, uint64_t value) {
    store_be32(p, (uint32_t)(value / UINT64_C(0x100000000)));
    store_be32(p + 4, (uint32_t)value);
}
#endif

#endif
