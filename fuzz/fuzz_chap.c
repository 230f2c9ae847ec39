/* Property: CHAP accepts nobody who has not given the one right answer, once, in the right step. */
#include <stdlib.h>
#include <string.h>

#include <iscsi/settings.h>

#include "auth/hash.h"
#include "auth/method.h"
#include "fuzz.h"
#include "text/pairs.h"
#include "text/values.h"

#define OWN_SECRET "0123456789abcdef"
#define TARGET_SECRET "fedcba9876543210"
#define TARGET_NAME "target"
#define CHALLENGE_MOST 1024u /* RFC 7143 12.1.3 */
#define ROUNDS 6u
#define KEYS_MOST 8u
#define TEXT_MOST 8192u

/* The target that the harness plays, and what it knows of the exchange, from the texts alone. */
static struct game {
    bool mutual;
    bool named;         /* the target's name is checked */
    uint8_t algorithm;  /* that a legal CHAP_A named */
    uint8_t identifier; /* of the target's challenge */
    uint8_t challenge[CHALLENGE_MOST];
    size_t challenge_size;
    uint8_t own_identifier; /* of the initiator's challenge */
    uint8_t own_challenge[CHALLENGE_MOST];
    size_t own_challenge_size;
    bool asked;         /* the initiator's proof and challenge were seen */
    unsigned counts[5]; /* keys that came in the step in work, by kind */
    bool proof_right;   /* CHAP_R of the target was the right one */
    bool name_right;
    bool strange; /* a key came that the step does not have */
} game;

/* The initiator's challenge of the exchange before, which the target may send back. */
static uint8_t earlier[CHALLENGE_MOST];
static size_t earlier_size;

enum key { KEY_A, KEY_I, KEY_C, KEY_N, KEY_R, KEY_KINDS };

/* ---- what harness and library are given: a digest and random numbers of our own ---- */

/* No digest for anybody's security, but each bit depends on all bytes, and it is written twice:
 * here over the pieces, in answer_of() over one row of bytes. */
struct mixer {
    uint64_t state;
};

static void mix(struct mixer *mixer, uint8_t byte) {
    mixer->state = (mixer->state ^ byte) * UINT64_C(0x100000001b3) + 0x9e37;
}

static void finish(struct mixer *mixer, uint32_t algorithm, uint8_t *digest) {
    size_t size = sanscsi_hash_size(algorithm);
    mix(mixer, (uint8_t)algorithm);
    for (size_t i = 0; i < size; i++) {
        mix(mixer, (uint8_t)i);
        digest[i] = (uint8_t)(mixer->state >> 40);
    }
}

static int32_t hash(void *context, uint32_t algorithm, const sanscsi_iovec *pieces, size_t count,
                    void *digest) {
    struct mixer mixer = {UINT64_C(0xcbf29ce484222325)};
    (void)context;
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < pieces[i].size; k++) {
            mix(&mixer, ((const uint8_t *)pieces[i].data)[k]);
        }
    }
    finish(&mixer, algorithm, digest);
    return 0;
}

static int32_t count_up(void *context, void *bytes, size_t size) {
    uint8_t *next = context;
    for (size_t i = 0; i < size; i++) {
        ((uint8_t *)bytes)[i] = (*next)++;
    }
    return 0;
}

/* RFC 1994 4.1: the digest over identifier, secret and challenge, side by side. */
static size_t answer_of(uint8_t identifier, const char *secret, struct span challenge,
                        uint8_t digest[SANSCSI_MAX_DIGEST]) {
    uint8_t row[1 + 64 + CHALLENGE_MOST];
    struct builder out;
    struct mixer mixer = {UINT64_C(0xcbf29ce484222325)};
    sanscsi_builder_init(&out, row, sizeof(row));
    sanscsi_builder_u8(&out, identifier);
    sanscsi_builder_string(&out, secret);
    sanscsi_builder_span(&out, challenge);
    for (size_t i = 0; i < out.size; i++) {
        mix(&mixer, row[i]);
    }
    finish(&mixer, game.algorithm, digest);
    return sanscsi_hash_size(game.algorithm);
}

static size_t right_proof(const char *secret, uint8_t digest[SANSCSI_MAX_DIGEST]) {
    return answer_of(game.own_identifier, secret,
                     span_of(game.own_challenge, game.own_challenge_size), digest);
}

/* ---- what the initiator wrote ---- */

static bool find(struct span text, const char *key, struct span *value) {
    struct reader reader;
    struct pair pair;
    bool found = false;
    sanscsi_reader_init(&reader, text.data, text.size);
    while (sanscsi_pair_next(&reader, &pair) == PAIR_OK) {
        if (span_equal_string(pair.key, key)) {
            FUZZ_HOLDS(!found, "no key is written twice");
            *value = pair.value;
            found = true;
        }
    }
    return found;
}

static bool holds(struct span text, const char *word) {
    struct span wanted = span_of_string(word);
    for (size_t i = 0; i + wanted.size <= text.size; i++) {
        if (memcmp(text.data + i, wanted.data, wanted.size) == 0) {
            return true;
        }
    }
    return false;
}

static void read_request(struct span text) {
    struct span value;
    uint8_t proof[SANSCSI_MAX_DIGEST];
    uint8_t expected[SANSCSI_MAX_DIGEST];
    size_t size = 0;
    uint64_t number = 0;
    FUZZ_HOLDS(!holds(text, OWN_SECRET) && !holds(text, TARGET_SECRET), "no secret is written");
    if (!find(text, "CHAP_R", &value)) {
        return;
    }
    struct span challenge = span_of(game.challenge, game.challenge_size);
    size_t wanted = answer_of(game.identifier, OWN_SECRET, challenge, expected);
    FUZZ_HOLDS(sanscsi_value_binary(value, proof, sizeof(proof), &size) == SANSCSI_OK &&
                   span_equal(span_of(proof, size), span_of(expected, wanted)),
               "our proof is the digest over identifier, secret and challenge");
    FUZZ_HOLDS(find(text, "CHAP_I", &value) == game.mutual, "we challenge when CHAP is mutual");
    if (game.mutual) {
        FUZZ_HOLDS(sanscsi_value_number(value, &number) && number <= UINT8_MAX &&
                       find(text, "CHAP_C", &value) &&
                       sanscsi_value_binary(value, game.own_challenge, sizeof(game.own_challenge),
                                            &game.own_challenge_size) == SANSCSI_OK,
                   "our challenge can be read");
        game.own_identifier = (uint8_t)number;
    }
    game.asked = true;
}

/* ---- what the target says ---- */

/* Bytes as a value, in the spelling that the input chooses. */
static void put_binary(struct builder *out, struct span bytes, struct reader *input) {
    if (fuzz_flag(input)) {
        sanscsi_value_put_base64(out, bytes);
    } else {
        sanscsi_value_put_hex(out, bytes);
    }
}

/* A proof: the right one, one by the wrong secret, or the right one with a bit turned. */
static void put_proof(struct builder *out, struct reader *input) {
    uint8_t digest[SANSCSI_MAX_DIGEST];
    uint32_t kind = fuzz_up_to(input, 3);
    size_t size = right_proof(kind == 1 ? OWN_SECRET : TARGET_SECRET, digest);
    if (size > 0 && kind == 2) {
        uint32_t bit = fuzz_up_to(input, 255);
        digest[bit / 8 % size] ^= (uint8_t)(1u << bit % 8);
    }
    put_binary(out, span_of(digest, kind == 3 && size > 0 ? size - 1 : size), input);
}

static void put_value(struct builder *out, enum key kind, struct reader *input) {
    if (fuzz_up_to(input, 3) == 0) {
        sanscsi_builder_span(out, fuzz_bytes(input, TEXT_MOST));
    } else if (kind == KEY_A) {
        sanscsi_builder_decimal(out, fuzz_up_to(input, 9));
    } else if (kind == KEY_I) {
        sanscsi_builder_decimal(out, fuzz_up_to(input, 300));
    } else if (kind == KEY_C && fuzz_flag(input)) {
        put_binary(out, span_of(earlier, earlier_size), input);
    } else if (kind == KEY_C) {
        put_binary(out, fuzz_bytes(input, CHALLENGE_MOST + 8), input);
    } else if (kind == KEY_N) {
        sanscsi_builder_string(out, TARGET_NAME);
    } else {
        put_proof(out, input);
    }
}

/* What a right reader makes of a key; judged by the grammar, not by the method. */
static void note(enum key kind, struct span value) {
    uint64_t number = 0;
    uint8_t digest[SANSCSI_MAX_DIGEST];
    uint8_t expected[SANSCSI_MAX_DIGEST];
    size_t size = 0;
    game.counts[kind]++;
    if (kind == KEY_A && sanscsi_value_number(value, &number) && number <= UINT8_MAX) {
        game.algorithm = (uint8_t)number;
    } else if (kind == KEY_I && sanscsi_value_number(value, &number)) {
        game.identifier = (uint8_t)number;
    } else if (kind == KEY_C) {
        (void)sanscsi_value_binary(value, game.challenge, sizeof(game.challenge),
                                   &game.challenge_size);
    } else if (kind == KEY_N) {
        game.name_right = span_equal_string(value, TARGET_NAME);
    } else if (kind == KEY_R) {
        size_t wanted = right_proof(TARGET_SECRET, expected);
        game.proof_right =
            sanscsi_value_binary(value, digest, sizeof(digest), &size) == SANSCSI_OK &&
            span_equal(span_of(digest, size), span_of(expected, wanted));
    }
}

/* One key of the target; false when the method refuses it. */
static bool say_key(void *exchange, struct reader *input) {
    static const char *const names[KEY_KINDS] = {"CHAP_A", "CHAP_I", "CHAP_C", "CHAP_N", "CHAP_R"};
    uint8_t text[TEXT_MOST];
    struct builder out;
    struct auth_failure why = {0};
    uint32_t kind = fuzz_up_to(input, KEY_KINDS);
    if (kind == KEY_KINDS) {
        struct span name = fuzz_bytes(input, 32);
        game.strange = true;
        return sanscsi_auth_chap.receive(exchange, name, fuzz_bytes(input, 64), &why);
    }
    sanscsi_builder_init(&out, text, sizeof(text));
    put_value(&out, (enum key)kind, input);
    struct span value = span_of(text, out.size);
    note((enum key)kind, value);
    bool taken = sanscsi_auth_chap.receive(exchange, span_of_string(names[kind]), value, &why);
    FUZZ_HOLDS(taken || why.event != 0, "what is refused is told by an event");
    return taken;
}

/* ---- the judge ---- */

static bool only(unsigned a, unsigned i, unsigned c, unsigned n, unsigned r) {
    const unsigned wanted[KEY_KINDS] = {a, i, c, n, r};
    return !game.strange && memcmp(game.counts, wanted, sizeof(wanted)) == 0;
}

/* A response of the target's was whole and taken, in the step before `asked` or behind it. */
static void judge_step(bool asked, bool complete) {
    if (!asked) {
        FUZZ_HOLDS(only(1, 1, 1, 0, 0), "a challenge is CHAP_A, CHAP_I and CHAP_C, once each");
        FUZZ_HOLDS(sanscsi_hash_size(game.algorithm) > 0, "a known algorithm was named");
        FUZZ_HOLDS(game.challenge_size > 0, "no empty challenge is answered");
        FUZZ_HOLDS(!span_equal(span_of(game.challenge, game.challenge_size),
                               span_of(earlier, earlier_size)),
                   "no challenge of our own is answered");
        FUZZ_HOLDS(!complete, "nobody is accepted before our proof is out");
    } else if (game.mutual) {
        FUZZ_HOLDS(only(0, 0, 0, 1, 1), "a proof is CHAP_N and CHAP_R, once each");
        FUZZ_HOLDS(game.proof_right, "only the one right proof is accepted");
        FUZZ_HOLDS(game.name_right || !game.named, "the target has the name that was expected");
    }
}

/* The caller's answer when it is asked for a secret: the right one, that of the other side, or the
 * input's. */
static enum auth_progress give(void *exchange, struct reader *input, bool *right) {
    struct auth_question question;
    struct auth_failure why = {0};
    sanscsi_auth_chap.question(exchange, &question);
    bool own = question.which == SANSCSI_SECRET_OWN;
    struct span secret = span_of_string(own ? OWN_SECRET : TARGET_SECRET);
    struct span other = span_of_string(own ? TARGET_SECRET : OWN_SECRET);
    uint32_t kind = fuzz_up_to(input, 4);
    struct span given = kind == 0 ? fuzz_bytes(input, 64) : kind == 1 ? other : secret;
    *right = span_equal(given, secret);
    enum auth_progress progress = sanscsi_auth_chap.give(exchange, given, &why);
    FUZZ_HOLDS(own || !span_equal(given, other) || progress == AUTH_FAILED,
               "no target proves itself by our own secret");
    FUZZ_HOLDS(given.size > 0 || progress == AUTH_FAILED, "no empty secret proves anything");
    return progress;
}

/* One request and the target's answer to it; false when the exchange is over. */
static bool round_of(void *exchange, struct reader *input) {
    uint8_t text[TEXT_MOST];
    struct builder out;
    struct auth_failure why = {0};
    bool right = true;
    sanscsi_builder_init(&out, text, sizeof(text));
    sanscsi_auth_chap.write(exchange, &out);
    FUZZ_HOLDS(!out.overflow, "a request fits");
    read_request(span_of(text, out.size));
    bool asked = game.asked;
    bool awaits = sanscsi_auth_chap.awaits(exchange);
    memset(game.counts, 0, sizeof(game.counts));
    game.proof_right = game.name_right = game.strange = false;
    for (uint32_t count = fuzz_up_to(input, KEYS_MOST); count > 0; count--) {
        if (!say_key(exchange, input)) {
            return false;
        }
        FUZZ_HOLDS(awaits, "a key that nobody waits for is refused");
    }
    enum auth_progress progress = sanscsi_auth_chap.end(exchange, &why);
    if (progress == AUTH_WAIT) {
        FUZZ_HOLDS(!sanscsi_auth_chap.complete(exchange), "nobody is accepted without a secret");
        progress = give(exchange, input, &right);
    }
    if (progress == AUTH_FAILED) {
        FUZZ_HOLDS(!sanscsi_auth_chap.complete(exchange), "who failed is not accepted");
        return false;
    }
    if (!right) { /* the caller changed the secret: our judge knows only the right ones */
        return false;
    }
    if (awaits) {
        judge_step(asked, sanscsi_auth_chap.complete(exchange));
    }
    FUZZ_HOLDS(!sanscsi_auth_chap.complete(exchange) || game.asked, "our proof comes first");
    return !sanscsi_auth_chap.complete(exchange);
}

static void choose_setup(struct auth_setup *setup, struct reader *input) {
    static const uint8_t orders[][AUTH_ALGORITHMS + 1] = {
        {5}, {7, 5}, {8, 7, 6, 5}, {6, 5}, {5, 6, 7, 8}};
    const uint8_t *order = orders[fuzz_up_to(input, sizeof(orders) / sizeof(orders[0]) - 1)];
    uint32_t kind = fuzz_up_to(input, 15);
    game.mutual = (kind & 1) != 0;
    game.named = (kind & 2) != 0;
    setup->ask = ((kind & 4) != 0 ? (uint32_t)SANSCSI_SECRET_OWN : 0) |
                 ((kind & 8) != 0 && game.mutual ? (uint32_t)SANSCSI_SECRET_TARGET : 0);
    memcpy(setup->algorithms, order, sizeof(setup->algorithms));
    if (game.named) {
        setup->target_name = span_of_string(TARGET_NAME);
    }
    if (game.mutual && (setup->ask & SANSCSI_SECRET_TARGET) == 0) {
        setup->target_secret = span_of_string(TARGET_SECRET);
    }
    if ((setup->ask & SANSCSI_SECRET_OWN) == 0) {
        setup->secret = span_of_string(OWN_SECRET);
    }
}

static void exchange_of(struct reader *input, uint8_t *next) {
    static const uint8_t mark[AUTH_MARK_SIZE] = {1, 2, 3};
    struct auth_failure why = {0};
    struct auth_setup setup = {
        .hash = hash,
        .random = count_up,
        .random_context = next,
        .mark = mark,
        .name = span_of_string("iqn.2004-01.com.example:initiator"),
    };
    memset(&game, 0, sizeof(game));
    choose_setup(&setup, input);
    void *exchange = calloc(1, sanscsi_auth_chap.exchange_size);
    if (exchange == NULL) {
        abort();
    }
    FUZZ_HOLDS(sanscsi_auth_chap.begin(exchange, &setup, &why), "the setup is legal");
    for (unsigned i = 0; i < ROUNDS && round_of(exchange, input); i++) {
    }
    free(exchange);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct reader input;
    uint8_t next = 0x10;
    earlier_size = 0;
    sanscsi_reader_init(&input, data, size);
    exchange_of(&input, &next);
    memcpy(earlier, game.own_challenge, game.own_challenge_size);
    earlier_size = game.own_challenge_size;
    exchange_of(&input, &next);
    return 0;
}
