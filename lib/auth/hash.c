/* The digests of CHAP by number, and the cutting of messages into blocks. */
#include "auth/hash.h"

#include <iscsi/initiator.h>

#include "base/bytes.h"
#include "base/checked.h"
#include "base/raw.h"
#include "base/secure.h"

static const struct hash_algorithm *const algorithms[] = {
    &sanscsi_md5,
    &sanscsi_sha1,
    &sanscsi_sha256,
    &sanscsi_sha3_256,
};

const struct hash_algorithm *sanscsi_hash_find(uint32_t number) {
    for (size_t i = 0; i < sizeof(algorithms) / sizeof(algorithms[0]); i++) {
        if (algorithms[i]->number == number) {
            return algorithms[i];
        }
    }
    return NULL;
}

size_t sanscsi_hash_size(uint32_t number) {
    const struct hash_algorithm *algorithm = sanscsi_hash_find(number);
    return algorithm != NULL ? algorithm->digest_size : 0;
}

void sanscsi_hash_start(const struct hash_algorithm *algorithm, struct hash_state *state) {
    memset(state, 0, sizeof(*state));
    memcpy(state->chain.words, algorithm->initial, sizeof(algorithm->initial));
}

void sanscsi_hash_update(const struct hash_algorithm *algorithm, struct hash_state *state,
                         const void *data, size_t size) {
    const uint8_t *bytes = data;
    state->length += size;
    while (size > 0) {
        size_t part = min_size(size, algorithm->block_size - state->filled);
        memcpy(state->block + state->filled, bytes, part);
        bytes += part;
        size -= part;
        state->filled += part;
        if (state->filled == algorithm->block_size) {
            algorithm->work(state);
            state->filled = 0;
        }
    }
}

void sanscsi_hash_pad(const struct hash_algorithm *algorithm, struct hash_state *state,
                      const uint8_t length[8]) {
    static const uint8_t one = 0x80;
    static const uint8_t zero = 0;
    sanscsi_hash_update(algorithm, state, &one, 1);
    while (state->filled != algorithm->block_size - 8) {
        sanscsi_hash_update(algorithm, state, &zero, 1);
    }
    sanscsi_hash_update(algorithm, state, length, 8);
}

void sanscsi_hash_finish_sha(const struct hash_algorithm *algorithm, struct hash_state *state,
                             uint8_t *digest) {
    uint8_t length[8];
    store_be64(length, state->length * 8);
    sanscsi_hash_pad(algorithm, state, length);
    for (size_t i = 0; i < algorithm->digest_size / 4; i++) {
        store_be32(digest + 4 * i, state->chain.words[i]);
    }
}

static bool readable(const sanscsi_iovec *pieces, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (pieces[i].data == NULL && pieces[i].size > 0) {
            return false;
        }
    }
    return true;
}

int32_t sanscsi_hash(void *context, uint32_t algorithm, const sanscsi_iovec *pieces, size_t count,
                     void *digest) {
    (void)context;
    struct hash_state state;
    const struct hash_algorithm *chosen = sanscsi_hash_find(algorithm);
    if (chosen == NULL || pieces == NULL || digest == NULL || !readable(pieces, count)) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    sanscsi_hash_start(chosen, &state);
    for (size_t i = 0; i < count; i++) {
        sanscsi_hash_update(chosen, &state, pieces[i].data, pieces[i].size);
    }
    chosen->finish(chosen, &state, digest);
    sanscsi_wipe(&state, sizeof(state));
    return SANSCSI_OK;
}
