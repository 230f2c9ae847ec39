/* The catalogue's events from 100: this library's own. */
#include "event/catalogue.h"

static const char session_ends[] =
    "It ends the connection; its tasks end with io_status 6, connection offline.";

/* ---- arguments ---- */

static const struct event_arg_info dropped_args[] = {
    {"count", "how many events were lost here", SANSCSI_ARG_INT, GLOSS_NONE},
};

static const struct event_arg_info connect_args[] = {
    {"address", "the address that was to be connected to", SANSCSI_ARG_STRING, GLOSS_NONE},
    {"reason", "3 refused, 4 timed out, 5 anything else", SANSCSI_ARG_INT, GLOSS_CONNECT_REASON},
};

static const struct event_arg_info milliseconds_args[] = {
    {"milliseconds", "the time that was allowed, in ms", SANSCSI_ARG_INT, GLOSS_NONE},
};

static const struct event_arg_info lost_args[] = {
    {"outstanding_tasks", "how many tasks had not ended yet", SANSCSI_ARG_INT, GLOSS_NONE},
};

static const struct event_arg_info fault_args[] = {
    {"opcode", "opcode of the PDU at fault", SANSCSI_ARG_HEX, GLOSS_OPCODE},
    {"fault", "what is wrong with it", SANSCSI_ARG_STRING, GLOSS_NONE},
    {"value", "the value at fault", SANSCSI_ARG_HEX, GLOSS_NONE},
    {"section", "where the rule stands that the PDU violates", SANSCSI_ARG_STRING, GLOSS_NONE},
};

static const struct event_arg_info reject_args[] = {
    {"reason", "Reason of the Reject PDU", SANSCSI_ARG_HEX, GLOSS_REJECT_REASON},
    {"opcode", "opcode of the PDU that was rejected", SANSCSI_ARG_HEX, GLOSS_OPCODE},
};

static const struct event_arg_info async_args[] = {
    {"async_event", "AsyncEvent of the message", SANSCSI_ARG_INT, GLOSS_ASYNC_EVENT},
    {"vcode", "AsyncVCode of the message, for vendor-specific ones", SANSCSI_ARG_INT, GLOSS_NONE},
};

static const struct event_arg_info task_args[] = {
    {"task_tag", "Initiator Task Tag of the task", SANSCSI_ARG_HEX, GLOSS_NONE},
    {"lun", "LUN field of the task", SANSCSI_ARG_HEX, GLOSS_NONE},
    {"opcode", "first byte of the task's CDB", SANSCSI_ARG_HEX, GLOSS_NONE},
};

static const struct event_arg_info response_args[] = {
    {"response", "Response of the Logout Response", SANSCSI_ARG_HEX, GLOSS_LOGOUT_RESPONSE},
};

static const struct event_arg_info size_args[] = {
    {"size", "bytes of the answer so far, with those that found no room", SANSCSI_ARG_INT,
     GLOSS_NONE},
};

/* ---- causes ---- */

static const struct event_cause_info dropped_causes[] = {
    {"1", "More events were raised than the queue holds before the session was polled.", "",
     (const uint8_t[]){ACTION_POLL_OFTENER, ACTION_LARGER_QUEUE, ACTION_END}},
};

static const struct event_cause_info connect_causes[] = {
    {"1", "At the address nothing accepts connections on that port, or something forbids them.",
     "reason is 3",
     (const uint8_t[]){ACTION_CHECK_SERVICE, ACTION_CHECK_FIREWALL, ACTION_ASK_NETWORK,
                       ACTION_END}},
    {"2", "Nothing at all came back from the address in the time allowed.", "reason is 4",
     (const uint8_t[]){ACTION_CHECK_PORTAL, ACTION_CHECK_FIREWALL, ACTION_ASK_NETWORK, ACTION_END}},
    {"3", "The host's network layer failed to open the connection for another reason.",
     "reason is neither 3 nor 4",
     (const uint8_t[]){ACTION_CHECK_NETWORK_PATH, ACTION_ASK_NETWORK, ACTION_END}},
};

static const struct event_cause_info slow_login_causes[] = {
    {"1", "The target accepted the connection but did not carry the login through in time.", "",
     (const uint8_t[]){ACTION_CHECK_TARGET_LOAD, ACTION_RAISE_TIMEOUT, ACTION_SCAN_LOGIN,
                       ACTION_ASK_TARGET_VENDOR, ACTION_END}},
};

static const struct event_cause_info lost_causes[] = {
    {"1", "The target closed the connection or went down, or the network between broke.",
     "no reset that closes connections was under way",
     (const uint8_t[]){ACTION_CHECK_TARGET_LOG, ACTION_CHECK_NETWORK_PATH, ACTION_ASK_TARGET_VENDOR,
                       ACTION_END}},
    {"2", "The target carries out a TARGET COLD RESET or I_T NEXUS RESET that it was asked for.",
     "such a reset was under way", (const uint8_t[]){ACTION_LOG_IN_AGAIN, ACTION_END}},
};

static const struct event_cause_info fault_causes[] = {
    {"1", "The target sent a PDU that RFC 7143 forbids at this point or in this form.", "",
     (const uint8_t[]){ACTION_REPORT_VIOLATION, ACTION_LOG_IN_AGAIN, ACTION_ASK_TARGET_VENDOR,
                       ACTION_END}},
};

static const struct event_cause_info reject_causes[] = {
    {"1", "The data of the PDU was damaged on its way to the target.", "reason is 0x02",
     (const uint8_t[]){ACTION_TELL_NETWORK, ACTION_ASK_TARGET_VENDOR, ACTION_END}},
    {"2", "The target considers the PDU a violation of the protocol.",
     "reason is 0x04, 0x07, 0x08, 0x09 or 0x0b",
     (const uint8_t[]){ACTION_CHECK_TARGET_LOG, ACTION_ASK_INITIATOR_SUPPORT, ACTION_END}},
    {"3", "The target does not support what the PDU asks for.", "reason is 0x03 or 0x05",
     (const uint8_t[]){ACTION_AVOID_COMMAND, ACTION_ASK_TARGET_VENDOR, ACTION_END}},
    {"4", "The target has not the resources to take the PDU now.", "reason is 0x06 or 0x0a",
     (const uint8_t[]){ACTION_FEWER_COMMANDS, ACTION_CHECK_TARGET_LOAD, ACTION_END}},
    {"5", "The target has asked for a logout and takes no new requests until then.",
     "reason is 0x0c", (const uint8_t[]){ACTION_EXPECT_LOGOUT, ACTION_END}},
    {"6", "The target gives a reason that RFC 7143 does not define.", "reason is any other",
     (const uint8_t[]){ACTION_REPORT_VIOLATION, ACTION_ASK_TARGET_VENDOR, ACTION_END}},
};

static const struct event_cause_info async_causes[] = {
    {"1", "Something happened at a logical unit; the sense data of the message tells what.",
     "async_event is 0", (const uint8_t[]){ACTION_RESCAN_UNITS, ACTION_END}},
    {"2", "The target asks to be logged out of, for instance for maintenance.", "async_event is 1",
     (const uint8_t[]){ACTION_EXPECT_LOGOUT, ACTION_END}},
    {"3", "The target announces that it drops this connection.", "async_event is 2",
     (const uint8_t[]){ACTION_EXPECT_DROP, ACTION_LOG_IN_AGAIN, ACTION_END}},
    {"4", "The target announces that it drops every connection of the session.", "async_event is 3",
     (const uint8_t[]){ACTION_EXPECT_DROP, ACTION_LOG_IN_AGAIN, ACTION_END}},
    {"5", "The target wants to negotiate the parameters of this connection anew.",
     "async_event is 4", sanscsi_actions_none},
    {"6", "The target ended all tasks of a logical unit.", "async_event is 5",
     (const uint8_t[]){ACTION_RESCAN_UNITS, ACTION_CHECK_TARGET_LOG, ACTION_END}},
    {"7", "The target sent a message of its vendor's own.", "async_event is 248 to 255",
     (const uint8_t[]){ACTION_VENDOR_CODE, ACTION_END}},
    {"8", "The target sent a message of a kind that RFC 7143 does not define.",
     "async_event is any other", (const uint8_t[]){ACTION_ASK_TARGET_VENDOR, ACTION_END}},
};

static const struct event_cause_info task_causes[] = {
    {"1", "The logical unit or its target was too slow, or the answer was lost on the way.", "",
     (const uint8_t[]){ACTION_CHECK_TARGET_LOAD, ACTION_CHECK_NETWORK_PATH, ACTION_RAISE_TIMEOUT,
                       ACTION_END}},
};

static const struct event_cause_info slow_logout_causes[] = {
    {"1", "The target did not answer the Logout Request, or its answer was lost on the way.", "",
     (const uint8_t[]){ACTION_NONE_CLOSED, ACTION_CHECK_TARGET_LOAD, ACTION_ASK_TARGET_VENDOR,
                       ACTION_END}},
};

static const struct event_cause_info logout_causes[] = {
    {"1", "The target does not know the connection that was to be logged out.", "response is 0x1",
     (const uint8_t[]){ACTION_NONE_CLOSED, ACTION_END}},
    {"2", "The target cannot recover the connection at the session's ErrorRecoveryLevel.",
     "response is 0x2", (const uint8_t[]){ACTION_LOG_IN_AGAIN, ACTION_END}},
    {"3", "The target could not clean up behind the connection.", "response is 0x3",
     (const uint8_t[]){ACTION_CHECK_TARGET_LOG, ACTION_ASK_TARGET_VENDOR, ACTION_END}},
    {"4", "The target gives a response that RFC 7143 does not define.", "response is any other",
     (const uint8_t[]){ACTION_REPORT_VIOLATION, ACTION_ASK_TARGET_VENDOR, ACTION_END}},
};

static const struct event_cause_info send_targets_causes[] = {
    {"1", "The buffer for the SendTargets answer could not be allocated: memory is short.", "",
     sanscsi_actions_memory_scan},
};

static const struct event_cause_info unanswered_logout_causes[] = {
    {"1", "The target takes the logout for granted and closes at once.", "", sanscsi_actions_none},
};

/* ---- events ---- */

static const struct event_info events[] = {
    {
        .id = SANSCSI_EVENT_EVENTS_DROPPED,
        .severity = SANSCSI_MAJOR_WARNING,
        .name = "events-dropped",
        .summary = "Events were lost because too many waited for a poll.",
        .message = "Events were lost here because too many waited for a poll: %.",
        .reaction = "It keeps the earlier events and goes on.",
        .args = dropped_args,
        .causes = dropped_causes,
        .arg_count = COUNT_OF(dropped_args),
        .cause_count = COUNT_OF(dropped_causes),
    },
    {
        .id = SANSCSI_EVENT_CONNECT_FAILED,
        .severity = SANSCSI_SERIOUS,
        .name = "connect-failed",
        .summary = "A connection to the target's address could not be opened.",
        .message = "No connection could be opened: %, %.",
        .reaction = "It gives this attempt to connect up.",
        .args = connect_args,
        .causes = connect_causes,
        .arg_count = COUNT_OF(connect_args),
        .cause_count = COUNT_OF(connect_causes),
    },
    {
        .id = SANSCSI_EVENT_LOGIN_TIMEOUT,
        .severity = SANSCSI_SERIOUS,
        .name = "login-timeout",
        .summary = "The login was not complete in the time allowed.",
        .message = "The login was not complete in the time allowed: %.",
        .reaction = "It closes the connection and gives this login up as failed.",
        .args = milliseconds_args,
        .causes = slow_login_causes,
        .arg_count = COUNT_OF(milliseconds_args),
        .cause_count = COUNT_OF(slow_login_causes),
    },
    {
        .id = SANSCSI_EVENT_CONNECTION_LOST,
        .severity = SANSCSI_SERIOUS,
        .name = "connection-lost",
        .summary = "The connection ended during full feature phase without a logout.",
        .message = "The connection ended without a logout: %.",
        .reaction = session_ends,
        .args = lost_args,
        .causes = lost_causes,
        .arg_count = COUNT_OF(lost_args),
        .cause_count = COUNT_OF(lost_causes),
    },
    {
        .id = SANSCSI_EVENT_PROTOCOL_ERROR,
        .severity = SANSCSI_SERIOUS,
        .name = "protocol-error",
        .summary = "The target sent a PDU that violates the protocol.",
        .message = "The target violated the protocol: %, %, %, %.",
        .reaction = session_ends,
        .args = fault_args,
        .causes = fault_causes,
        .arg_count = COUNT_OF(fault_args),
        .cause_count = COUNT_OF(fault_causes),
    },
    {
        .id = SANSCSI_EVENT_REJECT_RECEIVED,
        .severity = SANSCSI_MAJOR_WARNING,
        .name = "reject-received",
        .summary = "The target rejected a PDU of the initiator's.",
        .message = "The target rejected a PDU: %, %.",
        .reaction = "What was rejected is sent again, fails, logs out or ends the connection, as "
                    "the reason "
                    "demands.",
        .args = reject_args,
        .causes = reject_causes,
        .arg_count = COUNT_OF(reject_args),
        .cause_count = COUNT_OF(reject_causes),
    },
    {
        .id = SANSCSI_EVENT_ASYNC_RECEIVED,
        .severity = SANSCSI_INFORMATION,
        .name = "async-received",
        .summary = "The target sent an Asynchronous Message.",
        .message = "The target sent an Asynchronous Message: %, %.",
        .reaction = "It hands the message out and does what the message asks for.",
        .args = async_args,
        .causes = async_causes,
        .arg_count = COUNT_OF(async_args),
        .cause_count = COUNT_OF(async_causes),
    },
    {
        .id = SANSCSI_EVENT_TASK_TIMEOUT,
        .severity = SANSCSI_SERIOUS,
        .name = "task-timeout",
        .summary = "A task was not answered in the time it was given.",
        .message = "A task was not answered in its time: %, %, %.",
        .reaction = "It aborts the task, which ends with io_status 4.",
        .args = task_args,
        .causes = task_causes,
        .arg_count = COUNT_OF(task_args),
        .cause_count = COUNT_OF(task_causes),
    },
    {
        .id = SANSCSI_EVENT_LOGOUT_TIMEOUT,
        .severity = SANSCSI_MAJOR_WARNING,
        .name = "logout-timeout",
        .summary = "The logout was not answered in the time allowed.",
        .message = "The logout was not answered in the time allowed: %.",
        .reaction = "It closes the connection without an answer.",
        .args = milliseconds_args,
        .causes = slow_logout_causes,
        .arg_count = COUNT_OF(milliseconds_args),
        .cause_count = COUNT_OF(slow_logout_causes),
    },
    {
        .id = SANSCSI_EVENT_LOGOUT_REFUSED,
        .severity = SANSCSI_MAJOR_WARNING,
        .name = "logout-refused",
        .summary = "The target answered the logout with a failure.",
        .message = "The target answered the logout with a failure: %.",
        .reaction = "It closes the connection all the same.",
        .args = response_args,
        .causes = logout_causes,
        .arg_count = COUNT_OF(response_args),
        .cause_count = COUNT_OF(logout_causes),
    },
    {
        .id = SANSCSI_EVENT_SEND_TARGETS_NO_MEMORY,
        .severity = SANSCSI_SERIOUS,
        .name = "send-targets-no-memory",
        .summary = "There was no memory to keep the answer to SendTargets.",
        .message = "There was no memory to keep the answer to SendTargets: %.",
        .reaction = "It closes the connection and gives up the discovery at this portal.",
        .args = size_args,
        .causes = send_targets_causes,
        .arg_count = COUNT_OF(size_args),
        .cause_count = COUNT_OF(send_targets_causes),
    },
    {
        .id = SANSCSI_EVENT_LOGOUT_UNANSWERED,
        .severity = SANSCSI_INFORMATION,
        .name = "logout-unanswered",
        .summary = "The target closed the connection instead of answering the logout.",
        .message = "The target closed the connection instead of answering the logout.",
        .reaction = "It takes the session for closed, as was asked.",
        .causes = unanswered_logout_causes,
        .cause_count = COUNT_OF(unanswered_logout_causes),
    },
};

const struct event_run sanscsi_events_library = {events, COUNT_OF(events)};
