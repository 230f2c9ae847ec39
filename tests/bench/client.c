/* A client of the library for benchmarks: it drives one session against the target in memory. */
#include "client.h"

#include <stdio.h>
#include <stdlib.h>

#define WINDOW 64u /* entries of a transport's vector */

/* All commands read to, or write from, the same bytes: what moves is the target's to check. */
static uint8_t buffer[TARGET_MAX_PAYLOAD];

void must(bool good, const char *what) {
    if (!good) {
        fprintf(stderr, "failed: %s\n", what);
        exit(1);
    }
}

sanscsi_initiator *client_initiator(uint32_t sessions) {
    static const char name[] = "iqn.2026-01.example:initiator";
    sanscsi_initiator_settings settings;
    sanscsi_initiator_settings_defaults(&settings);
    settings.name = name;
    settings.name_length = sizeof(name) - 1;
    settings.max_sessions = sessions;
    sanscsi_initiator *initiator = NULL;
    must(sanscsi_initiator_new(&settings, &initiator) == SANSCSI_OK, "initiator");
    return initiator;
}

void client_open(struct client *client, sanscsi_initiator *initiator, struct target *target,
                 const struct work *work) {
    static const char name[] = "iqn.2026-01.example:target";
    static const char host[] = "192.0.2.1";
    sanscsi_session_settings settings;
    sanscsi_limits limits;
    sanscsi_session_settings_defaults(&settings);
    settings.target_name = name;
    settings.target_name_length = sizeof(name) - 1;
    settings.host = host;
    settings.host_length = sizeof(host) - 1;
    settings.parameters.initial_r2t = work->manner.r2t;
    settings.parameters.immediate_data = !work->manner.r2t && !work->manner.unsolicited;
    uint32_t digest = work->manner.digests ? SANSCSI_DIGEST_CRC32C : SANSCSI_DIGEST_NONE;
    settings.parameters.header_digest = digest;
    settings.parameters.data_digest = digest;
    sanscsi_limits_defaults(&limits);
    limits.tasks = work->depth;
    *client = (struct client){.target = target, .work = work, .now = 1};
    must(sanscsi_session_new(initiator, &settings, &limits, &client->session) == SANSCSI_OK,
         "session");
}

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
        target_hear(client->target, iov, count);
        must(sanscsi_tx_commit(client->session, 0, bytes, client->now) == SANSCSI_OK, "sent");
    }
}

static void receive(struct client *client) {
    while (client->target->said_size > 0) {
        sanscsi_iovec iov[WINDOW];
        size_t count = 0;
        must(sanscsi_rx_window(client->session, 0, iov, WINDOW, &count) == SANSCSI_OK, "window");
        must(count > 0, "room to receive");
        size_t bytes = target_say(client->target, iov, count);
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

static void submit(struct client *client) {
    static const uint8_t cdb[2][10] = {{0x28, 0, 0, 0, 0, 0, 0, 0, 8, 0},
                                       {0x2a, 0, 0, 0, 0, 0, 0, 0, 8, 0}};
    static uint8_t sense[32];
    static sanscsi_iovec lists[2] = {{buffer, TARGET_PAYLOAD}, {buffer, TARGET_MAX_PAYLOAD}};
    const sanscsi_iovec *list = &lists[client->work->size == TARGET_PAYLOAD ? 0 : 1];
    bool write = client->work->write;
    sanscsi_command command;
    sanscsi_command_defaults(&command);
    command.cdb = cdb[write ? 1 : 0];
    command.cdb_length = sizeof(cdb[0]);
    command.sense = sense;
    command.sense_size = sizeof(sense);
    command.data_out = write ? list : NULL;
    command.data_out_count = write ? 1 : 0;
    command.data_in = write ? NULL : list;
    command.data_in_count = write ? 0 : 1;
    sanscsi_task task = 0;
    must(sanscsi_submit(client->session, &command, client->now, &task) == SANSCSI_OK, "submit");
    client->in_flight++;
}

void client_log_in(struct client *client) {
    must(sanscsi_session_start(client->session, client->now) == SANSCSI_OK, "start");
    for (int i = 0; i < 16 && !client->logged_in; i++) {
        poll_all(client);
        transmit(client);
        receive(client);
    }
    poll_all(client);
    must(client->logged_in, "login");
}

void client_fill(struct client *client, uint32_t depth) {
    client->now += 1000;
    while (client->in_flight < depth) {
        submit(client);
    }
}

void client_turn(struct client *client) {
    transmit(client);
    target_answer(client->target, client->work->answers);
    receive(client);
    poll_all(client);
    must(sanscsi_deadline(client->session) > client->now, "a deadline to come");
}
