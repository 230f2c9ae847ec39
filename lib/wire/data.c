/* SCSI Data-Out, SCSI Data-In and R2T; offsets are those of RFC 7143 11.7 and 11.8. */
#include "wire/pdu.h"

#include "wire/fields.h"

void sanscsi_data_out_encode(const struct data_out *pdu, uint8_t bhs[BHS_SIZE]) {
    put_request_start(bhs, OPCODE_DATA_OUT, flag(pdu->final, FLAG_FINAL), 0, 0,
                      pdu->data_segment_length);
    put_request_task(bhs, pdu->lun, pdu->itt);
    put_target_transfer_tag(bhs, pdu->target_transfer_tag);
    put_request_numbers(bhs, 0, pdu->exp_stat_sn);
    put_data_sn(bhs, pdu->data_sn);
    put_buffer_offset(bhs, pdu->buffer_offset);
}

void sanscsi_data_out_decode(struct data_out *pdu, const uint8_t bhs[BHS_SIZE]) {
    pdu->final = flag_set(bhs[1], FLAG_FINAL);
    pdu->data_segment_length = load_be24(bhs + 5);
    pdu->lun = load_be64(bhs + 8);
    pdu->itt = load_be32(bhs + 16);
    pdu->target_transfer_tag = load_be32(bhs + 20);
    pdu->exp_stat_sn = load_be32(bhs + 28);
    pdu->data_sn = load_be32(bhs + 36);
    pdu->buffer_offset = load_be32(bhs + 40);
}

void sanscsi_data_in_encode(const struct data_in *pdu, uint8_t bhs[BHS_SIZE]) {
    begin_bhs(bhs, OPCODE_DATA_IN, false);
    bhs[1] = (uint8_t)(flag(pdu->final, FLAG_FINAL) | flag(pdu->acknowledge, FLAG_ACKNOWLEDGE) |
                       flag(pdu->overflow, FLAG_OVERFLOW) | flag(pdu->underflow, FLAG_UNDERFLOW) |
                       flag(pdu->status_present, FLAG_STATUS));
    bhs[3] = pdu->status;
    store_be24(bhs + 5, pdu->data_segment_length);
    store_be64(bhs + 8, pdu->lun);
    store_be32(bhs + 16, pdu->itt);
    store_be32(bhs + 20, pdu->target_transfer_tag);
    store_target_numbers(bhs, pdu->stat_sn, pdu->exp_cmd_sn, pdu->max_cmd_sn);
    store_be32(bhs + 36, pdu->data_sn);
    store_be32(bhs + 40, pdu->buffer_offset);
    store_be32(bhs + 44, pdu->residual_count);
}

void sanscsi_data_in_decode(struct data_in *pdu, const uint8_t bhs[BHS_SIZE]) {
    const uint8_t flags = bhs[1];
    pdu->final = flag_set(flags, FLAG_FINAL);
    pdu->acknowledge = flag_set(flags, FLAG_ACKNOWLEDGE);
    pdu->overflow = flag_set(flags, FLAG_OVERFLOW);
    pdu->underflow = flag_set(flags, FLAG_UNDERFLOW);
    pdu->status_present = flag_set(flags, FLAG_STATUS);
    pdu->status = bhs[3];
    pdu->data_segment_length = load_be24(bhs + 5);
    pdu->lun = load_be64(bhs + 8);
    pdu->itt = load_be32(bhs + 16);
    pdu->target_transfer_tag = load_be32(bhs + 20);
    pdu->stat_sn = load_be32(bhs + 24);
    pdu->exp_cmd_sn = load_be32(bhs + 28);
    pdu->max_cmd_sn = load_be32(bhs + 32);
    pdu->data_sn = load_be32(bhs + 36);
    pdu->buffer_offset = load_be32(bhs + 40);
    pdu->residual_count = load_be32(bhs + 44);
}

void sanscsi_r2t_encode(const struct r2t *pdu, uint8_t bhs[BHS_SIZE]) {
    begin_bhs(bhs, OPCODE_R2T, false);
    bhs[1] = FLAG_FINAL;
    store_be24(bhs + 5, pdu->data_segment_length);
    store_be64(bhs + 8, pdu->lun);
    store_be32(bhs + 16, pdu->itt);
    store_be32(bhs + 20, pdu->target_transfer_tag);
    store_target_numbers(bhs, pdu->stat_sn, pdu->exp_cmd_sn, pdu->max_cmd_sn);
    store_be32(bhs + 36, pdu->r2t_sn);
    store_be32(bhs + 40, pdu->buffer_offset);
    store_be32(bhs + 44, pdu->desired_data_transfer_length);
}

void sanscsi_r2t_decode(struct r2t *pdu, const uint8_t bhs[BHS_SIZE]) {
    pdu->final = flag_set(bhs[1], FLAG_FINAL);
    pdu->data_segment_length = load_be24(bhs + 5);
    pdu->lun = load_be64(bhs + 8);
    pdu->itt = load_be32(bhs + 16);
    pdu->target_transfer_tag = load_be32(bhs + 20);
    pdu->stat_sn = load_be32(bhs + 24);
    pdu->exp_cmd_sn = load_be32(bhs + 28);
    pdu->max_cmd_sn = load_be32(bhs + 32);
    pdu->r2t_sn = load_be32(bhs + 36);
    pdu->buffer_offset = load_be32(bhs + 40);
    pdu->desired_data_transfer_length = load_be32(bhs + 44);
}
