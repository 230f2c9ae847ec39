/* Negotiates text keys in either role: offers, answers, result functions, and what is missing when
 * a stage ends (RFC 7143 6.2, 6.3, 13). Allocates nothing. */
#ifndef SANSCSI_NEGOTIATE_ENGINE_H
#define SANSCSI_NEGOTIATE_ENGINE_H

#include "base/builder.h"
#include "negotiate/keys.h"

enum negotiation_role { NEGOTIATE_AS_INITIATOR, NEGOTIATE_AS_TARGET };

enum {
    NEGOTIATE_DISCOVERY = 1, /* a discovery session */
    NEGOTIATE_LEADING = 2    /* the leading connection: leading-only keys take part */
};

/* Stages have their numbers of RFC 7143 11.12.3. */
enum { STAGE_SECURITY = 0, STAGE_OPERATIONAL = 1, STAGE_FULL_FEATURE = 3 };

enum key_status {
    KEY_UNTOUCHED,
    KEY_OFFERED,    /* we have opened it and wait for the answer */
    KEY_ANSWER_DUE, /* the peer has opened it and waits for ours */
    KEY_SETTLED     /* done; a further value is a renegotiation */
};

struct key_state {
    uint8_t status;   /* enum key_status */
    uint8_t stage;    /* where it was opened */
    uint8_t answer;   /* enum key_answer of steps.h: what is due */
    uint8_t declared; /* a declaration of ours has gone out (the peer's is told by status) */
    uint32_t offered; /* what we proposed: number, 0/1, or digest proposal */
};

struct negotiation {
    enum negotiation_role role;
    uint32_t flags;
    sanscsi_parameters offer;  /* what we propose, and accept at most when the peer opens */
    sanscsi_parameters result; /* RFC defaults, then what was agreed */
    struct key_state keys[KEY_COUNT];
};

enum verdict_code {
    VERDICT_OK,              /* taken; an answer may be due */
    VERDICT_NOT_OURS,        /* a valid declaration for the caller to use: names, aliases,
                                addresses, AuthMethod, CHAP keys */
    VERDICT_UNKNOWN_KEY,     /* no key of ours: the caller answers NotUnderstood (event 13) */
    VERDICT_NOT_UNDERSTOOD,  /* NotUnderstood for a key that all must know (event 10) */
    VERDICT_REJECTED,        /* Reject for a key that all must negotiate (event 11) */
    VERDICT_UNEXPECTED,      /* opened by the wrong side or with a reserved word, or settled before
                                (event 14) */
    VERDICT_BAD_INTEGER,     /* event 15: min, max: the key's range; preferred: our proposal; from
                                finish_stage for FirstBurstLength=Irrelevant that was not */
    VERDICT_BAD_LIST,        /* event 16: `proposed` tells our offer */
    VERDICT_WRONG_STAGE,     /* a key that must not come in this stage (RFC 7143 6.3) */
    VERDICT_INTEGER_MISSING, /* event 17, from finish_stage */
    VERDICT_LIST_MISSING     /* event 18, from finish_stage */
};

struct negotiation_verdict {
    enum verdict_code code;
    const struct key_rule *rule; /* the key, or NULL for an unknown one */
    uint32_t min, max, preferred;
    char proposed[64]; /* zero-terminated text of our proposal, for event 16 */
};

/* `offer` is copied. */
void sanscsi_negotiation_init(struct negotiation *negotiation, enum negotiation_role role,
                              uint32_t flags, const sanscsi_parameters *offer);

/* Writes "key=value\0" for each operational key that we open in `stage` and have not opened yet.
 * Needs at most 1024 bytes. */
void sanscsi_negotiation_propose(struct negotiation *negotiation, uint32_t stage,
                                 struct builder *out);

/* Takes one pair from the peer. `value` is what stood behind the first '='. */
struct negotiation_verdict sanscsi_negotiation_receive(struct negotiation *negotiation,
                                                       uint32_t stage, struct span key,
                                                       struct span value);

/* Whether answers to keys the peer opened are due; writes them (at most 1024 bytes). */
bool sanscsi_negotiation_answers_due(const struct negotiation *negotiation);
void sanscsi_negotiation_answer(struct negotiation *negotiation, struct builder *out);

/* When a stage ends: VERDICT_OK, or the first key opened in it that has no answer though one is
 * required (RFC 7143 6.2.2: a boolean that our offer decides needs none). Completes the results:
 * caps FirstBurstLength at MaxBurstLength, fixes the discovery values. An Irrelevant for
 * FirstBurstLength is judged here when it came before InitialR2T and ImmediateData were known:
 * then VERDICT_BAD_INTEGER. After the full feature stage its keys may be declared anew. */
struct negotiation_verdict sanscsi_negotiation_finish_stage(struct negotiation *negotiation,
                                                            uint32_t stage);

#endif
