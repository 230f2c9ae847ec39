/* Reads portals: host name, IPv4 or bracketed IPv6 address, port, tag (RFC 7143 13.8). */
#include <iscsi/name.h>

#include "base/reader.h"
#include "text/characters.h"
#include "text/values.h"

#define MAX_HOST_LENGTH 255
#define MAX_LABEL_LENGTH 63
#define MAX_SCOPE_LENGTH 63

/* Takes up to `delimiter`, or all the rest; tells whether the delimiter was there. */
static bool take_field(struct reader *text, uint8_t delimiter, struct span *field) {
    if (sanscsi_reader_until(text, delimiter, field)) {
        return true;
    }
    *field = sanscsi_reader_take(text, sanscsi_reader_left(text));
    return false;
}

static bool all_digits(struct span text) {
    struct reader reader;
    sanscsi_reader_init(&reader, text.data, text.size);
    while (sanscsi_reader_left(&reader) > 0) {
        if (!is_digit(sanscsi_reader_u8(&reader))) {
            return false;
        }
    }
    return text.size > 0;
}

/* Four decimal numbers without leading zeros. */
static bool ipv4_valid(struct span text) {
    struct reader reader;
    unsigned count = 0;
    bool more = true;
    sanscsi_reader_init(&reader, text.data, text.size);
    while (more) {
        struct span part;
        uint64_t value;
        more = take_field(&reader, '.', &part);
        if (!all_digits(part) || !sanscsi_value_number(part, &value) || value > 255) {
            return false;
        }
        count++;
    }
    return count == 4;
}

static bool label_valid(struct span label) {
    struct reader reader;
    uint8_t c = '-';
    if (label.size == 0 || label.size > MAX_LABEL_LENGTH) {
        return false;
    }
    sanscsi_reader_init(&reader, label.data, label.size);
    for (size_t i = 0; i < label.size; i++) {
        c = sanscsi_reader_u8(&reader);
        /* An underscore is not for host names, but found in them. */
        bool inside = c == '-' && i > 0;
        if (!is_alphanumeric(c) && c != '_' && !inside) {
            return false;
        }
    }
    return c != '-';
}

/* A DNS name, perhaps with the dot of the root; a last label of digits makes it an address, which
 * must then be right (RFC 1123 2.1). */
static bool host_valid(struct span host) {
    struct reader reader;
    struct span label;
    bool more = true;
    if (host.size == 0 || host.size > MAX_HOST_LENGTH) {
        return false;
    }
    sanscsi_reader_init(&reader, host.data, host.size);
    while (more) {
        more = take_field(&reader, '.', &label);
        if (!label_valid(label)) {
            return false;
        }
        more = more && sanscsi_reader_left(&reader) > 0;
    }
    return all_digits(label) ? ipv4_valid(host) : true;
}

static bool ipv6_group_valid(struct span group) {
    struct reader reader;
    sanscsi_reader_init(&reader, group.data, group.size);
    for (size_t i = 0; i < group.size; i++) {
        if (hex_digit_value(sanscsi_reader_u8(&reader)) == NOT_A_HEX_DIGIT) {
            return false;
        }
    }
    return group.size >= 1 && group.size <= 4;
}

/* Eight groups, "::" once for one or more of them, the last two perhaps as IPv4 (RFC 4291 2.2). */
static bool ipv6_valid(struct span text) {
    struct reader reader;
    unsigned groups = 0;
    sanscsi_reader_init(&reader, text.data, text.size);
    struct reader start = reader;
    bool compressed = span_equal(sanscsi_reader_take(&start, 2), SPAN_LITERAL("::"));
    if (compressed) {
        reader = start;
    }
    bool more = sanscsi_reader_left(&reader) > 0;
    while (more) {
        struct span group;
        more = take_field(&reader, ':', &group);
        if (group.size == 0 && (compressed || !more || groups == 0)) {
            return false;
        }
        if (group.size == 0) {
            compressed = true;
            more = sanscsi_reader_left(&reader) > 0;
        } else if (!more && ipv4_valid(group)) {
            groups += 2;
        } else if (ipv6_group_valid(group)) {
            groups++;
        } else {
            return false;
        }
    }
    return compressed ? groups <= 7 : groups == 8;
}

/* An interface's name or number (RFC 4007 11). */
static bool scope_valid(struct span scope) {
    struct reader reader;
    sanscsi_reader_init(&reader, scope.data, scope.size);
    for (size_t i = 0; i < scope.size; i++) {
        uint8_t c = sanscsi_reader_u8(&reader);
        if (!is_alphanumeric(c) && c != '-' && c != '.' && c != '_' && c != '~') {
            return false;
        }
    }
    return scope.size >= 1 && scope.size <= MAX_SCOPE_LENGTH;
}

static bool scoped_ipv6_valid(struct span text) {
    struct reader reader;
    struct span address;
    sanscsi_reader_init(&reader, text.data, text.size);
    bool scoped = take_field(&reader, '%', &address);
    struct span scope = sanscsi_reader_take(&reader, sanscsi_reader_left(&reader));
    return ipv6_valid(address) && (!scoped || scope_valid(scope));
}

/* A port or tag: a 16-bit binary value (RFC 7143 13.8, 13.9). */
static bool small_number(struct span text, uint64_t least, uint32_t *value) {
    uint64_t number;
    if (!sanscsi_value_bits(text, 16, &number) || number < least) {
        return false;
    }
    *value = (uint32_t)number;
    return true;
}

/* HOST[:PORT] */
static bool parse_address(struct span text, sanscsi_portal *portal) {
    struct reader reader;
    struct span host, port, junk;
    bool has_port;
    sanscsi_reader_init(&reader, text.data, text.size);
    struct reader start = reader;
    portal->is_ipv6 = sanscsi_reader_u8(&start) == '[';
    if (portal->is_ipv6) {
        reader = start;
        if (!sanscsi_reader_until(&reader, ']', &host) || !scoped_ipv6_valid(host)) {
            return false;
        }
        has_port = take_field(&reader, ':', &junk);
        if (junk.size > 0) {
            return false;
        }
    } else {
        has_port = take_field(&reader, ':', &host);
        if (!host_valid(host)) {
            return false;
        }
    }
    port = sanscsi_reader_take(&reader, sanscsi_reader_left(&reader));
    portal->host = host.data;
    portal->host_length = host.size;
    portal->port = SANSCSI_DEFAULT_PORT;
    return !has_port || small_number(port, 1, &portal->port);
}

int32_t sanscsi_portal_parse(const char *text, size_t length, sanscsi_portal *portal) {
    struct reader reader;
    struct span address;
    if (text == NULL || portal == NULL || portal->size < sizeof(*portal)) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    sanscsi_portal found = {.size = portal->size, .tag = UINT32_MAX};
    sanscsi_reader_init(&reader, text, length);
    bool has_tag = take_field(&reader, ',', &address);
    struct span tag = sanscsi_reader_take(&reader, sanscsi_reader_left(&reader));
    if (!parse_address(address, &found) || (has_tag && !small_number(tag, 0, &found.tag))) {
        return SANSCSI_INVALID_ADDRESS;
    }
    *portal = found;
    return SANSCSI_OK;
}
