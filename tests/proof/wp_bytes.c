/* Contracts of loads and stores (lib/base/bytes.h): the value is the one that the order of bytes on
 * the wire means, and nothing else is read or written. */
#include "base/bytes.h"

#include "contracts.h"

/*@ requires \valid_read(p + (0 .. 1));
    assigns \nothing;
    ensures \result == BE16(p); */
static inline uint16_t load_be16(const uint8_t *p);

/*@ requires \valid_read(p + (0 .. 2));
    assigns \nothing;
    ensures \result == BE24(p); */
static inline uint32_t load_be24(const uint8_t *p);

/*@ requires \valid_read(p + (0 .. 3));
    assigns \nothing;
    ensures \result == BE32(p); */
static inline uint32_t load_be32(const uint8_t *p);

/*@ requires \valid_read(p + (0 .. 7));
    assigns \nothing;
    ensures \result == BE64(p); */
static inline uint64_t load_be64(const uint8_t *p);

/*@ requires \valid_read(p + (0 .. 3));
    assigns \nothing;
    ensures \result == p[0] + p[1] * 0x100 + p[2] * 0x10000 + p[3] * 0x1000000; */
static inline uint32_t load_le32(const uint8_t *p);

/*@ requires \valid(p + (0 .. 1));
    assigns p[0 .. 1];
    ensures BE16(p) == value; */
static inline void store_be16(uint8_t *p, uint16_t value);

/*@ requires \valid(p + (0 .. 2));
    assigns p[0 .. 2];
    ensures BE24(p) == value % 0x1000000; */
static inline void store_be24(uint8_t *p, uint32_t value);

/*@ requires \valid(p + (0 .. 3));
    assigns p[0 .. 3];
    ensures BE32(p) == value; */
static inline void store_be32(uint8_t *p, uint32_t value);

/*@ requires \valid(p + (0 .. 7));
    assigns p[0 .. 7];
    ensures BE64(p) == value; */
static inline void store_be64(uint8_t *p, uint64_t value);

/*@ requires \valid(p + (0 .. 3));
    assigns p[0 .. 3];
    ensures p[0] + p[1] * 0x100 + p[2] * 0x10000 + p[3] * 0x1000000 == value; */
static inline void store_le32(uint8_t *p, uint32_t value);
