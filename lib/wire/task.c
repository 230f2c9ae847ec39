/* Task Management Function Request and Response; offsets of RFC 7143 11.5, 11.6, RFC 7144 6.4. */
#include "wire/pdu.h"

#include "wire/fields.h"

#define FUNCTION_MASK 0x7fu

void sanscsi_tmf_request_encode(const struct tmf_request *pdu, uint8_t bhs[BHS_SIZE]) {
    begin_bhs(bhs, OPCODE_TMF_REQUEST, pdu->immediate);
    bhs[1] = (uint8_t)(FLAG_FINAL | (pdu->function & FUNCTION_MASK));
    store_be24(bhs + 5, pdu->data_segment_length);
    store_be64(bhs + 8, pdu->lun);
    store_be32(bhs + 16, pdu->itt);
    store_be32(bhs + 20, pdu->referenced_task_tag);
    store_be32(bhs + 24, pdu->cmd_sn);
    store_be32(bhs + 28, pdu->exp_stat_sn);
    store_be32(bhs + 32, pdu->ref_cmd_sn);
    store_be32(bhs + 36, pdu->exp_data_sn);
}

void sanscsi_tmf_request_decode(struct tmf_request *pdu, const uint8_t bhs[BHS_SIZE]) {
    pdu->immediate = flag_set(bhs[0], FLAG_IMMEDIATE);
    pdu->final = flag_set(bhs[1], FLAG_FINAL);
    pdu->function = bhs[1] & FUNCTION_MASK;
    pdu->data_segment_length = load_be24(bhs + 5);
    pdu->lun = load_be64(bhs + 8);
    pdu->itt = load_be32(bhs + 16);
    pdu->referenced_task_tag = load_be32(bhs + 20);
    pdu->cmd_sn = load_be32(bhs + 24);
    pdu->exp_stat_sn = load_be32(bhs + 28);
    pdu->ref_cmd_sn = load_be32(bhs + 32);
    pdu->exp_data_sn = load_be32(bhs + 36);
}

void sanscsi_tmf_response_encode(const struct tmf_response *pdu, uint8_t bhs[BHS_SIZE]) {
    begin_bhs(bhs, OPCODE_TMF_RESPONSE, false);
    bhs[1] = FLAG_FINAL;
    bhs[2] = pdu->response;
    store_be24(bhs + 5, pdu->data_segment_length);
    store_be24(bhs + 8, pdu->additional_response_information);
    store_be32(bhs + 16, pdu->itt);
    store_target_numbers(bhs, pdu->stat_sn, pdu->exp_cmd_sn, pdu->max_cmd_sn);
}

void sanscsi_tmf_response_decode(struct tmf_response *pdu, const uint8_t bhs[BHS_SIZE]) {
    pdu->final = flag_set(bhs[1], FLAG_FINAL);
    pdu->response = bhs[2];
    pdu->data_segment_length = load_be24(bhs + 5);
    pdu->additional_response_information = load_be24(bhs + 8);
    pdu->itt = load_be32(bhs + 16);
    pdu->stat_sn = load_be32(bhs + 24);
    pdu->exp_cmd_sn = load_be32(bhs + 28);
    pdu->max_cmd_sn = load_be32(bhs + 32);
}
