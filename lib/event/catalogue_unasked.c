/* The catalogue's events from 121: pings and negotiations in full feature phase. */
#include "event/catalogue.h"

/* ---- arguments ---- */

static const struct event_arg_info ping_args[] = {
    {"task_tag", "Initiator Task Tag of the NOP-Out", SANSCSI_ARG_HEX, GLOSS_NONE},
    {"sent", "bytes that the ping carried", SANSCSI_ARG_INT, GLOSS_NONE},
    {"echoed", "bytes that came back", SANSCSI_ARG_INT, GLOSS_NONE},
    {"offset", "where the first byte differs", SANSCSI_ARG_INT, GLOSS_NONE},
};

static const struct event_arg_info negotiation_args[] = {
    {"reason", "why it failed", SANSCSI_ARG_STRING, GLOSS_NONE},
    {"key", "name of the key at fault, where there is one", SANSCSI_ARG_STRING, GLOSS_NONE},
};

/* ---- causes ---- */

static const struct event_cause_info ping_causes[] = {
    {"1", "Bytes change on the way and no digest finds it, or the target mixes its answers up.", "",
     (const uint8_t[]){ACTION_TELL_NETWORK, ACTION_CHECK_NETWORK_PATH, ACTION_ASK_TARGET_VENDOR,
                       ACTION_END}},
};

static const struct event_cause_info negotiation_causes[] = {
    {"1",
     "The target does not negotiate behind the login, or it breaks the rules of doing so; the "
     "reason tells which.",
     "", (const uint8_t[]){ACTION_CHECK_TARGET_LOG, ACTION_ASK_TARGET_VENDOR, ACTION_END}},
};

/* ---- events ---- */

static const struct event_info events[] = {
    {
        .id = SANSCSI_EVENT_PING_DATA_MISMATCH,
        .severity = SANSCSI_CRITICAL,
        .name = "ping-data-mismatch",
        .summary = "The data of a ping came back otherwise than it was sent.",
        .message = "The data of a ping came back otherwise than it was sent: %, %, %, %.",
        .reaction = "It trusts the connection no more and closes it; its tasks end.",
        .args = ping_args,
        .causes = ping_causes,
        .arg_count = COUNT_OF(ping_args),
        .cause_count = COUNT_OF(ping_causes),
    },
    {
        .id = SANSCSI_EVENT_NEGOTIATION_FAILED,
        .severity = SANSCSI_MAJOR_WARNING,
        .name = "negotiation-failed",
        .summary = "A negotiation during full feature phase failed.",
        .message = "A negotiation failed: %, %.",
        .reaction = "It keeps the connection, and the parameters as they were.",
        .args = negotiation_args,
        .causes = negotiation_causes,
        .arg_count = COUNT_OF(negotiation_args),
        .cause_count = COUNT_OF(negotiation_causes),
    },
};

const struct event_run sanscsi_events_unasked = {events, COUNT_OF(events)};
