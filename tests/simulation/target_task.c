/* How the target goes about a command: its fate, R2Ts, Data-In, status (RFC 7143 11.4, 11.7,
 * 11.8). */
#include <string.h>

#include <iscsi/sanscsi.h>

#include "simulation/operation.h"
#include "simulation/world.h"

static uint32_t smaller(uint32_t a, uint32_t b) {
    return a < b ? a : b;
}

static uint32_t larger(uint32_t a, uint32_t b) {
    return a > b ? a : b;
}

static uint32_t pieces_of(uint32_t length, uint32_t piece) {
    return (length + piece - 1) / piece;
}

/* Bytes at once: any number up to a limit, but not so few that it takes for ever. */
static uint32_t choose_piece(struct lane *lane, uint32_t length, uint32_t limit, uint32_t most) {
    uint32_t low = smaller(length / most + 1, limit);
    if (dice_one_in(&lane->world->dice, 3)) {
        return limit;
    }
    return (uint32_t)dice_scale(&lane->world->dice, low, limit);
}

static bool refused(const struct target_task *task) {
    return task->status != 0 || task->response != 0;
}

bool target_is_sloppy(struct lane *lane, uint32_t bit) {
    bool tolerated = (lane->client.settings.tolerate & bit) != 0;
    if (!tolerated || !dice_one_in(&lane->world->dice, lane->target.temper->sloppy)) {
        return false;
    }
    count(lane, COUNT_TOLERATED);
    note(lane, "  breaks what is tolerated (bit)", bit, 0, 0, 0);
    return true;
}

/* A status other than GOOD, or a failure of the target's own (RFC 7143 11.4.2, 11.4.3). */
static void choose_refusal(struct lane *lane, struct target_task *task) {
    static const uint8_t busy[] = {0x08, 0x28, 0x18};
    static const struct {
        uint8_t key;
        uint16_t code;
    } senses[] = {{0x3, 0x1100}, {0x5, 0x2400}, {0x6, 0x2900}, {0x4, 0x4400}, {0xb, 0x4b00}};
    const struct temper *temper = lane->target.temper;
    if (dice_one_in(&lane->world->dice, temper->busy)) {
        task->status = busy[dice_below(&lane->world->dice, 3)];
    } else if (dice_one_in(&lane->world->dice, temper->check)) {
        uint32_t i = dice_below(&lane->world->dice, 5);
        task->status = 0x02;
        task->sense_key = senses[i].key;
        task->sense_code = senses[i].code;
    } else if (dice_one_in(&lane->world->dice, temper->failure)) {
        task->response = dice_one_in(&lane->world->dice, 2)
                             ? 1
                             : (uint8_t)dice_between(&lane->world->dice, 0x80, 0xff);
        if (target_is_sloppy(lane, SANSCSI_TOLERATE_RESPONSE_CODE)) {
            task->response = (uint8_t)dice_between(&lane->world->dice, 2, 0x7f);
        }
    }
}

static void choose_fate(struct lane *lane, struct target_task *task) {
    const struct temper *temper = lane->target.temper;
    choose_refusal(lane, task);
    task->silent = dice_one_in(&lane->world->dice, temper->silent);
    if (refused(task)) {
        bool less = task->reads && !task->writes;
        task->moves = less ? dice_below(&lane->world->dice, task->moves + 1) : task->moves;
        return;
    }
    bool plain = task->operation == OPERATION_READ || task->operation == OPERATION_WRITE;
    bool shortened = plain && task->moves > 0 && dice_one_in(&lane->world->dice, temper->shortened);
    if (shortened) {
        uint32_t moves = dice_below(&lane->world->dice, task->moves);
        task->moves = task->reads ? moves : moves - moves % MODEL_BLOCK;
    } else if (task->reads && !task->writes) {
        task->lost = dice_one_in(&lane->world->dice, temper->lost);
        task->counts_lost = dice_one_in(&lane->world->dice, 2);
    }
    task->status_in_data = !task->writes && !task->lost && dice_one_in(&lane->world->dice, 2);
    task->reads_bytes = task->read_expected;
}

static uint64_t choose_delay(struct lane *lane) {
    if (dice_one_in(&lane->world->dice, lane->target.temper->slow)) {
        lane->target.excuses |= EXCUSE_SLOW;
        return dice_scale(&lane->world->dice, MILLISECOND, 20 * SECOND);
    }
    return dice_one_in(&lane->world->dice, 3)
               ? dice_scale(&lane->world->dice, MICROSECOND, MILLISECOND)
               : 0;
}

static void plan_write(struct lane *lane, struct target_task *task) {
    const struct target_agreed *agreed = &lane->target.agreed;
    task->wanted = larger(task->moves, task->unsolicited);
    if (refused(task) && dice_one_in(&lane->world->dice, 2)) {
        task->wanted = task->unsolicited;
    }
    task->phase = PHASE_COLLECT;
    if (refused(task) && dice_one_in(&lane->world->dice, lane->target.temper->early)) {
        /* Without a wait for the data that is on its way: not allowed, and done (11.4.2). */
        task->phase = PHASE_STATUS;
        task->done = true;
        count(lane, COUNT_EARLY_ANSWERS);
    }
    uint32_t rest = task->wanted - task->unsolicited;
    task->burst = choose_piece(lane, rest, agreed->max_burst, 24);
    visit_begin(&task->sequences, &lane->world->dice, pieces_of(rest, task->burst),
                agreed->data_sequence_in_order != 0);
    if (task->sequences.at != 0) {
        count(lane, COUNT_R2TS_OUT_OF_ORDER);
    }
}

void target_plan(struct lane *lane, struct target_task *task) {
    uint32_t bytes = task->blocks * MODEL_BLOCK;
    if (task->operation == OPERATION_COMPARE_AND_WRITE) {
        bytes *= 2;
    }
    task->moves = smaller(bytes, task->expected);
    choose_fate(lane, task);
    task->due = lane->world->now + choose_delay(lane);
    task->phase = PHASE_EXECUTE;
    if (task->writes) {
        plan_write(lane, task);
    }
}

static bool may_ask(const struct target *target, const struct target_task *task) {
    return !task->no_data && !visit_over(&task->sequences) &&
           task->r2ts_out < target->agreed.max_r2t && target->r2t_count < TARGET_R2TS;
}

static bool all_collected(const struct target_task *task) {
    return !task->unsolicited_open && visit_over(&task->sequences) && task->r2ts_out == 0;
}

bool target_task_ready(const struct target *target, const struct target_task *task) {
    if (!task->used || task->phase == PHASE_SILENT) {
        return false;
    }
    if (task->phase == PHASE_EXECUTE && target->negotiates && task->reads) {
        return false; /* the length of its Data-In is being agreed on */
    }
    return task->phase != PHASE_COLLECT || may_ask(target, task) || all_collected(task);
}

/* RFC 7143 11.8. */
static void ask(struct lane *lane, struct target_task *task) {
    struct target *target = &lane->target;
    uint32_t at = task->unsolicited + visit_next(&task->sequences) * task->burst;
    uint32_t length = smaller(task->burst, task->wanted - at);
    struct target_r2t *r2t = &target->r2ts[target->r2t_count++];
    *r2t = (struct target_r2t){target->next_tag++, task, at, at + length, 0};
    task->r2ts_out++;
    uint8_t bhs[48];
    target_begin(lane, bhs, 0x31, 0x80, task->itt);
    put64(bhs + 8, task->lun);
    if (target_is_sloppy(lane, SANSCSI_TOLERATE_R2T_LUN)) {
        bhs[9] ^= 0x3f;
    }
    if (target_is_sloppy(lane, SANSCSI_TOLERATE_FINAL_BIT)) {
        bhs[1] = 0;
    }
    put32(bhs + 20, r2t->tag);
    /* Numbers that Data-In of the same command shares (RFC 7143 4.2.2.4). */
    put32(bhs + 36, task->reads ? task->data_sn++ : task->r2t_sn++);
    put32(bhs + 40, at);
    put32(bhs + 44, length);
    target_number(lane, bhs, false);
    bool stray = target_is_sloppy(lane, SANSCSI_TOLERATE_STRAY_DATA);
    target_send(lane, bhs, "stray", stray ? 5 : 0);
    count(lane, COUNT_R2TS);
    note(lane, "  R2T (tag, offset, length, first block)", task->itt, at, length, task->lba);
}

/* Bytes of Data-In. */
static uint32_t reads_of(const struct target_task *task) {
    return task->writes ? task->reads_bytes : task->reads ? task->moves : 0;
}

static void begin_sequence(struct lane *lane, struct target_task *task) {
    task->sequence = visit_next(&task->sequences) * task->burst;
    uint32_t length = smaller(task->burst, reads_of(task) - task->sequence);
    visit_begin(&task->pieces, &lane->world->dice, pieces_of(length, task->piece),
                lane->target.agreed.data_pdu_in_order != 0);
    if (task->sequence != 0 || task->pieces.at != 0) {
        count(lane, COUNT_DATA_IN_OUT_OF_ORDER);
    }
}

static void begin_sending(struct lane *lane, struct target_task *task) {
    const struct target_agreed *agreed = &lane->target.agreed;
    task->phase = PHASE_STATUS;
    uint32_t bytes = reads_of(task);
    if (bytes == 0) {
        return;
    }
    task->phase = PHASE_SEND;
    bool is_long = target_is_sloppy(lane, SANSCSI_TOLERATE_LONG_SEQUENCE);
    task->burst = choose_piece(lane, bytes, is_long ? bytes : agreed->max_burst, 12);
    task->piece = choose_piece(lane, bytes, smaller(agreed->initiator_segment, task->burst), 48);
    visit_begin(&task->sequences, &lane->world->dice, pieces_of(bytes, task->burst),
                agreed->data_sequence_in_order != 0);
    begin_sequence(lane, task);
}

static void execute(struct lane *lane, struct target_task *task) {
    if (task->silent && dice_one_in(&lane->world->dice, 2)) {
        task->phase = PHASE_SILENT;
        return;
    }
    target_execute(lane, task);
    begin_sending(lane, task);
    if (task->silent) {
        task->phase = PHASE_SILENT;
    }
}

/* What the initiator must hand on. */
static struct verdict *judge(struct lane *lane, const struct target_task *task) {
    struct verdict *verdict = &lane->world->disk.verdicts[task->lba];
    uint32_t bytes = task->blocks * MODEL_BLOCK;
    if (task->operation == OPERATION_COMPARE_AND_WRITE) {
        bytes *= 2;
    }
    *verdict = (struct verdict){.told = true,
                                .connection = lane->network.number,
                                .lost = task->lost,
                                .response = task->response,
                                .status = task->status,
                                .priority = lane->world->disk.verdicts[task->lba].priority,
                                .restarts = lane->world->disk.restarts,
                                .moved = reads_of(task)};
    if (task->response != 0) {
        return verdict;
    }
    verdict->underflow = task->expected - task->moves;
    verdict->read_underflow = task->read_expected - (task->writes ? task->reads_bytes : 0);
    verdict->overflow = bytes > task->expected && task->moves == task->expected && task->reads
                            ? bytes - task->expected
                            : 0;
    if (task->status == 0x02) {
        verdict->sense_key = task->sense_key;
        verdict->sense_code = task->sense_code;
    }
    return verdict;
}

static uint8_t residual_flags(const struct verdict *verdict) {
    uint8_t both = verdict->read_underflow > 0 ? 0x08 : 0;
    return both | (verdict->overflow > 0 ? 0x04 : verdict->underflow > 0 ? 0x02 : 0);
}

/* The last Data-In may have the status, too (RFC 7143 11.7.3). */
static void send_data(struct lane *lane, struct target_task *task) {
    uint32_t end = smaller(task->sequence + task->burst, reads_of(task));
    uint32_t at = task->sequence + visit_next(&task->pieces) * task->piece;
    uint32_t length = smaller(task->piece, end - at);
    bool final = visit_over(&task->pieces);
    bool last = final && visit_over(&task->sequences);
    task->phase = last ? PHASE_STATUS : PHASE_SEND;
    if (last && task->lost) {
        task->data_sn += task->counts_lost ? 1 : 0;
        return;
    }
    uint8_t bhs[48];
    target_begin(lane, bhs, 0x25, final ? 0x80 : 0x00, task->itt);
    put32(bhs + 36, task->data_sn++);
    put32(bhs + 40, at);
    bool ends = last && task->status_in_data;
    note(lane, "  Data-In (tag, offset, length, with status)", task->itt, at, length, ends);
    target_number(lane, bhs, ends);
    if (ends) {
        const struct verdict *verdict = judge(lane, task);
        bhs[1] = (uint8_t)(0x81 | residual_flags(verdict));
        put32(bhs + 44, verdict->overflow + verdict->underflow);
        count(lane, COUNT_STATUS_IN_DATA);
    } else {
        put32(bhs + 24, UINT32_C(0xdeadbeef)); /* says nothing without S */
    }
    const uint8_t *from =
        task->writes ? task->data + task->expected : disk_at(&lane->world->disk, task->lba);
    task->data_ins++;
    target_send(lane, bhs, from + at, length);
    if (ends) {
        task->done = true;
        target_drop(lane, task);
    } else if (final && !last) {
        begin_sequence(lane, task);
    }
}

/* ExpDataSN: of a bidirectional command targets count with R2Ts or without (RFC 7143 11.4.8). */
static uint32_t data_count(struct lane *lane, const struct target_task *task) {
    if (!task->reads) {
        return task->r2t_sn;
    }
    return task->writes && dice_one_in(&lane->world->dice, 2) ? task->data_ins : task->data_sn;
}

/* RFC 7143 11.4. */
static void respond(struct lane *lane, struct target_task *task) {
    struct verdict *verdict = judge(lane, task);
    uint8_t sense[20] = {0, 18, 0x70, 0, task->sense_key, 0, 0, 0, 0, 10};
    put16(sense + 2 + 12, task->sense_code);
    uint8_t bhs[48];
    target_begin(lane, bhs, 0x21, (uint8_t)(0x80 | residual_flags(verdict)), task->itt);
    bhs[2] = task->response;
    bhs[3] = task->response == 0 ? task->status : 0;
    put32(bhs + 36, task->response != 0 ? 0 : data_count(lane, task));
    put32(bhs + 40, verdict->read_underflow);
    put32(bhs + 44, verdict->overflow + verdict->underflow);
    put32(bhs + 20, 0); /* SNACK Tag */
    bool checked = task->response == 0 && task->status == 0x02;
    if (checked && target_is_sloppy(lane, SANSCSI_TOLERATE_NO_SENSE)) {
        checked = false;
        verdict->sense_key = 0;
        verdict->sense_code = 0;
    }
    if (checked) {
        verdict->sense_length = 18;
        memcpy(verdict->sense, sense + 2, 18);
    }
    if (target_is_sloppy(lane, SANSCSI_TOLERATE_EXP_DATA_SN)) {
        put32(bhs + 36, 0);
    }
    if (target_is_sloppy(lane, SANSCSI_TOLERATE_FINAL_BIT)) {
        bhs[1] &= 0x7f;
    }
    note(lane, "  status (operation, first block, status, response)", task->operation, task->lba,
         task->status, task->response);
    target_number(lane, bhs, true);
    task->done = true;
    target_drop(lane, task);
    target_send(lane, bhs, sense, checked ? sizeof(sense) : 0);
}

void target_task_act(struct lane *lane, struct target_task *task) {
    switch ((enum target_phase)task->phase) {
    case PHASE_COLLECT:
        if (may_ask(&lane->target, task)) {
            ask(lane, task);
        } else {
            task->phase = PHASE_EXECUTE;
            task->due = lane->world->now + choose_delay(lane);
        }
        break;
    case PHASE_EXECUTE:
        execute(lane, task);
        break;
    case PHASE_SEND:
        send_data(lane, task);
        break;
    case PHASE_STATUS:
        respond(lane, task);
        break;
    case PHASE_SILENT:
        break;
    }
}
