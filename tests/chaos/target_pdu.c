/* PDUs of the target: framing of the stream both ways, and what every PDU must obey. */
#include <string.h>

#include "chaos/world.h"

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

void target_number_truly(struct world *world, uint8_t bhs[48], bool uses_stat_sn) {
    struct target *target = &world->target;
    put32(bhs + 24, target->stat_sn);
    target->stat_sn += uses_stat_sn ? 1 : 0;
    target->max_cmd_sn = present_max(target);
    put32(bhs + 28, target->exp_cmd_sn);
    put32(bhs + 32, target->max_cmd_sn);
}

void target_number(struct world *world, uint8_t bhs[48], bool uses_stat_sn) {
    struct target *target = &world->target;
    if (!target->full_feature || !dice_one_in(&world->dice, target->temper->backward)) {
        target_number_truly(world, bhs, uses_stat_sn);
        return;
    }
    /* Old ones, or such that contradict each other (RFC 7143 4.2.2.1). */
    put32(bhs + 24, target->stat_sn);
    target->stat_sn += uses_stat_sn ? 1 : 0;
    put32(bhs + 28, target->exp_cmd_sn - dice_below(&world->dice, 9));
    put32(bhs + 32, target->max_cmd_sn - dice_below(&world->dice, 70));
    count(world, COUNT_NUMBERS_BACKWARD);
}

void target_begin(struct world *world, uint8_t bhs[48], uint8_t opcode, uint8_t flags,
                  uint32_t itt) {
    (void)world;
    memset(bhs, 0, 48);
    bhs[0] = opcode;
    bhs[1] = flags;
    put32(bhs + 16, itt);
    put32(bhs + 20, TARGET_NO_TAG);
}

static void add_digest(struct bytes *out, uint32_t crc) {
    uint8_t digest[4] = {(uint8_t)crc, (uint8_t)(crc >> 8), (uint8_t)(crc >> 16),
                         (uint8_t)(crc >> 24)};
    bytes_add(out, digest, sizeof(digest));
}

/* Turns a bit over that a digest covers, or that is a digest's own. */
static void flip(struct world *world, uint8_t *pdu, size_t size) {
    struct target *target = &world->target;
    bool header = target->agreed.header_digest != 0;
    bool data = target->agreed.data_digest != 0;
    size_t begin = header ? 0 : 48;
    size_t end = data ? size : 52;
    if ((!header && !data) || begin >= size) {
        return;
    }
    size_t byte = begin + dice_below(&world->dice, (uint32_t)(end - begin));
    pdu[byte] ^= (uint8_t)(1u << dice_below(&world->dice, 8));
    target->flip_begin = target->written;
    target->flip_end = target->written + size;
    if (byte == 4) {
        target->flip_end = NEVER; /* nobody can tell where the header ends */
    }
    target->excuses |= EXCUSE_DIGEST;
    count(world, COUNT_FLIPS);
    note(world, "  flip (opcode, byte of the PDU, size)", pdu[0], byte, size, 0);
}

void target_send(struct world *world, uint8_t bhs[48], const void *data, uint32_t length) {
    static const uint8_t zeros[4];
    struct target *target = &world->target;
    struct bytes *out = &target->out;
    size_t before_it = bytes_left(out);
    uint32_t pad = (4 - length % 4) % 4;
    bool digests = target->full_feature;
    put24(bhs + 5, length);
    bytes_add(out, bhs, 48);
    if (digests && target->agreed.header_digest != 0) {
        add_digest(out, target_crc32c(0, bhs, 48));
    }
    bytes_add(out, data, length);
    bytes_add(out, zeros, pad);
    if (digests && target->agreed.data_digest != 0 && length > 0) {
        add_digest(out, target_crc32c(target_crc32c(0, data, length), zeros, pad));
    }
    size_t size = bytes_left(out) - before_it;
    if (digests && target->flip_begin == NEVER && dice_one_in(&world->dice, target->temper->flip)) {
        flip(world, out->data + out->taken + before_it, size);
    }
    target->written += size;
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
    {0x01, true, true, true, 0xe7, 0x00, {2, 2}},
    {0x02, true, true, false, 0xff, 0x80, {2, 2, 36, 12}},
    {0x04, true, true, true, 0xc0, 0x80, {2, 2, 32, 16}},
    {0x05, false, false, true, 0x80, 0x00, {2, 2, 24, 4, 32, 4, 44, 4}},
    {0x06, true, true, false, 0xff, 0x80, {2, 2, 8, 8, 22, 2, 32, 16}},
};

static void check_bits(struct world *world, const struct rule *rule, const uint8_t *bhs) {
    if ((bhs[0] & 0x80) != 0 || ((bhs[0] & 0x40) != 0 && !rule->immediate_allowed)) {
        target_violation(world, "reserved bit in byte 0");
    }
    if ((bhs[1] & ~rule->flags & 0xff) != 0 || (bhs[1] & rule->fixed) != rule->fixed) {
        target_violation(world, "reserved or fixed bit in byte 1");
    }
    for (uint32_t i = 0; rule->reserved[i + 1] != 0; i += 2) {
        for (uint32_t j = 0; j < rule->reserved[i + 1]; j++) {
            if (bhs[rule->reserved[i] + j] != 0) {
                target_violation(world, "reserved byte is not 0");
            }
        }
    }
    if (bhs[4] != 0 && rule->opcode != 0x01) {
        target_violation(world, "AHS in a PDU that has none");
    }
    if (get24(bhs + 5) > 0 && !rule->data) {
        target_violation(world, "data in a PDU that has none");
    }
    if (get24(bhs + 5) > world->target.segment_limit) {
        target_violation(world, "data segment beyond our MaxRecvDataSegmentLength");
    }
}

/* RFC 7143 4.2.2.1, 4.2.2.2. */
static void check_numbers(struct world *world, const struct rule *rule, const uint8_t *bhs) {
    struct target *target = &world->target;
    uint32_t exp_stat_sn = get32(bhs + 28);
    if (before(target->stat_sn, exp_stat_sn)) {
        target_violation(world, "ExpStatSN ahead of what was sent");
    }
    if (before(exp_stat_sn, target->acknowledged)) {
        target_violation(world, "ExpStatSN goes back");
    }
    target->acknowledged = exp_stat_sn;
    if (!rule->numbered) {
        return;
    }
    uint32_t cmd_sn = get32(bhs + 24);
    if (cmd_sn != target->exp_cmd_sn) {
        target_violation(world, "CmdSN is not the next one");
    }
    if ((bhs[0] & 0x40) != 0) {
        return;
    }
    if (before(target->max_cmd_sn, cmd_sn)) {
        target_violation(world, "CmdSN beyond the window");
    }
    target->exp_cmd_sn = cmd_sn + 1;
}

static void full_feature(struct world *world, const uint8_t *bhs, const uint8_t *ahs,
                         const uint8_t *data, uint32_t length) {
    const struct rule *rule = NULL;
    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
        rule = rules[i].opcode == (bhs[0] & 0x3f) ? &rules[i] : rule;
    }
    if (rule == NULL || world->target.logged_out) {
        target_violation(world, rule == NULL ? "opcode" : "PDU behind a Logout Request");
    }
    check_bits(world, rule, bhs);
    check_numbers(world, rule, bhs);
    switch (rule->opcode) {
    case 0x00:
        target_nop_out(world, bhs, length);
        break;
    case 0x01:
        target_command(world, bhs, ahs, data, length);
        break;
    case 0x02:
        target_task_management(world, bhs);
        break;
    case 0x04:
        target_text(world, bhs, data, length);
        break;
    case 0x05:
        target_data_out(world, bhs, data, length);
        break;
    default:
        target_logout(world, bhs);
        break;
    }
}

static bool digest_right(const uint8_t *at, uint32_t crc) {
    return at[0] == (uint8_t)crc && at[1] == (uint8_t)(crc >> 8) && at[2] == (uint8_t)(crc >> 16) &&
           at[3] == (uint8_t)(crc >> 24);
}

/* Makes believe that a PDU came with a wrong digest: a Reject for the data, the end for both
 * (RFC 7143 7.8). */
static void turn_deaf(struct world *world, const uint8_t *bhs, bool data) {
    struct target *target = &world->target;
    count(world, COUNT_DEAF);
    note(world, "  deaf (opcode, for data)", bhs[0], data, 0, 0);
    if (data && dice_one_in(&world->dice, 2)) {
        uint8_t reject[48];
        uint8_t header[48];
        memcpy(header, bhs, sizeof(header));
        target_begin(world, reject, 0x3f, 0x80, TARGET_NO_TAG);
        reject[2] = 0x02;
        put32(reject + 20, 0);
        target_number(world, reject, true);
        target_send(world, reject, header, sizeof(header));
        target->excuses |= EXCUSE_REJECT | EXCUSE_SLOW; /* it says nothing more */
    } else {
        target->hangs_up = true;
    }
    target->dead = true;
}

/* Takes one PDU off the stream when it is whole. */
static bool take_pdu(struct world *world) {
    struct target *target = &world->target;
    const uint8_t *bhs = bytes_first(&target->in);
    size_t left = bytes_left(&target->in);
    if (left < 48 || target->dead) {
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
    if ((header_digest || data_digest) && dice_one_in(&world->dice, target->temper->deaf)) {
        turn_deaf(world, bhs, data_digest);
        return false;
    }
    if (header_digest && !digest_right(bhs + header, target_crc32c(0, bhs, header))) {
        target_violation(world, "header digest");
    }
    if (data_digest &&
        !digest_right(bhs + data_at + padded, target_crc32c(0, bhs + data_at, padded))) {
        target_violation(world, "data digest");
    }
    for (size_t i = length; i < padded; i++) {
        if (bhs[data_at + i] != 0) {
            target_violation(world, "padding is not 0");
        }
    }
    if (target->full_feature) {
        full_feature(world, bhs, bhs + 48, bhs + data_at, length);
    } else {
        target_login(world, bhs, bhs + data_at, length);
    }
    bytes_take(&target->in, total);
    return true;
}

void target_input(struct world *world, const void *data, size_t size) {
    bytes_add(&world->target.in, data, size);
    while (take_pdu(world)) {
    }
}
