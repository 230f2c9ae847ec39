/* An event's message: its sentence with the arguments, their codes in words, and where it was. */
#include "base/checked.h"
#include "event/catalogue.h"
#include "event/escape.h"
#include "event/render.h"

/* The words for a number. A Status-Detail means something only within its Status-Class, which is
 * the argument before it or, in the events of redirection, class 1. */
static const char *gloss_of(const struct event_info *info, const sanscsi_event *event, size_t arg) {
    uint64_t number = event->args[arg].number;
    if (info->args[arg].gloss == GLOSS_LOGIN_STATUS) {
        uint64_t status_class = arg > 0 ? event->args[arg - 1].number : 1;
        if (status_class > 0xff || number > 0xff) {
            return NULL;
        }
        number |= status_class << 8;
    }
    return sanscsi_gloss(info->args[arg].gloss, number);
}

static void write_quoted(struct sink *sink, struct span text) {
    sanscsi_sink_string(sink, "\"");
    sanscsi_write_escaped(sink, text, true);
    sanscsi_sink_string(sink, "\"");
}

static void write_arg(struct sink *sink, const struct event_info *info, const sanscsi_event *event,
                      size_t index) {
    const sanscsi_event_arg *arg = &event->args[index];
    if (info->args[index].name != NULL) {
        sanscsi_sink_string(sink, info->args[index].name);
        sanscsi_sink_string(sink, "=");
    }
    if (arg->type == SANSCSI_ARG_STRING) {
        write_quoted(sink, arg_text(arg));
        sanscsi_sink_string(sink, arg->truncated != 0 ? " (cut)" : "");
        return;
    }
    if (arg->type == SANSCSI_ARG_HEX) {
        sanscsi_sink_hex(sink, arg->number);
    } else {
        sanscsi_sink_decimal(sink, arg->number, 1);
    }
    const char *words = gloss_of(info, event, index);
    if (words != NULL) {
        sanscsi_sink_string(sink, " (");
        sanscsi_sink_string(sink, words);
        sanscsi_sink_string(sink, ")");
    }
}

/* Where it happened, as far as the record knows. */
static void write_place(struct sink *sink, const sanscsi_event *event) {
    bool target = event->target != NULL && event->target_length > 0;
    bool portal = event->portal != NULL && event->portal_length > 0;
    if (!target && !portal) {
        return;
    }
    sanscsi_sink_string(sink, " [");
    if (target) {
        sanscsi_sink_string(sink, "target ");
        write_quoted(sink, span_of(event->target, event->target_length));
    }
    if (portal) {
        sanscsi_sink_string(sink, target ? " at " : "portal ");
        write_quoted(sink, span_of(event->portal, event->portal_length));
    }
    sanscsi_sink_string(sink, "]");
}

/* The sentence of the catalogue with the arguments in their places. */
static void write_sentence(struct sink *sink, const struct event_info *info,
                           const sanscsi_event *event) {
    struct span message = span_of_string(info->message);
    uint32_t arg_count = min_u32(event->arg_count, info->arg_count);
    uint32_t arg = 0;
    for (size_t i = 0; i < message.size; i++) {
        if (message.data[i] != '%') {
            sanscsi_sink_unit(sink, span_of(&message.data[i], 1));
        } else if (arg < arg_count) {
            write_arg(sink, info, event, arg++);
        }
    }
}

/* Without texts: the event's number and its arguments. */
static void write_wordless(struct sink *sink, const struct event_info *info,
                           const sanscsi_event *event) {
    sanscsi_sink_string(sink, "Event ");
    sanscsi_sink_decimal(sink, event->id, 1);
    for (uint32_t arg = 0; arg < min_u32(event->arg_count, info->arg_count); arg++) {
        sanscsi_sink_string(sink, arg == 0 ? ": " : ", ");
        write_arg(sink, info, event, arg);
    }
    sanscsi_sink_string(sink, ".");
}

void sanscsi_write_message(struct sink *sink, const sanscsi_event *event) {
    const struct event_info *info = sanscsi_event_info(event->id);
    if (info == NULL) {
        sanscsi_sink_string(sink, "There is no event with number ");
        sanscsi_sink_decimal(sink, event->id, 1);
        sanscsi_sink_string(sink, ".");
        return;
    }
    if (info->message == NULL) {
        write_wordless(sink, info, event);
    } else {
        write_sentence(sink, info, event);
    }
    write_place(sink, event);
}

size_t sanscsi_event_message(const sanscsi_event *event, char *buffer, size_t size) {
    struct sink sink;
    sanscsi_sink_init(&sink, buffer, size);
    if (event != NULL) {
        sanscsi_write_message(&sink, event);
    }
    return sanscsi_sink_finish(&sink);
}
