/* CRC32C by tables, eight bytes a step, on any processor. */
#include "wire/crc32c.h"

#include "base/bytes.h"
#include "wire/crc32c_tables.h"

/* The state after eight more bytes: each byte's share depends on how many come behind it. */
static uint32_t eight_bytes(uint32_t state, const uint8_t *p) {
    uint32_t low = state ^ load_le32(p);
    uint32_t high = load_le32(p + 4);
    return crc32c_slices[7][low & 0xff] ^ crc32c_slices[6][(low >> 8) & 0xff] ^
           crc32c_slices[5][(low >> 16) & 0xff] ^ crc32c_slices[4][low >> 24] ^
           crc32c_slices[3][high & 0xff] ^ crc32c_slices[2][(high >> 8) & 0xff] ^
           crc32c_slices[1][(high >> 16) & 0xff] ^ crc32c_slices[0][high >> 24];
}

uint32_t sanscsi_crc32c_portable(uint32_t crc, const void *data, size_t size) {
    const uint8_t *p = data;
    uint32_t state = ~crc;
    for (; size >= 8; size -= 8, p += 8) {
        state = eight_bytes(state, p);
    }
    for (; size > 0; size--, p++) {
        state = (state >> 8) ^ crc32c_slices[0][(state ^ *p) & 0xff];
    }
    return ~state;
}
