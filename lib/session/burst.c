/* Data that is due to be sent, in the order it became due. */
#include "session/burst.h"

#include "base/invariant.h"
#include "wire/bhs.h"

static uint32_t unsolicited(const struct burst *burst) {
    return burst->target_transfer_tag == TAG_RESERVED ? 1 : 0;
}

void sanscsi_bursts_init(struct burst_queue *queue, struct burst *ring, uint32_t capacity) {
    *queue = (struct burst_queue){.ring = ring, .capacity = capacity};
}

static struct burst *burst_at(const struct burst_queue *queue, uint32_t index) {
    uint32_t place = queue->first + index;
    return &queue->ring[place < queue->capacity ? place : place - queue->capacity];
}

bool sanscsi_bursts_append(struct burst_queue *queue, const struct burst *burst) {
    if (queue->count == queue->capacity) {
        return false;
    }
    *burst_at(queue, queue->count) = *burst;
    queue->count++;
    queue->unsolicited += unsolicited(burst);
    return true;
}

void sanscsi_bursts_drop_first(struct burst_queue *queue) {
    INVARIANT(queue->count > 0);
    queue->unsolicited -= unsolicited(&queue->ring[queue->first]);
    queue->first = queue->first + 1 == queue->capacity ? 0 : queue->first + 1;
    queue->count--;
    queue->data_sn = 0;
}

uint32_t sanscsi_bursts_purge(struct burst_queue *queue, uint32_t task) {
    uint32_t kept = 0;
    uint32_t count = queue->count;
    if (count > 0 && queue->ring[queue->first].task == task) {
        queue->data_sn = 0;
    }
    for (uint32_t i = 0; i < count; i++) {
        struct burst burst = *burst_at(queue, i);
        if (burst.task == task) {
            queue->unsolicited -= unsolicited(&burst);
        } else {
            *burst_at(queue, kept) = burst;
            kept++;
        }
    }
    queue->count = kept;
    return count - kept;
}
