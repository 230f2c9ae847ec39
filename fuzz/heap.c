/* The allocator of harnesses. */
#include "heap.h"

#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

enum { FRESH = 0xd7 };

static void *allocate(void *context, size_t bytes) {
    struct heap *heap = context;
    FUZZ_HOLDS(!heap->closed, "nothing is allocated in full feature phase");
    if (heap->fail > 0) {
        heap->fail--;
        return NULL;
    }
    if (heap->last > 0 && --heap->last == 0) {
        return NULL;
    }
    heap->bytes += bytes;
    FUZZ_HOLDS(heap->limit == 0 || heap->bytes <= heap->limit, "memory is bounded");
    void *memory = malloc(bytes);
    if (memory == NULL) {
        abort();
    }
    memset(memory, FRESH, bytes); /* nobody may rely on zeros from an allocator */
    return memory;
}

static void release(void *context, void *memory, size_t bytes) {
    struct heap *heap = context;
    FUZZ_HOLDS(memory != NULL && heap->bytes >= bytes, "what is given back was taken");
    heap->bytes -= bytes;
    free(memory);
}

void heap_init(struct heap *heap) {
    memset(heap, 0, sizeof(*heap));
    heap->allocator.size = sizeof(heap->allocator);
    heap->allocator.allocate = allocate;
    heap->allocator.release = release;
    heap->allocator.context = heap;
}
