/* How sessions end: logout and what targets make of it, asynchronous messages, restarts. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "initiator/session.h"
#include "support/harness.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static uint8_t buffer[1000];
static sanscsi_iovec one_list = {buffer, sizeof(buffer)};

/* A session with a read that is not answered, and a second one that waits for the window. */
static struct harness *busy(int32_t logout_response) {
    struct target_config config;
    target_config_defaults(&config);
    config.hold = true;
    config.window = 1;
    config.logout_response = logout_response;
    struct harness *harness = harness_ready(&config, NULL, NULL);
    (void)harness_read(harness, 0, &one_list, 1, 1);
    (void)harness_read(harness, 0, &one_list, 1, 2);
    harness_run(harness);
    assert_int_equal(harness->target->commands, 1);
    return harness;
}

static void send_async(struct harness *harness, uint32_t event, uint32_t parameter1,
                       const void *data, uint32_t length) {
    uint8_t bhs[48];
    target_begin_status(harness->target, bhs, 0x32, 0x80, TARGET_NO_TAG);
    put64(bhs + 8, UINT64_C(0x0003000000000000));
    bhs[36] = (uint8_t)event;
    bhs[37] = 0x5c;
    put16(bhs + 38, parameter1);
    put16(bhs + 40, 2);
    put16(bhs + 42, 3);
    target_send(harness->target, bhs, data, length);
}

static void check_offline(struct harness *harness) {
    assert_int_equal(harness->result_count, 2);
    assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_SESSION_OFFLINE);
    assert_int_equal(harness_result(harness, 2)->io_status, SANSCSI_IO_SESSION_OFFLINE);
    assert_int_equal(harness->logged_out, 1);
    assert_int_equal(sanscsi_session_state(harness->session), SANSCSI_SESSION_FREE);
    assert_int_equal(sanscsi_deadline(harness->session), SANSCSI_NEVER);
}

/* ---- logout ---- */

static void test_logout_answers(void **state) {
    (void)state;
    struct {
        int32_t response;
        uint32_t event; /* 0: none */
        const char *cause;
        const char *fault;
    } const cases[] = {
        {0, 0, NULL, "none"},
        {1, SANSCSI_EVENT_LOGOUT_REFUSED, " 1", "logout-response"},
        {2, SANSCSI_EVENT_LOGOUT_REFUSED, " 2", "logout-response"},
        {3, SANSCSI_EVENT_LOGOUT_REFUSED, " 3", "logout-response"},
        {4, SANSCSI_EVENT_LOGOUT_REFUSED, " 4", "logout-response"},
        {-1, SANSCSI_EVENT_LOGOUT_TIMEOUT, " 1", "logout-timeout"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct harness *harness = busy(cases[i].response);
        assert_int_equal(sanscsi_logout(harness->session, harness->now), SANSCSI_OK);
        assert_int_equal(sanscsi_logout(harness->session, harness->now), SANSCSI_ALREADY_STARTED);
        harness_run(harness);
        if (cases[i].response < 0) {
            assert_int_equal(harness->done[1], 0);
            assert_int_equal(sanscsi_session_state(harness->session), SANSCSI_SESSION_LOGOUT);
            harness_wait(harness, 5 * SANSCSI_SECOND - 1);
            assert_int_equal(harness->closes, 0);
            harness_wait(harness, 1);
        }
        /* RFC 7143 11.14: reason 0, CID not valid, immediate. */
        assert_int_equal(harness->target->last_logout[0], 0x46);
        assert_int_equal(harness->target->last_logout[1], 0x80);
        assert_int_equal(harness->event_count, cases[i].event == 0 ? 0 : 1);
        if (cases[i].event != 0) {
            assert_int_equal(harness->events[0].id, cases[i].event);
            assert_string_equal(harness->events[0].causes, cases[i].cause);
            assert_int_equal(harness->events[0].numbers[0],
                             cases[i].response < 0 ? 5000 : cases[i].response);
        }
        assert_string_equal(harness_fault(harness), cases[i].fault);
        check_offline(harness);
        harness_free(harness);
    }
}

static void test_logout_unanswered(void **state) {
    (void)state;
    struct harness *harness = busy(-1);
    assert_int_equal(sanscsi_logout(harness->session, harness->now), SANSCSI_OK);
    harness_run(harness);
    harness_cut(harness);
    harness_poll(harness);
    assert_int_equal(harness->event_count, 1);
    assert_int_equal(harness->events[0].id, SANSCSI_EVENT_LOGOUT_UNANSWERED);
    check_offline(harness);
    harness_free(harness);
}

/* Behind a Logout Request pings are not answered, and asking again does not put it off. */
static void test_noise_during_logout(void **state) {
    (void)state;
    struct harness *harness = busy(-1);
    assert_int_equal(sanscsi_logout(harness->session, harness->now), SANSCSI_OK);
    harness_run(harness);
    uint64_t deadline = sanscsi_deadline(harness->session);
    for (uint32_t i = 0; i < 20; i++) {
        target_ping(harness->target, 0);
        send_async(harness, i % 2 == 0 ? 1 : 4, 0, NULL, 0);
        harness_wait(harness, SANSCSI_SECOND / 10);
        assert_int_equal(sanscsi_session_state(harness->session), SANSCSI_SESSION_LOGOUT);
        assert_int_equal(sanscsi_deadline(harness->session), deadline);
    }
    assert_int_equal(harness->target->nop_replies, 0);
    assert_null(harness_event(harness, SANSCSI_EVENT_PROTOCOL_ERROR));
    harness_wait(harness, 3 * SANSCSI_SECOND);
    assert_non_null(harness_event(harness, SANSCSI_EVENT_LOGOUT_TIMEOUT));
    check_offline(harness);
    harness_free(harness);
}

/* Data of the target that comes behind our Logout Request is still taken. */
static void test_answers_during_logout(void **state) {
    (void)state;
    struct harness *harness = busy(-1);
    assert_int_equal(sanscsi_logout(harness->session, harness->now), SANSCSI_OK);
    harness_run(harness);
    assert_true(target_answer(harness->target, 0));
    harness_run(harness);
    assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_OK);
    assert_memory_equal(buffer, harness->target->storage, sizeof(buffer));
    uint8_t bhs[48];
    target_begin_status(harness->target, bhs, 0x26, 0x80, get32(harness->target->last_logout + 16));
    target_send(harness->target, bhs, NULL, 0);
    harness_run(harness);
    assert_int_equal(harness->logged_out, 1);
    assert_int_equal(harness->event_count, 0);
    harness_free(harness);
}

/* ---- asynchronous messages: RFC 7143 11.9.1 ---- */

static void test_async(void **state) {
    (void)state;
    static const uint8_t sense[] = {0, 18, 0x70, 0, 6,    0,    0, 0, 0, 10,
                                    0, 0,  0,    0, 0x3f, 0x0e, 0, 0, 0, 0};
    struct {
        uint32_t event;
        uint32_t parameter1;
        bool sense;
        const char *cause;
        bool logs_out;
        int32_t io_status; /* that tasks end with when the connection goes, or -1 */
    } const cases[] = {
        {0, 0, true, " 1", false, -1},    {0, 0, false, " 1", false, -1},
        {1, 0, false, " 2", true, -1},    {2, 0, false, " 3", false, SANSCSI_IO_CONNECTION_OFFLINE},
        {2, 7, false, " 3", false, -1},   {3, 0, false, " 4", false, SANSCSI_IO_SESSION_OFFLINE},
        {4, 0, false, " 5", true, -1},    {248, 0, false, " 8", false, -1},
        {255, 0, false, " 7", false, -1},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct harness *harness = busy(0);
        send_async(harness, cases[i].event, cases[i].parameter1, sense,
                   cases[i].sense ? sizeof(sense) : 0);
        harness_run(harness);
        if (cases[i].event == 4) { /* the window is closed, and stays so for Parameter3 seconds */
            assert_false(harness->target->logged_out);
            harness_wait(harness, 3 * SANSCSI_SECOND - 1);
            assert_false(harness->target->logged_out);
            harness_wait(harness, 1);
        }
        const struct harness_event *event = harness_event(harness, SANSCSI_EVENT_ASYNC_RECEIVED);
        assert_non_null(event);
        assert_int_equal(event->numbers[0], cases[i].event);
        assert_int_equal(event->numbers[1], 0x5c);
        if (cases[i].event != 248) {
            assert_string_equal(event->causes, cases[i].cause);
        }
        assert_int_equal(harness->asyncs, 1);
        assert_int_equal(harness->async.event, cases[i].event);
        assert_int_equal(harness->async.parameter1, cases[i].parameter1);
        assert_int_equal(harness->async.parameter2, 2);
        assert_int_equal(harness->async.parameter3, 3);
        assert_int_equal(harness->async.lun, UINT64_C(0x0003000000000000));
        assert_int_equal(harness->async.sense_key, cases[i].sense ? 6 : 0);
        assert_int_equal(harness->async.sense_code, cases[i].sense ? 0x3f0e : 0);
        bool gone = cases[i].logs_out || cases[i].io_status >= 0;
        assert_int_equal(harness->logged_out, gone ? 1 : 0);
        assert_int_equal(harness->target->logged_out, cases[i].logs_out);
        if (cases[i].io_status >= 0) {
            assert_int_equal(harness_result(harness, 1)->io_status, cases[i].io_status);
            assert_int_equal(harness_result(harness, 2)->io_status, cases[i].io_status);
            assert_string_equal(harness_fault(harness), "async-drop");
        } else if (cases[i].logs_out) {
            check_offline(harness);
        } else {
            assert_int_equal(harness->result_count, 0);
            harness_logout(harness);
        }
        harness_free(harness);
    }
}

/* Several messages between two polls: the first ones and the newest, which tells how many are not
 * among them. */
static void test_async_unpolled(void **state) {
    (void)state;
    for (uint32_t count = 1; count <= 10; count++) {
        struct harness *harness = busy(0);
        for (uint32_t i = 0; i < count; i++) {
            uint8_t bhs[48];
            target_begin_status(harness->target, bhs, 0x32, 0x80, TARGET_NO_TAG);
            bhs[37] = (uint8_t)i;
            target_send(harness->target, bhs, NULL, 0);
        }
        size_t size = bytes_left(&harness->target->out);
        assert_int_equal(sanscsi_rx_feed(harness->session, 0, bytes_first(&harness->target->out),
                                         size, harness->now),
                         SANSCSI_OK);
        bytes_take(&harness->target->out, size);
        uint32_t told = 0;
        for (;;) {
            sanscsi_output output = {.size = sizeof(output)};
            assert_int_equal(sanscsi_poll(harness->session, &output), SANSCSI_OK);
            if (output.type == SANSCSI_OUTPUT_NONE) {
                break;
            }
            if (output.type == SANSCSI_OUTPUT_ASYNC) {
                bool newest = told == 3;
                assert_int_equal(output.async->vcode, newest ? count - 1 : told);
                assert_int_equal(output.async->lost, newest ? count - 4 : 0);
                told++;
            }
        }
        assert_int_equal(told, count < 4 ? count : 4);
        harness_logout(harness);
        harness_free(harness);
    }
}

/* Reason 1 names the connection; reason 2 belongs to ErrorRecoveryLevel 2 (RFC 7143 11.14.1). */
static void test_logout_of_a_connection(void **state) {
    (void)state;
    struct harness *harness = busy(0);
    sanscsi_session *session = harness->session;
    assert_int_equal(sanscsi_logout_connection(NULL, 0, 1, 0), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_logout_connection(session, 0, 0, 0), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_logout_connection(session, 0, 3, 0), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_logout_connection(session, 1, 1, 0), SANSCSI_UNKNOWN_CONNECTION);
    assert_int_equal(sanscsi_logout_connection(session, 0, SANSCSI_LOGOUT_RECOVERY, harness->now),
                     SANSCSI_INVALID_VALUE);
    assert_int_equal(sanscsi_session_state(session), SANSCSI_SESSION_LOGGED_IN);
    assert_int_equal(sanscsi_logout_connection(session, 0, SANSCSI_LOGOUT_CONNECTION, harness->now),
                     SANSCSI_OK);
    assert_int_equal(sanscsi_logout_connection(session, 0, SANSCSI_LOGOUT_CONNECTION, harness->now),
                     SANSCSI_ALREADY_STARTED);
    harness_run(harness);
    uint8_t expected[48] = {0x46, 0x81}; /* CID 0 */
    const uint8_t *sent = harness->target->last_logout;
    memcpy(expected + 16, sent + 16, 4);
    put32(expected + 24, harness->target->exp_cmd_sn);
    memcpy(expected + 28, sent + 28, 4);
    assert_memory_equal(sent, expected, sizeof(expected));
    assert_int_equal(harness->event_count, 0);
    check_offline(harness);
    harness_free(harness);
}

/* ---- how long to wait behind the end: RFC 7143 7.5, 11.9.1, 11.15.3 ---- */

static void check_wait(const struct harness *harness, uint32_t wait, uint32_t retain) {
    assert_int_equal(harness->logged_out, 1);
    assert_int_equal(harness->session->wait_seconds, wait);
    assert_int_equal(harness->session->retain_seconds, retain);
}

static void test_wait_told(void **state) {
    (void)state;
    for (uint32_t event = 2; event <= 3; event++) {
        struct harness *harness = busy(0);
        send_async(harness, event, 0, NULL, 0);
        harness_run(harness);
        check_wait(harness, 2, 3); /* Parameter2 and Parameter3 */
        harness_free(harness);
    }
    for (int32_t response = 0; response <= 4; response++) {
        struct harness *harness = busy(-1);
        harness->session->parameters.default_time2wait = 17;
        harness->session->parameters.default_time2retain = 18;
        assert_int_equal(sanscsi_logout(harness->session, harness->now), SANSCSI_OK);
        harness_run(harness);
        uint8_t bhs[48];
        target_begin_status(harness->target, bhs, 0x26, 0x80,
                            get32(harness->target->last_logout + 16));
        bhs[2] = (uint8_t)response;
        put16(bhs + 40, 0x0102);
        put16(bhs + 42, 0x0304);
        target_send(harness->target, bhs, NULL, 0);
        harness_run(harness);
        bool told = response == 2 || response == 3;
        check_wait(harness, told ? 0x0102 : 17, told ? 0x0304 : 18);
        harness_free(harness);
    }
}

/* Where nothing was told, what was negotiated holds; what an earlier life was told does not. */
static void test_wait_negotiated(void **state) {
    (void)state;
    struct harness *harness = busy(0);
    send_async(harness, 2, 7, NULL, 0); /* of another connection */
    harness_run(harness);
    harness_cut(harness);
    harness_poll(harness);
    check_wait(harness, harness->target->agreed.time2wait, harness->target->agreed.time2retain);
    harness_free(harness);

    harness = busy(0);
    send_async(harness, 3, 0, NULL, 0);
    harness_run(harness);
    struct target_config config = harness->target->config;
    target_free(harness->target);
    harness->target = target_new(&config);
    harness_login(harness);
    uint8_t bhs[48] = {0};
    target_begin_status(harness->target, bhs, 0x32, 0x80, 1);
    bhs[36] = 6; /* unassigned */
    target_send(harness->target, bhs, NULL, 0);
    harness_run(harness);
    assert_int_equal(harness->logged_out, 2);
    assert_int_equal(harness->session->wait_seconds, harness->target->agreed.time2wait);
    assert_int_equal(harness->session->retain_seconds, harness->target->agreed.time2retain);
    harness_free(harness);
}

/* ---- duplicates: RFC 7143 7.9 ---- */

static void test_duplicate_data(void **state) {
    (void)state;
    struct harness *harness = busy(0);
    struct target_task *task = &harness->target->tasks[0];
    uint8_t junk[500];
    memset(junk, 0xee, sizeof(junk));
    for (uint32_t i = 0; i < 3; i++) {
        uint8_t bhs[48];
        target_begin(harness->target, bhs, 0x25, 0x00, task->itt);
        put32(bhs + 40, i == 0 ? 0 : 400);
        target_send(harness->target, bhs, i == 0 ? harness->target->storage : junk, 500);
    }
    uint8_t bhs[48];
    target_begin_status(harness->target, bhs, 0x25, 0x81, task->itt);
    put32(bhs + 36, 1);
    put32(bhs + 40, 500);
    target_send(harness->target, bhs, harness->target->storage + 500, 500);
    harness_run(harness);
    assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_OK);
    assert_int_equal(harness_result(harness, 1)->data_in, 1000);
    assert_memory_equal(buffer, harness->target->storage, sizeof(buffer));
    target_drop(harness->target, task);
    harness_logout(harness);
    harness_free(harness);
}

static void test_duplicate_r2t(void **state) {
    (void)state;
    struct target_config config;
    target_config_defaults(&config);
    config.silent = true;
    config.first_burst = 512;
    config.initial_r2t = 1;
    struct harness *harness = harness_ready(&config, NULL, NULL);
    (void)harness_write(harness, 0, &one_list, 1, 1);
    harness_run(harness);
    struct target_task *task = &harness->target->tasks[0];
    task->r2ts[0] = (struct target_r2t){9, 512, 1000, 0};
    task->r2t_count = 1;
    for (uint32_t i = 0; i < 2; i++) {
        uint8_t bhs[48];
        target_begin(harness->target, bhs, 0x31, 0x80, task->itt);
        put32(bhs + 20, 9);
        put32(bhs + 40, 512);
        put32(bhs + 44, 488);
        target_send(harness->target, bhs, NULL, 0);
        harness_run(harness);
    }
    assert_int_equal(task->received, 1000);
    assert_int_equal(harness_counter(harness, "r2ts"), 1);
    assert_int_equal(harness->closes, 0);
    harness_free(harness);
}

/* ---- lives one after the other ---- */

static void test_restart(void **state) {
    (void)state;
    struct harness *harness = harness_ready(NULL, NULL, NULL);
    for (uint32_t life = 1; life <= 5; life++) {
        sanscsi_task task = harness_read(harness, 0, &one_list, 1, life);
        harness_run(harness);
        assert_int_equal(harness_result(harness, life)->io_status, SANSCSI_IO_OK);
        assert_int_equal(sanscsi_session_start(harness->session, harness->now),
                         SANSCSI_ALREADY_STARTED);
        if (life % 2 == 0) {
            harness_logout(harness);
        } else {
            harness_cut(harness);
            harness_poll(harness);
        }
        assert_int_equal(harness->logged_out, life);
        assert_int_equal(sanscsi_cancel(harness->session, task, 0), SANSCSI_UNKNOWN_TASK);
        harness_no_violations(harness);
        struct target_config config = harness->target->config;
        target_free(harness->target);
        harness->target = target_new(&config);
        assert_int_equal(sanscsi_session_start(harness->session, harness->now), SANSCSI_OK);
        sanscsi_parameters parameters = {.size = sizeof(parameters)};
        assert_int_equal(sanscsi_session_parameters(harness->session, &parameters), SANSCSI_OK);
        assert_int_equal(parameters.target_max_recv_data_segment_length, 8192);
        assert_int_equal(parameters.max_burst_length, 262144); /* RFC 7143 13.13 */
        assert_int_equal(parameters.target_portal_group_tag, UINT32_MAX);
        harness_run(harness);
        assert_int_equal(harness->logged_in, life + 1);
    }
    harness_free(harness);
}

/* A life that nobody polls fills nothing up. */
static void test_unpolled_lives(void **state) {
    (void)state;
    struct harness *harness = harness_new(NULL, NULL, NULL);
    for (uint32_t life = 0; life < 200; life++) {
        assert_int_equal(sanscsi_session_start(harness->session, harness->now), SANSCSI_OK);
        if (life % 3 == 0) {
            assert_int_equal(sanscsi_logout(harness->session, harness->now), SANSCSI_OK);
            assert_int_equal(sanscsi_closed(harness->session, 0, harness->now), SANSCSI_OK);
        } else if (life % 3 == 1) {
            assert_int_equal(sanscsi_connect_failed(harness->session, 0, 3, harness->now), 0);
        } else {
            assert_int_equal(sanscsi_connected(harness->session, 0, harness->now), SANSCSI_OK);
            assert_int_equal(sanscsi_closed(harness->session, 0, harness->now), SANSCSI_OK);
        }
        assert_int_equal(sanscsi_session_state(harness->session), SANSCSI_SESSION_FREE);
    }
    harness_poll(harness);
    assert_int_equal(harness->logged_out, 1);
    assert_int_equal(harness->closes, 0);
    harness_free(harness);
}

/* A session may be freed when a login's answers wait to be told, and when they were: they go with
 * it. Lists and booleans are what is kept of them. */
static void test_freed_with_answers(void **state) {
    (void)state;
    for (uint32_t told = 0; told < 2; told++) {
        struct harness *harness = harness_new(NULL, NULL, NULL);
        assert_int_equal(sanscsi_session_start(harness->session, harness->now), SANSCSI_OK);
        harness_poll(harness); /* connects */
        harness->no_poll = true;
        harness_run(harness);
        assert_int_equal(sanscsi_session_state(harness->session), SANSCSI_SESSION_LOGGED_IN);
        sanscsi_output output = {.size = sizeof(output)};
        if (told == 1) {
            assert_int_equal(sanscsi_poll(harness->session, &output), SANSCSI_OK);
            assert_int_equal(output.type, SANSCSI_OUTPUT_LOGGED_IN);
            char text[1024] = {0};
            assert_in_range(output.answers_length, 1, sizeof(text) - 1);
            for (size_t i = 0; i < output.answers_length; i++) {
                text[i] = output.answers[i] == 0 ? '|' : output.answers[i];
            }
            assert_non_null(strstr(text, "HeaderDigest=None|"));
            assert_non_null(strstr(text, "ImmediateData=Yes|"));
            assert_null(strstr(text, "MaxBurstLength="));
        }
        harness_free(harness);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_logout_answers),
        cmocka_unit_test(test_logout_unanswered),
        cmocka_unit_test(test_noise_during_logout),
        cmocka_unit_test(test_answers_during_logout),
        cmocka_unit_test(test_async),
        cmocka_unit_test(test_async_unpolled),
        cmocka_unit_test(test_logout_of_a_connection),
        cmocka_unit_test(test_wait_told),
        cmocka_unit_test(test_wait_negotiated),
        cmocka_unit_test(test_duplicate_data),
        cmocka_unit_test(test_duplicate_r2t),
        cmocka_unit_test(test_restart),
        cmocka_unit_test(test_freed_with_answers),
        cmocka_unit_test(test_unpolled_lives),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
