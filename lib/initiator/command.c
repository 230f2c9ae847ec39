/* SCSI commands: put on the wire (RFC 7143 11.3). */
#include "initiator/session.h"

#include "base/checked.h"
#include "wire/ahs.h"

/* Immediate data of a write: RFC 7143 13.11, 13.14 and 13.12 bound it. */
static uint32_t immediate_length(const sanscsi_session *session, const struct connection *conn,
                                 const struct task *task) {
    if (task->direction != TASK_DATA_OUT || session->parameters.immediate_data == 0) {
        return 0;
    }
    return min_u32(task->length,
                   min_u32(session->parameters.first_burst_length, conn->max_send_segment));
}

/* All data of a write that goes out unasked, the immediate included. */
static uint32_t unsolicited_length(const sanscsi_session *session, const struct task *task,
                                   uint32_t immediate) {
    if (task->direction != TASK_DATA_OUT || session->parameters.initial_r2t != 0) {
        return immediate;
    }
    return min_u32(task->length, session->parameters.first_burst_length);
}

void sanscsi_session_make_command(sanscsi_session *session, struct connection *conn,
                                  uint32_t slot) {
    struct task *task = &session->table.tasks[slot];
    const uint8_t *cdb = task_cdb(&session->table, slot);
    uint32_t immediate = immediate_length(session, conn, task);
    uint32_t unsolicited = unsolicited_length(session, task, immediate);
    uint32_t ahs_words = sanscsi_ahs_words(task->cdb_length, false);
    task->cmd_sn = session->window.cmd_sn;
    session->window.cmd_sn++;
    struct scsi_command_pdu command = {
        .final = unsolicited == immediate,
        .read = task->direction == TASK_DATA_IN,
        .write = task->direction == TASK_DATA_OUT,
        .attr = task->attribute,
        .total_ahs_length = (uint8_t)ahs_words,
        .lun = task->lun,
        .itt = task_tag(&session->table, slot),
        .expected_data_transfer_length = task->length,
        .cmd_sn = task->cmd_sn,
        .exp_stat_sn = conn->exp_stat_sn,
    };
    memcpy(command.cdb, cdb, sizeof(command.cdb));
    struct tx_slot *pdu = sanscsi_tx_begin(&conn->tx, BHS_SIZE + 4 * ahs_words);
    sanscsi_scsi_command_pdu_encode(&command, pdu->header);
    if (ahs_words > 0) {
        struct builder ahs;
        sanscsi_builder_init(&ahs, pdu->header + BHS_SIZE, 4 * (size_t)ahs_words);
        (void)sanscsi_ahs_put_extended_cdb(&ahs, span_of(cdb, task->cdb_length));
    }
    task->holds++;
    sanscsi_tx_queue(&conn->tx, task->list, 0, immediate, slot);
    task->requested = unsolicited;
    if (unsolicited > immediate) {
        sanscsi_session_begin_write(session, slot, immediate);
    }
    count_one(&session->counters, COUNTER_COMMANDS);
}
