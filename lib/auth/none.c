/* The authentication method None (RFC 7143 12.1). */
#include "auth/method.h"

static bool begin(void *exchange, const struct auth_setup *setup, struct auth_failure *why) {
    (void)exchange;
    (void)setup;
    (void)why;
    return true;
}

static void write(void *exchange, struct builder *out) {
    (void)exchange;
    (void)out;
}

static bool yes(const void *exchange) {
    (void)exchange;
    return true;
}

static bool no(const void *exchange) {
    (void)exchange;
    return false;
}

/* The keys of a method that was not selected. */
static bool receive(void *exchange, struct span key, struct span value, struct auth_failure *why) {
    (void)exchange;
    (void)value;
    *why = (struct auth_failure){.event = SANSCSI_EVENT_UNEXPECTED_NEGOTIATION,
                                 .values = {EVENT_TEXT(key)}};
    return false;
}

static enum auth_progress end(void *exchange, struct auth_failure *why) {
    (void)exchange;
    (void)why;
    return AUTH_PROCEED;
}

static void question(const void *exchange, struct auth_question *question) {
    (void)exchange;
    *question = (struct auth_question){0};
}

static enum auth_progress give(void *exchange, struct span secret, struct auth_failure *why) {
    (void)secret;
    return end(exchange, why);
}

const struct auth_method sanscsi_auth_none = {
    .name = "None",
    .exchange_size = 0,
    .begin = begin,
    .write = write,
    .ready = yes,
    .awaits = no,
    .receive = receive,
    .end = end,
    .question = question,
    .give = give,
    .complete = yes,
};
