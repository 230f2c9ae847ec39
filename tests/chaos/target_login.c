/* The login at the target, with parameters at random (RFC 7143 6.3, 13). */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chaos/world.h"

/* How the result of a key follows from the two values (RFC 7143 13). */
enum function { MINIMUM, MAXIMUM, OR, AND, DECLARED };

struct key {
    const char *name;
    enum function function;
    size_t result; /* offset in target_agreed, or NONE */
    uint32_t low;  /* what the target wants lies between */
    uint32_t high;
};

#define NONE SIZE_MAX
#define RESULT(member) offsetof(struct target_agreed, member)

static const struct key keys[] = {
    {"MaxConnections", MINIMUM, NONE, 1, 8},
    {"InitialR2T", OR, RESULT(initial_r2t), 0, 1},
    {"ImmediateData", AND, RESULT(immediate_data), 0, 1},
    {"MaxRecvDataSegmentLength", DECLARED, RESULT(initiator_segment), 512, 131072},
    {"MaxBurstLength", MINIMUM, RESULT(max_burst), 512, 524288},
    {"FirstBurstLength", MINIMUM, RESULT(first_burst), 512, 131072},
    {"DefaultTime2Wait", MAXIMUM, RESULT(time2wait), 0, 4},
    {"DefaultTime2Retain", MINIMUM, RESULT(time2retain), 0, 20},
    {"MaxOutstandingR2T", MINIMUM, RESULT(max_r2t), 1, 8},
    {"DataPDUInOrder", OR, RESULT(data_pdu_in_order), 0, 1},
    {"DataSequenceInOrder", OR, RESULT(data_sequence_in_order), 0, 1},
    {"ErrorRecoveryLevel", MINIMUM, NONE, 0, 2},
    {"iSCSIProtocolLevel", MINIMUM, NONE, 1, 1},
};

struct answer {
    char text[2048];
    size_t size;
};

static void say(struct answer *answer, const char *key, const char *value) {
    int written = snprintf(answer->text + answer->size, sizeof(answer->text) - answer->size,
                           "%s=%s", key, value);
    answer->size += (size_t)written + 1;
}

static uint32_t combine(enum function function, uint32_t offered, uint32_t ours) {
    switch (function) {
    case MINIMUM:
        return offered < ours ? offered : ours;
    case MAXIMUM:
        return offered > ours ? offered : ours;
    case OR:
        return offered | ours;
    case AND:
        return offered & ours;
    case DECLARED:
        break;
    }
    return offered;
}

static void negotiate(struct world *world, const struct key *key, const char *value,
                      struct answer *answer) {
    struct target *target = &world->target;
    bool boolean = key->function == OR || key->function == AND;
    uint32_t offered = boolean ? strcmp(value, "Yes") == 0 : (uint32_t)strtoul(value, NULL, 0);
    if (boolean && offered == 0 && strcmp(value, "No") != 0) {
        target_violation(world, "boolean value");
    }
    uint32_t ours = (uint32_t)dice_scale(&world->dice, key->low, key->high);
    if (boolean) {
        ours = dice_below(&world->dice, 2);
    }
    uint32_t result = combine(key->function, offered, ours);
    if (strcmp(key->name, "FirstBurstLength") == 0 && result > target->agreed.max_burst) {
        result = target->agreed.max_burst; /* which comes before it */
    }
    if (key->result != NONE) {
        memcpy((uint8_t *)&target->agreed + key->result, &result, sizeof(result));
    }
    if (key->function == DECLARED) {
        target->segment = ours;
        target->segment_limit = ours;
    }
    char text[16];
    (void)snprintf(text, sizeof(text), "%" PRIu32, key->function == DECLARED ? ours : result);
    say(answer, key->name, boolean ? (result != 0 ? "Yes" : "No") : text);
}

/* One of the digests that are offered. */
static uint32_t choose_digest(struct world *world, const char *key, const char *value,
                              struct answer *answer) {
    bool crc = strstr(value, "CRC32C") != NULL;
    bool none = strstr(value, "None") != NULL;
    if (crc && none) {
        crc = dice_one_in(&world->dice, 2);
    }
    say(answer, key, crc ? "CRC32C" : "None");
    return crc ? 1 : 0;
}

/* RFC 7143 13.23 */
static void choose_reporting(struct world *world, const char *key, const char *value,
                             struct answer *answer) {
    static const char *const choices[] = {"FastAbort", "ResponseFence", "RFC3720"};
    const char *choice = choices[dice_below(&world->dice, 3)];
    if (strstr(value, choice) == NULL) {
        choice = "RFC3720";
    }
    world->target.agreed.fast_abort = choice == choices[0];
    say(answer, key, choice);
}

static void take_key(struct world *world, const char *key, const char *value,
                     struct answer *answer) {
    static const char *const silent[] = {"InitiatorName", "InitiatorAlias", "TargetName",
                                         "SessionType"};
    for (size_t i = 0; i < sizeof(silent) / sizeof(silent[0]); i++) {
        if (strcmp(key, silent[i]) == 0) {
            return;
        }
    }
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        if (strcmp(key, keys[i].name) == 0) {
            negotiate(world, &keys[i], value, answer);
            return;
        }
    }
    struct target_agreed *agreed = &world->target.agreed;
    if (strcmp(key, "AuthMethod") == 0) {
        say(answer, key, "None");
    } else if (strcmp(key, "HeaderDigest") == 0) {
        agreed->header_digest = choose_digest(world, key, value, answer);
    } else if (strcmp(key, "DataDigest") == 0) {
        agreed->data_digest = choose_digest(world, key, value, answer);
    } else if (strcmp(key, "TaskReporting") == 0) {
        choose_reporting(world, key, value, answer);
    } else {
        say(answer, key, "NotUnderstood");
    }
}

static void take_keys(struct world *world, const uint8_t *text, uint32_t length,
                      struct answer *answer) {
    char copy[8193];
    memcpy(copy, text, length);
    copy[length] = 0;
    for (size_t at = 0; at < length; at += strlen(copy + at) + 1) {
        char *equal = strchr(copy + at, '=');
        if (equal == NULL || at + strlen(copy + at) >= length) {
            target_violation(world, "login text without = or null");
        }
        *equal = 0;
        take_key(world, copy + at, equal + 1, answer);
        *equal = '=';
    }
}

static void check(struct world *world, const uint8_t *bhs, uint32_t length) {
    struct target *target = &world->target;
    if (bhs[0] != 0x43 || bhs[2] != 0 || bhs[3] != 0 || bhs[4] != 0 || (bhs[1] & 0x30) != 0) {
        target_violation(world, "Login Request header");
    }
    if (length > 8192 || get16(bhs + 14) != 0 || get16(bhs + 22) != 0) {
        target_violation(world, "Login Request length, TSIH or reserved bytes");
    }
    if ((uint32_t)(bhs[1] >> 2 & 3) != target->stage) {
        target_violation(world, "Login Request in another stage");
    }
    if (!target->first_login_seen) {
        target->exp_cmd_sn = get32(bhs + 24);
        memcpy(target->isid, bhs + 8, 6);
    } else if (get32(bhs + 24) != target->exp_cmd_sn || memcmp(target->isid, bhs + 8, 6) != 0 ||
               get32(bhs + 28) != target->stat_sn) {
        target_violation(world, "Login Request changes CmdSN, ISID or acknowledges wrong");
    }
}

/* Refuses the login, which may help another time or not (RFC 7143 11.13.5). */
static void refuse(struct world *world, const uint8_t *bhs) {
    static const uint16_t statuses[] = {0x0300, 0x0301, 0x0302, 0x0206, 0x0200};
    uint8_t out[48];
    target_begin(world, out, 0x23, bhs[1] & 0x0c, get32(bhs + 16));
    memcpy(out + 8, bhs + 8, 6);
    put32(out + 20, 0);
    put16(out + 36, statuses[dice_below(&world->dice, 5)]);
    target_number(world, out, true);
    target_send(world, out, NULL, 0);
    count(world, COUNT_LOGINS_FAILED);
    world->target.dead = true;
    world->target.excuses |= EXCUSE_LOGIN;
}

static void enter_stage(struct world *world, uint32_t next) {
    struct target *target = &world->target;
    target->stage = next;
    target->full_feature = next == 3;
    target->acknowledged = target->stat_sn;
    if (target->full_feature) {
        const struct target_agreed *agreed = &target->agreed;
        note(world, "  full feature (digests, max burst, first burst, initiator's segment)",
             agreed->header_digest * 2 + agreed->data_digest, agreed->max_burst,
             agreed->first_burst, agreed->initiator_segment);
        note(world, "  full feature (initial R2T, immediate data, max R2T, in order)",
             agreed->initial_r2t, agreed->immediate_data, agreed->max_r2t,
             agreed->data_pdu_in_order * 2 + agreed->data_sequence_in_order);
    }
}

void target_login(struct world *world, const uint8_t *bhs, const uint8_t *text, uint32_t length) {
    struct target *target = &world->target;
    check(world, bhs, length);

    if (dice_one_in(&world->dice, target->temper->login_mute)) {
        count(world, COUNT_LOGINS_FAILED);
        target->dead = true;
        target->excuses |= EXCUSE_LOGIN;
        return;
    }
    if (dice_one_in(&world->dice, target->temper->login_refuse)) {
        refuse(world, bhs);
        return;
    }
    struct answer answer = {.size = 0};
    if (length <= 8192) {
        take_keys(world, text, length, &answer);
    }
    if (!target->first_login_seen) {
        say(&answer, "TargetPortalGroupTag", "1");
    }
    target->first_login_seen = true;
    target->max_cmd_sn = target->exp_cmd_sn - 1;
    /* The target may stay in the stage once more. */
    bool transit = (bhs[1] & 0x80) != 0 && !dice_one_in(&world->dice, 8);
    uint32_t next = bhs[1] & 3;
    uint8_t out[48];
    target_begin(world, out, 0x23, (uint8_t)(bhs[1] & (transit ? 0x8f : 0x0c)), get32(bhs + 16));
    memcpy(out + 8, bhs + 8, 6);
    put16(out + 14, transit && next == 3 ? 0x0107 : 0);
    put32(out + 20, 0);
    target_number(world, out, true);
    target_send(world, out, answer.text, (uint32_t)answer.size);
    if (transit) {
        enter_stage(world, next);
    }
}
