/* Tests of the SCSI layer: reservations, bytes by hand from SPC-4 and SPC-2. */
#include "unit/test_scsi.h"

#include <iscsi/scsi_block.h>
#include <iscsi/scsi_reserve.h>

static const uint64_t key1 = UINT64_C(0x0102030405060708);
static const uint64_t key2 = UINT64_C(0x1112131415161718);

static void cdbs(void **state) {
    (void)state;
    ASSERT_CDB(sanscsi_cdb_reserve6(cdb), 6, 0x16);
    ASSERT_CDB(sanscsi_cdb_release6(cdb), 6, 0x17);
    ASSERT_CDB(sanscsi_cdb_reserve10(cdb), 10, 0x56);
    ASSERT_CDB(sanscsi_cdb_release10(cdb), 10, 0x57);
    ASSERT_CDB(sanscsi_cdb_persistent_reserve_in(cdb, SANSCSI_PR_READ_FULL_STATUS, 0x0102), 10,
               0x5e, 3, 0, 0, 0, 0, 0, 1, 2, 0);
    ASSERT_CDB(sanscsi_cdb_persistent_reserve_out(cdb, SANSCSI_PR_PREEMPT_AND_ABORT,
                                                  SANSCSI_PR_EXCLUSIVE_ACCESS_ALL, 0x01020318),
               10, 0x5f, 5, 8, 0, 0, 1, 2, 3, 0x18, 0);
    ASSERT_REFUSED(sanscsi_cdb_persistent_reserve_in(cdb, 32, 8));
    ASSERT_REFUSED(sanscsi_cdb_persistent_reserve_in(cdb, 0, 0x10000));
    ASSERT_REFUSED(sanscsi_cdb_persistent_reserve_out(cdb, 32, 1, 24));
    ASSERT_REFUSED(sanscsi_cdb_persistent_reserve_out(cdb, 1, 16, 24));
    assert_int_equal(sanscsi_cdb_reserve6(NULL), 0);
    assert_int_equal(sanscsi_cdb_persistent_reserve_in(NULL, 0, 8), 0);
    assert_int_equal(sanscsi_cdb_persistent_reserve_out(NULL, 0, 0, 24), 0);
}

/* SPC-4 7.6.4: name alone, 20 bytes are the least; a port: name, separator, ISID. */
#define ID_BY_NAME                                                                                 \
    0x05, 0, 0, 20, 'i', 'q', 'n', '.', '2', '0', '2', '6', '-', '0', '1', '.', 'a', ':', 'b', 0,  \
        0, 0, 0, 0
#define ID_BY_PORT                                                                                 \
    0x45, 0, 0, 36, 'i', 'q', 'n', '.', '2', '0', '2', '6', '-', '0', '1', '.', 'a', ':', 'b',     \
        ',', 'i', ',', '0', 'x', '8', '0', '0', '0', '0', '0', '0', '0', '0', '0', 'a', 'b', 0, 0, \
        0, 0

static const uint8_t id_by_name[24] = {ID_BY_NAME};
static const uint8_t id_by_port[40] = {ID_BY_PORT};

static sanscsi_transport_id transport_id(void) {
    sanscsi_transport_id id = {
        .size = sizeof(id),
        .protocol = 5,
        .name = (const uint8_t *)"iqn.2026-01.a:b",
        .name_length = 15,
    };
    return id;
}

static void transport_ids_are_built(void **state) {
    (void)state;
    sanscsi_transport_id id = transport_id();
    ASSERT_BUILT(sanscsi_transport_id_build(&id, data, size, &length), ID_BY_NAME);
    id.has_isid = 1;
    id.isid = UINT64_C(0x8000000000ab);
    ASSERT_BUILT(sanscsi_transport_id_build(&id, data, size, &length), ID_BY_PORT);
    id.isid = UINT64_C(0x1000000000000);
    ASSERT_NOT_BUILT(sanscsi_transport_id_build(&id, data, size, &length),
                     SANSCSI_INVALID_ARGUMENT);
    id.isid = 1;
    id.has_isid = 0;
    ASSERT_NOT_BUILT(sanscsi_transport_id_build(&id, data, size, &length),
                     SANSCSI_INVALID_ARGUMENT);
    id = transport_id();
    id.name = (const uint8_t *)"iqn.2026-01.a\0b";
    ASSERT_NOT_BUILT(sanscsi_transport_id_build(&id, data, size, &length),
                     SANSCSI_INVALID_ARGUMENT);
    id = transport_id();
    id.name_length = 0;
    ASSERT_NOT_BUILT(sanscsi_transport_id_build(&id, data, size, &length),
                     SANSCSI_INVALID_ARGUMENT);
    id = transport_id();
    id.protocol = 0;
    ASSERT_NOT_BUILT(sanscsi_transport_id_build(&id, data, size, &length),
                     SANSCSI_INVALID_ARGUMENT);
}

/* RFC 7143 4.2.7.2: of ASCII a name has a to z, 0 to 9, dash, dot and colon. A name with the mark
 * of an ISID in it would be read back as another port. */
static void names_of_no_initiator_are_not_built(void **state) {
    static const char *const names[] = {
        "iqn.2026-01.a,i,0x1", "iqn.2026-01.a:B", "iqn.2026-01.a b", "iqn.2026-01.a/b",
        "iqn.2026-01.a;b",     "iqn.2026-01.a`b", "iqn.2026-01.a{b", "iqn.2026-01.a\x7f"};
    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        sanscsi_transport_id id = transport_id();
        id.name = (const uint8_t *)names[i];
        id.name_length = (uint32_t)strlen(names[i]);
        ASSERT_NOT_BUILT(sanscsi_transport_id_build(&id, data, size, &length),
                         SANSCSI_INVALID_ARGUMENT);
    }
}

static void the_longest_name_needs_248_bytes(void **state) {
    (void)state;
    uint8_t name[224];
    uint8_t data[248];
    size_t length = 0;
    memset(name, 'a', sizeof(name));
    sanscsi_transport_id id = transport_id();
    id.name = name;
    id.name_length = 223;
    id.has_isid = 1;
    assert_int_equal(sanscsi_transport_id_build(&id, data, sizeof(data), &length), SANSCSI_OK);
    assert_int_equal(length, 248);
    assert_int_equal(data[3], 244);
    id.name_length = 224;
    assert_int_equal(sanscsi_transport_id_build(&id, data, sizeof(data), &length),
                     SANSCSI_INVALID_ARGUMENT);
}

static void transport_ids_are_read(void **state) {
    (void)state;
    sanscsi_transport_id id = {.size = sizeof(id)};
    assert_int_equal(sanscsi_transport_id_parse(id_by_name, 24, &id), SANSCSI_OK);
    assert_int_equal(id.protocol, 5);
    assert_int_equal(id.length, 24);
    assert_int_equal(id.has_isid, 0);
    assert_int_equal(id.name_length, 15);
    assert_memory_equal(id.name, "iqn.2026-01.a:b", 15);
    assert_int_equal(sanscsi_transport_id_parse(id_by_port, 40, &id), SANSCSI_OK);
    assert_int_equal(id.length, 40);
    assert_int_equal(id.has_isid, 1);
    assert_true(id.isid == UINT64_C(0x8000000000ab));
    assert_int_equal(id.name_length, 15);
    ASSERT_CUTS_TRUNCATED(sanscsi_transport_id_parse, id_by_port, sizeof(id_by_port), &id);
    ASSERT_CUTS_TRUNCATED(sanscsi_transport_id_parse, id_by_name, sizeof(id_by_name), &id);
    ASSERT_ARGUMENTS_CHECKED(sanscsi_transport_id_parse, sanscsi_transport_id);
    static const uint8_t fibre_channel[24] = {0x00, 0, 0, 0, 0, 0, 0, 0, 0x21};
    assert_int_equal(sanscsi_transport_id_parse(fibre_channel, 24, &id), SANSCSI_OK);
    assert_int_equal(id.protocol, 0);
    assert_int_equal(id.length, 24);
    assert_null(id.name);
}

static void transport_ids_that_lie(void **state) {
    (void)state;
    uint8_t bytes[40];
    int32_t status;
    sanscsi_transport_id id = {.size = sizeof(id)};
    memcpy(bytes, id_by_name, 24);
    memset(bytes + 19, 'x', 5); /* no end */
    PARSE(sanscsi_transport_id_parse, bytes, 24, &id);
    assert_int_equal(status, SANSCSI_MALFORMED);
    memcpy(bytes, id_by_name, 24);
    bytes[0] = 0x85; /* reserved format */
    PARSE(sanscsi_transport_id_parse, bytes, 24, &id);
    assert_int_equal(status, SANSCSI_MALFORMED);
    bytes[0] = 0x45; /* a port without ISID */
    PARSE(sanscsi_transport_id_parse, bytes, 24, &id);
    assert_int_equal(status, SANSCSI_MALFORMED);
    bytes[0] = 0x05;
    bytes[4] = 0; /* no name */
    PARSE(sanscsi_transport_id_parse, bytes, 24, &id);
    assert_int_equal(status, SANSCSI_MALFORMED);
    memcpy(bytes, id_by_port, 40);
    bytes[30] = 'g'; /* no digit */
    PARSE(sanscsi_transport_id_parse, bytes, 40, &id);
    assert_int_equal(status, SANSCSI_MALFORMED);
    memcpy(bytes, id_by_port, 40);
    bytes[36] = '1'; /* 13 digits */
    PARSE(sanscsi_transport_id_parse, bytes, 40, &id);
    assert_int_equal(status, SANSCSI_MALFORMED);
    memcpy(bytes, id_by_port, 40);
    bytes[35] = 'B'; /* capitals are digits too */
    PARSE(sanscsi_transport_id_parse, bytes, 40, &id);
    assert_int_equal(status, SANSCSI_OK);
    assert_true(id.isid == UINT64_C(0x8000000000ab));
}

static void parameter_lists(void **state) {
    (void)state;
    ASSERT_BUILT(sanscsi_pr_out_build(key1, key2, SANSCSI_PR_ALL_TARGET_PORTS | SANSCSI_PR_PERSIST,
                                      NULL, 0, data, size, &length),
                 1, 2, 3, 4, 5, 6, 7, 8, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0, 0, 0, 0,
                 0x05, 0, 0, 0);
    ASSERT_BUILT(sanscsi_pr_out_build(0, key2, 0, id_by_name, 24, data, size, &length), 0, 0, 0, 0,
                 0, 0, 0, 0, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0, 0, 0, 0, 0x08, 0, 0,
                 0, 0, 0, 0, 24, ID_BY_NAME);
    ASSERT_BUILT(sanscsi_pr_move_build(key1, key2, SANSCSI_PR_UNREGISTER | SANSCSI_PR_PERSIST,
                                       0x1234, id_by_port, 40, data, size, &length),
                 1, 2, 3, 4, 5, 6, 7, 8, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0, 0x03,
                 0x12, 0x34, 0, 0, 0, 40, ID_BY_PORT);
    ASSERT_NOT_BUILT(sanscsi_pr_out_build(0, 0, 0x08, NULL, 0, data, size, &length),
                     SANSCSI_INVALID_ARGUMENT);
    ASSERT_NOT_BUILT(sanscsi_pr_out_build(0, 0, 0, NULL, 24, data, size, &length),
                     SANSCSI_INVALID_ARGUMENT);
    ASSERT_NOT_BUILT(sanscsi_pr_out_build(0, 0, 0, id_by_name, 0, data, size, &length),
                     SANSCSI_INVALID_ARGUMENT);
    ASSERT_NOT_BUILT(sanscsi_pr_out_build(0, 0, 0, id_by_port, 39, data, size, &length),
                     SANSCSI_INVALID_ARGUMENT);
    ASSERT_NOT_BUILT(sanscsi_pr_move_build(1, 0, 0, 1, id_by_name, 24, data, size, &length),
                     SANSCSI_INVALID_ARGUMENT);
    ASSERT_NOT_BUILT(sanscsi_pr_move_build(1, 2, 4, 1, id_by_name, 24, data, size, &length),
                     SANSCSI_INVALID_ARGUMENT);
    ASSERT_NOT_BUILT(sanscsi_pr_move_build(1, 2, 0, 65536, id_by_name, 24, data, size, &length),
                     SANSCSI_INVALID_ARGUMENT);
    ASSERT_NOT_BUILT(sanscsi_pr_move_build(1, 2, 0, 1, NULL, 0, data, size, &length),
                     SANSCSI_INVALID_ARGUMENT);
}

static void keys(void **state) {
    (void)state;
    static const uint8_t bytes[24] = {0, 0, 1, 2, 0,    0,    0,    16,   1,    2,    3,    4,
                                      5, 6, 7, 8, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18};
    sanscsi_items items = {.size = sizeof(items)};
    uint64_t key = 0;
    assert_int_equal(sanscsi_pr_keys_parse(bytes, 24, &items), SANSCSI_OK);
    assert_int_equal(items.info, 0x0102);
    assert_int_equal(sanscsi_pr_key_get(&items, 0, &key), SANSCSI_OK);
    assert_true(key == key1);
    assert_int_equal(sanscsi_pr_key_get(&items, 1, &key), SANSCSI_OK);
    assert_true(key == key2);
    assert_int_equal(sanscsi_pr_key_get(&items, 2, &key), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_pr_key_get(&items, UINT32_MAX, &key), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_pr_key_get(&items, 0, NULL), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_pr_keys_parse(bytes, 23, &items), SANSCSI_TRUNCATED);
    assert_int_equal(items.total, 16);
    assert_int_equal(sanscsi_pr_key_get(&items, 1, &key), SANSCSI_INVALID_ARGUMENT);
    ASSERT_CUTS_TRUNCATED(sanscsi_pr_keys_parse, bytes, sizeof(bytes), &items);
    ASSERT_ARGUMENTS_CHECKED(sanscsi_pr_keys_parse, sanscsi_items);
    static const uint8_t odd[] = {0, 0, 0, 0, 0, 0, 0, 7, 1, 2, 3, 4, 5, 6, 7};
    assert_int_equal(sanscsi_pr_keys_parse(odd, sizeof(odd), &items), SANSCSI_MALFORMED);
    static const uint8_t none[8] = {0, 0, 0, 9};
    assert_int_equal(sanscsi_pr_keys_parse(none, 8, &items), SANSCSI_OK);
    assert_int_equal(items.total, 0);
}

static void reservation(void **state) {
    (void)state;
    static const uint8_t bytes[24] = {0, 0, 0, 9, 0, 0, 0, 16, 1, 2, 3,    4,
                                      5, 6, 7, 8, 0, 0, 0, 0,  0, 5, 0xff, 0xff};
    sanscsi_pr_reservation found = {.size = sizeof(found)};
    assert_int_equal(sanscsi_pr_reservation_parse(bytes, 24, &found), SANSCSI_OK);
    assert_int_equal(found.generation, 9);
    assert_int_equal(found.held, 1);
    assert_true(found.key == key1);
    assert_int_equal(found.scope, 0);
    assert_int_equal(found.type, SANSCSI_PR_WRITE_EXCLUSIVE_REGISTRANTS);
    ASSERT_CUTS_TRUNCATED(sanscsi_pr_reservation_parse, bytes, sizeof(bytes), &found);
    ASSERT_ARGUMENTS_CHECKED(sanscsi_pr_reservation_parse, sanscsi_pr_reservation);
    static const uint8_t none[8] = {0, 0, 0, 9};
    assert_int_equal(sanscsi_pr_reservation_parse(none, 8, &found), SANSCSI_OK);
    assert_int_equal(found.held, 0);
    assert_true(found.key == 0);
    static const uint8_t odd[24] = {0, 0, 0, 9, 0, 0, 0, 8};
    assert_int_equal(sanscsi_pr_reservation_parse(odd, 24, &found), SANSCSI_MALFORMED);
}

static void capabilities(void **state) {
    (void)state;
    static const uint8_t bytes[8] = {0, 8, 0x15, 0xb1, 0xea, 0x01, 0, 0};
    sanscsi_pr_capabilities found = {.size = sizeof(found)};
    assert_int_equal(sanscsi_pr_capabilities_parse(bytes, 8, &found), SANSCSI_OK);
    assert_int_equal(found.reserve_compatible, 1);
    assert_int_equal(found.specify_ports, 0);
    assert_int_equal(found.all_target_ports, 1);
    assert_int_equal(found.can_persist, 1);
    assert_int_equal(found.type_mask_valid, 1);
    assert_int_equal(found.allowed_commands, 3);
    assert_int_equal(found.persists, 1);
    assert_int_equal(found.types, 0x1ea); /* all six: 1, 3, 5, 6, 7, 8 */
    assert_int_equal(found.replace_lost, 0);
    ASSERT_CUTS_TRUNCATED(sanscsi_pr_capabilities_parse, bytes, sizeof(bytes), &found);
    ASSERT_ARGUMENTS_CHECKED(sanscsi_pr_capabilities_parse, sanscsi_pr_capabilities);
    static const uint8_t others[8] = {0, 8, 0x88, 0, 0xff, 0xff};
    assert_int_equal(sanscsi_pr_capabilities_parse(others, 8, &found), SANSCSI_OK);
    assert_int_equal(found.specify_ports, 1);
    assert_int_equal(found.replace_lost, 1);
    assert_int_equal(found.types, 0); /* TMV is 0 */
    static const uint8_t lie[8] = {0, 7};
    assert_int_equal(sanscsi_pr_capabilities_parse(lie, 8, &found), SANSCSI_MALFORMED);
}

static void full_status(void **state) {
    (void)state;
    static const uint8_t bytes[] = {
        0,          0,    0,    3,    0,    0,    0,    0x48, /* header: 72 bytes */
        1,          2,    3,    4,    5,    6,    7,    8,    /* the holder, by name */
        0,          0,    0,    0,    0x01, 0x05, 0,    0,    /**/
        0,          0,    0x12, 0x34, 0,    0,    0,    24,   /**/
        ID_BY_NAME,                                           /**/
        0x11,       0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, /* another, on all ports */
        0,          0,    0,    0,    0x02, 0,    0,    0,    /**/
        0,          0,    0,    0,    0,    0,    0,    0,    /**/
    };
    assert_int_equal(sizeof(bytes), 80);
    sanscsi_items items = {.size = sizeof(items)};
    sanscsi_pr_full_status item = {.size = sizeof(item)};
    sanscsi_transport_id id = {.size = sizeof(id)};
    uint32_t position = 0;
    assert_int_equal(sanscsi_pr_full_status_parse(bytes, sizeof(bytes), &items), SANSCSI_OK);
    assert_int_equal(items.info, 3);
    assert_int_equal(sanscsi_pr_full_status_next(&items, &position, &item), 1);
    assert_true(item.key == key1);
    assert_int_equal(item.holder, 1);
    assert_int_equal(item.all_target_ports, 0);
    assert_int_equal(item.type, 5);
    assert_int_equal(item.relative_port, 0x1234);
    assert_int_equal(item.transport_id_length, 24);
    assert_int_equal(sanscsi_transport_id_parse(item.transport_id, item.transport_id_length, &id),
                     SANSCSI_OK);
    assert_memory_equal(id.name, "iqn.2026-01.a:b", 15);
    assert_int_equal(sanscsi_pr_full_status_next(&items, &position, &item), 1);
    assert_true(item.key == key2);
    assert_int_equal(item.holder, 0);
    assert_int_equal(item.all_target_ports, 1);
    assert_null(item.transport_id);
    assert_int_equal(sanscsi_pr_full_status_next(&items, &position, &item), 0);
    ASSERT_CUTS_TRUNCATED(sanscsi_pr_full_status_parse, bytes, sizeof(bytes), &items);
    ASSERT_ARGUMENTS_CHECKED(sanscsi_pr_full_status_parse, sanscsi_items);

    uint8_t lie[sizeof(bytes)];
    memcpy(lie, bytes, sizeof(bytes));
    static const uint8_t lengths[][4] = {
        {0xff, 0xff, 0xff, 0xff}, {0xff, 0xff, 0xff, 0xe8}, {0, 0, 0, 49}};
    for (size_t i = 0; i < 3; i++) {
        memcpy(lie + 28, lengths[i], 4);
        position = 0;
        assert_int_equal(sanscsi_pr_full_status_parse(lie, sizeof(lie), &items), SANSCSI_OK);
        assert_int_equal(sanscsi_pr_full_status_next(&items, &position, &item), SANSCSI_MALFORMED);
        assert_int_equal(position, 0);
    }
    assert_int_equal(sanscsi_pr_full_status_parse(bytes, 55, &items), SANSCSI_TRUNCATED);
    assert_int_equal(sanscsi_pr_full_status_next(&items, &position, &item), SANSCSI_TRUNCATED);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cdbs),
        cmocka_unit_test(transport_ids_are_built),
        cmocka_unit_test(names_of_no_initiator_are_not_built),
        cmocka_unit_test(the_longest_name_needs_248_bytes),
        cmocka_unit_test(transport_ids_are_read),
        cmocka_unit_test(transport_ids_that_lie),
        cmocka_unit_test(parameter_lists),
        cmocka_unit_test(keys),
        cmocka_unit_test(reservation),
        cmocka_unit_test(capabilities),
        cmocka_unit_test(full_status),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
