/* How a login carries out its authentication method (RFC 7143 6.3.2, 12.1). */
#include "conn/login.h"

#include "base/secure.h"

const char *sanscsi_login_auth_offer(const struct login *login) {
    static const char *const offers[] = {
        [SANSCSI_AUTHENTICATION_NONE] = "None",
        [SANSCSI_AUTHENTICATION_CHAP] = "CHAP",
        [SANSCSI_AUTHENTICATION_CHAP_OR_NONE] = "CHAP,None",
        [SANSCSI_AUTHENTICATION_NONE_OR_CHAP] = "None,CHAP",
    };
    return offers[login->setup.settings->authentication];
}

static enum login_result failed(struct login *login, const struct auth_failure *why) {
    return sanscsi_login_fail(login, FAULT_LOGIN_AUTHENTICATION, 0, why->event, why->facts,
                              why->values);
}

enum login_result sanscsi_login_select_method(struct login *login,
                                              const struct auth_method *method) {
    struct auth_failure why;
    if (method->exchange_size > 0) {
        login->exchange = sanscsi_allocate(login->setup.allocator, method->exchange_size);
        if (login->exchange == NULL) {
            struct event_value size = EVENT_NUMBER(method->exchange_size);
            return sanscsi_login_fail(login, FAULT_LOGIN_NO_MEMORY, (uint32_t)method->exchange_size,
                                      SANSCSI_EVENT_LOGIN_NO_MEMORY, 0, &size);
        }
    }
    login->auth = method;
    return method->begin(login->exchange, &login->setup.auth, &why) ? LOGIN_GOES_ON
                                                                    : failed(login, &why);
}

bool sanscsi_login_auth_ready(const struct login *login) {
    if (login->stage != STAGE_SECURITY) {
        return true;
    }
    if (login->auth != NULL) {
        return login->auth->ready(login->exchange);
    }
    /* Only where nothing else can be chosen is it known before the target's answer. */
    return login->setup.settings->authentication == SANSCSI_AUTHENTICATION_NONE;
}

bool sanscsi_login_auth_awaits(const struct login *login) {
    return login->stage == STAGE_SECURITY && login->auth != NULL &&
           login->auth->awaits(login->exchange);
}

enum login_result sanscsi_login_auth_key(struct login *login, struct span key, struct span value) {
    struct auth_failure why;
    const struct auth_method *method = login->auth != NULL ? login->auth : &sanscsi_auth_none;
    return method->receive(login->exchange, key, value, &why) ? LOGIN_GOES_ON : failed(login, &why);
}

static enum login_result progressed(struct login *login, enum auth_progress progress,
                                    const struct auth_failure *why) {
    if (progress == AUTH_FAILED) {
        return failed(login, why);
    }
    login->auth_waits = progress == AUTH_WAIT;
    return login->auth_waits ? LOGIN_ASKS : LOGIN_GOES_ON;
}

enum login_result sanscsi_login_auth_step(struct login *login) {
    struct auth_failure why;
    if (login->stage != STAGE_SECURITY || login->auth == NULL) {
        return LOGIN_GOES_ON;
    }
    return progressed(login, login->auth->end(login->exchange, &why), &why);
}

void sanscsi_login_question(const struct login *login, struct auth_question *question) {
    login->auth->question(login->exchange, question);
}

enum login_result sanscsi_login_give_secret(struct login *login, struct span secret) {
    struct auth_failure why;
    enum login_result result =
        progressed(login, login->auth->give(login->exchange, secret, &why), &why);
    return result == LOGIN_GOES_ON ? sanscsi_login_proceed(login) : result;
}

void sanscsi_login_auth_free(struct login *login) {
    if (login->exchange != NULL) {
        sanscsi_wipe(login->exchange, login->auth->exchange_size);
        sanscsi_release(login->setup.allocator, login->exchange, login->auth->exchange_size);
    }
    sanscsi_wipe(login->out, sizeof(login->out));
}
