/* Counts of times in buckets of growing width: fixed memory, percentiles within half a percent. */
#ifndef EXAMPLE_HISTOGRAM_H
#define EXAMPLE_HISTOGRAM_H

#include <stdint.h>

/* Each doubling of the value is split into this many buckets. */
enum { HISTOGRAM_STEPS = 128, HISTOGRAM_BUCKETS = (64 - 7 + 1) * HISTOGRAM_STEPS };

/* All zero: empty. */
struct histogram {
    uint64_t counts[HISTOGRAM_BUCKETS];
    uint64_t total; /* values counted */
    uint64_t min;
    uint64_t max;
};

/* Counts a value; any will do. */
void histogram_add(struct histogram *histogram, uint64_t value);

/*
 * The value that `part` of 100000 values do not exceed, part from 0 to 100000: the middle of its
 * bucket, at most 0.4 % off, and never outside the values counted. 0 while the histogram is empty.
 */
uint64_t histogram_percentile(const struct histogram *histogram, uint32_t part);

#endif
