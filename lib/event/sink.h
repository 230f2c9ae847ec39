/* Text written into a caller's buffer of any size, measured whole even where it does not fit. */
#ifndef SANSCSI_EVENT_SINK_H
#define SANSCSI_EVENT_SINK_H

#include "base/span.h"

struct sink {
    char *buffer; /* may be NULL when size is 0 */
    size_t size;  /* bytes at buffer, the terminating zero included */
    size_t used;  /* bytes written */
    size_t total; /* bytes that everything takes */
    bool full;    /* sticky: a unit did not fit, and nothing behind it is written */
    bool quoting; /* within a JSON string that holds a text of ours */
};

void sanscsi_sink_init(struct sink *sink, char *buffer, size_t size);

/* Writes a unit, a character or an escape or a number of at most 20 bytes, whole or not at all.
 * While quoting, quotes and backslashes in it are escaped for JSON. */
void sanscsi_sink_unit(struct sink *sink, struct span unit);

/* Writes our own text, whose characters are ASCII and may be cut apart. */
void sanscsi_sink_string(struct sink *sink, const char *text);

/* A decimal number of at least `digits` digits, and a hexadecimal one behind 0x. */
void sanscsi_sink_decimal(struct sink *sink, uint64_t value, unsigned digits);
void sanscsi_sink_hex(struct sink *sink, uint64_t value);

/* Ends the text with a zero, if there is room for anything. Returns the total. */
size_t sanscsi_sink_finish(struct sink *sink);

#endif
