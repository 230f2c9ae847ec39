/* Property: names, portals and URLs that are accepted are accepted again as they are written. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <iscsi/name.h>

#include "base/builder.h"
#include "fuzz.h"

#define INPUT_MOST 1024u
#define SCRATCH (8 * INPUT_MOST)

/* With an escape for every byte any text can be a part of a URL. */
static void put_escaped(struct builder *out, struct span bytes) {
    for (size_t i = 0; i < bytes.size; i++) {
        sanscsi_builder_u8(out, '%');
        sanscsi_builder_hex(out, bytes.data[i], 2);
    }
}

static bool is_iqn(struct span name) {
    return name.size > 0 && name.data[0] == 'i';
}

static void check_name(struct span name) {
    if (name.size == 0 || sanscsi_name_check((const char *)name.data, name.size) != SANSCSI_OK) {
        return;
    }
    uint8_t text[SCRATCH];
    char buffer[SCRATCH];
    struct builder url;
    sanscsi_url parsed = {.size = sizeof(parsed)};
    FUZZ_HOLDS(name.size <= SANSCSI_MAX_NAME_LENGTH && memchr(name.data, '\0', name.size) == NULL,
               "a legal name is short and has no null");
    for (size_t i = 0; i < name.size; i++) {
        FUZZ_HOLDS(name.data[i] > ' ' && name.data[i] != 0x7f, "a legal name has no control code");
        FUZZ_HOLDS(!is_iqn(name) || name.data[i] < 'A' || name.data[i] > 'Z',
                   "a legal iqn name has no capitals");
    }
    sanscsi_builder_init(&url, text, sizeof(text));
    sanscsi_builder_string(&url, "iscsi://h/");
    put_escaped(&url, name);
    sanscsi_builder_string(&url, "/0");
    FUZZ_HOLDS(sanscsi_url_parse((const char *)text, url.size, buffer, sizeof(buffer), &parsed) ==
                       SANSCSI_OK &&
                   span_equal(name, span_of_string(parsed.target)),
               "a legal name comes whole through a URL");
}

static void put_portal(struct builder *out, const sanscsi_portal *portal) {
    sanscsi_builder_string(out, portal->is_ipv6 != 0 ? "[" : "");
    sanscsi_builder_bytes(out, portal->host, portal->host_length);
    sanscsi_builder_string(out, portal->is_ipv6 != 0 ? "]:" : ":");
    sanscsi_builder_decimal(out, portal->port);
    if (portal->tag != UINT32_MAX) {
        sanscsi_builder_u8(out, ',');
        sanscsi_builder_decimal(out, portal->tag);
    }
}

static bool portals_equal(const sanscsi_portal *a, const sanscsi_portal *b) {
    return a->port == b->port && a->tag == b->tag && a->is_ipv6 == b->is_ipv6 &&
           span_equal(span_of(a->host, a->host_length), span_of(b->host, b->host_length));
}

static void check_portal(struct span text) {
    uint8_t first[SCRATCH];
    uint8_t second[SCRATCH];
    struct builder written;
    struct builder again;
    sanscsi_portal portal = {.size = sizeof(portal)};
    sanscsi_portal parsed = {.size = sizeof(parsed)};
    if (text.size == 0 ||
        sanscsi_portal_parse((const char *)text.data, text.size, &portal) != SANSCSI_OK) {
        return;
    }
    FUZZ_HOLDS(portal.port >= 1 && portal.port <= UINT16_MAX &&
                   (portal.tag <= UINT16_MAX || portal.tag == UINT32_MAX),
               "port and tag have 16 bits");
    FUZZ_HOLDS(portal.host >= text.data && portal.host_length > 0 &&
                   portal.host + portal.host_length <= text.data + text.size,
               "the host lies in the text");
    for (size_t i = 0; i < portal.host_length; i++) {
        FUZZ_HOLDS(portal.host[i] > ' ' && portal.host[i] < 0x7f &&
                       strchr("/@,[]\\\"'", portal.host[i]) == NULL,
                   "a host has none of the characters that divide addresses");
    }
    sanscsi_builder_init(&written, first, sizeof(first));
    put_portal(&written, &portal);
    FUZZ_HOLDS(sanscsi_portal_parse((const char *)first, written.size, &parsed) == SANSCSI_OK &&
                   portals_equal(&portal, &parsed),
               "a portal that was written is read as the same");
    sanscsi_builder_init(&again, second, sizeof(second));
    put_portal(&again, &parsed);
    FUZZ_HOLDS(span_equal(span_of(first, written.size), span_of(second, again.size)),
               "a portal that was written is written alike again");
}

static void put_url(struct builder *out, const sanscsi_url *url) {
    sanscsi_builder_string(out, "iscsi://");
    if (url->user != NULL) {
        sanscsi_builder_string(out, url->user);
        if (url->secret != NULL) {
            sanscsi_builder_u8(out, '%');
            put_escaped(out, span_of_string(url->secret));
        }
        sanscsi_builder_u8(out, '@');
    }
    sanscsi_builder_string(out, url->is_ipv6 != 0 ? "[" : "");
    put_escaped(out, span_of_string(url->host));
    sanscsi_builder_string(out, url->is_ipv6 != 0 ? "]:" : ":");
    sanscsi_builder_decimal(out, url->port);
    sanscsi_builder_u8(out, '/');
    put_escaped(out, span_of_string(url->target));
    sanscsi_builder_u8(out, '/');
    sanscsi_builder_decimal(out, url->lun);
}

/* How long a secret is: its bytes in front of the '@', with three for an escape. */
static void check_secret(struct span text, const char *secret) {
    struct reader reader;
    struct span login;
    struct span user;
    sanscsi_reader_init(&reader, text.data, text.size);
    FUZZ_HOLDS(sanscsi_reader_until(&reader, '@', &login), "a secret stands in front of an @");
    sanscsi_reader_init(&reader, login.data, login.size);
    FUZZ_HOLDS(sanscsi_reader_until(&reader, '%', &user), "a secret stands behind a %");
    size_t length = sanscsi_reader_left(&reader);
    while (sanscsi_reader_left(&reader) > 0) {
        length -= sanscsi_reader_u8(&reader) == '%' ? 2 : 0;
    }
    FUZZ_HOLDS(strlen(secret) == length, "a secret is as long as it was written");
}

static bool texts_equal(const char *a, const char *b) {
    return (a == NULL) == (b == NULL) && span_equal(span_of_string(a), span_of_string(b));
}

static bool urls_equal(const sanscsi_url *a, const sanscsi_url *b) {
    return a->port == b->port && a->lun == b->lun && a->is_ipv6 == b->is_ipv6 &&
           texts_equal(a->host, b->host) && texts_equal(a->target, b->target) &&
           texts_equal(a->user, b->user) && texts_equal(a->secret, b->secret);
}

/* Any smaller buffer is either enough for the same, or too small; it is never written beyond. */
static void check_small_buffer(struct span text, size_t size, const sanscsi_url *wanted) {
    sanscsi_url url = {.size = sizeof(url)};
    char *buffer = malloc(size + (size == 0));
    if (buffer == NULL) {
        abort();
    }
    int32_t status = sanscsi_url_parse((const char *)text.data, text.size, buffer, size, &url);
    FUZZ_HOLDS(status == SANSCSI_BUFFER_TOO_SMALL ||
                   (status == SANSCSI_OK && urls_equal(&url, wanted)),
               "a small buffer is enough or told to be too small");
    free(buffer);
}

static void check_url(struct span text, size_t small) {
    uint8_t written[SCRATCH];
    char other[SCRATCH];
    struct builder out;
    sanscsi_url url = {.size = sizeof(url)};
    sanscsi_url parsed = {.size = sizeof(parsed)};
    char *buffer = malloc(text.size + 8); /* "always enough" */
    if (buffer == NULL) {
        abort();
    }
    if (text.size == 0) {
        free(buffer);
        return;
    }
    int32_t status =
        sanscsi_url_parse((const char *)text.data, text.size, buffer, text.size + 8, &url);
    FUZZ_HOLDS(status != SANSCSI_BUFFER_TOO_SMALL, "length + 8 bytes are always enough");
    if (status == SANSCSI_OK) {
        FUZZ_HOLDS(sanscsi_name_check(url.target, strlen(url.target)) == SANSCSI_OK,
                   "the target of a URL has a legal name");
        if (url.secret != NULL) {
            check_secret(text, url.secret);
        }
        FUZZ_HOLDS(url.lun <= 16383 && url.port >= 1 && url.port <= UINT16_MAX,
                   "unit and port of a URL are in range");
        sanscsi_builder_init(&out, written, sizeof(written));
        put_url(&out, &url);
        FUZZ_HOLDS(!out.overflow &&
                       sanscsi_url_parse((const char *)written, out.size, other, sizeof(other),
                                         &parsed) == SANSCSI_OK &&
                       urls_equal(&url, &parsed),
                   "a URL that was written is read as the same");
        check_small_buffer(text, small % (text.size + 8), &url);
    }
    free(buffer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct reader input;
    sanscsi_reader_init(&input, data, size);
    size_t small = sanscsi_reader_u8(&input);
    struct span text = fuzz_rest(&input);
    text.size = text.size < INPUT_MOST ? text.size : INPUT_MOST;
    check_name(text);
    check_portal(text);
    check_url(text, small);
    return 0;
}
