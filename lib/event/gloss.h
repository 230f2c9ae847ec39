/* Words for the codes in event messages, so that a reader needs no table at hand. */
#ifndef SANSCSI_EVENT_GLOSS_H
#define SANSCSI_EVENT_GLOSS_H

#include <stdint.h>

enum gloss_kind {
    GLOSS_NONE,
    GLOSS_SCSI_STATUS,
    GLOSS_IO_STATUS,
    GLOSS_RETURN_VALUE,
    GLOSS_LOGIN_STATUS, /* Status-Class in bits 15-8, Status-Detail in bits 7-0 */
    GLOSS_LOGIN_CLASS,
    GLOSS_LOGIN_STAGE,
    GLOSS_OPCODE,
    GLOSS_REJECT_REASON,
    GLOSS_ASYNC_EVENT,
    GLOSS_CONNECT_REASON,
    GLOSS_LOGOUT_RESPONSE,
    GLOSS_SECRET_REASON,
    GLOSS_REDIRECT_REASON,
    GLOSS_ABANDON_REASON,
    GLOSS_RECOVERY_STEP,
    GLOSS_STEP_RESPONSE
};

/* What the number means, or NULL when it is not known. */
const char *sanscsi_gloss(uint8_t kind, uint64_t number);

#endif
