/* Tests of the SCSI layer: copies by the units themselves, bytes by hand from SPC-4 and SBC-3. */
#include "unit/test_scsi.h"

#include <iscsi/scsi_copy.h>

static void cdbs(void **state) {
    (void)state;
    ASSERT_CDB(sanscsi_cdb_extended_copy_lid1(cdb, 0x01020304), 16, 0x83, 0x00, 0, 0, 0, 0, 0, 0, 0,
               0, 1, 2, 3, 4, 0, 0);
    ASSERT_CDB(sanscsi_cdb_extended_copy_lid4(cdb, 0x01020304), 16, 0x83, 0x01, 0, 0, 0, 0, 0, 0, 0,
               0, 1, 2, 3, 4, 0, 0);
    ASSERT_CDB(sanscsi_cdb_copy_abort(cdb, 0x01020304), 16, 0x83, 0x1c, 1, 2, 3, 4);
    ASSERT_CDB(sanscsi_cdb_populate_token(cdb, 0x01020304, 0x05060708), 16, 0x83, 0x10, 0, 0, 0, 0,
               1, 2, 3, 4, 5, 6, 7, 8, 0, 0);
    ASSERT_CDB(sanscsi_cdb_write_using_token(cdb, 0x01020304, 0x05060708), 16, 0x83, 0x11, 0, 0, 0,
               0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0);
    ASSERT_CDB(sanscsi_cdb_receive_copy(cdb, SANSCSI_COPY_STATUS_LID1, 0x7f, 0x05060708), 16, 0x84,
               0x00, 0x7f, 0, 0, 0, 0, 0, 0, 0, 5, 6, 7, 8, 0, 0);
    ASSERT_CDB(sanscsi_cdb_receive_copy(cdb, SANSCSI_COPY_PARAMETERS, 0, 0x05060708), 16, 0x84,
               0x03, 0, 0, 0, 0, 0, 0, 0, 0, 5, 6, 7, 8, 0, 0);
    ASSERT_CDB(sanscsi_cdb_receive_copy(cdb, SANSCSI_COPY_STATUS_LID4, 0x01020304, 0x05060708), 16,
               0x84, 0x05, 1, 2, 3, 4, 0, 0, 0, 0, 5, 6, 7, 8, 0, 0);
    ASSERT_CDB(sanscsi_cdb_receive_copy(cdb, SANSCSI_COPY_TOKEN_INFORMATION, 1, 512), 16, 0x84,
               0x07, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0);
    ASSERT_REFUSED(sanscsi_cdb_receive_copy(cdb, SANSCSI_COPY_STATUS_LID1, 256, 12));
    ASSERT_REFUSED(sanscsi_cdb_receive_copy(cdb, SANSCSI_COPY_PARAMETERS, 1, 44));
    ASSERT_REFUSED(sanscsi_cdb_receive_copy(cdb, 0x02, 0, 12));
    assert_int_equal(sanscsi_cdb_extended_copy_lid1(NULL, 0), 0);
    assert_int_equal(sanscsi_cdb_copy_abort(NULL, 0), 0);
    assert_int_equal(sanscsi_cdb_populate_token(NULL, 0, 0), 0);
    assert_int_equal(sanscsi_cdb_receive_copy(NULL, 0, 0, 0), 0);
}

/* An NAA designator of 8 bytes, binary, of the unit; a disk of 512 bytes a block; 5 blocks from
 * 0102030405060708h of the first unit to 16 of the second. */
#define UNITS                                                                                      \
    0xe4, 0x00, 0x00, 0x00, 0x01, 0x03, 0x00, 8, 0x50, 1, 2, 3, 4, 5, 6, 7, 0, 0, 0, 0, 0, 0, 0,   \
        0, 0, 0, 0, 0, 0x00, 0x00, 0x02, 0x00, /* the other: port 0x1234, PAD, 4096 bytes */       \
        0xe4, 0x00, 0x12, 0x34, 0x01, 0x03, 0x00, 8, 0x50, 1, 2, 3, 4, 5, 6, 7, 0, 0, 0, 0, 0, 0,  \
        0, 0, 0, 0, 0, 0, 0x04, 0x00, 0x10, 0x00
#define SEGMENT                                                                                    \
    0x02, 0x02, 0x00, 0x18, 0, 0, 0, 1, 0, 0, 0, 5, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0, 0, 0, 0, 16

static const uint8_t naa[8] = {0x50, 1, 2, 3, 4, 5, 6, 7};
static sanscsi_designator designator = {
    .size = sizeof(designator),
    .code_set = 1,
    .type = SANSCSI_DESIGNATOR_NAA,
    .length = 8,
    .bytes = naa,
};
static const sanscsi_copy_unit units[2] = {
    {.designator = &designator, .block_length = 512},
    {.designator = &designator, .block_length = 4096, .relative_port = 0x1234, .pad = 1},
};
static const sanscsi_copy_segment segments[1] = {{
    .destination = 1,
    .source_lba = UINT64_C(0x0102030405060708),
    .destination_lba = 16,
    .blocks = 5,
    .flags = SANSCSI_COPY_COUNT_DESTINATION,
}};

static sanscsi_copy a_copy(void) {
    sanscsi_copy copy = {
        .size = sizeof(copy),
        .list_id = 0x7a,
        .list_use = SANSCSI_COPY_LIST_DISCARD,
        .priority = 5,
        .sequential = 1,
        .units = units,
        .unit_count = 2,
        .segments = segments,
        .segment_count = 1,
    };
    return copy;
}

static void extended_copy(void **state) {
    (void)state;
    sanscsi_copy copy = a_copy();
    ASSERT_BUILT(sanscsi_copy_lid1_build(&copy, data, size, &length), 0x7a, 0x35, 0, 64, 0, 0, 0, 0,
                 0, 0, 0, 28, 0, 0, 0, 0, UNITS, SEGMENT);
    copy.list_id = 0x01020304;
    copy.immediate = 1;
    ASSERT_BUILT(sanscsi_copy_lid4_build(&copy, data, size, &length), 0x01, 0x35, 0, 0x20, 0, 0, 0,
                 0, 0, 0, 0, 0, 0, 0, 0, 0x02, 0xff, 0, 0, 0, 1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 64, 0, 28, 0, 0, UNITS, SEGMENT);
}

#define ASSERT_NO_COPY(expected_status)                                                            \
    do {                                                                                           \
        ASSERT_NOT_BUILT(sanscsi_copy_lid1_build(&copy, data, size, &length), expected_status);    \
        ASSERT_NOT_BUILT(sanscsi_copy_lid4_build(&copy, data, size, &length), expected_status);    \
        copy = a_copy();                                                                           \
    } while (0)

static void extended_copy_refused(void **state) {
    (void)state;
    sanscsi_copy copy = a_copy();
    copy.list_id = 256;
    ASSERT_NOT_BUILT(sanscsi_copy_lid1_build(&copy, data, size, &length), SANSCSI_INVALID_ARGUMENT);
    copy.list_use = SANSCSI_COPY_LIST_NONE;
    ASSERT_NO_COPY(SANSCSI_INVALID_ARGUMENT);
    copy.list_use = 1;
    ASSERT_NO_COPY(SANSCSI_INVALID_ARGUMENT);
    copy.priority = 8;
    ASSERT_NO_COPY(SANSCSI_INVALID_ARGUMENT);
    copy.unit_count = 1; /* the segment's destination */
    ASSERT_NO_COPY(SANSCSI_INVALID_ARGUMENT);
    copy.size--;
    ASSERT_NO_COPY(SANSCSI_INVALID_ARGUMENT);
    copy.segments = NULL;
    ASSERT_NO_COPY(SANSCSI_INVALID_ARGUMENT);
    sanscsi_copy_segment segment = segments[0];
    copy.segments = &segment;
    segment.blocks = 65536;
    ASSERT_NO_COPY(SANSCSI_INVALID_ARGUMENT);
    copy.segments = &segment;
    segment.blocks = 2;
    segment.destination_lba = UINT64_MAX;
    ASSERT_NO_COPY(SANSCSI_INVALID_ARGUMENT);
    copy.segments = &segment;
    segment.destination_lba = 0;
    segment.flags = 4;
    ASSERT_NO_COPY(SANSCSI_INVALID_ARGUMENT);
    sanscsi_designator large = designator;
    sanscsi_copy_unit unit = {.designator = &large, .block_length = 512};
    uint8_t bytes[21] = {0};
    large.bytes = bytes;
    large.length = 21;
    copy.units = &unit;
    copy.unit_count = 1;
    copy.segment_count = 0;
    ASSERT_NO_COPY(SANSCSI_INVALID_ARGUMENT);
    large.length = 20;
    unit.block_length = 0x1000000;
    copy.units = &unit;
    copy.unit_count = 1;
    copy.segment_count = 0;
    ASSERT_NO_COPY(SANSCSI_INVALID_ARGUMENT);
}

static void the_unit_itself_needs_no_descriptor(void **state) {
    (void)state;
    static const sanscsi_copy_segment segment = {
        .source = SANSCSI_COPY_THIS_UNIT, .destination = SANSCSI_COPY_THIS_UNIT, .blocks = 1};
    sanscsi_copy copy = {.size = sizeof(copy), .segments = &segment, .segment_count = 1};
    ASSERT_BUILT(sanscsi_copy_lid1_build(&copy, data, size, &length), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                 0, 28, 0, 0, 0, 0, 2, 0, 0, 24, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 1, 0, 0, 0, 0, 0,
                 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
}

static void operating_parameters(void **state) {
    (void)state;
    static const uint8_t bytes[47] = {
        0, 0, 0, 43, 0x01, 0,    0,    0,  /* length, SNLID */
        0, 2, 0, 8,  0,    0,    4,    0,  /* counts, list length */
        1, 2, 3, 4,  5,    6,    7,    8,  /* segment, inline */
        9, 8, 7, 6,  5,    4,    3,    2,  /* held, stream */
        0, 0, 0, 16, 15,   9,    10,   11, /* concurrent, granularities */
        0, 0, 0, 3,  0x02, 0xe4, 0xff,
    };
    sanscsi_copy_parameters found = {.size = sizeof(found)};
    assert_int_equal(sanscsi_copy_parameters_parse(bytes, sizeof(bytes), &found), SANSCSI_OK);
    assert_int_equal(found.no_list_id, 1);
    assert_int_equal(found.max_units, 2);
    assert_int_equal(found.max_segments, 8);
    assert_int_equal(found.max_list_length, 1024);
    assert_int_equal(found.max_segment_length, 0x01020304);
    assert_int_equal(found.max_inline_length, 0x05060708);
    assert_int_equal(found.held_data_limit, 0x09080706);
    assert_int_equal(found.max_stream_transfer, 0x05040302);
    assert_int_equal(found.total_concurrent, 16);
    assert_int_equal(found.max_concurrent, 15);
    assert_int_equal(found.segment_granularity, 9);
    assert_int_equal(found.inline_granularity, 10);
    assert_int_equal(found.held_granularity, 11);
    assert_int_equal(found.type_count, 3);
    assert_int_equal(found.types[1], 0xe4);
    ASSERT_CUTS_TRUNCATED(sanscsi_copy_parameters_parse, bytes, sizeof(bytes), &found);
    ASSERT_ARGUMENTS_CHECKED(sanscsi_copy_parameters_parse, sanscsi_copy_parameters);
    uint8_t lie[47];
    memcpy(lie, bytes, 47);
    lie[3] = 39;
    assert_int_equal(sanscsi_copy_parameters_parse(lie, 47, &found), SANSCSI_MALFORMED);
    lie[3] = 42; /* two of three codes */
    assert_int_equal(sanscsi_copy_parameters_parse(lie, 47, &found), SANSCSI_MALFORMED);
}

static void copy_status_lid1(void **state) {
    (void)state;
    static const uint8_t bytes[12] = {0, 0, 0, 8, 0x82, 1, 2, 1, 3, 4, 5, 6};
    sanscsi_copy_status found = {.size = sizeof(found)};
    assert_int_equal(sanscsi_copy_status_lid1_parse(bytes, 12, &found), SANSCSI_OK);
    assert_int_equal(found.held_data, 1);
    assert_int_equal(found.status, 2);
    assert_int_equal(found.segments, 0x0102);
    assert_int_equal(found.count_unit, 1);
    assert_true(found.count == 0x03040506);
    ASSERT_CUTS_TRUNCATED(sanscsi_copy_status_lid1_parse, bytes, sizeof(bytes), &found);
    ASSERT_ARGUMENTS_CHECKED(sanscsi_copy_status_lid1_parse, sanscsi_copy_status);
    static const uint8_t lie[12] = {0, 0, 0, 7};
    assert_int_equal(sanscsi_copy_status_lid1_parse(lie, 12, &found), SANSCSI_MALFORMED);
}

#define STATUS_BEGIN 0x11, 0x02, 0x12, 0x34, 0, 0, 3, 0xe8, 0x02
#define STATUS_END 0xf1, 1, 2, 3, 4, 5, 6, 7, 8, 0, 9, 0, 0, 0, 0, 0, 0

static void copy_status_lid4(void **state) {
    (void)state;
    static const uint8_t bytes[40] = {0,    0, 0,          36, STATUS_BEGIN,
                                      8,    6, STATUS_END, /* status */
                                      0x72, 5, 0x24,       0,  0,
                                      0,    0, 0};
    sanscsi_copy_status found = {.size = sizeof(found)};
    assert_int_equal(sanscsi_copy_status_lid4_parse(bytes, 40, &found), SANSCSI_OK);
    assert_int_equal(found.action, 0x11);
    assert_int_equal(found.status, 2);
    assert_int_equal(found.counter, 0x1234);
    assert_int_equal(found.delay, 1000);
    assert_int_equal(found.scsi_status, 2);
    assert_int_equal(found.count_unit, 0xf1);
    assert_true(found.count == UINT64_C(0x0102030405060708));
    assert_int_equal(found.segments, 9);
    assert_int_equal(found.sense_length, 6);
    assert_ptr_equal(found.sense, bytes + 32);
    ASSERT_CUTS_TRUNCATED(sanscsi_copy_status_lid4_parse, bytes, sizeof(bytes), &found);
    ASSERT_ARGUMENTS_CHECKED(sanscsi_copy_status_lid4_parse, sanscsi_copy_status);
    uint8_t lie[40];
    memcpy(lie, bytes, 40);
    lie[14] = 9; /* longer than its field */
    assert_int_equal(sanscsi_copy_status_lid4_parse(lie, 40, &found), SANSCSI_MALFORMED);
    lie[14] = 6;
    lie[3] = 35; /* the field exceeds the answer */
    assert_int_equal(sanscsi_copy_status_lid4_parse(lie, 40, &found), SANSCSI_MALFORMED);
    lie[3] = 27;
    assert_int_equal(sanscsi_copy_status_lid4_parse(lie, 40, &found), SANSCSI_MALFORMED);
}

static void token_lists(void **state) {
    (void)state;
    static const sanscsi_block_range range = {UINT64_C(0x0102030405060708), 0x090a0b0c, 0};
    ASSERT_BUILT(
        sanscsi_populate_token_build(&range, 1, 1, 0x01020304, 0x00800000, data, size, &length), 0,
        30, 0x03, 0, 1, 2, 3, 4, 0x00, 0x80, 0, 0, 0, 0, 0, 16, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
        12, 0, 0, 0, 0);
    ASSERT_NOT_BUILT(sanscsi_populate_token_build(&range, 0, 0, 0, 0, data, size, &length),
                     SANSCSI_INVALID_ARGUMENT);
    ASSERT_NOT_BUILT(sanscsi_populate_token_build(&range, 1, 2, 0, 0, data, size, &length),
                     SANSCSI_INVALID_ARGUMENT);
    uint8_t token[512];
    uint8_t data[552];
    size_t length = 0;
    memset(token, 0x5a, sizeof(token));
    assert_int_equal(sanscsi_write_token_build(token, UINT64_C(0x1112131415161718), &range, 1, 1,
                                               data, sizeof(data), &length),
                     SANSCSI_OK);
    assert_int_equal(length, 552);
    static const uint8_t head[16] = {0x02, 0x26, 1,    0,    0,    0,    0,    0,
                                     0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18};
    static const uint8_t tail[24] = {0, 0, 0, 0, 0, 0,  0,  16, 1, 2, 3, 4,
                                     5, 6, 7, 8, 9, 10, 11, 12, 0, 0, 0, 0};
    assert_memory_equal(data, head, 16);
    assert_memory_equal(data + 16, token, 512);
    assert_memory_equal(data + 528, tail, 24);
    assert_int_equal(
        sanscsi_write_token_build(token, 0, &range, 1, 0, data, sizeof(data) - 1, &length),
        SANSCSI_BUFFER_TOO_SMALL);
    assert_int_equal(sanscsi_write_token_build(NULL, 0, &range, 1, 0, data, 552, &length),
                     SANSCSI_INVALID_ARGUMENT);
}

static void token_information(void **state) {
    (void)state;
    static const uint8_t head[38] = {0,          0, 2, 0x22, STATUS_BEGIN, 0, 0,
                                     STATUS_END, 0, 0, 2,    0x02,         0, 0};
    uint8_t bytes[550];
    memset(bytes, 0x5a, sizeof(bytes));
    memcpy(bytes, head, sizeof(head));
    sanscsi_copy_status found = {.size = sizeof(found)};
    const uint8_t *token = NULL;
    assert_int_equal(sanscsi_token_information_parse(bytes, sizeof(bytes), &found, &token),
                     SANSCSI_OK);
    assert_ptr_equal(token, bytes + 38);
    assert_null(found.sense);
    assert_int_equal(found.status, 2);
    for (size_t cut = 0; cut < sizeof(bytes); cut++) {
        uint8_t *copy = exactly(bytes, cut);
        assert_int_equal(sanscsi_token_information_parse(copy, cut, &found, &token),
                         SANSCSI_TRUNCATED);
        assert_null(token);
        free(copy);
    }
    bytes[35] = 1; /* a token of 511 bytes */
    assert_int_equal(sanscsi_token_information_parse(bytes, sizeof(bytes), &found, &token),
                     SANSCSI_MALFORMED);
    bytes[35] = 3; /* descriptors exceed the answer */
    assert_int_equal(sanscsi_token_information_parse(bytes, sizeof(bytes), &found, &token),
                     SANSCSI_MALFORMED);
    static const uint8_t none[36] = {0, 0, 0, 32, STATUS_BEGIN, 0, 0, STATUS_END};
    assert_int_equal(sanscsi_token_information_parse(none, 36, &found, &token), SANSCSI_OK);
    assert_null(token);
    assert_int_equal(sanscsi_token_information_parse(none, 36, &found, NULL),
                     SANSCSI_INVALID_ARGUMENT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cdbs),
        cmocka_unit_test(extended_copy),
        cmocka_unit_test(extended_copy_refused),
        cmocka_unit_test(the_unit_itself_needs_no_descriptor),
        cmocka_unit_test(operating_parameters),
        cmocka_unit_test(copy_status_lid1),
        cmocka_unit_test(copy_status_lid4),
        cmocka_unit_test(token_lists),
        cmocka_unit_test(token_information),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
