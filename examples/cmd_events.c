/* events and explain: the catalogue of diagnostic events, without any session. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "events.h"
#include "json.h"
#include "values.h"

/* An event by its number or name; 0 after a usage error that has been told. */
static uint32_t find_event(const char *text) {
    uint64_t number = 0;
    uint32_t id = sanscsi_event_find(text);
    if (id == 0 && parse_number(text, UINT32_MAX, &number) == 0 &&
        sanscsi_event_name((uint32_t)number) != NULL) {
        id = (uint32_t)number;
    }
    if (id == 0) {
        usage_error("there is no event '%s': see 'sanscsi events'", text);
    }
    return id;
}

static const char *severity_of(uint32_t id) {
    return sanscsi_severity_name((uint32_t)sanscsi_event_severity(id));
}

static const char *type_name(int32_t type) {
    return type == SANSCSI_ARG_INT ? "int" : type == SANSCSI_ARG_HEX ? "hex" : "string";
}

static void print_head_json(struct json *json, uint32_t id) {
    json_number(json, "event", id);
    json_text(json, "name", sanscsi_event_name(id));
    json_text(json, "severity", severity_of(id));
    json_text(json, "summary", sanscsi_event_summary(id));
}

static void print_catalogue(uint32_t as_json) {
    struct json json;
    json_start(&json, stdout);
    if (as_json) {
        json_open(&json, NULL, '[');
    }
    for (size_t i = 0; i < sanscsi_event_count(); i++) {
        uint32_t id = sanscsi_event_id(i);
        if (as_json) {
            json_open(&json, NULL, '{');
            print_head_json(&json, id);
            json_close(&json, '}');
        } else {
            printf("%u %s %s %s\n", (unsigned)id, sanscsi_event_name(id), severity_of(id),
                   sanscsi_event_summary(id));
        }
    }
    if (as_json) {
        json_close(&json, ']');
    }
}

static void print_event_json(uint32_t id) {
    struct json json;
    const char *action = NULL;
    json_start(&json, stdout);
    json_open(&json, NULL, '{');
    print_head_json(&json, id);
    json_text(&json, "reaction", sanscsi_event_reaction(id));
    json_open(&json, "args", '[');
    for (size_t i = 0; i < sanscsi_event_arg_count(id); i++) {
        json_open(&json, NULL, '{');
        json_text(&json, "name", sanscsi_event_arg_name(id, i));
        json_text(&json, "type", type_name(sanscsi_event_arg_type(id, i)));
        json_text(&json, "meaning", sanscsi_event_arg_meaning(id, i));
        json_close(&json, '}');
    }
    json_close(&json, ']');
    json_open(&json, "causes", '[');
    for (size_t i = 0; i < sanscsi_event_cause_count(id); i++) {
        json_open(&json, NULL, '{');
        json_text(&json, "cause", sanscsi_event_cause_number(id, i));
        json_text(&json, "text", sanscsi_event_cause_text(id, i));
        json_text(&json, "condition", sanscsi_event_cause_condition(id, i));
        json_open(&json, "actions", '[');
        for (size_t j = 0; (action = sanscsi_event_action(id, i, j)) != NULL; j++) {
            json_text(&json, NULL, action);
        }
        json_close(&json, ']');
        json_close(&json, '}');
    }
    json_close(&json, ']');
    json_close(&json, '}');
}

static void print_event(uint32_t id) {
    const char *action = NULL;
    printf("%u %s %s\n%s\n\nreaction: %s\n", (unsigned)id, sanscsi_event_name(id), severity_of(id),
           sanscsi_event_summary(id), sanscsi_event_reaction(id));
    for (size_t i = 0; i < sanscsi_event_arg_count(id); i++) {
        printf("%s    %s (%s): %s\n", i == 0 ? "\narguments:\n" : "", sanscsi_event_arg_name(id, i),
               type_name(sanscsi_event_arg_type(id, i)), sanscsi_event_arg_meaning(id, i));
    }
    for (size_t i = 0; i < sanscsi_event_cause_count(id); i++) {
        const char *condition = sanscsi_event_cause_condition(id, i);
        printf("\ncause %s: %s\n", sanscsi_event_cause_number(id, i),
               sanscsi_event_cause_text(id, i));
        if (condition[0] != '\0') {
            printf("    when: %s\n", condition);
        }
        for (size_t j = 0; (action = sanscsi_event_action(id, i, j)) != NULL; j++) {
            printf("    %zu. %s\n", j + 1, action);
        }
    }
}

int command_events(const struct options *options) {
    if (options->argument_count == 0) {
        print_catalogue(options->json);
        return EXIT_DONE;
    }
    uint32_t id = find_event(options->arguments[0]);
    if (id == 0) {
        return EXIT_USAGE;
    }
    if (options->json) {
        print_event_json(id);
    } else {
        print_event(id);
    }
    return EXIT_DONE;
}

/* Reads one value by the argument's type. Returns 0, or -1 after a usage error. */
static int read_value(uint32_t id, size_t index, const char *value, sanscsi_event_arg *arg) {
    arg->type = (uint32_t)sanscsi_event_arg_type(id, index);
    if (arg->type == SANSCSI_ARG_STRING) {
        arg->text = (const uint8_t *)value;
        arg->text_length = strlen(value);
        return 0;
    }
    if (parse_number(value, UINT64_MAX, &arg->number) != 0) {
        usage_error("%s=%s: expected a number, such as 2 or 0x2", sanscsi_event_arg_name(id, index),
                    value);
        return -1;
    }
    return 0;
}

/* Puts NAME=VALUE where it belongs. Returns 0, or -1 after a usage error. */
static int read_argument(uint32_t id, const char *text, sanscsi_event_arg *args, uint32_t *given) {
    const char *equal = strchr(text, '=');
    size_t length = equal == NULL ? strlen(text) : (size_t)(equal - text);
    for (size_t i = 0; equal != NULL && i < sanscsi_event_arg_count(id); i++) {
        const char *name = sanscsi_event_arg_name(id, i);
        if (strlen(name) == length && memcmp(name, text, length) == 0) {
            if ((*given >> i & 1U) != 0) {
                usage_error("%s is given twice", name);
                return -1;
            }
            *given |= 1U << i;
            return read_value(id, i, equal + 1, &args[i]);
        }
    }
    if (equal == NULL) {
        usage_error("'%s': expected NAME=VALUE", text);
    } else {
        usage_error("event %u has no argument '%.*s': see 'sanscsi events %u'", (unsigned)id,
                    (int)length, text, (unsigned)id);
    }
    return -1;
}

int command_explain(const struct options *options) {
    sanscsi_event_arg args[SANSCSI_EVENT_MAX_ARGS] = {{0}};
    sanscsi_event event = {.size = sizeof(event)};
    uint32_t given = 0;
    uint32_t id = find_event(options->arguments[0]);
    if (id == 0) {
        return EXIT_USAGE;
    }
    for (int i = 1; i < options->argument_count; i++) {
        if (read_argument(id, options->arguments[i], args, &given) != 0) {
            return EXIT_USAGE;
        }
    }
    size_t count = sanscsi_event_arg_count(id);
    for (size_t i = 0; i < count; i++) {
        if ((given >> i & 1U) == 0) {
            return usage_error("event %u needs %s=VALUE: %s", (unsigned)id,
                               sanscsi_event_arg_name(id, i), sanscsi_event_arg_meaning(id, i));
        }
    }
    int32_t status = sanscsi_event_explain(id, args, count, &event);
    if (status != SANSCSI_OK) {
        return failure("%s", sanscsi_status_text(status));
    }
    if (options->json) {
        return event_print_json(stdout, &event) == 0 ? EXIT_DONE : EXIT_FAILED;
    }
    event_print(stdout, &event, isatty(STDOUT_FILENO) == 1, 1);
    return EXIT_DONE;
}
