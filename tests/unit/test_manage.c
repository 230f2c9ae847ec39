/* Task management of the caller's, and answers that come late behind it (RFC 7143 11.5, 11.6). */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "test_manage_run.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static int32_t manage(struct harness *harness, uint32_t function, uint64_t lun) {
    return managed_function(harness, function, lun, 0, 7 * SANSCSI_SECOND);
}

/* A target that answers no command by itself and takes so many. */
static struct harness *holding(int32_t tmf_response, uint32_t window) {
    struct target_config config;
    target_config_defaults(&config);
    config.hold = true;
    config.tmf_response = tmf_response;
    config.window = window;
    return harness_ready(&config, NULL, NULL);
}

static void functions_end_what_they_cover(void **state) {
    (void)state;
    enum { LEFT = UNANSWERED, GONE = SANSCSI_IO_CANCELLED };
    /* Tasks 1 on A and 2 on B were sent, 3 on A and 4 on B wait for the window. */
    static const struct {
        uint32_t function;
        int32_t response;
        uint64_t lun;
        uint32_t at_once[4];
        uint32_t in_the_end[4];
    } cases[] = {
        {2, 0, UNIT_A, {LEFT, LEFT, GONE, LEFT}, {GONE, LEFT, GONE, LEFT}},
        {3, 0, UNIT_A, {LEFT, LEFT, LEFT, LEFT}, {LEFT, LEFT, LEFT, LEFT}},
        {4, 0, UNIT_B, {LEFT, LEFT, LEFT, GONE}, {LEFT, GONE, LEFT, GONE}},
        {5, 0, UNIT_A, {LEFT, LEFT, GONE, LEFT}, {GONE, LEFT, GONE, LEFT}},
        {6, 0, UNIT_A, {LEFT, LEFT, GONE, GONE}, {GONE, GONE, GONE, GONE}},
        {7, 0, UNIT_A, {LEFT, LEFT, GONE, GONE}, {GONE, GONE, GONE, GONE}},
        {5, 2, UNIT_A, {LEFT, LEFT, GONE, LEFT}, {LEFT, LEFT, GONE, LEFT}},
        {5, 5, UNIT_A, {LEFT, LEFT, GONE, LEFT}, {LEFT, LEFT, GONE, LEFT}},
        {5, 6, UNIT_A, {LEFT, LEFT, GONE, LEFT}, {LEFT, LEFT, GONE, LEFT}},
        {5, 255, UNIT_A, {LEFT, LEFT, GONE, LEFT}, {LEFT, LEFT, GONE, LEFT}},
        {5, 1, UNIT_A, {LEFT, LEFT, GONE, LEFT}, {GONE, LEFT, GONE, LEFT}},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct harness *harness = holding(cases[i].response, 2);
        for (uint64_t task = 1; task <= 4; task++) {
            (void)managed_read(harness, task % 2 == 1 ? UNIT_A : UNIT_B, task);
        }
        harness_run(harness);
        assert_int_equal(harness->target->commands, 2);
        assert_int_equal(manage(harness, cases[i].function, cases[i].lun), SANSCSI_OK);
        harness_poll(harness);
        for (uint64_t task = 1; task <= 4; task++) {
            assert_int_equal(managed_ending(harness, task), cases[i].at_once[task - 1]);
        }
        harness_run(harness);
        const sanscsi_task_result *result = harness_result(harness, MANAGEMENT);
        assert_int_equal(result->kind, SANSCSI_TASK_MANAGEMENT);
        assert_int_equal(result->io_status, SANSCSI_IO_OK);
        assert_int_equal(result->response, cases[i].response);
        for (uint64_t task = 1; task <= 4; task++) {
            assert_int_equal(managed_ending(harness, task), cases[i].in_the_end[task - 1]);
        }
        assert_int_equal(harness->closes, 0);
        assert_int_equal(harness_counter(harness, "task-management"), 1);
        harness_logout(harness);
        harness_free(harness);
    }
}

/* RFC 7143 11.6.1: 0 and 1 are FUNCTION COMPLETE, all others are not; what is not assigned, or not
 * for this function, counts as rejected. */
static void every_response(void **state) {
    (void)state;
    for (int32_t response = 0; response <= 255; response++) {
        struct harness *harness = holding(response, 8);
        (void)managed_read(harness, UNIT_A, 1);
        harness_run(harness);
        assert_int_equal(manage(harness, SANSCSI_MANAGE_LOGICAL_UNIT_RESET, UNIT_A), SANSCSI_OK);
        harness_run(harness);
        const sanscsi_task_result *result = harness_result(harness, MANAGEMENT);
        assert_int_equal(result->io_status, SANSCSI_IO_OK);
        assert_int_equal(result->response, response <= 6 ? response : 255);
        assert_int_equal(result->additional_response, 0);
        assert_int_equal(managed_ending(harness, 1),
                         response <= 1 ? SANSCSI_IO_CANCELLED : UNANSWERED);
        assert_int_equal(harness->closes, 0);
        harness_logout(harness);
        assert_int_equal(harness->result_count, 2);
        harness_free(harness);
    }
}

/* The request as RFC 7143 11.5 draws it. */
static void the_request_on_the_wire(void **state) {
    (void)state;
    struct harness *harness = holding(0, 2);
    (void)managed_read(harness, UNIT_A, 1);
    harness_run(harness);
    uint32_t cmd_sn = harness->target->tasks[0].cmd_sn + 1;
    assert_int_equal(manage(harness, SANSCSI_MANAGE_LOGICAL_UNIT_RESET, UNIT_A), SANSCSI_OK);
    harness_run(harness);
    uint8_t expected[48] = {0x42, 0x85, 0, 0, 0, 0, 0, 0, 0, 1};
    memset(expected + 20, 0xff, 4); /* Referenced Task Tag: none */
    put32(expected + 24, cmd_sn);   /* immediate: the next one, not used up */
    uint8_t *sent = harness->target->last_tmf;
    memcpy(expected + 16, sent + 16, 4); /* our tag */
    memcpy(expected + 28, sent + 28, 4); /* ExpStatSN, which the target checks */
    assert_memory_equal(sent, expected, sizeof(expected));
    assert_int_not_equal(get32(sent + 16), UINT32_MAX);
    harness_logout(harness);
    harness_free(harness);
}

/* A command behind the function is not its affair, though on the same unit. */
static void later_commands_go_on(void **state) {
    (void)state;
    struct harness *harness = holding(0, 8);
    (void)managed_read(harness, UNIT_A, 1);
    harness_run(harness);
    assert_int_equal(manage(harness, SANSCSI_MANAGE_ABORT_TASK_SET, UNIT_A), SANSCSI_OK);
    (void)managed_read(harness, UNIT_A, 2);
    harness_run(harness);
    assert_int_equal(managed_ending(harness, 1), SANSCSI_IO_CANCELLED);
    assert_int_equal(managed_ending(harness, 2), UNANSWERED);
    assert_true(target_answer(harness->target, 0));
    harness_run(harness);
    assert_int_equal(managed_ending(harness, 2), SANSCSI_IO_OK);
    harness_logout(harness);
    harness_free(harness);
}

/* What a target may still send of a task that it has reported gone. */
static void send_late(struct harness *harness, uint32_t tag) {
    uint8_t bhs[48];
    uint8_t data[100] = {0};
    target_begin_status(harness->target, bhs, 0x25, 0x00, tag); /* Data-In: uses no StatSN up */
    harness->target->stat_sn--;
    put32(bhs + 20, TARGET_NO_TAG);
    target_send(harness->target, bhs, data, sizeof(data));
    target_begin_status(harness->target, bhs, 0x25, 0x81, tag); /* with status */
    put32(bhs + 20, TARGET_NO_TAG);
    target_send(harness->target, bhs, data, sizeof(data));
    target_begin(harness->target, bhs, 0x31, 0x80, tag); /* R2T: uses no StatSN up */
    put32(bhs + 20, 0x7777);
    put32(bhs + 44, 100);
    target_send(harness->target, bhs, NULL, 0);
    target_begin_status(harness->target, bhs, 0x21, 0x80, tag); /* SCSI Response */
    target_send(harness->target, bhs, NULL, 0);
}

static void expect_silence(struct harness *harness, uint32_t tag) {
    memset(managed_buffer, 0x5a, sizeof(managed_buffer));
    uint32_t results = harness->result_count;
    send_late(harness, tag);
    harness_run(harness);
    assert_int_equal(harness->closes, 0);
    assert_int_equal(harness->result_count, results);
    for (size_t i = 0; i < sizeof(managed_buffer); i++) {
        assert_int_equal(managed_buffer[i], 0x5a);
    }
    assert_int_equal(harness_counter(harness, "late-pdus"), 4);
    /* Their StatSN counted: the next answer fits. */
    (void)managed_read(harness, UNIT_B, 50);
    harness_run(harness);
    assert_true(target_answer(harness->target, 0));
    harness_run(harness);
    assert_int_equal(managed_ending(harness, 50), SANSCSI_IO_OK);
    harness_logout(harness);
    harness_free(harness);
}

static void late_answers_are_dropped(void **state) {
    (void)state;
    for (uint32_t how = HARNESS_WHOLE; how <= HARNESS_WINDOWS; how++) {
        struct harness *harness = holding(0, 8);
        harness->how = (enum harness_how)how;
        (void)managed_read(harness, UNIT_A, 1);
        harness_run(harness);
        uint32_t tag = harness->target->tasks[0].itt;
        assert_int_equal(manage(harness, SANSCSI_MANAGE_LOGICAL_UNIT_RESET, UNIT_A), SANSCSI_OK);
        harness_run(harness);
        expect_silence(harness, tag);

        harness = holding(0, 8);
        harness->how = (enum harness_how)how;
        sanscsi_task task = managed_read(harness, UNIT_A, 1);
        harness_run(harness);
        tag = harness->target->tasks[0].itt;
        assert_int_equal(sanscsi_cancel(harness->session, task, harness->now), SANSCSI_OK);
        harness_run(harness);
        assert_int_equal(managed_ending(harness, 1), SANSCSI_IO_CANCELLED);
        expect_silence(harness, tag);
    }
}

/* What a late PDU says of the command window counts: no other may come to say it. */
static void late_answers_open_the_window(void **state) {
    (void)state;
    struct harness *harness = holding(0, 1);
    sanscsi_task task = managed_read(harness, UNIT_A, 1);
    harness_run(harness);
    uint32_t tag = harness->target->tasks[0].itt;
    harness->target->config.window = 0; /* stays closed behind the abort */
    assert_int_equal(sanscsi_cancel(harness->session, task, harness->now), SANSCSI_OK);
    (void)managed_read(harness, UNIT_A, 2);
    harness_run(harness);
    assert_int_equal(managed_ending(harness, 1), SANSCSI_IO_CANCELLED);
    assert_int_equal(harness->target->commands, 1);
    harness->target->config.window = 1;
    uint8_t bhs[48];
    target_begin_status(harness->target, bhs, 0x21, 0x80, tag);
    target_send(harness->target, bhs, NULL, 0);
    harness_run(harness);
    assert_int_equal(harness->target->commands, 2);
    harness_logout(harness);
    harness_free(harness);
}

static void no_answer_ends_the_session(void **state) {
    (void)state;
    struct harness *harness = holding(-1, 8);
    (void)managed_read(harness, UNIT_A, 1);
    harness_run(harness);
    assert_int_equal(manage(harness, SANSCSI_MANAGE_TARGET_COLD_RESET, 0), SANSCSI_OK);
    harness_run(harness);
    harness_wait(harness, 7 * SANSCSI_SECOND - 1);
    assert_int_equal(harness->result_count, 0);
    harness_wait(harness, 1);
    assert_int_equal(managed_ending(harness, MANAGEMENT), SANSCSI_IO_TIMEOUT);
    assert_int_equal(managed_ending(harness, 1), SANSCSI_IO_CONNECTION_OFFLINE);
    assert_string_equal(harness_fault(harness), "task-management-timeout");
    assert_int_equal(harness->event_count, 1);
    assert_int_equal(harness->events[0].id, SANSCSI_EVENT_TASK_TIMEOUT);
    assert_int_equal(harness->logged_out, 1);
    harness_free(harness);
}

static void calls_that_do_not_fit(void **state) {
    (void)state;
    struct harness *harness = holding(0, 8);
    static const uint32_t strangers[] = {0, 1, 8, 13, 255, 261, UINT32_MAX};
    for (size_t i = 0; i < COUNT(strangers); i++) {
        assert_int_equal(manage(harness, strangers[i], 0), SANSCSI_INVALID_ARGUMENT);
    }
    sanscsi_management management = {0};
    sanscsi_management_defaults(NULL);
    assert_int_equal(sanscsi_manage(harness->session, &management, 0, NULL),
                     SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_manage(harness->session, NULL, 0, NULL), SANSCSI_INVALID_ARGUMENT);
    sanscsi_management_defaults(&management);
    assert_int_equal(sanscsi_manage(NULL, &management, 0, NULL), SANSCSI_INVALID_ARGUMENT);
    harness_logout(harness);
    assert_int_equal(manage(harness, SANSCSI_MANAGE_CLEAR_ACA, 0), SANSCSI_NOT_LOGGED_IN);
    harness_free(harness);
}

/* A function that is still to be sent can be taken back; what it had ended at once stays so. */
static void a_function_that_is_cancelled_in_time(void **state) {
    (void)state;
    struct harness *harness = holding(0, 8);
    harness->no_tx = true;
    (void)managed_read(harness, UNIT_A, 1);
    (void)managed_read(harness, UNIT_B, 2);
    sanscsi_management management;
    sanscsi_task function = 0;
    sanscsi_management_defaults(&management);
    management.lun = UNIT_A;
    management.user = MANAGEMENT;
    assert_int_equal(sanscsi_manage(harness->session, &management, harness->now, &function),
                     SANSCSI_OK);
    assert_int_equal(sanscsi_cancel(harness->session, function, harness->now), SANSCSI_OK);
    harness_poll(harness);
    assert_int_equal(managed_ending(harness, MANAGEMENT), SANSCSI_IO_CANCELLED);
    assert_int_equal(managed_ending(harness, 1), SANSCSI_IO_CANCELLED);
    harness->no_tx = false;
    harness_run(harness);
    assert_int_equal(harness->target->commands, 1);
    assert_int_equal(harness_counter(harness, "task-management"), 0);
    assert_int_equal(managed_ending(harness, 2), UNANSWERED);
    harness_logout(harness);
    harness_free(harness);
}

/* A task whose ABORT TASK waits behind another's is answered after all: the other's goes on. */
static void an_answer_while_another_task_is_aborted(void **state) {
    (void)state;
    struct harness *harness = holding(-1, 8);
    sanscsi_task first = managed_read(harness, UNIT_A, 1),
                 second = managed_read(harness, UNIT_A, 2);
    harness_run(harness);
    uint32_t tag = harness->target->tasks[0].itt;
    assert_int_equal(sanscsi_cancel(harness->session, first, harness->now), SANSCSI_OK);
    assert_int_equal(sanscsi_cancel(harness->session, second, harness->now), SANSCSI_OK);
    harness_run(harness);
    assert_int_equal(harness->target->aborts, 1);
    assert_true(target_answer(harness->target, 1));
    harness_run(harness);
    assert_int_equal(managed_ending(harness, 2), SANSCSI_IO_OK);
    assert_int_equal(get32(harness->target->last_tmf + 20), tag);
    target_finish_management(harness->target, harness->target->last_tmf, 0);
    harness_run(harness);
    assert_int_equal(managed_ending(harness, 1), SANSCSI_IO_CANCELLED);
    assert_int_equal(harness->target->aborts, 1);
    harness_logout(harness);
    harness_free(harness);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(functions_end_what_they_cover),
        cmocka_unit_test(the_request_on_the_wire),
        cmocka_unit_test(later_commands_go_on),
        cmocka_unit_test(late_answers_are_dropped),
        cmocka_unit_test(no_answer_ends_the_session),
        cmocka_unit_test(calls_that_do_not_fit),
        cmocka_unit_test(every_response),
        cmocka_unit_test(late_answers_open_the_window),
        cmocka_unit_test(a_function_that_is_cancelled_in_time),
        cmocka_unit_test(an_answer_while_another_task_is_aborted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
