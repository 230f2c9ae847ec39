/* The catalogue's events from 119: this library's own, about recovery in full feature phase. */
#include "event/catalogue.h"

/* ---- arguments ---- */

static const struct event_arg_info abandoned_args[] = {
    {"reason", "1 the attempts are used up, 2 the same login would fail again", SANSCSI_ARG_INT,
     GLOSS_ABANDON_REASON},
    {"attempts", "how often a login was tried in a row", SANSCSI_ARG_INT, GLOSS_NONE},
};

static const struct event_arg_info escalated_args[] = {
    {"step", "1 LOGICAL UNIT RESET, 2 TARGET WARM RESET, 3 the connection is dropped",
     SANSCSI_ARG_INT, GLOSS_RECOVERY_STEP},
    {"lun", "the logical unit of the command that could not be ended", SANSCSI_ARG_HEX, GLOSS_NONE},
    {"task_tag", "Initiator Task Tag of that command", SANSCSI_ARG_HEX, GLOSS_NONE},
    {"reason",
     "Response to the step before, which failed; 0: it was not answered in time, or for that long "
     "nothing could be sent",
     SANSCSI_ARG_INT, GLOSS_STEP_RESPONSE},
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

static const struct event_cause_info escalated_causes[] = {
    {"1",
     "The logical unit or its target hangs or reads nothing, or what was sent was lost on the way.",
     "reason is 0",
     (const uint8_t[]){ACTION_CHECK_TARGET_LOAD, ACTION_CHECK_TARGET_LOG, ACTION_CHECK_NETWORK_PATH,
                       ACTION_END}},
    {"2", "The target does not know the function that was tried before, or forbids it to us.",
     "reason is 5 or 6",
     (const uint8_t[]){ACTION_LEAVE_STEP_OUT, ACTION_ASK_TARGET_VENDOR, ACTION_END}},
    {"3", "The target did not carry out the function that was tried before.", "reason is any other",
     (const uint8_t[]){ACTION_CHECK_TARGET_LOG, ACTION_ASK_TARGET_VENDOR, ACTION_END}},
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
    {
        .id = SANSCSI_EVENT_RECOVERY_ESCALATED,
        .severity = SANSCSI_SERIOUS,
        .name = "recovery-escalated",
        .summary = "A command could not be ended, so a stronger step is taken.",
        .message = "Recovery goes on by a stronger step: %, %, %, %.",
        .reaction = "It takes that step; other commands that it covers end with it.",
        .args = escalated_args,
        .causes = escalated_causes,
        .arg_count = COUNT_OF(escalated_args),
        .cause_count = COUNT_OF(escalated_causes),
    },
};

const struct event_run sanscsi_events_recovery = {events, COUNT_OF(events)};
