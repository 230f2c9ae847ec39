/* The driver's commands of administration. */
#include <string.h>

#include "scsi.h"

static uint32_t build_test_unit_ready(struct call *call) {
    return sanscsi_cdb_test_unit_ready(call->cdb);
}

static uint32_t build_request_sense(struct call *call) {
    call->in_length = 252;
    return sanscsi_cdb_request_sense(call->cdb, call_number32(call, "descriptor"), 252);
}

static int32_t print_sense(struct call *call, struct json *json) {
    sanscsi_sense sense = {.size = sizeof(sense)};
    int32_t status = sanscsi_sense_parse(call->in, call->came, &sense);
    json_number(json, "response_code", sense.response_code);
    json_number(json, "sense_key", sense.sense_key);
    json_number(json, "code", sense.code);
    return status;
}

static uint32_t build_vpd(struct call *call) {
    call->in_length = SCSI_KEPT;
    return sanscsi_cdb_inquiry(call->cdb, 1, call_number32(call, "page"), SCSI_KEPT);
}

static void print_limits(const struct call *call, struct json *json) {
    sanscsi_block_limits limits = {.size = sizeof(limits)};
    json_number(json, "detail",
                sanscsi_vpd_block_limits_parse(call->in, call->came, &limits) == SANSCSI_OK);
    json_number(json, "max_compare_write", limits.max_compare_write);
    json_number(json, "max_transfer", limits.max_transfer);
    json_number(json, "max_unmap_blocks", limits.max_unmap_blocks);
    json_number(json, "max_unmap_descriptors", limits.max_unmap_descriptors);
    json_number(json, "max_write_same", limits.max_write_same);
}

static void print_provisioning(const struct call *call, struct json *json) {
    sanscsi_provisioning provisioning = {.size = sizeof(provisioning)};
    json_number(json, "detail",
                sanscsi_vpd_provisioning_parse(call->in, call->came, &provisioning) == SANSCSI_OK);
    json_number(json, "unmap", provisioning.unmap);
    json_number(json, "write_same16", provisioning.write_same16);
    json_number(json, "write_same10", provisioning.write_same10);
    json_number(json, "reads_zeros", provisioning.reads_zeros);
}

static void print_designators(const sanscsi_vpd *vpd, struct json *json) {
    sanscsi_designator designator = {.size = sizeof(designator)};
    uint32_t position = 0;
    json_open(json, "designators", '[');
    while (sanscsi_vpd_designator_next(vpd, &position, &designator) == 1) {
        json_open(json, NULL, '[');
        json_number(json, NULL, designator.association);
        json_number(json, NULL, designator.type);
        json_hex(json, NULL, designator.bytes, designator.length);
        json_close(json, ']');
    }
    json_close(json, ']');
}

static void print_extended(const struct call *call, struct json *json) {
    sanscsi_extended_inquiry extended = {.size = sizeof(extended)};
    json_number(json, "detail",
                sanscsi_vpd_extended_inquiry_parse(call->in, call->came, &extended) == SANSCSI_OK);
}

static void print_ports(const sanscsi_vpd *vpd, struct json *json) {
    sanscsi_scsi_port port = {.size = sizeof(port)};
    uint32_t position = 0;
    json_open(json, "ports", '[');
    while (sanscsi_vpd_port_next(vpd, &position, &port) == 1) {
        json_number(json, NULL, port.relative_port);
    }
    json_close(json, ']');
}

static int32_t print_vpd(struct call *call, struct json *json) {
    sanscsi_vpd vpd = {.size = sizeof(vpd)};
    uint32_t page = call_number32(call, "page");
    int32_t status = sanscsi_vpd_parse(call->in, call->came, page, &vpd);
    if (status != SANSCSI_OK) {
        return status;
    }
    call_keep(call);
    json_number(json, "page", vpd.page);
    json_hex(json, "bytes", vpd.bytes, vpd.length);
    if (page == SANSCSI_VPD_DEVICE_IDENTIFICATION) {
        print_designators(&vpd, json);
    } else if (page == SANSCSI_VPD_EXTENDED_INQUIRY) {
        print_extended(call, json);
    } else if (page == SANSCSI_VPD_SCSI_PORTS) {
        print_ports(&vpd, json);
    } else if (page == SANSCSI_VPD_BLOCK_LIMITS) {
        print_limits(call, json);
    } else if (page == SANSCSI_VPD_PROVISIONING) {
        print_provisioning(call, json);
    }
    return status;
}

static uint32_t build_log_sense(struct call *call) {
    call->in_length = 4096;
    return sanscsi_cdb_log_sense(call->cdb, 0, SANSCSI_LOG_CUMULATIVE, call_number32(call, "page"),
                                 call_number32(call, "subpage"), 0, 4096);
}

static int32_t print_log(struct call *call, struct json *json) {
    sanscsi_log_page log = {.size = sizeof(log)};
    sanscsi_log_parameter parameter = {.size = sizeof(parameter)};
    uint32_t page = call_number32(call, "page");
    uint32_t code = 0;
    uint32_t subpage = 0;
    uint32_t position = 0;
    int32_t status =
        sanscsi_log_page_parse(call->in, call->came, page, call_number32(call, "subpage"), &log);
    json_open(json, page == 0 ? "pages" : "parameters", '[');
    for (uint32_t i = 0; sanscsi_log_supported_get(&log, i, &code, &subpage) == SANSCSI_OK; i++) {
        json_number(json, NULL, code);
    }
    while (page != 0 && sanscsi_log_parameter_next(&log, &position, &parameter) == 1) {
        json_number(json, NULL, parameter.code);
    }
    json_close(json, ']');
    return status;
}

static uint32_t build_mode_sense6(struct call *call) {
    call->in_length = 252;
    return sanscsi_cdb_mode_sense6(call->cdb, call_number32(call, "flags"),
                                   call_number32(call, "control"), call_number32(call, "page"), 0,
                                   252);
}

static uint32_t build_mode_sense10(struct call *call) {
    call->in_length = SCSI_KEPT;
    return sanscsi_cdb_mode_sense10(call->cdb, call_number32(call, "flags"),
                                    call_number32(call, "control"), call_number32(call, "page"), 0,
                                    SCSI_KEPT);
}

static int32_t print_mode(struct call *call, struct json *json, const sanscsi_mode *mode) {
    sanscsi_mode_page page = {.size = sizeof(page)};
    sanscsi_mode_block block = {.size = sizeof(block)};
    uint32_t position = 0;
    call_keep(call);
    json_number(json, "write_protected", mode->write_protected);
    json_number(json, "dpo_fua", mode->dpo_fua);
    if (sanscsi_mode_block_get(mode, 0, &block) == SANSCSI_OK) {
        json_number(json, "blocks", block.blocks);
        json_number(json, "block_length", block.block_length);
    }
    json_open(json, "pages", '[');
    while (sanscsi_mode_page_next(mode, &position, &page) == 1) {
        json_open(json, NULL, '[');
        json_number(json, NULL, page.page);
        json_hex(json, NULL, page.bytes, page.length);
        json_close(json, ']');
    }
    json_close(json, ']');
    return SANSCSI_OK;
}

static int32_t print_mode6(struct call *call, struct json *json) {
    sanscsi_mode mode = {.size = sizeof(mode)};
    int32_t status = sanscsi_mode6_parse(call->in, call->came, &mode);
    return status == SANSCSI_OK ? print_mode(call, json, &mode) : status;
}

static int32_t print_mode10(struct call *call, struct json *json) {
    sanscsi_mode mode = {.size = sizeof(mode)};
    int32_t status = sanscsi_mode10_parse(call->in, call->came, &mode);
    return status == SANSCSI_OK ? print_mode(call, json, &mode) : status;
}

/* Sends kept mode data back, with byte `at` of its pages changed to `value` where that is given.
 * The bits of the device-specific parameter mean nothing here. */
static void prepare_select(struct call *call, sanscsi_mode *mode, uint8_t pages[SCSI_KEPT]) {
    mode->device_specific = 0;
    memcpy(pages, mode->pages, mode->pages_length);
    uint32_t at = call_number32(call, "at");
    if (at > 0 && at < mode->pages_length) {
        pages[at] = (uint8_t)call_number32(call, "value");
    }
    mode->pages = pages;
}

static uint32_t build_mode_select6(struct call *call) {
    sanscsi_mode mode = {.size = sizeof(mode)};
    uint8_t pages[SCSI_KEPT];
    if (sanscsi_mode6_parse(call->kept, call->kept_length, &mode) != SANSCSI_OK) {
        return 0;
    }
    prepare_select(call, &mode, pages);
    if (sanscsi_mode_select6_build(&mode, call->out, SCSI_ROOM, &call->out_length) != SANSCSI_OK) {
        return 0;
    }
    return sanscsi_cdb_mode_select6(call->cdb, SANSCSI_MODE_PAGE_FORMAT,
                                    (uint32_t)call->out_length);
}

static uint32_t build_mode_select10(struct call *call) {
    sanscsi_mode mode = {.size = sizeof(mode)};
    uint8_t pages[SCSI_KEPT];
    if (sanscsi_mode10_parse(call->kept, call->kept_length, &mode) != SANSCSI_OK) {
        return 0;
    }
    prepare_select(call, &mode, pages);
    if (sanscsi_mode_select10_build(&mode, call->out, SCSI_ROOM, &call->out_length) != SANSCSI_OK) {
        return 0;
    }
    return sanscsi_cdb_mode_select10(call->cdb, SANSCSI_MODE_PAGE_FORMAT,
                                     (uint32_t)call->out_length);
}

static uint32_t build_read_buffer(struct call *call) {
    return sanscsi_cdb_read_buffer(call->cdb, call_number32(call, "mode"), 0,
                                   call_number32(call, "id"), call_number32(call, "offset"),
                                   (uint32_t)call->in_length);
}

static uint32_t build_write_buffer(struct call *call) {
    return sanscsi_cdb_write_buffer(call->cdb, call_number32(call, "mode"), 0,
                                    call_number32(call, "id"), call_number32(call, "offset"),
                                    (uint32_t)call->out_length);
}

static uint32_t build_send_diagnostic(struct call *call) {
    return sanscsi_cdb_send_diagnostic(call->cdb, call_number32(call, "code"),
                                       call_number32(call, "flags"), (uint32_t)call->out_length);
}

static uint32_t build_receive_diagnostic(struct call *call) {
    call->in_length = 512;
    return sanscsi_cdb_receive_diagnostic(call->cdb, call_number32(call, "page"), 512);
}

static int32_t print_diagnostic(struct call *call, struct json *json) {
    sanscsi_items items = {.size = sizeof(items)};
    int32_t status =
        sanscsi_diagnostic_parse(call->in, call->came, call_number32(call, "page"), &items);
    json_hex(json, "bytes", items.bytes, items.length);
    return status;
}

static uint32_t build_opcodes(struct call *call) {
    call->in_length = 8192;
    return sanscsi_cdb_report_opcodes(
        call->cdb, call_number32(call, "options"), call_number32(call, "timeouts"),
        call_number32(call, "opcode"), call_number32(call, "action"), 8192);
}

static int32_t print_opcodes(struct call *call, struct json *json) {
    sanscsi_items items = {.size = sizeof(items)};
    sanscsi_opcode one = {.size = sizeof(one)};
    uint32_t position = 0;
    if (call_number32(call, "options") != SANSCSI_OPCODES_ALL) {
        int32_t status = sanscsi_opcode_parse(call->in, call->came, &one);
        json_number(json, "support", one.support);
        json_number(json, "cdb_length", one.cdb_length);
        json_hex(json, "usage", one.usage, one.usage == NULL ? 0 : one.cdb_length);
        return status;
    }
    int32_t status = sanscsi_opcodes_parse(call->in, call->came, &items);
    int32_t taken = 1;
    json_open(json, "commands", '[');
    while (status == SANSCSI_OK && (taken = sanscsi_opcode_next(&items, &position, &one)) == 1) {
        json_open(json, NULL, '[');
        json_number(json, NULL, one.opcode);
        json_number(json, NULL, one.has_action ? one.action : 0);
        json_number(json, NULL, one.cdb_length);
        json_close(json, ']');
    }
    json_close(json, ']');
    return status == SANSCSI_OK ? taken : status;
}

static uint32_t build_port_groups(struct call *call) {
    call->in_length = 4096;
    return sanscsi_cdb_report_port_groups(call->cdb, call_number32(call, "extended"), 4096);
}

static int32_t print_port_groups(struct call *call, struct json *json) {
    sanscsi_items items = {.size = sizeof(items)};
    sanscsi_port_group group = {.size = sizeof(group)};
    uint32_t position = 0;
    uint32_t port = 0;
    int32_t status = sanscsi_port_groups_parse(call->in, call->came, &items);
    json_open(json, "groups", '[');
    while (status == SANSCSI_OK && sanscsi_port_group_next(&items, &position, &group) == 1) {
        json_open(json, NULL, '{');
        json_number(json, "group", group.group);
        json_number(json, "state", group.state);
        json_number(json, "supported", group.supported);
        json_open(json, "ports", '[');
        for (uint32_t i = 0; sanscsi_port_group_port(&group, i, &port) == SANSCSI_OK; i++) {
            json_number(json, NULL, port);
        }
        json_close(json, ']');
        json_close(json, '}');
    }
    json_close(json, ']');
    return status;
}

static uint32_t build_security_in(struct call *call) {
    call->in_length = 512;
    return sanscsi_cdb_security_in(call->cdb, call_number32(call, "protocol"),
                                   call_number32(call, "specific"), 0, 512);
}

static int32_t print_security(struct call *call, struct json *json) {
    sanscsi_items items = {.size = sizeof(items)};
    int32_t status = sanscsi_security_protocols_parse(call->in, call->came, &items);
    json_hex(json, "protocols", items.bytes, items.length);
    return status;
}

static uint32_t build_security_out(struct call *call) {
    return sanscsi_cdb_security_out(call->cdb, call_number32(call, "protocol"),
                                    call_number32(call, "specific"), 0, (uint32_t)call->out_length);
}

const struct verb scsi_admin_verbs[] = {
    {"test-unit-ready", build_test_unit_ready, NULL},
    {"request-sense", build_request_sense, print_sense},
    {"vpd", build_vpd, print_vpd},
    {"log-sense", build_log_sense, print_log},
    {"mode-sense6", build_mode_sense6, print_mode6},
    {"mode-sense10", build_mode_sense10, print_mode10},
    {"mode-select6", build_mode_select6, NULL},
    {"mode-select10", build_mode_select10, NULL},
    {"read-buffer", build_read_buffer, NULL},
    {"write-buffer", build_write_buffer, NULL},
    {"send-diagnostic", build_send_diagnostic, NULL},
    {"receive-diagnostic", build_receive_diagnostic, print_diagnostic},
    {"report-opcodes", build_opcodes, print_opcodes},
    {"report-port-groups", build_port_groups, print_port_groups},
    {"security-in", build_security_in, print_security},
    {"security-out", build_security_out, NULL},
};
const size_t scsi_admin_verb_count = sizeof(scsi_admin_verbs) / sizeof(scsi_admin_verbs[0]);
