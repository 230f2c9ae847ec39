/* Steps that the PDU codecs share, and the pieces of the commonest requests. */
#ifndef SANSCSI_WIRE_FIELDS_H
#define SANSCSI_WIRE_FIELDS_H

#include "base/bytes.h"
#include "base/raw.h"
#include "wire/bhs.h"

#define ATTR_MASK 0x07u /* byte 1 of a SCSI Command */

/* All reserved fields of a header go out as zero, so it begins as zeros. */
static inline void begin_bhs(uint8_t bhs[BHS_SIZE], enum opcode opcode, bool immediate) {
    memset(bhs, 0, BHS_SIZE);
    bhs[0] = (uint8_t)((unsigned)opcode | (immediate ? (unsigned)FLAG_IMMEDIATE : 0u));
}

static inline unsigned flag(bool set, unsigned mask) {
    return set ? mask : 0u;
}

static inline bool flag_set(uint8_t byte, unsigned mask) {
    return (byte & mask) != 0;
}

/* StatSN, ExpCmdSN and MaxCmdSN: bytes 24 to 35 of every target PDU. */
static inline void store_target_numbers(uint8_t bhs[BHS_SIZE], uint32_t stat_sn,
                                        uint32_t exp_cmd_sn, uint32_t max_cmd_sn) {
    store_be32(bhs + 24, stat_sn);
    store_be32(bhs + 28, exp_cmd_sn);
    store_be32(bhs + 32, max_cmd_sn);
}

/* SCSI Command and Data-Out piece by piece (RFC 7143 11.3, 11.7), for code that makes them from its
 * own fields: each value goes from there to the header at once. Of either PDU the pieces together
 * write every byte. */
static inline void put_request_start(uint8_t bhs[BHS_SIZE], unsigned opcode, unsigned flags,
                                     unsigned pri, uint8_t total_ahs_length, uint32_t length) {
    store_be32(bhs, (opcode & 0xff) << 24 | (flags & 0xff) << 16 | (pri & 0xf) << 12);
    store_be32(bhs + 4, (uint32_t)total_ahs_length << 24 | (length & 0xffffff));
}

static inline void put_request_task(uint8_t bhs[BHS_SIZE], uint64_t lun, uint32_t itt) {
    store_be64(bhs + 8, lun);
    store_be32(bhs + 16, itt);
}

static inline void put_expected_length(uint8_t bhs[BHS_SIZE], uint32_t length) {
    store_be32(bhs + 20, length);
}

static inline void put_target_transfer_tag(uint8_t bhs[BHS_SIZE], uint32_t tag) {
    store_be32(bhs + 20, tag);
}

/* A Data-Out has no CmdSN, but 0. */
static inline void put_request_numbers(uint8_t bhs[BHS_SIZE], uint32_t cmd_sn,
                                       uint32_t exp_stat_sn) {
    store_be32(bhs + 24, cmd_sn);
    store_be32(bhs + 28, exp_stat_sn);
}

static inline void put_command_cdb(uint8_t bhs[BHS_SIZE], const uint8_t cdb[16]) {
    memcpy(bhs + 32, cdb, 16);
}

static inline void put_data_sn(uint8_t bhs[BHS_SIZE], uint32_t data_sn) {
    store_be32(bhs + 32, 0);
    store_be32(bhs + 36, data_sn);
}

static inline void put_buffer_offset(uint8_t bhs[BHS_SIZE], uint32_t offset) {
    store_be32(bhs + 40, offset);
    store_be32(bhs + 44, 0);
}

#endif
