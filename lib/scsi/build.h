/* What the builders of parameter data share: checks of arguments, handing out the length. */
#ifndef SANSCSI_SCSI_BUILD_H
#define SANSCSI_SCSI_BUILD_H

#include "base/builder.h"
#include "base/invariant.h"

#include <iscsi/status.h>

/* Whether there is a block to write to, be it of 0 bytes, and a place for the length. */
static inline bool can_build(const void *data, size_t size, const size_t *length) {
    return length != NULL && (data != NULL || size == 0);
}

/* Whether there are bytes to copy, be it none. */
static inline bool has_bytes(const void *bytes, size_t size) {
    return bytes != NULL || size == 0;
}

/* Begins what takes `whole` bytes. False where there is no room for all of it: since a builder of
 * parameter data writes all or nothing, that is found out before the first byte. */
static inline bool begin_build(struct builder *builder, void *data, size_t size, uint64_t whole) {
    sanscsi_builder_init(builder, data, size);
    return whole <= size;
}

static inline int32_t finish_build(const struct builder *builder, size_t *length) {
    INVARIANT(!builder->overflow);
    *length = builder->size;
    return SANSCSI_OK;
}

#endif
