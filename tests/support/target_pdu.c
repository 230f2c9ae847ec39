/* PDUs of the test target: framing of the stream, and what every PDU must obey. */
#include <stdlib.h>
#include <string.h>

#include "support/target.h"

void target_violation(struct target *target, const char *what) {
    if (target->violation_count < sizeof(target->violations) / sizeof(target->violations[0])) {
        target->violations[target->violation_count] = what;
    }
    target->violation_count++;
}

/* MaxCmdSN leaves room for as many commands as are not in work, and never goes back. */
static uint32_t present_max(const struct target *target) {
    uint32_t busy = 0;
    for (uint32_t i = 0; i < TARGET_TASKS; i++) {
        busy += target->tasks[i].used ? 1 : 0;
    }
    uint32_t window = target->config.window;
    uint32_t candidate = target->exp_cmd_sn - 1 + (window > busy ? window - busy : 0);
    return before(target->max_cmd_sn, candidate) ? candidate : target->max_cmd_sn;
}

void target_begin(const struct target *target, uint8_t bhs[48], uint8_t opcode, uint8_t flags,
                  uint32_t itt) {
    memset(bhs, 0, 48);
    bhs[0] = opcode;
    bhs[1] = flags;
    put32(bhs + 16, itt);
    put32(bhs + 24, target->stat_sn);
    put32(bhs + 28, target->missing ? target->missing_sn : target->exp_cmd_sn);
    put32(bhs + 32, present_max(target));
}

void target_begin_status(struct target *target, uint8_t bhs[48], uint8_t opcode, uint8_t flags,
                         uint32_t itt) {
    target_begin(target, bhs, opcode, flags, itt);
    target->stat_sn++;
}

void target_send(struct target *target, uint8_t bhs[48], const void *data, uint32_t length) {
    target->max_cmd_sn =
        before(target->max_cmd_sn, get32(bhs + 32)) ? get32(bhs + 32) : target->max_cmd_sn;
    bool digests = target->full_feature;
    target_add_pdu(&target->out, bhs, data, length, digests && target->agreed.header_digest != 0,
                   digests && target->agreed.data_digest != 0);
}

void target_reject(struct target *target, uint8_t reason, const uint8_t header[48]) {
    uint8_t bhs[48];
    uint8_t opcode = header[0] & 0x3f;
    struct target_task *task = opcode == 0x01 ? target_find(target, get32(header + 16)) : NULL;
    if (task != NULL) {
        target_drop(target, task);
    }
    if ((header[0] & 0x40) == 0 && opcode != 0x05) {
        target->missing = true;
        target->missing_sn = get32(header + 24);
    }
    target_begin_status(target, bhs, 0x3f, 0x80, TARGET_NO_TAG);
    bhs[2] = reason;
    target_send(target, bhs, header, 48);
}

void target_async(struct target *target, uint8_t event, uint32_t parameter2, uint32_t parameter3) {
    uint8_t bhs[48];
    target_begin_status(target, bhs, 0x32, 0x80, TARGET_NO_TAG);
    bhs[36] = event;
    put16(bhs + 40, parameter2);
    put16(bhs + 42, parameter3);
    target_send(target, bhs, NULL, 0);
}

/* ---- what every PDU of an initiator must obey ---- */

/* RFC 7143 4.2.2.1, 4.2.2.2. */
static void check_numbers(struct target *target, const struct target_rule *rule,
                          const uint8_t *bhs) {
    uint32_t exp_stat_sn = get32(bhs + 28);
    if (before(target->stat_sn, exp_stat_sn)) {
        target_violation(target, "ExpStatSN ahead of what was sent");
    }
    if (before(exp_stat_sn, target->acknowledged)) {
        target_violation(target, "ExpStatSN goes back");
    }
    target->acknowledged = exp_stat_sn;
    if (!rule->numbered) {
        return;
    }
    uint32_t cmd_sn = get32(bhs + 24);
    if (target->missing && cmd_sn == target->missing_sn) {
        bool last = cmd_sn + 1 == target->exp_cmd_sn;
        target->missing = (bhs[0] & 0x40) != 0; /* else it is sent again */
        if (target->missing && !last) {
            target_violation(target, "CmdSN of the past");
        }
        return;
    }
    if (cmd_sn != target->exp_cmd_sn) {
        target_violation(target, "CmdSN is not the next one");
    }
    if ((bhs[0] & 0x40) != 0) {
        return;
    }
    if (before(target->max_cmd_sn, cmd_sn)) {
        target_violation(target, "CmdSN beyond the window");
    }
    target->exp_cmd_sn = cmd_sn + 1;
}

/* ---- PDUs that are neither login nor SCSI ---- */

static void nop_out(struct target *target, const uint8_t *bhs, const uint8_t *data,
                    uint32_t length) {
    memcpy(target->last_nop, bhs, 48);
    uint32_t itt = get32(bhs + 16);
    uint32_t ttt = get32(bhs + 20);
    if (itt == TARGET_NO_TAG) {
        if (ttt == TARGET_NO_TAG && length == 0 && target_acknowledged(target, bhs)) {
            return;
        }
        bool answers = ttt != TARGET_NO_TAG && ttt == target->ping_tag;
        if ((bhs[0] & 0x40) == 0 || !answers || get64(bhs + 8) != target->ping_lun || length > 0) {
            target_violation(target, "NOP-Out that answers no ping");
        }
        target->nop_replies++;
        target->ping_tag = TARGET_NO_TAG;
        return;
    }
    if (ttt != TARGET_NO_TAG || get64(bhs + 8) != 0 || target->discovery) {
        target_violation(target, "ping with a target's tag, with a LUN, or in discovery");
    }
    if (target->config.hold) {
        return;
    }
    uint8_t answer[48];
    target_begin_status(target, answer, 0x20, 0x80, itt);
    put32(answer + 20, TARGET_NO_TAG);
    uint32_t most = target->agreed.initiator_segment; /* RFC 7143 11.19 */
    target_send(target, answer, data, length < most ? length : most);
}

static void logout(struct target *target, const uint8_t *bhs) {
    memcpy(target->last_logout, bhs, 48);
    if (bhs[1] == 0x80 && get16(bhs + 20) != 0) {
        target_violation(target, "CID in a logout that closes the session");
    }
    target->logged_out = true;
    if (target->config.logout_response < 0) {
        return;
    }
    uint8_t answer[48];
    target_begin_status(target, answer, 0x26, 0x80, get32(bhs + 16));
    answer[2] = (uint8_t)target->config.logout_response;
    target_send(target, answer, NULL, 0);
}

void target_ignore_text(struct target *target, const uint8_t *bhs, const uint8_t *data,
                        uint32_t length, void *context) {
    (void)target;
    (void)bhs;
    (void)data;
    (void)length;
    (void)context;
}

static void text(struct target *target, const uint8_t *bhs, const uint8_t *data, uint32_t length) {
    static const char question[] = "SendTargets=All";
    bool first = get32(bhs + 20) == TARGET_NO_TAG;
    target->text_requests++;
    if (target->config.text_hook != NULL) {
        target->config.text_hook(target, bhs, data, length, target->config.context);
        return;
    }
    if (bhs[1] != 0x80 || !target->discovery) {
        target_violation(target, "Text Request without F, or not in discovery");
    }
    if (first) {
        if (length != sizeof(question) || memcmp(data, question, sizeof(question)) != 0 ||
            get64(bhs + 8) != 0) {
            target_violation(target, "Text Request is not SendTargets=All alone");
        }
        target->text_itt = get32(bhs + 16);
        target->text_sent = 0;
    } else if (length != 0 || get32(bhs + 16) != target->text_itt ||
               get32(bhs + 20) != target->text_tag ||
               get64(bhs + 8) != UINT64_C(0x0001020304050607)) {
        target_violation(target, "Text Request does not go on where the response asked");
    }
    if (target->config.hold) {
        return;
    }
    uint32_t left = target->config.text_length - target->text_sent;
    uint32_t chunk = target->config.text_chunk == 0 ? left : target->config.text_chunk;
    bool last = left <= chunk;
    uint8_t answer[48];
    target_begin_status(target, answer, 0x24, last ? 0x80 : 0x00, get32(bhs + 16));
    target->text_tag = last ? TARGET_NO_TAG : target->next_tag++;
    put32(answer + 20, target->text_tag);
    put64(answer + 8, last ? 0 : UINT64_C(0x0001020304050607));
    const uint8_t *from = left == 0 ? NULL : target->config.text + target->text_sent;
    target->text_sent += last ? left : chunk;
    target_send(target, answer, from, last ? left : chunk);
}

static void full_feature(struct target *target, const uint8_t *bhs, const uint8_t *ahs,
                         const uint8_t *data, uint32_t length) {
    const struct target_rule *rule = target_find_rule(bhs);
    bool again = rule != NULL && rule->opcode == 0x06 && target->config.logout_response < 0;
    if (rule == NULL || (target->logged_out && !again)) {
        target_violation(target, rule == NULL ? "opcode" : "PDU behind a Logout Request");
        return;
    }
    if (target->request_count < TARGET_REQUESTS) {
        memcpy(target->requests[target->request_count], bhs, 48);
    }
    target->request_count++;
    memcpy(target->last[rule->opcode], bhs, 48);
    const char *broken = target_check_header(rule, bhs, target->config.max_recv_segment);
    if (broken != NULL) {
        target_violation(target, broken);
    }
    check_numbers(target, rule, bhs);
    switch (rule->opcode) {
    case 0x00:
        nop_out(target, bhs, data, length);
        break;
    case 0x01:
        target_command(target, bhs, ahs, data, length);
        break;
    case 0x02:
        target_task_management(target, bhs);
        break;
    case 0x04:
        text(target, bhs, data, length);
        break;
    case 0x05:
        target_data_out(target, bhs, data, length);
        break;
    default:
        logout(target, bhs);
        break;
    }
}

/* Takes one PDU off the stream when it is whole. */
static bool take_pdu(struct target *target) {
    struct target_pdu pdu;
    bool digests = target->full_feature;
    if (!target_find_pdu(&target->in, digests && target->agreed.header_digest != 0,
                         digests && target->agreed.data_digest != 0, &pdu)) {
        return false;
    }
    target->pdus++;
    if (pdu.violated != NULL) {
        target_violation(target, pdu.violated);
    }
    if (target->full_feature) {
        full_feature(target, pdu.bhs, pdu.ahs, pdu.data, pdu.length);
    } else {
        target_login(target, pdu.bhs, pdu.data, pdu.length);
    }
    bytes_take(&target->in, pdu.total);
    return true;
}

void target_input(struct target *target, const void *data, size_t size) {
    bytes_add(&target->in, data, size);
    while (take_pdu(target)) {
    }
}
