/* Task management of the caller's: of a task set, a logical unit, a target (RFC 7143 11.5, 11.6).
 */
#include "initiator/session.h"

void sanscsi_management_defaults(sanscsi_management *management) {
    if (management != NULL) {
        memset(management, 0, sizeof(*management));
        management->size = sizeof(*management);
        management->function = SANSCSI_MANAGE_LOGICAL_UNIT_RESET;
    }
}

/* Functions that name a logical unit; the resets of a target do not (RFC 7143 11.5.3). */
static bool names_unit(uint32_t function) {
    return function <= SANSCSI_MANAGE_LOGICAL_UNIT_RESET;
}

/* Whether a function ends a task, seen from its LUN (RFC 7143 4.2.3.2). */
static bool covers(const struct task *management, const struct task *task) {
    uint32_t function = management->attribute;
    if (task->kind != SANSCSI_TASK_COMMAND || function == SANSCSI_MANAGE_CLEAR_ACA) {
        return false;
    }
    return !names_unit(function) || task->lun == management->lun;
}

/* What the target has not seen yet must not be done behind the function. */
static void cancel_list(sanscsi_session *session, const struct task_list *list,
                        const struct task *management) {
    uint32_t slot = list->first;
    while (slot != TASK_NONE) {
        const struct task *task = &session->table.tasks[slot];
        uint32_t next = task->next;
        if (covers(management, task)) {
            sanscsi_session_end_task(session, slot, SANSCSI_IO_CANCELLED);
        }
        slot = next;
    }
}

int32_t sanscsi_manage(sanscsi_session *session, const sanscsi_management *management, uint64_t now,
                       sanscsi_task *handle) {
    if (session == NULL || management == NULL || management->size != sizeof(*management) ||
        management->function < SANSCSI_MANAGE_ABORT_TASK_SET ||
        management->function > SANSCSI_MANAGE_TARGET_COLD_RESET) {
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
        sanscsi_session_start_task(session, SANSCSI_TASK_MANAGEMENT, management->user,
                                   management->timeout, now, &session->managements, handle);
    if (slot == SLOT_NONE) {
        return SANSCSI_NO_FREE_TASK;
    }
    struct task *task = &session->table.tasks[slot];
    task->attribute = (uint8_t)management->function;
    task->lun = names_unit(management->function) ? management->lun : 0;
    cancel_list(session, &session->immediates, task);
    cancel_list(session, &session->waiting, task);
    return SANSCSI_OK;
}

bool sanscsi_session_make_management(sanscsi_session *session, struct connection *conn) {
    if (session->managements.first == TASK_NONE) {
        return false;
    }
    uint32_t slot = task_list_take(&session->table, &session->managements);
    struct task *task = &session->table.tasks[slot];
    task->state = TASK_SENT;
    task->cmd_sn = session->window.cmd_sn;
    task->immediates = session->immediates_sent;
    count_one(&session->counters, COUNTER_TASK_MANAGEMENT);
    struct tmf_request request = {
        .immediate = true,
        .function = task->attribute,
        .lun = task->lun,
        .itt = task_tag(&session->table, slot),
        .referenced_task_tag = TAG_RESERVED,
        .cmd_sn = task->cmd_sn,
        .exp_stat_sn = conn->exp_stat_sn,
    };
    struct tx_slot *pdu = tx_begin(&conn->tx, BHS_SIZE);
    sanscsi_tmf_request_encode(&request, pdu->header);
    sanscsi_tx_queue(&conn->tx, NULL, 0, 0, TX_NO_OWNER);
    return true;
}

/* Whether a command was sent before the function. By CmdSN, those for immediate delivery by their
 * own numbers: all that go out between two others have the same CmdSN (RFC 7143 4.2.2.1). */
static bool stands_before(const struct task *task, const struct task *management) {
    return (task->flags & TASK_IMMEDIATE) != 0 ? serial_less(task->cmd_sn, management->immediates)
                                               : serial_less(task->cmd_sn, management->cmd_sn);
}

/* The function is complete: what it covers and has not been answered never will be. */
static void end_covered(sanscsi_session *session, const struct task *management) {
    for (uint32_t slot = 0; slot < session->table.slots.count; slot++) {
        struct task *task = &session->table.tasks[slot];
        bool sent = slots_in_use(&session->table.slots, slot) &&
                    (task->state == TASK_SENT || task->state == TASK_ABORTING);
        if (sent && covers(management, task) && stands_before(task, management)) {
            bool aborting = task->state == TASK_ABORTING;
            task_note_aborted(&session->table, slot);
            sanscsi_session_end_task(session, slot,
                                     aborting ? task->io_status : SANSCSI_IO_CANCELLED);
        }
    }
}

void sanscsi_session_management_response(sanscsi_session *session, uint32_t slot,
                                         uint8_t response) {
    struct task *task = &session->table.tasks[slot];
    task->response = response;
    if (response == SANSCSI_MANAGED) {
        end_covered(session, task);
    }
    sanscsi_session_end_task(session, slot, SANSCSI_IO_OK);
}
