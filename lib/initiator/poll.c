/* What a session has to tell: events first, then everything else in order. */
#include "initiator/session.h"

/* What few results have. */
static void tell_extras(const struct task_table *table, struct task *task,
                        sanscsi_task_result *result) {
    const struct task *reader = task_reader(table, task);
    bool both = reader != NULL && reader != task;
    result->data_in = reader != NULL ? reader->received : 0;
    result->read_underflow = both ? reader->underflow : 0;
    result->read_overflow = both ? reader->overflow : 0;
    result->status_qualifier = task->status_qualifier;
    result->response_data_length = task->response_kept;
    result->response_data_total = (task->flags & TASK_RESPONSE_DATA) != 0 ? task->response_data : 0;
}

static void tell_task(sanscsi_session *session, uint32_t slot) {
    struct task *task = &session->table.tasks[slot];
    sanscsi_task_result *result = &session->shown.result;
    result->size = sizeof(*result);
    result->kind = task->kind;
    result->task = slots_handle(&session->table.slots, slot);
    result->user = task->user;
    result->scsi_status = task->scsi_status;
    result->io_status = task->io_status;
    result->response = task->response;
    result->underflow = task->underflow;
    result->overflow = task->overflow;
    result->sense_length = task->sense_total > 0 ? task->sense_size : 0;
    result->sense_total = task->sense_total;
    result->sense_key = task->sense_key;
    result->sense_code = task->sense_code;
    bool answered = task->kind == SANSCSI_TASK_MANAGEMENT && task->io_status == SANSCSI_IO_OK;
    result->additional_response = answered ? task->additional_response : 0;
    tell_extras(&session->table, task, result);
    task_give_submitted(&session->table, slot);
}

/* One record of a SendTargets answer; behind the last one the task itself ends, before anything
 * that has happened since the answer, as LOGGED_OUT. */
static bool tell_target(sanscsi_session *session) {
    if (sanscsi_session_next_target(session, &session->shown.target)) {
        return true;
    }
    outputs_drop_first(&session->outputs);
    session->found.whole = false;
    uint32_t before = session->outputs.count;
    sanscsi_session_end_text(session, SANSCSI_IO_OK);
    if (session->outputs.count > before) { /* else its request is still on its way */
        outputs_advance_last(&session->outputs);
    }
    return false;
}

/* The oldest message; behind the last one its place in the ring is free. */
static void tell_async(sanscsi_session *session) {
    session->shown.async = session->asyncs[0];
    session->async_count--;
    memmove(&session->asyncs[0], &session->asyncs[1],
            session->async_count * sizeof(session->asyncs[0]));
    if (session->async_count == 0) {
        outputs_drop_first(&session->outputs);
    }
}

static void tell_secret(sanscsi_session *session, uint32_t cid, sanscsi_output *output) {
    struct auth_question question;
    sanscsi_login_question(session->connections[cid].login, &question);
    output->cid = cid;
    output->secret = question.which;
    /* A copy: the exchange goes with the login, which may end before the next poll. */
    memcpy(session->shown.chap_name, question.name.data, question.name.size);
    output->chap_name = session->shown.chap_name;
    output->chap_name_length = question.name.size;
}

/* What the last output pointed to is not looked at any more. */
static void give_back(sanscsi_session *session) {
    sanscsi_growing_release(&session->shown_answers, session->allocator);
    if (session->routes != NULL && !event_queue_waiting(&session->events)) {
        sanscsi_session_sweep_routes(session);
    }
}

static void count_event(sanscsi_session *session) {
    const sanscsi_event *event = &session->shown.event;
    count_one(&session->counters, COUNTER_EVENTS);
    if (event->id == SANSCSI_EVENT_EVENTS_DROPPED) {
        session->counters.value[COUNTER_EVENTS_DROPPED] += event->args[0].number;
    }
}

/* Tells one entry of the ring; false when it turns out to say nothing. */
static bool tell(sanscsi_session *session, struct output_entry entry, sanscsi_output *output) {
    if (entry.type == SANSCSI_OUTPUT_TARGET) {
        output->target = &session->shown.target;
        return tell_target(session);
    }
    if (entry.type == SANSCSI_OUTPUT_ASYNC) {
        tell_async(session);
        output->async = &session->shown.async;
        output->cid = entry.index;
        return true;
    }
    outputs_drop_first(&session->outputs);
    switch (entry.type) {
    case SANSCSI_OUTPUT_TASK_DONE:
        tell_task(session, entry.index);
        output->result = &session->shown.result;
        break;
    case SANSCSI_OUTPUT_CONNECT:
        output->host = session->route->host;
        output->host_length = session->route->host_length;
        output->port = session->route->port;
        output->cid = entry.index;
        break;
    case SANSCSI_OUTPUT_SECRET:
        tell_secret(session, entry.index, output);
        break;
    case SANSCSI_OUTPUT_LOGGED_IN:
        session->shown_answers = session->answers;
        session->answers = (struct growing){0};
        output->answers = (const char *)session->shown_answers.data;
        output->answers_length = session->shown_answers.size;
        output->cid = entry.index;
        break;
    default:
        output->cid = entry.index;
        break;
    }
    return true;
}

static inline void clear_output(sanscsi_output *output) {
    enum { HALF = sizeof(*output) / 2 }; /* small enough to be zeroed without a call or a loop */
    memset(output, 0, HALF);
    memset((uint8_t *)output + HALF, 0, sizeof(*output) - HALF);
    output->size = sizeof(*output);
}

int32_t sanscsi_poll(sanscsi_session *session, sanscsi_output *output) {
    if (session == NULL || output == NULL || output->size != sizeof(*output)) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    clear_output(output);
    give_back(session);
    if (event_queue_waiting(&session->events) &&
        sanscsi_event_queue_take(&session->events, &session->shown.event)) {
        output->type = SANSCSI_OUTPUT_EVENT;
        output->cid = session->shown.event.cid;
        output->event = &session->shown.event;
        count_event(session);
        return SANSCSI_OK;
    }
    while (session->outputs.count > 0) {
        struct output_entry entry = outputs_first(&session->outputs);
        if (tell(session, entry, output)) {
            output->type = entry.type;
            return SANSCSI_OK;
        }
        output->target = NULL;
    }
    return SANSCSI_OK;
}
