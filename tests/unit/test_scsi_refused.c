/* Builders of CDBs and of parameter data refuse, one by one, what has no place in them, and then
 * write nothing. */
#include "test_scsi.h"

#include <iscsi/scsi.h>
#include <iscsi/scsi_admin.h>
#include <iscsi/scsi_block.h>
#include <iscsi/scsi_copy.h>
#include <iscsi/scsi_reserve.h>

static void no_cdb_to_write_to(void **state) {
    (void)state;
    assert_int_equal(sanscsi_cdb_mode_select6(NULL, 0, 4), 0);
    assert_int_equal(sanscsi_cdb_mode_select10(NULL, 0, 8), 0);
    assert_int_equal(sanscsi_cdb_read_buffer(NULL, 0, 0, 0, 0, 4), 0);
    assert_int_equal(sanscsi_cdb_write_buffer(NULL, 0, 0, 0, 0, 4), 0);
    assert_int_equal(sanscsi_cdb_send_diagnostic(NULL, 0, 0, 0), 0);
    assert_int_equal(sanscsi_cdb_receive_diagnostic(NULL, 0, 4), 0);
    assert_int_equal(sanscsi_cdb_report_opcodes(NULL, 0, 0, 0, 0, 4), 0);
    assert_int_equal(sanscsi_cdb_report_port_groups(NULL, 0, 4), 0);
    assert_int_equal(sanscsi_cdb_security_in(NULL, 0, 0, 0, 8), 0);
    assert_int_equal(sanscsi_cdb_security_out(NULL, 0, 0, 0, 8), 0);
    assert_int_equal(sanscsi_cdb_unmap(NULL, 0, 24), 0);
    assert_int_equal(sanscsi_cdb_start_stop(NULL, 0, 0, 0, SANSCSI_START), 0);
    assert_int_equal(sanscsi_cdb_prevent_allow(NULL, 0), 0);
    assert_int_equal(sanscsi_cdb_sanitize(NULL, 2, 0, 0), 0);
    assert_int_equal(sanscsi_cdb_format_unit(NULL, 0, 0, 0), 0);
    assert_int_equal(sanscsi_cdb_read_defects10(NULL, 0, 0, 4), 0);
    assert_int_equal(sanscsi_cdb_read_defects12(NULL, 0, 0, 0, 8), 0);
    assert_int_equal(sanscsi_cdb_release6(NULL), 0);
    assert_int_equal(sanscsi_cdb_reserve10(NULL), 0);
    assert_int_equal(sanscsi_cdb_release10(NULL), 0);
}

static void fields_of_cdbs(void **state) {
    (void)state;
    ASSERT_REFUSED(sanscsi_cdb_send_diagnostic(cdb, 0, 0, 65536));
    ASSERT_REFUSED(sanscsi_cdb_format_unit(cdb, 1u << 8, 0, 0));
    ASSERT_REFUSED(sanscsi_cdb_read_defects10(cdb, 0, 0, 65536));
    ASSERT_REFUSED(sanscsi_cdb_read_defects12(cdb, 1, 0, 0, 8));
    /* More blocks than WRITE (10) counts. */
    ASSERT_CDB(sanscsi_cdb_write(cdb, 1, 65536, 0), 16, 0x8a, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0,
               0);
}

/* A builder has neither room nor a place for the length; it may be asked with no room at all. */
#define ASSERT_ROOM_CHECKED(build, ...)                                                            \
    do {                                                                                           \
        size_t length = 77;                                                                        \
        uint8_t data[4];                                                                           \
        assert_int_equal(build(__VA_ARGS__, NULL, 4, &length), SANSCSI_INVALID_ARGUMENT);          \
        assert_int_equal(build(__VA_ARGS__, NULL, 0, &length), SANSCSI_BUFFER_TOO_SMALL);          \
        assert_int_equal(build(__VA_ARGS__, data, 4, NULL), SANSCSI_INVALID_ARGUMENT);             \
        assert_int_equal(length, 77);                                                              \
    } while (0)

static const uint8_t bytes[24] = {1, 2, 3, 4};

static const sanscsi_copy nothing_to_copy = {.size = sizeof(nothing_to_copy)};

static const sanscsi_transport_id a_port = {
    .size = sizeof(a_port),
    .protocol = 5,
    .name = (const uint8_t *)"iqn.2026-11.example:a",
    .name_length = 21,
};

static void no_room_to_write_to(void **state) {
    (void)state;
    static const sanscsi_block_range range = {.lba = 1, .blocks = 1};
    static const uint8_t token[SANSCSI_TOKEN_SIZE] = {0};
    const sanscsi_format format = {.size = sizeof(format)};
    const sanscsi_mode mode = {.size = sizeof(mode)};
    ASSERT_ROOM_CHECKED(sanscsi_overwrite_build, 1, 0, 0, bytes, 4);
    ASSERT_ROOM_CHECKED(sanscsi_format_build, &format);
    ASSERT_ROOM_CHECKED(sanscsi_mode_select6_build, &mode);
    ASSERT_ROOM_CHECKED(sanscsi_mode_select10_build, &mode);
    ASSERT_ROOM_CHECKED(sanscsi_copy_lid1_build, &nothing_to_copy);
    ASSERT_ROOM_CHECKED(sanscsi_copy_lid4_build, &nothing_to_copy);
    ASSERT_ROOM_CHECKED(sanscsi_populate_token_build, &range, 1, 0, 0, 0);
    ASSERT_ROOM_CHECKED(sanscsi_write_token_build, token, 0, &range, 1, 0);
    ASSERT_ROOM_CHECKED(sanscsi_pr_out_build, 1, 2, 0, NULL, 0);
    ASSERT_ROOM_CHECKED(sanscsi_pr_move_build, 1, 2, 0, 1, bytes, 24);
    ASSERT_ROOM_CHECKED(sanscsi_transport_id_build, &a_port);
}

static void assert_no_format(sanscsi_format format, int32_t expected) {
    format.size = sizeof(format);
    ASSERT_NOT_BUILT(sanscsi_format_build(&format, data, size, &length), expected);
}

static void format_parameters(void **state) {
    (void)state;
    const int32_t invalid = SANSCSI_INVALID_ARGUMENT;
    assert_no_format((sanscsi_format){.long_list = 2}, invalid);
    assert_no_format((sanscsi_format){.protection_usage = 8}, invalid);
    assert_no_format((sanscsi_format){.long_list = 1, .protection_info = 16}, invalid);
    assert_no_format((sanscsi_format){.long_list = 1, .protection_exponent = 16}, invalid);
    assert_no_format((sanscsi_format){.protection_exponent = 1}, invalid);
    assert_no_format((sanscsi_format){.options = SANSCSI_FORMAT_PATTERN, .pattern_length = 1},
                     invalid);
    assert_no_format((sanscsi_format){.defects_length = 4}, invalid);
    assert_no_format((sanscsi_format){.defects = bytes, .defects_length = 65536},
                     SANSCSI_TOO_LARGE);
    ASSERT_NOT_BUILT(sanscsi_overwrite_build(1, 0, 0, NULL, 4, data, size, &length), invalid);
}

static void assert_no_mode(sanscsi_mode mode) {
    ASSERT_NOT_BUILT(sanscsi_mode_select6_build(&mode, data, size, &length),
                     SANSCSI_INVALID_ARGUMENT);
    ASSERT_NOT_BUILT(sanscsi_mode_select10_build(&mode, data, size, &length),
                     SANSCSI_INVALID_ARGUMENT);
}

static void mode_parameters(void **state) {
    (void)state;
    const uint32_t size = sizeof(sanscsi_mode);
    assert_no_mode((sanscsi_mode){.size = size - 1});
    assert_no_mode((sanscsi_mode){.size = size, .medium_type = 256});
    assert_no_mode((sanscsi_mode){.size = size, .device_specific = 256});
    assert_no_mode((sanscsi_mode){.size = size, .blocks_length = 8});
    assert_no_mode((sanscsi_mode){.size = size, .pages_length = 4});
}

static void assert_no_copy(sanscsi_copy copy, int32_t expected) {
    copy.size = sizeof(copy);
    ASSERT_NOT_BUILT(sanscsi_copy_lid1_build(&copy, data, size, &length), expected);
    ASSERT_NOT_BUILT(sanscsi_copy_lid4_build(&copy, data, size, &length), expected);
}

static void copies(void **state) {
    (void)state;
    const int32_t invalid = SANSCSI_INVALID_ARGUMENT;
    assert_no_copy((sanscsi_copy){.list_use = 4}, invalid);
    assert_no_copy((sanscsi_copy){.sequential = 2}, invalid);
    assert_no_copy((sanscsi_copy){.immediate = 2}, invalid);
    assert_no_copy((sanscsi_copy){.unit_count = 1}, invalid);
    assert_no_copy((sanscsi_copy){.segment_count = 1}, invalid);
    sanscsi_copy copy = nothing_to_copy;
    copy.immediate = 1; /* only EXTENDED COPY (LID4) knows it */
    ASSERT_NOT_BUILT(sanscsi_copy_lid1_build(&copy, data, size, &length), invalid);
    copy = nothing_to_copy;
    copy.list_use = SANSCSI_COPY_LIST_NONE; /* as long as the list has no identifier */
    ASSERT_BUILT(sanscsi_copy_lid1_build(&copy, data, size, &length), 0, 0x18, 0, 0, 0, 0, 0, 0, 0,
                 0, 0, 0, 0, 0, 0, 0);
}

static void assert_no_unit(sanscsi_copy_unit unit, int32_t expected) {
    assert_no_copy((sanscsi_copy){.units = &unit, .unit_count = 1}, expected);
}

static void units_of_copies(void **state) {
    (void)state;
    const int32_t invalid = SANSCSI_INVALID_ARGUMENT;
    const sanscsi_designator good = {.size = sizeof(good), .bytes = bytes, .length = 8};
    assert_no_unit((sanscsi_copy_unit){.designator = NULL}, invalid);
    assert_no_unit((sanscsi_copy_unit){.designator = &good, .device_type = 0x20}, invalid);
    assert_no_unit((sanscsi_copy_unit){.designator = &good, .block_length = 1u << 24}, invalid);
    assert_no_unit((sanscsi_copy_unit){.designator = &good, .relative_port = 65536}, invalid);
    assert_no_unit((sanscsi_copy_unit){.designator = &good, .pad = 2}, invalid);
    sanscsi_designator bad = good;
    const sanscsi_copy_unit of_it = {.designator = &bad};
    bad.size--;
    assert_no_unit(of_it, invalid);
    bad = good;
    bad.bytes = NULL;
    assert_no_unit(of_it, invalid);
    bad = good;
    bad.code_set = 16;
    assert_no_unit(of_it, invalid);
    bad = good;
    bad.association = 4;
    assert_no_unit(of_it, invalid);
    bad = good;
    bad.type = 16;
    assert_no_unit(of_it, invalid);
}

static void assert_no_segment(sanscsi_copy_segment segment) {
    assert_no_copy((sanscsi_copy){.segments = &segment, .segment_count = 1},
                   SANSCSI_INVALID_ARGUMENT);
}

static void segments_of_copies(void **state) {
    (void)state;
    const uint32_t here = SANSCSI_COPY_THIS_UNIT;
    assert_no_segment((sanscsi_copy_segment){.source = 0, .destination = here});
    assert_no_segment((sanscsi_copy_segment){.source = here, .destination = 0});
    assert_no_segment((sanscsi_copy_segment){
        .source = here, .destination = here, .source_lba = UINT64_MAX, .blocks = 2});
}

/* More descriptors than 16 bits count the bytes of. */
static void copies_that_are_too_large(void **state) {
    (void)state;
    static const sanscsi_designator good = {.size = sizeof(good), .bytes = bytes, .length = 8};
    static sanscsi_copy_unit units[2048];
    static sanscsi_copy_segment segments[2341];
    for (size_t i = 0; i < 2048; i++) {
        units[i].designator = &good;
    }
    assert_no_copy((sanscsi_copy){.units = units, .unit_count = 2048}, SANSCSI_TOO_LARGE);
    assert_no_copy((sanscsi_copy){.units = units, .unit_count = 2047}, SANSCSI_BUFFER_TOO_SMALL);
    for (size_t i = 0; i < 2341; i++) {
        segments[i].source = segments[i].destination = SANSCSI_COPY_THIS_UNIT;
    }
    sanscsi_copy copy = nothing_to_copy;
    copy.segments = segments;
    copy.segment_count = 2341;
    ASSERT_NOT_BUILT(sanscsi_copy_lid4_build(&copy, data, size, &length), SANSCSI_TOO_LARGE);
    ASSERT_NOT_BUILT(sanscsi_copy_lid1_build(&copy, data, size, &length),
                     SANSCSI_BUFFER_TOO_SMALL); /* has 32 bits for them */
    copy.segment_count--;
    ASSERT_NOT_BUILT(sanscsi_copy_lid4_build(&copy, data, size, &length), SANSCSI_BUFFER_TOO_SMALL);
}

#define ASSERT_NO_TOKENS(ranges, count, expected)                                                  \
    do {                                                                                           \
        ASSERT_NOT_BUILT(                                                                          \
            sanscsi_populate_token_build(ranges, count, 0, 0, 0, data, size, &length), expected);  \
        ASSERT_NOT_BUILT(                                                                          \
            sanscsi_write_token_build(token, 0, ranges, count, 0, data, size, &length), expected); \
    } while (0)

static void tokens(void **state) {
    (void)state;
    static const uint8_t token[SANSCSI_TOKEN_SIZE] = {0};
    static sanscsi_block_range ranges[4096] = {{.lba = 1, .blocks = 1}};
    const sanscsi_block_range behind = {.lba = UINT64_MAX, .blocks = 2};
    ASSERT_NO_TOKENS(NULL, 1, SANSCSI_INVALID_ARGUMENT);
    ASSERT_NO_TOKENS(ranges, 0, SANSCSI_INVALID_ARGUMENT);
    ASSERT_NO_TOKENS(&behind, 1, SANSCSI_INVALID_ARGUMENT);
    ASSERT_NO_TOKENS(ranges, 4096, SANSCSI_TOO_LARGE);
    ASSERT_NOT_BUILT(sanscsi_write_token_build(token, 0, ranges, 1, 2, data, size, &length),
                     SANSCSI_INVALID_ARGUMENT);
    /* Without a type the unit chooses the token's: RTV is 0. */
    ASSERT_BUILT(sanscsi_populate_token_build(ranges, 1, 0, 0, 0, data, size, &length), 0, 30, 0, 0,
                 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 16, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0,
                 0);
}

static void reservations(void **state) {
    (void)state;
    if (SIZE_MAX > UINT32_MAX) { /* else no such block can be */
        const size_t large = (size_t)UINT32_MAX - 3;
        ASSERT_NOT_BUILT(sanscsi_pr_out_build(1, 2, 0, bytes, large, data, size, &length),
                         SANSCSI_TOO_LARGE);
        ASSERT_NOT_BUILT(sanscsi_pr_move_build(1, 2, 0, 1, bytes, large, data, size, &length),
                         SANSCSI_TOO_LARGE);
    }
    sanscsi_transport_id id = a_port;
    id.name = NULL;
    ASSERT_NOT_BUILT(sanscsi_transport_id_build(&id, data, size, &length),
                     SANSCSI_INVALID_ARGUMENT);
    id = a_port;
    id.size--;
    ASSERT_NOT_BUILT(sanscsi_transport_id_build(&id, data, size, &length),
                     SANSCSI_INVALID_ARGUMENT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_cdb_to_write_to),
        cmocka_unit_test(fields_of_cdbs),
        cmocka_unit_test(no_room_to_write_to),
        cmocka_unit_test(format_parameters),
        cmocka_unit_test(mode_parameters),
        cmocka_unit_test(copies),
        cmocka_unit_test(units_of_copies),
        cmocka_unit_test(segments_of_copies),
        cmocka_unit_test(copies_that_are_too_large),
        cmocka_unit_test(tokens),
        cmocka_unit_test(reservations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
