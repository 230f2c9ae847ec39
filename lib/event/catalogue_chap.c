/* The catalogue's events 22 to 28: CHAP. */
#include "event/catalogue.h"

static const char login_fails[] = "It gives this login up as failed.";

static const struct event_arg_info value_args[] = {
    {"value", "what the target sent as the key's value", SANSCSI_ARG_STRING, GLOSS_NONE},
};

static const struct event_arg_info beginning_args[] = {
    {"value", "how the value begins that the target sent", SANSCSI_ARG_STRING, GLOSS_NONE},
};

static const struct event_arg_info key_args[] = {
    {"key", "name of the key that came instead", SANSCSI_ARG_STRING, GLOSS_NONE},
};

static const struct event_cause_info algorithm_causes[] = {
    {"1", "CHAP is probably not set up on the target, which answered Reject.",
     "the value is Reject", (const uint8_t[]){ACTION_CONFIGURE_TARGET_CHAP, ACTION_END}},
    {"2",
     "The target is set up for CHAP, but chose none of the algorithms that the initiator proposed "
     "(every implementation must have MD5).",
     "the value is a well-formed number, but not of an algorithm that was proposed",
     sanscsi_actions_violation_chap},
    {"3", "What the target sent is not the number of an algorithm, nor Reject.",
     "the value is neither Reject nor a well-formed number", sanscsi_actions_violation_chap},
};

static const struct event_cause_info identifier_causes[] = {
    {"1", "The identifier that the target sent is no number between 0 and 255.", "",
     sanscsi_actions_violation_chap},
};

static const struct event_cause_info challenge_causes[] = {
    {"1",
     "The challenge is encoded in a way the initiator cannot read. As base64 is read here, this "
     "does not occur; it stands for readers of other initiators' messages.",
     "never", (const uint8_t[]){ACTION_SEND_HEX, ACTION_END}},
    {"2",
     "The challenge has an illegal length, or is encoded neither in hexadecimal nor in base64.", "",
     sanscsi_actions_violation_chap},
};

static const struct event_cause_info name_causes[] = {
    {"1", "The name that the target goes by in CHAP exceeds 511 bytes.",
     "the value is longer than 511 bytes",
     (const uint8_t[]){ACTION_SHORTEN_CHAP_NAME, ACTION_CHAP_OFF, ACTION_END}},
};

static const struct event_cause_info response_causes[] = {
    {"1",
     "The response is encoded in a way the initiator cannot read. As base64 is read here, this "
     "does not occur; it stands for readers of other initiators' messages.",
     "never", (const uint8_t[]){ACTION_SEND_HEX, ACTION_END}},
    {"2", "The response has an illegal length, or is encoded neither in hexadecimal nor in base64.",
     "the value is not well formed", sanscsi_actions_violation_chap},
    {"3",
     "The response has the right form but does not follow from the target's secret: either the "
     "secret is configured differently at the two ends, or this is not the target it says it is.",
     "the value is well formed but wrong",
     (const uint8_t[]){ACTION_COMPARE_TARGET_SECRET, ACTION_DISTRUST_TARGET, ACTION_END}},
};

static const struct event_cause_info key_causes[] = {
    {"1", "The key that the target sent has no place at this step of CHAP.", "",
     sanscsi_actions_violation_chap},
};

static const struct event_info events[] = {
    {
        .id = SANSCSI_EVENT_CHAP_A_INVALID,
        .severity = SANSCSI_MAJOR_WARNING,
        .name = "chap-a-invalid",
        .summary = "The target's choice of a CHAP algorithm (CHAP_A) is not valid.",
        .message = "The target's CHAP_A does not choose a proposed algorithm: %.",
        .reaction = login_fails,
        .args = value_args,
        .causes = algorithm_causes,
        .arg_count = COUNT_OF(value_args),
        .cause_count = COUNT_OF(algorithm_causes),
    },
    {
        .id = SANSCSI_EVENT_CHAP_I_INVALID,
        .severity = SANSCSI_MAJOR_WARNING,
        .name = "chap-i-invalid",
        .summary = "The target's CHAP identifier (CHAP_I) is not valid.",
        .message = "The target's CHAP_I is not an identifier from 0 to 255: %.",
        .reaction = login_fails,
        .args = value_args,
        .causes = identifier_causes,
        .arg_count = COUNT_OF(value_args),
        .cause_count = COUNT_OF(identifier_causes),
    },
    {
        .id = SANSCSI_EVENT_CHAP_C_INVALID,
        .severity = SANSCSI_MAJOR_WARNING,
        .name = "chap-c-invalid",
        .summary = "The target's CHAP challenge (CHAP_C) is not valid.",
        .message = "The target's CHAP_C is not a legal challenge: %.",
        .reaction = login_fails,
        .args = beginning_args,
        .causes = challenge_causes,
        .arg_count = COUNT_OF(beginning_args),
        .cause_count = COUNT_OF(challenge_causes),
    },
    {
        .id = SANSCSI_EVENT_CHAP_N_INVALID,
        .severity = SANSCSI_MAJOR_WARNING,
        .name = "chap-n-invalid",
        .summary = "The target's CHAP name (CHAP_N) is not valid.",
        .message = "The target's CHAP_N is not a legal name: %.",
        .reaction = login_fails,
        .args = beginning_args,
        .causes = name_causes,
        .arg_count = COUNT_OF(beginning_args),
        .cause_count = COUNT_OF(name_causes),
    },
    {
        .id = SANSCSI_EVENT_CHAP_R_INVALID,
        .severity = SANSCSI_CRITICAL,
        .name = "chap-r-invalid",
        .summary = "The target's CHAP response (CHAP_R) is not valid.",
        .message = "The target did not prove its identity, its CHAP_R is wrong: %.",
        .reaction = login_fails,
        .args = beginning_args,
        .causes = response_causes,
        .arg_count = COUNT_OF(beginning_args),
        .cause_count = COUNT_OF(response_causes),
    },
    {
        .id = SANSCSI_EVENT_CHAP_CHALLENGE_KEY_UNEXPECTED,
        .severity = SANSCSI_MAJOR_WARNING,
        .name = "chap-challenge-key-unexpected",
        .summary = "Some other key came where the target had to send CHAP_A, CHAP_I or CHAP_C.",
        .message = "Where CHAP_A, CHAP_I or CHAP_C was due, the target sent another key: %.",
        .reaction = login_fails,
        .args = key_args,
        .causes = key_causes,
        .arg_count = COUNT_OF(key_args),
        .cause_count = COUNT_OF(key_causes),
    },
    {
        .id = SANSCSI_EVENT_CHAP_RESPONSE_KEY_UNEXPECTED,
        .severity = SANSCSI_MAJOR_WARNING,
        .name = "chap-response-key-unexpected",
        .summary = "Some other key came where the target had to send CHAP_N or CHAP_R.",
        .message = "Where CHAP_N or CHAP_R was due, the target sent another key: %.",
        .reaction = login_fails,
        .args = key_args,
        .causes = key_causes,
        .arg_count = COUNT_OF(key_args),
        .cause_count = COUNT_OF(key_causes),
    },
};

const struct event_run sanscsi_events_chap = {events, COUNT_OF(events)};
