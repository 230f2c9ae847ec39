/* Tests of the SCSI layer: CDBs against bytes by hand from SPC-4 and SBC-3, LUN forms, names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <iscsi/scsi.h>

/* What no builder may leave in an unused byte. */
static void dirty(uint8_t cdb[16]) {
    memset(cdb, 0xee, 16);
}

static void assert_untouched(const uint8_t cdb[16]) {
    for (size_t i = 0; i < 16; i++) {
        assert_int_equal(cdb[i], 0xee);
    }
}

#define ASSERT_CDB(call, length, ...)                                                              \
    do {                                                                                           \
        static const uint8_t expected[16] = {__VA_ARGS__};                                         \
        uint8_t cdb[16];                                                                           \
        dirty(cdb);                                                                                \
        assert_int_equal(call, length);                                                            \
        assert_memory_equal(cdb, expected, 16);                                                    \
    } while (0)

#define ASSERT_REFUSED(call)                                                                       \
    do {                                                                                           \
        uint8_t cdb[16];                                                                           \
        dirty(cdb);                                                                                \
        assert_int_equal(call, 0);                                                                 \
        assert_untouched(cdb);                                                                     \
    } while (0)

static void test_primary_commands(void **state) {
    (void)state;
    ASSERT_CDB(sanscsi_cdb_test_unit_ready(cdb), 6, 0x00);
    ASSERT_CDB(sanscsi_cdb_request_sense(cdb, 0, 252), 6, 0x03, 0, 0, 0, 252, 0);
    ASSERT_CDB(sanscsi_cdb_request_sense(cdb, 1, 18), 6, 0x03, 1, 0, 0, 18, 0);
    ASSERT_CDB(sanscsi_cdb_inquiry(cdb, 0, 0, 36), 6, 0x12, 0, 0, 0, 36, 0);
    ASSERT_CDB(sanscsi_cdb_inquiry(cdb, 1, 0x83, 0x1234), 6, 0x12, 1, 0x83, 0x12, 0x34, 0);
    ASSERT_CDB(sanscsi_cdb_inquiry(cdb, 1, 0, 65535), 6, 0x12, 1, 0, 0xff, 0xff, 0);
    ASSERT_CDB(sanscsi_cdb_report_luns(cdb, SANSCSI_REPORT_LUNS_ALL, 0x01020304), 12, 0xa0, 0, 2, 0,
               0, 0, 1, 2, 3, 4, 0, 0);
    ASSERT_CDB(sanscsi_cdb_report_luns(cdb, SANSCSI_REPORT_LUNS_UNITS, 16), 12, 0xa0, 0, 0, 0, 0, 0,
               0, 0, 0, 16, 0, 0);
}

static void test_mode_sense(void **state) {
    (void)state;
    ASSERT_CDB(sanscsi_cdb_mode_sense6(cdb, 0, SANSCSI_MODE_CURRENT, 0x3f, 0, 255), 6, 0x1a, 0,
               0x3f, 0, 255, 0);
    ASSERT_CDB(
        sanscsi_cdb_mode_sense6(cdb, SANSCSI_CDB_DBD, SANSCSI_MODE_CHANGEABLE, 0x08, 0xff, 4), 6,
        0x1a, 0x08, 0x48, 0xff, 4, 0);
    ASSERT_CDB(sanscsi_cdb_mode_sense10(cdb, SANSCSI_CDB_DBD | SANSCSI_CDB_LLBAA,
                                        SANSCSI_MODE_SAVED, 0x0a, 0x01, 0xabcd),
               10, 0x5a, 0x18, 0xca, 0x01, 0, 0, 0, 0xab, 0xcd, 0);
    ASSERT_CDB(sanscsi_cdb_mode_sense10(cdb, 0, SANSCSI_MODE_DEFAULT, 0x1c, 0, 8), 10, 0x5a, 0,
               0x9c, 0, 0, 0, 0, 0, 8, 0);
}

static void test_capacity_and_cache(void **state) {
    (void)state;
    ASSERT_CDB(sanscsi_cdb_read_capacity10(cdb), 10, 0x25);
    ASSERT_CDB(sanscsi_cdb_read_capacity16(cdb, 0x01020304), 16, 0x9e, 0x10, 0, 0, 0, 0, 0, 0, 0, 0,
               1, 2, 3, 4, 0, 0);
    ASSERT_CDB(sanscsi_cdb_synchronize_cache10(cdb, 0x01020304, 0x0506, SANSCSI_CDB_IMMED), 10,
               0x35, 0x02, 1, 2, 3, 4, 0, 5, 6, 0);
    ASSERT_CDB(sanscsi_cdb_synchronize_cache10(cdb, 0, 0, 0), 10, 0x35);
    ASSERT_CDB(sanscsi_cdb_synchronize_cache16(cdb, UINT64_C(0x0102030405060708), 0x090a0b0c,
                                               SANSCSI_CDB_IMMED),
               16, 0x91, 0x02, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0, 0);
}

static void test_read_and_write(void **state) {
    (void)state;
    ASSERT_CDB(sanscsi_cdb_read6(cdb, 0x1f2e3d, 1, 0), 6, 0x08, 0x1f, 0x2e, 0x3d, 1, 0);
    ASSERT_CDB(sanscsi_cdb_read6(cdb, 0, 256, 0), 6, 0x08, 0, 0, 0, 0, 0);
    ASSERT_CDB(sanscsi_cdb_write6(cdb, 7, 255, 0), 6, 0x0a, 0, 0, 7, 255, 0);
    ASSERT_CDB(sanscsi_cdb_read10(cdb, 0x01020304, 0x0506, 0), 10, 0x28, 0, 1, 2, 3, 4, 0, 5, 6, 0);
    ASSERT_CDB(sanscsi_cdb_read10(cdb, 0, 0, SANSCSI_CDB_DPO), 10, 0x28, 0x10);
    ASSERT_CDB(sanscsi_cdb_write10(cdb, 0xffffffff, 0xffff, SANSCSI_CDB_FUA), 10, 0x2a, 0x08, 0xff,
               0xff, 0xff, 0xff, 0, 0xff, 0xff, 0);
    ASSERT_CDB(sanscsi_cdb_read12(cdb, 0x01020304, 0x05060708, SANSCSI_CDB_FUA), 12, 0xa8, 0x08, 1,
               2, 3, 4, 5, 6, 7, 8, 0, 0);
    ASSERT_CDB(sanscsi_cdb_write12(cdb, 0x01020304, 0x05060708, SANSCSI_CDB_DPO), 12, 0xaa, 0x10, 1,
               2, 3, 4, 5, 6, 7, 8, 0, 0);
    ASSERT_CDB(sanscsi_cdb_read16(cdb, UINT64_C(0x0102030405060708), 0x090a0b0c,
                                  SANSCSI_CDB_DPO | SANSCSI_CDB_FUA),
               16, 0x88, 0x18, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0, 0);
    ASSERT_CDB(sanscsi_cdb_write16(cdb, UINT64_MAX, 1, 0), 16, 0x8a, 0, 0xff, 0xff, 0xff, 0xff,
               0xff, 0xff, 0xff, 0xff, 0, 0, 0, 1, 0, 0);
}

static void test_smallest_form(void **state) {
    (void)state;
    ASSERT_CDB(sanscsi_cdb_read(cdb, 0xffffffff, 0xffff, SANSCSI_CDB_FUA), 10, 0x28, 0x08, 0xff,
               0xff, 0xff, 0xff, 0, 0xff, 0xff, 0);
    ASSERT_CDB(sanscsi_cdb_read(cdb, 5, 0x10000, 0), 16, 0x88, 0, 0, 0, 0, 0, 0, 0, 0, 5, 0, 1, 0,
               0, 0, 0);
    ASSERT_CDB(sanscsi_cdb_read(cdb, UINT64_C(0x100000000), 2, 0), 16, 0x88, 0, 0, 0, 0, 1, 0, 0, 0,
               0, 0, 0, 0, 2, 0, 0);
    ASSERT_CDB(sanscsi_cdb_write(cdb, 0, 1, 0), 10, 0x2a, 0, 0, 0, 0, 0, 0, 0, 1, 0);
    ASSERT_CDB(sanscsi_cdb_write(cdb, UINT64_C(0x100000000), 1, SANSCSI_CDB_DPO), 16, 0x8a, 0x10, 0,
               0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0);
}

static void test_refused_arguments(void **state) {
    (void)state;
    ASSERT_REFUSED(sanscsi_cdb_request_sense(cdb, 2, 18));
    ASSERT_REFUSED(sanscsi_cdb_request_sense(cdb, 0, 256));
    ASSERT_REFUSED(sanscsi_cdb_inquiry(cdb, 2, 0, 36));
    ASSERT_REFUSED(sanscsi_cdb_inquiry(cdb, 1, 256, 36));
    ASSERT_REFUSED(sanscsi_cdb_inquiry(cdb, 0, 0x80, 36));
    ASSERT_REFUSED(sanscsi_cdb_inquiry(cdb, 0, 0, 65536));
    ASSERT_REFUSED(sanscsi_cdb_report_luns(cdb, 256, 16));
    ASSERT_REFUSED(sanscsi_cdb_mode_sense6(cdb, SANSCSI_CDB_LLBAA, 0, 0x3f, 0, 4));
    ASSERT_REFUSED(sanscsi_cdb_mode_sense6(cdb, 0, 4, 0x3f, 0, 4));
    ASSERT_REFUSED(sanscsi_cdb_mode_sense6(cdb, 0, 0, 0x40, 0, 4));
    ASSERT_REFUSED(sanscsi_cdb_mode_sense6(cdb, 0, 0, 0x3f, 256, 4));
    ASSERT_REFUSED(sanscsi_cdb_mode_sense6(cdb, 0, 0, 0x3f, 0, 256));
    ASSERT_REFUSED(sanscsi_cdb_mode_sense10(cdb, 0, 0, 0x3f, 0, 65536));
    ASSERT_REFUSED(sanscsi_cdb_mode_sense10(cdb, 1, 0, 0x3f, 0, 8));
}

static void test_refused_ranges(void **state) {
    (void)state;
    ASSERT_REFUSED(sanscsi_cdb_read6(cdb, 0, 0, 0)); /* would mean 256 */
    ASSERT_REFUSED(sanscsi_cdb_read6(cdb, 0, 257, 0));
    ASSERT_REFUSED(sanscsi_cdb_read6(cdb, 0x200000, 1, 0));
    ASSERT_REFUSED(sanscsi_cdb_write6(cdb, 0, 1, SANSCSI_CDB_FUA));
    ASSERT_REFUSED(sanscsi_cdb_read10(cdb, UINT64_C(0x100000000), 1, 0));
    ASSERT_REFUSED(sanscsi_cdb_write10(cdb, 0, 0x10000, 0));
    ASSERT_REFUSED(sanscsi_cdb_read10(cdb, 0, 1, SANSCSI_CDB_IMMED));
    ASSERT_REFUSED(sanscsi_cdb_read10(cdb, 0, 1, 0x100));
    ASSERT_REFUSED(sanscsi_cdb_read12(cdb, UINT64_C(0x100000000), 1, 0));
    ASSERT_REFUSED(sanscsi_cdb_read16(cdb, UINT64_MAX, 2, 0));
    ASSERT_REFUSED(sanscsi_cdb_write16(cdb, UINT64_MAX - 0xfffffffd, 0xffffffff, 0));
    ASSERT_REFUSED(sanscsi_cdb_write(cdb, UINT64_MAX - 5, 7, 0));
    ASSERT_REFUSED(sanscsi_cdb_synchronize_cache10(cdb, UINT64_C(0x100000000), 0, 0));
    ASSERT_REFUSED(sanscsi_cdb_synchronize_cache10(cdb, 0, 0x10000, 0));
    ASSERT_REFUSED(sanscsi_cdb_synchronize_cache10(cdb, 0, 0, SANSCSI_CDB_FUA));
    ASSERT_REFUSED(sanscsi_cdb_synchronize_cache16(cdb, UINT64_MAX, 2, 0));
}

static void test_no_cdb(void **state) {
    (void)state;
    assert_int_equal(sanscsi_cdb_test_unit_ready(NULL), 0);
    assert_int_equal(sanscsi_cdb_request_sense(NULL, 0, 18), 0);
    assert_int_equal(sanscsi_cdb_inquiry(NULL, 0, 0, 36), 0);
    assert_int_equal(sanscsi_cdb_report_luns(NULL, 0, 16), 0);
    assert_int_equal(sanscsi_cdb_read_capacity10(NULL), 0);
    assert_int_equal(sanscsi_cdb_read_capacity16(NULL, 32), 0);
    assert_int_equal(sanscsi_cdb_read(NULL, 0, 1, 0), 0);
    assert_int_equal(sanscsi_cdb_write(NULL, 0, 1, 0), 0);
    assert_int_equal(sanscsi_cdb_read6(NULL, 0, 1, 0), 0);
    assert_int_equal(sanscsi_cdb_synchronize_cache16(NULL, 0, 1, 0), 0);
    assert_int_equal(sanscsi_cdb_mode_sense6(NULL, 0, 0, 0x3f, 0, 4), 0);
    assert_int_equal(sanscsi_cdb_mode_sense10(NULL, 0, 0, 0x3f, 0, 8), 0);
}

static void test_lun_forms(void **state) {
    (void)state;
    static const struct {
        uint32_t number;
        uint64_t lun;
    } cases[] = {
        {0, UINT64_C(0)},
        {5, UINT64_C(0x0005000000000000)},
        {255, UINT64_C(0x00ff000000000000)},
        {256, UINT64_C(0x4100000000000000)},
        {16383, UINT64_C(0x7fff000000000000)},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        uint64_t lun = 1;
        assert_int_equal(sanscsi_lun_encode(cases[i].number, &lun), SANSCSI_OK);
        assert_true(lun == cases[i].lun);
    }
}

static void test_lun_round_trip(void **state) {
    (void)state;
    for (uint32_t number = 0; number < 16384; number++) {
        uint64_t lun = UINT64_MAX;
        uint32_t decoded = UINT32_MAX;
        assert_int_equal(sanscsi_lun_encode(number, &lun), SANSCSI_OK);
        assert_int_equal(sanscsi_lun_addressing_method(lun),
                         number < 256 ? SANSCSI_LUN_PERIPHERAL : SANSCSI_LUN_FLAT_SPACE);
        assert_int_equal(sanscsi_lun_decode(lun, &decoded), SANSCSI_OK);
        assert_int_equal(decoded, number);
        /* Flat space is allowed for every number. */
        lun = UINT64_C(0x4000000000000000) | (uint64_t)number << 48;
        assert_int_equal(sanscsi_lun_decode(lun, &decoded), SANSCSI_OK);
        assert_int_equal(decoded, number);
    }
}

static void test_logical_unit_addressing(void **state) {
    (void)state;
    uint32_t number = 99;
    for (uint32_t i = 0; i < 16384; i++) {
        uint64_t lun = UINT64_C(0x8000000000000000) | (uint64_t)i << 48;
        assert_int_equal(sanscsi_lun_decode(lun, &number), SANSCSI_OK);
        assert_int_equal(number, i);
        assert_int_equal(sanscsi_lun_addressing_method(lun), SANSCSI_LUN_LOGICAL_UNIT);
    }
}

static void test_bad_luns(void **state) {
    (void)state;
    static const uint64_t bad[] = {
        UINT64_C(0x0100000000000000), /* peripheral, bus 1 */
        UINT64_C(0x3f05000000000000), /* peripheral, bus 63 */
        UINT64_C(0xc101000000000000), /* well-known: REPORT LUNS */
        UINT64_C(0xc102000000000000), /* well-known: ACCESS CONTROLS */
        UINT64_C(0xd200000100000000), /* extended flat space */
        UINT64_C(0xe200000000000100), /* long extended flat space */
        UINT64_C(0xffffffffffffffff), /* not specified */
        UINT64_C(0x0005000100000000), /* second level */
        UINT64_C(0x0005000000000001), /* anything behind */
        UINT64_C(0x4005010000000000), /* second level behind flat space */
        UINT64_C(0x8005000000010000), /* third level */
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        uint32_t number = 99;
        assert_int_equal(sanscsi_lun_decode(bad[i], &number), SANSCSI_INVALID_LUN);
        assert_int_equal(number, 99);
    }
    uint64_t lun = 7;
    assert_int_equal(sanscsi_lun_encode(16384, &lun), SANSCSI_INVALID_LUN);
    assert_int_equal(sanscsi_lun_encode(UINT32_MAX, &lun), SANSCSI_INVALID_LUN);
    assert_int_equal(lun, 7);
    assert_int_equal(sanscsi_lun_encode(1, NULL), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_lun_decode(0, NULL), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_lun_addressing_method(UINT64_MAX), SANSCSI_LUN_EXTENDED);
}

static void test_names(void **state) {
    (void)state;
    assert_string_equal(sanscsi_sense_key_name(0), "NO SENSE");
    assert_string_equal(sanscsi_sense_key_name(6), "UNIT ATTENTION");
    assert_string_equal(sanscsi_sense_key_name(0xe), "MISCOMPARE");
    assert_string_equal(sanscsi_sense_key_name(16), "UNKNOWN SENSE KEY");
    assert_string_equal(sanscsi_scsi_status_name(0), "GOOD");
    assert_string_equal(sanscsi_scsi_status_name(0x02), "CHECK CONDITION");
    assert_string_equal(sanscsi_scsi_status_name(0x28), "TASK SET FULL");
    assert_string_equal(sanscsi_scsi_status_name(0x01), "UNKNOWN STATUS");
    assert_string_equal(sanscsi_device_type_name(0), "disk");
    assert_string_equal(sanscsi_device_type_name(0x1f), "unknown or no device");
    assert_string_equal(sanscsi_device_type_name(0x20), "reserved device type");
}

static void test_sense_code_texts(void **state) {
    (void)state;
    assert_string_equal(sanscsi_sense_code_text(0x2900),
                        "power on, reset, or bus device reset occurred");
    assert_string_equal(sanscsi_sense_code_text(0x3f0e), "reported LUNs data has changed");
    assert_string_equal(sanscsi_sense_code_text(0x2500), "logical unit not supported");
    assert_string_equal(sanscsi_sense_code_text(0x3f7f), /* qualifier not listed */
                        "target operating conditions have changed");
    assert_string_equal(sanscsi_sense_code_text(0x4085), "diagnostic failure on a component");
    assert_string_equal(sanscsi_sense_code_text(0x8000), "vendor specific");
    assert_string_equal(sanscsi_sense_code_text(0x0480), "vendor specific");
    assert_string_equal(sanscsi_sense_code_text(0x7f00), "unknown additional sense code");
    assert_string_equal(sanscsi_sense_code_text(0x12900), "unknown additional sense code");
}

static void test_command_names(void **state) {
    (void)state;
    static const struct {
        uint8_t cdb[2];
        const char *name;
    } cases[] = {
        {{0x00, 0}, "TEST UNIT READY"},      {{0x12, 1}, "INQUIRY"},
        {{0xa0, 0}, "REPORT LUNS"},          {{0x9e, 0x10}, "READ CAPACITY(16)"},
        {{0x9e, 0xf0}, "READ CAPACITY(16)"}, /* the service action has 5 bits */
        {{0x9e, 0x12}, "GET LBA STATUS"},    {{0x9e, 0x1f}, "SERVICE ACTION IN(16)"},
        {{0xff, 0}, "UNKNOWN COMMAND"},      {{0x88, 0}, "READ(16)"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_string_equal(sanscsi_command_name(cases[i].cdb), cases[i].name);
    }
    assert_string_equal(sanscsi_command_name(NULL), "UNKNOWN COMMAND");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_primary_commands),
        cmocka_unit_test(test_mode_sense),
        cmocka_unit_test(test_capacity_and_cache),
        cmocka_unit_test(test_read_and_write),
        cmocka_unit_test(test_smallest_form),
        cmocka_unit_test(test_refused_arguments),
        cmocka_unit_test(test_refused_ranges),
        cmocka_unit_test(test_no_cdb),
        cmocka_unit_test(test_lun_forms),
        cmocka_unit_test(test_lun_round_trip),
        cmocka_unit_test(test_logical_unit_addressing),
        cmocka_unit_test(test_bad_luns),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_sense_code_texts),
        cmocka_unit_test(test_command_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
