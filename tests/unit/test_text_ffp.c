/* Negotiations in full feature phase: by the program's wish or the target's (RFC 7143 6.4, 7.12,
 * 11.9.1, 11.10, 11.11, 13.12). */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support/harness.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define LUN UINT64_C(0x0001020304050607)
#define F 0x80u
#define C 0x40u
#define REPLIES 40u

/* What the target answers to one request after the other; a '|' stands for a null. */
struct reply {
    uint32_t flags;
    const char *text;
    uint8_t reject; /* the reason of a Reject instead, or 0 */
    bool none;
};

struct scene {
    struct reply replies[REPLIES];
    uint32_t count; /* the last one is repeated */
    uint32_t requests;
    uint32_t tag;    /* that the next request must bring */
    uint32_t itt;    /* of the first */
    char sent[2048]; /* the requests: tag ("-" for the reserved one), text, a line break */
};

static struct scene scene;

static void respond(struct target *target, const struct reply *reply, uint32_t itt) {
    uint8_t bhs[48];
    char text[2048];
    size_t size = 0;
    for (const char *c = reply->text; c != NULL && *c != '\0'; c++) {
        text[size++] = *c == '|' ? '\0' : *c;
    }
    bool final = (reply->flags & F) != 0;
    target_begin_status(target, bhs, 0x24, (uint8_t)reply->flags, itt);
    scene.tag = final ? TARGET_NO_TAG : 0x1000 + scene.requests;
    put32(bhs + 20, scene.tag);
    put64(bhs + 8, final ? 0 : LUN);
    target_send(target, bhs, text, (uint32_t)size);
}

static void hook(struct target *target, const uint8_t *bhs, const uint8_t *data, uint32_t length,
                 void *context) {
    (void)context;
    uint32_t tag = get32(bhs + 20);
    if (bhs[0] != 0x04 || bhs[1] != 0x80) {
        target_violation(target, "Text Request without F, with C, or immediate");
    }
    if (get64(bhs + 8) != (tag == TARGET_NO_TAG ? 0 : LUN)) {
        target_violation(target, "Text Request with another LUN");
    }
    if (tag != TARGET_NO_TAG && (tag != scene.tag || get32(bhs + 16) != scene.itt)) {
        target_violation(target, "Text Request does not go on where the response asked");
    }
    scene.itt = get32(bhs + 16);
    size_t size = strlen(scene.sent);
    size += (size_t)snprintf(scene.sent + size, sizeof(scene.sent) - size, "%s",
                             tag == TARGET_NO_TAG ? "-" : "+");
    for (uint32_t i = 0; i < length; i++) {
        scene.sent[size++] = data[i] == 0 ? '|' : (char)data[i];
    }
    scene.sent[size++] = '\n';
    scene.sent[size] = '\0';
    uint32_t index = scene.requests < scene.count ? scene.requests : scene.count - 1;
    const struct reply *reply = &scene.replies[index];
    scene.requests++;
    if (reply->reject != 0) {
        target_reject(target, reply->reject, bhs);
    } else if (!reply->none) {
        respond(target, reply, get32(bhs + 16));
    }
}

static struct harness *ready_with(uint32_t window, uint32_t type) {
    struct target_config config;
    sanscsi_session_settings settings;
    sanscsi_limits limits;
    target_config_defaults(&config);
    config.text_hook = hook;
    config.window = window;
    config.tmf_response = 0;
    harness_settings(&settings, &limits);
    settings.parameters.max_recv_data_segment_length = 8192;
    settings.type = type;
    memset(&scene, 0, sizeof(scene));
    scene.tag = TARGET_NO_TAG;
    return harness_ready(&config, &settings, &limits);
}

static struct harness *ready(void) {
    return ready_with(32, SANSCSI_SESSION_NORMAL);
}

static void add(uint32_t flags, const char *text) {
    scene.replies[scene.count++] = (struct reply){.flags = flags, .text = text};
}

static void check_lengths(const struct harness *harness, uint32_t ours, uint32_t theirs) {
    sanscsi_parameters parameters = {.size = sizeof(parameters)};
    assert_int_equal(sanscsi_session_parameters(harness->session, &parameters), SANSCSI_OK);
    assert_int_equal(parameters.max_recv_data_segment_length, ours);
    assert_int_equal(parameters.target_max_recv_data_segment_length, theirs);
}

static uint8_t buffer[32768];
static sanscsi_iovec list = {buffer, sizeof(buffer)};

/* Reads and writes show what lengths are in force; the target checks that none of ours is longer
 * than it takes. */
static void check_alive(struct harness *harness, uint32_t data_in) {
    assert_false(harness->target->missing);
    harness->target->config.data_in_size = data_in;
    (void)harness_read(harness, 0, &list, 1, 90);
    (void)harness_write(harness, 0, &list, 1, 91);
    harness_run(harness);
    assert_int_equal(harness_result(harness, 90)->io_status, SANSCSI_IO_OK);
    assert_int_equal(harness_result(harness, 91)->io_status, SANSCSI_IO_OK);
    harness_logout(harness);
    harness_free(harness);
}

static int32_t declare(struct harness *harness, uint32_t bytes, uint64_t user) {
    int32_t status =
        sanscsi_declare_segment_length(harness->session, bytes, user, 0, harness->now, NULL);
    harness_run(harness);
    return status;
}

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
            struct harness *harness = ready();
            uint32_t before = harness->target->config.max_recv_segment;
            memcpy(scene.replies, cases[i].replies, sizeof(cases[i].replies));
            scene.count = 4;
            harness->how = (enum harness_how)how;
            size_t allocations = harness->allocations;
            assert_int_equal(declare(harness, 16384, 1), SANSCSI_OK);
            assert_string_equal(scene.sent, cases[i].sent);
            assert_int_equal(harness_result(harness, 1)->kind, SANSCSI_TASK_DECLARATION);
            assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_OK);
            assert_int_equal(harness->event_count, cases[i].unknown);
            for (uint32_t event = 0; event < cases[i].unknown; event++) {
                assert_int_equal(harness->events[event].id,
                                 SANSCSI_EVENT_KEY_NOT_UNDERSTOOD_BY_INITIATOR);
            }
            uint32_t theirs = cases[i].theirs != 0 ? cases[i].theirs : before;
            check_lengths(harness, 16384, theirs);
            assert_int_equal(harness->allocations, allocations);
            harness->target->config.max_recv_segment = theirs; /* what is longer is a violation */
            check_alive(harness, 16384);
        }
    }
}

/* A smaller length of ours bounds what the target sends from the end of the exchange on. */
static void test_smaller(void **state) {
    (void)state;
    struct harness *harness = ready();
    add(F, "");
    assert_int_equal(declare(harness, 512, 1), SANSCSI_OK);
    assert_string_equal(scene.sent, "-MaxRecvDataSegmentLength=512|\n");
    harness->target->config.data_in_size = 513;
    (void)harness_read(harness, 0, &list, 1, 2);
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
        struct harness *harness = ready();
        uint32_t theirs = harness->target->config.max_recv_segment;
        bool final = i % 2 == 0;
        add(final ? F : 0, cases[i / 2].text);
        add(F, "MaxRecvDataSegmentLength=4096|"); /* of what was reset: nobody listens */
        assert_int_equal(declare(harness, 16384, 1), SANSCSI_OK);
        assert_string_equal(scene.sent, final ? "-" OURS "\n" : "-" OURS "\n-\n");
        assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_TARGET_FAILURE);
        const struct harness_event *event = &harness->events[harness->event_count - 1];
        assert_int_equal(event->id, SANSCSI_EVENT_NEGOTIATION_FAILED);
        assert_string_equal(event->texts[0], cases[i / 2].reason);
        assert_string_equal(event->texts[1], cases[i / 2].key);
        check_lengths(harness, 8192, theirs);
        check_alive(harness, 8192);
    }
    struct harness *harness = ready();
    add(0, longest);
    add(F, "");
    assert_int_equal(declare(harness, 16384, 1), SANSCSI_OK);
    assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_OK);
    check_alive(harness, 16384);
}

/* More keys than one request can answer: with F there is none that would have to. */
static void test_too_many_keys(void **state) {
    (void)state;
    struct harness *harness = ready();
    static char keys[512];
    size_t size = 0;
    for (int i = 0; i < 20; i++) {
        size += (size_t)snprintf(keys + size, sizeof(keys) - size, "X-key%d=1|", i);
    }
    add(0, keys);
    add(F, "");
    assert_int_equal(declare(harness, 16384, 1), SANSCSI_OK);
    assert_string_equal(scene.sent, "-" OURS "\n-\n");
    assert_string_equal(harness_event(harness, SANSCSI_EVENT_NEGOTIATION_FAILED)->texts[0],
                        "too many keys that are not understood");
    assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_TARGET_FAILURE);
    check_alive(harness, 8192);
    harness = ready();
    add(F, keys);
    assert_int_equal(declare(harness, 16384, 1), SANSCSI_OK);
    assert_string_equal(scene.sent, "-" OURS "\n");
    assert_null(harness_event(harness, SANSCSI_EVENT_NEGOTIATION_FAILED));
    assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_OK);
    check_alive(harness, 16384);
}

/* A target that never ends is asked a bounded number of times; then the connection goes. */
static void test_endless(void **state) {
    (void)state;
    struct harness *harness = ready();
    add(0, "");
    assert_int_equal(declare(harness, 16384, 1), SANSCSI_OK);
    assert_int_equal(scene.requests, 33);
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
        struct harness *harness = ready();
        scene.replies[scene.count++] = (struct reply){.reject = reasons[i]};
        add(F, "");
        assert_int_equal(declare(harness, 16384, 1), SANSCSI_OK);
        assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_TARGET_FAILURE);
        assert_int_equal(harness->target->aborts, 1); /* the gap is plugged */
        assert_int_equal(get32(harness->target->last_tmf + 20), scene.itt);
        assert_int_equal(get32(harness->target->last_tmf + 32),
                         get32(harness->target->last[4] + 24));
        assert_int_equal(harness->event_count, 2);
        assert_int_equal(harness->events[1].id, SANSCSI_EVENT_NEGOTIATION_FAILED);
        assert_string_equal(harness->events[1].texts[0], "rejected by the target");
        check_lengths(harness, 8192, harness->target->config.max_recv_segment);
        assert_int_equal(declare(harness, 16384, 2), SANSCSI_OK); /* it may be tried anew */
        assert_int_equal(harness_result(harness, 2)->io_status, SANSCSI_IO_OK);
        check_alive(harness, 16384);
    }
}

/* No resources for it: asked again after a second each, four times in all. */
static void test_long_operations(void **state) {
    (void)state;
    for (uint32_t rejects = 1; rejects <= 4; rejects++) {
        for (uint32_t type = SANSCSI_SESSION_NORMAL; type <= SANSCSI_SESSION_DISCOVERY; type++) {
            struct harness *harness = ready_with(32, type);
            for (uint32_t i = 0; i < rejects; i++) {
                scene.replies[scene.count++] = (struct reply){.reject = 0x0a};
            }
            add(F, "");
            assert_int_equal(declare(harness, 16384, 1), SANSCSI_OK);
            for (uint32_t i = 1; i < rejects || i < 4; i++) {
                assert_int_equal(scene.requests, i < rejects + 1 ? i : rejects + 1);
                harness_wait(harness, SANSCSI_SECOND - 1);
                assert_int_equal(scene.requests, i < rejects + 1 ? i : rejects + 1);
                harness_wait(harness, 1);
            }
            bool done = rejects < 4;
            assert_int_equal(scene.requests, done ? rejects + 1 : 4);
            assert_int_equal(harness_result(harness, 1)->io_status,
                             done ? SANSCSI_IO_OK : SANSCSI_IO_TARGET_FAILURE);
            bool normal = type == SANSCSI_SESSION_NORMAL;
            assert_int_equal(harness->target->aborts, normal ? rejects : 0);
            assert_int_equal(harness->closes, 0);
            if (normal) {
                check_alive(harness, 8192);
            } else {
                harness_logout(harness);
                harness_free(harness);
            }
        }
    }
}

static void test_refused_calls(void **state) {
    (void)state;
    struct harness *harness = ready();
    scene.replies[scene.count++] = (struct reply){.none = true};
    assert_int_equal(sanscsi_declare_segment_length(NULL, 1024, 0, 0, 0, NULL),
                     SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(declare(harness, 511, 1), SANSCSI_INVALID_VALUE);
    assert_int_equal(declare(harness, 16777216, 1), SANSCSI_INVALID_VALUE);
    assert_int_equal(declare(harness, 16777215, 1), SANSCSI_OK);
    assert_int_equal(declare(harness, 1024, 2), SANSCSI_ALREADY_STARTED);
    assert_int_equal(scene.requests, 1);
    harness_wait(harness, 30 * SANSCSI_SECOND); /* a text request cannot be aborted */
    assert_string_equal(harness_fault(harness), "text-timeout");
    assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_TIMEOUT);
    assert_int_equal(declare(harness, 1024, 2), SANSCSI_NOT_LOGGED_IN);
    harness_free(harness);
}

/* One that waits for the window and is cancelled, or times out, leaves room for the next. */
static void test_cancelled_in_time(void **state) {
    (void)state;
    struct harness *harness = ready_with(0, SANSCSI_SESSION_NORMAL);
    sanscsi_task task = 0;
    add(F, "");
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
    assert_int_equal(scene.requests, 1);
    harness_logout(harness);
    harness_free(harness);
}

/* ---- the target asks: RFC 7143 11.9.1, AsyncEvent 4 ---- */

static void ask(struct harness *harness, uint32_t seconds) {
    uint8_t bhs[48];
    target_begin_status(harness->target, bhs, 0x32, 0x80, TARGET_NO_TAG);
    bhs[36] = 4;
    put16(bhs + 42, seconds);
    target_send(harness->target, bhs, NULL, 0);
    harness_run(harness);
}

static void test_served(void **state) {
    (void)state;
    for (uint32_t seconds = 0; seconds <= 3; seconds += 3) {
        struct harness *harness = ready();
        uint32_t theirs = harness->target->config.max_recv_segment;
        add(0, "MaxRecvDataSegmentLength=2048|");
        add(F, "");
        ask(harness, seconds);
        assert_string_equal(scene.sent, "-\n+\n");
        check_lengths(harness, 8192, 2048);
        assert_int_equal(harness->result_count, 0); /* it was nobody's task */
        harness->target->config.max_recv_segment = 2048;
        ask(harness, seconds); /* and again */
        assert_int_equal(scene.requests, 3);
        assert_int_not_equal(theirs, 2048);
        harness_wait(harness, 60 * SANSCSI_SECOND);
        assert_int_equal(harness->closes, 0);
        check_alive(harness, 8192);
    }
}

/* One that is under way is enough. */
static void test_served_by_the_pending_one(void **state) {
    (void)state;
    struct harness *harness = ready();
    scene.replies[scene.count++] = (struct reply){.none = true};
    assert_int_equal(declare(harness, 16384, 1), SANSCSI_OK);
    ask(harness, 1);
    harness_wait(harness, 2 * SANSCSI_SECOND);
    assert_int_equal(scene.requests, 1);
    assert_int_equal(harness->closes, 0);
    struct reply end = {.flags = F, .text = ""};
    respond(harness->target, &end, scene.itt);
    harness_run(harness);
    assert_int_equal(harness_result(harness, 1)->io_status, SANSCSI_IO_OK);
    check_alive(harness, 16384);
}

/* When the window stays closed, the logout is what can be done in time. */
static void test_not_served_in_time(void **state) {
    (void)state;
    for (uint32_t seconds = 0; seconds <= 2; seconds++) {
        struct harness *harness = ready_with(0, SANSCSI_SESSION_NORMAL);
        ask(harness, seconds);
        if (seconds > 0) {
            harness_wait(harness, seconds * SANSCSI_SECOND - 1);
            assert_int_equal(harness->logged_out, 0);
            ask(harness, 10); /* asking again does not put it off */
            harness_wait(harness, 1);
        }
        assert_int_equal(harness->logged_out, 1);
        assert_true(harness->target->logged_out);
        assert_int_equal(scene.requests, 0);
        harness_free(harness);
    }
}

static void test_rejected_by_who_asked(void **state) {
    (void)state;
    struct harness *harness = ready();
    scene.replies[scene.count++] = (struct reply){.reject = 0x05};
    ask(harness, 3);
    assert_int_equal(harness->target->aborts, 1);
    assert_non_null(harness_event(harness, SANSCSI_EVENT_NEGOTIATION_FAILED));
    assert_int_equal(harness->result_count, 0);
    check_alive(harness, 8192);
}

static void test_never_answered(void **state) {
    (void)state;
    struct harness *harness = ready();
    scene.replies[scene.count++] = (struct reply){.none = true};
    ask(harness, 1);
    harness_wait(harness, 29 * SANSCSI_SECOND);
    assert_int_equal(harness->closes, 0);
    harness_wait(harness, SANSCSI_SECOND);
    assert_string_equal(harness_fault(harness), "text-timeout");
    assert_int_equal(harness->result_count, 0);
    harness_free(harness);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_success),
        cmocka_unit_test(test_smaller),
        cmocka_unit_test(test_failures),
        cmocka_unit_test(test_too_many_keys),
        cmocka_unit_test(test_endless),
        cmocka_unit_test(test_rejects),
        cmocka_unit_test(test_long_operations),
        cmocka_unit_test(test_refused_calls),
        cmocka_unit_test(test_cancelled_in_time),
        cmocka_unit_test(test_served),
        cmocka_unit_test(test_served_by_the_pending_one),
        cmocka_unit_test(test_not_served_in_time),
        cmocka_unit_test(test_rejected_by_who_asked),
        cmocka_unit_test(test_never_answered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
