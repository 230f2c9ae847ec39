/* What tests of the SCSI layer share: CDBs compared byte by byte, parsers fed exact copies. */
#ifndef SANSCSI_UNIT_TEST_SCSI_H
#define SANSCSI_UNIT_TEST_SCSI_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A copy of exactly `size` bytes, so that a sanitizer sees every read behind them. */
static inline uint8_t *exactly(const uint8_t *bytes, size_t size) {
    uint8_t *copy = malloc(size == 0 ? 1 : size);
    assert_non_null(copy);
    memcpy(copy, bytes, size);
    return copy;
}

/* Parses an exact-size copy into a dirty output. What the output borrows is gone afterwards. */
#define PARSE(parse, bytes, length, output)                                                        \
    do {                                                                                           \
        uint8_t *copy = exactly(bytes, length);                                                    \
        memset(output, 0xee, sizeof(*(output)));                                                   \
        (output)->size = sizeof(*(output));                                                        \
        status = parse(copy, length, output);                                                      \
        free(copy);                                                                                \
    } while (0)

/* Every cut of `length` good bytes is TRUNCATED, the whole is OK. */
#define ASSERT_CUTS_TRUNCATED(parse, bytes, length, output)                                        \
    do {                                                                                           \
        for (size_t cut = 0; cut <= (length); cut++) {                                             \
            int32_t status;                                                                        \
            PARSE(parse, bytes, cut, output);                                                      \
            assert_int_equal(status, cut < (length) ? SANSCSI_TRUNCATED : SANSCSI_OK);             \
        }                                                                                          \
    } while (0)

/* A parser refuses what it cannot fill and data that is not there. */
#define ASSERT_ARGUMENTS_CHECKED(parse, type)                                                      \
    do {                                                                                           \
        uint8_t zeros[64] = {0};                                                                   \
        type output = {.size = sizeof(output) - 1};                                                \
        assert_int_equal(parse(zeros, sizeof(zeros), &output), SANSCSI_INVALID_ARGUMENT);          \
        output.size = sizeof(output);                                                              \
        assert_int_equal(parse(NULL, 1, &output), SANSCSI_INVALID_ARGUMENT);                       \
        assert_int_equal(parse(zeros, sizeof(zeros), NULL), SANSCSI_INVALID_ARGUMENT);             \
        assert_int_equal(parse(NULL, 0, &output), SANSCSI_TRUNCATED);                              \
    } while (0)

/* A CDB whose unused bytes, which were dirty, are 0. */
#define ASSERT_CDB(call, length, ...)                                                              \
    do {                                                                                           \
        static const uint8_t expected[16] = {__VA_ARGS__};                                         \
        uint8_t cdb[16];                                                                           \
        memset(cdb, 0xee, 16);                                                                     \
        assert_int_equal(call, length);                                                            \
        assert_memory_equal(cdb, expected, 16);                                                    \
    } while (0)

#define ASSERT_REFUSED(call)                                                                       \
    do {                                                                                           \
        uint8_t cdb[16];                                                                           \
        uint8_t before[16];                                                                        \
        memset(cdb, 0xee, 16);                                                                     \
        memset(before, 0xee, 16);                                                                  \
        assert_int_equal(call, 0);                                                                 \
        assert_memory_equal(cdb, before, 16);                                                      \
    } while (0)

/* What a builder of parameter data wrote: `call` uses data, size and length. In less
 * room nothing is written at all. */
#define ASSERT_BUILT(call, ...)                                                                    \
    do {                                                                                           \
        static const uint8_t expected[] = {__VA_ARGS__};                                           \
        size_t size = sizeof(expected);                                                            \
        size_t length = 0;                                                                         \
        uint8_t *data = malloc(size);                                                              \
        assert_non_null(data);                                                                     \
        memset(data, 0xee, size);                                                                  \
        assert_int_equal(call, SANSCSI_OK);                                                        \
        assert_int_equal(length, sizeof(expected));                                                \
        assert_memory_equal(data, expected, sizeof(expected));                                     \
        free(data);                                                                                \
        for (size = 0; size < sizeof(expected); size++) {                                          \
            length = 77;                                                                           \
            data = malloc(size + 1);                                                               \
            assert_non_null(data);                                                                 \
            memset(data, 0xee, size + 1);                                                          \
            assert_int_equal(call, SANSCSI_BUFFER_TOO_SMALL);                                      \
            assert_int_equal(length, 77);                                                          \
            for (size_t at = 0; at <= size; at++) {                                                \
                assert_int_equal(data[at], 0xee);                                                  \
            }                                                                                      \
            free(data);                                                                            \
        }                                                                                          \
    } while (0)

#define ASSERT_NOT_BUILT(call, expected_status)                                                    \
    do {                                                                                           \
        uint8_t data[64];                                                                          \
        size_t size = sizeof(data);                                                                \
        size_t length = 77;                                                                        \
        memset(data, 0xee, size);                                                                  \
        assert_int_equal(call, expected_status);                                                   \
        assert_int_equal(length, 77);                                                              \
        for (size = 0; size < sizeof(data); size++) {                                              \
            assert_int_equal(data[size], 0xee);                                                    \
        }                                                                                          \
    } while (0)

#endif
