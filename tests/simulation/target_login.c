/* The login at the target, with parameters at random (RFC 7143 6.3, 13). */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "simulation/world.h"

static struct target_agreed choose_wanted(struct dice *dice) {
    return (struct target_agreed){.header_digest = dice_below(dice, 2),
                                  .data_digest = dice_below(dice, 2),
                                  .initial_r2t = dice_below(dice, 2),
                                  .immediate_data = dice_below(dice, 2),
                                  .initiator_segment = (uint32_t)dice_scale(dice, 512, 131072),
                                  .max_burst = (uint32_t)dice_scale(dice, 512, 524288),
                                  .first_burst = (uint32_t)dice_scale(dice, 512, 131072),
                                  .max_r2t = dice_between(dice, 1, 8),
                                  .data_pdu_in_order = dice_below(dice, 2),
                                  .data_sequence_in_order = dice_below(dice, 2),
                                  .time2wait = dice_between(dice, 0, 4),
                                  .time2retain = dice_between(dice, 0, 20),
                                  .protocol_level = dice_between(dice, 1, 2),
                                  .max_connections = dice_between(dice, 1, 8),
                                  .error_recovery_level = dice_between(dice, 0, 2),
                                  .task_reporting = dice_below(dice, 3)};
}

static bool take_chap(struct target_login *login, const char *key, const char *value) {
    return target_chap_key(login->context, login, key, value);
}

/* Begins a Login Response. */
static void begin_response(struct lane *lane, const uint8_t *bhs, uint8_t flags, uint8_t out[48]) {
    target_begin(lane, out, 0x23, flags, get32(bhs + 16));
    memcpy(out + 8, bhs + 8, 6);
    put32(out + 20, 0);
}

/* The end of a login that does not get on. */
static void end(struct lane *lane) {
    count(lane, COUNT_LOGINS_FAILED);
    lane->target.dead = true;
    lane->target.excuses |= EXCUSE_LOGIN;
}

static void refuse(struct lane *lane, const uint8_t *bhs, uint16_t status) {
    uint8_t out[48];
    begin_response(lane, bhs, bhs[1] & 0x0c, out);
    put16(out + 36, status);
    target_number(lane, out, true);
    target_send(lane, out, NULL, 0);
    end(lane);
}

/* Sends it to another address, where the same disk is found (RFC 7143 11.13.5). */
static void redirect(struct lane *lane, const uint8_t *bhs) {
    struct dice *dice = &lane->world->dice;
    char text[64];
    struct route *route = &lane->client.route;
    route->told = (struct address){dice_between(dice, 1, 9), dice_between(dice, 3260, 3263)};
    route->permanent = dice_one_in(dice, 2);
    route->redirected = true;
    int size = snprintf(text, sizeof(text), "TargetAddress=192.0.2.%" PRIu32 ":%" PRIu32 ",1",
                        route->told.number, route->told.port);
    uint8_t out[48];
    begin_response(lane, bhs, bhs[1] & 0x0c, out);
    put16(out + 36, route->permanent ? 0x0102 : 0x0101);
    target_number(lane, out, true);
    target_send(lane, out, text, (uint32_t)size + 1);
    count(lane, COUNT_REDIRECTIONS);
    end(lane);
}

/* Does not go on with a login, which may help another time or not; whether so. */
static bool turn_away(struct lane *lane, const uint8_t *bhs) {
    static const uint16_t statuses[] = {0x0300, 0x0301, 0x0302, 0x0206, 0x0200};
    struct dice *dice = &lane->world->dice;
    const struct temper *temper = lane->target.temper;
    if (dice_one_in(dice, temper->login_mute)) {
        end(lane);
    } else if (dice_one_in(dice, temper->login_refuse)) {
        refuse(lane, bhs, statuses[dice_below(dice, 5)]);
    } else if (dice_one_in(dice, temper->redirect)) {
        redirect(lane, bhs);
    } else {
        return false;
    }
    return true;
}

static void enter_stage(struct lane *lane, uint32_t next) {
    struct target *target = &lane->target;
    target->login.stage = next;
    target->full_feature = next == 3;
    target->acknowledged = target->stat_sn;
    target_settle_bursts(&target->agreed);
    if (target->full_feature) {
        const struct target_agreed *agreed = &target->agreed;
        note(lane, "  full feature (digests, max burst, first burst, initiator's segment)",
             agreed->header_digest * 2 + agreed->data_digest, agreed->max_burst,
             agreed->first_burst, agreed->initiator_segment);
        note(lane, "  full feature (initial R2T, immediate data, max R2T, in order)",
             agreed->initial_r2t, agreed->immediate_data, agreed->max_r2t,
             agreed->data_pdu_in_order * 2 + agreed->data_sequence_in_order);
    }
}

/* Reads the keys of a request and answers each. */
static void negotiate(struct lane *lane, struct target_login *login, bool first,
                      const uint8_t *text, uint32_t length) {
    struct target *target = &lane->target;
    login->wanted = choose_wanted(&lane->world->dice);
    login->agreed = &target->agreed;
    login->other = take_chap;
    login->context = lane;
    target_take_keys(login, text, length);
    if (login->violated != NULL) {
        target_violation(lane, login->violated);
    }
    if (login->declared) {
        target->segment = login->wanted.initiator_segment;
        target->segment_limit = target->segment;
    }
    if (first) {
        target_say(&login->answer, "TargetPortalGroupTag", "1");
    }
}

/* The target may stay in the stage once more, and does until CHAP is over. */
static bool lets_go_on(struct lane *lane, const uint8_t *bhs) {
    const struct target *target = &lane->target;
    return (bhs[1] & 0x80) != 0 && !dice_one_in(&lane->world->dice, 8) &&
           (target->chap == CHAP_UNASKED || target->chap == CHAP_OVER);
}

void target_login(struct lane *lane, const uint8_t *bhs, const uint8_t *text, uint32_t length) {
    struct target *target = &lane->target;
    bool first = !target->login.first_seen;
    const char *broken = target_check_login(&target->login, bhs, length, target->stat_sn);
    if (broken != NULL) {
        target_violation(lane, broken);
    }
    target->exp_cmd_sn = target->login.cmd_sn;
    if (turn_away(lane, bhs)) {
        return;
    }
    struct target_login login = {.context = lane};
    negotiate(lane, &login, first, text, length);
    if (target->dead) { /* a wrong proof */
        refuse(lane, bhs, 0x0201);
        return;
    }
    target->max_cmd_sn = target->exp_cmd_sn - 1;
    bool transit = lets_go_on(lane, bhs);
    uint32_t next = bhs[1] & 3;
    uint8_t out[48];
    begin_response(lane, bhs, (uint8_t)(bhs[1] & (transit ? 0x8f : 0x0c)), out);
    put16(out + 14, transit && next == 3 ? 0x0107 : 0);
    target_number(lane, out, true);
    target_send(lane, out, login.answer.text, (uint32_t)login.answer.size);
    if (transit) {
        enter_stage(lane, next);
    }
}
