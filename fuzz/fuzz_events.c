/* Property: events are printable UTF-8 and valid JSON, whatever they tell, and fit or say so. */
#include <stdlib.h>
#include <string.h>

#include <iscsi/sanscsi.h>

#include "fuzz.h"
#include "json.h"

enum { FILL = 0x6b, LONGEST_TEXT = 600 };

/* The two ways of rendering a record, and of escaping bytes. */
struct rendering {
    const sanscsi_event *event; /* NULL: bytes */
    struct span bytes;
    uint64_t unix_time_ms;
    bool json;
};

static size_t render(const struct rendering *what, char *buffer, size_t size) {
    if (what->event != NULL) {
        return what->json ? sanscsi_event_json(what->event, what->unix_time_ms, buffer, size)
                          : sanscsi_event_message(what->event, buffer, size);
    }
    return what->json ? sanscsi_escape_json(what->bytes.data, what->bytes.size, buffer, size)
                      : sanscsi_escape(what->bytes.data, what->bytes.size, buffer, size);
}

static char *room(size_t size) {
    char *buffer = malloc(size + (size == 0));
    if (buffer == NULL) {
        abort();
    }
    memset(buffer, FILL, size);
    return buffer;
}

/* Into fewer bytes than it takes: what is there is the beginning, cut between characters, or for an
 * object nothing. */
static void check_cut(const struct rendering *what, const char *whole, size_t needed, size_t size) {
    char *buffer = room(size);
    size_t told = render(what, size == 0 ? NULL : buffer, size);
    FUZZ_HOLDS(told == needed, "the length of the whole does not depend on the room");
    if (size > 0) {
        const char *end = memchr(buffer, '\0', size);
        FUZZ_HOLDS(end != NULL, "what is rendered is terminated");
        size_t length = (size_t)(end - buffer);
        bool object = what->event != NULL && what->json;
        FUZZ_HOLDS(size > needed ? length == needed : !object || length == 0,
                   "what fits is whole, and an object is whole or empty");
        FUZZ_HOLDS(memcmp(buffer, whole, length) == 0, "what is cut is the beginning");
        FUZZ_HOLDS(utf8_without_controls(buffer, length), "text is cut between characters");
    }
    free(buffer);
}

/* An escape is cut off as a whole: it begins with a backslash and its length follows from what
 * follows. */
static void check_escapes(const char *text, size_t size) {
    for (size_t i = 0; i < size; i++) {
        if (text[i] == '\\') {
            FUZZ_HOLDS(i + 1 < size, "no escape is cut");
            i += text[i + 1] == 'u' ? 5u : text[i + 1] == 'x' ? 3u : 1u;
            FUZZ_HOLDS(i < size, "no escape is cut");
        }
    }
}

static void check_rendering(const struct rendering *what, struct reader *input) {
    size_t needed = render(what, NULL, 0);
    char *whole = room(needed + 1);
    FUZZ_HOLDS(render(what, whole, needed + 1) == needed && whole[needed] == '\0' &&
                   strlen(whole) == needed,
               "the length that is told is the length of the text");
    FUZZ_HOLDS(utf8_without_controls(whole, needed),
               "what is rendered is UTF-8 without control characters");
    if (what->json && what->event != NULL) {
        FUZZ_HOLDS(json_is_object(whole, needed), "an event's JSON is one object");
    } else if (what->json) {
        char *quoted = room(needed + 8);
        memcpy(quoted, "{\"a\":\"", 6);
        memcpy(quoted + 6, whole, needed);
        memcpy(quoted + 6 + needed, "\"}", 2);
        FUZZ_HOLDS(json_is_object(quoted, needed + 8), "escaped bytes are the inside of a string");
        free(quoted);
    } else if (what->event == NULL) {
        check_escapes(whole, needed);
    }
    check_cut(what, whole, needed, sanscsi_reader_be16(input) % (needed + 4));
    check_cut(what, whole, needed, sanscsi_reader_be16(input) % (needed + 4));
    check_cut(what, whole, needed, sanscsi_reader_u8(input) % 4);
    free(whole);
}

/* Arguments of the types that the catalogue tells; strings in memory of exactly their size. */
static void choose_arguments(struct reader *input, uint32_t id, sanscsi_event_arg *args,
                             size_t count) {
    for (size_t i = 0; i < count; i++) {
        int32_t type = sanscsi_event_arg_type(id, i);
        FUZZ_HOLDS(type >= SANSCSI_ARG_INT && type <= SANSCSI_ARG_STRING,
                   "every argument has a type");
        args[i].type = (uint32_t)type;
        args[i].truncated = 0;
        args[i].number = 0;
        args[i].text = NULL;
        args[i].text_length = 0;
        if (type == SANSCSI_ARG_STRING) {
            struct span text = fuzz_bytes(input, LONGEST_TEXT);
            args[i].text = fuzz_copy(text);
            args[i].text_length = text.size;
            args[i].truncated = fuzz_flag(input);
        } else {
            uint8_t how = sanscsi_reader_u8(input);
            args[i].number = (uint64_t)sanscsi_reader_be32(input) << (how % 33);
        }
    }
}

static void events(struct reader *input) {
    sanscsi_event_arg args[SANSCSI_EVENT_MAX_ARGS];
    sanscsi_event event = {.size = sizeof(event)};
    uint32_t id = sanscsi_event_id(sanscsi_reader_u8(input) % sanscsi_event_count());
    size_t count = sanscsi_event_arg_count(id);
    FUZZ_HOLDS(count <= SANSCSI_EVENT_MAX_ARGS, "no event has more arguments than a record");
    choose_arguments(input, id, args, count);
    FUZZ_HOLDS(sanscsi_event_explain(id, args, count, &event) == SANSCSI_OK,
               "arguments of the catalogue's types make a record");
    FUZZ_HOLDS(event.cause_count <= sanscsi_event_cause_count(id) &&
                   event.cause_count <= SANSCSI_EVENT_MAX_CAUSES,
               "a record has causes of the catalogue");
    for (uint32_t i = 0; i < event.cause_count; i++) {
        FUZZ_HOLDS(sanscsi_event_cause_text(id, event.causes[i]) != NULL,
                   "a record has causes of the catalogue");
    }
    struct span target = fuzz_bytes(input, LONGEST_TEXT);
    struct span portal = fuzz_bytes(input, LONGEST_TEXT);
    event.target = fuzz_copy(target);
    event.target_length = target.size;
    event.portal = fuzz_copy(portal);
    event.portal_length = portal.size;
    event.time = sanscsi_reader_be64(input);
    struct rendering what = {&event, {NULL, 0}, sanscsi_reader_be64(input), true};
    check_rendering(&what, input);
    what.json = false;
    check_rendering(&what, input);
    free((void *)(uintptr_t)event.target);
    free((void *)(uintptr_t)event.portal);
    for (size_t i = 0; i < count; i++) {
        free((void *)(uintptr_t)args[i].text);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct reader input;
    sanscsi_reader_init(&input, data, size);
    if (sanscsi_reader_u8(&input) % 8 != 0) {
        events(&input);
        return 0;
    }
    struct rendering what = {NULL, {NULL, 0}, 0, fuzz_flag(&input)};
    struct span sizes = sanscsi_reader_take(&input, size < 8 ? 0 : 5);
    struct reader choices;
    sanscsi_reader_init(&choices, sizes.data, sizes.size);
    struct span bytes = fuzz_rest(&input);
    uint8_t *copy = fuzz_copy(bytes);
    what.bytes = span_of(copy, bytes.size);
    check_rendering(&what, &choices);
    free(copy);
    return 0;
}
