/* Expected digests, in hexadecimal, lower case. */
#ifndef SANSCSI_TESTS_HASH_CASES_H
#define SANSCSI_TESTS_HASH_CASES_H

#include <stddef.h>
#include <stdint.h>

#define ALGORITHMS 4

struct text_case {
    uint32_t algorithm;
    const char *message;
    const char *digest;
};

struct binary_case {
    uint32_t algorithm;
    const char *message; /* in hexadecimal */
    const char *digest;
};

struct algorithm_case {
    uint32_t algorithm;
    const char *name;
    size_t digest_size;
    const char *million_a;
    const char *chap;
    const char *all_lengths;
};

struct border_case {
    size_t size;
    const char *digests[ALGORITHMS]; /* in the order of algorithm_cases */
};

extern const struct text_case text_cases[];
extern const size_t text_case_count;
extern const struct binary_case binary_cases[];
extern const size_t binary_case_count;
extern const struct algorithm_case algorithm_cases[ALGORITHMS];
extern const struct border_case border_cases[];
extern const size_t border_case_count;

#endif
