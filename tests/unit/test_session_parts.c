/* The tables of lib/session by themselves, at the ends of what they hold: lists of tasks, notes of
 * aborted ones, bursts, outputs, counters. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "session/burst.h"
#include "session/counters.h"
#include "session/outputs.h"
#include "session/task.h"
#include "support/bytes.h"
#include "wire/bhs.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define FEW 4u

/* ---- tasks ---- */

struct table {
    struct task_table table;
    struct task tasks[FEW];
    struct task_aborted aborted[FEW];
    uint32_t slots[2 * FEW];
};

static void table_init(struct table *made, uint32_t count) {
    memset(made, 0, sizeof(*made));
    made->table.tasks = made->tasks;
    made->table.aborted = made->aborted;
    made->table.limit = FEW;
    sanscsi_slots_init(&made->table.slots, count, made->slots);
    sanscsi_task_forget_aborted(&made->table);
}

/* The slots are the library's and the caller's; who finds none has changed nothing. */
static void slots_run_out(void **state) {
    (void)state;
    struct table made;
    table_init(&made, 2);
    assert_int_equal(sanscsi_task_take(&made.table, TASK_KIND_LOGOUT), 0);
    assert_int_equal(task_take_submitted(&made.table, SANSCSI_TASK_COMMAND), 1);
    assert_int_equal(made.table.submitted, 1);
    assert_int_equal(sanscsi_task_take(&made.table, TASK_KIND_ABORT), SLOT_NONE);
    assert_int_equal(task_take_submitted(&made.table, SANSCSI_TASK_PING), SLOT_NONE);
    assert_int_equal(made.table.submitted, 1);
    assert_int_equal(made.tasks[0].kind, TASK_KIND_LOGOUT);
    assert_int_equal(made.tasks[1].kind, SANSCSI_TASK_COMMAND);
    sanscsi_task_give(&made.table, 0);
    assert_int_equal(task_take_submitted(&made.table, SANSCSI_TASK_PING), 0);
    assert_int_equal(made.table.submitted, 2);
}

/* Two uses of a slot that were aborted, so many uses apart: both are known up to 32, the newer
 * alone beyond. */
static void aborted_uses_are_known_for_a_while(void **state) {
    (void)state;
    static const struct {
        uint32_t apart;
        bool older;
    } cases[] = {{0, true},  {1, true},   {2, true},   {31, true},
                 {32, true}, {33, false}, {100, false}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct table made;
        table_init(&made, 1);
        assert_int_equal(sanscsi_task_take(&made.table, TASK_KIND_ABORT), 0);
        uint32_t older = task_tag(&made.table, 0);
        assert_false(task_was_aborted(&made.table, older));
        sanscsi_task_note_aborted(&made.table, 0);
        made.table.slots.generation[0] += cases[i].apart;
        uint32_t newer = task_tag(&made.table, 0);
        assert_int_equal(task_was_aborted(&made.table, newer), cases[i].apart == 0);
        sanscsi_task_note_aborted(&made.table, 0);
        assert_true(task_was_aborted(&made.table, newer));
        assert_int_equal(task_was_aborted(&made.table, older), cases[i].older);
        uint32_t others = 0;
        for (uint32_t use = 1; use < 0x10000; use++) {
            others += task_was_aborted(&made.table, newer - (use << 16)) ? 1 : 0;
        }
        assert_int_equal(others, cases[i].older && cases[i].apart != 0 ? 1 : 0);
        assert_false(task_was_aborted(&made.table, newer + 1)); /* of a slot that there is not */
        sanscsi_task_forget_aborted(&made.table);
        assert_false(task_was_aborted(&made.table, newer));
    }
}

/* Of three that were aborted the oldest is known as long as the last one is 32 uses behind it. */
static void three_aborted_uses(void **state) {
    (void)state;
    for (uint32_t first = 1; first <= 33; first++) {
        for (uint32_t second = 1; second <= 33; second++) {
            struct table made;
            uint32_t tags[3] = {0};
            table_init(&made, 1);
            assert_int_equal(sanscsi_task_take(&made.table, TASK_KIND_ABORT), 0);
            for (uint32_t i = 0; i < 3; i++) {
                tags[i] = task_tag(&made.table, 0);
                sanscsi_task_note_aborted(&made.table, 0);
                made.table.slots.generation[0] += i == 0 ? first : second;
            }
            assert_true(task_was_aborted(&made.table, tags[2]));
            assert_int_equal(task_was_aborted(&made.table, tags[1]), second <= 32);
            assert_int_equal(task_was_aborted(&made.table, tags[0]), first + second <= 32);
        }
    }
}

/* As many tasks as slots have numbers, by CmdSN on both sides of where that begins anew. */
static void the_longest_list_is_sorted(void **state) {
    (void)state;
    static const uint32_t counts[] = {0, 1, 2, 3, 32767, 32768, 32769, UINT16_MAX};
    struct task *tasks = calloc(UINT16_MAX, sizeof(*tasks));
    assert_non_null(tasks);
    for (size_t i = 0; i < COUNT(counts); i++) {
        struct task_table table = {.tasks = tasks};
        struct task_list list;
        uint32_t seed = 5, count = counts[i];
        sanscsi_task_list_init(&list);
        for (uint32_t slot = 0; slot < count; slot++) {
            task_reset(&tasks[slot], SANSCSI_TASK_COMMAND);
            tasks[slot].cmd_sn = UINT32_MAX - 100 + random_below(&seed, 40000);
            task_list_append(&table, &list, slot);
        }
        sanscsi_task_list_sort(&table, &list);
        uint32_t seen = 0;
        uint16_t previous = TASK_NONE;
        for (uint16_t slot = list.first; slot != TASK_NONE; slot = tasks[slot].next) {
            assert_int_equal(tasks[slot].previous, previous);
            if (previous != TASK_NONE) {
                uint32_t step = tasks[slot].cmd_sn - tasks[previous].cmd_sn;
                assert_true(step < 40000);
                assert_true(step > 0 || slot > previous); /* equal ones stay in order */
            }
            previous = slot;
            seen++;
        }
        assert_int_equal(seen, count);
        assert_int_equal(list.last, previous);
    }
    free(tasks);
}

/* A list with slots `from` and `from` + 1, or none. */
static void fill(struct table *made, struct task_list *list, bool filled, uint32_t from) {
    sanscsi_task_list_init(list);
    for (uint32_t slot = from; filled && slot < from + 2; slot++) {
        task_reset(&made->tasks[slot], SANSCSI_TASK_COMMAND);
        task_list_append(&made->table, list, slot);
    }
}

static void a_list_goes_before_another(void **state) {
    (void)state;
    for (uint32_t which = 0; which < 4; which++) {
        struct table made;
        struct task_list list, other;
        table_init(&made, FEW);
        fill(&made, &list, (which & 1) != 0, 0);
        fill(&made, &other, (which & 2) != 0, 2);
        sanscsi_task_list_put_before(&made.table, &list, &other);
        assert_int_equal(list.first, TASK_NONE);
        assert_int_equal(list.last, TASK_NONE);
        uint32_t next = (which & 1) != 0 ? 0 : 2, end = (which & 2) != 0 ? 4 : 2;
        for (uint32_t slot = other.first; slot != TASK_NONE; slot = made.tasks[slot].next) {
            assert_int_equal(slot, next++);
        }
        assert_int_equal(next, which == 0 ? 2 : end);
        for (uint32_t slot = other.last; slot != TASK_NONE; slot = made.tasks[slot].previous) {
            assert_int_equal(slot, --next);
        }
        assert_int_equal(next, (which & 1) != 0 ? 0 : 2);
    }
}

/* ---- bursts ---- */

static void add_burst(struct burst_queue *queue, uint32_t task, bool solicited) {
    struct burst burst = {
        .task = task, .target_transfer_tag = solicited ? 7 : TAG_RESERVED, .end = 1};
    assert_true(bursts_append(queue, &burst));
}

static void bursts_at_both_ends(void **state) {
    (void)state;
    struct burst ring[2], more = {.task = 9, .target_transfer_tag = TAG_RESERVED, .end = 1};
    struct burst_queue queue;
    sanscsi_bursts_init(&queue, ring, COUNT(ring));
    assert_null(bursts_first(&queue));
    assert_int_equal(sanscsi_bursts_purge(&queue, 1), 0);
    for (uint32_t round = 0; round < 3; round++) { /* so the ring begins at each of its places */
        add_burst(&queue, 1, false);
        add_burst(&queue, 2, true);
        assert_false(bursts_append(&queue, &more));
        assert_int_equal(queue.count, 2);
        assert_int_equal(queue.unsolicited, 1);
        assert_int_equal(bursts_first(&queue)->task, 1);
        queue.data_sn = 5;
        assert_int_equal(sanscsi_bursts_purge(&queue, 2), 1);
        assert_int_equal(queue.data_sn, 5); /* the first is in work and stays */
        assert_int_equal(queue.unsolicited, 1);
        bursts_drop_first(&queue);
        assert_null(bursts_first(&queue));
        assert_int_equal(queue.unsolicited, 0);
        assert_int_equal(queue.data_sn, 0);
        assert_int_equal(sanscsi_bursts_purge(&queue, 2), 0);
    }
}

/* ---- outputs ---- */

/* The ring's entries in order, each as type and index. */
static void expect_outputs(struct output_ring *ring, const struct output_entry *expected,
                           uint32_t count) {
    assert_int_equal(ring->count, count);
    for (uint32_t i = 0; i < count; i++) {
        struct output_entry entry = outputs_first(ring);
        assert_int_equal(entry.type, expected[i].type);
        assert_int_equal(entry.index, expected[i].index);
        outputs_drop_first(ring);
    }
}

/* Equal outputs are those of one type and of one connection. */
static void outputs_of_several_connections(void **state) {
    (void)state;
    struct output_entry entries[8];
    struct output_ring ring;
    sanscsi_outputs_init(&ring, entries, COUNT(entries));
    for (uint32_t round = 0; round < 5; round++) {
        sanscsi_outputs_push(&ring, SANSCSI_OUTPUT_CONNECT, 1);
        sanscsi_outputs_push(&ring, SANSCSI_OUTPUT_CONNECT, 2);
        sanscsi_outputs_push(&ring, SANSCSI_OUTPUT_CLOSE, 1);
        sanscsi_outputs_push(&ring, SANSCSI_OUTPUT_CONNECT, 1); /* again: now the last */
        sanscsi_outputs_forget(&ring, SANSCSI_OUTPUT_CLOSE, 2); /* which stands nowhere */
        expect_outputs(&ring,
                       (struct output_entry[]){{SANSCSI_OUTPUT_CONNECT, 2},
                                               {SANSCSI_OUTPUT_CLOSE, 1},
                                               {SANSCSI_OUTPUT_CONNECT, 1}},
                       3);
    }
}

/* In a ring with room and in a full one, wherever it begins. */
static void the_last_output_comes_first(void **state) {
    (void)state;
    struct output_entry entries[4], expected[4];
    for (uint16_t count = 1; count <= COUNT(entries); count++) {
        struct output_ring ring;
        sanscsi_outputs_init(&ring, entries, COUNT(entries));
        for (uint32_t round = 0; round < 9; round++) {
            for (uint16_t index = 0; index < count; index++) {
                outputs_append(&ring, SANSCSI_OUTPUT_TASK_DONE, index);
                uint16_t place = (uint16_t)((index + 1) % count);
                expected[place] = (struct output_entry){SANSCSI_OUTPUT_TASK_DONE, index};
            }
            outputs_advance_last(&ring);
            expect_outputs(&ring, expected, count);
            outputs_append(&ring, SANSCSI_OUTPUT_LOST, 0); /* moves on by one */
            outputs_drop_first(&ring);
        }
    }
}

/* ---- counters ---- */

/* RFC 7143 11.13.5: classes 1 to 3 are counted, 0 is no failure, others are none of the RFC. */
static void login_statuses(void **state) {
    (void)state;
    for (uint32_t class = 0; class <= UINT8_MAX; class ++) {
        struct counters counters, none;
        memset(&counters, 0, sizeof(counters));
        memset(&none, 0, sizeof(none));
        sanscsi_counters_login_status(&counters, (uint8_t) class, 9);
        assert_int_equal(memcmp(&counters, &none, sizeof(none)) != 0, class >= 1 && class <= 3);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slots_run_out),
        cmocka_unit_test(aborted_uses_are_known_for_a_while),
        cmocka_unit_test(three_aborted_uses),
        cmocka_unit_test(the_longest_list_is_sorted),
        cmocka_unit_test(a_list_goes_before_another),
        cmocka_unit_test(bursts_at_both_ends),
        cmocka_unit_test(outputs_of_several_connections),
        cmocka_unit_test(the_last_output_comes_first),
        cmocka_unit_test(login_statuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
