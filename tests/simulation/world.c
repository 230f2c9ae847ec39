/* One world from its seed to its end: lanes take turns, the clock goes on when none can do
 * anything, in the end all heals and every session has to serve again. */
#include "simulation/world.h"

#include <inttypes.h>
#include <string.h>

#define IDLE_STEPS 200000u          /* without the end of a task */
#define HEALING_TIME (300 * SECOND) /* in which every session has served again */

static uint64_t first_of(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

static void init_lane(struct world *world, uint32_t number, uint32_t blocks) {
    struct lane *lane = &world->lanes[number];
    lane->world = world;
    lane->number = number;
    lender_init(&lane->lender, blocks);
    lane->client.session_length = world->operations > 2000 ? 8000 : world->operations;
    client_init(lane);
}

void world_init(struct world *world, uint64_t seed, uint64_t operations) {
    bool prints = world->trace.prints;
    bool fails = world->trace.fails;
    memset(world, 0, sizeof(*world));
    struct dice *dice = &world->dice;
    bool is_long = operations > 0;
    dice->state = seed;
    world->trace.prints = prints;
    world->trace.fails = fails;
    world->trace.seed = seed;
    world->trace.operations = operations;
    world->now = 7 * SECOND;
    world->operations = is_long ? operations : dice_scale(dice, 20, 500);
    world->lane_count = dice_between(dice, 1, is_long ? LANES : LANES - 1);
    world->mutual = dice_one_in(dice, 3);
    world->restarts = dice_one_in(dice, 2) ? 0 : dice_scale(dice, 500, is_long ? 100000 : 5000);
    bool caches = dice_one_in(dice, 3);
    uint32_t blocks = is_long ? MODEL_BLOCKS : (uint32_t)dice_scale(dice, 128, 1024);
    disk_init(world, blocks, caches);
    for (uint32_t i = 0; i < world->lane_count; i++) {
        init_lane(world, i, is_long ? LOAN_BLOCKS : (uint32_t)dice_scale(dice, 32, 128));
    }
    note(&world->lanes[0], "world (sessions, tasks, blocks, cache)", world->lane_count,
         world->operations, blocks, caches);
}

void world_free(struct world *world) {
    for (uint32_t i = 0; i < world->lane_count; i++) {
        struct lane *lane = &world->lanes[i];
        client_free(lane);
        network_free(lane);
        target_free(lane);
        lender_free(&lane->lender);
    }
    disk_free(world);
}

/* Fires timers that are due, now and then late or for nothing. */
static bool tick(struct lane *lane) {
    const struct world *world = lane->world;
    sanscsi_session *session = lane->client.session;
    if (session == NULL) {
        return false;
    }
    bool due = sanscsi_deadline(session) <= world->now;
    struct dice *dice = &lane->world->dice;
    if (due ? dice_one_in(dice, 4) : !dice_one_in(dice, 64)) {
        return due;
    }
    client_must(lane, sanscsi_tick(session, world->now), "tick");
    if (sanscsi_deadline(session) <= world->now) {
        fail(lane, "a deadline has passed, and is not over after its tick");
    }
    return due;
}

static bool step_lane(struct lane *lane) {
    struct dice *dice = &lane->world->dice;
    bool acted = client_act(lane);
    if (lane->client.session == NULL) {
        return acted;
    }
    acted = network_act(lane) || acted;
    for (uint32_t i = dice_below(dice, 6); i > 0; i--) {
        acted = target_act(lane) || acted;
    }
    if (!acted || dice_one_in(dice, 2)) {
        acted = client_poll(lane) || acted;
    }
    acted = tick(lane) || acted;
    return acted || target_act(lane);
}

static uint64_t due_of(const struct lane *lane) {
    if (lane->client.session == NULL) {
        return lane->done ? NEVER : lane->world->now;
    }
    uint64_t due = first_of(target_due(lane), network_due(lane));
    return first_of(due, client_due(lane));
}

/* Nothing can be done now: the clock goes on to what comes next, or a bit further. */
static void wait(struct world *world) {
    uint64_t due = NEVER;
    for (uint32_t i = 0; i < world->lane_count; i++) {
        due = first_of(due, due_of(&world->lanes[i]));
    }
    if (due == NEVER) {
        fail(&world->lanes[0], "nothing will ever happen again");
    }
    world->now = due > world->now ? due : world->now + 1;
    if (dice_one_in(&world->dice, 8)) {
        world->now += dice_scale(&world->dice, 0, 5 * MILLISECOND);
    }
    for (uint32_t i = 0; i < world->lane_count; i++) {
        client_check_bounds(&world->lanes[i]);
        target_check_wish(&world->lanes[i]);
    }
}

/* All connections go; the disk stays, but for what its cache held. */
static void restart_target(struct world *world) {
    note(&world->lanes[0], "the target is started anew (times)", world->disk.restarts + 1, 0, 0, 0);
    count(&world->lanes[0], COUNT_RESTARTS);
    for (uint32_t i = 0; i < world->lane_count; i++) {
        target_restart(&world->lanes[i]);
        network_cut(&world->lanes[i]);
    }
    disk_restart(world);
    world->down_until = world->now + dice_scale(&world->dice, 0, 5 * SECOND);
}

static void step(struct world *world) {
    bool acted = false;
    uint32_t first = dice_below(&world->dice, world->lane_count);
    for (uint32_t i = 0; i < world->lane_count; i++) {
        struct lane *lane = &world->lanes[(first + i) % world->lane_count];
        acted = (!lane->done && step_lane(lane)) || acted;
    }
    if (!world->healing && dice_one_in(&world->dice, (uint32_t)world->restarts)) {
        restart_target(world);
    }
    if (acted) {
        world->now += dice_below(&world->dice, 2 * MICROSECOND);
    } else {
        wait(world);
    }
}

static void heal(struct world *world) {
    note(&world->lanes[0], "from now on nothing goes wrong", 0, 0, 0, 0);
    world->healing = true;
    if (world->trace.fails) {
        fail(&world->lanes[0], "as it was told to");
    }
    world->healed = world->now;
    for (uint32_t i = 0; i < world->lane_count; i++) {
        target_calm(&world->lanes[i]);
        network_heal(&world->lanes[i]);
    }
}

static bool over(const struct world *world) {
    for (uint32_t i = 0; i < world->lane_count; i++) {
        if (!world->lanes[i].done) {
            return false;
        }
    }
    return true;
}

static void check_progress(struct world *world, uint64_t *ended, uint32_t *idle) {
    *idle = world->ended == *ended ? *idle + 1 : 0;
    *ended = world->ended;
    if (*idle == IDLE_STEPS) {
        fail(&world->lanes[0], "no task ends any more");
    }
    for (uint32_t i = 0; world->healing && i < world->lane_count; i++) {
        if (!world->lanes[i].done && world->now > world->healed + HEALING_TIME) {
            fail(&world->lanes[i], "nothing goes wrong any more, but the session does not serve");
        }
    }
}

void world_run(struct world *world) {
    uint64_t ended = 0;
    uint32_t idle = 0;
    while (!over(world)) {
        step(world);
        if (!world->healing && world->ended >= world->operations) {
            heal(world);
        }
        check_progress(world, &ended, &idle);
    }
    disk_compare(&world->lanes[0]);
}
