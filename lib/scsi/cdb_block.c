/* Builds CDBs of block devices that name a range of blocks, but for READ and WRITE (SBC-3 5). */
#include "scsi/cdb.h"

#include <iscsi/scsi_block.h>

enum {
    WRITE_AND_VERIFY_10 = 0x2e,
    VERIFY_10 = 0x2f,
    PREFETCH_10 = 0x34,
    WRITE_SAME_10 = 0x41,
    COMPARE_AND_WRITE = 0x89,
    ORWRITE_16 = 0x8b,
    WRITE_AND_VERIFY_16 = 0x8e,
    VERIFY_16 = 0x8f,
    PREFETCH_16 = 0x90,
    WRITE_SAME_16 = 0x93,
    WRITE_ATOMIC_16 = 0x9c,
    SERVICE_ACTION_IN_16 = 0x9e,
    WRITE_AND_VERIFY_12 = 0xae,
    VERIFY_12 = 0xaf,

    SERVICE_GET_LBA_STATUS = 0x12
};

static const uint32_t write_flags = SANSCSI_CDB_DPO | SANSCSI_CDB_FUA;
static const uint32_t same_flags = SANSCSI_WRITE_SAME_ANCHOR | SANSCSI_WRITE_SAME_UNMAP;
static const uint32_t write_verify_flags = SANSCSI_CDB_DPO | SANSCSI_VERIFY_COMPARE;

static const struct form form_compare = {16, 64, 2, 8, 13};
static const struct form form_atomic = {16, 64, 2, 16, 12};

/* BYTCHK 10b is reserved, so its upper bit does not come alone. */
static uint32_t verify(uint8_t *cdb, uint8_t opcode, const struct form *form, uint64_t lba,
                       uint32_t blocks, uint32_t flags) {
    const uint32_t allowed = SANSCSI_CDB_DPO | SANSCSI_VERIFY_ONE_BLOCK;
    if ((flags & SANSCSI_VERIFY_ONE_BLOCK) == 0x04) {
        return 0;
    }
    return range(cdb, opcode, form, lba, blocks, flags, allowed);
}

uint32_t sanscsi_cdb_write_same10(uint8_t cdb[16], uint64_t lba, uint32_t blocks, uint32_t flags) {
    return range(cdb, WRITE_SAME_10, &form10, lba, blocks, flags, same_flags);
}

uint32_t sanscsi_cdb_write_same16(uint8_t cdb[16], uint64_t lba, uint32_t blocks, uint32_t flags) {
    return range(cdb, WRITE_SAME_16, &form16, lba, blocks, flags,
                 same_flags | SANSCSI_WRITE_SAME_NO_DATA);
}

uint32_t sanscsi_cdb_compare_and_write(uint8_t cdb[16], uint64_t lba, uint32_t blocks,
                                       uint32_t flags) {
    return range(cdb, COMPARE_AND_WRITE, &form_compare, lba, blocks, flags, write_flags);
}

uint32_t sanscsi_cdb_verify10(uint8_t cdb[16], uint64_t lba, uint32_t blocks, uint32_t flags) {
    return verify(cdb, VERIFY_10, &form10, lba, blocks, flags);
}

uint32_t sanscsi_cdb_verify12(uint8_t cdb[16], uint64_t lba, uint32_t blocks, uint32_t flags) {
    return verify(cdb, VERIFY_12, &form12, lba, blocks, flags);
}

uint32_t sanscsi_cdb_verify16(uint8_t cdb[16], uint64_t lba, uint32_t blocks, uint32_t flags) {
    return verify(cdb, VERIFY_16, &form16, lba, blocks, flags);
}

uint32_t sanscsi_cdb_write_and_verify10(uint8_t cdb[16], uint64_t lba, uint32_t blocks,
                                        uint32_t flags) {
    return range(cdb, WRITE_AND_VERIFY_10, &form10, lba, blocks, flags, write_verify_flags);
}

uint32_t sanscsi_cdb_write_and_verify12(uint8_t cdb[16], uint64_t lba, uint32_t blocks,
                                        uint32_t flags) {
    return range(cdb, WRITE_AND_VERIFY_12, &form12, lba, blocks, flags, write_verify_flags);
}

uint32_t sanscsi_cdb_write_and_verify16(uint8_t cdb[16], uint64_t lba, uint32_t blocks,
                                        uint32_t flags) {
    return range(cdb, WRITE_AND_VERIFY_16, &form16, lba, blocks, flags, write_verify_flags);
}

uint32_t sanscsi_cdb_prefetch10(uint8_t cdb[16], uint64_t lba, uint32_t blocks, uint32_t flags) {
    return range(cdb, PREFETCH_10, &form10, lba, blocks, flags, SANSCSI_CDB_IMMED);
}

uint32_t sanscsi_cdb_prefetch16(uint8_t cdb[16], uint64_t lba, uint32_t blocks, uint32_t flags) {
    return range(cdb, PREFETCH_16, &form16, lba, blocks, flags, SANSCSI_CDB_IMMED);
}

uint32_t sanscsi_cdb_orwrite16(uint8_t cdb[16], uint64_t lba, uint32_t blocks, uint32_t flags) {
    return range(cdb, ORWRITE_16, &form16, lba, blocks, flags, write_flags);
}

uint32_t sanscsi_cdb_write_atomic16(uint8_t cdb[16], uint64_t lba, uint32_t blocks,
                                    uint32_t boundary, uint32_t flags) {
    if (boundary > UINT16_MAX ||
        range(cdb, WRITE_ATOMIC_16, &form_atomic, lba, blocks, flags, write_flags) == 0) {
        return 0;
    }
    store_be16(cdb + 10, (uint16_t)boundary);
    return 16;
}

uint32_t sanscsi_cdb_get_lba_status(uint8_t cdb[16], uint64_t lba, uint32_t allocation_length) {
    if (cdb == NULL) {
        return 0;
    }
    begin(cdb, SERVICE_ACTION_IN_16, 16);
    cdb[1] = SERVICE_GET_LBA_STATUS;
    store_be64(cdb + 2, lba);
    store_be32(cdb + 10, allocation_length);
    return 16;
}
