/* Which causes of an event fit its arguments and the facts the raiser knows, and no others. */
#include "base/reader.h"
#include "event/catalogue.h"
#include "event/queue.h"

/* A set of causes: bit n-1 stands for the catalogue's n-th cause of the event. */
#define CAUSE(n) (UINT32_C(1) << ((n)-1))

/* Bytes of the longest CHAP_N that is taken: event 25's own limit, the RFC sets none. */
#define CHAP_NAME_MAX 511

static bool fact(uint32_t facts, uint32_t wanted) {
    return (facts & wanted) != 0;
}

/* A cause for each answer to a yes-or-no question; both where the raiser cannot tell. */
static uint32_t either(uint32_t facts, uint32_t question, uint32_t yes, uint32_t no) {
    if (fact(facts, EVENT_FACT_UNKNOWN)) {
        return yes | no;
    }
    return fact(facts, question) ? yes : no;
}

/* ---- events 1 and 2: how a command ended ---- */

#define ANY UINT32_MAX

struct outcome {
    uint32_t cdb_status;
    uint32_t io_status;
    uint32_t return_value;
    uint32_t cause;
};

/* In order of precedence: the first row that fits decides, so a command that failed below SCSI is
 * not blamed on a SCSI status that came with it. */
static const struct outcome outcomes[] = {
    {0x00, 0x0, 0x1, CAUSE(10)}, {ANY, 0x4, 0x1, CAUSE(2)},  {ANY, 0x4, 0x0, CAUSE(7)},
    {ANY, 0x3, ANY, CAUSE(1)},   {ANY, 0x6, ANY, CAUSE(3)},  {ANY, 0x7, ANY, CAUSE(4)},
    {ANY, 0x5, ANY, CAUSE(8)},   {0x02, ANY, ANY, CAUSE(5)}, {0x08, ANY, ANY, CAUSE(6)},
    {0x18, ANY, ANY, CAUSE(9)},
};

static bool matches(uint32_t wanted, uint64_t number) {
    return wanted == ANY || wanted == number;
}

static uint32_t inquiry_causes(uint32_t facts, const struct event_value *values) {
    (void)facts;
    for (size_t i = 0; i < COUNT_OF(outcomes); i++) {
        if (matches(outcomes[i].cdb_status, values[0].number) &&
            matches(outcomes[i].io_status, values[1].number) &&
            matches(outcomes[i].return_value, values[2].number)) {
            return outcomes[i].cause;
        }
    }
    return 0;
}

/* 11a and 11b do not replace cause 5: the CHECK CONDITION is what happened, they say why. */
static uint32_t report_luns_causes(uint32_t facts, const struct event_value *values) {
    uint32_t causes = inquiry_causes(facts, values);
    if (causes == CAUSE(5) &&
        fact(facts, EVENT_FACT_REPORT_LUNS_UNSUPPORTED | EVENT_FACT_UNKNOWN)) {
        causes |= either(facts, EVENT_FACT_SEVERAL_UNITS, CAUSE(11), CAUSE(12));
    }
    return causes;
}

/* ---- login keys ---- */

/* Where the raiser does not say of what type a key is, its name does, for the keys of RFC 7143,
 * 3720 and 7145. */
static const char *const boolean_keys[] = {
    "InitialR2T", "ImmediateData", "DataPDUInOrder", "DataSequenceInOrder",
    "IFMarker",   "OFMarker",      "RDMAExtensions",
};
static const char *const list_keys[] = {
    "AuthMethod",
    "HeaderDigest",
    "DataDigest",
    "TaskReporting",
};

static bool listed(struct span name, const char *const *names, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (span_equal_string(name, names[i])) {
            return true;
        }
    }
    return false;
}

static uint32_t list_value_causes(uint32_t facts, const struct event_value *values) {
    struct reader reader;
    struct span name = {NULL, 0};
    sanscsi_reader_init(&reader, values[0].text.data, values[0].text.size);
    bool has_value = sanscsi_reader_until(&reader, '=', &name);
    struct span value = sanscsi_reader_take(&reader, sanscsi_reader_left(&reader));
    if (has_value && span_equal_string(value, "Irrelevant")) {
        return CAUSE(1);
    }
    if (!fact(facts, EVENT_FACT_UNKNOWN)) {
        return fact(facts, EVENT_FACT_NO_MEMORY)     ? CAUSE(4)
               : fact(facts, EVENT_FACT_BOOLEAN_KEY) ? CAUSE(2)
                                                     : CAUSE(3);
    }
    if (listed(name, boolean_keys, COUNT_OF(boolean_keys))) {
        return CAUSE(2) | CAUSE(4);
    }
    if (listed(name, list_keys, COUNT_OF(list_keys))) {
        return CAUSE(3) | CAUSE(4);
    }
    return CAUSE(2) | CAUSE(3) | CAUSE(4);
}

/* ---- CHAP ---- */

/* Digits of the notations of RFC 7143 6.1. */
static bool is_decimal(uint8_t c) {
    return c >= '0' && c <= '9';
}

static bool is_hex(uint8_t c) {
    return is_decimal(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_base64(uint8_t c) {
    return is_decimal(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '+' ||
           c == '/' || c == '=';
}

/* What is left is one digit or more, and nothing else. */
static bool all_are(struct reader *reader, bool (*is_digit)(uint8_t c)) {
    size_t left = sanscsi_reader_left(reader);
    for (size_t i = 0; i < left; i++) {
        if (!is_digit(sanscsi_reader_u8(reader))) {
            return false;
        }
    }
    return left > 0;
}

/* Steps over '0' and one of two letters; false, with nothing taken, when they are not there. */
static bool prefixed(struct reader *reader, uint8_t lower, uint8_t upper) {
    struct reader ahead = *reader;
    uint8_t zero = sanscsi_reader_u8(&ahead);
    uint8_t letter = sanscsi_reader_u8(&ahead);
    if (zero != '0' || (letter != lower && letter != upper)) {
        return false;
    }
    *reader = ahead;
    return true;
}

/* A decimal number without leading zeros, or a hexadecimal one. */
static bool is_number(struct span text) {
    struct reader reader;
    sanscsi_reader_init(&reader, text.data, text.size);
    if (prefixed(&reader, 'x', 'X')) {
        return all_are(&reader, is_hex);
    }
    struct reader first = reader;
    return (text.size == 1 || sanscsi_reader_u8(&first) != '0') && all_are(&reader, is_decimal);
}

static bool is_binary(struct span text) {
    struct reader reader;
    sanscsi_reader_init(&reader, text.data, text.size);
    if (prefixed(&reader, 'x', 'X')) {
        return all_are(&reader, is_hex);
    }
    return prefixed(&reader, 'b', 'B') && all_are(&reader, is_base64);
}

static uint32_t chap_a_causes(uint32_t facts, const struct event_value *values) {
    (void)facts;
    if (span_equal_string(values[0].text, "Reject")) {
        return CAUSE(1);
    }
    return is_number(values[0].text) ? CAUSE(2) : CAUSE(3);
}

static uint32_t chap_c_causes(uint32_t facts, const struct event_value *values) {
    (void)facts;
    (void)values;
    return CAUSE(2);
}

static uint32_t chap_n_causes(uint32_t facts, const struct event_value *values) {
    (void)facts;
    return values[0].text.size > CHAP_NAME_MAX || values[0].cut ? CAUSE(1) : 0;
}

/* Of a value in the right form, the value alone does not tell whether its length is legal (that
 * depends on the algorithm), so without facts it may still be cause 2. */
static uint32_t chap_r_causes(uint32_t facts, const struct event_value *values) {
    if (fact(facts, EVENT_FACT_UNKNOWN) && !is_binary(values[0].text)) {
        return CAUSE(2);
    }
    return either(facts, EVENT_FACT_WELL_FORMED, CAUSE(3), CAUSE(2));
}

static uint32_t module_causes(uint32_t facts, const struct event_value *values) {
    (void)facts;
    if (span_equal_string(values[0].text, "random")) {
        return CAUSE(1);
    }
    return span_equal_string(values[0].text, "hash") ? CAUSE(2) : 0;
}

/* ---- discovery ---- */

static uint32_t record_key_causes(uint32_t facts, const struct event_value *values) {
    if (fact(facts, EVENT_FACT_UNKNOWN) && span_equal_string(values[0].text, "TargetAddress")) {
        return CAUSE(1); /* within a record it would be legal */
    }
    return either(facts, EVENT_FACT_OPENS_RECORD, CAUSE(1), CAUSE(2));
}

static uint32_t lost_causes(uint32_t facts, const struct event_value *values) {
    (void)values;
    return either(facts, EVENT_FACT_TARGET_CLOSES, CAUSE(2), CAUSE(1));
}

/* ---- events whose cause follows from one number ---- */

struct by_number {
    uint32_t id;
    uint32_t arg;    /* index of the argument */
    uint32_t number; /* ANY in the last row of an event: every other number */
    uint32_t cause;
};

static const struct by_number by_number[] = {
    {SANSCSI_EVENT_LOGIN_FAILED, 0, 1, CAUSE(1)},
    {SANSCSI_EVENT_LOGIN_FAILED, 0, 2, CAUSE(2)},
    {SANSCSI_EVENT_LOGIN_FAILED, 0, 3, CAUSE(3)},
    {SANSCSI_EVENT_LOGIN_FAILED, 0, ANY, 0},

    {SANSCSI_EVENT_CONNECT_FAILED, 1, 3, CAUSE(1)},
    {SANSCSI_EVENT_CONNECT_FAILED, 1, 4, CAUSE(2)},
    {SANSCSI_EVENT_CONNECT_FAILED, 1, ANY, CAUSE(3)},

    {SANSCSI_EVENT_REJECT_RECEIVED, 0, 0x02, CAUSE(1)},
    {SANSCSI_EVENT_REJECT_RECEIVED, 0, 0x03, CAUSE(3)},
    {SANSCSI_EVENT_REJECT_RECEIVED, 0, 0x04, CAUSE(2)},
    {SANSCSI_EVENT_REJECT_RECEIVED, 0, 0x05, CAUSE(3)},
    {SANSCSI_EVENT_REJECT_RECEIVED, 0, 0x06, CAUSE(4)},
    {SANSCSI_EVENT_REJECT_RECEIVED, 0, 0x07, CAUSE(2)},
    {SANSCSI_EVENT_REJECT_RECEIVED, 0, 0x08, CAUSE(2)},
    {SANSCSI_EVENT_REJECT_RECEIVED, 0, 0x09, CAUSE(2)},
    {SANSCSI_EVENT_REJECT_RECEIVED, 0, 0x0a, CAUSE(4)},
    {SANSCSI_EVENT_REJECT_RECEIVED, 0, 0x0b, CAUSE(2)},
    {SANSCSI_EVENT_REJECT_RECEIVED, 0, 0x0c, CAUSE(5)},
    {SANSCSI_EVENT_REJECT_RECEIVED, 0, ANY, CAUSE(6)},

    {SANSCSI_EVENT_ASYNC_RECEIVED, 0, 0, CAUSE(1)},
    {SANSCSI_EVENT_ASYNC_RECEIVED, 0, 1, CAUSE(2)},
    {SANSCSI_EVENT_ASYNC_RECEIVED, 0, 2, CAUSE(3)},
    {SANSCSI_EVENT_ASYNC_RECEIVED, 0, 3, CAUSE(4)},
    {SANSCSI_EVENT_ASYNC_RECEIVED, 0, 4, CAUSE(5)},
    {SANSCSI_EVENT_ASYNC_RECEIVED, 0, 5, CAUSE(6)},
    {SANSCSI_EVENT_ASYNC_RECEIVED, 0, 248, CAUSE(7)},
    {SANSCSI_EVENT_ASYNC_RECEIVED, 0, 249, CAUSE(7)},
    {SANSCSI_EVENT_ASYNC_RECEIVED, 0, 250, CAUSE(7)},
    {SANSCSI_EVENT_ASYNC_RECEIVED, 0, 251, CAUSE(7)},
    {SANSCSI_EVENT_ASYNC_RECEIVED, 0, 252, CAUSE(7)},
    {SANSCSI_EVENT_ASYNC_RECEIVED, 0, 253, CAUSE(7)},
    {SANSCSI_EVENT_ASYNC_RECEIVED, 0, 254, CAUSE(7)},
    {SANSCSI_EVENT_ASYNC_RECEIVED, 0, 255, CAUSE(7)},
    {SANSCSI_EVENT_ASYNC_RECEIVED, 0, ANY, CAUSE(8)},

    {SANSCSI_EVENT_LOGOUT_REFUSED, 0, 1, CAUSE(1)},
    {SANSCSI_EVENT_LOGOUT_REFUSED, 0, 2, CAUSE(2)},
    {SANSCSI_EVENT_LOGOUT_REFUSED, 0, 3, CAUSE(3)},
    {SANSCSI_EVENT_LOGOUT_REFUSED, 0, ANY, CAUSE(4)},

    {SANSCSI_EVENT_CHAP_SECRET_REFUSED, 0, 1, CAUSE(1)},
    {SANSCSI_EVENT_CHAP_SECRET_REFUSED, 0, 2, CAUSE(2)},
    {SANSCSI_EVENT_CHAP_SECRET_REFUSED, 0, ANY, 0},

    {SANSCSI_EVENT_REDIRECT_NOT_FOLLOWED, 0, 1, CAUSE(1)},
    {SANSCSI_EVENT_REDIRECT_NOT_FOLLOWED, 0, 2, CAUSE(2)},
    {SANSCSI_EVENT_REDIRECT_NOT_FOLLOWED, 0, 3, CAUSE(3)},
    {SANSCSI_EVENT_REDIRECT_NOT_FOLLOWED, 0, ANY, 0},

    {SANSCSI_EVENT_SESSION_ABANDONED, 0, 1, CAUSE(1)},
    {SANSCSI_EVENT_SESSION_ABANDONED, 0, 2, CAUSE(2)},
    {SANSCSI_EVENT_SESSION_ABANDONED, 0, ANY, 0},

    {SANSCSI_EVENT_RECOVERY_ESCALATED, 3, 0, CAUSE(1)},
    {SANSCSI_EVENT_RECOVERY_ESCALATED, 3, 5, CAUSE(2)},
    {SANSCSI_EVENT_RECOVERY_ESCALATED, 3, 6, CAUSE(2)},
    {SANSCSI_EVENT_RECOVERY_ESCALATED, 3, ANY, CAUSE(3)},
};

/* ---- the choice ---- */

struct chooser {
    uint32_t id;
    uint32_t (*choose)(uint32_t facts, const struct event_value *values);
};

static const struct chooser choosers[] = {
    {SANSCSI_EVENT_INQUIRY_FAILED, inquiry_causes},
    {SANSCSI_EVENT_REPORT_LUNS_FAILED, report_luns_causes},
    {SANSCSI_EVENT_LIST_VALUE_INVALID, list_value_causes},
    {SANSCSI_EVENT_CHAP_A_INVALID, chap_a_causes},
    {SANSCSI_EVENT_CHAP_C_INVALID, chap_c_causes},
    {SANSCSI_EVENT_CHAP_N_INVALID, chap_n_causes},
    {SANSCSI_EVENT_CHAP_R_INVALID, chap_r_causes},
    {SANSCSI_EVENT_CHAP_MODULE_FAILED, module_causes},
    {SANSCSI_EVENT_SEND_TARGETS_KEY_INVALID, record_key_causes},
    {SANSCSI_EVENT_CONNECTION_LOST, lost_causes},
};

/* The causes that fit; for an event that stands in no table above, all it has. */
static uint32_t fitting(uint32_t id, uint32_t facts, const struct event_value *values) {
    for (size_t i = 0; i < COUNT_OF(choosers); i++) {
        if (choosers[i].id == id) {
            return choosers[i].choose(facts, values);
        }
    }
    for (size_t i = 0; i < COUNT_OF(by_number); i++) {
        if (by_number[i].id == id &&
            matches(by_number[i].number, values[by_number[i].arg].number)) {
            return by_number[i].cause;
        }
    }
    return UINT32_MAX;
}

uint32_t sanscsi_event_choose_causes(uint32_t id, uint32_t facts, const struct event_value *values,
                                     uint32_t causes[SANSCSI_EVENT_MAX_CAUSES]) {
    const struct event_info *info = sanscsi_event_info(id);
    if (info == NULL) {
        return 0;
    }
    uint32_t fit = fitting(id, facts, values);
    uint32_t count = 0;
    for (uint32_t i = 0; i < info->cause_count; i++) {
        if ((fit >> i & 1) != 0) {
            causes[count++] = i;
        }
    }
    return count;
}
