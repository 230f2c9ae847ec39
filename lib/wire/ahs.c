/* Additional header segments (RFC 7143 11.2.2). */
#include "wire/ahs.h"

#include "base/checked.h"

#define TYPE_MASK 0x3fu
#define PREFIX 3u             /* bytes of AHSLength and AHSType, which AHSLength does not count */
#define BIDIRECTIONAL_SIZE 8u /* bytes on the wire */

/* TotalAHSLength is one byte counting words; a segment's first word holds no CDB bytes. */
#define CDB_MAX (CDB_IN_BHS + 255u * 4u - 4u)

uint32_t sanscsi_ahs_words(size_t cdb_length, bool bidirectional) {
    uint32_t words = bidirectional ? BIDIRECTIONAL_SIZE / 4 : 0;
    if (cdb_length > CDB_MAX) {
        return UINT32_MAX;
    }
    if (cdb_length > CDB_IN_BHS) {
        words += 1 + ((uint32_t)cdb_length - CDB_IN_BHS + 3) / 4;
    }
    return words;
}

/* Nothing is put by halves: all room is asked for before the first byte goes in. */
static bool has_room(struct builder *builder, size_t size) {
    if (size > builder->capacity - builder->size) {
        builder->overflow = true;
    }
    return !builder->overflow;
}

bool sanscsi_ahs_put_extended_cdb(struct builder *builder, struct span cdb) {
    if (cdb.size <= CDB_IN_BHS || cdb.size > CDB_MAX ||
        !has_room(builder, sanscsi_ahs_words(cdb.size, false) * (size_t)4)) {
        return false;
    }
    size_t extended = cdb.size - CDB_IN_BHS;
    sanscsi_builder_be16(builder, (uint16_t)(extended + 1));
    sanscsi_builder_u8(builder, AHS_EXTENDED_CDB);
    sanscsi_builder_u8(builder, 0);
    sanscsi_builder_bytes(builder, cdb.data + CDB_IN_BHS, extended);
    sanscsi_builder_zeros(builder, pad_length((uint32_t)extended));
    return true;
}

bool sanscsi_ahs_put_bidi_read_length(struct builder *builder, uint32_t length) {
    if (!has_room(builder, BIDIRECTIONAL_SIZE)) {
        return false;
    }
    sanscsi_builder_be16(builder, BIDIRECTIONAL_SIZE - PREFIX);
    sanscsi_builder_u8(builder, AHS_BIDIRECTIONAL_READ_LENGTH);
    sanscsi_builder_u8(builder, 0);
    sanscsi_builder_be32(builder, length);
    return true;
}

enum ahs_result sanscsi_ahs_next(struct reader *reader, uint8_t *type, struct span *specific) {
    if (!reader->failed && sanscsi_reader_left(reader) == 0) {
        return AHS_END;
    }
    uint32_t length = sanscsi_reader_be16(reader);
    uint8_t code = sanscsi_reader_u8(reader) & TYPE_MASK;
    struct span taken = sanscsi_reader_take(reader, length);
    sanscsi_reader_skip(reader, pad_length(PREFIX + length));
    if (reader->failed) {
        return AHS_MALFORMED;
    }
    *type = code;
    *specific = taken;
    return AHS_OK;
}
