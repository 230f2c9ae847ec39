/* Tests of redirection: sessions that end on the way, events nobody polls meanwhile, memory that
 * runs out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support/login_script.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define HOME LOGIN_PORTAL
#define NEW_HOST "198.51.100.1"
#define NEW NEW_HOST ":3261"

static struct login_run run;

static const struct login_script moved = {
    .name = "a temporary redirection",
    .end = LOGIN_ENDS_WELL,
    .count = 1,
    .replies = {{.text = "TargetAddress=" NEW "|", .patches = {{36, 1}, {37, 1}}}},
};

static struct counting counting;
static sanscsi_initiator *initiator;
static sanscsi_session *session;
static size_t idle; /* blocks of the two objects */

static void make_session(void) {
    counting_init(&counting);
    initiator = login_initiator(&counting.allocator);
    session = login_session(initiator, &login_plain);
    idle = counting.blocks;
}

static void free_session(void) {
    sanscsi_session_free(session);
    sanscsi_initiator_free(initiator);
    assert_int_equal(counting.blocks, 0);
}

static void expect_new(void) {
    run.host = NEW_HOST;
    run.port = 3261;
    run.portal = NEW;
}

/* Redirected, and CLOSE polled. */
static void be_redirected(void) {
    login_play(&run, session, &moved, DELIVER_WHOLE, 1);
    assert_string_equal(run.events, "42(1," HOME "," NEW ")[1]");
    assert_int_equal(run.closes, 1);
    run.events[0] = '\0';
}

/* The session is free, nothing of the new address is left, and the next start goes home. */
static void assert_over(int32_t may_retry) {
    assert_int_equal(run.logged_out, 1);
    assert_int_equal(sanscsi_session_state(session), SANSCSI_SESSION_FREE);
    assert_int_equal(sanscsi_session_may_retry(session), may_retry);
    login_play(&run, session, &login_plain, DELIVER_WHOLE, 1);
    assert_int_equal(run.logged_in, 1);
    assert_string_equal(run.events, "");
    login_close(&run);
    login_poll(&run);
    assert_int_equal(counting.blocks, idle);
}

static void logout_before_the_old_transport_is_closed(void **state) {
    (void)state;
    make_session();
    be_redirected();
    assert_int_equal(sanscsi_logout(session, run.now), SANSCSI_ALREADY_STARTED);
    assert_int_equal(sanscsi_closed(session, 0, run.now), SANSCSI_OK);
    login_poll(&run);
    assert_int_equal(run.connects, 1);
    assert_over(1);
    free_session();
}

static void logout_before_the_new_transport_is_open(void **state) {
    (void)state;
    for (unsigned polled = 0; polled < 2; polled++) {
        make_session();
        be_redirected();
        assert_int_equal(sanscsi_closed(session, 0, run.now), SANSCSI_OK);
        expect_new();
        if (polled) {
            login_poll(&run);
        }
        assert_int_equal(run.connects, 1 + polled);
        assert_int_equal(sanscsi_logout(session, run.now), SANSCSI_OK);
        login_poll(&run);
        assert_int_equal(run.connects, 1 + polled);
        assert_int_equal(run.closes, 2);
        assert_int_equal(sanscsi_closed(session, 0, run.now), SANSCSI_OK);
        login_poll(&run);
        assert_over(1);
        free_session();
    }
}

static void logout_in_the_new_login(void **state) {
    (void)state;
    make_session();
    be_redirected();
    assert_int_equal(sanscsi_closed(session, 0, run.now), SANSCSI_OK);
    expect_new();
    login_poll(&run);
    login_open(&run, &login_plain);
    assert_int_equal(sanscsi_logout(session, run.now), SANSCSI_OK);
    login_poll(&run);
    assert_int_equal(run.closes, 2);
    assert_int_equal(sanscsi_closed(session, 0, run.now), SANSCSI_OK);
    login_poll(&run);
    assert_over(1);
    free_session();
}

static void the_new_address_cannot_be_reached(void **state) {
    (void)state;
    static const struct {
        uint32_t reason;
        const char *events;
    } cases[] = {
        {SANSCSI_CONNECT_UNRESOLVED, "29(" NEW_HOST ")[1]"},
        {SANSCSI_CONNECT_NO_ROUTE, "30(" NEW ")[1,2]"},
        {SANSCSI_CONNECT_REFUSED, "101(" NEW ",3)[1]"},
        {SANSCSI_CONNECT_TIMEOUT, "101(" NEW ",4)[2]"},
        {SANSCSI_CONNECT_OTHER, "101(" NEW ",5)[3]"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        make_session();
        be_redirected();
        expect_new();
        assert_int_equal(sanscsi_closed(session, 0, run.now), SANSCSI_OK);
        assert_int_equal(sanscsi_connect_failed(session, 0, cases[i].reason, run.now), SANSCSI_OK);
        login_poll(&run);
        assert_string_equal(run.events, cases[i].events);
        assert_int_equal(run.connects, 1);
        assert_over(1);
        free_session();
    }
}

/* The target closes by itself before CLOSE is polled, or closes the new login. */
static void closed_by_the_target(void **state) {
    (void)state;
    make_session();
    be_redirected();
    expect_new();
    assert_int_equal(sanscsi_closed(session, 0, run.now), SANSCSI_OK);
    login_poll(&run);
    login_open(&run, &login_plain);
    assert_int_equal(sanscsi_closed(session, 0, run.now), SANSCSI_OK);
    login_poll(&run);
    assert_string_equal(run.events, "35()[1]");
    assert_over(1);
    free_session();
}

/* ---- events that nobody polls ---- */

static void answer_moved(const char *address) {
    static uint8_t pdu[48 + 64];
    sanscsi_iovec iov;
    size_t count = 0;
    assert_int_equal(sanscsi_connected(session, 0, run.now), SANSCSI_OK);
    assert_int_equal(sanscsi_tx_window(session, 0, &iov, 1, &count), SANSCSI_OK);
    size_t size = strlen(address) + 1; /* with its null */
    memset(pdu, 0, sizeof(pdu));
    pdu[0] = 0x23;
    pdu[7] = (uint8_t)size;
    memcpy(pdu + 16, (const uint8_t *)iov.data + 16, 4);
    pdu[36] = 1;
    pdu[37] = 1;
    memcpy(pdu + 48, address, size);
    assert_int_equal(sanscsi_tx_commit(session, 0, iov.size, run.now), SANSCSI_OK);
    while (count > 0) {
        assert_int_equal(sanscsi_tx_window(session, 0, &iov, 1, &count), SANSCSI_OK);
        if (count > 0) {
            assert_int_equal(sanscsi_tx_commit(session, 0, iov.size, run.now), SANSCSI_OK);
        }
    }
    assert_int_equal(sanscsi_rx_feed(session, 0, pdu, 48 + (size + 3) / 4 * 4, run.now),
                     SANSCSI_OK);
    assert_int_equal(sanscsi_closed(session, 0, run.now), SANSCSI_OK);
}

/* Two redirections in each of several starts; the third connection cannot be opened. */
static void redirect_unpolled(unsigned starts) {
    for (unsigned i = 0; i < starts; i++) {
        char first[48], second[48];
        (void)snprintf(first, sizeof(first), "TargetAddress=first-%u.example", i);
        (void)snprintf(second, sizeof(second), "TargetAddress=second-%u.example", i);
        assert_int_equal(sanscsi_session_start(session, run.now), SANSCSI_OK);
        answer_moved(first);
        answer_moved(second);
        assert_int_equal(sanscsi_connect_failed(session, 0, SANSCSI_CONNECT_REFUSED, run.now),
                         SANSCSI_OK);
    }
}

static void assert_text(const uint8_t *bytes, size_t length, const char *wanted) {
    assert_int_equal(length, strlen(wanted));
    assert_memory_equal(bytes, wanted, length);
}

static void next_event(uint32_t id, const char *portal) {
    sanscsi_output output = {.size = sizeof(output)};
    assert_int_equal(sanscsi_poll(session, &output), SANSCSI_OK);
    assert_int_equal(output.type, SANSCSI_OUTPUT_EVENT);
    assert_int_equal(output.event->id, id);
    assert_text((const uint8_t *)output.event->portal, output.event->portal_length, portal);
}

static void events_keep_the_portal_they_come_from(void **state) {
    (void)state;
    enum { STARTS = 6 };
    make_session();
    memset(&run, 0, sizeof(run));
    redirect_unpolled(STARTS);
    for (unsigned i = 0; i < STARTS; i++) {
        char first[48], second[48];
        (void)snprintf(first, sizeof(first), "first-%u.example:3260", i);
        (void)snprintf(second, sizeof(second), "second-%u.example:3260", i);
        next_event(SANSCSI_EVENT_REDIRECT_TEMPORARY, HOME);
        next_event(SANSCSI_EVENT_REDIRECT_TEMPORARY, first);
        next_event(SANSCSI_EVENT_CONNECT_FAILED, second);
    }
    sanscsi_output output = {.size = sizeof(output)};
    assert_int_equal(sanscsi_poll(session, &output), SANSCSI_OK);
    assert_int_equal(output.type, SANSCSI_OUTPUT_LOGGED_OUT);
    assert_int_equal(sanscsi_session_start(session, run.now), SANSCSI_OK);
    assert_int_equal(sanscsi_poll(session, &output), SANSCSI_OK);
    assert_int_equal(counting.blocks, idle); /* all are given back */
    free_session();
}

/* What was handed out last stays until the next poll, whatever happens before it. */
static void outputs_are_borrowed_until_the_next_poll(void **state) {
    (void)state;
    make_session();
    memset(&run, 0, sizeof(run));
    assert_int_equal(sanscsi_session_start(session, run.now), SANSCSI_OK);
    answer_moved("TargetAddress=first-9.example");
    sanscsi_output event = {.size = sizeof(event)}, connect = {.size = sizeof(connect)};
    next_event(SANSCSI_EVENT_REDIRECT_TEMPORARY, HOME);
    assert_int_equal(sanscsi_poll(session, &connect), SANSCSI_OK);
    assert_int_equal(connect.type, SANSCSI_OUTPUT_CONNECT);
    assert_int_equal(sanscsi_connect_failed(session, 0, SANSCSI_CONNECT_REFUSED, run.now),
                     SANSCSI_OK);
    redirect_unpolled(2);
    assert_string_equal(connect.host, "first-9.example");
    assert_int_equal(sanscsi_poll(session, &event), SANSCSI_OK);
    assert_int_equal(event.type, SANSCSI_OUTPUT_EVENT);
    redirect_unpolled(2);
    assert_text((const uint8_t *)event.event->portal, event.event->portal_length,
                "first-9.example:3260");
    free_session(); /* with routes and events left */
}

/* ---- memory ---- */

/* Redirected in the first login, plain in the second: whichever allocation fails, one event tells
 * it, and the next start does all of it. */
static void each_allocation_fails_once(void **state) {
    (void)state;
    size_t failures = 0;
    make_session();
    for (size_t nth = 1;; nth++) {
        counting.calls = 0;
        counting.fail_at = nth;
        login_play(&run, session, &moved, DELIVER_BYTES, 1);
        bool redirected = strncmp(run.events, "42(", 3) == 0;
        if (redirected) {
            assert_int_equal(run.status, SANSCSI_OK);
            run.events[0] = '\0';
            run.closes = 0;
            expect_new();
            assert_int_equal(sanscsi_closed(session, 0, run.now), SANSCSI_OK);
            login_poll(&run);
            login_open(&run, &login_plain);
            login_answer(&run);
        }
        bool failed = counting.calls >= nth;
        counting.fail_at = 0;
        assert_int_equal(run.logged_in, !failed);
        if (failed) {
            unsigned size = 0;
            failures++;
            assert_null(strchr(run.events, '\n'));
            assert_true(sscanf(run.events, "21(%u)[1]", &size) == 1 ||
                        strcmp(run.events, "7()[1]") == 0 ||
                        strcmp(run.events, "16(AuthMethod=None,None)[4]") == 0);
            sanscsi_fault fault = {.size = sizeof(fault)};
            assert_int_equal(sanscsi_connection_fault(session, 0, &fault), SANSCSI_OK);
            assert_string_equal(fault.name, "login-memory");
            assert_int_equal(run.closes, 1);
        }
        login_close(&run);
        assert_over(1);
        if (!failed) {
            break;
        }
    }
    assert_true(failures > 5); /* login, text, route; login, text, answers */
    free_session();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(logout_before_the_old_transport_is_closed),
        cmocka_unit_test(logout_before_the_new_transport_is_open),
        cmocka_unit_test(logout_in_the_new_login),
        cmocka_unit_test(the_new_address_cannot_be_reached),
        cmocka_unit_test(closed_by_the_target),
        cmocka_unit_test(events_keep_the_portal_they_come_from),
        cmocka_unit_test(outputs_are_borrowed_until_the_next_poll),
        cmocka_unit_test(each_allocation_fails_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
