/* PDUs of the target: framing of the stream both ways, and what every PDU must obey. */
#include <string.h>

#include "simulation/world.h"

/* MaxCmdSN leaves room for the commands that still find a task. */
static uint32_t present_max(const struct target *target) {
    uint32_t busy = 0;
    for (uint32_t i = 0; i < TARGET_TASKS; i++) {
        busy += target->tasks[i].used ? 1 : 0;
    }
    uint32_t room = busy < TARGET_TASKS ? TARGET_TASKS - busy : 0;
    uint32_t window = target->window < room ? target->window : room;
    uint32_t candidate = target->exp_cmd_sn - 1 + window;
    return before(target->max_cmd_sn, candidate) ? candidate : target->max_cmd_sn;
}

void target_number_truly(struct lane *lane, uint8_t bhs[48], bool uses_stat_sn) {
    struct target *target = &lane->target;
    put32(bhs + 24, target->stat_sn);
    target->stat_sn += uses_stat_sn ? 1 : 0;
    target->max_cmd_sn = present_max(target);
    put32(bhs + 28, target->exp_cmd_sn);
    put32(bhs + 32, target->max_cmd_sn);
}

void target_number(struct lane *lane, uint8_t bhs[48], bool uses_stat_sn) {
    struct target *target = &lane->target;
    if (!target->full_feature || !dice_one_in(&lane->world->dice, target->temper->backward)) {
        target_number_truly(lane, bhs, uses_stat_sn);
        return;
    }
    /* Old ones, or such that contradict each other (RFC 7143 4.2.2.1). */
    put32(bhs + 24, target->stat_sn);
    target->stat_sn += uses_stat_sn ? 1 : 0;
    put32(bhs + 28, target->exp_cmd_sn - dice_below(&lane->world->dice, 9));
    put32(bhs + 32, target->max_cmd_sn - dice_below(&lane->world->dice, 70));
    count(lane, COUNT_NUMBERS_BACKWARD);
}

const char *target_name(uint8_t opcode, bool to_target) {
    static const char *const sent[] = {
        [0x20] = "< NOP-In (tag, target's tag, StatSN, bytes)",
        [0x21] = "< SCSI Response (tag, SNACK tag, StatSN, bytes)",
        [0x22] = "< Task Management Response (tag, -, StatSN, bytes)",
        [0x23] = "< Login Response (tag, -, StatSN, bytes)",
        [0x24] = "< Text Response (tag, target's tag, StatSN, bytes)",
        [0x25] = "< Data-In (tag, target's tag, StatSN, bytes)",
        [0x26] = "< Logout Response (tag, -, StatSN, bytes)",
        [0x31] = "< R2T (tag, target's tag, StatSN, bytes)",
        [0x32] = "< Asynchronous Message (tag, -, StatSN, bytes)",
        [0x3f] = "< Reject (tag, -, StatSN, bytes)",
    };
    static const char *const taken[] = {
        [0x00] = "> NOP-Out (tag, CmdSN, ExpStatSN, bytes)",
        [0x01] = "> SCSI Command (tag, CmdSN, ExpStatSN, bytes)",
        [0x02] = "> Task Management Request (tag, CmdSN, ExpStatSN, bytes)",
        [0x03] = "> Login Request (tag, CmdSN, ExpStatSN, bytes)",
        [0x04] = "> Text Request (tag, CmdSN, ExpStatSN, bytes)",
        [0x05] = "> Data-Out (tag, -, ExpStatSN, bytes)",
        [0x06] = "> Logout Request (tag, CmdSN, ExpStatSN, bytes)",
    };
    opcode &= 0x3f;
    size_t count = to_target ? sizeof(taken) / sizeof(taken[0]) : sizeof(sent) / sizeof(sent[0]);
    const char *name = opcode < count ? (to_target ? taken : sent)[opcode] : NULL;
    return name != NULL ? name : "PDU (tag, word 20, word 24, bytes)";
}

void target_begin(struct lane *lane, uint8_t bhs[48], uint8_t opcode, uint8_t flags, uint32_t itt) {
    (void)lane;
    memset(bhs, 0, 48);
    bhs[0] = opcode;
    bhs[1] = flags;
    put32(bhs + 16, itt);
    put32(bhs + 20, TARGET_NO_TAG);
}

/* Turns a bit over: one that a digest covers, or that is a digest's own; or, wildly, any. */
static void flip(struct lane *lane, uint8_t *pdu, size_t size, bool digests, bool wildly) {
    struct target *target = &lane->target;
    bool header = digests && target->agreed.header_digest != 0;
    bool data = digests && target->agreed.data_digest != 0;
    size_t begin = header ? 0 : 48;
    size_t end = data ? size : 52;
    bool covered = (header || data) && begin < size;
    if (covered == wildly) {
        return;
    }
    begin = covered ? begin : 0;
    end = covered ? end : size;
    size_t byte = begin + dice_below(&lane->world->dice, (uint32_t)(end - begin));
    note(lane, "  flip (opcode, byte of the PDU, size, wild)", pdu[0], byte, size, wildly);
    pdu[byte] ^= (uint8_t)(1u << dice_below(&lane->world->dice, 8));
    if (wildly) {
        target->wild = true;
        lane->client.wild = true;
        target->excuses |= EXCUSE_WILD | EXCUSE_SLOW;
        count(lane, COUNT_WILD_FLIPS);
        return;
    }
    target->flip_begin = target->written;
    target->flip_end = target->written + size;
    if (byte == 4) {
        target->flip_end = NEVER; /* nobody can tell where the header ends */
    }
    target->excuses |= EXCUSE_DIGEST;
    count(lane, COUNT_FLIPS);
}

/* A status between this one and the last one that was told got lost, or was told before. */
static bool miscount(struct lane *lane, uint8_t bhs[48]) {
    struct target *target = &lane->target;
    struct dice *dice = &lane->world->dice;
    bool status = bhs[0] >= 0x21 && bhs[0] <= 0x24 && bhs[0] != 0x23;
    if (!status || !target->full_feature || target->wild || target->flip_begin != NEVER ||
        !dice_one_in(dice, target->temper->miscount)) {
        return false;
    }
    uint32_t distance = dice_between(dice, 1, 3);
    put32(bhs + 24, get32(bhs + 24) + (dice_one_in(dice, 2) ? distance : 0 - distance));
    note(lane, "  miscounts (opcode, StatSN)", bhs[0], get32(bhs + 24), 0, 0);
    target->excuses |= EXCUSE_NUMBERS;
    count(lane, COUNT_MISCOUNTS);
    return true;
}

void target_send(struct lane *lane, uint8_t bhs[48], const void *data, uint32_t length) {
    struct target *target = &lane->target;
    struct dice *dice = &lane->world->dice;
    struct bytes *out = &target->out;
    size_t before_it = bytes_left(out);
    bool digests = target->full_feature;
    bool miscounts = miscount(lane, bhs);
    note(lane, target_name(bhs[0], false), get32(bhs + 16), get32(bhs + 20), get32(bhs + 24),
         length);
    target_add_pdu(out, bhs, data, length, digests && target->agreed.header_digest != 0,
                   digests && target->agreed.data_digest != 0);
    size_t size = bytes_left(out) - before_it;
    uint8_t *pdu = out->data + out->taken + before_it;
    if (miscounts) {
        target->flip_begin = target->written;
        target->flip_end = target->written + size;
    } else if (target->wild) {
        /* Nobody can tell where a PDU begins from here on, so no judge can know what is found. */
    } else if (digests && target->flip_begin == NEVER && dice_one_in(dice, target->temper->flip)) {
        flip(lane, pdu, size, digests, false);
    } else if (dice_one_in(dice, target->temper->wild)) {
        flip(lane, pdu, size, digests, true);
    }
    target->written += size;
}

/* ---- what every PDU of an initiator must obey ---- */

/* RFC 7143 4.2.2.1, 4.2.2.2. */
static void check_numbers(struct lane *lane, const struct target_rule *rule, const uint8_t *bhs) {
    struct target *target = &lane->target;
    uint32_t exp_stat_sn = get32(bhs + 28);
    if (before(target->stat_sn, exp_stat_sn)) {
        target_violation(lane, "ExpStatSN ahead of what was sent");
    }
    if (before(exp_stat_sn, target->acknowledged)) {
        target_violation(lane, "ExpStatSN goes back");
    }
    target->acknowledged = exp_stat_sn;
    if (!rule->numbered) {
        return;
    }
    uint32_t cmd_sn = get32(bhs + 24);
    if (cmd_sn != target->exp_cmd_sn) {
        target_violation(lane, "CmdSN is not the next one");
    }
    if ((bhs[0] & 0x40) != 0) {
        return;
    }
    if (before(target->max_cmd_sn, cmd_sn)) {
        target_violation(lane, "CmdSN beyond the window");
    }
    target->exp_cmd_sn = cmd_sn + 1;
}

static void full_feature(struct lane *lane, const uint8_t *bhs, const uint8_t *ahs,
                         const uint8_t *data, uint32_t length) {
    const struct target_rule *rule = target_find_rule(bhs);
    if (rule == NULL || lane->target.logged_out) {
        target_violation(lane, rule == NULL ? "opcode" : "PDU behind a Logout Request");
    }
    const char *broken = target_check_header(rule, bhs, lane->target.segment_limit);
    if (broken != NULL) {
        target_violation(lane, broken);
    }
    check_numbers(lane, rule, bhs);
    switch (rule->opcode) {
    case 0x00:
        target_nop_out(lane, bhs, data, length);
        break;
    case 0x01:
        target_command(lane, bhs, ahs, data, length);
        break;
    case 0x02:
        target_task_management(lane, bhs);
        break;
    case 0x04:
        target_text(lane, bhs, data, length);
        break;
    case 0x05:
        target_data_out(lane, bhs, data, length);
        break;
    default:
        target_logout(lane, bhs);
        break;
    }
}

/* Makes believe that a PDU came with a wrong digest: a Reject for the data, the end for both
 * (RFC 7143 7.8). */
static void turn_deaf(struct lane *lane, const uint8_t *bhs, bool data) {
    struct target *target = &lane->target;
    count(lane, COUNT_DEAF);
    note(lane, "  deaf (opcode, for data)", bhs[0], data, 0, 0);
    if (data && dice_one_in(&lane->world->dice, 2)) {
        uint8_t reject[48];
        uint8_t header[48];
        memcpy(header, bhs, sizeof(header));
        target_begin(lane, reject, 0x3f, 0x80, TARGET_NO_TAG);
        reject[2] = 0x02;
        put32(reject + 20, 0);
        target_number(lane, reject, true);
        target_send(lane, reject, header, sizeof(header));
        target->excuses |= EXCUSE_REJECT | EXCUSE_SLOW; /* it says nothing more */
    } else {
        target->hangs_up = true;
    }
    target->dead = true;
}

/* Takes one PDU off the stream when it is whole. */
static bool take_pdu(struct lane *lane) {
    struct target *target = &lane->target;
    bool header = target->full_feature && target->agreed.header_digest != 0;
    bool data = target->full_feature && target->agreed.data_digest != 0;
    struct target_pdu pdu;
    if (target->dead || !target_find_pdu(&target->in, header, data, &pdu)) {
        return false;
    }
    note(lane, target_name(pdu.bhs[0], true), get32(pdu.bhs + 16), get32(pdu.bhs + 24),
         get32(pdu.bhs + 28), pdu.length);
    bool data_digest = data && pdu.length > 0;
    if ((header || data_digest) && dice_one_in(&lane->world->dice, target->temper->deaf)) {
        turn_deaf(lane, pdu.bhs, data_digest);
        return false;
    }
    if (pdu.violated != NULL) {
        target_violation(lane, pdu.violated);
    }
    if (target->full_feature) {
        full_feature(lane, pdu.bhs, pdu.ahs, pdu.data, pdu.length);
    } else {
        target_login(lane, pdu.bhs, pdu.data, pdu.length);
    }
    bytes_take(&target->in, pdu.total);
    return true;
}

void target_input(struct lane *lane, const void *data, size_t size) {
    bytes_add(&lane->target.in, data, size);
    if (setjmp(lane->target.unwind) != 0) { /* NOLINT: only where what it was sent is wild */
        return;
    }
    while (take_pdu(lane)) {
    }
}
