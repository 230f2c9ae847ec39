/* What becomes of data on its way to the target when task management ends its tasks: by the
 * standard semantics, and by FastAbort (RFC 7143 4.2.3.3, 4.2.3.4, 11.9.1). */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "test_manage_run.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { PIECE = 512, LENGTH = WRITE_BYTES };

static sanscsi_task write_to(struct harness *harness, uint64_t lun, uint64_t user) {
    return managed_submit(harness, TARGET_OP_WRITE, lun, user, 0, 0);
}

static void manage(struct harness *harness, uint32_t function, uint64_t lun) {
    assert_int_equal(managed_function(harness, function, lun, 0, 0), SANSCSI_OK);
}

/* A target that asks for nothing by itself, takes 512 bytes at once and answers no management; two
 * PDUs are made at a time, and a unit's reset has so much time. */
static struct harness *quiet_with_reset(uint32_t offered, uint32_t known, bool unsolicited,
                                        uint32_t window, uint64_t reset_time) {
    struct target_config config;
    target_config_defaults(&config);
    config.silent = true;
    config.hold = true;
    config.immediate_data = 0;
    config.initial_r2t = unsolicited ? 0 : 1;
    config.max_recv_segment = PIECE;
    config.max_r2t = 4;
    config.tmf_response = -1;
    config.protocol_level = 2;
    config.task_reporting = known;
    config.window = window;
    sanscsi_session_settings settings;
    sanscsi_limits limits;
    harness_settings(&settings, &limits);
    settings.parameters.task_reporting = offered;
    settings.parameters.protocol_level = 2;
    settings.lun_reset_timeout = reset_time;
    limits.tx_slots = 2;
    return harness_ready(&config, &settings, &limits);
}

static struct harness *quiet(uint32_t offered, uint32_t known, bool unsolicited, uint32_t window) {
    return quiet_with_reset(offered, known, unsolicited, window, 0);
}

static void ask(struct harness *harness, uint32_t order, uint32_t r2t_sn, uint32_t offset,
                uint32_t length) {
    struct target *target = harness->target;
    struct target_task *task = &target->tasks[order];
    uint8_t bhs[48];
    target_begin(target, bhs, 0x31, 0x80, task->itt);
    put64(bhs + 8, task->lun);
    put32(bhs + 20, 0x100 * (order + 1) + r2t_sn);
    put32(bhs + 36, r2t_sn);
    put32(bhs + 40, offset);
    put32(bhs + 44, length);
    target_send(target, bhs, NULL, 0);
    struct target_r2t *r2t = &task->r2ts[task->r2t_count++];
    *r2t = (struct target_r2t){0x100 * (order + 1) + r2t_sn, offset, offset + length, 0};
}

/* Two PDUs of what is due are made and shown to the transport: they are out, whatever follows. */
static void show_two(struct harness *harness) {
    sanscsi_iovec iov[16];
    size_t count = 0;
    assert_int_equal(sanscsi_tx_window(harness->session, 0, iov, 16, &count), SANSCSI_OK);
    assert_true(count > 0);
}

/* What came at the target from a request on, as text: D data, with its task's order, its DataSN
 * and F; U the same of unsolicited data; M management with its function; C commands; A
 * acknowledgements with their unit. */
static void expect_requests(const struct harness *harness, uint32_t first, const char *expected) {
    char text[512] = "";
    const char *final = "";
    const struct target *target = harness->target;
    for (uint32_t i = first; i < target->request_count; i++) {
        const uint8_t *bhs = target->requests[i];
        size_t at = strlen(text);
        switch (bhs[0] & 0x3f) {
        case 0x05:
            final = (bhs[1] & 0x80) != 0 ? "F" : "";
            if (get32(bhs + 20) == TARGET_NO_TAG) {
                (void)snprintf(text + at, sizeof(text) - at, " U.%u%s", get32(bhs + 36), final);
            } else {
                (void)snprintf(text + at, sizeof(text) - at, " D%u.%u%s", get32(bhs + 20) >> 8,
                               get32(bhs + 36), final);
            }
            break;
        case 0x02:
            (void)snprintf(text + at, sizeof(text) - at, " M%u", bhs[1] & 0x7f);
            break;
        case 0x01:
            (void)snprintf(text + at, sizeof(text) - at, " C");
            break;
        default:
            (void)snprintf(text + at, sizeof(text) - at, " A%u", bhs[9]);
            break;
        }
    }
    assert_string_equal(text, expected);
}

static void answer(struct harness *harness, uint8_t response) {
    target_finish_management(harness->target, harness->target->last_tmf, response);
    harness_run(harness);
}

static void end(struct harness *harness) {
    uint32_t tasks = harness->result_count;
    harness_logout(harness);
    assert_true(harness->result_count >= tasks);
    for (uint64_t user = 1; user < HARNESS_USERS; user++) {
        assert_in_range(harness->done[user], 0, 1);
    }
    harness_free(harness);
}

/* The functions over many tasks, in the middle of an answer to an R2T. */
static void data_in_the_middle_of_a_burst(void **state) {
    (void)state;
    static const struct {
        uint32_t offered;
        uint32_t known;
        uint32_t function;
        const char *requests;
    } cases[] = {
        {2, 2, 2, " D1.0 D1.1 M2"},
        {2, 2, 4, " D1.0 D1.1 M4"},
        {2, 2, 5, " D1.0 D1.1 M5"},
        {2, 2, 6, " D1.0 D1.1 M6"},
        {2, 2, 7, " D1.0 D1.1 M7"},
        {2, 2, 11, " D1.0 D1.1 M11"},
        /* These end nothing. */
        {2, 2, 3, " D1.0 D1.1 M3 D1.2 D1.3 D1.4 D1.5 D1.6 D1.7F"},
        {2, 2, 10, " D1.0 D1.1 M10 D1.2 D1.3 D1.4 D1.5 D1.6 D1.7F"},
        /* RFC 7143 11.5.1: as quickly as possible. */
        {2, 1, 2, " D1.0 D1.1 M2 D1.2F"},
        {2, 0, 4, " D1.0 D1.1 M4 D1.2F"},
        {1, 1, 2, " D1.0 D1.1 M2 D1.2F"},
        {0, 2, 4, " D1.0 D1.1 M4 D1.2F"},
        /* RFC 7143 4.2.3.3 a */
        {1, 2, 5, " D1.0 D1.1 M5 D1.2 D1.3 D1.4 D1.5 D1.6 D1.7F"},
        {2, 0, 6, " D1.0 D1.1 M6 D1.2 D1.3 D1.4 D1.5 D1.6 D1.7F"},
        {0, 0, 7, " D1.0 D1.1 M7 D1.2 D1.3 D1.4 D1.5 D1.6 D1.7F"},
        {1, 1, 11, " D1.0 D1.1 M11 D1.2 D1.3 D1.4 D1.5 D1.6 D1.7F"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct harness *harness = quiet(cases[i].offered, cases[i].known, false, 8);
        (void)write_to(harness, UNIT_A, 1);
        harness_run(harness);
        uint32_t first = harness->target->request_count;
        harness->no_tx = true;
        ask(harness, 0, 0, 0, LENGTH);
        harness_run(harness);
        show_two(harness);
        manage(harness, cases[i].function, UNIT_A);
        harness->no_tx = false;
        harness_run(harness);
        expect_requests(harness, first, cases[i].requests);
        assert_int_equal(harness->result_count, 0);
        answer(harness, 0);
        bool ends = cases[i].function != 3 && cases[i].function != 10;
        assert_int_equal(managed_ending(harness, 1), ends ? SANSCSI_IO_CANCELLED : UNANSWERED);
        assert_int_equal(managed_ending(harness, MANAGEMENT), SANSCSI_IO_OK);
        harness_run(harness);
        expect_requests(harness, first, cases[i].requests);
        end(harness);
    }
}

/* A function of the caller's, the level of TaskReporting that the target knows, and what comes at
 * the target then. */
struct row {
    uint32_t known;
    uint32_t function;
    const char *requests;
};

static void end_row(struct harness *harness, uint32_t first, const struct row *row) {
    expect_requests(harness, first, row->requests);
    answer(harness, 0);
    assert_int_equal(managed_ending(harness, 1), SANSCSI_IO_CANCELLED);
    end(harness);
}

/* R2Ts that come behind the function, and several bursts that wait. */
static void r2ts_behind_the_function(void **state) {
    (void)state;
    static const struct row cases[] = {
        {2, 2, " M2"},
        {2, 5, " M5"},
        {1, 2, " M2 D1.0F D1.0F D1.0F"},
        {1, 5, " M5 D1.0 D1.1F D1.0 D1.1F D1.0 D1.1F"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct harness *harness = quiet(2, cases[i].known, false, 8);
        (void)write_to(harness, UNIT_A, 1);
        harness_run(harness);
        uint32_t first = harness->target->request_count;
        manage(harness, cases[i].function, UNIT_A);
        harness_run(harness);
        for (uint32_t sn = 0; sn < 3; sn++) {
            ask(harness, 0, sn, sn * 2 * PIECE, 2 * PIECE);
        }
        harness_run(harness);
        end_row(harness, first, &cases[i]);
    }
}

/* Unsolicited data is no answer to a tag of the target's: it is not shortened, but stops. */
static void unsolicited_data(void **state) {
    (void)state;
    static const struct row cases[] = {
        {2, 2, " C U.0 M2"},
        {2, 5, " C U.0 M5"},
        {0, 2, " C U.0 M2 U.1 U.2 U.3 U.4 U.5 U.6 U.7F"},
        {0, 5, " C U.0 M5 U.1 U.2 U.3 U.4 U.5 U.6 U.7F"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct harness *harness = quiet(2, cases[i].known, true, 8);
        uint32_t first = harness->target->request_count;
        (void)write_to(harness, UNIT_A, 1);
        show_two(harness);
        manage(harness, cases[i].function, UNIT_A);
        harness_run(harness);
        end_row(harness, first, &cases[i]);
    }
}

/* Another unit's data goes on, in order. */
static void other_units_are_not_disturbed(void **state) {
    (void)state;
    struct harness *harness = quiet(2, 2, false, 8);
    (void)write_to(harness, UNIT_A, 1);
    (void)write_to(harness, UNIT_B, 2);
    harness_run(harness);
    uint32_t first = harness->target->request_count;
    harness->no_tx = true;
    ask(harness, 0, 0, 0, 2 * PIECE);
    ask(harness, 1, 0, 0, 3 * PIECE);
    ask(harness, 0, 1, 2 * PIECE, 2 * PIECE);
    harness_run(harness);
    manage(harness, 5, UNIT_A);
    harness->no_tx = false;
    harness_run(harness);
    expect_requests(harness, first, " M5 D2.0 D2.1 D2.2F");
    answer(harness, 0);
    assert_int_equal(managed_ending(harness, 1), SANSCSI_IO_CANCELLED);
    assert_int_equal(managed_ending(harness, 2), UNANSWERED);
    ask(harness, 1, 1, 3 * PIECE, 5 * PIECE);
    harness_run(harness);
    expect_requests(harness, first, " M5 D2.0 D2.1 D2.2F D2.0 D2.1 D2.2 D2.3 D2.4F");
    end(harness);
}

/* Refused: what lost nothing goes on, the rest cannot be carried out and is aborted. */
static void a_function_that_is_refused(void **state) {
    (void)state;
    static const struct {
        uint32_t known;
        uint32_t function;
        bool asked; /* for data while the function was under way */
        const char *requests;
    } cases[] = {
        {2, 5, false, " M5 D1.0 D1.1F"}, {2, 5, true, " M5 M1"},
        {0, 2, false, " M2 D1.0 D1.1F"}, {0, 2, true, " M2 D1.0F M1"},
        {0, 5, true, " M5 D1.0 D1.1F"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct harness *harness = quiet(2, cases[i].known, false, 8);
        harness->target->config.tmf_responses[1] = 1; /* of ABORT TASK */
        (void)write_to(harness, UNIT_A, 1);
        harness_run(harness);
        uint32_t first = harness->target->request_count;
        manage(harness, cases[i].function, UNIT_A);
        harness_run(harness);
        if (cases[i].asked) {
            ask(harness, 0, 0, 0, 2 * PIECE);
            harness_run(harness);
        }
        answer(harness, 5);
        harness->target->tasks[0].no_data = false;
        harness->target->tasks[0].early_end = false;
        assert_int_equal(harness_result(harness, MANAGEMENT)->response, 5);
        if (!cases[i].asked) {
            ask(harness, 0, 0, 0, 2 * PIECE);
            harness_run(harness);
        }
        expect_requests(harness, first, cases[i].requests);
        bool lost = strstr(cases[i].requests, "M1") != NULL;
        assert_int_equal(managed_ending(harness, 1), lost ? SANSCSI_IO_CANCELLED : UNANSWERED);
        assert_int_equal(harness->closes, 0);
        end(harness);
    }
}

/* Likewise when the library asked for the reset, of a task that nobody cancelled. */
static void a_reset_of_ours_that_is_refused(void **state) {
    (void)state;
    struct harness *harness = quiet_with_reset(2, 2, false, 8, 3 * SANSCSI_SECOND);
    struct target *target = harness->target;
    sanscsi_task task = write_to(harness, UNIT_A, 1);
    (void)write_to(harness, UNIT_A, 2);
    harness_run(harness);
    uint32_t first = target->request_count;
    assert_int_equal(sanscsi_cancel(harness->session, task, harness->now), SANSCSI_OK);
    harness_run(harness);
    harness_wait(harness, 5 * SANSCSI_SECOND); /* abort_timeout */
    ask(harness, 1, 0, 0, 2 * PIECE);          /* not answered: FastAbort */
    target_respond(target, &target->tasks[0], 0x02, 0, 0x08, LENGTH, NULL, 0);
    harness_run(harness);
    assert_int_equal(managed_ending(harness, 1), SANSCSI_IO_OK);
    target->config.tmf_responses[1] = 1;
    answer(harness, 5);
    harness_run(harness);
    expect_requests(harness, first, " M1 M5 M1");
    assert_int_equal(managed_ending(harness, 2), SANSCSI_IO_TERMINATED);
    assert_int_equal(harness->closes, 0);
    end(harness);
}

/* One of two functions is refused: the other still stops the data. */
static void two_functions_at_once(void **state) {
    (void)state;
    struct harness *harness = quiet(2, 2, false, 8);
    (void)write_to(harness, UNIT_A, 1);
    harness_run(harness);
    uint32_t first = harness->target->request_count;
    manage(harness, 2, UNIT_A);
    harness_run(harness);
    uint8_t task_set[48];
    memcpy(task_set, harness->target->last_tmf, 48);
    harness->done[MANAGEMENT] = 0;
    manage(harness, 5, UNIT_A);
    harness_run(harness);
    ask(harness, 0, 0, 0, PIECE);
    target_finish_management(harness->target, task_set, 255);
    harness_run(harness);
    assert_int_equal(harness->done[MANAGEMENT], 1);
    expect_requests(harness, first, " M2 M5");
    harness->done[MANAGEMENT] = 0;
    answer(harness, 0);
    assert_int_equal(managed_ending(harness, 1), SANSCSI_IO_CANCELLED);
    expect_requests(harness, first, " M2 M5");
    end(harness);
}

/* ---- AsyncEvent 5 ---- */

/* RFC 7143 11.9.1: first the data stops, then the message is acknowledged. */
static void a_termination_is_acknowledged(void **state) {
    (void)state;
    struct harness *harness = quiet(2, 2, false, 8);
    (void)write_to(harness, UNIT_A, 1);
    (void)write_to(harness, UNIT_B, 2);
    harness_run(harness);
    uint32_t first = harness->target->request_count;
    uint32_t itt = harness->target->tasks[0].itt;
    harness->no_tx = true;
    ask(harness, 0, 0, 0, LENGTH);
    ask(harness, 1, 0, 0, 2 * PIECE);
    harness_run(harness);
    show_two(harness);
    uint32_t stat_sn = harness->target->stat_sn;
    target_terminate(harness->target, UNIT_A);
    harness_run(harness);
    assert_int_equal(harness->asyncs, 1);
    assert_int_equal(harness->async.event, 5);
    assert_true(harness->async.lun == UNIT_A);
    /* Two PDUs of it are shown to the transport: it is told when these are out. */
    assert_int_equal(managed_ending(harness, 1), UNANSWERED);
    harness->no_tx = false;
    harness_run(harness);
    expect_requests(harness, first, " D1.0 D1.1 A1 D2.0 D2.1F");
    assert_int_equal(harness->target->acknowledgements, 1);
    assert_int_equal(managed_ending(harness, 1), SANSCSI_IO_TERMINATED);
    assert_int_equal(managed_ending(harness, 2), UNANSWERED);
    uint8_t expected[48] = {0x40, 0x80, 0, 0, 0, 0, 0, 0, 0, 1};
    memset(expected + 16, 0xff, 8);
    put32(expected + 24, harness->target->exp_cmd_sn);
    put32(expected + 28, stat_sn + 1); /* covers the message */
    assert_memory_equal(harness->target->last_nop, expected, sizeof(expected));
    assert_string_equal(harness_event(harness, 106)->causes, " 6");
    /* What still comes of it is late. */
    uint8_t bhs[48];
    target_begin(harness->target, bhs, 0x31, 0x80, itt);
    put64(bhs + 8, UNIT_A);
    put32(bhs + 20, 0x999);
    put32(bhs + 44, 100);
    target_send(harness->target, bhs, NULL, 0);
    target_begin_status(harness->target, bhs, 0x21, 0x80, itt);
    target_send(harness->target, bhs, NULL, 0);
    harness_run(harness);
    assert_int_equal(harness->closes, 0);
    assert_int_equal(harness_counter(harness, "late-pdus"), 2);
    expect_requests(harness, first, " D1.0 D1.1 A1 D2.0 D2.1F");
    end(harness);
}

/* What waits and what the target had not received yet is not terminated; what was cancelled or
 * timed out keeps that. */
static void what_a_termination_covers(void **state) {
    (void)state;
    struct harness *harness = quiet(2, 2, false, 3);
    sanscsi_task cancelled = write_to(harness, UNIT_A, 1);
    (void)write_to(harness, UNIT_A, 2);
    harness_run(harness);
    assert_int_equal(sanscsi_cancel(harness->session, cancelled, harness->now), SANSCSI_OK);
    harness_run(harness);
    harness->no_tx = true;
    target_terminate(harness->target, UNIT_A);
    (void)write_to(harness, UNIT_A, 3); /* on its way when the message comes */
    (void)write_to(harness, UNIT_A, 4);
    show_two(harness);
    harness_run(harness);
    assert_int_equal(managed_ending(harness, 1), SANSCSI_IO_CANCELLED);
    assert_int_equal(managed_ending(harness, 2), SANSCSI_IO_TERMINATED);
    harness->no_tx = false;
    harness_run(harness);
    assert_int_equal(managed_ending(harness, 3), UNANSWERED);
    assert_int_equal(managed_ending(harness, 4), UNANSWERED);
    assert_int_equal(harness->target->commands, 4);
    assert_int_equal(harness->target->acknowledgements, 1);
    end(harness);
}

/* No CmdSN tells whether a command for immediate delivery was there before: where nothing has come
 * of it ABORT TASK finds out, so that it is not carried out behind its end. */
static void a_termination_and_immediate_commands(void **state) {
    (void)state;
    struct harness *harness = quiet(2, 2, false, 8);
    (void)managed_submit(harness, TARGET_OP_WRITE, UNIT_A, 1, SANSCSI_COMMAND_IMMEDIATE, 0);
    harness_run(harness);
    ask(harness, 0, 0, 0, PIECE);
    harness_run(harness);
    harness->no_tx = true;
    target_terminate(harness->target, UNIT_A);
    (void)managed_submit(harness, TARGET_OP_WRITE, UNIT_A, 2, SANSCSI_COMMAND_IMMEDIATE,
                         0); /* on its way meanwhile */
    show_two(harness);
    harness_run(harness);
    assert_int_equal(managed_ending(harness, 1), SANSCSI_IO_TERMINATED);
    assert_int_equal(managed_ending(harness, 2), UNANSWERED);
    assert_int_equal(harness->target->aborts, 0);
    harness->target->config.tmf_response = 0;
    harness->no_tx = false;
    harness_run(harness);
    assert_int_equal(harness->target->commands, 2);
    assert_int_equal(harness->target->aborts, 1);
    assert_int_equal(harness->target->acknowledgements, 1);
    assert_int_equal(managed_ending(harness, 2), SANSCSI_IO_TERMINATED);
    assert_int_equal(harness->closes, 0);
    end(harness);
}

/* Each unit is acknowledged, whether it has tasks or not; messages for one unit together. */
static void several_terminations(void **state) {
    (void)state;
    struct harness *harness = quiet(2, 2, false, 8);
    (void)write_to(harness, UNIT_A, 1);
    harness_run(harness);
    uint32_t first = harness->target->request_count;
    harness->no_tx = true;
    target_terminate(harness->target, UNIT_A);
    target_terminate(harness->target, UNIT_B);
    target_terminate(harness->target, UNIT_A);
    harness_run(harness);
    harness->no_tx = false;
    harness_run(harness);
    expect_requests(harness, first, " A1 A2");
    assert_int_equal(harness->target->terminated_count, 0);
    target_terminate(harness->target, UNIT_B);
    harness_run(harness);
    expect_requests(harness, first, " A1 A2 A2");
    assert_int_equal(harness->asyncs, 4); /* none is lost that finds room */
    end(harness);
}

/* No more units than tasks are remembered: a target that tells of more does not get answers. */
static void too_many_terminations(void **state) {
    (void)state;
    struct harness *harness = quiet(2, 2, false, 8);
    harness->no_tx = true;
    for (uint64_t lun = 0; lun <= 32; lun++) { /* the limit of tasks is 32 */
        assert_int_equal(harness->closes, 0);
        target_terminate(harness->target, lun << 48);
        harness->target->terminated_count = 0;
        harness_run(harness);
    }
    assert_int_equal(harness->closes, 1);
    assert_string_equal(harness_fault(harness), "task-termination-flood");
    harness_free(harness);
}

/* It is a breach of the protocol where FastAbort was not agreed. */
static void a_termination_without_fast_abort(void **state) {
    (void)state;
    static const uint32_t levels[][2] = {{0, 2}, {1, 2}, {2, 0}, {2, 1}};
    for (size_t i = 0; i < COUNT(levels); i++) {
        struct harness *harness = quiet(levels[i][0], levels[i][1], false, 8);
        (void)write_to(harness, UNIT_A, 1);
        harness_run(harness);
        uint32_t first = harness->target->request_count;
        target_terminate(harness->target, UNIT_A);
        harness_run(harness);
        assert_int_equal(harness->closes, 1);
        assert_string_equal(harness_fault(harness), "async-event");
        assert_int_equal(managed_ending(harness, 1), SANSCSI_IO_CONNECTION_OFFLINE);
        expect_requests(harness, first, "");
        harness_free(harness);
    }
}

/* Wherever the stream is cut, each task ends once. */
static void cut_behind_every_byte(void **state) {
    (void)state;
    for (uint32_t way = 0; way < 2; way++) {
        for (uint64_t after = 0; after <= 1400; after += 7) {
            struct harness *harness = quiet(2, 2, false, 8);
            harness->target->config.tmf_response = 0;
            (void)write_to(harness, UNIT_A, 1);
            (void)write_to(harness, UNIT_B, 2);
            harness_run(harness);
            harness->how = HARNESS_BYTES;
            ask(harness, 0, 0, 0, 2 * PIECE);
            harness->cut_after = harness->moved + after;
            if (way == 0) {
                manage(harness, 5, UNIT_A);
            } else {
                target_terminate(harness->target, UNIT_A);
            }
            harness_run(harness);
            harness_cut(harness);
            harness_run(harness);
            assert_int_equal(harness->result_count, way == 0 ? 3 : 2);
            assert_int_not_equal(managed_ending(harness, 1), UNANSWERED);
            assert_int_equal(managed_ending(harness, 2), SANSCSI_IO_CONNECTION_OFFLINE);
            harness_free(harness);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(data_in_the_middle_of_a_burst),
        cmocka_unit_test(r2ts_behind_the_function),
        cmocka_unit_test(unsolicited_data),
        cmocka_unit_test(other_units_are_not_disturbed),
        cmocka_unit_test(a_function_that_is_refused),
        cmocka_unit_test(a_reset_of_ours_that_is_refused),
        cmocka_unit_test(two_functions_at_once),
        cmocka_unit_test(a_termination_is_acknowledged),
        cmocka_unit_test(what_a_termination_covers),
        cmocka_unit_test(a_termination_and_immediate_commands),
        cmocka_unit_test(several_terminations),
        cmocka_unit_test(too_many_terminations),
        cmocka_unit_test(a_termination_without_fast_abort),
        cmocka_unit_test(cut_behind_every_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
