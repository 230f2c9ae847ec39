/* Binary values of text keys: hex and base64 constants (RFC 7143 6.1, RFC 4648). */
#include <iscsi/status.h>

#include "base/reader.h"
#include "text/characters.h"
#include "text/values.h"

#define NOT_BASE64 64u

/* Puts a byte where there is room and counts it in any case, so that a malformed constant is told
 * from one that is merely too long. */
static void put(uint8_t *out, size_t capacity, size_t *count, uint32_t byte) {
    if (*count < capacity) {
        out[*count] = (uint8_t)byte;
    }
    (*count)++;
}

static bool decode_hex(struct reader *text, uint8_t *out, size_t capacity, size_t *count) {
    size_t left = sanscsi_reader_left(text);
    uint32_t high = 0;
    if (left == 0) {
        return false;
    }
    for (; left > 0; left--) {
        uint32_t digit = hex_digit_value(sanscsi_reader_u8(text));
        if (digit == NOT_A_HEX_DIGIT) {
            return false;
        }
        if (left % 2 != 0) {
            put(out, capacity, count, high << 4 | digit);
        }
        high = left % 2 == 0 ? digit : 0;
    }
    return true;
}

static uint32_t base64_value(uint32_t c) {
    if (is_upper(c)) {
        return c - 'A';
    }
    if (is_lower(c)) {
        return c - 'a' + 26;
    }
    if (is_digit(c)) {
        return c - '0' + 52;
    }
    return c == '+' ? 62 : c == '/' ? 63 : NOT_BASE64;
}

/* One group of four characters; only the last may be padded, with the bits behind the data zero
 * (RFC 4648 3.5), so that bytes have one spelling. */
static bool decode_group(struct reader *text, bool last, uint8_t *out, size_t capacity,
                         size_t *count) {
    uint32_t bits = 0;
    size_t pads = 0;
    for (size_t i = 0; i < 4; i++) {
        uint32_t c = sanscsi_reader_u8(text);
        uint32_t value = base64_value(c);
        if (c == '=' && last && i >= 2) {
            pads++;
            value = 0;
        } else if (value == NOT_BASE64 || pads > 0) {
            return false;
        }
        bits = bits << 6 | value;
    }
    if ((bits & ((UINT32_C(1) << (8 * pads)) - 1)) != 0) {
        return false;
    }
    for (size_t i = 0; i < 3 - pads; i++) {
        put(out, capacity, count, bits >> (16 - 8 * i) & 0xff);
    }
    return true;
}

static bool decode_base64(struct reader *text, uint8_t *out, size_t capacity, size_t *count) {
    size_t left = sanscsi_reader_left(text);
    if (left == 0 || left % 4 != 0) {
        return false;
    }
    for (; left > 0; left -= 4) {
        if (!decode_group(text, left == 4, out, capacity, count)) {
            return false;
        }
    }
    return true;
}

int32_t sanscsi_value_binary(struct span text, uint8_t *out, size_t capacity, size_t *length) {
    struct reader reader;
    size_t count = 0;
    bool valid = false;
    sanscsi_reader_init(&reader, text.data, text.size);
    uint8_t first = sanscsi_reader_u8(&reader);
    uint8_t second = sanscsi_reader_u8(&reader);
    *length = 0;
    if (first == '0' && (second == 'x' || second == 'X')) {
        valid = decode_hex(&reader, out, capacity, &count);
    } else if (first == '0' && (second == 'b' || second == 'B')) {
        valid = decode_base64(&reader, out, capacity, &count);
    }
    if (!valid) {
        return SANSCSI_MALFORMED;
    }
    if (count > capacity) {
        return SANSCSI_BUFFER_TOO_SMALL;
    }
    *length = count;
    return SANSCSI_OK;
}

void sanscsi_value_put_hex(struct builder *out, struct span bytes) {
    sanscsi_builder_string(out, "0x");
    for (size_t i = 0; i < bytes.size; i++) {
        sanscsi_builder_hex(out, bytes.data[i], 2);
    }
}

void sanscsi_value_put_base64(struct builder *out, struct span bytes) {
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    sanscsi_builder_string(out, "0b");
    for (size_t i = 0; i < bytes.size; i += 3) {
        size_t here = bytes.size - i < 3 ? bytes.size - i : 3;
        uint32_t bits = 0;
        for (size_t k = 0; k < 3; k++) {
            bits = bits << 8 | (k < here ? bytes.data[i + k] : 0u);
        }
        for (size_t k = 0; k < 4; k++) {
            uint8_t c = (uint8_t)alphabet[bits >> (18 - 6 * k) & 63];
            sanscsi_builder_u8(out, k <= here ? c : (uint8_t)'=');
        }
    }
}
