/* What the parsers share: checks of arguments, items of lists that came in part, texts. */
#ifndef SANSCSI_SCSI_PARSE_H
#define SANSCSI_SCSI_PARSE_H

#include "base/checked.h"
#include "base/reader.h"

#include <iscsi/scsi.h>

/* Whether a caller's struct is at least as large as ours. Like every struct that crosses the
 * border, it begins with its uint32_t size. */
static inline bool is_struct(const void *structure, size_t least) {
    uint32_t size = 0;
    if (structure == NULL) {
        return false;
    }
    memcpy(&size, structure, sizeof(size));
    return size >= least;
}

/* Whether there is data to parse, be it of 0 bytes, and a struct to fill. */
static inline bool can_parse(const void *data, size_t size, const void *output, size_t least) {
    return is_struct(output, least) && (data != NULL || size == 0);
}

/* Bit `bit` of a byte, as the 0 or 1 of an output's member. */
static inline uint32_t bit_of(uint32_t byte, unsigned bit) {
    return (byte >> bit) & 1u;
}

/* Whether `needed` bytes behind `position` are in a list that has `told` bytes, of which `came`
 * are here. */
static inline int32_t item_status(uint32_t position, uint32_t needed, uint32_t came,
                                  uint32_t told) {
    uint64_t end = (uint64_t)position + needed;
    if (end > told) {
        return SANSCSI_MALFORMED;
    }
    return end > came ? SANSCSI_TRUNCATED : SANSCSI_OK;
}

/* Whether this is the list meant, as its parser filled it. */
static inline bool is_items(const sanscsi_items *items, uint32_t kind) {
    return is_struct(items, sizeof(*items)) && items->kind == kind &&
           items->length <= items->total && (items->bytes != NULL || items->length == 0);
}

/* Behind an answer's header: takes what came of `found->total` bytes of items, hands out. */
static inline int32_t take_items(struct reader *reader, sanscsi_items *found,
                                 sanscsi_items *items) {
    size_t left = sanscsi_reader_left(reader);
    found->length = left < found->total ? (uint32_t)left : found->total;
    found->bytes = sanscsi_reader_take(reader, found->length).data;
    *items = *found;
    return reader->failed || found->length < found->total ? SANSCSI_TRUNCATED : SANSCSI_OK;
}

/* Points to the first `header` bytes of the next item. 1; 0 at the end; or a status. */
static inline int32_t next_item(const sanscsi_items *items, uint32_t kind, const uint32_t *position,
                                uint32_t header, const uint8_t **at) {
    if (!is_items(items, kind) || position == NULL || *position > items->length) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    if (*position == items->total) {
        return 0;
    }
    int32_t status = item_status(*position, header, items->length, items->total);
    if (status != SANSCSI_OK) {
        return status;
    }
    if (header > 0) { /* else there may be no bytes at all to point to */
        *at = items->bytes + *position;
    }
    return 1;
}

/* Steps over an item whose header told its length. 1, or a status. */
static inline int32_t pass_item(const sanscsi_items *items, uint32_t *position, uint32_t length) {
    int32_t status = item_status(*position, length, items->length, items->total);
    if (status != SANSCSI_OK) {
        return status;
    }
    *position += length;
    return 1;
}

/* Fields are padded with spaces (SPC-4 4.3), by some units with zeros. */
static inline bool is_padding(uint8_t byte) {
    return byte == ' ' || byte == 0;
}

static inline struct span trim_end(struct span field) {
    while (field.size > 0 && is_padding(field.data[field.size - 1])) {
        field.size--;
    }
    return field;
}

static inline struct span trim(struct span field) {
    field = trim_end(field);
    while (field.size > 0 && is_padding(field.data[0])) {
        field.data++;
        field.size--;
    }
    return field;
}

static inline uint8_t printable(uint8_t byte) {
    return byte >= 0x20 && byte <= 0x7e ? byte : (uint8_t)'?';
}

/* Writes a field as zero-terminated printable text, as much of it as `text` has room for. */
static inline void copy_text(char *text, size_t room, struct span field) {
    size_t length = min_size(field.size, room - 1);
    for (size_t i = 0; i < length; i++) {
        text[i] = (char)printable(field.data[i]);
    }
    text[length] = '\0';
}

#endif
