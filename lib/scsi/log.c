/* Reads log pages and their parameters (SPC-4 7.3). */
#include "base/bytes.h"
#include "base/checked.h"
#include "scsi/parse.h"

#include <iscsi/scsi_admin.h>

enum { PARAMETER_HEADER = 4, ALL_SUBPAGES = 0xff };

int32_t sanscsi_log_page_parse(const void *data, size_t size, uint32_t page, uint32_t subpage,
                               sanscsi_log_page *log) {
    if (!can_parse(data, size, log, sizeof(*log))) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    sanscsi_log_page found = {.size = log->size};
    struct reader reader;
    sanscsi_reader_init(&reader, data, size);
    uint8_t byte0 = sanscsi_reader_u8(&reader);
    found.not_saved = bit_of(byte0, 7);
    found.page = byte0 & 0x3f;
    if (!reader.failed && found.page != page) {
        return SANSCSI_MALFORMED;
    }
    uint8_t byte1 = sanscsi_reader_u8(&reader);
    found.subpage = bit_of(byte0, 6) ? byte1 : 0; /* SPF */
    if (!reader.failed && found.subpage != subpage) {
        return SANSCSI_MALFORMED;
    }
    found.total = sanscsi_reader_be16(&reader);
    found.length = (uint32_t)min_size(found.total, sanscsi_reader_left(&reader));
    found.bytes = sanscsi_reader_take(&reader, found.length).data;
    *log = found;
    return reader.failed || found.length < found.total ? SANSCSI_TRUNCATED : SANSCSI_OK;
}

/* Whether this can be what the parser filled. */
static bool is_log(const sanscsi_log_page *log) {
    return is_struct(log, sizeof(*log)) && log->length <= log->total &&
           (log->bytes != NULL || log->length == 0);
}

int32_t sanscsi_log_supported_get(const sanscsi_log_page *log, uint32_t index, uint32_t *page,
                                  uint32_t *subpage) {
    if (!is_log(log) || log->page != 0 || page == NULL || subpage == NULL ||
        (log->subpage != 0 && log->subpage != ALL_SUBPAGES)) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    uint32_t width = log->subpage == ALL_SUBPAGES ? 2 : 1;
    if (index >= log->length / width) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    const uint8_t *at = log->bytes + (size_t)index * width;
    *page = at[0] & 0x3f;
    *subpage = width == 2 ? at[1] : 0;
    return SANSCSI_OK;
}

int32_t sanscsi_log_parameter_next(const sanscsi_log_page *log, uint32_t *position,
                                   sanscsi_log_parameter *parameter) {
    if (!is_log(log) || log->page == 0 || position == NULL ||
        !is_struct(parameter, sizeof(*parameter)) || *position > log->length) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    if (*position == log->total) {
        return 0;
    }
    int32_t status = item_status(*position, PARAMETER_HEADER, log->length, log->total);
    if (status != SANSCSI_OK) {
        return status;
    }
    const uint8_t *at = log->bytes + *position;
    uint32_t length = at[3];
    status = item_status(*position, PARAMETER_HEADER + length, log->length, log->total);
    if (status != SANSCSI_OK) {
        return status;
    }
    *parameter = (sanscsi_log_parameter){
        .size = parameter->size,
        .code = load_be16(at),
        .control = at[2],
        .length = length,
        .bytes = length == 0 ? NULL : at + PARAMETER_HEADER,
    };
    *position += PARAMETER_HEADER + length;
    return 1;
}
