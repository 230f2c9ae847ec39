/* What tests of several layers share: random numbers, a reference CRC32C, a counting allocator. */
#ifndef SANSCSI_TESTS_BYTES_H
#define SANSCSI_TESTS_BYTES_H

#include <stddef.h>
#include <stdint.h>

#include <iscsi/allocator.h>

/* The next number of a sequence that `state`, which must not be 0, determines. */
uint32_t random_next(uint32_t *state);

/* A number from 0 to `count` - 1. */
uint32_t random_below(uint32_t *state, uint32_t count);

void random_fill(uint32_t *state, void *bytes, size_t size);

/* CRC32C bit by bit, straight from its polynomial (RFC 7143 13.1). */
uint32_t reference_crc32c(const void *data, size_t size);

/* Stores a CRC as a digest word goes on the wire: least significant byte first. */
void reference_digest(uint8_t out[4], const void *data, size_t size);

/* An allocator over malloc that counts, checks the sizes given back, and can fail one call. */
struct counting {
    sanscsi_allocator allocator;
    size_t calls;   /* allocations asked for */
    size_t fail_at; /* the call, counted from 1, that gets nothing; 0: none */
    size_t blocks;  /* not given back */
    size_t bytes;   /* in them */
};

void counting_init(struct counting *counting);

#endif
