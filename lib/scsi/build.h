/* What the builders of parameter data share: checks of arguments, handing out the length. */
#ifndef SANSCSI_SCSI_BUILD_H
#define SANSCSI_SCSI_BUILD_H

#include "base/builder.h"

#include <iscsi/status.h>

/* Whether there is a block to write to, be it of 0 bytes, and a place for the length. */
static inline bool can_build(const void *data, size_t size, const size_t *length) {
    return length != NULL && (data != NULL || size == 0);
}

/* Whether there are bytes to copy, be it none. */
static inline bool has_bytes(const void *bytes, size_t size) {
    return bytes != NULL || size == 0;
}

static inline int32_t finish_build(const struct builder *builder, size_t *length) {
    if (builder->overflow) {
        return SANSCSI_BUFFER_TOO_SMALL;
    }
    *length = builder->size;
    return SANSCSI_OK;
}

#endif
