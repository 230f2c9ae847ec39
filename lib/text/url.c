/* Reads iscsi://[USER[%SECRET]@]HOST[:PORT]/TARGET-NAME/LUN. */
#include <iscsi/name.h>

#include "base/builder.h"
#include "base/reader.h"
#include "text/characters.h"
#include "text/values.h"

#define MAX_URL_LUN 16383

/* The pieces of a URL, still escaped. A piece that is not there has NULL data. */
struct url_parts {
    struct span user, secret, address, target, lun;
};

/* Printable ASCII and bytes of UTF-8 without a query or a fragment, which we would have to
 * ignore. */
static bool characters_valid(struct span text) {
    struct reader reader;
    sanscsi_reader_init(&reader, text.data, text.size);
    while (sanscsi_reader_left(&reader) > 0) {
        uint8_t c = sanscsi_reader_u8(&reader);
        if (c <= ' ' || c == 0x7f || c == '?' || c == '#') {
            return false;
        }
    }
    return true;
}

static struct span rest_of(struct reader *reader) {
    return sanscsi_reader_take(reader, sanscsi_reader_left(reader));
}

/* [USER[%SECRET]@]ADDRESS */
static bool split_authority(struct span authority, struct url_parts *parts) {
    struct reader reader, login;
    struct span before;
    sanscsi_reader_init(&reader, authority.data, authority.size);
    if (!sanscsi_reader_until(&reader, '@', &before)) {
        parts->address = authority;
        return true;
    }
    parts->address = rest_of(&reader);
    sanscsi_reader_init(&login, before.data, before.size);
    if (sanscsi_reader_until(&login, '%', &parts->user)) {
        parts->secret = rest_of(&login);
        if (parts->secret.size == 0) {
            return false;
        }
    } else {
        parts->user = before;
    }
    struct span more;
    sanscsi_reader_init(&reader, parts->address.data, parts->address.size);
    return parts->user.size > 0 && !sanscsi_reader_until(&reader, '@', &more);
}

static bool split(struct span text, struct url_parts *parts) {
    struct reader reader;
    struct span authority, more;
    memset(parts, 0, sizeof(*parts));
    sanscsi_reader_init(&reader, text.data, text.size);
    if (!characters_valid(text) ||
        !span_equal(sanscsi_reader_take(&reader, 8), SPAN_LITERAL("iscsi://")) ||
        !sanscsi_reader_until(&reader, '/', &authority) ||
        !sanscsi_reader_until(&reader, '/', &parts->target)) {
        return false;
    }
    struct reader lun = reader;
    parts->lun = rest_of(&reader);
    return !sanscsi_reader_until(&lun, '/', &more) && split_authority(authority, parts);
}

/* Writes a piece with its escapes decoded and a zero behind it; false for a broken escape or a
 * zero inside. */
static bool put_decoded(struct builder *out, struct span text) {
    struct reader reader;
    sanscsi_reader_init(&reader, text.data, text.size);
    while (sanscsi_reader_left(&reader) > 0) {
        uint32_t c = sanscsi_reader_u8(&reader);
        if (c == '%') {
            uint32_t high = hex_digit_value(sanscsi_reader_u8(&reader));
            uint32_t low = hex_digit_value(sanscsi_reader_u8(&reader));
            if (high == NOT_A_HEX_DIGIT || low == NOT_A_HEX_DIGIT || (high | low) == 0) {
                return false;
            }
            c = high << 4 | low;
        }
        sanscsi_builder_u8(out, (uint8_t)c);
    }
    sanscsi_builder_u8(out, '\0');
    return true;
}

/* Decodes host and port and cuts the host off inside the buffer. */
static int32_t read_address(struct builder *out, char *buffer, struct span text, sanscsi_url *url) {
    sanscsi_portal portal = {.size = sizeof(portal)};
    size_t at = out->size;
    if (!put_decoded(out, text)) {
        return SANSCSI_INVALID_ADDRESS;
    }
    if (out->overflow) {
        return SANSCSI_BUFFER_TOO_SMALL;
    }
    int32_t status = sanscsi_portal_parse(buffer + at, out->size - at - 1, &portal);
    if (status != SANSCSI_OK || portal.tag != UINT32_MAX) {
        return SANSCSI_INVALID_ADDRESS;
    }
    at += portal.is_ipv6; /* the bracket */
    buffer[at + portal.host_length] = '\0';
    url->host = buffer + at;
    url->port = portal.port;
    url->is_ipv6 = portal.is_ipv6;
    return SANSCSI_OK;
}

/* Capitals that a person typed into an iqn name become small letters (RFC 3722 4; those beyond
 * ASCII are refused). The digits of eui and naa names stay as they are; neither begins with i. */
static void fold_name(char *name, size_t length) {
    bool iqn = length > 0 && (name[0] == 'i' || name[0] == 'I');
    for (size_t i = 0; iqn && i < length; i++) {
        if (is_upper((uint8_t)name[i])) {
            name[i] = (char)(name[i] - 'A' + 'a');
        }
    }
}

static int32_t read_target(struct builder *out, char *buffer, struct span text, sanscsi_url *url) {
    size_t at = out->size;
    if (!put_decoded(out, text)) {
        return SANSCSI_INVALID_NAME;
    }
    if (out->overflow) {
        return SANSCSI_BUFFER_TOO_SMALL;
    }
    url->target = buffer + at;
    fold_name(buffer + at, out->size - at - 1);
    return sanscsi_name_check(buffer + at, out->size - at - 1);
}

static int32_t read_lun(struct span text, sanscsi_url *url) {
    uint64_t lun;
    struct reader reader;
    sanscsi_reader_init(&reader, text.data, text.size);
    while (sanscsi_reader_left(&reader) > 0) {
        if (!is_digit(sanscsi_reader_u8(&reader))) {
            return SANSCSI_INVALID_LUN;
        }
    }
    if (!sanscsi_value_number(text, &lun) || lun > MAX_URL_LUN) {
        return SANSCSI_INVALID_LUN;
    }
    url->lun = (uint32_t)lun;
    return SANSCSI_OK;
}

/* The user is taken as it stands: its first '%' already began the secret. */
static int32_t read_login(struct builder *out, char *buffer, const struct url_parts *parts,
                          sanscsi_url *url) {
    if (parts->user.size == 0) {
        return SANSCSI_OK;
    }
    url->user = buffer + out->size;
    sanscsi_builder_span(out, parts->user);
    sanscsi_builder_u8(out, '\0');
    if (parts->secret.size > 0) {
        url->secret = buffer + out->size;
        if (!put_decoded(out, parts->secret)) {
            return SANSCSI_INVALID_URL;
        }
    }
    return out->overflow ? SANSCSI_BUFFER_TOO_SMALL : SANSCSI_OK;
}

int32_t sanscsi_url_parse(const char *text, size_t length, char *buffer, size_t size,
                          sanscsi_url *url) {
    struct url_parts parts;
    struct builder out;
    if (text == NULL || buffer == NULL || url == NULL || url->size < sizeof(*url)) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    if (!split(span_of(text, length), &parts)) {
        return SANSCSI_INVALID_URL;
    }
    sanscsi_url found = {.size = url->size};
    sanscsi_builder_init(&out, buffer, size);
    int32_t status = read_login(&out, buffer, &parts, &found);
    if (status == SANSCSI_OK) {
        status = read_address(&out, buffer, parts.address, &found);
    }
    if (status == SANSCSI_OK) {
        status = read_target(&out, buffer, parts.target, &found);
    }
    if (status == SANSCSI_OK) {
        status = read_lun(parts.lun, &found);
    }
    if (status == SANSCSI_OK) {
        *url = found;
    }
    return status;
}
