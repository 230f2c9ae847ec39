/* Tests of the SCSI layer: commands of block devices, bytes by hand from SBC-3. */
#include "unit/test_scsi.h"

#include <iscsi/scsi_block.h>

static const uint64_t lba64 = UINT64_C(0x0102030405060708);

static void ranges_of_blocks(void **state) {
    (void)state;
    ASSERT_CDB(sanscsi_cdb_write_same10(cdb, 0x01020304, 0x0506, SANSCSI_WRITE_SAME_UNMAP), 10,
               0x41, 0x08, 1, 2, 3, 4, 0, 5, 6, 0);
    ASSERT_CDB(sanscsi_cdb_write_same16(cdb, lba64, 0x090a0b0c,
                                        SANSCSI_WRITE_SAME_ANCHOR | SANSCSI_WRITE_SAME_UNMAP |
                                            SANSCSI_WRITE_SAME_NO_DATA),
               16, 0x93, 0x19, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0, 0);
    ASSERT_CDB(sanscsi_cdb_compare_and_write(cdb, lba64, 255, SANSCSI_CDB_DPO | SANSCSI_CDB_FUA),
               16, 0x89, 0x18, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 255, 0, 0);
    ASSERT_CDB(sanscsi_cdb_orwrite16(cdb, lba64, 0x090a0b0c, SANSCSI_CDB_FUA), 16, 0x8b, 0x08, 1, 2,
               3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0, 0);
    ASSERT_CDB(sanscsi_cdb_write_atomic16(cdb, lba64, 0x0b0c, 0x090a, SANSCSI_CDB_DPO), 16, 0x9c,
               0x10, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0, 0);
    ASSERT_CDB(sanscsi_cdb_prefetch10(cdb, 0x01020304, 0x0506, SANSCSI_CDB_IMMED), 10, 0x34, 0x02,
               1, 2, 3, 4, 0, 5, 6, 0);
    ASSERT_CDB(sanscsi_cdb_prefetch16(cdb, lba64, 0x090a0b0c, 0), 16, 0x90, 0, 1, 2, 3, 4, 5, 6, 7,
               8, 9, 10, 11, 12, 0, 0);
    ASSERT_CDB(sanscsi_cdb_get_lba_status(cdb, lba64, 0x090a0b0c), 16, 0x9e, 0x12, 1, 2, 3, 4, 5, 6,
               7, 8, 9, 10, 11, 12, 0, 0);
}

static void verifying(void **state) {
    (void)state;
    ASSERT_CDB(sanscsi_cdb_verify10(cdb, 0x01020304, 0x0506, 0), 10, 0x2f, 0, 1, 2, 3, 4, 0, 5, 6,
               0);
    ASSERT_CDB(sanscsi_cdb_verify12(cdb, 0x01020304, 0x05060708, SANSCSI_VERIFY_COMPARE), 12, 0xaf,
               0x02, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0);
    ASSERT_CDB(
        sanscsi_cdb_verify16(cdb, lba64, 0x090a0b0c, SANSCSI_VERIFY_ONE_BLOCK | SANSCSI_CDB_DPO),
        16, 0x8f, 0x16, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0, 0);
    ASSERT_CDB(sanscsi_cdb_write_and_verify10(cdb, 0x01020304, 0x0506, SANSCSI_CDB_DPO), 10, 0x2e,
               0x10, 1, 2, 3, 4, 0, 5, 6, 0);
    ASSERT_CDB(sanscsi_cdb_write_and_verify12(cdb, 0x01020304, 0x05060708, 0), 12, 0xae, 0, 1, 2, 3,
               4, 5, 6, 7, 8, 0, 0);
    ASSERT_CDB(sanscsi_cdb_write_and_verify16(cdb, lba64, 0x090a0b0c, SANSCSI_VERIFY_COMPARE), 16,
               0x8e, 0x02, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0, 0);
    ASSERT_REFUSED(sanscsi_cdb_verify10(cdb, 0, 1, 0x04)); /* BYTCHK 10b */
    ASSERT_REFUSED(sanscsi_cdb_verify16(cdb, 0, 1, SANSCSI_CDB_FUA));
    ASSERT_REFUSED(sanscsi_cdb_write_and_verify10(cdb, 0, 1, 0x04));
}

static void refused_ranges(void **state) {
    (void)state;
    ASSERT_REFUSED(sanscsi_cdb_write_same10(cdb, UINT64_C(0x100000000), 1, 0));
    ASSERT_REFUSED(sanscsi_cdb_write_same10(cdb, 0, 1, SANSCSI_WRITE_SAME_NO_DATA));
    ASSERT_REFUSED(sanscsi_cdb_write_same16(cdb, UINT64_MAX, 2, 0));
    ASSERT_REFUSED(sanscsi_cdb_compare_and_write(cdb, 0, 256, 0));
    ASSERT_REFUSED(sanscsi_cdb_compare_and_write(cdb, UINT64_MAX, 2, 0));
    ASSERT_REFUSED(sanscsi_cdb_verify10(cdb, 0, 0x10000, 0));
    ASSERT_REFUSED(sanscsi_cdb_verify12(cdb, UINT64_C(0x100000000), 1, 0));
    ASSERT_REFUSED(sanscsi_cdb_prefetch10(cdb, 0, 1, SANSCSI_CDB_FUA));
    ASSERT_REFUSED(sanscsi_cdb_orwrite16(cdb, 0, 1, SANSCSI_CDB_IMMED));
    ASSERT_REFUSED(sanscsi_cdb_write_atomic16(cdb, 0, 0x10000, 0, 0));
    ASSERT_REFUSED(sanscsi_cdb_write_atomic16(cdb, 0, 1, 0x10000, 0));
    assert_int_equal(sanscsi_cdb_get_lba_status(NULL, 0, 24), 0);
    assert_int_equal(sanscsi_cdb_write_atomic16(NULL, 0, 1, 0, 0), 0);
    assert_int_equal(sanscsi_cdb_compare_and_write(NULL, 0, 1, 0), 0);
}

static void medium(void **state) {
    (void)state;
    ASSERT_CDB(sanscsi_cdb_start_stop(cdb, 0, 0, 0, SANSCSI_START), 6, 0x1b, 0, 0, 0, 0x01, 0);
    ASSERT_CDB(sanscsi_cdb_start_stop(cdb, 1, SANSCSI_POWER_STANDBY, 1,
                                      SANSCSI_NO_FLUSH | SANSCSI_LOAD_EJECT),
               6, 0x1b, 0x01, 0, 0x01, 0x36, 0);
    ASSERT_REFUSED(sanscsi_cdb_start_stop(cdb, 2, 0, 0, 0));
    ASSERT_REFUSED(sanscsi_cdb_start_stop(cdb, 0, 16, 0, 0));
    ASSERT_REFUSED(sanscsi_cdb_start_stop(cdb, 0, 0, 16, 0));
    ASSERT_REFUSED(sanscsi_cdb_start_stop(cdb, 0, 0, 0, 8));
    ASSERT_CDB(sanscsi_cdb_prevent_allow(cdb, 1), 6, 0x1e, 0, 0, 0, 1, 0);
    ASSERT_REFUSED(sanscsi_cdb_prevent_allow(cdb, 4));
    ASSERT_CDB(sanscsi_cdb_sanitize(cdb, SANSCSI_SANITIZE_OVERWRITE,
                                    SANSCSI_SANITIZE_IMMED | SANSCSI_SANITIZE_AUSE, 0x0204),
               10, 0x48, 0xa1, 0, 0, 0, 0, 0, 2, 4, 0);
    ASSERT_CDB(sanscsi_cdb_sanitize(cdb, SANSCSI_SANITIZE_EXIT_FAILURE, 0, 0), 10, 0x48, 0x1f);
    ASSERT_REFUSED(sanscsi_cdb_sanitize(cdb, SANSCSI_SANITIZE_BLOCK_ERASE, 0, 4));
    ASSERT_REFUSED(sanscsi_cdb_sanitize(cdb, 32, 0, 0));
    ASSERT_REFUSED(sanscsi_cdb_sanitize(cdb, SANSCSI_SANITIZE_OVERWRITE, 0, 0x10000));
    ASSERT_CDB(sanscsi_cdb_format_unit(cdb,
                                       SANSCSI_FORMAT_PROTECT_2 | SANSCSI_FORMAT_LONG_LIST |
                                           SANSCSI_FORMAT_DATA | SANSCSI_FORMAT_COMPLETE,
                                       SANSCSI_DEFECT_SECTOR, 1),
               6, 0x04, 0xfd, 0, 0, 1, 0);
    ASSERT_CDB(sanscsi_cdb_format_unit(cdb, 0, 0, 0), 6, 0x04);
    ASSERT_REFUSED(sanscsi_cdb_format_unit(cdb, SANSCSI_FORMAT_LONG_LIST, 0, 0));
    ASSERT_REFUSED(sanscsi_cdb_format_unit(cdb, 0, 3, 0));
    ASSERT_REFUSED(sanscsi_cdb_format_unit(cdb, SANSCSI_FORMAT_DATA, 8, 0));
    ASSERT_REFUSED(sanscsi_cdb_format_unit(cdb, 0, 0, 4));
    ASSERT_CDB(sanscsi_cdb_read_defects10(cdb, SANSCSI_DEFECTS_PRIMARY, 5, 0x0102), 10, 0x37, 0,
               0x15, 0, 0, 0, 0, 1, 2, 0);
    ASSERT_CDB(sanscsi_cdb_read_defects12(cdb, SANSCSI_DEFECTS_PRIMARY | SANSCSI_DEFECTS_GROWN, 3,
                                          0x01020304, 0x05060708),
               12, 0xb7, 0x1b, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0);
    ASSERT_REFUSED(sanscsi_cdb_read_defects10(cdb, 0x20, 0, 4));
    ASSERT_REFUSED(sanscsi_cdb_read_defects10(cdb, 0, 8, 4));
    ASSERT_REFUSED(sanscsi_cdb_read_defects12(cdb, 0, 8, 0, 4));
}

static void unmapping(void **state) {
    (void)state;
    static const sanscsi_block_range ranges[] = {
        {UINT64_C(0x0102030405060708), 0x090a0b0c, 0},
        {UINT64_MAX, 1, 0},
    };
    ASSERT_CDB(sanscsi_cdb_unmap(cdb, SANSCSI_UNMAP_ANCHOR, 0x0118), 10, 0x42, 1, 0, 0, 0, 0, 0, 1,
               0x18, 0);
    ASSERT_REFUSED(sanscsi_cdb_unmap(cdb, 2, 24));
    ASSERT_REFUSED(sanscsi_cdb_unmap(cdb, 0, 0x10000));
    ASSERT_BUILT(sanscsi_unmap_build(ranges, 2, data, size, &length), /* header */
                 0, 38, 0, 32, 0, 0, 0, 0,                            /* first range */
                 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0, 0, 0, 0,   /* second */
                 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 1, 0, 0, 0, 0);
    ASSERT_BUILT(sanscsi_unmap_build(NULL, 0, data, size, &length), 0, 6, 0, 0, 0, 0, 0, 0);
    static const sanscsi_block_range beyond[] = {{UINT64_MAX, 2, 0}};
    ASSERT_NOT_BUILT(sanscsi_unmap_build(beyond, 1, data, size, &length), SANSCSI_INVALID_ARGUMENT);
    ASSERT_NOT_BUILT(sanscsi_unmap_build(NULL, 1, data, size, &length), SANSCSI_INVALID_ARGUMENT);
    ASSERT_NOT_BUILT(sanscsi_unmap_build(ranges, 1, NULL, size, &length), SANSCSI_INVALID_ARGUMENT);
    ASSERT_NOT_BUILT(sanscsi_unmap_build(ranges, 4096, data, size, &length), SANSCSI_TOO_LARGE);
    uint8_t data[8];
    assert_int_equal(sanscsi_unmap_build(NULL, 0, data, 8, NULL), SANSCSI_INVALID_ARGUMENT);
}

static void the_longest_unmap_fits_its_length_fields(void **state) {
    (void)state;
    static sanscsi_block_range ranges[4095];
    static uint8_t data[8 + 4095 * 16];
    size_t length = 0;
    assert_int_equal(sanscsi_unmap_build(ranges, 4095, data, sizeof(data), &length), SANSCSI_OK);
    assert_int_equal(length, 65528);
    static const uint8_t header[8] = {0xff, 0xf6, 0xff, 0xf0, 0, 0, 0, 0};
    assert_memory_equal(data, header, 8);
}

static void overwriting(void **state) {
    (void)state;
    static const uint8_t pattern[3] = {0xab, 0xcd, 0xef};
    ASSERT_BUILT(sanscsi_overwrite_build(31, 2, 1, pattern, 3, data, size, &length), 0xdf, 0, 0, 3,
                 0xab, 0xcd, 0xef);
    ASSERT_NOT_BUILT(sanscsi_overwrite_build(0, 0, 0, pattern, 3, data, size, &length),
                     SANSCSI_INVALID_ARGUMENT);
    ASSERT_NOT_BUILT(sanscsi_overwrite_build(32, 0, 0, pattern, 3, data, size, &length),
                     SANSCSI_INVALID_ARGUMENT);
    ASSERT_NOT_BUILT(sanscsi_overwrite_build(1, 4, 0, pattern, 3, data, size, &length),
                     SANSCSI_INVALID_ARGUMENT);
    ASSERT_NOT_BUILT(sanscsi_overwrite_build(1, 0, 2, pattern, 3, data, size, &length),
                     SANSCSI_INVALID_ARGUMENT);
    ASSERT_NOT_BUILT(sanscsi_overwrite_build(1, 0, 0, pattern, 0, data, size, &length),
                     SANSCSI_INVALID_ARGUMENT);
    ASSERT_NOT_BUILT(sanscsi_overwrite_build(1, 0, 0, pattern, 0x10000, data, size, &length),
                     SANSCSI_TOO_LARGE);
}

static void format_parameters(void **state) {
    (void)state;
    static const uint8_t bytes[4] = {1, 2, 3, 4};
    sanscsi_format format = {.size = sizeof(format), .options = SANSCSI_FORMAT_IMMED};
    ASSERT_BUILT(sanscsi_format_build(&format, data, size, &length), 0, 0x02, 0, 0);
    format.protection_usage = 7;
    format.options = 0xf8;
    format.defects = bytes;
    format.defects_length = 4;
    ASSERT_BUILT(sanscsi_format_build(&format, data, size, &length), 7, 0xf8, 0, 4, /* header */
                 0, 0, 0, 0, 1, 2, 3, 4); /* the unit's pattern, defects */
    format.long_list = 1;
    format.protection_info = 0x0a;
    format.protection_exponent = 0x05;
    format.pattern = bytes;
    format.pattern_length = 2;
    ASSERT_BUILT(sanscsi_format_build(&format, data, size, &length), 7, 0xf8, 0, 0xa5, 0, 0, 0,
                 4,                                /* header */
                 0, 0x01, 0, 2, 1, 2, 1, 2, 3, 4); /* pattern, defects */
    format.pattern_length = 0x10000;
    ASSERT_NOT_BUILT(sanscsi_format_build(&format, data, size, &length), SANSCSI_TOO_LARGE);
    format.pattern_length = 2;
    format.long_list = 0; /* has no room for P_I_INFORMATION */
    ASSERT_NOT_BUILT(sanscsi_format_build(&format, data, size, &length), SANSCSI_INVALID_ARGUMENT);
    format.protection_info = format.protection_exponent = 0;
    format.options = 0x02; /* a pattern without IP */
    ASSERT_NOT_BUILT(sanscsi_format_build(&format, data, size, &length), SANSCSI_INVALID_ARGUMENT);
    format.options = 0x01;
    format.pattern_length = 0;
    ASSERT_NOT_BUILT(sanscsi_format_build(&format, data, size, &length), SANSCSI_INVALID_ARGUMENT);
    format.options = 0;
    format.size--;
    ASSERT_NOT_BUILT(sanscsi_format_build(&format, data, size, &length), SANSCSI_INVALID_ARGUMENT);
}

/* Two descriptors: 16 blocks unmapped at 0102030405060708h, one anchored behind them. */
static const uint8_t lba_status_bytes[40] = {
    0, 0, 0, 36, 0, 0, 0, 0,                                /* header */
    1, 2, 3, 4,  5, 6, 7, 8,    0, 0, 0, 16, 0xf1, 0, 0, 0, /* deallocated, reserved bits set */
    1, 2, 3, 4,  5, 6, 7, 0x18, 0, 0, 0, 1,  0x02, 0, 0, 0, /* anchored */
};

static void lba_status(void **state) {
    (void)state;
    sanscsi_items items = {.size = sizeof(items)};
    sanscsi_lba_status item = {.size = sizeof(item)};
    uint32_t position = 0;
    assert_int_equal(sanscsi_lba_status_parse(lba_status_bytes, 40, &items), SANSCSI_OK);
    assert_int_equal(items.total, 32);
    assert_int_equal(items.item_length, 16);
    assert_int_equal(sanscsi_lba_status_next(&items, &position, &item), 1);
    assert_true(item.lba == lba64);
    assert_int_equal(item.blocks, 16);
    assert_int_equal(item.status, SANSCSI_LBA_DEALLOCATED);
    assert_int_equal(sanscsi_lba_status_next(&items, &position, &item), 1);
    assert_true(item.lba == lba64 + 16);
    assert_int_equal(item.status, SANSCSI_LBA_ANCHORED);
    assert_int_equal(position, 32);
    assert_int_equal(sanscsi_lba_status_next(&items, &position, &item), 0);
    sanscsi_defect defect = {.size = sizeof(defect)};
    assert_int_equal(sanscsi_defect_next(&items, &position, &defect), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_lba_status_next(&items, NULL, &item), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_lba_status_next(NULL, &position, &item), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_lba_status_next(&items, &position, NULL), SANSCSI_INVALID_ARGUMENT);
    position = 33;
    assert_int_equal(sanscsi_lba_status_next(&items, &position, &item), SANSCSI_INVALID_ARGUMENT);
    ASSERT_CUTS_TRUNCATED(sanscsi_lba_status_parse, lba_status_bytes, 40, &items);
    ASSERT_ARGUMENTS_CHECKED(sanscsi_lba_status_parse, sanscsi_items);
}

static void lba_status_cut_and_lying(void **state) {
    (void)state;
    uint8_t bytes[40];
    memcpy(bytes, lba_status_bytes, 40);
    sanscsi_items items = {.size = sizeof(items)};
    sanscsi_lba_status item = {.size = sizeof(item), .blocks = 77};
    uint32_t position = 0;
    assert_int_equal(sanscsi_lba_status_parse(bytes, 39, &items), SANSCSI_TRUNCATED);
    assert_int_equal(sanscsi_lba_status_next(&items, &position, &item), 1);
    assert_int_equal(sanscsi_lba_status_next(&items, &position, &item), SANSCSI_TRUNCATED);
    assert_int_equal(item.blocks, 16);
    for (uint32_t told = 0; told < 40; told++) {
        int32_t status;
        bytes[3] = (uint8_t)told;
        PARSE(sanscsi_lba_status_parse, bytes, 40, &items);
        assert_int_equal(status, told % 16 == 4 ? SANSCSI_OK : SANSCSI_MALFORMED);
    }
    memset(bytes, 0xff, 3);
    bytes[3] = 0xf4;
    assert_int_equal(sanscsi_lba_status_parse(bytes, 40, &items), SANSCSI_TRUNCATED);
    assert_int_equal(items.length, 32);
    assert_true(items.total == UINT32_C(0xfffffff0));
}

static void defects10(void **state) {
    (void)state;
    static const uint8_t sectors[] = {0, 0xfd, 0, 16, 1,    2,    3,    4,
                                      5, 6,    7, 8, /* GLISTV, PLISTV */
                                      9, 8,    7, 6,  0xff, 0xff, 0xff, 0xff};
    sanscsi_items items = {.size = sizeof(items)};
    sanscsi_defect defect = {.size = sizeof(defect)};
    uint32_t position = 0;
    assert_int_equal(sanscsi_defects10_parse(sectors, sizeof(sectors), &items), SANSCSI_OK);
    assert_int_equal(items.info, SANSCSI_DEFECTS_PRIMARY | SANSCSI_DEFECTS_GROWN | 5);
    assert_int_equal(sanscsi_defect_next(&items, &position, &defect), 1);
    assert_int_equal(defect.format, SANSCSI_DEFECT_SECTOR);
    assert_int_equal(defect.cylinder, 0x010203);
    assert_int_equal(defect.head, 4);
    assert_int_equal(defect.place, 0x05060708);
    assert_int_equal(defect.several, 0);
    assert_int_equal(sanscsi_defect_next(&items, &position, &defect), 1);
    assert_true(defect.place == UINT32_MAX);
    assert_int_equal(sanscsi_defect_next(&items, &position, &defect), 0);
    ASSERT_CUTS_TRUNCATED(sanscsi_defects10_parse, sectors, sizeof(sectors), &items);
    ASSERT_ARGUMENTS_CHECKED(sanscsi_defects10_parse, sanscsi_items);
    static const uint8_t odd[] = {0, 0x05, 0, 9, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    assert_int_equal(sanscsi_defects10_parse(odd, sizeof(odd), &items), SANSCSI_MALFORMED);
    static const uint8_t vendor[] = {0, 0x06, 0, 3, 1, 2, 3};
    position = 0;
    assert_int_equal(sanscsi_defects10_parse(vendor, sizeof(vendor), &items), SANSCSI_OK);
    assert_int_equal(sanscsi_defect_next(&items, &position, &defect), SANSCSI_MALFORMED);
    /* The same when none of its bytes came: there is nothing to point to. */
    assert_int_equal(sanscsi_defects10_parse(vendor, 4, &items), SANSCSI_TRUNCATED);
    assert_null(items.bytes);
    assert_int_equal(sanscsi_defect_next(&items, &position, &defect), SANSCSI_MALFORMED);
}

static void defects12(void **state) {
    (void)state;
    static const uint8_t blocks[] = {0, 0x08, 0x12, 0x34, 0, 0, 0, 4, 1, 2, 3, 4};
    static const uint8_t large[] = {0, 0x0b, 0, 0, 0, 0, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8};
    static const uint8_t index[] = {0, 0x09, 0, 0, 0, 0, 0, 8, 1, 2, 3, 4, 0xf5, 6, 7, 8};
    sanscsi_items items = {.size = sizeof(items)};
    sanscsi_defect defect = {.size = sizeof(defect)};
    uint32_t position = 0;
    assert_int_equal(sanscsi_defects12_parse(blocks, sizeof(blocks), &items), SANSCSI_OK);
    assert_int_equal(sanscsi_defect_next(&items, &position, &defect), 1);
    assert_true(defect.lba == 0x01020304);
    position = 0;
    assert_int_equal(sanscsi_defects12_parse(large, sizeof(large), &items), SANSCSI_OK);
    assert_int_equal(sanscsi_defect_next(&items, &position, &defect), 1);
    assert_true(defect.lba == lba64);
    position = 0;
    assert_int_equal(sanscsi_defects12_parse(index, sizeof(index), &items), SANSCSI_OK);
    assert_int_equal(sanscsi_defect_next(&items, &position, &defect), 1);
    assert_int_equal(defect.place, 0x05060708);
    assert_int_equal(defect.several, 1);
    ASSERT_CUTS_TRUNCATED(sanscsi_defects12_parse, blocks, sizeof(blocks), &items);
    ASSERT_ARGUMENTS_CHECKED(sanscsi_defects12_parse, sanscsi_items);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranges_of_blocks),
        cmocka_unit_test(verifying),
        cmocka_unit_test(refused_ranges),
        cmocka_unit_test(medium),
        cmocka_unit_test(unmapping),
        cmocka_unit_test(the_longest_unmap_fits_its_length_fields),
        cmocka_unit_test(overwriting),
        cmocka_unit_test(format_parameters),
        cmocka_unit_test(lba_status),
        cmocka_unit_test(lba_status_cut_and_lying),
        cmocka_unit_test(defects10),
        cmocka_unit_test(defects12),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
