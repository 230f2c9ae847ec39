/** @file
 * Sessions: settings, life, the bytes in and out. Their tasks are in task.h, what comes back by
 * polling in output.h.
 *
 * A session calls nobody. Its caller opens the transport that #SANSCSI_OUTPUT_CONNECT asks for,
 * moves bytes between it and the two windows, calls sanscsi_tick() when sanscsi_deadline() has
 * come, and polls. Every `now` is in nanoseconds of a clock that never goes back, of any origin.
 * A session belongs to one thread at a time; sessions share nothing but their initiator, whose
 * count of sessions only sanscsi_session_new() and sanscsi_session_free() touch.
 */
#ifndef SANSCSI_SESSION_H
#define SANSCSI_SESSION_H

#include <iscsi/initiator.h>

SANSCSI_BEGIN_DECLS

/** Session types (RFC 7143 13.21). */
enum {
    SANSCSI_SESSION_NORMAL = 0,   /**< Logs in to a target and carries SCSI commands. */
    SANSCSI_SESSION_DISCOVERY = 1 /**< Logs in to a portal and asks for its targets. */
};

/** Digest proposals in order of preference (RFC 7143 13.1). */
enum {
    SANSCSI_DIGEST_NONE = 0,        /**< Propose None alone. */
    SANSCSI_DIGEST_CRC32C = 1,      /**< Propose CRC32C alone. */
    SANSCSI_DIGEST_NONE_CRC32C = 2, /**< Prefer None. */
    SANSCSI_DIGEST_CRC32C_NONE = 3  /**< Prefer CRC32C. */
};

/** TaskReporting values (RFC 7143 13.23). */
enum {
    SANSCSI_TASK_REPORTING_RFC3720 = 0,        /**< The semantics of RFC 3720. */
    SANSCSI_TASK_REPORTING_RESPONSE_FENCE = 1, /**< ResponseFence. */
    SANSCSI_TASK_REPORTING_FAST_ABORT = 2      /**< FastAbort. */
};

/** How a session proves who it is (RFC 7143 12.1). */
enum {
    /** CHAP alone when a CHAP name or secret is set or asked for, else None alone. */
    SANSCSI_AUTHENTICATION_AUTO = 0,
    SANSCSI_AUTHENTICATION_NONE = 1,         /**< None alone. */
    SANSCSI_AUTHENTICATION_CHAP = 2,         /**< CHAP is required. */
    SANSCSI_AUTHENTICATION_CHAP_OR_NONE = 3, /**< Prefer CHAP, accept None. */
    SANSCSI_AUTHENTICATION_NONE_OR_CHAP = 4  /**< Prefer None, accept CHAP. */
};

/** Points at which a target that breaks a rule is served all the same, where no harm can come of
 * it: bits of sanscsi_session_settings.tolerate. Without its bit each ends the connection. */
enum {
    /** Data-In goes on beyond MaxBurstLength without F (RFC 7143 11.7.1). */
    SANSCSI_TOLERATE_LONG_SEQUENCE = 0x001,
    /** F is 0 in a PDU whose layout fixes it to 1 (RFC 7143 11.2.1.3): it is not looked at. */
    SANSCSI_TOLERATE_FINAL_BIT = 0x002,
    /** Data in a PDU that has none, such as R2T (RFC 7143 11.8.1): it is dropped. */
    SANSCSI_TOLERATE_STRAY_DATA = 0x004,
    /** CHECK CONDITION without sense data (RFC 7143 11.4.7): it is told with sense key 0. */
    SANSCSI_TOLERATE_NO_SENSE = 0x008,
    /** SenseLength beyond the data segment (RFC 7143 11.4.7.1): what there is counts. */
    SANSCSI_TOLERATE_SENSE_LENGTH = 0x010,
    /** ExpDataSN tells fewer data PDUs than came (RFC 7143 11.4.8): it is not looked at. */
    SANSCSI_TOLERATE_EXP_DATA_SN = 0x020,
    /** Overflow and underflow at once (RFC 7143 11.4.1): neither is told. */
    SANSCSI_TOLERATE_RESIDUAL_FLAGS = 0x040,
    /** A reserved Response (RFC 7143 11.4.3): it counts as Target Failure does. */
    SANSCSI_TOLERATE_RESPONSE_CODE = 0x080,
    /** Data-In with a status that needs a SCSI Response, or without F (RFC 7143 11.7.3): the status
     * counts. Of a bidirectional command it never does. */
    SANSCSI_TOLERATE_DATA_STATUS = 0x100,
    /** The LUN of an R2T is not the command's (RFC 7143 4.2.5.3): the command's is sent. */
    SANSCSI_TOLERATE_R2T_LUN = 0x200
};

/** The two CHAP secrets: values of sanscsi_output.secret, bits of
 * sanscsi_session_settings.chap_ask. */
enum {
    SANSCSI_SECRET_OWN = 1,   /**< Proves us to the target. */
    SANSCSI_SECRET_TARGET = 2 /**< What the target must prove (mutual CHAP). */
};

/** The longest CHAP name and secret, in bytes (RFC 7143 12.1.3, 6.1). */
#define SANSCSI_MAX_CHAP_LENGTH 255

/** The operational parameters of a session: proposals before login, results after it. */
typedef struct sanscsi_parameters {
    uint32_t size;            /**< sizeof(sanscsi_parameters) */
    uint32_t header_digest;   /**< #SANSCSI_DIGEST_NONE etc.; as a result NONE or CRC32C. */
    uint32_t data_digest;     /**< Likewise. */
    uint32_t max_connections; /**< MaxConnections (1, the only value so far). */
    uint32_t initial_r2t;     /**< InitialR2T, 0 or 1 (0). */
    uint32_t immediate_data;  /**< ImmediateData, 0 or 1 (1). */
    /** MaxRecvDataSegmentLength that we declare, bytes (262144). */
    uint32_t max_recv_data_segment_length;
    /** What the target declared, bytes; only a result (8192 until then). */
    uint32_t target_max_recv_data_segment_length;
    uint32_t max_burst_length;       /**< MaxBurstLength, bytes (1048576). */
    uint32_t first_burst_length;     /**< FirstBurstLength, bytes (262144). */
    uint32_t default_time2wait;      /**< DefaultTime2Wait, seconds (2). */
    uint32_t default_time2retain;    /**< DefaultTime2Retain, seconds (20). */
    uint32_t max_outstanding_r2t;    /**< MaxOutstandingR2T (1). */
    uint32_t data_pdu_in_order;      /**< DataPDUInOrder, 0 or 1 (1). */
    uint32_t data_sequence_in_order; /**< DataSequenceInOrder, 0 or 1 (1). */
    uint32_t error_recovery_level;   /**< ErrorRecoveryLevel (0, the only value so far). */
    /** Best TaskReporting to propose (#SANSCSI_TASK_REPORTING_RFC3720: do not propose the key). */
    uint32_t task_reporting;
    uint32_t protocol_level; /**< iSCSIProtocolLevel (1; 2 at most; 0: do not propose it). */
    /** TargetPortalGroupTag the target told, or UINT32_MAX; only a result. */
    uint32_t target_portal_group_tag;
} sanscsi_parameters;

/** What a session is made from. Zero or NULL in a member means what its comment says. */
typedef struct sanscsi_session_settings {
    uint32_t size;                /**< sizeof(sanscsi_session_settings) */
    uint32_t type;                /**< #SANSCSI_SESSION_NORMAL or #SANSCSI_SESSION_DISCOVERY. */
    const char *target_name;      /**< Copied; required but in a discovery session. */
    size_t target_name_length;    /**< Bytes at @ref target_name, up to 223. */
    const char *host;             /**< Host name or address without brackets, copied; required. */
    size_t host_length;           /**< Bytes at @ref host, up to 255. */
    uint32_t port;                /**< TCP port (0: 3260). */
    uint32_t max_login_exchanges; /**< Exchanges allowed in one login stage (16; 0: 16). */
    /** Bytes of one key=value pair from the target (16384; 0: 16384). */
    uint32_t max_pair_length;
    /** Bytes of text from the target in one login (262144; 0: 262144). */
    uint32_t max_login_text;
    /** Bytes of one SendTargets answer (4194304; 0: 4194304). */
    uint32_t max_discovery_text;
    /** Keys of one login answered NotUnderstood; one more ends it (64; 0: none). */
    uint32_t max_unknown_keys;
    uint64_t login_timeout;   /**< ns from transport to full feature phase (30 s; 0: none). */
    uint64_t command_timeout; /**< ns for a task that sets none (30 s; 0: none). */
    /** ns to answer an ABORT TASK before the connection goes (5 s; 0: no limit). */
    uint64_t abort_timeout;
    /** ns to answer a logout before the connection goes (5 s; 0: no limit). */
    uint64_t logout_timeout;
    /** ns without a PDU from the target after which it is pinged (0: never). Normal sessions only.
     */
    uint64_t keepalive_interval;
    /** ns to answer such a ping before event 118 ends the connection (5 s; 0: 5 s). */
    uint64_t keepalive_timeout;
    uint8_t isid[8]; /**< 6 bytes of ISID (RFC 7143 11.12.5), then 1 and 0: use them. All
                          zero: one of the random form is made. */
    sanscsi_parameters parameters; /**< What to propose. */
    uint32_t authentication;       /**< #SANSCSI_AUTHENTICATION_AUTO etc. */
    /** CHAP numbers (#SANSCSI_CHAP_MD5 etc.) in order of preference, then zeros; all zero: MD5
     * alone. MD5 is appended where it is missing, since RFC 7143 12.1.3 wants it offered always. */
    uint8_t chap_algorithms[4];
    /** 1: after a target has failed on a list of algorithms, the next start offers MD5 alone, for
     * targets that misread lists or numbers (1). */
    uint32_t chap_fallback;
    /** Bits #SANSCSI_SECRET_OWN, #SANSCSI_SECRET_TARGET: secrets that #SANSCSI_OUTPUT_SECRET asks
     * for while the login waits (0: none). */
    uint32_t chap_ask;
    /** 1: secrets under 12 bytes are allowed, for networks protected otherwise (0). */
    uint32_t chap_weak_secrets;
    const char *chap_name;          /**< Our CHAP_N, copied; NULL: the initiator's iSCSI name. */
    size_t chap_name_length;        /**< Bytes at @ref chap_name, up to 255. */
    const void *chap_secret;        /**< Our secret, copied, wiped in the end; NULL: none. */
    size_t chap_secret_length;      /**< Bytes at @ref chap_secret, up to 255. */
    const char *target_chap_name;   /**< CHAP_N that the target must tell; NULL: any. */
    size_t target_chap_name_length; /**< Bytes at @ref target_chap_name, up to 255. */
    /** What the target must prove, copied, wiped in the end: asks for mutual CHAP; NULL: not. */
    const void *target_chap_secret;
    size_t target_chap_secret_length; /**< Bytes at @ref target_chap_secret, up to 255. */
    uint32_t max_redirects;           /**< Redirections followed in one start (5; 0: none). */
    uint32_t follow_permanent;        /**< 1: follow permanent redirections too (0). */
    /** 1: follow redirections only once the security stage is over (0, RFC 7143 11.13.5). */
    uint32_t redirect_authenticated;
    /** How often in a row the library tries to log in again when the session is lost in full
     * feature phase (0: never, it ends; UINT32_MAX: for ever). Normal sessions only. */
    uint32_t reinstate_attempts;
    /** ns before the first such attempt, added to Time2Wait; doubled for each one that does not
     * help (200 ms; 0: 200 ms). Random numbers of the initiator take up to half of it off. */
    uint64_t reinstate_delay;
    uint64_t reinstate_max_delay; /**< ns, what that doubling ends at (30 s; 0: 30 s). */
    /** ns that commands wait for a lost session, then they end (60 s; 0: no limit). */
    uint64_t hold_timeout;
    /** ns for a LOGICAL UNIT RESET when an ABORT TASK has failed: refused, or not answered within
     * @ref abort_timeout (0: this step is left out). Tasks of the unit that had not timed out end
     * with #SANSCSI_IO_TERMINATED. */
    uint64_t lun_reset_timeout;
    /** ns for a TARGET WARM RESET when that failed or is left out (0: this step is left out); it
     * ends the tasks of all units, also of other initiators. When it fails, or both steps are left
     * out, the connection ends. */
    uint64_t target_reset_timeout;
    uint32_t tolerate; /**< Bits #SANSCSI_TOLERATE_LONG_SEQUENCE etc. (LONG_SEQUENCE alone). */
    /** PDUs of the target that bring nothing (news, messages, rejections, empty data), within 10 s
     * in which no task gets on; one more ends the connection (1024; 0: 1024). */
    uint32_t max_unasked;
} sanscsi_session_settings;

/** How much of everything a session can hold; its memory follows from this at once. */
typedef struct sanscsi_limits {
    uint32_t size;           /**< sizeof(sanscsi_limits) */
    uint32_t tasks;          /**< Tasks that can be outstanding, 1 to 32768 (32). */
    uint32_t tx_slots;       /**< PDUs shown to the transport at once, 2 to 1024 (8). */
    uint32_t events;         /**< Events that wait for a poll, 1 to 1024 (3). */
    uint32_t event_text;     /**< Bytes of string arguments kept per event, 32 to 65536 (224). */
    uint32_t max_cdb_length; /**< Bytes of the longest CDB, 16 to 260 (16). */
    uint32_t max_outstanding_r2t; /**< R2Ts per task that can wait, 1 to 65535 (1); for all tasks
                                       together 1048576 at most. */
} sanscsi_limits;

/**
 * Fills settings with their defaults.
 * @param settings filled; NULL is ignored
 */
SANSCSI_API void sanscsi_session_settings_defaults(sanscsi_session_settings *settings);

/**
 * Fills limits with their defaults.
 * @param limits filled; NULL is ignored
 */
SANSCSI_API void sanscsi_limits_defaults(sanscsi_limits *limits);

/**
 * Sets one operational key to propose by its name in RFC 7143, such as MaxBurstLength to 65536.
 * @param parameters changed on success
 * @param key the key's name, case-sensitive
 * @param key_length bytes at @p key
 * @param value its value as it would be sent
 * @param value_length bytes at @p value
 * @return #SANSCSI_OK; #SANSCSI_UNKNOWN_KEY; #SANSCSI_INVALID_VALUE for one outside the key's
 *         range or form, or beyond what this library can do so far; #SANSCSI_INVALID_ARGUMENT for
 *         a NULL pointer
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_parameters_set(sanscsi_parameters *parameters,
                                                              const char *key, size_t key_length,
                                                              const char *value,
                                                              size_t value_length);

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
 *         #SANSCSI_SHARED_SECRET, which are event 113 with reason 1 and 2 (sanscsi_event_explain()
 *         makes the record of either event); #SANSCSI_NO_MEMORY
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
 * @param tsih set to the TSIH of the login in force or of the last one; 0 before
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
 * @return #SANSCSI_OK; #SANSCSI_PROTOCOL_ERROR when the bytes end the connection, because the peer
 *         broke the protocol or refused the login: the event and the CLOSE can be polled;
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
 * @return #SANSCSI_OK; #SANSCSI_TOO_LARGE for more than was shown; #SANSCSI_UNKNOWN_CONNECTION;
 *         #SANSCSI_NOT_CONNECTED; #SANSCSI_INVALID_ARGUMENT for NULL
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

/** @name Counters
 * @{ */

/**
 * The number of counters a session keeps.
 * @return a count
 */
SANSCSI_API size_t sanscsi_counter_count(void);

/**
 * A counter's name.
 * @param index from 0 to sanscsi_counter_count() - 1
 * @return a constant string such as "commands"; NULL beyond the end
 */
SANSCSI_API const char *sanscsi_counter_name(size_t index);

/**
 * The index of a counter by its name.
 * @param name the name
 * @param length bytes at @p name
 * @return the index; #SANSCSI_INVALID_ARGUMENT for a name that no counter has, or NULL
 */
SANSCSI_API int32_t sanscsi_counter_find(const char *name, size_t length);

/**
 * A counter's value: what has happened since the session was made or its counters were cleared.
 * @param session the session
 * @param index from 0 to sanscsi_counter_count() - 1
 * @return the value; 0 beyond the end
 */
SANSCSI_API uint64_t sanscsi_counter(const sanscsi_session *session, size_t index);

/**
 * Clears all counters of a session and notes when.
 * @param session the session; NULL is ignored
 * @param now current time, ns
 */
SANSCSI_API void sanscsi_counters_clear(sanscsi_session *session, uint64_t now);

/**
 * When a session's counters were cleared.
 * @param session the session
 * @return ns as given to sanscsi_counters_clear(); 0 when that was never called, or for NULL
 */
SANSCSI_API uint64_t sanscsi_counters_cleared(const sanscsi_session *session);

/**
 * A counter's sum over all sessions that an initiator has had: those that were freed, and what
 * sanscsi_session_new() refused. Sessions that still exist are read by sanscsi_counter().
 * @param initiator the initiator
 * @param index from 0 to sanscsi_counter_count() - 1
 * @return the sum; 0 beyond the end
 */
SANSCSI_API uint64_t sanscsi_initiator_counter(const sanscsi_initiator *initiator, size_t index);

/**
 * Clears an initiator's sums and notes when.
 * @param initiator the initiator; NULL is ignored
 * @param now current time, ns
 */
SANSCSI_API void sanscsi_initiator_counters_clear(sanscsi_initiator *initiator, uint64_t now);

/**
 * When an initiator's sums were cleared.
 * @param initiator the initiator
 * @return ns as given to sanscsi_initiator_counters_clear(); 0 when that was never called
 */
SANSCSI_API uint64_t sanscsi_initiator_counters_cleared(const sanscsi_initiator *initiator);

/** @} */

SANSCSI_END_DECLS

#endif
