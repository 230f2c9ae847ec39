/* Fills the settings of a session from the command line, a URL and the environment. */
#include "settings.h"

#include <string.h>

static uint64_t at_most(uint64_t value, uint64_t limit) {
    return value < limit ? value : limit;
}

/* The first that is there; else the last, which is empty. */
static const struct chap_text *first_of(const struct chap_text *one, const struct chap_text *two,
                                        const struct chap_text *three) {
    return one->length > 0 ? one : two->length > 0 ? two : three;
}

/* The command line goes before the URL, and the URL before the environment. */
static void fill_chap(sanscsi_session_settings *settings, const struct options *options,
                      const struct endpoint *endpoint) {
    const struct chap_text *name =
        first_of(&options->chap.name, &endpoint->chap.name, &options->environment.name);
    const struct chap_text *secret =
        first_of(&options->chap.secret, &endpoint->chap.secret, &options->environment.secret);
    const struct chap_login *target = &options->target_chap;
    memcpy(settings->chap_algorithms, options->chap_algorithms, sizeof(options->chap_algorithms));
    if (name->length > 0) {
        settings->chap_name = (const char *)name->bytes;
        settings->chap_name_length = name->length;
    }
    if (secret->length > 0) {
        settings->chap_secret = secret->bytes;
        settings->chap_secret_length = secret->length;
    }
    if (target->secret.length == 0) {
        return; /* a name alone, from the environment, proves nothing */
    }
    settings->target_chap_secret = target->secret.bytes;
    settings->target_chap_secret_length = target->secret.length;
    if (target->name.length > 0) {
        settings->target_chap_name = (const char *)target->name.bytes;
        settings->target_chap_name_length = target->name.length;
    }
}

void settings_fill(sanscsi_session_settings *settings, const struct options *options,
                   const struct endpoint *endpoint, uint32_t type) {
    sanscsi_session_settings_defaults(settings);
    settings->type = type;
    if (endpoint->target != NULL && type == SANSCSI_SESSION_NORMAL) {
        settings->target_name = endpoint->target;
        settings->target_name_length = strlen(endpoint->target);
    }
    settings->host = endpoint->host;
    settings->host_length = strlen(endpoint->host);
    settings->port = endpoint->port;
    settings->max_login_exchanges = options->max_login_exchanges;
    settings->login_timeout = options->timeout;
    settings->command_timeout = options->timeout;
    settings->abort_timeout = at_most(settings->abort_timeout, options->timeout);
    settings->logout_timeout = at_most(settings->logout_timeout, options->timeout);
    /* --reconnect and --timeout bound the wait for a lost session. */
    settings->reinstate_attempts = options->reconnect;
    settings->reinstate_max_delay = SETTINGS_LONGEST_WAIT;
    settings->hold_timeout = 0;
    settings->parameters = options->parameters;
    settings->follow_permanent = options->follow_permanent;
    fill_chap(settings, options, endpoint);
    /* Many portals tell their targets to anybody and know no account. Some of them take CHAP all
     * the same when it is preferred, and then fail. */
    int has_chap = settings->chap_name != NULL || settings->chap_secret != NULL;
    if (type == SANSCSI_SESSION_DISCOVERY && has_chap && settings->target_chap_secret == NULL) {
        settings->authentication = SANSCSI_AUTHENTICATION_NONE_OR_CHAP;
    }
}
