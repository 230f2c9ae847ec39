/* Decoding any 48 bytes as any PDU, and encoding that again: reads the header and no more, sets
 * every member, writes every byte. */
#include "input.h"
#include "wire/pdu.h"

/* Every member is set: the sum of reads of them all would be an alarm otherwise. What comes of
 * encoding it is a whole header of the opcode. */
#define DECODE_AND_ENCODE(kind, opcode)                                                            \
    do {                                                                                           \
        struct kind pdu;                                                                           \
        uint8_t out[BHS_SIZE];                                                                     \
        sanscsi_##kind##_decode(&pdu, bhs);                                                        \
        sanscsi_##kind##_encode(&pdu, out);                                                        \
        check(pdu.data_segment_length, out, opcode);                                               \
    } while (0)

static void check(uint32_t length, const uint8_t *out, uint8_t opcode) {
    //@ assert length <= 0xffffff;
    //@ assert \initialized(out + (0 .. 47));
    //@ assert out[0] == opcode || out[0] == (opcode | 0x40);
}

void decode_pdus(void) {
    uint8_t room[BHS_SIZE];
    const uint8_t *bhs = any_bytes(room, BHS_SIZE);
    struct bhs_common common;
    DECODE_AND_ENCODE(nop_out, 0x00);
    DECODE_AND_ENCODE(scsi_command_pdu, 0x01);
    DECODE_AND_ENCODE(tmf_request, 0x02);
    DECODE_AND_ENCODE(login_request, 0x03);
    DECODE_AND_ENCODE(text_request, 0x04);
    DECODE_AND_ENCODE(data_out, 0x05);
    DECODE_AND_ENCODE(logout_request, 0x06);
    DECODE_AND_ENCODE(snack_request, 0x10);
    DECODE_AND_ENCODE(nop_in, 0x20);
    DECODE_AND_ENCODE(scsi_response, 0x21);
    DECODE_AND_ENCODE(tmf_response, 0x22);
    DECODE_AND_ENCODE(login_response, 0x23);
    DECODE_AND_ENCODE(text_response, 0x24);
    DECODE_AND_ENCODE(data_in, 0x25);
    DECODE_AND_ENCODE(logout_response, 0x26);
    DECODE_AND_ENCODE(r2t, 0x31);
    DECODE_AND_ENCODE(async_message, 0x32);
    DECODE_AND_ENCODE(reject, 0x3f);
    sanscsi_bhs_peek(&common, bhs);
    //@ assert common.opcode <= 0x3f && common.data_segment_length <= 0xffffff;
    //@ assert \initialized(&common.itt) && \initialized(&common.total_ahs_length);
}
