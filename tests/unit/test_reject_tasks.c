/* What Rejects of task management and of text requests leave behind (RFC 7143 11.17, 7.3). */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "test_manage_run.h"

enum { NOT_SUPPORTED = 0x05, TOO_MANY_IMMEDIATE = 0x06, INVALID_FIELD = 0x09, LATER = 0x0a };

static void reject(struct harness *harness, uint8_t reason, const uint8_t *header) {
    uint8_t copy[48];
    memcpy(copy, header, sizeof(copy));
    target_reject(harness->target, reason, copy);
    harness_run(harness);
}

/* ---- FastAbort: data stays away while a reset is under way (RFC 7143 4.2.3.4) ---- */

/* A write to unit A, a reset of that behind it, whose handle is given, and an R2T that comes
 * meanwhile and is not served. The target takes so many commands at once. */
static struct harness *write_behind_reset(uint32_t window, sanscsi_task *reset) {
    struct target_config config;
    sanscsi_session_settings settings;
    sanscsi_limits limits;
    target_config_defaults(&config);
    config.silent = true;
    config.hold = true;
    config.immediate_data = 0;
    config.initial_r2t = 1;
    config.tmf_response = -1;
    config.task_reporting = 2;
    config.window = window;
    harness_settings(&settings, &limits);
    settings.parameters.task_reporting = 2;
    struct harness *harness = harness_ready(&config, &settings, &limits);
    (void)managed_submit(harness, TARGET_OP_WRITE, UNIT_A, 1, 0, SANSCSI_NEVER);
    harness_run(harness);
    sanscsi_management management;
    sanscsi_management_defaults(&management);
    management.lun = UNIT_A;
    management.user = MANAGEMENT;
    management.timeout = SANSCSI_NEVER;
    assert_int_equal(sanscsi_manage(harness->session, &management, harness->now, reset),
                     SANSCSI_OK);
    harness_run(harness);
    uint8_t bhs[48];
    target_begin(harness->target, bhs, 0x31, 0x80, harness->target->tasks[0].itt);
    put64(bhs + 8, harness->target->tasks[0].lun);
    put32(bhs + 20, 0x100);
    put32(bhs + 44, 512);
    target_send(harness->target, bhs, NULL, 0);
    harness_run(harness);
    assert_int_equal(harness->target->tasks[0].received, 0);
    harness->target->config.tmf_response = 0; /* what comes from now on is carried out */
    return harness;
}

/* The target cannot carry out what it lacks data of: that is aborted. */
static void expect_aborted(struct harness *harness) {
    assert_int_equal(harness->target->aborts, 1);
    assert_int_equal(managed_ending(harness, 1), SANSCSI_IO_CANCELLED);
    assert_int_equal(harness->closes, 0);
}

static void a_function_that_is_refused_stops_no_data(void **state) {
    (void)state;
    for (uint32_t rejected = 0; rejected < 2; rejected++) {
        sanscsi_task reset = 0;
        struct harness *harness = write_behind_reset(8, &reset);
        if (rejected != 0) {
            reject(harness, NOT_SUPPORTED, harness->target->last_tmf);
        } else {
            target_finish_management(harness->target, harness->target->last_tmf, 5);
            harness_run(harness);
        }
        assert_int_equal(managed_ending(harness, MANAGEMENT),
                         rejected != 0 ? SANSCSI_IO_TARGET_FAILURE : SANSCSI_IO_OK);
        expect_aborted(harness);
        harness_logout(harness);
        harness_free(harness);
    }
}

/* It is cancelled while it waits to go again, for which it needs the window. */
static void a_function_that_does_not_go_again_stops_no_data(void **state) {
    (void)state;
    sanscsi_task reset = 0;
    struct harness *harness = write_behind_reset(1, &reset);
    harness->target->config.tmf_response = -1; /* the answer to the abort opens the window */
    reject(harness, TOO_MANY_IMMEDIATE, harness->target->last_tmf);
    assert_int_equal(sanscsi_cancel(harness->session, reset, harness->now), SANSCSI_OK);
    harness_run(harness);
    target_finish_management(harness->target, harness->target->last_tmf, 0);
    harness_run(harness);
    assert_int_equal(managed_ending(harness, MANAGEMENT), SANSCSI_IO_CANCELLED);
    expect_aborted(harness);
    harness_free(harness);
}

/* ---- the library's own resets ---- */

/* An ABORT TASK was refused; the reset of the unit that follows is not answered. The target takes
 * so many commands at once. */
static struct harness *resetting(uint32_t window) {
    struct target_config config;
    sanscsi_session_settings settings;
    sanscsi_limits limits;
    target_config_defaults(&config);
    config.hold = true;
    config.window = window;
    config.tmf_response = 0;
    config.tmf_responses[1] = 255;
    config.tmf_responses[5] = -1;
    harness_settings(&settings, &limits);
    settings.command_timeout = 10 * SANSCSI_SECOND;
    settings.lun_reset_timeout = 300 * SANSCSI_SECOND;
    settings.target_reset_timeout = 300 * SANSCSI_SECOND;
    struct harness *harness = harness_ready(&config, &settings, &limits);
    (void)managed_read(harness, UNIT_A, 1);
    harness_run(harness);
    harness_wait(harness, 10 * SANSCSI_SECOND);
    assert_int_equal(harness->target->last_tmf[0], 0x42);
    assert_int_equal(harness->target->last_tmf[1], 0x85);
    harness->target->config.tmf_responses[5] = 0; /* done when it is asked for again */
    return harness;
}

static void a_reset_of_ours_goes_again_in_order(void **state) {
    (void)state;
    struct harness *harness = resetting(8);
    reject(harness, TOO_MANY_IMMEDIATE, harness->target->last_tmf);
    assert_int_equal(harness->target->last_tmf[0], 0x02);
    assert_int_equal(harness->target->last_tmf[1], 0x85);
    assert_int_equal(managed_ending(harness, 1), SANSCSI_IO_TIMEOUT);
    assert_int_equal(harness->closes, 0);
    harness_logout(harness);
    harness_free(harness);
}

static void a_reset_of_ours_waits_for_the_window(void **state) {
    (void)state;
    struct harness *harness = resetting(1);
    reject(harness, TOO_MANY_IMMEDIATE, harness->target->last_tmf);
    harness_wait(harness, SANSCSI_SECOND);
    assert_int_equal(harness->target->last_tmf[0], 0x42);
    target_open_window(harness->target, 1);
    harness_run(harness);
    assert_int_equal(harness->target->last_tmf[0], 0x02);
    assert_int_equal(harness->target->last_tmf[1], 0x85);
    assert_int_equal(managed_ending(harness, 1), SANSCSI_IO_TIMEOUT);
    assert_int_equal(harness->closes, 0);
    harness_free(harness);
}

static void a_reset_of_ours_that_is_rejected_is_followed_by_the_next(void **state) {
    (void)state;
    struct harness *harness = resetting(8);
    reject(harness, NOT_SUPPORTED, harness->target->last_tmf);
    assert_int_equal(harness->target->last_tmf[1], 0x86);
    assert_int_equal(managed_ending(harness, 1), SANSCSI_IO_TIMEOUT);
    assert_int_equal(harness->closes, 0);
    harness_logout(harness);
    harness_free(harness);
}

/* In order it cannot be one too many: the target is out of step. */
static void a_reset_of_ours_that_is_rejected_twice(void **state) {
    (void)state;
    struct harness *harness = resetting(8);
    harness->target->config.tmf_responses[5] = -1;
    reject(harness, TOO_MANY_IMMEDIATE, harness->target->last_tmf);
    assert_int_equal(harness->closes, 0);
    reject(harness, TOO_MANY_IMMEDIATE, harness->target->last_tmf);
    assert_int_equal(harness->closes, 1);
    assert_string_equal(harness_fault(harness), "reject");
    assert_int_equal(managed_ending(harness, 1), SANSCSI_IO_TIMEOUT);
    harness_free(harness);
}

/* ---- text requests ---- */

static struct harness *declaring(uint64_t timeout) {
    struct target_config config;
    target_config_defaults(&config);
    config.text_hook = target_ignore_text;
    config.tmf_responses[1] = timeout != 0 ? 0 : -1;
    struct harness *harness = harness_ready(&config, NULL, NULL);
    assert_int_equal(
        sanscsi_declare_segment_length(harness->session, 4096, 1, timeout, harness->now, NULL),
        SANSCSI_OK);
    harness_run(harness);
    return harness;
}

/* A request that is asked again waits as long as its caller said. */
static void a_declaration_keeps_its_time(void **state) {
    (void)state;
    static const uint64_t times[] = {100 * SANSCSI_SECOND, SANSCSI_NEVER};
    for (size_t i = 0; i < 2; i++) {
        struct harness *harness = declaring(times[i]);
        reject(harness, LATER, harness->target->last[4]);
        harness_wait(harness, SANSCSI_SECOND);
        assert_int_equal(harness->target->text_requests, 2);
        harness_wait(harness, 99 * SANSCSI_SECOND - 1);
        assert_int_equal(harness->closes, 0);
        harness_wait(harness, 1);
        assert_int_equal(harness->closes, times[i] == SANSCSI_NEVER ? 0 : 1);
        harness_free(harness);
    }
}

/* The Reject was told, so it is the reason, whatever becomes of the connection behind it. */
static void a_declaration_that_was_rejected_and_is_lost(void **state) {
    (void)state;
    struct harness *harness = declaring(0);
    reject(harness, INVALID_FIELD, harness->target->last[4]);
    assert_non_null(harness_event(harness, SANSCSI_EVENT_NEGOTIATION_FAILED));
    harness_cut(harness);
    harness_poll(harness);
    assert_int_equal(harness->result_count, 1);
    assert_int_equal(managed_ending(harness, 1), SANSCSI_IO_TARGET_FAILURE);
    harness_free(harness);
}

/* It was to be asked again, and its number is being plugged: nothing was told yet. */
static void a_declaration_that_is_put_off_and_is_lost(void **state) {
    (void)state;
    struct harness *harness = declaring(0);
    reject(harness, LATER, harness->target->last[4]);
    assert_int_equal(harness->target->aborts, 1);
    assert_null(harness_event(harness, SANSCSI_EVENT_NEGOTIATION_FAILED));
    harness_cut(harness);
    harness_poll(harness);
    assert_int_equal(harness->result_count, 1);
    assert_int_equal(managed_ending(harness, 1), SANSCSI_IO_CONNECTION_OFFLINE);
    harness_free(harness);
}

/* RFC 7143 11.9.1: AsyncEvent 4. What the target has no room for now is asked again, and then has
 * the time of any command. */
static void a_negotiation_of_ours_is_asked_again(void **state) {
    (void)state;
    struct target_config config;
    sanscsi_session_settings settings;
    sanscsi_limits limits;
    target_config_defaults(&config);
    config.text_hook = target_ignore_text;
    config.tmf_responses[1] = 0;
    harness_settings(&settings, &limits);
    settings.command_timeout = 20 * SANSCSI_SECOND;
    struct harness *harness = harness_ready(&config, &settings, &limits);
    target_async(harness->target, 4, 0, 3);
    harness_run(harness);
    assert_int_equal(harness->target->text_requests, 1);
    reject(harness, LATER, harness->target->last[4]);
    harness_wait(harness, SANSCSI_SECOND);
    assert_int_equal(harness->target->text_requests, 2);
    harness_wait(harness, 20 * SANSCSI_SECOND - 1);
    assert_int_equal(harness->closes, 0);
    harness_wait(harness, 1);
    assert_int_equal(harness->closes, 1);
    assert_string_equal(harness_fault(harness), "text-timeout");
    harness_free(harness);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_function_that_is_refused_stops_no_data),
        cmocka_unit_test(a_function_that_does_not_go_again_stops_no_data),
        cmocka_unit_test(a_reset_of_ours_goes_again_in_order),
        cmocka_unit_test(a_reset_of_ours_waits_for_the_window),
        cmocka_unit_test(a_reset_of_ours_that_is_rejected_is_followed_by_the_next),
        cmocka_unit_test(a_reset_of_ours_that_is_rejected_twice),
        cmocka_unit_test(a_declaration_keeps_its_time),
        cmocka_unit_test(a_declaration_that_was_rejected_and_is_lost),
        cmocka_unit_test(a_declaration_that_is_put_off_and_is_lost),
        cmocka_unit_test(a_negotiation_of_ours_is_asked_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
