/* The LUN scan: inventories that lie, LUNs of every form, sessions that end in the midst of it,
 * memory that runs out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "test_scan_run.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define UNKNOWN 0x052000

/* The events of the scan that came, in order, as "2(0,3,1)[1]" with a blank before each. */
static void describe(const struct harness *harness, char *text, size_t size) {
    size_t at = 0;
    text[0] = '\0';
    for (uint32_t i = 0; i < harness->event_count; i++) {
        const struct harness_event *event = &harness->events[i];
        if (event->id > 4) {
            continue;
        }
        const char *causes = event->causes[0] == ' ' ? event->causes + 1 : event->causes;
        at += (size_t)snprintf(text + at, size - at, " %u(%x,%x,%x)[%s]", event->id,
                               (unsigned)event->numbers[0], (unsigned)event->numbers[1],
                               (unsigned)event->numbers[2], causes);
        assert_true(at < size);
    }
}

static void assert_events(const struct scanned *scanned, const char *wanted) {
    char text[1024];
    describe(scanned->harness, text, sizeof(text));
    assert_string_equal(text, wanted);
}

/* ---- units of all kinds ---- */

/* READ CAPACITY tells of disks, CDs and zoned disks alone; behind type 1Fh there is no unit. */
static void test_device_types(void **state) {
    (void)state;
    static const struct {
        uint8_t type;
        uint32_t claimed;
        uint32_t with_capacity;
    } cases[] = {
        {0x00, 1, 1}, {0x01, 1, 0}, {0x05, 1, 1}, {0x0c, 1, 0}, {0x14, 1, 1}, {0x1f, 0, 0},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint8_t inquiry[36] = {cases[i].type, 0,   6,   2,   31,  0,   0,  0,
                               'S',           'A', 'N', 'S', 'C', 'S', 'I'};
        struct plan plan = {INQUIRY, ANY_LUN, 1, 0, DATA, 0, inquiry, sizeof(inquiry)};
        struct scanned scanned;
        scan_begin(&scanned, &plan, 1, 1);
        scan_all(&scanned);
        assert_events(&scanned, "");
        assert_int_equal(scanned.units, 1);
        assert_int_equal(scanned.claimed, cases[i].claimed);
        assert_int_equal(scanned.with_inquiry, 1);
        assert_int_equal(scanned.with_capacity, cases[i].with_capacity);
        assert_int_equal(sanscsi_scan_complete(scanned.scan), 1);
        scan_end(&scanned);
    }
}

/* What is not the scan's own is left to the program. */
static void test_other_tasks(void **state) {
    (void)state;
    struct scanned scanned;
    static uint8_t block[TARGET_BLOCK];
    static const sanscsi_iovec list = {block, sizeof(block)};
    scan_begin(&scanned, NULL, 0, 1);
    scan_start(&scanned);
    (void)harness_read(scanned.harness, 0, &list, 1, 7);
    scan_finish(&scanned);
    assert_int_equal(scanned.harness->result_count, 1);
    assert_int_equal(harness_result(scanned.harness, 7)->io_status, SANSCSI_IO_OK);
    assert_int_equal(scanned.units, 1);
    scan_end(&scanned);
}

/* ---- inventories ---- */

/* SAM-5 4.7: the method in the two topmost bits, then bus 0 and a number of 8 bits, or 14 bits. */
static void test_lun_forms(void **state) {
    (void)state;
    static const struct {
        uint64_t lun;
        uint32_t number; /* UINT32_MAX: not supported */
    } cases[] = {
        {UINT64_C(0x0000000000000000), 0},
        {UINT64_C(0x00ff000000000000), 255},
        {UINT64_C(0x4000000000000000), 0},
        {UINT64_C(0x40ff000000000000), 255},
        {UINT64_C(0x7fff000000000000), 16383},
        {UINT64_C(0x8000000000000000), 0},
        {UINT64_C(0xbfff000000000000), 16383},
        {UINT64_C(0x0100000000000000), UINT32_MAX}, /* bus 1 */
        {UINT64_C(0x3f00000000000000), UINT32_MAX},
        {UINT64_C(0x0001000200000000), UINT32_MAX}, /* a second level */
        {UINT64_C(0x4001000000000001), UINT32_MAX},
        {UINT64_C(0x8001000100000000), UINT32_MAX},
        {UINT64_C(0xc101000000000000), UINT32_MAX}, /* well known: REPORT LUNS */
        {UINT64_C(0xc102000000000000), UINT32_MAX}, /* ACCESS CONTROLS */
        {UINT64_C(0xc103000000000000), UINT32_MAX}, /* TARGET LOG PAGES */
        {UINT64_C(0xd200000100000000), UINT32_MAX}, /* extended flat space */
        {UINT64_C(0xe200000000000100), UINT32_MAX}, /* long extended flat space */
        {UINT64_C(0xffffffffffffffff), UINT32_MAX}, /* not specified */
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        for (uint32_t others = 0; others < 2; others++) { /* alone, and behind LUN 0 */
            uint8_t list[8 + 16] = {0, 0, 0, (uint8_t)(8 + 8 * others)};
            uint32_t size = 16 + 8 * others;
            put64(list + size - 8, cases[i].lun);
            bool supported = cases[i].number != UINT32_MAX;
            struct plan plan = {REPORT_LUNS, ANY_LUN, 0, 0, DATA, 0, list, size};
            struct scanned scanned;
            scan_begin(&scanned, &plan, 1, 2);
            scan_all(&scanned);
            assert_events(&scanned, supported ? "" : " 3(0,0,0)[1]");
            assert_int_equal(scanned.units, supported ? 1 + others : 0);
            assert_int_equal(sanscsi_scan_complete(scanned.scan), supported ? 1 : 0);
            if (supported) {
                assert_int_equal(scanned.last_number, cases[i].number);
                assert_true(scanned.last_lun == cases[i].lun);
            }
            scan_end(&scanned);
        }
    }
}

struct list_case {
    uint32_t list_length;
    uint32_t size; /* bytes that come */
    uint32_t units;
    const char *events;
};

#define NO_INVENTORY " 2(0,0,0)[]" /* no cause of the catalogue's fits */

static void test_lying_lists(void **state) {
    (void)state;
    static const struct list_case cases[] = {
        {16, 0, 1, NO_INVENTORY},
        {16, 1, 1, NO_INVENTORY},
        {16, 4, 1, NO_INVENTORY},
        {16, 7, 1, NO_INVENTORY},
        {0, 7, 1, NO_INVENTORY},
        {16, 8, 1, NO_INVENTORY},
        {16, 16, 1, NO_INVENTORY},
        {16, 23, 1, NO_INVENTORY},
        {1, 24, 1, NO_INVENTORY},
        {9, 24, 1, NO_INVENTORY},
        {15, 24, 1, NO_INVENTORY},
        {17, 32, 1, NO_INVENTORY},
        {0xffffffff, 24, 1, NO_INVENTORY},
        {0xfffffff8, 24, 1, NO_INVENTORY},
        {0x80000000, 24, 1, NO_INVENTORY},
        {16392, 1024, 1, NO_INVENTORY},
        {0, 8, 0, " 4(0,0,0)[1]"},
        {0, 24, 0, " 4(0,0,0)[1]"},
        {8, 24, 1, ""},
        {16, 24, 2, ""},
        {16, 32, 2, ""},
        {16, 2056, 2, ""},
    };
    static uint8_t list[2056];
    put64(list + 16, UINT64_C(0x0001000000000000));
    for (size_t i = 0; i < COUNT(cases); i++) {
        put32(list, cases[i].list_length);
        struct plan plan = {REPORT_LUNS, ANY_LUN, 0, 0, DATA, 0, list, cases[i].size};
        struct scanned scanned;
        scan_begin(&scanned, &plan, 1, 2);
        scan_all(&scanned);
        assert_events(&scanned, cases[i].events);
        assert_int_equal(scanned.units, cases[i].units);
        assert_int_equal(scanned.claimed, cases[i].units);
        assert_int_equal(scanned.last_number, cases[i].units == 2 ? 1 : 0);
        assert_int_equal(scanned.report_luns, 1);
        scan_end(&scanned);
    }
}

/* Each answer tells of one unit more than it was given room for: the room doubles, up to that of
 * SANSCSI_SCAN_MAX_UNITS. */
static void test_growing_list(void **state) {
    (void)state;
    struct plan plan = {REPORT_LUNS, ANY_LUN, 0, 0, GROW, 0, NULL, 0};
    struct scanned scanned;
    scan_begin(&scanned, &plan, 1, 1);
    scan_all(&scanned);
    assert_int_equal(scanned.report_luns, 7); /* 2056 bytes six times doubled: 131584 */
    assert_int_equal(scanned.units, SANSCSI_SCAN_MAX_UNITS);
    assert_events(&scanned, "");
    scan_end(&scanned);
}

/* ---- what belongs to which status ---- */

static void test_sense_beside_other_statuses(void **state) {
    (void)state;
    static const struct {
        struct plan plan;
        const char *events;
        uint32_t units;
        uint32_t commands; /* INQUIRY and REPORT LUNS */
    } cases[] = {
        /* no probing and no second try: BUSY says why, the sense data does not */
        {{REPORT_LUNS, ANY_LUN, 0, 0, SENSE, 0x08052000, NULL, 0}, " 2(8,0,0)[6]", 1, 3},
        {{REPORT_LUNS, ANY_LUN, 0, 0, SENSE, 0x18062900, NULL, 0}, " 2(18,0,0)[9]", 1, 3},
        {{INQUIRY, ANY_LUN, 0, 0, SENSE, 0x08062900, NULL, 0}, " 1(8,0,0)[6]", 0, 1},
        /* a status of SAM-5 that is no row of the table */
        {{INQUIRY, ANY_LUN, 0, 0, STATUS, 0x28, NULL, 0}, " 1(28,0,0)[]", 0, 1},
        {{REPORT_LUNS, ANY_LUN, 0, 0, STATUS, 0x40, NULL, 0}, " 2(40,0,0)[]", 1, 3},
        /* ILLEGAL REQUEST for another reason than the operation code */
        {{REPORT_LUNS, ANY_LUN, 0, 0, CHECK, 0x052400, NULL, 0}, " 2(2,0,0)[5]", 1, 3},
        {{REPORT_LUNS, ANY_LUN, 0, 0, CHECK, 0x042000, NULL, 0}, " 2(2,0,0)[5]", 1, 3},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct scanned scanned;
        scan_begin(&scanned, &cases[i].plan, 1, 2);
        scan_all(&scanned);
        assert_events(&scanned, cases[i].events);
        assert_int_equal(scanned.units, cases[i].units);
        assert_int_equal(scanned.inquiries + scanned.report_luns, cases[i].commands);
        scan_end(&scanned);
    }
}

/* The sense key and code of what failed are in the result that the scan is handed. */
static uint32_t seen_sense;

static bool look_at_sense(struct harness *harness, const sanscsi_output *output) {
    struct scanned *scanned = harness->context;
    if (output->type == SANSCSI_OUTPUT_TASK_DONE && output->result->scsi_status == 0x02) {
        assert_int_equal(output->result->sense_total, 18);
        seen_sense = output->result->sense_key << 16 | output->result->sense_code;
    }
    return sanscsi_scan_output(scanned->scan, output, harness->now) == 1;
}

static void test_sense_can_be_read(void **state) {
    (void)state;
    struct plan plan = {INQUIRY, 1, 0, 0, CHECK, 0x044403, NULL, 0};
    struct scanned scanned;
    seen_sense = 0;
    scan_begin(&scanned, &plan, 1, 2);
    scanned.harness->output = look_at_sense;
    scan_all(&scanned);
    assert_events(&scanned, " 1(2,0,0)[5]");
    assert_int_equal(seen_sense, 0x044403);
    scan_end(&scanned);
}

/* ---- sessions that end or are full ---- */

static void log_out(struct scanned *scanned) {
    assert_int_equal(sanscsi_logout(scanned->harness->session, scanned->harness->now), SANSCSI_OK);
}

static void cut(struct scanned *scanned) {
    harness_cut(scanned->harness);
}

static uint8_t filler;
static const sanscsi_iovec filler_list = {&filler, 1};

static void fill(struct scanned *scanned) {
    for (uint32_t i = 0; i < 32; i++) {
        (void)harness_read(scanned->harness, 0, &filler_list, 1, 100 + i);
    }
}

static void test_not_issued(void **state) {
    (void)state;
    static const struct {
        uint32_t result; /* at which it happens: 1 the first INQUIRY, 2 REPORT LUNS, ... */
        void (*happens)(struct scanned *scanned);
        const char *events;
        uint32_t units;
    } cases[] = {
        {1, cut, " 2(0,3,1)[1] 1(0,3,1)[1]", 0},
        {1, log_out, " 2(0,4,1)[2] 1(0,4,1)[2]", 0},
        {1, fill, " 2(0,0,1)[10] 1(0,0,1)[10]", 1}, /* told, without INQUIRY data */
        {2, cut, " 1(0,3,1)[1]", 0},
        {2, log_out, " 1(0,4,1)[2]", 0},
        {2, fill, " 1(0,0,1)[10]", 2},
        {3, cut, " 1(0,3,1)[1]", 1}, /* its INQUIRY was answered, its capacity was not */
        {3, fill, "", 2},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct scanned scanned;
        scan_begin(&scanned, NULL, 0, 2);
        scanned.before = cases[i].happens;
        scanned.before_result = cases[i].result;
        scan_all(&scanned);
        harness_run(scanned.harness);
        assert_events(&scanned, cases[i].events);
        assert_int_equal(scanned.units, cases[i].units);
        assert_int_equal(sanscsi_scan_complete(scanned.scan), 0);
        scan_end(&scanned);
    }
}

/* What is not answered is not complete, even where no event tells it. */
static void test_capacity_unanswered(void **state) {
    (void)state;
    struct plan plan = {CAPACITY10, 1, 0, 0, SILENT, 0, NULL, 0};
    struct scanned scanned;
    scan_begin(&scanned, &plan, 1, 2);
    scan_all(&scanned);
    assert_int_equal(scanned.units, 2);
    assert_int_equal(scanned.with_capacity, 1);
    assert_events(&scanned, "");
    assert_int_equal(sanscsi_scan_complete(scanned.scan), 0);
    scan_end(&scanned);
}

/* The connection goes while the number of units is found out: neither 11a nor 11b is known. */
static void test_lost_while_probing(void **state) {
    (void)state;
    for (uint32_t lun = 1; lun <= 7; lun += 3) {
        struct plan plans[] = {{REPORT_LUNS, ANY_LUN, 0, 0, CHECK, UNKNOWN, NULL, 0},
                               {INQUIRY, lun, 0, 0, DROP, 0, NULL, 0}};
        struct scanned scanned;
        scan_begin(&scanned, plans, COUNT(plans), 1);
        scan_all(&scanned);
        assert_events(&scanned, " 2(2,0,0)[5] 1(0,3,1)[1]");
        assert_int_equal(scanned.units, 0);
        assert_int_equal(sanscsi_scan_complete(scanned.scan), 0);
        scan_end(&scanned);
    }
}

static void test_discovery_session(void **state) {
    (void)state;
    sanscsi_session_settings settings;
    sanscsi_limits limits;
    harness_settings(&settings, &limits);
    settings.type = SANSCSI_SESSION_DISCOVERY;
    settings.target_name = NULL;
    settings.target_name_length = 0;
    struct harness *harness = harness_ready(NULL, &settings, &limits);
    sanscsi_scan *scan = NULL;
    assert_int_equal(sanscsi_scan_new(harness->session, harness->now, &scan),
                     SANSCSI_WRONG_SESSION_TYPE);
    assert_null(scan);
    harness_logout(harness);
    harness_free(harness);
}

/* ---- memory ---- */

/* A scan in which the Nth allocation fails; false when none was left to fail. Then the same session
 * is scanned anew, whole. */
static bool fail_nth(size_t nth) {
    struct scanned scanned;
    scan_begin(&scanned, NULL, 0, 600);
    struct harness *harness = scanned.harness;
    size_t idle = harness->allocated;
    harness->fail_at = harness->allocations + nth;
    int32_t status = sanscsi_scan_new(harness->session, harness->now, &scanned.scan);
    bool failed = status != SANSCSI_OK;
    if (failed) {
        assert_int_equal(status, SANSCSI_NO_MEMORY);
        assert_null(scanned.scan);
    } else {
        scan_finish(&scanned);
        failed = harness->allocations >= harness->fail_at;
        assert_events(&scanned, failed ? " 2(0,0,1)[10]" : "");
        assert_int_equal(scanned.units, failed ? 1 : 600);
        sanscsi_scan_free(scanned.scan);
        scanned.scan = NULL;
    }
    assert_int_equal(harness->allocated, idle);
    harness->fail_at = 0;
    harness->event_count = 0;
    scanned.units = 0;
    scan_all(&scanned);
    assert_int_equal(scanned.units, 600);
    assert_int_equal(sanscsi_scan_complete(scanned.scan), 1);
    assert_events(&scanned, "");
    harness_logout(harness);
    scan_end(&scanned);
    return failed;
}

static void test_no_memory(void **state) {
    (void)state;
    size_t nth = 1;
    while (fail_nth(nth)) {
        nth++;
    }
    assert_int_equal(nth, 4); /* the scan, its list, the list's growth */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_device_types),
        cmocka_unit_test(test_other_tasks),
        cmocka_unit_test(test_lun_forms),
        cmocka_unit_test(test_lying_lists),
        cmocka_unit_test(test_growing_list),
        cmocka_unit_test(test_sense_beside_other_statuses),
        cmocka_unit_test(test_sense_can_be_read),
        cmocka_unit_test(test_not_issued),
        cmocka_unit_test(test_capacity_unanswered),
        cmocka_unit_test(test_lost_while_probing),
        cmocka_unit_test(test_discovery_session),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
