/* The catalogue's events 29 to 45: reaching targets, how logins end, digests, redirections. */
#include "event/catalogue.h"

static const char login_fails[] = "It gives this login up as failed.";
static const char portal_fails[] = "It gives up the discovery at this portal.";

/* ---- arguments ---- */

static const struct event_arg_info hostname_args[] = {
    {"hostname", "the host name as configured or as sent by a target", SANSCSI_ARG_STRING,
     GLOSS_NONE},
};

static const struct event_arg_info address_args[] = {
    {"address", "the address that was to be reached", SANSCSI_ARG_STRING, GLOSS_NONE},
};

static const struct event_arg_info key_args[] = {
    {"key", "name of the key", SANSCSI_ARG_STRING, GLOSS_NONE},
};

static const struct event_arg_info value_args[] = {
    {"value", "the address as the target sent it", SANSCSI_ARG_STRING, GLOSS_NONE},
};

static const struct event_arg_info status_args[] = {
    {"status_class", "Status-Class of the Login Response", SANSCSI_ARG_HEX, GLOSS_LOGIN_CLASS},
    {"status_code", "Status-Detail of the Login Response", SANSCSI_ARG_HEX, GLOSS_LOGIN_STATUS},
    {"target_address", "the address of this login", SANSCSI_ARG_STRING, GLOSS_NONE},
};

static const struct event_arg_info digest_args[] = {
    {"expected", "the CRC32C computed here over the bytes that arrived", SANSCSI_ARG_HEX,
     GLOSS_NONE},
    {"received", "the CRC32C that the PDU carried", SANSCSI_ARG_HEX, GLOSS_NONE},
};

static const struct event_arg_info name_args[] = {
    {"name", "the name as the target sent it", SANSCSI_ARG_STRING, GLOSS_NONE},
};

static const struct event_arg_info redirect_args[] = {
    {"status_code", "Status-Detail of the Login Response", SANSCSI_ARG_HEX, GLOSS_LOGIN_STATUS},
    {"target_address", "the address of this login", SANSCSI_ARG_STRING, GLOSS_NONE},
    {"new_address", "the address that the target names instead", SANSCSI_ARG_STRING, GLOSS_NONE},
};

static const struct event_arg_info redirected_args[] = {
    {"target_address", "the address of the first login", SANSCSI_ARG_STRING, GLOSS_NONE},
    {"new_address", "the address where the login has succeeded", SANSCSI_ARG_STRING, GLOSS_NONE},
};

/* ---- causes ---- */

static const struct event_cause_info hostname_causes[] = {
    {"1", "No name service answers for the name, or it is not a full domain name.", "",
     (const uint8_t[]){ACTION_CHECK_FULL_NAME, ACTION_SCAN_TARGET, ACTION_ASK_NETWORK, ACTION_END}},
};

static const struct event_cause_info route_causes[] = {
    {"1", "Perhaps the target has another address by now.", "",
     (const uint8_t[]){ACTION_CHECK_ADDRESS, ACTION_SCAN_TARGET, ACTION_ASK_NETWORK, ACTION_END}},
    {"2", "No way leads from the initiator's network to the target's.", "",
     (const uint8_t[]){ACTION_CHECK_LINK, ACTION_SCAN_TARGET, ACTION_ASK_NETWORK, ACTION_END}},
};

static const struct event_cause_info record_key_causes[] = {
    {"1", "The first key of a target's record is not TargetName, as it has to be.",
     "the key opens a record", sanscsi_actions_violation_scan},
    {"2", "There is a key within a target's record that is neither TargetName nor TargetAddress.",
     "the key does not open a record", sanscsi_actions_violation_scan},
};

static const struct event_cause_info record_address_causes[] = {
    {"1", "What the target sent is not an address of the form HOST:PORT,GROUP.", "",
     sanscsi_actions_violation_scan},
};

static const struct event_cause_info session_causes[] = {
    {"1", "As many sessions exist already as are configured to be the maximum.", "",
     (const uint8_t[]){ACTION_FEWER_SESSIONS, ACTION_ASK_INITIATOR_SUPPORT, ACTION_END}},
};

static const struct event_cause_info secret_causes[] = {
    {"1", "The initiator has not been given a CHAP secret.", "",
     (const uint8_t[]){ACTION_SET_INITIATOR_SECRET, ACTION_END}},
};

static const struct event_cause_info closed_causes[] = {
    {"1", "The TCP connection was closed from the target's end.", "",
     sanscsi_actions_violation_login},
};

static const struct event_cause_info status_causes[] = {
    {"1",
     "Redirection: before it accepts a login, the target wants something else to be done first, "
     "for instance that the login go to another address.",
     "status_class is 0x1",
     (const uint8_t[]){ACTION_NOTE_STATUS, ACTION_SCAN_LOGIN, ACTION_ASK_TARGET_VENDOR,
                       ACTION_END}},
    {"2",
     "Initiator error: the request was at fault, for instance because the initiator has no "
     "permission for what it asked for.",
     "status_class is 0x2",
     (const uint8_t[]){ACTION_NOTE_STATUS, ACTION_SCAN_LOGIN, ACTION_CODE_TO_SUPPORT, ACTION_END}},
    {"3", "Target error: nothing is wrong with the request, but the target cannot fulfil it now.",
     "status_class is 0x3",
     (const uint8_t[]){ACTION_NOTE_STATUS, ACTION_SCAN_LOGIN, ACTION_CODE_TO_VENDOR, ACTION_END}},
};

static const struct event_cause_info response_causes[] = {
    {"1", "The header of the Login Response that the target sent is not valid.", "",
     sanscsi_actions_violation_login},
};

static const struct event_cause_info header_digest_causes[] = {
    {"1", "On the way the header changed, or the sender computed its CRC wrongly.", "",
     (const uint8_t[]){ACTION_TELL_NETWORK, ACTION_ASK_TARGET_VENDOR, ACTION_END}},
};

static const struct event_cause_info data_digest_causes[] = {
    {"1", "On the way the data changed, or the sender computed its CRC wrongly.", "",
     (const uint8_t[]){ACTION_TELL_NETWORK, ACTION_ASK_TARGET_VENDOR, ACTION_END}},
};

static const struct event_cause_info name_causes[] = {
    {"1", "The name follows none of the formats iqn., eui. and naa.", "",
     (const uint8_t[]){ACTION_RENAME_TARGET, ACTION_END}},
};

static const struct event_cause_info redirect_key_causes[] = {
    {"1", "Beside a redirection the target sent some key that is not TargetAddress.", "",
     sanscsi_actions_violation_login},
};

static const struct event_cause_info temporary_causes[] = {
    {"1", "The target wants this one login to go to another address.", "", sanscsi_actions_none},
};

static const struct event_cause_info permanent_causes[] = {
    {"1", "The target wants this login, and every one to come, to go to another address.", "",
     (const uint8_t[]){ACTION_AVOID_PERMANENT, ACTION_ASK_TARGET_VENDOR, ACTION_END}},
};

static const struct event_cause_info redirected_causes[] = {
    {"1", "The login went to another address because the target wanted it to.", "",
     sanscsi_actions_none},
};

static const struct event_cause_info redirect_address_causes[] = {
    {"1", "What the target sent is not an address of the form HOST[:PORT].", "",
     sanscsi_actions_violation_login},
};

/* ---- events ---- */

static const struct event_info events[] = {
    {
        .id = SANSCSI_EVENT_HOSTNAME_UNRESOLVED,
        .severity = SANSCSI_SERIOUS,
        .name = "hostname-unresolved",
        .summary = "No address could be found for the host name of the target.",
        .message = "No address could be found for the target's host name: %.",
        .reaction = "It passes over the target.",
        .args = hostname_args,
        .causes = hostname_causes,
        .arg_count = COUNT_OF(hostname_args),
        .cause_count = COUNT_OF(hostname_causes),
    },
    {
        .id = SANSCSI_EVENT_NO_ROUTE,
        .severity = SANSCSI_SERIOUS,
        .name = "no-route",
        .summary = "No route leads to the address of the target.",
        .message = "No route leads to the target: %.",
        .reaction = "It does not discover the target.",
        .args = address_args,
        .causes = route_causes,
        .arg_count = COUNT_OF(address_args),
        .cause_count = COUNT_OF(route_causes),
    },
    {
        .id = SANSCSI_EVENT_SEND_TARGETS_KEY_INVALID,
        .severity = SANSCSI_SERIOUS,
        .name = "send-targets-key-invalid",
        .summary = "The answer to SendTargets contains a text key that does not belong there.",
        .message = "The answer to SendTargets contains a key that does not belong there: %.",
        .reaction = portal_fails,
        .args = key_args,
        .causes = record_key_causes,
        .arg_count = COUNT_OF(key_args),
        .cause_count = COUNT_OF(record_key_causes),
    },
    {
        .id = SANSCSI_EVENT_SEND_TARGETS_ADDRESS_INVALID,
        .severity = SANSCSI_SERIOUS,
        .name = "send-targets-address-invalid",
        .summary = "The answer to SendTargets contains a TargetAddress that is not valid.",
        .message = "The answer to SendTargets contains an invalid TargetAddress: %.",
        .reaction = portal_fails,
        .args = value_args,
        .causes = record_address_causes,
        .arg_count = COUNT_OF(value_args),
        .cause_count = COUNT_OF(record_address_causes),
    },
    {
        .id = SANSCSI_EVENT_TOO_MANY_SESSIONS,
        .severity = SANSCSI_CRITICAL,
        .name = "too-many-sessions",
        .summary = "One session more was wanted than the initiator may have.",
        .message = "No further session is possible, the configured maximum exists already.",
        .reaction = "It does not discover new targets.",
        .causes = session_causes,
        .cause_count = COUNT_OF(session_causes),
    },
    {
        .id = SANSCSI_EVENT_CHAP_SECRET_MISSING,
        .severity = SANSCSI_MAJOR_WARNING,
        .name = "chap-secret-missing",
        .summary = "CHAP is called for, and the initiator has no CHAP secret.",
        .message = "CHAP is called for, but no CHAP secret is configured for the initiator.",
        .reaction = login_fails,
        .causes = secret_causes,
        .cause_count = COUNT_OF(secret_causes),
    },
    {
        .id = SANSCSI_EVENT_CLOSED_DURING_LOGIN,
        .severity = SANSCSI_MAJOR_WARNING,
        .name = "closed-during-login",
        .summary = "While a login response was due, the connection was closed.",
        .message = "The connection was closed while a login response was due.",
        .reaction = login_fails,
        .causes = closed_causes,
        .cause_count = COUNT_OF(closed_causes),
    },
    {
        .id = SANSCSI_EVENT_LOGIN_FAILED,
        .severity = SANSCSI_MAJOR_WARNING,
        .name = "login-failed",
        .summary = "The target did not accept the login and sent a status that says why.",
        .message = "The target did not accept the login: %, %, %.",
        .reaction = login_fails,
        .args = status_args,
        .causes = status_causes,
        .arg_count = COUNT_OF(status_args),
        .cause_count = COUNT_OF(status_causes),
    },
    {
        .id = SANSCSI_EVENT_LOGIN_RESPONSE_PROTOCOL_ERROR,
        .severity = SANSCSI_SERIOUS,
        .name = "login-response-protocol-error",
        .summary = "The target sent a login response that violates the protocol.",
        .message = "The target sent a Login Response that violates the protocol; what exactly is "
                   "wrong is kept "
                   "as the connection's fault.",
        .reaction = login_fails,
        .causes = response_causes,
        .cause_count = COUNT_OF(response_causes),
    },
    {
        .id = SANSCSI_EVENT_HEADER_DIGEST_ERROR,
        .severity = SANSCSI_SERIOUS,
        .name = "header-digest-error",
        .summary = "The header of a PDU does not match its digest.",
        .message = "The header of a PDU does not match its digest: %, %.",
        .reaction = "At ErrorRecoveryLevel 0, it drops the connection and logs in again.",
        .args = digest_args,
        .causes = header_digest_causes,
        .arg_count = COUNT_OF(digest_args),
        .cause_count = COUNT_OF(header_digest_causes),
    },
    {
        .id = SANSCSI_EVENT_DATA_DIGEST_ERROR,
        .severity = SANSCSI_SERIOUS,
        .name = "data-digest-error",
        .summary = "The data of a PDU does not match its digest.",
        .message = "The data of a PDU does not match its digest: %, %.",
        .reaction = "At ErrorRecoveryLevel 0, it drops the connection and logs in again; from "
                    "level 1 on, it recovers just that PDU.",
        .args = digest_args,
        .causes = data_digest_causes,
        .arg_count = COUNT_OF(digest_args),
        .cause_count = COUNT_OF(data_digest_causes),
    },
    {
        .id = SANSCSI_EVENT_ISCSI_NAME_INVALID,
        .severity = SANSCSI_SERIOUS,
        .name = "iscsi-name-invalid",
        .summary = "An iSCSI name that the target sent is not in a valid format.",
        .message = "The target sent an iSCSI name that is not in iqn, eui or naa format: %.",
        .reaction = "It does not take the target for an iSCSI target.",
        .args = name_args,
        .causes = name_causes,
        .arg_count = COUNT_OF(name_args),
        .cause_count = COUNT_OF(name_causes),
    },
    {
        .id = SANSCSI_EVENT_REDIRECT_KEY_INVALID,
        .severity = SANSCSI_SERIOUS,
        .name = "redirect-key-invalid",
        .summary = "A login response that redirects contains a key that does not belong there.",
        .message = "A login response that redirects contains another key than TargetAddress: %.",
        .reaction = "It does not follow the redirection, and the login fails.",
        .args = key_args,
        .causes = redirect_key_causes,
        .arg_count = COUNT_OF(key_args),
        .cause_count = COUNT_OF(redirect_key_causes),
    },
    {
        .id = SANSCSI_EVENT_REDIRECT_TEMPORARY,
        .severity = SANSCSI_INFORMATION,
        .name = "redirect-temporary",
        .summary = "The target sends this login on to another address.",
        .message = "The target sends this login on to another address: %, %, %.",
        .reaction = "It goes to the new address with this login.",
        .args = redirect_args,
        .causes = temporary_causes,
        .arg_count = COUNT_OF(redirect_args),
        .cause_count = COUNT_OF(temporary_causes),
    },
    {
        .id = SANSCSI_EVENT_REDIRECT_PERMANENT,
        .severity = SANSCSI_INFORMATION,
        .name = "redirect-permanent",
        .summary = "The target sends this and every future login on to another address.",
        .message = "The target sends this and every future login on to another address: %, %, %.",
        .reaction = "It gives this login up as failed, or goes to the new address where following "
                    "permanent redirections is allowed; by default it is not.",
        .args = redirect_args,
        .causes = permanent_causes,
        .arg_count = COUNT_OF(redirect_args),
        .cause_count = COUNT_OF(permanent_causes),
    },
    {
        .id = SANSCSI_EVENT_REDIRECT_SUCCEEDED,
        .severity = SANSCSI_INFORMATION,
        .name = "redirect-succeeded",
        .summary = "A login that was sent on to another address has succeeded there.",
        .message = "A redirected login has succeeded: %, %.",
        .reaction = "It does nothing but give notice.",
        .args = redirected_args,
        .causes = redirected_causes,
        .arg_count = COUNT_OF(redirected_args),
        .cause_count = COUNT_OF(redirected_causes),
    },
    {
        .id = SANSCSI_EVENT_REDIRECT_ADDRESS_INVALID,
        .severity = SANSCSI_SERIOUS,
        .name = "redirect-address-invalid",
        .summary = "A login response that redirects has a TargetAddress that is not valid.",
        .message = "The target redirects the login to an invalid TargetAddress: %.",
        .reaction = login_fails,
        .args = value_args,
        .causes = redirect_address_causes,
        .arg_count = COUNT_OF(value_args),
        .cause_count = COUNT_OF(redirect_address_causes),
    },
};

const struct event_run sanscsi_events_session = {events, COUNT_OF(events)};
