/* An event as one JSON object, the line of an event log. */
#include "base/checked.h"
#include "base/divide.h"
#include "event/catalogue.h"
#include "event/escape.h"
#include "event/render.h"

#define MS_PER_DAY 86400000u

/* The last day whose year has four digits, 9999-12-31, counted from 1970-01-01. */
#define LAST_DAY UINT64_C(2932896)

static bool is_leap_year(uint32_t year) {
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* The date that lies `days` after 1970-01-01. Walks the years: there are 8030 at most. */
static void write_date(struct sink *sink, uint64_t days) {
    static const uint8_t month_days[2][12] = {
        {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31},
        {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31},
    };
    uint32_t year = 1970;
    unsigned month = 0;
    while (days >= (is_leap_year(year) ? 366u : 365u)) {
        days -= is_leap_year(year) ? 366u : 365u;
        year++;
    }
    const uint8_t *lengths = month_days[is_leap_year(year)];
    while (days >= lengths[month]) {
        days -= lengths[month++];
    }
    sanscsi_sink_decimal(sink, year, 4);
    sanscsi_sink_string(sink, "-");
    sanscsi_sink_decimal(sink, month + 1, 2);
    sanscsi_sink_string(sink, "-");
    sanscsi_sink_decimal(sink, days + 1, 2);
}

/* ISO 8601 in UTC; what lies beyond the year 9999 becomes its last millisecond. */
static void write_time(struct sink *sink, uint64_t unix_time_ms) {
    uint64_t ms = min_u64(unix_time_ms, (LAST_DAY + 1) * MS_PER_DAY - 1);
    uint32_t rest;
    write_date(sink, sanscsi_divide(ms, MS_PER_DAY, &rest));
    sanscsi_sink_string(sink, "T");
    sanscsi_sink_decimal(sink, rest / 3600000, 2);
    sanscsi_sink_string(sink, ":");
    sanscsi_sink_decimal(sink, rest / 60000 % 60, 2);
    sanscsi_sink_string(sink, ":");
    sanscsi_sink_decimal(sink, rest / 1000 % 60, 2);
    sanscsi_sink_string(sink, ".");
    sanscsi_sink_decimal(sink, rest % 1000, 3);
    sanscsi_sink_string(sink, "Z");
}

/* A comma before every element but the first of an array or object. */
static void separate(struct sink *sink, bool *first) {
    if (!*first) {
        sanscsi_sink_string(sink, ",");
    }
    *first = false;
}

/* One of our own texts, which may be NULL, as a JSON string. */
static void write_own(struct sink *sink, const char *text) {
    sanscsi_sink_string(sink, "\"");
    sink->quoting = true;
    sanscsi_sink_string(sink, text);
    sink->quoting = false;
    sanscsi_sink_string(sink, "\"");
}

static void write_peer(struct sink *sink, const uint8_t *text, size_t length) {
    sanscsi_sink_string(sink, "\"");
    sanscsi_write_escaped_json(sink, span_of(text, text == NULL ? 0 : length));
    sanscsi_sink_string(sink, "\"");
}

static void write_head(struct sink *sink, const sanscsi_event *event, uint64_t unix_time_ms) {
    const char *name = sanscsi_event_name(event->id);
    sanscsi_sink_string(sink, "{\"event\":");
    sanscsi_sink_decimal(sink, event->id, 1);
    sanscsi_sink_string(sink, ",\"name\":");
    write_own(sink, name == NULL ? "unknown" : name);
    sanscsi_sink_string(sink, ",\"severity\":");
    write_own(sink, sanscsi_severity_name(event->severity));
    sanscsi_sink_string(sink, ",\"time\":\"");
    write_time(sink, unix_time_ms);
    sanscsi_sink_string(sink, "\",\"session\":");
    sanscsi_sink_decimal(sink, event->session, 1);
    sanscsi_sink_string(sink, ",\"cid\":");
    sanscsi_sink_decimal(sink, event->cid, 1);
    sanscsi_sink_string(sink, ",\"target\":");
    write_peer(sink, event->target, event->target_length);
    sanscsi_sink_string(sink, ",\"portal\":");
    write_peer(sink, event->portal, event->portal_length);
}

/* The name of an argument; its place from 1 in builds without texts. */
static void write_arg_name(struct sink *sink, uint32_t id, size_t arg) {
    const char *name = sanscsi_event_arg_name(id, arg);
    if (name != NULL && name[0] != '\0') {
        write_own(sink, name);
        return;
    }
    sanscsi_sink_string(sink, "\"");
    sanscsi_sink_decimal(sink, arg + 1, 1);
    sanscsi_sink_string(sink, "\"");
}

/* Returns whether a string was cut. */
static bool write_args(struct sink *sink, const sanscsi_event *event) {
    size_t count = min_size(event->arg_count, sanscsi_event_arg_count(event->id));
    bool first = true;
    bool truncated = false;
    for (size_t i = 0; i < count; i++) {
        const sanscsi_event_arg *arg = &event->args[i];
        separate(sink, &first);
        write_arg_name(sink, event->id, i);
        sanscsi_sink_string(sink, ":");
        if (arg->type == SANSCSI_ARG_STRING) {
            write_peer(sink, arg->text, arg->text_length);
            truncated = truncated || arg->truncated != 0;
        } else {
            sanscsi_sink_decimal(sink, arg->number, 1);
        }
    }
    return truncated;
}

static void write_causes(struct sink *sink, const sanscsi_event *event) {
    uint32_t count = min_u32(event->cause_count, SANSCSI_EVENT_MAX_CAUSES);
    bool first = true;
    for (uint32_t i = 0; i < count; i++) {
        const char *number = sanscsi_event_cause_number(event->id, event->causes[i]);
        if (number != NULL) {
            separate(sink, &first);
            write_own(sink, number);
        }
    }
}

/* The actions of the causes that fit, in the order of the causes, each once. */
static void write_actions(struct sink *sink, const sanscsi_event *event) {
    const struct event_info *info = sanscsi_event_info(event->id);
    uint32_t count = info == NULL ? 0 : min_u32(event->cause_count, SANSCSI_EVENT_MAX_CAUSES);
    bool written[ACTION_COUNT] = {false};
    bool first = true;
    for (uint32_t i = 0; i < count; i++) {
        if (event->causes[i] >= info->cause_count) {
            continue;
        }
        const uint8_t *a = info->causes[event->causes[i]].actions;
        for (; a != NULL && *a != ACTION_END; a++) {
            if (!written[*a]) {
                written[*a] = true;
                separate(sink, &first);
                write_own(sink, sanscsi_event_action_text(*a));
            }
        }
    }
}

static void write_object(struct sink *sink, const sanscsi_event *event, uint64_t unix_time_ms) {
    write_head(sink, event, unix_time_ms);
    sanscsi_sink_string(sink, ",\"args\":{");
    bool truncated = write_args(sink, event);
    sanscsi_sink_string(sink, "},\"causes\":[");
    write_causes(sink, event);
    sanscsi_sink_string(sink, "],\"actions\":[");
    write_actions(sink, event);
    sanscsi_sink_string(sink, "],\"message\":\"");
    sink->quoting = true;
    sanscsi_write_message(sink, event);
    sink->quoting = false;
    sanscsi_sink_string(sink, truncated ? "\",\"truncated\":true}" : "\"}");
}

size_t sanscsi_event_json(const sanscsi_event *event, uint64_t unix_time_ms, char *buffer,
                          size_t size) {
    struct sink sink;
    sanscsi_sink_init(&sink, buffer, size);
    if (event != NULL) {
        write_object(&sink, event, unix_time_ms);
    }
    if (sink.full) {
        sink.used = 0; /* half an object is no use to anyone */
    }
    return sanscsi_sink_finish(&sink);
}
