/* Wiping of secrets and comparison whose time does not depend on the content. */
#include "base/secure.h"

#include <stdint.h>

void sanscsi_wipe(void *memory, size_t size) {
    volatile uint8_t *p = memory;
    for (size_t i = 0; i < size; i++) {
        p[i] = 0;
    }
}

bool sanscsi_equal_constant_time(const void *a, const void *b, size_t size) {
    const volatile uint8_t *x = a;
    const volatile uint8_t *y = b;
    uint8_t difference = 0;
    for (size_t i = 0; i < size; i++) {
        difference = (uint8_t)(difference | (x[i] ^ y[i]));
    }
    return difference == 0;
}
