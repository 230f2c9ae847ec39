/* The builder: room of any size up to BOUND or TEXT, any bytes, numbers of 32 bits. */
#include "base/builder.h"
#include "input.h"
#include "text/pairs.h"
#include "text/values.h"

#define BOUND 20
#define TEXT 12 /* more than 4 bytes make in hex, base64 or a pair */
#define BYTES 4

/* Every kind of write in turn, until the room is full or not. */
void build(void) {
    uint8_t room[BOUND + 1], source[BYTES];
    size_t capacity = any_size(BOUND);
    //@ split capacity;
    size_t size = any_size(BYTES);
    //@ split size;
    const uint8_t *bytes = any_bytes(source + (BYTES - size), size);
    uint8_t *start = room + (BOUND - capacity);
    struct builder builder;
    room[BOUND] = 0xa5;
    sanscsi_builder_init(&builder, start, capacity);
    sanscsi_builder_u8(&builder, 1);
    sanscsi_builder_be16(&builder, 2);
    sanscsi_builder_bytes(&builder, bytes, size);
    sanscsi_builder_be32(&builder, 3);
    sanscsi_builder_zeros(&builder, size);
    sanscsi_builder_be64(&builder, 4);
    //@ assert builder.overflow <==> 15 + 2 * size > capacity;
    //@ assert builder.overflow ==> builder.size < 15 + 2 * size;
    //@ assert !builder.overflow ==> builder.size == 15 + 2 * size;
    //@ assert 0 < builder.size <= capacity ==> \initialized(start + (0 .. builder.size - 1));
    //@ assert builder.size <= capacity && room[BOUND] == 0xa5;
}

void build_text(void) {
    uint8_t room[TEXT], source[BYTES];
    size_t capacity = any_size(TEXT);
    //@ split capacity;
    size_t size = any_size(BYTES);
    //@ split size;
    const uint8_t *bytes = any_bytes(source + (BYTES - size), size);
    uint8_t *start = room + (TEXT - capacity);
    struct builder hex, base64, pair;
    sanscsi_builder_init(&hex, start, capacity);
    sanscsi_value_put_hex(&hex, span_of(bytes, size));
    //@ assert hex.overflow <==> 2 + 2 * size > capacity;
    //@ assert !hex.overflow ==> hex.size == 2 + 2 * size;
    sanscsi_builder_init(&base64, start, capacity);
    sanscsi_value_put_base64(&base64, span_of(bytes, size));
    //@ assert base64.overflow <==> 2 + (size + 2) / 3 * 4 > capacity;
    //@ assert !base64.overflow ==> base64.size == 2 + (size + 2) / 3 * 4;
    sanscsi_builder_init(&pair, start, capacity);
    sanscsi_pair_put(&pair, "Key", span_of(bytes, size));
    //@ assert pair.overflow <==> 5 + size > capacity;
    //@ assert !pair.overflow ==> pair.size == 5 + size;
}

void build_decimal(void) {
    uint8_t room[BOUND];
    uint64_t value = Frama_C_unsigned_long_interval(0, UINT32_MAX);
    struct builder builder;
    sanscsi_builder_init(&builder, room, BOUND);
    sanscsi_builder_decimal(&builder, value);
    //@ assert !builder.overflow && 1 <= builder.size <= 10;
    sanscsi_builder_init(&builder, room, BOUND);
    sanscsi_builder_hex(&builder, value, 8);
    //@ assert !builder.overflow && builder.size == 8;
}
