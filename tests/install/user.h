/* What the stranger's programs share: reading a block, and casts that C and C++ both like. */
#ifndef USER_H
#define USER_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define static_cast_to(type, value) static_cast<type>(value)
#define reinterpret_cast_to(type, value) reinterpret_cast<type>(value)
#else
#define static_cast_to(type, value) ((type)(value))
#define reinterpret_cast_to(type, value) ((type)(value))
#endif

/* Logs in by a URL, reads block 0, logs out. Returns 0, or -1 when any of it did not work. */
int read_first_block(const char *url, uint8_t *block, size_t size);

#endif
