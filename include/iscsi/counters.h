/** @file
 * Counters: of a session, and of all sessions of an initiator.
 */
#ifndef SANSCSI_COUNTERS_H
#define SANSCSI_COUNTERS_H

#include <iscsi/session.h>

SANSCSI_BEGIN_DECLS

/**
 * The number of counters a session keeps.
 * @return a count
 */
SANSCSI_API size_t sanscsi_counter_count(void);

/**
 * A counter's name.
 * @param index from 0 to sanscsi_counter_count() - 1
 * @return a constant string such as "commands"; NULL beyond the end
 */
SANSCSI_API const char *sanscsi_counter_name(size_t index);

/**
 * The index of a counter by its name.
 * @param name the name
 * @param length bytes at @p name
 * @return the index; #SANSCSI_INVALID_ARGUMENT for a name that no counter has, or NULL
 */
SANSCSI_API int32_t sanscsi_counter_find(const char *name, size_t length);

/**
 * A counter's value: what has happened since the session was made or its counters were cleared.
 * @param session the session
 * @param index from 0 to sanscsi_counter_count() - 1
 * @return the value; 0 beyond the end
 */
SANSCSI_API uint64_t sanscsi_counter(const sanscsi_session *session, size_t index);

/**
 * Clears all counters of a session and notes when.
 * @param session the session; NULL is ignored
 * @param now current time, ns
 */
SANSCSI_API void sanscsi_counters_clear(sanscsi_session *session, uint64_t now);

/**
 * When a session's counters were cleared.
 * @param session the session
 * @return ns as given to sanscsi_counters_clear(); 0 when that was never called, or for NULL
 */
SANSCSI_API uint64_t sanscsi_counters_cleared(const sanscsi_session *session);

/**
 * A counter's sum over all sessions that an initiator has had: those that were freed, and what
 * sanscsi_session_new() refused. Sessions that still exist are read by sanscsi_counter().
 * @param initiator the initiator
 * @param index from 0 to sanscsi_counter_count() - 1
 * @return the sum; 0 beyond the end
 */
SANSCSI_API uint64_t sanscsi_initiator_counter(const sanscsi_initiator *initiator, size_t index);

/**
 * Clears an initiator's sums and notes when.
 * @param initiator the initiator; NULL is ignored
 * @param now current time, ns
 */
SANSCSI_API void sanscsi_initiator_counters_clear(sanscsi_initiator *initiator, uint64_t now);

/**
 * When an initiator's sums were cleared.
 * @param initiator the initiator
 * @return ns as given to sanscsi_initiator_counters_clear(); 0 when that was never called
 */
SANSCSI_API uint64_t sanscsi_initiator_counters_cleared(const sanscsi_initiator *initiator);

SANSCSI_END_DECLS

#endif
