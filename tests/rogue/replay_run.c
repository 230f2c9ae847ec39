/* One session of replay: polling, scenarios, and what happens to it. Public interface only. */
#include "replay.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MILLISECOND UINT64_C(1000000)
#define EVENT_ROOM 2048 /* bytes of JSON that most events take */

static void bytes_reserve(struct bytes *bytes, size_t size) {
    if (bytes->size + size > bytes->capacity) {
        bytes->capacity = (bytes->size + size) * 2 + 256;
        bytes->data = realloc(bytes->data, bytes->capacity);
        if (bytes->data == NULL) {
            abort();
        }
    }
}

void bytes_add(struct bytes *bytes, const void *data, size_t size) {
    bytes_reserve(bytes, size);
    if (size > 0) {
        memcpy(bytes->data + bytes->size, data, size);
    }
    bytes->size += size;
}

void bytes_print(struct bytes *bytes, const char *format, ...) {
    char text[1024];
    va_list list;
    va_start(list, format);
    int size = vsnprintf(text, sizeof(text), format, list);
    va_end(list);
    bytes_add(bytes, text, size < (int)sizeof(text) ? (size_t)size : sizeof(text) - 1);
}

int bytes_equal(const struct bytes *a, const struct bytes *b) {
    return a->size == b->size && (a->size == 0 || memcmp(a->data, b->data, a->size) == 0);
}

void bytes_free(struct bytes *bytes) {
    free(bytes->data);
    memset(bytes, 0, sizeof(*bytes));
}

/* Random numbers that are the same in every run (xorshift64). */
static int32_t random_bytes(void *context, void *bytes, size_t size) {
    struct run *run = context;
    uint8_t *out = bytes;
    for (size_t i = 0; i < size; i++) {
        run->random ^= run->random << 13;
        run->random ^= run->random >> 7;
        run->random ^= run->random << 17;
        out[i] = (uint8_t)(run->random >> 24);
    }
    return 0;
}

static void check(int32_t status, const char *what) {
    if (status != SANSCSI_OK) {
        fprintf(stderr, "%s: %s\n", what, sanscsi_status_text(status));
        exit(3);
    }
}

void run_start(struct run *run, const struct plan *plan) {
    sanscsi_initiator_settings node;
    sanscsi_allocator allocator = {.size = sizeof(allocator)};
    sanscsi_limits limits;
    memset(run, 0, sizeof(*run));
    run->plan = plan;
    run->now = 1000 * MILLISECOND;
    run->random = UINT64_C(0x9e3779b97f4a7c15);
    sanscsi_initiator_settings_defaults(&node);
    node.name = plan->name;
    node.name_length = strlen(plan->name);
    node.random = random_bytes;
    node.random_context = run;
    if (plan->memory_limit > 0) {
        run->arena_memory = malloc(plan->memory_limit);
        check(sanscsi_arena_new(run->arena_memory, plan->memory_limit, &run->arena), "arena");
        check(sanscsi_arena_allocator(run->arena, &allocator), "allocator");
        node.allocator = &allocator;
    }
    sanscsi_limits_defaults(&limits);
    if (plan->memory_limit == 0) {
        limits.events = 64; /* room for all that one step can raise */
    }
    if (plan->settings.parameters.max_outstanding_r2t > limits.max_outstanding_r2t) {
        limits.max_outstanding_r2t = plan->settings.parameters.max_outstanding_r2t;
    }
    check(sanscsi_initiator_new(&node, &run->initiator), "initiator");
    check(sanscsi_session_new(run->initiator, &plan->settings, &limits, &run->session), "session");
    check(sanscsi_session_start(run->session, run->now), "start");
}

void run_end(struct run *run) {
    sanscsi_scan_free(run->scan);
    sanscsi_session_free(run->session);
    sanscsi_initiator_free(run->initiator);
    free(run->arena_memory);
    bytes_free(&run->sent);
    bytes_free(&run->events);
    bytes_free(&run->outputs);
}

static void keep_event(struct run *run, const sanscsi_event *event) {
    uint64_t time = run->now / MILLISECOND;
    for (size_t room = EVENT_ROOM, size = 0;; room = size + 1) {
        bytes_reserve(&run->events, room);
        char *end = (char *)run->events.data + run->events.size;
        size = sanscsi_event_json(event, time, end, room);
        if (size < room) {
            end[size] = '\n';
            run->events.size += size + 1;
            return;
        }
    }
}

static void log_out(struct run *run) {
    run->ending = sanscsi_logout(run->session, run->now) == SANSCSI_OK || run->ending;
}

/* A session that has ended is started again as often as the plan says, unless that was its will or
 * the library says that it cannot help. */
static void logged_out(struct run *run) {
    if (run->ending || run->restarts == run->plan->reconnect ||
        sanscsi_session_may_retry(run->session) != 1) {
        run->done = 1;
        return;
    }
    run->restarts++;
    check(sanscsi_session_start(run->session, run->now), "start again");
}

/* One command with LUN 0: INQUIRY, two blocks that are read, or eight that are written. */
static void submit(struct run *run) {
    enum scenario scenario = run->plan->scenario;
    uint8_t cdb[16];
    sanscsi_command command;
    sanscsi_command_defaults(&command);
    run->buffer.data = run->data;
    run->buffer.size = scenario == SCENARIO_INQUIRY ? 255
                       : scenario == SCENARIO_READ  ? 1024
                                                    : sizeof(run->data);
    command.cdb = cdb;
    if (scenario == SCENARIO_WRITE) {
        command.cdb_length = sanscsi_cdb_write10(cdb, 0, 8, 0);
        command.data_out = &run->buffer;
        command.data_out_count = 1;
    } else {
        command.cdb_length = scenario == SCENARIO_READ ? sanscsi_cdb_read10(cdb, 0, 2, 0)
                                                       : sanscsi_cdb_inquiry(cdb, 0, 0, 255);
        command.data_in = &run->buffer;
        command.data_in_count = 1;
    }
    (void)!sanscsi_submit(run->session, &command, run->now, NULL);
}

/* What is asked of a session that has logged in. A session that has ended meanwhile says so by
 * its outputs. */
static void begin_work(struct run *run) {
    switch (run->plan->scenario) {
    case SCENARIO_LOGIN:
        (void)!sanscsi_logout(run->session, run->now);
        return;
    case SCENARIO_DISCOVER:
        (void)!sanscsi_send_targets(run->session, 1, run->now, NULL);
        return;
    case SCENARIO_SCAN:
        if (run->scan == NULL) {
            check(sanscsi_scan_new(run->session, run->now, &run->scan), "scan");
        }
        return;
    case SCENARIO_PING:
        (void)!sanscsi_ping(run->session, NULL, NULL, 0, 1, 0, run->now, NULL);
        return;
    case SCENARIO_INQUIRY:
    case SCENARIO_READ:
    case SCENARIO_WRITE:
        submit(run);
        return;
    }
}

static void task_done(struct run *run, const sanscsi_task_result *result) {
    bytes_print(&run->outputs, "task %u scsi %x io %u response %u in %u under %u over %u %x/%04x\n",
                result->kind, result->scsi_status, result->io_status, result->response,
                result->data_in, result->underflow, result->overflow, result->sense_key,
                result->sense_code);
    if (run->plan->scenario == SCENARIO_INQUIRY || run->plan->scenario == SCENARIO_READ) {
        for (uint32_t i = 0; i < result->data_in && i < sizeof(run->data); i++) {
            bytes_print(&run->outputs, "%02x", run->data[i]);
        }
        bytes_print(&run->outputs, "\n");
    }
    log_out(run);
}

static void keep_target(struct run *run, const sanscsi_target *target) {
    bytes_print(&run->outputs, "target %.*s\n", (int)target->name_length,
                (const char *)target->name);
    for (uint32_t i = 0; i < target->portal_count; i++) {
        sanscsi_portal portal = {.size = sizeof(portal)};
        check(sanscsi_target_portal(target, i, &portal), "portal");
        bytes_print(&run->outputs, "portal %.*s %u\n", (int)portal.host_length, portal.host,
                    (unsigned)portal.port);
    }
}

static void give_secret(struct run *run, const sanscsi_output *output) {
    const char *secret =
        output->secret == SANSCSI_SECRET_OWN ? run->plan->secret : run->plan->target_secret;
    bytes_print(&run->outputs, "secret %u %.*s\n", output->secret, (int)output->chap_name_length,
                output->chap_name);
    (void)!sanscsi_give_secret(run->session, output->cid, output->secret, secret,
                               secret == NULL ? 0 : strlen(secret), run->now);
}

static void serve(struct run *run, const sanscsi_output *output) {
    switch (output->type) {
    case SANSCSI_OUTPUT_EVENT:
        keep_event(run, output->event);
        return;
    case SANSCSI_OUTPUT_TASK_DONE:
        task_done(run, output->result);
        return;
    case SANSCSI_OUTPUT_TARGET:
        keep_target(run, output->target);
        return;
    case SANSCSI_OUTPUT_CONNECT:
        bytes_print(&run->outputs, "connect %s %u\n", output->host, (unsigned)output->port);
        memcpy(run->host, output->host, output->host_length + 1);
        run->port = output->port;
        run->wants_connection = 1;
        return;
    case SANSCSI_OUTPUT_SECRET:
        give_secret(run, output);
        return;
    default:
        break;
    }
    bytes_print(&run->outputs, "output %u\n", output->type);
    if (output->type == SANSCSI_OUTPUT_CLOSE) {
        run->wants_close = 1;
    } else if (output->type == SANSCSI_OUTPUT_LOGGED_IN) {
        begin_work(run);
    } else if (output->type == SANSCSI_OUTPUT_LOGGED_OUT) {
        logged_out(run);
    }
}

static void take_units(struct run *run) {
    sanscsi_unit unit = {.size = sizeof(unit)};
    while (sanscsi_scan_next(run->scan, &unit) == 1) {
        bytes_print(&run->outputs, "unit %u claimed %u inquiry %d blocks %llu\n", unit.lun_number,
                    unit.claimed, unit.inquiry != NULL,
                    unit.capacity == NULL ? 0ULL : (unsigned long long)unit.capacity->blocks);
    }
}

static int poll_all(struct run *run) {
    sanscsi_output output = {.size = sizeof(output)};
    int any = 0;
    for (;;) {
        check(sanscsi_poll(run->session, &output), "poll");
        if (output.type == SANSCSI_OUTPUT_NONE) {
            return any;
        }
        any = 1;
        if (run->scan == NULL || sanscsi_scan_output(run->scan, &output, run->now) != 1) {
            serve(run, &output);
        }
        if (run->scan != NULL) {
            take_units(run);
        }
    }
}

static int take_sent(struct run *run) {
    sanscsi_iovec piece;
    size_t count = 0;
    int any = 0;
    while (run->connected && sanscsi_tx_window(run->session, 0, &piece, 1, &count) == SANSCSI_OK &&
           count > 0) {
        bytes_add(&run->sent, piece.data, piece.size);
        check(sanscsi_tx_commit(run->session, 0, piece.size, run->now), "tx_commit");
        any = 1;
    }
    return any;
}

void run_pump(struct run *run) {
    int scanning = run->plan->scenario == SCENARIO_SCAN;
    for (int busy = 1; busy;) {
        busy = poll_all(run);
        if (scanning && run->scan != NULL && sanscsi_scan_done(run->scan) == 1) {
            bytes_print(&run->outputs, "scan complete %d\n", sanscsi_scan_complete(run->scan));
            scanning = 0;
            log_out(run);
            busy = 1;
        }
        busy = take_sent(run) || busy;
        if (run->wants_close) {
            run_closed(run);
            busy = 1;
        }
    }
}

void run_connected(struct run *run) {
    run->wants_connection = 0;
    run->connected = 1;
    (void)!sanscsi_connected(run->session, 0, run->now); /* it says by outputs what came of it */
}

void run_refused(struct run *run) {
    run->wants_connection = 0;
    check(sanscsi_connect_failed(run->session, 0, SANSCSI_CONNECT_REFUSED, run->now), "refused");
}

void run_closed(struct run *run) {
    run->connected = 0;
    run->wants_close = 0;
    check(sanscsi_closed(run->session, 0, run->now), "closed");
}

int run_silence(struct run *run) {
    uint64_t deadline = sanscsi_deadline(run->session);
    if (deadline == SANSCSI_NEVER) {
        return 0;
    }
    run->now = deadline > run->now ? deadline : run->now;
    check(sanscsi_tick(run->session, run->now), "tick");
    return 1;
}

void run_bytes(struct run *run, const uint8_t *data, size_t size, int windows) {
    if (!windows) {
        (void)!sanscsi_rx_feed(run->session, 0, data, size, run->now);
        return;
    }
    sanscsi_iovec piece;
    size_t count = 0;
    while (size > 0 && sanscsi_rx_window(run->session, 0, &piece, 1, &count) == SANSCSI_OK &&
           count > 0) {
        size_t part = piece.size < size ? piece.size : size;
        memcpy(piece.data, data, part);
        if (sanscsi_rx_commit(run->session, 0, part, run->now) != SANSCSI_OK) {
            return;
        }
        data += part;
        size -= part;
    }
}
