/* Login Request and Login Response; offsets are those of RFC 7143 11.12 and 11.13. */
#include "wire/pdu.h"

#include "wire/fields.h"

#define STAGE_MASK 0x03u
#define CSG_SHIFT 2

/* Byte 1, the same in both PDUs. */
static uint8_t stages(bool transit, bool more, uint8_t csg, uint8_t nsg) {
    return (uint8_t)(flag(transit, FLAG_TRANSIT) | flag(more, FLAG_CONTINUE) |
                     ((csg & STAGE_MASK) << CSG_SHIFT) | (nsg & STAGE_MASK));
}

void sanscsi_login_request_encode(const struct login_request *pdu, uint8_t bhs[BHS_SIZE]) {
    begin_bhs(bhs, OPCODE_LOGIN_REQUEST, true);
    bhs[1] = stages(pdu->transit, pdu->more, pdu->csg, pdu->nsg);
    bhs[2] = pdu->version_max;
    bhs[3] = pdu->version_min;
    store_be24(bhs + 5, pdu->data_segment_length);
    memcpy(bhs + 8, pdu->isid, sizeof(pdu->isid));
    store_be16(bhs + 14, pdu->tsih);
    store_be32(bhs + 16, pdu->itt);
    store_be16(bhs + 20, pdu->cid);
    store_be32(bhs + 24, pdu->cmd_sn);
    store_be32(bhs + 28, pdu->exp_stat_sn);
}

void sanscsi_login_request_decode(struct login_request *pdu, const uint8_t bhs[BHS_SIZE]) {
    pdu->immediate = flag_set(bhs[0], FLAG_IMMEDIATE);
    pdu->transit = flag_set(bhs[1], FLAG_TRANSIT);
    pdu->more = flag_set(bhs[1], FLAG_CONTINUE);
    pdu->csg = (bhs[1] >> CSG_SHIFT) & STAGE_MASK;
    pdu->nsg = bhs[1] & STAGE_MASK;
    pdu->version_max = bhs[2];
    pdu->version_min = bhs[3];
    pdu->data_segment_length = load_be24(bhs + 5);
    memcpy(pdu->isid, bhs + 8, sizeof(pdu->isid));
    pdu->tsih = load_be16(bhs + 14);
    pdu->itt = load_be32(bhs + 16);
    pdu->cid = load_be16(bhs + 20);
    pdu->cmd_sn = load_be32(bhs + 24);
    pdu->exp_stat_sn = load_be32(bhs + 28);
}

void sanscsi_login_response_encode(const struct login_response *pdu, uint8_t bhs[BHS_SIZE]) {
    begin_bhs(bhs, OPCODE_LOGIN_RESPONSE, false);
    bhs[1] = stages(pdu->transit, pdu->more, pdu->csg, pdu->nsg);
    bhs[2] = pdu->version_max;
    bhs[3] = pdu->version_active;
    store_be24(bhs + 5, pdu->data_segment_length);
    memcpy(bhs + 8, pdu->isid, sizeof(pdu->isid));
    store_be16(bhs + 14, pdu->tsih);
    store_be32(bhs + 16, pdu->itt);
    store_target_numbers(bhs, pdu->stat_sn, pdu->exp_cmd_sn, pdu->max_cmd_sn);
    bhs[36] = pdu->status_class;
    bhs[37] = pdu->status_detail;
}

void sanscsi_login_response_decode(struct login_response *pdu, const uint8_t bhs[BHS_SIZE]) {
    pdu->transit = flag_set(bhs[1], FLAG_TRANSIT);
    pdu->more = flag_set(bhs[1], FLAG_CONTINUE);
    pdu->csg = (bhs[1] >> CSG_SHIFT) & STAGE_MASK;
    pdu->nsg = bhs[1] & STAGE_MASK;
    pdu->version_max = bhs[2];
    pdu->version_active = bhs[3];
    pdu->data_segment_length = load_be24(bhs + 5);
    memcpy(pdu->isid, bhs + 8, sizeof(pdu->isid));
    pdu->tsih = load_be16(bhs + 14);
    pdu->itt = load_be32(bhs + 16);
    pdu->stat_sn = load_be32(bhs + 24);
    pdu->exp_cmd_sn = load_be32(bhs + 28);
    pdu->max_cmd_sn = load_be32(bhs + 32);
    pdu->status_class = bhs[36];
    pdu->status_detail = bhs[37];
}
