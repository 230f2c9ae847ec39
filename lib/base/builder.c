/* Writes bytes or text into a block of fixed size. */
#include "base/builder.h"

#include "base/bytes.h"
#include "base/divide.h"

void sanscsi_builder_init(struct builder *builder, void *data, size_t capacity) {
    builder->data = data;
    builder->capacity = capacity;
    builder->size = 0;
    builder->overflow = false;
}

/* Room for `size` more bytes, or NULL after marking the overflow. */
static uint8_t *extend(struct builder *builder, size_t size) {
    if (builder->overflow || size > builder->capacity - builder->size) {
        builder->overflow = true;
        return NULL;
    }
    uint8_t *at = builder->data + builder->size;
    builder->size += size;
    return at;
}

void sanscsi_builder_u8(struct builder *builder, uint8_t value) {
    uint8_t *p = extend(builder, 1);
    if (p != NULL) {
        p[0] = value;
    }
}

void sanscsi_builder_be16(struct builder *builder, uint16_t value) {
    uint8_t *p = extend(builder, 2);
    if (p != NULL) {
        store_be16(p, value);
    }
}

void sanscsi_builder_be32(struct builder *builder, uint32_t value) {
    uint8_t *p = extend(builder, 4);
    if (p != NULL) {
        store_be32(p, value);
    }
}

void sanscsi_builder_be64(struct builder *builder, uint64_t value) {
    uint8_t *p = extend(builder, 8);
    if (p != NULL) {
        store_be64(p, value);
    }
}

void sanscsi_builder_bytes(struct builder *builder, const void *data, size_t size) {
    uint8_t *p = size == 0 ? NULL : extend(builder, size);
    if (p != NULL) {
        memcpy(p, data, size);
    }
}

void sanscsi_builder_zeros(struct builder *builder, size_t size) {
    uint8_t *p = size == 0 ? NULL : extend(builder, size);
    if (p != NULL) {
        memset(p, 0, size);
    }
}

void sanscsi_builder_span(struct builder *builder, struct span span) {
    sanscsi_builder_bytes(builder, span.data, span.size);
}

void sanscsi_builder_string(struct builder *builder, const char *text) {
    sanscsi_builder_span(builder, span_of_string(text));
}

void sanscsi_builder_number(struct builder *builder, uint64_t value, unsigned base,
                            unsigned digits) {
    char text[20];
    size_t at = sizeof(text);
    do {
        uint32_t digit;
        value = sanscsi_divide(value, base, &digit);
        text[--at] = "0123456789abcdef"[digit];
        digits -= digits > 0;
    } while (at > 0 && (value > 0 || digits > 0));
    sanscsi_builder_bytes(builder, text + at, sizeof(text) - at);
}

void sanscsi_builder_decimal(struct builder *builder, uint64_t value) {
    sanscsi_builder_number(builder, value, 10, 1);
}

void sanscsi_builder_hex(struct builder *builder, uint64_t value, unsigned digits) {
    sanscsi_builder_number(builder, value, 16, digits);
}
