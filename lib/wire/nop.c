/* NOP-Out and NOP-In; offsets are those of the figures in RFC 7143 11.18 and 11.19. */
#include "wire/pdu.h"

#include "wire/fields.h"

void sanscsi_nop_out_encode(const struct nop_out *pdu, uint8_t bhs[BHS_SIZE]) {
    begin_bhs(bhs, OPCODE_NOP_OUT, pdu->immediate);
    bhs[1] = FLAG_FINAL;
    store_be24(bhs + 5, pdu->data_segment_length);
    store_be64(bhs + 8, pdu->lun);
    store_be32(bhs + 16, pdu->itt);
    store_be32(bhs + 20, pdu->target_transfer_tag);
    store_be32(bhs + 24, pdu->cmd_sn);
    store_be32(bhs + 28, pdu->exp_stat_sn);
}

void sanscsi_nop_out_decode(struct nop_out *pdu, const uint8_t bhs[BHS_SIZE]) {
    pdu->immediate = flag_set(bhs[0], FLAG_IMMEDIATE);
    pdu->final = flag_set(bhs[1], FLAG_FINAL);
    pdu->data_segment_length = load_be24(bhs + 5);
    pdu->lun = load_be64(bhs + 8);
    pdu->itt = load_be32(bhs + 16);
    pdu->target_transfer_tag = load_be32(bhs + 20);
    pdu->cmd_sn = load_be32(bhs + 24);
    pdu->exp_stat_sn = load_be32(bhs + 28);
}

void sanscsi_nop_in_encode(const struct nop_in *pdu, uint8_t bhs[BHS_SIZE]) {
    begin_bhs(bhs, OPCODE_NOP_IN, false);
    bhs[1] = FLAG_FINAL;
    store_be24(bhs + 5, pdu->data_segment_length);
    store_be64(bhs + 8, pdu->lun);
    store_be32(bhs + 16, pdu->itt);
    store_be32(bhs + 20, pdu->target_transfer_tag);
    store_target_numbers(bhs, pdu->stat_sn, pdu->exp_cmd_sn, pdu->max_cmd_sn);
}

void sanscsi_nop_in_decode(struct nop_in *pdu, const uint8_t bhs[BHS_SIZE]) {
    pdu->final = flag_set(bhs[1], FLAG_FINAL);
    pdu->data_segment_length = load_be24(bhs + 5);
    pdu->lun = load_be64(bhs + 8);
    pdu->itt = load_be32(bhs + 16);
    pdu->target_transfer_tag = load_be32(bhs + 20);
    pdu->stat_sn = load_be32(bhs + 24);
    pdu->exp_cmd_sn = load_be32(bhs + 28);
    pdu->max_cmd_sn = load_be32(bhs + 32);
}
