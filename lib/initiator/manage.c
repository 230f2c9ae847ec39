/* Task management of the caller's: of a task set, a logical unit, a target, and what it asks
 * (RFC 7143 11.5, 11.6, RFC 7144 6). */
#include "initiator/manage.h"

#include "base/invariant.h"
#include "base/public.h"

/* Values of the Response field, RFC 7143 11.6.1; those between are not assigned. */
enum { LAST_RESPONSE = 6 };

/* RFC 7143 11.5.1, RFC 7144 6.3. ABORT TASK is made by abort.c alone: its answer is that of the
 * task, and what follows when it fails is the library's affair. */
static const struct management_function functions[] = {
    {TMF_ABORT_TASK_SET, 0, true, false, true, false},
    {TMF_CLEAR_ACA, 0, true, false, false, false},
    {TMF_CLEAR_TASK_SET, 0, true, false, true, false},
    {TMF_LOGICAL_UNIT_RESET, 0, true, false, true, false},
    {TMF_TARGET_WARM_RESET, 0, false, false, true, false},
    {TMF_TARGET_COLD_RESET, 0, false, false, true, false},
    {TMF_QUERY_TASK, 2, true, true, false, true},
    {TMF_QUERY_TASK_SET, 2, true, false, false, true},
    {TMF_I_T_NEXUS_RESET, 2, false, false, true, false},
    {TMF_QUERY_ASYNCHRONOUS_EVENT, 2, true, false, false, true},
};

static const struct management_function *find_function(uint32_t number) {
    for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
        if (functions[i].number == number) {
            return &functions[i];
        }
    }
    return NULL;
}

const struct management_function *sanscsi_management_function(uint32_t number) {
    const struct management_function *function = find_function(number);
    INVARIANT(function != NULL);
    return function;
}

int32_t sanscsi_management_init(sanscsi_management *management, size_t size) {
    int32_t status = begin_struct(management, size, sizeof(*management));
    if (status == SANSCSI_OK) {
        management->function = SANSCSI_MANAGE_LOGICAL_UNIT_RESET;
    }
    return status;
}

/* What the target has not seen yet must not be done behind the function. */
static void cancel_list(sanscsi_session *session, const struct task_list *list,
                        const struct task *management) {
    uint32_t slot = list->first;
    while (slot != TASK_NONE) {
        const struct task *task = &session->table.tasks[slot];
        uint32_t next = task->next;
        if (sanscsi_session_covers(management, task)) {
            sanscsi_session_end_task(session, slot, SANSCSI_IO_CANCELLED);
        }
        slot = next;
    }
}

/* The command that a function is about. Only commands stand in a task set. */
static int32_t find_named(const sanscsi_session *session, sanscsi_task handle, uint32_t *named) {
    uint32_t slot = slots_find(&session->table.slots, handle);
    if (slot == SLOT_NONE || session->table.tasks[slot].state == TASK_ENDED) {
        return SANSCSI_UNKNOWN_TASK;
    }
    *named = slot;
    return session->table.tasks[slot].kind == SANSCSI_TASK_COMMAND ? SANSCSI_OK
                                                                   : SANSCSI_INVALID_ARGUMENT;
}

static int32_t check_management(const sanscsi_session *session,
                                const sanscsi_management *management,
                                const struct management_function *function, uint32_t *named) {
    if (session->settings.type != SANSCSI_SESSION_NORMAL) {
        return SANSCSI_WRONG_SESSION_TYPE;
    }
    int32_t status = sanscsi_session_may_submit(session);
    if (status != SANSCSI_OK) {
        return status;
    }
    if (session->parameters.protocol_level < function->level) { /* RFC 7144 6.3 */
        return SANSCSI_NOT_NEGOTIATED;
    }
    return function->names_task ? find_named(session, management->task, named) : SANSCSI_OK;
}

int32_t sanscsi_manage(sanscsi_session *session, const sanscsi_management *management, uint64_t now,
                       sanscsi_task *handle) {
    if (session == NULL || management == NULL || management->size != sizeof(*management)) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    const struct management_function *function = find_function(management->function);
    if (function == NULL) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    uint32_t named = SLOT_NONE;
    int32_t status = check_management(session, management, function, &named);
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
    task->lun = function->names_unit ? management->lun : 0;
    if (named != SLOT_NONE) {
        task->lun = session->table.tasks[named].lun;
        task->referenced_tag = task_tag(&session->table, named);
    }
    cancel_list(session, &session->immediates, task);
    cancel_list(session, &session->waiting, task);
    return SANSCSI_OK;
}

/* The command that a request names, or NULL when the target does not have it: it waits to be sent,
 * or has ended since. */
static const struct task *named_task(const sanscsi_session *session, const struct task *task) {
    uint32_t slot = task_find_tag(&session->table, task->referenced_tag);
    const struct task *named = slot == SLOT_NONE ? NULL : &session->table.tasks[slot];
    return named != NULL && task_is_with_target(named) ? named : NULL;
}

void sanscsi_session_send_management(sanscsi_session *session, struct connection *conn,
                                     uint32_t slot, uint32_t owner) {
    struct task *task = &session->table.tasks[slot];
    bool in_order = (task->flags & TASK_IN_ORDER) != 0;
    const struct task *named =
        sanscsi_management_function(task->attribute)->names_task ? named_task(session, task) : NULL;
    task->cmd_sn = session->window.cmd_sn;
    task->immediates = session->immediates_sent;
    count_one(&session->counters, COUNTER_TASK_MANAGEMENT);
    struct tmf_request request = {
        .immediate = !in_order,
        .function = task->attribute,
        .lun = task->lun,
        .itt = task_tag(&session->table, slot),
        .referenced_task_tag = named != NULL ? task->referenced_tag : TAG_RESERVED,
        .cmd_sn = task->cmd_sn,
        .exp_stat_sn = conn->exp_stat_sn,
        .ref_cmd_sn = named != NULL ? sanscsi_session_ref_cmd_sn(session, named) : 0,
    };
    session->window.cmd_sn += in_order ? 1 : 0;
    struct tx_slot *pdu = tx_begin(&conn->tx, BHS_SIZE);
    sanscsi_tmf_request_encode(&request, pdu->header);
    sanscsi_tx_queue(&conn->tx, NULL, 0, 0, owner);
    sanscsi_session_restrain_data(session, task);
}

bool sanscsi_session_make_management(sanscsi_session *session, struct connection *conn) {
    while (session->managements.first != TASK_NONE) {
        bool in_order =
            (session->table.tasks[session->managements.first].flags & TASK_IN_ORDER) != 0;
        if (in_order && !window_open(&session->window)) {
            return false;
        }
        uint32_t slot = task_list_take(&session->table, &session->managements);
        struct task *task = &session->table.tasks[slot];
        task->state = TASK_SENT;
        if (sanscsi_management_function(task->attribute)->names_task &&
            named_task(session, task) == NULL) {
            /* What the target would say, too (RFC 7143 11.6.1). */
            task->response = SANSCSI_MANAGE_NO_SUCH_TASK;
            sanscsi_session_end_task(session, slot, SANSCSI_IO_OK);
            continue;
        }
        task->holds++; /* until it is out: only then can the target have done it */
        sanscsi_session_send_management(session, conn, slot, slot);
        return true;
    }
    return false;
}

/* What a Response that is not assigned, or not for this function, says: rejected. */
static uint8_t known_response(const struct task *task, uint8_t response) {
    bool asks = sanscsi_management_function(task->attribute)->asks;
    bool known = response <= LAST_RESPONSE || (response == SANSCSI_MANAGE_SUCCEEDED && asks);
    return known ? response : SANSCSI_MANAGE_REJECTED;
}

void sanscsi_session_management_response(sanscsi_session *session, uint32_t slot,
                                         const struct tmf_response *response) {
    struct task *task = &session->table.tasks[slot];
    const struct task refused = *task; /* if it is: its slot is given back before */
    task->response = known_response(task, response->response);
    if (sanscsi_session_is_done(task->response)) {
        sanscsi_session_end_covered(session, task, SANSCSI_IO_CANCELLED);
    }
    bool additional = session->parameters.protocol_level >= 2; /* else these bytes are reserved */
    task->additional_response = additional ? response->additional_response_information : 0;
    sanscsi_session_end_task(session, slot, SANSCSI_IO_OK);
    if (!sanscsi_session_is_done(task->response)) {
        sanscsi_session_release_data(session, &refused);
    }
}

/* Whether the target may close all connections behind the request of a task, instead of an answer
 * (RFC 7143 11.5.1, RFC 7144 6.3). */
static bool closes_connections(const sanscsi_session *session, uint32_t slot) {
    const struct task *task = &session->table.tasks[slot];
    return slots_in_use(&session->table.slots, slot) && task->kind == SANSCSI_TASK_MANAGEMENT &&
           task->state == TASK_SENT && task->holds == 0 &&
           (task->attribute == TMF_I_T_NEXUS_RESET || task->attribute == TMF_TARGET_COLD_RESET);
}

bool sanscsi_session_expects_close(const sanscsi_session *session) {
    for (uint32_t slot = 0; slot < session->table.slots.count; slot++) {
        if (closes_connections(session, slot)) {
            return true;
        }
    }
    return false;
}

void sanscsi_session_end_nexus_reset(sanscsi_session *session) {
    for (uint32_t slot = 0; slot < session->table.slots.count; slot++) {
        struct task *task = &session->table.tasks[slot];
        if (closes_connections(session, slot) && task->attribute == TMF_I_T_NEXUS_RESET) {
            task->response = SANSCSI_MANAGED;
            sanscsi_session_end_covered(session, task, SANSCSI_IO_CANCELLED);
            task->additional_response = 0;
            sanscsi_session_end_task(session, slot, SANSCSI_IO_OK);
        }
    }
}
