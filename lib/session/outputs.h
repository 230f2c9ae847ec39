/* What a session has to tell besides events: a ring with room reserved for every completion. */
#ifndef SANSCSI_SESSION_OUTPUTS_H
#define SANSCSI_SESSION_OUTPUTS_H

#include <stddef.h>
#include <stdint.h>

#include "base/invariant.h"

/* Room beyond the tasks: what one life of a connection can bring before it is polled. */
#define OUTPUTS_CONTROL 8u

struct output_entry {
    uint16_t type;  /* SANSCSI_OUTPUT_... */
    uint16_t index; /* task slot, or CID */
};

struct output_ring {
    struct output_entry *entries;
    uint32_t capacity;
    uint32_t first;
    uint32_t count;
};

void sanscsi_outputs_init(struct output_ring *ring, struct output_entry *entries,
                          uint32_t capacity);

/* The entry that stands behind `index` others. */
static inline struct output_entry *outputs_at(const struct output_ring *ring, uint32_t index) {
    uint32_t place = ring->first + index;
    return &ring->entries[place < ring->capacity ? place : place - ring->capacity];
}

/* Appends what is told only once anyway, as the end of a task. */
static inline void outputs_append(struct output_ring *ring, uint32_t type, uint32_t index) {
    INVARIANT(ring->count < ring->capacity);
    *outputs_at(ring, ring->count) = (struct output_entry){(uint16_t)type, (uint16_t)index};
    ring->count++;
}

/* Appends a control output; one that already stands in the ring is not told twice. */
void sanscsi_outputs_push(struct output_ring *ring, uint32_t type, uint32_t index);

/* Takes a control output out again that has become untrue before it was polled. */
void sanscsi_outputs_forget(struct output_ring *ring, uint32_t type, uint32_t index);

/* The oldest entry of a ring that is not empty. */
static inline struct output_entry outputs_first(const struct output_ring *ring) {
    INVARIANT(ring->count > 0);
    return ring->entries[ring->first];
}

static inline void outputs_drop_first(struct output_ring *ring) {
    INVARIANT(ring->count > 0);
    ring->first = ring->first + 1 == ring->capacity ? 0 : ring->first + 1;
    ring->count--;
}

/* The newest entry becomes the oldest: what it tells was due before the others. */
static inline void outputs_advance_last(struct output_ring *ring) {
    INVARIANT(ring->count > 0);
    struct output_entry entry = *outputs_at(ring, ring->count - 1);
    ring->first = ring->first == 0 ? ring->capacity - 1 : ring->first - 1;
    ring->entries[ring->first] = entry;
}

#endif
