/* Tests of the login: headers of a target that misbehaves, refusals, and connections that end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "support/login_script.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define SECURITY                                                                                   \
    { .flags = LEAVE_SECURITY, .base = TEXT_SECURITY }

/* A first, and a last, response with one thing wrong in its header: event 37. */
#define FIRST(what, byte1, fault_name, fault_value, ...)                                           \
    {                                                                                              \
        .name = what, .count = 1,                                                                  \
        .replies = {{.flags = (byte1), .base = TEXT_SECURITY, .patches = {__VA_ARGS__}}},          \
        .events = "37()[1]", .fault = fault_name, .value = fault_value                             \
    }
#define LAST(what, byte1, fault_name, fault_value, ...)                                            \
    {                                                                                              \
        .name = what, .count = 2,                                                                  \
        .replies = {SECURITY,                                                                      \
                    {.flags = (byte1), .base = TEXT_OPERATIONAL, .patches = {__VA_ARGS__}}},       \
        .events = "37()[1]", .fault = fault_name, .value = fault_value                             \
    }

static void assert_all(const struct login_script *scripts, size_t count) {
    for (size_t i = 0; i < count; i++) {
        login_assert(&scripts[i]);
    }
}

static void another_pdu_than_a_login_response(void **state) {
    (void)state;
    static const uint8_t opcodes[] = {0x20, 0x21, 0x22, 0x24, 0x25, 0x26, 0x31,
                                      0x32, 0x3c, 0x3f, 0x03, 0x40, 0x27};
    for (size_t i = 0; i < COUNT(opcodes); i++) {
        char name[32];
        (void)snprintf(name, sizeof(name), "opcode %02x", opcodes[i]);
        const struct login_script scripts[] = {
            FIRST(name, LEAVE_SECURITY, "login-opcode", opcodes[i] & 0x3fu, {0, opcodes[i]}),
            LAST(name, LEAVE_OPERATIONAL, "login-opcode", opcodes[i] & 0x3fu, {0, opcodes[i]}),
        };
        assert_all(scripts, COUNT(scripts));
    }
}

/* RFC 7143 6.3, 11.13 */
static void headers_that_are_wrong(void **state) {
    (void)state;
    static const struct login_script scripts[] = {
        FIRST("Initiator Task Tag", LEAVE_SECURITY, "login-initiator-task-tag", 0x7f010000,
              {16, 0x7f}, {17, 1}, {18, 0}, {19, 0}),
        LAST("Initiator Task Tag", LEAVE_OPERATIONAL, "login-initiator-task-tag", 0xffffffff,
             {16, 0xff}, {17, 0xff}, {18, 0xff}, {19, 0xff}),
        FIRST("ISID", LEAVE_SECURITY, "login-isid", 0x80, {13, 0x54}),
        FIRST("ISID", LEAVE_SECURITY, "login-isid", 0x40, {8, 0x40}),
        LAST("TSIH 0 at the end", LEAVE_OPERATIONAL, "login-tsih", 0, {15, 0}, {14, 0}),
        FIRST("Version-active", LEAVE_SECURITY, "login-version", 1, {3, 1}, {2, 1}),
        LAST("Version-max changes", LEAVE_OPERATIONAL, "login-version", 0, {2, 1}),
        FIRST("CSG 1", T | STAGES(1, 3), "login-current-stage", 1, {0, 0x23}),
        FIRST("CSG 2", STAGES(2, 0), "login-current-stage", 2, {0, 0x23}),
        FIRST("CSG 3", STAGES(3, 0), "login-current-stage", 3, {0, 0x23}),
        LAST("CSG 0", STAGES(0, 0), "login-current-stage", 0, {0, 0x23}),
        FIRST("C and T", C | LEAVE_SECURITY, "login-continue", 1, {0, 0x23}),
        LAST("C and T", C | LEAVE_OPERATIONAL, "login-continue", 3, {0, 0x23}),
        FIRST("DataSegmentLength 8193", LEAVE_SECURITY, "data-segment-length", 8193, {6, 0x20},
              {7, 1}),
        LAST("DataSegmentLength 0xffffff", LEAVE_OPERATIONAL, "data-segment-length", 0xffffff,
             {5, 0xff}, {6, 0xff}, {7, 0xff}),
        FIRST("TotalAHSLength", LEAVE_SECURITY, "total-ahs-length", 1, {4, 1}),
        LAST("TotalAHSLength", LEAVE_OPERATIONAL, "total-ahs-length", 255, {4, 255}),
        LAST("StatSN one ahead", LEAVE_OPERATIONAL, "stat-sn", 0, {24, 0}, {25, 0}, {26, 0},
             {27, 0}),
        LAST("StatSN again", LEAVE_OPERATIONAL, "stat-sn", 0xfffffffe, {27, 0xfe}),
    };
    assert_all(scripts, COUNT(scripts));
}

/* RFC 7143 6.3: forward, known, and no further than asked for: event 20. */
#define NEXT(stay, csg, nsg, args)                                                                 \
    {                                                                                              \
        .name = "next stage " args, .count = stay,                                                 \
        .replies = {{.flags = stay == 2 ? LEAVE_SECURITY : (T | STAGES(csg, nsg)),                 \
                     .base = TEXT_SECURITY},                                                       \
                    {.flags = T | STAGES(csg, nsg), .base = TEXT_OPERATIONAL}},                    \
        .events = "20(" args ")[1]", .fault = "login-next-stage", .value = nsg                     \
    }

static void next_stages_that_do_not_fit(void **state) {
    (void)state;
    static const struct login_script scripts[] = {
        NEXT(1, 0, 0, "0,0,1"), NEXT(1, 0, 2, "2,0,1"), NEXT(1, 0, 3, "3,0,1"),
        NEXT(2, 1, 0, "0,1,3"), NEXT(2, 1, 1, "1,1,3"), NEXT(2, 1, 2, "2,1,3"),
    };
    assert_all(scripts, COUNT(scripts));
}

/* T only in answer to T: the request behind a response with C has none (RFC 7143 11.13.6). */
static void transit_that_was_not_asked_for(void **state) {
    (void)state;
    static const struct login_script scripts[] = {
        {.name = "T behind C",
         .count = 2,
         .replies = {{.flags = C | STAY_SECURITY, .text = "TargetAlias=a"},
                     {.flags = LEAVE_SECURITY, .text = "b|AuthMethod=None|"}},
         .events = "37()[1]",
         .fault = "login-transit",
         .value = 1,
         .sent = "0 "},
        {.name = "T behind C in the operational stage",
         .count = 3,
         .replies = {SECURITY,
                     {.flags = C | STAY_OPERATIONAL, .base = TEXT_OPERATIONAL},
                     {.flags = LEAVE_OPERATIONAL}},
         .events = "37()[1]",
         .fault = "login-transit",
         .value = 3},
    };
    assert_all(scripts, COUNT(scripts));
}

static void responses_nobody_asked_for(void **state) {
    (void)state;
    static const struct login_script scripts[] = {
        {.name = "a response before any request",
         .count = 1,
         .replies = {{.flags = LEAVE_SECURITY, .base = TEXT_SECURITY, .unasked = true}},
         .events = "37()[1]",
         .fault = "login-opcode",
         .value = 0x23},
        {.name = "two responses to one request",
         .count = 2,
         .replies = {SECURITY, {.flags = STAY_OPERATIONAL, .unasked = true}},
         .events = "37()[1]",
         .fault = "login-opcode",
         .value = 0x23},
    };
    assert_all(scripts, COUNT(scripts));
}

/* RFC 7143 11.13.5: the class decides; event 36, whatever the fields that are reserved then say. */
static void assert_refused(unsigned status_class, unsigned detail) {
    char name[32], events[64];
    (void)snprintf(name, sizeof(name), "status %02x%02x", status_class, detail);
    (void)snprintf(events, sizeof(events), "36(%x,%x," LOGIN_PORTAL ")[%u]", status_class, detail,
                   status_class);
    uint8_t class_byte = (uint8_t)status_class, detail_byte = (uint8_t)detail;
    const struct login_script scripts[] = {
        {.name = name,
         .count = 1,
         .replies = {{.flags = STAY_SECURITY, .patches = {{36, class_byte}, {37, detail_byte}}}},
         .events = events,
         .fault = "login-status-class",
         .value = status_class << 8 | detail},
        {.name = name,
         .count = 2,
         .replies = {SECURITY,
                     {.flags = LEAVE_OPERATIONAL,
                      .base = TEXT_OPERATIONAL,
                      .patches = {{36, class_byte},
                                  {37, detail_byte},
                                  {1, 0xff},
                                  {3, 9},
                                  {8, 0x77},
                                  {14, 0},
                                  {15, 0},
                                  {24, 0x55},
                                  {28, 0x55},
                                  {32, 0xff},
                                  {40, 0xff}}}},
         .events = events,
         .fault = "login-status-class",
         .value = status_class << 8 | detail},
    };
    assert_all(scripts, COUNT(scripts));
}

static void refusals_tell_their_status(void **state) {
    (void)state;
    static const uint8_t unknown[] = {0x0c, 0x63, 0xff};
    for (unsigned detail = 0; detail <= 0x0b; detail++) {
        assert_refused(2, detail);
    }
    for (unsigned detail = 0; detail <= 2; detail++) {
        assert_refused(3, detail);
    }
    for (unsigned status_class = 1; status_class <= 3; status_class++) {
        for (size_t i = 0; i < COUNT(unknown); i++) {
            assert_refused(status_class, unknown[i]);
        }
    }
}

static void little_text(sanscsi_session_settings *settings) {
    settings->max_login_text = 4096;
}

/* The text of a refusal is of no interest, and takes no memory. */
static void refusals_may_have_text(void **state) {
    (void)state;
    static const struct login_script script = {
        .name = "a refusal with 8192 bytes of text",
        .count = 1,
        .replies = {{.filler = 8192, .patches = {{36, 2}, {37, 3}}}},
        .events = "36(2,3," LOGIN_PORTAL ")[2]",
        .fault = "login-status-class",
        .value = 0x203,
        .settings = little_text,
    };
    login_assert(&script);
}

static void unknown_classes_break_the_protocol(void **state) {
    (void)state;
    static const uint8_t classes[] = {4, 5, 0x7f, 0x80, 0xff};
    for (size_t i = 0; i < COUNT(classes); i++) {
        char name[32];
        (void)snprintf(name, sizeof(name), "class %02x", classes[i]);
        const struct login_script scripts[] = {
            FIRST(name, LEAVE_SECURITY, "login-status-class", classes[i], {36, classes[i]}),
            LAST(name, LEAVE_OPERATIONAL, "login-status-class", classes[i], {36, classes[i]},
                 {37, 1}),
        };
        assert_all(scripts, COUNT(scripts));
    }
}

/* Event 35: at the start, between responses, and within one. */
static void connections_closed_in_login(void **state) {
    (void)state;
    static const struct login_script scripts[] = {
        {.name = "closed at once", .end = LOGIN_ENDS_CLOSED, .count = 0, .events = "35()[1]"},
        {.name = "closed after a response",
         .end = LOGIN_ENDS_CLOSED,
         .count = 1,
         .replies = {SECURITY},
         .events = "35()[1]",
         .sent = NULL},
        {.name = "closed after a response with C",
         .end = LOGIN_ENDS_CLOSED,
         .count = 1,
         .replies = {{.flags = C | STAY_SECURITY, .text = "TargetAl"}},
         .events = "35()[1]",
         .sent = "0 "},
        {.name = "closed within a data segment",
         .end = LOGIN_ENDS_CLOSED,
         .count = 1,
         .replies = {{.flags = LEAVE_SECURITY, .base = TEXT_SECURITY, .patches = {{6, 0x10}}}},
         .events = "35()[1]"},
    };
    assert_all(scripts, COUNT(scripts));
}

/* Event 102: T7 b of RFC 7143 8.1.2. */
static void logins_that_take_too_long(void **state) {
    (void)state;
    static const struct login_script scripts[] = {
        {.name = "no response at all",
         .end = LOGIN_ENDS_LATE,
         .count = 0,
         .events = "102(30000)[1]",
         .fault = "login-timeout"},
        {.name = "no second response",
         .end = LOGIN_ENDS_LATE,
         .count = 1,
         .replies = {SECURITY},
         .events = "102(30000)[1]",
         .fault = "login-timeout"},
        {.name = "half a pair",
         .end = LOGIN_ENDS_LATE,
         .count = 1,
         .replies = {{.flags = C | STAY_SECURITY, .text = "TargetAl"}},
         .events = "102(30000)[1]",
         .fault = "login-timeout"},
        {.name = "half a response",
         .end = LOGIN_ENDS_LATE,
         .count = 1,
         .replies = {{.flags = LEAVE_SECURITY, .base = TEXT_SECURITY, .patches = {{6, 0x10}}}},
         .events = "102(30000)[1]",
         .fault = "login-timeout"},
    };
    assert_all(scripts, COUNT(scripts));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(another_pdu_than_a_login_response),
        cmocka_unit_test(headers_that_are_wrong),
        cmocka_unit_test(next_stages_that_do_not_fit),
        cmocka_unit_test(transit_that_was_not_asked_for),
        cmocka_unit_test(responses_nobody_asked_for),
        cmocka_unit_test(refusals_tell_their_status),
        cmocka_unit_test(refusals_may_have_text),
        cmocka_unit_test(unknown_classes_break_the_protocol),
        cmocka_unit_test(connections_closed_in_login),
        cmocka_unit_test(logins_that_take_too_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
