/* CRC32C: known vectors, and every implementation against one that takes a bit a step. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <iscsi/initiator.h>

#include "base/bytes.h"
#include "wire/crc32c.h"
#include "wire/crc32c_tables.h"

typedef uint32_t (*implementation)(uint32_t crc, const void *data, size_t size);

static uint32_t chosen(uint32_t crc, const void *data, size_t size) {
    return sanscsi_crc32c(NULL, crc, data, size);
}

#define MAX_IMPLEMENTATIONS 3

/* All that this machine can run. */
static size_t implementations(implementation found[MAX_IMPLEMENTATIONS]) {
    size_t count = 0;
    found[count++] = chosen;
    found[count++] = sanscsi_crc32c_portable;
#if CRC32C_X86 || CRC32C_ARM64
    if (sanscsi_crc32c_instructions_usable()) {
        found[count++] = sanscsi_crc32c_instructions;
    }
#endif
    return count;
}

/* The reference, from the definition in RFC 7143 13.1 alone; a state has no complements. */
static uint32_t times_x(uint32_t state) {
    return (state >> 1) ^ ((state & 1) != 0 ? UINT32_C(0x82f63b78) : 0);
}

static uint32_t reference(uint32_t crc, const uint8_t *data, size_t size) {
    uint32_t state = ~crc;
    for (size_t i = 0; i < size; i++) {
        state ^= data[i];
        for (int bit = 0; bit < 8; bit++) {
            state = times_x(state);
        }
    }
    return ~state;
}

static uint32_t random_word(uint64_t *seed) {
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*seed >> 32);
}

static void fill(uint8_t *data, size_t size, uint64_t seed) {
    for (size_t i = 0; i < size; i++) {
        data[i] = (uint8_t)random_word(&seed);
    }
}

struct vector {
    const char *name;
    uint8_t data[48];
    size_t size;
    uint8_t digest[4]; /* as on the wire */
};

/* RFC 7143 appendix A.4, and the check value of the CRC catalogues. */
static const struct vector vectors[] = {
    {"zeros", {0}, 32, {0xaa, 0x36, 0x91, 0x8a}},
    {"ones",
     {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
      0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
      0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff},
     32,
     {0x43, 0xab, 0xa8, 0x62}},
    {"rising",
     {0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a,
      0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15,
      0x16, 0x17, 0x18, 0x19, 0x1a, 0x1b, 0x1c, 0x1d, 0x1e, 0x1f},
     32,
     {0x4e, 0x79, 0xdd, 0x46}},
    {"falling",
     {0x1f, 0x1e, 0x1d, 0x1c, 0x1b, 0x1a, 0x19, 0x18, 0x17, 0x16, 0x15,
      0x14, 0x13, 0x12, 0x11, 0x10, 0x0f, 0x0e, 0x0d, 0x0c, 0x0b, 0x0a,
      0x09, 0x08, 0x07, 0x06, 0x05, 0x04, 0x03, 0x02, 0x01, 0x00},
     32,
     {0x5c, 0xdb, 0x3f, 0x11}},
    {"READ(10) command",
     {0x01, 0xc0, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
      0x00, 0x00, 0x00, 0x00, 0x14, 0x00, 0x00, 0x00, 0x00, 0x00, 0x04, 0x00,
      0x00, 0x00, 0x00, 0x14, 0x00, 0x00, 0x00, 0x18, 0x28, 0x00, 0x00, 0x00,
      0x00, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00},
     48,
     {0x56, 0x3a, 0x96, 0xd9}},
    {"123456789", "123456789", 9, {0x83, 0x92, 0x06, 0xe3}},
};

static void test_vectors(void **state) {
    (void)state;
    implementation all[MAX_IMPLEMENTATIONS];
    size_t count = implementations(all);
    for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
        const struct vector *v = &vectors[i];
        for (size_t k = 0; k < count; k++) {
            uint8_t digest[4];
            store_le32(digest, all[k](0, v->data, v->size));
            assert_memory_equal(digest, v->digest, sizeof(digest));
        }
    }
}

static void test_nothing(void **state) {
    (void)state;
    implementation all[MAX_IMPLEMENTATIONS];
    size_t count = implementations(all);
    for (size_t k = 0; k < count; k++) {
        assert_int_equal(all[k](0, NULL, 0), 0);
        assert_int_equal(all[k](UINT32_C(0x01020304), NULL, 0), UINT32_C(0x01020304));
    }
}

/* Every length from 0 to 1024 at every alignment from 0 to 15. */
static void test_lengths_and_alignments(void **state) {
    (void)state;
    implementation all[MAX_IMPLEMENTATIONS];
    size_t count = implementations(all);
    _Alignas(16) uint8_t data[1024 + 15];
    fill(data, sizeof(data), 1);
    for (size_t alignment = 0; alignment < 16; alignment++) {
        const uint8_t *start = data + alignment;
        uint32_t expected = 0; /* grows with the length */
        for (size_t length = 0; length <= 1024; length++) {
            for (size_t k = 0; k < count; k++) {
                assert_int_equal(all[k](0, start, length), expected);
            }
            if (length < 1024) {
                expected = reference(expected, start + length, 1);
            }
        }
    }
}

/* Lengths around the borders where the lanes of CRC instructions begin and end. */
static void test_lane_borders(void **state) {
    (void)state;
    implementation all[MAX_IMPLEMENTATIONS];
    size_t count = implementations(all);
    const size_t borders[] = {3 * CRC32C_LANE_SHORT, 6 * CRC32C_LANE_SHORT, 3 * CRC32C_LANE_LONG,
                              3 * CRC32C_LANE_LONG + 3 * CRC32C_LANE_SHORT, 6 * CRC32C_LANE_LONG};
    static uint8_t data[6 * CRC32C_LANE_LONG + 17];
    fill(data, sizeof(data), 2);
    for (size_t b = 0; b < sizeof(borders) / sizeof(borders[0]); b++) {
        for (size_t length = borders[b] - 17; length <= borders[b] + 17; length++) {
            uint32_t expected = reference(UINT32_C(0xdeadbeef), data, length);
            for (size_t k = 0; k < count; k++) {
                assert_int_equal(all[k](UINT32_C(0xdeadbeef), data, length), expected);
            }
        }
    }
}

#define LARGE ((size_t)1 << 20)

/* Pieces of random sizes, small and large, give what the whole gives. */
static void test_split_at_random(void **state) {
    (void)state;
    implementation all[MAX_IMPLEMENTATIONS];
    size_t count = implementations(all);
    uint8_t *data = malloc(LARGE);
    assert_non_null(data);
    uint64_t seed = 3;
    for (int round = 0; round < 4; round++) {
        fill(data, LARGE, (uint64_t)round + 100);
        uint32_t expected = reference(0, data, LARGE);
        for (size_t k = 0; k < count; k++) {
            assert_int_equal(all[k](0, data, LARGE), expected);
            uint32_t crc = 0;
            size_t done = 0;
            while (done < LARGE) {
                size_t limit = (size_t)1 << (random_word(&seed) % 16);
                size_t piece = random_word(&seed) % (limit + 1);
                piece = piece < LARGE - done ? piece : LARGE - done;
                crc = all[k](crc, data + done, piece);
                done += piece;
            }
            assert_int_equal(crc, expected);
        }
    }
    free(data);
}

/* One flipped bit anywhere changes the result. */
static void test_flipped_bits(void **state) {
    (void)state;
    implementation all[MAX_IMPLEMENTATIONS];
    size_t count = implementations(all);
    uint8_t data[3 * CRC32C_LANE_SHORT + 11];
    fill(data, sizeof(data), 4);
    for (size_t k = 0; k < count; k++) {
        uint32_t whole = all[k](0, data, sizeof(data));
        for (size_t bit = 0; bit < sizeof(data) * 8; bit++) {
            data[bit / 8] = (uint8_t)(data[bit / 8] ^ (1u << bit % 8));
            assert_int_not_equal(all[k](0, data, sizeof(data)), whole);
            data[bit / 8] = (uint8_t)(data[bit / 8] ^ (1u << bit % 8));
        }
    }
}

static uint32_t times_power(uint32_t state, size_t exponent) {
    for (size_t i = 0; i < exponent; i++) {
        state = times_x(state);
    }
    return state;
}

/* The constants of the table file, bit by bit. */
static void test_tables(void **state) {
    (void)state;
    for (uint32_t byte = 0; byte < 256; byte++) {
        for (size_t k = 0; k < 8; k++) {
            assert_int_equal(crc32c_slices[k][byte], times_power(byte, 8 * (k + 1)));
        }
    }
    const size_t lanes[] = {CRC32C_LANE_LONG, CRC32C_LANE_SHORT};
    for (size_t kind = 0; kind < 2; kind++) {
        for (size_t n = 0; n < 2; n++) {
            size_t bits = 8 * lanes[kind] * (n + 1);
            assert_int_equal(crc32c_factors[kind][n], times_power(UINT32_C(0x80000000), bits - 33));
            for (uint32_t digit = 0; digit < 128; digit++) {
                uint32_t value = (digit % 16) << (4 * (digit / 16));
                assert_int_equal(crc32c_moves[kind][n][digit / 16][digit % 16],
                                 times_power(value, bits));
            }
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_lengths_and_alignments),
        cmocka_unit_test(test_lane_borders),
        cmocka_unit_test(test_split_at_random),
        cmocka_unit_test(test_flipped_bits),
        cmocka_unit_test(test_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
