/* Delay, jitter and bandwidth of one direction. */
#include "simulation/pipe.h"

#include "simulation/world.h"

void pipe_open(struct pipe *pipe, struct dice *dice, bool near) {
    bytes_take(&pipe->bytes, bytes_left(&pipe->bytes));
    pipe->first = 0;
    pipe->count = 0;
    pipe->arrived = 0;
    pipe->busy = 0;
    pipe->last = 0;
    pipe->hole = false;
    pipe->latency = near ? 0 : dice_scale(dice, 0, 200 * MILLISECOND);
    pipe->jitter = near ? 0 : dice_scale(dice, 0, 100 * MILLISECOND);
    pipe->rate = near || dice_one_in(dice, 2) ? 0 : dice_scale(dice, 20000, 100000000);
}

void pipe_free(struct pipe *pipe) {
    bytes_free(&pipe->bytes);
}

bool pipe_has_room(const struct pipe *pipe) {
    return pipe->count < PIPE_SEGMENTS && bytes_left(&pipe->bytes) < PIPE_BYTES;
}

void pipe_add(struct pipe *pipe, struct dice *dice, uint64_t now, const void *data, size_t size) {
    bytes_add(&pipe->bytes, data, size);
    pipe->busy = pipe->busy > now ? pipe->busy : now;
    if (pipe->rate != 0) {
        pipe->busy += size * SECOND / pipe->rate;
    }
    uint64_t due = pipe->busy + pipe->latency;
    if (pipe->jitter != 0) {
        due += dice_scale(dice, 0, pipe->jitter);
    }
    pipe->last = due > pipe->last ? due : pipe->last; /* nothing overtakes */
    uint32_t place = (pipe->first + pipe->count++) % PIPE_SEGMENTS;
    pipe->segments[place].due = pipe->last;
    pipe->segments[place].size = size;
}

size_t pipe_arrived(struct pipe *pipe, uint64_t now) {
    while (!pipe->hole && pipe->count > 0 && pipe->segments[pipe->first].due <= now) {
        pipe->arrived += pipe->segments[pipe->first].size;
        pipe->first = (pipe->first + 1) % PIPE_SEGMENTS;
        pipe->count--;
    }
    return pipe->arrived;
}

void pipe_take(struct pipe *pipe, size_t size) {
    pipe->arrived -= size;
    bytes_take(&pipe->bytes, size);
}

bool pipe_is_empty(const struct pipe *pipe) {
    return bytes_left(&pipe->bytes) == 0;
}

uint64_t pipe_due(const struct pipe *pipe, uint64_t now) {
    if (pipe->hole || pipe->count == 0 || pipe->segments[pipe->first].due <= now) {
        return NEVER;
    }
    return pipe->segments[pipe->first].due;
}
