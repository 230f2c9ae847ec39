/* Property: every header and every additional segment survives decoding and encoding. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "tests/unit/wire_cases.h"
#include "wire/ahs.h"
#include "wire/bhs.h"

#define AHS_MOST (255u * 4u)

/* A struct of any PDU, aligned for it. */
union any_pdu {
    uint64_t align;
    uint8_t bytes[WIRE_LARGEST_PDU];
};

static uint8_t hex_byte(const char *digits) {
    const char pair[] = {digits[0], digits[1], '\0'};
    return (uint8_t)strtoul(pair, NULL, 16);
}

static void from_hex(uint8_t bhs[BHS_SIZE], const char *hex) {
    for (size_t i = 0; i < BHS_SIZE; i++, hex += 2) {
        while (*hex == ' ') {
            hex++;
        }
        bhs[i] = hex_byte(hex);
    }
}

/* What must be sent for what was received: reserved bits are 0, fixed bits as the layout says. */
static void expected_bytes(const struct wire_case *c, const uint8_t received[BHS_SIZE],
                           uint8_t expected[BHS_SIZE]) {
    uint8_t reserved[BHS_SIZE];
    from_hex(reserved, c->reserved);
    for (size_t i = 0; i < BHS_SIZE; i++) {
        expected[i] = (uint8_t)(received[i] & ~reserved[i]);
    }
    for (size_t i = 0; i < c->field_count; i++) {
        const struct wire_field *field = &c->fields[i];
        if (field->fixed && field->mask != 0) {
            expected[field->byte] |= field->mask;
        } else if (field->fixed) {
            memset(expected + 16, 0xff, 4); /* a tag where no task is named */
        }
    }
}

/* Whether all members are equal but those that are sent as the layout fixes them. */
static bool members_equal(const struct wire_case *c, const union any_pdu *a,
                          const union any_pdu *b) {
    for (size_t i = 0; i < c->field_count; i++) {
        const struct wire_field *field = &c->fields[i];
        if (!field->fixed &&
            memcmp(a->bytes + field->offset, b->bytes + field->offset, field->size) != 0) {
            return false;
        }
    }
    return true;
}

static void check_header(const struct wire_case *c, const uint8_t received[BHS_SIZE]) {
    uint8_t bhs[BHS_SIZE];
    uint8_t expected[BHS_SIZE];
    uint8_t again[BHS_SIZE];
    union any_pdu first;
    union any_pdu second;
    struct bhs_common common;
    memcpy(bhs, received, sizeof(bhs));
    bhs[0] = (uint8_t)((bhs[0] & ~OPCODE_MASK) | c->opcode);
    memset(&first, 0xa5, sizeof(first));
    memset(&second, 0x5a, sizeof(second));
    memset(again, 0xa5, sizeof(again));
    c->decode(&first, bhs);
    c->encode(&first, again);
    expected_bytes(c, bhs, expected);
    FUZZ_HOLDS(memcmp(again, expected, sizeof(again)) == 0,
               "what was decoded is encoded to the same bytes, but for reserved bits");
    c->decode(&second, again);
    FUZZ_HOLDS(members_equal(c, &first, &second), "what was encoded is decoded to the same values");
    sanscsi_bhs_peek(&common, again);
    FUZZ_HOLDS(common.opcode == c->opcode, "the opcode is found in the header of every PDU");
}

/* Writes what was walked again; false for a segment that the library does not write. */
static bool put_segment(struct builder *again, uint8_t type, struct span specific) {
    if (type == AHS_BIDIRECTIONAL_READ_LENGTH && specific.size == 5) {
        struct reader length;
        sanscsi_reader_init(&length, specific.data + 1, 4);
        return sanscsi_ahs_put_bidi_read_length(again, sanscsi_reader_be32(&length));
    }
    if (type == AHS_EXTENDED_CDB && specific.size > 1) {
        uint8_t cdb[CDB_IN_BHS + AHS_MOST] = {0};
        memcpy(cdb + CDB_IN_BHS, specific.data + 1, specific.size - 1);
        return sanscsi_ahs_put_extended_cdb(again, span_of(cdb, CDB_IN_BHS + specific.size - 1));
    }
    return false;
}

/* Type, length and all but the reserved first byte of one segment are what was written. */
static void check_segment(uint8_t type, struct span specific) {
    uint8_t bytes[AHS_MOST + 4];
    struct builder again;
    sanscsi_builder_init(&again, bytes, sizeof(bytes));
    if (!put_segment(&again, type, specific)) {
        return;
    }
    struct reader walk;
    struct span second = {NULL, 0};
    uint8_t second_type = 0;
    FUZZ_HOLDS(again.size % 4 == 0, "additional segments are whole words");
    sanscsi_reader_init(&walk, bytes, again.size);
    FUZZ_HOLDS(sanscsi_ahs_next(&walk, &second_type, &second) == AHS_OK && second_type == type &&
                   second.size == specific.size &&
                   memcmp(second.data + 1, specific.data + 1, specific.size - 1) == 0,
               "a segment that was written is walked as it was");
    FUZZ_HOLDS(sanscsi_ahs_next(&walk, &second_type, &second) == AHS_END,
               "nothing lies behind the only segment");
}

static void check_segments(struct span ahs) {
    struct reader walk;
    struct span specific = {NULL, 0};
    uint8_t type = 0;
    size_t before = 0;
    enum ahs_result result;
    uint8_t *copy = fuzz_copy(ahs);
    sanscsi_reader_init(&walk, copy, ahs.size);
    while ((result = sanscsi_ahs_next(&walk, &type, &specific)) == AHS_OK) {
        FUZZ_HOLDS(walk.position > before && walk.position <= ahs.size && walk.position % 4 == 0,
                   "every segment brings the walk on by whole words within the bytes");
        FUZZ_HOLDS(specific.size == 0 || (specific.data == copy + before + 3 &&
                                          specific.size <= walk.position - before - 3),
                   "what is told of a segment lies in it");
        before = walk.position;
        check_segment(type, specific);
    }
    FUZZ_HOLDS(sanscsi_ahs_next(&walk, &type, &specific) == result, "the end of a walk is final");
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    uint8_t bhs[BHS_SIZE] = {0};
    struct reader input;
    sanscsi_reader_init(&input, data, size);
    struct span head = sanscsi_reader_take(&input, size < BHS_SIZE ? size : BHS_SIZE);
    if (head.size != 0) {
        memcpy(bhs, head.data, head.size);
    }
    for (size_t i = 0; i < WIRE_INITIATOR_CASES; i++) {
        check_header(&wire_initiator_cases[i], bhs);
    }
    for (size_t i = 0; i < WIRE_TARGET_CASES; i++) {
        check_header(&wire_target_cases[i], bhs);
    }
    /* TotalAHSLength counts words. */
    size_t left = sanscsi_reader_left(&input) & ~(size_t)3;
    check_segments(sanscsi_reader_take(&input, left < AHS_MOST ? left : AHS_MOST));
    return 0;
}
