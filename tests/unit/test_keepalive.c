/* Pings of the library's own on a connection that is silent (RFC 7143 7.14, 11.18). */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "support/harness.h"

#define INTERVAL (10 * SANSCSI_SECOND)
#define PATIENCE (3 * SANSCSI_SECOND)

static uint8_t buffer[1000];
static sanscsi_iovec list = {buffer, sizeof(buffer)};

static struct harness *watched(bool hold, uint32_t window) {
    struct target_config config;
    sanscsi_session_settings settings;
    sanscsi_limits limits;
    target_config_defaults(&config);
    config.hold = hold;
    config.window = window;
    harness_settings(&settings, &limits);
    settings.keepalive_interval = INTERVAL;
    settings.keepalive_timeout = PATIENCE;
    return harness_ready(&config, &settings, &limits);
}

static void silence_is_probed(void **state) {
    (void)state;
    struct harness *harness = watched(false, 8);
    for (uint32_t pings = 0; pings < 5; pings++) {
        assert_int_equal(sanscsi_deadline(harness->session), harness->now + INTERVAL);
        harness_wait(harness, INTERVAL - 1);
        assert_int_equal(harness_counter(harness, "pings"), pings);
        harness_wait(harness, 1);
        assert_int_equal(harness_counter(harness, "pings"), pings + 1);
    }
    uint8_t expected[48] = {0x40, 0x80}; /* immediate, F; no LUN, no data */
    uint8_t *sent = harness->target->last_nop;
    memcpy(expected + 16, sent + 16, 4);               /* our tag */
    memset(expected + 20, 0xff, 4);                    /* no Target Transfer Tag */
    put32(expected + 24, harness->target->exp_cmd_sn); /* not used up */
    memcpy(expected + 28, sent + 28, 4);               /* checked by the target */
    assert_memory_equal(sent, expected, sizeof(expected));
    assert_int_equal(harness->result_count, 0);
    assert_int_equal(harness->event_count, 0);
    harness_logout(harness);
    assert_int_equal(sanscsi_deadline(harness->session), SANSCSI_NEVER);
    harness_free(harness);
}

static void a_busy_connection_is_not(void **state) {
    (void)state;
    struct harness *harness = watched(false, 8);
    for (uint32_t i = 0; i < 20; i++) {
        harness_wait(harness, INTERVAL / 2);
        (void)harness_read(harness, 0, &list, 1, i);
        harness_run(harness);
    }
    assert_int_equal(harness_counter(harness, "pings"), 0);
    harness_logout(harness);
    harness_free(harness);
}

static void a_closed_window_does_not_hold_it_back(void **state) {
    (void)state;
    struct harness *harness = watched(false, 0);
    harness_wait(harness, INTERVAL);
    assert_int_equal(harness_counter(harness, "pings"), 1);
    harness_wait(harness, PATIENCE);
    assert_int_equal(harness->closes, 0);
    harness_logout(harness);
    harness_free(harness);
}

static void no_answer_ends_the_connection(void **state) {
    (void)state;
    struct harness *harness = watched(true, 8);
    (void)harness_read(harness, 0, &list, 1, 1);
    harness_run(harness);
    harness_wait(harness, INTERVAL);
    harness_wait(harness, PATIENCE - 1);
    assert_int_equal(harness->closes, 0);
    harness_wait(harness, 1);
    assert_int_equal(harness->closes, 1);
    assert_int_equal(harness->event_count, 1);
    assert_int_equal(harness->events[0].id, SANSCSI_EVENT_PING_TIMEOUT);
    assert_int_equal(harness->events[0].numbers[0], get32(harness->target->last_nop + 16));
    assert_string_equal(harness_fault(harness), "ping-timeout");
    assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_CONNECTION_OFFLINE);
    assert_int_equal(harness_counter(harness, "ping-timeouts"), 1);
    assert_int_equal(sanscsi_deadline(harness->session), SANSCSI_NEVER);
    harness_free(harness);
}

/* Where the transport takes nothing the ping has no place behind what waits; a transport that takes
 * a byte now and then is slow, not dead. */
static void a_stuck_transport_ends_the_connection(void **state) {
    (void)state;
    struct harness *harness = watched(false, 8);
    harness->no_tx = true;
    for (uint32_t i = 0; i < 8; i++) {
        (void)harness_read(harness, 0, &list, 1, 1 + i);
    }
    sanscsi_iovec iov[8];
    size_t count = 0;
    assert_int_equal(sanscsi_tx_window(harness->session, 0, iov, 8, &count), SANSCSI_OK);
    assert_int_equal(count, 8);
    harness_wait(harness, INTERVAL); /* a ping is due */
    harness_wait(harness, PATIENCE - 1);
    assert_int_equal(sanscsi_tx_commit(harness->session, 0, 1, harness->now), SANSCSI_OK);
    harness_wait(harness, PATIENCE - 1);
    assert_int_equal(harness->closes, 0);
    harness_wait(harness, PATIENCE);
    assert_int_equal(harness->closes, 1);
    assert_int_equal(harness->event_count, 1);
    assert_int_equal(harness->events[0].id, SANSCSI_EVENT_PING_TIMEOUT);
    assert_int_equal(harness->events[0].numbers[0], UINT32_MAX); /* it was never made */
    assert_string_equal(harness_fault(harness), "send-timeout");
    assert_int_equal(harness_counter(harness, "pings"), 0);
    for (uint32_t i = 0; i < 8; i++) {
        assert_int_equal(harness_result(harness, 1 + i)->io_status, SANSCSI_IO_CONNECTION_OFFLINE);
    }
    assert_int_equal(sanscsi_deadline(harness->session), SANSCSI_NEVER);
    harness_free(harness);
}

static void a_logout_has_the_timer_to_itself(void **state) {
    (void)state;
    struct harness *harness = watched(true, 8);
    harness_wait(harness, INTERVAL); /* the ping is on its way */
    assert_int_equal(harness_counter(harness, "pings"), 1);
    harness->target->config.logout_response = -1;
    assert_int_equal(sanscsi_logout(harness->session, harness->now), SANSCSI_OK);
    harness_run(harness);
    harness_wait(harness, PATIENCE);
    assert_int_equal(harness->event_count, 0);
    harness_wait(harness, 5 * SANSCSI_SECOND - PATIENCE);
    assert_int_equal(harness->event_count, 1);
    assert_int_equal(harness->events[0].id, SANSCSI_EVENT_LOGOUT_TIMEOUT);
    harness_free(harness);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(silence_is_probed),
        cmocka_unit_test(a_busy_connection_is_not),
        cmocka_unit_test(a_closed_window_does_not_hold_it_back),
        cmocka_unit_test(no_answer_ends_the_connection),
        cmocka_unit_test(a_stuck_transport_ends_the_connection),
        cmocka_unit_test(a_logout_has_the_timer_to_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
