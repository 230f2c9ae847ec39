/* The interface of an authentication method and the table of those there are (RFC 7143 12.1). */
#ifndef SANSCSI_AUTH_METHOD_H
#define SANSCSI_AUTH_METHOD_H

#include "base/builder.h"

enum auth_progress {
    AUTH_PROCEED, /* nothing more to do now */
    AUTH_REFUSED  /* the peer's key or value does not fit; the login ends */
};

/* One method. `exchange` is the method's own memory for one login, of exchange_size bytes. */
struct auth_method {
    const char *name;     /* its value of the AuthMethod key */
    size_t exchange_size; /* bytes; 0 when it keeps nothing */

    /* Writes the keys that the method sends first, once it is selected. */
    void (*begin)(void *exchange, struct builder *out);

    /* Takes one key of the method that the peer sent. */
    enum auth_progress (*receive)(void *exchange, struct span key, struct span value);

    /* Whether both sides are satisfied, so that the security stage may end. */
    bool (*complete)(const void *exchange);
};

/* No authentication: nothing is sent, any method key is refused. */
extern const struct auth_method sanscsi_auth_none;

/* The method a value of AuthMethod names, or NULL. */
const struct auth_method *sanscsi_auth_find(struct span name);

#endif
