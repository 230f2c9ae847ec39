/* Text exchanges: requests and responses of one task, one task at a time (RFC 7143 11.10, 11.11).
 * Our text always fits one request, so each has F; what goes on are the target's answers. */
#include "initiator/text.h"

#include "base/checked.h"

/* A text that the target has no room for now is asked again so often, each time after a while. */
#define TEXT_TRIES 4u
#define TEXT_PAUSE SANSCSI_SECOND

static const struct text_user *user_of(uint32_t kind) {
    return kind == SANSCSI_TASK_SEND_TARGETS ? &sanscsi_text_send_targets
                                             : &sanscsi_text_negotiation;
}

/* Whose exchange the present one is. */
static const struct text_user *present_user(const sanscsi_session *session) {
    return user_of(session->table.tasks[session->text.slot].kind);
}

/* What the exchange before has asked may still be on its way out, and stays as it is. */
void sanscsi_session_begin_text(sanscsi_session *session, uint32_t slot) {
    struct text_exchange *exchange = &session->text;
    exchange->slot = slot;
    exchange->target_transfer_tag = TAG_RESERVED; /* of the first request, RFC 7143 11.10.4 */
    exchange->lun = 0;
    exchange->first = true;
    exchange->request_due = false;
    exchange->delayed = false;
    exchange->tries = 0;
    exchange->end_status = 0;
}

/* Whether the last request is still on its way out, though it may have its answer already. */
static bool request_unsent(const sanscsi_session *session) {
    uint32_t slot = slots_find(&session->table.slots, session->text.asked);
    return slot != SLOT_NONE && session->table.tasks[slot].holds > 0;
}

int32_t sanscsi_session_submit_text(sanscsi_session *session, uint32_t kind, uint64_t user,
                                    uint64_t timeout, uint64_t now, sanscsi_task *handle) {
    int32_t status = sanscsi_session_may_submit(session);
    if (status != SANSCSI_OK) {
        return status;
    }
    if (session->text.slot != SLOT_NONE || request_unsent(session)) {
        return SANSCSI_ALREADY_STARTED;
    }
    session->origin.time = now;
    uint32_t slot = sanscsi_session_queue_task(session, kind, user, timeout, now, handle);
    if (slot == SLOT_NONE) {
        return SANSCSI_NO_FREE_TASK;
    }
    sanscsi_session_begin_text(session, slot);
    return SANSCSI_OK;
}

static void queue_request(sanscsi_session *session, struct connection *conn) {
    struct text_exchange *exchange = &session->text;
    struct task *task = &session->table.tasks[exchange->slot];
    struct builder text;
    sanscsi_builder_init(&text, exchange->request, sizeof(exchange->request));
    present_user(session)->ask(session, exchange->first, &text);
    sanscsi_session_end_wanted(session, SANSCSI_IO_OK); /* any request does, RFC 7143 11.9.1 */
    struct text_request request = {
        .final = true,
        .lun = exchange->lun, /* RFC 7143 11.11.4 */
        .itt = task_tag(&session->table, exchange->slot),
        .target_transfer_tag = exchange->target_transfer_tag,
        .cmd_sn = session->window.cmd_sn,
        .exp_stat_sn = conn->exp_stat_sn,
    };
    exchange->first = false;
    exchange->request_due = false;
    exchange->asked = slots_handle(&session->table.slots, exchange->slot);
    task->cmd_sn = session->window.cmd_sn;
    task->holds++; /* until it is out, its text must not change */
    session->window.cmd_sn++;
    struct tx_slot *pdu = tx_begin(&conn->tx, BHS_SIZE);
    sanscsi_text_request_encode(&request, pdu->header);
    sanscsi_tx_queue_buffer(&conn->tx, exchange->request, (uint32_t)text.size, exchange->slot);
}

void sanscsi_session_make_text(sanscsi_session *session, struct connection *conn) {
    queue_request(session, conn);
}

bool sanscsi_session_make_more_text(sanscsi_session *session, struct connection *conn) {
    if (!session->text.request_due || !window_open(&session->window) || request_unsent(session)) {
        return false;
    }
    queue_request(session, conn);
    return true;
}

bool sanscsi_session_text_awaited(const sanscsi_session *session) {
    const struct text_exchange *exchange = &session->text;
    /* One that was rejected begins anew: it is at its first request until that went out. */
    return exchange->slot != SLOT_NONE && !exchange->first && !exchange->request_due &&
           !session->found.whole;
}

/* The exchange's task as a PDU names it, or SLOT_NONE as sanscsi_session_find_task() does. */
static uint32_t find_text(sanscsi_session *session, struct connection *conn, uint32_t tag) {
    uint32_t present = session->text.slot;
    uint32_t kind = present == SLOT_NONE ? SANSCSI_TASK_SEND_TARGETS
                                         : (uint32_t)session->table.tasks[present].kind;
    return sanscsi_session_find_task(session, conn, tag, kind);
}

void sanscsi_session_text_header(sanscsi_session *session, struct connection *conn) {
    struct text_response response;
    sanscsi_text_response_decode(&response, conn->rx.bhs);
    uint32_t slot = find_text(session, conn, response.itt);
    if (slot == SLOT_NONE) {
        return;
    }
    if (slot != session->text.slot || !sanscsi_session_text_awaited(session)) {
        /* Nobody asked for it; and records that wait to be polled must not move. */
        sanscsi_session_break(session, conn, FAULT_TASK_TAG, response.itt);
        return;
    }
    if (response.data_segment_length > 0) {
        present_user(session)->place(session, conn, response.data_segment_length);
    }
}

static enum fault_code judge_response(const struct text_response *response) {
    if (response->final && response->more) {
        return FAULT_TEXT_CONTINUE;
    }
    bool tagged = response->target_transfer_tag != TAG_RESERVED;
    return !response->final && !tagged ? FAULT_TEXT_TAG : FAULT_NONE;
}

void sanscsi_session_text_response(sanscsi_session *session, struct connection *conn) {
    struct text_response response;
    sanscsi_text_response_decode(&response, conn->rx.bhs);
    if (!session_take_stat_sn(session, conn, response.stat_sn)) {
        return;
    }
    if (find_text(session, conn, response.itt) == SLOT_NONE) { /* of one that was aborted */
        sanscsi_session_take_late(session, response.exp_cmd_sn, response.max_cmd_sn);
        return;
    }
    enum fault_code fault = judge_response(&response);
    if (fault != FAULT_NONE) {
        sanscsi_session_break(session, conn, fault, response.target_transfer_tag);
        return;
    }
    /* An answer that neither says anything nor ends could go on for ever. */
    if (!response.final && response.data_segment_length == 0 &&
        !sanscsi_session_bear(session, conn)) {
        return;
    }
    window_update(&session->window, response.exp_cmd_sn, response.max_cmd_sn);
    if (!response.final) {
        session->text.lun = response.lun;
        session->text.target_transfer_tag = response.target_transfer_tag;
        session->text.request_due = true;
    }
    present_user(session)->take(session, conn, &response);
}

void sanscsi_session_end_text(sanscsi_session *session, uint32_t io_status) {
    uint32_t slot = session->text.slot;
    present_user(session)->end(session, io_status);
    sanscsi_session_leave_text(session);
    sanscsi_session_end_task(session, slot, io_status);
}

void sanscsi_session_leave_text(sanscsi_session *session) {
    session->text.slot = SLOT_NONE;
    session->text.request_due = false;
    session->text.delayed = false;
    sanscsi_session_begin_wanted(session);
}

/* Asks again after a while, from the beginning. */
static void pause(sanscsi_session *session) {
    session_time_task(session, session->text.slot, TEXT_PAUSE);
}

void sanscsi_session_text_rejected(sanscsi_session *session, uint32_t exp_cmd_sn, bool again) {
    struct text_exchange *exchange = &session->text;
    struct task *task = &session->table.tasks[exchange->slot];
    exchange->deadline = timers_deadline_of(&session->timers, exchange->slot);
    exchange->tries++;
    exchange->delayed = again && exchange->tries < TEXT_TRIES;
    exchange->first = true;
    exchange->target_transfer_tag = TAG_RESERVED;
    exchange->lun = 0;
    if (!exchange->delayed) {
        sanscsi_session_negotiation_rejected(session);
    }
    if (session->settings.type == SANSCSI_SESSION_NORMAL) {
        sanscsi_session_want_abort(session, exchange->slot, SANSCSI_IO_TARGET_FAILURE);
        return;
    }
    /* A discovery session knows no task management (RFC 7143 4.3). There the request was the only
     * one that had a number, and the next one plugs the gap with the same (7.3). */
    if (serial_less_equal(exp_cmd_sn, task->cmd_sn) && task->cmd_sn + 1 == session->window.cmd_sn) {
        session->window.cmd_sn = task->cmd_sn;
    }
    if (exchange->delayed) {
        pause(session);
    } else {
        sanscsi_session_end_text(session, SANSCSI_IO_TARGET_FAILURE);
    }
}

bool sanscsi_session_text_aborted(sanscsi_session *session, uint32_t slot) {
    if (slot != session->text.slot) {
        return false;
    }
    if (session->text.delayed) { /* only its number is plugged */
        struct task *task = &session->table.tasks[slot];
        sanscsi_task_list_remove(&session->table, &session->aborts, slot);
        task->state = TASK_SENT;
        pause(session);
    } else {
        sanscsi_task_note_aborted(&session->table, slot);
        sanscsi_session_end_text(session, session->table.tasks[slot].io_status);
    }
    return true;
}

/* A task of the caller's has the time that is left of its own, a negotiation of ours another. */
static void ask_again(sanscsi_session *session, uint32_t slot) {
    if (session->table.tasks[slot].kind == TASK_KIND_NEGOTIATION) {
        session_time_task(session, slot, session->settings.command_timeout);
    } else if (session->text.deadline != UINT64_MAX) {
        sanscsi_timers_arm(&session->timers, slot, session->text.deadline);
    }
}

bool sanscsi_session_text_timeout(sanscsi_session *session, uint32_t slot) {
    struct text_exchange *exchange = &session->text;
    if ((slot != exchange->slot && slot != exchange->wanted) ||
        session->table.tasks[slot].state != TASK_SENT) {
        return false;
    }
    if (slot == exchange->slot && exchange->delayed) {
        exchange->delayed = false;
        exchange->request_due = true;
        ask_again(session, slot);
        return true;
    }
    return sanscsi_session_negotiation_late(session, slot);
}
