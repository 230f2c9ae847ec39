/* Reports diagnostic events as text and as JSON lines. */
#include "events.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int event_sink_open(struct event_sink *sink, const struct options *options) {
    memset(sink, 0, sizeof(*sink));
    sink->quiet = options->quiet;
    sink->verbose = options->verbose;
    sink->colours = isatty(STDERR_FILENO) == 1;
    if (options->event_log == NULL) {
        return 0;
    }
    sink->log = strcmp(options->event_log, "-") == 0 ? stdout : fopen(options->event_log, "ab");
    if (sink->log == NULL) {
        usage_error("%s: %s", options->event_log, strerror(errno));
        return -1;
    }
    return 0;
}

int event_sink_close(struct event_sink *sink) {
    int bad = sink->log != NULL && ferror(sink->log);
    if (sink->log != NULL && sink->log != stdout) {
        bad = fclose(sink->log) != 0 || bad;
    }
    sink->log = NULL;
    return bad ? -1 : 0;
}

static const char *severity_colour(uint32_t severity) {
    static const char *const colours[] = {"\033[36m", "\033[33m", "\033[31m", "\033[1;31m"};
    return severity < sizeof(colours) / sizeof(colours[0]) ? colours[severity] : "";
}

static void print_message(FILE *file, const sanscsi_event *event) {
    size_t needed = sanscsi_event_message(event, NULL, 0);
    char *message = malloc(needed + 1);
    if (message == NULL) {
        fputs(sanscsi_event_summary(event->id), file);
        return;
    }
    sanscsi_event_message(event, message, needed + 1);
    fputs(message, file);
    free(message);
}

void event_print(FILE *file, const sanscsi_event *event, uint32_t colours, uint32_t causes) {
    const char *name = sanscsi_event_name(event->id);
    fprintf(file, "%s%s%s %u %s: ", colours ? severity_colour(event->severity) : "",
            sanscsi_severity_name(event->severity), colours ? "\033[0m" : "", (unsigned)event->id,
            name == NULL ? "unknown" : name);
    print_message(file, event);
    fputc('\n', file);
    if (!causes) {
        return;
    }
    for (uint32_t i = 0; i < event->cause_count; i++) {
        size_t cause = event->causes[i];
        fprintf(file, "    cause %s: %s\n", sanscsi_event_cause_number(event->id, cause),
                sanscsi_event_cause_text(event->id, cause));
        const char *action = NULL;
        for (size_t j = 0; (action = sanscsi_event_action(event->id, cause, j)) != NULL; j++) {
            fprintf(file, "        %zu. %s\n", j + 1, action);
        }
    }
}

int event_print_json(FILE *file, const sanscsi_event *event) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    uint64_t ms = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
    size_t needed = sanscsi_event_json(event, ms, NULL, 0);
    char *object = malloc(needed + 1);
    if (object == NULL) {
        failure("no memory for an event of %zu bytes", needed);
        return -1;
    }
    sanscsi_event_json(event, ms, object, needed + 1);
    fprintf(file, "%s\n", object);
    fflush(file);
    free(object);
    return 0;
}

void event_report(struct event_sink *sink, const sanscsi_event *event) {
    if (!sink->quiet || event->severity >= SANSCSI_SERIOUS) {
        event_print(stderr, event, sink->colours, sink->verbose);
    }
    if (sink->log != NULL) {
        (void)event_print_json(sink->log, event);
    }
}
