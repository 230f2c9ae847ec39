/* Floods of PDUs that bring nothing: bounded in memory, in what is sent for them, and in number. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "support/harness.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define LIMIT 100u

static uint8_t buffer[4096];
static sanscsi_iovec list = {buffer, sizeof(buffer)};

static void news(struct target *target, uint32_t number) {
    (void)number;
    uint8_t bhs[48];
    target_begin(target, bhs, 0x20, 0x80, TARGET_NO_TAG);
    put32(bhs + 20, TARGET_NO_TAG);
    target_send(target, bhs, NULL, 0);
}

static void ping(struct target *target, uint32_t number) {
    (void)number;
    target_ping(target, 0);
}

static void message(struct target *target, uint32_t number) {
    (void)number;
    target_async(target, 255, 0, 0);
}

static void empty_data(struct target *target, uint32_t number) {
    uint8_t bhs[48];
    target_begin(target, bhs, 0x25, 0x00, target->tasks[0].itt);
    put32(bhs + 36, number);
    target_send(target, bhs, NULL, 0);
}

static void old_data(struct target *target, uint32_t number) {
    (void)number;
    uint8_t bhs[48];
    target_begin(target, bhs, 0x25, 0x00, target->tasks[0].itt);
    put32(bhs + 36, 0);
    target_send(target, bhs, target->storage, 4);
}

static void rejection(struct target *target, uint32_t number) {
    (void)number;
    uint8_t bhs[48];
    uint8_t header[48] = {0x01, 0x80};
    put32(header + 16, 0x12345678); /* of no task */
    target_begin_status(target, bhs, 0x3f, 0x80, TARGET_NO_TAG);
    bhs[2] = 0x05;
    target_send(target, bhs, header, sizeof(header));
}

static void (*const floods[])(struct target *, uint32_t) = {
    news, ping, message, empty_data, old_data, rejection,
};

/* A read that nobody answers is under way. */
static struct harness *ready(void) {
    struct target_config config;
    sanscsi_session_settings settings;
    sanscsi_limits limits;
    target_config_defaults(&config);
    config.hold = true;
    config.silent = true;
    harness_settings(&settings, &limits);
    settings.max_unasked = LIMIT;
    settings.command_timeout = SANSCSI_NEVER;
    struct harness *harness = harness_ready(&config, &settings, &limits);
    harness->log_events_off = true;
    (void)harness_read(harness, 0, &list, 1, 1);
    harness_run(harness);
    return harness;
}

static void a_flood_ends_the_connection(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(floods); i++) {
        struct harness *harness = ready();
        size_t before = harness->allocations;
        uint32_t first = floods[i] == old_data ? 1 : 0; /* the first time it is data */
        for (uint32_t number = 0; number < first + LIMIT; number++) {
            floods[i](harness->target, number);
            harness_run(harness);
            assert_int_equal(harness->closes, 0);
        }
        floods[i](harness->target, first + LIMIT);
        harness_run(harness);
        assert_int_equal(harness->closes, 1);
        assert_string_equal(harness_fault(harness), "flood");
        const struct harness_event *event = harness_event(harness, SANSCSI_EVENT_PROTOCOL_ERROR);
        if (event != NULL) { /* else more came than the test keeps */
            assert_string_equal(event->texts[1], "flood");
            assert_int_equal(event->numbers[2], LIMIT + 1);
        }
        assert_int_equal(harness_counter(harness, "protocol-errors"), 1);
        assert_int_equal(harness->allocations, before);
        assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_CONNECTION_OFFLINE);
        assert_int_equal(harness->result_count, 1);
        harness_free(harness);
    }
}

/* What comes slowly, or while tasks get on, is no flood. */
static void patience_is_for_rows_alone(void **state) {
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct harness *harness = ready();
        for (uint32_t number = 0; number < 10 * LIMIT; number++) {
            floods[i](harness->target, number);
            harness_wait(harness, SANSCSI_SECOND / 9);
        }
        assert_int_equal(harness->closes, 0);
        for (uint32_t number = 0; number < 5 * LIMIT; number++) {
            floods[i](harness->target, number);
            if (number % (LIMIT / 2) == 0) {
                uint8_t bhs[48];
                target_begin(harness->target, bhs, 0x25, 0x00, harness->target->tasks[0].itt);
                put32(bhs + 36, number / (LIMIT / 2));
                put32(bhs + 40, 4 * (number / (LIMIT / 2)));
                target_send(harness->target, bhs, "data", 4);
            }
            harness_run(harness);
        }
        assert_int_equal(harness->closes, 0);
        harness_logout(harness);
        harness_free(harness);
    }
}

/* An R2T for what was asked for before is answered, but not for ever. */
static void the_same_data_over_and_over(void **state) {
    (void)state;
    struct target_config config;
    sanscsi_session_settings settings;
    sanscsi_limits limits;
    target_config_defaults(&config);
    config.silent = true;
    config.initial_r2t = 1;
    config.first_burst = 512;
    harness_settings(&settings, &limits);
    settings.max_unasked = LIMIT;
    struct harness *harness = harness_ready(&config, &settings, &limits);
    (void)harness_write(harness, 0, &list, 1, 1);
    harness_run(harness);
    struct target_task *task = &harness->target->tasks[0];
    for (uint32_t number = 0; number <= LIMIT + 1; number++) {
        assert_int_equal(harness->closes, 0);
        task->r2ts[0] = (struct target_r2t){9, 512, 1024, 0};
        task->r2t_count = 1;
        task->received = 512;
        uint8_t bhs[48];
        target_begin(harness->target, bhs, 0x31, 0x80, task->itt);
        put32(bhs + 20, 9);
        put32(bhs + 36, number);
        put32(bhs + 40, 512);
        put32(bhs + 44, 512);
        target_send(harness->target, bhs, NULL, 0);
        harness_run(harness);
    }
    assert_int_equal(harness->closes, 1);
    assert_string_equal(harness_fault(harness), "flood");
    harness_free(harness);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_flood_ends_the_connection),
        cmocka_unit_test(patience_is_for_rows_alone),
        cmocka_unit_test(the_same_data_over_and_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
