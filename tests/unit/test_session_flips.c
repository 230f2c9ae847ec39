/* Every single bit that a target sends, flipped: whatever that makes of the session, each task ends
 * once, nothing is written outside its buffer, no memory stays, and nothing hangs. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "support/harness.h"

enum { DATA = 100, CANARY = 32, TASKS = 4 };

/* The buffers of a run, each between canaries. */
struct buffers {
    uint8_t bytes[TASKS][CANARY + DATA + CANARY];
    sanscsi_iovec lists[TASKS];
};

static void fill(struct buffers *buffers) {
    memset(buffers->bytes, 0xc5, sizeof(buffers->bytes));
    for (size_t i = 0; i < TASKS; i++) {
        buffers->lists[i] = (sanscsi_iovec){buffers->bytes[i] + CANARY, DATA};
    }
}

static void check_canaries(const struct buffers *buffers) {
    for (size_t i = 0; i < TASKS; i++) {
        for (size_t j = 0; j < CANARY; j++) {
            assert_int_equal(buffers->bytes[i][j], 0xc5);
            assert_int_equal(buffers->bytes[i][CANARY + DATA + j], 0xc5);
        }
    }
}

/* Two reads and two writes, if the session lets them; returns how many it took. */
static uint32_t work(struct harness *harness, struct buffers *buffers) {
    if (sanscsi_session_state(harness->session) != SANSCSI_SESSION_LOGGED_IN) {
        return 0;
    }
    (void)harness_read(harness, 0, &buffers->lists[0], 1, 1);
    (void)harness_write(harness, 512, &buffers->lists[1], 1, 2);
    (void)harness_read(harness, 1024, &buffers->lists[2], 1, 3);
    (void)harness_write(harness, 2048, &buffers->lists[3], 1, 4);
    harness_run(harness);
    return TASKS;
}

/* All timers run out, then the transport goes, so that nothing is left to wait for. */
static void let_end(struct harness *harness) {
    for (unsigned i = 0; i < 8; i++) {
        harness_wait(harness, 31 * SANSCSI_SECOND);
    }
    if (sanscsi_session_state(harness->session) == SANSCSI_SESSION_LOGGED_IN) {
        (void)!sanscsi_logout(harness->session, harness->now);
        harness_run(harness);
        harness_wait(harness, 31 * SANSCSI_SECOND);
    }
    if (harness->transport) {
        harness_cut(harness);
        harness_poll(harness);
    }
}

/* One life of a session with one bit flipped; false when that bit is beyond what the target says.
 */
static bool live(const struct target_config *config, enum harness_how how, uint64_t flip) {
    sanscsi_session_settings settings;
    sanscsi_limits limits;
    struct buffers buffers;
    harness_settings(&settings, &limits);
    settings.parameters.header_digest = SANSCSI_DIGEST_CRC32C_NONE;
    settings.parameters.data_digest = SANSCSI_DIGEST_CRC32C_NONE;
    fill(&buffers);
    struct harness *harness = harness_new(config, &settings, &limits);
    harness->how = how;
    harness->flip = flip;
    harness->log_events_off = true;
    assert_int_equal(sanscsi_session_start(harness->session, harness->now), SANSCSI_OK);
    harness_run(harness);
    uint32_t tasks = work(harness, &buffers);
    let_end(harness);
    bool reached = harness->flipped;
    assert_int_equal(sanscsi_session_state(harness->session), SANSCSI_SESSION_FREE);
    assert_int_equal(sanscsi_deadline(harness->session), SANSCSI_NEVER);
    assert_int_equal(harness->result_count, tasks);
    for (uint32_t user = 1; user <= tasks; user++) {
        assert_int_equal(harness->done[user], 1);
    }
    check_canaries(&buffers);
    harness_free(harness);
    return reached;
}

static void flip_all(const struct target_config *config, enum harness_how how) {
    uint64_t bit = 1;
    while (live(config, how, bit)) {
        bit++;
    }
    assert_true(bit > 8 * 48 * 8); /* a login and some answers at the least */
}

static void test_without_digests(void **state) {
    (void)state;
    struct target_config config;
    target_config_defaults(&config);
    config.digests = 0;
    config.immediate_data = 0;
    flip_all(&config, HARNESS_WINDOWS);
}

static void test_with_digests(void **state) {
    (void)state;
    struct target_config config;
    target_config_defaults(&config);
    config.digests = TARGET_HEADER_DIGEST | TARGET_DATA_DIGEST;
    config.status_alone = true;
    flip_all(&config, HARNESS_RANDOM);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_without_digests),
        cmocka_unit_test(test_with_digests),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
