/* SCSI commands: put on the wire (RFC 7143 11.3). */
#include "initiator/session.h"

#include "session/transfer.h"
#include "wire/ahs.h"
#include "wire/fields.h"

/* Immediate data of a write (RFC 7143 13.11). */
static uint32_t immediate_length(const sanscsi_session *session, const struct connection *conn,
                                 const struct task *task) {
    if (session->parameters.immediate_data == 0) {
        return 0;
    }
    return transfer_immediate(task->length, session->parameters.first_burst_length,
                              conn->max_send_segment);
}

/* All data of a write that goes out unasked, the immediate included. */
static uint32_t unsolicited_length(const sanscsi_session *session, const struct task *task,
                                   uint32_t immediate) {
    if (session->parameters.initial_r2t != 0) {
        return immediate;
    }
    return transfer_unsolicited(task->length, session->parameters.first_burst_length);
}

/* What the basic header does not hold: the rest of the CDB, and a bidirectional command's bytes to
 * read (RFC 7143 11.3.4). */
static void put_ahs(const struct task_table *table, struct task *task, uint8_t *ahs, uint32_t words,
                    struct span cdb) {
    struct builder builder;
    sanscsi_builder_init(&builder, ahs, 4 * (size_t)words);
    if (cdb.size > CDB_IN_BHS) {
        (void)sanscsi_ahs_put_extended_cdb(&builder, cdb);
    }
    if (task->direction == TASK_BOTH_WAYS) {
        (void)sanscsi_ahs_put_bidi_read_length(&builder, task_reader(table, task)->length);
    }
}

static inline uint32_t ahs_words_of(const struct task *task) {
    return task->direction == TASK_BOTH_WAYS ? sanscsi_ahs_words(task->cdb_length, true)
                                             : ahs_words_of_cdb(task->cdb_length);
}

/* By direction. */
static const uint8_t direction_flags[] = {
    [TASK_NO_DATA] = 0,
    [TASK_DATA_IN] = FLAG_READ,
    [TASK_DATA_OUT] = FLAG_WRITE,
    [TASK_BOTH_WAYS] = FLAG_READ | FLAG_WRITE,
};

/* Immediate delivery carries the present CmdSN and does not use it up (RFC 7143 4.2.2.1). The
 * number of these commands takes its place, which alone tells how they stand to task management. */
static uint32_t take_cmd_sn(sanscsi_session *session, struct task *task) {
    uint32_t cmd_sn = session->window.cmd_sn;
    bool immediate = (task->flags & TASK_IMMEDIATE) != 0;
    task->cmd_sn = immediate ? session->immediates_sent++ : cmd_sn;
    session->window.cmd_sn += immediate ? 0 : 1;
    return cmd_sn;
}

/* PRI is 0 unless both know it (RFC 7144 5.1.1); a session made anew may have agreed on less. */
static unsigned priority(const sanscsi_session *session, const struct task *task) {
    return session->parameters.protocol_level >= 2 ? (unsigned)task->attribute >> 4 : 0;
}

void sanscsi_session_make_command(sanscsi_session *session, struct connection *conn,
                                  uint32_t slot) {
    struct task *task = &session->table.tasks[slot];
    uint32_t immediate = 0;
    uint32_t unsolicited = 0;
    if (task_writes(task)) {
        immediate = immediate_length(session, conn, task);
        unsolicited = unsolicited_length(session, task, immediate);
    }
    uint32_t ahs_words = ahs_words_of(task);
    uint8_t *header = tx_begin(&conn->tx, BHS_SIZE + 4 * ahs_words)->header;
    const uint8_t *cdb = task_cdb(&session->table, slot);
    /* The attributes' numbers are those of the wire (RFC 7143 11.3.1). */
    unsigned flags = direction_flags[task->direction] | (task->attribute & ATTR_MASK);
    flags |= unsolicited == immediate ? (unsigned)FLAG_FINAL : 0u;
    unsigned opcode = OPCODE_SCSI_COMMAND;
    opcode |= (task->flags & TASK_IMMEDIATE) != 0 ? (unsigned)FLAG_IMMEDIATE : 0u;
    put_request_start(header, opcode, flags, priority(session, task), (uint8_t)ahs_words, 0);
    put_request_task(header, task->lun, task_tag(&session->table, slot));
    put_expected_length(header, task->length);
    put_request_numbers(header, take_cmd_sn(session, task), conn->exp_stat_sn);
    put_command_cdb(header, cdb);
    if (session->watches_sequences) {
        sanscsi_session_begin_sequences(session, task_reader(&session->table, task));
    }
    if (ahs_words > 0) {
        put_ahs(&session->table, task, header + BHS_SIZE, ahs_words,
                span_of(cdb, task->cdb_length));
    }
    task->holds++;
    task->requested = unsolicited;
    count_one(&session->counters, COUNTER_COMMANDS);
    if (unsolicited > immediate) {
        sanscsi_session_begin_write(session, slot, immediate);
    }
    sanscsi_tx_queue(&conn->tx, task->list, 0, immediate, slot);
}
