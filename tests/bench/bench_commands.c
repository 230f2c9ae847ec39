/* Commands of 4 KiB against a target in the same process, for callgrind to count: the figures of
 * each row are zeroed before it and dumped behind it under the row's name. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <valgrind/callgrind.h>

#include <iscsi/sanscsi.h>

#include "target.h"

#define COMMANDS 1024u  /* a row; count_instructions.py divides by it */
#define WARM_UP 128u    /* commands before counting begins */
#define ANSWERS 8u      /* commands that the target answers at once, if so many wait */
#define WINDOW 64u      /* entries of a transport's vector */
#define DEPTH_LIMIT 32u /* the default of sanscsi_limits.tasks */

struct row {
    const char *name;
    bool write;
    uint32_t depth;
    struct target_manner manner;
};

static const struct row rows[] = {
    {"read 1", false, 1, {false, false, false, false}},
    {"read 32", false, 32, {false, false, false, false}},
    {"read+response 1", false, 1, {false, true, false, false}},
    {"read+response 32", false, 32, {false, true, false, false}},
    {"write 1", true, 1, {false, false, false, false}},
    {"write 32", true, 32, {false, false, false, false}},
    {"write-r2t 1", true, 1, {false, false, true, false}},
    {"write-r2t 32", true, 32, {false, false, true, false}},
    {"write-unasked 1", true, 1, {false, false, false, true}},
    {"write-unasked 32", true, 32, {false, false, false, true}},
    {"read-digests 1", false, 1, {true, false, false, false}},
    {"read-digests 32", false, 32, {true, false, false, false}},
    {"write-digests 1", true, 1, {true, false, false, false}},
    {"write-digests 32", true, 32, {true, false, false, false}},
};

static struct target target;
static uint8_t buffers[DEPTH_LIMIT][TARGET_PAYLOAD];
static sanscsi_iovec lists[DEPTH_LIMIT];

static void must(bool good, const char *what) {
    if (!good) {
        fprintf(stderr, "failed: %s\n", what);
        exit(1);
    }
}

/* A client of the library, in the shape that one with a socket and a poll loop has. */
struct client {
    sanscsi_session *session;
    uint64_t now;
    bool logged_in;
    uint32_t in_flight;
    uint32_t submitted;
    uint32_t done;
};

static void transmit(struct client *client) {
    for (;;) {
        sanscsi_iovec iov[WINDOW];
        size_t count = 0;
        must(sanscsi_tx_window(client->session, 0, iov, WINDOW, &count) == SANSCSI_OK, "window");
        if (count == 0) {
            return;
        }
        size_t bytes = 0;
        for (size_t i = 0; i < count; i++) {
            bytes += iov[i].size;
        }
        target_hear(&target, iov, count);
        must(sanscsi_tx_commit(client->session, 0, bytes, client->now) == SANSCSI_OK, "sent");
    }
}

static void receive(struct client *client) {
    while (target.said_size > 0) {
        sanscsi_iovec iov[WINDOW];
        size_t count = 0;
        must(sanscsi_rx_window(client->session, 0, iov, WINDOW, &count) == SANSCSI_OK, "window");
        must(count > 0, "room to receive");
        size_t bytes = target_say(&target, iov, count);
        must(sanscsi_rx_commit(client->session, 0, bytes, client->now) == SANSCSI_OK, "received");
    }
}

static void take(struct client *client, const sanscsi_output *output) {
    switch (output->type) {
    case SANSCSI_OUTPUT_CONNECT:
        must(sanscsi_connected(client->session, output->cid, client->now) == SANSCSI_OK, "connect");
        break;
    case SANSCSI_OUTPUT_LOGGED_IN:
        client->logged_in = true;
        break;
    case SANSCSI_OUTPUT_TASK_DONE:
        must(output->result->io_status == SANSCSI_IO_OK && output->result->scsi_status == 0,
             "a command");
        client->in_flight--;
        client->done++;
        break;
    default:
        must(false, "an output nobody expected");
    }
}

static void poll_all(struct client *client) {
    for (;;) {
        sanscsi_output output = {.size = sizeof(output)};
        must(sanscsi_poll(client->session, &output) == SANSCSI_OK, "poll");
        if (output.type == SANSCSI_OUTPUT_NONE) {
            return;
        }
        take(client, &output);
    }
}

static void submit(struct client *client, const struct row *row) {
    static const uint8_t cdb[2][10] = {{0x28, 0, 0, 0, 0, 0, 0, 0, 8, 0},
                                       {0x2a, 0, 0, 0, 0, 0, 0, 0, 8, 0}};
    static uint8_t sense[32];
    sanscsi_command command;
    sanscsi_command_defaults(&command);
    sanscsi_iovec *list = &lists[client->submitted % row->depth];
    command.cdb = cdb[row->write ? 1 : 0];
    command.cdb_length = sizeof(cdb[0]);
    command.sense = sense;
    command.sense_size = sizeof(sense);
    command.data_out = row->write ? list : NULL;
    command.data_out_count = row->write ? 1 : 0;
    command.data_in = row->write ? NULL : list;
    command.data_in_count = row->write ? 0 : 1;
    sanscsi_task task = 0;
    must(sanscsi_submit(client->session, &command, client->now, &task) == SANSCSI_OK, "submit");
    client->in_flight++;
    client->submitted++;
}

/* Keeps the row's depth in flight until so many commands are done. */
static void run_commands(struct client *client, const struct row *row, uint32_t commands) {
    client->submitted = 0;
    client->done = 0;
    while (client->done < commands) {
        client->now += 1000;
        while (client->in_flight < row->depth && client->submitted < commands) {
            submit(client, row);
        }
        transmit(client);
        target_answer(&target, ANSWERS);
        receive(client);
        poll_all(client);
        must(sanscsi_deadline(client->session) > client->now, "a deadline to come");
    }
}

static void log_in(struct client *client) {
    must(sanscsi_session_start(client->session, client->now) == SANSCSI_OK, "start");
    for (int i = 0; i < 16 && !client->logged_in; i++) {
        poll_all(client);
        transmit(client);
        receive(client);
    }
    poll_all(client);
    must(client->logged_in, "login");
}

static sanscsi_session *make_session(sanscsi_initiator *initiator, const struct row *row) {
    static const char name[] = "iqn.2026-01.example:target";
    static const char host[] = "192.0.2.1";
    sanscsi_session_settings settings;
    sanscsi_session_settings_defaults(&settings);
    settings.target_name = name;
    settings.target_name_length = sizeof(name) - 1;
    settings.host = host;
    settings.host_length = sizeof(host) - 1;
    settings.parameters.initial_r2t = row->manner.r2t;
    settings.parameters.immediate_data = !row->manner.r2t && !row->manner.unsolicited;
    uint32_t digest = row->manner.digests ? SANSCSI_DIGEST_CRC32C : SANSCSI_DIGEST_NONE;
    settings.parameters.header_digest = digest;
    settings.parameters.data_digest = digest;
    sanscsi_session *session = NULL;
    must(sanscsi_session_new(initiator, &settings, NULL, &session) == SANSCSI_OK, "session");
    return session;
}

static void run_row(sanscsi_initiator *initiator, const struct row *row) {
    target_reset(&target, &row->manner);
    struct client client = {.session = make_session(initiator, row), .now = 1};
    log_in(&client);
    run_commands(&client, row, WARM_UP);
    CALLGRIND_ZERO_STATS;
    run_commands(&client, row, COMMANDS);
    CALLGRIND_DUMP_STATS_AT(row->name);
    sanscsi_session_free(client.session);
}

int main(void) {
    static const char name[] = "iqn.2026-01.example:initiator";
    for (uint32_t i = 0; i < DEPTH_LIMIT; i++) {
        lists[i].data = buffers[i];
        lists[i].size = sizeof(buffers[i]);
    }
    sanscsi_initiator_settings settings;
    sanscsi_initiator_settings_defaults(&settings);
    settings.name = name;
    settings.name_length = sizeof(name) - 1;
    sanscsi_initiator *initiator = NULL;
    must(sanscsi_initiator_new(&settings, &initiator) == SANSCSI_OK, "initiator");
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        run_row(initiator, &rows[i]);
    }
    sanscsi_initiator_free(initiator);
    return 0;
}
