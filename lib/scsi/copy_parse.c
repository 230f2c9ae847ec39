/* Reads what units tell about copies, done and possible (SPC-4 6). */
#include "base/checked.h"
#include "scsi/parse.h"

#include <iscsi/scsi_copy.h>

enum {
    LENGTH_FIELD = 4, /* AVAILABLE DATA, which does not count itself */
    LID1_LEAST = 8,
    LID4_LEAST = 28,
    TOKEN_LEAST = 32, /* with the length of the descriptors */
    PARAMETERS_LEAST = 40,
    TOKEN_DESCRIPTOR = 2 + SANSCSI_TOKEN_SIZE
};

/* Begins to read an answer that ends where AVAILABLE DATA says. `told` is set to the bytes that
 * the unit owes. */
static int32_t open_answer(const void *data, size_t size, uint32_t least, struct reader *reader,
                           size_t *told) {
    sanscsi_reader_init(reader, data, size);
    uint32_t available = sanscsi_reader_be32(reader);
    *told = LENGTH_FIELD;
    if (reader->failed) {
        return SANSCSI_OK;
    }
    if (available < least) {
        return SANSCSI_MALFORMED;
    }
    size_t left = min_size(sanscsi_reader_left(reader), available);
    *told = LENGTH_FIELD + (size_t)available;
    sanscsi_reader_init(reader, data, LENGTH_FIELD + left);
    sanscsi_reader_skip(reader, LENGTH_FIELD);
    return SANSCSI_OK;
}

/* The bytes are not there: MALFORMED if the unit's own length, which came, leaves no room for
 * them. */
static int32_t close_answer(const struct reader *reader, size_t told) {
    if (!reader->failed) {
        return SANSCSI_OK;
    }
    return reader->size == told ? SANSCSI_MALFORMED : SANSCSI_TRUNCATED;
}

int32_t sanscsi_copy_parameters_parse(const void *data, size_t size,
                                      sanscsi_copy_parameters *parameters) {
    if (!can_parse(data, size, parameters, sizeof(*parameters))) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    struct reader reader;
    size_t told;
    int32_t status = open_answer(data, size, PARAMETERS_LEAST, &reader, &told);
    if (status != SANSCSI_OK) {
        return status;
    }
    sanscsi_copy_parameters found = {.size = parameters->size};
    found.no_list_id = bit_of(sanscsi_reader_u8(&reader), 0);
    sanscsi_reader_skip(&reader, 3);
    found.max_units = sanscsi_reader_be16(&reader);
    found.max_segments = sanscsi_reader_be16(&reader);
    found.max_list_length = sanscsi_reader_be32(&reader);
    found.max_segment_length = sanscsi_reader_be32(&reader);
    found.max_inline_length = sanscsi_reader_be32(&reader);
    found.held_data_limit = sanscsi_reader_be32(&reader);
    found.max_stream_transfer = sanscsi_reader_be32(&reader);
    sanscsi_reader_skip(&reader, 2);
    found.total_concurrent = sanscsi_reader_be16(&reader);
    found.max_concurrent = sanscsi_reader_u8(&reader);
    found.segment_granularity = sanscsi_reader_u8(&reader);
    found.inline_granularity = sanscsi_reader_u8(&reader);
    found.held_granularity = sanscsi_reader_u8(&reader);
    sanscsi_reader_skip(&reader, 3);
    uint32_t count = sanscsi_reader_u8(&reader);
    found.types = sanscsi_reader_take(&reader, count).data;
    found.type_count = found.types == NULL ? 0 : count;
    status = close_answer(&reader, told);
    if (status != SANSCSI_MALFORMED) {
        *parameters = found;
    }
    return status;
}

int32_t sanscsi_copy_status_lid1_parse(const void *data, size_t size, sanscsi_copy_status *status) {
    if (!can_parse(data, size, status, sizeof(*status))) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    struct reader reader;
    size_t told;
    int32_t result = open_answer(data, size, LID1_LEAST, &reader, &told);
    if (result != SANSCSI_OK) {
        return result;
    }
    sanscsi_copy_status found = {.size = status->size};
    uint8_t byte4 = sanscsi_reader_u8(&reader);
    found.held_data = bit_of(byte4, 7);
    found.status = byte4 & 0x7f;
    found.segments = sanscsi_reader_be16(&reader);
    found.count_unit = sanscsi_reader_u8(&reader);
    found.count = sanscsi_reader_be32(&reader);
    *status = found;
    return close_answer(&reader, told);
}

/* What LID4 and the information about tokens begin with. False when the sense data exceeds its
 * own field. */
static bool read_status(struct reader *reader, sanscsi_copy_status *found) {
    found->action = sanscsi_reader_u8(reader) & 0x1f;
    uint8_t byte5 = sanscsi_reader_u8(reader);
    found->held_data = bit_of(byte5, 7);
    found->status = byte5 & 0x7f;
    found->counter = sanscsi_reader_be16(reader);
    found->delay = sanscsi_reader_be32(reader);
    found->scsi_status = sanscsi_reader_u8(reader);
    uint32_t room = sanscsi_reader_u8(reader);
    uint32_t length = sanscsi_reader_u8(reader);
    found->count_unit = sanscsi_reader_u8(reader);
    found->count = sanscsi_reader_be64(reader);
    found->segments = sanscsi_reader_be16(reader);
    sanscsi_reader_skip(reader, 6);
    if (!reader->failed && length > room) {
        return false;
    }
    struct span sense = sanscsi_reader_take(reader, room);
    found->sense_length = reader->failed ? 0 : length;
    found->sense = found->sense_length == 0 ? NULL : sense.data;
    return true;
}

int32_t sanscsi_copy_status_lid4_parse(const void *data, size_t size, sanscsi_copy_status *status) {
    if (!can_parse(data, size, status, sizeof(*status))) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    struct reader reader;
    size_t told;
    int32_t result = open_answer(data, size, LID4_LEAST, &reader, &told);
    if (result != SANSCSI_OK) {
        return result;
    }
    sanscsi_copy_status found = {.size = status->size};
    if (!read_status(&reader, &found)) {
        return SANSCSI_MALFORMED;
    }
    result = close_answer(&reader, told);
    if (result != SANSCSI_MALFORMED) {
        *status = found;
    }
    return result;
}

int32_t sanscsi_token_information_parse(const void *data, size_t size, sanscsi_copy_status *status,
                                        const uint8_t **token) {
    if (!can_parse(data, size, status, sizeof(*status)) || token == NULL) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    struct reader reader;
    size_t told;
    int32_t result = open_answer(data, size, TOKEN_LEAST, &reader, &told);
    if (result != SANSCSI_OK) {
        return result;
    }
    sanscsi_copy_status found = {.size = status->size};
    if (!read_status(&reader, &found)) {
        return SANSCSI_MALFORMED;
    }
    uint32_t descriptors = sanscsi_reader_be32(&reader);
    if (descriptors != 0 && descriptors < TOKEN_DESCRIPTOR) {
        return SANSCSI_MALFORMED;
    }
    const uint8_t *first = NULL;
    if (descriptors != 0) {
        sanscsi_reader_skip(&reader, 2);
        first = sanscsi_reader_take(&reader, SANSCSI_TOKEN_SIZE).data;
        sanscsi_reader_skip(&reader, descriptors - TOKEN_DESCRIPTOR);
    }
    result = close_answer(&reader, told);
    if (result != SANSCSI_MALFORMED) {
        *status = found;
        *token = first;
    }
    return result;
}
