/* One TCP connection: opened without blocking, moved bytes between socket and windows. */
#ifndef EXAMPLE_TRANSPORT_H
#define EXAMPLE_TRANSPORT_H

#include <iscsi/sanscsi.h>

#include "pcap.h"

struct addrinfo;

enum { TRANSPORT_CLOSED = 0, TRANSPORT_CONNECTING = 1, TRANSPORT_OPEN = 2 };

/* How long a read that waits does so at most, ns. */
#define TRANSPORT_PATIENCE UINT64_C(100000000)

struct transport {
    int fd;            /* -1 when closed */
    uint32_t state;    /* TRANSPORT_... */
    uint32_t cid;      /* whose bytes it carries */
    uint32_t blocked;  /* 1: the socket took no more, wait until it is writable */
    uint32_t failure;  /* SANSCSI_CONNECT_... of the last address tried */
    uint32_t opens;    /* how often transport_open() was called */
    size_t ahead;      /* bytes to read behind a window */
    size_t pdus;       /* PDUs that the session shows at once, at most; set by the owner */
    uint64_t deadline; /* when the address being tried is given up, ns */
    uint64_t give_up;  /* when all of them are, ns */
    struct addrinfo *addresses;
    struct addrinfo *candidate; /* the one to try next */
    struct pcap *pcap;
    struct pcap_stream stream;
};

void transport_init(struct transport *transport, struct pcap *pcap);

/*
 * Begins to connect; the addresses of a host are tried in order, each for its part of the time. A
 * deadline of SANSCSI_NEVER waits as long as the system does. Returns 0 when
 * it is under way or done (see state), or SANSCSI_CONNECT_... when it failed at once.
 */
uint32_t transport_open(struct transport *transport, const char *host, uint32_t port,
                        uint64_t deadline);

/* The socket is writable, or time has passed: goes on connecting. Returns as transport_open(). */
uint32_t transport_continue(struct transport *transport, uint64_t now);

/* Closes the socket; by_peer only matters to the capture. */
void transport_close(struct transport *transport, uint32_t by_peer);

/* Sends what the session has to send. Returns 0, or -1 when the connection is gone. */
int transport_send(struct transport *transport, sanscsi_session *session, uint64_t now);

/*
 * Receives what has come. With `wait` it waits for something first, for a TRANSPORT_PATIENCE or
 * until a signal. Sets now to the time at which something came, and leaves it else. Returns 0, or
 * 1 when the session wants no bytes, or -1 when the connection is gone.
 */
int transport_receive(struct transport *transport, sanscsi_session *session, int wait,
                      uint64_t *now);

/* The clock of all times here: ns, monotonic. */
uint64_t clock_now(void);

#endif
