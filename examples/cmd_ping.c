/* ping: NOP-Out round trips. */
#include <stdlib.h>

#include "commands.h"
#include "json.h"
#include "unit.h"

/* Between two pings, ns. */
static const uint64_t pause = SANSCSI_SECOND;

struct times {
    struct json *json; /* NULL: text */
    double min;
    double max;
    double sum;
    uint32_t count;
};

static void wait_until(struct host *host, uint64_t until) {
    while (clock_now() < until && !host_interrupted(host)) {
        host_turn(host, until);
    }
}

static void add_time(struct times *times, double ms) {
    times->min = times->count == 0 || ms < times->min ? ms : times->min;
    times->max = ms > times->max ? ms : times->max;
    times->sum += ms;
    times->count++;
    if (times->json != NULL) {
        json_decimal(times->json, NULL, ms);
    } else {
        printf("%u: %.3f ms\n", (unsigned)times->count, ms);
        fflush(stdout);
    }
}

static void print_summary(const struct times *times) {
    double average = times->count == 0 ? 0 : times->sum / times->count;
    if (times->json == NULL) {
        if (times->count != 0) {
            printf("min/avg/max: %.3f/%.3f/%.3f ms\n", times->min, average, times->max);
        }
        return;
    }
    json_close(times->json, ']');
    if (times->count != 0) {
        json_decimal(times->json, "min_ms", times->min);
        json_decimal(times->json, "avg_ms", average);
        json_decimal(times->json, "max_ms", times->max);
    }
    json_close(times->json, '}');
}

static int ping(struct unit *unit, void *context) {
    (void)context;
    struct host *host = unit->nexus.host;
    struct json json;
    struct times times = {.json = host->options->json ? &json : NULL};
    int result = 0;
    if (times.json != NULL) {
        json_start(&json, stdout);
        json_open(&json, NULL, '{');
        json_open(&json, "times_ms", '[');
    }
    for (uint32_t i = 0; i < host->options->count && result == 0; i++) {
        struct request request;
        request_init(&request, 0);
        request.kind = SANSCSI_TASK_PING;
        result = nexus_run(&unit->nexus, &request);
        if (result == 0) {
            add_time(&times, (double)(request.done_at - request.issued_at) / 1e6);
        }
        if (result == 0 && i + 1 < host->options->count) {
            wait_until(host, request.issued_at + pause);
            if (host_interrupted(host)) {
                failure("interrupted");
                result = -1;
            }
        }
    }
    print_summary(&times);
    return result;
}

int command_ping(const struct options *options) {
    return with_unit(options, ping, NULL);
}
