/* Builders of parameter data, LUNs and names, read back by their layouts. */
#include <stdlib.h>
#include <string.h>

#include <iscsi/sanscsi.h>

#include "scsi.h"
#include "support/target_bytes.h"

enum { RANGES = 6, LARGEST = 600, FILL = 0x6b };

/* Nothing is written behind the length told, or at all when it failed. */
static void check_written(const uint8_t *data, size_t size, int32_t status, size_t length) {
    size_t written = status == SANSCSI_OK ? length : 0;
    FUZZ_HOLDS(written <= size, "a builder writes no more than there is room for");
    for (size_t i = written; i < size; i++) {
        FUZZ_HOLDS(data[i] == FILL, "a builder writes all or nothing");
    }
}

static uint8_t *room(size_t size) {
    uint8_t *data = malloc(size + (size == 0));
    if (data == NULL) {
        abort();
    }
    memset(data, FILL, size);
    return data;
}

/* SBC-3 5.28: two lengths, then LBA and count of each range. */
static void unmap(struct reader *input) {
    sanscsi_block_range ranges[RANGES];
    uint32_t count = fuzz_up_to(input, RANGES);
    size_t size = fuzz_up_to(input, 120);
    size_t length = 0;
    bool possible = true;
    for (uint32_t i = 0; i < count; i++) {
        uint64_t high = fuzz_up_to(input, UINT32_MAX);
        ranges[i] = (sanscsi_block_range){high << 32 | fuzz_up_to(input, UINT32_MAX),
                                          fuzz_up_to(input, UINT32_MAX), 0};
        possible = possible &&
                   (ranges[i].blocks == 0 || ranges[i].lba <= UINT64_MAX - (ranges[i].blocks - 1));
    }
    uint8_t *data = room(size);
    int32_t status = sanscsi_unmap_build(ranges, count, data, size, &length);
    check_written(data, size, status, length);
    FUZZ_HOLDS((status == SANSCSI_OK) == (possible && size >= 8 + 16 * (size_t)count),
               "ranges are written when they are possible and fit");
    for (uint32_t i = 0; status == SANSCSI_OK && i < count; i++) {
        const uint8_t *range = data + 8 + 16 * (size_t)i;
        FUZZ_HOLDS(length == 8 + 16 * (size_t)count && get16(data) == length - 2 &&
                       get16(data + 2) == 16 * count && get64(range) == ranges[i].lba &&
                       get32(range + 8) == ranges[i].blocks && get32(range + 12) == 0,
                   "UNMAP's list holds the ranges");
    }
    free(data);
}

static void transport_id(struct reader *input) {
    sanscsi_transport_id id = {.size = sizeof(id), .protocol = 5};
    sanscsi_transport_id again = {.size = sizeof(again)};
    id.has_isid = fuzz_up_to(input, 2);
    id.isid =
        id.has_isid == 1 ? (uint64_t)fuzz_up_to(input, UINT32_MAX) << fuzz_up_to(input, 20) : 0;
    size_t size = fuzz_up_to(input, 254);
    struct span name = fuzz_rest(input);
    uint8_t *copy = fuzz_copy(name);
    id.name = copy;
    id.name_length = (uint32_t)name.size;
    uint8_t *data = room(size);
    size_t length = 0;
    int32_t status = sanscsi_transport_id_build(&id, data, size, &length);
    check_written(data, size, status, length);
    if (status == SANSCSI_OK) {
        FUZZ_HOLDS(length % 4 == 0 && length >= 24, "a TransportID has its least length");
    }
    if (status == SANSCSI_OK) {
        FUZZ_HOLDS(sanscsi_transport_id_parse(data, length, &again) == SANSCSI_OK &&
                       again.has_isid == id.has_isid && again.isid == id.isid &&
                       again.length == length && again.name_length == id.name_length &&
                       memcmp(again.name, id.name, id.name_length) == 0,
                   "a TransportID that was built is read back");
    }
    free(data);
    free(copy);
}

/* What MODE SENSE answered is sent back as it was, but for what MODE SELECT has as zero. */
static void mode_select(struct reader *input) {
    sanscsi_mode mode = {.size = sizeof(mode)};
    sanscsi_mode again = {.size = sizeof(again)};
    size_t size = fuzz_up_to(input, LARGEST);
    struct span bytes = fuzz_rest(input);
    uint8_t *answer = fuzz_copy(bytes);
    int32_t parsed = sanscsi_mode10_parse(answer, bytes.size, &mode);
    if (parsed == SANSCSI_OK || parsed == SANSCSI_TRUNCATED) {
        uint8_t *data = room(size);
        size_t length = 0;
        int32_t status = sanscsi_mode_select10_build(&mode, data, size, &length);
        check_written(data, size, status, length);
        if (status == SANSCSI_OK) {
            FUZZ_HOLDS(length == 8 + (size_t)mode.blocks_length + mode.pages_length &&
                           get16(data) == 0 && data[2] == mode.medium_type &&
                           data[3] == mode.device_specific && data[4] == mode.long_lba &&
                           get16(data + 6) == mode.blocks_length,
                       "MODE SELECT's list has the header of the mode");
            put16(data, (uint32_t)length - 2);
            FUZZ_HOLDS(sanscsi_mode10_parse(data, length, &again) == SANSCSI_OK &&
                           again.pages_length == mode.pages_length &&
                           again.blocks_length == mode.blocks_length,
                       "MODE SELECT's list can be read as MODE SENSE's");
        }
        memset(data, FILL, size);
        status = sanscsi_mode_select6_build(&mode, data, size, &length);
        check_written(data, size, status, length);
        free(data);
    }
    free(answer);
}

/* SAM-5 4.7: the two methods of encoding, and what single-level numbers are read from. */
static void luns(struct reader *input) {
    uint64_t high = fuzz_up_to(input, UINT32_MAX);
    uint64_t lun = high << 32 | (fuzz_flag(input) ? fuzz_up_to(input, UINT32_MAX) : 0);
    uint32_t number = UINT32_MAX;
    uint64_t again = 0;
    uint32_t first = (uint32_t)(lun >> 48);
    uint32_t method = first >> 14;
    bool single = lun << 16 == 0;
    bool readable = single && (method == 1 || method == 2 || (method == 0 && first <= 0xff));
    int32_t status = sanscsi_lun_decode(lun, &number);
    FUZZ_HOLDS((status == SANSCSI_OK) == readable && sanscsi_lun_addressing_method(lun) == method,
               "LUNs of one level have numbers, and no others");
    FUZZ_HOLDS(status != SANSCSI_OK || number == (first & 0x3fff),
               "a LUN's number is in its first two bytes");
    number = fuzz_up_to(input, 20000);
    status = sanscsi_lun_encode(number, &again);
    FUZZ_HOLDS((status == SANSCSI_OK) == (number < 16384), "there are 16384 numbers");
    FUZZ_HOLDS(status != SANSCSI_OK || again == (uint64_t)(number < 256 ? number : 0x4000 | number)
                                                    << 48,
               "numbers are encoded by peripheral addressing, then flat");
}

static void names(struct reader *input) {
    uint8_t cdb[16] = {0};
    uint32_t code = fuzz_up_to(input, UINT32_MAX);
    struct span bytes = fuzz_rest(input);
    if (bytes.size > 0) {
        memcpy(cdb, bytes.data, bytes.size < sizeof(cdb) ? bytes.size : sizeof(cdb));
    }
    FUZZ_HOLDS(sanscsi_command_name(cdb) != NULL && sanscsi_opcode_name(code, code >> 8) != NULL &&
                   sanscsi_sense_code_text(code) != NULL && sanscsi_sense_key_name(code) != NULL &&
                   sanscsi_scsi_status_name(code) != NULL && sanscsi_device_type_name(code) != NULL,
               "every number has a name");
}

void fuzz_scsi_build(struct reader *input) {
    switch (sanscsi_reader_u8(input) % 5) {
    case 0:
        unmap(input);
        break;
    case 1:
        transport_id(input);
        break;
    case 2:
        mode_select(input);
        break;
    case 3:
        luns(input);
        break;
    default:
        names(input);
        break;
    }
}
