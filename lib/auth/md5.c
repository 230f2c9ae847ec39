/* MD5 (RFC 1321). */
#include "auth/hash.h"

#include <iscsi/initiator.h>

#include "base/bytes.h"

/* Table T of 3.4: the integer part of 2^32 |sin(i)| for i from 1 to 64, in radians. */
static const uint32_t sines[64] = {
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
};

/* By how much each round rotates its steps, which take turns. */
static const uint8_t rotations[4][4] = {
    {7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};

/* Which word of the block a step takes: the first, and from step to step so many further. */
static const uint8_t first_word[4] = {0, 1, 5, 0};
static const uint8_t word_stride[4] = {1, 5, 3, 7};

/* F, G, H and I of 3.4. */
static uint32_t mix(uint32_t round, uint32_t x, uint32_t y, uint32_t z) {
    switch (round) {
    case 0:
        return (x & y) | (~x & z);
    case 1:
        return (x & z) | (y & ~z);
    case 2:
        return x ^ y ^ z;
    default:
        return y ^ (x | ~z);
    }
}

static void work(struct hash_state *state) {
    uint32_t *words = state->chain.words;
    uint32_t a = words[0], b = words[1], c = words[2], d = words[3];
    for (uint32_t step = 0; step < 64; step++) {
        uint32_t round = step / 16;
        size_t word = (first_word[round] + step * word_stride[round]) % 16;
        uint32_t sum = a + mix(round, b, c, d) + load_le32(state->block + 4 * word) + sines[step];
        a = d;
        d = c;
        c = b;
        b += rotate_left32(sum, rotations[round][step % 4]);
    }
    words[0] += a;
    words[1] += b;
    words[2] += c;
    words[3] += d;
}

static void finish(const struct hash_algorithm *algorithm, struct hash_state *state,
                   uint8_t *digest) {
    uint8_t length[8];
    store_le32(length, (uint32_t)(state->length * 8));
    store_le32(length + 4, (uint32_t)(state->length * 8 >> 32));
    sanscsi_hash_pad(algorithm, state, length);
    for (size_t i = 0; i < 4; i++) {
        store_le32(digest + 4 * i, state->chain.words[i]);
    }
}

const struct hash_algorithm sanscsi_md5 = {
    .number = SANSCSI_CHAP_MD5,
    .name = "md5",
    .digest_size = 16,
    .block_size = 64,
    .initial = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476},
    .work = work,
    .finish = finish,
};
