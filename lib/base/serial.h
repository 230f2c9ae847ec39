/* Serial-number arithmetic on 32 bits for CmdSN and its kin (RFC 1982, RFC 7143 4.2.2.1). */
#ifndef SANSCSI_BASE_SERIAL_H
#define SANSCSI_BASE_SERIAL_H

#include <stdbool.h>
#include <stdint.h>

/* a comes before b. At a distance of exactly 2^31 the order is undefined; both answer false. */
static inline bool serial_less(uint32_t a, uint32_t b) {
    uint32_t distance = b - a;
    return distance != 0 && distance < UINT32_C(0x80000000);
}

static inline bool serial_less_equal(uint32_t a, uint32_t b) {
    return b - a < UINT32_C(0x80000000);
}

#endif
