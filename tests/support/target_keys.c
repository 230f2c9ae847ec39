/* Keys of a login at a target, for each test target the same. */
#include "support/target_keys.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How the result of a key follows from the two values (RFC 7143 13). */
enum function { MINIMUM, MAXIMUM, OR, AND, DECLARED };

struct key {
    const char *name;
    enum function function;
    size_t member; /* offset in target_agreed */
};

#define MEMBER(member) offsetof(struct target_agreed, member)

static const struct key keys[] = {
    {"MaxConnections", MINIMUM, MEMBER(max_connections)},
    {"InitialR2T", OR, MEMBER(initial_r2t)},
    {"ImmediateData", AND, MEMBER(immediate_data)},
    {"MaxRecvDataSegmentLength", DECLARED, MEMBER(initiator_segment)},
    {"MaxBurstLength", MINIMUM, MEMBER(max_burst)},
    {"FirstBurstLength", MINIMUM, MEMBER(first_burst)},
    {"DefaultTime2Wait", MAXIMUM, MEMBER(time2wait)},
    {"DefaultTime2Retain", MINIMUM, MEMBER(time2retain)},
    {"MaxOutstandingR2T", MINIMUM, MEMBER(max_r2t)},
    {"DataPDUInOrder", OR, MEMBER(data_pdu_in_order)},
    {"DataSequenceInOrder", OR, MEMBER(data_sequence_in_order)},
    {"ErrorRecoveryLevel", MINIMUM, MEMBER(error_recovery_level)},
    {"iSCSIProtocolLevel", MINIMUM, MEMBER(protocol_level)},
};

void target_keys_defaults(struct target_agreed *agreed) {
    *agreed = (struct target_agreed){.initial_r2t = 1,
                                     .immediate_data = 1,
                                     .initiator_segment = 8192,
                                     .max_burst = 262144,
                                     .first_burst = 65536,
                                     .max_r2t = 1,
                                     .data_pdu_in_order = 1,
                                     .data_sequence_in_order = 1,
                                     .time2wait = 2,
                                     .time2retain = 20,
                                     .protocol_level = 1,
                                     .max_connections = 1};
}

void target_say(struct target_answer *answer, const char *key, const char *value) {
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

static void violate(struct target_login *login, const char *what) {
    if (login->violated == NULL) {
        login->violated = what;
    }
}

static void negotiate(struct target_login *login, const struct key *key, const char *value) {
    bool boolean = key->function == OR || key->function == AND;
    uint32_t offered = boolean ? strcmp(value, "Yes") == 0 : (uint32_t)strtoul(value, NULL, 0);
    if (boolean && offered == 0 && strcmp(value, "No") != 0) {
        violate(login, "boolean value");
    }
    uint32_t ours = 0;
    memcpy(&ours, (const uint8_t *)&login->wanted + key->member, sizeof(ours));
    uint32_t result = combine(key->function, offered, ours);
    memcpy((uint8_t *)login->agreed + key->member, &result, sizeof(result));
    login->declared = login->declared || key->function == DECLARED;
    char text[16];
    (void)snprintf(text, sizeof(text), "%" PRIu32, key->function == DECLARED ? ours : result);
    target_say(&login->answer, key->name, boolean ? (result != 0 ? "Yes" : "No") : text);
}

/* CRC32C where it is wanted or nothing else is offered. */
static void digest(struct target_login *login, const char *key, const char *value, uint32_t wanted,
                   uint32_t *agreed) {
    bool crc = strstr(value, "CRC32C") != NULL && (wanted != 0 || strstr(value, "None") == NULL);
    *agreed = crc ? 1 : 0;
    target_say(&login->answer, key, crc ? "CRC32C" : "None");
}

/* RFC 7143 13.23 */
static void task_reporting(struct target_login *login, const char *key, const char *value) {
    static const char *const names[] = {"RFC3720", "ResponseFence", "FastAbort"};
    uint32_t chosen = login->wanted.task_reporting;
    if (strstr(value, names[chosen]) == NULL) {
        chosen = 0;
    }
    login->agreed->task_reporting = chosen;
    target_say(&login->answer, key, names[chosen]);
}

static bool is_silent(const char *key) {
    static const char *const silent[] = {"InitiatorName", "InitiatorAlias", "TargetName"};
    for (size_t i = 0; i < sizeof(silent) / sizeof(silent[0]); i++) {
        if (strcmp(key, silent[i]) == 0) {
            return true;
        }
    }
    return false;
}

static void take_other(struct target_login *login, const char *key, const char *value) {
    if (login->other != NULL && login->other(login, key, value)) {
        return;
    }
    if (strcmp(key, "SessionType") == 0) {
        login->discovery = strcmp(value, "Discovery") == 0;
    } else if (strcmp(key, "AuthMethod") == 0) {
        target_say(&login->answer, key, "None");
    } else if (strcmp(key, "HeaderDigest") == 0) {
        digest(login, key, value, login->wanted.header_digest, &login->agreed->header_digest);
    } else if (strcmp(key, "DataDigest") == 0) {
        digest(login, key, value, login->wanted.data_digest, &login->agreed->data_digest);
    } else if (strcmp(key, "TaskReporting") == 0) {
        task_reporting(login, key, value);
    } else {
        target_say(&login->answer, key, "NotUnderstood");
    }
}

static void take_key(struct target_login *login, const char *key, const char *value) {
    if (is_silent(key)) {
        return;
    }
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        if (strcmp(key, keys[i].name) == 0) {
            negotiate(login, &keys[i], value);
            return;
        }
    }
    take_other(login, key, value);
}

void target_take_keys(struct target_login *login, const uint8_t *text, uint32_t length) {
    char copy[8193];
    if (length >= sizeof(copy)) {
        violate(login, "login text beyond 8192 bytes");
        return;
    }
    memcpy(copy, text, length);
    copy[length] = 0;
    for (size_t at = 0; at < length;) {
        size_t whole = strlen(copy + at);
        char *equal = strchr(copy + at, '=');
        if (equal == NULL || at + whole >= length) {
            violate(login, "login text without = or null");
            return;
        }
        *equal = 0;
        take_key(login, copy + at, equal + 1);
        at += whole + 1;
    }
}

void target_settle_bursts(struct target_agreed *agreed) {
    if (agreed->first_burst > agreed->max_burst) {
        agreed->first_burst = agreed->max_burst;
    }
}

const char *target_check_login(struct target_login_state *state, const uint8_t *bhs,
                               uint32_t length, uint32_t stat_sn) {
    if (bhs[0] != 0x43 || bhs[2] != 0 || bhs[3] != 0 || bhs[4] != 0 || (bhs[1] & 0x30) != 0) {
        return "Login Request header";
    }
    if (length > 8192 || get16(bhs + 14) != 0 || get16(bhs + 22) != 0) {
        return "Login Request length, TSIH or reserved bytes";
    }
    if ((uint32_t)(bhs[1] >> 2 & 3) != state->stage) {
        return "Login Request in another stage";
    }
    if (!state->first_seen) {
        state->first_seen = true;
        state->cmd_sn = get32(bhs + 24);
        memcpy(state->isid, bhs + 8, sizeof(state->isid));
    } else if (get32(bhs + 24) != state->cmd_sn || memcmp(state->isid, bhs + 8, 6) != 0 ||
               get32(bhs + 28) != stat_sn) {
        return "Login Request changes CmdSN, ISID or acknowledges wrong";
    }
    return NULL;
}
