/* The text of Login Responses: pairs, verdicts of the engine, and the events they become. */
#include "conn/login.h"

#include "base/checked.h"
#include "text/values.h"

/* Room for the names of unknown keys; max_unknown_keys bounds it first. */
#define UNKNOWN_KEYS_LIMIT 65536u

static enum login_result fail(struct login *login, enum fault_code fault, uint32_t event,
                              struct event_value value) {
    return sanscsi_login_fail(login, fault, 0, event, 0, &value);
}

static enum login_result broken_key(struct login *login) {
    return sanscsi_login_fail(login, FAULT_LOGIN_KEY, 0,
                              SANSCSI_EVENT_LOGIN_RESPONSE_PROTOCOL_ERROR, 0, NULL);
}

static enum login_result pair_too_long(struct login *login, struct span pair) {
    struct event_value values[] = {
        EVENT_NUMBER(pair.size),
        EVENT_NUMBER(login->setup.settings->max_pair_length),
        EVENT_TEXT(pair),
    };
    return sanscsi_login_fail(login, FAULT_LOGIN_TEXT, (uint32_t)pair.size,
                              SANSCSI_EVENT_PAIR_TOO_LONG, 0, values);
}

/* What stands behind the last null. */
static struct span partial_pair(const struct login *login) {
    size_t start = login->text.size;
    while (start > 0 && login->text.data[start - 1] != 0) {
        start--;
    }
    return span_of(login->text.data + start, login->text.size - start);
}

enum login_result sanscsi_login_check_partial(struct login *login) {
    if (login->text.size == 0) {
        return LOGIN_GOES_ON;
    }
    struct span pair = partial_pair(login);
    if (pair.size > login->setup.settings->max_pair_length) {
        return pair_too_long(login, pair);
    }
    return LOGIN_GOES_ON;
}

/* A pair without its null: begun in this response it lacks the null, begun earlier its rest. */
static enum login_result unterminated(struct login *login, struct span pair) {
    bool begun_here = login->text.size - pair.size >= login->pdu_text;
    return fail(login, FAULT_LOGIN_TEXT,
                begun_here ? SANSCSI_EVENT_NULL_MISSING : SANSCSI_EVENT_PARTIAL_PAIR_ABANDONED,
                EVENT_TEXT(pair));
}

/* Keeps the name, to be answered NotUnderstood (RFC 7143 6.2), and tells of it. */
static enum login_result unknown_key(struct login *login, struct span key) {
    if (!sanscsi_key_name_valid(key) ||
        login->unknown_keys >= login->setup.settings->max_unknown_keys) {
        return broken_key(login);
    }
    int32_t status = sanscsi_growing_reserve(&login->unknown, login->setup.allocator, key.size + 1,
                                             UNKNOWN_KEYS_LIMIT);
    if (status == SANSCSI_TOO_LARGE) {
        return broken_key(login);
    }
    if (status != SANSCSI_OK) {
        return fail(login, FAULT_LOGIN_NO_MEMORY, SANSCSI_EVENT_NOT_UNDERSTOOD_KEY_NO_MEMORY,
                    EVENT_TEXT(key));
    }
    memcpy(login->unknown.data + login->unknown.size, key.data, key.size);
    login->unknown.data[login->unknown.size + key.size] = 0;
    login->unknown.size += key.size + 1;
    login->unknown_keys++;
    struct event_value value = EVENT_TEXT(key);
    (void)sanscsi_event_queue_raise(login->setup.events, login->setup.origin,
                                    SANSCSI_EVENT_KEY_NOT_UNDERSTOOD_BY_INITIATOR, 0, &value);
    return LOGIN_GOES_ON;
}

static enum login_result bad_list(struct login *login, struct span pair, const char *proposed,
                                  uint32_t facts) {
    struct event_value values[] = {EVENT_TEXT(pair), EVENT_TEXT(span_of_string(proposed))};
    return sanscsi_login_fail(login, FAULT_LOGIN_KEY, 0, SANSCSI_EVENT_LIST_VALUE_INVALID, facts,
                              values);
}

static enum login_result bad_integer(struct login *login, const struct pair *pair,
                                     const struct negotiation_verdict *verdict) {
    struct event_value values[] = {
        EVENT_NUMBER(verdict->min), EVENT_NUMBER(verdict->max), EVENT_NUMBER(verdict->preferred),
        EVENT_TEXT(pair->key),      EVENT_TEXT(pair->value),
    };
    return sanscsi_login_fail(login, FAULT_LOGIN_KEY, 0, SANSCSI_EVENT_INTEGER_VALUE_OUT_OF_RANGE,
                              0, values);
}

/* Keeps an answer to a list or boolean key of ours, for the caller to see what was agreed. */
static enum login_result keep_answer(struct login *login, struct span pair, const char *proposed) {
    if (sanscsi_growing_reserve(&login->answers, login->setup.allocator, pair.size + 1,
                                login->setup.settings->max_login_text) != SANSCSI_OK) {
        struct event_value values[] = {EVENT_TEXT(pair), EVENT_TEXT(span_of_string(proposed))};
        return sanscsi_login_fail(login, FAULT_LOGIN_NO_MEMORY, (uint32_t)pair.size,
                                  SANSCSI_EVENT_LIST_VALUE_INVALID, EVENT_FACT_NO_MEMORY, values);
    }
    memcpy(login->answers.data + login->answers.size, pair.data, pair.size);
    login->answers.size += pair.size + 1; /* what was reserved is zero already */
    return LOGIN_GOES_ON;
}

/* The answer to AuthMethod (RFC 7143 12.1). */
static enum login_result take_auth_method(struct login *login, const struct pair *pair) {
    if (login->auth_answered || !login->auth_offered) {
        return fail(login, FAULT_LOGIN_KEY, SANSCSI_EVENT_UNEXPECTED_NEGOTIATION,
                    EVENT_TEXT(pair->key));
    }
    login->auth_answered = true;
    if (span_equal_string(pair->value, "Reject")) {
        return fail(login, FAULT_LOGIN_KEY, SANSCSI_EVENT_KEY_REJECTED_BY_TARGET,
                    EVENT_TEXT(pair->key));
    }
    if (span_equal_string(pair->value, "NotUnderstood")) {
        return fail(login, FAULT_LOGIN_KEY, SANSCSI_EVENT_KEY_NOT_UNDERSTOOD_BY_TARGET,
                    EVENT_TEXT(pair->key));
    }
    const char *offer = sanscsi_login_auth_offer(login);
    const struct auth_method *method = sanscsi_auth_find(pair->value);
    if (method == NULL || !sanscsi_value_list_contains(span_of_string(offer), pair->value)) {
        return bad_list(login, pair->whole, offer, 0);
    }
    enum login_result result = keep_answer(login, pair->whole, offer);
    return result == LOGIN_GOES_ON ? sanscsi_login_select_method(login, method) : result;
}

static bool is_method_key(const struct key_rule *rule) {
    return rule->id >= KEY_CHAP_A && rule->id <= KEY_CHAP_R;
}

/* Keys that the engine knows but leaves to the login. */
static enum login_result take_other(struct login *login, const struct key_rule *rule,
                                    const struct pair *pair) {
    if (rule->id == KEY_AUTH_METHOD) {
        return take_auth_method(login, pair);
    }
    if (is_method_key(rule)) {
        return sanscsi_login_auth_key(login, pair->key, pair->value);
    }
    return LOGIN_GOES_ON; /* aliases and addresses inform; nothing follows from them */
}

static enum login_result judge(struct login *login, const struct pair *pair,
                               const struct negotiation_verdict *verdict) {
    switch (verdict->code) {
    case VERDICT_OK:
        return LOGIN_GOES_ON;
    case VERDICT_NOT_OURS:
        return take_other(login, verdict->rule, pair);
    case VERDICT_UNKNOWN_KEY:
        return sanscsi_login_auth_awaits(login)
                   ? sanscsi_login_auth_key(login, pair->key, pair->value)
                   : unknown_key(login, pair->key);
    case VERDICT_NOT_UNDERSTOOD:
        return fail(login, FAULT_LOGIN_KEY, SANSCSI_EVENT_KEY_NOT_UNDERSTOOD_BY_TARGET,
                    EVENT_TEXT(pair->key));
    case VERDICT_REJECTED:
        return fail(login, FAULT_LOGIN_KEY, SANSCSI_EVENT_KEY_REJECTED_BY_TARGET,
                    EVENT_TEXT(pair->key));
    case VERDICT_UNEXPECTED:
        if (sanscsi_login_auth_awaits(login) && is_method_key(verdict->rule)) {
            return sanscsi_login_auth_key(login, pair->key, pair->value);
        }
        return fail(login, FAULT_LOGIN_KEY, SANSCSI_EVENT_UNEXPECTED_NEGOTIATION,
                    EVENT_TEXT(pair->key));
    case VERDICT_BAD_INTEGER:
        return bad_integer(login, pair, verdict);
    case VERDICT_BAD_LIST:
        return bad_list(login, pair->whole, verdict->proposed,
                        verdict->rule->type == KEY_TYPE_BOOLEAN ? EVENT_FACT_BOOLEAN_KEY : 0);
    case VERDICT_WRONG_STAGE:
        if (sanscsi_login_auth_awaits(login)) {
            return sanscsi_login_auth_key(login, pair->key, pair->value);
        }
        break;
    case VERDICT_INTEGER_MISSING:
    case VERDICT_LIST_MISSING:
        break;
    }
    return broken_key(login);
}

static enum login_result take_pair(struct login *login, const struct pair *pair) {
    if (pair->whole.size > login->setup.settings->max_pair_length) {
        return pair_too_long(login, pair->whole);
    }
    const struct key_rule *rule = sanscsi_key_find(pair->key);
    bool answer = rule != NULL && rule->type != KEY_TYPE_NUMBER &&
                  login->negotiation.keys[rule->id].status == KEY_OFFERED;
    struct negotiation_verdict verdict =
        sanscsi_negotiation_receive(&login->negotiation, login->stage, pair->key, pair->value);
    if (answer && verdict.code == VERDICT_OK) {
        return keep_answer(login, pair->whole, verdict.proposed);
    }
    return judge(login, pair, &verdict);
}

enum login_result sanscsi_login_malformed(struct login *login, const struct pair *pair,
                                          enum pair_result result) {
    if (result == PAIR_NO_EQUAL) {
        return sanscsi_login_fail(login, FAULT_LOGIN_TEXT, 0, SANSCSI_EVENT_EQUAL_SIGN_MISSING, 0,
                                  NULL);
    }
    return unterminated(login, pair->whole);
}

enum login_result sanscsi_login_take_text(struct login *login) {
    struct reader text;
    sanscsi_reader_init(&text, login->text.data, login->text.size);
    for (;;) {
        struct pair pair;
        enum pair_result split = sanscsi_pair_next(&text, &pair);
        if (split == PAIR_END) {
            return LOGIN_GOES_ON;
        }
        enum login_result result = split == PAIR_OK ? take_pair(login, &pair)
                                                    : sanscsi_login_malformed(login, &pair, split);
        if (result != LOGIN_GOES_ON) {
            return result;
        }
    }
}

enum login_result sanscsi_login_finish_stage(struct login *login) {
    bool auth_complete = login->auth != NULL && login->auth->complete(login->exchange);
    if (login->stage == STAGE_SECURITY && !auth_complete) {
        return fail(login, FAULT_LOGIN_KEY, SANSCSI_EVENT_CHARACTER_KEY_UNANSWERED,
                    EVENT_TEXT(SPAN_LITERAL("AuthMethod")));
    }
    /* No key may want an answer in a stage that is left (RFC 7143 11.13.6); names that are not
     * understood are answered in the next stage, if there is one. */
    if (sanscsi_negotiation_answers_due(&login->negotiation)) {
        return broken_key(login);
    }
    struct negotiation_verdict verdict =
        sanscsi_negotiation_finish_stage(&login->negotiation, login->stage);
    if (verdict.code == VERDICT_OK) {
        return LOGIN_GOES_ON;
    }
    if (verdict.code == VERDICT_BAD_INTEGER) {
        /* Irrelevant came before the keys that decide whether it may (RFC 7143 13.14). */
        struct pair pair = {.key = span_of_string(verdict.rule->name),
                            .value = SPAN_LITERAL("Irrelevant")};
        return bad_integer(login, &pair, &verdict);
    }
    bool integer = verdict.code == VERDICT_INTEGER_MISSING;
    return fail(login, FAULT_LOGIN_KEY,
                integer ? SANSCSI_EVENT_INTEGER_KEY_UNANSWERED
                        : SANSCSI_EVENT_CHARACTER_KEY_UNANSWERED,
                EVENT_TEXT(span_of_string(verdict.rule->name)));
}
