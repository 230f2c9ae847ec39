/* Sessions, networks and a target under one simulated clock, where everything goes wrong that can:
 * no task may be lost, ended twice or with wrong bytes, and when all heals every session serves.
 * A run follows from its seed alone. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "simulation/world.h"

#define TELLING 1000u /* worlds in which everything must be met */

static struct world world;
static uint64_t counts[COUNT_OF_COUNTS];
static uint64_t tasks;

static uint64_t run(uint64_t seed, uint64_t operations) {
    world_init(&world, seed, operations);
    world_run(&world);
    world_free(&world);
    count_add(counts, &world);
    tasks += world.ended;
    return world.trace.hash;
}

static int run_range(uint64_t first, uint64_t number, bool verbose) {
    for (uint64_t seed = first; seed - first < number; seed++) {
        uint64_t hash = run(seed, 0);
        if (verbose) {
            printf("seed %" PRIu64 ": %016" PRIx64 ", %" PRIu64 " tasks, %" PRIu64 " ms\n", seed,
                   hash, world.ended, world.now / MILLISECOND);
        }
    }
    return 0;
}

/* What was met; with `all` everything must have been. */
static int report(bool all) {
    const char *missing = count_report(counts);
    printf("%" PRIu64 " tasks\n", tasks);
    if (missing != NULL && all) {
        printf("never met: %s\n", missing);
        return 1;
    }
    return 0;
}

static int usage(void) {
    fputs("usage: simulation --seed SEED [TASKS]    one world, whose trace is printed\n"
          "       simulation --range FIRST NUMBER   short worlds; a thousand must meet everything\n"
          "       simulation --hashes FIRST NUMBER  short worlds, a line for each\n"
          "       simulation --long SEED TASKS      a long world\n"
          "       simulation --fail SEED            one that fails, to see the report\n",
          stderr);
    return 2;
}

int main(int argc, char **argv) {
    if (argc < 3 || argc > 4) {
        return usage();
    }
    uint64_t first = strtoull(argv[2], NULL, 10);
    uint64_t number = argc == 4 ? strtoull(argv[3], NULL, 10) : 0;
    if (strcmp(argv[1], "--seed") == 0) {
        world.trace.prints = true;
        printf("hash %016" PRIx64 "\n", run(first, number));
        return 0;
    }
    if (argc == 4 && strcmp(argv[1], "--range") == 0) {
        (void)run_range(first, number, false);
        return report(number >= TELLING);
    }
    if (argc == 4 && strcmp(argv[1], "--hashes") == 0) {
        return run_range(first, number, true);
    }
    if (strcmp(argv[1], "--fail") == 0) {
        world.trace.fails = true;
        (void)run(first, 0);
    }
    if (argc == 4 && strcmp(argv[1], "--long") == 0) {
        (void)run(first, number);
        return report(false);
    }
    return usage();
}
