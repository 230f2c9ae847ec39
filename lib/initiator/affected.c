/* The tasks that a function of task management covers (RFC 7143 4.2.3). */
#include "initiator/manage.h"

bool sanscsi_session_covers(const struct task *management, const struct task *task) {
    const struct management_function *function = sanscsi_management_function(management->attribute);
    if (task->kind != SANSCSI_TASK_COMMAND || !function->ends_tasks) {
        return false;
    }
    return !function->names_unit || task->lun == management->lun;
}

/* Whether a command was sent before the function. By CmdSN, those for immediate delivery by their
 * own numbers: all that go out between two others have the same CmdSN (RFC 7143 4.2.2.1, 11.5.1).
 */
static bool stands_before(const struct task *task, const struct task *management) {
    return (task->flags & TASK_IMMEDIATE) != 0 ? serial_less(task->cmd_sn, management->immediates)
                                               : serial_less(task->cmd_sn, management->cmd_sn);
}

/* Whether a slot holds a command that the target has and that a function ends. */
static bool is_affected(const sanscsi_session *session, uint32_t slot,
                        const struct task *management) {
    const struct task *task = &session->table.tasks[slot];
    return slots_in_use(&session->table.slots, slot) && task_is_with_target(task) &&
           sanscsi_session_covers(management, task) && stands_before(task, management);
}

void sanscsi_session_end_covered(sanscsi_session *session, const struct task *management,
                                 uint32_t io_status) {
    for (uint32_t slot = 0; slot < session->table.slots.count; slot++) {
        if (is_affected(session, slot, management)) {
            sanscsi_session_end_unanswered(session, slot, io_status);
        }
    }
}

/* What a function does to data: with FastAbort it stops (RFC 7143 4.2.3.4 a); else each R2T is
 * answered (4.2.3.3 a), by two of the functions as quickly as possible (11.5.1). */
static uint8_t restraint(const sanscsi_session *session, uint32_t function) {
    if (!sanscsi_management_function(function)->ends_tasks) {
        return 0;
    }
    if (session_aborts_fast(session)) {
        return TASK_DATA_STOPPED;
    }
    bool task_set = function == TMF_ABORT_TASK_SET || function == TMF_CLEAR_TASK_SET;
    return task_set ? TASK_DATA_SHORTENED : 0;
}

void sanscsi_session_restrain_data(sanscsi_session *session, const struct task *management) {
    uint8_t flags = restraint(session, management->attribute);
    for (uint32_t slot = 0; flags != 0 && slot < session->table.slots.count; slot++) {
        if (!is_affected(session, slot, management)) {
            continue;
        }
        struct task *task = &session->table.tasks[slot];
        task->flags |= flags;
        if (flags == TASK_DATA_STOPPED && sanscsi_session_drop_data(session, slot)) {
            task->flags |= TASK_DATA_MISSING;
        }
    }
}

/* Whether a function that was not answered yet restrains the data of a task. */
static bool is_restrained(const sanscsi_session *session, uint32_t affected) {
    for (uint32_t slot = 0; slot < session->table.slots.count; slot++) {
        const struct task *management = &session->table.tasks[slot];
        if (slots_in_use(&session->table.slots, slot) &&
            (management->kind == SANSCSI_TASK_MANAGEMENT || management->kind == TASK_KIND_RESET) &&
            management->state == TASK_SENT && is_affected(session, affected, management)) {
            return true;
        }
    }
    return false;
}

void sanscsi_session_release_data(sanscsi_session *session, const struct task *management) {
    uint32_t io_status =
        management->kind == TASK_KIND_RESET ? SANSCSI_IO_TERMINATED : SANSCSI_IO_CANCELLED;
    for (uint32_t slot = 0; slot < session->table.slots.count; slot++) {
        struct task *task = &session->table.tasks[slot];
        unsigned flags = TASK_DATA_STOPPED | TASK_DATA_SHORTENED;
        if (!is_affected(session, slot, management) || (task->flags & flags) == 0 ||
            is_restrained(session, slot)) {
            continue;
        }
        task->flags &= (uint8_t)~flags;
        if ((task->flags & TASK_DATA_MISSING) != 0 && task->state == TASK_SENT) {
            /* Without what it did not get, the target cannot carry it out. */
            sanscsi_session_want_abort(session, slot, io_status);
        }
    }
}
