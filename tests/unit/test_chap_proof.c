/* Tests of CHAP: challenges of the initiator's own, the modules behind them, and whether another
 * try can help (RFC 7143 9.2.1, RFC 1994 2.3). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support/chap_script.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define BEFORE_STEP_2 "0 CHAP_A=5|"
#define BEFORE_STEP_4 BEFORE_STEP_2 "\n" CHAP_ANSWER(VECTOR_MD5) CHAP_ASKS

static struct login_run run;

/* ---- random numbers ---- */

static struct {
    uint32_t state; /* of the sequence */
    uint32_t calls;
    uint32_t fail_from, fail_to; /* these calls, from 1, give nothing */
} randoms;

static int32_t random_sequence(void *context, void *bytes, size_t size) {
    assert_ptr_equal(context, &randoms);
    randoms.calls++;
    random_fill(&randoms.state, bytes, size);
    return randoms.calls >= randoms.fail_from && randoms.calls <= randoms.fail_to ? 1 : 0;
}

static void sequence_node(sanscsi_initiator_settings *settings) {
    settings->random = random_sequence;
    settings->random_context = &randoms;
}

static void begin_sequence(uint32_t fail_from, uint32_t fail_to) {
    memset(&randoms, 0, sizeof(randoms));
    randoms.state = 12345;
    randoms.fail_from = fail_from;
    randoms.fail_to = fail_to;
}

/* Plays a mutual login up to our own challenge, and copies its text. */
static void take_challenge(sanscsi_session *session, char challenge[67]) {
    struct login_script script = chap_mutual_login;
    script.count = 2;
    login_play(&run, session, &script, DELIVER_WHOLE, 1);
    assert_true(login_pull(&run));
    const char *at = strstr(run.sent, "|CHAP_C=0x");
    assert_non_null(at);
    assert_int_equal(strcspn(at + 8, "|"), 66); /* 32 bytes, no fewer than any digest */
    memcpy(challenge, at + 8, 66);
    challenge[66] = '\0';
    login_close(&run);
}

/* CHP-013 to CHP-015 */
static void challenges_never_repeat(void **state) {
    (void)state;
    enum { LOGINS = 200 };
    static char seen[LOGINS][67];
    begin_sequence(0, 0);
    struct login_script script = chap_mutual_login;
    script.node = sequence_node;
    sanscsi_initiator *initiator = login_script_initiator(NULL, &script);
    sanscsi_session *sessions[2] = {login_session(initiator, &script),
                                    login_session(initiator, &script)};
    for (size_t i = 0; i < LOGINS; i++) {
        take_challenge(sessions[i % 2], seen[i]);
        for (size_t other = 0; other < i; other++) {
            assert_string_not_equal(seen[i], seen[other]);
        }
    }
    sanscsi_session_free(sessions[0]);
    sanscsi_session_free(sessions[1]);
    sanscsi_initiator_free(initiator);
}

/* Plays a login that is challenged with `value`; returns the number of its last event, 0 for none.
 */
static unsigned challenge_with(sanscsi_session *session, const char *value) {
    static char step_2[2200];
    struct login_script script = chap_login;
    (void)snprintf(step_2, sizeof(step_2), "CHAP_A=5|CHAP_I=1|CHAP_C=%s|", value);
    script.count = 2;
    script.replies[1].text = step_2;
    login_play(&run, session, &script, DELIVER_RANDOM, 9);
    unsigned event = 0;
    if (run.status != SANSCSI_OK) {
        assert_int_equal(sscanf(run.events, "%u()[1]", &event), 1);
        assert_string_equal(run.sent, BEFORE_STEP_2); /* it is not answered */
    }
    login_close(&run);
    return event;
}

static void put_base64(const char *hex, char *out) {
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint8_t bytes[33] = {0};
    for (size_t i = 0; i < 32; i++) {
        unsigned byte = 0;
        assert_int_equal(sscanf(hex + 2 + 2 * i, "%2x", &byte), 1);
        bytes[i] = (uint8_t)byte;
    }
    out += sprintf(out, "0b");
    for (size_t i = 0; i < 33; i += 3) {
        unsigned bits = (unsigned)bytes[i] << 16 | (unsigned)bytes[i + 1] << 8 | bytes[i + 2];
        out += sprintf(out, "%c%c%c%c", alphabet[bits >> 18], alphabet[bits >> 12 & 63],
                       alphabet[bits >> 6 & 63], i == 30 ? '=' : alphabet[bits & 63]);
    }
}

/* CHP-014: what one session sent comes back on another, or the same, in either coding and long
 * after; a challenge that another initiator made, or that differs in a bit, is the target's own. */
static void reflected_challenges(void **state) {
    (void)state;
    char ours[67], foreign[67], coded[64];
    begin_sequence(0, 0);
    struct login_script script = chap_mutual_login;
    script.node = sequence_node;
    sanscsi_initiator *initiator = login_script_initiator(NULL, &script);
    sanscsi_initiator *other = login_script_initiator(NULL, &script);
    sanscsi_session *first = login_session(initiator, &script);
    sanscsi_session *second = login_session(initiator, &script);
    sanscsi_session *third = login_session(other, &script);
    take_challenge(first, ours);
    take_challenge(third, foreign);
    assert_int_equal(challenge_with(first, ours), SANSCSI_EVENT_CHAP_CHALLENGE_REFLECTED);
    assert_int_equal(sanscsi_session_may_retry(first), 0);
    assert_int_equal(challenge_with(second, ours), SANSCSI_EVENT_CHAP_CHALLENGE_REFLECTED);
    sanscsi_session_free(first);
    assert_int_equal(challenge_with(second, ours), SANSCSI_EVENT_CHAP_CHALLENGE_REFLECTED);
    put_base64(ours, coded);
    assert_int_equal(challenge_with(second, coded), SANSCSI_EVENT_CHAP_CHALLENGE_REFLECTED);
    assert_int_equal(challenge_with(second, foreign), 0);
    assert_int_equal(challenge_with(third, ours), 0);
    assert_int_equal(challenge_with(third, foreign), SANSCSI_EVENT_CHAP_CHALLENGE_REFLECTED);
    for (size_t i = 2; i < 66; i++) {
        char changed[67];
        memcpy(changed, ours, sizeof(changed));
        changed[i] = changed[i] == '0' ? '1' : '0';
        assert_int_equal(challenge_with(second, changed), 0);
    }
    sanscsi_session_free(second);
    sanscsi_session_free(third);
    sanscsi_initiator_free(initiator);
    sanscsi_initiator_free(other);
}

/* A session of one-way CHAP, too, refuses what another one has sent. */
static void reflected_in_one_way_chap(void **state) {
    (void)state;
    struct login_script script = chap_login;
    script.end = LOGIN_ENDS_IN_FAILURE;
    script.count = 2;
    script.replies[1].text = "CHAP_A=5|CHAP_I=1|CHAP_C=" OWN_CHALLENGE "|";
    script.events = "114()[1]";
    script.fault = "login-authentication";
    script.sent = BEFORE_STEP_2;
    login_assert(&script);
}

static void without_random(sanscsi_initiator_settings *settings) {
    settings->random = NULL;
}

/* Without random numbers no challenge was ever sent, so that none can come back. */
static void nothing_to_reflect(void **state) {
    (void)state;
    struct login_script script = chap_login;
    script.node = without_random;
    script.replies[1].text = "CHAP_A=5|CHAP_I=1|CHAP_C=" OWN_CHALLENGE "|";
    script.sent = NULL;
    login_assert(&script);
}

/* CHP-016: without random numbers there is no mutual CHAP, whenever they fail; one-way goes on. */
static void random_numbers_that_fail(void **state) {
    (void)state;
    for (unsigned how = 0; how < 3; how++) {
        begin_sequence(how == 0 ? 1 : 3, how == 0 ? 1 : 100);
        struct login_script script = chap_mutual_login;
        script.node = how == 2 ? without_random : sequence_node;
        script.count = 2;
        sanscsi_initiator *initiator = login_script_initiator(NULL, &script);
        sanscsi_session *mutual = login_session(initiator, &script);
        sanscsi_session *one_way = login_session(initiator, &chap_login);
        login_play(&run, mutual, &script, DELIVER_BYTES, 1);
        assert_int_equal(run.status, SANSCSI_PROTOCOL_ERROR);
        assert_string_equal(run.events, "116(random)[1]");
        assert_string_equal(run.sent, BEFORE_STEP_2);
        assert_false(login_pull(&run));
        sanscsi_fault fault = {.size = sizeof(fault)};
        assert_int_equal(sanscsi_connection_fault(mutual, 0, &fault), SANSCSI_OK);
        assert_string_equal(fault.name, "login-authentication");
        login_close(&run);
        assert_int_equal(sanscsi_session_may_retry(mutual), 0);
        login_play(&run, one_way, &chap_login, DELIVER_BYTES, 1);
        assert_int_equal(run.logged_in, 1);
        sanscsi_session_free(mutual);
        sanscsi_session_free(one_way);
        sanscsi_initiator_free(initiator);
    }
}

/* ---- message digests ---- */

static uint32_t hash_calls, hash_fails_at;

/* Not a digest of any kind: shows that it is asked, with the right pieces, and believed. */
static int32_t other_hash(void *context, uint32_t algorithm, const sanscsi_iovec *pieces,
                          size_t count, void *digest) {
    assert_ptr_equal(context, &hash_calls);
    assert_int_equal(algorithm, SANSCSI_CHAP_MD5);
    size_t total = 0;
    for (size_t i = 0; i < count; i++) {
        total += pieces[i].size;
    }
    hash_calls++;
    memset(digest, (int)(0x40 + total), 16); /* identifier, secret, challenge */
    if (hash_calls == 1) {
        assert_int_equal(total, 1 + 16 + 16);
    }
    return hash_calls == hash_fails_at ? -1 : 0;
}

static void other_hash_node(sanscsi_initiator_settings *settings) {
    chap_node(settings);
    settings->hash = other_hash;
    settings->hash_context = &hash_calls;
    hash_calls = 0;
}

static void a_replaced_hash_is_used(void **state) {
    (void)state;
    struct login_script script = chap_login;
    script.node = other_hash_node;
    sanscsi_initiator *initiator = login_script_initiator(NULL, &script);
    sanscsi_session *session = login_session(initiator, &script);
    hash_fails_at = 0;
    login_play(&run, session, &script, DELIVER_BYTES, 1);
    assert_int_equal(run.logged_in, 1);
    assert_non_null(strstr(run.sent, "|CHAP_R=0x61616161616161616161616161616161|\n"));
    assert_int_equal(hash_calls, 1);
    sanscsi_session_free(session);
    sanscsi_initiator_free(initiator);
}

/* The proof, what our secret would answer, the target's proof. */
static void digests_that_fail(void **state) {
    (void)state;
    for (uint32_t at = 1; at <= 3; at++) {
        struct login_script script = chap_mutual_login;
        script.node = other_hash_node;
        script.count = at < 3 ? 2 : 3;
        sanscsi_initiator *initiator = login_script_initiator(NULL, &script);
        sanscsi_session *session = login_session(initiator, &script);
        hash_fails_at = at;
        login_play(&run, session, &script, DELIVER_BYTES, 1);
        assert_int_equal(run.status, SANSCSI_PROTOCOL_ERROR);
        assert_string_equal(run.events, "116(hash)[2]");
        assert_int_equal(hash_calls, at);
        assert_false(login_pull(&run));
        assert_true((strchr(run.sent, '\n') != NULL) == (at == 3));
        login_close(&run);
        assert_int_equal(sanscsi_session_may_retry(session), 0);
        sanscsi_session_free(session);
        sanscsi_initiator_free(initiator);
    }
}

/* ---- whether another try can help ---- */

/* A mutual login that ends at reply `at`: by a status, by a text, or, without an event, because
 * the target closes instead. */
struct ending {
    uint32_t at;
    const char *text, *event;
    uint8_t class, detail;
    int32_t retry;
};

static struct login_script ending_script(const struct ending *ending) {
    struct login_script script = chap_mutual_login;
    struct login_reply *reply = &script.replies[ending->at];
    script.count = ending->at + 1;
    if (ending->class != 0) {
        *reply = (struct login_reply){.patches = {{36, ending->class}, {37, ending->detail}}};
    } else {
        reply->text = ending->text;
    }
    return script;
}

static void retries_after_an_end(void **state) {
    (void)state;
    static const struct ending endings[] = {
        {0, NULL, "36(2,1", 2, 1, 0},
        {0, NULL, "36(2,2", 2, 2, 0},
        {1, NULL, "36(2,3", 2, 3, 0},
        {2, NULL, "36(2,1", 2, 1, 0},
        {1, NULL, "36(3,1", 3, 1, 1},
        {2, NULL, "36(3,0", 3, 0, 1},
        {0, "AuthMethod=Reject|", "11(", 0, 0, 1},
        {1, "CHAP_A=Reject|", "22(", 0, 0, 0},
        {1, "CHAP_A=5|CHAP_I=256|", "23(", 0, 0, 1},
        {1, "CHAP_C=x|", "24(", 0, 0, 1},
        {1, "CHAP_C=" OWN_CHALLENGE "|CHAP_I=1|CHAP_A=5|", "114(", 0, 0, 0},
        {2, "CHAP_N=|", "25(", 0, 0, 1},
        {2, "CHAP_N=target|CHAP_R=0x00|", "26(", 0, 0, 0},
        {2, "CHAP_N=target|CHAP_R=" VECTOR_MD5 "|", "26(", 0, 0, 0},
        {2, "CHAP_N=target|CHAP_R=" OWN_ANSWER_MD5 "|", "113(", 0, 0, 0},
        {3, "CHAP_N=target|", "37(", 0, 0, 1},
    };
    sanscsi_initiator *initiator = login_script_initiator(NULL, &chap_mutual_login);
    sanscsi_session *session = login_session(initiator, &chap_mutual_login);
    assert_int_equal(sanscsi_session_may_retry(NULL), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_session_may_retry(session), 1);
    for (size_t i = 0; i < COUNT(endings); i++) {
        struct login_script script = ending_script(&endings[i]);
        login_play(&run, session, &script, DELIVER_WHOLE, 1);
        assert_memory_equal(run.events, endings[i].event, strlen(endings[i].event));
        login_close(&run);
        assert_int_equal(sanscsi_session_may_retry(session), endings[i].retry);
        login_play(&run, session, &chap_mutual_login, DELIVER_WHOLE, 1);
        assert_int_equal(run.logged_in, 1);
        assert_int_equal(sanscsi_session_may_retry(session), 1);
        login_close(&run);
    }
    sanscsi_session_free(session);
    sanscsi_initiator_free(initiator);
}

/* ---- MD5 alone behind a list ---- */

static uint32_t fallback;

static void list(sanscsi_session_settings *settings) {
    chap_mutual(settings);
    settings->chap_algorithms[0] = SANSCSI_CHAP_SHA3_256;
    settings->chap_algorithms[1] = SANSCSI_CHAP_SHA1;
    settings->chap_fallback = fallback;
}

/* The offer of CHAP_A in a login that ends as told. */
static void assert_offer(sanscsi_session *session, const struct ending *ending, const char *offer) {
    struct login_script script = ending_script(ending);
    script.count -= ending->event == NULL;
    login_play(&run, session, &script, DELIVER_WHOLE, 1);
    (void)login_pull(&run);
    login_close(&run);
    size_t length = strlen(offer);
    assert_memory_equal(run.sent, offer, length);
    assert_true(run.sent[length] == '\n' || run.sent[length] == '\0');
    assert_int_equal(sanscsi_session_may_retry(session), ending->retry);
}

#define LIST "0 CHAP_A=8,6,5|"
#define ALONE "0 CHAP_A=5|"

static void md5_alone_behind_a_list(void **state) {
    (void)state;
    /* How the list fails, whether that leads to MD5 alone, whether a retry helps without it. */
    static const struct {
        struct ending ending;
        bool falls_back;
        int32_t retry;
    } cases[] = {
        {{1, NULL, "36", 2, 1, 1}, true, 0},
        {{1, NULL, "36", 2, 0, 1}, true, 0},
        {{2, NULL, "36", 2, 1, 1}, true, 0},
        {{1, "CHAP_A=Reject|", "22", 0, 0, 1}, true, 0},
        {{1, "CHAP_A=7|CHAP_I=1|CHAP_C=0x01|", "22", 0, 0, 1}, true, 0},
        {{1, NULL, NULL, 0, 0, 1}, true, 1}, /* closed */
        {{1, NULL, "36", 3, 1, 1}, false, 1},
        {{1, "CHAP_A=5|CHAP_I=1|CHAP_C=x|", "24", 0, 0, 1}, false, 1},
        {{2, "CHAP_N=target|CHAP_R=" VECTOR_MD5 "|", "26", 0, 0, 0}, false, 0},
        {{0, NULL, NULL, 0, 0, 1}, false, 1}, /* closed before CHAP was chosen */
    };
    for (size_t i = 0; i < 2 * COUNT(cases); i++) {
        struct ending ending = cases[i / 2].ending;
        fallback = (uint32_t)(i % 2);
        struct login_script script = chap_mutual_login;
        script.settings = list;
        sanscsi_initiator *initiator = login_script_initiator(NULL, &script);
        sanscsi_session *session = login_session(initiator, &script);
        ending.retry = fallback ? ending.retry : cases[i / 2].retry;
        assert_offer(session, &ending, ending.at > 0 ? LIST : "");
        login_play(&run, session, &script, DELIVER_WHOLE, 1);
        const char *offer = fallback != 0 && cases[i / 2].falls_back ? ALONE "\n" : LIST "\n";
        assert_memory_equal(run.sent, offer, strlen(offer));
        assert_int_equal(run.logged_in, 1);
        login_close(&run);
        sanscsi_session_free(session);
        sanscsi_initiator_free(initiator);
    }
}

/* Refused again with MD5 alone, nothing is left to try. */
static void md5_alone_refused(void **state) {
    (void)state;
    static const struct ending refused[] = {{1, NULL, "36", 2, 1, 1},
                                            {1, "CHAP_A=Reject|", "22", 0, 0, 1}};
    fallback = 1;
    struct login_script script = chap_mutual_login;
    script.settings = list;
    sanscsi_initiator *initiator = login_script_initiator(NULL, &script);
    sanscsi_session *session = login_session(initiator, &script);
    for (size_t i = 0; i < COUNT(refused); i++) {
        struct ending again = refused[i];
        again.retry = 0;
        assert_offer(session, &refused[i], LIST);
        assert_offer(session, &again, ALONE);
    }
    sanscsi_session_free(session);
    session = login_session(initiator, &chap_mutual_login); /* never offers a list */
    for (size_t i = 0; i < COUNT(refused); i++) {
        struct ending at_once = refused[i];
        at_once.retry = 0;
        assert_offer(session, &at_once, ALONE);
    }
    sanscsi_session_free(session);
    sanscsi_initiator_free(initiator);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(challenges_never_repeat),   cmocka_unit_test(reflected_challenges),
        cmocka_unit_test(reflected_in_one_way_chap), cmocka_unit_test(nothing_to_reflect),
        cmocka_unit_test(random_numbers_that_fail),  cmocka_unit_test(a_replaced_hash_is_used),
        cmocka_unit_test(digests_that_fail),         cmocka_unit_test(retries_after_an_end),
        cmocka_unit_test(md5_alone_behind_a_list),   cmocka_unit_test(md5_alone_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
