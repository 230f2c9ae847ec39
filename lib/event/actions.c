/* What to do about causes: every piece of advice once, and the lists of advice that recur. */
#include "event/catalogue.h"

static const char *const texts[ACTION_COUNT] = {
    [ACTION_NONE_NEEDED] = "Nothing needs to be done.",
    [ACTION_REPORT_VIOLATION] =
        "Note this breach of the iSCSI protocol and report it to the vendor of the target.",
    [ACTION_SCAN_TARGET] = "Repeat the scan of this target; a fault of the moment will be gone.",
    [ACTION_SCAN_LOGIN] =
        "Repeat the scan, which makes a new login; a fault of the moment will be gone.",
    [ACTION_ASK_TARGET_VENDOR] =
        "When it keeps happening, hand this event with all its arguments to the target's vendor.",
    [ACTION_ASK_INITIATOR_SUPPORT] =
        /* One text in two lines. NOLINTNEXTLINE(bugprone-suspicious-missing-comma) */
    "When it keeps happening, hand this event with all its arguments to the initiator's "
    "support.",
    [ACTION_ASK_NETWORK] =
        "When it keeps happening, turn to whoever runs the network and its name service.",
    [ACTION_ADD_MEMORY] =
        "When memory keeps running short, enlarge the host's memory or the library's budget.",
    [ACTION_CHAP_OFF] = "Until it is mended, CHAP can be switched off at both ends.",

    [ACTION_FIND_RESERVATION] =
        "Find out which host has reserved the device, resolve the conflict and repeat the scan.",
    [ACTION_NONE_LUN_0] = "Nothing needs to be done: the scan takes LUN 0.",
    [ACTION_CHANGE_ADDRESSING] =
        "When it keeps happening, have the vendor make the target use another LUN addressing "
        "method.",
    [ACTION_CONFIGURE_UNITS] =
        "Set up logical units for this initiator on the target and repeat the scan.",
    [ACTION_SAVE_COUNTERS] = "Keep a copy of the counters, reset them and repeat the scan.",
    [ACTION_COUNTER_GREW] =
        "When login-answer-allocation-failures rises again, enlarge the host's memory or the "
        "library's budget.",
    [ACTION_COUNTER_ZERO] =
        "When that counter remains 0, memory was short for a moment only and all is well.",
    [ACTION_CONFIGURE_TARGET_CHAP] =
        "Set CHAP up on the target or, where it is not wanted, switch it off on the initiator.",
    [ACTION_SEND_HEX] = "Set the target to encode the binary values of CHAP in hexadecimal.",
    [ACTION_SHORTEN_CHAP_NAME] = "Shorten the target's CHAP name to 511 bytes or less.",
    [ACTION_COMPARE_TARGET_SECRET] =
        "Compare the target's secret as configured on the target and on the initiator.",
    [ACTION_DISTRUST_TARGET] =
        "Until the secrets are known to agree, assume that something impersonates the target.",
    [ACTION_SET_INITIATOR_SECRET] = "Give the initiator its CHAP secret.",
    [ACTION_CHECK_FULL_NAME] = "Make sure that the target is named by its full domain name.",
    [ACTION_CHECK_ADDRESS] = "Make sure that the address in this event is still the target's.",
    [ACTION_CHECK_LINK] = "Make sure that initiator and target are linked.",
    [ACTION_FEWER_SESSIONS] =
        "Use fewer targets, or configure a higher maximum of sessions if the host can bear it.",
    [ACTION_NOTE_STATUS] = "Note the status class and code.",
    [ACTION_CODE_TO_SUPPORT] =
        "When it keeps happening, hand the status code to the initiator's support.",
    [ACTION_CODE_TO_VENDOR] =
        "When it keeps happening, hand the status code to the target's vendor.",
    [ACTION_TELL_NETWORK] = "Tell whoever runs the network between initiator and target.",
    [ACTION_RENAME_TARGET] = "Have the target renamed to a valid iqn., eui. or naa. name.",
    [ACTION_AVOID_PERMANENT] =
        "Let the target redirect temporarily or not at all, or allow the initiator to follow "
        "permanent redirections.",

    [ACTION_POLL_OFTENER] = "Poll the session until it has nothing more, after every call into it.",
    [ACTION_LARGER_QUEUE] = "Raise the session's limit of events that wait for a poll.",
    [ACTION_CHECK_SERVICE] =
        "Make sure that the iSCSI service of the target runs and listens on this port.",
    [ACTION_CHECK_FIREWALL] = "Look for a firewall that turns the connection away.",
    [ACTION_CHECK_PORTAL] = "Make sure that the target is up and has this address.",
    [ACTION_CHECK_TARGET_LOAD] = "Find out whether the target is overloaded or hangs.",
    [ACTION_RAISE_TIMEOUT] = "If the target is known to be slow, allow it more time.",
    [ACTION_CHECK_NETWORK_PATH] =
        "Check cables, switches and path MTU between initiator and target.",
    [ACTION_CHECK_TARGET_LOG] = "Look into the target's log at the time of this event.",
    [ACTION_AVOID_COMMAND] = "Do without this kind of request towards this target.",
    [ACTION_FEWER_COMMANDS] = "Keep fewer commands under way, then try again.",
    [ACTION_LOG_IN_AGAIN] = "Log in again, at once or after the time the target asked for.",
    [ACTION_RESCAN_UNITS] =
        "Read the logical unit's sense data or state; scan again if the set of units changed.",
    [ACTION_EXPECT_LOGOUT] = "Let the session log out and log in again.",
    [ACTION_EXPECT_DROP] = "Expect the connection to end, and look for the reason on the target.",
    [ACTION_VENDOR_CODE] = "Look vcode up in the documentation of the target.",
    [ACTION_NONE_CLOSED] = "Nothing needs to be done: the connection is closed all the same.",

    [ACTION_LONGER_SECRET] = "Configure a random secret of 12 bytes or more at both ends.",
    [ACTION_ALLOW_WEAK] =
        "Where something else protects the network, such as IPsec, allow short secrets.",
    [ACTION_TWO_SECRETS] =
        "Configure one secret for the initiator and an independent one for the target.",
    [ACTION_CORRECT_REDIRECTION] = "Correct the redirections that are configured on the targets.",
    [ACTION_MORE_REDIRECTS] = "If the targets need that many, let the initiator follow more.",
    [ACTION_ALLOW_EARLY_REDIRECT] =
        "If the network can be trusted, let the initiator follow redirections before "
        "authentication.",
    [ACTION_GIVE_RANDOM] =
        "See to it that the program gives the library a source of random numbers that works.",
    [ACTION_CHECK_HASH] =
        "Examine the module for message digests that the program gives the library.",
    [ACTION_COMPARE_TARGET_NAME] =
        "Compare the target's CHAP name as configured on the target and on the initiator.",
    [ACTION_MORE_ATTEMPTS] =
        "If the target needs longer to come back, allow more attempts or longer waits.",
    [ACTION_SEE_LOGIN_EVENT] = "Follow the advice of the event that tells why the login failed.",
    [ACTION_LEAVE_STEP_OUT] =
        "If this target never does it, leave that step of recovery out by a time of 0.",
};

const uint8_t sanscsi_actions_none[] = {ACTION_NONE_NEEDED, ACTION_END};
const uint8_t sanscsi_actions_initiator_scan[] = {ACTION_SCAN_TARGET, ACTION_ASK_INITIATOR_SUPPORT,
                                                  ACTION_END};
const uint8_t sanscsi_actions_target_scan[] = {ACTION_SCAN_TARGET, ACTION_ASK_TARGET_VENDOR,
                                               ACTION_END};
const uint8_t sanscsi_actions_violation_scan[] = {ACTION_REPORT_VIOLATION, ACTION_SCAN_TARGET,
                                                  ACTION_ASK_TARGET_VENDOR, ACTION_END};
const uint8_t sanscsi_actions_violation_login[] = {ACTION_REPORT_VIOLATION, ACTION_SCAN_LOGIN,
                                                   ACTION_ASK_TARGET_VENDOR, ACTION_END};
const uint8_t sanscsi_actions_violation_chap[] = {ACTION_REPORT_VIOLATION, ACTION_CHAP_OFF,
                                                  ACTION_SCAN_LOGIN, ACTION_ASK_TARGET_VENDOR,
                                                  ACTION_END};
const uint8_t sanscsi_actions_memory_scan[] = {ACTION_SCAN_TARGET, ACTION_ADD_MEMORY, ACTION_END};
const uint8_t sanscsi_actions_memory_login[] = {ACTION_SCAN_LOGIN, ACTION_ADD_MEMORY, ACTION_END};

const char *sanscsi_event_action_text(uint8_t action) {
    return action < ACTION_COUNT ? texts[action] : NULL;
}
