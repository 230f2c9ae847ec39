/* Aborts tasks, one ABORT TASK at a time (RFC 7143 11.5, 11.6). */
#include "initiator/session.h"

/* Values of the Response field, RFC 7143 11.6.1. */
enum { TMF_FUNCTION_COMPLETE = 0, TMF_TASK_DOES_NOT_EXIST = 1 };

void sanscsi_session_want_abort(sanscsi_session *session, uint32_t slot, uint32_t io_status,
                                uint64_t now) {
    struct task *task = &session->table.tasks[slot];
    task->state = TASK_ABORTING;
    task->io_status = (uint8_t)io_status;
    task_list_append(&session->table, &session->aborts, slot);
    if (session->settings.abort_timeout != 0) {
        sanscsi_timers_arm(&session->timers, slot,
                           saturating_add_u64(now, session->settings.abort_timeout));
    } else {
        sanscsi_timers_disarm(&session->timers, slot);
    }
}

bool sanscsi_session_make_abort(sanscsi_session *session, struct connection *conn) {
    uint32_t target = session->aborts.first;
    if (target == TASK_NONE || session->abort_slot != SLOT_NONE) {
        return false;
    }
    uint32_t slot = sanscsi_task_take(&session->table, TASK_KIND_ABORT);
    if (slot == SLOT_NONE) {
        return false;
    }
    const struct task *aborted = &session->table.tasks[target];
    struct task *task = &session->table.tasks[slot];
    task->state = TASK_SENT;
    task->reference = (uint16_t)target;
    session->abort_slot = slot;
    count_one(&session->counters, COUNTER_ABORTS);
    struct tmf_request request = {
        .immediate = true,
        .function = TMF_ABORT_TASK,
        .lun = aborted->lun,
        .itt = task_tag(&session->table, slot),
        .referenced_task_tag = task_tag(&session->table, target),
        .cmd_sn = session->window.cmd_sn,
        .exp_stat_sn = conn->exp_stat_sn,
        /* RFC 7143 11.5.5 */
        .ref_cmd_sn =
            (aborted->flags & TASK_IMMEDIATE) != 0 ? session->window.cmd_sn : aborted->cmd_sn,
    };
    struct tx_slot *pdu = tx_begin(&conn->tx, BHS_SIZE);
    sanscsi_tmf_request_encode(&request, pdu->header);
    sanscsi_tx_queue(&conn->tx, NULL, 0, 0, TX_NO_OWNER);
    return true;
}

void sanscsi_session_tmf_response(sanscsi_session *session, struct connection *conn) {
    struct tmf_response response;
    sanscsi_tmf_response_decode(&response, conn->rx.bhs);
    uint32_t named = task_find_tag(&session->table, response.itt);
    bool management =
        named != SLOT_NONE && session->table.tasks[named].kind == SANSCSI_TASK_MANAGEMENT;
    uint32_t slot = sanscsi_session_find_task(
        session, conn, response.itt, management ? SANSCSI_TASK_MANAGEMENT : TASK_KIND_ABORT);
    if (slot == SLOT_NONE) {
        return;
    }
    if (!session_take_stat_sn(session, conn, response.stat_sn)) {
        return;
    }
    window_update(&session->window, response.exp_cmd_sn, response.max_cmd_sn);
    if (management) {
        sanscsi_session_management_response(session, slot, response.response);
        return;
    }
    uint32_t target = session->table.tasks[slot].reference;
    session->abort_slot = SLOT_NONE;
    sanscsi_session_end_task(session, slot, SANSCSI_IO_OK);
    if (target == TASK_NONE) {
        return; /* the task's own answer came first and ended it */
    }
    if (response.response != TMF_FUNCTION_COMPLETE &&
        response.response != TMF_TASK_DOES_NOT_EXIST) {
        sanscsi_session_break(session, conn, FAULT_TMF_RESPONSE, response.response);
        return;
    }
    task_note_aborted(&session->table, target);
    sanscsi_session_end_task(session, target, session->table.tasks[target].io_status);
}
