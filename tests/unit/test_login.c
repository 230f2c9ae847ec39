/* Tests of the login: what goes well, the bytes we send, results, and pairs split anywhere. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support/login_script.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define SECURITY                                                                                   \
    { .flags = LEAVE_SECURITY, .base = TEXT_SECURITY }
#define OPERATIONAL                                                                                \
    { .flags = LEAVE_OPERATIONAL, .base = TEXT_OPERATIONAL }

static struct login_run run;

static void the_plain_login_of_both_session_types(void **state) {
    (void)state;
    struct login_script normal = login_plain, discovery = login_plain_discovery;
    char sent[1024], discovery_sent[1024];
    (void)snprintf(sent, sizeof(sent), "1>3 %s", login_proposal);
    (void)snprintf(discovery_sent, sizeof(discovery_sent), "1>3 %s", login_discovery_proposal);
    normal.sent = sent;
    discovery.sent = discovery_sent;
    login_assert(&normal);
    login_assert(&discovery);
}

/* RFC 7143 11.12: the whole first Login Request, by hand. */
static void the_first_request_byte_for_byte(void **state) {
    (void)state;
    static const uint8_t header[48] = {
        0x43, 0x81, 0x00, 0x00,             /* I, Login; T, CSG 0, NSG 1; versions 0 */
        0x00, 0x00, 0x00, 0x76,             /* no AHS; 118 bytes of text */
        0x80, 0x11, 0x22, 0x33, 0x44, 0x55, /* ISID */
        0x00, 0x00,                         /* TSIH: a new session */
        0x00, 0x01, 0x00, 0x00,             /* Initiator Task Tag */
        0x00, 0x00, 0x00, 0x00,             /* CID 0 */
        0x00, 0x00, 0x00, 0x01,             /* CmdSN 1 */
    };
    static const char text[] = "InitiatorName=iqn.2026-01.org.example:host\0"
                               "SessionType=Normal\0"
                               "TargetName=iqn.2026-01.org.example:disk\0"
                               "AuthMethod=None\0\0\0"; /* and two pad bytes */
    sanscsi_initiator *initiator = login_initiator(NULL);
    sanscsi_session *session = login_session(initiator, &login_plain);
    login_begin(&run, session, &login_plain, DELIVER_BYTES, 1);
    assert_true(login_pull(&run));
    assert_int_equal(run.request_size, 48 + 120);
    assert_memory_equal(run.request, header, sizeof(header));
    assert_memory_equal(run.request + 48, text, 120);
    assert_false(login_pull(&run)); /* one at a time, RFC 7143 6.2 */
    login_close(&run);
    sanscsi_session_free(session);
    sanscsi_initiator_free(initiator);
}

static void the_first_request_of_a_discovery_session(void **state) {
    (void)state;
    static const char text[] = "InitiatorName=iqn.2026-01.org.example:host\0"
                               "InitiatorAlias=a host\0"
                               "SessionType=Discovery\0"
                               "AuthMethod=None";
    sanscsi_initiator_settings node;
    sanscsi_initiator *initiator = NULL;
    sanscsi_initiator_settings_defaults(&node);
    node.name = LOGIN_INITIATOR;
    node.name_length = strlen(LOGIN_INITIATOR);
    node.alias = "a host";
    node.alias_length = 6;
    assert_int_equal(sanscsi_initiator_new(&node, &initiator), SANSCSI_OK);
    sanscsi_session *session = login_session(initiator, &login_plain_discovery);
    login_begin(&run, session, &login_plain_discovery, DELIVER_WHOLE, 1);
    assert_true(login_pull(&run));
    assert_int_equal(run.request[7], sizeof(text));
    assert_memory_equal(run.request + 48, text, sizeof(text));
    login_close(&run);
    sanscsi_session_free(session);
    sanscsi_initiator_free(initiator);
}

/* What waits to go out: the first of two pieces is the header. */
static size_t request_waiting(struct login_run *login) {
    sanscsi_iovec iov[4];
    size_t count = 0, size = 0;
    assert_int_equal(sanscsi_tx_window(login->session, 0, iov, COUNT(iov), &count), SANSCSI_OK);
    assert_true(count > 0);
    memcpy(login->request, iov[0].data, 48); /* whose tag the reply takes */
    for (size_t i = 0; i < count; i++) {
        size += iov[i].size;
    }
    return size;
}

/* A target that answers a request before it is out: the next one has the same memory for its text,
 * and waits. */
static void a_request_waits_for_the_one_before(void **state) {
    (void)state;
    static const struct login_reply reply = {.flags = STAY_SECURITY, .base = TEXT_SECURITY};
    sanscsi_initiator *initiator = login_initiator(NULL);
    sanscsi_session *session = login_session(initiator, &login_plain);
    login_begin(&run, session, &login_plain, DELIVER_WHOLE, 1);
    size_t first = request_waiting(&run);
    assert_int_equal(first, 48 + 120);
    login_reply(&run, &reply);
    assert_int_equal(run.status, SANSCSI_OK);
    assert_int_equal(request_waiting(&run), first);
    assert_int_equal(sanscsi_tx_commit(session, 0, first - 1, run.now), SANSCSI_OK);
    sanscsi_iovec iov[4];
    size_t count = 0;
    assert_int_equal(sanscsi_tx_window(session, 0, iov, COUNT(iov), &count), SANSCSI_OK);
    assert_int_equal(count, 1);
    assert_int_equal(iov[0].size, 1); /* the last pad byte alone */
    assert_int_equal(sanscsi_tx_commit(session, 0, 1, run.now), SANSCSI_OK);
    assert_int_equal(request_waiting(&run), 48); /* all was said: it asks to leave the stage */
    assert_int_equal(run.request[1], 0x81);
    login_close(&run);
    sanscsi_session_free(session);
    sanscsi_initiator_free(initiator);
}

static sanscsi_parameters results(const sanscsi_session *session) {
    sanscsi_parameters parameters = {.size = sizeof(parameters)};
    assert_int_equal(sanscsi_session_parameters(session, &parameters), SANSCSI_OK);
    return parameters;
}

static void check_plain_results(sanscsi_session *session) {
    sanscsi_parameters agreed = results(session);
    assert_int_equal(agreed.header_digest, SANSCSI_DIGEST_NONE);
    assert_int_equal(agreed.data_digest, SANSCSI_DIGEST_NONE);
    assert_int_equal(agreed.max_connections, 1);
    assert_int_equal(agreed.initial_r2t, 0);
    assert_int_equal(agreed.immediate_data, 1);
    assert_int_equal(agreed.max_recv_data_segment_length, 262144);
    assert_int_equal(agreed.target_max_recv_data_segment_length, 65536);
    assert_int_equal(agreed.max_burst_length, 262144);
    assert_int_equal(agreed.first_burst_length, 65536);
    assert_int_equal(agreed.default_time2wait, 2);
    assert_int_equal(agreed.default_time2retain, 20);
    assert_int_equal(agreed.target_portal_group_tag, 1);
    assert_int_equal(agreed.protocol_level, 1);
}

static void check_8192(sanscsi_session *session) {
    assert_int_equal(results(session).target_max_recv_data_segment_length, 8192);
}

static void check_tag_0(sanscsi_session *session) {
    assert_int_equal(results(session).target_portal_group_tag, 0);
}

static void check_tag_65535(sanscsi_session *session) {
    assert_int_equal(results(session).target_portal_group_tag, 65535);
}

static void check_no_tag(sanscsi_session *session) {
    assert_int_equal(results(session).target_portal_group_tag, UINT32_MAX);
}

static void check_no_level(sanscsi_session *session) {
    assert_int_equal(results(session).protocol_level, 1);
}

static void check_hex(sanscsi_session *session) {
    assert_int_equal(results(session).max_burst_length, 0x20000);
}

/* FirstBurstLength is more than MaxBurstLength: RFC 7143 13.14. */
static void check_capped(sanscsi_session *session) {
    assert_int_equal(results(session).max_burst_length, 4096);
    assert_int_equal(results(session).first_burst_length, 4096);
}

#define RESULT(pair, checker)                                                                      \
    {                                                                                              \
        .name = pair, .end = LOGIN_ENDS_WELL, .count = 2,                                          \
        .replies = {SECURITY,                                                                      \
                    {.flags = LEAVE_OPERATIONAL, .base = TEXT_OPERATIONAL, .swap = pair}},         \
        .events = "", .check = checker                                                             \
    }
#define SECURITY_RESULT(pair, checker)                                                             \
    {                                                                                              \
        .name = pair, .end = LOGIN_ENDS_WELL, .count = 2,                                          \
        .replies = {{.flags = LEAVE_SECURITY, .base = TEXT_SECURITY, .swap = pair}, OPERATIONAL},  \
        .events = "", .check = checker                                                             \
    }

static void results_hold_from_the_login_on(void **state) {
    (void)state;
    static const struct login_script scripts[] = {
        RESULT("HeaderDigest=None", check_plain_results),
        RESULT("MaxRecvDataSegmentLength", check_8192), /* never declared: 13.12 */
        RESULT("MaxBurstLength=0x20000", check_hex),
        RESULT("MaxBurstLength=4096", check_capped),
        RESULT("iSCSIProtocolLevel", check_no_level),
        RESULT("iSCSIProtocolLevel=NotUnderstood", check_no_level), /* an older target */
        RESULT("DataPDUInOrder", NULL), /* Yes of OR needs no answer: 6.2.2 */
        RESULT("DataSequenceInOrder", NULL),
        SECURITY_RESULT("TargetPortalGroupTag=0", check_tag_0),
        SECURITY_RESULT("TargetPortalGroupTag=0xffff", check_tag_65535),
        SECURITY_RESULT("TargetPortalGroupTag", check_no_tag),
    };
    for (size_t i = 0; i < COUNT(scripts); i++) {
        login_assert(&scripts[i]);
    }
}

/* Rounds without T, answers one by one, reserved bits, declarations that only inform. */
static const struct login_script slow_targets[] = {
    {.name = "T is withheld",
     .end = LOGIN_ENDS_WELL,
     .count = 4,
     .replies = {{.flags = STAY_SECURITY, .base = TEXT_SECURITY, .patches = {{1, 0x03}}},
                 {.flags = STAY_SECURITY},
                 {.flags = LEAVE_SECURITY},
                 OPERATIONAL},
     .events = ""},
    {.name = "16 exchanges in a stage",
     .end = LOGIN_ENDS_WELL,
     .count = 3,
     .replies = {SECURITY,
                 {.flags = STAY_OPERATIONAL, .repeat = 14},
                 {.flags = LEAVE_OPERATIONAL, .base = TEXT_OPERATIONAL}},
     .events = ""},
    {.name = "a TSIH before the end is not latched",
     .end = LOGIN_ENDS_WELL,
     .count = 2,
     .replies = {{.flags = LEAVE_SECURITY,
                  .base = TEXT_SECURITY,
                  .patches = {{14, 0x99}, {15, 0x99}}},
                 OPERATIONAL},
     .events = ""},
    {.name = "the target knows a later version", /* RFC 7143 11.13.1 */
     .end = LOGIN_ENDS_WELL,
     .count = 2,
     .replies = {{.flags = LEAVE_SECURITY, .base = TEXT_SECURITY, .patches = {{2, 1}}},
                 {.flags = LEAVE_OPERATIONAL, .base = TEXT_OPERATIONAL, .patches = {{2, 1}}}},
     .events = ""},
    {.name = "all reserved bits are set",
     .end = LOGIN_ENDS_WELL,
     .count = 2,
     .replies =
         {{.flags = LEAVE_SECURITY | 0x30u,
           .base = TEXT_SECURITY,
           .patches =
               {{0, 0xe3}, {20, 0xff}, {23, 0xff}, {38, 0xff}, {39, 0xff}, {40, 0xff}, {47, 0xff}}},
          {.flags = LEAVE_OPERATIONAL | 0x30u,
           .base = TEXT_OPERATIONAL,
           .patches = {{0, 0xa3}, {21, 0xff}, {44, 0xff}}}},
     .events = "",
     .check = check_plain_results},
    {.name = "aliases and addresses only inform",
     .end = LOGIN_ENDS_WELL,
     .count = 2,
     .replies = {{.flags = LEAVE_SECURITY,
                  .base = TEXT_SECURITY,
                  .text = "TargetAlias=\xc3\xa9tag\xc3\xa8re 2 = up|"
                          "TargetAddress=192.0.2.9:3260,1|TargetAddress=[::1],2|"},
                 {.flags = LEAVE_OPERATIONAL,
                  .base = TEXT_OPERATIONAL,
                  .text = "X#NodeArchitecture=a/1,b/2|"}},
     .events = "",
     .check = check_plain_results},
};

static void targets_that_take_their_time(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(slow_targets); i++) {
        login_assert(&slow_targets[i]);
    }
}

/* RFC 7143 6.2: any number of keys in a response, and at least six exchanges. */
static void one_answer_in_each_response(void **state) {
    (void)state;
    static const char *const pairs[] = {
        "HeaderDigest=None|",     "DataDigest=None|",      "MaxConnections=1|",
        "InitialR2T=Yes|",        "ImmediateData=No|",     "FirstBurstLength=Irrelevant|",
        "MaxBurstLength=262144|", "DefaultTime2Wait=2|",   "DefaultTime2Retain=20|",
        "MaxOutstandingR2T=1|",   "DataPDUInOrder=Yes|",   "DataSequenceInOrder=Yes|",
        "ErrorRecoveryLevel=0|",  "iSCSIProtocolLevel=1|",
    };
    sanscsi_initiator *initiator = login_initiator(NULL);
    sanscsi_session *session = login_session(initiator, &login_plain);
    for (unsigned delivery = DELIVER_WHOLE; delivery <= DELIVER_WINDOWS; delivery++) {
        static const struct login_reply security = SECURITY;
        login_begin(&run, session, &login_plain, (enum login_delivery)delivery, 3);
        assert_true(login_pull(&run));
        login_reply(&run, &security);
        for (size_t i = 0; i < COUNT(pairs); i++) {
            bool last = i + 1 == COUNT(pairs);
            const struct login_reply reply = {.flags = last ? LEAVE_OPERATIONAL : STAY_OPERATIONAL,
                                              .text = pairs[i]};
            assert_true(login_pull(&run));
            login_reply(&run, &reply);
        }
        login_poll(&run);
        assert_string_equal(run.events, "");
        assert_int_equal(run.logged_in, 1);
        assert_int_equal(results(session).initial_r2t, 1);
        assert_int_equal(results(session).immediate_data, 0);
        login_close(&run);
    }
    sanscsi_session_free(session);
    sanscsi_initiator_free(initiator);
}

/* Texts cut at each byte into two responses, the first with C (RFC 7143 6.1): inside a key, at the
 * '=', inside a value, before its null, behind it. */
static void text_split_at_every_byte(void **state) {
    (void)state;
    static const char text[] = "HeaderDigest=None|DataDigest=None|MaxConnections=1|InitialR2T=No|"
                               "ImmediateData=Yes|MaxBurstLength=262144|FirstBurstLength=65536|"
                               "DefaultTime2Wait=2|DefaultTime2Retain=20|MaxOutstandingR2T=1|"
                               "ErrorRecoveryLevel=0|X-a.b=c=d|";
    static const struct login_reply security = SECURITY;
    sanscsi_initiator *initiator = login_initiator(NULL);
    sanscsi_session *session = login_session(initiator, &login_plain);
    for (size_t cut = 0; cut < sizeof(text); cut++) {
        char first[sizeof(text)];
        memcpy(first, text, cut);
        first[cut] = '\0';
        const struct login_reply begins = {.flags = C | STAY_OPERATIONAL, .text = first};
        const struct login_reply ends = {.flags = STAY_OPERATIONAL, .text = text + cut};
        const struct login_reply leaves = {.flags = LEAVE_OPERATIONAL};
        login_begin(&run, session, &login_plain, (enum login_delivery)(cut % 4), 1 + (uint32_t)cut);
        assert_true(login_pull(&run));
        login_reply(&run, &security);
        assert_true(login_pull(&run));
        login_reply(&run, &begins);
        login_poll(&run);
        assert_string_equal(run.events, ""); /* nothing is read before it is whole */
        assert_true(login_pull(&run));
        login_reply(&run, &ends);
        assert_true(login_pull(&run));
        login_reply(&run, &leaves);
        login_poll(&run);
        assert_string_equal(run.events, "13(X-a.b)[1]");
        assert_int_equal(run.logged_in, 1);
        char sent[1024];
        (void)snprintf(sent, sizeof(sent), "1>3 %s\n1 \n1>3 X-a.b=NotUnderstood|", login_proposal);
        assert_string_equal(run.sent, sent);
        login_close(&run);
    }
    sanscsi_session_free(session);
    sanscsi_initiator_free(initiator);
}

static void short_pairs(sanscsi_session_settings *settings) {
    settings->max_pair_length = 64;
}

/* RFC 7143 6.1: at least 8192 bytes of text in one negotiation. */
static void long_text_in_several_responses(void **state) {
    (void)state;
    static const struct login_script scripts[] = {
        {.name = "three full responses",
         .end = LOGIN_ENDS_WELL,
         .count = 5,
         .replies = {{.flags = C | STAY_SECURITY, .text = "X-a.b=", .filler = 8186},
                     {.flags = C | STAY_SECURITY, .filler = 8178},
                     {.flags = STAY_SECURITY, .text = "|TargetAlias=a|AuthMethod=None|"},
                     {.flags = LEAVE_SECURITY},
                     OPERATIONAL},
         .events = "13(X-a.b)[1]"},
        {.name = "more than 16 responses of one text",
         .end = LOGIN_ENDS_WELL,
         .count = 5,
         .replies = {{.flags = C | STAY_SECURITY, .text = "X-a.b="},
                     {.flags = C | STAY_SECURITY, .filler = 9, .repeat = 29},
                     {.flags = STAY_SECURITY, .text = "|"},
                     {.flags = LEAVE_SECURITY, .base = TEXT_SECURITY},
                     OPERATIONAL},
         .events = "13(X-a.b)[1]"},
        {.name = "a pair as long as is allowed",
         .end = LOGIN_ENDS_WELL,
         .count = 4,
         .replies = {{.flags = C | STAY_SECURITY, .text = "X-a.b=", .filler = 58},
                     {.flags = STAY_SECURITY, .text = "|"},
                     {.flags = LEAVE_SECURITY, .base = TEXT_SECURITY},
                     OPERATIONAL},
         .events = "13(X-a.b)[1]",
         .settings = short_pairs},
        {.name = "C with whole pairs",
         .end = LOGIN_ENDS_WELL,
         .count = 4,
         .replies = {{.flags = C | STAY_SECURITY, .base = TEXT_SECURITY},
                     {.flags = STAY_SECURITY},
                     {.flags = LEAVE_SECURITY},
                     OPERATIONAL},
         .events = ""},
    };
    for (size_t i = 0; i < COUNT(scripts); i++) {
        login_assert(&scripts[i]);
    }
}

/* What the target opens is answered in the next request (RFC 7143 6.2, 13.25). */
static void keys_that_the_target_opens(void **state) {
    (void)state;
    char sent[1024];
    /* Our own proposals come first, whatever is to be answered behind them. */
    (void)snprintf(sent, sizeof(sent),
                   "1>3 %sX-com.example.a=NotUnderstood|\n"
                   "1>3 IFMarker=Reject|OFMarkInt=Reject|X-b.c=NotUnderstood|Foo=NotUnderstood|",
                   login_proposal);
    const struct login_script script = {
        .name = "keys that the target opens",
        .end = LOGIN_ENDS_WELL,
        .count = 3,
        .replies = {{.flags = LEAVE_SECURITY, .base = TEXT_SECURITY, .text = "X-com.example.a=1|"},
                    {.flags = STAY_OPERATIONAL,
                     .base = TEXT_OPERATIONAL,
                     .text = "X-b.c=|IFMarker=Yes|Foo=7|OFMarkInt=2048~8192|"},
                    {.flags = LEAVE_OPERATIONAL}},
        .events = "13(X-com.example.a)[1]\n13(X-b.c)[1]\n13(Foo)[1]",
        .sent = sent,
    };
    login_assert(&script);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_plain_login_of_both_session_types),
        cmocka_unit_test(the_first_request_byte_for_byte),
        cmocka_unit_test(the_first_request_of_a_discovery_session),
        cmocka_unit_test(a_request_waits_for_the_one_before),
        cmocka_unit_test(results_hold_from_the_login_on),
        cmocka_unit_test(targets_that_take_their_time),
        cmocka_unit_test(one_answer_in_each_response),
        cmocka_unit_test(text_split_at_every_byte),
        cmocka_unit_test(long_text_in_several_responses),
        cmocka_unit_test(keys_that_the_target_opens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
