/* Rejects: each reason, for each kind of PDU of ours (RFC 7143 11.17, 7.3). */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "support/harness.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define LUN UINT64_C(0x0001000000000000)

static uint8_t buffer[4096];
static sanscsi_iovec list = {buffer, sizeof(buffer)};

enum outcome {
    DROPS,   /* the connection ends, with the fault "reject" */
    WAITS,   /* nothing happens, the task is answered as if nothing had been */
    FAILS,   /* the task ends with io_status 5, the session goes on */
    LOGS_OUT /* the session logs out */
};

/* By Reason; from 0x0d on as 0x00. */
struct expectation {
    uint8_t reason;
    uint8_t command, data, ping, management;
};

static const struct expectation expectations[] = {
    {0x00, DROPS, DROPS, DROPS, DROPS}, {0x01, DROPS, DROPS, DROPS, DROPS},
    {0x02, FAILS, WAITS, FAILS, FAILS}, {0x03, DROPS, DROPS, DROPS, DROPS},
    {0x04, DROPS, DROPS, DROPS, DROPS}, {0x05, FAILS, WAITS, FAILS, FAILS},
    {0x06, FAILS, WAITS, FAILS, WAITS}, /* management is sent again and succeeds */
    {0x07, WAITS, WAITS, WAITS, WAITS}, {0x08, DROPS, DROPS, DROPS, DROPS},
    {0x09, FAILS, WAITS, FAILS, FAILS}, {0x0a, FAILS, WAITS, FAILS, FAILS},
    {0x0b, DROPS, DROPS, DROPS, DROPS}, {0x0c, LOGS_OUT, LOGS_OUT, LOGS_OUT, LOGS_OUT},
    {0x0d, DROPS, DROPS, DROPS, DROPS}, {0xff, DROPS, DROPS, DROPS, DROPS},
};

static struct harness *ready(bool silent) {
    struct target_config config;
    target_config_defaults(&config);
    config.hold = true;
    config.silent = silent;
    config.tmf_response = -1;
    config.initial_r2t = 1;
    config.immediate_data = 0;
    return harness_ready(&config, NULL, NULL);
}

/* Carries out the ABORT TASK that waits, if there is one. */
static void answer_management(struct harness *harness) {
    const uint8_t *request = harness->target->last_tmf;
    uint8_t bhs[48];
    target_begin_status(harness->target, bhs, 0x22, 0x80, get32(request + 16));
    target_send(harness->target, bhs, NULL, 0);
    harness_run(harness);
}

static void check_event(struct harness *harness, uint8_t reason, uint8_t opcode) {
    const struct harness_event *event = harness_event(harness, SANSCSI_EVENT_REJECT_RECEIVED);
    assert_non_null(event);
    assert_int_equal(event->numbers[0], reason);
    assert_int_equal(event->numbers[1], opcode);
    assert_int_equal(harness_counter(harness, "rejects"), 1);
}

/* A command behind the others shows that the session goes on. */
static void check_alive(struct harness *harness) {
    assert_false(harness->target->missing);
    assert_int_equal(harness->closes, 0);
    harness->target->config.hold = false;
    harness->target->config.tmf_response = 0;
    (void)harness_read(harness, 0, &list, 1, 99);
    harness_run(harness);
    assert_int_equal(harness_result(harness, 99)->io_status, SANSCSI_IO_OK);
    harness_logout(harness);
}

static void check_end(struct harness *harness, enum outcome outcome, uint64_t user) {
    assert_int_equal(harness->logged_out, 1);
    if (outcome == DROPS) {
        assert_string_equal(harness_fault(harness), "reject");
        assert_int_equal(harness_result(harness, user)->io_status, SANSCSI_IO_CONNECTION_OFFLINE);
    } else {
        assert_true(harness->target->logged_out);
        assert_int_equal(harness->target->last[6][0], 0x46);
        assert_int_equal(harness->target->last[6][1], 0x80);
        assert_int_equal(harness_result(harness, user)->io_status, SANSCSI_IO_SESSION_OFFLINE);
    }
}

static void test_commands(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(expectations); i++) {
        enum outcome outcome = (enum outcome)expectations[i].command;
        struct harness *harness = ready(false);
        (void)harness_read(harness, 0, &list, 1, 1);
        (void)harness_read(harness, 0, &list, 1, 2);
        harness_run(harness);
        struct target_task *first = &harness->target->tasks[0];
        uint32_t number = first->cmd_sn;
        uint8_t header[48] = {0x01, 0xc1};
        put32(header + 16, first->itt);
        put32(header + 20, first->edtl);
        put32(header + 24, number);
        uint32_t tag = first->itt;
        if (outcome == WAITS) {
            uint8_t bhs[48];
            target_begin_status(harness->target, bhs, 0x3f, 0x80, TARGET_NO_TAG);
            bhs[2] = expectations[i].reason;
            target_send(harness->target, bhs, header, sizeof(header));
        } else {
            target_reject(harness->target, expectations[i].reason, header);
        }
        harness_run(harness);
        check_event(harness, expectations[i].reason, 0x01);
        if (outcome == WAITS) {
            assert_int_equal(harness->result_count, 0);
            assert_true(target_answer(harness->target, 0));
            assert_true(target_answer(harness->target, 0));
            harness_run(harness);
            assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_OK);
            check_alive(harness);
        } else if (outcome == FAILS) {
            /* RFC 7143 11.5: immediate, function 1, both tags, RefCmdSN the missing number. */
            uint8_t expected[48] = {0x42, 0x81};
            const uint8_t *sent = harness->target->last_tmf;
            memcpy(expected + 16, sent + 16, 4);
            put32(expected + 20, tag);
            put32(expected + 24, number + 2);
            memcpy(expected + 28, sent + 28, 4);
            put32(expected + 32, number);
            assert_memory_equal(sent, expected, sizeof(expected));
            assert_int_equal(harness->done[1], 0);
            answer_management(harness);
            assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_TARGET_FAILURE);
            assert_true(target_answer(harness->target, 0));
            harness_run(harness);
            check_alive(harness);
        } else {
            check_end(harness, outcome, 1);
        }
        assert_int_equal(harness->done[1], 1);
        assert_int_equal(harness->done[2], 1);
        harness_free(harness);
    }
}

/* What is rejected of a task that is active ends nothing; all that was asked for is still sent. */
static void test_data(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(expectations); i++) {
        enum outcome outcome = (enum outcome)expectations[i].data;
        struct harness *harness = ready(false);
        harness->target->config.hold = false;
        (void)harness_write(harness, 0, &list, 1, 1);
        for (uint32_t step = 0; harness->target->last[5][0] != 0x05 && step < 100; step++) {
            harness->cut_after = UINT64_MAX;
            harness->target->config.hold = true;
            harness_run(harness);
        }
        assert_int_equal(harness->target->last[5][1], 0x80); /* all of it, with F */
        target_reject(harness->target, expectations[i].reason, harness->target->last[5]);
        harness_run(harness);
        check_event(harness, expectations[i].reason, 0x05);
        if (outcome == WAITS) {
            assert_int_equal(harness->result_count, 0);
            assert_int_equal(harness->target->aborts, 0);
            assert_true(target_answer(harness->target, 0));
            harness_run(harness);
            assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_OK);
            check_alive(harness);
        } else {
            check_end(harness, outcome, 1);
        }
        harness_free(harness);
    }
}

static void test_pings(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(expectations); i++) {
        enum outcome outcome = (enum outcome)expectations[i].ping;
        struct harness *harness = ready(false);
        assert_int_equal(sanscsi_ping(harness->session, NULL, NULL, 0, 1, 0, harness->now, NULL),
                         SANSCSI_OK);
        harness_run(harness);
        const uint8_t *sent = harness->target->last_nop;
        target_reject(harness->target, expectations[i].reason, sent);
        harness_run(harness);
        check_event(harness, expectations[i].reason, 0x00);
        if (outcome == FAILS) {
            assert_int_equal(get32(harness->target->last_tmf + 20), get32(sent + 16));
            assert_int_equal(get32(harness->target->last_tmf + 32), get32(sent + 24));
            answer_management(harness);
            assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_TARGET_FAILURE);
            check_alive(harness);
        } else if (outcome == WAITS) {
            uint8_t bhs[48];
            harness->target->missing = false;
            target_begin_status(harness->target, bhs, 0x20, 0x80, get32(sent + 16));
            put32(bhs + 20, TARGET_NO_TAG);
            target_send(harness->target, bhs, NULL, 0);
            harness_run(harness);
            assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_OK);
            check_alive(harness);
        } else {
            check_end(harness, outcome, 1);
        }
        harness_free(harness);
    }
}

static void test_management(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(expectations); i++) {
        enum outcome outcome = (enum outcome)expectations[i].management;
        struct harness *harness = ready(false);
        sanscsi_management management;
        sanscsi_management_defaults(&management);
        management.lun = LUN;
        management.user = 1;
        assert_int_equal(sanscsi_manage(harness->session, &management, harness->now, NULL),
                         SANSCSI_OK);
        harness_run(harness);
        uint8_t first[48];
        memcpy(first, harness->target->last_tmf, 48);
        assert_int_equal(first[0], 0x42);
        target_reject(harness->target, expectations[i].reason, first);
        harness_run(harness);
        check_event(harness, expectations[i].reason, 0x02);
        if (outcome == FAILS) {
            assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_TARGET_FAILURE);
            assert_int_equal(harness->target->aborts, 0); /* it had used no number up */
            check_alive(harness);
        } else if (outcome == WAITS) {
            bool again = expectations[i].reason == 0x06;
            const uint8_t *second = harness->target->last_tmf;
            first[0] = again ? 0x02 : 0x42; /* in order, else the same */
            memcpy(first + 28, second + 28, 4);
            assert_memory_equal(second, first, sizeof(first));
            answer_management(harness);
            assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_OK);
            assert_int_equal(harness_result(harness, 1)->response, SANSCSI_MANAGED);
            check_alive(harness);
        } else {
            check_end(harness, outcome, 1);
        }
        harness_free(harness);
    }
}

/* One that takes its turn and is rejected all the same leaves a gap, and is not tried a third time.
 */
static void test_management_twice(void **state) {
    (void)state;
    struct harness *harness = ready(false);
    sanscsi_management management;
    sanscsi_management_defaults(&management);
    management.user = 1;
    assert_int_equal(sanscsi_manage(harness->session, &management, harness->now, NULL), SANSCSI_OK);
    harness_run(harness);
    target_reject(harness->target, 0x06, harness->target->last_tmf);
    harness_run(harness);
    uint8_t second[48];
    memcpy(second, harness->target->last_tmf, 48);
    target_reject(harness->target, 0x06, second);
    harness_run(harness);
    assert_int_equal(harness->target->last_tmf[1], 0x81);
    assert_int_equal(get32(harness->target->last_tmf + 32), get32(second + 24));
    answer_management(harness);
    assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_TARGET_FAILURE);
    check_alive(harness);
    harness_free(harness);
}

/* An ABORT TASK is sent again in order; rejected otherwise nothing is known of its task. */
static void test_aborts(void **state) {
    (void)state;
    static const uint8_t reasons[] = {0x06, 0x05};
    for (size_t i = 0; i < COUNT(reasons); i++) {
        struct harness *harness = ready(false);
        sanscsi_task task = harness_read(harness, 0, &list, 1, 1);
        harness_run(harness);
        assert_int_equal(sanscsi_cancel(harness->session, task, harness->now), SANSCSI_OK);
        harness_run(harness);
        uint8_t first[48];
        memcpy(first, harness->target->last_tmf, 48);
        target_reject(harness->target, reasons[i], first);
        harness_run(harness);
        if (reasons[i] == 0x06) {
            const uint8_t *second = harness->target->last_tmf;
            assert_int_equal(second[0], 0x02);
            assert_int_equal(second[1], 0x81);
            assert_memory_equal(second + 20, first + 20, 8);
            assert_int_equal(get32(second + 32), get32(first + 32));
            target_drop(harness->target, &harness->target->tasks[0]);
            answer_management(harness);
            assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_CANCELLED);
            check_alive(harness);
        } else {
            assert_string_equal(harness_fault(harness), "reject");
            assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_CANCELLED);
        }
        harness_free(harness);
    }
}

/* A command for immediate delivery: what of it is rejected uses no number up. */
static void test_immediate_commands(void **state) {
    (void)state;
    static const uint8_t reasons[] = {0x06, 0x05};
    for (size_t i = 0; i < COUNT(reasons); i++) {
        struct harness *harness = ready(false);
        uint8_t cdb[16] = {TARGET_OP_READ};
        put32(cdb + 6, sizeof(buffer));
        sanscsi_command command;
        sanscsi_command_defaults(&command);
        command.cdb = cdb;
        command.cdb_length = sizeof(cdb);
        command.data_in = &list;
        command.data_in_count = 1;
        command.flags = SANSCSI_COMMAND_IMMEDIATE;
        command.user = 1;
        assert_int_equal(sanscsi_submit(harness->session, &command, harness->now, NULL),
                         SANSCSI_OK);
        harness_run(harness);
        uint8_t first[48];
        memcpy(first, harness->target->last[1], 48);
        assert_int_equal(first[0], 0x41);
        target_reject(harness->target, reasons[i], first);
        harness_run(harness);
        assert_int_equal(harness->target->aborts, 0);
        if (reasons[i] == 0x06) {
            const uint8_t *second = harness->target->last[1];
            first[0] = 0x01;
            memcpy(first + 28, second + 28, 4);
            assert_memory_equal(second, first, sizeof(first));
            assert_true(target_answer(harness->target, 0));
            harness_run(harness);
        }
        assert_int_equal(harness_result(harness, 1)->io_status,
                         reasons[i] == 0x06 ? SANSCSI_IO_OK : SANSCSI_IO_TARGET_FAILURE);
        check_alive(harness);
        harness_free(harness);
    }
}

/* A ping of the library's own that is rejected shows that the target lives. */
static void test_keepalive(void **state) {
    (void)state;
    struct target_config config;
    sanscsi_session_settings settings;
    sanscsi_limits limits;
    target_config_defaults(&config);
    config.hold = true;
    harness_settings(&settings, &limits);
    settings.keepalive_interval = 10 * SANSCSI_SECOND;
    struct harness *harness = harness_ready(&config, &settings, &limits);
    for (uint32_t i = 1; i <= 3; i++) {
        harness_wait(harness, 10 * SANSCSI_SECOND);
        assert_int_equal(harness_counter(harness, "pings"), i);
        target_reject(harness->target, 0x05, harness->target->last_nop);
        harness_run(harness);
    }
    assert_int_equal(harness->closes, 0);
    harness_logout(harness);
    harness_free(harness);
}

static void test_logouts(void **state) {
    (void)state;
    static const uint8_t reasons[] = {0x04, 0x05, 0x06, 0x07, 0x09, 0x0c};
    for (size_t i = 0; i < COUNT(reasons); i++) {
        struct target_config config;
        target_config_defaults(&config);
        config.logout_response = -1;
        struct harness *harness = harness_ready(&config, NULL, NULL);
        assert_int_equal(sanscsi_logout(harness->session, harness->now), SANSCSI_OK);
        harness_run(harness);
        uint8_t first[48];
        memcpy(first, harness->target->last_logout, 48);
        target_reject(harness->target, reasons[i], first);
        harness_run(harness);
        if (reasons[i] == 0x06 || reasons[i] == 0x07) {
            const uint8_t *second = harness->target->last_logout;
            assert_int_equal(second[0], reasons[i] == 0x06 ? 0x06 : 0x46);
            assert_int_equal(second[1], 0x80);
            assert_int_equal(get32(second + 24), get32(first + 24));
            uint8_t bhs[48];
            target_begin_status(harness->target, bhs, 0x26, 0x80, get32(second + 16));
            target_send(harness->target, bhs, NULL, 0);
            harness_run(harness);
            assert_string_equal(harness_fault(harness), "none");
            assert_int_equal(harness_counter(harness, "logouts"), 1);
        } else {
            assert_string_equal(harness_fault(harness), "reject");
        }
        assert_int_equal(harness->logged_out, 1);
        harness_free(harness);
    }
}

/* Headers of nothing that is outstanding: the Reject is told, no more. */
static void test_strangers(void **state) {
    (void)state;
    struct harness *harness = ready(false);
    (void)harness_read(harness, 0, &list, 1, 1);
    harness_run(harness);
    const struct target_task *task = &harness->target->tasks[0];
    static const uint8_t opcodes[] = {0x00, 0x01, 0x02, 0x04, 0x05, 0x06, 0x03, 0x10, 0x3f};
    static const uint8_t reasons[] = {0x02, 0x04, 0x05, 0x06, 0x07, 0x09, 0x0a};
    uint32_t rejects = 0;
    for (size_t i = 0; i < COUNT(opcodes) * COUNT(reasons) * 3; i++) {
        uint8_t bhs[48];
        uint8_t header[48] = {opcodes[i % COUNT(opcodes)], 0x80};
        size_t variant = i / (COUNT(opcodes) * COUNT(reasons));
        put32(header + 16, variant == 0 ? TARGET_NO_TAG : task->itt + (variant == 1 ? 0x10000 : 0));
        put32(header + 24, task->cmd_sn + 1); /* not its number */
        if (variant == 2 && header[0] == 0x05) {
            continue; /* Data-Out of a task has no number */
        }
        target_begin_status(harness->target, bhs, 0x3f, 0x80, TARGET_NO_TAG);
        bhs[2] = reasons[i / COUNT(opcodes) % COUNT(reasons)];
        target_send(harness->target, bhs, header, sizeof(header));
        harness_run(harness);
        rejects++;
    }
    assert_int_equal(harness_counter(harness, "rejects"), rejects);
    assert_int_equal(harness->result_count, 0);
    assert_int_equal(harness->target->aborts, 0);
    assert_true(target_answer(harness->target, 0));
    harness_run(harness);
    assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_OK);
    check_alive(harness);
    harness_free(harness);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_commands),
        cmocka_unit_test(test_data),
        cmocka_unit_test(test_pings),
        cmocka_unit_test(test_management),
        cmocka_unit_test(test_management_twice),
        cmocka_unit_test(test_aborts),
        cmocka_unit_test(test_immediate_commands),
        cmocka_unit_test(test_keepalive),
        cmocka_unit_test(test_logouts),
        cmocka_unit_test(test_strangers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
