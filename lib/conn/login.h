/* The login phase of one connection, as initiator: stages, requests, responses (RFC 7143 6.3). */
#ifndef SANSCSI_CONN_LOGIN_H
#define SANSCSI_CONN_LOGIN_H

#include "auth/method.h"
#include "base/memory.h"
#include "conn/connection.h"
#include "event/queue.h"
#include "negotiate/engine.h"
#include "text/pairs.h"
#include "wire/pdu.h"

/* Status-Class of a Login Response, RFC 7143 11.13.5. */
enum {
    STATUS_CLASS_SUCCESS = 0,
    STATUS_CLASS_REDIRECTION = 1,
    STATUS_CLASS_INITIATOR_ERROR = 2,
    STATUS_CLASS_TARGET_ERROR = 3
};

#define LOGIN_REQUEST_TEXT 8192u /* bytes of text in one request, RFC 7143 6.3 */

/* What a login is told; everything is lent until it ends. */
struct login_setup {
    const sanscsi_allocator *allocator;
    struct event_queue *events;
    const struct event_origin *origin;
    const sanscsi_session_settings *settings;
    struct span initiator_name;
    struct span initiator_alias;
    uint8_t isid[6];
    uint16_t tsih; /* 0: a new session */
    uint32_t cmd_sn;
    struct auth_setup auth;
};

/* Where a target sends the login instead (RFC 7143 11.13.5). */
struct login_redirect {
    struct span host; /* in the text of the login */
    uint32_t port;
    bool permanent;
    bool authenticated; /* it came behind the security stage */
};

struct login {
    struct login_setup setup;
    struct connection *conn;
    const struct auth_method *auth; /* selected, or NULL */
    void *exchange;                 /* of the method, of its exchange_size */
    struct login_redirect redirect;
    uint32_t event; /* that failed the login, 0 as long as none did */
    uint8_t stage;
    uint8_t requested_stage; /* NSG of the last request, if it had T */
    bool transit_requested;  /* T of the last request */
    bool more_requested;     /* C of the last request */
    bool request_due;
    bool proposed; /* our keys of this stage were written */
    bool first_request_made;
    bool first_response_seen;
    bool auth_offered;
    bool auth_answered;
    bool auth_waits;       /* for a secret of the caller */
    uint8_t version_max;   /* of the first response */
    uint32_t exchanges;    /* of this stage */
    uint32_t unknown_keys; /* of this login */
    uint32_t itt;
    size_t pdu_text;                /* bytes of text before the response in work */
    size_t total_text;              /* bytes of text of all responses */
    struct login_response response; /* in work, or the last one */
    struct growing text;            /* from the target, since the last response with C = 0 */
    struct growing unknown;         /* names of keys to answer NotUnderstood, each with a null */
    struct growing answers;         /* to our list and boolean keys, each pair with its null */
    struct negotiation negotiation;
    uint8_t out[LOGIN_REQUEST_TEXT]; /* text of the request in work */
};

enum login_result {
    LOGIN_GOES_ON,
    LOGIN_DONE,       /* full feature phase; negotiation.result, response.tsih tell */
    LOGIN_ASKS,       /* waits for a secret, see sanscsi_login_question() */
    LOGIN_REDIRECTED, /* refused with another address, see redirect; no event was raised */
    LOGIN_FAILED      /* the event has been raised and the fault kept */
};

/* Begins a login on an open connection; NULL after raising event 21. */
struct login *sanscsi_login_new(const struct login_setup *setup, struct connection *conn);
void sanscsi_login_free(struct login *login);

/* Whether a Login Request is to be sent now; makes it. */
bool sanscsi_login_request_due(const struct login *login);
void sanscsi_login_make_request(struct login *login);

/* Some bytes of a header have come: whoever speaks another protocol shows it by the first. */
enum login_result sanscsi_login_glance(struct login *login);

/* A header has come: judges it and says where its text goes. */
enum login_result sanscsi_login_header(struct login *login);

/* The PDU of that header is whole. */
enum login_result sanscsi_login_response(struct login *login);

/* Ends the login for a reason: keeps the fault and raises `event` with its values. */
enum login_result sanscsi_login_fail(struct login *login, enum fault_code fault, uint32_t value,
                                     uint32_t event, uint32_t facts,
                                     const struct event_value *values);

/* Goes on behind a response that was good to its end: next request or next stage. */
enum login_result sanscsi_login_proceed(struct login *login);

/* The target refuses the login by its status: event 36. */
enum login_result sanscsi_login_refused(struct login *login);

/* login_auth.c: our AuthMethod, by the settings. */
const char *sanscsi_login_auth_offer(const struct login *login);

/* login_auth.c: takes the target's choice from that offer. */
enum login_result sanscsi_login_select_method(struct login *login,
                                              const struct auth_method *method);

/* login_auth.c: whether the request in work may ask to leave the security stage. */
bool sanscsi_login_auth_ready(const struct login *login);

/* login_auth.c: whether nothing but keys of the method may come now. */
bool sanscsi_login_auth_awaits(const struct login *login);

/* login_auth.c: a key for the method. */
enum login_result sanscsi_login_auth_key(struct login *login, struct span key, struct span value);

/* login_auth.c: the response is whole; LOGIN_ASKS when a secret is wanted first. */
enum login_result sanscsi_login_auth_step(struct login *login);

/* login_auth.c: which secret is asked for. */
void sanscsi_login_question(const struct login *login, struct auth_question *question);

/* login_auth.c: the secret that was asked for; empty: there is none. */
enum login_result sanscsi_login_give_secret(struct login *login, struct span secret);

/* login_auth.c: wipes and gives back the exchange. */
void sanscsi_login_auth_free(struct login *login);

/* login_redirect.c: reads where a response with Status-Class 1 sends us. */
enum login_result sanscsi_login_redirected(struct login *login);

/* login_text.c: ends the login for a text that is not made of whole pairs. */
enum login_result sanscsi_login_malformed(struct login *login, const struct pair *pair,
                                          enum pair_result result);

/* login_text.c: works through the text of a whole logical text data segment. */
enum login_result sanscsi_login_take_text(struct login *login);

/* login_text.c: after a response with C = 1, whether the pair begun is still within the limit. */
enum login_result sanscsi_login_check_partial(struct login *login);

/* login_text.c: what the stage still lacks when the target agrees to leave it. */
enum login_result sanscsi_login_finish_stage(struct login *login);

#endif
