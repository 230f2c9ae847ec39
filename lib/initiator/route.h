/* Where a session goes: the portal it was made for, and those it was redirected to. */
#ifndef SANSCSI_INITIATOR_ROUTE_H
#define SANSCSI_INITIATOR_ROUTE_H

#include "base/span.h"

struct route {
    struct route *from; /* the one that redirected here, or NULL */
    struct route *made; /* the next in the list of all that were allocated */
    size_t memory;      /* bytes of its block; 0: it is part of the session's */
    const char *host;   /* zero-terminated */
    size_t host_length;
    uint32_t port;
    struct span portal; /* host:port, IPv6 hosts in brackets */
    bool permanent;     /* every redirection up to here was permanent */
};

/* Bytes of text that a route keeps: its host with a zero, and its portal. */
static inline size_t route_text_size(size_t host_length) {
    return 2 * host_length + sizeof("[]:65535") + 1;
}

/* Fills a route whose texts go to `text`. */
void sanscsi_route_init(struct route *route, uint8_t *text, struct span host, uint32_t port);

#endif
