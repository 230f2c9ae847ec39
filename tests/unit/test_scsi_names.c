/* Tests of the SCSI layer: tables of names, whole and in order, and how they are searched. */
#include "scsi/names.h"
#include "unit/test_scsi.h"

#include <iscsi/scsi.h>

static void assert_sorted(const struct sense_code *codes, size_t count) {
    for (size_t i = 0; i < count; i++) {
        assert_non_null(codes[i].text);
        assert_true(strlen(codes[i].text) > 0);
        assert_true(i == 0 || codes[i - 1].code < codes[i].code);
        assert_ptr_equal(sanscsi_sense_code_text(codes[i].code), codes[i].text);
    }
}

static void every_sense_code_is_found(void **state) {
    (void)state;
    assert_sorted(sanscsi_sense_codes_low, sanscsi_sense_codes_low_count);
    assert_sorted(sanscsi_sense_codes_high, sanscsi_sense_codes_high_count);
    const size_t last = sanscsi_sense_codes_low_count - 1;
    assert_true(sanscsi_sense_codes_low[last].code < sanscsi_sense_codes_high[0].code);
}

/* The ends of both tables and of some of their ASCs, from SPC-4 annex F. */
static void sense_codes(void **state) {
    (void)state;
    static const struct {
        uint32_t code;
        const char *text;
    } cases[] = {
        {0x0000, "no additional sense information"},
        {0x001d, "ATA pass-through information available"},
        {0x041b, "logical unit not ready, sanitize in progress"},
        {0x0d02, "copy target device not reachable"},
        {0x1d01, "miscompare verify of unmapped LBA"},
        {0x2307, "invalid token operation, token expired"},
        {0x2608, "too many segment descriptors"},
        {0x2a09, "capacity data has changed"},
        {0x2f02, "commands cleared by device server"},
        {0x3000, "incompatible medium installed"},
        {0x3103, "sanitize command failed"},
        {0x3f14, "iSCSI IP address changed"},
        {0x477f, "some commands cleared by iSCSI protocol event"},
        {0x5510, "maximum number of streams open"},
        {0x5d10, "hardware impending failure, general hard drive failure"},
        {0x5d6c, "firmware impending failure, drive calibration retry count"},
        {0x5dff, "failure prediction threshold exceeded (false)"},
        {0x670a, "set target port groups command failed"},
        {0x7479, "security conflict in translated device"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_string_equal(sanscsi_sense_code_text(cases[i].code), cases[i].text);
    }
}

static void codes_that_are_not_listed(void **state) {
    (void)state;
    assert_string_equal(sanscsi_sense_code_text(0x747f), "security error");
    assert_string_equal(sanscsi_sense_code_text(0x4dff), "tagged overlapped commands");
    assert_string_equal(sanscsi_sense_code_text(0x7090),
                        "decompression exception, short algorithm ID");
    assert_string_equal(sanscsi_sense_code_text(0x5dfe), "vendor specific");
    assert_string_equal(sanscsi_sense_code_text(0x8001), "vendor specific");
    assert_string_equal(sanscsi_sense_code_text(0xffff), "vendor specific");
    assert_string_equal(sanscsi_sense_code_text(0x4f00), "unknown additional sense code");
    assert_string_equal(sanscsi_sense_code_text(0x7500), "unknown additional sense code");
    assert_string_equal(sanscsi_sense_code_text(0x10000), "unknown additional sense code");
    assert_string_equal(sanscsi_sense_code_text(UINT32_MAX), "unknown additional sense code");
}

static void every_command_is_found(void **state) {
    (void)state;
    for (size_t i = 0; i < sanscsi_command_names_count; i++) {
        const struct command_name *name = &sanscsi_command_names[i];
        const struct command_name *before = i == 0 ? NULL : name - 1;
        assert_true(before == NULL || before->opcode < name->opcode ||
                    (before->opcode == name->opcode && before->action < name->action));
        assert_ptr_equal(sanscsi_opcode_name(name->opcode, name->action), name->text);
        /* Behind service actions stands a name for the others. */
        bool last = i + 1 == sanscsi_command_names_count || name[1].opcode != name->opcode;
        assert_true(!last || name->action == NO_ACTION);
    }
}

static void commands(void **state) {
    (void)state;
    static const struct {
        uint8_t cdb[2];
        const char *name;
    } cases[] = {
        {{0x42, 1}, "UNMAP"},
        {{0x48, 0x82}, "SANITIZE BLOCK ERASE"},
        {{0x5e, 0x03}, "PERSISTENT RESERVE IN, READ FULL STATUS"},
        {{0x5f, 0x1f}, "PERSISTENT RESERVE OUT"},
        {{0x7f, 0x09}, "variable length CDB"},
        {{0x83, 0x11}, "WRITE USING TOKEN"},
        {{0x84, 0x07}, "RECEIVE ROD TOKEN INFORMATION"},
        {{0x93, 0x08}, "WRITE SAME(16)"},
        {{0xa3, 0x2a}, "REPORT TARGET PORT GROUPS"},
        {{0xa4, 0x0a}, "SET TARGET PORT GROUPS"},
        {{0xbf, 0}, "VOLUME SET OUT"},
        {{0xc0, 0}, "UNKNOWN COMMAND"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_string_equal(sanscsi_command_name(cases[i].cdb), cases[i].name);
    }
    assert_string_equal(sanscsi_opcode_name(0x7f, 0x09), "READ(32)");
    assert_string_equal(sanscsi_opcode_name(0x12, 5), "INQUIRY");
    assert_string_equal(sanscsi_opcode_name(0x112, 0), "UNKNOWN COMMAND");
}

static void every_small_number_has_a_name(void **state) {
    (void)state;
    for (uint32_t i = 0; i < 0x200; i++) {
        assert_true(strlen(sanscsi_sense_key_name(i)) > 0);
        assert_true(strlen(sanscsi_scsi_status_name(i)) > 0);
        assert_true(strlen(sanscsi_device_type_name(i)) > 0);
        assert_true(strlen(sanscsi_opcode_name(i, 0)) > 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_sense_code_is_found),
        cmocka_unit_test(sense_codes),
        cmocka_unit_test(codes_that_are_not_listed),
        cmocka_unit_test(every_command_is_found),
        cmocka_unit_test(commands),
        cmocka_unit_test(every_small_number_has_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
