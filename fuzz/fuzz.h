/* What the harnesses share: how a broken property is told, and how an input is cut into choices. */
#ifndef SANSCSI_FUZZ_H
#define SANSCSI_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/reader.h"

/* The entry of every harness, called with one input; returns 0. What it keeps between two calls
 * must not change what the second one does: a finding is one file. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Says which property does not hold, and aborts. */
_Noreturn void fuzz_broken(const char *property, const char *condition, const char *file, int line);

/* `property` is a sentence that holds for every input. */
#define FUZZ_HOLDS(condition, property)                                                            \
    ((condition) ? (void)0 : fuzz_broken(property, #condition, __FILE__, __LINE__))

/*
 * Choices are taken from the front of an input by a reader, which gives zeros behind its end: every
 * input is a whole run. One expression takes one choice, since compilers differ in the order in
 * which they work out arguments. fuzz_up_to() gives 0 to `most`; fuzz_flag() the lowest bit of a
 * byte.
 */
uint32_t fuzz_up_to(struct reader *input, uint32_t most);
bool fuzz_flag(struct reader *input);

/* Takes up to `most` bytes, as many as the length in front of them (two bytes) and the input
 * allow. */
struct span fuzz_bytes(struct reader *input, size_t most);

/* Takes what is left. */
struct span fuzz_rest(struct reader *input);

/* A copy in memory of exactly its size, which sanitizers watch; to be given to free(). */
uint8_t *fuzz_copy(struct span bytes);

#endif
