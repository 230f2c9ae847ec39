/* Property: two engines come to the same results, those of the RFC's functions, or both fail. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "negotiate/engine.h"
#include "text/pairs.h"
#include "text/values.h"

#define TEXT_MOST 1024u /* "needs at most 1024 bytes" */
#define PAIRS_MOST 64u
#define OFFER_MOST 128u /* bytes that choose an offer */
#define HOSTILE_MOST 64u

struct text {
    uint8_t bytes[TEXT_MOST];
    size_t size;
};

static uint32_t choices_of(const char *const *texts) {
    uint32_t count = 0;
    while (texts[count] != NULL) {
        count++;
    }
    return count;
}

static bool proposable(const struct key_rule *rule) {
    return rule->field != KEY_NO_FIELD && rule->openers == KEY_BY_BOTH &&
           rule->function != KEY_FUNCTION_OBSOLETE;
}

/* Any legal proposal, from bytes of its own. */
static sanscsi_parameters choose_offer(struct reader *whole) {
    sanscsi_parameters offer;
    struct span choices = fuzz_bytes(whole, OFFER_MOST);
    struct reader own;
    struct reader *input = &own;
    sanscsi_reader_init(input, choices.data, choices.size);
    sanscsi_parameters_rfc_defaults(&offer);
    for (unsigned id = 0; id < KEY_COUNT; id++) {
        const struct key_rule *rule = sanscsi_key_rule((enum key_id)id);
        if (!proposable(rule)) {
            continue;
        }
        bool list = rule->type == KEY_TYPE_LIST;
        uint32_t most = list ? choices_of(rule->proposals) - 1 : rule->max;
        uint32_t least = list ? 0 : rule->min;
        sanscsi_parameter_put(&offer, rule, least + fuzz_up_to(input, most - least));
    }
    if (offer.first_burst_length > offer.max_burst_length) {
        offer.first_burst_length = offer.max_burst_length;
    }
    if (offer.error_recovery_level != 0 && offer.data_sequence_in_order != 0) {
        offer.max_outstanding_r2t = 1; /* RFC 7143 13.19 */
    }
    FUZZ_HOLDS(sanscsi_parameters_valid(&offer), "offers in range that fit each other are valid");
    return offer;
}

/* ---- two engines ---- */

/* Hands a text over, its pairs in an order that the input chooses; false when one was refused. */
static bool pass_on(const struct text *text, struct negotiation *to, uint32_t stage,
                    struct reader *input) {
    struct pair pairs[PAIRS_MOST];
    struct reader reader;
    size_t count = 0;
    bool good = true;
    sanscsi_reader_init(&reader, text->bytes, text->size);
    while (count < PAIRS_MOST && sanscsi_pair_next(&reader, &pairs[count]) == PAIR_OK) {
        count++;
    }
    FUZZ_HOLDS(sanscsi_reader_left(&reader) == 0, "an engine writes pairs");
    for (; count > 0; count--) {
        size_t next = fuzz_up_to(input, (uint32_t)count - 1);
        struct negotiation_verdict verdict =
            sanscsi_negotiation_receive(to, stage, pairs[next].key, pairs[next].value);
        good = verdict.code == VERDICT_OK && good;
        FUZZ_HOLDS(verdict.code == VERDICT_OK || verdict.rule != NULL,
                   "an engine writes known keys only");
        pairs[next] = pairs[count - 1];
    }
    return good;
}

static bool propose_to(struct negotiation *from, struct negotiation *to, struct reader *input) {
    struct text text;
    struct builder out;
    sanscsi_builder_init(&out, text.bytes, sizeof(text.bytes));
    sanscsi_negotiation_propose(from, STAGE_OPERATIONAL, &out);
    FUZZ_HOLDS(!out.overflow, "a proposal needs no more than 1024 bytes");
    text.size = out.size;
    return pass_on(&text, to, STAGE_OPERATIONAL, input);
}

/* What was answered is what holds when the stage has ended. */
static void check_answers(const struct text *text, const sanscsi_parameters *result) {
    struct reader reader;
    struct pair pair;
    uint64_t number = 0;
    sanscsi_reader_init(&reader, text->bytes, text->size);
    while (sanscsi_pair_next(&reader, &pair) == PAIR_OK) {
        const struct key_rule *rule = sanscsi_key_find(pair.key);
        if (rule->type == KEY_TYPE_NUMBER && sanscsi_value_number(pair.value, &number)) {
            FUZZ_HOLDS(number == sanscsi_parameter_get(result, rule),
                       "the number that was answered is the result");
        }
    }
}

static bool answer_to(struct negotiation *from, struct negotiation *to, struct reader *input) {
    struct text text;
    struct builder out;
    bool due = sanscsi_negotiation_answers_due(from);
    sanscsi_builder_init(&out, text.bytes, sizeof(text.bytes));
    sanscsi_negotiation_answer(from, &out);
    FUZZ_HOLDS(!out.overflow, "answers need no more than 1024 bytes");
    FUZZ_HOLDS((out.size > 0) == due, "answers are written when they are due");
    FUZZ_HOLDS(!sanscsi_negotiation_answers_due(from), "answers are written once");
    text.size = out.size;
    bool good = pass_on(&text, to, STAGE_OPERATIONAL, input);
    struct negotiation ended = *from;
    if (sanscsi_negotiation_finish_stage(&ended, STAGE_OPERATIONAL).code == VERDICT_OK) {
        check_answers(&text, &ended.result);
    }
    return good;
}

/* ---- what RFC 7143 13 says of the results ---- */

static bool listed(const char *list, const char *value) {
    return sanscsi_value_list_contains(span_of_string(list), span_of_string(value));
}

/* The first value of the initiator's list that the target's has, too; or none. */
static const char *first_common(const struct key_rule *rule, uint32_t ours, uint32_t theirs) {
    struct span list = span_of_string(rule->proposals[ours]);
    struct span value;
    bool started = false;
    while (sanscsi_value_list_next(&list, &started, &value)) {
        for (uint32_t i = 0; rule->values[i] != NULL; i++) {
            if (span_equal_string(value, rule->values[i]) &&
                listed(rule->proposals[theirs], rule->values[i])) {
                return rule->values[i];
            }
        }
    }
    return NULL;
}

static uint32_t smaller(uint32_t a, uint32_t b) {
    return a < b ? a : b;
}

static uint32_t larger(uint32_t a, uint32_t b) {
    return a > b ? a : b;
}

/* The numbers and booleans, by hand from 13.2, 13.10 to 13.20; MaxOutstandingR2T by 13.17, 13.19.
 */
static void check_session(const sanscsi_parameters *a, const sanscsi_parameters *b,
                          const sanscsi_parameters *r) {
    FUZZ_HOLDS(r->max_connections == smaller(a->max_connections, b->max_connections),
               "MaxConnections is the smaller");
    FUZZ_HOLDS(r->initial_r2t == (a->initial_r2t | b->initial_r2t), "InitialR2T is Yes by either");
    FUZZ_HOLDS(r->immediate_data == (a->immediate_data & b->immediate_data),
               "ImmediateData is Yes by both");
    FUZZ_HOLDS(r->max_burst_length == smaller(a->max_burst_length, b->max_burst_length),
               "MaxBurstLength is the smaller");
    FUZZ_HOLDS(
        r->first_burst_length ==
            smaller(smaller(a->first_burst_length, b->first_burst_length), r->max_burst_length),
        "FirstBurstLength is the smaller, up to MaxBurstLength");
    FUZZ_HOLDS(r->default_time2wait == larger(a->default_time2wait, b->default_time2wait),
               "DefaultTime2Wait is the larger");
    FUZZ_HOLDS(r->default_time2retain == smaller(a->default_time2retain, b->default_time2retain),
               "DefaultTime2Retain is the smaller");
    FUZZ_HOLDS(r->data_pdu_in_order == (a->data_pdu_in_order | b->data_pdu_in_order),
               "DataPDUInOrder is Yes by either");
    FUZZ_HOLDS(r->data_sequence_in_order == (a->data_sequence_in_order | b->data_sequence_in_order),
               "DataSequenceInOrder is Yes by either");
    FUZZ_HOLDS(r->error_recovery_level == smaller(a->error_recovery_level, b->error_recovery_level),
               "ErrorRecoveryLevel is the smaller");
    uint32_t r2t = smaller(a->max_outstanding_r2t, b->max_outstanding_r2t);
    bool one = r->error_recovery_level != 0 && r->data_sequence_in_order != 0;
    FUZZ_HOLDS(r->max_outstanding_r2t == (one ? 1 : r2t), "MaxOutstandingR2T is the smaller, or 1");
}

static void check_lists(const sanscsi_parameters *a, const sanscsi_parameters *b,
                        const sanscsi_parameters *r) {
    static const enum key_id lists[] = {KEY_HEADER_DIGEST, KEY_DATA_DIGEST};
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        const struct key_rule *rule = sanscsi_key_rule(lists[i]);
        const char *common =
            first_common(rule, sanscsi_parameter_get(a, rule), sanscsi_parameter_get(b, rule));
        FUZZ_HOLDS(common != NULL, "without a common digest nobody agrees");
        FUZZ_HOLDS(
            span_equal_string(span_of_string(common), rule->values[sanscsi_parameter_get(r, rule)]),
            "a digest is the first of the offer that the other takes");
    }
}

static void check_agreement(const struct negotiation *initiator, const struct negotiation *target,
                            const sanscsi_parameters *a, const sanscsi_parameters *b) {
    sanscsi_parameters mirrored = target->result;
    const sanscsi_parameters *result = &initiator->result;
    mirrored.max_recv_data_segment_length = target->result.target_max_recv_data_segment_length;
    mirrored.target_max_recv_data_segment_length = target->result.max_recv_data_segment_length;
    FUZZ_HOLDS(memcmp(result, &mirrored, sizeof(mirrored)) == 0, "both come to the same results");
    FUZZ_HOLDS(result->max_recv_data_segment_length == a->max_recv_data_segment_length &&
                   result->target_max_recv_data_segment_length == b->max_recv_data_segment_length,
               "each side's MaxRecvDataSegmentLength is what it declared");
    FUZZ_HOLDS(sanscsi_parameters_valid(result), "results fit each other");
    if ((initiator->flags & NEGOTIATE_LEADING) != 0) {
        check_lists(a, b, result);
    }
    if ((initiator->flags & NEGOTIATE_LEADING) != 0 &&
        (initiator->flags & NEGOTIATE_DISCOVERY) == 0) {
        check_session(a, b, result);
    }
    if ((initiator->flags & NEGOTIATE_DISCOVERY) != 0) {
        FUZZ_HOLDS(result->max_connections == 1 && result->error_recovery_level == 0,
                   "a discovery session has one connection and no recovery");
    }
}

static void run_two_engines(struct reader *input) {
    struct negotiation initiator;
    struct negotiation target;
    uint32_t flags = fuzz_up_to(input, NEGOTIATE_DISCOVERY | NEGOTIATE_LEADING);
    bool target_first = fuzz_flag(input);
    sanscsi_parameters a = choose_offer(input);
    sanscsi_parameters b = choose_offer(input);
    sanscsi_negotiation_init(&initiator, NEGOTIATE_AS_INITIATOR, flags, &a);
    sanscsi_negotiation_init(&target, NEGOTIATE_AS_TARGET, flags, &b);
    bool good = !target_first || propose_to(&target, &initiator, input);
    good = propose_to(&initiator, &target, input) && good;
    good = answer_to(&target, &initiator, input) && good;
    good = propose_to(&target, &initiator, input) && good;
    good = answer_to(&initiator, &target, input) && good;
    good =
        sanscsi_negotiation_finish_stage(&initiator, STAGE_OPERATIONAL).code == VERDICT_OK && good;
    good = sanscsi_negotiation_finish_stage(&target, STAGE_OPERATIONAL).code == VERDICT_OK && good;
    if (good) {
        check_agreement(&initiator, &target, &a, &b);
    } else {
        const struct key_rule *header = sanscsi_key_rule(KEY_HEADER_DIGEST);
        const struct key_rule *data = sanscsi_key_rule(KEY_DATA_DIGEST);
        FUZZ_HOLDS(first_common(header, a.header_digest, b.header_digest) == NULL ||
                       first_common(data, a.data_digest, b.data_digest) == NULL,
                   "legal offers fail only for want of a common digest");
    }
}

/* ---- one engine and a peer that sends anything ---- */

/* A value of a key: any bytes, a number, a boolean, or a word that the key or every key has. */
static struct span choose_value(const struct key_rule *rule, struct reader *input,
                                struct builder *out) {
    static const char *const words[] = {"Reject", "Irrelevant", "NotUnderstood", "None", NULL};
    uint32_t kind = fuzz_up_to(input, 3);
    if (kind == 0) {
        return fuzz_bytes(input, 300);
    }
    if (kind == 1) {
        sanscsi_builder_decimal(out, fuzz_up_to(input, rule == NULL ? 0 : rule->max));
    } else if (kind == 2) {
        sanscsi_builder_string(out, fuzz_flag(input) ? "Yes" : "No");
    } else {
        bool own = rule != NULL && rule->values != NULL && fuzz_flag(input);
        const char *const *texts = own ? rule->values : words;
        sanscsi_builder_string(out, texts[fuzz_up_to(input, choices_of(texts) - 1)]);
    }
    return span_of(out->data, out->size);
}

/* A pair of the input: a key of the table or any other, with any value. */
static struct negotiation_verdict receive_any(struct negotiation *negotiation, uint32_t stage,
                                              struct reader *input) {
    uint8_t text[64];
    struct builder out;
    uint32_t id = fuzz_up_to(input, KEY_COUNT);
    const struct key_rule *rule = id == KEY_COUNT ? NULL : sanscsi_key_rule((enum key_id)id);
    struct span key = rule == NULL ? fuzz_bytes(input, 80) : span_of_string(rule->name);
    sanscsi_builder_init(&out, text, sizeof(text));
    struct span value = choose_value(rule, input, &out);
    return sanscsi_negotiation_receive(negotiation, stage, key, value);
}

/* Whatever the peer offered in one text, our answers to it fit each other (13.14, 13.19). */
static void check_fit(struct span text, const sanscsi_parameters *result) {
    struct reader reader;
    struct pair pair;
    uint64_t number = 0;
    bool one = result->error_recovery_level != 0 && result->data_sequence_in_order != 0;
    sanscsi_reader_init(&reader, text.data, text.size);
    while (sanscsi_pair_next(&reader, &pair) == PAIR_OK) {
        if (!sanscsi_value_number(pair.value, &number)) {
            continue;
        }
        FUZZ_HOLDS(!span_equal_string(pair.key, "FirstBurstLength") ||
                       number <= result->max_burst_length,
                   "FirstBurstLength is answered no larger than MaxBurstLength");
        FUZZ_HOLDS(!span_equal_string(pair.key, "MaxOutstandingR2T") || !one || number == 1,
                   "MaxOutstandingR2T is answered by 1 where recovery and order demand it");
    }
}

/* What was offered bounds what can be agreed, whatever the peer says. */
static void check_bounds(const struct negotiation *negotiation, const struct key_rule *rule) {
    uint32_t offer = sanscsi_parameter_get(&negotiation->offer, rule);
    uint32_t value = sanscsi_parameter_get(&negotiation->result, rule);
    bool number = rule->type == KEY_TYPE_NUMBER;
    if (value == rule->initial) {
        return; /* nothing was agreed */
    }
    FUZZ_HOLDS(!number || (value >= rule->min && value <= rule->max), "a number is in its range");
    FUZZ_HOLDS((rule->function != KEY_FUNCTION_MINIMUM && rule->function != KEY_FUNCTION_AND) ||
                   value <= offer,
               "no result exceeds our offer where the smaller counts");
    FUZZ_HOLDS((rule->function != KEY_FUNCTION_MAXIMUM && rule->function != KEY_FUNCTION_OR) ||
                   value >= offer,
               "no result is below our offer where the larger counts");
    FUZZ_HOLDS(rule->type != KEY_TYPE_LIST || listed(rule->proposals[offer], rule->values[value]),
               "no choice is outside our list");
}

static void check_results(const sanscsi_parameters *result) {
    sanscsi_parameters legal = *result;
    legal.max_outstanding_r2t = 1; /* 13.19 is broken by a peer that changes its mind */
    FUZZ_HOLDS(sanscsi_parameters_valid(&legal), "results are in range and fit each other");
}

static void run_hostile_peer(struct reader *input) {
    static const uint32_t stages[] = {STAGE_SECURITY, STAGE_OPERATIONAL, STAGE_FULL_FEATURE, 2};
    struct negotiation negotiation;
    uint8_t text[TEXT_MOST];
    struct builder out;
    bool good = true;
    bool propose_late = fuzz_flag(input);
    enum negotiation_role role = (enum negotiation_role)fuzz_up_to(input, 1);
    uint32_t flags = fuzz_up_to(input, NEGOTIATE_DISCOVERY | NEGOTIATE_LEADING);
    sanscsi_parameters offer = choose_offer(input);
    sanscsi_negotiation_init(&negotiation, role, flags, &offer);
    for (unsigned i = 0; i < HOSTILE_MOST && sanscsi_reader_left(input) > 0; i++) {
        sanscsi_builder_init(&out, text, sizeof(text));
        if ((i == 0) != propose_late) {
            sanscsi_negotiation_propose(&negotiation, STAGE_OPERATIONAL, &out);
            FUZZ_HOLDS(!out.overflow, "a proposal needs no more than 1024 bytes");
        }
        uint32_t stage =
            fuzz_up_to(input, 9) == 0 ? stages[fuzz_up_to(input, 3)] : STAGE_OPERATIONAL;
        struct negotiation_verdict verdict = receive_any(&negotiation, stage, input);
        good = good && verdict.code == VERDICT_OK;
        if (verdict.code == VERDICT_OK && verdict.rule != NULL && proposable(verdict.rule)) {
            check_bounds(&negotiation, verdict.rule);
        }
        FUZZ_HOLDS(memchr(verdict.proposed, '\0', sizeof(verdict.proposed)) != NULL,
                   "the text of our proposal is terminated");
        if (fuzz_flag(input)) {
            sanscsi_builder_init(&out, text, sizeof(text));
            sanscsi_negotiation_answer(&negotiation, &out);
            FUZZ_HOLDS(!out.overflow, "answers need no more than 1024 bytes");
            check_fit(span_of(text, out.size), &negotiation.result);
        }
    }
    struct negotiation_verdict last =
        sanscsi_negotiation_finish_stage(&negotiation, STAGE_OPERATIONAL);
    if (good && last.code == VERDICT_OK) {
        check_results(&negotiation.result);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct reader input;
    sanscsi_reader_init(&input, data, size);
    if (fuzz_flag(&input)) {
        run_two_engines(&input);
    } else {
        run_hostile_peer(&input);
    }
    return 0;
}
