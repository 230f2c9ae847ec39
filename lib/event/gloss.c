/* The words for codes: SCSI statuses, login statuses, reject reasons and their like. */
#include "event/gloss.h"

#include <stddef.h>

struct gloss {
    uint16_t kind;
    uint16_t number;
    const char *words;
};

static const struct gloss glosses[] = {
    /* SAM-5 5.3.1 */
    {GLOSS_SCSI_STATUS, 0x02, "CHECK CONDITION"},
    {GLOSS_SCSI_STATUS, 0x04, "CONDITION MET"},
    {GLOSS_SCSI_STATUS, 0x08, "BUSY"},
    {GLOSS_SCSI_STATUS, 0x18, "RESERVATION CONFLICT"},
    {GLOSS_SCSI_STATUS, 0x28, "TASK SET FULL"},
    {GLOSS_SCSI_STATUS, 0x30, "ACA ACTIVE"},
    {GLOSS_SCSI_STATUS, 0x40, "TASK ABORTED"},

    {GLOSS_IO_STATUS, 3, "session offline"},
    {GLOSS_IO_STATUS, 4, "timed out, or session in transition"},
    {GLOSS_IO_STATUS, 5, "target failure"},
    {GLOSS_IO_STATUS, 6, "connection offline"},
    {GLOSS_IO_STATUS, 7, "bytes lost"},
    {GLOSS_IO_STATUS, 8, "cancelled"},
    {GLOSS_IO_STATUS, 9, "ended by a reset"},
    {GLOSS_RETURN_VALUE, 0, "issued"},
    {GLOSS_RETURN_VALUE, 1, "not issued"},

    /* RFC 7143 11.13.5 */
    {GLOSS_LOGIN_CLASS, 1, "redirection"},
    {GLOSS_LOGIN_CLASS, 2, "initiator error"},
    {GLOSS_LOGIN_CLASS, 3, "target error"},
    {GLOSS_LOGIN_STATUS, 0x0101, "moved temporarily"},
    {GLOSS_LOGIN_STATUS, 0x0102, "moved permanently"},
    {GLOSS_LOGIN_STATUS, 0x0200, "unspecified"},
    {GLOSS_LOGIN_STATUS, 0x0201, "authentication failed"},
    {GLOSS_LOGIN_STATUS, 0x0202, "not authorized"},
    {GLOSS_LOGIN_STATUS, 0x0203, "target not found"},
    {GLOSS_LOGIN_STATUS, 0x0204, "target removed"},
    {GLOSS_LOGIN_STATUS, 0x0205, "unsupported version"},
    {GLOSS_LOGIN_STATUS, 0x0206, "too many connections"},
    {GLOSS_LOGIN_STATUS, 0x0207, "missing parameter"},
    {GLOSS_LOGIN_STATUS, 0x0208, "connection cannot join the session"},
    {GLOSS_LOGIN_STATUS, 0x0209, "session type not supported"},
    {GLOSS_LOGIN_STATUS, 0x020a, "session does not exist"},
    {GLOSS_LOGIN_STATUS, 0x020b, "invalid request during login"},
    {GLOSS_LOGIN_STATUS, 0x0300, "unspecified"},
    {GLOSS_LOGIN_STATUS, 0x0301, "service unavailable"},
    {GLOSS_LOGIN_STATUS, 0x0302, "out of resources"},

    /* RFC 7143 11.12.3 */
    {GLOSS_LOGIN_STAGE, 0, "security negotiation"},
    {GLOSS_LOGIN_STAGE, 1, "operational negotiation"},
    {GLOSS_LOGIN_STAGE, 2, "reserved"},
    {GLOSS_LOGIN_STAGE, 3, "full feature phase"},

    /* RFC 7143 11.2.1.2 */
    {GLOSS_OPCODE, 0x00, "NOP-Out"},
    {GLOSS_OPCODE, 0x01, "SCSI Command"},
    {GLOSS_OPCODE, 0x02, "Task Management Request"},
    {GLOSS_OPCODE, 0x03, "Login Request"},
    {GLOSS_OPCODE, 0x04, "Text Request"},
    {GLOSS_OPCODE, 0x05, "Data-Out"},
    {GLOSS_OPCODE, 0x06, "Logout Request"},
    {GLOSS_OPCODE, 0x10, "SNACK Request"},
    {GLOSS_OPCODE, 0x20, "NOP-In"},
    {GLOSS_OPCODE, 0x21, "SCSI Response"},
    {GLOSS_OPCODE, 0x22, "Task Management Response"},
    {GLOSS_OPCODE, 0x23, "Login Response"},
    {GLOSS_OPCODE, 0x24, "Text Response"},
    {GLOSS_OPCODE, 0x25, "Data-In"},
    {GLOSS_OPCODE, 0x26, "Logout Response"},
    {GLOSS_OPCODE, 0x31, "R2T"},
    {GLOSS_OPCODE, 0x32, "Asynchronous Message"},
    {GLOSS_OPCODE, 0x3f, "Reject"},

    /* RFC 7143 11.17.1 */
    {GLOSS_REJECT_REASON, 0x02, "data digest error"},
    {GLOSS_REJECT_REASON, 0x03, "SNACK rejected"},
    {GLOSS_REJECT_REASON, 0x04, "protocol error"},
    {GLOSS_REJECT_REASON, 0x05, "command not supported"},
    {GLOSS_REJECT_REASON, 0x06, "too many immediate commands"},
    {GLOSS_REJECT_REASON, 0x07, "task in progress"},
    {GLOSS_REJECT_REASON, 0x08, "invalid data acknowledgement"},
    {GLOSS_REJECT_REASON, 0x09, "invalid PDU field"},
    {GLOSS_REJECT_REASON, 0x0a, "out of resources for a long operation"},
    {GLOSS_REJECT_REASON, 0x0b, "negotiation reset"},
    {GLOSS_REJECT_REASON, 0x0c, "waiting for logout"},

    /* RFC 7143 11.9.1 */
    {GLOSS_ASYNC_EVENT, 0, "SCSI event"},
    {GLOSS_ASYNC_EVENT, 1, "logout requested"},
    {GLOSS_ASYNC_EVENT, 2, "connection will be dropped"},
    {GLOSS_ASYNC_EVENT, 3, "session will be dropped"},
    {GLOSS_ASYNC_EVENT, 4, "negotiation requested"},
    {GLOSS_ASYNC_EVENT, 5, "tasks of a logical unit terminated"},
    {GLOSS_ASYNC_EVENT, 248, "vendor-specific"},
    {GLOSS_ASYNC_EVENT, 249, "vendor-specific"},
    {GLOSS_ASYNC_EVENT, 250, "vendor-specific"},
    {GLOSS_ASYNC_EVENT, 251, "vendor-specific"},
    {GLOSS_ASYNC_EVENT, 252, "vendor-specific"},
    {GLOSS_ASYNC_EVENT, 253, "vendor-specific"},
    {GLOSS_ASYNC_EVENT, 254, "vendor-specific"},
    {GLOSS_ASYNC_EVENT, 255, "vendor-specific"},

    {GLOSS_CONNECT_REASON, 3, "refused"},
    {GLOSS_CONNECT_REASON, 4, "timed out"},
    {GLOSS_CONNECT_REASON, 5, "other"},

    /* RFC 7143 11.15.1 */
    {GLOSS_LOGOUT_RESPONSE, 1, "CID not found"},
    {GLOSS_LOGOUT_RESPONSE, 2, "recovery not supported"},
    {GLOSS_LOGOUT_RESPONSE, 3, "cleanup failed"},

    {GLOSS_SECRET_REASON, 1, "shorter than 12 bytes"},
    {GLOSS_SECRET_REASON, 2, "the same for both directions"},

    {GLOSS_REDIRECT_REASON, 1, "a loop"},
    {GLOSS_REDIRECT_REASON, 2, "too many hops"},
    {GLOSS_REDIRECT_REASON, 3, "before authentication"},

    {GLOSS_ABANDON_REASON, 1, "no attempts left"},
    {GLOSS_ABANDON_REASON, 2, "the login cannot succeed"},

    {GLOSS_RECOVERY_STEP, 1, "LOGICAL UNIT RESET"},
    {GLOSS_RECOVERY_STEP, 2, "TARGET WARM RESET"},
    {GLOSS_RECOVERY_STEP, 3, "the connection is dropped"},

    /* RFC 7143 11.6.1 */
    {GLOSS_STEP_RESPONSE, 0, "no answer, or nothing sent, in time"},
    {GLOSS_STEP_RESPONSE, 2, "LUN does not exist"},
    {GLOSS_STEP_RESPONSE, 5, "not supported"},
    {GLOSS_STEP_RESPONSE, 6, "authorization failed"},
    {GLOSS_STEP_RESPONSE, 255, "rejected"},
};

const char *sanscsi_gloss(uint8_t kind, uint64_t number) {
    for (size_t i = 0; i < sizeof(glosses) / sizeof(glosses[0]); i++) {
        if (glosses[i].kind == kind && glosses[i].number == number) {
            return glosses[i].words;
        }
    }
    return NULL;
}
