/* What is slow is borne as long as something moves, and the time of an answer begins when it can
 * come. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "support/harness.h"

#define MEBIBYTE (1u << 20)

static uint8_t buffer[MEBIBYTE];
static const sanscsi_iovec short_list = {buffer, 1000};
static const sanscsi_iovec long_list = {buffer, MEBIBYTE};

/* ---- ABORT TASK goes one by one ---- */

static void aborts_have_their_time_one_by_one(void **state) {
    (void)state;
    struct target_config config;
    target_config_defaults(&config);
    config.hold = true;
    config.tmf_response = -1;
    struct harness *harness = harness_ready(&config, NULL, NULL);
    sanscsi_task tasks[8];
    for (uint32_t i = 0; i < 8; i++) {
        tasks[i] = harness_read(harness, 0, &short_list, 1, i);
    }
    harness_run(harness);
    for (uint32_t i = 0; i < 8; i++) {
        assert_int_equal(sanscsi_cancel(harness->session, tasks[i], harness->now), SANSCSI_OK);
    }
    harness_run(harness);
    for (uint32_t i = 0; i < 8; i++) { /* each is answered within abort_timeout, 5 s */
        harness_wait(harness, 4 * SANSCSI_SECOND);
        assert_int_equal(harness->target->aborts, i + 1);
        target_finish_management(harness->target, harness->target->last_tmf, 0);
        harness_run(harness);
        assert_int_equal(harness_result(harness, i)->io_status, SANSCSI_IO_CANCELLED);
    }
    assert_int_equal(harness->closes, 0);
    harness_logout(harness);
    harness_free(harness);
}

/* Behind a Logout Request no ABORT TASK can go (RFC 7143 11.14); the logout has its own time, and
 * ends all tasks alike. */
static void an_abort_that_must_not_go(void **state) {
    (void)state;
    struct target_config config;
    sanscsi_session_settings settings;
    sanscsi_limits limits;
    target_config_defaults(&config);
    config.hold = true;
    config.logout_response = -1;
    harness_settings(&settings, &limits);
    settings.logout_timeout = 20 * SANSCSI_SECOND;
    struct harness *harness = harness_ready(&config, &settings, &limits);
    sanscsi_task task = harness_read(harness, 0, &short_list, 1, 1);
    (void)harness_read(harness, 0, &short_list, 1, 2);
    harness_run(harness);
    assert_int_equal(sanscsi_logout(harness->session, harness->now), SANSCSI_OK);
    harness_run(harness);
    assert_int_equal(sanscsi_cancel(harness->session, task, harness->now), SANSCSI_OK);
    harness_wait(harness, 20 * SANSCSI_SECOND - 1);
    assert_int_equal(harness->target->aborts, 0);
    assert_int_equal(harness->closes, 0);
    harness_wait(harness, 1);
    assert_int_equal(harness->closes, 1);
    assert_string_equal(harness_fault(harness), "logout-timeout");
    assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_CANCELLED);
    assert_int_equal(harness_result(harness, 2)->io_status, SANSCSI_IO_SESSION_OFFLINE);
    harness_free(harness);
}

/* ---- a transport that takes some bytes each second ---- */

/* A write of a mebibyte that the target has asked for, all at once; with a keepalive after so many
 * ns, or 0 for none. */
static struct harness *long_write(uint64_t keepalive, sanscsi_task *task) {
    struct target_config config;
    sanscsi_session_settings settings;
    sanscsi_limits limits;
    harness_settings(&settings, &limits);
    settings.keepalive_interval = keepalive;
    settings.keepalive_timeout = 5 * SANSCSI_SECOND;
    settings.command_timeout = 600 * SANSCSI_SECOND;
    settings.logout_timeout = 100 * SANSCSI_SECOND;
    target_config_defaults(&config);
    config.initial_r2t = 1;
    config.immediate_data = 0;
    config.max_recv_segment = 65536;
    config.max_burst = MEBIBYTE;
    config.storage_bytes = 2 * MEBIBYTE;
    config.tmf_response = 0;
    struct harness *harness = harness_ready(&config, &settings, &limits);
    *task = harness_write(harness, 0, &long_list, 1, 1);
    sanscsi_iovec iov[16];
    size_t count = 0;
    assert_int_equal(sanscsi_tx_window(harness->session, 0, iov, 16, &count), SANSCSI_OK);
    target_input(harness->target, iov[0].data, 48);
    assert_int_equal(sanscsi_tx_commit(harness->session, 0, 48, harness->now), SANSCSI_OK);
    harness->no_tx = true;
    harness_run(harness);
    return harness;
}

/* So many bytes go out, and a second goes by. */
static void send_slowly(struct harness *harness, size_t bytes) {
    sanscsi_iovec iov[16];
    size_t count = 0;
    size_t sent = 0;
    assert_int_equal(sanscsi_tx_window(harness->session, 0, iov, 16, &count), SANSCSI_OK);
    for (size_t i = 0; i < count && sent < bytes; i++) {
        size_t size = iov[i].size < bytes - sent ? iov[i].size : bytes - sent;
        target_input(harness->target, iov[i].data, size);
        sent += size;
    }
    assert_int_equal(sanscsi_tx_commit(harness->session, 0, sent, harness->now), SANSCSI_OK);
    harness_wait(harness, SANSCSI_SECOND);
    assert_int_equal(harness->closes, 0);
}

static void an_abort_behind_slow_data(void **state) {
    (void)state;
    sanscsi_task task = 0;
    struct harness *harness = long_write(0, &task);
    send_slowly(harness, 60000);
    assert_int_equal(sanscsi_cancel(harness->session, task, harness->now), SANSCSI_OK);
    uint32_t seconds = 0;
    for (; harness->result_count == 0 && seconds < 60; seconds++) {
        send_slowly(harness, 60000);
    }
    assert_in_range(seconds, 6, 59); /* longer than abort_timeout, 5 s */
    assert_int_equal(harness->target->aborts, 1);
    assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_CANCELLED);
    harness->no_tx = false;
    harness_logout(harness);
    harness_free(harness);
}

/* Nothing goes out for as long as an answer may take: the connection is dead. */
static void an_abort_behind_data_that_is_stuck(void **state) {
    (void)state;
    sanscsi_task task = 0;
    struct harness *harness = long_write(0, &task);
    send_slowly(harness, 60000);
    assert_int_equal(sanscsi_cancel(harness->session, task, harness->now), SANSCSI_OK);
    send_slowly(harness, 60000);
    harness_wait(harness, 4 * SANSCSI_SECOND - 1);
    assert_int_equal(harness->closes, 0);
    harness_wait(harness, 1);
    assert_int_equal(harness->closes, 1);
    assert_int_equal(harness->target->aborts, 0);
    assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_CANCELLED);
    harness_free(harness);
}

/* The target says nothing, since it waits for data, which comes slowly. */
static void a_ping_behind_slow_data(void **state) {
    (void)state;
    sanscsi_task task = 0;
    struct harness *harness = long_write(10 * SANSCSI_SECOND, &task);
    uint32_t seconds = 0;
    for (; harness->result_count == 0 && seconds < 60; seconds++) {
        send_slowly(harness, 20000);
    }
    assert_in_range(seconds, 50, 59);
    assert_int_equal(harness_counter(harness, "pings"), 1);
    assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_OK);
    harness->no_tx = false;
    harness_logout(harness);
    harness_free(harness);
}

/* A logout was asked for while the ping is on its way: what counts is the time of the logout. */
static void a_ping_behind_which_a_logout_goes(void **state) {
    (void)state;
    sanscsi_task task = 0;
    struct harness *harness = long_write(10 * SANSCSI_SECOND, &task);
    for (uint32_t second = 0; second < 25; second++) {
        send_slowly(harness, 20000);
    }
    harness->target->config.silent = true; /* neither ping nor logout is answered */
    harness->target->config.logout_response = -1;
    assert_int_equal(sanscsi_logout(harness->session, harness->now), SANSCSI_OK);
    for (uint32_t second = 0; second < 60; second++) {
        send_slowly(harness, 20000);
    }
    assert_int_equal(harness_counter(harness, "pings"), 1);
    harness_wait(harness, 40 * SANSCSI_SECOND - 1);
    assert_int_equal(harness->closes, 0);
    harness_wait(harness, 1);
    assert_int_equal(harness->closes, 1);
    assert_string_equal(harness_fault(harness), "logout-timeout");
    harness_free(harness);
}

/* Clearing the counters does not put off a ping. */
static void counters_that_are_cleared_meanwhile(void **state) {
    (void)state;
    sanscsi_session_settings settings;
    sanscsi_limits limits;
    harness_settings(&settings, &limits);
    settings.keepalive_interval = 10 * SANSCSI_SECOND;
    struct harness *harness = harness_ready(NULL, &settings, &limits);
    harness_wait(harness, SANSCSI_SECOND);
    sanscsi_counters_clear(harness->session, harness->now);
    harness_wait(harness, 9 * SANSCSI_SECOND);
    assert_int_equal(harness_counter(harness, "pings"), 1);
    harness_logout(harness);
    harness_free(harness);
}

/* ---- delays ---- */

static void delays_without_end(void **state) {
    (void)state;
    sanscsi_session_settings settings;
    sanscsi_limits limits;
    harness_settings(&settings, &limits);
    settings.reinstate_attempts = 3;
    settings.reinstate_delay = UINT64_MAX;
    settings.reinstate_max_delay = UINT64_MAX;
    struct harness *harness = harness_ready(NULL, &settings, &limits);
    harness_cut(harness);
    harness_poll(harness);
    harness_wait(harness, 1000 * SANSCSI_SECOND);
    assert_int_equal(harness->connects, 1);
    harness_free(harness);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(aborts_have_their_time_one_by_one),
        cmocka_unit_test(an_abort_that_must_not_go),
        cmocka_unit_test(an_abort_behind_slow_data),
        cmocka_unit_test(an_abort_behind_data_that_is_stuck),
        cmocka_unit_test(a_ping_behind_slow_data),
        cmocka_unit_test(a_ping_behind_which_a_logout_goes),
        cmocka_unit_test(counters_that_are_cleared_meanwhile),
        cmocka_unit_test(delays_without_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
