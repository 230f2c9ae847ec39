/* The events a session has raised and nobody has polled yet: a bounded ring that counts overflow.
 */
#ifndef SANSCSI_EVENT_QUEUE_H
#define SANSCSI_EVENT_QUEUE_H

#include <iscsi/event.h>

#include "base/span.h"

/* One argument as the raiser has it. */
struct event_value {
    uint64_t number;  /* for int and hex arguments */
    struct span text; /* for string arguments; copied into the queue, cut to fit */
    bool cut;         /* text is only the beginning of a longer value */
};

#define EVENT_NUMBER(value) ((struct event_value){.number = (value)})
#define EVENT_TEXT(span) ((struct event_value){.text = (span)})

/* Facts beyond the arguments on which causes depend. */
enum {
    EVENT_FACT_REPORT_LUNS_UNSUPPORTED = 1, /* event 2: sense is ILLEGAL REQUEST 20h/00h */
    EVENT_FACT_SEVERAL_UNITS = 2,           /* event 2: more than LUN 0 answers */
    EVENT_FACT_OPENS_RECORD = 4,            /* event 31: the key opens a record */
    EVENT_FACT_BOOLEAN_KEY = 8,             /* event 16: the key is boolean, not a list */
    EVENT_FACT_NO_MEMORY = 16,              /* event 16: the answer could not be kept */
    EVENT_FACT_WELL_FORMED = 32,            /* events 22, 26: the value has the right form */
    EVENT_FACT_TARGET_CLOSES = 64,          /* event 103: a reset that ends sessions is out */
    /* The raiser does not know the facts: choose every cause the arguments allow. */
    EVENT_FACT_UNKNOWN = 0x40000000
};

/* What every event of a session says about where it happened. Spans live as long as the session. */
struct event_origin {
    uint64_t session;
    uint32_t cid;
    uint64_t time;
    struct span target;
    struct span portal;
};

struct event_queue {
    struct event_entry *entries;
    uint8_t *text;      /* (capacity + 1) * text_size bytes for string arguments */
    uint32_t capacity;  /* entries that can wait; one more is for the one handed out */
    uint32_t text_size; /* bytes of text an entry can keep */
    uint32_t first;     /* the oldest entry that waits; the one handed out stands before it */
    uint32_t count;     /* entries that wait */
    uint64_t dropped;   /* events lost that no record has told of yet */
    uint64_t owed;      /* those of them whose record comes next */
    struct event_origin dropped_origin; /* where the last of them happened */
};

/* Bytes of memory a queue of this shape takes, in multiples of 8; `capacity` is at least 1. */
size_t sanscsi_event_queue_memory(uint32_t capacity, uint32_t text_size);
/* `memory` is aligned for uint64_t and stays the owner's. */
void sanscsi_event_queue_init(struct event_queue *queue, uint32_t capacity, uint32_t text_size,
                              void *memory);

/* Appends a record with the causes that fit, or counts it as dropped; an event of severity
 * SANSCSI_INFORMATION leaves the last place to worse ones. Returns true when a record
 * was appended. `values` has one entry for each argument of the event. */
bool sanscsi_event_queue_raise(struct event_queue *queue, const struct event_origin *origin,
                               uint32_t id, uint32_t facts, const struct event_value *values);

/* Whether there is anything to take. */
static inline bool event_queue_waiting(const struct event_queue *queue) {
    return queue->count > 0 || queue->owed > 0;
}

/* Moves the oldest record out; its pointers stay valid until the next take, whatever is raised in
 * between (its entry is given back by that next take). When records were
 * dropped, SANSCSI_EVENT_EVENTS_DROPPED (arg: count) comes out behind the last one kept.
 * False when there is nothing. */
bool sanscsi_event_queue_take(struct event_queue *queue, sanscsi_event *event);

/* Causes of event `id` that fit, in the catalogue's order; returns their number. Shared by raise
 * and sanscsi_event_explain(). Facts may be EVENT_FACT_UNKNOWN. */
uint32_t sanscsi_event_choose_causes(uint32_t id, uint32_t facts, const struct event_value *values,
                                     uint32_t causes[SANSCSI_EVENT_MAX_CAUSES]);

#endif
