/* Checks iSCSI names: iqn, eui and naa formats, allowed characters (RFC 7143 4.2.7, RFC 3722). */
#include <iscsi/name.h>

#include "base/reader.h"
#include "text/characters.h"
#include "text/stringprep_table.h"

#define NO_CODE_POINT UINT32_MAX

/* Takes one code point of UTF-8 in its shortest form, or answers NO_CODE_POINT. */
static uint32_t take_code_point(struct reader *text) {
    static const uint32_t smallest[] = {0, 0x80, 0x800, 0x10000};
    uint32_t lead = sanscsi_reader_u8(text);
    if (lead < 0x80) {
        return lead;
    }
    unsigned more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
    if (lead < 0xc0 || lead > 0xf7) {
        return NO_CODE_POINT;
    }
    uint32_t point = lead & (0x3fu >> more);
    for (unsigned i = 0; i < more; i++) {
        uint32_t next = sanscsi_reader_u8(text);
        if ((next & 0xc0) != 0x80) {
            return NO_CODE_POINT;
        }
        point = point << 6 | (next & 0x3f);
    }
    return point < smallest[more] || point > 0x10ffff ? NO_CODE_POINT : point;
}

/* Whether the output of stringprep may hold a code point. How code points combine is not looked at:
 * that would take the whole of the Unicode tables. */
static bool allowed(uint32_t point) {
    if (point < 0x80) {
        return is_lower(point) || is_digit(point) || point == '-' || point == '.' || point == ':';
    }
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        uint32_t first = refused[i][0] & ~EVERY_SECOND;
        bool every = (refused[i][0] & EVERY_SECOND) == 0;
        if (point < first) {
            return true;
        }
        if (point <= refused[i][1]) {
            return !every && (point - first) % 2 != 0;
        }
    }
    return false;
}

/* "yyyy-mm." (RFC 7143 4.2.7.4) */
static bool date_valid(struct reader *text) {
    for (unsigned i = 0; i < 4; i++) {
        if (!is_digit(sanscsi_reader_u8(text))) {
            return false;
        }
    }
    bool dash = sanscsi_reader_u8(text) == '-';
    uint32_t tens = sanscsi_reader_u8(text);
    uint32_t ones = sanscsi_reader_u8(text);
    bool dot = sanscsi_reader_u8(text) == '.';
    if (!dash || !dot || !is_digit(tens) || !is_digit(ones)) {
        return false;
    }
    uint32_t month = (tens - '0') * 10 + (ones - '0');
    return month >= 1 && month <= 12;
}

/* A date, the labels of a reversed domain name, and what its owner likes behind a colon. */
static bool iqn_valid(struct reader *text) {
    if (!date_valid(text)) {
        return false;
    }
    bool in_authority = true;
    size_t label = 0;
    while (sanscsi_reader_left(text) > 0) {
        uint32_t point = take_code_point(text);
        if (!allowed(point)) {
            return false;
        }
        if (in_authority && (point == '.' || point == ':')) {
            if (label == 0) {
                return false;
            }
            label = 0;
            in_authority = point == '.';
            continue;
        }
        label++;
    }
    return !in_authority || label > 0;
}

static bool hex_valid(struct reader *text) {
    while (sanscsi_reader_left(text) > 0) {
        if (hex_digit_value(sanscsi_reader_u8(text)) == NOT_A_HEX_DIGIT) {
            return false;
        }
    }
    return true;
}

int32_t sanscsi_name_check(const char *name, size_t length) {
    struct reader text;
    if (name == NULL) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    sanscsi_reader_init(&text, name, length);
    struct span type = sanscsi_reader_take(&text, 4);
    size_t left = sanscsi_reader_left(&text);
    bool valid = false;
    if (length > SANSCSI_MAX_NAME_LENGTH) {
        return SANSCSI_INVALID_NAME;
    }
    if (span_equal(type, SPAN_LITERAL("iqn."))) {
        valid = iqn_valid(&text);
    } else if (span_equal(type, SPAN_LITERAL("eui."))) {
        valid = left == 16 && hex_valid(&text);
    } else if (span_equal(type, SPAN_LITERAL("naa."))) {
        valid = (left == 16 || left == 32) && hex_valid(&text);
    }
    return valid ? SANSCSI_OK : SANSCSI_INVALID_NAME;
}
