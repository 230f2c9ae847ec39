/* Data that is due to be sent, in the order it became due. */
#include "session/burst.h"

void sanscsi_bursts_init(struct burst_queue *queue, struct burst *ring, uint32_t capacity) {
    *queue = (struct burst_queue){.ring = ring, .capacity = capacity};
}

uint32_t sanscsi_bursts_purge(struct burst_queue *queue, uint32_t task) {
    uint32_t kept = 0;
    uint32_t count = queue->count;
    if (count > 0 && queue->ring[queue->first].task == task) {
        queue->data_sn = 0;
    }
    for (uint32_t i = 0; i < count; i++) {
        struct burst burst = *bursts_at(queue, i);
        if (burst.task == task) {
            queue->unsolicited -= burst_unsolicited(&burst);
        } else {
            *bursts_at(queue, kept) = burst;
            kept++;
        }
    }
    queue->count = kept;
    return count - kept;
}
