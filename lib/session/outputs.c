/* What a session has to tell besides events, in order. */
#include "session/outputs.h"

void sanscsi_outputs_init(struct output_ring *ring, struct output_entry *entries,
                          uint32_t capacity) {
    ring->entries = entries;
    ring->capacity = capacity;
    ring->first = 0;
    ring->count = 0;
}

void sanscsi_outputs_forget(struct output_ring *ring, uint32_t type, uint32_t index) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < ring->count; i++) {
        struct output_entry entry = *outputs_at(ring, i);
        if (entry.type != type || entry.index != index) {
            *outputs_at(ring, kept) = entry;
            kept++;
        }
    }
    ring->count = kept;
}

void sanscsi_outputs_push(struct output_ring *ring, uint32_t type, uint32_t index) {
    /* A caller that starts and ends a session again and again without polling must not fill the
     * ring: of equal control outputs the last one counts. */
    sanscsi_outputs_forget(ring, type, index);
    outputs_append(ring, type, index);
}
