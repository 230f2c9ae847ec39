/* Functions of task management: what each is, and which tasks it covers. */
#ifndef SANSCSI_INITIATOR_MANAGE_H
#define SANSCSI_INITIATOR_MANAGE_H

#include "initiator/session.h"

struct management_function {
    uint8_t number;
    uint8_t level;   /* iSCSIProtocolLevel that must be agreed (RFC 7144 6.3) */
    bool names_unit; /* its LUN counts (RFC 7143 11.5.3, RFC 7144 6.3.1) */
    bool names_task; /* as its Referenced Task Tag and RefCmdSN do */
    bool ends_tasks; /* those it covers */
    bool asks;       /* may be answered "Function succeeded" (RFC 7144 6.4.2) */
};

/* manage.c: a function that a caller may ask for; it must be one. */
const struct management_function *sanscsi_management_function(uint32_t number);

/* manage.c: makes the request of a task of task management (RFC 7143 11.5). */
void sanscsi_session_send_management(sanscsi_session *session, struct connection *conn,
                                     uint32_t slot, uint32_t owner);

/* affected.c: whether a function ends a task, seen from its LUN (RFC 7143 4.2.3.2, RFC 7144 6.5).
 */
bool sanscsi_session_covers(const struct task *management, const struct task *task);

/* affected.c: the function is complete: what it covers and has not been answered never will be. */
void sanscsi_session_end_covered(sanscsi_session *session, const struct task *management,
                                 uint32_t io_status);

/* affected.c: the request of a function goes out: what that means for data on its way to the
 * target. */
void sanscsi_session_restrain_data(sanscsi_session *session, const struct task *management);

/* affected.c: the function was refused: its tasks go on as far as they can. */
void sanscsi_session_release_data(sanscsi_session *session, const struct task *management);

#endif
