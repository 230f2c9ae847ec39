/* The states of a connection and the moves between them as a pure table (RFC 7143 8.1). */
#include "conn/transition.h"

#include <stddef.h>

struct move {
    enum conn_state from;
    enum conn_event event;
    enum conn_state to;
};

/* The initiator's column of RFC 7143 8.1.2; a target's will stand beside it. */
static const struct move moves[] = {
    {CONN_FREE, CONN_CONNECT_REQUESTED, CONN_XPT_WAIT},                /* T1 */
    {CONN_XPT_WAIT, CONN_CONNECT_FAILED, CONN_FREE},                   /* T2 */
    {CONN_XPT_WAIT, CONN_SESSION_CLOSED, CONN_FREE},                   /* T2 */
    {CONN_XPT_WAIT, CONN_CONNECTED, CONN_IN_LOGIN},                    /* T4 */
    {CONN_IN_LOGIN, CONN_LOGIN_DONE, CONN_LOGGED_IN},                  /* T5 */
    {CONN_IN_LOGIN, CONN_LOGIN_FAILED, CONN_FREE},                     /* T7 */
    {CONN_IN_LOGIN, CONN_TRANSPORT_LOST, CONN_FREE},                   /* T7 */
    {CONN_IN_LOGIN, CONN_SESSION_CLOSED, CONN_FREE},                   /* T7 */
    {CONN_LOGGED_IN, CONN_SESSION_CLOSED, CONN_FREE},                  /* T8 */
    {CONN_LOGGED_IN, CONN_LOGOUT_SENT, CONN_IN_LOGOUT},                /* T9 */
    {CONN_LOGOUT_REQUESTED, CONN_LOGOUT_SENT, CONN_IN_LOGOUT},         /* T10 */
    {CONN_LOGGED_IN, CONN_LOGOUT_ASKED, CONN_LOGOUT_REQUESTED},        /* T11 */
    {CONN_LOGOUT_REQUESTED, CONN_LOGOUT_ASKED, CONN_LOGOUT_REQUESTED}, /* T12 */
    {CONN_IN_LOGOUT, CONN_LOGOUT_DONE, CONN_FREE},                     /* T13 */
    {CONN_IN_LOGOUT, CONN_SESSION_CLOSED, CONN_FREE},                  /* T13 */
    {CONN_IN_LOGOUT, CONN_LOGOUT_ASKED, CONN_IN_LOGOUT},               /* T14 */
    {CONN_LOGGED_IN, CONN_TRANSPORT_LOST, CONN_CLEANUP_WAIT},          /* T15 */
    {CONN_LOGOUT_REQUESTED, CONN_TRANSPORT_LOST, CONN_CLEANUP_WAIT},   /* T16 */
    {CONN_IN_LOGOUT, CONN_TRANSPORT_LOST, CONN_CLEANUP_WAIT},          /* T17 */
    {CONN_IN_LOGOUT, CONN_LOGOUT_FAILED, CONN_CLEANUP_WAIT},           /* T17 */
    {CONN_LOGOUT_REQUESTED, CONN_SESSION_CLOSED, CONN_FREE},           /* T18 */
    {CONN_CLEANUP_WAIT, CONN_CLEANED_UP, CONN_FREE},                   /* M1 */
};

bool sanscsi_conn_transition(enum conn_state from, enum conn_event event, enum conn_state *to) {
    for (size_t i = 0; i < sizeof(moves) / sizeof(moves[0]); i++) {
        if (moves[i].from == from && moves[i].event == event) {
            *to = moves[i].to;
            return true;
        }
    }
    return false;
}
