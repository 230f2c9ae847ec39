/* Logins by mutual CHAP, and such as are redirected, that are cut behind every byte, get every bit
 * of every response header flipped, and miss every block of memory once: each ends, says why once,
 * and the session logs in afterwards. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support/chap_script.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define NEW_HOST "198.51.100.1"
#define NEW NEW_HOST ":3261"

static struct login_run run;
static struct counting counting;
static sanscsi_initiator *initiator;
static sanscsi_session *session;
static size_t idle;

/* Sent elsewhere behind the proofs; both logins authenticate. */
static const struct login_script sent_on = {
    .name = "mutual CHAP, then a redirection",
    .end = LOGIN_ENDS_WELL,
    .count = 4,
    .replies = {REPLY_SELECT,
                REPLY_STEP_2,
                REPLY_STEP_4,
                {.text = "TargetAddress=" NEW "|", .patches = {{36, 1}, {37, 1}}}},
    .events = "",
    .settings = chap_mutual,
    .node = chap_node,
    .after = &chap_mutual_login,
};

static const struct login_script *const scripts[] = {&chap_mutual_login, &chap_asked_login,
                                                     &sent_on};

static void make_session(const struct login_script *script) {
    counting_init(&counting);
    initiator = login_script_initiator(&counting.allocator, script);
    session = login_session(initiator, script);
    idle = counting.blocks;
}

static void free_session(void) {
    sanscsi_session_free(session);
    sanscsi_initiator_free(initiator);
    assert_int_equal(counting.blocks, 0);
}

/* Events but those that tell of a redirection that is followed. */
static unsigned failures(void) {
    unsigned count = 0;
    const char *line = run.events;
    while (*line != '\0') {
        count += strncmp(line, "42(", 3) != 0 && strncmp(line, "44(", 3) != 0;
        line += strcspn(line, "\n");
        line += *line == '\n';
    }
    return count;
}

/* Plays as many replies as there are requests for; reply `at` may suffer on its way. */
static void play_replies(const struct login_script *script, uint32_t at, size_t flip, size_t cut) {
    for (uint32_t i = 0; i < script->count && run.status == SANSCSI_OK && login_pull(&run); i++) {
        run.flip = i == at ? flip : 0;
        run.cut = i == at ? cut : 0;
        login_reply(&run, &script->replies[i]);
        if (i == at && cut > 0) {
            return;
        }
        login_poll(&run);
    }
}

/* The transport that a redirection asks for, and the login over it. */
static void go_on(const struct login_script *script) {
    if (strncmp(run.events, "42(", 3) != 0) {
        return;
    }
    run.host = NEW_HOST;
    run.port = 3261;
    run.portal = NEW;
    run.closes = 0;
    run.flipped = false;
    assert_int_equal(sanscsi_closed(session, 0, run.now), SANSCSI_OK);
    login_poll(&run);
    assert_int_equal(run.connects, 2);
    login_open(&run, script);
    play_replies(script, UINT32_MAX, 0, 0);
}

/* Lets a login that still waits run out of time, and closes. */
static void end_it(void) {
    if (sanscsi_session_state(session) == SANSCSI_SESSION_LOGIN) {
        assert_int_not_equal(sanscsi_deadline(session), SANSCSI_NEVER);
        run.now = sanscsi_deadline(session);
        assert_int_equal(sanscsi_tick(session, run.now), SANSCSI_OK);
        login_poll(&run);
    }
    assert_int_equal(failures(), run.logged_in == 0);
    assert_int_equal(run.closes, run.logged_in == 0);
    assert_false(run.logged_in == 0 && login_pull(&run));
    login_close(&run);
}

/* The session is as good as new, and nothing is left of what happened. */
static void assert_good_as_new(void) {
    const struct login_script *script = run.script->secret != NULL || run.script == &sent_on
                                            ? run.script->after
                                            : &chap_mutual_login;
    login_play(&run, session, script, DELIVER_WHOLE, 1);
    assert_int_equal(run.logged_in, 1);
    assert_string_equal(run.events, "");
    login_close(&run);
    login_poll(&run);
    assert_int_equal(counting.blocks, idle);
}

static void every_bit_of_a_header_flipped(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(scripts); i++) {
        unsigned ends = 0, successes = 0;
        const struct login_script *script = scripts[i];
        make_session(script);
        for (uint32_t at = 0; at < script->count; at++) {
            for (size_t flip = 1; flip <= 48 * 8; flip++) {
                enum login_delivery delivery = flip % 2 == 0 ? DELIVER_WINDOWS : DELIVER_RANDOM;
                login_begin(&run, session, script, delivery, (uint32_t)(1000 * at + flip));
                play_replies(script, at, flip, 0);
                go_on(script->after);
                ends += run.logged_in == 0;
                successes += run.logged_in == 1;
                end_it();
                run.script = script;
                assert_good_as_new();
            }
        }
        assert_true(ends > 500);      /* tags, ISIDs, numbers, stages, lengths, status */
        assert_true(successes > 100); /* reserved fields */
        free_session();
    }
}

/* How many bytes a response has. */
static size_t response_size(const struct login_reply *reply) {
    static const size_t bases[] = {[TEXT_NONE] = 0, [TEXT_OPERATIONAL] = 305};
    size_t size = bases[reply->base] + (reply->text == NULL ? 0 : strlen(reply->text));
    return 48 + (size + 3) / 4 * 4;
}

static void cut_behind_every_byte(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(scripts); i++) {
        const struct login_script *script = scripts[i];
        make_session(script);
        for (uint32_t at = 0; at < script->count; at++) {
            size_t size = response_size(&script->replies[at]);
            for (size_t cut = 1; cut <= size; cut++) {
                login_begin(&run, session, script, DELIVER_RANDOM, (uint32_t)cut);
                play_replies(script, at, 0, cut);
                assert_int_equal(run.status, SANSCSI_OK);
                login_close(&run);
                assert_string_equal(run.events, "35()[1]");
                assert_int_equal(run.logged_in, 0);
                assert_int_equal(sanscsi_session_may_retry(session), 1);
                run.script = script;
                assert_good_as_new();
            }
        }
        free_session();
    }
}

/* What a login may say that gets no memory: for itself, its text, what it keeps, a route. */
static bool tells_memory(void) {
    const char *event = strncmp(run.events, "42(", 3) == 0 ? strchr(run.events, '\n') : run.events;
    unsigned size = 0;
    char end = 0;
    if (event == NULL) {
        return false;
    }
    event += *event == '\n';
    if (sscanf(event, "21(%u)[1%c", &size, &end) == 2) {
        return end == ']' && size > 0;
    }
    return strcmp(event, "7()[1]") == 0 || strcmp(event, "16(AuthMethod=CHAP,CHAP)[4]") == 0;
}

static void every_allocation_fails_once(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(scripts); i++) {
        const struct login_script *script = scripts[i];
        size_t failed = 0;
        make_session(script);
        for (size_t nth = 1;; nth++) {
            counting.calls = 0;
            counting.fail_at = nth;
            login_begin(&run, session, script, DELIVER_BYTES, 1);
            play_replies(script, UINT32_MAX, 0, 0);
            go_on(script->after);
            bool reached = counting.calls >= nth;
            counting.fail_at = 0;
            assert_int_equal(run.logged_in, !reached);
            if (reached) {
                sanscsi_fault fault = {.size = sizeof(fault)};
                assert_true(tells_memory());
                assert_int_equal(sanscsi_connection_fault(session, 0, &fault), SANSCSI_OK);
                assert_string_equal(fault.name, "login-memory");
                assert_int_equal(sanscsi_session_may_retry(session), 1);
                failed++;
            }
            end_it();
            run.script = script;
            assert_good_as_new();
            if (!reached) {
                break;
            }
        }
        assert_true(failed >= 4); /* the login, its text, an answer, the exchange */
        free_session();
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_bit_of_a_header_flipped),
        cmocka_unit_test(cut_behind_every_byte),
        cmocka_unit_test(every_allocation_fails_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
