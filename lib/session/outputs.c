/* What a session has to tell besides events, in order. */
#include "session/outputs.h"

#include <iscsi/output.h>

#include "base/invariant.h"

void sanscsi_outputs_init(struct output_ring *ring, struct output_entry *entries,
                          uint32_t capacity) {
    ring->entries = entries;
    ring->capacity = capacity;
    ring->first = 0;
    ring->count = 0;
}

static struct output_entry *entry_at(const struct output_ring *ring, uint32_t index) {
    uint32_t place = ring->first + index;
    return &ring->entries[place < ring->capacity ? place : place - ring->capacity];
}

void sanscsi_outputs_forget(struct output_ring *ring, uint32_t type, uint32_t index) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < ring->count; i++) {
        struct output_entry entry = *entry_at(ring, i);
        if (entry.type != type || entry.index != index) {
            *entry_at(ring, kept) = entry;
            kept++;
        }
    }
    ring->count = kept;
}

void sanscsi_outputs_push(struct output_ring *ring, uint32_t type, uint32_t index) {
    /* A caller that starts and ends a session again and again without polling must not fill the
     * ring: of equal control outputs the last one counts. */
    if (type != SANSCSI_OUTPUT_TASK_DONE) {
        sanscsi_outputs_forget(ring, type, index);
    }
    INVARIANT(ring->count < ring->capacity);
    struct output_entry *entry = entry_at(ring, ring->count);
    entry->type = (uint16_t)type;
    entry->index = (uint16_t)index;
    ring->count++;
}

const struct output_entry *sanscsi_outputs_first(const struct output_ring *ring) {
    return ring->count == 0 ? NULL : entry_at(ring, 0);
}

void sanscsi_outputs_drop_first(struct output_ring *ring) {
    INVARIANT(ring->count > 0);
    ring->first = ring->first + 1 == ring->capacity ? 0 : ring->first + 1;
    ring->count--;
}
