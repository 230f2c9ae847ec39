/* How commands are sent: for immediate delivery, with a priority, and what task management makes of
 * them. Expected bytes are those of RFC 7143 11.3 and RFC 7144 5.1. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "support/harness.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define UNIT UINT64_C(0x0001000000000000)

enum { UNANSWERED = 100 };

static uint8_t buffer[70000];

/* A read of 1000 bytes or, with another opcode, a write of `length`. */
static int32_t submit(struct harness *harness, uint32_t flags, uint32_t priority, uint64_t user,
                      sanscsi_task *task) {
    static const sanscsi_iovec list = {buffer, 1000};
    uint8_t cdb[10] = {TARGET_OP_READ, 0, 0, 0, 0, 0, 0, 0, 0x03, 0xe8};
    sanscsi_command command;
    sanscsi_command_defaults(&command);
    command.cdb = cdb;
    command.cdb_length = sizeof(cdb);
    command.lun = UNIT;
    command.user = user;
    command.data_in = &list;
    command.data_in_count = 1;
    command.flags = flags;
    command.priority = priority;
    return sanscsi_submit(harness->session, &command, harness->now, task);
}

static sanscsi_task submit_good(struct harness *harness, uint32_t flags, uint64_t user) {
    sanscsi_task task = 0;
    assert_int_equal(submit(harness, flags, 0, user, &task), SANSCSI_OK);
    return task;
}

static uint32_t ending(const struct harness *harness, uint64_t user) {
    return harness->done[user] == 0 ? UNANSWERED : harness_result(harness, user)->io_status;
}

static struct harness *level(uint32_t ours, uint32_t theirs) {
    struct target_config config;
    sanscsi_session_settings settings;
    sanscsi_limits limits;
    target_config_defaults(&config);
    harness_settings(&settings, &limits);
    config.protocol_level = theirs;
    settings.parameters.protocol_level = ours;
    return harness_ready(&config, &settings, &limits);
}

/* A target that answers nothing by itself and takes so many commands. */
static struct harness *holding(uint32_t window, int32_t tmf_response) {
    struct target_config config;
    target_config_defaults(&config);
    config.hold = true;
    config.window = window;
    config.tmf_response = tmf_response;
    return harness_ready(&config, NULL, NULL);
}

/* ---- the header ---- */

static void test_headers(void **state) {
    (void)state;
    static const struct {
        uint32_t flags;
        uint32_t priority;
        uint32_t attribute;
        uint8_t byte0, byte1, byte2;
    } cases[] = {
        {0, 0, SANSCSI_ATTRIBUTE_SIMPLE, 0x01, 0xc1, 0x00},
        {SANSCSI_COMMAND_IMMEDIATE, 0, SANSCSI_ATTRIBUTE_SIMPLE, 0x41, 0xc1, 0x00},
        {0, 1, SANSCSI_ATTRIBUTE_SIMPLE, 0x01, 0xc1, 0x10},
        {0, 15, SANSCSI_ATTRIBUTE_ACA, 0x01, 0xc4, 0xf0},
        {SANSCSI_COMMAND_IMMEDIATE, 10, SANSCSI_ATTRIBUTE_UNTAGGED, 0x41, 0xc0, 0xa0},
        {0, 0, SANSCSI_ATTRIBUTE_ORDERED, 0x01, 0xc2, 0x00},
        {0, 0, SANSCSI_ATTRIBUTE_HEAD_OF_QUEUE, 0x01, 0xc3, 0x00},
    };
    struct harness *harness = level(2, 2);
    for (size_t i = 0; i < COUNT(cases); i++) {
        static const sanscsi_iovec list = {buffer, 1000};
        uint8_t cdb[10] = {TARGET_OP_READ, 0, 0, 0, 0, 0, 0, 0, 0x03, 0xe8};
        sanscsi_command command;
        sanscsi_command_defaults(&command);
        assert_int_equal(command.flags, 0);
        assert_int_equal(command.priority, 0);
        command.cdb = cdb;
        command.cdb_length = sizeof(cdb);
        command.lun = UNIT;
        command.data_in = &list;
        command.data_in_count = 1;
        command.user = i;
        command.attribute = cases[i].attribute;
        command.flags = cases[i].flags;
        command.priority = cases[i].priority;
        uint32_t cmd_sn = harness->target->exp_cmd_sn;
        uint32_t stat_sn = harness->target->stat_sn;
        assert_int_equal(sanscsi_submit(harness->session, &command, harness->now, NULL), 0);
        harness_run(harness);
        assert_int_equal(ending(harness, i), SANSCSI_IO_OK);
        bool immediate = cases[i].flags != 0;
        assert_int_equal(harness->target->exp_cmd_sn, cmd_sn + (immediate ? 0 : 1));
        uint8_t expected[48] = {
            cases[i].byte0, cases[i].byte1, cases[i].byte2, 0, 0, 0, 0, 0, 0, 1};
        const uint8_t *sent = harness->target->last_command;
        memcpy(expected + 16, sent + 16, 4); /* our tag */
        put32(expected + 20, 1000);
        put32(expected + 24, cmd_sn);
        put32(expected + 28, stat_sn);
        memcpy(expected + 32, cdb, sizeof(cdb));
        assert_memory_equal(sent, expected, sizeof(expected));
    }
    harness_logout(harness);
    harness_free(harness);
}

static void test_refusals(void **state) {
    (void)state;
    static const uint32_t levels[][2] = {{0, 2}, {1, 2}, {2, 0}, {2, 1}};
    for (size_t i = 0; i < COUNT(levels); i++) {
        struct harness *harness = level(levels[i][0], levels[i][1]);
        assert_int_equal(submit(harness, 0, 1, 1, NULL), SANSCSI_NOT_NEGOTIATED);
        assert_int_equal(submit(harness, 0, 15, 1, NULL), SANSCSI_NOT_NEGOTIATED);
        assert_int_equal(submit(harness, 0, 16, 1, NULL), SANSCSI_INVALID_ARGUMENT);
        assert_int_equal(submit(harness, 0, UINT32_MAX, 1, NULL), SANSCSI_INVALID_ARGUMENT);
        assert_int_equal(submit(harness, UINT32_C(0x80000000), 0, 1, NULL),
                         SANSCSI_INVALID_ARGUMENT);
        assert_int_equal(submit(harness, 4, 0, 1, NULL), SANSCSI_INVALID_ARGUMENT);
        assert_int_equal(submit(harness, 0, 0, 2, NULL), SANSCSI_OK);
        harness_run(harness);
        assert_int_equal(harness->target->commands, 1);
        harness_logout(harness);
        assert_int_equal(submit(harness, 0, 1, 1, NULL), SANSCSI_NOT_LOGGED_IN);
        assert_int_equal(submit(harness, 4, 0, 1, NULL), SANSCSI_INVALID_ARGUMENT);
        harness_free(harness);
    }
}

/* ---- immediate delivery ---- */

/* The users of the tasks at the target, in order of arrival. */
static void expect_order(const struct harness *harness, const uint8_t *numbers, uint32_t count) {
    assert_int_equal(harness->target->commands, count);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t found = 0;
        for (uint32_t j = 0; j < TARGET_TASKS; j++) {
            const struct target_task *task = &harness->target->tasks[j];
            if (task->used && task->order == i) {
                assert_int_equal(task->cdb[1], numbers[i]);
                found++;
            }
        }
        assert_int_equal(found, 1);
    }
}

/* A command without data whose CDB tells a number. */
static void submit_number(struct harness *harness, uint32_t flags, uint8_t number) {
    uint8_t cdb[6] = {0x00, number};
    sanscsi_command command;
    sanscsi_command_defaults(&command);
    command.cdb = cdb;
    command.cdb_length = sizeof(cdb);
    command.lun = UNIT;
    command.user = number;
    command.flags = flags;
    assert_int_equal(sanscsi_submit(harness->session, &command, harness->now, NULL), SANSCSI_OK);
}

static void test_overtaking(void **state) {
    (void)state;
    for (uint32_t how = HARNESS_WHOLE; how <= HARNESS_WINDOWS; how++) {
        struct harness *harness = holding(2, 0);
        harness->how = (enum harness_how)how;
        for (uint8_t number = 1; number <= 4; number++) {
            submit_number(harness, 0, number);
        }
        harness_run(harness); /* 3 and 4 find the window closed */
        submit_number(harness, SANSCSI_COMMAND_IMMEDIATE, 5);
        submit_number(harness, 0, 6);
        submit_number(harness, SANSCSI_COMMAND_IMMEDIATE, 7);
        harness_run(harness);
        expect_order(harness, (const uint8_t[]){1, 2, 5, 7}, 4);
        target_open_window(harness->target, 9);
        submit_number(harness, SANSCSI_COMMAND_IMMEDIATE, 8); /* is sent before the window opens */
        harness_run(harness);
        expect_order(harness, (const uint8_t[]){1, 2, 5, 7, 8, 3, 4, 6}, 8);
        assert_int_equal(harness->target->exp_cmd_sn - harness->target->tasks[0].cmd_sn, 5);
        while (target_answer(harness->target, 0)) {
            harness_run(harness);
        }
        for (uint32_t number = 1; number <= 8; number++) {
            assert_int_equal(ending(harness, number), SANSCSI_IO_OK);
        }
        harness_logout(harness);
        harness_free(harness);
    }
}

/* Their unsolicited data keeps the order in which the commands were sent, and its place in the
 * bursts is bounded as that of all others. */
static void test_immediate_writes(void **state) {
    (void)state;
    enum { WRITES = 12, SIZE = 5000 };
    struct target_config config;
    target_config_defaults(&config);
    config.max_recv_segment = 512;
    config.first_burst = 4096;
    for (uint32_t how = HARNESS_WHOLE; how <= HARNESS_WINDOWS; how++) {
        struct harness *harness = harness_ready(&config, NULL, NULL);
        harness->how = (enum harness_how)how;
        sanscsi_iovec lists[WRITES];
        for (uint32_t i = 0; i < WRITES; i++) {
            memset(buffer + (size_t)i * SIZE, (int)(i + 1), SIZE);
            lists[i] = (sanscsi_iovec){buffer + (size_t)i * SIZE, SIZE};
            struct harness_command command = {.opcode = TARGET_OP_WRITE,
                                              .offset = i * SIZE,
                                              .list = &lists[i],
                                              .count = 1,
                                              .user = i,
                                              .flags = i % 3 == 1 ? 0 : SANSCSI_COMMAND_IMMEDIATE};
            (void)harness_submit(harness, &command);
        }
        harness_run(harness);
        for (uint32_t i = 0; i < WRITES; i++) {
            assert_int_equal(ending(harness, i), SANSCSI_IO_OK);
        }
        assert_memory_equal(harness->target->storage, buffer, WRITES * SIZE);
        harness_logout(harness);
        harness_free(harness);
    }
}

/* RefCmdSN is the request's own CmdSN (RFC 7143 11.5.5), also when that has moved on. */
static void test_abort(void **state) {
    (void)state;
    struct harness *harness = holding(8, 0);
    sanscsi_task task = submit_good(harness, SANSCSI_COMMAND_IMMEDIATE, 1);
    harness_run(harness);
    uint32_t cmd_sn = harness->target->exp_cmd_sn;
    (void)submit_good(harness, 0, 2);
    (void)submit_good(harness, 0, 3);
    harness_run(harness);
    assert_int_equal(sanscsi_cancel(harness->session, task, harness->now), SANSCSI_OK);
    harness_run(harness);
    const uint8_t *sent = harness->target->last_tmf;
    assert_int_equal(sent[0], 0x42);
    assert_int_equal(sent[1], 0x81);
    assert_int_equal(get32(sent + 24), cmd_sn + 2);
    assert_int_equal(get32(sent + 32), cmd_sn + 2);
    assert_int_equal(ending(harness, 1), SANSCSI_IO_CANCELLED);
    assert_int_equal(ending(harness, 2), UNANSWERED);
    harness_logout(harness);
    harness_free(harness);
}

/* Cancelled, timed out or logged out before it is sent: the target never sees it. */
static void test_ends_unsent(void **state) {
    (void)state;
    struct harness *harness = holding(8, 0);
    sanscsi_task task = submit_good(harness, SANSCSI_COMMAND_IMMEDIATE, 1);
    assert_int_equal(sanscsi_cancel(harness->session, task, harness->now), SANSCSI_OK);
    harness->no_tx = true;
    (void)submit_good(harness, SANSCSI_COMMAND_IMMEDIATE, 2);
    harness_wait(harness, 30 * SANSCSI_SECOND);
    (void)submit_good(harness, SANSCSI_COMMAND_IMMEDIATE, 3);
    (void)submit_good(harness, 0, 4);
    assert_int_equal(sanscsi_logout(harness->session, harness->now), SANSCSI_OK);
    harness->no_tx = false;
    harness_run(harness);
    assert_int_equal(ending(harness, 1), SANSCSI_IO_CANCELLED);
    assert_int_equal(ending(harness, 2), SANSCSI_IO_TIMEOUT);
    assert_int_equal(ending(harness, 3), SANSCSI_IO_SESSION_OFFLINE);
    assert_int_equal(ending(harness, 4), SANSCSI_IO_SESSION_OFFLINE);
    assert_int_equal(harness->target->commands, 0);
    harness_free(harness);
}

static void test_connection_lost(void **state) {
    (void)state;
    struct harness *harness = holding(8, 0);
    (void)submit_good(harness, SANSCSI_COMMAND_IMMEDIATE, 1);
    harness_run(harness);
    (void)submit_good(harness, SANSCSI_COMMAND_IMMEDIATE, 2);
    harness_cut(harness);
    harness_poll(harness);
    assert_int_equal(ending(harness, 1), SANSCSI_IO_CONNECTION_OFFLINE);
    assert_int_equal(ending(harness, 2), SANSCSI_IO_CONNECTION_OFFLINE);
    harness_free(harness);
}

/* ---- what task management covers ---- */

static void reset(struct harness *harness, uint64_t user) {
    sanscsi_management management;
    sanscsi_management_defaults(&management);
    management.lun = UNIT;
    management.user = user;
    assert_int_equal(sanscsi_manage(harness->session, &management, harness->now, NULL), 0);
}

static void answer_reset(struct harness *harness, uint32_t tag) {
    uint8_t bhs[48];
    target_begin_status(harness->target, bhs, 0x22, 0x80, tag);
    target_send(harness->target, bhs, NULL, 0);
    harness_run(harness);
}

/* Commands for immediate delivery all carry one CmdSN here, and that of both functions: what was
 * sent before a function is covered, what came behind is not. */
static void test_covered_by_management(void **state) {
    (void)state;
    for (uint32_t answered = 0; answered < 2; answered++) {
        struct harness *harness = holding(8, -1);
        (void)submit_good(harness, SANSCSI_COMMAND_IMMEDIATE, 1);
        harness_run(harness);
        reset(harness, 11);
        harness_run(harness);
        uint32_t first = get32(harness->target->last_tmf + 16);
        (void)submit_good(harness, SANSCSI_COMMAND_IMMEDIATE, 2);
        harness_run(harness);
        reset(harness, 12);
        harness_run(harness);
        uint32_t second = get32(harness->target->last_tmf + 16);
        (void)submit_good(harness, SANSCSI_COMMAND_IMMEDIATE, 3);
        (void)submit_good(harness, 0, 4);
        harness_run(harness);
        answer_reset(harness, answered == 0 ? first : second);
        assert_int_equal(ending(harness, 1), SANSCSI_IO_CANCELLED);
        assert_int_equal(ending(harness, 2), answered == 0 ? UNANSWERED : SANSCSI_IO_CANCELLED);
        assert_int_equal(ending(harness, 3), UNANSWERED);
        answer_reset(harness, answered == 0 ? second : first);
        assert_int_equal(ending(harness, 2), SANSCSI_IO_CANCELLED);
        assert_int_equal(ending(harness, 3), UNANSWERED);
        assert_int_equal(ending(harness, 4), UNANSWERED);
        harness_logout(harness);
        harness_free(harness);
    }
}

/* Not sent yet when the function was asked for: it ends at once; one behind it goes on. */
static void test_unsent_and_covered(void **state) {
    (void)state;
    struct harness *harness = holding(8, 0);
    (void)submit_good(harness, SANSCSI_COMMAND_IMMEDIATE, 1);
    reset(harness, 11);
    (void)submit_good(harness, SANSCSI_COMMAND_IMMEDIATE, 2);
    harness_run(harness);
    assert_int_equal(ending(harness, 1), SANSCSI_IO_CANCELLED);
    assert_int_equal(ending(harness, 2), UNANSWERED);
    assert_int_equal(harness->target->commands, 1);
    harness_logout(harness);
    harness_free(harness);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_headers),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_overtaking),
        cmocka_unit_test(test_immediate_writes),
        cmocka_unit_test(test_abort),
        cmocka_unit_test(test_ends_unsent),
        cmocka_unit_test(test_connection_lost),
        cmocka_unit_test(test_covered_by_management),
        cmocka_unit_test(test_unsent_and_covered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
