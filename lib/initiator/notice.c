/* What a target says without being asked: Asynchronous Messages (RFC 7143 11.9). */
#include "initiator/session.h"

#include <iscsi/scsi.h>

#include "base/checked.h"

#define ASYNC_VENDOR 248u

/* Task termination belongs to FastAbort; 6 to 247 belong to nobody (RFC 7143 11.9.1). */
static bool is_allowed(const sanscsi_session *session, uint8_t event) {
    return event < ASYNC_TASK_TERMINATION || event >= ASYNC_VENDOR ||
           (event == ASYNC_TASK_TERMINATION && session_aborts_fast(session));
}

/* The reaction that each event demands (RFC 7143 11.9.1). */
static void react(sanscsi_session *session, struct connection *conn,
                  const struct async_message *message) {
    if (!is_allowed(session, message->async_event)) {
        sanscsi_session_break(session, conn, FAULT_ASYNC_EVENT, message->async_event);
        return;
    }
    switch (message->async_event) {
    case ASYNC_SCSI_EVENT:
        break;
    case ASYNC_LOGOUT_REQUEST:
        sanscsi_conn_move(conn, CONN_LOGOUT_ASKED);
        sanscsi_session_begin_logout(session, conn);
        break;
    case ASYNC_NEGOTIATION_REQUEST:
        sanscsi_session_negotiate(session, conn, message->parameter3);
        break;
    case ASYNC_CONNECTION_DROP:
        if (message->parameter1 != conn->cid) {
            break;
        }
        session_tell_wait(session, message->parameter2, message->parameter3);
        sanscsi_conn_set_fault(conn, FAULT_ASYNC_DROP, message->async_event);
        sanscsi_session_drop(session, conn, CONN_TRANSPORT_LOST, SANSCSI_IO_CONNECTION_OFFLINE);
        break;
    case ASYNC_SESSION_DROP:
        session_tell_wait(session, message->parameter2, message->parameter3);
        sanscsi_conn_set_fault(conn, FAULT_ASYNC_DROP, message->async_event);
        sanscsi_session_drop(session, conn, CONN_TRANSPORT_LOST, SANSCSI_IO_SESSION_OFFLINE);
        break;
    case ASYNC_TASK_TERMINATION:
        sanscsi_session_terminate(session, conn, message->lun, message->exp_cmd_sn);
        break;
    default:
        break;
    }
}

/* Keeps a message for the next poll. The last place is the newest one's, and tells how many it has
 * put out. */
static void keep(sanscsi_session *session, const sanscsi_async *async) {
    if (session->async_count < ASYNCS_KEPT) {
        session->asyncs[session->async_count++] = *async;
        return;
    }
    sanscsi_async *last = &session->asyncs[ASYNCS_KEPT - 1];
    uint32_t lost = last->lost + 1;
    *last = *async;
    last->lost = lost;
}

void sanscsi_session_async_message(sanscsi_session *session, struct connection *conn) {
    struct async_message message;
    sanscsi_async_message_decode(&message, conn->rx.bhs);
    if (!session_take_stat_sn(session, conn, message.stat_sn)) {
        return;
    }
    sanscsi_async async = {
        .size = sizeof(async),
        .event = message.async_event,
        .vcode = message.async_vcode,
        .parameter1 = message.parameter1,
        .parameter2 = message.parameter2,
        .parameter3 = message.parameter3,
        .lun = message.lun,
    };
    struct session_sense sense = {0};
    bool sense_due = message.async_event == ASYNC_SCSI_EVENT && message.data_segment_length > 0;
    if (sense_due && !sanscsi_session_read_sense(conn, message.data_segment_length, &sense)) {
        sanscsi_session_break(session, conn, FAULT_SENSE_LENGTH, message.data_segment_length);
        return;
    }
    async.sense_key = sense.key;
    async.sense_code = sense.code;
    if (!sanscsi_session_bear(session, conn)) {
        return;
    }
    window_update(&session->window, message.exp_cmd_sn, message.max_cmd_sn);
    count_one(&session->counters, COUNTER_ASYNC_MESSAGES);
    struct event_value values[] = {EVENT_NUMBER(async.event), EVENT_NUMBER(async.vcode)};
    sanscsi_session_raise(session, SANSCSI_EVENT_ASYNC_RECEIVED, 0, values);
    keep(session, &async);
    sanscsi_outputs_push(&session->outputs, SANSCSI_OUTPUT_ASYNC, conn->cid);
    react(session, conn, &message);
}
