/* Tests of the SCSI layer: vital product data, good and bad. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <iscsi/scsi.h>

/* A copy of exactly `size` bytes, so that a sanitizer sees every read behind them. */
static uint8_t *exactly(const uint8_t *bytes, size_t size) {
    uint8_t *copy = malloc(size == 0 ? 1 : size);
    assert_non_null(copy);
    memcpy(copy, bytes, size);
    return copy;
}

/* SPC-4 7.8: a disk with five pages */
static const uint8_t pages_bytes[] = {0x00, 0x00, 0, 5, 0x00, 0x80, 0x83, 0xb0, 0xb2};

static void supported_pages_good_and_cut(void **state) {
    (void)state;
    static const uint32_t pages[] = {0x00, 0x80, 0x83, 0xb0, 0xb2};
    for (size_t size = 0; size <= sizeof(pages_bytes); size++) {
        uint8_t *copy = exactly(pages_bytes, size);
        sanscsi_vpd vpd = {.size = sizeof(vpd)};
        int32_t status = sanscsi_vpd_parse(copy, size, SANSCSI_VPD_SUPPORTED_PAGES, &vpd);
        uint32_t count = size < 4 ? 0 : (uint32_t)size - 4;
        assert_int_equal(status, size < 9 ? SANSCSI_TRUNCATED : SANSCSI_OK);
        assert_int_equal(vpd.page_length, size < 4 ? 0 : 5);
        assert_int_equal(vpd.length, count);
        uint32_t page = 99;
        for (uint32_t i = 0; i < count; i++) {
            assert_int_equal(sanscsi_vpd_page_get(&vpd, i, &page), SANSCSI_OK);
            assert_int_equal(page, pages[i]);
        }
        assert_int_equal(sanscsi_vpd_page_get(&vpd, count, &page), SANSCSI_INVALID_ARGUMENT);
        free(copy);
    }
}

static void vpd_headers_are_checked(void **state) {
    (void)state;
    static const uint8_t standard[36] = {0x00, 0x80, 6, 2, 31}; /* EVPD was not understood */
    static const uint8_t tape[] = {0x21, 0x83, 0xff, 0xff, 1, 2};
    sanscsi_vpd vpd = {.size = sizeof(vpd), .page = 77};
    assert_int_equal(sanscsi_vpd_parse(standard, 36, 0x83, &vpd), SANSCSI_MALFORMED);
    assert_int_equal(vpd.page, 77);
    assert_int_equal(sanscsi_vpd_parse(tape, sizeof(tape), 0x83, &vpd), SANSCSI_TRUNCATED);
    assert_int_equal(vpd.peripheral_qualifier, SANSCSI_QUALIFIER_NOT_CONNECTED);
    assert_int_equal(vpd.device_type, SANSCSI_DEVICE_TAPE);
    assert_int_equal(vpd.page, 0x83);
    assert_int_equal(vpd.page_length, 0xffff);
    assert_int_equal(vpd.length, 2);
    assert_ptr_equal(vpd.bytes, tape + 4);
    uint32_t page;
    assert_int_equal(sanscsi_vpd_page_get(&vpd, 0, &page), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_vpd_page_get(NULL, 0, &page), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_vpd_parse(NULL, 4, 0x83, &vpd), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_vpd_parse(tape, 4, 0x83, NULL), SANSCSI_INVALID_ARGUMENT);
    vpd.size--;
    assert_int_equal(sanscsi_vpd_parse(tape, 4, 0x83, &vpd), SANSCSI_INVALID_ARGUMENT);
}

static void serial_number_good_and_cut(void **state) {
    (void)state;
    static const uint8_t bytes[] = {0, 0x80, 0, 8, ' ', 'A', ' ', 0x07, '1', ' ', 0, ' '};
    for (size_t size = 0; size <= sizeof(bytes); size++) {
        uint8_t *copy = exactly(bytes, size);
        char text[8] = "before";
        size_t length = 99;
        int32_t status = sanscsi_vpd_serial_parse(copy, size, text, sizeof(text), &length);
        assert_int_equal(status, size < 12 ? SANSCSI_TRUNCATED : SANSCSI_OK);
        assert_string_equal(text, size < 12 ? "before" : "A ?1");
        assert_int_equal(length, size < 12 ? 99 : 4);
        free(copy);
    }
}

static void serial_number_edges(void **state) {
    (void)state;
    static const uint8_t bytes[] = {0, 0x80, 0, 3, 'a', 'b', 'c', 'd'};
    static const uint8_t empty[] = {0, 0x80, 0, 0};
    static const uint8_t blank[] = {0, 0x80, 0, 2, ' ', ' '};
    static const uint8_t other[] = {0, 0x83, 0, 0};
    char text[4] = "xyz";
    size_t length = 0;
    assert_int_equal(sanscsi_vpd_serial_parse(bytes, 8, text, 3, &length),
                     SANSCSI_BUFFER_TOO_SMALL);
    assert_string_equal(text, "xyz");
    assert_int_equal(sanscsi_vpd_serial_parse(bytes, 8, text, 4, &length), SANSCSI_OK);
    assert_string_equal(text, "abc");
    assert_int_equal(sanscsi_vpd_serial_parse(empty, 4, text, 0, &length),
                     SANSCSI_BUFFER_TOO_SMALL);
    assert_int_equal(sanscsi_vpd_serial_parse(empty, 4, text, 1, &length), SANSCSI_OK);
    assert_string_equal(text, "");
    assert_int_equal(length, 0);
    assert_int_equal(sanscsi_vpd_serial_parse(blank, 6, text, 4, &length), SANSCSI_OK);
    assert_string_equal(text, "");
    assert_int_equal(sanscsi_vpd_serial_parse(other, 4, text, 4, &length), SANSCSI_MALFORMED);
    assert_int_equal(sanscsi_vpd_serial_parse(bytes, 8, NULL, 4, &length),
                     SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_vpd_serial_parse(bytes, 8, text, 4, NULL), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_vpd_serial_parse(NULL, 8, text, 4, &length), SANSCSI_INVALID_ARGUMENT);
}

/* SPC-4 7.8.6: NAA of the unit, T10, EUI-64, an iSCSI name of the port, a relative port */
static const uint8_t designators_bytes[] = {
    0x00, 0x83, 0,   80,                                                  /* header */
    0x01, 0x03, 0,   8,   0x50, 0x01, 0x40, 0x5a, 0xbc, 0xde, 0xf0, 0x12, /* naa */
    0x02, 0x01, 0,   12,  'A',  'C',  'M',  'E',  ' ',  ' ',  ' ',  ' ',  /* t10 */
    'd',  ' ',  '1', ' ',                                                 /* continued */
    0x01, 0x02, 0,   8,   0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, /* eui */
    0x53, 0x98, 0,   20,  'i',  'q',  'n',  '.',  '2',  '0',  '0',  '1',  /* iqn */
    '-',  '0',  '4', '.', 'c',  'o',  'm',  '.',  'x',  0,    0,    0,    /* continued */
    0x51, 0x94, 0,   4,   0,    0,    0,    1,                            /* port */
    0x01, 0x13, 0,   4,   1,    2,    3,    4,                            /* a bad naa */
};

static const struct {
    uint32_t protocol, code_set, association, type, length, end;
    const char *text;
} designators[] = {
    {UINT32_MAX, 1, SANSCSI_DESIGNATOR_UNIT, 3, 8, 12, "naa.5001405abcdef012"},
    {UINT32_MAX, 2, SANSCSI_DESIGNATOR_UNIT, 1, 12, 28, "t10.ACME____d_1"},
    {UINT32_MAX, 1, SANSCSI_DESIGNATOR_UNIT, 2, 8, 40, "eui.0011223344556677"},
    {5, 3, SANSCSI_DESIGNATOR_PORT, 8, 20, 64, "iqn.2001-04.com.x"},
    {5, 1, SANSCSI_DESIGNATOR_PORT, 4, 4, 72, NULL},
    {UINT32_MAX, 1, SANSCSI_DESIGNATOR_PORT, 3, 4, 80, NULL},
};

static void designators_good(void **state) {
    (void)state;
    sanscsi_vpd vpd = {.size = sizeof(vpd)};
    assert_int_equal(sanscsi_vpd_parse(designators_bytes, sizeof(designators_bytes), 0x83, &vpd),
                     SANSCSI_OK);
    uint32_t position = 0;
    for (size_t i = 0; i < sizeof(designators) / sizeof(designators[0]); i++) {
        sanscsi_designator d = {.size = sizeof(d)};
        assert_int_equal(sanscsi_vpd_designator_next(&vpd, &position, &d), 1);
        assert_int_equal(position, designators[i].end);
        assert_int_equal(d.protocol, designators[i].protocol);
        assert_int_equal(d.code_set, designators[i].code_set);
        assert_int_equal(d.association, designators[i].association);
        assert_int_equal(d.type, designators[i].type);
        assert_int_equal(d.length, designators[i].length);
        assert_ptr_equal(d.bytes, designators_bytes + 4 + position - d.length);
        char text[64] = "before";
        size_t length = 99;
        if (designators[i].text != NULL) {
            assert_int_equal(sanscsi_designator_format(&d, text, sizeof(text), &length),
                             SANSCSI_OK);
            assert_string_equal(text, designators[i].text);
            assert_int_equal(length, strlen(text));
        } else {
            int32_t status = sanscsi_designator_format(&d, text, sizeof(text), &length);
            assert_int_equal(status, d.type == 3 ? SANSCSI_MALFORMED : SANSCSI_INVALID_ARGUMENT);
            assert_string_equal(text, "before");
        }
    }
    sanscsi_designator d = {.size = sizeof(d)};
    assert_int_equal(sanscsi_vpd_designator_next(&vpd, &position, &d), 0);
    assert_int_equal(sanscsi_vpd_designator_next(&vpd, &position, &d), 0);
}

static void designators_cut_anywhere(void **state) {
    (void)state;
    const size_t full = sizeof(designators_bytes);
    for (size_t size = 4; size <= full; size++) {
        uint8_t *copy = exactly(designators_bytes, size);
        sanscsi_vpd vpd = {.size = sizeof(vpd)};
        int32_t status = sanscsi_vpd_parse(copy, size, 0x83, &vpd);
        assert_int_equal(status, size < full ? SANSCSI_TRUNCATED : SANSCSI_OK);
        size_t whole = 0;
        while (whole < 6 && designators[whole].end <= size - 4) {
            whole++;
        }
        uint32_t position = 0;
        sanscsi_designator d = {.size = sizeof(d)};
        for (size_t i = 0; i < whole; i++) {
            assert_int_equal(sanscsi_vpd_designator_next(&vpd, &position, &d), 1);
        }
        assert_int_equal(sanscsi_vpd_designator_next(&vpd, &position, &d),
                         size < full ? SANSCSI_TRUNCATED : 0);
        assert_int_equal(position, whole == 0 ? 0 : designators[whole - 1].end);
        /* The same bytes, with a page length that ends them there. */
        copy[3] = (uint8_t)(size - 4);
        assert_int_equal(sanscsi_vpd_parse(copy, size, 0x83, &vpd), SANSCSI_OK);
        bool at_end = position == vpd.page_length;
        assert_int_equal(sanscsi_vpd_designator_next(&vpd, &position, &d),
                         at_end ? 0 : SANSCSI_MALFORMED);
        free(copy);
    }
}

static void designator_arguments_are_checked(void **state) {
    (void)state;
    static const uint8_t bytes[] = {0, 0x83, 0, 4, 0x01, 0x03, 0, 0};
    sanscsi_vpd vpd = {.size = sizeof(vpd)};
    assert_int_equal(sanscsi_vpd_parse(bytes, 8, 0x83, &vpd), SANSCSI_OK);
    uint32_t position = 5;
    sanscsi_designator d = {.size = sizeof(d)};
    assert_int_equal(sanscsi_vpd_designator_next(&vpd, &position, &d), SANSCSI_INVALID_ARGUMENT);
    position = 0;
    assert_int_equal(sanscsi_vpd_designator_next(NULL, &position, &d), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_vpd_designator_next(&vpd, NULL, &d), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_vpd_designator_next(&vpd, &position, NULL), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_vpd_designator_next(&vpd, &position, &d), 1);
    assert_null(d.bytes);
    char text[8];
    size_t length;
    assert_int_equal(sanscsi_designator_format(&d, text, 8, &length), SANSCSI_MALFORMED);
    assert_int_equal(sanscsi_designator_format(NULL, text, 8, &length), SANSCSI_INVALID_ARGUMENT);
    vpd.page = 0x80;
    position = 0;
    assert_int_equal(sanscsi_vpd_designator_next(&vpd, &position, &d), SANSCSI_INVALID_ARGUMENT);
}

static void designator_forms(void **state) {
    (void)state;
    static const uint8_t naa6[16] = {0x60, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 0xff};
    static const uint8_t vendor[10] = {'E', 'V', 'I', 'L', 0x1b, '[', ' ', ' ', ' ', 0};
    static const struct {
        uint32_t type, code_set, length;
        const uint8_t *bytes;
        int32_t status;
        const char *text;
    } cases[] = {
        {3, 1, 16, naa6, SANSCSI_OK, "naa.600102030405060708090a0b0c0d0eff"},
        {3, 1, 8, naa6, SANSCSI_MALFORMED, ""},  /* NAA 6 has 16 bytes */
        {3, 2, 16, naa6, SANSCSI_MALFORMED, ""}, /* not binary */
        {2, 1, 16, naa6, SANSCSI_OK, "eui.600102030405060708090a0b0c0d0eff"},
        {2, 1, 12, naa6, SANSCSI_OK, "eui.600102030405060708090a0b"},
        {2, 1, 9, naa6, SANSCSI_MALFORMED, ""},
        {1, 2, 10, vendor, SANSCSI_OK, "t10.EVIL?["},
        {1, 2, 7, vendor, SANSCSI_MALFORMED, ""},  /* shorter than a vendor ID */
        {1, 1, 10, vendor, SANSCSI_MALFORMED, ""}, /* binary has no text */
        {8, 3, 4, vendor, SANSCSI_OK, "EVIL"},
        {8, 2, 4, vendor, SANSCSI_MALFORMED, ""}, /* not UTF-8 */
        {8, 3, 0, NULL, SANSCSI_MALFORMED, ""},
        {0, 2, 10, vendor, SANSCSI_INVALID_ARGUMENT, ""},
        {15, 1, 16, naa6, SANSCSI_INVALID_ARGUMENT, ""},
        {8, 3, 4, NULL, SANSCSI_INVALID_ARGUMENT, ""},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        sanscsi_designator d = {.size = sizeof(d),
                                .type = cases[i].type,
                                .code_set = cases[i].code_set,
                                .length = cases[i].length,
                                .bytes = cases[i].bytes};
        char text[64] = "";
        size_t length = 0;
        assert_int_equal(sanscsi_designator_format(&d, text, sizeof(text), &length),
                         cases[i].status);
        assert_string_equal(text, cases[i].text);
        size_t exact = strlen(cases[i].text);
        if (cases[i].status == SANSCSI_OK) {
            assert_int_equal(sanscsi_designator_format(&d, text, exact, &length),
                             SANSCSI_BUFFER_TOO_SMALL);
            assert_int_equal(sanscsi_designator_format(&d, text, exact + 1, &length), SANSCSI_OK);
            assert_int_equal(length, exact);
        }
    }
}

/* SBC-3 6.5.3 */
static const uint8_t limits_bytes[64] = {
    0x00, 0xb0, 0, 60, 0x01, 0x20, 0x00, 0x08, /* WSNZ, compare and write, granularity */
    0x00, 0x01, 0, 0,  0x00, 0x00, 0x80, 0x00, /* transfer lengths */
    0x00, 0x00, 1, 0,  0xff, 0xff, 0xff, 0xff, /* prefetch, unmap */
    0x00, 0x00, 1, 1,  0x00, 0x00, 0x20, 0x00, /* unmap descriptors, granularity */
    0x80, 0x00, 0, 7,  0x01, 0x02, 0x03, 0x04, /* alignment, WRITE SAME */
    0x05, 0x06, 7, 8,
};

static void block_limits_good_and_cut(void **state) {
    (void)state;
    for (size_t size = 0; size <= 64; size++) {
        uint8_t *copy = exactly(limits_bytes, size);
        sanscsi_block_limits limits;
        memset(&limits, 0xee, sizeof(limits));
        limits.size = sizeof(limits);
        int32_t status = sanscsi_vpd_block_limits_parse(copy, size, &limits);
        assert_int_equal(status, size < 44 ? SANSCSI_TRUNCATED : SANSCSI_OK);
        assert_int_equal(limits.page_length, size < 4 ? 0 : 60);
        assert_int_equal(limits.write_same_nonzero, size >= 5);
        assert_int_equal(limits.max_compare_write, size < 6 ? 0 : 32);
        assert_int_equal(limits.optimal_granularity, size < 8 ? 0 : 8);
        assert_int_equal(limits.max_transfer, size < 12 ? 0 : 65536);
        assert_int_equal(limits.optimal_transfer, size < 16 ? 0 : 32768);
        assert_int_equal(limits.max_prefetch, size < 20 ? 0 : 256);
        assert_true(limits.max_unmap_blocks == (size < 24 ? 0 : UINT32_MAX));
        assert_int_equal(limits.max_unmap_descriptors, size < 28 ? 0 : 257);
        assert_int_equal(limits.unmap_granularity, size < 32 ? 0 : 8192);
        assert_int_equal(limits.unmap_alignment_valid, size >= 36);
        assert_int_equal(limits.unmap_alignment, size < 36 ? 0 : 7);
        assert_true(limits.max_write_same == (size < 44 ? 0 : UINT64_C(0x0102030405060708)));
        free(copy);
    }
}

static void block_limits_of_older_standards(void **state) {
    (void)state;
    for (uint32_t page_length = 0; page_length < 44; page_length++) {
        uint8_t bytes[64];
        memcpy(bytes, limits_bytes, sizeof(bytes));
        bytes[3] = (uint8_t)page_length;
        sanscsi_block_limits limits = {.size = sizeof(limits)};
        int32_t status = sanscsi_vpd_block_limits_parse(bytes, sizeof(bytes), &limits);
        assert_int_equal(status, page_length < 12 ? SANSCSI_MALFORMED : SANSCSI_OK);
        assert_int_equal(limits.optimal_transfer, page_length < 12 ? 0 : 32768);
        assert_int_equal(limits.max_prefetch, page_length < 16 ? 0 : 256);
        assert_int_equal(limits.max_unmap_descriptors, page_length < 24 ? 0 : 257);
        if (page_length >= 12) { /* a short page can be cut as well */
            assert_int_equal(sanscsi_vpd_block_limits_parse(bytes, page_length + 3, &limits),
                             page_length > 40 ? SANSCSI_OK : SANSCSI_TRUNCATED);
        }
    }
}

static void block_characteristics_good_and_cut(void **state) {
    (void)state;
    static const uint8_t bytes[64] = {0x00, 0xb1, 0, 60, 0x1c, 0x20, 0x02, 0xf3};
    for (size_t size = 0; size <= 64; size++) {
        uint8_t *copy = exactly(bytes, size);
        sanscsi_block_characteristics found = {.size = sizeof(found), .form_factor = 77};
        int32_t status = sanscsi_vpd_block_characteristics_parse(copy, size, &found);
        assert_int_equal(status, size < 8 ? SANSCSI_TRUNCATED : SANSCSI_OK);
        assert_int_equal(found.rotation_rate, size < 6 ? 0 : 7200);
        assert_int_equal(found.product_type, size < 7 ? 0 : 2);
        assert_int_equal(found.form_factor, size < 8 ? 0 : 3);
        free(copy);
    }
    static const uint8_t short_page[8] = {0x00, 0xb1, 0, 3, 0, 1, 0, 0};
    static const uint8_t other_page[8] = {0x00, 0xb2, 0, 4, 0, 1, 0, 0};
    sanscsi_block_characteristics found = {.size = sizeof(found)};
    assert_int_equal(sanscsi_vpd_block_characteristics_parse(short_page, 8, &found),
                     SANSCSI_MALFORMED);
    assert_int_equal(sanscsi_vpd_block_characteristics_parse(other_page, 8, &found),
                     SANSCSI_MALFORMED);
    assert_int_equal(sanscsi_vpd_block_characteristics_parse(bytes, 8, NULL),
                     SANSCSI_INVALID_ARGUMENT);
}

static void provisioning_good_and_cut(void **state) {
    (void)state;
    static const uint8_t bytes[8] = {0x00, 0xb2, 0, 4, 0x0b, 0xa5, 0xfa, 0};
    for (size_t size = 0; size <= 8; size++) {
        uint8_t *copy = exactly(bytes, size);
        sanscsi_provisioning found;
        memset(&found, 0xee, sizeof(found));
        found.size = sizeof(found);
        int32_t status = sanscsi_vpd_provisioning_parse(copy, size, &found);
        assert_int_equal(status, size < 8 ? SANSCSI_TRUNCATED : SANSCSI_OK);
        assert_int_equal(found.threshold_exponent, size < 5 ? 0 : 11);
        assert_int_equal(found.unmap, size >= 6);
        assert_int_equal(found.write_same16, 0);
        assert_int_equal(found.write_same10, size >= 6);
        assert_int_equal(found.reads_zeros, size >= 6);
        assert_int_equal(found.anchor, 0);
        assert_int_equal(found.group_descriptor, size >= 6);
        assert_int_equal(found.type, size < 7 ? 0 : 2);
        free(copy);
    }
    static const uint8_t inverse[8] = {0x00, 0xb2, 0, 4, 0, 0x5a, 1, 0};
    sanscsi_provisioning found = {.size = sizeof(found)};
    assert_int_equal(sanscsi_vpd_provisioning_parse(inverse, 8, &found), SANSCSI_OK);
    assert_int_equal(found.unmap, 0);
    assert_int_equal(found.write_same16, 1);
    assert_int_equal(found.write_same10, 0);
    assert_int_equal(found.reads_zeros, 0);
    assert_int_equal(found.anchor, 1);
    assert_int_equal(found.group_descriptor, 0);
    assert_int_equal(found.type, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(supported_pages_good_and_cut),
        cmocka_unit_test(vpd_headers_are_checked),
        cmocka_unit_test(serial_number_good_and_cut),
        cmocka_unit_test(serial_number_edges),
        cmocka_unit_test(designators_good),
        cmocka_unit_test(designators_cut_anywhere),
        cmocka_unit_test(designator_arguments_are_checked),
        cmocka_unit_test(designator_forms),
        cmocka_unit_test(block_limits_good_and_cut),
        cmocka_unit_test(block_limits_of_older_standards),
        cmocka_unit_test(block_characteristics_good_and_cut),
        cmocka_unit_test(provisioning_good_and_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
