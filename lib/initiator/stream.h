/* What the calls on a connection's streams have in common. */
#ifndef SANSCSI_INITIATOR_STREAM_H
#define SANSCSI_INITIATOR_STREAM_H

#include "initiator/session.h"

/* The open connection with a CID. */
static inline int32_t open_connection(sanscsi_session *session, uint32_t cid,
                                      struct connection **conn) {
    if (session == NULL) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    *conn = session_connection(session, cid);
    if (*conn == NULL) {
        return SANSCSI_UNKNOWN_CONNECTION;
    }
    bool transport =
        (*conn)->transport == TRANSPORT_OPEN || (*conn)->transport == TRANSPORT_CLOSING;
    return transport ? SANSCSI_OK : SANSCSI_NOT_CONNECTED;
}

static inline int32_t window_arguments(sanscsi_session *session, uint32_t cid,
                                       const sanscsi_iovec *iov, size_t max, size_t *count,
                                       struct connection **conn) {
    if (iov == NULL || max == 0 || count == NULL) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    *count = 0;
    return open_connection(session, cid, conn);
}

/* transmit.c: makes PDUs while there are some to make and slots for them. */
void sanscsi_session_make_pdus(sanscsi_session *session, struct connection *conn);

#endif
