/* The implementations behind sanscsi_crc32c(): by tables and by CRC instructions. */
#ifndef SANSCSI_WIRE_CRC32C_H
#define SANSCSI_WIRE_CRC32C_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Whether the library has an implementation for this processor's CRC instructions. On x86 it needs
 * the vector registers for the carry-less product, so it is left out of builds that keep away from
 * them (-mno-sse: kernels, firmware).
 */
#if defined(__GNUC__) && defined(__x86_64__) && defined(__SSE2__)
#define CRC32C_X86 1
#define CRC32C_ARM64 0
#elif defined(__GNUC__) && defined(__aarch64__) && defined(__AARCH64EL__)
#define CRC32C_X86 0
#define CRC32C_ARM64 1
#else
#define CRC32C_X86 0
#define CRC32C_ARM64 0
#endif

/* Whether sanscsi_crc32c() is there for digests: false in builds without them. */
extern const bool sanscsi_crc32c_fit_for_digests;

/* Each takes the CRC over the bytes before (0 for none) and returns the one over all bytes. */

/* Slicing by 8; needs nothing of the processor, 8 KiB of constants. */
uint32_t sanscsi_crc32c_portable(uint32_t crc, const void *data, size_t size);

#if CRC32C_X86 || CRC32C_ARM64
/* Three lanes of CRC instructions; only where sanscsi_crc32c_instructions_usable(). */
uint32_t sanscsi_crc32c_instructions(uint32_t crc, const void *data, size_t size);

/* Asks the processor, which may take a microsecond in a virtual machine. */
bool sanscsi_crc32c_instructions_usable(void);
#endif

#endif
