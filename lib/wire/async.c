/* Asynchronous Message; offsets are those of the figure in RFC 7143 11.9. */
#include "wire/pdu.h"

#include "wire/fields.h"

void sanscsi_async_message_encode(const struct async_message *pdu, uint8_t bhs[BHS_SIZE]) {
    begin_bhs(bhs, OPCODE_ASYNC_MESSAGE, false);
    bhs[1] = FLAG_FINAL;
    store_be24(bhs + 5, pdu->data_segment_length);
    store_be64(bhs + 8, pdu->lun);
    store_be32(bhs + 16, TAG_RESERVED);
    store_target_numbers(bhs, pdu->stat_sn, pdu->exp_cmd_sn, pdu->max_cmd_sn);
    bhs[36] = pdu->async_event;
    bhs[37] = pdu->async_vcode;
    store_be16(bhs + 38, pdu->parameter1);
    store_be16(bhs + 40, pdu->parameter2);
    store_be16(bhs + 42, pdu->parameter3);
}

void sanscsi_async_message_decode(struct async_message *pdu, const uint8_t bhs[BHS_SIZE]) {
    pdu->final = flag_set(bhs[1], FLAG_FINAL);
    pdu->data_segment_length = load_be24(bhs + 5);
    pdu->lun = load_be64(bhs + 8);
    pdu->itt = load_be32(bhs + 16);
    pdu->stat_sn = load_be32(bhs + 24);
    pdu->exp_cmd_sn = load_be32(bhs + 28);
    pdu->max_cmd_sn = load_be32(bhs + 32);
    pdu->async_event = bhs[36];
    pdu->async_vcode = bhs[37];
    pdu->parameter1 = load_be16(bhs + 38);
    pdu->parameter2 = load_be16(bhs + 40);
    pdu->parameter3 = load_be16(bhs + 42);
}
