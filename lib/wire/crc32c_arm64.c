/* CRC32C by the CRC instructions of ARMv8, three lanes at a time, joined by tables. */
#include "wire/crc32c.h"

#if CRC32C_ARM64

#include "base/raw.h"
#include "wire/crc32c_tables.h"

/*
 * As on x86, the latency of the instruction hides behind three neighbouring lanes. Their states are
 * joined by tables of 16 words for each of a state's eight hexadecimal digits, since the carry-less
 * product is an extension of its own that common processors with CRC instructions do not have.
 *
 * The compiler's builtins stand here instead of <arm_acle.h>, which some versions of clang leave
 * empty unless the whole file is compiled for the extension.
 */
#if defined(__clang__)
#define INSTRUCTIONS __attribute__((target("crc")))

INSTRUCTIONS static uint32_t crc_word(uint32_t state, uint64_t word) {
    return __builtin_arm_crc32cd(state, word);
}

INSTRUCTIONS static uint32_t crc_byte(uint32_t state, uint8_t byte) {
    return __builtin_arm_crc32cb(state, byte);
}
#else
#define INSTRUCTIONS __attribute__((target("+crc")))

INSTRUCTIONS static uint32_t crc_word(uint32_t state, uint64_t word) {
    return __builtin_aarch64_crc32cx(state, word);
}

INSTRUCTIONS static uint32_t crc_byte(uint32_t state, uint8_t byte) {
    return __builtin_aarch64_crc32cb(state, byte);
}
#endif

static uint64_t load_word(const uint8_t *p) {
    uint64_t word;
    memcpy(&word, p, sizeof(word));
    return word;
}

static uint32_t moved(uint32_t state, const uint32_t table[8][16]) {
    return table[0][state & 15] ^ table[1][(state >> 4) & 15] ^ table[2][(state >> 8) & 15] ^
           table[3][(state >> 12) & 15] ^ table[4][(state >> 16) & 15] ^
           table[5][(state >> 20) & 15] ^ table[6][(state >> 24) & 15] ^ table[7][state >> 28];
}

/* The state after three lanes of `lane` bytes, a multiple of eight. */
INSTRUCTIONS static uint32_t three_lanes(uint32_t state, const uint8_t *p, size_t lane,
                                         const uint32_t moves[2][8][16]) {
    uint32_t first = state;
    uint32_t second = 0;
    uint32_t third = 0;
    for (const uint8_t *end = p + lane; p < end; p += 8) {
        first = crc_word(first, load_word(p));
        second = crc_word(second, load_word(p + lane));
        third = crc_word(third, load_word(p + 2 * lane));
    }
    return moved(first, moves[1]) ^ moved(second, moves[0]) ^ third;
}

INSTRUCTIONS uint32_t sanscsi_crc32c_instructions(uint32_t crc, const void *data, size_t size) {
    const uint8_t *p = data;
    uint32_t state = ~crc;
    for (; size >= 3 * CRC32C_LANE_LONG; size -= 3 * CRC32C_LANE_LONG) {
        state = three_lanes(state, p, CRC32C_LANE_LONG, crc32c_moves[0]);
        p += 3 * CRC32C_LANE_LONG;
    }
    for (; size >= 3 * CRC32C_LANE_SHORT; size -= 3 * CRC32C_LANE_SHORT) {
        state = three_lanes(state, p, CRC32C_LANE_SHORT, crc32c_moves[1]);
        p += 3 * CRC32C_LANE_SHORT;
    }
    for (; size >= 8; size -= 8, p += 8) {
        state = crc_word(state, load_word(p));
    }
    for (; size > 0; size--, p++) {
        state = crc_byte(state, *p);
    }
    return ~state;
}

#if defined(__ARM_FEATURE_CRC32)

bool sanscsi_crc32c_instructions_usable(void) {
    return true; /* the whole program is compiled for them */
}

#elif defined(__linux__) && __STDC_HOSTED__

/* Programs may not read ID registers, but Linux (4.11 on) answers the attempt in the processor's
 * place, which spares the C library's getauxval(). The CRC32 field is 0 without the extension. */
bool sanscsi_crc32c_instructions_usable(void) {
    uint64_t isar0;
    __asm__("mrs %0, ID_AA64ISAR0_EL1" : "=r"(isar0));
    return ((isar0 >> 16) & 15) != 0;
}

#else

bool sanscsi_crc32c_instructions_usable(void) {
    return false; /* no lawful way to ask: compile with -march=armv8-a+crc to have them */
}

#endif

#endif
