/* Division of 64-bit numbers without help from outside: 32-bit machines have no instruction for it,
 * and their compilers would call a function of their runtime library. */
#ifndef SANSCSI_BASE_DIVIDE_H
#define SANSCSI_BASE_DIVIDE_H

#include <stddef.h>
#include <stdint.h>

#define NS_PER_MS 1000000u

/* value / divisor, which is not 0; stores the remainder where `remainder` is not NULL. */
uint64_t sanscsi_divide(uint64_t value, uint32_t divisor, uint32_t *remainder);

#endif
