/* The byte stream from the target as the caller sees it: windows and commits. */
#include "initiator/stream.h"

#include "base/checked.h"

int32_t sanscsi_rx_window(sanscsi_session *session, uint32_t cid, sanscsi_iovec *iov, size_t max,
                          size_t *count) {
    struct connection *conn = NULL;
    int32_t status = window_arguments(session, cid, iov, max, count, &conn);
    if (status == SANSCSI_OK && conn->transport == TRANSPORT_OPEN) {
        *count = sanscsi_rx_show(&conn->rx, iov, max);
    }
    return status;
}

/* A digest that does not match: at ErrorRecoveryLevel 0 the connection ends (RFC 7143 7.8). */
static void bad_digest(sanscsi_session *session, struct connection *conn, bool header) {
    struct event_value values[] = {EVENT_NUMBER(conn->rx.expected),
                                   EVENT_NUMBER(conn->rx.received)};
    sanscsi_conn_set_fault(conn, header ? FAULT_HEADER_DIGEST : FAULT_DATA_DIGEST,
                           conn->rx.received);
    sanscsi_session_raise(
        session, header ? SANSCSI_EVENT_HEADER_DIGEST_ERROR : SANSCSI_EVENT_DATA_DIGEST_ERROR, 0,
        values);
    sanscsi_session_drop(session, conn, CONN_TRANSPORT_LOST, SANSCSI_IO_CONNECTION_OFFLINE);
}

/* Judges what is certain before a header is whole: a peer that talks something else may never send
 * the rest. */
static int32_t glance(sanscsi_session *session, struct connection *conn) {
    if (conn->rx.phase == RX_PHASE_EXTRA && !conn->rx.header_digest) {
        sanscsi_session_receive_header(session, conn); /* no target sends AHS: it is refused */
    } else if (conn->login != NULL) {
        sanscsi_session_login_step(session, conn, sanscsi_login_glance(conn->login));
    }
    return conn->fault.code == FAULT_NONE ? SANSCSI_OK : SANSCSI_PROTOCOL_ERROR;
}

/* Works through what has landed, until more is needed or the connection is to be closed. */
static int32_t work(sanscsi_session *session, struct connection *conn) {
    while (conn->transport == TRANSPORT_OPEN) {
        enum rx_step step = rx_next(&conn->rx);
        switch (step) {
        case RX_MORE:
            return glance(session, conn);
        case RX_HEADER:
            sanscsi_session_receive_header(session, conn);
            if (rx_awaits_data(&conn->rx) && conn->transport == TRANSPORT_OPEN) {
                return SANSCSI_OK;
            }
            break;
        case RX_PDU:
            sanscsi_session_receive_pdu(session, conn);
            break;
        case RX_BAD_HEADER_DIGEST:
        case RX_BAD_DATA_DIGEST:
            bad_digest(session, conn, step == RX_BAD_HEADER_DIGEST);
            break;
        }
    }
    return conn->fault.code == FAULT_NONE ? SANSCSI_OK : SANSCSI_PROTOCOL_ERROR;
}

int32_t sanscsi_rx_commit(sanscsi_session *session, uint32_t cid, size_t bytes, uint64_t now) {
    struct connection *conn = NULL;
    int32_t status = open_connection(session, cid, &conn);
    if (status != SANSCSI_OK || conn->transport != TRANSPORT_OPEN) {
        return status; /* what comes while the transport is being closed counts no more */
    }
    session->origin.time = now;
    session->origin.cid = cid;
    if (!rx_land(&conn->rx, bytes)) {
        return SANSCSI_TOO_LARGE;
    }
    return work(session, conn);
}

int32_t sanscsi_rx_feed(sanscsi_session *session, uint32_t cid, const void *data, size_t bytes,
                        uint64_t now) {
    if (data == NULL) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    struct connection *conn = NULL;
    int32_t status = open_connection(session, cid, &conn);
    if (status != SANSCSI_OK) {
        return status;
    }
    session->origin.time = now;
    session->origin.cid = cid;
    const uint8_t *at = data;
    while (bytes > 0 && status == SANSCSI_OK && conn->transport == TRANSPORT_OPEN) {
        size_t filled = sanscsi_rx_fill(&conn->rx, at, bytes);
        status = work(session, conn);
        at += filled;
        bytes -= filled;
    }
    return status;
}
