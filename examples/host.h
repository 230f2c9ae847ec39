/* The program's surroundings: initiator, logs, signals, and the poll() loop over its sessions. */
#ifndef EXAMPLE_HOST_H
#define EXAMPLE_HOST_H

#include "events.h"
#include "options.h"
#include "pcap.h"

struct nexus;
struct pollfd;

struct host {
    const struct options *options;
    struct event_sink events;
    struct pcap *pcap;
    sanscsi_initiator *initiator;
    void *memory;          /* the block of --memory-limit */
    struct nexus *nexuses; /* those that exist */
    struct pollfd *fds;    /* for host_turn(): room for fd_room of them */
    size_t fd_room;
    uint64_t now;      /* ns: when the clock was last looked at */
    uint64_t stop_at;  /* after an interrupt: when all must be over, ns; else SANSCSI_NEVER */
    int changed;       /* 1: a condition that somebody waits for may hold now */
    FILE *stats;       /* where --stats prints: not among data */
    int watched;       /* one more descriptor to wait for, or -1 */
    int watched_ready; /* 1 when it became readable */
};

/* Returns 0, or the exit code after a failure that was told; host_close() is due in any case. */
int host_open(struct host *host, const struct options *options);

/* Prints the counters, ends everything. Returns code, or EXIT_FAILED if an output was lost. */
int host_close(struct host *host, int code);

/* Waits until something happens or the time has come, and deals with it. */
void host_turn(struct host *host, uint64_t until);

/* Whether the user wants an end. */
int host_interrupted(const struct host *host);

/* Waits until a descriptor can be read while sessions go on; -1 after an interrupt. */
int host_wait_readable(struct host *host, int fd);

#endif
