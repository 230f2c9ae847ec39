/* Tests of lib/base: slots with generations, and timers against a naive model. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/slots.h"
#include "base/timers.h"
#include "support/bytes.h"

#define SLOTS 5u
#define TIMERS 23u

struct slot_table {
    struct slots slots;
    uint32_t memory[2 * SLOTS + 1]; /* one more as a canary */
};

static void slot_table_init(struct slot_table *table) {
    assert_int_equal(sanscsi_slots_memory(SLOTS), 2 * SLOTS * sizeof(uint32_t));
    memset(table, 0xa5, sizeof(*table));
    sanscsi_slots_init(&table->slots, SLOTS, table->memory);
    assert_int_equal(table->slots.used, 0);
}

static void slots_run_out_and_come_back_in_order(void **state) {
    (void)state;
    struct slot_table table;
    slot_table_init(&table);
    for (uint32_t round = 0; round < 3; round++) {
        uint32_t taken[SLOTS];
        for (uint32_t i = 0; i < SLOTS; i++) {
            taken[i] = slots_take(&table.slots);
            assert_int_equal(taken[i], i);
            assert_int_equal(table.slots.used, i + 1);
        }
        assert_int_equal(slots_take(&table.slots), SLOT_NONE);
        assert_int_equal(table.slots.used, SLOTS);
        for (uint32_t i = 0; i < SLOTS; i++) {
            slots_give(&table.slots, taken[i]);
        }
    }
    assert_int_equal(table.memory[2 * SLOTS], 0xa5a5a5a5);
}

static void the_slot_free_for_longest_goes_first(void **state) {
    (void)state;
    struct slot_table table;
    slot_table_init(&table);
    static const uint32_t given[SLOTS] = {3, 0, 4, 2, 1};
    for (uint32_t i = 0; i < SLOTS; i++) {
        (void)slots_take(&table.slots);
    }
    for (uint32_t i = 0; i < SLOTS; i++) {
        slots_give(&table.slots, given[i]);
    }
    for (uint32_t i = 0; i < SLOTS; i++) {
        assert_int_equal(slots_take(&table.slots), given[i]);
    }
}

static void stale_and_foreign_handles_name_nothing(void **state) {
    (void)state;
    struct slot_table table;
    slot_table_init(&table);
    assert_int_equal(slots_find(&table.slots, 0), SLOT_NONE);
    uint32_t slot = slots_take(&table.slots);
    uint64_t first = slots_handle(&table.slots, slot);
    assert_true(first != 0);
    assert_int_equal(slots_find(&table.slots, first), slot);
    assert_true(slots_in_use(&table.slots, slot));
    slots_give(&table.slots, slot);
    assert_false(slots_in_use(&table.slots, slot));
    assert_int_equal(slots_find(&table.slots, first), SLOT_NONE);
    uint32_t again = SLOT_NONE;
    while ((again = slots_take(&table.slots)) != slot) {
        assert_int_not_equal(again, SLOT_NONE);
    }
    uint64_t second = slots_handle(&table.slots, slot);
    assert_true(second != first);
    assert_int_equal(slots_find(&table.slots, first), SLOT_NONE);
    assert_int_equal(slots_find(&table.slots, second), slot);
    static const uint64_t foreign[] = {UINT64_C(1) << 32 | SLOTS, UINT64_MAX,
                                       UINT64_C(1) << 32 | SLOT_NONE,
                                       UINT64_C(1) << 32 | SLOT_IN_USE};
    for (size_t i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++) {
        assert_int_equal(slots_find(&table.slots, foreign[i]), SLOT_NONE);
    }
    assert_false(slots_in_use(&table.slots, SLOTS));
    assert_false(slots_in_use(&table.slots, SLOT_NONE));
}

static void generations_wrap_past_zero(void **state) {
    (void)state;
    uint32_t memory[2];
    struct slots slots;
    sanscsi_slots_init(&slots, 1, memory);
    slots.generation[0] = UINT32_MAX - 1;
    static const uint32_t wanted[] = {UINT32_MAX - 1, UINT32_MAX, 1, 2};
    for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
        assert_int_equal(slots_take(&slots), 0);
        uint64_t handle = slots_handle(&slots, 0);
        assert_true(handle >> 32 == wanted[i]);
        slots_give(&slots, 0);
        assert_int_equal(slots_find(&slots, handle), SLOT_NONE);
    }
}

static void no_slots_at_all(void **state) {
    (void)state;
    uint32_t memory[1];
    struct slots slots;
    sanscsi_slots_init(&slots, 0, memory);
    assert_int_equal(slots_take(&slots), SLOT_NONE);
    assert_int_equal(slots_find(&slots, UINT64_C(1) << 32), SLOT_NONE);
}

static void slots_behave_like_a_queue(void **state) {
    (void)state;
    struct slot_table table;
    slot_table_init(&table);
    uint32_t queue[SLOTS] = {0, 1, 2, 3, 4}; /* free, oldest first */
    uint32_t used[SLOTS];
    uint64_t handles[SLOTS];
    uint32_t free_count = SLOTS, used_count = 0, seed = 7;
    for (unsigned step = 0; step < 20000; step++) {
        if (random_below(&seed, 2) == 0) {
            uint32_t slot = slots_take(&table.slots);
            assert_int_equal(slot, free_count == 0 ? SLOT_NONE : queue[0]);
            if (slot == SLOT_NONE) {
                continue;
            }
            free_count--;
            memmove(queue, queue + 1, free_count * sizeof(queue[0]));
            handles[used_count] = slots_handle(&table.slots, slot);
            used[used_count++] = slot;
        } else if (used_count > 0) {
            uint32_t pick = random_below(&seed, used_count);
            assert_int_equal(slots_find(&table.slots, handles[pick]), used[pick]);
            slots_give(&table.slots, used[pick]);
            assert_int_equal(slots_find(&table.slots, handles[pick]), SLOT_NONE);
            queue[free_count++] = used[pick];
            used[pick] = used[--used_count];
            handles[pick] = handles[used_count];
        }
        assert_int_equal(table.slots.used, used_count);
    }
}

/* The naive model: a deadline for each timer that is armed. */
struct timer_model {
    bool armed[TIMERS];
    uint64_t deadline[TIMERS];
};

static uint64_t model_earliest(const struct timer_model *model) {
    uint64_t earliest = UINT64_MAX;
    for (uint32_t i = 0; i < TIMERS; i++) {
        if (model->armed[i] && model->deadline[i] < earliest) {
            earliest = model->deadline[i];
        }
    }
    return earliest;
}

/* Expires all that is due at `now`, in both. */
static void expire_all(struct timers *timers, struct timer_model *model, uint64_t now) {
    uint32_t timer = 0;
    while (sanscsi_timers_expired(timers, now, &timer)) {
        assert_in_range(timer, 0, TIMERS - 1);
        assert_true(model->armed[timer]);
        assert_true(model->deadline[timer] == model_earliest(model)); /* earliest first */
        assert_true(model->deadline[timer] <= now);
        model->armed[timer] = false;
    }
    for (uint32_t i = 0; i < TIMERS; i++) {
        assert_true(!model->armed[i] || model->deadline[i] > now);
    }
}

/* `spread`: how far apart deadlines lie that are armed at one moment; 1 arms them in order. */
static void follow_the_model(uint32_t spread) {
    uint64_t memory[TIMERS * 4];
    struct timers timers;
    struct timer_model model = {{false}, {0}};
    size_t words = sanscsi_timers_memory(TIMERS) / 8;
    assert_in_range(words, TIMERS, TIMERS * 4 - 1);
    assert_int_equal(sanscsi_timers_memory(TIMERS) % 8, 0);
    memory[words] = 0xa5a5;
    sanscsi_timers_init(&timers, TIMERS, memory);
    assert_true(sanscsi_timers_deadline(&timers) == UINT64_MAX);
    uint64_t now = 1000;
    uint32_t seed = 99;
    for (unsigned step = 0; step < 100000; step++) {
        uint32_t timer = random_below(&seed, TIMERS);
        switch (random_below(&seed, 8)) {
        case 0:
        case 1:
        case 2:
        case 3:
            model.armed[timer] = true;
            model.deadline[timer] = now + 20 + random_below(&seed, spread);
            sanscsi_timers_arm(&timers, timer, model.deadline[timer]);
            break;
        case 4:
            if (random_below(&seed, 8) != 0) {
                break; /* rare, lest every timer ends up there */
            }
            model.armed[timer] = true;
            model.deadline[timer] = UINT64_MAX - random_below(&seed, 2);
            sanscsi_timers_arm(&timers, timer, model.deadline[timer]);
            break;
        case 5:
        case 6:
            model.armed[timer] = false;
            sanscsi_timers_disarm(&timers, timer);
            break;
        default:
            now += random_below(&seed, 12);
            expire_all(&timers, &model, now);
            break;
        }
        assert_true(sanscsi_timers_deadline(&timers) == model_earliest(&model));
    }
    expire_all(&timers, &model, UINT64_MAX);
    assert_true(sanscsi_timers_deadline(&timers) == UINT64_MAX);
    assert_int_equal(memory[words], 0xa5a5);
}

static void timers_follow_the_model(void **state) {
    (void)state;
    static const uint32_t spreads[] = {1, 2, 40, 1000000};
    for (size_t i = 0; i < sizeof(spreads) / sizeof(spreads[0]); i++) {
        follow_the_model(spreads[i]);
    }
}

static void a_timer_fires_at_its_deadline_and_once(void **state) {
    (void)state;
    uint64_t memory[8];
    struct timers timers;
    uint32_t timer = 7;
    sanscsi_timers_init(&timers, 2, memory);
    assert_false(sanscsi_timers_expired(&timers, UINT64_MAX, &timer));
    assert_int_equal(timer, 7);
    sanscsi_timers_disarm(&timers, 1); /* idle already */
    sanscsi_timers_arm(&timers, 1, 100);
    assert_false(sanscsi_timers_expired(&timers, 99, &timer));
    assert_true(sanscsi_timers_expired(&timers, 100, &timer));
    assert_int_equal(timer, 1);
    assert_false(sanscsi_timers_expired(&timers, UINT64_MAX, &timer));
    sanscsi_timers_arm(&timers, 0, 50);
    sanscsi_timers_arm(&timers, 0, 200); /* later than before */
    assert_false(sanscsi_timers_expired(&timers, 199, &timer));
    sanscsi_timers_arm(&timers, 0, 10); /* earlier than before */
    assert_true(sanscsi_timers_deadline(&timers) == 10);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slots_run_out_and_come_back_in_order),
        cmocka_unit_test(the_slot_free_for_longest_goes_first),
        cmocka_unit_test(stale_and_foreign_handles_name_nothing),
        cmocka_unit_test(generations_wrap_past_zero),
        cmocka_unit_test(no_slots_at_all),
        cmocka_unit_test(slots_behave_like_a_queue),
        cmocka_unit_test(timers_follow_the_model),
        cmocka_unit_test(a_timer_fires_at_its_deadline_and_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
