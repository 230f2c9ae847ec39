/* The login phase of the test target, and what it agrees to (RFC 7143 6.3, 13). */
#include <string.h>

#include "support/target.h"

static struct target_agreed wanted(const struct target_config *config) {
    return (struct target_agreed){.header_digest = config->digests & TARGET_HEADER_DIGEST,
                                  .data_digest = config->digests & TARGET_DATA_DIGEST,
                                  .initial_r2t = config->initial_r2t,
                                  .immediate_data = config->immediate_data,
                                  .initiator_segment = config->max_recv_segment,
                                  .max_burst = config->max_burst,
                                  .first_burst = config->first_burst,
                                  .max_r2t = config->max_r2t,
                                  .time2wait = 1,
                                  .time2retain = 15,
                                  .protocol_level = config->protocol_level,
                                  .max_connections = 1,
                                  .task_reporting = config->task_reporting};
}

static void check(struct target *target, const uint8_t *bhs, uint32_t length) {
    const char *broken = target_check_login(&target->login, bhs, length, target->stat_sn);
    if (broken != NULL) {
        target_violation(target, broken);
    }
    target->exp_cmd_sn = target->login.cmd_sn;
}

static void enter_stage(struct target *target, uint32_t next) {
    target->login.stage = next;
    target->full_feature = next == 3;
    target->acknowledged = target->stat_sn;
    target_settle_bursts(&target->agreed);
}

void target_login(struct target *target, const uint8_t *bhs, const uint8_t *text, uint32_t length) {
    bool first = !target->login.first_seen;
    check(target, bhs, length);
    struct target_login login = {.wanted = wanted(&target->config),
                                 .agreed = &target->agreed,
                                 .discovery = target->discovery};
    target_take_keys(&login, text, length);
    if (login.violated != NULL) {
        target_violation(target, login.violated);
    }
    target->discovery = login.discovery;
    if (first && !target->discovery) {
        target_say(&login.answer, "TargetPortalGroupTag", "1");
    }
    target->max_cmd_sn = target->exp_cmd_sn - 1 + target->config.window;
    bool transit = (bhs[1] & 0x80) != 0;
    uint32_t next = bhs[1] & 3;
    uint8_t out[48];
    target_begin_status(target, out, 0x23, (uint8_t)(bhs[1] & (transit ? 0x8f : 0x0c)),
                        get32(bhs + 16));
    memcpy(out + 8, bhs + 8, 6);
    put16(out + 14, transit && next == 3 ? 0x0107 : 0);
    target_send(target, out, login.answer.text, (uint32_t)login.answer.size);
    if (transit) {
        enter_stage(target, next);
    }
}
