/* Notes in a ring, and the report of a failure. */
#include "chaos/trace.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "chaos/world.h"

void note(struct world *world, const char *what, uint64_t a, uint64_t b, uint64_t c, uint64_t d) {
    struct trace *trace = &world->trace;
    struct trace_note *kept = &trace->notes[trace->count % TRACE_NOTES];
    *kept = (struct trace_note){world->now, what, {a, b, c, d}};
    trace->count++;
}

static void tell_notes(const struct trace *trace) {
    uint64_t first = trace->count > TRACE_NOTES ? trace->count - TRACE_NOTES : 0;
    for (uint64_t i = first; i < trace->count; i++) {
        const struct trace_note *kept = &trace->notes[i % TRACE_NOTES];
        fprintf(stderr,
                "%8" PRIu64 ".%06" PRIu64 " %s: %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 "\n",
                kept->time / 1000000000, kept->time / 1000 % 1000000, kept->what, kept->numbers[0],
                kept->numbers[1], kept->numbers[2], kept->numbers[3]);
    }
}

void fail(struct world *world, const char *format, ...) {
    const struct trace *trace = &world->trace;
    tell_notes(trace);
    fprintf(stderr, "FAILED after %" PRIu64 " operations: ", world->client.ended);
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fprintf(stderr, "\nagain: chaos %" PRIu64 " %" PRIu64 "\n", trace->seed, trace->operations);
    exit(1);
}
