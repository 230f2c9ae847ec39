/* How the target goes about a command: its fate, R2Ts, Data-In, status (RFC 7143 11.4, 11.7,
 * 11.8). */
#include <string.h>

#include "chaos/operation.h"
#include "chaos/world.h"

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
static uint32_t choose_piece(struct world *world, uint32_t length, uint32_t limit, uint32_t most) {
    uint32_t low = smaller(length / most + 1, limit);
    if (dice_one_in(&world->dice, 3)) {
        return limit;
    }
    return (uint32_t)dice_scale(&world->dice, low, limit);
}

static bool refused(const struct target_task *task) {
    return task->status != 0 || task->response != 0;
}

/* A status other than GOOD, or a failure of the target's own (RFC 7143 11.4.2, 11.4.3). */
static void choose_refusal(struct world *world, struct target_task *task) {
    static const uint8_t busy[] = {0x08, 0x28, 0x18};
    static const struct {
        uint8_t key;
        uint16_t code;
    } senses[] = {{0x3, 0x1100}, {0x5, 0x2400}, {0x6, 0x2900}, {0x4, 0x4400}, {0xb, 0x4b00}};
    const struct temper *temper = world->target.temper;
    if (dice_one_in(&world->dice, temper->busy)) {
        task->status = busy[dice_below(&world->dice, 3)];
    } else if (dice_one_in(&world->dice, temper->check)) {
        uint32_t i = dice_below(&world->dice, 5);
        task->status = 0x02;
        task->sense_key = senses[i].key;
        task->sense_code = senses[i].code;
    } else if (dice_one_in(&world->dice, temper->failure)) {
        task->response =
            dice_one_in(&world->dice, 2) ? 1 : (uint8_t)dice_between(&world->dice, 0x80, 0xff);
    }
}

static void choose_fate(struct world *world, struct target_task *task) {
    const struct temper *temper = world->target.temper;
    choose_refusal(world, task);
    task->silent = dice_one_in(&world->dice, temper->silent);
    if (refused(task)) {
        task->moves = task->reads ? dice_below(&world->dice, task->moves + 1) : task->moves;
        return;
    }
    bool shortened = task->operation != OPERATION_COMPARE_AND_WRITE && task->moves > 0 &&
                     dice_one_in(&world->dice, temper->shortened);
    if (shortened) {
        uint32_t moves = dice_below(&world->dice, task->moves);
        task->moves = task->reads ? moves : moves - moves % MODEL_BLOCK;
    } else if (task->reads) {
        task->lost = dice_one_in(&world->dice, temper->lost);
        task->counts_lost = dice_one_in(&world->dice, 2);
    }
    task->status_in_data = !task->lost && dice_one_in(&world->dice, 2);
}

static uint64_t choose_delay(struct world *world) {
    if (dice_one_in(&world->dice, world->target.temper->slow)) {
        world->target.excuses |= EXCUSE_SLOW;
        return dice_scale(&world->dice, MILLISECOND, 20 * SECOND);
    }
    return dice_one_in(&world->dice, 3) ? dice_scale(&world->dice, MICROSECOND, MILLISECOND) : 0;
}

static void plan_write(struct world *world, struct target_task *task) {
    const struct target_agreed *agreed = &world->target.agreed;
    task->wanted = larger(task->moves, task->unsolicited);
    if (refused(task) && dice_one_in(&world->dice, 2)) {
        task->wanted = task->unsolicited;
    }
    task->phase = PHASE_COLLECT;
    if (refused(task) && dice_one_in(&world->dice, world->target.temper->early)) {
        /* Without a wait for the data that is on its way: not allowed, and done (11.4.2). */
        task->phase = PHASE_STATUS;
        task->done = true;
        count(world, COUNT_EARLY_ANSWERS);
    }
    uint32_t rest = task->wanted - task->unsolicited;
    task->burst = choose_piece(world, rest, agreed->max_burst, 24);
    visit_begin(&task->sequences, &world->dice, pieces_of(rest, task->burst),
                agreed->data_sequence_in_order != 0);
    if (task->sequences.at != 0) {
        count(world, COUNT_R2TS_OUT_OF_ORDER);
    }
}

void target_plan(struct world *world, struct target_task *task) {
    uint32_t bytes = task->blocks * MODEL_BLOCK;
    if (task->operation == OPERATION_COMPARE_AND_WRITE) {
        bytes *= 2;
    }
    task->moves = smaller(bytes, task->expected);
    choose_fate(world, task);
    task->due = world->now + choose_delay(world);
    task->phase = PHASE_EXECUTE;
    if (task->writes) {
        plan_write(world, task);
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
static void ask(struct world *world, struct target_task *task) {
    struct target *target = &world->target;
    uint32_t at = task->unsolicited + visit_next(&task->sequences) * task->burst;
    uint32_t length = smaller(task->burst, task->wanted - at);
    struct target_r2t *r2t = &target->r2ts[target->r2t_count++];
    *r2t = (struct target_r2t){target->next_tag++, task, at, at + length, 0};
    task->r2ts_out++;
    uint8_t bhs[48];
    target_begin(world, bhs, 0x31, 0x80, task->itt);
    put64(bhs + 8, task->lun);
    put32(bhs + 20, r2t->tag);
    put32(bhs + 36, task->r2t_sn++);
    put32(bhs + 40, at);
    put32(bhs + 44, length);
    target_number(world, bhs, false);
    target_send(world, bhs, NULL, 0);
    count(world, COUNT_R2TS);
    note(world, "  R2T (tag, offset, length, first block)", task->itt, at, length, task->lba);
}

static void begin_sequence(struct world *world, struct target_task *task) {
    task->sequence = visit_next(&task->sequences) * task->burst;
    uint32_t length = smaller(task->burst, task->moves - task->sequence);
    visit_begin(&task->pieces, &world->dice, pieces_of(length, task->piece),
                world->target.agreed.data_pdu_in_order != 0);
    if (task->sequence != 0 || task->pieces.at != 0) {
        count(world, COUNT_DATA_IN_OUT_OF_ORDER);
    }
}

static void begin_sending(struct world *world, struct target_task *task) {
    const struct target_agreed *agreed = &world->target.agreed;
    task->phase = PHASE_STATUS;
    if (!task->reads || task->moves == 0) {
        return;
    }
    task->phase = PHASE_SEND;
    task->burst = choose_piece(world, task->moves, agreed->max_burst, 12);
    task->piece =
        choose_piece(world, task->moves, smaller(agreed->initiator_segment, task->burst), 48);
    visit_begin(&task->sequences, &world->dice, pieces_of(task->moves, task->burst),
                agreed->data_sequence_in_order != 0);
    begin_sequence(world, task);
}

static void execute(struct world *world, struct target_task *task) {
    if (task->silent && dice_one_in(&world->dice, 2)) {
        task->phase = PHASE_SILENT;
        return;
    }
    target_execute(world, task);
    begin_sending(world, task);
    if (task->silent) {
        task->phase = PHASE_SILENT;
    }
}

/* What the initiator must hand on. */
static struct verdict *judge(struct world *world, const struct target_task *task) {
    struct verdict *verdict = &world->target.verdicts[task->lba];
    uint32_t bytes = task->blocks * MODEL_BLOCK;
    if (task->operation == OPERATION_COMPARE_AND_WRITE) {
        bytes *= 2;
    }
    *verdict = (struct verdict){.told = true,
                                .connection = world->network.number,
                                .lost = task->lost,
                                .response = task->response,
                                .status = task->status,
                                .moved = task->reads ? task->moves : 0};
    if (task->response != 0) {
        return verdict;
    }
    verdict->underflow = task->expected - task->moves;
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
    return verdict->overflow > 0 ? 0x04 : verdict->underflow > 0 ? 0x02 : 0;
}

/* The last Data-In may have the status, too (RFC 7143 11.7.3). */
static void send_data(struct world *world, struct target_task *task) {
    struct target *target = &world->target;
    uint32_t end = smaller(task->sequence + task->burst, task->moves);
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
    target_begin(world, bhs, 0x25, final ? 0x80 : 0x00, task->itt);
    put32(bhs + 36, task->data_sn++);
    put32(bhs + 40, at);
    bool ends = last && task->status_in_data;
    note(world, "  Data-In (tag, offset, length, with status)", task->itt, at, length, ends);
    target_number(world, bhs, ends);
    if (ends) {
        const struct verdict *verdict = judge(world, task);
        bhs[1] = (uint8_t)(0x81 | residual_flags(verdict));
        put32(bhs + 44, verdict->overflow + verdict->underflow);
        count(world, COUNT_STATUS_IN_DATA);
    } else {
        put32(bhs + 24, UINT32_C(0xdeadbeef)); /* says nothing without S */
    }
    target_send(world, bhs, target->storage + (size_t)task->lba * MODEL_BLOCK + at, length);
    if (ends) {
        task->done = true;
        target_drop(world, task);
    } else if (final && !last) {
        begin_sequence(world, task);
    }
}

/* RFC 7143 11.4. */
static void respond(struct world *world, struct target_task *task) {
    struct verdict *verdict = judge(world, task);
    uint8_t sense[20] = {0, 18, 0x70, 0, task->sense_key, 0, 0, 0, 0, 10};
    put16(sense + 2 + 12, task->sense_code);
    uint8_t bhs[48];
    target_begin(world, bhs, 0x21, (uint8_t)(0x80 | residual_flags(verdict)), task->itt);
    bhs[2] = task->response;
    bhs[3] = task->response == 0 ? task->status : 0;
    put32(bhs + 36, task->response != 0 ? 0 : task->reads ? task->data_sn : task->r2t_sn);
    put32(bhs + 44, verdict->overflow + verdict->underflow);
    put32(bhs + 20, 0); /* SNACK Tag */
    bool checked = task->response == 0 && task->status == 0x02;
    if (checked) {
        verdict->sense_length = 18;
        memcpy(verdict->sense, sense + 2, 18);
    }
    note(world, "  status (operation, first block, status, response)", task->operation, task->lba,
         task->status, task->response);
    target_number(world, bhs, true);
    task->done = true;
    target_drop(world, task);
    target_send(world, bhs, sense, checked ? sizeof(sense) : 0);
}

void target_task_act(struct world *world, struct target_task *task) {
    switch ((enum target_phase)task->phase) {
    case PHASE_COLLECT:
        if (may_ask(&world->target, task)) {
            ask(world, task);
        } else {
            task->phase = PHASE_EXECUTE;
            task->due = world->now + choose_delay(world);
        }
        break;
    case PHASE_EXECUTE:
        execute(world, task);
        break;
    case PHASE_SEND:
        send_data(world, task);
        break;
    case PHASE_STATUS:
        respond(world, task);
        break;
    case PHASE_SILENT:
        break;
    }
}
