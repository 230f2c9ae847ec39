/* What sessions have to tell, and whether they may. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "simulation/world.h"

/* Which faults which behaviour excuses. */
static const struct {
    const char *name;
    uint32_t excuses;
} faults[] = {
    {"none", EXCUSE_LOGIN | EXCUSE_LOGOUT},
    {"login-authentication", EXCUSE_LOGIN},
    {"login-redirect", EXCUSE_LOGIN},
    {"header-digest", EXCUSE_DIGEST},
    {"data-digest", EXCUSE_DIGEST},
    {"login-status-class", EXCUSE_LOGIN},
    {"login-timeout", EXCUSE_LOGIN | EXCUSE_SLOW},
    {"task-management-response", EXCUSE_REFUSED},
    {"abort-timeout", EXCUSE_SLOW | EXCUSE_DIGEST},
    {"send-timeout", EXCUSE_SLOW | EXCUSE_DIGEST},
    {"task-management-timeout", EXCUSE_SLOW | EXCUSE_DIGEST},
    {"ping-timeout", EXCUSE_SLOW | EXCUSE_DIGEST},
    {"text-timeout", EXCUSE_SLOW | EXCUSE_DIGEST},
    {"logout-response", EXCUSE_LOGOUT},
    {"logout-timeout", EXCUSE_LOGOUT | EXCUSE_SLOW | EXCUSE_DIGEST},
    {"async-drop", EXCUSE_FAREWELL},
    {"reject", EXCUSE_REJECT},
    {"stat-sn", EXCUSE_NUMBERS},
};

/* The session ends a connection: only for what the target or the network has done to it. */
static void judge_close(struct lane *lane) {
    sanscsi_fault fault = {.size = sizeof(fault)};
    uint32_t excuses = lane->target.excuses;
    client_must(lane, sanscsi_connection_fault(lane->client.session, 0, &fault), "fault");
    note(lane, "CLOSE (fault, opcode, value, excuses)", fault.code, fault.opcode, fault.value,
         excuses);
    if (lane->client.logout_of == lane->network.number) {
        excuses |= EXCUSE_LOGOUT;
    }
    if (lane->target.wild) {
        network_close(lane);
        return;
    }
    for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
        if (strcmp(faults[i].name, fault.name) == 0 && (faults[i].excuses & excuses) != 0) {
            network_close(lane);
            return;
        }
    }
    bool begun = lane->network.transport != TRANSPORT_NONE &&
                 lane->network.transport != TRANSPORT_CONNECTING;
    if (begun) { /* else a logout came first */
        fail(lane, "the connection is ended without need: %s", fault.name);
    }
    network_close(lane);
}

static bool requires_chap(const sanscsi_session_settings *settings) {
    return settings->authentication == SANSCSI_AUTHENTICATION_CHAP;
}

/* Whether both sides hold the same results. */
static bool same_parameters(const struct lane *lane, const sanscsi_parameters *parameters) {
    const struct target_agreed *agreed = &lane->target.agreed;
    const uint32_t pairs[][2] = {
        {parameters->header_digest, agreed->header_digest},
        {parameters->data_digest, agreed->data_digest},
        {parameters->initial_r2t, agreed->initial_r2t},
        {parameters->immediate_data, agreed->immediate_data},
        {parameters->max_burst_length, agreed->max_burst},
        {parameters->first_burst_length, agreed->first_burst},
        {parameters->max_outstanding_r2t, agreed->max_r2t},
        {parameters->data_pdu_in_order, agreed->data_pdu_in_order},
        {parameters->data_sequence_in_order, agreed->data_sequence_in_order},
        {parameters->default_time2wait, agreed->time2wait},
        {parameters->default_time2retain, agreed->time2retain},
        {parameters->task_reporting == SANSCSI_TASK_REPORTING_FAST_ABORT,
         agreed->task_reporting == 2},
        {parameters->protocol_level == 2, agreed->protocol_level == 2},
    };
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        if (pairs[i][0] != pairs[i][1]) {
            return false;
        }
    }
    return lane->target.full_feature;
}

/* Both sides must have understood the same. */
static void judge_login(struct lane *lane) {
    struct client *client = &lane->client;
    sanscsi_parameters parameters = {.size = sizeof(parameters)};
    count(lane, client->lost ? COUNT_COMEBACKS : COUNT_LOGINS);
    client->route.base = client->route.behind;
    client->lost = false;
    if (sanscsi_session_state(client->session) != SANSCSI_SESSION_LOGGED_IN) {
        return;
    }
    client->full_feature = true;
    if (lane->target.wild) {
        return;
    }
    if (lane->target.lies || (lane->target.chap != CHAP_OVER && requires_chap(&client->settings))) {
        fail(lane, "a login without the right proofs");
    }
    client_must(lane, sanscsi_session_parameters(client->session, &parameters), "parameters");
    if (!same_parameters(lane, &parameters)) {
        fail(lane, "the two sides agree on different parameters");
    }
    bool same = parameters.max_recv_data_segment_length == lane->target.agreed.initiator_segment &&
                parameters.target_max_recv_data_segment_length == lane->target.segment;
    if (!same && !lane->target.negotiated) { /* else it may be on its way */
        fail(lane, "the two sides have declared other segment lengths");
    }
}

static bool same_address(struct address a, struct address b) {
    return a.number == b.number && a.port == b.port;
}

/* A start begins where the last one's permanent redirections led; then each goes on from there. */
static void judge_route(struct lane *lane, const sanscsi_output *output) {
    struct client *client = &lane->client;
    struct route *route = &client->route;
    struct address to = {(uint32_t)strtoul(output->host + output->host_length - 1, NULL, 10),
                         output->port};
    note(lane, "CONNECT (number of the address, port)", to.number, to.port, 0, 0);
    if (same_address(to, route->base)) { /* a redirection to there would be a loop */
        route->all_permanent = true;
        route->behind = to;
    } else if (route->redirected && same_address(to, route->told)) {
        count(lane, COUNT_FOLLOWED);
        if (route->permanent && client->settings.follow_permanent == 0 && !client->wild) {
            fail(lane, "a permanent redirection is followed");
        }
        route->all_permanent = route->all_permanent && route->permanent;
        route->behind = route->all_permanent ? to : route->behind;
    } else if (!client->wild) {
        fail(lane, "nobody led to 192.0.2.%" PRIu32 ":%" PRIu32, to.number, to.port);
    }
    route->redirected = false;
}

static void take_output(struct lane *lane, const sanscsi_output *output) {
    switch (output->type) {
    case SANSCSI_OUTPUT_CONNECT:
        judge_route(lane, output);
        network_connect(lane);
        break;
    case SANSCSI_OUTPUT_SECRET:
        client_give_secret(lane, output->secret);
        break;
    case SANSCSI_OUTPUT_CLOSE:
        judge_close(lane);
        break;
    case SANSCSI_OUTPUT_LOGGED_IN:
        judge_login(lane);
        break;
    case SANSCSI_OUTPUT_LOST:
        note(lane, "lost", 0, 0, 0, 0);
        count(lane, COUNT_LOSSES);
        lane->client.lost = true;
        break;
    case SANSCSI_OUTPUT_LOGGED_OUT:
        lane->client.lost = false;
        note(lane, "logged out", 0, 0, 0, 0);
        break;
    case SANSCSI_OUTPUT_TASK_DONE:
        client_judge(lane, output->result);
        break;
    case SANSCSI_OUTPUT_ASYNC:
        note(lane, "async (event)", output->async->event, 0, 0, 0);
        break;
    case SANSCSI_OUTPUT_EVENT:
        note(lane, "event (number)", output->event->id, 0, 0, 0);
        if (output->event->time > lane->world->now) {
            fail(lane, "an event of the future");
        }
        if (output->event->id == SANSCSI_EVENT_RECOVERY_ESCALATED) {
            lane->client.escalated = output->event->time;
            lane->client.escalations++;
        }
        break;
    default:
        fail(lane, "an output of type %" PRIu32, output->type);
    }
}

bool client_poll(struct lane *lane) {
    struct client *client = &lane->client;
    uint32_t most =
        dice_one_in(&lane->world->dice, 4) ? dice_between(&lane->world->dice, 1, 4) : UINT32_MAX;
    uint32_t taken = 0;
    while (client->session != NULL && taken < most) {
        sanscsi_output output = {.size = sizeof(output)};
        client_must(lane, sanscsi_poll(client->session, &output), "poll");
        if (output.type == SANSCSI_OUTPUT_NONE) {
            break;
        }
        take_output(lane, &output);
        taken++;
    }
    return taken > 0;
}
