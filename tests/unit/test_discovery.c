/* SendTargets: answers over any number of responses, their records, and everything wrong in them
 * (RFC 7143 11.11, appendix C). */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "support/harness.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define A "TargetName=iqn.2024-01.org.example:a\0"
#define B "TargetName=eui.02004567A425678D\0"
#define TEXT(literal) (literal), sizeof(literal) - 1

static struct harness *discovery(const char *text, size_t length, uint32_t chunk) {
    struct target_config config;
    target_config_defaults(&config);
    config.text = (const uint8_t *)text;
    config.text_length = (uint32_t)length;
    config.text_chunk = chunk;
    sanscsi_session_settings settings;
    sanscsi_limits limits;
    harness_settings(&settings, &limits);
    settings.type = SANSCSI_SESSION_DISCOVERY;
    settings.target_name = NULL;
    settings.target_name_length = 0;
    settings.max_discovery_text = 20000;
    return harness_ready(&config, &settings, &limits);
}

static void ask(struct harness *harness, uint64_t user) {
    assert_int_equal(sanscsi_send_targets(harness->session, user, harness->now, NULL), SANSCSI_OK);
    assert_int_equal(sanscsi_send_targets(harness->session, user, harness->now, NULL),
                     SANSCSI_ALREADY_STARTED);
    harness_run(harness);
}

/* ---- answers as they should be ---- */

struct good {
    const char *text;
    size_t length;
    const char *log;
};

static const struct good goods[] = {
    {TEXT(""), "in\n"},
    {TEXT(A), "in\ntarget iqn.2024-01.org.example:a 0\n"},
    {TEXT(A "TargetAddress=192.0.2.1:3260,1\0"),
     "in\ntarget iqn.2024-01.org.example:a 1\n  192.0.2.1 3260 1 0\n"},
    {TEXT(A "TargetAddress=192.0.2.1,65535\0TargetAddress=[2001:db8::1]:860,0\0"
            "TargetAddress=host.example.org:3261,2\0" B "TargetAddress=[fe80::1],1\0"),
     "in\ntarget iqn.2024-01.org.example:a 3\n  192.0.2.1 3260 65535 0\n"
     "  2001:db8::1 860 0 1\n  host.example.org 3261 2 0\n"
     "target eui.02004567A425678D 1\n  fe80::1 3260 1 1\n"},
    /* the tag that appendix C asks for is missing: told as unknown */
    {TEXT(A "TargetAddress=192.0.2.1\0"),
     "in\ntarget iqn.2024-01.org.example:a 1\n  192.0.2.1 3260 4294967295 0\n"},
};

static void check_good(const struct good *good, uint32_t chunk, enum harness_how how) {
    struct harness *harness = discovery(good->text, good->length, chunk);
    harness->how = how;
    ask(harness, 9);
    const sanscsi_task_result *result = harness_result(harness, 9);
    assert_int_equal(result->kind, SANSCSI_TASK_SEND_TARGETS);
    assert_int_equal(result->io_status, SANSCSI_IO_OK);
    assert_memory_equal(harness->log, good->log, strlen(good->log));
    assert_memory_equal(harness->log + strlen(good->log), "done 9", 6);
    uint32_t exchanges =
        chunk == 0 || good->length == 0 ? 1 : (uint32_t)((good->length + chunk - 1) / chunk);
    assert_int_equal(harness->target->text_requests, exchanges);
    assert_int_equal(harness->event_count, 0);
    size_t allocated = harness->allocated;
    ask(harness, 10); /* the session may stay open and ask again */
    assert_int_equal(harness_result(harness, 10)->io_status, SANSCSI_IO_OK);
    assert_int_equal(harness->allocated, allocated);
    harness_logout(harness);
    harness_free(harness);
}

static void test_answers(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(goods); i++) {
        check_good(&goods[i], 0, HARNESS_WHOLE);
        check_good(&goods[i], 0, HARNESS_BYTES);
        for (uint32_t chunk = 1; chunk <= goods[i].length; chunk++) {
            check_good(&goods[i], chunk, chunk % 2 == 0 ? HARNESS_WINDOWS : HARNESS_RANDOM);
        }
    }
}

/* A target may ping in discovery too, and is answered (RFC 7143 11.18). */
static void test_ping(void **state) {
    (void)state;
    struct harness *harness = discovery(TEXT(A), 0);
    target_ping(harness->target, 0);
    harness_run(harness);
    assert_int_equal(harness->target->nop_replies, 1);
    harness_logout(harness);
    harness_free(harness);
}

/* ---- bad records ---- */

struct bad {
    const char *text;
    size_t length;
    uint32_t event;
    const char *arg;
    const char *cause;
    uint32_t targets; /* that are told all the same */
    uint32_t io_status;
};

static const struct bad bads[] = {
    {TEXT("TargetAddress=192.0.2.1,1\0" A), 31, "TargetAddress", " 1", 0, 5},
    {TEXT("TargetAlias=x\0" A), 31, "TargetAlias", " 1", 0, 5},
    {TEXT(A "MaxRecvDataSegmentLength=512\0"), 31, "MaxRecvDataSegmentLength", " 2", 0, 5},
    {TEXT(A "TargetAddress=192.0.2.1,1\0TargetAlias=x\0" B), 31, "TargetAlias", " 2", 0, 5},
    {TEXT(A "TargetAddress=192.0.2.1:0,1\0"), 32, "192.0.2.1:0,1", " 1", 0, 5},
    {TEXT(A "TargetAddress=192.0.2.1:70000,1\0" B), 32, "192.0.2.1:70000,1", " 1", 0, 5},
    {TEXT(A "TargetAddress=192.0.2.1,65536\0"), 32, "192.0.2.1,65536", " 1", 0, 5},
    {TEXT(A "TargetAddress=[2001:db8::1,1\0"), 32, "[2001:db8::1,1", " 1", 0, 5},
    {TEXT(A "TargetAddress=\0"), 32, "", " 1", 0, 5},
    {TEXT("TargetName=disk1\0TargetAddress=192.0.2.1,1\0" A), 40, "disk1", " 1", 1, 0},
    {TEXT(A "TargetName=iqn.\0" B), 40, "iqn.", " 1", 2, 0},
    {TEXT("TargetName=\0"), 40, "", " 1", 0, 0},
};

static void test_bad_records(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(bads); i++) {
        for (uint32_t chunk = 0; chunk < 20; chunk += 7) {
            struct harness *harness = discovery(bads[i].text, bads[i].length, chunk);
            ask(harness, 1);
            assert_int_equal(harness->event_count, 1);
            assert_int_equal(harness->events[0].id, bads[i].event);
            assert_string_equal(harness->events[0].texts[0], bads[i].arg);
            assert_string_equal(harness->events[0].causes, bads[i].cause);
            assert_int_equal(harness_result(harness, 1)->io_status, bads[i].io_status);
            assert_int_equal(harness_counter(harness, "targets"), bads[i].targets);
            harness_logout(harness);
            harness_free(harness);
        }
    }
}

/* Text that is not made of pairs. */
static void test_malformed(void **state) {
    (void)state;
    struct {
        const char *text;
        size_t length;
        const char *arg;
    } const cases[] = {
        {TEXT("TargetName\0"), "TargetName"},
        {TEXT(A "TargetAddress\0"), "TargetAddress"},
        {"TargetName=iqn.2024-01.org.example:a", 36, "TargetName=iqn.2024-01.org.example:a"},
        {TEXT("=x\0"), "=x"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct harness *harness = discovery(cases[i].text, cases[i].length, 0);
        ask(harness, 1);
        assert_int_equal(harness->event_count, 1);
        assert_int_equal(harness->events[0].id, SANSCSI_EVENT_SEND_TARGETS_KEY_INVALID);
        assert_string_equal(harness->events[0].texts[0], cases[i].arg);
        assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_TARGET_FAILURE);
        harness_logout(harness);
        harness_free(harness);
    }
}

/* ---- broken exchanges ---- */

/* A discovery session whose Text Request waits for an answer of the test's. */
static struct harness *unanswered(void) {
    struct harness *harness = discovery(TEXT(""), 0);
    harness->target->config.hold = true;
    ask(harness, 1);
    assert_int_equal(harness->target->text_requests, 1);
    return harness;
}

static void respond(struct harness *harness, uint8_t flags, uint32_t tag, const char *text,
                    size_t length) {
    uint8_t bhs[48];
    target_begin_status(harness->target, bhs, 0x24, flags, harness->target->text_itt);
    put32(bhs + 20, tag);
    put64(bhs + 8, UINT64_C(0x0001020304050607));
    target_send(harness->target, bhs, text, (uint32_t)length);
}

static void expect_fault(struct harness *harness, const char *fault, uint32_t io_status) {
    harness_run(harness);
    assert_string_equal(harness_fault(harness), fault);
    assert_non_null(harness_event(harness, SANSCSI_EVENT_PROTOCOL_ERROR));
    assert_int_equal(harness->closes, 1);
    assert_int_equal(harness->logged_out, 1);
    assert_int_equal(harness_result(harness, 1)->io_status, io_status);
    harness_free(harness);
}

static void test_broken_exchange(void **state) {
    (void)state;
    struct harness *harness = unanswered();
    respond(harness, 0x00, TARGET_NO_TAG, TEXT(A));
    expect_fault(harness, "text-target-transfer-tag", SANSCSI_IO_CONNECTION_OFFLINE);

    harness = unanswered();
    respond(harness, 0xc0, TARGET_NO_TAG, TEXT(A));
    expect_fault(harness, "text-continue", SANSCSI_IO_CONNECTION_OFFLINE);

    harness = unanswered();
    harness->target->stat_sn++;
    respond(harness, 0x80, TARGET_NO_TAG, TEXT(A));
    expect_fault(harness, "stat-sn", SANSCSI_IO_CONNECTION_OFFLINE);

    /* F = 1 with another tag: the tag is ignored (RFC 7143 11.10.4). */
    harness = unanswered();
    respond(harness, 0x80, 0x12345678, TEXT(A));
    harness_run(harness);
    assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_OK);
    assert_int_equal(harness_counter(harness, "targets"), 1);
    harness_logout(harness);
    harness_free(harness);
}

static void test_limit(void **state) {
    (void)state;
    static char text[8192];
    memset(text, 'x', sizeof(text));
    struct harness *harness = unanswered();
    harness->target->text_tag = 7;
    for (uint32_t i = 0; i < 2; i++) {
        respond(harness, 0x00, 7, text, 8000);
        harness_run(harness);
        assert_int_equal(harness->closes, 0);
    }
    respond(harness, 0x00, 7, text, 4001);
    expect_fault(harness, "text-limit", SANSCSI_IO_CONNECTION_OFFLINE);
}

/* An answer that nobody asked for: while the whole one waits to be polled, its records must
 * neither move nor change; while more is to be asked for, it comes too early. */
static void test_unasked_answer(void **state) {
    (void)state;
    static char filler[6000];
    memset(filler, 'x', sizeof(filler));
    struct harness *harness = unanswered();
    harness->no_tx = true;
    harness->target->text_tag = 7;
    respond(harness, 0x00, 7, TEXT(A));
    respond(harness, 0x00, 7, filler, sizeof(filler));
    expect_fault(harness, "initiator-task-tag", SANSCSI_IO_CONNECTION_OFFLINE);

    harness = unanswered();
    respond(harness, 0x80, TARGET_NO_TAG, TEXT(A "TargetAddress=192.0.2.1,1\0" B));
    respond(harness, 0x80, TARGET_NO_TAG, filler, sizeof(filler));
    struct bytes *out = &harness->target->out;
    (void)!sanscsi_rx_feed(harness->session, 0, bytes_first(out), bytes_left(out), harness->now);
    bytes_take(out, bytes_left(out));
    harness_poll(harness);
    assert_non_null(strstr(harness->log, "target iqn.2024-01.org.example:a 1\n  192.0.2.1 3260 1"));
    assert_non_null(strstr(harness->log, "target eui.02004567A425678D 0\n"));
    expect_fault(harness, "initiator-task-tag", SANSCSI_IO_OK);
}

/* The connection goes while records wait to be polled: they still come, then the task ends. */
static void test_lost_before_poll(void **state) {
    (void)state;
    struct harness *harness = unanswered();
    respond(harness, 0x80, TARGET_NO_TAG, TEXT(A B));
    struct bytes *out = &harness->target->out;
    assert_int_equal(
        sanscsi_rx_feed(harness->session, 0, bytes_first(out), bytes_left(out), harness->now),
        SANSCSI_OK);
    bytes_take(out, bytes_left(out));
    harness_cut(harness);
    harness_poll(harness);
    assert_int_equal(harness_counter(harness, "targets"), 2);
    assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_OK);
    assert_int_equal(harness->logged_out, 1);
    assert_int_equal(harness->result_count, 1);
    harness_free(harness);

    harness = unanswered(); /* and a part of an answer is none */
    respond(harness, 0x00, 7, TEXT(A));
    harness->no_tx = true;
    harness_run(harness);
    harness_cut(harness);
    harness_poll(harness);
    assert_int_equal(harness_counter(harness, "targets"), 0);
    assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_CONNECTION_OFFLINE);
    harness_free(harness);
}

static void test_timeout(void **state) {
    (void)state;
    struct harness *harness = unanswered();
    harness_wait(harness, 30 * SANSCSI_SECOND);
    assert_non_null(harness_event(harness, SANSCSI_EVENT_TASK_TIMEOUT));
    expect_fault(harness, "text-timeout", SANSCSI_IO_TIMEOUT);
}

static void test_no_memory(void **state) {
    (void)state;
    for (size_t extra = 1;; extra++) {
        static char text[5000];
        memcpy(text, A, sizeof(A) - 1);
        memset(text + sizeof(A) - 1, 'x', sizeof(text) - sizeof(A) + 1);
        memcpy(text + sizeof(A) - 1, B, sizeof(B) - 1);
        struct harness *harness = unanswered();
        harness->fail_at = harness->allocations + extra;
        harness->target->text_tag = 7;
        respond(harness, 0x00, 7, text, sizeof(A) + sizeof(B) - 2);
        harness_run(harness);
        respond(harness, 0x00, 7, text, sizeof(text));
        harness_run(harness);
        bool failed = harness->allocations >= harness->fail_at;
        if (failed) {
            const struct harness_event *event =
                harness_event(harness, SANSCSI_EVENT_SEND_TARGETS_NO_MEMORY);
            assert_non_null(event);
            assert_int_equal(event->numbers[0], extra == 1
                                                    ? sizeof(A) + sizeof(B) - 2
                                                    : sizeof(A) + sizeof(B) - 2 + sizeof(text));
            assert_string_equal(harness_fault(harness), "text-memory");
            assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_CONNECTION_OFFLINE);
            assert_int_equal(harness->logged_out, 1);
        }
        harness_free(harness);
        if (!failed) {
            assert_int_equal(extra, 3);
            break;
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers),         cmocka_unit_test(test_ping),
        cmocka_unit_test(test_bad_records),     cmocka_unit_test(test_malformed),
        cmocka_unit_test(test_broken_exchange), cmocka_unit_test(test_limit),
        cmocka_unit_test(test_unasked_answer),  cmocka_unit_test(test_lost_before_poll),
        cmocka_unit_test(test_timeout),         cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
