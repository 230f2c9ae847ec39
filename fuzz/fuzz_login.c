/* Property: a login succeeds when every response is right and proofs are given, else says why. */
#include <stdlib.h>
#include <string.h>

#include "login_run.h"
#include "node.h"
#include "support/target_bytes.h"

enum { LOGIN_MEMORY = 262144, MOST_RESPONSES = 40, MAX_TEXT = 16384, ROUTE = 1024 };

static const char own_secret[] = "our own secret, long";
static const char target_secret[] = "the target's own";

/* What logins may have beyond the usual. */
static void choose_more(struct login_run *run, sanscsi_session_settings *settings) {
    static const uint32_t ways[] = {
        SANSCSI_AUTHENTICATION_AUTO, SANSCSI_AUTHENTICATION_NONE_OR_CHAP,
        SANSCSI_AUTHENTICATION_CHAP_OR_NONE, SANSCSI_AUTHENTICATION_CHAP};
    static const uint8_t algorithms[] = {SANSCSI_CHAP_SHA3_256, SANSCSI_CHAP_SHA256,
                                         SANSCSI_CHAP_SHA1, SANSCSI_CHAP_MD5};
    uint8_t more = sanscsi_reader_u8(&run->input);
    if (run->chap) {
        settings->authentication = ways[more & 3];
        run->none_too = (more & 3) == 1 || (more & 3) == 2;
    }
    if (run->chap && (more & 4)) {
        settings->chap_ask |= SANSCSI_SECRET_OWN;
        settings->chap_secret = NULL;
        settings->chap_secret_length = 0;
    }
    if (run->mutual && (more & 8)) {
        settings->chap_ask |= SANSCSI_SECRET_TARGET;
        settings->target_chap_secret = NULL;
        settings->target_chap_secret_length = 0;
    }
    run->list = (more & 16) != 0;
    if (run->list) {
        memcpy(settings->chap_algorithms, algorithms, sizeof(algorithms));
    }
    run->pieces = (more & 32) != 0;
    if (more & 64) {
        run->starved = true;
        run->fails_at = 1 + sanscsi_reader_u8(&run->input) % 16;
    }
}

static void choose_settings(struct login_run *run, sanscsi_session_settings *settings,
                            sanscsi_limits *limits) {
    uint8_t choice = sanscsi_reader_u8(&run->input);
    run->discovery = (choice & 1) != 0;
    run->chap = (choice & 2) != 0;
    run->mutual = (choice & 6) == 6;
    sanscsi_session_settings_defaults(settings);
    settings->type = run->discovery ? SANSCSI_SESSION_DISCOVERY : SANSCSI_SESSION_NORMAL;
    settings->target_name = run->discovery ? NULL : node_target;
    settings->target_name_length = run->discovery ? 0 : strlen(node_target);
    settings->host = node_host;
    settings->host_length = strlen(node_host);
    settings->isid[0] = 0x80;
    settings->isid[6] = 1;
    settings->max_login_text = MAX_TEXT;
    settings->max_pair_length = 2048;
    settings->max_unknown_keys = choice & 8 ? 0 : 8;
    settings->max_login_exchanges = choice & 16 ? 3 : 16;
    settings->follow_permanent = choice >> 5 & 1;
    settings->max_redirects = choice & 64 ? 2 : 0;
    settings->chap_secret = run->chap ? own_secret : NULL;
    settings->chap_secret_length = run->chap ? sizeof(own_secret) - 1 : 0;
    settings->target_chap_secret = run->mutual ? target_secret : NULL;
    settings->target_chap_secret_length = run->mutual ? sizeof(target_secret) - 1 : 0;
    if (choice & 128) {
        choose_more(run, settings);
    }
    sanscsi_limits_defaults(limits);
    limits->events = 256;
    limits->tasks = 2;
}

static void begin(struct login_run *run) {
    sanscsi_initiator_settings node;
    sanscsi_session_settings settings;
    sanscsi_limits limits;
    heap_init(&run->heap);
    run->now = 7 * SANSCSI_SECOND;
    sanscsi_initiator_settings_defaults(&node);
    node.name = node_name;
    node.name_length = strlen(node_name);
    node.allocator = &run->heap.allocator;
    node.random = node_random;
    node.random_context = &run->random;
    FUZZ_HOLDS(sanscsi_initiator_new(&node, &run->initiator) == SANSCSI_OK, "a node can be made");
    choose_settings(run, &settings, &limits);
    int32_t status = sanscsi_session_new(run->initiator, &settings, &limits, &run->session);
    FUZZ_HOLDS(status == SANSCSI_OK, "a session can be made of these settings");
    run->idle = run->heap.bytes;
    run->heap.limit = run->idle + LOGIN_MEMORY;
}

static void tell_event(struct login_run *run, const sanscsi_event *event) {
    transcribe_event(&run->transcript, event);
    run->grave += event->severity >= SANSCSI_MAJOR_WARNING;
    run->redirected = run->redirected || event->id == SANSCSI_EVENT_REDIRECT_TEMPORARY ||
                      event->id == SANSCSI_EVENT_REDIRECT_PERMANENT;
}

/* Answers with the right secret mostly, with a wrong one, a short one, our own, or none. */
static void give_secret(struct login_run *run, uint32_t which) {
    static const char *const others[] = {"a secret that nobody has", "short", own_secret, NULL};
    bool own = which == SANSCSI_SECRET_OWN;
    FUZZ_HOLDS(own || which == SANSCSI_SECRET_TARGET, "a secret that is asked for is one of two");
    FUZZ_HOLDS(run->chap && (own || run->mutual), "secrets are asked for when they are needed");
    uint8_t how = sanscsi_reader_u8(&run->input) % 8;
    const char *secret = how < 4 ? others[how] : own ? own_secret : target_secret;
    run->wrong_secret = run->wrong_secret || (!own && how < 4);
    size_t length = secret == NULL ? 0 : strlen(secret);
    int32_t status = sanscsi_give_secret(run->session, 0, which, secret, length, run->now);
    FUZZ_HOLDS(status == SANSCSI_OK, "a secret that was asked for is taken");
}

static void polls(struct login_run *run) {
    for (;;) {
        sanscsi_output output = {.size = sizeof(output)};
        FUZZ_HOLDS(sanscsi_poll(run->session, &output) == SANSCSI_OK, "a poll is answered");
        transcribe(&run->transcript, output.type);
        if (output.type == SANSCSI_OUTPUT_NONE) {
            return;
        }
        if (output.type == SANSCSI_OUTPUT_EVENT) {
            tell_event(run, output.event);
        }
        if (output.type == SANSCSI_OUTPUT_LOGGED_IN) {
            login_judge(run);
        }
        run->logged_in += output.type == SANSCSI_OUTPUT_LOGGED_IN;
        run->logged_out += output.type == SANSCSI_OUTPUT_LOGGED_OUT;
        run->closes += output.type == SANSCSI_OUTPUT_CLOSE;
        run->connects += output.type == SANSCSI_OUTPUT_CONNECT;
        if (output.type == SANSCSI_OUTPUT_SECRET) {
            give_secret(run, output.secret);
        }
    }
}

/* Commits the last request, whole or in pieces, between which it is shown again. */
static void send_request(struct login_run *run) {
    sanscsi_iovec iov[8];
    size_t sent = 0;
    while (sent < run->request_size) {
        size_t left = run->request_size - sent;
        size_t step = run->pieces ? 1 + (size_t)sanscsi_reader_u8(&run->input) % 97 : left;
        step = step < left ? step : left;
        FUZZ_HOLDS(sanscsi_tx_commit(run->session, 0, step, run->now) == SANSCSI_OK,
                   "what was shown can be committed");
        sent += step;
        size_t count = 0;
        size_t at = sent;
        FUZZ_HOLDS(sanscsi_tx_window(run->session, 0, iov, 8, &count) == SANSCSI_OK,
                   "a window is shown between commits");
        for (size_t i = 0; i < count; at += iov[i++].size) {
            FUZZ_HOLDS(iov[i].size <= run->request_size - at &&
                           memcmp(iov[i].data, run->request + at, iov[i].size) == 0,
                       "what was shown is sent as it was, and no second request before an answer");
        }
        FUZZ_HOLDS(at == run->request_size, "what was shown stays shown");
    }
}

/* Takes what the session sends; a whole request becomes the last one. */
static void pull(struct login_run *run) {
    sanscsi_iovec iov[8];
    size_t count = 0;
    size_t size = 0;
    int32_t status = sanscsi_tx_window(run->session, 0, iov, 8, &count);
    FUZZ_HOLDS(status == SANSCSI_OK || status == SANSCSI_NOT_CONNECTED,
               "the send window answers as documented");
    for (size_t i = 0; i < count; i++) {
        FUZZ_HOLDS(size + iov[i].size <= REQUEST, "a Login Request is bounded");
        memcpy(run->request + size, iov[i].data, iov[i].size);
        size += iov[i].size;
    }
    if (size == 0) {
        return;
    }
    run->request_size = size;
    run->requests++;
    for (size_t i = 0; i < size; i++) {
        transcribe(&run->transcript, run->request[i]);
    }
    FUZZ_HOLDS(size >= 48 && run->request[0] == 0x43 && size <= 48 + 8192,
               "a login is made of Login Requests of 8192 bytes at most");
    send_request(run);
}

/* One transport from its opening to success, failure, or the end of the input. */
static void one_login(struct login_run *run) {
    run->logins++;
    run->heard = 0;
    run->requests = 0;
    run->grave = 0;
    run->redirected = false;
    run->closes = 0;
    run->connects = 0;
    run->proof_sent = false;
    run->proof_asked = false;
    run->wrong_secret = false;
    run->algorithm = SANSCSI_CHAP_MD5;
    run->stat_sn = fuzz_flag(&run->input) ? UINT32_C(0xffffffff) : 5;
    int32_t status = sanscsi_connected(run->session, 0, run->now);
    FUZZ_HOLDS(status == SANSCSI_OK || (run->starved && status == SANSCSI_NO_MEMORY),
               "it was asked for");
    for (uint32_t i = 0; i < MOST_RESPONSES; i++) {
        pull(run);
        polls(run);
        if (sanscsi_session_state(run->session) != SANSCSI_SESSION_LOGIN ||
            sanscsi_reader_left(&run->input) == 0) {
            return;
        }
        login_responds(run);
        polls(run);
    }
}

static void closes(struct login_run *run) {
    bool failed = run->closes > 0;
    bool open = sanscsi_session_state(run->session) == SANSCSI_SESSION_LOGIN;
    FUZZ_HOLDS(!failed || run->grave == 1 || (run->grave == 0 && run->redirected),
               "a login that fails says why in one event");
    FUZZ_HOLDS(failed || open || run->logged_in > 0, "a login that is over asks to be closed");
    FUZZ_HOLDS(run->grave == 0 || failed, "what is said to be serious ends the login");
    FUZZ_HOLDS(sanscsi_closed(run->session, 0, run->now) == SANSCSI_OK, "it was open");
    polls(run);
    if (open) {
        FUZZ_HOLDS(run->grave == 1, "a target that closes is told of in one event");
    }
}

static uint64_t play(const uint8_t *data, size_t size, uint32_t split) {
    struct login_run *run = calloc(1, sizeof(*run));
    if (run == NULL) {
        abort();
    }
    sanscsi_reader_init(&run->input, data, size);
    run->split = split;
    begin(run);
    FUZZ_HOLDS(sanscsi_session_start(run->session, run->now) == SANSCSI_OK, "it is free");
    polls(run);
    run->heap.last = run->starved ? run->fails_at : 0;
    do {
        one_login(run);
        if (run->logged_in > 0) {
            FUZZ_HOLDS(run->logged_in == 1 && run->closes == 0 && run->grave == 0,
                       "a login that succeeds does so once and without complaint");
            /* A session that was redirected keeps its new addresses. */
            FUZZ_HOLDS(run->heap.bytes <= run->idle + ROUTE * (size_t)(run->logins - 1),
                       "behind a login its memory is given back");
            run->heap.closed = true;
        }
        closes(run);
    } while (run->connects > 0);
    FUZZ_HOLDS(run->logged_out == 1 && sanscsi_session_state(run->session) == SANSCSI_SESSION_FREE,
               "a session that is closed ends once");
    run->heap.closed = false;
    sanscsi_session_free(run->session);
    sanscsi_initiator_free(run->initiator);
    FUZZ_HOLDS(run->heap.bytes == 0, "all memory is given back");
    uint64_t transcript = run->transcript;
    free(run);
    return transcript;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    uint64_t whole = play(data, size, 0);
    FUZZ_HOLDS(play(data, size, 1 + (uint32_t)size) == whole,
               "outputs and requests are the same however the stream is cut");
    return 0;
}
