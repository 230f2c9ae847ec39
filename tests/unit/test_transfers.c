/* What goes out for commands and in answer to R2Ts, PDU by PDU (RFC 7143 11.3, 11.7, 11.8). */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "support/harness.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define LENGTH 1000u

static uint8_t buffer[4096];
static sanscsi_iovec list = {buffer, LENGTH};

/* A Data-Out as it stood on the wire. */
struct seen {
    uint32_t itt, tag, data_sn, offset, length;
    bool final;
};

/* A target that asks for nothing by itself; nothing may be sent unasked. */
static struct harness *asking(uint32_t max_recv_segment) {
    struct target_config config;
    sanscsi_session_settings settings;
    sanscsi_limits limits;
    target_config_defaults(&config);
    config.silent = true;
    config.initial_r2t = 1;
    config.immediate_data = 0;
    config.max_recv_segment = max_recv_segment;
    config.tmf_response = -1;
    harness_settings(&settings, &limits);
    return harness_ready(&config, &settings, &limits);
}

/* Takes what the session wants to send, and keeps its Data-Outs; returns how many. */
static uint32_t collect(struct harness *harness, struct seen *seen, uint32_t most) {
    static uint8_t sent[65536];
    size_t size = 0;
    for (;;) {
        sanscsi_iovec piece;
        size_t count = 0;
        assert_int_equal(sanscsi_tx_window(harness->session, 0, &piece, 1, &count), SANSCSI_OK);
        if (count == 0) {
            break;
        }
        assert_true(size + piece.size <= sizeof(sent));
        memcpy(sent + size, piece.data, piece.size);
        size += piece.size;
        assert_int_equal(sanscsi_tx_commit(harness->session, 0, piece.size, harness->now), 0);
    }
    uint32_t found = 0;
    for (size_t at = 0; at < size;) {
        const uint8_t *bhs = sent + at;
        uint32_t length = get24(bhs + 5);
        if ((bhs[0] & 0x3f) == 0x05) {
            assert_true(found < most);
            seen[found++] = (struct seen){get32(bhs + 16), get32(bhs + 20), get32(bhs + 36),
                                          get32(bhs + 40), length,          (bhs[1] & 0x80) != 0};
            assert_memory_equal(bhs + 48, buffer + get32(bhs + 40), length);
        }
        at += 48 + ((length + 3u) & ~(size_t)3u);
    }
    return found;
}

static void expect_seen(const struct seen *seen, struct seen expected) {
    assert_int_equal(seen->itt, expected.itt);
    assert_int_equal(seen->tag, expected.tag);
    assert_int_equal(seen->data_sn, expected.data_sn);
    assert_int_equal(seen->offset, expected.offset);
    assert_int_equal(seen->length, expected.length);
    assert_int_equal(seen->final, expected.final);
}

/* Sends an R2T and lets the session take it, but not answer. */
static void ask(struct harness *harness, const struct target_task *task, uint32_t sn, uint32_t tag,
                uint32_t offset, uint32_t length) {
    uint8_t bhs[48];
    target_begin(harness->target, bhs, 0x31, 0x80, task->itt);
    put64(bhs + 8, task->lun);
    put32(bhs + 20, tag);
    put32(bhs + 36, sn);
    put32(bhs + 40, offset);
    put32(bhs + 44, length);
    target_send(harness->target, bhs, NULL, 0);
    harness->no_tx = true;
    harness_run(harness);
    harness->no_tx = false;
    assert_int_equal(harness->closes, 0);
}

static void end(struct harness *harness) {
    harness_cut(harness);
    harness_poll(harness);
    harness_free(harness);
}

static void fill(void) {
    for (size_t i = 0; i < sizeof(buffer); i++) {
        buffer[i] = (uint8_t)(i * 7 + i / 256);
    }
}

/* RFC 7143 4.2.5.2, 13.10, 13.11: what goes out unasked, by the four agreements there can be. */
static void as_much_goes_unasked_as_was_agreed(void **state) {
    (void)state;
    static const struct {
        uint32_t initial_r2t, immediate_data;
        uint8_t flags;
        uint32_t immediate, outs, last; /* bytes at once; Data-Outs behind, and bytes of the last */
    } cases[] = {
        {1, 0, 0xa1, 0, 0, 0},
        {1, 1, 0xa1, 512, 0, 0},
        {0, 0, 0x21, 0, 2, 188},   /* 700 is FirstBurstLength */
        {0, 1, 0x21, 512, 1, 188}, /* which the immediate data counts for */
    };
    fill();
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct target_config config;
        struct seen seen[4];
        target_config_defaults(&config);
        config.silent = true;
        config.initial_r2t = cases[i].initial_r2t;
        config.immediate_data = cases[i].immediate_data;
        config.max_recv_segment = 512;
        config.first_burst = 700;
        struct harness *harness = harness_ready(&config, NULL, NULL);
        (void)harness_write(harness, 0, &list, 1, 1);
        sanscsi_iovec piece;
        size_t count = 0;
        assert_int_equal(sanscsi_tx_window(harness->session, 0, &piece, 1, &count), SANSCSI_OK);
        assert_int_equal(((const uint8_t *)piece.data)[1], cases[i].flags);
        assert_int_equal(get24((const uint8_t *)piece.data + 5), cases[i].immediate);
        assert_int_equal(get32((const uint8_t *)piece.data + 20), LENGTH);
        assert_int_equal(collect(harness, seen, COUNT(seen)), cases[i].outs);
        for (uint32_t out = 0; out < cases[i].outs; out++) {
            assert_int_equal(seen[out].tag, TARGET_NO_TAG);
            assert_int_equal(seen[out].final, out + 1 == cases[i].outs);
        }
        if (cases[i].outs > 0) {
            assert_int_equal(seen[cases[i].outs - 1].length, cases[i].last);
            assert_int_equal(seen[0].offset, cases[i].immediate);
        }
        end(harness);
    }
}

/* RFC 7143 11.8: whoever asks first is served first, to the end. */
static void tasks_are_served_in_order_of_arrival(void **state) {
    (void)state;
    struct seen seen[8];
    fill();
    struct harness *harness = asking(512);
    struct target_task *tasks = harness->target->tasks;
    (void)harness_write(harness, 0, &list, 1, 1);
    (void)harness_write(harness, 0, &list, 1, 2);
    harness_run(harness);
    ask(harness, &tasks[1], 0, 0x22, 0, LENGTH);
    ask(harness, &tasks[0], 0, 0x11, 0, 600);
    assert_int_equal(collect(harness, seen, COUNT(seen)), 4);
    expect_seen(&seen[0], (struct seen){tasks[1].itt, 0x22, 0, 0, 512, false});
    expect_seen(&seen[1], (struct seen){tasks[1].itt, 0x22, 1, 512, 488, true});
    expect_seen(&seen[2], (struct seen){tasks[0].itt, 0x11, 0, 0, 512, false});
    expect_seen(&seen[3], (struct seen){tasks[0].itt, 0x11, 1, 512, 88, true});
    end(harness);
}

/* RFC 7143 11.8, 13.19: recovery asks for a range again, under a new number and tag. */
static void a_range_is_sent_again(void **state) {
    (void)state;
    struct seen seen[4];
    fill();
    struct harness *harness = asking(8192);
    struct target_task *task = &harness->target->tasks[0];
    (void)harness_write(harness, 0, &list, 1, 1);
    harness_run(harness);
    ask(harness, task, 0, 0x10, 0, 600);
    assert_int_equal(collect(harness, seen, COUNT(seen)), 1);
    expect_seen(&seen[0], (struct seen){task->itt, 0x10, 0, 0, 600, true});
    ask(harness, task, 1, 0x11, 0, 600);
    assert_int_equal(collect(harness, seen, COUNT(seen)), 1);
    expect_seen(&seen[0], (struct seen){task->itt, 0x11, 0, 0, 600, true});
    ask(harness, task, 2, 0x12, 200, 40); /* and a part of it */
    assert_int_equal(collect(harness, seen, COUNT(seen)), 1);
    expect_seen(&seen[0], (struct seen){task->itt, 0x12, 0, 200, 40, true});
    ask(harness, task, 3, 0x13, 600, 400); /* and on from where it stood */
    assert_int_equal(collect(harness, seen, COUNT(seen)), 1);
    expect_seen(&seen[0], (struct seen){task->itt, 0x13, 0, 600, 400, true});
    end(harness);
}

/* RFC 7143 4.2.3.3: R2Ts of what a function covers are served until it is complete. */
static void data_is_sent_until_a_function_is_complete(void **state) {
    (void)state;
    struct seen seen[4];
    fill();
    struct harness *harness = asking(8192);
    struct target *target = harness->target;
    (void)harness_write(harness, 0, &list, 1, 1);
    harness_run(harness);
    uint32_t itt = target->tasks[0].itt;
    sanscsi_management management;
    sanscsi_management_defaults(&management);
    management.lun = target->tasks[0].lun;
    management.user = 2;
    assert_int_equal(sanscsi_manage(harness->session, &management, harness->now, NULL), 0);
    harness_run(harness);
    assert_int_equal(target->last_tmf[1], 0x85);
    ask(harness, &target->tasks[0], 0, 0x10, 0, LENGTH);
    assert_int_equal(collect(harness, seen, COUNT(seen)), 1);
    expect_seen(&seen[0], (struct seen){itt, 0x10, 0, 0, LENGTH, true});
    assert_int_equal(harness->result_count, 0);
    uint8_t bhs[48];
    target_begin_status(target, bhs, 0x22, 0x80, get32(target->last_tmf + 16));
    target_send(target, bhs, NULL, 0);
    harness_run(harness);
    assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_CANCELLED);
    assert_int_equal(harness_result(harness, 2)->io_status, SANSCSI_IO_OK);
    end(harness);
}

/* RFC 7143 11.7.7: only the end of a sequence may break a word. */
static void data_within_a_sequence_is_of_whole_words(void **state) {
    (void)state;
    struct seen seen[8];
    fill();
    for (uint32_t odd = 1; odd < 4; odd++) {
        struct harness *harness = asking(512 + odd);
        (void)harness_write(harness, 0, &list, 1, 1);
        harness_run(harness);
        ask(harness, &harness->target->tasks[0], 0, 0x10, 0, 999);
        assert_int_equal(collect(harness, seen, COUNT(seen)), 2);
        assert_int_equal(seen[0].length, 512);
        assert_int_equal(seen[1].length, 487);
        end(harness);
    }
}

/* RFC 7143 11.5.1: ABORT TASK is never for task management, nor for a ping. */
static void only_commands_are_aborted(void **state) {
    (void)state;
    struct harness *harness = asking(8192);
    sanscsi_management management;
    sanscsi_task task = 0, pinged = 0;
    sanscsi_management_defaults(&management);
    management.user = 1;
    assert_int_equal(sanscsi_manage(harness->session, &management, harness->now, &task), 0);
    harness->target->config.hold = true;
    assert_int_equal(sanscsi_ping(harness->session, NULL, NULL, 0, 2, 0, harness->now, &pinged),
                     SANSCSI_OK);
    harness_run(harness);
    assert_int_equal(sanscsi_cancel(harness->session, task, harness->now), SANSCSI_OK);
    assert_int_equal(sanscsi_cancel(harness->session, pinged, harness->now), SANSCSI_OK);
    harness_run(harness);
    assert_int_equal(harness->target->aborts, 0);
    assert_int_equal(harness->result_count, 0); /* they wait for their answers */
    end(harness);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_much_goes_unasked_as_was_agreed),
        cmocka_unit_test(tasks_are_served_in_order_of_arrival),
        cmocka_unit_test(a_range_is_sent_again),
        cmocka_unit_test(data_is_sent_until_a_function_is_complete),
        cmocka_unit_test(data_within_a_sequence_is_of_whole_words),
        cmocka_unit_test(only_commands_are_aborted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
