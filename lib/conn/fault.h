/* What a peer can do wrong: the reasons for which a connection ends, each with its clause. */
#ifndef SANSCSI_CONN_FAULT_H
#define SANSCSI_CONN_FAULT_H

#include <stdint.h>

enum fault_code {
    FAULT_NONE,
    /* framing and headers of any PDU */
    FAULT_OPCODE,
    FAULT_AHS_LENGTH,
    FAULT_DATA_LENGTH,
    FAULT_DATA_FORBIDDEN,
    FAULT_FINAL_BIT,
    FAULT_HEADER_DIGEST,
    FAULT_DATA_DIGEST,
    FAULT_STAT_SN,
    FAULT_TASK_TAG,
    FAULT_TASK_KIND,
    FAULT_TASK_LUN,
    /* login */
    FAULT_LOGIN_OPCODE,
    FAULT_LOGIN_TASK_TAG,
    FAULT_LOGIN_VERSION,
    FAULT_LOGIN_STAGE,
    FAULT_LOGIN_TRANSIT,
    FAULT_LOGIN_NEXT_STAGE,
    FAULT_LOGIN_CONTINUE,
    FAULT_LOGIN_ISID,
    FAULT_LOGIN_TSIH,
    FAULT_LOGIN_STATUS,
    FAULT_LOGIN_KEY,
    FAULT_LOGIN_TEXT,
    FAULT_LOGIN_TIMEOUT,
    FAULT_LOGIN_NO_MEMORY,
    FAULT_LOGIN_AUTHENTICATION,
    FAULT_LOGIN_REDIRECT,
    /* full feature phase */
    FAULT_RESPONSE_CODE,
    FAULT_RESIDUAL_FLAGS,
    FAULT_SENSE_LENGTH,
    FAULT_SENSE_MISSING,
    FAULT_DATA_SN,
    FAULT_DATA_OFFSET,
    FAULT_DATA_STATUS,
    FAULT_EXP_DATA_SN,
    FAULT_R2T_SN,
    FAULT_R2T_RANGE,
    FAULT_R2T_TAG,
    FAULT_R2T_COUNT,
    FAULT_NOP_TAGS,
    FAULT_NOP_FLOOD,
    FAULT_PING_DATA,
    FAULT_FLOOD,
    FAULT_TMF_RESPONSE,
    FAULT_ABORT_TIMEOUT,
    FAULT_SEND_TIMEOUT,
    FAULT_MANAGEMENT_TIMEOUT,
    FAULT_LOGOUT_RESPONSE,
    FAULT_LOGOUT_TIMEOUT,
    FAULT_TEXT_CONTINUE,
    FAULT_TEXT_TAG,
    FAULT_TEXT_LIMIT,
    FAULT_TEXT_NO_MEMORY,
    FAULT_TEXT_TIMEOUT,
    FAULT_PING_TIMEOUT,
    FAULT_ASYNC_EVENT,
    FAULT_ASYNC_DROP,
    FAULT_TERMINATION_FLOOD,
    FAULT_REJECT,
    FAULT_DATA_SEQUENCE,
    FAULT_COUNT
};

/* What ended a connection; the first one is kept. */
struct fault {
    enum fault_code code;
    uint32_t opcode; /* of the PDU at fault */
    uint32_t value;  /* of the field at fault */
};

const char *sanscsi_fault_name(enum fault_code code);
const char *sanscsi_fault_text(enum fault_code code);
/* The PDU that failed to come, for the faults of time; 0 for all others. */
uint8_t sanscsi_fault_awaited(enum fault_code code);

/* The clause, which for some faults depends on the PDU. */
const char *sanscsi_fault_section(const struct fault *fault);

#endif
