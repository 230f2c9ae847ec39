/* sanscsi_crc32c(): the choice among the implementations. */
#include <iscsi/initiator.h>

#include "wire/crc32c.h"

const bool sanscsi_crc32c_fit_for_digests = true;

#if CRC32C_X86 || CRC32C_ARM64

#include <stdatomic.h>

enum { CHOICE_OPEN, CHOICE_PORTABLE, CHOICE_INSTRUCTIONS };

/*
 * The library has no mutable state shared between its objects, and this word is none: it caches
 * an answer of the processor that is the same for everyone at any time. Whoever finds it open asks
 * and writes that same answer; threads that do so at once write the same value, nothing else is
 * published through it (so relaxed order is enough), and no result depends on which value was read.
 */
static _Atomic uint32_t choice = CHOICE_OPEN;

static uint32_t choose(void) {
    uint32_t chosen = sanscsi_crc32c_instructions_usable() ? CHOICE_INSTRUCTIONS : CHOICE_PORTABLE;
    atomic_store_explicit(&choice, chosen, memory_order_relaxed);
    return chosen;
}

uint32_t sanscsi_crc32c(void *context, uint32_t crc, const void *data, size_t size) {
    (void)context;
    uint32_t chosen = atomic_load_explicit(&choice, memory_order_relaxed);
    if (chosen == CHOICE_OPEN) {
        chosen = choose();
    }
    return chosen == CHOICE_INSTRUCTIONS ? sanscsi_crc32c_instructions(crc, data, size)
                                         : sanscsi_crc32c_portable(crc, data, size);
}

#else

uint32_t sanscsi_crc32c(void *context, uint32_t crc, const void *data, size_t size) {
    (void)context;
    return sanscsi_crc32c_portable(crc, data, size);
}

#endif
