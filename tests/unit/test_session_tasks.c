/* Tasks end once, whatever happens: cancel, timeout, loss, logout; and in between nothing is
 * allocated and no payload is copied. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/harness.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static uint8_t buffer[65536];
static sanscsi_iovec one_list = {buffer, 1000};

/* ---- promises of full feature phase ---- */

static void test_no_allocation(void **state) {
    (void)state;
    struct harness *harness = harness_ready(NULL, NULL, NULL);
    size_t allocations = harness->allocations;
    size_t releases = harness->releases;
    sanscsi_iovec list = {buffer, 20000};
    for (uint32_t i = 0; i < 3000; i++) {
        (void)(i % 2 == 0 ? harness_read : harness_write)(harness, i, &list, 1, i);
        if (i % 20 == 0) {
            harness_run(harness);
            assert_int_equal(
                sanscsi_ping(harness->session, NULL, NULL, 0, 4000, 0, harness->now, NULL), 0);
            target_ping(harness->target, 0);
            harness_run(harness);
        }
        if (i % 31 == 30) {
            harness_run(harness);
        }
    }
    harness_run(harness);
    assert_int_equal(harness->result_count, 3000 + 150);
    assert_int_equal(harness->allocations, allocations);
    assert_int_equal(harness->releases, releases);
    harness_logout(harness);
    assert_int_equal(harness->allocations, allocations);
    harness_free(harness);
}

/* Every byte of payload moves between the transport and the caller's own memory. */
static void test_no_copy(void **state) {
    (void)state;
    struct target_config config;
    target_config_defaults(&config);
    config.data_in_size = 777;
    for (uint32_t digests = 0; digests < 4; digests++) {
        config.digests = digests;
        sanscsi_session_settings settings;
        sanscsi_limits limits;
        harness_settings(&settings, &limits);
        settings.parameters.header_digest = SANSCSI_DIGEST_CRC32C_NONE;
        settings.parameters.data_digest = SANSCSI_DIGEST_CRC32C_NONE;
        struct harness *harness = harness_ready(&config, &settings, &limits);
        harness->how = HARNESS_WINDOWS;
        harness->watched = buffer;
        harness->watched_size = sizeof(buffer);
        sanscsi_iovec list[3] = {{buffer, 1}, {buffer + 1, 40001}, {buffer + 40002, 3}};
        (void)harness_read(harness, 5, list, 3, 1);
        harness_run(harness);
        assert_int_equal(harness->rx_payload, 40005);
        assert_int_equal(harness->tx_payload, 0);
        (void)harness_write(harness, 5, list, 3, 2);
        harness_run(harness);
        assert_int_equal(harness->tx_payload, 40005);
        assert_int_equal(harness->rx_payload, 40005);
        assert_int_equal(harness->result_count, 2);
        harness_logout(harness);
        harness_free(harness);
    }
}

/* ---- cancel and timeout ---- */

static struct harness *waiting(int32_t tmf_response, uint32_t window) {
    struct target_config config;
    target_config_defaults(&config);
    config.hold = true;
    config.tmf_response = tmf_response;
    config.window = window;
    return harness_ready(&config, NULL, NULL);
}

static void test_cancel(void **state) {
    (void)state;
    struct {
        int32_t tmf_response;
        uint32_t window;
        const char *fault;
    } const cases[] = {
        {0, 0, "none"},
        {0, 9, "none"},
        {1, 9, "none"},
        {-1, 9, "abort-timeout"},
        {5, 9, "task-management-response"},
        {255, 9, "task-management-response"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct harness *harness = waiting(cases[i].tmf_response, cases[i].window);
        sanscsi_task task = harness_read(harness, 0, &one_list, 1, 1);
        harness_run(harness);
        assert_int_equal(sanscsi_cancel(harness->session, task, harness->now), SANSCSI_OK);
        harness_run(harness);
        if (cases[i].tmf_response < 0) {
            assert_int_equal(harness->result_count, 0);
            assert_int_equal(sanscsi_deadline(harness->session), harness->now + 5 * SANSCSI_SECOND);
            harness_wait(harness, 5 * SANSCSI_SECOND - 1);
            assert_int_equal(harness->result_count, 0);
            harness_wait(harness, 1);
        }
        assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_CANCELLED);
        assert_int_equal(harness->target->aborts, cases[i].window == 0 ? 0 : 1);
        assert_string_equal(harness_fault(harness), cases[i].fault);
        assert_int_equal(sanscsi_cancel(harness->session, task, harness->now),
                         SANSCSI_UNKNOWN_TASK);
        assert_int_equal(sanscsi_cancel(harness->session, 0, harness->now), SANSCSI_UNKNOWN_TASK);
        harness_free(harness);
    }
}

/* The target's own answer comes before that to the abort: it counts. */
static void test_answer_before_abort(void **state) {
    (void)state;
    struct harness *harness = waiting(-1, 9);
    sanscsi_task task = harness_read(harness, 0, &one_list, 1, 1);
    harness_run(harness);
    assert_int_equal(sanscsi_cancel(harness->session, task, harness->now), SANSCSI_OK);
    harness_run(harness);
    assert_true(target_answer(harness->target, 0));
    harness_run(harness);
    assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_OK);
    assert_int_equal(harness_result(harness, 1)->data_in, 1000);
    uint8_t bhs[48];
    target_begin_status(harness->target, bhs, 0x22, 0x80, get32(harness->target->last_tmf + 16));
    bhs[2] = 1;
    target_send(harness->target, bhs, NULL, 0);
    harness_run(harness);
    assert_int_equal(harness->closes, 0);
    harness_logout(harness);
    harness_free(harness);
}

static void test_timeout(void **state) {
    (void)state;
    struct harness *harness = waiting(0, 1);
    (void)harness_read(harness, 0, &one_list, 1, 1); /* sent */
    (void)harness_read(harness, 0, &one_list, 1, 2); /* waits for the window */
    harness_run(harness);
    assert_int_equal(harness->target->commands, 1);
    assert_int_equal(sanscsi_deadline(harness->session), harness->now + 30 * SANSCSI_SECOND);
    harness_wait(harness, 30 * SANSCSI_SECOND - 1);
    assert_int_equal(harness->result_count, 0);
    uint32_t tag = harness->target->tasks[0].itt;
    harness_wait(harness, 1);
    assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_TIMEOUT);
    assert_int_equal(harness_result(harness, 2)->io_status, SANSCSI_IO_TIMEOUT);
    assert_int_equal(harness->target->aborts, 1);
    assert_int_equal(harness->event_count, 2);
    assert_int_equal(harness->events[0].id, SANSCSI_EVENT_TASK_TIMEOUT);
    assert_int_equal(harness->events[0].numbers[2], TARGET_OP_READ);
    assert_true(harness->events[0].numbers[0] == tag || harness->events[1].numbers[0] == tag);
    /* A ping cannot be aborted: its timeout ends the connection. */
    assert_int_equal(
        sanscsi_ping(harness->session, NULL, NULL, 0, 3, SANSCSI_SECOND, harness->now, NULL), 0);
    target_open_window(harness->target, 1);
    harness_run(harness);
    harness_wait(harness, SANSCSI_SECOND);
    assert_int_equal(harness_result(harness, 3)->io_status, SANSCSI_IO_TIMEOUT);
    assert_string_equal(harness_fault(harness), "ping-timeout");
    assert_int_equal(harness->logged_out, 1);
    assert_int_equal(sanscsi_deadline(harness->session), SANSCSI_NEVER);
    harness_free(harness);
}

/* ---- loss of the connection ---- */

static void test_cut_everywhere(void **state) {
    (void)state;
    for (uint64_t cut = 0;; cut++) {
        struct target_config config;
        target_config_defaults(&config);
        config.storage_bytes = 4096;
        config.first_burst = 512;
        config.max_burst = 1024;
        struct harness *harness = harness_new(&config, NULL, NULL);
        harness->how = HARNESS_BYTES;
        harness->cut_after = cut;
        assert_int_equal(sanscsi_session_start(harness->session, harness->now), SANSCSI_OK);
        harness_run(harness);
        bool up = harness->logged_in == 1 && harness->logged_out == 0;
        if (up) {
            sanscsi_iovec list = {buffer, 1500};
            (void)harness_write(harness, 0, &list, 1, 1);
            (void)harness_read(harness, 0, &one_list, 1, 2);
            (void)harness_read(harness, 0x7fffffff, &one_list, 1, 3);
            assert_int_equal(
                sanscsi_ping(harness->session, NULL, NULL, 0, 4, 0, harness->now, NULL), 0);
            harness_run(harness);
        }
        bool done = up && harness->logged_out == 0;
        assert_int_equal(harness->logged_out, done ? 0 : 1);
        assert_int_equal(harness->result_count, up ? 4 : 0);
        for (uint32_t user = 1; up && user <= 4; user++) {
            uint32_t io_status = harness_result(harness, user)->io_status;
            assert_true(io_status == SANSCSI_IO_OK ||
                        (!done && io_status == SANSCSI_IO_CONNECTION_OFFLINE));
        }
        uint32_t event = harness->logged_in == 1 ? SANSCSI_EVENT_CONNECTION_LOST
                                                 : SANSCSI_EVENT_CLOSED_DURING_LOGIN;
        assert_int_equal(harness_event(harness, event) != NULL, !done);
        if (done) {
            harness_logout(harness);
        }
        harness_free(harness);
        if (done) {
            break;
        }
    }
}

/* The target answers before all of our data is out: told only when nothing of it is in use. */
static void test_answer_before_data(void **state) {
    (void)state;
    struct target_config config;
    target_config_defaults(&config);
    config.silent = true;
    struct harness *harness = harness_ready(&config, NULL, NULL);
    sanscsi_iovec list = {buffer, 16000};
    (void)harness_write(harness, 0, &list, 1, 1);
    sanscsi_iovec iov[16];
    size_t count = 0;
    assert_int_equal(sanscsi_tx_window(harness->session, 0, iov, 16, &count), SANSCSI_OK);
    assert_true(count >= 3);
    size_t whole = 0;
    for (size_t i = 0; i < count; i++) {
        whole += iov[i].size;
    }
    target_input(harness->target, iov[0].data, 48);
    target_input(harness->target, iov[1].data, iov[1].size);
    assert_int_equal(harness->target->commands, 1);
    assert_int_equal(sanscsi_tx_commit(harness->session, 0, 48 + iov[1].size, harness->now), 0);
    target_check(harness->target, &harness->target->tasks[0], 0x03, 0x0c00);
    harness->no_tx = true;
    harness_run(harness);
    assert_int_equal(harness->result_count, 0);
    uint8_t *shown = iov[2].data;
    assert_int_equal(sanscsi_tx_window(harness->session, 0, iov, 16, &count), SANSCSI_OK);
    assert_ptr_equal(iov[0].data, shown);
    assert_int_equal(
        sanscsi_tx_commit(harness->session, 0, whole - 48 - iov[1].size + 1, harness->now),
        SANSCSI_TOO_LARGE);
    harness->no_tx = false;
    harness_run(harness);
    assert_int_equal(harness_result(harness, 1)->sense_code, 0x0c00);
    assert_int_equal(sanscsi_deadline(harness->session), SANSCSI_NEVER); /* no timer is left */
    harness_logout(harness);
    harness_free(harness);
}

/* A write of whose PDUs some wait and nothing goes out any more. */
static struct harness *held(sanscsi_task *task) {
    struct target_config config;
    target_config_defaults(&config);
    config.silent = true;
    sanscsi_session_settings settings;
    sanscsi_limits limits;
    harness_settings(&settings, &limits);
    limits.tasks = 1;
    struct harness *harness = harness_ready(&config, &settings, &limits);
    static sanscsi_iovec list = {buffer, 16000};
    *task = harness_write(harness, 0, &list, 1, 1);
    sanscsi_iovec iov[16];
    size_t count = 0;
    assert_int_equal(sanscsi_tx_window(harness->session, 0, iov, 16, &count), SANSCSI_OK);
    target_input(harness->target, iov[0].data, 48);
    target_input(harness->target, iov[1].data, iov[1].size);
    assert_int_equal(sanscsi_tx_commit(harness->session, 0, 48 + iov[1].size, harness->now), 0);
    harness->no_tx = true;
    return harness;
}

/* The target has refused it. */
static struct harness *answered_and_held(void) {
    sanscsi_task task = 0;
    struct harness *harness = held(&task);
    target_check(harness->target, &harness->target->tasks[0], 0x03, 0x0c00);
    harness_run(harness);
    assert_int_equal(harness->result_count, 0);
    return harness;
}

/* The ABORT TASK that waits to go out, from the window. */
static const uint8_t *waiting_abort(struct harness *harness) {
    sanscsi_iovec iov[16];
    size_t count = 0;
    assert_int_equal(sanscsi_tx_window(harness->session, 0, iov, 16, &count), SANSCSI_OK);
    for (size_t i = 0; i < count; i++) {
        const uint8_t *bhs = iov[i].data;
        if (iov[i].size == 48 && bhs[0] == 0x42 && bhs[1] == 0x81) {
            return bhs;
        }
    }
    fail_msg("no ABORT TASK waits");
    return NULL;
}

/* A target that answers an abort before it can have come tells nothing about the bytes that are
 * lent for the task: those end with the connection. */
static void test_abort_answered_unsent(void **state) {
    (void)state;
    sanscsi_task task = 0;
    struct harness *harness = held(&task);
    assert_int_equal(sanscsi_cancel(harness->session, task, harness->now), SANSCSI_OK);
    const uint8_t *abort = waiting_abort(harness);
    uint8_t bhs[48];
    target_begin_status(harness->target, bhs, 0x22, 0x80, get32(abort + 16));
    target_send(harness->target, bhs, NULL, 0);
    harness_run(harness);
    assert_int_equal(harness->result_count, 0);
    assert_int_equal(harness->closes, 0);
    harness_wait(harness, 5 * SANSCSI_SECOND - 1);
    assert_int_equal(harness->result_count, 0);
    harness_wait(harness, 1);
    assert_int_equal(harness->closes, 1);
    assert_string_equal(harness_fault(harness), "send-timeout");
    assert_int_equal(harness->result_count, 1);
    assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_CANCELLED);
    assert_int_equal(sanscsi_deadline(harness->session), SANSCSI_NEVER);
    harness_free(harness);
}

/* As long as some of it goes out the task waits; when nothing has for abort_timeout the connection
 * goes, so that the task ends. */
static void test_answer_and_no_end_of_data(void **state) {
    (void)state;
    struct harness *harness = answered_and_held();
    harness_wait(harness, 4 * SANSCSI_SECOND);
    sanscsi_iovec iov[16];
    size_t count = 0;
    assert_int_equal(sanscsi_tx_window(harness->session, 0, iov, 16, &count), SANSCSI_OK);
    assert_int_equal(sanscsi_tx_commit(harness->session, 0, 1, harness->now), SANSCSI_OK);
    harness_wait(harness, 4 * SANSCSI_SECOND);
    assert_int_equal(sanscsi_tx_commit(harness->session, 0, 0, harness->now), SANSCSI_OK);
    harness_wait(harness, SANSCSI_SECOND - 1);
    assert_int_equal(harness->closes, 0);
    assert_int_equal(harness->result_count, 0);
    harness_wait(harness, 1);
    assert_int_equal(harness->closes, 1);
    assert_string_equal(harness_fault(harness), "send-timeout");
    assert_int_equal(harness->event_count, 1);
    assert_int_equal(harness->events[0].id, SANSCSI_EVENT_RECOVERY_ESCALATED);
    assert_int_equal(harness->events[0].numbers[0], 3); /* the connection is dropped */
    assert_int_equal(harness->events[0].numbers[3], 0); /* nothing answers a step */
    assert_int_equal(harness->result_count, 1);
    assert_int_equal(harness_result(harness, 1)->sense_code, 0x0c00);
    assert_int_equal(sanscsi_deadline(harness->session), SANSCSI_NEVER);
    harness_free(harness);
}

/* The connection is lost before that time is over: no timer is left of the task, and its slot
 * serves again. */
static void test_answer_and_loss(void **state) {
    (void)state;
    struct harness *harness = answered_and_held();
    assert_int_equal(sanscsi_deadline(harness->session), harness->now + 5 * SANSCSI_SECOND);
    harness_cut(harness);
    harness_poll(harness);
    assert_int_equal(harness->result_count, 1);
    assert_int_equal(harness_result(harness, 1)->sense_code, 0x0c00);
    assert_int_equal(harness->logged_out, 1);
    assert_int_equal(sanscsi_deadline(harness->session), SANSCSI_NEVER);
    harness->no_tx = false;
    harness->renew = true;
    harness_login(harness);
    (void)harness_read(harness, 0, &one_list, 1, 2);
    harness_run(harness);
    assert_int_equal(sanscsi_deadline(harness->session), harness->now + 30 * SANSCSI_SECOND);
    harness_wait(harness, 30 * SANSCSI_SECOND);
    assert_int_equal(harness_result(harness, 2)->io_status, SANSCSI_IO_TIMEOUT);
    harness_logout(harness);
    harness_free(harness);
}

/* What is full can be reset all the same. */
static void test_full(void **state) {
    (void)state;
    struct target_config config;
    sanscsi_session_settings settings;
    sanscsi_limits limits;
    target_config_defaults(&config);
    config.hold = true;
    harness_settings(&settings, &limits);
    limits.tasks = 3;
    struct harness *harness = harness_ready(&config, &settings, &limits);
    static uint8_t bytes[3][16];
    static sanscsi_iovec lists[3];
    for (uint32_t i = 0; i < 3; i++) {
        lists[i] = (sanscsi_iovec){bytes[i], sizeof(bytes[i])};
        (void)harness_read(harness, 0, &lists[i], 1, i);
    }
    harness_run(harness);
    assert_int_equal(sanscsi_ping(harness->session, NULL, NULL, 0, 8, 0, harness->now, NULL),
                     SANSCSI_NO_FREE_TASK);
    sanscsi_management management;
    sanscsi_management_defaults(&management);
    management.user = 9;
    assert_int_equal(sanscsi_manage(harness->session, &management, harness->now, NULL), SANSCSI_OK);
    assert_int_equal(sanscsi_manage(harness->session, &management, harness->now, NULL),
                     SANSCSI_NO_FREE_TASK);
    assert_int_equal(sanscsi_ping(harness->session, NULL, NULL, 0, 8, 0, harness->now, NULL),
                     SANSCSI_NO_FREE_TASK);
    harness_run(harness);
    assert_int_equal(harness_result(harness, 9)->response, SANSCSI_MANAGED);
    for (uint32_t i = 0; i < 3; i++) {
        assert_int_equal(harness_result(harness, i)->io_status, SANSCSI_IO_CANCELLED);
    }
    harness_logout(harness);
    harness_free(harness);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_allocation),
        cmocka_unit_test(test_no_copy),
        cmocka_unit_test(test_cancel),
        cmocka_unit_test(test_answer_before_abort),
        cmocka_unit_test(test_timeout),
        cmocka_unit_test(test_cut_everywhere),
        cmocka_unit_test(test_answer_before_data),
        cmocka_unit_test(test_answer_and_no_end_of_data),
        cmocka_unit_test(test_answer_and_loss),
        cmocka_unit_test(test_abort_answered_unsent),
        cmocka_unit_test(test_full),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
