/* What happened last, kept cheaply and told when something is wrong. */
#ifndef SANSCSI_TESTS_CHAOS_TRACE_H
#define SANSCSI_TESTS_CHAOS_TRACE_H

#include <stdint.h>

#define TRACE_NOTES 600u

struct trace_note {
    uint64_t time;
    const char *what; /* constant text; the names of the numbers in brackets */
    uint64_t numbers[4];
};

struct trace {
    uint64_t seed;
    uint64_t operations; /* of the whole run */
    uint64_t count;      /* notes so far */
    struct trace_note notes[TRACE_NOTES];
};

struct world;

/* Keeps a note with the present time. */
void note(struct world *world, const char *what, uint64_t a, uint64_t b, uint64_t c, uint64_t d);

/* Something is wrong: tells what, the seed and the last notes, and ends the program. */
_Noreturn void fail(struct world *world, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
