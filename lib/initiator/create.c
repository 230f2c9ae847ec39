/* Makes and ends sessions: the layout of a session's one block. */
#include "base/checked.h"
#include "base/secure.h"
#include "initiator/session.h"
#include "initiator/settings.h"
#include "wire/ahs.h"
#include "wire/crc32c.h"

/* Timers beyond those of the tasks: the connection's and the session's. */
#define OWN_TIMERS 2u

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
    return limits->tasks + TASK_OWN_SLOTS + TASK_SPARE_SLOTS;
}

/* R2Ts of all tasks that may wait, and unsolicited bursts. */
static uint32_t burst_count(const sanscsi_limits *limits, const sanscsi_parameters *parameters) {
    uint64_t each = min_u32(limits->max_outstanding_r2t, parameters->max_outstanding_r2t);
    return (uint32_t)min_u64(each * limits->tasks + BURSTS_UNSOLICITED, UINT32_MAX - 1);
}

/* CHAP names and secrets, in one piece that is wiped in the end. */
static size_t chap_text_size(const sanscsi_session_settings *settings) {
    return settings->chap_name_length + settings->chap_secret_length +
           settings->target_chap_name_length + settings->target_chap_secret_length;
}

/* A CDB that does not fit in the header makes an AHS, a bidirectional command another. */
static uint32_t ahs_size(const sanscsi_limits *limits) {
    return 4 * sanscsi_ahs_words(limits->max_cdb_length, true);
}

/* Units whose task termination can wait to be acknowledged: a target tells it of those that have
 * tasks of ours (RFC 7143 4.2.3.4). */
static uint32_t termination_count(const sanscsi_limits *limits,
                                  const sanscsi_parameters *parameters) {
    return parameters->task_reporting == SANSCSI_TASK_REPORTING_FAST_ABORT ? limits->tasks : 0;
}

/* The pieces of the block that need making; the same walk measures and places them. */
struct pieces {
    sanscsi_session *session;
    struct connection *connections;
    struct task *tasks;
    uint8_t *cdbs;
    void *slots;
    struct task_aborted *aborted;
    struct disorder *disorder; /* NULL where there is none */
    void *timers;
    struct burst *bursts;
    struct output_entry *outputs;
    uint64_t *terminations;
    void *tx;
    void *events;
    uint8_t *text;    /* target name, host with a zero, portal */
    uint8_t *secrets; /* CHAP names and secrets */
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
    pieces->aborted = place(&layout, slots * sizeof(*pieces->aborted));
    const sanscsi_parameters *parameters = &settings->parameters;
    bool ordered = parameters->data_pdu_in_order != 0 && parameters->data_sequence_in_order != 0;
    pieces->disorder = ordered ? NULL : place(&layout, slots * sizeof(struct disorder));
    pieces->timers = place(&layout, sanscsi_timers_memory(slots + OWN_TIMERS));
    pieces->bursts =
        place(&layout, (size_t)burst_count(limits, &settings->parameters) * sizeof(struct burst));
    pieces->outputs = place(&layout, (slots + OUTPUTS_CONTROL) * sizeof(struct output_entry));
    pieces->terminations =
        place(&layout, termination_count(limits, &settings->parameters) * sizeof(uint64_t));
    pieces->tx = place(&layout, sanscsi_tx_memory(limits->tx_slots, ahs_size(limits)));
    pieces->events = place(&layout, sanscsi_event_queue_memory(limits->events, limits->event_text));
    pieces->text =
        place(&layout, settings->target_name_length + route_text_size(settings->host_length));
    pieces->secrets = place(&layout, chap_text_size(settings));
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
    return sanscsi_limits_valid(limits) ? walk(settings, limits, NULL, &pieces) : 0;
}

/* Copies bytes to the place that `at` tells, which moves on; returns where they are. */
static void *keep(uint8_t **at, const void *data, size_t size) {
    uint8_t *kept = *at;
    if (size > 0) {
        memcpy(kept, data, size);
        *at += size;
    }
    return kept;
}

/* Copies the texts into the block and points the settings there. */
static void keep_texts(sanscsi_session *session, const struct pieces *pieces) {
    sanscsi_session_settings *settings = &session->settings;
    uint8_t *at = pieces->text;
    settings->target_name = keep(&at, settings->target_name, settings->target_name_length);
    session->origin.target = span_of(settings->target_name, settings->target_name_length);
    sanscsi_route_init(&session->home, at, span_of(settings->host, settings->host_length),
                       settings->port);
    settings->host = session->home.host;
    session->base = &session->home;
    sanscsi_session_take_route(session, &session->home);
    at = pieces->secrets;
    settings->chap_name = keep(&at, settings->chap_name, settings->chap_name_length);
    settings->chap_secret = keep(&at, settings->chap_secret, settings->chap_secret_length);
    settings->target_chap_name =
        keep(&at, settings->target_chap_name, settings->target_chap_name_length);
    settings->target_chap_secret =
        keep(&at, settings->target_chap_secret, settings->target_chap_secret_length);
}

/* The caller's ISID, or one of the random form that no other session of ours has. */
static void make_isid(sanscsi_session *session) {
    const sanscsi_session_settings *settings = &session->settings;
    if (settings->isid[6] == 1) {
        memcpy(session->isid, settings->isid, sizeof(session->isid));
        return;
    }
    /* The random number goes on where the 16 bits of the qualifier begin anew. */
    uint32_t number = load_be24(session->initiator->isid_random);
    number += (uint32_t)(session->origin.session >> 16);
    session->isid[0] = 0x80; /* T = 10b, RFC 7143 11.12.5 */
    store_be24(session->isid + 1, number & UINT32_C(0xffffff));
    store_be16(session->isid + 4, (uint16_t)session->origin.session);
}

static void make_tables(sanscsi_session *session, const struct pieces *pieces) {
    const sanscsi_limits *limits = &session->limits;
    uint32_t slots = slot_count(limits);
    session->table.tasks = pieces->tasks;
    session->table.cdbs = pieces->cdbs;
    session->table.cdb_size = limits->max_cdb_length;
    session->table.limit = limits->tasks;
    sanscsi_slots_init(&session->table.slots, slots, pieces->slots);
    session->table.aborted = pieces->aborted;
    sanscsi_task_forget_aborted(&session->table);
    session->disorder = pieces->disorder;
    session->watches_sequences =
        pieces->disorder != NULL || !tolerates(session, SANSCSI_TOLERATE_LONG_SEQUENCE);
    sanscsi_timers_init(&session->timers, slots + OWN_TIMERS, pieces->timers);
    sanscsi_task_list_init(&session->waiting);
    sanscsi_task_list_init(&session->immediates);
    sanscsi_task_list_init(&session->aborts);
    sanscsi_task_list_init(&session->escalated);
    sanscsi_task_list_init(&session->managements);
    session->abort_slot = SLOT_NONE;
    session->reset_slot = SLOT_NONE;
    session->logout_slot = SLOT_NONE;
    session->keepalive_slot = SLOT_NONE;
    session->text.slot = SLOT_NONE;
    session->text.wanted = SLOT_NONE;
    sanscsi_bursts_init(&session->bursts, pieces->bursts,
                        burst_count(limits, &session->settings.parameters));
    session->terminations = pieces->terminations;
    session->termination_limit = termination_count(limits, &session->settings.parameters);
    sanscsi_outputs_init(&session->outputs, pieces->outputs, slots + OUTPUTS_CONTROL);
    sanscsi_event_queue_init(&session->events, limits->events, limits->event_text, pieces->events);
}

static void make_session(sanscsi_initiator *initiator, const sanscsi_session_settings *settings,
                         const sanscsi_limits *limits, const struct pieces *pieces) {
    sanscsi_session *session = pieces->session;
    session->initiator = initiator;
    session->allocator = &initiator->allocator;
    session->settings = *settings;
    session->limits = *limits;
    sanscsi_session_settings_fill(&session->settings);
    sanscsi_parameters *offer = &session->settings.parameters;
    offer->max_outstanding_r2t = min_u32(offer->max_outstanding_r2t, limits->max_outstanding_r2t);
    sanscsi_parameters_rfc_defaults(&session->parameters);
    session->origin.session = ++initiator->last_number;
    initiator->sessions++;
    keep_texts(session, pieces);
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

static int32_t refuse(sanscsi_initiator *initiator, int32_t status) {
    count_one(&initiator->counters, COUNTER_SESSIONS_REFUSED);
    return status;
}

/* A build without digests can have them only from a program that brings its own CRC32C. */
static bool digests_supported(const sanscsi_initiator *initiator,
                              const sanscsi_parameters *parameters) {
    return sanscsi_crc32c_fit_for_digests || initiator->crc32c != sanscsi_crc32c ||
           (parameters->header_digest == SANSCSI_DIGEST_NONE &&
            parameters->data_digest == SANSCSI_DIGEST_NONE);
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
    int32_t status = sanscsi_session_settings_check(settings);
    if (status != SANSCSI_OK) {
        return refuse(initiator, status);
    }
    if (!digests_supported(initiator, &settings->parameters)) {
        return refuse(initiator, SANSCSI_NOT_SUPPORTED);
    }
    if (!sanscsi_limits_valid(limits)) {
        return refuse(initiator, SANSCSI_TOO_LARGE);
    }
    if (initiator->sessions >= initiator->max_sessions) {
        return refuse(initiator, SANSCSI_TOO_MANY_SESSIONS);
    }
    struct pieces pieces;
    size_t memory = walk(settings, limits, NULL, &pieces);
    uint8_t *block = sanscsi_allocate(&initiator->allocator, memory);
    if (block == NULL) {
        return refuse(initiator, SANSCSI_NO_MEMORY);
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
    sanscsi_growing_release(&session->found.text, session->allocator);
    sanscsi_growing_release(&session->answers, session->allocator);
    sanscsi_growing_release(&session->shown_answers, session->allocator);
    sanscsi_session_free_routes(session);
    session->initiator->sessions--;
    sanscsi_counters_add(&session->initiator->counters, &session->counters);
    sanscsi_wipe((void *)(uintptr_t)session->settings.chap_name,
                 chap_text_size(&session->settings));
    sanscsi_release(session->allocator, session, session->memory);
}
