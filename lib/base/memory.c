/* Calls to an allocator, with the size kept by the caller. */
#include "base/memory.h"

#include <iscsi/status.h>

#include "base/checked.h"
#include "base/raw.h"

#define GROWING_FIRST 1024u /* bytes of the first block */

void *sanscsi_allocate(const sanscsi_allocator *allocator, size_t size) {
    void *memory = allocator->allocate(allocator->context, size);
    if (memory != NULL) {
        memset(memory, 0, size);
    }
    return memory;
}

void sanscsi_release(const sanscsi_allocator *allocator, void *memory, size_t size) {
    if (memory != NULL) {
        allocator->release(allocator->context, memory, size);
    }
}

int32_t sanscsi_growing_reserve(struct growing *block, const sanscsi_allocator *allocator,
                                size_t more, size_t limit) {
    if (block->size > limit || more > limit - block->size) {
        return SANSCSI_TOO_LARGE;
    }
    size_t need = block->size + more;
    if (need <= block->capacity) {
        return SANSCSI_OK;
    }
    size_t capacity = block->capacity == 0 ? min_size(GROWING_FIRST, limit) : block->capacity;
    while (capacity < need) {
        capacity = capacity > limit / 2 ? limit : capacity * 2;
    }
    uint8_t *data = sanscsi_allocate(allocator, capacity);
    if (data == NULL) {
        return SANSCSI_NO_MEMORY;
    }
    if (block->size > 0) {
        memcpy(data, block->data, block->size);
    }
    sanscsi_release(allocator, block->data, block->capacity);
    block->data = data;
    block->capacity = capacity;
    return SANSCSI_OK;
}

void sanscsi_growing_release(struct growing *block, const sanscsi_allocator *allocator) {
    sanscsi_release(allocator, block->data, block->capacity);
    block->data = NULL;
    block->size = 0;
    block->capacity = 0;
}
