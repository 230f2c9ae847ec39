/* Rejects in an odd order, requests that then wait for the command window, and answers that come
 * behind a Reject (RFC 7143 11.17, 7.3, 4.2.2.1). */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "initiator/session.h"
#include "test_manage_run.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { TOO_MANY_IMMEDIATE = 0x06, NOT_SUPPORTED = 0x05, LONG_OPERATION = 0x0a };

/* A target that answers nothing by itself, and takes so many commands at once. */
static struct harness *silent(uint32_t window, uint32_t type) {
    struct target_config config;
    sanscsi_session_settings settings;
    sanscsi_limits limits;
    target_config_defaults(&config);
    config.hold = true;
    config.tmf_response = config.logout_response = -1;
    config.window = window;
    config.text_hook = target_ignore_text;
    harness_settings(&settings, &limits);
    settings.type = type;
    settings.max_unasked = 8;
    return harness_ready(&config, &settings, &limits);
}

static void reject(struct harness *harness, uint8_t reason, const uint8_t *header) {
    uint8_t copy[48];
    memcpy(copy, header, sizeof(copy));
    target_reject(harness->target, reason, copy);
    harness_run(harness);
}

/* An answer with a status number: to a request, by its header. */
static void answer(struct harness *harness, uint8_t opcode, const uint8_t *request, uint32_t tag) {
    uint8_t bhs[48];
    target_begin_status(harness->target, bhs, opcode, 0x80, get32(request + 16));
    put32(bhs + 20, tag);
    target_send(harness->target, bhs, NULL, 0);
    harness_run(harness);
}

static void end(struct harness *harness) {
    harness->target->missing = false;
    harness->target->config.logout_response = 0;
    harness_logout(harness);
    harness_free(harness);
}

/* What ended the connection, and that there is no other end. */
static void expect_fault(struct harness *harness, const char *fault) {
    assert_string_equal(harness_fault(harness), fault);
    assert_int_equal(harness->logged_out, 1);
    harness_free(harness);
}

/* ---- what is sent again in order needs the window ---- */

enum again { ABORT, MANAGEMENT_AGAIN, LOGOUT };

static const uint8_t *sent(const struct harness *harness, enum again which) {
    return which == LOGOUT ? harness->target->last[6] : harness->target->last[2];
}

static void what_is_sent_again_waits_for_the_window(void **state) {
    (void)state;
    for (uint32_t which = ABORT; which <= LOGOUT; which++) {
        struct harness *harness = silent(1, SANSCSI_SESSION_NORMAL);
        sanscsi_task task = managed_read(harness, UNIT_A, 1); /* which takes all of the window */
        harness_run(harness);
        if (which == ABORT) {
            assert_int_equal(sanscsi_cancel(harness->session, task, harness->now), SANSCSI_OK);
        } else if (which == LOGOUT) {
            assert_int_equal(sanscsi_logout(harness->session, harness->now), SANSCSI_OK);
        } else {
            assert_int_equal(
                managed_function(harness, SANSCSI_MANAGE_LOGICAL_UNIT_RESET, UNIT_B, 0, 0),
                SANSCSI_OK);
        }
        harness_run(harness);
        uint8_t first[48];
        memcpy(first, sent(harness, (enum again)which), sizeof(first));
        assert_int_equal(first[0], which == LOGOUT ? 0x46 : 0x42);
        uint32_t pdus = harness->target->pdus;
        reject(harness, TOO_MANY_IMMEDIATE, first);
        assert_int_equal(harness->target->pdus, pdus);
        target_open_window(harness->target, 1);
        harness_run(harness);
        assert_int_equal(harness->target->pdus, pdus + 1);
        const uint8_t *second = sent(harness, (enum again)which);
        assert_int_equal(second[0], first[0] - 0x40);
        assert_int_equal(second[1], first[1]);
        assert_int_equal(get32(second + 24), get32(first + 24)); /* now used up */
        harness_cut(harness);
        harness_poll(harness);
        assert_int_equal(harness->done[1], 1);
        harness_free(harness);
    }
}

/* In order it cannot be one too many: the target is out of step. */
static void a_logout_that_is_rejected_twice(void **state) {
    (void)state;
    struct harness *harness = silent(8, SANSCSI_SESSION_NORMAL);
    assert_int_equal(sanscsi_logout(harness->session, harness->now), SANSCSI_OK);
    harness_run(harness);
    reject(harness, TOO_MANY_IMMEDIATE, harness->target->last[6]);
    assert_int_equal(harness->target->last[6][0], 0x06);
    reject(harness, TOO_MANY_IMMEDIATE, harness->target->last[6]);
    expect_fault(harness, "reject");
}

/* The command has ended by its own answer: nothing is left to abort. */
static void an_abort_that_is_not_needed_any_more(void **state) {
    (void)state;
    struct harness *harness = silent(8, SANSCSI_SESSION_NORMAL);
    sanscsi_task task = managed_read(harness, UNIT_A, 1);
    harness_run(harness);
    assert_int_equal(sanscsi_cancel(harness->session, task, harness->now), SANSCSI_OK);
    harness_run(harness);
    assert_int_equal(harness->target->aborts, 1);
    assert_true(target_answer(harness->target, 0));
    harness_run(harness);
    assert_int_equal(managed_ending(harness, 1), SANSCSI_IO_OK);
    reject(harness, TOO_MANY_IMMEDIATE, harness->target->last_tmf);
    assert_int_equal(harness->target->aborts, 1);
    assert_int_equal(harness->closes, 0);
    end(harness);
}

/* ---- headers that are not of the last request ---- */

enum { WRONG_CMD_SN, OTHER_DELIVERY };

/* Returned headers name the task, but were never sent so: the Reject is told, no more. */
static void headers_that_were_never_sent(void **state) {
    (void)state;
    static const struct {
        uint8_t opcode;
        uint8_t wrong;
    } cases[] = {
        {0x01, WRONG_CMD_SN}, {0x01, OTHER_DELIVERY}, {0x00, WRONG_CMD_SN}, {0x04, WRONG_CMD_SN}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct harness *harness = silent(8, SANSCSI_SESSION_NORMAL);
        sanscsi_session *session = harness->session;
        int32_t status = SANSCSI_OK;
        if (cases[i].opcode == 0x01) {
            (void)managed_read(harness, UNIT_A, 1);
        } else if (cases[i].opcode == 0x00) {
            status = sanscsi_ping(session, NULL, NULL, 0, 1, 0, harness->now, NULL);
        } else {
            status = sanscsi_declare_segment_length(session, 8192, 1, 0, harness->now, NULL);
        }
        assert_int_equal(status, SANSCSI_OK);
        harness_run(harness);
        uint8_t bhs[48], header[48];
        memcpy(header, harness->target->last[cases[i].opcode], sizeof(header));
        header[0] ^= cases[i].wrong == OTHER_DELIVERY ? 0x40 : 0;
        header[27] ^= cases[i].wrong == WRONG_CMD_SN ? 0x01 : 0;
        target_begin_status(harness->target, bhs, 0x3f, 0x80, TARGET_NO_TAG);
        bhs[2] = NOT_SUPPORTED;
        target_send(harness->target, bhs, header, sizeof(header));
        harness_run(harness);
        assert_int_equal(harness_counter(harness, "rejects"), 1);
        assert_int_equal(harness->result_count, 0);
        assert_int_equal(harness->target->aborts, 0);
        assert_int_equal(harness->closes, 0);
        end(harness);
    }
}

/* ---- behind a Reject ---- */

static int32_t declare(struct harness *harness) {
    int32_t status =
        sanscsi_declare_segment_length(harness->session, 8192, 1, 0, harness->now, NULL);
    harness_run(harness);
    return status;
}

/* The same Reject once more, while the ABORT TASK that plugs the gap is under way. */
static void a_text_request_that_is_rejected_twice(void **state) {
    (void)state;
    struct harness *harness = silent(8, SANSCSI_SESSION_NORMAL);
    assert_int_equal(declare(harness), SANSCSI_OK);
    reject(harness, NOT_SUPPORTED, harness->target->last[4]);
    assert_int_equal(harness->target->aborts, 1);
    reject(harness, NOT_SUPPORTED, harness->target->last[4]);
    assert_int_equal(harness->target->aborts, 1);
    assert_int_equal(harness->result_count, 0);
    target_finish_management(harness->target, harness->target->last_tmf, 0);
    harness_run(harness);
    assert_int_equal(managed_ending(harness, 1), SANSCSI_IO_TARGET_FAILURE);
    end(harness);
}

/* The target answers what it has rejected, before or behind the ABORT TASK: out of step before,
 * late behind, where it says nothing to anybody. The Reject is why the task has failed. */
static void answers_behind_a_reject(void **state) {
    (void)state;
    for (uint32_t aborted = 0; aborted < 2; aborted++) {
        struct harness *harness = silent(8, SANSCSI_SESSION_NORMAL);
        assert_int_equal(declare(harness), SANSCSI_OK);
        reject(harness, NOT_SUPPORTED, harness->target->last[4]);
        if (aborted != 0) {
            target_finish_management(harness->target, harness->target->last_tmf, 0);
            harness_run(harness);
            assert_int_equal(managed_ending(harness, 1), SANSCSI_IO_TARGET_FAILURE);
        }
        answer(harness, 0x24, harness->target->last[4], TARGET_NO_TAG);
        if (aborted == 0) {
            assert_int_equal(managed_ending(harness, 1), SANSCSI_IO_TARGET_FAILURE);
            expect_fault(harness, "initiator-task-tag");
            continue;
        }
        assert_int_equal(harness_counter(harness, "late-pdus"), 1);
        assert_int_equal(harness->result_count, 1);
        assert_int_equal(harness->closes, 0);
        end(harness);
    }
}

static void an_answer_to_a_rejected_ping(void **state) {
    (void)state;
    struct harness *harness = silent(8, SANSCSI_SESSION_NORMAL);
    assert_int_equal(sanscsi_ping(harness->session, NULL, NULL, 0, 1, 0, harness->now, NULL),
                     SANSCSI_OK);
    harness_run(harness);
    reject(harness, NOT_SUPPORTED, harness->target->last[0]);
    target_finish_management(harness->target, harness->target->last_tmf, 0);
    harness_run(harness);
    assert_int_equal(managed_ending(harness, 1), SANSCSI_IO_TARGET_FAILURE);
    answer(harness, 0x20, harness->target->last[0], TARGET_NO_TAG);
    assert_int_equal(harness_counter(harness, "late-pdus"), 1);
    assert_int_equal(harness->result_count, 1);
    assert_int_equal(harness->closes, 0);
    end(harness);
}

/* The status number of late data counts as any other (RFC 7143 4.2.2.2). */
static void late_data_with_a_status(void **state) {
    (void)state;
    for (uint32_t lost = 0; lost < 2; lost++) {
        struct harness *harness = silent(8, SANSCSI_SESSION_NORMAL);
        sanscsi_task task = managed_read(harness, UNIT_A, 1);
        harness_run(harness);
        uint8_t command[48], bhs[48];
        memcpy(command, harness->target->last[1], sizeof(command));
        assert_int_equal(sanscsi_cancel(harness->session, task, harness->now), SANSCSI_OK);
        harness_run(harness);
        target_finish_management(harness->target, harness->target->last_tmf, 0);
        harness_run(harness);
        assert_int_equal(managed_ending(harness, 1), SANSCSI_IO_CANCELLED);
        harness->target->stat_sn += lost;
        target_begin_status(harness->target, bhs, 0x25, 0x81, get32(command + 16));
        put32(bhs + 20, TARGET_NO_TAG);
        target_send(harness->target, bhs, NULL, 0);
        harness_run(harness);
        if (lost != 0) {
            expect_fault(harness, "stat-sn");
            continue;
        }
        assert_int_equal(harness_counter(harness, "late-pdus"), 1);
        end(harness);
    }
}

/* ---- discovery, which knows no ABORT TASK ---- */

static struct harness *asking(void) {
    struct harness *harness = silent(8, SANSCSI_SESSION_DISCOVERY);
    assert_int_equal(sanscsi_send_targets(harness->session, 1, harness->now, NULL), SANSCSI_OK);
    harness_run(harness);
    assert_int_equal(harness->target->last[4][0], 0x04);
    return harness;
}

/* Between a Reject for want of resources and the next try nothing is awaited. */
static void an_answer_before_it_is_asked_again(void **state) {
    (void)state;
    struct harness *harness = asking();
    reject(harness, LONG_OPERATION, harness->target->last[4]);
    assert_int_equal(harness->closes, 0);
    reject(harness, LONG_OPERATION, harness->target->last[4]); /* nor is another Reject */
    assert_int_equal(harness_counter(harness, "rejects"), 2);
    answer(harness, 0x24, harness->target->last[4], TARGET_NO_TAG);
    assert_int_equal(managed_ending(harness, 1), SANSCSI_IO_CONNECTION_OFFLINE);
    expect_fault(harness, "initiator-task-tag");
}

/* Its CmdSN is not taken back when another request has used up the next one. */
static void a_rejected_text_request_behind_a_logout(void **state) {
    (void)state;
    struct harness *harness = asking();
    uint8_t text[48], again[48];
    memcpy(text, harness->target->last[4], sizeof(text));
    assert_int_equal(sanscsi_logout(harness->session, harness->now), SANSCSI_OK);
    harness_run(harness);
    reject(harness, TOO_MANY_IMMEDIATE, harness->target->last[6]);
    memcpy(again, harness->target->last[6], sizeof(again));
    assert_int_equal(again[0], 0x06);
    assert_int_equal(get32(again + 24), get32(text + 24) + 1);
    reject(harness, NOT_SUPPORTED, text);
    assert_int_equal(managed_ending(harness, 1), SANSCSI_IO_TARGET_FAILURE);
    assert_int_equal(harness->session->window.cmd_sn, get32(again + 24) + 1);
    answer(harness, 0x26, again, 0);
    assert_int_equal(harness_counter(harness, "logouts"), 1);
    expect_fault(harness, "none");
}

/* Answers that say nothing and do not end. */
static void empty_answers_without_end(void **state) {
    (void)state;
    struct harness *harness = asking();
    for (uint32_t i = 1; i <= 9; i++) {
        uint8_t bhs[48];
        assert_int_equal(harness->closes, 0);
        assert_int_equal(harness->target->text_requests, i);
        target_begin_status(harness->target, bhs, 0x24, 0, get32(harness->target->last[4] + 16));
        put32(bhs + 20, i);
        target_send(harness->target, bhs, NULL, 0);
        harness_run(harness);
    }
    assert_int_equal(managed_ending(harness, 1), SANSCSI_IO_CONNECTION_OFFLINE);
    expect_fault(harness, "flood");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_sent_again_waits_for_the_window),
        cmocka_unit_test(a_logout_that_is_rejected_twice),
        cmocka_unit_test(an_abort_that_is_not_needed_any_more),
        cmocka_unit_test(headers_that_were_never_sent),
        cmocka_unit_test(a_text_request_that_is_rejected_twice),
        cmocka_unit_test(answers_behind_a_reject),
        cmocka_unit_test(an_answer_to_a_rejected_ping),
        cmocka_unit_test(late_data_with_a_status),
        cmocka_unit_test(an_answer_before_it_is_asked_again),
        cmocka_unit_test(a_rejected_text_request_behind_a_logout),
        cmocka_unit_test(empty_answers_without_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
