/* The tasks of a session. */
#include "session/task.h"

#include "base/invariant.h"
#include "base/serial.h"
#include "wire/bhs.h"

uint32_t sanscsi_task_take(struct task_table *table, uint32_t kind) {
    uint32_t slot = slots_take(&table->slots);
    if (slot != SLOT_NONE) {
        task_reset(&table->tasks[slot], kind);
    }
    return slot;
}

void sanscsi_task_give(struct task_table *table, uint32_t slot) {
    slots_give(&table->slots, slot);
}

/* No PDU may name it, no timer runs for it, and it ends with the command. */
bool sanscsi_task_take_read_part(struct task_table *table, uint32_t slot) {
    uint32_t part = task_take_submitted(table, TASK_KIND_READ_PART);
    if (part == SLOT_NONE) {
        return false;
    }
    table->read_parts++;
    table->tasks[part].state = TASK_ENDED;
    table->tasks[part].direction = TASK_DATA_IN;
    table->tasks[part].reference = (uint16_t)slot;
    table->tasks[slot].direction = TASK_BOTH_WAYS;
    table->tasks[slot].reference = (uint16_t)part;
    return true;
}

void sanscsi_task_give_read_part(struct task_table *table, const struct task *task) {
    table->read_parts--;
    table->submitted--;
    slots_give(&table->slots, task->reference);
}

void sanscsi_task_note_aborted(struct task_table *table, uint32_t slot) {
    struct task_aborted *aborted = &table->aborted[slot];
    uint32_t tag = task_tag(table, slot);
    uint32_t uses = task_uses_between(tag, aborted->tag);
    bool first = aborted->tag == TAG_RESERVED;
    if (first || uses > 32) {
        aborted->before = 0;
    } else if (uses > 0) {
        aborted->before = (uses < 32 ? aborted->before << uses : 0) | UINT32_C(1) << (uses - 1);
    }
    aborted->tag = tag;
}

void sanscsi_task_forget_aborted(struct task_table *table) {
    for (uint32_t slot = 0; slot < table->slots.count; slot++) {
        table->aborted[slot] = (struct task_aborted){.tag = TAG_RESERVED};
    }
}

void sanscsi_task_list_init(struct task_list *list) {
    list->first = TASK_NONE;
    list->last = TASK_NONE;
}

void sanscsi_task_list_remove(struct task_table *table, struct task_list *list, uint32_t slot) {
    struct task *task = &table->tasks[slot];
    if (task->previous == TASK_NONE) {
        INVARIANT(list->first == slot);
        list->first = task->next;
    } else {
        table->tasks[task->previous].next = task->next;
    }
    if (task->next == TASK_NONE) {
        INVARIANT(list->last == slot);
        list->last = task->previous;
    } else {
        table->tasks[task->next].previous = task->previous;
    }
    task->next = TASK_NONE;
    task->previous = TASK_NONE;
}

/* Merges two chains in ascending order of CmdSN; equal ones keep the first's before the second's.
 */
static uint16_t merge(struct task *tasks, uint16_t one, uint16_t two) {
    uint16_t first = TASK_NONE;
    uint16_t *end = &first;
    while (one != TASK_NONE && two != TASK_NONE) {
        uint16_t *from = serial_less(tasks[two].cmd_sn, tasks[one].cmd_sn) ? &two : &one;
        *end = *from;
        end = &tasks[*from].next;
        *from = *end;
    }
    *end = one != TASK_NONE ? one : two;
    return first;
}

/* By merging, without recursion: `sorted[n]` is empty or a chain of 2^n tasks. */
void sanscsi_task_list_sort(struct task_table *table, struct task_list *list) {
    struct task *tasks = table->tasks;
    uint16_t sorted[16]; /* as many tasks as a slot has numbers */
    memset(sorted, 0xff, sizeof(sorted));
    uint16_t rest = list->first;
    while (rest != TASK_NONE) {
        uint16_t chain = rest;
        size_t power = 0;
        rest = tasks[chain].next;
        tasks[chain].next = TASK_NONE;
        while (power < 15 && sorted[power] != TASK_NONE) {
            chain = merge(tasks, sorted[power], chain);
            sorted[power] = TASK_NONE;
            power++;
        }
        sorted[power] = merge(tasks, sorted[power], chain);
    }
    uint16_t whole = TASK_NONE;
    for (size_t power = 0; power < 16; power++) {
        whole = merge(tasks, sorted[power], whole);
    }
    sanscsi_task_list_init(list);
    while (whole != TASK_NONE) {
        uint16_t next = tasks[whole].next;
        task_list_append(table, list, whole);
        whole = next;
    }
}

void sanscsi_task_list_put_before(struct task_table *table, struct task_list *list,
                                  struct task_list *other) {
    if (list->last == TASK_NONE) {
        return;
    }
    table->tasks[list->last].next = other->first;
    *(other->first == TASK_NONE ? &other->last : &table->tasks[other->first].previous) = list->last;
    other->first = list->first;
    sanscsi_task_list_init(list);
}

void sanscsi_task_move_cursor(struct task *task, uint32_t offset) {
    INVARIANT(offset < task->length);
    if (offset < task->cursor_base) {
        task->cursor_index = 0;
        task->cursor_base = 0;
    }
    while (offset - task->cursor_base >= task->list[task->cursor_index].size) {
        task->cursor_base += (uint32_t)task->list[task->cursor_index].size;
        task->cursor_index++;
    }
}
