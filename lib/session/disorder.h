/* Data that may come in any order: whether the pieces together cover a transfer once, without an
 * account of every byte (RFC 7143 4.2.5.2 wants none).
 *
 * Each piece adds a number that belongs to its end and takes away the one that belongs to its
 * beginning. Pieces without holes and overlaps cancel out but for the first beginning and the last
 * end. The numbers are scrambled, so that sums of others agree by chance alone. */
#ifndef SANSCSI_SESSION_DISORDER_H
#define SANSCSI_SESSION_DISORDER_H

#include <stdbool.h>
#include <stdint.h>

struct disorder {
    uint32_t sum;
    uint32_t next; /* where the present sequence goes on, once it has begun */
};

/* The number of an offset. What is added and shifted at the beginning keeps offsets that are
 * multiples of each other from having numbers that are. */
static inline uint32_t disorder_number(uint32_t offset) {
    uint32_t number = offset + UINT32_C(0x6b79d2a5);
    number = (number ^ number >> 16) * UINT32_C(0x9e3779b1);
    number = (number ^ number >> 13) * UINT32_C(0xc4ceb9a7);
    number = (number ^ number >> 15) * UINT32_C(0x9e3779b1);
    return number ^ number >> 16;
}

static inline void disorder_begin(struct disorder *disorder) {
    disorder->sum = 0;
    disorder->next = 0;
}

static inline void disorder_add(struct disorder *disorder, uint32_t offset, uint32_t length) {
    disorder->next = offset + length;
    disorder->sum += disorder_number(offset + length) - disorder_number(offset);
}

/* Whether all that came covers `length` bytes from the first on, each once. */
static inline bool disorder_covers(const struct disorder *disorder, uint32_t length) {
    return disorder->sum == disorder_number(length) - disorder_number(0);
}

#endif
