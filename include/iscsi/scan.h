/** @file
 * The LUN scan: what a host does when it looks for disks on a session that has logged in. INQUIRY
 * to LUN 0, REPORT LUNS, then per logical unit INQUIRY and READ CAPACITY, as a state machine on
 * top of the session. Raises events 1 to 4 on the session.
 */
#ifndef SANSCSI_SCAN_H
#define SANSCSI_SCAN_H

#include <iscsi/output.h>
#include <iscsi/scsi.h>

SANSCSI_BEGIN_DECLS

/** A LUN scan of one session. Opaque. */
typedef struct sanscsi_scan sanscsi_scan;

/** The most logical units a scan goes through. */
#define SANSCSI_SCAN_MAX_UNITS 16384

/** What a scan found out about one logical unit. */
typedef struct sanscsi_unit {
    uint32_t size;       /**< sizeof(sanscsi_unit), set by the caller. */
    uint32_t lun_number; /**< Logical unit number, 0 to 16383. */
    uint64_t lun;        /**< Its wire form, for sanscsi_command.lun. */
    uint32_t claimed;    /**< 1 when INQUIRY succeeded and a device is connected. */
    /** Standard INQUIRY data, or NULL when INQUIRY failed; borrowed until the next call. */
    const sanscsi_inquiry *inquiry;
    /** Capacity, or NULL when the unit told none; borrowed until the next call. */
    const sanscsi_capacity *capacity;
} sanscsi_unit;

/**
 * Starts a scan. Its memory comes from the allocator of the session's initiator.
 * @param session the session, lent until sanscsi_scan_free()
 * @param now current time, ns
 * @param scan set on success
 * @return #SANSCSI_OK; #SANSCSI_NO_MEMORY; #SANSCSI_WRONG_SESSION_TYPE for a discovery session;
 *         #SANSCSI_INVALID_ARGUMENT. A session that cannot take commands is no error here: event 1
 *         tells it.
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_scan_new(sanscsi_session *session, uint64_t now,
                                                        sanscsi_scan **scan);

/**
 * Ends a scan. Free it only after its last TASK_DONE was handed to it, or after the session was
 * freed or closed: until then its buffers are lent to the session.
 * @param scan the scan; NULL is ignored
 */
SANSCSI_API void sanscsi_scan_free(sanscsi_scan *scan);

/**
 * Hands an output of the session to the scan. The scan takes the TASK_DONEs of its own commands
 * and leaves everything else.
 * @param scan the scan
 * @param output what sanscsi_poll() gave
 * @param now current time, ns
 * @return 1 when the output belonged to the scan, 0 when not
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_scan_output(sanscsi_scan *scan,
                                                           const sanscsi_output *output,
                                                           uint64_t now);

/**
 * Whether a scan has ended, well or not.
 * @param scan the scan
 * @return 1 when no command of it is outstanding and none will follow, else 0
 */
SANSCSI_API int32_t sanscsi_scan_done(const sanscsi_scan *scan);

/**
 * Whether everything a scan asked was answered: 0 once it raised event 1, 3 or 4, or a unit failed
 * or left its capacity unanswered.
 * @param scan the scan
 * @return 1 or 0
 */
SANSCSI_API int32_t sanscsi_scan_complete(const sanscsi_scan *scan);

/**
 * Takes the next logical unit found, in the order of the inventory.
 * @param scan the scan
 * @param unit filled; its size member is set by the caller
 * @return 1 when one was taken, 0 when there is none now, #SANSCSI_INVALID_ARGUMENT
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_scan_next(sanscsi_scan *scan, sanscsi_unit *unit);

/**
 * The sense data of the INQUIRY or REPORT LUNS that last ended with CHECK CONDITION: why, when
 * event 1 or 2 has been polled.
 * @param scan the scan
 * @param sense filled; borrowed until the scan's next call; its size member is set by the caller
 * @return #SANSCSI_OK; #SANSCSI_TRUNCATED when no command has ended so, or the sense data ends too
 *         early; #SANSCSI_MALFORMED; #SANSCSI_INVALID_ARGUMENT
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_scan_sense(const sanscsi_scan *scan,
                                                          sanscsi_sense *sense);

SANSCSI_END_DECLS

#endif
