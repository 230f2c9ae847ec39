/* The same command with more and more others in flight, and in more and more sessions of one
 * process, for callgrind to count: what it costs must not depend on either. */
#include <stdio.h>
#include <stdlib.h>

#include <valgrind/callgrind.h>

#include "client.h"

#define COMMANDS 1024u

static const uint32_t depths[] = {1, 8, 64, 512, 4096};
static const uint32_t session_counts[] = {1, 10, 100, 1000, 10000};

static struct target target;

static void dump(const char *what, uint32_t size, uint32_t commands) {
    char name[64];
    snprintf(name, sizeof(name), "%s %u %u", what, (unsigned)size, (unsigned)commands);
    CALLGRIND_DUMP_STATS_AT(name);
    CALLGRIND_STOP_INSTRUMENTATION;
}

static void begin(void) {
    CALLGRIND_START_INSTRUMENTATION;
    CALLGRIND_ZERO_STATS;
}

/* The target answers one command a turn, so that no depth has larger batches than another. */
static void run_depth(uint32_t depth) {
    const struct work work = {false, TARGET_PAYLOAD, depth, 1, {.digests = false}};
    sanscsi_initiator *initiator = client_initiator(1);
    struct client client;
    target_reset(&target, &work.manner);
    client_open(&client, initiator, &target, &work);
    client_log_in(&client);
    client_fill(&client, depth);
    client_turn(&client);
    client.done = 0;
    begin();
    while (client.done < COMMANDS) {
        client_fill(&client, depth);
        client_turn(&client);
    }
    dump("in-flight", depth, COMMANDS);
    sanscsi_session_free(client.session);
    sanscsi_initiator_free(initiator);
}

/* One command after the other, each in the next session. */
static void run_sessions(uint32_t count) {
    const struct work work = {false, TARGET_PAYLOAD, 1, 1, {.digests = false}};
    sanscsi_initiator *initiator = client_initiator(count);
    struct client *clients = calloc(count, sizeof(*clients));
    struct target_place *places = calloc(count, sizeof(*places));
    must(clients != NULL && places != NULL, "memory");
    for (uint32_t i = 0; i < count; i++) {
        target_reset(&target, &work.manner);
        client_open(&clients[i], initiator, &target, &work);
        client_log_in(&clients[i]);
        places[i] = target.place;
    }
    uint32_t commands = count > COMMANDS ? count : COMMANDS;
    begin();
    for (uint32_t i = 0; i < commands; i++) {
        target.place = places[i % count];
        client_fill(&clients[i % count], 1);
        client_turn(&clients[i % count]);
        places[i % count] = target.place;
    }
    dump("sessions", count, commands);
    for (uint32_t i = 0; i < count; i++) {
        sanscsi_session_free(clients[i].session);
    }
    free(clients);
    free(places);
    sanscsi_initiator_free(initiator);
}

int main(void) {
    for (size_t i = 0; i < sizeof(depths) / sizeof(depths[0]); i++) {
        run_depth(depths[i]);
    }
    for (size_t i = 0; i < sizeof(session_counts) / sizeof(session_counts[0]); i++) {
        run_sessions(session_counts[i]);
    }
    return 0;
}
