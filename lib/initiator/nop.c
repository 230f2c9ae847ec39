/* NOP-In and NOP-Out: pings both ways (RFC 7143 11.18, 11.19). */
#include "initiator/session.h"

int32_t sanscsi_ping(sanscsi_session *session, uint64_t user, uint64_t timeout, uint64_t now,
                     sanscsi_task *handle) {
    if (session == NULL) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    if (session->settings.type != SANSCSI_SESSION_NORMAL) {
        return SANSCSI_WRONG_SESSION_TYPE;
    }
    int32_t status = sanscsi_session_may_submit(session);
    if (status != SANSCSI_OK) {
        return status;
    }
    session->origin.time = now;
    uint32_t slot =
        sanscsi_session_queue_task(session, SANSCSI_TASK_PING, user, timeout, now, handle);
    return slot == SLOT_NONE ? SANSCSI_NO_FREE_TASK : SANSCSI_OK;
}

static void queue_nop_out(struct connection *conn, const struct nop_out *nop) {
    struct tx_slot *pdu = tx_begin(&conn->tx, BHS_SIZE);
    sanscsi_nop_out_encode(nop, pdu->header);
    sanscsi_tx_queue(&conn->tx, NULL, 0, 0, TX_NO_OWNER);
}

void sanscsi_session_send_ping(sanscsi_session *session, struct connection *conn, uint32_t slot,
                               bool immediate) {
    struct nop_out nop = {
        .immediate = immediate,
        .itt = task_tag(&session->table, slot),
        .target_transfer_tag = TAG_RESERVED,
        .cmd_sn = session->window.cmd_sn,
        .exp_stat_sn = conn->exp_stat_sn,
    };
    session->window.cmd_sn += immediate ? 0 : 1;
    count_one(&session->counters, COUNTER_PINGS);
    queue_nop_out(conn, &nop);
}

void sanscsi_session_make_ping(sanscsi_session *session, struct connection *conn, uint32_t slot) {
    sanscsi_session_send_ping(session, conn, slot, false);
}

bool sanscsi_session_make_nop_reply(sanscsi_session *session, struct connection *conn) {
    if (session->nop_reply_count == 0) {
        return false;
    }
    const struct nop_reply *reply = &session->nop_replies[0];
    struct nop_out nop = {
        .immediate = true,
        .lun = reply->lun,
        .itt = TAG_RESERVED,
        .target_transfer_tag = reply->target_transfer_tag,
        .cmd_sn = session->window.cmd_sn,
        .exp_stat_sn = conn->exp_stat_sn,
    };
    queue_nop_out(conn, &nop);
    session->nop_reply_count--;
    memmove(&session->nop_replies[0], &session->nop_replies[1],
            session->nop_reply_count * sizeof(session->nop_replies[0]));
    return true;
}

/* The target's own NOP-In: a ping that wants an answer, or news of the window. */
static void unsolicited(sanscsi_session *session, struct connection *conn,
                        const struct nop_in *nop) {
    if (nop->data_segment_length != 0) {
        sanscsi_session_break(session, conn, FAULT_DATA_FORBIDDEN, nop->data_segment_length);
        return;
    }
    if (!session_check_next_stat_sn(session, conn, nop->stat_sn)) {
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
    if (nop.target_transfer_tag != TAG_RESERVED) {
        sanscsi_session_break(session, conn, FAULT_NOP_TAGS, nop.target_transfer_tag);
        return;
    }
    if (nop.data_segment_length != 0) { /* our pings carry no data to echo */
        sanscsi_session_break(session, conn, FAULT_DATA_FORBIDDEN, nop.data_segment_length);
        return;
    }
    uint32_t own = session->keepalive_slot;
    bool ours = own != SLOT_NONE && task_tag(&session->table, own) == nop.itt;
    uint32_t slot = sanscsi_session_find_task(session, conn, nop.itt,
                                              ours ? TASK_KIND_KEEPALIVE : SANSCSI_TASK_PING);
    if (slot == SLOT_NONE) {
        return;
    }
    if (!session_take_stat_sn(session, conn, nop.stat_sn)) {
        return;
    }
    window_update(&session->window, nop.exp_cmd_sn, nop.max_cmd_sn);
    if (ours) {
        sanscsi_session_keepalive_answer(session, conn);
        return;
    }
    sanscsi_session_end_task(session, slot, SANSCSI_IO_OK);
}
