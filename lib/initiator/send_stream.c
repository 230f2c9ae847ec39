/* The byte stream to the target as the caller sees it: windows and commits. */
#include "initiator/stream.h"

int32_t sanscsi_tx_window(sanscsi_session *session, uint32_t cid, sanscsi_iovec *iov, size_t max,
                          size_t *count) {
    struct connection *conn = NULL;
    int32_t status = window_arguments(session, cid, iov, max, count, &conn);
    if (status != SANSCSI_OK || conn->transport != TRANSPORT_OPEN) {
        return status;
    }
    sanscsi_session_make_pdus(session, conn);
    *count = sanscsi_tx_show(&conn->tx, iov, max);
    return SANSCSI_OK;
}

int32_t sanscsi_tx_commit(sanscsi_session *session, uint32_t cid, size_t bytes, uint64_t now) {
    struct connection *conn = NULL;
    int32_t status = open_connection(session, cid, &conn);
    if (status != SANSCSI_OK || conn->transport != TRANSPORT_OPEN) {
        return status;
    }
    session->origin.time = now;
    if (bytes == 0) {
        return SANSCSI_OK;
    }
    if (!sanscsi_tx_sent(&conn->tx, bytes)) {
        return SANSCSI_TOO_LARGE;
    }
    conn->sent_at = session->origin.time;
    uint32_t owner = TX_NO_OWNER;
    while (tx_retire(&conn->tx, &owner)) {
        count_one(&session->counters, COUNTER_PDUS_SENT);
        if (owner != TX_NO_OWNER) {
            sanscsi_session_release_hold(session, owner);
        }
    }
    if (conn->tx.count == 0) {
        sanscsi_session_free_login(conn);
    }
    return SANSCSI_OK;
}
