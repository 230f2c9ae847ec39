/* The PDU codecs against golden bytes of every opcode, and each field against its layout. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "wire/pdu.h"
#include "wire_cases.h"

/* A struct of any PDU, aligned for it. */
union any_pdu {
    uint64_t align;
    uint8_t bytes[WIRE_LARGEST_PDU];
};

static unsigned digit(char c) {
    return c <= '9' ? (unsigned)(c - '0') : (unsigned)(c - 'a') + 10;
}

static void from_hex(uint8_t bhs[BHS_SIZE], const char *hex) {
    size_t count = 0;
    for (; *hex != '\0'; hex++) {
        if (*hex != ' ') {
            assert_in_range(count, 0, BHS_SIZE - 1);
            bhs[count++] = (uint8_t)(digit(hex[0]) << 4 | digit(hex[1]));
            hex++;
        }
    }
    assert_int_equal(count, BHS_SIZE);
}

static void for_each_case(void (*check)(const struct wire_case *c)) {
    for (size_t i = 0; i < WIRE_INITIATOR_CASES; i++) {
        check(&wire_initiator_cases[i]);
    }
    for (size_t i = 0; i < WIRE_TARGET_CASES; i++) {
        check(&wire_target_cases[i]);
    }
}

static void expect_bytes(const struct wire_case *c, const uint8_t bhs[BHS_SIZE],
                         const uint8_t expected[BHS_SIZE]) {
    for (size_t i = 0; i < BHS_SIZE; i++) {
        if (bhs[i] != expected[i]) {
            fail_msg("%s: byte %zu is %02x, not %02x", c->name, i, bhs[i], expected[i]);
        }
    }
}

static void expect_field(const struct wire_case *c, const struct wire_field *field,
                         const union any_pdu *decoded, const void *expected) {
    const uint8_t *wanted = (const uint8_t *)expected + field->offset;
    if (memcmp(decoded->bytes + field->offset, wanted, field->size) != 0) {
        fail_msg("%s: %s is not what was sent", c->name, field->name);
    }
}

static void expect_fields(const struct wire_case *c, const union any_pdu *decoded) {
    for (size_t i = 0; i < c->field_count; i++) {
        expect_field(c, &c->fields[i], decoded, c->pdu);
    }
}

/* All bits of one member. */
static void set_whole(union any_pdu *pdu, const struct wire_field *field) {
    memset(pdu->bytes + field->offset, field->mask != 0 ? true : 0xff, field->size);
}

static void check_encode(const struct wire_case *c) {
    uint8_t golden[BHS_SIZE];
    uint8_t bhs[BHS_SIZE];
    from_hex(golden, c->golden);
    memset(bhs, 0xa5, sizeof(bhs));
    c->encode(c->pdu, bhs);
    expect_bytes(c, bhs, golden);
}

static void test_encode(void **state) {
    (void)state;
    for_each_case(check_encode);
}

static void check_decode(const struct wire_case *c) {
    uint8_t bhs[BHS_SIZE];
    union any_pdu decoded;
    from_hex(bhs, c->golden);
    memset(&decoded, 0xa5, sizeof(decoded));
    c->decode(&decoded, bhs);
    expect_fields(c, &decoded);
    for (size_t i = c->pdu_size; i < sizeof(decoded); i++) {
        assert_int_equal(decoded.bytes[i], 0xa5);
    }
}

static void test_decode(void **state) {
    (void)state;
    for_each_case(check_decode);
}

static void check_reserved(const struct wire_case *c) {
    uint8_t bhs[BHS_SIZE];
    uint8_t reserved[BHS_SIZE];
    union any_pdu decoded;
    from_hex(bhs, c->golden);
    from_hex(reserved, c->reserved);
    for (size_t i = 0; i < BHS_SIZE; i++) {
        assert_int_equal(bhs[i] & reserved[i], 0);
        bhs[i] |= reserved[i];
    }
    memset(&decoded, 0x5a, sizeof(decoded));
    c->decode(&decoded, bhs);
    expect_fields(c, &decoded);
}

static void test_reserved_bits_are_ignored(void **state) {
    (void)state;
    for_each_case(check_reserved);
}

/* A struct full of ones fills every bit of the header that is not reserved, and no other. */
static void check_full(const struct wire_case *c) {
    uint8_t bhs[BHS_SIZE];
    uint8_t expected[BHS_SIZE];
    union any_pdu pdu;
    memset(&pdu, 0, sizeof(pdu));
    for (size_t i = 0; i < c->field_count; i++) {
        set_whole(&pdu, &c->fields[i]);
    }
    from_hex(expected, c->reserved);
    for (size_t i = 0; i < BHS_SIZE; i++) {
        expected[i] = (uint8_t)~expected[i];
    }
    expected[0] = (uint8_t)((expected[0] & 0xc0) | c->opcode);
    c->encode(&pdu, bhs);
    expect_bytes(c, bhs, expected);
}

static void test_full_structs(void **state) {
    (void)state;
    for_each_case(check_full);
}

/* Each member alone, all ones, reaches no bit that another member reaches: a value that is too
 * wide is cut. A flag reaches its own bit, what is fixed reaches none. */
static void check_footprints(const struct wire_case *c) {
    static const union any_pdu nothing;
    uint8_t empty[BHS_SIZE];
    uint8_t seen[BHS_SIZE] = {0};
    c->encode(&nothing, empty);
    for (size_t i = 0; i < c->field_count; i++) {
        const struct wire_field *field = &c->fields[i];
        union any_pdu pdu = nothing;
        uint8_t bhs[BHS_SIZE];
        set_whole(&pdu, field);
        c->encode(&pdu, bhs);
        unsigned reached = 0;
        for (size_t b = 0; b < BHS_SIZE; b++) {
            uint8_t changed = bhs[b] ^ empty[b];
            uint8_t own = b == field->byte ? field->mask : 0;
            if ((changed & seen[b]) != 0 || (field->mask != 0 && (changed & ~own) != 0)) {
                fail_msg("%s: %s reaches a foreign bit of byte %zu", c->name, field->name, b);
            }
            seen[b] |= changed;
            reached |= changed;
        }
        assert_int_equal(reached == 0, field->fixed);
    }
}

static void test_footprints(void **state) {
    (void)state;
    for_each_case(check_footprints);
}

/* One bit in an empty header is one flag, and no other flag. */
static void check_single_flags(const struct wire_case *c) {
    for (size_t i = 0; i < c->field_count; i++) {
        const struct wire_field *field = &c->fields[i];
        if (field->mask == 0) {
            continue;
        }
        uint8_t bhs[BHS_SIZE] = {0};
        union any_pdu expected;
        union any_pdu decoded;
        memset(&expected, 0, sizeof(expected));
        set_whole(&expected, field);
        memset(&decoded, 0xa5, sizeof(decoded));
        bhs[field->byte] = field->mask;
        c->decode(&decoded, bhs);
        for (size_t k = 0; k < c->field_count; k++) {
            expect_field(c, &c->fields[k], &decoded, &expected);
        }
    }
}

static void test_single_flags(void **state) {
    (void)state;
    for_each_case(check_single_flags);
}

static void check_empty(const struct wire_case *c) {
    static const union any_pdu nothing;
    uint8_t bhs[BHS_SIZE] = {0};
    union any_pdu decoded;
    memset(&decoded, 0xa5, sizeof(decoded));
    c->decode(&decoded, bhs);
    for (size_t i = 0; i < c->field_count; i++) {
        expect_field(c, &c->fields[i], &decoded, &nothing);
    }
}

/* Fixed bits that are missing are told, and no garbage stays in a member. */
static void test_empty_headers(void **state) {
    (void)state;
    for_each_case(check_empty);
}

/* What the layout fixes is sent even when the struct does not say so. */
static void test_fixed_bits_are_sent(void **state) {
    (void)state;
    static const union any_pdu nothing;
    static const uint8_t opcodes_with_fixed_f[] = {0x00, 0x02, 0x06, 0x10, 0x20, 0x21,
                                                   0x22, 0x26, 0x31, 0x32, 0x3f};
    uint8_t bhs[BHS_SIZE];
    size_t found = 0;
    for (size_t i = 0; i < WIRE_INITIATOR_CASES + WIRE_TARGET_CASES; i++) {
        const struct wire_case *c = i < WIRE_INITIATOR_CASES
                                        ? &wire_initiator_cases[i]
                                        : &wire_target_cases[i - WIRE_INITIATOR_CASES];
        bool fixed = memchr(opcodes_with_fixed_f, c->opcode, sizeof(opcodes_with_fixed_f)) != NULL;
        c->encode(&nothing, bhs);
        assert_int_equal(bhs[0], c->opcode == OPCODE_LOGIN_REQUEST ? 0x43 : c->opcode);
        assert_int_equal(bhs[1], fixed ? 0x80 : 0x00);
        bool no_task = c->opcode == OPCODE_ASYNC_MESSAGE || c->opcode == OPCODE_REJECT;
        const uint8_t tag = no_task ? 0xff : 0x00;
        for (size_t b = 16; b < 20; b++) {
            assert_int_equal(bhs[b], tag);
        }
        found += fixed;
    }
    assert_int_equal(found, sizeof(opcodes_with_fixed_f));
}

static void check_peek(const struct wire_case *c) {
    uint8_t bhs[BHS_SIZE];
    struct bhs_common common;
    from_hex(bhs, c->golden);
    bhs[0] |= 0x80; /* reserved */
    sanscsi_bhs_peek(&common, bhs);
    bool no_task = c->opcode == OPCODE_ASYNC_MESSAGE || c->opcode == OPCODE_REJECT;
    assert_int_equal(common.opcode, c->opcode);
    assert_int_equal(common.immediate, (bhs[0] & 0x40) != 0);
    assert_int_equal(common.final, (bhs[1] & 0x80) != 0);
    assert_int_equal(common.total_ahs_length, c->opcode == OPCODE_SCSI_COMMAND ? 7 : 0);
    assert_int_equal(common.data_segment_length, 0xa1a2a3);
    assert_int_equal(common.itt, no_task ? 0xffffffff : 0x11121314);
}

static void test_peek(void **state) {
    (void)state;
    for_each_case(check_peek);
    uint8_t ones[BHS_SIZE];
    struct bhs_common common;
    memset(ones, 0xff, sizeof(ones));
    sanscsi_bhs_peek(&common, ones);
    assert_int_equal(common.opcode, 0x3f);
    assert_true(common.immediate);
    assert_true(common.final);
    assert_int_equal(common.total_ahs_length, 255);
    assert_int_equal(common.data_segment_length, 0xffffff);
    assert_int_equal(common.itt, TAG_RESERVED);
}

/* A READ(10) of 1024 bytes, LUN 0. */
static void test_read_10(void **state) {
    (void)state;
    const struct scsi_command_pdu command = {
        .final = true,
        .read = true,
        .itt = 0x14000000,
        .expected_data_transfer_length = 1024,
        .cmd_sn = 20,
        .exp_stat_sn = 24,
        .cdb = {0x28, 0, 0, 0, 0, 0, 0, 0, 2, 0},
    };
    uint8_t expected[BHS_SIZE];
    uint8_t bhs[BHS_SIZE];
    from_hex(expected, "01c00000 00000000 00000000 00000000 14000000 00000400 00000014 00000018"
                       "28000000 00000000 02000000 00000000");
    sanscsi_scsi_command_pdu_encode(&command, bhs);
    assert_memory_equal(bhs, expected, BHS_SIZE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_encode),
        cmocka_unit_test(test_decode),
        cmocka_unit_test(test_reserved_bits_are_ignored),
        cmocka_unit_test(test_full_structs),
        cmocka_unit_test(test_footprints),
        cmocka_unit_test(test_single_flags),
        cmocka_unit_test(test_empty_headers),
        cmocka_unit_test(test_fixed_bits_are_sent),
        cmocka_unit_test(test_peek),
        cmocka_unit_test(test_read_10),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
