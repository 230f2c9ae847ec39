/* A fixed table of timers in order of their deadlines. */
#include "base/timers.h"

#include "base/invariant.h"

size_t sanscsi_timers_memory(uint32_t count) {
    return (size_t)count * (sizeof(uint64_t) + 4 * sizeof(uint16_t));
}

void sanscsi_timers_init(struct timers *timers, uint32_t count, void *memory) {
    INVARIANT(count < TIMER_LISTED);
    timers->deadline = memory;
    timers->position = (uint16_t *)(void *)(timers->deadline + count);
    timers->next = timers->position + count;
    timers->previous = timers->next + count;
    timers->heap = timers->previous + count;
    timers->count = count;
    timers->heaped = 0;
    timers->first = TIMER_NONE;
    timers->last = TIMER_NONE;
    for (uint32_t i = 0; i < count; i++) {
        timers->position[i] = TIMER_NONE;
    }
}

static void list_append(struct timers *timers, uint16_t timer) {
    timers->position[timer] = TIMER_LISTED;
    timers->next[timer] = TIMER_NONE;
    timers->previous[timer] = timers->last;
    *(timers->last == TIMER_NONE ? &timers->first : &timers->next[timers->last]) = timer;
    timers->last = timer;
}

static void list_remove(struct timers *timers, uint16_t timer) {
    uint16_t next = timers->next[timer];
    uint16_t previous = timers->previous[timer];
    *(previous == TIMER_NONE ? &timers->first : &timers->next[previous]) = next;
    *(next == TIMER_NONE ? &timers->last : &timers->previous[next]) = previous;
}

static uint64_t deadline_at(const struct timers *timers, uint32_t place) {
    return timers->deadline[timers->heap[place]];
}

static void put(struct timers *timers, uint32_t place, uint16_t timer) {
    timers->heap[place] = timer;
    timers->position[timer] = (uint16_t)place;
}

static void sift_up(struct timers *timers, uint32_t place) {
    uint16_t timer = timers->heap[place];
    while (place > 0 && timers->deadline[timer] < deadline_at(timers, (place - 1) / 2)) {
        put(timers, place, timers->heap[(place - 1) / 2]);
        place = (place - 1) / 2;
    }
    put(timers, place, timer);
}

static void sift_down(struct timers *timers, uint32_t place) {
    uint16_t timer = timers->heap[place];
    for (;;) {
        uint32_t child = 2 * place + 1;
        if (child >= timers->heaped) {
            break;
        }
        if (child + 1 < timers->heaped &&
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

static void heap_add(struct timers *timers, uint16_t timer) {
    put(timers, timers->heaped, timer);
    timers->heaped++;
    sift_up(timers, timers->heaped - 1);
}

static void heap_remove(struct timers *timers, uint32_t place) {
    timers->heaped--;
    if (place == timers->heaped) {
        return;
    }
    put(timers, place, timers->heap[timers->heaped]);
    sift_up(timers, place);
    sift_down(timers, timers->position[timers->heap[place]]);
}

void sanscsi_timers_arm(struct timers *timers, uint32_t timer, uint64_t deadline) {
    INVARIANT(timer < timers->count);
    if (timers->position[timer] != TIMER_NONE) {
        sanscsi_timers_disarm(timers, timer);
    }
    timers->deadline[timer] = deadline;
    if (timers->last == TIMER_NONE || deadline >= timers->deadline[timers->last]) {
        list_append(timers, (uint16_t)timer);
    } else {
        heap_add(timers, (uint16_t)timer);
    }
}

void sanscsi_timers_disarm(struct timers *timers, uint32_t timer) {
    INVARIANT(timer < timers->count);
    uint32_t place = timers->position[timer];
    if (place == TIMER_NONE) {
        return;
    }
    timers->position[timer] = TIMER_NONE;
    if (place == TIMER_LISTED) {
        list_remove(timers, (uint16_t)timer);
    } else {
        heap_remove(timers, place);
    }
}

/* The armed timer that fires first, or TIMER_NONE. */
static uint16_t earliest(const struct timers *timers) {
    if (timers->heaped == 0) {
        return timers->first;
    }
    uint16_t heaped = timers->heap[0];
    bool listed_first =
        timers->first != TIMER_NONE && timers->deadline[timers->first] <= timers->deadline[heaped];
    return listed_first ? timers->first : heaped;
}

uint64_t sanscsi_timers_deadline(const struct timers *timers) {
    uint16_t timer = earliest(timers);
    return timer == TIMER_NONE ? UINT64_MAX : timers->deadline[timer];
}

bool sanscsi_timers_expired(struct timers *timers, uint64_t now, uint32_t *timer) {
    uint16_t first = earliest(timers);
    if (first == TIMER_NONE || timers->deadline[first] > now) {
        return false;
    }
    *timer = first;
    sanscsi_timers_disarm(timers, first);
    return true;
}
