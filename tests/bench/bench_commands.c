/* Commands against a target in the same process, for callgrind to count: the figures of each row
 * are zeroed before it and dumped behind it under the row's name, depth and number of commands. */
#include <stdio.h>

#include <valgrind/callgrind.h>

#include "client.h"

#define WARM_UP 128u /* commands before counting begins */
#define SMALL TARGET_PAYLOAD
#define LARGE TARGET_MAX_PAYLOAD

struct row {
    const char *name;
    bool write;
    uint32_t size;
    struct target_manner manner;
};

/* Each at every depth. */
static const struct row rows[] = {
    {"read", false, SMALL, {.digests = false}},
    {"read+response", false, SMALL, {.separate_response = true}},
    {"write", true, SMALL, {.digests = false}},
    {"write-r2t", true, SMALL, {.r2t = true}},
    {"write-unasked", true, SMALL, {.unsolicited = true}},
    {"read-digests", false, SMALL, {.digests = true}},
    {"write-digests", true, SMALL, {.digests = true}},
    {"read-256k", false, LARGE, {.digests = false}},
    {"write-256k", true, LARGE, {.digests = false}},
};

static const uint32_t depths[] = {1, 8, 32};

static struct target target;

/* Keeps the depth in flight until so many commands are done, and none is left. */
static void run_commands(struct client *client, uint32_t commands) {
    uint32_t depth = client->work->depth;
    client->done = 0;
    while (client->done < commands) {
        uint32_t left = commands - client->done;
        client_fill(client, left < depth ? left : depth);
        client_turn(client);
    }
}

static void run_row(sanscsi_initiator *initiator, const struct row *row, uint32_t depth) {
    const struct work work = {row->write, row->size, depth, 8, row->manner};
    uint32_t commands = row->size == SMALL ? 1024 : 128;
    struct client client;
    char name[64];
    target_reset(&target, &row->manner);
    target.payload = row->size;
    client_open(&client, initiator, &target, &work);
    client_log_in(&client);
    run_commands(&client, WARM_UP);
    snprintf(name, sizeof(name), "%s %u %u", row->name, (unsigned)depth, (unsigned)commands);
    CALLGRIND_ZERO_STATS;
    run_commands(&client, commands);
    CALLGRIND_DUMP_STATS_AT(name);
    sanscsi_session_free(client.session);
}

int main(void) {
    sanscsi_initiator *initiator = client_initiator(1);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        for (size_t j = 0; j < sizeof(depths) / sizeof(depths[0]); j++) {
            run_row(initiator, &rows[i], depths[j]);
        }
    }
    sanscsi_initiator_free(initiator);
    return 0;
}
