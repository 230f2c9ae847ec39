/* Steps that the PDU codecs share; for the files of this folder only. */
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

#endif
