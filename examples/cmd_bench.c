/* bench: how many commands a second a unit serves, how long each takes, and what they cost. */
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "commands.h"
#include "histogram.h"
#include "json.h"
#include "unit.h"

/* Commands that are queued before the session gets its turn. */
enum { BATCH = 64 };

/* After an interrupt: for the answers to commands in flight, ns. It leaves time for a logout. */
static const uint64_t interrupt_time = 300000000;

struct bench;

/* One command in flight. Its request and buffer stay put while lent to the session. */
struct slot {
    struct bench *bench;
    struct request request;
    sanscsi_iovec buffer;
    uint64_t begun; /* when it was handed over, ns: tries after a lost session count too */
    uint32_t is_write;
};

struct bench {
    struct host host;
    struct unit unit;
    struct slot *slots;
    uint8_t *memory;       /* the buffers of all slots */
    uint32_t block;        /* bytes of one command */
    uint32_t unit_blocks;  /* the same in blocks of the unit */
    uint32_t read_percent; /* of the commands */
    uint64_t places;       /* where a command can go: whole ones that fit the unit */
    uint64_t next;         /* the next place, in order */
    uint64_t random;       /* state of the generator, never 0 */
    uint32_t busy;         /* slots in flight */
    uint32_t failed;
    uint32_t over; /* nothing new, and what still comes is not counted */
    uint32_t interrupted;
    uint32_t losses; /* sessions lost while measuring */
    uint64_t started;
    uint64_t ends;      /* no new command from then on */
    uint64_t counts[2]; /* commands done: reads, writes */
    double seconds;
    double user;                /* processor time, seconds */
    double system;              /* likewise */
    struct histogram latencies; /* ns */
};

/* Xorshift with a fixed start: every run asks for the same places in the same order. */
static uint64_t next_random(struct bench *bench) {
    uint64_t state = bench->random;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    bench->random = state;
    return state;
}

static uint64_t next_place(struct bench *bench) {
    if (bench->host.options->random) {
        return next_random(bench) % bench->places;
    }
    uint64_t place = bench->next;
    bench->next = place + 1 < bench->places ? place + 1 : 0;
    return place;
}

static uint32_t is_write(struct bench *bench) {
    if (bench->read_percent == 0 || bench->read_percent == 100) {
        return bench->read_percent == 0;
    }
    return next_random(bench) % 100 >= bench->read_percent;
}

static void on_done(struct request *request);

static void start_slot(struct slot *slot, uint64_t now) {
    struct bench *bench = slot->bench;
    struct request *request = &slot->request;
    uint64_t lba = next_place(bench) * bench->unit_blocks;
    slot->is_write = is_write(bench);
    request_init(request, bench->unit.lun);
    if (slot->is_write) {
        request->cdb_length = sanscsi_cdb_write(request->cdb, lba, bench->unit_blocks, 0);
        request->data_out = slot->buffer;
    } else {
        request->cdb_length = sanscsi_cdb_read(request->cdb, lba, bench->unit_blocks, 0);
        request->data_in = slot->buffer;
    }
    request->exact = 1;
    request->done = on_done;
    request->context = slot;
    slot->begun = now;
    bench->busy++;
    nexus_queue(&bench->unit.nexus, request);
}

static void on_done(struct request *request) {
    struct slot *slot = request->context;
    struct bench *bench = slot->bench;
    bench->busy--;
    if (bench->over) {
        return;
    }
    if (!request->ok) {
        request_report(request); /* the first tells why; the others follow from it */
        bench->failed = 1;
        bench->over = 1;
        return;
    }
    bench->counts[slot->is_write]++;
    histogram_add(&bench->latencies, request->done_at - slot->begun);
    if (request->done_at < bench->ends && !host_interrupted(&bench->host)) {
        start_slot(slot, request->done_at);
    }
}

static double seconds_of(struct timeval time) {
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

/* Adds the processor time so far, or takes it away. */
static void add_usage(struct bench *bench, double sign) {
    struct rusage usage;
    if (getrusage(RUSAGE_SELF, &usage) == 0) {
        bench->user += sign * seconds_of(usage.ru_utime);
        bench->system += sign * seconds_of(usage.ru_stime);
    }
}

/* The first command of each slot; a short run may be over before all have begun. */
static void start_all(struct bench *bench) {
    struct host *host = &bench->host;
    for (uint32_t i = 0; i < host->options->depth && !bench->failed; i++) {
        uint64_t now = clock_now();
        if (i > 0 && (now >= bench->ends || host_interrupted(host))) {
            return;
        }
        start_slot(&bench->slots[i], now);
        if (i % BATCH == BATCH - 1) {
            host_turn(host, now);
        }
    }
}

/* Returns 0 when all commands that were begun have ended well, or the user wanted an end. */
static int measure(struct bench *bench) {
    struct host *host = &bench->host;
    uint32_t losses = bench->unit.nexus.losses;
    add_usage(bench, -1);
    bench->started = clock_now();
    bench->ends = bench->started + host->options->seconds;
    start_all(bench);
    while (bench->busy > 0 && !bench->failed && !host_interrupted(host)) {
        host_turn(host, SANSCSI_NEVER);
    }
    bench->interrupted = host_interrupted(host) != 0;
    uint64_t give_up = clock_now() + interrupt_time;
    while (bench->busy > 0 && !bench->failed && clock_now() < give_up) {
        host_turn(host, give_up);
    }
    bench->over = 1;
    bench->seconds = (double)(clock_now() - bench->started) / 1e9;
    bench->losses = bench->unit.nexus.losses - losses;
    add_usage(bench, 1);
    return bench->failed ? -1 : 0;
}

/* Percentiles as they are shown. */
static const struct {
    uint32_t part; /* of 100000 */
    const char *text;
    const char *name; /* in JSON */
} percentiles[] = {
    {50000, "50 %", "latency_p50_us"},
    {99000, "99 %", "latency_p99_us"},
    {99900, "99.9 %", "latency_p99_9_us"},
};

enum { PERCENTILES = sizeof(percentiles) / sizeof(percentiles[0]) };

static double percentile_us(const struct bench *bench, size_t index) {
    return (double)histogram_percentile(&bench->latencies, percentiles[index].part) / 1e3;
}

static void print_json(const struct bench *bench, uint64_t commands) {
    struct json json;
    double bytes = (double)commands * bench->block;
    json_start(&json, stdout);
    json_open(&json, NULL, '{');
    json_number(&json, "commands", commands);
    json_number(&json, "reads", bench->counts[0]);
    json_number(&json, "writes", bench->counts[1]);
    json_number(&json, "block", bench->block);
    json_number(&json, "depth", bench->host.options->depth);
    json_number(&json, "bytes", commands * bench->block);
    json_decimal(&json, "seconds", bench->seconds);
    json_decimal(&json, "iops", (double)commands / bench->seconds);
    json_decimal(&json, "mb_per_second", bytes / bench->seconds / 1e6);
    if (commands > 0) { /* else none of these is known */
        for (size_t i = 0; i < PERCENTILES; i++) {
            json_decimal(&json, percentiles[i].name, percentile_us(bench, i));
        }
        json_decimal(&json, "latency_max_us", (double)bench->latencies.max / 1e3);
        json_decimal(&json, "user_us_per_command", bench->user * 1e6 / (double)commands);
        json_decimal(&json, "system_us_per_command", bench->system * 1e6 / (double)commands);
    }
    json_number(&json, "sessions_lost", bench->losses);
    json_truth(&json, "interrupted", bench->interrupted);
    json_close(&json, '}');
}

static void print_text(const struct bench *bench, uint64_t commands) {
    double bytes = (double)commands * bench->block;
    printf("%llu commands of %lu bytes, %llu reads, %llu writes, %.3f s%s\n",
           (unsigned long long)commands, (unsigned long)bench->block,
           (unsigned long long)bench->counts[0], (unsigned long long)bench->counts[1],
           bench->seconds, bench->interrupted ? ", interrupted" : "");
    printf("%.1f IOPS, %.3f MB/s\n", (double)commands / bench->seconds,
           bytes / bench->seconds / 1e6);
    if (commands > 0) {
        fputs("latency", stdout);
        for (size_t i = 0; i < PERCENTILES; i++) {
            printf(" %s: %.1f us,", percentiles[i].text, percentile_us(bench, i));
        }
        printf(" max: %.1f us\n", (double)bench->latencies.max / 1e3);
        printf("processor time per command: %.3f us user, %.3f us system\n",
               bench->user * 1e6 / (double)commands, bench->system * 1e6 / (double)commands);
    }
    if (bench->losses > 0) {
        printf("sessions lost on the way: %lu; the time without one is in these figures\n",
               (unsigned long)bench->losses);
    }
}

/* What the command line asks for against what the unit has. Returns 0 or the exit code. */
static int plan(struct bench *bench) {
    const struct options *options = bench->host.options;
    const sanscsi_capacity *capacity = &bench->unit.capacity;
    bench->block = options->block.bytes;
    if (bench->block % capacity->block_length != 0) {
        return usage_error("--block %s: expected a multiple of the unit's block size, %lu bytes",
                           options->block.text, (unsigned long)capacity->block_length);
    }
    bench->unit_blocks = bench->block / capacity->block_length;
    bench->places = capacity->blocks / bench->unit_blocks;
    if (bench->places == 0) {
        return usage_error("--block %s: expected no more than the unit has, %llu bytes",
                           options->block.text,
                           (unsigned long long)capacity->blocks * capacity->block_length);
    }
    bench->random = UINT64_C(0x9e3779b97f4a7c15);
    return 0;
}

/*
 * Buffers and slots. All pages are touched now, lest it be counted as a command's cost. What is
 * written is no zeros: some targets store those differently.
 */
static int make_slots(struct bench *bench) {
    uint32_t depth = bench->host.options->depth;
    if (bench->block <= SIZE_MAX / depth) {
        bench->memory = malloc((size_t)depth * bench->block);
    }
    bench->slots = calloc(depth, sizeof(*bench->slots));
    if (bench->memory == NULL || bench->slots == NULL) {
        failure("no memory for %lu commands of %lu bytes", (unsigned long)depth,
                (unsigned long)bench->block);
        return -1;
    }
    for (uint32_t i = 0; i < depth; i++) {
        uint8_t *data = bench->memory + (size_t)i * bench->block;
        bench->slots[i].bench = bench;
        bench->slots[i].buffer = (sanscsi_iovec){data, bench->block};
        for (uint32_t at = 0; at < bench->block; at++) {
            data[at] = (uint8_t)(1 + (i + at) % 255);
        }
    }
    return 0;
}

/* Logs in, measures, logs out. Returns the exit code. */
static int run_unit(struct bench *bench) {
    struct nexus *nexus = &bench->unit.nexus;
    if (nexus_open(nexus, &bench->host, &bench->unit.endpoint, SANSCSI_SESSION_NORMAL) != 0 ||
        nexus_login(nexus) != 0 || unit_capacity(&bench->unit) != 0) {
        return EXIT_FAILED;
    }
    int code = plan(bench);
    if (code != 0) {
        return code;
    }
    return make_slots(bench) == 0 && measure(bench) == 0 ? EXIT_DONE : EXIT_FAILED;
}

static int run_bench(struct bench *bench, const struct options *options) {
    int code = host_open(&bench->host, options);
    if (code == 0) {
        code = run_unit(bench);
        unit_close(&bench->unit); /* only then may the buffers go */
        free(bench->memory);
        free(bench->slots);
        uint64_t commands = bench->counts[0] + bench->counts[1];
        if (code == EXIT_DONE) {
            (options->json ? print_json : print_text)(bench, commands);
        }
        if (bench->interrupted && code == EXIT_DONE) {
            code = failure("interrupted");
        }
    }
    return host_close(&bench->host, code);
}

/* Which share of the commands reads; UINT32_MAX after a usage error. */
static uint32_t read_percent(const struct options *options) {
    uint32_t kinds = options->given & (OPTION_READ | OPTION_WRITE | OPTION_MIX);
    if ((kinds & (kinds - 1)) != 0) {
        usage_error("--%s and --%s are given: one of them is enough",
                    (kinds & OPTION_READ) != 0 ? "read" : "write",
                    (kinds & OPTION_MIX) != 0 ? "mix" : "write");
        return UINT32_MAX;
    }
    return kinds == OPTION_WRITE ? 0 : kinds == OPTION_MIX ? options->mix : 100;
}

int command_bench(const struct options *options) {
    struct bench *bench = calloc(1, sizeof(*bench));
    if (bench == NULL) {
        return failure("no memory");
    }
    int code = EXIT_USAGE;
    bench->read_percent = read_percent(options);
    if (bench->read_percent <= 100 && unit_parse(&bench->unit, options->arguments[0]) == 0) {
        code = run_bench(bench, options);
    }
    free(bench);
    return code;
}
