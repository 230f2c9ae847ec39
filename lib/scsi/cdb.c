/* Builds CDBs: each fixed layout of SPC-4 and SBC-3 that a host needs to find and use disks. */
#include "scsi/cdb.h"

#include <iscsi/scsi.h>

enum {
    TEST_UNIT_READY = 0x00,
    REQUEST_SENSE = 0x03,
    READ_6 = 0x08,
    WRITE_6 = 0x0a,
    INQUIRY = 0x12,
    MODE_SENSE_6 = 0x1a,
    READ_CAPACITY_10 = 0x25,
    READ_10 = 0x28,
    WRITE_10 = 0x2a,
    SYNCHRONIZE_CACHE_10 = 0x35,
    MODE_SENSE_10 = 0x5a,
    READ_16 = 0x88,
    WRITE_16 = 0x8a,
    SYNCHRONIZE_CACHE_16 = 0x91,
    SERVICE_ACTION_IN_16 = 0x9e,
    REPORT_LUNS = 0xa0,
    READ_12 = 0xa8,
    WRITE_12 = 0xaa,

    SERVICE_READ_CAPACITY_16 = 0x10
};

static const uint32_t read_write_flags = SANSCSI_CDB_DPO | SANSCSI_CDB_FUA;

static uint32_t range6(uint8_t *cdb, uint8_t opcode, uint64_t lba, uint32_t blocks,
                       uint32_t flags) {
    if (cdb == NULL || flags != 0 || !fits(lba, 21) || blocks == 0 || blocks > 256) {
        return 0;
    }
    begin(cdb, opcode, 6);
    store_be24(cdb + 1, (uint32_t)lba);
    cdb[4] = (uint8_t)blocks; /* 256 becomes 0 (SBC-3 5.10) */
    return 6;
}

uint32_t sanscsi_cdb_test_unit_ready(uint8_t cdb[16]) {
    return cdb == NULL ? 0 : begin(cdb, TEST_UNIT_READY, 6);
}

uint32_t sanscsi_cdb_request_sense(uint8_t cdb[16], uint32_t descriptor,
                                   uint32_t allocation_length) {
    if (cdb == NULL || descriptor > 1 || allocation_length > UINT8_MAX) {
        return 0;
    }
    begin(cdb, REQUEST_SENSE, 6);
    cdb[1] = (uint8_t)descriptor;
    cdb[4] = (uint8_t)allocation_length;
    return 6;
}

uint32_t sanscsi_cdb_inquiry(uint8_t cdb[16], uint32_t evpd, uint32_t page,
                             uint32_t allocation_length) {
    if (cdb == NULL || evpd > 1 || page > UINT8_MAX || (evpd == 0 && page != 0) ||
        allocation_length > UINT16_MAX) {
        return 0;
    }
    begin(cdb, INQUIRY, 6);
    cdb[1] = (uint8_t)evpd;
    cdb[2] = (uint8_t)page;
    store_be16(cdb + 3, (uint16_t)allocation_length);
    return 6;
}

uint32_t sanscsi_cdb_report_luns(uint8_t cdb[16], uint32_t select, uint32_t allocation_length) {
    if (cdb == NULL || select > UINT8_MAX) {
        return 0;
    }
    begin(cdb, REPORT_LUNS, 12);
    cdb[2] = (uint8_t)select;
    store_be32(cdb + 6, allocation_length);
    return 12;
}

uint32_t sanscsi_cdb_read_capacity10(uint8_t cdb[16]) {
    return cdb == NULL ? 0 : begin(cdb, READ_CAPACITY_10, 10);
}

uint32_t sanscsi_cdb_read_capacity16(uint8_t cdb[16], uint32_t allocation_length) {
    if (cdb == NULL) {
        return 0;
    }
    begin(cdb, SERVICE_ACTION_IN_16, 16);
    cdb[1] = SERVICE_READ_CAPACITY_16;
    store_be32(cdb + 10, allocation_length);
    return 16;
}

uint32_t sanscsi_cdb_read(uint8_t cdb[16], uint64_t lba, uint32_t blocks, uint32_t flags) {
    if (fits(lba, form10.lba_bits) && fits(blocks, form10.count_bits)) {
        return sanscsi_cdb_read10(cdb, lba, blocks, flags);
    }
    return sanscsi_cdb_read16(cdb, lba, blocks, flags);
}

uint32_t sanscsi_cdb_write(uint8_t cdb[16], uint64_t lba, uint32_t blocks, uint32_t flags) {
    if (fits(lba, form10.lba_bits) && fits(blocks, form10.count_bits)) {
        return sanscsi_cdb_write10(cdb, lba, blocks, flags);
    }
    return sanscsi_cdb_write16(cdb, lba, blocks, flags);
}

uint32_t sanscsi_cdb_read6(uint8_t cdb[16], uint64_t lba, uint32_t blocks, uint32_t flags) {
    return range6(cdb, READ_6, lba, blocks, flags);
}

uint32_t sanscsi_cdb_read10(uint8_t cdb[16], uint64_t lba, uint32_t blocks, uint32_t flags) {
    return range(cdb, READ_10, &form10, lba, blocks, flags, read_write_flags);
}

uint32_t sanscsi_cdb_read12(uint8_t cdb[16], uint64_t lba, uint32_t blocks, uint32_t flags) {
    return range(cdb, READ_12, &form12, lba, blocks, flags, read_write_flags);
}

uint32_t sanscsi_cdb_read16(uint8_t cdb[16], uint64_t lba, uint32_t blocks, uint32_t flags) {
    return range(cdb, READ_16, &form16, lba, blocks, flags, read_write_flags);
}

uint32_t sanscsi_cdb_write6(uint8_t cdb[16], uint64_t lba, uint32_t blocks, uint32_t flags) {
    return range6(cdb, WRITE_6, lba, blocks, flags);
}

uint32_t sanscsi_cdb_write10(uint8_t cdb[16], uint64_t lba, uint32_t blocks, uint32_t flags) {
    return range(cdb, WRITE_10, &form10, lba, blocks, flags, read_write_flags);
}

uint32_t sanscsi_cdb_write12(uint8_t cdb[16], uint64_t lba, uint32_t blocks, uint32_t flags) {
    return range(cdb, WRITE_12, &form12, lba, blocks, flags, read_write_flags);
}

uint32_t sanscsi_cdb_write16(uint8_t cdb[16], uint64_t lba, uint32_t blocks, uint32_t flags) {
    return range(cdb, WRITE_16, &form16, lba, blocks, flags, read_write_flags);
}

uint32_t sanscsi_cdb_synchronize_cache10(uint8_t cdb[16], uint64_t lba, uint32_t blocks,
                                         uint32_t flags) {
    return range(cdb, SYNCHRONIZE_CACHE_10, &form10, lba, blocks, flags, SANSCSI_CDB_IMMED);
}

uint32_t sanscsi_cdb_synchronize_cache16(uint8_t cdb[16], uint64_t lba, uint32_t blocks,
                                         uint32_t flags) {
    return range(cdb, SYNCHRONIZE_CACHE_16, &form16, lba, blocks, flags, SANSCSI_CDB_IMMED);
}

/* Bytes 1 to 3 are the same in both forms of MODE SENSE (SPC-4 6). */
static bool mode_sense(uint8_t *cdb, uint8_t opcode, uint32_t flags, uint32_t page_control,
                       uint32_t page, uint32_t subpage) {
    if (cdb == NULL || page_control > SANSCSI_MODE_SAVED || page > 0x3f || subpage > UINT8_MAX) {
        return false;
    }
    begin(cdb, opcode, 0);
    cdb[1] = (uint8_t)flags;
    cdb[2] = (uint8_t)(page_control << 6 | page);
    cdb[3] = (uint8_t)subpage;
    return true;
}

uint32_t sanscsi_cdb_mode_sense6(uint8_t cdb[16], uint32_t flags, uint32_t page_control,
                                 uint32_t page, uint32_t subpage, uint32_t allocation_length) {
    if ((flags & ~(uint32_t)SANSCSI_CDB_DBD) != 0 || allocation_length > UINT8_MAX ||
        !mode_sense(cdb, MODE_SENSE_6, flags, page_control, page, subpage)) {
        return 0;
    }
    cdb[4] = (uint8_t)allocation_length;
    return 6;
}

uint32_t sanscsi_cdb_mode_sense10(uint8_t cdb[16], uint32_t flags, uint32_t page_control,
                                  uint32_t page, uint32_t subpage, uint32_t allocation_length) {
    const uint32_t allowed = SANSCSI_CDB_DBD | SANSCSI_CDB_LLBAA;
    if ((flags & ~allowed) != 0 || allocation_length > UINT16_MAX ||
        !mode_sense(cdb, MODE_SENSE_10, flags, page_control, page, subpage)) {
        return 0;
    }
    store_be16(cdb + 7, (uint16_t)allocation_length);
    return 10;
}
