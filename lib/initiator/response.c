/* SCSI Responses: status, residuals, sense data (RFC 7143 11.4). */
#include "initiator/session.h"

#include <iscsi/scsi.h>

#include "base/bytes.h"
#include "base/checked.h"
#include "wire/target_fields.h"

/* iSCSI Response codes, RFC 7143 11.4.3; from 0x80 on they are the vendors'. */
enum { RESPONSE_COMPLETED = 0x00, RESPONSE_TARGET_FAILURE = 0x01, RESPONSE_VENDOR = 0x80 };

enum { STATUS_GOOD = 0x00, STATUS_CHECK_CONDITION = 0x02 };

bool sanscsi_session_take_residuals(sanscsi_session *session, struct connection *conn,
                                    struct task *task, bool overflow, bool underflow,
                                    uint32_t residual) {
    if (overflow && underflow) {
        if (tolerates(session, SANSCSI_TOLERATE_RESIDUAL_FLAGS)) {
            return true;
        }
        sanscsi_session_break(session, conn, FAULT_RESIDUAL_FLAGS, residual);
        return false;
    }
    task->overflow = overflow ? residual : 0;
    task->underflow = underflow ? min_u32(residual, task->length) : 0;
    session->counters.value[COUNTER_OVERFLOWS] += overflow ? 1 : 0;
    session->counters.value[COUNTER_UNDERFLOWS] += underflow ? 1 : 0;
    return true;
}

/* Copies response data behind the sense data, as far as the caller's buffer goes. */
static void take_response_data(struct task *task, const struct session_sense *sense,
                               uint32_t room) {
    task->flags |= TASK_RESPONSE_DATA;
    task->response_data = sense->rest_total;
    task->response_kept = (uint8_t)min_size(sense->rest.size, room);
    if (task->response_kept > 0) {
        memcpy(task->sense + task->sense_size, sense->rest.data, task->response_kept);
    }
}

/* Reads a data segment that is not empty; false when it holds less than it says. */
static bool read_sense(const sanscsi_session *session, struct connection *conn, uint32_t length,
                       struct session_sense *sense) {
    if (sanscsi_session_read_sense(conn, length, sense)) {
        return true;
    }
    if (!tolerates(session, SANSCSI_TOLERATE_SENSE_LENGTH)) {
        return false;
    }
    uint32_t there = length > SENSE_LENGTH_SIZE ? length - SENSE_LENGTH_SIZE : 0;
    store_be16(conn->segment, (uint16_t)min_u32(there, UINT16_MAX));
    return sanscsi_session_read_sense(conn, max_u32(length, SENSE_LENGTH_SIZE), sense);
}

/* Copies sense data to the caller and reads its key and codes; false when it is not all there. */
static bool take_sense(const sanscsi_session *session, struct connection *conn, struct task *task,
                       uint32_t length) {
    struct session_sense sense;
    if (!read_sense(session, conn, length, &sense)) {
        return false;
    }
    uint32_t room = task->sense_size;
    task->sense_total = sense.total;
    task->sense_size = (uint16_t)min_size(room, sense.bytes.size);
    if (task->sense_size > 0) {
        memcpy(task->sense, sense.bytes.data, task->sense_size);
    }
    if (sense.rest_total > 0) {
        take_response_data(task, &sense, room - task->sense_size);
    }
    task->sense_key = sense.key;
    task->sense_code = sense.code;
    return true;
}

/* Whether a target that tells no residual has all data of a write: it has asked for them, and
 * nothing of that is left here. */
static inline bool all_given(const struct task *task) {
    if (task->requested < task->length - task->underflow) {
        return false;
    }
    return task->underflow > 0 || (task->bursts == 0 && (task->flags & TASK_DATA_MISSING) == 0);
}

/* Whether what a GOOD status stands for has all been moved, but for the residual that the target
 * tells. */
static inline bool all_moved(const sanscsi_session *session, const struct task *task,
                             const struct task *reader) {
    return (reader == NULL || (reader->received >= reader->length - reader->underflow &&
                               sanscsi_session_data_in_whole(session, reader))) &&
           (!task_writes(task) || all_given(task));
}

void sanscsi_session_end_command(sanscsi_session *session, uint32_t slot) {
    struct task *task = &session->table.tasks[slot];
    uint32_t io_status = SANSCSI_IO_OK;
    session->reinstatement.answered = true;
    if (task->response != RESPONSE_COMPLETED) {
        io_status = SANSCSI_IO_TARGET_FAILURE;
    } else if (task->scsi_status == STATUS_GOOD) {
        if (!all_moved(session, task, task_reader(&session->table, task))) {
            io_status = SANSCSI_IO_BYTES_LOST;
            count_one(&session->counters, COUNTER_LOST_BYTES);
        } else if (task_writes(task)) {
            session->counters.value[COUNTER_BYTES_WRITTEN] += task->length - task->underflow;
        }
    }
    sanscsi_session_end_task(session, slot, io_status);
}

/* A GOOD status: only then ExpDataSN counts, since tgt tells 0 behind data that it ends with CHECK
 * CONDITION. */
static inline bool is_good(const uint8_t *bhs) {
    return field_response(bhs) == RESPONSE_COMPLETED && field_status(bhs) == STATUS_GOOD;
}

/* ExpDataSN counts the Data-In PDUs (RFC 7143 11.4.8). Those of a bidirectional command share their
 * numbers with R2Ts (4.2.2.4), so that both counts can be meant. */
static inline bool fewer_counted(const struct task *reader, uint32_t exp_data_sn) {
    return exp_data_sn < reader->next_sn;
}

/* The target counts more data PDUs than came: what is missing costs the command alone. */
static inline bool more_counted(const struct task *task, const struct task *reader,
                                uint32_t exp_data_sn) {
    return exp_data_sn > reader->next_sn && exp_data_sn != task->next_sn;
}

/* What in a response can be wrong; FAULT_NONE when nothing is. */
static inline enum fault_code judge_response(const sanscsi_session *session,
                                             const struct task *reader, const struct rx *rx) {
    const uint8_t *bhs = rx->bhs;
    uint8_t response = field_response(bhs);
    if (response > RESPONSE_TARGET_FAILURE && response < RESPONSE_VENDOR &&
        !tolerates(session, SANSCSI_TOLERATE_RESPONSE_CODE)) {
        return FAULT_RESPONSE_CODE;
    }
    if (reader != NULL && is_good(bhs) && fewer_counted(reader, field_data_sn(bhs)) &&
        !tolerates(session, SANSCSI_TOLERATE_EXP_DATA_SN)) {
        return FAULT_EXP_DATA_SN;
    }
    if (response != RESPONSE_COMPLETED) {
        return FAULT_NONE;
    }
    if (field_status(bhs) == STATUS_CHECK_CONDITION && rx->data_length == 0 &&
        !tolerates(session, SANSCSI_TOLERATE_NO_SENSE)) {
        return FAULT_SENSE_MISSING;
    }
    if (field_flag(bhs, FLAG_BIDIRECTIONAL_READ_OVERFLOW) &&
        field_flag(bhs, FLAG_BIDIRECTIONAL_READ_UNDERFLOW) &&
        !tolerates(session, SANSCSI_TOLERATE_RESIDUAL_FLAGS)) {
        return FAULT_RESIDUAL_FLAGS;
    }
    return FAULT_NONE;
}

/* The field that a fault of judge_response() is about. */
static uint32_t wrong_value(enum fault_code fault, const uint8_t *bhs) {
    if (fault == FAULT_RESPONSE_CODE) {
        return field_response(bhs);
    }
    return fault == FAULT_EXP_DATA_SN ? field_data_sn(bhs) : field_status(bhs);
}

/* What is undefined unless the response says that the command is completed (RFC 7143 11.4.3). */
static inline bool take_completion(sanscsi_session *session, struct connection *conn,
                                   struct task *task) {
    const uint8_t *bhs = conn->rx.bhs;
    task->scsi_status = field_status(bhs);
    if (session->parameters.protocol_level >= 2) { /* RFC 7144 5.2.1 */
        task->status_qualifier = field_status_qualifier(bhs);
    }
    if (task->direction == TASK_BOTH_WAYS &&
        field_flag(bhs, FLAG_BIDIRECTIONAL_READ_OVERFLOW | FLAG_BIDIRECTIONAL_READ_UNDERFLOW) &&
        !sanscsi_session_take_residuals(session, conn, task_reader(&session->table, task),
                                        field_flag(bhs, FLAG_BIDIRECTIONAL_READ_OVERFLOW),
                                        field_flag(bhs, FLAG_BIDIRECTIONAL_READ_UNDERFLOW),
                                        field_read_residual_count(bhs))) {
        return false;
    }
    return !field_flag(bhs, FLAG_OVERFLOW | FLAG_UNDERFLOW) ||
           sanscsi_session_take_residuals(session, conn, task, field_flag(bhs, FLAG_OVERFLOW),
                                          field_flag(bhs, FLAG_UNDERFLOW),
                                          field_residual_count(bhs));
}

/* Status, residuals and sense data of a response that was judged; false after ending the
 * connection for them. */
static inline bool take_status(sanscsi_session *session, struct connection *conn,
                               struct task *task) {
    const uint8_t *bhs = conn->rx.bhs;
    uint32_t length = conn->rx.data_length;
    task->response = field_response(bhs);
    if (task->response == RESPONSE_COMPLETED && !take_completion(session, conn, task)) {
        return false;
    }
    if (length == 0) {
        task->sense_size = 0;
    } else if (!take_sense(session, conn, task, length)) {
        sanscsi_session_break(session, conn, FAULT_SENSE_LENGTH, length);
        return false;
    }
    return true;
}

void sanscsi_session_scsi_response(sanscsi_session *session, struct connection *conn) {
    const uint8_t *bhs = conn->rx.bhs;
    uint32_t slot = session_find_task(session, conn, field_itt(bhs), SANSCSI_TASK_COMMAND);
    if (conn->transport != TRANSPORT_OPEN ||
        !session_take_stat_sn(session, conn, field_stat_sn(bhs))) {
        return;
    }
    if (slot == SLOT_NONE) { /* of an aborted task: its StatSN counted, it says nothing */
        sanscsi_session_take_late(session, field_exp_cmd_sn(bhs), field_max_cmd_sn(bhs));
        return;
    }
    struct task *task = &session->table.tasks[slot];
    const struct task *reader = task_reader(&session->table, task);
    enum fault_code fault = judge_response(session, reader, &conn->rx);
    if (fault != FAULT_NONE) {
        sanscsi_session_break(session, conn, fault, wrong_value(fault, bhs));
        return;
    }
    window_update(&session->window, field_exp_cmd_sn(bhs), field_max_cmd_sn(bhs));
    bool missing = reader != NULL && is_good(bhs) && more_counted(task, reader, field_data_sn(bhs));
    if (!take_status(session, conn, task)) {
        return;
    }
    if (missing) {
        count_one(&session->counters, COUNTER_LOST_BYTES);
        sanscsi_session_end_task(session, slot, SANSCSI_IO_BYTES_LOST);
        return;
    }
    sanscsi_session_end_command(session, slot);
}
