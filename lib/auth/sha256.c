/* SHA-256 (FIPS 180-4). */
#include "auth/hash.h"

#include <iscsi/initiator.h>

#include "base/bytes.h"

/* 4.2.2: the first 32 fraction bits of the cube roots of the first 64 primes. */
static const uint32_t constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t rotate_right32(uint32_t word, uint32_t count) {
    return rotate_left32(word, 32 - count);
}

/* A word rotated by three counts, or by two and shifted, XORed (4.1.2). */
static uint32_t big_sigma(uint32_t x, uint32_t i, uint32_t j, uint32_t k) {
    return rotate_right32(x, i) ^ rotate_right32(x, j) ^ rotate_right32(x, k);
}

static uint32_t small_sigma(uint32_t x, uint32_t i, uint32_t j, uint32_t shift) {
    return rotate_right32(x, i) ^ rotate_right32(x, j) ^ (x >> shift);
}

/* The message schedule in 16 words, each overwritten when it is not needed any more (6.2.2). */
static uint32_t schedule(struct hash_state *state, uint32_t t) {
    uint32_t *w = state->scratch.schedule;
    if (t < 16) {
        w[t] = load_be32(state->block + (size_t)4 * t);
    } else {
        w[t % 16] += small_sigma(w[(t - 2) % 16], 17, 19, 10) + w[(t - 7) % 16] +
                     small_sigma(w[(t - 15) % 16], 7, 18, 3);
    }
    return w[t % 16];
}

static void work(struct hash_state *state) {
    uint32_t *words = state->chain.words;
    uint32_t a = words[0], b = words[1], c = words[2], d = words[3];
    uint32_t e = words[4], f = words[5], g = words[6], h = words[7];
    for (uint32_t t = 0; t < 64; t++) {
        uint32_t choice = (e & f) ^ (~e & g);
        uint32_t majority = (a & b) ^ (a & c) ^ (b & c);
        uint32_t sum = h + big_sigma(e, 6, 11, 25) + choice + constants[t] + schedule(state, t);
        h = g;
        g = f;
        f = e;
        e = d + sum;
        d = c;
        c = b;
        b = a;
        a = sum + big_sigma(b, 2, 13, 22) + majority;
    }
    words[0] += a;
    words[1] += b;
    words[2] += c;
    words[3] += d;
    words[4] += e;
    words[5] += f;
    words[6] += g;
    words[7] += h;
}

const struct hash_algorithm sanscsi_sha256 = {
    .number = SANSCSI_CHAP_SHA256,
    .name = "sha256",
    .digest_size = 32,
    .block_size = 64,
    .initial = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab,
                0x5be0cd19},
    .work = work,
    .finish = sanscsi_hash_finish_sha,
};
