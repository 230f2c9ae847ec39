/* Pings and logout at the target, and what it says unasked (RFC 7143 11.9, 11.14, 11.18). */
#include <inttypes.h>
#include <string.h>

#include "simulation/world.h"

enum {
    LOGOUT_REQUEST = 1,
    CONNECTION_DROP = 2,
    SESSION_DROP = 3,
    NEGOTIATION_REQUEST = 4,
    TASK_TERMINATION = 5
};

/* What the messages say: Parameter2 and 3 of a drop, Parameter3 of what is wanted. */
enum { MESSAGE_WAIT = 2, MESSAGE_TIME = 3 };

uint64_t target_delay(struct lane *lane) {
    struct target *target = &lane->target;
    if (dice_one_in(&lane->world->dice, target->temper->mute)) {
        target->excuses |= EXCUSE_SLOW;
        return NEVER;
    }
    if (dice_one_in(&lane->world->dice, target->temper->tardy)) {
        target->excuses |= EXCUSE_SLOW;
        return dice_scale(&lane->world->dice, MILLISECOND, 12 * SECOND);
    }
    return dice_one_in(&lane->world->dice, 2)
               ? dice_scale(&lane->world->dice, MICROSECOND, MILLISECOND)
               : 0;
}

/* The answer to a ping of the target's. */
static void take_pong(struct lane *lane, const uint8_t *bhs, uint32_t length) {
    struct target *target = &lane->target;
    for (uint32_t i = 0; i < target->pings; i++) {
        if (target->ping_tags[i] == get32(bhs + 20)) {
            if ((bhs[0] & 0x40) == 0 || get64(bhs + 8) != target->ping_luns[i] || length > 0) {
                target_violation(lane, "NOP-Out that answers a ping wrong");
            }
            target->pings--;
            target->ping_tags[i] = target->ping_tags[target->pings];
            target->ping_luns[i] = target->ping_luns[target->pings];
            return;
        }
    }
    target_violation(lane, "NOP-Out that answers no ping");
}

/* A NOP-Out without tags (RFC 7143 11.9.1, 11.18.1). */
static void take_acknowledgement(struct lane *lane, const uint8_t *bhs) {
    struct target *target = &lane->target;
    uint32_t unit = 1u << (get64(bhs + 8) >> 48 & 31);
    if ((target->unacknowledged & unit) == 0 || (bhs[0] & 0x40) == 0 ||
        !before(target->termination_stat_sn, get32(bhs + 28))) {
        target_violation(lane, "NOP-Out that acknowledges no task termination");
    }
    target->unacknowledged = 0;
    count(lane, COUNT_TERMINATIONS);
}

void target_nop_out(struct lane *lane, const uint8_t *bhs, const uint8_t *data, uint32_t length) {
    uint32_t itt = get32(bhs + 16);
    if (itt == TARGET_NO_TAG) {
        if (get32(bhs + 20) == TARGET_NO_TAG && length == 0) {
            take_acknowledgement(lane, bhs);
        } else {
            take_pong(lane, bhs, length);
        }
        return;
    }
    if (get32(bhs + 20) != TARGET_NO_TAG || get64(bhs + 8) != 0 || length > TARGET_ECHO) {
        target_violation(lane, "ping with a target's tag, a LUN, or more data than there is");
    }
    uint8_t answer[48];
    target_begin(lane, answer, 0x20, 0x80, itt);
    struct target_reply *reply = target_reply_later(lane, target_delay(lane), answer, true, false);
    if (reply != NULL) {
        uint32_t most = lane->target.agreed.initiator_segment; /* RFC 7143 11.19 */
        reply->length = length < most ? length : most;
        if (length > 0 && dice_one_in(&lane->world->dice, lane->target.temper->lost)) {
            reply->length = dice_below(&lane->world->dice, reply->length);
        }
        if (length > 0) {
            memcpy(reply->data, data, reply->length);
            lane->target.ping_length = length;
            lane->target.echoed = reply->length;
        }
    }
}

void target_logout(struct lane *lane, const uint8_t *bhs) {
    struct target *target = &lane->target;
    if (bhs[1] != 0x80 || get16(bhs + 20) != 0) {
        target_violation(lane, "logout that does not close the session");
    }
    target->logged_out = true;
    target_follow(lane, true);
    target->excuses |= EXCUSE_LOGOUT;
    count(lane, COUNT_LOGOUTS);
    uint8_t answer[48];
    target_begin(lane, answer, 0x26, 0x80, get32(bhs + 16));
    put32(answer + 20, 0);
    if (dice_one_in(&lane->world->dice, 8)) {
        answer[2] = (uint8_t)dice_between(&lane->world->dice, 1, 3);
    }
    if (dice_one_in(&lane->world->dice, 8)) {
        target->dead = true; /* closing says as much */
        target->hangs_up = true;
        return;
    }
    target_reply_later(lane, target_delay(lane), answer, true, false);
}

static void ping(struct lane *lane) {
    struct target *target = &lane->target;
    if (target->pings == TARGET_PINGS) {
        return;
    }
    uint8_t bhs[48];
    uint64_t lun = dice_roll(&lane->world->dice);
    target_begin(lane, bhs, 0x20, 0x80, TARGET_NO_TAG);
    put32(bhs + 20, target->next_tag);
    put64(bhs + 8, lun);
    target->ping_tags[target->pings] = target->next_tag++;
    target->ping_luns[target->pings] = lun;
    target->pings++;
    target_number(lane, bhs, false);
    target_send(lane, bhs, NULL, 0);
    count(lane, COUNT_TARGET_PINGS);
}

/* RFC 7143 11.9. */
static void send_async(struct lane *lane, uint8_t event, uint64_t lun, const void *data,
                       uint32_t length) {
    uint8_t bhs[48];
    target_begin(lane, bhs, 0x32, 0x80, TARGET_NO_TAG);
    put32(bhs + 20, 0);
    put64(bhs + 8, lun);
    bhs[36] = event;
    put16(bhs + 42, MESSAGE_WAIT); /* Parameter1 names connection 0 */
    put16(bhs + 44, MESSAGE_TIME);
    target_number(lane, bhs, true);
    target_send(lane, bhs, data, length);
    count(lane, COUNT_ASYNC);
    note(lane, "  async message (event)", event, 0, 0, 0);
}

static bool is_near(const struct pipe *pipe) {
    return pipe->latency == 0 && pipe->jitter == 0 && pipe->rate == 0;
}

/* It is to be followed (RFC 7143 11.9.1). Judged where bytes take no time but for stalls. */
static void wish(struct lane *lane, uint32_t event) {
    struct target *target = &lane->target;
    bool asked = event == NEGOTIATION_REQUEST && target->negotiates;
    if (asked || target->wish != 0 || !is_near(&lane->network.to_target) ||
        !is_near(&lane->network.to_session)) {
        return;
    }
    target->wish = event;
    target->wish_due = lane->world->now + (MESSAGE_TIME + 1) * SECOND;
    target->wish_stalled = lane->network.stalled;
}

void target_follow(struct lane *lane, bool logout) {
    struct target *target = &lane->target;
    if (target->wish == NEGOTIATION_REQUEST || (logout && target->wish == LOGOUT_REQUEST)) {
        target->wish = 0;
        count(lane, COUNT_WISHES);
    }
}

bool target_wishes(const struct lane *lane) {
    const struct target *target = &lane->target;
    bool hears = !target->dead && !target->wild && !lane->network.to_target.hole &&
                 !lane->network.to_session.hole && lane->network.transport == TRANSPORT_OPEN;
    return target->wish != 0 && hears;
}

void target_check_wish(struct lane *lane) {
    uint64_t stalled = lane->network.stalled - lane->target.wish_stalled;
    if (target_wishes(lane) && lane->world->now > lane->target.wish_due + stalled) {
        fail(lane, "AsyncEvent %" PRIu32 " was not followed in time", lane->target.wish);
    }
}

static void farewell(struct lane *lane) {
    struct target *target = &lane->target;
    uint8_t event = (uint8_t)dice_between(&lane->world->dice, LOGOUT_REQUEST, NEGOTIATION_REQUEST);
    target->excuses |= EXCUSE_FAREWELL;
    send_async(lane, event, 0, NULL, 0);
    if (event == CONNECTION_DROP || event == SESSION_DROP) {
        target->dead = true;
        target->hangs_up = dice_one_in(&lane->world->dice, 2);
    } else {
        wish(lane, event);
    }
}

void target_terminate(struct lane *lane, uint32_t unit) {
    struct target *target = &lane->target;
    if (target->agreed.task_reporting != 2 || target->unacknowledged != 0) {
        return;
    }
    for (uint32_t i = 0; i < TARGET_TASKS; i++) {
        if (target->tasks[i].used && target->tasks[i].lun >> 48 == unit) {
            target_drop(lane, &target->tasks[i]);
        }
    }
    target->terminated |= 1u << unit;
    target->unacknowledged = 1u << unit;
    target->termination_stat_sn = target->stat_sn;
    send_async(lane, TASK_TERMINATION, (uint64_t)unit << 48, NULL, 0);
}

/* The window closes, or takes another size. */
static void move_window(struct lane *lane) {
    struct target *target = &lane->target;
    target->window =
        dice_below(&lane->world->dice, 3) * dice_below(&lane->world->dice, TARGET_ANNOUNCED / 2);
    target->window_due = NEVER;
    if (target->window == 0) {
        target->window_due =
            lane->world->now + dice_scale(&lane->world->dice, MILLISECOND, 8 * SECOND);
        target->excuses |= EXCUSE_SLOW;
        count(lane, COUNT_WINDOWS_CLOSED);
    }
}

void target_mischief(struct lane *lane) {
    static const uint8_t attention[20] = {0, 18, 0x70, 0, 0x06, 0, 0,    0,
                                          0, 10, 0,    0, 0,    0, 0x2a, 9};
    const struct temper *temper = lane->target.temper;
    if (dice_one_in(&lane->world->dice, temper->ping)) {
        ping(lane);
    } else if (dice_one_in(&lane->world->dice, temper->window)) {
        move_window(lane);
    } else if (dice_one_in(&lane->world->dice, temper->notice)) {
        bool scsi = dice_one_in(&lane->world->dice, 2);
        uint8_t vendor = (uint8_t)dice_between(&lane->world->dice, 248, 255);
        send_async(lane, scsi ? 0 : vendor, 0, attention, scsi ? sizeof(attention) : 0);
    } else if (dice_one_in(&lane->world->dice, temper->notice)) {
        target_terminate(lane, dice_below(&lane->world->dice, TARGET_UNITS));
    } else if (dice_one_in(&lane->world->dice, temper->farewell)) {
        farewell(lane);
    }
}
