/* Reads where a target sends a login instead of accepting it (RFC 7143 11.13.5, 13.8). */
#include "conn/login.h"

#include <iscsi/name.h>

#include "base/reader.h"

/* Status-Detail of Status-Class 1. */
enum { MOVED_TEMPORARILY = 1, MOVED_PERMANENTLY = 2 };

static enum login_result bad_text(struct login *login, uint32_t event, struct span text) {
    struct event_value value = EVENT_TEXT(text);
    return sanscsi_login_fail(login, FAULT_LOGIN_REDIRECT, 0, event, 0, &value);
}

/* One TargetAddress; of several the first is gone to. A portal group tag, which has no place here,
 * does no harm. */
static enum login_result take_address(struct login *login, struct span value) {
    sanscsi_portal portal = {.size = sizeof(portal)};
    if (sanscsi_portal_parse((const char *)value.data, value.size, &portal) != SANSCSI_OK) {
        return bad_text(login, SANSCSI_EVENT_REDIRECT_ADDRESS_INVALID, value);
    }
    if (login->redirect.host.size == 0) {
        login->redirect.host = span_of(portal.host, portal.host_length);
        login->redirect.port = portal.port;
    }
    return LOGIN_GOES_ON;
}

static enum login_result take_addresses(struct login *login) {
    struct reader text;
    sanscsi_reader_init(&text, login->text.data, login->text.size);
    for (;;) {
        struct pair pair;
        enum pair_result split = sanscsi_pair_next(&text, &pair);
        if (split == PAIR_END) {
            return LOGIN_GOES_ON;
        }
        if (split != PAIR_OK) {
            return sanscsi_login_malformed(login, &pair, split);
        }
        if (!span_equal_string(pair.key, "TargetAddress")) {
            return bad_text(login, SANSCSI_EVENT_REDIRECT_KEY_INVALID, pair.key);
        }
        enum login_result result = take_address(login, pair.value);
        if (result != LOGIN_GOES_ON) {
            return result;
        }
    }
}

enum login_result sanscsi_login_redirected(struct login *login) {
    uint8_t detail = login->response.status_detail;
    if (detail != MOVED_TEMPORARILY && detail != MOVED_PERMANENTLY) {
        return sanscsi_login_refused(login);
    }
    login->text.size = login->response.data_segment_length;
    enum login_result result = take_addresses(login);
    if (result != LOGIN_GOES_ON) {
        return result;
    }
    if (login->redirect.host.size == 0) {
        return sanscsi_login_refused(login); /* sent away, but nowhere */
    }
    login->redirect.permanent = detail == MOVED_PERMANENTLY;
    login->redirect.authenticated = login->stage != STAGE_SECURITY;
    return LOGIN_REDIRECTED;
}
