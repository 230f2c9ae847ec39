/* What to do with a PDU of the target in full feature phase: where its data goes, whose it is. */
#include "initiator/session.h"

#include "base/invariant.h"

/* How the PDUs of a target are received. */
struct reception {
    uint8_t opcode;
    bool fixed_final; /* the F bit is always 1 */
    bool data;        /* a data segment is allowed */
    bool keeps_data;  /* it goes to the connection's segment buffer */
    void (*header)(sanscsi_session *session, struct connection *conn); /* or NULL */
    void (*pdu)(sanscsi_session *session, struct connection *conn);
};

static const struct reception receptions[] = {
    {OPCODE_DATA_IN, false, true, false, sanscsi_session_data_in_header, sanscsi_session_data_in},
    {OPCODE_SCSI_RESPONSE, true, true, true, NULL, sanscsi_session_scsi_response},
    {OPCODE_R2T, true, false, false, NULL, sanscsi_session_r2t},
    {OPCODE_NOP_IN, true, true, false, sanscsi_session_nop_in_header, sanscsi_session_nop_in},
    {OPCODE_TMF_RESPONSE, true, false, false, NULL, sanscsi_session_tmf_response},
    {OPCODE_TEXT_RESPONSE, false, true, false, sanscsi_session_text_header,
     sanscsi_session_text_response},
    {OPCODE_LOGOUT_RESPONSE, true, false, false, NULL, sanscsi_session_logout_response},
    {OPCODE_ASYNC_MESSAGE, true, true, true, NULL, sanscsi_session_async_message},
    {OPCODE_REJECT, true, true, true, NULL, sanscsi_session_reject},
};

static const struct reception *find_reception(uint8_t opcode) {
    const struct reception *end = receptions + sizeof(receptions) / sizeof(receptions[0]);
    for (const struct reception *reception = receptions; reception < end; reception++) {
        if (reception->opcode == opcode) {
            return reception;
        }
    }
    return NULL;
}

uint32_t sanscsi_session_find_task(sanscsi_session *session, struct connection *conn, uint32_t tag,
                                   uint32_t kind) {
    uint32_t slot = task_find_tag(&session->table, tag);
    const struct task *task = slot == SLOT_NONE ? NULL : &session->table.tasks[slot];
    if (task == NULL || !task_is_with_target(task)) {
        if (!task_was_aborted(&session->table, tag)) {
            sanscsi_session_break(session, conn, FAULT_TASK_TAG, tag);
        }
        return SLOT_NONE;
    }
    /* Tags come round: what was aborted many uses of the slot ago had the same one. */
    if (task->kind != kind) {
        sanscsi_session_break(session, conn, FAULT_TASK_KIND, tag);
        return SLOT_NONE;
    }
    return slot;
}

void sanscsi_session_take_late(sanscsi_session *session, uint32_t exp_cmd_sn, uint32_t max_cmd_sn) {
    count_one(&session->counters, COUNTER_LATE_PDUS);
    window_update(&session->window, exp_cmd_sn, max_cmd_sn);
    (void)sanscsi_session_bear(session, session->connections);
}

/* The field that a fault of judge_frame() is about. */
static uint32_t frame_value(enum fault_code fault, const struct connection *conn) {
    const uint8_t *bhs = conn->rx.bhs;
    if (fault == FAULT_AHS_LENGTH) {
        return bhs[4];
    }
    bool data = fault == FAULT_DATA_LENGTH || fault == FAULT_DATA_FORBIDDEN;
    return data ? conn->rx.data_length : bhs[0] & OPCODE_MASK;
}

/* What holds for every PDU of a kind, whatever it says. */
static inline enum fault_code judge_frame(const sanscsi_session *session,
                                          const struct connection *conn,
                                          const struct reception *reception) {
    const uint8_t *bhs = conn->rx.bhs;
    uint32_t length = conn->rx.data_length;
    if (reception == NULL) {
        return FAULT_OPCODE;
    }
    if (bhs[4] != 0) {
        return FAULT_AHS_LENGTH;
    }
    if (length > conn->max_recv_segment) {
        return FAULT_DATA_LENGTH;
    }
    if (length > 0 && !reception->data && !tolerates(session, SANSCSI_TOLERATE_STRAY_DATA)) {
        return FAULT_DATA_FORBIDDEN;
    }
    bool final = (bhs[1] & FLAG_FINAL) != 0 || !reception->fixed_final ||
                 tolerates(session, SANSCSI_TOLERATE_FINAL_BIT);
    return final ? FAULT_NONE : FAULT_FINAL_BIT;
}

void sanscsi_session_receive_header(sanscsi_session *session, struct connection *conn) {
    if (conn->login != NULL) {
        sanscsi_session_login_step(session, conn, sanscsi_login_header(conn->login));
        return;
    }
    const struct reception *reception = find_reception(conn->rx.bhs[0] & OPCODE_MASK);
    enum fault_code fault = judge_frame(session, conn, reception);
    if (fault != FAULT_NONE) {
        sanscsi_session_break(session, conn, fault, frame_value(fault, conn));
        return;
    }
    if (reception->keeps_data && conn->rx.data_length > 0) {
        sanscsi_rx_accept(&conn->rx, conn->segment, sizeof(conn->segment));
    } else if (reception->header != NULL) {
        reception->header(session, conn);
    }
}

void sanscsi_session_receive_pdu(sanscsi_session *session, struct connection *conn) {
    count_one(&session->counters, COUNTER_PDUS_RECEIVED);
    if (conn->login != NULL) {
        sanscsi_counters_login_status(&session->counters, conn->login->response.status_class,
                                      conn->login->response.status_detail);
        sanscsi_session_login_step(session, conn, sanscsi_login_response(conn->login));
        return;
    }
    const struct reception *reception = find_reception(conn->rx.bhs[0] & OPCODE_MASK);
    INVARIANT(reception != NULL); /* its header was judged */
    reception->pdu(session, conn);
}
