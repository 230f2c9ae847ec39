/** @file
 * Tasks of a session: SCSI commands, pings, SendTargets, and their cancelling.
 */
#ifndef SANSCSI_TASK_H
#define SANSCSI_TASK_H

#include <iscsi/session.h>

SANSCSI_BEGIN_DECLS

/** Task attributes (RFC 7143 11.3.1). */
enum {
    SANSCSI_ATTRIBUTE_UNTAGGED = 0,      /**< Untagged. */
    SANSCSI_ATTRIBUTE_SIMPLE = 1,        /**< Simple. */
    SANSCSI_ATTRIBUTE_ORDERED = 2,       /**< Ordered. */
    SANSCSI_ATTRIBUTE_HEAD_OF_QUEUE = 3, /**< Head of queue. */
    SANSCSI_ATTRIBUTE_ACA = 4            /**< ACA. */
};

/** How a command is sent: bits of sanscsi_command.flags. */
enum {
    /** Immediate delivery (RFC 7143 4.2.2.1): overtakes the commands that wait and is sent though
     * the command window is closed. A target may reject it. */
    SANSCSI_COMMAND_IMMEDIATE = 1,
    /** If the session is lost and comes back by itself
     * (sanscsi_session_settings.reinstate_attempts) while the target has not answered, the command
     * is sent again instead of ending. The target may have carried it out before: set it only where
     * doing it twice is harmless, as for reads and for writes whose order does not matter. */
    SANSCSI_COMMAND_RESEND = 2
};

/** A SCSI command to submit. */
typedef struct sanscsi_command {
    uint32_t size;           /**< sizeof(sanscsi_command) */
    uint32_t attribute;      /**< #SANSCSI_ATTRIBUTE_SIMPLE etc. (simple). */
    uint64_t lun;            /**< The 8 bytes of the LUN, big-endian: sanscsi_lun_encode(). */
    const uint8_t *cdb;      /**< The CDB, copied. */
    uint32_t cdb_length;     /**< Bytes at @ref cdb, 6 up to sanscsi_limits.max_cdb_length. */
    uint32_t data_out_count; /**< Entries at @ref data_out; 0: the command writes nothing. */
    uint32_t data_in_count;  /**< Entries at @ref data_in; 0: the command reads nothing. */
    uint32_t sense_size;     /**< Bytes at @ref sense. */
    /** What to write: list and bytes are lent until TASK_DONE is polled. Up to 4 GiB-1 in all.
     * With bytes to write and bytes to read the command is bidirectional and takes two task
     * slots. */
    const sanscsi_iovec *data_out;
    /** Where to read to: list and buffers are lent until TASK_DONE is polled. Up to 4 GiB-1. */
    const sanscsi_iovec *data_in;
    /** Where to keep sense data, and behind it response data, lent until TASK_DONE is polled; may
     * be NULL. */
    uint8_t *sense;
    uint64_t user;    /**< Handed back in TASK_DONE; the library does not look at it. */
    uint64_t timeout; /**< ns until the task is aborted; 0: the session's command_timeout;
                           #SANSCSI_NEVER: none. */
    uint32_t flags;   /**< #SANSCSI_COMMAND_IMMEDIATE etc. (0). Never for commands that change what
                           a device is, such as its position or medium (RFC 7143 10.6). */
    /** Command priority, 0 (none), 1 (highest) to 15 (RFC 7144 5.1.1, SAM-5): counts among simple
     * tasks. Other values than 0 need iSCSIProtocolLevel 2; a command that waits for a lost session
     * is sent without where the new login does not agree on it. */
    uint32_t priority;
} sanscsi_command;

/**
 * Fills a command with defaults: simple task, no data, the session's timeout. Its size as the
 * caller knows it is an argument, since the struct may be longer in the library that runs.
 * @param command filled
 * @param size bytes of the caller's struct
 * @return #SANSCSI_OK; #SANSCSI_INVALID_ARGUMENT for NULL, or for a size that this library does not
 *         know: nothing is filled then but the size member, with 0, so that no function takes it
 */
SANSCSI_API int32_t sanscsi_command_init(sanscsi_command *command, size_t size);

/**
 * sanscsi_command_init() with the size that these headers tell.
 * @param command filled; NULL is ignored
 */
static inline void sanscsi_command_defaults(sanscsi_command *command) {
    (void)sanscsi_command_init(command, sizeof(*command));
}

/**
 * Submits a SCSI command. It is sent when the command window allows, in order of submission; those
 * for immediate delivery are sent before, in order among themselves.
 * Exactly one #SANSCSI_OUTPUT_TASK_DONE follows an #SANSCSI_OK, whatever happens.
 * @param session the session
 * @param command read; what its comments call lent is kept until TASK_DONE
 * @param now current time, ns
 * @param task set to the task's handle on success; may be NULL
 * @return #SANSCSI_OK; #SANSCSI_NO_FREE_TASK; #SANSCSI_NOT_LOGGED_IN; #SANSCSI_IN_TRANSITION;
 *         #SANSCSI_WRONG_SESSION_TYPE in a discovery session; #SANSCSI_TOO_LARGE for more than
 *         4 GiB-1 of data, a CDB over the limit, or a bidirectional command where
 *         sanscsi_limits.tasks is 1; #SANSCSI_NOT_NEGOTIATED for a priority without
 *         iSCSIProtocolLevel 2; #SANSCSI_INVALID_ARGUMENT
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_submit(sanscsi_session *session,
                                                      const sanscsi_command *command, uint64_t now,
                                                      sanscsi_task *task);

/** Task management functions by their numbers (RFC 7143 11.5.1, RFC 7144 6.3). ABORT TASK is
 * sanscsi_cancel(): its TASK_DONE is that of the task it is about. Those from
 * #SANSCSI_MANAGE_QUERY_TASK on need iSCSIProtocolLevel 2. */
enum {
    SANSCSI_MANAGE_ABORT_TASK_SET = 2,     /**< Ends our tasks of a logical unit. */
    SANSCSI_MANAGE_CLEAR_ACA = 3,          /**< Clears an auto contingent allegiance. */
    SANSCSI_MANAGE_CLEAR_TASK_SET = 4,     /**< Ends all tasks of the unit's task set. */
    SANSCSI_MANAGE_LOGICAL_UNIT_RESET = 5, /**< Resets a logical unit. */
    SANSCSI_MANAGE_TARGET_WARM_RESET = 6,  /**< Resets all logical units of the target. */
    /** Likewise, and the target ends every session, so that its answer may never come. */
    SANSCSI_MANAGE_TARGET_COLD_RESET = 7,
    SANSCSI_MANAGE_QUERY_TASK = 9,      /**< Whether a command is in the task set. */
    SANSCSI_MANAGE_QUERY_TASK_SET = 10, /**< Whether any command of ours is. */
    /** Ends our tasks of all logical units, and the session. That the connection closes behind it
     * is its success, too. */
    SANSCSI_MANAGE_I_T_NEXUS_RESET = 11,
    /** Whether a unit attention or deferred error waits for us. */
    SANSCSI_MANAGE_QUERY_ASYNCHRONOUS_EVENT = 12
};

/** Values of sanscsi_task_result.response for task management (RFC 7143 11.6.1, RFC 7144 6.4.2).
 * 0 and 1 are the service response FUNCTION COMPLETE. */
enum {
    SANSCSI_MANAGED = 0,                /**< Function complete; of a query: no, there is none. */
    SANSCSI_MANAGE_NO_SUCH_TASK = 1,    /**< The task does not exist. */
    SANSCSI_MANAGE_NO_SUCH_UNIT = 2,    /**< The LUN does not exist. */
    SANSCSI_MANAGE_STILL_ALLEGIANT = 3, /**< The task has its connection still. */
    SANSCSI_MANAGE_NO_REASSIGNMENT = 4, /**< The target does not reassign tasks. */
    SANSCSI_MANAGE_NOT_SUPPORTED = 5,   /**< The target does not know the function. */
    SANSCSI_MANAGE_NOT_AUTHORIZED = 6,  /**< The target does not allow it to us. */
    SANSCSI_MANAGE_SUCCEEDED = 7,       /**< Of a query: yes, there is. */
    SANSCSI_MANAGE_REJECTED = 255       /**< Rejected, or a response that is not assigned. */
};

/** A task management function to carry out. */
typedef struct sanscsi_management {
    uint32_t size;     /**< sizeof(sanscsi_management) */
    uint32_t function; /**< #SANSCSI_MANAGE_ABORT_TASK_SET etc. (a logical unit reset). */
    uint64_t lun;      /**< The 8 bytes of the LUN; only looked at where a function names a unit. */
    uint64_t user;     /**< Handed back in TASK_DONE. */
    uint64_t timeout;  /**< ns; 0: the session's command_timeout; #SANSCSI_NEVER: none. */
    sanscsi_task task; /**< The command that #SANSCSI_MANAGE_QUERY_TASK asks for; it has the LUN. */
} sanscsi_management;

/**
 * Fills a task management function with defaults: a reset of LUN 0, the session's timeout. Its size
 * as the caller knows it is an argument, since the struct may be longer in the library that runs.
 * @param management filled
 * @param size bytes of the caller's struct
 * @return #SANSCSI_OK; #SANSCSI_INVALID_ARGUMENT for NULL, or for a size that this library does not
 *         know: nothing is filled then but the size member, with 0, so that no function takes it
 */
SANSCSI_API int32_t sanscsi_management_init(sanscsi_management *management, size_t size);

/**
 * sanscsi_management_init() with the size that these headers tell.
 * @param management filled; NULL is ignored
 */
static inline void sanscsi_management_defaults(sanscsi_management *management) {
    (void)sanscsi_management_init(management, sizeof(*management));
}

/**
 * Has the target carry out a task management function (RFC 7143 11.5, 4.2.3, RFC 7144 6). Commands
 * that a function ends and that were not sent yet end at once. Those that were sent end with their
 * answers as long as such come; when the target reports the function complete, those that are left
 * end. All of these end with #SANSCSI_IO_CANCELLED. Commands sent later are not touched; when the
 * target rejects the request for its being immediate (RFC 7143 11.17.1) it goes again, in order,
 * behind the commands that were sent meanwhile, and covers those. A
 * function that is not answered in time ends the connection. When the session has as many tasks as
 * its limits allow, one such task more is taken, so that it can be reset.
 *
 * Of a command that waits to be sent, or ends before the request goes out, a
 * #SANSCSI_MANAGE_QUERY_TASK is answered #SANSCSI_MANAGE_NO_SUCH_TASK without asking the target.
 *
 * When the connection closes behind a #SANSCSI_MANAGE_I_T_NEXUS_RESET that went out, that ends with
 * #SANSCSI_MANAGED, and the commands it covers with #SANSCSI_IO_CANCELLED. Behind a
 * #SANSCSI_MANAGE_TARGET_COLD_RESET nobody knows whether it was carried out: it ends with
 * #SANSCSI_IO_CONNECTION_OFFLINE like the commands, and event 103 names the reset as its cause.
 * @param session the session, not a discovery session
 * @param management read
 * @param now current time, ns
 * @param task set to the task's handle on success; may be NULL. Its TASK_DONE has the target's
 *        answer in sanscsi_task_result.response and, of a query, more in additional_response
 * @return as sanscsi_submit(); #SANSCSI_NOT_NEGOTIATED for a function of RFC 7144 below
 *         iSCSIProtocolLevel 2; #SANSCSI_UNKNOWN_TASK when the command asked for has ended;
 *         #SANSCSI_INVALID_ARGUMENT also when its handle names another kind of task
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_manage(sanscsi_session *session,
                                                      const sanscsi_management *management,
                                                      uint64_t now, sanscsi_task *task);

/**
 * Pings the target by a NOP-Out (RFC 7143 11.18); TASK_DONE follows with its answer. The target
 * sends back what the ping carries, the first MaxRecvDataSegmentLength bytes of it; TASK_DONE tells
 * in data_in how many came. Fewer than that end the task with #SANSCSI_IO_BYTES_LOST. Bytes that
 * differ, or more than were sent, are event 121 and end the connection: what carries a ping wrongly
 * carries data wrongly.
 * @param session the session, not a discovery session
 * @param data what the ping carries, lent until TASK_DONE is polled; NULL when there is none
 * @param echo where it comes back, @p length bytes, lent until TASK_DONE is polled; NULL likewise
 * @param length bytes at both, 0 up to sanscsi_parameters.target_max_recv_data_segment_length; of
 *        more than the target declares until the ping is sent, the first ones are sent
 * @param user handed back in TASK_DONE
 * @param timeout ns; 0: the session's command_timeout; #SANSCSI_NEVER: none
 * @param now current time, ns
 * @param task set to the task's handle on success; may be NULL
 * @return as sanscsi_submit(); #SANSCSI_TOO_LARGE for a @p length beyond the target's
 *         MaxRecvDataSegmentLength
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_ping(sanscsi_session *session, const void *data,
                                                    void *echo, uint32_t length, uint64_t user,
                                                    uint64_t timeout, uint64_t now,
                                                    sanscsi_task *task);

/**
 * Declares our MaxRecvDataSegmentLength anew (RFC 7143 6.4, 13.12), by a text exchange; TASK_DONE
 * follows. What we declared is in force when the target ends the exchange, and what it declares of
 * its own with it: sanscsi_session_parameters() tells both. #SANSCSI_IO_TARGET_FAILURE means that
 * the negotiation failed or was rejected: everything stays as it was, and event 122 says why. The
 * target's answers may have 512 bytes in all.
 * @param session the session, of either type
 * @param bytes 512 to 16777215
 * @param user handed back in TASK_DONE
 * @param timeout ns until the connection is given up; 0: the session's command_timeout;
 *        #SANSCSI_NEVER: none
 * @param now current time, ns
 * @param task set to the task's handle on success; may be NULL
 * @return as sanscsi_submit(); #SANSCSI_INVALID_VALUE for @p bytes out of range;
 *         #SANSCSI_ALREADY_STARTED while another text exchange is outstanding, be it the library's
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_declare_segment_length(sanscsi_session *session,
                                                                      uint32_t bytes, uint64_t user,
                                                                      uint64_t timeout,
                                                                      uint64_t now,
                                                                      sanscsi_task *task);

/**
 * Asks a discovery session's portal for its targets (RFC 7143 appendix C, SendTargets=All). Each
 * comes as #SANSCSI_OUTPUT_TARGET, then TASK_DONE. The answer is kept in memory of the allocator
 * until it has been polled.
 * @param session the session
 * @param user handed back in TASK_DONE
 * @param now current time, ns
 * @param task set to the task's handle on success; may be NULL
 * @return as sanscsi_submit(); #SANSCSI_ALREADY_STARTED when one is outstanding;
 *         #SANSCSI_WRONG_SESSION_TYPE unless it is a discovery session
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_send_targets(sanscsi_session *session, uint64_t user,
                                                            uint64_t now, sanscsi_task *task);

/**
 * Cancels a task. If it was not sent yet it ends at once; else by ABORT TASK (RFC 7143 11.5.1).
 * TASK_DONE follows in any case, with the target's answer if that came first.
 * @param session the session
 * @param task its handle
 * @param now current time, ns
 * @return #SANSCSI_OK; #SANSCSI_UNKNOWN_TASK when it has ended already (a TASK_DONE may wait to be
 *         polled); #SANSCSI_INVALID_ARGUMENT for NULL
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_cancel(sanscsi_session *session, sanscsi_task task,
                                                      uint64_t now);

SANSCSI_END_DECLS

#endif
