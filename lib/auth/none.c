/* The authentication method None (RFC 7143 12.1). */
#include "auth/method.h"

static void begin(void *exchange, struct builder *out) {
    (void)exchange;
    (void)out;
}

static enum auth_progress receive(void *exchange, struct span key, struct span value) {
    (void)exchange;
    (void)key;
    (void)value;
    return AUTH_REFUSED;
}

static bool complete(const void *exchange) {
    (void)exchange;
    return true;
}

const struct auth_method sanscsi_auth_none = {
    .name = "None",
    .exchange_size = 0,
    .begin = begin,
    .receive = receive,
    .complete = complete,
};
