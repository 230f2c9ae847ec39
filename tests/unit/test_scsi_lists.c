/* Readers of lists and of their items refuse what no parser filled: too small structs, another
 * list's, more bytes than the unit has; and walk on by nothing. */
#include "test_scsi.h"

#include <iscsi/inquiry.h>
#include <iscsi/scsi.h>
#include <iscsi/scsi_admin.h>
#include <iscsi/scsi_block.h>
#include <iscsi/scsi_copy.h>
#include <iscsi/scsi_reserve.h>

#define INVALID SANSCSI_INVALID_ARGUMENT

/* Of a list without items, as its parser filled it: `total` is the member that tells what the unit
 * has. */
#define ASSERT_WALK_CHECKED(next, list, total, type)                                               \
    do {                                                                                           \
        type item = {.size = sizeof(item)};                                                        \
        uint32_t position = 0;                                                                     \
        assert_int_equal(next(&(list), &position, &item), 0);                                      \
        assert_int_equal(next(&(list), NULL, &item), INVALID);                                     \
        assert_int_equal(next(&(list), &position, NULL), INVALID);                                 \
        assert_int_equal(next(NULL, &position, &item), INVALID);                                   \
        item.size--;                                                                               \
        assert_int_equal(next(&(list), &position, &item), INVALID);                                \
        item.size++;                                                                               \
        position = 1; /* behind the end */                                                         \
        assert_int_equal(next(&(list), &position, &item), INVALID);                                \
        position = 0;                                                                              \
        (list).size--;                                                                             \
        assert_int_equal(next(&(list), &position, &item), INVALID);                                \
        (list).size++;                                                                             \
        (list).length = 1; /* of none */                                                           \
        assert_int_equal(next(&(list), &position, &item), INVALID);                                \
        (list).total = 1; /* which lies nowhere */                                                 \
        assert_int_equal(next(&(list), &position, &item), INVALID);                                \
        (list).total = (list).length = 0;                                                          \
        assert_int_equal(next(&(list), &position, &item), 0);                                      \
        assert_int_equal(position, 0);                                                             \
    } while (0)

static const uint8_t zeros[8] = {0};

static void lists_of_items(void **state) {
    (void)state;
    static const uint8_t statuses[8] = {0, 0, 0, 4};
    static const uint8_t tracks[4] = {0, 2};
    sanscsi_items items = {.size = sizeof(items)};
    assert_int_equal(sanscsi_lba_status_parse(statuses, 8, &items), SANSCSI_OK);
    ASSERT_WALK_CHECKED(sanscsi_lba_status_next, items, total, sanscsi_lba_status);
    assert_int_equal(sanscsi_toc_parse(tracks, 4, &items), SANSCSI_OK);
    ASSERT_WALK_CHECKED(sanscsi_toc_next, items, total, sanscsi_toc_track);
    assert_int_equal(sanscsi_defects10_parse(zeros, 4, &items), SANSCSI_OK);
    ASSERT_WALK_CHECKED(sanscsi_defect_next, items, total, sanscsi_defect);
    assert_int_equal(sanscsi_opcodes_parse(zeros, 4, &items), SANSCSI_OK);
    ASSERT_WALK_CHECKED(sanscsi_opcode_next, items, total, sanscsi_opcode);
    assert_int_equal(sanscsi_port_groups_parse(zeros, 4, &items), SANSCSI_OK);
    ASSERT_WALK_CHECKED(sanscsi_port_group_next, items, total, sanscsi_port_group);
    assert_int_equal(sanscsi_pr_full_status_parse(zeros, 8, &items), SANSCSI_OK);
    ASSERT_WALK_CHECKED(sanscsi_pr_full_status_next, items, total, sanscsi_pr_full_status);
}

static void pages_of_items(void **state) {
    (void)state;
    sanscsi_vpd vpd = {.size = sizeof(vpd)};
    assert_int_equal(sanscsi_vpd_parse((const uint8_t[]){0, 0x83, 0, 0}, 4, 0x83, &vpd), 0);
    ASSERT_WALK_CHECKED(sanscsi_vpd_designator_next, vpd, page_length, sanscsi_designator);
    assert_int_equal(sanscsi_vpd_parse((const uint8_t[]){0, 0x85, 0, 0}, 4, 0x85, &vpd), 0);
    ASSERT_WALK_CHECKED(sanscsi_vpd_network_address_next, vpd, page_length,
                        sanscsi_network_address);
    assert_int_equal(sanscsi_vpd_parse((const uint8_t[]){0, 0x87, 0, 0}, 4, 0x87, &vpd), 0);
    ASSERT_WALK_CHECKED(sanscsi_vpd_mode_policy_next, vpd, page_length, sanscsi_mode_policy);
    assert_int_equal(sanscsi_vpd_parse((const uint8_t[]){0, 0x88, 0, 0}, 4, 0x88, &vpd), 0);
    ASSERT_WALK_CHECKED(sanscsi_vpd_port_next, vpd, page_length, sanscsi_scsi_port);
    sanscsi_log_page log = {.size = sizeof(log)};
    static const uint8_t empty_log[4] = {0x0d, 0, 0, 0};
    assert_int_equal(sanscsi_log_page_parse(empty_log, 4, 0x0d, 0, &log), SANSCSI_OK);
    ASSERT_WALK_CHECKED(sanscsi_log_parameter_next, log, total, sanscsi_log_parameter);
}

static void items_by_index(void **state) {
    (void)state;
    uint32_t number = 77;
    uint64_t key = 77;
    sanscsi_items items = {.size = sizeof(items)};
    assert_int_equal(sanscsi_pr_keys_parse(zeros, 8, &items), SANSCSI_OK);
    assert_int_equal(sanscsi_pr_key_get(&items, 0, &key), INVALID); /* there is none */
    assert_int_equal(sanscsi_pr_key_get(NULL, 0, &key), INVALID);
    assert_true(key == 77);
    sanscsi_vpd vpd = {.size = sizeof(vpd)};
    assert_int_equal(sanscsi_vpd_parse((const uint8_t[]){0, 0, 0, 1, 0}, 5, 0, &vpd), 0);
    assert_int_equal(sanscsi_vpd_page_get(&vpd, 0, NULL), INVALID);
    sanscsi_port_group group = {.size = sizeof(group), .port_count = 1, .ports = zeros};
    assert_int_equal(sanscsi_port_group_port(&group, 0, NULL), INVALID);
    group.size--;
    assert_int_equal(sanscsi_port_group_port(&group, 0, &number), INVALID);
    assert_int_equal(number, 77);
}

static void supported_log_pages(void **state) {
    (void)state;
    static const uint8_t pages[5] = {0, 0, 0, 1, 0x0d};
    sanscsi_log_page log = {.size = sizeof(log)};
    uint32_t page = 77;
    uint32_t subpage = 77;
    assert_int_equal(sanscsi_log_page_parse(pages, 5, 0, 0, &log), SANSCSI_OK);
    assert_int_equal(sanscsi_log_supported_get(&log, 0, NULL, &subpage), INVALID);
    assert_int_equal(sanscsi_log_supported_get(&log, 0, &page, NULL), INVALID);
    assert_int_equal(sanscsi_log_supported_get(NULL, 0, &page, &subpage), INVALID);
    log.subpage = 1; /* page 00h has 00h and FFh */
    assert_int_equal(sanscsi_log_supported_get(&log, 0, &page, &subpage), INVALID);
    assert_int_equal(page, 77);
    assert_int_equal(subpage, 77);
    log.subpage = 0;
    assert_int_equal(sanscsi_log_supported_get(&log, 0, &page, &subpage), SANSCSI_OK);
    assert_int_equal(page, 0x0d);
    assert_int_equal(subpage, 0);
}

static void structs_that_are_too_small(void **state) {
    (void)state;
    sanscsi_log_page log = {.size = sizeof(log) - 1};
    assert_int_equal(sanscsi_log_page_parse(zeros, 4, 0, 0, &log), INVALID);
    sanscsi_items items = {.size = sizeof(items) - 1};
    assert_int_equal(sanscsi_diagnostic_parse(zeros, 4, 0, &items), INVALID);
    sanscsi_block_limits limits = {.size = sizeof(limits) - 1};
    assert_int_equal(sanscsi_vpd_block_limits_parse(zeros, 8, &limits), INVALID);
    sanscsi_provisioning provisioning = {.size = sizeof(provisioning) - 1};
    assert_int_equal(sanscsi_vpd_provisioning_parse(zeros, 8, &provisioning), INVALID);
    sanscsi_copy_status copied = {.size = sizeof(copied) - 1};
    const uint8_t *token = NULL;
    assert_int_equal(sanscsi_token_information_parse(zeros, 8, &copied, &token), INVALID);
    sanscsi_designator designator = {.size = sizeof(designator), .type = SANSCSI_DESIGNATOR_NAA};
    char text[8];
    size_t length = 77;
    assert_int_equal(sanscsi_designator_format(&designator, NULL, 8, &length), INVALID);
    assert_int_equal(sanscsi_designator_format(&designator, text, 8, NULL), INVALID);
    assert_int_equal(length, 77);
}

static void mode_pages_that_lie_nowhere(void **state) {
    (void)state;
    sanscsi_mode mode = {.size = sizeof(mode), .blocks_length = 8, .blocks_total = 8};
    sanscsi_mode_block block = {.size = sizeof(block)};
    sanscsi_mode_page page = {.size = sizeof(page)};
    uint32_t position = 0;
    assert_int_equal(sanscsi_mode_block_get(&mode, 0, &block), INVALID);
    mode = (sanscsi_mode){.size = sizeof(mode), .pages_length = 4, .pages_total = 4};
    assert_int_equal(sanscsi_mode_page_next(&mode, &position, &page), INVALID);
}

/* SBC-3 5.5: the sector's number has 28 bits, MADS is above them. */
static void defects_by_sector(void **state) {
    (void)state;
    static const uint8_t sectors[12] = {0, 2, 0, 8, 1, 2, 3, 4, 0x85, 6, 7, 8};
    sanscsi_items items = {.size = sizeof(items)};
    sanscsi_defect defect = {.size = sizeof(defect)};
    uint32_t position = 0;
    assert_int_equal(sanscsi_defects10_parse(sectors, 12, &items), SANSCSI_OK);
    assert_int_equal(sanscsi_defect_next(&items, &position, &defect), 1);
    assert_int_equal(defect.cylinder, 0x010203);
    assert_int_equal(defect.head, 4);
    assert_int_equal(defect.place, 0x05060708);
    assert_int_equal(defect.several, 1);
}

/* A descriptor of a later standard that is longer than what the unit announced of it. */
static void sense_that_owes(void **state) {
    (void)state;
    static const uint8_t bytes[12] = {0x72, 5, 0x24, 0, 0, 0, 0, 4, 0x80, 9, 1, 2};
    sanscsi_sense sense;
    int32_t status;
    PARSE(sanscsi_sense_parse, bytes, 12, &sense);
    assert_int_equal(status, SANSCSI_TRUNCATED);
    assert_int_equal(sense.sense_key, 5);
    assert_int_equal(sense.code, 0x2400);
}

/* RFC 7143 4.2.7.1: a name has 223 bytes at most; no initiator has one of 224. */
static void a_port_with_too_long_a_name(void **state) {
    (void)state;
    uint8_t bytes[232] = {0x05, 0, 0, 228};
    memset(bytes + 4, 'a', 223);
    sanscsi_transport_id id;
    int32_t status;
    PARSE(sanscsi_transport_id_parse, bytes, 232, &id);
    assert_int_equal(status, SANSCSI_OK);
    assert_int_equal(id.name_length, 223);
    bytes[4 + 223] = 'a';
    PARSE(sanscsi_transport_id_parse, bytes, 232, &id);
    assert_int_equal(status, SANSCSI_MALFORMED);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_of_items),
        cmocka_unit_test(pages_of_items),
        cmocka_unit_test(items_by_index),
        cmocka_unit_test(supported_log_pages),
        cmocka_unit_test(structs_that_are_too_small),
        cmocka_unit_test(mode_pages_that_lie_nowhere),
        cmocka_unit_test(defects_by_sector),
        cmocka_unit_test(sense_that_owes),
        cmocka_unit_test(a_port_with_too_long_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
