/* Moves bytes between a session and the test target, polls, and keeps what came. */
#include "support/harness.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void *allocate(void *context, size_t bytes) {
    struct harness *harness = context;
    harness->allocations++;
    if (harness->allocations == harness->fail_at) {
        return NULL;
    }
    harness->allocated += bytes;
    return malloc(bytes);
}

static void release(void *context, void *memory, size_t bytes) {
    struct harness *harness = context;
    assert_non_null(memory);
    assert_true(harness->allocated >= bytes);
    harness->releases++;
    harness->allocated -= bytes;
    free(memory);
}

void harness_settings(sanscsi_session_settings *settings, sanscsi_limits *limits) {
    static const char name[] = "iqn.2024-01.org.example:target";
    static const char host[] = "192.0.2.1";
    sanscsi_session_settings_defaults(settings);
    settings->target_name = name;
    settings->target_name_length = sizeof(name) - 1;
    settings->host = host;
    settings->host_length = sizeof(host) - 1;
    sanscsi_limits_defaults(limits);
    limits->max_outstanding_r2t = 4;
    limits->events = 32;
    settings->parameters.max_outstanding_r2t = 4;
}

static sanscsi_random_function random_source;

void harness_give_random(sanscsi_random_function random) {
    random_source = random;
}

struct harness *harness_new(const struct target_config *config,
                            const sanscsi_session_settings *settings,
                            const sanscsi_limits *limits) {
    static const char name[] = "iqn.2024-01.org.example:host";
    struct harness *harness = calloc(1, sizeof(*harness));
    assert_non_null(harness);
    struct target_config default_config;
    target_config_defaults(&default_config);
    harness->target = target_new(config != NULL ? config : &default_config);
    harness->cut_after = UINT64_MAX;
    harness->now = 7 * SANSCSI_SECOND;
    harness->random = 1;
    sanscsi_allocator allocator = {sizeof(allocator), allocate, release, harness};
    sanscsi_initiator_settings node;
    sanscsi_initiator_settings_defaults(&node);
    node.name = name;
    node.name_length = sizeof(name) - 1;
    node.allocator = &allocator;
    node.random = random_source;
    assert_int_equal(sanscsi_initiator_new(&node, &harness->initiator), SANSCSI_OK);
    sanscsi_session_settings default_settings;
    sanscsi_limits default_limits;
    harness_settings(&default_settings, &default_limits);
    assert_int_equal(
        sanscsi_session_new(harness->initiator, settings != NULL ? settings : &default_settings,
                            limits != NULL ? limits : &default_limits, &harness->session),
        SANSCSI_OK);
    return harness;
}

void harness_login(struct harness *harness) {
    assert_int_equal(sanscsi_session_start(harness->session, harness->now), SANSCSI_OK);
    uint32_t before_login = harness->logged_in;
    harness_run(harness);
    assert_int_equal(harness->logged_in, before_login + 1);
    assert_true(harness->target->full_feature);
}

struct harness *harness_ready(const struct target_config *config,
                              const sanscsi_session_settings *settings,
                              const sanscsi_limits *limits) {
    struct harness *harness = harness_new(config, settings, limits);
    harness_login(harness);
    return harness;
}

void harness_no_violations(const struct harness *harness) {
    if (harness->target->violation_count > 0) {
        fail_msg("%u violations, the first: %s", harness->target->violation_count,
                 harness->target->violations[0]);
    }
}

void harness_free(struct harness *harness) {
    if (!harness->flipped) {
        harness_no_violations(harness);
    }
    sanscsi_session_free(harness->session);
    sanscsi_initiator_free(harness->initiator);
    assert_int_equal(harness->allocated, 0);
    target_free(harness->target);
    free(harness);
}

uint32_t harness_random(struct harness *harness) {
    harness->random = harness->random * 1664525u + 1013904223u;
    return harness->random >> 8;
}

/* ---- polling ---- */

static void log_text(struct harness *harness, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void log_text(struct harness *harness, const char *format, ...) {
    va_list args;
    va_start(args, format);
    size_t room = sizeof(harness->log) - harness->log_size;
    int written = vsnprintf(harness->log + harness->log_size, room, format, args);
    va_end(args);
    if (written > 0 && (size_t)written < room) {
        harness->log_size += (size_t)written;
    }
}

static void keep_event(struct harness *harness, const sanscsi_event *event) {
    if (harness->event_count == HARNESS_EVENTS) {
        return;
    }
    struct harness_event *kept = &harness->events[harness->event_count++];
    kept->id = event->id;
    kept->arg_count = event->arg_count;
    for (uint32_t i = 0; i < event->arg_count; i++) {
        const sanscsi_event_arg *arg = &event->args[i];
        kept->numbers[i] = arg->number;
        if (arg->type == SANSCSI_ARG_STRING && arg->text_length < HARNESS_TEXT) {
            memcpy(kept->texts[i], arg->text, arg->text_length);
        }
    }
    size_t size = 0;
    for (uint32_t i = 0; i < event->cause_count; i++) {
        const char *number = sanscsi_event_cause_number(event->id, event->causes[i]);
        assert_non_null(number);
        size += (size_t)snprintf(kept->causes + size, sizeof(kept->causes) - size, " %s", number);
    }
    assert_int_equal(event->time, harness->now);
}

static void keep_result(struct harness *harness, const sanscsi_task_result *result) {
    if (harness->result_count < HARNESS_RESULTS) {
        harness->results[harness->result_count] = *result;
        log_text(harness, "done %u status %x io %u response %x in %u u %u o %u sense %u %x/%x\n",
                 (unsigned)result->user, result->scsi_status, result->io_status, result->response,
                 result->data_in, result->underflow, result->overflow, result->sense_total,
                 result->sense_key, result->sense_code);
    }
    harness->result_count++;
    if (result->user < HARNESS_USERS) {
        harness->done[result->user]++;
    }
}

/* A target that knows nothing of the one before but its disk. */
static void renew_target(struct harness *harness) {
    struct target *old = harness->target;
    harness_no_violations(harness);
    harness->target = target_new(&old->config);
    memcpy(harness->target->storage, old->storage, old->config.storage_bytes);
    target_free(old);
}

static void connect_transport(struct harness *harness, uint32_t cid) {
    harness->connects++;
    if (harness->no_connect) {
        return;
    }
    if (harness->refuse > 0) {
        harness->refuse--;
        assert_int_equal(
            sanscsi_connect_failed(harness->session, cid, SANSCSI_CONNECT_REFUSED, harness->now),
            SANSCSI_OK);
        return;
    }
    if (harness->renew) {
        renew_target(harness);
    }
    harness->transport = true;
    assert_int_equal(sanscsi_connected(harness->session, cid, harness->now), SANSCSI_OK);
}

static void take_output(struct harness *harness, const sanscsi_output *output) {
    if (harness->output != NULL && harness->output(harness, output)) {
        return;
    }
    switch (output->type) {
    case SANSCSI_OUTPUT_CONNECT:
        connect_transport(harness, output->cid);
        break;
    case SANSCSI_OUTPUT_CLOSE:
        harness->closes++;
        log_text(harness, "close\n");
        if (!harness->no_close) {
            harness_cut(harness);
        }
        break;
    case SANSCSI_OUTPUT_LOGGED_IN:
        harness->logged_in++;
        log_text(harness, "in\n");
        break;
    case SANSCSI_OUTPUT_LOGGED_OUT:
        harness->logged_out++;
        log_text(harness, "out\n");
        break;
    case SANSCSI_OUTPUT_LOST:
        harness->lost++;
        log_text(harness, "lost\n");
        break;
    case SANSCSI_OUTPUT_TASK_DONE:
        keep_result(harness, output->result);
        break;
    case SANSCSI_OUTPUT_ASYNC:
        harness->asyncs++;
        harness->async = *output->async;
        log_text(harness, "async %u\n", output->async->event);
        break;
    case SANSCSI_OUTPUT_TARGET:
        log_text(harness, "target %.*s %u\n", (int)output->target->name_length,
                 (const char *)output->target->name, output->target->portal_count);
        for (uint32_t i = 0; i < output->target->portal_count; i++) {
            sanscsi_portal portal = {.size = sizeof(portal)};
            assert_int_equal(sanscsi_target_portal(output->target, i, &portal), SANSCSI_OK);
            log_text(harness, "  %.*s %u %u %u\n", (int)portal.host_length,
                     (const char *)portal.host, portal.port, portal.tag, portal.is_ipv6);
        }
        break;
    default:
        keep_event(harness, output->event);
        if (!harness->log_events_off) {
            log_text(harness, "event %u\n", output->event->id);
        }
        break;
    }
}

static bool poll_one(struct harness *harness) {
    sanscsi_output output = {.size = sizeof(output)};
    assert_int_equal(sanscsi_poll(harness->session, &output), SANSCSI_OK);
    if (output.type == SANSCSI_OUTPUT_NONE) {
        return false;
    }
    take_output(harness, &output);
    return true;
}

void harness_poll(struct harness *harness) {
    while (!harness->no_poll && poll_one(harness)) {
    }
}

void harness_cut(struct harness *harness) {
    if (harness->transport) {
        harness->transport = false;
        assert_int_equal(sanscsi_closed(harness->session, 0, harness->now), SANSCSI_OK);
    }
}

/* ---- bytes ---- */

/* How many of `size` bytes move at once. */
static size_t piece_of(struct harness *harness, size_t size) {
    uint64_t left = harness->cut_after - harness->moved;
    if (harness->how == HARNESS_BYTES && size > 1) {
        size = 1;
    } else if (harness->how == HARNESS_RANDOM && size > 1) {
        size_t most = harness_random(harness) % 4 == 0 ? size : 200;
        size = 1 + harness_random(harness) % (most < size ? most : size);
    }
    return size < left ? size : (size_t)left;
}

static uint64_t watched_bytes(const struct harness *harness, const uint8_t *at, size_t size) {
    bool inside = harness->watched != NULL && at >= harness->watched &&
                  at < harness->watched + harness->watched_size;
    return inside ? size : 0;
}

static size_t send_some(struct harness *harness) {
    sanscsi_iovec iov[16];
    size_t count = 0;
    if (!harness->transport || harness->no_tx) {
        return 0;
    }
    size_t max = harness->how == HARNESS_RANDOM ? 1 + harness_random(harness) % 16 : 16;
    assert_int_equal(sanscsi_tx_window(harness->session, 0, iov, max, &count), SANSCSI_OK);
    size_t whole = 0;
    for (size_t i = 0; i < count; i++) {
        whole += iov[i].size;
    }
    size_t size = piece_of(harness, whole);
    size_t left = size;
    for (size_t i = 0; left > 0; i++) {
        size_t piece = iov[i].size < left ? iov[i].size : left;
        harness->tx_payload += watched_bytes(harness, iov[i].data, piece);
        target_input(harness->target, iov[i].data, piece);
        left -= piece;
    }
    harness->moved += size;
    assert_int_equal(sanscsi_tx_commit(harness->session, 0, size, harness->now), SANSCSI_OK);
    return size;
}

/* Writes where the windows point, as a transport does. */
static size_t receive_by_window(struct harness *harness, size_t size, int32_t *status) {
    sanscsi_iovec iov[8];
    size_t count = 0;
    struct bytes *from = &harness->target->out;
    assert_int_equal(sanscsi_rx_window(harness->session, 0, iov, 8, &count), SANSCSI_OK);
    size_t done = 0;
    for (size_t i = 0; i < count && done < size; i++) {
        size_t piece = iov[i].size < size - done ? iov[i].size : size - done;
        harness->rx_payload += watched_bytes(harness, iov[i].data, piece);
        memcpy(iov[i].data, bytes_first(from) + done, piece);
        done += piece;
    }
    *status = sanscsi_rx_commit(harness->session, 0, done, harness->now);
    return done;
}

/* Damages the one bit that is to be damaged, once it is on its way. */
static void flip_bit(struct harness *harness, struct bytes *from) {
    uint64_t byte = (harness->flip - 1) / 8;
    if (harness->flip == 0 || harness->flipped || byte < harness->received ||
        byte - harness->received >= bytes_left(from)) {
        return;
    }
    from->data[from->taken + (byte - harness->received)] ^=
        (uint8_t)(0x80u >> (harness->flip - 1) % 8);
    harness->flipped = true;
}

static size_t receive_some(struct harness *harness) {
    struct bytes *from = &harness->target->out;
    if (!harness->transport || bytes_left(from) == 0) {
        return 0;
    }
    int32_t status = SANSCSI_OK;
    size_t size = piece_of(harness, bytes_left(from));
    flip_bit(harness, from);
    if (harness->how == HARNESS_WINDOWS) {
        size = receive_by_window(harness, size, &status);
    } else if (size > 0) {
        status = sanscsi_rx_feed(harness->session, 0, bytes_first(from), size, harness->now);
    }
    bytes_take(from, size);
    harness->moved += size;
    harness->received += size;
    if (status != SANSCSI_OK) {
        harness->rx_status = status;
    }
    return size;
}

void harness_run(struct harness *harness) {
    for (;;) {
        harness_poll(harness);
        size_t moved = send_some(harness);
        moved += receive_some(harness);
        if (harness->moved >= harness->cut_after) {
            harness_cut(harness);
        }
        if (moved == 0) {
            harness_poll(harness);
            break;
        }
    }
}

void harness_wait(struct harness *harness, uint64_t time) {
    harness->now += time;
    assert_int_equal(sanscsi_tick(harness->session, harness->now), SANSCSI_OK);
    harness_run(harness);
}

void harness_logout(struct harness *harness) {
    assert_int_equal(sanscsi_logout(harness->session, harness->now), SANSCSI_OK);
    harness_run(harness);
    assert_int_equal(sanscsi_session_state(harness->session), SANSCSI_SESSION_FREE);
}

/* ---- commands ---- */

int32_t harness_try(struct harness *harness, const struct harness_command *command,
                    sanscsi_task *task) {
    size_t length = 0;
    for (uint32_t i = 0; i < command->count; i++) {
        length += command->list[i].size;
    }
    uint8_t cdb[16] = {command->opcode};
    put32(cdb + 2, command->offset);
    put32(cdb + 6, (uint32_t)length);
    sanscsi_command submitted;
    sanscsi_command_defaults(&submitted);
    submitted.cdb = cdb;
    submitted.cdb_length = sizeof(cdb);
    submitted.lun = command->lun;
    submitted.user = command->user;
    submitted.timeout = command->timeout;
    submitted.flags = command->flags;
    if (command->opcode == TARGET_OP_READ) {
        submitted.data_in = command->list;
        submitted.data_in_count = command->count;
    } else {
        submitted.data_out = command->list;
        submitted.data_out_count = command->count;
    }
    return sanscsi_submit(harness->session, &submitted, harness->now, task);
}

sanscsi_task harness_submit(struct harness *harness, const struct harness_command *command) {
    sanscsi_task task = 0;
    assert_int_equal(harness_try(harness, command, &task), SANSCSI_OK);
    assert_int_not_equal(task, 0);
    return task;
}

sanscsi_task harness_read(struct harness *harness, uint32_t offset, const sanscsi_iovec *list,
                          uint32_t count, uint64_t user) {
    struct harness_command command = {
        .opcode = TARGET_OP_READ, .offset = offset, .list = list, .count = count, .user = user};
    return harness_submit(harness, &command);
}

sanscsi_task harness_write(struct harness *harness, uint32_t offset, const sanscsi_iovec *list,
                           uint32_t count, uint64_t user) {
    struct harness_command command = {
        .opcode = TARGET_OP_WRITE, .offset = offset, .list = list, .count = count, .user = user};
    return harness_submit(harness, &command);
}

const struct harness_event *harness_event(const struct harness *harness, uint32_t id) {
    for (uint32_t i = 0; i < harness->event_count; i++) {
        if (harness->events[i].id == id) {
            return &harness->events[i];
        }
    }
    return NULL;
}

const sanscsi_task_result *harness_result(const struct harness *harness, uint64_t user) {
    assert_int_equal(harness->done[user], 1);
    for (uint32_t i = 0; i < harness->result_count && i < HARNESS_RESULTS; i++) {
        if (harness->results[i].user == user) {
            return &harness->results[i];
        }
    }
    fail_msg("no result of task %u", (unsigned)user);
    return NULL;
}

uint64_t harness_counter(const struct harness *harness, const char *name) {
    for (size_t i = 0; i < sanscsi_counter_count(); i++) {
        if (strcmp(sanscsi_counter_name(i), name) == 0) {
            return sanscsi_counter(harness->session, i);
        }
    }
    fail_msg("no counter %s", name);
    return 0;
}

const char *harness_fault(const struct harness *harness) {
    sanscsi_fault fault = {.size = sizeof(fault)};
    assert_int_equal(sanscsi_connection_fault(harness->session, 0, &fault), SANSCSI_OK);
    return fault.name;
}
