/* Tests of the login: memory that runs out, windows that outlive it, digests, requests with C. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/login_script.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define SECURITY                                                                                   \
    { .flags = LEAVE_SECURITY, .base = TEXT_SECURITY }
#define OPERATIONAL                                                                                \
    { .flags = LEAVE_OPERATIONAL, .base = TEXT_OPERATIONAL }

static struct login_run run;

/* Text that needs its buffer to grow, and keys to be kept, in both stages. */
static const struct login_script hungry = {
    .name = "a login that needs memory at several points",
    .end = LOGIN_ENDS_WELL,
    .count = 5,
    .replies =
        {{.flags = C | STAY_SECURITY, .base = TEXT_SECURITY, .text = "X-a.b=", .filler = 600},
         {.flags = C | STAY_SECURITY, .filler = 3000},
         {.flags = STAY_SECURITY, .text = "|X-c.d=|"},
         {.flags = LEAVE_SECURITY},
         {.flags = LEAVE_OPERATIONAL, .base = TEXT_OPERATIONAL, .text = "X-e.f=1|"}},
    .events = "13(X-a.b)[1]\n13(X-c.d)[1]\n13(X-e.f)[1]",
};

static bool is_event_21(const char *events) {
    unsigned long size = 0;
    char end = 0;
    return sscanf(events, "21(%lu)[1%c", &size, &end) == 2 && end == ']' && size > 8192 &&
           strchr(events, '\n') == NULL;
}

/* What a login may say that has got no memory. */
static bool is_memory_event(const char *events) {
    static const char *const known[] = {
        "7()[1]",
        "16(AuthMethod=None,None)[4]",
        "12(X-a.b)[1]",
        "13(X-a.b)[1]\n12(X-c.d)[1]",
        "13(X-a.b)[1]\n13(X-c.d)[1]\n7()[1]",
        "13(X-a.b)[1]\n13(X-c.d)[1]\n12(X-e.f)[1]",
    };
    for (size_t i = 0; i < COUNT(known); i++) {
        if (strcmp(events, known[i]) == 0) {
            return true;
        }
    }
    return is_event_21(events);
}

/* Plays the hungry login with the Nth allocation failing; false when none was left to fail. */
static bool fail_nth(struct counting *counting, sanscsi_session *session, size_t nth,
                     enum login_delivery delivery) {
    size_t idle = counting->blocks;
    counting->calls = 0;
    counting->fail_at = nth;
    login_play(&run, session, &hungry, delivery, 1 + (uint32_t)nth);
    bool failed = counting->calls >= nth;
    counting->fail_at = 0;
    if (failed) {
        assert_int_equal(run.logged_in, 0);
        assert_int_equal(run.closes, 1);
        assert_true(run.status == SANSCSI_NO_MEMORY || run.status == SANSCSI_PROTOCOL_ERROR);
        assert_true(is_memory_event(run.events));
        sanscsi_fault fault = {.size = sizeof(fault)};
        assert_int_equal(sanscsi_connection_fault(session, 0, &fault), SANSCSI_OK);
        assert_string_equal(fault.name, "login-memory");
    } else {
        assert_int_equal(run.logged_in, 1);
        assert_string_equal(run.events, hungry.events);
    }
    login_close(&run);
    assert_int_equal(counting->blocks, idle);
    login_play(&run, session, &hungry, DELIVER_WHOLE, 1); /* the same object, once more */
    assert_int_equal(run.logged_in, 1);
    assert_string_equal(run.events, hungry.events);
    login_close(&run);
    assert_int_equal(counting->blocks, idle);
    return failed;
}

static void each_allocation_of_a_login_fails_once(void **state) {
    (void)state;
    struct counting counting;
    counting_init(&counting);
    sanscsi_initiator *initiator = login_initiator(&counting.allocator);
    sanscsi_session *session = login_session(initiator, &hungry);
    for (unsigned delivery = DELIVER_WHOLE; delivery <= DELIVER_WINDOWS; delivery++) {
        size_t nth = 1;
        while (fail_nth(&counting, session, nth, (enum login_delivery)delivery)) {
            nth++;
        }
        assert_true(nth > 4); /* login, text, its growth, names */
    }
    sanscsi_session_free(session);
    sanscsi_initiator_free(initiator);
    assert_int_equal(counting.blocks, 0);
}

static void objects_without_memory_are_not_made(void **state) {
    (void)state;
    struct counting counting;
    sanscsi_initiator_settings node;
    sanscsi_session_settings settings;
    sanscsi_initiator *initiator = NULL;
    sanscsi_session *session = NULL;
    counting_init(&counting);
    sanscsi_initiator_settings_defaults(&node);
    node.name = LOGIN_INITIATOR;
    node.name_length = strlen(LOGIN_INITIATOR);
    node.allocator = &counting.allocator;
    counting.fail_at = 1;
    assert_int_equal(sanscsi_initiator_new(&node, &initiator), SANSCSI_NO_MEMORY);
    assert_null(initiator);
    initiator = login_initiator(&counting.allocator);
    login_settings(&settings);
    counting.fail_at = counting.calls + 1;
    assert_int_equal(sanscsi_session_new(initiator, &settings, NULL, &session), SANSCSI_NO_MEMORY);
    assert_null(session);
    assert_int_equal(sanscsi_initiator_sessions(initiator), 0);
    sanscsi_initiator_free(initiator);
    assert_int_equal(counting.blocks, 0);
}

/* A whole login out of one fixed block. */
static void a_login_runs_in_an_arena(void **state) {
    (void)state;
    static uint64_t block[16384];
    sanscsi_arena *arena = NULL;
    sanscsi_allocator allocator;
    assert_int_equal(sanscsi_arena_new(block, sizeof(block), &arena), SANSCSI_OK);
    assert_int_equal(sanscsi_arena_allocator(arena, &allocator), SANSCSI_OK);
    sanscsi_initiator *initiator = login_initiator(&allocator);
    sanscsi_session *session = login_session(initiator, &hungry);
    size_t idle = sanscsi_arena_used(arena);
    for (unsigned round = 0; round < 20; round++) {
        login_play(&run, session, &hungry, DELIVER_RANDOM, 1 + round);
        assert_int_equal(run.logged_in, 1);
        assert_int_equal(sanscsi_arena_used(arena), idle); /* nothing in full feature phase */
        login_close(&run);
    }
    sanscsi_session_free(session);
    sanscsi_initiator_free(initiator);
    assert_int_equal(sanscsi_arena_used(arena), 0);
}

/* Shows the operational request, of which `sent` bytes go out; returns a copy of it. */
static size_t begin_operational(sanscsi_session *session, uint8_t *copy, size_t capacity,
                                size_t sent) {
    static const struct login_reply security = SECURITY;
    sanscsi_iovec iov[4];
    size_t count = 0, size = 0;
    login_begin(&run, session, &login_plain, DELIVER_WHOLE, 1);
    assert_true(login_pull(&run));
    login_reply(&run, &security);
    assert_int_equal(sanscsi_tx_window(session, 0, iov, 4, &count), SANSCSI_OK);
    for (size_t i = 0; i < count; i++) {
        assert_true(size + iov[i].size <= capacity);
        memcpy(copy + size, iov[i].data, iov[i].size);
        size += iov[i].size;
    }
    assert_true(size > sent);
    assert_int_equal(sanscsi_tx_commit(session, 0, sent, run.now), SANSCSI_OK);
    return size;
}

/* A target that answers before it has the whole request: what is left is still ours to show. */
static void an_early_answer_leaves_the_request_whole(void **state) {
    (void)state;
    static const struct login_reply operational = OPERATIONAL;
    struct counting counting;
    counting_init(&counting);
    sanscsi_initiator *initiator = login_initiator(&counting.allocator);
    sanscsi_session *session = login_session(initiator, &login_plain);
    size_t idle = counting.blocks;
    for (size_t sent = 0; sent < 150; sent += 7) {
        uint8_t copy[1024];
        size_t size = begin_operational(session, copy, sizeof(copy), sent);
        login_reply(&run, &operational);
        login_poll(&run);
        assert_int_equal(run.logged_in, 1);
        for (size_t at = sent; at < size;) {
            sanscsi_iovec iov;
            size_t count = 0;
            assert_int_equal(sanscsi_tx_window(session, 0, &iov, 1, &count), SANSCSI_OK);
            assert_int_equal(count, 1);
            assert_true(at + iov.size <= size);
            assert_memory_equal(iov.data, copy + at, iov.size);
            assert_int_equal(sanscsi_tx_commit(session, 0, iov.size, run.now), SANSCSI_OK);
            at += iov.size;
        }
        assert_int_equal(counting.blocks, idle); /* given back once it is out */
        login_close(&run);
    }
    sanscsi_session_free(session);
    sanscsi_initiator_free(initiator);
    assert_int_equal(counting.blocks, 0);
}

/* The same where the stage goes on: the next request waits until this one is out. */
static void an_early_answer_does_not_overtake_the_request(void **state) {
    (void)state;
    static const struct login_reply operational = OPERATIONAL;
    static const struct login_reply late = {.flags = STAY_OPERATIONAL};
    sanscsi_initiator *initiator = login_initiator(NULL);
    sanscsi_session *session = login_session(initiator, &login_plain);
    uint8_t copy[1024];
    size_t size = begin_operational(session, copy, sizeof(copy), 60);
    login_reply(&run, &late);
    sanscsi_iovec iov[8];
    size_t count = 0, at = 60;
    assert_int_equal(sanscsi_tx_window(session, 0, iov, 8, &count), SANSCSI_OK);
    for (size_t i = 0; i < count; i++) {
        assert_true(at + iov[i].size <= size);
        assert_memory_equal(iov[i].data, copy + at, iov[i].size);
        at += iov[i].size;
    }
    assert_int_equal(at, size); /* and nothing behind it */
    assert_int_equal(sanscsi_tx_commit(session, 0, at - 60, run.now), SANSCSI_OK);
    assert_true(login_pull(&run));
    login_reply(&run, &operational);
    login_poll(&run);
    assert_int_equal(run.logged_in, 1);
    login_close(&run);
    sanscsi_session_free(session);
    sanscsi_initiator_free(initiator);
}

/* Until the transport is closed it may read and write the windows it was shown. */
static void windows_outlive_a_login_that_fails(void **state) {
    (void)state;
    static const struct login_reply half = {
        .flags = LEAVE_OPERATIONAL, .base = TEXT_OPERATIONAL, .patches = {{6, 0x10}}};
    struct counting counting;
    counting_init(&counting);
    sanscsi_initiator *initiator = login_initiator(&counting.allocator);
    sanscsi_session *session = login_session(initiator, &login_plain);
    size_t idle = counting.blocks;
    for (unsigned how = 0; how < 2; how++) {
        uint8_t copy[1024];
        sanscsi_iovec in, out[4];
        size_t in_count = 0, out_count = 0;
        (void)begin_operational(session, copy, sizeof(copy), 0);
        assert_int_equal(sanscsi_tx_window(session, 0, out, 4, &out_count), SANSCSI_OK);
        login_reply(&run, &half); /* leaves off within the text */
        assert_int_equal(sanscsi_rx_window(session, 0, &in, 1, &in_count), SANSCSI_OK);
        assert_int_equal(in_count, 1);
        if (how == 0) {
            run.now += 30 * SANSCSI_SECOND;
            assert_int_equal(sanscsi_tick(session, run.now), SANSCSI_OK);
        } else {
            assert_int_equal(sanscsi_logout(session, run.now), SANSCSI_OK);
        }
        memset(in.data, 'x', in.size);
        size_t at = 0;
        for (size_t i = 0; i < out_count; i++) {
            assert_memory_equal(out[i].data, copy + at, out[i].size);
            at += out[i].size;
        }
        login_poll(&run);
        assert_int_equal(run.closes, 1);
        assert_string_equal(run.events, how == 0 ? "102(30000)[1]" : "");
        login_close(&run);
        assert_int_equal(counting.blocks, idle);
    }
    sanscsi_session_free(session);
    sanscsi_initiator_free(initiator);
}

static void header_digests(sanscsi_session_settings *settings) {
    settings->parameters.header_digest = SANSCSI_DIGEST_CRC32C;
}

static void both_digests(sanscsi_session_settings *settings) {
    settings->parameters.header_digest = SANSCSI_DIGEST_CRC32C_NONE;
    settings->parameters.data_digest = SANSCSI_DIGEST_NONE_CRC32C;
}

static void assert_digests(const sanscsi_session *session, uint32_t header, uint32_t data) {
    sanscsi_parameters agreed = {.size = sizeof(agreed)};
    assert_int_equal(sanscsi_session_parameters(session, &agreed), SANSCSI_OK);
    assert_int_equal(agreed.header_digest, header);
    assert_int_equal(agreed.data_digest, data);
}

static void check_header_digest(sanscsi_session *session) {
    assert_digests(session, SANSCSI_DIGEST_CRC32C, SANSCSI_DIGEST_NONE);
}

static void check_both_digests(sanscsi_session *session) {
    assert_digests(session, SANSCSI_DIGEST_CRC32C, SANSCSI_DIGEST_CRC32C);
}

static void check_no_digests(sanscsi_session *session) {
    assert_digests(session, SANSCSI_DIGEST_NONE, SANSCSI_DIGEST_NONE);
}

#define DIGESTS(header, data)                                                                      \
    { .flags = STAY_OPERATIONAL, .text = "HeaderDigest=" header "|DataDigest=" data "|" }
#define DIGEST_SCRIPT(header, data, ask, checker)                                                  \
    {                                                                                              \
        .name = "digests " header " " data, .end = LOGIN_ENDS_WELL, .count = 3,                    \
        .replies = {SECURITY,                                                                      \
                    {.flags = STAY_OPERATIONAL,                                                    \
                     .base = TEXT_OPERATIONAL,                                                     \
                     .swap = "HeaderDigest=" header},                                              \
                    {.flags = LEAVE_OPERATIONAL}},                                                 \
        .events = "", .settings = ask, .check = checker                                            \
    }

static void digests_are_negotiated(void **state) {
    (void)state;
    static const struct login_script scripts[] = {
        DIGEST_SCRIPT("CRC32C", "None", header_digests, check_header_digest),
        DIGEST_SCRIPT("CRC32C", "None", both_digests, check_header_digest),
        DIGEST_SCRIPT("None", "None", both_digests, check_no_digests),
        {.name = "None where only CRC32C was offered", /* RFC 7143 6.2.1 */
         .count = 2,
         .replies = {SECURITY, OPERATIONAL},
         .events = "16(HeaderDigest=None,CRC32C)[3]",
         .fault = "login-key",
         .settings = header_digests},
    };
    for (size_t i = 0; i < COUNT(scripts); i++) {
        login_assert(&scripts[i]);
    }
}

/* RFC 7143 13.1: the first PDU behind the login has digests, in both directions. */
static void digests_begin_behind_the_login(void **state) {
    (void)state;
    static const struct login_reply answers[] = {
        SECURITY,
        DIGESTS("CRC32C", "CRC32C"),
        {.flags = LEAVE_OPERATIONAL,
         .text = "MaxConnections=1|InitialR2T=No|ImmediateData=Yes|MaxBurstLength=262144|"
                 "FirstBurstLength=65536|DefaultTime2Wait=2|DefaultTime2Retain=20|"
                 "MaxOutstandingR2T=1|ErrorRecoveryLevel=0|"},
    };
    static const struct login_script script = {.name = "digests", .settings = both_digests};
    sanscsi_initiator *initiator = login_initiator(NULL);
    sanscsi_session *session = login_session(initiator, &script);
    for (unsigned delivery = DELIVER_WHOLE; delivery <= DELIVER_WINDOWS; delivery++) {
        login_begin(&run, session, &script, (enum login_delivery)delivery, 77);
        for (size_t i = 0; i < COUNT(answers); i++) {
            assert_true(login_pull(&run));
            login_reply(&run, &answers[i]);
        }
        check_both_digests(session);
        sanscsi_iovec iov[4];
        size_t count = 0, size = 0;
        uint8_t request[64], digest[4];
        assert_int_equal(sanscsi_logout(session, run.now), SANSCSI_OK);
        assert_int_equal(sanscsi_tx_window(session, 0, iov, 4, &count), SANSCSI_OK);
        for (size_t i = 0; i < count; i++) {
            assert_true(size + iov[i].size <= sizeof(request));
            memcpy(request + size, iov[i].data, iov[i].size);
            size += iov[i].size;
        }
        assert_int_equal(size, 52); /* no data segment: no data digest */
        assert_int_equal(request[0], 0x46);
        reference_digest(digest, request, 48);
        assert_memory_equal(request + 48, digest, 4);
        assert_int_equal(sanscsi_tx_commit(session, 0, size, run.now), SANSCSI_OK);
        uint8_t response[52] = {0x26, 0x80};
        memcpy(response + 16, request + 16, 4);
        memcpy(response + 24, request + 28, 4); /* the StatSN we expect */
        response[31] = 1;
        response[35] = 32;
        reference_digest(response + 48, response, 48);
        login_feed(&run, response, sizeof(response));
        login_poll(&run);
        assert_string_equal(run.events, "");
        assert_int_equal(run.closes, 1);
        login_close(&run);
    }
    sanscsi_session_free(session);
    sanscsi_initiator_free(initiator);
}

static void many_unknown_keys(sanscsi_session_settings *settings) {
    settings->max_unknown_keys = 5000;
}

#define UNKNOWN 200u /* keys whose answers take two requests */

/* A response of unknown keys, 55 bytes each; returns their number. */
static void put_unknown_keys(char *text, size_t size) {
    size_t used = 0;
    for (unsigned i = 0; i < UNKNOWN; i++) {
        int length = snprintf(text + used, size - used,
                              "X-an.unknown.key.that.has.a.rather.long.name.%03u=|", i);
        assert_true(length > 0);
        used += (size_t)length;
    }
    assert_true(used < size);
}

/* Until the response to the unknown keys: our next request goes on in another one. */
static void play_unknown_keys(sanscsi_session *session, const struct login_script *script) {
    static char text[UNKNOWN * 60];
    put_unknown_keys(text, sizeof(text));
    size_t half = 100 * strlen("X-an.unknown.key.that.has.a.rather.long.name.000=|");
    char saved = text[half];
    text[half] = '\0';
    const struct login_reply first = {.flags = C | STAY_SECURITY, .text = text};
    login_begin(&run, session, script, DELIVER_WHOLE, 1);
    assert_true(login_pull(&run));
    login_reply(&run, &first);
    text[half] = saved;
    const struct login_reply second = {.flags = STAY_SECURITY, .text = text + half};
    assert_true(login_pull(&run));
    login_reply(&run, &second);
    login_poll(&run);
    run.events[0] = '\0'; /* events 13, and that some were dropped */
    run.sent[0] = '\0';
    assert_true(login_pull(&run));
    assert_int_equal(run.request[1], C | STAGES(0, 0)); /* C, hence no T */
}

/* Both requests together hold each name once, in order. */
static void assert_unknown_keys_answered(void) {
    const char *at = strchr(run.sent, ' ') + 1;
    for (unsigned i = 0; i < UNKNOWN; i++) {
        char wanted[80];
        int length =
            snprintf(wanted, sizeof(wanted),
                     "X-an.unknown.key.that.has.a.rather.long.name.%03u=NotUnderstood|", i);
        if (*at == '\n') {
            at = strchr(at, ' ') + 1; /* the second request */
        }
        assert_memory_equal(at, wanted, (size_t)length);
        at += length;
    }
}

/* RFC 7143 6.2: answered by an empty response, a request with C is followed by the rest. */
static void a_request_goes_on_in_the_next(void **state) {
    (void)state;
    static const struct login_script script = {.name = "C of ours", .settings = many_unknown_keys};
    static const struct login_reply empty = {.flags = STAY_SECURITY};
    static const struct login_reply security = SECURITY;
    static const struct login_reply operational = OPERATIONAL;
    sanscsi_initiator *initiator = login_initiator(NULL);
    sanscsi_session *session = login_session(initiator, &script);
    play_unknown_keys(session, &script);
    login_reply(&run, &empty);
    assert_true(login_pull(&run));
    assert_int_equal(run.request[1], LEAVE_SECURITY);
    assert_unknown_keys_answered();
    login_reply(&run, &security);
    assert_true(login_pull(&run));
    login_reply(&run, &operational);
    login_poll(&run);
    assert_string_equal(run.events, "");
    assert_int_equal(run.logged_in, 1);
    login_close(&run);
    sanscsi_session_free(session);
    sanscsi_initiator_free(initiator);
}

static void text_in_answer_to_a_request_with_c_breaks_the_protocol(void **state) {
    (void)state;
    static const struct login_script script = {.name = "C of ours", .settings = many_unknown_keys};
    static const struct login_reply wrong[] = {
        {.flags = STAY_SECURITY, .text = "AuthMethod=None|"},
        {.flags = C | STAY_SECURITY, .text = "AuthMethod=None|"},
        {.flags = C | STAY_SECURITY},
        {.flags = LEAVE_SECURITY},
    };
    static const char *const faults[] = {"login-continue", "login-continue", "login-continue",
                                         "login-transit"};
    sanscsi_initiator *initiator = login_initiator(NULL);
    sanscsi_session *session = login_session(initiator, &script);
    for (size_t i = 0; i < COUNT(wrong); i++) {
        play_unknown_keys(session, &script);
        login_reply(&run, &wrong[i]);
        login_poll(&run);
        assert_string_equal(run.events, "37()[1]");
        assert_int_equal(run.closes, 1);
        sanscsi_fault fault = {.size = sizeof(fault)};
        assert_int_equal(sanscsi_connection_fault(session, 0, &fault), SANSCSI_OK);
        assert_string_equal(fault.name, faults[i]);
        login_close(&run);
    }
    sanscsi_session_free(session);
    sanscsi_initiator_free(initiator);
}

/* As many names as a login keeps at most, whatever the settings say, are not a lack of memory. */
static void names_of_unknown_keys_are_bounded(void **state) {
    (void)state;
    static const struct login_script script = {.name = "names", .settings = many_unknown_keys};
    sanscsi_initiator *initiator = login_initiator(NULL);
    sanscsi_session *session = login_session(initiator, &script);
    static char text[8193];
    unsigned keys = 0;
    login_begin(&run, session, &script, DELIVER_WHOLE, 1);
    while (run.status == SANSCSI_OK && keys < 2000) {
        size_t used = 0;
        for (; used + 66 <= 8192; keys++) { /* names of 63 bytes */
            int length = snprintf(text + used, sizeof(text) - used, "X-%061u=|", keys);
            assert_int_equal(length, 65);
            used += 65;
        }
        const struct login_reply reply = {.flags = C | STAY_SECURITY, .text = text};
        assert_true(login_pull(&run));
        login_reply(&run, &reply);
        if (keys > 1024) {
            const struct login_reply last = {.flags = STAY_SECURITY};
            assert_true(login_pull(&run));
            login_reply(&run, &last);
        }
    }
    sanscsi_fault fault = {.size = sizeof(fault)};
    assert_int_equal(run.status, SANSCSI_PROTOCOL_ERROR);
    assert_int_equal(sanscsi_connection_fault(session, 0, &fault), SANSCSI_OK);
    assert_string_equal(fault.name, "login-key");
    login_poll(&run);
    login_close(&run);
    sanscsi_session_free(session);
    sanscsi_initiator_free(initiator);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_allocation_of_a_login_fails_once),
        cmocka_unit_test(objects_without_memory_are_not_made),
        cmocka_unit_test(a_login_runs_in_an_arena),
        cmocka_unit_test(an_early_answer_leaves_the_request_whole),
        cmocka_unit_test(an_early_answer_does_not_overtake_the_request),
        cmocka_unit_test(windows_outlive_a_login_that_fails),
        cmocka_unit_test(digests_are_negotiated),
        cmocka_unit_test(digests_begin_behind_the_login),
        cmocka_unit_test(a_request_goes_on_in_the_next),
        cmocka_unit_test(text_in_answer_to_a_request_with_c_breaks_the_protocol),
        cmocka_unit_test(names_of_unknown_keys_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
