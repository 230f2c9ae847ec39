/* CHAP at the target (RFC 7143 12.1.3, RFC 1994): always the same challenge, so that the right
 * response is known. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "simulation/world.h"
#include "support/chap_vectors.h"

static const struct {
    const char *number;
    const char *response; /* of the initiator */
    const char *proof;    /* of the target */
} algorithms[] = {
    {"5", VECTOR_MD5, PROOF_MD5},
    {"6", VECTOR_SHA1, PROOF_SHA1},
    {"7", VECTOR_SHA256, PROOF_SHA256},
    {"8", VECTOR_SHA3_256, PROOF_SHA3_256},
};

static bool agree(struct lane *lane, struct target_login *login, const char *key,
                  const char *value) {
    bool none = strstr(value, "None") != NULL;
    bool chap = strstr(value, "CHAP") != NULL && !(none && dice_one_in(&lane->world->dice, 2));
    lane->target.chap = chap ? CHAP_CHOSEN : CHAP_UNASKED;
    target_say(&login->answer, key, chap ? "CHAP" : "None");
    return true;
}

/* One of those that are offered. */
static bool choose(struct lane *lane, struct target_login *login, const char *value) {
    uint32_t choice = 0;
    do {
        choice = dice_below(&lane->world->dice, 4);
    } while (strchr(value, algorithms[choice].number[0]) == NULL);
    lane->target.chap = CHAP_ASKED;
    lane->target.chap_algorithm = choice;
    target_say(&login->answer, "CHAP_A", algorithms[choice].number);
    target_say(&login->answer, "CHAP_I", "1");
    target_say(&login->answer, "CHAP_C", VECTOR_CHALLENGE);
    return true;
}

static bool verify(struct lane *lane, const char *value) {
    struct target *target = &lane->target;
    if (strcmp(value, algorithms[target->chap_algorithm].response) != 0) {
        target_violation(lane, "CHAP_R is not the right response");
    }
    if (dice_one_in(&lane->world->dice, target->temper->bad_proof)) {
        count(lane, COUNT_PROOFS_REFUSED);
        target->dead = true;
    }
    target->chap = CHAP_OVER;
    count(lane, COUNT_PROOFS);
    return true;
}

/* The initiator wants a proof, too; now and then it gets a wrong one. */
static bool prove(struct lane *lane, struct target_login *login, const char *value) {
    struct target *target = &lane->target;
    if (strcmp(value, OWN_CHALLENGE) != 0) {
        target_violation(lane, "CHAP_C is not made of the random numbers");
    }
    char proof[80];
    size_t length = strlen(algorithms[target->chap_algorithm].proof);
    memcpy(proof, algorithms[target->chap_algorithm].proof, length + 1);
    if (dice_one_in(&lane->world->dice, target->temper->bad_proof)) {
        proof[length - 1] = proof[length - 1] == '0' ? '1' : '0';
        count(lane, COUNT_PROOFS_BAD);
        target->excuses |= EXCUSE_LOGIN;
        target->lies = true;
    }
    target_say(&login->answer, "CHAP_N", "target");
    target_say(&login->answer, "CHAP_R", proof);
    return true;
}

bool target_chap_key(struct lane *lane, struct target_login *login, const char *key,
                     const char *value) {
    if (strcmp(key, "AuthMethod") == 0) {
        return agree(lane, login, key, value);
    }
    if (strncmp(key, "CHAP_", 5) != 0) {
        return false;
    }
    switch (key[5]) {
    case 'A':
        return choose(lane, login, value);
    case 'R':
        return verify(lane, value);
    case 'C':
        return prove(lane, login, value);
    case 'I':
        if (strcmp(value, OWN_IDENTIFIER) != 0) {
            target_violation(lane, "CHAP_I is not made of the random numbers");
        }
        return true;
    default:
        return true;
    }
}
