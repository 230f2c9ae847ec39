/* Message digests: published vectors, all lengths and splits, long lengths, wrong arguments. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <iscsi/initiator.h>
#include <iscsi/status.h>

#include "auth/hash.h"
#include "hash_cases.h"

#define UNTOUCHED 0xee
#define LONGEST 300

static sanscsi_iovec piece(const void *data, size_t size) {
    return (sanscsi_iovec){(void *)(uintptr_t)data, size};
}

static void fill(uint8_t message[LONGEST]) {
    for (size_t i = 0; i < LONGEST; i++) {
        message[i] = (uint8_t)(i % 251);
    }
}

static void assert_hex(const uint8_t *digest, size_t size, const char *expected) {
    char text[2 * SANSCSI_MAX_DIGEST + 1] = "";
    for (size_t i = 0; i < size; i++) {
        snprintf(text + 2 * i, 3, "%02x", digest[i]);
    }
    assert_string_equal(text, expected);
}

/* The digest lands at an odd address, and nothing before or behind it is touched. */
static void check(uint32_t algorithm, const sanscsi_iovec *pieces, size_t count,
                  const char *expected) {
    uint8_t room[SANSCSI_MAX_DIGEST + 4];
    size_t size = strlen(expected) / 2;
    memset(room, UNTOUCHED, sizeof(room));
    assert_int_equal(sanscsi_hash(NULL, algorithm, pieces, count, room + 1), SANSCSI_OK);
    assert_hex(room + 1, size, expected);
    assert_int_equal(room[0], UNTOUCHED);
    for (size_t i = 1 + size; i < sizeof(room); i++) {
        assert_int_equal(room[i], UNTOUCHED);
    }
}

static void published_texts_have_their_digests(void **unused) {
    (void)unused;
    for (size_t i = 0; i < text_case_count; i++) {
        const struct text_case *test = &text_cases[i];
        sanscsi_iovec whole = piece(test->message, strlen(test->message));
        check(test->algorithm, &whole, 1, test->digest);
    }
}

static void published_bytes_have_their_digests(void **unused) {
    (void)unused;
    for (size_t i = 0; i < binary_case_count; i++) {
        const struct binary_case *test = &binary_cases[i];
        uint8_t message[HASH_MAX_BLOCK];
        size_t size = strlen(test->message) / 2;
        assert_true(size <= sizeof(message));
        for (size_t j = 0; j < size; j++) {
            unsigned int byte;
            assert_int_equal(sscanf(test->message + 2 * j, "%2x", &byte), 1);
            message[j] = (uint8_t)byte;
        }
        sanscsi_iovec whole = piece(message, size);
        check(test->algorithm, &whole, 1, test->digest);
    }
}

static void a_million_bytes(void **unused) {
    (void)unused;
    uint8_t letters[1000];
    sanscsi_iovec pieces[1000];
    memset(letters, 'a', sizeof(letters));
    for (size_t i = 0; i < 1000; i++) {
        pieces[i] = piece(letters, sizeof(letters));
    }
    for (size_t i = 0; i < ALGORITHMS; i++) {
        check(algorithm_cases[i].algorithm, pieces, 1000, algorithm_cases[i].million_a);
    }
}

static void chap_responses(void **unused) {
    (void)unused;
    const uint8_t identifier = 1;
    uint8_t challenge[16];
    for (size_t i = 0; i < sizeof(challenge); i++) {
        challenge[i] = (uint8_t)i;
    }
    const sanscsi_iovec pieces[] = {
        piece(&identifier, 1),
        piece("0123456789abcdef", 16),
        piece(challenge, sizeof(challenge)),
    };
    for (size_t i = 0; i < ALGORITHMS; i++) {
        check(algorithm_cases[i].algorithm, pieces, 3, algorithm_cases[i].chap);
    }
}

static void every_length(void **unused) {
    (void)unused;
    uint8_t message[LONGEST];
    uint8_t digests[(LONGEST + 1) * SANSCSI_MAX_DIGEST];
    fill(message);
    for (size_t i = 0; i < ALGORITHMS; i++) {
        const struct algorithm_case *test = &algorithm_cases[i];
        for (size_t size = 0; size <= LONGEST; size++) {
            sanscsi_iovec whole = piece(message, size);
            uint8_t *digest = digests + size * test->digest_size;
            assert_int_equal(sanscsi_hash(NULL, test->algorithm, &whole, 1, digest), SANSCSI_OK);
        }
        sanscsi_iovec all = piece(digests, (LONGEST + 1) * test->digest_size);
        check(test->algorithm, &all, 1, test->all_lengths);
    }
}

static void lengths_around_the_ends_of_blocks(void **unused) {
    (void)unused;
    uint8_t message[LONGEST];
    fill(message);
    for (size_t i = 0; i < border_case_count; i++) {
        sanscsi_iovec whole = piece(message, border_cases[i].size);
        for (size_t j = 0; j < ALGORITHMS; j++) {
            check(algorithm_cases[j].algorithm, &whole, 1, border_cases[i].digests[j]);
        }
    }
}

/* Into two pieces too, since the third may be empty; 137 bytes are a block and a byte of SHA-3. */
static void every_split_into_three_pieces(void **unused) {
    (void)unused;
    const struct border_case *test = &border_cases[border_case_count - 1];
    uint8_t message[LONGEST];
    fill(message);
    assert_int_equal(test->size, 137);
    for (size_t i = 0; i < ALGORITHMS; i++) {
        for (size_t first = 0; first <= test->size; first++) {
            for (size_t second = first; second <= test->size; second++) {
                const sanscsi_iovec pieces[] = {
                    piece(message, first),
                    piece(message + first, second - first),
                    piece(message + second, test->size - second),
                };
                check(algorithm_cases[i].algorithm, pieces, 3, test->digests[i]);
            }
        }
    }
}

static void empty_pieces_do_not_count(void **unused) {
    (void)unused;
    const sanscsi_iovec pieces[] = {{NULL, 0}, piece("a", 1),  {NULL, 0},
                                    {NULL, 0}, piece("bc", 2), {NULL, 0}};
    check(SANSCSI_CHAP_SHA256, pieces, 6,
          "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    check(SANSCSI_CHAP_MD5, pieces, 1, "d41d8cd98f00b204e9800998ecf8427e");
    check(SANSCSI_CHAP_MD5, pieces, 0, "d41d8cd98f00b204e9800998ecf8427e");
}

struct length_case {
    uint64_t before;
    size_t more;
    uint8_t bits[8]; /* the sum times eight, big-endian */
};

/* The bits do not fit into 32 bits any more, then the bytes do not. */
static const struct length_case length_cases[] = {
    {UINT64_C(0x1fffffc0), 63, {0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xf8}},
    {UINT64_C(0x1fffffc0), 64, {0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00}},
    {UINT64_C(0x20000000), 3, {0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x18}},
    {UINT64_C(0xffffffc0), 65, {0x00, 0x00, 0x00, 0x08, 0x00, 0x00, 0x00, 0x08}},
    {UINT64_C(0x0123456789abcd00), 5, {0x09, 0x1a, 0x2b, 0x3c, 0x4d, 0x5e, 0x68, 0x28}},
};

/* The last block still shows the length that was worked in. */
static void long_messages_tell_their_length(void **unused) {
    (void)unused;
    static const struct hash_algorithm *const counting[] = {&sanscsi_md5, &sanscsi_sha1,
                                                            &sanscsi_sha256};
    const uint8_t bytes[65] = {0};
    uint8_t digest[SANSCSI_MAX_DIGEST];
    for (size_t i = 0; i < sizeof(length_cases) / sizeof(length_cases[0]); i++) {
        const struct length_case *test = &length_cases[i];
        for (size_t j = 0; j < 3; j++) {
            struct hash_state state;
            sanscsi_hash_start(counting[j], &state);
            state.length = test->before;
            sanscsi_hash_update(counting[j], &state, bytes, test->more);
            counting[j]->finish(counting[j], &state, digest);
            for (size_t k = 0; k < 8; k++) {
                uint8_t shown = state.block[56 + (j == 0 ? 7 - k : k)];
                assert_int_equal(shown, test->bits[k]);
            }
        }
    }
}

static void algorithms_are_found_by_number(void **unused) {
    (void)unused;
    for (size_t i = 0; i < ALGORITHMS; i++) {
        const struct algorithm_case *test = &algorithm_cases[i];
        const struct hash_algorithm *found = sanscsi_hash_find(test->algorithm);
        assert_non_null(found);
        assert_int_equal(found->number, test->algorithm);
        assert_string_equal(found->name, test->name);
        assert_int_equal(found->digest_size, test->digest_size);
        assert_int_equal(sanscsi_hash_size(test->algorithm), test->digest_size);
    }
}

static void unknown_algorithms_are_refused(void **unused) {
    (void)unused;
    static const uint32_t unknown[] = {0, 1, 4, 9, 128, 255, 256 + 5, UINT32_MAX};
    uint8_t digest[SANSCSI_MAX_DIGEST] = {UNTOUCHED};
    sanscsi_iovec whole = piece("abc", 3);
    for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
        assert_null(sanscsi_hash_find(unknown[i]));
        assert_int_equal(sanscsi_hash_size(unknown[i]), 0);
        assert_int_equal(sanscsi_hash(NULL, unknown[i], &whole, 1, digest),
                         SANSCSI_INVALID_ARGUMENT);
        assert_int_equal(digest[0], UNTOUCHED);
    }
}

static void null_pointers_are_refused(void **unused) {
    (void)unused;
    uint8_t digest[SANSCSI_MAX_DIGEST] = {UNTOUCHED};
    const sanscsi_iovec good = piece("abc", 3);
    const sanscsi_iovec bad[] = {piece("abc", 3), {NULL, 1}};
    for (size_t i = 0; i < ALGORITHMS; i++) {
        uint32_t algorithm = algorithm_cases[i].algorithm;
        assert_int_equal(sanscsi_hash(NULL, algorithm, NULL, 1, digest), SANSCSI_INVALID_ARGUMENT);
        assert_int_equal(sanscsi_hash(NULL, algorithm, NULL, 0, digest), SANSCSI_INVALID_ARGUMENT);
        assert_int_equal(sanscsi_hash(NULL, algorithm, bad, 2, digest), SANSCSI_INVALID_ARGUMENT);
        assert_int_equal(digest[0], UNTOUCHED);
        assert_int_equal(sanscsi_hash(NULL, algorithm, &good, 1, NULL), SANSCSI_INVALID_ARGUMENT);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_texts_have_their_digests),
        cmocka_unit_test(published_bytes_have_their_digests),
        cmocka_unit_test(a_million_bytes),
        cmocka_unit_test(chap_responses),
        cmocka_unit_test(every_length),
        cmocka_unit_test(lengths_around_the_ends_of_blocks),
        cmocka_unit_test(every_split_into_three_pieces),
        cmocka_unit_test(empty_pieces_do_not_count),
        cmocka_unit_test(long_messages_tell_their_length),
        cmocka_unit_test(algorithms_are_found_by_number),
        cmocka_unit_test(unknown_algorithms_are_refused),
        cmocka_unit_test(null_pointers_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
