/* Builds what UNMAP, SANITIZE and FORMAT UNIT send (SBC-3 5). */
#include "scsi/build.h"
#include "scsi/cdb.h"
#include "scsi/parse.h"

#include <iscsi/scsi_block.h>

enum {
    UNMAP_HEADER = 8,
    UNMAP_DESCRIPTOR = 16,
    OVERWRITE_HEADER = 4,
    FORMAT_HEADER = 4,
    FORMAT_LONG_HEADER = 8,
    PATTERN_HEADER = 4,
    UNMAP_MOST = (UINT16_MAX - UNMAP_HEADER + 2) / UNMAP_DESCRIPTOR, /* by UNMAP DATA LENGTH */
    PATTERN_DEFAULT = 0x00, /* INITIALIZATION PATTERN TYPE: the unit's own */
    PATTERN_REPEAT = 0x01
};

int32_t sanscsi_unmap_build(const sanscsi_block_range *ranges, uint32_t count, void *data,
                            size_t size, size_t *length) {
    if (!can_build(data, size, length) || !has_bytes(ranges, count)) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    if (count > UNMAP_MOST) {
        return SANSCSI_TOO_LARGE;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (!is_range(ranges[i].lba, ranges[i].blocks)) {
            return SANSCSI_INVALID_ARGUMENT;
        }
    }
    uint32_t descriptors = count * UNMAP_DESCRIPTOR;
    struct builder builder;
    if (!begin_build(&builder, data, size, UNMAP_HEADER + descriptors)) {
        return SANSCSI_BUFFER_TOO_SMALL;
    }
    sanscsi_builder_be16(&builder, (uint16_t)(descriptors + UNMAP_HEADER - 2));
    sanscsi_builder_be16(&builder, (uint16_t)descriptors);
    sanscsi_builder_zeros(&builder, 4);
    for (uint32_t i = 0; i < count; i++) {
        sanscsi_builder_be64(&builder, ranges[i].lba);
        sanscsi_builder_be32(&builder, ranges[i].blocks);
        sanscsi_builder_zeros(&builder, 4);
    }
    return finish_build(&builder, length);
}

int32_t sanscsi_overwrite_build(uint32_t passes, uint32_t test, uint32_t invert,
                                const void *pattern, size_t pattern_size, void *data, size_t size,
                                size_t *length) {
    if (!can_build(data, size, length) || passes == 0 || passes > 31 || test > 3 || invert > 1 ||
        pattern == NULL || pattern_size == 0) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    if (pattern_size > UINT16_MAX) {
        return SANSCSI_TOO_LARGE;
    }
    struct builder builder;
    if (!begin_build(&builder, data, size, OVERWRITE_HEADER + pattern_size)) {
        return SANSCSI_BUFFER_TOO_SMALL;
    }
    sanscsi_builder_u8(&builder, (uint8_t)(invert << 7 | test << 5 | passes));
    sanscsi_builder_u8(&builder, 0);
    sanscsi_builder_be16(&builder, (uint16_t)pattern_size);
    sanscsi_builder_bytes(&builder, pattern, pattern_size);
    return finish_build(&builder, length);
}

static bool is_format(const sanscsi_format *format) {
    const uint32_t allowed = SANSCSI_FORMAT_OPTIONS_VALID | SANSCSI_FORMAT_NO_PRIMARY |
                             SANSCSI_FORMAT_NO_CERTIFICATION | SANSCSI_FORMAT_STOP |
                             SANSCSI_FORMAT_PATTERN | SANSCSI_FORMAT_IMMED;
    if (!is_struct(format, sizeof(*format)) || format->long_list > 1 ||
        format->protection_usage > 7 || (format->options & ~allowed) != 0 ||
        format->protection_info > 15 || format->protection_exponent > 15 ||
        !has_bytes(format->pattern, format->pattern_length) ||
        !has_bytes(format->defects, format->defects_length)) {
        return false;
    }
    bool long_only = format->protection_info != 0 || format->protection_exponent != 0;
    bool has_pattern = (format->options & SANSCSI_FORMAT_PATTERN) != 0;
    return (format->long_list == 1 || !long_only) && (has_pattern || format->pattern_length == 0);
}

static uint64_t format_length(const sanscsi_format *format) {
    bool has_pattern = (format->options & SANSCSI_FORMAT_PATTERN) != 0;
    uint64_t header = format->long_list == 1 ? FORMAT_LONG_HEADER : FORMAT_HEADER;
    uint64_t pattern = has_pattern ? (uint64_t)PATTERN_HEADER + format->pattern_length : 0;
    return header + pattern + format->defects_length;
}

int32_t sanscsi_format_build(const sanscsi_format *format, void *data, size_t size,
                             size_t *length) {
    if (!can_build(data, size, length) || !is_format(format)) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    if (format->pattern_length > UINT16_MAX ||
        (format->long_list == 0 && format->defects_length > UINT16_MAX)) {
        return SANSCSI_TOO_LARGE;
    }
    struct builder builder;
    if (!begin_build(&builder, data, size, format_length(format))) {
        return SANSCSI_BUFFER_TOO_SMALL;
    }
    sanscsi_builder_u8(&builder, (uint8_t)format->protection_usage);
    sanscsi_builder_u8(&builder, (uint8_t)format->options);
    if (format->long_list == 1) {
        sanscsi_builder_u8(&builder, 0);
        sanscsi_builder_u8(&builder,
                           (uint8_t)(format->protection_info << 4 | format->protection_exponent));
        sanscsi_builder_be32(&builder, format->defects_length);
    } else {
        sanscsi_builder_be16(&builder, (uint16_t)format->defects_length);
    }
    if ((format->options & SANSCSI_FORMAT_PATTERN) != 0) {
        sanscsi_builder_u8(&builder, 0);
        sanscsi_builder_u8(&builder,
                           format->pattern_length == 0 ? PATTERN_DEFAULT : PATTERN_REPEAT);
        sanscsi_builder_be16(&builder, (uint16_t)format->pattern_length);
        sanscsi_builder_bytes(&builder, format->pattern, format->pattern_length);
    }
    sanscsi_builder_bytes(&builder, format->defects, format->defects_length);
    return finish_build(&builder, length);
}
