/* scan: logs in to targets and lists their logical units as a tree. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "discovery.h"
#include "json.h"
#include "nexus.h"

/* What is kept of a unit until the whole target is printed. */
struct found_unit {
    uint32_t number;
    uint32_t claimed;
    uint32_t has_inquiry;
    uint32_t has_capacity;
    sanscsi_inquiry inquiry;
    sanscsi_capacity capacity;
};

/* One target: its session stays open until all are scanned, as a host would keep it. */
struct scan {
    struct scan *next;
    struct endpoint endpoint;
    struct nexus nexus;
    sanscsi_scan *machine; /* NULL between two runs */
    struct found_unit *units;
    size_t count;
    uint32_t has_session; /* 1: it got as far as full feature phase */
    uint32_t failed;      /* 1: something of it went wrong */
    uint32_t overstated;  /* 1: a unit claims a capacity that cannot be */
};

static int32_t take_output(void *context, const sanscsi_output *output) {
    struct scan *scan = context;
    return scan->machine != NULL && sanscsi_scan_output(scan->machine, output, clock_now()) == 1;
}

/* Whether a unit's bytes can be counted: what it claims is told else. */
static uint32_t is_countable(struct scan *scan, const sanscsi_unit *unit) {
    const sanscsi_capacity *capacity = unit->capacity;
    if (capacity->blocks <= UINT64_MAX / capacity->block_length) {
        return 1;
    }
    failure("LUN %u claims more than 2^64 bytes", (unsigned)unit->lun_number);
    scan->overstated = 1;
    return 0;
}

static void keep_units(struct scan *scan) {
    sanscsi_unit unit = {.size = sizeof(unit)};
    while (sanscsi_scan_next(scan->machine, &unit) == 1) {
        struct found_unit *grown = realloc(scan->units, (scan->count + 1) * sizeof(*grown));
        if (grown == NULL) {
            failure("no memory for all logical units");
            scan->failed = 1;
            return;
        }
        scan->units = grown;
        struct found_unit *kept = &grown[scan->count++];
        memset(kept, 0, sizeof(*kept));
        kept->number = unit.lun_number;
        kept->claimed = unit.claimed;
        kept->has_inquiry = unit.inquiry != NULL;
        kept->has_capacity = unit.capacity != NULL && is_countable(scan, &unit);
        if (unit.inquiry != NULL) {
            kept->inquiry = *unit.inquiry;
        }
        if (unit.capacity != NULL) {
            kept->capacity = *unit.capacity;
        }
    }
}

/* One run of the scan on a session that has logged in. Returns 0 when all was answered. */
static int scan_once(struct scan *scan) {
    struct host *host = scan->nexus.host;
    scan->count = 0;
    scan->overstated = 0;
    int32_t status = sanscsi_scan_new(scan->nexus.session, clock_now(), &scan->machine);
    if (status != SANSCSI_OK) {
        scan->machine = NULL;
        failure("no scan: %s", sanscsi_status_text(status));
        return -1;
    }
    while (!sanscsi_scan_done(scan->machine) && !host_interrupted(host)) {
        host_turn(host, SANSCSI_NEVER);
        keep_units(scan);
    }
    if (!sanscsi_scan_done(scan->machine)) {
        nexus_end(&scan->nexus); /* takes back what is lent */
    }
    keep_units(scan);
    int complete = sanscsi_scan_done(scan->machine) && sanscsi_scan_complete(scan->machine);
    sanscsi_scan_free(scan->machine);
    scan->machine = NULL;
    return complete && !scan->overstated ? 0 : -1;
}

/* Scans again as long as it was the session that got lost, and may be tried again. */
static void scan_target(struct scan *scan, struct host *host) {
    scan->failed = 1;
    if (nexus_open(&scan->nexus, host, &scan->endpoint, SANSCSI_SESSION_NORMAL) != 0) {
        return;
    }
    scan->nexus.taker = take_output;
    scan->nexus.taker_context = scan;
    while (nexus_login(&scan->nexus) == 0) {
        uint32_t losses = scan->nexus.losses;
        scan->has_session = 1;
        scan->failed = scan_once(scan) != 0;
        if (!scan->failed || scan->nexus.losses == losses || host_interrupted(host)) {
            break;
        }
    }
    scan->nexus.wanted = 0; /* if it gets lost now, it may stay so */
    if (!scan->has_session) {
        nexus_close(&scan->nexus);
    }
}

static void print_unit(const struct found_unit *unit) {
    const sanscsi_inquiry *inquiry = &unit->inquiry;
    printf("        LUN %u: ", (unsigned)unit->number);
    if (!unit->has_inquiry) {
        puts("no answer to INQUIRY");
        return;
    }
    printf("%s, ", sanscsi_device_type_name(inquiry->device_type));
    print_escaped(stdout, inquiry->vendor, strlen(inquiry->vendor));
    fputc(' ', stdout);
    print_escaped(stdout, inquiry->product, strlen(inquiry->product));
    fputc(' ', stdout);
    print_escaped(stdout, inquiry->revision, strlen(inquiry->revision));
    if (unit->has_capacity) {
        const sanscsi_capacity *capacity = &unit->capacity;
        double bytes = (double)capacity->blocks * capacity->block_length;
        printf(", %" PRIu64 " blocks of %" PRIu32 " bytes (%.1f MiB)", capacity->blocks,
               capacity->block_length, bytes / (1024.0 * 1024.0));
    }
    puts(unit->claimed ? "" : ", not claimed");
}

static void print_unit_json(struct json *json, const struct found_unit *unit) {
    const sanscsi_inquiry *inquiry = &unit->inquiry;
    json_open(json, NULL, '{');
    json_number(json, "lun", unit->number);
    json_truth(json, "claimed", unit->claimed);
    if (unit->has_inquiry) {
        json_number(json, "device_type", inquiry->device_type);
        json_text(json, "device_type_name", sanscsi_device_type_name(inquiry->device_type));
        json_text(json, "vendor", inquiry->vendor);
        json_text(json, "product", inquiry->product);
        json_text(json, "revision", inquiry->revision);
    }
    if (unit->has_capacity) {
        json_number(json, "blocks", unit->capacity.blocks);
        json_number(json, "block_size", unit->capacity.block_length);
        json_number(json, "bytes", unit->capacity.blocks * unit->capacity.block_length);
    }
    json_close(json, '}');
}

static void print_scan(const struct scan *scan, struct json *json) {
    const struct endpoint *endpoint = &scan->endpoint;
    char portal[2100];
    endpoint_portal(endpoint, portal, sizeof(portal));
    if (json != NULL) {
        json_open(json, NULL, '{');
        json_text(json, "target", endpoint->target);
        json_text(json, "portal", portal);
        json_truth(json, "complete", !scan->failed);
        json_open(json, "luns", '[');
        for (size_t i = 0; i < scan->count; i++) {
            print_unit_json(json, &scan->units[i]);
        }
        json_close(json, ']');
        json_close(json, '}');
        return;
    }
    print_escaped(stdout, endpoint->target, strlen(endpoint->target));
    fputs("\n    ", stdout);
    print_escaped(stdout, portal, strlen(portal));
    puts(scan->failed ? " (incomplete)" : "");
    for (size_t i = 0; i < scan->count; i++) {
        print_unit(&scan->units[i]);
    }
}

/* Scans one target that a portal told of, at its first portal that lets us in. */
static void scan_found(struct scan *scan, struct host *host, const struct found_target *target) {
    scan->failed = 1;
    scan->endpoint.target = target->name; /* told also where no portal of it can be used */
    scan->endpoint.host = "";
    for (uint32_t i = 0; i < target->portal_count; i++) {
        const struct found_portal *portal = &target->portals[i];
        scan->failed = 1;
        if (endpoint_set(&scan->endpoint, target->name, portal->host, portal->port,
                         portal->is_ipv6) == 0) {
            scan_target(scan, host);
        }
        /* No portal helps where the target refuses us or we have no session left. */
        if (scan->has_session || scan->nexus.refused || scan->nexus.limited ||
            host_interrupted(host)) {
            return;
        }
    }
}

static struct scan *new_scan(struct scan **scans) {
    struct scan *scan = calloc(1, sizeof(*scan));
    if (scan == NULL) {
        failure("no memory for a scan");
        return NULL;
    }
    scan->next = *scans;
    *scans = scan;
    return scan;
}

/* Logs out of all targets at once, then waits for each. */
static void end_scans(struct scan *scans) {
    for (struct scan *scan = scans; scan != NULL; scan = scan->next) {
        nexus_ask_end(&scan->nexus);
    }
    while (scans != NULL) {
        struct scan *scan = scans;
        scans = scan->next;
        nexus_close(&scan->nexus);
        endpoint_wipe(&scan->endpoint);
        free(scan->units);
        free(scan);
    }
}

static int scan_url(struct host *host, const struct endpoint *endpoint, struct json *json) {
    struct scan *scans = NULL;
    struct scan *scan = new_scan(&scans);
    if (scan == NULL || endpoint_set(&scan->endpoint, endpoint->target, endpoint->host,
                                     endpoint->port, endpoint->is_ipv6) != 0) {
        end_scans(scans);
        return -1;
    }
    scan->endpoint.chap = endpoint->chap;
    scan_target(scan, host);
    print_scan(scan, json);
    int result = scan->failed ? -1 : 0;
    end_scans(scans);
    return result;
}

/* Scans every target that a portal tells of, one after the other. */
static int scan_portal(struct host *host, const struct endpoint *portal, struct json *json) {
    struct discovery discovery;
    struct scan *scans = NULL;
    int result = discovery_run(&discovery, host, portal);
    size_t count = result == 0 ? discovery.count : 0;
    for (size_t i = 0; i < count && !host_interrupted(host); i++) {
        struct scan *scan = new_scan(&scans);
        if (scan == NULL) {
            result = -1;
            break;
        }
        scan_found(scan, host, &discovery.targets[i]);
        print_scan(scan, json);
        result = scan->failed ? -1 : result; /* the others are still scanned */
    }
    end_scans(scans);
    discovery_free(&discovery);
    return result;
}

int command_scan(const struct options *options) {
    struct endpoint endpoint;
    struct host host;
    struct json writer;
    struct json *json = options->json ? &writer : NULL;
    int is_url = endpoint_is_url(options->arguments[0]);
    if ((is_url ? endpoint_parse_url(&endpoint, options->arguments[0])
                : endpoint_parse_portal(&endpoint, options->arguments[0])) != 0) {
        return EXIT_USAGE;
    }
    int code = host_open(&host, options);
    if (code == 0) {
        json_start(&writer, stdout);
        if (json != NULL) {
            json_open(json, NULL, '{');
            json_open(json, "targets", '[');
        }
        int result =
            is_url ? scan_url(&host, &endpoint, json) : scan_portal(&host, &endpoint, json);
        if (json != NULL) {
            json_close(json, ']');
            json_close(json, '}');
        }
        code = result == 0 && !host_interrupted(&host) ? EXIT_DONE : EXIT_FAILED;
    }
    endpoint_wipe(&endpoint);
    return host_close(&host, code);
}
