/* TransportIDs, which name initiator ports; those of iSCSI whole (SPC-4 7.6.4). */
#include "base/checked.h"
#include "scsi/build.h"
#include "scsi/parse.h"

#include <iscsi/scsi_reserve.h>

enum {
    PROTOCOL_ISCSI = 5,
    HEADER = 4,
    OTHER_LENGTH = 24,     /* of every other protocol's */
    ADDITIONAL_LEAST = 20, /* of iSCSI's */
    NAME_MOST = 223,       /* RFC 7143 4.2.7.1 */
    ISID_DIGITS = 12,
    FORMAT_NAME = 0,
    FORMAT_PORT = 1
};

static const struct span separator = {(const uint8_t *)",i,0x", 5};

/* Whether the bytes can be an iSCSI name as it is sent: of ASCII it has small letters, digits and
 * three marks, among them no comma, behind which the ISID begins (RFC 7143 4.2.7.2). */
static bool is_name(const uint8_t *name, uint32_t length) {
    if (length == 0 || length > NAME_MOST) {
        return false;
    }
    for (uint32_t i = 0; i < length; i++) {
        uint8_t byte = name[i];
        bool allowed = (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= ':') ||
                       byte == '-' || byte == '.' || byte >= 0x80;
        if (!allowed) {
            return false;
        }
    }
    return true;
}

int32_t sanscsi_transport_id_build(const sanscsi_transport_id *id, void *data, size_t size,
                                   size_t *length) {
    if (!can_build(data, size, length) || !is_struct(id, sizeof(*id)) ||
        id->protocol != PROTOCOL_ISCSI || id->has_isid > 1 || id->isid >> 48 != 0 ||
        (id->has_isid == 0 && id->isid != 0) || id->name == NULL ||
        !is_name(id->name, id->name_length)) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    uint32_t text = id->name_length + 1; /* with its zero */
    if (id->has_isid == 1) {
        text += (uint32_t)separator.size + ISID_DIGITS;
    }
    uint32_t additional = max_u32(text + pad_length(text), ADDITIONAL_LEAST);
    struct builder builder;
    if (!begin_build(&builder, data, size, HEADER + additional)) {
        return SANSCSI_BUFFER_TOO_SMALL;
    }
    sanscsi_builder_u8(&builder, (uint8_t)(id->has_isid << 6 | PROTOCOL_ISCSI));
    sanscsi_builder_u8(&builder, 0);
    sanscsi_builder_be16(&builder, (uint16_t)additional);
    sanscsi_builder_bytes(&builder, id->name, id->name_length);
    if (id->has_isid == 1) {
        sanscsi_builder_span(&builder, separator);
        sanscsi_builder_hex(&builder, id->isid, ISID_DIGITS);
    }
    sanscsi_builder_zeros(&builder, additional - text + 1);
    return finish_build(&builder, length);
}

/* The value of a hexadecimal digit, or 16. */
static uint32_t digit(uint8_t byte) {
    if (byte >= '0' && byte <= '9') {
        return byte - (uint32_t)'0';
    }
    uint8_t lower = byte | 0x20;
    return lower >= 'a' && lower <= 'f' ? lower - (uint32_t)'a' + 10 : 16;
}

/* Reads the ISID, which may go without leading zeros. */
static bool read_isid(struct span digits, uint64_t *isid) {
    uint64_t value = 0;
    if (digits.size == 0 || digits.size > ISID_DIGITS) {
        return false;
    }
    for (size_t i = 0; i < digits.size; i++) {
        uint32_t one = digit(digits.data[i]);
        if (one > 15) {
            return false;
        }
        value = value << 4 | one;
    }
    *isid = value;
    return true;
}

/* Splits NAME,i,0xISID. */
static bool split(struct span text, sanscsi_transport_id *found) {
    for (size_t i = 0; i + separator.size <= text.size; i++) {
        if (span_equal(span_of(text.data + i, separator.size), separator)) {
            size_t behind = i + separator.size;
            found->name_length = (uint32_t)i;
            found->has_isid = 1;
            return read_isid(span_of(text.data + behind, text.size - behind), &found->isid);
        }
    }
    return false;
}

static int32_t read_iscsi(struct reader *reader, uint32_t format, sanscsi_transport_id *found) {
    struct span text;
    if (!sanscsi_reader_until(reader, 0, &text) || format > FORMAT_PORT) {
        return SANSCSI_MALFORMED;
    }
    found->name = text.data;
    found->name_length = (uint32_t)min_size(text.size, UINT16_MAX);
    if (format == FORMAT_PORT && !split(text, found)) {
        return SANSCSI_MALFORMED;
    }
    return found->name_length == 0 || found->name_length > NAME_MOST ? SANSCSI_MALFORMED
                                                                     : SANSCSI_OK;
}

int32_t sanscsi_transport_id_parse(const void *data, size_t size, sanscsi_transport_id *id) {
    if (!can_parse(data, size, id, sizeof(*id))) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    sanscsi_transport_id found = {.size = id->size};
    struct reader reader;
    sanscsi_reader_init(&reader, data, size);
    uint8_t byte0 = sanscsi_reader_u8(&reader);
    found.protocol = byte0 & 0x0f;
    bool is_iscsi = found.protocol == PROTOCOL_ISCSI;
    sanscsi_reader_skip(&reader, 1);
    uint32_t additional = sanscsi_reader_be16(&reader);
    if (!reader.failed) {
        found.length = is_iscsi ? HEADER + additional : OTHER_LENGTH;
    }
    if (reader.failed || size < found.length) {
        *id = found;
        return SANSCSI_TRUNCATED;
    }
    int32_t status = SANSCSI_OK;
    if (is_iscsi) {
        struct span rest = sanscsi_reader_take(&reader, additional);
        sanscsi_reader_init(&reader, rest.data, rest.size);
        status = read_iscsi(&reader, byte0 >> 6, &found);
    }
    if (status == SANSCSI_OK) {
        *id = found;
    }
    return status;
}
