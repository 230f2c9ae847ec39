/* Sessions of the client: made, started, lost, started again, ended; what they have to tell. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "chaos/world.h"

/* ---- memory ---- */

static void *allocate(void *context, size_t bytes) {
    struct world *world = context;
    if (world->client.full_feature) {
        fail(world, "%zu bytes are allocated in full feature phase", bytes);
    }
    world->client.allocated += bytes;
    return malloc(bytes);
}

static void release(void *context, void *memory, size_t bytes) {
    struct world *world = context;
    if (memory == NULL || bytes > world->client.allocated) {
        fail(world, "%zu bytes are given back that were not taken", bytes);
    }
    world->client.allocated -= bytes;
    free(memory);
}

static int32_t random_bytes(void *context, void *bytes, size_t size) {
    struct world *world = context;
    for (size_t i = 0; i < size; i++) {
        ((uint8_t *)bytes)[i] = (uint8_t)dice_roll(&world->dice);
    }
    return 0;
}

void client_init(struct world *world) {
    static const char name[] = "iqn.2024-01.org.example:host";
    struct client *client = &world->client;
    sanscsi_allocator allocator = {sizeof(allocator), allocate, release, world};
    sanscsi_initiator_settings settings;
    sanscsi_initiator_settings_defaults(&settings);
    settings.name = name;
    settings.name_length = sizeof(name) - 1;
    settings.allocator = &allocator;
    settings.random = random_bytes;
    settings.random_context = world;
    client_must(world, sanscsi_initiator_new(&settings, &client->initiator), "initiator");
    client->node_bytes = client->allocated;
    client->start_due = NEVER;
}

void client_free(struct world *world) {
    sanscsi_initiator_free(world->client.initiator);
    if (world->client.allocated != 0) {
        fail(world, "%" PRIu64 " bytes are not given back", world->client.allocated);
    }
}

/* ---- making a session ---- */

static void choose_parameters(struct dice *dice, sanscsi_parameters *parameters) {
    parameters->header_digest = dice_below(dice, 4);
    parameters->data_digest = dice_below(dice, 4);
    parameters->initial_r2t = dice_below(dice, 2);
    parameters->immediate_data = dice_below(dice, 2);
    parameters->max_recv_data_segment_length = (uint32_t)dice_scale(dice, 512, 131072);
    parameters->max_burst_length = (uint32_t)dice_scale(dice, 512, 524288);
    parameters->first_burst_length = (uint32_t)dice_scale(dice, 512, parameters->max_burst_length);
    parameters->max_outstanding_r2t = dice_between(dice, 1, 8);
    parameters->data_pdu_in_order = dice_below(dice, 2);
    parameters->data_sequence_in_order = dice_below(dice, 2);
    parameters->task_reporting = dice_below(dice, 3);
}

/* In half of the sessions lost ones come back by themselves. */
static void choose_reinstatement(struct dice *dice, sanscsi_session_settings *settings) {
    if (dice_one_in(dice, 2)) {
        return;
    }
    settings->reinstate_attempts = dice_one_in(dice, 2) ? UINT32_MAX : dice_between(dice, 1, 8);
    settings->reinstate_delay = dice_scale(dice, MILLISECOND, SECOND);
    settings->reinstate_max_delay = dice_scale(dice, MILLISECOND, 4 * SECOND);
    settings->hold_timeout = dice_one_in(dice, 3) ? 0 : dice_scale(dice, SECOND / 10, 60 * SECOND);
}

static void choose_settings(struct world *world) {
    static const char name[] = "iqn.2024-01.org.example:target";
    static const char host[] = "192.0.2.1";
    static const uint32_t cdb_lengths[] = {16, 32, 260};
    struct dice *dice = &world->dice;
    sanscsi_session_settings *settings = &world->client.settings;
    sanscsi_session_settings_defaults(settings);
    settings->target_name = name;
    settings->target_name_length = sizeof(name) - 1;
    settings->host = host;
    settings->host_length = sizeof(host) - 1;
    settings->login_timeout = 3 * SECOND;
    settings->abort_timeout = dice_scale(dice, SECOND / 2, 5 * SECOND);
    settings->logout_timeout = 2 * SECOND;
    if (dice_one_in(dice, 2)) {
        settings->keepalive_interval = dice_scale(dice, SECOND / 10, 20 * SECOND);
        settings->keepalive_timeout = dice_scale(dice, SECOND / 2, 5 * SECOND);
    }
    choose_parameters(dice, &settings->parameters);
    choose_reinstatement(dice, settings);
    sanscsi_limits *limits = &world->client.limits;
    sanscsi_limits_defaults(limits);
    limits->tasks = (uint32_t)dice_scale(dice, 1, LOANS);
    limits->tx_slots = (uint32_t)dice_scale(dice, 2, 16);
    limits->events = dice_between(dice, 1, 16);
    limits->max_cdb_length = cdb_lengths[dice_below(dice, 3)];
    limits->max_outstanding_r2t = dice_between(dice, 1, 8);
}

static void make_session(struct world *world) {
    struct client *client = &world->client;
    choose_settings(world);
    client_must(world,
                sanscsi_session_new(client->initiator, &client->settings, &client->limits,
                                    &client->session),
                "session");
    client->depth = dice_between(&world->dice, 1, LOANS - 8);
    client->session_ends = client->ended + dice_scale(&world->dice, 20, 8000);
    client->ending = false;
    client->lost = false;
    client->start_due = world->now;
    note(world, "session (tasks, slots to send)", client->limits.tasks, client->limits.tx_slots, 0,
         0);
    count(world, COUNT_SESSIONS);
}

/* ---- ending one ---- */

/* Gives the session back; what is left of the connection is gone. */
static void end_session(struct world *world) {
    struct client *client = &world->client;
    client->full_feature = false;
    world->network.transport = TRANSPORT_NONE;
    world->network.in.held = false;
    world->network.out.held = false;
    bytes_take(&world->network.on_the_way, bytes_left(&world->network.on_the_way));
    target_disconnect(world);
    sanscsi_session_free(client->session);
    client->session = NULL;
    client_abandon(world);
    if (client->allocated != client->node_bytes) {
        fail(world, "%" PRIu64 " bytes of a session are not given back",
             client->allocated - client->node_bytes);
    }
    target_compare(world);
}

static void log_out(struct world *world) {
    struct client *client = &world->client;
    int32_t status = sanscsi_logout(client->session, world->now);
    note(world, "logout (status)", (uint64_t)(int64_t)status, 0, 0, 0);
    if (status != SANSCSI_OK && status != SANSCSI_ALREADY_STARTED &&
        status != SANSCSI_NOT_LOGGED_IN) {
        fail(world, "logout: status %d", (int)status);
    }
    client->logout_of = world->network.number;
}

/* In one of three ways; the rudest one gives no task an end. */
static void begin_end(struct world *world) {
    world->client.ending = true;
    switch (dice_below(&world->dice, 3)) {
    case 0:
        log_out(world);
        break;
    case 1:
        log_out(world);
        network_cut(world);
        break;
    default:
        end_session(world);
        break;
    }
}

static bool at_rest(const struct world *world) {
    return sanscsi_session_state(world->client.session) == SANSCSI_SESSION_FREE &&
           world->network.transport == TRANSPORT_NONE;
}

static void finish(struct world *world) {
    while (client_poll(world)) {
    }
    if (world->client.active != 0) {
        fail(world, "%" PRIu32 " tasks have no end though the session has", world->client.active);
    }
    end_session(world);
}

bool client_live(struct world *world) {
    struct client *client = &world->client;
    if (client->session == NULL) {
        make_session(world);
        return true;
    }
    if (client->ending) {
        if (at_rest(world)) {
            finish(world);
            return true;
        }
        return false;
    }
    if (client->ended >= client->session_ends) {
        begin_end(world);
        return true;
    }
    if (dice_one_in(&world->dice, 100000)) {
        if (dice_one_in(&world->dice, 2)) {
            log_out(world);
        } else {
            network_cut(world);
        }
    }
    if (!at_rest(world)) {
        return false;
    }
    if (client->start_due == NEVER) {
        client->start_due = world->now + dice_scale(&world->dice, 0, 3 * SECOND);
    }
    if (client->start_due > world->now) {
        return false;
    }
    client->start_due = NEVER;
    client_must(world, sanscsi_session_start(client->session, world->now), "start");
    return true;
}

void client_closing(struct world *world) {
    world->client.full_feature = false;
}

/* ---- polling ---- */

/* Which faults which behaviour excuses. */
static const struct {
    const char *name;
    uint32_t excuses;
} faults[] = {
    {"none", EXCUSE_LOGIN | EXCUSE_LOGOUT},
    {"header-digest", EXCUSE_DIGEST},
    {"data-digest", EXCUSE_DIGEST},
    {"login-status-class", EXCUSE_LOGIN},
    {"login-timeout", EXCUSE_LOGIN | EXCUSE_SLOW},
    {"task-management-response", EXCUSE_REFUSED},
    {"abort-timeout", EXCUSE_SLOW | EXCUSE_DIGEST},
    {"task-management-timeout", EXCUSE_SLOW | EXCUSE_DIGEST},
    {"ping-timeout", EXCUSE_SLOW | EXCUSE_DIGEST},
    {"text-timeout", EXCUSE_SLOW | EXCUSE_DIGEST},
    {"logout-response", EXCUSE_LOGOUT},
    {"logout-timeout", EXCUSE_LOGOUT | EXCUSE_SLOW | EXCUSE_DIGEST},
    {"async-drop", EXCUSE_FAREWELL},
    {"reject", EXCUSE_REJECT},
};

/* The session ends a connection: only for what the target or the network has done to it. */
static void judge_close(struct world *world) {
    sanscsi_fault fault = {.size = sizeof(fault)};
    uint32_t excuses = world->target.excuses;
    client_must(world, sanscsi_connection_fault(world->client.session, 0, &fault), "fault");
    note(world, "CLOSE (fault, opcode, value, excuses)", fault.code, fault.opcode, fault.value,
         excuses);
    if (world->client.logout_of == world->network.number) {
        excuses |= EXCUSE_LOGOUT;
    }
    for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
        if (strcmp(faults[i].name, fault.name) == 0 && (faults[i].excuses & excuses) != 0) {
            network_close(world);
            return;
        }
    }
    bool begun = world->network.transport != TRANSPORT_NONE &&
                 world->network.transport != TRANSPORT_CONNECTING;
    if (begun) { /* else a logout came first */
        fail(world, "the connection is ended without need: %s", fault.name);
    }
    network_close(world);
}

/* Both sides must have understood the same. */
static void judge_login(struct world *world) {
    const struct target_agreed *agreed = &world->target.agreed;
    struct client *client = &world->client;
    sanscsi_parameters parameters = {.size = sizeof(parameters)};
    count(world, client->lost ? COUNT_COMEBACKS : COUNT_LOGINS);
    client->lost = false;
    if (sanscsi_session_state(client->session) != SANSCSI_SESSION_LOGGED_IN) {
        return;
    }
    client->full_feature = true;
    client_must(world, sanscsi_session_parameters(client->session, &parameters), "parameters");
    if (!world->target.full_feature ||
        parameters.header_digest != (agreed->header_digest != 0 ? SANSCSI_DIGEST_CRC32C : 0) ||
        parameters.data_digest != (agreed->data_digest != 0 ? SANSCSI_DIGEST_CRC32C : 0) ||
        parameters.initial_r2t != agreed->initial_r2t ||
        parameters.immediate_data != agreed->immediate_data ||
        parameters.max_burst_length != agreed->max_burst ||
        parameters.first_burst_length != agreed->first_burst ||
        parameters.max_outstanding_r2t != agreed->max_r2t ||
        parameters.data_pdu_in_order != agreed->data_pdu_in_order ||
        parameters.data_sequence_in_order != agreed->data_sequence_in_order ||
        (parameters.task_reporting == SANSCSI_TASK_REPORTING_FAST_ABORT) !=
            (agreed->fast_abort != 0)) {
        fail(world, "the two sides agree on different parameters");
    }
    bool same = parameters.max_recv_data_segment_length == agreed->initiator_segment &&
                parameters.target_max_recv_data_segment_length == world->target.segment;
    if (!same && !world->target.negotiated) { /* else it may be on its way */
        fail(world, "the two sides have declared other segment lengths");
    }
}

static void take_output(struct world *world, const sanscsi_output *output) {
    switch (output->type) {
    case SANSCSI_OUTPUT_CONNECT:
        network_connect(world);
        break;
    case SANSCSI_OUTPUT_CLOSE:
        judge_close(world);
        break;
    case SANSCSI_OUTPUT_LOGGED_IN:
        judge_login(world);
        break;
    case SANSCSI_OUTPUT_LOST:
        note(world, "lost", 0, 0, 0, 0);
        count(world, COUNT_LOSSES);
        world->client.lost = true;
        break;
    case SANSCSI_OUTPUT_LOGGED_OUT:
        world->client.lost = false;
        note(world, "logged out", 0, 0, 0, 0);
        break;
    case SANSCSI_OUTPUT_TASK_DONE:
        client_judge(world, output->result);
        break;
    case SANSCSI_OUTPUT_ASYNC:
        note(world, "async (event)", output->async->event, 0, 0, 0);
        break;
    case SANSCSI_OUTPUT_EVENT:
        note(world, "event", output->event->id, 0, 0, 0);
        if (output->event->time > world->now) {
            fail(world, "an event of the future");
        }
        break;
    default:
        fail(world, "an output of type %" PRIu32, output->type);
    }
}

bool client_poll(struct world *world) {
    struct client *client = &world->client;
    uint32_t most = dice_one_in(&world->dice, 4) ? dice_between(&world->dice, 1, 4) : UINT32_MAX;
    uint32_t taken = 0;
    while (client->session != NULL && taken < most) {
        sanscsi_output output = {.size = sizeof(output)};
        client_must(world, sanscsi_poll(client->session, &output), "poll");
        if (output.type == SANSCSI_OUTPUT_NONE) {
            break;
        }
        take_output(world, &output);
        taken++;
    }
    return taken > 0;
}
