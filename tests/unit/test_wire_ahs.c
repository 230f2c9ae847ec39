/* Additional header segments: vectors from RFC 7143 11.2.2, and chains that lie. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "wire/ahs.h"

static const uint8_t cdb[32] = {0x7f, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x18, 0x08, 0x09, 0x0a,
                                0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0xd0, 0xd1, 0xd2, 0xd3, 0xd4, 0xd5,
                                0xd6, 0xd7, 0xd8, 0xd9, 0xda, 0xdb, 0xdc, 0xdd, 0xde, 0xdf};

static void expect_extended_cdb(size_t cdb_size, const uint8_t *expected, size_t expected_size) {
    uint8_t memory[64];
    struct builder builder;
    memset(memory, 0xa5, sizeof(memory));
    sanscsi_builder_init(&builder, memory, sizeof(memory));
    assert_true(sanscsi_ahs_put_extended_cdb(&builder, span_of(cdb, cdb_size)));
    assert_int_equal(builder.size, expected_size);
    assert_memory_equal(memory, expected, expected_size);
    assert_int_equal(memory[expected_size], 0xa5);
    assert_int_equal(sanscsi_ahs_words(cdb_size, false) * 4, expected_size);
}

static void test_extended_cdb(void **state) {
    (void)state;
    static const uint8_t of_17[] = {0x00, 0x02, 0x01, 0x00, 0xd0, 0x00, 0x00, 0x00};
    static const uint8_t of_19[] = {0x00, 0x04, 0x01, 0x00, 0xd0, 0xd1, 0xd2, 0x00};
    static const uint8_t of_20[] = {0x00, 0x05, 0x01, 0x00, 0xd0, 0xd1, 0xd2, 0xd3};
    static const uint8_t of_32[] = {0x00, 0x11, 0x01, 0x00, 0xd0, 0xd1, 0xd2, 0xd3, 0xd4, 0xd5,
                                    0xd6, 0xd7, 0xd8, 0xd9, 0xda, 0xdb, 0xdc, 0xdd, 0xde, 0xdf};
    expect_extended_cdb(17, of_17, sizeof(of_17));
    expect_extended_cdb(19, of_19, sizeof(of_19));
    expect_extended_cdb(20, of_20, sizeof(of_20));
    expect_extended_cdb(32, of_32, sizeof(of_32));
}

static void test_bidi_read_length(void **state) {
    (void)state;
    static const uint8_t expected[] = {0x00, 0x05, 0x02, 0x00, 0x11, 0x12, 0x13, 0x14};
    uint8_t memory[8];
    struct builder builder;
    sanscsi_builder_init(&builder, memory, sizeof(memory));
    assert_true(sanscsi_ahs_put_bidi_read_length(&builder, 0x11121314));
    assert_int_equal(builder.size, sizeof(expected));
    assert_memory_equal(memory, expected, sizeof(expected));
}

static void test_cdb_of_wrong_size(void **state) {
    (void)state;
    static const uint8_t long_cdb[1033];
    static uint8_t memory[2048];
    struct builder builder;
    sanscsi_builder_init(&builder, memory, sizeof(memory));
    assert_false(sanscsi_ahs_put_extended_cdb(&builder, span_of(NULL, 0)));
    assert_false(sanscsi_ahs_put_extended_cdb(&builder, span_of(cdb, 16)));
    assert_false(sanscsi_ahs_put_extended_cdb(&builder, span_of(long_cdb, 1033)));
    assert_int_equal(builder.size, 0);
    assert_false(builder.overflow);
    assert_true(sanscsi_ahs_put_extended_cdb(&builder, span_of(long_cdb, 1032)));
    assert_int_equal(builder.size, 255 * 4);
}

/* A builder that is one byte short takes nothing, and says so from then on. */
static void test_no_room(void **state) {
    (void)state;
    uint8_t memory[19];
    struct builder builder;
    memset(memory, 0xa5, sizeof(memory));
    sanscsi_builder_init(&builder, memory, 19);
    assert_false(sanscsi_ahs_put_extended_cdb(&builder, span_of(cdb, 32)));
    assert_int_equal(builder.size, 0);
    assert_true(builder.overflow);
    assert_false(sanscsi_ahs_put_bidi_read_length(&builder, 1));
    sanscsi_builder_init(&builder, memory, 7);
    assert_false(sanscsi_ahs_put_bidi_read_length(&builder, 1));
    assert_int_equal(builder.size, 0);
    assert_true(builder.overflow);
    assert_int_equal(memory[0], 0xa5);
}

static void test_words(void **state) {
    (void)state;
    assert_int_equal(sanscsi_ahs_words(0, false), 0);
    assert_int_equal(sanscsi_ahs_words(6, false), 0);
    assert_int_equal(sanscsi_ahs_words(16, false), 0);
    assert_int_equal(sanscsi_ahs_words(16, true), 2);
    assert_int_equal(sanscsi_ahs_words(17, false), 2);
    assert_int_equal(sanscsi_ahs_words(20, false), 2);
    assert_int_equal(sanscsi_ahs_words(21, false), 3);
    assert_int_equal(sanscsi_ahs_words(32, false), 5);
    assert_int_equal(sanscsi_ahs_words(32, true), 7);
    assert_int_equal(sanscsi_ahs_words(260, false), 62);
    assert_int_equal(sanscsi_ahs_words(1032, false), 255);
    assert_true(sanscsi_ahs_words(1032, true) > 255);
    assert_true(sanscsi_ahs_words(1033, false) > 255);
    assert_true(sanscsi_ahs_words(1033, true) > 255);
    assert_true(sanscsi_ahs_words(SIZE_MAX, false) > 255);
    assert_true(sanscsi_ahs_words(SIZE_MAX, true) > 255);
}

static void test_walk(void **state) {
    (void)state;
    /* An extended CDB of 17 bytes, a read length with reserved type bits set, an unknown type
     * without content, an unknown one with a full word. */
    static const uint8_t chain[] = {0x00, 0x02, 0x01, 0x00, 0xd0, 0x00, 0x00, 0x00,
                                    0x00, 0x05, 0xc2, 0x00, 0x11, 0x12, 0x13, 0x14,
                                    0x00, 0x00, 0x3f, 0x00, 0x00, 0x01, 0x07, 0x99};
    struct reader reader;
    uint8_t type = 0;
    struct span specific = span_of(NULL, 0);
    sanscsi_reader_init(&reader, chain, sizeof(chain));

    assert_int_equal(sanscsi_ahs_next(&reader, &type, &specific), AHS_OK);
    assert_int_equal(type, AHS_EXTENDED_CDB);
    assert_int_equal(specific.size, 2);
    assert_ptr_equal(specific.data, chain + 3);

    assert_int_equal(sanscsi_ahs_next(&reader, &type, &specific), AHS_OK);
    assert_int_equal(type, AHS_BIDIRECTIONAL_READ_LENGTH);
    assert_int_equal(specific.size, 5);
    assert_ptr_equal(specific.data, chain + 11);

    assert_int_equal(sanscsi_ahs_next(&reader, &type, &specific), AHS_OK);
    assert_int_equal(type, 0x3f);
    assert_int_equal(specific.size, 0);

    assert_int_equal(sanscsi_ahs_next(&reader, &type, &specific), AHS_OK);
    assert_int_equal(type, 7);
    assert_int_equal(specific.size, 1);
    assert_int_equal(specific.data[0], 0x99);

    assert_int_equal(sanscsi_ahs_next(&reader, &type, &specific), AHS_END);
    assert_int_equal(sanscsi_ahs_next(&reader, &type, &specific), AHS_END);
}

static void test_no_segments(void **state) {
    (void)state;
    struct reader reader;
    uint8_t type = 0x77;
    struct span specific = span_of(cdb, 1);
    sanscsi_reader_init(&reader, NULL, 0);
    assert_int_equal(sanscsi_ahs_next(&reader, &type, &specific), AHS_END);
    assert_int_equal(type, 0x77);
    assert_ptr_equal(specific.data, cdb);
}

static void expect_malformed(const uint8_t *chain, size_t size) {
    struct reader reader;
    uint8_t type = 0x77;
    struct span specific = span_of(cdb, 1);
    sanscsi_reader_init(&reader, chain, size);
    assert_int_equal(sanscsi_ahs_next(&reader, &type, &specific), AHS_MALFORMED);
    assert_int_equal(sanscsi_ahs_next(&reader, &type, &specific), AHS_MALFORMED);
    assert_int_equal(type, 0x77);
    assert_ptr_equal(specific.data, cdb);
}

static void test_malformed(void **state) {
    (void)state;
    static const uint8_t one_too_long[] = {0x00, 0x06, 0x02, 0x00, 0x11, 0x12, 0x13, 0x14};
    static const uint8_t longest[] = {0xff, 0xff, 0x01, 0x00, 0xd0, 0x00, 0x00, 0x00};
    static const uint8_t no_pad[] = {0x00, 0x02, 0x01, 0x00, 0xd0, 0x00, 0x00};
    expect_malformed(one_too_long, sizeof(one_too_long));
    expect_malformed(longest, sizeof(longest));
    expect_malformed(no_pad, sizeof(no_pad));
    for (size_t size = 1; size < 4; size++) {
        expect_malformed(longest, size);
    }
}

/* A good segment, then one that reaches beyond the end. */
static void test_malformed_second(void **state) {
    (void)state;
    static const uint8_t chain[] = {0x00, 0x02, 0x01, 0x00, 0xd0, 0x00,
                                    0x00, 0x00, 0x00, 0x05, 0x02, 0x00};
    struct reader reader;
    uint8_t type = 0;
    struct span specific;
    sanscsi_reader_init(&reader, chain, sizeof(chain));
    assert_int_equal(sanscsi_ahs_next(&reader, &type, &specific), AHS_OK);
    assert_int_equal(sanscsi_ahs_next(&reader, &type, &specific), AHS_MALFORMED);
    assert_int_equal(sanscsi_ahs_next(&reader, &type, &specific), AHS_MALFORMED);
}

/* Whatever the first two words hold, a walk takes at least a word a step and stays inside. */
static void test_always_ends(void **state) {
    (void)state;
    static uint8_t chain[64];
    for (uint32_t length = 0; length <= UINT16_MAX; length++) {
        chain[0] = (uint8_t)(length >> 8);
        chain[1] = (uint8_t)length;
        chain[5] = (uint8_t)(length * 7);
        struct reader reader;
        uint8_t type = 0;
        struct span specific;
        sanscsi_reader_init(&reader, chain, sizeof(chain));
        unsigned steps = 0;
        enum ahs_result result = sanscsi_ahs_next(&reader, &type, &specific);
        while (result == AHS_OK) {
            steps++;
            assert_in_range(steps, 1, sizeof(chain) / 4);
            assert_true(specific.size <= sizeof(chain) - 3);
            result = sanscsi_ahs_next(&reader, &type, &specific);
        }
        assert_int_equal(result == AHS_MALFORMED, reader.failed);
        assert_true(length <= sizeof(chain) - 3 || (result == AHS_MALFORMED && steps == 0));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_extended_cdb),
        cmocka_unit_test(test_bidi_read_length),
        cmocka_unit_test(test_cdb_of_wrong_size),
        cmocka_unit_test(test_no_room),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_walk),
        cmocka_unit_test(test_no_segments),
        cmocka_unit_test(test_malformed),
        cmocka_unit_test(test_malformed_second),
        cmocka_unit_test(test_always_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
