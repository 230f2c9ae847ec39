/* Data that is due to be sent, in the order it became due. */
#include "session/burst.h"

#include "base/invariant.h"
#include "wire/bhs.h"

static uint32_t unsolicited(const struct burst *burst) {
    return burst->target_transfer_tag == TAG_RESERVED ? 1 : 0;
}

void sanscsi_bursts_init(struct burst_queue *queue, struct burst *pool, uint32_t count) {
    queue->pool = pool;
    queue->free = BURST_NONE;
    queue->first = BURST_NONE;
    queue->last = BURST_NONE;
    queue->unsolicited = 0;
    queue->data_sn = 0;
    for (uint32_t i = count; i > 0; i--) {
        pool[i - 1].next = queue->free;
        queue->free = i - 1;
    }
}

bool sanscsi_bursts_append(struct burst_queue *queue, const struct burst *burst) {
    uint32_t place = queue->free;
    if (place == BURST_NONE) {
        return false;
    }
    queue->free = queue->pool[place].next;
    queue->pool[place] = *burst;
    queue->pool[place].next = BURST_NONE;
    if (queue->last == BURST_NONE) {
        queue->first = place;
    } else {
        queue->pool[queue->last].next = place;
    }
    queue->last = place;
    queue->unsolicited += unsolicited(burst);
    return true;
}

struct burst *sanscsi_bursts_first(struct burst_queue *queue) {
    return queue->first == BURST_NONE ? NULL : &queue->pool[queue->first];
}

/* Takes out the burst behind `previous`, or the first one. */
static void unlink_after(struct burst_queue *queue, uint32_t previous) {
    uint32_t *link = previous == BURST_NONE ? &queue->first : &queue->pool[previous].next;
    uint32_t place = *link;
    *link = queue->pool[place].next;
    queue->unsolicited -= unsolicited(&queue->pool[place]);
    if (previous == BURST_NONE) {
        queue->data_sn = 0;
    }
    if (queue->last == place) {
        queue->last = previous;
    }
    queue->pool[place].next = queue->free;
    queue->free = place;
}

void sanscsi_bursts_drop_first(struct burst_queue *queue) {
    INVARIANT(queue->first != BURST_NONE);
    unlink_after(queue, BURST_NONE);
}

uint32_t sanscsi_bursts_purge(struct burst_queue *queue, uint32_t task) {
    uint32_t purged = 0;
    uint32_t previous = BURST_NONE;
    uint32_t place = queue->first;
    while (place != BURST_NONE) {
        uint32_t next = queue->pool[place].next;
        if (queue->pool[place].task == task) {
            unlink_after(queue, previous);
            purged++;
        } else {
            previous = place;
        }
        place = next;
    }
    return purged;
}
