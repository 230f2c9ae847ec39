/* Tests of the SCSI layer: mode parameters, good and bad. */
#include <setjmp.h>
#include <stdarg.h>
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

/* SPC-4 7.5: WP and DPOFUA, one short block descriptor, a page_0 and a sub_page page */
static const uint8_t mode6_bytes[] = {
    25,   0x00, 0x90, 8,                      /* header: 25 bytes follow */
    0x00, 0x01, 0x02, 0x03, 0, 0, 0x02, 0x00, /* 66051 blocks of 512 bytes */
    0x88, 0x04, 0x14, 1,    2, 3,             /* caching page, saveable */
    0x4a, 0x01, 0x00, 0x04, 9, 8, 7,    6,    /* control extension */
};

/* SPC-4 7.5: LONGLBA, one long block descriptor, one page */
static const uint8_t mode10_bytes[] = {
    0x00, 0x1a, 0x00, 0x10, 0x01, 0, 0x00, 0x10, /* header: 26 bytes follow */
    0x01, 0x02, 0x03, 0x04, 5,    6, 7,    8,    /* blocks */
    0,    0,    0,    0,    0,    0, 0x10, 0x00, /* of 4096 bytes */
    0x0a, 0x02, 0xaa, 0xbb,                      /* a short control page */
};

static void mode6_good(void **state) {
    (void)state;
    sanscsi_mode mode = {.size = sizeof(mode)};
    assert_int_equal(sanscsi_mode6_parse(mode6_bytes, sizeof(mode6_bytes), &mode), SANSCSI_OK);
    assert_int_equal(mode.total, 26);
    assert_int_equal(mode.medium_type, 0);
    assert_int_equal(mode.device_specific, 0x90);
    assert_int_equal(mode.write_protected, 1);
    assert_int_equal(mode.dpo_fua, 1);
    assert_int_equal(mode.long_lba, 0);
    assert_int_equal(mode.blocks_total, 8);
    assert_int_equal(mode.blocks_length, 8);
    assert_int_equal(mode.pages_total, 14);
    assert_int_equal(mode.pages_length, 14);
    assert_ptr_equal(mode.blocks, mode6_bytes + 4);
    assert_ptr_equal(mode.pages, mode6_bytes + 12);

    sanscsi_mode_block block = {.size = sizeof(block)};
    assert_int_equal(sanscsi_mode_block_get(&mode, 0, &block), SANSCSI_OK);
    assert_int_equal(block.blocks, 66051);
    assert_int_equal(block.block_length, 512);
    assert_int_equal(sanscsi_mode_block_get(&mode, 1, &block), SANSCSI_INVALID_ARGUMENT);

    uint32_t position = 0;
    sanscsi_mode_page page = {.size = sizeof(page)};
    assert_int_equal(sanscsi_mode_page_next(&mode, &position, &page), 1);
    assert_int_equal(page.page, 0x08);
    assert_int_equal(page.subpage, 0);
    assert_int_equal(page.saveable, 1);
    assert_int_equal(page.length, 6);
    assert_ptr_equal(page.bytes, mode6_bytes + 12);
    assert_int_equal(sanscsi_mode_page_next(&mode, &position, &page), 1);
    assert_int_equal(page.page, 0x0a);
    assert_int_equal(page.subpage, 0x01);
    assert_int_equal(page.saveable, 0);
    assert_int_equal(page.length, 8);
    assert_ptr_equal(page.bytes, mode6_bytes + 18);
    assert_int_equal(position, 14);
    assert_int_equal(sanscsi_mode_page_next(&mode, &position, &page), 0);
}

static void mode6_cut_anywhere(void **state) {
    (void)state;
    for (size_t size = 0; size < sizeof(mode6_bytes); size++) {
        uint8_t *copy = exactly(mode6_bytes, size);
        sanscsi_mode mode;
        memset(&mode, 0xee, sizeof(mode));
        mode.size = sizeof(mode);
        assert_int_equal(sanscsi_mode6_parse(copy, size, &mode), SANSCSI_TRUNCATED);
        assert_int_equal(mode.total, size < 1 ? 0 : 26);
        assert_int_equal(mode.write_protected, size >= 3);
        assert_int_equal(mode.blocks_total, size < 4 ? 0 : 8);
        assert_int_equal(mode.blocks_length, size < 4 ? 0 : size < 12 ? size - 4 : 8);
        assert_int_equal(mode.pages_total, size < 4 ? 0 : 14);
        assert_int_equal(mode.pages_length, size < 12 ? 0 : size - 12);
        sanscsi_mode_block block = {.size = sizeof(block)};
        assert_int_equal(sanscsi_mode_block_get(&mode, 0, &block),
                         size < 12 ? SANSCSI_INVALID_ARGUMENT : SANSCSI_OK);
        uint32_t position = 0;
        sanscsi_mode_page page = {.size = sizeof(page)};
        if (size >= 18) {
            assert_int_equal(sanscsi_mode_page_next(&mode, &position, &page), 1);
            assert_int_equal(position, 6);
        }
        if (size >= 4) {
            uint32_t before = position;
            assert_int_equal(sanscsi_mode_page_next(&mode, &position, &page), SANSCSI_TRUNCATED);
            assert_int_equal(position, before);
        }
        free(copy);
    }
}

static void mode10_good_and_cut(void **state) {
    (void)state;
    for (size_t size = 0; size <= sizeof(mode10_bytes); size++) {
        uint8_t *copy = exactly(mode10_bytes, size);
        sanscsi_mode mode;
        memset(&mode, 0xee, sizeof(mode));
        mode.size = sizeof(mode);
        int32_t status = sanscsi_mode10_parse(copy, size, &mode);
        assert_int_equal(status, size < sizeof(mode10_bytes) ? SANSCSI_TRUNCATED : SANSCSI_OK);
        assert_int_equal(mode.total, size < 2 ? 0 : 28);
        assert_int_equal(mode.write_protected, 0);
        assert_int_equal(mode.dpo_fua, size >= 4);
        assert_int_equal(mode.long_lba, size >= 5);
        assert_int_equal(mode.blocks_total, size < 8 ? 0 : 16);
        assert_int_equal(mode.pages_total, size < 8 ? 0 : 4);
        sanscsi_mode_block block = {.size = sizeof(block)};
        status = sanscsi_mode_block_get(&mode, 0, &block);
        assert_int_equal(status, size < 24 ? SANSCSI_INVALID_ARGUMENT : SANSCSI_OK);
        assert_true(block.blocks == (size < 24 ? 0 : UINT64_C(0x0102030405060708)));
        assert_int_equal(block.block_length, size < 24 ? 0 : 4096);
        free(copy);
    }
}

static void mode_headers_that_lie(void **state) {
    (void)state;
    static const uint8_t short6[] = {2, 0, 0, 0}; /* shorter than its header */
    static const uint8_t blocks6[] = {10, 0, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8}; /* one byte too many */
    static const uint8_t part6[] = {11, 0, 0, 7, 1, 2, 3, 4, 5, 6, 7, 8};   /* no whole block */
    static const uint8_t short10[] = {0, 5, 0, 0, 0, 0, 0, 0};
    static const uint8_t part10[] = {0, 14, 0, 0, 1, 0, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8};
    static const uint8_t least6[] = {3, 0, 0, 0, 0xaa, 0xbb};
    static const uint8_t least10[] = {0, 6, 0, 0, 0, 0, 0, 0, 0xaa};
    sanscsi_mode mode = {.size = sizeof(mode), .total = 77};
    assert_int_equal(sanscsi_mode6_parse(short6, sizeof(short6), &mode), SANSCSI_MALFORMED);
    assert_int_equal(sanscsi_mode6_parse(blocks6, sizeof(blocks6), &mode), SANSCSI_MALFORMED);
    assert_int_equal(sanscsi_mode6_parse(part6, sizeof(part6), &mode), SANSCSI_MALFORMED);
    assert_int_equal(sanscsi_mode10_parse(short10, sizeof(short10), &mode), SANSCSI_MALFORMED);
    assert_int_equal(sanscsi_mode10_parse(part10, sizeof(part10), &mode), SANSCSI_MALFORMED);
    assert_int_equal(mode.total, 77);
    assert_int_equal(sanscsi_mode6_parse(least6, sizeof(least6), &mode), SANSCSI_OK);
    assert_int_equal(mode.pages_length, 0);
    assert_null(mode.pages);
    assert_int_equal(sanscsi_mode10_parse(least10, sizeof(least10), &mode), SANSCSI_OK);
    assert_int_equal(mode.pages_length, 0);
    uint32_t position = 0;
    sanscsi_mode_page page = {.size = sizeof(page)};
    assert_int_equal(sanscsi_mode_page_next(&mode, &position, &page), 0);
}

/* The first page of a MODE SENSE(6) answer that came whole. */
static int32_t next_page(const uint8_t *bytes, size_t size, sanscsi_mode_page *page) {
    sanscsi_mode mode = {.size = sizeof(mode)};
    uint32_t position = 0;
    page->size = sizeof(*page);
    assert_int_equal(sanscsi_mode6_parse(bytes, size, &mode), SANSCSI_OK);
    return sanscsi_mode_page_next(&mode, &position, page);
}

static void mode_pages_that_lie(void **state) {
    (void)state;
    static const uint8_t half[] = {4, 0, 0, 0, 0x08};
    static const uint8_t overlong[] = {6, 0, 0, 0, 0x08, 2, 0};
    static const uint8_t half_subpage[] = {6, 0, 0, 0, 0x4a, 1, 0};
    static const uint8_t overlong_subpage[] = {8, 0, 0, 0, 0x4a, 1, 0xff, 0xff, 0};
    static const uint8_t vendor[] = {8, 0, 0, 0, 0x80, 0xff, 1, 2, 3};
    sanscsi_mode_page page = {.page = 77};
    assert_int_equal(next_page(half, sizeof(half), &page), SANSCSI_MALFORMED);
    assert_int_equal(next_page(overlong, sizeof(overlong), &page), SANSCSI_MALFORMED);
    assert_int_equal(next_page(half_subpage, sizeof(half_subpage), &page), SANSCSI_MALFORMED);
    assert_int_equal(next_page(overlong_subpage, sizeof(overlong_subpage), &page),
                     SANSCSI_MALFORMED);
    assert_int_equal(page.page, 77);
    /* Page 0 has no form that we know: it takes all that is left. */
    assert_int_equal(next_page(vendor, sizeof(vendor), &page), 1);
    assert_int_equal(page.page, 0);
    assert_int_equal(page.length, 5);
    assert_ptr_equal(page.bytes, vendor + 4);
}

static void mode_arguments_are_checked(void **state) {
    (void)state;
    sanscsi_mode mode = {.size = sizeof(mode) - 1};
    assert_int_equal(sanscsi_mode6_parse(mode6_bytes, 26, &mode), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_mode10_parse(mode10_bytes, 28, &mode), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_mode6_parse(mode6_bytes, 26, NULL), SANSCSI_INVALID_ARGUMENT);
    mode.size = sizeof(mode);
    assert_int_equal(sanscsi_mode6_parse(NULL, 1, &mode), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_mode10_parse(NULL, 1, &mode), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_mode6_parse(mode6_bytes, 26, &mode), SANSCSI_OK);

    sanscsi_mode_block block = {.size = sizeof(block) - 1};
    assert_int_equal(sanscsi_mode_block_get(&mode, 0, &block), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_mode_block_get(&mode, 0, NULL), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_mode_block_get(NULL, 0, &block), SANSCSI_INVALID_ARGUMENT);

    uint32_t position = 15;
    sanscsi_mode_page page = {.size = sizeof(page)};
    assert_int_equal(sanscsi_mode_page_next(&mode, &position, &page), SANSCSI_INVALID_ARGUMENT);
    position = 0;
    assert_int_equal(sanscsi_mode_page_next(&mode, NULL, &page), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_mode_page_next(&mode, &position, NULL), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_mode_page_next(NULL, &position, &page), SANSCSI_INVALID_ARGUMENT);
    mode.pages_length = mode.pages_total + 1; /* no parser fills it so */
    assert_int_equal(sanscsi_mode_page_next(&mode, &position, &page), SANSCSI_INVALID_ARGUMENT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mode6_good),          cmocka_unit_test(mode6_cut_anywhere),
        cmocka_unit_test(mode10_good_and_cut), cmocka_unit_test(mode_headers_that_lie),
        cmocka_unit_test(mode_pages_that_lie), cmocka_unit_test(mode_arguments_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
