/* Single fields of the headers of Data-In and SCSI Response, for who needs few of them: what every
 * read brings is looked up where it is used. Offsets are those of RFC 7143 11.4 and 11.7. */
#ifndef SANSCSI_WIRE_TARGET_FIELDS_H
#define SANSCSI_WIRE_TARGET_FIELDS_H

#include "base/bytes.h"
#include "wire/bhs.h"

static inline bool field_flag(const uint8_t bhs[BHS_SIZE], unsigned mask) {
    return (bhs[1] & mask) != 0;
}

/* SCSI Response only. */
static inline uint8_t field_response(const uint8_t bhs[BHS_SIZE]) {
    return bhs[2];
}

static inline uint8_t field_status(const uint8_t bhs[BHS_SIZE]) {
    return bhs[3];
}

/* SCSI Response only; iSCSIProtocolLevel 2 (RFC 7144 5.2). */
static inline uint16_t field_status_qualifier(const uint8_t bhs[BHS_SIZE]) {
    return load_be16(bhs + 8);
}

static inline uint32_t field_itt(const uint8_t bhs[BHS_SIZE]) {
    return load_be32(bhs + 16);
}

static inline uint32_t field_stat_sn(const uint8_t bhs[BHS_SIZE]) {
    return load_be32(bhs + 24);
}

static inline uint32_t field_exp_cmd_sn(const uint8_t bhs[BHS_SIZE]) {
    return load_be32(bhs + 28);
}

static inline uint32_t field_max_cmd_sn(const uint8_t bhs[BHS_SIZE]) {
    return load_be32(bhs + 32);
}

/* DataSN of Data-In, ExpDataSN of SCSI Response. */
static inline uint32_t field_data_sn(const uint8_t bhs[BHS_SIZE]) {
    return load_be32(bhs + 36);
}

/* Data-In only. */
static inline uint32_t field_buffer_offset(const uint8_t bhs[BHS_SIZE]) {
    return load_be32(bhs + 40);
}

/* Of what a bidirectional command reads; SCSI Response only. */
static inline uint32_t field_read_residual_count(const uint8_t bhs[BHS_SIZE]) {
    return load_be32(bhs + 40);
}

static inline uint32_t field_residual_count(const uint8_t bhs[BHS_SIZE]) {
    return load_be32(bhs + 44);
}

#endif
