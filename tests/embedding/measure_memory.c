/* Prints the bytes of sessions for three sets of limits, one a line: name and number. */
#include <stdio.h>
#include <stdlib.h>

#include "initiator/session.h"
#include "support/login_script.h"

/* A microcontroller's session, what the library takes by itself, a server's. */
static const struct {
    const char *name;
    sanscsi_limits limits;
} sets[] = {
    {"small", {sizeof(sanscsi_limits), 1, 2, 2, 224, 16, 1}},
    {"default", {sizeof(sanscsi_limits), 32, 8, 3, 224, 16, 1}},
    {"large", {sizeof(sanscsi_limits), 1024, 64, 16, 1024, 32, 8}},
};

static size_t used, peak;

static void *allocate(void *context, size_t bytes) {
    (void)context;
    used += bytes;
    peak = used > peak ? used : peak;
    return malloc(bytes);
}

static void release(void *context, void *memory, size_t bytes) {
    (void)context;
    used -= bytes;
    free(memory);
}

static size_t memory_of(sanscsi_limits limits, uint32_t tasks, uint32_t slots, uint32_t events) {
    limits.tasks += tasks;
    limits.tx_slots += slots;
    limits.events += events;
    sanscsi_session_settings settings;
    login_settings(&settings);
    return sanscsi_session_memory(&settings, &limits);
}

/* The most that a session and its plain login take at once. */
static size_t login_peak(const sanscsi_limits *limits) {
    static struct login_run run;
    const sanscsi_allocator allocator = {sizeof(allocator), allocate, release, NULL};
    sanscsi_session_settings settings;
    sanscsi_session *session = NULL;
    sanscsi_initiator *initiator = login_initiator(&allocator);
    size_t before = used;
    peak = used;
    login_settings(&settings);
    if (sanscsi_session_new(initiator, &settings, limits, &session) != SANSCSI_OK) {
        exit(1);
    }
    login_play(&run, session, &login_plain, DELIVER_WHOLE, 1);
    size_t most = run.logged_in == 1 ? peak - before : 0;
    sanscsi_session_free(session);
    sanscsi_initiator_free(initiator);
    if (used != 0 || most == 0) {
        exit(1);
    }
    return most;
}

int main(void) {
    for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++) {
        const sanscsi_limits limits = sets[i].limits;
        size_t all = memory_of(limits, 0, 0, 0);
        /* Differences over eight hide what rounding adds to one. */
        size_t task = (memory_of(limits, 8, 0, 0) - all) / 8;
        size_t slot = (memory_of(limits, 0, 8, 0) - all) / 8;
        size_t event = (memory_of(limits, 0, 0, 8) - all) / 8;
        printf("%s: %u %u %u %u %u %u %zu %zu %zu %zu %zu %zu\n", sets[i].name,
               (unsigned)limits.tasks, (unsigned)limits.tx_slots, (unsigned)limits.events,
               (unsigned)limits.event_text, (unsigned)limits.max_cdb_length,
               (unsigned)limits.max_outstanding_r2t, all, sizeof(struct connection), task, slot,
               event, login_peak(&limits));
    }
    return ferror(stdout) != 0 || fflush(stdout) != 0;
}
