/* What results, events and identities tell is so. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "test_manage_run.h"

static uint8_t buffer[8192];
static const sanscsi_iovec one_list = {buffer, 1000};

/* GOOD for a write of which most is still here: the rest is not sent any more, and the bytes are
 * lost. */
static void good_before_the_data(void **state) {
    (void)state;
    struct target_config config;
    target_config_defaults(&config);
    config.hold = true;
    config.immediate_data = 0;
    config.initial_r2t = 0;
    config.first_burst = 65536;
    config.max_recv_segment = 512;
    sanscsi_session_settings settings;
    sanscsi_limits limits;
    harness_settings(&settings, &limits);
    limits.tx_slots = 2;
    struct harness *harness = harness_ready(&config, &settings, &limits);
    const sanscsi_iovec list = {buffer, 8192};
    (void)harness_write(harness, 0, &list, 1, 1);
    sanscsi_iovec iov[16];
    size_t count = 0;
    assert_int_equal(sanscsi_tx_window(harness->session, 0, iov, 16, &count), SANSCSI_OK);
    target_input(harness->target, iov[0].data, 48);
    assert_int_equal(sanscsi_tx_commit(harness->session, 0, 48, harness->now), SANSCSI_OK);
    harness->no_tx = true;
    uint8_t bhs[48];
    target_begin_status(harness->target, bhs, 0x21, 0x80, harness->target->tasks[0].itt);
    target_send(harness->target, bhs, NULL, 0);
    harness_run(harness);
    harness->no_tx = false;
    harness_run(harness);
    assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_BYTES_LOST);
    assert_int_equal(harness_counter(harness, "bytes-written"), 0);
    harness_free(harness);
}

/* GOOD for a write of which FastAbort has kept all data back (RFC 7143 4.2.3.4). */
static void good_without_the_data(void **state) {
    (void)state;
    struct target_config config;
    target_config_defaults(&config);
    config.silent = true;
    config.hold = true;
    config.immediate_data = 0;
    config.initial_r2t = 1;
    config.tmf_response = -1;
    config.task_reporting = 2;
    sanscsi_session_settings settings;
    sanscsi_limits limits;
    harness_settings(&settings, &limits);
    settings.parameters.task_reporting = 2;
    struct harness *harness = harness_ready(&config, &settings, &limits);
    (void)managed_submit(harness, TARGET_OP_WRITE, UNIT_A, 1, 0, SANSCSI_NEVER);
    harness_run(harness);
    assert_int_equal(managed_function(harness, 5, UNIT_A, 0, SANSCSI_NEVER), SANSCSI_OK);
    harness_run(harness);
    struct target_task *task = &harness->target->tasks[0];
    uint8_t bhs[48];
    target_begin(harness->target, bhs, 0x31, 0x80, task->itt);
    put64(bhs + 8, task->lun);
    put32(bhs + 20, 0x100);
    put32(bhs + 44, WRITE_BYTES);
    target_send(harness->target, bhs, NULL, 0);
    target_begin_status(harness->target, bhs, 0x21, 0x80, task->itt);
    target_send(harness->target, bhs, NULL, 0);
    harness_run(harness);
    assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_BYTES_LOST);
    assert_int_equal(harness_counter(harness, "bytes-written"), 0);
    harness_free(harness);
}

/* An answer broke the connection; the command is sent again, and what that answer told is
 * forgotten. */
static void residuals_of_an_answer_that_counts_not(void **state) {
    (void)state;
    struct target_config config;
    target_config_defaults(&config);
    config.hold = true;
    sanscsi_session_settings settings;
    sanscsi_limits limits;
    harness_settings(&settings, &limits);
    settings.reinstate_attempts = 3;
    struct harness *harness = harness_ready(&config, &settings, &limits);
    harness->renew = true;
    (void)managed_submit(harness, TARGET_OP_READ, 0, 1, SANSCSI_COMMAND_RESEND, SANSCSI_NEVER);
    harness_run(harness);
    uint8_t sense[4] = {0, 18, 0, 0}; /* SenseLength beyond the segment */
    uint8_t bhs[48];
    target_begin_status(harness->target, bhs, 0x21, 0x82, harness->target->tasks[0].itt);
    bhs[3] = 2;
    put32(bhs + 44, 100);
    harness->target->config.hold = false;
    target_send(harness->target, bhs, sense, sizeof(sense));
    harness_run(harness);
    for (uint32_t i = 0; i < 10 && harness->result_count == 0; i++) {
        harness_wait(harness, sanscsi_deadline(harness->session) - harness->now);
    }
    assert_int_equal(harness->lost, 1);
    const sanscsi_task_result *result = harness_result(harness, 1);
    assert_int_equal(result->io_status, SANSCSI_IO_OK);
    assert_int_equal(result->underflow, 0);
    assert_int_equal(result->scsi_status, 0);
    harness_free(harness);
}

/* A function that was never answered has no Additional Response Information. */
static void additional_response_of_no_answer(void **state) {
    (void)state;
    struct target_config config;
    target_config_defaults(&config);
    config.tmf_response = -1;
    struct harness *harness = harness_ready(&config, NULL, NULL);
    for (uint32_t i = 1; i <= 3; i++) {
        (void)managed_submit(harness, TARGET_OP_READ, 0, i, SANSCSI_COMMAND_IMMEDIATE, 0);
    }
    harness_run(harness);
    assert_int_equal(managed_function(harness, 5, 0, 0, SANSCSI_SECOND), SANSCSI_OK);
    harness_run(harness);
    harness_wait(harness, SANSCSI_SECOND);
    assert_int_equal(harness_result(harness, MANAGEMENT)->additional_response, 0);
    harness_free(harness);
}

static char answers[512];
static const char *answers_lent;
static size_t answers_length;

/* Takes what is lent, and polls no more. */
static bool stop_at_login(struct harness *harness, const sanscsi_output *output) {
    if (output->type == SANSCSI_OUTPUT_LOGGED_IN) {
        harness->no_poll = true;
        harness->logged_in++;
        size_t length = output->answers_length;
        assert_in_range(length, 1, sizeof(answers));
        answers_lent = output->answers;
        answers_length = length;
        memcpy(answers, output->answers, length);
    }
    return output->type == SANSCSI_OUTPUT_LOGGED_IN;
}

/* What LOGGED_IN points to stays while the next login begins, whose answers come as well. */
static void answers_are_lent_until_the_next_poll(void **state) {
    (void)state;
    struct harness *harness = harness_new(NULL, NULL, NULL);
    harness->output = stop_at_login;
    harness_login(harness);
    assert_int_equal(harness->logged_in, 1);
    size_t first = answers_length;
    harness_cut(harness);
    assert_int_equal(sanscsi_session_start(harness->session, harness->now), 0);
    struct target_config config = harness->target->config;
    target_free(harness->target);
    harness->target = target_new(&config);
    harness->transport = true;
    assert_int_equal(sanscsi_connected(harness->session, 0, harness->now), 0);
    harness_run(harness);
    assert_memory_equal(answers_lent, answers, first);
    harness->no_poll = false;
    harness_run(harness);
    assert_int_equal(harness->logged_in, 2);
    assert_int_equal(answers_length, first);
    harness_free(harness);
}

/* No session that is made has the ISID of a living one (RFC 7143 4.4.3). */
static void isids_beyond_sixteen_bits(void **state) {
    (void)state;
    struct harness *harness = harness_ready(NULL, NULL, NULL);
    sanscsi_session_settings settings;
    sanscsi_limits limits;
    harness_settings(&settings, &limits);
    uint8_t mine[6];
    uint8_t other[6];
    uint32_t tsih = 0;
    assert_int_equal(sanscsi_session_identity(harness->session, mine, &tsih), SANSCSI_OK);
    for (uint32_t made = 0; made < 65536; made++) {
        sanscsi_session *session = NULL;
        assert_int_equal(sanscsi_session_new(harness->initiator, &settings, &limits, &session),
                         SANSCSI_OK);
        assert_int_equal(sanscsi_session_identity(session, other, &tsih), SANSCSI_OK);
        assert_memory_not_equal(mine, other, sizeof(mine));
        sanscsi_session_free(session);
    }
    harness_free(harness);
}

/* Event 103 tells how many tasks had not ended. */
static void tasks_that_have_ended_are_not_lost(void **state) {
    (void)state;
    struct harness *harness = harness_ready(NULL, NULL, NULL);
    harness->no_poll = true;
    (void)harness_read(harness, 0, &one_list, 1, 1);
    harness_run(harness);
    harness_cut(harness);
    harness->no_poll = false;
    harness_poll(harness);
    assert_int_equal(harness_event(harness, SANSCSI_EVENT_CONNECTION_LOST)->numbers[0], 0);
    harness_free(harness);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_before_the_data),
        cmocka_unit_test(good_without_the_data),
        cmocka_unit_test(residuals_of_an_answer_that_counts_not),
        cmocka_unit_test(additional_response_of_no_answer),
        cmocka_unit_test(answers_are_lent_until_the_next_poll),
        cmocka_unit_test(isids_beyond_sixteen_bits),
        cmocka_unit_test(tasks_that_have_ended_are_not_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
