/* Tests of lib/base: reader, builder, loads and stores, checked sums, serial numbers, spans. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/builder.h"
#include "base/bytes.h"
#include "base/checked.h"
#include "base/divide.h"
#include "base/reader.h"
#include "base/secure.h"
#include "base/serial.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const uint8_t sixteen[16] = {0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef,
                                    0xfe, 0xdc, 0xba, 0x98, 0x76, 0x54, 0x32, 0x10};

static void loads_and_stores_are_big_endian(void **state) {
    (void)state;
    uint8_t out[8];
    assert_int_equal(load_be16(sixteen), 0x0123);
    assert_int_equal(load_be24(sixteen), 0x012345);
    assert_int_equal(load_be32(sixteen), 0x01234567);
    assert_true(load_be64(sixteen) == UINT64_C(0x0123456789abcdef));
    assert_int_equal(load_le32(sixteen), 0x67452301);
    assert_int_equal(load_be16(sixteen + 8), 0xfedc); /* high bits set */
    assert_int_equal(load_be24(sixteen + 8), 0xfedcba);
    assert_int_equal(load_be32(sixteen + 8), 0xfedcba98);
    assert_true(load_be64(sixteen + 8) == UINT64_C(0xfedcba9876543210));
    assert_int_equal(load_le32(sixteen + 4), 0xefcdab89);
    store_be16(out, 0xfedc);
    assert_memory_equal(out, "\xfe\xdc", 2);
    store_be24(out, 0xfffedcba); /* the top byte has no place */
    assert_memory_equal(out, "\xfe\xdc\xba", 3);
    store_be32(out, 0xfedcba98);
    assert_memory_equal(out, "\xfe\xdc\xba\x98", 4);
    store_le32(out, 0xfedcba98);
    assert_memory_equal(out, "\x98\xba\xdc\xfe", 4);
    store_be64(out, UINT64_C(0xfedcba9876543210));
    assert_memory_equal(out, "\xfe\xdc\xba\x98\x76\x54\x32\x10", 8);
}

/* One read of each kind, its width, and what it gives of `sixteen`. */
enum read_kind { READ_U8, READ_BE16, READ_BE24, READ_BE32, READ_BE64, READ_TAKE, READ_SKIP };

static const struct {
    enum read_kind kind;
    size_t width;
    uint64_t value; /* for take: the first byte */
} reads[] = {
    {READ_U8, 1, 0x01},
    {READ_BE16, 2, 0x0123},
    {READ_BE24, 3, 0x012345},
    {READ_BE32, 4, 0x01234567},
    {READ_BE64, 8, UINT64_C(0x0123456789abcdef)},
    {READ_TAKE, 5, 0x01},
    {READ_SKIP, 5, 0},
};

static uint64_t read_one(struct reader *reader, enum read_kind kind, size_t width) {
    struct span span;
    switch (kind) {
    case READ_U8:
        return sanscsi_reader_u8(reader);
    case READ_BE16:
        return sanscsi_reader_be16(reader);
    case READ_BE24:
        return sanscsi_reader_be24(reader);
    case READ_BE32:
        return sanscsi_reader_be32(reader);
    case READ_BE64:
        return sanscsi_reader_be64(reader);
    case READ_TAKE:
        span = sanscsi_reader_take(reader, width);
        assert_int_equal(span.size, reader->failed ? 0 : width);
        return span.size == 0 ? 0 : span.data[0];
    case READ_SKIP:
        sanscsi_reader_skip(reader, width);
        return 0;
    }
    return 0;
}

static void a_read_needs_all_its_bytes(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(reads); i++) {
        for (size_t size = 0; size <= sizeof(sixteen); size++) {
            struct reader reader;
            sanscsi_reader_init(&reader, sixteen, size);
            assert_int_equal(sanscsi_reader_left(&reader), size);
            bool fits = size >= reads[i].width;
            uint64_t value = read_one(&reader, reads[i].kind, reads[i].width);
            assert_true(value == (fits ? reads[i].value : 0));
            assert_int_equal(reader.failed, !fits);
            assert_int_equal(sanscsi_reader_left(&reader), fits ? size - reads[i].width : 0);
        }
    }
}

static void a_failed_read_sticks(void **state) {
    (void)state;
    for (size_t first = 0; first < COUNT(reads); first++) {
        struct reader reader;
        sanscsi_reader_init(&reader, sixteen, reads[first].width - 1);
        (void)read_one(&reader, reads[first].kind, reads[first].width);
        assert_true(reader.failed);
        for (size_t then = 0; then < COUNT(reads); then++) {
            assert_true(read_one(&reader, reads[then].kind, reads[then].width) == 0);
            assert_true(reader.failed);
            assert_int_equal(sanscsi_reader_left(&reader), 0);
        }
        struct span taken = {sixteen, 7};
        assert_false(sanscsi_reader_until(&reader, sixteen[0], &taken));
        assert_int_equal(taken.size, 7);
    }
}

static void huge_and_empty_reads(void **state) {
    (void)state;
    struct reader reader;
    sanscsi_reader_init(&reader, sixteen, sizeof(sixteen));
    sanscsi_reader_skip(&reader, 15);
    assert_int_equal(sanscsi_reader_take(&reader, 0).size, 0);
    sanscsi_reader_skip(&reader, 0);
    assert_false(reader.failed);
    assert_int_equal(sanscsi_reader_take(&reader, SIZE_MAX).size, 0); /* 15 + SIZE_MAX wraps */
    assert_true(reader.failed);
    sanscsi_reader_init(&reader, NULL, 0);
    assert_int_equal(sanscsi_reader_take(&reader, 0).size, 0);
    assert_false(reader.failed);
    assert_int_equal(sanscsi_reader_u8(&reader), 0);
    assert_true(reader.failed);
}

static void until_takes_up_to_the_delimiter(void **state) {
    (void)state;
    struct reader reader;
    struct span taken = {NULL, 0};
    sanscsi_reader_init(&reader, "ab=c==d", 7);
    assert_true(sanscsi_reader_until(&reader, '=', &taken));
    assert_true(span_equal_string(taken, "ab"));
    assert_true(sanscsi_reader_until(&reader, '=', &taken));
    assert_true(span_equal_string(taken, "c"));
    assert_true(sanscsi_reader_until(&reader, '=', &taken));
    assert_int_equal(taken.size, 0);
    taken = span_of("kept", 4);
    assert_false(sanscsi_reader_until(&reader, '=', &taken));
    assert_true(span_equal_string(taken, "kept"));
    assert_false(reader.failed);
    assert_int_equal(sanscsi_reader_left(&reader), 1);
    assert_int_equal(sanscsi_reader_u8(&reader), 'd');
    assert_false(sanscsi_reader_until(&reader, 'd', &taken)); /* never looks back */
}

static void a_builder_writes_every_kind(void **state) {
    (void)state;
    static const uint8_t wanted[] = "\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f"
                                    "xy\0\0span"
                                    "string"
                                    "0"
                                    "18446744073709551615"
                                    "00ff"
                                    "123456789abcdef0"
                                    "ffffffffffffffff";
    uint8_t out[sizeof(wanted)];
    struct builder builder;
    memset(out, 0xa5, sizeof(out));
    sanscsi_builder_init(&builder, out, sizeof(wanted) - 1);
    sanscsi_builder_u8(&builder, 1);
    sanscsi_builder_be16(&builder, 0x0203);
    sanscsi_builder_be32(&builder, 0x04050607);
    sanscsi_builder_be64(&builder, UINT64_C(0x08090a0b0c0d0e0f));
    sanscsi_builder_bytes(&builder, "xy", 2);
    sanscsi_builder_zeros(&builder, 2);
    sanscsi_builder_span(&builder, SPAN_LITERAL("span"));
    sanscsi_builder_string(&builder, "string");
    sanscsi_builder_decimal(&builder, 0);
    sanscsi_builder_decimal(&builder, UINT64_MAX);
    sanscsi_builder_hex(&builder, 0xff, 4);
    sanscsi_builder_hex(&builder, UINT64_C(0x123456789abcdef0), 1);
    sanscsi_builder_hex(&builder, UINT64_MAX, 16);
    sanscsi_builder_bytes(&builder, NULL, 0);
    sanscsi_builder_zeros(&builder, 0);
    assert_false(builder.overflow); /* it is exactly full */
    assert_int_equal(builder.size, sizeof(wanted) - 1);
    assert_memory_equal(out, wanted, sizeof(wanted) - 1);
    assert_int_equal(out[sizeof(wanted) - 1], 0xa5);
}

static void numbers_have_as_many_digits_as_asked(void **state) {
    (void)state;
    static const struct {
        uint64_t value;
        unsigned digits;
        const char *hex;
    } cases[] = {{0, 0, "0"},
                 {0, 1, "0"},
                 {0, 4, "0000"},
                 {0x1f, 1, "1f"},
                 {0x1f, 2, "1f"},
                 {0x1f, 3, "01f"},
                 {0x10, 16, "0000000000000010"},
                 {0xabcdef, 6, "abcdef"}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        char out[32] = {0};
        struct builder builder;
        sanscsi_builder_init(&builder, out, sizeof(out) - 1);
        sanscsi_builder_hex(&builder, cases[i].value, cases[i].digits);
        assert_string_equal(out, cases[i].hex);
    }
    static const struct {
        uint64_t value;
        const char *decimal;
    } decimals[] = {{9, "9"}, {10, "10"}, {UINT32_MAX, "4294967295"}, {1000000, "1000000"}};
    for (size_t i = 0; i < COUNT(decimals); i++) {
        char out[32] = {0};
        struct builder builder;
        sanscsi_builder_init(&builder, out, sizeof(out) - 1);
        sanscsi_builder_decimal(&builder, decimals[i].value);
        assert_string_equal(out, decimals[i].decimal);
    }
}

/* Writes of a known width. */
static void write_one(struct builder *builder, unsigned kind) {
    switch (kind) {
    case 0:
        sanscsi_builder_u8(builder, 0xee);
        break;
    case 1:
        sanscsi_builder_be16(builder, 0xeeee);
        break;
    case 2:
        sanscsi_builder_be32(builder, 0xeeeeeeee);
        break;
    case 3:
        sanscsi_builder_be64(builder, UINT64_MAX);
        break;
    case 4:
        sanscsi_builder_bytes(builder, "bytes", 5);
        break;
    case 5:
        sanscsi_builder_zeros(builder, 6);
        break;
    case 6:
        sanscsi_builder_string(builder, "string!");
        break;
    case 7:
        sanscsi_builder_decimal(builder, 123);
        break;
    default:
        sanscsi_builder_hex(builder, 0xabc, 9);
        break;
    }
}

static void what_does_not_fit_is_left_out_whole_and_sticks(void **state) {
    (void)state;
    static const size_t widths[] = {1, 2, 4, 8, 5, 6, 7, 3, 9};
    for (unsigned kind = 0; kind < COUNT(widths); kind++) {
        for (size_t room = 0; room <= widths[kind]; room++) {
            uint8_t out[16];
            uint8_t untouched[16];
            struct builder builder;
            memset(out, 0xa5, sizeof(out));
            memset(untouched, 0xa5, sizeof(untouched));
            sanscsi_builder_init(&builder, out, 2 + room);
            sanscsi_builder_be16(&builder, 0x0102);
            write_one(&builder, kind);
            bool fits = room == widths[kind];
            assert_int_equal(builder.overflow, !fits);
            assert_int_equal(builder.size, fits ? 2 + room : 2);
            size_t written = builder.size;
            assert_memory_equal(out + written, untouched, sizeof(out) - written);
            if (!fits) {
                for (unsigned then = 0; then < COUNT(widths); then++) {
                    write_one(&builder, then); /* even what would fit */
                }
                assert_true(builder.overflow);
                assert_int_equal(builder.size, 2);
                assert_memory_equal(out + 2, untouched, sizeof(out) - 2);
            }
        }
    }
    struct builder empty;
    sanscsi_builder_init(&empty, NULL, 0);
    sanscsi_builder_bytes(&empty, "x", SIZE_MAX);
    assert_true(empty.overflow);
    assert_int_equal(empty.size, 0);
}

static void sums_say_when_they_do_not_fit(void **state) {
    (void)state;
    static const struct {
        uint64_t a, b;
        bool fits;
    } cases[] = {
        {0, 0, true},
        {UINT64_MAX, 0, true},
        {0, UINT64_MAX, true},
        {UINT64_MAX, 1, false},
        {1, UINT64_MAX, false},
        {UINT64_MAX / 2, UINT64_MAX / 2 + 1, true},
        {UINT64_MAX / 2 + 1, UINT64_MAX / 2 + 1, false},
        {UINT64_MAX, UINT64_MAX, false},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint64_t result = 77;
        assert_int_equal(checked_add_u64(cases[i].a, cases[i].b, &result), cases[i].fits);
        assert_true(result == (cases[i].fits ? cases[i].a + cases[i].b : 77));
    }
    uint64_t wide = 5;
    assert_false(checked_add_u64(UINT64_MAX, 1, &wide));
    assert_true(wide == 5);
    assert_true(checked_add_u64(UINT64_MAX - 1, 1, &wide));
    assert_true(wide == UINT64_MAX);
    assert_true(saturating_add_u64(UINT64_MAX - 1, 1) == UINT64_MAX);
    assert_true(saturating_add_u64(UINT64_MAX - 1, 2) == UINT64_MAX);
    assert_true(saturating_add_u64(3, 4) == 7);
}

static void pads_fill_up_to_four_bytes(void **state) {
    (void)state;
    static const uint32_t pads[] = {0, 3, 2, 1, 0, 3};
    for (uint32_t length = 0; length < COUNT(pads); length++) {
        assert_int_equal(pad_length(length), pads[length]);
    }
    assert_int_equal(pad_length(0xffffff), 1);
    assert_int_equal(pad_length(UINT32_MAX), 1);
    assert_int_equal(min_u32(1, UINT32_MAX), 1);
    assert_int_equal(max_u32(1, UINT32_MAX), UINT32_MAX);
    assert_true(min_size(SIZE_MAX, 2) == 2);
    assert_true(min_u64(UINT64_MAX, 2) == 2);
}

/* RFC 1982 3.2 with SERIAL_BITS 32: at a distance of 2^31 neither is less. */
static void serial_numbers_wrap(void **state) {
    (void)state;
    static const uint32_t starts[] = {0, 1, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff};
    static const struct {
        uint32_t distance;
        bool before, behind;
    } cases[] = {
        {0, false, false},         {1, true, false},           {0x7ffffffe, true, false},
        {0x7fffffff, true, false}, {0x80000000, false, false}, {0x80000001, false, true},
        {0xffffffff, false, true},
    };
    for (size_t s = 0; s < COUNT(starts); s++) {
        for (size_t i = 0; i < COUNT(cases); i++) {
            uint32_t a = starts[s];
            uint32_t b = a + cases[i].distance;
            assert_int_equal(serial_less(a, b), cases[i].before);
            assert_int_equal(serial_less(b, a), cases[i].behind);
            assert_int_equal(serial_less_equal(a, b), cases[i].before || a == b);
        }
    }
}

/* Quotients and remainders worked out by hand, at the edges of both halves. */
static void long_division(void **state) {
    (void)state;
    static const struct {
        uint64_t value, quotient;
        uint32_t divisor, remainder;
    } cases[] = {
        {0, 0, 1, 0},
        {9, 0, 10, 9},
        {UINT32_MAX, UINT32_MAX, 1, 0},
        {UINT32_MAX, 1, UINT32_MAX, 0},
        {UINT64_C(1) << 32, 429496729, 10, 6},
        {UINT64_MAX, UINT64_MAX, 1, 0},
        {UINT64_MAX, UINT64_C(1844674407370955161), 10, 5},
        {UINT64_MAX, UINT64_C(0x100000001), UINT32_MAX, 0},
        {UINT64_MAX - 1, UINT64_C(0x100000000), UINT32_MAX, UINT32_MAX - 1},
        {UINT64_MAX, UINT64_C(0x1ffffffff), UINT32_C(1) << 31, UINT32_MAX >> 1},
        {UINT64_C(30000000000), 30000, NS_PER_MS, 0},
        {UINT64_C(30000999999), 30000, NS_PER_MS, 999999},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint32_t remainder = 1;
        assert_true(sanscsi_divide(cases[i].value, cases[i].divisor, &remainder) ==
                    cases[i].quotient);
        assert_int_equal(remainder, cases[i].remainder);
        assert_true(sanscsi_divide(cases[i].value, cases[i].divisor, NULL) == cases[i].quotient);
    }
    uint64_t value = 1;
    for (uint32_t i = 0; i < 100000; i++) {
        value = value * UINT64_C(6364136223846793005) + 1442695040888963407; /* any, by its count */
        uint32_t divisor = (uint32_t)(value >> (i % 61)) | 1;
        uint32_t remainder;
        assert_true(sanscsi_divide(value, divisor, &remainder) == value / divisor);
        assert_true(remainder == value % divisor);
    }
}

static void spans_are_not_strings(void **state) {
    (void)state;
    assert_true(span_equal(span_of(NULL, 0), span_of("x", 0)));
    assert_false(span_equal(span_of("a\0b", 3), span_of("a\0c", 3)));
    assert_false(span_equal_string(span_of("a\0b", 3), "a"));
    assert_false(span_equal_string(span_of("ab", 2), "abc"));
    assert_true(span_equal_string(span_of(NULL, 0), NULL));
    assert_int_equal(SPAN_LITERAL("a\0b").size, 3);
    assert_true(span_contains(span_of("a\0b", 3), 'b'));
    assert_true(span_contains(span_of("a\0b", 3), 0));
    assert_false(span_contains(span_of("ab", 2), 0)); /* not the literal's own zero */
}

static void wiping_and_comparing(void **state) {
    (void)state;
    uint8_t a[32], b[32];
    memset(a, 0x5a, sizeof(a));
    memcpy(b, a, sizeof(b));
    assert_true(sanscsi_equal_constant_time(a, b, sizeof(a)));
    for (size_t i = 0; i < sizeof(a); i++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            b[i] = (uint8_t)(b[i] ^ 1u << bit);
            assert_false(sanscsi_equal_constant_time(a, b, sizeof(a)));
            assert_true(sanscsi_equal_constant_time(a, b, i));
            b[i] = a[i];
        }
    }
    assert_true(sanscsi_equal_constant_time(NULL, NULL, 0));
    sanscsi_wipe(a + 1, sizeof(a) - 2);
    static const uint8_t zeros[30];
    assert_memory_equal(a + 1, zeros, sizeof(zeros));
    assert_int_equal(a[0], 0x5a);
    assert_int_equal(a[31], 0x5a);
    sanscsi_wipe(NULL, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loads_and_stores_are_big_endian),
        cmocka_unit_test(a_read_needs_all_its_bytes),
        cmocka_unit_test(a_failed_read_sticks),
        cmocka_unit_test(huge_and_empty_reads),
        cmocka_unit_test(until_takes_up_to_the_delimiter),
        cmocka_unit_test(a_builder_writes_every_kind),
        cmocka_unit_test(numbers_have_as_many_digits_as_asked),
        cmocka_unit_test(what_does_not_fit_is_left_out_whole_and_sticks),
        cmocka_unit_test(sums_say_when_they_do_not_fit),
        cmocka_unit_test(pads_fill_up_to_four_bytes),
        cmocka_unit_test(serial_numbers_wrap),
        cmocka_unit_test(long_division),
        cmocka_unit_test(spans_are_not_strings),
        cmocka_unit_test(wiping_and_comparing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
