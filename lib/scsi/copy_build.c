/* Builds CDBs and parameter lists of EXTENDED COPY and of copies by tokens (SPC-4 6, SBC-3 5). */
#include "scsi/build.h"
#include "scsi/cdb.h"
#include "scsi/parse.h"

#include <iscsi/scsi_copy.h>

enum {
    THIRD_PARTY_COPY_OUT = 0x83,
    THIRD_PARTY_COPY_IN = 0x84,
    SERVICE_COPY_LID1 = 0x00,
    SERVICE_COPY_LID4 = 0x01,
    SERVICE_POPULATE_TOKEN = 0x10,
    SERVICE_WRITE_USING_TOKEN = 0x11,
    SERVICE_COPY_ABORT = 0x1c,

    LID1_HEADER = 16,
    LID4_HEADER = 48,
    LID4_FORMAT = 0x01,
    LID4_HEADER_CSCD = 32, /* HEADER CSCD DESCRIPTOR LIST LENGTH */
    LID4_HEADER_TYPE = 0xff,
    CSCD_IDENTIFICATION = 0xe4,
    CSCD_LENGTH = 32,
    DESIGNATOR_ROOM = 20,
    SEGMENT_BLOCK_TO_BLOCK = 0x02,
    SEGMENT_LENGTH = 28,
    SEGMENT_REST = 24, /* what its length field counts */
    RANGE_LENGTH = 16,
    POPULATE_HEADER = 16,
    WRITE_TOKEN_HEADER = 536
};

/* CDBs of third-party copies: a list identifier somewhere, a length at 10 (SPC-4 6). */
static uint32_t third_party(uint8_t *cdb, uint8_t opcode, uint32_t action, uint32_t length) {
    if (cdb == NULL) {
        return 0;
    }
    begin(cdb, opcode, CDB_SIZE);
    cdb[1] = (uint8_t)action;
    store_be32(cdb + 10, length);
    return CDB_SIZE;
}

uint32_t sanscsi_cdb_extended_copy_lid1(uint8_t cdb[16], uint32_t parameter_length) {
    return third_party(cdb, THIRD_PARTY_COPY_OUT, SERVICE_COPY_LID1, parameter_length);
}

uint32_t sanscsi_cdb_extended_copy_lid4(uint8_t cdb[16], uint32_t parameter_length) {
    return third_party(cdb, THIRD_PARTY_COPY_OUT, SERVICE_COPY_LID4, parameter_length);
}

uint32_t sanscsi_cdb_copy_abort(uint8_t cdb[16], uint32_t list_id) {
    uint32_t length = third_party(cdb, THIRD_PARTY_COPY_OUT, SERVICE_COPY_ABORT, 0);
    if (length != 0) {
        store_be32(cdb + 2, list_id);
    }
    return length;
}

static uint32_t token_cdb(uint8_t *cdb, uint32_t action, uint32_t list_id, uint32_t length) {
    uint32_t cdb_length = third_party(cdb, THIRD_PARTY_COPY_OUT, action, length);
    if (cdb_length != 0) {
        store_be32(cdb + 6, list_id);
    }
    return cdb_length;
}

uint32_t sanscsi_cdb_populate_token(uint8_t cdb[16], uint32_t list_id, uint32_t parameter_length) {
    return token_cdb(cdb, SERVICE_POPULATE_TOKEN, list_id, parameter_length);
}

uint32_t sanscsi_cdb_write_using_token(uint8_t cdb[16], uint32_t list_id,
                                       uint32_t parameter_length) {
    return token_cdb(cdb, SERVICE_WRITE_USING_TOKEN, list_id, parameter_length);
}

uint32_t sanscsi_cdb_receive_copy(uint8_t cdb[16], uint32_t action, uint32_t list_id,
                                  uint32_t allocation_length) {
    uint32_t most = 0; /* operating parameters are no copy's */
    if (action == SANSCSI_COPY_STATUS_LID1) {
        most = UINT8_MAX;
    } else if (action == SANSCSI_COPY_STATUS_LID4 || action == SANSCSI_COPY_TOKEN_INFORMATION) {
        most = UINT32_MAX;
    } else if (action != SANSCSI_COPY_PARAMETERS) {
        return 0;
    }
    if (list_id > most || third_party(cdb, THIRD_PARTY_COPY_IN, action, allocation_length) == 0) {
        return 0;
    }
    if (action == SANSCSI_COPY_STATUS_LID1) {
        cdb[2] = (uint8_t)list_id;
    } else {
        store_be32(cdb + 2, list_id);
    }
    return CDB_SIZE;
}

static bool is_unit(const sanscsi_copy_unit *unit) {
    const sanscsi_designator *d = unit->designator;
    return is_struct(d, sizeof(*d)) && has_bytes(d->bytes, d->length) &&
           d->length <= DESIGNATOR_ROOM && d->code_set <= 15 && d->association <= 3 &&
           d->type <= 15 && unit->device_type <= 0x1f && fits(unit->block_length, 24) &&
           fits(unit->relative_port, 16) && unit->pad <= 1;
}

static bool is_index(const sanscsi_copy *copy, uint32_t index) {
    return index < copy->unit_count || index == SANSCSI_COPY_THIS_UNIT;
}

static bool is_segment(const sanscsi_copy *copy, const sanscsi_copy_segment *segment) {
    const uint32_t allowed = SANSCSI_COPY_COUNT_DESTINATION | SANSCSI_COPY_CONCATENATE;
    return is_index(copy, segment->source) && is_index(copy, segment->destination) &&
           segment->blocks <= UINT16_MAX && (segment->flags & ~allowed) == 0 &&
           is_range(segment->source_lba, segment->blocks) &&
           is_range(segment->destination_lba, segment->blocks);
}

static bool is_copy(const sanscsi_copy *copy) {
    if (!is_struct(copy, sizeof(*copy)) || copy->list_use > 3 || copy->list_use == 1 ||
        (copy->list_use == SANSCSI_COPY_LIST_NONE && copy->list_id != 0) || copy->priority > 7 ||
        copy->sequential > 1 || copy->immediate > 1 || !has_bytes(copy->units, copy->unit_count) ||
        !has_bytes(copy->segments, copy->segment_count)) {
        return false;
    }
    for (uint32_t i = 0; i < copy->unit_count; i++) {
        if (!is_unit(&copy->units[i])) {
            return false;
        }
    }
    for (uint32_t i = 0; i < copy->segment_count; i++) {
        if (!is_segment(copy, &copy->segments[i])) {
            return false;
        }
    }
    return true;
}

static void write_unit(struct builder *builder, const sanscsi_copy_unit *unit) {
    const sanscsi_designator *d = unit->designator;
    sanscsi_builder_u8(builder, CSCD_IDENTIFICATION);
    sanscsi_builder_u8(builder, (uint8_t)unit->device_type);
    sanscsi_builder_be16(builder, (uint16_t)unit->relative_port);
    sanscsi_builder_u8(builder, (uint8_t)d->code_set);
    sanscsi_builder_u8(builder, (uint8_t)(d->association << 4 | d->type));
    sanscsi_builder_u8(builder, 0);
    sanscsi_builder_u8(builder, (uint8_t)d->length);
    sanscsi_builder_bytes(builder, d->bytes, d->length);
    sanscsi_builder_zeros(builder, DESIGNATOR_ROOM - d->length);
    sanscsi_builder_be32(builder, unit->pad << 26 | unit->block_length);
}

static void write_segment(struct builder *builder, const sanscsi_copy_segment *segment) {
    sanscsi_builder_u8(builder, SEGMENT_BLOCK_TO_BLOCK);
    sanscsi_builder_u8(builder, (uint8_t)segment->flags);
    sanscsi_builder_be16(builder, SEGMENT_REST);
    sanscsi_builder_be16(builder, (uint16_t)segment->source);
    sanscsi_builder_be16(builder, (uint16_t)segment->destination);
    sanscsi_builder_zeros(builder, 2);
    sanscsi_builder_be16(builder, (uint16_t)segment->blocks);
    sanscsi_builder_be64(builder, segment->source_lba);
    sanscsi_builder_be64(builder, segment->destination_lba);
}

static uint64_t descriptors_length(const sanscsi_copy *copy, uint64_t header) {
    return header + (uint64_t)copy->unit_count * CSCD_LENGTH +
           (uint64_t)copy->segment_count * SEGMENT_LENGTH;
}

static int32_t write_descriptors(struct builder *builder, const sanscsi_copy *copy,
                                 size_t *length) {
    for (uint32_t i = 0; i < copy->unit_count; i++) {
        write_unit(builder, &copy->units[i]);
    }
    for (uint32_t i = 0; i < copy->segment_count; i++) {
        write_segment(builder, &copy->segments[i]);
    }
    return finish_build(builder, length);
}

/* Byte 1 is the same in both lists. */
static uint8_t list_flags(const sanscsi_copy *copy) {
    return (uint8_t)(copy->sequential << 5 | copy->list_use << 3 | copy->priority);
}

int32_t sanscsi_copy_lid1_build(const sanscsi_copy *copy, void *data, size_t size, size_t *length) {
    if (!can_build(data, size, length) || !is_copy(copy) || copy->list_id > UINT8_MAX ||
        copy->immediate != 0) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    if (copy->unit_count > UINT16_MAX / CSCD_LENGTH ||
        copy->segment_count > UINT32_MAX / SEGMENT_LENGTH) {
        return SANSCSI_TOO_LARGE;
    }
    struct builder builder;
    if (!begin_build(&builder, data, size, descriptors_length(copy, LID1_HEADER))) {
        return SANSCSI_BUFFER_TOO_SMALL;
    }
    sanscsi_builder_u8(&builder, (uint8_t)copy->list_id);
    sanscsi_builder_u8(&builder, list_flags(copy));
    sanscsi_builder_be16(&builder, (uint16_t)(copy->unit_count * CSCD_LENGTH));
    sanscsi_builder_zeros(&builder, 4);
    sanscsi_builder_be32(&builder, copy->segment_count * SEGMENT_LENGTH);
    sanscsi_builder_zeros(&builder, 4); /* no inline data */
    return write_descriptors(&builder, copy, length);
}

int32_t sanscsi_copy_lid4_build(const sanscsi_copy *copy, void *data, size_t size, size_t *length) {
    if (!can_build(data, size, length) || !is_copy(copy)) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    if (copy->unit_count > UINT16_MAX / CSCD_LENGTH ||
        copy->segment_count > UINT16_MAX / SEGMENT_LENGTH) {
        return SANSCSI_TOO_LARGE;
    }
    struct builder builder;
    if (!begin_build(&builder, data, size, descriptors_length(copy, LID4_HEADER))) {
        return SANSCSI_BUFFER_TOO_SMALL;
    }
    sanscsi_builder_u8(&builder, LID4_FORMAT);
    sanscsi_builder_u8(&builder, list_flags(copy));
    sanscsi_builder_be16(&builder, LID4_HEADER_CSCD);
    sanscsi_builder_zeros(&builder, 11);
    sanscsi_builder_u8(&builder, (uint8_t)(copy->immediate << 1));
    sanscsi_builder_u8(&builder, LID4_HEADER_TYPE);
    sanscsi_builder_zeros(&builder, 3);
    sanscsi_builder_be32(&builder, copy->list_id);
    sanscsi_builder_zeros(&builder, 18);
    sanscsi_builder_be16(&builder, (uint16_t)(copy->unit_count * CSCD_LENGTH));
    sanscsi_builder_be16(&builder, (uint16_t)(copy->segment_count * SEGMENT_LENGTH));
    sanscsi_builder_zeros(&builder, 2); /* no inline data */
    return write_descriptors(&builder, copy, length);
}

static bool are_ranges(const sanscsi_block_range *ranges, uint32_t count) {
    if (ranges == NULL || count == 0) {
        return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (!is_range(ranges[i].lba, ranges[i].blocks)) {
            return false;
        }
    }
    return true;
}

/* Both token lists end like this; the first length field does not count itself. */
static int32_t write_ranges(struct builder *builder, const sanscsi_block_range *ranges,
                            uint32_t count, size_t *length) {
    sanscsi_builder_be16(builder, (uint16_t)(count * RANGE_LENGTH));
    for (uint32_t i = 0; i < count; i++) {
        sanscsi_builder_be64(builder, ranges[i].lba);
        sanscsi_builder_be32(builder, ranges[i].blocks);
        sanscsi_builder_zeros(builder, 4);
    }
    return finish_build(builder, length);
}

int32_t sanscsi_populate_token_build(const sanscsi_block_range *ranges, uint32_t count,
                                     uint32_t immediate, uint32_t timeout, uint32_t rod_type,
                                     void *data, size_t size, size_t *length) {
    if (!can_build(data, size, length) || !are_ranges(ranges, count) || immediate > 1) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    if (count > (UINT16_MAX - POPULATE_HEADER + 2) / RANGE_LENGTH) {
        return SANSCSI_TOO_LARGE;
    }
    struct builder builder;
    if (!begin_build(&builder, data, size, POPULATE_HEADER + (uint64_t)count * RANGE_LENGTH)) {
        return SANSCSI_BUFFER_TOO_SMALL;
    }
    sanscsi_builder_be16(&builder, (uint16_t)(POPULATE_HEADER - 2 + count * RANGE_LENGTH));
    sanscsi_builder_u8(&builder, (uint8_t)((rod_type != 0 ? 2u : 0u) | immediate)); /* RTV */
    sanscsi_builder_zeros(&builder, 1);
    sanscsi_builder_be32(&builder, timeout);
    sanscsi_builder_be32(&builder, rod_type);
    sanscsi_builder_zeros(&builder, 2);
    return write_ranges(&builder, ranges, count, length);
}

int32_t sanscsi_write_token_build(const uint8_t token[SANSCSI_TOKEN_SIZE], uint64_t offset,
                                  const sanscsi_block_range *ranges, uint32_t count,
                                  uint32_t immediate, void *data, size_t size, size_t *length) {
    if (!can_build(data, size, length) || token == NULL || !are_ranges(ranges, count) ||
        immediate > 1) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    if (count > (UINT16_MAX - WRITE_TOKEN_HEADER + 2) / RANGE_LENGTH) {
        return SANSCSI_TOO_LARGE;
    }
    struct builder builder;
    if (!begin_build(&builder, data, size, WRITE_TOKEN_HEADER + (uint64_t)count * RANGE_LENGTH)) {
        return SANSCSI_BUFFER_TOO_SMALL;
    }
    sanscsi_builder_be16(&builder, (uint16_t)(WRITE_TOKEN_HEADER - 2 + count * RANGE_LENGTH));
    sanscsi_builder_u8(&builder, (uint8_t)immediate);
    sanscsi_builder_zeros(&builder, 5);
    sanscsi_builder_be64(&builder, offset);
    sanscsi_builder_bytes(&builder, token, SANSCSI_TOKEN_SIZE);
    sanscsi_builder_zeros(&builder, 6);
    return write_ranges(&builder, ranges, count, length);
}
