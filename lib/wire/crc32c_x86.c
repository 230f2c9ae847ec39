/* CRC32C by the instructions of SSE4.2, three lanes at a time, joined by PCLMULQDQ. */
#include "wire/crc32c.h"

#if CRC32C_X86

#include <cpuid.h>

#include "base/raw.h"
#include "wire/crc32c_tables.h"

/*
 * One CRC instruction takes eight bytes and three cycles, but one may start in each cycle. So three
 * neighbouring lanes of equal length run side by side, and their states are joined: a state moves
 * over n bytes when it is multiplied by x^(8n). The product of state and factor is left with 63
 * bits and goes into the last step of the third lane, which reduces it. That step itself
 * multiplies by x^32, and reflection leaves the product one place off; hence x^(8n - 33).
 *
 * The compiler's builtins stand here instead of its intrinsics, because gcc's headers for those
 * include <stdlib.h>, which a freestanding build does not have.
 */
#define INSTRUCTIONS __attribute__((target("sse4.2,pclmul")))

typedef long long vector __attribute__((vector_size(16)));

static uint64_t load_word(const uint8_t *p) {
    uint64_t word;
    memcpy(&word, p, sizeof(word));
    return word;
}

INSTRUCTIONS static uint64_t product(uint64_t state, uint32_t factor) {
    vector a = {(long long)state, 0};
    vector b = {(long long)factor, 0};
    vector c = __builtin_ia32_pclmulqdq128(a, b, 0);
    return (uint64_t)c[0];
}

/* The state after three lanes of `lane` bytes, a multiple of eight. */
INSTRUCTIONS static uint64_t three_lanes(uint64_t state, const uint8_t *p, size_t lane,
                                         const uint32_t factors[2]) {
    uint64_t first = state;
    uint64_t second = 0;
    uint64_t third = 0;
    const uint8_t *last = p + lane - 8;
    for (; p < last; p += 8) {
        first = __builtin_ia32_crc32di(first, load_word(p));
        second = __builtin_ia32_crc32di(second, load_word(p + lane));
        third = __builtin_ia32_crc32di(third, load_word(p + 2 * lane));
    }
    first = __builtin_ia32_crc32di(first, load_word(p));
    second = __builtin_ia32_crc32di(second, load_word(p + lane));
    uint64_t moved = product(first, factors[1]) ^ product(second, factors[0]);
    return __builtin_ia32_crc32di(third, load_word(p + 2 * lane) ^ moved);
}

INSTRUCTIONS uint32_t sanscsi_crc32c_instructions(uint32_t crc, const void *data, size_t size) {
    const uint8_t *p = data;
    uint64_t state = ~crc;
    for (; size >= 3 * CRC32C_LANE_LONG; size -= 3 * CRC32C_LANE_LONG) {
        state = three_lanes(state, p, CRC32C_LANE_LONG, crc32c_factors[0]);
        p += 3 * CRC32C_LANE_LONG;
    }
    for (; size >= 3 * CRC32C_LANE_SHORT; size -= 3 * CRC32C_LANE_SHORT) {
        state = three_lanes(state, p, CRC32C_LANE_SHORT, crc32c_factors[1]);
        p += 3 * CRC32C_LANE_SHORT;
    }
    for (; size >= 8; size -= 8, p += 8) {
        state = __builtin_ia32_crc32di(state, load_word(p));
    }
    for (; size > 0; size--, p++) {
        state = __builtin_ia32_crc32qi((uint32_t)state, *p);
    }
    return ~(uint32_t)state;
}

bool sanscsi_crc32c_instructions_usable(void) {
    unsigned eax;
    unsigned ebx;
    unsigned ecx;
    unsigned edx;
    const unsigned needed = bit_SSE4_2 | bit_PCLMUL;
    return __get_cpuid(1, &eax, &ebx, &ecx, &edx) != 0 && (ecx & needed) == needed;
}

#endif
