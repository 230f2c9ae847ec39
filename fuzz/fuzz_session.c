/* Property: whatever a peer says and a program calls, each task ends once, no byte outside of lent
 * memory is written, and the result does not depend on how the stream is cut. */
#include <stdlib.h>
#include <string.h>

#include "session_calls.h"

enum { MOST_OPERATIONS = 400, LOGIN_MEMORY = 262144, END_STEPS = 12 };

static void choose_terms(struct run *run, struct terms *terms) {
    static const uint32_t sizes[] = {512, 1024, 2048, 8192};
    uint8_t choice = sanscsi_reader_u8(&run->program);
    uint8_t more = sanscsi_reader_u8(&run->program);
    terms->discovery = (choice & 0xf0) == 0xf0;
    terms->header_digest = choice & 1 ? SANSCSI_DIGEST_CRC32C : SANSCSI_DIGEST_NONE;
    terms->data_digest = choice & 2 ? SANSCSI_DIGEST_CRC32C : SANSCSI_DIGEST_NONE;
    terms->initial_r2t = (choice & 4) != 0;
    terms->immediate_data = (choice & 8) == 0;
    terms->pdus_in_order = (more & 1) == 0;
    terms->sequences_in_order = (more & 2) == 0;
    terms->segment = sizes[more >> 2 & 3];
    terms->max_burst = sizes[more >> 4 & 3] * 2;
    terms->first_burst = sizes[more >> 6 & 3];
    terms->first_burst =
        terms->first_burst < terms->max_burst ? terms->first_burst : terms->max_burst;
    terms->max_r2t = 1 + (choice >> 4 & 3);
    terms->protocol_level = 1 + (choice >> 6 & 1);
    terms->task_reporting = (more >> 3) % 3;
}

static void apply_terms(const struct terms *terms, sanscsi_session_settings *settings) {
    sanscsi_parameters *parameters = &settings->parameters;
    parameters->header_digest = terms->header_digest;
    parameters->data_digest = terms->data_digest;
    parameters->initial_r2t = terms->initial_r2t;
    parameters->immediate_data = terms->immediate_data;
    parameters->max_recv_data_segment_length = 8192;
    parameters->max_burst_length = terms->max_burst;
    parameters->first_burst_length = terms->first_burst;
    parameters->max_outstanding_r2t = terms->max_r2t;
    parameters->data_pdu_in_order = terms->pdus_in_order;
    parameters->data_sequence_in_order = terms->sequences_in_order;
    parameters->task_reporting = terms->task_reporting;
    parameters->protocol_level = terms->protocol_level;
}

static void choose_settings(struct run *run, sanscsi_session_settings *settings,
                            sanscsi_limits *limits) {
    uint8_t choice = sanscsi_reader_u8(&run->program);
    uint8_t more = sanscsi_reader_u8(&run->program);
    sanscsi_session_settings_defaults(settings);
    settings->type = run->peer.terms.discovery ? SANSCSI_SESSION_DISCOVERY : SANSCSI_SESSION_NORMAL;
    settings->target_name = run->peer.terms.discovery ? NULL : node_target;
    settings->target_name_length = run->peer.terms.discovery ? 0 : strlen(node_target);
    settings->host = node_host;
    settings->host_length = strlen(node_host);
    settings->isid[0] = 0x80;
    settings->isid[6] = 1;
    settings->max_login_text = 16384;
    settings->max_pair_length = 2048;
    settings->max_discovery_text = 16384;
    settings->max_unknown_keys = 8;
    settings->max_unasked = 16;
    settings->keepalive_interval = choice & 1 ? 3 * SANSCSI_SECOND : 0;
    settings->reinstate_attempts = run->peer.terms.discovery ? 0 : choice >> 1 & 3;
    settings->lun_reset_timeout = choice & 8 ? SANSCSI_SECOND : 0;
    settings->target_reset_timeout = choice & 16 ? SANSCSI_SECOND : 0;
    settings->hold_timeout = choice & 32 ? SANSCSI_SECOND : 0;
    settings->tolerate = choice & 64 ? 0x3ff : settings->tolerate;
    apply_terms(&run->peer.terms, settings);
    sanscsi_limits_defaults(limits);
    limits->tasks = 1 + more % 8;
    limits->tx_slots = 2 + (more >> 3) % 4;
    limits->events = 1 + (more >> 5) % 4;
    limits->event_text = more & 128 ? 32 : 224;
    limits->max_outstanding_r2t = run->peer.terms.max_r2t;
}

static bool run_begin(struct run *run, const uint8_t *data, size_t size, uint32_t split) {
    sanscsi_initiator_settings node;
    sanscsi_session_settings settings;
    sanscsi_limits limits;
    memset(run, 0, sizeof(*run));
    sanscsi_reader_init(&run->program, data, size);
    run->split = split;
    run->trusted = true;
    run->now = 7 * SANSCSI_SECOND;
    run->peer.window = 8;
    heap_init(&run->heap);
    sanscsi_initiator_settings_defaults(&node);
    node.name = node_name;
    node.name_length = strlen(node_name);
    node.allocator = &run->heap.allocator;
    node.random = node_random;
    node.random_context = &run->random;
    FUZZ_HOLDS(sanscsi_initiator_new(&node, &run->initiator) == SANSCSI_OK, "a node can be made");
    choose_terms(run, &run->peer.terms);
    choose_settings(run, &settings, &limits);
    run->heap.limit = run->heap.bytes + sanscsi_session_memory(&settings, &limits) + LOGIN_MEMORY;
    int32_t status = sanscsi_session_new(run->initiator, &settings, &limits, &run->session);
    FUZZ_HOLDS(status == SANSCSI_OK, "a session can be made of these settings");
    run->idle = run->heap.bytes;
    return true;
}

/* The session is brought to its end, as a program does that has had enough. */
static void run_end(struct run *run) {
    for (uint32_t i = 0;
         i < END_STEPS && sanscsi_session_state(run->session) != SANSCSI_SESSION_FREE; i++) {
        int32_t status = sanscsi_logout(calls(run), run->now);
        FUZZ_HOLDS(status == SANSCSI_OK || status == SANSCSI_NOT_LOGGED_IN ||
                       status == SANSCSI_ALREADY_STARTED,
                   "a logout is answered as documented");
        closes(run);
        poll_all(run);
    }
    poll_all(run);
    FUZZ_HOLDS(sanscsi_session_state(run->session) == SANSCSI_SESSION_FREE,
               "a session that is logged out and closed is free");
    jobs_all_done(run);
    FUZZ_HOLDS(sanscsi_deadline(run->session) == SANSCSI_NEVER, "behind the end nothing is due");
    uint32_t told = run->told;
    FUZZ_HOLDS(sanscsi_tick(calls(run), run->now + 3600 * SANSCSI_SECOND) == SANSCSI_OK,
               "a tick is always taken");
    move_in(run, SIZE_MAX, false);
    move_out(run, SIZE_MAX, SHOWN);
    poll_once(run);
    FUZZ_HOLDS(run->told == told, "behind the end nothing is told");
}

static uint64_t run_program(const uint8_t *data, size_t size, uint32_t split) {
    struct run *run = malloc(sizeof(*run));
    if (run == NULL || !run_begin(run, data, size, split)) {
        abort();
    }
    bool lasts = true;
    if (fuzz_flag(&run->program)) {
        login(run);
    }
    for (uint32_t i = 0; lasts && i < MOST_OPERATIONS && sanscsi_reader_left(&run->program) > 0;
         i++) {
        lasts = operation(run);
    }
    if (lasts) {
        run_end(run);
    }
    run->heap.closed = false;
    sanscsi_session_free(run->session);
    jobs_free(run);
    sanscsi_initiator_free(run->initiator);
    FUZZ_HOLDS(run->heap.bytes == 0, "all memory is given back");
    peer_free(&run->peer);
    uint64_t transcript = run->transcript;
    free(run);
    return transcript;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    uint64_t whole = run_program(data, size, 0);
    FUZZ_HOLDS(run_program(data, size, 1 + (uint32_t)size) == whole,
               "outputs and requests are the same however the stream is cut");
    return 0;
}
