/* Where diagnostic events go: text on standard error, JSON lines in the event log. */
#ifndef EXAMPLE_EVENTS_H
#define EXAMPLE_EVENTS_H

#include <stdio.h>

#include "options.h"

struct event_sink {
    FILE *log; /* NULL: none */
    uint32_t quiet;
    uint32_t verbose;
    uint32_t colours;
};

/* Opens the event log if one was asked for. Returns 0, or -1 after a failure that has been told. */
int event_sink_open(struct event_sink *sink, const struct options *options);

/* Returns 0, or -1 when the log could not be written. */
int event_sink_close(struct event_sink *sink);

/* Reports one event. */
void event_report(struct event_sink *sink, const sanscsi_event *event);

/* Prints an event as text: a line, then on request its causes with their actions. */
void event_print(FILE *file, const sanscsi_event *event, uint32_t colours, uint32_t causes);

/* Prints an event as one JSON object a line. Returns 0, or -1 when there is no memory for it. */
int event_print_json(FILE *file, const sanscsi_event *event);

#endif
