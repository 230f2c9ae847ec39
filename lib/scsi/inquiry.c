/* Reads standard INQUIRY data (SPC-4 6.6.2). */
#include "base/checked.h"
#include "base/reader.h"
#include "scsi/parse.h"

enum {
    LENGTH_KNOWN = 5,    /* bytes up to and with ADDITIONAL LENGTH */
    STANDARD_LENGTH = 36 /* bytes that every unit owes */
};

/* The next text field, or what there is of it; `text` has room for one byte more than `width`. */
static void take_text(struct reader *reader, char *text, size_t width) {
    size_t came = min_size(width, sanscsi_reader_left(reader));
    copy_text(text, width + 1, trim(sanscsi_reader_take(reader, came)));
}

/* Bytes 5 to 7; bits that SPC-4 gives no host a use for are left out. */
static void take_capabilities(struct reader *reader, sanscsi_inquiry *found) {
    uint8_t byte5 = sanscsi_reader_u8(reader);
    uint8_t byte6 = sanscsi_reader_u8(reader);
    uint8_t byte7 = sanscsi_reader_u8(reader);
    found->protection = bit_of(byte5, 0);
    found->third_party_copy = bit_of(byte5, 3);
    found->port_groups = byte5 >> 4 & 3;
    found->multiple_ports = bit_of(byte6, 4);
    found->enclosure_services = bit_of(byte6, 6);
    found->command_queuing = bit_of(byte7, 1);
}

int32_t sanscsi_inquiry_parse(const void *data, size_t size, sanscsi_inquiry *inquiry) {
    if (!can_parse(data, size, inquiry, sizeof(*inquiry))) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    sanscsi_inquiry found = {.size = inquiry->size};
    struct reader reader;
    sanscsi_reader_init(&reader, data, size);
    uint8_t byte0 = sanscsi_reader_u8(&reader);
    uint8_t byte1 = sanscsi_reader_u8(&reader);
    found.version = sanscsi_reader_u8(&reader);
    uint8_t byte3 = sanscsi_reader_u8(&reader);
    found.additional_length = sanscsi_reader_u8(&reader);
    found.peripheral_qualifier = byte0 >> 5;
    found.device_type = byte0 & 0x1f;
    found.removable = bit_of(byte1, 7);
    found.response_format = byte3 & 0x0f;
    found.hierarchical_luns = bit_of(byte3, 4);
    found.normal_aca = bit_of(byte3, 5);

    /* What lies behind the additional length is padding, whatever the transfer's length. */
    size_t length = min_size(size, LENGTH_KNOWN + (size_t)found.additional_length);
    found.data_length = (uint32_t)length;
    if (!reader.failed) {
        sanscsi_reader_init(&reader, data, length);
        sanscsi_reader_skip(&reader, LENGTH_KNOWN);
    }
    take_capabilities(&reader, &found);
    take_text(&reader, found.vendor, 8);
    take_text(&reader, found.product, 16);
    take_text(&reader, found.revision, 4);
    *inquiry = found;
    return length < STANDARD_LENGTH ? SANSCSI_TRUNCATED : SANSCSI_OK;
}
