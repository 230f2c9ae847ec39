/* Reads sense data in fixed and in descriptor format (SPC-4 4.5). */
#include "base/bytes.h"
#include "base/checked.h"
#include "base/reader.h"
#include "scsi/parse.h"

enum {
    RESPONSE_FIXED = 0x70,
    RESPONSE_DESCRIPTOR = 0x72,
    RESPONSE_LAST = 0x73,
    HEADER_LENGTH = 8, /* up to and with ADDITIONAL SENSE LENGTH, in both formats */
    CODE_END = 14,     /* of fixed format: bytes up to and with ASCQ */
    FIXED_LENGTH = 18, /* behind it lies what only the vendor knows */
    KEY_SPECIFIC_LENGTH = 3
};

/* Points to the sense-key-specific bytes where SKSV says that they mean something. */
static void set_key_specific(sanscsi_sense *found, struct span bytes) {
    if (bytes.size >= KEY_SPECIFIC_LENGTH && bit_of(bytes.data[0], 7)) {
        found->key_specific = bytes.data;
    }
}

static void set_stream_flags(sanscsi_sense *found, uint8_t flags) {
    found->filemark = bit_of(flags, 7);
    found->end_of_medium = bit_of(flags, 6);
    found->wrong_length = bit_of(flags, 5);
}

/* SPC-4 4.5.3. Returns whether everything is there that the unit owes. */
static bool read_fixed(struct reader *reader, uint8_t byte0, sanscsi_sense *found) {
    sanscsi_reader_skip(reader, 1);
    uint8_t byte2 = sanscsi_reader_u8(reader);
    found->sense_key = byte2 & 0x0f;
    set_stream_flags(found, byte2);
    uint32_t information = sanscsi_reader_be32(reader);
    found->has_information = reader->failed ? 0 : bit_of(byte0, 7);
    found->information = found->has_information ? information : 0;
    size_t announced = HEADER_LENGTH + (size_t)sanscsi_reader_u8(reader);
    if (reader->failed) {
        return false;
    }
    size_t came = reader->size;
    sanscsi_reader_init(reader, reader->data, min_size(came, announced));
    sanscsi_reader_skip(reader, HEADER_LENGTH);
    found->command_specific = sanscsi_reader_be32(reader);
    found->code = sanscsi_reader_be16(reader);
    found->replaceable_unit = sanscsi_reader_u8(reader);
    set_key_specific(found, sanscsi_reader_take(reader, KEY_SPECIFIC_LENGTH));
    return announced >= CODE_END && came >= min_size(announced, FIXED_LENGTH);
}

/* The layouts of descriptors (SPC-4 4.5.2), each without its type and length. */
static void take_information(struct span d, sanscsi_sense *found) {
    found->has_information = bit_of(d.data[0], 7);
    found->information = found->has_information ? load_be64(d.data + 2) : 0;
}

static void take_command_specific(struct span d, sanscsi_sense *found) {
    found->command_specific = load_be64(d.data + 2);
}

static void take_key_specific(struct span d, sanscsi_sense *found) {
    set_key_specific(found, span_of(d.data + 2, KEY_SPECIFIC_LENGTH));
}

static void take_replaceable_unit(struct span d, sanscsi_sense *found) {
    found->replaceable_unit = d.data[1];
}

static void take_stream(struct span d, sanscsi_sense *found) {
    set_stream_flags(found, d.data[1]);
}

static void take_block(struct span d, sanscsi_sense *found) {
    found->wrong_length = bit_of(d.data[1], 5);
}

/* By descriptor type: bytes it has behind type and length, and what reads them. */
static const struct descriptor_form {
    size_t length;
    void (*take)(struct span descriptor, sanscsi_sense *found);
} descriptor_forms[] = {
    {10, take_information},      /* 00h information */
    {10, take_command_specific}, /* 01h command specific */
    {6, take_key_specific},      /* 02h sense key specific */
    {2, take_replaceable_unit},  /* 03h field replaceable unit */
    {2, take_stream},            /* 04h stream commands */
    {2, take_block},             /* 05h block commands */
};

/* One descriptor; types of later standards are passed over. Returns whether it is whole. */
static bool read_descriptor(struct reader *reader, sanscsi_sense *found) {
    uint8_t type = sanscsi_reader_u8(reader);
    struct span descriptor = sanscsi_reader_take(reader, sanscsi_reader_u8(reader));
    if (type >= sizeof(descriptor_forms) / sizeof(descriptor_forms[0])) {
        return true;
    }
    if (descriptor.size < descriptor_forms[type].length) {
        return false;
    }
    descriptor_forms[type].take(descriptor, found);
    return true;
}

/* SPC-4 4.5.2. Returns whether everything is there that the unit owes. */
static bool read_descriptors(struct reader *reader, sanscsi_sense *found) {
    found->sense_key = sanscsi_reader_u8(reader) & 0x0f;
    found->code = sanscsi_reader_be16(reader);
    sanscsi_reader_skip(reader, 3);
    size_t announced = HEADER_LENGTH + (size_t)sanscsi_reader_u8(reader);
    if (reader->failed) {
        return false;
    }
    size_t came = reader->size;
    sanscsi_reader_init(reader, reader->data, min_size(came, announced));
    sanscsi_reader_skip(reader, HEADER_LENGTH);
    bool whole = came >= announced;
    while (sanscsi_reader_left(reader) > 0) {
        whole = read_descriptor(reader, found) && whole;
    }
    return whole && !reader->failed;
}

int32_t sanscsi_sense_parse(const void *data, size_t size, sanscsi_sense *sense) {
    if (!can_parse(data, size, sense, sizeof(*sense))) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    sanscsi_sense found = {.size = sense->size};
    struct reader reader;
    sanscsi_reader_init(&reader, data, size);
    uint8_t byte0 = sanscsi_reader_u8(&reader);
    if (reader.failed) {
        *sense = found;
        return SANSCSI_TRUNCATED;
    }
    found.response_code = byte0 & 0x7f;
    if (found.response_code < RESPONSE_FIXED || found.response_code > RESPONSE_LAST) {
        return SANSCSI_MALFORMED;
    }
    found.deferred = found.response_code & 1u;
    bool whole = found.response_code < RESPONSE_DESCRIPTOR ? read_fixed(&reader, byte0, &found)
                                                           : read_descriptors(&reader, &found);
    *sense = found;
    return whole ? SANSCSI_OK : SANSCSI_TRUNCATED;
}
