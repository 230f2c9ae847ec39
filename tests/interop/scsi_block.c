/* The driver's commands of block devices and of copies. */
#include <string.h>

#include "scsi.h"

typedef uint32_t transfer_builder(uint8_t cdb[16], uint64_t lba, uint32_t blocks, uint32_t flags);

static const struct {
    const char *name;
    transfer_builder *build;
} transfers[] = {
    {"read6", sanscsi_cdb_read6},
    {"read10", sanscsi_cdb_read10},
    {"read12", sanscsi_cdb_read12},
    {"read16", sanscsi_cdb_read16},
    {"write6", sanscsi_cdb_write6},
    {"write10", sanscsi_cdb_write10},
    {"write12", sanscsi_cdb_write12},
    {"write16", sanscsi_cdb_write16},
    {"write-same10", sanscsi_cdb_write_same10},
    {"write-same16", sanscsi_cdb_write_same16},
    {"compare-and-write", sanscsi_cdb_compare_and_write},
    {"verify10", sanscsi_cdb_verify10},
    {"verify12", sanscsi_cdb_verify12},
    {"verify16", sanscsi_cdb_verify16},
    {"write-and-verify10", sanscsi_cdb_write_and_verify10},
    {"write-and-verify12", sanscsi_cdb_write_and_verify12},
    {"write-and-verify16", sanscsi_cdb_write_and_verify16},
    {"prefetch10", sanscsi_cdb_prefetch10},
    {"prefetch16", sanscsi_cdb_prefetch16},
    {"orwrite16", sanscsi_cdb_orwrite16},
    {"synchronize-cache10", sanscsi_cdb_synchronize_cache10},
    {"synchronize-cache16", sanscsi_cdb_synchronize_cache16},
};

static transfer_builder *find_transfer(const char *verb) {
    for (size_t i = 0; i < sizeof(transfers) / sizeof(transfers[0]); i++) {
        if (strcmp(transfers[i].name, verb) == 0) {
            return transfers[i].build;
        }
    }
    return NULL;
}

int scsi_is_transfer(const char *verb) {
    return find_transfer(verb) != NULL;
}

uint32_t scsi_build_transfer(struct call *call) {
    return find_transfer(call->words[0])(call->cdb, call_number(call, "lba"),
                                         call_number32(call, "blocks"),
                                         call_number32(call, "flags"));
}

static uint32_t build_unmap(struct call *call) {
    sanscsi_block_range ranges[2] = {
        {.lba = call_number(call, "lba"), .blocks = call_number32(call, "blocks")},
        {.lba = call_number(call, "lba2"), .blocks = call_number32(call, "blocks2")},
    };
    uint32_t count = ranges[1].blocks == 0 ? 1 : 2;
    if (sanscsi_unmap_build(ranges, count, call->out, SCSI_ROOM, &call->out_length) != SANSCSI_OK) {
        return 0;
    }
    return sanscsi_cdb_unmap(call->cdb, call_number32(call, "flags"), (uint32_t)call->out_length);
}

static uint32_t build_lba_status(struct call *call) {
    call->in_length = 1024;
    return sanscsi_cdb_get_lba_status(call->cdb, call_number(call, "lba"), 1024);
}

static int32_t print_lba_status(struct call *call, struct json *json) {
    sanscsi_items items = {.size = sizeof(items)};
    sanscsi_lba_status status = {.size = sizeof(status)};
    uint32_t position = 0;
    int32_t result = sanscsi_lba_status_parse(call->in, call->came, &items);
    json_open(json, "ranges", '[');
    while (result == SANSCSI_OK && sanscsi_lba_status_next(&items, &position, &status) == 1) {
        json_open(json, NULL, '[');
        json_number(json, NULL, status.lba);
        json_number(json, NULL, status.blocks);
        json_number(json, NULL, status.status);
        json_close(json, ']');
    }
    json_close(json, ']');
    return result;
}

static uint32_t build_start_stop(struct call *call) {
    return sanscsi_cdb_start_stop(call->cdb, call_number32(call, "immediate"),
                                  call_number32(call, "condition"), call_number32(call, "modifier"),
                                  call_number32(call, "flags"));
}

static uint32_t build_prevent(struct call *call) {
    return sanscsi_cdb_prevent_allow(call->cdb, call_number32(call, "prevent"));
}

static uint32_t build_defects10(struct call *call) {
    call->in_length = 512;
    return sanscsi_cdb_read_defects10(call->cdb, call_number32(call, "lists"),
                                      call_number32(call, "format"), 512);
}

static uint32_t build_defects12(struct call *call) {
    call->in_length = 512;
    return sanscsi_cdb_read_defects12(call->cdb, call_number32(call, "lists"),
                                      call_number32(call, "format"), 0, 512);
}

static int32_t print_defects(const sanscsi_items *items, int32_t status, struct json *json) {
    json_number(json, "info", items->info);
    json_number(json, "total", items->total);
    return status;
}

static int32_t print_defects10(struct call *call, struct json *json) {
    sanscsi_items items = {.size = sizeof(items)};
    int32_t status = sanscsi_defects10_parse(call->in, call->came, &items);
    return print_defects(&items, status, json);
}

static int32_t print_defects12(struct call *call, struct json *json) {
    sanscsi_items items = {.size = sizeof(items)};
    int32_t status = sanscsi_defects12_parse(call->in, call->came, &items);
    return print_defects(&items, status, json);
}

static uint32_t build_capacity16(struct call *call) {
    call->in_length = 32;
    return sanscsi_cdb_read_capacity16(call->cdb, 32);
}

static int32_t print_capacity16(struct call *call, struct json *json) {
    sanscsi_capacity capacity = {.size = sizeof(capacity)};
    int32_t status = sanscsi_capacity16_parse(call->in, call->came, &capacity);
    json_number(json, "blocks", capacity.blocks);
    json_number(json, "block_length", capacity.block_length);
    json_number(json, "physical_block_exponent", capacity.physical_block_exponent);
    json_number(json, "thin_provisioned", capacity.thin_provisioned);
    json_number(json, "reads_zeros", capacity.reads_zeros);
    json_number(json, "protection_type", capacity.protection_type);
    return status;
}

/* Copies within the unit; its designator is the first of a unit and up to 20 bytes in page 83h, as
 * kept before. */
static uint32_t build_extended_copy(struct call *call) {
    sanscsi_vpd vpd = {.size = sizeof(vpd)};
    sanscsi_designator designator = {.size = sizeof(designator)};
    uint32_t position = 0;
    int32_t found = sanscsi_vpd_parse(call->kept, call->kept_length,
                                      SANSCSI_VPD_DEVICE_IDENTIFICATION, &vpd) == SANSCSI_OK;
    while (found == 1) {
        found = sanscsi_vpd_designator_next(&vpd, &position, &designator);
        if (designator.type == SANSCSI_DESIGNATOR_NAA && designator.length <= 20) {
            break;
        }
    }
    if (found != 1) {
        return 0;
    }
    sanscsi_copy_unit unit = {.designator = &designator, .block_length = 512};
    sanscsi_copy_segment segment = {
        .source_lba = call_number(call, "lba"),
        .destination_lba = call_number(call, "to"),
        .blocks = call_number32(call, "blocks"),
    };
    sanscsi_copy copy = {
        .size = sizeof(copy),
        .list_id = call_number32(call, "list"),
        .list_use = call_number32(call, "use"),
        .units = &unit,
        .segments = &segment,
        .unit_count = 1,
        .segment_count = 1,
    };
    if (sanscsi_copy_lid1_build(&copy, call->out, SCSI_ROOM, &call->out_length) != SANSCSI_OK) {
        return 0;
    }
    return sanscsi_cdb_extended_copy_lid1(call->cdb, (uint32_t)call->out_length);
}

static uint32_t build_receive_copy(struct call *call) {
    call->in_length = 1024;
    return sanscsi_cdb_receive_copy(call->cdb, call_number32(call, "action"),
                                    call_number32(call, "list"), 1024);
}

static int32_t print_receive_copy(struct call *call, struct json *json) {
    sanscsi_copy_parameters parameters = {.size = sizeof(parameters)};
    sanscsi_copy_status copy = {.size = sizeof(copy)};
    if (call_number32(call, "action") != SANSCSI_COPY_PARAMETERS) {
        int32_t status = sanscsi_copy_status_lid1_parse(call->in, call->came, &copy);
        json_number(json, "status", copy.status);
        json_number(json, "segments", copy.segments);
        return status;
    }
    int32_t status = sanscsi_copy_parameters_parse(call->in, call->came, &parameters);
    json_number(json, "no_list_id", parameters.no_list_id);
    json_number(json, "max_units", parameters.max_units);
    json_number(json, "max_segments", parameters.max_segments);
    json_number(json, "max_segment_length", parameters.max_segment_length);
    json_hex(json, "types", parameters.types, parameters.type_count);
    return status;
}

const struct verb scsi_block_verbs[] = {
    {"unmap", build_unmap, NULL},
    {"get-lba-status", build_lba_status, print_lba_status},
    {"start-stop", build_start_stop, NULL},
    {"prevent-allow", build_prevent, NULL},
    {"read-defects10", build_defects10, print_defects10},
    {"read-defects12", build_defects12, print_defects12},
    {"read-capacity16", build_capacity16, print_capacity16},
    {"extended-copy", build_extended_copy, NULL},
    {"receive-copy", build_receive_copy, print_receive_copy},
};
const size_t scsi_block_verb_count = sizeof(scsi_block_verbs) / sizeof(scsi_block_verbs[0]);
