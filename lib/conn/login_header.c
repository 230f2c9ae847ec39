/* Judges the header of a Login Response (RFC 7143 11.13). */
#include "conn/login.h"

#include "base/checked.h"

/* Event 37; what exactly was wrong stays on the connection. */
static enum login_result broken(struct login *login, enum fault_code fault, uint32_t value) {
    return sanscsi_login_fail(login, fault, value, SANSCSI_EVENT_LOGIN_RESPONSE_PROTOCOL_ERROR, 0,
                              NULL);
}

/* Before anything else of the PDU is looked at: is it one that may come at all? */
static enum login_result check_frame(struct login *login, const struct bhs_common *common) {
    if (common->opcode != OPCODE_LOGIN_RESPONSE) {
        return broken(login, FAULT_LOGIN_OPCODE, common->opcode);
    }
    if (common->total_ahs_length != 0) {
        return broken(login, FAULT_AHS_LENGTH, common->total_ahs_length);
    }
    if (common->data_segment_length > login->conn->max_recv_segment) {
        return broken(login, FAULT_DATA_LENGTH, common->data_segment_length);
    }
    if (login->request_due || login->auth_waits) {
        return broken(login, FAULT_LOGIN_OPCODE, common->opcode); /* nobody asked for it */
    }
    return LOGIN_GOES_ON;
}

/* Tags and versions, which hold for every Status-Class. */
static enum login_result check_identity(struct login *login) {
    const struct login_response *response = &login->response;
    if (response->itt != login->itt) {
        return broken(login, FAULT_LOGIN_TASK_TAG, response->itt);
    }
    if (response->status_class > 3) {
        return broken(login, FAULT_LOGIN_STATUS, response->status_class);
    }
    if (response->status_class != 0) {
        return LOGIN_GOES_ON;
    }
    if (memcmp(response->isid, login->setup.isid, sizeof(response->isid)) != 0) {
        return broken(login, FAULT_LOGIN_ISID, response->isid[0]);
    }
    if (response->version_active != 0 ||
        (login->first_response_seen && response->version_max != login->version_max)) {
        return broken(login, FAULT_LOGIN_VERSION, response->version_active);
    }
    return LOGIN_GOES_ON;
}

/* RFC 7143 6.3: forward only, and no further than was asked for. */
static enum login_result check_next_stage(struct login *login) {
    const struct login_response *response = &login->response;
    bool known = response->nsg == STAGE_OPERATIONAL || response->nsg == STAGE_FULL_FEATURE;
    if (known && response->nsg > login->stage && response->nsg <= login->requested_stage) {
        return LOGIN_GOES_ON;
    }
    struct event_value values[] = {
        EVENT_NUMBER(response->nsg),
        EVENT_NUMBER(login->stage),
        EVENT_NUMBER(login->requested_stage),
    };
    return sanscsi_login_fail(login, FAULT_LOGIN_NEXT_STAGE, response->nsg,
                              SANSCSI_EVENT_NEXT_STAGE_INVALID, 0, values);
}

static enum login_result check_stages(struct login *login) {
    const struct login_response *response = &login->response;
    if (response->csg != login->stage) {
        return broken(login, FAULT_LOGIN_STAGE, response->csg);
    }
    if (!response->transit) {
        return LOGIN_GOES_ON;
    }
    if (response->more) {
        return broken(login, FAULT_LOGIN_CONTINUE, response->nsg);
    }
    if (!login->transit_requested) {
        return broken(login, FAULT_LOGIN_TRANSIT, response->nsg);
    }
    enum login_result result = check_next_stage(login);
    if (result != LOGIN_GOES_ON || response->nsg != STAGE_FULL_FEATURE) {
        return result;
    }
    /* A new session gets its TSIH with the last response (RFC 7143 11.13.3). */
    if (response->tsih == 0 || (login->setup.tsih != 0 && response->tsih != login->setup.tsih)) {
        return broken(login, FAULT_LOGIN_TSIH, response->tsih);
    }
    return LOGIN_GOES_ON;
}

/* While our own text goes on, the target answers without any (RFC 7143 6.2). */
static enum login_result check_continued(struct login *login) {
    const struct login_response *response = &login->response;
    if (login->more_requested && (response->more || response->data_segment_length > 0)) {
        return broken(login, FAULT_LOGIN_CONTINUE, response->data_segment_length);
    }
    return LOGIN_GOES_ON;
}

static enum login_result check_stat_sn(struct login *login) {
    struct connection *conn = login->conn;
    if (!login->first_response_seen) {
        conn->exp_stat_sn = login->response.stat_sn; /* RFC 7143 11.13.4: it sets the start */
        login->version_max = login->response.version_max;
        login->first_response_seen = true;
    }
    if (!conn_take_stat_sn(conn, login->response.stat_sn)) {
        return broken(login, FAULT_STAT_SN, login->response.stat_sn);
    }
    return LOGIN_GOES_ON;
}

/* What counts with Status-Class 0 alone (RFC 7143 11.13.5). */
static enum login_result check_success(struct login *login) {
    enum login_result result = check_stages(login);
    if (result == LOGIN_GOES_ON) {
        result = check_continued(login);
    }
    return result == LOGIN_GOES_ON ? check_stat_sn(login) : result;
}

/* The text lands behind what the responses before brought. */
static enum login_result accept_text(struct login *login) {
    uint32_t length = login->response.data_segment_length;
    if (login->response.status_class == STATUS_CLASS_REDIRECTION) {
        login->text.size = 0; /* what the stage has brought no longer counts */
    }
    login->pdu_text = login->text.size;
    if (length == 0 || login->response.status_class > STATUS_CLASS_REDIRECTION) {
        return LOGIN_GOES_ON; /* texts of refusals are not for programs */
    }
    size_t limit = login->setup.settings->max_login_text;
    if (length > limit - login->total_text) {
        return broken(login, FAULT_LOGIN_TEXT, length);
    }
    login->total_text += length;
    if (sanscsi_growing_reserve(&login->text, login->setup.allocator, length, limit) !=
        SANSCSI_OK) {
        return sanscsi_login_fail(login, FAULT_LOGIN_NO_MEMORY, length,
                                  SANSCSI_EVENT_LOGIN_RESPONSE_NO_MEMORY, 0, NULL);
    }
    sanscsi_rx_accept(&login->conn->rx, login->text.data + login->text.size, length);
    return LOGIN_GOES_ON;
}

enum login_result sanscsi_login_glance(struct login *login) {
    struct rx *rx = &login->conn->rx;
    uint8_t opcode = rx->incoming[0] & OPCODE_MASK;
    if (rx->phase != RX_PHASE_BHS || rx->have == 0 || opcode == OPCODE_LOGIN_RESPONSE) {
        return LOGIN_GOES_ON;
    }
    rx->bhs[0] = rx->incoming[0]; /* where the fault looks for the opcode */
    return broken(login, FAULT_LOGIN_OPCODE, opcode);
}

enum login_result sanscsi_login_header(struct login *login) {
    struct bhs_common common;
    sanscsi_bhs_peek(&common, login->conn->rx.bhs);
    enum login_result result = check_frame(login, &common);
    if (result != LOGIN_GOES_ON) {
        return result;
    }
    sanscsi_login_response_decode(&login->response, login->conn->rx.bhs);
    result = check_identity(login);
    if (result == LOGIN_GOES_ON && login->response.status_class == 0) {
        result = check_success(login);
    }
    return result == LOGIN_GOES_ON ? accept_text(login) : result;
}
