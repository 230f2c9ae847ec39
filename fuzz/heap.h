/* An allocator for harnesses: exact blocks, counted, with a limit, and times when none is allowed.
 */
#ifndef SANSCSI_FUZZ_HEAP_H
#define SANSCSI_FUZZ_HEAP_H

#include <stdbool.h>

#include <iscsi/allocator.h>

struct heap {
    sanscsi_allocator allocator;
    size_t bytes;  /* not given back */
    size_t limit;  /* of bytes; one more breaks the property; 0: none */
    bool closed;   /* asking for memory now breaks the property */
    uint32_t fail; /* so many calls from now on get nothing */
    uint32_t last; /* the call that comes so many calls from now gets nothing; 0: none */
};

void heap_init(struct heap *heap);

#endif
