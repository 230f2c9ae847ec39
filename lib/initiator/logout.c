/* Logging out (RFC 7143 11.14, 11.15). */
#include "initiator/session.h"

#include "base/divide.h"
#include "base/checked.h"

/* Values of the Response field, RFC 7143 11.15.1. */
enum {
    LOGOUT_CLOSED = 0,
    LOGOUT_CID_NOT_FOUND = 1,
    LOGOUT_RECOVERY_NOT_SUPPORTED = 2,
    LOGOUT_CLEANUP_FAILED = 3
};

/* Tasks that the target never saw end now, unless the session comes back; what was sent ends when
 * the transport is closed. */
void sanscsi_session_begin_logout(sanscsi_session *session, struct connection *conn) {
    if (session->logout_due) {
        return; /* a target that asks again and again does not put the deadline off */
    }
    session->logout_due = true;
    session->logout_in_order = false;
    session->logout_reason = LOGOUT_CLOSE_SESSION;
    sanscsi_session_end_keepalive(session, conn);
    if (!session->reinstatement.wanted) {
        sanscsi_session_end_waiting(session, SANSCSI_IO_SESSION_OFFLINE);
    }
    if (session->settings.logout_timeout != 0) {
        sanscsi_timers_arm(
            &session->timers, connection_timer(session, conn),
            saturating_add_u64(session->origin.time, session->settings.logout_timeout));
    }
}

int32_t sanscsi_logout_connection(sanscsi_session *session, uint32_t cid, uint32_t reason,
                                  uint64_t now) {
    if (session == NULL || reason < SANSCSI_LOGOUT_CONNECTION || reason > SANSCSI_LOGOUT_RECOVERY) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    if (session_connection(session, cid) == NULL) {
        return SANSCSI_UNKNOWN_CONNECTION;
    }
    if (reason == SANSCSI_LOGOUT_RECOVERY && session->parameters.error_recovery_level < 2) {
        return SANSCSI_INVALID_VALUE; /* RFC 7143 11.14.1 */
    }
    int32_t status = sanscsi_logout(session, now);
    if (status == SANSCSI_OK) {
        session->logout_reason = (uint8_t)reason;
    }
    return status;
}

int32_t sanscsi_logout(sanscsi_session *session, uint64_t now) {
    if (session == NULL) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    session->origin.time = now;
    struct connection *conn = session->connections;
    session->next_route = NULL; /* a redirection is not followed any more */
    if (session->reinstatement.waiting) {
        sanscsi_session_end_lost(session, conn);
        return SANSCSI_OK;
    }
    sanscsi_session_stay_away(session);
    switch (sanscsi_session_state(session)) {
    case SANSCSI_SESSION_LOGGED_IN:
        if (session->logout_due) {
            return SANSCSI_ALREADY_STARTED;
        }
        sanscsi_session_begin_logout(session, conn);
        return SANSCSI_OK;
    case SANSCSI_SESSION_LOGIN:
        sanscsi_session_drop(session, conn, CONN_LOGIN_FAILED, SANSCSI_IO_SESSION_OFFLINE);
        return SANSCSI_OK;
    case SANSCSI_SESSION_CONNECTING:
        sanscsi_conn_move(conn, CONN_CONNECT_FAILED);
        conn->transport = TRANSPORT_CLOSING;
        session->end_io_status = SANSCSI_IO_SESSION_OFFLINE;
        sanscsi_outputs_forget(&session->outputs, SANSCSI_OUTPUT_CONNECT, conn->cid);
        sanscsi_outputs_push(&session->outputs, SANSCSI_OUTPUT_CLOSE, conn->cid);
        return SANSCSI_OK;
    case SANSCSI_SESSION_FREE:
        return SANSCSI_NOT_LOGGED_IN;
    default:
        return SANSCSI_ALREADY_STARTED;
    }
}

bool sanscsi_session_make_logout(sanscsi_session *session, struct connection *conn) {
    bool in_order = session->logout_in_order;
    if (!session->logout_due || session->logout_slot != SLOT_NONE ||
        (in_order && !window_open(&session->window))) {
        return false;
    }
    uint32_t slot = sanscsi_task_take(&session->table, TASK_KIND_LOGOUT);
    if (slot == SLOT_NONE) {
        return false;
    }
    session->logout_slot = slot;
    session->table.tasks[slot].state = TASK_SENT;
    struct logout_request request = {
        .immediate = !in_order,
        .reason_code = session->logout_reason,
        .cid = session->logout_reason == LOGOUT_CLOSE_SESSION ? 0 : conn->cid,
        .itt = task_tag(&session->table, slot),
        .cmd_sn = session->window.cmd_sn,
        .exp_stat_sn = conn->exp_stat_sn,
    };
    struct tx_slot *pdu = tx_begin(&conn->tx, BHS_SIZE);
    sanscsi_logout_request_encode(&request, pdu->header);
    sanscsi_tx_queue(&conn->tx, NULL, 0, 0, TX_NO_OWNER);
    session->window.cmd_sn += in_order ? 1 : 0;
    if (conn->state != CONN_IN_LOGOUT) {
        sanscsi_conn_move(conn, CONN_LOGOUT_SENT);
    }
    return true;
}

void sanscsi_session_logout_again(sanscsi_session *session) {
    uint32_t slot = session->logout_slot;
    session->logout_slot = SLOT_NONE;
    session->logout_in_order = true;
    sanscsi_session_end_task(session, slot, SANSCSI_IO_OK);
}

/* The target refuses to close the session: it is dropped all the same, and that is told. */
static void refused(sanscsi_session *session, struct connection *conn, uint8_t response) {
    struct event_value value = EVENT_NUMBER(response);
    sanscsi_conn_set_fault(conn, FAULT_LOGOUT_RESPONSE, response);
    sanscsi_session_raise(session, SANSCSI_EVENT_LOGOUT_REFUSED, 0, &value);
    sanscsi_session_drop(session, conn, CONN_LOGOUT_FAILED, SANSCSI_IO_SESSION_OFFLINE);
}

void sanscsi_session_logout_response(sanscsi_session *session, struct connection *conn) {
    struct logout_response response;
    sanscsi_logout_response_decode(&response, conn->rx.bhs);
    uint32_t slot = sanscsi_session_find_task(session, conn, response.itt, TASK_KIND_LOGOUT);
    if (slot == SLOT_NONE) {
        return;
    }
    if (!session_take_stat_sn(session, conn, response.stat_sn)) {
        return;
    }
    session->logout_slot = SLOT_NONE;
    sanscsi_session_end_task(session, slot, SANSCSI_IO_OK);
    if (response.response == LOGOUT_RECOVERY_NOT_SUPPORTED ||
        response.response == LOGOUT_CLEANUP_FAILED) {
        session_tell_wait(session, response.time2wait, response.time2retain);
    }
    if (response.response != LOGOUT_CLOSED) {
        refused(session, conn, response.response);
        return;
    }
    count_one(&session->counters, COUNTER_LOGOUTS);
    sanscsi_session_drop(session, conn, CONN_LOGOUT_DONE, SANSCSI_IO_SESSION_OFFLINE);
}

void sanscsi_session_logout_timeout(sanscsi_session *session, struct connection *conn) {
    struct event_value limit =
        EVENT_NUMBER(sanscsi_divide(session->settings.logout_timeout, NS_PER_MS, NULL));
    sanscsi_conn_set_fault(conn, FAULT_LOGOUT_TIMEOUT, 0);
    sanscsi_session_raise(session, SANSCSI_EVENT_LOGOUT_TIMEOUT, 0, &limit);
    sanscsi_session_drop(session, conn, CONN_TRANSPORT_LOST, SANSCSI_IO_SESSION_OFFLINE);
}
