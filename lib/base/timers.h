/* A fixed table of timers in order of their deadlines: a binary heap over memory of the owner's. */
#ifndef SANSCSI_BASE_TIMERS_H
#define SANSCSI_BASE_TIMERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TIMER_IDLE UINT32_MAX /* position of a timer that is not armed */

struct timers {
    uint64_t *deadline; /* by timer: when it fires */
    uint32_t *position; /* by timer: its place in heap, or TIMER_IDLE */
    uint32_t *heap;     /* armed timers, earliest first */
    uint32_t count;     /* timers in the table */
    uint32_t armed;     /* entries of heap in use */
};

/* Bytes of memory a table of `count` timers needs, in multiples of 8. */
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
