/* SHA-1 (FIPS 180-4). */
#include "auth/hash.h"

#include <iscsi/initiator.h>

#include "base/bytes.h"

/* 4.2.1: one constant for 20 steps each. */
static const uint32_t constants[4] = {0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6};

/* Ch, Parity, Maj and Parity again (4.1.1). */
static uint32_t mix(uint32_t quarter, uint32_t x, uint32_t y, uint32_t z) {
    switch (quarter) {
    case 0:
        return (x & y) ^ (~x & z);
    case 2:
        return (x & y) ^ (x & z) ^ (y & z);
    default:
        return x ^ y ^ z;
    }
}

/* The message schedule in 16 words, each overwritten when it is not needed any more (6.1.3). */
static uint32_t schedule(struct hash_state *state, uint32_t t) {
    uint32_t *w = state->scratch.schedule;
    if (t < 16) {
        w[t] = load_be32(state->block + (size_t)4 * t);
    } else {
        w[t % 16] =
            rotate_left32(w[(t - 3) % 16] ^ w[(t - 8) % 16] ^ w[(t - 14) % 16] ^ w[t % 16], 1);
    }
    return w[t % 16];
}

static void work(struct hash_state *state) {
    uint32_t *words = state->chain.words;
    uint32_t a = words[0], b = words[1], c = words[2], d = words[3], e = words[4];
    for (uint32_t t = 0; t < 80; t++) {
        uint32_t sum =
            rotate_left32(a, 5) + mix(t / 20, b, c, d) + e + constants[t / 20] + schedule(state, t);
        e = d;
        d = c;
        c = rotate_left32(b, 30);
        b = a;
        a = sum;
    }
    words[0] += a;
    words[1] += b;
    words[2] += c;
    words[3] += d;
    words[4] += e;
}

const struct hash_algorithm sanscsi_sha1 = {
    .number = SANSCSI_CHAP_SHA1,
    .name = "sha1",
    .digest_size = 20,
    .block_size = 64,
    .initial = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0},
    .work = work,
    .finish = sanscsi_hash_finish_sha,
};
