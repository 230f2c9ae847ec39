/* The target wants to negotiate: AsyncEvent 4 (RFC 7143 11.9.1). */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "test_text_run.h"

static void ask(struct harness *harness, uint32_t seconds) {
    target_async(harness->target, 4, 0, seconds);
    harness_run(harness);
}

static void test_served(void **state) {
    (void)state;
    for (uint32_t seconds = 0; seconds <= 3; seconds += 3) {
        struct harness *harness = text_ready();
        uint32_t theirs = harness->target->config.max_recv_segment;
        text_reply(0, "MaxRecvDataSegmentLength=2048|");
        text_reply(F, "");
        ask(harness, seconds);
        assert_string_equal(text_scene.sent, "-\n+\n");
        text_check_lengths(harness, 8192, 2048);
        assert_int_equal(harness->result_count, 0); /* it was nobody's task */
        harness->target->config.max_recv_segment = 2048;
        ask(harness, seconds); /* and again */
        assert_int_equal(text_scene.requests, 3);
        assert_int_not_equal(theirs, 2048);
        harness_wait(harness, 60 * SANSCSI_SECOND);
        assert_int_equal(harness->closes, 0);
        text_check_alive(harness, 8192);
    }
}

/* One that is under way is enough. */
static void test_served_by_the_pending_one(void **state) {
    (void)state;
    struct harness *harness = text_ready();
    text_scene.replies[text_scene.count++] = (struct reply){.none = true};
    assert_int_equal(text_declare(harness, 16384, 1), SANSCSI_OK);
    ask(harness, 1);
    harness_wait(harness, 2 * SANSCSI_SECOND);
    assert_int_equal(text_scene.requests, 1);
    assert_int_equal(harness->closes, 0);
    struct reply end = {.flags = F, .text = ""};
    text_respond(harness->target, &end, text_scene.itt);
    harness_run(harness);
    assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_OK);
    text_check_alive(harness, 16384);
}

/* One that waits for the window serves when that opens in time; else there is the logout. */
static void test_served_by_one_that_waits(void **state) {
    (void)state;
    for (uint32_t opens = 0; opens < 2; opens++) {
        struct harness *harness = text_ready_with(0, SANSCSI_SESSION_NORMAL);
        text_reply(F, "");
        assert_int_equal(text_declare(harness, 16384, 1), SANSCSI_OK);
        ask(harness, 2);
        ask(harness, 10); /* asking again does not put it off */
        harness_wait(harness, 2 * SANSCSI_SECOND - 1);
        assert_int_equal(harness->logged_out, 0);
        if (opens != 0) {
            target_open_window(harness->target, 8);
            harness_run(harness);
        }
        harness_wait(harness, 10 * SANSCSI_SECOND);
        assert_int_equal(harness->logged_out, 1 - opens);
        assert_int_equal(text_scene.requests, opens);
        assert_int_equal(harness_result(harness, 1)->io_status,
                         opens != 0 ? SANSCSI_IO_OK : SANSCSI_IO_SESSION_OFFLINE);
        if (opens != 0) {
            text_check_alive(harness, 16384);
        } else {
            harness_free(harness);
        }
    }
}

/* The one that waited goes away: a negotiation of its own is what the target gets. */
static void test_served_behind_one_that_is_cancelled(void **state) {
    (void)state;
    struct harness *harness = text_ready_with(0, SANSCSI_SESSION_NORMAL);
    sanscsi_task task = 0;
    text_reply(F, "");
    assert_int_equal(
        sanscsi_declare_segment_length(harness->session, 16384, 1, 0, harness->now, &task),
        SANSCSI_OK);
    ask(harness, 10);
    assert_int_equal(sanscsi_cancel(harness->session, task, harness->now), SANSCSI_OK);
    target_open_window(harness->target, 8);
    harness_run(harness);
    assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_CANCELLED);
    assert_string_equal(text_scene.sent, "-\n");
    text_check_alive(harness, 8192);
}

/* As when the one before was rejected for good, and its number is still to be plugged. */
static void test_served_behind_one_that_was_rejected(void **state) {
    (void)state;
    struct harness *harness = text_ready();
    harness->target->config.tmf_response = -1;
    text_scene.replies[text_scene.count++] = (struct reply){.reject = 0x05};
    text_reply(F, "");
    assert_int_equal(text_declare(harness, 16384, 1), SANSCSI_OK);
    harness_run(harness);
    ask(harness, 3);
    assert_int_equal(text_scene.requests, 1);
    target_finish_management(harness->target, harness->target->last_tmf, 0);
    harness_run(harness);
    assert_string_equal(text_scene.sent, "-MaxRecvDataSegmentLength=16384|\n-\n");
    assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_TARGET_FAILURE);
    text_check_alive(harness, 8192);
}

/* As when the one before has its answer, and its records wait to be polled. */
static void test_served_behind_records(void **state) {
    (void)state;
    struct harness *harness = text_ready_with(32, SANSCSI_SESSION_DISCOVERY);
    text_reply(F, "TargetName=iqn.2026-11.example:t|TargetAddress=192.0.2.1:3260,1|");
    text_reply(F, "");
    harness->no_poll = true;
    assert_int_equal(sanscsi_send_targets(harness->session, 1, harness->now, NULL), SANSCSI_OK);
    harness_run(harness);
    ask(harness, 3);
    assert_string_equal(text_scene.sent, "-SendTargets=All|\n");
    harness->no_poll = false;
    harness_run(harness);
    assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_OK);
    assert_string_equal(text_scene.sent, "-SendTargets=All|\n-\n");
    harness_wait(harness, 10 * SANSCSI_SECOND);
    assert_int_equal(harness->logged_out, 0);
    harness_logout(harness);
    harness_free(harness);
}

/* The connection goes first: nothing is left of the wish in the next one. */
static void test_wish_of_a_connection_that_is_lost(void **state) {
    (void)state;
    struct harness *harness = text_ready_with(0, SANSCSI_SESSION_NORMAL);
    assert_int_equal(text_declare(harness, 16384, 1), SANSCSI_OK);
    ask(harness, 3);
    harness_cut(harness);
    harness_poll(harness);
    assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_CONNECTION_OFFLINE);
    struct target_config config = harness->target->config;
    config.window = 8;
    target_free(harness->target);
    harness->target = target_new(&config);
    harness->logged_out = 0;
    harness_login(harness);
    harness_wait(harness, 10 * SANSCSI_SECOND);
    assert_int_equal(text_scene.requests, 0);
    assert_int_equal(harness->logged_out, 0);
    text_check_alive(harness, 8192);
}

/* When the window stays closed, the logout is what can be done in time. */
static void test_not_served_in_time(void **state) {
    (void)state;
    for (uint32_t seconds = 0; seconds <= 2; seconds++) {
        struct harness *harness = text_ready_with(0, SANSCSI_SESSION_NORMAL);
        ask(harness, seconds);
        if (seconds > 0) {
            harness_wait(harness, seconds * SANSCSI_SECOND - 1);
            assert_int_equal(harness->logged_out, 0);
            ask(harness, 10); /* asking again does not put it off */
            harness_wait(harness, 1);
        }
        assert_int_equal(harness->logged_out, 1);
        assert_true(harness->target->logged_out);
        assert_int_equal(text_scene.requests, 0);
        harness_free(harness);
    }
}

static void test_rejected_by_who_asked(void **state) {
    (void)state;
    struct harness *harness = text_ready();
    text_scene.replies[text_scene.count++] = (struct reply){.reject = 0x05};
    ask(harness, 3);
    assert_int_equal(harness->target->aborts, 1);
    assert_non_null(harness_event(harness, SANSCSI_EVENT_NEGOTIATION_FAILED));
    assert_int_equal(harness->result_count, 0);
    text_check_alive(harness, 8192);
}

static void test_never_answered(void **state) {
    (void)state;
    struct harness *harness = text_ready();
    text_scene.replies[text_scene.count++] = (struct reply){.none = true};
    ask(harness, 1);
    harness_wait(harness, 29 * SANSCSI_SECOND);
    assert_int_equal(harness->closes, 0);
    harness_wait(harness, SANSCSI_SECOND);
    assert_string_equal(harness_fault(harness), "text-timeout");
    assert_int_equal(harness->result_count, 0);
    harness_free(harness);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_served),
        cmocka_unit_test(test_served_by_the_pending_one),
        cmocka_unit_test(test_served_by_one_that_waits),
        cmocka_unit_test(test_served_behind_one_that_is_cancelled),
        cmocka_unit_test(test_served_behind_one_that_was_rejected),
        cmocka_unit_test(test_served_behind_records),
        cmocka_unit_test(test_wish_of_a_connection_that_is_lost),
        cmocka_unit_test(test_not_served_in_time),
        cmocka_unit_test(test_rejected_by_who_asked),
        cmocka_unit_test(test_never_answered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
