/* Tests of lib/text: pairs, values, SendTargets records. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <iscsi/status.h>

#include "text/pairs.h"
#include "text/send_targets.h"
#include "text/values.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct span text_of(const char *text) {
    return span_of(text, strlen(text));
}

/* A reader over a string literal, whose own zero does not count. */
#define READER(reader, literal) sanscsi_reader_init(&(reader), literal, sizeof(literal) - 1)

static void assert_span(struct span got, const char *wanted) {
    assert_int_equal(got.size, strlen(wanted));
    if (got.size > 0) {
        assert_memory_equal(got.data, wanted, got.size);
    }
}

static void pairs_are_split_at_the_first_equal_sign(void **state) {
    (void)state;
    struct reader text;
    struct pair pair;
    READER(text, "A=1\0CHAP_C=0bAAEC=\0Empty=\0");
    assert_int_equal(sanscsi_pair_next(&text, &pair), PAIR_OK);
    assert_span(pair.key, "A");
    assert_span(pair.value, "1");
    assert_span(pair.whole, "A=1");
    assert_int_equal(sanscsi_pair_next(&text, &pair), PAIR_OK);
    assert_span(pair.key, "CHAP_C");
    assert_span(pair.value, "0bAAEC=");
    assert_int_equal(sanscsi_pair_next(&text, &pair), PAIR_OK);
    assert_span(pair.key, "Empty");
    assert_span(pair.value, "");
    assert_int_equal(sanscsi_pair_next(&text, &pair), PAIR_END);
    assert_int_equal(sanscsi_pair_next(&text, &pair), PAIR_END);
}

static void broken_pairs_are_told_apart(void **state) {
    (void)state;
    struct reader text;
    struct pair pair;
    READER(text, "NoSign\0=value\0\0A=1");
    assert_int_equal(sanscsi_pair_next(&text, &pair), PAIR_NO_EQUAL);
    assert_span(pair.whole, "NoSign");
    assert_int_equal(sanscsi_pair_next(&text, &pair), PAIR_NO_EQUAL);
    assert_span(pair.whole, "=value");
    assert_int_equal(sanscsi_pair_next(&text, &pair), PAIR_NO_EQUAL);
    assert_span(pair.whole, "");
    assert_int_equal(sanscsi_pair_next(&text, &pair), PAIR_NO_NULL);
    assert_span(pair.whole, "A=1");
    assert_int_equal(sanscsi_pair_next(&text, &pair), PAIR_END);
    sanscsi_reader_init(&text, NULL, 0);
    assert_int_equal(sanscsi_pair_next(&text, &pair), PAIR_END);
}

static void pairs_are_written_with_their_null(void **state) {
    (void)state;
    char bytes[16];
    struct builder out;
    sanscsi_builder_init(&out, bytes, sizeof(bytes));
    sanscsi_pair_put(&out, "Key", text_of("a=b"));
    sanscsi_pair_put(&out, "K", text_of(""));
    assert_int_equal(out.size, 11);
    assert_memory_equal(bytes, "Key=a=b\0K=\0", 11);
    assert_false(out.overflow);
    sanscsi_pair_put(&out, "Longer", text_of("x"));
    assert_true(out.overflow);
}

static void booleans_are_yes_and_no(void **state) {
    (void)state;
    static const char *const bad[] = {"", "yes", "YES", "no", "Y", "1", "true", "Yes ", "Noo"};
    bool value = false;
    assert_true(sanscsi_value_boolean(text_of("Yes"), &value));
    assert_true(value);
    assert_true(sanscsi_value_boolean(text_of("No"), &value));
    assert_false(value);
    for (size_t i = 0; i < COUNT(bad); i++) {
        assert_false(sanscsi_value_boolean(text_of(bad[i]), &value));
    }
}

static void numbers_are_decimal_or_hex(void **state) {
    (void)state;
    static const struct {
        const char *text;
        uint64_t value;
    } good[] = {{"0", 0},
                {"7", 7},
                {"262144", 262144},
                {"0x40000", 262144},
                {"0X4aBcD", 0x4abcd},
                {"0x0", 0},
                {"0x00000000000000000000ff", 255},
                {"18446744073709551615", UINT64_MAX},
                {"0xffffffffffffffff", UINT64_MAX}};
    static const char *const bad[] = {"",
                                      "007",
                                      "00",
                                      "-1",
                                      "+5",
                                      " 5",
                                      "5 ",
                                      "0x",
                                      "0X",
                                      "x5",
                                      "0xg",
                                      "1a",
                                      "0b1",
                                      "1.0",
                                      "0x-1",
                                      "1~2",
                                      "0x 1",
                                      "18446744073709551616",
                                      "0x10000000000000000",
                                      "99999999999999999999999"};
    uint64_t value;
    for (size_t i = 0; i < COUNT(good); i++) {
        assert_true(sanscsi_value_number(text_of(good[i].text), &value));
        assert_true(value == good[i].value);
    }
    for (size_t i = 0; i < COUNT(bad); i++) {
        assert_false(sanscsi_value_number(text_of(bad[i]), &value));
    }
    assert_false(sanscsi_value_number(span_of("5\0", 2), &value));
}

static void short_binaries_take_three_forms(void **state) {
    (void)state;
    uint64_t value;
    assert_true(sanscsi_value_bits(text_of("258"), 16, &value));
    assert_true(value == 258);
    assert_true(sanscsi_value_bits(text_of("0x0102"), 16, &value));
    assert_true(value == 258);
    assert_true(sanscsi_value_bits(text_of("0bAQI="), 16, &value));
    assert_true(value == 258);
    assert_true(sanscsi_value_bits(text_of("0xffffffffffffffff"), 64, &value));
    assert_true(value == UINT64_MAX);
    assert_false(sanscsi_value_bits(text_of("65536"), 16, &value));
    assert_false(sanscsi_value_bits(text_of("0bAQAA"), 16, &value));
    assert_false(sanscsi_value_bits(text_of("0bAAAAAAAAAAAAAAAA"), 64, &value));
    assert_false(sanscsi_value_bits(text_of(""), 16, &value));
    assert_false(sanscsi_value_bits(text_of("x"), 16, &value));
}

static void ranges_go_upwards(void **state) {
    (void)state;
    static const char *const bad[] = {"", "1", "~", "1~", "~2", "2~1", "1~2~3", "a~b", "1 ~2"};
    uint64_t low, high;
    assert_true(sanscsi_value_range(text_of("2~0x10"), &low, &high));
    assert_true(low == 2 && high == 16);
    assert_true(sanscsi_value_range(text_of("5~5"), &low, &high));
    assert_true(low == 5 && high == 5);
    for (size_t i = 0; i < COUNT(bad); i++) {
        assert_false(sanscsi_value_range(text_of(bad[i]), &low, &high));
    }
}

static void lists_are_taken_apart_at_commas(void **state) {
    (void)state;
    static const struct {
        const char *text;
        const char *values[4];
        size_t count;
    } lists[] = {{"CRC32C,None", {"CRC32C", "None"}, 2},
                 {"None", {"None"}, 1},
                 {"", {""}, 1},
                 {",", {"", ""}, 2},
                 {"a,", {"a", ""}, 2},
                 {",a", {"", "a"}, 2},
                 {"a,,b", {"a", "", "b"}, 3}};
    for (size_t i = 0; i < COUNT(lists); i++) {
        struct span list = text_of(lists[i].text);
        struct span value;
        bool started = false;
        for (size_t k = 0; k < lists[i].count; k++) {
            assert_true(sanscsi_value_list_next(&list, &started, &value));
            assert_span(value, lists[i].values[k]);
        }
        assert_false(sanscsi_value_list_next(&list, &started, &value));
        assert_false(sanscsi_value_list_next(&list, &started, &value));
    }
    assert_true(sanscsi_value_list_contains(text_of("CRC32C,None"), text_of("None")));
    assert_false(sanscsi_value_list_contains(text_of("CRC32C,None"), text_of("CRC")));
    assert_false(sanscsi_value_list_contains(text_of("CRC32C,None"), text_of("CRC32C,None")));
    assert_false(sanscsi_value_list_contains(text_of("None"), text_of("none")));
}

static void binaries_are_decoded(void **state) {
    (void)state;
    /* The base64 rows are the test vectors of RFC 4648 10. */
    static const struct {
        const char *text;
        const char *bytes;
        size_t size;
    } good[] = {
        {"0x00", "\0", 1},           {"0X0aFf", "\x0a\xff", 2},    {"0x123", "\x01\x23", 2},
        {"0x1", "\x01", 1},          {"0bZg==", "f", 1},           {"0BZm8=", "fo", 2},
        {"0bZm9v", "foo", 3},        {"0bZm9vYg==", "foob", 4},    {"0bZm9vYmE=", "fooba", 5},
        {"0bZm9vYmFy", "foobar", 6}, {"0b+/+/", "\xfb\xff\xbf", 3}};
    static const char *const bad[] = {
        "",           "0",       "0x",      "0b",     "0xg1",    "0x1g",   "12",
        "x12",        "0c12",    "0bZ",     "0bZg",   "0bZg=",   "0bZ===", "0b====",
        "0bZg==Zg==", "0bZm9vZ", "0bZm9v=", "0bZ=9v", "0bZm-v",  "0bZm_v", "0bZm 9v",
        "0bZh==",     "0bZm9=",  "0bZg=a",  "0x12 ",  "0bZm9v\n"};
    uint8_t out[8];
    size_t length;
    for (size_t i = 0; i < COUNT(good); i++) {
        struct span text = text_of(good[i].text);
        assert_int_equal(sanscsi_value_binary(text, out, sizeof(out), &length), SANSCSI_OK);
        assert_int_equal(length, good[i].size);
        assert_memory_equal(out, good[i].bytes, length);
        assert_int_equal(sanscsi_value_binary(text, out, good[i].size, &length), SANSCSI_OK);
        assert_int_equal(sanscsi_value_binary(text, out, good[i].size - 1, &length),
                         SANSCSI_BUFFER_TOO_SMALL);
        assert_int_equal(length, 0);
    }
    for (size_t i = 0; i < COUNT(bad); i++) {
        assert_int_equal(sanscsi_value_binary(text_of(bad[i]), out, sizeof(out), &length),
                         SANSCSI_MALFORMED);
        assert_int_equal(sanscsi_value_binary(text_of(bad[i]), out, 0, &length), SANSCSI_MALFORMED);
    }
}

static void binaries_are_written(void **state) {
    (void)state;
    char bytes[32];
    struct builder out;
    sanscsi_builder_init(&out, bytes, sizeof(bytes));
    sanscsi_value_put_hex(&out, span_of("\x00\x0f\xa5", 3));
    assert_span(span_of(bytes, out.size), "0x000fa5");
    static const char *const vectors[] = {"0b",         "0bZg==",     "0bZm8=",    "0bZm9v",
                                          "0bZm9vYg==", "0bZm9vYmE=", "0bZm9vYmFy"};
    for (size_t i = 0; i < COUNT(vectors); i++) {
        sanscsi_builder_init(&out, bytes, sizeof(bytes));
        sanscsi_value_put_base64(&out, span_of("foobar", i));
        assert_span(span_of(bytes, out.size), vectors[i]);
    }
}

static void binaries_survive_a_round_trip(void **state) {
    (void)state;
    srand(7);
    for (size_t size = 1; size <= 64; size++) {
        uint8_t bytes[64], back[64];
        char text[160];
        size_t length;
        struct builder out;
        for (size_t i = 0; i < size; i++) {
            bytes[i] = (uint8_t)rand();
        }
        sanscsi_builder_init(&out, text, sizeof(text));
        sanscsi_value_put_hex(&out, span_of(bytes, size));
        assert_int_equal(sanscsi_value_binary(span_of(text, out.size), back, sizeof(back), &length),
                         SANSCSI_OK);
        assert_int_equal(length, size);
        assert_memory_equal(back, bytes, size);
        sanscsi_builder_init(&out, text, sizeof(text));
        sanscsi_value_put_base64(&out, span_of(bytes, size));
        assert_int_equal(sanscsi_value_binary(span_of(text, out.size), back, sizeof(back), &length),
                         SANSCSI_OK);
        assert_int_equal(length, size);
        assert_memory_equal(back, bytes, size);
    }
}

static void send_targets_records_are_read(void **state) {
    (void)state;
    struct reader text;
    struct target_record record;
    struct span value;
    /* Two examples of RFC 7143 appendix C, and a tag left out. */
    READER(text, "TargetName=iqn.1993-11.com.example:diskarray.sn.8675309\0"
                 "TargetName=iqn.1993-11.com.example:diskarray.sn.1234567\0"
                 "TargetAddress=10.1.0.45:3000,1\0"
                 "TargetAddress=[fe80::1]\0");
    assert_int_equal(sanscsi_targets_next(&text, &record), TARGETS_RECORD);
    assert_span(record.name, "iqn.1993-11.com.example:diskarray.sn.8675309");
    assert_false(record.name_bad);
    assert_int_equal(record.count, 0);
    assert_int_equal(record.addresses.size, 0);
    assert_false(sanscsi_targets_address(record.addresses, 0, &value));
    assert_int_equal(sanscsi_targets_next(&text, &record), TARGETS_RECORD);
    assert_span(record.name, "iqn.1993-11.com.example:diskarray.sn.1234567");
    assert_int_equal(record.count, 2);
    assert_int_equal(record.addresses.size, 55);
    assert_true(sanscsi_targets_address(record.addresses, 0, &value));
    assert_span(value, "10.1.0.45:3000,1");
    assert_true(sanscsi_targets_address(record.addresses, 1, &value));
    assert_span(value, "[fe80::1]");
    assert_false(sanscsi_targets_address(record.addresses, 2, &value));
    assert_int_equal(sanscsi_targets_next(&text, &record), TARGETS_END);
    assert_false(record.name_bad);
    sanscsi_reader_init(&text, NULL, 0);
    assert_int_equal(sanscsi_targets_next(&text, &record), TARGETS_END);
}

static void broken_send_targets_are_told_apart(void **state) {
    (void)state;
#define NAME "TargetName=iqn.2001-04.com.example\0"
#define CASE(literal, result, what)                                                                \
    { literal, sizeof(literal) - 1, result, what }
    static const struct {
        const char *text;
        size_t size;
        enum targets_result result;
        const char *offender;
    } cases[] = {
        CASE("TargetAddress=10.0.0.1,1\0", TARGETS_BAD_OPENING_KEY, "TargetAddress"),
        CASE("targetname=iqn.2001-04.com.example\0", TARGETS_BAD_OPENING_KEY, "targetname"),
        CASE("TargetName=iqn.2001-04.com.example", TARGETS_BAD_OPENING_KEY,
             "TargetName=iqn.2001-04.com.example"),
        CASE("\0", TARGETS_BAD_OPENING_KEY, ""),
        CASE("=x\0", TARGETS_BAD_OPENING_KEY, "=x"),
        CASE(NAME "TargetAlias=x\0", TARGETS_BAD_KEY, "TargetAlias"),
        CASE(NAME "TargetAddress=a,1\0X=1\0", TARGETS_BAD_KEY, "X"),
        CASE(NAME "TargetAddress=h,1", TARGETS_BAD_KEY, "TargetAddress=h,1"),
        CASE(NAME "TargetAddress\0", TARGETS_BAD_KEY, "TargetAddress"),
        CASE(NAME "TargetAddress=\0", TARGETS_BAD_ADDRESS, ""),
        CASE(NAME "TargetAddress=h,65536\0", TARGETS_BAD_ADDRESS, "h,65536"),
        CASE(NAME "TargetAddress=fe80::1,1\0", TARGETS_BAD_ADDRESS, "fe80::1,1"),
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct reader text;
        struct target_record record;
        sanscsi_reader_init(&text, cases[i].text, cases[i].size);
        assert_int_equal(sanscsi_targets_next(&text, &record), cases[i].result);
        assert_span(record.offender, cases[i].offender);
    }
}

/* A bad name is told beside the rest of its record, and reading goes on behind it. */
static void bad_names_spoil_their_record_only(void **state) {
    (void)state;
    struct reader text;
    struct target_record record;
    READER(text, "TargetName=bad name\0TargetAddress=h,1\0TargetName=\0"
                 "TargetName=eui.0123456789abcdef\0TargetName=iqn.2001-04.com.Example\0"
                 "TargetAddress=h,x\0");
    static const char *const names[] = {"bad name", "", "eui.0123456789abcdef"};
    for (size_t i = 0; i < COUNT(names); i++) {
        assert_int_equal(sanscsi_targets_next(&text, &record), TARGETS_RECORD);
        assert_span(record.name, names[i]);
        assert_int_equal(record.name_bad, i != 2);
        assert_int_equal(record.count, i == 0 ? 1 : 0);
    }
    assert_int_equal(sanscsi_targets_next(&text, &record), TARGETS_BAD_ADDRESS);
    assert_span(record.name, "iqn.2001-04.com.Example");
    assert_true(record.name_bad);
    assert_span(record.offender, "h,x");
}

static void addresses_of_a_target_are_limited(void **state) {
    (void)state;
    static char bytes[sizeof(NAME) + (TARGETS_MAX_ADDRESSES + 1) * 18];
    struct reader text;
    struct target_record record;
    for (uint32_t count = TARGETS_MAX_ADDRESSES; count <= TARGETS_MAX_ADDRESSES + 1; count++) {
        struct builder out;
        sanscsi_builder_init(&out, bytes, sizeof(bytes));
        sanscsi_pair_put(&out, "TargetName", text_of("iqn.2001-04.com.example"));
        for (uint32_t i = 0; i < count; i++) {
            sanscsi_pair_put(&out, "TargetAddress", text_of("h,1"));
        }
        assert_false(out.overflow);
        sanscsi_reader_init(&text, bytes, out.size);
        bool too_many = count > TARGETS_MAX_ADDRESSES;
        assert_int_equal(sanscsi_targets_next(&text, &record),
                         too_many ? TARGETS_TOO_MANY : TARGETS_RECORD);
        assert_int_equal(record.count, TARGETS_MAX_ADDRESSES);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairs_are_split_at_the_first_equal_sign),
        cmocka_unit_test(broken_pairs_are_told_apart),
        cmocka_unit_test(pairs_are_written_with_their_null),
        cmocka_unit_test(booleans_are_yes_and_no),
        cmocka_unit_test(numbers_are_decimal_or_hex),
        cmocka_unit_test(short_binaries_take_three_forms),
        cmocka_unit_test(ranges_go_upwards),
        cmocka_unit_test(lists_are_taken_apart_at_commas),
        cmocka_unit_test(binaries_are_decoded),
        cmocka_unit_test(binaries_are_written),
        cmocka_unit_test(binaries_survive_a_round_trip),
        cmocka_unit_test(send_targets_records_are_read),
        cmocka_unit_test(broken_send_targets_are_told_apart),
        cmocka_unit_test(bad_names_spoil_their_record_only),
        cmocka_unit_test(addresses_of_a_target_are_limited),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
