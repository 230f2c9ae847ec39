/* When, how often and how long lost sessions try to come back (RFC 7143 7.5), and how that ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "test_reinstate_run.h"

/* ---- when it is tried ---- */

static void attempts_become_rarer_and_end(void **state) {
    (void)state;
    static const uint64_t waits[] = {WAIT + DELAY, 2 * (uint64_t)DELAY, 4 * (uint64_t)DELAY,
                                     LONGEST, LONGEST};
    struct harness *harness = reinstate_holding(8, 5);
    reinstate_read(harness, 1, SANSCSI_COMMAND_RESEND);
    harness_run(harness);
    harness->refuse = 5;
    harness_cut(harness);
    harness_run(harness);
    for (uint32_t i = 0; i < 5; i++) {
        assert_int_equal(reinstate_state(harness), SANSCSI_SESSION_WAITING);
        harness_wait(harness, waits[i] - 1);
        assert_int_equal(harness->connects, 1 + i);
        harness_wait(harness, 1);
        assert_int_equal(harness->connects, 2 + i);
    }
    reinstate_check_ended(harness, 1, SANSCSI_IO_SESSION_OFFLINE);
    assert_int_equal(harness->lost, 1);
    assert_int_equal(harness->logged_out, 1);
    assert_int_equal(reinstate_state(harness), SANSCSI_SESSION_FREE);
    assert_int_equal(sanscsi_deadline(harness->session), SANSCSI_NEVER);
    assert_int_equal(harness->event_count, 1 + 5 + 1); /* the loss, the refusals */
    const struct harness_event *event = harness_event(harness, SANSCSI_EVENT_SESSION_ABANDONED);
    assert_int_equal(event->numbers[0], 1);
    assert_int_equal(event->numbers[1], 5);
    assert_string_equal(event->causes, " 1");
    assert_int_equal(harness_counter(harness, "sessions-abandoned"), 1);
    assert_int_equal(reinstate_submit(harness, TARGET_OP_READ, 2, 0, NULL), SANSCSI_NOT_LOGGED_IN);
    harness_login(harness); /* the program may start it again */
    harness_logout(harness);
    harness_free(harness);
}

static uint8_t random_byte;

static int32_t give_byte(void *context, void *bytes, size_t size) {
    (void)context;
    memset(bytes, random_byte, size);
    return 0;
}

static int32_t give_nothing(void *context, void *bytes, size_t size) {
    (void)context;
    memset(bytes, 0x80, size);
    return -1;
}

static void random_numbers_spread_attempts(void **state) {
    (void)state;
    static const struct {
        sanscsi_random_function random;
        uint8_t byte;
        uint64_t least;
        uint64_t most;
    } cases[] = {
        {give_byte, 0x00, DELAY, DELAY},
        {give_byte, 0x80, DELAY / 4 * 3 - DELAY / 500, DELAY / 4 * 3},
        {give_byte, 0xff, DELAY / 2, DELAY / 2 + DELAY / 100},
        {give_nothing, 0, DELAY, DELAY},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        random_byte = cases[i].byte;
        harness_give_random(cases[i].random);
        struct harness *harness = reinstate_holding(8, 3);
        harness_cut(harness);
        harness_run(harness);
        uint64_t wait = sanscsi_deadline(harness->session) - harness->now - WAIT;
        assert_in_range(wait, cases[i].least, cases[i].most);
        harness_logout(harness);
        harness_free(harness);
    }
    harness_give_random(NULL);
}

/* A target that closes each new session before it has answered anything. */
static void losses_without_use_are_counted(void **state) {
    (void)state;
    struct harness *harness = reinstate_holding(8, 2);
    reinstate_read(harness, 1, SANSCSI_COMMAND_RESEND);
    harness_run(harness);
    for (uint32_t i = 0; i < 2; i++) {
        harness_cut(harness);
        harness_run(harness);
        harness_wait(harness, WAIT + LONGEST);
        assert_int_equal(harness->logged_in, 2 + i);
    }
    harness_cut(harness);
    harness_run(harness);
    assert_int_equal(reinstate_state(harness), SANSCSI_SESSION_FREE);
    reinstate_check_ended(harness, 1, SANSCSI_IO_CONNECTION_OFFLINE);
    assert_int_equal(harness_event(harness, SANSCSI_EVENT_SESSION_ABANDONED)->numbers[0], 1);
    assert_int_equal(harness_event(harness, SANSCSI_EVENT_SESSION_ABANDONED)->numbers[1], 2);
    harness_free(harness);
}

static void use_or_time_makes_up_for_losses(void **state) {
    (void)state;
    for (uint32_t by_time = 0; by_time < 2; by_time++) {
        struct harness *harness = reinstate_holding(8, 1);
        for (uint32_t i = 0; i < 5; i++) {
            if (by_time != 0) {
                harness_wait(harness, LONGEST);
            } else {
                reinstate_read(harness, i, 0);
                harness_run(harness);
                assert_true(target_answer(harness->target, 0));
                harness_run(harness);
                reinstate_check_read(harness, i);
            }
            reinstate_lose_and_wait(harness);
            assert_int_equal(harness->logged_in, 2 + i);
        }
        harness_logout(harness);
        harness_free(harness);
    }
}

/* Status-Class 2: the same login would be refused again. */
static bool refuse_login(struct harness *harness, const sanscsi_output *output) {
    if (output->type != SANSCSI_OUTPUT_CONNECT || harness->connects == 0) {
        harness->connects += output->type == SANSCSI_OUTPUT_CONNECT;
        return false;
    }
    uint8_t refusal[48] = {0x23};
    assert_int_equal(sanscsi_connected(harness->session, 0, harness->now), SANSCSI_OK);
    sanscsi_iovec iov[4];
    size_t count = 0;
    assert_int_equal(sanscsi_tx_window(harness->session, 0, iov, 4, &count), SANSCSI_OK);
    memcpy(refusal + 8, (uint8_t *)iov[0].data + 8, 6);
    memcpy(refusal + 16, (uint8_t *)iov[0].data + 16, 4);
    refusal[36] = 2;
    refusal[37] = 3;
    assert_int_equal(sanscsi_rx_feed(harness->session, 0, refusal, 48, harness->now),
                     SANSCSI_PROTOCOL_ERROR);
    harness->transport = true;
    return true;
}

static void a_refusal_for_good_ends_it(void **state) {
    (void)state;
    struct harness *harness = reinstate_holding(8, 100);
    reinstate_read(harness, 1, SANSCSI_COMMAND_RESEND);
    harness_run(harness);
    harness->output = refuse_login;
    harness_cut(harness);
    harness_run(harness);
    harness_wait(harness, WAIT + DELAY);
    reinstate_check_ended(harness, 1, SANSCSI_IO_SESSION_OFFLINE);
    assert_int_equal(harness->logged_out, 1);
    assert_non_null(harness_event(harness, SANSCSI_EVENT_LOGIN_FAILED));
    const struct harness_event *event = harness_event(harness, SANSCSI_EVENT_SESSION_ABANDONED);
    assert_int_equal(event->numbers[0], 2);
    assert_int_equal(event->numbers[1], 1);
    assert_string_equal(event->causes, " 2");
    harness_free(harness);
}

/* ---- how long commands wait ---- */

static void commands_wait_so_long_and_no_longer(void **state) {
    (void)state;
    struct harness *harness = reinstate_holding(8, UINT32_MAX);
    reinstate_read(harness, 1, SANSCSI_COMMAND_RESEND);
    harness_run(harness);
    harness->refuse = 1000;
    harness_cut(harness);
    harness_run(harness);
    uint64_t begin = harness->now;
    while (harness->now + LONGEST < begin + HOLD) {
        harness_wait(harness, LONGEST);
    }
    assert_int_equal(harness->result_count, 0);
    harness_wait(harness, begin + HOLD - 1 - harness->now);
    assert_int_equal(harness->result_count, 0);
    harness_wait(harness, 1);
    reinstate_check_ended(harness, 1, SANSCSI_IO_SESSION_OFFLINE);
    assert_int_equal(reinstate_submit(harness, TARGET_OP_READ, 2, 0, NULL), SANSCSI_IN_TRANSITION);
    assert_int_equal(harness->logged_out, 0);
    harness->refuse = 0; /* it goes on trying */
    harness_wait(harness, LONGEST);
    assert_int_equal(harness->logged_in, 2);
    harness->target->config.hold = false;
    reinstate_read(harness, 2, 0);
    harness_run(harness);
    reinstate_check_read(harness, 2);
    /* Behind the next loss they may wait as long again. */
    harness->target->config.hold = true;
    reinstate_read(harness, 3, SANSCSI_COMMAND_RESEND);
    harness_run(harness);
    reinstate_lose_and_wait(harness);
    assert_true(target_answer(harness->target, 0));
    harness_run(harness);
    reinstate_check_read(harness, 3);
    harness_logout(harness);
    harness_free(harness);
}

/* ---- ends ---- */

static void a_logout_ends_the_waiting(void **state) {
    (void)state;
    struct harness *harness = reinstate_holding(8, 3);
    reinstate_read(harness, 1, SANSCSI_COMMAND_RESEND);
    harness_run(harness);
    harness_cut(harness);
    harness_run(harness);
    uint32_t events = harness->event_count;
    assert_int_equal(sanscsi_logout(harness->session, harness->now), SANSCSI_OK);
    harness_run(harness);
    reinstate_check_ended(harness, 1, SANSCSI_IO_SESSION_OFFLINE);
    assert_int_equal(harness->logged_out, 1);
    assert_int_equal(harness->event_count, events);
    assert_int_equal(reinstate_state(harness), SANSCSI_SESSION_FREE);
    assert_int_equal(sanscsi_deadline(harness->session), SANSCSI_NEVER);
    assert_int_equal(sanscsi_logout(harness->session, harness->now), SANSCSI_NOT_LOGGED_IN);
    harness_free(harness);
}

/* While it connects or logs in again, too. */
static void a_logout_ends_an_attempt(void **state) {
    (void)state;
    for (uint32_t connecting = 0; connecting < 2; connecting++) {
        struct harness *harness = reinstate_holding(8, 3);
        reinstate_read(harness, 1, SANSCSI_COMMAND_RESEND);
        harness_run(harness);
        harness_cut(harness);
        harness_run(harness);
        harness->no_connect = connecting != 0;
        harness->no_tx = true;
        harness_wait(harness, WAIT + DELAY);
        assert_int_equal(reinstate_state(harness),
                         connecting != 0 ? SANSCSI_SESSION_CONNECTING : SANSCSI_SESSION_LOGIN);
        assert_int_equal(sanscsi_logout(harness->session, harness->now), SANSCSI_OK);
        harness->transport = true;
        harness_run(harness);
        reinstate_check_ended(harness, 1, SANSCSI_IO_SESSION_OFFLINE);
        assert_int_equal(harness->logged_out, 1);
        assert_int_equal(sanscsi_deadline(harness->session), SANSCSI_NEVER);
        harness_free(harness);
    }
}

static void a_targets_logout_is_no_end(void **state) {
    (void)state;
    struct harness *harness = reinstate_holding(2, 3);
    reinstate_read(harness, 1, SANSCSI_COMMAND_RESEND);
    reinstate_read(harness, 2, 0);
    reinstate_read(harness, 3, 0); /* behind the window */
    harness_run(harness);
    target_async(harness->target, 1, 0, 3); /* please log out */
    harness_run(harness);
    reinstate_check_ended(harness, 2, SANSCSI_IO_SESSION_OFFLINE);
    assert_int_equal(harness->result_count, 1);
    assert_int_equal(reinstate_state(harness), SANSCSI_SESSION_WAITING);
    harness_wait(harness, WAIT + DELAY);
    assert_int_equal(harness->target->commands, 2);
    assert_true(target_answer(harness->target, 0));
    harness_run(harness);
    assert_true(target_answer(harness->target, 0));
    harness_run(harness);
    reinstate_check_read(harness, 1);
    reinstate_check_read(harness, 3);
    harness_logout(harness);
    harness_free(harness);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(attempts_become_rarer_and_end),
        cmocka_unit_test(random_numbers_spread_attempts),
        cmocka_unit_test(losses_without_use_are_counted),
        cmocka_unit_test(use_or_time_makes_up_for_losses),
        cmocka_unit_test(a_refusal_for_good_ends_it),
        cmocka_unit_test(commands_wait_so_long_and_no_longer),
        cmocka_unit_test(a_logout_ends_the_waiting),
        cmocka_unit_test(a_logout_ends_an_attempt),
        cmocka_unit_test(a_targets_logout_is_no_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
