/* SCSI Command and SCSI Response; offsets are those of RFC 7143 11.3, 11.4 and RFC 7144 5. */
#include "wire/pdu.h"

#include "wire/fields.h"

void sanscsi_scsi_command_pdu_encode(const struct scsi_command_pdu *pdu, uint8_t bhs[BHS_SIZE]) {
    unsigned flags = flag(pdu->final, FLAG_FINAL) | flag(pdu->read, FLAG_READ) |
                     flag(pdu->write, FLAG_WRITE) | (pdu->attr & ATTR_MASK);
    unsigned opcode = OPCODE_SCSI_COMMAND | flag(pdu->immediate, FLAG_IMMEDIATE);
    put_request_start(bhs, opcode, flags, pdu->pri, pdu->total_ahs_length,
                      pdu->data_segment_length);
    put_request_task(bhs, pdu->lun, pdu->itt);
    put_expected_length(bhs, pdu->expected_data_transfer_length);
    put_request_numbers(bhs, pdu->cmd_sn, pdu->exp_stat_sn);
    put_command_cdb(bhs, pdu->cdb);
}

void sanscsi_scsi_command_pdu_decode(struct scsi_command_pdu *pdu, const uint8_t bhs[BHS_SIZE]) {
    pdu->immediate = flag_set(bhs[0], FLAG_IMMEDIATE);
    pdu->final = flag_set(bhs[1], FLAG_FINAL);
    pdu->read = flag_set(bhs[1], FLAG_READ);
    pdu->write = flag_set(bhs[1], FLAG_WRITE);
    pdu->attr = bhs[1] & ATTR_MASK;
    pdu->pri = bhs[2] >> 4;
    pdu->total_ahs_length = bhs[4];
    pdu->data_segment_length = load_be24(bhs + 5);
    pdu->lun = load_be64(bhs + 8);
    pdu->itt = load_be32(bhs + 16);
    pdu->expected_data_transfer_length = load_be32(bhs + 20);
    pdu->cmd_sn = load_be32(bhs + 24);
    pdu->exp_stat_sn = load_be32(bhs + 28);
    memcpy(pdu->cdb, bhs + 32, sizeof(pdu->cdb));
}

void sanscsi_scsi_response_encode(const struct scsi_response *pdu, uint8_t bhs[BHS_SIZE]) {
    begin_bhs(bhs, OPCODE_SCSI_RESPONSE, false);
    bhs[1] = (uint8_t)(FLAG_FINAL |
                       flag(pdu->bidirectional_read_overflow, FLAG_BIDIRECTIONAL_READ_OVERFLOW) |
                       flag(pdu->bidirectional_read_underflow, FLAG_BIDIRECTIONAL_READ_UNDERFLOW) |
                       flag(pdu->overflow, FLAG_OVERFLOW) | flag(pdu->underflow, FLAG_UNDERFLOW));
    bhs[2] = pdu->response;
    bhs[3] = pdu->status;
    store_be24(bhs + 5, pdu->data_segment_length);
    store_be16(bhs + 8, pdu->status_qualifier);
    store_be32(bhs + 16, pdu->itt);
    store_be32(bhs + 20, pdu->snack_tag);
    store_target_numbers(bhs, pdu->stat_sn, pdu->exp_cmd_sn, pdu->max_cmd_sn);
    store_be32(bhs + 36, pdu->exp_data_sn);
    store_be32(bhs + 40, pdu->bidirectional_read_residual_count);
    store_be32(bhs + 44, pdu->residual_count);
}

void sanscsi_scsi_response_decode(struct scsi_response *pdu, const uint8_t bhs[BHS_SIZE]) {
    const uint8_t flags = bhs[1];
    pdu->final = flag_set(flags, FLAG_FINAL);
    pdu->bidirectional_read_overflow = flag_set(flags, FLAG_BIDIRECTIONAL_READ_OVERFLOW);
    pdu->bidirectional_read_underflow = flag_set(flags, FLAG_BIDIRECTIONAL_READ_UNDERFLOW);
    pdu->overflow = flag_set(flags, FLAG_OVERFLOW);
    pdu->underflow = flag_set(flags, FLAG_UNDERFLOW);
    pdu->response = bhs[2];
    pdu->status = bhs[3];
    pdu->data_segment_length = load_be24(bhs + 5);
    pdu->status_qualifier = load_be16(bhs + 8);
    pdu->itt = load_be32(bhs + 16);
    pdu->snack_tag = load_be32(bhs + 20);
    pdu->stat_sn = load_be32(bhs + 24);
    pdu->exp_cmd_sn = load_be32(bhs + 28);
    pdu->max_cmd_sn = load_be32(bhs + 32);
    pdu->exp_data_sn = load_be32(bhs + 36);
    pdu->bidirectional_read_residual_count = load_be32(bhs + 40);
    pdu->residual_count = load_be32(bhs + 44);
}
