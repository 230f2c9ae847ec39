/* The target's connection: what it does next, and its end. */
#include "simulation/target.h"

#include <stdlib.h>
#include <string.h>

#include "simulation/world.h"

#define OUT_LIMIT 65536u /* bytes that may wait to be sent */

void target_violation(struct lane *lane, const char *what) {
    struct target *target = &lane->target;
    if (!target->wild) {
        fail(lane, "the initiator breaks a rule: %s", what);
    }
    target->dead = true;
    target->hangs_up = true;
    longjmp(target->unwind, 1);
}

void target_free(struct lane *lane) {
    struct target *target = &lane->target;
    for (uint32_t i = 0; i < TARGET_TASKS; i++) {
        free(target->tasks[i].data);
    }
    bytes_free(&target->in);
    bytes_free(&target->out);
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

void target_drop(struct lane *lane, struct target_task *task) {
    if (dice_one_in(&lane->world->dice, 2)) {
        target_execute_partly(lane, task);
    }
    (void)target_drop_r2ts(&lane->target, task);
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
      .miscount = 5000,
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
      .login_mute = 100,
      .redirect = 20,
      .bad_proof = 40,
      .wild = 20000,
      .sloppy = 200}},
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
      .miscount = 300,
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
      .login_mute = 10,
      .redirect = 8,
      .bad_proof = 10,
      .wild = 300,
      .sloppy = 30}},
    {1,
     {.slow = 300,
      .flip = 60,
      .miscount = 100,
      .deaf = 200,
      .backward = 5,
      .ping = 50,
      .sloppy = 5}},
    {1, {.slow = 300, .wild = 60, .tardy = 3, .ping = 50, .sloppy = 5, .bad_proof = 4}},
};

static const struct temper calm;

void target_calm(struct lane *lane) {
    lane->target.temper = &calm;
}

static const struct temper *choose_temper(struct lane *lane) {
    if (lane->world->healing) {
        return &calm;
    }
    uint32_t place = dice_below(&lane->world->dice, 11);
    for (uint32_t i = 0; i + 1 < sizeof(tempers) / sizeof(tempers[0]); i++) {
        if (place < tempers[i].share) {
            return &tempers[i].temper;
        }
        place -= tempers[i].share;
    }
    return &tempers[sizeof(tempers) / sizeof(tempers[0]) - 1].temper;
}

void target_connect(struct lane *lane) {
    struct target *target = &lane->target;
    target->temper = choose_temper(lane);
    target->full_feature = false;
    target->logged_out = false;
    target->dead = false;
    target->hangs_up = false;
    target->wild = false;
    target->login = (struct target_login_state){.first_seen = false};
    target->chap = CHAP_UNASKED;
    target->lies = false;
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
    target->wish = 0;
    target->resets = 0;
    memset(target->reset_at, 0xff, sizeof(target->reset_at));
    lane->client.escalations = 0;
    memset(target->manage_told, 0, sizeof(target->manage_told));
    memset(target->newest, 0, sizeof(target->newest));
    target_keys_defaults(&target->agreed);
    target->stat_sn = (uint32_t)dice_roll(&lane->world->dice);
    target->window = dice_between(&lane->world->dice, 1, TARGET_ANNOUNCED);
    target->window_due = NEVER;
    target->next_tag = (uint32_t)dice_roll(&lane->world->dice) | 1;
}

void target_disconnect(struct lane *lane) {
    struct target *target = &lane->target;
    for (uint32_t i = 0; i < TARGET_TASKS; i++) {
        if (target->tasks[i].used) {
            target_drop(lane, &target->tasks[i]);
        }
    }
    target->dead = true;
    target->r2t_count = 0;
    target->reply_count = 0;
    target->pings = 0;
    bytes_take(&target->in, bytes_left(&target->in));
    bytes_take(&target->out, bytes_left(&target->out));
}

void target_restart(struct lane *lane) {
    struct target *target = &lane->target;
    for (uint32_t i = 0; i < TARGET_TASKS; i++) {
        if (target->tasks[i].used) {
            target_drop(lane, &target->tasks[i]);
        }
    }
    target->dead = true;
    target->hangs_up = true;
    target->excuses |= EXCUSE_SLOW;
}

struct target_reply *target_reply_later(struct lane *lane, uint64_t delay, const uint8_t bhs[48],
                                        bool uses_stat_sn, bool task_management) {
    struct target *target = &lane->target;
    if (delay == NEVER) {
        return NULL;
    }
    if (target->reply_count == TARGET_REPLIES) {
        target_violation(lane, "more requests that are no commands than there can be tasks");
    }
    struct target_reply *reply = &target->replies[target->reply_count++];
    reply->due = lane->world->now + delay;
    memcpy(reply->bhs, bhs, sizeof(reply->bhs));
    reply->length = 0;
    reply->uses_stat_sn = uses_stat_sn;
    reply->task_management = task_management;
    reply->order = target->order;
    return reply;
}

static bool send_reply(struct lane *lane) {
    struct target *target = &lane->target;
    for (uint32_t i = 0; i < target->reply_count; i++) {
        if (target->replies[i].due <= lane->world->now) {
            struct target_reply reply = target->replies[i];
            target->reply_count--;
            memmove(&target->replies[i], &target->replies[i + 1],
                    (target->reply_count - i) * sizeof(reply));
            if (reply.task_management) {
                target_manage(lane, &reply);
            } else {
                target_number(lane, reply.bhs, reply.uses_stat_sn);
                target_send(lane, reply.bhs, reply.data, reply.length);
            }
            return true;
        }
    }
    return false;
}

/* Tells by NOP-In that commands may come again (RFC 7143 11.19). */
static bool open_window(struct lane *lane) {
    struct target *target = &lane->target;
    if (target->window_due > lane->world->now) {
        return false;
    }
    target->window = dice_between(&lane->world->dice, 1, TARGET_ANNOUNCED);
    target->window_due = NEVER;
    uint8_t bhs[48];
    target_begin(lane, bhs, 0x20, 0x80, TARGET_NO_TAG);
    target_number_truly(lane, bhs, false);
    target_send(lane, bhs, NULL, 0);
    return true;
}

/* Lets a task go on, any of those that can. */
static bool act_task(struct lane *lane) {
    struct target *target = &lane->target;
    uint32_t first = dice_below(&lane->world->dice, TARGET_TASKS);
    for (uint32_t i = 0; i < TARGET_TASKS; i++) {
        struct target_task *task = &target->tasks[(first + i) % TARGET_TASKS];
        if (task->used && task->due <= lane->world->now && target_task_ready(target, task)) {
            target_task_act(lane, task);
            return true;
        }
    }
    return false;
}

static bool can_act(const struct target *target) {
    return target->full_feature && !target->dead && bytes_left(&target->out) < OUT_LIMIT;
}

bool target_act(struct lane *lane) {
    if (!can_act(&lane->target)) {
        return false;
    }
    if (open_window(lane) || send_reply(lane) || target_answer_text(lane)) {
        return true;
    }
    if (lane->target.logged_out || !act_task(lane)) {
        return false;
    }
    if (can_act(&lane->target)) {
        target_mischief(lane);
    }
    return true;
}

uint64_t target_due(const struct lane *lane) {
    const struct target *target = &lane->target;
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
