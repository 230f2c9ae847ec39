/* What a command works on: a logical unit or target named by a URL, or a portal. */
#ifndef EXAMPLE_ENDPOINT_H
#define EXAMPLE_ENDPOINT_H

#include <stdio.h>

#include "options.h"

struct endpoint {
    char text[2048];    /* holds the strings below */
    const char *host;   /* without brackets */
    const char *target; /* NULL: a portal */
    uint32_t port;
    uint32_t is_ipv6;
    uint32_t lun;
    struct chap_login chap; /* of the URL; its secret goes by endpoint_wipe() */
};

/* Whether a text claims to be a URL of ours. */
int endpoint_is_url(const char *text);

/*
 * Both return 0, or -1 after a usage error that has been told. A secret is taken out of the URL's
 * text, so that no list of processes shows it.
 */
int endpoint_parse_url(struct endpoint *endpoint, char *text);
int endpoint_parse_portal(struct endpoint *endpoint, const char *text);

/* Fills an endpoint from a discovery record. Returns 0, or -1 when it does not fit. */
int endpoint_set(struct endpoint *endpoint, const char *target, const char *host, uint32_t port,
                 uint32_t is_ipv6);

/* Forgets what the URL holds of CHAP. */
void endpoint_wipe(struct endpoint *endpoint);

/* Writes HOST:PORT, with brackets around IPv6; returns buffer. */
const char *endpoint_portal(const struct endpoint *endpoint, char *buffer, size_t size);

#endif
