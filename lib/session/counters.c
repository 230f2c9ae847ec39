/* Names of the counters. */
#include "session/counters.h"

static const char *const names[COUNTER_COUNT] = {
    [COUNTER_LOGINS] = "logins",
    [COUNTER_LOGINS_SUCCEEDED] = "logins-succeeded",
    [COUNTER_LOGINS_FAILED] = "logins-failed",
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
    [COUNTER_PINGS] = "pings",
    [COUNTER_NOP_INS] = "nop-ins",
    [COUNTER_ASYNC_MESSAGES] = "async-messages",
    [COUNTER_REJECTS] = "rejects",
    [COUNTER_SEND_TARGETS] = "send-targets",
    [COUNTER_TARGETS] = "targets",
};

size_t sanscsi_counter_count(void) {
    return COUNTER_COUNT;
}

const char *sanscsi_counter_name(size_t index) {
    return index < COUNTER_COUNT ? names[index] : NULL;
}
