/* Builds CDBs of administration (SPC-4 6, MMC-6 6). */
#include "scsi/cdb.h"

#include <iscsi/scsi_admin.h>

enum {
    MODE_SELECT_6 = 0x15,
    RECEIVE_DIAGNOSTIC_RESULTS = 0x1c,
    SEND_DIAGNOSTIC = 0x1d,
    WRITE_BUFFER = 0x3b,
    READ_BUFFER_10 = 0x3c,
    READ_TOC = 0x43,
    LOG_SENSE = 0x4d,
    MODE_SELECT_10 = 0x55,
    SECURITY_PROTOCOL_IN = 0xa2,
    MAINTENANCE_IN = 0xa3,
    SECURITY_PROTOCOL_OUT = 0xb5,

    SERVICE_REPORT_PORT_GROUPS = 0x0a,
    SERVICE_REPORT_OPCODES = 0x0c,
    EXTENDED_HEADER = 0x20 /* PARAMETER DATA FORMAT 001b */
};

static const uint32_t select_flags = SANSCSI_MODE_PAGE_FORMAT | SANSCSI_MODE_SAVE;

uint32_t sanscsi_cdb_log_sense(uint8_t cdb[16], uint32_t save, uint32_t page_control, uint32_t page,
                               uint32_t subpage, uint32_t pointer, uint32_t allocation_length) {
    if (cdb == NULL || save > 1 || page_control > 3 || page > 0x3f || subpage > UINT8_MAX ||
        pointer > UINT16_MAX || allocation_length > UINT16_MAX) {
        return 0;
    }
    begin(cdb, LOG_SENSE, 10);
    cdb[1] = (uint8_t)save;
    cdb[2] = (uint8_t)(page_control << 6 | page);
    cdb[3] = (uint8_t)subpage;
    store_be16(cdb + 5, (uint16_t)pointer);
    store_be16(cdb + 7, (uint16_t)allocation_length);
    return 10;
}

uint32_t sanscsi_cdb_mode_select6(uint8_t cdb[16], uint32_t flags, uint32_t parameter_length) {
    if (cdb == NULL || (flags & ~select_flags) != 0 || parameter_length > UINT8_MAX) {
        return 0;
    }
    begin(cdb, MODE_SELECT_6, 6);
    cdb[1] = (uint8_t)flags;
    cdb[4] = (uint8_t)parameter_length;
    return 6;
}

uint32_t sanscsi_cdb_mode_select10(uint8_t cdb[16], uint32_t flags, uint32_t parameter_length) {
    if (cdb == NULL || (flags & ~select_flags) != 0 || parameter_length > UINT16_MAX) {
        return 0;
    }
    begin(cdb, MODE_SELECT_10, 10);
    cdb[1] = (uint8_t)flags;
    store_be16(cdb + 7, (uint16_t)parameter_length);
    return 10;
}

static uint32_t buffer(uint8_t *cdb, uint8_t opcode, uint32_t mode, uint32_t specific, uint32_t id,
                       uint32_t offset, uint32_t length) {
    if (cdb == NULL || mode > 0x1f || specific > 7 || id > UINT8_MAX || !fits(offset, 24) ||
        !fits(length, 24)) {
        return 0;
    }
    begin(cdb, opcode, 10);
    cdb[1] = (uint8_t)(specific << 5 | mode);
    cdb[2] = (uint8_t)id;
    store_be24(cdb + 3, offset);
    store_be24(cdb + 6, length);
    return 10;
}

uint32_t sanscsi_cdb_read_buffer(uint8_t cdb[16], uint32_t mode, uint32_t specific, uint32_t id,
                                 uint32_t offset, uint32_t allocation_length) {
    return buffer(cdb, READ_BUFFER_10, mode, specific, id, offset, allocation_length);
}

uint32_t sanscsi_cdb_write_buffer(uint8_t cdb[16], uint32_t mode, uint32_t specific, uint32_t id,
                                  uint32_t offset, uint32_t parameter_length) {
    return buffer(cdb, WRITE_BUFFER, mode, specific, id, offset, parameter_length);
}

uint32_t sanscsi_cdb_send_diagnostic(uint8_t cdb[16], uint32_t self_test, uint32_t flags,
                                     uint32_t parameter_length) {
    const uint32_t allowed = SANSCSI_DIAGNOSTIC_PAGE_FORMAT | SANSCSI_DIAGNOSTIC_SELF_TEST |
                             SANSCSI_DIAGNOSTIC_DEVICE | SANSCSI_DIAGNOSTIC_UNIT;
    bool by_default = (flags & SANSCSI_DIAGNOSTIC_SELF_TEST) != 0;
    if (cdb == NULL || self_test > 7 || (flags & ~allowed) != 0 || parameter_length > UINT16_MAX ||
        (by_default && self_test != 0)) {
        return 0;
    }
    begin(cdb, SEND_DIAGNOSTIC, 6);
    cdb[1] = (uint8_t)(self_test << 5 | flags);
    store_be16(cdb + 3, (uint16_t)parameter_length);
    return 6;
}

uint32_t sanscsi_cdb_receive_diagnostic(uint8_t cdb[16], uint32_t page,
                                        uint32_t allocation_length) {
    if (cdb == NULL || page > UINT8_MAX || allocation_length > UINT16_MAX) {
        return 0;
    }
    begin(cdb, RECEIVE_DIAGNOSTIC_RESULTS, 6);
    cdb[1] = 1; /* PCV: the page code counts */
    cdb[2] = (uint8_t)page;
    store_be16(cdb + 3, (uint16_t)allocation_length);
    return 6;
}

uint32_t sanscsi_cdb_report_opcodes(uint8_t cdb[16], uint32_t options, uint32_t timeouts,
                                    uint32_t opcode, uint32_t action, uint32_t allocation_length) {
    if (cdb == NULL || options > 7 || timeouts > 1 || opcode > UINT8_MAX || action > UINT16_MAX) {
        return 0;
    }
    begin(cdb, MAINTENANCE_IN, 12);
    cdb[1] = SERVICE_REPORT_OPCODES;
    cdb[2] = (uint8_t)(timeouts << 7 | options);
    cdb[3] = (uint8_t)opcode;
    store_be16(cdb + 4, (uint16_t)action);
    store_be32(cdb + 6, allocation_length);
    return 12;
}

uint32_t sanscsi_cdb_report_port_groups(uint8_t cdb[16], uint32_t extended,
                                        uint32_t allocation_length) {
    if (cdb == NULL || extended > 1) {
        return 0;
    }
    begin(cdb, MAINTENANCE_IN, 12);
    cdb[1] = SERVICE_REPORT_PORT_GROUPS | (extended == 1 ? EXTENDED_HEADER : 0);
    store_be32(cdb + 6, allocation_length);
    return 12;
}

static uint32_t security(uint8_t *cdb, uint8_t opcode, uint32_t protocol, uint32_t specific,
                         uint32_t blocks, uint32_t length) {
    if (cdb == NULL || protocol > UINT8_MAX || specific > UINT16_MAX || blocks > 1) {
        return 0;
    }
    begin(cdb, opcode, 12);
    cdb[1] = (uint8_t)protocol;
    store_be16(cdb + 2, (uint16_t)specific);
    cdb[4] = (uint8_t)(blocks << 7);
    store_be32(cdb + 6, length);
    return 12;
}

uint32_t sanscsi_cdb_security_in(uint8_t cdb[16], uint32_t protocol, uint32_t specific,
                                 uint32_t blocks, uint32_t allocation_length) {
    return security(cdb, SECURITY_PROTOCOL_IN, protocol, specific, blocks, allocation_length);
}

uint32_t sanscsi_cdb_security_out(uint8_t cdb[16], uint32_t protocol, uint32_t specific,
                                  uint32_t blocks, uint32_t transfer_length) {
    return security(cdb, SECURITY_PROTOCOL_OUT, protocol, specific, blocks, transfer_length);
}

uint32_t sanscsi_cdb_read_toc(uint8_t cdb[16], uint32_t msf, uint32_t format, uint32_t track,
                              uint32_t allocation_length) {
    if (cdb == NULL || msf > 1 || format > 1 || track > UINT8_MAX || (format == 1 && track != 0) ||
        allocation_length > UINT16_MAX) {
        return 0;
    }
    begin(cdb, READ_TOC, 10);
    cdb[1] = (uint8_t)(msf << 1);
    cdb[2] = (uint8_t)format;
    cdb[6] = (uint8_t)track;
    store_be16(cdb + 7, (uint16_t)allocation_length);
    return 10;
}
