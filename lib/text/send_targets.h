/* Reads the records of a finished SendTargets answer (RFC 7143 appendix C). */
#ifndef SANSCSI_TEXT_SEND_TARGETS_H
#define SANSCSI_TEXT_SEND_TARGETS_H

#include "base/reader.h"

/* Addresses of one target. They are looked up one by one in the text, so their number bounds the
 * work that a target can make for whoever reads them all. */
#define TARGETS_MAX_ADDRESSES 4096u

enum targets_result {
    TARGETS_RECORD,          /* a whole record; its name may still be bad */
    TARGETS_END,             /* no further record */
    TARGETS_BAD_KEY,         /* something else within a record; offender: the key, or what stands
                                in the place of a pair */
    TARGETS_BAD_OPENING_KEY, /* the same where a record begins */
    TARGETS_BAD_ADDRESS,     /* offender: value of the TargetAddress */
    TARGETS_TOO_MANY         /* more than TARGETS_MAX_ADDRESSES in one record */
};

/* All spans borrow from the text. */
struct target_record {
    struct span name;
    bool name_bad;         /* a name came, and is not legal */
    struct span addresses; /* "TargetAddress=...\0TargetAddress=...\0" as they came */
    uint32_t count;        /* of them; 0: the portal we asked */
    struct span offender;
};

/* Takes one record. A TargetAddress without the portal group tag that appendix C asks for is
 * taken. After any result but TARGETS_RECORD there is nothing more to read. */
enum targets_result sanscsi_targets_next(struct reader *text, struct target_record *record);

/* The value of the address at `index` in `addresses`, for sanscsi_portal_parse(); false beyond
 * the last one. */
bool sanscsi_targets_address(struct span addresses, uint32_t index, struct span *value);

#endif
