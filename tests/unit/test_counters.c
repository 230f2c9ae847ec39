/* Tests of counters: their names, their sums, and which of them a login grows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <iscsi/counters.h>

#include "support/chap_script.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct login_run run;

static uint64_t of_session(const sanscsi_session *session, const char *name) {
    int32_t index = sanscsi_counter_find(name, strlen(name));
    assert_true(index >= 0);
    return sanscsi_counter(session, (size_t)index);
}

static uint64_t of_initiator(const sanscsi_initiator *initiator, const char *name) {
    int32_t index = sanscsi_counter_find(name, strlen(name));
    assert_true(index >= 0);
    return sanscsi_initiator_counter(initiator, (size_t)index);
}

static void names(void **state) {
    (void)state;
    size_t count = sanscsi_counter_count();
    assert_true(count > 50);
    for (size_t i = 0; i < count; i++) {
        const char *name = sanscsi_counter_name(i);
        assert_non_null(name);
        size_t length = strlen(name);
        assert_true(length > 0 && name[0] != '-' && name[length - 1] != '-');
        assert_int_equal(strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-"), length);
        assert_int_equal(sanscsi_counter_find(name, length), i); /* so each is the only one */
        assert_int_equal(sanscsi_counter_find(name, length - 1) == (int32_t)i, 0);
    }
    assert_null(sanscsi_counter_name(count));
    assert_null(sanscsi_counter_name(SIZE_MAX));
    assert_true(sanscsi_counter_find("commands2", 8) >= 0); /* it need not be terminated */
    assert_int_equal(sanscsi_counter_find("commands2", 9), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_counter_find("Commands", 8), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_counter_find("", 0), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_counter_find(NULL, 0), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_counter_find(NULL, 8), SANSCSI_INVALID_ARGUMENT);
}

static void outside_of_the_range(void **state) {
    (void)state;
    sanscsi_initiator *initiator = login_initiator(NULL);
    sanscsi_session *session = login_session(initiator, &login_plain);
    size_t count = sanscsi_counter_count();
    assert_int_equal(sanscsi_counter(session, count), 0);
    assert_int_equal(sanscsi_counter(session, SIZE_MAX), 0);
    assert_int_equal(sanscsi_counter(NULL, 0), 0);
    assert_int_equal(sanscsi_initiator_counter(initiator, count), 0);
    assert_int_equal(sanscsi_initiator_counter(initiator, SIZE_MAX), 0);
    assert_int_equal(sanscsi_initiator_counter(NULL, 0), 0);
    assert_int_equal(sanscsi_counters_cleared(NULL), 0);
    assert_int_equal(sanscsi_initiator_counters_cleared(NULL), 0);
    sanscsi_counters_clear(NULL, 1);
    sanscsi_initiator_counters_clear(NULL, 1);
    sanscsi_session_free(session);
    sanscsi_initiator_free(initiator);
}

static void cleared(void **state) {
    (void)state;
    sanscsi_initiator *initiator = login_initiator(NULL);
    sanscsi_session *session = login_session(initiator, &login_plain);
    assert_int_equal(sanscsi_counters_cleared(session), 0);
    login_play(&run, session, &login_plain, DELIVER_WHOLE, 1);
    assert_int_equal(of_session(session, "logins"), 1);
    assert_int_equal(of_session(session, "logins-succeeded"), 1);
    assert_int_equal(of_session(session, "pdus-sent"), 2);
    assert_int_equal(of_session(session, "pdus-received"), 2);
    sanscsi_counters_clear(session, 77);
    for (size_t i = 0; i < sanscsi_counter_count(); i++) {
        assert_int_equal(sanscsi_counter(session, i), 0);
    }
    assert_int_equal(sanscsi_counters_cleared(session), 77);
    login_close(&run);
    assert_int_equal(of_session(session, "connections-lost"), 1);
    assert_int_equal(sanscsi_counters_cleared(session), 77);
    sanscsi_session_free(session);
    sanscsi_initiator_free(initiator);
}

/* Sums are of sessions that were freed, and of those that could not be made. */
static void sums_of_an_initiator(void **state) {
    (void)state;
    sanscsi_initiator *initiator = login_initiator(NULL);
    for (unsigned i = 1; i <= 3; i++) {
        sanscsi_session *session = login_session(initiator, &login_plain);
        login_play(&run, session, &login_plain, DELIVER_WHOLE, 1);
        login_close(&run);
        login_play(&run, session, &login_plain, DELIVER_WHOLE, 1);
        assert_int_equal(of_initiator(initiator, "logins"), 2 * (i - 1));
        sanscsi_session_free(session);
        assert_int_equal(of_initiator(initiator, "logins"), 2 * i);
        assert_int_equal(of_initiator(initiator, "connections-lost"), i);
        assert_int_equal(of_initiator(initiator, "sessions-reinstated"), i);
        assert_int_equal(of_initiator(initiator, "events"), 2 * i);
    }
    sanscsi_session_settings settings;
    sanscsi_session *session = NULL;
    login_settings(&settings);
    settings.target_name_length = 3;
    assert_int_not_equal(sanscsi_session_new(initiator, &settings, NULL, &session), SANSCSI_OK);
    assert_int_equal(of_initiator(initiator, "sessions-refused"), 1);
    assert_int_equal(sanscsi_initiator_counters_cleared(initiator), 0);
    sanscsi_initiator_counters_clear(initiator, 99);
    assert_int_equal(sanscsi_initiator_counters_cleared(initiator), 99);
    for (size_t i = 0; i < sanscsi_counter_count(); i++) {
        assert_int_equal(sanscsi_initiator_counter(initiator, i), 0);
    }
    sanscsi_initiator_free(initiator);
}

/* ---- what a login grows ---- */

/* A login that ends at reply `at`, and all counters that it grows, but those of PDUs and events. */
struct growth {
    uint32_t at;
    uint8_t flags;
    const char *text;
    uint8_t class, detail;
    const char *counters; /* each with a space behind it, in the order of their numbers */
};

#define FAILED "logins logins-failed "

static const struct growth growths[] = {
    {0, LEAVE_SECURITY, "", 0, 0, FAILED "login-protocol-errors "},
    {0, STAY_SECURITY, "AuthMethod=Reject|", 0, 0, FAILED "login-key-errors "},
    {0, STAY_SECURITY, "AuthMethod=NotUnderstood|", 0, 0, FAILED "login-key-errors "},
    {0, STAY_SECURITY, "AuthMethod=None|", 0, 0, FAILED "login-key-errors "},
    {0, STAY_SECURITY, "AuthMethod", 0, 0, FAILED "login-text-errors "},
    {0, STAY_SECURITY, "AuthMethod|", 0, 0, FAILED "login-text-errors "},
    {0, STAY_SECURITY, "CHAP_A=5|", 0, 0, FAILED "login-key-errors "},
    {1, STAY_SECURITY, "CHAP_A=6|", 0, 0, FAILED "authentication-errors "},
    {1, STAY_SECURITY, "CHAP_I=x|", 0, 0, FAILED "authentication-errors "},
    {1, STAY_SECURITY, "CHAP_C=x|", 0, 0, FAILED "authentication-errors "},
    {1, STAY_SECURITY, "CHAP_A=5|", 0, 0, FAILED "login-key-errors "},
    {1, STAY_SECURITY, "CHAP_N=x|", 0, 0, FAILED "authentication-errors "},
    {1, STAY_SECURITY, "CHAP_A=5|CHAP_I=1|CHAP_C=" OWN_CHALLENGE "|", 0, 0,
     FAILED "authentication-errors "},
    {2, STAY_SECURITY, "CHAP_N=|", 0, 0, FAILED "authentication-errors "},
    {2, STAY_SECURITY, "CHAP_R=x|", 0, 0, FAILED "authentication-errors "},
    {2, STAY_SECURITY, "X-a.b=1|", 0, 0, FAILED "authentication-errors "},
    {2, STAY_SECURITY, "CHAP_N=target|CHAP_R=" OWN_ANSWER_MD5 "|", 0, 0,
     FAILED "authentication-errors "},
    {2, T | STAGES(0, 3), CHAP_STEP_4, 0, 0, FAILED "login-protocol-errors "},
    {3, STAY_OPERATIONAL, "MaxBurstLength=1|", 0, 0, FAILED "login-key-errors "},
    {0, 0, "", 1, 1, FAILED "login-redirections "},
    {0, 0, "", 2, 0, FAILED "login-initiator-errors "},
    {2, 0, "", 2, 1, FAILED "login-initiator-errors login-authentication-failures "},
    {3, 0, "", 2, 2, FAILED "login-initiator-errors login-authorization-failures "},
    {1, 0, "", 3, 1, FAILED "login-target-errors "},
    {0, 0, "TargetAddress=:|", 1, 1, FAILED "login-redirections redirects-invalid "},
    {0, 0, "TargetName=x|", 1, 1, FAILED "login-redirections redirects-invalid "},
    {0, 0, "TargetAddress=" LOGIN_PORTAL "|", 1, 1,
     FAILED "login-redirections redirects-not-followed "},
    {0, 0, "TargetAddress=a.example|", 1, 2, FAILED "login-redirections redirects-permanent "},
    {0, 0, "TargetAddress=a.example|", 1, 1,
     "logins login-redirections redirects-temporary redirects-followed "},
};

/* The names of the counters that are 1. */
static const char *grown(const sanscsi_session *session) {
    static char text[1024];
    text[0] = '\0';
    for (size_t i = 0; i < sanscsi_counter_count(); i++) {
        const char *name = sanscsi_counter_name(i);
        if (strncmp(name, "pdus-", 5) != 0 && strcmp(name, "events") != 0) {
            uint64_t value = sanscsi_counter(session, i);
            assert_true(value <= 1);
            size_t used = strlen(text);
            (void)snprintf(text + used, sizeof(text) - used, "%s%s", value == 1 ? name : "",
                           value == 1 ? " " : "");
        }
    }
    return text;
}

static void logins_count_how_they_end(void **state) {
    (void)state;
    sanscsi_initiator *initiator = login_script_initiator(NULL, &chap_mutual_login);
    for (size_t i = 0; i < COUNT(growths); i++) {
        const struct growth *growth = &growths[i];
        sanscsi_session *session = login_session(initiator, &chap_mutual_login);
        struct login_script script = chap_mutual_login;
        script.count = growth->at + 1;
        script.replies[growth->at] =
            (struct login_reply){.flags = growth->flags,
                                 .text = growth->text,
                                 .patches = {{36, growth->class}, {37, growth->detail}}};
        print_message("%zu: %s\n", i, growth->text);
        login_play(&run, session, &script, DELIVER_BYTES, 1);
        assert_string_equal(grown(session), growth->counters);
        assert_int_equal(of_session(session, "events"), 1);
        sanscsi_session_free(session);
    }
    sanscsi_initiator_free(initiator);
}

/* Ends that the target's text does not bring about. */
static void logins_that_end_otherwise(void **state) {
    (void)state;
    struct counting counting;
    counting_init(&counting);
    sanscsi_initiator *initiator = login_script_initiator(&counting.allocator, &chap_mutual_login);
    struct login_script script = chap_mutual_login;
    script.count = 1;
    sanscsi_session *session = login_session(initiator, &script);
    login_play(&run, session, &script, DELIVER_BYTES, 1);
    login_close(&run);
    assert_string_equal(grown(session), FAILED "logins-closed ");
    sanscsi_counters_clear(session, 1);
    login_play(&run, session, &script, DELIVER_BYTES, 1);
    run.now = sanscsi_deadline(session);
    assert_int_equal(sanscsi_tick(session, run.now), SANSCSI_OK);
    assert_string_equal(grown(session), FAILED "login-timeouts ");
    login_poll(&run);
    login_close(&run);
    static const char *const without[] = {
        FAILED "login-allocation-failures ", FAILED "login-response-allocation-failures ",
        FAILED "login-answer-allocation-failures ", FAILED "login-allocation-failures "};
    for (size_t i = 0; i < COUNT(without); i++) {
        sanscsi_counters_clear(session, 1);
        counting.calls = 0;
        counting.fail_at = i + 1;
        login_play(&run, session, &script, DELIVER_BYTES, 1);
        counting.fail_at = 0;
        assert_string_equal(grown(session), without[i]);
        login_close(&run);
    }
    sanscsi_counters_clear(session, 1);
    assert_int_equal(sanscsi_session_start(session, 0), SANSCSI_OK);
    assert_int_equal(sanscsi_connect_failed(session, 0, SANSCSI_CONNECT_UNRESOLVED, 0), SANSCSI_OK);
    assert_string_equal(grown(session), "connects-unresolved ");
    sanscsi_counters_clear(session, 1);
    assert_int_equal(sanscsi_session_start(session, 0), SANSCSI_OK);
    assert_int_equal(sanscsi_connect_failed(session, 0, SANSCSI_CONNECT_NO_ROUTE, 0), SANSCSI_OK);
    assert_string_equal(grown(session), "connects-unroutable ");
    sanscsi_counters_clear(session, 1);
    assert_int_equal(sanscsi_session_start(session, 0), SANSCSI_OK);
    assert_int_equal(sanscsi_connect_failed(session, 0, SANSCSI_CONNECT_OTHER, 0), SANSCSI_OK);
    assert_string_equal(grown(session), "connects-failed ");
    sanscsi_session_free(session);
    sanscsi_initiator_free(initiator);
}

/* A redirection that is followed and succeeds, in one session. */
static void redirections_count(void **state) {
    (void)state;
    sanscsi_initiator *initiator = login_initiator(NULL);
    sanscsi_session *session = login_session(initiator, &login_plain);
    struct login_script script = login_plain;
    script.count = 1;
    script.replies[0] =
        (struct login_reply){.text = "TargetAddress=a.example|", .patches = {{36, 1}, {37, 1}}};
    login_play(&run, session, &script, DELIVER_BYTES, 1);
    run.host = "a.example";
    run.portal = "a.example:3260";
    assert_int_equal(sanscsi_closed(session, 0, run.now), SANSCSI_OK);
    login_poll(&run);
    login_open(&run, &login_plain);
    login_answer(&run);
    assert_int_equal(of_session(session, "logins"), 2);
    assert_int_equal(of_session(session, "logins-succeeded"), 1);
    assert_int_equal(of_session(session, "logins-failed"), 0);
    assert_int_equal(of_session(session, "redirects-followed"), 1);
    assert_int_equal(of_session(session, "redirects-succeeded"), 1);
    assert_int_equal(of_session(session, "events"), 2);
    sanscsi_session_free(session);
    sanscsi_initiator_free(initiator);
}

/* Events that found no room are counted as dropped once that is told. */
static void dropped_events_count(void **state) {
    (void)state;
    sanscsi_initiator *initiator = login_initiator(NULL);
    sanscsi_session_settings settings;
    sanscsi_limits limits;
    sanscsi_session *session = NULL;
    login_settings(&settings);
    sanscsi_limits_defaults(&limits);
    assert_int_equal(sanscsi_session_new(initiator, &settings, &limits, &session), SANSCSI_OK);
    for (unsigned i = 0; i < 10; i++) {
        assert_int_equal(sanscsi_session_start(session, 0), SANSCSI_OK);
        assert_int_equal(sanscsi_connect_failed(session, 0, SANSCSI_CONNECT_OTHER, 0), SANSCSI_OK);
    }
    assert_int_equal(of_session(session, "events"), 0);
    for (unsigned i = 0; i < 20; i++) {
        sanscsi_output output = {.size = sizeof(output)};
        assert_int_equal(sanscsi_poll(session, &output), SANSCSI_OK);
    }
    assert_int_equal(of_session(session, "connects-failed"), 10);
    assert_int_equal(of_session(session, "events"), 4); /* three, and the one that tells of more */
    assert_int_equal(of_session(session, "events-dropped"), 7);
    sanscsi_session_free(session);
    sanscsi_initiator_free(initiator);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names),
        cmocka_unit_test(outside_of_the_range),
        cmocka_unit_test(cleared),
        cmocka_unit_test(sums_of_an_initiator),
        cmocka_unit_test(logins_count_how_they_end),
        cmocka_unit_test(logins_that_end_otherwise),
        cmocka_unit_test(redirections_count),
        cmocka_unit_test(dropped_events_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
