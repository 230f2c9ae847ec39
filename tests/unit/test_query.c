/* The functions of RFC 7144: queries, the reset of a nexus, and how resets end that close every
 * connection (RFC 7143 11.5.1). */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "test_manage_run.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static int32_t manage(struct harness *harness, uint32_t function, uint64_t lun, sanscsi_task task) {
    return managed_function(harness, function, lun, task, 0);
}

/* A session that offers one level with a target that knows another. */
static struct harness *at_level(uint32_t offered, uint32_t known, int32_t tmf_response,
                                uint32_t window) {
    struct target_config config;
    target_config_defaults(&config);
    config.hold = true;
    config.protocol_level = known;
    config.tmf_response = tmf_response;
    config.tmf_info = 0x123456;
    config.window = window;
    sanscsi_session_settings settings;
    sanscsi_limits limits;
    harness_settings(&settings, &limits);
    settings.parameters.protocol_level = offered;
    return harness_ready(&config, &settings, &limits);
}

/* RFC 7144 6.3: not unless level 2 was agreed. */
static void below_level_2_they_are_refused(void **state) {
    (void)state;
    static const struct {
        uint32_t offered;
        uint32_t known;
    } cases[] = {{0, 2}, {1, 2}, {2, 1}, {2, 0}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct harness *harness = at_level(cases[i].offered, cases[i].known, 0, 8);
        sanscsi_task task = managed_read(harness, UNIT_A, 1);
        harness_run(harness);
        uint32_t pdus = harness->target->pdus;
        for (uint32_t function = 9; function <= 12; function++) {
            assert_int_equal(manage(harness, function, UNIT_A, task), SANSCSI_NOT_NEGOTIATED);
        }
        harness_run(harness);
        assert_int_equal(harness->target->pdus, pdus);
        harness_logout(harness);
        assert_int_equal(harness->result_count, 1);
        harness_free(harness);
    }
}

/* The requests as RFC 7143 11.5 and RFC 7144 6.3 draw them. */
static void the_requests_on_the_wire(void **state) {
    (void)state;
    static const struct {
        uint8_t function;
        uint8_t byte; /* opcode's flags and function: F is always 1 */
        bool unit;
        bool task;
    } cases[] = {
        {9, 0x89, true, true},
        {10, 0x8a, true, false},
        {11, 0x8b, false, false},
        {12, 0x8c, true, false},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct harness *harness = at_level(2, 2, 0, 8);
        (void)managed_read(harness, UNIT_B, 1);
        sanscsi_task task = managed_read(harness, UNIT_A, 2);
        (void)managed_read(harness, UNIT_B, 3);
        harness_run(harness);
        uint32_t ref_cmd_sn = harness->target->tasks[1].cmd_sn;
        uint32_t itt = harness->target->tasks[1].itt;
        /* The LUN of a QUERY TASK is that of the task, whatever else is said. */
        uint64_t lun = cases[i].task ? UNIT_B : UNIT_A;
        assert_int_equal(manage(harness, cases[i].function, lun, task), SANSCSI_OK);
        harness_run(harness);
        uint8_t expected[48] = {0x42, cases[i].byte};
        expected[9] = cases[i].unit ? 1 : 0;
        put32(expected + 20, cases[i].task ? itt : UINT32_C(0xffffffff));
        put32(expected + 24, ref_cmd_sn + 2); /* immediate: the next one, not used up */
        put32(expected + 32, cases[i].task ? ref_cmd_sn : 0);
        uint8_t *sent = harness->target->last_tmf;
        memcpy(expected + 16, sent + 16, 4); /* our tag */
        memcpy(expected + 28, sent + 28, 4); /* ExpStatSN, which the target checks */
        assert_memory_equal(sent, expected, sizeof(expected));
        assert_int_equal(harness->done[MANAGEMENT], 1);
        harness_free(harness);
    }
}

/* RFC 7144 6.3.3: RefCmdSN is that of the query itself. */
static void a_query_for_an_immediate_command(void **state) {
    (void)state;
    struct harness *harness = at_level(2, 2, 7, 8);
    sanscsi_task task =
        managed_submit(harness, TARGET_OP_READ, UNIT_A, 1, SANSCSI_COMMAND_IMMEDIATE, 0);
    (void)managed_read(harness, UNIT_B,
                       2); /* the immediate one overtakes it, with the same CmdSN */
    harness_run(harness);
    uint32_t cmd_sn = harness->target->tasks[0].cmd_sn;
    assert_true(harness->target->tasks[0].immediate);
    assert_int_equal(manage(harness, 9, 0, task), SANSCSI_OK);
    harness_run(harness);
    assert_int_equal(get32(harness->target->last_tmf + 20), harness->target->tasks[0].itt);
    assert_int_equal(get32(harness->target->last_tmf + 24), cmd_sn + 1);
    assert_int_equal(get32(harness->target->last_tmf + 32), cmd_sn + 1);
    assert_int_equal(harness_result(harness, MANAGEMENT)->response, SANSCSI_MANAGE_SUCCEEDED);
    harness_logout(harness);
    harness_free(harness);
}

static void answers_to_queries(void **state) {
    (void)state;
    static const uint32_t functions[] = {9, 10, 12};
    static const struct {
        int32_t response;
        uint32_t told;
    } cases[] = {{0, 0}, {1, 1}, {2, 2}, {5, 5}, {6, 6}, {7, 7}, {8, 255}, {254, 255}, {255, 255}};
    for (size_t i = 0; i < COUNT(functions) * COUNT(cases); i++) {
        uint32_t function = functions[i % COUNT(functions)];
        const int32_t response = cases[i / COUNT(functions)].response;
        struct harness *harness = at_level(2, 2, response, 8);
        sanscsi_task task = managed_read(harness, UNIT_A, 1);
        harness_run(harness);
        assert_int_equal(manage(harness, function, UNIT_A, task), SANSCSI_OK);
        harness_run(harness);
        const sanscsi_task_result *result = harness_result(harness, MANAGEMENT);
        assert_int_equal(result->io_status, SANSCSI_IO_OK);
        assert_int_equal(result->response, cases[i / COUNT(functions)].told);
        assert_int_equal(result->additional_response, 0x123456);
        assert_int_equal(result->data_in, 0);
        /* Whatever the answer: the task goes on (RFC 7144 6.3). */
        assert_int_equal(managed_ending(harness, 1), UNANSWERED);
        assert_true(target_answer(harness->target, 0));
        harness_run(harness);
        assert_int_equal(managed_ending(harness, 1), SANSCSI_IO_OK);
        assert_int_equal(harness_result(harness, 1)->additional_response, 0);
        harness_logout(harness);
        harness_free(harness);
    }
}

/* A command that the target does not have is not asked for. */
static void a_task_that_the_target_does_not_have(void **state) {
    (void)state;
    struct harness *harness = at_level(2, 2, 7, 1);
    sanscsi_task sent = managed_read(harness, UNIT_A, 1);
    sanscsi_task waiting = managed_read(harness, UNIT_A, 2);
    harness_run(harness);
    assert_int_equal(harness->target->commands, 1);
    assert_int_equal(manage(harness, 9, 0, waiting), SANSCSI_OK);
    harness_run(harness);
    assert_int_equal(harness_result(harness, MANAGEMENT)->response, SANSCSI_MANAGE_NO_SUCH_TASK);
    assert_int_equal(harness_counter(harness, "task-management"), 0);

    /* It is answered while the query waits for the transport. */
    harness->no_tx = true;
    harness->done[MANAGEMENT] = 0;
    assert_int_equal(manage(harness, 9, 0, sent), SANSCSI_OK);
    assert_true(target_answer(harness->target, 0));
    harness_run(harness);
    assert_int_equal(managed_ending(harness, 1), SANSCSI_IO_OK);
    harness->no_tx = false;
    harness_run(harness);
    assert_int_equal(harness->done[MANAGEMENT], 1);
    assert_int_equal(harness_counter(harness, "task-management"), 0);
    assert_int_equal(manage(harness, 9, 0, sent), SANSCSI_UNKNOWN_TASK);
    assert_int_equal(manage(harness, 9, 0, 0), SANSCSI_UNKNOWN_TASK);
    harness_logout(harness);
    harness_free(harness);
}

/* Only commands stand in a task set; task management is never asked for (RFC 7144 6.3). */
static void other_tasks_cannot_be_asked_for(void **state) {
    (void)state;
    struct harness *harness = at_level(2, 2, -1, 8);
    sanscsi_task ping = 0;
    sanscsi_task query = 0;
    assert_int_equal(sanscsi_ping(harness->session, NULL, NULL, 0, 1, 0, harness->now, &ping),
                     SANSCSI_OK);
    sanscsi_management management;
    sanscsi_management_defaults(&management);
    management.function = SANSCSI_MANAGE_QUERY_TASK_SET;
    management.user = 2;
    assert_int_equal(sanscsi_manage(harness->session, &management, harness->now, &query),
                     SANSCSI_OK);
    harness_run(harness);
    assert_int_equal(manage(harness, 9, 0, ping), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(manage(harness, 9, 0, query), SANSCSI_INVALID_ARGUMENT);
    harness_logout(harness);
    harness_free(harness);
}

/* It ends what was sent on every unit and what waits. */
static void a_nexus_reset_that_is_answered(void **state) {
    (void)state;
    struct harness *harness = at_level(2, 2, 0, 2);
    for (uint64_t task = 1; task <= 3; task++) {
        (void)managed_read(harness, task % 2 == 1 ? UNIT_A : UNIT_B, task);
    }
    harness_run(harness);
    assert_int_equal(harness->target->commands, 2);
    assert_int_equal(manage(harness, 11, 0, 0), SANSCSI_OK);
    harness_run(harness);
    for (uint64_t task = 1; task <= 3; task++) {
        assert_int_equal(managed_ending(harness, task), SANSCSI_IO_CANCELLED);
    }
    assert_int_equal(harness_result(harness, MANAGEMENT)->response, SANSCSI_MANAGED);
    assert_int_equal(harness_result(harness, MANAGEMENT)->io_status, SANSCSI_IO_OK);
    harness_cut(harness); /* as the target must */
    harness_run(harness);
    assert_int_equal(harness->logged_out, 1);
    assert_string_equal(harness_event(harness, 103)->causes, " 1"); /* none is under way */
    harness_free(harness);
}

/* The connection closes in place of an answer: told as success when the request went out. */
static void resets_that_close_the_connection(void **state) {
    (void)state;
    enum { OUT, KEPT, DROPPED, BROKEN, LOGGED_OUT };
    static const struct {
        uint32_t function;
        int how;
        uint32_t io_status;
        uint32_t task; /* the io_status of a command that was sent before */
        const char *causes;
    } cases[] = {
        {11, OUT, SANSCSI_IO_OK, SANSCSI_IO_CANCELLED, " 2"},
        {11, KEPT, SANSCSI_IO_CONNECTION_OFFLINE, SANSCSI_IO_CONNECTION_OFFLINE, " 1"},
        {11, DROPPED, SANSCSI_IO_OK, SANSCSI_IO_CANCELLED, NULL},
        {11, BROKEN, SANSCSI_IO_CONNECTION_OFFLINE, SANSCSI_IO_CONNECTION_OFFLINE, NULL},
        {11, LOGGED_OUT, SANSCSI_IO_SESSION_OFFLINE, SANSCSI_IO_SESSION_OFFLINE, NULL},
        {7, OUT, SANSCSI_IO_CONNECTION_OFFLINE, SANSCSI_IO_CONNECTION_OFFLINE, " 2"},
        {7, KEPT, SANSCSI_IO_CONNECTION_OFFLINE, SANSCSI_IO_CONNECTION_OFFLINE, " 1"},
        {6, OUT, SANSCSI_IO_CONNECTION_OFFLINE, SANSCSI_IO_CONNECTION_OFFLINE, " 1"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct harness *harness = at_level(2, 2, -1, 8);
        (void)managed_read(harness, UNIT_A, 1);
        harness_run(harness);
        harness->no_tx = cases[i].how == KEPT;
        assert_int_equal(manage(harness, cases[i].function, 0, 0), SANSCSI_OK);
        (void)managed_read(harness, UNIT_A, 2); /* behind it: not covered */
        if (cases[i].how == KEPT) {
            sanscsi_iovec iov[16]; /* it was made, and shown, but did not go out whole */
            size_t count = 0;
            assert_int_equal(sanscsi_tx_window(harness->session, 0, iov, 16, &count), SANSCSI_OK);
            assert_int_equal(iov[0].size, 48);
            assert_int_equal(sanscsi_tx_commit(harness->session, 0, 47, harness->now), SANSCSI_OK);
        }
        harness_run(harness);
        uint8_t bhs[48];
        if (cases[i].how == DROPPED) {
            target_async(harness->target, 3, 0, 0); /* AsyncEvent: the session will be dropped */
        } else if (cases[i].how == BROKEN) {
            target_begin(harness->target, bhs, 0x3e, 0x80, TARGET_NO_TAG);
            target_send(harness->target, bhs, NULL, 0);
        } else if (cases[i].how == LOGGED_OUT) {
            assert_int_equal(sanscsi_logout(harness->session, harness->now), SANSCSI_OK);
        } else {
            harness_cut(harness);
        }
        harness_run(harness);
        assert_int_equal(harness->logged_out, 1);
        assert_int_equal(managed_ending(harness, MANAGEMENT), cases[i].io_status);
        assert_int_equal(harness_result(harness, MANAGEMENT)->response, 0);
        assert_int_equal(managed_ending(harness, 1), cases[i].task);
        assert_int_not_equal(managed_ending(harness, 2), SANSCSI_IO_CANCELLED);
        assert_int_equal(harness->result_count, 3);
        if (cases[i].causes != NULL) {
            assert_string_equal(harness_event(harness, 103)->causes, cases[i].causes);
        }
        harness_free(harness);
    }
}

/* Wherever the stream is cut, each task ends once. */
static void cut_behind_every_byte(void **state) {
    (void)state;
    bool succeeded = false;
    for (uint64_t after = 0; after <= 200; after++) {
        struct harness *harness = at_level(2, 2, 0, 8);
        (void)managed_read(harness, UNIT_A, 1);
        (void)managed_read(harness, UNIT_B, 2);
        harness_run(harness);
        assert_int_equal(manage(harness, 11, 0, 0), SANSCSI_OK);
        harness->how = HARNESS_BYTES;
        harness->cut_after = harness->moved + after;
        harness_run(harness);
        harness_cut(harness);
        harness_run(harness);
        uint32_t expected = after < 48 ? SANSCSI_IO_CONNECTION_OFFLINE : SANSCSI_IO_OK;
        assert_int_equal(managed_ending(harness, MANAGEMENT), expected);
        assert_int_equal(harness_result(harness, 1)->io_status, managed_ending(harness, 2));
        assert_int_equal(harness->result_count, 3);
        succeeded |= expected == SANSCSI_IO_OK;
        harness_free(harness);
    }
    assert_true(succeeded);
}

/* A task that has ended and waits to be polled is none that a query can name. */
static void a_query_for_a_task_that_has_ended(void **state) {
    (void)state;
    struct harness *harness = at_level(2, 2, 7, 8);
    sanscsi_task task = managed_read(harness, UNIT_A, 1);
    harness_run(harness);
    harness->no_poll = true;
    assert_true(target_answer(harness->target, 0));
    harness_run(harness);
    assert_int_equal(manage(harness, 9, 0, task), SANSCSI_UNKNOWN_TASK);
    harness->no_poll = false;
    harness_poll(harness);
    assert_int_equal(managed_ending(harness, 1), SANSCSI_IO_OK);
    assert_int_equal(manage(harness, 9, 0, task), SANSCSI_UNKNOWN_TASK);
    harness_run(harness);
    assert_int_equal(harness->done[MANAGEMENT], 0);
    harness_logout(harness);
    harness_free(harness);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(below_level_2_they_are_refused),
        cmocka_unit_test(the_requests_on_the_wire),
        cmocka_unit_test(a_query_for_an_immediate_command),
        cmocka_unit_test(answers_to_queries),
        cmocka_unit_test(a_query_for_a_task_that_has_ended),
        cmocka_unit_test(a_task_that_the_target_does_not_have),
        cmocka_unit_test(other_tasks_cannot_be_asked_for),
        cmocka_unit_test(a_nexus_reset_that_is_answered),
        cmocka_unit_test(resets_that_close_the_connection),
        cmocka_unit_test(cut_behind_every_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
