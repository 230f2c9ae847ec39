/* The ring of events that wait for a poll; it never allocates and says what it had to drop. */
#include "event/queue.h"

#include "base/checked.h"
#include "base/invariant.h"
#include "event/record.h"
#include "event/utf8.h"

/* A record as it waits; the rest of it follows from the catalogue. */
struct event_entry {
    struct event_origin origin;
    uint64_t values[SANSCSI_EVENT_MAX_ARGS]; /* numbers; of strings the bytes kept */
    uint64_t dropped;                        /* events lost right behind this one */
    uint32_t id;
    uint16_t causes;    /* by bit, the causes that fit */
    uint16_t truncated; /* by bit, the strings that were cut */
};

/* One entry more than can wait: the one handed out keeps its own until the next take. */
static size_t slot_count(uint32_t capacity) {
    return (size_t)capacity + 1;
}

size_t sanscsi_event_queue_memory(uint32_t capacity, uint32_t text_size) {
    size_t size = slot_count(capacity) * (sizeof(struct event_entry) + text_size);
    return (size + 7) & ~(size_t)7;
}

void sanscsi_event_queue_init(struct event_queue *queue, uint32_t capacity, uint32_t text_size,
                              void *memory) {
    INVARIANT(capacity > 0);
    memset(queue, 0, sizeof(*queue));
    queue->entries = memory;
    queue->text = (uint8_t *)(queue->entries + slot_count(capacity));
    queue->capacity = capacity;
    queue->text_size = text_size;
}

/* The slot of the entry that waits behind `place` others. */
static size_t slot_at(const struct event_queue *queue, uint32_t place) {
    size_t left = slot_count(queue->capacity) - queue->first;
    return place < left ? (size_t)queue->first + place : place - left;
}

/* Bytes that the strings from argument `arg` on have. */
static uint64_t text_wanted(const struct event_info *info, const struct event_value *values,
                            size_t arg) {
    uint64_t wanted = 0;
    for (size_t i = arg; i < info->arg_count; i++) {
        wanted += info->args[i].type == SANSCSI_ARG_STRING ? values[i].text.size : 0;
    }
    return wanted;
}

static size_t strings_from(const struct event_info *info, size_t arg) {
    size_t strings = 0;
    for (size_t i = arg; i < info->arg_count; i++) {
        strings += info->args[i].type == SANSCSI_ARG_STRING;
    }
    return strings;
}

/* Keeps the arguments. When the strings do not all fit, each is sure of an equal share of the
 * room, so that a peer's endless key cannot push out the value beside it. */
static void keep_args(struct event_entry *entry, const struct event_info *info,
                      const struct event_value *values, uint8_t *text, size_t room) {
    entry->truncated = 0;
    for (size_t i = 0; i < info->arg_count; i++) {
        if (info->args[i].type != SANSCSI_ARG_STRING) {
            entry->values[i] = values[i].number;
            continue;
        }
        uint64_t others = text_wanted(info, values, i + 1);
        size_t spare = room - (size_t)min_u64(room, others);
        size_t share = room / strings_from(info, i);
        size_t length = sanscsi_utf8_cut(values[i].text, spare > share ? spare : share);
        bool cut = values[i].cut || length < values[i].text.size;
        entry->values[i] = length;
        entry->truncated = (uint16_t)(entry->truncated | (unsigned)cut << i);
        if (length > 0) {
            memcpy(text, values[i].text.data, length);
            text += length;
            room -= length;
        }
    }
}

/* The causes that fit, by bit. */
static uint16_t choose_causes(uint32_t id, uint32_t facts, const struct event_value *values) {
    uint32_t causes[SANSCSI_EVENT_MAX_CAUSES];
    uint32_t count = sanscsi_event_choose_causes(id, facts, values, causes);
    unsigned bits = 0;
    for (uint32_t i = 0; i < count; i++) {
        bits |= 1u << causes[i];
    }
    return (uint16_t)bits;
}

/* A notice never takes the last place: what ends a login often follows a row of them. */
static bool has_room(const struct event_queue *queue, const struct event_info *info) {
    bool notice = info->severity == SANSCSI_INFORMATION && queue->capacity > 1;
    return queue->count + (notice ? 1 : 0) < queue->capacity;
}

bool sanscsi_event_queue_raise(struct event_queue *queue, const struct event_origin *origin,
                               uint32_t id, uint32_t facts, const struct event_value *values) {
    const struct event_info *info = sanscsi_event_info(id);
    INVARIANT(info != NULL);
    if (info == NULL) {
        return false;
    }
    if (!has_room(queue, info)) {
        queue->entries[slot_at(queue, queue->count - 1)].dropped++;
        queue->dropped++;
        queue->dropped_origin = *origin;
        return false;
    }
    size_t slot = slot_at(queue, queue->count);
    struct event_entry *entry = &queue->entries[slot];
    entry->origin = *origin;
    entry->dropped = 0;
    entry->id = id;
    entry->causes = choose_causes(id, facts, values);
    keep_args(entry, info, values, queue->text + slot * queue->text_size, queue->text_size);
    queue->count++;
    return true;
}

/* The record that tells of events dropped behind the one handed out last. */
static void take_dropped(struct event_queue *queue, sanscsi_event *event) {
    const struct event_info *info = sanscsi_event_info(SANSCSI_EVENT_EVENTS_DROPPED);
    sanscsi_event_begin(event, info, &queue->dropped_origin);
    event->args[0].number = queue->owed;
    event->cause_count = 1; /* it has no other */
    queue->dropped -= queue->owed;
    queue->owed = 0;
}

/* Writes out in full what an entry keeps. */
static void fill_event(sanscsi_event *event, const struct event_entry *entry, const uint8_t *text) {
    const struct event_info *info = sanscsi_event_info(entry->id);
    sanscsi_event_begin(event, info, &entry->origin);
    for (uint32_t i = 0; i < SANSCSI_EVENT_MAX_CAUSES; i++) {
        if ((entry->causes >> i & 1) != 0) {
            event->causes[event->cause_count++] = i;
        }
    }
    for (size_t i = 0; i < info->arg_count; i++) {
        sanscsi_event_arg *arg = &event->args[i];
        arg->type = info->args[i].type;
        if (arg->type != SANSCSI_ARG_STRING) {
            arg->number = entry->values[i];
            continue;
        }
        arg->text = text;
        arg->text_length = (size_t)entry->values[i];
        arg->truncated = entry->truncated >> i & 1;
        text += arg->text_length;
    }
}

bool sanscsi_event_queue_take(struct event_queue *queue, sanscsi_event *event) {
    if (queue->owed > 0) {
        take_dropped(queue, event);
        return true;
    }
    if (queue->count == 0) {
        return false;
    }
    const struct event_entry *entry = &queue->entries[queue->first];
    fill_event(event, entry, queue->text + (size_t)queue->first * queue->text_size);
    queue->owed = entry->dropped;
    queue->first = (uint32_t)slot_at(queue, 1);
    queue->count--;
    return true;
}
