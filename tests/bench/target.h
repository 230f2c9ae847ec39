/* A target for benchmarks: it answers what it must and checks nothing. */
#ifndef SANSCSI_BENCH_TARGET_H
#define SANSCSI_BENCH_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <iscsi/types.h>

#define TARGET_PAYLOAD 4096u       /* bytes that each read returns and each write carries ... */
#define TARGET_MAX_PAYLOAD 262144u /* ... unless told otherwise, up to so many */
#define TARGET_STREAM 12582912u
#define TARGET_WAITING 8192u

/* How it goes about a command. */
struct target_manner {
    bool digests;           /* CRC32C on headers and data once logged in */
    bool separate_response; /* the status of a read comes in a PDU of its own */
    bool r2t;               /* writes wait for an R2T */
    bool unsolicited;       /* writes have no immediate but unsolicited data */
};

/* What it owes an answer to: a command, or the last Data-Out of one. */
struct target_debt {
    uint8_t opcode;
    uint32_t itt;
    bool read;
};

/* How far a session has come: all there is to keep of it while nothing is on its way. */
struct target_place {
    bool full_feature;
    uint32_t stat_sn;
    uint32_t exp_cmd_sn;
};

struct target {
    struct target_manner manner;
    uint32_t payload; /* bytes of a read or write */
    struct target_place place;
    struct target_debt debts[TARGET_WAITING]; /* a ring */
    size_t first_debt;
    size_t debt_count;
    uint8_t heard[TARGET_STREAM]; /* from the initiator, not yet understood */
    size_t heard_size;
    uint8_t said[TARGET_STREAM]; /* for the initiator, not yet taken */
    size_t said_size;
    size_t said_taken;
};

/* Forgets everything: the target of a new session. */
void target_reset(struct target *target, const struct target_manner *manner);

/* Takes what the initiator sends; login requests are answered at once. */
void target_hear(struct target *target, const sanscsi_iovec *iov, size_t count);

/* Answers up to `most` commands or bursts of data. */
void target_answer(struct target *target, size_t most);

/* Copies what it has said into the initiator's window, as much as there is; returns the bytes. */
size_t target_say(struct target *target, const sanscsi_iovec *iov, size_t count);

#endif
