/* The message of an event, for the renderings that contain it. */
#ifndef SANSCSI_EVENT_RENDER_H
#define SANSCSI_EVENT_RENDER_H

#include <iscsi/event.h>

#include "event/sink.h"

void sanscsi_write_message(struct sink *sink, const sanscsi_event *event);

/* The string of an argument; empty where the caller's record has no pointer. */
static inline struct span arg_text(const sanscsi_event_arg *arg) {
    return span_of(arg->text, arg->text == NULL ? 0 : arg->text_length);
}

#endif
