/* Division of 64-bit numbers without help from outside. */
#include "base/divide.h"

/* Long division: the upper half at once, the lower one bit by bit. */
uint64_t sanscsi_divide(uint64_t value, uint32_t divisor, uint32_t *remainder) {
    uint32_t high = (uint32_t)(value >> 32);
    uint32_t low = (uint32_t)value;
    uint64_t quotient = low / divisor;
    uint64_t rest = low % divisor;
    if (high > 0) {
        quotient = (uint64_t)(high / divisor) << 32;
        rest = high % divisor;
        for (uint32_t bit = UINT32_C(1) << 31; bit != 0; bit >>= 1) {
            rest = rest << 1 | ((low & bit) != 0 ? 1u : 0u);
            if (rest >= divisor) {
                rest -= divisor;
                quotient |= bit;
            }
        }
    }
    if (remainder != NULL) {
        *remainder = (uint32_t)rest;
    }
    return quotient;
}
