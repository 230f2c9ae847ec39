/* Builds CDBs that deal with a block device's medium as a whole, and UNMAP (SBC-3 5). */
#include "scsi/cdb.h"

#include <iscsi/scsi_block.h>

enum {
    FORMAT_UNIT = 0x04,
    START_STOP_UNIT = 0x1b,
    PREVENT_ALLOW_MEDIUM_REMOVAL = 0x1e,
    READ_DEFECT_DATA_10 = 0x37,
    UNMAP = 0x42,
    SANITIZE = 0x48,
    READ_DEFECT_DATA_12 = 0xb7
};

uint32_t sanscsi_cdb_unmap(uint8_t cdb[16], uint32_t flags, uint32_t parameter_length) {
    if (cdb == NULL || (flags & ~(uint32_t)SANSCSI_UNMAP_ANCHOR) != 0 ||
        parameter_length > UINT16_MAX) {
        return 0;
    }
    begin(cdb, UNMAP, 10);
    cdb[1] = (uint8_t)flags;
    store_be16(cdb + 7, (uint16_t)parameter_length);
    return 10;
}

uint32_t sanscsi_cdb_start_stop(uint8_t cdb[16], uint32_t immediate, uint32_t condition,
                                uint32_t modifier, uint32_t flags) {
    const uint32_t allowed = SANSCSI_START | SANSCSI_LOAD_EJECT | SANSCSI_NO_FLUSH;
    if (cdb == NULL || immediate > 1 || condition > 15 || modifier > 15 ||
        (flags & ~allowed) != 0) {
        return 0;
    }
    begin(cdb, START_STOP_UNIT, 6);
    cdb[1] = (uint8_t)immediate;
    cdb[3] = (uint8_t)modifier;
    cdb[4] = (uint8_t)(condition << 4 | flags);
    return 6;
}

uint32_t sanscsi_cdb_prevent_allow(uint8_t cdb[16], uint32_t prevent) {
    if (cdb == NULL || prevent > 3) {
        return 0;
    }
    begin(cdb, PREVENT_ALLOW_MEDIUM_REMOVAL, 6);
    cdb[4] = (uint8_t)prevent;
    return 6;
}

uint32_t sanscsi_cdb_sanitize(uint8_t cdb[16], uint32_t action, uint32_t flags,
                              uint32_t parameter_length) {
    const uint32_t allowed = SANSCSI_SANITIZE_IMMED | SANSCSI_SANITIZE_AUSE;
    if (cdb == NULL || action > 0x1f || (flags & ~allowed) != 0 || parameter_length > UINT16_MAX ||
        (parameter_length != 0 && action != SANSCSI_SANITIZE_OVERWRITE)) {
        return 0;
    }
    begin(cdb, SANITIZE, 10);
    cdb[1] = (uint8_t)(flags | action);
    store_be16(cdb + 7, (uint16_t)parameter_length);
    return 10;
}

uint32_t sanscsi_cdb_format_unit(uint8_t cdb[16], uint32_t flags, uint32_t defect_format,
                                 uint32_t fast) {
    /* These speak of the data that FORMAT_DATA announces. */
    const uint32_t of_data = SANSCSI_FORMAT_LONG_LIST | SANSCSI_FORMAT_COMPLETE;
    const uint32_t allowed = of_data | SANSCSI_FORMAT_PROTECT_2 | SANSCSI_FORMAT_DATA;
    if (cdb == NULL || (flags & ~allowed) != 0 || defect_format > 7 || fast > 3) {
        return 0;
    }
    if ((flags & SANSCSI_FORMAT_DATA) == 0 && ((flags & of_data) != 0 || defect_format != 0)) {
        return 0;
    }
    begin(cdb, FORMAT_UNIT, 6);
    cdb[1] = (uint8_t)(flags | defect_format);
    cdb[4] = (uint8_t)fast;
    return 6;
}

static bool are_lists(uint32_t lists) {
    const uint32_t allowed = SANSCSI_DEFECTS_PRIMARY | SANSCSI_DEFECTS_GROWN;
    return (lists & ~allowed) == 0;
}

uint32_t sanscsi_cdb_read_defects10(uint8_t cdb[16], uint32_t lists, uint32_t format,
                                    uint32_t allocation_length) {
    if (cdb == NULL || !are_lists(lists) || format > 7 || allocation_length > UINT16_MAX) {
        return 0;
    }
    begin(cdb, READ_DEFECT_DATA_10, 10);
    cdb[2] = (uint8_t)(lists | format);
    store_be16(cdb + 7, (uint16_t)allocation_length);
    return 10;
}

uint32_t sanscsi_cdb_read_defects12(uint8_t cdb[16], uint32_t lists, uint32_t format,
                                    uint32_t index, uint32_t allocation_length) {
    if (cdb == NULL || !are_lists(lists) || format > 7) {
        return 0;
    }
    begin(cdb, READ_DEFECT_DATA_12, 12);
    cdb[1] = (uint8_t)(lists | format);
    store_be32(cdb + 2, index);
    store_be32(cdb + 6, allocation_length);
    return 12;
}
