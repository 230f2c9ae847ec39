/* Text written into a caller's buffer of any size: as much as fits, measured whole. */
#include "event/sink.h"

#include "base/builder.h"

/* Twice the longest unit: every byte of it may need an escape. */
#define UNIT_MAX 40

void sanscsi_sink_init(struct sink *sink, char *buffer, size_t size) {
    sink->buffer = buffer;
    sink->size = buffer == NULL ? 0 : size;
    sink->used = 0;
    sink->total = 0;
    sink->full = false;
    sink->quoting = false;
}

static void put(struct sink *sink, struct span unit) {
    sink->total = unit.size > SIZE_MAX - sink->total ? SIZE_MAX : sink->total + unit.size;
    if (sink->full || unit.size >= sink->size - sink->used) {
        sink->full = true; /* one byte stays free for the terminating zero */
        return;
    }
    memcpy(sink->buffer + sink->used, unit.data, unit.size);
    sink->used += unit.size;
}

void sanscsi_sink_unit(struct sink *sink, struct span unit) {
    uint8_t quoted[UNIT_MAX];
    struct builder builder;
    if (!sink->quoting) {
        put(sink, unit);
        return;
    }
    sanscsi_builder_init(&builder, quoted, sizeof(quoted));
    for (size_t i = 0; i < unit.size; i++) {
        if (unit.data[i] == '"' || unit.data[i] == '\\') {
            sanscsi_builder_u8(&builder, '\\');
        }
        sanscsi_builder_u8(&builder, unit.data[i]);
    }
    put(sink, span_of(quoted, builder.size));
}

void sanscsi_sink_string(struct sink *sink, const char *text) {
    struct span whole = span_of_string(text);
    for (size_t i = 0; i < whole.size; i++) {
        sanscsi_sink_unit(sink, span_of(&whole.data[i], 1));
    }
}

void sanscsi_sink_decimal(struct sink *sink, uint64_t value, unsigned digits) {
    uint8_t text[20];
    struct builder builder;
    sanscsi_builder_init(&builder, text, sizeof(text));
    sanscsi_builder_number(&builder, value, 10, digits);
    sanscsi_sink_unit(sink, span_of(text, builder.size));
}

void sanscsi_sink_hex(struct sink *sink, uint64_t value) {
    uint8_t text[18];
    struct builder builder;
    sanscsi_builder_init(&builder, text, sizeof(text));
    sanscsi_builder_string(&builder, "0x");
    sanscsi_builder_hex(&builder, value, 1);
    sanscsi_sink_unit(sink, span_of(text, builder.size));
}

size_t sanscsi_sink_finish(struct sink *sink) {
    if (sink->size > 0) {
        sink->buffer[sink->used] = '\0';
    }
    return sink->total;
}
