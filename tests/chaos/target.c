/* The target's connection: what it does next, and its end. */
#include "chaos/target.h"

#include <string.h>

#include "chaos/world.h"

#define OUT_LIMIT 65536u /* bytes that may wait to be sent */

void target_violation(struct world *world, const char *what) {
    fail(world, "the initiator breaks a rule: %s", what);
}

struct target_task *target_find(struct target *target, uint32_t itt) {
    for (uint32_t i = 0; i < TARGET_TASKS; i++) {
        if (target->tasks[i].used && target->tasks[i].itt == itt) {
            return &target->tasks[i];
        }
    }
    return NULL;
}

bool target_drop_r2ts(struct target *target, const struct target_task *task) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < target->r2t_count; i++) {
        if (target->r2ts[i].task != task) {
            target->r2ts[kept++] = target->r2ts[i];
        }
    }
    target->r2t_count = kept;
    return task->r2ts_out > 0 || task->unsolicited_open;
}

void target_drop(struct world *world, struct target_task *task) {
    if (dice_one_in(&world->dice, 2)) {
        target_execute_partly(world, task);
    }
    (void)target_drop_r2ts(&world->target, task);
    task->used = false;
}

/* The kinds of connections, and how many of each there are. */
static const struct {
    uint32_t share;
    struct temper temper;
} tempers[] = {
    {3, {.slow = 3000, .window = 3000, .backward = 50, .ping = 2000, .notice = 5000}},
    {4,
     {.slow = 400,
      .silent = 2000,
      .busy = 100,
      .check = 100,
      .failure = 500,
      .shortened = 100,
      .lost = 300,
      .early = 4,
      .late = 20,
      .flip = 20000,
      .deaf = 20000,
      .window = 1500,
      .backward = 20,
      .refuse = 20,
      .mute = 30,
      .tardy = 5,
      .ping = 500,
      .notice = 2000,
      .farewell = 20000,
      .login_refuse = 30,
      .login_mute = 100}},
    {2,
     {.slow = 100,
      .silent = 150,
      .busy = 20,
      .check = 20,
      .failure = 50,
      .shortened = 20,
      .lost = 50,
      .early = 2,
      .late = 5,
      .flip = 500,
      .deaf = 300,
      .window = 200,
      .backward = 5,
      .refuse = 5,
      .mute = 10,
      .tardy = 3,
      .ping = 50,
      .notice = 200,
      .farewell = 1000,
      .login_refuse = 5,
      .login_mute = 10}},
};

static const struct temper *choose_temper(struct world *world) {
    uint32_t place = dice_below(&world->dice, 9);
    for (uint32_t i = 0; i < 2; i++) {
        if (place < tempers[i].share) {
            return &tempers[i].temper;
        }
        place -= tempers[i].share;
    }
    return &tempers[2].temper;
}

void target_connect(struct world *world) {
    struct target *target = &world->target;
    target->temper = choose_temper(world);
    target->full_feature = false;
    target->logged_out = false;
    target->dead = false;
    target->hangs_up = false;
    target->first_login_seen = false;
    target->stage = 0;
    target->written = 0;
    target->flip_begin = NEVER;
    target->flip_end = NEVER;
    target->excuses = 0;
    target->segment = 8192;
    target->segment_limit = 8192;
    target->negotiated = false;
    target->negotiates = false;
    target->terminated = 0;
    target->unacknowledged = 0;
    /* Defaults of RFC 7143 13. */
    target->agreed = (struct target_agreed){.initial_r2t = 1,
                                            .immediate_data = 1,
                                            .initiator_segment = 8192,
                                            .max_burst = 262144,
                                            .first_burst = 65536,
                                            .max_r2t = 1,
                                            .data_pdu_in_order = 1,
                                            .data_sequence_in_order = 1,
                                            .time2wait = 2,
                                            .time2retain = 20};
    target->stat_sn = (uint32_t)dice_roll(&world->dice);
    target->window = dice_between(&world->dice, 1, TARGET_ANNOUNCED);
    target->window_due = NEVER;
    target->next_tag = (uint32_t)dice_roll(&world->dice) | 1;
}

void target_disconnect(struct world *world) {
    struct target *target = &world->target;
    for (uint32_t i = 0; i < TARGET_TASKS; i++) {
        if (target->tasks[i].used) {
            target_drop(world, &target->tasks[i]);
        }
    }
    target->dead = true;
    target->r2t_count = 0;
    target->reply_count = 0;
    target->pings = 0;
    bytes_take(&target->in, bytes_left(&target->in));
    bytes_take(&target->out, bytes_left(&target->out));
}

void target_reply_later(struct world *world, uint64_t delay, const uint8_t bhs[48],
                        bool uses_stat_sn, bool task_management) {
    struct target *target = &world->target;
    if (delay == NEVER) {
        return;
    }
    if (target->reply_count == TARGET_REPLIES) {
        target_violation(world, "more requests that are no commands than there can be tasks");
    }
    struct target_reply *reply = &target->replies[target->reply_count++];
    reply->due = world->now + delay;
    memcpy(reply->bhs, bhs, sizeof(reply->bhs));
    reply->uses_stat_sn = uses_stat_sn;
    reply->task_management = task_management;
    reply->order = target->order;
}

static bool send_reply(struct world *world) {
    struct target *target = &world->target;
    for (uint32_t i = 0; i < target->reply_count; i++) {
        if (target->replies[i].due <= world->now) {
            struct target_reply reply = target->replies[i];
            target->reply_count--;
            memmove(&target->replies[i], &target->replies[i + 1],
                    (target->reply_count - i) * sizeof(reply));
            if (reply.task_management) {
                target_manage(world, &reply);
            } else {
                target_number(world, reply.bhs, reply.uses_stat_sn);
                target_send(world, reply.bhs, NULL, 0);
            }
            return true;
        }
    }
    return false;
}

/* Tells by NOP-In that commands may come again (RFC 7143 11.19). */
static bool open_window(struct world *world) {
    struct target *target = &world->target;
    if (target->window_due > world->now) {
        return false;
    }
    target->window = dice_between(&world->dice, 1, TARGET_ANNOUNCED);
    target->window_due = NEVER;
    uint8_t bhs[48];
    target_begin(world, bhs, 0x20, 0x80, TARGET_NO_TAG);
    target_number_truly(world, bhs, false);
    target_send(world, bhs, NULL, 0);
    return true;
}

/* Lets a task go on, any of those that can. */
static bool act_task(struct world *world) {
    struct target *target = &world->target;
    uint32_t first = dice_below(&world->dice, TARGET_TASKS);
    for (uint32_t i = 0; i < TARGET_TASKS; i++) {
        struct target_task *task = &target->tasks[(first + i) % TARGET_TASKS];
        if (task->used && task->due <= world->now && target_task_ready(target, task)) {
            target_task_act(world, task);
            return true;
        }
    }
    return false;
}

static bool can_act(const struct target *target) {
    return target->full_feature && !target->dead && bytes_left(&target->out) < OUT_LIMIT;
}

bool target_act(struct world *world) {
    if (!can_act(&world->target)) {
        return false;
    }
    if (open_window(world) || send_reply(world) || target_answer_text(world)) {
        return true;
    }
    if (world->target.logged_out || !act_task(world)) {
        return false;
    }
    if (can_act(&world->target)) {
        target_mischief(world);
    }
    return true;
}

uint64_t target_due(const struct world *world) {
    const struct target *target = &world->target;
    if (!can_act(target)) {
        return NEVER;
    }
    uint64_t due = target->window_due;
    if (target->negotiates && target->text_due < due) {
        due = target->text_due;
    }
    for (uint32_t i = 0; i < target->reply_count; i++) {
        due = target->replies[i].due < due ? target->replies[i].due : due;
    }
    for (uint32_t i = 0; i < TARGET_TASKS && !target->logged_out; i++) {
        const struct target_task *task = &target->tasks[i];
        if (target_task_ready(target, task) && task->due < due) {
            due = task->due;
        }
    }
    return due;
}
