/* A fixed number of slots whose handles carry a generation. */
#include "base/slots.h"

#include "base/invariant.h"

size_t sanscsi_slots_memory(uint32_t count) {
    return (size_t)count * 2 * sizeof(uint32_t);
}

void sanscsi_slots_init(struct slots *slots, uint32_t count, void *memory) {
    slots->generation = memory;
    slots->next_free = slots->generation + count;
    slots->count = count;
    slots->used = 0;
    slots->first_free = count == 0 ? SLOT_NONE : 0;
    slots->last_free = count == 0 ? SLOT_NONE : count - 1;
    for (uint32_t i = 0; i < count; i++) {
        slots->generation[i] = 1;
        slots->next_free[i] = i + 1 < count ? i + 1 : SLOT_NONE;
    }
}

uint32_t sanscsi_slots_take(struct slots *slots) {
    uint32_t slot = slots->first_free;
    if (slot == SLOT_NONE) {
        return SLOT_NONE;
    }
    slots->first_free = slots->next_free[slot];
    if (slots->first_free == SLOT_NONE) {
        slots->last_free = SLOT_NONE;
    }
    slots->next_free[slot] = SLOT_IN_USE;
    slots->used++;
    return slot;
}

void sanscsi_slots_give(struct slots *slots, uint32_t slot) {
    INVARIANT(slots_in_use(slots, slot));
    slots->generation[slot]++;
    if (slots->generation[slot] == 0) {
        slots->generation[slot] = 1;
    }
    slots->next_free[slot] = SLOT_NONE;
    if (slots->last_free == SLOT_NONE) {
        slots->first_free = slot;
    } else {
        slots->next_free[slots->last_free] = slot;
    }
    slots->last_free = slot;
    slots->used--;
}
