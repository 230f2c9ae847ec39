/* The states of a connection as a session goes through them (RFC 7143 8.1): what moves it there,
 * and what holds in each. The table of all moves is tested by test_conn_tables.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "initiator/session.h"
#include "support/harness.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static uint8_t buffer[1000];
static sanscsi_iovec list = {buffer, sizeof(buffer)};

static void expect_state(const struct harness *harness, enum conn_state state, int32_t told) {
    assert_int_equal(harness->session->connections[0].state, state);
    assert_int_equal(sanscsi_session_state(harness->session), told);
}

static struct harness *started(void) {
    struct target_config config;
    target_config_defaults(&config);
    config.hold = true;
    config.logout_response = -1;
    struct harness *harness = harness_new(&config, NULL, NULL);
    harness->no_connect = true;
    harness->no_close = true;
    expect_state(harness, CONN_FREE, SANSCSI_SESSION_FREE); /* S1 */
    assert_int_equal(sanscsi_session_start(harness->session, harness->now), SANSCSI_OK);
    expect_state(harness, CONN_XPT_WAIT, SANSCSI_SESSION_CONNECTING); /* T1: S2 */
    return harness;
}

static struct harness *connected(void) {
    struct harness *harness = started();
    harness_poll(harness);
    assert_int_equal(sanscsi_connected(harness->session, 0, harness->now), SANSCSI_OK);
    harness->transport = true;
    expect_state(harness, CONN_IN_LOGIN, SANSCSI_SESSION_LOGIN); /* T4: S4 */
    return harness;
}

/* Logged in, with a command that is not answered. */
static struct harness *logged_in(void) {
    struct harness *harness = connected();
    harness_run(harness);
    expect_state(harness, CONN_LOGGED_IN, SANSCSI_SESSION_LOGGED_IN); /* T5: S5 */
    (void)harness_read(harness, 0, &list, 1, 1);
    harness_run(harness);
    assert_int_equal(harness->target->commands, 1);
    return harness;
}

static void send_async(struct harness *harness, uint8_t event) {
    target_async(harness->target, event, 0, 0);
}

/* The target has asked for a logout, which is not sent yet. */
static struct harness *asked(void) {
    struct harness *harness = logged_in();
    harness->no_tx = true;
    send_async(harness, 1);
    harness_run(harness);
    expect_state(harness, CONN_LOGOUT_REQUESTED, SANSCSI_SESSION_LOGGED_IN); /* T11: S7 */
    return harness;
}

static struct harness *logging_out(void) {
    struct harness *harness = logged_in();
    assert_int_equal(sanscsi_logout(harness->session, harness->now), SANSCSI_OK);
    expect_state(harness, CONN_LOGGED_IN, SANSCSI_SESSION_LOGGED_IN);
    harness_run(harness);
    expect_state(harness, CONN_IN_LOGOUT, SANSCSI_SESSION_LOGOUT); /* T9: S6 */
    return harness;
}

static void answer_logout(struct harness *harness, uint8_t response) {
    uint8_t bhs[48];
    target_begin_status(harness->target, bhs, 0x26, 0x80, get32(harness->target->last_logout + 16));
    bhs[2] = response;
    target_send(harness->target, bhs, NULL, 0);
    harness_run(harness);
}

/* The end: the transport is reported closed, the session is free, its command was told. */
static void expect_end(struct harness *harness, uint32_t results) {
    harness_cut(harness);
    harness_poll(harness);
    expect_state(harness, CONN_FREE, SANSCSI_SESSION_FREE);
    assert_int_equal(harness->result_count, results);
    assert_int_equal(harness->logged_out, 1);
    harness_free(harness);
}

static void before_the_login(void **state) {
    (void)state;
    struct harness *harness = started();
    harness_poll(harness);
    assert_int_equal(sanscsi_connect_failed(harness->session, 0, SANSCSI_CONNECT_REFUSED, 0), 0);
    expect_state(harness, CONN_FREE, SANSCSI_SESSION_FREE); /* T2 */
    harness_free(harness);
    harness = started();
    assert_int_equal(sanscsi_logout(harness->session, harness->now), SANSCSI_OK);
    expect_state(harness, CONN_FREE, SANSCSI_SESSION_CLOSING); /* T2, and CLOSE is under way */
    assert_int_equal(sanscsi_closed(harness->session, 0, harness->now), SANSCSI_OK);
    expect_state(harness, CONN_FREE, SANSCSI_SESSION_FREE);
    harness_free(harness);
}

static void in_login(void **state) {
    (void)state;
    struct harness *harness = connected();
    expect_end(harness, 0); /* T7: the transport is lost */
    harness = connected();
    harness->no_tx = true;
    harness_wait(harness, 100 * SANSCSI_SECOND);
    expect_state(harness, CONN_FREE, SANSCSI_SESSION_CLOSING); /* T7: it takes too long */
    expect_end(harness, 0);
    harness = connected();
    assert_int_equal(sanscsi_logout(harness->session, harness->now), SANSCSI_OK);
    expect_state(harness, CONN_FREE, SANSCSI_SESSION_CLOSING); /* T7: the caller gives up */
    expect_end(harness, 0);
}

static void logged_in_and_lost(void **state) {
    (void)state;
    static const uint8_t events[] = {2, 3};
    for (size_t i = 0; i < sizeof(events); i++) {
        struct harness *harness = logged_in();
        send_async(harness, events[i]);
        harness_run(harness);
        expect_state(harness, CONN_CLEANUP_WAIT, SANSCSI_SESSION_CLOSING); /* T15: S8 */
        assert_int_equal(harness->result_count, 0);                        /* not before the end */
        expect_end(harness, 1);                                            /* M1 */
    }
    expect_end(logged_in(), 1); /* T15 and M1 at once: the transport is gone */
}

static void asked_to_log_out(void **state) {
    (void)state;
    struct harness *harness = asked();
    send_async(harness, 1);
    harness_run(harness);
    expect_state(harness, CONN_LOGOUT_REQUESTED, SANSCSI_SESSION_LOGGED_IN); /* T12 */
    harness->no_tx = false;
    harness_run(harness);
    expect_state(harness, CONN_IN_LOGOUT, SANSCSI_SESSION_LOGOUT); /* T10 */
    send_async(harness, 1);
    harness_run(harness);
    expect_state(harness, CONN_IN_LOGOUT, SANSCSI_SESSION_LOGOUT); /* T14 */
    answer_logout(harness, 0);
    expect_state(harness, CONN_FREE, SANSCSI_SESSION_CLOSING); /* T13 */
    expect_end(harness, 1);
    harness = asked();
    send_async(harness, 2);
    harness_run(harness);
    expect_state(harness, CONN_CLEANUP_WAIT, SANSCSI_SESSION_CLOSING); /* T16 */
    expect_end(harness, 1);
}

/* What is new waits for nothing: it is refused (RFC 7143 11.9.1). */
static void nothing_is_begun_once_asked(void **state) {
    (void)state;
    struct harness *harness = asked();
    uint8_t cdb[6] = {0};
    sanscsi_command command;
    sanscsi_command_defaults(&command);
    command.cdb = cdb;
    command.cdb_length = sizeof(cdb);
    assert_int_equal(sanscsi_submit(harness->session, &command, harness->now, NULL),
                     SANSCSI_IN_TRANSITION);
    assert_int_equal(sanscsi_ping(harness->session, NULL, NULL, 0, 9, 0, harness->now, NULL),
                     SANSCSI_IN_TRANSITION);
    assert_int_equal(sanscsi_logout(harness->session, harness->now), SANSCSI_ALREADY_STARTED);
    expect_end(harness, 1);
}

static void in_logout(void **state) {
    (void)state;
    struct harness *harness = logging_out();
    answer_logout(harness, 0);
    expect_state(harness, CONN_FREE, SANSCSI_SESSION_CLOSING); /* T13 */
    expect_end(harness, 1);
    harness = logging_out();
    answer_logout(harness, 3);
    expect_state(harness, CONN_CLEANUP_WAIT, SANSCSI_SESSION_CLOSING); /* T17: refused */
    expect_end(harness, 1);
    harness = logging_out();
    harness_wait(harness, 5 * SANSCSI_SECOND);
    expect_state(harness, CONN_CLEANUP_WAIT, SANSCSI_SESSION_CLOSING); /* T17: not answered */
    expect_end(harness, 1);
    expect_end(logging_out(), 1); /* T17: the transport is gone */
}

/* RFC 7143 11.14: what was not sent ends with the call, not with the connection. */
static void what_waits_ends_at_once(void **state) {
    (void)state;
    struct target_config config;
    target_config_defaults(&config);
    config.hold = true;
    config.window = 1;
    config.logout_response = -1;
    struct harness *harness = harness_ready(&config, NULL, NULL);
    (void)harness_read(harness, 0, &list, 1, 1);
    (void)harness_read(harness, 0, &list, 1, 2); /* waits for the window */
    harness_run(harness);
    assert_int_equal(sanscsi_logout(harness->session, harness->now), SANSCSI_OK);
    harness_poll(harness);
    assert_int_equal(harness->result_count, 1);
    assert_int_equal(harness_result(harness, 2)->io_status, SANSCSI_IO_SESSION_OFFLINE);
    harness_run(harness);
    assert_int_equal(harness->target->commands, 1);
    expect_end(harness, 2);
}

/* A new life of the session, beside a new target. */
static void begin_again(struct harness *harness) {
    struct target_config config = harness->target->config;
    harness_cut(harness);
    harness_poll(harness);
    target_free(harness->target);
    harness->target = target_new(&config);
    harness_login(harness);
}

/* RFC 7143 appendix E: what a connection clears. Answers that its target waited for are not sent to
 * the next one. */
static void answers_go_with_the_connection(void **state) {
    (void)state;
    struct harness *harness = harness_ready(NULL, NULL, NULL);
    harness->no_tx = true;
    target_ping(harness->target, 0);
    harness_run(harness);
    harness->no_tx = false;
    begin_again(harness);
    harness_run(harness);
    assert_int_equal(harness->target->nop_replies, 0);
    harness_no_violations(harness);
    harness_logout(harness);
    harness_free(harness);
}

/* What comes late of an aborted task is dropped in its session, not in the next one. */
static void aborted_tags_go_with_the_session(void **state) {
    (void)state;
    struct target_config config;
    target_config_defaults(&config);
    config.hold = true;
    struct harness *harness = harness_ready(&config, NULL, NULL);
    sanscsi_task task = harness_read(harness, 0, &list, 1, 1);
    harness_run(harness);
    uint32_t tag = harness->target->tasks[0].itt;
    assert_int_equal(sanscsi_cancel(harness->session, task, harness->now), SANSCSI_OK);
    harness_run(harness);
    assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_CANCELLED);
    for (uint32_t life = 0; life < 2; life++) {
        uint8_t bhs[48];
        target_begin_status(harness->target, bhs, 0x21, 0x80, tag);
        target_send(harness->target, bhs, NULL, 0);
        harness_run(harness);
        assert_int_equal(harness->closes, life);
        if (life == 0) {
            begin_again(harness);
        }
    }
    assert_string_equal(harness_fault(harness), "initiator-task-tag");
    harness_free(harness);
}

/* RFC 7143 11.5.1: not only the last use of a slot may have PDUs on their way. */
static void aborted_tags_of_all_uses_are_known(void **state) {
    (void)state;
    uint32_t tags[24];
    struct target_config config;
    sanscsi_session_settings settings;
    sanscsi_limits limits;
    target_config_defaults(&config);
    harness_settings(&settings, &limits);
    limits.tasks = 1;
    struct harness *harness = harness_ready(&config, &settings, &limits);
    for (uint32_t i = 0; i < COUNT(tags); i++) {
        bool answered = i % 4 == 1;
        harness->target->config.hold = !answered;
        sanscsi_task task = harness_read(harness, 0, &list, 1, i);
        tags[i] = task_tag(&harness->session->table, (uint32_t)task);
        harness_run(harness);
        if (!answered) {
            assert_int_equal(sanscsi_cancel(harness->session, task, harness->now), SANSCSI_OK);
            harness_run(harness);
        }
        uint32_t expected = answered ? SANSCSI_IO_OK : SANSCSI_IO_CANCELLED;
        assert_int_equal(harness_result(harness, i)->io_status, expected);
    }
    for (uint32_t i = 0; i <= COUNT(tags); i++) { /* of those that were answered only the last */
        uint32_t which = i < COUNT(tags) ? i : 1;
        uint8_t bhs[48];
        if (i % 4 != 1 || i == COUNT(tags)) {
            target_begin_status(harness->target, bhs, 0x21, 0x80, tags[which]);
            target_send(harness->target, bhs, NULL, 0);
            harness_run(harness);
        }
        assert_int_equal(harness->closes, i < COUNT(tags) ? 0 : 1);
    }
    assert_string_equal(harness_fault(harness), "initiator-task-tag");
    harness_free(harness);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(before_the_login),
        cmocka_unit_test(in_login),
        cmocka_unit_test(logged_in_and_lost),
        cmocka_unit_test(asked_to_log_out),
        cmocka_unit_test(nothing_is_begun_once_asked),
        cmocka_unit_test(in_logout),
        cmocka_unit_test(what_waits_ends_at_once),
        cmocka_unit_test(answers_go_with_the_connection),
        cmocka_unit_test(aborted_tags_go_with_the_session),
        cmocka_unit_test(aborted_tags_of_all_uses_are_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
