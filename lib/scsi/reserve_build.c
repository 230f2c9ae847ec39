/* Builds the CDBs of reservations and what PERSISTENT RESERVE OUT sends (SPC-4 6, SPC-2 7). */
#include "scsi/build.h"
#include "scsi/cdb.h"

#include <iscsi/scsi_reserve.h>

enum {
    RESERVE_6 = 0x16,
    RELEASE_6 = 0x17,
    RESERVE_10 = 0x56,
    RELEASE_10 = 0x57,
    PERSISTENT_RESERVE_IN = 0x5e,
    PERSISTENT_RESERVE_OUT = 0x5f,

    SPEC_I_PT = 0x08,
    TRANSPORT_ID_LEAST = 24,
    OUT_LENGTH = 24,
    PORTS_HEADER = 4, /* TRANSPORTID PARAMETER DATA LENGTH */
    MOVE_HEADER = 24
};

uint32_t sanscsi_cdb_reserve6(uint8_t cdb[16]) {
    return cdb == NULL ? 0 : begin(cdb, RESERVE_6, 6);
}

uint32_t sanscsi_cdb_release6(uint8_t cdb[16]) {
    return cdb == NULL ? 0 : begin(cdb, RELEASE_6, 6);
}

uint32_t sanscsi_cdb_reserve10(uint8_t cdb[16]) {
    return cdb == NULL ? 0 : begin(cdb, RESERVE_10, 10);
}

uint32_t sanscsi_cdb_release10(uint8_t cdb[16]) {
    return cdb == NULL ? 0 : begin(cdb, RELEASE_10, 10);
}

uint32_t sanscsi_cdb_persistent_reserve_in(uint8_t cdb[16], uint32_t action,
                                           uint32_t allocation_length) {
    if (cdb == NULL || action > 0x1f || allocation_length > UINT16_MAX) {
        return 0;
    }
    begin(cdb, PERSISTENT_RESERVE_IN, 10);
    cdb[1] = (uint8_t)action;
    store_be16(cdb + 7, (uint16_t)allocation_length);
    return 10;
}

uint32_t sanscsi_cdb_persistent_reserve_out(uint8_t cdb[16], uint32_t action, uint32_t type,
                                            uint32_t parameter_length) {
    if (cdb == NULL || action > 0x1f || type > 15) {
        return 0;
    }
    begin(cdb, PERSISTENT_RESERVE_OUT, 10);
    cdb[1] = (uint8_t)action;
    cdb[2] = (uint8_t)type;
    store_be32(cdb + 5, parameter_length);
    return 10;
}

/* Whether these can be TransportIDs: each has a multiple of 4 bytes. */
static bool are_transport_ids(const void *ids, size_t length) {
    return ids != NULL && length >= TRANSPORT_ID_LEAST && length % 4 == 0;
}

int32_t sanscsi_pr_out_build(uint64_t key, uint64_t service_key, uint32_t flags,
                             const void *transport_ids, size_t transport_ids_length, void *data,
                             size_t size, size_t *length) {
    const uint32_t allowed = SANSCSI_PR_ALL_TARGET_PORTS | SANSCSI_PR_PERSIST;
    bool none = transport_ids == NULL && transport_ids_length == 0;
    if (!can_build(data, size, length) || (flags & ~allowed) != 0 ||
        (!none && !are_transport_ids(transport_ids, transport_ids_length))) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    if (transport_ids_length > UINT32_MAX - OUT_LENGTH - PORTS_HEADER) {
        return SANSCSI_TOO_LARGE;
    }
    struct builder builder;
    if (!begin_build(&builder, data, size,
                     OUT_LENGTH + (none ? 0 : PORTS_HEADER + (uint64_t)transport_ids_length))) {
        return SANSCSI_BUFFER_TOO_SMALL;
    }
    sanscsi_builder_be64(&builder, key);
    sanscsi_builder_be64(&builder, service_key);
    sanscsi_builder_zeros(&builder, 4);
    sanscsi_builder_u8(&builder, (uint8_t)(flags | (none ? 0u : SPEC_I_PT)));
    sanscsi_builder_zeros(&builder, 3);
    if (!none) {
        sanscsi_builder_be32(&builder, (uint32_t)transport_ids_length);
        sanscsi_builder_bytes(&builder, transport_ids, transport_ids_length);
    }
    return finish_build(&builder, length);
}

int32_t sanscsi_pr_move_build(uint64_t key, uint64_t service_key, uint32_t flags,
                              uint32_t relative_port, const void *transport_id,
                              size_t transport_id_length, void *data, size_t size, size_t *length) {
    const uint32_t allowed = SANSCSI_PR_UNREGISTER | SANSCSI_PR_PERSIST;
    if (!can_build(data, size, length) || service_key == 0 || (flags & ~allowed) != 0 ||
        relative_port > UINT16_MAX || !are_transport_ids(transport_id, transport_id_length)) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    if (transport_id_length > UINT32_MAX - MOVE_HEADER) {
        return SANSCSI_TOO_LARGE;
    }
    struct builder builder;
    if (!begin_build(&builder, data, size, MOVE_HEADER + (uint64_t)transport_id_length)) {
        return SANSCSI_BUFFER_TOO_SMALL;
    }
    sanscsi_builder_be64(&builder, key);
    sanscsi_builder_be64(&builder, service_key);
    sanscsi_builder_u8(&builder, 0);
    sanscsi_builder_u8(&builder, (uint8_t)flags);
    sanscsi_builder_be16(&builder, (uint16_t)relative_port);
    sanscsi_builder_be32(&builder, (uint32_t)transport_id_length);
    sanscsi_builder_bytes(&builder, transport_id, transport_id_length);
    return finish_build(&builder, length);
}
