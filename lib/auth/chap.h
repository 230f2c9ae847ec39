/* What the halves of CHAP share: the state of an exchange, and the proofs in it. */
#ifndef SANSCSI_AUTH_CHAP_H
#define SANSCSI_AUTH_CHAP_H

#include "auth/method.h"

#define CHAP_MAX_BINARY 1024u /* RFC 7143 12.1.3 */
#define CHAP_MAX_NAME 255u
#define CHAP_MIN_SECRET 12u /* RFC 7143 9.2.1: 96 bits */
#define CHAP_NONCE_SIZE 16u
#define CHAP_TAG_SIZE 16u
#define CHAP_CHALLENGE_SIZE (CHAP_NONCE_SIZE + CHAP_TAG_SIZE) /* no shorter than any digest */

enum chap_state {
    CHAP_OFFER,         /* CHAP_A is to be written */
    CHAP_CHALLENGE,     /* the target's CHAP_A, CHAP_I and CHAP_C are due */
    CHAP_OWN_SECRET,    /* the caller is asked for ours */
    CHAP_ANSWER,        /* CHAP_N and CHAP_R are to be written */
    CHAP_PROOF,         /* the target's CHAP_N and CHAP_R are due */
    CHAP_TARGET_SECRET, /* the caller is asked for the target's */
    CHAP_DONE
};

/* Keys that a step has brought. */
enum { CHAP_HAS_A = 1, CHAP_HAS_I = 2, CHAP_HAS_C = 4, CHAP_HAS_N = 8, CHAP_HAS_R = 16 };

struct chap {
    const struct auth_setup *setup;
    uint8_t state; /* enum chap_state */
    uint8_t has;   /* CHAP_HAS_... */
    bool mutual;
    uint8_t algorithm;
    size_t digest_size; /* of the algorithm */

    /* towards the target */
    uint8_t identifier;
    uint8_t challenge[CHAP_MAX_BINARY];
    size_t challenge_size;
    uint8_t response[SANSCSI_MAX_DIGEST];

    /* mutual: what we ask of the target */
    uint8_t own_identifier;
    uint8_t own_challenge[CHAP_CHALLENGE_SIZE];
    uint8_t own_answer[SANSCSI_MAX_DIGEST]; /* what our own secret would answer to it */
    uint8_t proof[SANSCSI_MAX_DIGEST];      /* CHAP_R of the target */
    struct span proof_text;                 /* the same as it came, in the login's text */
    uint8_t target_name[CHAP_MAX_NAME];
    size_t target_name_size;
};

/* chap_proof.c: whether the target's challenge is one that we made, here or on any other
 * connection of this initiator. */
bool sanscsi_chap_is_reflected(const struct chap *chap);

/* chap_proof.c: answers the target's challenge and makes ours when CHAP is mutual. */
bool sanscsi_chap_answer(struct chap *chap, struct span secret, struct auth_failure *why);

/* chap_proof.c: judges the target's proof. */
bool sanscsi_chap_verify(struct chap *chap, struct span target_secret, struct auth_failure *why);

#endif
