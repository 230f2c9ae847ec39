/* Public structs, which begin with their size: how one is begun. */
#ifndef SANSCSI_BASE_PUBLIC_H
#define SANSCSI_BASE_PUBLIC_H

#include <iscsi/status.h>

#include "base/raw.h"

/* Zeroes a struct of the caller's and sets its size member. A caller that was built for another
 * release has another size: not a byte beyond it may be touched. `known` is sizeof here. */
static inline int32_t begin_struct(void *begun, size_t size, size_t known) {
    const uint32_t told = size == known ? (uint32_t)known : 0;
    if (begun == NULL || size < sizeof(told)) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    if (told != 0) {
        memset(begun, 0, known);
    }
    memcpy(begun, &told, sizeof(told));
    return told != 0 ? SANSCSI_OK : SANSCSI_INVALID_ARGUMENT;
}

#endif
