/* Sequences of Data-In, where what was agreed on or is tolerated makes them worth watching
 * (RFC 7143 13.13, 13.18, 13.19). */
#include "initiator/session.h"

#include "session/transfer.h"
#include "wire/target_fields.h"

void sanscsi_session_begin_sequences(sanscsi_session *session, const struct task *reader) {
    if (reader != NULL && session->disorder != NULL) {
        disorder_begin(session_disorder(session, reader));
    }
}

bool sanscsi_session_data_in_whole(const sanscsi_session *session, const struct task *reader) {
    const struct disorder *disorder = session_disorder(session, reader);
    return disorder == NULL || disorder_covers(disorder, reader->received);
}

enum fault_code sanscsi_session_judge_sequence(const sanscsi_session *session,
                                               const struct task *reader, uint32_t offset,
                                               uint32_t size) {
    const sanscsi_parameters *agreed = &session->parameters;
    const struct disorder *disorder = session_disorder(session, reader);
    struct transfer_order order = {
        .max_burst = agreed->max_burst_length,
        .long_sequences = tolerates(session, SANSCSI_TOLERATE_LONG_SEQUENCE),
        .pdus = agreed->data_pdu_in_order != 0,
        .sequences = agreed->data_sequence_in_order != 0,
    };
    struct transfer_read read = {
        .length = reader->length,
        .received = reader->received,
        .sequence = reader->sequence,
        .next = disorder == NULL ? 0 : disorder->next,
    };
    INVARIANT(disorder != NULL || (order.pdus && order.sequences));
    return transfer_judge_sequence(&order, &read, offset, size);
}

bool sanscsi_session_step_sequence(sanscsi_session *session, struct connection *conn,
                                   struct task *reader) {
    const uint8_t *bhs = conn->rx.bhs;
    struct disorder *disorder = session_disorder(session, reader);
    reader->sequence += conn->rx.data_length;
    if (disorder != NULL && conn->rx.data_length > 0) {
        disorder_add(disorder, field_buffer_offset(bhs), conn->rx.data_length);
    }
    if (!field_flag(bhs, FLAG_FINAL)) {
        return true;
    }
    reader->sequence = 0;
    if (disorder != NULL && session->parameters.data_sequence_in_order != 0 &&
        !disorder_covers(disorder, reader->received)) {
        sanscsi_session_break(session, conn, FAULT_DATA_OFFSET, field_buffer_offset(bhs));
        return false;
    }
    return true;
}
