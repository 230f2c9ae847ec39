/* Targets that break the protocol in full feature phase: one PDU of each wrong kind, and what has
 * to follow: the event, the fault, CLOSE, and every task ended once when the transport is gone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support/harness.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define SEGMENT 2048u /* our MaxRecvDataSegmentLength */
#define LENGTH 6000u  /* of the read and the write that are outstanding */
#define CANARY 0xa5

enum tag { NO_TAG, READ_TAG, WRITE_TAG, PING_TAG, ABORT_TAG, LOGOUT_TAG, STRANGE_TAG };

/* Beside a field's size: its value is added to what would be right. */
enum { ADD = 0x80 };

struct field {
    uint8_t at;
    uint8_t size; /* bytes, and ADD */
    uint32_t value;
};

struct step {
    uint8_t opcode;
    uint8_t flags;
    bool status; /* uses a StatSN up */
    enum tag tag;
    uint32_t length;
    struct field fields[6];
    uint8_t head[8]; /* first bytes of the data */
};

struct script {
    const char *name;
    const char *fault;
    uint32_t event; /* 0: 104 */
    struct step steps[6];
    uint32_t repeat; /* of the last step; 0: once */
};

/* Scripts about bounds run in any order of data too, where no rule of order hides them. */
static const char *const bounds[] = {"offset behind the end", "last byte behind the end",
                                     "offset that wraps",     "one byte too many",
                                     "R2T behind the end",    "R2T that wraps"};

/* Data-In at an offset; its LUN and tag are reserved. */
#define DATA_IN(flag, sn, offset, bytes)                                                           \
    {                                                                                              \
        .opcode = 0x25, .flags = (flag), .tag = READ_TAG, .length = (bytes), .fields = {           \
            {36, 4, (sn)},                                                                         \
            {40, 4, (offset)}                                                                      \
        }                                                                                          \
    }
#define R2T(sn, offset, bytes)                                                                     \
    {                                                                                              \
        .opcode = 0x31, .flags = 0x80, .tag = WRITE_TAG, .fields = {                               \
            {8, 4, 0x00010000},                                                                    \
            {20, 4, 0x77},                                                                         \
            {36, 4, (sn)},                                                                         \
            {40, 4, (offset)},                                                                     \
            {44, 4, (bytes)}                                                                       \
        }                                                                                          \
    }
#define STATUS(code, which) .opcode = (code), .flags = 0x80, .status = true, .tag = (which)

static const struct script scripts[] = {
    /* any PDU: RFC 7143 11.2 */
    {"unassigned opcode", "opcode", 0, {{.opcode = 0x2f, .flags = 0x80}}, 0},
    {"an initiator's opcode", "opcode", 0, {{.opcode = 0x01, .flags = 0x80}}, 0},
    {"login after login", "opcode", 0, {{.opcode = 0x23, .flags = 0x80}}, 0},
    {"vendor's opcode", "opcode", 0, {{.opcode = 0x3c, .flags = 0x80}}, 0},
    {"AHS", "total-ahs-length", 0, {{.opcode = 0x25, .tag = READ_TAG, .fields = {{4, 1, 2}}}}, 0},
    {"too long segment", "data-segment-length", 0, {DATA_IN(0, 0, 0, SEGMENT + 1)}, 0},
    {"R2T with data",
     "data-segment-forbidden",
     0,
     {{.opcode = 0x31, .flags = 0x80, .tag = WRITE_TAG, .length = 4}},
     0},
    {"TMF response with data",
     "data-segment-forbidden",
     0,
     {{STATUS(0x22, ABORT_TAG), .length = 4}},
     0},
    {"logout response with data",
     "data-segment-forbidden",
     0,
     {{STATUS(0x26, LOGOUT_TAG), .length = 4}},
     0},
    /* the F bit that is always 1 */
    {"F 0 in response", "final-bit", 0, {{.opcode = 0x21, .status = true, .tag = READ_TAG}}, 0},
    {"F 0 in R2T", "final-bit", 0, {{.opcode = 0x31, .tag = WRITE_TAG}}, 0},
    {"F 0 in NOP-In", "final-bit", 0, {{.opcode = 0x20, .tag = NO_TAG}}, 0},
    {"F 0 in TMF", "final-bit", 0, {{.opcode = 0x22, .tag = ABORT_TAG}}, 0},
    {"F 0 in logout", "final-bit", 0, {{.opcode = 0x26, .tag = LOGOUT_TAG}}, 0},
    {"F 0 in async", "final-bit", 0, {{.opcode = 0x32, .tag = NO_TAG}}, 0},
    {"F 0 in reject", "final-bit", 0, {{.opcode = 0x3f, .tag = NO_TAG, .length = 48}}, 0},
    /* tags that name nothing */
    {"tag of Data-In",
     "initiator-task-tag",
     0,
     {{.opcode = 0x25, .flags = 0x80, .tag = STRANGE_TAG, .length = 8}},
     0},
    {"tag of response", "initiator-task-tag", 0, {{STATUS(0x21, STRANGE_TAG)}}, 0},
    {"no tag in response", "initiator-task-tag", 0, {{STATUS(0x21, NO_TAG)}}, 0},
    {"tag of R2T",
     "initiator-task-tag",
     0,
     {{.opcode = 0x31, .flags = 0x80, .tag = STRANGE_TAG}},
     0},
    {"tag of an echo",
     "initiator-task-tag",
     0,
     {{STATUS(0x20, STRANGE_TAG), .fields = {{20, 4, 0xffffffff}}}},
     0},
    {"tag of TMF response", "initiator-task-tag", 0, {{STATUS(0x22, STRANGE_TAG)}}, 0},
    {"tag of logout response", "initiator-task-tag", 0, {{STATUS(0x26, STRANGE_TAG)}}, 0},
    {"tag of text response", "initiator-task-tag", 0, {{STATUS(0x24, STRANGE_TAG)}}, 0},
    {"second response",
     "initiator-task-tag",
     0,
     {{STATUS(0x21, WRITE_TAG)}, {STATUS(0x21, WRITE_TAG)}},
     0},
    /* a PDU for a task of another kind */
    {"Data-In for a write",
     "task-kind",
     0,
     {{.opcode = 0x25, .flags = 0x80, .tag = WRITE_TAG, .length = 8}},
     0},
    {"Data-In for a ping",
     "task-kind",
     0,
     {{.opcode = 0x25, .flags = 0x80, .tag = PING_TAG, .length = 8}},
     0},
    {"R2T for a read",
     "task-kind",
     0,
     {{.opcode = 0x31, .flags = 0x80, .tag = READ_TAG, .fields = {{20, 4, 1}, {44, 4, 512}}}},
     0},
    {"response for a ping", "task-kind", 0, {{STATUS(0x21, PING_TAG)}}, 0},
    {"echo for a read",
     "task-kind",
     0,
     {{STATUS(0x20, READ_TAG), .fields = {{20, 4, 0xffffffff}}}},
     0},
    {"TMF response for a read", "task-kind", 0, {{STATUS(0x22, READ_TAG)}}, 0},
    {"text response for a read", "task-kind", 0, {{STATUS(0x24, READ_TAG)}}, 0},
    {"logout response for a read", "task-kind", 0, {{STATUS(0x26, READ_TAG)}}, 0},
    /* Data-In: RFC 7143 11.7 */
    {"DataSN begins at 1", "data-sn", 0, {DATA_IN(0, 1, 0, 512)}, 0},
    {"DataSN gap", "data-sn", 0, {DATA_IN(0, 0, 0, 512), DATA_IN(0, 2, 512, 512)}, 0},
    {"DataSN of half a circle", "data-sn", 0, {DATA_IN(0, 0x7fffffff, 0, 512)}, 0},
    {"offset behind the end", "buffer-offset", 0, {DATA_IN(0, 0, LENGTH, 1)}, 0},
    {"last byte behind the end", "buffer-offset", 0, {DATA_IN(0, 0, LENGTH - 3, 4)}, 0},
    {"one byte too many",
     "buffer-offset",
     0,
     {DATA_IN(0, 0, 0, 2048), DATA_IN(0x80, 1, 2048, 2048), DATA_IN(0, 2, 4096, 1905)},
     0},
    {"offset that wraps", "buffer-offset", 0, {DATA_IN(0, 0, 0xfffffff0, 0x20)}, 0},
    {"offset out of order", "buffer-offset", 0, {DATA_IN(0, 0, 512, 512)}, 0},
    {"offset twice", "buffer-offset", 0, {DATA_IN(0, 0, 0, 512), DATA_IN(0, 1, 0, 512)}, 0},
    {"S without F",
     "data-in-status",
     0,
     {{.opcode = 0x25, .flags = 0x01, .status = true, .tag = READ_TAG, .length = 8}},
     0},
    {"CHECK in Data-In",
     "data-in-status",
     0,
     {{.opcode = 0x25,
       .flags = 0x81,
       .status = true,
       .tag = READ_TAG,
       .length = 8,
       .fields = {{3, 1, 2}}}},
     0},
    {"U and O in Data-In",
     "residual-flags",
     0,
     {{.opcode = 0x25, .flags = 0x87, .status = true, .tag = READ_TAG, .length = 8}},
     0},
    /* SCSI Response: RFC 7143 11.4 */
    {"U and O",
     "residual-flags",
     0,
     {{.opcode = 0x21, .flags = 0x86, .status = true, .tag = READ_TAG}},
     0},
    {"u and o",
     "residual-flags",
     0,
     {{.opcode = 0x21, .flags = 0x98, .status = true, .tag = READ_TAG}},
     0},
    {"reserved response",
     "response-code",
     0,
     {{STATUS(0x21, READ_TAG), .fields = {{2, 1, 0x02}}}},
     0},
    {"last reserved response",
     "response-code",
     0,
     {{STATUS(0x21, READ_TAG), .fields = {{2, 1, 0x7f}}}},
     0},
    {"sense beyond the segment",
     "sense-length",
     0,
     {{STATUS(0x21, READ_TAG), .length = 20, .fields = {{3, 1, 2}}, .head = {0, 19}}},
     0},
    {"sense of 64 KiB",
     "sense-length",
     0,
     {{STATUS(0x21, READ_TAG), .length = 20, .fields = {{3, 1, 2}}, .head = {0xff, 0xff}}},
     0},
    {"half a sense length",
     "sense-length",
     0,
     {{STATUS(0x21, READ_TAG), .length = 1, .fields = {{3, 1, 2}}}},
     0},
    {"CHECK without sense",
     "sense-missing",
     0,
     {{STATUS(0x21, READ_TAG), .fields = {{3, 1, 2}}}},
     0},
    {"fewer data PDUs than came",
     "exp-data-sn",
     0,
     {DATA_IN(0x80, 0, 0, 512), {STATUS(0x21, READ_TAG)}},
     0},
    /* R2T: RFC 7143 11.8 */
    {"R2T of nothing", "r2t-range", 0, {R2T(0, 1024, 0)}, 0},
    {"R2T behind the end", "r2t-range", 0, {R2T(0, LENGTH - 4, 5)}, 0},
    {"R2T that wraps", "r2t-range", 0, {R2T(0, 0xfffffff0, 0x20)}, 0},
    {"R2T over MaxBurstLength", "r2t-range", 0, {R2T(0, 1024, 4097)}, 0},
    {"R2T leaves a hole", "r2t-range", 0, {R2T(0, 1028, 512)}, 0},
    {"R2T without a tag",
     "r2t-target-transfer-tag",
     0,
     {{.opcode = 0x31,
       .flags = 0x80,
       .tag = WRITE_TAG,
       .fields = {{8, 4, 0x00010000}, {20, 4, 0xffffffff}, {40, 4, 1024}, {44, 4, 512}}}},
     0},
    {"R2TSN gap", "r2t-sn", 0, {R2T(1, 1024, 512)}, 0},
    {"R2T for another LUN",
     "lun",
     0,
     {{.opcode = 0x31,
       .flags = 0x80,
       .tag = WRITE_TAG,
       .fields = {{8, 4, 0x00020000}, {20, 4, 1}, {40, 4, 1024}, {44, 4, 512}}}},
     0},
    {"too many R2Ts", "r2t-count", 0, {R2T(0, 1024, 512), R2T(1, 1536, 512), R2T(2, 2048, 512)}, 0},
    /* NOP-In: RFC 7143 11.19 */
    {"both tags", "nop-in-tags", 0, {{STATUS(0x20, PING_TAG), .fields = {{20, 4, 5}}}}, 0},
    {"ping with data",
     "data-segment-forbidden",
     0,
     {{.opcode = 0x20, .flags = 0x80, .tag = NO_TAG, .length = 4, .fields = {{20, 4, 5}}}},
     0},
    {"news with data",
     "data-segment-forbidden",
     0,
     {{.opcode = 0x20, .flags = 0x80, .tag = NO_TAG, .length = 4, .fields = {{20, 4, 0xffffffff}}}},
     0},
    {"echo of what was not sent",
     "ping-data",
     SANSCSI_EVENT_PING_DATA_MISMATCH,
     {{STATUS(0x20, PING_TAG), .length = 4, .fields = {{20, 4, 0xffffffff}}}},
     0},
    {"flood of pings",
     "nop-in-flood",
     0,
     {{.opcode = 0x20, .flags = 0x80, .tag = NO_TAG, .fields = {{20, 4, 5}}}},
     100},
    /* StatSN: RFC 7143 4.2.2.2 */
    {"StatSN of response",
     "stat-sn",
     0,
     {{STATUS(0x21, WRITE_TAG), .fields = {{24, ADD | 4, 1}}}},
     0},
    {"StatSN of response twice",
     "stat-sn",
     0,
     {{STATUS(0x21, WRITE_TAG), .fields = {{24, ADD | 4, 0xffffffff}}}},
     0},
    {"StatSN of Data-In",
     "stat-sn",
     0,
     {{.opcode = 0x25,
       .flags = 0x83,
       .status = true,
       .tag = READ_TAG,
       .length = 8,
       .fields = {{24, ADD | 4, 1}, {44, 4, LENGTH - 8}}}},
     0},
    {"StatSN of R2T",
     "stat-sn",
     0,
     {{.opcode = 0x31,
       .flags = 0x80,
       .tag = WRITE_TAG,
       .fields = {{8, 4, 0x00010000}, {20, 4, 1}, {24, ADD | 4, 1}, {40, 4, 1024}, {44, 4, 512}}}},
     0},
    {"StatSN of a ping",
     "stat-sn",
     0,
     {{.opcode = 0x20, .flags = 0x80, .tag = NO_TAG, .fields = {{20, 4, 5}, {24, ADD | 4, 1}}}},
     0},
    {"StatSN of an echo",
     "stat-sn",
     0,
     {{STATUS(0x20, PING_TAG), .fields = {{20, 4, 0xffffffff}, {24, ADD | 4, 1}}}},
     0},
    {"StatSN of TMF response",
     "stat-sn",
     0,
     {{STATUS(0x22, ABORT_TAG), .fields = {{24, ADD | 4, 0x80000000}}}},
     0},
    {"StatSN of logout response",
     "stat-sn",
     0,
     {{STATUS(0x26, LOGOUT_TAG), .fields = {{24, ADD | 4, 1}}}},
     0},
    {"StatSN of async", "stat-sn", 0, {{STATUS(0x32, NO_TAG), .fields = {{24, ADD | 4, 1}}}}, 0},
    {"StatSN of reject",
     "stat-sn",
     0,
     {{STATUS(0x3f, NO_TAG), .length = 48, .fields = {{24, ADD | 4, 1}}}},
     0},
    /* what a target says without being asked */
    {"reject",
     "reject",
     SANSCSI_EVENT_REJECT_RECEIVED,
     {{STATUS(0x3f, NO_TAG), .length = 48, .fields = {{2, 1, 3}}, .head = {0x01}}},
     0},
    {"reject without a header",
     "data-segment-length",
     0,
     {{STATUS(0x3f, NO_TAG), .length = 47, .fields = {{2, 1, 4}}}},
     0},
    {"async 5 without FastAbort",
     "async-event",
     0,
     {{STATUS(0x32, NO_TAG), .fields = {{36, 1, 5}}}},
     0},
    {"async 6", "async-event", 0, {{STATUS(0x32, NO_TAG), .fields = {{36, 1, 6}}}}, 0},
    {"async 247", "async-event", 0, {{STATUS(0x32, NO_TAG), .fields = {{36, 1, 247}}}}, 0},
    {"async sense beyond",
     "sense-length",
     0,
     {{STATUS(0x32, NO_TAG), .length = 20, .head = {0, 19}}},
     0},
    {"async drop",
     "async-drop",
     SANSCSI_EVENT_ASYNC_RECEIVED,
     {{STATUS(0x32, NO_TAG), .fields = {{36, 1, 2}, {38, 2, 0}}}},
     0},
    /* answers to what was not asked */
    {"TMF failure",
     "task-management-response",
     0,
     {{STATUS(0x22, ABORT_TAG), .fields = {{2, 1, 255}}}},
     0},
};

/* ---- one run ---- */

struct memory {
    uint8_t read[64 + LENGTH + 64];
    uint8_t write[LENGTH];
    uint8_t sense[64 + 18 + 64];
};

static struct memory memory;

static uint32_t tag_of(const struct harness *harness, enum tag tag) {
    const struct target *target = harness->target;
    uint32_t read = 0, write = 0;
    for (uint32_t i = 0; i < TARGET_TASKS; i++) {
        const struct target_task *task = &target->tasks[i];
        read = task->used && task->reads && task->edtl == LENGTH ? task->itt : read;
        write = task->used && task->writes ? task->itt : write;
    }
    switch (tag) {
    case READ_TAG:
        return read;
    case WRITE_TAG:
        return write;
    case PING_TAG:
        return get32(target->last_nop + 16);
    case ABORT_TAG:
        return get32(target->last_tmf + 16);
    case LOGOUT_TAG:
        return get32(target->last_logout + 16);
    case STRANGE_TAG:
        return write + 0x00010000;
    case NO_TAG:
        break;
    }
    return TARGET_NO_TAG;
}

static void play_step(struct harness *harness, const struct step *step) {
    static uint8_t data[SEGMENT + 8];
    struct target *target = harness->target;
    uint8_t bhs[48];
    memset(data, step->opcode == 0x25 ? 0xee : 0, sizeof(data));
    if (step->opcode != 0x25) {
        memcpy(data, step->head, sizeof(step->head));
    }
    uint32_t tag = tag_of(harness, step->tag);
    if (step->status) {
        target_begin_status(target, bhs, step->opcode, step->flags, tag);
    } else {
        target_begin(target, bhs, step->opcode, step->flags, tag);
    }
    for (size_t i = 0; i < COUNT(step->fields) && step->fields[i].size != 0; i++) {
        const struct field *field = &step->fields[i];
        uint32_t value = field->value;
        switch (field->size) {
        case 1:
            bhs[field->at] = (uint8_t)value;
            break;
        case 2:
            put16(bhs + field->at, value);
            break;
        case 4:
            put32(bhs + field->at, value);
            break;
        default:
            put32(bhs + field->at, get32(bhs + field->at) + value);
            break;
        }
    }
    target_send(target, bhs, data, step->length);
}

/* A read (1), a write (2), a ping (3) and a read that is being aborted (4) are outstanding. */
static struct harness *prepare(const struct script *script, enum harness_how how, bool any_order) {
    static sanscsi_iovec lists[3];
    struct target_config config;
    target_config_defaults(&config);
    config.silent = true;
    config.hold = true;
    config.max_burst = 4096;
    config.first_burst = 1024;
    config.max_r2t = 2;
    config.tmf_response = -1;
    config.logout_response = -1;
    sanscsi_session_settings settings;
    sanscsi_limits limits;
    harness_settings(&settings, &limits);
    settings.parameters.max_recv_data_segment_length = SEGMENT;
    settings.parameters.data_pdu_in_order = any_order ? 0 : 1;
    settings.parameters.data_sequence_in_order = any_order ? 0 : 1;
    memset(&memory, CANARY, sizeof(memory));
    struct harness *harness = harness_ready(&config, &settings, &limits);
    lists[0] = (sanscsi_iovec){memory.read + 64, LENGTH};
    lists[1] = (sanscsi_iovec){memory.write, LENGTH};
    lists[2] = (sanscsi_iovec){memory.read + 64, 4};
    uint8_t cdb[16] = {TARGET_OP_READ};
    sanscsi_command command;
    sanscsi_command_defaults(&command);
    command.cdb = cdb;
    command.cdb_length = sizeof(cdb);
    command.lun = UINT64_C(0x0001000000000000);
    command.data_in = &lists[0];
    command.data_in_count = 1;
    command.sense = memory.sense + 64;
    command.sense_size = 18;
    command.user = 1;
    assert_int_equal(sanscsi_submit(harness->session, &command, harness->now, NULL), SANSCSI_OK);
    command.data_in = NULL;
    command.data_in_count = 0;
    command.data_out = &lists[1];
    command.data_out_count = 1;
    command.user = 2;
    assert_int_equal(sanscsi_submit(harness->session, &command, harness->now, NULL), SANSCSI_OK);
    assert_int_equal(sanscsi_ping(harness->session, NULL, NULL, 0, 3, 0, harness->now, NULL),
                     SANSCSI_OK);
    sanscsi_task aborted = harness_read(harness, 0, &lists[2], 1, 4);
    harness_run(harness);
    assert_int_equal(sanscsi_cancel(harness->session, aborted, harness->now), SANSCSI_OK);
    harness_run(harness);
    assert_int_equal(harness->target->aborts, 1);
    if (script->steps[0].tag == LOGOUT_TAG) {
        assert_int_equal(sanscsi_logout(harness->session, harness->now), SANSCSI_OK);
        harness_run(harness);
    }
    harness_no_violations(harness);
    harness->how = how;
    harness->no_tx = true;
    harness->no_close = true;
    return harness;
}

static void check_canaries(void) {
    for (size_t i = 0; i < 64; i++) {
        assert_int_equal(memory.read[i], CANARY);
        assert_int_equal(memory.read[64 + LENGTH + i], CANARY);
        assert_int_equal(memory.sense[i], CANARY);
        assert_int_equal(memory.sense[64 + 18 + i], CANARY);
    }
    for (size_t i = 0; i < LENGTH; i++) {
        assert_int_equal(memory.write[i], CANARY);
    }
}

static void check_end(struct harness *harness, const struct script *script) {
    uint32_t id = script->event != 0 ? script->event : SANSCSI_EVENT_PROTOCOL_ERROR;
    const struct harness_event *event = harness_event(harness, id);
    assert_string_equal(harness_fault(harness), script->fault);
    assert_non_null(event);
    if (id == SANSCSI_EVENT_PROTOCOL_ERROR) {
        assert_string_equal(event->texts[1], script->fault);
        assert_int_equal(harness_counter(harness, "protocol-errors"), 1);
    }
    assert_int_equal(harness->closes, 1);
    assert_int_equal(harness->rx_status, SANSCSI_PROTOCOL_ERROR);
    assert_int_equal(sanscsi_session_state(harness->session), SANSCSI_SESSION_CLOSING);
    /* No task whose buffer may still be written to has been told. */
    assert_int_equal(harness->done[1], 0);
    uint32_t early = harness->result_count;
    harness_cut(harness);
    harness_poll(harness);
    assert_int_equal(harness->logged_out, 1);
    assert_int_equal(harness->result_count, 4);
    for (uint32_t user = 1; user <= 4; user++) {
        (void)harness_result(harness, user);
    }
    for (uint32_t i = early; i < 4; i++) {
        uint32_t expected =
            harness->results[i].user == 4 ? SANSCSI_IO_CANCELLED : SANSCSI_IO_CONNECTION_OFFLINE;
        assert_int_equal(harness->results[i].io_status, expected);
    }
    check_canaries();
}

static void run_script(const struct script *script, enum harness_how how, bool any_order) {
    struct harness *harness = prepare(script, how, any_order);
    uint32_t last = 0;
    while (last + 1 < COUNT(script->steps) && script->steps[last + 1].opcode != 0) {
        last++;
    }
    for (uint32_t i = 0; i <= last; i++) {
        uint32_t times = i == last && script->repeat != 0 ? script->repeat : 1;
        for (uint32_t j = 0; j < times; j++) {
            play_step(harness, &script->steps[i]);
        }
    }
    harness_run(harness);
    check_end(harness, script);
    harness_free(harness);
}

static void test_scripts(void **state) {
    (void)state;
    static const enum harness_how hows[] = {HARNESS_WHOLE, HARNESS_BYTES, HARNESS_WINDOWS,
                                            HARNESS_RANDOM};
    for (size_t i = 0; i < COUNT(scripts); i++) {
        print_message("%s\n", scripts[i].name);
        for (size_t how = 0; how < COUNT(hows); how++) {
            run_script(&scripts[i], hows[how], false);
        }
    }
}

static void test_bounds(void **state) {
    (void)state;
    uint32_t found = 0;
    for (size_t i = 0; i < COUNT(scripts); i++) {
        for (size_t j = 0; j < COUNT(bounds); j++) {
            if (strcmp(scripts[i].name, bounds[j]) == 0) {
                run_script(&scripts[i], HARNESS_BYTES, true);
                run_script(&scripts[i], HARNESS_WINDOWS, true);
                found++;
            }
        }
    }
    assert_int_equal(found, COUNT(bounds));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scripts),
        cmocka_unit_test(test_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
