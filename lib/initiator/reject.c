/* Rejects: what becomes of the PDU that a target did not take (RFC 7143 11.17, 7.3). */
#include "initiator/manage.h"

/* What a rejected PDU was. */
enum rejected {
    REJECTED_OTHER,   /* of no task, or of one that has ended: the Reject informs, no more */
    REJECTED_COMMAND, /* the command itself: its task was never active (7.3) */
    REJECTED_DATA,    /* Data-Out of a task that goes on, and will be answered (7.3) */
    REJECTED_PING,
    REJECTED_MANAGEMENT,
    REJECTED_TEXT,
    REJECTED_LOGOUT,
    REJECTED_COUNT
};

enum reaction {
    DROP, /* nothing is known any more, or the target is out of step: session recovery */
    WAIT, /* the task goes on; its sequences are still ended with F (11.17.1) */
    FAIL, /* its task ends, and the gap in the CmdSNs is plugged */
    AGAIN,
    LOG_OUT
};

/* By Reason, then by what was rejected, in the order above. Reasons that are reserved, and those
 * about SNACKs and acknowledgements of data, which we never send, show a target out of step. A
 * negotiation ends with its text request alone (6.4, 7.12 b). */
static const uint8_t reactions[][REJECTED_COUNT] = {
    [REJECT_DATA_DIGEST_ERROR] = {WAIT, FAIL, WAIT, FAIL, FAIL, FAIL, DROP},
    [REJECT_SNACK] = {DROP},
    [REJECT_PROTOCOL_ERROR] = {WAIT, DROP, DROP, DROP, DROP, FAIL, DROP},
    [REJECT_COMMAND_NOT_SUPPORTED] = {WAIT, FAIL, WAIT, FAIL, FAIL, FAIL, DROP},
    [REJECT_TOO_MANY_IMMEDIATE_COMMANDS] = {WAIT, AGAIN, WAIT, FAIL, AGAIN, FAIL, AGAIN},
    [REJECT_TASK_IN_PROGRESS] = {WAIT, WAIT, WAIT, WAIT, WAIT, WAIT, WAIT},
    [REJECT_INVALID_DATA_ACK] = {DROP},
    [REJECT_INVALID_PDU_FIELD] = {WAIT, FAIL, WAIT, FAIL, FAIL, FAIL, DROP},
    [REJECT_LONG_OPERATION] = {WAIT, FAIL, WAIT, FAIL, FAIL, AGAIN, DROP},
    [REJECT_DEPRECATED] = {DROP, DROP, DROP, DROP, DROP, FAIL, DROP},
    [REJECT_WAITING_FOR_LOGOUT] = {LOG_OUT, LOG_OUT, LOG_OUT, LOG_OUT, LOG_OUT, LOG_OUT, DROP},
};

static enum reaction find_reaction(uint8_t reason, enum rejected rejected) {
    bool known = reason < sizeof(reactions) / sizeof(reactions[0]);
    return known ? (enum reaction)reactions[reason][rejected] : DROP;
}

/* The header that a Reject returns, and the task that it names. */
struct returned {
    uint8_t opcode;
    bool immediate;
    uint32_t cmd_sn;
    uint32_t slot; /* or SLOT_NONE */
    enum rejected rejected;
};

/* Kinds of tasks by the opcode of their request; what else names a task is Data-Out. */
struct request_kind {
    uint8_t opcode;
    uint8_t kind;
    uint8_t rejected; /* enum rejected */
};

static const struct request_kind kinds[] = {
    {OPCODE_SCSI_COMMAND, SANSCSI_TASK_COMMAND, REJECTED_COMMAND},
    {OPCODE_DATA_OUT, SANSCSI_TASK_COMMAND, REJECTED_DATA},
    {OPCODE_NOP_OUT, SANSCSI_TASK_PING, REJECTED_PING},
    {OPCODE_NOP_OUT, TASK_KIND_KEEPALIVE, REJECTED_PING},
    {OPCODE_TMF_REQUEST, SANSCSI_TASK_MANAGEMENT, REJECTED_MANAGEMENT},
    {OPCODE_TMF_REQUEST, TASK_KIND_ABORT, REJECTED_MANAGEMENT},
    {OPCODE_TMF_REQUEST, TASK_KIND_RESET, REJECTED_MANAGEMENT},
    {OPCODE_TEXT_REQUEST, SANSCSI_TASK_SEND_TARGETS, REJECTED_TEXT},
    {OPCODE_TEXT_REQUEST, SANSCSI_TASK_DECLARATION, REJECTED_TEXT},
    {OPCODE_TEXT_REQUEST, TASK_KIND_NEGOTIATION, REJECTED_TEXT},
    {OPCODE_LOGOUT_REQUEST, TASK_KIND_LOGOUT, REJECTED_LOGOUT},
};

static enum rejected find_kind(uint8_t opcode, uint8_t kind) {
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (kinds[i].opcode == opcode && kinds[i].kind == kind) {
            return (enum rejected)kinds[i].rejected;
        }
    }
    return REJECTED_OTHER;
}

/* Whether the returned header is the one that the task was last sent with. */
static bool is_last_request(const sanscsi_session *session, const struct task *task,
                            const struct returned *returned) {
    switch (returned->rejected) {
    case REJECTED_DATA:
        return task->state == TASK_SENT || task->state == TASK_ABORTING;
    case REJECTED_COMMAND:
        return task->state == TASK_SENT &&
               returned->immediate == ((task->flags & TASK_IMMEDIATE) != 0) &&
               (returned->immediate || returned->cmd_sn == task->cmd_sn);
    case REJECTED_TEXT:
        return task->state == TASK_SENT && sanscsi_session_text_awaited(session) &&
               returned->cmd_sn == task->cmd_sn;
    case REJECTED_PING:
        return task->state == TASK_SENT && returned->cmd_sn == task->cmd_sn;
    case REJECTED_MANAGEMENT:
    case REJECTED_LOGOUT:
    case REJECTED_OTHER:
    case REJECTED_COUNT:
        break;
    }
    return task->state == TASK_SENT;
}

static struct returned read_header(const sanscsi_session *session, const struct connection *conn) {
    struct nop_out request; /* whose tag and number stand where those of every request do */
    sanscsi_nop_out_decode(&request, conn->segment);
    struct returned returned = {
        .opcode = conn->segment[0] & OPCODE_MASK,
        .immediate = request.immediate,
        .cmd_sn = request.cmd_sn,
        .slot = task_find_tag(&session->table, request.itt),
    };
    if (returned.slot != SLOT_NONE) {
        const struct task *task = &session->table.tasks[returned.slot];
        returned.rejected = find_kind(returned.opcode, task->kind);
        if (!is_last_request(session, task, &returned)) {
            returned.rejected = REJECTED_OTHER;
        }
    }
    return returned;
}

static void drop(sanscsi_session *session, struct connection *conn, uint8_t reason) {
    sanscsi_conn_set_fault(conn, FAULT_REJECT, reason);
    sanscsi_session_drop(session, conn, CONN_TRANSPORT_LOST, SANSCSI_IO_CONNECTION_OFFLINE);
}

/* The task ends. What was immediate ends at once, for the target will say no more of it. Anything
 * else leaves a gap in the CmdSNs: an ABORT TASK that names the number plugs it (RFC 7143 7.3,
 * 7.11, 11.6.1 b). */
static void fail(sanscsi_session *session, uint32_t slot, bool immediate) {
    if (immediate) {
        sanscsi_task_note_aborted(&session->table, slot);
        sanscsi_session_end_task(session, slot, SANSCSI_IO_TARGET_FAILURE);
        return;
    }
    /* It has to be immediate, since the target waits for the number before it goes on in order. */
    session->table.tasks[slot].flags &= (uint8_t)~TASK_IN_ORDER;
    sanscsi_session_want_abort(session, slot, SANSCSI_IO_TARGET_FAILURE);
}

static void fail_ping(sanscsi_session *session, struct connection *conn,
                      const struct returned *returned) {
    if (returned->slot == session->keepalive_slot) {
        sanscsi_session_keepalive_answer(session, conn); /* who rejects a ping is alive */
    } else {
        fail(session, returned->slot, returned->immediate);
    }
}

/* Task management: what aborts a task for us must be carried out, or nothing is known of it; a
 * reset of ours is followed by the next step, unless its number is missing to the target. */
static void fail_management(sanscsi_session *session, struct connection *conn,
                            const struct returned *returned, uint8_t reason) {
    const struct task rejected = session->table.tasks[returned->slot];
    if (rejected.kind == SANSCSI_TASK_MANAGEMENT) {
        fail(session, returned->slot, returned->immediate);
        sanscsi_session_release_data(session, &rejected);
    } else if (rejected.kind == TASK_KIND_RESET && returned->immediate) {
        sanscsi_session_reset_response(session, SANSCSI_MANAGE_REJECTED);
    } else {
        drop(session, conn, reason);
    }
}

/* Too many immediate commands: it goes again, in order, which cannot be rejected so. */
static void command_again(sanscsi_session *session, uint32_t slot) {
    struct task *task = &session->table.tasks[slot];
    if (task->holds > 0) { /* parts of it are still on their way out */
        fail(session, slot, true);
        return;
    }
    sanscsi_session_rewind(session, slot);
    task->flags &= (uint8_t)~TASK_IMMEDIATE;
    task_list_append(&session->table, &session->waiting, slot);
}

static void management_again(sanscsi_session *session, uint32_t slot) {
    struct task *task = &session->table.tasks[slot];
    if (task->kind == TASK_KIND_ABORT) {
        sanscsi_session_abort_again(session);
        return;
    }
    task->flags |= TASK_IN_ORDER;
    if (task->kind == TASK_KIND_RESET) {
        session->reset_due = true;
        return;
    }
    task->state = TASK_QUEUED; /* and restrains nothing until it goes again */
    task_list_append(&session->table, &session->managements, slot);
    sanscsi_session_release_data(session, task);
}

/* Ends the task of what was rejected. */
static void react_fail(sanscsi_session *session, struct connection *conn,
                       const struct returned *returned, const struct reject *reject) {
    switch (returned->rejected) {
    case REJECTED_PING:
        fail_ping(session, conn, returned);
        break;
    case REJECTED_MANAGEMENT:
        fail_management(session, conn, returned, reject->reason);
        break;
    case REJECTED_TEXT:
        sanscsi_session_text_rejected(session, reject->exp_cmd_sn, false);
        break;
    case REJECTED_LOGOUT:
        drop(session, conn, reject->reason);
        break;
    case REJECTED_COMMAND:
    case REJECTED_DATA:
    case REJECTED_OTHER:
    case REJECTED_COUNT:
        fail(session, returned->slot, returned->immediate);
        break;
    }
}

/* Sends again what was rejected: a text request later, what was immediate in order, once. */
static void react_again(sanscsi_session *session, struct connection *conn,
                        const struct returned *returned, const struct reject *reject) {
    if (returned->rejected == REJECTED_TEXT) {
        sanscsi_session_text_rejected(session, reject->exp_cmd_sn, true);
    } else if (!returned->immediate) {
        react_fail(session, conn, returned, reject);
    } else if (returned->rejected == REJECTED_COMMAND) {
        command_again(session, returned->slot);
    } else if (returned->rejected == REJECTED_LOGOUT) {
        sanscsi_session_logout_again(session);
    } else {
        management_again(session, returned->slot);
    }
}

void sanscsi_session_reject(sanscsi_session *session, struct connection *conn) {
    struct reject reject;
    sanscsi_reject_decode(&reject, conn->rx.bhs);
    sanscsi_counters_reject(&session->counters, reject.reason);
    if (reject.data_segment_length < BHS_SIZE) {
        sanscsi_session_break(session, conn, FAULT_DATA_LENGTH, reject.data_segment_length);
        return;
    }
    if (!session_take_stat_sn(session, conn, reject.stat_sn)) {
        return;
    }
    window_update(&session->window, reject.exp_cmd_sn, reject.max_cmd_sn); /* RFC 7143 11.17.3 */
    struct returned returned = read_header(session, conn);
    struct event_value values[] = {EVENT_NUMBER(reject.reason), EVENT_NUMBER(returned.opcode)};
    sanscsi_session_raise(session, SANSCSI_EVENT_REJECT_RECEIVED, 0, values);
    switch (find_reaction(reject.reason, returned.rejected)) {
    case DROP:
        drop(session, conn, reject.reason);
        break;
    case WAIT:
        (void)sanscsi_session_bear(session, conn);
        break;
    case FAIL:
        react_fail(session, conn, &returned, &reject);
        break;
    case AGAIN:
        react_again(session, conn, &returned, &reject);
        break;
    case LOG_OUT:
        sanscsi_session_begin_logout(session, conn);
        break;
    }
}
