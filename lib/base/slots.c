/* A fixed number of slots whose handles carry a generation. */
#include "base/slots.h"

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
