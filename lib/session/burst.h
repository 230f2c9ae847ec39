/* Data that is due to be sent: unsolicited bursts and answers to R2Ts, in the order they arose. */
#ifndef SANSCSI_SESSION_BURST_H
#define SANSCSI_SESSION_BURST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/checked.h"
#include "base/invariant.h"
#include "wire/bhs.h"

/* Unsolicited bursts that may wait at once. R2Ts come when the target likes, these arise with
 * commands, and a command can wait until a burst before it is on its way. */
#define BURSTS_UNSOLICITED 4u

struct burst {
    uint32_t task;                /* slot */
    uint32_t target_transfer_tag; /* TAG_RESERVED for an unsolicited burst */
    uint32_t offset;              /* of the next byte to send */
    uint32_t end;                 /* offset behind the last */
};

/* A ring: commands' unsolicited data keeps the commands' order (RFC 7143 4.2.5.2), R2Ts are
 * answered in order of arrival (RFC 7143 11.8). */
struct burst_queue {
    struct burst *ring;
    uint32_t capacity;
    uint32_t first;
    uint32_t count;
    uint32_t unsolicited; /* bursts of unsolicited data among them */
    uint32_t data_sn;     /* of the next Data-Out of the first, which alone is in work */
};

void sanscsi_bursts_init(struct burst_queue *queue, struct burst *ring, uint32_t capacity);

/* 1 for a burst of unsolicited data, else 0. */
static inline uint32_t burst_unsolicited(const struct burst *burst) {
    return burst->target_transfer_tag == TAG_RESERVED ? 1 : 0;
}

static inline struct burst *bursts_at(const struct burst_queue *queue, uint32_t index) {
    uint32_t place = queue->first + index;
    return &queue->ring[place < queue->capacity ? place : place - queue->capacity];
}

/* Appends a copy of `burst`; false when the ring is full. */
static inline bool bursts_append(struct burst_queue *queue, const struct burst *burst) {
    if (queue->count == queue->capacity) {
        return false;
    }
    *bursts_at(queue, queue->count) = *burst;
    queue->count++;
    queue->unsolicited += burst_unsolicited(burst);
    return true;
}

/* How much of a burst goes next, in a data segment of at most `segment` bytes. */
static inline uint32_t burst_piece(const struct burst *burst, uint32_t segment) {
    return min_u32(segment, burst->end - burst->offset);
}

/* Takes note that `length` bytes more of it go out; true when they are its last. */
static inline bool burst_advance(struct burst *burst, uint32_t length) {
    burst->offset += length;
    return burst->offset == burst->end;
}

/* The oldest burst, or NULL. */
static inline struct burst *bursts_first(struct burst_queue *queue) {
    return queue->count == 0 ? NULL : &queue->ring[queue->first];
}

static inline void bursts_drop_first(struct burst_queue *queue) {
    INVARIANT(queue->count > 0);
    queue->unsolicited -= burst_unsolicited(&queue->ring[queue->first]);
    queue->first = queue->first + 1 == queue->capacity ? 0 : queue->first + 1;
    queue->count--;
    queue->data_sn = 0;
}

/* Takes out all bursts of a task; returns how many. */
uint32_t sanscsi_bursts_purge(struct burst_queue *queue, uint32_t task);

#endif
