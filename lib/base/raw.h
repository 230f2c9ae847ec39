/* memcpy, memmove, memset and memcmp: all that the library takes from outside. */
#ifndef SANSCSI_BASE_RAW_H
#define SANSCSI_BASE_RAW_H

#if __STDC_HOSTED__

#include <string.h>

#else

/* Without a C library there is no string.h. A freestanding compiler would call these for each field
 * of four bytes; by their other names it knows what they do, and calls them for large pieces only.
 */
#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *memory, int value, size_t size);
int memcmp(const void *a, const void *b, size_t size);

#define memcpy(to, from, size) __builtin_memcpy(to, from, size)
#define memmove(to, from, size) __builtin_memmove(to, from, size)
#define memset(memory, value, size) __builtin_memset(memory, value, size)
#define memcmp(a, b, size) __builtin_memcmp(a, b, size)

#endif

#endif
