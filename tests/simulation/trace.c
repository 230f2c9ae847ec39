/* Notes in a ring, and the report of a failure. */
#include "simulation/trace.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "simulation/world.h"

/* FNV-1a. */
static uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t size) {
    const uint8_t *at = bytes;
    for (size_t i = 0; i < size; i++) {
        hash = (hash ^ at[i]) * UINT64_C(1099511628211);
    }
    return hash;
}

static void hash_note(struct trace *trace, const struct trace_note *kept) {
    uint64_t hash = hash_bytes(trace->hash, kept->what, strlen(kept->what));
    const uint64_t words[] = {kept->time,       kept->lane,       kept->numbers[0],
                              kept->numbers[1], kept->numbers[2], kept->numbers[3]};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        hash = (hash ^ words[i]) * UINT64_C(1099511628211);
        hash ^= hash >> 29;
    }
    trace->hash = hash;
}

/* The text up to its brackets, then each number behind its name. */
static void print_note(FILE *to, const struct trace_note *kept) {
    const char *names = strchr(kept->what, '(');
    int length = names == NULL ? (int)strlen(kept->what) : (int)(names - kept->what);
    fprintf(to, "%6" PRIu64 ".%09" PRIu64 " %" PRIu64 " %.*s", kept->time / SECOND,
            kept->time % SECOND, kept->lane, length, kept->what);
    for (uint32_t i = 0; names != NULL && i < 4 && *names != ')' && *names != 0; i++) {
        names += strspn(names, "(, ");
        size_t size = strcspn(names, ",)");
        if (*names != '-') {
            fprintf(to, "%s%.*s %" PRIu64, i == 0 ? "" : ", ", (int)size, names, kept->numbers[i]);
        }
        names += size;
    }
    fputc('\n', to);
}

void note(struct lane *lane, const char *what, uint64_t a, uint64_t b, uint64_t c, uint64_t d) {
    struct trace *trace = &lane->world->trace;
    struct trace_note *kept = &trace->notes[trace->count % TRACE_NOTES];
    *kept = (struct trace_note){lane->world->now, lane->number, what, {a, b, c, d}};
    trace->count++;
    hash_note(trace, kept);
    if (trace->prints) {
        print_note(stdout, kept);
    }
}

static void print_last(const struct trace *trace) {
    uint64_t first = trace->count > TRACE_NOTES ? trace->count - TRACE_NOTES : 0;
    for (uint64_t i = first; !trace->prints && i < trace->count; i++) {
        print_note(stderr, &trace->notes[i % TRACE_NOTES]);
    }
}

void fail(struct lane *lane, const char *format, ...) {
    const struct trace *trace = &lane->world->trace;
    (void)fflush(stdout);
    print_last(trace);
    fprintf(stderr, "FAILED in lane %" PRIu32 " after %" PRIu64 " tasks: ", lane->number,
            lane->world->ended);
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fprintf(stderr, "\nagain: simulation --seed %" PRIu64, trace->seed);
    if (trace->operations != 0) {
        fprintf(stderr, " %" PRIu64, trace->operations);
    }
    fputc('\n', stderr);
    exit(1);
}
