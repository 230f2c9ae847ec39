/* Builds without digests: CRC32C bit by bit, right but too slow to run over what goes by. */
#include <iscsi/initiator.h>

#include "wire/crc32c.h"

const bool sanscsi_crc32c_fit_for_digests = false;

/* RFC 7143 13.1: the polynomial 0x1EDC6F41, its bits the other way round. */
uint32_t sanscsi_crc32c(void *context, uint32_t crc, const void *data, size_t size) {
    (void)context;
    const uint8_t *p = data;
    uint32_t state = ~crc;
    for (size_t i = 0; i < size; i++) {
        state ^= p[i];
        for (unsigned bit = 0; bit < 8; bit++) {
            state = state >> 1 ^ (UINT32_C(0x82f63b78) & (0u - (state & 1)));
        }
    }
    return ~state;
}
