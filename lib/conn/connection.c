/* One connection of a session: what its other rooms share. */
#include "conn/connection.h"

#include "base/invariant.h"
#include "wire/pdu.h"

#define LOGIN_MAX_SEGMENT 8192u /* MaxRecvDataSegmentLength in login, RFC 7143 6.3 */

void sanscsi_conn_init(struct connection *conn, uint16_t cid) {
    conn->cid = cid;
    conn->state = CONN_FREE;
    conn->transport = TRANSPORT_NONE;
    conn->fault.code = FAULT_NONE;
    conn->login = NULL;
    conn->spent_login = NULL;
}

void sanscsi_conn_open(struct connection *conn) {
    conn->exp_stat_sn = 0;
    conn->max_recv_segment = LOGIN_MAX_SEGMENT;
    conn->max_send_segment = LOGIN_MAX_SEGMENT;
    conn->fault = (struct fault){FAULT_NONE, 0, 0};
    sanscsi_rx_init(&conn->rx, conn->rx.crc32c, conn->rx.crc32c_context);
    sanscsi_tx_reset(&conn->tx);
}

void sanscsi_conn_move(struct connection *conn, enum conn_event event) {
    enum conn_state next = CONN_FREE;
    bool known = sanscsi_conn_transition((enum conn_state)conn->state, event, &next);
    INVARIANT(known);
    (void)known;
    conn->state = (uint8_t)next;
}

void sanscsi_conn_set_fault(struct connection *conn, enum fault_code code, uint32_t value) {
    if (conn->fault.code == FAULT_NONE) {
        conn->fault.code = code;
        uint8_t awaited = sanscsi_fault_awaited(code);
        conn->fault.opcode = awaited != 0 ? awaited : conn->rx.bhs[0] & OPCODE_MASK;
        conn->fault.value = value;
    }
}
