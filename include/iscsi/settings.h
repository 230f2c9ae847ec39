/** @file
 * What a session is made from: settings, limits, operational parameters. Times are in nanoseconds.
 */
#ifndef SANSCSI_SETTINGS_H
#define SANSCSI_SETTINGS_H

#include <iscsi/initiator.h>
#include <iscsi/name.h>

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
    /** ns to answer an ABORT TASK that has gone out before the connection goes; they go one by one.
     * Also ns without a byte sent while one waits to go out, or PDUs of a task that has its answer
     * (5 s; 0: no limit). */
    uint64_t abort_timeout;
    /** ns to answer a logout before the connection goes (5 s; 0: no limit). */
    uint64_t logout_timeout;
    /** ns without a PDU from the target after which it is pinged (0: never). Normal sessions only.
     */
    uint64_t keepalive_interval;
    /** ns to answer such a ping when it has gone out, or without a byte sent while it waits to,
     * before event 118 ends the connection (5 s; 0: 5 s). */
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
 * Fills settings with their defaults. The size as the caller knows it is an argument, since
 * the struct may be longer in the library that runs.
 * @param settings filled
 * @param size bytes of the caller's struct
 * @return #SANSCSI_OK; #SANSCSI_INVALID_ARGUMENT for NULL, or for a size that this library does not
 *         know: nothing is filled then but the size member, with 0, so that no function takes it
 */
SANSCSI_API int32_t sanscsi_session_settings_init(sanscsi_session_settings *settings, size_t size);

/**
 * sanscsi_session_settings_init() with the size that these headers tell.
 * @param settings filled; NULL is ignored
 */
static inline void sanscsi_session_settings_defaults(sanscsi_session_settings *settings) {
    (void)sanscsi_session_settings_init(settings, sizeof(*settings));
}

/**
 * Fills limits with their defaults. The size as the caller knows it is an argument, since
 * the struct may be longer in the library that runs.
 * @param limits filled
 * @param size bytes of the caller's struct
 * @return #SANSCSI_OK; #SANSCSI_INVALID_ARGUMENT for NULL, or for a size that this library does not
 *         know: nothing is filled then but the size member, with 0, so that no function takes it
 */
SANSCSI_API int32_t sanscsi_limits_init(sanscsi_limits *limits, size_t size);

/**
 * sanscsi_limits_init() with the size that these headers tell.
 * @param limits filled; NULL is ignored
 */
static inline void sanscsi_limits_defaults(sanscsi_limits *limits) {
    (void)sanscsi_limits_init(limits, sizeof(*limits));
}

/**
 * Takes host, port, target name, CHAP name and CHAP secret from a URL; a name or secret that it
 * lacks stays as it was. The LUN is the commands' part: sanscsi_lun_encode().
 * @param settings changed on success; borrows from what @p url borrows from, up to
 *        sanscsi_session_new()
 * @param url from sanscsi_url_parse()
 * @return #SANSCSI_OK; #SANSCSI_INVALID_ARGUMENT for a NULL pointer or a wrong size
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t
sanscsi_session_settings_url(sanscsi_session_settings *settings, const sanscsi_url *url);

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

SANSCSI_END_DECLS

#endif
