/* What a session has to tell besides events: a ring with room reserved for every completion. */
#ifndef SANSCSI_SESSION_OUTPUTS_H
#define SANSCSI_SESSION_OUTPUTS_H

#include <stdbool.h>
#include <stdint.h>

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

/* Appends; a control output that already stands in the ring is not told twice. */
void sanscsi_outputs_push(struct output_ring *ring, uint32_t type, uint32_t index);

/* Takes a control output out again that has become untrue before it was polled. */
void sanscsi_outputs_forget(struct output_ring *ring, uint32_t type, uint32_t index);

/* The oldest entry, or NULL. */
const struct output_entry *sanscsi_outputs_first(const struct output_ring *ring);
void sanscsi_outputs_drop_first(struct output_ring *ring);

#endif
