/* SendTargets: one text exchange over any number of responses, then its records (RFC 7143 11.10,
 * 11.11, appendix C). */
#include "initiator/session.h"

#include <iscsi/name.h>

#include "base/checked.h"
#include "text/pairs.h"
#include "text/send_targets.h"

int32_t sanscsi_send_targets(sanscsi_session *session, uint64_t user, uint64_t now,
                             sanscsi_task *handle) {
    if (session == NULL) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    if (session->settings.type != SANSCSI_SESSION_DISCOVERY) {
        return SANSCSI_WRONG_SESSION_TYPE;
    }
    int32_t status = sanscsi_session_may_submit(session);
    if (status != SANSCSI_OK) {
        return status;
    }
    if (session->text.slot != SLOT_NONE) {
        return SANSCSI_ALREADY_STARTED;
    }
    session->origin.time = now;
    uint32_t slot =
        sanscsi_session_queue_task(session, SANSCSI_TASK_SEND_TARGETS, user, 0, now, handle);
    if (slot == SLOT_NONE) {
        return SANSCSI_NO_FREE_TASK;
    }
    session->text.slot = slot;
    session->text.request_due = false;
    session->text.whole = false;
    session->text.end_status = SANSCSI_IO_OK;
    session->text.target_transfer_tag = TAG_RESERVED;
    session->text.lun = 0;
    return SANSCSI_OK;
}

static void queue_request(sanscsi_session *session, struct connection *conn, bool first) {
    struct text_request request = {
        .final = true,
        .lun = session->text.lun,
        .itt = task_tag(&session->table, session->text.slot),
        .target_transfer_tag = session->text.target_transfer_tag,
        .cmd_sn = session->window.cmd_sn,
        .exp_stat_sn = conn->exp_stat_sn,
    };
    session->window.cmd_sn++;
    struct tx_slot *pdu = tx_begin(&conn->tx, BHS_SIZE);
    sanscsi_text_request_encode(&request, pdu->header);
    struct builder text;
    sanscsi_builder_init(&text, session->text.request, sizeof(session->text.request));
    if (first) { /* a continuation is empty: it only asks for more */
        sanscsi_pair_put(&text, "SendTargets", SPAN_LITERAL("All"));
    }
    sanscsi_tx_queue_buffer(&conn->tx, session->text.request, (uint32_t)text.size);
}

void sanscsi_session_make_text(sanscsi_session *session, struct connection *conn) {
    count_one(&session->counters, COUNTER_SEND_TARGETS);
    queue_request(session, conn, true);
}

bool sanscsi_session_make_more_text(sanscsi_session *session, struct connection *conn) {
    if (!session->text.request_due || !window_open(&session->window)) {
        return false;
    }
    session->text.request_due = false;
    queue_request(session, conn, false);
    return true;
}

void sanscsi_session_text_header(sanscsi_session *session, struct connection *conn) {
    struct text_response response;
    sanscsi_text_response_decode(&response, conn->rx.bhs);
    uint32_t slot =
        sanscsi_session_find_task(session, conn, response.itt, SANSCSI_TASK_SEND_TARGETS);
    if (slot == SLOT_NONE) {
        return;
    }
    if (session->text.whole || session->text.request_due) {
        /* Nobody asked for it; and the records that wait to be polled must not move. */
        sanscsi_session_break(session, conn, FAULT_TASK_TAG, response.itt);
        return;
    }
    if (response.data_segment_length == 0) {
        return;
    }
    struct growing *text = &session->text.text;
    int32_t status = sanscsi_growing_reserve(text, session->allocator, response.data_segment_length,
                                             session->settings.max_discovery_text);
    if (status == SANSCSI_NO_MEMORY) {
        struct event_value size = EVENT_NUMBER(text->size + response.data_segment_length);
        sanscsi_session_raise(session, SANSCSI_EVENT_SEND_TARGETS_NO_MEMORY, 0, &size);
        sanscsi_conn_set_fault(conn, FAULT_TEXT_NO_MEMORY, response.data_segment_length);
        sanscsi_session_drop(session, conn, CONN_TRANSPORT_LOST, SANSCSI_IO_CONNECTION_OFFLINE);
        return;
    }
    if (status != SANSCSI_OK) {
        sanscsi_session_break(session, conn, FAULT_TEXT_LIMIT, response.data_segment_length);
        return;
    }
    sanscsi_rx_accept(&conn->rx, text->data + text->size, response.data_segment_length);
}

static enum fault_code judge_response(const struct text_response *response) {
    if (response->final && response->more) {
        return FAULT_TEXT_CONTINUE;
    }
    bool tagged = response->target_transfer_tag != TAG_RESERVED;
    return !response->final && !tagged ? FAULT_TEXT_TAG : FAULT_NONE;
}

/* Raises what is wrong with one record; whether the next may be read. A name that is not legal
 * costs its own record only, whatever else is wrong with that. */
static bool judge_record(sanscsi_session *session, enum targets_result result,
                         const struct target_record *record) {
    struct event_value name = EVENT_TEXT(record->name);
    struct event_value offender = EVENT_TEXT(record->offender);
    if (record->name_bad) {
        sanscsi_session_raise(session, SANSCSI_EVENT_ISCSI_NAME_INVALID, 0, &name);
    }
    switch (result) {
    case TARGETS_RECORD:
        return true;
    case TARGETS_END:
    case TARGETS_TOO_MANY:
        return false;
    case TARGETS_BAD_ADDRESS:
        sanscsi_session_raise(session, SANSCSI_EVENT_SEND_TARGETS_ADDRESS_INVALID, 0, &offender);
        return false;
    case TARGETS_BAD_OPENING_KEY:
    case TARGETS_BAD_KEY:
        break;
    }
    sanscsi_session_raise(session, SANSCSI_EVENT_SEND_TARGETS_KEY_INVALID,
                          result == TARGETS_BAD_OPENING_KEY ? EVENT_FACT_OPENS_RECORD : 0,
                          &offender);
    return false;
}

/* Raises what is wrong with the records; TARGETS_END when discovery at this portal goes well. */
static enum targets_result judge_records(sanscsi_session *session) {
    struct reader records;
    struct target_record record;
    enum targets_result result;
    sanscsi_reader_init(&records, session->text.text.data, session->text.text.size);
    do {
        result = sanscsi_targets_next(&records, &record);
    } while (judge_record(session, result, &record));
    return result;
}

/* The answer is whole: its records are polled first, then the task is done. */
static void finish(sanscsi_session *session, struct connection *conn) {
    sanscsi_timers_disarm(&session->timers, session->text.slot);
    enum targets_result result = judge_records(session);
    if (result == TARGETS_TOO_MANY) {
        sanscsi_session_break(session, conn, FAULT_TEXT_LIMIT, TARGETS_MAX_ADDRESSES);
        return;
    }
    if (result != TARGETS_END) {
        sanscsi_session_end_text(session, SANSCSI_IO_TARGET_FAILURE);
        return;
    }
    sanscsi_reader_init(&session->text.records, session->text.text.data, session->text.text.size);
    session->text.whole = true;
    sanscsi_outputs_push(&session->outputs, SANSCSI_OUTPUT_TARGET, conn->cid);
}

void sanscsi_session_text_response(sanscsi_session *session, struct connection *conn) {
    struct text_response response;
    sanscsi_text_response_decode(&response, conn->rx.bhs);
    if (!session_take_stat_sn(session, conn, response.stat_sn)) {
        return;
    }
    enum fault_code fault = judge_response(&response);
    if (fault != FAULT_NONE) {
        sanscsi_session_break(session, conn, fault, response.target_transfer_tag);
        return;
    }
    window_update(&session->window, response.exp_cmd_sn, response.max_cmd_sn);
    session->text.text.size += response.data_segment_length;
    if (response.final) {
        finish(session, conn);
        return;
    }
    session->text.lun = response.lun;
    session->text.target_transfer_tag = response.target_transfer_tag;
    session->text.request_due = true;
}

void sanscsi_session_end_text(sanscsi_session *session, uint32_t io_status) {
    uint32_t slot = session->text.slot;
    if (slot == SLOT_NONE) {
        return;
    }
    session->text.slot = SLOT_NONE;
    session->text.request_due = false;
    if (io_status != SANSCSI_IO_OK) {
        count_one(&session->counters, COUNTER_SEND_TARGETS_FAILED);
    }
    sanscsi_growing_release(&session->text.text, session->allocator);
    sanscsi_session_end_task(session, slot, io_status);
}

bool sanscsi_session_next_target(sanscsi_session *session, sanscsi_target *target) {
    struct target_record record;
    do {
        if (sanscsi_targets_next(&session->text.records, &record) != TARGETS_RECORD) {
            return false;
        }
    } while (record.name_bad);
    target->size = sizeof(*target);
    target->portal_count = record.count;
    target->name = record.name.data;
    target->name_length = record.name.size;
    target->addresses = record.addresses.data;
    target->addresses_length = record.addresses.size;
    count_one(&session->counters, COUNTER_TARGETS);
    return true;
}

int32_t sanscsi_target_portal(const sanscsi_target *target, uint32_t index,
                              sanscsi_portal *portal) {
    if (target == NULL || portal == NULL || portal->size != sizeof(*portal)) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    struct span value;
    if (!sanscsi_targets_address(span_of(target->addresses, target->addresses_length), index,
                                 &value)) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    return sanscsi_portal_parse((const char *)value.data, value.size, portal);
}
