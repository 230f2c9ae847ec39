/** @file
 * INQUIRY: what a logical unit says of itself, and its vital product data. Rules for outputs, sizes
 * and iterators are those of scsi.h.
 */
#ifndef SANSCSI_INQUIRY_H
#define SANSCSI_INQUIRY_H

#include <iscsi/status.h>
#include <iscsi/types.h>

SANSCSI_BEGIN_DECLS

/** Peripheral qualifiers (SPC-4 6.6.2). */
enum {
    SANSCSI_QUALIFIER_CONNECTED = 0,     /**< A device of the type told is connected. */
    SANSCSI_QUALIFIER_NOT_CONNECTED = 1, /**< The type is supported, nothing is connected. */
    SANSCSI_QUALIFIER_NOT_SUPPORTED = 3  /**< No logical unit can be here. */
};

/** Peripheral device types that a host tells apart (SPC-4 6.6.2). */
enum {
    SANSCSI_DEVICE_DISK = 0x00,       /**< Direct access block device (SBC). */
    SANSCSI_DEVICE_TAPE = 0x01,       /**< Sequential access (SSC). */
    SANSCSI_DEVICE_CD_DVD = 0x05,     /**< CD or DVD (MMC). */
    SANSCSI_DEVICE_CHANGER = 0x08,    /**< Media changer (SMC). */
    SANSCSI_DEVICE_CONTROLLER = 0x0c, /**< Storage array controller (SCC). */
    SANSCSI_DEVICE_ENCLOSURE = 0x0d,  /**< Enclosure services (SES). */
    SANSCSI_DEVICE_ZONED = 0x14,      /**< Host-managed zoned block device (ZBC). */
    SANSCSI_DEVICE_NONE = 0x1f        /**< Unknown or no device. */
};

/**
 * Standard INQUIRY data (SPC-4 6.6.2). Texts are zero-terminated, without the spaces and zero
 * bytes around them; each byte that is not printable ASCII is a '?'.
 */
typedef struct sanscsi_inquiry {
    uint32_t size;                 /**< sizeof(sanscsi_inquiry), set by the caller. */
    uint32_t peripheral_qualifier; /**< #SANSCSI_QUALIFIER_CONNECTED etc., 0 to 7. */
    uint32_t device_type;          /**< #SANSCSI_DEVICE_DISK etc., 0 to 31. */
    uint32_t removable;            /**< RMB: 1 when the medium is removable. */
    uint32_t version;              /**< VERSION: 5 is SPC-3, 6 SPC-4, 7 SPC-5; 0: no claim. */
    uint32_t response_format;      /**< RESPONSE DATA FORMAT, 2 since SPC-2. */
    uint32_t hierarchical_luns;    /**< HISUP: 1 when LUNs are assigned as SAM-5 4.7 tells. */
    uint32_t normal_aca;           /**< NORMACA: 1 when the NACA bit of a CDB is supported. */
    uint32_t protection;           /**< PROTECT: 1 when protection information is supported. */
    uint32_t third_party_copy;     /**< 3PC: 1 when EXTENDED COPY and its kin are supported. */
    uint32_t port_groups;          /**< TPGS: bit 0 implicit, bit 1 explicit ALUA. */
    uint32_t multiple_ports;       /**< MULTIP: 1 when the device has several ports. */
    uint32_t enclosure_services;   /**< ENCSERV: 1 when an enclosure is built in. */
    uint32_t command_queuing;      /**< CMDQUE: 1 when tasks queue by the full model. */
    uint32_t additional_length;    /**< ADDITIONAL LENGTH: bytes that the unit has after byte 4. */
    uint32_t data_length;          /**< Bytes of the data that are INQUIRY data. */
    char vendor[9];                /**< T10 VENDOR IDENTIFICATION. */
    char product[17];              /**< PRODUCT IDENTIFICATION. */
    char revision[5];              /**< PRODUCT REVISION LEVEL. */
    uint8_t reserved;              /**< 0. */
} sanscsi_inquiry;

/**
 * Reads standard INQUIRY data.
 * @param data what came
 * @param size bytes at @p data; bytes behind the additional length are not looked at
 * @param inquiry filled
 * @return #SANSCSI_OK; #SANSCSI_TRUNCATED below 36 bytes, of data or by the additional length (a
 *         text that came in part is kept in part); #SANSCSI_INVALID_ARGUMENT
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_inquiry_parse(const void *data, size_t size,
                                                             sanscsi_inquiry *inquiry);

/** Pages of vital product data (SPC-4 7.8, SBC-3 6.5). */
enum {
    SANSCSI_VPD_SUPPORTED_PAGES = 0x00,       /**< Supported pages. */
    SANSCSI_VPD_SERIAL_NUMBER = 0x80,         /**< Unit serial number. */
    SANSCSI_VPD_DEVICE_IDENTIFICATION = 0x83, /**< Device identification. */
    SANSCSI_VPD_BLOCK_LIMITS = 0xb0,          /**< Block limits. */
    SANSCSI_VPD_BLOCK_CHARACTERISTICS = 0xb1, /**< Block device characteristics. */
    SANSCSI_VPD_PROVISIONING = 0xb2           /**< Logical block provisioning. */
};

/** Any page of vital product data (SPC-4 7.8). */
typedef struct sanscsi_vpd {
    uint32_t size;                 /**< sizeof(sanscsi_vpd), set by the caller. */
    uint32_t peripheral_qualifier; /**< As in sanscsi_inquiry. */
    uint32_t device_type;          /**< As in sanscsi_inquiry. */
    uint32_t page;                 /**< The page's code. */
    uint32_t page_length;          /**< PAGE LENGTH: bytes that the unit has after byte 3. */
    uint32_t length;               /**< Bytes of them that came. */
    const uint8_t *bytes;          /**< They; borrowed; NULL without any. */
} sanscsi_vpd;

/**
 * Reads the header of a page of vital product data. Page 00h lists one page code a byte.
 * @param data what came
 * @param size bytes at @p data; bytes behind the page length are not looked at
 * @param page the page that was asked for
 * @param vpd filled
 * @return #SANSCSI_OK; #SANSCSI_TRUNCATED; #SANSCSI_MALFORMED for another page than @p page, as
 *         from a unit that does not know EVPD; #SANSCSI_INVALID_ARGUMENT
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_vpd_parse(const void *data, size_t size,
                                                         uint32_t page, sanscsi_vpd *vpd);

/**
 * One entry of page 00h, Supported VPD Pages (SPC-4 7.8).
 * @param vpd page 00h from sanscsi_vpd_parse(), its data still there
 * @param index 0 to sanscsi_vpd.length - 1
 * @param page set on success to a page code
 * @return #SANSCSI_OK; #SANSCSI_INVALID_ARGUMENT, also for another page or an index beyond its end
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_vpd_page_get(const sanscsi_vpd *vpd, uint32_t index,
                                                            uint32_t *page);

/**
 * Reads page 80h, Unit Serial Number, as text like those of sanscsi_inquiry (SPC-4 7.8).
 * @param data what came
 * @param size bytes at @p data
 * @param text written on success, zero-terminated
 * @param text_size bytes at @p text; 65536 is always enough, 256 for pages of usual length
 * @param length set on success to the bytes of the text without its zero; may be 0
 * @return #SANSCSI_OK; #SANSCSI_TRUNCATED (nothing is written: a part of a serial number names
 *         nobody); #SANSCSI_MALFORMED for another page; #SANSCSI_BUFFER_TOO_SMALL;
 *         #SANSCSI_INVALID_ARGUMENT
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_vpd_serial_parse(const void *data, size_t size,
                                                                char *text, size_t text_size,
                                                                size_t *length);

/** What a designator names (SPC-4 7.8.6, association). */
enum {
    SANSCSI_DESIGNATOR_UNIT = 0,  /**< The logical unit. */
    SANSCSI_DESIGNATOR_PORT = 1,  /**< The target port that answered. */
    SANSCSI_DESIGNATOR_TARGET = 2 /**< The target device. */
};

/** Designator types that have a text form (SPC-4 7.8.6). */
enum {
    SANSCSI_DESIGNATOR_T10 = 1,      /**< T10 vendor ID and text of the vendor's. */
    SANSCSI_DESIGNATOR_EUI64 = 2,    /**< 8, 12 or 16 bytes. */
    SANSCSI_DESIGNATOR_NAA = 3,      /**< 8 or 16 bytes. */
    SANSCSI_DESIGNATOR_SCSI_NAME = 8 /**< UTF-8 that begins with iqn., eui. or naa. */
};

/** One designator of page 83h (SPC-4 7.8.6). */
typedef struct sanscsi_designator {
    uint32_t size;        /**< sizeof(sanscsi_designator), set by the caller. */
    uint32_t protocol;    /**< PROTOCOL IDENTIFIER, 5 for iSCSI; UINT32_MAX when PIV is 0. */
    uint32_t code_set;    /**< CODE SET: 1 binary, 2 ASCII, 3 UTF-8. */
    uint32_t association; /**< #SANSCSI_DESIGNATOR_UNIT etc., 0 to 3. */
    uint32_t type;        /**< #SANSCSI_DESIGNATOR_NAA etc., 0 to 15. */
    uint32_t length;      /**< Bytes at @ref bytes. */
    const uint8_t *bytes; /**< The designator; borrowed; NULL when it has no bytes. */
} sanscsi_designator;

/**
 * Takes the next designator of page 83h, Device Identification (SPC-4 7.8.6).
 * @param vpd page 83h from sanscsi_vpd_parse(), its data still there
 * @param position 0 for the first; moved behind the designator taken
 * @param designator filled when one was taken
 * @return 1 when one was taken; 0 at the page's end; #SANSCSI_TRUNCATED when the rest did not
 *         come; #SANSCSI_MALFORMED when a designator exceeds the page; #SANSCSI_INVALID_ARGUMENT,
 *         also for another page
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_vpd_designator_next(const sanscsi_vpd *vpd,
                                                                   uint32_t *position,
                                                                   sanscsi_designator *designator);

/**
 * Writes a designator as text: "naa." or "eui." and hexadecimal digits, "t10." and its text with
 * '_' for spaces and none at its end, or a SCSI name string as it is, without zeros at its end.
 * A byte that is not printable ASCII becomes '?'.
 * @param designator from sanscsi_vpd_designator_next(), its data still there
 * @param text written on success, zero-terminated
 * @param text_size bytes at @p text; 260 are always enough
 * @param length set on success to the bytes of the text without its zero
 * @return #SANSCSI_OK; #SANSCSI_MALFORMED for a length or code set that the type does not have;
 *         #SANSCSI_BUFFER_TOO_SMALL; #SANSCSI_INVALID_ARGUMENT, also for a type without text form
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_designator_format(
    const sanscsi_designator *designator, char *text, size_t text_size, size_t *length);

/** Page B0h, Block Limits, in logical blocks (SBC-3 6.5.3). 0 in a member means not reported;
 * so it does where an older, shorter page does not have it. */
typedef struct sanscsi_block_limits {
    uint32_t size;                  /**< sizeof(sanscsi_block_limits), set by the caller. */
    uint32_t page_length;           /**< PAGE LENGTH: 12 or 16 of SBC-2, 60 since SBC-3. */
    uint32_t write_same_nonzero;    /**< WSNZ: 1 when WRITE SAME of 0 blocks is refused. */
    uint32_t max_compare_write;     /**< Most blocks of one COMPARE AND WRITE. */
    uint32_t optimal_granularity;   /**< Transfers should be multiples of this. */
    uint32_t max_transfer;          /**< Most blocks of one transfer; 0: no limit told. */
    uint32_t optimal_transfer;      /**< Longer transfers may be slower. */
    uint32_t max_prefetch;          /**< Most blocks of one PRE-FETCH. */
    uint32_t max_unmap_blocks;      /**< Most blocks of one UNMAP; UINT32_MAX: no limit. */
    uint32_t max_unmap_descriptors; /**< Most descriptors of one UNMAP; UINT32_MAX: no limit. */
    uint32_t unmap_granularity;     /**< UNMAPs should be multiples of this. */
    uint32_t unmap_alignment_valid; /**< UGAVALID: 1 when @ref unmap_alignment is told. */
    uint32_t unmap_alignment;       /**< First LBA to which the granularity applies. */
    uint32_t reserved;              /**< 0. */
    uint64_t max_write_same;        /**< Most blocks of one WRITE SAME; 0: no limit told. */
} sanscsi_block_limits;

/**
 * Reads page B0h.
 * @param data what came
 * @param size bytes at @p data
 * @param limits filled
 * @return #SANSCSI_OK; #SANSCSI_TRUNCATED; #SANSCSI_MALFORMED for another page or a page length
 *         below 12; #SANSCSI_INVALID_ARGUMENT
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_vpd_block_limits_parse(const void *data, size_t size,
                                                                      sanscsi_block_limits *limits);

/** Page B1h, Block Device Characteristics (SBC-3 6.5.2). */
typedef struct sanscsi_block_characteristics {
    uint32_t size;          /**< sizeof(sanscsi_block_characteristics), set by the caller. */
    uint32_t rotation_rate; /**< rpm; 0 not reported, 1 solid state. */
    uint32_t product_type;  /**< PRODUCT TYPE; 0 not told. */
    uint32_t form_factor;   /**< 0 not reported, 1: 5.25 inch, 2: 3.5, 3: 2.5, 4: 1.8, 5: less. */
} sanscsi_block_characteristics;

/**
 * Reads page B1h.
 * @param data what came
 * @param size bytes at @p data
 * @param characteristics filled
 * @return #SANSCSI_OK; #SANSCSI_TRUNCATED; #SANSCSI_MALFORMED for another page or a page length
 *         below 4; #SANSCSI_INVALID_ARGUMENT
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_vpd_block_characteristics_parse(
    const void *data, size_t size, sanscsi_block_characteristics *characteristics);

/** Page B2h, Logical Block Provisioning (SBC-3 6.5.4). All but two members are 0 or 1. */
typedef struct sanscsi_provisioning {
    uint32_t size;               /**< sizeof(sanscsi_provisioning), set by the caller. */
    uint32_t threshold_exponent; /**< Thresholds count 2^this blocks; 0: none are supported. */
    uint32_t unmap;              /**< LBPU: UNMAP is supported. */
    uint32_t write_same16;       /**< LBPWS: WRITE SAME(16) unmaps. */
    uint32_t write_same10;       /**< LBPWS10: WRITE SAME(10) unmaps. */
    uint32_t reads_zeros;        /**< LBPRZ: unmapped blocks read as zeros. */
    uint32_t anchor;             /**< ANC_SUP: blocks can be anchored. */
    uint32_t group_descriptor;   /**< DP: a provisioning group descriptor follows. */
    uint32_t type;               /**< 0 not reported or full, 1 resource, 2 thin. */
} sanscsi_provisioning;

/**
 * Reads page B2h.
 * @param data what came
 * @param size bytes at @p data
 * @param provisioning filled
 * @return #SANSCSI_OK; #SANSCSI_TRUNCATED; #SANSCSI_MALFORMED for another page or a page length
 *         below 4; #SANSCSI_INVALID_ARGUMENT
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t
sanscsi_vpd_provisioning_parse(const void *data, size_t size, sanscsi_provisioning *provisioning);
SANSCSI_END_DECLS

#endif
