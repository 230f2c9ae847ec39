/* The LUN scan: its rules, and every way a command of it can fail (events 1 to 4). */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "test_scan_run.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- inventories ---- */

static void test_inventories(void **state) {
    (void)state;
    static const uint32_t counts[] = {1, 2, 255, 256, 257, 300, 16384, 16385};
    for (size_t i = 0; i < COUNT(counts); i++) {
        struct scanned scanned;
        scan_begin(&scanned, NULL, 0, counts[i]);
        scan_all(&scanned);
        uint32_t most = counts[i] > 16384 ? 16384 : counts[i];
        assert_int_equal(scanned.units, most);
        assert_int_equal(scanned.claimed, most);
        assert_int_equal(scanned.with_capacity, most);
        assert_int_equal(scanned.last_number, most - 1);
        assert_int_equal(scanned.last_lun,
                         (uint64_t)(most - 1 < 256 ? most - 1 : 0x4000 | (most - 1)) << 48);
        assert_int_equal(scanned.last_blocks, (1u << 21) / TARGET_BLOCK);
        assert_int_equal(scanned.report_luns, counts[i] > 256 ? 2 : 1);
        assert_int_equal(scanned.inquiries, most + 1);
        assert_int_equal(scanned.harness->event_count, 0);
        assert_int_equal(sanscsi_scan_complete(scanned.scan), 1);
        harness_logout(scanned.harness);
        scan_end(&scanned);
    }
}

/* LUNs in all supported forms, in the order of the inventory. */
static void test_addressing(void **state) {
    (void)state;
    static const uint8_t mixed[8 + 24] = {0,    0, 0, 24, 0, 0, 0, 0, 0x00, 1, 0, 0, 0, 0, 0, 0,
                                          0x40, 0, 0, 0,  0, 0, 0, 0, 0x80, 1, 0, 0, 0, 0, 0, 0};
    static const uint8_t extended[8 + 16] = {0, 0, 0, 16, 0,    0, 0, 0, 0, 0, 0, 0,
                                             0, 0, 0, 0,  0xc1, 1, 0, 0, 0, 0, 0, 0};
    static const uint8_t second_level[8 + 8] = {0, 0, 0, 8, 0, 0, 0, 0, 0, 1, 0, 2, 0, 0, 0, 0};
    static const uint8_t empty[8] = {0};
    struct {
        const uint8_t *list;
        uint32_t length;
        uint32_t units;
        uint32_t event;
    } const cases[] = {
        {mixed, sizeof(mixed), 3, 0},
        {extended, sizeof(extended), 0, SANSCSI_EVENT_UNSUPPORTED_LUN_ADDRESSING},
        {second_level, sizeof(second_level), 0, SANSCSI_EVENT_UNSUPPORTED_LUN_ADDRESSING},
        {empty, sizeof(empty), 0, SANSCSI_EVENT_NO_LUNS_CONFIGURED},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct plan plan = {REPORT_LUNS, ANY_LUN, 0, 0, DATA, 0, cases[i].list, cases[i].length};
        struct scanned scanned;
        scan_begin(&scanned, &plan, 1, 2);
        scan_all(&scanned);
        assert_int_equal(scanned.units, cases[i].units);
        assert_int_equal(sanscsi_scan_complete(scanned.scan), cases[i].event == 0 ? 1 : 0);
        assert_int_equal(scanned.harness->event_count, cases[i].event == 0 ? 0 : 1);
        if (cases[i].event != 0) {
            assert_int_equal(scanned.harness->events[0].id, cases[i].event);
            assert_string_equal(scanned.harness->events[0].causes, " 1");
        }
        scan_end(&scanned);
    }
}

/* ---- failures ---- */

struct failure {
    const char *name;
    struct plan plans[3];
    uint32_t units;   /* told, of 2 */
    uint32_t claimed; /* of them */
    uint32_t event;   /* the first of events 1 to 4; 0: none */
    uint64_t args[3];
    const char *causes;
    uint32_t events; /* of that number */
    bool complete;
};

#define ATTENTION 0x062900
#define UNKNOWN 0x052000

static const struct failure failures[] = {
    {"unit attention",
     {{INQUIRY, ANY_LUN, 0, 1, CHECK, ATTENTION, NULL, 0}},
     2,
     2,
     0,
     {0},
     "",
     0,
     true},
    {"unit attentions on everything",
     {{INQUIRY, ANY_LUN, 0, 3, CHECK, ATTENTION, NULL, 0},
      {REPORT_LUNS, ANY_LUN, 0, 2, CHECK, 0x063f0e, NULL, 0},
      {CAPACITY10, ANY_LUN, 0, 1, CHECK, ATTENTION, NULL, 0}},
     2,
     2,
     0,
     {0},
     "",
     0,
     true},
    {"unit attention for ever",
     {{INQUIRY, ANY_LUN, 0, 0, CHECK, ATTENTION, NULL, 0}},
     0,
     0,
     1,
     {2, 0, 0},
     " 5",
     1,
     false},
    /* event 1, every cause that a target or the session can bring about */
    {"inquiry check",
     {{INQUIRY, 0, 0, 0, CHECK, 0x044400, NULL, 0}},
     0,
     0,
     1,
     {2, 0, 0},
     " 5",
     1,
     false},
    {"inquiry busy",
     {{INQUIRY, 0, 0, 0, STATUS, 0x08, NULL, 0}},
     0,
     0,
     1,
     {8, 0, 0},
     " 6",
     1,
     false},
    {"inquiry reserved",
     {{INQUIRY, 0, 0, 0, STATUS, 0x18, NULL, 0}},
     0,
     0,
     1,
     {0x18, 0, 0},
     " 9",
     1,
     false},
    {"inquiry failure",
     {{INQUIRY, 0, 0, 0, FAILURE, 0, NULL, 0}},
     0,
     0,
     1,
     {0, 5, 0},
     " 8",
     1,
     false},
    {"inquiry bytes lost",
     {{INQUIRY, 0, 0, 0, SHORT, 0, NULL, 0}},
     0,
     0,
     1,
     {0, 7, 0},
     " 4",
     1,
     false},
    {"inquiry timeout",
     {{INQUIRY, 0, 0, 0, SILENT, 0, NULL, 0}},
     0,
     0,
     1,
     {0, 4, 0},
     " 7",
     1,
     false},
    {"inquiry connection",
     {{INQUIRY, 0, 0, 0, DROP, 0, NULL, 0}},
     0,
     0,
     1,
     {0, 6, 0},
     " 3",
     1,
     false},
    /* of one unit: the others go on */
    {"unit 1 busy",
     {{INQUIRY, 1, 0, 0, STATUS, 0x08, NULL, 0}},
     2,
     1,
     1,
     {8, 0, 0},
     " 6",
     1,
     false},
    {"unit 0 fails later",
     {{INQUIRY, 0, 1, 0, CHECK, 0x044400, NULL, 0}},
     2,
     1,
     1,
     {2, 0, 0},
     " 5",
     1,
     false},
    {"unit lost in mid scan",
     {{INQUIRY, 1, 0, 0, DROP, 0, NULL, 0}},
     1,
     1,
     1,
     {0, 6, 0},
     " 3",
     1,
     false},
    /* event 2: LUN 0 alone goes on */
    {"report luns unknown, one unit",
     {{REPORT_LUNS, ANY_LUN, 0, 0, CHECK, UNKNOWN, NULL, 0},
      {INQUIRY, 1, 0, 0, CHECK, 0x052500, NULL, 0}},
     1,
     1,
     2,
     {2, 0, 0},
     " 5 11b",
     1,
     true},
    {"report luns unknown, several units",
     {{REPORT_LUNS, ANY_LUN, 0, 0, CHECK, UNKNOWN, NULL, 0}},
     1,
     1,
     2,
     {2, 0, 0},
     " 5 11a",
     1,
     true},
    {"report luns check",
     {{REPORT_LUNS, ANY_LUN, 0, 0, CHECK, 0x052400, NULL, 0}},
     1,
     1,
     2,
     {2, 0, 0},
     " 5",
     1,
     true},
    {"report luns busy",
     {{REPORT_LUNS, ANY_LUN, 0, 0, STATUS, 8, NULL, 0}},
     1,
     1,
     2,
     {8, 0, 0},
     " 6",
     1,
     true},
    {"report luns reserved",
     {{REPORT_LUNS, ANY_LUN, 0, 0, STATUS, 0x18, NULL, 0}},
     1,
     1,
     2,
     {0x18, 0, 0},
     " 9",
     1,
     true},
    {"report luns failure",
     {{REPORT_LUNS, ANY_LUN, 0, 0, FAILURE, 0, NULL, 0}},
     1,
     1,
     2,
     {0, 5, 0},
     " 8",
     1,
     true},
    {"report luns bytes lost",
     {{REPORT_LUNS, ANY_LUN, 0, 0, SHORT, 0, NULL, 0}},
     1,
     1,
     2,
     {0, 7, 0},
     " 4",
     1,
     true},
    {"report luns timeout",
     {{REPORT_LUNS, ANY_LUN, 0, 0, SILENT, 0, NULL, 0}},
     1,
     1,
     2,
     {0, 4, 0},
     " 7",
     1,
     true},
    {"report luns connection",
     {{REPORT_LUNS, ANY_LUN, 0, 0, DROP, 0, NULL, 0}},
     0,
     0,
     2,
     {0, 6, 0},
     " 3",
     1,
     false},
    /* what has no event: the unit is told without it */
    {"no capacity",
     {{CAPACITY10, ANY_LUN, 0, 0, CHECK, 0x023a00, NULL, 0}},
     2,
     2,
     0,
     {0},
     "",
     0,
     true},
    {"short form unknown",
     {{CAPACITY10, ANY_LUN, 0, 0, CHECK, UNKNOWN, NULL, 0}},
     2,
     2,
     0,
     {0},
     "",
     0,
     true},
};

static void check_failure(const struct failure *failure) {
    struct scanned scanned;
    scan_begin(&scanned, failure->plans, COUNT(failure->plans), 2);
    scan_all(&scanned);
    assert_int_equal(scanned.units, failure->units);
    assert_int_equal(scanned.claimed, failure->claimed);
    assert_int_equal(scanned.with_inquiry, failure->claimed);
    uint32_t events = 0;
    const struct harness_event *first = NULL;
    for (uint32_t i = 0; i < scanned.harness->event_count; i++) {
        const struct harness_event *event = &scanned.harness->events[i];
        first = first == NULL && event->id <= 4 ? event : first;
        events += event->id <= 4 && event->id == failure->event ? 1 : 0;
    }
    assert_int_equal(first == NULL ? 0 : first->id, failure->event);
    assert_int_equal(events, failure->events);
    if (first != NULL) {
        for (uint32_t i = 0; i < 3; i++) {
            assert_int_equal(first->numbers[i], failure->args[i]);
        }
        assert_string_equal(first->causes, failure->causes);
    }
    assert_int_equal(sanscsi_scan_complete(scanned.scan), failure->complete ? 1 : 0);
    scan_end(&scanned);
}

static void test_failures(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(failures); i++) {
        print_message("%s\n", failures[i].name);
        check_failure(&failures[i]);
    }
}

/* A unit that tells less than the 36 bytes every unit owes is not claimed. */
static void test_short_inquiry(void **state) {
    (void)state;
    static const uint8_t data[36] = {0, 0, 6, 2, 31};
    for (uint32_t length = 0; length <= 36; length++) {
        struct plan plan = {INQUIRY, 1, 0, 0, DATA, 0, data, length};
        struct scanned scanned;
        scan_begin(&scanned, &plan, 1, 2);
        scanned.claimed = 0;
        sanscsi_unit unit = {.size = sizeof(unit)};
        struct harness *harness = scanned.harness;
        assert_int_equal(sanscsi_scan_new(harness->session, harness->now, &scanned.scan), 0);
        harness_run(harness);
        assert_int_equal(sanscsi_scan_next(scanned.scan, &unit), 1);
        assert_int_equal(unit.claimed, 1);
        assert_int_equal(sanscsi_scan_next(scanned.scan, &unit), 0);
        harness_run(harness);
        assert_int_equal(sanscsi_scan_next(scanned.scan, &unit), 1);
        assert_int_equal(unit.lun_number, 1);
        assert_int_equal(unit.claimed, length == 36 ? 1 : 0);
        assert_int_equal(harness->event_count, length == 36 ? 0 : 1);
        assert_int_equal(sanscsi_scan_next(scanned.scan, &unit), 0);
        assert_int_equal(sanscsi_scan_done(scanned.scan), 1);
        scan_end(&scanned);
    }
}

/* Why the last INQUIRY or REPORT LUNS failed can be read, whatever other commands say later. */
static void expect_sense(const struct plan *plan, uint32_t key, uint32_t code) {
    struct scanned scanned;
    sanscsi_sense sense = {.size = sizeof(sense)};
    scan_begin(&scanned, plan, 1, 2);
    scan_all(&scanned);
    assert_int_equal(sanscsi_scan_sense(scanned.scan, &sense), SANSCSI_OK);
    assert_int_equal(sense.sense_key, key);
    assert_int_equal(sense.code, code);
    scan_end(&scanned);
}

static void test_sense(void **state) {
    (void)state;
    static const struct plan first = {INQUIRY, 0, 0, 0, CHECK, 0x043e01, NULL, 0};
    static const struct plan list = {REPORT_LUNS, ANY_LUN, 0, 0, CHECK, UNKNOWN, NULL, 0};
    static const struct plan unit = {INQUIRY, 1, 0, 0, CHECK, 0x0b4700, NULL, 0};
    static const struct plan capacity = {CAPACITY10, ANY_LUN, 0, 0, CHECK, 0x023a00, NULL, 0};
    expect_sense(&first, 4, 0x3e01);
    expect_sense(&list, 5, 0x2000); /* LUNs 1 to 7 are asked behind it */
    expect_sense(&unit, 0xb, 0x4700);

    struct scanned scanned;
    sanscsi_sense sense = {.size = sizeof(sense)};
    scan_begin(&scanned, &capacity, 1, 2);
    scan_all(&scanned);
    assert_int_equal(sanscsi_scan_sense(scanned.scan, &sense), SANSCSI_TRUNCATED);
    assert_int_equal(sanscsi_scan_sense(scanned.scan, NULL), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_scan_sense(NULL, &sense), SANSCSI_INVALID_ARGUMENT);
    scan_end(&scanned);
}

/* ---- commands that cannot be issued ---- */

static void expect_not_issued(struct scanned *scanned, uint64_t io_status, const char *cause) {
    struct harness *harness = scanned->harness;
    assert_int_equal(sanscsi_scan_new(harness->session, harness->now, &scanned->scan), SANSCSI_OK);
    assert_int_equal(sanscsi_scan_done(scanned->scan), 1);
    assert_int_equal(sanscsi_scan_complete(scanned->scan), 0);
    harness_poll(harness);
    const struct harness_event *event = harness_event(harness, SANSCSI_EVENT_INQUIRY_FAILED);
    assert_non_null(event);
    assert_int_equal(event->numbers[0], 0);
    assert_int_equal(event->numbers[1], io_status);
    assert_int_equal(event->numbers[2], 1);
    assert_string_equal(event->causes, cause);
}

static void test_not_issued(void **state) {
    (void)state;
    struct scanned scanned;
    scan_begin(&scanned, NULL, 0, 2);
    harness_logout(scanned.harness);
    expect_not_issued(&scanned, SANSCSI_IO_SESSION_OFFLINE, " 1");
    scan_end(&scanned);

    scan_begin(&scanned, NULL, 0, 2);
    assert_int_equal(sanscsi_logout(scanned.harness->session, scanned.harness->now), SANSCSI_OK);
    expect_not_issued(&scanned, SANSCSI_IO_TIMEOUT, " 2");
    scan_end(&scanned);

    scan_begin(&scanned, NULL, 0, 2);
    uint8_t byte = 0;
    sanscsi_iovec list = {&byte, 1};
    for (uint32_t i = 0; i < 32; i++) {
        (void)harness_read(scanned.harness, 0, &list, 1, i);
    }
    expect_not_issued(&scanned, SANSCSI_IO_OK, " 10");
    harness_run(scanned.harness);
    scan_end(&scanned);
}

/* No memory for the scan, for its first inventory, for a longer one. */
static void test_no_memory(void **state) {
    (void)state;
    for (size_t extra = 1; extra <= 4; extra++) {
        struct scanned scanned;
        scan_begin(&scanned, NULL, 0, 600);
        struct harness *harness = scanned.harness;
        harness->fail_at = harness->allocations + extra;
        if (extra == 1) {
            assert_int_equal(sanscsi_scan_new(harness->session, harness->now, &scanned.scan),
                             SANSCSI_NO_MEMORY);
            scan_end(&scanned);
            continue;
        }
        scan_all(&scanned);
        const struct harness_event *event =
            harness_event(harness, SANSCSI_EVENT_REPORT_LUNS_FAILED);
        assert_int_equal(event != NULL, extra < 4);
        assert_int_equal(scanned.units, extra < 4 ? 1 : 600);
        if (event != NULL) {
            assert_string_equal(event->causes, " 10");
        }
        scan_end(&scanned);
    }
}

static void test_misuse(void **state) {
    (void)state;
    struct scanned scanned;
    scan_begin(&scanned, NULL, 0, 1);
    sanscsi_session *session = scanned.harness->session;
    sanscsi_unit unit = {.size = sizeof(unit) - 1};
    sanscsi_output output = {.size = sizeof(output)};
    assert_int_equal(sanscsi_scan_new(NULL, 0, &scanned.scan), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_scan_new(session, 0, NULL), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_scan_output(NULL, &output, 0), 0);
    assert_int_equal(sanscsi_scan_done(NULL), 1);
    assert_int_equal(sanscsi_scan_complete(NULL), 0);
    sanscsi_scan_free(NULL);
    scan_all(&scanned);
    assert_int_equal(sanscsi_scan_next(scanned.scan, &unit), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_scan_next(scanned.scan, NULL), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_scan_next(NULL, &unit), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_scan_output(scanned.scan, NULL, 0), 0);
    assert_int_equal(sanscsi_scan_output(scanned.scan, &output, 0), 0);
    scan_end(&scanned);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_inventories), cmocka_unit_test(test_addressing),
        cmocka_unit_test(test_failures),    cmocka_unit_test(test_short_inquiry),
        cmocka_unit_test(test_sense),       cmocka_unit_test(test_not_issued),
        cmocka_unit_test(test_no_memory),   cmocka_unit_test(test_misuse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
