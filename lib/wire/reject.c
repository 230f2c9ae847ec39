/* Reject; offsets are those of the figure in RFC 7143 11.17. */
#include "wire/pdu.h"

#include "wire/fields.h"

void sanscsi_reject_encode(const struct reject *pdu, uint8_t bhs[BHS_SIZE]) {
    begin_bhs(bhs, OPCODE_REJECT, false);
    bhs[1] = FLAG_FINAL;
    bhs[2] = pdu->reason;
    store_be24(bhs + 5, pdu->data_segment_length);
    store_be32(bhs + 16, TAG_RESERVED);
    store_target_numbers(bhs, pdu->stat_sn, pdu->exp_cmd_sn, pdu->max_cmd_sn);
    store_be32(bhs + 36, pdu->data_sn);
}

void sanscsi_reject_decode(struct reject *pdu, const uint8_t bhs[BHS_SIZE]) {
    pdu->final = flag_set(bhs[1], FLAG_FINAL);
    pdu->reason = bhs[2];
    pdu->data_segment_length = load_be24(bhs + 5);
    pdu->itt = load_be32(bhs + 16);
    pdu->stat_sn = load_be32(bhs + 24);
    pdu->exp_cmd_sn = load_be32(bhs + 28);
    pdu->max_cmd_sn = load_be32(bhs + 32);
    pdu->data_sn = load_be32(bhs + 36);
}
