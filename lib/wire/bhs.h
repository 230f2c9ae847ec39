/* What all PDUs share: opcodes, special tags, bits of the first bytes (RFC 7143 11.2.1). */
#ifndef SANSCSI_WIRE_BHS_H
#define SANSCSI_WIRE_BHS_H

#include <stdbool.h>
#include <stdint.h>

#define BHS_SIZE 48u /* bytes of a basic header segment */

#define TAG_RESERVED UINT32_C(0xffffffff) /* "no task", "no transfer" in ITT, TTT and their kin */

/* RFC 7143 11.2.1.2; all other values but the vendors' (0x1c-0x1e, 0x3c-0x3e) are unassigned. */
enum opcode {
    OPCODE_NOP_OUT = 0x00,
    OPCODE_SCSI_COMMAND = 0x01,
    OPCODE_TMF_REQUEST = 0x02,
    OPCODE_LOGIN_REQUEST = 0x03,
    OPCODE_TEXT_REQUEST = 0x04,
    OPCODE_DATA_OUT = 0x05,
    OPCODE_LOGOUT_REQUEST = 0x06,
    OPCODE_SNACK_REQUEST = 0x10,
    OPCODE_NOP_IN = 0x20,
    OPCODE_SCSI_RESPONSE = 0x21,
    OPCODE_TMF_RESPONSE = 0x22,
    OPCODE_LOGIN_RESPONSE = 0x23,
    OPCODE_TEXT_RESPONSE = 0x24,
    OPCODE_DATA_IN = 0x25,
    OPCODE_LOGOUT_RESPONSE = 0x26,
    OPCODE_R2T = 0x31,
    OPCODE_ASYNC_MESSAGE = 0x32,
    OPCODE_REJECT = 0x3f
};

/* Byte 0. */
enum { OPCODE_MASK = 0x3f, FLAG_IMMEDIATE = 0x40 };

/* Byte 1. Bit 0x80 is F, or T in the login PDUs; where the layout fixes it to 1 it is F too. */
enum {
    FLAG_FINAL = 0x80,
    FLAG_TRANSIT = 0x80,                     /* Login Request and Response */
    FLAG_CONTINUE = 0x40,                    /* C: Login and Text */
    FLAG_READ = 0x40,                        /* SCSI Command */
    FLAG_WRITE = 0x20,                       /* SCSI Command */
    FLAG_ACKNOWLEDGE = 0x40,                 /* Data-In */
    FLAG_STATUS = 0x01,                      /* Data-In */
    FLAG_OVERFLOW = 0x04,                    /* SCSI Response, Data-In */
    FLAG_UNDERFLOW = 0x02,                   /* SCSI Response, Data-In */
    FLAG_BIDIRECTIONAL_READ_OVERFLOW = 0x10, /* SCSI Response */
    FLAG_BIDIRECTIONAL_READ_UNDERFLOW = 0x08 /* SCSI Response */
};

/* What a receiver needs to know before it knows the PDU; each has the same place in all of them,
 * though bits may be reserved there: `immediate` in all target PDUs, Data-Out and SNACK. */
struct bhs_common {
    uint8_t opcode; /* without the I bit; may be none of enum opcode */
    bool immediate;
    bool final;               /* bit 0x80 of byte 1 */
    uint8_t total_ahs_length; /* in 4-byte words */
    uint32_t data_segment_length;
    uint32_t itt;
};

void sanscsi_bhs_peek(struct bhs_common *common, const uint8_t bhs[BHS_SIZE]);

#endif
