/* One direction of a link: bytes arrive in order, each some time after it was sent. */
#ifndef SANSCSI_TESTS_SIMULATION_PIPE_H
#define SANSCSI_TESTS_SIMULATION_PIPE_H

#include <stdbool.h>

#include "simulation/random.h"
#include "support/target_bytes.h"

#define PIPE_SEGMENTS 64u
#define PIPE_BYTES 65536u /* that it holds at most, with one segment more */

struct pipe {
    struct bytes bytes;
    struct {
        uint64_t due; /* when it arrives */
        size_t size;
    } segments[PIPE_SEGMENTS];
    uint32_t first;
    uint32_t count;
    size_t arrived;   /* bytes that can be taken */
    uint64_t latency; /* ns */
    uint64_t jitter;  /* ns more at most */
    uint64_t rate;    /* bytes per second; 0: any number */
    uint64_t busy;    /* when the last segment has left */
    uint64_t last;    /* when it arrives */
    bool hole;        /* nothing arrives any more */
};

/* Empties it, and chooses how it is; near: without any delay. */
void pipe_open(struct pipe *pipe, struct dice *dice, bool near);
void pipe_free(struct pipe *pipe);
bool pipe_has_room(const struct pipe *pipe);
void pipe_add(struct pipe *pipe, struct dice *dice, uint64_t now, const void *data, size_t size);
/* How many bytes have arrived and were not taken. */
size_t pipe_arrived(struct pipe *pipe, uint64_t now);
void pipe_take(struct pipe *pipe, size_t size);
bool pipe_is_empty(const struct pipe *pipe);
/* When more arrives; NEVER where nothing is on its way. */
uint64_t pipe_due(const struct pipe *pipe, uint64_t now);

#endif
