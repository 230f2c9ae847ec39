/* Makes and ends sessions: settings, limits, and the layout of a session's one block. */
#include <iscsi/name.h>

#include "base/checked.h"
#include "initiator/session.h"
#include "wire/ahs.h"

#define MAX_TASKS 32768u
#define MAX_WAITING_R2TS 1048576u /* of all tasks */
#define MAX_HOST_LENGTH 255u
#define PORT_DIGITS 5u

void sanscsi_session_settings_defaults(sanscsi_session_settings *settings) {
    if (settings == NULL) {
        return;
    }
    memset(settings, 0, sizeof(*settings));
    settings->size = sizeof(*settings);
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
    sanscsi_parameters *parameters = &settings->parameters;
    sanscsi_parameters_rfc_defaults(parameters);
    parameters->initial_r2t = 0;
    parameters->max_recv_data_segment_length = 262144;
    parameters->max_burst_length = 1048576;
    parameters->first_burst_length = 262144;
}

void sanscsi_limits_defaults(sanscsi_limits *limits) {
    if (limits == NULL) {
        return;
    }
    memset(limits, 0, sizeof(*limits));
    limits->size = sizeof(*limits);
    limits->tasks = 32;
    limits->tx_slots = 8;
    limits->events = 3;       /* a failed login seldom says more before it is polled */
    limits->event_text = 224; /* holds the longest iSCSI name whole */
    limits->max_cdb_length = 16;
    limits->max_outstanding_r2t = 1;
}

static bool within(uint32_t value, uint32_t low, uint32_t high) {
    return value >= low && value <= high;
}

static bool limits_valid(const sanscsi_limits *limits) {
    return limits->size == sizeof(*limits) && within(limits->tasks, 1, MAX_TASKS) &&
           within(limits->tx_slots, 2, 1024) && within(limits->events, 1, 1024) &&
           within(limits->event_text, 32, 65536) && within(limits->max_cdb_length, 16, 260) &&
           within(limits->max_outstanding_r2t, 1, 65535) &&
           (uint64_t)limits->tasks * limits->max_outstanding_r2t <= MAX_WAITING_R2TS;
}

static int32_t check_settings(const sanscsi_session_settings *settings) {
    if (settings->size != sizeof(*settings) || settings->type > SANSCSI_SESSION_DISCOVERY ||
        (settings->target_name == NULL && settings->target_name_length > 0)) {
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
    bool good = sanscsi_parameters_valid(&settings->parameters) &&
                sanscsi_parameters_supported(&settings->parameters);
    return good ? SANSCSI_OK : SANSCSI_INVALID_VALUE;
}

/* The block of a session, measured or laid out: `base` is NULL while it is measured. */
struct layout {
    uint8_t *base;
    size_t size;
};

static void *place(struct layout *layout, size_t bytes) {
    void *at = layout->base == NULL ? NULL : layout->base + layout->size;
    layout->size += (bytes + 7u) & ~(size_t)7u;
    return at;
}

static uint32_t slot_count(const sanscsi_limits *limits) {
    return limits->tasks + TASK_OWN_SLOTS;
}

/* R2Ts of all tasks that may wait, and unsolicited bursts. */
static uint32_t burst_count(const sanscsi_limits *limits, const sanscsi_parameters *parameters) {
    uint64_t each = min_u32(limits->max_outstanding_r2t, parameters->max_outstanding_r2t);
    return (uint32_t)min_u64(each * limits->tasks + BURSTS_UNSOLICITED, UINT32_MAX - 1);
}

/* Only a CDB that does not fit in the header makes an AHS. */
static uint32_t ahs_size(const sanscsi_limits *limits) {
    return 4 * sanscsi_ahs_words(limits->max_cdb_length, false);
}

/* The pieces of the block that need making; the same walk measures and places them. */
struct pieces {
    sanscsi_session *session;
    struct connection *connections;
    struct task *tasks;
    uint8_t *cdbs;
    void *slots;
    void *timers;
    struct burst *bursts;
    struct output_entry *outputs;
    void *tx;
    void *events;
    uint8_t *text; /* target name, host with a zero, portal */
};

static size_t walk(const sanscsi_session_settings *settings, const sanscsi_limits *limits,
                   uint8_t *base, struct pieces *pieces) {
    struct layout layout = {base, 0};
    uint32_t slots = slot_count(limits);
    pieces->session = place(&layout, sizeof(sanscsi_session));
    pieces->connections = place(&layout, sizeof(struct connection));
    pieces->tasks = place(&layout, slots * sizeof(struct task));
    pieces->cdbs = place(&layout, (size_t)slots * limits->max_cdb_length);
    pieces->slots = place(&layout, sanscsi_slots_memory(slots));
    pieces->timers = place(&layout, sanscsi_timers_memory(slots + 1));
    pieces->bursts =
        place(&layout, (size_t)burst_count(limits, &settings->parameters) * sizeof(struct burst));
    pieces->outputs = place(&layout, (slots + OUTPUTS_CONTROL) * sizeof(struct output_entry));
    pieces->tx = place(&layout, sanscsi_tx_memory(limits->tx_slots, ahs_size(limits)));
    pieces->events = place(&layout, sanscsi_event_queue_memory(limits->events, limits->event_text));
    pieces->text = place(&layout, settings->target_name_length + 2 * settings->host_length +
                                      sizeof("[]:") + PORT_DIGITS + 1);
    return layout.size;
}

size_t sanscsi_session_memory(const sanscsi_session_settings *settings,
                              const sanscsi_limits *limits) {
    sanscsi_session_settings default_settings;
    sanscsi_limits default_limits;
    if (settings == NULL) {
        sanscsi_session_settings_defaults(&default_settings);
        settings = &default_settings;
    }
    if (limits == NULL) {
        sanscsi_limits_defaults(&default_limits);
        limits = &default_limits;
    }
    struct pieces pieces;
    return limits_valid(limits) ? walk(settings, limits, NULL, &pieces) : 0;
}

/* Copies the texts into the block and points the settings there. */
static void keep_texts(sanscsi_session *session, uint8_t *text) {
    sanscsi_session_settings *settings = &session->settings;
    size_t name = settings->target_name_length;
    size_t host = settings->host_length;
    if (name > 0) {
        memcpy(text, settings->target_name, name);
    }
    settings->target_name = (const char *)text;
    memcpy(text + name, settings->host, host);
    settings->host = (const char *)(text + name);
    session->origin.target = span_of(text, name);
    uint8_t *portal_text = text + name + host + 1;
    struct builder portal;
    sanscsi_builder_init(&portal, portal_text, host + sizeof("[]:") + PORT_DIGITS);
    bool bracketed = span_contains(span_of(settings->host, host), ':');
    sanscsi_builder_string(&portal, bracketed ? "[" : "");
    sanscsi_builder_bytes(&portal, settings->host, host);
    sanscsi_builder_string(&portal, bracketed ? "]:" : ":");
    sanscsi_builder_decimal(&portal, settings->port);
    session->origin.portal = span_of(portal_text, portal.size);
}

/* The caller's ISID, or one of the random form that no other session of ours has. */
static void make_isid(sanscsi_session *session) {
    const sanscsi_session_settings *settings = &session->settings;
    if (settings->isid[6] == 1) {
        memcpy(session->isid, settings->isid, sizeof(session->isid));
        return;
    }
    session->isid[0] = 0x80; /* T = 10b, RFC 7143 11.12.5 */
    memcpy(session->isid + 1, session->initiator->isid_random, 3);
    session->isid[4] = (uint8_t)(session->origin.session >> 8);
    session->isid[5] = (uint8_t)session->origin.session;
}

static void make_tables(sanscsi_session *session, const struct pieces *pieces) {
    const sanscsi_limits *limits = &session->limits;
    uint32_t slots = slot_count(limits);
    session->table.tasks = pieces->tasks;
    session->table.cdbs = pieces->cdbs;
    session->table.cdb_size = limits->max_cdb_length;
    session->table.limit = limits->tasks;
    sanscsi_slots_init(&session->table.slots, slots, pieces->slots);
    sanscsi_timers_init(&session->timers, slots + 1, pieces->timers);
    sanscsi_task_list_init(&session->waiting);
    sanscsi_task_list_init(&session->aborts);
    session->abort_slot = SLOT_NONE;
    session->logout_slot = SLOT_NONE;
    session->text.slot = SLOT_NONE;
    sanscsi_bursts_init(&session->bursts, pieces->bursts,
                        burst_count(limits, &session->settings.parameters));
    sanscsi_outputs_init(&session->outputs, pieces->outputs, slots + OUTPUTS_CONTROL);
    sanscsi_event_queue_init(&session->events, limits->events, limits->event_text, pieces->events);
}

/* Zeros that mean a default. */
static void fill_zeros(sanscsi_session_settings *settings) {
    sanscsi_session_settings defaults;
    sanscsi_session_settings_defaults(&defaults);
    uint32_t *const values[] = {&settings->port, &settings->max_login_exchanges,
                                &settings->max_pair_length, &settings->max_login_text,
                                &settings->max_discovery_text};
    const uint32_t usual[] = {defaults.port, defaults.max_login_exchanges, defaults.max_pair_length,
                              defaults.max_login_text, defaults.max_discovery_text};
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        *values[i] = *values[i] != 0 ? *values[i] : usual[i];
    }
}

static void make_session(sanscsi_initiator *initiator, const sanscsi_session_settings *settings,
                         const sanscsi_limits *limits, const struct pieces *pieces) {
    sanscsi_session *session = pieces->session;
    session->initiator = initiator;
    session->allocator = &initiator->allocator;
    session->settings = *settings;
    session->limits = *limits;
    fill_zeros(&session->settings);
    sanscsi_parameters *offer = &session->settings.parameters;
    offer->max_outstanding_r2t = min_u32(offer->max_outstanding_r2t, limits->max_outstanding_r2t);
    sanscsi_parameters_rfc_defaults(&session->parameters);
    session->origin.session = ++initiator->last_number;
    initiator->sessions++;
    keep_texts(session, pieces->text);
    make_isid(session);
    make_tables(session, pieces);
    session->connections = pieces->connections;
    session->connection_count = 1;
    struct connection *conn = session->connections;
    sanscsi_conn_init(conn, 0);
    sanscsi_rx_init(&conn->rx, initiator->crc32c, initiator->crc32c_context);
    sanscsi_tx_init(&conn->tx, limits->tx_slots, ahs_size(limits), pieces->tx, initiator->crc32c,
                    initiator->crc32c_context);
}

int32_t sanscsi_session_new(sanscsi_initiator *initiator, const sanscsi_session_settings *settings,
                            const sanscsi_limits *limits, sanscsi_session **session) {
    if (initiator == NULL || settings == NULL || session == NULL) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    sanscsi_limits default_limits;
    if (limits == NULL) {
        sanscsi_limits_defaults(&default_limits);
        limits = &default_limits;
    }
    if (limits->size != sizeof(*limits)) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    int32_t status = check_settings(settings);
    if (status != SANSCSI_OK) {
        return status;
    }
    if (!limits_valid(limits)) {
        return SANSCSI_TOO_LARGE;
    }
    if (initiator->sessions >= initiator->max_sessions) {
        return SANSCSI_TOO_MANY_SESSIONS;
    }
    struct pieces pieces;
    size_t memory = walk(settings, limits, NULL, &pieces);
    uint8_t *block = sanscsi_allocate(&initiator->allocator, memory);
    if (block == NULL) {
        return SANSCSI_NO_MEMORY;
    }
    (void)walk(settings, limits, block, &pieces);
    pieces.session->memory = memory;
    make_session(initiator, settings, limits, &pieces);
    *session = pieces.session;
    return SANSCSI_OK;
}

void sanscsi_session_free(sanscsi_session *session) {
    if (session == NULL) {
        return;
    }
    for (uint32_t i = 0; i < session->connection_count; i++) {
        sanscsi_login_free(session->connections[i].login);
        sanscsi_login_free(session->connections[i].spent_login);
    }
    sanscsi_growing_release(&session->text.text, session->allocator);
    session->initiator->sessions--;
    sanscsi_release(session->allocator, session, session->memory);
}
