/* What the builders of CDBs share: clean bytes, fields of any width, ranges of blocks. */
#ifndef SANSCSI_SCSI_CDB_H
#define SANSCSI_SCSI_CDB_H

#include "base/bytes.h"
#include "base/raw.h"

#include <stdbool.h>

enum { CDB_SIZE = 16 };

/* Where the forms of CDBs with a range of blocks keep it (SPC-4 4.3). */
struct form {
    uint8_t length;
    uint8_t lba_bits;
    uint8_t lba_offset;
    uint8_t count_bits;
    uint8_t count_offset;
};

static const struct form form10 = {10, 32, 2, 16, 7};
static const struct form form12 = {12, 32, 2, 32, 6};
static const struct form form16 = {16, 64, 2, 32, 10};

static inline bool fits(uint64_t value, unsigned bits) {
    return bits >= 64 || value >> bits == 0;
}

/* A field of whole bytes, 8 bits at least. */
static inline void store(uint8_t *field, unsigned bits, uint64_t value) {
    uint8_t bytes[8];
    store_be64(bytes, value << (64 - bits));
    memcpy(field, bytes, bits / 8);
}

static inline uint32_t begin(uint8_t *cdb, uint8_t opcode, uint32_t length) {
    memset(cdb, 0, CDB_SIZE);
    cdb[0] = opcode;
    return length;
}

/* Whether the last block of a range has an LBA of 64 bits. */
static inline bool is_range(uint64_t lba, uint32_t blocks) {
    return blocks == 0 || lba <= UINT64_MAX - (blocks - 1);
}

static inline uint32_t range(uint8_t *cdb, uint8_t opcode, const struct form *form, uint64_t lba,
                             uint32_t blocks, uint32_t flags, uint32_t allowed) {
    if (cdb == NULL || (flags & ~allowed) != 0 || !fits(lba, form->lba_bits) ||
        !fits(blocks, form->count_bits) || !is_range(lba, blocks)) {
        return 0;
    }
    begin(cdb, opcode, form->length);
    cdb[1] = (uint8_t)flags;
    store(cdb + form->lba_offset, form->lba_bits, lba);
    store(cdb + form->count_offset, form->count_bits, blocks);
    return form->length;
}

#endif
