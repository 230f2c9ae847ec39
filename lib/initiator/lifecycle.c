/* The life of a session: start, login, loss, end. */
#include "initiator/session.h"

int32_t sanscsi_session_state(const sanscsi_session *session) {
    if (session == NULL) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    const struct connection *conn = session->connections;
    if (conn->transport == TRANSPORT_CLOSING) {
        return SANSCSI_SESSION_CLOSING;
    }
    if (session->reinstatement.waiting) {
        return SANSCSI_SESSION_WAITING;
    }
    switch ((enum conn_state)conn->state) {
    case CONN_XPT_WAIT:
        return SANSCSI_SESSION_CONNECTING;
    case CONN_IN_LOGIN:
        return SANSCSI_SESSION_LOGIN;
    case CONN_LOGGED_IN:
    case CONN_LOGOUT_REQUESTED:
        return SANSCSI_SESSION_LOGGED_IN;
    case CONN_IN_LOGOUT:
        return SANSCSI_SESSION_LOGOUT;
    case CONN_FREE:
    case CONN_CLEANUP_WAIT:
        break;
    }
    return SANSCSI_SESSION_FREE;
}

int32_t sanscsi_session_parameters(const sanscsi_session *session, sanscsi_parameters *parameters) {
    if (session == NULL || parameters == NULL || parameters->size != sizeof(*parameters)) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    *parameters = session->parameters;
    parameters->size = sizeof(*parameters);
    return SANSCSI_OK;
}

uint64_t sanscsi_counter(const sanscsi_session *session, size_t index) {
    return session != NULL && index < COUNTER_COUNT ? session->counters.value[index] : 0;
}

void sanscsi_counters_clear(sanscsi_session *session, uint64_t now) {
    if (session != NULL) {
        /* What has come since a timer was armed stays what it is. */
        session->pdus_seen -= session->counters.value[COUNTER_PDUS_RECEIVED];
        sanscsi_counters_reset(&session->counters, now);
    }
}

uint64_t sanscsi_counters_cleared(const sanscsi_session *session) {
    return session == NULL ? 0 : session->counters.cleared;
}

int32_t sanscsi_connection_fault(const sanscsi_session *session, uint32_t cid,
                                 sanscsi_fault *fault) {
    if (session == NULL || fault == NULL || fault->size != sizeof(*fault)) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    if (cid >= session->connection_count) {
        return SANSCSI_UNKNOWN_CONNECTION;
    }
    const struct fault *kept = &session->connections[cid].fault;
    fault->code = kept->code;
    fault->opcode = kept->opcode;
    fault->value = kept->value;
    fault->name = sanscsi_fault_name(kept->code);
    fault->text = sanscsi_fault_text(kept->code);
    fault->section = sanscsi_fault_section(kept);
    return SANSCSI_OK;
}

void sanscsi_session_raise(sanscsi_session *session, uint32_t event, uint32_t facts,
                           const struct event_value *values) {
    session->last_event = event;
    sanscsi_counters_event(&session->counters, event);
    (void)sanscsi_event_queue_raise(&session->events, &session->origin, event, facts, values);
}

void sanscsi_session_want_transport(sanscsi_session *session, struct connection *conn) {
    sanscsi_conn_move(conn, CONN_CONNECT_REQUESTED);
    conn->transport = TRANSPORT_WANTED;
    sanscsi_outputs_push(&session->outputs, SANSCSI_OUTPUT_CONNECT, conn->cid);
}

void sanscsi_session_begin(sanscsi_session *session, struct connection *conn) {
    session->tsih = 0; /* with the ISID of before it takes an old session's place (6.3.5) */
    session->final = false;
    sanscsi_session_return_route(session);
    sanscsi_parameters_rfc_defaults(&session->parameters);
    sanscsi_session_want_transport(session, conn);
}

int32_t sanscsi_session_start(sanscsi_session *session, uint64_t now) {
    if (session == NULL) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    struct connection *conn = session->connections;
    if (conn->transport != TRANSPORT_NONE || session->reinstatement.waiting) {
        return SANSCSI_ALREADY_STARTED;
    }
    session->origin.time = now;
    sanscsi_session_begin(session, conn);
    return SANSCSI_OK;
}

void sanscsi_session_free_login(struct connection *conn) {
    sanscsi_login_free(conn->spent_login);
    conn->spent_login = NULL;
}

void sanscsi_session_stop_login(sanscsi_session *session, struct connection *conn) {
    if (conn->login != NULL) {
        conn->spent_login = conn->login;
        conn->login = NULL;
        sanscsi_outputs_forget(&session->outputs, SANSCSI_OUTPUT_SECRET, conn->cid);
    }
    sanscsi_timers_disarm(&session->timers, connection_timer(session, conn));
}

/* A session that ends in full feature phase without a logout is lost. What the target did not tell
 * of the time behind that was negotiated (RFC 7143 7.5). */
static void leave_full_feature(sanscsi_session *session, const struct connection *conn) {
    bool full_feature = conn->state == CONN_LOGGED_IN || conn->state == CONN_LOGOUT_REQUESTED;
    session->losses += full_feature ? 1 : 0;
    if (!session->wait_told && (full_feature || conn->state == CONN_IN_LOGOUT)) {
        session->wait_seconds = session->parameters.default_time2wait;
        session->retain_seconds = session->parameters.default_time2retain;
    }
}

void sanscsi_session_drop(sanscsi_session *session, struct connection *conn, enum conn_event event,
                          uint32_t io_status) {
    if (conn->transport != TRANSPORT_OPEN) {
        return;
    }
    leave_full_feature(session, conn);
    sanscsi_session_stop_login(session, conn);
    sanscsi_conn_move(conn, event);
    conn->transport = TRANSPORT_CLOSING;
    session->end_io_status = (uint8_t)io_status;
    sanscsi_outputs_push(&session->outputs, SANSCSI_OUTPUT_CLOSE, conn->cid);
}

void sanscsi_session_break(sanscsi_session *session, struct connection *conn, enum fault_code fault,
                           uint32_t value) {
    if (conn->transport != TRANSPORT_OPEN) {
        return;
    }
    sanscsi_conn_set_fault(conn, fault, value);
    const struct fault *kept = &conn->fault;
    struct event_value values[] = {
        EVENT_NUMBER(kept->opcode),
        EVENT_TEXT(span_of_string(sanscsi_fault_name(kept->code))),
        EVENT_NUMBER(kept->value),
        EVENT_TEXT(span_of_string(sanscsi_fault_section(kept))),
    };
    sanscsi_session_raise(session, SANSCSI_EVENT_PROTOCOL_ERROR, 0, values);
    sanscsi_session_drop(session, conn, CONN_TRANSPORT_LOST, SANSCSI_IO_CONNECTION_OFFLINE);
}

/* The connection that the caller means and that may hear `expected` of its transport. */
static int32_t expect(sanscsi_session *session, uint32_t cid, enum conn_transport expected,
                      uint64_t now, struct connection **conn) {
    if (session == NULL) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    *conn = session_connection(session, cid);
    if (*conn == NULL) {
        return SANSCSI_UNKNOWN_CONNECTION;
    }
    session->origin.time = now;
    session->origin.cid = cid;
    return (*conn)->transport == expected ? SANSCSI_OK : SANSCSI_NOT_CONNECTED;
}

int32_t sanscsi_connected(sanscsi_session *session, uint32_t cid, uint64_t now) {
    struct connection *conn = NULL;
    int32_t status = expect(session, cid, TRANSPORT_WANTED, now, &conn);
    if (status != SANSCSI_OK) {
        return status;
    }
    sanscsi_outputs_forget(&session->outputs, SANSCSI_OUTPUT_CONNECT, cid);
    sanscsi_conn_open(conn);
    sanscsi_conn_move(conn, CONN_CONNECTED);
    conn->transport = TRANSPORT_OPEN;
    return sanscsi_session_begin_login(session, conn, now) ? SANSCSI_OK : SANSCSI_NO_MEMORY;
}

int32_t sanscsi_connect_failed(sanscsi_session *session, uint32_t cid, uint32_t reason,
                               uint64_t now) {
    struct connection *conn = NULL;
    int32_t status = expect(session, cid, TRANSPORT_WANTED, now, &conn);
    if (status != SANSCSI_OK) {
        return status;
    }
    const struct route *route = session->route;
    struct event_value host = EVENT_TEXT(span_of(route->host, route->host_length));
    struct event_value portal[] = {EVENT_TEXT(session->origin.portal), EVENT_NUMBER(reason)};
    switch (reason) {
    case SANSCSI_CONNECT_UNRESOLVED:
        sanscsi_session_raise(session, SANSCSI_EVENT_HOSTNAME_UNRESOLVED, 0, &host);
        break;
    case SANSCSI_CONNECT_NO_ROUTE:
        sanscsi_session_raise(session, SANSCSI_EVENT_NO_ROUTE, 0, portal);
        break;
    case SANSCSI_CONNECT_REFUSED:
    case SANSCSI_CONNECT_TIMEOUT:
    case SANSCSI_CONNECT_OTHER:
        sanscsi_session_raise(session, SANSCSI_EVENT_CONNECT_FAILED, 0, portal);
        break;
    default:
        return SANSCSI_INVALID_ARGUMENT;
    }
    sanscsi_outputs_forget(&session->outputs, SANSCSI_OUTPUT_CONNECT, cid);
    sanscsi_conn_move(conn, CONN_CONNECT_FAILED);
    conn->transport = TRANSPORT_NONE;
    sanscsi_session_connection_over(session, conn);
    return SANSCSI_OK;
}

/* Tasks of the caller's that have not ended. */
static uint32_t unfinished(const sanscsi_session *session) {
    uint32_t count = 0;
    for (uint32_t slot = 0; slot < session->table.slots.count; slot++) {
        const struct task *task = &session->table.tasks[slot];
        bool open = slots_in_use(&session->table.slots, slot) && task->state != TASK_ENDED;
        count += open && !task_is_own(task) ? 1 : 0;
    }
    return count;
}

/* The peer closed, or the caller without being asked: what that means depends on the phase. */
static void lost(sanscsi_session *session, struct connection *conn) {
    leave_full_feature(session, conn);
    session->end_io_status = SANSCSI_IO_CONNECTION_OFFLINE;
    if (conn->state == CONN_IN_LOGIN) {
        sanscsi_session_raise(session, SANSCSI_EVENT_CLOSED_DURING_LOGIN, 0, NULL);
        sanscsi_session_login_failed(session, conn->login, SANSCSI_EVENT_CLOSED_DURING_LOGIN);
    } else if (conn->state == CONN_IN_LOGOUT) {
        session->end_io_status = SANSCSI_IO_SESSION_OFFLINE;
        sanscsi_session_raise(session, SANSCSI_EVENT_LOGOUT_UNANSWERED, 0, NULL);
    } else {
        struct event_value tasks = EVENT_NUMBER(unfinished(session));
        uint32_t facts = sanscsi_session_expects_close(session) ? EVENT_FACT_TARGET_CLOSES : 0;
        sanscsi_session_raise(session, SANSCSI_EVENT_CONNECTION_LOST, facts, &tasks);
    }
    sanscsi_session_stop_login(session, conn);
    sanscsi_conn_move(conn, CONN_TRANSPORT_LOST);
}

int32_t sanscsi_closed(sanscsi_session *session, uint32_t cid, uint64_t now) {
    struct connection *conn = NULL;
    int32_t status = expect(session, cid, TRANSPORT_OPEN, now, &conn);
    if (conn == NULL || conn->transport == TRANSPORT_NONE) {
        return status;
    }
    if (conn->transport == TRANSPORT_OPEN) {
        lost(session, conn);
    } else if (conn->transport == TRANSPORT_WANTED) {
        sanscsi_conn_move(conn, CONN_CONNECT_FAILED);
    }
    if (conn->state == CONN_CLEANUP_WAIT) {
        /* ErrorRecoveryLevel 0: nothing of the connection can be recovered (RFC 7143 7.15). */
        sanscsi_conn_move(conn, CONN_CLEANED_UP);
    }
    conn->transport = TRANSPORT_NONE;
    sanscsi_session_free_login(conn);
    sanscsi_tx_reset(&conn->tx);
    bool ours = conn->fault.code != FAULT_NONE && conn->fault.code != FAULT_ASYNC_DROP;
    if (!ours && !session->logout_due) {
        sanscsi_session_end_nexus_reset(session);
    }
    sanscsi_session_end_all(session, session->end_io_status);
    session->logout_due = false;
    session->nop_reply_count = 0;
    session->termination_count = 0;
    sanscsi_outputs_forget(&session->outputs, SANSCSI_OUTPUT_CONNECT, cid);
    sanscsi_outputs_forget(&session->outputs, SANSCSI_OUTPUT_CLOSE, cid);
    sanscsi_session_connection_over(session, conn);
    return SANSCSI_OK;
}

uint64_t sanscsi_deadline(const sanscsi_session *session) {
    return session == NULL ? SANSCSI_NEVER : sanscsi_timers_deadline(&session->timers);
}

int32_t sanscsi_tick(sanscsi_session *session, uint64_t now) {
    if (session == NULL) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    session->origin.time = now;
    uint32_t timer = 0;
    while (sanscsi_timers_expired(&session->timers, now, &timer)) {
        if (timer < session->table.slots.count) {
            sanscsi_session_task_timeout(session, timer);
            continue;
        }
        if (timer == session_timer(session)) {
            sanscsi_session_hold_timeout(session);
            continue;
        }
        struct connection *conn = &session->connections[timer - session->table.slots.count];
        if (session->reinstatement.waiting) {
            sanscsi_session_reinstate(session, conn);
        } else if (conn->state == CONN_IN_LOGIN) {
            sanscsi_session_login_timeout(session, conn);
        } else if (!session->logout_due) {
            sanscsi_session_keepalive(session, conn);
        } else {
            sanscsi_session_logout_timeout(session, conn);
        }
    }
    return SANSCSI_OK;
}
