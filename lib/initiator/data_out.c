/* Data of writes: unsolicited bursts, R2Ts, Data-Out (RFC 7143 11.7, 11.8). */
#include "initiator/session.h"

#include "base/invariant.h"
#include "session/transfer.h"
#include "wire/fields.h"

static void begin_burst(sanscsi_session *session, uint32_t slot, uint32_t tag, uint32_t offset,
                        uint32_t end) {
    struct burst burst = {.task = slot, .target_transfer_tag = tag, .offset = offset, .end = end};
    bool room = bursts_append(&session->bursts, &burst);
    INVARIANT(room); /* the ring holds all R2Ts allowed, and make_waiting() counts the others */
    (void)room;
    session->table.tasks[slot].bursts++;
}

void sanscsi_session_begin_write(sanscsi_session *session, uint32_t slot, uint32_t immediate) {
    begin_burst(session, slot, TAG_RESERVED, immediate, session->table.tasks[slot].requested);
}

/* Everything in the R2T itself that can be wrong; FAULT_NONE when nothing is. */
static enum fault_code judge_r2t(const sanscsi_session *session, const struct task *task,
                                 const struct r2t *r2t) {
    if (!task_writes(task)) {
        return FAULT_TASK_KIND;
    }
    if (r2t->lun != task->lun && !tolerates(session, SANSCSI_TOLERATE_R2T_LUN)) {
        return FAULT_TASK_LUN;
    }
    if (r2t->target_transfer_tag == TAG_RESERVED) {
        return FAULT_R2T_TAG;
    }
    if (r2t->r2t_sn != task->next_sn) {
        /* One that has come already is discarded (RFC 7143 7.9). */
        return serial_less(r2t->r2t_sn, task->next_sn) ? FAULT_NONE : FAULT_R2T_SN;
    }
    if (!transfer_may_ask(task->length, session->parameters.max_burst_length, r2t->buffer_offset,
                          r2t->desired_data_transfer_length)) {
        return FAULT_R2T_RANGE;
    }
    /* In order they continue what was covered before; an earlier range may only be asked for
     * again, which recovery does (RFC 7143 11.8, 13.19). */
    if (session->parameters.data_sequence_in_order != 0 && r2t->buffer_offset > task->requested) {
        return FAULT_R2T_RANGE;
    }
    return task->outstanding_r2t < session->parameters.max_outstanding_r2t ? FAULT_NONE
                                                                           : FAULT_R2T_COUNT;
}

/* The field that a fault of judge_r2t() is about. */
static uint32_t wrong_value(enum fault_code fault, const struct r2t *r2t) {
    if (fault == FAULT_TASK_KIND) {
        return r2t->itt;
    }
    if (fault == FAULT_R2T_TAG) {
        return r2t->target_transfer_tag;
    }
    return fault == FAULT_R2T_SN ? r2t->r2t_sn : r2t->buffer_offset;
}

void sanscsi_session_r2t(sanscsi_session *session, struct connection *conn) {
    struct r2t r2t;
    sanscsi_r2t_decode(&r2t, conn->rx.bhs);
    uint32_t slot = sanscsi_session_find_task(session, conn, r2t.itt, SANSCSI_TASK_COMMAND);
    if (conn->transport != TRANSPORT_OPEN ||
        !session_check_next_stat_sn(session, conn, r2t.stat_sn)) {
        return;
    }
    if (slot == SLOT_NONE) { /* of an aborted task: not answered */
        sanscsi_session_take_late(session, r2t.exp_cmd_sn, r2t.max_cmd_sn);
        return;
    }
    struct task *task = &session->table.tasks[slot];
    enum fault_code fault = judge_r2t(session, task, &r2t);
    if (fault != FAULT_NONE) {
        sanscsi_session_break(session, conn, fault, wrong_value(fault, &r2t));
        return;
    }
    window_update(&session->window, r2t.exp_cmd_sn, r2t.max_cmd_sn);
    uint32_t end = r2t.buffer_offset + r2t.desired_data_transfer_length;
    bool again = r2t.r2t_sn != task->next_sn || end <= task->requested;
    if ((again && !sanscsi_session_bear(session, conn)) || r2t.r2t_sn != task->next_sn) {
        return;
    }
    count_one(&session->counters, COUNTER_R2TS);
    task->next_sn++;
    task->outstanding_r2t++;
    task->requested = max_u32(task->requested, end);
    if ((task->flags & TASK_DATA_STOPPED) != 0) { /* RFC 7143 4.2.3.4 a */
        task->flags |= TASK_DATA_MISSING;
        return;
    }
    begin_burst(session, slot, r2t.target_transfer_tag, r2t.buffer_offset, end);
}

bool sanscsi_session_make_data_out(sanscsi_session *session, struct connection *conn) {
    struct burst *burst = bursts_first(&session->bursts);
    if (burst == NULL) {
        return false;
    }
    uint32_t slot = burst->task;
    struct task *task = &session->table.tasks[slot];
    bool solicited = burst->target_transfer_tag != TAG_RESERVED;
    uint32_t offset = burst->offset;
    uint32_t length = burst_piece(burst, conn->max_send_segment);
    bool final = burst_advance(burst, length);
    if (!final && solicited && (task->flags & TASK_DATA_SHORTENED) != 0) { /* RFC 7143 11.5.1 */
        final = true;
        task->flags |= TASK_DATA_MISSING;
    }
    uint32_t index = 0;
    size_t within = 0;
    task_seek(task, offset, &index, &within);
    uint8_t *header = tx_begin(&conn->tx, BHS_SIZE)->header;
    put_request_start(header, OPCODE_DATA_OUT, final ? FLAG_FINAL : 0, 0, 0, 0);
    put_request_task(header, solicited ? task->lun : 0, task_tag(&session->table, slot));
    put_target_transfer_tag(header, burst->target_transfer_tag);
    put_request_numbers(header, 0, conn->exp_stat_sn);
    put_data_sn(header, session->bursts.data_sn);
    put_buffer_offset(header, offset);
    task->holds++;
    sanscsi_tx_queue(&conn->tx, task->list + index, within, length, slot);
    session->bursts.data_sn++;
    if (final) {
        task->outstanding_r2t = (uint16_t)(task->outstanding_r2t - (solicited ? 1 : 0));
        task->bursts--;
        bursts_drop_first(&session->bursts);
    }
    return true;
}
