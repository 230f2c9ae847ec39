/* Logout Request and Logout Response; offsets are those of RFC 7143 11.14 and 11.15. */
#include "wire/pdu.h"

#include "wire/fields.h"

#define REASON_MASK 0x7fu

void sanscsi_logout_request_encode(const struct logout_request *pdu, uint8_t bhs[BHS_SIZE]) {
    begin_bhs(bhs, OPCODE_LOGOUT_REQUEST, pdu->immediate);
    bhs[1] = (uint8_t)(FLAG_FINAL | (pdu->reason_code & REASON_MASK));
    store_be24(bhs + 5, pdu->data_segment_length);
    store_be32(bhs + 16, pdu->itt);
    store_be16(bhs + 20, pdu->cid);
    store_be32(bhs + 24, pdu->cmd_sn);
    store_be32(bhs + 28, pdu->exp_stat_sn);
}

void sanscsi_logout_request_decode(struct logout_request *pdu, const uint8_t bhs[BHS_SIZE]) {
    pdu->immediate = flag_set(bhs[0], FLAG_IMMEDIATE);
    pdu->final = flag_set(bhs[1], FLAG_FINAL);
    pdu->reason_code = bhs[1] & REASON_MASK;
    pdu->data_segment_length = load_be24(bhs + 5);
    pdu->itt = load_be32(bhs + 16);
    pdu->cid = load_be16(bhs + 20);
    pdu->cmd_sn = load_be32(bhs + 24);
    pdu->exp_stat_sn = load_be32(bhs + 28);
}

void sanscsi_logout_response_encode(const struct logout_response *pdu, uint8_t bhs[BHS_SIZE]) {
    begin_bhs(bhs, OPCODE_LOGOUT_RESPONSE, false);
    bhs[1] = FLAG_FINAL;
    bhs[2] = pdu->response;
    store_be24(bhs + 5, pdu->data_segment_length);
    store_be32(bhs + 16, pdu->itt);
    store_target_numbers(bhs, pdu->stat_sn, pdu->exp_cmd_sn, pdu->max_cmd_sn);
    store_be16(bhs + 40, pdu->time2wait);
    store_be16(bhs + 42, pdu->time2retain);
}

void sanscsi_logout_response_decode(struct logout_response *pdu, const uint8_t bhs[BHS_SIZE]) {
    pdu->final = flag_set(bhs[1], FLAG_FINAL);
    pdu->response = bhs[2];
    pdu->data_segment_length = load_be24(bhs + 5);
    pdu->itt = load_be32(bhs + 16);
    pdu->stat_sn = load_be32(bhs + 24);
    pdu->exp_cmd_sn = load_be32(bhs + 28);
    pdu->max_cmd_sn = load_be32(bhs + 32);
    pdu->time2wait = load_be16(bhs + 40);
    pdu->time2retain = load_be16(bhs + 42);
}
