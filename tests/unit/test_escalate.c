/* Recovery by steps: ABORT TASK, LOGICAL UNIT RESET, TARGET WARM RESET, the end of the connection
 * (RFC 7143 7.11, 11.5.1). */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "test_manage_run.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define COMMAND_TIME (10 * SANSCSI_SECOND)
#define ABORT_TIME (5 * SANSCSI_SECOND)
#define UNIT_TIME (3 * SANSCSI_SECOND)
#define TARGET_TIME (7 * SANSCSI_SECOND)

enum { SILENCE = -1 };

static sanscsi_task read_for(struct harness *harness, uint64_t lun, uint64_t user, uint64_t time) {
    return managed_submit(harness, TARGET_OP_READ, lun, user, 0, time);
}

/* A target that answers no command and management as told; a session with so much time. */
static struct harness *stuck(int32_t aborts, int32_t unit, int32_t target, uint64_t unit_time,
                             uint64_t target_time) {
    struct target_config config;
    target_config_defaults(&config);
    config.hold = true;
    config.tmf_response = 0;
    config.tmf_responses[1] = aborts;
    config.tmf_responses[5] = unit;
    config.tmf_responses[6] = target;
    sanscsi_session_settings settings;
    sanscsi_limits limits;
    harness_settings(&settings, &limits);
    settings.command_timeout = COMMAND_TIME;
    settings.abort_timeout = ABORT_TIME;
    settings.lun_reset_timeout = unit_time;
    settings.target_reset_timeout = target_time;
    return harness_ready(&config, &settings, &limits);
}

/* The functions that came at the target, with the byte of their LUN. */
static void expect_functions(const struct harness *harness, const char *expected) {
    char text[256] = "";
    for (uint32_t i = 0; i < harness->target->request_count; i++) {
        const uint8_t *bhs = harness->target->requests[i];
        size_t at = strlen(text);
        if ((bhs[0] & 0x3f) == 2) {
            (void)snprintf(text + at, sizeof(text) - at, " %u:%u", bhs[1] & 0x7f, bhs[9]);
        }
    }
    assert_string_equal(text, expected);
}

/* The steps that events 120 tell, with unit, reason and cause. */
static void expect_steps(const struct harness *harness, const char *expected) {
    char text[256] = "";
    for (uint32_t i = 0; i < harness->event_count; i++) {
        const struct harness_event *event = &harness->events[i];
        size_t at = strlen(text);
        if (event->id == SANSCSI_EVENT_RECOVERY_ESCALATED) {
            (void)snprintf(text + at, sizeof(text) - at, " %u:%u:%u(%s)",
                           (unsigned)event->numbers[0], (unsigned)(event->numbers[1] >> 48),
                           (unsigned)event->numbers[3], event->causes + 1);
        }
    }
    assert_string_equal(text, expected);
}

/* Fires timers until nothing is left to wait for. */
static void let_time_pass(struct harness *harness) {
    for (uint32_t i = 0; i < 20 && sanscsi_deadline(harness->session) != SANSCSI_NEVER; i++) {
        harness_wait(harness, sanscsi_deadline(harness->session) - harness->now);
    }
}

static const struct {
    int32_t aborts, unit, target;
    bool unit_on, target_on;
    const char *functions;
    const char *steps;
    const char *fault;
    uint64_t time; /* from the timeout of the command to the end of the task */
} rungs[] = {
    {0, 0, 0, true, true, " 1:1", "", "none", 0},
    {255, 0, 0, true, true, " 1:1 5:1", " 1:1:255(3)", "none", 0},
    {6, 0, 0, true, true, " 1:1 5:1", " 1:1:6(2)", "none", 0},
    {SILENCE, 0, 0, true, true, " 1:1 5:1", " 1:1:0(1)", "none", ABORT_TIME},
    {SILENCE, 1, 0, true, true, " 1:1 5:1", " 1:1:0(1)", "none", ABORT_TIME},
    {SILENCE, 5, 0, true, true, " 1:1 5:1 6:0", " 1:1:0(1) 2:1:5(2)", "none", ABORT_TIME},
    {255, SILENCE, 0, true, true, " 1:1 5:1 6:0", " 1:1:255(3) 2:1:0(1)", "none", UNIT_TIME},
    {255, SILENCE, 2, true, true, " 1:1 5:1 6:0", " 1:1:255(3) 2:1:0(1) 3:1:2(3)",
     "task-management-response", UNIT_TIME},
    {SILENCE, SILENCE, SILENCE, true, true, " 1:1 5:1 6:0", " 1:1:0(1) 2:1:0(1) 3:1:0(1)",
     "task-management-timeout", ABORT_TIME + UNIT_TIME + TARGET_TIME},
    {255, SILENCE, 0, true, false, " 1:1 5:1", " 1:1:255(3) 3:1:0(1)", "task-management-timeout",
     UNIT_TIME},
    {255, 5, 0, true, false, " 1:1 5:1", " 1:1:255(3) 3:1:5(2)", "task-management-response", 0},
    {255, 0, 0, false, true, " 1:1 6:0", " 2:1:255(3)", "none", 0},
    {255, 0, 255, false, true, " 1:1 6:0", " 2:1:255(3) 3:1:255(3)", "task-management-response", 0},
    {255, 0, 0, false, false, " 1:1", "", "task-management-response", 0},
    {SILENCE, 0, 0, false, false, " 1:1", "", "abort-timeout", ABORT_TIME},
};

static void the_ladder(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(rungs); i++) {
        struct harness *harness =
            stuck(rungs[i].aborts, rungs[i].unit, rungs[i].target, rungs[i].unit_on ? UNIT_TIME : 0,
                  rungs[i].target_on ? TARGET_TIME : 0);
        (void)read_for(harness, UNIT_A, 1, 0);
        harness_run(harness);
        uint32_t tag = harness->target->tasks[0].itt;
        harness_wait(harness, COMMAND_TIME);
        uint64_t from = harness->now;
        if (rungs[i].time > 0) {
            assert_int_equal(harness->result_count, 0);
        }
        while (harness->result_count == 0) {
            harness_wait(harness, sanscsi_deadline(harness->session) - harness->now);
        }
        assert_int_equal(harness->now - from, rungs[i].time);
        assert_int_equal(managed_ending(harness, 1), SANSCSI_IO_TIMEOUT); /* that is what it was */
        assert_int_equal(harness_result(harness, 1)->response, 0);
        expect_functions(harness, rungs[i].functions);
        expect_steps(harness, rungs[i].steps);
        assert_string_equal(harness_fault(harness), rungs[i].fault);
        bool ended = strcmp(rungs[i].fault, "none") != 0;
        assert_int_equal(harness->closes, ended ? 1 : 0);
        const struct harness_event *event = harness_event(harness, 120);
        assert_true(event == NULL || event->numbers[2] == tag);
        uint32_t counted = 0;
        for (uint32_t k = 0; k < harness->event_count; k++) {
            counted += harness->events[k].id == 120 ? 1 : 0;
        }
        assert_int_equal(harness_counter(harness, "escalations"), counted);
        if (!ended) {
            (void)read_for(harness, UNIT_A, 2, 0); /* the unit is of use again */
            harness_run(harness);
            assert_true(target_answer(harness->target, 0));
            harness_run(harness);
            assert_int_equal(managed_ending(harness, 2), SANSCSI_IO_OK);
            harness_logout(harness);
        }
        harness_free(harness);
    }
}

/* The resets as RFC 7143 11.5 draws them. */
static void the_requests_on_the_wire(void **state) {
    (void)state;
    for (uint32_t target = 0; target < 2; target++) {
        struct harness *harness = stuck(255, 0, 0, target == 1 ? 0 : UNIT_TIME, TARGET_TIME);
        (void)read_for(harness, UNIT_A, 1, 0);
        harness_run(harness);
        harness_wait(harness, COMMAND_TIME);
        uint8_t expected[48] = {0x42, target == 1 ? 0x86 : 0x85};
        expected[9] = target == 1 ? 0 : 1;
        memset(expected + 20, 0xff, 4);
        put32(expected + 24, harness->target->exp_cmd_sn);
        const uint8_t *sent = harness->target->last_tmf;
        memcpy(expected + 16, sent + 16, 4);
        memcpy(expected + 28, sent + 28, 4);
        assert_memory_equal(sent, expected, sizeof(expected));
        harness_logout(harness);
        harness_free(harness);
    }
}

/* Several tasks of one unit time out at once: one ABORT TASK, one reset. What has not timed out
 * ends with it, other units are not disturbed, and what comes meanwhile waits behind it. */
static void one_reset_for_a_unit(void **state) {
    (void)state;
    struct harness *harness = stuck(255, SILENCE, 0, UNIT_TIME, TARGET_TIME);
    for (uint64_t task = 1; task <= 3; task++) {
        (void)read_for(harness, UNIT_A, task, 0);
    }
    (void)read_for(harness, UNIT_A, 4, SANSCSI_NEVER);
    (void)read_for(harness, UNIT_B, 5, SANSCSI_NEVER);
    (void)read_for(harness, UNIT_A, 6, COMMAND_TIME + SANSCSI_SECOND);
    harness_run(harness);
    harness_wait(harness, COMMAND_TIME);
    expect_functions(harness, " 1:1 5:1");
    expect_steps(harness, " 1:1:255(3)");
    (void)read_for(harness, UNIT_A, 7, 0); /* waits behind the reset */
    (void)read_for(harness, UNIT_B, 8, 0); /* does not */
    harness_run(harness);
    assert_int_equal(harness->target->commands, 7);
    harness_wait(harness, SANSCSI_SECOND); /* 6 times out and joins the others */
    expect_functions(harness, " 1:1 5:1");
    assert_int_equal(harness->result_count, 0);
    target_finish_management(harness->target, harness->target->last_tmf, 0);
    harness_run(harness);
    for (uint64_t task = 1; task <= 3; task++) {
        assert_int_equal(managed_ending(harness, task), SANSCSI_IO_TIMEOUT);
    }
    assert_int_equal(managed_ending(harness, 4), SANSCSI_IO_TERMINATED);
    assert_int_equal(managed_ending(harness, 5), UNANSWERED);
    assert_int_equal(managed_ending(harness, 6), SANSCSI_IO_TIMEOUT);
    assert_int_equal(managed_ending(harness, 7), UNANSWERED);
    assert_int_equal(harness->target->commands, 8);
    for (uint32_t left = 0; left < 3; left++) {
        assert_true(target_answer(harness->target, 0));
    }
    harness_run(harness);
    assert_int_equal(managed_ending(harness, 5), SANSCSI_IO_OK);
    assert_int_equal(managed_ending(harness, 7), SANSCSI_IO_OK);
    assert_int_equal(managed_ending(harness, 8), SANSCSI_IO_OK);
    expect_steps(harness, " 1:1:255(3)");
    harness_logout(harness);
    assert_int_equal(harness->result_count, 8);
    harness_free(harness);
}

/* Two units, one after the other; the second abort gets its whole time. */
static void two_units(void **state) {
    (void)state;
    struct harness *harness = stuck(SILENCE, SILENCE, 0, UNIT_TIME, TARGET_TIME);
    (void)read_for(harness, UNIT_A, 1, 0);
    (void)read_for(harness, UNIT_B, 2, 0);
    harness_run(harness);
    harness_wait(harness, COMMAND_TIME);
    expect_functions(harness, " 1:1");
    harness_wait(harness, ABORT_TIME);
    expect_functions(harness, " 1:1 1:2 5:1");
    target_finish_management(harness->target, harness->target->last_tmf, 0);
    harness_run(harness);
    assert_int_equal(managed_ending(harness, 1), SANSCSI_IO_TIMEOUT);
    assert_int_equal(managed_ending(harness, 2), UNANSWERED);
    harness_wait(harness, ABORT_TIME);
    expect_functions(harness, " 1:1 1:2 5:1 5:2");
    expect_steps(harness, " 1:1:0(1) 1:2:0(1)");
    target_finish_management(harness->target, harness->target->last_tmf, 0);
    harness_run(harness);
    assert_int_equal(managed_ending(harness, 2), SANSCSI_IO_TIMEOUT);
    harness_logout(harness);
    harness_free(harness);
}

/* What was given up may still be answered: that says nothing, and its StatSN counts. */
static void late_answers(void **state) {
    (void)state;
    struct harness *harness = stuck(SILENCE, SILENCE, SILENCE, UNIT_TIME, TARGET_TIME);
    (void)read_for(harness, UNIT_A, 1, 0);
    (void)read_for(harness, UNIT_B, 2, SANSCSI_NEVER);
    harness_run(harness);
    uint32_t itt = harness->target->tasks[0].itt;
    harness_wait(harness, COMMAND_TIME);
    uint8_t abort[48], unit[48];
    memcpy(abort, harness->target->last_tmf, 48);
    harness_wait(harness, ABORT_TIME);
    memcpy(unit, harness->target->last_tmf, 48);
    target_finish_management(harness->target, abort, 1);
    harness_run(harness);
    assert_int_equal(harness->result_count, 0);
    harness_wait(harness, UNIT_TIME);
    target_finish_management(harness->target, unit, 5);
    harness_run(harness);
    assert_int_equal(harness->result_count, 0);
    expect_functions(harness, " 1:1 5:1 6:0");
    target_finish_management(harness->target, harness->target->last_tmf, 0);
    uint8_t bhs[48];
    uint8_t data[100] = {0};
    target_begin(harness->target, bhs, 0x25, 0x00, itt);
    put32(bhs + 20, TARGET_NO_TAG);
    target_send(harness->target, bhs, data, sizeof(data));
    target_begin(harness->target, bhs, 0x31, 0x80, itt);
    put32(bhs + 20, 0x77);
    put32(bhs + 44, 100);
    target_send(harness->target, bhs, NULL, 0);
    target_begin_status(harness->target, bhs, 0x21, 0x80, itt);
    target_send(harness->target, bhs, NULL, 0);
    harness_run(harness);
    assert_int_equal(managed_ending(harness, 1), SANSCSI_IO_TIMEOUT);
    assert_int_equal(managed_ending(harness, 2), SANSCSI_IO_TERMINATED);
    assert_int_equal(harness->closes, 0);
    assert_int_equal(harness_counter(harness, "late-pdus"), 5);
    harness_logout(harness);
    harness_free(harness);
}

/* The command is answered while a reset is under way, or before it goes out. */
static void the_answer_comes_first(void **state) {
    (void)state;
    for (uint32_t sent = 0; sent < 2; sent++) {
        struct harness *harness = stuck(255, SILENCE, 0, UNIT_TIME, TARGET_TIME);
        (void)read_for(harness, UNIT_A, 1, 0);
        (void)read_for(harness, UNIT_A, 2, SANSCSI_NEVER);
        harness_run(harness);
        harness->now += COMMAND_TIME;
        assert_int_equal(sanscsi_tick(harness->session, harness->now), SANSCSI_OK);
        if (sent == 1) {
            harness_run(harness);
        } else { /* ABORT TASK goes out, its answer comes, and the reset finds nobody */
            harness->target->config.tmf_responses[1] = SILENCE;
            harness_run(harness);
            harness->no_tx = true;
            target_finish_management(harness->target, harness->target->last_tmf, 255);
            harness_run(harness);
        }
        assert_true(target_answer(harness->target, 0));
        harness_run(harness);
        assert_int_equal(managed_ending(harness, 1), SANSCSI_IO_OK);
        harness->no_tx = false;
        harness_run(harness);
        expect_functions(harness, sent == 1 ? " 1:1 5:1" : " 1:1");
        let_time_pass(harness);
        expect_functions(harness, sent == 1 ? " 1:1 5:1" : " 1:1"); /* nobody needs more */
        assert_int_equal(managed_ending(harness, 2), UNANSWERED);
        assert_int_equal(harness->closes, 0);
        harness_logout(harness);
        harness_free(harness);
    }
}

/* Cancelled tasks go the same way, and keep that. */
static void cancelled_tasks(void **state) {
    (void)state;
    struct harness *harness = stuck(255, 0, 0, UNIT_TIME, 0);
    sanscsi_task task = read_for(harness, UNIT_A, 1, 0);
    (void)read_for(harness, UNIT_A, 2, 0);
    harness_run(harness);
    assert_int_equal(sanscsi_cancel(harness->session, task, harness->now), SANSCSI_OK);
    harness_run(harness);
    assert_int_equal(managed_ending(harness, 1), SANSCSI_IO_CANCELLED);
    assert_int_equal(managed_ending(harness, 2), SANSCSI_IO_TERMINATED);
    expect_functions(harness, " 1:1 5:1");
    harness_logout(harness);
    harness_free(harness);
}

/* Behind a logout nothing can be asked for. */
static void a_logout_in_between(void **state) {
    (void)state;
    struct harness *harness = stuck(SILENCE, 0, 0, UNIT_TIME, TARGET_TIME);
    harness->target->config.logout_response = -1;
    (void)read_for(harness, UNIT_A, 1, 0);
    harness_run(harness);
    harness_wait(harness, COMMAND_TIME);
    assert_int_equal(sanscsi_logout(harness->session, harness->now), SANSCSI_OK);
    harness_run(harness);
    let_time_pass(harness);
    assert_int_equal(managed_ending(harness, 1), SANSCSI_IO_TIMEOUT);
    expect_functions(harness, " 1:1");
    expect_steps(harness, "");
    harness_free(harness);
}

/* The connection closes in the middle of each step, or behind any byte: each task ends once. */
static void cut_in_every_step(void **state) {
    (void)state;
    for (uint32_t step = 0; step < 3; step++) {
        for (uint64_t after = 0; after <= 200; after += 3) {
            struct harness *harness = stuck(SILENCE, SILENCE, SILENCE, UNIT_TIME, TARGET_TIME);
            (void)read_for(harness, UNIT_A, 1, 0);
            (void)read_for(harness, UNIT_A, 2, SANSCSI_NEVER);
            (void)read_for(harness, UNIT_B, 3, 0);
            harness_run(harness);
            harness_wait(harness, COMMAND_TIME);
            if (step >= 1) {
                harness_wait(harness, ABORT_TIME);
                (void)read_for(harness, UNIT_A, 4, 0); /* held */
            }
            if (step >= 2) {
                harness_wait(harness, UNIT_TIME);
            }
            uint32_t tasks = step >= 1 ? 4 : 3;
            harness->how = HARNESS_BYTES;
            harness->cut_after = harness->moved + after;
            harness_run(harness);
            let_time_pass(harness);
            harness_cut(harness);
            harness_run(harness);
            assert_int_equal(harness->result_count, tasks);
            for (uint64_t task = 1; task <= tasks; task++) {
                assert_int_equal(harness->done[task], 1);
            }
            assert_int_equal(managed_ending(harness, 1), SANSCSI_IO_TIMEOUT);
            assert_int_equal(managed_ending(harness, 3), SANSCSI_IO_TIMEOUT);
            harness_free(harness);
        }
    }
}

/* The CmdSN of a ping that was rejected is plugged by an ABORT TASK. No reset ends a ping, so
 * without an answer the connection ends. */
static void no_reset_is_for_a_ping(void **state) {
    (void)state;
    struct harness *harness = stuck(SILENCE, 0, 0, UNIT_TIME, TARGET_TIME);
    assert_int_equal(
        sanscsi_ping(harness->session, NULL, NULL, 0, 1, SANSCSI_NEVER, harness->now, NULL),
        SANSCSI_OK);
    harness_run(harness);
    target_reject(harness->target, 0x02, harness->target->last_nop);
    harness_run(harness);
    harness_wait(harness, ABORT_TIME);
    expect_functions(harness, " 1:0");
    expect_steps(harness, "");
    assert_int_equal(harness->closes, 1);
    assert_string_equal(harness_fault(harness), "abort-timeout");
    assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_TARGET_FAILURE);
    assert_int_equal(sanscsi_deadline(harness->session), SANSCSI_NEVER);
    harness_free(harness);
}

/* Behind a Logout Request nothing may be sent (RFC 7143 11.14), so no further reset is begun. */
static void no_next_reset_behind_a_logout(void **state) {
    (void)state;
    for (uint32_t response = 0; response <= 255; response += 255) {
        struct harness *harness = stuck(255, SILENCE, 0, UNIT_TIME, 0);
        harness->target->config.logout_response = -1;
        (void)read_for(harness, UNIT_A, 1, 0);
        (void)read_for(harness, UNIT_B, 2, 0);
        harness_run(harness);
        harness_wait(harness, COMMAND_TIME);
        expect_functions(harness, " 1:1 1:2 5:1");
        uint8_t reset[48], logout[48];
        for (uint32_t i = 0; i < harness->target->request_count; i++) {
            if (harness->target->requests[i][1] == 0x85) {
                memcpy(reset, harness->target->requests[i], sizeof(reset));
            }
        }
        assert_int_equal(sanscsi_logout(harness->session, harness->now), SANSCSI_OK);
        harness_run(harness);
        memcpy(logout, harness->target->last_logout, sizeof(logout));
        if (response != 0) { /* the command itself is answered, then the reset is refused */
            assert_true(target_answer(harness->target, 0));
        }
        target_finish_management(harness->target, reset, (uint8_t)response);
        harness_run(harness);
        assert_int_equal(managed_ending(harness, 1),
                         response == 0 ? SANSCSI_IO_TIMEOUT : SANSCSI_IO_OK);
        assert_int_equal(managed_ending(harness, 2), UNANSWERED);
        expect_steps(harness, " 1:1:255(3)");
        uint8_t bhs[48];
        target_begin_status(harness->target, bhs, 0x26, 0x80, get32(logout + 16));
        target_send(harness->target, bhs, NULL, 0);
        harness_run(harness);
        assert_int_equal(managed_ending(harness, 2), SANSCSI_IO_TIMEOUT);
        expect_functions(harness, " 1:1 1:2 5:1");
        assert_string_equal(harness_fault(harness), "none");
        assert_int_equal(harness->logged_out, 1);
        harness_free(harness);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_reset_is_for_a_ping),
        cmocka_unit_test(the_ladder),
        cmocka_unit_test(the_requests_on_the_wire),
        cmocka_unit_test(one_reset_for_a_unit),
        cmocka_unit_test(two_units),
        cmocka_unit_test(late_answers),
        cmocka_unit_test(the_answer_comes_first),
        cmocka_unit_test(cancelled_tasks),
        cmocka_unit_test(a_logout_in_between),
        cmocka_unit_test(cut_in_every_step),
        cmocka_unit_test(no_next_reset_behind_a_logout),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
