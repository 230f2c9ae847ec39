/* Classes of ASCII characters, without the C library's locale. */
#ifndef SANSCSI_TEXT_CHARACTERS_H
#define SANSCSI_TEXT_CHARACTERS_H

#include <stdbool.h>
#include <stdint.h>

static inline bool is_digit(uint32_t c) {
    return c >= '0' && c <= '9';
}

static inline bool is_lower(uint32_t c) {
    return c >= 'a' && c <= 'z';
}

static inline bool is_upper(uint32_t c) {
    return c >= 'A' && c <= 'Z';
}

static inline bool is_alphanumeric(uint32_t c) {
    return is_digit(c) || is_lower(c) || is_upper(c);
}

#define NOT_A_HEX_DIGIT 16u

/* The value of a hexadecimal digit in either case, or NOT_A_HEX_DIGIT. */
static inline uint32_t hex_digit_value(uint32_t c) {
    if (is_digit(c)) {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    if (c >= 'A' && c <= 'F') {
        return c - 'A' + 10;
    }
    return NOT_A_HEX_DIGIT;
}

#endif
