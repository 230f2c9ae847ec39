/* Writes the table of limits in doc/security.md: what bounds a hostile peer, with the values that
 * the library itself uses by default. */
#include <inttypes.h>
#include <stdio.h>

#include <iscsi/sanscsi.h>

#include "auth/chap.h"
#include "text/send_targets.h"

enum unit { COUNT, BYTES, TIME };

static void row(const char *name, enum unit unit, uint64_t value, const char *what) {
    char text[64];
    if (unit == TIME && value == 0) {
        snprintf(text, sizeof(text), "off");
    } else if (unit == TIME) {
        snprintf(text, sizeof(text), "%" PRIu64 " s", value / SANSCSI_SECOND);
    } else {
        snprintf(text, sizeof(text), "%" PRIu64 "%s", value, unit == BYTES ? " bytes" : "");
    }
    printf("| `%s` | %s | %s |\n", name, text, what);
}

static void settings_rows(void) {
    sanscsi_session_settings s;
    sanscsi_session_settings_defaults(&s);
    row("login_timeout", TIME, s.login_timeout, "a target that sends a byte now and then");
    row("max_login_exchanges", COUNT, s.max_login_exchanges, "a stage that never ends");
    row("max_login_text", BYTES, s.max_login_text, "memory of one login");
    row("max_pair_length", BYTES, s.max_pair_length, "a value that never ends");
    row("max_unknown_keys", COUNT, s.max_unknown_keys, "keys that want an answer each");
    row("max_redirects", COUNT, s.max_redirects, "being sent on for ever");
    row("max_discovery_text", BYTES, s.max_discovery_text, "memory of a SendTargets answer");
    row("parameters.max_recv_data_segment_length", BYTES, s.parameters.max_recv_data_segment_length,
        "a PDU larger than what we declared ends the connection");
    row("command_timeout", TIME, s.command_timeout, "a command that is never answered");
    row("abort_timeout", TIME, s.abort_timeout,
        "an ABORT TASK that is never answered; a target that answers and reads no more");
    row("logout_timeout", TIME, s.logout_timeout, "a logout that is never answered");
    row("keepalive_interval", TIME, s.keepalive_interval, "a target that has fallen silent");
    row("max_unasked", COUNT, s.max_unasked, "PDUs that bring nothing, within 10 s");
    row("hold_timeout", TIME, s.hold_timeout, "commands that wait for a lost session");
}

static void limits_rows(void) {
    sanscsi_limits limits;
    sanscsi_limits_defaults(&limits);
    row("limits.tasks", COUNT, limits.tasks, "tasks, and with them the memory of a session");
    row("limits.max_outstanding_r2t", COUNT, limits.max_outstanding_r2t,
        "R2Ts of one task that wait");
    row("limits.tx_slots", COUNT, limits.tx_slots, "PDUs that wait for a slow transport");
    row("limits.events", COUNT, limits.events, "events that wait for a poll; the rest is counted");
    row("limits.event_text", BYTES, limits.event_text, "a peer's text kept with one event");
}

int main(void) {
    printf("| limit | default | what it bounds |\n|---|---|---|\n");
    settings_rows();
    limits_rows();
    row("(fixed) TargetAddress", COUNT, TARGETS_MAX_ADDRESSES, "addresses of one target");
    row("(fixed) CHAP_C, CHAP_R", BYTES, CHAP_MAX_BINARY, "binary values (RFC 7143 12.1.3)");
    row("(fixed) SANSCSI_SCAN_MAX_UNITS", COUNT, SANSCSI_SCAN_MAX_UNITS,
        "logical units of one scan");
    return 0;
}
