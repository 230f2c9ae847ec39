/* The initiator node: what its sessions share. */
#ifndef SANSCSI_INITIATOR_NODE_H
#define SANSCSI_INITIATOR_NODE_H

#include <iscsi/initiator.h>

#include "auth/method.h"
#include "session/counters.h"

struct sanscsi_initiator {
    sanscsi_allocator allocator;
    sanscsi_crc32c_function crc32c;
    void *crc32c_context;
    struct span name; /* in the initiator's own block, as the alias */
    struct span alias;
    size_t memory; /* bytes of that block */
    uint32_t max_sessions;
    uint32_t sessions;    /* that exist */
    uint64_t last_number; /* of the session made last */
    uint8_t isid_random[3];
    bool marked;                  /* there are random numbers in `mark` */
    uint8_t mark[AUTH_MARK_SIZE]; /* marks our CHAP challenges, see auth/chap_proof.c */
    sanscsi_random_function random;
    void *random_context;
    sanscsi_hash_function hash;
    void *hash_context;
    struct counters counters; /* sums over the sessions that were freed */
};

#endif
