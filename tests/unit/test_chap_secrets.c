/* Tests of CHAP: where secrets come from, what is done with them, and what becomes of them
 * (RFC 7143 9.2.1). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <iscsi/counters.h>

#include "support/chap_script.h"
#include "support/written.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define BEFORE_STEP_2 "0 CHAP_A=5|"
#define BEFORE_STEP_4 BEFORE_STEP_2 "\n" CHAP_ANSWER(VECTOR_MD5) CHAP_ASKS

static struct login_run run;

/* ---- secrets that are asked for ---- */

static void ask_own(sanscsi_session_settings *settings) {
    chap_mutual(settings);
    settings->chap_secret = NULL;
    settings->chap_secret_length = 0;
    settings->chap_ask = SANSCSI_SECRET_OWN;
}

static void ask_target(sanscsi_session_settings *settings) {
    chap_one_way(settings);
    settings->chap_ask = SANSCSI_SECRET_TARGET;
}

/* What was asked for is taken, even where another secret is configured. */
static void ask_instead(sanscsi_session_settings *settings) {
    chap_asked(settings);
    settings->chap_secret = "another secret 1";
    settings->chap_secret_length = 16;
    settings->target_chap_secret = "another secret 2";
    settings->target_chap_secret_length = 16;
}

static void weak_allowed(sanscsi_session_settings *settings) {
    chap_asked(settings);
    settings->chap_weak_secrets = 1;
}

static void secrets_are_asked_for(void **state) {
    (void)state;
    void (*const settings[])(sanscsi_session_settings *) = {chap_asked, ask_own, ask_target,
                                                            ask_instead, weak_allowed};
    for (size_t i = 0; i < COUNT(settings); i++) {
        struct login_script script = chap_asked_login;
        script.settings = settings[i];
        script.sent = chap_sent(BEFORE_STEP_4);
        script.after = &script;
        login_assert(&script);
    }
}

/* Each is asked for when its turn comes, with the name it belongs to. */
static void questions_name_whose_secret(void **state) {
    (void)state;
    sanscsi_initiator *initiator = login_script_initiator(NULL, &chap_asked_login);
    sanscsi_session *session = login_session(initiator, &chap_asked_login);
    struct login_script script = chap_asked_login;
    script.secret = NULL;
    login_begin(&run, session, &script, DELIVER_BYTES, 1);
    for (uint32_t step = 0; step < 3; step++) {
        assert_true(login_pull(&run));
        login_reply(&run, &script.replies[step]);
        login_poll(&run);
        assert_int_equal(run.asks, step);
        if (step > 0) {
            assert_int_equal(run.asked, step == 1 ? SANSCSI_SECRET_OWN : SANSCSI_SECRET_TARGET);
            assert_string_equal(run.asked_name, step == 1 ? LOGIN_INITIATOR : "target");
            assert_false(login_pull(&run)); /* nothing goes out meanwhile */
            assert_int_equal(sanscsi_session_state(session), SANSCSI_SESSION_LOGIN);
            chap_give(&run);
        }
    }
    assert_true(login_pull(&run));
    login_reply(&run, &script.replies[3]);
    login_poll(&run);
    assert_int_equal(run.logged_in, 1);
    assert_string_equal(run.events, "");
    sanscsi_session_free(session);
    sanscsi_initiator_free(initiator);
}

/* What give() says when it is asked. */
static struct {
    uint32_t wrong; /* the question that is answered wrongly */
    const void *secret;
    size_t size;
} answer;

static void give(struct login_run *asking) {
    if (asking->asked != answer.wrong) {
        chap_give(asking);
        return;
    }
    assert_int_equal(sanscsi_give_secret(asking->session, 0, asking->asked, answer.secret,
                                         answer.size, asking->now),
                     SANSCSI_OK);
}

/* CHP-017 to CHP-019: none, too short, the same for both; with weak ones allowed an empty one is
 * still none. */
static void secrets_that_end_the_login(void **state) {
    (void)state;
    static const struct {
        uint32_t which;
        const char *secret, *events;
        void (*settings)(sanscsi_session_settings *settings);
    } cases[] = {
        {SANSCSI_SECRET_OWN, NULL, "34()[1]", chap_asked},
        {SANSCSI_SECRET_OWN, "", "34()[1]", chap_asked},
        {SANSCSI_SECRET_OWN, "", "34()[1]", weak_allowed},
        {SANSCSI_SECRET_OWN, "eleven-byte", "113(1)[1]", chap_asked},
        {SANSCSI_SECRET_TARGET, NULL, "34()[1]", chap_asked},
        {SANSCSI_SECRET_TARGET, NULL, "34()[1]", weak_allowed},
        {SANSCSI_SECRET_TARGET, "", "34()[1]", weak_allowed},
        {SANSCSI_SECRET_TARGET, "eleven-byte", "113(1)[1]", chap_asked},
        {SANSCSI_SECRET_TARGET, "eleven-byte", "113(1)[1]", ask_target},
        {SANSCSI_SECRET_TARGET, "eleven-byte", "26(" PROOF_MD5 ")[3]", weak_allowed},
        {SANSCSI_SECRET_TARGET, "wrong secret", "26(" PROOF_MD5 ")[3]", chap_asked},
        {SANSCSI_SECRET_TARGET, OWN_SECRET, "113(2)[2]", chap_asked},
        {SANSCSI_SECRET_TARGET, OWN_SECRET, "113(2)[2]", ask_target},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        bool own = cases[i].which == SANSCSI_SECRET_OWN;
        struct login_script script = chap_asked_login;
        answer.wrong = cases[i].which;
        answer.secret = cases[i].secret;
        answer.size = cases[i].secret == NULL ? 0 : strlen(cases[i].secret);
        script.name = cases[i].events;
        script.end = LOGIN_ENDS_OURSELF;
        script.count = own ? 2 : 3;
        script.settings = cases[i].settings;
        script.secret = give;
        script.events = cases[i].events;
        script.fault = "login-authentication";
        script.sent = own ? BEFORE_STEP_2 : BEFORE_STEP_4;
        login_assert(&script);
    }
}

/* The target knows an empty secret, and so would whoever asks: no proof of anything (CHP-005). */
static void an_empty_secret_proves_nothing(void **state) {
    (void)state;
    answer.wrong = SANSCSI_SECRET_TARGET;
    answer.secret = NULL;
    answer.size = 0;
    struct login_script script = chap_asked_login;
    script.end = LOGIN_ENDS_OURSELF;
    script.count = 3;
    script.replies[2].text = "CHAP_N=target|CHAP_R=0x3668fe11a66f81e3188ac03c5e367743|";
    script.settings = weak_allowed;
    script.secret = give;
    script.events = "34()[1]";
    script.fault = "login-authentication";
    login_assert(&script);
}

/* A session that waits for its own secret. */
static sanscsi_session *waiting_session(sanscsi_initiator **initiator) {
    struct login_script script = chap_asked_login;
    *initiator = login_script_initiator(NULL, &script);
    sanscsi_session *session = login_session(*initiator, &script);
    login_begin(&run, session, &chap_asked_login, DELIVER_WHOLE, 1);
    for (uint32_t i = 0; i < 2; i++) {
        assert_true(login_pull(&run));
        login_reply(&run, &chap_asked_login.replies[i]);
    }
    return session;
}

#define GIVE(which, secret, size) sanscsi_give_secret(session, 0, which, secret, size, run.now)

static void secrets_that_do_not_fit(void **state) {
    (void)state;
    sanscsi_initiator *initiator;
    sanscsi_session *session = waiting_session(&initiator);
    char long_secret[256] = {0};
    assert_int_equal(sanscsi_give_secret(NULL, 0, 1, OWN_SECRET, 16, 0), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_give_secret(session, 1, 1, OWN_SECRET, 16, 0),
                     SANSCSI_UNKNOWN_CONNECTION);
    assert_int_equal(GIVE(SANSCSI_SECRET_OWN, NULL, 1), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(GIVE(SANSCSI_SECRET_OWN, long_secret, 256), SANSCSI_TOO_LARGE);
    assert_int_equal(GIVE(SANSCSI_SECRET_TARGET, TARGET_SECRET, 16), SANSCSI_NOT_ASKED_FOR);
    assert_int_equal(GIVE(0, OWN_SECRET, 16), SANSCSI_NOT_ASKED_FOR);
    assert_int_equal(GIVE(3, OWN_SECRET, 16), SANSCSI_NOT_ASKED_FOR);
    assert_false(login_pull(&run));
    /* It was not polled yet: given before it is, the question is not put any more. */
    assert_int_equal(GIVE(SANSCSI_SECRET_OWN, OWN_SECRET, 16), SANSCSI_OK);
    assert_int_equal(GIVE(SANSCSI_SECRET_OWN, OWN_SECRET, 16), SANSCSI_NOT_ASKED_FOR);
    login_poll(&run);
    assert_int_equal(run.asks, 0);
    assert_true(login_pull(&run));
    assert_string_equal(run.sent, BEFORE_STEP_4);
    sanscsi_session_free(session);
    sanscsi_initiator_free(initiator);
}

/* Nobody has asked, or the login it was asked for is over: by time, by the target, by the caller.
 */
static void secrets_that_come_too_late(void **state) {
    (void)state;
    sanscsi_initiator *initiator;
    for (unsigned how = 0; how < 4; how++) {
        sanscsi_session *session = waiting_session(&initiator);
        bool polled = how % 2 == 1;
        struct login_script silent = chap_asked_login;
        silent.secret = NULL;
        run.script = &silent;
        if (polled) {
            login_poll(&run);
        }
        if (how < 2) {
            assert_true(sanscsi_deadline(session) == run.now + 30 * SANSCSI_SECOND);
            run.now += 30 * SANSCSI_SECOND;
            assert_int_equal(sanscsi_tick(session, run.now), SANSCSI_OK);
        } else {
            assert_int_equal(sanscsi_logout(session, run.now), SANSCSI_OK);
        }
        assert_int_equal(GIVE(SANSCSI_SECRET_OWN, OWN_SECRET, 16), SANSCSI_NOT_ASKED_FOR);
        login_poll(&run);
        assert_int_equal(run.asks, polled);
        assert_string_equal(run.events, how < 2 ? "102(30000)[1]" : "");
        assert_int_equal(run.closes, 1);
        login_close(&run);
        assert_int_equal(GIVE(SANSCSI_SECRET_OWN, OWN_SECRET, 16), SANSCSI_NOT_ASKED_FOR);
        assert_int_equal(sanscsi_session_may_retry(session), 1);
        login_play(&run, session, &chap_asked_login, DELIVER_WHOLE, 1);
        assert_int_equal(run.logged_in, 1);
        assert_int_equal(GIVE(SANSCSI_SECRET_OWN, OWN_SECRET, 16), SANSCSI_NOT_ASKED_FOR);
        sanscsi_session_free(session);
        sanscsi_initiator_free(initiator);
    }
}

/* The target closes while the login waits. */
static void closed_while_waiting(void **state) {
    (void)state;
    sanscsi_initiator *initiator;
    sanscsi_session *session = waiting_session(&initiator);
    login_close(&run); /* the question is forgotten */
    assert_int_equal(run.asks, 0);
    assert_string_equal(run.events, "35()[1]");
    assert_int_equal(GIVE(SANSCSI_SECRET_OWN, OWN_SECRET, 16), SANSCSI_NOT_ASKED_FOR);
    sanscsi_session_free(session);
    sanscsi_initiator_free(initiator);
}

/* A response that answers no request (RFC 7143 11.13), be it a refusal. */
static void responses_while_waiting(void **state) {
    (void)state;
    for (uint8_t status = 0; status <= 3; status++) {
        sanscsi_initiator *initiator;
        sanscsi_session *session = waiting_session(&initiator);
        struct login_reply more = {.flags = STAY_SECURITY, .patches = {{36, status}, {37, 1}}};
        login_reply(&run, &more);
        assert_int_equal(run.status, SANSCSI_PROTOCOL_ERROR);
        assert_int_equal(GIVE(SANSCSI_SECRET_OWN, OWN_SECRET, 16), SANSCSI_NOT_ASKED_FOR);
        login_poll(&run);
        assert_int_equal(run.asks, 0);
        assert_string_equal(run.events, "37()[1]");
        assert_false(login_pull(&run));
        login_close(&run);
        sanscsi_session_free(session);
        sanscsi_initiator_free(initiator);
    }
}

/* ---- settings ---- */

static int32_t try_settings(const sanscsi_session_settings *settings) {
    sanscsi_initiator *initiator = login_initiator(NULL);
    sanscsi_session *session = NULL;
    size_t refused = (size_t)sanscsi_counter_find("sessions-refused", 16);
    int32_t status = sanscsi_session_new(initiator, settings, NULL, &session);
    assert_true((status == SANSCSI_OK) == (session != NULL));
    assert_int_equal(sanscsi_initiator_counter(initiator, refused), status != SANSCSI_OK);
    sanscsi_session_free(session);
    sanscsi_initiator_free(initiator);
    return status;
}

/* CHP-018 to CHP-020, CHP-024 */
static void settings_that_are_refused(void **state) {
    (void)state;
    static const char zeros[256];
    static const struct {
        const char *own, *target;
        size_t own_size, target_size;
        uint32_t weak;
        int32_t status;
    } secrets[] = {
        {OWN_SECRET, NULL, 12, 0, 0, SANSCSI_OK},
        {OWN_SECRET, NULL, 11, 0, 0, SANSCSI_WEAK_SECRET},
        {OWN_SECRET, NULL, 1, 0, 0, SANSCSI_WEAK_SECRET},
        {OWN_SECRET, NULL, 1, 0, 1, SANSCSI_OK},
        {OWN_SECRET, TARGET_SECRET, 12, 11, 0, SANSCSI_WEAK_SECRET},
        {OWN_SECRET, TARGET_SECRET, 12, 12, 0, SANSCSI_OK},
        {OWN_SECRET, OWN_SECRET, 12, 12, 0, SANSCSI_SHARED_SECRET},
        {OWN_SECRET, OWN_SECRET, 11, 11, 1, SANSCSI_SHARED_SECRET},
        {OWN_SECRET, OWN_SECRET, 13, 12, 0, SANSCSI_OK},
        {zeros, NULL, 255, 0, 0, SANSCSI_OK},
        {zeros, NULL, 256, 0, 0, SANSCSI_TOO_LARGE},
        {OWN_SECRET, zeros, 12, 256, 0, SANSCSI_TOO_LARGE},
        {NULL, NULL, 12, 0, 0, SANSCSI_INVALID_ARGUMENT},
        {OWN_SECRET, NULL, 12, 12, 0, SANSCSI_INVALID_ARGUMENT},
    };
    for (size_t i = 0; i < COUNT(secrets); i++) {
        sanscsi_session_settings settings;
        login_settings(&settings);
        settings.chap_secret = secrets[i].own;
        settings.chap_secret_length = secrets[i].own_size;
        settings.target_chap_secret = secrets[i].target;
        settings.target_chap_secret_length = secrets[i].target_size;
        settings.chap_weak_secrets = secrets[i].weak;
        assert_int_equal(try_settings(&settings), secrets[i].status);
    }
}

static void other_settings_that_are_refused(void **state) {
    (void)state;
    static char name[256];
    memset(name, 'n', sizeof(name));
    sanscsi_session_settings settings, good;
    login_settings(&good);
    chap_mutual(&good);
    good.chap_name = good.target_chap_name = name;
    good.chap_name_length = good.target_chap_name_length = 255;
    assert_int_equal(try_settings(&good), SANSCSI_OK);
    settings = good;
    settings.chap_name_length = 256;
    assert_int_equal(try_settings(&settings), SANSCSI_TOO_LARGE);
    settings = good;
    settings.target_chap_name_length = 256;
    assert_int_equal(try_settings(&settings), SANSCSI_TOO_LARGE);
    settings = good;
    settings.chap_name = "na\0me";
    settings.chap_name_length = 5;
    assert_int_equal(try_settings(&settings), SANSCSI_INVALID_ARGUMENT);
    settings = good;
    settings.chap_name = NULL;
    assert_int_equal(try_settings(&settings), SANSCSI_INVALID_ARGUMENT);
    settings = good;
    settings.target_chap_name = NULL;
    assert_int_equal(try_settings(&settings), SANSCSI_INVALID_ARGUMENT);
    /* A name that the target must tell is nothing without a proof. */
    settings = good;
    settings.target_chap_secret = NULL;
    settings.target_chap_secret_length = 0;
    assert_int_equal(try_settings(&settings), SANSCSI_INVALID_ARGUMENT);
    settings.chap_ask = SANSCSI_SECRET_TARGET;
    assert_int_equal(try_settings(&settings), SANSCSI_OK);
    settings = good;
    settings.chap_ask = 4;
    assert_int_equal(try_settings(&settings), SANSCSI_INVALID_ARGUMENT);
    settings = good;
    settings.authentication = 5;
    assert_int_equal(try_settings(&settings), SANSCSI_INVALID_ARGUMENT);
    static const uint8_t wrong[][4] = {{5, 5},       {7, 6, 7}, {4},       {9},    {255},
                                       {8, 7, 6, 8}, {5, 1},    {5, 0, 6}, {0, 5}, {0, 0, 0, 5}};
    for (size_t i = 0; i < COUNT(wrong); i++) {
        settings = good;
        memcpy(settings.chap_algorithms, wrong[i], 4);
        assert_int_equal(try_settings(&settings), SANSCSI_INVALID_ARGUMENT);
    }
}

/* Not known before the target chooses CHAP: event 34, and no key of CHAP is sent. */
static void name_alone(sanscsi_session_settings *settings) {
    settings->chap_name = "user";
    settings->chap_name_length = 4;
}

static void no_secret_at_all(void **state) {
    (void)state;
    struct login_script script = chap_login;
    script.end = LOGIN_ENDS_IN_FAILURE;
    script.count = 1;
    script.settings = name_alone;
    script.events = "34()[1]";
    script.fault = "login-authentication";
    script.sent = "";
    script.after = NULL;
    static struct login_script none;
    none = login_plain;
    none.count = 1; /* the same session cannot log in plainly either: CHAP is required */
    none.replies[0].flags = STAY_SECURITY;
    sanscsi_initiator *initiator = login_script_initiator(NULL, &script);
    sanscsi_session *session = login_session(initiator, &script);
    login_play(&run, session, &script, DELIVER_BYTES, 1);
    assert_string_equal(run.events, "34()[1]");
    assert_string_equal(run.sent, "");
    login_close(&run);
    assert_int_equal(sanscsi_session_may_retry(session), 0);
    login_play(&run, session, &none, DELIVER_BYTES, 1);
    assert_string_equal(run.events, "16(AuthMethod=None,CHAP)[3]");
    login_close(&run);
    sanscsi_session_free(session);
    sanscsi_initiator_free(initiator);
}

/* ---- what stays behind (CHP-026) ---- */

struct block {
    struct block *next;
    size_t size;
};

static struct block *blocks; /* that were not given back */
static size_t released;

static bool holds(const void *memory, size_t size, const char *bytes, size_t length) {
    const char *p = memory;
    for (size_t i = 0; i + length <= size; i++) {
        if (memcmp(p + i, bytes, length) == 0) {
            return true;
        }
    }
    return false;
}

/* Secrets, and what they make of the initiator's own challenge, which is never sent. */
static bool holds_secret(const void *memory, size_t size) {
    WRITTEN(memory, size); /* or padding, or not used yet: all is searched */
    static const char own_answer[] = "\x53\x17\x69\xc2\x70\x90\x48\x49\xd7\xf8\x1a\xf0\x56\xa7\xfc"
                                     "\x92";
    return holds(memory, size, OWN_SECRET, 16) || holds(memory, size, TARGET_SECRET, 16) ||
           holds(memory, size, own_answer, 16);
}

/* Cleared, so that nothing is found that malloc() has left there of others. */
static void *watched_allocate(void *context, size_t size) {
    (void)context;
    struct block *block = calloc(1, sizeof(*block) + size);
    assert_non_null(block);
    block->next = blocks;
    block->size = size;
    blocks = block;
    return block + 1;
}

static void watched_release(void *context, void *memory, size_t size) {
    (void)context;
    struct block *block = (struct block *)memory - 1;
    struct block **at = &blocks;
    while (*at != block) {
        assert_non_null(*at);
        at = &(*at)->next;
    }
    *at = block->next;
    assert_int_equal(block->size, size);
    assert_false(holds_secret(memory, size));
    released++;
    free(block);
}

static size_t blocks_with_secrets(void) {
    size_t count = 0;
    for (const struct block *block = blocks; block != NULL; block = block->next) {
        count += holds_secret(block + 1, block->size);
    }
    return count;
}

/* The session goes in any state; configured secrets are in its block and the own answer in the
 * exchange, so the search does find what is there. */
static void secrets_are_wiped(void **state) {
    (void)state;
    const sanscsi_allocator allocator = {
        .size = sizeof(allocator), .allocate = watched_allocate, .release = watched_release};
    const struct login_script *const scripts[] = {&chap_mutual_login, &chap_asked_login};
    for (size_t i = 0; i < 2 * 5; i++) {
        struct login_script script = *scripts[i % 2];
        script.count = (uint32_t)(i / 2);
        bool configured = i % 2 == 0;
        sanscsi_initiator *initiator = login_script_initiator(&allocator, &script);
        sanscsi_session *session = login_session(initiator, &script);
        released = 0;
        login_play(&run, session, &script, DELIVER_BYTES, 1);
        bool exchanged = script.count == 2 || script.count == 3;
        assert_int_equal(blocks_with_secrets(), configured + exchanged);
        sanscsi_session_free(session);
        assert_int_equal(blocks_with_secrets(), 0);
        sanscsi_initiator_free(initiator);
        assert_true(released >= 2);
        assert_null(blocks);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(secrets_are_asked_for),
        cmocka_unit_test(questions_name_whose_secret),
        cmocka_unit_test(secrets_that_end_the_login),
        cmocka_unit_test(an_empty_secret_proves_nothing),
        cmocka_unit_test(secrets_that_do_not_fit),
        cmocka_unit_test(secrets_that_come_too_late),
        cmocka_unit_test(closed_while_waiting),
        cmocka_unit_test(responses_while_waiting),
        cmocka_unit_test(settings_that_are_refused),
        cmocka_unit_test(other_settings_that_are_refused),
        cmocka_unit_test(no_secret_at_all),
        cmocka_unit_test(secrets_are_wiped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
