/* Tests of the SCSI layer: INQUIRY, READ CAPACITY, REPORT LUNS and sense data, good and bad. */
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

/* Parses an exact-size copy. What the output borrows is gone afterwards. */
#define PARSE(parse, bytes, length, output)                                                        \
    do {                                                                                           \
        uint8_t *copy = exactly(bytes, length);                                                    \
        (output)->size = sizeof(*(output));                                                        \
        status = parse(copy, length, output);                                                      \
        free(copy);                                                                                \
    } while (0)

/* A parser refuses what it cannot fill and data that is not there. */
#define ASSERT_ARGUMENTS_CHECKED(parse, type)                                                      \
    do {                                                                                           \
        uint8_t zeros[64] = {0};                                                                   \
        type output = {.size = sizeof(output) - 1};                                                \
        assert_int_equal(parse(zeros, sizeof(zeros), &output), SANSCSI_INVALID_ARGUMENT);          \
        output.size = sizeof(output);                                                              \
        assert_int_equal(parse(NULL, 1, &output), SANSCSI_INVALID_ARGUMENT);                       \
        assert_int_equal(parse(zeros, sizeof(zeros), NULL), SANSCSI_INVALID_ARGUMENT);             \
        assert_int_equal(parse(NULL, 0, &output), SANSCSI_TRUNCATED);                              \
    } while (0)

/* SPC-4 6.6.2: disk, removable, SPC-4, HISUP and NORMACA, 3PC and PROTECT, TPGS 3, MULTIP and
 * ENCSERV, CMDQUE; 36 bytes. */
static const uint8_t inquiry_bytes[36] = {
    0x00, 0x80, 0x06, 0x32, 31,  0x39, 0x50, 0x02,                           /* flags */
    'A',  'C',  'M',  'E',  ' ', ' ',  ' ',  ' ',                            /* vendor */
    'B',  'i',  'g',  ' ',  'D', 'i',  's',  'k',  0, 0, 0, 0, 0, 0, 0, ' ', /* product */
    '1',  '.',  0x07, '3',                                                   /* revision */
};

static void inquiry_gives_every_field(void **state) {
    (void)state;
    int32_t status;
    sanscsi_inquiry inquiry;
    memset(&inquiry, 0xee, sizeof(inquiry));
    PARSE(sanscsi_inquiry_parse, inquiry_bytes, 36, &inquiry);
    assert_int_equal(status, SANSCSI_OK);
    assert_int_equal(inquiry.size, sizeof(inquiry));
    assert_int_equal(inquiry.peripheral_qualifier, SANSCSI_QUALIFIER_CONNECTED);
    assert_int_equal(inquiry.device_type, SANSCSI_DEVICE_DISK);
    assert_int_equal(inquiry.removable, 1);
    assert_int_equal(inquiry.version, 6);
    assert_int_equal(inquiry.response_format, 2);
    assert_int_equal(inquiry.hierarchical_luns, 1);
    assert_int_equal(inquiry.normal_aca, 1);
    assert_int_equal(inquiry.protection, 1);
    assert_int_equal(inquiry.third_party_copy, 1);
    assert_int_equal(inquiry.port_groups, 3);
    assert_int_equal(inquiry.multiple_ports, 1);
    assert_int_equal(inquiry.enclosure_services, 1);
    assert_int_equal(inquiry.command_queuing, 1);
    assert_int_equal(inquiry.additional_length, 31);
    assert_int_equal(inquiry.data_length, 36);
    assert_string_equal(inquiry.vendor, "ACME");
    assert_string_equal(inquiry.product, "Big Disk");
    assert_string_equal(inquiry.revision, "1.?3");
    assert_int_equal(inquiry.reserved, 0);
}

static void inquiry_flags_do_not_leak_into_each_other(void **state) {
    (void)state;
    uint8_t bytes[36] = {0x7f, 0x7f, 0, 0xcf, 31, 0xc6, 0xaf, 0xfd};
    int32_t status;
    sanscsi_inquiry inquiry;
    PARSE(sanscsi_inquiry_parse, bytes, 36, &inquiry);
    assert_int_equal(status, SANSCSI_OK);
    assert_int_equal(inquiry.peripheral_qualifier, SANSCSI_QUALIFIER_NOT_SUPPORTED);
    assert_int_equal(inquiry.device_type, SANSCSI_DEVICE_NONE);
    assert_int_equal(inquiry.removable, 0);
    assert_int_equal(inquiry.response_format, 15);
    assert_int_equal(inquiry.hierarchical_luns, 0);
    assert_int_equal(inquiry.normal_aca, 0);
    assert_int_equal(inquiry.protection, 0);
    assert_int_equal(inquiry.third_party_copy, 0);
    assert_int_equal(inquiry.port_groups, 0);
    assert_int_equal(inquiry.multiple_ports, 0);
    assert_int_equal(inquiry.enclosure_services, 0);
    assert_int_equal(inquiry.command_queuing, 0);
    assert_string_equal(inquiry.vendor, "");
    assert_string_equal(inquiry.product, "");
    assert_string_equal(inquiry.revision, "");
}

static void inquiry_cut_anywhere_is_truncated(void **state) {
    (void)state;
    for (size_t size = 0; size < 36; size++) {
        int32_t status;
        sanscsi_inquiry inquiry;
        memset(&inquiry, 0xee, sizeof(inquiry));
        PARSE(sanscsi_inquiry_parse, inquiry_bytes, size, &inquiry);
        assert_int_equal(status, SANSCSI_TRUNCATED);
        assert_int_equal(inquiry.data_length, size);
        assert_int_equal(inquiry.removable, size > 1);
        assert_int_equal(inquiry.version, size > 2 ? 6 : 0);
        assert_int_equal(inquiry.additional_length, size > 4 ? 31 : 0);
        assert_int_equal(inquiry.third_party_copy, size > 5);
        assert_int_equal(inquiry.command_queuing, size > 7);
        assert_int_equal(strlen(inquiry.vendor), size < 8 ? 0 : size < 12 ? size - 8 : 4);
        assert_int_equal(strlen(inquiry.revision), size < 32 ? 0 : size - 32);
    }
}

static void inquiry_ends_where_it_says(void **state) {
    (void)state;
    for (uint32_t additional = 0; additional < 256; additional++) {
        uint8_t bytes[36];
        memcpy(bytes, inquiry_bytes, 36);
        bytes[4] = (uint8_t)additional;
        int32_t status;
        sanscsi_inquiry inquiry;
        PARSE(sanscsi_inquiry_parse, bytes, 36, &inquiry);
        assert_int_equal(status, additional < 31 ? SANSCSI_TRUNCATED : SANSCSI_OK);
        assert_int_equal(inquiry.data_length, additional < 31 ? additional + 5 : 36);
        assert_int_equal(inquiry.command_queuing, additional >= 3);
        size_t vendor = additional < 3 ? 0 : additional < 7 ? additional - 3 : 4;
        assert_int_equal(strlen(inquiry.vendor), vendor);
        assert_memory_equal(inquiry.vendor, "ACME", vendor);
    }
    ASSERT_ARGUMENTS_CHECKED(sanscsi_inquiry_parse, sanscsi_inquiry);
}

static void inquiry_texts_are_harmless(void **state) {
    (void)state;
    uint8_t bytes[36];
    memset(bytes, 0x1b, sizeof(bytes));
    bytes[4] = 255;
    bytes[8] = ' ';
    bytes[9] = 0;
    bytes[10] = '~';
    bytes[11] = 0x7f;
    bytes[12] = 0xff;
    bytes[13] = 0;
    bytes[14] = 'x';
    int32_t status;
    sanscsi_inquiry inquiry;
    PARSE(sanscsi_inquiry_parse, bytes, 36, &inquiry);
    assert_int_equal(status, SANSCSI_OK);
    assert_string_equal(inquiry.vendor, "~???x?");
    assert_string_equal(inquiry.product, "????????????????");
    assert_string_equal(inquiry.revision, "????");
}

/* A caller built against a later release has a larger struct. */
static void larger_outputs_are_filled_as_far_as_known(void **state) {
    (void)state;
    struct {
        sanscsi_capacity capacity;
        uint64_t later;
    } output;
    memset(&output, 0xee, sizeof(output));
    output.capacity.size = sizeof(output);
    static const uint8_t bytes[8] = {0, 0, 0, 9, 0, 0, 2, 0};
    assert_int_equal(sanscsi_capacity10_parse(bytes, 8, &output.capacity), SANSCSI_OK);
    assert_int_equal(output.capacity.size, sizeof(output));
    assert_int_equal(output.capacity.blocks, 10);
    assert_true(output.later == UINT64_C(0xeeeeeeeeeeeeeeee));
}

static void capacity10_good_and_cut(void **state) {
    (void)state;
    static const uint8_t bytes[8] = {0x01, 0x02, 0x03, 0x04, 0, 0, 0x10, 0};
    for (size_t size = 0; size <= 8; size++) {
        int32_t status;
        sanscsi_capacity capacity;
        memset(&capacity, 0xee, sizeof(capacity));
        PARSE(sanscsi_capacity10_parse, bytes, size, &capacity);
        assert_int_equal(status, size < 8 ? SANSCSI_TRUNCATED : SANSCSI_OK);
        assert_int_equal(capacity.blocks, size < 4 ? 0 : 0x01020305);
        assert_int_equal(capacity.block_length, size < 8 ? 0 : 4096);
        assert_int_equal(capacity.use_read_capacity16, 0);
        assert_int_equal(capacity.thin_provisioned, 0);
    }
    ASSERT_ARGUMENTS_CHECKED(sanscsi_capacity10_parse, sanscsi_capacity);
}

static void capacity10_edges(void **state) {
    (void)state;
    static const uint8_t too_large[8] = {0xff, 0xff, 0xff, 0xff, 0, 0, 2, 0};
    static const uint8_t largest[8] = {0xff, 0xff, 0xff, 0xfe, 0, 0, 2, 0};
    static const uint8_t no_length[8] = {0, 0, 0, 1, 0, 0, 0, 0};
    int32_t status;
    sanscsi_capacity capacity;
    PARSE(sanscsi_capacity10_parse, too_large, 8, &capacity);
    assert_int_equal(status, SANSCSI_OK);
    assert_int_equal(capacity.use_read_capacity16, 1);
    assert_int_equal(capacity.blocks, 0);
    assert_int_equal(capacity.block_length, 512);
    PARSE(sanscsi_capacity10_parse, largest, 8, &capacity);
    assert_int_equal(status, SANSCSI_OK);
    assert_true(capacity.blocks == UINT64_C(0xffffffff));
    assert_int_equal(capacity.use_read_capacity16, 0);
    capacity.blocks = 77;
    PARSE(sanscsi_capacity10_parse, no_length, 8, &capacity);
    assert_int_equal(status, SANSCSI_MALFORMED);
    assert_int_equal(capacity.blocks, 77);
}

/* SBC-3 5.16.2: P_TYPE 1 and PROT_EN, 2^4 intervals, 2^3 blocks, LBPME, LBPRZ, alignment 0x1234 */
static const uint8_t capacity16_bytes[32] = {
    0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, /* last LBA */
    0x00, 0x00, 0x02, 0x00, 0x03, 0x43, 0xd2, 0x34, /* block length, the rest */
};

static void capacity16_good_and_cut(void **state) {
    (void)state;
    for (size_t size = 0; size <= 32; size++) {
        int32_t status;
        sanscsi_capacity capacity;
        memset(&capacity, 0xee, sizeof(capacity));
        PARSE(sanscsi_capacity16_parse, capacity16_bytes, size, &capacity);
        assert_int_equal(status, size < 16 ? SANSCSI_TRUNCATED : SANSCSI_OK);
        assert_true(capacity.blocks == (size < 8 ? 0 : UINT64_C(0x0102030405060709)));
        assert_int_equal(capacity.block_length, size < 12 ? 0 : 512);
        assert_int_equal(capacity.protection_type, size < 13 ? 0 : 2);
        assert_int_equal(capacity.protection_exponent, size < 14 ? 0 : 4);
        assert_int_equal(capacity.physical_block_exponent, size < 14 ? 0 : 3);
        assert_int_equal(capacity.thin_provisioned, size >= 16);
        assert_int_equal(capacity.reads_zeros, size >= 16);
        assert_int_equal(capacity.lowest_aligned_lba, size < 16 ? 0 : 0x1234);
        assert_int_equal(capacity.use_read_capacity16, 0);
    }
    ASSERT_ARGUMENTS_CHECKED(sanscsi_capacity16_parse, sanscsi_capacity);
}

static void capacity16_edges(void **state) {
    (void)state;
    uint8_t bytes[32];
    memset(bytes, 0xff, sizeof(bytes));
    int32_t status;
    sanscsi_capacity capacity;
    capacity.blocks = 77;
    PARSE(sanscsi_capacity16_parse, bytes, 32, &capacity);
    assert_int_equal(status, SANSCSI_MALFORMED);
    assert_int_equal(capacity.blocks, 77);
    bytes[7] = 0xfe;
    bytes[12] = 0x0e; /* P_TYPE without PROT_EN */
    PARSE(sanscsi_capacity16_parse, bytes, 32, &capacity);
    assert_int_equal(status, SANSCSI_OK);
    assert_true(capacity.blocks == UINT64_MAX);
    assert_int_equal(capacity.protection_type, 0);
    memset(bytes + 8, 0, 4);
    PARSE(sanscsi_capacity16_parse, bytes, 32, &capacity);
    assert_int_equal(status, SANSCSI_MALFORMED);
}

/* SPC-4 6.33.2: LUNs 0, 5 and 256 */
static const uint8_t report_luns_bytes[32] = {
    0, 0, 0, 24, 0, 0, 0, 0,             /* header */
    0, 0, 0, 0,  0, 0, 0, 0,             /* LUN 0 */
    0, 5, 0, 0,  0, 0, 0, 0, 0x41, 0x00, /* LUN 5, LUN 256 */
};

static void inventory_good_and_cut(void **state) {
    (void)state;
    static const uint64_t luns[3] = {0, UINT64_C(0x0005000000000000), UINT64_C(0x4100000000000000)};
    for (size_t size = 0; size <= 32; size++) {
        uint8_t *copy = exactly(report_luns_bytes, size);
        sanscsi_lun_list list = {.size = sizeof(list)};
        int32_t status = sanscsi_report_luns_parse(copy, size, &list);
        uint32_t count = size < 8 ? 0 : (uint32_t)(size - 8) / 8;
        assert_int_equal(status, size < 32 ? SANSCSI_TRUNCATED : SANSCSI_OK);
        assert_int_equal(list.list_length, size < 4 ? 0 : 24);
        assert_int_equal(list.total, size < 4 ? 0 : 3);
        assert_int_equal(list.count, count);
        uint64_t lun = 99;
        for (uint32_t i = 0; i < count; i++) {
            assert_int_equal(sanscsi_lun_list_get(&list, i, &lun), SANSCSI_OK);
            assert_true(lun == luns[i]);
        }
        assert_int_equal(sanscsi_lun_list_get(&list, count, &lun), SANSCSI_INVALID_ARGUMENT);
        assert_int_equal(sanscsi_lun_list_get(&list, UINT32_MAX, &lun), SANSCSI_INVALID_ARGUMENT);
        free(copy);
    }
    ASSERT_ARGUMENTS_CHECKED(sanscsi_report_luns_parse, sanscsi_lun_list);
}

static void inventory_lengths_that_lie(void **state) {
    (void)state;
    uint8_t bytes[32];
    memcpy(bytes, report_luns_bytes, sizeof(bytes));
    int32_t status;
    sanscsi_lun_list list;
    for (uint8_t length = 0; length < 32; length++) {
        bytes[3] = length;
        PARSE(sanscsi_report_luns_parse, bytes, 32, &list);
        assert_int_equal(status, length % 8 != 0 ? SANSCSI_MALFORMED : SANSCSI_OK);
        if (status == SANSCSI_OK) {
            assert_int_equal(list.count, length / 8);
        }
    }
    memset(bytes, 0xff, 3);
    bytes[3] = 0xf8;
    PARSE(sanscsi_report_luns_parse, bytes, 32, &list);
    assert_int_equal(status, SANSCSI_TRUNCATED);
    assert_true(list.list_length == UINT32_C(0xfffffff8));
    assert_int_equal(list.total, 0x1fffffff);
    assert_int_equal(list.count, 3);
    uint64_t lun;
    assert_int_equal(sanscsi_lun_list_get(NULL, 0, &lun), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_lun_list_get(&list, 0, NULL), SANSCSI_INVALID_ARGUMENT);
}

/* SPC-4 4.5.3: current, VALID, FILEMARK, EOM, ILI, MEDIUM ERROR 11h/04h, FRU 9, SKSV */
static const uint8_t fixed_bytes[20] = {
    0xf0, 0,    0xe3, 0x01, 0x02, 0x03, 0x04, 12, /* header with information */
    0x0a, 0x0b, 0x0c, 0x0d, 0x11, 0x04, 0x09,     /* command specific, code, FRU */
    0x80, 0x12, 0x34, 0xaa, 0xbb,                 /* key specific, then the vendor's */
};

static void fixed_sense_good_and_cut(void **state) {
    (void)state;
    for (size_t size = 0; size <= 20; size++) {
        uint8_t *copy = exactly(fixed_bytes, size);
        sanscsi_sense sense;
        memset(&sense, 0xee, sizeof(sense));
        sense.size = sizeof(sense);
        int32_t status = sanscsi_sense_parse(copy, size, &sense);
        assert_int_equal(status, size < 18 ? SANSCSI_TRUNCATED : SANSCSI_OK);
        assert_int_equal(sense.response_code, size < 1 ? 0 : 0x70);
        assert_int_equal(sense.deferred, 0);
        assert_int_equal(sense.sense_key, size < 3 ? 0 : 3);
        assert_int_equal(sense.filemark, size >= 3);
        assert_int_equal(sense.end_of_medium, size >= 3);
        assert_int_equal(sense.wrong_length, size >= 3);
        assert_int_equal(sense.has_information, size >= 7);
        assert_int_equal(sense.information, size < 7 ? 0 : 0x01020304);
        assert_int_equal(sense.command_specific, size < 12 ? 0 : 0x0a0b0c0d);
        assert_int_equal(sense.code, size < 14 ? 0 : 0x1104);
        assert_int_equal(sense.replaceable_unit, size < 15 ? 0 : 9);
        assert_ptr_equal(sense.key_specific, size < 18 ? NULL : copy + 15);
        free(copy);
    }
    ASSERT_ARGUMENTS_CHECKED(sanscsi_sense_parse, sanscsi_sense);
}

static void fixed_sense_ends_where_it_says(void **state) {
    (void)state;
    for (uint32_t additional = 0; additional < 256; additional++) {
        uint8_t bytes[20];
        memcpy(bytes, fixed_bytes, sizeof(bytes));
        bytes[7] = (uint8_t)additional;
        sanscsi_sense sense = {.size = sizeof(sense)};
        int32_t status = sanscsi_sense_parse(bytes, sizeof(bytes), &sense);
        /* 14 bytes hold the code; behind 18 there is nothing that we read. */
        assert_int_equal(status, additional < 6 ? SANSCSI_TRUNCATED : SANSCSI_OK);
        assert_int_equal(sense.sense_key, 3);
        assert_int_equal(sense.code, additional < 6 ? 0 : 0x1104);
        assert_int_equal(sense.replaceable_unit, additional < 7 ? 0 : 9);
        assert_ptr_equal(sense.key_specific, additional < 10 ? NULL : bytes + 15);
    }
}

static void fixed_sense_flags(void **state) {
    (void)state;
    static const uint8_t bytes[18] = {0x71, 0, 0x06, 1, 2, 3, 4, 10, 0, 0, 0, 0, 0x29, 0, 0, 0x7f};
    int32_t status;
    sanscsi_sense sense;
    PARSE(sanscsi_sense_parse, bytes, 18, &sense);
    assert_int_equal(status, SANSCSI_OK);
    assert_int_equal(sense.response_code, 0x71);
    assert_int_equal(sense.deferred, 1);
    assert_int_equal(sense.sense_key, 6);
    assert_int_equal(sense.code, 0x2900);
    assert_int_equal(sense.has_information, 0);
    assert_int_equal(sense.information, 0);
    assert_int_equal(sense.filemark, 0);
    assert_null(sense.key_specific);
}

/* SPC-4 4.5.2: ABORTED COMMAND 10h/01h and one descriptor of each type, then an unknown one */
static const uint8_t descriptor_bytes[] = {
    0x72, 0x0b, 0x10, 0x01, 0, 0, 0, 52,             /* header */
    0x00, 0x0a, 0x80, 0,    1, 2, 3, 4,  5, 6, 7, 8, /* information */
    0x01, 0x0a, 0,    0,    9, 8, 7, 6,  5, 4, 3, 2, /* command specific */
    0x02, 0x06, 0,    0,    0, 0, 0, 0,              /* key specific without SKSV */
    0x02, 0x06, 0,    0,    0, 0, 0, 0,              /* key specific, set below */
    0x03, 0x02, 0,    7,                             /* field replaceable unit */
    0x04, 0x02, 0,    0xe0,                          /* stream commands */
    0xab, 0x02, 0,    0,                             /* of a later standard */
};

static void descriptor_sense_good_and_cut(void **state) {
    (void)state;
    const size_t full = sizeof(descriptor_bytes);
    assert_int_equal(full, 8 + 52);
    for (size_t size = 0; size <= full; size++) {
        uint8_t *copy = exactly(descriptor_bytes, size);
        if (size > 44) {
            copy[44] = 0xc0;
        }
        sanscsi_sense sense;
        memset(&sense, 0xee, sizeof(sense));
        sense.size = sizeof(sense);
        int32_t status = sanscsi_sense_parse(copy, size, &sense);
        assert_int_equal(status, size < full ? SANSCSI_TRUNCATED : SANSCSI_OK);
        assert_int_equal(sense.response_code, size < 1 ? 0 : 0x72);
        assert_int_equal(sense.sense_key, size < 2 ? 0 : 0x0b);
        assert_int_equal(sense.code, size < 4 ? 0 : 0x1001);
        assert_int_equal(sense.has_information, size >= 20);
        assert_true(sense.information == (size < 20 ? 0 : UINT64_C(0x0102030405060708)));
        assert_true(sense.command_specific == (size < 32 ? 0 : UINT64_C(0x0908070605040302)));
        assert_ptr_equal(sense.key_specific, size < 48 ? NULL : copy + 44);
        assert_int_equal(sense.replaceable_unit, size < 52 ? 0 : 7);
        assert_int_equal(sense.filemark, size >= 56);
        assert_int_equal(sense.end_of_medium, size >= 56);
        assert_int_equal(sense.wrong_length, size >= 56);
        free(copy);
    }
}

static void descriptor_sense_lies(void **state) {
    (void)state;
    /* A descriptor longer than the sense data, one too short for its type, a single byte left. */
    static const uint8_t overlong[] = {0x73, 6, 0x3f, 0x0e, 0, 0, 0, 4, 0x03, 0xff, 0, 7, 1, 2, 3};
    static const uint8_t too_short[] = {0x72, 5, 0x24, 0, 0, 0, 0, 6, 0x00, 0x04, 0x80, 0, 1, 2};
    static const uint8_t half[] = {0x72, 5, 0x24, 0, 0, 0, 0, 5, 0x05, 0x02, 0, 0x20, 0x00};
    static const uint8_t none[] = {0x72, 5, 0x24, 0, 0, 0, 0, 0, 0x03, 0x02, 0, 7};
    int32_t status;
    sanscsi_sense sense;
    PARSE(sanscsi_sense_parse, overlong, sizeof(overlong), &sense);
    assert_int_equal(status, SANSCSI_TRUNCATED);
    assert_int_equal(sense.deferred, 1);
    assert_int_equal(sense.code, 0x3f0e);
    assert_int_equal(sense.replaceable_unit, 0);
    PARSE(sanscsi_sense_parse, too_short, sizeof(too_short), &sense);
    assert_int_equal(status, SANSCSI_TRUNCATED);
    assert_int_equal(sense.has_information, 0);
    assert_int_equal(sense.code, 0x2400);
    PARSE(sanscsi_sense_parse, half, sizeof(half), &sense);
    assert_int_equal(status, SANSCSI_TRUNCATED);
    assert_int_equal(sense.wrong_length, 1);
    PARSE(sanscsi_sense_parse, none, sizeof(none), &sense);
    assert_int_equal(status, SANSCSI_OK);
    assert_int_equal(sense.replaceable_unit, 0);
}

static void other_response_codes_are_malformed(void **state) {
    (void)state;
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint8_t bytes[18] = {(uint8_t)byte, 0, 0, 0, 0, 0, 0, 10};
        bool known = (byte & 0x7f) >= 0x70 && (byte & 0x7f) <= 0x73;
        int32_t status;
        sanscsi_sense sense;
        sense.code = 77;
        PARSE(sanscsi_sense_parse, bytes, 18, &sense);
        if (known) {
            assert_int_not_equal(status, SANSCSI_MALFORMED);
            assert_int_equal(sense.response_code, byte & 0x7f);
        } else {
            assert_int_equal(status, SANSCSI_MALFORMED);
            assert_int_equal(sense.code, 77);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(inquiry_gives_every_field),
        cmocka_unit_test(inquiry_flags_do_not_leak_into_each_other),
        cmocka_unit_test(inquiry_cut_anywhere_is_truncated),
        cmocka_unit_test(inquiry_ends_where_it_says),
        cmocka_unit_test(inquiry_texts_are_harmless),
        cmocka_unit_test(larger_outputs_are_filled_as_far_as_known),
        cmocka_unit_test(capacity10_good_and_cut),
        cmocka_unit_test(capacity10_edges),
        cmocka_unit_test(capacity16_good_and_cut),
        cmocka_unit_test(capacity16_edges),
        cmocka_unit_test(inventory_good_and_cut),
        cmocka_unit_test(inventory_lengths_that_lie),
        cmocka_unit_test(fixed_sense_good_and_cut),
        cmocka_unit_test(fixed_sense_ends_where_it_says),
        cmocka_unit_test(fixed_sense_flags),
        cmocka_unit_test(descriptor_sense_good_and_cut),
        cmocka_unit_test(descriptor_sense_lies),
        cmocka_unit_test(other_response_codes_are_malformed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
