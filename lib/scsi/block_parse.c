/* Reads the answers to GET LBA STATUS and READ DEFECT DATA (SBC-3 5). */
#include "base/bytes.h"
#include "scsi/kinds.h"
#include "scsi/parse.h"

#include <iscsi/scsi_block.h>

enum {
    LBA_STATUS_RESERVED = 4, /* the rest of the header, which the length counts too */
    LBA_STATUS_DESCRIPTOR = 16
};

int32_t sanscsi_lba_status_parse(const void *data, size_t size, sanscsi_items *items) {
    if (!can_parse(data, size, items, sizeof(*items))) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    sanscsi_items found = {.size = items->size, .kind = KIND_LBA_STATUS};
    struct reader reader;
    sanscsi_reader_init(&reader, data, size);
    uint32_t length = sanscsi_reader_be32(&reader);
    if (!reader.failed) {
        if (length < LBA_STATUS_RESERVED || length % LBA_STATUS_DESCRIPTOR != LBA_STATUS_RESERVED) {
            return SANSCSI_MALFORMED;
        }
        found.total = length - LBA_STATUS_RESERVED;
    }
    found.item_length = LBA_STATUS_DESCRIPTOR;
    sanscsi_reader_skip(&reader, LBA_STATUS_RESERVED);
    return take_items(&reader, &found, items);
}

int32_t sanscsi_lba_status_next(const sanscsi_items *items, uint32_t *position,
                                sanscsi_lba_status *item) {
    if (!is_struct(item, sizeof(*item))) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    const uint8_t *at = NULL;
    int32_t status = next_item(items, KIND_LBA_STATUS, position, LBA_STATUS_DESCRIPTOR, &at);
    if (status != 1) {
        return status;
    }
    *item = (sanscsi_lba_status){
        .size = item->size,
        .lba = load_be64(at),
        .blocks = load_be32(at + 8),
        .status = at[12] & 0x0f,
    };
    return pass_item(items, position, LBA_STATUS_DESCRIPTOR);
}

/* Bytes of an address descriptor; 0 for the vendor's format and for one that is not defined. */
static uint32_t defect_length(uint32_t format) {
    if (format == SANSCSI_DEFECT_SHORT_BLOCK) {
        return 4;
    }
    return format <= SANSCSI_DEFECT_SECTOR ? 8 : 0;
}

/* Both forms begin alike and differ in what stands before the length, and in its width. */
static int32_t parse_defects(const void *data, size_t size, bool form12, sanscsi_items *items) {
    if (!can_parse(data, size, items, sizeof(*items))) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    sanscsi_items found = {.size = items->size, .kind = KIND_DEFECTS};
    struct reader reader;
    sanscsi_reader_init(&reader, data, size);
    sanscsi_reader_skip(&reader, 1);
    found.info = sanscsi_reader_u8(&reader) & 0x1f;
    found.item_length = reader.failed ? 0 : defect_length(found.info & 7);
    if (form12) {
        sanscsi_reader_skip(&reader, 2); /* GENERATION CODE */
        found.total = sanscsi_reader_be32(&reader);
    } else {
        found.total = sanscsi_reader_be16(&reader);
    }
    if (found.item_length != 0 && found.total % found.item_length != 0) {
        return SANSCSI_MALFORMED;
    }
    return take_items(&reader, &found, items);
}

int32_t sanscsi_defects10_parse(const void *data, size_t size, sanscsi_items *items) {
    return parse_defects(data, size, false, items);
}

int32_t sanscsi_defects12_parse(const void *data, size_t size, sanscsi_items *items) {
    return parse_defects(data, size, true, items);
}

int32_t sanscsi_defect_next(const sanscsi_items *items, uint32_t *position, sanscsi_defect *item) {
    if (!is_struct(item, sizeof(*item)) || !is_items(items, KIND_DEFECTS)) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    uint32_t format = items->info & 7;
    uint32_t length = defect_length(format);
    const uint8_t *at = NULL;
    int32_t status = next_item(items, KIND_DEFECTS, position, length, &at);
    if (status != 1) {
        return status;
    }
    if (length == 0) {
        return SANSCSI_MALFORMED;
    }
    sanscsi_defect found = {.size = item->size, .format = format};
    bool extended =
        format == SANSCSI_DEFECT_EXTENDED_INDEX || format == SANSCSI_DEFECT_EXTENDED_SECTOR;
    if (format == SANSCSI_DEFECT_SHORT_BLOCK) {
        found.lba = load_be32(at);
    } else if (format == SANSCSI_DEFECT_LONG_BLOCK) {
        found.lba = load_be64(at);
    } else {
        uint32_t place = load_be32(at + 4);
        found.cylinder = load_be24(at);
        found.head = at[3];
        found.place = extended ? place & UINT32_C(0x0fffffff) : place;
        found.several = extended ? place >> 31 : 0;
    }
    *item = found;
    return pass_item(items, position, length);
}
