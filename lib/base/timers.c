/* A fixed table of timers in order of their deadlines. */
#include "base/timers.h"

#include "base/invariant.h"

size_t sanscsi_timers_memory(uint32_t count) {
    return (size_t)count * (sizeof(uint64_t) + 2 * sizeof(uint32_t));
}

void sanscsi_timers_init(struct timers *timers, uint32_t count, void *memory) {
    timers->deadline = memory;
    timers->position = (uint32_t *)(void *)(timers->deadline + count);
    timers->heap = timers->position + count;
    timers->count = count;
    timers->armed = 0;
    for (uint32_t i = 0; i < count; i++) {
        timers->position[i] = TIMER_IDLE;
    }
}

static uint64_t deadline_at(const struct timers *timers, uint32_t place) {
    return timers->deadline[timers->heap[place]];
}

static void put(struct timers *timers, uint32_t place, uint32_t timer) {
    timers->heap[place] = timer;
    timers->position[timer] = place;
}

static void sift_up(struct timers *timers, uint32_t place) {
    uint32_t timer = timers->heap[place];
    while (place > 0 && timers->deadline[timer] < deadline_at(timers, (place - 1) / 2)) {
        put(timers, place, timers->heap[(place - 1) / 2]);
        place = (place - 1) / 2;
    }
    put(timers, place, timer);
}

static void sift_down(struct timers *timers, uint32_t place) {
    uint32_t timer = timers->heap[place];
    for (;;) {
        uint32_t child = 2 * place + 1;
        if (child >= timers->armed) {
            break;
        }
        if (child + 1 < timers->armed &&
            deadline_at(timers, child + 1) < deadline_at(timers, child)) {
            child++;
        }
        if (timers->deadline[timer] <= deadline_at(timers, child)) {
            break;
        }
        put(timers, place, timers->heap[child]);
        place = child;
    }
    put(timers, place, timer);
}

void sanscsi_timers_arm(struct timers *timers, uint32_t timer, uint64_t deadline) {
    INVARIANT(timer < timers->count);
    sanscsi_timers_disarm(timers, timer);
    timers->deadline[timer] = deadline;
    put(timers, timers->armed, timer);
    timers->armed++;
    sift_up(timers, timers->armed - 1);
}

void sanscsi_timers_disarm(struct timers *timers, uint32_t timer) {
    INVARIANT(timer < timers->count);
    uint32_t place = timers->position[timer];
    if (place == TIMER_IDLE) {
        return;
    }
    timers->position[timer] = TIMER_IDLE;
    timers->armed--;
    if (place == timers->armed) {
        return;
    }
    put(timers, place, timers->heap[timers->armed]);
    sift_up(timers, place);
    sift_down(timers, timers->position[timers->heap[place]]);
}

uint64_t sanscsi_timers_deadline(const struct timers *timers) {
    return timers->armed == 0 ? UINT64_MAX : deadline_at(timers, 0);
}

bool sanscsi_timers_expired(struct timers *timers, uint64_t now, uint32_t *timer) {
    if (timers->armed == 0 || deadline_at(timers, 0) > now) {
        return false;
    }
    *timer = timers->heap[0];
    sanscsi_timers_disarm(timers, *timer);
    return true;
}
