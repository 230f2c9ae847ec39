/* A fixed number of slots whose handles carry a generation, so that stale handles are recognized.
 */
#ifndef SANSCSI_BASE_SLOTS_H
#define SANSCSI_BASE_SLOTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/invariant.h"

#define SLOT_NONE UINT32_MAX

/* The link part of a slot in use. */
#define SLOT_IN_USE (UINT32_MAX - 1)

struct slots {
    uint32_t *generation; /* by slot: counts its uses, never 0 */
    uint32_t *next_free;  /* by slot: next free slot, SLOT_NONE, or SLOT_IN_USE */
    uint32_t count;
    uint32_t used;
    uint32_t first_free;
    uint32_t last_free;
};

/* Bytes of memory `count` slots need. */
size_t sanscsi_slots_memory(uint32_t count);

/* All slots free. `memory` is aligned for uint32_t and stays the owner's. */
void sanscsi_slots_init(struct slots *slots, uint32_t count, void *memory);

static inline bool slots_in_use(const struct slots *slots, uint32_t slot) {
    return slot < slots->count && slots->next_free[slot] == SLOT_IN_USE;
}

/* Takes the slot that has been free for longest, or SLOT_NONE. */
static inline uint32_t slots_take(struct slots *slots) {
    uint32_t slot = slots->first_free;
    if (slot == SLOT_NONE) {
        return SLOT_NONE;
    }
    uint32_t next = slots->next_free[slot];
    slots->next_free[slot] = SLOT_IN_USE;
    slots->first_free = next;
    if (next == SLOT_NONE) {
        slots->last_free = SLOT_NONE;
    }
    slots->used++;
    return slot;
}

/* Gives a slot back; its handles go stale. */
static inline void slots_give(struct slots *slots, uint32_t slot) {
    INVARIANT(slots_in_use(slots, slot));
    uint32_t last = slots->last_free;
    uint32_t generation = slots->generation[slot] + 1;
    slots->generation[slot] = generation != 0 ? generation : 1;
    slots->next_free[slot] = SLOT_NONE;
    *(last == SLOT_NONE ? &slots->first_free : &slots->next_free[last]) = slot;
    slots->last_free = slot;
    slots->used--;
}

/* Handle of a slot in use; never 0. */
static inline uint64_t slots_handle(const struct slots *slots, uint32_t slot) {
    return ((uint64_t)slots->generation[slot] << 32) | slot;
}

/* The slot a live handle names, or SLOT_NONE for a stale or foreign one. */
static inline uint32_t slots_find(const struct slots *slots, uint64_t handle) {
    uint32_t slot = (uint32_t)handle;
    if (!slots_in_use(slots, slot) || slots->generation[slot] != (uint32_t)(handle >> 32)) {
        return SLOT_NONE;
    }
    return slot;
}

#endif
