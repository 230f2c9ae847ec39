/* Pings that carry data, and what a target makes of them (RFC 7143 11.18, 11.19). */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "support/harness.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define SIZE 1000u
#define CANARY 0xa5

static uint8_t data[SIZE];
static uint8_t echo[SIZE + 8];

static void fill(void) {
    for (uint32_t i = 0; i < SIZE; i++) {
        data[i] = (uint8_t)(i * 7 + i / 256);
    }
    memset(echo, CANARY, sizeof(echo));
}

static struct harness *ready(bool hold, uint32_t segment, enum harness_how how) {
    struct target_config config;
    sanscsi_session_settings settings;
    sanscsi_limits limits;
    target_config_defaults(&config);
    config.hold = hold;
    config.tmf_response = 0;
    harness_settings(&settings, &limits);
    settings.parameters.max_recv_data_segment_length = segment;
    struct harness *harness = harness_ready(&config, &settings, &limits);
    harness->how = how;
    fill();
    return harness;
}

static int32_t ping(struct harness *harness, uint32_t length, uint64_t user) {
    return sanscsi_ping(harness->session, data, echo, length, user, 0, harness->now, NULL);
}

/* The answer to the last ping, made by hand. */
static void answer(struct harness *harness, const uint8_t *bytes, uint32_t length) {
    uint8_t bhs[48];
    target_begin_status(harness->target, bhs, 0x20, 0x80, get32(harness->target->last_nop + 16));
    put32(bhs + 20, TARGET_NO_TAG);
    target_send(harness->target, bhs, bytes, length);
}

static void data_goes_there_and_back(void **state) {
    (void)state;
    static const enum harness_how hows[] = {HARNESS_WHOLE, HARNESS_BYTES, HARNESS_WINDOWS,
                                            HARNESS_RANDOM};
    static const uint32_t sizes[] = {1, 2, 3, 4, 5, 48, 512, 999, SIZE};
    for (size_t how = 0; how < COUNT(hows); how++) {
        struct harness *harness = ready(false, 8192, hows[how]);
        for (size_t i = 0; i < COUNT(sizes); i++) {
            fill();
            uint32_t number = harness->target->exp_cmd_sn;
            assert_int_equal(ping(harness, sizes[i], i), SANSCSI_OK);
            harness_run(harness);
            const sanscsi_task_result *result = harness_result(harness, i);
            assert_int_equal(result->kind, SANSCSI_TASK_PING);
            assert_int_equal(result->io_status, SANSCSI_IO_OK);
            assert_int_equal(result->data_in, sizes[i]);
            assert_memory_equal(echo, data, sizes[i]);
            assert_int_equal(echo[sizes[i]], CANARY);
            uint8_t expected[48] = {0x00, 0x80}; /* not immediate, F; no LUN */
            const uint8_t *sent = harness->target->last_nop;
            expected[6] = (uint8_t)(sizes[i] >> 8);
            expected[7] = (uint8_t)sizes[i];
            memcpy(expected + 16, sent + 16, 4);
            memset(expected + 20, 0xff, 4);
            put32(expected + 24, number);
            memcpy(expected + 28, sent + 28, 4); /* checked by the target */
            assert_memory_equal(sent, expected, sizeof(expected));
        }
        assert_int_equal(harness->event_count, 0);
        assert_int_equal(harness_counter(harness, "pings"), COUNT(sizes));
        harness_logout(harness);
        harness_free(harness);
    }
}

/* RFC 7143 11.18.3: no more comes back than our MaxRecvDataSegmentLength lets through. */
static void the_echo_may_be_cut(void **state) {
    (void)state;
    struct harness *harness = ready(false, 512, HARNESS_WHOLE);
    assert_int_equal(ping(harness, SIZE, 1), SANSCSI_OK);
    harness_run(harness);
    assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_OK);
    assert_int_equal(harness_result(harness, 1)->data_in, 512);
    assert_memory_equal(echo, data, 512);
    assert_int_equal(echo[512], CANARY);
    harness_logout(harness);
    harness_free(harness);
}

static void a_shorter_echo_lost_bytes(void **state) {
    (void)state;
    static const uint32_t lengths[] = {0, 1, SIZE - 1};
    for (size_t i = 0; i < COUNT(lengths); i++) {
        struct harness *harness = ready(true, 8192, HARNESS_WHOLE);
        assert_int_equal(ping(harness, SIZE, 1), SANSCSI_OK);
        harness_run(harness);
        answer(harness, data, lengths[i]);
        harness_run(harness);
        assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_BYTES_LOST);
        assert_int_equal(harness_result(harness, 1)->data_in, lengths[i]);
        assert_int_equal(harness->closes, 0);
        harness_logout(harness);
        harness_free(harness);
    }
}

static void another_echo_ends_the_connection(void **state) {
    (void)state;
    struct {
        uint32_t sent;
        uint32_t echoed;
        uint32_t wrong; /* offset of the byte that is changed, or SIZE */
        uint32_t first; /* told as the first that differs */
    } const cases[] = {
        {SIZE, SIZE, 0, 0},
        {SIZE, SIZE, 500, 500},
        {SIZE, SIZE, SIZE - 1, SIZE - 1},
        {SIZE, 500, 499, 499},
        {4, 5, SIZE, 4},
        {4, 4, 3, 3},
        {SIZE - 1, SIZE, SIZE, SIZE - 1},
        {0, 1, SIZE, 0},
    };
    static const enum harness_how hows[] = {HARNESS_WHOLE, HARNESS_BYTES, HARNESS_WINDOWS};
    for (size_t i = 0; i < COUNT(cases) * COUNT(hows); i++) {
        size_t at = i / COUNT(hows);
        struct harness *harness = ready(true, 8192, hows[i % COUNT(hows)]);
        assert_int_equal(ping(harness, cases[at].sent, 1), SANSCSI_OK);
        harness_run(harness);
        uint8_t wrong[SIZE];
        memcpy(wrong, data, SIZE);
        if (cases[at].wrong < SIZE) {
            wrong[cases[at].wrong] ^= 0x10;
        }
        harness->no_close = true;
        answer(harness, wrong, cases[at].echoed);
        harness_run(harness);
        assert_int_equal(harness->closes, 1);
        assert_int_equal(harness->done[1], 0); /* bytes may still land in its buffer */
        harness_cut(harness);
        harness_poll(harness);
        assert_int_equal(harness->event_count, 1);
        const struct harness_event *event = harness->events;
        assert_int_equal(event->id, SANSCSI_EVENT_PING_DATA_MISMATCH);
        assert_int_equal(event->numbers[0], get32(harness->target->last_nop + 16));
        assert_int_equal(event->numbers[1], cases[at].sent);
        assert_int_equal(event->numbers[2], cases[at].echoed);
        assert_int_equal(event->numbers[3], cases[at].first);
        assert_string_equal(harness_fault(harness), "ping-data");
        assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_CONNECTION_OFFLINE);
        assert_int_equal(echo[cases[at].sent], CANARY);
        harness_free(harness);
    }
}

/* While a transport may write into the buffer the task is not told. */
static void a_late_echo_keeps_its_buffer(void **state) {
    (void)state;
    struct harness *harness = ready(true, 8192, HARNESS_WHOLE);
    assert_int_equal(ping(harness, SIZE, 1), SANSCSI_OK);
    harness_run(harness);
    answer(harness, data, SIZE);
    harness->target->out.size -= 100; /* the end of it does not come */
    harness_run(harness);
    harness->no_close = true;
    harness_wait(harness, 30 * SANSCSI_SECOND);
    assert_int_equal(harness->events[0].id, SANSCSI_EVENT_PING_TIMEOUT);
    assert_int_equal(harness->closes, 1);
    assert_int_equal(harness->done[1], 0);
    harness_cut(harness);
    harness_poll(harness);
    assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_TIMEOUT);
    harness_free(harness);
}

static void what_is_refused(void **state) {
    (void)state;
    struct harness *harness = ready(false, 8192, HARNESS_WHOLE);
    uint32_t most = harness->target->config.max_recv_segment;
    assert_int_equal(ping(harness, most + 1, 1), SANSCSI_TOO_LARGE);
    assert_int_equal(sanscsi_ping(harness->session, NULL, echo, 1, 0, 0, 0, NULL),
                     SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_ping(harness->session, data, NULL, 1, 0, 0, 0, NULL),
                     SANSCSI_INVALID_ARGUMENT);
    harness_run(harness);
    assert_int_equal(harness_counter(harness, "pings"), 0);
    harness_logout(harness);
    harness_free(harness);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(data_goes_there_and_back),
        cmocka_unit_test(the_echo_may_be_cut),
        cmocka_unit_test(a_shorter_echo_lost_bytes),
        cmocka_unit_test(another_echo_ends_the_connection),
        cmocka_unit_test(a_late_echo_keeps_its_buffer),
        cmocka_unit_test(what_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
