/* Tests of the login: text of a target that misbehaves, and the event that each fault raises. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/login_script.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The login up to the operational stage. */
#define SECURITY                                                                                   \
    { .flags = LEAVE_SECURITY, .base = TEXT_SECURITY }

/* A login whose operational answers hold one pair that is not what it should be. */
#define ANSWER(pair, event_text, fault_name)                                                       \
    {                                                                                              \
        .name = pair, .count = 2,                                                                  \
        .replies = {SECURITY,                                                                      \
                    {.flags = LEAVE_OPERATIONAL, .base = TEXT_OPERATIONAL, .swap = pair}},         \
        .events = event_text, .fault = fault_name,                                                 \
    }

/* Text of the target's own behind what it should say. */
#define EXTRA(pairs, event_text, fault_name)                                                       \
    {                                                                                              \
        .name = pairs, .count = 2,                                                                 \
        .replies = {SECURITY,                                                                      \
                    {.flags = LEAVE_OPERATIONAL, .base = TEXT_OPERATIONAL, .text = pairs}},        \
        .events = event_text, .fault = fault_name,                                                 \
    }

/* The same in the security stage. */
#define SECURITY_ANSWER(pair, event_text, fault_name)                                              \
    {                                                                                              \
        .name = pair, .count = 1,                                                                  \
        .replies = {{.flags = LEAVE_SECURITY, .base = TEXT_SECURITY, .swap = pair}},               \
        .events = event_text, .fault = fault_name,                                                 \
    }
#define SECURITY_EXTRA(pairs, event_text, fault_name)                                              \
    {                                                                                              \
        .name = pairs, .count = 1,                                                                 \
        .replies = {{.flags = LEAVE_SECURITY, .base = TEXT_SECURITY, .text = pairs}},              \
        .events = event_text, .fault = fault_name,                                                 \
    }

static void assert_all(const struct login_script *scripts, size_t count) {
    for (size_t i = 0; i < count; i++) {
        login_assert(&scripts[i]);
    }
}

/* Events 8 and 9, and pairs that are none (RFC 7143 6.1). */
static void pairs_that_are_malformed(void **state) {
    (void)state;
    static const struct login_script scripts[] = {
        EXTRA("TargetAlias|", "8()[1]", "login-text"),
        EXTRA("=value|", "8()[1]", "login-text"),
        EXTRA("|", "8()[1]", "login-text"), /* two nulls behind a pair */
        SECURITY_EXTRA("AuthMethod|", "8()[1]", "login-text"),
        EXTRA("TargetAlias=no null", "9(TargetAlias=no null)[1]", "login-text"),
        EXTRA("T", "9(T)[1]", "login-text"),
        SECURITY_EXTRA("TargetAlias=", "9(TargetAlias=)[1]", "login-text"),
    };
    assert_all(scripts, COUNT(scripts));
}

static void short_pairs(sanscsi_session_settings *settings) {
    settings->max_pair_length = 64;
}

static void little_text(sanscsi_session_settings *settings) {
    settings->max_login_text = 500;
}

#define X32 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

/* Events 5 and 6: pairs that go on for several responses. */
static const struct login_script endless_pairs[] = {
    {.name = "a pair begun and left",
     .count = 2,
     .replies = {{.flags = C | STAY_SECURITY, .base = TEXT_SECURITY, .text = "TargetAlias=ab"},
                 {.flags = STAY_SECURITY}},
     .events = "5(TargetAlias=ab)[1]",
     .fault = "login-text",
     .sent = "0 "},
    {.name = "a pair begun, carried on, and left",
     .count = 3,
     .replies = {{.flags = C | STAY_SECURITY, .text = "Target"},
                 {.flags = C | STAY_SECURITY, .text = "Alias=ab"},
                 {.flags = STAY_SECURITY}},
     .events = "5(TargetAlias=ab)[1]",
     .fault = "login-text",
     .sent = "0 \n0 "},
    {.name = "a pair too long over two responses",
     .count = 2,
     .replies = {{.flags = C | STAY_SECURITY, .text = "TargetAlias=" X32},
                 {.flags = C | STAY_SECURITY, .text = X32}},
     .events = "6(76,64,TargetAlias=" X32 X32 ")[1]",
     .fault = "login-text",
     .value = 76,
     .settings = short_pairs},
    {.name = "a pair too long in one response",
     .count = 1,
     .replies = {{.flags = LEAVE_SECURITY, .text = "TargetAlias=" X32 X32 "|"}},
     .events = "6(76,64,TargetAlias=" X32 X32 ")[1]",
     .fault = "login-text",
     .value = 76,
     .settings = short_pairs},
    {.name = "a pair of 16385 bytes",
     .count = 3,
     .replies = {{.flags = C | STAY_SECURITY, .text = "A=", .filler = 8190},
                 {.flags = C | STAY_SECURITY, .filler = 8192},
                 {.flags = C | STAY_SECURITY, .filler = 1}},
     .events = "6(16385,16384,A=" X32 X32 X32 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
               "+)[1]",
     .fault = "login-text",
     .value = 16385},
    {.name = "a pair begun behind a whole one",
     .count = 2,
     .replies = {{.flags = C | STAY_SECURITY, .text = "TargetAlias=a|"},
                 {.flags = STAY_SECURITY, .text = "TargetAddress=b"}},
     .events = "9(TargetAddress=b)[1]",
     .fault = "login-text"},
    {.name = "more text than a login may have, bit by bit",
     .count = 3,
     .replies = {{.flags = LEAVE_SECURITY, .base = TEXT_SECURITY},
                 {.flags = STAY_OPERATIONAL, .base = TEXT_OPERATIONAL},
                 {.flags = STAY_OPERATIONAL, .filler = 200}},
     .events = "37()[1]",
     .fault = "login-text",
     .value = 200,
     .settings = little_text},
    {.name = "more text than a login may have",
     .count = 2,
     .replies = {{.flags = C | STAY_SECURITY, .text = "A=|", .filler = 400},
                 {.flags = C | STAY_SECURITY, .filler = 101}},
     .events = "37()[1]",
     .fault = "login-text",
     .value = 101,
     .settings = little_text},
};

static void pairs_that_do_not_end(void **state) {
    (void)state;
    assert_all(endless_pairs, COUNT(endless_pairs));
}

/* Events 10, 11 and 14: answers that refuse, and keys that are not the target's. */
static void refusals_and_keys_of_the_initiator(void **state) {
    (void)state;
    static const struct login_script scripts[] = {
        ANSWER("MaxBurstLength=NotUnderstood", "10(MaxBurstLength)[1]", "login-key"),
        ANSWER("HeaderDigest=NotUnderstood", "10(HeaderDigest)[1]", "login-key"),
        ANSWER("InitialR2T=NotUnderstood", "10(InitialR2T)[1]", "login-key"),
        SECURITY_ANSWER("AuthMethod=NotUnderstood", "10(AuthMethod)[1]", "login-key"),
        ANSWER("MaxConnections=Reject", "11(MaxConnections)[1]", "login-key"),
        ANSWER("DataDigest=Reject", "11(DataDigest)[1]", "login-key"),
        ANSWER("ImmediateData=Reject", "11(ImmediateData)[1]", "login-key"),
        SECURITY_ANSWER("AuthMethod=Reject", "11(AuthMethod)[1]", "login-key"),
        EXTRA("InitiatorAlias=you|", "14(InitiatorAlias)[1]", "login-key"),
        EXTRA("SessionType=Normal|", "14(SessionType)[1]", "login-key"),
        EXTRA("InitiatorName=" LOGIN_INITIATOR "|", "14(InitiatorName)[1]", "login-key"),
        SECURITY_EXTRA("TargetName=" LOGIN_TARGET "|", "14(TargetName)[1]", "login-key"),
        /* RFC 7143 6.3: no key twice in a login */
        EXTRA("MaxBurstLength=262144|", "14(MaxBurstLength)[1]", "login-key"),
        EXTRA("ImmediateData=Yes|", "14(ImmediateData)[1]", "login-key"),
        EXTRA("MaxRecvDataSegmentLength=65536|", "14(MaxRecvDataSegmentLength)[1]", "login-key"),
        EXTRA("TargetPortalGroupTag=1|", "14(TargetPortalGroupTag)[1]", "login-key"),
        EXTRA("TargetAlias=a|TargetAlias=a|", "14(TargetAlias)[1]", "login-key"),
        SECURITY_EXTRA("AuthMethod=None|", "14(AuthMethod)[1]", "login-key"),
        /* RFC 7143 6.2: words that answer never propose */
        EXTRA("TaskReporting=Irrelevant|", "14(TaskReporting)[1]", "login-key"),
        {.name = "an answer again in a later response",
         .count = 3,
         .replies = {SECURITY,
                     {.flags = STAY_OPERATIONAL, .base = TEXT_OPERATIONAL},
                     {.flags = LEAVE_OPERATIONAL, .text = "MaxBurstLength=262144|"}},
         .events = "14(MaxBurstLength)[1]",
         .fault = "login-key"},
    };
    assert_all(scripts, COUNT(scripts));
}

/* Event 15 (RFC 7143 6.2.2, 13). */
static void numbers_that_cannot_be(void **state) {
    (void)state;
    static const struct login_script scripts[] = {
        ANSWER("MaxBurstLength=1048577", "15(512,16777215,1048576,MaxBurstLength,1048577)[1]",
               "login-key"),
        ANSWER("MaxBurstLength=511", "15(512,16777215,1048576,MaxBurstLength,511)[1]", "login-key"),
        ANSWER("MaxBurstLength=0262144", "15(512,16777215,1048576,MaxBurstLength,0262144)[1]",
               "login-key"),
        ANSWER("MaxBurstLength=", "15(512,16777215,1048576,MaxBurstLength,)[1]", "login-key"),
        ANSWER("MaxBurstLength=-1", "15(512,16777215,1048576,MaxBurstLength,-1)[1]", "login-key"),
        ANSWER("MaxBurstLength=4294967808", /* 2^32 + 512 */
               "15(512,16777215,1048576,MaxBurstLength,4294967808)[1]", "login-key"),
        ANSWER("MaxBurstLength=Irrelevant", "15(512,16777215,1048576,MaxBurstLength,Irrelevant)[1]",
               "login-key"),
        ANSWER("FirstBurstLength=262145", "15(512,16777215,262144,FirstBurstLength,262145)[1]",
               "login-key"),
        ANSWER("FirstBurstLength=Irrelevant",
               "15(512,16777215,262144,FirstBurstLength,Irrelevant)[1]", "login-key"),
        ANSWER("MaxConnections=2", "15(1,65535,1,MaxConnections,2)[1]", "login-key"),
        ANSWER("MaxConnections=0", "15(1,65535,1,MaxConnections,0)[1]", "login-key"),
        ANSWER("MaxOutstandingR2T=2", "15(1,65535,1,MaxOutstandingR2T,2)[1]", "login-key"),
        ANSWER("ErrorRecoveryLevel=1", "15(0,2,0,ErrorRecoveryLevel,1)[1]", "login-key"),
        ANSWER("DefaultTime2Wait=1", "15(0,3600,2,DefaultTime2Wait,1)[1]", "login-key"),
        ANSWER("DefaultTime2Wait=3601", "15(0,3600,2,DefaultTime2Wait,3601)[1]", "login-key"),
        ANSWER("DefaultTime2Retain=21", "15(0,3600,20,DefaultTime2Retain,21)[1]", "login-key"),
        ANSWER("iSCSIProtocolLevel=2", "15(0,31,1,iSCSIProtocolLevel,2)[1]", "login-key"),
        ANSWER("MaxRecvDataSegmentLength=511",
               "15(512,16777215,262144,MaxRecvDataSegmentLength,511)[1]", "login-key"),
        ANSWER("MaxRecvDataSegmentLength=16777216",
               "15(512,16777215,262144,MaxRecvDataSegmentLength,16777216)[1]", "login-key"),
        SECURITY_ANSWER("TargetPortalGroupTag=65536", "15(0,65535,0,TargetPortalGroupTag,65536)[1]",
                        "login-key"),
    };
    assert_all(scripts, COUNT(scripts));
}

/* RFC 7143 13.14: whether FirstBurstLength may be irrelevant is known when the stage ends. */
static void irrelevant_before_it_is_known(void **state) {
    (void)state;
    static const struct login_script script = {
        .name = "FirstBurstLength=Irrelevant before InitialR2T and ImmediateData",
        .count = 3,
        .replies = {{.flags = LEAVE_SECURITY, .base = TEXT_SECURITY},
                    {.flags = STAY_OPERATIONAL, .text = "FirstBurstLength=Irrelevant|"},
                    {.flags = LEAVE_OPERATIONAL,
                     .base = TEXT_OPERATIONAL,
                     .swap = "FirstBurstLength"}},
        .events = "15(512,16777215,262144,FirstBurstLength,Irrelevant)[1]",
        .fault = "login-key",
    };
    login_assert(&script);
}

/* Event 16 and its causes. */
static void lists_and_booleans_that_cannot_be(void **state) {
    (void)state;
    static const struct login_script scripts[] = {
        ANSWER("HeaderDigest=CRC32C", "16(HeaderDigest=CRC32C,None)[3]", "login-key"),
        ANSWER("HeaderDigest=none", "16(HeaderDigest=none,None)[3]", "login-key"),
        ANSWER("DataDigest=None,CRC32C", "16(DataDigest=None,CRC32C,None)[3]", "login-key"),
        ANSWER("DataDigest=Irrelevant", "16(DataDigest=Irrelevant,None)[1]", "login-key"),
        ANSWER("InitialR2T=yes", "16(InitialR2T=yes,No)[2]", "login-key"),
        ANSWER("InitialR2T=Irrelevant", "16(InitialR2T=Irrelevant,No)[1]", "login-key"),
        ANSWER("DataPDUInOrder=No", "16(DataPDUInOrder=No,Yes)[2]", "login-key"), /* OR */
        ANSWER("DataSequenceInOrder=1", "16(DataSequenceInOrder=1,Yes)[2]", "login-key"),
        ANSWER("ImmediateData=", "16(ImmediateData=,Yes)[2]", "login-key"),
        SECURITY_ANSWER("AuthMethod=CHAP", "16(AuthMethod=CHAP,None)[3]", "login-key"),
        SECURITY_ANSWER("AuthMethod=None,CHAP", "16(AuthMethod=None,CHAP,None)[3]", "login-key"),
        SECURITY_ANSWER("AuthMethod=", "16(AuthMethod=,None)[3]", "login-key"),
    };
    assert_all(scripts, COUNT(scripts));
}

/* Events 17 and 18: answers that are due when the stage ends. */
static void answers_that_are_missing(void **state) {
    (void)state;
    static const struct login_script scripts[] = {
        ANSWER("MaxConnections", "17(MaxConnections)[1]", "login-key"),
        ANSWER("MaxBurstLength", "17(MaxBurstLength)[1]", "login-key"),
        ANSWER("FirstBurstLength", "17(FirstBurstLength)[1]", "login-key"),
        ANSWER("DefaultTime2Wait", "17(DefaultTime2Wait)[1]", "login-key"),
        ANSWER("DefaultTime2Retain", "17(DefaultTime2Retain)[1]", "login-key"),
        ANSWER("MaxOutstandingR2T", "17(MaxOutstandingR2T)[1]", "login-key"),
        ANSWER("ErrorRecoveryLevel", "17(ErrorRecoveryLevel)[1]", "login-key"),
        ANSWER("HeaderDigest", "18(HeaderDigest)[1]", "login-key"),
        ANSWER("DataDigest", "18(DataDigest)[1]", "login-key"),
        ANSWER("InitialR2T", "18(InitialR2T)[1]", "login-key"),
        ANSWER("ImmediateData", "18(ImmediateData)[1]", "login-key"),
        SECURITY_ANSWER("AuthMethod", "18(AuthMethod)[1]", "login-key"),
    };
    assert_all(scripts, COUNT(scripts));
}

/* RFC 7143 6.3: keys have their stages; 11.13.6: nothing may be open when a stage is left. */
static void keys_in_the_wrong_place(void **state) {
    (void)state;
    static const struct login_script scripts[] = {
        SECURITY_EXTRA("MaxBurstLength=262144|", "37()[1]", "login-key"),
        SECURITY_EXTRA("HeaderDigest=None|", "37()[1]", "login-key"),
        SECURITY_EXTRA("MaxRecvDataSegmentLength=8192|", "37()[1]", "login-key"),
        SECURITY_EXTRA("CHAP_A=5|", "14(CHAP_A)[1]", "login-authentication"), /* not selected */
        {.name = "CHAP_A before a method is selected",
         .count = 1,
         .replies = {{.flags = LEAVE_SECURITY, .text = "CHAP_A=5|AuthMethod=None|"}},
         .events = "14(CHAP_A)[1]",
         .fault = "login-authentication"},
        EXTRA("AuthMethod=None|", "37()[1]", "login-key"),
        EXTRA("CHAP_A=5|", "37()[1]", "login-key"),
        EXTRA("SendTargets=All|", "37()[1]", "login-key"),
        EXTRA("TaskReporting=RFC3720|", "37()[1]", "login-key"), /* wants an answer, with T */
        EXTRA("IFMarker=No|", "37()[1]", "login-key"),           /* likewise */
    };
    assert_all(scripts, COUNT(scripts));
}

static void one_exchange(sanscsi_session_settings *settings) {
    settings->max_login_exchanges = 1;
}

static void two_unknown_keys(sanscsi_session_settings *settings) {
    settings->max_unknown_keys = 2;
}

/* Event 19, and other targets that would go on for ever. */
static void endless_logins(void **state) {
    (void)state;
    static const struct login_script scripts[] = {
        {.name = "17 responses in the security stage",
         .count = 2,
         .replies = {{.flags = STAY_SECURITY, .base = TEXT_SECURITY},
                     {.flags = STAY_SECURITY, .repeat = 15}},
         .events = "19(16)[1]",
         .fault = "login-text",
         .value = 17},
        {.name = "17 responses in the operational stage",
         .count = 2,
         .replies = {SECURITY, {.flags = STAY_OPERATIONAL, .repeat = 16}},
         .events = "19(16)[1]",
         .fault = "login-text",
         .value = 17},
        {.name = "empty responses with C",
         .count = 1,
         .replies = {{.flags = C | STAY_SECURITY, .repeat = 16}},
         .events = "19(16)[1]",
         .fault = "login-text",
         .value = 17},
        {.name = "one exchange too many",
         .count = 2,
         .replies = {{.flags = STAY_SECURITY}, {.flags = LEAVE_SECURITY, .base = TEXT_SECURITY}},
         .events = "19(1)[1]",
         .fault = "login-text",
         .value = 2,
         .settings = one_exchange},
        {.name = "three unknown keys where two are taken",
         .count = 1,
         .replies = {{.flags = LEAVE_SECURITY,
                      .base = TEXT_SECURITY,
                      .text = "X-a.b=1|X-a.c=1|X-a.d=1|"}},
         .events = "13(X-a.b)[1]\n13(X-a.c)[1]\n37()[1]",
         .fault = "login-key",
         .settings = two_unknown_keys},
        SECURITY_EXTRA("0digit=1|", "37()[1]", "login-key"),
        SECURITY_EXTRA("Space here=1|", "37()[1]", "login-key"),
        SECURITY_EXTRA("A234567890123456789012345678901234567890123456789012345678901234=1|",
                       "37()[1]", "login-key"), /* 64 characters */
    };
    assert_all(scripts, COUNT(scripts));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairs_that_are_malformed),
        cmocka_unit_test(pairs_that_do_not_end),
        cmocka_unit_test(refusals_and_keys_of_the_initiator),
        cmocka_unit_test(numbers_that_cannot_be),
        cmocka_unit_test(irrelevant_before_it_is_known),
        cmocka_unit_test(lists_and_booleans_that_cannot_be),
        cmocka_unit_test(answers_that_are_missing),
        cmocka_unit_test(keys_in_the_wrong_place),
        cmocka_unit_test(endless_logins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
