/* What a portal tells of its targets, kept beyond the session that asked. */
#ifndef EXAMPLE_DISCOVERY_H
#define EXAMPLE_DISCOVERY_H

#include "nexus.h"

struct found_portal {
    char *host;
    uint32_t port;
    uint32_t tag; /* UINT32_MAX: none told */
    uint32_t is_ipv6;
};

struct found_target {
    char *name;
    struct found_portal *portals;
    uint32_t portal_count;
};

struct discovery {
    const struct endpoint *asked;
    struct found_target *targets;
    size_t count;
    uint32_t issue;     /* of the request that the records belong to */
    uint32_t no_memory; /* 1: a record could not be kept */
    struct request request;
};

/* Asks a portal. Returns 0, or -1 after a failure that was told; free it in any case. */
int discovery_run(struct discovery *discovery, struct host *host, const struct endpoint *portal);

void discovery_free(struct discovery *discovery);

#endif
