/* The login phase of the test target, and what it agrees to (RFC 7143 6.3, 13). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/target.h"

/* How the result of a key follows from the two values (RFC 7143 13). */
enum function { MINIMUM, MAXIMUM, OR, AND, DECLARED };

struct key {
    const char *name;
    enum function function;
    size_t ours;    /* offset in target_config, or NONE */
    size_t result;  /* offset in target_agreed, or NONE */
    uint32_t value; /* ours where the configuration has none */
};

#define NONE SIZE_MAX
#define OURS(member) offsetof(struct target_config, member)
#define RESULT(member) offsetof(struct target_agreed, member)

static const struct key keys[] = {
    {"MaxConnections", MINIMUM, NONE, NONE, 1},
    {"InitialR2T", OR, OURS(initial_r2t), RESULT(initial_r2t), 0},
    {"ImmediateData", AND, OURS(immediate_data), RESULT(immediate_data), 0},
    {"MaxRecvDataSegmentLength", DECLARED, OURS(max_recv_segment), RESULT(initiator_segment), 0},
    {"MaxBurstLength", MINIMUM, OURS(max_burst), RESULT(max_burst), 0},
    {"FirstBurstLength", MINIMUM, OURS(first_burst), RESULT(first_burst), 0},
    {"DefaultTime2Wait", MAXIMUM, NONE, RESULT(time2wait), 1},
    {"DefaultTime2Retain", MINIMUM, NONE, RESULT(time2retain), 15},
    {"MaxOutstandingR2T", MINIMUM, OURS(max_r2t), RESULT(max_r2t), 0},
    {"DataPDUInOrder", OR, NONE, RESULT(data_pdu_in_order), 0},
    {"DataSequenceInOrder", OR, NONE, RESULT(data_sequence_in_order), 0},
    {"ErrorRecoveryLevel", MINIMUM, NONE, NONE, 0},
    {"iSCSIProtocolLevel", MINIMUM, OURS(protocol_level), RESULT(protocol_level), 0},
};

struct answer {
    char text[4096];
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

static void negotiate(struct target *target, const struct key *key, const char *value,
                      struct answer *answer) {
    bool boolean = key->function == OR || key->function == AND;
    uint32_t offered = boolean ? strcmp(value, "Yes") == 0 : (uint32_t)strtoul(value, NULL, 0);
    if (boolean && offered == 0 && strcmp(value, "No") != 0) {
        target_violation(target, "boolean value");
    }
    uint32_t ours = key->value;
    if (key->ours != NONE) {
        memcpy(&ours, (const uint8_t *)&target->config + key->ours, sizeof(ours));
    }
    uint32_t result = combine(key->function, offered, ours);
    if (key->result != NONE) {
        memcpy((uint8_t *)&target->agreed + key->result, &result, sizeof(result));
    }
    char text[16];
    (void)snprintf(text, sizeof(text), "%u", key->function == DECLARED ? ours : result);
    say(answer, key->name, boolean ? (result != 0 ? "Yes" : "No") : text);
}

static void digest(struct target *target, const char *key, const char *value, uint32_t bit,
                   uint32_t *agreed, struct answer *answer) {
    bool wanted = (target->config.digests & bit) != 0;
    bool crc = strstr(value, "CRC32C") != NULL && (wanted || strstr(value, "None") == NULL);
    *agreed = crc ? 1 : 0;
    say(answer, key, crc ? "CRC32C" : "None");
}

static void task_reporting(struct target *target, const char *key, const char *value,
                           struct answer *answer) {
    static const char *const names[] = {"RFC3720", "ResponseFence", "FastAbort"};
    uint32_t chosen = target->config.task_reporting;
    if (strstr(value, names[chosen]) == NULL) {
        chosen = 0;
    }
    target->agreed.fast_abort = chosen == 2;
    say(answer, key, names[chosen]);
}

static void take_key(struct target *target, const char *key, const char *value,
                     struct answer *answer) {
    static const char *const silent[] = {"InitiatorName", "InitiatorAlias", "TargetName"};
    for (size_t i = 0; i < sizeof(silent) / sizeof(silent[0]); i++) {
        if (strcmp(key, silent[i]) == 0) {
            return;
        }
    }
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        if (strcmp(key, keys[i].name) == 0) {
            negotiate(target, &keys[i], value, answer);
            return;
        }
    }
    if (strcmp(key, "SessionType") == 0) {
        target->discovery = strcmp(value, "Discovery") == 0;
    } else if (strcmp(key, "AuthMethod") == 0) {
        say(answer, key, "None");
    } else if (strcmp(key, "HeaderDigest") == 0) {
        digest(target, key, value, TARGET_HEADER_DIGEST, &target->agreed.header_digest, answer);
    } else if (strcmp(key, "DataDigest") == 0) {
        digest(target, key, value, TARGET_DATA_DIGEST, &target->agreed.data_digest, answer);
    } else if (strcmp(key, "TaskReporting") == 0) {
        task_reporting(target, key, value, answer);
    } else {
        say(answer, key, "NotUnderstood");
    }
}

static void take_keys(struct target *target, const uint8_t *text, uint32_t length,
                      struct answer *answer) {
    char copy[8193];
    memcpy(copy, text, length);
    copy[length] = 0;
    for (size_t at = 0; at < length; at += strlen(copy + at) + 1) {
        char *equal = strchr(copy + at, '=');
        if (equal == NULL) {
            target_violation(target, "login text without =");
            return;
        }
        size_t whole = strlen(copy + at);
        *equal = 0;
        take_key(target, copy + at, equal + 1, answer);
        *equal = '=';
        if (at + whole >= length) {
            target_violation(target, "login text without a null at its end");
        }
    }
}

static void check(struct target *target, const uint8_t *bhs, uint32_t length) {
    if (bhs[0] != 0x43 || bhs[2] != 0 || bhs[3] != 0 || bhs[4] != 0 || (bhs[1] & 0x30) != 0) {
        target_violation(target, "Login Request header");
    }
    if (length > 8192 || get16(bhs + 14) != 0 || get16(bhs + 22) != 0) {
        target_violation(target, "Login Request length, TSIH or reserved bytes");
    }
    if ((uint32_t)(bhs[1] >> 2 & 3) != target->stage) {
        target_violation(target, "Login Request in another stage");
    }
    if (!target->first_login_seen) {
        target->exp_cmd_sn = get32(bhs + 24);
        memcpy(target->isid, bhs + 8, 6);
    } else if (get32(bhs + 24) != target->exp_cmd_sn || memcmp(target->isid, bhs + 8, 6) != 0 ||
               get32(bhs + 28) != target->stat_sn) {
        target_violation(target, "Login Request changes CmdSN, ISID or acknowledges wrong");
    }
}

void target_login(struct target *target, const uint8_t *bhs, const uint8_t *text, uint32_t length) {
    check(target, bhs, length);
    struct answer answer = {.size = 0};
    if (length <= 8192) {
        take_keys(target, text, length, &answer);
    }
    if (!target->first_login_seen && !target->discovery) {
        say(&answer, "TargetPortalGroupTag", "1");
    }
    target->first_login_seen = true;
    target->max_cmd_sn = target->exp_cmd_sn - 1 + target->config.window;
    bool transit = (bhs[1] & 0x80) != 0;
    uint32_t next = bhs[1] & 3;
    uint8_t out[48];
    target_begin_status(target, out, 0x23, (uint8_t)(bhs[1] & (transit ? 0x8f : 0x0c)),
                        get32(bhs + 16));
    memcpy(out + 8, bhs + 8, 6);
    put16(out + 14, transit && next == 3 ? 0x0107 : 0);
    target_send(target, out, answer.text, (uint32_t)answer.size);
    if (transit) {
        target->stage = next;
        target->full_feature = next == 3;
        target->acknowledged = target->stat_sn;
        if (target->agreed.first_burst > target->agreed.max_burst) {
            target->agreed.first_burst = target->agreed.max_burst;
        }
    }
}
