/* Pages of vital product data that any device may have: 85h to 88h (SPC-4 7.8). */
#include "base/bytes.h"
#include "scsi/vpd_page.h"

enum {
    ADDRESS_HEADER = 4,
    EXTENDED_LEAST = 4,
    POLICY_LENGTH = 4,
    PORT_HEADER = 8,
    PORT_MIDDLE = 4 /* between the TransportID and the designators */
};

int32_t sanscsi_vpd_network_address_next(const sanscsi_vpd *vpd, uint32_t *position,
                                         sanscsi_network_address *address) {
    if (!is_struct(address, sizeof(*address))) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    const uint8_t *at = NULL;
    int32_t status =
        next_of_page(vpd, SANSCSI_VPD_NETWORK_ADDRESSES, position, ADDRESS_HEADER, &at);
    if (status != 1) {
        return status;
    }
    uint32_t length = load_be16(at + 2);
    status = item_status(*position, ADDRESS_HEADER + length, vpd->length, vpd->page_length);
    if (status != SANSCSI_OK) {
        return status;
    }
    struct span text = span_of(at + ADDRESS_HEADER, length);
    while (text.size > 0 && text.data[text.size - 1] == 0) {
        text.size--;
    }
    *address = (sanscsi_network_address){
        .size = address->size,
        .association = at[0] >> 5 & 3,
        .service = at[0] & 0x1f,
        .length = (uint32_t)text.size,
        .address = text.size == 0 ? NULL : text.data,
    };
    *position += ADDRESS_HEADER + length;
    return 1;
}

/* Bytes 4 to 8 of page 86h. */
static void read_support(struct reader *reader, sanscsi_extended_inquiry *found) {
    uint8_t byte4 = sanscsi_reader_u8(reader);
    uint8_t byte5 = sanscsi_reader_u8(reader);
    uint8_t byte6 = sanscsi_reader_u8(reader);
    uint8_t byte7 = sanscsi_reader_u8(reader);
    uint8_t byte8 = sanscsi_reader_u8(reader);
    found->activate_microcode = byte4 >> 6;
    found->protection_types = byte4 >> 3 & 7;
    found->guard_check = bit_of(byte4, 2);
    found->application_check = bit_of(byte4, 1);
    found->reference_check = bit_of(byte4, 0);
    found->attention_key = bit_of(byte5, 5);
    found->group_numbers = bit_of(byte5, 4);
    found->task_priority = bit_of(byte5, 3);
    found->head_of_queue = bit_of(byte5, 2);
    found->ordered = bit_of(byte5, 1);
    found->simple = bit_of(byte5, 0);
    found->write_uncorrectable = bit_of(byte6, 3);
    found->correction_disable = bit_of(byte6, 2);
    found->nonvolatile_cache = bit_of(byte6, 1);
    found->volatile_cache = bit_of(byte6, 0);
    found->protection_interval = bit_of(byte7, 4);
    found->clears_attention = bit_of(byte7, 0);
    found->referrals = bit_of(byte8, 4);
    found->capability_security = bit_of(byte8, 0);
}

int32_t sanscsi_vpd_extended_inquiry_parse(const void *data, size_t size,
                                           sanscsi_extended_inquiry *inquiry) {
    if (!can_parse(data, size, inquiry, sizeof(*inquiry))) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    struct reader reader;
    sanscsi_vpd vpd;
    int32_t status =
        open_page(data, size, SANSCSI_VPD_EXTENDED_INQUIRY, EXTENDED_LEAST, &reader, &vpd);
    if (status != SANSCSI_OK) {
        return status;
    }
    sanscsi_extended_inquiry found = {.size = inquiry->size};
    read_support(&reader, &found);
    found.microcode_download = sanscsi_reader_u8(&reader) & 0x0f;
    found.self_test_minutes = sanscsi_reader_be16(&reader);
    uint8_t byte12 = sanscsi_reader_u8(&reader);
    found.power_on_activation = bit_of(byte12, 7);
    found.reset_activation = bit_of(byte12, 6);
    found.vendor_activation = bit_of(byte12, 5);
    found.max_sense = sanscsi_reader_u8(&reader);
    *inquiry = found;
    return close_page(&reader, &vpd, size);
}

int32_t sanscsi_vpd_mode_policy_next(const sanscsi_vpd *vpd, uint32_t *position,
                                     sanscsi_mode_policy *policy) {
    if (!is_struct(policy, sizeof(*policy))) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    const uint8_t *at = NULL;
    int32_t status = next_of_page(vpd, SANSCSI_VPD_MODE_PAGE_POLICY, position, POLICY_LENGTH, &at);
    if (status != 1) {
        return status;
    }
    *policy = (sanscsi_mode_policy){
        .size = policy->size,
        .page = at[0] & 0x3f,
        .subpage = at[1],
        .units = bit_of(at[2], 7),
        .policy = at[2] & 3,
    };
    *position += POLICY_LENGTH;
    return 1;
}

int32_t sanscsi_vpd_port_next(const sanscsi_vpd *vpd, uint32_t *position, sanscsi_scsi_port *port) {
    if (!is_struct(port, sizeof(*port))) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    const uint8_t *at = NULL;
    int32_t status = next_of_page(vpd, SANSCSI_VPD_SCSI_PORTS, position, PORT_HEADER, &at);
    if (status != 1) {
        return status;
    }
    uint32_t id_length = load_be16(at + 6);
    uint32_t length = PORT_HEADER + id_length + PORT_MIDDLE;
    status = item_status(*position, length, vpd->length, vpd->page_length);
    if (status != SANSCSI_OK) {
        return status;
    }
    uint32_t designators = load_be16(at + length - 2);
    status = item_status(*position, length + designators, vpd->length, vpd->page_length);
    if (status != SANSCSI_OK) {
        return status;
    }
    *port = (sanscsi_scsi_port){
        .size = port->size,
        .relative_port = load_be16(at + 2),
        .transport_id = id_length == 0 ? NULL : at + PORT_HEADER,
        .transport_id_length = id_length,
        .designators = designators == 0 ? NULL : at + length,
        .designators_length = designators,
    };
    *position += length + designators;
    return 1;
}

int32_t sanscsi_port_designator_next(const sanscsi_scsi_port *port, uint32_t *position,
                                     sanscsi_designator *designator) {
    if (!is_struct(port, sizeof(*port))) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    /* They are those of page 83h (SPC-4 7.8). */
    const sanscsi_vpd page = {
        .size = sizeof(page),
        .page = SANSCSI_VPD_DEVICE_IDENTIFICATION,
        .page_length = port->designators_length,
        .length = port->designators_length,
        .bytes = port->designators,
    };
    return sanscsi_vpd_designator_next(&page, position, designator);
}
