/* The login phase of one connection: stages and requests (RFC 7143 6.3). */
#include "conn/login.h"

#define LOGIN_TASK_TAG UINT32_C(0x00010000) /* one for the whole phase, RFC 7143 11.12 */

struct login *sanscsi_login_new(const struct login_setup *setup, struct connection *conn) {
    struct login *login = sanscsi_allocate(setup->allocator, sizeof(*login));
    if (login == NULL) {
        sanscsi_conn_set_fault(conn, FAULT_LOGIN_NO_MEMORY, 0);
        struct event_value size = EVENT_NUMBER(sizeof(*login));
        (void)sanscsi_event_queue_raise(setup->events, setup->origin, SANSCSI_EVENT_LOGIN_NO_MEMORY,
                                        0, &size);
        return NULL;
    }
    login->setup = *setup;
    login->conn = conn;
    login->itt = LOGIN_TASK_TAG;
    login->stage = STAGE_SECURITY;
    login->request_due = true;
    uint32_t flags = NEGOTIATE_LEADING;
    if (setup->settings->type == SANSCSI_SESSION_DISCOVERY) {
        flags |= NEGOTIATE_DISCOVERY;
    }
    sanscsi_negotiation_init(&login->negotiation, NEGOTIATE_AS_INITIATOR, flags,
                             &setup->settings->parameters);
    return login;
}

void sanscsi_login_free(struct login *login) {
    if (login != NULL) {
        const sanscsi_allocator *allocator = login->setup.allocator;
        sanscsi_login_auth_free(login);
        sanscsi_growing_release(&login->text, allocator);
        sanscsi_growing_release(&login->unknown, allocator);
        sanscsi_growing_release(&login->answers, allocator);
        sanscsi_release(allocator, login, sizeof(*login));
    }
}

enum login_result sanscsi_login_fail(struct login *login, enum fault_code fault, uint32_t value,
                                     uint32_t event, uint32_t facts,
                                     const struct event_value *values) {
    sanscsi_conn_set_fault(login->conn, fault, value);
    login->event = event;
    (void)sanscsi_event_queue_raise(login->setup.events, login->setup.origin, event, facts, values);
    return LOGIN_FAILED;
}

bool sanscsi_login_request_due(const struct login *login) {
    /* The last request's text must be out before `out` is written anew. */
    return login->request_due && login->conn->tx.count == 0;
}

/* Names and session type stand in the first request alone (RFC 7143 6.3, 13.4, 13.5, 13.21). */
static void put_names(const struct login *login, struct builder *out) {
    const sanscsi_session_settings *settings = login->setup.settings;
    bool discovery = settings->type == SANSCSI_SESSION_DISCOVERY;
    sanscsi_pair_put(out, "InitiatorName", login->setup.initiator_name);
    if (login->setup.initiator_alias.size > 0) {
        sanscsi_pair_put(out, "InitiatorAlias", login->setup.initiator_alias);
    }
    sanscsi_pair_put(out, "SessionType",
                     discovery ? SPAN_LITERAL("Discovery") : SPAN_LITERAL("Normal"));
    if (settings->target_name_length > 0) {
        sanscsi_pair_put(out, "TargetName",
                         span_of(settings->target_name, settings->target_name_length));
    }
}

/* Answers NotUnderstood to as many unknown keys as fit; false when some are left. */
static bool put_unknown(struct login *login, struct builder *out) {
    struct reader names;
    sanscsi_reader_init(&names, login->unknown.data, login->unknown.size);
    struct span name;
    struct span value = SPAN_LITERAL("NotUnderstood");
    size_t answered = 0;
    while (sanscsi_reader_until(&names, 0, &name)) {
        if (name.size + value.size + 2 > out->capacity - out->size) {
            break;
        }
        sanscsi_builder_span(out, name);
        sanscsi_builder_u8(out, '=');
        sanscsi_builder_span(out, value);
        sanscsi_builder_u8(out, 0);
        answered = names.position;
    }
    size_t left = login->unknown.size - answered;
    if (answered > 0 && left > 0) {
        memmove(login->unknown.data, login->unknown.data + answered, left);
    }
    login->unknown.size = left;
    return left == 0;
}

/* Writes the text of the next request; false when more is left than fits (C = 1). */
static bool put_text(struct login *login, struct builder *out) {
    if (!login->first_request_made) {
        put_names(login, out);
    }
    if (login->stage == STAGE_SECURITY && !login->auth_offered) {
        sanscsi_pair_put(out, "AuthMethod", span_of_string(sanscsi_login_auth_offer(login)));
        login->auth_offered = true;
    } else if (login->stage == STAGE_SECURITY && login->auth != NULL) {
        login->auth->write(login->exchange, out);
    }
    if (login->stage == STAGE_OPERATIONAL && !login->proposed) {
        sanscsi_negotiation_propose(&login->negotiation, login->stage, out);
        login->proposed = true;
    }
    sanscsi_negotiation_answer(&login->negotiation, out);
    return put_unknown(login, out);
}

void sanscsi_login_make_request(struct login *login) {
    struct connection *conn = login->conn;
    struct builder out;
    sanscsi_builder_init(&out, login->out, sizeof(login->out));
    /* An answer to a response with C = 1 is empty, and does not leave the stage (RFC 7143 6.2). */
    bool continuing = login->first_response_seen && login->response.more;
    bool whole = continuing || put_text(login, &out);
    bool transit = whole && !continuing && sanscsi_login_auth_ready(login);
    uint8_t next = login->stage == STAGE_SECURITY ? STAGE_OPERATIONAL : STAGE_FULL_FEATURE;
    struct login_request request = {
        .immediate = true,
        .transit = transit,
        .more = !whole,
        .csg = login->stage,
        .nsg = transit ? next : 0,
        .tsih = login->setup.tsih,
        .itt = login->itt,
        .cid = conn->cid,
        .cmd_sn = login->setup.cmd_sn,
        .exp_stat_sn = conn->exp_stat_sn,
    };
    memcpy(request.isid, login->setup.isid, sizeof(request.isid));
    struct tx_slot *slot = tx_begin(&conn->tx, BHS_SIZE);
    sanscsi_login_request_encode(&request, slot->header);
    sanscsi_tx_queue_buffer(&conn->tx, login->out, (uint32_t)out.size, TX_NO_OWNER);
    login->transit_requested = transit;
    login->more_requested = !whole;
    login->requested_stage = next;
    login->first_request_made = true;
    login->request_due = false;
}

static enum login_result enter_stage(struct login *login, uint8_t stage) {
    if (stage == STAGE_FULL_FEATURE) {
        return LOGIN_DONE;
    }
    login->stage = stage;
    login->exchanges = 0;
    login->request_due = true;
    return LOGIN_GOES_ON;
}

/* Counts what could go on for ever; text that still comes is bounded by its own limit. */
static bool count_exchange(struct login *login) {
    bool progress = login->response.more && login->text.size > login->pdu_text;
    login->exchanges += progress ? 0 : 1;
    return login->exchanges <= login->setup.settings->max_login_exchanges;
}

enum login_result sanscsi_login_refused(struct login *login) {
    struct event_value values[] = {
        EVENT_NUMBER(login->response.status_class),
        EVENT_NUMBER(login->response.status_detail),
        EVENT_TEXT(login->setup.origin->portal),
    };
    uint32_t status = ((uint32_t)login->response.status_class << 8) | login->response.status_detail;
    return sanscsi_login_fail(login, FAULT_LOGIN_STATUS, status, SANSCSI_EVENT_LOGIN_FAILED, 0,
                              values);
}

enum login_result sanscsi_login_proceed(struct login *login) {
    if (!login->response.transit) {
        login->request_due = true;
        return LOGIN_GOES_ON;
    }
    enum login_result result = sanscsi_login_finish_stage(login);
    return result == LOGIN_GOES_ON ? enter_stage(login, login->response.nsg) : result;
}

enum login_result sanscsi_login_response(struct login *login) {
    if (login->response.status_class == STATUS_CLASS_REDIRECTION) {
        return sanscsi_login_redirected(login);
    }
    if (login->response.status_class != 0) {
        return sanscsi_login_refused(login);
    }
    login->text.size += login->response.data_segment_length;
    if (!count_exchange(login)) {
        struct event_value max = EVENT_NUMBER(login->setup.settings->max_login_exchanges);
        return sanscsi_login_fail(login, FAULT_LOGIN_TEXT, login->exchanges,
                                  SANSCSI_EVENT_TOO_MANY_LOGIN_EXCHANGES, 0, &max);
    }
    if (login->response.more) {
        login->request_due = true;
        return sanscsi_login_check_partial(login);
    }
    enum login_result result = sanscsi_login_take_text(login);
    if (result != LOGIN_GOES_ON) {
        return result;
    }
    login->text.size = 0;
    result = sanscsi_login_auth_step(login);
    return result == LOGIN_GOES_ON ? sanscsi_login_proceed(login) : result;
}
