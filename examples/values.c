/* Reads option values: numbers, seconds, sizes, digest lists and operational keys. */
#include "values.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <iscsi/sanscsi.h>

int parse_number(const char *text, uint64_t max, uint64_t *number) {
    int base = strncmp(text, "0x", 2) == 0 || strncmp(text, "0X", 2) == 0 ? 16 : 10;
    const char *digits = base == 16 ? text + 2 : text;
    unsigned char first = (unsigned char)digits[0];
    /* strtoull() would take signs and blanks. */
    if (base == 16 ? !isxdigit(first) : !isdigit(first)) {
        return -1;
    }
    char *end = NULL;
    errno = 0;
    unsigned long long value = strtoull(digits, &end, base);
    if (errno != 0 || *end != '\0' || value > max) {
        return -1;
    }
    *number = value;
    return 0;
}

static const char *number32(const char *text, uint64_t min, uint64_t max, const char *expected,
                            void *field) {
    uint64_t number = 0;
    if (parse_number(text, max, &number) != 0 || number < min) {
        return expected;
    }
    *(uint32_t *)field = (uint32_t)number;
    return NULL;
}

const char *value_text(char *text, void *field) {
    if (text[0] == '\0') {
        return "a text that is not empty";
    }
    *(char **)field = text;
    return NULL;
}

const char *value_count(char *text, void *field) {
    return number32(text, 0, UINT32_MAX, "a whole number from 0 to 4294967295", field);
}

const char *value_positive(char *text, void *field) {
    return number32(text, 1, UINT32_MAX, "a whole number from 1 to 4294967295", field);
}

const char *value_page(char *text, void *field) {
    return number32(text, 0, 255, "a page code from 0 to 255, such as 0x83", field);
}

const char *value_percent(char *text, void *field) {
    return number32(text, 0, 100, "a percentage from 0 to 100", field);
}

const char *value_depth(char *text, void *field) {
    return number32(text, 1, 32768, "a number of commands from 1 to 32768", field);
}

const char *value_number64(char *text, void *field) {
    uint64_t number = 0;
    if (parse_number(text, UINT64_MAX, &number) != 0) {
        return "a whole number, such as 2048 or 0x800";
    }
    *(uint64_t *)field = number;
    return NULL;
}

const char *value_positive64(char *text, void *field) {
    uint64_t number = 0;
    if (parse_number(text, UINT64_MAX, &number) != 0 || number == 0) {
        return "a whole number from 1 on";
    }
    *(uint64_t *)field = number;
    return NULL;
}

const char *value_seconds(char *text, void *field) {
    static const char expected[] = "seconds from 0.001 to 1000000, such as 30 or 0.5";
    if (text[0] == '\0' || strspn(text, "0123456789.") != strlen(text)) {
        return expected;
    }
    char *end = NULL;
    double seconds = strtod(text, &end);
    if (*end != '\0' || !(seconds >= 0.001 && seconds <= 1e6)) {
        return expected;
    }
    *(uint64_t *)field = (uint64_t)(seconds * 1e9);
    return NULL;
}

const char *value_bytes(char *text, void *field) {
    static const char expected[] = "a number of bytes, such as 65536, 512K or 4M";
    static const char suffixes[] = "KMG";
    char digits[24];
    size_t length = strlen(text);
    unsigned shift = 0;
    if (length == 0 || length >= sizeof(digits)) {
        return expected;
    }
    const char *suffix = strchr(suffixes, toupper((unsigned char)text[length - 1]));
    if (suffix != NULL) {
        shift = 10 * (unsigned)(suffix - suffixes + 1);
        length--;
    }
    memcpy(digits, text, length);
    digits[length] = '\0';
    uint64_t number = 0;
    if (parse_number(digits, (uint64_t)SIZE_MAX >> shift, &number) != 0 || number == 0) {
        return expected;
    }
    *(uint64_t *)field = number << shift;
    return NULL;
}

const char *value_transfer(char *text, void *field) {
    struct transfer_size *size = field;
    uint64_t bytes = 0;
    const char *expected = value_bytes(text, &bytes);
    if (expected != NULL) {
        return expected;
    }
    if (bytes > UINT32_MAX) {
        return "less than 4G bytes for one command";
    }
    size->text = text;
    size->bytes = (uint32_t)bytes;
    return NULL;
}

const char *value_digest(char *text, void *field) {
    static const struct {
        const char *list;
        uint32_t digest;
    } lists[] = {
        {"none", SANSCSI_DIGEST_NONE},
        {"crc32c", SANSCSI_DIGEST_CRC32C},
        {"none,crc32c", SANSCSI_DIGEST_NONE_CRC32C},
        {"crc32c,none", SANSCSI_DIGEST_CRC32C_NONE},
    };
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        if (strcmp(text, lists[i].list) == 0) {
            *(uint32_t *)field = lists[i].digest;
            return NULL;
        }
    }
    return "a list of crc32c and none, the preferred one first, such as crc32c,none";
}

const char *value_parameter(char *text, void *field) {
    const char *equal = strchr(text, '=');
    if (equal == NULL) {
        return "KEY=VALUE, such as MaxBurstLength=65536";
    }
    int32_t status =
        sanscsi_parameters_set(field, text, (size_t)(equal - text), equal + 1, strlen(equal + 1));
    return status == SANSCSI_OK ? NULL
           : status == SANSCSI_UNKNOWN_KEY
               ? "an operational key of RFC 7143 with its exact name"
               : "a value within the key's range in RFC 7143 that sanscsi supports";
}
