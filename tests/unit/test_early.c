/* Targets that answer what they have not got: the transport takes nothing, while answers to tags
 * that can be guessed come in. Nothing of what waits may change, and all slots may be taken. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "support/harness.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define SHOWN 16u
#define INTERVAL (SANSCSI_SECOND / 100) /* of pings */

static uint8_t buffer[8192];
static const sanscsi_iovec list = {buffer, sizeof(buffer)};

/* What is made and waits to go out: headers, and how many. */
static uint32_t waiting(struct harness *harness, uint8_t headers[SHOWN][48]) {
    sanscsi_iovec iov[4 * SHOWN];
    size_t count = 0;
    uint32_t pdus = 0;
    assert_int_equal(sanscsi_tx_window(harness->session, 0, iov, COUNT(iov), &count), SANSCSI_OK);
    for (size_t i = 0; i < count; pdus++) {
        assert_int_equal(iov[i].size, 48);
        memcpy(headers[pdus], iov[i].data, 48);
        uint32_t left = (get24(headers[pdus] + 5) + 3) / 4 * 4;
        for (i++; left > 0; i++) {
            left -= (uint32_t)iov[i].size;
        }
    }
    return pdus;
}

/* All that waits goes out, to nobody. */
static void lose(struct harness *harness) {
    sanscsi_iovec iov[SHOWN];
    size_t count = 0, bytes = 0;
    assert_int_equal(sanscsi_tx_window(harness->session, 0, iov, COUNT(iov), &count), SANSCSI_OK);
    for (size_t i = 0; i < count; i++) {
        bytes += iov[i].size;
    }
    assert_int_equal(sanscsi_tx_commit(harness->session, 0, bytes, harness->now), SANSCSI_OK);
    harness_poll(harness);
}

static void text_response(struct harness *harness, uint32_t itt, uint32_t tag, const char *text,
                          uint32_t length) {
    uint8_t bhs[48];
    target_begin_status(harness->target, bhs, 0x24, tag == TARGET_NO_TAG ? 0x80 : 0, itt);
    put32(bhs + 20, tag);
    target_send(harness->target, bhs, text, length);
    harness_run(harness);
}

/* ---- text exchanges ---- */

static struct harness *discovery(void) {
    struct target_config config;
    sanscsi_session_settings settings;
    sanscsi_limits limits;
    target_config_defaults(&config);
    config.text_hook = target_ignore_text;
    harness_settings(&settings, &limits);
    settings.type = SANSCSI_SESSION_DISCOVERY;
    struct harness *harness = harness_ready(&config, &settings, &limits);
    harness->no_tx = true;
    assert_int_equal(sanscsi_send_targets(harness->session, 1, harness->now, NULL), SANSCSI_OK);
    return harness;
}

/* Records are told at once; the task is done when its request is out, whose text is its own. */
static void targets_that_nobody_was_asked_for(void **state) {
    (void)state;
    static const char text[] = "TargetName=iqn.2026-11.example:a\0TargetName=iqn.2026-11.example:b";
    uint8_t headers[SHOWN][48];
    struct harness *harness = discovery();
    assert_int_equal(waiting(harness, headers), 1);
    assert_int_equal(headers[0][0], 0x04);
    text_response(harness, get32(headers[0] + 16), TARGET_NO_TAG, text, sizeof(text));
    assert_non_null(strstr(harness->log, "target iqn.2026-11.example:a 0\n"
                                         "target iqn.2026-11.example:b 0\n"));
    assert_int_equal(harness->result_count, 0);
    harness->no_tx = false;
    harness_run(harness);
    assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_OK);
    assert_int_equal(harness->target->text_requests, 1);
    harness_logout(harness);
    harness_free(harness);
}

/* The next request takes the same memory, so it waits until the first is out. */
static void more_is_asked_for_when_the_first_is_out(void **state) {
    (void)state;
    uint8_t headers[SHOWN][48];
    struct harness *harness = discovery();
    assert_int_equal(waiting(harness, headers), 1);
    text_response(harness, get32(headers[0] + 16), 0x77, "TargetName=", 11);
    assert_int_equal(waiting(harness, headers), 1);
    assert_int_equal(get32(headers[0] + 20), TARGET_NO_TAG);
    assert_int_equal(get24(headers[0] + 5), 16); /* SendTargets=All and its null */
    lose(harness);
    assert_int_equal(waiting(harness, headers), 1);
    assert_int_equal(get32(headers[0] + 20), 0x77);
    assert_int_equal(get24(headers[0] + 5), 0);
    harness_cut(harness);
    harness_poll(harness);
    assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_CONNECTION_OFFLINE);
    harness_free(harness);
}

/* Bytes that wait to go out. */
static size_t bytes_waiting(struct harness *harness, uint8_t *bytes, size_t room) {
    sanscsi_iovec iov[4 * SHOWN];
    size_t count = 0, size = 0;
    assert_int_equal(sanscsi_tx_window(harness->session, 0, iov, COUNT(iov), &count), SANSCSI_OK);
    for (size_t i = 0; i < count; i++) {
        assert_true(iov[i].size <= room - size);
        memcpy(bytes + size, iov[i].data, iov[i].size);
        size += iov[i].size;
    }
    return size;
}

static int32_t declare(struct harness *harness, uint32_t bytes, uint64_t user) {
    return sanscsi_declare_segment_length(harness->session, bytes, user, 0, harness->now, NULL);
}

/* RFC 7143 11.9.1: AsyncEvent 4, the target wants to negotiate within three seconds. */
static void ask_to_negotiate(struct harness *harness) {
    target_async(harness->target, 4, 0, 3);
    harness_run(harness);
}

/* What a window has shown stays as it is: another exchange has the same memory for its text, so it
 * waits, or is refused, until what the one before has asked is out. */
static void another_exchange_behind_an_early_answer(void **state) {
    (void)state;
    for (uint32_t asked = 0; asked < 2; asked++) {
        uint8_t headers[SHOWN][48], before[256], after[256];
        struct target_config config;
        target_config_defaults(&config);
        config.text_hook = target_ignore_text;
        struct harness *harness = harness_ready(&config, NULL, NULL);
        harness->no_tx = true;
        assert_int_equal(declare(harness, 16384, 1), SANSCSI_OK);
        assert_int_equal(waiting(harness, headers), 1);
        size_t size = bytes_waiting(harness, before, sizeof(before));
        assert_memory_equal(before + 48, "MaxRecvDataSegmentLength=16384", 31);
        text_response(harness, get32(headers[0] + 16), TARGET_NO_TAG, NULL, 0);
        if (asked == 0) {
            assert_int_equal(declare(harness, 512, 2), SANSCSI_ALREADY_STARTED);
        } else {
            ask_to_negotiate(harness);
        }
        assert_int_equal(bytes_waiting(harness, after, sizeof(after)), size);
        assert_memory_equal(after, before, size);
        assert_int_equal(harness->result_count, 0);
        lose(harness);
        assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_OK);
        if (asked == 0) {
            assert_int_equal(declare(harness, 512, 2), SANSCSI_OK);
        }
        size = bytes_waiting(harness, after, sizeof(after));
        assert_int_equal(size, asked == 0 ? 48 + 32 : 48);
        assert_memory_equal(after + 48, "MaxRecvDataSegmentLength=512", size == 48 ? 0 : 29);
        harness_cut(harness);
        harness_poll(harness);
        harness_free(harness);
    }
}

/* ---- no slot is left ---- */

/* Pings of the library's that are answered before they are out: each keeps its slot. */
static void take_slots(struct harness *harness, uint32_t count) {
    uint8_t headers[SHOWN][48], bhs[48];
    uint32_t before = waiting(harness, headers);
    for (uint32_t i = 1; i <= count; i++) {
        harness_wait(harness, INTERVAL); /* PDUs came within that time */
        harness_wait(harness, INTERVAL);
        assert_int_equal(waiting(harness, headers), before + i);
        const uint8_t *request = headers[before + i - 1];
        assert_int_equal(request[0], 0x40);
        target_begin_status(harness->target, bhs, 0x20, 0x80, get32(request + 16));
        put32(bhs + 20, TARGET_NO_TAG);
        target_send(harness->target, bhs, NULL, 0);
        harness_run(harness);
    }
    assert_int_equal(harness->closes, 0);
}

enum { OWN_SLOTS = 5, SPARE_SLOTS = 1 }; /* of the library's, and for task management */

/* One task at most, with the target when `busy`, and all other slots taken. */
static struct harness *full(bool busy, uint64_t abort_timeout, sanscsi_task *task) {
    struct target_config config;
    sanscsi_session_settings settings;
    sanscsi_limits limits;
    target_config_defaults(&config);
    config.hold = true;
    config.tmf_response = 0;
    harness_settings(&settings, &limits);
    limits.tasks = 1;
    limits.tx_slots = SHOWN;
    settings.abort_timeout = abort_timeout;
    settings.command_timeout = SANSCSI_NEVER;
    settings.keepalive_interval = INTERVAL;
    settings.lun_reset_timeout = 3 * SANSCSI_SECOND;
    struct harness *harness = harness_ready(&config, &settings, &limits);
    if (busy) {
        *task = harness_read(harness, 0, &list, 1, 1);
        harness_run(harness);
        assert_int_equal(harness->target->commands, 1);
    }
    harness->no_tx = true;
    take_slots(harness, OWN_SLOTS + SPARE_SLOTS + (busy ? 0 : 1));
    return harness;
}

/* What finds no slot is not made; behind what has gone out it is. */
static void expect_made_later(struct harness *harness, uint8_t first_byte) {
    uint8_t headers[SHOWN][48];
    uint32_t before = waiting(harness, headers);
    for (uint32_t i = 0; i < before; i++) {
        assert_int_equal(headers[i][0], 0x40);
    }
    assert_int_equal(waiting(harness, headers), before); /* nor when it is looked for again */
    lose(harness);
    assert_int_equal(waiting(harness, headers), 1);
    assert_int_equal(headers[0][0], first_byte);
    harness_cut(harness);
    harness_poll(harness);
    harness_free(harness);
}

static void no_slot_for_a_command(void **state) {
    (void)state;
    sanscsi_task task = 77;
    struct harness_command command = {
        .opcode = TARGET_OP_READ, .list = &list, .count = 1, .user = 1};
    struct harness *harness = full(false, 0, &task);
    assert_int_equal(harness_try(harness, &command, &task), SANSCSI_NO_FREE_TASK);
    assert_int_equal(task, 77);
    assert_int_equal(sanscsi_ping(harness->session, NULL, NULL, 0, 0, 0, harness->now, &task),
                     SANSCSI_NO_FREE_TASK);
    assert_int_equal(declare(harness, 512, 1), SANSCSI_NO_FREE_TASK);
    lose(harness);
    assert_int_equal(harness_try(harness, &command, &task), SANSCSI_OK);
    harness_cut(harness);
    harness_poll(harness);
    assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_CONNECTION_OFFLINE);
    harness_free(harness);
}

static void no_slot_for_an_abort(void **state) {
    (void)state;
    sanscsi_task task = 0;
    struct harness *harness = full(true, 0, &task);
    assert_int_equal(sanscsi_cancel(harness->session, task, harness->now), SANSCSI_OK);
    expect_made_later(harness, 0x42);
}

static void no_slot_for_a_logout(void **state) {
    (void)state;
    sanscsi_task task = 0;
    struct harness *harness = full(true, 0, &task);
    assert_int_equal(sanscsi_logout(harness->session, harness->now), SANSCSI_OK);
    expect_made_later(harness, 0x46);
}

static void no_slot_for_a_keepalive(void **state) {
    (void)state;
    sanscsi_task task = 0;
    struct harness *harness = full(true, 0, &task);
    harness_wait(harness, INTERVAL);
    harness_wait(harness, INTERVAL);
    assert_int_equal(harness->closes, 0);
    expect_made_later(harness, 0x40);
}

/* A negotiation that cannot be begun: the logout is what the target gets instead. */
static void no_slot_for_a_negotiation(void **state) {
    (void)state;
    sanscsi_task task = 0;
    struct harness *harness = full(true, 0, &task);
    ask_to_negotiate(harness);
    expect_made_later(harness, 0x46);
}

/* The ABORT TASK was never made, nor can its reset be: that is the end of the connection. A byte
 * goes out now and then, so the transport is not dead. */
static void no_slot_for_a_reset(void **state) {
    (void)state;
    sanscsi_task task = 0;
    struct harness *harness = full(true, 5 * SANSCSI_SECOND, &task);
    assert_int_equal(sanscsi_cancel(harness->session, task, harness->now), SANSCSI_OK);
    harness_wait(harness, 3 * SANSCSI_SECOND);
    assert_int_equal(sanscsi_tx_commit(harness->session, 0, 1, harness->now), SANSCSI_OK);
    harness_wait(harness, 2 * SANSCSI_SECOND);
    const struct harness_event *event = harness_event(harness, SANSCSI_EVENT_RECOVERY_ESCALATED);
    assert_non_null(event);
    assert_int_equal(event->numbers[0], 3);
    assert_string_equal(harness_fault(harness), "task-management-timeout");
    assert_int_equal(harness->logged_out, 1);
    assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_CANCELLED);
    harness_free(harness);
}

/* ---- commands ---- */

/* A command for immediate delivery that is rejected while its data still goes out cannot go again
 * at once: it fails, and is told when its buffer is free. */
static void a_rejected_command_with_data_on_its_way(void **state) {
    (void)state;
    struct target_config config;
    uint8_t headers[SHOWN][48];
    target_config_defaults(&config);
    config.immediate_data = 0;
    config.max_recv_segment = 2048;
    struct harness *harness = harness_ready(&config, NULL, NULL);
    struct harness_command command = {.opcode = TARGET_OP_WRITE,
                                      .list = &list,
                                      .count = 1,
                                      .user = 1,
                                      .flags = SANSCSI_COMMAND_IMMEDIATE};
    harness->no_tx = true;
    (void)harness_submit(harness, &command);
    assert_int_equal(waiting(harness, headers), 5); /* four Data-Out of 2048 bytes */
    assert_int_equal(headers[0][0], 0x41);
    assert_int_equal(headers[4][0], 0x05);
    target_input(harness->target, headers[0], 48);
    assert_int_equal(sanscsi_tx_commit(harness->session, 0, 48, harness->now), SANSCSI_OK);
    target_reject(harness->target, 0x06, headers[0]); /* too many immediate commands */
    harness_run(harness);
    assert_int_equal(harness->result_count, 0);
    harness->no_tx = false;
    harness_run(harness);
    assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_TARGET_FAILURE);
    assert_int_equal(harness->target->commands, 1); /* it did not come again */
    assert_int_equal(harness->target->aborts, 0);
    harness_logout(harness);
    harness_free(harness);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(targets_that_nobody_was_asked_for),
        cmocka_unit_test(more_is_asked_for_when_the_first_is_out),
        cmocka_unit_test(another_exchange_behind_an_early_answer),
        cmocka_unit_test(no_slot_for_a_command),
        cmocka_unit_test(no_slot_for_an_abort),
        cmocka_unit_test(no_slot_for_a_logout),
        cmocka_unit_test(no_slot_for_a_keepalive),
        cmocka_unit_test(no_slot_for_a_negotiation),
        cmocka_unit_test(no_slot_for_a_reset),
        cmocka_unit_test(a_rejected_command_with_data_on_its_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
