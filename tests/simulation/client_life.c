/* Sessions of the client: made, started, lost, started again, ended. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "simulation/world.h"

#define PROOFS 3u /* tasks that end well when all is healed */

/* ---- memory ---- */

static void *allocate(void *context, size_t bytes) {
    struct lane *lane = context;
    if (lane->client.full_feature) {
        fail(lane, "%zu bytes are allocated in full feature phase", bytes);
    }
    lane->client.allocated += bytes;
    return malloc(bytes);
}

static void release(void *context, void *memory, size_t bytes) {
    struct lane *lane = context;
    if (memory == NULL || bytes > lane->client.allocated) {
        fail(lane, "%zu bytes are given back that were not taken", bytes);
    }
    lane->client.allocated -= bytes;
    free(memory);
}

static int32_t random_bytes(void *context, void *bytes, size_t size) {
    struct lane *lane = context;
    for (size_t i = 0; i < size; i++) {
        /* Where targets prove themselves they know what is challenged. */
        ((uint8_t *)bytes)[i] =
            (uint8_t)(lane->world->mutual ? 0x10 + i : dice_roll(&lane->world->dice));
    }
    return 0;
}

void client_init(struct lane *lane) {
    static const char name[] = "iqn.2024-01.org.example:host";
    struct client *client = &lane->client;
    sanscsi_allocator allocator = {sizeof(allocator), allocate, release, lane};
    sanscsi_initiator_settings settings;
    sanscsi_initiator_settings_defaults(&settings);
    settings.name = name;
    settings.name_length = sizeof(name) - 1;
    settings.allocator = &allocator;
    settings.random = random_bytes;
    settings.random_context = lane;
    client_must(lane, sanscsi_initiator_new(&settings, &client->initiator), "initiator");
    client->node_bytes = client->allocated;
    client->start_due = NEVER;
}

void client_free(struct lane *lane) {
    sanscsi_initiator_free(lane->client.initiator);
    if (lane->client.allocated != 0) {
        fail(lane, "%" PRIu64 " bytes are not given back", lane->client.allocated);
    }
}

/* ---- ending one ---- */

/* Gives the session back; what is left of the connection is gone. */
static void end_session(struct lane *lane) {
    struct client *client = &lane->client;
    client->full_feature = false;
    network_abandon(lane);
    target_disconnect(lane);
    client_exorcise(lane);
    sanscsi_session_free(client->session);
    client->session = NULL;
    client_abandon(lane);
    if (client->allocated != client->node_bytes) {
        fail(lane, "%" PRIu64 " bytes of a session are not given back",
             client->allocated - client->node_bytes);
    }
    disk_compare(lane);
}

static void log_out(struct lane *lane) {
    struct client *client = &lane->client;
    int32_t status = sanscsi_logout(client->session, lane->world->now);
    note(lane, "logout (status)", (uint64_t)(int64_t)status, 0, 0, 0);
    if (status != SANSCSI_OK && status != SANSCSI_ALREADY_STARTED &&
        status != SANSCSI_NOT_LOGGED_IN) {
        fail(lane, "logout: status %d", (int)status);
    }
    client->logout_of = lane->network.number;
}

/* In one of three ways; the rudest one gives no task an end. */
static void begin_end(struct lane *lane) {
    lane->client.ending = true;
    switch (dice_below(&lane->world->dice, 3)) {
    case 0:
        log_out(lane);
        break;
    case 1:
        log_out(lane);
        network_cut(lane);
        break;
    default:
        end_session(lane);
        break;
    }
}

static bool at_rest(const struct lane *lane) {
    return sanscsi_session_state(lane->client.session) == SANSCSI_SESSION_FREE &&
           lane->network.transport == TRANSPORT_NONE;
}

static void finish(struct lane *lane) {
    while (client_poll(lane)) {
    }
    if (lane->client.active != 0) {
        fail(lane, "%" PRIu32 " tasks have no end though the session has", lane->client.active);
    }
    end_session(lane);
}

/* Starts the session if it is at rest and its time has come. */
static bool start(struct lane *lane) {
    struct client *client = &lane->client;
    if (!at_rest(lane)) {
        return false;
    }
    if (client->start_due == NEVER) {
        client->start_due = lane->world->now + dice_scale(&lane->world->dice, 0, 3 * SECOND);
    }
    if (client->start_due > lane->world->now) {
        return false;
    }
    client->start_due = NEVER;
    client_must(lane, sanscsi_session_start(client->session, lane->world->now), "start");
    return true;
}

/* In a healed world a session must come up and serve some reads, then it is logged out. Where it
 * has met what nobody can find it may wait for an hour: it is ended. */
static bool prove(struct lane *lane) {
    struct client *client = &lane->client;
    if (client->wild) {
        end_session(lane);
        return true;
    }
    if (client->proofs >= PROOFS && client->active == 0 && !target_wishes(lane)) {
        client->ending = true;
        log_out(lane);
        return true;
    }
    return start(lane);
}

bool client_live(struct lane *lane) {
    struct client *client = &lane->client;
    if (lane->done) {
        return false;
    }
    if (client->session == NULL) {
        client_make_session(lane);
        return true;
    }
    if (client->ending) {
        if (at_rest(lane)) {
            finish(lane);
            lane->done = client->proofs >= PROOFS;
            return true;
        }
        return false;
    }
    if (lane->world->healing) {
        return prove(lane);
    }
    if (client->ended >= client->session_ends && !target_wishes(lane)) {
        begin_end(lane);
        return true;
    }
    if (dice_one_in(&lane->world->dice, 100000)) {
        if (dice_one_in(&lane->world->dice, 2)) {
            log_out(lane);
        } else {
            network_cut(lane);
        }
    }
    return start(lane);
}

void client_exorcise(struct lane *lane) {
    struct client *client = &lane->client;
    for (uint32_t i = 0; i < client->haunted_count; i++) {
        model_give(&lane->world->model, client->haunted[i].lba, client->haunted[i].blocks);
    }
    client->haunted_count = 0;
}

void client_closing(struct lane *lane) {
    lane->client.full_feature = false;
}
