/* Message digests block by block: what MD5, SHA-1, SHA-256 and SHA3-256 have in common. */
#ifndef SANSCSI_AUTH_HASH_H
#define SANSCSI_AUTH_HASH_H

#include <stddef.h>
#include <stdint.h>

#define HASH_MAX_BLOCK 136

/*
 * A digest in the making. The memory that the steps need lies in here too, so that wiping it takes
 * away what the message left, but for single words that the compiler put elsewhere.
 */
struct hash_state {
    union {
        uint32_t words[8];
        uint64_t lanes[25]; /* lane (x, y) of FIPS 202 3.1.2 at x + 5 y */
    } chain;                /* what the whole blocks so far came to */
    union {
        uint32_t schedule[16];
        uint64_t row[5];
    } scratch;
    uint64_t length; /* bytes of the message so far */
    size_t filled;   /* bytes that wait in the block, always fewer than a whole one */
    uint8_t block[HASH_MAX_BLOCK];
};

struct hash_algorithm {
    uint32_t number; /* in CHAP_A */
    const char *name;
    size_t digest_size;
    size_t block_size;
    uint32_t initial[8];
    /* Works the whole block into the chain. */
    void (*work)(struct hash_state *state);
    /* Pads the message, works the last blocks in and tells the digest. */
    void (*finish)(const struct hash_algorithm *algorithm, struct hash_state *state,
                   uint8_t *digest);
};

extern const struct hash_algorithm sanscsi_md5;
extern const struct hash_algorithm sanscsi_sha1;
extern const struct hash_algorithm sanscsi_sha256;
extern const struct hash_algorithm sanscsi_sha3_256;

/* NULL for an unknown number. */
const struct hash_algorithm *sanscsi_hash_find(uint32_t number);

/* Bytes of the digest; 0 for an unknown number. */
size_t sanscsi_hash_size(uint32_t number);

/* sanscsi_hash() in steps: start, update for each piece, then the algorithm's own finish. */
void sanscsi_hash_start(const struct hash_algorithm *algorithm, struct hash_state *state);
void sanscsi_hash_update(const struct hash_algorithm *algorithm, struct hash_state *state,
                         const void *data, size_t size);

/*
 * Pads with a one bit, zeros and the message's length in bits, and works the last blocks in. The
 * length comes encoded, since in that alone the algorithms differ (RFC 1321 3.1 and 3.2, FIPS 180-4
 * 5.1.1).
 */
void sanscsi_hash_pad(const struct hash_algorithm *algorithm, struct hash_state *state,
                      const uint8_t length[8]);

/* The finish of SHA-1 and SHA-256: all words are big-endian. */
void sanscsi_hash_finish_sha(const struct hash_algorithm *algorithm, struct hash_state *state,
                             uint8_t *digest);

/* `count` is from 1 to 31. */
static inline uint32_t rotate_left32(uint32_t word, uint32_t count) {
    return (word << count) | (word >> (32 - count));
}

#endif
