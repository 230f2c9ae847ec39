/* Property: what is accepted as text of a login is written again as it was, and read again alike.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <iscsi/name.h>

#include "fuzz.h"
#include "text/pairs.h"
#include "text/send_targets.h"
#include "text/values.h"

#define INPUT_MOST 4096u
#define SCRATCH (2 * INPUT_MOST + 64)

static uint8_t scratch[SCRATCH];

static struct builder fresh(void) {
    struct builder out;
    sanscsi_builder_init(&out, scratch, sizeof(scratch));
    return out;
}

static struct span written(const struct builder *out) {
    FUZZ_HOLDS(!out->overflow, "what is written again needs no more than twice the room");
    return span_of(out->data, out->size);
}

/* Pairs are the text, cut at nulls: put together again they are the same bytes. */
static void check_pairs(struct span text) {
    struct reader reader;
    struct pair pair;
    enum pair_result found;
    struct builder out = fresh();
    sanscsi_reader_init(&reader, text.data, text.size);
    while ((found = sanscsi_pair_next(&reader, &pair)) == PAIR_OK) {
        char key[INPUT_MOST + 1];
        FUZZ_HOLDS(pair.key.size > 0, "no key is empty");
        memcpy(key, pair.key.data, pair.key.size);
        key[pair.key.size] = '\0';
        FUZZ_HOLDS(!span_contains(pair.key, '=') && !span_contains(pair.whole, '\0'),
                   "a key has no '=', a pair no null");
        sanscsi_pair_put(&out, key, pair.value);
        FUZZ_HOLDS(span_equal(written(&out), span_of(text.data, reader.position)),
                   "pairs that were read are written as the same bytes");
    }
    if (found == PAIR_END) {
        FUZZ_HOLDS(out.size == text.size, "at the end all text was in pairs");
    } else if (found == PAIR_NO_NULL) {
        FUZZ_HOLDS(out.size + pair.whole.size == text.size && !span_contains(pair.whole, '\0'),
                   "what has no null is the rest of the text");
    } else {
        FUZZ_HOLDS(pair.whole.size == 0 || pair.whole.data[0] == '=' ||
                       !span_contains(pair.whole, '='),
                   "what is no pair has no '=' or no key");
    }
}

static bool all_of(struct span text, const char *characters) {
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] == '\0' || strchr(characters, text.data[i]) == NULL) {
            return false;
        }
    }
    return text.size > 0;
}

/* The grammar of RFC 7143 6.1 once more, by the C library. */
static bool reference_number(struct span text, uint64_t *value) {
    char digits[INPUT_MOST + 1];
    struct span hexadecimal = {NULL, 0};
    if (text.size > 0) {
        memcpy(digits, text.data, text.size);
    }
    digits[text.size] = '\0';
    bool hex = text.size > 2 && digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X');
    if (hex) {
        hexadecimal = span_of(text.data + 2, text.size - 2);
    }
    bool legal = hex ? all_of(hexadecimal, "0123456789abcdefABCDEF")
                     : all_of(text, "0123456789") && (digits[0] != '0' || text.size == 1);
    errno = 0;
    *value = legal ? strtoull(digits, NULL, hex ? 16 : 10) : 0;
    return legal && errno == 0;
}

static void check_number(struct span text) {
    uint64_t value = 0;
    uint64_t expected = 0;
    uint64_t again = 0;
    bool read = sanscsi_value_number(text, &value);
    FUZZ_HOLDS(read == reference_number(text, &expected), "numbers are those of the grammar");
    if (!read) {
        return;
    }
    FUZZ_HOLDS(value == expected, "a number is read as the C library reads it");
    struct builder out = fresh();
    sanscsi_builder_decimal(&out, value);
    FUZZ_HOLDS(sanscsi_value_number(written(&out), &again) && again == value,
               "a number written in decimal is read as the same");
    out = fresh();
    sanscsi_builder_string(&out, "0x");
    sanscsi_builder_hex(&out, value, 1);
    FUZZ_HOLDS(sanscsi_value_number(written(&out), &again) && again == value,
               "a number written in hexadecimal is read as the same");
}

static void check_boolean(struct span text) {
    bool value = false;
    if (sanscsi_value_boolean(text, &value)) {
        FUZZ_HOLDS(span_equal_string(text, value ? "Yes" : "No"), "a boolean is Yes or No");
    }
}

static void check_range(struct span text) {
    uint64_t low = 0;
    uint64_t high = 0;
    uint64_t low_again = 1;
    uint64_t high_again = 0;
    if (!sanscsi_value_range(text, &low, &high)) {
        return;
    }
    struct builder out = fresh();
    sanscsi_builder_decimal(&out, low);
    sanscsi_builder_u8(&out, '~');
    sanscsi_builder_decimal(&out, high);
    FUZZ_HOLDS(low <= high, "a range does not run backwards");
    FUZZ_HOLDS(sanscsi_value_range(written(&out), &low_again, &high_again) && low_again == low &&
                   high_again == high,
               "a range that was written is read as the same");
}

static void check_list(struct span text) {
    struct span list = text;
    struct span value;
    bool started = false;
    size_t count = 0;
    struct builder out = fresh();
    while (sanscsi_value_list_next(&list, &started, &value)) {
        FUZZ_HOLDS(!span_contains(value, ','), "a value of a list has no comma");
        FUZZ_HOLDS(count > INPUT_MOST / 16 || sanscsi_value_list_contains(text, value),
                   "a list contains each of its values");
        sanscsi_builder_string(&out, count++ == 0 ? "" : ",");
        sanscsi_builder_span(&out, value);
    }
    FUZZ_HOLDS(span_equal(written(&out), text), "values with commas between them are the list");
}

/* Each spelling of some bytes is read as these bytes. */
static void check_spellings(struct span bytes) {
    static void (*const spell[])(struct builder * out, struct span bytes) = {
        sanscsi_value_put_hex, sanscsi_value_put_base64};
    uint8_t again[INPUT_MOST];
    size_t length = 0;
    for (size_t i = 0; bytes.size > 0 && i < sizeof(spell) / sizeof(spell[0]); i++) {
        struct builder out = fresh();
        spell[i](&out, bytes);
        FUZZ_HOLDS(sanscsi_value_binary(written(&out), again, sizeof(again), &length) ==
                           SANSCSI_OK &&
                       span_equal(span_of(again, length), bytes),
                   "bytes that were spelled are read as the same");
        FUZZ_HOLDS(sanscsi_value_binary(written(&out), again, bytes.size - 1, &length) ==
                       SANSCSI_BUFFER_TOO_SMALL,
                   "a buffer one byte too small is told");
    }
}

/* base64 has one spelling but for the letter of its prefix (RFC 4648 3.5). */
static void check_one_spelling(struct span text, struct span bytes) {
    struct builder out = fresh();
    sanscsi_value_put_base64(&out, bytes);
    struct span again = written(&out);
    FUZZ_HOLDS(again.size == text.size && memcmp(again.data + 2, text.data + 2, text.size - 2) == 0,
               "base64 has one spelling");
}

static void check_binary(struct span text) {
    uint8_t large[INPUT_MOST];
    size_t length = 1;
    int32_t status = sanscsi_value_binary(text, large, sizeof(large), &length);
    FUZZ_HOLDS(status == SANSCSI_OK || (status == SANSCSI_MALFORMED && length == 0),
               "a constant is bytes or malformed");
    if (status != SANSCSI_OK) {
        FUZZ_HOLDS(sanscsi_value_binary(text, NULL, 0, &length) == SANSCSI_MALFORMED,
                   "what is malformed is so in any buffer");
        return;
    }
    uint8_t *exact = fuzz_copy(span_of(large, length));
    memset(exact, 0, length);
    FUZZ_HOLDS(sanscsi_value_binary(text, exact, length, &length) == SANSCSI_OK &&
                   memcmp(exact, large, length) == 0,
               "a buffer of the right size is enough");
    free(exact);
    check_spellings(span_of(large, length));
    if (text.data[1] == 'b' || text.data[1] == 'B') {
        check_one_spelling(text, span_of(large, length));
    }
}

/* Fewer bits admit exactly what fits them. */
static void check_bits(struct span text) {
    uint64_t wide = 0;
    uint64_t narrow = 0;
    bool read = sanscsi_value_bits(text, 64, &wide);
    for (unsigned bits = 1; bits < 64; bits += 5) {
        bool fits = read && wide >> bits == 0;
        FUZZ_HOLDS(sanscsi_value_bits(text, bits, &narrow) == fits && (!fits || narrow == wide),
                   "a value of some bits is one of 64 bits that fits them");
    }
}

/* Every record of a SendTargets answer is made of pairs of the text, and its addresses are legal.
 */
static void check_targets(struct span text) {
    struct reader reader;
    struct target_record record;
    struct span value;
    sanscsi_reader_init(&reader, text.data, text.size);
    while (sanscsi_targets_next(&reader, &record) == TARGETS_RECORD) {
        sanscsi_portal portal = {.size = sizeof(portal)};
        FUZZ_HOLDS(record.name_bad == (record.name.size == 0 ||
                                       sanscsi_name_check((const char *)record.name.data,
                                                          record.name.size) != SANSCSI_OK),
                   "a record tells whether its name is legal");
        for (uint32_t i = 0; i < record.count && i < 64; i++) {
            FUZZ_HOLDS(sanscsi_targets_address(record.addresses, i, &value) &&
                           sanscsi_portal_parse((const char *)value.data, value.size, &portal) ==
                               SANSCSI_OK,
                       "each address of a record is there and legal");
        }
        FUZZ_HOLDS(!sanscsi_targets_address(record.addresses, record.count, &value),
                   "no address lies behind the last one");
    }
}

static void check_values(struct span text) {
    check_boolean(text);
    check_number(text);
    check_range(text);
    check_list(text);
    check_binary(text);
    check_bits(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct span text = span_of(data, size < INPUT_MOST ? size : INPUT_MOST);
    struct reader reader;
    struct pair pair;
    check_pairs(text);
    check_targets(text);
    check_values(text);
    check_spellings(text);
    sanscsi_reader_init(&reader, text.data, text.size);
    for (unsigned i = 0; i < 32 && sanscsi_pair_next(&reader, &pair) == PAIR_OK; i++) {
        check_values(pair.value);
    }
    return 0;
}
