/* The states of a connection and the moves between them as a pure table (RFC 7143 8.1). */
#ifndef SANSCSI_CONN_TRANSITION_H
#define SANSCSI_CONN_TRANSITION_H

#include <stdbool.h>
#include <stdint.h>

/* Numbers are those of RFC 7143 8.1.1; S3 exists at the target only. */
enum conn_state {
    CONN_FREE = 1,             /* S1 */
    CONN_XPT_WAIT = 2,         /* S2 */
    CONN_IN_LOGIN = 4,         /* S4 */
    CONN_LOGGED_IN = 5,        /* S5 */
    CONN_IN_LOGOUT = 6,        /* S6 */
    CONN_LOGOUT_REQUESTED = 7, /* S7 */
    CONN_CLEANUP_WAIT = 8      /* S8 */
};

enum conn_event {
    CONN_CONNECT_REQUESTED,
    CONN_CONNECT_FAILED,
    CONN_CONNECTED,
    CONN_LOGIN_DONE,
    CONN_LOGIN_FAILED,
    CONN_LOGOUT_SENT,
    CONN_LOGOUT_ASKED, /* Async event 1 */
    CONN_LOGOUT_DONE,
    CONN_LOGOUT_FAILED, /* refused or not answered in time */
    CONN_TRANSPORT_LOST,
    CONN_SESSION_CLOSED, /* by a logout on another connection */
    CONN_CLEANED_UP      /* nothing of it is left to recover */
};

/* The state that follows, or false when the table knows no such move. */
bool sanscsi_conn_transition(enum conn_state from, enum conn_event event, enum conn_state *to);

#endif
