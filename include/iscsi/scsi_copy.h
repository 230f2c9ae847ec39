/** @file
 * SCSI: copies that the units make themselves: EXTENDED COPY, and copies by tokens. Rules for
 * CDBs, outputs and sizes are those of scsi.h, for builders of parameter data those of
 * scsi_block.h.
 */
#ifndef SANSCSI_SCSI_COPY_H
#define SANSCSI_SCSI_COPY_H

#include <iscsi/inquiry.h>
#include <iscsi/scsi.h>
#include <iscsi/scsi_block.h>
#include <iscsi/status.h>
#include <iscsi/types.h>

SANSCSI_BEGIN_DECLS

/** @name EXTENDED COPY
 * @{ */

/**
 * EXTENDED COPY(LID1) (SPC-4 6). Its data is made by sanscsi_copy_lid1_build().
 * @param cdb written
 * @param parameter_length bytes sent
 * @return 16, or 0
 */
SANSCSI_API SANSCSI_MUST_CHECK uint32_t sanscsi_cdb_extended_copy_lid1(uint8_t cdb[16],
                                                                       uint32_t parameter_length);

/**
 * EXTENDED COPY(LID4) (SPC-4 6). Its data is made by sanscsi_copy_lid4_build().
 * @param cdb written
 * @param parameter_length bytes sent
 * @return 16, or 0
 */
SANSCSI_API SANSCSI_MUST_CHECK uint32_t sanscsi_cdb_extended_copy_lid4(uint8_t cdb[16],
                                                                       uint32_t parameter_length);

/**
 * COPY OPERATION ABORT (SPC-4 6), for copies with list identifiers of 4 bytes.
 * @param cdb written
 * @param list_id the copy's LIST IDENTIFIER
 * @return 16, or 0
 */
SANSCSI_API SANSCSI_MUST_CHECK uint32_t sanscsi_cdb_copy_abort(uint8_t cdb[16], uint32_t list_id);

/** The CSCD ID of the unit that EXTENDED COPY is sent to, without a descriptor (SPC-4 6). */
#define SANSCSI_COPY_THIS_UNIT UINT32_C(0xffff)

/** A copy source or copy destination: an identification CSCD descriptor of a block device
 * (SPC-4 6). Never grows: it is the item of arrays. */
typedef struct sanscsi_copy_unit {
    const sanscsi_designator *designator; /**< Of page 83h, up to 20 bytes. */
    uint32_t device_type;                 /**< #SANSCSI_DEVICE_DISK etc., 0 to 31. */
    uint32_t block_length;                /**< Bytes of a logical block, below 2^24. */
    uint32_t relative_port;               /**< RELATIVE INITIATOR PORT IDENTIFIER; 0: any. */
    uint32_t pad;                         /**< 1: PAD, what is left of a block is filled. */
} sanscsi_copy_unit;

/** A segment: blocks from a block device to a block device (SPC-4 6). Never grows. */
typedef struct sanscsi_copy_segment {
    uint32_t source;          /**< Index of the source, or #SANSCSI_COPY_THIS_UNIT. */
    uint32_t destination;     /**< Index of the destination, or #SANSCSI_COPY_THIS_UNIT. */
    uint64_t source_lba;      /**< First logical block read. */
    uint64_t destination_lba; /**< First logical block written. */
    uint32_t blocks;          /**< Blocks, up to 65535, of the source, or with
                               *   #SANSCSI_COPY_COUNT_DESTINATION of the destination. */
    uint32_t flags;           /**< #SANSCSI_COPY_CONCATENATE etc. */
} sanscsi_copy_segment;

/** Flags of segments: bits of the descriptor's byte 1 (SPC-4 6). */
enum {
    SANSCSI_COPY_COUNT_DESTINATION = 0x02, /**< DC: blocks are counted at the destination. */
    SANSCSI_COPY_CONCATENATE = 0x01        /**< CAT: residual data goes to the next segment. */
};

/** Use of the list identifier (SPC-4 6). */
enum {
    SANSCSI_COPY_LIST_HOLD = 0,    /**< Results are held until they were asked for. */
    SANSCSI_COPY_LIST_DISCARD = 2, /**< Results may be discarded when the copy has ended. */
    SANSCSI_COPY_LIST_NONE = 3     /**< No list identifier: it must be 0. */
};

/** The parameter list of EXTENDED COPY (SPC-4 6). */
typedef struct sanscsi_copy {
    uint32_t size;                        /**< sizeof(sanscsi_copy), set by the caller. */
    uint32_t list_id;                     /**< LIST IDENTIFIER, with LID1 up to 255. */
    uint32_t list_use;                    /**< #SANSCSI_COPY_LIST_HOLD etc. */
    uint32_t priority;                    /**< PRIORITY, 0 to 7; 0 is the highest. */
    uint32_t sequential;                  /**< STR: 1 when stripes are sequential. */
    uint32_t immediate;                   /**< LID4: IMMED, status before the work. */
    const sanscsi_copy_unit *units;       /**< Sources and destinations. */
    const sanscsi_copy_segment *segments; /**< What to copy. */
    uint32_t unit_count;                  /**< How many units. */
    uint32_t segment_count;               /**< How many segments. */
} sanscsi_copy;

/**
 * The parameter list of EXTENDED COPY(LID1): 16 bytes, 32 for each unit, 28 for each segment.
 * @param copy what to write
 * @param data written
 * @param size bytes at @p data
 * @param length set to the bytes written
 * @return see scsi_block.h; #SANSCSI_INVALID_ARGUMENT also for a designator above 20 bytes, an
 *         index that no unit has, and blocks beyond 2^64
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_copy_lid1_build(const sanscsi_copy *copy, void *data,
                                                               size_t size, size_t *length);

/**
 * The parameter list of EXTENDED COPY(LID4): 48 bytes, 32 for each unit, 28 for each segment.
 * @param copy what to write
 * @param data written
 * @param size bytes at @p data
 * @param length set to the bytes written
 * @return as sanscsi_copy_lid1_build()
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_copy_lid4_build(const sanscsi_copy *copy, void *data,
                                                               size_t size, size_t *length);
/** @} */

/** @name Results of copies
 * @{ */

/** Service actions of RECEIVE COPY RESULTS and its kin (SPC-4 6). */
enum {
    SANSCSI_COPY_STATUS_LID1 = 0x00,      /**< sanscsi_copy_status_lid1_parse(). */
    SANSCSI_COPY_PARAMETERS = 0x03,       /**< sanscsi_copy_parameters_parse(). */
    SANSCSI_COPY_STATUS_LID4 = 0x05,      /**< sanscsi_copy_status_lid4_parse(). */
    SANSCSI_COPY_TOKEN_INFORMATION = 0x07 /**< sanscsi_token_information_parse(). */
};

/**
 * RECEIVE COPY STATUS, RECEIVE COPY OPERATING PARAMETERS, RECEIVE ROD TOKEN INFORMATION (SPC-4 6).
 * @param cdb written
 * @param action #SANSCSI_COPY_STATUS_LID1 etc.
 * @param list_id LIST IDENTIFIER, with #SANSCSI_COPY_STATUS_LID1 up to 255; 0 for
 *        #SANSCSI_COPY_PARAMETERS
 * @param allocation_length bytes wanted
 * @return 16; 0 also for another action
 */
SANSCSI_API SANSCSI_MUST_CHECK uint32_t sanscsi_cdb_receive_copy(uint8_t cdb[16], uint32_t action,
                                                                 uint32_t list_id,
                                                                 uint32_t allocation_length);

/** What a unit's copies can do (SPC-4 6, RECEIVE COPY OPERATING PARAMETERS). */
typedef struct sanscsi_copy_parameters {
    uint32_t size;                /**< sizeof(sanscsi_copy_parameters), set by the caller. */
    uint32_t no_list_id;          /**< SNLID: 1 when #SANSCSI_COPY_LIST_NONE is supported. */
    uint32_t max_units;           /**< Most CSCD descriptors. */
    uint32_t max_segments;        /**< Most segment descriptors. */
    uint32_t max_list_length;     /**< Most bytes of both. */
    uint32_t max_segment_length;  /**< Most bytes of one segment; 0: no limit told. */
    uint32_t max_inline_length;   /**< Most bytes of inline data. */
    uint32_t held_data_limit;     /**< Bytes of held data. */
    uint32_t max_stream_transfer; /**< Most bytes of a transfer of a stream device. */
    uint32_t total_concurrent;    /**< Copies at a time, with and without identifier; 0 not told. */
    uint32_t max_concurrent;      /**< Copies at a time with identifiers of one byte. */
    uint32_t segment_granularity; /**< 2^this bytes are the unit of segments. */
    uint32_t inline_granularity;  /**< 2^this bytes are the unit of inline data. */
    uint32_t held_granularity;    /**< 2^this bytes are the unit of held data. */
    uint32_t type_count;          /**< Bytes at @ref types. */
    uint32_t reserved;            /**< 0. */
    const uint8_t *types;         /**< Codes of supported descriptors; borrowed; or NULL. */
} sanscsi_copy_parameters;

/**
 * Reads the answer to RECEIVE COPY OPERATING PARAMETERS.
 * @param data what came
 * @param size bytes at @p data
 * @param parameters filled
 * @return #SANSCSI_OK; #SANSCSI_TRUNCATED; #SANSCSI_MALFORMED for a length below 40 or too short
 *         for the codes; #SANSCSI_INVALID_ARGUMENT
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t
sanscsi_copy_parameters_parse(const void *data, size_t size, sanscsi_copy_parameters *parameters);

/** How a copy fares (SPC-4 6). LID1 tells status, held_data, segments, count_unit, count. */
typedef struct sanscsi_copy_status {
    uint32_t size;         /**< sizeof(sanscsi_copy_status), set by the caller. */
    uint32_t status;       /**< Copy status: 0 in progress, 1 done, 2 ended with errors, with
                            *   LID4 also 3 done with residual data and more. */
    uint32_t held_data;    /**< HDD: 1 when held data was discarded. */
    uint32_t segments;     /**< Segments processed. */
    uint64_t count;        /**< TRANSFER COUNT. */
    uint32_t count_unit;   /**< TRANSFER COUNT UNITS: 0 bytes, 1 KiB, 2 MiB, ..., F1h blocks. */
    uint32_t action;       /**< The service action that this is about. */
    uint32_t counter;      /**< OPERATION COUNTER. */
    uint32_t delay;        /**< Milliseconds after which to ask again. */
    uint32_t scsi_status;  /**< EXTENDED COPY COMPLETION STATUS. */
    uint32_t sense_length; /**< Bytes at @ref sense. */
    const uint8_t *sense;  /**< For sanscsi_sense_parse(); borrowed; NULL without. */
} sanscsi_copy_status;

/**
 * Reads the answer to RECEIVE COPY STATUS(LID1).
 * @param data what came
 * @param size bytes at @p data, 12 in a good answer
 * @param status filled
 * @return #SANSCSI_OK; #SANSCSI_TRUNCATED; #SANSCSI_MALFORMED for a length below 8;
 *         #SANSCSI_INVALID_ARGUMENT
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_copy_status_lid1_parse(const void *data, size_t size,
                                                                      sanscsi_copy_status *status);

/**
 * Reads the answer to RECEIVE COPY STATUS(LID4).
 * @param data what came
 * @param size bytes at @p data
 * @param status filled
 * @return #SANSCSI_OK; #SANSCSI_TRUNCATED; #SANSCSI_MALFORMED for a length below 28 or sense data
 *         that exceeds its field; #SANSCSI_INVALID_ARGUMENT
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_copy_status_lid4_parse(const void *data, size_t size,
                                                                      sanscsi_copy_status *status);
/** @} */

/** @name Copies by tokens
 * @{ */

/** Bytes of a ROD token (SPC-4 6). */
#define SANSCSI_TOKEN_SIZE 512

/**
 * POPULATE TOKEN (SBC-3 5). Its data is made by sanscsi_populate_token_build().
 * @param cdb written
 * @param list_id LIST IDENTIFIER
 * @param parameter_length bytes sent
 * @return 16, or 0
 */
SANSCSI_API SANSCSI_MUST_CHECK uint32_t sanscsi_cdb_populate_token(uint8_t cdb[16],
                                                                   uint32_t list_id,
                                                                   uint32_t parameter_length);

/**
 * WRITE USING TOKEN (SBC-3 5). Its data is made by sanscsi_write_token_build().
 * @param cdb written
 * @param list_id LIST IDENTIFIER
 * @param parameter_length bytes sent
 * @return 16, or 0
 */
SANSCSI_API SANSCSI_MUST_CHECK uint32_t sanscsi_cdb_write_using_token(uint8_t cdb[16],
                                                                      uint32_t list_id,
                                                                      uint32_t parameter_length);

/**
 * The parameter list of POPULATE TOKEN: 16 bytes and 16 for each range.
 * @param ranges what the token stands for, at least one
 * @param count ranges
 * @param immediate 1: status before the work
 * @param timeout seconds that the token lives unused; 0: the unit's default
 * @param rod_type ROD TYPE, 0 when the unit may choose
 * @param data written
 * @param size bytes at @p data
 * @param length set to the bytes written
 * @return see scsi_block.h
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_populate_token_build(
    const sanscsi_block_range *ranges, uint32_t count, uint32_t immediate, uint32_t timeout,
    uint32_t rod_type, void *data, size_t size, size_t *length);

/**
 * The parameter list of WRITE USING TOKEN: 536 bytes and 16 for each range.
 * @param token 512 bytes, from sanscsi_token_information_parse()
 * @param offset OFFSET INTO ROD: first block of the token's data to write
 * @param ranges where to write, at least one
 * @param count ranges
 * @param immediate 1: status before the work
 * @param data written
 * @param size bytes at @p data
 * @param length set to the bytes written
 * @return see scsi_block.h
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_write_token_build(
    const uint8_t token[SANSCSI_TOKEN_SIZE], uint64_t offset, const sanscsi_block_range *ranges,
    uint32_t count, uint32_t immediate, void *data, size_t size, size_t *length);

/**
 * Reads the answer to RECEIVE ROD TOKEN INFORMATION.
 * @param data what came
 * @param size bytes at @p data
 * @param status filled
 * @param token set to the first token's 512 bytes, borrowed; NULL as long as there is none
 * @return #SANSCSI_OK; #SANSCSI_TRUNCATED; #SANSCSI_MALFORMED for a length below 32, sense data
 *         that exceeds its field, or a token of another length; #SANSCSI_INVALID_ARGUMENT
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_token_information_parse(const void *data,
                                                                       size_t size,
                                                                       sanscsi_copy_status *status,
                                                                       const uint8_t **token);
/** @} */

SANSCSI_END_DECLS

#endif
