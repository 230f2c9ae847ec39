/* A seeded generator of numbers: the same seed gives the same run. */
#ifndef SANSCSI_TESTS_SIMULATION_RANDOM_H
#define SANSCSI_TESTS_SIMULATION_RANDOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct dice {
    uint64_t state;
};

uint64_t dice_roll(struct dice *dice);

/* From 0 to count - 1; count is not 0. */
uint32_t dice_below(struct dice *dice, uint32_t count);

/* Both ends included. */
uint32_t dice_between(struct dice *dice, uint32_t low, uint32_t high);

/* True once in `times` on average; never when that is 0. */
bool dice_one_in(struct dice *dice, uint32_t times);

/* Of each power of two between the ends about as many: small numbers are as likely as large. */
uint64_t dice_scale(struct dice *dice, uint64_t low, uint64_t high);

/* Visits 0 to count - 1, each once: in order, or in steps that share no factor with the count. */
struct visit {
    uint32_t count;
    uint32_t visited;
    uint32_t at;
    uint32_t step;
};

void visit_begin(struct visit *visit, struct dice *dice, uint32_t count, bool in_order);

static inline bool visit_over(const struct visit *visit) {
    return visit->visited == visit->count;
}

static inline uint32_t visit_next(struct visit *visit) {
    uint32_t place = visit->at;
    visit->at = (uint32_t)(((uint64_t)visit->at + visit->step) % visit->count);
    visit->visited++;
    return place;
}

#endif
