/* Builds what MODE SELECT sends (SPC-4 7.5). */
#include "base/bytes.h"
#include "scsi/build.h"
#include "scsi/parse.h"

#include <iscsi/scsi_admin.h>

enum { HEADER6 = 4, HEADER10 = 8, BLOCK_LENGTH = 8, LONG_BLOCK_LENGTH = 16 };

/* Bytes of the page at `pages`, of which `left` are there; 0 when it is not whole. */
static uint32_t page_length(const uint8_t *pages, uint32_t left) {
    uint32_t length = left;
    if ((pages[0] & 0x3f) != 0) { /* page 0 is the vendor's and takes all */
        if (left < 2) {
            return 0;
        }
        length = 2u + pages[1];
        if (bit_of(pages[0], 6)) {
            length = left < 4 ? UINT32_MAX : 4u + load_be16(pages + 2);
        }
    }
    return length > left ? 0 : length;
}

static bool are_pages(const sanscsi_mode *mode) {
    uint32_t position = 0;
    while (position < mode->pages_length) {
        uint32_t length = page_length(mode->pages + position, mode->pages_length - position);
        if (length == 0) {
            return false;
        }
        position += length;
    }
    return true;
}

/* Copies the pages, which are whole, without PS, which is reserved here. */
static void write_pages(const sanscsi_mode *mode, struct builder *builder) {
    uint32_t position = 0;
    while (position < mode->pages_length) {
        const uint8_t *page = mode->pages + position;
        uint32_t length = page_length(page, mode->pages_length - position);
        sanscsi_builder_u8(builder, page[0] & 0x7f);
        sanscsi_builder_bytes(builder, page + 1, length - 1);
        position += length;
    }
}

static bool is_source(const sanscsi_mode *mode, uint32_t long_most) {
    return is_struct(mode, sizeof(*mode)) && mode->medium_type <= UINT8_MAX &&
           mode->device_specific <= UINT8_MAX && mode->long_lba <= long_most &&
           has_bytes(mode->blocks, mode->blocks_length) &&
           has_bytes(mode->pages, mode->pages_length) &&
           mode->blocks_length % (mode->long_lba ? LONG_BLOCK_LENGTH : BLOCK_LENGTH) == 0;
}

static int32_t finish(const sanscsi_mode *mode, struct builder *builder, size_t *length) {
    sanscsi_builder_bytes(builder, mode->blocks, mode->blocks_length);
    write_pages(mode, builder);
    return finish_build(builder, length);
}

/* Whether the whole is within so many bytes. */
static bool is_within(const sanscsi_mode *mode, uint32_t header, uint64_t most) {
    return (uint64_t)header + mode->blocks_length + mode->pages_length <= most;
}

/* Whether it can be written at all; nothing is written before that is known. */
static int32_t judge(const sanscsi_mode *mode, uint32_t header, uint32_t most, size_t size) {
    if (!is_within(mode, header, most)) {
        return SANSCSI_TOO_LARGE;
    }
    if (!are_pages(mode)) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    return is_within(mode, header, size) ? SANSCSI_OK : SANSCSI_BUFFER_TOO_SMALL;
}

int32_t sanscsi_mode_select6_build(const sanscsi_mode *mode, void *data, size_t size,
                                   size_t *length) {
    if (!can_build(data, size, length) || !is_source(mode, 0)) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    int32_t status = judge(mode, HEADER6, UINT8_MAX, size);
    if (status != SANSCSI_OK) {
        return status;
    }
    struct builder builder;
    sanscsi_builder_init(&builder, data, size);
    sanscsi_builder_u8(&builder, 0);
    sanscsi_builder_u8(&builder, (uint8_t)mode->medium_type);
    sanscsi_builder_u8(&builder, (uint8_t)mode->device_specific);
    sanscsi_builder_u8(&builder, (uint8_t)mode->blocks_length);
    return finish(mode, &builder, length);
}

int32_t sanscsi_mode_select10_build(const sanscsi_mode *mode, void *data, size_t size,
                                    size_t *length) {
    if (!can_build(data, size, length) || !is_source(mode, 1)) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    int32_t status = judge(mode, HEADER10, UINT16_MAX, size);
    if (status != SANSCSI_OK) {
        return status;
    }
    struct builder builder;
    sanscsi_builder_init(&builder, data, size);
    sanscsi_builder_be16(&builder, 0);
    sanscsi_builder_u8(&builder, (uint8_t)mode->medium_type);
    sanscsi_builder_u8(&builder, (uint8_t)mode->device_specific);
    sanscsi_builder_u8(&builder, (uint8_t)mode->long_lba);
    sanscsi_builder_u8(&builder, 0);
    sanscsi_builder_be16(&builder, (uint16_t)mode->blocks_length);
    return finish(mode, &builder, length);
}
