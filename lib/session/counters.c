/* Counters: their names, and which of them an event, a Reject or a refused login counts in. */
#include "session/counters.h"

#include <iscsi/event.h>

#include "base/span.h"

static const char *const names[COUNTER_COUNT] = {
    [COUNTER_LOGINS] = "logins",
    [COUNTER_LOGINS_SUCCEEDED] = "logins-succeeded",
    [COUNTER_LOGINS_FAILED] = "logins-failed",
    [COUNTER_LOGIN_TIMEOUTS] = "login-timeouts",
    [COUNTER_LOGINS_CLOSED] = "logins-closed",
    [COUNTER_LOGINS_EXCHANGES_EXCEEDED] = "logins-exchanges-exceeded",
    [COUNTER_LOGIN_PROTOCOL_ERRORS] = "login-protocol-errors",
    [COUNTER_LOGIN_TEXT_ERRORS] = "login-text-errors",
    [COUNTER_LOGIN_KEY_ERRORS] = "login-key-errors",
    [COUNTER_LOGIN_REDIRECTIONS] = "login-redirections",
    [COUNTER_LOGIN_INITIATOR_ERRORS] = "login-initiator-errors",
    [COUNTER_LOGIN_TARGET_ERRORS] = "login-target-errors",
    [COUNTER_LOGIN_AUTHENTICATION_FAILURES] = "login-authentication-failures",
    [COUNTER_LOGIN_AUTHORIZATION_FAILURES] = "login-authorization-failures",
    [COUNTER_AUTHENTICATION_ERRORS] = "authentication-errors",
    [COUNTER_LOGIN_ALLOCATION_FAILURES] = "login-allocation-failures",
    [COUNTER_LOGIN_RESPONSE_ALLOCATION_FAILURES] = "login-response-allocation-failures",
    [COUNTER_LOGIN_KEY_ALLOCATION_FAILURES] = "login-key-allocation-failures",
    [COUNTER_LOGIN_ANSWER_ALLOCATION_FAILURES] = "login-answer-allocation-failures",
    [COUNTER_REDIRECTS_TEMPORARY] = "redirects-temporary",
    [COUNTER_REDIRECTS_PERMANENT] = "redirects-permanent",
    [COUNTER_REDIRECTS_FOLLOWED] = "redirects-followed",
    [COUNTER_REDIRECTS_SUCCEEDED] = "redirects-succeeded",
    [COUNTER_REDIRECTS_INVALID] = "redirects-invalid",
    [COUNTER_REDIRECTS_NOT_FOLLOWED] = "redirects-not-followed",
    [COUNTER_CONNECTS_UNRESOLVED] = "connects-unresolved",
    [COUNTER_CONNECTS_UNROUTABLE] = "connects-unroutable",
    [COUNTER_CONNECTS_FAILED] = "connects-failed",
    [COUNTER_SESSIONS_REFUSED] = "sessions-refused",
    [COUNTER_REINSTATEMENTS] = "reinstatements",
    [COUNTER_SESSIONS_REINSTATED] = "sessions-reinstated",
    [COUNTER_SESSIONS_ABANDONED] = "sessions-abandoned",
    [COUNTER_RESENT] = "commands-resent",
    [COUNTER_LOGOUTS] = "logouts",
    [COUNTER_CONNECTIONS_LOST] = "connections-lost",
    [COUNTER_PROTOCOL_ERRORS] = "protocol-errors",
    [COUNTER_HEADER_DIGEST_ERRORS] = "header-digest-errors",
    [COUNTER_DATA_DIGEST_ERRORS] = "data-digest-errors",
    [COUNTER_PDUS_SENT] = "pdus-sent",
    [COUNTER_PDUS_RECEIVED] = "pdus-received",
    [COUNTER_COMMANDS] = "commands",
    [COUNTER_BYTES_READ] = "bytes-read",
    [COUNTER_BYTES_WRITTEN] = "bytes-written",
    [COUNTER_R2TS] = "r2ts",
    [COUNTER_UNDERFLOWS] = "underflows",
    [COUNTER_OVERFLOWS] = "overflows",
    [COUNTER_LOST_BYTES] = "lost-bytes",
    [COUNTER_TIMEOUTS] = "timeouts",
    [COUNTER_CANCELS] = "cancels",
    [COUNTER_ABORTS] = "aborts",
    [COUNTER_TASK_MANAGEMENT] = "task-management",
    [COUNTER_ESCALATIONS] = "escalations",
    [COUNTER_LATE_PDUS] = "late-pdus",
    [COUNTER_PINGS] = "pings",
    [COUNTER_PING_TIMEOUTS] = "ping-timeouts",
    [COUNTER_NOP_INS] = "nop-ins",
    [COUNTER_ASYNC_MESSAGES] = "async-messages",
    [COUNTER_REJECTS] = "rejects",
    [COUNTER_REJECTS_DATA_DIGEST] = "rejects-data-digest",
    [COUNTER_REJECTS_SNACK] = "rejects-snack",
    [COUNTER_REJECTS_PROTOCOL_ERROR] = "rejects-protocol-error",
    [COUNTER_REJECTS_COMMAND_NOT_SUPPORTED] = "rejects-command-not-supported",
    [COUNTER_REJECTS_IMMEDIATE_COMMAND] = "rejects-immediate-command",
    [COUNTER_REJECTS_TASK_IN_PROGRESS] = "rejects-task-in-progress",
    [COUNTER_REJECTS_INVALID_DATA_ACK] = "rejects-invalid-data-ack",
    [COUNTER_REJECTS_INVALID_PDU_FIELD] = "rejects-invalid-pdu-field",
    [COUNTER_REJECTS_LONG_OPERATION] = "rejects-long-operation",
    [COUNTER_REJECTS_NEGOTIATION_RESET] = "rejects-negotiation-reset",
    [COUNTER_REJECTS_WAITING_FOR_LOGOUT] = "rejects-waiting-for-logout",
    [COUNTER_REJECTS_OTHER] = "rejects-other",
    [COUNTER_SEND_TARGETS] = "send-targets",
    [COUNTER_SEND_TARGETS_FAILED] = "send-targets-failed",
    [COUNTER_SEND_TARGETS_PARSE_FAILURES] = "send-targets-parse-failures",
    [COUNTER_SEND_TARGETS_ALLOCATION_FAILURES] = "send-targets-allocation-failures",
    [COUNTER_TARGETS] = "targets",
    [COUNTER_EVENTS] = "events",
    [COUNTER_EVENTS_DROPPED] = "events-dropped",
};

struct event_counter {
    uint32_t event;
    enum counter counter;
};

static const struct event_counter event_counters[] = {
    {SANSCSI_EVENT_PARTIAL_PAIR_ABANDONED, COUNTER_LOGIN_TEXT_ERRORS},
    {SANSCSI_EVENT_PAIR_TOO_LONG, COUNTER_LOGIN_TEXT_ERRORS},
    {SANSCSI_EVENT_LOGIN_RESPONSE_NO_MEMORY, COUNTER_LOGIN_RESPONSE_ALLOCATION_FAILURES},
    {SANSCSI_EVENT_EQUAL_SIGN_MISSING, COUNTER_LOGIN_TEXT_ERRORS},
    {SANSCSI_EVENT_NULL_MISSING, COUNTER_LOGIN_TEXT_ERRORS},
    {SANSCSI_EVENT_KEY_NOT_UNDERSTOOD_BY_TARGET, COUNTER_LOGIN_KEY_ERRORS},
    {SANSCSI_EVENT_KEY_REJECTED_BY_TARGET, COUNTER_LOGIN_KEY_ERRORS},
    {SANSCSI_EVENT_NOT_UNDERSTOOD_KEY_NO_MEMORY, COUNTER_LOGIN_KEY_ALLOCATION_FAILURES},
    {SANSCSI_EVENT_UNEXPECTED_NEGOTIATION, COUNTER_LOGIN_KEY_ERRORS},
    {SANSCSI_EVENT_INTEGER_VALUE_OUT_OF_RANGE, COUNTER_LOGIN_KEY_ERRORS},
    {SANSCSI_EVENT_LIST_VALUE_INVALID, COUNTER_LOGIN_KEY_ERRORS},
    {SANSCSI_EVENT_INTEGER_KEY_UNANSWERED, COUNTER_LOGIN_KEY_ERRORS},
    {SANSCSI_EVENT_CHARACTER_KEY_UNANSWERED, COUNTER_LOGIN_KEY_ERRORS},
    {SANSCSI_EVENT_TOO_MANY_LOGIN_EXCHANGES, COUNTER_LOGINS_EXCHANGES_EXCEEDED},
    {SANSCSI_EVENT_NEXT_STAGE_INVALID, COUNTER_LOGIN_PROTOCOL_ERRORS},
    {SANSCSI_EVENT_LOGIN_NO_MEMORY, COUNTER_LOGIN_ALLOCATION_FAILURES},
    {SANSCSI_EVENT_CHAP_A_INVALID, COUNTER_AUTHENTICATION_ERRORS},
    {SANSCSI_EVENT_CHAP_I_INVALID, COUNTER_AUTHENTICATION_ERRORS},
    {SANSCSI_EVENT_CHAP_C_INVALID, COUNTER_AUTHENTICATION_ERRORS},
    {SANSCSI_EVENT_CHAP_N_INVALID, COUNTER_AUTHENTICATION_ERRORS},
    {SANSCSI_EVENT_CHAP_R_INVALID, COUNTER_AUTHENTICATION_ERRORS},
    {SANSCSI_EVENT_CHAP_CHALLENGE_KEY_UNEXPECTED, COUNTER_AUTHENTICATION_ERRORS},
    {SANSCSI_EVENT_CHAP_RESPONSE_KEY_UNEXPECTED, COUNTER_AUTHENTICATION_ERRORS},
    {SANSCSI_EVENT_HOSTNAME_UNRESOLVED, COUNTER_CONNECTS_UNRESOLVED},
    {SANSCSI_EVENT_NO_ROUTE, COUNTER_CONNECTS_UNROUTABLE},
    {SANSCSI_EVENT_SEND_TARGETS_KEY_INVALID, COUNTER_SEND_TARGETS_PARSE_FAILURES},
    {SANSCSI_EVENT_SEND_TARGETS_ADDRESS_INVALID, COUNTER_SEND_TARGETS_PARSE_FAILURES},
    {SANSCSI_EVENT_CHAP_SECRET_MISSING, COUNTER_AUTHENTICATION_ERRORS},
    {SANSCSI_EVENT_CLOSED_DURING_LOGIN, COUNTER_LOGINS_CLOSED},
    {SANSCSI_EVENT_LOGIN_RESPONSE_PROTOCOL_ERROR, COUNTER_LOGIN_PROTOCOL_ERRORS},
    {SANSCSI_EVENT_HEADER_DIGEST_ERROR, COUNTER_HEADER_DIGEST_ERRORS},
    {SANSCSI_EVENT_DATA_DIGEST_ERROR, COUNTER_DATA_DIGEST_ERRORS},
    {SANSCSI_EVENT_ISCSI_NAME_INVALID, COUNTER_SEND_TARGETS_PARSE_FAILURES},
    {SANSCSI_EVENT_REDIRECT_KEY_INVALID, COUNTER_REDIRECTS_INVALID},
    {SANSCSI_EVENT_REDIRECT_TEMPORARY, COUNTER_REDIRECTS_TEMPORARY},
    {SANSCSI_EVENT_REDIRECT_PERMANENT, COUNTER_REDIRECTS_PERMANENT},
    {SANSCSI_EVENT_REDIRECT_SUCCEEDED, COUNTER_REDIRECTS_SUCCEEDED},
    {SANSCSI_EVENT_REDIRECT_ADDRESS_INVALID, COUNTER_REDIRECTS_INVALID},
    {SANSCSI_EVENT_CONNECT_FAILED, COUNTER_CONNECTS_FAILED},
    {SANSCSI_EVENT_LOGIN_TIMEOUT, COUNTER_LOGIN_TIMEOUTS},
    {SANSCSI_EVENT_CONNECTION_LOST, COUNTER_CONNECTIONS_LOST},
    {SANSCSI_EVENT_PROTOCOL_ERROR, COUNTER_PROTOCOL_ERRORS},
    {SANSCSI_EVENT_SEND_TARGETS_NO_MEMORY, COUNTER_SEND_TARGETS_ALLOCATION_FAILURES},
    {SANSCSI_EVENT_SESSION_REINSTATED, COUNTER_SESSIONS_REINSTATED},
    {SANSCSI_EVENT_CHAP_SECRET_REFUSED, COUNTER_AUTHENTICATION_ERRORS},
    {SANSCSI_EVENT_CHAP_CHALLENGE_REFLECTED, COUNTER_AUTHENTICATION_ERRORS},
    {SANSCSI_EVENT_REDIRECT_NOT_FOLLOWED, COUNTER_REDIRECTS_NOT_FOLLOWED},
    {SANSCSI_EVENT_CHAP_MODULE_FAILED, COUNTER_AUTHENTICATION_ERRORS},
    {SANSCSI_EVENT_CHAP_NAME_MISMATCH, COUNTER_AUTHENTICATION_ERRORS},
    {SANSCSI_EVENT_PING_TIMEOUT, COUNTER_PING_TIMEOUTS},
    {SANSCSI_EVENT_SESSION_ABANDONED, COUNTER_SESSIONS_ABANDONED},
};

void sanscsi_counters_event(struct counters *counters, uint32_t event) {
    for (size_t i = 0; i < sizeof(event_counters) / sizeof(event_counters[0]); i++) {
        if (event_counters[i].event == event) {
            count_one(counters, event_counters[i].counter);
            return;
        }
    }
}

void sanscsi_counters_reject(struct counters *counters, uint8_t reason) {
    static const uint8_t by_reason[] = {
        [0x02] = COUNTER_REJECTS_DATA_DIGEST,        [0x03] = COUNTER_REJECTS_SNACK,
        [0x04] = COUNTER_REJECTS_PROTOCOL_ERROR,     [0x05] = COUNTER_REJECTS_COMMAND_NOT_SUPPORTED,
        [0x06] = COUNTER_REJECTS_IMMEDIATE_COMMAND,  [0x07] = COUNTER_REJECTS_TASK_IN_PROGRESS,
        [0x08] = COUNTER_REJECTS_INVALID_DATA_ACK,   [0x09] = COUNTER_REJECTS_INVALID_PDU_FIELD,
        [0x0a] = COUNTER_REJECTS_LONG_OPERATION,     [0x0b] = COUNTER_REJECTS_NEGOTIATION_RESET,
        [0x0c] = COUNTER_REJECTS_WAITING_FOR_LOGOUT,
    };
    bool known = reason < sizeof(by_reason) && by_reason[reason] != 0;
    count_one(counters, COUNTER_REJECTS);
    count_one(counters, known ? (enum counter)by_reason[reason] : COUNTER_REJECTS_OTHER);
}

void sanscsi_counters_login_status(struct counters *counters, uint8_t status_class,
                                   uint8_t status_detail) {
    static const enum counter by_class[] = {
        COUNTER_LOGIN_REDIRECTIONS, COUNTER_LOGIN_INITIATOR_ERRORS, COUNTER_LOGIN_TARGET_ERRORS};
    if (status_class >= 1 && status_class <= 3) {
        count_one(counters, by_class[status_class - 1]);
    }
    if (status_class == 2 && status_detail == 1) {
        count_one(counters, COUNTER_LOGIN_AUTHENTICATION_FAILURES);
    } else if (status_class == 2 && status_detail == 2) {
        count_one(counters, COUNTER_LOGIN_AUTHORIZATION_FAILURES);
    }
}

void sanscsi_counters_add(struct counters *sum, const struct counters *counters) {
    for (size_t i = 0; i < COUNTER_COUNT; i++) {
        sum->value[i] += counters->value[i];
    }
}

void sanscsi_counters_reset(struct counters *counters, uint64_t now) {
    memset(counters->value, 0, sizeof(counters->value));
    counters->cleared = now;
}

size_t sanscsi_counter_count(void) {
    return COUNTER_COUNT;
}

const char *sanscsi_counter_name(size_t index) {
    return index < COUNTER_COUNT ? names[index] : NULL;
}

int32_t sanscsi_counter_find(const char *name, size_t length) {
    for (size_t i = 0; name != NULL && i < COUNTER_COUNT; i++) {
        if (span_equal_string(span_of(name, length), names[i])) {
            return (int32_t)i;
        }
    }
    return SANSCSI_INVALID_ARGUMENT;
}
