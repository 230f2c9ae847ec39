/** @file
 * Statuses: what a call can answer. 0 is success; negative values lie in ranges that say whose
 * move it is: -1 to -99 the caller's mistake, -100 to -199 not now, -200 to -299 the peer's fault,
 * -300 to -399 memory.
 */
#ifndef SANSCSI_STATUS_H
#define SANSCSI_STATUS_H

#include <iscsi/types.h>

SANSCSI_BEGIN_DECLS

/** Status values. Functions return them as int32_t. */
enum {
    SANSCSI_OK = 0, /**< Done. */

    SANSCSI_INVALID_ARGUMENT = -1, /**< A pointer, size, flag or value that is not allowed here. */
    SANSCSI_INVALID_NAME = -2,     /**< Not an iSCSI name in iqn, eui or naa format. */
    SANSCSI_INVALID_ADDRESS = -3,  /**< Not HOST[:PORT], or the port is not 1 to 65535. */
    SANSCSI_INVALID_URL = -4,      /**< Not iscsi://[USER[%SECRET]@]HOST[:PORT]/TARGET/LUN. */
    SANSCSI_INVALID_LUN = -5,      /**< A LUN outside 0 to 16383, or in an unsupported form. */
    SANSCSI_UNKNOWN_KEY = -6,      /**< Not an operational text key that can be proposed. */
    SANSCSI_INVALID_VALUE = -7,    /**< The value does not fit the text key. */
    SANSCSI_UNKNOWN_CONNECTION = -8, /**< The session has no connection with this CID. */
    SANSCSI_UNKNOWN_TASK = -9,       /**< No such task, or it has ended. */
    SANSCSI_TOO_LARGE = -10,         /**< More than the protocol, a buffer or a limit allows. */
    SANSCSI_BUFFER_TOO_SMALL = -11,  /**< The caller's buffer does not hold the result. */
    SANSCSI_UNKNOWN_EVENT = -12,     /**< No event has this number. */
    SANSCSI_WEAK_SECRET = -13,       /**< A CHAP secret shorter than 12 bytes. */
    SANSCSI_SHARED_SECRET = -14,     /**< One CHAP secret for both directions. */
    SANSCSI_NOT_SUPPORTED = -15,     /**< Left out of this build of the library. */

    SANSCSI_NOT_CONNECTED = -100,      /**< The connection has no transport now. */
    SANSCSI_NOT_LOGGED_IN = -101,      /**< The session is not in full feature phase. */
    SANSCSI_IN_TRANSITION = -102,      /**< The session is logging in or out: try again later. */
    SANSCSI_NO_FREE_TASK = -103,       /**< Every task slot is in use: poll, then try again. */
    SANSCSI_TOO_MANY_SESSIONS = -104,  /**< The initiator's maximum of sessions exists. */
    SANSCSI_ALREADY_STARTED = -105,    /**< The operation is already under way. */
    SANSCSI_WRONG_SESSION_TYPE = -106, /**< Not allowed in this type of session. */
    SANSCSI_NOT_ASKED_FOR = -107,      /**< The session does not wait for this. */
    SANSCSI_NOT_NEGOTIATED = -108,     /**< The login did not agree on what this takes. */

    SANSCSI_PROTOCOL_ERROR = -200, /**< The peer broke the protocol; the connection has ended. */
    SANSCSI_MALFORMED = -201,      /**< Bytes from a peer that do not have the required form. */
    SANSCSI_TRUNCATED = -202,      /**< Bytes from a peer that end too early. */

    SANSCSI_NO_MEMORY = -300 /**< The allocator had no memory. */
};

/**
 * The name of a status, such as "SANSCSI_NO_MEMORY".
 * @param status any value
 * @return a constant string; "SANSCSI_UNKNOWN_STATUS" for a value that is no status
 */
SANSCSI_API const char *sanscsi_status_name(int32_t status);

/**
 * One sentence that says what a status means.
 * @param status any value
 * @return a constant string, never NULL
 */
SANSCSI_API const char *sanscsi_status_text(int32_t status);

SANSCSI_END_DECLS

#endif
