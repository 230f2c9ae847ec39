/* Reads what PERSISTENT RESERVE IN answers (SPC-4 6). */
#include "base/bytes.h"
#include "scsi/kinds.h"
#include "scsi/parse.h"

#include <iscsi/scsi_reserve.h>

enum { KEY_LENGTH = 8, RESERVATION_LENGTH = 16, CAPABILITIES_LENGTH = 8, FULL_STATUS_HEADER = 24 };

/* PRGENERATION and ADDITIONAL LENGTH, with which three of the four begin. */
static void read_header(struct reader *reader, sanscsi_items *found) {
    found->info = sanscsi_reader_be32(reader);
    found->total = sanscsi_reader_be32(reader);
}

int32_t sanscsi_pr_keys_parse(const void *data, size_t size, sanscsi_items *items) {
    if (!can_parse(data, size, items, sizeof(*items))) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    sanscsi_items found = {.size = items->size, .kind = KIND_KEYS, .item_length = KEY_LENGTH};
    struct reader reader;
    sanscsi_reader_init(&reader, data, size);
    read_header(&reader, &found);
    if (found.total % KEY_LENGTH != 0) {
        return SANSCSI_MALFORMED;
    }
    return take_items(&reader, &found, items);
}

int32_t sanscsi_pr_key_get(const sanscsi_items *items, uint32_t index, uint64_t *key) {
    if (!is_items(items, KIND_KEYS) || key == NULL || index >= items->length / KEY_LENGTH) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    *key = load_be64(items->bytes + (size_t)index * KEY_LENGTH);
    return SANSCSI_OK;
}

int32_t sanscsi_pr_reservation_parse(const void *data, size_t size,
                                     sanscsi_pr_reservation *reservation) {
    if (!can_parse(data, size, reservation, sizeof(*reservation))) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    struct reader reader;
    sanscsi_reader_init(&reader, data, size);
    sanscsi_pr_reservation found = {.size = reservation->size};
    found.generation = sanscsi_reader_be32(&reader);
    uint32_t length = sanscsi_reader_be32(&reader);
    if (length != 0 && length != RESERVATION_LENGTH) {
        return SANSCSI_MALFORMED;
    }
    if (length != 0) {
        found.held = 1;
        found.key = sanscsi_reader_be64(&reader);
        sanscsi_reader_skip(&reader, 5);
        uint8_t byte21 = sanscsi_reader_u8(&reader);
        found.scope = byte21 >> 4;
        found.type = byte21 & 0x0f;
        sanscsi_reader_skip(&reader, 2);
    }
    *reservation = found;
    return reader.failed ? SANSCSI_TRUNCATED : SANSCSI_OK;
}

/* The bits of the type mask stand where the types' numbers are, counted from its first byte's
 * bit 0; EX_AC_AR, type 8, is bit 0 of the second. */
static uint32_t supported_types(uint8_t byte4, uint8_t byte5) {
    const uint32_t known = 1u << SANSCSI_PR_WRITE_EXCLUSIVE | 1u << SANSCSI_PR_EXCLUSIVE_ACCESS |
                           1u << SANSCSI_PR_WRITE_EXCLUSIVE_REGISTRANTS |
                           1u << SANSCSI_PR_EXCLUSIVE_ACCESS_REGISTRANTS |
                           1u << SANSCSI_PR_WRITE_EXCLUSIVE_ALL |
                           1u << SANSCSI_PR_EXCLUSIVE_ACCESS_ALL;
    return ((uint32_t)byte5 << 8 | byte4) & known;
}

int32_t sanscsi_pr_capabilities_parse(const void *data, size_t size,
                                      sanscsi_pr_capabilities *capabilities) {
    if (!can_parse(data, size, capabilities, sizeof(*capabilities))) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    struct reader reader;
    sanscsi_reader_init(&reader, data, size);
    sanscsi_pr_capabilities found = {.size = capabilities->size};
    uint32_t length = sanscsi_reader_be16(&reader);
    if (!reader.failed && length < CAPABILITIES_LENGTH) {
        return SANSCSI_MALFORMED;
    }
    uint8_t byte2 = sanscsi_reader_u8(&reader);
    uint8_t byte3 = sanscsi_reader_u8(&reader);
    uint8_t byte4 = sanscsi_reader_u8(&reader);
    uint8_t byte5 = sanscsi_reader_u8(&reader);
    found.replace_lost = bit_of(byte2, 7);
    found.reserve_compatible = bit_of(byte2, 4);
    found.specify_ports = bit_of(byte2, 3);
    found.all_target_ports = bit_of(byte2, 2);
    found.can_persist = bit_of(byte2, 0);
    found.type_mask_valid = bit_of(byte3, 7);
    found.allowed_commands = byte3 >> 4 & 7;
    found.persists = bit_of(byte3, 0);
    bool has_types = !reader.failed && found.type_mask_valid == 1;
    found.types = has_types ? supported_types(byte4, byte5) : 0;
    sanscsi_reader_skip(&reader, 2);
    *capabilities = found;
    return reader.failed ? SANSCSI_TRUNCATED : SANSCSI_OK;
}

int32_t sanscsi_pr_full_status_parse(const void *data, size_t size, sanscsi_items *items) {
    if (!can_parse(data, size, items, sizeof(*items))) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    sanscsi_items found = {.size = items->size, .kind = KIND_FULL_STATUS};
    struct reader reader;
    sanscsi_reader_init(&reader, data, size);
    read_header(&reader, &found);
    return take_items(&reader, &found, items);
}

int32_t sanscsi_pr_full_status_next(const sanscsi_items *items, uint32_t *position,
                                    sanscsi_pr_full_status *item) {
    if (!is_struct(item, sizeof(*item))) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    const uint8_t *at = NULL;
    int32_t status = next_item(items, KIND_FULL_STATUS, position, FULL_STATUS_HEADER, &at);
    if (status != 1) {
        return status;
    }
    uint32_t additional = load_be32(at + 20);
    if (additional > UINT32_MAX - FULL_STATUS_HEADER) {
        return SANSCSI_MALFORMED;
    }
    status = pass_item(items, position, FULL_STATUS_HEADER + additional);
    if (status != 1) {
        return status;
    }
    *item = (sanscsi_pr_full_status){
        .size = item->size,
        .key = load_be64(at),
        .all_target_ports = bit_of(at[12], 1),
        .holder = bit_of(at[12], 0),
        .scope = at[13] >> 4,
        .type = at[13] & 0x0f,
        .relative_port = load_be16(at + 18),
        .transport_id = additional == 0 ? NULL : at + FULL_STATUS_HEADER,
        .transport_id_length = additional,
    };
    return 1;
}
