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

static struct harness *discovery_within(uint32_t max_text, const char *text, size_t length,
                                        uint32_t chunk) {
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
    settings.max_discovery_text = max_text;
    return harness_ready(&config, &settings, &limits);
}

static struct harness *discovery(const char *text, size_t length, uint32_t chunk) {
    return discovery_within(20000, text, length, chunk);
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

#define AT "TargetAddress="
#define NAME223 "iqn.2024-01.org.example:" X100 X50 X25 "xxxxxxxxxxxxxxxxxxxxxxxx"
#define X25 "xxxxxxxxxxxxxxxxxxxxxxxxx"
#define X50 X25 X25
#define X100 X50 X50

static const struct bad bads[] = {
    {TEXT("TargetAddress=192.0.2.1,1\0" A), 31, "TargetAddress", " 1", 0, 5},
    {TEXT("TargetAlias=x\0" A), 31, "TargetAlias", " 1", 0, 5},
    {TEXT("targetname=iqn.2024-01.org.example:a\0"), 31, "targetname", " 1", 0, 5},
    {TEXT("TargetName\0" A), 31, "TargetName", " 1", 0, 5},
    {TEXT("=x\0" A), 31, "=x", " 1", 0, 5},
    {TEXT("\0" A), 31, "", " 1", 0, 5}, /* the null of a pair that is none */
    {TEXT("TargetName=iqn.2024-01.org.example:a"), 31, "TargetName=iqn.2024-01.org.example:a", " 1",
     0, 5},
    {TEXT(A "MaxRecvDataSegmentLength=512\0"), 31, "MaxRecvDataSegmentLength", " 2", 0, 5},
    {TEXT(A AT "192.0.2.1,1\0TargetAlias=x\0" B), 31, "TargetAlias", " 2", 0, 5},
    {TEXT(A "targetaddress=192.0.2.1,1\0"), 31, "targetaddress", " 2", 0, 5},
    {TEXT(A "TargetPortalGroupTag=1\0"), 31, "TargetPortalGroupTag", " 2", 0, 5},
    {TEXT(A "TargetAddress\0"), 31, "TargetAddress", " 2", 0, 5},
    {TEXT(A AT "192.0.2.1,1"), 31, "TargetAddress=192.0.2.1,1", " 2", 0, 5},
    {TEXT(A "\0" B), 31, "", " 2", 0, 5},
    /* RFC 7143 13.8: port */
    {TEXT(A AT "192.0.2.1:0,1\0"), 32, "192.0.2.1:0,1", " 1", 0, 5},
    {TEXT(A AT "192.0.2.1:65536,1\0" B), 32, "192.0.2.1:65536,1", " 1", 0, 5},
    {TEXT(A AT "192.0.2.1:32a,1\0" B), 32, "192.0.2.1:32a,1", " 1", 0, 5},
    {TEXT(A AT "192.0.2.1:-1,1\0"), 32, "192.0.2.1:-1,1", " 1", 0, 5},
    {TEXT(A AT "192.0.2.1:,1\0"), 32, "192.0.2.1:,1", " 1", 0, 5},
    {TEXT(A AT "192.0.2.1:18446744073709555,1\0"), 32, "192.0.2.1:18446744073709555,1", " 1", 0, 5},
    /* tag */
    {TEXT(A AT "192.0.2.1,65536\0"), 32, "192.0.2.1,65536", " 1", 0, 5},
    {TEXT(A AT "192.0.2.1,\0"), 32, "192.0.2.1,", " 1", 0, 5},
    {TEXT(A AT "192.0.2.1,x\0"), 32, "192.0.2.1,x", " 1", 0, 5},
    {TEXT(A AT "192.0.2.1,1,2\0"), 32, "192.0.2.1,1,2", " 1", 0, 5},
    /* host */
    {TEXT(A AT "\0"), 32, "", " 1", 0, 5},
    {TEXT(A AT ":3260,1\0"), 32, ":3260,1", " 1", 0, 5},
    {TEXT(A AT ",1\0"), 32, ",1", " 1", 0, 5},
    {TEXT(A AT "256.0.2.1,1\0"), 32, "256.0.2.1,1", " 1", 0, 5},
    {TEXT(A AT "[2001:db8::1,1\0"), 32, "[2001:db8::1,1", " 1", 0, 5},
    {TEXT(A AT "2001:db8::1],1\0"), 32, "2001:db8::1],1", " 1", 0, 5},
    {TEXT(A AT "[[2001:db8::1]],1\0"), 32, "[[2001:db8::1]],1", " 1", 0, 5},
    {TEXT(A AT "[fe80::1%],1\0"), 32, "[fe80::1%],1", " 1", 0, 5},
    {TEXT(A AT "host name,1\0"), 32, "host name,1", " 1", 0, 5},
    {TEXT(A AT "h\x1b[2J,1\0"), 32, "h\x1b[2J,1", " 1", 0, 5},
    {TEXT(A AT "-h.example,1\0"), 32, "-h.example,1", " 1", 0, 5},
    {TEXT(A AT "h..example,1\0"), 32, "h..example,1", " 1", 0, 5},
    /* the good address before it does not save the answer */
    {TEXT(A AT "192.0.2.1,1\0" AT "h,x\0" AT "h,y\0"), 32, "h,x", " 1", 0, 5},
    /* names: those of other records are told */
    {TEXT("TargetName=disk1\0TargetAddress=192.0.2.1,1\0" A), 40, "disk1", " 1", 1, 0},
    {TEXT(A "TargetName=iqn.\0" B), 40, "iqn.", " 1", 2, 0},
    {TEXT("TargetName=\0"), 40, "", " 1", 0, 0},
    {TEXT(B "TargetName=iqn.2024-01.org.example:A\0"), 40, "iqn.2024-01.org.example:A", " 1", 1, 0},
    {TEXT("TargetName=iqn.2024-01.org.example:\xc0\xae\0"), 40, "iqn.2024-01.org.example:\xc0\xae",
     " 1", 0, 0},
    {TEXT(A "TargetName=" NAME223 "\0"), 0, "", "", 2, 0},
    {TEXT(A "TargetName=" NAME223 "x\0"), 40, NAME223 "x", " 1", 1, 0},
};

static void test_bad_records(void **state) {
    (void)state;
    assert_int_equal(sizeof(NAME223) - 1, 223);
    for (size_t i = 0; i < COUNT(bads); i++) {
        for (uint32_t chunk = 0; chunk < 20; chunk += 7) {
            struct harness *harness = discovery(bads[i].text, bads[i].length, chunk);
            ask(harness, 1);
            assert_int_equal(harness->event_count, bads[i].event == 0 ? 0 : 1);
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

/* What is wrong with a name is told before what is wrong with its addresses. */
static void test_bad_name_and_address(void **state) {
    (void)state;
    struct harness *harness = discovery(TEXT("TargetName=x\0" AT "h,x\0" A), 0);
    ask(harness, 1);
    assert_int_equal(harness->event_count, 2);
    assert_int_equal(harness->events[0].id, SANSCSI_EVENT_ISCSI_NAME_INVALID);
    assert_string_equal(harness->events[0].texts[0], "x");
    assert_int_equal(harness->events[1].id, SANSCSI_EVENT_SEND_TARGETS_ADDRESS_INVALID);
    assert_string_equal(harness->events[1].texts[0], "h,x");
    assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_TARGET_FAILURE);
    harness_logout(harness);
    harness_free(harness);
}

/* ---- what a target would do to whoever reads of it ---- */

struct rendered {
    uint32_t truncated;
    char message[1024];
    char json[2048];
};

static bool render(struct harness *harness, const sanscsi_output *output) {
    struct rendered *rendered = harness->context;
    if (output->type == SANSCSI_OUTPUT_EVENT) {
        const sanscsi_event *event = output->event;
        rendered->truncated = event->args[0].truncated;
        assert_true(sanscsi_event_message(event, rendered->message, sizeof(rendered->message)) <
                    sizeof(rendered->message));
        assert_true(sanscsi_event_json(event, 0, rendered->json, sizeof(rendered->json)) <
                    sizeof(rendered->json));
    }
    return false;
}

/* Neither control characters nor what turns the direction of text, as UTF-8. */
static void assert_harmless(const char *text) {
    for (size_t i = 0; text[i] != '\0'; i++) {
        assert_in_range((uint8_t)text[i], 0x20, 0x7e);
    }
}

/* Values are told to their last byte, or marked as cut; and rendered without harm. */
static void test_hostile_values(void **state) {
    (void)state;
    static char text[1200];
    static const char nasty[] = "\x1b]0;x\x07\x1b[2J\r\n\t\"\\<\x7f\xc2\x9b\xe2\x80\xae\xff";
    static const char *const before[] = {"TargetName=", A AT, "", A};
    static const size_t sizes[] = {11, sizeof(A AT) - 1, 0, sizeof(A) - 1};
    static const uint32_t ids[] = {40, 32, 31, 31};
    for (size_t i = 0; i < COUNT(before); i++) {
        for (size_t filler = 0; filler <= 1000; filler += 1000) {
            struct rendered rendered = {0};
            memcpy(text, before[i], sizes[i]);
            memcpy(text + sizes[i], nasty, sizeof(nasty) - 1);
            size_t length = sizes[i] + sizeof(nasty) - 1;
            memset(text + length, 'x', filler);
            length += filler;
            memcpy(text + length, "=\0", 2);
            struct harness *harness = discovery(text, length + 2, 0);
            harness->output = render;
            harness->context = &rendered;
            ask(harness, 1);
            assert_int_equal(harness->events[0].id, ids[i]);
            assert_memory_equal(harness->events[0].texts[0], nasty, sizeof(nasty) - 1);
            assert_int_equal(rendered.truncated, filler == 0 ? 0 : 1);
            assert_harmless(rendered.message);
            assert_harmless(rendered.json);
            assert_non_null(strstr(rendered.message, "\\x1b]0;x\\x07\\x1b[2J\\x0d\\x0a\\x09"));
            assert_non_null(strstr(rendered.message, "\\u{009b}\\u{202e}\\xff"));
            assert_non_null(strstr(rendered.json, "\\u001b]0;x\\u0007\\u001b[2J\\u000d\\u000a"));
            assert_int_equal(strstr(rendered.json, "\"truncated\":true") != NULL, filler != 0);
            harness_logout(harness);
            harness_free(harness);
        }
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

static void expect_end(struct harness *harness, const char *fault, uint32_t io_status) {
    harness_run(harness);
    assert_string_equal(harness_fault(harness), fault);
    assert_int_equal(harness->closes, 1);
    assert_int_equal(harness->logged_out, 1);
    assert_int_equal(harness_result(harness, 1)->io_status, io_status);
    harness_free(harness);
}

static void expect_fault(struct harness *harness, const char *fault, uint32_t io_status) {
    harness_run(harness);
    assert_non_null(harness_event(harness, SANSCSI_EVENT_PROTOCOL_ERROR));
    expect_end(harness, fault, io_status);
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
    const char *done = strstr(harness->log, "done 1");
    const char *ended = strstr(harness->log, "out\n");
    assert_true(done != NULL && ended != NULL &&
                done < ended); /* the task ends before the session */
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

/* A session may be freed at any time: what has come of an answer goes with it. */
static void test_freed_midway(void **state) {
    (void)state;
    struct harness *harness = unanswered();
    size_t before = harness->allocated;
    respond(harness, 0x00, 7, TEXT(A));
    harness->no_tx = true;
    harness_run(harness);
    assert_true(harness->allocated > before);
    harness_free(harness); /* and nothing is left */
}

/* A target that always promises more and sends nothing is not asked for ever (RFC 7143 6.4). */
static void test_endless_answer(void **state) {
    (void)state;
    struct harness *harness = unanswered();
    harness->target->text_tag = 7;
    for (uint32_t second = 1; second < 30; second++) {
        respond(harness, 0x00, 7, NULL, 0);
        harness_wait(harness, SANSCSI_SECOND);
        assert_int_equal(harness->target->text_requests, 1 + second);
        assert_int_equal(harness->closes, 0);
    }
    respond(harness, 0x00, 7, NULL, 0);
    harness_wait(harness, SANSCSI_SECOND);
    assert_non_null(harness_event(harness, SANSCSI_EVENT_TASK_TIMEOUT));
    expect_end(harness, "text-timeout", SANSCSI_IO_TIMEOUT);
}

static void test_timeout(void **state) {
    (void)state;
    struct harness *harness = unanswered();
    harness_wait(harness, 30 * SANSCSI_SECOND);
    assert_non_null(harness_event(harness, SANSCSI_EVENT_TASK_TIMEOUT));
    assert_null(harness_event(harness, SANSCSI_EVENT_PROTOCOL_ERROR));
    expect_end(harness, "text-timeout", SANSCSI_IO_TIMEOUT);
}

/* The target at the other end of the next connection. */
static void new_target(struct harness *harness) {
    struct target_config config = harness->target->config;
    harness_no_violations(harness);
    target_free(harness->target);
    harness->target = target_new(&config);
}

/* An answer of two responses in which the Nth allocation since the login fails; false when no
 * allocation was left to fail. Then the same session logs in anew and is told all targets. */
static bool fail_nth(size_t nth) {
    static char text[5000];
    struct harness *harness = unanswered();
    size_t idle = harness->allocated;
    memset(text, 'x', sizeof(text));
    memcpy(text, B "TargetName=", sizeof(B) + 10);
    text[sizeof(text) - 1] = '\0';
    harness->fail_at = harness->allocations + nth;
    harness->target->text_tag = 7;
    respond(harness, 0x00, 7, TEXT(A));
    harness_run(harness);
    respond(harness, 0x80, TARGET_NO_TAG, text, sizeof(text));
    harness_run(harness);
    bool failed = harness->allocations >= harness->fail_at;
    const struct harness_event *event =
        harness_event(harness, SANSCSI_EVENT_SEND_TARGETS_NO_MEMORY);
    assert_int_equal(event != NULL, failed);
    if (failed) {
        assert_int_equal(event->numbers[0],
                         nth == 1 ? sizeof(A) - 1 : sizeof(A) - 1 + sizeof(text));
        assert_string_equal(harness_fault(harness), "text-memory");
        assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_CONNECTION_OFFLINE);
        assert_int_equal(harness->logged_out, 1);
        assert_int_equal(harness_counter(harness, "targets"), 0);
        new_target(harness);
        harness_login(harness);
    } else {
        assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_OK);
        assert_int_equal(harness_counter(harness, "targets"), 2);
    }
    assert_int_equal(harness->allocated, idle);
    harness->fail_at = 0;
    harness->target->config.hold = false;
    harness->target->config.text = (const uint8_t *)A B;
    harness->target->config.text_length = sizeof(A B) - 1;
    harness->target->config.text_chunk = 20;
    ask(harness, 2);
    assert_int_equal(harness_result(harness, 2)->io_status, SANSCSI_IO_OK);
    assert_int_equal(harness_counter(harness, "targets"), failed ? 2 : 4);
    assert_int_equal(harness->allocated, idle);
    harness_logout(harness);
    harness_free(harness);
    return failed;
}

static void test_no_memory(void **state) {
    (void)state;
    size_t nth = 1;
    while (fail_nth(nth)) {
        nth++;
    }
    assert_int_equal(nth, 3); /* the first text, its growth */
}

/* More addresses than anyone can use, each of which has to be looked up. */
static void test_too_many_addresses(void **state) {
    (void)state;
    static char text[sizeof(A) + 4097 * 18];
    size_t length = sizeof(A) - 1;
    memcpy(text, A, length);
    for (uint32_t i = 0; i < 4097; i++, length += 18) {
        memcpy(text + length, AT "h,1", 18);
    }
    for (size_t extra = 0; extra < 2; extra++) { /* as many as are taken, and one more */
        struct harness *harness = discovery_within(100000, text, length - 18 + 18 * extra, 8000);
        ask(harness, 1);
        if (extra == 0) {
            assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_OK);
            assert_int_equal(harness_counter(harness, "targets"), 1);
            harness_logout(harness);
            harness_free(harness);
        } else {
            assert_int_equal(harness_counter(harness, "targets"), 0);
            expect_fault(harness, "text-limit", SANSCSI_IO_CONNECTION_OFFLINE);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_ping),
        cmocka_unit_test(test_bad_records),
        cmocka_unit_test(test_bad_name_and_address),
        cmocka_unit_test(test_hostile_values),
        cmocka_unit_test(test_broken_exchange),
        cmocka_unit_test(test_limit),
        cmocka_unit_test(test_unasked_answer),
        cmocka_unit_test(test_lost_before_poll),
        cmocka_unit_test(test_freed_midway),
        cmocka_unit_test(test_timeout),
        cmocka_unit_test(test_endless_answer),
        cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_too_many_addresses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
