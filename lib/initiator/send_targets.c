/* SendTargets: what is asked, the answer over any number of responses, then its records (RFC 7143
 * appendix C). */
#include "initiator/text.h"

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
    return sanscsi_session_submit_text(session, SANSCSI_TASK_SEND_TARGETS, user, 0, now, handle);
}

static void ask(sanscsi_session *session, bool first, struct builder *text) {
    if (first) { /* a continuation is empty: it only asks for more */
        session->found.text.size = 0;
        session->found.whole = false;
        count_one(&session->counters, COUNTER_SEND_TARGETS);
        sanscsi_pair_put(text, "SendTargets", SPAN_LITERAL("All"));
    }
}

static void place(sanscsi_session *session, struct connection *conn, uint32_t length) {
    struct growing *text = &session->found.text;
    int32_t status = sanscsi_growing_reserve(text, session->allocator, length,
                                             session->settings.max_discovery_text);
    if (status == SANSCSI_NO_MEMORY) {
        struct event_value size = EVENT_NUMBER(text->size + length);
        sanscsi_session_raise(session, SANSCSI_EVENT_SEND_TARGETS_NO_MEMORY, 0, &size);
        sanscsi_conn_set_fault(conn, FAULT_TEXT_NO_MEMORY, length);
        sanscsi_session_drop(session, conn, CONN_TRANSPORT_LOST, SANSCSI_IO_CONNECTION_OFFLINE);
        return;
    }
    if (status != SANSCSI_OK) {
        sanscsi_session_break(session, conn, FAULT_TEXT_LIMIT, length);
        return;
    }
    sanscsi_rx_accept(&conn->rx, text->data + text->size, length);
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
    sanscsi_reader_init(&records, session->found.text.data, session->found.text.size);
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
    sanscsi_reader_init(&session->found.records, session->found.text.data,
                        session->found.text.size);
    session->found.whole = true;
    sanscsi_outputs_push(&session->outputs, SANSCSI_OUTPUT_TARGET, conn->cid);
}

static void take(sanscsi_session *session, struct connection *conn,
                 const struct text_response *response) {
    session->found.text.size += response->data_segment_length;
    if (response->final) {
        finish(session, conn);
    }
}

static void end(sanscsi_session *session, uint32_t io_status) {
    if (io_status != SANSCSI_IO_OK) {
        count_one(&session->counters, COUNTER_SEND_TARGETS_FAILED);
    }
    session->found.whole = false;
    sanscsi_growing_release(&session->found.text, session->allocator);
}

const struct text_user sanscsi_text_send_targets = {ask, place, take, end};

bool sanscsi_session_next_target(sanscsi_session *session, sanscsi_target *target) {
    struct target_record record;
    do {
        if (sanscsi_targets_next(&session->found.records, &record) != TARGETS_RECORD) {
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
