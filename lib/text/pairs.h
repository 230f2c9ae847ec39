/* Splits a logical text data segment into key=value pairs and writes them (RFC 7143 6.1). */
#ifndef SANSCSI_TEXT_PAIRS_H
#define SANSCSI_TEXT_PAIRS_H

#include "base/builder.h"
#include "base/reader.h"

enum pair_result {
    PAIR_OK,
    PAIR_END,      /* the segment is used up */
    PAIR_NO_EQUAL, /* a null came before any '=', or the key is empty; whole tells what came */
    PAIR_NO_NULL   /* the last pair has no null behind it; whole tells what came */
};

struct pair {
    struct span key;   /* before the first '=' */
    struct span value; /* behind it, may hold further '=' */
    struct span whole; /* key=value, without the null */
};

enum pair_result sanscsi_pair_next(struct reader *text, struct pair *pair);

/* Writes key=value and its null. */
void sanscsi_pair_put(struct builder *out, const char *key, struct span value);

#endif
