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
    SANSCSI_VPD_NETWORK_ADDRESSES = 0x85,     /**< Management network addresses. */
    SANSCSI_VPD_EXTENDED_INQUIRY = 0x86,      /**< Extended INQUIRY data. */
    SANSCSI_VPD_MODE_PAGE_POLICY = 0x87,      /**< Mode page policy. */
    SANSCSI_VPD_SCSI_PORTS = 0x88,            /**< SCSI ports. */
    SANSCSI_VPD_ATA_INFORMATION = 0x89,       /**< ATA information. */
    SANSCSI_VPD_BLOCK_LIMITS = 0xb0,          /**< Block limits. */
    SANSCSI_VPD_BLOCK_CHARACTERISTICS = 0xb1, /**< Block device characteristics. */
    SANSCSI_VPD_PROVISIONING = 0xb2,          /**< Logical block provisioning. */
    SANSCSI_VPD_REFERRALS = 0xb3              /**< Referrals. */
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

/** Page B3h, Referrals (SBC-3 6.5). */
typedef struct sanscsi_referrals {
    uint32_t size;               /**< sizeof(sanscsi_referrals), set by the caller. */
    uint32_t segment_size;       /**< Blocks of a user data segment; 0: they differ. */
    uint32_t segment_multiplier; /**< Between segments of one group: this times their size. */
} sanscsi_referrals;

/**
 * Reads page B3h.
 * @param data what came
 * @param size bytes at @p data
 * @param referrals filled
 * @return #SANSCSI_OK; #SANSCSI_TRUNCATED; #SANSCSI_MALFORMED for another page or a page length
 *         below 12; #SANSCSI_INVALID_ARGUMENT
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_vpd_referrals_parse(const void *data, size_t size,
                                                                   sanscsi_referrals *referrals);

/** One descriptor of page 85h, Management Network Addresses (SPC-4 7.8). */
typedef struct sanscsi_network_address {
    uint32_t size;          /**< sizeof(sanscsi_network_address), set by the caller. */
    uint32_t association;   /**< #SANSCSI_DESIGNATOR_UNIT etc., 0 to 3. */
    uint32_t service;       /**< 0 unspecified, 1 storage configuration, 2 diagnostics, 3 status,
                             *   4 logging, 5 code download, 6 copy service. */
    uint32_t length;        /**< Bytes at @ref address, without zeros at the end. */
    const uint8_t *address; /**< A URL; borrowed; NULL when empty. */
} sanscsi_network_address;

/**
 * Takes the next address of page 85h.
 * @param vpd page 85h from sanscsi_vpd_parse(), its data still there
 * @param position 0 for the first; moved behind the address taken
 * @param address filled when one was taken
 * @return 1 when one was taken; 0 at the page's end; #SANSCSI_TRUNCATED when the rest did not
 *         come; #SANSCSI_MALFORMED when an address exceeds the page; #SANSCSI_INVALID_ARGUMENT,
 *         also for another page
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_vpd_network_address_next(
    const sanscsi_vpd *vpd, uint32_t *position, sanscsi_network_address *address);

/** Page 86h, Extended INQUIRY Data (SPC-4 7.8). Members without a range are 0 or 1. What an older,
 * shorter page does not have is 0. */
typedef struct sanscsi_extended_inquiry {
    uint32_t size;                /**< sizeof(sanscsi_extended_inquiry), set by the caller. */
    uint32_t activate_microcode;  /**< ACTIVATE MICROCODE, 0 to 3. */
    uint32_t protection_types;    /**< SPT, 0 to 7. */
    uint32_t guard_check;         /**< GRD_CHK: the guard is checked. */
    uint32_t application_check;   /**< APP_CHK: the application tag is checked. */
    uint32_t reference_check;     /**< REF_CHK: the reference tag is checked. */
    uint32_t attention_key;       /**< UASK_SUP: sense-key-specific data of UNIT ATTENTION. */
    uint32_t group_numbers;       /**< GROUP_SUP: group numbers. */
    uint32_t task_priority;       /**< PRIOR_SUP: task priority. */
    uint32_t head_of_queue;       /**< HEADSUP: HEAD OF QUEUE tasks. */
    uint32_t ordered;             /**< ORDSUP: ORDERED tasks. */
    uint32_t simple;              /**< SIMPSUP: SIMPLE tasks. */
    uint32_t write_uncorrectable; /**< WU_SUP. */
    uint32_t correction_disable;  /**< CRD_SUP. */
    uint32_t nonvolatile_cache;   /**< NV_SUP: a non-volatile cache. */
    uint32_t volatile_cache;      /**< V_SUP: a volatile cache. */
    uint32_t protection_interval; /**< P_I_I_SUP: protection information intervals. */
    uint32_t clears_attention;    /**< LUICLR: I_T nexus loss is told to all. */
    uint32_t referrals;           /**< R_SUP: referrals. */
    uint32_t capability_security; /**< CBCS: capability-based command security. */
    uint32_t microcode_download;  /**< MULTI I_T NEXUS MICROCODE DOWNLOAD, 0 to 15. */
    uint32_t self_test_minutes;   /**< EXTENDED SELF-TEST COMPLETION MINUTES; 0 not told. */
    uint32_t power_on_activation; /**< POA_SUP: microcode activated by power on. */
    uint32_t reset_activation;    /**< HRA_SUP: microcode activated by hard reset. */
    uint32_t vendor_activation;   /**< VSA_SUP: microcode activated in the vendor's way. */
    uint32_t max_sense;           /**< Most bytes of sense data; 0 not told. */
} sanscsi_extended_inquiry;

/**
 * Reads page 86h.
 * @param data what came
 * @param size bytes at @p data
 * @param inquiry filled
 * @return #SANSCSI_OK; #SANSCSI_TRUNCATED; #SANSCSI_MALFORMED for another page or a page length
 *         below 4; #SANSCSI_INVALID_ARGUMENT
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_vpd_extended_inquiry_parse(
    const void *data, size_t size, sanscsi_extended_inquiry *inquiry);

/** One descriptor of page 87h, Mode Page Policy (SPC-4 7.8). */
typedef struct sanscsi_mode_policy {
    uint32_t size;    /**< sizeof(sanscsi_mode_policy), set by the caller. */
    uint32_t page;    /**< Mode page, 0 to 63; 63 with subpage 255: all that are not listed. */
    uint32_t subpage; /**< Its subpage. */
    uint32_t units;   /**< MLUS: 1 when several logical units share the page. */
    uint32_t policy;  /**< 0 shared, 1 per target port, 2 per initiator port, 3 per I_T nexus. */
} sanscsi_mode_policy;

/**
 * Takes the next descriptor of page 87h.
 * @param vpd page 87h from sanscsi_vpd_parse(), its data still there
 * @param position 0 for the first; moved behind the descriptor taken
 * @param policy filled when one was taken
 * @return 1 when one was taken; 0 at the page's end; #SANSCSI_TRUNCATED when the rest did not
 *         come; #SANSCSI_MALFORMED for a part of a descriptor at the end;
 *         #SANSCSI_INVALID_ARGUMENT, also for another page
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_vpd_mode_policy_next(const sanscsi_vpd *vpd,
                                                                    uint32_t *position,
                                                                    sanscsi_mode_policy *policy);

/** One port of page 88h, SCSI Ports (SPC-4 7.8). */
typedef struct sanscsi_scsi_port {
    uint32_t size;                /**< sizeof(sanscsi_scsi_port), set by the caller. */
    uint32_t relative_port;       /**< RELATIVE PORT IDENTIFIER, from 1 on. */
    const uint8_t *transport_id;  /**< As an initiator port: TransportID; borrowed; or NULL. */
    const uint8_t *designators;   /**< As a target port: designators; borrowed; or NULL. */
    uint32_t transport_id_length; /**< Bytes of the TransportID. */
    uint32_t designators_length;  /**< Bytes of the designators. */
} sanscsi_scsi_port;

/**
 * Takes the next port of page 88h.
 * @param vpd page 88h from sanscsi_vpd_parse(), its data still there
 * @param position 0 for the first; moved behind the port taken
 * @param port filled when one was taken
 * @return 1 when one was taken; 0 at the page's end; #SANSCSI_TRUNCATED when the rest did not
 *         come; #SANSCSI_MALFORMED when a port exceeds the page; #SANSCSI_INVALID_ARGUMENT, also
 *         for another page
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_vpd_port_next(const sanscsi_vpd *vpd,
                                                             uint32_t *position,
                                                             sanscsi_scsi_port *port);

/**
 * Takes the next designator of a port.
 * @param port from sanscsi_vpd_port_next(), its data still there
 * @param position 0 for the first; moved behind the designator taken
 * @param designator filled when one was taken
 * @return 1 when one was taken; 0 at the end; #SANSCSI_MALFORMED when a designator exceeds the
 *         port; #SANSCSI_INVALID_ARGUMENT
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_port_designator_next(const sanscsi_scsi_port *port,
                                                                    uint32_t *position,
                                                                    sanscsi_designator *designator);

/** Page 89h, ATA Information, of a unit behind a translation to ATA (SAT-3 12). Texts are as in
 * sanscsi_inquiry. */
typedef struct sanscsi_ata_information {
    uint32_t size;            /**< sizeof(sanscsi_ata_information), set by the caller. */
    uint32_t command;         /**< COMMAND CODE: 0xec IDENTIFY DEVICE, 0xa1 with PACKET. */
    const uint8_t *signature; /**< ATA DEVICE SIGNATURE, 20 bytes; borrowed; or NULL. */
    const uint8_t *identify;  /**< IDENTIFY data, 512 bytes; borrowed; or NULL. */
    char vendor[9];           /**< SAT VENDOR IDENTIFICATION. */
    char product[17];         /**< SAT PRODUCT IDENTIFICATION. */
    char revision[5];         /**< SAT PRODUCT REVISION LEVEL. */
    uint8_t reserved;         /**< 0. */
} sanscsi_ata_information;

/**
 * Reads page 89h.
 * @param data what came
 * @param size bytes at @p data
 * @param ata filled
 * @return #SANSCSI_OK; #SANSCSI_TRUNCATED; #SANSCSI_MALFORMED for another page or a page length
 *         below 568; #SANSCSI_INVALID_ARGUMENT
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t
sanscsi_vpd_ata_information_parse(const void *data, size_t size, sanscsi_ata_information *ata);

SANSCSI_END_DECLS

#endif
