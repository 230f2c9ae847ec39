/* The driver's commands of reservations. */
#include "scsi.h"

static uint32_t build_reserve6(struct call *call) {
    return sanscsi_cdb_reserve6(call->cdb);
}

static uint32_t build_release6(struct call *call) {
    return sanscsi_cdb_release6(call->cdb);
}

static uint32_t build_reserve10(struct call *call) {
    return sanscsi_cdb_reserve10(call->cdb);
}

static uint32_t build_release10(struct call *call) {
    return sanscsi_cdb_release10(call->cdb);
}

static uint32_t build_in(struct call *call) {
    call->in_length = 4096;
    return sanscsi_cdb_persistent_reserve_in(call->cdb, call_number32(call, "action"), 4096);
}

static int32_t print_keys(struct call *call, struct json *json) {
    sanscsi_items items = {.size = sizeof(items)};
    uint64_t key = 0;
    int32_t status = sanscsi_pr_keys_parse(call->in, call->came, &items);
    json_number(json, "generation", items.info);
    json_open(json, "keys", '[');
    for (uint32_t i = 0; sanscsi_pr_key_get(&items, i, &key) == SANSCSI_OK; i++) {
        json_number(json, NULL, key);
    }
    json_close(json, ']');
    return status;
}

static int32_t print_reservation(struct call *call, struct json *json) {
    sanscsi_pr_reservation reservation = {.size = sizeof(reservation)};
    int32_t status = sanscsi_pr_reservation_parse(call->in, call->came, &reservation);
    json_number(json, "generation", reservation.generation);
    json_number(json, "held", reservation.held);
    json_number(json, "scope", reservation.scope);
    json_number(json, "key", reservation.key);
    json_number(json, "type", reservation.type);
    return status;
}

static int32_t print_capabilities(struct call *call, struct json *json) {
    sanscsi_pr_capabilities capabilities = {.size = sizeof(capabilities)};
    int32_t status = sanscsi_pr_capabilities_parse(call->in, call->came, &capabilities);
    json_number(json, "can_persist", capabilities.can_persist);
    json_number(json, "persists", capabilities.persists);
    json_number(json, "all_target_ports", capabilities.all_target_ports);
    json_number(json, "specify_ports", capabilities.specify_ports);
    json_number(json, "type_mask_valid", capabilities.type_mask_valid);
    json_number(json, "types", capabilities.types);
    return status;
}

static int32_t print_full_status(struct call *call, struct json *json) {
    sanscsi_items items = {.size = sizeof(items)};
    sanscsi_pr_full_status one = {.size = sizeof(one)};
    sanscsi_transport_id port = {.size = sizeof(port)};
    uint32_t position = 0;
    int32_t status = sanscsi_pr_full_status_parse(call->in, call->came, &items);
    json_number(json, "generation", items.info);
    json_open(json, "registrations", '[');
    while (status == SANSCSI_OK && sanscsi_pr_full_status_next(&items, &position, &one) == 1) {
        json_open(json, NULL, '{');
        json_number(json, "key", one.key);
        json_number(json, "holder", one.holder);
        json_number(json, "type", one.type);
        if (sanscsi_transport_id_parse(one.transport_id, one.transport_id_length, &port) ==
            SANSCSI_OK) {
            json_number(json, "protocol", port.protocol);
            json_number(json, "has_isid", port.has_isid);
            json_string(json, "name", port.name, port.name_length);
        }
        json_close(json, '}');
    }
    json_close(json, ']');
    return status;
}

static int32_t print_in(struct call *call, struct json *json) {
    static int32_t (*const printers[])(struct call * call, struct json * json) = {
        [SANSCSI_PR_READ_KEYS] = print_keys,
        [SANSCSI_PR_READ_RESERVATION] = print_reservation,
        [SANSCSI_PR_REPORT_CAPABILITIES] = print_capabilities,
        [SANSCSI_PR_READ_FULL_STATUS] = print_full_status,
    };
    return printers[call_number32(call, "action") % 4](call, json);
}

static uint32_t build_out(struct call *call) {
    if (sanscsi_pr_out_build(call_number(call, "key"), call_number(call, "service_key"),
                             call_number32(call, "flags"), NULL, 0, call->out, SCSI_ROOM,
                             &call->out_length) != SANSCSI_OK) {
        return 0;
    }
    return sanscsi_cdb_persistent_reserve_out(call->cdb, call_number32(call, "action"),
                                              call_number32(call, "type"),
                                              (uint32_t)call->out_length);
}

const struct verb scsi_reserve_verbs[] = {
    {"reserve6", build_reserve6, NULL},    {"release6", build_release6, NULL},
    {"reserve10", build_reserve10, NULL},  {"release10", build_release10, NULL},
    {"persistent-in", build_in, print_in}, {"persistent-out", build_out, NULL},
};
const size_t scsi_reserve_verb_count = sizeof(scsi_reserve_verbs) / sizeof(scsi_reserve_verbs[0]);
