/* What becomes of the commands of sessions that come back by themselves (RFC 7143 6.3.5, 7.15). */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "test_reinstate_run.h"

static void answer_all(struct harness *harness) {
    while (target_answer(harness->target, 0)) {
        harness_run(harness);
    }
}

static void each_command_goes_its_way(void **state) {
    (void)state;
    struct harness *harness = reinstate_holding(3, 3);
    reinstate_read(harness, 1, SANSCSI_COMMAND_RESEND);
    reinstate_read(harness, 2, 0);
    reinstate_read(harness, 3, SANSCSI_COMMAND_RESEND);
    reinstate_read(harness, 4, 0); /* behind the closed window, as the next */
    reinstate_read(harness, 5, SANSCSI_COMMAND_RESEND);
    harness_run(harness);
    assert_int_equal(harness->target->commands, 3);
    uint32_t old_tags[3];
    for (uint32_t i = 0; i < 3; i++) {
        old_tags[i] = harness->target->tasks[i].itt;
    }
    uint8_t isid[6];
    uint8_t same_isid[6];
    uint32_t tsih = 0;
    assert_int_equal(sanscsi_session_identity(harness->session, isid, &tsih), SANSCSI_OK);
    assert_int_equal(tsih, 0x0107);
    harness_cut(harness);
    harness_run(harness);
    reinstate_check_ended(harness, 2, SANSCSI_IO_CONNECTION_OFFLINE);
    assert_int_equal(harness->result_count, 1);
    assert_int_equal(harness->lost, 1);
    assert_int_equal(harness->logged_out, 0);
    assert_int_equal(sanscsi_deadline(harness->session), harness->now + WAIT + DELAY);
    harness_wait(harness, WAIT + DELAY - 1);
    assert_int_equal(harness->connects, 1);
    harness_wait(harness, 1);
    assert_int_equal(harness->connects, 2);
    assert_int_equal(harness->logged_in, 2);
    assert_int_equal(reinstate_state(harness), SANSCSI_SESSION_LOGGED_IN);
    assert_memory_equal(harness->target->login.isid, isid, 6); /* TSIH 0 is checked by the target */
    assert_int_equal(sanscsi_session_identity(harness->session, same_isid, &tsih), SANSCSI_OK);
    assert_memory_equal(same_isid, isid, 6);
    assert_int_equal(harness_event(harness, SANSCSI_EVENT_SESSION_REINSTATED)->numbers[0], 1);

    assert_int_equal(harness->target->commands, 3);
    static const uint32_t in_order[] = {1, 3, 4};
    for (uint32_t i = 0; i < 3; i++) {
        const struct target_task *task = &harness->target->tasks[i];
        assert_int_equal(get32(task->cdb + 2), in_order[i] * SIZE);
        assert_int_not_equal(task->itt, old_tags[0]);
        assert_int_not_equal(task->itt, old_tags[1]);
        assert_int_not_equal(task->itt, old_tags[2]);
    }
    answer_all(harness);
    reinstate_check_read(harness, 1);
    reinstate_check_read(harness, 3);
    reinstate_check_read(harness, 4);
    reinstate_check_read(harness, 5);
    assert_int_equal(harness->result_count, 5);
    assert_int_equal(harness_counter(harness, "commands-resent"), 2);
    assert_int_equal(harness_counter(harness, "reinstatements"), 1);
    assert_int_equal(harness_counter(harness, "sessions-reinstated"), 1);
    assert_int_equal(sanscsi_deadline(harness->session), SANSCSI_NEVER);
    harness_logout(harness);
    harness_free(harness);
}

/* Slots are used again in the order in which tasks end, so that they say nothing of the order in
 * which commands were submitted. */
static void resent_commands_keep_their_order(void **state) {
    (void)state;
    struct harness *harness = reinstate_holding(64, 3);
    uint32_t next = 0;
    for (uint32_t i = 0; i < 64; i++) {
        reinstate_read(harness, i, SANSCSI_COMMAND_RESEND);
    }
    harness_run(harness);
    for (uint32_t i = 0; i < 50; i++) {
        assert_true(target_answer(harness->target, harness_random(harness) % (64 - i)));
        harness_run(harness);
    }
    assert_int_equal(harness->result_count, 50);
    uint8_t left[64] = {0};
    uint32_t order[64];
    for (uint32_t i = 0; i < 64; i++) {
        left[i] = harness->done[i] == 0;
        if (left[i]) {
            order[next++] = i;
        }
    }
    memset(harness->done, 0, sizeof(harness->done));
    for (uint32_t i = 0; i < 64; i++) {
        if (!left[i]) {
            reinstate_read(harness, i, SANSCSI_COMMAND_RESEND);
            order[next++] = i;
        }
    }
    harness_run(harness);
    reinstate_lose_and_wait(harness);
    assert_int_equal(harness->target->commands, 64);
    for (uint32_t i = 0; i < 64; i++) {
        assert_int_equal(get32(harness->target->tasks[i].cdb + 2), order[i] * SIZE);
    }
    memset(reinstate_buffers, 0xee, sizeof(reinstate_buffers));
    harness->result_count = 0;
    answer_all(harness);
    for (uint32_t i = 0; i < 64; i++) {
        reinstate_check_read(harness, i);
    }
    harness_logout(harness);
    harness_free(harness);
}

/* They overtake again what they overtook, and keep the order among themselves. */
static void immediate_commands_are_resent_as_such(void **state) {
    (void)state;
    struct harness *harness = reinstate_holding(8, 3);
    for (uint32_t i = 1; i <= 4; i++) {
        reinstate_read(harness, i,
                       SANSCSI_COMMAND_RESEND | (i > 2 ? SANSCSI_COMMAND_IMMEDIATE : 0));
    }
    harness_run(harness);
    reinstate_lose_and_wait(harness);
    assert_int_equal(harness->target->commands, 4);
    static const uint32_t in_order[] = {3, 4, 1, 2};
    for (uint32_t i = 0; i < 4; i++) {
        assert_int_equal(get32(harness->target->tasks[i].cdb + 2), in_order[i] * SIZE);
    }
    answer_all(harness);
    for (uint32_t i = 1; i <= 4; i++) {
        reinstate_check_read(harness, i);
    }
    harness_logout(harness);
    harness_free(harness);
}

static void writes_begin_anew(void **state) {
    (void)state;
    struct target_config config;
    target_config_defaults(&config);
    config.initial_r2t = 1;
    config.immediate_data = 0;
    config.max_burst = 1024;
    for (uint64_t cut = 400; cut < 12000; cut += 61) {
        struct harness *harness = reinstate_ready(&config, UINT32_MAX);
        harness->cut_after = harness->moved + cut; /* in commands, R2Ts, data, statuses */
        for (uint32_t i = 0; i < 4; i++) {
            assert_int_equal(
                reinstate_submit(harness, TARGET_OP_WRITE, i, SANSCSI_COMMAND_RESEND, NULL),
                SANSCSI_OK);
        }
        harness_run(harness);
        harness->cut_after = UINT64_MAX;
        harness_run(harness);
        harness_wait(harness, WAIT + DELAY);
        for (uint32_t i = 0; i < 4; i++) {
            reinstate_check_ended(harness, i, SANSCSI_IO_OK);
            assert_memory_equal(harness->target->storage + i * SIZE, reinstate_buffers[i], SIZE);
        }
        assert_int_equal(harness->result_count, 4);
        harness_logout(harness);
        harness_free(harness);
    }
}

static void commands_of_both_ways_begin_anew(void **state) {
    (void)state;
    enum { AT = 1 << 20, READS = 3000 };
    static uint8_t in[READS + 1];
    struct target_config config;
    target_config_defaults(&config);
    config.initial_r2t = 1;
    config.max_burst = 1024;
    config.max_recv_segment = 512;
    config.data_in_size = 700;
    config.turns = TARGET_READS_BETWEEN;
    for (uint64_t cut = 100; cut < 9000; cut += 61) {
        struct harness *harness = reinstate_ready(&config, UINT32_MAX);
        harness->cut_after = harness->moved + cut; /* in command, R2Ts, data both ways, status */
        memset(in, 0xee, sizeof(in));
        uint8_t cdb[16] = {TARGET_OP_BOTH};
        put32(cdb + 10, AT);
        sanscsi_iovec from = {reinstate_buffers[5], SIZE}, to = {in, READS};
        sanscsi_command command;
        sanscsi_command_defaults(&command);
        command.cdb = cdb;
        command.cdb_length = sizeof(cdb);
        command.flags = SANSCSI_COMMAND_RESEND;
        command.user = 1;
        command.data_out = &from;
        command.data_in = &to;
        command.data_out_count = command.data_in_count = 1;
        assert_int_equal(sanscsi_submit(harness->session, &command, harness->now, NULL), 0);
        harness_run(harness);
        harness->cut_after = UINT64_MAX;
        harness_run(harness);
        harness_wait(harness, WAIT + DELAY);
        reinstate_check_ended(harness, 1, SANSCSI_IO_OK);
        assert_int_equal(harness->results[0].data_in, READS);
        assert_memory_equal(in, harness->target->storage + AT, READS);
        assert_int_equal(in[READS], 0xee);
        assert_memory_equal(harness->target->storage, reinstate_buffers[5], SIZE);
        harness_logout(harness);
        harness_free(harness);
    }
}

/* Time2Wait is what the target says last (RFC 7143 7.5.2). */
static void a_target_tells_how_long_to_wait(void **state) {
    (void)state;
    static const uint16_t waits[] = {0, 7, 3600};
    for (size_t i = 0; i < sizeof(waits) / sizeof(waits[0]); i++) {
        struct harness *harness = reinstate_holding(8, 1);
        target_async(harness->target, 3, waits[i], 20); /* the session will be dropped */
        harness_run(harness);
        assert_int_equal(sanscsi_deadline(harness->session),
                         harness->now + waits[i] * SANSCSI_SECOND + DELAY < harness->now + HOLD
                             ? harness->now + waits[i] * SANSCSI_SECOND + DELAY
                             : harness->now + HOLD);
        harness_wait(harness, waits[i] * SANSCSI_SECOND + DELAY - 1);
        assert_int_equal(harness->logged_in, 1);
        harness_wait(harness, 1);
        assert_int_equal(harness->logged_in, 2);
        harness_logout(harness);
        harness_free(harness);
    }
}

static void commands_may_be_submitted_meanwhile(void **state) {
    (void)state;
    struct harness *harness = reinstate_holding(8, 3);
    harness->target->config.hold = false;
    reinstate_read(harness, 1, 0);
    harness_cut(harness);
    sanscsi_task task = 0;
    sanscsi_task second = 0;
    assert_int_equal(reinstate_submit(harness, TARGET_OP_READ, 2, 0, &task), SANSCSI_OK);
    assert_int_equal(reinstate_submit(harness, TARGET_OP_READ, 3, 0, &second), SANSCSI_OK);
    assert_int_equal(sanscsi_ping(harness->session, NULL, NULL, 0, 4, 0, harness->now, NULL),
                     SANSCSI_IN_TRANSITION);
    sanscsi_management management;
    sanscsi_management_defaults(&management);
    assert_int_equal(sanscsi_manage(harness->session, &management, harness->now, NULL),
                     SANSCSI_IN_TRANSITION);
    assert_int_equal(sanscsi_session_start(harness->session, harness->now),
                     SANSCSI_ALREADY_STARTED);
    assert_int_equal(sanscsi_cancel(harness->session, second, harness->now), SANSCSI_OK);
    harness_run(harness);
    reinstate_check_ended(harness, 3, SANSCSI_IO_CANCELLED);
    harness_wait(harness, WAIT + DELAY);
    reinstate_check_read(harness, 1); /* it had not been sent */
    reinstate_check_read(harness, 2);
    harness_logout(harness);
    harness_free(harness);
}

static void a_command_times_out_while_it_waits(void **state) {
    (void)state;
    struct harness *harness = reinstate_holding(8, 30);
    reinstate_read(harness, 1, SANSCSI_COMMAND_RESEND);
    harness_run(harness);
    harness_wait(harness, TIMEOUT - SANSCSI_SECOND);
    harness->refuse = 1000;
    harness_cut(harness);
    harness_run(harness);
    harness_wait(harness, SANSCSI_SECOND - 1);
    assert_int_equal(harness->result_count, 0);
    harness_wait(harness, 1);
    reinstate_check_ended(harness, 1, SANSCSI_IO_TIMEOUT);
    assert_non_null(harness_event(harness, SANSCSI_EVENT_TASK_TIMEOUT));
    harness_logout(harness);
    harness_free(harness);
}

/* Its time is over between the loss and the report that the transport is closed: nothing that was
 * sent ends before that, and what is out of time is not sent again. */
static void a_command_times_out_before_the_close(void **state) {
    (void)state;
    struct harness *harness = reinstate_holding(8, 30);
    reinstate_read(harness, 1, SANSCSI_COMMAND_RESEND);
    reinstate_read(harness, 2, 0);
    harness_run(harness);
    harness->no_close = true;
    target_async(harness->target, 3, 0, 0); /* the session will be dropped */
    harness_run(harness);
    assert_int_equal(reinstate_state(harness), SANSCSI_SESSION_CLOSING);
    harness_wait(harness, TIMEOUT);
    harness_wait(harness, TIMEOUT);
    assert_int_equal(harness->result_count, 0);
    assert_int_equal(reinstate_state(harness), SANSCSI_SESSION_CLOSING);
    harness->no_close = false;
    harness_cut(harness);
    harness_run(harness);
    reinstate_check_ended(harness, 1, SANSCSI_IO_TIMEOUT);
    reinstate_check_ended(harness, 2, SANSCSI_IO_TIMEOUT);
    assert_int_equal(harness_counter(harness, "timeouts"), 2);
    harness_wait(harness, DELAY);
    assert_int_equal(harness->logged_in, 2);
    assert_int_equal(harness->target->commands, 0);
    assert_int_equal(harness_counter(harness, "commands-resent"), 0);
    harness_logout(harness);
    harness_free(harness);
}

/* What the old session's target still says names tags that nobody has any more. */
static void answers_to_the_old_session_find_nothing(void **state) {
    (void)state;
    struct harness *harness = reinstate_holding(8, 3);
    reinstate_read(harness, 1, SANSCSI_COMMAND_RESEND);
    harness_run(harness);
    uint32_t old_tag = harness->target->tasks[0].itt;
    memset(reinstate_buffers[1], 0xee, SIZE);
    reinstate_lose_and_wait(harness);
    assert_int_equal(harness->target->commands, 1);
    uint8_t bhs[48];
    target_begin_status(harness->target, bhs, 0x25, 0x81, old_tag); /* data with status */
    put32(bhs + 20, TARGET_NO_TAG);
    target_send(harness->target, bhs, "stale", 5);
    harness_run(harness);
    assert_string_equal(harness_fault(harness), "initiator-task-tag");
    assert_int_equal(harness->result_count, 0);
    for (uint32_t i = 0; i < SIZE; i++) {
        assert_int_equal(reinstate_buffers[1][i], 0xee);
    }
    harness_wait(harness, WAIT + LONGEST);
    assert_true(target_answer(harness->target, 0));
    harness_run(harness);
    reinstate_check_read(harness, 1);
    harness_logout(harness);
    harness_free(harness);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_command_goes_its_way),
        cmocka_unit_test(resent_commands_keep_their_order),
        cmocka_unit_test(immediate_commands_are_resent_as_such),
        cmocka_unit_test(writes_begin_anew),
        cmocka_unit_test(commands_of_both_ways_begin_anew),
        cmocka_unit_test(a_target_tells_how_long_to_wait),
        cmocka_unit_test(commands_may_be_submitted_meanwhile),
        cmocka_unit_test(a_command_times_out_while_it_waits),
        cmocka_unit_test(a_command_times_out_before_the_close),
        cmocka_unit_test(answers_to_the_old_session_find_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
