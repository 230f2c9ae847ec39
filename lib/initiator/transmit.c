/* Which PDU goes next: what is urgent, then commands in order, then data in order. */
#include "initiator/stream.h"

/* The next task of a waiting list, or SLOT_NONE; what a reset covers waits behind it. */
static inline uint32_t take_next(sanscsi_session *session, struct task_list *list) {
    return session->reset_slot == SLOT_NONE ? task_list_take(&session->table, list)
                                            : sanscsi_session_take_unheld(session, list);
}

/* A command for immediate delivery needs no window (RFC 7143 4.2.2.1). */
static bool make_immediate(sanscsi_session *session, struct connection *conn) {
    if (session->immediates.first == TASK_NONE ||
        session->bursts.unsolicited == BURSTS_UNSOLICITED) {
        return false;
    }
    uint32_t slot = take_next(session, &session->immediates);
    if (slot == SLOT_NONE) {
        return false;
    }
    session->table.tasks[slot].state = TASK_SENT;
    sanscsi_session_make_command(session, conn, slot);
    return true;
}

/* The next task that waits to be sent, if the command window lets it go. */
static inline bool make_waiting(sanscsi_session *session, struct connection *conn) {
    if (session->waiting.first == TASK_NONE || !window_open(&session->window) ||
        session->bursts.unsolicited == BURSTS_UNSOLICITED) {
        return false;
    }
    uint32_t slot = take_next(session, &session->waiting);
    if (slot == SLOT_NONE) {
        return false;
    }
    struct task *task = &session->table.tasks[slot];
    task->state = TASK_SENT;
    switch (task->kind) {
    case SANSCSI_TASK_COMMAND:
        sanscsi_session_make_command(session, conn, slot);
        break;
    case SANSCSI_TASK_PING:
        sanscsi_session_make_ping(session, conn, slot);
        break;
    default:
        sanscsi_session_make_text(session, conn);
        break;
    }
    return true;
}

/* Whether something is to go before commands: seldom. */
static inline bool urgent(const sanscsi_session *session) {
    return session->nop_reply_count > 0 || session->termination_count > 0 || session->logout_due ||
           session->keepalive_due || session->reset_due || session->aborts.first != TASK_NONE ||
           session->managements.first != TASK_NONE || session->text.request_due ||
           session->immediates.first != TASK_NONE;
}

static bool make_urgent(sanscsi_session *session, struct connection *conn) {
    return sanscsi_session_make_acknowledgement(session, conn) ||
           sanscsi_session_make_nop_reply(session, conn) ||
           sanscsi_session_make_keepalive(session, conn) ||
           sanscsi_session_make_logout(session, conn) ||
           sanscsi_session_make_abort(session, conn) || sanscsi_session_make_reset(session, conn) ||
           sanscsi_session_make_management(session, conn) ||
           sanscsi_session_make_more_text(session, conn) || make_immediate(session, conn);
}

static inline bool make_next(sanscsi_session *session, struct connection *conn) {
    return (urgent(session) && make_urgent(session, conn)) || make_waiting(session, conn) ||
           (session->bursts.count > 0 && sanscsi_session_make_data_out(session, conn));
}

void sanscsi_session_make_pdus(sanscsi_session *session, struct connection *conn) {
    if (conn->login != NULL) { /* which makes one request at a time */
        if (sanscsi_login_request_due(conn->login)) {
            sanscsi_login_make_request(conn->login);
        }
        return;
    }
    /* Nothing may follow a Logout Request (RFC 7143 11.14), but itself when it was rejected. */
    while (!tx_full(&conn->tx) &&
           (conn->state == CONN_IN_LOGOUT ? sanscsi_session_make_logout(session, conn)
                                          : make_next(session, conn))) {
    }
}
