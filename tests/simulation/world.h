/* All of one run: generator, clock, disk, and lanes: sessions that share the disk, each with its
 * client, its transport and its connection at the target. */
#ifndef SANSCSI_TESTS_SIMULATION_WORLD_H
#define SANSCSI_TESTS_SIMULATION_WORLD_H

#include "simulation/client.h"
#include "simulation/count.h"
#include "simulation/loans.h"
#include "simulation/model.h"
#include "simulation/network.h"
#include "simulation/random.h"
#include "simulation/target.h"
#include "simulation/trace.h"

#define LANES 4u

struct world;

struct lane {
    struct world *world;
    uint32_t number;
    bool done; /* the world is healed, and the last session has shown it */
    struct lender lender;
    struct target target;
    struct network network;
    struct client client;
};

struct world {
    struct dice dice;
    struct trace trace;
    uint64_t now; /* nanoseconds */
    uint64_t counts[COUNT_OF_COUNTS];
    struct model model;
    struct disk disk;
    uint64_t operations; /* after which it heals */
    uint64_t ended;      /* tasks that have ended */
    bool mutual;         /* targets prove themselves, too: random numbers repeat */
    bool healing;        /* nothing goes wrong any more */
    uint64_t healed;     /* since when */
    uint64_t restarts;   /* once in so many steps the target is started anew; 0: never */
    uint64_t down_until; /* it takes no connections */
    uint32_t lane_count;
    struct lane lanes[LANES];
};

/* Makes the world of a seed; with operations, or as many as it likes. */
void world_init(struct world *world, uint64_t seed, uint64_t operations);
void world_run(struct world *world);
void world_free(struct world *world);

#endif
