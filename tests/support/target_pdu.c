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

static void add_digest(struct bytes *out, uint32_t crc) {
    uint8_t digest[4] = {(uint8_t)crc, (uint8_t)(crc >> 8), (uint8_t)(crc >> 16),
                         (uint8_t)(crc >> 24)};
    bytes_add(out, digest, sizeof(digest));
}

void target_send(struct target *target, uint8_t bhs[48], const void *data, uint32_t length) {
    static const uint8_t zeros[4 * 255];
    put24(bhs + 5, length);
    target->max_cmd_sn =
        before(target->max_cmd_sn, get32(bhs + 32)) ? get32(bhs + 32) : target->max_cmd_sn;
    uint32_t ahs = 4u * bhs[4];
    uint32_t pad = (4 - length % 4) % 4;
    bytes_add(&target->out, bhs, 48);
    bytes_add(&target->out, zeros, ahs);
    if (target->full_feature && target->agreed.header_digest != 0) {
        add_digest(&target->out, target_crc32c(target_crc32c(0, bhs, 48), zeros, ahs));
    }
    bytes_add(&target->out, data, length);
    bytes_add(&target->out, zeros, pad);
    if (target->full_feature && target->agreed.data_digest != 0 && length > 0) {
        add_digest(&target->out, target_crc32c(target_crc32c(0, data, length), zeros, pad));
    }
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

/* ---- what every PDU of an initiator must obey ---- */

struct rule {
    uint8_t opcode;
    bool immediate_allowed;
    bool numbered; /* has a CmdSN */
    bool data;
    uint8_t flags;        /* bits of byte 1 that may be set */
    uint8_t fixed;        /* bits of byte 1 that must be */
    uint8_t reserved[16]; /* pairs of first byte and count that are 0, ended by a count of 0 */
};

static const struct rule rules[] = {
    {0x00, true, true, true, 0x80, 0x80, {2, 2, 32, 16}},
    {0x01, true, true, true, 0xe7, 0x00, {3, 1}},
    {0x02, true, true, false, 0xff, 0x80, {2, 2, 40, 8}},
    {0x04, true, true, true, 0xc0, 0x00, {2, 2, 32, 16}},
    {0x05, false, false, true, 0x80, 0x00, {2, 2, 24, 4, 32, 4, 44, 4}},
    {0x06, true, true, false, 0xff, 0x80, {2, 2, 8, 8, 22, 2, 32, 16}},
};

static void check_bits(struct target *target, const struct rule *rule, const uint8_t *bhs) {
    if ((bhs[0] & 0x80) != 0 || ((bhs[0] & 0x40) != 0 && !rule->immediate_allowed)) {
        target_violation(target, "reserved bit in byte 0");
    }
    if ((bhs[1] & ~rule->flags & 0xff) != 0 || (bhs[1] & rule->fixed) != rule->fixed) {
        target_violation(target, "reserved or fixed bit in byte 1");
    }
    for (uint32_t i = 0; rule->reserved[i + 1] != 0; i += 2) {
        for (uint32_t j = 0; j < rule->reserved[i + 1]; j++) {
            if (bhs[rule->reserved[i] + j] != 0) {
                target_violation(target, "reserved byte is not 0");
            }
        }
    }
    if (bhs[4] != 0 && rule->opcode != 0x01) {
        target_violation(target, "AHS in a PDU that has none");
    }
    if (get24(bhs + 5) > 0 && !rule->data) {
        target_violation(target, "data in a PDU that has none");
    }
    if (get24(bhs + 5) > target->config.max_recv_segment) {
        target_violation(target, "data segment beyond our MaxRecvDataSegmentLength");
    }
}

/* RFC 7143 4.2.2.1, 4.2.2.2. */
static void check_numbers(struct target *target, const struct rule *rule, const uint8_t *bhs) {
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
    const struct rule *rule = NULL;
    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
        rule = rules[i].opcode == (bhs[0] & 0x3f) ? &rules[i] : rule;
    }
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
    check_bits(target, rule, bhs);
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

static bool digest_right(const uint8_t *at, uint32_t crc) {
    return at[0] == (uint8_t)crc && at[1] == (uint8_t)(crc >> 8) && at[2] == (uint8_t)(crc >> 16) &&
           at[3] == (uint8_t)(crc >> 24);
}

/* Takes one PDU off the stream when it is whole. */
static bool take_pdu(struct target *target) {
    const uint8_t *bhs = bytes_first(&target->in);
    size_t left = bytes_left(&target->in);
    if (left < 48) {
        return false;
    }
    size_t header = 48 + 4u * (size_t)bhs[4];
    uint32_t length = get24(bhs + 5);
    size_t padded = (length + 3u) & ~3u;
    bool header_digest = target->full_feature && target->agreed.header_digest != 0;
    bool data_digest = target->full_feature && target->agreed.data_digest != 0 && length > 0;
    size_t data_at = header + (header_digest ? 4 : 0);
    size_t total = data_at + padded + (data_digest ? 4 : 0);
    if (left < total) {
        return false;
    }
    target->pdus++;
    if (header_digest && !digest_right(bhs + header, target_crc32c(0, bhs, header))) {
        target_violation(target, "header digest");
    }
    if (data_digest &&
        !digest_right(bhs + data_at + padded, target_crc32c(0, bhs + data_at, padded))) {
        target_violation(target, "data digest");
    }
    for (size_t i = length; i < padded; i++) {
        if (bhs[data_at + i] != 0) {
            target_violation(target, "padding is not 0");
        }
    }
    if (target->full_feature) {
        full_feature(target, bhs, bhs + 48, bhs + data_at, length);
    } else {
        target_login(target, bhs, bhs + data_at, length);
    }
    bytes_take(&target->in, total);
    return true;
}

void target_input(struct target *target, const void *data, size_t size) {
    bytes_add(&target->in, data, size);
    while (take_pdu(target)) {
    }
}
