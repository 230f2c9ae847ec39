/* The catalogue of events as data: what its rows hold, and the lookups the event layer shares. */
#ifndef SANSCSI_EVENT_CATALOGUE_H
#define SANSCSI_EVENT_CATALOGUE_H

#include <iscsi/event.h>

#include "event/gloss.h"

/* Advice that causes share. A list of actions is an array of these that ends in ACTION_END. */
enum event_action {
    ACTION_END,
    ACTION_NONE_NEEDED,
    ACTION_REPORT_VIOLATION,
    ACTION_SCAN_TARGET,
    ACTION_SCAN_LOGIN,
    ACTION_ASK_TARGET_VENDOR,
    ACTION_ASK_INITIATOR_SUPPORT,
    ACTION_ASK_NETWORK,
    ACTION_ADD_MEMORY,
    ACTION_CHAP_OFF,

    ACTION_FIND_RESERVATION,
    ACTION_NONE_LUN_0,
    ACTION_CHANGE_ADDRESSING,
    ACTION_CONFIGURE_UNITS,
    ACTION_SAVE_COUNTERS,
    ACTION_COUNTER_GREW,
    ACTION_COUNTER_ZERO,
    ACTION_CONFIGURE_TARGET_CHAP,
    ACTION_SEND_HEX,
    ACTION_SHORTEN_CHAP_NAME,
    ACTION_COMPARE_TARGET_SECRET,
    ACTION_DISTRUST_TARGET,
    ACTION_SET_INITIATOR_SECRET,
    ACTION_CHECK_FULL_NAME,
    ACTION_CHECK_ADDRESS,
    ACTION_CHECK_LINK,
    ACTION_FEWER_SESSIONS,
    ACTION_NOTE_STATUS,
    ACTION_CODE_TO_SUPPORT,
    ACTION_CODE_TO_VENDOR,
    ACTION_TELL_NETWORK,
    ACTION_RENAME_TARGET,
    ACTION_AVOID_PERMANENT,

    ACTION_POLL_OFTENER,
    ACTION_LARGER_QUEUE,
    ACTION_CHECK_SERVICE,
    ACTION_CHECK_FIREWALL,
    ACTION_CHECK_PORTAL,
    ACTION_CHECK_TARGET_LOAD,
    ACTION_RAISE_TIMEOUT,
    ACTION_CHECK_NETWORK_PATH,
    ACTION_CHECK_TARGET_LOG,
    ACTION_AVOID_COMMAND,
    ACTION_FEWER_COMMANDS,
    ACTION_LOG_IN_AGAIN,
    ACTION_RESCAN_UNITS,
    ACTION_EXPECT_LOGOUT,
    ACTION_EXPECT_DROP,
    ACTION_VENDOR_CODE,
    ACTION_NONE_CLOSED,

    ACTION_LONGER_SECRET,
    ACTION_ALLOW_WEAK,
    ACTION_TWO_SECRETS,
    ACTION_CORRECT_REDIRECTION,
    ACTION_MORE_REDIRECTS,
    ACTION_ALLOW_EARLY_REDIRECT,
    ACTION_GIVE_RANDOM,
    ACTION_CHECK_HASH,
    ACTION_COMPARE_TARGET_NAME,
    ACTION_MORE_ATTEMPTS,
    ACTION_SEE_LOGIN_EVENT,
    ACTION_LEAVE_STEP_OUT,
    ACTION_COUNT
};

/* Lists that recur. */
extern const uint8_t sanscsi_actions_none[];
extern const uint8_t sanscsi_actions_initiator_scan[];  /* a scan failed on our side */
extern const uint8_t sanscsi_actions_target_scan[];     /* a scan failed on the target's side */
extern const uint8_t sanscsi_actions_violation_scan[];  /* the target broke the rules in a scan */
extern const uint8_t sanscsi_actions_violation_login[]; /* ... in a login */
extern const uint8_t sanscsi_actions_violation_chap[];  /* ... in CHAP */
extern const uint8_t sanscsi_actions_memory_scan[];
extern const uint8_t sanscsi_actions_memory_login[];

struct event_arg_info {
    const char *name;
    const char *meaning;
    uint8_t type;  /* SANSCSI_ARG_... */
    uint8_t gloss; /* enum gloss_kind: whose words stand behind the number in messages */
};

struct event_cause_info {
    const char *number;
    const char *text;
    const char *condition; /* in words; what decides is in causes.c */
    const uint8_t *actions;
};

/* Builds without texts have no words here, and nothing of a cause but its number. */
struct event_info {
    uint32_t id;
    uint32_t severity;
    const char *name;
    const char *summary;
    const char *message; /* each '%' stands for the next argument */
    const char *reaction;
    const struct event_arg_info *args;
    const struct event_cause_info *causes;
    uint8_t arg_count;
    uint8_t cause_count;
};

/* The number of elements of an array, for initializers. */
#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* A run of events whose numbers follow one another without gaps. */
struct event_run {
    const struct event_info *events;
    size_t count;
};

extern const struct event_run sanscsi_events_scan;     /* 1 to 4 */
extern const struct event_run sanscsi_events_login;    /* 5 to 21 */
extern const struct event_run sanscsi_events_chap;     /* 22 to 28 */
extern const struct event_run sanscsi_events_session;  /* 29 to 45 */
extern const struct event_run sanscsi_events_library;  /* 100 to 111 */
extern const struct event_run sanscsi_events_access;   /* 112 to 118 */
extern const struct event_run sanscsi_events_recovery; /* 119 and up */
extern const struct event_run sanscsi_events_unasked;  /* 121 and up */

/* All of them, in ascending order of event numbers. */
extern const struct event_run *const sanscsi_event_runs[];
extern const size_t sanscsi_event_run_count;

/* The event's row, or NULL. */
const struct event_info *sanscsi_event_info(uint32_t id);

/* Text of an action. */
const char *sanscsi_event_action_text(uint8_t action);

#endif
