/* SCSI Responses: status, residuals, sense data (RFC 7143 11.4). */
#include "initiator/session.h"

#include <iscsi/scsi.h>

#include "base/checked.h"

#define SENSE_LENGTH_SIZE 2u /* the length that stands before sense data, RFC 7143 11.4.7 */

/* iSCSI Response codes, RFC 7143 11.4.3; from 0x80 on they are the vendors'. */
enum { RESPONSE_COMPLETED = 0x00, RESPONSE_TARGET_FAILURE = 0x01, RESPONSE_VENDOR = 0x80 };

enum { STATUS_GOOD = 0x00, STATUS_CHECK_CONDITION = 0x02 };

bool sanscsi_session_take_residuals(sanscsi_session *session, struct connection *conn,
                                    struct task *task, bool overflow, bool underflow,
                                    uint32_t residual) {
    if (overflow && underflow) {
        sanscsi_session_break(session, conn, FAULT_RESIDUAL_FLAGS, residual);
        return false;
    }
    task->overflow = overflow ? residual : 0;
    task->underflow = underflow ? min_u32(residual, task->length) : 0;
    session->counters.value[COUNTER_OVERFLOWS] += overflow ? 1 : 0;
    session->counters.value[COUNTER_UNDERFLOWS] += underflow ? 1 : 0;
    return true;
}

/* Copies sense data to the caller and reads its key and codes; false when it is not all there. */
static bool take_sense(struct task *task, const uint8_t *segment, uint32_t length) {
    struct reader reader;
    sanscsi_reader_init(&reader, segment, min_u32(length, CONN_SEGMENT_SIZE));
    uint32_t total = sanscsi_reader_be16(&reader);
    if (reader.failed || total > length - SENSE_LENGTH_SIZE) {
        return false;
    }
    struct span sense = sanscsi_reader_take(&reader, min_size(total, sanscsi_reader_left(&reader)));
    task->sense_total = total;
    task->sense_size = (uint32_t)min_size(task->sense_size, sense.size);
    if (task->sense_size > 0) {
        memcpy(task->sense, sense.data, task->sense_size);
    }
    sanscsi_sense parsed = {.size = sizeof(parsed)};
    int32_t status = sanscsi_sense_parse(sense.data, sense.size, &parsed);
    if (status == SANSCSI_OK || status == SANSCSI_TRUNCATED) {
        task->sense_key = (uint8_t)parsed.sense_key;
        task->sense_code = (uint16_t)parsed.code;
    }
    return true;
}

void sanscsi_session_end_command(sanscsi_session *session, uint32_t slot) {
    struct task *task = &session->table.tasks[slot];
    uint32_t io_status = SANSCSI_IO_OK;
    if (task->response != RESPONSE_COMPLETED) {
        io_status = SANSCSI_IO_TARGET_FAILURE;
    } else if (task->direction == TASK_DATA_IN && task->scsi_status == STATUS_GOOD &&
               task->received < task->length - task->underflow) {
        io_status = SANSCSI_IO_BYTES_LOST;
        count_one(&session->counters, COUNTER_LOST_BYTES);
    } else if (task->direction == TASK_DATA_OUT && task->scsi_status == STATUS_GOOD) {
        session->counters.value[COUNTER_BYTES_WRITTEN] += task->length - task->underflow;
    }
    sanscsi_session_end_task(session, slot, io_status);
}

/* ExpDataSN against what came (RFC 7143 11.4.8). Only a GOOD status is judged by it: tgt tells 0
 * behind data that it ends with CHECK CONDITION. */
static bool data_sn_fits(const struct task *task, const struct scsi_response *response) {
    return task->direction != TASK_DATA_IN || response->response != RESPONSE_COMPLETED ||
           response->status != STATUS_GOOD || response->exp_data_sn >= task->next_sn;
}

/* The target counts more data PDUs than came: what is missing costs the command alone. */
static bool data_missing(const struct task *task, const struct scsi_response *response) {
    return task->direction == TASK_DATA_IN && response->response == RESPONSE_COMPLETED &&
           response->status == STATUS_GOOD && response->exp_data_sn > task->next_sn;
}

/* What in a response can be wrong; FAULT_NONE when nothing is. */
static enum fault_code judge_response(const struct task *task,
                                      const struct scsi_response *response) {
    if (response->response > RESPONSE_TARGET_FAILURE && response->response < RESPONSE_VENDOR) {
        return FAULT_RESPONSE_CODE;
    }
    if (!data_sn_fits(task, response)) {
        return FAULT_EXP_DATA_SN;
    }
    bool check =
        response->response == RESPONSE_COMPLETED && response->status == STATUS_CHECK_CONDITION;
    if (check && response->data_segment_length == 0) {
        return FAULT_SENSE_MISSING;
    }
    bool completed = response->response == RESPONSE_COMPLETED;
    if (completed && response->bidirectional_read_overflow &&
        response->bidirectional_read_underflow) {
        return FAULT_RESIDUAL_FLAGS;
    }
    return FAULT_NONE;
}

void sanscsi_session_scsi_response(sanscsi_session *session, struct connection *conn) {
    struct scsi_response response;
    sanscsi_scsi_response_decode(&response, conn->rx.bhs);
    uint32_t slot = sanscsi_session_find_task(session, conn, response.itt, SANSCSI_TASK_COMMAND);
    if (slot == SLOT_NONE) {
        return;
    }
    struct task *task = &session->table.tasks[slot];
    if (!sanscsi_conn_take_stat_sn(conn, response.stat_sn)) {
        sanscsi_session_break(session, conn, FAULT_STAT_SN, response.stat_sn);
        return;
    }
    enum fault_code fault = judge_response(task, &response);
    if (fault != FAULT_NONE) {
        sanscsi_session_break(session, conn, fault, response.status);
        return;
    }
    window_update(&session->window, response.exp_cmd_sn, response.max_cmd_sn);
    bool completed = response.response == RESPONSE_COMPLETED;
    task->response = response.response;
    task->scsi_status = completed ? response.status : 0;
    if (!sanscsi_session_take_residuals(session, conn, task, completed && response.overflow,
                                        completed && response.underflow, response.residual_count)) {
        return;
    }
    if (response.data_segment_length == 0) {
        task->sense_size = 0;
    } else if (!take_sense(task, conn->segment, response.data_segment_length)) {
        sanscsi_session_break(session, conn, FAULT_SENSE_LENGTH, response.data_segment_length);
        return;
    }
    if (data_missing(task, &response)) {
        count_one(&session->counters, COUNTER_LOST_BYTES);
        sanscsi_session_end_task(session, slot, SANSCSI_IO_BYTES_LOST);
        return;
    }
    sanscsi_session_end_command(session, slot);
}
