/* Runs a discovery session and keeps its records. */
#include "discovery.h"

#include <stdlib.h>
#include <string.h>

/* A zero-terminated copy; the library has refused names and hosts with a zero inside. */
static char *copy_text(const void *bytes, size_t length) {
    char *text = malloc(length + 1);
    if (text != NULL) {
        memcpy(text, bytes, length);
        text[length] = '\0';
    }
    return text;
}

static void clear(struct discovery *discovery) {
    for (size_t i = 0; i < discovery->count; i++) {
        struct found_target *target = &discovery->targets[i];
        for (uint32_t j = 0; j < target->portal_count; j++) {
            free(target->portals[j].host);
        }
        free(target->portals);
        free(target->name);
    }
    free(discovery->targets);
    discovery->targets = NULL;
    discovery->count = 0;
}

void discovery_free(struct discovery *discovery) {
    clear(discovery);
}

/* Fills the portals of a record; without any it is the portal that was asked. */
static int keep_portals(struct found_target *target, const sanscsi_target *record,
                        const struct endpoint *asked) {
    uint32_t count = record->portal_count == 0 ? 1 : record->portal_count;
    target->portals = calloc(count, sizeof(*target->portals));
    if (target->portals == NULL) {
        return -1;
    }
    for (uint32_t i = 0; i < count; i++) {
        sanscsi_portal portal = {.size = sizeof(portal), .port = asked->port};
        if (record->portal_count == 0) {
            portal.host = (const uint8_t *)asked->host;
            portal.host_length = strlen(asked->host);
            portal.is_ipv6 = asked->is_ipv6;
            portal.tag = UINT32_MAX;
        } else if (sanscsi_target_portal(record, i, &portal) != SANSCSI_OK) {
            continue;
        }
        struct found_portal *kept = &target->portals[target->portal_count];
        kept->host = copy_text(portal.host, portal.host_length);
        if (kept->host == NULL) {
            return -1;
        }
        kept->port = portal.port;
        kept->tag = portal.tag;
        kept->is_ipv6 = portal.is_ipv6;
        target->portal_count++;
    }
    return 0;
}

static int keep_target(struct discovery *discovery, const sanscsi_target *record) {
    struct found_target *grown =
        realloc(discovery->targets, (discovery->count + 1) * sizeof(*grown));
    if (grown == NULL) {
        return -1;
    }
    discovery->targets = grown;
    struct found_target *target = &grown[discovery->count++];
    memset(target, 0, sizeof(*target));
    target->name = copy_text(record->name, record->name_length);
    return target->name == NULL ? -1 : keep_portals(target, record, discovery->asked);
}

static int32_t take_target(void *context, const sanscsi_output *output) {
    struct discovery *discovery = context;
    if (output->type != SANSCSI_OUTPUT_TARGET) {
        return 0;
    }
    if (discovery->issue != discovery->request.issues) { /* asked anew after a lost session */
        discovery->issue = discovery->request.issues;
        clear(discovery);
    }
    if (keep_target(discovery, output->target) != 0) {
        discovery->no_memory = 1;
    }
    return 1;
}

int discovery_run(struct discovery *discovery, struct host *host, const struct endpoint *portal) {
    struct nexus nexus;
    int result = -1;
    memset(discovery, 0, sizeof(*discovery));
    discovery->asked = portal;
    request_init(&discovery->request, 0);
    discovery->request.kind = SANSCSI_TASK_SEND_TARGETS;
    if (nexus_open(&nexus, host, portal, SANSCSI_SESSION_DISCOVERY) != 0) {
        return -1;
    }
    nexus.taker = take_target;
    nexus.taker_context = discovery;
    if (nexus_login(&nexus) == 0) {
        result = nexus_run(&nexus, &discovery->request);
    }
    if (result == 0 && discovery->no_memory) {
        failure("no memory for all targets");
        result = -1;
    }
    nexus_close(&nexus);
    return result;
}
