/* LUNs: their wire forms (SAM-5 4.7) and the inventory that REPORT LUNS answers (SPC-4 6.33). */
#include "base/bytes.h"
#include "base/checked.h"
#include "base/reader.h"
#include "scsi/parse.h"

enum {
    LUN_SIZE = 8,
    LIST_HEADER = 8,
    PERIPHERAL_NUMBERS = 256, /* numbers of one byte */
    FLAT_NUMBERS = 16384      /* numbers of 14 bits */
};

int32_t sanscsi_lun_encode(uint32_t number, uint64_t *lun) {
    if (lun == NULL) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    if (number >= FLAT_NUMBERS) {
        return SANSCSI_INVALID_LUN;
    }
    uint64_t method = number < PERIPHERAL_NUMBERS ? SANSCSI_LUN_PERIPHERAL : SANSCSI_LUN_FLAT_SPACE;
    *lun = method << 62 | (uint64_t)number << 48;
    return SANSCSI_OK;
}

uint32_t sanscsi_lun_addressing_method(uint64_t lun) {
    return (uint32_t)(lun >> 62);
}

int32_t sanscsi_lun_decode(uint64_t lun, uint32_t *number) {
    /* By method: numbers that the 14 bits behind it can hold. */
    static const uint32_t numbers[] = {
        [SANSCSI_LUN_PERIPHERAL] = PERIPHERAL_NUMBERS,
        [SANSCSI_LUN_FLAT_SPACE] = FLAT_NUMBERS,
        [SANSCSI_LUN_LOGICAL_UNIT] = FLAT_NUMBERS, /* target, bus and LUN as one */
        [SANSCSI_LUN_EXTENDED] = 0,
    };
    if (number == NULL) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    uint32_t address = (uint32_t)(lun >> 48) & 0x3fff;
    bool single_level = (lun & UINT64_C(0xffffffffffff)) == 0;
    if (!single_level || address >= numbers[sanscsi_lun_addressing_method(lun)]) {
        return SANSCSI_INVALID_LUN;
    }
    *number = address;
    return SANSCSI_OK;
}

int32_t sanscsi_report_luns_parse(const void *data, size_t size, sanscsi_lun_list *list) {
    if (!can_parse(data, size, list, sizeof(*list))) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    sanscsi_lun_list found = {.size = list->size};
    struct reader reader;
    sanscsi_reader_init(&reader, data, size);
    found.list_length = sanscsi_reader_be32(&reader);
    if (found.list_length % LUN_SIZE != 0) {
        return SANSCSI_MALFORMED;
    }
    found.total = found.list_length / LUN_SIZE;
    sanscsi_reader_skip(&reader, LIST_HEADER - sizeof(uint32_t));
    found.count = (uint32_t)min_size(sanscsi_reader_left(&reader) / LUN_SIZE, found.total);
    found.luns = sanscsi_reader_take(&reader, (size_t)found.count * LUN_SIZE).data;
    *list = found;
    return reader.failed || found.count < found.total ? SANSCSI_TRUNCATED : SANSCSI_OK;
}

int32_t sanscsi_lun_list_get(const sanscsi_lun_list *list, uint32_t index, uint64_t *lun) {
    if (!is_struct(list, sizeof(*list)) || lun == NULL || list->luns == NULL ||
        index >= list->count) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    *lun = load_be64(list->luns + (size_t)index * LUN_SIZE);
    return SANSCSI_OK;
}
