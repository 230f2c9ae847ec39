/* Reads the answers to MODE SENSE(6) and MODE SENSE(10) (SPC-4 7.5). */
#include "base/bytes.h"
#include "base/checked.h"
#include "base/reader.h"
#include "scsi/parse.h"

enum {
    HEADER6_LENGTH = 4,
    HEADER10_LENGTH = 8,
    BLOCK_LENGTH = 8,       /* SBC-3 6.4: short LBA */
    LONG_BLOCK_LENGTH = 16, /* SBC-3 6.4: long LBA */
    PAGE_HEADER = 2,        /* SPC-4 7.5: page_0 format */
    SUBPAGE_HEADER = 4      /* and sub_page format */
};

static uint32_t block_size(const sanscsi_mode *mode) {
    return mode->long_lba ? LONG_BLOCK_LENGTH : BLOCK_LENGTH;
}

/* Behind the header: finds descriptors and pages, then hands out what was found. The reader has
 * failed when the header is not whole; its lengths are 0 then or mean nothing. */
static int32_t finish(struct reader *reader, uint32_t header, sanscsi_mode *found,
                      sanscsi_mode *mode) {
    found->write_protected = bit_of(found->device_specific, 7);
    found->dpo_fua = bit_of(found->device_specific, 4);
    if (reader->failed) {
        *mode = *found;
        return SANSCSI_TRUNCATED;
    }
    if (found->total < header || found->blocks_total > found->total - header ||
        found->blocks_total % block_size(found) != 0) {
        return SANSCSI_MALFORMED;
    }
    size_t left = sanscsi_reader_left(reader);
    found->blocks_length = (uint32_t)min_size(left, found->blocks_total);
    found->blocks = sanscsi_reader_take(reader, found->blocks_length).data;
    left = sanscsi_reader_left(reader);
    found->pages_total = found->total - header - found->blocks_total;
    found->pages_length = (uint32_t)min_size(left, found->pages_total);
    found->pages = sanscsi_reader_take(reader, found->pages_length).data;
    *mode = *found;
    bool whole =
        found->blocks_length == found->blocks_total && found->pages_length == found->pages_total;
    return whole ? SANSCSI_OK : SANSCSI_TRUNCATED;
}

int32_t sanscsi_mode6_parse(const void *data, size_t size, sanscsi_mode *mode) {
    if (!can_parse(data, size, mode, sizeof(*mode))) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    sanscsi_mode found = {.size = mode->size};
    struct reader reader;
    sanscsi_reader_init(&reader, data, size);
    uint32_t length = sanscsi_reader_u8(&reader);
    found.total = reader.failed ? 0 : length + 1; /* the field does not count itself */
    found.medium_type = sanscsi_reader_u8(&reader);
    found.device_specific = sanscsi_reader_u8(&reader);
    found.blocks_total = sanscsi_reader_u8(&reader);
    return finish(&reader, HEADER6_LENGTH, &found, mode);
}

int32_t sanscsi_mode10_parse(const void *data, size_t size, sanscsi_mode *mode) {
    if (!can_parse(data, size, mode, sizeof(*mode))) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    sanscsi_mode found = {.size = mode->size};
    struct reader reader;
    sanscsi_reader_init(&reader, data, size);
    uint32_t length = sanscsi_reader_be16(&reader);
    found.total = reader.failed ? 0 : length + 2; /* the field does not count itself */
    found.medium_type = sanscsi_reader_u8(&reader);
    found.device_specific = sanscsi_reader_u8(&reader);
    found.long_lba = bit_of(sanscsi_reader_u8(&reader), 0);
    sanscsi_reader_skip(&reader, 1);
    found.blocks_total = sanscsi_reader_be16(&reader);
    return finish(&reader, HEADER10_LENGTH, &found, mode);
}

/* Whether this can be what a parser filled. */
static bool is_mode(const sanscsi_mode *mode) {
    return is_struct(mode, sizeof(*mode)) && (mode->blocks != NULL || mode->blocks_length == 0) &&
           (mode->pages != NULL || mode->pages_length == 0) &&
           mode->pages_length <= mode->pages_total;
}

int32_t sanscsi_mode_block_get(const sanscsi_mode *mode, uint32_t index,
                               sanscsi_mode_block *block) {
    if (!is_mode(mode) || !is_struct(block, sizeof(*block)) ||
        index >= mode->blocks_length / block_size(mode)) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    const uint8_t *bytes = mode->blocks + (size_t)index * block_size(mode);
    block->blocks = mode->long_lba ? load_be64(bytes) : load_be32(bytes);
    block->block_length = mode->long_lba ? load_be32(bytes + 12) : load_be24(bytes + 5);
    return SANSCSI_OK;
}

/* Reads a page's header and sets the page's whole length, whether or not that came. */
static int32_t read_page_header(const sanscsi_mode *mode, uint32_t position,
                                sanscsi_mode_page *found) {
    int32_t status = item_status(position, PAGE_HEADER, mode->pages_length, mode->pages_total);
    if (status != SANSCSI_OK) {
        return status;
    }
    struct reader reader;
    sanscsi_reader_init(&reader, mode->pages, mode->pages_length);
    sanscsi_reader_skip(&reader, position);
    uint8_t byte0 = sanscsi_reader_u8(&reader);
    uint8_t byte1 = sanscsi_reader_u8(&reader);
    found->page = byte0 & 0x3f;
    found->saveable = bit_of(byte0, 7);
    if (found->page == 0) {
        found->length = mode->pages_total - position;
        return SANSCSI_OK;
    }
    if (!bit_of(byte0, 6)) {
        found->length = PAGE_HEADER + (uint32_t)byte1;
        return SANSCSI_OK;
    }
    found->subpage = byte1;
    found->length = SUBPAGE_HEADER + (uint32_t)sanscsi_reader_be16(&reader);
    return item_status(position, SUBPAGE_HEADER, mode->pages_length, mode->pages_total);
}

int32_t sanscsi_mode_page_next(const sanscsi_mode *mode, uint32_t *position,
                               sanscsi_mode_page *page) {
    if (!is_mode(mode) || position == NULL || !is_struct(page, sizeof(*page)) ||
        *position > mode->pages_length) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    if (*position == mode->pages_total) {
        return 0;
    }
    sanscsi_mode_page found = {.size = page->size};
    int32_t status = read_page_header(mode, *position, &found);
    if (status == SANSCSI_OK) {
        status = item_status(*position, found.length, mode->pages_length, mode->pages_total);
    }
    if (status != SANSCSI_OK) {
        return status;
    }
    found.bytes = mode->pages + *position;
    *position += found.length;
    *page = found;
    return 1;
}
