/* The initiator node: made from its settings, counted by its sessions. */
#include "initiator/node.h"

#include <iscsi/name.h>

#include "base/memory.h"
#include "base/public.h"
#include "base/secure.h"

#define DEFAULT_MAX_SESSIONS 64u
#define MAX_ALIAS_LENGTH 255u /* RFC 7143 13.7, RFC 3721 2 */

int32_t sanscsi_initiator_settings_init(sanscsi_initiator_settings *settings, size_t size) {
    int32_t status = begin_struct(settings, size, sizeof(*settings));
    if (status == SANSCSI_OK) {
        settings->max_sessions = DEFAULT_MAX_SESSIONS;
    }
    return status;
}

static int32_t check(const sanscsi_initiator_settings *settings) {
    if (settings->size != sizeof(*settings) ||
        (settings->alias == NULL && settings->alias_length > 0)) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    const sanscsi_allocator *allocator = settings->allocator;
    if (allocator != NULL && (allocator->allocate == NULL || allocator->release == NULL)) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    if (settings->alias_length > MAX_ALIAS_LENGTH) {
        return SANSCSI_TOO_LARGE;
    }
    if (settings->alias_length > 0 &&
        span_contains(span_of(settings->alias, settings->alias_length), 0)) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    return sanscsi_name_check(settings->name, settings->name_length);
}

/* Copies text behind what the block holds already. */
static struct span keep(uint8_t **at, const void *text, size_t length) {
    struct span kept = span_of(*at, length);
    if (length > 0) {
        memcpy(*at, text, length);
        *at += length;
    }
    return kept;
}

/* Keeps the modules; what CHAP challenges are marked with stays unset without randomness. */
static void take_modules(sanscsi_initiator *initiator, const sanscsi_initiator_settings *settings) {
    initiator->crc32c = settings->crc32c != NULL ? settings->crc32c : sanscsi_crc32c;
    initiator->crc32c_context = settings->crc32c_context;
    initiator->hash = settings->hash != NULL ? settings->hash : sanscsi_hash;
    initiator->hash_context = settings->hash_context;
    initiator->random = settings->random;
    initiator->random_context = settings->random_context;
    initiator->marked =
        settings->random != NULL &&
        settings->random(settings->random_context, initiator->mark, sizeof(initiator->mark)) == 0;
}

/* The random part of our ISIDs (RFC 7143 11.12.5); from the name where there is no randomness. */
static void make_isid(sanscsi_initiator *initiator, const sanscsi_initiator_settings *settings) {
    uint8_t *random = initiator->isid_random;
    if (settings->random != NULL &&
        settings->random(settings->random_context, random, sizeof(initiator->isid_random)) == 0) {
        return;
    }
    uint32_t hash = sanscsi_crc32c(NULL, 0, settings->name, settings->name_length);
    random[0] = (uint8_t)(hash >> 16);
    random[1] = (uint8_t)(hash >> 8);
    random[2] = (uint8_t)hash;
}

int32_t sanscsi_initiator_new(const sanscsi_initiator_settings *settings,
                              sanscsi_initiator **initiator) {
    if (settings == NULL || initiator == NULL) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    int32_t status = check(settings);
    if (status != SANSCSI_OK) {
        return status;
    }
    const sanscsi_allocator *allocator =
        settings->allocator != NULL ? settings->allocator : sanscsi_default_allocator();
    if (allocator == NULL) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    size_t memory = sizeof(sanscsi_initiator) + settings->name_length + settings->alias_length;
    sanscsi_initiator *made = sanscsi_allocate(allocator, memory);
    if (made == NULL) {
        return SANSCSI_NO_MEMORY;
    }
    made->allocator = *allocator;
    take_modules(made, settings);
    made->memory = memory;
    made->max_sessions =
        settings->max_sessions != 0 ? settings->max_sessions : DEFAULT_MAX_SESSIONS;
    uint8_t *text = (uint8_t *)(made + 1);
    made->name = keep(&text, settings->name, settings->name_length);
    made->alias = keep(&text, settings->alias, settings->alias_length);
    make_isid(made, settings);
    *initiator = made;
    return SANSCSI_OK;
}

void sanscsi_initiator_free(sanscsi_initiator *initiator) {
    if (initiator != NULL) {
        sanscsi_allocator allocator = initiator->allocator;
        sanscsi_wipe(initiator->mark, sizeof(initiator->mark));
        sanscsi_release(&allocator, initiator, initiator->memory);
    }
}

uint64_t sanscsi_initiator_counter(const sanscsi_initiator *initiator, size_t index) {
    return initiator != NULL && index < COUNTER_COUNT ? initiator->counters.value[index] : 0;
}

void sanscsi_initiator_counters_clear(sanscsi_initiator *initiator, uint64_t now) {
    if (initiator != NULL) {
        sanscsi_counters_reset(&initiator->counters, now);
    }
}

uint64_t sanscsi_initiator_counters_cleared(const sanscsi_initiator *initiator) {
    return initiator == NULL ? 0 : initiator->counters.cleared;
}

uint32_t sanscsi_initiator_sessions(const sanscsi_initiator *initiator) {
    return initiator == NULL ? 0 : initiator->sessions;
}
