/* The catalogue against a table of numbers, names and arguments written down independently. */
#include "event_cases.h"

#define I SANSCSI_INFORMATION
#define W SANSCSI_MAJOR_WARNING
#define S SANSCSI_SERIOUS
#define C SANSCSI_CRITICAL

struct expected {
    uint32_t id;
    const char *name;
    int32_t severity;
    const char *args;   /* name:type, in order; x hex, d int, s string */
    const char *causes; /* numbers, in order */
};

static const struct expected expected[] = {
    {1, "inquiry-failed", S, "cdb_status:x io_status:x return_value:x", "1 2 3 4 5 6 7 8 9 10"},
    {2, "report-luns-failed", I, "cdb_status:x io_status:x return_value:x",
     "1 2 3 4 5 6 7 8 9 10 11a 11b"},
    {3, "unsupported-lun-addressing", S, "", "1"},
    {4, "no-luns-configured", W, "", "1"},
    {5, "partial-pair-abandoned", S, "partial_pair:s", "1"},
    {6, "pair-too-long", S, "size:d max_size:d partial_pair:s", "1"},
    {7, "login-response-no-memory", S, "", "1"},
    {8, "equal-sign-missing", S, "", "1"},
    {9, "null-missing", S, "pair:s", "1"},
    {10, "key-not-understood-by-target", S, "key:s", "1"},
    {11, "key-rejected-by-target", S, "key:s", "1"},
    {12, "not-understood-key-no-memory", S, "key:s", "1"},
    {13, "key-not-understood-by-initiator", I, "key:s", "1"},
    {14, "unexpected-negotiation", S, "key:s", "1"},
    {15, "integer-value-out-of-range", S, "min:d max:d preferred:d key:s value:s", "1"},
    {16, "list-value-invalid", S, "pair:s proposed:s", "1 2 3 4"},
    {17, "integer-key-unanswered", S, "key:s", "1"},
    {18, "character-key-unanswered", S, "key:s", "1"},
    {19, "too-many-login-exchanges", S, "max:d", "1"},
    {20, "next-stage-invalid", S, "target_next_stage:d current_stage:d next_stage:d", "1"},
    {21, "login-no-memory", S, "size:d", "1"},
    {22, "chap-a-invalid", W, "value:s", "1 2 3"},
    {23, "chap-i-invalid", W, "value:s", "1"},
    {24, "chap-c-invalid", W, "value:s", "1 2"},
    {25, "chap-n-invalid", W, "value:s", "1"},
    {26, "chap-r-invalid", C, "value:s", "1 2 3"},
    {27, "chap-challenge-key-unexpected", W, "key:s", "1"},
    {28, "chap-response-key-unexpected", W, "key:s", "1"},
    {29, "hostname-unresolved", S, "hostname:s", "1"},
    {30, "no-route", S, "address:s", "1 2"},
    {31, "send-targets-key-invalid", S, "key:s", "1 2"},
    {32, "send-targets-address-invalid", S, "value:s", "1"},
    {33, "too-many-sessions", C, "", "1"},
    {34, "chap-secret-missing", W, "", "1"},
    {35, "closed-during-login", W, "", "1"},
    {36, "login-failed", W, "status_class:x status_code:x target_address:s", "1 2 3"},
    {37, "login-response-protocol-error", S, "", "1"},
    {38, "header-digest-error", S, "expected:x received:x", "1"},
    {39, "data-digest-error", S, "expected:x received:x", "1"},
    {40, "iscsi-name-invalid", S, "name:s", "1"},
    {41, "redirect-key-invalid", S, "key:s", "1"},
    {42, "redirect-temporary", I, "status_code:x target_address:s new_address:s", "1"},
    {43, "redirect-permanent", I, "status_code:x target_address:s new_address:s", "1"},
    {44, "redirect-succeeded", I, "target_address:s new_address:s", "1"},
    {45, "redirect-address-invalid", S, "value:s", "1"},
    {100, "events-dropped", W, "count:d", "1"},
    {101, "connect-failed", S, "address:s reason:d", "1 2 3"},
    {102, "login-timeout", S, "milliseconds:d", "1"},
    {103, "connection-lost", S, "outstanding_tasks:d", "1 2"},
    {104, "protocol-error", S, "opcode:x fault:s value:x section:s", "1"},
    {105, "reject-received", W, "reason:x opcode:x", "1 2 3 4 5 6"},
    {106, "async-received", I, "async_event:d vcode:d", "1 2 3 4 5 6 7 8"},
    {107, "task-timeout", S, "task_tag:x lun:x opcode:x", "1"},
    {108, "logout-timeout", W, "milliseconds:d", "1"},
    {109, "logout-refused", W, "response:x", "1 2 3 4"},
    {110, "send-targets-no-memory", S, "size:d", "1"},
    {111, "logout-unanswered", I, "", "1"},
    {112, "session-reinstated", I, "losses:d", "1"},
    {113, "chap-secret-refused", W, "reason:d", "1 2"},
    {114, "chap-challenge-reflected", C, "", "1"},
    {115, "redirect-not-followed", S, "reason:d hops:d new_address:s", "1 2 3"},
    {116, "chap-module-failed", S, "module:s", "1 2"},
    {117, "chap-name-mismatch", W, "name:s expected:s", "1"},
    {118, "ping-timeout", S, "task_tag:x", "1"},
    {119, "session-abandoned", S, "reason:d attempts:d", "1 2"},
    {120, "recovery-escalated", S, "step:d lun:x task_tag:x reason:d", "1 2 3"},
    {121, "ping-data-mismatch", C, "task_tag:x sent:d echoed:d offset:d", "1"},
    {122, "negotiation-failed", W, "reason:s key:s", "1"},
};

#define EXPECTED_COUNT (sizeof(expected) / sizeof(expected[0]))

/* Adds a word to a list with spaces between. */
static void append(char *list, size_t size, const char *word) {
    assert_true(strlen(list) + strlen(word) + 2 <= size);
    if (list[0] != '\0') {
        strcat(list, " ");
    }
    strcat(list, word);
}

static void describe_args(uint32_t id, char *list, size_t size) {
    list[0] = '\0';
    for (size_t i = 0; i < sanscsi_event_arg_count(id); i++) {
        int32_t type = sanscsi_event_arg_type(id, i);
        append(list, size, sanscsi_event_arg_name(id, i));
        strcat(list, type == SANSCSI_ARG_INT ? ":d" : type == SANSCSI_ARG_HEX ? ":x" : ":s");
        assert_in_range(type, SANSCSI_ARG_INT, SANSCSI_ARG_STRING);
        assert_true(strlen(sanscsi_event_arg_meaning(id, i)) > 5);
    }
}

static void describe_causes(uint32_t id, char *list, size_t size) {
    list[0] = '\0';
    for (size_t i = 0; i < sanscsi_event_cause_count(id); i++) {
        append(list, size, sanscsi_event_cause_number(id, i));
    }
}

static void test_facts(void **state) {
    (void)state;
    char list[256];
    assert_int_equal(sanscsi_event_count(), EXPECTED_COUNT);
    for (size_t i = 0; i < EXPECTED_COUNT; i++) {
        uint32_t id = expected[i].id;
        assert_int_equal(sanscsi_event_id(i), id);
        assert_string_equal(sanscsi_event_name(id), expected[i].name);
        assert_int_equal(sanscsi_event_find(expected[i].name), id);
        assert_int_equal(sanscsi_event_severity(id), expected[i].severity);
        describe_args(id, list, sizeof(list));
        assert_string_equal(list, expected[i].args);
        describe_causes(id, list, sizeof(list));
        assert_string_equal(list, expected[i].causes);
    }
    assert_int_equal(sanscsi_event_id(EXPECTED_COUNT), 0);
    assert_int_equal(sanscsi_event_id(SIZE_MAX), 0);
}

/* A sentence: printable ASCII, a capital at the beginning, a full stop at the end. */
static void assert_sentence(const char *text) {
    assert_non_null(text);
    size_t length = strlen(text);
    assert_true(length > 10);
    for (size_t i = 0; i < length; i++) {
        assert_in_range(text[i], 0x20, 0x7e);
        assert_true(text[i] != '|' && text[i] != '%');
    }
    assert_true((text[0] >= 'A' && text[0] <= 'Z'));
    assert_int_equal(text[length - 1], '.');
}

static void test_texts(void **state) {
    (void)state;
    for (size_t i = 0; i < sanscsi_event_count(); i++) {
        uint32_t id = sanscsi_event_id(i);
        assert_sentence(sanscsi_event_summary(id));
        assert_sentence(sanscsi_event_reaction(id));
        assert_in_range(sanscsi_event_arg_count(id), 0, SANSCSI_EVENT_MAX_ARGS);
        assert_in_range(sanscsi_event_cause_count(id), 1, SANSCSI_EVENT_MAX_CAUSES);
        for (size_t cause = 0; cause < sanscsi_event_cause_count(id); cause++) {
            assert_sentence(sanscsi_event_cause_text(id, cause));
            assert_non_null(sanscsi_event_cause_condition(id, cause));
            size_t actions = 0;
            while (sanscsi_event_action(id, cause, actions) != NULL) {
                assert_sentence(sanscsi_event_action(id, cause, actions++));
            }
            assert_in_range(actions, 1, 4);
            assert_null(sanscsi_event_action(id, cause, SIZE_MAX));
        }
    }
}

static void test_unknown(void **state) {
    (void)state;
    static const uint32_t strangers[] = {0, 46, 99, 1000, UINT32_MAX};
    for (size_t i = 0; i < sizeof(strangers) / sizeof(strangers[0]); i++) {
        uint32_t id = strangers[i];
        assert_null(sanscsi_event_name(id));
        assert_null(sanscsi_event_summary(id));
        assert_null(sanscsi_event_reaction(id));
        assert_int_equal(sanscsi_event_severity(id), SANSCSI_UNKNOWN_EVENT);
        assert_int_equal(sanscsi_event_arg_count(id), 0);
        assert_int_equal(sanscsi_event_cause_count(id), 0);
        assert_null(sanscsi_event_arg_name(id, 0));
        assert_int_equal(sanscsi_event_arg_find(id, "status_class"), SANSCSI_UNKNOWN_EVENT);
        assert_int_equal(sanscsi_event_arg_type(id, 0), SANSCSI_UNKNOWN_EVENT);
        assert_null(sanscsi_event_cause_text(id, 0));
        assert_null(sanscsi_event_action(id, 0, 0));
    }
    assert_int_equal(sanscsi_event_find("login"), 0);
    assert_int_equal(sanscsi_event_find("login-failed "), 0);
    assert_int_equal(sanscsi_event_find(""), 0);
    assert_int_equal(sanscsi_event_find(NULL), 0);
    assert_null(sanscsi_event_arg_name(36, 3));
    assert_int_equal(sanscsi_event_arg_find(36, "status_class"), 0);
    assert_int_equal(sanscsi_event_arg_find(36, "target_address"), 2);
    assert_int_equal(sanscsi_event_arg_find(36, "status_clas"), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_event_arg_find(36, "status_classes"), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_event_arg_find(36, ""), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_event_arg_find(36, NULL), SANSCSI_INVALID_ARGUMENT);
    assert_null(sanscsi_event_arg_meaning(36, 3));
    assert_int_equal(sanscsi_event_arg_type(36, 3), SANSCSI_UNKNOWN_EVENT);
    assert_null(sanscsi_event_cause_number(36, 3));
    assert_null(sanscsi_event_cause_condition(36, SIZE_MAX));
    assert_null(sanscsi_event_action(36, 0, 3));
}

static void test_severity_names(void **state) {
    (void)state;
    assert_string_equal(sanscsi_severity_name(0), "information");
    assert_string_equal(sanscsi_severity_name(1), "major-warning");
    assert_string_equal(sanscsi_severity_name(2), "serious");
    assert_string_equal(sanscsi_severity_name(3), "critical");
    assert_string_equal(sanscsi_severity_name(4), "unknown");
    assert_string_equal(sanscsi_severity_name(UINT32_MAX), "unknown");
}

int event_catalogue_tests(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_facts),
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_unknown),
        cmocka_unit_test(test_severity_names),
    };
    return cmocka_run_group_tests_name("catalogue", tests, NULL, NULL);
}
