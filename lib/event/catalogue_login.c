/* The catalogue's events 5 to 21: text keys and stages of the login. */
#include "event/catalogue.h"

static const char login_fails[] = "It gives this login up as failed.";

/* ---- arguments ---- */

static const struct event_arg_info partial_args[] = {
    {"partial_pair", "the part of the pair that arrived", SANSCSI_ARG_STRING, GLOSS_NONE},
};

static const struct event_arg_info too_long_args[] = {
    {"size", "how many bytes of the pair have arrived", SANSCSI_ARG_INT, GLOSS_NONE},
    {"max_size", "how many bytes of a pair the initiator takes", SANSCSI_ARG_INT, GLOSS_NONE},
    {"partial_pair", "how the pair begins; the key's name may be in it", SANSCSI_ARG_STRING,
     GLOSS_NONE},
};

static const struct event_arg_info pair_args[] = {
    {"pair", "the key=value pair", SANSCSI_ARG_STRING, GLOSS_NONE},
};

static const struct event_arg_info key_args[] = {
    {"key", "name of the key", SANSCSI_ARG_STRING, GLOSS_NONE},
};

static const struct event_arg_info integer_args[] = {
    {"min", "lowest value that is legal", SANSCSI_ARG_INT, GLOSS_NONE},
    {"max", "highest value that is legal", SANSCSI_ARG_INT, GLOSS_NONE},
    {"preferred", "the initiator's own proposal", SANSCSI_ARG_INT, GLOSS_NONE},
    {"key", "name of the key", SANSCSI_ARG_STRING, GLOSS_NONE},
    {"value", "the target's answer", SANSCSI_ARG_STRING, GLOSS_NONE},
};

static const struct event_arg_info list_args[] = {
    {"pair", "the key=value pair that the target answered", SANSCSI_ARG_STRING, GLOSS_NONE},
    {"proposed", "the initiator's own proposal", SANSCSI_ARG_STRING, GLOSS_NONE},
};

static const struct event_arg_info exchange_args[] = {
    {"max", "how many exchanges a stage may take", SANSCSI_ARG_INT, GLOSS_NONE},
};

static const struct event_arg_info stage_args[] = {
    {"target_next_stage", "NSG in the target's response", SANSCSI_ARG_INT, GLOSS_LOGIN_STAGE},
    {"current_stage", "stage the initiator is in (CSG)", SANSCSI_ARG_INT, GLOSS_LOGIN_STAGE},
    {"next_stage", "stage the initiator wants next (NSG)", SANSCSI_ARG_INT, GLOSS_LOGIN_STAGE},
};

static const struct event_arg_info size_args[] = {
    {"size", "how many bytes were wanted", SANSCSI_ARG_INT, GLOSS_NONE},
};

/* ---- causes ---- */

static const struct event_cause_info partial_causes[] = {
    {"1", "The target is at fault: it left a pair unfinished that it had started.", "",
     sanscsi_actions_violation_login},
};

static const struct event_cause_info too_long_causes[] = {
    {"1", "The target is at fault: no pair of a login is ordinarily that long.", "",
     sanscsi_actions_violation_login},
};

static const struct event_cause_info response_memory_causes[] = {
    {"1",
     "Memory is short: a pair reached beyond the end of the response buffer, and no second buffer "
     "for its rest could be allocated.",
     "", sanscsi_actions_memory_login},
};

static const struct event_cause_info equal_sign_causes[] = {
    {"1", "The target put a null byte behind the name of a key, where '=' should be.", "",
     sanscsi_actions_violation_login},
};

static const struct event_cause_info null_causes[] = {
    {"1", "The target left out the null byte (0x00) that has to end every pair.", "",
     sanscsi_actions_violation_login},
};

static const struct event_cause_info not_understood_causes[] = {
    {"1", "The target lacks a key that RFC 7143 requires of every implementation.", "",
     sanscsi_actions_violation_login},
};

static const struct event_cause_info rejected_causes[] = {
    {"1", "The target refuses to negotiate a key that RFC 7143 obliges everyone to negotiate.", "",
     sanscsi_actions_violation_login},
};

static const struct event_cause_info keep_key_causes[] = {
    {"1", "Memory is short: no buffer could be allocated for the name of the key.", "",
     sanscsi_actions_memory_login},
};

static const struct event_cause_info unknown_key_causes[] = {
    {"1", "The target uses a key that this initiator does not know.", "", sanscsi_actions_none},
};

static const struct event_cause_info unexpected_causes[] = {
    {"1", "The target may send this key only as an answer, but sent it before any proposal.", "",
     sanscsi_actions_violation_login},
};

static const struct event_cause_info integer_causes[] = {
    {"1",
     "The answer lies outside the range, is not a well-formed number, contradicts the key's result "
     "function, or is Irrelevant although a number is called for.",
     "", sanscsi_actions_violation_login},
};

static const struct event_cause_info list_causes[] = {
    {"1", "The answer was Irrelevant although a value is called for.", "the value is Irrelevant",
     sanscsi_actions_violation_login},
    {"2",
     "The key is boolean, and the answer was neither Yes nor No or is not what the key's AND or OR "
     "function gives.",
     "the key is boolean", sanscsi_actions_violation_login},
    {"3", "The answer is not among the values that the initiator listed.",
     "the key takes a list of values", sanscsi_actions_violation_login},
    {"4", "Memory is short: the target's answer could not be kept.",
     "the counter login-answer-allocation-failures rose during this login",
     (const uint8_t[]){ACTION_SAVE_COUNTERS, ACTION_COUNTER_GREW, ACTION_COUNTER_ZERO, ACTION_END}},
};

static const struct event_cause_info integer_unanswered_causes[] = {
    {"1", "The initiator proposed an integer key, and the target passed over it.", "",
     sanscsi_actions_violation_login},
};

static const struct event_cause_info character_unanswered_causes[] = {
    {"1", "The initiator proposed a list or boolean key, and the target passed over it.", "",
     sanscsi_actions_violation_login},
};

static const struct event_cause_info exchange_causes[] = {
    {"1", "The target keeps a login stage open for more exchanges than is reasonable.", "",
     sanscsi_actions_violation_login},
};

static const struct event_cause_info stage_causes[] = {
    {"1",
     "The next stage that the target sent is reserved, precedes the current one, or is not the one "
     "the initiator asked for.",
     "", sanscsi_actions_violation_login},
};

static const struct event_cause_info login_memory_causes[] = {
    {"1", "Memory is short: the table of the connection's login keys could not be allocated.", "",
     sanscsi_actions_memory_login},
};

/* ---- events ---- */

static const struct event_info events[] = {
    {
        .id = SANSCSI_EVENT_PARTIAL_PAIR_ABANDONED,
        .severity = SANSCSI_SERIOUS,
        .name = "partial-pair-abandoned",
        .summary = "A key=value pair that a login response began was not continued in the next.",
        .message = "The target began a key=value pair in a login response and never sent the rest: "
                   "%.",
        .reaction = login_fails,
        .args = partial_args,
        .causes = partial_causes,
        .arg_count = COUNT_OF(partial_args),
        .cause_count = COUNT_OF(partial_causes),
    },
    {
        .id = SANSCSI_EVENT_PAIR_TOO_LONG,
        .severity = SANSCSI_SERIOUS,
        .name = "pair-too-long",
        .summary = "A key=value pair that spans login responses exceeds what the initiator takes.",
        .message = "A key=value pair of the target's login responses is too long: %, %, %.",
        .reaction = "It gives this login up as failed, lest a target keep it busy with endless "
                    "junk.",
        .args = too_long_args,
        .causes = too_long_causes,
        .arg_count = COUNT_OF(too_long_args),
        .cause_count = COUNT_OF(too_long_causes),
    },
    {
        .id = SANSCSI_EVENT_LOGIN_RESPONSE_NO_MEMORY,
        .severity = SANSCSI_SERIOUS,
        .name = "login-response-no-memory",
        .summary = "There was no memory for another buffer of login response text.",
        .message = "There was no memory for another buffer to continue the login response in.",
        .reaction = login_fails,
        .causes = response_memory_causes,
        .cause_count = COUNT_OF(response_memory_causes),
    },
    {
        .id = SANSCSI_EVENT_EQUAL_SIGN_MISSING,
        .severity = SANSCSI_SERIOUS,
        .name = "equal-sign-missing",
        .summary = "The target sent a login key without the equal sign that follows its name.",
        .message = "A login response holds a key without an equal sign.",
        .reaction = login_fails,
        .causes = equal_sign_causes,
        .cause_count = COUNT_OF(equal_sign_causes),
    },
    {
        .id = SANSCSI_EVENT_NULL_MISSING,
        .severity = SANSCSI_SERIOUS,
        .name = "null-missing",
        .summary = "The target sent a key=value pair without the null byte that ends it.",
        .message = "A login response does not end this pair with a null byte: %.",
        .reaction = login_fails,
        .args = pair_args,
        .causes = null_causes,
        .arg_count = COUNT_OF(pair_args),
        .cause_count = COUNT_OF(null_causes),
    },
    {
        .id = SANSCSI_EVENT_KEY_NOT_UNDERSTOOD_BY_TARGET,
        .severity = SANSCSI_SERIOUS,
        .name = "key-not-understood-by-target",
        .summary = "The target's answer to a login key was NotUnderstood.",
        .message = "The target answered NotUnderstood to a login key that all must understand: %.",
        .reaction = login_fails,
        .args = key_args,
        .causes = not_understood_causes,
        .arg_count = COUNT_OF(key_args),
        .cause_count = COUNT_OF(not_understood_causes),
    },
    {
        .id = SANSCSI_EVENT_KEY_REJECTED_BY_TARGET,
        .severity = SANSCSI_SERIOUS,
        .name = "key-rejected-by-target",
        .summary = "The target's answer to a login key was Reject.",
        .message = "The target answered Reject to a login key that all must negotiate: %.",
        .reaction = login_fails,
        .args = key_args,
        .causes = rejected_causes,
        .arg_count = COUNT_OF(key_args),
        .cause_count = COUNT_OF(rejected_causes),
    },
    {
        .id = SANSCSI_EVENT_NOT_UNDERSTOOD_KEY_NO_MEMORY,
        .severity = SANSCSI_SERIOUS,
        .name = "not-understood-key-no-memory",
        .summary = "There was no memory to keep a key that is to be answered NotUnderstood.",
        .message = "There was no memory to keep a key that is to be answered NotUnderstood: %.",
        .reaction = login_fails,
        .args = key_args,
        .causes = keep_key_causes,
        .arg_count = COUNT_OF(key_args),
        .cause_count = COUNT_OF(keep_key_causes),
    },
    {
        .id = SANSCSI_EVENT_KEY_NOT_UNDERSTOOD_BY_INITIATOR,
        .severity = SANSCSI_INFORMATION,
        .name = "key-not-understood-by-initiator",
        .summary = "The target sent a login key that is unknown to the initiator.",
        .message = "The target sent a login key that is unknown here: %; it is answered "
                   "NotUnderstood.",
        .reaction = "It answers NotUnderstood to the key and carries on with the login.",
        .args = key_args,
        .causes = unknown_key_causes,
        .arg_count = COUNT_OF(key_args),
        .cause_count = COUNT_OF(unknown_key_causes),
    },
    {
        .id = SANSCSI_EVENT_UNEXPECTED_NEGOTIATION,
        .severity = SANSCSI_SERIOUS,
        .name = "unexpected-negotiation",
        .summary = "The target started to negotiate a key that is the initiator's to start.",
        .message = "The target started to negotiate a key that only the initiator may: %.",
        .reaction = login_fails,
        .args = key_args,
        .causes = unexpected_causes,
        .arg_count = COUNT_OF(key_args),
        .cause_count = COUNT_OF(unexpected_causes),
    },
    {
        .id = SANSCSI_EVENT_INTEGER_VALUE_OUT_OF_RANGE,
        .severity = SANSCSI_SERIOUS,
        .name = "integer-value-out-of-range",
        .summary = "The target's answer to an integer key is out of range or not as expected.",
        .message = "The target's answer to an integer key cannot be accepted: %, %, %, %, %.",
        .reaction = login_fails,
        .args = integer_args,
        .causes = integer_causes,
        .arg_count = COUNT_OF(integer_args),
        .cause_count = COUNT_OF(integer_causes),
    },
    {
        .id = SANSCSI_EVENT_LIST_VALUE_INVALID,
        .severity = SANSCSI_SERIOUS,
        .name = "list-value-invalid",
        .summary = "The target's answer to a list or boolean key cannot be accepted.",
        .message = "The target's answer to a list or boolean key cannot be accepted: %, %.",
        .reaction = login_fails,
        .args = list_args,
        .causes = list_causes,
        .arg_count = COUNT_OF(list_args),
        .cause_count = COUNT_OF(list_causes),
    },
    {
        .id = SANSCSI_EVENT_INTEGER_KEY_UNANSWERED,
        .severity = SANSCSI_SERIOUS,
        .name = "integer-key-unanswered",
        .summary = "An integer key of the login got no answer from the target.",
        .message = "The target gave no answer to an integer key: %.",
        .reaction = login_fails,
        .args = key_args,
        .causes = integer_unanswered_causes,
        .arg_count = COUNT_OF(key_args),
        .cause_count = COUNT_OF(integer_unanswered_causes),
    },
    {
        .id = SANSCSI_EVENT_CHARACTER_KEY_UNANSWERED,
        .severity = SANSCSI_SERIOUS,
        .name = "character-key-unanswered",
        .summary = "A list, boolean or text key of the login got no answer from the target.",
        .message = "The target gave no answer to a list, boolean or text key: %.",
        .reaction = login_fails,
        .args = key_args,
        .causes = character_unanswered_causes,
        .arg_count = COUNT_OF(key_args),
        .cause_count = COUNT_OF(character_unanswered_causes),
    },
    {
        .id = SANSCSI_EVENT_TOO_MANY_LOGIN_EXCHANGES,
        .severity = SANSCSI_SERIOUS,
        .name = "too-many-login-exchanges",
        .summary = "The exchanges of one login stage exceeded their limit.",
        .message = "A login stage did not end within the exchanges allowed: %.",
        .reaction = "It ends the login, which could otherwise go round for ever.",
        .args = exchange_args,
        .causes = exchange_causes,
        .arg_count = COUNT_OF(exchange_args),
        .cause_count = COUNT_OF(exchange_causes),
    },
    {
        .id = SANSCSI_EVENT_NEXT_STAGE_INVALID,
        .severity = SANSCSI_SERIOUS,
        .name = "next-stage-invalid",
        .summary = "The login stage that the target wants next does not go with the initiator's.",
        .message = "The target wants a next login stage that does not fit: %, %, %.",
        .reaction = login_fails,
        .args = stage_args,
        .causes = stage_causes,
        .arg_count = COUNT_OF(stage_args),
        .cause_count = COUNT_OF(stage_causes),
    },
    {
        .id = SANSCSI_EVENT_LOGIN_NO_MEMORY,
        .severity = SANSCSI_SERIOUS,
        .name = "login-no-memory",
        .summary = "There was no memory for something that the login cannot do without.",
        .message = "There was no memory for the data of a login: %.",
        .reaction = login_fails,
        .args = size_args,
        .causes = login_memory_causes,
        .arg_count = COUNT_OF(size_args),
        .cause_count = COUNT_OF(login_memory_causes),
    },
};

const struct event_run sanscsi_events_login = {events, COUNT_OF(events)};
