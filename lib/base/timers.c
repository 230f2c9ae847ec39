/* A fixed table of timers in order of their deadlines. */
#include "base/timers.h"

size_t sanscsi_timers_memory(uint32_t count) {
    size_t each = sizeof(uint64_t) + sizeof(struct timer_link) + sizeof(uint16_t);
    return ((size_t)count * each + sizeof(uint64_t) + sizeof(struct timer_link) + 7u) & ~(size_t)7u;
}

void sanscsi_timers_init(struct timers *timers, uint32_t count, void *memory) {
    INVARIANT(count < TIMER_HEAPED);
    timers->deadline = memory;
    timers->link = (struct timer_link *)(void *)(timers->deadline + count + 1);
    timers->heap = (uint16_t *)(void *)(timers->link + count + 1);
    timers->count = count;
    timers->heaped = 0;
    timers->deadline[count] = 0;
    timers->link[count] = (struct timer_link){.next = (uint16_t)count, .previous = (uint16_t)count};
    for (uint32_t i = 0; i < count; i++) {
        timers->link[i].previous = TIMER_IDLE;
    }
}

static uint64_t deadline_at(const struct timers *timers, uint32_t place) {
    return timers->deadline[timers->heap[place]];
}

static void put(struct timers *timers, uint32_t place, uint16_t timer) {
    timers->heap[place] = timer;
    timers->link[timer].next = (uint16_t)place;
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
    timers->link[timer].previous = TIMER_HEAPED;
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
    sift_down(timers, timers->link[timers->heap[place]].next);
}

void sanscsi_timers_arm(struct timers *timers, uint32_t timer, uint64_t deadline) {
    sanscsi_timers_disarm(timers, timer);
    if (!timers_append(timers, timer, deadline)) {
        timers->deadline[timer] = deadline;
        heap_add(timers, (uint16_t)timer);
    }
}

void sanscsi_timers_disarm(struct timers *timers, uint32_t timer) {
    INVARIANT(timer < timers->count);
    if (!timers_unlink(timers, timer) && timers->link[timer].previous == TIMER_HEAPED) {
        timers->link[timer].previous = TIMER_IDLE;
        heap_remove(timers, timers->link[timer].next);
    }
}

/* The armed timer that fires first, or the list's entry `count`. */
static uint32_t earliest(const struct timers *timers) {
    uint32_t listed = timers->link[timers->count].next;
    if (timers->heaped == 0) {
        return listed;
    }
    uint32_t heaped = timers->heap[0];
    bool listed_first =
        listed != timers->count && timers->deadline[listed] <= timers->deadline[heaped];
    return listed_first ? listed : heaped;
}

uint64_t sanscsi_timers_deadline(const struct timers *timers) {
    uint32_t timer = earliest(timers);
    return timer == timers->count ? UINT64_MAX : timers->deadline[timer];
}

bool sanscsi_timers_expired(struct timers *timers, uint64_t now, uint32_t *timer) {
    uint32_t first = earliest(timers);
    if (first == timers->count || timers->deadline[first] > now) {
        return false;
    }
    *timer = first;
    sanscsi_timers_disarm(timers, first);
    return true;
}
