/* Lookups in the catalogue of events. */
#include "event/catalogue.h"

#include <iscsi/status.h>

#include "base/span.h"

/* A text of the catalogue, empty in builds without. */
static const char *words(const char *text) {
    return text == NULL ? "" : text;
}

const struct event_info *sanscsi_event_info(uint32_t id) {
    for (size_t i = 0; i < sanscsi_event_run_count; i++) {
        uint32_t first = sanscsi_event_runs[i]->events[0].id;
        if (id >= first && id - first < sanscsi_event_runs[i]->count) {
            return &sanscsi_event_runs[i]->events[id - first];
        }
    }
    return NULL;
}

static const struct event_arg_info *arg_info(uint32_t id, size_t arg) {
    const struct event_info *info = sanscsi_event_info(id);
    return info != NULL && arg < info->arg_count ? &info->args[arg] : NULL;
}

static const struct event_cause_info *cause_info(uint32_t id, size_t cause) {
    const struct event_info *info = sanscsi_event_info(id);
    return info != NULL && cause < info->cause_count ? &info->causes[cause] : NULL;
}

size_t sanscsi_event_count(void) {
    size_t count = 0;
    for (size_t i = 0; i < sanscsi_event_run_count; i++) {
        count += sanscsi_event_runs[i]->count;
    }
    return count;
}

uint32_t sanscsi_event_id(size_t index) {
    for (size_t i = 0; i < sanscsi_event_run_count; i++) {
        if (index < sanscsi_event_runs[i]->count) {
            return sanscsi_event_runs[i]->events[index].id;
        }
        index -= sanscsi_event_runs[i]->count;
    }
    return 0;
}

uint32_t sanscsi_event_find(const char *name) {
    struct span wanted = span_of_string(name);
    for (size_t i = 0; i < sanscsi_event_count(); i++) {
        uint32_t id = sanscsi_event_id(i);
        if (wanted.size > 0 && span_equal_string(wanted, sanscsi_event_name(id))) {
            return id;
        }
    }
    return 0;
}

const char *sanscsi_event_name(uint32_t id) {
    const struct event_info *info = sanscsi_event_info(id);
    return info == NULL ? NULL : words(info->name);
}

int32_t sanscsi_event_severity(uint32_t id) {
    const struct event_info *info = sanscsi_event_info(id);
    return info == NULL ? SANSCSI_UNKNOWN_EVENT : (int32_t)info->severity;
}

const char *sanscsi_severity_name(uint32_t severity) {
    static const char *const names[] = {
        [SANSCSI_INFORMATION] = "information",
        [SANSCSI_MAJOR_WARNING] = "major-warning",
        [SANSCSI_SERIOUS] = "serious",
        [SANSCSI_CRITICAL] = "critical",
    };
    return severity < COUNT_OF(names) ? names[severity] : "unknown";
}

const char *sanscsi_event_summary(uint32_t id) {
    const struct event_info *info = sanscsi_event_info(id);
    return info == NULL ? NULL : words(info->summary);
}

const char *sanscsi_event_reaction(uint32_t id) {
    const struct event_info *info = sanscsi_event_info(id);
    return info == NULL ? NULL : words(info->reaction);
}

size_t sanscsi_event_arg_count(uint32_t id) {
    const struct event_info *info = sanscsi_event_info(id);
    return info == NULL ? 0 : info->arg_count;
}

const char *sanscsi_event_arg_name(uint32_t id, size_t arg) {
    const struct event_arg_info *info = arg_info(id, arg);
    return info == NULL ? NULL : words(info->name);
}

int32_t sanscsi_event_arg_find(uint32_t id, const char *name) {
    const struct event_info *info = sanscsi_event_info(id);
    if (info == NULL) {
        return SANSCSI_UNKNOWN_EVENT;
    }
    struct span wanted = span_of_string(name);
    for (size_t i = 0; i < info->arg_count; i++) {
        if (wanted.size > 0 && span_equal_string(wanted, info->args[i].name)) {
            return (int32_t)i;
        }
    }
    return SANSCSI_INVALID_ARGUMENT;
}

const char *sanscsi_event_arg_meaning(uint32_t id, size_t arg) {
    const struct event_arg_info *info = arg_info(id, arg);
    return info == NULL ? NULL : words(info->meaning);
}

int32_t sanscsi_event_arg_type(uint32_t id, size_t arg) {
    const struct event_arg_info *info = arg_info(id, arg);
    return info == NULL ? SANSCSI_UNKNOWN_EVENT : (int32_t)info->type;
}

size_t sanscsi_event_cause_count(uint32_t id) {
    const struct event_info *info = sanscsi_event_info(id);
    return info == NULL ? 0 : info->cause_count;
}

const char *sanscsi_event_cause_number(uint32_t id, size_t cause) {
    const struct event_cause_info *info = cause_info(id, cause);
    return info == NULL ? NULL : words(info->number);
}

const char *sanscsi_event_cause_text(uint32_t id, size_t cause) {
    const struct event_cause_info *info = cause_info(id, cause);
    return info == NULL ? NULL : words(info->text);
}

const char *sanscsi_event_cause_condition(uint32_t id, size_t cause) {
    const struct event_cause_info *info = cause_info(id, cause);
    return info == NULL ? NULL : words(info->condition);
}

const char *sanscsi_event_action(uint32_t id, size_t cause, size_t action) {
    const struct event_cause_info *info = cause_info(id, cause);
    if (info == NULL || info->actions == NULL) {
        return NULL;
    }
    for (size_t i = 0; info->actions[i] != ACTION_END; i++) {
        if (i == action) {
            return sanscsi_event_action_text(info->actions[i]);
        }
    }
    return NULL;
}
