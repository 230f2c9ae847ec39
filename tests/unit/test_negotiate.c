/* Tests of lib/negotiate: what an initiator offers, and how the target's answers are judged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "negotiate/engine.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct text {
    char bytes[1024];
    size_t size;
};

static struct span text_of(const char *text) {
    return span_of(text, strlen(text));
}

/* Proposals unlike the defaults of the RFC in every key. */
static sanscsi_parameters proposals(void) {
    sanscsi_parameters offer;
    sanscsi_parameters_rfc_defaults(&offer);
    offer.header_digest = SANSCSI_DIGEST_CRC32C_NONE;
    offer.data_digest = SANSCSI_DIGEST_NONE_CRC32C;
    offer.max_connections = 4;
    offer.initial_r2t = 0;
    offer.immediate_data = 1;
    offer.max_recv_data_segment_length = 262144;
    offer.max_burst_length = 1048576;
    offer.first_burst_length = 131072;
    offer.default_time2wait = 3;
    offer.default_time2retain = 60;
    offer.max_outstanding_r2t = 8;
    offer.data_pdu_in_order = 0;
    offer.data_sequence_in_order = 0;
    offer.error_recovery_level = 2;
    offer.task_reporting = SANSCSI_TASK_REPORTING_FAST_ABORT;
    offer.protocol_level = 2;
    return offer;
}

static struct negotiation start(enum negotiation_role role, uint32_t flags,
                                const sanscsi_parameters *offer) {
    struct negotiation negotiation;
    sanscsi_negotiation_init(&negotiation, role, flags, offer);
    return negotiation;
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

/* A negotiation of ours that has proposed everything on the leading connection. */
static struct negotiation proposed(const sanscsi_parameters *offer, uint32_t flags) {
    struct negotiation negotiation = start(NEGOTIATE_AS_INITIATOR, flags, offer);
    (void)propose(&negotiation);
    return negotiation;
}

static struct negotiation_verdict receive(struct negotiation *negotiation, const char *key,
                                          const char *value) {
    return sanscsi_negotiation_receive(negotiation, STAGE_OPERATIONAL, text_of(key),
                                       text_of(value));
}

static void assert_verdict(struct negotiation *negotiation, const char *key, const char *value,
                           enum verdict_code code) {
    struct negotiation_verdict verdict = receive(negotiation, key, value);
    assert_int_equal(verdict.code, code);
    if (verdict.rule != NULL) {
        assert_string_equal(verdict.rule->name, key);
    }
}

static void assert_text(struct text got, const char *wanted, size_t size) {
    assert_int_equal(got.size, size);
    assert_memory_equal(got.bytes, wanted, size);
}

#define ASSERT_TEXT(got, literal) assert_text(got, literal, sizeof(literal) - 1)

static void a_normal_session_offers_every_key(void **state) {
    (void)state;
    sanscsi_parameters offer = proposals();
    struct negotiation negotiation = start(NEGOTIATE_AS_INITIATOR, NEGOTIATE_LEADING, &offer);
    ASSERT_TEXT(propose(&negotiation), "HeaderDigest=CRC32C,None\0"
                                       "DataDigest=None,CRC32C\0"
                                       "MaxConnections=4\0"
                                       "InitialR2T=No\0"
                                       "ImmediateData=Yes\0"
                                       "MaxRecvDataSegmentLength=262144\0"
                                       "MaxBurstLength=1048576\0"
                                       "FirstBurstLength=131072\0"
                                       "DefaultTime2Wait=3\0"
                                       "DefaultTime2Retain=60\0"
                                       "MaxOutstandingR2T=8\0"
                                       "DataPDUInOrder=No\0"
                                       "DataSequenceInOrder=No\0"
                                       "ErrorRecoveryLevel=2\0"
                                       "TaskReporting=FastAbort,ResponseFence,RFC3720\0"
                                       "iSCSIProtocolLevel=2\0");
    assert_int_equal(negotiation.result.max_recv_data_segment_length, 262144);
    assert_int_equal(propose(&negotiation).size, 0); /* once only */
}

static void some_keys_are_not_offered(void **state) {
    (void)state;
    sanscsi_parameters offer = proposals();
    struct negotiation negotiation = start(NEGOTIATE_AS_INITIATOR, 0, &offer);
    ASSERT_TEXT(propose(&negotiation), "HeaderDigest=CRC32C,None\0"
                                       "DataDigest=None,CRC32C\0"
                                       "MaxRecvDataSegmentLength=262144\0");
    negotiation = start(NEGOTIATE_AS_INITIATOR, NEGOTIATE_LEADING | NEGOTIATE_DISCOVERY, &offer);
    ASSERT_TEXT(propose(&negotiation), "HeaderDigest=CRC32C,None\0"
                                       "DataDigest=None,CRC32C\0"
                                       "MaxRecvDataSegmentLength=262144\0"
                                       "DefaultTime2Wait=3\0"
                                       "DefaultTime2Retain=60\0");
    sanscsi_parameters_rfc_defaults(&offer);
    offer.immediate_data = 0;
    offer.protocol_level = 0;
    negotiation = start(NEGOTIATE_AS_INITIATOR, NEGOTIATE_LEADING, &offer);
    ASSERT_TEXT(propose(&negotiation), "HeaderDigest=None\0"
                                       "DataDigest=None\0"
                                       "MaxConnections=1\0"
                                       "InitialR2T=Yes\0"
                                       "ImmediateData=No\0"
                                       "MaxRecvDataSegmentLength=8192\0"
                                       "MaxBurstLength=262144\0"
                                       "FirstBurstLength=65536\0"
                                       "DefaultTime2Wait=2\0"
                                       "DefaultTime2Retain=20\0"
                                       "MaxOutstandingR2T=1\0"
                                       "DataPDUInOrder=Yes\0"
                                       "DataSequenceInOrder=Yes\0"
                                       "ErrorRecoveryLevel=0\0");
}

static void other_stages_and_targets_offer_little(void **state) {
    (void)state;
    sanscsi_parameters offer = proposals();
    struct negotiation negotiation = start(NEGOTIATE_AS_INITIATOR, NEGOTIATE_LEADING, &offer);
    char bytes[64];
    struct builder out;
    sanscsi_builder_init(&out, bytes, sizeof(bytes));
    sanscsi_negotiation_propose(&negotiation, STAGE_SECURITY, &out);
    sanscsi_negotiation_propose(&negotiation, STAGE_FULL_FEATURE, &out);
    assert_int_equal(out.size, 0);
    negotiation = start(NEGOTIATE_AS_TARGET, NEGOTIATE_LEADING, &offer);
    ASSERT_TEXT(propose(&negotiation), "MaxRecvDataSegmentLength=262144\0");
}

static void a_task_reporting_offer_names_all_that_must(void **state) {
    (void)state;
    sanscsi_parameters offer = proposals();
    offer.task_reporting = SANSCSI_TASK_REPORTING_RESPONSE_FENCE;
    struct negotiation negotiation = proposed(&offer, NEGOTIATE_LEADING);
    struct negotiation_verdict verdict = receive(&negotiation, "TaskReporting", "FastAbort");
    assert_int_equal(verdict.code, VERDICT_BAD_LIST);
    assert_string_equal(verdict.proposed, "ResponseFence,RFC3720");
}

/* One row: an answer to proposals() and what becomes of it. */
struct answer_case {
    const char *key, *value;
    enum verdict_code code;
    size_t field;
    uint32_t result;
};

#define FIELD(member) offsetof(sanscsi_parameters, member)
#define GOOD(key, value, member, result)                                                           \
    { key, value, VERDICT_OK, FIELD(member), result }
#define BAD_NUMBER(key, value, member, initial)                                                    \
    { key, value, VERDICT_BAD_INTEGER, FIELD(member), initial }
#define BAD_CHOICE(key, value, member, initial)                                                    \
    { key, value, VERDICT_BAD_LIST, FIELD(member), initial }

static void run_answer_cases(const sanscsi_parameters *offer, const struct answer_case *cases,
                             size_t count) {
    for (size_t i = 0; i < count; i++) {
        struct negotiation negotiation = proposed(offer, NEGOTIATE_LEADING);
        uint32_t result;
        assert_verdict(&negotiation, cases[i].key, cases[i].value, cases[i].code);
        memcpy(&result, (const char *)&negotiation.result + cases[i].field, sizeof(result));
        assert_int_equal(result, cases[i].result);
        assert_false(sanscsi_negotiation_answers_due(&negotiation));
        if (cases[i].code == VERDICT_OK) {
            assert_verdict(&negotiation, cases[i].key, cases[i].value, VERDICT_UNEXPECTED);
        }
    }
}

static void number_answers_are_held_against_offer_and_range(void **state) {
    (void)state;
    static const struct answer_case cases[] = {
        GOOD("MaxConnections", "4", max_connections, 4),
        GOOD("MaxConnections", "0x1", max_connections, 1),
        BAD_NUMBER("MaxConnections", "5", max_connections, 1),
        BAD_NUMBER("MaxConnections", "0", max_connections, 1),
        GOOD("MaxBurstLength", "512", max_burst_length, 512),
        GOOD("MaxBurstLength", "1048576", max_burst_length, 1048576),
        GOOD("MaxBurstLength", "0x100000", max_burst_length, 1048576),
        BAD_NUMBER("MaxBurstLength", "1048577", max_burst_length, 262144),
        BAD_NUMBER("MaxBurstLength", "511", max_burst_length, 262144),
        BAD_NUMBER("MaxBurstLength", "4294968320", max_burst_length, 262144),
        BAD_NUMBER("MaxBurstLength", "0x10000000000000400", max_burst_length, 262144),
        BAD_NUMBER("MaxBurstLength", "", max_burst_length, 262144),
        BAD_NUMBER("MaxBurstLength", "Irrelevant", max_burst_length, 262144),
        BAD_NUMBER("MaxBurstLength", "512~1024", max_burst_length, 262144),
        BAD_NUMBER("MaxBurstLength", "None", max_burst_length, 262144),
        GOOD("FirstBurstLength", "512", first_burst_length, 512),
        GOOD("FirstBurstLength", "131072", first_burst_length, 131072),
        BAD_NUMBER("FirstBurstLength", "131073", first_burst_length, 65536),
        BAD_NUMBER("FirstBurstLength", "511", first_burst_length, 65536),
        GOOD("DefaultTime2Wait", "3", default_time2wait, 3),
        GOOD("DefaultTime2Wait", "3600", default_time2wait, 3600),
        BAD_NUMBER("DefaultTime2Wait", "2", default_time2wait, 2),
        BAD_NUMBER("DefaultTime2Wait", "3601", default_time2wait, 2),
        GOOD("DefaultTime2Retain", "0", default_time2retain, 0),
        GOOD("DefaultTime2Retain", "60", default_time2retain, 60),
        BAD_NUMBER("DefaultTime2Retain", "61", default_time2retain, 20),
        BAD_NUMBER("DefaultTime2Retain", "-1", default_time2retain, 20),
        GOOD("MaxOutstandingR2T", "1", max_outstanding_r2t, 1),
        GOOD("MaxOutstandingR2T", "8", max_outstanding_r2t, 8),
        BAD_NUMBER("MaxOutstandingR2T", "9", max_outstanding_r2t, 1),
        BAD_NUMBER("MaxOutstandingR2T", "0", max_outstanding_r2t, 1),
        GOOD("ErrorRecoveryLevel", "0", error_recovery_level, 0),
        GOOD("ErrorRecoveryLevel", "2", error_recovery_level, 2),
        BAD_NUMBER("ErrorRecoveryLevel", "3", error_recovery_level, 0),
        GOOD("iSCSIProtocolLevel", "0", protocol_level, 0),
        GOOD("iSCSIProtocolLevel", "2", protocol_level, 2),
        BAD_NUMBER("iSCSIProtocolLevel", "3", protocol_level, 1),
        BAD_NUMBER("iSCSIProtocolLevel", "32", protocol_level, 1),
    };
    sanscsi_parameters offer = proposals();
    run_answer_cases(&offer, cases, COUNT(cases));
}

static void boolean_and_list_answers_are_held_against_the_offer(void **state) {
    (void)state;
    static const struct answer_case cases[] = {
        GOOD("InitialR2T", "No", initial_r2t, 0),
        GOOD("InitialR2T", "Yes", initial_r2t, 1),
        GOOD("ImmediateData", "No", immediate_data, 0),
        GOOD("ImmediateData", "Yes", immediate_data, 1),
        GOOD("DataPDUInOrder", "No", data_pdu_in_order, 0),
        GOOD("DataPDUInOrder", "Yes", data_pdu_in_order, 1),
        GOOD("DataSequenceInOrder", "No", data_sequence_in_order, 0),
        GOOD("DataSequenceInOrder", "Yes", data_sequence_in_order, 1),
        BAD_CHOICE("InitialR2T", "yes", initial_r2t, 1),
        BAD_CHOICE("InitialR2T", "", initial_r2t, 1),
        BAD_CHOICE("InitialR2T", "None", initial_r2t, 1),
        BAD_CHOICE("DataPDUInOrder", "Irrelevant", data_pdu_in_order, 1),
        BAD_CHOICE("ImmediateData", "1", immediate_data, 1),
        GOOD("HeaderDigest", "CRC32C", header_digest, SANSCSI_DIGEST_CRC32C),
        GOOD("HeaderDigest", "None", header_digest, SANSCSI_DIGEST_NONE),
        GOOD("DataDigest", "CRC32C", data_digest, SANSCSI_DIGEST_CRC32C),
        BAD_CHOICE("HeaderDigest", "CRC32C,None", header_digest, SANSCSI_DIGEST_NONE),
        BAD_CHOICE("HeaderDigest", "crc32c", header_digest, SANSCSI_DIGEST_NONE),
        BAD_CHOICE("HeaderDigest", "", header_digest, SANSCSI_DIGEST_NONE),
        BAD_CHOICE("DataDigest", "CRC64", data_digest, SANSCSI_DIGEST_NONE),
        BAD_CHOICE("DataDigest", "Irrelevant", data_digest, SANSCSI_DIGEST_NONE),
        GOOD("TaskReporting", "RFC3720", task_reporting, 0),
        GOOD("TaskReporting", "ResponseFence", task_reporting, 1),
        GOOD("TaskReporting", "FastAbort", task_reporting, 2),
        BAD_CHOICE("TaskReporting", "SlowAbort", task_reporting, 0),
        BAD_CHOICE("TaskReporting", "Irrelevant", task_reporting, 0),
    };
    sanscsi_parameters offer = proposals();
    run_answer_cases(&offer, cases, COUNT(cases));

    /* The other side of each function, and lists of one. */
    static const struct answer_case decided[] = {
        GOOD("InitialR2T", "Yes", initial_r2t, 1),
        BAD_CHOICE("InitialR2T", "No", initial_r2t, 1),
        GOOD("ImmediateData", "No", immediate_data, 0),
        BAD_CHOICE("ImmediateData", "Yes", immediate_data, 1),
        BAD_CHOICE("DataPDUInOrder", "No", data_pdu_in_order, 1),
        BAD_CHOICE("DataSequenceInOrder", "No", data_sequence_in_order, 1),
        BAD_CHOICE("HeaderDigest", "None", header_digest, SANSCSI_DIGEST_NONE),
        BAD_CHOICE("DataDigest", "CRC32C", data_digest, SANSCSI_DIGEST_NONE),
    };
    offer.initial_r2t = 1;
    offer.immediate_data = 0;
    offer.data_pdu_in_order = 1;
    offer.data_sequence_in_order = 1;
    offer.max_outstanding_r2t = 1;
    offer.header_digest = SANSCSI_DIGEST_CRC32C;
    offer.data_digest = SANSCSI_DIGEST_NONE;
    run_answer_cases(&offer, decided, COUNT(decided));
}

static void verdicts_tell_what_was_allowed(void **state) {
    (void)state;
    sanscsi_parameters offer = proposals();
    struct negotiation negotiation = proposed(&offer, NEGOTIATE_LEADING);
    struct negotiation_verdict verdict = receive(&negotiation, "MaxBurstLength", "1");
    assert_int_equal(verdict.min, 512);
    assert_int_equal(verdict.max, 16777215);
    assert_int_equal(verdict.preferred, 1048576);
    verdict = receive(&negotiation, "HeaderDigest", "x");
    assert_string_equal(verdict.proposed, "CRC32C,None");
    verdict = receive(&negotiation, "InitialR2T", "x");
    assert_string_equal(verdict.proposed, "No");
    verdict = receive(&negotiation, "TaskReporting", "x");
    assert_string_equal(verdict.proposed, "FastAbort,ResponseFence,RFC3720");
}

static void refusals_are_forgiven_for_later_keys_only(void **state) {
    (void)state;
    static const char *const keys[] = {
        "HeaderDigest",       "DataDigest",        "MaxConnections",   "InitialR2T",
        "ImmediateData",      "MaxBurstLength",    "FirstBurstLength", "DefaultTime2Wait",
        "DefaultTime2Retain", "MaxOutstandingR2T", "DataPDUInOrder",   "DataSequenceInOrder",
        "ErrorRecoveryLevel", "InitiatorName",     "SessionType",      "MaxRecvDataSegmentLength"};
    static const char *const later[] = {"TaskReporting", "iSCSIProtocolLevel",
                                        "X#NodeArchitecture"};
    sanscsi_parameters offer = proposals();
    sanscsi_parameters defaults;
    sanscsi_parameters_rfc_defaults(&defaults);
    for (size_t i = 0; i < COUNT(keys); i++) {
        struct negotiation negotiation = proposed(&offer, NEGOTIATE_LEADING);
        assert_verdict(&negotiation, keys[i], "NotUnderstood", VERDICT_NOT_UNDERSTOOD);
        negotiation = proposed(&offer, NEGOTIATE_LEADING);
        assert_verdict(&negotiation, keys[i], "Reject", VERDICT_REJECTED);
        negotiation.result.max_recv_data_segment_length = 8192;
        assert_memory_equal(&negotiation.result, &defaults, sizeof(defaults));
    }
    for (size_t i = 0; i < COUNT(later); i++) {
        struct negotiation negotiation = proposed(&offer, NEGOTIATE_LEADING);
        assert_verdict(&negotiation, later[i], "NotUnderstood", VERDICT_OK);
        negotiation = proposed(&offer, NEGOTIATE_LEADING);
        assert_verdict(&negotiation, later[i], "Reject", VERDICT_OK);
        assert_int_equal(negotiation.result.task_reporting, 0);
        assert_int_equal(negotiation.result.protocol_level, 1);
    }
}

static void first_burst_length_may_be_irrelevant(void **state) {
    (void)state;
    static const struct {
        const char *r2t, *immediate;
        bool legal;
    } cases[] = {{"Yes", "No", true}, {"No", "No", false}, {"Yes", "Yes", false}};
    sanscsi_parameters offer = proposals();
    for (size_t i = 0; i < COUNT(cases); i++) {
        enum verdict_code code = cases[i].legal ? VERDICT_OK : VERDICT_BAD_INTEGER;
        struct negotiation negotiation = proposed(&offer, NEGOTIATE_LEADING);
        assert_verdict(&negotiation, "InitialR2T", cases[i].r2t, VERDICT_OK);
        assert_verdict(&negotiation, "ImmediateData", cases[i].immediate, VERDICT_OK);
        assert_verdict(&negotiation, "FirstBurstLength", "Irrelevant", code);
        /* The other way round it is known when the stage ends. */
        offer.max_burst_length = offer.first_burst_length = 512;
        negotiation = proposed(&offer, NEGOTIATE_LEADING);
        assert_verdict(&negotiation, "FirstBurstLength", "Irrelevant", VERDICT_OK);
        assert_verdict(&negotiation, "InitialR2T", cases[i].r2t, VERDICT_OK);
        assert_verdict(&negotiation, "ImmediateData", cases[i].immediate, VERDICT_OK);
        for (uint32_t id = 0; id < KEY_COUNT; id++) { /* nothing else is missing */
            negotiation.keys[id].status = KEY_SETTLED;
        }
        struct negotiation_verdict verdict =
            sanscsi_negotiation_finish_stage(&negotiation, STAGE_OPERATIONAL);
        assert_int_equal(verdict.code, code);
    }
}

static void discovery_takes_irrelevant_for_keys_of_the_session(void **state) {
    (void)state;
    sanscsi_parameters offer = proposals();
    struct negotiation negotiation = proposed(&offer, NEGOTIATE_LEADING | NEGOTIATE_DISCOVERY);
    assert_verdict(&negotiation, "DefaultTime2Wait", "Irrelevant", VERDICT_OK);
    assert_verdict(&negotiation, "DefaultTime2Retain", "Irrelevant", VERDICT_OK);
    assert_verdict(&negotiation, "HeaderDigest", "None", VERDICT_OK);
    assert_verdict(&negotiation, "DataDigest", "None", VERDICT_OK);
    assert_int_equal(sanscsi_negotiation_finish_stage(&negotiation, STAGE_OPERATIONAL).code,
                     VERDICT_OK);
    assert_int_equal(negotiation.result.max_connections, 1);
    assert_int_equal(negotiation.result.error_recovery_level, 0);
    assert_int_equal(negotiation.result.default_time2wait, 2);
    /* The connection's keys are in force in every session. */
    negotiation = proposed(&offer, NEGOTIATE_LEADING | NEGOTIATE_DISCOVERY);
    assert_verdict(&negotiation, "HeaderDigest", "Irrelevant", VERDICT_BAD_LIST);
    assert_verdict(&negotiation, "DataDigest", "Irrelevant", VERDICT_BAD_LIST);
    assert_verdict(&negotiation, "MaxRecvDataSegmentLength", "Irrelevant", VERDICT_BAD_INTEGER);
}

/* Keys that RFC 7143 13 calls irrelevant in discovery, opened by a target all the same. */
static void discovery_answers_irrelevant(void **state) {
    (void)state;
    static const char *const pairs[][2] = {
        {"MaxConnections", "8"},    {"InitialR2T", "No"},          {"ImmediateData", "Yes"},
        {"MaxBurstLength", "8192"}, {"FirstBurstLength", "512"},   {"MaxOutstandingR2T", "8"},
        {"DataPDUInOrder", "No"},   {"DataSequenceInOrder", "No"}, {"TaskReporting", "RFC3720"},
        {"iSCSIProtocolLevel", "2"}};
    sanscsi_parameters offer = proposals();
    for (size_t i = 0; i < COUNT(pairs); i++) {
        char bytes[64];
        struct builder out;
        struct negotiation negotiation = proposed(&offer, NEGOTIATE_LEADING | NEGOTIATE_DISCOVERY);
        sanscsi_parameters before = negotiation.result;
        assert_verdict(&negotiation, pairs[i][0], pairs[i][1], VERDICT_OK);
        sanscsi_builder_init(&out, bytes, sizeof(bytes));
        sanscsi_negotiation_answer(&negotiation, &out);
        size_t length = strlen(pairs[i][0]);
        assert_int_equal(out.size, length + sizeof("=Irrelevant"));
        assert_string_equal(bytes + length, "=Irrelevant");
        assert_memory_equal(&negotiation.result, &before, sizeof(before));
    }
}

/* RFC 7143 6.1: no value of a list is longer than 255 bytes; 13.26: X#NodeArchitecture changes
 * nothing, whatever it is. */
static void long_values_do_no_harm(void **state) {
    (void)state;
    for (size_t length = 255; length <= 256; length++) {
        char value[300] = {0};
        char bytes[64];
        struct builder out;
        sanscsi_parameters offer = proposals();
        struct negotiation target = start(NEGOTIATE_AS_TARGET, NEGOTIATE_LEADING, &offer);
        memset(value, 'x', length);
        assert_verdict(&target, "X#NodeArchitecture", value, VERDICT_OK);
        memcpy(value + length, ",CRC32C", 7);
        assert_verdict(&target, "HeaderDigest", value, VERDICT_OK);
        sanscsi_builder_init(&out, bytes, sizeof(bytes));
        sanscsi_negotiation_answer(&target, &out);
        assert_string_equal(bytes, length == 255 ? "HeaderDigest=CRC32C" : "HeaderDigest=Reject");
        struct negotiation negotiation = proposed(&offer, NEGOTIATE_LEADING);
        assert_verdict(&negotiation, "HeaderDigest", value, VERDICT_BAD_LIST);
    }
}

static void declarations_are_kept_apart_by_direction(void **state) {
    (void)state;
    static const char *const bad[] = {"511", "0", "16777216", "", "x", "8k", "512~1024", "None"};
    sanscsi_parameters offer = proposals();
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct negotiation negotiation = proposed(&offer, NEGOTIATE_LEADING);
        assert_verdict(&negotiation, "MaxRecvDataSegmentLength", bad[i], VERDICT_BAD_INTEGER);
    }
    struct negotiation negotiation = start(NEGOTIATE_AS_INITIATOR, NEGOTIATE_LEADING, &offer);
    assert_int_equal(negotiation.result.max_recv_data_segment_length, 8192);
    assert_int_equal(negotiation.result.target_max_recv_data_segment_length, 8192);
    assert_verdict(&negotiation, "MaxRecvDataSegmentLength", "512", VERDICT_OK);
    assert_false(sanscsi_negotiation_answers_due(&negotiation));
    (void)propose(&negotiation);
    assert_int_equal(negotiation.result.max_recv_data_segment_length, 262144);
    assert_int_equal(negotiation.result.target_max_recv_data_segment_length, 512);
    assert_verdict(&negotiation, "MaxRecvDataSegmentLength", "1024", VERDICT_UNEXPECTED);
    /* Full feature phase is another negotiation, then another again. */
    static const char *const values[] = {"0x1000", "16777215"};
    static const uint32_t lengths[] = {4096, 16777215};
    for (size_t i = 0; i < COUNT(values); i++) {
        struct span key = text_of("MaxRecvDataSegmentLength");
        assert_int_equal(
            sanscsi_negotiation_receive(&negotiation, STAGE_FULL_FEATURE, key, text_of(values[i]))
                .code,
            VERDICT_OK);
        assert_int_equal(negotiation.result.target_max_recv_data_segment_length, lengths[i]);
        assert_int_equal(
            sanscsi_negotiation_receive(&negotiation, STAGE_FULL_FEATURE, key, text_of(values[i]))
                .code,
            VERDICT_UNEXPECTED);
        assert_int_equal(sanscsi_negotiation_finish_stage(&negotiation, STAGE_FULL_FEATURE).code,
                         VERDICT_OK);
    }
}

static void portal_group_tags_are_sixteen_bits(void **state) {
    (void)state;
    static const char *const good[] = {"0", "65535", "0x1", "0bAAE="};
    static const uint32_t tags[] = {0, 65535, 1, 1};
    static const char *const bad[] = {"65536", "-1", "", "x", "0x10000", "Irrelevant"};
    sanscsi_parameters offer = proposals();
    for (size_t i = 0; i < COUNT(good); i++) {
        struct negotiation negotiation = proposed(&offer, NEGOTIATE_LEADING);
        assert_int_equal(negotiation.result.target_portal_group_tag, UINT32_MAX);
        assert_verdict(&negotiation, "TargetPortalGroupTag", good[i], VERDICT_OK);
        assert_int_equal(negotiation.result.target_portal_group_tag, tags[i]);
        assert_verdict(&negotiation, "TargetPortalGroupTag", good[i], VERDICT_UNEXPECTED);
    }
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct negotiation negotiation = proposed(&offer, NEGOTIATE_LEADING);
        assert_verdict(&negotiation, "TargetPortalGroupTag", bad[i], VERDICT_BAD_INTEGER);
    }
    struct negotiation target = start(NEGOTIATE_AS_TARGET, NEGOTIATE_LEADING, &offer);
    assert_verdict(&target, "TargetPortalGroupTag", "1", VERDICT_UNEXPECTED);
}

static void missing_answers_are_found_when_the_stage_ends(void **state) {
    (void)state;
    static const struct {
        const char *key, *value;
        enum verdict_code missing;
    } answers[] = {{"HeaderDigest", "None", VERDICT_LIST_MISSING},
                   {"DataDigest", "None", VERDICT_LIST_MISSING},
                   {"MaxConnections", "1", VERDICT_INTEGER_MISSING},
                   {"InitialR2T", "Yes", VERDICT_LIST_MISSING},
                   {"ImmediateData", "Yes", VERDICT_LIST_MISSING},
                   {"MaxBurstLength", "512", VERDICT_INTEGER_MISSING},
                   {"FirstBurstLength", "1024", VERDICT_INTEGER_MISSING},
                   {"DefaultTime2Wait", "3", VERDICT_INTEGER_MISSING},
                   {"DefaultTime2Retain", "0", VERDICT_INTEGER_MISSING},
                   {"MaxOutstandingR2T", "1", VERDICT_INTEGER_MISSING},
                   {"DataPDUInOrder", "Yes", VERDICT_LIST_MISSING},
                   {"DataSequenceInOrder", "Yes", VERDICT_LIST_MISSING},
                   {"ErrorRecoveryLevel", "0", VERDICT_INTEGER_MISSING}};
    sanscsi_parameters offer = proposals();
    for (size_t skipped = 0; skipped < COUNT(answers); skipped++) {
        struct negotiation negotiation = proposed(&offer, NEGOTIATE_LEADING);
        for (size_t i = 0; i < COUNT(answers); i++) {
            if (i != skipped) {
                assert_verdict(&negotiation, answers[i].key, answers[i].value, VERDICT_OK);
            }
        }
        assert_int_equal(sanscsi_negotiation_finish_stage(&negotiation, STAGE_SECURITY).code,
                         VERDICT_OK);
        struct negotiation_verdict verdict =
            sanscsi_negotiation_finish_stage(&negotiation, STAGE_OPERATIONAL);
        assert_int_equal(verdict.code, answers[skipped].missing);
        assert_string_equal(verdict.rule->name, answers[skipped].key);
        assert_verdict(&negotiation, answers[skipped].key, answers[skipped].value, VERDICT_OK);
        /* Neither TaskReporting nor iSCSIProtocolLevel has an answer. */
        assert_int_equal(sanscsi_negotiation_finish_stage(&negotiation, STAGE_OPERATIONAL).code,
                         VERDICT_OK);
        assert_int_equal(negotiation.result.task_reporting, 0);
        assert_int_equal(negotiation.result.protocol_level, 1);
        assert_int_equal(negotiation.result.first_burst_length, 512); /* capped */
    }
}

static void a_deciding_boolean_needs_no_answer(void **state) {
    (void)state;
    static const enum key_id keys[] = {KEY_INITIAL_R2T, KEY_IMMEDIATE_DATA, KEY_DATA_PDU_IN_ORDER,
                                       KEY_DATA_SEQUENCE_IN_ORDER};
    static const uint32_t deciding[] = {1, 0, 1, 1};
    for (size_t i = 0; i < COUNT(keys); i++) {
        for (uint32_t value = 0; value < 2; value++) {
            sanscsi_parameters offer;
            const struct key_rule *rule = sanscsi_key_rule(keys[i]);
            sanscsi_parameters_rfc_defaults(&offer);
            sanscsi_parameter_put(&offer, rule, value);
            struct negotiation negotiation = proposed(&offer, NEGOTIATE_LEADING);
            for (uint32_t id = 0; id < KEY_COUNT; id++) {
                if (id != (uint32_t)keys[i]) {
                    negotiation.keys[id].status = KEY_SETTLED;
                }
            }
            struct negotiation_verdict verdict =
                sanscsi_negotiation_finish_stage(&negotiation, STAGE_OPERATIONAL);
            bool decided = value == deciding[i];
            assert_int_equal(verdict.code, decided ? VERDICT_OK : VERDICT_LIST_MISSING);
            if (decided) {
                assert_int_equal(sanscsi_parameter_get(&negotiation.result, rule), value);
            }
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_normal_session_offers_every_key),
        cmocka_unit_test(some_keys_are_not_offered),
        cmocka_unit_test(other_stages_and_targets_offer_little),
        cmocka_unit_test(a_task_reporting_offer_names_all_that_must),
        cmocka_unit_test(number_answers_are_held_against_offer_and_range),
        cmocka_unit_test(boolean_and_list_answers_are_held_against_the_offer),
        cmocka_unit_test(verdicts_tell_what_was_allowed),
        cmocka_unit_test(refusals_are_forgiven_for_later_keys_only),
        cmocka_unit_test(first_burst_length_may_be_irrelevant),
        cmocka_unit_test(discovery_takes_irrelevant_for_keys_of_the_session),
        cmocka_unit_test(discovery_answers_irrelevant),
        cmocka_unit_test(long_values_do_no_harm),
        cmocka_unit_test(declarations_are_kept_apart_by_direction),
        cmocka_unit_test(portal_group_tags_are_sixteen_bits),
        cmocka_unit_test(missing_answers_are_found_when_the_stage_ends),
        cmocka_unit_test(a_deciding_boolean_needs_no_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
