/* Text exchanges in full feature phase with a target that answers as told: what their tests share.
 */
#ifndef SANSCSI_TESTS_TEXT_RUN_H
#define SANSCSI_TESTS_TEXT_RUN_H

#include "support/harness.h"

#define F 0x80u
#define C 0x40u
#define REPLIES 40u

/* What the target answers to one request after the other; a '|' stands for a null. */
struct reply {
    uint32_t flags;
    const char *text;
    uint8_t reject; /* the reason of a Reject instead, or 0 */
    bool none;
};

struct scene {
    struct reply replies[REPLIES];
    uint32_t count; /* the last one is repeated */
    uint32_t requests;
    uint32_t tag;    /* that the next request must bring */
    uint32_t itt;    /* of the first */
    char sent[2048]; /* the requests: tag ("-" for the reserved one), text, a line break */
};

extern struct scene text_scene;
extern const sanscsi_iovec text_list; /* what reads read to and writes write from */

/* A session that is logged in, to a target that takes so many commands at once. */
struct harness *text_ready_with(uint32_t window, uint32_t type);
struct harness *text_ready(void);

/* One more reply. */
void text_reply(uint32_t flags, const char *text);
/* A reply at once, to the request with this tag. */
void text_respond(struct target *target, const struct reply *reply, uint32_t itt);

int32_t text_declare(struct harness *harness, uint32_t bytes, uint64_t user);

/* What lengths are in force: as the session tells, and as reads and writes show, with Data-In so
 * long; the target checks that none of ours is longer than it takes. The latter ends the session.
 */
void text_check_lengths(const struct harness *harness, uint32_t ours, uint32_t theirs);
void text_check_alive(struct harness *harness, uint32_t data_in);

#endif
