/* The session's side of a login: what it is given, what becomes of it, whether to try again. */
#include "initiator/session.h"

#include "base/checked.h"
#include "base/divide.h"

/* The algorithms to offer, MD5 always among them (RFC 7143 12.1.3). */
static void choose_algorithms(const sanscsi_session *session,
                              uint8_t algorithms[AUTH_ALGORITHMS + 1]) {
    const uint8_t *wanted = session->settings.chap_algorithms;
    size_t count = 0;
    bool md5 = false;
    memset(algorithms, 0, AUTH_ALGORITHMS + 1);
    while (!session->md5_alone && count < sizeof(session->settings.chap_algorithms) &&
           wanted[count] != 0) {
        algorithms[count] = wanted[count];
        md5 = md5 || wanted[count] == SANSCSI_CHAP_MD5;
        count++;
    }
    if (!md5) {
        algorithms[count] = SANSCSI_CHAP_MD5;
    }
}

static void auth_setup(const sanscsi_session *session, struct auth_setup *auth) {
    const sanscsi_initiator *initiator = session->initiator;
    const sanscsi_session_settings *settings = &session->settings;
    *auth = (struct auth_setup){
        .hash = initiator->hash,
        .hash_context = initiator->hash_context,
        .random = initiator->random,
        .random_context = initiator->random_context,
        .mark = initiator->marked ? initiator->mark : NULL,
        .name = settings->chap_name_length > 0
                    ? span_of(settings->chap_name, settings->chap_name_length)
                    : initiator->name,
        .secret = span_of(settings->chap_secret, settings->chap_secret_length),
        .target_name = span_of(settings->target_chap_name, settings->target_chap_name_length),
        .target_secret = span_of(settings->target_chap_secret, settings->target_chap_secret_length),
        .ask = settings->chap_ask,
        .weak_secrets = settings->chap_weak_secrets != 0,
    };
    choose_algorithms(session, auth->algorithms);
}

static void login_setup(sanscsi_session *session, struct login_setup *setup) {
    setup->allocator = session->allocator;
    setup->events = &session->events;
    setup->origin = &session->origin;
    setup->settings = &session->settings;
    setup->initiator_name = session->initiator->name;
    setup->initiator_alias = session->initiator->alias;
    memcpy(setup->isid, session->isid, sizeof(setup->isid));
    setup->tsih = session->tsih;
    setup->cmd_sn = session->window.cmd_sn;
    auth_setup(session, &setup->auth);
}

bool sanscsi_session_begin_login(sanscsi_session *session, struct connection *conn, uint64_t now) {
    struct login_setup setup;
    count_one(&session->counters, COUNTER_LOGINS);
    session->window.cmd_sn = 1;
    session->final = false;
    sanscsi_growing_release(&session->answers, session->allocator);
    login_setup(session, &setup);
    conn->login = sanscsi_login_new(&setup, conn);
    if (conn->login == NULL) {
        count_one(&session->counters, COUNTER_LOGINS_FAILED);
        sanscsi_counters_event(&session->counters, SANSCSI_EVENT_LOGIN_NO_MEMORY);
        sanscsi_session_drop(session, conn, CONN_LOGIN_FAILED, SANSCSI_IO_SESSION_OFFLINE);
        return false;
    }
    if (session->settings.login_timeout != 0) {
        sanscsi_timers_arm(&session->timers, connection_timer(session, conn),
                           saturating_add_u64(now, session->settings.login_timeout));
    }
    return true;
}

/* Events behind which the same login would end in the same way. */
static bool is_final(uint32_t event) {
    static const uint8_t events[] = {
        SANSCSI_EVENT_CHAP_A_INVALID,        SANSCSI_EVENT_CHAP_R_INVALID,
        SANSCSI_EVENT_CHAP_SECRET_MISSING,   SANSCSI_EVENT_REDIRECT_PERMANENT,
        SANSCSI_EVENT_CHAP_SECRET_REFUSED,   SANSCSI_EVENT_CHAP_CHALLENGE_REFLECTED,
        SANSCSI_EVENT_REDIRECT_NOT_FOLLOWED, SANSCSI_EVENT_CHAP_MODULE_FAILED,
        SANSCSI_EVENT_CHAP_NAME_MISMATCH,
    };
    for (size_t i = 0; i < sizeof(events); i++) {
        if (events[i] == event) {
            return true;
        }
    }
    return false;
}

/* Whether a login ended over the list of CHAP algorithms that was offered: some targets misread a
 * list or the numbers in it, so the next start offers MD5 alone. */
static bool failed_on_list(const sanscsi_session *session, const struct login *login,
                           uint32_t event) {
    bool list = login->setup.auth.algorithms[1] != 0;
    bool by_target = event == SANSCSI_EVENT_CHAP_A_INVALID || event == SANSCSI_EVENT_LOGIN_FAILED ||
                     event == SANSCSI_EVENT_CLOSED_DURING_LOGIN;
    return session->settings.chap_fallback != 0 && list && by_target &&
           login->stage == STAGE_SECURITY && login->auth != NULL && login->auth->offers_list &&
           login->response.status_class != STATUS_CLASS_TARGET_ERROR;
}

void sanscsi_session_login_failed(sanscsi_session *session, const struct login *login,
                                  uint32_t event) {
    const struct login_response *last = &login->response;
    bool refused = event == SANSCSI_EVENT_LOGIN_FAILED;
    count_one(&session->counters, COUNTER_LOGINS_FAILED);
    session->final =
        is_final(event) || (refused && last->status_class == STATUS_CLASS_INITIATOR_ERROR);
    session->md5_alone = failed_on_list(session, login, event);
    if (session->md5_alone) {
        session->final = false;
    }
}

static void enter_full_feature(sanscsi_session *session, struct connection *conn) {
    struct login *login = conn->login;
    const struct login_response *last = &login->response;
    session->parameters = login->negotiation.result;
    session->answers = login->answers;
    login->answers = (struct growing){0};
    session->tsih = last->tsih;
    session->wait_told = false;
    session->window.exp_cmd_sn = last->exp_cmd_sn;
    session->window.max_cmd_sn = last->max_cmd_sn;
    const sanscsi_parameters *agreed = &session->parameters;
    conn->max_recv_segment = agreed->max_recv_data_segment_length;
    /* Whole words: a Data-Out within a sequence breaks none (RFC 7143 11.7.7). */
    conn->max_send_segment = agreed->target_max_recv_data_segment_length & ~UINT32_C(3);
    bool header = agreed->header_digest == SANSCSI_DIGEST_CRC32C;
    bool data = agreed->data_digest == SANSCSI_DIGEST_CRC32C;
    sanscsi_rx_set_digests(&conn->rx, header, data);
    sanscsi_tx_set_digests(&conn->tx, header, data);
    sanscsi_session_stop_login(session, conn);
    if (conn->tx.count == 0) {
        sanscsi_session_free_login(conn);
    }
    sanscsi_conn_move(conn, CONN_LOGIN_DONE);
    count_one(&session->counters, COUNTER_LOGINS_SUCCEEDED);
    sanscsi_session_redirect_succeeded(session);
    if (session->losses > 0) {
        struct event_value losses = EVENT_NUMBER(session->losses);
        sanscsi_session_raise(session, SANSCSI_EVENT_SESSION_REINSTATED, 0, &losses);
        session->losses = 0;
    }
    sanscsi_session_is_back(session);
    sanscsi_session_begin_keepalive(session, conn);
    sanscsi_outputs_push(&session->outputs, SANSCSI_OUTPUT_LOGGED_IN, conn->cid);
}

/* The event that failed a login was raised by it; what is counted by events is counted here. */
static void fail(sanscsi_session *session, struct connection *conn) {
    const struct login *login = conn->login;
    bool kept_answer = login->event == SANSCSI_EVENT_LIST_VALUE_INVALID &&
                       conn->fault.code == FAULT_LOGIN_NO_MEMORY;
    if (kept_answer) {
        count_one(&session->counters, COUNTER_LOGIN_ANSWER_ALLOCATION_FAILURES);
    } else {
        sanscsi_counters_event(&session->counters, login->event);
    }
    sanscsi_session_login_failed(session, login, login->event);
    sanscsi_session_drop(session, conn, CONN_LOGIN_FAILED, SANSCSI_IO_SESSION_OFFLINE);
}

static void redirect(sanscsi_session *session, struct connection *conn) {
    if (!sanscsi_session_redirect(session, conn->login)) {
        bool no_memory = session->last_event == SANSCSI_EVENT_LOGIN_NO_MEMORY;
        sanscsi_conn_set_fault(conn, no_memory ? FAULT_LOGIN_NO_MEMORY : FAULT_LOGIN_REDIRECT,
                               no_memory ? 0 : conn->login->response.status_detail);
        sanscsi_session_login_failed(session, conn->login, session->last_event);
    }
    sanscsi_session_drop(session, conn, CONN_LOGIN_FAILED, SANSCSI_IO_SESSION_OFFLINE);
}

void sanscsi_session_login_step(sanscsi_session *session, struct connection *conn,
                                enum login_result result) {
    switch (result) {
    case LOGIN_GOES_ON:
        break;
    case LOGIN_DONE:
        enter_full_feature(session, conn);
        break;
    case LOGIN_ASKS:
        sanscsi_outputs_push(&session->outputs, SANSCSI_OUTPUT_SECRET, conn->cid);
        break;
    case LOGIN_REDIRECTED:
        redirect(session, conn);
        break;
    case LOGIN_FAILED:
        fail(session, conn);
        break;
    }
}

void sanscsi_session_login_timeout(sanscsi_session *session, struct connection *conn) {
    sanscsi_conn_set_fault(conn, FAULT_LOGIN_TIMEOUT, 0);
    struct event_value limit =
        EVENT_NUMBER(sanscsi_divide(session->settings.login_timeout, NS_PER_MS, NULL));
    sanscsi_session_raise(session, SANSCSI_EVENT_LOGIN_TIMEOUT, 0, &limit);
    sanscsi_session_login_failed(session, conn->login, SANSCSI_EVENT_LOGIN_TIMEOUT);
    sanscsi_session_drop(session, conn, CONN_LOGIN_FAILED, SANSCSI_IO_SESSION_OFFLINE);
}

int32_t sanscsi_give_secret(sanscsi_session *session, uint32_t cid, uint32_t which,
                            const void *secret, size_t length, uint64_t now) {
    if (session == NULL || (secret == NULL && length > 0)) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    struct connection *conn = session_connection(session, cid);
    if (conn == NULL) {
        return SANSCSI_UNKNOWN_CONNECTION;
    }
    if (length > SANSCSI_MAX_CHAP_LENGTH) {
        return SANSCSI_TOO_LARGE;
    }
    struct auth_question question = {0};
    if (conn->login != NULL && conn->login->auth_waits) {
        sanscsi_login_question(conn->login, &question);
    }
    if (question.which == 0 || question.which != which) {
        return SANSCSI_NOT_ASKED_FOR;
    }
    session->origin.time = now;
    session->origin.cid = cid;
    sanscsi_outputs_forget(&session->outputs, SANSCSI_OUTPUT_SECRET, cid);
    sanscsi_session_login_step(session, conn,
                               sanscsi_login_give_secret(conn->login, span_of(secret, length)));
    return SANSCSI_OK;
}

int32_t sanscsi_session_may_retry(const sanscsi_session *session) {
    if (session == NULL) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    return session->final ? 0 : 1;
}
