/* Bidirectional commands: headers, data both ways at once, numbers that Data-In and R2T share,
 * residuals of both parts (RFC 7143 11.2.2.4, 11.3.4, 11.4.1, 11.4.6, 11.7). */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "initiator/session.h"
#include "support/harness.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define CANARY 0xa5

enum { MOST = 70000 };

static uint8_t out[MOST];
static uint8_t in[64 + MOST + 64];

static void fill(void) {
    for (size_t i = 0; i < MOST; i++) {
        out[i] = (uint8_t)(i * 2654435761u >> 22);
    }
    memset(in, CANARY, sizeof(in));
}

/* Writes `length` bytes to the front of the storage, and reads `read_length` from behind 1 MiB. */
static sanscsi_command command_for(uint8_t cdb[16], const sanscsi_iovec *from, uint32_t from_count,
                                   const sanscsi_iovec *to, uint32_t to_count) {
    sanscsi_command command;
    sanscsi_command_defaults(&command);
    memset(cdb, 0, 16);
    cdb[0] = TARGET_OP_BOTH;
    put32(cdb + 10, 1u << 20);
    command.cdb = cdb;
    command.cdb_length = 16;
    command.data_out = from;
    command.data_out_count = from_count;
    command.data_in = to;
    command.data_in_count = to_count;
    command.user = 1;
    return command;
}

static int32_t submit_both(struct harness *harness, uint32_t length, uint32_t read_length,
                           uint64_t user) {
    static sanscsi_iovec from[128], to[128]; /* by user word: lent until the task is done */
    uint8_t cdb[16];
    from[user] = (sanscsi_iovec){out, length};
    to[user] = (sanscsi_iovec){in + 64, read_length};
    sanscsi_command command = command_for(cdb, &from[user], 1, &to[user], 1);
    command.user = user;
    return sanscsi_submit(harness->session, &command, harness->now, NULL);
}

/* ---- headers, byte by byte ---- */

static void check_header(struct harness *harness, uint32_t cdb_length, uint32_t length,
                         uint32_t read_length, const uint8_t *ahs, uint32_t ahs_length) {
    uint8_t cdb[260];
    for (uint32_t i = 0; i < sizeof(cdb); i++) {
        cdb[i] = (uint8_t)(i + 1);
    }
    cdb[0] = 0x7f;
    sanscsi_iovec from = {out, length}, to = {in, read_length};
    sanscsi_command command;
    sanscsi_command_defaults(&command);
    command.lun = UINT64_C(0x0001000000000000);
    command.cdb = cdb;
    command.cdb_length = cdb_length;
    command.data_out = &from;
    command.data_out_count = 1;
    command.data_in = &to;
    command.data_in_count = 1;
    uint32_t cmd_sn = harness->target->exp_cmd_sn;
    uint32_t stat_sn = harness->target->stat_sn;
    assert_int_equal(sanscsi_submit(harness->session, &command, harness->now, NULL), SANSCSI_OK);
    harness_run(harness);
    const uint8_t *sent = harness->target->last_command;
    uint8_t expected[48] = {0x01, 0xe1, 0, 0, (uint8_t)(ahs_length / 4)};
    expected[9] = 1;
    put24(expected + 5, length);         /* all of it immediate */
    memcpy(expected + 16, sent + 16, 4); /* our tag */
    put32(expected + 20, length);        /* what is written */
    put32(expected + 24, cmd_sn);
    put32(expected + 28, stat_sn);
    memcpy(expected + 32, cdb, cdb_length < 16 ? cdb_length : 16);
    assert_memory_equal(sent, expected, sizeof(expected));
    assert_memory_equal(sent + 48, ahs, ahs_length);
}

static void test_headers(void **state) {
    (void)state;
    static const uint8_t plain[] = {0x00, 0x05, 0x02, 0x00, 0x00, 0x01, 0x02, 0x03};
    static const uint8_t of_17[] = {0x00, 0x02, 0x01, 0x00, 17,   0x00, 0x00, 0x00,
                                    0x00, 0x05, 0x02, 0x00, 0x00, 0x00, 0x00, 0x01};
    static const uint8_t of_32[] = {0x00, 0x11, 0x01, 0x00, 17,   18,   19,   20,  21, 22,
                                    23,   24,   25,   26,   27,   28,   29,   30,  31, 32,
                                    0x00, 0x05, 0x02, 0x00, 0x00, 0x00, 0x10, 0x00};
    uint8_t of_260[4 + 244 + 8] = {0x00, 0xf5, 0x01, 0x00};
    for (uint32_t i = 16; i < 260; i++) {
        of_260[4 + i - 16] = (uint8_t)(i + 1);
    }
    memcpy(of_260 + 248, (const uint8_t[]){0x00, 0x05, 0x02, 0x00, 0x00, 0x00, 0x10, 0x00}, 8);
    sanscsi_session_settings settings;
    sanscsi_limits limits;
    struct target_config config;
    harness_settings(&settings, &limits);
    target_config_defaults(&config);
    limits.max_cdb_length = 260;
    settings.parameters.header_digest = SANSCSI_DIGEST_CRC32C_NONE;
    settings.parameters.data_digest = SANSCSI_DIGEST_CRC32C_NONE;
    for (uint32_t digests = 0; digests < 4; digests++) {
        config.digests = digests;
        struct harness *harness = harness_ready(&config, &settings, &limits);
        check_header(harness, 10, 5, 66051, plain, sizeof(plain));
        check_header(harness, 16, 512, 66051, plain, sizeof(plain));
        check_header(harness, 17, 512, 1, of_17, sizeof(of_17));
        check_header(harness, 32, 512, 4096, of_32, sizeof(of_32));
        check_header(harness, 260, 512, 4096, of_260, sizeof(of_260));
        harness_logout(harness);
        harness_free(harness);
    }
}

/* A part without a byte is none: no AHS then, and one direction. */
static void test_empty_parts(void **state) {
    (void)state;
    static const struct {
        uint32_t length, read_length;
        uint8_t flags;
    } cases[] = {{0, 0, 0x81}, {0, 5, 0xc1}, {5, 0, 0xa1}};
    struct harness *harness = harness_ready(NULL, NULL, NULL);
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(submit_both(harness, cases[i].length, cases[i].read_length, i), 0);
        harness_run(harness);
        assert_int_equal(harness->target->last_command[1], cases[i].flags);
        assert_int_equal(harness->target->last_command[4], 0);
        assert_int_equal(get32(harness->target->last_command + 20), i == 0 ? 0 : 5);
        (void)harness_result(harness, i);
    }
    harness_no_violations(harness);
    harness_logout(harness);
    harness_free(harness);
}

/* ---- data ---- */

static uint32_t cut(struct harness *harness, uint8_t *data, uint32_t size, sanscsi_iovec *list,
                    uint32_t max) {
    uint32_t count = 0, at = 0;
    while (count + 1 < max && at < size) {
        uint32_t piece = harness_random(harness) % (2 * size / max + 2);
        piece = piece < size - at ? piece : size - at;
        list[count++] = (sanscsi_iovec){piece == 0 ? NULL : data + at, piece};
        at += piece;
    }
    list[count] = (sanscsi_iovec){data + at, size - at};
    return count + 1;
}

static void move_both(struct harness *harness, uint32_t length, uint32_t read_length) {
    sanscsi_iovec from[9], to[13];
    uint8_t cdb[16];
    fill();
    uint32_t from_count = cut(harness, out, length, from, COUNT(from));
    uint32_t to_count = cut(harness, in + 64, read_length, to, COUNT(to));
    sanscsi_command command = command_for(cdb, from, from_count, to, to_count);
    uint32_t results = harness->result_count;
    uint64_t read = harness_counter(harness, "bytes-read");
    uint64_t written = harness_counter(harness, "bytes-written");
    command.user = 100000;
    assert_int_equal(sanscsi_submit(harness->session, &command, harness->now, NULL), SANSCSI_OK);
    harness_run(harness);
    assert_int_equal(harness->result_count, results + 1);
    const sanscsi_task_result *result = &harness->results[results];
    assert_int_equal(result->io_status, SANSCSI_IO_OK);
    assert_int_equal(result->scsi_status, 0);
    assert_int_equal(result->data_in, read_length);
    assert_int_equal(result->underflow | result->overflow, 0);
    assert_int_equal(result->read_underflow | result->read_overflow, 0);
    assert_memory_equal(harness->target->storage, out, length);
    assert_memory_equal(in + 64, harness->target->storage + (1u << 20), read_length);
    for (size_t i = 0; i < 64; i++) {
        assert_int_equal(in[i], CANARY);
        assert_int_equal(in[64 + read_length + i], CANARY);
    }
    assert_int_equal(harness_counter(harness, "bytes-read") - read, read_length);
    assert_int_equal(harness_counter(harness, "bytes-written") - written, length);
}

static void run_combination(uint32_t bits, enum target_turns turns, enum harness_how how) {
    static const uint32_t sizes[][2] = {{1, 1},       {512, 3},     {3, 512},      {4096, 4096},
                                        {70000, 513}, {513, 70000}, {65537, 65539}};
    struct target_config config;
    sanscsi_session_settings settings;
    sanscsi_limits limits;
    target_config_defaults(&config);
    harness_settings(&settings, &limits);
    config.initial_r2t = bits & 1;
    config.immediate_data = bits >> 1 & 1;
    config.max_r2t = (bits >> 2 & 1) != 0 ? 4 : 1;
    config.digests = (bits >> 3 & 1) != 0 ? 3 : 0;
    config.data_in_alone = (bits >> 4 & 1) != 0;
    config.turns = turns;
    config.max_recv_segment = 1024;
    config.first_burst = 2048;
    config.max_burst = 8192;
    config.data_in_size = 3000;
    settings.parameters.header_digest = SANSCSI_DIGEST_CRC32C_NONE;
    settings.parameters.data_digest = SANSCSI_DIGEST_CRC32C_NONE;
    struct harness *harness = harness_ready(&config, &settings, &limits);
    harness->how = how;
    harness->random = bits + 1;
    for (size_t i = 0; i < COUNT(sizes); i++) {
        move_both(harness, sizes[i][0], sizes[i][1]);
    }
    harness_logout(harness);
    harness_free(harness);
}

static void test_data(void **state) {
    (void)state;
    for (uint32_t bits = 0; bits < 32; bits++) {
        for (uint32_t turns = TARGET_READS_LAST; turns <= TARGET_READS_BETWEEN; turns++) {
            run_combination(bits, (enum target_turns)turns, HARNESS_WHOLE);
            run_combination(bits, (enum target_turns)turns, HARNESS_RANDOM);
            run_combination(bits, (enum target_turns)turns, HARNESS_WINDOWS);
        }
    }
    run_combination(3, TARGET_READS_BETWEEN, HARNESS_BYTES);
}

/* ---- slots ---- */

static void test_slots(void **state) {
    (void)state;
    struct target_config config;
    sanscsi_session_settings settings;
    sanscsi_limits limits;
    target_config_defaults(&config);
    harness_settings(&settings, &limits);
    config.hold = true;
    limits.tasks = 1;
    struct harness *harness = harness_ready(&config, &settings, &limits);
    assert_int_equal(submit_both(harness, 5, 5, 1), SANSCSI_TOO_LARGE);
    harness_logout(harness);
    harness_free(harness);
    limits.tasks = 5;
    harness = harness_ready(&config, &settings, &limits);
    for (uint32_t round = 0; round < 3; round++) {
        assert_int_equal(submit_both(harness, 5, 5, 10 * round + 1), SANSCSI_OK);
        assert_int_equal(submit_both(harness, 5, 5, 10 * round + 2), SANSCSI_OK);
        assert_int_equal(submit_both(harness, 5, 5, 10 * round + 3), SANSCSI_NO_FREE_TASK);
        assert_int_equal(submit_both(harness, 5, 0, 10 * round + 4), SANSCSI_OK);
        assert_int_equal(submit_both(harness, 5, 0, 10 * round + 5), SANSCSI_NO_FREE_TASK);
        harness_run(harness);
        while (target_answer(harness->target, 0)) {
            harness_run(harness);
        }
        (void)harness_result(harness, 10 * round + 1);
        (void)harness_result(harness, 10 * round + 2);
        (void)harness_result(harness, 10 * round + 4);
    }
    /* Event 103 counts tasks, not slots. */
    assert_int_equal(submit_both(harness, 5, 5, 90), SANSCSI_OK);
    assert_int_equal(submit_both(harness, 5, 0, 91), SANSCSI_OK);
    harness_run(harness);
    harness_cut(harness);
    harness_poll(harness);
    assert_int_equal(harness_event(harness, SANSCSI_EVENT_CONNECTION_LOST)->numbers[0], 2);
    assert_int_equal(harness_result(harness, 90)->io_status, SANSCSI_IO_CONNECTION_OFFLINE);
    assert_int_equal(harness->session->table.submitted, 0);
    assert_int_equal(harness->session->table.slots.used, 0);
    harness_free(harness);
}

/* Cancelled and reset: one TASK_DONE, all slots free. */
static void test_aborts(void **state) {
    (void)state;
    for (uint32_t way = 0; way < 3; way++) {
        struct target_config config;
        target_config_defaults(&config);
        config.silent = true;
        struct harness *harness = harness_ready(&config, NULL, NULL);
        uint8_t cdb[16];
        sanscsi_iovec from = {out, 20000}, to = {in + 64, 3000};
        sanscsi_command command = command_for(cdb, &from, 1, &to, 1);
        sanscsi_task task = 0;
        assert_int_equal(sanscsi_submit(harness->session, &command, harness->now, &task), 0);
        harness_run(harness);
        target_read_some(harness->target, &harness->target->tasks[0]);
        harness_run(harness);
        if (way == 0) {
            assert_int_equal(sanscsi_cancel(harness->session, task, harness->now), SANSCSI_OK);
        } else if (way == 1) {
            sanscsi_management management;
            sanscsi_management_defaults(&management);
            management.user = 50;
            assert_int_equal(sanscsi_manage(harness->session, &management, harness->now, NULL),
                             SANSCSI_OK);
        } else {
            harness_wait(harness, 30 * SANSCSI_SECOND);
        }
        harness_run(harness);
        const sanscsi_task_result *result = harness_result(harness, 1);
        assert_int_equal(result->io_status, way == 2 ? SANSCSI_IO_TIMEOUT : SANSCSI_IO_CANCELLED);
        assert_int_equal(result->data_in, 3000);
        assert_int_equal(harness->session->table.submitted, 0);
        assert_int_equal(harness->session->table.read_parts, 0);
        harness_logout(harness);
        harness_free(harness);
    }
}

/* ---- answers ---- */

enum { WRITES = 1000, READS = 800 }; /* all of the former comes as immediate data */

struct answer {
    uint32_t sent; /* bytes of Data-In, in pieces of 300 */
    uint8_t flags;
    uint8_t status;
    uint32_t residual, read_residual;
    uint32_t counted; /* added to ExpDataSN */
    uint32_t io_status;
    uint32_t underflow, overflow, read_underflow, read_overflow;
};

#define LOST SANSCSI_IO_BYTES_LOST

static const struct answer answers[] = {
    {800, 0x00, 0, 0, 0, 0, 0, 0, 0, 0, 0},
    {800, 0x00, 0, 9, 9, 0, 0, 0, 0, 0, 0}, /* no flags: neither counts */
    {799, 0x00, 0, 0, 0, 0, LOST, 0, 0, 0, 0},
    {0, 0x00, 0, 0, 0, 0, LOST, 0, 0, 0, 0},
    {0, 0x00, 8, 0, 0, 0, 0, 0, 0, 0, 0},
    {500, 0x08, 0, 0, 300, 0, 0, 0, 0, 300, 0}, /* u */
    {500, 0x08, 0, 77, 300, 0, 0, 0, 0, 300, 0},
    {499, 0x08, 0, 0, 300, 0, LOST, 0, 0, 300, 0},
    {0, 0x08, 0, 0, UINT32_MAX, 0, 0, 0, 0, 800, 0},
    {800, 0x10, 0, 0, 55, 0, 0, 0, 0, 0, 55}, /* o */
    {800, 0x10, 0, 0, UINT32_MAX, 0, 0, 0, 0, 0, UINT32_MAX},
    {799, 0x10, 0, 0, 55, 0, LOST, 0, 0, 0, 55},
    {800, 0x02, 0, 600, 0, 0, 0, 600, 0, 0, 0}, /* U */
    {800, 0x02, 0, 600, 88, 0, 0, 600, 0, 0, 0},
    {799, 0x02, 0, 600, 0, 0, LOST, 600, 0, 0, 0},
    {800, 0x04, 0, 66, 0, 0, 0, 0, 66, 0, 0},       /* O */
    {500, 0x0a, 0, 600, 300, 0, 0, 600, 0, 300, 0}, /* u U */
    {500, 0x0c, 0, 66, 300, 0, 0, 0, 66, 300, 0},   /* u O */
    {800, 0x12, 0, 600, 55, 0, 0, 600, 0, 0, 55},   /* o U */
    {800, 0x14, 0, 66, 55, 0, 0, 0, 66, 0, 55},     /* o O */
    {300, 0x0a, 0x28, 1000, 500, 0, 0, 1000, 0, 500, 0},
    {800, 0x00, 0, 0, 0, 1, LOST, 0, 0, 0, 0},
    {800, 0x00, 8, 0, 0, 1, 0, 0, 0, 0, 0},
};

static bool answer_both(struct target *target, struct target_task *task, void *context) {
    const struct answer *answer = context;
    uint32_t expected = task->read_length;
    task->read_length = answer->sent;
    target_read_rest(target, task);
    task->read_length = expected;
    task->data_sn += answer->counted;
    target_respond_both(target, task, answer->flags, answer->status, answer->residual,
                        answer->read_residual);
    return true;
}

static void test_residuals(void **state) {
    (void)state;
    struct target_config config;
    target_config_defaults(&config);
    config.command = answer_both;
    config.data_in_size = 300;
    for (uint32_t how = HARNESS_WHOLE; how <= HARNESS_WINDOWS; how++) {
        struct harness *harness = harness_ready(&config, NULL, NULL);
        harness->how = (enum harness_how)how;
        for (size_t i = 0; i < COUNT(answers); i++) {
            const struct answer *answer = &answers[i];
            harness->target->config.context = (void *)(uintptr_t)answer;
            assert_int_equal(submit_both(harness, WRITES, READS, i), SANSCSI_OK);
            harness_run(harness);
            const sanscsi_task_result *result = harness_result(harness, i);
            assert_int_equal(result->scsi_status, answer->status);
            assert_int_equal(result->io_status, answer->io_status);
            assert_int_equal(result->data_in, answer->sent);
            assert_int_equal(result->underflow, answer->underflow);
            assert_int_equal(result->overflow, answer->overflow);
            assert_int_equal(result->read_underflow, answer->read_underflow);
            assert_int_equal(result->read_overflow, answer->read_overflow);
        }
        harness_logout(harness);
        harness_free(harness);
    }
}

/* ---- what ends the connection ---- */

struct wrong {
    const char *fault;
    uint8_t opcode, flags;
    uint32_t sn;     /* DataSN, R2TSN, ExpDataSN */
    uint32_t offset; /* in Data-In and R2T */
    uint32_t length; /* of the data, or desired */
};

/* Behind a Data-In of 300 bytes and an R2T for 4096 bytes from 1000 on: 2 is the next number. */
static const struct wrong wrongs[] = {
    {"data-sn", 0x25, 0x00, 3, 300, 8},
    {"r2t-sn", 0x31, 0x80, 3, 5096, 8},
    {"buffer-offset", 0x25, 0x00, 2, 301, 8},
    {"buffer-offset", 0x25, 0x00, 2, 300, READS - 299},
    {"buffer-offset", 0x25, 0x00, 2, 0xfffffff0, 0x20},
    {"data-in-status", 0x25, 0x81, 2, 300, READS - 300}, /* RFC 7143 11.7.3 */
    {"data-in-status", 0x25, 0x81, 2, 300, 0},
    {"r2t-range", 0x31, 0x80, 2, 9999, 2},
    {"exp-data-sn", 0x21, 0x80, 0, 0, 0},
    {"residual-flags", 0x21, 0x98, 2, 0, 0},
    {"residual-flags", 0x21, 0x86, 2, 0, 0},
    {"initiator-task-tag", 0x21, 0x80, 0xffff, 0, 0}, /* the tag of the read part: see below */
};

static void play(struct target *target, const struct wrong *wrong, uint32_t tag) {
    static const uint8_t data[1024];
    uint8_t bhs[48];
    bool status = wrong->opcode == 0x21 || (wrong->flags & 1) != 0;
    if (status) {
        target_begin_status(target, bhs, wrong->opcode, wrong->flags, tag);
    } else {
        target_begin(target, bhs, wrong->opcode, wrong->flags, tag);
    }
    put32(bhs + 36, wrong->sn);
    put32(bhs + 40, wrong->opcode == 0x21 ? 0 : wrong->offset);
    if (wrong->opcode == 0x31) {
        put32(bhs + 20, 0x99);
        put32(bhs + 44, wrong->length);
    }
    target_send(target, bhs, data, wrong->opcode == 0x25 ? wrong->length : 0);
}

static void check_wrong(const struct wrong *wrong, enum harness_how how) {
    static const struct wrong first[] = {{"", 0x25, 0x80, 0, 0, 300},
                                         {"", 0x31, 0x80, 1, 1000, 4096}};
    struct target_config config;
    target_config_defaults(&config);
    config.silent = true;
    config.first_burst = 1000;
    config.initial_r2t = 1;
    fill();
    struct harness *harness = harness_ready(&config, NULL, NULL);
    harness->how = how;
    assert_int_equal(submit_both(harness, 10000, READS, 1), SANSCSI_OK);
    harness_run(harness);
    uint32_t tag = harness->target->tasks[0].itt;
    uint32_t part = harness->session->table.tasks[tag & 0xffff].reference;
    harness->no_tx = true;
    play(harness->target, &first[0], tag);
    play(harness->target, &first[1], tag);
    harness_run(harness);
    assert_int_equal(harness->closes, 0);
    play(harness->target, wrong,
         wrong->sn == 0xffff ? task_tag(&harness->session->table, part) : tag);
    harness_run(harness);
    assert_string_equal(harness_fault(harness), wrong->fault);
    assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_CONNECTION_OFFLINE);
    for (size_t i = 0; i < 64; i++) {
        assert_int_equal(in[i], CANARY);
        assert_int_equal(in[64 + READS + i], CANARY);
    }
    harness_free(harness);
}

static void test_wrong(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(wrongs); i++) {
        for (uint32_t how = HARNESS_WHOLE; how <= HARNESS_WINDOWS; how++) {
            check_wrong(&wrongs[i], (enum harness_how)how);
        }
    }
}

/* Numbers that came already are dropped, for Data-In and R2T alike (RFC 7143 7.9). */
static void test_duplicates(void **state) {
    (void)state;
    static const struct wrong steps[] = {
        {"", 0x25, 0x80, 0, 0, 300},   {"", 0x31, 0x80, 1, 1000, 4096}, {"", 0x25, 0x80, 0, 0, 300},
        {"", 0x31, 0x80, 1, 0, 10000}, {"", 0x31, 0x80, 0, 0, 1},       {"", 0x25, 0x80, 1, 0, 300},
        {"", 0x25, 0x80, 2, 300, 500},
    };
    struct target_config config;
    target_config_defaults(&config);
    config.silent = true;
    config.first_burst = 1000;
    config.initial_r2t = 1;
    struct harness *harness = harness_ready(&config, NULL, NULL);
    assert_int_equal(submit_both(harness, 1000, 800, 1), SANSCSI_OK);
    harness_run(harness);
    harness_free(harness);
    harness = harness_ready(&config, NULL, NULL);
    assert_int_equal(submit_both(harness, 10000, 800, 1), SANSCSI_OK);
    harness_run(harness);
    struct target_task *task = &harness->target->tasks[0];
    task->r2t_count = 1;
    task->r2ts[0] = (struct target_r2t){.tag = 0x99, .offset = 1000, .end = 5096};
    for (size_t i = 0; i < COUNT(steps); i++) {
        play(harness->target, &steps[i], task->itt);
    }
    harness_run(harness);
    assert_int_equal(harness->closes, 0);
    assert_int_equal(task->received, 1000 + 4096);
    assert_int_equal(task->r2t_count, 0);
    task->data_sn = 3;
    target_respond_both(harness->target, task, 0x02, 0, 10000 - 5096, 0);
    harness_run(harness);
    assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_OK);
    assert_int_equal(harness_result(harness, 1)->data_in, 800);
    harness_logout(harness);
    harness_free(harness);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_headers), cmocka_unit_test(test_empty_parts),
        cmocka_unit_test(test_data),    cmocka_unit_test(test_slots),
        cmocka_unit_test(test_aborts),  cmocka_unit_test(test_residuals),
        cmocka_unit_test(test_wrong),   cmocka_unit_test(test_duplicates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
