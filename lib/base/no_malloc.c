/* Builds without a C library have no default allocator: the caller always brings one. */
#include <iscsi/allocator.h>

const sanscsi_allocator *sanscsi_default_allocator(void) {
    return NULL;
}
