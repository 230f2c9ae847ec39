/* The four functions that the core needs, for programs without a C library. Short, not fast. */
#include <stddef.h>
#include <stdint.h>

/* Each loop could be taken for a call of the function it stands in, hence the build's
 * -fno-tree-loop-distribute-patterns. */
void *memcpy(void *restrict to, const void *restrict from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *to, int value, size_t size);
int memcmp(const void *one, const void *other, size_t size);

void *memcpy(void *restrict to, const void *restrict from, size_t size) {
    for (size_t i = 0; i < size; i++) {
        ((uint8_t *)to)[i] = ((const uint8_t *)from)[i];
    }
    return to;
}

void *memmove(void *to, const void *from, size_t size) {
    if ((uintptr_t)to <= (uintptr_t)from) {
        for (size_t i = 0; i < size; i++) {
            ((uint8_t *)to)[i] = ((const uint8_t *)from)[i];
        }
    } else {
        for (size_t i = size; i > 0; i--) {
            ((uint8_t *)to)[i - 1] = ((const uint8_t *)from)[i - 1];
        }
    }
    return to;
}

void *memset(void *to, int value, size_t size) {
    for (size_t i = 0; i < size; i++) {
        ((uint8_t *)to)[i] = (uint8_t)value;
    }
    return to;
}

int memcmp(const void *one, const void *other, size_t size) {
    for (size_t i = 0; i < size; i++) {
        int difference = ((const uint8_t *)one)[i] - ((const uint8_t *)other)[i];
        if (difference != 0) {
            return difference;
        }
    }
    return 0;
}
