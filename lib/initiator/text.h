/* What a text exchange and those who use it do for each other. */
#ifndef SANSCSI_INITIATOR_TEXT_H
#define SANSCSI_INITIATOR_TEXT_H

#include "initiator/session.h"

/* Who asks by a text exchange, and what becomes of the answer. */
struct text_user {
    /* Writes the text of a request: the first one, or one that goes on. */
    void (*ask)(sanscsi_session *session, bool first, struct builder *text);
    /* Says where the text of a response belongs; may end the connection. */
    void (*place)(sanscsi_session *session, struct connection *conn, uint32_t length);
    /* A response is there; behind a final one that leaves the exchange as it is, it is over. */
    void (*take)(sanscsi_session *session, struct connection *conn,
                 const struct text_response *response);
    /* The exchange is over in this way; its task ends next. */
    void (*end)(sanscsi_session *session, uint32_t io_status);
};

extern const struct text_user sanscsi_text_send_targets; /* send_targets.c */
extern const struct text_user sanscsi_text_negotiation;  /* negotiation.c */

/* text.c: makes a task of the caller's that is one exchange; one at a time (RFC 7143 11.10). */
int32_t sanscsi_session_submit_text(sanscsi_session *session, uint32_t kind, uint64_t user,
                                    uint64_t timeout, uint64_t now, sanscsi_task *handle);

/* text.c: a task that was taken is an exchange from now on; none may be there. */
void sanscsi_session_begin_text(sanscsi_session *session, uint32_t slot);

#endif
