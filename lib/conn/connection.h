/* One connection of a session: its two streams, status numbering, state, and what ended it. */
#ifndef SANSCSI_CONN_CONNECTION_H
#define SANSCSI_CONN_CONNECTION_H

#include "conn/fault.h"
#include "conn/rx.h"
#include "conn/transition.h"
#include "conn/tx.h"
#include "wire/pdu.h"

/* Bytes kept of data segments that go to nobody's buffer: SenseLength and the longest sense data
 * (SPC-4 4.5) of a SCSI Response or Asynchronous Message, the header that a Reject returns. */
#define CONN_SEGMENT_SIZE 256u

/* What the caller has of the connection. */
enum conn_transport {
    TRANSPORT_NONE,
    TRANSPORT_WANTED, /* CONNECT was handed out */
    TRANSPORT_OPEN,
    TRANSPORT_CLOSING /* CLOSE was handed out: nothing moves until it is reported closed */
};

struct connection {
    uint16_t cid;
    uint8_t state;     /* enum conn_state */
    uint8_t transport; /* enum conn_transport */
    uint64_t sent_at;  /* when the transport last took bytes, or 0 */
    uint32_t exp_stat_sn;
    uint32_t max_recv_segment; /* bytes of a data segment we take (RFC 7143 13.12) */
    uint32_t max_send_segment; /* bytes of a data segment the peer takes */
    struct fault fault;
    struct login *login;       /* in the login phase, else NULL */
    struct login *spent_login; /* over, but a window of the transport may still show its memory */
    struct rx rx;
    struct tx tx;
    uint32_t data_in_slot;              /* task of the Data-In in work, from its header on */
    uint8_t segment[CONN_SEGMENT_SIZE]; /* of the PDU in work */
};

void sanscsi_conn_init(struct connection *conn, uint16_t cid);

/* A new transport is there: streams, numbering and fault begin anew. */
void sanscsi_conn_open(struct connection *conn);

/* Moves through the table; a move it does not know is an error of ours. */
void sanscsi_conn_move(struct connection *conn, enum conn_event event);

/* Keeps the first fault. */
void sanscsi_conn_set_fault(struct connection *conn, enum fault_code code, uint32_t value);

/* Checks a StatSN that counts and steps over it (RFC 7143 4.2.2.2); false when it is not next. */
static inline bool conn_take_stat_sn(struct connection *conn, uint32_t stat_sn) {
    if (stat_sn != conn->exp_stat_sn) {
        sanscsi_conn_set_fault(conn, FAULT_STAT_SN, stat_sn);
        return false;
    }
    conn->exp_stat_sn++;
    return true;
}

#endif
