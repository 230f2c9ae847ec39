/** @file
 * SCSI: commands of block devices beside reading and writing, with the data they send and get.
 * Rules for CDBs, outputs, sizes and lists are those of scsi.h. A builder of parameter data writes
 * all or nothing: #SANSCSI_OK; #SANSCSI_BUFFER_TOO_SMALL; #SANSCSI_TOO_LARGE for more than a
 * length field can tell; #SANSCSI_INVALID_ARGUMENT.
 */
#ifndef SANSCSI_SCSI_BLOCK_H
#define SANSCSI_SCSI_BLOCK_H

#include <iscsi/scsi.h>
#include <iscsi/status.h>
#include <iscsi/types.h>

SANSCSI_BEGIN_DECLS

/** Flags of the CDB builders below: bits of CDB byte 1. #SANSCSI_CDB_DPO, #SANSCSI_CDB_FUA and
 * #SANSCSI_CDB_IMMED are those of scsi.h. */
enum {
    SANSCSI_UNMAP_ANCHOR = 0x01,       /**< UNMAP: anchor the blocks. */
    SANSCSI_WRITE_SAME_ANCHOR = 0x10,  /**< WRITE SAME with UNMAP: anchor the blocks. */
    SANSCSI_WRITE_SAME_UNMAP = 0x08,   /**< WRITE SAME: the blocks may be unmapped. */
    SANSCSI_WRITE_SAME_NO_DATA = 0x01, /**< WRITE SAME(16): NDOB, zeros, no data is sent. */
    SANSCSI_VERIFY_COMPARE = 0x02,     /**< VERIFY: BYTCHK 01b, compare with the data sent. */
    SANSCSI_VERIFY_ONE_BLOCK = 0x06    /**< VERIFY: BYTCHK 11b, all with the one block sent. */
};

/** A range of logical blocks, as lists of ranges hold it. Never grows: it is the item of arrays. */
typedef struct sanscsi_block_range {
    uint64_t lba;      /**< First logical block. */
    uint32_t blocks;   /**< Logical blocks. */
    uint32_t reserved; /**< 0. */
} sanscsi_block_range;

/**
 * UNMAP (SBC-3 5). Its data is made by sanscsi_unmap_build().
 * @param cdb written
 * @param flags #SANSCSI_UNMAP_ANCHOR
 * @param parameter_length bytes sent, up to 65535
 * @return 10, or 0
 */
SANSCSI_API SANSCSI_MUST_CHECK uint32_t sanscsi_cdb_unmap(uint8_t cdb[16], uint32_t flags,
                                                          uint32_t parameter_length);

/**
 * The parameter list of UNMAP: 8 bytes and 16 for each range (SBC-3 5).
 * @param ranges what to unmap; may be NULL when @p count is 0
 * @param count ranges; up to 4095 fit, the unit's limit is in page B0h
 * @param data written
 * @param size bytes at @p data
 * @param length set to the bytes written
 * @return see above; #SANSCSI_INVALID_ARGUMENT also for a range that exceeds 2^64
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_unmap_build(const sanscsi_block_range *ranges,
                                                           uint32_t count, void *data, size_t size,
                                                           size_t *length);

/**
 * WRITE SAME(10) (SBC-3 5).
 * @param cdb written
 * @param lba first logical block, below 2^32
 * @param blocks logical blocks, up to 65535; 0: to the end of the medium
 * @param flags #SANSCSI_WRITE_SAME_ANCHOR, #SANSCSI_WRITE_SAME_UNMAP
 * @return 10, or 0
 */
SANSCSI_API SANSCSI_MUST_CHECK uint32_t sanscsi_cdb_write_same10(uint8_t cdb[16], uint64_t lba,
                                                                 uint32_t blocks, uint32_t flags);

/**
 * WRITE SAME(16) (SBC-3 5).
 * @param cdb written
 * @param lba first logical block
 * @param blocks logical blocks; 0: to the end of the medium
 * @param flags #SANSCSI_WRITE_SAME_ANCHOR, #SANSCSI_WRITE_SAME_UNMAP, #SANSCSI_WRITE_SAME_NO_DATA
 * @return 16; 0 also when @p lba + @p blocks exceeds 2^64
 */
SANSCSI_API SANSCSI_MUST_CHECK uint32_t sanscsi_cdb_write_same16(uint8_t cdb[16], uint64_t lba,
                                                                 uint32_t blocks, uint32_t flags);

/**
 * COMPARE AND WRITE (SBC-3 5). Sends the blocks to compare with, then those to write.
 * @param cdb written
 * @param lba first logical block
 * @param blocks logical blocks to compare and write, up to 255; 0 does nothing
 * @param flags #SANSCSI_CDB_DPO, #SANSCSI_CDB_FUA
 * @return 16; 0 also when @p lba + @p blocks exceeds 2^64
 */
SANSCSI_API SANSCSI_MUST_CHECK uint32_t sanscsi_cdb_compare_and_write(uint8_t cdb[16], uint64_t lba,
                                                                      uint32_t blocks,
                                                                      uint32_t flags);

/**
 * VERIFY(10) (SBC-3 5). Without a BYTCHK flag no data is sent.
 * @param cdb written
 * @param lba first logical block, below 2^32
 * @param blocks logical blocks, up to 65535; 0 verifies nothing
 * @param flags #SANSCSI_CDB_DPO, #SANSCSI_VERIFY_COMPARE or #SANSCSI_VERIFY_ONE_BLOCK
 * @return 10, or 0
 */
SANSCSI_API SANSCSI_MUST_CHECK uint32_t sanscsi_cdb_verify10(uint8_t cdb[16], uint64_t lba,
                                                             uint32_t blocks, uint32_t flags);

/**
 * VERIFY(12) (SBC-3 5). Without a BYTCHK flag no data is sent.
 * @param cdb written
 * @param lba first logical block, below 2^32
 * @param blocks logical blocks; 0 verifies nothing
 * @param flags #SANSCSI_CDB_DPO, #SANSCSI_VERIFY_COMPARE or #SANSCSI_VERIFY_ONE_BLOCK
 * @return 12, or 0
 */
SANSCSI_API SANSCSI_MUST_CHECK uint32_t sanscsi_cdb_verify12(uint8_t cdb[16], uint64_t lba,
                                                             uint32_t blocks, uint32_t flags);

/**
 * VERIFY(16) (SBC-3 5). Without a BYTCHK flag no data is sent.
 * @param cdb written
 * @param lba first logical block
 * @param blocks logical blocks; 0 verifies nothing
 * @param flags #SANSCSI_CDB_DPO, #SANSCSI_VERIFY_COMPARE or #SANSCSI_VERIFY_ONE_BLOCK
 * @return 16; 0 also when @p lba + @p blocks exceeds 2^64
 */
SANSCSI_API SANSCSI_MUST_CHECK uint32_t sanscsi_cdb_verify16(uint8_t cdb[16], uint64_t lba,
                                                             uint32_t blocks, uint32_t flags);

/**
 * WRITE AND VERIFY(10) (SBC-3 5).
 * @param cdb written
 * @param lba first logical block, below 2^32
 * @param blocks logical blocks, up to 65535; 0 writes nothing
 * @param flags #SANSCSI_CDB_DPO, #SANSCSI_VERIFY_COMPARE
 * @return 10, or 0
 */
SANSCSI_API SANSCSI_MUST_CHECK uint32_t sanscsi_cdb_write_and_verify10(uint8_t cdb[16],
                                                                       uint64_t lba,
                                                                       uint32_t blocks,
                                                                       uint32_t flags);

/**
 * WRITE AND VERIFY(12) (SBC-3 5).
 * @param cdb written
 * @param lba first logical block, below 2^32
 * @param blocks logical blocks; 0 writes nothing
 * @param flags #SANSCSI_CDB_DPO, #SANSCSI_VERIFY_COMPARE
 * @return 12, or 0
 */
SANSCSI_API SANSCSI_MUST_CHECK uint32_t sanscsi_cdb_write_and_verify12(uint8_t cdb[16],
                                                                       uint64_t lba,
                                                                       uint32_t blocks,
                                                                       uint32_t flags);

/**
 * WRITE AND VERIFY(16) (SBC-3 5).
 * @param cdb written
 * @param lba first logical block
 * @param blocks logical blocks; 0 writes nothing
 * @param flags #SANSCSI_CDB_DPO, #SANSCSI_VERIFY_COMPARE
 * @return 16; 0 also when @p lba + @p blocks exceeds 2^64
 */
SANSCSI_API SANSCSI_MUST_CHECK uint32_t sanscsi_cdb_write_and_verify16(uint8_t cdb[16],
                                                                       uint64_t lba,
                                                                       uint32_t blocks,
                                                                       uint32_t flags);

/**
 * PRE-FETCH(10) (SBC-3 5). Ends with CONDITION MET when the blocks fit into the cache.
 * @param cdb written
 * @param lba first logical block, below 2^32
 * @param blocks logical blocks, up to 65535; 0: to the end of the medium
 * @param flags #SANSCSI_CDB_IMMED
 * @return 10, or 0
 */
SANSCSI_API SANSCSI_MUST_CHECK uint32_t sanscsi_cdb_prefetch10(uint8_t cdb[16], uint64_t lba,
                                                               uint32_t blocks, uint32_t flags);

/**
 * PRE-FETCH(16) (SBC-3 5). Ends with CONDITION MET when the blocks fit into the cache.
 * @param cdb written
 * @param lba first logical block
 * @param blocks logical blocks; 0: to the end of the medium
 * @param flags #SANSCSI_CDB_IMMED
 * @return 16; 0 also when @p lba + @p blocks exceeds 2^64
 */
SANSCSI_API SANSCSI_MUST_CHECK uint32_t sanscsi_cdb_prefetch16(uint8_t cdb[16], uint64_t lba,
                                                               uint32_t blocks, uint32_t flags);

/**
 * ORWRITE(16) (SBC-3 5).
 * @param cdb written
 * @param lba first logical block
 * @param blocks logical blocks; 0 writes nothing
 * @param flags #SANSCSI_CDB_DPO, #SANSCSI_CDB_FUA
 * @return 16; 0 also when @p lba + @p blocks exceeds 2^64
 */
SANSCSI_API SANSCSI_MUST_CHECK uint32_t sanscsi_cdb_orwrite16(uint8_t cdb[16], uint64_t lba,
                                                              uint32_t blocks, uint32_t flags);

/**
 * WRITE ATOMIC(16) (SBC-4 5).
 * @param cdb written
 * @param lba first logical block
 * @param blocks logical blocks, up to 65535; 0 writes nothing
 * @param boundary blocks of each atomic part, up to 65535; 0: the whole is one
 * @param flags #SANSCSI_CDB_DPO, #SANSCSI_CDB_FUA
 * @return 16; 0 also when @p lba + @p blocks exceeds 2^64
 */
SANSCSI_API SANSCSI_MUST_CHECK uint32_t sanscsi_cdb_write_atomic16(uint8_t cdb[16], uint64_t lba,
                                                                   uint32_t blocks,
                                                                   uint32_t boundary,
                                                                   uint32_t flags);

/** @name GET LBA STATUS
 * @{ */

/**
 * GET LBA STATUS (SBC-3 5).
 * @param cdb written
 * @param lba first logical block asked for
 * @param allocation_length bytes wanted; 8 and 16 for each descriptor
 * @return 16, or 0
 */
SANSCSI_API SANSCSI_MUST_CHECK uint32_t sanscsi_cdb_get_lba_status(uint8_t cdb[16], uint64_t lba,
                                                                   uint32_t allocation_length);

/**
 * Reads the answer to GET LBA STATUS; sanscsi_lba_status_next() takes its descriptors.
 * @param data what came
 * @param size bytes at @p data
 * @param items filled; info is 0
 * @return #SANSCSI_OK; #SANSCSI_TRUNCATED; #SANSCSI_MALFORMED for a length that no number of
 *         descriptors has; #SANSCSI_INVALID_ARGUMENT
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_lba_status_parse(const void *data, size_t size,
                                                                sanscsi_items *items);

/** Provisioning statuses (SBC-3 5, LBA status descriptor). */
enum {
    SANSCSI_LBA_MAPPED = 0,      /**< Mapped, or not known. */
    SANSCSI_LBA_DEALLOCATED = 1, /**< Unmapped. */
    SANSCSI_LBA_ANCHORED = 2     /**< Anchored. */
};

/** One LBA status descriptor (SBC-3 5). */
typedef struct sanscsi_lba_status {
    uint32_t size;     /**< sizeof(sanscsi_lba_status), set by the caller. */
    uint32_t blocks;   /**< Logical blocks with this status. */
    uint64_t lba;      /**< The first of them. */
    uint32_t status;   /**< #SANSCSI_LBA_MAPPED etc., 0 to 15. */
    uint32_t reserved; /**< 0. */
} sanscsi_lba_status;

/**
 * Takes the next descriptor.
 * @param items from sanscsi_lba_status_parse(), its data still there
 * @param position 0 for the first; moved behind the descriptor taken
 * @param item filled when one was taken
 * @return 1 when one was taken; 0 at the end; #SANSCSI_TRUNCATED when the rest did not come;
 *         #SANSCSI_INVALID_ARGUMENT, also for another list
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_lba_status_next(const sanscsi_items *items,
                                                               uint32_t *position,
                                                               sanscsi_lba_status *item);
/** @} */

/** @name Medium
 * @{ */

/** What START STOP UNIT shall do, bits of CDB byte 4 (SBC-3 5). */
enum {
    SANSCSI_START = 0x01,      /**< START: make ready; without it: stop. */
    SANSCSI_LOAD_EJECT = 0x02, /**< LOEJ: load or eject the medium as well. */
    SANSCSI_NO_FLUSH = 0x04    /**< NO_FLUSH: do not write the cache to the medium. */
};

/** Power conditions of START STOP UNIT (SBC-3 5). */
enum {
    SANSCSI_POWER_START_VALID = 0x0,  /**< No power condition: START and LOEJ count. */
    SANSCSI_POWER_ACTIVE = 0x1,       /**< Active. */
    SANSCSI_POWER_IDLE = 0x2,         /**< Idle; the modifier tells which. */
    SANSCSI_POWER_STANDBY = 0x3,      /**< Standby; the modifier tells which. */
    SANSCSI_POWER_LU_CONTROL = 0x7,   /**< The unit's own timers decide. */
    SANSCSI_POWER_FORCE_IDLE = 0xa,   /**< Idle timer to zero. */
    SANSCSI_POWER_FORCE_STANDBY = 0xb /**< Standby timer to zero. */
};

/**
 * START STOP UNIT (SBC-3 5).
 * @param cdb written
 * @param immediate 1: status before the work
 * @param condition #SANSCSI_POWER_START_VALID etc., up to 15
 * @param modifier POWER CONDITION MODIFIER, up to 15
 * @param flags #SANSCSI_START, #SANSCSI_LOAD_EJECT, #SANSCSI_NO_FLUSH
 * @return 6, or 0
 */
SANSCSI_API SANSCSI_MUST_CHECK uint32_t sanscsi_cdb_start_stop(uint8_t cdb[16], uint32_t immediate,
                                                               uint32_t condition,
                                                               uint32_t modifier, uint32_t flags);

/**
 * PREVENT ALLOW MEDIUM REMOVAL (SBC-3 5).
 * @param cdb written
 * @param prevent 1 prevents, 0 allows; up to 3
 * @return 6, or 0
 */
SANSCSI_API SANSCSI_MUST_CHECK uint32_t sanscsi_cdb_prevent_allow(uint8_t cdb[16],
                                                                  uint32_t prevent);

/** Service actions of SANITIZE (SBC-3 5). */
enum {
    SANSCSI_SANITIZE_OVERWRITE = 0x01,    /**< OVERWRITE: sends sanscsi_overwrite_build(). */
    SANSCSI_SANITIZE_BLOCK_ERASE = 0x02,  /**< BLOCK ERASE. */
    SANSCSI_SANITIZE_CRYPTO_ERASE = 0x03, /**< CRYPTOGRAPHIC ERASE. */
    SANSCSI_SANITIZE_EXIT_FAILURE = 0x1f  /**< EXIT FAILURE MODE. */
};

/** Flags of SANITIZE: bits of CDB byte 1 (SBC-3 5). */
enum {
    SANSCSI_SANITIZE_IMMED = 0x80, /**< IMMED: status before the work. */
    SANSCSI_SANITIZE_AUSE = 0x20   /**< AUSE: unrestricted exit from failure is allowed. */
};

/**
 * SANITIZE (SBC-3 5). All data of the unit is lost.
 * @param cdb written
 * @param action #SANSCSI_SANITIZE_OVERWRITE etc., up to 31
 * @param flags #SANSCSI_SANITIZE_IMMED, #SANSCSI_SANITIZE_AUSE
 * @param parameter_length bytes sent, up to 65535; 0 but for OVERWRITE
 * @return 10, or 0
 */
SANSCSI_API SANSCSI_MUST_CHECK uint32_t sanscsi_cdb_sanitize(uint8_t cdb[16], uint32_t action,
                                                             uint32_t flags,
                                                             uint32_t parameter_length);

/**
 * The parameter list of SANITIZE with OVERWRITE (SBC-3 5).
 * @param passes OVERWRITE COUNT, 1 to 31
 * @param test TEST, up to 3; all but 0 are the vendor's
 * @param invert 1: the pattern is inverted from pass to pass
 * @param pattern what to write, up to one logical block
 * @param pattern_size bytes of it, 1 to 65535
 * @param data written
 * @param size bytes at @p data
 * @param length set to the bytes written
 * @return see above
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_overwrite_build(uint32_t passes, uint32_t test,
                                                               uint32_t invert, const void *pattern,
                                                               size_t pattern_size, void *data,
                                                               size_t size, size_t *length);

/** Flags of FORMAT UNIT: bits of CDB byte 1 (SBC-3 5). */
enum {
    SANSCSI_FORMAT_PROTECT_1 = 0x80, /**< FMTPINFO 10b: protection type 1. */
    SANSCSI_FORMAT_PROTECT_2 = 0xc0, /**< FMTPINFO 11b: type 2; with PROTECTION FIELD USAGE 1, 3. */
    SANSCSI_FORMAT_LONG_LIST = 0x20, /**< LONGLIST: the data begins with the long header. */
    SANSCSI_FORMAT_DATA = 0x10,      /**< FMTDATA: data is sent. */
    SANSCSI_FORMAT_COMPLETE = 0x08   /**< CMPLST: the list replaces the grown defects. */
};

/**
 * FORMAT UNIT (SBC-3 5). All data of the unit is lost.
 * @param cdb written
 * @param flags #SANSCSI_FORMAT_DATA etc.
 * @param defect_format DEFECT LIST FORMAT, 0 to 7
 * @param fast FFMT of SBC-4, 0 to 3; 0: the blocks are initialized
 * @return 6; 0 also for bits that need #SANSCSI_FORMAT_DATA without it
 */
SANSCSI_API SANSCSI_MUST_CHECK uint32_t sanscsi_cdb_format_unit(uint8_t cdb[16], uint32_t flags,
                                                                uint32_t defect_format,
                                                                uint32_t fast);

/** Options of the parameter list of FORMAT UNIT: bits of its byte 1 (SBC-3 5). */
enum {
    SANSCSI_FORMAT_OPTIONS_VALID = 0x80,    /**< FOV: the four bits that follow count. */
    SANSCSI_FORMAT_NO_PRIMARY = 0x40,       /**< DPRY: the primary defects are not used. */
    SANSCSI_FORMAT_NO_CERTIFICATION = 0x20, /**< DCRT: no certification. */
    SANSCSI_FORMAT_STOP = 0x10,             /**< STPF: stop when a defect list is missing. */
    SANSCSI_FORMAT_PATTERN = 0x08,          /**< IP: an initialization pattern is sent. */
    SANSCSI_FORMAT_IMMED = 0x02             /**< IMMED: status before the work. */
};

/** The parameter list of FORMAT UNIT (SBC-3 5). */
typedef struct sanscsi_format {
    uint32_t size;                /**< sizeof(sanscsi_format), set by the caller. */
    uint32_t long_list;           /**< 1 for the long header, as the CDB says. */
    uint32_t protection_usage;    /**< PROTECTION FIELD USAGE, 0 to 7. */
    uint32_t options;             /**< #SANSCSI_FORMAT_OPTIONS_VALID etc. */
    uint32_t protection_info;     /**< P_I_INFORMATION, 0 to 15; with the long header. */
    uint32_t protection_exponent; /**< PROTECTION INTERVAL EXPONENT, 0 to 15; likewise. */
    const uint8_t *pattern;       /**< The initialization pattern; with IP. */
    const uint8_t *defects;       /**< The defect list, as its format wants; may be NULL. */
    uint32_t pattern_length;      /**< Bytes of the pattern, up to 65535; 0: the unit's own. */
    uint32_t defects_length;      /**< Bytes of the defect list. */
} sanscsi_format;

/**
 * Writes the parameter list of FORMAT UNIT.
 * @param format what to write
 * @param data written
 * @param size bytes at @p data
 * @param length set to the bytes written
 * @return see above
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_format_build(const sanscsi_format *format,
                                                            void *data, size_t size,
                                                            size_t *length);
/** @} */

/** @name Defects
 * @{ */

/** Which defects: bits of READ DEFECT DATA (SBC-3 5). */
enum {
    SANSCSI_DEFECTS_PRIMARY = 0x10, /**< REQ_PLIST, PLISTV. */
    SANSCSI_DEFECTS_GROWN = 0x08    /**< REQ_GLIST, GLISTV. */
};

/** Formats of address descriptors (SBC-3 5, FORMAT UNIT). */
enum {
    SANSCSI_DEFECT_SHORT_BLOCK = 0,     /**< LBA of 32 bits. */
    SANSCSI_DEFECT_EXTENDED_INDEX = 1,  /**< Bytes from index, 28 bits. */
    SANSCSI_DEFECT_EXTENDED_SECTOR = 2, /**< Physical sector, 28 bits. */
    SANSCSI_DEFECT_LONG_BLOCK = 3,      /**< LBA of 64 bits. */
    SANSCSI_DEFECT_INDEX = 4,           /**< Bytes from index. */
    SANSCSI_DEFECT_SECTOR = 5           /**< Physical sector. */
};

/**
 * READ DEFECT DATA(10) (SBC-3 5).
 * @param cdb written
 * @param lists #SANSCSI_DEFECTS_PRIMARY, #SANSCSI_DEFECTS_GROWN
 * @param format #SANSCSI_DEFECT_SHORT_BLOCK etc., 0 to 7
 * @param allocation_length bytes wanted, up to 65535
 * @return 10, or 0
 */
SANSCSI_API SANSCSI_MUST_CHECK uint32_t sanscsi_cdb_read_defects10(uint8_t cdb[16], uint32_t lists,
                                                                   uint32_t format,
                                                                   uint32_t allocation_length);

/**
 * READ DEFECT DATA(12) (SBC-3 5).
 * @param cdb written
 * @param lists #SANSCSI_DEFECTS_PRIMARY, #SANSCSI_DEFECTS_GROWN
 * @param format #SANSCSI_DEFECT_SHORT_BLOCK etc., 0 to 7
 * @param index ADDRESS DESCRIPTOR INDEX: the first descriptor wanted
 * @param allocation_length bytes wanted
 * @return 12, or 0
 */
SANSCSI_API SANSCSI_MUST_CHECK uint32_t sanscsi_cdb_read_defects12(uint8_t cdb[16], uint32_t lists,
                                                                   uint32_t format, uint32_t index,
                                                                   uint32_t allocation_length);

/**
 * Reads the answer to READ DEFECT DATA(10); sanscsi_defect_next() takes its descriptors. A unit
 * may answer in another format than it was asked for.
 * @param data what came
 * @param size bytes at @p data
 * @param items filled; info is header byte 1: the lists and the format
 * @return #SANSCSI_OK; #SANSCSI_TRUNCATED; #SANSCSI_MALFORMED for a length that is no multiple of
 *         a descriptor's; #SANSCSI_INVALID_ARGUMENT
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_defects10_parse(const void *data, size_t size,
                                                               sanscsi_items *items);

/**
 * Reads the answer to READ DEFECT DATA(12), as sanscsi_defects10_parse() does.
 * @param data what came
 * @param size bytes at @p data
 * @param items filled; info is header byte 1: the lists and the format
 * @return #SANSCSI_OK; #SANSCSI_TRUNCATED; #SANSCSI_MALFORMED for a length that is no multiple of
 *         a descriptor's; #SANSCSI_INVALID_ARGUMENT
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_defects12_parse(const void *data, size_t size,
                                                               sanscsi_items *items);

/** One defect. Its format says which members mean something (SBC-3 5, FORMAT UNIT). */
typedef struct sanscsi_defect {
    uint32_t size;     /**< sizeof(sanscsi_defect), set by the caller. */
    uint32_t format;   /**< #SANSCSI_DEFECT_SHORT_BLOCK etc., 0 to 5. */
    uint64_t lba;      /**< Of the block formats: the logical block. */
    uint32_t cylinder; /**< Of the others: CYLINDER NUMBER. */
    uint32_t head;     /**< HEAD NUMBER. */
    uint32_t place;    /**< Bytes from index, or sector; all ones of its field: the track. */
    uint32_t several;  /**< MADS: 1 when this and the next descriptor enclose a range. */
} sanscsi_defect;

/**
 * Takes the next defect.
 * @param items from sanscsi_defects10_parse() or sanscsi_defects12_parse(), its data still there
 * @param position 0 for the first; moved behind the descriptor taken
 * @param item filled when one was taken
 * @return 1 when one was taken; 0 at the end; #SANSCSI_TRUNCATED when the rest did not come;
 *         #SANSCSI_MALFORMED for a format without known descriptors; #SANSCSI_INVALID_ARGUMENT,
 *         also for another list
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_defect_next(const sanscsi_items *items,
                                                           uint32_t *position,
                                                           sanscsi_defect *item);
/** @} */

SANSCSI_END_DECLS

#endif
