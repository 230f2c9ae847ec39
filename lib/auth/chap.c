/* CHAP as initiator, one-way and mutual: the steps and their keys (RFC 7143 12.1.3). */
#include "auth/chap.h"

#include "auth/hash.h"
#include "text/pairs.h"
#include "text/values.h"

static bool fail(struct auth_failure *why, uint32_t event, struct span text) {
    *why = (struct auth_failure){.event = event, .values = {EVENT_TEXT(text)}};
    return false;
}

static bool asked(const struct auth_setup *setup, uint32_t which) {
    return (setup->ask & which) != 0;
}

static bool begin(void *exchange, const struct auth_setup *setup, struct auth_failure *why) {
    struct chap *chap = exchange;
    chap->setup = setup;
    chap->state = CHAP_OFFER;
    chap->mutual = setup->target_secret.size > 0 || asked(setup, SANSCSI_SECRET_TARGET);
    if (setup->secret.size == 0 && !asked(setup, SANSCSI_SECRET_OWN)) {
        *why = (struct auth_failure){.event = SANSCSI_EVENT_CHAP_SECRET_MISSING};
        return false;
    }
    return true;
}

/* ---- what we send ---- */

static void put_algorithms(const struct chap *chap, struct builder *out) {
    sanscsi_builder_string(out, "CHAP_A=");
    for (size_t i = 0; chap->setup->algorithms[i] != 0; i++) {
        sanscsi_builder_string(out, i == 0 ? "" : ",");
        sanscsi_builder_decimal(out, chap->setup->algorithms[i]);
    }
    sanscsi_builder_u8(out, 0);
}

static void put_identifier(struct builder *out, uint8_t identifier) {
    sanscsi_builder_string(out, "CHAP_I=");
    sanscsi_builder_decimal(out, identifier);
    sanscsi_builder_u8(out, 0);
}

static void put_binary(struct builder *out, const char *key, const void *data, size_t size) {
    sanscsi_builder_string(out, key);
    sanscsi_value_put_hex(out, span_of(data, size));
    sanscsi_builder_u8(out, 0);
}

static void write(void *exchange, struct builder *out) {
    struct chap *chap = exchange;
    if (chap->state == CHAP_OFFER) {
        put_algorithms(chap, out);
        chap->state = CHAP_CHALLENGE;
    } else if (chap->state == CHAP_ANSWER) {
        sanscsi_pair_put(out, "CHAP_N", chap->setup->name);
        put_binary(out, "CHAP_R=", chap->response, chap->digest_size);
        if (chap->mutual) {
            put_identifier(out, chap->own_identifier);
            put_binary(out, "CHAP_C=", chap->own_challenge, sizeof(chap->own_challenge));
        }
        chap->state = chap->mutual ? CHAP_PROOF : CHAP_DONE;
    }
}

/* The request with our proof is the first that may ask to leave the stage. */
static bool ready(const void *exchange) {
    const struct chap *chap = exchange;
    return chap->state == CHAP_PROOF || chap->state == CHAP_DONE;
}

static bool complete(const void *exchange) {
    return ((const struct chap *)exchange)->state == CHAP_DONE;
}

static bool awaits(const void *exchange) {
    const struct chap *chap = exchange;
    return chap->state == CHAP_CHALLENGE || chap->state == CHAP_PROOF;
}

/* ---- what the target sends ---- */

static bool take_algorithm(struct chap *chap, struct span value, struct auth_failure *why) {
    uint64_t number;
    if (sanscsi_value_number(value, &number)) {
        for (size_t i = 0; chap->setup->algorithms[i] != 0; i++) {
            if (chap->setup->algorithms[i] == number) {
                chap->algorithm = (uint8_t)number;
                chap->digest_size = sanscsi_hash_size((uint32_t)number);
                return true;
            }
        }
    }
    return fail(why, SANSCSI_EVENT_CHAP_A_INVALID, value);
}

static bool take_identifier(struct chap *chap, struct span value, struct auth_failure *why) {
    uint64_t number;
    if (!sanscsi_value_number(value, &number) || number > UINT8_MAX) {
        return fail(why, SANSCSI_EVENT_CHAP_I_INVALID, value);
    }
    chap->identifier = (uint8_t)number;
    return true;
}

static bool take_challenge(struct chap *chap, struct span value, struct auth_failure *why) {
    int32_t status = sanscsi_value_binary(value, chap->challenge, sizeof(chap->challenge),
                                          &chap->challenge_size);
    if (status != SANSCSI_OK || chap->challenge_size == 0) {
        return fail(why, SANSCSI_EVENT_CHAP_C_INVALID, value);
    }
    return true;
}

static bool take_name(struct chap *chap, struct span value, struct auth_failure *why) {
    if (value.size == 0 || value.size > sizeof(chap->target_name)) {
        return fail(why, SANSCSI_EVENT_CHAP_N_INVALID, value);
    }
    memcpy(chap->target_name, value.data, value.size);
    chap->target_name_size = value.size;
    return true;
}

static bool take_proof(struct chap *chap, struct span value, struct auth_failure *why) {
    size_t size = 0;
    chap->proof_text = value;
    int32_t status = sanscsi_value_binary(value, chap->proof, sizeof(chap->proof), &size);
    if (status != SANSCSI_OK || size != chap->digest_size) {
        return fail(why, SANSCSI_EVENT_CHAP_R_INVALID, value);
    }
    return true;
}

struct chap_key {
    const char *name;
    uint8_t state; /* in which it is due */
    uint8_t has;
    bool (*take)(struct chap *chap, struct span value, struct auth_failure *why);
};

static const struct chap_key keys[] = {
    {"CHAP_A", CHAP_CHALLENGE, CHAP_HAS_A, take_algorithm},
    {"CHAP_I", CHAP_CHALLENGE, CHAP_HAS_I, take_identifier},
    {"CHAP_C", CHAP_CHALLENGE, CHAP_HAS_C, take_challenge},
    {"CHAP_N", CHAP_PROOF, CHAP_HAS_N, take_name},
    {"CHAP_R", CHAP_PROOF, CHAP_HAS_R, take_proof},
};

static bool receive(void *exchange, struct span key, struct span value, struct auth_failure *why) {
    struct chap *chap = exchange;
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        if (span_equal_string(key, keys[i].name) && keys[i].state == chap->state) {
            if ((chap->has & keys[i].has) != 0) {
                return fail(why, SANSCSI_EVENT_UNEXPECTED_NEGOTIATION, key);
            }
            chap->has |= keys[i].has;
            return keys[i].take(chap, value, why);
        }
    }
    if (chap->state == CHAP_CHALLENGE) {
        return fail(why, SANSCSI_EVENT_CHAP_CHALLENGE_KEY_UNEXPECTED, key);
    }
    if (chap->state == CHAP_PROOF) {
        return fail(why, SANSCSI_EVENT_CHAP_RESPONSE_KEY_UNEXPECTED, key);
    }
    return fail(why, SANSCSI_EVENT_UNEXPECTED_NEGOTIATION, key);
}

/* The keys of a step come in one answer (RFC 7143 12.1.3); CHAP_I is the one with a number. */
static bool step_whole(const struct chap *chap, struct auth_failure *why) {
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        if (keys[i].state == chap->state && (chap->has & keys[i].has) == 0) {
            bool integer = keys[i].has == CHAP_HAS_I;
            return fail(why,
                        integer ? SANSCSI_EVENT_INTEGER_KEY_UNANSWERED
                                : SANSCSI_EVENT_CHARACTER_KEY_UNANSWERED,
                        span_of_string(keys[i].name));
        }
    }
    return true;
}

/* ---- steps ---- */

static enum auth_progress prove(struct chap *chap, struct span secret, struct auth_failure *why) {
    if (!sanscsi_chap_answer(chap, secret, why)) {
        return AUTH_FAILED;
    }
    chap->state = CHAP_ANSWER;
    return AUTH_PROCEED;
}

static enum auth_progress take_step_2(struct chap *chap, struct auth_failure *why) {
    if (sanscsi_chap_is_reflected(chap)) {
        *why = (struct auth_failure){.event = SANSCSI_EVENT_CHAP_CHALLENGE_REFLECTED};
        return AUTH_FAILED;
    }
    if (asked(chap->setup, SANSCSI_SECRET_OWN)) {
        chap->state = CHAP_OWN_SECRET;
        return AUTH_WAIT;
    }
    return prove(chap, chap->setup->secret, why);
}

static enum auth_progress verify(struct chap *chap, struct span secret, struct auth_failure *why) {
    if (!sanscsi_chap_verify(chap, secret, why)) {
        return AUTH_FAILED;
    }
    chap->state = CHAP_DONE;
    return AUTH_PROCEED;
}

static enum auth_progress take_step_4(struct chap *chap, struct auth_failure *why) {
    struct span name = span_of(chap->target_name, chap->target_name_size);
    struct span expected = chap->setup->target_name;
    if (expected.size > 0 && !span_equal(name, expected)) {
        *why = (struct auth_failure){.event = SANSCSI_EVENT_CHAP_NAME_MISMATCH,
                                     .values = {EVENT_TEXT(name), EVENT_TEXT(expected)}};
        return AUTH_FAILED;
    }
    if (asked(chap->setup, SANSCSI_SECRET_TARGET)) {
        chap->state = CHAP_TARGET_SECRET;
        return AUTH_WAIT;
    }
    return verify(chap, chap->setup->target_secret, why);
}

static enum auth_progress end(void *exchange, struct auth_failure *why) {
    struct chap *chap = exchange;
    if (!awaits(chap)) {
        return AUTH_PROCEED;
    }
    if (!step_whole(chap, why)) {
        return AUTH_FAILED;
    }
    return chap->state == CHAP_CHALLENGE ? take_step_2(chap, why) : take_step_4(chap, why);
}

static void question(const void *exchange, struct auth_question *question) {
    const struct chap *chap = exchange;
    bool own = chap->state == CHAP_OWN_SECRET;
    question->which = own ? SANSCSI_SECRET_OWN : SANSCSI_SECRET_TARGET;
    question->name = own ? chap->setup->name : span_of(chap->target_name, chap->target_name_size);
}

static enum auth_progress give(void *exchange, struct span secret, struct auth_failure *why) {
    struct chap *chap = exchange;
    if (secret.size == 0) { /* an empty one of the target's would let anybody prove it */
        *why = (struct auth_failure){.event = SANSCSI_EVENT_CHAP_SECRET_MISSING};
        return AUTH_FAILED;
    }
    return chap->state == CHAP_TARGET_SECRET ? verify(chap, secret, why) : prove(chap, secret, why);
}

const struct auth_method sanscsi_auth_chap = {
    .name = "CHAP",
    .exchange_size = sizeof(struct chap),
    .offers_list = true,
    .begin = begin,
    .write = write,
    .ready = ready,
    .awaits = awaits,
    .receive = receive,
    .end = end,
    .question = question,
    .give = give,
    .complete = complete,
};
