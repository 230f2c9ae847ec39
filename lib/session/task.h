/* The tasks of a session: fixed slots, found by Initiator Task Tag or by handle. */
#ifndef SANSCSI_SESSION_TASK_H
#define SANSCSI_SESSION_TASK_H

#include <iscsi/output.h>

#include "base/raw.h"
#include "base/slots.h"

#define TASK_NONE UINT16_MAX

/* Kinds beyond those a caller submits. */
enum {
    TASK_KIND_ABORT = 100,
    TASK_KIND_LOGOUT = 101,
    TASK_KIND_KEEPALIVE = 102,
    TASK_KIND_READ_PART = 103, /* a second slot of a bidirectional command, for what it reads */
    TASK_KIND_RESET = 104,
    TASK_KIND_NEGOTIATION = 105
};

enum task_state {
    TASK_QUEUED,    /* not sent; in the waiting list */
    TASK_SENT,      /* the target has it, or will soon */
    TASK_ABORTING,  /* sent; ABORT TASK follows or is under way */
    TASK_ESCALATED, /* sent; a reset follows or is under way; its response says why */
    TASK_ENDED      /* its result stands; its buffers may still be on their way out */
};

/* The sums of what is read and written. */
enum task_direction { TASK_NO_DATA, TASK_DATA_IN, TASK_DATA_OUT, TASK_BOTH_WAYS };

/* Bits of flags: those of sanscsi_command.flags, and what else one bit tells. */
enum {
    TASK_IMMEDIATE = SANSCSI_COMMAND_IMMEDIATE,
    TASK_IN_ORDER = 0x08, /* management, an abort: refused while immediate, now takes its turn */
    TASK_DATA_SHORTENED = 0x10, /* by task management: an answer to an R2T ends with its next PDU */
    TASK_DATA_STOPPED = 0x20,   /* by task management: no Data-Out is sent */
    TASK_DATA_MISSING = 0x40,   /* so the target did not get all that it was to get */
    TASK_DATA_FLAGS = TASK_DATA_SHORTENED | TASK_DATA_STOPPED | TASK_DATA_MISSING,
    TASK_RESPONSE_DATA = 0x80
};

struct task {
    uint64_t lun;
    uint64_t user;
    union {                        /* lent until TASK_DONE is polled */
        const sanscsi_iovec *list; /* the caller's buffers */
        const uint8_t *ping;       /* what a ping carries */
    };
    union { /* likewise, or NULL */
        uint8_t *sense;
        uint8_t *echo; /* where a ping's data comes back */
    };
    uint32_t length;       /* Expected Data Transfer Length; bytes of a ping */
    uint32_t cursor_index; /* entry of list ... */
    uint32_t cursor_base;  /* ... that begins at this offset of the transfer */
    uint32_t cmd_sn;       /* of an immediate command: its number among those that were sent */
    union {
        uint32_t next_sn;       /* DataSN or R2TSN that comes next; of a read part: Data-In alone */
        uint32_t response_data; /* bytes of it behind the sense data, with TASK_RESPONSE_DATA */
    };
    union { /* by direction, or kind */
        struct {
            uint32_t received; /* bytes of Data-In */
            uint32_t sequence; /* those of its present sequence, where that counts */
        };
        struct {
            uint32_t requested; /* end of what R2Ts and unsolicited data cover */
            uint16_t outstanding_r2t;
            uint16_t bursts; /* of it in the burst queue */
        };
        struct {                 /* of task management */
            uint32_t immediates; /* immediate commands that were sent before it */
            uint32_t referenced_tag;
        };
        uint32_t additional_response; /* in its answer */
    };
    uint32_t underflow;
    uint32_t overflow;
    uint16_t sense_size;  /* bytes at sense */
    uint16_t sense_total; /* bytes the target sent */
    uint16_t sense_code;
    uint8_t flags; /* TASK_IMMEDIATE etc. */
    uint8_t sense_key;
    uint8_t scsi_status;
    uint8_t io_status;
    uint8_t response;
    uint8_t kind;
    uint8_t state;
    uint8_t direction;
    uint8_t attribute;     /* of a command: ATTR, and PRI in the upper half */
    uint8_t response_kept; /* bytes of response data at sense, behind the sense data */
    uint16_t cdb_length;
    uint16_t holds; /* queued PDUs and bursts that use the buffers */
    uint16_t next;  /* in the list it stands in, or TASK_NONE */
    uint16_t previous;
    uint16_t reference; /* slot of the task that an abort is for; of the other part of a command */
    uint16_t status_qualifier;
};

struct task_list {
    uint16_t first;
    uint16_t last;
};

/* Which uses of a slot were aborted: PDUs of them may still come. */
struct task_aborted {
    uint32_t tag;    /* of the last one, or reserved */
    uint32_t before; /* of the 32 uses before that one: bit 0 is the nearest */
};

struct task_table {
    struct slots slots;
    struct task_aborted *aborted; /* by slot */
    struct task *tasks;
    uint8_t *cdbs; /* cdb_size bytes a task */
    uint32_t cdb_size;
    uint32_t limit;      /* tasks a caller may have; the slots beyond are the library's own */
    uint32_t submitted;  /* slots a caller's tasks have */
    uint32_t read_parts; /* of them second ones */
    uint32_t epoch;      /* of the session: tags of the one before a reinstatement mean nothing */
};

/* Slots the library keeps for itself: an abort, a reset, a logout, a ping and a negotiation. */
#define TASK_OWN_SLOTS 5u

/* Slots beyond the limit for task management of the caller's: a full session can be reset. */
#define TASK_SPARE_SLOTS 1u

/* The tag of a task in use: never reserved, and new for each use of a slot and for each
 * reinstatement, so that an answer which is late by either finds nothing. */
static inline uint32_t task_tag(const struct task_table *table, uint32_t slot) {
    return ((table->slots.generation[slot] + table->epoch) << 16) | slot;
}

/* The slot with a tag, or SLOT_NONE. */
static inline uint32_t task_find_tag(const struct task_table *table, uint32_t tag) {
    uint32_t slot = tag & 0xffff;
    if (!slots_in_use(&table->slots, slot) || task_tag(table, slot) != tag) {
        return SLOT_NONE;
    }
    return slot;
}

/* How many uses of their slot lie between two tags of it, on the circle that they go round. */
static inline uint32_t task_uses_between(uint32_t later, uint32_t earlier) {
    return ((later >> 16) - (earlier >> 16)) & 0xffff;
}

static inline bool task_was_aborted(const struct task_table *table, uint32_t tag) {
    uint32_t slot = tag & 0xffff;
    if (slot >= table->slots.count) {
        return false;
    }
    const struct task_aborted *aborted = &table->aborted[slot];
    uint32_t uses = task_uses_between(aborted->tag, tag);
    return uses == 0 ? aborted->tag == tag : uses <= 32 && (aborted->before >> (uses - 1) & 1) != 0;
}

/* A task that task management has ended: PDUs of it that still come say nothing to anybody
 * (RFC 7143 11.5.1). */
void sanscsi_task_note_aborted(struct task_table *table, uint32_t slot);
void sanscsi_task_forget_aborted(struct task_table *table);

static inline uint8_t *task_cdb(const struct task_table *table, uint32_t slot) {
    return table->cdbs + (size_t)slot * table->cdb_size;
}

/* Whether the target has the task, or will soon. */
static inline bool task_is_with_target(const struct task *task) {
    return task->state == TASK_SENT || task->state == TASK_ABORTING ||
           task->state == TASK_ESCALATED;
}

/* Whether the library made the task for itself. */
static inline bool task_is_own(const struct task *task) {
    return task->kind >= TASK_KIND_ABORT;
}

/* A zeroed task of a kind in state TASK_QUEUED, in no list. */
static inline void task_reset(struct task *task, uint32_t kind) {
    enum { HALF = sizeof(*task) / 2 }; /* small enough to be zeroed without a call or a loop */
    memset(task, 0, HALF);
    memset((uint8_t *)task + HALF, 0, sizeof(*task) - HALF);
    task->kind = (uint8_t)kind;
    task->next = TASK_NONE;
    task->previous = TASK_NONE;
    task->reference = TASK_NONE;
}

/* A fresh task for a caller, or SLOT_NONE when it has as many as it may. */
static inline uint32_t task_take_submitted(struct task_table *table, uint32_t kind) {
    uint32_t limit = table->limit + (kind == SANSCSI_TASK_MANAGEMENT ? TASK_SPARE_SLOTS : 0u);
    if (table->submitted >= limit) {
        return SLOT_NONE;
    }
    uint32_t slot = slots_take(&table->slots);
    if (slot != SLOT_NONE) {
        table->submitted++;
        task_reset(&table->tasks[slot], kind);
    }
    return slot;
}

static inline bool task_writes(const struct task *task) {
    return task->direction >= TASK_DATA_OUT;
}

/* The second slot of a bidirectional command, for what it reads. */
static inline struct task *task_read_part(const struct task_table *table, const struct task *task) {
    return &table->tasks[task->reference];
}

/* The part of a command whose buffers take Data-In; NULL when it reads nothing. */
static inline struct task *task_reader(const struct task_table *table, struct task *task) {
    if (task->direction == TASK_DATA_IN) {
        return task;
    }
    return task->direction == TASK_BOTH_WAYS ? task_read_part(table, task) : NULL;
}

/* Nothing of it has been moved. */
static inline void task_rewind(struct task *task) {
    task->next_sn = 0;
    task->received = 0;
    task->outstanding_r2t = 0;
    task->bursts = 0;
    task->cursor_index = 0;
    task->cursor_base = 0;
}

/* Gives a fresh command a read part; false when the caller has as many tasks as it may. */
bool sanscsi_task_take_read_part(struct task_table *table, uint32_t slot);

/* Gives back the read part of a bidirectional command. */
void sanscsi_task_give_read_part(struct task_table *table, const struct task *task);

static inline void task_give_submitted(struct task_table *table, uint32_t slot) {
    if (table->tasks[slot].direction == TASK_BOTH_WAYS) {
        sanscsi_task_give_read_part(table, &table->tasks[slot]);
    }
    table->submitted--;
    slots_give(&table->slots, slot);
}

/* A fresh task of the library's own, TASK_KIND_ABORT and up, or SLOT_NONE. */
uint32_t sanscsi_task_take(struct task_table *table, uint32_t kind);
void sanscsi_task_give(struct task_table *table, uint32_t slot);

void sanscsi_task_list_init(struct task_list *list);

static inline void task_list_append(struct task_table *table, struct task_list *list,
                                    uint32_t slot) {
    uint16_t last = list->last;
    table->tasks[slot].next = TASK_NONE;
    table->tasks[slot].previous = last;
    *(last == TASK_NONE ? &list->first : &table->tasks[last].next) = (uint16_t)slot;
    list->last = (uint16_t)slot;
}

/* Takes the first task of a list that has one. */
static inline uint32_t task_list_take(struct task_table *table, struct task_list *list) {
    uint32_t slot = list->first;
    uint16_t next = table->tasks[slot].next;
    list->first = next;
    *(next == TASK_NONE ? &list->last : &table->tasks[next].previous) = TASK_NONE;
    table->tasks[slot].next = TASK_NONE;
    return slot;
}

/* Sorts by CmdSN. */
void sanscsi_task_list_sort(struct task_table *table, struct task_list *list);

/* Puts all of a list before the first of another. */
void sanscsi_task_list_put_before(struct task_table *table, struct task_list *list,
                                  struct task_list *other);

void sanscsi_task_list_remove(struct task_table *table, struct task_list *list, uint32_t slot);

/* Moves the cursor to the entry of the task's buffers that holds `offset`; offset < length. */
void sanscsi_task_move_cursor(struct task *task, uint32_t offset);

/* The entry of the task's buffers that holds `offset`, and how far into it; offset < length. */
static inline void task_seek(struct task *task, uint32_t offset, uint32_t *index, size_t *within) {
    size_t size = task->list[task->cursor_index].size;
    if (offset < task->cursor_base || offset - task->cursor_base >= size) {
        sanscsi_task_move_cursor(task, offset);
    }
    *index = task->cursor_index;
    *within = offset - task->cursor_base;
}

#endif
