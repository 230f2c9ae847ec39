/* The public calls of initiator and session: limits, settings, and every misuse answered. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "support/harness.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static uint8_t buffer[1u << 16];

static sanscsi_command plain(uint8_t *cdb) {
    sanscsi_command command;
    sanscsi_command_defaults(&command);
    memset(cdb, 0, 16);
    command.cdb = cdb;
    command.cdb_length = 6;
    return command;
}

/* ---- the node ---- */

static void test_node(void **state) {
    (void)state;
    static const char name[] = "iqn.2024-01.org.example:host";
    static char alias[256];
    memset(alias, 'a', sizeof(alias));
    sanscsi_initiator *node = NULL;
    sanscsi_initiator_settings good;
    sanscsi_initiator_settings_defaults(&good);
    sanscsi_initiator_settings_defaults(NULL);
    good.name = name;
    good.name_length = sizeof(name) - 1;
    assert_int_equal(sanscsi_initiator_new(NULL, &node), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_initiator_new(&good, NULL), SANSCSI_INVALID_ARGUMENT);
    sanscsi_initiator_settings bad = good;
    bad.size--;
    assert_int_equal(sanscsi_initiator_new(&bad, &node), SANSCSI_INVALID_ARGUMENT);
    bad = good;
    bad.name = "host";
    bad.name_length = 4;
    assert_int_equal(sanscsi_initiator_new(&bad, &node), SANSCSI_INVALID_NAME);
    bad = good;
    bad.alias = alias;
    bad.alias_length = 256;
    assert_int_equal(sanscsi_initiator_new(&bad, &node), SANSCSI_TOO_LARGE);
    bad.alias_length = 255;
    assert_int_equal(sanscsi_initiator_new(&bad, &node), SANSCSI_OK);
    assert_int_equal(sanscsi_initiator_sessions(node), 0);
    assert_int_equal(sanscsi_initiator_sessions(NULL), 0);
    sanscsi_initiator_free(node);
    sanscsi_initiator_free(NULL);
}

/* ---- making sessions ---- */

static void test_session_limits(void **state) {
    (void)state;
    struct {
        size_t member;
        uint32_t low;
        uint32_t high;
    } const cases[] = {
        {offsetof(sanscsi_limits, tasks), 1, 32768},
        {offsetof(sanscsi_limits, tx_slots), 2, 1024},
        {offsetof(sanscsi_limits, events), 1, 1024},
        {offsetof(sanscsi_limits, event_text), 32, 65536},
        {offsetof(sanscsi_limits, max_cdb_length), 16, 260},
        {offsetof(sanscsi_limits, max_outstanding_r2t), 1, 65535},
    };
    struct harness *harness = harness_new(NULL, NULL, NULL);
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint32_t values[] = {cases[i].low - 1, cases[i].high + 1, cases[i].low, cases[i].high};
        for (size_t j = 0; j < COUNT(values); j++) {
            sanscsi_session_settings settings;
            sanscsi_limits limits;
            harness_settings(&settings, &limits);
            limits.tasks = 1; /* their R2Ts are bounded for all together */
            limits.max_outstanding_r2t = 1;
            memcpy((uint8_t *)&limits + cases[i].member, &values[j], sizeof(uint32_t));
            size_t memory = sanscsi_session_memory(&settings, &limits);
            sanscsi_session *session = NULL;
            size_t allocated = harness->allocated;
            int32_t status = sanscsi_session_new(harness->initiator, &settings, &limits, &session);
            assert_int_equal(status, j < 2 ? SANSCSI_TOO_LARGE : SANSCSI_OK);
            assert_int_equal(memory == 0, j < 2);
            assert_int_equal(harness->allocated - allocated, memory);
            sanscsi_session_free(session);
        }
    }
    sanscsi_session_settings settings;
    sanscsi_limits limits;
    harness_settings(&settings, &limits);
    limits.tasks = 32768;
    limits.max_outstanding_r2t = 33;
    sanscsi_session *session = NULL;
    assert_int_equal(sanscsi_session_new(harness->initiator, &settings, &limits, &session),
                     SANSCSI_TOO_LARGE);
    harness_free(harness);
}

static int32_t try_session(struct harness *harness, const sanscsi_session_settings *settings,
                           const sanscsi_limits *limits) {
    sanscsi_session *session = NULL;
    int32_t status = sanscsi_session_new(harness->initiator, settings, limits, &session);
    assert_int_equal(session != NULL, status == SANSCSI_OK);
    sanscsi_session_free(session);
    return status;
}

static void test_session_settings(void **state) {
    (void)state;
    struct harness *harness = harness_new(NULL, NULL, NULL);
    sanscsi_session_settings good, bad;
    sanscsi_limits limits;
    harness_settings(&good, &limits);
    sanscsi_session *session = NULL;
    assert_int_equal(sanscsi_session_new(NULL, &good, NULL, &session), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_session_new(harness->initiator, NULL, NULL, &session),
                     SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_session_new(harness->initiator, &good, NULL, NULL),
                     SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(try_session(harness, &good, NULL), SANSCSI_OK);
    limits.size--;
    assert_int_equal(try_session(harness, &good, &limits), SANSCSI_INVALID_ARGUMENT);
    bad = good;
    bad.size++;
    assert_int_equal(try_session(harness, &bad, NULL), SANSCSI_INVALID_ARGUMENT);
    bad = good;
    bad.type = 2;
    assert_int_equal(try_session(harness, &bad, NULL), SANSCSI_INVALID_ARGUMENT);
    bad = good;
    bad.target_name_length = 0;
    assert_int_equal(try_session(harness, &bad, NULL), SANSCSI_INVALID_NAME);
    bad.type = SANSCSI_SESSION_DISCOVERY;
    assert_int_equal(try_session(harness, &bad, NULL), SANSCSI_OK);
    bad = good;
    bad.target_name = "Disk";
    bad.target_name_length = 4;
    assert_int_equal(try_session(harness, &bad, NULL), SANSCSI_INVALID_NAME);
    bad = good;
    bad.host_length = 0;
    assert_int_equal(try_session(harness, &bad, NULL), SANSCSI_INVALID_ADDRESS);
    bad = good;
    bad.port = 65536;
    assert_int_equal(try_session(harness, &bad, NULL), SANSCSI_INVALID_ADDRESS);
    bad = good;
    bad.parameters.max_burst_length = 511;
    assert_int_equal(try_session(harness, &bad, NULL), SANSCSI_INVALID_VALUE);
    bad = good;
    bad.isid[0] = 0xc0; /* reserved type, RFC 7143 11.12.5 */
    bad.isid[6] = 1;
    assert_int_equal(try_session(harness, &bad, NULL), SANSCSI_INVALID_ARGUMENT);
    harness->fail_at = harness->allocations + 1;
    assert_int_equal(try_session(harness, &good, NULL), SANSCSI_NO_MEMORY);
    assert_int_equal(sanscsi_initiator_sessions(harness->initiator), 1);
    harness_free(harness);
}

static void test_too_many_sessions(void **state) {
    (void)state;
    struct harness *harness = harness_new(NULL, NULL, NULL);
    sanscsi_session_settings settings;
    sanscsi_limits limits;
    harness_settings(&settings, &limits);
    limits.tasks = 1;
    sanscsi_session *sessions[63];
    for (size_t i = 0; i < COUNT(sessions); i++) {
        assert_int_equal(sanscsi_session_new(harness->initiator, &settings, &limits, &sessions[i]),
                         SANSCSI_OK);
    }
    assert_int_equal(sanscsi_initiator_sessions(harness->initiator), 64);
    assert_int_equal(try_session(harness, &settings, &limits), SANSCSI_TOO_MANY_SESSIONS);
    sanscsi_session_free(sessions[0]);
    assert_int_equal(sanscsi_session_new(harness->initiator, &settings, &limits, &sessions[0]),
                     SANSCSI_OK);
    for (size_t i = 0; i < COUNT(sessions); i++) {
        sanscsi_session_free(sessions[i]);
    }
    harness_free(harness);
}

/* ---- calls that do not fit ---- */

static void check_nulls(void) {
    sanscsi_iovec iov;
    size_t count = 0;
    uint8_t byte = 0, cdb[16];
    sanscsi_command command = plain(cdb);
    sanscsi_output output = {.size = sizeof(output)};
    sanscsi_fault fault = {.size = sizeof(fault)};
    sanscsi_parameters parameters = {.size = sizeof(parameters)};
    const int32_t statuses[] = {
        sanscsi_session_start(NULL, 0),
        sanscsi_give_secret(NULL, 0, SANSCSI_SECRET_OWN, NULL, 0, 0),
        sanscsi_session_may_retry(NULL),
        sanscsi_counter_find(NULL, 0),
        sanscsi_session_state(NULL),
        sanscsi_session_parameters(NULL, &parameters),
        sanscsi_logout(NULL, 0),
        sanscsi_connected(NULL, 0, 0),
        sanscsi_connect_failed(NULL, 0, 1, 0),
        sanscsi_closed(NULL, 0, 0),
        sanscsi_rx_window(NULL, 0, &iov, 1, &count),
        sanscsi_rx_commit(NULL, 0, 0, 0),
        sanscsi_rx_feed(NULL, 0, &byte, 1, 0),
        sanscsi_rx_feed(NULL, 0, &byte, 0, 0),
        sanscsi_tx_window(NULL, 0, &iov, 1, &count),
        sanscsi_tx_commit(NULL, 0, 0, 0),
        sanscsi_tick(NULL, 0),
        sanscsi_poll(NULL, &output),
        sanscsi_submit(NULL, &command, 0, NULL),
        sanscsi_ping(NULL, NULL, NULL, 0, 0, 0, 0, NULL),
        sanscsi_send_targets(NULL, 0, 0, NULL),
        sanscsi_cancel(NULL, 1, 0),
        sanscsi_connection_fault(NULL, 0, &fault),
    };
    for (size_t i = 0; i < COUNT(statuses); i++) {
        assert_int_equal(statuses[i], SANSCSI_INVALID_ARGUMENT);
    }
    assert_int_equal(sanscsi_deadline(NULL), SANSCSI_NEVER);
    assert_int_equal(sanscsi_counter(NULL, 0), 0);
    sanscsi_command_defaults(NULL);
    sanscsi_limits_defaults(NULL);
    sanscsi_session_settings_defaults(NULL);
    sanscsi_session_free(NULL);
}

static void check_transport_calls(sanscsi_session *session, uint32_t cid, int32_t expected) {
    sanscsi_iovec iov;
    size_t count = 7;
    uint8_t byte = 0;
    assert_int_equal(sanscsi_rx_window(session, cid, &iov, 1, &count), expected);
    assert_int_equal(count, 0);
    assert_int_equal(sanscsi_rx_commit(session, cid, 0, 0), expected);
    assert_int_equal(sanscsi_rx_feed(session, cid, &byte, 1, 0), expected);
    assert_int_equal(sanscsi_rx_feed(session, cid, &byte, 0, 0), expected);
    assert_int_equal(sanscsi_tx_window(session, cid, &iov, 1, &count), expected);
    assert_int_equal(sanscsi_tx_commit(session, cid, 0, 0), expected);
    assert_int_equal(sanscsi_closed(session, cid, 0), expected);
    assert_int_equal(sanscsi_connected(session, cid, 0), expected);
    assert_int_equal(sanscsi_connect_failed(session, cid, 3, 0), expected);
}

static void test_wrong_state(void **state) {
    (void)state;
    check_nulls();
    uint8_t cdb[16];
    sanscsi_command command = plain(cdb);
    struct harness *harness = harness_new(NULL, NULL, NULL);
    sanscsi_session *session = harness->session;
    check_transport_calls(session, 0, SANSCSI_NOT_CONNECTED);
    check_transport_calls(session, 1, SANSCSI_UNKNOWN_CONNECTION);
    check_transport_calls(session, UINT32_MAX, SANSCSI_UNKNOWN_CONNECTION);
    assert_int_equal(sanscsi_logout(session, 0), SANSCSI_NOT_LOGGED_IN);
    assert_int_equal(sanscsi_submit(session, &command, 0, NULL), SANSCSI_NOT_LOGGED_IN);
    assert_int_equal(sanscsi_ping(session, NULL, NULL, 0, 0, 0, 0, NULL), SANSCSI_NOT_LOGGED_IN);
    assert_int_equal(sanscsi_send_targets(session, 0, 0, NULL), SANSCSI_WRONG_SESSION_TYPE);
    harness->no_connect = true;
    assert_int_equal(sanscsi_session_start(session, harness->now), SANSCSI_OK);
    assert_int_equal(sanscsi_session_start(session, harness->now), SANSCSI_ALREADY_STARTED);
    harness_poll(harness);
    assert_int_equal(sanscsi_session_state(session), SANSCSI_SESSION_CONNECTING);
    assert_int_equal(sanscsi_submit(session, &command, 0, NULL), SANSCSI_IN_TRANSITION);
    assert_int_equal(sanscsi_connect_failed(session, 0, 0, 0), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_connect_failed(session, 0, 6, 0), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_connected(session, 0, harness->now), SANSCSI_OK);
    assert_int_equal(sanscsi_connected(session, 0, harness->now), SANSCSI_NOT_CONNECTED);
    assert_int_equal(sanscsi_session_state(session), SANSCSI_SESSION_LOGIN);
    assert_int_equal(sanscsi_ping(session, NULL, NULL, 0, 0, 0, 0, NULL), SANSCSI_IN_TRANSITION);
    harness->no_close = true;
    assert_int_equal(sanscsi_logout(session, harness->now), SANSCSI_OK);
    assert_int_equal(sanscsi_session_state(session), SANSCSI_SESSION_CLOSING);
    assert_int_equal(sanscsi_session_start(session, harness->now), SANSCSI_ALREADY_STARTED);
    assert_int_equal(sanscsi_logout(session, harness->now), SANSCSI_ALREADY_STARTED);
    assert_int_equal(sanscsi_closed(session, 0, harness->now), SANSCSI_OK);
    harness_free(harness);
}

static void test_connect_failures(void **state) {
    (void)state;
    static const uint32_t events[] = {0, 29, 30, 101, 101, 101};
    static const char *const causes[] = {"", " 1", " 1", " 1", " 2", " 3"};
    for (uint32_t reason = 1; reason <= 5; reason++) {
        struct harness *harness = harness_new(NULL, NULL, NULL);
        harness->no_connect = true;
        assert_int_equal(sanscsi_session_start(harness->session, harness->now), SANSCSI_OK);
        assert_int_equal(sanscsi_connect_failed(harness->session, 0, reason, harness->now), 0);
        harness_poll(harness);
        assert_int_equal(harness->event_count, 1);
        assert_int_equal(harness->events[0].id, events[reason]);
        assert_string_equal(harness->events[0].texts[0],
                            reason == 1 ? "192.0.2.1" : "192.0.2.1:3260");
        if (events[reason] == 101) {
            assert_string_equal(harness->events[0].causes, causes[reason]);
        }
        assert_int_equal(harness->logged_out, 1);
        assert_int_equal(sanscsi_session_state(harness->session), SANSCSI_SESSION_FREE);
        harness_free(harness);
    }
}

/* ---- commands ---- */

static void test_submit_misuse(void **state) {
    (void)state;
    uint8_t cdb[32];
    sanscsi_iovec list = {buffer, 8}, absent = {NULL, 8};
    struct harness *harness = harness_ready(NULL, NULL, NULL);
    sanscsi_session *session = harness->session;
    struct {
        const char *name;
        int32_t status;
        sanscsi_command command;
    } cases[] = {
        {"size", SANSCSI_INVALID_ARGUMENT, plain(cdb)},
        {"no CDB", SANSCSI_INVALID_ARGUMENT, plain(cdb)},
        {"short CDB", SANSCSI_INVALID_ARGUMENT, plain(cdb)},
        {"long CDB", SANSCSI_TOO_LARGE, plain(cdb)},
        {"attribute", SANSCSI_INVALID_ARGUMENT, plain(cdb)},
        {"absent entry of two lists", SANSCSI_INVALID_ARGUMENT, plain(cdb)},
        {"no list out", SANSCSI_INVALID_ARGUMENT, plain(cdb)},
        {"no list in", SANSCSI_INVALID_ARGUMENT, plain(cdb)},
        {"no sense buffer", SANSCSI_INVALID_ARGUMENT, plain(cdb)},
        {"absent entry", SANSCSI_INVALID_ARGUMENT, plain(cdb)},
    };
    cases[0].command.size--;
    cases[1].command.cdb = NULL;
    cases[2].command.cdb_length = 5;
    cases[3].command.cdb_length = 17;
    cases[4].command.attribute = 5;
    cases[5].command.data_out = &list;
    cases[5].command.data_in = &absent;
    cases[5].command.data_out_count = cases[5].command.data_in_count = 1;
    cases[6].command.data_out_count = 1;
    cases[7].command.data_in_count = 1;
    cases[8].command.sense_size = 18;
    cases[9].command.data_in = &absent;
    cases[9].command.data_in_count = 1;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(sanscsi_submit(session, &cases[i].command, 0, NULL), cases[i].status);
    }
    assert_int_equal(sanscsi_submit(session, NULL, 0, NULL), SANSCSI_INVALID_ARGUMENT);
    sanscsi_iovec iov;
    size_t count = 0;
    assert_int_equal(sanscsi_rx_window(session, 0, &iov, 0, &count), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_rx_window(session, 0, NULL, 1, &count), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_tx_window(session, 0, &iov, 1, NULL), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_rx_window(session, 0, &iov, 1, &count), SANSCSI_OK);
    assert_int_equal(sanscsi_rx_commit(session, 0, iov.size + 1, 0), SANSCSI_TOO_LARGE);
    assert_int_equal(sanscsi_tx_commit(session, 0, 1, 0), SANSCSI_TOO_LARGE);
    assert_int_equal(sanscsi_rx_feed(session, 0, NULL, 1, 0), SANSCSI_INVALID_ARGUMENT);
    sanscsi_output output = {.size = sizeof(output) - 1};
    assert_int_equal(sanscsi_poll(session, &output), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(harness->target->commands, 0);
    harness_logout(harness);
    harness_free(harness);
}

static void test_task_limit(void **state) {
    (void)state;
    uint8_t cdb[16];
    sanscsi_command command = plain(cdb);
    sanscsi_task first = 0, again = 0;
    struct harness *harness = harness_ready(NULL, NULL, NULL);
    for (uint32_t i = 0; i < 32; i++) {
        command.user = i;
        assert_int_equal(
            sanscsi_submit(harness->session, &command, harness->now, i == 0 ? &first : NULL), 0);
    }
    assert_int_equal(sanscsi_submit(harness->session, &command, harness->now, NULL),
                     SANSCSI_NO_FREE_TASK);
    assert_int_equal(sanscsi_ping(harness->session, NULL, NULL, 0, 0, 0, harness->now, NULL),
                     SANSCSI_NO_FREE_TASK);
    harness_run(harness);
    assert_int_equal(harness->result_count, 32);
    assert_int_equal(sanscsi_cancel(harness->session, first, harness->now), SANSCSI_UNKNOWN_TASK);
    for (uint32_t i = 0; i < 64; i++) { /* the slot's next uses have other handles */
        command.user = 100 + i;
        assert_int_equal(sanscsi_submit(harness->session, &command, harness->now, &again), 0);
        assert_true(again != first);
        assert_int_equal(sanscsi_cancel(harness->session, first, harness->now),
                         SANSCSI_UNKNOWN_TASK);
        harness_run(harness);
        assert_int_equal(harness_result(harness, 100 + i)->io_status, SANSCSI_IO_OK);
    }
    harness_logout(harness);
    harness_free(harness);
}

/* Up to 4 GiB-1 in one command: the same 64 KiB again and again. */
static void test_longest_transfer(void **state) {
    (void)state;
    static sanscsi_iovec list[65536];
    uint8_t cdb[16];
    sanscsi_iovec iov[16];
    size_t count = 0;
    for (size_t i = 0; i < COUNT(list); i++) {
        list[i] = (sanscsi_iovec){buffer, sizeof(buffer)};
    }
    for (uint32_t writes = 0; writes < 2; writes++) {
        struct harness *harness = harness_ready(NULL, NULL, NULL);
        sanscsi_command command = plain(cdb);
        command.data_out = command.data_in = list;
        command.data_out_count = writes == 1 ? COUNT(list) : 0;
        command.data_in_count = writes == 1 ? 0 : COUNT(list);
        list[COUNT(list) - 1].size = sizeof(buffer);
        assert_int_equal(sanscsi_submit(harness->session, &command, harness->now, NULL),
                         SANSCSI_TOO_LARGE);
        list[COUNT(list) - 1].size = sizeof(buffer) - 1;
        assert_int_equal(sanscsi_submit(harness->session, &command, harness->now, NULL),
                         SANSCSI_OK);
        assert_int_equal(sanscsi_tx_window(harness->session, 0, iov, 16, &count), SANSCSI_OK);
        const uint8_t *bhs = iov[0].data;
        assert_int_equal(bhs[0], 0x01);
        assert_int_equal(bhs[1], writes == 1 ? 0x21 : 0xc1); /* unsolicited data follows */
        assert_int_equal(get32(bhs + 20), UINT32_MAX);
        harness_cut(harness);
        harness_poll(harness);
        assert_int_equal(harness_result(harness, 0)->io_status, SANSCSI_IO_CONNECTION_OFFLINE);
        harness_free(harness);
    }
}

/* A CDB of 32 bytes goes on in an additional header segment (RFC 7143 11.2.2.3). */
static bool take_long_cdb(struct target *target, struct target_task *task, void *context) {
    uint8_t *cdb = context;
    memcpy(cdb, task->cdb, 32);
    cdb[32] = (uint8_t)task->cdb_length;
    target_finish(target, task, NULL, 0, 0);
    return true;
}

static void test_long_cdb(void **state) {
    (void)state;
    uint8_t cdb[33], seen[33];
    for (size_t i = 0; i < sizeof(cdb); i++) {
        cdb[i] = (uint8_t)(i + 1);
    }
    cdb[32] = 32;
    struct target_config config;
    target_config_defaults(&config);
    config.command = take_long_cdb;
    config.context = seen;
    config.digests = TARGET_HEADER_DIGEST;
    sanscsi_session_settings settings;
    sanscsi_limits limits;
    harness_settings(&settings, &limits);
    settings.parameters.header_digest = SANSCSI_DIGEST_CRC32C;
    limits.max_cdb_length = 32;
    struct harness *harness = harness_ready(&config, &settings, &limits);
    sanscsi_command command;
    sanscsi_command_defaults(&command);
    command.cdb = cdb;
    command.cdb_length = 32;
    assert_int_equal(sanscsi_submit(harness->session, &command, harness->now, NULL), SANSCSI_OK);
    harness_run(harness);
    assert_memory_equal(seen, cdb, sizeof(seen));
    harness_logout(harness);
    harness_free(harness);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_node),
        cmocka_unit_test(test_session_limits),
        cmocka_unit_test(test_session_settings),
        cmocka_unit_test(test_too_many_sessions),
        cmocka_unit_test(test_wrong_state),
        cmocka_unit_test(test_connect_failures),
        cmocka_unit_test(test_submit_misuse),
        cmocka_unit_test(test_task_limit),
        cmocka_unit_test(test_longest_transfer),
        cmocka_unit_test(test_long_cdb),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
