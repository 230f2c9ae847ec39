/* Tasks taken from the caller; SCSI commands checked before. */
#include "initiator/session.h"

#include "base/checked.h"
#include "base/public.h"

#define MIN_CDB_LENGTH 6u
#define CDB_IN_BHS 16u
#define MAX_PRIORITY 15u
#define KNOWN_FLAGS ((uint32_t)SANSCSI_COMMAND_IMMEDIATE | (uint32_t)SANSCSI_COMMAND_RESEND)

int32_t sanscsi_command_init(sanscsi_command *command, size_t size) {
    int32_t status = begin_struct(command, size, sizeof(*command));
    if (status == SANSCSI_OK) {
        command->attribute = SANSCSI_ATTRIBUTE_SIMPLE;
    }
    return status;
}

/* The bytes that a command moves. */
struct transfer {
    uint32_t in;
    uint32_t out;
};

/* The bytes of a list in all. */
static inline int32_t list_length(const sanscsi_iovec *list, uint32_t entries, uint32_t *length) {
    uint64_t sum = 0;
    for (uint32_t i = 0; i < entries; i++) {
        if (list[i].data == NULL && list[i].size > 0) {
            return SANSCSI_INVALID_ARGUMENT;
        }
        if (!checked_add_u64(sum, list[i].size, &sum)) {
            return SANSCSI_TOO_LARGE;
        }
    }
    *length = (uint32_t)sum;
    return sum <= UINT32_MAX ? SANSCSI_OK : SANSCSI_TOO_LARGE;
}

static int32_t measure(const sanscsi_command *command, struct transfer *transfer) {
    int32_t status = list_length(command->data_in, command->data_in_count, &transfer->in);
    return status != SANSCSI_OK
               ? status
               : list_length(command->data_out, command->data_out_count, &transfer->out);
}

/* The state that nearly every command finds; sanscsi_session_may_queue() tells the others apart.
 */
static bool is_ready(const sanscsi_session *session) {
    const struct connection *conn = session->connections;
    return conn->state == CONN_LOGGED_IN && conn->transport == TRANSPORT_OPEN &&
           !session->logout_due;
}

/* What was agreed; while a lost session comes back, what may be. */
static uint32_t protocol_level(const sanscsi_session *session) {
    return is_ready(session) ? session->parameters.protocol_level
                             : session->settings.parameters.protocol_level;
}

static int32_t check_command(const sanscsi_session *session, const sanscsi_command *command) {
    if (command->size != sizeof(*command) || command->cdb == NULL ||
        command->cdb_length < MIN_CDB_LENGTH || command->attribute > SANSCSI_ATTRIBUTE_ACA ||
        (command->data_out_count > 0 && command->data_out == NULL) ||
        (command->data_in_count > 0 && command->data_in == NULL) ||
        (command->sense == NULL && command->sense_size > 0) ||
        (command->flags & ~KNOWN_FLAGS) != 0 || command->priority > MAX_PRIORITY) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    if (command->cdb_length > session->limits.max_cdb_length) {
        return SANSCSI_TOO_LARGE;
    }
    if (session->settings.type != SANSCSI_SESSION_NORMAL) {
        return SANSCSI_WRONG_SESSION_TYPE;
    }
    int32_t status = is_ready(session) ? SANSCSI_OK : sanscsi_session_may_queue(session);
    if (status == SANSCSI_OK && command->priority != 0 && protocol_level(session) < 2) {
        return SANSCSI_NOT_NEGOTIATED; /* RFC 7144 5.1.1 */
    }
    return status;
}

/* What the caller asks of any task. */
static inline void start_task(sanscsi_session *session, uint32_t slot, uint64_t user,
                              uint64_t timeout, uint64_t now) {
    session->table.tasks[slot].user = user;
    uint64_t length = timeout != 0 ? timeout : session->settings.command_timeout;
    if (length != 0 && length != SANSCSI_NEVER) {
        timers_arm_idle(&session->timers, slot, saturating_add_u64(now, length));
    }
}

/* The task is complete: it waits to be sent, and the caller may know it. */
static inline void enlist(sanscsi_session *session, struct task_list *list, uint32_t slot,
                          sanscsi_task *handle) {
    task_list_append(&session->table, list, slot);
    if (handle != NULL) {
        *handle = slots_handle(&session->table.slots, slot);
    }
}

uint32_t sanscsi_session_start_task(sanscsi_session *session, uint32_t kind, uint64_t user,
                                    uint64_t timeout, uint64_t now, struct task_list *list,
                                    sanscsi_task *handle) {
    uint32_t slot = task_take_submitted(&session->table, kind);
    if (slot != SLOT_NONE) {
        start_task(session, slot, user, timeout, now);
        enlist(session, list, slot, handle);
    }
    return slot;
}

uint32_t sanscsi_session_queue_task(sanscsi_session *session, uint32_t kind, uint64_t user,
                                    uint64_t timeout, uint64_t now, sanscsi_task *handle) {
    return sanscsi_session_start_task(session, kind, user, timeout, now, &session->waiting, handle);
}

/* Behind a shorter CDB zeros fill the field of the header. */
static void keep_cdb(uint8_t *kept, const uint8_t *cdb, uint32_t length) {
    enum { HALF = CDB_IN_BHS / 2 };
    memset(kept, 0, CDB_IN_BHS);
    if (length < HALF || length > CDB_IN_BHS) {
        memcpy(kept, cdb, length);
        return;
    }
    /* Two halves of fixed size, which may overlap, need no call. */
    memcpy(kept, cdb, HALF);
    memcpy(kept + length - HALF, cdb + length - HALF, HALF);
}

/* A slot for a command, and another for what a bidirectional one reads. */
static int32_t take_slots(struct task_table *table, const sanscsi_command *command,
                          const struct transfer *transfer, uint32_t *slot) {
    bool both = transfer->in > 0 && transfer->out > 0;
    if (both && table->limit < 2) {
        return SANSCSI_TOO_LARGE;
    }
    *slot = task_take_submitted(table, SANSCSI_TASK_COMMAND);
    if (*slot == SLOT_NONE) {
        return SANSCSI_NO_FREE_TASK;
    }
    if (both && !sanscsi_task_take_read_part(table, *slot)) {
        task_give_submitted(table, *slot);
        return SANSCSI_NO_FREE_TASK;
    }
    if (both) {
        struct task *reader = task_read_part(table, &table->tasks[*slot]);
        reader->list = command->data_in;
        reader->length = transfer->in;
    }
    return SANSCSI_OK;
}

static void fill_task(struct task *task, const sanscsi_command *command,
                      const struct transfer *transfer) {
    bool writes = transfer->out > 0;
    task->lun = command->lun;
    task->list = writes ? command->data_out : command->data_in;
    task->sense = command->sense;
    task->length = writes ? transfer->out : transfer->in;
    task->sense_size = (uint16_t)min_u32(command->sense_size, UINT16_MAX);
    task->direction = (uint8_t)((transfer->in > 0 ? TASK_DATA_IN : TASK_NO_DATA) +
                                (writes ? TASK_DATA_OUT : TASK_NO_DATA));
    task->attribute = (uint8_t)(command->attribute | command->priority << 4);
    task->flags = (uint8_t)command->flags;
    task->cdb_length = (uint16_t)command->cdb_length;
}

int32_t sanscsi_submit(sanscsi_session *session, const sanscsi_command *command, uint64_t now,
                       sanscsi_task *handle) {
    if (session == NULL || command == NULL) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    int32_t status = check_command(session, command);
    if (status != SANSCSI_OK) {
        return status;
    }
    struct transfer transfer = {0, 0};
    status = measure(command, &transfer);
    if (status != SANSCSI_OK) {
        return status;
    }
    session->origin.time = now;
    uint32_t slot = SLOT_NONE;
    status = take_slots(&session->table, command, &transfer, &slot);
    if (status != SANSCSI_OK) {
        return status;
    }
    start_task(session, slot, command->user, command->timeout, now);
    fill_task(&session->table.tasks[slot], command, &transfer);
    keep_cdb(task_cdb(&session->table, slot), command->cdb, command->cdb_length);
    enlist(session, waiting_list(session, &session->table.tasks[slot]), slot, handle);
    return SANSCSI_OK;
}
