/* Calls to an allocator, with the size kept by the caller. */
#ifndef SANSCSI_BASE_MEMORY_H
#define SANSCSI_BASE_MEMORY_H

#include <iscsi/allocator.h>

/* `size` zeroed bytes, or NULL. */
void *sanscsi_allocate(const sanscsi_allocator *allocator, size_t size);

/* Gives back what sanscsi_allocate() returned for `size`; NULL is nothing. */
void sanscsi_release(const sanscsi_allocator *allocator, void *memory, size_t size);

/* A block that grows by doubling up to a limit; its bytes move when it grows. */
struct growing {
    uint8_t *data;
    size_t size;     /* bytes in use */
    size_t capacity; /* bytes allocated */
};

/* Room for `more` bytes behind the used ones, up to `limit` in all. Returns SANSCSI_OK,
 * SANSCSI_TOO_LARGE, or SANSCSI_NO_MEMORY; then nothing has changed. */
int32_t sanscsi_growing_reserve(struct growing *block, const sanscsi_allocator *allocator,
                                size_t more, size_t limit);

void sanscsi_growing_release(struct growing *block, const sanscsi_allocator *allocator);

#endif
