/** @file
 * SCSI: CDB builders and parsers of what comes back. Pure functions on bytes: they keep nothing,
 * allocate nothing and know no iSCSI. References are to SAM-5, SPC-4 and SBC-3; where one names
 * clause 5 of SBC-3 or 6 of SPC-4 alone, look under the command's name there.
 *
 * Parsers share their manners. The output's size member is set by the caller; members that a
 * later release adds are filled only when it covers them. #SANSCSI_OK: every member is filled.
 * #SANSCSI_TRUNCATED: bytes that the unit owes are not there, by a short allocation length or a
 * cut transfer; members whose bytes came whole are filled and all others are 0, which then means
 * nothing. #SANSCSI_MALFORMED: the bytes contradict the standard; the output is as it was.
 * #SANSCSI_INVALID_ARGUMENT: a NULL pointer (but for data of 0 bytes), or an output whose size
 * member is too small; the output is as it was. Pointers in an output borrow from the data that
 * was parsed and are good for as long as that is.
 */
#ifndef SANSCSI_SCSI_H
#define SANSCSI_SCSI_H

#include <iscsi/inquiry.h>
#include <iscsi/status.h>
#include <iscsi/types.h>

SANSCSI_BEGIN_DECLS

/** @name CDBs
 * A builder writes all 16 bytes, unused ones 0, and returns the CDB's length; control bytes are 0.
 * It returns 0, and leaves the bytes as they are, for a NULL pointer or an argument that the CDB
 * has no room for.
 * @{ */

/** Flags of the CDB builders: the bits of CDB byte 1 that they set. */
enum {
    SANSCSI_CDB_DPO = 0x10,   /**< Disable page out, READ and WRITE but (6) (SBC-3 5.11). */
    SANSCSI_CDB_FUA = 0x08,   /**< Force unit access, READ and WRITE but (6) (SBC-3 5.11). */
    SANSCSI_CDB_IMMED = 0x02, /**< SYNCHRONIZE CACHE: status before the work (SBC-3 5). */
    SANSCSI_CDB_LLBAA = 0x10, /**< MODE SENSE(10): long LBAs are accepted (SPC-4 6). */
    SANSCSI_CDB_DBD = 0x08    /**< MODE SENSE: no block descriptors (SPC-4 6). */
};

/** Which values MODE SENSE asks for (SPC-4 6, page control). */
enum {
    SANSCSI_MODE_CURRENT = 0,    /**< Current values. */
    SANSCSI_MODE_CHANGEABLE = 1, /**< A mask of what can be changed. */
    SANSCSI_MODE_DEFAULT = 2,    /**< Default values. */
    SANSCSI_MODE_SAVED = 3       /**< Saved values. */
};

/** Which logical units REPORT LUNS asks for (SPC-4 6.33, select report). */
enum {
    SANSCSI_REPORT_LUNS_UNITS = 0,      /**< Logical units but the well-known ones. */
    SANSCSI_REPORT_LUNS_WELL_KNOWN = 1, /**< Well-known logical units alone. */
    SANSCSI_REPORT_LUNS_ALL = 2         /**< All logical units. */
};

/**
 * TEST UNIT READY (SPC-4 6.47).
 * @param cdb written
 * @return 6, or 0
 */
SANSCSI_API SANSCSI_MUST_CHECK uint32_t sanscsi_cdb_test_unit_ready(uint8_t cdb[16]);

/**
 * REQUEST SENSE (SPC-4 6.39).
 * @param cdb written
 * @param descriptor 1 asks for descriptor format, 0 for fixed format
 * @param allocation_length bytes wanted, up to 255
 * @return 6, or 0
 */
SANSCSI_API SANSCSI_MUST_CHECK uint32_t sanscsi_cdb_request_sense(uint8_t cdb[16],
                                                                  uint32_t descriptor,
                                                                  uint32_t allocation_length);

/**
 * INQUIRY (SPC-4 6.6).
 * @param cdb written
 * @param evpd 1 asks for a page of vital product data, 0 for standard data
 * @param page the page, up to 255; 0 without @p evpd
 * @param allocation_length bytes wanted, up to 65535
 * @return 6, or 0
 */
SANSCSI_API SANSCSI_MUST_CHECK uint32_t sanscsi_cdb_inquiry(uint8_t cdb[16], uint32_t evpd,
                                                            uint32_t page,
                                                            uint32_t allocation_length);

/**
 * REPORT LUNS (SPC-4 6.33).
 * @param cdb written
 * @param select #SANSCSI_REPORT_LUNS_UNITS etc., up to 255
 * @param allocation_length bytes wanted; units refuse less than 16
 * @return 12, or 0
 */
SANSCSI_API SANSCSI_MUST_CHECK uint32_t sanscsi_cdb_report_luns(uint8_t cdb[16], uint32_t select,
                                                                uint32_t allocation_length);

/**
 * READ CAPACITY(10) (SBC-3 5.15). Its answer has 8 bytes.
 * @param cdb written
 * @return 10, or 0
 */
SANSCSI_API SANSCSI_MUST_CHECK uint32_t sanscsi_cdb_read_capacity10(uint8_t cdb[16]);

/**
 * READ CAPACITY(16) (SBC-3 5.16). Its answer has 32 bytes.
 * @param cdb written
 * @param allocation_length bytes wanted
 * @return 16, or 0
 */
SANSCSI_API SANSCSI_MUST_CHECK uint32_t sanscsi_cdb_read_capacity16(uint8_t cdb[16],
                                                                    uint32_t allocation_length);

/**
 * READ: the (10) form where it fits, else (16) (SBC-3 5.11, 5.13).
 * @param cdb written
 * @param lba first logical block
 * @param blocks logical blocks; 0 reads nothing
 * @param flags #SANSCSI_CDB_DPO, #SANSCSI_CDB_FUA
 * @return 10 or 16; 0 also when @p lba + @p blocks exceeds 2^64
 */
SANSCSI_API SANSCSI_MUST_CHECK uint32_t sanscsi_cdb_read(uint8_t cdb[16], uint64_t lba,
                                                         uint32_t blocks, uint32_t flags);

/**
 * WRITE: the (10) form where it fits, else (16) (SBC-3 5).
 * @param cdb written
 * @param lba first logical block
 * @param blocks logical blocks; 0 writes nothing
 * @param flags #SANSCSI_CDB_DPO, #SANSCSI_CDB_FUA
 * @return 10 or 16; 0 also when @p lba + @p blocks exceeds 2^64
 */
SANSCSI_API SANSCSI_MUST_CHECK uint32_t sanscsi_cdb_write(uint8_t cdb[16], uint64_t lba,
                                                          uint32_t blocks, uint32_t flags);

/**
 * READ(6) (SBC-3 5.10). 256 blocks are coded as 0, so that 0 blocks cannot be asked for.
 * @param cdb written
 * @param lba first logical block, below 2^21
 * @param blocks logical blocks, 1 to 256
 * @param flags 0: this form has none
 * @return 6, or 0
 */
SANSCSI_API SANSCSI_MUST_CHECK uint32_t sanscsi_cdb_read6(uint8_t cdb[16], uint64_t lba,
                                                          uint32_t blocks, uint32_t flags);

/**
 * READ(10) (SBC-3 5.11).
 * @param cdb written
 * @param lba first logical block, below 2^32
 * @param blocks logical blocks, up to 65535; 0 reads nothing
 * @param flags #SANSCSI_CDB_DPO, #SANSCSI_CDB_FUA
 * @return 10, or 0
 */
SANSCSI_API SANSCSI_MUST_CHECK uint32_t sanscsi_cdb_read10(uint8_t cdb[16], uint64_t lba,
                                                           uint32_t blocks, uint32_t flags);

/**
 * READ(12) (SBC-3 5.12).
 * @param cdb written
 * @param lba first logical block, below 2^32
 * @param blocks logical blocks, any number; 0 reads nothing
 * @param flags #SANSCSI_CDB_DPO, #SANSCSI_CDB_FUA
 * @return 12, or 0
 */
SANSCSI_API SANSCSI_MUST_CHECK uint32_t sanscsi_cdb_read12(uint8_t cdb[16], uint64_t lba,
                                                           uint32_t blocks, uint32_t flags);

/**
 * READ(16) (SBC-3 5.13).
 * @param cdb written
 * @param lba first logical block
 * @param blocks logical blocks; 0 reads nothing
 * @param flags #SANSCSI_CDB_DPO, #SANSCSI_CDB_FUA
 * @return 16; 0 also when @p lba + @p blocks exceeds 2^64
 */
SANSCSI_API SANSCSI_MUST_CHECK uint32_t sanscsi_cdb_read16(uint8_t cdb[16], uint64_t lba,
                                                           uint32_t blocks, uint32_t flags);

/**
 * WRITE(6) (SBC-3 5). 256 blocks are coded as 0, so that 0 blocks cannot be asked for.
 * @param cdb written
 * @param lba first logical block, below 2^21
 * @param blocks logical blocks, 1 to 256
 * @param flags 0: this form has none
 * @return 6, or 0
 */
SANSCSI_API SANSCSI_MUST_CHECK uint32_t sanscsi_cdb_write6(uint8_t cdb[16], uint64_t lba,
                                                           uint32_t blocks, uint32_t flags);

/**
 * WRITE(10) (SBC-3 5).
 * @param cdb written
 * @param lba first logical block, below 2^32
 * @param blocks logical blocks, up to 65535; 0 writes nothing
 * @param flags #SANSCSI_CDB_DPO, #SANSCSI_CDB_FUA
 * @return 10, or 0
 */
SANSCSI_API SANSCSI_MUST_CHECK uint32_t sanscsi_cdb_write10(uint8_t cdb[16], uint64_t lba,
                                                            uint32_t blocks, uint32_t flags);

/**
 * WRITE(12) (SBC-3 5).
 * @param cdb written
 * @param lba first logical block, below 2^32
 * @param blocks logical blocks, any number; 0 writes nothing
 * @param flags #SANSCSI_CDB_DPO, #SANSCSI_CDB_FUA
 * @return 12, or 0
 */
SANSCSI_API SANSCSI_MUST_CHECK uint32_t sanscsi_cdb_write12(uint8_t cdb[16], uint64_t lba,
                                                            uint32_t blocks, uint32_t flags);

/**
 * WRITE(16) (SBC-3 5).
 * @param cdb written
 * @param lba first logical block
 * @param blocks logical blocks; 0 writes nothing
 * @param flags #SANSCSI_CDB_DPO, #SANSCSI_CDB_FUA
 * @return 16; 0 also when @p lba + @p blocks exceeds 2^64
 */
SANSCSI_API SANSCSI_MUST_CHECK uint32_t sanscsi_cdb_write16(uint8_t cdb[16], uint64_t lba,
                                                            uint32_t blocks, uint32_t flags);

/**
 * SYNCHRONIZE CACHE(10) (SBC-3 5).
 * @param cdb written
 * @param lba first logical block, below 2^32
 * @param blocks logical blocks, up to 65535; 0: to the end of the medium
 * @param flags #SANSCSI_CDB_IMMED
 * @return 10, or 0
 */
SANSCSI_API SANSCSI_MUST_CHECK uint32_t sanscsi_cdb_synchronize_cache10(uint8_t cdb[16],
                                                                        uint64_t lba,
                                                                        uint32_t blocks,
                                                                        uint32_t flags);

/**
 * SYNCHRONIZE CACHE(16) (SBC-3 5).
 * @param cdb written
 * @param lba first logical block
 * @param blocks logical blocks; 0: to the end of the medium
 * @param flags #SANSCSI_CDB_IMMED
 * @return 16; 0 also when @p lba + @p blocks exceeds 2^64
 */
SANSCSI_API SANSCSI_MUST_CHECK uint32_t sanscsi_cdb_synchronize_cache16(uint8_t cdb[16],
                                                                        uint64_t lba,
                                                                        uint32_t blocks,
                                                                        uint32_t flags);

/**
 * MODE SENSE(6) (SPC-4 6).
 * @param cdb written
 * @param flags #SANSCSI_CDB_DBD
 * @param page_control #SANSCSI_MODE_CURRENT etc.
 * @param page the page, up to 63; 63 asks for all
 * @param subpage the subpage, up to 255; 255 asks for all
 * @param allocation_length bytes wanted, up to 255
 * @return 6, or 0
 */
SANSCSI_API SANSCSI_MUST_CHECK uint32_t sanscsi_cdb_mode_sense6(uint8_t cdb[16], uint32_t flags,
                                                                uint32_t page_control,
                                                                uint32_t page, uint32_t subpage,
                                                                uint32_t allocation_length);

/**
 * MODE SENSE(10) (SPC-4 6).
 * @param cdb written
 * @param flags #SANSCSI_CDB_DBD, #SANSCSI_CDB_LLBAA
 * @param page_control #SANSCSI_MODE_CURRENT etc.
 * @param page the page, up to 63; 63 asks for all
 * @param subpage the subpage, up to 255; 255 asks for all
 * @param allocation_length bytes wanted, up to 65535
 * @return 10, or 0
 */
SANSCSI_API SANSCSI_MUST_CHECK uint32_t sanscsi_cdb_mode_sense10(uint8_t cdb[16], uint32_t flags,
                                                                 uint32_t page_control,
                                                                 uint32_t page, uint32_t subpage,
                                                                 uint32_t allocation_length);
/** @} */

/** @name Lists
 * @{ */

/** An answer that is a list, header read and items to be taken one by one. Its parser tells what
 * @ref info is; a function that takes items refuses the list of another parser. */
typedef struct sanscsi_items {
    uint32_t size;        /**< sizeof(sanscsi_items), set by the caller. */
    uint32_t kind;        /**< Set by the parser: whose answer this is. */
    uint32_t info;        /**< A value of the header, as the parser tells; else 0. */
    uint32_t item_length; /**< Bytes of each item where the answer tells that; else 0. */
    uint32_t total;       /**< Bytes of items that the unit has. */
    uint32_t length;      /**< Bytes of them that came. */
    const uint8_t *bytes; /**< They; borrowed; NULL without any. */
} sanscsi_items;
/** @} */

/** @name LUNs and inventories
 * @{ */

/** How a LUN is written, bits 7-6 of its first byte (SAM-5 4.7). */
enum {
    SANSCSI_LUN_PERIPHERAL = 0,   /**< Peripheral device addressing: bus, then target or LUN. */
    SANSCSI_LUN_FLAT_SPACE = 1,   /**< Flat space addressing: 14 bits. */
    SANSCSI_LUN_LOGICAL_UNIT = 2, /**< Logical unit addressing: target, bus, LUN of 5 bits. */
    SANSCSI_LUN_EXTENDED = 3      /**< Extended addressing: well-known units, long forms. */
};

/**
 * The wire form of a logical unit number: up to 255 by peripheral device addressing on bus 0,
 * above by flat space addressing (SAM-5 4.7). Number 5 becomes 0x0005000000000000.
 * @param number 0 to 16383
 * @param lun set to the 8 bytes of the LUN, big-endian
 * @return #SANSCSI_OK; #SANSCSI_INVALID_LUN for a larger number; #SANSCSI_INVALID_ARGUMENT
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_lun_encode(uint32_t number, uint64_t *lun);

/**
 * The number of a single-level LUN (SAM-5 4.7): peripheral device addressing on bus 0, flat space
 * addressing, and logical unit addressing, whose 14 bits of target, bus and LUN count as one
 * number. Other buses of peripheral addressing, extended addressing, and a LUN with more than one
 * level are refused. Commands go to the 8 bytes of the LUN, never to its number, so units that two
 * methods give the same number stay apart.
 * @param lun the 8 bytes of the LUN, big-endian
 * @param number set on success, 0 to 16383
 * @return #SANSCSI_OK; #SANSCSI_INVALID_LUN; #SANSCSI_INVALID_ARGUMENT
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_lun_decode(uint64_t lun, uint32_t *number);

/**
 * The addressing method of a LUN's first level (SAM-5 4.7).
 * @param lun the 8 bytes of the LUN, big-endian
 * @return #SANSCSI_LUN_PERIPHERAL to #SANSCSI_LUN_EXTENDED
 */
SANSCSI_API uint32_t sanscsi_lun_addressing_method(uint64_t lun);

/** The answer to REPORT LUNS (SPC-4 6.33.2). */
typedef struct sanscsi_lun_list {
    uint32_t size;        /**< sizeof(sanscsi_lun_list), set by the caller. */
    uint32_t list_length; /**< LUN LIST LENGTH: bytes of the unit's whole inventory. */
    uint32_t total;       /**< LUNs in the whole inventory. */
    uint32_t count;       /**< LUNs that the data holds whole, up to @ref total. */
    const uint8_t *luns;  /**< The first of them; borrowed; NULL without any. */
} sanscsi_lun_list;

/**
 * Reads the answer to REPORT LUNS.
 * @param data what came
 * @param size bytes at @p data
 * @param list filled
 * @return #SANSCSI_OK when the inventory is whole; #SANSCSI_TRUNCATED when it is not: ask again
 *         with list_length + 8 bytes; #SANSCSI_MALFORMED for a length that is no multiple of 8;
 *         #SANSCSI_INVALID_ARGUMENT
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_report_luns_parse(const void *data, size_t size,
                                                                 sanscsi_lun_list *list);

/**
 * One LUN of an inventory.
 * @param list from sanscsi_report_luns_parse(), its data still there
 * @param index 0 to sanscsi_lun_list.count - 1
 * @param lun set on success to the 8 bytes of the LUN, big-endian
 * @return #SANSCSI_OK; #SANSCSI_INVALID_ARGUMENT, also for an index beyond the end
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_lun_list_get(const sanscsi_lun_list *list,
                                                            uint32_t index, uint64_t *lun);
/** @} */

/** @name Capacity
 * @{ */

/** The answer to READ CAPACITY (SBC-3 5.15.2, 5.16.2). READ CAPACITY(10) tells the
 * first three members alone, the rest is 0. */
typedef struct sanscsi_capacity {
    uint32_t size;                    /**< sizeof(sanscsi_capacity), set by the caller. */
    uint32_t block_length;            /**< Bytes of a logical block, never 0. */
    uint64_t blocks;                  /**< Logical blocks; 0 when @ref use_read_capacity16. */
    uint32_t use_read_capacity16;     /**< 1 when READ CAPACITY(10) cannot tell the capacity. */
    uint32_t physical_block_exponent; /**< 2^this logical blocks are one physical block. */
    uint32_t lowest_aligned_lba;      /**< First LBA at the start of a physical block. */
    uint32_t thin_provisioned;        /**< LBPME: 1 when blocks can be unmapped. */
    uint32_t reads_zeros;             /**< LBPRZ: 1 when unmapped blocks read as zeros. */
    uint32_t protection_type;         /**< 0 without, else type 1 to 8 (PROT_EN, P_TYPE + 1). */
    uint32_t protection_exponent;     /**< 2^this protection intervals are in a logical block. */
    uint32_t reserved;                /**< 0. */
} sanscsi_capacity;

/**
 * Reads the answer to READ CAPACITY(10). A last LBA of 2^32-1 sends to READ CAPACITY(16).
 * @param data what came
 * @param size bytes at @p data, 8 in a good answer
 * @param capacity filled
 * @return #SANSCSI_OK; #SANSCSI_TRUNCATED; #SANSCSI_MALFORMED for a block length of 0;
 *         #SANSCSI_INVALID_ARGUMENT
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_capacity10_parse(const void *data, size_t size,
                                                                sanscsi_capacity *capacity);

/**
 * Reads the answer to READ CAPACITY(16).
 * @param data what came
 * @param size bytes at @p data, 32 in a good answer, of which 16 are read
 * @param capacity filled
 * @return #SANSCSI_OK; #SANSCSI_TRUNCATED; #SANSCSI_MALFORMED for a block length of 0 or a last
 *         LBA of 2^64-1; #SANSCSI_INVALID_ARGUMENT
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_capacity16_parse(const void *data, size_t size,
                                                                sanscsi_capacity *capacity);
/** @} */

/** @name Mode parameters
 * @{ */

/** The answer to MODE SENSE: header and where the rest lies (SPC-4 7.5). */
typedef struct sanscsi_mode {
    uint32_t size;            /**< sizeof(sanscsi_mode), set by the caller. */
    uint32_t total;           /**< Bytes that the unit has, with the header. */
    uint32_t medium_type;     /**< MEDIUM TYPE, 0 for disks. */
    uint32_t device_specific; /**< DEVICE-SPECIFIC PARAMETER. */
    uint32_t write_protected; /**< Its bit 7: for disks, WP (SBC-3 6.4). */
    uint32_t dpo_fua;         /**< Its bit 4: for disks, DPO and FUA are supported. */
    uint32_t long_lba;        /**< 1 when block descriptors have 16 bytes, 0 for 8. */
    uint32_t blocks_total;    /**< BLOCK DESCRIPTOR LENGTH, bytes. */
    uint32_t blocks_length;   /**< Bytes at @ref blocks, what came of the descriptors. */
    uint32_t pages_total;     /**< Bytes of mode pages that the unit has. */
    uint32_t pages_length;    /**< Bytes at @ref pages, what came of the pages. */
    uint32_t reserved;        /**< 0. */
    const uint8_t *blocks;    /**< Block descriptors; borrowed; NULL without any. */
    const uint8_t *pages;     /**< Mode pages; borrowed; NULL without any. */
} sanscsi_mode;

/**
 * Reads the answer to MODE SENSE(6).
 * @param data what came
 * @param size bytes at @p data; bytes behind the mode data length are not looked at
 * @param mode filled
 * @return #SANSCSI_OK; #SANSCSI_TRUNCATED; #SANSCSI_MALFORMED for a mode data length below the
 *         header or descriptors that exceed it or are cut inside; #SANSCSI_INVALID_ARGUMENT
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_mode6_parse(const void *data, size_t size,
                                                           sanscsi_mode *mode);

/**
 * Reads the answer to MODE SENSE(10).
 * @param data what came
 * @param size bytes at @p data; bytes behind the mode data length are not looked at
 * @param mode filled
 * @return #SANSCSI_OK; #SANSCSI_TRUNCATED; #SANSCSI_MALFORMED for a mode data length below the
 *         header or descriptors that exceed it or are cut inside; #SANSCSI_INVALID_ARGUMENT
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_mode10_parse(const void *data, size_t size,
                                                            sanscsi_mode *mode);

/** One block descriptor of a disk (SBC-3 6.4). */
typedef struct sanscsi_mode_block {
    uint32_t size;         /**< sizeof(sanscsi_mode_block), set by the caller. */
    uint32_t block_length; /**< Bytes of a logical block. */
    uint64_t blocks;       /**< Logical blocks; all ones of its field: more than it holds. */
} sanscsi_mode_block;

/**
 * One block descriptor of mode data.
 * @param mode from sanscsi_mode6_parse() or sanscsi_mode10_parse(), its data still there
 * @param index 0 for the first
 * @param block filled on success
 * @return #SANSCSI_OK; #SANSCSI_INVALID_ARGUMENT, also for an index beyond what came
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_mode_block_get(const sanscsi_mode *mode,
                                                              uint32_t index,
                                                              sanscsi_mode_block *block);

/** One mode page (SPC-4 7.5). */
typedef struct sanscsi_mode_page {
    uint32_t size;        /**< sizeof(sanscsi_mode_page), set by the caller. */
    uint32_t page;        /**< PAGE CODE, 0 to 63; 0 is the vendor's and takes all that is left. */
    uint32_t subpage;     /**< SUBPAGE CODE; 0 without. */
    uint32_t saveable;    /**< PS: 1 when the page can be saved. */
    uint32_t length;      /**< Bytes at @ref bytes. */
    const uint8_t *bytes; /**< The page with its header; borrowed. */
} sanscsi_mode_page;

/**
 * Takes the next mode page.
 * @param mode from sanscsi_mode6_parse() or sanscsi_mode10_parse(), its data still there
 * @param position 0 for the first; moved behind the page taken
 * @param page filled when one was taken
 * @return 1 when one was taken; 0 at the end; #SANSCSI_TRUNCATED when the rest did not come;
 *         #SANSCSI_MALFORMED when a page exceeds the mode data; #SANSCSI_INVALID_ARGUMENT
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_mode_page_next(const sanscsi_mode *mode,
                                                              uint32_t *position,
                                                              sanscsi_mode_page *page);
/** @} */

/** @name Sense data
 * @{ */

/** Sense data, fixed or descriptor format (SPC-4 4.5). */
typedef struct sanscsi_sense {
    uint32_t size;             /**< sizeof(sanscsi_sense), set by the caller. */
    uint32_t response_code;    /**< 0x70, 0x71 fixed format; 0x72, 0x73 descriptor format. */
    uint32_t sense_key;        /**< SENSE KEY, 0 to 15: sanscsi_sense_key_name(). */
    uint32_t code;             /**< ASC * 256 + ASCQ: sanscsi_sense_code_text(). */
    uint32_t deferred;         /**< 1 when the error is of an earlier command (0x71, 0x73). */
    uint32_t has_information;  /**< 1 when @ref information is told (VALID). */
    uint64_t information;      /**< INFORMATION, for a disk an LBA; 0 without. */
    uint64_t command_specific; /**< COMMAND-SPECIFIC INFORMATION; 0 without. */
    uint32_t filemark;         /**< FILEMARK: 1 at a filemark. */
    uint32_t end_of_medium;    /**< EOM: 1 at an end of the medium. */
    uint32_t wrong_length;     /**< ILI: 1 when the block length did not fit. */
    uint32_t replaceable_unit; /**< FIELD REPLACEABLE UNIT CODE; 0 without. */
    /** SENSE KEY SPECIFIC, 3 bytes with SKSV set (SPC-4 4.5); borrowed; NULL without. */
    const uint8_t *key_specific;
} sanscsi_sense;

/**
 * Reads sense data, without the length that iSCSI puts before it.
 * @param data what came
 * @param size bytes at @p data; bytes behind the additional sense length are not looked at
 * @param sense filled
 * @return #SANSCSI_OK; #SANSCSI_TRUNCATED when it ends, by its size or its own lengths, before the
 *         code, or before a field it should hold; #SANSCSI_MALFORMED for another response code;
 *         #SANSCSI_INVALID_ARGUMENT
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_sense_parse(const void *data, size_t size,
                                                           sanscsi_sense *sense);
/** @} */

/** @name Names
 * Constant strings, never NULL; values without a name have one that says so.
 * @{ */

/**
 * The name of a sense key, such as "NOT READY" (SPC-4 4.5.6).
 * @param sense_key 0 to 15
 * @return a constant string
 */
SANSCSI_API const char *sanscsi_sense_key_name(uint32_t sense_key);

/**
 * What an additional sense code means, in words (SPC-4 annex F).
 * @param code ASC * 256 + ASCQ
 * @return a constant string; for a qualifier that is not listed, what its ASC means
 */
SANSCSI_API const char *sanscsi_sense_code_text(uint32_t code);

/**
 * The name of a SCSI status, such as "CHECK CONDITION" (SAM-5 5.3).
 * @param status the status byte
 * @return a constant string
 */
SANSCSI_API const char *sanscsi_scsi_status_name(uint32_t status);

/**
 * The name of a peripheral device type, such as "disk" (SPC-4 6.6.2).
 * @param device_type 0 to 31
 * @return a constant string
 */
SANSCSI_API const char *sanscsi_device_type_name(uint32_t device_type);

/**
 * The name of a command of disks, tapes, changers or CDs, such as "READ(10)". Where a type of
 * device gives an operation code another meaning, that of disks counts.
 * @param cdb its first 2 bytes are read: some operation codes need a service action
 * @return a constant string; for a service action that is not listed, its operation code's name
 */
SANSCSI_API const char *sanscsi_command_name(const uint8_t *cdb);

/**
 * The name of a command by its numbers, as sanscsi_command_name(); of commands with operation code
 * 7Fh too, such as "READ(32)".
 * @param opcode the operation code
 * @param action its service action; of no account for operation codes without such
 * @return a constant string; for a service action that is not listed, its operation code's name
 */
SANSCSI_API const char *sanscsi_opcode_name(uint32_t opcode, uint32_t action);
/** @} */

SANSCSI_END_DECLS

#endif
