/* discover: the targets of a portal, each with its portals. */
#include <string.h>

#include "commands.h"
#include "discovery.h"
#include "json.h"

static void print_json(const struct discovery *discovery) {
    struct json json;
    json_start(&json, stdout);
    json_open(&json, NULL, '{');
    json_open(&json, "targets", '[');
    for (size_t i = 0; i < discovery->count; i++) {
        const struct found_target *target = &discovery->targets[i];
        json_open(&json, NULL, '{');
        json_text(&json, "target", target->name);
        json_open(&json, "portals", '[');
        for (uint32_t j = 0; j < target->portal_count; j++) {
            const struct found_portal *portal = &target->portals[j];
            json_open(&json, NULL, '{');
            json_text(&json, "host", portal->host);
            json_number(&json, "port", portal->port);
            if (portal->tag != UINT32_MAX) {
                json_number(&json, "tag", portal->tag);
            }
            json_close(&json, '}');
        }
        json_close(&json, ']');
        json_close(&json, '}');
    }
    json_close(&json, ']');
    json_close(&json, '}');
}

static void print_text(const struct discovery *discovery) {
    for (size_t i = 0; i < discovery->count; i++) {
        const struct found_target *target = &discovery->targets[i];
        print_escaped(stdout, target->name, strlen(target->name));
        fputc('\n', stdout);
        for (uint32_t j = 0; j < target->portal_count; j++) {
            const struct found_portal *portal = &target->portals[j];
            fputs(portal->is_ipv6 ? "    [" : "    ", stdout);
            print_escaped(stdout, portal->host, strlen(portal->host));
            printf("%s:%u", portal->is_ipv6 ? "]" : "", (unsigned)portal->port);
            if (portal->tag != UINT32_MAX) {
                printf(",%u", (unsigned)portal->tag);
            }
            fputc('\n', stdout);
        }
    }
}

int command_discover(const struct options *options) {
    struct endpoint portal;
    struct host host;
    if (endpoint_parse_portal(&portal, options->arguments[0]) != 0) {
        return EXIT_USAGE;
    }
    int code = host_open(&host, options);
    if (code == 0) {
        struct discovery discovery;
        if (discovery_run(&discovery, &host, &portal) == 0) {
            if (options->json) {
                print_json(&discovery);
            } else {
                print_text(&discovery);
            }
        } else {
            code = EXIT_FAILED;
        }
        discovery_free(&discovery);
    }
    return host_close(&host, code);
}
