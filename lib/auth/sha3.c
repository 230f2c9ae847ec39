/* SHA3-256 (FIPS 202). */
#include "auth/hash.h"

#include <iscsi/initiator.h>

#include "base/bytes.h"
#include "base/raw.h"

#define RATE 136 /* bytes: 1600 bits less a capacity of 512 (6.1) */

/* `count` is from 0 to 63. */
static uint64_t rotate_left64(uint64_t lane, uint32_t count) {
    return (lane << count) | (lane >> ((64 - count) % 64));
}

/* Each bit takes in the parity of two columns beside it (3.2.1). */
static void theta(uint64_t *lanes, uint64_t *parity) {
    for (size_t x = 0; x < 5; x++) {
        parity[x] = lanes[x] ^ lanes[x + 5] ^ lanes[x + 10] ^ lanes[x + 15] ^ lanes[x + 20];
    }
    for (size_t i = 0; i < 25; i++) {
        lanes[i] ^= parity[(i + 4) % 5] ^ rotate_left64(parity[(i + 1) % 5], 1);
    }
}

/*
 * Rotates the lanes and moves them to new places (3.2.2, 3.2.3). Both walk through all lanes but
 * (0, 0) in one cycle, (x, y) to (y, 2x + 3y), so that one lane in the hand is enough.
 */
static void rho_pi(uint64_t *lanes) {
    uint32_t x = 1;
    uint32_t y = 0;
    uint32_t count = 0;
    uint64_t hand = lanes[1];
    for (uint32_t t = 1; t <= 24; t++) {
        uint32_t next = (2 * x + 3 * y) % 5;
        x = y;
        y = next;
        count = (count + t) % 64;
        uint64_t moved = rotate_left64(hand, count);
        hand = lanes[x + 5 * y];
        lanes[x + 5 * y] = moved;
    }
}

/* The one step that is not linear: each bit with the next two of its row (3.2.4). */
static void chi(uint64_t *lanes, uint64_t *row) {
    for (size_t y = 0; y < 25; y += 5) {
        memcpy(row, lanes + y, 5 * sizeof(*row));
        for (size_t x = 0; x < 5; x++) {
            lanes[y + x] ^= ~row[(x + 1) % 5] & row[(x + 2) % 5];
        }
    }
}

/* Spoils the symmetry of the rounds with seven bits a round of a shift register (3.2.5). */
static uint32_t iota(uint64_t *lanes, uint32_t shift_register) {
    for (uint32_t j = 0; j <= 6; j++) {
        lanes[0] ^= (uint64_t)(shift_register & 1) << ((1u << j) - 1);
        shift_register <<= 1;
        shift_register ^= (shift_register >> 8) * 0x171; /* bits 0, 4, 5, 6 and 8 */
    }
    return shift_register;
}

static void work(struct hash_state *state) {
    uint64_t *lanes = state->chain.lanes;
    uint32_t shift_register = 1;
    for (size_t i = 0; i < RATE / 8; i++) {
        const uint8_t *bytes = state->block + 8 * i;
        lanes[i] ^= (uint64_t)load_le32(bytes + 4) << 32 | load_le32(bytes);
    }
    for (int round = 0; round < 24; round++) {
        theta(lanes, state->scratch.row);
        rho_pi(lanes);
        chi(lanes, state->scratch.row);
        shift_register = iota(lanes, shift_register);
    }
}

/* The bits 01 tell SHA-3 from other uses of the sponge, then comes 10...01 (6.1, B.2). */
static void finish(const struct hash_algorithm *algorithm, struct hash_state *state,
                   uint8_t *digest) {
    memset(state->block + state->filled, 0, RATE - state->filled);
    state->block[state->filled] = 0x06;
    state->block[RATE - 1] |= 0x80;
    work(state);
    for (size_t i = 0; i < algorithm->digest_size / 8; i++) {
        store_le32(digest + 8 * i, (uint32_t)state->chain.lanes[i]);
        store_le32(digest + 8 * i + 4, (uint32_t)(state->chain.lanes[i] >> 32));
    }
}

const struct hash_algorithm sanscsi_sha3_256 = {
    .number = SANSCSI_CHAP_SHA3_256,
    .name = "sha3-256",
    .digest_size = 32,
    .block_size = RATE,
    .work = work,
    .finish = finish,
};
