/* A fixed table of timers in order of their deadlines, over memory of the owner's. */
#ifndef SANSCSI_BASE_TIMERS_H
#define SANSCSI_BASE_TIMERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TIMER_NONE UINT16_MAX /* no timer; also the position of one that is not armed */
#define TIMER_LISTED (UINT16_MAX - 1)

/*
 * Most timers run equally long and are therefore armed in the order of their deadlines: those make
 * a list, at whose end a timer is armed and from which any is taken at once. What comes out of
 * order goes to a binary heap.
 */
struct timers {
    uint64_t *deadline; /* by timer: when it fires */
    uint16_t *position; /* by timer: its place in heap, TIMER_LISTED, or TIMER_NONE */
    uint16_t *next;     /* by timer, in the list, or TIMER_NONE */
    uint16_t *previous;
    uint16_t *heap; /* armed timers that are not in the list, earliest first */
    uint32_t count; /* timers in the table */
    uint32_t heaped;
    uint16_t first; /* of the list, or TIMER_NONE */
    uint16_t last;
};

/* Bytes of memory a table of `count` timers needs, in multiples of 8; at most 65533 timers. */
size_t sanscsi_timers_memory(uint32_t count);

/* Makes a table with no timer armed. `memory` is aligned for uint64_t and stays the owner's. */
void sanscsi_timers_init(struct timers *timers, uint32_t count, void *memory);

/* Arms (again) or disarms one timer. Arming costs O(log armed), O(1) for the latest deadline. */
void sanscsi_timers_arm(struct timers *timers, uint32_t timer, uint64_t deadline);
void sanscsi_timers_disarm(struct timers *timers, uint32_t timer);

/* The earliest deadline, or UINT64_MAX when none is armed. */
uint64_t sanscsi_timers_deadline(const struct timers *timers);

/* Takes one timer whose deadline is not after `now`, disarmed; false when there is none. */
bool sanscsi_timers_expired(struct timers *timers, uint64_t now, uint32_t *timer);

#endif
