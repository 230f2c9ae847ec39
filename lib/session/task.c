/* The tasks of a session. */
#include "session/task.h"

#include "base/invariant.h"

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

void sanscsi_task_forget_aborted(struct task_table *table) {
    memset(table->aborted, 0xff, table->slots.count * sizeof(table->aborted[0]));
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
