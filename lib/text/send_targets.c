/* Reads the records of a finished SendTargets answer (RFC 7143 appendix C). */
#include "text/send_targets.h"

#include <iscsi/name.h>

#include "text/pairs.h"

static bool address_valid(struct span value) {
    sanscsi_portal portal = {.size = sizeof(portal)};
    return value.size > 0 &&
           sanscsi_portal_parse((const char *)value.data, value.size, &portal) == SANSCSI_OK;
}

static bool name_valid(struct span value) {
    return value.size > 0 && sanscsi_name_check((const char *)value.data, value.size) == SANSCSI_OK;
}

/* Takes the TargetAddress pairs up to the next TargetName or the end. */
static enum targets_result take_addresses(struct reader *text, struct span *addresses,
                                          uint32_t *count, struct span *offender) {
    struct reader start = *text;
    struct reader ahead = *text;
    struct pair pair;
    enum pair_result found;
    *count = 0;
    while ((found = sanscsi_pair_next(&ahead, &pair)) == PAIR_OK) {
        if (span_equal(pair.key, SPAN_LITERAL("TargetName"))) {
            break;
        }
        if (!span_equal(pair.key, SPAN_LITERAL("TargetAddress"))) {
            *offender = pair.key;
            return TARGETS_BAD_KEY;
        }
        if (!address_valid(pair.value)) {
            *offender = pair.value;
            return TARGETS_BAD_ADDRESS;
        }
        *text = ahead;
        (*count)++;
    }
    if (found == PAIR_NO_EQUAL || found == PAIR_NO_NULL) {
        *offender = pair.whole;
        return TARGETS_MALFORMED;
    }
    *addresses = sanscsi_reader_take(&start, text->position - start.position);
    return TARGETS_RECORD;
}

enum targets_result sanscsi_targets_next(struct reader *text, struct span *name,
                                         struct span *addresses, uint32_t *count,
                                         struct span *offender) {
    struct pair pair;
    *offender = span_of(NULL, 0);
    enum pair_result found = sanscsi_pair_next(text, &pair);
    if (found == PAIR_END) {
        return TARGETS_END;
    }
    if (found != PAIR_OK) {
        *offender = pair.whole;
        return TARGETS_MALFORMED;
    }
    if (!span_equal(pair.key, SPAN_LITERAL("TargetName"))) {
        *offender = pair.key;
        return TARGETS_BAD_OPENING_KEY;
    }
    *name = pair.value;
    enum targets_result result = take_addresses(text, addresses, count, offender);
    if (result == TARGETS_RECORD && !name_valid(pair.value)) {
        *offender = pair.value;
        return TARGETS_BAD_NAME;
    }
    return result;
}

bool sanscsi_targets_address(struct span addresses, uint32_t index, struct span *value) {
    struct reader text;
    struct pair pair;
    sanscsi_reader_init(&text, addresses.data, addresses.size);
    for (uint32_t i = 0; sanscsi_pair_next(&text, &pair) == PAIR_OK; i++) {
        if (i == index) {
            *value = pair.value;
            return true;
        }
    }
    return false;
}
