/** @file
 * SCSI: administration: logs, mode parameters, buffers, diagnostics, supported commands, target
 * port groups, security protocols, tables of contents. Rules for CDBs, outputs, sizes and lists
 * are those of scsi.h, for builders of parameter data those of scsi_block.h.
 */
#ifndef SANSCSI_SCSI_ADMIN_H
#define SANSCSI_SCSI_ADMIN_H

#include <iscsi/scsi.h>
#include <iscsi/status.h>
#include <iscsi/types.h>

SANSCSI_BEGIN_DECLS

/** @name Logs
 * @{ */

/** Which values LOG SENSE asks for (SPC-4 6, page control). */
enum {
    SANSCSI_LOG_THRESHOLD = 0,         /**< Threshold values. */
    SANSCSI_LOG_CUMULATIVE = 1,        /**< Cumulative values. */
    SANSCSI_LOG_DEFAULT_THRESHOLD = 2, /**< Default threshold values. */
    SANSCSI_LOG_DEFAULT_CUMULATIVE = 3 /**< Default cumulative values. */
};

/**
 * LOG SENSE (SPC-4 6).
 * @param cdb written
 * @param save 1: SP, the unit saves the parameters
 * @param page_control #SANSCSI_LOG_CUMULATIVE etc.
 * @param page the page, up to 63; 0 lists the pages
 * @param subpage the subpage, up to 255
 * @param pointer PARAMETER POINTER: the first parameter wanted, up to 65535
 * @param allocation_length bytes wanted, up to 65535
 * @return 10, or 0
 */
SANSCSI_API SANSCSI_MUST_CHECK uint32_t sanscsi_cdb_log_sense(uint8_t cdb[16], uint32_t save,
                                                              uint32_t page_control, uint32_t page,
                                                              uint32_t subpage, uint32_t pointer,
                                                              uint32_t allocation_length);

/** A log page: its header and where the rest lies (SPC-4 7.3). */
typedef struct sanscsi_log_page {
    uint32_t size;        /**< sizeof(sanscsi_log_page), set by the caller. */
    uint32_t page;        /**< PAGE CODE, 0 to 63. */
    uint32_t subpage;     /**< SUBPAGE CODE; 0 without. */
    uint32_t not_saved;   /**< DS: 1 when the page is not saved. */
    uint32_t total;       /**< PAGE LENGTH: bytes that the unit has after byte 3. */
    uint32_t length;      /**< Bytes of them that came. */
    const uint8_t *bytes; /**< They; borrowed; NULL without any. */
} sanscsi_log_page;

/**
 * Reads the answer to LOG SENSE.
 * @param data what came
 * @param size bytes at @p data; bytes behind the page length are not looked at
 * @param page the page that was asked for
 * @param subpage the subpage that was asked for
 * @param log filled
 * @return #SANSCSI_OK; #SANSCSI_TRUNCATED; #SANSCSI_MALFORMED for another page;
 *         #SANSCSI_INVALID_ARGUMENT
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_log_page_parse(const void *data, size_t size,
                                                              uint32_t page, uint32_t subpage,
                                                              sanscsi_log_page *log);

/**
 * One entry of page 00h, Supported Log Pages, without or with subpages (SPC-4 7.3).
 * @param log page 00h from sanscsi_log_page_parse(), subpage 0 or 255, its data still there
 * @param index 0 for the first
 * @param page set on success
 * @param subpage set on success; 0 in the list without subpages
 * @return #SANSCSI_OK; #SANSCSI_INVALID_ARGUMENT, also for another page or an index beyond its end
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_log_supported_get(const sanscsi_log_page *log,
                                                                 uint32_t index, uint32_t *page,
                                                                 uint32_t *subpage);

/** One log parameter (SPC-4 7.3). */
typedef struct sanscsi_log_parameter {
    uint32_t size;        /**< sizeof(sanscsi_log_parameter), set by the caller. */
    uint32_t code;        /**< PARAMETER CODE. */
    uint32_t control;     /**< The control byte: DU, TSD, ETC, TMC, FORMAT AND LINKING. */
    uint32_t length;      /**< Bytes at @ref bytes. */
    const uint8_t *bytes; /**< The value; borrowed; NULL when it has no bytes. */
} sanscsi_log_parameter;

/**
 * Takes the next parameter of any page but 00h.
 * @param log from sanscsi_log_page_parse(), its data still there
 * @param position 0 for the first; moved behind the parameter taken
 * @param parameter filled when one was taken
 * @return 1 when one was taken; 0 at the end; #SANSCSI_TRUNCATED when the rest did not come;
 *         #SANSCSI_MALFORMED when a parameter exceeds the page; #SANSCSI_INVALID_ARGUMENT
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_log_parameter_next(const sanscsi_log_page *log,
                                                                  uint32_t *position,
                                                                  sanscsi_log_parameter *parameter);
/** @} */

/** @name Mode parameters
 * @{ */

/** Flags of MODE SELECT: bits of CDB byte 1 (SPC-4 6). */
enum {
    SANSCSI_MODE_PAGE_FORMAT = 0x10, /**< PF: pages have the standard's format. Usual. */
    SANSCSI_MODE_SAVE = 0x01         /**< SP: the values are saved. */
};

/**
 * MODE SELECT(6) (SPC-4 6).
 * @param cdb written
 * @param flags #SANSCSI_MODE_PAGE_FORMAT, #SANSCSI_MODE_SAVE
 * @param parameter_length bytes sent, up to 255
 * @return 6, or 0
 */
SANSCSI_API SANSCSI_MUST_CHECK uint32_t sanscsi_cdb_mode_select6(uint8_t cdb[16], uint32_t flags,
                                                                 uint32_t parameter_length);

/**
 * MODE SELECT(10) (SPC-4 6).
 * @param cdb written
 * @param flags #SANSCSI_MODE_PAGE_FORMAT, #SANSCSI_MODE_SAVE
 * @param parameter_length bytes sent, up to 65535
 * @return 10, or 0
 */
SANSCSI_API SANSCSI_MUST_CHECK uint32_t sanscsi_cdb_mode_select10(uint8_t cdb[16], uint32_t flags,
                                                                  uint32_t parameter_length);

/**
 * The parameter list of MODE SELECT(6). Of @p mode count medium_type, device_specific, blocks and
 * pages with the bytes at each. The length byte is 0, and PS of each page too, as MODE SELECT
 * wants it; so what MODE SENSE answered can be changed and sent back. For disks, bits 7 and 4 of
 * device_specific mean nothing here and should be 0 (SBC-3 6.4).
 * @param mode what to write
 * @param data written
 * @param size bytes at @p data
 * @param length set to the bytes written
 * @return see scsi_block.h; #SANSCSI_INVALID_ARGUMENT also for pages that are not whole and for
 *         long descriptors, which need the (10) form
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_mode_select6_build(const sanscsi_mode *mode,
                                                                  void *data, size_t size,
                                                                  size_t *length);

/**
 * The parameter list of MODE SELECT(10), as sanscsi_mode_select6_build(); long_lba counts too.
 * @param mode what to write
 * @param data written
 * @param size bytes at @p data
 * @param length set to the bytes written
 * @return see scsi_block.h; #SANSCSI_INVALID_ARGUMENT also for pages that are not whole
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_mode_select10_build(const sanscsi_mode *mode,
                                                                   void *data, size_t size,
                                                                   size_t *length);
/** @} */

/** @name Buffers and diagnostics
 * @{ */

/** Modes of READ BUFFER and WRITE BUFFER (SPC-4 6). */
enum {
    SANSCSI_BUFFER_DATA = 0x02,              /**< Data. */
    SANSCSI_BUFFER_DESCRIPTOR = 0x03,        /**< READ: the descriptor, 4 bytes. */
    SANSCSI_BUFFER_MICROCODE_SAVE = 0x05,    /**< WRITE: new microcode, saved. */
    SANSCSI_BUFFER_MICROCODE_OFFSETS = 0x07, /**< WRITE: the same in parts. */
    SANSCSI_BUFFER_ECHO = 0x0a,              /**< The echo buffer. */
    SANSCSI_BUFFER_ECHO_DESCRIPTOR = 0x0b,   /**< READ: the echo buffer's descriptor. */
    SANSCSI_BUFFER_MICROCODE_DEFER = 0x0e,   /**< WRITE: new microcode, not active yet. */
    SANSCSI_BUFFER_MICROCODE_ACTIVATE = 0x0f /**< WRITE: activates it. */
};

/**
 * READ BUFFER(10) (SPC-4 6).
 * @param cdb written
 * @param mode #SANSCSI_BUFFER_DATA etc., up to 31
 * @param specific MODE SPECIFIC, up to 7
 * @param id BUFFER ID, up to 255
 * @param offset BUFFER OFFSET, below 2^24
 * @param allocation_length bytes wanted, below 2^24
 * @return 10, or 0
 */
SANSCSI_API SANSCSI_MUST_CHECK uint32_t sanscsi_cdb_read_buffer(uint8_t cdb[16], uint32_t mode,
                                                                uint32_t specific, uint32_t id,
                                                                uint32_t offset,
                                                                uint32_t allocation_length);

/**
 * WRITE BUFFER (SPC-4 6).
 * @param cdb written
 * @param mode #SANSCSI_BUFFER_DATA etc., up to 31
 * @param specific MODE SPECIFIC, up to 7
 * @param id BUFFER ID, up to 255
 * @param offset BUFFER OFFSET, below 2^24
 * @param parameter_length bytes sent, below 2^24
 * @return 10, or 0
 */
SANSCSI_API SANSCSI_MUST_CHECK uint32_t sanscsi_cdb_write_buffer(uint8_t cdb[16], uint32_t mode,
                                                                 uint32_t specific, uint32_t id,
                                                                 uint32_t offset,
                                                                 uint32_t parameter_length);

/** A buffer's descriptor (SPC-4 6, READ BUFFER). */
typedef struct sanscsi_buffer_descriptor {
    uint32_t size;            /**< sizeof(sanscsi_buffer_descriptor), set by the caller. */
    uint32_t offset_boundary; /**< Offsets are multiples of 2^this; 255: only 0 is allowed. */
    uint32_t capacity;        /**< Bytes of the buffer. */
} sanscsi_buffer_descriptor;

/**
 * Reads the answer to READ BUFFER with #SANSCSI_BUFFER_DESCRIPTOR.
 * @param data what came
 * @param size bytes at @p data, 4 in a good answer
 * @param descriptor filled
 * @return #SANSCSI_OK; #SANSCSI_TRUNCATED; #SANSCSI_INVALID_ARGUMENT
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_buffer_descriptor_parse(
    const void *data, size_t size, sanscsi_buffer_descriptor *descriptor);

/** Flags of SEND DIAGNOSTIC: bits of CDB byte 1 (SPC-4 6). */
enum {
    SANSCSI_DIAGNOSTIC_PAGE_FORMAT = 0x10, /**< PF: what is sent has the standard's format. */
    SANSCSI_DIAGNOSTIC_SELF_TEST = 0x04,   /**< SELFTEST: the default self-test. */
    SANSCSI_DIAGNOSTIC_DEVICE = 0x02,      /**< DEVOFFL: may disturb all units. */
    SANSCSI_DIAGNOSTIC_UNIT = 0x01         /**< UNITOFFL: may disturb this unit. */
};

/**
 * SEND DIAGNOSTIC (SPC-4 6).
 * @param cdb written
 * @param self_test SELF-TEST CODE, 0 to 7; 0 with #SANSCSI_DIAGNOSTIC_SELF_TEST
 * @param flags #SANSCSI_DIAGNOSTIC_SELF_TEST etc.
 * @param parameter_length bytes sent, up to 65535
 * @return 6, or 0
 */
SANSCSI_API SANSCSI_MUST_CHECK uint32_t sanscsi_cdb_send_diagnostic(uint8_t cdb[16],
                                                                    uint32_t self_test,
                                                                    uint32_t flags,
                                                                    uint32_t parameter_length);

/**
 * RECEIVE DIAGNOSTIC RESULTS for a page (SPC-4 6).
 * @param cdb written
 * @param page PAGE CODE, up to 255
 * @param allocation_length bytes wanted, up to 65535
 * @return 6, or 0
 */
SANSCSI_API SANSCSI_MUST_CHECK uint32_t sanscsi_cdb_receive_diagnostic(uint8_t cdb[16],
                                                                       uint32_t page,
                                                                       uint32_t allocation_length);

/**
 * Reads the header of a diagnostic page (SPC-4 7.2). The bytes behind it are the items; of page
 * 00h each is the code of a supported page.
 * @param data what came
 * @param size bytes at @p data
 * @param page the page that was asked for
 * @param items filled; info is the page's byte 1
 * @return #SANSCSI_OK; #SANSCSI_TRUNCATED; #SANSCSI_MALFORMED for another page;
 *         #SANSCSI_INVALID_ARGUMENT
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_diagnostic_parse(const void *data, size_t size,
                                                                uint32_t page,
                                                                sanscsi_items *items);
/** @} */

/** @name Supported commands
 * @{ */

/** What REPORT SUPPORTED OPERATION CODES shall tell (SPC-4 6, reporting options). */
enum {
    SANSCSI_OPCODES_ALL = 0,    /**< All commands: sanscsi_opcodes_parse(). */
    SANSCSI_OPCODES_ONE = 1,    /**< One by its operation code: sanscsi_opcode_parse(). */
    SANSCSI_OPCODES_ACTION = 2, /**< One by operation code and service action. */
    SANSCSI_OPCODES_EITHER = 3  /**< One, by service action where it has such. */
};

/**
 * REPORT SUPPORTED OPERATION CODES (SPC-4 6).
 * @param cdb written
 * @param options #SANSCSI_OPCODES_ALL etc., up to 7
 * @param timeouts 1: RCTD, timeouts are wanted as well
 * @param opcode the command asked for, up to 255; 0 for all
 * @param action its service action, up to 65535; 0 without
 * @param allocation_length bytes wanted
 * @return 12, or 0
 */
SANSCSI_API SANSCSI_MUST_CHECK uint32_t sanscsi_cdb_report_opcodes(uint8_t cdb[16],
                                                                   uint32_t options,
                                                                   uint32_t timeouts,
                                                                   uint32_t opcode, uint32_t action,
                                                                   uint32_t allocation_length);

/** One command that a unit knows (SPC-4 6). */
typedef struct sanscsi_opcode {
    uint32_t size;                /**< sizeof(sanscsi_opcode), set by the caller. */
    uint32_t opcode;              /**< OPERATION CODE; 0 in the answer about one command. */
    uint32_t has_action;          /**< SERVACTV: 1 when @ref action counts. */
    uint32_t action;              /**< SERVICE ACTION. */
    uint32_t support;             /**< SUPPORT: 3 as in the standard, 5 in the vendor's way, 1 not,
                                   *   0 not known now; 3 in the list of all. */
    uint32_t cdb_length;          /**< Bytes of its CDB. */
    const uint8_t *usage;         /**< A mask of the CDB bits it looks at; borrowed; or NULL. */
    uint32_t has_timeouts;        /**< 1 when the two timeouts are told. */
    uint32_t nominal_timeout;     /**< Seconds; 0 not told. */
    uint32_t recommended_timeout; /**< Seconds; 0 not told. */
    uint32_t reserved;            /**< 0. */
} sanscsi_opcode;

/**
 * Reads the answer about all commands; sanscsi_opcode_next() takes them.
 * @param data what came
 * @param size bytes at @p data
 * @param items filled; info is 0
 * @return #SANSCSI_OK; #SANSCSI_TRUNCATED; #SANSCSI_INVALID_ARGUMENT
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_opcodes_parse(const void *data, size_t size,
                                                             sanscsi_items *items);

/**
 * Takes the next command.
 * @param items from sanscsi_opcodes_parse(), its data still there
 * @param position 0 for the first; moved behind the command taken
 * @param item filled when one was taken
 * @return 1 when one was taken; 0 at the end; #SANSCSI_TRUNCATED when the rest did not come;
 *         #SANSCSI_MALFORMED when a descriptor exceeds the list or timeouts have another length
 *         than 10; #SANSCSI_INVALID_ARGUMENT, also for another list
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_opcode_next(const sanscsi_items *items,
                                                           uint32_t *position,
                                                           sanscsi_opcode *item);

/**
 * Reads the answer about one command.
 * @param data what came
 * @param size bytes at @p data
 * @param item filled
 * @return #SANSCSI_OK; #SANSCSI_TRUNCATED; #SANSCSI_MALFORMED for timeouts of another length than
 *         10; #SANSCSI_INVALID_ARGUMENT
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_opcode_parse(const void *data, size_t size,
                                                            sanscsi_opcode *item);
/** @} */

/** @name Target port groups
 * @{ */

/** Asymmetric access states (SPC-4 6). */
enum {
    SANSCSI_ACCESS_OPTIMIZED = 0x0,     /**< Active/optimized. */
    SANSCSI_ACCESS_NON_OPTIMIZED = 0x1, /**< Active/non-optimized. */
    SANSCSI_ACCESS_STANDBY = 0x2,       /**< Standby. */
    SANSCSI_ACCESS_UNAVAILABLE = 0x3,   /**< Unavailable. */
    SANSCSI_ACCESS_LBA_DEPENDENT = 0x4, /**< By logical block: page B3h, REPORT REFERRALS. */
    SANSCSI_ACCESS_OFFLINE = 0xe,       /**< Offline. */
    SANSCSI_ACCESS_TRANSITION = 0xf     /**< Between two states. */
};

/**
 * REPORT TARGET PORT GROUPS (SPC-4 6).
 * @param cdb written
 * @param extended 1 asks for the extended header
 * @param allocation_length bytes wanted
 * @return 12, or 0
 */
SANSCSI_API SANSCSI_MUST_CHECK uint32_t sanscsi_cdb_report_port_groups(uint8_t cdb[16],
                                                                       uint32_t extended,
                                                                       uint32_t allocation_length);

/**
 * Reads the answer to REPORT TARGET PORT GROUPS with either header: units that do not know the
 * extended one answer with the short. sanscsi_port_group_next() takes the groups.
 * @param data what came
 * @param size bytes at @p data
 * @param items filled; info is IMPLICIT TRANSITION TIME, seconds; 0 not told
 * @return #SANSCSI_OK; #SANSCSI_TRUNCATED; #SANSCSI_INVALID_ARGUMENT
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_port_groups_parse(const void *data, size_t size,
                                                                 sanscsi_items *items);

/** One target port group (SPC-4 6). */
typedef struct sanscsi_port_group {
    uint32_t size;        /**< sizeof(sanscsi_port_group), set by the caller. */
    uint32_t group;       /**< TARGET PORT GROUP. */
    uint32_t state;       /**< #SANSCSI_ACCESS_OPTIMIZED etc., 0 to 15. */
    uint32_t preferred;   /**< PREF: 1 for the preferred group. */
    uint32_t supported;   /**< Bit 1 << state for each state that it can have. */
    uint32_t reason;      /**< STATUS CODE: 0 none, 1 changed by command, 2 by the unit. */
    uint32_t port_count;  /**< Target ports: sanscsi_port_group_port(). */
    uint32_t reserved;    /**< 0. */
    const uint8_t *ports; /**< Their descriptors; borrowed; NULL without any. */
} sanscsi_port_group;

/**
 * Takes the next group.
 * @param items from sanscsi_port_groups_parse(), its data still there
 * @param position 0 for the first; moved behind the group taken
 * @param item filled when one was taken
 * @return 1 when one was taken; 0 at the end; #SANSCSI_TRUNCATED when the rest did not come;
 *         #SANSCSI_MALFORMED when a group exceeds the list; #SANSCSI_INVALID_ARGUMENT, also for
 *         another list
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_port_group_next(const sanscsi_items *items,
                                                               uint32_t *position,
                                                               sanscsi_port_group *item);

/**
 * One port of a group.
 * @param group from sanscsi_port_group_next(), its data still there
 * @param index 0 to sanscsi_port_group.port_count - 1
 * @param relative_port set on success to a RELATIVE TARGET PORT IDENTIFIER
 * @return #SANSCSI_OK; #SANSCSI_INVALID_ARGUMENT, also for an index beyond the end
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_port_group_port(const sanscsi_port_group *group,
                                                               uint32_t index,
                                                               uint32_t *relative_port);
/** @} */

/** @name Security protocols
 * @{ */

/**
 * SECURITY PROTOCOL IN (SPC-4 6).
 * @param cdb written
 * @param protocol SECURITY PROTOCOL, up to 255; 0 tells about protocols
 * @param specific SECURITY PROTOCOL SPECIFIC, up to 65535
 * @param blocks 1: INC_512, the length counts blocks of 512 bytes
 * @param allocation_length bytes wanted, or blocks
 * @return 12, or 0
 */
SANSCSI_API SANSCSI_MUST_CHECK uint32_t sanscsi_cdb_security_in(uint8_t cdb[16], uint32_t protocol,
                                                                uint32_t specific, uint32_t blocks,
                                                                uint32_t allocation_length);

/**
 * SECURITY PROTOCOL OUT (SPC-4 6).
 * @param cdb written
 * @param protocol SECURITY PROTOCOL, up to 255
 * @param specific SECURITY PROTOCOL SPECIFIC, up to 65535
 * @param blocks 1: INC_512, the length counts blocks of 512 bytes
 * @param transfer_length bytes sent, or blocks
 * @return 12, or 0
 */
SANSCSI_API SANSCSI_MUST_CHECK uint32_t sanscsi_cdb_security_out(uint8_t cdb[16], uint32_t protocol,
                                                                 uint32_t specific, uint32_t blocks,
                                                                 uint32_t transfer_length);

/**
 * Reads the list of supported security protocols: SECURITY PROTOCOL IN with protocol and specific
 * 0 (SPC-4 7.7). Each item is one byte, a protocol.
 * @param data what came
 * @param size bytes at @p data
 * @param items filled; info is 0
 * @return #SANSCSI_OK; #SANSCSI_TRUNCATED; #SANSCSI_INVALID_ARGUMENT
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_security_protocols_parse(const void *data,
                                                                        size_t size,
                                                                        sanscsi_items *items);
/** @} */

/** @name Table of contents
 * @{ */

/**
 * READ TOC/PMA/ATIP for a table of contents (MMC-6 6).
 * @param cdb written
 * @param msf 1: addresses as minute, second, frame; 0: as blocks
 * @param format 0: all tracks from @p track on; 1: the first track of the last session
 * @param track first track wanted, up to 255; 0 with format 1
 * @param allocation_length bytes wanted, up to 65535
 * @return 10, or 0
 */
SANSCSI_API SANSCSI_MUST_CHECK uint32_t sanscsi_cdb_read_toc(uint8_t cdb[16], uint32_t msf,
                                                             uint32_t format, uint32_t track,
                                                             uint32_t allocation_length);

/**
 * Reads the answer to READ TOC in formats 0 and 1; sanscsi_toc_next() takes the tracks.
 * @param data what came
 * @param size bytes at @p data
 * @param items filled; info is first track or session * 256 + the last
 * @return #SANSCSI_OK; #SANSCSI_TRUNCATED; #SANSCSI_MALFORMED for a length that no number of
 *         tracks has; #SANSCSI_INVALID_ARGUMENT
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_toc_parse(const void *data, size_t size,
                                                         sanscsi_items *items);

/** One track (MMC-6 6). */
typedef struct sanscsi_toc_track {
    uint32_t size;    /**< sizeof(sanscsi_toc_track), set by the caller. */
    uint32_t number;  /**< TRACK NUMBER; 0xaa is the lead-out. */
    uint32_t adr;     /**< ADR, 0 to 15. */
    uint32_t control; /**< CONTROL, 0 to 15; bit 2: a data track. */
    uint32_t address; /**< A block; or minute * 65536 + second * 256 + frame. */
} sanscsi_toc_track;

/**
 * Takes the next track.
 * @param items from sanscsi_toc_parse(), its data still there
 * @param position 0 for the first; moved behind the track taken
 * @param item filled when one was taken
 * @return 1 when one was taken; 0 at the end; #SANSCSI_TRUNCATED when the rest did not come;
 *         #SANSCSI_INVALID_ARGUMENT, also for another list
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_toc_next(const sanscsi_items *items,
                                                        uint32_t *position,
                                                        sanscsi_toc_track *item);
/** @} */

SANSCSI_END_DECLS

#endif
