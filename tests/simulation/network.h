/* The transport between session and target: it delays, splits, stalls, refuses and cuts. */
#ifndef SANSCSI_TESTS_SIMULATION_NETWORK_H
#define SANSCSI_TESTS_SIMULATION_NETWORK_H

#include <stdbool.h>

#include <iscsi/sanscsi.h>

#include "simulation/pipe.h"

#define NETWORK_ENTRIES 20u

struct lane;

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
    uint64_t stalled; /* for how long in all, in the whole run */
    bool healed;      /* it was made when nothing went wrong any more */
    struct pipe to_target;
    struct pipe to_session;
    struct network_window out;
    struct network_window in;
    uint8_t copy[65536]; /* of what an outgoing window showed, as far as it goes */
    size_t copied;
};

void network_free(struct lane *lane);

/* The session asks for a transport, or for its end. */
void network_connect(struct lane *lane);
void network_close(struct lane *lane);
/* Cuts the connection if there is one. */
void network_cut(struct lane *lane);

/* The session is gone, and its transport with it. */
void network_abandon(struct lane *lane);
/* From now on nothing is cut or stalled but what is lost already. */
void network_heal(struct lane *lane);

/* Moves some bytes, or tells the session what is due; false when nothing could be done. */
bool network_act(struct lane *lane);
/* When something is due, or NEVER. */
uint64_t network_due(const struct lane *lane);

#endif
