/* What happens: kept for the report of a failure, printed on demand, and hashed. */
#ifndef SANSCSI_TESTS_SIMULATION_TRACE_H
#define SANSCSI_TESTS_SIMULATION_TRACE_H

#include <stdbool.h>
#include <stdint.h>

#define TRACE_NOTES 600u

struct trace_note {
    uint64_t time;
    uint64_t lane;
    const char *what; /* constant text; the names of the numbers in brackets */
    uint64_t numbers[4];
};

struct trace {
    uint64_t seed;
    uint64_t operations; /* of a long run; else 0 */
    bool prints;         /* every note at once */
    bool fails;          /* to see the report */
    uint64_t hash;
    uint64_t count; /* notes so far */
    struct trace_note notes[TRACE_NOTES];
};

struct lane;

/* Keeps a note with the present time. */
void note(struct lane *lane, const char *what, uint64_t a, uint64_t b, uint64_t c, uint64_t d);

/* Something is wrong: tells what, the last notes and how to repeat it, and ends the program. */
_Noreturn void fail(struct lane *lane, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
