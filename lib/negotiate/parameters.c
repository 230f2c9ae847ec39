/* The operational parameters as one struct: defaults, checks, setting one by its key's name. */
#include "negotiate/keys.h"
#include "text/values.h"

uint32_t sanscsi_parameter_get(const sanscsi_parameters *parameters, const struct key_rule *rule) {
    uint32_t value;
    memcpy(&value, (const uint8_t *)parameters + rule->field, sizeof(value));
    return value;
}

void sanscsi_parameter_put(sanscsi_parameters *parameters, const struct key_rule *rule,
                           uint32_t value) {
    memcpy((uint8_t *)parameters + rule->field, &value, sizeof(value));
}

void sanscsi_parameters_rfc_defaults(sanscsi_parameters *parameters) {
    memset(parameters, 0, sizeof(*parameters));
    parameters->size = sizeof(*parameters);
    for (uint32_t id = 0; id < KEY_COUNT; id++) {
        const struct key_rule *rule = sanscsi_key_rule((enum key_id)id);
        if (rule->field != KEY_NO_FIELD) {
            sanscsi_parameter_put(parameters, rule, rule->initial);
        }
    }
    parameters->target_max_recv_data_segment_length = parameters->max_recv_data_segment_length;
}

/* A parameter that can be proposed: the target alone tells its portal group tag. */
static bool proposable(const struct key_rule *rule) {
    return rule->field != KEY_NO_FIELD && rule->openers == KEY_BY_BOTH;
}

static uint32_t count_of(const char *const *texts) {
    uint32_t count = 0;
    while (texts[count] != NULL) {
        count++;
    }
    return count;
}

static bool in_range(const struct key_rule *rule, uint32_t value) {
    if (rule->type == KEY_TYPE_LIST) {
        return value < count_of(rule->proposals);
    }
    return value >= rule->min && value <= rule->max;
}

bool sanscsi_parameters_valid(const sanscsi_parameters *parameters) {
    for (uint32_t id = 0; id < KEY_COUNT; id++) {
        const struct key_rule *rule = sanscsi_key_rule((enum key_id)id);
        if (proposable(rule) && !in_range(rule, sanscsi_parameter_get(parameters, rule))) {
            return false;
        }
    }
    /* RFC 7143 13.19 */
    bool one_r2t = parameters->error_recovery_level != 0 && parameters->data_sequence_in_order != 0;
    return parameters->first_burst_length <= parameters->max_burst_length &&
           (!one_r2t || parameters->max_outstanding_r2t == 1);
}

/* The place of a text in a NULL-terminated table, or their count. */
static uint32_t place_of(struct span text, const char *const *texts) {
    uint32_t i = 0;
    while (texts[i] != NULL && !span_equal_string(text, texts[i])) {
        i++;
    }
    return i;
}

static bool parse_list(const struct key_rule *rule, struct span text, uint32_t *value) {
    uint32_t place = place_of(text, rule->proposals);
    if (rule->proposals[place] == NULL) {
        place = place_of(text, rule->values); /* the best value alone */
        if (rule->values[place] == NULL) {
            return false;
        }
    }
    *value = place;
    return true;
}

static bool parse(const struct key_rule *rule, struct span text, uint32_t *value) {
    bool yes;
    uint64_t number;
    if (rule->type == KEY_TYPE_LIST) {
        return parse_list(rule, text, value);
    }
    if (rule->type == KEY_TYPE_BOOLEAN) {
        if (!sanscsi_value_boolean(text, &yes)) {
            return false;
        }
        *value = yes;
        return true;
    }
    if (!sanscsi_value_number(text, &number) || number < rule->min || number > rule->max) {
        return false;
    }
    *value = (uint32_t)number;
    return true;
}

/* The most that this library can do where the key allows more. */
static const struct {
    enum key_id id;
    uint32_t most;
} built[] = {
    {KEY_MAX_CONNECTIONS, 1},
    {KEY_ERROR_RECOVERY_LEVEL, 0},
    {KEY_PROTOCOL_LEVEL, 2},
};

bool sanscsi_parameters_supported(const sanscsi_parameters *parameters) {
    for (size_t i = 0; i < sizeof(built) / sizeof(built[0]); i++) {
        if (sanscsi_parameter_get(parameters, sanscsi_key_rule(built[i].id)) > built[i].most) {
            return false;
        }
    }
    return true;
}

static bool supported(const struct key_rule *rule, uint32_t value) {
    for (size_t i = 0; i < sizeof(built) / sizeof(built[0]); i++) {
        if (built[i].id == rule->id) {
            return value <= built[i].most;
        }
    }
    return true;
}

int32_t sanscsi_parameters_set(sanscsi_parameters *parameters, const char *key, size_t key_length,
                               const char *value, size_t value_length) {
    uint32_t parsed;
    if (parameters == NULL || key == NULL || value == NULL) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    const struct key_rule *rule = sanscsi_key_find(span_of(key, key_length));
    if (rule == NULL || !proposable(rule)) {
        return SANSCSI_UNKNOWN_KEY;
    }
    if (parameters->size < rule->field + sizeof(parsed)) {
        return SANSCSI_INVALID_ARGUMENT; /* a caller older than this member */
    }
    if (!parse(rule, span_of(value, value_length), &parsed) || !supported(rule, parsed)) {
        return SANSCSI_INVALID_VALUE;
    }
    sanscsi_parameter_put(parameters, rule, parsed);
    return SANSCSI_OK;
}
