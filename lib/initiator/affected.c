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

void sanscsi_session_end_covered(sanscsi_session *session, const struct task *management,
                                 uint32_t io_status) {
    for (uint32_t slot = 0; slot < session->table.slots.count; slot++) {
        struct task *task = &session->table.tasks[slot];
        if (!slots_in_use(&session->table.slots, slot) || !task_is_with_target(task) ||
            !sanscsi_session_covers(management, task) || !stands_before(task, management)) {
            continue;
        }
        uint32_t own = task->state == TASK_SENT ? io_status : task->io_status;
        task_note_aborted(&session->table, slot);
        sanscsi_session_end_task(session, slot, own);
    }
}
