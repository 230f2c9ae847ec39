/* The receiving half of a negotiation: judges the peer's answers, and chooses ours to what the
 * peer opens (RFC 7143 6.2, 13). */
#include "base/checked.h"
#include "negotiate/steps.h"
#include "text/values.h"

#define MAX_SIMPLE_VALUE 255u

/* Words that end a negotiation and never open one (RFC 7143 6.2). */
enum reserved_word { WORD_NONE, WORD_NOT_UNDERSTOOD, WORD_REJECT, WORD_IRRELEVANT };

static enum reserved_word reserved_word(struct span value) {
    static const struct {
        const char *text;
        enum reserved_word word;
    } words[] = {{"NotUnderstood", WORD_NOT_UNDERSTOOD},
                 {"Reject", WORD_REJECT},
                 {"Irrelevant", WORD_IRRELEVANT}};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (span_equal_string(value, words[i].text)) {
            return words[i].word;
        }
    }
    return WORD_NONE;
}

static bool peer_may_open(const struct negotiation *negotiation, const struct key_rule *rule) {
    uint32_t peer = negotiation->role == NEGOTIATE_AS_INITIATOR ? KEY_BY_TARGET : KEY_BY_INITIATOR;
    return (rule->openers & peer) != 0;
}

static bool in_stage(const struct key_rule *rule, uint32_t stage) {
    static const uint32_t masks[] = {KEY_IN_SECURITY, KEY_IN_OPERATIONAL, 0, KEY_IN_FULL_FEATURE};
    return stage < sizeof(masks) / sizeof(masks[0]) && (rule->stages & masks[stage]) != 0;
}

static enum verdict_code bad_value(const struct key_rule *rule) {
    return rule->type == KEY_TYPE_NUMBER ? VERDICT_BAD_INTEGER : VERDICT_BAD_LIST;
}

/* Whether the result of a boolean key is already known and differs from `wanted`. */
static bool decided_against(const struct negotiation *negotiation, enum key_id id,
                            uint32_t wanted) {
    uint8_t status = negotiation->keys[id].status;
    uint32_t value = sanscsi_parameter_get(&negotiation->result, sanscsi_key_rule(id));
    return (status == KEY_SETTLED || status == KEY_ANSWER_DUE) && value != wanted;
}

/* In discovery all that is a session's may be irrelevant: no SCSI follows. What is a connection's
 * is in force there too. FirstBurstLength is irrelevant when nothing unsolicited may be sent; where
 * that is still open, finish_stage judges. */
static bool may_be_irrelevant(const struct negotiation *negotiation, const struct key_rule *rule) {
    if ((negotiation->flags & NEGOTIATE_DISCOVERY) != 0) {
        return (rule->flags & KEY_PER_CONNECTION) == 0;
    }
    return rule->id == KEY_FIRST_BURST_LENGTH &&
           !decided_against(negotiation, KEY_INITIAL_R2T, 1) &&
           !decided_against(negotiation, KEY_IMMEDIATE_DATA, 0);
}

/* Judges a reserved word as an answer to a key of ours. The result keeps its default. */
static enum verdict_code judge_word(struct negotiation *negotiation, const struct key_rule *rule,
                                    enum reserved_word word) {
    bool later = (rule->flags & KEY_MAY_BE_NOT_UNDERSTOOD) != 0;
    if (word == WORD_IRRELEVANT) {
        negotiation->keys[rule->id].answer = ANSWER_IRRELEVANT;
        return may_be_irrelevant(negotiation, rule) ? VERDICT_OK : bad_value(rule);
    }
    if (later) {
        return VERDICT_OK;
    }
    return word == WORD_REJECT ? VERDICT_REJECTED : VERDICT_NOT_UNDERSTOOD;
}

/* A key of one side's that came from the other: a refusal of it, or a mistake. */
static enum verdict_code judge_foreign(struct span value) {
    enum reserved_word word = reserved_word(value);
    if (word == WORD_NOT_UNDERSTOOD) {
        return VERDICT_NOT_UNDERSTOOD;
    }
    return word == WORD_REJECT ? VERDICT_REJECTED : VERDICT_UNEXPECTED;
}

/* Keys whose values the login code reads: only their sender and number are judged here. */
static enum verdict_code take_text(struct negotiation *negotiation, const struct key_rule *rule,
                                   struct span value) {
    struct key_state *state = &negotiation->keys[rule->id];
    bool informational = rule->id == KEY_NODE_ARCHITECTURE;
    if (!peer_may_open(negotiation, rule)) {
        return judge_foreign(value);
    }
    if (informational && reserved_word(value) != WORD_NONE) {
        return VERDICT_OK; /* of ours */
    }
    if (state->status == KEY_SETTLED && (rule->flags & KEY_REPEATABLE) == 0) {
        return VERDICT_UNEXPECTED;
    }
    state->status = KEY_SETTLED;
    return informational ? VERDICT_OK : VERDICT_NOT_OURS;
}

/* MaxRecvDataSegmentLength and TargetPortalGroupTag: the peer's word is final. */
static enum verdict_code take_declaration(struct negotiation *negotiation,
                                          const struct key_rule *rule, struct span value) {
    struct key_state *state = &negotiation->keys[rule->id];
    sanscsi_parameters *result = &negotiation->result;
    enum reserved_word word = reserved_word(value);
    uint64_t number;
    if (!peer_may_open(negotiation, rule)) {
        return judge_foreign(value);
    }
    if (word != WORD_NONE && state->declared != 0) {
        return judge_word(negotiation, rule, word);
    }
    if (state->status == KEY_SETTLED) {
        return VERDICT_UNEXPECTED;
    }
    state->status = KEY_SETTLED;
    bool tag = rule->id == KEY_TARGET_PORTAL_GROUP_TAG; /* RFC 7143 13.9: a binary value */
    bool read = tag ? sanscsi_value_bits(value, 16, &number) : sanscsi_value_number(value, &number);
    if (!read || number < rule->min || number > rule->max) {
        return VERDICT_BAD_INTEGER;
    }
    if (tag) {
        result->target_portal_group_tag = (uint32_t)number;
    } else {
        result->target_max_recv_data_segment_length = (uint32_t)number;
    }
    return VERDICT_OK;
}

static bool read_number(const struct key_rule *rule, struct span value, uint32_t *number) {
    uint64_t wide;
    if (!sanscsi_value_number(value, &wide) || wide < rule->min || wide > rule->max) {
        return false;
    }
    *number = (uint32_t)wide;
    return true;
}

static bool read_boolean(struct span value, uint32_t *number) {
    bool yes;
    if (!sanscsi_value_boolean(value, &yes)) {
        return false;
    }
    *number = yes;
    return true;
}

/* The code of a value of a list key. */
static bool read_choice(const struct key_rule *rule, struct span value, uint32_t *code) {
    for (uint32_t i = 0; rule->values[i] != NULL; i++) {
        if (span_equal_string(value, rule->values[i])) {
            *code = i;
            return true;
        }
    }
    return false;
}

/* What the result function makes of two values. For a list see choose(). */
static uint32_t combine(enum key_function function, uint32_t a, uint32_t b) {
    bool larger = function == KEY_FUNCTION_MAXIMUM || function == KEY_FUNCTION_OR;
    return larger ? max_u32(a, b) : min_u32(a, b);
}

/* Reads an answer and holds it against our offer: a possible result is one that combining it with
 * the offer leaves as it is. */
static bool read_answer(const struct key_rule *rule, uint32_t offered, struct span value,
                        uint32_t *answer) {
    if (rule->type == KEY_TYPE_LIST) {
        return sanscsi_value_list_contains(span_of_string(rule->proposals[offered]), value) &&
               read_choice(rule, value, answer);
    }
    bool read = rule->type == KEY_TYPE_BOOLEAN ? read_boolean(value, answer)
                                               : read_number(rule, value, answer);
    return read && combine(rule->function, offered, *answer) == *answer;
}

static enum verdict_code take_answer(struct negotiation *negotiation, const struct key_rule *rule,
                                     struct span value) {
    struct key_state *state = &negotiation->keys[rule->id];
    enum reserved_word word = reserved_word(value);
    uint32_t answer;
    state->status = KEY_SETTLED;
    if (word != WORD_NONE) {
        return judge_word(negotiation, rule, word);
    }
    if (!read_answer(rule, state->offered, value, &answer)) {
        return bad_value(rule);
    }
    sanscsi_parameter_put(&negotiation->result, rule, answer);
    return VERDICT_OK;
}

/* The first value of the peer's list that is in ours (RFC 7143 6.2.1); none when one before it is
 * longer than a value may be (6.1). */
static bool choose(const struct key_rule *rule, uint32_t ours, struct span list, uint32_t *code) {
    struct span own = span_of_string(rule->proposals[ours]);
    struct span value;
    bool started = false;
    while (sanscsi_value_list_next(&list, &started, &value) && value.size <= MAX_SIMPLE_VALUE) {
        if (sanscsi_value_list_contains(own, value)) {
            return read_choice(rule, value, code);
        }
    }
    return false;
}

/* Puts the result of a key that the peer opened; tells what to answer. */
static enum key_answer choose_answer(struct negotiation *negotiation, const struct key_rule *rule,
                                     struct span value) {
    uint32_t theirs;
    uint32_t selected;
    bool read;
    if (rule->function == KEY_FUNCTION_OBSOLETE) {
        return ANSWER_REJECT;
    }
    if (irrelevant_in_session(negotiation, rule)) {
        return ANSWER_IRRELEVANT;
    }
    uint32_t ours = sanscsi_parameter_get(&negotiation->offer, rule);
    if (rule->type == KEY_TYPE_LIST) {
        read = choose(rule, ours, value, &selected);
    } else {
        read = rule->type == KEY_TYPE_BOOLEAN ? read_boolean(value, &theirs)
                                              : read_number(rule, value, &theirs);
        selected = read ? combine(rule->function, ours, theirs) : ours;
    }
    if (!read) {
        return ANSWER_REJECT;
    }
    sanscsi_parameter_put(&negotiation->result, rule, selected);
    return ANSWER_VALUE;
}

static enum verdict_code take_offer(struct negotiation *negotiation, const struct key_rule *rule,
                                    struct span value) {
    struct key_state *state = &negotiation->keys[rule->id];
    if (!peer_may_open(negotiation, rule) || !takes_part(negotiation, rule) ||
        state->status != KEY_UNTOUCHED || reserved_word(value) != WORD_NONE) {
        return VERDICT_UNEXPECTED;
    }
    state->status = KEY_ANSWER_DUE;
    state->answer = (uint8_t)choose_answer(negotiation, rule, value);
    return VERDICT_OK;
}

struct negotiation_verdict sanscsi_negotiation_receive(struct negotiation *negotiation,
                                                       uint32_t stage, struct span key,
                                                       struct span value) {
    const struct key_rule *rule = sanscsi_key_find(key);
    if (rule == NULL || !in_stage(rule, stage)) {
        return sanscsi_negotiation_verdict(
            negotiation, rule, rule == NULL ? VERDICT_UNKNOWN_KEY : VERDICT_WRONG_STAGE);
    }
    struct key_state *state = &negotiation->keys[rule->id];
    if (stage == STAGE_FULL_FEATURE && state->stage != stage && state->status == KEY_SETTLED) {
        state->status = KEY_UNTOUCHED; /* the login's negotiation is over, this is another */
    }
    enum verdict_code code;
    if (rule->field == KEY_NO_FIELD && rule->function != KEY_FUNCTION_OBSOLETE) {
        code = take_text(negotiation, rule, value);
    } else if (rule->function == KEY_FUNCTION_DECLARED) {
        code = take_declaration(negotiation, rule, value);
    } else if (state->status == KEY_OFFERED) {
        code = take_answer(negotiation, rule, value);
    } else {
        code = take_offer(negotiation, rule, value);
    }
    state->stage = (uint8_t)stage;
    return sanscsi_negotiation_verdict(negotiation, rule, code);
}
