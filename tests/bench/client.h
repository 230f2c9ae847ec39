/* A client of the library for benchmarks, in the shape that one with a socket and a loop has. */
#ifndef SANSCSI_BENCH_CLIENT_H
#define SANSCSI_BENCH_CLIENT_H

#include <iscsi/sanscsi.h>

#include "target.h"

/* What a client asks for again and again. */
struct work {
    bool write;
    uint32_t size;    /* bytes of a command */
    uint32_t depth;   /* commands in flight */
    uint32_t answers; /* commands that the target answers at once, if so many wait */
    struct target_manner manner;
};

struct client {
    sanscsi_session *session;
    struct target *target;
    const struct work *work;
    uint64_t now;
    bool logged_in;
    uint32_t in_flight;
    uint32_t done;
};

/* Ends the program when something is not as it must be. */
void must(bool good, const char *what);

sanscsi_initiator *client_initiator(uint32_t sessions);

/* A session for work->depth commands, not logged in. The target is as after target_reset(). */
void client_open(struct client *client, sanscsi_initiator *initiator, struct target *target,
                 const struct work *work);
void client_log_in(struct client *client);

/* Submits until `depth` commands are in flight. */
void client_fill(struct client *client, uint32_t depth);

/* Sends, has the target answer, receives, and takes what has ended. */
void client_turn(struct client *client);

#endif
