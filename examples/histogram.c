/* A histogram whose buckets are one wide up to 255, then as wide as needed for eight digits. */
#include "histogram.h"

/*
 * Values with more than eight binary digits lose the lower ones. What is left lies between
 * HISTOGRAM_STEPS and twice that, and how many digits were lost tells which doubling it belongs to.
 */
static uint32_t bucket_of(uint64_t value) {
    unsigned zeros = (unsigned)__builtin_clzll(value | HISTOGRAM_STEPS); /* at most 56 */
    uint32_t lost = 56 - zeros;
    return lost * HISTOGRAM_STEPS + (uint32_t)(value >> lost);
}

static uint64_t middle_of(uint32_t bucket) {
    if (bucket < 2 * HISTOGRAM_STEPS) {
        return bucket;
    }
    uint32_t lost = bucket / HISTOGRAM_STEPS - 1;
    uint64_t first = (uint64_t)(bucket - lost * HISTOGRAM_STEPS) << lost;
    return first + ((UINT64_C(1) << lost) - 1) / 2;
}

void histogram_add(struct histogram *histogram, uint64_t value) {
    histogram->counts[bucket_of(value)]++;
    histogram->min = histogram->total == 0 || value < histogram->min ? value : histogram->min;
    histogram->max = value > histogram->max ? value : histogram->max;
    histogram->total++;
}

uint64_t histogram_percentile(const struct histogram *histogram, uint32_t part) {
    /* The rank, rounded up; in two steps, since the product could exceed 64 bits. */
    uint64_t rank =
        histogram->total / 100000 * part + (histogram->total % 100000 * part + 99999) / 100000;
    uint64_t seen = 0;
    uint32_t bucket = 0;
    if (histogram->total == 0) {
        return 0;
    }
    while (bucket < HISTOGRAM_BUCKETS - 1 && seen + histogram->counts[bucket] < rank) {
        seen += histogram->counts[bucket++];
    }
    uint64_t value = middle_of(bucket);
    value = value < histogram->min ? histogram->min : value;
    return value > histogram->max ? histogram->max : value;
}
