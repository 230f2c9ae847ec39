/* Text Request and Text Response; offsets are those of RFC 7143 11.10 and 11.11. */
#include "wire/pdu.h"

#include "wire/fields.h"

void sanscsi_text_request_encode(const struct text_request *pdu, uint8_t bhs[BHS_SIZE]) {
    begin_bhs(bhs, OPCODE_TEXT_REQUEST, pdu->immediate);
    bhs[1] = (uint8_t)(flag(pdu->final, FLAG_FINAL) | flag(pdu->more, FLAG_CONTINUE));
    store_be24(bhs + 5, pdu->data_segment_length);
    store_be64(bhs + 8, pdu->lun);
    store_be32(bhs + 16, pdu->itt);
    store_be32(bhs + 20, pdu->target_transfer_tag);
    store_be32(bhs + 24, pdu->cmd_sn);
    store_be32(bhs + 28, pdu->exp_stat_sn);
}

void sanscsi_text_request_decode(struct text_request *pdu, const uint8_t bhs[BHS_SIZE]) {
    pdu->immediate = flag_set(bhs[0], FLAG_IMMEDIATE);
    pdu->final = flag_set(bhs[1], FLAG_FINAL);
    pdu->more = flag_set(bhs[1], FLAG_CONTINUE);
    pdu->data_segment_length = load_be24(bhs + 5);
    pdu->lun = load_be64(bhs + 8);
    pdu->itt = load_be32(bhs + 16);
    pdu->target_transfer_tag = load_be32(bhs + 20);
    pdu->cmd_sn = load_be32(bhs + 24);
    pdu->exp_stat_sn = load_be32(bhs + 28);
}

void sanscsi_text_response_encode(const struct text_response *pdu, uint8_t bhs[BHS_SIZE]) {
    begin_bhs(bhs, OPCODE_TEXT_RESPONSE, false);
    bhs[1] = (uint8_t)(flag(pdu->final, FLAG_FINAL) | flag(pdu->more, FLAG_CONTINUE));
    store_be24(bhs + 5, pdu->data_segment_length);
    store_be64(bhs + 8, pdu->lun);
    store_be32(bhs + 16, pdu->itt);
    store_be32(bhs + 20, pdu->target_transfer_tag);
    store_target_numbers(bhs, pdu->stat_sn, pdu->exp_cmd_sn, pdu->max_cmd_sn);
}

void sanscsi_text_response_decode(struct text_response *pdu, const uint8_t bhs[BHS_SIZE]) {
    pdu->final = flag_set(bhs[1], FLAG_FINAL);
    pdu->more = flag_set(bhs[1], FLAG_CONTINUE);
    pdu->data_segment_length = load_be24(bhs + 5);
    pdu->lun = load_be64(bhs + 8);
    pdu->itt = load_be32(bhs + 16);
    pdu->target_transfer_tag = load_be32(bhs + 20);
    pdu->stat_sn = load_be32(bhs + 24);
    pdu->exp_cmd_sn = load_be32(bhs + 28);
    pdu->max_cmd_sn = load_be32(bhs + 32);
}
