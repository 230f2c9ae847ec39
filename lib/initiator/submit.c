/* SCSI commands: checked and taken from the caller. */
#include "initiator/session.h"

#include "base/checked.h"

#define MIN_CDB_LENGTH 6u
#define CDB_IN_BHS 16u

void sanscsi_command_defaults(sanscsi_command *command) {
    if (command != NULL) {
        memset(command, 0, sizeof(*command));
        command->size = sizeof(*command);
        command->attribute = SANSCSI_ATTRIBUTE_SIMPLE;
    }
}

/* The bytes of a list in all. */
static int32_t list_length(const sanscsi_iovec *list, uint32_t entries, uint32_t *length) {
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

static int32_t check_command(const sanscsi_session *session, const sanscsi_command *command) {
    if (command->size != sizeof(*command) || command->cdb == NULL ||
        command->cdb_length < MIN_CDB_LENGTH || command->attribute > SANSCSI_ATTRIBUTE_ACA ||
        (command->data_out_count > 0 && command->data_in_count > 0) ||
        (command->data_out_count > 0 && command->data_out == NULL) ||
        (command->data_in_count > 0 && command->data_in == NULL) ||
        (command->sense == NULL && command->sense_size > 0)) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    if (command->cdb_length > session->limits.max_cdb_length) {
        return SANSCSI_TOO_LARGE;
    }
    if (session->settings.type != SANSCSI_SESSION_NORMAL) {
        return SANSCSI_WRONG_SESSION_TYPE;
    }
    return sanscsi_session_may_submit(session);
}

static void fill_task(sanscsi_session *session, uint32_t slot, const sanscsi_command *command,
                      uint32_t length) {
    struct task *task = &session->table.tasks[slot];
    bool writes = command->data_out_count > 0;
    task->lun = command->lun;
    task->list = writes ? command->data_out : command->data_in;
    task->length = length;
    task->direction = TASK_NO_DATA;
    if (length > 0) {
        task->direction = writes ? TASK_DATA_OUT : TASK_DATA_IN;
    }
    task->sense = command->sense;
    task->sense_size = command->sense_size;
    task->attribute = (uint8_t)command->attribute;
    task->cdb_length = (uint16_t)command->cdb_length;
    uint8_t *cdb = task_cdb(&session->table, slot);
    memcpy(cdb, command->cdb, command->cdb_length);
    if (command->cdb_length < CDB_IN_BHS) {
        memset(cdb + command->cdb_length, 0, CDB_IN_BHS - command->cdb_length);
    }
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
    bool writes = command->data_out_count > 0;
    uint32_t length = 0;
    status = list_length(writes ? command->data_out : command->data_in,
                         writes ? command->data_out_count : command->data_in_count, &length);
    if (status != SANSCSI_OK) {
        return status;
    }
    session->origin.time = now;
    uint32_t slot = sanscsi_session_take_task(session, SANSCSI_TASK_COMMAND, command->user,
                                              command->timeout, now);
    if (slot == SLOT_NONE) {
        return SANSCSI_NO_FREE_TASK;
    }
    fill_task(session, slot, command, length);
    sanscsi_task_list_append(&session->table, &session->waiting, slot);
    if (handle != NULL) {
        *handle = slots_handle(&session->table.slots, slot);
    }
    return SANSCSI_OK;
}
