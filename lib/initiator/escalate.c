/* What follows when a command cannot be aborted: its unit is reset, then its target, then the
 * connection goes (RFC 7143 7.11, 11.5.1). One step is under way at a time. */
#include "initiator/manage.h"

/* Steps, as event 120 tells them. */
enum { STEP_UNIT_RESET = 1, STEP_TARGET_RESET = 2, STEP_DROP = 3 };

/* Why a step failed: the Response to it, or this. */
#define NOT_ANSWERED 0u

static uint64_t time_of(const sanscsi_session *session, uint32_t function) {
    return function == TMF_LOGICAL_UNIT_RESET ? session->settings.lun_reset_timeout
                                              : session->settings.target_reset_timeout;
}

/* Whether a reset can be asked for: behind a Logout Request nothing can (RFC 7143 11.14). */
static bool is_on(const sanscsi_session *session, uint32_t function) {
    return time_of(session, function) != 0 && !session->logout_due;
}

/* Event 120. */
static void tell(sanscsi_session *session, uint32_t step, uint32_t slot, uint32_t reason) {
    struct event_value values[] = {
        EVENT_NUMBER(step),
        EVENT_NUMBER(session->table.tasks[slot].lun),
        EVENT_NUMBER(task_tag(&session->table, slot)),
        EVENT_NUMBER(reason),
    };
    count_one(&session->counters, COUNTER_ESCALATIONS);
    sanscsi_session_raise(session, SANSCSI_EVENT_RECOVERY_ESCALATED, 0, values);
}

/* Nobody waits for the ABORT TASK of a task any more; those behind it get their whole time. */
static void give_up_abort(sanscsi_session *session, uint32_t slot) {
    uint32_t abort = session->abort_slot;
    if (abort == SLOT_NONE || session->table.tasks[abort].reference != slot) {
        return;
    }
    session->abort_slot = SLOT_NONE;
    sanscsi_task_note_aborted(&session->table, abort);
    sanscsi_session_end_task(session, abort, SANSCSI_IO_OK);
    sanscsi_session_time_aborts(session);
}

/* A task that was to be aborted waits for a reset instead. */
static void put_up(sanscsi_session *session, uint32_t slot, uint32_t reason) {
    struct task *task = &session->table.tasks[slot];
    give_up_abort(session, slot);
    sanscsi_task_list_remove(&session->table, &session->aborts, slot);
    sanscsi_timers_disarm(&session->timers, slot);
    task->state = TASK_ESCALATED;
    task->response = (uint8_t)reason;
    task_list_append(&session->table, &session->escalated, slot);
}

static bool is_covered(const sanscsi_session *session, uint32_t slot) {
    return session->reset_slot != SLOT_NONE &&
           sanscsi_session_covers(&session->table.tasks[session->reset_slot],
                                  &session->table.tasks[slot]);
}

/* All that are to be aborted and that the reset under way covers share it. */
static void gather(sanscsi_session *session) {
    uint32_t slot = session->aborts.first;
    while (slot != TASK_NONE) {
        uint32_t next = session->table.tasks[slot].next;
        if (is_covered(session, slot)) {
            put_up(session, slot, NOT_ANSWERED);
        }
        slot = next;
    }
}

static void drop_for(sanscsi_session *session, uint32_t slot, enum fault_code fault,
                     uint32_t reason) {
    struct connection *conn = session->connections;
    tell(session, STEP_DROP, slot, reason);
    sanscsi_conn_set_fault(conn, fault, reason);
    sanscsi_session_drop(session, conn, CONN_TRANSPORT_LOST, SANSCSI_IO_CONNECTION_OFFLINE);
}

static void drop(sanscsi_session *session, uint32_t slot, uint32_t reason) {
    drop_for(session, slot, reason == NOT_ANSWERED ? FAULT_MANAGEMENT_TIMEOUT : FAULT_TMF_RESPONSE,
             reason);
}

/* Nobody but this timer ends a task that has its answer and whose PDUs cannot go out. A slow
 * transport may take its time; one that takes nothing at all is as good as dead. */
void sanscsi_session_unsent_timeout(sanscsi_session *session, uint32_t slot) {
    uint64_t limit =
        saturating_add_u64(session->connections->sent_at, session->settings.abort_timeout);
    if (limit > session->origin.time) {
        sanscsi_timers_arm(&session->timers, slot, limit);
        return;
    }
    drop_for(session, slot, FAULT_SEND_TIMEOUT, NOT_ANSWERED);
}

static void begin_step(sanscsi_session *session, uint32_t function, uint32_t slot,
                       uint32_t reason) {
    uint32_t own = sanscsi_task_take(&session->table, TASK_KIND_RESET);
    if (own == SLOT_NONE) {
        drop(session, slot, reason);
        return;
    }
    bool unit = function == TMF_LOGICAL_UNIT_RESET;
    tell(session, unit ? STEP_UNIT_RESET : STEP_TARGET_RESET, slot, reason);
    struct task *reset = &session->table.tasks[own];
    reset->state = TASK_SENT;
    reset->attribute = (uint8_t)function;
    reset->lun = unit ? session->table.tasks[slot].lun : 0;
    session->reset_slot = own;
    session->reset_due = true;
    session_time_task(session, own, time_of(session, function));
    gather(session);
}

/* The step under way is over, with a copy of its task for what is left to do. */
static struct task end_step(sanscsi_session *session) {
    uint32_t slot = session->reset_slot;
    struct task reset = session->table.tasks[slot];
    session->reset_slot = SLOT_NONE;
    session->reset_due = false;
    sanscsi_session_end_task(session, slot, SANSCSI_IO_OK);
    return reset;
}

/* The first task that waits for a reset and that this one covers, or TASK_NONE. */
static uint32_t first_covered(const sanscsi_session *session, const struct task *reset) {
    uint32_t slot = session->escalated.first;
    while (slot != TASK_NONE && !sanscsi_session_covers(reset, &session->table.tasks[slot])) {
        slot = session->table.tasks[slot].next;
    }
    return slot;
}

/* Begins with the first task that waits for a reset. */
static void begin_next(sanscsi_session *session) {
    uint32_t slot = session->escalated.first;
    if (slot != TASK_NONE && !session->logout_due) {
        uint32_t function =
            is_on(session, TMF_LOGICAL_UNIT_RESET) ? TMF_LOGICAL_UNIT_RESET : TMF_TARGET_WARM_RESET;
        begin_step(session, function, slot, session->table.tasks[slot].response);
    }
}

static void step_failed(sanscsi_session *session, const struct task *reset, uint32_t reason) {
    uint32_t slot = first_covered(session, reset);
    if (slot == TASK_NONE) { /* all were answered in the meantime */
        sanscsi_session_release_data(session, reset);
        begin_next(session);
    } else if (reset->attribute == TMF_LOGICAL_UNIT_RESET &&
               is_on(session, TMF_TARGET_WARM_RESET)) {
        begin_step(session, TMF_TARGET_WARM_RESET, slot, reason);
    } else {
        drop(session, slot, reason);
    }
}

void sanscsi_session_abort_failed(sanscsi_session *session, struct connection *conn, uint32_t slot,
                                  uint32_t response) {
    bool helped = is_on(session, TMF_LOGICAL_UNIT_RESET) || is_on(session, TMF_TARGET_WARM_RESET);
    /* What was rejected and has a CmdSN is aborted, too; a reset is for commands alone. */
    if (!helped || session->table.tasks[slot].kind != SANSCSI_TASK_COMMAND) {
        sanscsi_session_break(session, conn,
                              response == NOT_ANSWERED ? FAULT_ABORT_TIMEOUT : FAULT_TMF_RESPONSE,
                              response);
        return;
    }
    put_up(session, slot, response);
    if (session->reset_slot == SLOT_NONE) {
        begin_next(session);
    }
}

bool sanscsi_session_joins_reset(sanscsi_session *session, uint32_t slot) {
    if (!is_covered(session, slot)) {
        return false;
    }
    put_up(session, slot, NOT_ANSWERED);
    return true;
}

void sanscsi_session_reset_timeout(sanscsi_session *session) {
    if (!session->reset_due) {
        sanscsi_task_note_aborted(&session->table,
                                  session->reset_slot); /* its answer may still come */
    }
    struct task reset = end_step(session);
    step_failed(session, &reset, NOT_ANSWERED);
}

void sanscsi_session_reset_response(sanscsi_session *session, uint8_t response) {
    struct task reset = end_step(session);
    if (!sanscsi_session_is_done(response)) {
        step_failed(session, &reset, response);
        return;
    }
    sanscsi_session_end_covered(session, &reset, SANSCSI_IO_TERMINATED);
    begin_next(session);
}

bool sanscsi_session_make_reset(sanscsi_session *session, struct connection *conn) {
    if (!session->reset_due) {
        return false;
    }
    if (first_covered(session, &session->table.tasks[session->reset_slot]) == TASK_NONE) {
        (void)end_step(session); /* all were answered before it went out */
        begin_next(session);
        return false;
    }
    bool in_order = (session->table.tasks[session->reset_slot].flags & TASK_IN_ORDER) != 0;
    if (in_order && !window_open(&session->window)) {
        return false;
    }
    session->reset_due = false;
    sanscsi_session_send_management(session, conn, session->reset_slot, TX_NO_OWNER);
    return true;
}

uint32_t sanscsi_session_take_unheld(sanscsi_session *session, struct task_list *list) {
    uint32_t slot = list->first;
    while (slot != TASK_NONE && is_covered(session, slot)) {
        slot = session->table.tasks[slot].next;
    }
    if (slot == TASK_NONE) {
        return SLOT_NONE;
    }
    sanscsi_task_list_remove(&session->table, list, slot);
    return slot;
}
