/* Settings and limits of a session: defaults, and what is allowed in them. */
#include "initiator/settings.h"

#include <iscsi/name.h>

#include "base/checked.h"
#include "base/public.h"
#include "negotiate/keys.h"

#define MAX_TASKS 32768u
#define MAX_WAITING_R2TS 1048576u /* of all tasks */
#define MAX_HOST_LENGTH 255u
#define TOLERABLE 0x3ffu /* all bits of tolerate */

int32_t sanscsi_session_settings_init(sanscsi_session_settings *settings, size_t size) {
    int32_t status = begin_struct(settings, size, sizeof(*settings));
    if (status != SANSCSI_OK) {
        return status;
    }
    settings->type = SANSCSI_SESSION_NORMAL;
    settings->port = SANSCSI_DEFAULT_PORT;
    settings->max_login_exchanges = 16;
    settings->max_pair_length = 16384;
    settings->max_login_text = 262144;
    settings->max_discovery_text = 4194304;
    settings->max_unknown_keys = 64;
    settings->login_timeout = 30 * SANSCSI_SECOND;
    settings->command_timeout = 30 * SANSCSI_SECOND;
    settings->abort_timeout = 5 * SANSCSI_SECOND;
    settings->logout_timeout = 5 * SANSCSI_SECOND;
    settings->keepalive_timeout = 5 * SANSCSI_SECOND;
    sanscsi_parameters *parameters = &settings->parameters;
    sanscsi_parameters_rfc_defaults(parameters);
    parameters->initial_r2t = 0;
    parameters->max_recv_data_segment_length = 262144;
    parameters->max_burst_length = 1048576;
    parameters->first_burst_length = 262144;
    settings->chap_fallback = 1;
    settings->max_redirects = 5;
    settings->tolerate = SANSCSI_TOLERATE_LONG_SEQUENCE;
    settings->reinstate_delay = SANSCSI_SECOND / 5;
    settings->reinstate_max_delay = 30 * SANSCSI_SECOND;
    settings->hold_timeout = 60 * SANSCSI_SECOND;
    settings->max_unasked = 1024;
    return SANSCSI_OK;
}

int32_t sanscsi_limits_init(sanscsi_limits *limits, size_t size) {
    int32_t status = begin_struct(limits, size, sizeof(*limits));
    if (status != SANSCSI_OK) {
        return status;
    }
    limits->tasks = 32;
    limits->tx_slots = 8;
    limits->events = 3;       /* a failed login seldom says more before it is polled */
    limits->event_text = 224; /* holds the longest iSCSI name whole */
    limits->max_cdb_length = 16;
    limits->max_outstanding_r2t = 1;
    return SANSCSI_OK;
}

/* The length of a text that a URL may lack. */
static size_t length_of(const char *text) {
    return text == NULL ? 0 : span_of_string(text).size;
}

int32_t sanscsi_session_settings_url(sanscsi_session_settings *settings, const sanscsi_url *url) {
    if (settings == NULL || settings->size != sizeof(*settings) || url == NULL ||
        url->size < sizeof(*url)) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    settings->host = url->host;
    settings->host_length = length_of(url->host);
    settings->port = url->port;
    settings->target_name = url->target;
    settings->target_name_length = length_of(url->target);
    if (url->user != NULL) {
        settings->chap_name = url->user;
        settings->chap_name_length = length_of(url->user);
    }
    if (url->secret != NULL) {
        settings->chap_secret = url->secret;
        settings->chap_secret_length = length_of(url->secret);
    }
    return SANSCSI_OK;
}

static bool within(uint32_t value, uint32_t low, uint32_t high) {
    return value >= low && value <= high;
}

bool sanscsi_limits_valid(const sanscsi_limits *limits) {
    return limits->size == sizeof(*limits) && within(limits->tasks, 1, MAX_TASKS) &&
           within(limits->tx_slots, 2, 1024) && within(limits->events, 1, 1024) &&
           within(limits->event_text, 32, 65536) && within(limits->max_cdb_length, 16, 260) &&
           within(limits->max_outstanding_r2t, 1, 65535) &&
           (uint64_t)limits->tasks * limits->max_outstanding_r2t <= MAX_WAITING_R2TS;
}

static bool texts_valid(const sanscsi_session_settings *settings) {
    return (settings->target_name != NULL || settings->target_name_length == 0) &&
           (settings->chap_name != NULL || settings->chap_name_length == 0) &&
           (settings->chap_secret != NULL || settings->chap_secret_length == 0) &&
           (settings->target_chap_name != NULL || settings->target_chap_name_length == 0) &&
           (settings->target_chap_secret != NULL || settings->target_chap_secret_length == 0);
}

int32_t sanscsi_session_settings_check(const sanscsi_session_settings *settings) {
    if (settings->size != sizeof(*settings) || settings->type > SANSCSI_SESSION_DISCOVERY ||
        !texts_valid(settings)) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    if ((settings->tolerate & ~TOLERABLE) != 0) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    bool named = settings->target_name_length > 0;
    if (!named && settings->type == SANSCSI_SESSION_NORMAL) {
        return SANSCSI_INVALID_NAME;
    }
    if (named &&
        sanscsi_name_check(settings->target_name, settings->target_name_length) != SANSCSI_OK) {
        return SANSCSI_INVALID_NAME;
    }
    if (settings->host == NULL ||
        !within((uint32_t)min_size(settings->host_length, 256), 1, MAX_HOST_LENGTH) ||
        span_contains(span_of(settings->host, settings->host_length), 0) ||
        settings->port > UINT16_MAX) {
        return SANSCSI_INVALID_ADDRESS;
    }
    if (settings->isid[6] > 1 || settings->isid[0] >> 6 == 3) {
        return SANSCSI_INVALID_ARGUMENT; /* ISID type 11 is reserved, RFC 7143 11.12.5 */
    }
    int32_t status = sanscsi_chap_settings_check(settings);
    if (status != SANSCSI_OK) {
        return status;
    }
    bool good = sanscsi_parameters_valid(&settings->parameters) &&
                sanscsi_parameters_supported(&settings->parameters);
    return good ? SANSCSI_OK : SANSCSI_INVALID_VALUE;
}

/* Zeros that mean a default. */
void sanscsi_session_settings_fill(sanscsi_session_settings *settings) {
    sanscsi_session_settings defaults;
    sanscsi_session_settings_defaults(&defaults);
    uint32_t *const values[] = {
        &settings->port,           &settings->max_login_exchanges, &settings->max_pair_length,
        &settings->max_login_text, &settings->max_discovery_text,  &settings->max_unasked};
    const uint32_t usual[] = {
        defaults.port,           defaults.max_login_exchanges, defaults.max_pair_length,
        defaults.max_login_text, defaults.max_discovery_text,  defaults.max_unasked};
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        *values[i] = *values[i] != 0 ? *values[i] : usual[i];
    }
    uint64_t *const times[] = {&settings->keepalive_timeout, &settings->reinstate_delay,
                               &settings->reinstate_max_delay};
    const uint64_t usual_times[] = {defaults.keepalive_timeout, defaults.reinstate_delay,
                                    defaults.reinstate_max_delay};
    for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
        *times[i] = *times[i] != 0 ? *times[i] : usual_times[i];
    }
    bool chap = settings->chap_name_length > 0 || settings->chap_secret_length > 0 ||
                settings->target_chap_secret_length > 0 || settings->chap_ask != 0;
    if (settings->authentication == SANSCSI_AUTHENTICATION_AUTO) {
        settings->authentication = chap ? SANSCSI_AUTHENTICATION_CHAP : SANSCSI_AUTHENTICATION_NONE;
    }
}
