/* The default allocator of hosted builds: the only file that calls malloc. */
#include <stdlib.h>

#include <iscsi/allocator.h>

static void *allocate(void *context, size_t bytes) {
    (void)context;
    return malloc(bytes);
}

static void release(void *context, void *memory, size_t bytes) {
    (void)context;
    (void)bytes;
    free(memory);
}

static const sanscsi_allocator malloc_allocator = {
    .size = sizeof(sanscsi_allocator),
    .allocate = allocate,
    .release = release,
    .context = NULL,
};

const sanscsi_allocator *sanscsi_default_allocator(void) {
    return &malloc_allocator;
}
