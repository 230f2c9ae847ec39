/* Numbers of requests and of statuses, and the command window (RFC 7143 4.2.2). */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "initiator/session.h"
#include "support/harness.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define LUN UINT64_C(0x0003000000000000)

static uint8_t buffer[1000];
static sanscsi_iovec list = {buffer, sizeof(buffer)};

/* A target that answers no command by itself and takes so many. */
static struct harness *holding(uint32_t window) {
    struct target_config config;
    target_config_defaults(&config);
    config.hold = true;
    config.window = window;
    config.initial_r2t = 1;
    config.immediate_data = 0;
    config.silent = true;
    return harness_ready(&config, NULL, NULL);
}

static void ping(struct harness *harness, uint64_t user) {
    assert_int_equal(sanscsi_ping(harness->session, NULL, NULL, 0, user, 0, harness->now, NULL),
                     SANSCSI_OK);
    harness_run(harness);
}

/* ---- the window by itself ---- */

static void a_window_is_open_between_its_ends(void **state) {
    (void)state;
    static const struct {
        uint32_t cmd_sn, exp_cmd_sn, max_cmd_sn;
        bool open;
    } cases[] = {
        {5, 5, 5, true},
        {5, 5, 4, false}, /* closed: MaxCmdSN = ExpCmdSN - 1 */
        {6, 5, 5, false},
        {5, 6, 9, false},
        {9, 5, 9, true},
        {10, 5, 9, false},
        {0, UINT32_MAX, 0, true},
        {0, UINT32_MAX, UINT32_MAX, false},
        {UINT32_MAX, UINT32_MAX, 0, true},
        {1, UINT32_MAX, 0, false},
        {0x7fffffff, 0, 0x7fffffff, true},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct command_window window = {cases[i].cmd_sn, cases[i].exp_cmd_sn, cases[i].max_cmd_sn};
        assert_int_equal(window_open(&window), cases[i].open);
    }
}

static void updates_go_forward_only(void **state) {
    (void)state;
    static const struct {
        uint32_t exp_before, max_before, exp_told, max_told, exp_after, max_after;
    } cases[] = {
        {10, 20, 12, 25, 12, 25},
        {10, 20, 9, 25, 10, 25}, /* each by itself */
        {10, 20, 12, 19, 12, 20},
        {10, 20, 9, 19, 10, 20},
        {10, 20, 30, 29, 30, 29},  /* closed, but without contradiction */
        {10, 20, 30, 28, 10, 20},  /* MaxCmdSN < ExpCmdSN - 1 */
        {10, 20, 100, 50, 10, 20}, /* likewise */
        {UINT32_MAX, 3, 0, 4, 0, 4},
        {0, UINT32_MAX, 1, 0, 1, 0},
        {5, 9, UINT32_MAX, 9, 5, 9},
        {10, 20, 10, 9 + UINT32_C(0x7fffffff), 10, 9 + UINT32_C(0x7fffffff)},
        {10, 20, 10, 20 + UINT32_C(0x80000000), 10, 20}, /* neither before nor behind */
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct command_window window = {0, cases[i].exp_before, cases[i].max_before};
        window_update(&window, cases[i].exp_told, cases[i].max_told);
        assert_int_equal(window.exp_cmd_sn, cases[i].exp_after);
        assert_int_equal(window.max_cmd_sn, cases[i].max_after);
    }
}

/* ---- numbers of requests ---- */

static void requests_count_on(void **state) {
    (void)state;
    struct harness *harness = holding(8);
    const struct target *target = harness->target;
    uint32_t first = target->exp_cmd_sn; /* that of the login, which does not count it up */
    uint32_t stat_sn = target->stat_sn;
    (void)harness_read(harness, 0, &list, 1, 1);
    harness_run(harness);
    assert_int_equal(target->tasks[0].cmd_sn, first);
    assert_int_equal(target->acknowledged, stat_sn);
    ping(harness, 2);
    assert_int_equal(get32(target->last_nop + 24), first + 1);
    (void)harness_write(harness, 0, &list, 1, 3);
    (void)harness_read(harness, 0, &list, 1, 4);
    harness_run(harness);
    assert_int_equal(target->tasks[1].cmd_sn, first + 2);
    assert_int_equal(target->tasks[2].cmd_sn, first + 3);
    assert_int_equal(target->exp_cmd_sn, first + 4);
    harness_logout(harness);
    harness_free(harness);
}

/* An immediate PDU as RFC 7143 draws it, but for our own tag. */
static void expect_immediate(const struct harness *harness, const uint8_t *sent,
                             uint8_t expected[48]) {
    expected[0] |= 0x40;
    if (get32(expected + 16) == 0) {
        assert_int_not_equal(get32(sent + 16), TARGET_NO_TAG);
        memcpy(expected + 16, sent + 16, 4);
    }
    put32(expected + 24, harness->target->exp_cmd_sn);
    assert_memory_equal(sent, expected, 48);
}

static void immediate_requests_use_no_number_up(void **state) {
    (void)state;
    struct harness *harness = holding(8);
    const struct target *target = harness->target;
    sanscsi_task task = harness_read(harness, 0, &list, 1, 1);
    (void)harness_read(harness, 0, &list, 1, 2);
    harness_run(harness);
    uint32_t next = target->exp_cmd_sn;

    uint8_t answer[48] = {0x00, 0x80};
    put64(answer + 8, LUN);
    put32(answer + 16, TARGET_NO_TAG);
    put32(answer + 28, target->stat_sn);
    target_ping(harness->target, LUN);
    put32(answer + 20, target->ping_tag);
    harness_run(harness);
    expect_immediate(harness, target->last_nop, answer);

    uint8_t abort[48] = {0x02, 0x81};
    put32(abort + 20, target->tasks[0].itt);
    put32(abort + 28, target->stat_sn);
    put32(abort + 32, target->tasks[0].cmd_sn);
    put64(abort + 8, target->tasks[0].lun);
    assert_int_equal(sanscsi_cancel(harness->session, task, harness->now), SANSCSI_OK);
    harness_run(harness);
    expect_immediate(harness, target->last_tmf, abort);

    uint8_t logout[48] = {0x06, 0x80};
    put32(logout + 28, target->stat_sn);
    assert_int_equal(sanscsi_logout(harness->session, harness->now), SANSCSI_OK);
    harness_run(harness);
    expect_immediate(harness, target->last_logout, logout);
    assert_int_equal(target->exp_cmd_sn, next);
    harness_free(harness);
}

/* ---- every PDU that has the fields ---- */

enum opener {
    BY_RESPONSE,
    BY_DATA_IN,
    BY_R2T,
    BY_NOP_IN,
    BY_PING,
    BY_ECHO,
    BY_MANAGEMENT,
    BY_ASYNC,
    OPENERS
};

/* One PDU of the target's that opens the window by one. */
static void open_by(struct harness *harness, enum opener opener) {
    struct target *target = harness->target;
    uint32_t read = target->tasks[0].itt;
    uint32_t write = target->tasks[1].itt;
    uint8_t bhs[48];
    switch (opener) {
    case BY_RESPONSE:
        target_begin_status(target, bhs, 0x21, 0x82, read);
        put32(bhs + 44, sizeof(buffer));
        break;
    case BY_DATA_IN:
        target_begin(target, bhs, 0x25, 0x00, read);
        break;
    case BY_R2T:
        target_begin(target, bhs, 0x31, 0x80, write);
        put64(bhs + 8, target->tasks[1].lun);
        put32(bhs + 20, 7);
        put32(bhs + 44, 100);
        target->tasks[1].r2ts[0] = (struct target_r2t){7, 0, 100, 0};
        target->tasks[1].r2t_count = 1;
        break;
    case BY_NOP_IN:
    case BY_PING:
        target_begin(target, bhs, 0x20, 0x80, TARGET_NO_TAG);
        put32(bhs + 20, opener == BY_PING ? 9 : TARGET_NO_TAG);
        target->ping_tag = 9;
        target->ping_lun = 0;
        break;
    case BY_ECHO:
        target_begin_status(target, bhs, 0x20, 0x80, get32(target->last_nop + 16));
        put32(bhs + 20, TARGET_NO_TAG);
        break;
    case BY_MANAGEMENT:
        target_begin_status(target, bhs, 0x22, 0x80, get32(target->last_tmf + 16));
        break;
    case BY_ASYNC:
    case OPENERS:
        target_begin_status(target, bhs, 0x32, 0x80, TARGET_NO_TAG);
        break;
    }
    put32(bhs + 32, target->max_cmd_sn + 1);
    target_send(target, bhs, NULL, 0);
    if (opener == BY_RESPONSE) {
        target_drop(target, &target->tasks[0]);
    }
}

static void every_pdu_opens_the_window(void **state) {
    (void)state;
    for (uint32_t opener = 0; opener < OPENERS; opener++) {
        struct harness *harness = holding(3);
        harness->target->config.tmf_response = -1;
        sanscsi_task task = harness_read(harness, 0, &list, 1, 1);
        (void)harness_write(harness, 0, &list, 1, 2);
        ping(harness, 3);
        (void)harness_read(harness, 0, &list, 1, 4);
        harness_run(harness);
        if (opener == BY_MANAGEMENT) {
            assert_int_equal(sanscsi_cancel(harness->session, task, harness->now), SANSCSI_OK);
            harness_run(harness);
        }
        assert_int_equal(harness->target->commands, 2);
        open_by(harness, (enum opener)opener);
        harness_run(harness);
        assert_int_equal(harness->target->commands, 3);
        assert_int_equal(harness->closes, 0);
        harness_logout(harness);
        harness_free(harness);
    }
}

/* A continuation of a text waits for the window, which its own response opens. */
static void a_text_response_opens_the_window(void **state) {
    (void)state;
    struct target_config config;
    sanscsi_session_settings settings;
    sanscsi_limits limits;
    target_config_defaults(&config);
    config.hold = true;
    config.window = 1;
    harness_settings(&settings, &limits);
    settings.type = SANSCSI_SESSION_DISCOVERY;
    for (uint32_t opens = 0; opens < 2; opens++) {
        struct harness *harness = harness_ready(&config, &settings, &limits);
        struct target *target = harness->target;
        assert_int_equal(sanscsi_send_targets(harness->session, 1, harness->now, NULL), 0);
        harness_run(harness);
        assert_int_equal(target->text_requests, 1);
        uint8_t bhs[48];
        target_begin_status(target, bhs, 0x24, 0x00, target->text_itt);
        put64(bhs + 8, UINT64_C(0x0001020304050607)); /* the target's, to be brought back */
        put32(bhs + 20, 0x77);
        put32(bhs + 32, target->max_cmd_sn + opens);
        target->text_tag = 0x77;
        target_send(target, bhs, NULL, 0);
        harness_run(harness);
        assert_int_equal(target->text_requests, 1 + opens);
        harness_no_violations(harness);
        harness_cut(harness);
        harness_poll(harness);
        harness_free(harness);
    }
}

/* ---- numbers of statuses ---- */

/* What our next request acknowledges is all that has come. */
static void expect_acknowledged(struct harness *harness) {
    uint32_t stat_sn = harness->target->stat_sn;
    harness->target->config.hold = true;
    ping(harness, 77);
    assert_int_equal(get32(harness->target->last_nop + 28), stat_sn);
    uint8_t bhs[48];
    target_begin_status(harness->target, bhs, 0x20, 0x80, get32(harness->target->last_nop + 16));
    put32(bhs + 20, TARGET_NO_TAG);
    target_send(harness->target, bhs, NULL, 0);
    harness_run(harness);
    harness->target->config.hold = false;
}

static void requests_tell_the_next_status(void **state) {
    (void)state;
    struct target_config config;
    target_config_defaults(&config);
    config.data_in_size = 300;
    struct harness *harness = harness_ready(&config, NULL, NULL);
    struct target *target = harness->target;
    expect_acknowledged(harness); /* the login, and then the answer to this ping itself */
    expect_acknowledged(harness);
    (void)harness_read(harness, 0, &list, 1, 1); /* four Data-In, the last with the status */
    harness_run(harness);
    expect_acknowledged(harness);
    target->config.status_alone = true;
    (void)harness_read(harness, 0, &list, 1, 2);
    harness_run(harness);
    expect_acknowledged(harness);
    target->config.initial_r2t = 1;
    (void)harness_write(harness, 0, &list, 1, 3);
    harness_run(harness);
    expect_acknowledged(harness);
    target_ping(target, 0);
    target_open_window(target, 8); /* a NOP-In that wants no answer */
    harness_run(harness);
    expect_acknowledged(harness);
    target_async(target, 255, 0, 0);
    harness_run(harness);
    expect_acknowledged(harness);
    target->config.hold = true;
    sanscsi_task task = harness_read(harness, 0, &list, 1, 4);
    harness_run(harness);
    assert_int_equal(sanscsi_cancel(harness->session, task, harness->now), SANSCSI_OK);
    harness_run(harness);
    assert_int_equal(harness_result(harness, 4)->io_status, SANSCSI_IO_CANCELLED);
    expect_acknowledged(harness);
    assert_int_equal(harness->closes, 0);
    harness_logout(harness);
    harness_free(harness);
}

/* ---- sessions ---- */

static void a_discovery_session_does_nothing_else(void **state) {
    (void)state;
    sanscsi_session_settings settings;
    sanscsi_limits limits;
    harness_settings(&settings, &limits);
    settings.type = SANSCSI_SESSION_DISCOVERY;
    settings.keepalive_interval = SANSCSI_SECOND;
    struct harness *harness = harness_ready(NULL, &settings, &limits);
    uint8_t cdb[16] = {0};
    sanscsi_command command;
    sanscsi_management management;
    sanscsi_command_defaults(&command);
    sanscsi_management_defaults(&management);
    command.cdb = cdb;
    command.cdb_length = 6;
    uint32_t pdus = harness->target->pdus;
    assert_int_equal(sanscsi_submit(harness->session, &command, harness->now, NULL),
                     SANSCSI_WRONG_SESSION_TYPE);
    assert_int_equal(sanscsi_manage(harness->session, &management, harness->now, NULL),
                     SANSCSI_WRONG_SESSION_TYPE);
    assert_int_equal(sanscsi_ping(harness->session, NULL, NULL, 0, 1, 0, harness->now, NULL),
                     SANSCSI_WRONG_SESSION_TYPE);
    assert_int_equal(sanscsi_deadline(harness->session), SANSCSI_NEVER);
    harness_wait(harness, 100 * SANSCSI_SECOND);
    assert_int_equal(harness->target->pdus, pdus);
    harness_logout(harness);
    harness_free(harness);
}

/* RFC 7143 4.4.3, 11.12.5: no two sessions share an ISID, unless they are told to. */
static void sessions_have_isids_of_their_own(void **state) {
    (void)state;
    static const uint8_t own[6] = {0x40, 0x00, 0x12, 0x34, 0x56, 0x78};
    struct harness *harness = harness_new(NULL, NULL, NULL);
    sanscsi_session_settings settings;
    sanscsi_limits limits;
    harness_settings(&settings, &limits);
    sanscsi_session *sessions[4];
    for (size_t i = 0; i < COUNT(sessions); i++) {
        if (i == 3) {
            memcpy(settings.isid, own, sizeof(own));
            settings.isid[6] = 1;
        }
        assert_int_equal(sanscsi_session_new(harness->initiator, &settings, &limits, &sessions[i]),
                         SANSCSI_OK);
        for (size_t other = 0; other < i; other++) {
            assert_memory_not_equal(sessions[i]->isid, sessions[other]->isid, 6);
        }
        assert_int_equal(sessions[i]->isid[0], i == 3 ? 0x40 : 0x80); /* random: 10b, A is 0 */
    }
    assert_memory_equal(sessions[3]->isid, own, sizeof(own));
    for (size_t i = 0; i < COUNT(sessions); i++) {
        sanscsi_session_free(sessions[i]);
    }
    harness_login(harness); /* and that is what the target gets */
    assert_memory_equal(harness->target->login.isid, harness->session->isid, 6);
    harness_logout(harness);
    harness_free(harness);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_window_is_open_between_its_ends),
        cmocka_unit_test(updates_go_forward_only),
        cmocka_unit_test(requests_count_on),
        cmocka_unit_test(immediate_requests_use_no_number_up),
        cmocka_unit_test(every_pdu_opens_the_window),
        cmocka_unit_test(a_text_response_opens_the_window),
        cmocka_unit_test(requests_tell_the_next_status),
        cmocka_unit_test(a_discovery_session_does_nothing_else),
        cmocka_unit_test(sessions_have_isids_of_their_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
