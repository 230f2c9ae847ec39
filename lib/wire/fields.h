/* Steps that the PDU codecs share, and the pieces of a SCSI Command. */
#ifndef SANSCSI_WIRE_FIELDS_H
#define SANSCSI_WIRE_FIELDS_H

#include <string.h>

#include "base/bytes.h"
#include "wire/bhs.h"

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

/* A SCSI Command piece by piece (RFC 7143 11.3), for the code that makes one from its own fields:
 * each value goes from there to the header at once. Together they write every byte. */
static inline void put_scsi_command_start(uint8_t bhs[BHS_SIZE], bool immediate, unsigned flags,
                                          unsigned pri, uint8_t total_ahs_length, uint32_t length) {
    bhs[0] = (uint8_t)(OPCODE_SCSI_COMMAND | flag(immediate, FLAG_IMMEDIATE));
    bhs[1] = (uint8_t)flags;
    bhs[2] = (uint8_t)(pri << 4);
    bhs[3] = 0;
    bhs[4] = total_ahs_length;
    store_be24(bhs + 5, length);
}

static inline void put_scsi_command_task(uint8_t bhs[BHS_SIZE], uint64_t lun, uint32_t itt,
                                         uint32_t expected_data_transfer_length) {
    store_be64(bhs + 8, lun);
    store_be32(bhs + 16, itt);
    store_be32(bhs + 20, expected_data_transfer_length);
}

static inline void put_scsi_command_numbers(uint8_t bhs[BHS_SIZE], uint32_t cmd_sn,
                                            uint32_t exp_stat_sn) {
    store_be32(bhs + 24, cmd_sn);
    store_be32(bhs + 28, exp_stat_sn);
}

static inline void put_scsi_command_cdb(uint8_t bhs[BHS_SIZE], const uint8_t cdb[16]) {
    memcpy(bhs + 32, cdb, 16);
}

#endif
