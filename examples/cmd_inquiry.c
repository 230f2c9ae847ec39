/* inquiry, luns and capacity: what one logical unit tells about itself. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "json.h"
#include "unit.h"
#include "vpd.h"

enum {
    SHORT_ANSWER = 252,                        /* what every unit can be asked for */
    LUNS_FIRST = 4096,                         /* bytes of the first REPORT LUNS */
    LUNS_MOST = 8 + 8 * SANSCSI_SCAN_MAX_UNITS /* bytes of the largest */
};

static void print_inquiry_json(const sanscsi_inquiry *inquiry) {
    struct json json;
    json_start(&json, stdout);
    json_open(&json, NULL, '{');
    json_number(&json, "peripheral_qualifier", inquiry->peripheral_qualifier);
    json_number(&json, "device_type", inquiry->device_type);
    json_text(&json, "device_type_name", sanscsi_device_type_name(inquiry->device_type));
    json_text(&json, "vendor", inquiry->vendor);
    json_text(&json, "product", inquiry->product);
    json_text(&json, "revision", inquiry->revision);
    json_number(&json, "version", inquiry->version);
    json_number(&json, "response_format", inquiry->response_format);
    json_truth(&json, "removable", inquiry->removable);
    json_truth(&json, "hierarchical_luns", inquiry->hierarchical_luns);
    json_truth(&json, "normal_aca", inquiry->normal_aca);
    json_truth(&json, "protection", inquiry->protection);
    json_truth(&json, "third_party_copy", inquiry->third_party_copy);
    json_number(&json, "port_groups", inquiry->port_groups);
    json_truth(&json, "multiple_ports", inquiry->multiple_ports);
    json_truth(&json, "enclosure_services", inquiry->enclosure_services);
    json_truth(&json, "command_queuing", inquiry->command_queuing);
    json_close(&json, '}');
}

static void print_text(const char *name, const char *text) {
    printf("%s: ", name);
    print_escaped(stdout, text, strlen(text));
    fputc('\n', stdout);
}

static void print_inquiry(const sanscsi_inquiry *inquiry) {
    const struct {
        const char *name;
        uint32_t value;
    } flags[] = {
        {"removable", inquiry->removable},
        {"hierarchical LUNs", inquiry->hierarchical_luns},
        {"normal ACA", inquiry->normal_aca},
        {"protection", inquiry->protection},
        {"third-party copy", inquiry->third_party_copy},
        {"multiple ports", inquiry->multiple_ports},
        {"enclosure services", inquiry->enclosure_services},
        {"command queuing", inquiry->command_queuing},
    };
    printf("device type: %s (%u)\n", sanscsi_device_type_name(inquiry->device_type),
           (unsigned)inquiry->device_type);
    printf("peripheral qualifier: %u\n", (unsigned)inquiry->peripheral_qualifier);
    print_text("vendor", inquiry->vendor);
    print_text("product", inquiry->product);
    print_text("revision", inquiry->revision);
    printf("version: %u\nresponse format: %u\nport groups: %u\n", (unsigned)inquiry->version,
           (unsigned)inquiry->response_format, (unsigned)inquiry->port_groups);
    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        printf("%s: %s\n", flags[i].name, flags[i].value ? "yes" : "no");
    }
}

static int standard_inquiry(struct unit *unit) {
    uint8_t data[SHORT_ANSWER];
    size_t length = 0;
    sanscsi_inquiry inquiry = {.size = sizeof(inquiry)};
    if (unit_inquiry(unit, 0, 0, data, sizeof(data), &length) != 0) {
        return -1;
    }
    int32_t status = sanscsi_inquiry_parse(data, length, &inquiry);
    if (status != SANSCSI_OK && status != SANSCSI_TRUNCATED) {
        failure("INQUIRY: %s", sanscsi_status_text(status));
        return -1;
    }
    if (status == SANSCSI_TRUNCATED) {
        failure("INQUIRY: only %zu bytes came; what is missing is shown as 0", length);
    }
    if (unit->nexus.host->options->json) {
        print_inquiry_json(&inquiry);
    } else {
        print_inquiry(&inquiry);
    }
    return status == SANSCSI_OK ? 0 : -1;
}

/* Asks again with more room when the page turns out longer than first asked for. */
static int page_inquiry(struct unit *unit) {
    uint8_t data[UINT16_MAX];
    size_t length = 0;
    uint32_t page = unit->nexus.host->options->vpd;
    sanscsi_vpd vpd = {.size = sizeof(vpd)};
    if (unit_inquiry(unit, 1, page, data, SHORT_ANSWER, &length) != 0) {
        return -1;
    }
    int32_t status = sanscsi_vpd_parse(data, length, page, &vpd);
    if (status == SANSCSI_TRUNCATED && length == SHORT_ANSWER) {
        if (unit_inquiry(unit, 1, page, data, sizeof(data), &length) != 0) {
            return -1;
        }
        status = sanscsi_vpd_parse(data, length, page, &vpd);
    }
    if (status != SANSCSI_OK) {
        failure("INQUIRY page %02xh: %s", (unsigned)page, sanscsi_status_text(status));
        return -1;
    }
    return vpd_print(&vpd, data, length, unit->nexus.host->options->json);
}

static int show_inquiry(struct unit *unit, void *context) {
    (void)context;
    return (unit->nexus.host->options->given & OPTION_VPD) != 0 ? page_inquiry(unit)
                                                                : standard_inquiry(unit);
}

int command_inquiry(const struct options *options) {
    return with_unit(options, show_inquiry, NULL);
}

static void print_luns(const sanscsi_lun_list *list, uint32_t as_json) {
    struct json json;
    json_start(&json, stdout);
    if (as_json) {
        json_open(&json, NULL, '{');
        json_open(&json, "luns", '[');
    }
    for (uint32_t i = 0; i < list->count; i++) {
        uint64_t lun = 0;
        uint32_t number = 0;
        char address[17];
        if (sanscsi_lun_list_get(list, i, &lun) != SANSCSI_OK) {
            continue;
        }
        int has_number = sanscsi_lun_decode(lun, &number) == SANSCSI_OK;
        snprintf(address, sizeof(address), "%016" PRIx64, lun);
        if (as_json) {
            json_open(&json, NULL, '{');
            if (has_number) {
                json_number(&json, "lun", number);
            }
            json_text(&json, "address", address);
            json_close(&json, '}');
        } else if (has_number) {
            printf("LUN %-5u %s\n", (unsigned)number, address);
        } else {
            printf("LUN ?     %s\n", address);
        }
    }
    if (as_json) {
        json_close(&json, ']');
        json_close(&json, '}');
    }
}

static int report_luns(struct unit *unit, void *data, uint32_t size, sanscsi_lun_list *list) {
    struct request request;
    request_init(&request, 0); /* LUN 0 knows all others */
    request.cdb_length = sanscsi_cdb_report_luns(request.cdb, SANSCSI_REPORT_LUNS_UNITS, size);
    request.data_in = (sanscsi_iovec){data, size};
    if (nexus_run(&unit->nexus, &request) != 0) {
        return -1;
    }
    int32_t status = sanscsi_report_luns_parse(data, request.result.data_in, list);
    if (status == SANSCSI_TRUNCATED && request.result.data_in == size && size < LUNS_MOST) {
        return 1;
    }
    if (status != SANSCSI_OK) {
        failure("REPORT LUNS: %s", sanscsi_status_text(status));
        return -1;
    }
    return 0;
}

static int show_luns(struct unit *unit, void *context) {
    (void)context;
    sanscsi_lun_list list = {.size = sizeof(list)};
    uint8_t *data = malloc(LUNS_MOST);
    if (data == NULL) {
        failure("no memory for an inventory");
        return -1;
    }
    int left = report_luns(unit, data, LUNS_FIRST, &list);
    if (left > 0) {
        left = report_luns(unit, data, LUNS_MOST, &list);
    }
    if (left == 0) {
        print_luns(&list, unit->nexus.host->options->json);
    }
    free(data);
    return left;
}

int command_luns(const struct options *options) {
    return with_unit(options, show_luns, NULL);
}

static int show_capacity(struct unit *unit, void *context) {
    (void)context;
    struct json json;
    if (unit_capacity(unit) != 0) {
        return -1;
    }
    const sanscsi_capacity *capacity = &unit->capacity;
    uint64_t bytes = capacity->blocks * capacity->block_length;
    if (!unit->nexus.host->options->json) {
        printf("blocks: %" PRIu64 "\nblock size: %" PRIu32 "\nbytes: %" PRIu64 "\n",
               capacity->blocks, capacity->block_length, bytes);
        return 0;
    }
    json_start(&json, stdout);
    json_open(&json, NULL, '{');
    json_number(&json, "blocks", capacity->blocks);
    json_number(&json, "block_size", capacity->block_length);
    json_number(&json, "bytes", bytes);
    json_close(&json, '}');
    return 0;
}

int command_capacity(const struct options *options) {
    return with_unit(options, show_capacity, NULL);
}
