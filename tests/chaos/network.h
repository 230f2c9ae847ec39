/* The transport between session and target: it delays, splits, stalls, refuses and cuts. */
#ifndef SANSCSI_TESTS_CHAOS_NETWORK_H
#define SANSCSI_TESTS_CHAOS_NETWORK_H

#include <stdbool.h>

#include <iscsi/sanscsi.h>

#include "support/target_bytes.h"

#define NETWORK_ENTRIES 20u

struct world;

enum transport {
    TRANSPORT_NONE,
    TRANSPORT_CONNECTING, /* CONNECT was polled */
    TRANSPORT_OPEN,
    TRANSPORT_CUT,    /* gone, which the session has not been told yet */
    TRANSPORT_CLOSING /* CLOSE was polled, and not obeyed yet */
};

/* A window that the transport has in use. */
struct network_window {
    bool held;
    uint32_t entries;
    sanscsi_iovec list[NETWORK_ENTRIES];
    size_t size; /* of all entries */
};

struct network {
    uint32_t transport;
    uint32_t number;    /* of the connection */
    uint64_t due;       /* of what comes next: the connection, its report, the close */
    uint64_t moved;     /* bytes of both directions */
    uint64_t delivered; /* bytes that the session took from the target */
    uint64_t cut_after;
    uint32_t manner;      /* how large the pieces are */
    uint64_t out_stalled; /* nothing moves until then */
    uint64_t in_stalled;
    uint64_t stalled;        /* for how long in all, in the whole run */
    struct bytes on_the_way; /* to the target */
    struct network_window out;
    struct network_window in;
    uint8_t copy[65536]; /* of what an outgoing window showed, as far as it goes */
    size_t copied;
};

void network_free(struct world *world);

/* The session asks for a transport, or for its end. */
void network_connect(struct world *world);
void network_close(struct world *world);
/* Cuts the connection if there is one. */
void network_cut(struct world *world);

/* Moves some bytes, or tells the session what is due; false when nothing could be done. */
bool network_act(struct world *world);
/* When something is due, or NEVER. */
uint64_t network_due(const struct world *world);

#endif
