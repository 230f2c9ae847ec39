/* Reads the answer to REPORT TARGET PORT GROUPS with either header (SPC-4 6). */
#include "base/bytes.h"
#include "scsi/kinds.h"
#include "scsi/parse.h"

#include <iscsi/scsi_admin.h>

enum {
    LENGTH_FIELD = 4,
    EXTENSION = 4, /* what the extended header has more; the length counts it */
    DESCRIPTOR = 8,
    PORT = 4
};

int32_t sanscsi_port_groups_parse(const void *data, size_t size, sanscsi_items *items) {
    if (!can_parse(data, size, items, sizeof(*items))) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    sanscsi_items found = {.size = items->size, .kind = KIND_PORT_GROUPS};
    struct reader reader;
    sanscsi_reader_init(&reader, data, size);
    found.total = sanscsi_reader_be32(&reader);
    /* FORMAT TYPE stands where a group's first byte has reserved bits, so it tells the headers
     * apart whatever was asked for. */
    struct reader ahead = reader;
    bool extended = (sanscsi_reader_u8(&ahead) >> 4 & 7) == 1;
    if (extended && found.total >= EXTENSION) {
        found.total -= EXTENSION;
        sanscsi_reader_skip(&reader, 1);
        found.info = sanscsi_reader_u8(&reader);
        sanscsi_reader_skip(&reader, 2);
    }
    return take_items(&reader, &found, items);
}

/* The states of byte 1, by bit: AO_SUP, AN_SUP, S_SUP, U_SUP, LBD_SUP, then O_SUP and T_SUP. */
static uint32_t supported_states(uint8_t byte1) {
    return (byte1 & 0x1fu) | bit_of(byte1, 6) << SANSCSI_ACCESS_OFFLINE |
           bit_of(byte1, 7) << SANSCSI_ACCESS_TRANSITION;
}

int32_t sanscsi_port_group_next(const sanscsi_items *items, uint32_t *position,
                                sanscsi_port_group *item) {
    if (!is_struct(item, sizeof(*item))) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    const uint8_t *at = NULL;
    int32_t status = next_item(items, KIND_PORT_GROUPS, position, DESCRIPTOR, &at);
    if (status != 1) {
        return status;
    }
    uint32_t count = at[7];
    status = pass_item(items, position, DESCRIPTOR + count * PORT);
    if (status != 1) {
        return status;
    }
    *item = (sanscsi_port_group){
        .size = item->size,
        .group = load_be16(at + 2),
        .state = at[0] & 0x0f,
        .preferred = bit_of(at[0], 7),
        .supported = supported_states(at[1]),
        .reason = at[5],
        .port_count = count,
        .ports = count == 0 ? NULL : at + DESCRIPTOR,
    };
    return 1;
}

int32_t sanscsi_port_group_port(const sanscsi_port_group *group, uint32_t index,
                                uint32_t *relative_port) {
    if (!is_struct(group, sizeof(*group)) || relative_port == NULL || group->ports == NULL ||
        index >= group->port_count) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    *relative_port = load_be16(group->ports + (size_t)index * PORT + 2);
    return SANSCSI_OK;
}
