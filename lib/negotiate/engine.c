/* The sending half of a negotiation: offers, answers, and what is missing when a stage ends. */
#include "negotiate/engine.h"

#include "base/checked.h"
#include "base/invariant.h"
#include "negotiate/steps.h"

void sanscsi_negotiation_init(struct negotiation *negotiation, enum negotiation_role role,
                              uint32_t flags, const sanscsi_parameters *offer) {
    INVARIANT(sanscsi_parameters_valid(offer));
    memset(negotiation, 0, sizeof(*negotiation));
    negotiation->role = role;
    negotiation->flags = flags;
    negotiation->offer = *offer;
    if ((flags & NEGOTIATE_DISCOVERY) != 0) {
        /* RFC 7143 13.21: whatever the peer offers, these stay. */
        negotiation->offer.max_connections = 1;
        negotiation->offer.error_recovery_level = 0;
    }
    sanscsi_parameters_rfc_defaults(&negotiation->result);
}

/* The text of one value, or of all that we propose when it is a list. */
static void put_value(struct builder *out, const struct key_rule *rule, const char *const *lists,
                      uint32_t value) {
    if (rule->type == KEY_TYPE_LIST) {
        sanscsi_builder_string(out, lists[value]);
    } else if (rule->type == KEY_TYPE_BOOLEAN) {
        sanscsi_builder_string(out, value != 0 ? "Yes" : "No");
    } else {
        sanscsi_builder_decimal(out, value);
    }
}

static void put_key(struct builder *out, const struct key_rule *rule) {
    sanscsi_builder_string(out, rule->name);
    sanscsi_builder_u8(out, '=');
}

struct negotiation_verdict sanscsi_negotiation_verdict(const struct negotiation *negotiation,
                                                       const struct key_rule *rule,
                                                       enum verdict_code code) {
    struct negotiation_verdict verdict = {.code = code, .rule = rule};
    if (rule == NULL) {
        return verdict;
    }
    verdict.min = rule->min;
    verdict.max = rule->max;
    if (rule->field != KEY_NO_FIELD && rule->openers == KEY_BY_BOTH) {
        struct builder text;
        verdict.preferred = sanscsi_parameter_get(&negotiation->offer, rule);
        sanscsi_builder_init(&text, verdict.proposed, sizeof(verdict.proposed) - 1);
        put_value(&text, rule, rule->proposals, verdict.preferred);
    }
    return verdict;
}

/* Whether we open a key of our own accord. */
static bool opened_by_us(const struct negotiation *negotiation, const struct key_rule *rule) {
    const sanscsi_parameters *offer = &negotiation->offer;
    const struct key_state *state = &negotiation->keys[rule->id];
    bool discovery = (negotiation->flags & NEGOTIATE_DISCOVERY) != 0;
    if (rule->field == KEY_NO_FIELD || rule->openers != KEY_BY_BOTH ||
        !takes_part(negotiation, rule) || irrelevant_in_session(negotiation, rule)) {
        return false;
    }
    if (rule->function == KEY_FUNCTION_DECLARED) {
        return state->declared == 0;
    }
    if (negotiation->role == NEGOTIATE_AS_TARGET || state->status != KEY_UNTOUCHED) {
        return false;
    }
    if ((rule->flags & KEY_MAY_BE_NOT_UNDERSTOOD) != 0) {
        return sanscsi_parameter_get(offer, rule) != 0;
    }
    return !(discovery && rule->id == KEY_ERROR_RECOVERY_LEVEL); /* 0 anyway */
}

void sanscsi_negotiation_propose(struct negotiation *negotiation, uint32_t stage,
                                 struct builder *out) {
    if (stage != STAGE_OPERATIONAL) {
        return;
    }
    for (uint32_t id = 0; id < KEY_COUNT; id++) {
        const struct key_rule *rule = sanscsi_key_rule((enum key_id)id);
        struct key_state *state = &negotiation->keys[id];
        if (!opened_by_us(negotiation, rule)) {
            continue;
        }
        uint32_t value = sanscsi_parameter_get(&negotiation->offer, rule);
        put_key(out, rule);
        put_value(out, rule, rule->proposals, value);
        sanscsi_builder_u8(out, '\0');
        if (rule->function == KEY_FUNCTION_DECLARED) {
            state->declared = 1;
            sanscsi_parameter_put(&negotiation->result, rule, value);
        } else {
            state->status = KEY_OFFERED;
            state->stage = (uint8_t)stage;
            state->offered = value;
        }
    }
}

bool sanscsi_negotiation_answers_due(const struct negotiation *negotiation) {
    for (uint32_t id = 0; id < KEY_COUNT; id++) {
        if (negotiation->keys[id].status == KEY_ANSWER_DUE) {
            return true;
        }
    }
    return false;
}

/* Brings the values we are about to answer in line with each other: only now has everything come
 * that the peer put into the same text (RFC 7143 6.2, 13.14, 13.19). */
static void fit_answers(struct negotiation *negotiation) {
    sanscsi_parameters *result = &negotiation->result;
    if (negotiation->keys[KEY_FIRST_BURST_LENGTH].status == KEY_ANSWER_DUE) {
        result->first_burst_length = min_u32(result->first_burst_length, result->max_burst_length);
    }
    if (negotiation->keys[KEY_MAX_OUTSTANDING_R2T].status == KEY_ANSWER_DUE &&
        result->error_recovery_level != 0 && result->data_sequence_in_order != 0) {
        result->max_outstanding_r2t = 1;
    }
}

void sanscsi_negotiation_answer(struct negotiation *negotiation, struct builder *out) {
    fit_answers(negotiation);
    for (uint32_t id = 0; id < KEY_COUNT; id++) {
        const struct key_rule *rule = sanscsi_key_rule((enum key_id)id);
        struct key_state *state = &negotiation->keys[id];
        if (state->status != KEY_ANSWER_DUE) {
            continue;
        }
        put_key(out, rule);
        if (state->answer == ANSWER_VALUE) {
            put_value(out, rule, rule->values, sanscsi_parameter_get(&negotiation->result, rule));
        } else {
            sanscsi_builder_string(out, state->answer == ANSWER_REJECT ? "Reject" : "Irrelevant");
        }
        sanscsi_builder_u8(out, '\0');
        state->status = KEY_SETTLED;
    }
}

/* Settles a key the peer has left without an answer; false when it needs one. */
static bool settle_unanswered(struct negotiation *negotiation, const struct key_rule *rule) {
    struct key_state *state = &negotiation->keys[rule->id];
    bool decided = (rule->function == KEY_FUNCTION_AND && state->offered == 0) ||
                   (rule->function == KEY_FUNCTION_OR && state->offered != 0);
    if (decided) { /* RFC 7143 6.2.2 */
        sanscsi_parameter_put(&negotiation->result, rule, state->offered);
    } else if ((rule->flags & KEY_MAY_BE_NOT_UNDERSTOOD) == 0) {
        return false;
    }
    state->status = KEY_SETTLED;
    return true;
}

/* Whether the peer called FirstBurstLength irrelevant although unsolicited data may be sent. */
static bool wrongly_irrelevant(const struct negotiation *negotiation) {
    const struct key_state *state = &negotiation->keys[KEY_FIRST_BURST_LENGTH];
    const sanscsi_parameters *result = &negotiation->result;
    return (negotiation->flags & NEGOTIATE_DISCOVERY) == 0 && state->status == KEY_SETTLED &&
           state->answer == ANSWER_IRRELEVANT &&
           (result->initial_r2t == 0 || result->immediate_data != 0);
}

struct negotiation_verdict sanscsi_negotiation_finish_stage(struct negotiation *negotiation,
                                                            uint32_t stage) {
    for (uint32_t id = 0; id < KEY_COUNT; id++) {
        const struct key_rule *rule = sanscsi_key_rule((enum key_id)id);
        struct key_state *state = &negotiation->keys[id];
        if (state->status == KEY_OFFERED && state->stage == stage &&
            !settle_unanswered(negotiation, rule)) {
            bool integer = rule->type == KEY_TYPE_NUMBER;
            return sanscsi_negotiation_verdict(
                negotiation, rule, integer ? VERDICT_INTEGER_MISSING : VERDICT_LIST_MISSING);
        }
        if (stage == STAGE_FULL_FEATURE && state->stage == stage) {
            state->status = KEY_UNTOUCHED;
        }
    }
    if (wrongly_irrelevant(negotiation)) {
        return sanscsi_negotiation_verdict(negotiation, sanscsi_key_rule(KEY_FIRST_BURST_LENGTH),
                                           VERDICT_BAD_INTEGER);
    }
    sanscsi_parameters *result = &negotiation->result;
    result->first_burst_length = min_u32(result->first_burst_length, result->max_burst_length);
    return sanscsi_negotiation_verdict(negotiation, NULL, VERDICT_OK);
}
