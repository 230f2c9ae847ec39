/* SNACK Request; offsets are those of the figure in RFC 7143 11.16. */
#include "wire/pdu.h"

#include "wire/fields.h"

#define TYPE_MASK 0x0fu

void sanscsi_snack_request_encode(const struct snack_request *pdu, uint8_t bhs[BHS_SIZE]) {
    begin_bhs(bhs, OPCODE_SNACK_REQUEST, false);
    bhs[1] = (uint8_t)(FLAG_FINAL | (pdu->type & TYPE_MASK));
    store_be24(bhs + 5, pdu->data_segment_length);
    store_be64(bhs + 8, pdu->lun);
    store_be32(bhs + 16, pdu->itt);
    store_be32(bhs + 20, pdu->target_transfer_tag);
    store_be32(bhs + 28, pdu->exp_stat_sn);
    store_be32(bhs + 40, pdu->beg_run);
    store_be32(bhs + 44, pdu->run_length);
}

void sanscsi_snack_request_decode(struct snack_request *pdu, const uint8_t bhs[BHS_SIZE]) {
    pdu->final = flag_set(bhs[1], FLAG_FINAL);
    pdu->type = bhs[1] & TYPE_MASK;
    pdu->data_segment_length = load_be24(bhs + 5);
    pdu->lun = load_be64(bhs + 8);
    pdu->itt = load_be32(bhs + 16);
    pdu->target_transfer_tag = load_be32(bhs + 20);
    pdu->exp_stat_sn = load_be32(bhs + 28);
    pdu->beg_run = load_be32(bhs + 40);
    pdu->run_length = load_be32(bhs + 44);
}
