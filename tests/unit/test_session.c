/* Sessions move data: every size, every combination of parameters, every split of the stream. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "initiator/session.h"
#include "support/harness.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static uint8_t pattern(size_t i, uint32_t seed) {
    return (uint8_t)((i + seed) * 2246822519u >> 21);
}

static void fill(uint8_t *data, size_t size, uint32_t seed) {
    for (size_t i = 0; i < size; i++) {
        data[i] = pattern(i, seed);
    }
}

/* Cuts a buffer into entries of odd sizes, empty ones among them; returns how many. */
static uint32_t cut_list(struct harness *harness, uint8_t *data, size_t size, sanscsi_iovec *list,
                         uint32_t max) {
    uint32_t count = 0;
    size_t at = 0;
    while (at < size && count + 1 < max) {
        size_t piece = harness_random(harness) % (2 * size / max + 2);
        piece = piece < size - at ? piece : size - at;
        list[count].data = piece == 0 ? NULL : data + at;
        list[count].size = piece;
        at += piece;
        count++;
    }
    list[count].data = data + at;
    list[count].size = size - at;
    return count + 1;
}

/* Writes, reads back and compares, both in a list of pieces. */
static void write_and_read(struct harness *harness, uint32_t offset, size_t size) {
    sanscsi_iovec list[97];
    uint8_t *out = malloc(size + 1);
    uint8_t *in = malloc(size + 2);
    assert_non_null(out);
    assert_non_null(in);
    fill(out, size, offset + (uint32_t)size);
    memset(in, 0x5a, size + 2);
    uint32_t first = harness->result_count;
    uint32_t count = cut_list(harness, out, size, list, COUNT(list));
    (void)harness_write(harness, offset, list, count, 100000);
    harness_run(harness);
    assert_int_equal(harness->result_count, first + 1);
    assert_memory_equal(harness->target->storage + offset, out, size);
    count = cut_list(harness, in + 1, size, list, COUNT(list));
    (void)harness_read(harness, offset, list, count, 100001);
    harness_run(harness);
    assert_int_equal(harness->result_count, first + 2);
    assert_memory_equal(in + 1, out, size);
    assert_int_equal(in[0], 0x5a);
    assert_int_equal(in[size + 1], 0x5a);
    for (uint32_t i = first; i < first + 2 && i < HARNESS_RESULTS; i++) {
        const sanscsi_task_result *result = &harness->results[i];
        assert_int_equal(result->scsi_status, 0);
        assert_int_equal(result->io_status, SANSCSI_IO_OK);
        assert_int_equal(result->underflow, 0);
        assert_int_equal(result->overflow, 0);
        assert_int_equal(result->data_in, i == first ? 0 : size);
    }
    free(out);
    free(in);
}

/* ---- sizes ---- */

static void test_sizes(void **state) {
    (void)state;
    static const size_t sizes[] = {0, 1, 2, 3, 511, 512, 513, 4096, 65536, 65537, 1048576};
    static const enum harness_how hows[] = {HARNESS_WHOLE, HARNESS_WINDOWS, HARNESS_RANDOM};
    for (size_t how = 0; how < COUNT(hows); how++) {
        struct harness *harness = harness_ready(NULL, NULL, NULL);
        harness->how = hows[how];
        for (size_t i = 0; i < COUNT(sizes); i++) {
            write_and_read(harness, 12 + (uint32_t)i, sizes[i]);
        }
        harness_logout(harness);
        harness_free(harness);
    }
}

static void test_many_megabytes(void **state) {
    (void)state;
    struct target_config config;
    target_config_defaults(&config);
    config.storage_bytes = 20u << 20;
    config.digests = TARGET_HEADER_DIGEST;
    struct harness *harness = harness_ready(&config, NULL, NULL);
    harness->how = HARNESS_WINDOWS;
    write_and_read(harness, 77, (17u << 20) + 5);
    assert_true(harness->target->pdus > 2000);
    harness_logout(harness);
    harness_free(harness);
}

/* The plain block commands that a host sends. */
static void test_block_commands(void **state) {
    (void)state;
    static uint8_t data[4096];
    struct {
        uint32_t (*build)(uint8_t cdb[16], uint64_t lba, uint32_t blocks, uint32_t flags);
        bool writes;
    } const cases[] = {
        {sanscsi_cdb_write10, true},
        {sanscsi_cdb_read10, false},
        {sanscsi_cdb_write16, true},
        {sanscsi_cdb_read16, false},
    };
    struct harness *harness = harness_ready(NULL, NULL, NULL);
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint8_t cdb[16];
        sanscsi_iovec list = {data, sizeof(data)};
        sanscsi_command command;
        sanscsi_command_defaults(&command);
        command.cdb = cdb;
        command.cdb_length = cases[i].build(cdb, 3, 8, 0);
        command.user = i;
        command.data_out = command.data_in = &list;
        command.data_out_count = cases[i].writes ? 1 : 0;
        command.data_in_count = cases[i].writes ? 0 : 1;
        if (cases[i].writes) {
            fill(data, sizeof(data), (uint32_t)i);
        } else {
            memset(data, 0, sizeof(data));
        }
        assert_int_equal(sanscsi_submit(harness->session, &command, harness->now, NULL),
                         SANSCSI_OK);
        harness_run(harness);
        assert_int_equal(harness_result(harness, i)->scsi_status, 0);
        assert_memory_equal(data, harness->target->storage + 3 * TARGET_BLOCK, sizeof(data));
        assert_int_equal(data[9], pattern(9, (uint32_t)(i & ~(size_t)1)));
    }
    harness_logout(harness);
    harness_free(harness);
}

/* ---- parameters ---- */

static void check_parameters(const struct harness *harness) {
    const struct target_agreed *agreed = &harness->target->agreed;
    sanscsi_parameters parameters = {.size = sizeof(parameters)};
    assert_int_equal(sanscsi_session_parameters(harness->session, &parameters), SANSCSI_OK);
    assert_int_equal(parameters.header_digest, agreed->header_digest);
    assert_int_equal(parameters.data_digest, agreed->data_digest);
    assert_int_equal(parameters.initial_r2t, agreed->initial_r2t);
    assert_int_equal(parameters.immediate_data, agreed->immediate_data);
    assert_int_equal(parameters.max_burst_length, agreed->max_burst);
    assert_int_equal(parameters.first_burst_length, agreed->first_burst);
    assert_int_equal(parameters.max_outstanding_r2t, agreed->max_r2t);
    assert_int_equal(parameters.max_recv_data_segment_length, agreed->initiator_segment);
    assert_int_equal(parameters.target_max_recv_data_segment_length,
                     harness->target->config.max_recv_segment);
    assert_int_equal(parameters.default_time2wait, agreed->time2wait);
    assert_int_equal(parameters.default_time2retain, agreed->time2retain);
    assert_int_equal(parameters.target_portal_group_tag, 1);
}

static void run_combination(uint32_t bits, uint32_t segment, uint32_t burst, bool ours) {
    struct target_config config;
    target_config_defaults(&config);
    sanscsi_session_settings settings;
    sanscsi_limits limits;
    harness_settings(&settings, &limits);
    uint32_t first = burst > 65536 ? burst / 2 : burst;
    config.max_recv_segment = segment;
    settings.parameters.max_recv_data_segment_length = segment;
    config.max_burst = ours ? 1u << 24 : burst;
    config.first_burst = ours ? 1u << 24 : first;
    settings.parameters.max_burst_length = ours ? burst : 1048576;
    settings.parameters.first_burst_length = ours ? first : 1048576;
    config.initial_r2t = bits & 1;
    config.immediate_data = bits >> 1 & 1;
    config.digests = bits >> 2 & 3;
    settings.parameters.header_digest = SANSCSI_DIGEST_CRC32C_NONE;
    settings.parameters.data_digest = SANSCSI_DIGEST_NONE_CRC32C;
    config.max_r2t = (bits >> 4 & 1) != 0 ? 4 : 1;
    config.status_alone = ours;
    struct harness *harness = harness_ready(&config, &settings, &limits);
    harness->how = (bits & 1) != 0 ? HARNESS_WINDOWS : HARNESS_RANDOM;
    check_parameters(harness);
    static const size_t sizes[] = {1, 511, 512, 513, 4096, 65537};
    for (size_t i = 0; i < COUNT(sizes); i++) {
        write_and_read(harness, 3, sizes[i]);
    }
    write_and_read(harness, 5, segment == 512 ? 100000 : 1048576);
    harness_no_violations(harness);
    harness_logout(harness);
    harness_free(harness);
}

static void test_matrix(void **state) {
    (void)state;
    static const uint32_t segments[] = {512, 8192, 262144};
    static const uint32_t bursts[] = {512, 65536, 1048576};
    for (uint32_t bits = 0; bits < 32; bits++) {
        for (size_t i = 0; i < COUNT(segments) * COUNT(bursts); i++) {
            run_combination(bits, segments[i % 3], bursts[i / 3], ((bits >> 2) + i) % 2 == 0);
        }
    }
}

/* ---- many commands ---- */

static void test_shuffled_answers(void **state) {
    (void)state;
    enum { COMMANDS = 32, SIZE = 3000 };
    static uint8_t data[COMMANDS][SIZE];
    static uint8_t back[COMMANDS][SIZE];
    struct target_config config;
    target_config_defaults(&config);
    config.hold = true;
    for (uint32_t round = 0; round < 8; round++) {
        struct harness *harness = harness_ready(&config, NULL, NULL);
        harness->random = round;
        harness->how = round % 2 == 0 ? HARNESS_RANDOM : HARNESS_WHOLE;
        sanscsi_iovec lists[COMMANDS];
        for (uint32_t i = 0; i < COMMANDS; i++) {
            bool writes = i % 3 == 0;
            fill(data[i], SIZE, i);
            lists[i].data = writes ? data[i] : back[i];
            lists[i].size = SIZE;
            (void)(writes ? harness_write : harness_read)(harness, i * SIZE, &lists[i], 1, i);
        }
        harness_run(harness);
        assert_int_equal(harness->target->commands, COMMANDS);
        assert_int_equal(harness->result_count, 0);
        for (uint32_t left = COMMANDS; left > 0; left--) {
            assert_true(target_answer(harness->target, harness_random(harness) % left));
            harness_run(harness);
        }
        for (uint32_t i = 0; i < COMMANDS; i++) {
            assert_int_equal(harness_result(harness, i)->io_status, SANSCSI_IO_OK);
            assert_memory_equal(harness->target->storage + (size_t)i * SIZE,
                                i % 3 == 0 ? data[i] : back[i], SIZE);
        }
        harness_logout(harness);
        harness_free(harness);
    }
}

/* ---- the command window ---- */

static void test_closed_window(void **state) {
    (void)state;
    struct target_config config;
    target_config_defaults(&config);
    config.window = 0;
    struct harness *harness = harness_ready(&config, NULL, NULL);
    for (uint32_t i = 0; i < 5; i++) {
        (void)harness_read(harness, 0, NULL, 0, i);
    }
    harness_run(harness);
    assert_int_equal(harness->target->commands, 0);
    target_open_window(harness->target, 2);
    harness_run(harness);
    assert_int_equal(harness->result_count, 2);
    /* Both fields of a PDU whose MaxCmdSN < ExpCmdSN - 1 are ignored (RFC 7143 4.2.2.1). */
    uint8_t bhs[48];
    target_begin(harness->target, bhs, 0x20, 0x80, TARGET_NO_TAG);
    put32(bhs + 20, TARGET_NO_TAG);
    put32(bhs + 28, 100);
    put32(bhs + 32, 50);
    target_send(harness->target, bhs, NULL, 0);
    harness_run(harness);
    assert_int_equal(harness->target->commands, 2);
    harness_no_violations(harness);
    /* A ping of the target is answered though the window is closed. */
    target_ping(harness->target, UINT64_C(0x0001000000000000));
    harness_run(harness);
    assert_int_equal(harness->target->nop_replies, 1);
    harness->target->max_cmd_sn = harness->target->exp_cmd_sn - 1;
    target_open_window(harness->target, 3);
    harness_run(harness);
    assert_int_equal(harness->result_count, 5);
    harness_logout(harness);
    harness_free(harness);
}

static void test_numbers_wrap(void **state) {
    (void)state;
    struct harness *harness = harness_new(NULL, NULL, NULL);
    harness->no_connect = true;
    assert_int_equal(sanscsi_session_start(harness->session, harness->now), SANSCSI_OK);
    harness_poll(harness);
    assert_int_equal(sanscsi_connected(harness->session, 0, harness->now), SANSCSI_OK);
    harness->transport = true;
    harness->session->window.cmd_sn = UINT32_C(0xfffffff0);
    harness->session->connections[0].login->setup.cmd_sn = UINT32_C(0xfffffff0);
    harness_run(harness);
    assert_int_equal(harness->logged_in, 1);
    uint8_t byte = 0;
    sanscsi_iovec list = {&byte, 1};
    for (uint32_t i = 0; i < 40; i++) {
        (void)harness_read(harness, i, &list, 1, i);
        harness_run(harness);
        assert_int_equal(harness_result(harness, i)->io_status, SANSCSI_IO_OK);
        assert_int_equal(byte, harness->target->storage[i]);
    }
    assert_int_equal(harness->target->exp_cmd_sn, 24);
    harness_logout(harness);
    harness_free(harness);
}

/* ---- splits ---- */

/* A life with reads, writes, a check condition, a ping each way and a logout. */
static struct harness *live(enum harness_how how, uint32_t seed) {
    static uint8_t data[9000];
    struct target_config config;
    target_config_defaults(&config);
    config.digests = seed % 4;
    config.max_recv_segment = 1024;
    config.first_burst = 2048;
    config.max_burst = 4096;
    config.data_in_size = 1001;
    sanscsi_session_settings settings;
    sanscsi_limits limits;
    harness_settings(&settings, &limits);
    settings.parameters.header_digest = SANSCSI_DIGEST_CRC32C_NONE;
    settings.parameters.data_digest = SANSCSI_DIGEST_CRC32C_NONE;
    struct harness *harness = harness_new(&config, &settings, &limits);
    harness->how = how;
    harness->random = seed;
    harness_login(harness);
    sanscsi_iovec list[3] = {{data, 1}, {data + 1, 4098}, {data + 4099, sizeof(data) - 4099}};
    (void)harness_write(harness, 1, list, 3, 1);
    (void)harness_read(harness, 1, list, 3, 2);
    (void)harness_read(harness, 0x7fffffff, list, 1, 3);
    assert_int_equal(sanscsi_ping(harness->session, NULL, NULL, 0, 4, 0, harness->now, NULL),
                     SANSCSI_OK);
    target_ping(harness->target, 0);
    harness_run(harness);
    assert_int_equal(harness->target->nop_replies, 1);
    harness_logout(harness);
    harness_no_violations(harness);
    return harness;
}

static void test_splits(void **state) {
    (void)state;
    for (uint32_t seed = 0; seed < 24; seed++) {
        struct harness *whole = live(HARNESS_WHOLE, seed % 4);
        assert_int_equal(whole->result_count, 4);
        assert_int_equal(harness_result(whole, 3)->sense_code, 0x2100);
        struct harness *split = live(seed < 4 ? HARNESS_BYTES : HARNESS_RANDOM, seed);
        assert_string_equal(split->log, whole->log);
        harness_free(split);
        harness_free(whole);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_many_megabytes),
        cmocka_unit_test(test_block_commands),
        cmocka_unit_test(test_matrix),
        cmocka_unit_test(test_shuffled_answers),
        cmocka_unit_test(test_closed_window),
        cmocka_unit_test(test_numbers_wrap),
        cmocka_unit_test(test_splits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
