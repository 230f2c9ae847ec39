/* Which PDU goes next: what is urgent, then commands in order, then data in order. */
#include "initiator/session.h"

/* The next task that waits to be sent, if the command window lets it go. */
static bool make_waiting(sanscsi_session *session, struct connection *conn) {
    uint32_t slot = session->waiting.first;
    if (slot == TASK_NONE || !window_open(&session->window) ||
        session->bursts.unsolicited == BURSTS_UNSOLICITED) {
        return false;
    }
    sanscsi_task_list_remove(&session->table, &session->waiting, slot);
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

/* What goes before commands: seldom anything. */
static bool make_urgent(sanscsi_session *session, struct connection *conn) {
    bool urgent = session->nop_reply_count > 0 || session->logout_due ||
                  session->aborts.first != TASK_NONE || session->text.request_due;
    return urgent && (sanscsi_session_make_nop_reply(session, conn) ||
                      sanscsi_session_make_logout(session, conn) ||
                      sanscsi_session_make_abort(session, conn) ||
                      sanscsi_session_make_more_text(session, conn));
}

bool sanscsi_session_make_pdu(sanscsi_session *session, struct connection *conn) {
    if (tx_full(&conn->tx)) {
        return false;
    }
    if (conn->login != NULL) {
        if (!sanscsi_login_request_due(conn->login)) {
            return false;
        }
        sanscsi_login_make_request(conn->login);
        return true;
    }
    if (conn->state == CONN_IN_LOGOUT) {
        return false; /* nothing may follow a Logout Request (RFC 7143 11.14) */
    }
    return make_urgent(session, conn) || make_waiting(session, conn) ||
           sanscsi_session_make_data_out(session, conn);
}
