/* The proofs of CHAP: responses, challenges, and how a challenge of ours is known again
 * (RFC 7143 9.2.1, 12.1.3, RFC 1994 4.1). */
#include "auth/chap.h"

#include "base/secure.h"

enum secret_reason { SECRET_TOO_SHORT = 1, SECRET_SHARED = 2 };

static bool refuse_secret(struct auth_failure *why, enum secret_reason reason) {
    *why = (struct auth_failure){.event = SANSCSI_EVENT_CHAP_SECRET_REFUSED,
                                 .values = {EVENT_NUMBER(reason)}};
    return false;
}

static bool lack_module(struct auth_failure *why, struct span module) {
    *why = (struct auth_failure){.event = SANSCSI_EVENT_CHAP_MODULE_FAILED,
                                 .values = {EVENT_TEXT(module)}};
    return false;
}

static sanscsi_iovec piece(const void *data, size_t size) {
    /* A hash only reads; the type is that of the public interface. */
    return (sanscsi_iovec){(void *)(uintptr_t)data, size};
}

/* The digest over identifier, secret and challenge (RFC 1994 4.1). */
static bool compute(const struct chap *chap, uint8_t identifier, struct span secret,
                    struct span challenge, uint8_t response[SANSCSI_MAX_DIGEST],
                    struct auth_failure *why) {
    const struct auth_setup *setup = chap->setup;
    const sanscsi_iovec pieces[] = {
        piece(&identifier, sizeof(identifier)),
        piece(secret.data, secret.size),
        piece(challenge.data, challenge.size),
    };
    if (setup->hash(setup->hash_context, chap->algorithm, pieces, 3, response) != 0) {
        return lack_module(why, SPAN_LITERAL("hash"));
    }
    return true;
}

/* The second half of a challenge of ours: a digest of the first under a key that only this
 * initiator has. So a challenge is known again on every connection, without a list of them. */
static bool make_tag(const struct chap *chap, const uint8_t *nonce, uint8_t tag[CHAP_TAG_SIZE]) {
    uint8_t digest[SANSCSI_MAX_DIGEST];
    const sanscsi_iovec pieces[] = {
        piece(chap->setup->mark, AUTH_MARK_SIZE),
        piece(nonce, CHAP_NONCE_SIZE),
    };
    if (chap->setup->mark == NULL ||
        sanscsi_hash(NULL, SANSCSI_CHAP_SHA256, pieces, 2, digest) != SANSCSI_OK) {
        return false;
    }
    memcpy(tag, digest, CHAP_TAG_SIZE);
    return true;
}

bool sanscsi_chap_is_reflected(const struct chap *chap) {
    uint8_t tag[CHAP_TAG_SIZE];
    return chap->challenge_size == CHAP_CHALLENGE_SIZE && make_tag(chap, chap->challenge, tag) &&
           sanscsi_equal_constant_time(tag, chap->challenge + CHAP_NONCE_SIZE, sizeof(tag));
}

/* A challenge nobody can foresee; never a constant one where there is no randomness. */
static bool make_challenge(struct chap *chap, struct auth_failure *why) {
    const struct auth_setup *setup = chap->setup;
    uint8_t random[1 + CHAP_NONCE_SIZE];
    if (setup->random == NULL ||
        setup->random(setup->random_context, random, sizeof(random)) != 0) {
        return lack_module(why, SPAN_LITERAL("random"));
    }
    chap->own_identifier = random[0];
    memcpy(chap->own_challenge, random + 1, CHAP_NONCE_SIZE);
    if (!make_tag(chap, chap->own_challenge, chap->own_challenge + CHAP_NONCE_SIZE)) {
        return lack_module(why, SPAN_LITERAL("random")); /* there was none for the mark */
    }
    return true;
}

static bool strong_enough(const struct chap *chap, struct span secret) {
    return secret.size >= CHAP_MIN_SECRET || chap->setup->weak_secrets;
}

bool sanscsi_chap_answer(struct chap *chap, struct span secret, struct auth_failure *why) {
    if (!strong_enough(chap, secret)) {
        return refuse_secret(why, SECRET_TOO_SHORT);
    }
    struct span challenge = span_of(chap->challenge, chap->challenge_size);
    if (!compute(chap, chap->identifier, secret, challenge, chap->response, why)) {
        return false;
    }
    if (!chap->mutual) {
        return true;
    }
    if (!make_challenge(chap, why)) {
        return false;
    }
    return compute(chap, chap->own_identifier, secret,
                   span_of(chap->own_challenge, sizeof(chap->own_challenge)), chap->own_answer,
                   why);
}

bool sanscsi_chap_verify(struct chap *chap, struct span target_secret, struct auth_failure *why) {
    uint8_t expected[SANSCSI_MAX_DIGEST];
    if (!strong_enough(chap, target_secret)) {
        return refuse_secret(why, SECRET_TOO_SHORT);
    }
    if (!compute(chap, chap->own_identifier, target_secret,
                 span_of(chap->own_challenge, sizeof(chap->own_challenge)), expected, why)) {
        return false;
    }
    bool shared = sanscsi_equal_constant_time(expected, chap->own_answer, chap->digest_size) ||
                  sanscsi_equal_constant_time(chap->proof, chap->own_answer, chap->digest_size);
    bool right = sanscsi_equal_constant_time(chap->proof, expected, chap->digest_size);
    sanscsi_wipe(expected, sizeof(expected));
    if (shared) {
        return refuse_secret(why, SECRET_SHARED);
    }
    if (!right) {
        *why = (struct auth_failure){.event = SANSCSI_EVENT_CHAP_R_INVALID,
                                     .facts = EVENT_FACT_WELL_FORMED,
                                     .values = {EVENT_TEXT(chap->proof_text)}};
    }
    return right;
}
