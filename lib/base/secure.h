/* Wiping of secrets and comparison whose time does not depend on the content. */
#ifndef SANSCSI_BASE_SECURE_H
#define SANSCSI_BASE_SECURE_H

#include <stdbool.h>
#include <stddef.h>

/* Overwrites memory in a way the compiler may not leave out. */
void sanscsi_wipe(void *memory, size_t size);

/* Compares `size` bytes, always looking at all of them. */
bool sanscsi_equal_constant_time(const void *a, const void *b, size_t size);

#endif
