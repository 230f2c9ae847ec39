/* A fixed table of timers in order of their deadlines, over memory of the owner's. */
#ifndef SANSCSI_BASE_TIMERS_H
#define SANSCSI_BASE_TIMERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/invariant.h"

/* What stands for the previous timer of one that is not in the list. */
#define TIMER_HEAPED (UINT16_MAX - 1)
#define TIMER_IDLE UINT16_MAX

struct timer_link {
    uint16_t next; /* in the list; of a timer in the heap its place there */
    uint16_t previous;
};

/*
 * Most timers run equally long and are therefore armed in the order of their deadlines: those make
 * a list, at whose end a timer is armed and from which any is taken at once. What comes out of
 * order goes to a binary heap. The list is a circle: entry `count` stands before its first timer
 * and behind its last one, with deadline 0, so that neither end needs a case of its own.
 */
struct timers {
    uint64_t *deadline;      /* by timer: when it fires */
    struct timer_link *link; /* by timer */
    uint16_t *heap;          /* armed timers that are not in the list, earliest first */
    uint32_t count;          /* timers in the table */
    uint32_t heaped;
};

/* Bytes of memory a table of `count` timers needs, in multiples of 8; at most 65533 timers. */
size_t sanscsi_timers_memory(uint32_t count);

/* Makes a table with no timer armed. `memory` is aligned for uint64_t and stays the owner's. */
void sanscsi_timers_init(struct timers *timers, uint32_t count, void *memory);

/* Arms (again) or disarms one timer. Arming costs O(log armed), O(1) for the latest deadline. */
void sanscsi_timers_arm(struct timers *timers, uint32_t timer, uint64_t deadline);
void sanscsi_timers_disarm(struct timers *timers, uint32_t timer);

/* Puts a timer that is not armed at the end of the list, if its deadline belongs there. */
static inline bool timers_append(struct timers *timers, uint32_t timer, uint64_t deadline) {
    uint32_t count = timers->count;
    struct timer_link *link = timers->link;
    uint16_t last = link[count].previous;
    if (deadline < timers->deadline[last]) {
        return false;
    }
    timers->deadline[timer] = deadline;
    link[timer].next = (uint16_t)count;
    link[timer].previous = last;
    link[last].next = (uint16_t)timer;
    link[count].previous = (uint16_t)timer;
    return true;
}

/* Takes a timer out of the list, if that is where it stands. */
static inline bool timers_unlink(struct timers *timers, uint32_t timer) {
    struct timer_link *link = timers->link;
    struct timer_link old = link[timer];
    if (old.previous >= TIMER_HEAPED) {
        return false;
    }
    link[timer].previous = TIMER_IDLE;
    link[old.previous].next = old.next;
    link[old.next].previous = old.previous;
    return true;
}

/* The same for a timer that is not armed ... */
static inline void timers_arm_idle(struct timers *timers, uint32_t timer, uint64_t deadline) {
    INVARIANT(timer < timers->count && timers->link[timer].previous == TIMER_IDLE);
    if (!timers_append(timers, timer, deadline)) {
        sanscsi_timers_arm(timers, timer, deadline);
    }
}

/* ... and for one that mostly stands in the list; neither needs a call then. */
static inline void timers_disarm_listed(struct timers *timers, uint32_t timer) {
    INVARIANT(timer < timers->count);
    if (!timers_unlink(timers, timer)) {
        sanscsi_timers_disarm(timers, timer);
    }
}

/* When one timer fires, or UINT64_MAX when it is not armed. */
static inline uint64_t timers_deadline_of(const struct timers *timers, uint32_t timer) {
    return timers->link[timer].previous == TIMER_IDLE ? UINT64_MAX : timers->deadline[timer];
}

/* The earliest deadline, or UINT64_MAX when none is armed. */
uint64_t sanscsi_timers_deadline(const struct timers *timers);

/* Takes one timer whose deadline is not after `now`, disarmed; false when there is none. */
bool sanscsi_timers_expired(struct timers *timers, uint64_t now, uint32_t *timer);

#endif
