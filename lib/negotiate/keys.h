/* The text keys of RFC 7143 and 7144 as one table that the engine reads. */
#ifndef SANSCSI_NEGOTIATE_KEYS_H
#define SANSCSI_NEGOTIATE_KEYS_H

#include <iscsi/settings.h>

#include "base/span.h"

enum key_id {
    KEY_AUTH_METHOD,
    KEY_HEADER_DIGEST,
    KEY_DATA_DIGEST,
    KEY_MAX_CONNECTIONS,
    KEY_SEND_TARGETS,
    KEY_TARGET_NAME,
    KEY_INITIATOR_NAME,
    KEY_TARGET_ALIAS,
    KEY_INITIATOR_ALIAS,
    KEY_TARGET_ADDRESS,
    KEY_TARGET_PORTAL_GROUP_TAG,
    KEY_INITIAL_R2T,
    KEY_IMMEDIATE_DATA,
    KEY_MAX_RECV_DATA_SEGMENT_LENGTH,
    KEY_MAX_BURST_LENGTH,
    KEY_FIRST_BURST_LENGTH,
    KEY_DEFAULT_TIME2WAIT,
    KEY_DEFAULT_TIME2RETAIN,
    KEY_MAX_OUTSTANDING_R2T,
    KEY_DATA_PDU_IN_ORDER,
    KEY_DATA_SEQUENCE_IN_ORDER,
    KEY_ERROR_RECOVERY_LEVEL,
    KEY_SESSION_TYPE,
    KEY_TASK_REPORTING,
    KEY_PROTOCOL_LEVEL,
    KEY_NODE_ARCHITECTURE,
    KEY_IF_MARKER,
    KEY_OF_MARKER,
    KEY_IF_MARK_INT,
    KEY_OF_MARK_INT,
    KEY_CHAP_A,
    KEY_CHAP_I,
    KEY_CHAP_C,
    KEY_CHAP_N,
    KEY_CHAP_R,
    KEY_COUNT
};

enum key_type { KEY_TYPE_NUMBER, KEY_TYPE_BOOLEAN, KEY_TYPE_LIST, KEY_TYPE_TEXT };

/* How offer and answer make the result (RFC 7143 6.2). */
enum key_function {
    KEY_FUNCTION_DECLARED, /* no answer is due */
    KEY_FUNCTION_MINIMUM,
    KEY_FUNCTION_MAXIMUM,
    KEY_FUNCTION_AND,
    KEY_FUNCTION_OR,
    KEY_FUNCTION_FIRST,   /* first value of the offered list that the responder takes */
    KEY_FUNCTION_OBSOLETE /* always answered Reject (RFC 7143 13.25) */
};

enum { KEY_BY_INITIATOR = 1, KEY_BY_TARGET = 2, KEY_BY_BOTH = 3 }; /* who may open it */
enum { KEY_IN_SECURITY = 1, KEY_IN_OPERATIONAL = 2, KEY_IN_FULL_FEATURE = 4 };
enum {
    KEY_LEADING_ONLY = 1, /* only on the leading connection */
    KEY_IRRELEVANT_IN_DISCOVERY = 2,
    KEY_MAY_BE_NOT_UNDERSTOOD = 4, /* came after RFC 3720: an older target may not know it */
    KEY_REPEATABLE = 8,            /* may come more than once, such as TargetAddress */
    KEY_PER_CONNECTION = 16        /* scope CO: restarts from its default on each connection */
};

#define KEY_NO_FIELD UINT32_MAX

struct key_rule {
    enum key_id id;
    const char *name;
    enum key_type type;
    enum key_function function;
    uint32_t openers; /* KEY_BY_... */
    uint32_t stages;  /* KEY_IN_... */
    uint32_t flags;
    uint32_t min, max;         /* of a number */
    uint32_t initial;          /* default: number, 0/1 for a boolean, place in values for a list */
    const char *const *values; /* of a list, NULL-terminated, in the order of their codes */
    const char *const *proposals; /* of a list we negotiate: what we offer, by the parameter's
                                     value, NULL-terminated */
    uint32_t field;               /* offset in sanscsi_parameters, or KEY_NO_FIELD */
    const char *section;          /* "RFC 7143 13.12" */
};

/* The rule of a key, or NULL for a name that is none of ours. */
const struct key_rule *sanscsi_key_find(struct span name);
const struct key_rule *sanscsi_key_rule(enum key_id id);

/* Reads and writes the parameter of a rule that has a field. */
uint32_t sanscsi_parameter_get(const sanscsi_parameters *parameters, const struct key_rule *rule);
void sanscsi_parameter_put(sanscsi_parameters *parameters, const struct key_rule *rule,
                           uint32_t value);

/* The standard-label form of a key's name (RFC 7143 6.1), which may begin with a small letter too:
 * iSCSIProtocolLevel and iSERHelloRequired (RFC 7144, 7145) do. */
bool sanscsi_key_name_valid(struct span name);

/* The defaults of RFC 7143 13, which hold where nothing was negotiated. */
void sanscsi_parameters_rfc_defaults(sanscsi_parameters *parameters);

/* Whether what is proposed is built here: a target may agree to all of it. */
bool sanscsi_parameters_supported(const sanscsi_parameters *parameters);

/* Whether proposals are in range and fit each other (FirstBurstLength, RFC 7143 13.14, 13.19). */
bool sanscsi_parameters_valid(const sanscsi_parameters *parameters);

#endif
