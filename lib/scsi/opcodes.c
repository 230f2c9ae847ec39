/* Reads the answers to REPORT SUPPORTED OPERATION CODES in both forms (SPC-4 6). */
#include "base/bytes.h"
#include "scsi/kinds.h"
#include "scsi/parse.h"

#include <iscsi/scsi_admin.h>

enum {
    DESCRIPTOR = 8,
    TIMEOUTS = 12,
    TIMEOUTS_LENGTH = 10, /* its own length field does not count itself */
    SUPPORTED = 3
};

static int32_t read_timeouts(const uint8_t *at, sanscsi_opcode *found) {
    if (load_be16(at) != TIMEOUTS_LENGTH) {
        return SANSCSI_MALFORMED;
    }
    found->has_timeouts = 1;
    found->nominal_timeout = load_be32(at + 4);
    found->recommended_timeout = load_be32(at + 8);
    return SANSCSI_OK;
}

int32_t sanscsi_opcodes_parse(const void *data, size_t size, sanscsi_items *items) {
    if (!can_parse(data, size, items, sizeof(*items))) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    sanscsi_items found = {.size = items->size, .kind = KIND_OPERATION_CODES};
    struct reader reader;
    sanscsi_reader_init(&reader, data, size);
    found.total = sanscsi_reader_be32(&reader);
    return take_items(&reader, &found, items);
}

int32_t sanscsi_opcode_next(const sanscsi_items *items, uint32_t *position, sanscsi_opcode *item) {
    if (!is_struct(item, sizeof(*item))) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    const uint8_t *at = NULL;
    int32_t status = next_item(items, KIND_OPERATION_CODES, position, DESCRIPTOR, &at);
    if (status != 1) {
        return status;
    }
    sanscsi_opcode found = {
        .size = item->size,
        .opcode = at[0],
        .has_action = bit_of(at[5], 0),
        .action = load_be16(at + 2),
        .support = SUPPORTED,
        .cdb_length = load_be16(at + 6),
    };
    uint32_t length = DESCRIPTOR;
    if (bit_of(at[5], 1)) { /* CTDP */
        length += TIMEOUTS;
        status = item_status(*position, length, items->length, items->total);
        if (status == SANSCSI_OK) {
            status = read_timeouts(at + DESCRIPTOR, &found);
        }
        if (status != SANSCSI_OK) {
            return status;
        }
    }
    *item = found;
    return pass_item(items, position, length);
}

int32_t sanscsi_opcode_parse(const void *data, size_t size, sanscsi_opcode *item) {
    if (!can_parse(data, size, item, sizeof(*item))) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    sanscsi_opcode found = {.size = item->size};
    struct reader reader;
    sanscsi_reader_init(&reader, data, size);
    sanscsi_reader_skip(&reader, 1);
    uint8_t flags = sanscsi_reader_u8(&reader);
    found.support = flags & 7;
    found.cdb_length = sanscsi_reader_be16(&reader);
    found.usage = sanscsi_reader_take(&reader, found.cdb_length).data;
    if (!reader.failed && bit_of(flags, 7)) { /* CTDP */
        struct span timeouts = sanscsi_reader_take(&reader, TIMEOUTS);
        if (!reader.failed && read_timeouts(timeouts.data, &found) != SANSCSI_OK) {
            return SANSCSI_MALFORMED;
        }
    }
    *item = found;
    return reader.failed ? SANSCSI_TRUNCATED : SANSCSI_OK;
}
