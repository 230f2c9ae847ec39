/* Tests of the SCSI layer: pages 85h to 89h and B3h, bytes by hand from SPC-4, SBC-3 and SAT-3. */
#include "unit/test_scsi.h"

#include <iscsi/inquiry.h>
#include <iscsi/scsi_reserve.h>

static sanscsi_vpd page_of(const uint8_t *bytes, size_t size, uint32_t page, int32_t expected) {
    sanscsi_vpd vpd = {.size = sizeof(vpd)};
    assert_int_equal(sanscsi_vpd_parse(bytes, size, page, &vpd), expected);
    return vpd;
}

static void network_addresses(void **state) {
    (void)state;
    static const uint8_t bytes[] = {0,   0x85, 0,   16, 0x41, 0, 0,    8, 'h', 't',
                                    't', 'p',  ':', 0,  0,    0, 0x24, 0, 0,   0};
    sanscsi_network_address item = {.size = sizeof(item)};
    uint32_t position = 0;
    sanscsi_vpd vpd = page_of(bytes, sizeof(bytes), 0x85, SANSCSI_OK);
    assert_int_equal(sanscsi_vpd_network_address_next(&vpd, &position, &item), 1);
    assert_int_equal(item.association, SANSCSI_DESIGNATOR_TARGET);
    assert_int_equal(item.service, 1);
    assert_int_equal(item.length, 5);
    assert_memory_equal(item.address, "http:", 5);
    assert_int_equal(sanscsi_vpd_network_address_next(&vpd, &position, &item), 1);
    assert_int_equal(item.association, SANSCSI_DESIGNATOR_PORT);
    assert_int_equal(item.service, 4);
    assert_null(item.address);
    assert_int_equal(sanscsi_vpd_network_address_next(&vpd, &position, &item), 0);
    vpd = page_of(bytes, 15, 0x85, SANSCSI_TRUNCATED);
    position = 0;
    assert_int_equal(sanscsi_vpd_network_address_next(&vpd, &position, &item), SANSCSI_TRUNCATED);
    static const uint8_t lie[] = {0, 0x85, 0, 5, 1, 0, 0, 2, 'x', 'y'};
    vpd = page_of(lie, sizeof(lie), 0x85, SANSCSI_OK);
    assert_int_equal(sanscsi_vpd_network_address_next(&vpd, &position, &item), SANSCSI_MALFORMED);
    vpd.page = 0x83;
    assert_int_equal(sanscsi_vpd_network_address_next(&vpd, &position, &item),
                     SANSCSI_INVALID_ARGUMENT);
}

static void extended_inquiry(void **state) {
    (void)state;
    uint8_t bytes[64] = {0, 0x86, 0, 60, 0x6d, 0x2a, 0x05, 0x10, 0x01, 0x0f, 0x12, 0x34, 0xa0, 252};
    sanscsi_extended_inquiry found = {.size = sizeof(found)};
    assert_int_equal(sanscsi_vpd_extended_inquiry_parse(bytes, 64, &found), SANSCSI_OK);
    assert_int_equal(found.activate_microcode, 1);
    assert_int_equal(found.protection_types, 5);
    assert_int_equal(found.guard_check, 1);
    assert_int_equal(found.application_check, 0);
    assert_int_equal(found.reference_check, 1);
    assert_int_equal(found.attention_key, 1);
    assert_int_equal(found.group_numbers, 0);
    assert_int_equal(found.task_priority, 1);
    assert_int_equal(found.head_of_queue, 0);
    assert_int_equal(found.ordered, 1);
    assert_int_equal(found.simple, 0);
    assert_int_equal(found.write_uncorrectable, 0);
    assert_int_equal(found.correction_disable, 1);
    assert_int_equal(found.nonvolatile_cache, 0);
    assert_int_equal(found.volatile_cache, 1);
    assert_int_equal(found.protection_interval, 1);
    assert_int_equal(found.clears_attention, 0);
    assert_int_equal(found.referrals, 0);
    assert_int_equal(found.capability_security, 1);
    assert_int_equal(found.microcode_download, 15);
    assert_int_equal(found.self_test_minutes, 0x1234);
    assert_int_equal(found.power_on_activation, 1);
    assert_int_equal(found.reset_activation, 0);
    assert_int_equal(found.vendor_activation, 1);
    assert_int_equal(found.max_sense, 252);
    /* All that the standard defines stands in 14 bytes. */
    ASSERT_CUTS_TRUNCATED(sanscsi_vpd_extended_inquiry_parse, bytes, 14, &found);
    ASSERT_ARGUMENTS_CHECKED(sanscsi_vpd_extended_inquiry_parse, sanscsi_extended_inquiry);
    bytes[4] = 0x92;
    bytes[5] = 0x15;
    bytes[6] = 0x0a;
    bytes[7] = 0x01;
    bytes[8] = 0x10;
    bytes[12] = 0x40;
    assert_int_equal(sanscsi_vpd_extended_inquiry_parse(bytes, 64, &found), SANSCSI_OK);
    assert_int_equal(found.activate_microcode, 2);
    assert_int_equal(found.protection_types, 2);
    assert_int_equal(found.application_check, 1);
    assert_int_equal(found.group_numbers, 1);
    assert_int_equal(found.head_of_queue, 1);
    assert_int_equal(found.simple, 1);
    assert_int_equal(found.write_uncorrectable, 1);
    assert_int_equal(found.nonvolatile_cache, 1);
    assert_int_equal(found.clears_attention, 1);
    assert_int_equal(found.referrals, 1);
    assert_int_equal(found.reset_activation, 1);
    bytes[3] = 3;
    assert_int_equal(sanscsi_vpd_extended_inquiry_parse(bytes, 64, &found), SANSCSI_MALFORMED);
    bytes[1] = 0x85;
    assert_int_equal(sanscsi_vpd_extended_inquiry_parse(bytes, 64, &found), SANSCSI_MALFORMED);
}

static void mode_policies(void **state) {
    (void)state;
    static const uint8_t bytes[] = {0, 0x87, 0, 8, 0x08, 0x01, 0x83, 0, 0x3f, 0xff, 0x00, 0};
    sanscsi_mode_policy item = {.size = sizeof(item)};
    uint32_t position = 0;
    sanscsi_vpd vpd = page_of(bytes, sizeof(bytes), 0x87, SANSCSI_OK);
    assert_int_equal(sanscsi_vpd_mode_policy_next(&vpd, &position, &item), 1);
    assert_int_equal(item.page, 8);
    assert_int_equal(item.subpage, 1);
    assert_int_equal(item.units, 1);
    assert_int_equal(item.policy, 3);
    assert_int_equal(sanscsi_vpd_mode_policy_next(&vpd, &position, &item), 1);
    assert_int_equal(item.page, 63);
    assert_int_equal(item.subpage, 255);
    assert_int_equal(item.units, 0);
    assert_int_equal(sanscsi_vpd_mode_policy_next(&vpd, &position, &item), 0);
    static const uint8_t odd[] = {0, 0x87, 0, 5, 0x08, 0x01, 0x83, 0, 0x3f};
    vpd = page_of(odd, sizeof(odd), 0x87, SANSCSI_OK);
    position = 4;
    assert_int_equal(sanscsi_vpd_mode_policy_next(&vpd, &position, &item), SANSCSI_MALFORMED);
    vpd = page_of(bytes, 11, 0x87, SANSCSI_TRUNCATED);
    assert_int_equal(sanscsi_vpd_mode_policy_next(&vpd, &position, &item), SANSCSI_TRUNCATED);
}

/* An initiator port 1 with the TransportID of SAS, a target port 2 with an NAA designator. */
static const uint8_t ports_bytes[] = {
    0,    0x88, 0, 60,                              /* header */
    0,    0,    0, 1,  0,    0, 0, 24,              /* port 1 */
    0x06, 0,    0, 0,  0x50, 1, 2, 3,  4, 5, 6, 7,  /* its TransportID */
    0,    0,    0, 0,  0,    0, 0, 0,  0, 0, 0, 0,  /**/
    0,    0,    0, 0,                               /* no designators */
    0,    0,    0, 2,  0,    0, 0, 0,  0, 0, 0, 12, /* port 2 */
    0x61, 0x93, 0, 8,  0x50, 1, 2, 3,  4, 5, 6, 8,  /* its designator */
};

static void ports(void **state) {
    (void)state;
    sanscsi_scsi_port item = {.size = sizeof(item)};
    sanscsi_transport_id id = {.size = sizeof(id)};
    sanscsi_designator designator = {.size = sizeof(designator)};
    uint32_t position = 0;
    uint32_t inner = 0;
    sanscsi_vpd vpd = page_of(ports_bytes, sizeof(ports_bytes), 0x88, SANSCSI_OK);
    assert_int_equal(sanscsi_vpd_port_next(&vpd, &position, &item), 1);
    assert_int_equal(item.relative_port, 1);
    assert_int_equal(sanscsi_transport_id_parse(item.transport_id, item.transport_id_length, &id),
                     SANSCSI_OK);
    assert_int_equal(id.protocol, 6);
    assert_null(item.designators);
    assert_int_equal(sanscsi_port_designator_next(&item, &inner, &designator), 0);
    assert_int_equal(sanscsi_vpd_port_next(&vpd, &position, &item), 1);
    assert_int_equal(item.relative_port, 2);
    assert_null(item.transport_id);
    assert_int_equal(sanscsi_port_designator_next(&item, &inner, &designator), 1);
    assert_int_equal(designator.type, SANSCSI_DESIGNATOR_NAA);
    assert_int_equal(designator.association, SANSCSI_DESIGNATOR_PORT);
    assert_int_equal(designator.protocol, 6);
    assert_int_equal(designator.bytes[7], 8);
    assert_int_equal(sanscsi_port_designator_next(&item, &inner, &designator), 0);
    assert_int_equal(sanscsi_vpd_port_next(&vpd, &position, &item), 0);
    item.size = 0;
    assert_int_equal(sanscsi_port_designator_next(&item, &inner, &designator),
                     SANSCSI_INVALID_ARGUMENT);
}

static void ports_cut_and_lying(void **state) {
    (void)state;
    sanscsi_scsi_port item = {.size = sizeof(item)};
    for (size_t size = 4; size < sizeof(ports_bytes); size++) {
        uint8_t *copy = exactly(ports_bytes, size);
        sanscsi_vpd vpd = page_of(copy, size, 0x88, SANSCSI_TRUNCATED);
        uint32_t position = 0;
        int32_t first = sanscsi_vpd_port_next(&vpd, &position, &item);
        assert_int_equal(first, size < 40 ? SANSCSI_TRUNCATED : 1);
        if (first == 1) {
            assert_int_equal(sanscsi_vpd_port_next(&vpd, &position, &item), SANSCSI_TRUNCATED);
        }
        free(copy);
    }
    uint8_t lie[sizeof(ports_bytes)];
    memcpy(lie, ports_bytes, sizeof(lie));
    lie[11] = 60; /* TransportID longer than the page */
    sanscsi_vpd vpd = page_of(lie, sizeof(lie), 0x88, SANSCSI_OK);
    uint32_t position = 0;
    assert_int_equal(sanscsi_vpd_port_next(&vpd, &position, &item), SANSCSI_MALFORMED);
    lie[11] = 24;
    lie[39] = 25; /* designators longer than the page */
    assert_int_equal(sanscsi_vpd_port_next(&vpd, &position, &item), SANSCSI_MALFORMED);
}

static void ata_information(void **state) {
    (void)state;
    static uint8_t bytes[572] = {0,   0x89, 0x02, 0x38, 0,   0,   0,   0,   'l', 'i', 'b', 'A', 'T',
                                 'A', ' ',  ' ',  'S',  'A', 'T', ' ', ' ', ' ', ' ', ' ', ' ', ' ',
                                 ' ', ' ',  ' ',  ' ',  ' ', ' ', '1', '.', '0', ' ', 0x34};
    bytes[56] = 0xec;
    bytes[60] = 0x40;
    bytes[571] = 0xa5;
    sanscsi_ata_information found = {.size = sizeof(found)};
    assert_int_equal(sanscsi_vpd_ata_information_parse(bytes, 572, &found), SANSCSI_OK);
    assert_string_equal(found.vendor, "libATA");
    assert_string_equal(found.product, "SAT");
    assert_string_equal(found.revision, "1.0");
    assert_int_equal(found.command, 0xec);
    assert_ptr_equal(found.signature, bytes + 36);
    assert_ptr_equal(found.identify, bytes + 60);
    ASSERT_CUTS_TRUNCATED(sanscsi_vpd_ata_information_parse, bytes, sizeof(bytes), &found);
    ASSERT_ARGUMENTS_CHECKED(sanscsi_vpd_ata_information_parse, sanscsi_ata_information);
    bytes[3] = 0x37;
    assert_int_equal(sanscsi_vpd_ata_information_parse(bytes, 572, &found), SANSCSI_MALFORMED);
}

static void referrals(void **state) {
    (void)state;
    uint8_t bytes[16] = {0, 0xb3, 0, 12, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8};
    sanscsi_referrals found = {.size = sizeof(found)};
    assert_int_equal(sanscsi_vpd_referrals_parse(bytes, 16, &found), SANSCSI_OK);
    assert_int_equal(found.segment_size, 0x01020304);
    assert_int_equal(found.segment_multiplier, 0x05060708);
    ASSERT_CUTS_TRUNCATED(sanscsi_vpd_referrals_parse, bytes, sizeof(bytes), &found);
    ASSERT_ARGUMENTS_CHECKED(sanscsi_vpd_referrals_parse, sanscsi_referrals);
    bytes[3] = 11;
    assert_int_equal(sanscsi_vpd_referrals_parse(bytes, 16, &found), SANSCSI_MALFORMED);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(network_addresses),   cmocka_unit_test(extended_inquiry),
        cmocka_unit_test(mode_policies),       cmocka_unit_test(ports),
        cmocka_unit_test(ports_cut_and_lying), cmocka_unit_test(ata_information),
        cmocka_unit_test(referrals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
