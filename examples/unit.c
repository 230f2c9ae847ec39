/* Commands to one logical unit, each waited for. */
#include "unit.h"

#include <string.h>

int unit_parse(struct unit *unit, char *url) {
    memset(unit, 0, sizeof(*unit));
    if (endpoint_parse_url(&unit->endpoint, url) != 0) {
        return -1;
    }
    int32_t status = sanscsi_lun_encode(unit->endpoint.lun, &unit->lun);
    if (status != SANSCSI_OK) {
        usage_error("LUN %u: %s", (unsigned)unit->endpoint.lun, sanscsi_status_text(status));
        return -1;
    }
    return 0;
}

int unit_open(struct unit *unit, struct host *host) {
    if (nexus_open(&unit->nexus, host, &unit->endpoint, SANSCSI_SESSION_NORMAL) != 0) {
        return -1;
    }
    return nexus_login(&unit->nexus);
}

void unit_close(struct unit *unit) {
    nexus_close(&unit->nexus);
    endpoint_wipe(&unit->endpoint);
}

static int bad_answer(const struct request *request, int32_t status) {
    failure("%s: %s", sanscsi_command_name(request->cdb), sanscsi_status_text(status));
    return -1;
}

static int capacity16(struct unit *unit) {
    uint8_t data[32];
    struct request request;
    request_init(&request, unit->lun);
    request.cdb_length = sanscsi_cdb_read_capacity16(request.cdb, sizeof(data));
    request.data_in = (sanscsi_iovec){data, sizeof(data)};
    if (nexus_run(&unit->nexus, &request) != 0) {
        return -1;
    }
    int32_t status = sanscsi_capacity16_parse(data, request.result.data_in, &unit->capacity);
    return status == SANSCSI_OK ? 0 : bad_answer(&request, status);
}

int unit_capacity(struct unit *unit) {
    uint8_t data[8];
    struct request request;
    unit->capacity.size = sizeof(unit->capacity);
    request_init(&request, unit->lun);
    request.cdb_length = sanscsi_cdb_read_capacity10(request.cdb);
    request.data_in = (sanscsi_iovec){data, sizeof(data)};
    if (nexus_run(&unit->nexus, &request) != 0) {
        return -1;
    }
    int32_t status = sanscsi_capacity10_parse(data, request.result.data_in, &unit->capacity);
    if (status != SANSCSI_OK) {
        return bad_answer(&request, status);
    }
    if (unit->capacity.use_read_capacity16 && capacity16(unit) != 0) {
        return -1;
    }
    if (unit->capacity.block_length > UNIT_MAX_TRANSFER) {
        failure("blocks of %lu bytes are too large for this program",
                (unsigned long)unit->capacity.block_length);
        return -1;
    }
    if (unit->capacity.blocks > UINT64_MAX / unit->capacity.block_length) {
        failure("the unit claims more than 2^64 bytes");
        return -1;
    }
    return 0;
}

int unit_inquiry(struct unit *unit, uint32_t evpd, uint32_t page, void *data, uint32_t size,
                 size_t *length) {
    struct request request;
    request_init(&request, unit->lun);
    request.cdb_length = sanscsi_cdb_inquiry(request.cdb, evpd, page, size);
    request.data_in = (sanscsi_iovec){data, size};
    if (nexus_run(&unit->nexus, &request) != 0) {
        return -1;
    }
    *length = request.result.data_in;
    return 0;
}

uint32_t unit_max_blocks(const struct unit *unit) {
    return UNIT_MAX_TRANSFER / unit->capacity.block_length;
}

int unit_read(struct unit *unit, uint64_t lba, uint32_t blocks, void *data) {
    struct request request;
    request_init(&request, unit->lun);
    request.cdb_length = sanscsi_cdb_read(request.cdb, lba, blocks, 0);
    request.data_in = (sanscsi_iovec){data, (size_t)blocks * unit->capacity.block_length};
    request.exact = 1;
    return nexus_run(&unit->nexus, &request);
}

int unit_write(struct unit *unit, uint64_t lba, uint32_t blocks, void *data) {
    struct request request;
    request_init(&request, unit->lun);
    request.cdb_length = sanscsi_cdb_write(request.cdb, lba, blocks, 0);
    request.data_out = (sanscsi_iovec){data, (size_t)blocks * unit->capacity.block_length};
    request.exact = 1;
    return nexus_run(&unit->nexus, &request);
}

/* 0 and 0 mean the whole medium, which both forms can say; (16) is for units that are beyond (10).
 */
int unit_flush(struct unit *unit) {
    struct request request;
    request_init(&request, unit->lun);
    request.cdb_length = unit->capacity.blocks > UINT32_MAX
                             ? sanscsi_cdb_synchronize_cache16(request.cdb, 0, 0, 0)
                             : sanscsi_cdb_synchronize_cache10(request.cdb, 0, 0, 0);
    request.optional = 1;
    return nexus_run(&unit->nexus, &request);
}

int with_unit(const struct options *options, int (*body)(struct unit *unit, void *context),
              void *context) {
    struct unit unit;
    struct host host;
    if (unit_parse(&unit, options->arguments[0]) != 0) {
        return EXIT_USAGE;
    }
    int code = host_open(&host, options);
    if (code == 0) {
        int result = unit_open(&unit, &host);
        if (result == 0) {
            result = body(&unit, context);
        }
        unit_close(&unit);
        code = result == 0 ? EXIT_DONE : EXIT_FAILED;
    }
    return host_close(&host, code);
}
