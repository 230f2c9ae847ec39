/* What initiators and sessions are made from: what is refused, what zeros mean, and arguments of
 * the calls that read a session. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "initiator/session.h"
#include "support/harness.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- the node ---- */

static void *no_memory(void *context, size_t bytes) {
    (void)context;
    (void)bytes;
    return NULL;
}

static void nothing(void *context, void *memory, size_t bytes) {
    (void)context;
    (void)memory;
    (void)bytes;
}

static const sanscsi_allocator never = {sizeof(never), no_memory, nothing, NULL};
static const sanscsi_allocator takes_nothing_back = {sizeof(never), no_memory, NULL, NULL};
static const sanscsi_allocator gives_nothing = {sizeof(never), NULL, nothing, NULL};

static void node_settings(sanscsi_initiator_settings *settings) {
    static const char name[] = "iqn.2024-01.org.example:host";
    sanscsi_initiator_settings_defaults(settings);
    settings->name = name;
    settings->name_length = sizeof(name) - 1;
}

static void nodes_that_are_refused(void **state) {
    (void)state;
    static const struct {
        const char *alias;
        size_t alias_length;
        const sanscsi_allocator *allocator;
        int32_t status;
    } cases[] = {
        {NULL, 1, NULL, SANSCSI_INVALID_ARGUMENT},
        {"a\0b", 3, NULL, SANSCSI_INVALID_ARGUMENT}, /* no value of a key holds it, RFC 7143 6.1 */
        {"", 1, NULL, SANSCSI_INVALID_ARGUMENT},
        {NULL, 0, &gives_nothing, SANSCSI_INVALID_ARGUMENT},
        {NULL, 0, &takes_nothing_back, SANSCSI_INVALID_ARGUMENT},
        {NULL, 0, &never, SANSCSI_NO_MEMORY},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        sanscsi_initiator_settings settings;
        sanscsi_initiator *node = NULL;
        node_settings(&settings);
        settings.alias = cases[i].alias;
        settings.alias_length = cases[i].alias_length;
        settings.allocator = cases[i].allocator;
        assert_int_equal(sanscsi_initiator_new(&settings, &node), cases[i].status);
        assert_null(node);
    }
}

/* 0 sessions at most are the usual 64. */
static void a_node_without_a_maximum(void **state) {
    (void)state;
    sanscsi_initiator_settings settings;
    sanscsi_session_settings session_settings;
    sanscsi_limits limits;
    sanscsi_initiator *node = NULL;
    sanscsi_session *sessions[65] = {NULL};
    node_settings(&settings);
    harness_settings(&session_settings, &limits);
    limits.tasks = 1;
    settings.max_sessions = 0;
    assert_int_equal(sanscsi_initiator_new(&settings, &node), SANSCSI_OK);
    for (size_t i = 0; i < COUNT(sessions); i++) {
        assert_int_equal(sanscsi_session_new(node, &session_settings, &limits, &sessions[i]),
                         i < 64 ? SANSCSI_OK : SANSCSI_TOO_MANY_SESSIONS);
    }
    assert_null(sessions[64]);
    for (size_t i = 0; i < COUNT(sessions); i++) {
        sanscsi_session_free(sessions[i]);
    }
    sanscsi_initiator_free(node);
}

/* ---- sessions ---- */

static void no_host(sanscsi_session_settings *settings) {
    settings->host = NULL;
}

static void host_with_a_zero(sanscsi_session_settings *settings) {
    settings->host = "disk\0example";
    settings->host_length = 12;
}

static void long_host(sanscsi_session_settings *settings) {
    static char host[256];
    memset(host, 'h', sizeof(host));
    settings->host = host;
    settings->host_length = sizeof(host);
}

static void endless_host(sanscsi_session_settings *settings) {
    uint64_t one_in_32_bits = (uint64_t)UINT32_MAX + 2;
    settings->host_length = SIZE_MAX > UINT32_MAX ? (size_t)one_in_32_bits : SIZE_MAX;
}

static void no_target_name(sanscsi_session_settings *settings) {
    settings->target_name = NULL;
}

static void unknown_isid_flag(sanscsi_session_settings *settings) {
    settings->isid[6] = 2;
}

static void reserved_isid(sanscsi_session_settings *settings) {
    settings->isid[0] = 0xc0; /* T = 11b, RFC 7143 11.12.5 */
}

static void unknown_tolerance(sanscsi_session_settings *settings) {
    settings->tolerate = 0x400;
}

static void two_connections(sanscsi_session_settings *settings) {
    settings->parameters.max_connections = 2;
}

static void recovery_level(sanscsi_session_settings *settings) {
    settings->parameters.error_recovery_level = 1;
}

static void protocol_level(sanscsi_session_settings *settings) {
    settings->parameters.protocol_level = 3;
}

static const struct {
    void (*spoil)(sanscsi_session_settings *settings);
    int32_t status;
} refused[] = {
    {no_host, SANSCSI_INVALID_ADDRESS},         {host_with_a_zero, SANSCSI_INVALID_ADDRESS},
    {long_host, SANSCSI_INVALID_ADDRESS},       {endless_host, SANSCSI_INVALID_ADDRESS},
    {no_target_name, SANSCSI_INVALID_ARGUMENT}, {unknown_isid_flag, SANSCSI_INVALID_ARGUMENT},
    {reserved_isid, SANSCSI_INVALID_ARGUMENT},  {unknown_tolerance, SANSCSI_INVALID_ARGUMENT},
    {two_connections, SANSCSI_INVALID_VALUE},   {recovery_level, SANSCSI_INVALID_VALUE},
    {protocol_level, SANSCSI_INVALID_VALUE},
};

static void sessions_that_are_refused(void **state) {
    (void)state;
    struct harness *harness = harness_new(NULL, NULL, NULL);
    size_t allocations = harness->allocations;
    for (size_t i = 0; i < COUNT(refused); i++) {
        sanscsi_session_settings settings;
        sanscsi_limits limits;
        sanscsi_session *session = NULL;
        harness_settings(&settings, &limits);
        refused[i].spoil(&settings);
        assert_int_equal(sanscsi_session_new(harness->initiator, &settings, &limits, &session),
                         refused[i].status);
        assert_null(session);
    }
    assert_int_equal(harness->allocations, allocations);
    assert_int_equal(sanscsi_initiator_sessions(harness->initiator), 1);
    harness_free(harness);
}

/* What settings.h tells of members that are 0. */
static void zeros_mean_defaults(void **state) {
    (void)state;
    sanscsi_session_settings settings;
    sanscsi_limits limits;
    harness_settings(&settings, &limits);
    settings.port = settings.max_login_exchanges = settings.max_pair_length = 0;
    settings.max_login_text = settings.max_discovery_text = settings.max_unasked = 0;
    settings.keepalive_timeout = settings.reinstate_delay = settings.reinstate_max_delay = 0;
    struct harness *harness = harness_new(NULL, &settings, &limits);
    const sanscsi_session_settings *kept = &harness->session->settings;
    assert_int_equal(kept->port, 3260);
    assert_int_equal(kept->max_login_exchanges, 16);
    assert_int_equal(kept->max_pair_length, 16384);
    assert_int_equal(kept->max_login_text, 262144);
    assert_int_equal(kept->max_discovery_text, 4194304);
    assert_int_equal(kept->max_unasked, 1024);
    assert_int_equal(kept->keepalive_timeout, 5 * SANSCSI_SECOND);
    assert_int_equal(kept->reinstate_delay, SANSCSI_SECOND / 5);
    assert_int_equal(kept->reinstate_max_delay, 30 * SANSCSI_SECOND);
    sanscsi_output output = {.size = sizeof(output)};
    assert_int_equal(sanscsi_session_start(harness->session, harness->now), SANSCSI_OK);
    assert_int_equal(sanscsi_poll(harness->session, &output), SANSCSI_OK);
    assert_int_equal(output.type, SANSCSI_OUTPUT_CONNECT);
    assert_int_equal(output.port, 3260);
    harness_free(harness);
}

/* The default settings and limits are what NULL stands for; what no session can have has no size.
 */
static void memory_of_a_session(void **state) {
    (void)state;
    sanscsi_session_settings settings;
    sanscsi_limits limits;
    sanscsi_session_settings_defaults(&settings);
    sanscsi_limits_defaults(&limits);
    size_t usual = sanscsi_session_memory(&settings, &limits);
    assert_true(usual > 0);
    assert_int_equal(sanscsi_session_memory(NULL, NULL), usual);
    assert_int_equal(sanscsi_session_memory(&settings, NULL), usual);
    assert_int_equal(sanscsi_session_memory(NULL, &limits), usual);
    limits.tasks++;
    assert_true(sanscsi_session_memory(NULL, &limits) > usual);
    limits.size--;
    assert_int_equal(sanscsi_session_memory(NULL, &limits), 0);
}

/* A URL of the program's own making may lack what sanscsi_url_parse() always finds. */
static void a_url_of_nothing(void **state) {
    (void)state;
    sanscsi_url url = {.size = sizeof(url)};
    sanscsi_session_settings settings;
    sanscsi_limits limits;
    sanscsi_session *session = NULL;
    struct harness *harness = harness_new(NULL, NULL, NULL);
    harness_settings(&settings, &limits);
    assert_int_equal(sanscsi_session_settings_url(&settings, &url), SANSCSI_OK);
    assert_null(settings.host);
    assert_int_equal(settings.host_length, 0);
    assert_null(settings.target_name);
    assert_int_equal(settings.target_name_length, 0);
    assert_int_equal(sanscsi_session_new(harness->initiator, &settings, &limits, &session),
                     SANSCSI_INVALID_NAME);
    harness_free(harness);
}

/* ---- times ---- */

static uint8_t buffer[512];
static const sanscsi_iovec list = {buffer, sizeof(buffer)};

/* A session in which no time runs out by itself, with a target that answers no command. */
static struct harness *patient(int32_t answer) {
    struct target_config config;
    sanscsi_session_settings settings;
    sanscsi_limits limits;
    target_config_defaults(&config);
    config.hold = true;
    config.tmf_response = config.logout_response = answer;
    harness_settings(&settings, &limits);
    settings.login_timeout = settings.command_timeout = 0;
    settings.abort_timeout = settings.logout_timeout = 0;
    return harness_new(&config, &settings, &limits);
}

static void times_of_zero_never_come(void **state) {
    (void)state;
    struct harness *harness = patient(-1);
    assert_int_equal(sanscsi_session_start(harness->session, harness->now), SANSCSI_OK);
    harness_poll(harness); /* which connects */
    assert_int_equal(sanscsi_session_state(harness->session), SANSCSI_SESSION_LOGIN);
    assert_int_equal(sanscsi_deadline(harness->session), SANSCSI_NEVER);
    harness_run(harness);
    assert_int_equal(harness->logged_in, 1);
    sanscsi_task task = harness_read(harness, 0, &list, 1, 1);
    harness_run(harness);
    assert_int_equal(sanscsi_deadline(harness->session), SANSCSI_NEVER);
    assert_int_equal(sanscsi_cancel(harness->session, task, harness->now), SANSCSI_OK);
    harness_run(harness);
    assert_int_equal(harness->target->aborts, 1);
    assert_int_equal(sanscsi_deadline(harness->session), SANSCSI_NEVER);
    assert_int_equal(sanscsi_logout(harness->session, harness->now), SANSCSI_OK);
    harness_run(harness);
    assert_true(harness->target->logged_out);
    assert_int_equal(sanscsi_deadline(harness->session), SANSCSI_NEVER);
    harness_wait(harness, 1000000 * SANSCSI_SECOND);
    assert_int_equal(harness->event_count, 0);
    assert_int_equal(harness->result_count, 0);
    harness_cut(harness);
    harness_poll(harness);
    assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_CANCELLED);
    harness_free(harness);
}

/* A time of its own that a task has still counts. */
static void a_task_with_a_time_of_its_own(void **state) {
    (void)state;
    struct harness *harness = patient(0);
    harness_login(harness);
    struct harness_command command = {
        .opcode = TARGET_OP_READ, .list = &list, .count = 1, .user = 1, .timeout = SANSCSI_SECOND};
    (void)harness_submit(harness, &command);
    harness_run(harness);
    assert_int_equal(sanscsi_deadline(harness->session), harness->now + SANSCSI_SECOND);
    harness_wait(harness, SANSCSI_SECOND);
    assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_TIMEOUT);
    harness_logout(harness);
    harness_free(harness);
}

/* ---- calls that read a session ---- */

static void arguments_of_what_reads_a_session(void **state) {
    (void)state;
    struct harness *harness = harness_new(NULL, NULL, NULL);
    const sanscsi_session *session = harness->session;
    sanscsi_parameters parameters = {.size = sizeof(parameters)}, other = {.size = 4};
    sanscsi_fault fault = {.size = sizeof(fault)}, small = {.size = sizeof(small) - 1};
    uint8_t isid[6];
    uint32_t tsih = 7;
    const int32_t statuses[] = {
        sanscsi_session_parameters(session, NULL),
        sanscsi_session_parameters(session, &other),
        sanscsi_connection_fault(session, 0, NULL),
        sanscsi_connection_fault(session, 0, &small),
        sanscsi_session_identity(NULL, isid, &tsih),
        sanscsi_session_identity(session, NULL, &tsih),
        sanscsi_session_identity(session, isid, NULL),
        sanscsi_poll(harness->session, NULL),
    };
    for (size_t i = 0; i < COUNT(statuses); i++) {
        assert_int_equal(statuses[i], SANSCSI_INVALID_ARGUMENT);
    }
    assert_int_equal(tsih, 7);
    assert_int_equal(other.size, 4);
    assert_null(small.name);
    assert_int_equal(sanscsi_connection_fault(session, 1, &fault), SANSCSI_UNKNOWN_CONNECTION);
    assert_int_equal(sanscsi_connection_fault(session, UINT32_MAX, &fault),
                     SANSCSI_UNKNOWN_CONNECTION);
    assert_null(fault.name);
    assert_int_equal(sanscsi_connection_fault(session, 0, &fault), SANSCSI_OK);
    assert_string_equal(fault.name, "none");
    assert_int_equal(sanscsi_session_identity(session, isid, &tsih), SANSCSI_OK);
    assert_int_equal(tsih, 0);
    assert_int_equal(isid[0], 0x80); /* the random form, RFC 7143 11.12.5 */
    harness_free(harness);
}

/* A record with two addresses, as it stands in an answer to SendTargets. */
static void portals_of_a_record(void **state) {
    (void)state;
    static const char text[] = "TargetAddress=192.0.2.1:860,1\0TargetAddress=[2001:db8::1],2";
    sanscsi_target target = {.size = sizeof(target),
                             .portal_count = 2,
                             .addresses = (const uint8_t *)text,
                             .addresses_length = sizeof(text)};
    sanscsi_portal portal = {.size = sizeof(portal)}, small = {.size = sizeof(small) - 1};
    assert_int_equal(sanscsi_target_portal(NULL, 0, &portal), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_target_portal(&target, 0, NULL), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_target_portal(&target, 0, &small), SANSCSI_INVALID_ARGUMENT);
    assert_null(small.host);
    assert_int_equal(sanscsi_target_portal(&target, 2, &portal), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_target_portal(&target, UINT32_MAX, &portal), SANSCSI_INVALID_ARGUMENT);
    assert_null(portal.host);
    assert_int_equal(sanscsi_target_portal(&target, 1, &portal), SANSCSI_OK);
    assert_int_equal(portal.host_length, 11);
    assert_memory_equal(portal.host, "2001:db8::1", 11);
    assert_int_equal(portal.port, 3260);
    assert_int_equal(portal.tag, 2);
    target.addresses = NULL;
    target.addresses_length = 0;
    assert_int_equal(sanscsi_target_portal(&target, 0, &portal), SANSCSI_INVALID_ARGUMENT);
}

/* Buffers of so many bytes in all that their sum is small again in 64 bits, or in 32. */
static void sums_that_no_number_holds(void **state) {
    (void)state;
    static uint8_t byte;
    const sanscsi_iovec lists[][3] = {
        {{&byte, SIZE_MAX}, {&byte, 1}, {NULL, 0}},
        {{&byte, SIZE_MAX}, {&byte, SIZE_MAX}, {&byte, 2}},
    };
    struct harness *harness = harness_ready(NULL, NULL, NULL);
    for (size_t i = 0; i < COUNT(lists); i++) {
        uint8_t cdb[6] = {0};
        sanscsi_command command;
        sanscsi_command_defaults(&command);
        command.cdb = cdb;
        command.cdb_length = sizeof(cdb);
        for (uint32_t writes = 0; writes < 2; writes++) {
            command.data_in = command.data_out = lists[i];
            command.data_in_count = writes == 0 ? 3 : 0;
            command.data_out_count = writes == 0 ? 0 : 3;
            assert_int_equal(sanscsi_submit(harness->session, &command, harness->now, NULL),
                             SANSCSI_TOO_LARGE);
        }
    }
    harness_run(harness);
    assert_int_equal(harness->target->commands, 0);
    harness_logout(harness);
    harness_free(harness);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nodes_that_are_refused),
        cmocka_unit_test(a_node_without_a_maximum),
        cmocka_unit_test(sessions_that_are_refused),
        cmocka_unit_test(zeros_mean_defaults),
        cmocka_unit_test(memory_of_a_session),
        cmocka_unit_test(a_url_of_nothing),
        cmocka_unit_test(times_of_zero_never_come),
        cmocka_unit_test(a_task_with_a_time_of_its_own),
        cmocka_unit_test(arguments_of_what_reads_a_session),
        cmocka_unit_test(portals_of_a_record),
        cmocka_unit_test(sums_that_no_number_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
