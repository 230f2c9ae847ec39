/* Tests of lib/negotiate: the key table, keys the peer opens, both roles against each other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "negotiate/engine.h"
#include "text/pairs.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct text {
    char bytes[1024];
    size_t size;
};

static struct span text_of(const char *text) {
    return span_of(text, strlen(text));
}

static struct text answer(struct negotiation *negotiation) {
    struct text text;
    struct builder out;
    sanscsi_builder_init(&out, text.bytes, sizeof(text.bytes));
    sanscsi_negotiation_answer(negotiation, &out);
    assert_false(out.overflow);
    assert_false(sanscsi_negotiation_answers_due(negotiation));
    text.size = out.size;
    return text;
}

static enum verdict_code receive(struct negotiation *negotiation, uint32_t stage, const char *key,
                                 const char *value) {
    return sanscsi_negotiation_receive(negotiation, stage, text_of(key), text_of(value)).code;
}

static struct negotiation start(enum negotiation_role role, uint32_t flags) {
    struct negotiation negotiation;
    sanscsi_parameters offer;
    sanscsi_parameters_rfc_defaults(&offer);
    offer.header_digest = SANSCSI_DIGEST_CRC32C_NONE;
    offer.max_burst_length = 131072;
    offer.first_burst_length = 32768;
    offer.initial_r2t = 0;
    offer.data_pdu_in_order = 0;
    offer.data_sequence_in_order = 0;
    offer.max_connections = 4;
    offer.max_outstanding_r2t = 8;
    offer.error_recovery_level = 1;
    offer.default_time2wait = 5;
    offer.task_reporting = SANSCSI_TASK_REPORTING_RESPONSE_FENCE;
    offer.protocol_level = 2;
    sanscsi_negotiation_init(&negotiation, role, flags, &offer);
    return negotiation;
}

static void the_table_holds_together(void **state) {
    (void)state;
    for (uint32_t id = 0; id < KEY_COUNT; id++) {
        const struct key_rule *rule = sanscsi_key_rule((enum key_id)id);
        assert_non_null(rule);
        assert_int_equal(rule->id, id);
        assert_ptr_equal(sanscsi_key_find(text_of(rule->name)), rule);
        assert_true(sanscsi_key_name_valid(text_of(rule->name)));
        assert_true(rule->openers != 0 && rule->stages != 0);
        assert_non_null(rule->section);
        assert_true(rule->min <= rule->max);
        assert_int_equal(rule->proposals != NULL,
                         rule->type == KEY_TYPE_LIST && rule->field != KEY_NO_FIELD);
    }
    assert_null(sanscsi_key_rule(KEY_COUNT));
    assert_null(sanscsi_key_find(text_of("headerdigest")));
    assert_null(sanscsi_key_find(text_of("HeaderDiges")));
    assert_null(sanscsi_key_find(text_of("HeaderDigestX")));
    assert_null(sanscsi_key_find(span_of(NULL, 0)));
}

static void key_names_are_standard_labels(void **state) {
    (void)state;
    static const char *const good[] = {
        "A",       "headerdigest",      "iSERHelloRequired", "X-com.example.do_it",
        "Z9.-+@_", "X#NodeArchitecture"};
    static const char *const bad[] = {"",    "9A",  "-A",       "Foo Bar",  "A#",
                                      "A,B", "A/B", "X#Future", "A\xc3\xa9"};
    char name[64];
    for (size_t i = 0; i < COUNT(good); i++) {
        assert_true(sanscsi_key_name_valid(text_of(good[i])));
    }
    for (size_t i = 0; i < COUNT(bad); i++) {
        assert_false(sanscsi_key_name_valid(text_of(bad[i])));
    }
    memset(name, 'A', sizeof(name));
    assert_true(sanscsi_key_name_valid(span_of(name, 63)));
    assert_false(sanscsi_key_name_valid(span_of(name, 64)));
}

/* RFC 7143 13 and RFC 7144 7.1.1, written out. */
static void defaults_are_those_of_the_rfc(void **state) {
    (void)state;
    static const sanscsi_parameters wanted = {.size = sizeof(wanted),
                                              .max_connections = 1,
                                              .initial_r2t = 1,
                                              .immediate_data = 1,
                                              .max_recv_data_segment_length = 8192,
                                              .target_max_recv_data_segment_length = 8192,
                                              .max_burst_length = 262144,
                                              .first_burst_length = 65536,
                                              .default_time2wait = 2,
                                              .default_time2retain = 20,
                                              .max_outstanding_r2t = 1,
                                              .data_pdu_in_order = 1,
                                              .data_sequence_in_order = 1,
                                              .protocol_level = 1,
                                              .target_portal_group_tag = UINT32_MAX};
    sanscsi_parameters parameters;
    memset(&parameters, 0xa5, sizeof(parameters));
    sanscsi_parameters_rfc_defaults(&parameters);
    assert_memory_equal(&parameters, &wanted, sizeof(wanted));
    assert_true(sanscsi_parameters_valid(&parameters));
}

static int32_t set(sanscsi_parameters *parameters, const char *key, const char *value) {
    return sanscsi_parameters_set(parameters, key, strlen(key), value, strlen(value));
}

static void parameters_are_set_by_name(void **state) {
    (void)state;
    static const struct {
        const char *key, *least, *most, *below, *above;
        size_t field;
        uint32_t low, high;
    } numbers[] = {
#define ROW(key, member, least, most, below, above)                                                \
    {#key, #least, #most, below, above, offsetof(sanscsi_parameters, member), least, most}
        ROW(MaxConnections, max_connections, 1, 1, "0", "2"),
        ROW(MaxRecvDataSegmentLength, max_recv_data_segment_length, 512, 16777215, "511",
            "16777216"),
        ROW(MaxBurstLength, max_burst_length, 512, 16777215, "511", "16777216"),
        ROW(FirstBurstLength, first_burst_length, 512, 16777215, "511", "16777216"),
        ROW(DefaultTime2Wait, default_time2wait, 0, 3600, "-1", "3601"),
        ROW(DefaultTime2Retain, default_time2retain, 0, 3600, "-1", "3601"),
        ROW(MaxOutstandingR2T, max_outstanding_r2t, 1, 65535, "0", "65536"),
        ROW(ErrorRecoveryLevel, error_recovery_level, 0, 0, "-1", "1"),
        ROW(iSCSIProtocolLevel, protocol_level, 0, 2, "-1", "3"),
    };
    for (size_t i = 0; i < COUNT(numbers); i++) {
        sanscsi_parameters parameters;
        uint32_t value;
        const char *at = (const char *)&parameters + numbers[i].field;
        sanscsi_parameters_rfc_defaults(&parameters);
        assert_int_equal(set(&parameters, numbers[i].key, numbers[i].least), SANSCSI_OK);
        memcpy(&value, at, sizeof(value));
        assert_int_equal(value, numbers[i].low);
        assert_int_equal(set(&parameters, numbers[i].key, numbers[i].most), SANSCSI_OK);
        memcpy(&value, at, sizeof(value));
        assert_int_equal(value, numbers[i].high);
        const char *const bad[] = {numbers[i].below, numbers[i].above, "", "x", "Yes"};
        for (size_t k = 0; k < COUNT(bad); k++) {
            assert_int_equal(set(&parameters, numbers[i].key, bad[k]), SANSCSI_INVALID_VALUE);
        }
        memcpy(&value, at, sizeof(value));
        assert_int_equal(value, numbers[i].high);
    }
}

static void booleans_and_lists_are_set_by_name(void **state) {
    (void)state;
    sanscsi_parameters p;
    sanscsi_parameters_rfc_defaults(&p);
    assert_int_equal(set(&p, "InitialR2T", "No"), SANSCSI_OK);
    assert_int_equal(p.initial_r2t, 0);
    assert_int_equal(set(&p, "InitialR2T", "Yes"), SANSCSI_OK);
    assert_int_equal(p.initial_r2t, 1);
    assert_int_equal(set(&p, "ImmediateData", "No"), SANSCSI_OK);
    assert_int_equal(p.immediate_data, 0);
    assert_int_equal(set(&p, "DataPDUInOrder", "No"), SANSCSI_OK);
    assert_int_equal(p.data_pdu_in_order, 0);
    assert_int_equal(set(&p, "DataSequenceInOrder", "No"), SANSCSI_OK);
    assert_int_equal(p.data_sequence_in_order, 0);
    assert_int_equal(set(&p, "ImmediateData", "no"), SANSCSI_INVALID_VALUE);
    static const char *const digests[] = {"None", "CRC32C", "None,CRC32C", "CRC32C,None"};
    for (uint32_t i = 0; i < COUNT(digests); i++) {
        assert_int_equal(set(&p, "HeaderDigest", digests[i]), SANSCSI_OK);
        assert_int_equal(p.header_digest, i);
        assert_int_equal(set(&p, "DataDigest", digests[i]), SANSCSI_OK);
        assert_int_equal(p.data_digest, i);
    }
    assert_int_equal(set(&p, "DataDigest", "None,None"), SANSCSI_INVALID_VALUE);
    assert_int_equal(set(&p, "DataDigest", ""), SANSCSI_INVALID_VALUE);
    assert_int_equal(set(&p, "TaskReporting", "FastAbort"), SANSCSI_OK);
    assert_int_equal(p.task_reporting, 2);
    assert_int_equal(set(&p, "TaskReporting", "ResponseFence,RFC3720"), SANSCSI_OK);
    assert_int_equal(p.task_reporting, 1);
    assert_int_equal(set(&p, "TaskReporting", "RFC3720"), SANSCSI_OK);
    assert_int_equal(p.task_reporting, 0);
    assert_int_equal(set(&p, "TaskReporting", "RFC3720,FastAbort"), SANSCSI_INVALID_VALUE);
    static const char *const foreign[] = {"AuthMethod",  "TargetName", "TargetPortalGroupTag",
                                          "SessionType", "IFMarker",   "Foo",
                                          "CHAP_N",      "",           "X#NodeArchitecture"};
    for (size_t i = 0; i < COUNT(foreign); i++) {
        assert_int_equal(set(&p, foreign[i], "1"), SANSCSI_UNKNOWN_KEY);
    }
    assert_int_equal(sanscsi_parameters_set(NULL, "A", 1, "1", 1), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_parameters_set(&p, NULL, 1, "1", 1), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_parameters_set(&p, "A", 1, NULL, 1), SANSCSI_INVALID_ARGUMENT);
    p.size = 8;
    assert_int_equal(set(&p, "HeaderDigest", "None"), SANSCSI_OK);
    assert_int_equal(set(&p, "DataDigest", "None"), SANSCSI_INVALID_ARGUMENT);
}

static void parameters_must_fit_each_other(void **state) {
    (void)state;
    for (uint32_t id = 0; id < KEY_COUNT; id++) {
        const struct key_rule *rule = sanscsi_key_rule((enum key_id)id);
        sanscsi_parameters p;
        sanscsi_parameters_rfc_defaults(&p);
        if (rule->field != KEY_NO_FIELD && rule->openers == KEY_BY_BOTH) {
            uint32_t most = rule->type != KEY_TYPE_LIST      ? rule->max
                            : rule->id == KEY_TASK_REPORTING ? 2
                                                             : 3;
            sanscsi_parameter_put(&p, rule, most + 1);
            assert_false(sanscsi_parameters_valid(&p));
            if (rule->min > 0) {
                sanscsi_parameter_put(&p, rule, rule->min - 1);
                assert_false(sanscsi_parameters_valid(&p));
            }
        }
    }
    sanscsi_parameters p;
    sanscsi_parameters_rfc_defaults(&p);
    p.max_burst_length = p.first_burst_length;
    assert_true(sanscsi_parameters_valid(&p));
    p.max_burst_length--;
    assert_false(sanscsi_parameters_valid(&p));
    sanscsi_parameters_rfc_defaults(&p);
    p.max_outstanding_r2t = 2;
    assert_true(sanscsi_parameters_valid(&p));
    p.error_recovery_level = 1;
    assert_false(sanscsi_parameters_valid(&p));
    p.data_sequence_in_order = 0;
    assert_true(sanscsi_parameters_valid(&p));
}

/* What we answer to keys the target opens; the proposals are those of start(). */
static const struct {
    const char *pair, *answer;
} opened_cases[] = {{"MaxBurstLength=8192", "8192"},
                    {"MaxBurstLength=0x2000", "8192"},
                    {"MaxBurstLength=16777215", "131072"},
                    {"MaxBurstLength=16777216", "Reject"},
                    {"MaxBurstLength=511", "Reject"},
                    {"MaxBurstLength=", "Reject"},
                    {"MaxBurstLength=512~8192", "Reject"},
                    {"FirstBurstLength=16777216", "Reject"},
                    {"FirstBurstLength=512", "512"},
                    {"MaxConnections=65535", "4"},
                    {"MaxConnections=0", "Reject"},
                    {"DefaultTime2Wait=1", "5"},
                    {"DefaultTime2Wait=3600", "3600"},
                    {"DefaultTime2Wait=3601", "Reject"},
                    {"DefaultTime2Retain=0", "0"},
                    {"DefaultTime2Retain=3600", "20"},
                    {"MaxOutstandingR2T=16", "8"},
                    {"MaxOutstandingR2T=65536", "Reject"},
                    {"ErrorRecoveryLevel=2", "1"},
                    {"ErrorRecoveryLevel=3", "Reject"},
                    {"InitialR2T=No", "No"},
                    {"InitialR2T=Yes", "Yes"},
                    {"InitialR2T=yes", "Reject"},
                    {"ImmediateData=Yes", "Yes"},
                    {"ImmediateData=No", "No"},
                    {"DataPDUInOrder=No", "No"},
                    {"DataPDUInOrder=Yes", "Yes"},
                    {"DataSequenceInOrder=No", "No"},
                    {"DataSequenceInOrder=Maybe", "Reject"},
                    {"HeaderDigest=None,CRC32C", "None"},
                    {"HeaderDigest=Y-com.foo,CRC32C,None", "CRC32C"},
                    {"HeaderDigest=Y-com.foo,CRC64", "Reject"},
                    {"HeaderDigest=", "Reject"},
                    {"DataDigest=CRC32C,None", "None"},
                    {"DataDigest=CRC32C", "Reject"},
                    {"TaskReporting=FastAbort,ResponseFence,RFC3720", "ResponseFence"},
                    {"TaskReporting=RFC3720,ResponseFence", "RFC3720"},
                    {"TaskReporting=FastAbort", "Reject"},
                    {"iSCSIProtocolLevel=31", "2"},
                    {"iSCSIProtocolLevel=32", "Reject"},
                    {"IFMarker=No", "Reject"},
                    {"IFMarker=Yes", "Reject"},
                    {"OFMarker=Yes", "Reject"},
                    {"IFMarkInt=2048~8192", "Reject"},
                    {"OFMarkInt=2048", "Reject"}};

static void assert_answered(const char *pair, const char *wanted) {
    struct negotiation negotiation = start(NEGOTIATE_AS_INITIATOR, NEGOTIATE_LEADING);
    char key[64] = {0};
    size_t length = strcspn(pair, "=");
    memcpy(key, pair, length);
    const char *value = pair + length + 1;
    assert_int_equal(receive(&negotiation, STAGE_OPERATIONAL, key, value), VERDICT_OK);
    assert_true(sanscsi_negotiation_answers_due(&negotiation));
    assert_int_equal(receive(&negotiation, STAGE_OPERATIONAL, key, value), VERDICT_UNEXPECTED);
    struct text text = answer(&negotiation);
    assert_int_equal(text.size, length + 2 + strlen(wanted));
    assert_memory_equal(text.bytes, key, length);
    assert_string_equal(text.bytes + length + 1, wanted);
    assert_int_equal(receive(&negotiation, STAGE_OPERATIONAL, key, value), VERDICT_UNEXPECTED);
    assert_int_equal(answer(&negotiation).size, 0);
}

static void opened_keys_are_answered(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(opened_cases); i++) {
        assert_answered(opened_cases[i].pair, opened_cases[i].answer);
    }
}

static void answers_fit_each_other(void **state) {
    (void)state;
    struct negotiation target = start(NEGOTIATE_AS_TARGET, NEGOTIATE_LEADING);
    static const char *const pairs[][2] = {{"MaxOutstandingR2T", "4"},
                                           {"FirstBurstLength", "16384"},
                                           {"MaxBurstLength", "1024"},
                                           {"ErrorRecoveryLevel", "1"},
                                           {"DataSequenceInOrder", "Yes"}};
    for (size_t i = 0; i < COUNT(pairs); i++) {
        assert_int_equal(receive(&target, STAGE_OPERATIONAL, pairs[i][0], pairs[i][1]), VERDICT_OK);
    }
    (void)answer(&target);
    assert_int_equal(target.result.first_burst_length, 1024); /* RFC 7143 13.14 */
    assert_int_equal(target.result.max_outstanding_r2t, 1);   /* RFC 7143 13.19 */
}

static void discovery_finds_most_keys_irrelevant(void **state) {
    (void)state;
    struct negotiation negotiation =
        start(NEGOTIATE_AS_TARGET, NEGOTIATE_LEADING | NEGOTIATE_DISCOVERY);
    assert_int_equal(receive(&negotiation, STAGE_OPERATIONAL, "MaxConnections", "8"), VERDICT_OK);
    assert_int_equal(receive(&negotiation, STAGE_OPERATIONAL, "ErrorRecoveryLevel", "2"),
                     VERDICT_OK);
    struct text text = answer(&negotiation);
    static const char wanted[] = "MaxConnections=Irrelevant\0ErrorRecoveryLevel=0";
    assert_int_equal(text.size, sizeof(wanted));
    assert_memory_equal(text.bytes, wanted, sizeof(wanted));
    assert_int_equal(negotiation.result.max_connections, 1);
    assert_int_equal(negotiation.result.error_recovery_level, 0);
}

static void answers_to_every_key_fit_their_room(void **state) {
    (void)state;
    struct negotiation negotiation = start(NEGOTIATE_AS_TARGET, NEGOTIATE_LEADING);
    for (uint32_t id = 0; id < KEY_COUNT; id++) {
        (void)receive(&negotiation, STAGE_OPERATIONAL, sanscsi_key_rule((enum key_id)id)->name,
                      "~");
    }
    assert_true(answer(&negotiation).size > 300); /* answer() asserts that nothing overflowed */
}

static void keys_come_from_their_side_in_their_stage(void **state) {
    (void)state;
    static const struct {
        const char *key, *value;
        uint32_t stage;
        enum verdict_code from_target, from_initiator;
    } cases[] = {
        {"AuthMethod", "CHAP", 0, VERDICT_NOT_OURS, VERDICT_NOT_OURS},
        {"AuthMethod", "CHAP", 1, VERDICT_WRONG_STAGE, VERDICT_WRONG_STAGE},
        {"CHAP_A", "5", 0, VERDICT_NOT_OURS, VERDICT_NOT_OURS},
        {"CHAP_I", "5", 1, VERDICT_WRONG_STAGE, VERDICT_WRONG_STAGE},
        {"CHAP_C", "5", 3, VERDICT_WRONG_STAGE, VERDICT_WRONG_STAGE},
        {"CHAP_N", "joe", 0, VERDICT_NOT_OURS, VERDICT_NOT_OURS},
        {"CHAP_R", "0x1", 0, VERDICT_NOT_OURS, VERDICT_NOT_OURS},
        {"TargetAlias", "My disk \xc3\xa9", 0, VERDICT_NOT_OURS, VERDICT_UNEXPECTED},
        {"TargetAlias", "x", 1, VERDICT_NOT_OURS, VERDICT_UNEXPECTED},
        {"TargetAlias", "x", 3, VERDICT_NOT_OURS, VERDICT_UNEXPECTED},
        {"InitiatorAlias", "x", 0, VERDICT_UNEXPECTED, VERDICT_NOT_OURS},
        {"InitiatorName", "x", 1, VERDICT_UNEXPECTED, VERDICT_NOT_OURS},
        {"TargetName", "x", 1, VERDICT_UNEXPECTED, VERDICT_NOT_OURS},
        {"TargetName", "x", 3, VERDICT_WRONG_STAGE, VERDICT_WRONG_STAGE},
        {"SessionType", "Discovery", 0, VERDICT_UNEXPECTED, VERDICT_NOT_OURS},
        {"TargetAddress", "h", 0, VERDICT_NOT_OURS, VERDICT_UNEXPECTED},
        {"SendTargets", "All", 1, VERDICT_WRONG_STAGE, VERDICT_WRONG_STAGE},
        {"SendTargets", "All", 3, VERDICT_UNEXPECTED, VERDICT_NOT_OURS},
        {"MaxBurstLength", "512", 0, VERDICT_WRONG_STAGE, VERDICT_WRONG_STAGE},
        {"MaxBurstLength", "512", 3, VERDICT_WRONG_STAGE, VERDICT_WRONG_STAGE},
        {"MaxBurstLength", "512", 2, VERDICT_WRONG_STAGE, VERDICT_WRONG_STAGE},
        {"MaxBurstLength", "512", 99, VERDICT_WRONG_STAGE, VERDICT_WRONG_STAGE},
        {"HeaderDigest", "None", 3, VERDICT_WRONG_STAGE, VERDICT_WRONG_STAGE},
        {"MaxRecvDataSegmentLength", "512", 0, VERDICT_WRONG_STAGE, VERDICT_WRONG_STAGE},
        {"IFMarker", "No", 0, VERDICT_WRONG_STAGE, VERDICT_WRONG_STAGE},
        {"X#NodeArchitecture", "a/1,b/2", 0, VERDICT_OK, VERDICT_OK},
        {"X#NodeArchitecture", "a/1,b/2", 1, VERDICT_OK, VERDICT_OK},
        {"X-com.example.foo", "1", 1, VERDICT_UNKNOWN_KEY, VERDICT_UNKNOWN_KEY},
        {"headerdigest", "None", 1, VERDICT_UNKNOWN_KEY, VERDICT_UNKNOWN_KEY},
        {"Foo", "NotUnderstood", 1, VERDICT_UNKNOWN_KEY, VERDICT_UNKNOWN_KEY},
        {"ImmediateData", "Reject", 1, VERDICT_UNEXPECTED, VERDICT_UNEXPECTED},
        {"ImmediateData", "Irrelevant", 1, VERDICT_UNEXPECTED, VERDICT_UNEXPECTED},
        {"IFMarker", "NotUnderstood", 1, VERDICT_UNEXPECTED, VERDICT_UNEXPECTED},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        bool repeatable = strcmp(cases[i].key, "TargetAddress") == 0;
        for (uint32_t role = 0; role < 2; role++) {
            bool initiator = role == NEGOTIATE_AS_INITIATOR;
            struct negotiation negotiation = start((enum negotiation_role)role, NEGOTIATE_LEADING);
            enum verdict_code wanted = initiator ? cases[i].from_target : cases[i].from_initiator;
            enum verdict_code again =
                receive(&negotiation, cases[i].stage, cases[i].key, cases[i].value);
            assert_int_equal(again, wanted);
            /* Taken once, a key is not taken again. */
            if (!repeatable && (wanted == VERDICT_OK || wanted == VERDICT_NOT_OURS)) {
                wanted = VERDICT_UNEXPECTED;
            }
            again = receive(&negotiation, cases[i].stage, cases[i].key, cases[i].value);
            assert_int_equal(again, wanted);
        }
    }
}

static void leading_keys_stay_off_other_connections(void **state) {
    (void)state;
    struct negotiation negotiation = start(NEGOTIATE_AS_INITIATOR, 0);
    assert_int_equal(receive(&negotiation, STAGE_OPERATIONAL, "MaxBurstLength", "512"),
                     VERDICT_UNEXPECTED);
    assert_int_equal(receive(&negotiation, STAGE_OPERATIONAL, "HeaderDigest", "None"), VERDICT_OK);
    assert_int_equal(receive(&negotiation, STAGE_OPERATIONAL, "MaxRecvDataSegmentLength", "512"),
                     VERDICT_OK);
}

static uint32_t random_between(uint32_t low, uint32_t high) {
    uint32_t wide = (uint32_t)rand() ^ ((uint32_t)rand() << 15);
    return low + wide % (high - low + 1);
}

static sanscsi_parameters random_offer(void) {
    sanscsi_parameters offer;
    do {
        sanscsi_parameters_rfc_defaults(&offer);
        for (uint32_t id = 0; id < KEY_COUNT; id++) {
            const struct key_rule *rule = sanscsi_key_rule((enum key_id)id);
            if (rule->field == KEY_NO_FIELD || rule->openers != KEY_BY_BOTH) {
                continue;
            }
            uint32_t most = rule->type != KEY_TYPE_LIST      ? rule->max
                            : rule->id == KEY_TASK_REPORTING ? 2
                                                             : 3;
            sanscsi_parameter_put(&offer, rule, random_between(rule->min, most));
        }
        /* Both ends must have a digest in common, or login fails and there is no result. */
        offer.header_digest |= SANSCSI_DIGEST_NONE_CRC32C;
        offer.data_digest |= SANSCSI_DIGEST_NONE_CRC32C;
        offer.max_outstanding_r2t = offer.error_recovery_level != 0 ? 1 : offer.max_outstanding_r2t;
    } while (!sanscsi_parameters_valid(&offer));
    return offer;
}

static void pass_on(struct text text, struct negotiation *to) {
    struct reader reader;
    struct pair pair;
    enum pair_result found;
    sanscsi_reader_init(&reader, text.bytes, text.size);
    while ((found = sanscsi_pair_next(&reader, &pair)) == PAIR_OK) {
        assert_int_equal(
            sanscsi_negotiation_receive(to, STAGE_OPERATIONAL, pair.key, pair.value).code,
            VERDICT_OK);
    }
    assert_int_equal(found, PAIR_END);
}

static struct text propose(struct negotiation *negotiation) {
    struct text text;
    struct builder out;
    sanscsi_builder_init(&out, text.bytes, sizeof(text.bytes));
    sanscsi_negotiation_propose(negotiation, STAGE_OPERATIONAL, &out);
    assert_false(out.overflow);
    text.size = out.size;
    return text;
}

/* What must hold of results whatever was offered. */
static void assert_results(const sanscsi_parameters *a, const sanscsi_parameters *b,
                           const sanscsi_parameters *result, bool discovery) {
    assert_int_equal(result->target_max_recv_data_segment_length, b->max_recv_data_segment_length);
    assert_int_equal(result->max_recv_data_segment_length, a->max_recv_data_segment_length);
    assert_int_equal(result->default_time2wait, a->default_time2wait > b->default_time2wait
                                                    ? a->default_time2wait
                                                    : b->default_time2wait);
    assert_true(result->header_digest <= SANSCSI_DIGEST_CRC32C);
    assert_true(result->first_burst_length <= result->max_burst_length);
    if (discovery) {
        assert_int_equal(result->max_connections, 1);
        assert_int_equal(result->error_recovery_level, 0);
        return;
    }
    assert_int_equal(result->max_burst_length, a->max_burst_length < b->max_burst_length
                                                   ? a->max_burst_length
                                                   : b->max_burst_length);
    assert_int_equal(result->initial_r2t, a->initial_r2t | b->initial_r2t);
    assert_int_equal(result->immediate_data, a->immediate_data & b->immediate_data);
    assert_true(result->error_recovery_level == 0 || result->data_sequence_in_order == 0 ||
                result->max_outstanding_r2t == 1);
}

/* An initiator's engine against a target's: both must come to the same results. */
static void both_roles_agree(void **state) {
    (void)state;
    static const uint32_t kinds[] = {NEGOTIATE_LEADING, NEGOTIATE_LEADING | NEGOTIATE_DISCOVERY};
    srand(11);
    for (unsigned round = 0; round < 20000; round++) {
        uint32_t flags = kinds[round % 2];
        sanscsi_parameters ours = random_offer();
        sanscsi_parameters theirs = random_offer();
        struct negotiation initiator, target;
        sanscsi_negotiation_init(&initiator, NEGOTIATE_AS_INITIATOR, flags, &ours);
        sanscsi_negotiation_init(&target, NEGOTIATE_AS_TARGET, flags, &theirs);
        pass_on(propose(&initiator), &target);
        pass_on(answer(&target), &initiator);
        pass_on(propose(&target), &initiator);
        assert_false(sanscsi_negotiation_answers_due(&initiator));
        assert_int_equal(sanscsi_negotiation_finish_stage(&initiator, STAGE_OPERATIONAL).code,
                         VERDICT_OK);
        assert_int_equal(sanscsi_negotiation_finish_stage(&target, STAGE_OPERATIONAL).code,
                         VERDICT_OK);
        assert_results(&ours, &theirs, &initiator.result, flags != NEGOTIATE_LEADING);
        assert_results(&theirs, &ours, &target.result, flags != NEGOTIATE_LEADING);
        /* Each end calls its own declaration its own. */
        sanscsi_parameters mirrored = target.result;
        mirrored.max_recv_data_segment_length = target.result.target_max_recv_data_segment_length;
        mirrored.target_max_recv_data_segment_length = target.result.max_recv_data_segment_length;
        assert_memory_equal(&initiator.result, &mirrored, sizeof(mirrored));
    }
}

/* Any bytes may come; nothing breaks, and results stay in their ranges. */
static void nonsense_leaves_results_in_range(void **state) {
    (void)state;
    static const char *const values[] = {"",          "Yes",        "No",
                                         "0",         "1",          "511",
                                         "512",       "65535",      "16777215",
                                         "3600",      "0x200",      "16777216",
                                         "~",         "1~2",        "None",
                                         ",",         "CRC32C",     "None,CRC32C",
                                         "Reject",    "Irrelevant", "NotUnderstood",
                                         "FastAbort", "RFC3720",    "99999999999999999999"};
    static const uint32_t stages[] = {STAGE_SECURITY, STAGE_OPERATIONAL, STAGE_FULL_FEATURE};
    srand(13);
    for (unsigned round = 0; round < 5000; round++) {
        sanscsi_parameters offer = random_offer();
        struct negotiation negotiation;
        sanscsi_negotiation_init(&negotiation, (enum negotiation_role)random_between(0, 1),
                                 random_between(0, 3), &offer);
        (void)propose(&negotiation);
        for (unsigned i = 0; i < 60; i++) {
            uint32_t id = random_between(0, KEY_COUNT - 1);
            (void)receive(&negotiation, stages[random_between(0, 2)],
                          sanscsi_key_rule((enum key_id)id)->name,
                          values[random_between(0, COUNT(values) - 1)]);
        }
        (void)answer(&negotiation);
        struct negotiation_verdict verdict =
            sanscsi_negotiation_finish_stage(&negotiation, STAGE_OPERATIONAL);
        sanscsi_parameters *result = &negotiation.result;
        assert_true(result->header_digest <= 1 && result->data_digest <= 1);
        assert_in_range(result->target_max_recv_data_segment_length, 512, 16777215);
        if (verdict.code == VERDICT_OK) {
            assert_true(result->first_burst_length <= result->max_burst_length);
            result->max_outstanding_r2t = 1; /* the one rule that the peer can break */
            assert_true(sanscsi_parameters_valid(result));
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_holds_together),
        cmocka_unit_test(key_names_are_standard_labels),
        cmocka_unit_test(defaults_are_those_of_the_rfc),
        cmocka_unit_test(parameters_are_set_by_name),
        cmocka_unit_test(booleans_and_lists_are_set_by_name),
        cmocka_unit_test(parameters_must_fit_each_other),
        cmocka_unit_test(opened_keys_are_answered),
        cmocka_unit_test(answers_fit_each_other),
        cmocka_unit_test(discovery_finds_most_keys_irrelevant),
        cmocka_unit_test(answers_to_every_key_fit_their_room),
        cmocka_unit_test(keys_come_from_their_side_in_their_stage),
        cmocka_unit_test(leading_keys_stay_off_other_connections),
        cmocka_unit_test(both_roles_agree),
        cmocka_unit_test(nonsense_leaves_results_in_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
