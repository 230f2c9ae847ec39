/* NOP-In and NOP-Out: pings both ways (RFC 7143 11.18, 11.19). */
#include "initiator/session.h"

#include "base/checked.h"

int32_t sanscsi_ping(sanscsi_session *session, const void *data, void *echo, uint32_t length,
                     uint64_t user, uint64_t timeout, uint64_t now, sanscsi_task *handle) {
    if (session == NULL || (length > 0 && (data == NULL || echo == NULL))) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    if (session->settings.type != SANSCSI_SESSION_NORMAL) {
        return SANSCSI_WRONG_SESSION_TYPE;
    }
    int32_t status = sanscsi_session_may_submit(session);
    if (status != SANSCSI_OK) {
        return status;
    }
    if (length > session->parameters.target_max_recv_data_segment_length) { /* RFC 7143 13.12 */
        return SANSCSI_TOO_LARGE;
    }
    session->origin.time = now;
    uint32_t slot =
        sanscsi_session_queue_task(session, SANSCSI_TASK_PING, user, timeout, now, handle);
    if (slot == SLOT_NONE) {
        return SANSCSI_NO_FREE_TASK;
    }
    struct task *task = &session->table.tasks[slot];
    task->ping = data;
    task->echo = echo;
    task->length = length;
    task->direction = length > 0 ? TASK_DATA_IN : TASK_NO_DATA;
    return SANSCSI_OK;
}

void sanscsi_session_send_ping(sanscsi_session *session, struct connection *conn, uint32_t slot,
                               bool immediate) {
    struct task *task = &session->table.tasks[slot];
    struct nop_out nop = {
        .immediate = immediate,
        .itt = task_tag(&session->table, slot),
        .target_transfer_tag = TAG_RESERVED,
        .cmd_sn = session->window.cmd_sn,
        .exp_stat_sn = conn->exp_stat_sn,
    };
    task->cmd_sn = nop.cmd_sn;
    session->window.cmd_sn += immediate ? 0 : 1;
    count_one(&session->counters, COUNTER_PINGS);
    /* The target may have declared less since the ping was submitted. */
    task->length = min_u32(task->length, session->parameters.target_max_recv_data_segment_length);
    task->holds++;
    struct tx_slot *pdu = tx_begin(&conn->tx, BHS_SIZE);
    sanscsi_nop_out_encode(&nop, pdu->header);
    sanscsi_tx_queue_buffer(&conn->tx, task->ping, task->length, slot);
}

void sanscsi_session_make_ping(sanscsi_session *session, struct connection *conn, uint32_t slot) {
    sanscsi_session_send_ping(session, conn, slot, false);
}

/* A NOP-Out that wants no answer. It is immediate, so it uses no CmdSN up (RFC 7143 11.18.1). */
void sanscsi_session_send_nop_reply(sanscsi_session *session, struct connection *conn, uint64_t lun,
                                    uint32_t target_transfer_tag) {
    struct nop_out nop = {
        .immediate = true,
        .lun = lun,
        .itt = TAG_RESERVED,
        .target_transfer_tag = target_transfer_tag,
        .cmd_sn = session->window.cmd_sn,
        .exp_stat_sn = conn->exp_stat_sn,
    };
    struct tx_slot *pdu = tx_begin(&conn->tx, BHS_SIZE);
    sanscsi_nop_out_encode(&nop, pdu->header);
    sanscsi_tx_queue(&conn->tx, NULL, 0, 0, TX_NO_OWNER);
}

bool sanscsi_session_make_nop_reply(sanscsi_session *session, struct connection *conn) {
    if (session->nop_reply_count == 0) {
        return false;
    }
    const struct nop_reply *reply = &session->nop_replies[0];
    sanscsi_session_send_nop_reply(session, conn, reply->lun, reply->target_transfer_tag);
    session->nop_reply_count--;
    memmove(&session->nop_replies[0], &session->nop_replies[1],
            session->nop_reply_count * sizeof(session->nop_replies[0]));
    return true;
}

/* Event 121: what comes back is not what was sent, so the connection does not carry bytes as they
 * are. `first` is the offset of the first that differs. */
static void mismatch(sanscsi_session *session, struct connection *conn, const struct task *task,
                     uint32_t itt, uint32_t first) {
    struct event_value values[] = {
        EVENT_NUMBER(itt),
        EVENT_NUMBER(task->length),
        EVENT_NUMBER(conn->rx.data_length),
        EVENT_NUMBER(first),
    };
    sanscsi_conn_set_fault(conn, FAULT_PING_DATA, first);
    sanscsi_session_raise(session, SANSCSI_EVENT_PING_DATA_MISMATCH, 0, values);
    sanscsi_session_drop(session, conn, CONN_TRANSPORT_LOST, SANSCSI_IO_CONNECTION_OFFLINE);
}

/* The ping that a NOP-In answers, or SLOT_NONE after ending the connection. */
static uint32_t find_ping(sanscsi_session *session, struct connection *conn, uint32_t itt) {
    uint32_t own = session->keepalive_slot;
    bool ours = own != SLOT_NONE && task_tag(&session->table, own) == itt;
    return sanscsi_session_find_task(session, conn, itt,
                                     ours ? TASK_KIND_KEEPALIVE : SANSCSI_TASK_PING);
}

void sanscsi_session_nop_in_header(sanscsi_session *session, struct connection *conn) {
    struct nop_in nop;
    sanscsi_nop_in_decode(&nop, conn->rx.bhs);
    if (nop.data_segment_length == 0) {
        return;
    }
    if (nop.itt == TAG_RESERVED) { /* RFC 7143 11.19 */
        sanscsi_session_break(session, conn, FAULT_DATA_FORBIDDEN, nop.data_segment_length);
        return;
    }
    uint32_t slot = find_ping(session, conn, nop.itt);
    if (slot == SLOT_NONE) {
        return;
    }
    struct task *task = &session->table.tasks[slot];
    if (nop.data_segment_length > task->length) { /* RFC 7143 11.18.3: it can only be cut */
        mismatch(session, conn, task, nop.itt, task->length);
        return;
    }
    task->holds++; /* released with the PDU: nothing may end the task while its buffer fills */
    sanscsi_rx_accept(&conn->rx, task->echo, nop.data_segment_length);
}

/* The offset of the first byte that differs, or `length`. */
static uint32_t first_difference(const uint8_t *sent, const uint8_t *echo, uint32_t length) {
    uint32_t at = 0;
    while (at < length && sent[at] == echo[at]) {
        at++;
    }
    return at;
}

/* The answer to a ping of the caller's, its data in place. */
static void take_echo(sanscsi_session *session, struct connection *conn, uint32_t slot) {
    struct task *task = &session->table.tasks[slot];
    uint32_t length = conn->rx.data_length;
    uint32_t first = length == 0 ? 0 : first_difference(task->ping, task->echo, length);
    if (first < length) {
        mismatch(session, conn, task, task_tag(&session->table, slot), first);
        return;
    }
    task->received = length;
    /* RFC 7143 11.19: all of it comes back, as far as our MaxRecvDataSegmentLength lets it. */
    bool cut = length < min_u32(task->length, conn->max_recv_segment);
    sanscsi_session_end_task(session, slot, cut ? SANSCSI_IO_BYTES_LOST : SANSCSI_IO_OK);
    if (length > 0) {
        sanscsi_session_release_hold(session, slot);
    }
}

/* The target's own NOP-In: a ping that wants an answer, or news of the window. */
static void unsolicited(sanscsi_session *session, struct connection *conn,
                        const struct nop_in *nop) {
    if (!session_check_next_stat_sn(session, conn, nop->stat_sn) ||
        !sanscsi_session_bear(session, conn)) {
        return;
    }
    window_update(&session->window, nop->exp_cmd_sn, nop->max_cmd_sn);
    if (nop->target_transfer_tag == TAG_RESERVED || conn->state == CONN_IN_LOGOUT) {
        return; /* no answer is wanted, or none may follow our Logout Request */
    }
    if (session->nop_reply_count == NOP_REPLIES) {
        sanscsi_session_break(session, conn, FAULT_NOP_FLOOD, NOP_REPLIES);
        return;
    }
    struct nop_reply *reply = &session->nop_replies[session->nop_reply_count];
    reply->lun = nop->lun;
    reply->target_transfer_tag = nop->target_transfer_tag;
    session->nop_reply_count++;
}

void sanscsi_session_nop_in(sanscsi_session *session, struct connection *conn) {
    struct nop_in nop;
    sanscsi_nop_in_decode(&nop, conn->rx.bhs);
    count_one(&session->counters, COUNTER_NOP_INS);
    if (nop.itt == TAG_RESERVED) {
        unsolicited(session, conn, &nop);
        return;
    }
    if (nop.target_transfer_tag != TAG_RESERVED) { /* RFC 7143 11.19.1, 7.7 */
        sanscsi_session_break(session, conn, FAULT_NOP_TAGS, nop.target_transfer_tag);
        return;
    }
    uint32_t slot = find_ping(session, conn, nop.itt);
    if (conn->transport != TRANSPORT_OPEN || !session_take_stat_sn(session, conn, nop.stat_sn)) {
        return;
    }
    if (slot == SLOT_NONE) { /* of a ping that was rejected */
        sanscsi_session_take_late(session, nop.exp_cmd_sn, nop.max_cmd_sn);
        return;
    }
    window_update(&session->window, nop.exp_cmd_sn, nop.max_cmd_sn);
    if (slot == session->keepalive_slot) {
        sanscsi_session_keepalive_answer(session, conn);
        return;
    }
    take_echo(session, conn, slot);
}
