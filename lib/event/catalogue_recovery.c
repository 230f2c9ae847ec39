/* The catalogue's events from 119: this library's own, about recovery in full feature phase. */
#include "event/catalogue.h"

/* ---- arguments ---- */

static const struct event_arg_info abandoned_args[] = {
    {"reason", "1 the attempts are used up, 2 the same login would fail again", SANSCSI_ARG_INT,
     GLOSS_ABANDON_REASON},
    {"attempts", "how often a login was tried in a row", SANSCSI_ARG_INT, GLOSS_NONE},
};

/* ---- causes ---- */

static const struct event_cause_info abandoned_causes[] = {
    {"1",
     "The target could not be logged in to again as often as was allowed to try, or closed each "
     "new session before it had answered a command.",
     "reason is 1",
     (const uint8_t[]){ACTION_CHECK_PORTAL, ACTION_CHECK_NETWORK_PATH, ACTION_CHECK_TARGET_LOG,
                       ACTION_MORE_ATTEMPTS, ACTION_END}},
    {"2",
     "The target refused the login for good, or one side could not prove itself: the event before "
     "this one tells which.",
     "reason is 2", (const uint8_t[]){ACTION_SEE_LOGIN_EVENT, ACTION_END}},
};

static const struct event_info events[] = {
    {
        .id = SANSCSI_EVENT_SESSION_ABANDONED,
        .severity = SANSCSI_SERIOUS,
        .name = "session-abandoned",
        .summary = "A session that was lost does not come back.",
        .message = "The lost session is given up: %, %.",
        .reaction = "It ends the session, and with it the commands that waited for its return.",
        .args = abandoned_args,
        .causes = abandoned_causes,
        .arg_count = COUNT_OF(abandoned_args),
        .cause_count = COUNT_OF(abandoned_causes),
    },
};

const struct event_run sanscsi_events_recovery = {events, COUNT_OF(events)};
