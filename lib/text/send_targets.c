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

/* What is wrong with a pair that ought to be a TargetAddress. */
static enum targets_result judge_address(const struct pair *pair, struct target_record *record) {
    if (!span_equal(pair->key, SPAN_LITERAL("TargetAddress"))) {
        record->offender = pair->key;
        return TARGETS_BAD_KEY;
    }
    if (!address_valid(pair->value)) {
        record->offender = pair->value;
        return TARGETS_BAD_ADDRESS;
    }
    return record->count == TARGETS_MAX_ADDRESSES ? TARGETS_TOO_MANY : TARGETS_RECORD;
}

/* Takes the TargetAddress pairs up to the next TargetName or the end. */
static enum targets_result take_addresses(struct reader *text, struct target_record *record) {
    struct reader start = *text;
    struct reader ahead = *text;
    struct pair pair;
    enum pair_result found;
    while ((found = sanscsi_pair_next(&ahead, &pair)) == PAIR_OK &&
           !span_equal(pair.key, SPAN_LITERAL("TargetName"))) {
        enum targets_result result = judge_address(&pair, record);
        if (result != TARGETS_RECORD) {
            return result;
        }
        *text = ahead;
        record->count++;
    }
    if (found == PAIR_NO_EQUAL || found == PAIR_NO_NULL) {
        record->offender = pair.whole;
        return TARGETS_BAD_KEY;
    }
    record->addresses = sanscsi_reader_take(&start, text->position - start.position);
    return TARGETS_RECORD;
}

enum targets_result sanscsi_targets_next(struct reader *text, struct target_record *record) {
    struct pair pair;
    memset(record, 0, sizeof(*record));
    enum pair_result found = sanscsi_pair_next(text, &pair);
    if (found == PAIR_END) {
        return TARGETS_END;
    }
    if (found != PAIR_OK || !span_equal(pair.key, SPAN_LITERAL("TargetName"))) {
        record->offender = found == PAIR_OK ? pair.key : pair.whole;
        return TARGETS_BAD_OPENING_KEY;
    }
    record->name = pair.value;
    record->name_bad = !name_valid(pair.value);
    return take_addresses(text, record);
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
