/* A growing buffer and CRC32C for the test target. */
#include "support/target_bytes.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

void bytes_add(struct bytes *bytes, const void *data, size_t size) {
    if (bytes->taken == bytes->size) {
        bytes->taken = 0;
        bytes->size = 0;
    }
    if (bytes->size + size > bytes->capacity) {
        size_t capacity = 2 * (bytes->size + size);
        uint8_t *grown = realloc(bytes->data, capacity);
        if (grown == NULL) {
            abort();
        }
        bytes->data = grown;
        bytes->capacity = capacity;
    }
    if (size > 0) {
        memcpy(bytes->data + bytes->size, data, size);
        bytes->size += size;
    }
}

void bytes_take(struct bytes *bytes, size_t size) {
    bytes->taken += size;
}

void bytes_free(struct bytes *bytes) {
    free(bytes->data);
    memset(bytes, 0, sizeof(*bytes));
}

uint32_t target_crc32c(uint32_t crc, const uint8_t *data, size_t size) {
    static uint32_t table[256];
    static bool made;
    if (!made) {
        for (uint32_t i = 0; i < 256; i++) {
            uint32_t value = i;
            for (int bit = 0; bit < 8; bit++) {
                value = (value & 1) != 0 ? value >> 1 ^ UINT32_C(0x82f63b78) : value >> 1;
            }
            table[i] = value;
        }
        made = true;
    }
    crc = ~crc;
    for (size_t i = 0; i < size; i++) {
        crc = table[(crc ^ data[i]) & 0xff] ^ crc >> 8;
    }
    return ~crc;
}
