/* Pings, task management, logout at the target, and what it says unasked (RFC 7143 11.5, 11.9,
 * 11.14, 11.18). */
#include <string.h>

#include "chaos/world.h"

enum {
    ABORT_TASK = 1,
    ABORT_TASK_SET = 2,
    CLEAR_ACA = 3,
    CLEAR_TASK_SET = 4,
    TARGET_WARM_RESET = 6,
    TARGET_COLD_RESET = 7
};

enum {
    LOGOUT_REQUEST = 1,
    CONNECTION_DROP = 2,
    SESSION_DROP = 3,
    NEGOTIATION_REQUEST = 4,
    TASK_TERMINATION = 5
};

uint64_t target_delay(struct world *world) {
    struct target *target = &world->target;
    if (dice_one_in(&world->dice, target->temper->mute)) {
        target->excuses |= EXCUSE_SLOW;
        return NEVER;
    }
    if (dice_one_in(&world->dice, target->temper->tardy)) {
        target->excuses |= EXCUSE_SLOW;
        return dice_scale(&world->dice, MILLISECOND, 12 * SECOND);
    }
    return dice_one_in(&world->dice, 2) ? dice_scale(&world->dice, MICROSECOND, MILLISECOND) : 0;
}

/* The answer to a ping of the target's. */
static void take_pong(struct world *world, const uint8_t *bhs, uint32_t length) {
    struct target *target = &world->target;
    for (uint32_t i = 0; i < target->pings; i++) {
        if (target->ping_tags[i] == get32(bhs + 20)) {
            if ((bhs[0] & 0x40) == 0 || get64(bhs + 8) != target->ping_luns[i] || length > 0) {
                target_violation(world, "NOP-Out that answers a ping wrong");
            }
            target->pings--;
            target->ping_tags[i] = target->ping_tags[target->pings];
            target->ping_luns[i] = target->ping_luns[target->pings];
            return;
        }
    }
    target_violation(world, "NOP-Out that answers no ping");
}

/* A NOP-Out without tags (RFC 7143 11.9.1, 11.18.1). */
static void take_acknowledgement(struct world *world, const uint8_t *bhs) {
    struct target *target = &world->target;
    uint32_t unit = 1u << (get64(bhs + 8) >> 48 & 31);
    if ((target->unacknowledged & unit) == 0 || (bhs[0] & 0x40) == 0 ||
        !before(target->termination_stat_sn, get32(bhs + 28))) {
        target_violation(world, "NOP-Out that acknowledges no task termination");
    }
    target->unacknowledged = 0;
    count(world, COUNT_TERMINATIONS);
}

void target_nop_out(struct world *world, const uint8_t *bhs, uint32_t length) {
    uint32_t itt = get32(bhs + 16);
    if (itt == TARGET_NO_TAG) {
        if (get32(bhs + 20) == TARGET_NO_TAG && length == 0) {
            take_acknowledgement(world, bhs);
        } else {
            take_pong(world, bhs, length);
        }
        return;
    }
    if (get32(bhs + 20) != TARGET_NO_TAG || get64(bhs + 8) != 0 || length != 0) {
        target_violation(world, "ping with a target's tag, a LUN, or data");
    }
    uint8_t answer[48];
    target_begin(world, answer, 0x20, 0x80, itt);
    target_reply_later(world, target_delay(world), answer, true, false);
}

static bool covers(const uint8_t *request, const struct target_task *task, uint32_t order) {
    uint8_t function = request[1] & 0x7f;
    bool unit = function >= TARGET_WARM_RESET || task->lun == get64(request + 8);
    return task->used && function != ABORT_TASK && function != CLEAR_ACA && unit &&
           before(task->order, order);
}

/* What becomes of the data of the tasks until the answer: with FastAbort there is none any more
 * (RFC 7143 4.2.3.4), for two of the functions it may end early (11.5.1). */
static void restrain(struct world *world, const uint8_t *request) {
    struct target *target = &world->target;
    uint8_t function = request[1] & 0x7f;
    for (uint32_t i = 0; i < TARGET_TASKS; i++) {
        struct target_task *task = &target->tasks[i];
        if (!covers(request, task, target->order)) {
            continue;
        }
        task->early_end = function == ABORT_TASK_SET || function == CLEAR_TASK_SET;
        task->no_data = target->agreed.fast_abort != 0;
        if (task->no_data && target_drop_r2ts(target, task)) {
            task->unsolicited_open = false;
            task->phase = PHASE_SILENT; /* without its data it waits for its end */
            count(world, COUNT_DATA_STOPPED);
        }
    }
}

/* The function was refused: what it lets go on goes on. */
static void release(struct world *world, const uint8_t *request, uint32_t order) {
    for (uint32_t i = 0; i < TARGET_TASKS; i++) {
        if (covers(request, &world->target.tasks[i], order)) {
            world->target.tasks[i].no_data = false;
        }
    }
}

void target_task_management(struct world *world, const uint8_t *bhs) {
    struct target *target = &world->target;
    uint8_t function = bhs[1] & 0x7f;
    if (function < ABORT_TASK || function > TARGET_COLD_RESET) {
        target_violation(world, "task management of an unknown kind");
    }
    const struct target_task *task = target_find(target, get32(bhs + 20));
    if (function == ABORT_TASK && task != NULL) {
        /* RFC 7143 11.5.5 */
        uint32_t expected = task->immediate ? get32(bhs + 24) : task->cmd_sn;
        if (task->lun != get64(bhs + 8) || expected != get32(bhs + 32)) {
            target_violation(world, "ABORT TASK with another LUN or RefCmdSN than the task's");
        }
    }
    if (function != ABORT_TASK && (get32(bhs + 20) != TARGET_NO_TAG || get32(bhs + 32) != 0 ||
                                   (function >= TARGET_WARM_RESET && get64(bhs + 8) != 0))) {
        target_violation(world, "task management with a reserved field that is set");
    }
    if (function != ABORT_TASK) {
        target->manage_told = false;
    }
    note(world, "  task management (function, tag, task's tag)", function, get32(bhs + 16),
         get32(bhs + 20), 0);
    restrain(world, bhs);
    target_reply_later(world, target_delay(world), bhs, true, true);
}

/* RFC 7143 11.6.1. */
static uint8_t choose_response(struct world *world, bool found) {
    static const uint8_t refusals[] = {2, 4, 5, 6, 255};
    if (dice_one_in(&world->dice, world->target.temper->refuse)) {
        world->target.excuses |= EXCUSE_REFUSED;
        return refusals[dice_below(&world->dice, sizeof(refusals))];
    }
    return found || dice_one_in(&world->dice, 4) ? 0 : 1;
}

/* A command that was reported aborted is answered all the same. */
static void answer_late(struct world *world, uint32_t itt) {
    uint8_t bhs[48];
    target_begin(world, bhs, 0x21, 0x80, itt);
    bhs[3] = 0x08;
    put32(bhs + 20, 0);
    target_number(world, bhs, true);
    target_send(world, bhs, NULL, 0);
    count(world, COUNT_LATE_ANSWERS);
}

/* Returns the tag of one of them, or the reserved one. */
static uint32_t drop_covered(struct world *world, const uint8_t *request, uint32_t order) {
    uint32_t itt = TARGET_NO_TAG;
    for (uint32_t i = 0; i < TARGET_TASKS; i++) {
        if (covers(request, &world->target.tasks[i], order)) {
            itt = world->target.tasks[i].itt;
            target_drop(world, &world->target.tasks[i]);
        }
    }
    return itt;
}

void target_manage(struct world *world, struct target_reply *reply) {
    struct target *target = &world->target;
    uint8_t request[48];
    memcpy(request, reply->bhs, sizeof(request));
    uint8_t function = request[1] & 0x7f;
    struct target_task *task =
        function == ABORT_TASK ? target_find(target, get32(request + 20)) : NULL;
    uint8_t response = choose_response(world, task != NULL || function != ABORT_TASK);
    bool complete = response == 0;
    uint32_t ended = TARGET_NO_TAG;
    target_begin(world, reply->bhs, 0x22, 0x80, get32(request + 16));
    put32(reply->bhs + 20, 0);
    reply->bhs[2] = response;
    note(world, "  task management answered (function, response)", function, response, 0, 0);
    if (function == ABORT_TASK) {
        count(world, complete ? COUNT_ABORTS : COUNT_REFUSED_ABORTS);
        if (complete && task != NULL) {
            ended = task->itt;
            target_drop(world, task);
        }
    } else {
        target->manage_told = true;
        target->manage_response = response;
        if (complete) {
            ended = drop_covered(world, request, reply->order);
        } else {
            release(world, request, reply->order);
        }
    }
    target_number(world, reply->bhs, true);
    target_send(world, reply->bhs, NULL, 0);
    if (ended != TARGET_NO_TAG && dice_one_in(&world->dice, target->temper->late)) {
        answer_late(world, ended);
    }
    if (complete && function == TARGET_COLD_RESET) {
        target->dead = true; /* which ends every session of the target */
        target->hangs_up = true;
    }
}

void target_logout(struct world *world, const uint8_t *bhs) {
    struct target *target = &world->target;
    if (bhs[1] != 0x80 || get16(bhs + 20) != 0) {
        target_violation(world, "logout that does not close the session");
    }
    target->logged_out = true;
    target->excuses |= EXCUSE_LOGOUT;
    count(world, COUNT_LOGOUTS);
    uint8_t answer[48];
    target_begin(world, answer, 0x26, 0x80, get32(bhs + 16));
    put32(answer + 20, 0);
    if (dice_one_in(&world->dice, 8)) {
        answer[2] = (uint8_t)dice_between(&world->dice, 1, 3);
    }
    if (dice_one_in(&world->dice, 8)) {
        target->dead = true; /* closing says as much */
        target->hangs_up = true;
        return;
    }
    target_reply_later(world, target_delay(world), answer, true, false);
}

static void ping(struct world *world) {
    struct target *target = &world->target;
    if (target->pings == TARGET_PINGS) {
        return;
    }
    uint8_t bhs[48];
    uint64_t lun = dice_roll(&world->dice);
    target_begin(world, bhs, 0x20, 0x80, TARGET_NO_TAG);
    put32(bhs + 20, target->next_tag);
    put64(bhs + 8, lun);
    target->ping_tags[target->pings] = target->next_tag++;
    target->ping_luns[target->pings] = lun;
    target->pings++;
    target_number(world, bhs, false);
    target_send(world, bhs, NULL, 0);
    count(world, COUNT_TARGET_PINGS);
}

/* RFC 7143 11.9. */
static void send_async(struct world *world, uint8_t event, uint64_t lun, const void *data,
                       uint32_t length) {
    uint8_t bhs[48];
    target_begin(world, bhs, 0x32, 0x80, TARGET_NO_TAG);
    put32(bhs + 20, 0);
    put64(bhs + 8, lun);
    bhs[36] = event;
    put16(bhs + 42, 2); /* Parameter2 and 3 tell times; Parameter1 names connection 0 */
    put16(bhs + 44, 3);
    target_number(world, bhs, true);
    target_send(world, bhs, data, length);
    count(world, COUNT_ASYNC);
    note(world, "  async message (event)", event, 0, 0, 0);
}

static void farewell(struct world *world) {
    struct target *target = &world->target;
    uint8_t event = (uint8_t)dice_between(&world->dice, LOGOUT_REQUEST, NEGOTIATION_REQUEST);
    target->excuses |= EXCUSE_FAREWELL;
    send_async(world, event, 0, NULL, 0);
    if (event == CONNECTION_DROP || event == SESSION_DROP) {
        target->dead = true;
        target->hangs_up = dice_one_in(&world->dice, 2);
    }
}

/* The tasks of a unit are ended for somebody else's sake (RFC 7143 11.9.1, 4.2.3.4). */
static void terminate(struct world *world) {
    struct target *target = &world->target;
    if (target->agreed.fast_abort == 0 || target->unacknowledged != 0) {
        return;
    }
    uint32_t unit = dice_below(&world->dice, TARGET_UNITS);
    for (uint32_t i = 0; i < TARGET_TASKS; i++) {
        if (target->tasks[i].used && target->tasks[i].lun >> 48 == unit) {
            target_drop(world, &target->tasks[i]);
        }
    }
    target->terminated |= 1u << unit;
    target->unacknowledged = 1u << unit;
    target->termination_stat_sn = target->stat_sn;
    send_async(world, TASK_TERMINATION, (uint64_t)unit << 48, NULL, 0);
}

/* The window closes, or takes another size. */
static void move_window(struct world *world) {
    struct target *target = &world->target;
    target->window = dice_below(&world->dice, 3) * dice_below(&world->dice, TARGET_ANNOUNCED / 2);
    target->window_due = NEVER;
    if (target->window == 0) {
        target->window_due = world->now + dice_scale(&world->dice, MILLISECOND, 8 * SECOND);
        target->excuses |= EXCUSE_SLOW;
        count(world, COUNT_WINDOWS_CLOSED);
    }
}

void target_mischief(struct world *world) {
    static const uint8_t attention[20] = {0, 18, 0x70, 0, 0x06, 0, 0,    0,
                                          0, 10, 0,    0, 0,    0, 0x2a, 9};
    const struct temper *temper = world->target.temper;
    if (dice_one_in(&world->dice, temper->ping)) {
        ping(world);
    } else if (dice_one_in(&world->dice, temper->window)) {
        move_window(world);
    } else if (dice_one_in(&world->dice, temper->notice)) {
        bool scsi = dice_one_in(&world->dice, 2);
        uint8_t vendor = (uint8_t)dice_between(&world->dice, 248, 255);
        send_async(world, scsi ? 0 : vendor, 0, attention, scsi ? sizeof(attention) : 0);
    } else if (dice_one_in(&world->dice, temper->notice)) {
        terminate(world);
    } else if (dice_one_in(&world->dice, temper->farewell)) {
        farewell(world);
    }
}
