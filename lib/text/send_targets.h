/* Reads the records of a finished SendTargets answer (RFC 7143 appendix C). */
#ifndef SANSCSI_TEXT_SEND_TARGETS_H
#define SANSCSI_TEXT_SEND_TARGETS_H

#include "base/reader.h"

enum targets_result {
    TARGETS_RECORD,          /* a target with `count` addresses; 0: the portal we asked */
    TARGETS_END,             /* no further record */
    TARGETS_BAD_KEY,         /* a key inside a record that is none of the two; offender: key */
    TARGETS_BAD_OPENING_KEY, /* a record that does not begin with TargetName; offender: key */
    TARGETS_BAD_ADDRESS,     /* offender: value of the TargetAddress */
    TARGETS_BAD_NAME,        /* offender: value of the TargetName; the next call goes on behind
                                that record */
    TARGETS_MALFORMED        /* a pair without '=' or null; offender: what came */
};

/* Takes one record. All spans borrow from the text; `addresses` is the raw
 * "TargetAddress=...\0TargetAddress=...\0" of the record. A TargetAddress without the portal
 * group tag that appendix C asks for is taken. After any result but TARGETS_RECORD and
 * TARGETS_BAD_NAME there is nothing more to read. */
enum targets_result sanscsi_targets_next(struct reader *text, struct span *name,
                                         struct span *addresses, uint32_t *count,
                                         struct span *offender);

/* The value of the address at `index` in `addresses`, for sanscsi_portal_parse(); false beyond
 * the last one. */
bool sanscsi_targets_address(struct span addresses, uint32_t index, struct span *value);

#endif
