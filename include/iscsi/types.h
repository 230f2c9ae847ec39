/** @file
 * Types that every other header uses, and how symbols are exported.
 */
#ifndef SANSCSI_TYPES_H
#define SANSCSI_TYPES_H

#include <stddef.h>
#include <stdint.h>

/** Marks what the shared library exports. */
#if defined(__GNUC__)
#define SANSCSI_API __attribute__((visibility("default")))
/** The caller must look at the result. */
#define SANSCSI_MUST_CHECK __attribute__((warn_unused_result))
#else
#define SANSCSI_API
#define SANSCSI_MUST_CHECK
#endif

#ifdef __cplusplus
#define SANSCSI_BEGIN_DECLS extern "C" {
#define SANSCSI_END_DECLS }
#else
/** Opens the C declarations of a header for C++ readers. */
#define SANSCSI_BEGIN_DECLS
/** Closes what #SANSCSI_BEGIN_DECLS opened. */
#define SANSCSI_END_DECLS
#endif

SANSCSI_BEGIN_DECLS

/** An iSCSI initiator node: name, modules, allocator, count of sessions. Opaque. */
typedef struct sanscsi_initiator sanscsi_initiator;

/** One I_T nexus with one target or one discovery portal. Opaque. */
typedef struct sanscsi_session sanscsi_session;

/**
 * Names one task of one session, with a generation inside: the handle of a task that has ended is
 * recognized as such and never mistaken for a later one. 0 is never a task.
 */
typedef uint64_t sanscsi_task;

/** A piece of memory. Has the layout of POSIX `struct iovec`. */
typedef struct sanscsi_iovec {
    void *data;  /**< First byte; may be NULL when @ref size is 0. */
    size_t size; /**< Bytes. */
} sanscsi_iovec;

/** Nanoseconds in one second, the unit of every time in this library. */
#define SANSCSI_SECOND UINT64_C(1000000000)

/** The deadline that never comes. */
#define SANSCSI_NEVER UINT64_MAX

SANSCSI_END_DECLS

#endif
