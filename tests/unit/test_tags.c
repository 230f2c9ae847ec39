/* Tags come round: a slot's 65537th use has the tag of its first one again (RFC 7143 4.2.2.1 wants
 * them unique among what is outstanding alone). What was aborted then has nothing to do with it. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "initiator/session.h"
#include "test_manage_run.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* As if each slot had been used 65535 times more, so that tags repeat with the use after next. */
static void go_round(struct harness *harness) {
    struct slots *slots = &harness->session->table.slots;
    for (uint32_t slot = 0; slot < slots->count; slot++) {
        assert_false(slots_in_use(slots, slot));
        slots->generation[slot] += 0xffff;
    }
}

/* Text Requests: rejected while commands wait, else answered with F alone. */
static void text(struct target *target, const uint8_t *bhs, const uint8_t *data, uint32_t length,
                 void *context) {
    (void)data;
    (void)length;
    (void)context;
    uint8_t answer[48];
    if (target->config.hold) {
        target_reject(target, 0x05, bhs);
        return;
    }
    target_begin_status(target, answer, 0x24, 0x80, get32(bhs + 16));
    put32(answer + 20, TARGET_NO_TAG);
    target_send(target, answer, NULL, 0);
}

static struct harness *ready(void) {
    struct target_config config;
    sanscsi_session_settings settings;
    sanscsi_limits limits;
    target_config_defaults(&config);
    config.text_hook = text;
    config.tmf_response = 0;
    harness_settings(&settings, &limits);
    limits.tasks = 1;
    return harness_ready(&config, &settings, &limits);
}

/* Submits a task of a kind, which the target gets; its tag. */
static uint32_t send(struct harness *harness, uint8_t opcode, uint64_t user, sanscsi_task *task) {
    if (opcode == 0x01) {
        *task = managed_read(harness, 0, user);
    } else {
        assert_int_equal(
            sanscsi_declare_segment_length(harness->session, 8192, user, 0, harness->now, task),
            SANSCSI_OK);
    }
    harness_run(harness);
    return get32(harness->target->last[opcode] + 16);
}

/* Tasks that are aborted, in every slot that there is; their tags. */
static uint32_t abort_some(struct harness *harness, uint8_t opcode, uint32_t uses, uint32_t *tags) {
    uint32_t count = 0;
    sanscsi_task task = 0;
    harness->target->config.hold = true;
    while (count < uses * harness->session->table.slots.count) {
        tags[count++] = send(harness, opcode, 1, &task);
        if (opcode == 0x01) {
            assert_int_equal(sanscsi_cancel(harness->session, task, harness->now), SANSCSI_OK);
            harness_run(harness);
        }
        assert_int_equal(harness->done[1], count);
    }
    assert_int_equal(harness->target->aborts, count);
    harness->target->config.hold = false;
    return count;
}

static void tags_come_round(void **state) {
    (void)state;
    static const struct {
        uint8_t opcode;
        uint8_t uses;
    } cases[] = {{0x01, 1}, {0x01, 2}, {0x04, 1}, {0x04, 2}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint32_t tags[64], again = 0;
        sanscsi_task task = 0;
        struct harness *harness = ready();
        uint32_t count = abort_some(harness, cases[i].opcode, cases[i].uses, tags);
        go_round(harness);
        for (uint32_t use = 1; use <= 2 * count; use++) {
            uint32_t tag = send(harness, cases[i].opcode, 2, &task);
            assert_int_equal(harness->done[2], use);
            assert_int_equal(harness->results[harness->result_count - 1].io_status, SANSCSI_IO_OK);
            for (uint32_t k = 0; k < count; k++) {
                again += tags[k] == tag ? 1 : 0;
            }
        }
        assert_true(again > 0); /* else nothing was tried */
        assert_int_equal(harness_counter(harness, "late-pdus"), 0);
        harness_logout(harness);
        harness_free(harness);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tags_come_round),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
