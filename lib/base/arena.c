/* An allocator over one fixed block: a first-fit free list in order of addresses. */

#include <iscsi/allocator.h>
#include <iscsi/status.h>

#include "base/invariant.h"
#include "base/raw.h"

/* Every piece, free or not, is a multiple of this and aligned to it. */
#define ARENA_UNIT ((size_t)16)

struct piece {
    size_t size;        /* of this free piece, itself included */
    struct piece *next; /* the free piece with the next higher address */
};

struct sanscsi_arena {
    struct piece *free;
    size_t used;
    size_t peak;
};

_Static_assert(sizeof(struct piece) <= ARENA_UNIT, "a free piece describes itself");

static size_t round_up(size_t size) {
    return (size + ARENA_UNIT - 1) & ~(ARENA_UNIT - 1);
}

int32_t sanscsi_arena_new(void *block, size_t bytes, sanscsi_arena **arena) {
    if (block == NULL || arena == NULL) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    uint8_t *start = block;
    size_t misaligned = (size_t)((uintptr_t)start & (ARENA_UNIT - 1));
    size_t skip = misaligned == 0 ? 0 : ARENA_UNIT - misaligned;
    size_t state = round_up(sizeof(sanscsi_arena));
    if (bytes < skip || bytes - skip < state + ARENA_UNIT) {
        return SANSCSI_BUFFER_TOO_SMALL;
    }
    sanscsi_arena *made = (sanscsi_arena *)(void *)(start + skip);
    struct piece *all = (struct piece *)(void *)(start + skip + state);
    all->size = (bytes - skip - state) & ~(ARENA_UNIT - 1);
    all->next = NULL;
    made->free = all;
    made->used = 0;
    made->peak = 0;
    *arena = made;
    return SANSCSI_OK;
}

static void *arena_allocate(void *context, size_t bytes) {
    sanscsi_arena *arena = context;
    if (bytes == 0 || bytes > SIZE_MAX - ARENA_UNIT) {
        return NULL;
    }
    size_t size = round_up(bytes);
    struct piece **link = &arena->free;
    while (*link != NULL && (*link)->size < size) {
        link = &(*link)->next;
    }
    struct piece *found = *link;
    if (found == NULL) {
        return NULL;
    }
    if (found->size == size) {
        *link = found->next;
    } else {
        struct piece *rest = (struct piece *)(void *)((uint8_t *)found + size);
        rest->size = found->size - size;
        rest->next = found->next;
        *link = rest;
    }
    arena->used += size;
    if (arena->used > arena->peak) {
        arena->peak = arena->used;
    }
    return found;
}

/* Joins `piece` with the free piece behind it when they touch. */
static void join(struct piece *piece) {
    struct piece *next = piece->next;
    if (next != NULL && (uint8_t *)piece + piece->size == (uint8_t *)next) {
        piece->size += next->size;
        piece->next = next->next;
    }
}

static void arena_release(void *context, void *memory, size_t bytes) {
    sanscsi_arena *arena = context;
    struct piece *piece = memory;
    struct piece *before = NULL;
    struct piece *after = arena->free;
    while (after != NULL && after < piece) {
        before = after;
        after = after->next;
    }
    piece->size = round_up(bytes);
    piece->next = after;
    INVARIANT(arena->used >= piece->size);
    arena->used -= piece->size;
    join(piece);
    if (before == NULL) {
        arena->free = piece;
    } else {
        before->next = piece;
        join(before);
    }
}

int32_t sanscsi_arena_allocator(sanscsi_arena *arena, sanscsi_allocator *allocator) {
    if (arena == NULL || allocator == NULL) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    allocator->size = sizeof(*allocator);
    allocator->allocate = arena_allocate;
    allocator->release = arena_release;
    allocator->context = arena;
    return SANSCSI_OK;
}

size_t sanscsi_arena_used(const sanscsi_arena *arena) {
    return arena == NULL ? 0 : arena->used;
}

size_t sanscsi_arena_peak(const sanscsi_arena *arena) {
    return arena == NULL ? 0 : arena->peak;
}
