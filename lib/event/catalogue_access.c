/* The catalogue's events from 112: this library's own, about who may log in where and how often. */
#include "event/catalogue.h"

static const char login_fails[] = "It closes the connection and gives this login up as failed.";

/* ---- arguments ---- */

static const struct event_arg_info reinstated_args[] = {
    {"losses", "how often the session was lost since it last logged in", SANSCSI_ARG_INT,
     GLOSS_NONE},
};

static const struct event_arg_info secret_args[] = {
    {"reason", "1 too short, 2 the same for both directions", SANSCSI_ARG_INT, GLOSS_SECRET_REASON},
};

static const struct event_arg_info redirect_args[] = {
    {"reason", "1 a loop, 2 too many hops, 3 before authentication", SANSCSI_ARG_INT,
     GLOSS_REDIRECT_REASON},
    {"hops", "how many redirections were followed since the session was started", SANSCSI_ARG_INT,
     GLOSS_NONE},
    {"new_address", "the address that is not gone to", SANSCSI_ARG_STRING, GLOSS_NONE},
};

static const struct event_arg_info module_args[] = {
    {"module", "what failed: random or hash", SANSCSI_ARG_STRING, GLOSS_NONE},
};

static const struct event_arg_info name_args[] = {
    {"name", "the CHAP name that the target tells", SANSCSI_ARG_STRING, GLOSS_NONE},
    {"expected", "the CHAP name that it should have", SANSCSI_ARG_STRING, GLOSS_NONE},
};

static const struct event_arg_info ping_args[] = {
    {"task_tag", "Initiator Task Tag of the NOP-Out; 0xffffffff: it could not be sent",
     SANSCSI_ARG_HEX, GLOSS_NONE},
};

/* ---- causes ---- */

static const struct event_cause_info reinstated_causes[] = {
    {"1", "The session had been lost, and the initiator has logged in again.", "",
     (const uint8_t[]){ACTION_NONE_NEEDED, ACTION_CHECK_NETWORK_PATH, ACTION_END}},
};

static const struct event_cause_info secret_causes[] = {
    {"1", "The secret has fewer than 12 bytes, so whoever listens on the network can guess it.",
     "reason is 1", (const uint8_t[]){ACTION_LONGER_SECRET, ACTION_ALLOW_WEAK, ACTION_END}},
    {"2",
     "Initiator and target use the same secret, so each proof of the one serves to forge the "
     "other's.",
     "reason is 2", (const uint8_t[]){ACTION_TWO_SECRETS, ACTION_END}},
};

static const struct event_cause_info reflected_causes[] = {
    {"1",
     "The target wants the proof for a challenge that this initiator itself sent: it does not "
     "know the secret and tries to have it answered here.",
     "", (const uint8_t[]){ACTION_DISTRUST_TARGET, ACTION_CHECK_TARGET_LOG, ACTION_END}},
};

static const struct event_cause_info redirect_causes[] = {
    {"1", "The new address is one that the login has come from: the targets redirect in a circle.",
     "reason is 1",
     (const uint8_t[]){ACTION_CORRECT_REDIRECTION, ACTION_ASK_TARGET_VENDOR, ACTION_END}},
    {"2", "The login was sent from address to address more often than is allowed.", "reason is 2",
     (const uint8_t[]){ACTION_CORRECT_REDIRECTION, ACTION_MORE_REDIRECTS, ACTION_END}},
    {"3", "The target redirects before it has authenticated, which is not allowed here.",
     "reason is 3",
     (const uint8_t[]){ACTION_CORRECT_REDIRECTION, ACTION_ALLOW_EARLY_REDIRECT, ACTION_END}},
};

static const struct event_cause_info module_causes[] = {
    {"1", "There are no random numbers to make a challenge from.", "module is random",
     (const uint8_t[]){ACTION_GIVE_RANDOM, ACTION_ASK_INITIATOR_SUPPORT, ACTION_END}},
    {"2", "The message digest could not be computed.", "module is hash",
     (const uint8_t[]){ACTION_CHECK_HASH, ACTION_ASK_INITIATOR_SUPPORT, ACTION_END}},
};

static const struct event_cause_info name_causes[] = {
    {"1", "The target is another one than expected, or its CHAP name is configured differently.",
     "", (const uint8_t[]){ACTION_COMPARE_TARGET_NAME, ACTION_DISTRUST_TARGET, ACTION_END}},
};

static const struct event_cause_info ping_causes[] = {
    {"1", "The target hangs or went down, or the network between lets nothing through.", "",
     (const uint8_t[]){ACTION_CHECK_TARGET_LOAD, ACTION_CHECK_NETWORK_PATH, ACTION_END}},
};

/* ---- events ---- */

static const struct event_info events[] = {
    {
        .id = SANSCSI_EVENT_SESSION_REINSTATED,
        .severity = SANSCSI_INFORMATION,
        .name = "session-reinstated",
        .summary = "A session that had been lost is logged in again.",
        .message = "The session is logged in again: %.",
        .reaction = "It carries on with new tasks; those of the lost session have ended.",
        .args = reinstated_args,
        .causes = reinstated_causes,
        .arg_count = COUNT_OF(reinstated_args),
        .cause_count = COUNT_OF(reinstated_causes),
    },
    {
        .id = SANSCSI_EVENT_CHAP_SECRET_REFUSED,
        .severity = SANSCSI_MAJOR_WARNING,
        .name = "chap-secret-refused",
        .summary = "A CHAP secret is not used because it would not protect.",
        .message = "A CHAP secret is not used because it would not protect: %.",
        .reaction = "It sends no proof made with that secret, and the login fails.",
        .args = secret_args,
        .causes = secret_causes,
        .arg_count = COUNT_OF(secret_args),
        .cause_count = COUNT_OF(secret_causes),
    },
    {
        .id = SANSCSI_EVENT_CHAP_CHALLENGE_REFLECTED,
        .severity = SANSCSI_CRITICAL,
        .name = "chap-challenge-reflected",
        .summary = "The target sent a CHAP challenge that the initiator itself had made.",
        .message = "The target sent a CHAP challenge of the initiator's own back.",
        .reaction = "It closes the connection without an answer to the challenge.",
        .causes = reflected_causes,
        .cause_count = COUNT_OF(reflected_causes),
    },
    {
        .id = SANSCSI_EVENT_REDIRECT_NOT_FOLLOWED,
        .severity = SANSCSI_SERIOUS,
        .name = "redirect-not-followed",
        .summary = "A redirection of the login is not followed.",
        .message = "A redirection of the login is not followed: %, %, %.",
        .reaction = login_fails,
        .args = redirect_args,
        .causes = redirect_causes,
        .arg_count = COUNT_OF(redirect_args),
        .cause_count = COUNT_OF(redirect_causes),
    },
    {
        .id = SANSCSI_EVENT_CHAP_MODULE_FAILED,
        .severity = SANSCSI_SERIOUS,
        .name = "chap-module-failed",
        .summary = "Random numbers or a message digest for CHAP could not be had.",
        .message = "CHAP lacks a module of the host: %.",
        .reaction = login_fails,
        .args = module_args,
        .causes = module_causes,
        .arg_count = COUNT_OF(module_args),
        .cause_count = COUNT_OF(module_causes),
    },
    {
        .id = SANSCSI_EVENT_CHAP_NAME_MISMATCH,
        .severity = SANSCSI_MAJOR_WARNING,
        .name = "chap-name-mismatch",
        .summary = "The target tells another CHAP name than the one configured for it.",
        .message = "The target tells another CHAP name than the one configured for it: %, %.",
        .reaction = login_fails,
        .args = name_args,
        .causes = name_causes,
        .arg_count = COUNT_OF(name_args),
        .cause_count = COUNT_OF(name_causes),
    },
    {
        .id = SANSCSI_EVENT_PING_TIMEOUT,
        .severity = SANSCSI_SERIOUS,
        .name = "ping-timeout",
        .summary = "A ping was not answered in the time it was given.",
        .message = "A ping was not answered in its time: %.",
        .reaction = "It takes the connection for dead and closes it; its tasks end.",
        .args = ping_args,
        .causes = ping_causes,
        .arg_count = COUNT_OF(ping_args),
        .cause_count = COUNT_OF(ping_causes),
    },
};

const struct event_run sanscsi_events_access = {events, COUNT_OF(events)};
