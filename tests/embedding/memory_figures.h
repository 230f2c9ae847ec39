/* What sessions take of memory, for three sets of limits. */
#ifndef SANSCSI_TESTS_MEMORY_FIGURES_H
#define SANSCSI_TESTS_MEMORY_FIGURES_H

#include "initiator/session.h"

/* A microcontroller's session, what the library takes by itself, a server's. */
static const struct memory_set {
    const char *name;
    sanscsi_limits limits;
} memory_sets[] = {
    {"small", {sizeof(sanscsi_limits), 1, 2, 2, 224, 16, 1}},
    {"default", {sizeof(sanscsi_limits), 32, 8, 3, 224, 16, 1}},
    {"large", {sizeof(sanscsi_limits), 1024, 64, 16, 1024, 32, 8}},
};

#define MEMORY_SETS (sizeof(memory_sets) / sizeof(memory_sets[0]))

/* In the order of the rows of doc/footprint.md: the limits, then bytes. */
#define MEMORY_FIGURES 12u

static inline uint32_t memory_of(const sanscsi_session_settings *settings, sanscsi_limits limits,
                                 uint32_t tasks, uint32_t slots, uint32_t events) {
    limits.tasks += tasks;
    limits.tx_slots += slots;
    limits.events += events;
    return (uint32_t)sanscsi_session_memory(settings, &limits);
}

static inline void memory_figures(const sanscsi_session_settings *settings,
                                  const sanscsi_limits *limits, uint32_t figures[MEMORY_FIGURES]) {
    uint32_t all = memory_of(settings, *limits, 0, 0, 0);
    const uint32_t found[MEMORY_FIGURES] = {
        limits->tasks,
        limits->tx_slots,
        limits->events,
        limits->event_text,
        limits->max_cdb_length,
        limits->max_outstanding_r2t,
        all,
        sizeof(struct connection),
        /* Differences over eight hide what rounding adds to one. */
        (memory_of(settings, *limits, 8, 0, 0) - all) / 8,
        (memory_of(settings, *limits, 0, 8, 0) - all) / 8,
        (memory_of(settings, *limits, 0, 0, 8) - all) / 8,
        sizeof(struct login),
    };
    memcpy(figures, found, sizeof(found));
}

#endif
