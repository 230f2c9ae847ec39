/** @file
 * Sessions: life, the bytes in and out. What they are made from is in settings.h, their tasks are
 * in task.h, what comes back by polling in output.h.
 *
 * A session calls nobody. Its caller opens the transport that #SANSCSI_OUTPUT_CONNECT asks for,
 * moves bytes between it and the two windows, calls sanscsi_tick() when sanscsi_deadline() has
 * come, and polls. Every `now` is in nanoseconds of a clock that never goes back, of any origin.
 * A session belongs to one thread at a time; sessions share nothing but their initiator, whose
 * count of sessions only sanscsi_session_new() and sanscsi_session_free() touch.
 */
#ifndef SANSCSI_SESSION_H
#define SANSCSI_SESSION_H

#include <iscsi/settings.h>

SANSCSI_BEGIN_DECLS

/**
 * Bytes of the one block that sanscsi_session_new() takes for these limits and settings.
 * @param settings the settings; NULL: their defaults
 * @param limits the limits; NULL: their defaults
 * @return bytes; 0 when a limit is outside its range
 */
SANSCSI_API size_t sanscsi_session_memory(const sanscsi_session_settings *settings,
                                          const sanscsi_limits *limits);

/**
 * Makes a session. Nothing happens on the network until sanscsi_session_start().
 * @param initiator its node, lent until sanscsi_session_free()
 * @param settings copied
 * @param limits copied; NULL: the defaults
 * @param session set on success; ended by sanscsi_session_free()
 * @return #SANSCSI_OK; #SANSCSI_INVALID_ARGUMENT; #SANSCSI_INVALID_NAME for the target's name;
 *         #SANSCSI_INVALID_ADDRESS; #SANSCSI_INVALID_VALUE for a parameter out of its range;
 *         #SANSCSI_TOO_LARGE for a limit out of its range, or a CHAP name or secret that is too
 *         long; #SANSCSI_TOO_MANY_SESSIONS, which is event 33; #SANSCSI_WEAK_SECRET and
 *         #SANSCSI_SHARED_SECRET, which are event 113 with reason 1 and 2;
 *         sanscsi_event_of_status() makes the record of either event; #SANSCSI_NOT_SUPPORTED for
 *         CHAP or digests in builds without; #SANSCSI_NO_MEMORY
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_session_new(sanscsi_initiator *initiator,
                                                           const sanscsi_session_settings *settings,
                                                           const sanscsi_limits *limits,
                                                           sanscsi_session **session);

/**
 * Ends a session at once and gives its memory back. Outstanding tasks get no TASK_DONE: to end
 * them properly, log out or close first. No window of it may be in use by the transport.
 * @param session the session; NULL is ignored
 */
SANSCSI_API void sanscsi_session_free(sanscsi_session *session);

/**
 * Starts a session, for the first time or again after it has ended: it asks for a transport by
 * #SANSCSI_OUTPUT_CONNECT and logs in over it (RFC 7143 6.3).
 * @param session the session
 * @param now current time, ns
 * @return #SANSCSI_OK; #SANSCSI_ALREADY_STARTED when it has a connection, or its last one has not
 *         been reported closed yet; #SANSCSI_INVALID_ARGUMENT for NULL
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_session_start(sanscsi_session *session,
                                                             uint64_t now);

/**
 * Answers #SANSCSI_OUTPUT_SECRET; the login goes on. The secret is used during the call and not
 * kept.
 * @param session the session
 * @param cid the connection
 * @param which #SANSCSI_SECRET_OWN or #SANSCSI_SECRET_TARGET, as asked for
 * @param secret read only during the call; NULL: there is none, which ends the login
 * @param length bytes at @p secret, up to 255
 * @param now current time, ns
 * @return #SANSCSI_OK, also when the secret or the proof is not accepted: the event and the CLOSE
 *         can be polled; #SANSCSI_NOT_ASKED_FOR; #SANSCSI_TOO_LARGE; #SANSCSI_UNKNOWN_CONNECTION;
 *         #SANSCSI_INVALID_ARGUMENT for a NULL session
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_give_secret(sanscsi_session *session, uint32_t cid,
                                                           uint32_t which, const void *secret,
                                                           size_t length, uint64_t now);

/**
 * Whether starting the session again, with nothing changed, can help after it has ended: not when
 * the target refused the login for good (RFC 7143 11.13.5, Status-Class 2), when it failed to
 * prove itself, when our side lacks a secret, or after a redirection that settings or a loop forbid
 * to follow; but when the next start offers MD5 alone (sanscsi_session_settings.chap_fallback).
 * @param session the session
 * @return 1 or 0; #SANSCSI_INVALID_ARGUMENT for NULL
 */
SANSCSI_API int32_t sanscsi_session_may_retry(const sanscsi_session *session);

/** Where a session stands. */
enum {
    SANSCSI_SESSION_FREE = 0,       /**< Not started, ended, or lost. */
    SANSCSI_SESSION_CONNECTING = 1, /**< Waits for a transport. */
    SANSCSI_SESSION_LOGIN = 2,      /**< In the login phase. */
    SANSCSI_SESSION_LOGGED_IN = 3,  /**< In full feature phase. */
    SANSCSI_SESSION_LOGOUT = 4,     /**< A logout is under way. */
    SANSCSI_SESSION_CLOSING = 5,    /**< Waits for sanscsi_closed(). */
    SANSCSI_SESSION_WAITING = 6     /**< Lost; waits for the time to log in again. */
};

/**
 * Where a session stands.
 * @param session the session
 * @return #SANSCSI_SESSION_FREE to #SANSCSI_SESSION_WAITING; #SANSCSI_INVALID_ARGUMENT for NULL
 */
SANSCSI_API int32_t sanscsi_session_state(const sanscsi_session *session);

/**
 * By what the target knows the session (RFC 7143 4.4.3). A program that is started anew and sets
 * the same ISID in its settings reinstates the session that it had before.
 * @param session the session
 * @param isid filled with the 6 bytes of the ISID, which stay as they are
 * @param tsih set to the TSIH of the login in force, or of the last one until the next start;
 *        0 before
 * @return #SANSCSI_OK; #SANSCSI_INVALID_ARGUMENT for a NULL pointer
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_session_identity(const sanscsi_session *session,
                                                                uint8_t isid[6], uint32_t *tsih);

/**
 * The operational parameters in force: results of the login, defaults before it.
 * @param session the session
 * @param parameters filled; its size member is set by the caller
 * @return #SANSCSI_OK; #SANSCSI_INVALID_ARGUMENT
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_session_parameters(const sanscsi_session *session,
                                                                  sanscsi_parameters *parameters);

/**
 * Logs out (RFC 7143 11.14, reason 0: close the session). Outstanding tasks end with io_status 3;
 * #SANSCSI_OUTPUT_LOGGED_OUT tells the end. A login is broken off, a lost session stays away.
 * @param session the session
 * @param now current time, ns
 * @return #SANSCSI_OK; #SANSCSI_NOT_LOGGED_IN when it has no connection; #SANSCSI_ALREADY_STARTED
 *         when it is ending; #SANSCSI_INVALID_ARGUMENT for NULL
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_logout(sanscsi_session *session, uint64_t now);

/** Reasons of a logout of one connection (RFC 7143 11.14.1). */
enum {
    SANSCSI_LOGOUT_CONNECTION = 1, /**< Close it. */
    SANSCSI_LOGOUT_RECOVERY = 2    /**< Remove it for recovery. */
};

/**
 * Logs out one connection (RFC 7143 11.14). The session ends with its only one.
 * @param session the session
 * @param cid the connection
 * @param reason #SANSCSI_LOGOUT_CONNECTION or #SANSCSI_LOGOUT_RECOVERY
 * @param now current time, ns
 * @return as sanscsi_logout(); #SANSCSI_UNKNOWN_CONNECTION; #SANSCSI_INVALID_VALUE for RECOVERY
 *         below ErrorRecoveryLevel 2: so far always; #SANSCSI_INVALID_ARGUMENT
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_logout_connection(sanscsi_session *session,
                                                                 uint32_t cid, uint32_t reason,
                                                                 uint64_t now);

/** @name Transport: what the caller tells of it
 * @{ */

/** Why a transport could not be opened. */
enum {
    SANSCSI_CONNECT_UNRESOLVED = 1, /**< The host name could not be resolved: event 29. */
    SANSCSI_CONNECT_NO_ROUTE = 2,   /**< No route to the address: event 30. */
    SANSCSI_CONNECT_REFUSED = 3,    /**< Nothing listens there: event 101. */
    SANSCSI_CONNECT_TIMEOUT = 4,    /**< No answer in time: event 101. */
    SANSCSI_CONNECT_OTHER = 5       /**< Anything else: event 101. */
};

/**
 * The transport that was asked for is open; the login begins.
 * @param session the session
 * @param cid the connection
 * @param now current time, ns
 * @return #SANSCSI_OK; #SANSCSI_UNKNOWN_CONNECTION; #SANSCSI_NOT_CONNECTED when none was asked
 *         for; #SANSCSI_NO_MEMORY (event 21 is raised and the connection ends);
 *         #SANSCSI_INVALID_ARGUMENT for NULL
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_connected(sanscsi_session *session, uint32_t cid,
                                                         uint64_t now);

/**
 * The transport that was asked for could not be opened. Raises the event; the session is free.
 * @param session the session
 * @param cid the connection
 * @param reason #SANSCSI_CONNECT_UNRESOLVED etc.
 * @param now current time, ns
 * @return #SANSCSI_OK; #SANSCSI_UNKNOWN_CONNECTION; #SANSCSI_NOT_CONNECTED when none was asked
 *         for; #SANSCSI_INVALID_ARGUMENT for an unknown reason
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_connect_failed(sanscsi_session *session,
                                                              uint32_t cid, uint32_t reason,
                                                              uint64_t now);

/**
 * The transport is gone: the peer closed it, or the caller did after #SANSCSI_OUTPUT_CLOSE or of
 * its own will. No window of the connection is in use any more; its tasks end.
 * @param session the session
 * @param cid the connection
 * @param now current time, ns
 * @return #SANSCSI_OK; #SANSCSI_UNKNOWN_CONNECTION; #SANSCSI_NOT_CONNECTED when it had none;
 *         #SANSCSI_INVALID_ARGUMENT for NULL
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_closed(sanscsi_session *session, uint32_t cid,
                                                      uint64_t now);

/**
 * Where the next bytes of the stream belong: payload straight in the buffers of the task it is
 * for, then padding, digest and the next header. Valid and unmoved until the commit.
 * @param session the session
 * @param cid the connection
 * @param iov filled in stream order
 * @param max entries at @p iov, at least 1; 4 hold all of a read into one buffer
 * @param count set to the entries in use; 0 when the session wants no more bytes
 * @return #SANSCSI_OK; #SANSCSI_UNKNOWN_CONNECTION; #SANSCSI_NOT_CONNECTED;
 *         #SANSCSI_INVALID_ARGUMENT
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_rx_window(sanscsi_session *session, uint32_t cid,
                                                         sanscsi_iovec *iov, size_t max,
                                                         size_t *count);

/**
 * Bytes have come into the window, filling its entries in order.
 * @param session the session
 * @param cid the connection
 * @param bytes how many, not more than the window last shown holds
 * @param now current time, ns
 * @return #SANSCSI_OK, also without a look at @p bytes while the transport is being closed;
 *         #SANSCSI_PROTOCOL_ERROR when the bytes end the connection, because the peer broke the
 *         protocol or refused the login: the event and the CLOSE can be polled;
 *         #SANSCSI_TOO_LARGE for more than the window holds; #SANSCSI_UNKNOWN_CONNECTION;
 *         #SANSCSI_NOT_CONNECTED; #SANSCSI_INVALID_ARGUMENT for NULL
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_rx_commit(sanscsi_session *session, uint32_t cid,
                                                         size_t bytes, uint64_t now);

/**
 * Takes bytes of the stream that lie elsewhere: copies them to where the windows would be.
 * @param session the session
 * @param cid the connection
 * @param data the bytes, read only during the call
 * @param bytes how many
 * @param now current time, ns
 * @return as sanscsi_rx_commit(); #SANSCSI_INVALID_ARGUMENT for a NULL pointer
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_rx_feed(sanscsi_session *session, uint32_t cid,
                                                       const void *data, size_t bytes,
                                                       uint64_t now);

/**
 * What to send next: headers, then payload straight from the buffers of the task it comes from.
 * PDUs are made when they are first shown; what was shown stays as it is until committed.
 * @param session the session
 * @param cid the connection
 * @param iov filled in stream order; only to be read from
 * @param max entries at @p iov, at least 1
 * @param count set to the entries in use; 0 when there is nothing to send now
 * @return #SANSCSI_OK; #SANSCSI_UNKNOWN_CONNECTION; #SANSCSI_NOT_CONNECTED;
 *         #SANSCSI_INVALID_ARGUMENT
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_tx_window(sanscsi_session *session, uint32_t cid,
                                                         sanscsi_iovec *iov, size_t max,
                                                         size_t *count);

/**
 * Bytes of the window have been sent, in order.
 * @param session the session
 * @param cid the connection
 * @param bytes how many, not more than the window last shown holds
 * @param now current time, ns
 * @return #SANSCSI_OK, also without a look at @p bytes while the transport is being closed, since
 *         its last window is worth nothing then; #SANSCSI_TOO_LARGE for more than was shown;
 *         #SANSCSI_UNKNOWN_CONNECTION; #SANSCSI_NOT_CONNECTED; #SANSCSI_INVALID_ARGUMENT for NULL
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_tx_commit(sanscsi_session *session, uint32_t cid,
                                                         size_t bytes, uint64_t now);

/**
 * The next moment at which the session wants sanscsi_tick().
 * @param session the session
 * @return ns, or #SANSCSI_NEVER
 */
SANSCSI_API uint64_t sanscsi_deadline(const sanscsi_session *session);

/**
 * Fires the timers whose time has come. Early and needless calls do nothing.
 * @param session the session
 * @param now current time, ns
 * @return #SANSCSI_OK; #SANSCSI_INVALID_ARGUMENT for NULL
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_tick(sanscsi_session *session, uint64_t now);

/** @} */

/** What ended a connection: the first error, kept until the next login begins. */
typedef struct sanscsi_fault {
    uint32_t size;       /**< sizeof(sanscsi_fault), set by the caller. */
    uint32_t code;       /**< Number of the fault, 0: none. */
    uint32_t opcode;     /**< Opcode of the PDU at fault. */
    uint32_t value;      /**< What the field held. */
    const char *name;    /**< Constant string, such as "login-response-itt". */
    const char *text;    /**< Constant sentence. */
    const char *section; /**< Constant string: where the rule stands, such as "RFC 7143 11.13". */
} sanscsi_fault;

/**
 * Asks what ended a connection.
 * @param session the session
 * @param cid the connection
 * @param fault filled; its size member is set by the caller
 * @return #SANSCSI_OK; #SANSCSI_UNKNOWN_CONNECTION; #SANSCSI_INVALID_ARGUMENT
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_connection_fault(const sanscsi_session *session,
                                                                uint32_t cid, sanscsi_fault *fault);

SANSCSI_END_DECLS

#endif
