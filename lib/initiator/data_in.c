/* Data of reads (RFC 7143 11.7): every field is checked against the task before its buffer's
 * address is shown to anybody. */
#include "initiator/session.h"

#include "session/transfer.h"
#include "wire/target_fields.h"

/* The statuses that a Data-In may carry; every other needs a SCSI Response (RFC 7143 11.7.3). */
static bool status_fits(uint8_t status) {
    return status == 0x00 || status == 0x04 || status == 0x10 || status == 0x14;
}

/* A number that has come already is discarded (RFC 7143 7.9); a status is never told twice. */
static inline bool is_duplicate(const struct task *task, const uint8_t *bhs) {
    return !field_flag(bhs, FLAG_STATUS) && serial_less(field_data_sn(bhs), task->next_sn);
}

static inline enum fault_code judge_data_in(const sanscsi_session *session, const struct task *task,
                                            const struct task *reader, const struct rx *rx) {
    const uint8_t *bhs = rx->bhs;
    if (reader == NULL) {
        return FAULT_TASK_KIND;
    }
    /* Of a bidirectional command the status comes in a SCSI Response (RFC 7143 11.7.3). */
    if (field_flag(bhs, FLAG_STATUS) &&
        (reader != task || (!tolerates(session, SANSCSI_TOLERATE_DATA_STATUS) &&
                            (!field_flag(bhs, FLAG_FINAL) || !status_fits(field_status(bhs)))))) {
        return FAULT_DATA_STATUS;
    }
    if (is_duplicate(task, bhs)) {
        return FAULT_NONE;
    }
    if (field_data_sn(bhs) != task->next_sn) {
        return FAULT_DATA_SN;
    }
    uint32_t offset = field_buffer_offset(bhs);
    if (session->watches_sequences) {
        return sanscsi_session_judge_sequence(session, reader, offset, rx->data_length);
    }
    return transfer_judge_in_order(reader->length, reader->received, offset, rx->data_length);
}

/* The field that a fault of judge_data_in() is about. */
static uint32_t wrong_value(enum fault_code fault, const uint8_t *bhs) {
    if (fault == FAULT_TASK_KIND) {
        return field_itt(bhs);
    }
    if (fault == FAULT_DATA_SN) {
        return field_data_sn(bhs);
    }
    return fault == FAULT_DATA_STATUS ? field_status(bhs) : field_buffer_offset(bhs);
}

void sanscsi_session_data_in_header(sanscsi_session *session, struct connection *conn) {
    const uint8_t *bhs = conn->rx.bhs;
    uint32_t slot = session_find_task(session, conn, field_itt(bhs), SANSCSI_TASK_COMMAND);
    conn->data_in_slot = slot;
    if (slot == SLOT_NONE) {
        return;
    }
    struct task *task = &session->table.tasks[slot];
    struct task *reader = task_reader(&session->table, task);
    enum fault_code fault = judge_data_in(session, task, reader, &conn->rx);
    if (fault != FAULT_NONE) {
        sanscsi_session_break(session, conn, fault, wrong_value(fault, bhs));
        return;
    }
    if (conn->rx.data_length > 0 && !is_duplicate(task, bhs)) {
        uint32_t index = 0;
        size_t within = 0;
        task_seek(reader, field_buffer_offset(bhs), &index, &within);
        rx_accept_list(&conn->rx, reader->list, index, within);
    }
}

/* The status that ends the command; it is the last Data-In. */
static void take_status(sanscsi_session *session, struct connection *conn, uint32_t slot) {
    const uint8_t *bhs = conn->rx.bhs;
    struct task *task = &session->table.tasks[slot];
    uint32_t stat_sn = field_stat_sn(bhs);
    if (!session_take_stat_sn(session, conn, stat_sn)) {
        return;
    }
    if (field_flag(bhs, FLAG_OVERFLOW | FLAG_UNDERFLOW) &&
        !sanscsi_session_take_residuals(session, conn, task, field_flag(bhs, FLAG_OVERFLOW),
                                        field_flag(bhs, FLAG_UNDERFLOW),
                                        field_residual_count(bhs))) {
        return;
    }
    task->response = 0; /* completed, which a status in a Data-In implies (RFC 7143 11.7.3) */
    task->scsi_status = field_status(bhs);
    sanscsi_session_end_command(session, slot);
}

/* Data of an aborted task went nowhere; its status counts, but says nothing. */
static void take_late(sanscsi_session *session, struct connection *conn) {
    const uint8_t *bhs = conn->rx.bhs;
    if (field_flag(bhs, FLAG_STATUS) && !session_take_stat_sn(session, conn, field_stat_sn(bhs))) {
        return;
    }
    sanscsi_session_take_late(session, field_exp_cmd_sn(bhs), field_max_cmd_sn(bhs));
}

void sanscsi_session_data_in(sanscsi_session *session, struct connection *conn) {
    const uint8_t *bhs = conn->rx.bhs;
    uint32_t length = conn->rx.data_length;
    uint32_t slot = conn->data_in_slot; /* it cannot end while a PDU of it is in work */
    if (slot == SLOT_NONE) {
        take_late(session, conn);
        return;
    }
    struct task *task = &session->table.tasks[slot];
    window_update(&session->window, field_exp_cmd_sn(bhs), field_max_cmd_sn(bhs));
    if (is_duplicate(task, bhs)) {
        (void)sanscsi_session_bear(session, conn);
        return;
    }
    if (length == 0 && !field_flag(bhs, FLAG_STATUS) && !sanscsi_session_bear(session, conn)) {
        return;
    }
    struct task *reader = task_reader(&session->table, task);
    task->next_sn++; /* of a bidirectional command: of R2Ts too (RFC 7143 11.7.5) */
    if (reader != task) {
        reader->next_sn++;
    }
    reader->received += length;
    session->counters.value[COUNTER_BYTES_READ] += length;
    if (session->watches_sequences && !sanscsi_session_step_sequence(session, conn, reader)) {
        return;
    }
    if (field_flag(bhs, FLAG_STATUS)) {
        take_status(session, conn, slot);
    }
}
