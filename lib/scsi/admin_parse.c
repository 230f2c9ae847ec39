/* Reads short answers of administration: buffers, diagnostics, security protocols, tracks. */
#include "base/bytes.h"
#include "scsi/kinds.h"
#include "scsi/parse.h"

#include <iscsi/scsi_admin.h>

enum {
    TOC_COUNTED = 2, /* header bytes that the length counts too */
    TRACK = 8
};

int32_t sanscsi_buffer_descriptor_parse(const void *data, size_t size,
                                        sanscsi_buffer_descriptor *descriptor) {
    if (!can_parse(data, size, descriptor, sizeof(*descriptor))) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    struct reader reader;
    sanscsi_reader_init(&reader, data, size);
    sanscsi_buffer_descriptor found = {.size = descriptor->size};
    found.offset_boundary = sanscsi_reader_u8(&reader);
    found.capacity = sanscsi_reader_be24(&reader);
    *descriptor = found;
    return reader.failed ? SANSCSI_TRUNCATED : SANSCSI_OK;
}

int32_t sanscsi_diagnostic_parse(const void *data, size_t size, uint32_t page,
                                 sanscsi_items *items) {
    if (!can_parse(data, size, items, sizeof(*items))) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    sanscsi_items found = {.size = items->size, .kind = KIND_DIAGNOSTIC};
    struct reader reader;
    sanscsi_reader_init(&reader, data, size);
    uint8_t told = sanscsi_reader_u8(&reader);
    if (!reader.failed && told != page) {
        return SANSCSI_MALFORMED;
    }
    found.info = sanscsi_reader_u8(&reader);
    found.total = sanscsi_reader_be16(&reader);
    found.item_length = page == 0 ? 1 : 0;
    return take_items(&reader, &found, items);
}

int32_t sanscsi_security_protocols_parse(const void *data, size_t size, sanscsi_items *items) {
    if (!can_parse(data, size, items, sizeof(*items))) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    sanscsi_items found = {.size = items->size, .kind = KIND_SECURITY, .item_length = 1};
    struct reader reader;
    sanscsi_reader_init(&reader, data, size);
    sanscsi_reader_skip(&reader, 6);
    found.total = sanscsi_reader_be16(&reader);
    return take_items(&reader, &found, items);
}

int32_t sanscsi_toc_parse(const void *data, size_t size, sanscsi_items *items) {
    if (!can_parse(data, size, items, sizeof(*items))) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    sanscsi_items found = {.size = items->size, .kind = KIND_TOC, .item_length = TRACK};
    struct reader reader;
    sanscsi_reader_init(&reader, data, size);
    uint32_t length = sanscsi_reader_be16(&reader);
    if (!reader.failed) {
        if (length < TOC_COUNTED || (length - TOC_COUNTED) % TRACK != 0) {
            return SANSCSI_MALFORMED;
        }
        found.total = length - TOC_COUNTED;
    }
    found.info = sanscsi_reader_be16(&reader);
    return take_items(&reader, &found, items);
}

int32_t sanscsi_toc_next(const sanscsi_items *items, uint32_t *position, sanscsi_toc_track *item) {
    if (!is_struct(item, sizeof(*item))) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    const uint8_t *at = NULL;
    int32_t status = next_item(items, KIND_TOC, position, TRACK, &at);
    if (status != 1) {
        return status;
    }
    *item = (sanscsi_toc_track){
        .size = item->size,
        .number = at[2],
        .adr = at[1] >> 4,
        .control = at[1] & 0x0f,
        .address = load_be32(at + 4),
    };
    return pass_item(items, position, TRACK);
}
