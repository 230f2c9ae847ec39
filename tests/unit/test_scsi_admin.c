/* Tests of the SCSI layer: administration, bytes by hand from SPC-4 and MMC-6. */
#include "unit/test_scsi.h"

#include <iscsi/scsi_admin.h>

static void cdbs(void **state) {
    (void)state;
    ASSERT_CDB(sanscsi_cdb_log_sense(cdb, 1, SANSCSI_LOG_CUMULATIVE, 0x2f, 0x12, 0x3456, 0x789a),
               10, 0x4d, 1, 0x6f, 0x12, 0, 0x34, 0x56, 0x78, 0x9a, 0);
    ASSERT_CDB(sanscsi_cdb_mode_select6(cdb, SANSCSI_MODE_PAGE_FORMAT | SANSCSI_MODE_SAVE, 24), 6,
               0x15, 0x11, 0, 0, 24, 0);
    ASSERT_CDB(sanscsi_cdb_mode_select10(cdb, SANSCSI_MODE_PAGE_FORMAT, 0x0102), 10, 0x55, 0x10, 0,
               0, 0, 0, 0, 1, 2, 0);
    ASSERT_CDB(sanscsi_cdb_read_buffer(cdb, SANSCSI_BUFFER_ECHO, 5, 7, 0x010203, 0x040506), 10,
               0x3c, 0xaa, 7, 1, 2, 3, 4, 5, 6, 0);
    ASSERT_CDB(sanscsi_cdb_write_buffer(cdb, SANSCSI_BUFFER_MICROCODE_DEFER, 0, 1, 0, 0xffffff), 10,
               0x3b, 0x0e, 1, 0, 0, 0, 0xff, 0xff, 0xff, 0);
    ASSERT_CDB(sanscsi_cdb_send_diagnostic(cdb, 2, SANSCSI_DIAGNOSTIC_PAGE_FORMAT, 0x0102), 6, 0x1d,
               0x50, 0, 1, 2, 0);
    ASSERT_CDB(sanscsi_cdb_send_diagnostic(cdb, 0, 0x07, 0), 6, 0x1d, 0x07);
    ASSERT_CDB(sanscsi_cdb_receive_diagnostic(cdb, 0x0a, 0x0102), 6, 0x1c, 1, 0x0a, 1, 2, 0);
    ASSERT_CDB(sanscsi_cdb_report_opcodes(cdb, SANSCSI_OPCODES_ACTION, 1, 0x9e, 0x0010, 0x01020304),
               12, 0xa3, 0x0c, 0x82, 0x9e, 0, 0x10, 1, 2, 3, 4, 0, 0);
    ASSERT_CDB(sanscsi_cdb_report_port_groups(cdb, 1, 0x01020304), 12, 0xa3, 0x2a, 0, 0, 0, 0, 1, 2,
               3, 4, 0, 0);
    ASSERT_CDB(sanscsi_cdb_report_port_groups(cdb, 0, 8), 12, 0xa3, 0x0a, 0, 0, 0, 0, 0, 0, 0, 8);
    ASSERT_CDB(sanscsi_cdb_security_in(cdb, 0x20, 0x0102, 1, 0x03040506), 12, 0xa2, 0x20, 1, 2,
               0x80, 0, 3, 4, 5, 6, 0, 0);
    ASSERT_CDB(sanscsi_cdb_security_out(cdb, 1, 0x0102, 0, 0x03040506), 12, 0xb5, 1, 1, 2, 0, 0, 3,
               4, 5, 6, 0, 0);
    ASSERT_CDB(sanscsi_cdb_read_toc(cdb, 1, 0, 3, 0x0324), 10, 0x43, 0x02, 0, 0, 0, 0, 3, 3, 0x24,
               0);
    ASSERT_CDB(sanscsi_cdb_read_toc(cdb, 0, 1, 0, 12), 10, 0x43, 0, 1, 0, 0, 0, 0, 0, 12, 0);
}

static void refused(void **state) {
    (void)state;
    ASSERT_REFUSED(sanscsi_cdb_log_sense(cdb, 2, 0, 0, 0, 0, 4));
    ASSERT_REFUSED(sanscsi_cdb_log_sense(cdb, 0, 4, 0, 0, 0, 4));
    ASSERT_REFUSED(sanscsi_cdb_log_sense(cdb, 0, 0, 64, 0, 0, 4));
    ASSERT_REFUSED(sanscsi_cdb_log_sense(cdb, 0, 0, 0, 256, 0, 4));
    ASSERT_REFUSED(sanscsi_cdb_log_sense(cdb, 0, 0, 0, 0, 65536, 4));
    ASSERT_REFUSED(sanscsi_cdb_log_sense(cdb, 0, 0, 0, 0, 0, 65536));
    ASSERT_REFUSED(sanscsi_cdb_mode_select6(cdb, 2, 4));
    ASSERT_REFUSED(sanscsi_cdb_mode_select6(cdb, 0, 256));
    ASSERT_REFUSED(sanscsi_cdb_mode_select10(cdb, 0, 65536));
    ASSERT_REFUSED(sanscsi_cdb_read_buffer(cdb, 32, 0, 0, 0, 4));
    ASSERT_REFUSED(sanscsi_cdb_read_buffer(cdb, 2, 8, 0, 0, 4));
    ASSERT_REFUSED(sanscsi_cdb_read_buffer(cdb, 2, 0, 256, 0, 4));
    ASSERT_REFUSED(sanscsi_cdb_read_buffer(cdb, 2, 0, 0, 0x1000000, 4));
    ASSERT_REFUSED(sanscsi_cdb_write_buffer(cdb, 2, 0, 0, 0, 0x1000000));
    ASSERT_REFUSED(sanscsi_cdb_send_diagnostic(cdb, 1, SANSCSI_DIAGNOSTIC_SELF_TEST, 0));
    ASSERT_REFUSED(sanscsi_cdb_send_diagnostic(cdb, 8, 0, 0));
    ASSERT_REFUSED(sanscsi_cdb_send_diagnostic(cdb, 0, 8, 0));
    ASSERT_REFUSED(sanscsi_cdb_receive_diagnostic(cdb, 256, 4));
    ASSERT_REFUSED(sanscsi_cdb_report_opcodes(cdb, 8, 0, 0, 0, 4));
    ASSERT_REFUSED(sanscsi_cdb_report_opcodes(cdb, 0, 2, 0, 0, 4));
    ASSERT_REFUSED(sanscsi_cdb_report_opcodes(cdb, 1, 0, 256, 0, 4));
    ASSERT_REFUSED(sanscsi_cdb_report_opcodes(cdb, 1, 0, 0, 65536, 4));
    ASSERT_REFUSED(sanscsi_cdb_report_port_groups(cdb, 2, 4));
    ASSERT_REFUSED(sanscsi_cdb_security_in(cdb, 256, 0, 0, 4));
    ASSERT_REFUSED(sanscsi_cdb_security_in(cdb, 0, 65536, 0, 4));
    ASSERT_REFUSED(sanscsi_cdb_security_out(cdb, 0, 0, 2, 4));
    ASSERT_REFUSED(sanscsi_cdb_read_toc(cdb, 2, 0, 0, 4));
    ASSERT_REFUSED(sanscsi_cdb_read_toc(cdb, 0, 2, 0, 4));
    ASSERT_REFUSED(sanscsi_cdb_read_toc(cdb, 0, 1, 1, 4));
    assert_int_equal(sanscsi_cdb_log_sense(NULL, 0, 0, 0, 0, 0, 4), 0);
    assert_int_equal(sanscsi_cdb_read_toc(NULL, 0, 0, 0, 4), 0);
}

static int32_t parse_log_2f12(const void *data, size_t size, sanscsi_log_page *log) {
    return sanscsi_log_page_parse(data, size, 0x2f, 0x12, log);
}

static void log_pages(void **state) {
    (void)state;
    static const uint8_t bytes[] = {0xef, 0x12, 0, 14,             /* DS, SPF, page, subpage */
                                    0,    1,    3, 2,  0xab, 0xcd, /* a parameter */
                                    0x12, 0x34, 0, 0,              /* without a value */
                                    0,    2,    3, 0};
    sanscsi_log_page log = {.size = sizeof(log)};
    sanscsi_log_parameter parameter = {.size = sizeof(parameter)};
    uint32_t position = 0;
    assert_int_equal(parse_log_2f12(bytes, sizeof(bytes), &log), SANSCSI_OK);
    assert_int_equal(log.not_saved, 1);
    assert_int_equal(log.total, 14);
    assert_int_equal(sanscsi_log_parameter_next(&log, &position, &parameter), 1);
    assert_int_equal(parameter.code, 1);
    assert_int_equal(parameter.control, 3);
    assert_int_equal(parameter.length, 2);
    assert_memory_equal(parameter.bytes, bytes + 8, 2);
    assert_int_equal(sanscsi_log_parameter_next(&log, &position, &parameter), 1);
    assert_int_equal(parameter.code, 0x1234);
    assert_null(parameter.bytes);
    assert_int_equal(sanscsi_log_parameter_next(&log, &position, &parameter), 1);
    assert_int_equal(sanscsi_log_parameter_next(&log, &position, &parameter), 0);
    ASSERT_CUTS_TRUNCATED(parse_log_2f12, bytes, sizeof(bytes), &log);
    assert_int_equal(sanscsi_log_page_parse(bytes, sizeof(bytes), 0x2f, 0, &log),
                     SANSCSI_MALFORMED);
    assert_int_equal(sanscsi_log_page_parse(bytes, sizeof(bytes), 0x2e, 0x12, &log),
                     SANSCSI_MALFORMED);
    uint32_t page;
    assert_int_equal(sanscsi_log_supported_get(&log, 0, &page, &page), SANSCSI_INVALID_ARGUMENT);

    static const uint8_t lie[] = {0x02, 0, 0, 6, 0, 1, 0, 3, 1, 2, 3};
    position = 0;
    assert_int_equal(sanscsi_log_page_parse(lie, sizeof(lie), 2, 0, &log), SANSCSI_OK);
    assert_int_equal(sanscsi_log_parameter_next(&log, &position, &parameter), SANSCSI_MALFORMED);
    assert_int_equal(sanscsi_log_page_parse(bytes, 9, 0x2f, 0x12, &log), SANSCSI_TRUNCATED);
    assert_int_equal(sanscsi_log_parameter_next(&log, &position, &parameter), SANSCSI_TRUNCATED);
}

static void supported_log_pages(void **state) {
    (void)state;
    static const uint8_t plain[] = {0, 0, 0, 3, 0x00, 0x02, 0x2f};
    static const uint8_t subpages[] = {0x40, 0xff, 0, 4, 0x00, 0xff, 0x19, 0x20};
    sanscsi_log_page log = {.size = sizeof(log)};
    uint32_t page;
    uint32_t subpage;
    assert_int_equal(sanscsi_log_page_parse(plain, sizeof(plain), 0, 0, &log), SANSCSI_OK);
    assert_int_equal(sanscsi_log_supported_get(&log, 2, &page, &subpage), SANSCSI_OK);
    assert_int_equal(page, 0x2f);
    assert_int_equal(subpage, 0);
    assert_int_equal(sanscsi_log_supported_get(&log, 3, &page, &subpage), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_log_page_parse(subpages, sizeof(subpages), 0, 0xff, &log), SANSCSI_OK);
    assert_int_equal(sanscsi_log_supported_get(&log, 1, &page, &subpage), SANSCSI_OK);
    assert_int_equal(page, 0x19);
    assert_int_equal(subpage, 0x20);
    assert_int_equal(sanscsi_log_supported_get(&log, 2, &page, &subpage), SANSCSI_INVALID_ARGUMENT);
    uint32_t position = 0;
    sanscsi_log_parameter parameter = {.size = sizeof(parameter)};
    assert_int_equal(sanscsi_log_parameter_next(&log, &position, &parameter),
                     SANSCSI_INVALID_ARGUMENT);
}

static void mode_select(void **state) {
    (void)state;
    static const uint8_t blocks[8] = {1, 2, 3, 4, 0, 0, 2, 0};
    static const uint8_t pages[] = {0x88, 2, 0x14, 0x15, 0xca, 0x01, 0, 1, 0x77};
    sanscsi_mode mode = {
        .size = sizeof(mode),
        .medium_type = 3,
        .device_specific = 0x10,
        .blocks = blocks,
        .blocks_length = 8,
        .pages = pages,
        .pages_length = sizeof(pages),
    };
    ASSERT_BUILT(sanscsi_mode_select6_build(&mode, data, size, &length), 0, 3, 0x10, 8, 1, 2, 3, 4,
                 0, 0, 2, 0, 0x08, 2, 0x14, 0x15, 0x4a, 0x01, 0, 1, 0x77);
    ASSERT_BUILT(sanscsi_mode_select10_build(&mode, data, size, &length), 0, 0, 3, 0x10, 0, 0, 0, 8,
                 1, 2, 3, 4, 0, 0, 2, 0, 0x08, 2, 0x14, 0x15, 0x4a, 0x01, 0, 1, 0x77);
    mode.pages_length--; /* the last page is cut */
    ASSERT_NOT_BUILT(sanscsi_mode_select6_build(&mode, data, size, &length),
                     SANSCSI_INVALID_ARGUMENT);
    mode.pages_length = 5; /* in its header */
    ASSERT_NOT_BUILT(sanscsi_mode_select10_build(&mode, data, size, &length),
                     SANSCSI_INVALID_ARGUMENT);
    mode.pages_length = 4;
    mode.long_lba = 1; /* a descriptor of 8 bytes is none then */
    ASSERT_NOT_BUILT(sanscsi_mode_select10_build(&mode, data, size, &length),
                     SANSCSI_INVALID_ARGUMENT);
    mode.blocks_length = 0;
    ASSERT_NOT_BUILT(sanscsi_mode_select6_build(&mode, data, size, &length),
                     SANSCSI_INVALID_ARGUMENT);
    ASSERT_BUILT(sanscsi_mode_select10_build(&mode, data, size, &length), 0, 0, 3, 0x10, 1, 0, 0, 0,
                 0x08, 2, 0x14, 0x15);
    mode.pages_length = 252;
    mode.long_lba = 0;
    ASSERT_NOT_BUILT(sanscsi_mode_select6_build(&mode, data, size, &length), SANSCSI_TOO_LARGE);
}

static void buffers(void **state) {
    (void)state;
    static const uint8_t bytes[4] = {0xff, 1, 2, 3};
    sanscsi_buffer_descriptor descriptor = {.size = sizeof(descriptor)};
    assert_int_equal(sanscsi_buffer_descriptor_parse(bytes, 4, &descriptor), SANSCSI_OK);
    assert_int_equal(descriptor.offset_boundary, 255);
    assert_int_equal(descriptor.capacity, 0x010203);
    ASSERT_CUTS_TRUNCATED(sanscsi_buffer_descriptor_parse, bytes, sizeof(bytes), &descriptor);
    ASSERT_ARGUMENTS_CHECKED(sanscsi_buffer_descriptor_parse, sanscsi_buffer_descriptor);
}

static int32_t parse_diagnostic_00(const void *data, size_t size, sanscsi_items *items) {
    return sanscsi_diagnostic_parse(data, size, 0, items);
}

static void diagnostics_and_protocols(void **state) {
    (void)state;
    static const uint8_t pages[] = {0, 0x55, 0, 2, 0x00, 0x40};
    static const uint8_t protocols[] = {0, 0, 0, 0, 0, 0, 0, 3, 0x00, 0x01, 0xef};
    sanscsi_items items = {.size = sizeof(items)};
    assert_int_equal(parse_diagnostic_00(pages, sizeof(pages), &items), SANSCSI_OK);
    assert_int_equal(items.info, 0x55);
    assert_int_equal(items.item_length, 1);
    assert_int_equal(items.length, 2);
    assert_int_equal(items.bytes[1], 0x40);
    assert_int_equal(sanscsi_diagnostic_parse(pages, sizeof(pages), 0x40, &items),
                     SANSCSI_MALFORMED);
    ASSERT_CUTS_TRUNCATED(parse_diagnostic_00, pages, sizeof(pages), &items);
    assert_int_equal(sanscsi_security_protocols_parse(protocols, sizeof(protocols), &items),
                     SANSCSI_OK);
    assert_int_equal(items.length, 3);
    assert_int_equal(items.bytes[2], 0xef);
    ASSERT_CUTS_TRUNCATED(sanscsi_security_protocols_parse, protocols, sizeof(protocols), &items);
    ASSERT_ARGUMENTS_CHECKED(sanscsi_security_protocols_parse, sanscsi_items);
}

static void all_commands(void **state) {
    (void)state;
    static const uint8_t bytes[] = {
        0,    0,  0, 28,                               /* header */
        0x12, 0,  0, 0,    0, 0,    0, 6,              /* INQUIRY */
        0x9e, 0,  0, 0x10, 0, 0x03, 0, 16,             /* READ CAPACITY(16), with timeouts */
        0,    10, 0, 0,    0, 0,    0, 5,  0, 0, 0, 60 /* they */
    };
    sanscsi_items items = {.size = sizeof(items)};
    sanscsi_opcode item = {.size = sizeof(item)};
    uint32_t position = 0;
    assert_int_equal(sanscsi_opcodes_parse(bytes, sizeof(bytes), &items), SANSCSI_OK);
    assert_int_equal(sanscsi_opcode_next(&items, &position, &item), 1);
    assert_int_equal(item.opcode, 0x12);
    assert_int_equal(item.has_action, 0);
    assert_int_equal(item.cdb_length, 6);
    assert_int_equal(item.support, 3);
    assert_int_equal(item.has_timeouts, 0);
    assert_int_equal(sanscsi_opcode_next(&items, &position, &item), 1);
    assert_int_equal(item.opcode, 0x9e);
    assert_int_equal(item.has_action, 1);
    assert_int_equal(item.action, 0x10);
    assert_int_equal(item.nominal_timeout, 5);
    assert_int_equal(item.recommended_timeout, 60);
    assert_int_equal(sanscsi_opcode_next(&items, &position, &item), 0);
    ASSERT_CUTS_TRUNCATED(sanscsi_opcodes_parse, bytes, sizeof(bytes), &items);
    ASSERT_ARGUMENTS_CHECKED(sanscsi_opcodes_parse, sanscsi_items);
    assert_int_equal(sanscsi_opcodes_parse(bytes, 31, &items), SANSCSI_TRUNCATED);
    position = 8;
    assert_int_equal(sanscsi_opcode_next(&items, &position, &item), SANSCSI_TRUNCATED);
    uint8_t lie[sizeof(bytes)];
    memcpy(lie, bytes, sizeof(bytes));
    lie[21] = 9; /* length of the timeouts */
    assert_int_equal(sanscsi_opcodes_parse(lie, sizeof(lie), &items), SANSCSI_OK);
    assert_int_equal(sanscsi_opcode_next(&items, &position, &item), SANSCSI_MALFORMED);
    lie[3] = 27; /* the timeouts exceed the list */
    assert_int_equal(sanscsi_opcodes_parse(lie, sizeof(lie), &items), SANSCSI_OK);
    assert_int_equal(sanscsi_opcode_next(&items, &position, &item), SANSCSI_MALFORMED);
}

static void one_command(void **state) {
    (void)state;
    static const uint8_t bytes[] = {0,  0x83, 0, 6, 0x12, 0x01, 0xff, 0xff, 0xff, 0x00, 0,
                                    10, 0,    0, 0, 0,    0,    5,    0,    0,    0,    60};
    sanscsi_opcode item = {.size = sizeof(item)};
    assert_int_equal(sanscsi_opcode_parse(bytes, sizeof(bytes), &item), SANSCSI_OK);
    assert_int_equal(item.support, 3);
    assert_int_equal(item.cdb_length, 6);
    assert_ptr_equal(item.usage, bytes + 4);
    assert_int_equal(item.has_timeouts, 1);
    assert_int_equal(item.nominal_timeout, 5);
    assert_int_equal(item.recommended_timeout, 60);
    ASSERT_CUTS_TRUNCATED(sanscsi_opcode_parse, bytes, sizeof(bytes), &item);
    ASSERT_ARGUMENTS_CHECKED(sanscsi_opcode_parse, sanscsi_opcode);
    static const uint8_t unsupported[4] = {0, 1, 0, 0};
    assert_int_equal(sanscsi_opcode_parse(unsupported, 4, &item), SANSCSI_OK);
    assert_int_equal(item.support, 1);
    assert_null(item.usage);
    static const uint8_t lie[16] = {0, 0x83, 0, 0, 0, 11};
    assert_int_equal(sanscsi_opcode_parse(lie, 16, &item), SANSCSI_MALFORMED);
}

#define TWO_GROUPS                                                                                 \
    0x80, 0xdf, 0x01, 0x02, 0, 2, 0, 2, 0, 0, 0x12, 0x34, 0, 0, 0, 2, 0x0f, 0x01, 0, 3, 0, 0, 0, 0

static void check_groups(const sanscsi_items *items) {
    sanscsi_port_group item = {.size = sizeof(item)};
    uint32_t position = 0;
    uint32_t port = 0;
    assert_int_equal(items->total, 24);
    assert_int_equal(sanscsi_port_group_next(items, &position, &item), 1);
    assert_int_equal(item.group, 0x0102);
    assert_int_equal(item.preferred, 1);
    assert_int_equal(item.state, SANSCSI_ACCESS_OPTIMIZED);
    assert_int_equal(item.supported, 0xc01f);
    assert_int_equal(item.reason, 2);
    assert_int_equal(item.port_count, 2);
    assert_int_equal(sanscsi_port_group_port(&item, 0, &port), SANSCSI_OK);
    assert_int_equal(port, 0x1234);
    assert_int_equal(sanscsi_port_group_port(&item, 1, &port), SANSCSI_OK);
    assert_int_equal(port, 2);
    assert_int_equal(sanscsi_port_group_port(&item, 2, &port), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_port_group_next(items, &position, &item), 1);
    assert_int_equal(item.state, SANSCSI_ACCESS_TRANSITION);
    assert_int_equal(item.supported, 1);
    assert_int_equal(sanscsi_port_group_port(&item, 0, &port), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_port_group_next(items, &position, &item), 0);
}

static void port_groups(void **state) {
    (void)state;
    static const uint8_t brief[] = {0, 0, 0, 24, TWO_GROUPS};
    static const uint8_t extended[] = {0, 0, 0, 28, 0x10, 60, 0, 0, TWO_GROUPS};
    sanscsi_items items = {.size = sizeof(items)};
    assert_int_equal(sanscsi_port_groups_parse(brief, sizeof(brief), &items), SANSCSI_OK);
    assert_int_equal(items.info, 0);
    check_groups(&items);
    assert_int_equal(sanscsi_port_groups_parse(extended, sizeof(extended), &items), SANSCSI_OK);
    assert_int_equal(items.info, 60);
    check_groups(&items);
    ASSERT_CUTS_TRUNCATED(sanscsi_port_groups_parse, brief, sizeof(brief), &items);
    ASSERT_CUTS_TRUNCATED(sanscsi_port_groups_parse, extended, sizeof(extended), &items);
    ASSERT_ARGUMENTS_CHECKED(sanscsi_port_groups_parse, sanscsi_items);
    static const uint8_t lie[] = {0, 0, 0, 8, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1};
    sanscsi_port_group item = {.size = sizeof(item)};
    uint32_t position = 0;
    assert_int_equal(sanscsi_port_groups_parse(lie, sizeof(lie), &items), SANSCSI_OK);
    assert_int_equal(sanscsi_port_group_next(&items, &position, &item), SANSCSI_MALFORMED);
    assert_int_equal(position, 0);
}

static void tracks(void **state) {
    (void)state;
    static const uint8_t bytes[] = {0, 18, 1, 2,    0,    0x14, 1, 0, 0, 0,
                                    2, 0,  0, 0x14, 0xaa, 0,    0, 1, 2, 3};
    sanscsi_items items = {.size = sizeof(items)};
    sanscsi_toc_track item = {.size = sizeof(item)};
    uint32_t position = 0;
    assert_int_equal(sanscsi_toc_parse(bytes, sizeof(bytes), &items), SANSCSI_OK);
    assert_int_equal(items.info, 0x0102);
    assert_int_equal(sanscsi_toc_next(&items, &position, &item), 1);
    assert_int_equal(item.number, 1);
    assert_int_equal(item.adr, 1);
    assert_int_equal(item.control, 4);
    assert_int_equal(item.address, 0x0200);
    assert_int_equal(sanscsi_toc_next(&items, &position, &item), 1);
    assert_int_equal(item.number, 0xaa);
    assert_int_equal(item.address, 0x010203);
    assert_int_equal(sanscsi_toc_next(&items, &position, &item), 0);
    ASSERT_CUTS_TRUNCATED(sanscsi_toc_parse, bytes, sizeof(bytes), &items);
    ASSERT_ARGUMENTS_CHECKED(sanscsi_toc_parse, sanscsi_items);
    static const uint8_t odd[4] = {0, 3};
    static const uint8_t none[4] = {0, 1};
    assert_int_equal(sanscsi_toc_parse(odd, 4, &items), SANSCSI_MALFORMED);
    assert_int_equal(sanscsi_toc_parse(none, 4, &items), SANSCSI_MALFORMED);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cdbs),
        cmocka_unit_test(refused),
        cmocka_unit_test(log_pages),
        cmocka_unit_test(supported_log_pages),
        cmocka_unit_test(mode_select),
        cmocka_unit_test(buffers),
        cmocka_unit_test(diagnostics_and_protocols),
        cmocka_unit_test(all_commands),
        cmocka_unit_test(one_command),
        cmocka_unit_test(port_groups),
        cmocka_unit_test(tracks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
