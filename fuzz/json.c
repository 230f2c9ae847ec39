/* Checks UTF-8 and JSON, without recursion. */
#include "json.h"

#include <stdint.h>
#include <string.h>

enum { DEEPEST = 32 };

/* Bytes of the well-formed sequence at the front (RFC 3629 4), its code point; 0: none. */
static size_t sequence(const uint8_t *at, size_t left, uint32_t *code) {
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t size = at[0] < 0x80 ? 1 : at[0] >> 5 == 6 ? 2 : at[0] >> 4 == 14 ? 3 : 4;
    if (size > left || (size == 4 && at[0] >> 3 != 30)) {
        return 0;
    }
    uint32_t value = size == 1 ? at[0] : at[0] & (0x7fu >> size);
    for (size_t i = 1; i < size; i++) {
        if (at[i] >> 6 != 2) {
            return 0;
        }
        value = value << 6 | (at[i] & 0x3f);
    }
    *code = value;
    bool surrogate = value >= 0xd800 && value <= 0xdfff;
    return value < least[size] || value > 0x10ffff || surrogate ? 0 : size;
}

/* C0, DEL, C1, and what turns the direction of text. */
static bool is_control(uint32_t code) {
    return code < 0x20 || (code >= 0x7f && code < 0xa0) || (code >= 0x202a && code <= 0x202e) ||
           (code >= 0x2066 && code <= 0x2069) || code == 0x200e || code == 0x200f || code == 0x61c;
}

bool utf8_without_controls(const char *text, size_t size) {
    const uint8_t *at = (const uint8_t *)text;
    while (size > 0) {
        uint32_t code = 0;
        size_t bytes = sequence(at, size, &code);
        if (bytes == 0 || is_control(code)) {
            return false;
        }
        at += bytes;
        size -= bytes;
    }
    return true;
}

struct cursor {
    const char *at;
    const char *end;
};

static bool take(struct cursor *cursor, char c) {
    if (cursor->at == cursor->end || *cursor->at != c) {
        return false;
    }
    cursor->at++;
    return true;
}

static bool hex_digits(struct cursor *cursor, unsigned count) {
    for (; count > 0; count--) {
        if (cursor->at == cursor->end || *cursor->at == '\0' ||
            strchr("0123456789abcdefABCDEF", *cursor->at) == NULL) {
            return false;
        }
        cursor->at++;
    }
    return true;
}

static bool string(struct cursor *cursor) {
    if (!take(cursor, '"')) {
        return false;
    }
    while (cursor->at != cursor->end && *cursor->at != '"') {
        char c = *cursor->at++;
        if ((unsigned char)c < 0x20) {
            return false;
        }
        if (c != '\\') {
            continue;
        }
        if (take(cursor, 'u')) {
            if (!hex_digits(cursor, 4)) {
                return false;
            }
        } else if (cursor->at == cursor->end || *cursor->at == '\0' ||
                   strchr("\"\\/bfnrt", *cursor->at++) == NULL) {
            return false;
        }
    }
    return take(cursor, '"');
}

/* An integer: nothing else is written. */
static bool number(struct cursor *cursor) {
    (void)take(cursor, '-');
    const char *begin = cursor->at;
    while (cursor->at != cursor->end && *cursor->at >= '0' && *cursor->at <= '9') {
        cursor->at++;
    }
    return cursor->at > begin && (*begin != '0' || cursor->at == begin + 1);
}

static bool word(struct cursor *cursor, const char *text) {
    size_t size = strlen(text);
    if ((size_t)(cursor->end - cursor->at) < size || memcmp(cursor->at, text, size) != 0) {
        return false;
    }
    cursor->at += size;
    return true;
}

static bool scalar(struct cursor *cursor) {
    if (cursor->at != cursor->end && *cursor->at == '"') {
        return string(cursor);
    }
    return word(cursor, "true") || word(cursor, "false") || word(cursor, "null") || number(cursor);
}

/* What stands before a value in an object. */
static bool name(struct cursor *cursor, char closing) {
    return closing != '}' || (string(cursor) && take(cursor, ':'));
}

/* `closing` holds the brackets that are open; no blanks, since none are written. */
bool json_is_object(const char *text, size_t size) {
    struct cursor cursor = {text, text + size};
    char closing[DEEPEST];
    size_t depth = 0;
    if (size == 0 || *text != '{') {
        return false;
    }
    do {
        bool object = take(&cursor, '{');
        if (object || take(&cursor, '[')) {
            if (depth == DEEPEST) {
                return false;
            }
            closing[depth++] = object ? '}' : ']';
            if (!take(&cursor, closing[depth - 1])) {
                if (!name(&cursor, closing[depth - 1])) {
                    return false;
                }
                continue;
            }
            depth--;
        } else if (!scalar(&cursor)) {
            return false;
        }
        while (depth > 0 && take(&cursor, closing[depth - 1])) {
            depth--;
        }
        if (depth > 0 && (!take(&cursor, ',') || !name(&cursor, closing[depth - 1]))) {
            return false;
        }
    } while (depth > 0);
    return cursor.at == cursor.end;
}
