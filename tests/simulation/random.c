/* Random numbers, and random orders. */
#include "simulation/random.h"

uint64_t dice_roll(struct dice *dice) {
    dice->state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t mixed = dice->state;
    mixed = (mixed ^ mixed >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ mixed >> 27) * UINT64_C(0x94d049bb133111eb);
    return mixed ^ mixed >> 31;
}

uint32_t dice_below(struct dice *dice, uint32_t count) {
    return (uint32_t)((dice_roll(dice) >> 32) * count >> 32);
}

uint32_t dice_between(struct dice *dice, uint32_t low, uint32_t high) {
    return low + dice_below(dice, high - low + 1);
}

bool dice_one_in(struct dice *dice, uint32_t times) {
    return times != 0 && dice_below(dice, times) == 0;
}

uint64_t dice_scale(struct dice *dice, uint64_t low, uint64_t high) {
    uint32_t powers = 1;
    for (uint64_t at = low + 1; at < high; at *= 2) {
        powers++;
    }
    uint64_t limit = low + 1;
    for (uint32_t power = dice_below(dice, powers); power > 0; power--) {
        limit *= 2;
    }
    limit = limit > high ? high : limit;
    return low + dice_roll(dice) % (limit - low + 1);
}

static uint32_t common_factor(uint32_t a, uint32_t b) {
    while (b != 0) {
        uint32_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

void visit_begin(struct visit *visit, struct dice *dice, uint32_t count, bool in_order) {
    *visit = (struct visit){.count = count, .step = 1};
    if (in_order || count < 2) {
        return;
    }
    visit->at = dice_below(dice, count);
    do {
        visit->step = dice_between(dice, 1, count - 1);
    } while (common_factor(visit->step, count) != 1);
}
