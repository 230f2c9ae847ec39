/* Writes bytes or text into a block of fixed size; a write that does not fit sticks as an error. */
#ifndef SANSCSI_BASE_BUILDER_H
#define SANSCSI_BASE_BUILDER_H

#include "base/span.h"

struct builder {
    uint8_t *data;
    size_t capacity;
    size_t size;   /* bytes written, never beyond capacity */
    bool overflow; /* sticky: something did not fit and was left out whole */
};

void sanscsi_builder_init(struct builder *builder, void *data, size_t capacity);

void sanscsi_builder_u8(struct builder *builder, uint8_t value);
void sanscsi_builder_be16(struct builder *builder, uint16_t value);
void sanscsi_builder_be32(struct builder *builder, uint32_t value);
void sanscsi_builder_be64(struct builder *builder, uint64_t value);
void sanscsi_builder_bytes(struct builder *builder, const void *data, size_t size);
void sanscsi_builder_zeros(struct builder *builder, size_t size);
void sanscsi_builder_span(struct builder *builder, struct span span);

/* Text: one of our own strings; a number to any base up to 16, of at least `digits` digits; a
 * decimal one; a hexadecimal one of at least `digits` digits; none with a prefix. */
void sanscsi_builder_string(struct builder *builder, const char *text);
void sanscsi_builder_number(struct builder *builder, uint64_t value, unsigned base,
                            unsigned digits);
void sanscsi_builder_decimal(struct builder *builder, uint64_t value);
void sanscsi_builder_hex(struct builder *builder, uint64_t value, unsigned digits);

#endif
