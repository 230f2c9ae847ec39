/* The life of a task that was taken: timed, cancelled, ended once. */
#include "initiator/session.h"

#include "base/invariant.h"

int32_t sanscsi_session_may_submit(const sanscsi_session *session) {
    switch (sanscsi_session_state(session)) {
    case SANSCSI_SESSION_LOGGED_IN:
        return session->logout_due ? SANSCSI_IN_TRANSITION : SANSCSI_OK;
    case SANSCSI_SESSION_FREE:
        return SANSCSI_NOT_LOGGED_IN;
    default:
        return SANSCSI_IN_TRANSITION;
    }
}

int32_t sanscsi_session_may_queue(const sanscsi_session *session) {
    const struct reinstatement *reinstatement = &session->reinstatement;
    return reinstatement->wanted && !reinstatement->expired ? SANSCSI_OK
                                                            : sanscsi_session_may_submit(session);
}

static void end_list(sanscsi_session *session, const struct task_list *list, uint32_t io_status) {
    while (list->first != TASK_NONE) {
        sanscsi_session_end_task(session, list->first, io_status);
    }
}

void sanscsi_session_end_waiting(sanscsi_session *session, uint32_t io_status) {
    end_list(session, &session->immediates, io_status);
    end_list(session, &session->waiting, io_status);
}

/* Nothing of the task is on its way any more: it can be told, or its slot used again. */
static inline void complete(sanscsi_session *session, const struct task *task, uint32_t slot) {
    timers_disarm_listed(&session->timers, slot);
    if (task_is_own(task)) {
        sanscsi_task_give(&session->table, slot);
        return;
    }
    outputs_append(&session->outputs, SANSCSI_OUTPUT_TASK_DONE, slot);
}

/* Takes a task that is not TASK_SENT out of the list in which its state has put it. */
static void leave_list(sanscsi_session *session, uint32_t slot) {
    struct task *task = &session->table.tasks[slot];
    if (slot == session->text.slot) {
        sanscsi_session_leave_text(session); /* it ends before its first request, or between two */
    }
    if (task->state == TASK_QUEUED) {
        bool management = task->kind == SANSCSI_TASK_MANAGEMENT;
        sanscsi_task_list_remove(&session->table,
                                 management ? &session->managements : waiting_list(session, task),
                                 slot);
    } else if (task->state == TASK_ESCALATED) {
        sanscsi_task_list_remove(&session->table, &session->escalated, slot);
    } else { /* TASK_ABORTING */
        sanscsi_task_list_remove(&session->table, &session->aborts, slot);
        if (session->abort_slot != SLOT_NONE &&
            session->table.tasks[session->abort_slot].reference == slot) {
            session->table.tasks[session->abort_slot].reference = TASK_NONE;
        }
    }
}

bool sanscsi_session_drop_data(sanscsi_session *session, uint32_t slot) {
    struct task *task = &session->table.tasks[slot];
    if (!task_writes(task) || task->bursts == 0) {
        return false;
    }
    uint32_t purged = sanscsi_bursts_purge(&session->bursts, slot);
    task->bursts = (uint16_t)(task->bursts - purged);
    return purged > 0;
}

/* Back to before it was sent: what an answer said that did not end it says nothing of the next. */
static void rewind_part(struct task *task) {
    task_rewind(task);
    task->underflow = 0;
    task->overflow = 0;
}

void sanscsi_session_rewind(sanscsi_session *session, uint32_t slot) {
    struct task *task = &session->table.tasks[slot];
    (void)sanscsi_session_drop_data(session, slot);
    task->state = TASK_QUEUED;
    task->flags &= (uint8_t)~TASK_DATA_FLAGS;
    rewind_part(task);
    task->response = 0;
    task->scsi_status = 0;
    task->status_qualifier = 0;
    if (task->direction == TASK_BOTH_WAYS) {
        rewind_part(task_reader(&session->table, task));
    }
}

void sanscsi_session_end_task(sanscsi_session *session, uint32_t slot, uint32_t io_status) {
    struct task *task = &session->table.tasks[slot];
    INVARIANT(task->state != TASK_ENDED);
    if (task->state != TASK_SENT) {
        leave_list(session, slot);
    }
    task->state = TASK_ENDED;
    task->io_status = (uint8_t)io_status;
    (void)sanscsi_session_drop_data(session, slot);
    if (task->holds == 0) {
        complete(session, task, slot);
    } else {
        session_time_task(session, slot, session->settings.abort_timeout);
    }
}

void sanscsi_session_end_unanswered(sanscsi_session *session, uint32_t slot, uint32_t io_status) {
    struct task *task = &session->table.tasks[slot];
    sanscsi_task_note_aborted(&session->table, slot);
    task->response = 0;
    sanscsi_session_end_task(session, slot, task->state == TASK_SENT ? io_status : task->io_status);
}

void sanscsi_session_release_hold(sanscsi_session *session, uint32_t slot) {
    struct task *task = &session->table.tasks[slot];
    INVARIANT(task->holds > 0);
    task->holds--;
    if (task->holds > 0) {
        return;
    }
    if (task->state == TASK_ENDED) {
        complete(session, task, slot);
    } else if (slot == session->abort_slot) {
        sanscsi_session_abort_sent(session, slot);
    } else if (slot == session->keepalive_slot) {
        sanscsi_session_keepalive_sent(session, session->connections);
    }
}

/* How the text exchange ends with its connection: as the caller was told it has, else as all. */
static uint32_t text_io_status(const sanscsi_session *session, uint32_t io_status) {
    const struct text_exchange *exchange = &session->text;
    const struct task *task = &session->table.tasks[exchange->slot];
    bool failed = task->state == TASK_ABORTING && !exchange->delayed;
    uint32_t known = failed ? task->io_status : exchange->end_status;
    return known != 0 ? known : io_status;
}

void sanscsi_session_end_all(sanscsi_session *session, uint32_t io_status) {
    session->abort_slot = SLOT_NONE;
    session->reset_slot = SLOT_NONE;
    session->reset_due = false;
    session->logout_slot = SLOT_NONE;
    session->keepalive_slot = SLOT_NONE;
    session->keepalive_due = false;
    sanscsi_task_forget_aborted(&session->table);
    sanscsi_session_end_wanted(session, io_status);
    struct text_exchange *text = &session->text;
    if (text->slot != SLOT_NONE && !session->found.whole) {
        sanscsi_session_end_text(session, text_io_status(session, io_status));
    }
    bool keeps = sanscsi_session_comes_back(session);
    struct resent resent;
    sanscsi_task_list_init(&resent.waiting);
    sanscsi_task_list_init(&resent.immediates);
    for (uint32_t slot = 0; slot < session->table.slots.count; slot++) {
        struct task *task = &session->table.tasks[slot];
        if (!slots_in_use(&session->table.slots, slot)) {
            continue;
        }
        if (slot == text->slot) { /* a whole answer stays until its records are polled */
            task->holds = 0;
            continue;
        }
        bool waited = task->state == TASK_ENDED && task->holds > 0;
        task->holds = 0;
        if (keeps && sanscsi_session_keep_task(session, slot, &resent)) {
            continue;
        }
        if (waited) {
            complete(session, task, slot);
        } else if (task->state == TASK_ABORTING || task->state == TASK_ESCALATED) {
            task->response = 0;
            sanscsi_session_end_task(session, slot, task->io_status);
        } else if (task->state != TASK_ENDED) {
            sanscsi_session_end_task(session, slot, io_status);
        }
    }
    sanscsi_session_requeue(session, &resent);
}

/* Event 107. */
static void tell_timeout(sanscsi_session *session, uint32_t slot) {
    const struct task *task = &session->table.tasks[slot];
    bool command = task->kind == SANSCSI_TASK_COMMAND;
    struct event_value values[] = {
        EVENT_NUMBER(task_tag(&session->table, slot)),
        EVENT_NUMBER(task->lun),
        EVENT_NUMBER(command ? task_cdb(&session->table, slot)[0] : 0),
    };
    count_one(&session->counters, COUNTER_TIMEOUTS);
    sanscsi_session_raise(session, SANSCSI_EVENT_TASK_TIMEOUT, 0, values);
}

/* Ends a connection that is of no use any more, for a reason that was told already. */
static void give_up(sanscsi_session *session, struct connection *conn, enum fault_code fault) {
    sanscsi_conn_set_fault(conn, fault, 0);
    sanscsi_session_drop(session, conn, CONN_TRANSPORT_LOST, SANSCSI_IO_CONNECTION_OFFLINE);
}

/* Event 118: nothing shows a dead connection better than a ping without an answer. */
void sanscsi_session_dead_ping(sanscsi_session *session, struct connection *conn, uint32_t slot) {
    bool made = slot != SLOT_NONE;
    struct event_value tag = EVENT_NUMBER(made ? task_tag(&session->table, slot) : TAG_RESERVED);
    count_one(&session->counters, COUNTER_TIMEOUTS);
    sanscsi_session_raise(session, SANSCSI_EVENT_PING_TIMEOUT, 0, &tag);
    if (made) {
        sanscsi_session_end_task(session, slot, SANSCSI_IO_TIMEOUT);
    }
    give_up(session, conn, made ? FAULT_PING_TIMEOUT : FAULT_SEND_TIMEOUT);
}

void sanscsi_session_task_timeout(sanscsi_session *session, uint32_t slot) {
    struct task *task = &session->table.tasks[slot];
    struct connection *conn = session->connections;
    bool sent = task->state == TASK_SENT && task->kind == SANSCSI_TASK_COMMAND;
    if (conn->transport != TRANSPORT_OPEN && task->state != TASK_QUEUED && !sent) {
        return; /* it ends when the transport is reported closed */
    }
    if (task->state == TASK_ENDED) {
        sanscsi_session_unsent_timeout(session, slot);
        return;
    }
    if (task->state == TASK_ABORTING) {
        sanscsi_session_abort_timeout(session, conn, slot);
        return;
    }
    if (task->kind == TASK_KIND_RESET) {
        sanscsi_session_reset_timeout(session);
        return;
    }
    if (task->kind == SANSCSI_TASK_PING && task->state == TASK_SENT) {
        sanscsi_session_dead_ping(session, conn, slot);
        return;
    }
    if (sanscsi_session_text_timeout(session, slot)) {
        return;
    }
    tell_timeout(session, slot);
    if (task->state == TASK_QUEUED) {
        sanscsi_session_end_task(session, slot, SANSCSI_IO_TIMEOUT);
    } else if (task->kind == SANSCSI_TASK_COMMAND) {
        /* Of a transport that is being closed nothing is asked any more, but the command is out of
         * time: it is not sent again. */
        sanscsi_session_want_abort(session, slot, SANSCSI_IO_TIMEOUT);
    } else if (task->kind == SANSCSI_TASK_MANAGEMENT) {
        /* What is left to recover with is a new session. */
        sanscsi_session_end_task(session, slot, SANSCSI_IO_TIMEOUT);
        give_up(session, conn, FAULT_MANAGEMENT_TIMEOUT);
    } else {
        /* A text request cannot be aborted, so the connection goes. */
        session->text.end_status = SANSCSI_IO_TIMEOUT;
        give_up(session, conn, FAULT_TEXT_TIMEOUT);
    }
}

int32_t sanscsi_cancel(sanscsi_session *session, sanscsi_task handle, uint64_t now) {
    if (session == NULL) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    session->origin.time = now;
    uint32_t slot = slots_find(&session->table.slots, handle);
    if (slot == SLOT_NONE) {
        return SANSCSI_UNKNOWN_TASK;
    }
    struct task *task = &session->table.tasks[slot];
    if (task->state == TASK_ENDED) {
        return SANSCSI_UNKNOWN_TASK;
    }
    count_one(&session->counters, COUNTER_CANCELS);
    if (task->state == TASK_QUEUED) {
        sanscsi_session_end_task(session, slot, SANSCSI_IO_CANCELLED);
    } else if (task->state == TASK_SENT && task->kind == SANSCSI_TASK_COMMAND) {
        sanscsi_session_want_abort(session, slot, SANSCSI_IO_CANCELLED);
    }
    return SANSCSI_OK; /* a ping or text request ends with its answer, its timeout at the latest */
}
