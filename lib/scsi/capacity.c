/* Reads the answers to READ CAPACITY(10) and READ CAPACITY(16) (SBC-3 5.15, 5.16). */
#include "base/reader.h"
#include "scsi/parse.h"

/* A block length that came; 0 is no length to divide by. */
static bool take_block_length(struct reader *reader, sanscsi_capacity *found) {
    found->block_length = sanscsi_reader_be32(reader);
    return reader->failed || found->block_length != 0;
}

int32_t sanscsi_capacity10_parse(const void *data, size_t size, sanscsi_capacity *capacity) {
    if (!can_parse(data, size, capacity, sizeof(*capacity))) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    sanscsi_capacity found = {.size = capacity->size};
    struct reader reader;
    sanscsi_reader_init(&reader, data, size);
    uint32_t last_lba = sanscsi_reader_be32(&reader);
    if (!reader.failed) {
        found.use_read_capacity16 = last_lba == UINT32_MAX;
        found.blocks = found.use_read_capacity16 ? 0 : (uint64_t)last_lba + 1;
    }
    if (!take_block_length(&reader, &found)) {
        return SANSCSI_MALFORMED;
    }
    *capacity = found;
    return reader.failed ? SANSCSI_TRUNCATED : SANSCSI_OK;
}

/* Bytes 12 to 15 (SBC-3 5.16.2). */
static void take_layout(struct reader *reader, sanscsi_capacity *found) {
    uint8_t protection = sanscsi_reader_u8(reader);
    uint8_t exponents = sanscsi_reader_u8(reader);
    uint16_t alignment = sanscsi_reader_be16(reader);
    found->protection_type = bit_of(protection, 0) ? (protection >> 1 & 7u) + 1 : 0;
    found->protection_exponent = exponents >> 4;
    found->physical_block_exponent = exponents & 0x0f;
    found->thin_provisioned = bit_of(alignment, 15);
    found->reads_zeros = bit_of(alignment, 14);
    found->lowest_aligned_lba = alignment & 0x3fff;
}

int32_t sanscsi_capacity16_parse(const void *data, size_t size, sanscsi_capacity *capacity) {
    if (!can_parse(data, size, capacity, sizeof(*capacity))) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    sanscsi_capacity found = {.size = capacity->size};
    struct reader reader;
    sanscsi_reader_init(&reader, data, size);
    uint64_t last_lba = sanscsi_reader_be64(&reader);
    if (last_lba == UINT64_MAX) {
        return SANSCSI_MALFORMED;
    }
    found.blocks = reader.failed ? 0 : last_lba + 1;
    if (!take_block_length(&reader, &found)) {
        return SANSCSI_MALFORMED;
    }
    take_layout(&reader, &found);
    *capacity = found;
    return reader.failed ? SANSCSI_TRUNCATED : SANSCSI_OK;
}
