/* Plays login scripts in every way of delivery and asserts what they say. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "support/login_script.h"

const struct login_script login_plain = {
    .name = "the plain login",
    .end = LOGIN_ENDS_WELL,
    .count = 2,
    .replies = {{.flags = LEAVE_SECURITY, .base = TEXT_SECURITY},
                {.flags = LEAVE_OPERATIONAL, .base = TEXT_OPERATIONAL}},
    .events = "",
};

static void discovery(sanscsi_session_settings *settings) {
    settings->type = SANSCSI_SESSION_DISCOVERY;
    settings->target_name = NULL;
    settings->target_name_length = 0;
}

const struct login_script login_plain_discovery = {
    .name = "the plain login of a discovery session",
    .end = LOGIN_ENDS_WELL,
    .count = 2,
    .replies = {{.flags = LEAVE_SECURITY, .base = TEXT_SECURITY},
                {.flags = LEAVE_OPERATIONAL, .base = TEXT_DISCOVERY}},
    .events = "",
    .settings = discovery,
};

void login_close(struct login_run *run) {
    assert_int_equal(sanscsi_closed(run->session, 0, run->now), SANSCSI_OK);
    login_poll(run);
    assert_int_equal(run->logged_out, 1);
    assert_int_equal(sanscsi_session_state(run->session), SANSCSI_SESSION_FREE);
    assert_true(sanscsi_deadline(run->session) == SANSCSI_NEVER);
    assert_int_equal(sanscsi_closed(run->session, 0, run->now), SANSCSI_NOT_CONNECTED);
}

/* Lets the time for the login pass. */
static void be_late(struct login_run *run) {
    uint64_t deadline = sanscsi_deadline(run->session);
    assert_true(deadline == run->now + 30 * SANSCSI_SECOND);
    assert_int_equal(sanscsi_tick(run->session, deadline - 1), SANSCSI_OK);
    login_poll(run);
    assert_string_equal(run->events, "");
    assert_int_equal(run->closes, 0);
    run->now = deadline;
    assert_int_equal(sanscsi_tick(run->session, deadline), SANSCSI_OK);
    login_poll(run);
}

static void assert_fault(const struct login_run *run) {
    sanscsi_fault fault = {.size = sizeof(fault)};
    const char *wanted = run->script->fault == NULL ? "none" : run->script->fault;
    assert_int_equal(sanscsi_connection_fault(run->session, 0, &fault), SANSCSI_OK);
    assert_string_equal(fault.name, wanted);
    assert_int_equal(fault.value, run->script->value);
}

static void assert_logged_in(struct login_run *run) {
    assert_int_equal(run->status, SANSCSI_OK);
    assert_int_equal(run->logged_in, 1);
    assert_int_equal(run->closes, 0);
    assert_int_equal(sanscsi_session_state(run->session), SANSCSI_SESSION_LOGGED_IN);
    assert_true(sanscsi_deadline(run->session) == SANSCSI_NEVER);
    if (run->script->check != NULL) {
        run->script->check(run->session);
    }
}

/* The initiator has ended the login and waits for the transport to be closed. */
static void assert_given_up(struct login_run *run) {
    assert_int_equal(run->logged_in, 0);
    assert_int_equal(run->closes, 1);
    assert_int_equal(sanscsi_session_state(run->session), SANSCSI_SESSION_CLOSING);
    assert_false(login_pull(run)); /* nothing more is sent */
    login_feed(run, (const uint8_t *)"late", 4);
    assert_int_equal(sanscsi_session_start(run->session, run->now), SANSCSI_ALREADY_STARTED);
}

static void assert_outcome(struct login_run *run) {
    switch (run->script->end) {
    case LOGIN_ENDS_WELL:
        assert_logged_in(run);
        break;
    case LOGIN_ENDS_IN_FAILURE:
        assert_int_equal(run->status, SANSCSI_PROTOCOL_ERROR);
        assert_given_up(run);
        break;
    case LOGIN_ENDS_OURSELF:
        assert_int_equal(run->status, SANSCSI_OK);
        assert_given_up(run);
        break;
    case LOGIN_ENDS_LATE:
        assert_int_equal(run->status, SANSCSI_OK);
        be_late(run);
        assert_given_up(run);
        break;
    case LOGIN_ENDS_CLOSED:
        assert_int_equal(run->status, SANSCSI_OK);
        login_close(run);
        assert_int_equal(run->closes, 0);
        break;
    }
    assert_string_equal(run->events, run->script->events);
    assert_fault(run);
    if (run->script->sent != NULL) {
        assert_string_equal(run->sent, run->script->sent);
    }
    if (run->script->end != LOGIN_ENDS_CLOSED) {
        uint32_t loses = run->logged_in; /* event 103, of no interest here */
        login_close(run);
        assert_int_equal(loses, run->script->end == LOGIN_ENDS_WELL);
    }
}

/* The session is as good as new. */
static void assert_login_follows(sanscsi_session *session, const struct login_script *after) {
    static struct login_run run;
    login_play(&run, session, after, DELIVER_WHOLE, 1);
    assert_int_equal(run.logged_in, 1);
    assert_string_equal(run.events, "");
    login_close(&run);
}

void login_assert(const struct login_script *script) {
    static struct login_run run;
    struct counting counting;
    counting_init(&counting);
    sanscsi_initiator *initiator = login_script_initiator(&counting.allocator, script);
    sanscsi_session *session = login_session(initiator, script);
    sanscsi_session_settings settings;
    login_settings(&settings);
    if (script->settings != NULL) {
        script->settings(&settings);
    }
    size_t idle = counting.blocks;
    for (uint32_t round = 0; round < 12; round++) {
        enum login_delivery delivery = round < DELIVER_RANDOM    ? (enum login_delivery)round
                                       : round == DELIVER_RANDOM ? DELIVER_WINDOWS
                                                                 : DELIVER_RANDOM;
        print_message("%s, delivery %u\n", script->name, round);
        login_play(&run, session, script, delivery, 100 + round);
        assert_outcome(&run);
        assert_int_equal(counting.blocks, idle); /* a login leaves nothing behind */
    }
    bool digests = settings.parameters.header_digest == SANSCSI_DIGEST_CRC32C ||
                   settings.parameters.data_digest == SANSCSI_DIGEST_CRC32C;
    bool is_discovery = settings.type == SANSCSI_SESSION_DISCOVERY;
    if (script->after != NULL) {
        assert_login_follows(session, script->after);
    } else if (!digests) { /* a plain login fits these settings */
        assert_login_follows(session, is_discovery ? &login_plain_discovery : &login_plain);
    }
    sanscsi_session_free(session);
    sanscsi_initiator_free(initiator);
    assert_int_equal(counting.blocks, 0);
}
