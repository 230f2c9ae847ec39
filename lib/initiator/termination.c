/* Tasks that the target terminates, mostly for a reset by somebody else: AsyncEvent 5 of FastAbort
 * (RFC 7143 11.9.1, 4.2.3.4, 4.2.3.5). */
#include "initiator/session.h"

/* Whether the target had a command when it sent the message: what it had not received by CmdSN it
 * cannot have terminated. A command for immediate delivery uses no CmdSN up; it was there for sure
 * when something has come of it. */
static bool was_received(const struct task *task, uint32_t exp_cmd_sn) {
    bool immediate = (task->flags & TASK_IMMEDIATE) != 0;
    return immediate ? task->next_sn != 0 : serial_less(task->cmd_sn, exp_cmd_sn);
}

/* The message is about a command, or may be. */
static void terminate_task(sanscsi_session *session, uint32_t slot, uint32_t exp_cmd_sn) {
    const struct task *task = &session->table.tasks[slot];
    if (was_received(task, exp_cmd_sn)) {
        sanscsi_session_end_unanswered(session, slot, SANSCSI_IO_TERMINATED);
    } else if ((task->flags & TASK_IMMEDIATE) != 0 && task->state == TASK_SENT) {
        /* The target may get it yet and carry it out: ABORT TASK settles that. */
        sanscsi_session_want_abort(session, slot, SANSCSI_IO_TERMINATED);
    }
}

/* One NOP-Out acknowledges all messages of a unit that came before it. */
static bool want_acknowledgement(sanscsi_session *session, uint64_t lun) {
    for (uint32_t i = 0; i < session->termination_count; i++) {
        if (session->terminations[i] == lun) {
            return true;
        }
    }
    if (session->termination_count == session->termination_limit) {
        return false;
    }
    session->terminations[session->termination_count] = lun;
    session->termination_count++;
    return true;
}

void sanscsi_session_terminate(sanscsi_session *session, struct connection *conn, uint64_t lun,
                               uint32_t exp_cmd_sn) {
    for (uint32_t slot = 0; slot < session->table.slots.count; slot++) {
        const struct task *task = &session->table.tasks[slot];
        if (slots_in_use(&session->table.slots, slot) && task->kind == SANSCSI_TASK_COMMAND &&
            task_is_with_target(task) && task->lun == lun) {
            terminate_task(session, slot, exp_cmd_sn);
        }
    }
    if (!want_acknowledgement(session, lun)) {
        sanscsi_session_break(session, conn, FAULT_TERMINATION_FLOOD, session->termination_limit);
    }
}

/* Behind the data that went out before, and in front of all that follows. */
bool sanscsi_session_make_acknowledgement(sanscsi_session *session, struct connection *conn) {
    if (session->termination_count == 0) {
        return false;
    }
    /* Its ExpStatSN covers the message. */
    sanscsi_session_send_nop_reply(session, conn, session->terminations[0], TAG_RESERVED);
    session->termination_count--;
    memmove(&session->terminations[0], &session->terminations[1],
            session->termination_count * sizeof(session->terminations[0]));
    return true;
}
