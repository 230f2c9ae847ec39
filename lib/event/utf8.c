/* Strict decoding of UTF-8: overlong forms, surrogates and what lies beyond U+10FFFF are invalid.
 */
#include "event/utf8.h"

struct lead {
    uint8_t first; /* lead bytes of this row */
    uint8_t last;
    uint8_t more; /* bytes that follow */
    uint8_t low;  /* bounds of the byte behind the lead */
    uint8_t high;
};

/* The well-formed sequences of RFC 3629 4. */
static const struct lead leads[] = {
    {0x00, 0x7f, 0, 0, 0},       {0xc2, 0xdf, 1, 0x80, 0xbf}, {0xe0, 0xe0, 2, 0xa0, 0xbf},
    {0xe1, 0xec, 2, 0x80, 0xbf}, {0xed, 0xed, 2, 0x80, 0x9f}, {0xee, 0xef, 2, 0x80, 0xbf},
    {0xf0, 0xf0, 3, 0x90, 0xbf}, {0xf1, 0xf3, 3, 0x80, 0xbf}, {0xf4, 0xf4, 3, 0x80, 0x8f},
};

static const struct lead *find_lead(uint8_t byte) {
    for (size_t i = 0; i < sizeof(leads) / sizeof(leads[0]); i++) {
        if (byte >= leads[i].first && byte <= leads[i].last) {
            return &leads[i];
        }
    }
    return NULL;
}

/* Reads the bytes behind the lead; false at the first that does not belong, which stays unread. */
static bool read_rest(struct reader *reader, const struct lead *lead, uint32_t *code) {
    uint8_t low = lead->low;
    uint8_t high = lead->high;
    for (uint8_t i = 0; i < lead->more; i++) {
        struct reader ahead = *reader;
        uint8_t byte = sanscsi_reader_u8(&ahead);
        if (ahead.failed || byte < low || byte > high) {
            return false;
        }
        *reader = ahead;
        *code = *code << 6 | (byte & 0x3fu);
        low = 0x80;
        high = 0xbf;
    }
    return true;
}

struct character sanscsi_utf8_next(struct reader *reader) {
    struct reader start = *reader;
    struct character character = {0, false, {NULL, 0}};
    uint8_t first = sanscsi_reader_u8(reader);
    const struct lead *lead = find_lead(first);
    if (lead != NULL) {
        character.code = lead->more == 0 ? first : first & (0x3fu >> lead->more);
        character.valid = read_rest(reader, lead, &character.code);
    }
    character.bytes = sanscsi_reader_take(&start, reader->position - start.position);
    return character;
}

size_t sanscsi_utf8_cut(struct span text, size_t limit) {
    if (text.size <= limit) {
        return text.size;
    }
    struct reader reader;
    size_t kept = 0;
    sanscsi_reader_init(&reader, text.data, text.size);
    while (kept < limit) {
        (void)sanscsi_utf8_next(&reader);
        if (reader.position > limit) {
            break;
        }
        kept = reader.position;
    }
    return kept;
}
