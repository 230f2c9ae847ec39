/* A cursor over bytes from a peer: the one place that does arithmetic on them. */
#include "base/reader.h"

#include "base/bytes.h"

void sanscsi_reader_init(struct reader *reader, const void *data, size_t size) {
    reader->data = data;
    reader->size = size;
    reader->position = 0;
    reader->failed = false;
}

size_t sanscsi_reader_left(const struct reader *reader) {
    return reader->failed ? 0 : reader->size - reader->position;
}

/* The next `size` bytes, or NULL after marking the failure. */
static const uint8_t *advance(struct reader *reader, size_t size) {
    if (size > sanscsi_reader_left(reader)) {
        reader->failed = true;
        return NULL;
    }
    const uint8_t *at = reader->data + reader->position;
    reader->position += size;
    return at;
}

uint8_t sanscsi_reader_u8(struct reader *reader) {
    const uint8_t *p = advance(reader, 1);
    return p == NULL ? 0 : p[0];
}

uint16_t sanscsi_reader_be16(struct reader *reader) {
    const uint8_t *p = advance(reader, 2);
    return p == NULL ? 0 : load_be16(p);
}

uint32_t sanscsi_reader_be24(struct reader *reader) {
    const uint8_t *p = advance(reader, 3);
    return p == NULL ? 0 : load_be24(p);
}

uint32_t sanscsi_reader_be32(struct reader *reader) {
    const uint8_t *p = advance(reader, 4);
    return p == NULL ? 0 : load_be32(p);
}

uint64_t sanscsi_reader_be64(struct reader *reader) {
    const uint8_t *p = advance(reader, 8);
    return p == NULL ? 0 : load_be64(p);
}

struct span sanscsi_reader_take(struct reader *reader, size_t size) {
    if (size == 0) {
        return span_of(NULL, 0);
    }
    const uint8_t *p = advance(reader, size);
    return p == NULL ? span_of(NULL, 0) : span_of(p, size);
}

void sanscsi_reader_skip(struct reader *reader, size_t size) {
    if (size > 0) {
        (void)advance(reader, size);
    }
}

bool sanscsi_reader_until(struct reader *reader, uint8_t delimiter, struct span *taken) {
    size_t left = sanscsi_reader_left(reader);
    for (size_t i = 0; i < left; i++) {
        if (reader->data[reader->position + i] == delimiter) {
            *taken = sanscsi_reader_take(reader, i);
            sanscsi_reader_skip(reader, 1);
            return true;
        }
    }
    return false;
}
