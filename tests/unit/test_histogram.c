/* Tests of the example program's histogram against values that are sorted whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../examples/histogram.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct histogram histogram;

static int empty(void **state) {
    (void)state;
    memset(&histogram, 0, sizeof(histogram));
    return 0;
}

static void nothing_counted_is_zero(void **state) {
    (void)state;
    assert_int_equal(histogram_percentile(&histogram, 0), 0);
    assert_int_equal(histogram_percentile(&histogram, 50000), 0);
    assert_int_equal(histogram_percentile(&histogram, 100000), 0);
}

/* One value is every percentile, exactly, whatever its bucket's width. */
static void one_value_is_exact(void **state) {
    (void)state;
    static const uint64_t values[] = {0,
                                      1,
                                      127,
                                      128,
                                      255,
                                      256,
                                      257,
                                      1000000007,
                                      UINT32_MAX,
                                      UINT64_C(1) << 32,
                                      UINT64_C(1) << 63,
                                      UINT64_MAX};
    for (size_t i = 0; i < COUNT(values); i++) {
        empty(NULL);
        histogram_add(&histogram, values[i]);
        assert_int_equal(histogram.total, 1);
        assert_true(histogram.min == values[i] && histogram.max == values[i]);
        assert_true(histogram_percentile(&histogram, 0) == values[i]);
        assert_true(histogram_percentile(&histogram, 50000) == values[i]);
        assert_true(histogram_percentile(&histogram, 99900) == values[i]);
    }
}

/* 1 to 200: of n values, the rank of a percentile p is p * n rounded up. */
static void ranks_are_right(void **state) {
    (void)state;
    for (uint64_t value = 1; value <= 200; value++) {
        histogram_add(&histogram, value); /* all of them in buckets that are one wide */
    }
    assert_int_equal(histogram_percentile(&histogram, 50000), 100);
    assert_int_equal(histogram_percentile(&histogram, 50001), 101);
    assert_int_equal(histogram_percentile(&histogram, 99000), 198);
    assert_int_equal(histogram_percentile(&histogram, 99001), 199);
    assert_int_equal(histogram_percentile(&histogram, 99900), 200);
    assert_int_equal(histogram_percentile(&histogram, 500), 1);
    assert_int_equal(histogram_percentile(&histogram, 501), 2);
    assert_int_equal(histogram_percentile(&histogram, 100000), 200);
}

/* Both edges of every bucket width come back within half a percent. */
static void each_size_is_within_half_a_percent(void **state) {
    (void)state;
    for (unsigned digits = 1; digits < 64; digits++) {
        for (int edge = 0; edge < 4; edge++) {
            uint64_t power = UINT64_C(1) << digits;
            uint64_t value = edge == 0   ? power - 1
                             : edge == 1 ? power
                             : edge == 2 ? power + power / 128
                                         : power + power / 128 * 127;
            empty(NULL);
            histogram_add(&histogram, 0);
            histogram_add(&histogram, value);
            histogram_add(&histogram, UINT64_MAX);
            uint64_t found = histogram_percentile(&histogram, 50000);
            uint64_t error = found > value ? found - value : value - found;
            assert_true(error <= value / 200);
        }
    }
}

static int compare(const void *one, const void *other) {
    uint64_t left = *(const uint64_t *)one;
    uint64_t right = *(const uint64_t *)other;
    return left < right ? -1 : left > right;
}

/* A long tail, as latencies have it: every percentile against the sorted values. */
static void percentiles_agree_with_sorting(void **state) {
    (void)state;
    static uint64_t values[20000];
    uint64_t seed = 12345;
    for (size_t i = 0; i < COUNT(values); i++) {
        seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
        values[i] = (seed >> 40) >> (seed >> 33 & 15);
        histogram_add(&histogram, values[i]);
    }
    qsort(values, COUNT(values), sizeof(values[0]), compare);
    uint64_t last = 0;
    for (uint32_t part = 5; part <= 100000; part += 5) {
        uint64_t right = values[part / 5 - 1];
        uint64_t found = histogram_percentile(&histogram, part);
        uint64_t error = found > right ? found - right : right - found;
        assert_true(error <= right / 200);
        assert_true(found >= last);
        last = found;
    }
    assert_true(last <= histogram.max && histogram.max == values[COUNT(values) - 1]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(nothing_counted_is_zero, empty),
        cmocka_unit_test_setup(one_value_is_exact, empty),
        cmocka_unit_test_setup(ranks_are_right, empty),
        cmocka_unit_test_setup(each_size_is_within_half_a_percent, empty),
        cmocka_unit_test_setup(percentiles_agree_with_sorting, empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
