/* Each point at which a sloppy target may be served: without its bit the connection ends, with its
 * bit, and no other, the command ends as told here. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "support/harness.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define UNIT UINT64_C(0x0001000000000000)

enum { LENGTH = 6000, BURST = 2048, ALL = 0x3ff };

/* What the target does with the only command, or a request to abort it. */
enum what { READ, WRITE, BOTH, ABORT, LOGOUT };

struct step {
    uint8_t opcode, flags;
    bool status; /* uses a StatSN up */
    uint32_t length;
    struct {
        uint8_t at, size;
        uint32_t value;
    } fields[5];
    uint8_t head[4]; /* first bytes of the data */
};

struct script {
    const char *name;
    uint32_t bit;
    const char *fault;
    enum what what;
    struct step steps[4];
    sanscsi_task_result expected;
};

#define LOST SANSCSI_IO_BYTES_LOST
#define FAILURE SANSCSI_IO_TARGET_FAILURE
#define DATA(flag, sn, offset, bytes)                                                              \
    {                                                                                              \
        0x25, flag, false, bytes, {{36, 4, sn}, {40, 4, offset}}, {                                \
            0                                                                                      \
        }                                                                                          \
    }
#define R2T(flag, lun, offset, bytes, stray)                                                       \
    {                                                                                              \
        0x31, flag, false, stray, {{8, 4, lun}, {20, 4, 0x77}, {40, 4, offset}, {44, 4, bytes}}, { \
            0                                                                                      \
        }                                                                                          \
    }
#define RESPONSE(flag, ...)                                                                        \
    {                                                                                              \
        0x21, flag, true, 0, {__VA_ARGS__}, {                                                      \
            0                                                                                      \
        }                                                                                          \
    }
#define SENSE(bytes, ...)                                                                          \
    {                                                                                              \
        0x21, 0x80, true, bytes, {{3, 1, 2}}, {                                                    \
            __VA_ARGS__                                                                            \
        }                                                                                          \
    }
#define GOOD_OF(sn)                                                                                \
    {                                                                                              \
        0x21, 0x80, true, 0, {{36, 4, sn}}, {                                                      \
            0                                                                                      \
        }                                                                                          \
    }

static const struct script scripts[] = {
    {"Data-In beyond MaxBurstLength",
     SANSCSI_TOLERATE_LONG_SEQUENCE,
     "data-in-sequence",
     READ,
     {DATA(0, 0, 0, 2000), DATA(0, 1, 2000, 2000), DATA(0x80, 2, 4000, 2000), GOOD_OF(3)},
     {.data_in = LENGTH}},
    {"one byte beyond",
     SANSCSI_TOLERATE_LONG_SEQUENCE,
     "data-in-sequence",
     READ,
     {DATA(0x80, 0, 0, 2000), DATA(0, 1, 2000, 2000), DATA(0x80, 2, 4000, 49),
      RESPONSE(0x82, {36, 4, 3}, {44, 4, LENGTH - 4049})},
     {.data_in = 4049, .underflow = LENGTH - 4049}},
    {"beyond with status",
     SANSCSI_TOLERATE_LONG_SEQUENCE,
     "data-in-sequence",
     READ,
     {DATA(0, 0, 0, 2000),
      {0x25, 0x83, true, 2000, {{36, 4, 1}, {40, 4, 2000}, {44, 4, 2000}}, {0}}},
     {.data_in = 4000, .underflow = 2000}},
    {"F of a response",
     SANSCSI_TOLERATE_FINAL_BIT,
     "final-bit",
     READ,
     {RESPONSE(0x02, {44, 4, LENGTH})},
     {.underflow = LENGTH}},
    {"F of an R2T",
     SANSCSI_TOLERATE_FINAL_BIT,
     "final-bit",
     WRITE,
     {R2T(0, 0x00010000, 1024, 512, 0), RESPONSE(0x82, {44, 4, LENGTH - 1536})},
     {.underflow = LENGTH - 1536}},
    {"F of a NOP-In",
     SANSCSI_TOLERATE_FINAL_BIT,
     "final-bit",
     READ,
     {{0x20, 0x00, false, 0, {{16, 4, 0xffffffff}, {20, 4, 0xffffffff}}, {0}},
      RESPONSE(0x82, {44, 4, LENGTH})},
     {.underflow = LENGTH}},
    {"F of an async message",
     SANSCSI_TOLERATE_FINAL_BIT,
     "final-bit",
     READ,
     {{0x32, 0x00, true, 0, {{16, 4, 0xffffffff}, {36, 1, 248}}, {0}},
      RESPONSE(0x82, {44, 4, LENGTH})},
     {.underflow = LENGTH}},
    {"F of a TMF response",
     SANSCSI_TOLERATE_FINAL_BIT,
     "final-bit",
     ABORT,
     {{0x22, 0x00, true, 0, {{0}}, {0}}},
     {.io_status = SANSCSI_IO_CANCELLED}},
    {"F of a logout response",
     SANSCSI_TOLERATE_FINAL_BIT,
     "final-bit",
     LOGOUT,
     {{0x26, 0x00, true, 0, {{0}}, {0}}},
     {.io_status = SANSCSI_IO_SESSION_OFFLINE}},
    {"R2T with data",
     SANSCSI_TOLERATE_STRAY_DATA,
     "data-segment-forbidden",
     WRITE,
     {R2T(0x80, 0x00010000, 1024, 512, 100), RESPONSE(0x82, {44, 4, LENGTH - 1536})},
     {.underflow = LENGTH - 1536}},
    {"TMF response with data",
     SANSCSI_TOLERATE_STRAY_DATA,
     "data-segment-forbidden",
     ABORT,
     {{0x22, 0x80, true, 77, {{0}}, {0}}},
     {.io_status = SANSCSI_IO_CANCELLED}},
    {"logout response with data",
     SANSCSI_TOLERATE_STRAY_DATA,
     "data-segment-forbidden",
     LOGOUT,
     {{0x26, 0x80, true, 2000, {{0}}, {0}}},
     {.io_status = SANSCSI_IO_SESSION_OFFLINE}},
    {"CHECK without sense",
     SANSCSI_TOLERATE_NO_SENSE,
     "sense-missing",
     READ,
     {RESPONSE(0x82, {3, 1, 2}, {44, 4, LENGTH})},
     {.scsi_status = 2, .underflow = LENGTH}},
    {"sense beyond the segment",
     SANSCSI_TOLERATE_SENSE_LENGTH,
     "sense-length",
     READ,
     {SENSE(16, 0, 18, 0x70, 0)},
     {.scsi_status = 2, .sense_length = 14, .sense_total = 14}},
    {"sense of 64 KiB",
     SANSCSI_TOLERATE_SENSE_LENGTH,
     "sense-length",
     READ,
     {SENSE(2000, 0xff, 0xff, 0x70, 0)},
     {.scsi_status = 2, .sense_length = 18, .sense_total = 1998}},
    {"half a sense length",
     SANSCSI_TOLERATE_SENSE_LENGTH,
     "sense-length",
     READ,
     {SENSE(1, 0xff)},
     {.scsi_status = 2}},
    {"fewer data PDUs than came",
     SANSCSI_TOLERATE_EXP_DATA_SN,
     "exp-data-sn",
     READ,
     {DATA(0x80, 0, 0, 1000), RESPONSE(0x82, {44, 4, LENGTH - 1000})},
     {.data_in = 1000, .underflow = LENGTH - 1000}},
    {"fewer, and bytes lost",
     SANSCSI_TOLERATE_EXP_DATA_SN,
     "exp-data-sn",
     READ,
     {DATA(0x80, 0, 0, 1000), GOOD_OF(0)},
     {.data_in = 1000, .io_status = LOST}},
    {"fewer of both ways",
     SANSCSI_TOLERATE_EXP_DATA_SN,
     "exp-data-sn",
     BOTH,
     {DATA(0x80, 0, 0, 1000), RESPONSE(0x8a, {40, 4, LENGTH - 1000}, {44, 4, LENGTH})},
     {.data_in = 1000, .underflow = LENGTH, .read_underflow = LENGTH - 1000}},
    {"O and U",
     SANSCSI_TOLERATE_RESIDUAL_FLAGS,
     "residual-flags",
     READ,
     {RESPONSE(0x86, {44, 4, LENGTH})},
     {.io_status = LOST}},
    {"o and u of a read",
     SANSCSI_TOLERATE_RESIDUAL_FLAGS,
     "residual-flags",
     READ,
     {RESPONSE(0x9a, {40, 4, 5}, {44, 4, LENGTH})},
     {.underflow = LENGTH}},
    {"o and u",
     SANSCSI_TOLERATE_RESIDUAL_FLAGS,
     "residual-flags",
     BOTH,
     {RESPONSE(0x9a, {40, 4, LENGTH}, {44, 4, LENGTH})},
     {.underflow = LENGTH, .io_status = LOST}},
    {"O and U in Data-In",
     SANSCSI_TOLERATE_RESIDUAL_FLAGS,
     "residual-flags",
     READ,
     {{0x25, 0x87, true, 2000, {{44, 4, 4000}}, {0}}},
     {.data_in = 2000, .io_status = LOST}},
    {"reserved response",
     SANSCSI_TOLERATE_RESPONSE_CODE,
     "response-code",
     READ,
     {RESPONSE(0x82, {2, 1, 0x02}, {44, 4, 5})},
     {.response = 0x02, .io_status = FAILURE}},
    {"last reserved response",
     SANSCSI_TOLERATE_RESPONSE_CODE,
     "response-code",
     READ,
     {RESPONSE(0x80, {2, 1, 0x7f})},
     {.response = 0x7f, .io_status = FAILURE}},
    {"BUSY in Data-In",
     SANSCSI_TOLERATE_DATA_STATUS,
     "data-in-status",
     READ,
     {{0x25, 0x83, true, 0, {{3, 1, 0x08}, {44, 4, LENGTH}}, {0}}},
     {.scsi_status = 8, .underflow = LENGTH}},
    {"CHECK in Data-In",
     SANSCSI_TOLERATE_DATA_STATUS,
     "data-in-status",
     READ,
     {{0x25, 0x83, true, 1000, {{3, 1, 0x02}, {44, 4, LENGTH - 1000}}, {0}}},
     {.scsi_status = 2, .data_in = 1000, .underflow = LENGTH - 1000}},
    {"S without F",
     SANSCSI_TOLERATE_DATA_STATUS,
     "data-in-status",
     READ,
     {{0x25, 0x03, true, 1000, {{44, 4, LENGTH - 1000}}, {0}}},
     {.data_in = 1000, .underflow = LENGTH - 1000}},
    {"LUN of an R2T",
     SANSCSI_TOLERATE_R2T_LUN,
     "lun",
     WRITE,
     {R2T(0x80, 0, 1024, 512, 0), RESPONSE(0x82, {44, 4, LENGTH - 1536})},
     {.underflow = LENGTH - 1536}},
};

static uint8_t read_buffer[64 + LENGTH + 64], write_buffer[LENGTH], sense[18];

static struct harness *prepare(const struct script *script, uint32_t tolerate) {
    static sanscsi_iovec from = {write_buffer, LENGTH}, to = {read_buffer + 64, LENGTH};
    struct target_config config;
    sanscsi_session_settings settings;
    sanscsi_limits limits;
    target_config_defaults(&config);
    harness_settings(&settings, &limits);
    assert_int_equal(settings.tolerate, SANSCSI_TOLERATE_LONG_SEQUENCE);
    config.silent = true;
    config.hold = true;
    config.first_burst = 1024;
    config.max_burst = BURST;
    config.tmf_response = -1;
    config.logout_response = -1;
    settings.parameters.max_recv_data_segment_length = 2048;
    settings.tolerate = tolerate;
    memset(read_buffer, 0xa5, sizeof(read_buffer));
    struct harness *harness = harness_ready(&config, &settings, &limits);
    uint8_t cdb[16] = {0xc0};
    sanscsi_command command;
    sanscsi_command_defaults(&command);
    command.cdb = cdb;
    command.cdb_length = sizeof(cdb);
    command.lun = UNIT;
    command.sense = sense;
    command.sense_size = sizeof(sense);
    command.user = 1;
    if (script->what == WRITE || script->what == BOTH) {
        command.data_out = &from;
        command.data_out_count = 1;
    }
    if (script->what != WRITE) {
        command.data_in = &to;
        command.data_in_count = 1;
    }
    sanscsi_task task = 0;
    assert_int_equal(sanscsi_submit(harness->session, &command, harness->now, &task), SANSCSI_OK);
    harness_run(harness);
    if (script->what == ABORT) {
        assert_int_equal(sanscsi_cancel(harness->session, task, harness->now), SANSCSI_OK);
    } else if (script->what == LOGOUT) {
        assert_int_equal(sanscsi_logout(harness->session, harness->now), SANSCSI_OK);
    }
    harness_run(harness);
    return harness;
}

static void play(struct harness *harness, const struct script *script, const struct step *step) {
    static uint8_t data[2048];
    struct target *target = harness->target;
    uint32_t tag = target->tasks[0].itt;
    tag = script->what == ABORT ? get32(target->last_tmf + 16) : tag;
    tag = script->what == LOGOUT ? get32(target->last_logout + 16) : tag;
    uint8_t bhs[48];
    if (step->status) {
        target_begin_status(target, bhs, step->opcode, step->flags, tag);
    } else {
        target_begin(target, bhs, step->opcode, step->flags, tag);
    }
    for (size_t i = 0; i < COUNT(step->fields) && step->fields[i].size != 0; i++) {
        if (step->fields[i].size == 1) {
            bhs[step->fields[i].at] = (uint8_t)step->fields[i].value;
        } else {
            put32(bhs + step->fields[i].at, step->fields[i].value);
        }
    }
    if (step->opcode == 0x31) {
        target->tasks[0].r2ts[0] = (struct target_r2t){
            .tag = 0x77, .offset = get32(bhs + 40), .end = get32(bhs + 40) + get32(bhs + 44)};
        target->tasks[0].r2t_count = 1;
    }
    memset(data, 0, sizeof(data));
    memcpy(data, step->head, sizeof(step->head));
    target_send(target, bhs, data, step->length);
    harness_run(harness);
}

static struct harness *run(const struct script *script, uint32_t tolerate, enum harness_how how) {
    struct harness *harness = prepare(script, tolerate);
    harness->how = how;
    for (size_t i = 0; i < COUNT(script->steps) && script->steps[i].opcode != 0; i++) {
        if (harness->transport) {
            play(harness, script, &script->steps[i]);
        }
    }
    for (size_t i = 0; i < 64; i++) {
        assert_int_equal(read_buffer[i], 0xa5);
        assert_int_equal(read_buffer[64 + LENGTH + i], 0xa5);
    }
    return harness;
}

/* All other bits do not help. */
static void check_strict(const struct script *script, uint32_t tolerate, enum harness_how how) {
    struct harness *harness = run(script, tolerate, how);
    assert_string_equal(harness_fault(harness), script->fault);
    assert_non_null(harness_event(harness, SANSCSI_EVENT_PROTOCOL_ERROR));
    assert_int_equal(harness->closes, 1);
    (void)harness_result(harness, 1);
    harness_free(harness);
}

static void check_tolerant(const struct script *script, uint32_t tolerate, enum harness_how how) {
    struct harness *harness = run(script, tolerate, how);
    const sanscsi_task_result *expected = &script->expected;
    assert_string_equal(harness_fault(harness), "none");
    const sanscsi_task_result *result = harness_result(harness, 1);
    assert_int_equal(result->scsi_status, expected->scsi_status);
    assert_int_equal(result->io_status, expected->io_status);
    assert_int_equal(result->response, expected->response);
    assert_int_equal(result->data_in, expected->data_in);
    assert_int_equal(result->underflow, expected->underflow);
    assert_int_equal(result->overflow, 0);
    assert_int_equal(result->read_underflow, expected->read_underflow);
    assert_int_equal(result->read_overflow, 0);
    assert_int_equal(result->sense_length, expected->sense_length);
    assert_int_equal(result->sense_total, expected->sense_total);
    assert_int_equal(result->sense_key, 0);
    if (script->what == WRITE) { /* the data was sent, whatever was wrong with the R2T */
        assert_int_equal(harness_counter(harness, "r2ts"), 1);
        assert_int_equal(harness_counter(harness, "bytes-written"), 1536);
    }
    if (script->what != LOGOUT) { /* and the session is as good as before */
        harness->target->config.hold = false;
        harness->target->config.silent = false;
        if (harness->target->tasks[0].used) {
            target_drop(harness->target, &harness->target->tasks[0]);
        }
        (void)harness_read(harness, 0, NULL, 0, 2);
        harness->target->config.logout_response = 0;
        harness_run(harness);
        assert_int_equal(harness_result(harness, 2)->io_status, SANSCSI_IO_OK);
        harness_logout(harness);
    }
    harness_free(harness);
}

static void test_scripts(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(scripts); i++) {
        const struct script *script = &scripts[i];
        for (uint32_t how = HARNESS_WHOLE; how <= HARNESS_WINDOWS; how++) {
            check_strict(script, 0, (enum harness_how)how);
            check_strict(script, ALL & ~script->bit, (enum harness_how)how);
            check_tolerant(script, script->bit, (enum harness_how)how);
            check_tolerant(script, ALL, (enum harness_how)how);
        }
    }
}

/* Of a bidirectional command Data-In never has the status. */
static void test_never(void **state) {
    (void)state;
    static const struct script script = {
        .fault = "data-in-status",
        .what = BOTH,
        .steps = {{0x25, 0x83, true, 1000, {{44, 4, LENGTH}}, {0}}},
    };
    check_strict(&script, ALL, HARNESS_WHOLE);
}

static void test_unknown_bits(void **state) {
    (void)state;
    struct harness *harness = harness_new(NULL, NULL, NULL);
    sanscsi_session_settings settings;
    sanscsi_limits limits;
    harness_settings(&settings, &limits);
    sanscsi_session *session = NULL;
    for (uint32_t bit = 10; bit < 32; bit++) {
        settings.tolerate = UINT32_C(1) << bit;
        assert_int_equal(sanscsi_session_new(harness->initiator, &settings, &limits, &session),
                         SANSCSI_INVALID_ARGUMENT);
    }
    harness_free(harness);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scripts),
        cmocka_unit_test(test_never),
        cmocka_unit_test(test_unknown_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
