/* Pages of vital product data: the header that all share, lists, identities (SPC-4 7.8). */
#include "base/builder.h"
#include "base/checked.h"
#include "base/reader.h"
#include "scsi/vpd_page.h"

enum {
    DESIGNATOR_HEADER = 4,
    T10_VENDOR_LENGTH = 8,
    NAA_REGISTERED_EXTENDED = 6 /* the one NAA format of 16 bytes (SPC-4 7.8.6) */
};

enum code_set { CODE_BINARY = 1, CODE_ASCII = 2, CODE_UTF8 = 3 };

int32_t sanscsi_vpd_parse(const void *data, size_t size, uint32_t page, sanscsi_vpd *vpd) {
    if (!can_parse(data, size, vpd, sizeof(*vpd))) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    sanscsi_vpd found = {.size = vpd->size};
    struct reader reader;
    sanscsi_reader_init(&reader, data, size);
    uint8_t byte0 = sanscsi_reader_u8(&reader);
    found.peripheral_qualifier = byte0 >> 5;
    found.device_type = byte0 & 0x1f;
    found.page = sanscsi_reader_u8(&reader);
    if (!reader.failed && found.page != page) {
        return SANSCSI_MALFORMED;
    }
    found.page_length = sanscsi_reader_be16(&reader);
    found.length = (uint32_t)min_size(found.page_length, sanscsi_reader_left(&reader));
    found.bytes = sanscsi_reader_take(&reader, found.length).data;
    *vpd = found;
    return reader.failed || found.length < found.page_length ? SANSCSI_TRUNCATED : SANSCSI_OK;
}

int32_t sanscsi_vpd_page_get(const sanscsi_vpd *vpd, uint32_t index, uint32_t *page) {
    if (page == NULL || !is_page(vpd, SANSCSI_VPD_SUPPORTED_PAGES) || index >= vpd->length) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    *page = vpd->bytes[index];
    return SANSCSI_OK;
}

int32_t sanscsi_vpd_serial_parse(const void *data, size_t size, char *text, size_t text_size,
                                 size_t *length) {
    if (text == NULL || length == NULL) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    sanscsi_vpd vpd = {.size = sizeof(vpd)};
    int32_t status = sanscsi_vpd_parse(data, size, SANSCSI_VPD_SERIAL_NUMBER, &vpd);
    if (status != SANSCSI_OK) {
        return status;
    }
    struct span serial = trim(span_of(vpd.bytes, vpd.length));
    if (serial.size >= text_size) {
        return SANSCSI_BUFFER_TOO_SMALL;
    }
    copy_text(text, text_size, serial);
    *length = serial.size;
    return SANSCSI_OK;
}

int32_t sanscsi_vpd_designator_next(const sanscsi_vpd *vpd, uint32_t *position,
                                    sanscsi_designator *designator) {
    if (position == NULL || !is_struct(designator, sizeof(*designator)) ||
        !is_page(vpd, SANSCSI_VPD_DEVICE_IDENTIFICATION) || *position > vpd->length) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    if (*position == vpd->page_length) {
        return 0;
    }
    int32_t status = item_status(*position, DESIGNATOR_HEADER, vpd->length, vpd->page_length);
    if (status != SANSCSI_OK) {
        return status;
    }
    struct reader reader;
    sanscsi_reader_init(&reader, vpd->bytes, vpd->length);
    sanscsi_reader_skip(&reader, *position);
    uint8_t byte0 = sanscsi_reader_u8(&reader);
    uint8_t byte1 = sanscsi_reader_u8(&reader);
    sanscsi_reader_skip(&reader, 1);
    uint32_t length = sanscsi_reader_u8(&reader);
    status = item_status(*position, DESIGNATOR_HEADER + length, vpd->length, vpd->page_length);
    if (status != SANSCSI_OK) {
        return status;
    }
    *designator = (sanscsi_designator){
        .size = designator->size,
        .protocol = bit_of(byte1, 7) ? byte0 >> 4 : UINT32_MAX,
        .code_set = byte0 & 0x0f,
        .association = byte1 >> 4 & 3,
        .type = byte1 & 0x0f,
        .length = length,
        .bytes = sanscsi_reader_take(&reader, length).data,
    };
    *position += DESIGNATOR_HEADER + length;
    return 1;
}

static bool is_naa(const sanscsi_designator *d) {
    return d->code_set == CODE_BINARY && d->length > 0 &&
           d->length == (d->bytes[0] >> 4 == NAA_REGISTERED_EXTENDED ? 16u : 8u);
}

static bool is_eui(const sanscsi_designator *d) {
    return d->code_set == CODE_BINARY && (d->length == 8 || d->length == 12 || d->length == 16);
}

static bool is_t10(const sanscsi_designator *d) {
    return (d->code_set == CODE_ASCII || d->code_set == CODE_UTF8) &&
           d->length >= T10_VENDOR_LENGTH;
}

static bool is_scsi_name(const sanscsi_designator *d) {
    return d->code_set == CODE_UTF8 && d->length > 0;
}

/* The designator types with a text form: their requirements and how the text begins. */
static const struct text_form {
    uint32_t type;
    const char *prefix;
    bool (*valid)(const sanscsi_designator *designator);
} text_forms[] = {
    {SANSCSI_DESIGNATOR_T10, "t10.", is_t10},
    {SANSCSI_DESIGNATOR_EUI64, "eui.", is_eui},
    {SANSCSI_DESIGNATOR_NAA, "naa.", is_naa},
    {SANSCSI_DESIGNATOR_SCSI_NAME, "", is_scsi_name},
};

static const struct text_form *find_text_form(uint32_t type) {
    for (size_t i = 0; i < sizeof(text_forms) / sizeof(text_forms[0]); i++) {
        if (text_forms[i].type == type) {
            return &text_forms[i];
        }
    }
    return NULL;
}

static void append_hex(struct builder *text, struct span bytes) {
    for (size_t i = 0; i < bytes.size; i++) {
        sanscsi_builder_hex(text, bytes.data[i], 2);
    }
}

static void append_printable(struct builder *text, struct span bytes) {
    for (size_t i = 0; i < bytes.size; i++) {
        uint8_t byte = printable(bytes.data[i]);
        sanscsi_builder_u8(text, byte == ' ' ? (uint8_t)'_' : byte);
    }
}

int32_t sanscsi_designator_format(const sanscsi_designator *designator, char *text,
                                  size_t text_size, size_t *length) {
    if (!is_struct(designator, sizeof(*designator)) || text == NULL || length == NULL ||
        (designator->bytes == NULL && designator->length > 0)) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    const struct text_form *form = find_text_form(designator->type);
    if (form == NULL) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    if (!form->valid(designator)) {
        return SANSCSI_MALFORMED;
    }
    bool binary = designator->code_set == CODE_BINARY;
    struct span bytes = span_of(designator->bytes, designator->length);
    bytes = binary ? bytes : trim_end(bytes);
    size_t needed = span_of_string(form->prefix).size + bytes.size * (binary ? 2 : 1);
    if (needed >= text_size) {
        return SANSCSI_BUFFER_TOO_SMALL;
    }
    struct builder builder;
    sanscsi_builder_init(&builder, text, text_size);
    sanscsi_builder_string(&builder, form->prefix);
    if (binary) {
        append_hex(&builder, bytes);
    } else {
        append_printable(&builder, bytes);
    }
    sanscsi_builder_u8(&builder, 0);
    *length = needed;
    return SANSCSI_OK;
}
