/* Sessions that come back, as their tests make and drive them. */
#include "test_reinstate_run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

uint8_t reinstate_buffers[64][SIZE];
static sanscsi_iovec lists[64];

struct harness *reinstate_ready(const struct target_config *config, uint32_t attempts) {
    sanscsi_session_settings settings;
    sanscsi_limits limits;
    for (size_t i = 0; i < 64; i++) {
        memset(reinstate_buffers[i], (int)(0x40 + i), SIZE);
        lists[i] = (sanscsi_iovec){reinstate_buffers[i], SIZE};
    }
    harness_settings(&settings, &limits);
    settings.command_timeout = TIMEOUT;
    settings.reinstate_attempts = attempts;
    settings.reinstate_delay = DELAY;
    settings.reinstate_max_delay = LONGEST;
    settings.hold_timeout = HOLD;
    limits.tasks = 64;
    struct harness *harness = harness_ready(config, &settings, &limits);
    harness->renew = true;
    return harness;
}

/* A session whose target answers nothing until told to. */
struct harness *reinstate_holding(uint32_t window, uint32_t attempts) {
    struct target_config config;
    target_config_defaults(&config);
    config.hold = true;
    config.window = window;
    struct harness *harness = reinstate_ready(&config, attempts);
    for (uint32_t i = 0; i < config.storage_bytes; i++) {
        harness->target->storage[i] = (uint8_t)(i / SIZE);
    }
    return harness;
}

int32_t reinstate_submit(struct harness *harness, uint8_t opcode, uint32_t user, uint32_t flags,
                         sanscsi_task *task) {
    struct harness_command command = {.opcode = opcode,
                                      .offset = user * SIZE,
                                      .list = &lists[user],
                                      .count = 1,
                                      .user = user,
                                      .flags = flags};
    return harness_try(harness, &command, task);
}

void reinstate_read(struct harness *harness, uint32_t user, uint32_t flags) {
    assert_int_equal(reinstate_submit(harness, TARGET_OP_READ, user, flags, NULL), SANSCSI_OK);
}

int32_t reinstate_state(const struct harness *harness) {
    return sanscsi_session_state(harness->session);
}

void reinstate_check_read(const struct harness *harness, uint32_t user) {
    const sanscsi_task_result *result = harness_result(harness, user);
    assert_int_equal(result->io_status, SANSCSI_IO_OK);
    assert_int_equal(result->data_in, SIZE);
    for (uint32_t i = 0; i < SIZE; i++) {
        assert_int_equal(reinstate_buffers[user][i], (uint8_t)user);
    }
}

void reinstate_check_ended(const struct harness *harness, uint32_t user, uint32_t io_status) {
    assert_int_equal(harness_result(harness, user)->io_status, io_status);
}

/* The transport is gone and the time of the first attempt comes. */
void reinstate_lose_and_wait(struct harness *harness) {
    harness_cut(harness);
    harness_run(harness);
    assert_int_equal(reinstate_state(harness), SANSCSI_SESSION_WAITING);
    harness_wait(harness, WAIT + DELAY);
}
