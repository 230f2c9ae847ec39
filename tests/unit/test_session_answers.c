/* What a target's answers say of a command: status, residuals, sense data, response data (RFC 7143
 * 11.4, RFC 7144 5.2). */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "support/harness.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static uint8_t buffer[65536];
static sanscsi_iovec one_list = {buffer, 1000};

/* ---- status, residuals, sense ---- */

struct answer {
    const char *name;
    uint8_t flags;
    uint8_t response;
    uint8_t status;
    uint32_t residual;
    uint32_t data_in; /* bytes sent before the response, of 1000 */
    uint32_t extra;   /* added to ExpDataSN */
    uint32_t length;  /* of the response's data segment */
    uint8_t segment[4096];
    uint32_t sense_size; /* of the caller's buffer */
    sanscsi_task_result expected;
};

#define FIXED                                                                                      \
    { 0, 18, 0x70, 0, 0x06, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x29, 0x01 }
#define DESCRIPTOR                                                                                 \
    { 0, 8, 0x72, 0x05, 0x20, 0x00, 0, 0, 0, 0 }

static const struct answer answers[] = {
    {"good", .data_in = 1000, .sense_size = 18, .expected = {.data_in = 1000}},
    {"underflow", .flags = 2, .residual = 400, .data_in = 600,
     .expected = {.data_in = 600, .underflow = 400}},
    {"overflow", .flags = 4, .residual = 77, .data_in = 1000,
     .expected = {.data_in = 1000, .overflow = 77}},
    {"underflow clamped", .flags = 2, .residual = 0xffffffff, .expected = {.underflow = 1000}},
    {"residual without flags", .residual = 55, .data_in = 1000, .expected = {.data_in = 1000}},
    {"bytes lost", .data_in = 999,
     .expected = {.data_in = 999, .io_status = SANSCSI_IO_BYTES_LOST}},
    {"bytes lost beyond the underflow", .flags = 2, .residual = 100, .data_in = 800,
     .expected = {.data_in = 800, .underflow = 100, .io_status = SANSCSI_IO_BYTES_LOST}},
    {"data PDUs lost", .data_in = 1000, .extra = 3,
     .expected = {.data_in = 1000, .io_status = SANSCSI_IO_BYTES_LOST}},
    {"busy", .flags = 2, .status = 0x08, .residual = 1000,
     .expected = {.scsi_status = 0x08, .underflow = 1000}},
    {"reservation conflict", .status = 0x18, .expected = {.scsi_status = 0x18}},
    {"task set full", .status = 0x28, .expected = {.scsi_status = 0x28}},
    {"task aborted", .status = 0x40, .expected = {.scsi_status = 0x40}},
    {"fixed sense", .flags = 2, .status = 0x02, .residual = 1000, .length = 20, .segment = FIXED,
     .sense_size = 18,
     .expected = {.scsi_status = 2,
                  .underflow = 1000,
                  .sense_length = 18,
                  .sense_total = 18,
                  .sense_key = 6,
                  .sense_code = 0x2901}},
    {"fixed sense, small buffer", .status = 0x02, .length = 20, .segment = FIXED, .sense_size = 5,
     .expected = {.scsi_status = 2,
                  .sense_length = 5,
                  .sense_total = 18,
                  .sense_key = 6,
                  .sense_code = 0x2901}},
    {"fixed sense, large buffer", .status = 0x02, .length = 20, .segment = FIXED, .sense_size = 60,
     .expected = {.scsi_status = 2,
                  .sense_length = 18,
                  .sense_total = 18,
                  .sense_key = 6,
                  .sense_code = 0x2901}},
    {"fixed sense, no buffer", .status = 0x02, .length = 20, .segment = FIXED,
     .expected = {.scsi_status = 2, .sense_total = 18, .sense_key = 6, .sense_code = 0x2901}},
    {"response data behind the sense", .status = 0x02, .length = 33, .segment = FIXED,
     .sense_size = 60,
     .expected = {.scsi_status = 2,
                  .sense_length = 18,
                  .sense_total = 18,
                  .sense_key = 6,
                  .sense_code = 0x2901,
                  .response_data_length = 13,
                  .response_data_total = 13}},
    {"response data, room for some", .status = 0x02, .length = 33, .segment = FIXED,
     .sense_size = 20,
     .expected = {.scsi_status = 2,
                  .sense_length = 18,
                  .sense_total = 18,
                  .sense_key = 6,
                  .sense_code = 0x2901,
                  .response_data_length = 2,
                  .response_data_total = 13}},
    {"response data, room for no sense", .status = 0x02, .length = 33, .segment = FIXED,
     .sense_size = 17,
     .expected = {.scsi_status = 2,
                  .sense_length = 17,
                  .sense_total = 18,
                  .sense_key = 6,
                  .sense_code = 0x2901,
                  .response_data_total = 13}},
    {"response data of a longer segment than is kept", .response = 1, .length = 2 + 4000,
     .sense_size = 60,
     .expected = {.response = 1,
                  .io_status = SANSCSI_IO_TARGET_FAILURE,
                  .response_data_length = 60,
                  .response_data_total = 4000}},
    {"response data, no buffer", .response = 1, .length = 2 + 255,
     .expected = {.response = 1,
                  .io_status = SANSCSI_IO_TARGET_FAILURE,
                  .response_data_total = 255}},
    {"sense with GOOD", .status = 0x00, .data_in = 1000, .length = 20, .segment = FIXED,
     .sense_size = 18,
     .expected = {.data_in = 1000,
                  .sense_length = 18,
                  .sense_total = 18,
                  .sense_key = 6,
                  .sense_code = 0x2901}},
    {"descriptor sense", .status = 0x02, .length = 10, .segment = DESCRIPTOR, .sense_size = 18,
     .expected = {.scsi_status = 2,
                  .sense_length = 8,
                  .sense_total = 8,
                  .sense_key = 5,
                  .sense_code = 0x2000}},
    {"sense of a vendor's format", .status = 0x02, .length = 10,
     .segment = {0, 8, 0x7f, 0x05, 0x20, 0x00}, .sense_size = 18,
     .expected = {.scsi_status = 2, .sense_length = 8, .sense_total = 8}},
    {"empty sense with GOOD", .data_in = 1000, .length = 2, .sense_size = 18,
     .expected = {.data_in = 1000}},
    {"target failure", .flags = 0x06, .response = 1, .residual = 9, .sense_size = 18,
     .expected = {.response = 1, .io_status = SANSCSI_IO_TARGET_FAILURE}},
    {"target failure with a status", .response = 1, .status = 0x02, .sense_size = 18,
     .expected = {.response = 1, .io_status = SANSCSI_IO_TARGET_FAILURE}},
    {"vendor's response", .response = 0x80, .data_in = 1000, .length = 4, .segment = {0, 0, 1, 2},
     .sense_size = 18,
     .expected = {.response = 0x80,
                  .data_in = 1000,
                  .io_status = SANSCSI_IO_TARGET_FAILURE,
                  .response_data_length = 2,
                  .response_data_total = 2}},
    {"last vendor's response", .response = 0xff, .sense_size = 18,
     .expected = {.response = 0xff, .io_status = SANSCSI_IO_TARGET_FAILURE}},
};

static bool give_answer(struct target *target, struct target_task *task, void *context) {
    const struct answer *answer = context;
    for (uint32_t at = 0; at < answer->data_in;) {
        uint32_t piece = answer->data_in - at < 300 ? answer->data_in - at : 300;
        uint8_t bhs[48];
        target_begin(target, bhs, 0x25, at + piece == answer->data_in ? 0x80 : 0, task->itt);
        put32(bhs + 36, task->data_sn++);
        put32(bhs + 40, at);
        target_send(target, bhs, target->storage + at, piece);
        at += piece;
    }
    task->data_sn += answer->extra;
    target_respond(target, task, answer->flags, answer->response, answer->status, answer->residual,
                   answer->segment, answer->length);
    return true;
}

static void check_result(const sanscsi_task_result *result, const sanscsi_task_result *expected) {
    assert_int_equal(result->size, sizeof(*result));
    assert_int_equal(result->kind, SANSCSI_TASK_COMMAND);
    assert_int_equal(result->scsi_status, expected->scsi_status);
    assert_int_equal(result->io_status, expected->io_status);
    assert_int_equal(result->response, expected->response);
    assert_int_equal(result->data_in, expected->data_in);
    assert_int_equal(result->underflow, expected->underflow);
    assert_int_equal(result->overflow, expected->overflow);
    assert_int_equal(result->sense_length, expected->sense_length);
    assert_int_equal(result->sense_total, expected->sense_total);
    assert_int_equal(result->sense_key, expected->sense_key);
    assert_int_equal(result->sense_code, expected->sense_code);
    assert_int_equal(result->status_qualifier, 0);
    assert_int_equal(result->read_underflow, 0);
    assert_int_equal(result->read_overflow, 0);
    assert_int_equal(result->response_data_length, expected->response_data_length);
    assert_int_equal(result->response_data_total, expected->response_data_total);
}

static void test_answers(void **state) {
    (void)state;
    struct target_config config;
    target_config_defaults(&config);
    config.command = give_answer;
    struct harness *harness = harness_ready(&config, NULL, NULL);
    for (uint32_t round = 0; round < 3; round++) {
        harness->how = round == 0 ? HARNESS_WHOLE : round == 1 ? HARNESS_BYTES : HARNESS_WINDOWS;
        for (uint32_t i = 0; i < COUNT(answers); i++) {
            const struct answer *answer = &answers[i];
            harness->target->config.context = (void *)(uintptr_t)answer;
            uint8_t sense[64];
            memset(sense, 0xa5, sizeof(sense));
            sanscsi_command command;
            sanscsi_command_defaults(&command);
            uint8_t cdb[16] = {TARGET_OP_READ};
            command.cdb = cdb;
            command.cdb_length = 16;
            command.data_in = &one_list;
            command.data_in_count = 1;
            command.sense = answer->sense_size == 0 ? NULL : sense;
            command.sense_size = answer->sense_size;
            command.user = round * 100 + i;
            assert_int_equal(sanscsi_submit(harness->session, &command, harness->now, NULL), 0);
            harness_run(harness);
            check_result(harness_result(harness, command.user), &answer->expected);
            uint32_t kept = answer->expected.sense_length + answer->expected.response_data_length;
            assert_memory_equal(sense, answer->segment + 2, kept);
            assert_int_equal(sense[kept], 0xa5);
        }
    }
    assert_int_equal(harness_counter(harness, "lost-bytes"), 3 * 3);
    harness_logout(harness);
    harness_free(harness);
}

/* ---- the status qualifier, and sense data with any status (RFC 7144 5.2) ---- */

struct qualified {
    uint8_t status;
    uint16_t qualifier;
    bool sense;
    uint8_t response;
};

static bool qualify(struct target *target, struct target_task *task, void *context) {
    static const uint8_t segment[20] = FIXED;
    const struct qualified *answer = context;
    uint32_t itt = task->itt;
    target_drop(target, task);
    uint8_t bhs[48];
    target_begin_status(target, bhs, 0x21, 0x80, itt);
    bhs[2] = answer->response;
    bhs[3] = answer->status;
    put16(bhs + 8, answer->qualifier);
    target_send(target, bhs, segment, answer->sense ? sizeof(segment) : 0);
    return true;
}

static void test_status_qualifier(void **state) {
    (void)state;
    static const struct qualified qualifieds[] = {
        {0x00, 0x1234, false, 0}, {0x08, 0x8000, false, 0}, {0x28, 0x4005, true, 0},
        {0x02, 0xffff, true, 0},  {0x00, 0x0001, true, 0},  {0x00, 0x0001, true, 1},
        {0x18, 0x0000, false, 0},
    };
    for (uint32_t level = 0; level <= 2; level++) {
        struct target_config config;
        sanscsi_session_settings settings;
        sanscsi_limits limits;
        target_config_defaults(&config);
        harness_settings(&settings, &limits);
        config.command = qualify;
        config.protocol_level = 2;
        settings.parameters.protocol_level = level;
        struct harness *harness = harness_ready(&config, &settings, &limits);
        for (size_t i = 0; i < 3 * COUNT(qualifieds); i++) {
            const struct qualified *answer = &qualifieds[i % COUNT(qualifieds)];
            harness->how = (enum harness_how)(i / COUNT(qualifieds) + 1);
            harness->target->config.context = (void *)(uintptr_t)answer;
            (void)harness_read(harness, 0, NULL, 0, i);
            harness_run(harness);
            const sanscsi_task_result *result = harness_result(harness, i);
            bool completed = answer->response == 0;
            assert_int_equal(result->scsi_status, completed ? answer->status : 0);
            assert_int_equal(result->status_qualifier,
                             level == 2 && completed ? answer->qualifier : 0);
            assert_int_equal(result->sense_key, answer->sense ? 6 : 0);
            assert_int_equal(result->sense_code, answer->sense ? 0x2901 : 0);
        }
        harness_logout(harness);
        harness_free(harness);
    }
}

/* ---- residuals against what came ---- */

enum way { READ_RESPONSE, READ_DATA_IN, WRITE };

struct residual {
    enum way way;
    uint8_t flags;  /* O, U */
    uint32_t moved; /* bytes of 1000 that are moved */
    uint32_t residual;
    uint8_t status;
    uint32_t io_status;
    uint32_t underflow, overflow;
};

#define LOST SANSCSI_IO_BYTES_LOST

static const struct residual residuals[] = {
    /* none told */
    {READ_RESPONSE, 0, 1000, 0, 0, 0, 0, 0},
    {READ_RESPONSE, 0, 1000, 7, 0, 0, 0, 0},
    {READ_RESPONSE, 0, 999, 0, 0, LOST, 0, 0},
    {READ_RESPONSE, 0, 0, 0, 0, LOST, 0, 0},
    {READ_RESPONSE, 0, 0, 0, 8, 0, 0, 0},
    {READ_DATA_IN, 0, 1000, 0, 0, 0, 0, 0},
    {READ_DATA_IN, 0, 1000, 7, 0, 0, 0, 0},
    {READ_DATA_IN, 0, 999, 0, 0, LOST, 0, 0},
    {READ_DATA_IN, 0, 0, 0, 0, LOST, 0, 0},
    {WRITE, 0, 1000, 0, 0, 0, 0, 0},
    {WRITE, 0, 1000, 7, 0, 0, 0, 0},
    {WRITE, 0, 999, 0, 0, LOST, 0, 0},
    {WRITE, 0, 0, 0, 0, LOST, 0, 0},
    {WRITE, 0, 0, 0, 8, 0, 0, 0},
    /* underflow: as many, more, fewer bytes than it leaves; more than there are */
    {READ_RESPONSE, 2, 600, 400, 0, 0, 400, 0},
    {READ_RESPONSE, 2, 601, 400, 0, 0, 400, 0},
    {READ_RESPONSE, 2, 599, 400, 0, LOST, 400, 0},
    {READ_RESPONSE, 2, 599, 400, 8, 0, 400, 0},
    {READ_RESPONSE, 2, 0, 1000, 0, 0, 1000, 0},
    {READ_RESPONSE, 2, 0, 1001, 0, 0, 1000, 0},
    {READ_RESPONSE, 2, 1000, 0, 0, 0, 0, 0},
    {READ_RESPONSE, 2, 999, 0, 0, LOST, 0, 0},
    {READ_DATA_IN, 2, 600, 400, 0, 0, 400, 0},
    {READ_DATA_IN, 2, 599, 400, 0, LOST, 400, 0},
    {READ_DATA_IN, 2, 0, UINT32_MAX, 0, 0, 1000, 0},
    {WRITE, 2, 600, 400, 0, 0, 400, 0},
    {WRITE, 2, 1000, 400, 0, 0, 400, 0},
    {WRITE, 2, 599, 400, 0, LOST, 400, 0},
    {WRITE, 2, 0, 1000, 0, 0, 1000, 0},
    {WRITE, 2, 0, UINT32_MAX, 0, 0, 1000, 0},
    /* overflow: what was expected has been moved */
    {READ_RESPONSE, 4, 1000, 1, 0, 0, 0, 1},
    {READ_RESPONSE, 4, 1000, UINT32_MAX, 0, 0, 0, UINT32_MAX},
    {READ_RESPONSE, 4, 999, 5, 0, LOST, 0, 5},
    {READ_DATA_IN, 4, 1000, 5, 0, 0, 0, 5},
    {READ_DATA_IN, 4, 999, 5, 0, LOST, 0, 5},
    {WRITE, 4, 1000, 5, 0, 0, 0, 5},
    {WRITE, 4, 999, 5, 0, LOST, 0, 5},
    {WRITE, 4, 999, 5, 2, 0, 0, 5},
};

/* Answers once so many bytes were moved. */
static bool answer_residual(struct target *target, struct target_task *task, void *context) {
    static const uint8_t sense[20] = FIXED;
    const struct residual *answer = context;
    uint8_t bhs[48];
    uint32_t length = answer->way == WRITE ? 0 : answer->moved;
    bool collapsed = answer->way == READ_DATA_IN;
    if (length > 0 || collapsed) {
        target_begin(target, bhs, 0x25, collapsed ? (uint8_t)(0x81 | answer->flags) : 0x80,
                     task->itt);
        put32(bhs + 36, task->data_sn++);
        put32(bhs + 44, collapsed ? answer->residual : 0);
        target->stat_sn += collapsed ? 1 : 0;
        if (collapsed) {
            target_drop(target, task);
        }
        target_send(target, bhs, target->storage, length);
    }
    if (!collapsed) {
        target_respond(target, task, answer->flags, 0, answer->status, answer->residual, sense,
                       answer->status == 2 ? sizeof(sense) : 0);
    }
    return true;
}

static void check_residual(const struct residual *answer, enum harness_how how) {
    struct target_config config;
    target_config_defaults(&config);
    /* What is moved of a write is what comes unasked: nothing is asked for. */
    config.silent = true;
    config.immediate_data = answer->way != WRITE || answer->moved > 0;
    config.initial_r2t = 1;
    config.first_burst = answer->way == WRITE && answer->moved > 0 ? answer->moved : 512;
    struct harness *harness = harness_ready(&config, NULL, NULL);
    harness->how = how;
    (void)(answer->way == WRITE ? harness_write : harness_read)(harness, 0, &one_list, 1, 1);
    harness_run(harness);
    (void)answer_residual(harness->target, &harness->target->tasks[0], (void *)(uintptr_t)answer);
    harness_run(harness);
    const sanscsi_task_result *result = harness_result(harness, 1);
    assert_int_equal(result->scsi_status, answer->status);
    assert_int_equal(result->io_status, answer->io_status);
    assert_int_equal(result->underflow, answer->underflow);
    assert_int_equal(result->overflow, answer->overflow);
    assert_int_equal(result->data_in, answer->way == WRITE ? 0 : answer->moved);
    assert_int_equal(result->read_underflow, 0);
    assert_int_equal(result->read_overflow, 0);
    assert_int_equal(harness_counter(harness, "lost-bytes"),
                     answer->io_status == SANSCSI_IO_BYTES_LOST ? 1 : 0);
    bool written = answer->way == WRITE && answer->status == 0 && answer->io_status == 0;
    assert_int_equal(harness_counter(harness, "bytes-written"),
                     written ? 1000 - answer->underflow : 0);
    harness_logout(harness);
    harness_free(harness);
}

static void test_residuals(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(residuals); i++) {
        for (uint32_t how = HARNESS_WHOLE; how <= HARNESS_WINDOWS; how++) {
            check_residual(&residuals[i], (enum harness_how)how);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_status_qualifier),
        cmocka_unit_test(test_residuals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
