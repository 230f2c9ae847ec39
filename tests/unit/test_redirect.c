/* Tests of redirection: where logins are sent, how far they go, and what they tell of it
 * (RFC 7143 11.13.5, 13.8). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support/chap_script.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define HOME LOGIN_PORTAL
#define NEW_HOST "198.51.100.1"
#define NEW NEW_HOST ":3261"
#define MOVED(detail, address)                                                                     \
    {                                                                                              \
        .text = (address), .patches = { {36, 1}, {37, (detail)} }                                  \
    }
#define SECURITY                                                                                   \
    { .flags = LEAVE_SECURITY, .base = TEXT_SECURITY }

enum { TEMPORARY = 1, PERMANENT = 2 };

static struct login_run run;
static char text[2048], events[1024];

static void permanent_too(sanscsi_session_settings *settings) {
    settings->follow_permanent = 1;
}

static void never(sanscsi_session_settings *settings) {
    settings->max_redirects = 0;
}

static void authenticated_only(sanscsi_session_settings *settings) {
    settings->redirect_authenticated = 1;
}

/* The plain login with its first response a redirection. */
static struct login_script moved(uint8_t detail, const char *address) {
    struct login_script script = login_plain;
    script.name = address;
    script.count = 1;
    script.replies[0] = (struct login_reply)MOVED(detail, address);
    return script;
}

/* Where the session is expected to go from now on. */
static void expect_at(const char *host, uint32_t port, const char *portal) {
    run.host = host;
    run.port = port;
    run.portal = portal;
}

/* Reports the transport closed that the redirection ended, and plays the login at the new place. */
static void follow(const char *host, uint32_t port, const char *portal,
                   const struct login_script *script) {
    uint32_t connects = run.connects;
    assert_int_equal(run.status, SANSCSI_OK); /* all is as it should be */
    assert_int_equal(run.closes, 1);
    assert_int_equal(sanscsi_session_state(run.session), SANSCSI_SESSION_CLOSING);
    assert_false(login_pull(&run));
    run.events[0] = '\0';
    run.closes = 0;
    expect_at(host, port, portal);
    assert_int_equal(sanscsi_closed(run.session, 0, run.now), SANSCSI_OK);
    assert_int_equal(sanscsi_session_state(run.session), SANSCSI_SESSION_CONNECTING);
    login_poll(&run);
    assert_int_equal(run.connects, connects + 1);
    assert_int_equal(run.logged_out, 0);
    login_open(&run, script);
    login_answer(&run);
}

/* Starts a session that begins elsewhere than where it was made for. */
static void begin_at(sanscsi_session *session, const char *host, uint32_t port, const char *portal,
                     const struct login_script *script) {
    memset(&run, 0, sizeof(run));
    run.session = session;
    run.now = 5 * SANSCSI_SECOND;
    expect_at(host, port, portal);
    assert_int_equal(sanscsi_session_start(session, run.now), SANSCSI_OK);
    login_poll(&run);
    assert_int_equal(run.connects, 1);
    login_open(&run, script);
    login_answer(&run);
}

struct address {
    const char *text, *host, *portal;
    uint32_t port;
};

/* Redirected, then logged in where that leads; the next start is at home again. */
static void assert_followed(sanscsi_session *session, const struct address *to,
                            enum login_delivery delivery) {
    static uint8_t first[LOGIN_TEXT];
    struct login_script script = moved(TEMPORARY, to->text);
    struct login_script begun = login_plain;
    login_begin(&run, session, &script, delivery, 7);
    assert_true(login_pull(&run));
    size_t size = run.request_size;
    memcpy(first, run.request, size);
    login_reply(&run, &script.replies[0]);
    login_poll(&run);
    if (strlen(to->portal) < 100) {
        (void)snprintf(events, sizeof(events), "42(1," HOME ",%s)[1]", to->portal);
        assert_string_equal(run.events, events);
    }
    begun.count = 0;
    begun.end = LOGIN_ENDS_IN_FAILURE; /* so that its first request is pulled */
    follow(to->host, to->port, to->portal, &begun);
    assert_int_equal(run.request_size, size);
    assert_memory_equal(run.request, first, size);
    login_reply(&run, &login_plain.replies[0]);
    assert_true(login_pull(&run));
    login_reply(&run, &login_plain.replies[1]);
    login_poll(&run);
    assert_int_equal(run.logged_in, 1);
    (void)snprintf(events, sizeof(events), "44(" HOME ",%.99s", to->portal);
    assert_memory_equal(run.events, events, strlen(events));
    login_close(&run);
    login_play(&run, session, &login_plain, DELIVER_WHOLE, 1);
    assert_string_equal(run.events, "");
    assert_int_equal(run.logged_in, 1);
    login_close(&run);
    login_poll(&run);
}

/* RED-001 to RED-005: followed by a login from the beginning, with the same names and ISID and no
 * TSIH; after a temporary one the next start is at the first address again. */
static void followed(void **state) {
    (void)state;
    static char long_host[256], long_text[300], long_portal[300];
    for (size_t i = 0; i < 255; i++) {
        long_host[i] = i % 64 == 63 ? '.' : 'h';
    }
    (void)snprintf(long_text, sizeof(long_text), "TargetAddress=%s|", long_host);
    (void)snprintf(long_portal, sizeof(long_portal), "%s:3260", long_host);
    const struct address addresses[] = {
        {"TargetAddress=" NEW "|", NEW_HOST, NEW, 3261},
        {"TargetAddress=" NEW_HOST "|", NEW_HOST, NEW_HOST ":3260", 3260},
        {"TargetAddress=" LOGIN_HOST ":3261|", LOGIN_HOST, LOGIN_HOST ":3261", 3261},
        {"TargetAddress=disk.example.org:860|", "disk.example.org", "disk.example.org:860", 860},
        {"TargetAddress=disk|", "disk", "disk:3260", 3260},
        {"TargetAddress=[2001:db8::1]:65535|", "2001:db8::1", "[2001:db8::1]:65535", 65535},
        {"TargetAddress=[2001:db8::1]|", "2001:db8::1", "[2001:db8::1]:3260", 3260},
        {"TargetAddress=" NEW ",1|", NEW_HOST, NEW, 3261},
        {"TargetAddress=[2001:db8::1],65535|", "2001:db8::1", "[2001:db8::1]:3260", 3260},
        {"TargetAddress=" NEW "|TargetAddress=disk.example.org|", NEW_HOST, NEW, 3261},
        {long_text, long_host, long_portal, 3260},
    };
    struct counting counting;
    counting_init(&counting);
    sanscsi_initiator *initiator = login_initiator(&counting.allocator);
    sanscsi_session *session = login_session(initiator, &login_plain);
    size_t idle = counting.blocks;
    for (size_t i = 0; i < 4 * COUNT(addresses); i++) {
        print_message("%s\n", addresses[i / 4].text);
        assert_followed(session, &addresses[i / 4], (enum login_delivery)(i % 4));
        assert_int_equal(counting.blocks, idle);
    }
    sanscsi_session_free(session);
    sanscsi_initiator_free(initiator);
    assert_int_equal(counting.blocks, 0);
}

/* RED-005: with follow_permanent the next start is at the new address, as long as all that led
 * there was permanent, and only once the login was done there. */
static void permanent(void **state) {
    (void)state;
    struct counting counting;
    counting_init(&counting);
    struct login_script script = moved(PERMANENT, "TargetAddress=" NEW "|");
    script.settings = permanent_too;
    sanscsi_initiator *initiator = login_initiator(&counting.allocator);
    sanscsi_session *session = login_session(initiator, &script);
    login_play(&run, session, &script, DELIVER_BYTES, 1);
    assert_string_equal(run.events, "43(2," HOME "," NEW ")[1]");
    struct login_script refused = login_plain;
    refused.count = 1;
    refused.replies[0] = (struct login_reply){.patches = {{36, 3}}};
    follow(NEW_HOST, 3261, NEW, &refused);
    login_close(&run);
    login_play(&run, session, &script, DELIVER_BYTES, 1); /* at home: it did not work there */
    struct login_script on = moved(TEMPORARY, "TargetAddress=b.example|");
    follow(NEW_HOST, 3261, NEW, &on);
    assert_string_equal(run.events, "42(1," NEW ",b.example:3260)[1]");
    struct login_script last = moved(PERMANENT, "TargetAddress=c.example|");
    follow("b.example", 3260, "b.example:3260", &last);
    assert_string_equal(run.events, "43(2,b.example:3260,c.example:3260)[1]");
    follow("c.example", 3260, "c.example:3260", &login_plain);
    assert_string_equal(run.events, "44(" HOME ",c.example:3260)[1]");
    assert_int_equal(run.logged_in, 1);
    login_close(&run);
    for (unsigned i = 0; i < 2; i++) {
        begin_at(session, NEW_HOST, 3261, NEW, &login_plain);
        assert_int_equal(run.logged_in, 1);
        assert_string_equal(run.events, "");
        login_close(&run);
    }
    login_poll(&run);
    assert_int_equal(counting.blocks, 3); /* the two objects, and the one route that lasts */
    sanscsi_session_free(session);
    sanscsi_initiator_free(initiator);
    assert_int_equal(counting.blocks, 0);
}

/* The chain of a start ends with it: what led to the address where the next one begins is no loop
 * to go back to, nor looked at any more. */
static void permanent_chain_is_forgotten(void **state) {
    (void)state;
    struct counting counting;
    counting_init(&counting);
    struct login_script to_b = moved(PERMANENT, "TargetAddress=b.example|");
    struct login_script to_new = moved(PERMANENT, "TargetAddress=" NEW "|");
    struct login_script home = moved(TEMPORARY, "TargetAddress=" HOME "|");
    to_b.settings = permanent_too;
    sanscsi_initiator *initiator = login_initiator(&counting.allocator);
    sanscsi_session *session = login_session(initiator, &to_b);
    login_play(&run, session, &to_b, DELIVER_BYTES, 1);
    follow("b.example", 3260, "b.example:3260", &to_new);
    follow(NEW_HOST, 3261, NEW, &login_plain);
    assert_string_equal(run.events, "44(" HOME "," NEW ")[1]");
    login_close(&run);
    begin_at(session, NEW_HOST, 3261, NEW, &home);
    assert_string_equal(run.events, "42(1," NEW "," HOME ")[1]");
    follow(LOGIN_HOST, 3260, HOME, &to_b);
    assert_string_equal(run.events, "43(2," HOME ",b.example:3260)[1]");
    follow("b.example", 3260, "b.example:3260", &login_plain);
    assert_string_equal(run.events, "44(" NEW ",b.example:3260)[1]");
    login_close(&run);
    begin_at(session, NEW_HOST, 3261, NEW, &login_plain); /* it led there over a temporary one */
    assert_int_equal(run.logged_in, 1);
    login_close(&run);
    login_poll(&run);
    assert_int_equal(counting.blocks, 3);
    sanscsi_session_free(session);
    sanscsi_initiator_free(initiator);
    assert_int_equal(counting.blocks, 0);
}

/* What a stage had brought does not count when the target then sends the login on. */
static void redirected_within_a_text(void **state) {
    (void)state;
    struct login_script script = moved(TEMPORARY, "TargetAddress=" NEW "|");
    script.count = 2;
    script.replies[1] = script.replies[0];
    script.replies[0] = (struct login_reply){.flags = C, .text = "AuthMethod=None|TargetAd"};
    sanscsi_initiator *initiator = login_initiator(NULL);
    sanscsi_session *session = login_session(initiator, &script);
    login_play(&run, session, &script, DELIVER_BYTES, 1);
    assert_string_equal(run.events, "42(1," HOME "," NEW ")[1]");
    follow(NEW_HOST, 3261, NEW, &login_plain);
    assert_int_equal(run.logged_in, 1);
    sanscsi_session_free(session);
    sanscsi_initiator_free(initiator);
}

/* RED-001, RED-003: responses that name no place to go, in either stage; the session is then as
 * good as ever. */
static void bad_redirections(void **state) {
    (void)state;
    static const struct {
        uint8_t detail;
        const char *text, *events, *fault;
        uint32_t value;
    } cases[] = {
        {1, "", "36(1,1," HOME ")[1]", "login-status-class", 0x101},
        {2, "", "36(1,2," HOME ")[1]", "login-status-class", 0x102},
        {0, "TargetAddress=" NEW "|", "36(1,0," HOME ")[1]", "login-status-class", 0x100},
        {3, "TargetAddress=" NEW "|", "36(1,3," HOME ")[1]", "login-status-class", 0x103},
        {255, "TargetAddress=" NEW "|", "36(1,ff," HOME ")[1]", "login-status-class", 0x1ff},
        {1, "TargetName=" LOGIN_TARGET "|", "41(TargetName)[1]", "login-redirect", 0},
        {1, "TargetAddress=" NEW "|X-a.b=1|", "41(X-a.b)[1]", "login-redirect", 0},
        {2, "targetaddress=" NEW "|", "41(targetaddress)[1]", "login-redirect", 0},
        {1, "TargetAddress=|", "45()[1]", "login-redirect", 0},
        {1, "TargetAddress=:3260|", "45(:3260)[1]", "login-redirect", 0},
        {1, "TargetAddress=a.example:0|", "45(a.example:0)[1]", "login-redirect", 0},
        {1, "TargetAddress=a.example:65536|", "45(a.example:65536)[1]", "login-redirect", 0},
        {1, "TargetAddress=a.example:|", "45(a.example:)[1]", "login-redirect", 0},
        {1, "TargetAddress=a.example:x|", "45(a.example:x)[1]", "login-redirect", 0},
        {2, "TargetAddress=[2001:db8::1|", "45([2001:db8::1)[1]", "login-redirect", 0},
        {1, "TargetAddress=2001:db8::1|", "45(2001:db8::1)[1]", "login-redirect", 0},
        {1, "TargetAddress=a..b|", "45(a..b)[1]", "login-redirect", 0},
        {1, "TargetAddress=192.0.2.256|", "45(192.0.2.256)[1]", "login-redirect", 0},
        {1, "TargetAddress=a b|", "45(a b)[1]", "login-redirect", 0},
        {1, "TargetAddress=" NEW "|TargetAddress=:1|", "45(:1)[1]", "login-redirect", 0},
        {1, "TargetAddress=" NEW ",|", "45(" NEW ",)[1]", "login-redirect", 0},
        {1, "TargetAddress|", "8()[1]", "login-text", 0},
        {1, "TargetAddress=" NEW, "9(TargetAddress=" NEW ")[1]", "login-text", 0},
        {1, "TargetAddress=" NEW "|Targ", "9(Targ)[1]", "login-text", 0},
    };
    for (size_t i = 0; i < 2 * COUNT(cases); i++) {
        struct login_script script = moved(cases[i / 2].detail, cases[i / 2].text);
        script.end = LOGIN_ENDS_IN_FAILURE;
        if (i % 2 == 1) { /* behind the security stage */
            script.count = 2;
            script.replies[1] = script.replies[0];
            script.replies[0] = (struct login_reply)SECURITY;
        }
        script.events = cases[i / 2].events;
        script.fault = cases[i / 2].fault;
        script.value = cases[i / 2].value;
        login_assert(&script);
    }
}

/* Good ones that the settings forbid. */
static void redirections_not_followed(void **state) {
    (void)state;
    static const struct {
        uint8_t detail;
        const char *address, *events;
        void (*settings)(sanscsi_session_settings *settings);
    } cases[] = {
        {PERMANENT, NEW, "43(2," HOME "," NEW ")[1]", NULL},
        {PERMANENT, NEW, "43(2," HOME "," NEW ")[1]", never},
        {TEMPORARY, NEW, "115(2,0," NEW ")[2]", never},
        {TEMPORARY, NEW, "115(3,0," NEW ")[3]", authenticated_only},
        {TEMPORARY, HOME, "115(1,0," HOME ")[1]", NULL},
        {TEMPORARY, LOGIN_HOST, "115(1,0," HOME ")[1]", NULL},
        {PERMANENT, HOME, "115(1,0," HOME ")[1]", permanent_too},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        (void)snprintf(text, sizeof(text), "TargetAddress=%s|", cases[i].address);
        struct login_script script = moved(cases[i].detail, text);
        script.end = LOGIN_ENDS_IN_FAILURE;
        script.events = cases[i].events;
        script.fault = "login-redirect";
        script.value = cases[i].detail;
        script.settings = cases[i].settings;
        sanscsi_initiator *initiator = login_initiator(NULL);
        sanscsi_session *session = login_session(initiator, &script);
        login_play(&run, session, &script, DELIVER_BYTES, 1);
        assert_string_equal(run.events, script.events);
        sanscsi_fault fault = {.size = sizeof(fault)};
        assert_int_equal(sanscsi_connection_fault(session, 0, &fault), SANSCSI_OK);
        assert_string_equal(fault.name, "login-redirect");
        assert_int_equal(fault.value, cases[i].detail);
        login_close(&run);
        assert_int_equal(run.connects, 1);
        assert_int_equal(sanscsi_session_may_retry(session), 0);
        login_play(&run, session, &login_plain, DELIVER_BYTES, 1);
        assert_int_equal(run.logged_in, 1);
        assert_int_equal(sanscsi_session_may_retry(session), 1);
        sanscsi_session_free(session);
        sanscsi_initiator_free(initiator);
    }
}

/* RED-002: what comes behind the security stage is followed with that setting too. */
static void followed_once_authenticated(void **state) {
    (void)state;
    struct login_script script = moved(TEMPORARY, "TargetAddress=" NEW "|");
    script.settings = authenticated_only;
    script.count = 2;
    script.replies[1] = script.replies[0];
    script.replies[0] = (struct login_reply)SECURITY;
    sanscsi_initiator *initiator = login_initiator(NULL);
    sanscsi_session *session = login_session(initiator, &script);
    login_play(&run, session, &script, DELIVER_BYTES, 1);
    assert_string_equal(run.events, "42(1," HOME "," NEW ")[1]");
    follow(NEW_HOST, 3261, NEW, &login_plain);
    assert_int_equal(run.logged_in, 1);
    sanscsi_session_free(session);
    sanscsi_initiator_free(initiator);
}

/* SEC-016: the new login authenticates again, from the first key on. */
static void authenticated_again(void **state) {
    (void)state;
    struct login_script script = chap_mutual_login;
    script.replies[3] = (struct login_reply)MOVED(TEMPORARY, "TargetAddress=" NEW "|");
    sanscsi_initiator *initiator = login_script_initiator(NULL, &script);
    sanscsi_session *session = login_session(initiator, &script);
    login_play(&run, session, &script, DELIVER_RANDOM, 3);
    assert_string_equal(run.events, "42(1," HOME "," NEW ")[1]");
    run.sent[0] = '\0';
    follow(NEW_HOST, 3261, NEW, &chap_mutual_login);
    assert_int_equal(run.logged_in, 1);
    assert_string_equal(run.sent, chap_sent("0 CHAP_A=5|\n" CHAP_ANSWER(VECTOR_MD5) CHAP_ASKS));
    sanscsi_session_free(session);
    sanscsi_initiator_free(initiator);
}

/* Goes from host to host, port 3260, up to the last one, which is not gone to. */
static void chain(sanscsi_session *session, const char *const *hosts, size_t count,
                  const char *end) {
    char address[64], portal[64];
    for (size_t i = 0; i < count; i++) {
        (void)snprintf(address, sizeof(address), "TargetAddress=%s|", hosts[i]);
        struct login_script script = moved(TEMPORARY, address);
        if (i == 0) {
            login_play(&run, session, &script, DELIVER_BYTES, 1);
        } else {
            (void)snprintf(portal, sizeof(portal), "%s:3260", hosts[i - 1]);
            follow(hosts[i - 1], 3260, portal, &script);
        }
    }
    assert_string_equal(run.events, end);
    run.events[0] = '\0';
    login_close(&run);
    assert_int_equal(run.connects, count);
    assert_int_equal(sanscsi_session_may_retry(session), 0);
    login_play(&run, session, &login_plain, DELIVER_BYTES, 1); /* at home */
    assert_int_equal(run.logged_in, 1);
    login_close(&run);
}

/* RED-006 */
static void loops_and_long_chains(void **state) {
    (void)state;
    struct counting counting;
    counting_init(&counting);
    sanscsi_initiator *initiator = login_initiator(&counting.allocator);
    sanscsi_session *session = login_session(initiator, &login_plain);
    size_t idle = counting.blocks;
    for (unsigned i = 0; i < 3; i++) { /* the hops of one start do not count in the next */
        chain(session, (const char *const[]){LOGIN_HOST}, 1, "115(1,0," HOME ")[1]");
        chain(session, (const char *const[]){"b", LOGIN_HOST}, 2, "115(1,1," HOME ")[1]");
        chain(session, (const char *const[]){"b", "b"}, 2, "115(1,1,b:3260)[1]");
        chain(session, (const char *const[]){"b", "c", LOGIN_HOST}, 3, "115(1,2," HOME ")[1]");
        chain(session, (const char *const[]){"b", "c", "b"}, 3, "115(1,2,b:3260)[1]");
        chain(session, (const char *const[]){"b", "c", "d", "e", "f", "g"}, 6,
              "115(2,5,g:3260)[2]");
        chain(session, (const char *const[]){"b", "c", "d", "e", "f", "c"}, 6,
              "115(1,5,c:3260)[1]");
    }
    login_poll(&run);
    assert_int_equal(counting.blocks, idle);
    sanscsi_session_free(session);
    sanscsi_initiator_free(initiator);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(followed),
        cmocka_unit_test(permanent),
        cmocka_unit_test(permanent_chain_is_forgotten),
        cmocka_unit_test(redirected_within_a_text),
        cmocka_unit_test(bad_redirections),
        cmocka_unit_test(redirections_not_followed),
        cmocka_unit_test(followed_once_authenticated),
        cmocka_unit_test(authenticated_again),
        cmocka_unit_test(loops_and_long_chains),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
