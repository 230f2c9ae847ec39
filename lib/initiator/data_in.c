/* Data of reads (RFC 7143 11.7): every field is checked against the task before its buffer's
 * address is shown to anybody. */
#include "initiator/session.h"

#include "base/checked.h"

/* The statuses that a Data-In may carry; every other needs a SCSI Response (RFC 7143 11.7.3). */
static bool status_fits(uint8_t status) {
    return status == 0x00 || status == 0x04 || status == 0x10 || status == 0x14;
}

/* A number that has come already is discarded (RFC 7143 7.9); a status is never told twice. */
static bool is_duplicate(const struct task *task, const struct data_in *data) {
    return !data->status_present && serial_less(data->data_sn, task->next_sn);
}

static enum fault_code judge_data_in(const sanscsi_session *session, const struct task *task,
                                     const struct data_in *data) {
    if (task->direction != TASK_DATA_IN) {
        return FAULT_TASK_KIND;
    }
    if (data->status_present && (!data->final || !status_fits(data->status))) {
        return FAULT_DATA_STATUS;
    }
    if (is_duplicate(task, data)) {
        return FAULT_NONE;
    }
    if (data->data_sn != task->next_sn) {
        return FAULT_DATA_SN;
    }
    uint64_t end = (uint64_t)data->buffer_offset + data->data_segment_length;
    if (end > task->length) {
        return FAULT_DATA_OFFSET;
    }
    bool in_order = session->parameters.data_pdu_in_order != 0 &&
                    session->parameters.data_sequence_in_order != 0;
    if (in_order && data->data_segment_length > 0 && data->buffer_offset != task->received) {
        return FAULT_DATA_OFFSET;
    }
    /* Overlapping data out of order could tell more bytes than the buffers have. */
    uint64_t sum = (uint64_t)task->received + data->data_segment_length;
    return sum > task->length ? FAULT_DATA_OFFSET : FAULT_NONE;
}

void sanscsi_session_data_in_header(sanscsi_session *session, struct connection *conn) {
    struct data_in *data = &conn->data_in;
    sanscsi_data_in_decode(data, conn->rx.bhs);
    uint32_t slot = sanscsi_session_find_task(session, conn, data->itt, SANSCSI_TASK_COMMAND);
    if (slot == SLOT_NONE) {
        return;
    }
    struct task *task = &session->table.tasks[slot];
    enum fault_code fault = judge_data_in(session, task, data);
    if (fault != FAULT_NONE) {
        sanscsi_session_break(session, conn, fault, data->buffer_offset);
        return;
    }
    if (data->data_segment_length > 0 && !is_duplicate(task, data)) {
        uint32_t index = 0;
        size_t within = 0;
        sanscsi_task_seek(task, data->buffer_offset, &index, &within);
        sanscsi_rx_accept_list(&conn->rx, task->list, index, within);
    }
}

void sanscsi_session_data_in(sanscsi_session *session, struct connection *conn) {
    const struct data_in *data = &conn->data_in;
    uint32_t slot = task_find_tag(&session->table, data->itt);
    struct task *task = &session->table.tasks[slot];
    window_update(&session->window, data->exp_cmd_sn, data->max_cmd_sn);
    if (is_duplicate(task, data)) {
        return;
    }
    task->next_sn++;
    task->received += data->data_segment_length;
    session->counters.value[COUNTER_BYTES_READ] += data->data_segment_length;
    if (!data->status_present) {
        return;
    }
    if (!sanscsi_conn_take_stat_sn(conn, data->stat_sn)) {
        sanscsi_session_break(session, conn, FAULT_STAT_SN, data->stat_sn);
        return;
    }
    if (!sanscsi_session_take_residuals(session, conn, task, data->overflow, data->underflow,
                                        data->residual_count)) {
        return;
    }
    task->scsi_status = data->status;
    sanscsi_session_end_command(session, slot);
}
