/* Task management at the target, which may end tasks of other sessions, too (RFC 7143 11.5, 11.6,
 * RFC 7144 6). */
#include <string.h>

#include "simulation/world.h"

enum {
    ABORT_TASK = 1,
    ABORT_TASK_SET = 2,
    CLEAR_TASK_SET = 4,
    LOGICAL_UNIT_RESET = 5,
    TARGET_WARM_RESET = 6,
    TARGET_COLD_RESET = 7,
    QUERY_TASK = 9,
    QUERY_TASK_SET = 10,
    I_T_NEXUS_RESET = 11,
    QUERY_ASYNCHRONOUS_EVENT = 12
};

/* What a function does; by its number. */
static const struct {
    bool known;
    bool later; /* needs iSCSIProtocolLevel 2 */
    bool queries;
    bool one_task; /* names it */
    bool no_unit;  /* names none */
    bool ends;     /* tasks of the unit, or of all */
    bool others;   /* those of other sessions, too */
} functions[TARGET_FUNCTIONS] = {
    [ABORT_TASK] = {.known = true, .one_task = true},
    [ABORT_TASK_SET] = {.known = true, .ends = true},
    [3] = {.known = true}, /* CLEAR ACA */
    [CLEAR_TASK_SET] = {.known = true, .ends = true, .others = true},
    [LOGICAL_UNIT_RESET] = {.known = true, .ends = true, .others = true},
    [TARGET_WARM_RESET] = {.known = true, .no_unit = true, .ends = true, .others = true},
    [TARGET_COLD_RESET] = {.known = true, .no_unit = true, .ends = true, .others = true},
    [QUERY_TASK] = {.known = true, .later = true, .queries = true, .one_task = true},
    [QUERY_TASK_SET] = {.known = true, .later = true, .queries = true},
    [I_T_NEXUS_RESET] = {.known = true, .later = true, .no_unit = true, .ends = true},
    [QUERY_ASYNCHRONOUS_EVENT] = {.known = true, .later = true, .queries = true},
};

static uint32_t function_of(const uint8_t *request) {
    return request[1] & 0x7f;
}

static bool covers(const uint8_t *request, const struct target_task *task, uint32_t order) {
    uint32_t function = function_of(request);
    bool unit = functions[function].no_unit || task->lun == get64(request + 8);
    return task->used && functions[function].ends && unit && before(task->order, order);
}

/* What becomes of the data of the tasks until the answer: with FastAbort there is none any more
 * (RFC 7143 4.2.3.4), for two of the functions it may end early (11.5.1). */
static void restrain(struct lane *lane, const uint8_t *request) {
    struct target *target = &lane->target;
    uint32_t function = function_of(request);
    for (uint32_t i = 0; i < TARGET_TASKS; i++) {
        struct target_task *task = &target->tasks[i];
        if (!covers(request, task, target->order)) {
            continue;
        }
        task->early_end = function == ABORT_TASK_SET || function == CLEAR_TASK_SET;
        task->no_data = target->agreed.task_reporting == 2;
        if (task->no_data && target_drop_r2ts(target, task)) {
            task->unsolicited_open = false;
            task->phase = PHASE_SILENT; /* without its data it waits for its end */
            count(lane, COUNT_DATA_STOPPED);
        }
    }
}

/* The function was refused: what it lets go on goes on. */
static void release(struct lane *lane, const uint8_t *request, uint32_t order) {
    for (uint32_t i = 0; i < TARGET_TASKS; i++) {
        if (covers(request, &lane->target.tasks[i], order)) {
            lane->target.tasks[i].no_data = false;
        }
    }
}

/* RFC 7143 11.5.3 to 11.5.6, RFC 7144 6.3. */
static void check(struct lane *lane, const uint8_t *bhs) {
    uint32_t function = function_of(bhs);
    if (function >= TARGET_FUNCTIONS || !functions[function].known ||
        (functions[function].later && lane->target.agreed.protocol_level < 2)) {
        target_violation(lane, "task management of an unknown kind");
    }
    if (functions[function].no_unit && get64(bhs + 8) != 0) {
        target_violation(lane, "task management with a LUN that is reserved");
    }
    if (!functions[function].one_task) {
        if (get32(bhs + 20) != TARGET_NO_TAG || get32(bhs + 32) != 0) {
            target_violation(lane, "task management with a reserved field that is set");
        }
        return;
    }
    const struct target_task *task = target_find(&lane->target, get32(bhs + 20));
    if (task != NULL) { /* RFC 7143 11.5.5 */
        uint32_t expected = task->immediate ? get32(bhs + 24) : task->cmd_sn;
        if (task->lun != get64(bhs + 8) || expected != get32(bhs + 32)) {
            target_violation(lane, "a function with another LUN or RefCmdSN than the task's");
        }
    }
}

/* The units that a reset is for, a bit each. */
static uint32_t units_of(const uint8_t *request) {
    bool unit = function_of(request) == LOGICAL_UNIT_RESET;
    return unit ? 1u << (get64(request + 8) >> 48 & 31) : UINT32_MAX;
}

static void set_resets(struct target *target, uint32_t units, uint64_t when) {
    for (uint32_t unit = 0; unit < TARGET_UNITS; unit++) {
        target->reset_at[unit] = (units >> unit & 1) != 0 ? when : target->reset_at[unit];
    }
}

/* Behind a reset of its own the library sends no command that might fall to it. */
static void hold(struct lane *lane, const uint8_t *request) {
    uint32_t function = function_of(request);
    bool resets = function == LOGICAL_UNIT_RESET || function == TARGET_WARM_RESET;
    bool own = resets && lane->client.reset_on != lane->network.number;
    set_resets(&lane->target, own ? units_of(request) : 0, lane->world->now);
}

void target_task_management(struct lane *lane, const uint8_t *bhs) {
    check(lane, bhs);
    uint32_t function = function_of(bhs);
    if (function == LOGICAL_UNIT_RESET || function == TARGET_WARM_RESET) {
        lane->target.resets |= units_of(bhs);
    }
    hold(lane, bhs);
    note(lane, "  task management (function, tag, task's tag)", function, get32(bhs + 16),
         get32(bhs + 20), 0);
    restrain(lane, bhs);
    (void)target_reply_later(lane, target_delay(lane), bhs, true, true);
}

/* RFC 7143 11.6.1, RFC 7144 6.4.2. */
static uint8_t choose_response(struct lane *lane, uint32_t function, bool found) {
    static const uint8_t refusals[] = {2, 4, 5, 6, 255};
    struct dice *dice = &lane->world->dice;
    if (dice_one_in(dice, lane->target.temper->refuse)) {
        lane->target.excuses |= EXCUSE_REFUSED;
        return refusals[dice_below(dice, sizeof(refusals))];
    }
    if (functions[function].queries) {
        bool yes = function == QUERY_TASK ? found : dice_one_in(dice, 2);
        return yes ? 7 : 0;
    }
    return found || dice_one_in(dice, 4) ? 0 : 1;
}

/* A command that was reported aborted is answered all the same. */
static void answer_late(struct lane *lane, const struct target_task *ended) {
    uint8_t bhs[48];
    target_begin(lane, bhs, 0x21, 0x80, ended->itt);
    /* Counts where the initiator has given up its function meanwhile. */
    struct verdict *verdict = &lane->world->disk.verdicts[ended->lba];
    *verdict = (struct verdict){.told = true,
                                .late = true,
                                .priority = verdict->priority,
                                .restarts = lane->world->disk.restarts,
                                .connection = lane->network.number,
                                .status = 0x08};
    bhs[3] = 0x08;
    put32(bhs + 20, 0);
    target_number(lane, bhs, true);
    target_send(lane, bhs, NULL, 0);
    count(lane, COUNT_LATE_ANSWERS);
}

/* Returns one of them, or NULL. */
static const struct target_task *drop_covered(struct lane *lane, const uint8_t *request,
                                              uint32_t order) {
    const struct target_task *ended = NULL;
    for (uint32_t i = 0; i < TARGET_TASKS; i++) {
        if (covers(request, &lane->target.tasks[i], order)) {
            ended = &lane->target.tasks[i];
            target_drop(lane, &lane->target.tasks[i]);
        }
    }
    return ended;
}

/* The tasks of a session end because another one wants it (RFC 7143 4.2.3.3, SAM-5 5.14): with
 * TASK ABORTED, or without a word, or told by AsyncEvent 5. */
static void end_for_another(struct lane *lane, const uint8_t *request) {
    struct target *target = &lane->target;
    if (!target->full_feature || target->dead || target->logged_out) {
        return;
    }
    for (uint32_t unit = 0; unit < TARGET_UNITS; unit++) {
        bool meant = functions[function_of(request)].no_unit || get64(request + 8) >> 48 == unit;
        if (meant && target->agreed.task_reporting == 2) {
            target_terminate(lane, unit);
        }
        for (uint32_t i = 0; meant && i < TARGET_TASKS; i++) {
            struct target_task *task = &target->tasks[i];
            if (!task->used || task->lun >> 48 != unit || task->phase == PHASE_STATUS) {
                continue;
            }
            bool works = task->phase == PHASE_EXECUTE || task->phase == PHASE_COLLECT;
            bool tells = works && dice_one_in(&lane->world->dice, 2);
            count(lane, tells ? COUNT_TASKS_ABORTED : COUNT_TASKS_VANISHED);
            if (tells) {
                task->status = 0x40;
                task->response = 0;
                task->moves = task->writes ? task->moves : 0;
                task->reads_bytes = 0;
                task->lost = false;
            } else {
                target->excuses |= EXCUSE_SLOW;
                target_drop(lane, task);
            }
        }
    }
}

/* What a function that is complete does to the session, and to the others. */
static const struct target_task *complete(struct lane *lane, const struct target_reply *reply,
                                          const uint8_t *request) {
    struct world *world = lane->world;
    uint32_t function = function_of(request);
    bool others = functions[function].others && !world->healing;
    for (uint32_t i = 0; others && i < world->lane_count; i++) {
        struct lane *other = &world->lanes[i];
        if (other != lane && function == TARGET_COLD_RESET) {
            target_restart(other);
        } else if (other != lane) {
            end_for_another(other, request);
        }
    }
    return drop_covered(lane, request, reply->order);
}

void target_manage(struct lane *lane, struct target_reply *reply) {
    struct target *target = &lane->target;
    uint8_t request[48];
    memcpy(request, reply->bhs, sizeof(request));
    uint32_t function = function_of(request);
    struct target_task *task =
        functions[function].one_task ? target_find(target, get32(request + 20)) : NULL;
    uint8_t response =
        choose_response(lane, function, task != NULL || !functions[function].one_task);
    const struct target_task *ended = NULL;
    target_begin(lane, reply->bhs, 0x22, 0x80, get32(request + 16));
    put32(reply->bhs + 20, 0);
    reply->bhs[2] = response;
    note(lane, "  task management answered (function, response)", function, response, 0, 0);
    target->manage_told[function] |= 1u << (response == 255 ? 31 : response);
    if (function == ABORT_TASK) {
        count(lane, response == 0 ? COUNT_ABORTS : COUNT_REFUSED_ABORTS);
        if (response == 0 && task != NULL) {
            ended = task;
            target_drop(lane, task);
        }
    } else if (response == 0) {
        ended = complete(lane, reply, request);
    } else {
        release(lane, request, reply->order);
    }
    target_number(lane, reply->bhs, true);
    target_send(lane, reply->bhs, NULL, 0);
    if (function == LOGICAL_UNIT_RESET || function == TARGET_WARM_RESET) {
        set_resets(target, units_of(request), NEVER);
    }
    if (ended != NULL && dice_one_in(&lane->world->dice, target->temper->late)) {
        answer_late(lane, ended);
    }
    if (response == 0 && (function == TARGET_COLD_RESET || function == I_T_NEXUS_RESET)) {
        target->dead = true; /* which ends the session, or every one of the target */
        target->hangs_up = true;
    }
}
