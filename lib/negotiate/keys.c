/* The table of text keys (RFC 7143 12, 13; RFC 7144 7). */
#include "negotiate/keys.h"

#include "base/reader.h"
#include "text/characters.h"

#define MAX_SEGMENT_LENGTH 16777215 /* 2^24 - 1 */
#define MAX_LABEL_LENGTH 63

/* Any-Stage keys of the login, and those that full feature phase may carry as well. */
#define IN_LOGIN (KEY_IN_SECURITY | KEY_IN_OPERATIONAL)
#define IN_ALL (IN_LOGIN | KEY_IN_FULL_FEATURE)

static const char *const auth_values[] = {"None", "CHAP", "KRB5", "SRP", NULL};
static const char *const digest_values[] = {"None", "CRC32C", NULL};
static const char *const digest_proposals[] = {"None", "CRC32C", "None,CRC32C", "CRC32C,None",
                                               NULL};
static const char *const session_values[] = {"Normal", "Discovery", NULL};
static const char *const reporting_values[] = {"RFC3720", "ResponseFence", "FastAbort", NULL};

/* Whoever opens the key offers at least RFC3720 and ResponseFence (RFC 7143 13.23). */
static const char *const reporting_proposals[] = {"RFC3720", "ResponseFence,RFC3720",
                                                  "FastAbort,ResponseFence,RFC3720", NULL};

/* Members in the order of struct key_rule: id, name, type, function, openers, stages, flags, min,
 * max, initial, values, proposals, field, section. */
static const struct key_rule rules[KEY_COUNT] = {
    [KEY_AUTH_METHOD] = {KEY_AUTH_METHOD, "AuthMethod", KEY_TYPE_LIST, KEY_FUNCTION_FIRST,
                         KEY_BY_BOTH, KEY_IN_SECURITY, KEY_PER_CONNECTION, 0, 0, 0, auth_values,
                         NULL, KEY_NO_FIELD, "RFC 7143 12.1"},
    [KEY_HEADER_DIGEST] = {KEY_HEADER_DIGEST, "HeaderDigest", KEY_TYPE_LIST, KEY_FUNCTION_FIRST,
                           KEY_BY_BOTH, KEY_IN_OPERATIONAL, KEY_PER_CONNECTION, 0, 0, 0,
                           digest_values, digest_proposals,
                           offsetof(sanscsi_parameters, header_digest), "RFC 7143 13.1"},
    [KEY_DATA_DIGEST] = {KEY_DATA_DIGEST, "DataDigest", KEY_TYPE_LIST, KEY_FUNCTION_FIRST,
                         KEY_BY_BOTH, KEY_IN_OPERATIONAL, KEY_PER_CONNECTION, 0, 0, 0,
                         digest_values, digest_proposals, offsetof(sanscsi_parameters, data_digest),
                         "RFC 7143 13.1"},
    [KEY_MAX_CONNECTIONS] = {KEY_MAX_CONNECTIONS, "MaxConnections", KEY_TYPE_NUMBER,
                             KEY_FUNCTION_MINIMUM, KEY_BY_BOTH, KEY_IN_OPERATIONAL,
                             KEY_LEADING_ONLY | KEY_IRRELEVANT_IN_DISCOVERY, 1, 65535, 1, NULL,
                             NULL, offsetof(sanscsi_parameters, max_connections), "RFC 7143 13.2"},
    [KEY_SEND_TARGETS] = {KEY_SEND_TARGETS, "SendTargets", KEY_TYPE_TEXT, KEY_FUNCTION_DECLARED,
                          KEY_BY_INITIATOR, KEY_IN_FULL_FEATURE, 0, 0, 0, 0, NULL, NULL,
                          KEY_NO_FIELD, "RFC 7143 13.3"},
    /* A target names itself only in the answer to SendTargets, which never comes here. */
    [KEY_TARGET_NAME] = {KEY_TARGET_NAME, "TargetName", KEY_TYPE_TEXT, KEY_FUNCTION_DECLARED,
                         KEY_BY_INITIATOR, IN_LOGIN, 0, 0, 0, 0, NULL, NULL, KEY_NO_FIELD,
                         "RFC 7143 13.4"},
    [KEY_INITIATOR_NAME] = {KEY_INITIATOR_NAME, "InitiatorName", KEY_TYPE_TEXT,
                            KEY_FUNCTION_DECLARED, KEY_BY_INITIATOR, IN_LOGIN, 0, 0, 0, 0, NULL,
                            NULL, KEY_NO_FIELD, "RFC 7143 13.5"},
    [KEY_TARGET_ALIAS] = {KEY_TARGET_ALIAS, "TargetAlias", KEY_TYPE_TEXT, KEY_FUNCTION_DECLARED,
                          KEY_BY_TARGET, IN_ALL, 0, 0, 0, 0, NULL, NULL, KEY_NO_FIELD,
                          "RFC 7143 13.6"},
    [KEY_INITIATOR_ALIAS] = {KEY_INITIATOR_ALIAS, "InitiatorAlias", KEY_TYPE_TEXT,
                             KEY_FUNCTION_DECLARED, KEY_BY_INITIATOR, IN_ALL, 0, 0, 0, 0, NULL,
                             NULL, KEY_NO_FIELD, "RFC 7143 13.7"},
    [KEY_TARGET_ADDRESS] = {KEY_TARGET_ADDRESS, "TargetAddress", KEY_TYPE_TEXT,
                            KEY_FUNCTION_DECLARED, KEY_BY_TARGET, IN_ALL, KEY_REPEATABLE, 0, 0, 0,
                            NULL, NULL, KEY_NO_FIELD, "RFC 7143 13.8"},
    [KEY_TARGET_PORTAL_GROUP_TAG] = {KEY_TARGET_PORTAL_GROUP_TAG, "TargetPortalGroupTag",
                                     KEY_TYPE_NUMBER, KEY_FUNCTION_DECLARED, KEY_BY_TARGET,
                                     IN_LOGIN, 0, 0, 65535, UINT32_MAX, NULL, NULL,
                                     offsetof(sanscsi_parameters, target_portal_group_tag),
                                     "RFC 7143 13.9"},
    [KEY_INITIAL_R2T] = {KEY_INITIAL_R2T, "InitialR2T", KEY_TYPE_BOOLEAN, KEY_FUNCTION_OR,
                         KEY_BY_BOTH, KEY_IN_OPERATIONAL,
                         KEY_LEADING_ONLY | KEY_IRRELEVANT_IN_DISCOVERY, 0, 1, 1, NULL, NULL,
                         offsetof(sanscsi_parameters, initial_r2t), "RFC 7143 13.10"},
    [KEY_IMMEDIATE_DATA] = {KEY_IMMEDIATE_DATA, "ImmediateData", KEY_TYPE_BOOLEAN, KEY_FUNCTION_AND,
                            KEY_BY_BOTH, KEY_IN_OPERATIONAL,
                            KEY_LEADING_ONLY | KEY_IRRELEVANT_IN_DISCOVERY, 0, 1, 1, NULL, NULL,
                            offsetof(sanscsi_parameters, immediate_data), "RFC 7143 13.11"},
    [KEY_MAX_RECV_DATA_SEGMENT_LENGTH] =
        {KEY_MAX_RECV_DATA_SEGMENT_LENGTH, "MaxRecvDataSegmentLength", KEY_TYPE_NUMBER,
         KEY_FUNCTION_DECLARED, KEY_BY_BOTH, KEY_IN_OPERATIONAL | KEY_IN_FULL_FEATURE,
         KEY_PER_CONNECTION, 512, MAX_SEGMENT_LENGTH, 8192, NULL, NULL,
         offsetof(sanscsi_parameters, max_recv_data_segment_length), "RFC 7143 13.12"},
    [KEY_MAX_BURST_LENGTH] = {KEY_MAX_BURST_LENGTH, "MaxBurstLength", KEY_TYPE_NUMBER,
                              KEY_FUNCTION_MINIMUM, KEY_BY_BOTH, KEY_IN_OPERATIONAL,
                              KEY_LEADING_ONLY | KEY_IRRELEVANT_IN_DISCOVERY, 512,
                              MAX_SEGMENT_LENGTH, 262144, NULL, NULL,
                              offsetof(sanscsi_parameters, max_burst_length), "RFC 7143 13.13"},
    [KEY_FIRST_BURST_LENGTH] = {KEY_FIRST_BURST_LENGTH, "FirstBurstLength", KEY_TYPE_NUMBER,
                                KEY_FUNCTION_MINIMUM, KEY_BY_BOTH, KEY_IN_OPERATIONAL,
                                KEY_LEADING_ONLY | KEY_IRRELEVANT_IN_DISCOVERY, 512,
                                MAX_SEGMENT_LENGTH, 65536, NULL, NULL,
                                offsetof(sanscsi_parameters, first_burst_length), "RFC 7143 13.14"},
    [KEY_DEFAULT_TIME2WAIT] = {KEY_DEFAULT_TIME2WAIT, "DefaultTime2Wait", KEY_TYPE_NUMBER,
                               KEY_FUNCTION_MAXIMUM, KEY_BY_BOTH, KEY_IN_OPERATIONAL,
                               KEY_LEADING_ONLY, 0, 3600, 2, NULL, NULL,
                               offsetof(sanscsi_parameters, default_time2wait), "RFC 7143 13.15"},
    [KEY_DEFAULT_TIME2RETAIN] = {KEY_DEFAULT_TIME2RETAIN, "DefaultTime2Retain", KEY_TYPE_NUMBER,
                                 KEY_FUNCTION_MINIMUM, KEY_BY_BOTH, KEY_IN_OPERATIONAL,
                                 KEY_LEADING_ONLY, 0, 3600, 20, NULL, NULL,
                                 offsetof(sanscsi_parameters, default_time2retain),
                                 "RFC 7143 13.16"},
    [KEY_MAX_OUTSTANDING_R2T] = {KEY_MAX_OUTSTANDING_R2T, "MaxOutstandingR2T", KEY_TYPE_NUMBER,
                                 KEY_FUNCTION_MINIMUM, KEY_BY_BOTH, KEY_IN_OPERATIONAL,
                                 KEY_LEADING_ONLY | KEY_IRRELEVANT_IN_DISCOVERY, 1, 65535, 1, NULL,
                                 NULL, offsetof(sanscsi_parameters, max_outstanding_r2t),
                                 "RFC 7143 13.17"},
    [KEY_DATA_PDU_IN_ORDER] = {KEY_DATA_PDU_IN_ORDER, "DataPDUInOrder", KEY_TYPE_BOOLEAN,
                               KEY_FUNCTION_OR, KEY_BY_BOTH, KEY_IN_OPERATIONAL,
                               KEY_LEADING_ONLY | KEY_IRRELEVANT_IN_DISCOVERY, 0, 1, 1, NULL, NULL,
                               offsetof(sanscsi_parameters, data_pdu_in_order), "RFC 7143 13.18"},
    [KEY_DATA_SEQUENCE_IN_ORDER] = {KEY_DATA_SEQUENCE_IN_ORDER, "DataSequenceInOrder",
                                    KEY_TYPE_BOOLEAN, KEY_FUNCTION_OR, KEY_BY_BOTH,
                                    KEY_IN_OPERATIONAL,
                                    KEY_LEADING_ONLY | KEY_IRRELEVANT_IN_DISCOVERY, 0, 1, 1, NULL,
                                    NULL, offsetof(sanscsi_parameters, data_sequence_in_order),
                                    "RFC 7143 13.19"},
    [KEY_ERROR_RECOVERY_LEVEL] = {KEY_ERROR_RECOVERY_LEVEL, "ErrorRecoveryLevel", KEY_TYPE_NUMBER,
                                  KEY_FUNCTION_MINIMUM, KEY_BY_BOTH, KEY_IN_OPERATIONAL,
                                  KEY_LEADING_ONLY, 0, 2, 0, NULL, NULL,
                                  offsetof(sanscsi_parameters, error_recovery_level),
                                  "RFC 7143 13.20"},
    [KEY_SESSION_TYPE] = {KEY_SESSION_TYPE, "SessionType", KEY_TYPE_LIST, KEY_FUNCTION_DECLARED,
                          KEY_BY_INITIATOR, IN_LOGIN, KEY_LEADING_ONLY, 0, 0, 0, session_values,
                          NULL, KEY_NO_FIELD, "RFC 7143 13.21"},
    [KEY_TASK_REPORTING] = {KEY_TASK_REPORTING, "TaskReporting", KEY_TYPE_LIST, KEY_FUNCTION_FIRST,
                            KEY_BY_BOTH, KEY_IN_OPERATIONAL,
                            KEY_LEADING_ONLY | KEY_IRRELEVANT_IN_DISCOVERY |
                                KEY_MAY_BE_NOT_UNDERSTOOD,
                            0, 0, 0, reporting_values, reporting_proposals,
                            offsetof(sanscsi_parameters, task_reporting), "RFC 7143 13.23"},
    [KEY_PROTOCOL_LEVEL] = {KEY_PROTOCOL_LEVEL, "iSCSIProtocolLevel", KEY_TYPE_NUMBER,
                            KEY_FUNCTION_MINIMUM, KEY_BY_BOTH, KEY_IN_OPERATIONAL,
                            KEY_LEADING_ONLY | KEY_IRRELEVANT_IN_DISCOVERY |
                                KEY_MAY_BE_NOT_UNDERSTOOD,
                            0, 31, 1, NULL, NULL, offsetof(sanscsi_parameters, protocol_level),
                            "RFC 7144 7.1.1"},
    /* Nothing may depend on this key (RFC 7143 13.26.2), so it is taken in any stage, from any
       connection. */
    [KEY_NODE_ARCHITECTURE] = {KEY_NODE_ARCHITECTURE, "X#NodeArchitecture", KEY_TYPE_TEXT,
                               KEY_FUNCTION_DECLARED, KEY_BY_BOTH, IN_ALL,
                               KEY_MAY_BE_NOT_UNDERSTOOD, 0, 0, 0, NULL, NULL, KEY_NO_FIELD,
                               "RFC 7143 13.26"},
    [KEY_IF_MARKER] = {KEY_IF_MARKER, "IFMarker", KEY_TYPE_BOOLEAN, KEY_FUNCTION_OBSOLETE,
                       KEY_BY_BOTH, KEY_IN_OPERATIONAL, KEY_PER_CONNECTION, 0, 0, 0, NULL, NULL,
                       KEY_NO_FIELD, "RFC 7143 13.25"},
    [KEY_OF_MARKER] = {KEY_OF_MARKER, "OFMarker", KEY_TYPE_BOOLEAN, KEY_FUNCTION_OBSOLETE,
                       KEY_BY_BOTH, KEY_IN_OPERATIONAL, KEY_PER_CONNECTION, 0, 0, 0, NULL, NULL,
                       KEY_NO_FIELD, "RFC 7143 13.25"},
    [KEY_IF_MARK_INT] = {KEY_IF_MARK_INT, "IFMarkInt", KEY_TYPE_NUMBER, KEY_FUNCTION_OBSOLETE,
                         KEY_BY_BOTH, KEY_IN_OPERATIONAL, KEY_PER_CONNECTION, 0, 0, 0, NULL, NULL,
                         KEY_NO_FIELD, "RFC 7143 13.25"},
    [KEY_OF_MARK_INT] = {KEY_OF_MARK_INT, "OFMarkInt", KEY_TYPE_NUMBER, KEY_FUNCTION_OBSOLETE,
                         KEY_BY_BOTH, KEY_IN_OPERATIONAL, KEY_PER_CONNECTION, 0, 0, 0, NULL, NULL,
                         KEY_NO_FIELD, "RFC 7143 13.25"},
    [KEY_CHAP_A] = {KEY_CHAP_A, "CHAP_A", KEY_TYPE_TEXT, KEY_FUNCTION_DECLARED, KEY_BY_BOTH,
                    KEY_IN_SECURITY, KEY_PER_CONNECTION, 0, 0, 0, NULL, NULL, KEY_NO_FIELD,
                    "RFC 7143 12.1.3"},
    [KEY_CHAP_I] = {KEY_CHAP_I, "CHAP_I", KEY_TYPE_TEXT, KEY_FUNCTION_DECLARED, KEY_BY_BOTH,
                    KEY_IN_SECURITY, KEY_PER_CONNECTION, 0, 0, 0, NULL, NULL, KEY_NO_FIELD,
                    "RFC 7143 12.1.3"},
    [KEY_CHAP_C] = {KEY_CHAP_C, "CHAP_C", KEY_TYPE_TEXT, KEY_FUNCTION_DECLARED, KEY_BY_BOTH,
                    KEY_IN_SECURITY, KEY_PER_CONNECTION, 0, 0, 0, NULL, NULL, KEY_NO_FIELD,
                    "RFC 7143 12.1.3"},
    [KEY_CHAP_N] = {KEY_CHAP_N, "CHAP_N", KEY_TYPE_TEXT, KEY_FUNCTION_DECLARED, KEY_BY_BOTH,
                    KEY_IN_SECURITY, KEY_PER_CONNECTION, 0, 0, 0, NULL, NULL, KEY_NO_FIELD,
                    "RFC 7143 12.1.3"},
    [KEY_CHAP_R] = {KEY_CHAP_R, "CHAP_R", KEY_TYPE_TEXT, KEY_FUNCTION_DECLARED, KEY_BY_BOTH,
                    KEY_IN_SECURITY, KEY_PER_CONNECTION, 0, 0, 0, NULL, NULL, KEY_NO_FIELD,
                    "RFC 7143 12.1.3"}};

const struct key_rule *sanscsi_key_rule(enum key_id id) {
    return (uint32_t)id < KEY_COUNT ? &rules[id] : NULL;
}

const struct key_rule *sanscsi_key_find(struct span name) {
    for (size_t i = 0; i < KEY_COUNT; i++) {
        if (span_equal_string(name, rules[i].name)) {
            return &rules[i];
        }
    }
    return NULL;
}

bool sanscsi_key_name_valid(struct span name) {
    struct reader reader;
    if (span_equal_string(name, rules[KEY_NODE_ARCHITECTURE].name)) {
        return true; /* the one name with a '#' */
    }
    if (name.size == 0 || name.size > MAX_LABEL_LENGTH) {
        return false;
    }
    sanscsi_reader_init(&reader, name.data, name.size);
    for (size_t i = 0; i < name.size; i++) {
        uint8_t c = sanscsi_reader_u8(&reader);
        bool mark = c == '.' || c == '-' || c == '+' || c == '@' || c == '_';
        if (i == 0 ? !is_upper(c) && !is_lower(c) : !is_alphanumeric(c) && !mark) {
            return false;
        }
    }
    return true;
}
