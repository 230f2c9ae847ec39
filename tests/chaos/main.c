/* Reads and writes against a target and a network that do everything wrong that can go wrong: no
 * task may be lost, ended twice or with wrong bytes. usage: chaos SEED OPERATIONS */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chaos/world.h"

#define IDLE_STEPS 200000u /* without the end of a task */
#define TELLING 60000u     /* operations after which everything must have been met */

static uint64_t first_of(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

/* Fires timers that are due, now and then late or for nothing. */
static bool tick(struct world *world) {
    sanscsi_session *session = world->client.session;
    if (session == NULL) {
        return false;
    }
    bool due = sanscsi_deadline(session) <= world->now;
    if (due ? dice_one_in(&world->dice, 4) : !dice_one_in(&world->dice, 64)) {
        return due;
    }
    client_must(world, sanscsi_tick(session, world->now), "tick");
    if (sanscsi_deadline(session) <= world->now) {
        fail(world, "a deadline has passed, and is not over after its tick");
    }
    return due;
}

/* Nothing can be done now: the clock goes on to what comes next, or a bit further. */
static void wait(struct world *world) {
    uint64_t due = first_of(target_due(world), network_due(world));
    due = first_of(due, client_due(world));
    if (due == NEVER) {
        fail(world, "nothing will ever happen again");
    }
    world->now = due > world->now ? due : world->now + 1;
    if (dice_one_in(&world->dice, 8)) {
        world->now += dice_scale(&world->dice, 0, 5 * MILLISECOND);
    }
    client_check_bounds(world);
}

static void step(struct world *world) {
    bool acted = client_act(world);
    if (world->client.session == NULL) {
        return;
    }
    acted = network_act(world) || acted;
    for (uint32_t i = dice_below(&world->dice, 6); i > 0; i--) {
        acted = target_act(world) || acted;
    }
    if (!acted || dice_one_in(&world->dice, 2)) {
        acted = client_poll(world) || acted;
    }
    acted = tick(world) || acted;
    if (acted) {
        world->now += dice_below(&world->dice, 2 * MICROSECOND);
    } else if (!target_act(world)) {
        wait(world);
    }
}

static bool over(const struct world *world) {
    const struct client *client = &world->client;
    return client->ended >= client->operations && client->session == NULL;
}

static void run(struct world *world) {
    uint64_t ended = 0;
    uint32_t idle = 0;
    while (!over(world)) {
        step(world);
        idle = world->client.ended == ended ? idle + 1 : 0;
        ended = world->client.ended;
        if (idle == IDLE_STEPS) {
            fail(world, "no task ends any more");
        }
    }
}

int main(int argc, char **argv) {
    static struct world world;
    if (argc != 3) {
        fputs("usage: chaos SEED OPERATIONS\n", stderr);
        return 2;
    }
    world.trace.seed = strtoull(argv[1], NULL, 10);
    world.trace.operations = strtoull(argv[2], NULL, 10);
    world.dice.state = world.trace.seed;
    world.client.operations = world.trace.operations;
    world.now = 7 * SECOND;
    model_init(&world.model);
    lender_init(&world.lender);
    target_init(&world);
    client_init(&world);
    run(&world);
    client_free(&world);
    const char *missing = count_report(&world);
    network_free(&world);
    target_free(&world);
    lender_free(&world.lender);
    if (missing != NULL && world.trace.operations >= TELLING) {
        printf("never met: %s\n", missing);
        return 1;
    }
    printf("%" PRIu64 " operations, seed %" PRIu64 "\n", world.client.ended, world.trace.seed);
    return 0;
}
