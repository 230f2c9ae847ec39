/* Booleans, numbers, ranges and lists of text keys (RFC 7143 6.1). */
#include "text/values.h"

#include <iscsi/status.h>

#include "base/bytes.h"
#include "base/reader.h"
#include "text/characters.h"

bool sanscsi_value_boolean(struct span text, bool *value) {
    bool yes = span_equal(text, SPAN_LITERAL("Yes"));
    if (!yes && !span_equal(text, SPAN_LITERAL("No"))) {
        return false;
    }
    *value = yes;
    return true;
}

/* Reads digits to the end of `text`; false for none, a strange one, or 2^64 and above. */
static bool digits(struct reader *text, uint64_t base, uint64_t *value) {
    uint64_t sum = 0;
    if (sanscsi_reader_left(text) == 0) {
        return false;
    }
    while (sanscsi_reader_left(text) > 0) {
        uint64_t digit = hex_digit_value(sanscsi_reader_u8(text));
        uint64_t low = (sum & UINT32_MAX) * base + digit;
        uint64_t high = (sum >> 32) * base + (low >> 32);
        if (digit >= base || high > UINT32_MAX) {
            return false;
        }
        sum = high << 32 | (low & UINT32_MAX);
    }
    *value = sum;
    return true;
}

bool sanscsi_value_number(struct span text, uint64_t *value) {
    struct reader reader;
    sanscsi_reader_init(&reader, text.data, text.size);
    struct reader rest = reader;
    if (sanscsi_reader_u8(&rest) != '0' || text.size == 1) {
        return digits(&reader, 10, value);
    }
    uint8_t second = sanscsi_reader_u8(&rest);
    return (second == 'x' || second == 'X') && digits(&rest, 16, value);
}

bool sanscsi_value_bits(struct span text, unsigned bits, uint64_t *value) {
    uint8_t bytes[8] = {0};
    uint8_t wide[8] = {0};
    size_t length;
    uint64_t number;
    if (!sanscsi_value_number(text, &number)) {
        if (sanscsi_value_binary(text, bytes, sizeof(bytes), &length) != SANSCSI_OK) {
            return false;
        }
        memcpy(wide + sizeof(wide) - length, bytes, length);
        number = load_be64(wide);
    }
    if (bits < 64 && number >> bits != 0) {
        return false;
    }
    *value = number;
    return true;
}

bool sanscsi_value_range(struct span text, uint64_t *low, uint64_t *high) {
    struct reader reader;
    struct span first;
    uint64_t from, to;
    sanscsi_reader_init(&reader, text.data, text.size);
    if (!sanscsi_reader_until(&reader, '~', &first)) {
        return false;
    }
    struct span second = sanscsi_reader_take(&reader, sanscsi_reader_left(&reader));
    if (!sanscsi_value_number(first, &from) || !sanscsi_value_number(second, &to) || from > to) {
        return false;
    }
    *low = from;
    *high = to;
    return true;
}

bool sanscsi_value_list_next(struct span *list, bool *started, struct span *value) {
    /* A comma at the very end still has an empty value behind it: then the list is empty but not
     * NULL, and the end proper is marked by NULL. */
    if (*started && list->data == NULL) {
        return false;
    }
    struct reader reader;
    sanscsi_reader_init(&reader, list->data, list->size);
    *started = true;
    if (!sanscsi_reader_until(&reader, ',', value)) {
        *value = *list;
        *list = span_of(NULL, 0);
        return true;
    }
    size_t left = sanscsi_reader_left(&reader);
    *list = left == 0 ? span_of(list->data, 0) : sanscsi_reader_take(&reader, left);
    return true;
}

bool sanscsi_value_list_contains(struct span list, struct span value) {
    bool started = false;
    struct span entry;
    while (sanscsi_value_list_next(&list, &started, &entry)) {
        if (span_equal(entry, value)) {
            return true;
        }
    }
    return false;
}
