/* Characters out of bytes from a peer, which may or may not be UTF-8. */
#ifndef SANSCSI_EVENT_UTF8_H
#define SANSCSI_EVENT_UTF8_H

#include "base/reader.h"

struct character {
    uint32_t code;     /* the code point, when valid */
    bool valid;        /* the bytes are one character in shortest form */
    struct span bytes; /* the character, or the longest beginning of one that is left unfinished */
};

/* Takes the next character; the reader has at least one byte left. */
struct character sanscsi_utf8_next(struct reader *reader);

/* How many of the first `limit` bytes to keep so that no character is cut in two. */
size_t sanscsi_utf8_cut(struct span text, size_t limit);

#endif
