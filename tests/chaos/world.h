/* All of one run: generator, clock, disk, target, network, client. */
#ifndef SANSCSI_TESTS_CHAOS_WORLD_H
#define SANSCSI_TESTS_CHAOS_WORLD_H

#include "chaos/client.h"
#include "chaos/count.h"
#include "chaos/loans.h"
#include "chaos/model.h"
#include "chaos/network.h"
#include "chaos/random.h"
#include "chaos/target.h"
#include "chaos/trace.h"

struct world {
    struct dice dice;
    struct trace trace;
    uint64_t now; /* nanoseconds */
    uint64_t counts[COUNT_OF_COUNTS];
    struct model model;
    struct lender lender;
    struct target target;
    struct network network;
    struct client client;
};

#endif
