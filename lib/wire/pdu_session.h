/* PDUs that keep a session: login, logout, text, NOP, Asynchronous Message, Reject. */
#ifndef SANSCSI_WIRE_PDU_SESSION_H
#define SANSCSI_WIRE_PDU_SESSION_H

#include "wire/bhs.h"

/* RFC 7143 11.12.3. */
enum login_stage {
    LOGIN_STAGE_SECURITY = 0,
    LOGIN_STAGE_OPERATIONAL = 1,
    LOGIN_STAGE_FULL_FEATURE = 3
};

/* RFC 7143 11.12; codec in login.c. */
struct login_request {
    bool immediate; /* fixed 1 */
    bool transit;
    bool more;   /* C: the text goes on in the next PDU */
    uint8_t csg; /* 2 bits: current stage */
    uint8_t nsg; /* 2 bits: next stage */
    uint8_t version_max;
    uint8_t version_min;
    uint32_t data_segment_length;
    uint8_t isid[6];
    uint16_t tsih;
    uint32_t itt;
    uint16_t cid;
    uint32_t cmd_sn;
    uint32_t exp_stat_sn;
};

/* RFC 7143 11.13; codec in login.c. */
struct login_response {
    bool transit;
    bool more;   /* C: the text goes on in the next PDU */
    uint8_t csg; /* 2 bits */
    uint8_t nsg; /* 2 bits */
    uint8_t version_max;
    uint8_t version_active;
    uint32_t data_segment_length;
    uint8_t isid[6];
    uint16_t tsih;
    uint32_t itt;
    uint32_t stat_sn;
    uint32_t exp_cmd_sn;
    uint32_t max_cmd_sn;
    uint8_t status_class;
    uint8_t status_detail;
};

/* RFC 7143 11.14.1. */
enum logout_reason {
    LOGOUT_CLOSE_SESSION = 0,
    LOGOUT_CLOSE_CONNECTION = 1,
    LOGOUT_REMOVE_CONNECTION = 2 /* for recovery */
};

/* RFC 7143 11.14; codec in logout.c. */
struct logout_request {
    bool immediate;
    bool final;          /* fixed 1 */
    uint8_t reason_code; /* 7 bits */
    uint32_t data_segment_length;
    uint32_t itt;
    uint16_t cid;
    uint32_t cmd_sn;
    uint32_t exp_stat_sn;
};

/* RFC 7143 11.15; codec in logout.c. */
struct logout_response {
    bool final; /* fixed 1 */
    uint8_t response;
    uint32_t data_segment_length;
    uint32_t itt;
    uint32_t stat_sn;
    uint32_t exp_cmd_sn;
    uint32_t max_cmd_sn;
    uint16_t time2wait;   /* in seconds */
    uint16_t time2retain; /* in seconds */
};

/* RFC 7143 11.10; codec in text.c. */
struct text_request {
    bool immediate;
    bool final;
    bool more; /* C: the text goes on in the next PDU */
    uint32_t data_segment_length;
    uint64_t lun;
    uint32_t itt;
    uint32_t target_transfer_tag;
    uint32_t cmd_sn;
    uint32_t exp_stat_sn;
};

/* RFC 7143 11.11; codec in text.c. */
struct text_response {
    bool final;
    bool more; /* C: the text goes on in the next PDU */
    uint32_t data_segment_length;
    uint64_t lun;
    uint32_t itt;
    uint32_t target_transfer_tag;
    uint32_t stat_sn;
    uint32_t exp_cmd_sn;
    uint32_t max_cmd_sn;
};

/* RFC 7143 11.18; codec in nop.c. */
struct nop_out {
    bool immediate;
    bool final; /* fixed 1 */
    uint32_t data_segment_length;
    uint64_t lun;
    uint32_t itt;
    uint32_t target_transfer_tag;
    uint32_t cmd_sn;
    uint32_t exp_stat_sn;
};

/* RFC 7143 11.19; codec in nop.c. */
struct nop_in {
    bool final; /* fixed 1 */
    uint32_t data_segment_length;
    uint64_t lun;
    uint32_t itt;
    uint32_t target_transfer_tag;
    uint32_t stat_sn;
    uint32_t exp_cmd_sn;
    uint32_t max_cmd_sn;
};

/* RFC 7143 11.9.1; 248 to 255 are the vendors'. */
enum async_event {
    ASYNC_SCSI_EVENT = 0,
    ASYNC_LOGOUT_REQUEST = 1,
    ASYNC_CONNECTION_DROP = 2,
    ASYNC_SESSION_DROP = 3,
    ASYNC_NEGOTIATION_REQUEST = 4,
    ASYNC_TASK_TERMINATION = 5
};

/* RFC 7143 11.9; codec in async.c. */
struct async_message {
    bool final; /* fixed 1 */
    uint32_t data_segment_length;
    uint64_t lun;
    uint32_t itt; /* fixed TAG_RESERVED */
    uint32_t stat_sn;
    uint32_t exp_cmd_sn;
    uint32_t max_cmd_sn;
    uint8_t async_event;
    uint8_t async_vcode;
    uint16_t parameter1;
    uint16_t parameter2;
    uint16_t parameter3;
};

/* RFC 7143 11.17.1. */
enum reject_reason {
    REJECT_DATA_DIGEST_ERROR = 0x02,
    REJECT_SNACK = 0x03,
    REJECT_PROTOCOL_ERROR = 0x04,
    REJECT_COMMAND_NOT_SUPPORTED = 0x05,
    REJECT_TOO_MANY_IMMEDIATE_COMMANDS = 0x06,
    REJECT_TASK_IN_PROGRESS = 0x07,
    REJECT_INVALID_DATA_ACK = 0x08,
    REJECT_INVALID_PDU_FIELD = 0x09,
    REJECT_LONG_OPERATION = 0x0a, /* no target transfer tag can be made now */
    REJECT_DEPRECATED = 0x0b,
    REJECT_WAITING_FOR_LOGOUT = 0x0c
};

/* RFC 7143 11.17; codec in reject.c. */
struct reject {
    bool final; /* fixed 1 */
    uint8_t reason;
    uint32_t data_segment_length;
    uint32_t itt; /* fixed TAG_RESERVED */
    uint32_t stat_sn;
    uint32_t exp_cmd_sn;
    uint32_t max_cmd_sn;
    uint32_t data_sn; /* or R2TSN */
};

void sanscsi_login_request_encode(const struct login_request *pdu, uint8_t bhs[BHS_SIZE]);
void sanscsi_login_request_decode(struct login_request *pdu, const uint8_t bhs[BHS_SIZE]);
void sanscsi_login_response_encode(const struct login_response *pdu, uint8_t bhs[BHS_SIZE]);
void sanscsi_login_response_decode(struct login_response *pdu, const uint8_t bhs[BHS_SIZE]);
void sanscsi_logout_request_encode(const struct logout_request *pdu, uint8_t bhs[BHS_SIZE]);
void sanscsi_logout_request_decode(struct logout_request *pdu, const uint8_t bhs[BHS_SIZE]);
void sanscsi_logout_response_encode(const struct logout_response *pdu, uint8_t bhs[BHS_SIZE]);
void sanscsi_logout_response_decode(struct logout_response *pdu, const uint8_t bhs[BHS_SIZE]);
void sanscsi_text_request_encode(const struct text_request *pdu, uint8_t bhs[BHS_SIZE]);
void sanscsi_text_request_decode(struct text_request *pdu, const uint8_t bhs[BHS_SIZE]);
void sanscsi_text_response_encode(const struct text_response *pdu, uint8_t bhs[BHS_SIZE]);
void sanscsi_text_response_decode(struct text_response *pdu, const uint8_t bhs[BHS_SIZE]);
void sanscsi_nop_out_encode(const struct nop_out *pdu, uint8_t bhs[BHS_SIZE]);
void sanscsi_nop_out_decode(struct nop_out *pdu, const uint8_t bhs[BHS_SIZE]);
void sanscsi_nop_in_encode(const struct nop_in *pdu, uint8_t bhs[BHS_SIZE]);
void sanscsi_nop_in_decode(struct nop_in *pdu, const uint8_t bhs[BHS_SIZE]);
void sanscsi_async_message_encode(const struct async_message *pdu, uint8_t bhs[BHS_SIZE]);
void sanscsi_async_message_decode(struct async_message *pdu, const uint8_t bhs[BHS_SIZE]);
void sanscsi_reject_encode(const struct reject *pdu, uint8_t bhs[BHS_SIZE]);
void sanscsi_reject_decode(struct reject *pdu, const uint8_t bhs[BHS_SIZE]);

#endif
