/* The order of data: DataPDUInOrder and DataSequenceInOrder in all combinations, Data-In that
 * overlaps or leaves holes, R2Ts in any order, numbers that wrap, windows that stay closed
 * (RFC 7143 4.2.2, 11.7, 11.8, 13.18, 13.19). */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "initiator/session.h"
#include "support/harness.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define CANARY 0xa5

enum { PDUS = 1, SEQUENCES = 2 }; /* bits of what is in order */

static const enum harness_how hows[] = {HARNESS_WHOLE, HARNESS_BYTES, HARNESS_WINDOWS,
                                        HARNESS_RANDOM};

static uint8_t buffer[64 + 70000 + 64];

static struct harness *ordered(struct target_config *config, uint32_t order, uint32_t tolerate) {
    sanscsi_session_settings settings;
    sanscsi_limits limits;
    harness_settings(&settings, &limits);
    settings.parameters.data_pdu_in_order = (order & PDUS) != 0;
    settings.parameters.data_sequence_in_order = (order & SEQUENCES) != 0;
    settings.tolerate = tolerate;
    memset(buffer, CANARY, sizeof(buffer));
    struct harness *harness = harness_ready(config, &settings, &limits);
    sanscsi_parameters agreed = {.size = sizeof(agreed)};
    assert_int_equal(sanscsi_session_parameters(harness->session, &agreed), SANSCSI_OK);
    assert_int_equal(agreed.data_pdu_in_order, (order & PDUS) != 0);
    assert_int_equal(agreed.data_sequence_in_order, (order & SEQUENCES) != 0);
    return harness;
}

/* ---- Data-In: what each order allows ---- */

enum { LENGTH = 1000 };

struct piece {
    uint16_t offset, length;
    bool final;
};

#define OK_ NULL
#define OFFSET "buffer-offset"
#define HOLES "" /* io_status 7 */

struct read_script {
    const char *results[4]; /* by what is in order: OK_, HOLES, or a fault */
    uint32_t underflow;
    struct piece pieces[8];
};

static const struct read_script reads[] = {
    {{OK_, OK_, OK_, OK_}, 0, {{0, 1000, true}}},
    {{OK_, OK_, OK_, OK_}, 0, {{0, 500, true}, {500, 500, true}}},
    {{OK_, OK_, OK_, OK_}, 0, {{0, 300, false}, {300, 300, false}, {600, 400, true}}},
    /* none, first, between, last */
    {{OK_, OK_, OK_, OK_},
     0,
     {{0, 0, false},
      {0, 500, false},
      {7, 0, false},
      {500, 0, true},
      {500, 500, true},
      {0, 0, true}}},
    {{OK_, OK_, OK_, OK_}, 600, {{0, 400, true}}},
    {{OK_, OK_, OK_, OK_}, 1000, {{0, 0, true}}},
    /* sequences back to front */
    {{OK_, OK_, OFFSET, OFFSET}, 0, {{500, 500, true}, {0, 500, true}}},
    {{OK_, OK_, OFFSET, OFFSET},
     0,
     {{600, 100, false}, {700, 100, true}, {0, 300, false}, {300, 300, true}, {800, 200, true}}},
    /* PDUs back to front */
    {{OK_, OFFSET, OK_, OFFSET}, 0, {{500, 500, false}, {0, 500, true}}},
    {{OK_, OFFSET, OK_, OFFSET},
     0,
     {{200, 200, false}, {0, 200, true}, {700, 300, false}, {400, 300, true}}},
    /* both */
    {{OK_, OFFSET, OFFSET, OFFSET},
     0,
     {{200, 200, false}, {0, 200, false}, {700, 300, true}, {400, 300, true}}},
    /* a sequence that reaches into the one before */
    {{HOLES, HOLES, OFFSET, OFFSET}, 0, {{0, 500, true}, {250, 500, true}}},
    {{HOLES, HOLES, OFFSET, OFFSET}, 0, {{0, 500, true}, {0, 500, true}}},
    {{HOLES, HOLES, OFFSET, OFFSET}, 0, {{0, 500, true}, {499, 500, true}}},
    /* a PDU that reaches into the one before */
    {{HOLES, OFFSET, OFFSET, OFFSET}, 0, {{0, 500, false}, {0, 500, true}}},
    {{HOLES, OFFSET, OFFSET, OFFSET}, 0, {{0, 500, false}, {100, 300, true}, {500, 200, true}}},
    /* more bytes than there are */
    {{OFFSET, OFFSET, OFFSET, OFFSET}, 0, {{0, 600, true}, {300, 500, true}}},
    {{OFFSET, OFFSET, OFFSET, OFFSET}, 0, {{0, 1000, true}, {999, 1, true}}},
    {{OFFSET, OFFSET, OFFSET, OFFSET}, 0, {{1000, 1, true}}},
    {{OFFSET, OFFSET, OFFSET, OFFSET}, 0, {{999, 2, true}}},
    /* holes: told as underflow, filled later, in a sequence, between two, never filled */
    {{HOLES, HOLES, OFFSET, OFFSET}, 200, {{0, 400, true}, {600, 400, true}}},
    {{HOLES, HOLES, OFFSET, OFFSET}, 200, {{200, 800, true}}},
    {{OK_, OFFSET, OFFSET, OFFSET},
     0,
     {{0, 100, false}, {200, 100, true}, {100, 100, true}, {300, 700, true}}},
    {{OK_, OK_, OFFSET, OFFSET}, 0, {{0, 100, true}, {200, 800, true}, {100, 100, true}}},
    {{HOLES, HOLES, HOLES, HOLES}, 0, {{0, 999, true}}},
    {{HOLES, HOLES, HOLES, HOLES}, 0, {{0, 400, true}, {400, 200, true}}},
    /* the last sequence has no end: status tells it */
    {{OK_, OK_, OK_, OK_}, 0, {{0, 500, true}, {500, 500, false}}},
    {{HOLES, OFFSET, HOLES, OFFSET}, 0, {{0, 500, true}, {600, 300, false}, {500, 100, false}}},
};

static void play_read(struct harness *harness, const struct read_script *script, bool collapsed) {
    static uint8_t data[LENGTH];
    struct target *target = harness->target;
    struct target_task *task = &target->tasks[0];
    uint32_t last = 0;
    for (uint32_t i = 0; i < COUNT(script->pieces); i++) {
        bool used = script->pieces[i].length > 0 || script->pieces[i].final;
        last = used ? i : last;
    }
    for (uint32_t i = 0; i <= last; i++) {
        const struct piece *piece = &script->pieces[i];
        uint8_t bhs[48];
        for (uint32_t j = 0; j < piece->length; j++) {
            data[j] = (uint8_t)((piece->offset + j) * 7 + 1);
        }
        bool with_status = collapsed && i == last && piece->final;
        target_begin(target, bhs, 0x25, piece->final ? 0x80 : 0, task->itt);
        put32(bhs + 36, task->data_sn++);
        put32(bhs + 40, piece->offset);
        if (with_status) {
            bhs[1] = script->underflow > 0 ? 0x83 : 0x81;
            put32(bhs + 44, script->underflow);
            target->stat_sn++;
            target_drop(target, task);
        }
        target_send(target, bhs, data, piece->length);
        if (with_status) {
            return;
        }
    }
    target_respond(target, task, script->underflow > 0 ? 0x02 : 0, 0, 0, script->underflow, NULL,
                   0);
}

static void check_read(const struct read_script *script, uint32_t order, enum harness_how how,
                       bool collapsed) {
    struct target_config config;
    target_config_defaults(&config);
    config.hold = true;
    struct harness *harness = ordered(&config, order, 0);
    harness->how = how;
    sanscsi_iovec lists[] = {
        {buffer + 64, 1}, {NULL, 0}, {buffer + 65, 499}, {buffer + 564, LENGTH - 500}};
    (void)harness_read(harness, 0, lists, COUNT(lists), 1);
    harness_run(harness);
    play_read(harness, script, collapsed);
    harness_run(harness);
    const char *expected = script->results[order];
    const sanscsi_task_result *result = harness_result(harness, 1);
    if (expected == OK_) {
        assert_int_equal(result->io_status, SANSCSI_IO_OK);
        assert_int_equal(result->data_in, LENGTH - script->underflow);
        for (uint32_t i = 0; i < result->data_in; i++) {
            assert_int_equal(buffer[64 + i], (uint8_t)(i * 7 + 1));
        }
        assert_int_equal(buffer[64 + result->data_in], CANARY);
    } else if (strcmp(expected, HOLES) == 0) {
        assert_int_equal(result->io_status, SANSCSI_IO_BYTES_LOST);
        assert_int_equal(harness->closes, 0);
    } else {
        assert_string_equal(harness_fault(harness), expected);
        assert_int_equal(result->io_status, SANSCSI_IO_CONNECTION_OFFLINE);
    }
    for (uint32_t i = 0; i < 64; i++) {
        assert_int_equal(buffer[i], CANARY);
        assert_int_equal(buffer[64 + LENGTH + i], CANARY);
    }
    harness_free(harness);
}

static void test_reads(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(reads); i++) {
        for (uint32_t order = 0; order < 4; order++) {
            for (size_t how = 0; how < COUNT(hows); how++) {
                check_read(&reads[i], order, hows[how], false);
                check_read(&reads[i], order, hows[how], true);
            }
        }
    }
}

/* Transfers cut into sequences and PDUs at random and sent in any order that is allowed. */
static void shuffle(struct harness *harness, uint32_t *list, uint32_t count) {
    for (uint32_t i = count; i > 1; i--) {
        uint32_t j = harness_random(harness) % i, kept = list[i - 1];
        list[i - 1] = list[j];
        list[j] = kept;
    }
}

static void send_shuffled(struct harness *harness, uint32_t order, uint32_t length,
                          uint32_t sequence_size) {
    struct target *target = harness->target;
    struct target_task *task = &target->tasks[0];
    uint32_t sequences[512], pdus[512];
    uint32_t count = (length + sequence_size - 1) / sequence_size;
    for (uint32_t i = 0; i < count; i++) {
        sequences[i] = i;
    }
    if ((order & SEQUENCES) == 0) {
        shuffle(harness, sequences, count);
    }
    for (uint32_t i = 0; i < count; i++) {
        uint32_t at = sequences[i] * sequence_size;
        uint32_t end = at + sequence_size < length ? at + sequence_size : length;
        uint32_t size = 1 + harness_random(harness) % (end - at);
        size = size * 300 < end - at ? (end - at + 299) / 300 : size;
        uint32_t parts = (end - at + size - 1) / size;
        for (uint32_t j = 0; j < parts; j++) {
            pdus[j] = j;
        }
        if ((order & PDUS) == 0) {
            shuffle(harness, pdus, parts);
        }
        for (uint32_t j = 0; j < parts; j++) {
            uint32_t from = at + pdus[j] * size;
            uint32_t bytes = end - from < size ? end - from : size;
            uint8_t bhs[48];
            target_begin(target, bhs, 0x25, j + 1 == parts ? 0x80 : 0, task->itt);
            put32(bhs + 36, task->data_sn++);
            put32(bhs + 40, from);
            target_send(target, bhs, target->storage + from, bytes);
        }
    }
    target_respond(target, task, 0, 0, 0, 0, NULL, 0);
}

static void test_shuffled_reads(void **state) {
    (void)state;
    struct target_config config;
    target_config_defaults(&config);
    config.hold = true;
    for (uint32_t seed = 0; seed < 60; seed++) {
        uint32_t order = seed % 4;
        struct harness *harness = ordered(&config, order, 0);
        harness->random = seed;
        harness->how = hows[seed / 4 % COUNT(hows)];
        uint32_t length =
            1 + harness_random(harness) % (harness->how == HARNESS_BYTES ? 3000 : 70000);
        sanscsi_iovec lists[3];
        uint32_t first = harness_random(harness) % length;
        lists[0] = (sanscsi_iovec){buffer + 64, first};
        lists[1] = (sanscsi_iovec){buffer + 64 + first, (length - first) / 2};
        lists[2] = (sanscsi_iovec){buffer + 64 + first + (length - first) / 2,
                                   length - first - (length - first) / 2};
        (void)harness_read(harness, 0, lists, 3, 1);
        harness_run(harness);
        send_shuffled(harness, order, length, 200 + harness_random(harness) % 8000);
        harness_run(harness);
        assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_OK);
        assert_int_equal(harness_result(harness, 1)->data_in, length);
        assert_memory_equal(buffer + 64, harness->target->storage, length);
        assert_int_equal(buffer[63], CANARY);
        assert_int_equal(buffer[64 + length], CANARY);
        harness_logout(harness);
        harness_free(harness);
    }
}

/* Pieces of blocks, as many bytes as there are: side by side or not, that is always told right. */
static void test_disorder(void **state) {
    (void)state;
    static const uint32_t sizes[] = {1, 3, 512, 4096, 8192, 65536, 262144};
    uint32_t random = 1, whole = 0;
    for (uint32_t round = 0; round < 300000; round++) {
        uint32_t size = sizes[round % COUNT(sizes)], blocks = 2 + round / 7 % 4;
        uint32_t covered = 0, left = blocks;
        struct disorder disorder;
        disorder_begin(&disorder);
        while (left > 0) {
            random = random * 1664525u + 1013904223u;
            uint32_t count = 1 + (random >> 8) % left;
            uint32_t from = (random >> 16) % (blocks - count + 1);
            disorder_add(&disorder, from * size, count * size);
            covered |= ((1u << count) - 1) << from;
            left -= count;
        }
        bool tiled = covered == (1u << blocks) - 1;
        whole += tiled ? 1 : 0;
        assert_int_equal(disorder_covers(&disorder, blocks * size), tiled);
    }
    assert_true(whole > 10000);
}

/* ---- R2Ts ---- */

struct ask {
    uint16_t offset, length;
};

struct write_script {
    const char *any, *in_order; /* NULL: all is answered, else the fault */
    struct ask asks[5];
};

/* Of 4000 bytes 1000 come as immediate data. */
static const struct write_script writes[] = {
    {NULL, NULL, {{1000, 1000}, {2000, 1000}, {3000, 1000}}},
    {NULL, NULL, {{1000, 1}, {1001, 2998}, {3999, 1}}},
    {NULL, NULL, {{1000, 2000}, {1000, 2000}, {3000, 1000}}}, /* asked for again */
    {NULL, NULL, {{1000, 3000}, {0, 4000}}},
    {NULL, "r2t-range", {{3000, 1000}, {2000, 1000}, {1000, 1000}}},
    {NULL, "r2t-range", {{2000, 1000}, {3000, 1000}, {1000, 1000}}},
    {NULL, "r2t-range", {{1001, 2999}, {1000, 1}}},
    {"r2t-range", "r2t-range", {{1000, 3001}}},
    {"r2t-count", "r2t-count", {{1000, 1}, {1001, 1}, {1002, 1}, {1003, 1}, {1004, 1}}},
};

static void check_write(const struct write_script *script, uint32_t order, enum harness_how how) {
    struct target_config config;
    target_config_defaults(&config);
    config.silent = true;
    config.initial_r2t = 1;
    config.first_burst = 1000;
    config.max_burst = 4096;
    config.max_recv_segment = 1000;
    config.max_r2t = 4;
    struct harness *harness = ordered(&config, order, 0);
    harness->how = how;
    for (uint32_t i = 0; i < 4000; i++) {
        buffer[i] = (uint8_t)(i * 11 >> 3);
    }
    sanscsi_iovec list = {buffer, 4000};
    (void)harness_write(harness, 0, &list, 1, 1);
    harness_run(harness);
    struct target *target = harness->target;
    struct target_task *task = &target->tasks[0];
    uint32_t unasked = task->received;
    uint32_t asked = 0, end = unasked;
    harness->no_tx = true;
    for (uint32_t i = 0; i < COUNT(script->asks) && script->asks[i].length > 0; i++) {
        const struct ask *ask = &script->asks[i];
        uint8_t bhs[48];
        target_begin(target, bhs, 0x31, 0x80, task->itt);
        put32(bhs + 20, 0x500 + i);
        put32(bhs + 36, i);
        put32(bhs + 40, ask->offset);
        put32(bhs + 44, ask->length);
        target_send(target, bhs, NULL, 0);
        task->r2ts[task->r2t_count++] = (struct target_r2t){
            .tag = 0x500 + i, .offset = ask->offset, .end = (uint32_t)ask->offset + ask->length};
        asked += ask->length;
        end = ask->offset + ask->length > (int)end ? (uint32_t)ask->offset + ask->length : end;
    }
    harness_run(harness); /* all asked before one is answered */
    const char *fault = (order & SEQUENCES) != 0 ? script->in_order : script->any;
    if (fault != NULL) {
        assert_string_equal(harness_fault(harness), fault);
        harness_free(harness);
        return;
    }
    harness->no_tx = false;
    harness_run(harness);
    /* The target has checked that each was answered whole, in order of arrival. */
    assert_int_equal(task->r2t_count, 0);
    assert_int_equal(task->received, unasked + asked);
    assert_int_equal(end, 4000);
    assert_memory_equal(task->data, buffer, 4000);
    target_respond(target, task, 0, 0, 0, 0, NULL, 0);
    harness_run(harness);
    assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_OK);
    harness_logout(harness);
    harness_free(harness);
}

static void test_writes(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(writes); i++) {
        for (uint32_t order = 0; order < 4; order++) {
            for (size_t how = 0; how < COUNT(hows); how++) {
                check_write(&writes[i], order, hows[how]);
            }
        }
    }
}

/* ---- numbers that wrap ---- */

static struct task *only_task(const struct harness *harness) {
    uint32_t tag = harness->target->tasks[0].itt;
    return &harness->session->table.tasks[tag & 0xffff];
}

static void test_data_numbers_wrap(void **state) {
    (void)state;
    struct target_config config;
    target_config_defaults(&config);
    config.hold = true;
    config.data_in_size = 100;
    config.status_alone = true;
    for (size_t how = 0; how < COUNT(hows); how++) {
        struct harness *harness = ordered(&config, PDUS | SEQUENCES, 0);
        harness->how = hows[how];
        sanscsi_iovec list = {buffer + 64, LENGTH};
        (void)harness_read(harness, 0, &list, 1, 1);
        harness_run(harness);
        only_task(harness)->next_sn = harness->target->tasks[0].data_sn = UINT32_C(0xfffffffb);
        assert_true(target_answer(harness->target, 0));
        harness_run(harness);
        assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_OK);
        assert_memory_equal(buffer + 64, harness->target->storage, LENGTH);
        harness_logout(harness);
        harness_free(harness);
    }
}

static void test_r2t_numbers_wrap(void **state) {
    (void)state;
    struct target_config config;
    target_config_defaults(&config);
    config.initial_r2t = 1;
    config.immediate_data = 0;
    config.max_burst = 512;
    config.max_r2t = 2;
    for (size_t how = 0; how < COUNT(hows); how++) {
        struct harness *harness = ordered(&config, PDUS | SEQUENCES, 0);
        harness->how = hows[how];
        harness->target->config.silent = true;
        sanscsi_iovec list = {buffer, 5000};
        (void)harness_write(harness, 0, &list, 1, 1);
        harness_run(harness);
        harness->target->config.silent = false;
        only_task(harness)->next_sn = harness->target->tasks[0].r2t_sn = UINT32_C(0xfffffffe);
        target_ask(harness->target, &harness->target->tasks[0]);
        harness_run(harness);
        assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_OK);
        assert_memory_equal(buffer, harness->target->storage, 5000);
        harness_logout(harness);
        harness_free(harness);
    }
}

/* ---- a window that stays closed ---- */

static void test_hundreds_wait(void **state) {
    (void)state;
    enum { COMMANDS = 600 };
    struct target_config config;
    sanscsi_session_settings settings;
    sanscsi_limits limits;
    target_config_defaults(&config);
    harness_settings(&settings, &limits);
    config.window = 0;
    limits.tasks = COMMANDS;
    for (size_t how = 0; how < COUNT(hows); how++) {
        struct harness *harness = harness_ready(&config, &settings, &limits);
        harness->how = hows[how];
        harness->random = 5;
        for (uint32_t i = 0; i < COMMANDS; i++) {
            (void)harness_read(harness, i, NULL, 0, i);
        }
        harness_run(harness);
        assert_int_equal(harness->target->commands, 0);
        uint32_t allowed = 0;
        while (harness->result_count < COMMANDS) {
            uint32_t more = harness_random(harness) % 40;
            allowed = allowed + more < COMMANDS ? allowed + more : COMMANDS;
            uint32_t max = harness->target->max_cmd_sn;
            target_open_window(harness->target, more);
            /* And back again: what is smaller is not looked at (RFC 7143 4.2.2.1). */
            uint8_t bhs[48];
            target_begin(harness->target, bhs, 0x20, 0x80, TARGET_NO_TAG);
            put32(bhs + 20, TARGET_NO_TAG);
            put32(bhs + 32, max);
            target_send(harness->target, bhs, NULL, 0);
            harness_run(harness);
            assert_int_equal(harness->target->commands, allowed);
            assert_int_equal(harness->result_count, allowed);
            assert_int_equal(get32(harness->target->last_command + 34),
                             allowed == 0 ? 0 : allowed - 1);
        }
        for (uint32_t i = 0; i < HARNESS_RESULTS; i++) {
            assert_int_equal(harness->results[i].user, i);
        }
        harness_logout(harness);
        harness_free(harness);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_disorder),          cmocka_unit_test(test_reads),
        cmocka_unit_test(test_shuffled_reads),    cmocka_unit_test(test_writes),
        cmocka_unit_test(test_data_numbers_wrap), cmocka_unit_test(test_r2t_numbers_wrap),
        cmocka_unit_test(test_hundreds_wait),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
