/* Aborts tasks, one ABORT TASK at a time (RFC 7143 11.5, 11.6). */
#include "initiator/session.h"

#include "base/checked.h"

void sanscsi_session_want_abort(sanscsi_session *session, uint32_t slot, uint32_t io_status) {
    struct task *task = &session->table.tasks[slot];
    task->state = TASK_ABORTING;
    task->io_status = (uint8_t)io_status;
    task_list_append(&session->table, &session->aborts, slot);
    if (sanscsi_session_joins_reset(session, slot)) {
        return;
    }
    session_time_task(session, slot, session->settings.abort_timeout);
}

bool sanscsi_session_make_abort(sanscsi_session *session, struct connection *conn) {
    uint32_t target = session->aborts.first;
    if (target == TASK_NONE || session->abort_slot != SLOT_NONE) {
        return false;
    }
    bool in_order = (session->table.tasks[target].flags & TASK_IN_ORDER) != 0;
    if (in_order && !window_open(&session->window)) {
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
        .immediate = !in_order,
        .function = TMF_ABORT_TASK,
        .lun = aborted->lun,
        .itt = task_tag(&session->table, slot),
        .referenced_task_tag = task_tag(&session->table, target),
        .cmd_sn = session->window.cmd_sn,
        .exp_stat_sn = conn->exp_stat_sn,
        .ref_cmd_sn = sanscsi_session_ref_cmd_sn(session, aborted),
    };
    session->window.cmd_sn += in_order ? 1 : 0;
    struct tx_slot *pdu = tx_begin(&conn->tx, BHS_SIZE);
    sanscsi_tmf_request_encode(&request, pdu->header);
    task->holds++; /* until it is out: only then the time for its answer begins */
    sanscsi_tx_queue(&conn->tx, NULL, 0, 0, slot);
    return true;
}

void sanscsi_session_abort_sent(sanscsi_session *session, uint32_t slot) {
    uint32_t target = session->table.tasks[slot].reference;
    if (target != TASK_NONE) {
        session_time_task(session, target, session->settings.abort_timeout);
    }
}

void sanscsi_session_time_aborts(sanscsi_session *session) {
    for (uint32_t slot = session->aborts.first; slot != TASK_NONE;
         slot = session->table.tasks[slot].next) {
        session_time_task(session, slot, session->settings.abort_timeout);
    }
}

/* Whether a task's ABORT TASK waits for a transport that takes bytes, be it slowly. */
static bool moves(const sanscsi_session *session, const struct connection *conn, uint32_t slot) {
    uint32_t abort = session->abort_slot;
    bool waits = abort == SLOT_NONE ? tx_full(&conn->tx)
                                    : session->table.tasks[abort].reference == slot &&
                                          session->table.tasks[abort].holds > 0;
    return waits && saturating_add_u64(conn->sent_at, session->settings.abort_timeout) >
                        session->origin.time;
}

void sanscsi_session_abort_timeout(sanscsi_session *session, struct connection *conn,
                                   uint32_t slot) {
    uint32_t abort = session->abort_slot;
    uint32_t asked = abort == SLOT_NONE ? TASK_NONE : session->table.tasks[abort].reference;
    if (session->logout_due && asked != slot) {
        return; /* behind a Logout Request nothing is aborted; that has its own time */
    }
    if (asked != TASK_NONE && asked != slot) {
        session_time_task(session, slot, session->settings.abort_timeout); /* another's turn */
    } else if (moves(session, conn, slot)) {
        sanscsi_timers_arm(&session->timers, slot,
                           saturating_add_u64(conn->sent_at, session->settings.abort_timeout));
    } else {
        sanscsi_session_abort_failed(session, conn, slot, 0);
    }
}

void sanscsi_session_abort_again(sanscsi_session *session) {
    uint32_t slot = session->abort_slot;
    uint32_t target = session->table.tasks[slot].reference;
    session->abort_slot = SLOT_NONE;
    sanscsi_session_end_task(session, slot, SANSCSI_IO_OK);
    if (target != TASK_NONE) {
        session->table.tasks[target].flags |= TASK_IN_ORDER;
    }
}

/* An ABORT TASK was answered. */
static void abort_response(sanscsi_session *session, struct connection *conn, uint32_t slot,
                           uint8_t response) {
    uint32_t target = session->table.tasks[slot].reference;
    session->abort_slot = SLOT_NONE;
    sanscsi_session_end_task(session, slot, SANSCSI_IO_OK);
    sanscsi_session_time_aborts(session); /* the turn is theirs */
    if (target == TASK_NONE) {
        return; /* the task's own answer came first and ended it */
    }
    /* "Task does not exist" means that the target has answered the command before (RFC 7143 7.11,
     * 11.6.1 c). That answer would have come before this one on the same connection, and no StatSN
     * is missing, so there is none to wait for. */
    if (!sanscsi_session_is_done(response)) {
        sanscsi_session_abort_failed(session, conn, target, response);
        return;
    }
    if (sanscsi_session_text_aborted(session, target)) {
        return;
    }
    sanscsi_task_note_aborted(&session->table, target);
    sanscsi_session_end_task(session, target, session->table.tasks[target].io_status);
}

/* The kind of task management that a tag names; ABORT TASK where it names none. */
static uint32_t kind_of(const sanscsi_session *session, uint32_t tag) {
    uint32_t slot = task_find_tag(&session->table, tag);
    uint32_t kind = slot == SLOT_NONE ? TASK_KIND_ABORT : session->table.tasks[slot].kind;
    return kind == SANSCSI_TASK_MANAGEMENT || kind == TASK_KIND_RESET ? kind : TASK_KIND_ABORT;
}

void sanscsi_session_tmf_response(sanscsi_session *session, struct connection *conn) {
    struct tmf_response response;
    sanscsi_tmf_response_decode(&response, conn->rx.bhs);
    uint32_t kind = kind_of(session, response.itt);
    uint32_t slot = sanscsi_session_find_task(session, conn, response.itt, kind);
    if (conn->transport != TRANSPORT_OPEN ||
        !session_take_stat_sn(session, conn, response.stat_sn)) {
        return;
    }
    if (slot == SLOT_NONE) { /* nobody waits for it any more (RFC 7143 4.2.3.3 c) */
        sanscsi_session_take_late(session, response.exp_cmd_sn, response.max_cmd_sn);
        return;
    }
    window_update(&session->window, response.exp_cmd_sn, response.max_cmd_sn);
    if (kind == SANSCSI_TASK_MANAGEMENT) {
        sanscsi_session_management_response(session, slot, &response);
    } else if (kind == TASK_KIND_RESET) {
        sanscsi_session_reset_response(session, response.response);
    } else {
        abort_response(session, conn, slot, response.response);
    }
}
