/* PDUs that carry tasks: SCSI Command and Response, task management, data, R2T, SNACK. */
#ifndef SANSCSI_WIRE_PDU_TASK_H
#define SANSCSI_WIRE_PDU_TASK_H

#include "wire/bhs.h"

/* RFC 7143 11.3, RFC 7144 5.1; codec in scsi.c. */
struct scsi_command_pdu {
    bool immediate;
    bool final;
    bool read;
    bool write;
    uint8_t attr;             /* 3 bits */
    uint8_t pri;              /* 4 bits; iSCSIProtocolLevel 2 */
    uint8_t total_ahs_length; /* in 4-byte words */
    uint32_t data_segment_length;
    uint64_t lun;
    uint32_t itt;
    uint32_t expected_data_transfer_length;
    uint32_t cmd_sn;
    uint32_t exp_stat_sn;
    uint8_t cdb[16]; /* the first bytes, zeros behind a shorter CDB */
};

/* RFC 7143 11.4, RFC 7144 5.2; codec in scsi.c. */
struct scsi_response {
    bool final;                        /* fixed 1 */
    bool bidirectional_read_overflow;  /* o */
    bool bidirectional_read_underflow; /* u */
    bool overflow;                     /* O */
    bool underflow;                    /* U */
    uint8_t response;
    uint8_t status;
    uint32_t data_segment_length;
    uint16_t status_qualifier; /* iSCSIProtocolLevel 2 */
    uint32_t itt;
    uint32_t snack_tag;
    uint32_t stat_sn;
    uint32_t exp_cmd_sn;
    uint32_t max_cmd_sn;
    uint32_t exp_data_sn;
    uint32_t bidirectional_read_residual_count;
    uint32_t residual_count;
};

/* Functions of RFC 7143 11.5.1 and, from QUERY TASK on, RFC 7144 6.3. */
enum tmf_function {
    TMF_ABORT_TASK = 1,
    TMF_ABORT_TASK_SET = 2,
    TMF_CLEAR_ACA = 3,
    TMF_CLEAR_TASK_SET = 4,
    TMF_LOGICAL_UNIT_RESET = 5,
    TMF_TARGET_WARM_RESET = 6,
    TMF_TARGET_COLD_RESET = 7,
    TMF_TASK_REASSIGN = 8,
    TMF_QUERY_TASK = 9,
    TMF_QUERY_TASK_SET = 10,
    TMF_I_T_NEXUS_RESET = 11,
    TMF_QUERY_ASYNCHRONOUS_EVENT = 12
};

/* RFC 7143 11.5; codec in task.c. */
struct tmf_request {
    bool immediate;
    bool final;       /* fixed 1 */
    uint8_t function; /* 7 bits */
    uint32_t data_segment_length;
    uint64_t lun;
    uint32_t itt;
    uint32_t referenced_task_tag;
    uint32_t cmd_sn;
    uint32_t exp_stat_sn;
    uint32_t ref_cmd_sn;
    uint32_t exp_data_sn;
};

/* RFC 7143 11.6, RFC 7144 6.4; codec in task.c. */
struct tmf_response {
    bool final; /* fixed 1 */
    uint8_t response;
    uint32_t data_segment_length;
    uint32_t additional_response_information; /* 24 bits; iSCSIProtocolLevel 2 */
    uint32_t itt;
    uint32_t stat_sn;
    uint32_t exp_cmd_sn;
    uint32_t max_cmd_sn;
};

/* RFC 7143 11.7; codec in data.c. */
struct data_out {
    bool final;
    uint32_t data_segment_length;
    uint64_t lun;
    uint32_t itt;
    uint32_t target_transfer_tag;
    uint32_t exp_stat_sn;
    uint32_t data_sn;
    uint32_t buffer_offset;
};

/* RFC 7143 11.7; codec in data.c. */
struct data_in {
    bool final;
    bool acknowledge;    /* A */
    bool overflow;       /* O */
    bool underflow;      /* U */
    bool status_present; /* S: the PDU carries status and StatSN */
    uint8_t status;
    uint32_t data_segment_length;
    uint64_t lun;
    uint32_t itt;
    uint32_t target_transfer_tag;
    uint32_t stat_sn;
    uint32_t exp_cmd_sn;
    uint32_t max_cmd_sn;
    uint32_t data_sn;
    uint32_t buffer_offset;
    uint32_t residual_count;
};

/* RFC 7143 11.8; codec in data.c. */
struct r2t {
    bool final; /* fixed 1 */
    uint32_t data_segment_length;
    uint64_t lun;
    uint32_t itt;
    uint32_t target_transfer_tag;
    uint32_t stat_sn;
    uint32_t exp_cmd_sn;
    uint32_t max_cmd_sn;
    uint32_t r2t_sn;
    uint32_t buffer_offset;
    uint32_t desired_data_transfer_length;
};

/* RFC 7143 11.16.1. */
enum snack_type { SNACK_DATA_R2T = 0, SNACK_STATUS = 1, SNACK_DATA_ACK = 2, SNACK_R_DATA = 3 };

/* RFC 7143 11.16; codec in snack.c. */
struct snack_request {
    bool final;   /* fixed 1 */
    uint8_t type; /* 4 bits */
    uint32_t data_segment_length;
    uint64_t lun;
    uint32_t itt;
    uint32_t target_transfer_tag; /* in SNACK_R_DATA: the SNACK Tag */
    uint32_t exp_stat_sn;
    uint32_t beg_run;
    uint32_t run_length;
};

void sanscsi_scsi_command_pdu_encode(const struct scsi_command_pdu *pdu, uint8_t bhs[BHS_SIZE]);
void sanscsi_scsi_command_pdu_decode(struct scsi_command_pdu *pdu, const uint8_t bhs[BHS_SIZE]);
void sanscsi_scsi_response_encode(const struct scsi_response *pdu, uint8_t bhs[BHS_SIZE]);
void sanscsi_scsi_response_decode(struct scsi_response *pdu, const uint8_t bhs[BHS_SIZE]);
void sanscsi_tmf_request_encode(const struct tmf_request *pdu, uint8_t bhs[BHS_SIZE]);
void sanscsi_tmf_request_decode(struct tmf_request *pdu, const uint8_t bhs[BHS_SIZE]);
void sanscsi_tmf_response_encode(const struct tmf_response *pdu, uint8_t bhs[BHS_SIZE]);
void sanscsi_tmf_response_decode(struct tmf_response *pdu, const uint8_t bhs[BHS_SIZE]);
void sanscsi_data_out_encode(const struct data_out *pdu, uint8_t bhs[BHS_SIZE]);
void sanscsi_data_out_decode(struct data_out *pdu, const uint8_t bhs[BHS_SIZE]);
void sanscsi_data_in_encode(const struct data_in *pdu, uint8_t bhs[BHS_SIZE]);
void sanscsi_data_in_decode(struct data_in *pdu, const uint8_t bhs[BHS_SIZE]);
void sanscsi_r2t_encode(const struct r2t *pdu, uint8_t bhs[BHS_SIZE]);
void sanscsi_r2t_decode(struct r2t *pdu, const uint8_t bhs[BHS_SIZE]);
void sanscsi_snack_request_encode(const struct snack_request *pdu, uint8_t bhs[BHS_SIZE]);
void sanscsi_snack_request_decode(struct snack_request *pdu, const uint8_t bhs[BHS_SIZE]);

#endif
