/* Makes records of events. */
#include "event/record.h"

#include <iscsi/status.h>

void sanscsi_event_begin(sanscsi_event *event, const struct event_info *info,
                         const struct event_origin *origin) {
    memset(event, 0, sizeof(*event));
    event->size = (uint32_t)sizeof(*event);
    event->id = info->id;
    event->severity = info->severity;
    event->cid = origin->cid;
    event->session = origin->session;
    event->time = origin->time;
    event->target = origin->target.data;
    event->target_length = origin->target.size;
    event->portal = origin->portal.data;
    event->portal_length = origin->portal.size;
    event->arg_count = info->arg_count;
}

static bool args_fit(const struct event_info *info, const sanscsi_event_arg *args,
                     size_t arg_count) {
    if (arg_count != info->arg_count || (arg_count > 0 && args == NULL)) {
        return false;
    }
    for (size_t i = 0; i < arg_count; i++) {
        bool no_text = args[i].text == NULL && args[i].text_length > 0;
        if (args[i].type != info->args[i].type || (args[i].type == SANSCSI_ARG_STRING && no_text)) {
            return false;
        }
    }
    return true;
}

int32_t sanscsi_event_explain(uint32_t id, const sanscsi_event_arg *args, size_t arg_count,
                              sanscsi_event *event) {
    const struct event_origin nowhere = {0};
    const struct event_info *info = sanscsi_event_info(id);
    struct event_value values[SANSCSI_EVENT_MAX_ARGS];
    if (info == NULL) {
        return SANSCSI_UNKNOWN_EVENT;
    }
    if (event == NULL || !args_fit(info, args, arg_count)) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    memset(values, 0, sizeof(values));
    for (size_t i = 0; i < arg_count; i++) {
        values[i].number = args[i].number;
        if (args[i].type == SANSCSI_ARG_STRING) {
            values[i].text = span_of(args[i].text, args[i].text_length);
            values[i].cut = args[i].truncated != 0;
        }
    }
    sanscsi_event_begin(event, info, &nowhere);
    event->cause_count = sanscsi_event_choose_causes(id, EVENT_FACT_UNKNOWN, values, event->causes);
    if (arg_count > 0) {
        memcpy(event->args, args, arg_count * sizeof(*args));
    }
    return SANSCSI_OK;
}

int32_t sanscsi_event_of_status(int32_t status, sanscsi_event *event) {
    static const struct {
        int32_t status;
        uint32_t event;
        uint32_t reason; /* its argument; 0: it has none */
    } known[] = {
        {SANSCSI_TOO_MANY_SESSIONS, SANSCSI_EVENT_TOO_MANY_SESSIONS, 0},
        {SANSCSI_WEAK_SECRET, SANSCSI_EVENT_CHAP_SECRET_REFUSED, 1},
        {SANSCSI_SHARED_SECRET, SANSCSI_EVENT_CHAP_SECRET_REFUSED, 2},
    };
    for (size_t i = 0; i < COUNT_OF(known); i++) {
        if (known[i].status == status) {
            const sanscsi_event_arg reason = {.type = SANSCSI_ARG_INT, .number = known[i].reason};
            return sanscsi_event_explain(known[i].event, &reason, known[i].reason != 0, event);
        }
    }
    return event == NULL ? SANSCSI_INVALID_ARGUMENT : SANSCSI_UNKNOWN_EVENT;
}
