/* Negotiations in full feature phase by the program's wish (RFC 7143 6.4, 7.12, 11.10, 11.11,
 * 13.12). */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "test_text_run.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define OURS "MaxRecvDataSegmentLength=16384|"

static void test_success(void **state) {
    (void)state;
    static const struct {
        struct reply replies[4];
        const char *sent;
        uint32_t theirs; /* 0: as before */
        uint32_t unknown;
    } cases[] = {
        {{{F, "", 0, false}}, "-" OURS "\n", 0, 0},
        {{{F, "MaxRecvDataSegmentLength=1024|", 0, false}}, "-" OURS "\n", 1024, 0},
        {{{0, "", 0, false}, {F, "", 0, false}}, "-" OURS "\n+\n", 0, 0},
        /* a set of pairs over several responses, cut within one */
        {{{C, "MaxRecvDataSegm", 0, false}, {C, "entLength=10", 0, false}, {F, "24|", 0, false}},
         "-" OURS "\n+\n+\n",
         1024,
         0},
        {{{0, "MaxRecvDataSegmentLength=1024|", 0, false}, {F, "", 0, false}},
         "-" OURS "\n+\n",
         1024,
         0},
        /* keys that nobody knows are answered, each once */
        {{{0, "X-a=1|X-b=2|", 0, false}, {0, "X-c=3|", 0, false}, {F, "", 0, false}},
         "-" OURS "\n+X-a=NotUnderstood|X-b=NotUnderstood|\n+X-c=NotUnderstood|\n",
         0,
         3},
        {{{C, "X-a=1|", 0, false}, {0, "X-b=2|", 0, false}, {F, "", 0, false}},
         "-" OURS "\n+\n+X-a=NotUnderstood|X-b=NotUnderstood|\n",
         0,
         2},
        /* behind F there is no next request */
        {{{F, "X-a=1|TargetAlias=disk|", 0, false}}, "-" OURS "\n", 0, 1},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        for (uint32_t how = HARNESS_WHOLE; how <= HARNESS_WINDOWS; how++) {
            struct harness *harness = text_ready();
            uint32_t before = harness->target->config.max_recv_segment;
            memcpy(text_scene.replies, cases[i].replies, sizeof(cases[i].replies));
            text_scene.count = 4;
            harness->how = (enum harness_how)how;
            size_t allocations = harness->allocations;
            assert_int_equal(text_declare(harness, 16384, 1), SANSCSI_OK);
            assert_string_equal(text_scene.sent, cases[i].sent);
            assert_int_equal(harness_result(harness, 1)->kind, SANSCSI_TASK_DECLARATION);
            assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_OK);
            assert_int_equal(harness->event_count, cases[i].unknown);
            for (uint32_t event = 0; event < cases[i].unknown; event++) {
                assert_int_equal(harness->events[event].id,
                                 SANSCSI_EVENT_KEY_NOT_UNDERSTOOD_BY_INITIATOR);
            }
            uint32_t theirs = cases[i].theirs != 0 ? cases[i].theirs : before;
            text_check_lengths(harness, 16384, theirs);
            assert_int_equal(harness->allocations, allocations);
            harness->target->config.max_recv_segment = theirs; /* what is longer is a violation */
            text_check_alive(harness, 16384);
        }
    }
}

/* A smaller length of ours bounds what the target sends from the end of the exchange on. */
static void test_smaller(void **state) {
    (void)state;
    struct harness *harness = text_ready();
    text_reply(F, "");
    assert_int_equal(text_declare(harness, 512, 1), SANSCSI_OK);
    assert_string_equal(text_scene.sent, "-MaxRecvDataSegmentLength=512|\n");
    harness->target->config.data_in_size = 513;
    (void)harness_read(harness, 0, &text_list, 1, 2);
    harness_run(harness);
    assert_string_equal(harness_fault(harness), "data-segment-length");
    assert_int_equal(harness_result(harness, 2)->io_status, SANSCSI_IO_CONNECTION_OFFLINE);
    harness_free(harness);
}

static void test_failures(void **state) {
    (void)state;
    static char longer[520], longest[520];
    memset(longer, 'x', sizeof(longer) - 1);
    memcpy(longer, "X-a=", 4);
    memcpy(longest, longer, sizeof(longer));
    longer[512] = '|';
    longer[513] = '\0';
    longest[511] = '|';
    longest[512] = '\0'; /* just fits */
    static const struct {
        const char *text;
        const char *reason;
        const char *key;
    } cases[] = {
        {"MaxRecvDataSegmentLength=Reject|", "refused by the target", "MaxRecvDataSegmentLength"},
        {"MaxRecvDataSegmentLength=NotUnderstood|", "not understood by the target",
         "MaxRecvDataSegmentLength"},
        {"MaxRecvDataSegmentLength=511|", "value out of range", "MaxRecvDataSegmentLength"},
        {"MaxRecvDataSegmentLength=16777216|", "value out of range", "MaxRecvDataSegmentLength"},
        {"MaxRecvDataSegmentLength=what|", "value out of range", "MaxRecvDataSegmentLength"},
        {"MaxRecvDataSegmentLength=1024|MaxRecvDataSegmentLength=1024|", "unexpected",
         "MaxRecvDataSegmentLength"},
        {"MaxBurstLength=4096|", "not allowed behind the login", "MaxBurstLength"},
        {"HeaderDigest=None|", "not allowed behind the login", "HeaderDigest"},
        {"AuthMethod=None|", "not allowed behind the login", "AuthMethod"},
        {"InitiatorAlias=me|", "unexpected", "InitiatorAlias"},
        {"nothing|", "not a pair of key and value", "nothing"},
        {"X-a=1|X-b", "not a pair of key and value", "X-b"},
        {"X a=1|", "not a key", "X a"},
        {longer, "answer too long", ""},
    };
    for (size_t i = 0; i < 2 * COUNT(cases); i++) {
        struct harness *harness = text_ready();
        uint32_t theirs = harness->target->config.max_recv_segment;
        bool final = i % 2 == 0;
        text_reply(final ? F : 0, cases[i / 2].text);
        text_reply(F, "MaxRecvDataSegmentLength=4096|"); /* of what was reset: nobody listens */
        assert_int_equal(text_declare(harness, 16384, 1), SANSCSI_OK);
        assert_string_equal(text_scene.sent, final ? "-" OURS "\n" : "-" OURS "\n-\n");
        assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_TARGET_FAILURE);
        const struct harness_event *event = &harness->events[harness->event_count - 1];
        assert_int_equal(event->id, SANSCSI_EVENT_NEGOTIATION_FAILED);
        assert_string_equal(event->texts[0], cases[i / 2].reason);
        assert_string_equal(event->texts[1], cases[i / 2].key);
        text_check_lengths(harness, 8192, theirs);
        text_check_alive(harness, 8192);
    }
    struct harness *harness = text_ready();
    text_reply(0, longest);
    text_reply(F, "");
    assert_int_equal(text_declare(harness, 16384, 1), SANSCSI_OK);
    assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_OK);
    text_check_alive(harness, 16384);
}

/* More keys than one request can answer: with F there is none that would have to. */
static void test_too_many_keys(void **state) {
    (void)state;
    struct harness *harness = text_ready();
    static char keys[512];
    size_t size = 0;
    for (int i = 0; i < 20; i++) {
        size += (size_t)snprintf(keys + size, sizeof(keys) - size, "X-key%d=1|", i);
    }
    text_reply(0, keys);
    text_reply(F, "");
    assert_int_equal(text_declare(harness, 16384, 1), SANSCSI_OK);
    assert_string_equal(text_scene.sent, "-" OURS "\n-\n");
    assert_string_equal(harness_event(harness, SANSCSI_EVENT_NEGOTIATION_FAILED)->texts[0],
                        "too many keys that are not understood");
    assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_TARGET_FAILURE);
    text_check_alive(harness, 8192);
    harness = text_ready();
    text_reply(F, keys);
    assert_int_equal(text_declare(harness, 16384, 1), SANSCSI_OK);
    assert_string_equal(text_scene.sent, "-" OURS "\n");
    assert_null(harness_event(harness, SANSCSI_EVENT_NEGOTIATION_FAILED));
    assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_OK);
    text_check_alive(harness, 16384);
}

/* A target that never ends is asked a bounded number of times; then the connection goes. */
static void test_endless(void **state) {
    (void)state;
    struct harness *harness = text_ready();
    text_reply(0, "");
    assert_int_equal(text_declare(harness, 16384, 1), SANSCSI_OK);
    assert_int_equal(text_scene.requests, 33);
    assert_string_equal(harness_event(harness, SANSCSI_EVENT_NEGOTIATION_FAILED)->texts[0],
                        "too many responses");
    assert_string_equal(harness_fault(harness), "text-limit");
    assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_CONNECTION_OFFLINE);
    harness_free(harness);
}

/* RFC 7143 7.12: a Reject is a failure of the negotiation alone. */
static void test_rejects(void **state) {
    (void)state;
    static const uint8_t reasons[] = {0x02, 0x04, 0x05, 0x06, 0x09, 0x0b};
    for (size_t i = 0; i < COUNT(reasons); i++) {
        struct harness *harness = text_ready();
        text_scene.replies[text_scene.count++] = (struct reply){.reject = reasons[i]};
        text_reply(F, "");
        assert_int_equal(text_declare(harness, 16384, 1), SANSCSI_OK);
        assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_TARGET_FAILURE);
        assert_int_equal(harness->target->aborts, 1); /* the gap is plugged */
        assert_int_equal(get32(harness->target->last_tmf + 20), text_scene.itt);
        assert_int_equal(get32(harness->target->last_tmf + 32),
                         get32(harness->target->last[4] + 24));
        assert_int_equal(harness->event_count, 2);
        assert_int_equal(harness->events[1].id, SANSCSI_EVENT_NEGOTIATION_FAILED);
        assert_string_equal(harness->events[1].texts[0], "rejected by the target");
        text_check_lengths(harness, 8192, harness->target->config.max_recv_segment);
        assert_int_equal(text_declare(harness, 16384, 2), SANSCSI_OK); /* it may be tried anew */
        assert_int_equal(harness_result(harness, 2)->io_status, SANSCSI_IO_OK);
        text_check_alive(harness, 16384);
    }
}

/* No resources for it: asked again after a second each, four times in all. */
static void test_long_operations(void **state) {
    (void)state;
    for (uint32_t rejects = 1; rejects <= 4; rejects++) {
        for (uint32_t type = SANSCSI_SESSION_NORMAL; type <= SANSCSI_SESSION_DISCOVERY; type++) {
            struct harness *harness = text_ready_with(32, type);
            for (uint32_t i = 0; i < rejects; i++) {
                text_scene.replies[text_scene.count++] = (struct reply){.reject = 0x0a};
            }
            text_reply(F, "");
            assert_int_equal(text_declare(harness, 16384, 1), SANSCSI_OK);
            for (uint32_t i = 1; i < rejects || i < 4; i++) {
                assert_int_equal(text_scene.requests, i < rejects + 1 ? i : rejects + 1);
                harness_wait(harness, SANSCSI_SECOND - 1);
                assert_int_equal(text_scene.requests, i < rejects + 1 ? i : rejects + 1);
                harness_wait(harness, 1);
            }
            bool done = rejects < 4;
            assert_int_equal(text_scene.requests, done ? rejects + 1 : 4);
            assert_int_equal(harness_result(harness, 1)->io_status,
                             done ? SANSCSI_IO_OK : SANSCSI_IO_TARGET_FAILURE);
            bool normal = type == SANSCSI_SESSION_NORMAL;
            assert_int_equal(harness->target->aborts, normal ? rejects : 0);
            assert_int_equal(harness->closes, 0);
            if (normal) {
                text_check_alive(harness, 8192);
            } else {
                harness_logout(harness);
                harness_free(harness);
            }
        }
    }
}

static void test_refused_calls(void **state) {
    (void)state;
    struct harness *harness = text_ready();
    text_scene.replies[text_scene.count++] = (struct reply){.none = true};
    assert_int_equal(sanscsi_declare_segment_length(NULL, 1024, 0, 0, 0, NULL),
                     SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(text_declare(harness, 511, 1), SANSCSI_INVALID_VALUE);
    assert_int_equal(text_declare(harness, 16777216, 1), SANSCSI_INVALID_VALUE);
    assert_int_equal(text_declare(harness, 16777215, 1), SANSCSI_OK);
    assert_int_equal(text_declare(harness, 1024, 2), SANSCSI_ALREADY_STARTED);
    assert_int_equal(text_scene.requests, 1);
    harness_wait(harness, 30 * SANSCSI_SECOND); /* a text request cannot be aborted */
    assert_string_equal(harness_fault(harness), "text-timeout");
    assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_TIMEOUT);
    assert_int_equal(text_declare(harness, 1024, 2), SANSCSI_NOT_LOGGED_IN);
    harness_free(harness);
}

/* One that waits for the window and is cancelled, or times out, leaves room for the next. */
static void test_cancelled_in_time(void **state) {
    (void)state;
    struct harness *harness = text_ready_with(0, SANSCSI_SESSION_NORMAL);
    sanscsi_task task = 0;
    text_reply(F, "");
    for (uint64_t user = 1; user <= 3; user++) {
        assert_int_equal(sanscsi_declare_segment_length(harness->session, 1024, user,
                                                        SANSCSI_SECOND, harness->now, &task),
                         SANSCSI_OK);
        if (user == 1) {
            assert_int_equal(sanscsi_cancel(harness->session, task, harness->now), SANSCSI_OK);
        } else if (user == 2) {
            harness_wait(harness, SANSCSI_SECOND);
        }
    }
    target_open_window(harness->target, 8);
    harness_run(harness);
    assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_CANCELLED);
    assert_int_equal(harness_result(harness, 2)->io_status, SANSCSI_IO_TIMEOUT);
    assert_int_equal(harness_result(harness, 3)->io_status, SANSCSI_IO_OK);
    assert_int_equal(text_scene.requests, 1);
    harness_logout(harness);
    harness_free(harness);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_success),           cmocka_unit_test(test_smaller),
        cmocka_unit_test(test_failures),          cmocka_unit_test(test_too_many_keys),
        cmocka_unit_test(test_endless),           cmocka_unit_test(test_rejects),
        cmocka_unit_test(test_long_operations),   cmocka_unit_test(test_refused_calls),
        cmocka_unit_test(test_cancelled_in_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
