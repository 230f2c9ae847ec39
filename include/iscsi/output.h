/** @file
 * What a session has to tell, taken by polling: requests for a transport, ends of tasks, discovery
 * records, diagnostic events.
 */
#ifndef SANSCSI_OUTPUT_H
#define SANSCSI_OUTPUT_H

#include <iscsi/event.h>
#include <iscsi/name.h>
#include <iscsi/task.h>

SANSCSI_BEGIN_DECLS

/** Types of outputs. */
enum {
    SANSCSI_OUTPUT_NONE = 0,       /**< Nothing to tell. */
    SANSCSI_OUTPUT_CONNECT = 1,    /**< Please open a transport to host and port for cid. */
    SANSCSI_OUTPUT_CLOSE = 2,      /**< Please close cid's transport, then sanscsi_closed(). */
    SANSCSI_OUTPUT_LOGGED_IN = 3,  /**< The session is in full feature phase. */
    SANSCSI_OUTPUT_LOGGED_OUT = 4, /**< The session has ended or could not be made. */
    SANSCSI_OUTPUT_TASK_DONE = 5,  /**< A task has ended: see @ref sanscsi_output.result. */
    SANSCSI_OUTPUT_TARGET = 6,     /**< A discovery record: see @ref sanscsi_output.target. */
    SANSCSI_OUTPUT_ASYNC = 7,      /**< An async message: see @ref sanscsi_output.async. */
    SANSCSI_OUTPUT_EVENT = 8,      /**< A diagnostic record: see @ref sanscsi_output.event. */
    /** The login waits for a CHAP secret: please call sanscsi_give_secret(). */
    SANSCSI_OUTPUT_SECRET = 9,
    /** The session was lost and comes back by itself: LOGGED_IN or LOGGED_OUT will follow. */
    SANSCSI_OUTPUT_LOST = 10
};

/** Where a task's life ended: io_status in TASK_DONE and in events 1 and 2. */
enum {
    SANSCSI_IO_OK = 0,                 /**< The target answered. */
    SANSCSI_IO_SESSION_OFFLINE = 3,    /**< The session had ended or was ended. */
    SANSCSI_IO_TIMEOUT = 4,            /**< Timed out; with return value 1: in transition. */
    SANSCSI_IO_TARGET_FAILURE = 5,     /**< iSCSI response code Target Failure. */
    SANSCSI_IO_CONNECTION_OFFLINE = 6, /**< The connection was lost. */
    SANSCSI_IO_BYTES_LOST = 7,         /**< Fewer bytes were moved than the target says. */
    SANSCSI_IO_CANCELLED = 8,          /**< sanscsi_cancel() or sanscsi_manage() ended it. */
    /** A reset ended it that the program did not ask for: one of somebody else's, told by
     * AsyncEvent 5, or one that the library came to when another task had timed out. */
    SANSCSI_IO_TERMINATED = 9
};

/**
 * The name of an io_status, for logs and bindings.
 * @param io_status #SANSCSI_IO_OK etc.
 * @return a constant string such as "connection-offline"; "unknown" for other values
 */
SANSCSI_API const char *sanscsi_io_status_name(uint32_t io_status);

/**
 * What an io_status means, in a few words for people.
 * @param io_status #SANSCSI_IO_OK etc.
 * @return a constant string such as "the connection was lost"; never NULL
 */
SANSCSI_API const char *sanscsi_io_status_text(uint32_t io_status);

/** Kinds of tasks. */
enum {
    SANSCSI_TASK_COMMAND = 1,      /**< sanscsi_submit() */
    SANSCSI_TASK_PING = 2,         /**< sanscsi_ping() */
    SANSCSI_TASK_SEND_TARGETS = 3, /**< sanscsi_send_targets() */
    SANSCSI_TASK_MANAGEMENT = 4,   /**< sanscsi_manage() */
    SANSCSI_TASK_DECLARATION = 5   /**< sanscsi_declare_segment_length() */
};

/** How a task ended. */
typedef struct sanscsi_task_result {
    uint32_t size;        /**< sizeof(sanscsi_task_result), set by the library. */
    uint32_t kind;        /**< #SANSCSI_TASK_COMMAND etc. */
    sanscsi_task task;    /**< The handle; from now on stale. */
    uint64_t user;        /**< The caller's word. */
    uint32_t scsi_status; /**< SCSI status byte (SAM-5 5.3); 0 where none came. */
    uint32_t io_status;   /**< #SANSCSI_IO_OK etc. */
    /** iSCSI Response code (RFC 7143 11.4.3); of task management its own, #SANSCSI_MANAGED etc. */
    uint32_t response;
    uint32_t data_in; /**< Bytes read into the caller's buffers. */
    /** Bytes of the expected length that the target did not transfer; of a bidirectional command:
     * of what it writes. */
    uint32_t underflow;
    uint32_t overflow;     /**< Bytes the target would have transferred beyond it; likewise. */
    uint32_t sense_length; /**< Bytes kept at sanscsi_command.sense. */
    uint32_t sense_total;  /**< Bytes of sense data the target sent. */
    uint32_t sense_key;    /**< Sense key; 0 without sense data. */
    uint32_t sense_code;   /**< ASC * 256 + ASCQ; 0 without sense data. */
    /** Additional Response Information of task management, 24 bits (RFC 7144 6.4.1,
     * SAM-5); 0 for other tasks, and below iSCSIProtocolLevel 2. */
    uint32_t additional_response;
    /** Status qualifier (RFC 7144 5.2.1, SAM-5); 0 without iSCSIProtocolLevel 2. */
    uint32_t status_qualifier;
    uint32_t read_underflow; /**< Of a bidirectional command: as underflow, of what it reads. */
    uint32_t read_overflow;  /**< Likewise for overflow. */
    /** Bytes of response data, which a vendor defines (RFC 7143 11.4.7), kept in
     * sanscsi_command.sense behind the sense data: up to 254 bytes of both together. */
    uint32_t response_data_length;
    uint32_t response_data_total; /**< Bytes of response data the target sent. */
} sanscsi_task_result;

/** One discovery record. */
typedef struct sanscsi_target {
    uint32_t size;            /**< sizeof(sanscsi_target), set by the library. */
    uint32_t portal_count;    /**< TargetAddress keys of the record; 0: the portal we asked. */
    const uint8_t *name;      /**< TargetName. */
    size_t name_length;       /**< Bytes at @ref name. */
    const uint8_t *addresses; /**< For sanscsi_target_portal(). */
    size_t addresses_length;  /**< Bytes at @ref addresses. */
} sanscsi_target;

/** An asynchronous message (RFC 7143 11.9). */
typedef struct sanscsi_async {
    uint32_t size;       /**< sizeof(sanscsi_async), set by the library. */
    uint32_t event;      /**< AsyncEvent. */
    uint32_t vcode;      /**< AsyncVCode. */
    uint32_t parameter1; /**< Parameter1. */
    uint32_t parameter2; /**< Parameter2. */
    uint32_t parameter3; /**< Parameter3. */
    uint64_t lun;        /**< LUN, where the event has one. */
    uint32_t sense_key;  /**< Sense key of the sense data, 0 without. */
    uint32_t sense_code; /**< ASC * 256 + ASCQ, 0 without. */
    uint32_t lost;       /**< Messages before this one that found no room, for want of a poll. */
} sanscsi_async;

/** One thing a session has to tell. All pointers are borrowed until the next poll. */
typedef struct sanscsi_output {
    uint32_t size;                     /**< sizeof(sanscsi_output), set by the caller. */
    uint32_t type;                     /**< #SANSCSI_OUTPUT_NONE etc. */
    uint32_t cid;                      /**< The connection of CONNECT and CLOSE. */
    uint32_t port;                     /**< TCP port of CONNECT. */
    const char *host;                  /**< Host of CONNECT, zero-terminated. */
    size_t host_length;                /**< Bytes at @ref host without the zero. */
    const sanscsi_task_result *result; /**< For TASK_DONE, else NULL. */
    const sanscsi_target *target;      /**< For TARGET, else NULL. */
    const sanscsi_async *async;        /**< For ASYNC, else NULL. */
    const sanscsi_event *event;        /**< For EVENT, else NULL. */
    uint32_t secret;                   /**< For SECRET: #SANSCSI_SECRET_OWN or _TARGET. */
    /** For SECRET: whose secret, our CHAP name or the one the target tells. Not terminated. */
    const char *chap_name;
    size_t chap_name_length; /**< Bytes at @ref chap_name. */
    /** For LOGGED_IN: what the target answered to list and boolean keys, each pair with its null.
     */
    const char *answers;
    size_t answers_length; /**< Bytes at @ref answers. */
} sanscsi_output;

/**
 * Takes the next thing the session has to tell.
 * @param session the session
 * @param output filled; its size member is set by the caller; type #SANSCSI_OUTPUT_NONE when there
 *        is nothing
 * @return #SANSCSI_OK; #SANSCSI_INVALID_ARGUMENT for a NULL pointer or a wrong size
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_poll(sanscsi_session *session,
                                                    sanscsi_output *output);

/**
 * Reads one portal of a discovery record.
 * @param target the record, from an output not older than the last poll
 * @param index from 0 to sanscsi_target.portal_count - 1
 * @param portal filled; borrowed as the record is; its size member is set by the caller
 * @return #SANSCSI_OK; #SANSCSI_INVALID_ARGUMENT for a NULL pointer, a wrong size or an index
 *         beyond the end
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_target_portal(const sanscsi_target *target,
                                                             uint32_t index,
                                                             sanscsi_portal *portal);

SANSCSI_END_DECLS

#endif
