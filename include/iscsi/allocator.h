/** @file
 * Where memory comes from: the caller's allocator, an arena over one fixed block, or malloc.
 */
#ifndef SANSCSI_ALLOCATOR_H
#define SANSCSI_ALLOCATOR_H

#include <iscsi/types.h>

SANSCSI_BEGIN_DECLS

/**
 * An allocator. Both functions get #sanscsi_allocator.context; the library never calls them in
 * full feature phase (SendTargets apart), and never from another thread than its caller's.
 */
typedef struct sanscsi_allocator {
    uint32_t size; /**< sizeof(sanscsi_allocator) */
    /** Returns @p bytes bytes aligned for any object, or NULL when there are none. */
    void *(*allocate)(void *context, size_t bytes);
    /** Takes back @p memory, which allocate() returned for @p bytes bytes. Never called with NULL.
     */
    void (*release)(void *context, void *memory, size_t bytes);
    void *context; /**< Handed to both functions; the library does not look at it. */
} sanscsi_allocator;

/** An allocator over one block that the caller gives: no heap is needed. Opaque. */
typedef struct sanscsi_arena sanscsi_arena;

/**
 * Makes an arena inside @p block. Released memory is used again; neighbouring free pieces join.
 * @param block the memory, lent until the arena is used no more; any alignment
 * @param bytes its size
 * @param arena set to the arena, which lies inside the block
 * @return #SANSCSI_OK; #SANSCSI_INVALID_ARGUMENT for a NULL pointer; #SANSCSI_BUFFER_TOO_SMALL
 *         when the block does not even hold the arena's own state
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_arena_new(void *block, size_t bytes,
                                                         sanscsi_arena **arena);

/**
 * Fills an allocator that takes from an arena.
 * @param arena the arena, lent as long as the allocator is used
 * @param allocator filled
 * @return #SANSCSI_OK; #SANSCSI_INVALID_ARGUMENT for a NULL pointer
 */
SANSCSI_API SANSCSI_MUST_CHECK int32_t sanscsi_arena_allocator(sanscsi_arena *arena,
                                                               sanscsi_allocator *allocator);

/**
 * Bytes an arena has handed out now, its own bookkeeping included.
 * @param arena the arena; NULL counts as empty
 * @return bytes
 */
SANSCSI_API size_t sanscsi_arena_used(const sanscsi_arena *arena);

/**
 * The most bytes an arena ever had handed out at once.
 * @param arena the arena; NULL counts as empty
 * @return bytes
 */
SANSCSI_API size_t sanscsi_arena_peak(const sanscsi_arena *arena);

/**
 * The default allocator of hosted builds: the C library's malloc and free.
 * @return a constant allocator; NULL in builds without a C library
 */
SANSCSI_API const sanscsi_allocator *sanscsi_default_allocator(void);

SANSCSI_END_DECLS

#endif
