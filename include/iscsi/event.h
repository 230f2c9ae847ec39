/** @file
 * Diagnostic events: the catalogue that can be read without a session, and the records that a
 * session hands out. Numbers, names and arguments are API. 1 to 45 are the initiator's diagnostic
 * events; this library's own begin at 100.
 */
#ifndef SANSCSI_EVENT_H
#define SANSCSI_EVENT_H

#include <iscsi/types.h>

SANSCSI_BEGIN_DECLS

/** How bad an event is, mildest first. */
enum {
    SANSCSI_INFORMATION = 0,   /**< Nothing is wrong. */
    SANSCSI_MAJOR_WARNING = 1, /**< Something is refused or missing. */
    SANSCSI_SERIOUS = 2,       /**< A login, discovery or unit has failed. */
    SANSCSI_CRITICAL = 3       /**< A limit of the host or a breach of trust. */
};

/** Types of event arguments. */
enum {
    SANSCSI_ARG_INT = 0,   /**< A number, decimal in messages. */
    SANSCSI_ARG_HEX = 1,   /**< A number, hexadecimal in messages. */
    SANSCSI_ARG_STRING = 2 /**< Bytes, escaped wherever they are rendered. */
};

/** The most arguments an event has. */
#define SANSCSI_EVENT_MAX_ARGS 6

/** The most causes an event has in the catalogue. */
#define SANSCSI_EVENT_MAX_CAUSES 12

/** Numbers of the events. */
enum {
    SANSCSI_EVENT_INQUIRY_FAILED = 1,             /**< INQUIRY failed. */
    SANSCSI_EVENT_REPORT_LUNS_FAILED = 2,         /**< REPORT LUNS failed. */
    SANSCSI_EVENT_UNSUPPORTED_LUN_ADDRESSING = 3, /**< A LUN in a form we do not take. */
    SANSCSI_EVENT_NO_LUNS_CONFIGURED = 4,         /**< The inventory of logical units is empty. */
    SANSCSI_EVENT_PARTIAL_PAIR_ABANDONED = 5,     /**< A pair that was begun is not continued. */
    SANSCSI_EVENT_PAIR_TOO_LONG = 6,              /**< A pair is longer than we take. */
    SANSCSI_EVENT_LOGIN_RESPONSE_NO_MEMORY = 7,   /**< No memory for login response text. */
    SANSCSI_EVENT_EQUAL_SIGN_MISSING = 8,         /**< A key without its equal sign. */
    SANSCSI_EVENT_NULL_MISSING = 9,               /**< A pair without its null byte. */
    SANSCSI_EVENT_KEY_NOT_UNDERSTOOD_BY_TARGET = 10,    /**< The target answers NotUnderstood. */
    SANSCSI_EVENT_KEY_REJECTED_BY_TARGET = 11,          /**< The target answers Reject. */
    SANSCSI_EVENT_NOT_UNDERSTOOD_KEY_NO_MEMORY = 12,    /**< No memory to keep a key to answer. */
    SANSCSI_EVENT_KEY_NOT_UNDERSTOOD_BY_INITIATOR = 13, /**< A key unknown to us. */
    SANSCSI_EVENT_UNEXPECTED_NEGOTIATION = 14,          /**< The target opens a key that is ours. */
    SANSCSI_EVENT_INTEGER_VALUE_OUT_OF_RANGE = 15, /**< A number is out of range or not possible. */
    SANSCSI_EVENT_LIST_VALUE_INVALID = 16,         /**< A list or boolean value is not possible. */
    SANSCSI_EVENT_INTEGER_KEY_UNANSWERED = 17,     /**< A number key is left unanswered. */
    SANSCSI_EVENT_CHARACTER_KEY_UNANSWERED = 18,   /**< Another key is left unanswered. */
    SANSCSI_EVENT_TOO_MANY_LOGIN_EXCHANGES = 19,   /**< One login stage takes too many exchanges. */
    SANSCSI_EVENT_NEXT_STAGE_INVALID = 20,         /**< The target's next stage does not fit. */
    SANSCSI_EVENT_LOGIN_NO_MEMORY = 21,            /**< No memory for the login. */
    SANSCSI_EVENT_CHAP_A_INVALID = 22,             /**< CHAP_A is not valid. */
    SANSCSI_EVENT_CHAP_I_INVALID = 23,             /**< CHAP_I is not valid. */
    SANSCSI_EVENT_CHAP_C_INVALID = 24,             /**< CHAP_C is not valid. */
    SANSCSI_EVENT_CHAP_N_INVALID = 25,             /**< CHAP_N is not valid. */
    SANSCSI_EVENT_CHAP_R_INVALID = 26,             /**< CHAP_R is not valid. */
    SANSCSI_EVENT_CHAP_CHALLENGE_KEY_UNEXPECTED = 27, /**< Another key in place of the challenge. */
    SANSCSI_EVENT_CHAP_RESPONSE_KEY_UNEXPECTED = 28,  /**< Another key in place of the response. */
    SANSCSI_EVENT_HOSTNAME_UNRESOLVED = 29,           /**< The host name has no address. */
    SANSCSI_EVENT_NO_ROUTE = 30,                      /**< No route to the address. */
    SANSCSI_EVENT_SEND_TARGETS_KEY_INVALID = 31,      /**< A key that is not SendTargets'. */
    SANSCSI_EVENT_SEND_TARGETS_ADDRESS_INVALID = 32,  /**< A TargetAddress is not valid. */
    SANSCSI_EVENT_TOO_MANY_SESSIONS = 33,             /**< The maximum of sessions exists. */
    SANSCSI_EVENT_CHAP_SECRET_MISSING = 34,           /**< CHAP without a secret of ours. */
    SANSCSI_EVENT_CLOSED_DURING_LOGIN = 35,           /**< The target closed during login. */
    SANSCSI_EVENT_LOGIN_FAILED = 36,                  /**< The target refused the login. */
    SANSCSI_EVENT_LOGIN_RESPONSE_PROTOCOL_ERROR = 37, /**< A login response breaks the protocol. */
    SANSCSI_EVENT_HEADER_DIGEST_ERROR = 38,           /**< A header does not match its digest. */
    SANSCSI_EVENT_DATA_DIGEST_ERROR = 39,             /**< Data do not match their digest. */
    SANSCSI_EVENT_ISCSI_NAME_INVALID = 40,            /**< The target sends an illegal name. */
    SANSCSI_EVENT_REDIRECT_KEY_INVALID = 41,          /**< A key that redirection does not have. */
    SANSCSI_EVENT_REDIRECT_TEMPORARY = 42,            /**< Sent to another address, this time. */
    SANSCSI_EVENT_REDIRECT_PERMANENT = 43,            /**< Sent to another address, for good. */
    SANSCSI_EVENT_REDIRECT_SUCCEEDED = 44,            /**< Logged in where we were sent. */
    SANSCSI_EVENT_REDIRECT_ADDRESS_INVALID = 45,      /**< Sent to an address that is not valid. */

    SANSCSI_EVENT_EVENTS_DROPPED = 100,  /**< Events came faster than they were polled. */
    SANSCSI_EVENT_CONNECT_FAILED = 101,  /**< The transport could not be opened. */
    SANSCSI_EVENT_LOGIN_TIMEOUT = 102,   /**< The login did not end in the time allowed. */
    SANSCSI_EVENT_CONNECTION_LOST = 103, /**< The peer closed in full feature phase. */
    SANSCSI_EVENT_PROTOCOL_ERROR = 104,  /**< The peer broke the protocol after login. */
    SANSCSI_EVENT_REJECT_RECEIVED = 105, /**< The target sent a Reject PDU. */
    SANSCSI_EVENT_ASYNC_RECEIVED = 106,  /**< The target sent an Asynchronous Message. */
    SANSCSI_EVENT_TASK_TIMEOUT = 107,    /**< A task was not answered in its time. */
    SANSCSI_EVENT_LOGOUT_TIMEOUT = 108,  /**< The logout was not answered in its time. */
    SANSCSI_EVENT_LOGOUT_REFUSED = 109,  /**< The target answered the logout with a failure. */
    SANSCSI_EVENT_SEND_TARGETS_NO_MEMORY = 110, /**< Memory for a SendTargets answer was short. */
    SANSCSI_EVENT_LOGOUT_UNANSWERED = 111,   /**< The peer closed instead of answering a logout. */
    SANSCSI_EVENT_SESSION_REINSTATED = 112,  /**< A lost session is logged in again. */
    SANSCSI_EVENT_CHAP_SECRET_REFUSED = 113, /**< A CHAP secret is too weak, or used twice. */
    SANSCSI_EVENT_CHAP_CHALLENGE_REFLECTED = 114, /**< The target sent our challenge back. */
    SANSCSI_EVENT_REDIRECT_NOT_FOLLOWED = 115,    /**< A loop, or too many hops. */
    SANSCSI_EVENT_CHAP_MODULE_FAILED = 116,       /**< No random numbers, or no digest. */
    SANSCSI_EVENT_CHAP_NAME_MISMATCH = 117,       /**< The target tells another CHAP name. */
    SANSCSI_EVENT_PING_TIMEOUT = 118,             /**< A ping was not answered in its time. */
    SANSCSI_EVENT_SESSION_ABANDONED = 119,        /**< A lost session does not come back. */
    SANSCSI_EVENT_RECOVERY_ESCALATED = 120,       /**< A reset or worse: a task does not end. */
    SANSCSI_EVENT_PING_DATA_MISMATCH = 121,       /**< A ping's data came back otherwise. */
    SANSCSI_EVENT_NEGOTIATION_FAILED = 122        /**< A negotiation behind the login failed. */
};

/** One argument of a record. */
typedef struct sanscsi_event_arg {
    uint32_t type;       /**< #SANSCSI_ARG_INT, #SANSCSI_ARG_HEX or #SANSCSI_ARG_STRING. */
    uint32_t truncated;  /**< 1 when the string was cut to fit. */
    uint64_t number;     /**< The value of a number. */
    const uint8_t *text; /**< The bytes of a string, exactly as the peer sent them. */
    size_t text_length;  /**< Bytes at @ref text. */
} sanscsi_event_arg;

/** A diagnostic record. All pointers are borrowed until the next poll of the session. */
typedef struct sanscsi_event {
    uint32_t size;         /**< sizeof(sanscsi_event), set by the library. */
    uint32_t id;           /**< Number of the event. */
    uint32_t severity;     /**< #SANSCSI_INFORMATION to #SANSCSI_CRITICAL. */
    uint32_t cid;          /**< Connection it belongs to. */
    uint64_t session;      /**< Number of the session within its initiator, from 1. */
    uint64_t time;         /**< The `now` of the call that raised it, ns. */
    const uint8_t *target; /**< Target name, or NULL in an unnamed discovery session. */
    size_t target_length;  /**< Bytes at @ref target. */
    const uint8_t *portal; /**< HOST:PORT. */
    size_t portal_length;  /**< Bytes at @ref portal. */
    uint32_t arg_count;    /**< Entries of @ref args in use. */
    uint32_t cause_count;  /**< Entries of @ref causes in use. */
    sanscsi_event_arg args[SANSCSI_EVENT_MAX_ARGS]; /**< In the catalogue's order. */
    uint32_t
        causes[SANSCSI_EVENT_MAX_CAUSES]; /**< The causes that fit: indexes into the catalogue. */
} sanscsi_event;

/* In builds of the library without texts (Meson option texts) the names, sentences and advice below
 * are empty strings, and no action is told. Numbers, severities, types and counts are the same. */

/**
 * The number of events in the catalogue.
 * @return a count
 */
SANSCSI_API size_t sanscsi_event_count(void);

/**
 * The number of the event at a place of the catalogue, which is in ascending order.
 * @param index from 0 to sanscsi_event_count() - 1
 * @return the event's number; 0 when @p index is beyond the end
 */
SANSCSI_API uint32_t sanscsi_event_id(size_t index);

/**
 * The number of the event with a name.
 * @param name such as "login-failed", zero-terminated
 * @return the event's number; 0 when no event has that name
 */
SANSCSI_API uint32_t sanscsi_event_find(const char *name);

/**
 * An event's name.
 * @param id number of the event
 * @return a constant string such as "login-failed"; NULL when there is no such event
 */
SANSCSI_API const char *sanscsi_event_name(uint32_t id);

/**
 * An event's severity.
 * @param id number of the event
 * @return #SANSCSI_INFORMATION to #SANSCSI_CRITICAL, or #SANSCSI_UNKNOWN_EVENT
 */
SANSCSI_API int32_t sanscsi_event_severity(uint32_t id);

/**
 * The name of a severity.
 * @param severity #SANSCSI_INFORMATION to #SANSCSI_CRITICAL
 * @return a constant string such as "major-warning"; "unknown" for other values
 */
SANSCSI_API const char *sanscsi_severity_name(uint32_t severity);

/**
 * What an event says, in a sentence without its arguments.
 * @param id number of the event
 * @return a constant string; NULL when there is no such event
 */
SANSCSI_API const char *sanscsi_event_summary(uint32_t id);

/**
 * What the initiator does when it raises the event.
 * @param id number of the event
 * @return a constant string; NULL when there is no such event
 */
SANSCSI_API const char *sanscsi_event_reaction(uint32_t id);

/**
 * The number of arguments an event has.
 * @param id number of the event
 * @return a count; 0 when there is no such event
 */
SANSCSI_API size_t sanscsi_event_arg_count(uint32_t id);

/**
 * The name of an event's argument.
 * @param id number of the event
 * @param arg index of the argument
 * @return a constant string such as "status_class"; NULL when there is no such argument
 */
SANSCSI_API const char *sanscsi_event_arg_name(uint32_t id, size_t arg);

/**
 * The index of an event's argument by its name: its place in #sanscsi_event.args too.
 * @param id number of the event
 * @param name such as "status_class", zero-terminated
 * @return the index; #SANSCSI_UNKNOWN_EVENT when there is no such event;
 *         #SANSCSI_INVALID_ARGUMENT when it has no such argument, or for NULL
 */
SANSCSI_API int32_t sanscsi_event_arg_find(uint32_t id, const char *name);

/**
 * What an event's argument tells.
 * @param id number of the event
 * @param arg index of the argument
 * @return a constant string; NULL when there is no such argument
 */
SANSCSI_API const char *sanscsi_event_arg_meaning(uint32_t id, size_t arg);

/**
 * The type of an event's argument.
 * @param id number of the event
 * @param arg index of the argument
 * @return #SANSCSI_ARG_INT, #SANSCSI_ARG_HEX or #SANSCSI_ARG_STRING; #SANSCSI_UNKNOWN_EVENT when
 *         there is no such argument
 */
SANSCSI_API int32_t sanscsi_event_arg_type(uint32_t id, size_t arg);

/**
 * The number of causes an event can have.
 * @param id number of the event
 * @return a count; 0 when there is no such event
 */
SANSCSI_API size_t sanscsi_event_cause_count(uint32_t id);

/**
 * The number a cause goes by, which is not always numeric: "11a".
 * @param id number of the event
 * @param cause index of the cause
 * @return a constant string; NULL when there is no such cause
 */
SANSCSI_API const char *sanscsi_event_cause_number(uint32_t id, size_t cause);

/**
 * A probable cause, as a sentence.
 * @param id number of the event
 * @param cause index of the cause
 * @return a constant string; NULL when there is no such cause
 */
SANSCSI_API const char *sanscsi_event_cause_text(uint32_t id, size_t cause);

/**
 * When a cause fits, in words for a reader of the documentation.
 * @param id number of the event
 * @param cause index of the cause
 * @return a constant string, empty for a cause that always fits; NULL when there is no such cause
 */
SANSCSI_API const char *sanscsi_event_cause_condition(uint32_t id, size_t cause);

/**
 * What to do about a cause: the actions in order.
 * @param id number of the event
 * @param cause index of the cause
 * @param action index of the action, from 0
 * @return a constant string, or NULL behind the last action
 */
SANSCSI_API const char *sanscsi_event_action(uint32_t id, size_t cause, size_t action);

/**
 * Makes a record of an event from argument values, with the causes that fit them: what the record
 * would be if a session raised it. Strings are borrowed from @p args as long as @p event is used.
 * Where a cause depends on more than the arguments (event 2's 11a and 11b, event 31), every cause
 * that the arguments allow is chosen.
 * @param id number of the event
 * @param args one entry for each argument of the event, in the catalogue's order
 * @param arg_count entries at @p args
 * @param event filled
 * @return #SANSCSI_OK; #SANSCSI_UNKNOWN_EVENT; #SANSCSI_INVALID_ARGUMENT for a NULL pointer, a
 *         wrong count, or an argument of the wrong type
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_event_explain(uint32_t id,
                                                             const sanscsi_event_arg *args,
                                                             size_t arg_count,
                                                             sanscsi_event *event);

/**
 * Makes the record of the event that a status of sanscsi_session_new() is: 33 for
 * #SANSCSI_TOO_MANY_SESSIONS, 113 for #SANSCSI_WEAK_SECRET and #SANSCSI_SHARED_SECRET. These have
 * no session that could tell them.
 * @param status what sanscsi_session_new() has answered
 * @param event filled; it names no session, target or portal
 * @return #SANSCSI_OK; #SANSCSI_UNKNOWN_EVENT for a status that is no event;
 *         #SANSCSI_INVALID_ARGUMENT for NULL
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_event_of_status(int32_t status,
                                                               sanscsi_event *event);

/**
 * Writes an event's message, a sentence with its arguments; everything unprintable is escaped.
 * @param event the record
 * @param buffer filled with UTF-8 text and a terminating zero; cut at @p size, never within an
 *        escape; may be NULL when @p size is 0
 * @param size bytes at @p buffer
 * @return bytes that the whole message takes, its terminating zero not counted
 */
SANSCSI_API size_t sanscsi_event_message(const sanscsi_event *event, char *buffer, size_t size);

/**
 * Writes an event as one JSON object without a line end: the members event, name, severity, time,
 * session, cid, target, portal, args, causes, actions, message, and truncated where a string was
 * cut. Always valid JSON; bytes that are not UTF-8 become U+FFFD.
 * @param event the record
 * @param unix_time_ms wall-clock time to put in, milliseconds since 1970-01-01T00:00:00Z
 * @param buffer filled, with a terminating zero; empty when it is too small for the whole; may be
 *        NULL when @p size is 0
 * @param size bytes at @p buffer
 * @return bytes that the whole object takes, its terminating zero not counted
 */
SANSCSI_API size_t sanscsi_event_json(const sanscsi_event *event, uint64_t unix_time_ms,
                                      char *buffer, size_t size);

/**
 * Writes bytes from a peer as printable UTF-8: control characters, bidirectional overrides and
 * invalid bytes become backslash escapes, so that a terminal or log can show them.
 * @param bytes what to write; may be NULL when @p length is 0
 * @param length bytes at @p bytes
 * @param buffer filled, with a terminating zero; cut at @p size, never within an escape or a
 *        character; may be NULL when @p size is 0
 * @param size bytes at @p buffer
 * @return bytes that the whole takes, its terminating zero not counted
 */
SANSCSI_API size_t sanscsi_escape(const void *bytes, size_t length, char *buffer, size_t size);

/**
 * Writes bytes from a peer as the inside of a JSON string, without quotes.
 * @param bytes what to write; may be NULL when @p length is 0
 * @param length bytes at @p bytes
 * @param buffer filled, with a terminating zero; cut at @p size, never within an escape or a
 *        character; may be NULL when @p size is 0
 * @param size bytes at @p buffer
 * @return bytes that the whole takes, its terminating zero not counted
 */
SANSCSI_API size_t sanscsi_escape_json(const void *bytes, size_t length, char *buffer, size_t size);

SANSCSI_END_DECLS

#endif
