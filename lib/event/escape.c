/* Escaping of what cannot be shown as it is: for people (\xNN, \u{XXXX}) and for JSON (\uXXXX). */
#include "event/escape.h"

#include <iscsi/event.h>

#include "base/builder.h"
#include "event/utf8.h"

#define REPLACEMENT_CHARACTER 0xfffd

/* Code points that are invisible or that change how the text around them is shown. */
struct range {
    uint32_t first;
    uint32_t last;
};

static const struct range hidden[] = {
    {0x0000, 0x001f},   /* C0 */
    {0x007f, 0x009f},   /* DEL and C1 */
    {0x00ad, 0x00ad},   /* soft hyphen */
    {0x061c, 0x061c},   /* Arabic letter mark */
    {0x180e, 0x180e},   /* Mongolian vowel separator */
    {0x200b, 0x200f},   /* zero-width characters, direction marks */
    {0x2028, 0x202e},   /* line and paragraph separators, bidirectional overrides */
    {0x2060, 0x206f},   /* invisible operators, bidirectional isolates */
    {0xfeff, 0xfeff},   /* byte order mark */
    {0xfff9, 0xfffb},   /* interlinear annotations */
    {0xe0000, 0xe007f}, /* tags */
};

static bool is_hidden(uint32_t code) {
    for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++) {
        if (code >= hidden[i].first && code <= hidden[i].last) {
            return true;
        }
    }
    return false;
}

/* Writes `before`, the number, `after` as one unit. */
static void write_number(struct sink *sink, const char *before, uint32_t number, unsigned digits,
                         const char *after) {
    uint8_t unit[16];
    struct builder builder;
    sanscsi_builder_init(&builder, unit, sizeof(unit));
    sanscsi_builder_string(&builder, before);
    sanscsi_builder_hex(&builder, number, digits);
    sanscsi_builder_string(&builder, after);
    sanscsi_sink_unit(sink, span_of(unit, builder.size));
}

static void write_invalid(struct sink *sink, struct span bytes) {
    for (size_t i = 0; i < bytes.size; i++) {
        write_number(sink, "\\x", bytes.data[i], 2, "");
    }
}

void sanscsi_write_escaped(struct sink *sink, struct span text, bool quotes) {
    struct reader reader;
    sanscsi_reader_init(&reader, text.data, text.size);
    while (sanscsi_reader_left(&reader) > 0) {
        struct character c = sanscsi_utf8_next(&reader);
        if (!c.valid) {
            write_invalid(sink, c.bytes);
        } else if (c.code == '\\') {
            sanscsi_sink_unit(sink, SPAN_LITERAL("\\\\"));
        } else if (c.code == '"' && quotes) {
            sanscsi_sink_unit(sink, SPAN_LITERAL("\\\""));
        } else if (!is_hidden(c.code)) {
            sanscsi_sink_unit(sink, c.bytes);
        } else if (c.code < 0x80) {
            write_number(sink, "\\x", c.code, 2, "");
        } else {
            write_number(sink, "\\u{", c.code, 4, "}");
        }
    }
}

/* \uXXXX, or two of them beyond the basic plane (RFC 8259 7), as one unit. */
static void write_json_code(struct sink *sink, uint32_t code) {
    uint8_t unit[12];
    struct builder builder;
    sanscsi_builder_init(&builder, unit, sizeof(unit));
    sanscsi_builder_string(&builder, "\\u");
    if (code > 0xffff) {
        sanscsi_builder_hex(&builder, 0xd800 + ((code - 0x10000) >> 10), 4);
        sanscsi_builder_string(&builder, "\\u");
        code = 0xdc00 + ((code - 0x10000) & 0x3ff);
    }
    sanscsi_builder_hex(&builder, code, 4);
    sanscsi_sink_unit(sink, span_of(unit, builder.size));
}

void sanscsi_write_escaped_json(struct sink *sink, struct span text) {
    struct reader reader;
    sanscsi_reader_init(&reader, text.data, text.size);
    while (sanscsi_reader_left(&reader) > 0) {
        struct character c = sanscsi_utf8_next(&reader);
        if (!c.valid) {
            write_json_code(sink, REPLACEMENT_CHARACTER);
        } else if (c.code == '\\') {
            sanscsi_sink_unit(sink, SPAN_LITERAL("\\\\"));
        } else if (c.code == '"') {
            sanscsi_sink_unit(sink, SPAN_LITERAL("\\\""));
        } else if (is_hidden(c.code)) {
            write_json_code(sink, c.code);
        } else {
            sanscsi_sink_unit(sink, c.bytes);
        }
    }
}

size_t sanscsi_escape(const void *bytes, size_t length, char *buffer, size_t size) {
    struct sink sink;
    sanscsi_sink_init(&sink, buffer, size);
    sanscsi_write_escaped(&sink, span_of(bytes, bytes == NULL ? 0 : length), false);
    return sanscsi_sink_finish(&sink);
}

size_t sanscsi_escape_json(const void *bytes, size_t length, char *buffer, size_t size) {
    struct sink sink;
    sanscsi_sink_init(&sink, buffer, size);
    sanscsi_write_escaped_json(&sink, span_of(bytes, bytes == NULL ? 0 : length));
    return sanscsi_sink_finish(&sink);
}
