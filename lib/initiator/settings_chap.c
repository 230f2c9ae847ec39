/* What is allowed in the settings of CHAP. */
#include "auth/chap.h"
#include "auth/hash.h"
#include "base/secure.h"
#include "initiator/settings.h"

static bool algorithms_valid(const sanscsi_session_settings *settings) {
    const uint8_t *algorithms = settings->chap_algorithms;
    for (size_t i = 0; i < sizeof(settings->chap_algorithms); i++) {
        if (algorithms[i] == 0) {
            continue; /* nothing but zeros may follow, which the next one finds out */
        }
        if (sanscsi_hash_size(algorithms[i]) == 0 || (i > 0 && algorithms[i - 1] == 0)) {
            return false;
        }
        for (size_t other = 0; other < i; other++) {
            if (algorithms[other] == algorithms[i]) {
                return false;
            }
        }
    }
    return true;
}

/* A name that the target must tell is nothing without a proof. */
static bool name_without_secret(const sanscsi_session_settings *settings) {
    return settings->target_chap_name_length > 0 && settings->target_chap_secret_length == 0 &&
           (settings->chap_ask & SANSCSI_SECRET_TARGET) == 0;
}

static bool weak(size_t length) {
    return length > 0 && length < CHAP_MIN_SECRET;
}

/* Secrets that could not protect are refused here already (RFC 7143 9.2.1). */
int32_t sanscsi_chap_settings_check(const sanscsi_session_settings *settings) {
    size_t own = settings->chap_secret_length;
    size_t target = settings->target_chap_secret_length;
    if (settings->authentication > SANSCSI_AUTHENTICATION_NONE_OR_CHAP ||
        settings->chap_ask > (SANSCSI_SECRET_OWN | SANSCSI_SECRET_TARGET) ||
        !algorithms_valid(settings) || name_without_secret(settings) ||
        span_contains(span_of(settings->chap_name, settings->chap_name_length), 0)) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    if (settings->chap_name_length > SANSCSI_MAX_CHAP_LENGTH || own > SANSCSI_MAX_CHAP_LENGTH ||
        settings->target_chap_name_length > SANSCSI_MAX_CHAP_LENGTH ||
        target > SANSCSI_MAX_CHAP_LENGTH) {
        return SANSCSI_TOO_LARGE;
    }
    if (settings->chap_weak_secrets == 0 && (weak(own) || weak(target))) {
        return SANSCSI_WEAK_SECRET;
    }
    if (own > 0 && own == target &&
        sanscsi_equal_constant_time(settings->chap_secret, settings->target_chap_secret, own)) {
        return SANSCSI_SHARED_SECRET;
    }
    return SANSCSI_OK;
}
