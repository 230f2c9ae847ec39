/* The interface of an authentication method and the table of those there are (RFC 7143 12.1).
 *
 * A login selects a method, makes its exchange with begin(), and from then on writes what write()
 * has to say in each request and hands every key of the method to receive(); when a response is
 * whole, end() judges it. The method raises nothing: it says why it fails, and the login raises. */
#ifndef SANSCSI_AUTH_METHOD_H
#define SANSCSI_AUTH_METHOD_H

#include <iscsi/settings.h>

#include "base/builder.h"
#include "event/queue.h"

#define AUTH_MARK_SIZE 32u
#define AUTH_ALGORITHMS 5u /* of CHAP that can be offered: four of the caller's, and MD5 */

/* What a method works with; lent for the whole exchange. */
struct auth_setup {
    sanscsi_hash_function hash;
    void *hash_context;
    sanscsi_random_function random; /* may be NULL */
    void *random_context;
    const uint8_t *mark; /* AUTH_MARK_SIZE secret bytes that mark our challenges; or NULL */
    struct span name;
    struct span secret;
    struct span target_name;   /* empty: any */
    struct span target_secret; /* with it or SANSCSI_SECRET_TARGET in `ask`, CHAP is mutual */
    uint32_t ask;              /* SANSCSI_SECRET_... that the caller is asked for */
    bool weak_secrets;         /* fewer than 12 bytes are allowed */
    uint8_t algorithms[AUTH_ALGORITHMS + 1]; /* to offer, in order, ended by 0 */
};

enum auth_progress {
    AUTH_PROCEED, /* the next request can be made */
    AUTH_WAIT,    /* the caller must give a secret first */
    AUTH_FAILED   /* the login ends */
};

/* Why a method fails: the event to raise. Texts borrow from the key, the value or the exchange. */
struct auth_failure {
    uint32_t event;
    uint32_t facts;
    struct event_value values[2];
};

/* A secret the exchange waits for, and whose it is. */
struct auth_question {
    uint32_t which; /* SANSCSI_SECRET_... */
    struct span name;
};

/* One method. `exchange` is its own memory for one login, of exchange_size zeroed bytes, wiped when
 * the login ends. */
struct auth_method {
    const char *name; /* its value of the AuthMethod key */
    size_t exchange_size;
    bool offers_list; /* of algorithms, over which a target can fail */

    /* The target has selected the method. False: it cannot be carried out here. */
    bool (*begin)(void *exchange, const struct auth_setup *setup, struct auth_failure *why);

    /* Writes the keys that are due. */
    void (*write)(void *exchange, struct builder *out);

    /* Whether the request in work may ask to leave the stage. */
    bool (*ready)(const void *exchange);

    /* Whether keys of the target are due, and no others. */
    bool (*awaits)(const void *exchange);

    /* Takes one key; false when it, or its value, does not fit. */
    bool (*receive)(void *exchange, struct span key, struct span value, struct auth_failure *why);

    /* The response is whole. */
    enum auth_progress (*end)(void *exchange, struct auth_failure *why);

    /* What AUTH_WAIT waits for, and the answer; an empty secret means that there is none. */
    void (*question)(const void *exchange, struct auth_question *question);
    enum auth_progress (*give)(void *exchange, struct span secret, struct auth_failure *why);

    /* Whether both sides are satisfied, so that the security stage may end. */
    bool (*complete)(const void *exchange);
};

/* No authentication: nothing is sent, any method key is refused. */
extern const struct auth_method sanscsi_auth_none;

/* CHAP (RFC 7143 12.1.3, RFC 1994). */
extern const struct auth_method sanscsi_auth_chap;

/* The method a value of AuthMethod names, or NULL. */
const struct auth_method *sanscsi_auth_find(struct span name);

#endif
