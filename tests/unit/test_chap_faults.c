/* Tests of CHAP: targets that get a step wrong, key by key; nothing is sent behind any of it
 * (RFC 7143 12.1.3, 9.2.1). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support/chap_script.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define BEFORE_STEP_2 "0 CHAP_A=5|"
#define BEFORE_STEP_4 BEFORE_STEP_2 "\n" CHAP_ANSWER(VECTOR_MD5) CHAP_ASKS

static char text[16384], events[16384];

struct wrong {
    const char *text, *events;
};

/* A response that ends an exchange, behind `before` good ones. */
static void assert_ends(uint32_t before, uint8_t flags, const char *response, const char *told,
                        const char *fault, uint32_t value) {
    struct login_script script = chap_mutual_login;
    script.name = response;
    script.end = LOGIN_ENDS_IN_FAILURE;
    script.count = before + 1;
    script.replies[before] = (struct login_reply){.flags = flags, .text = response};
    script.events = told;
    script.fault = fault;
    script.value = value;
    script.sent = before == 0 ? "" : before == 1 ? BEFORE_STEP_2 : BEFORE_STEP_4;
    script.after = &chap_mutual_login;
    login_assert(&script);
}

static void assert_all(uint32_t before, uint8_t flags, const struct wrong *cases, size_t count) {
    for (size_t i = 0; i < count; i++) {
        assert_ends(before, flags, cases[i].text, cases[i].events, "login-authentication", 0);
    }
}

#define I_AND_C "CHAP_I=1|CHAP_C=" VECTOR_CHALLENGE "|"

/* CHP-003: Reject, a number that was not offered, and what is no number. */
static void wrong_algorithms(void **state) {
    (void)state;
    static const struct wrong cases[] = {
        {"CHAP_A=Reject|", "22(Reject)[1]"},
        {"CHAP_A=Reject|" I_AND_C, "22(Reject)[1]"},
        {"CHAP_A=7|" I_AND_C, "22(7)[2]"},
        {"CHAP_A=0|" I_AND_C, "22(0)[2]"},
        {"CHAP_A=0x7|" I_AND_C, "22(0x7)[2]"},
        {"CHAP_A=261|" I_AND_C, "22(261)[2]"},
        {"CHAP_A=4294967301|" I_AND_C, "22(4294967301)[2]"},
        {"CHAP_A=18446744073709551621|" I_AND_C, "22(18446744073709551621)[2]"},
        {"CHAP_A=5,7|" I_AND_C, "22(5,7)[3]"},
        {"CHAP_A=5,5|" I_AND_C, "22(5,5)[3]"},
        {"CHAP_A=MD5|" I_AND_C, "22(MD5)[3]"},
        {"CHAP_A=05|" I_AND_C, "22(05)[3]"},
        {"CHAP_A=-5|" I_AND_C, "22(-5)[3]"},
        {"CHAP_A= 5|" I_AND_C, "22( 5)[3]"},
        {"CHAP_A=5 |" I_AND_C, "22(5 )[3]"},
        {"CHAP_A=|" I_AND_C, "22()[3]"},
        {"CHAP_A=0x|" I_AND_C, "22(0x)[3]"},
        {"CHAP_A=NotUnderstood|" I_AND_C, "22(NotUnderstood)[3]"},
    };
    assert_all(1, STAY_SECURITY, cases, COUNT(cases));
}

/* CHP-008 */
static void wrong_identifiers(void **state) {
    (void)state;
#define WITH_I(value)                                                                              \
    { "CHAP_A=5|CHAP_I=" value "|CHAP_C=" VECTOR_CHALLENGE "|", "23(" value ")[1]" }
    static const struct wrong cases[] = {
        WITH_I("256"),    WITH_I("257"),        WITH_I("0x100"),
        WITH_I("-1"),     WITH_I(""),           WITH_I("01"),
        WITH_I("0x"),     WITH_I("0xg"),        WITH_I("1 "),
        WITH_I("1,2"),    WITH_I("0b01"),       WITH_I("one"),
        WITH_I("Reject"), WITH_I("4294967296"), WITH_I("18446744073709551617"),
    };
    assert_all(1, STAY_SECURITY, cases, COUNT(cases));
}

/* CHP-009, CHP-010 */
static void wrong_challenges(void **state) {
    (void)state;
#define WITH_C(value)                                                                              \
    { "CHAP_A=5|CHAP_I=1|CHAP_C=" value "|", "24(" value ")[2]" }
    static const struct wrong cases[] = {
        WITH_C(""),        WITH_C("0x"),
        WITH_C("0b"),      WITH_C("0xg"),
        WITH_C("0x12g4"),  WITH_C("0x12 34"),
        WITH_C("0x1234 "), WITH_C("0x12,0x34"),
        WITH_C("1234"),    WITH_C("12345678901234567890"),
        WITH_C("0y1234"),  WITH_C("x1234"),
        WITH_C("0"),       WITH_C("0b==="),
        WITH_C("0b===="),  WITH_C("0bfw"),
        WITH_C("0bfw="),   WITH_C("0bf==="),
        WITH_C("0bfx=="),  WITH_C("0bfw==fw=="),
        WITH_C("0bf-_="),  WITH_C("Reject"),
    };
    assert_all(1, STAY_SECURITY, cases, COUNT(cases));
}

/* The digits of a binary value of `size` bytes. */
static void put_zeros(char *out, size_t size) {
    memset(out, '0', 2 * size);
    out[2 * size] = '\0';
}

/* CHP-009: one byte more than 1024 is too much, in either coding; the event keeps 128 bytes. */
static void challenges_that_are_too_long(void **state) {
    (void)state;
    static char digits[4 * 1024];
    put_zeros(digits, 1025);
    (void)snprintf(text, sizeof(text), "CHAP_A=5|CHAP_I=1|CHAP_C=0x%s|", digits);
    (void)snprintf(events, sizeof(events), "24(0x%.126s+)[2]", digits);
    assert_ends(1, STAY_SECURITY, text, events, "login-authentication", 0);
    (void)snprintf(text, sizeof(text), "CHAP_A=5|CHAP_I=1|CHAP_C=0x0%s|", digits);
    (void)snprintf(events, sizeof(events), "24(0x0%.125s+)[2]", digits);
    assert_ends(1, STAY_SECURITY, text, events, "login-authentication", 0);
    memset(digits, 'A', 1368); /* 1026 bytes */
    digits[1368] = '\0';
    (void)snprintf(text, sizeof(text), "CHAP_A=5|CHAP_I=1|CHAP_C=0b%.1367s=|", digits);
    (void)snprintf(events, sizeof(events), "24(0b%.126s+)[2]", digits);
    assert_ends(1, STAY_SECURITY, text, events, "login-authentication", 0);
}

/* CHP-003, CHP-022: step 2 lacks a key, or has one too many. */
static void keys_of_step_2(void **state) {
    (void)state;
    static const struct wrong cases[] = {
        {"", "18(CHAP_A)[1]"},
        {"CHAP_A=5|", "17(CHAP_I)[1]"},
        {I_AND_C, "18(CHAP_A)[1]"},
        {"CHAP_A=5|CHAP_I=1|", "18(CHAP_C)[1]"},
        {"CHAP_A=5|CHAP_C=0x01|", "17(CHAP_I)[1]"},
        {"CHAP_C=0x01|", "18(CHAP_A)[1]"},
        {CHAP_STEP_2 "CHAP_N=target|", "27(CHAP_N)[1]"},
        {CHAP_STEP_2 "CHAP_R=" VECTOR_MD5 "|", "27(CHAP_R)[1]"},
        {"CHAP_R=0x00|" CHAP_STEP_2, "27(CHAP_R)[1]"},
        {"CHAP_A=5|X-org.example.key=1|" I_AND_C, "27(X-org.example.key)[1]"},
        {"CHAP_B=5|" CHAP_STEP_2, "27(CHAP_B)[1]"},
        {"chap_a=5|" I_AND_C, "27(chap_a)[1]"},
        {CHAP_STEP_2 "MaxBurstLength=65536|", "27(MaxBurstLength)[1]"},
        {CHAP_STEP_2 "HeaderDigest=None|", "27(HeaderDigest)[1]"},
        {CHAP_STEP_2 "InitialR2T=Yes|", "27(InitialR2T)[1]"},
        {CHAP_STEP_2 "KRB_AP_REP=0x00|", "27(KRB_AP_REP)[1]"},
    };
    assert_all(1, STAY_SECURITY, cases, COUNT(cases));
}

/* CHP-005, CHP-022: step 4 lacks a key, has one too many, or is left out. */
static void keys_of_step_4(void **state) {
    (void)state;
    static const struct wrong cases[] = {
        {"", "18(CHAP_N)[1]"},
        {"CHAP_N=target|", "18(CHAP_R)[1]"},
        {"CHAP_R=" PROOF_MD5 "|", "18(CHAP_N)[1]"},
        {CHAP_STEP_4 "X-org.example.key=1|", "28(X-org.example.key)[1]"},
        {"MaxBurstLength=65536|" CHAP_STEP_4, "28(MaxBurstLength)[1]"},
        {CHAP_STEP_4 "DataDigest=None|", "28(DataDigest)[1]"},
    };
    assert_all(2, LEAVE_SECURITY, cases, COUNT(cases));
    assert_all(2, STAY_SECURITY, cases, COUNT(cases));
}

/* Keys of step 2 in step 4: they have come before, but they are this step's mistake (CHP-022). */
static void keys_of_step_2_in_step_4(void **state) {
    (void)state;
    static const struct wrong cases[] = {
        {CHAP_STEP_4 "CHAP_A=5|", "28(CHAP_A)[1]"},
        {"CHAP_I=1|" CHAP_STEP_4, "28(CHAP_I)[1]"},
        {CHAP_STEP_2, "28(CHAP_A)[1]"},
        {"CHAP_C=" OWN_CHALLENGE "|", "28(CHAP_C)[1]"},
    };
    assert_all(2, LEAVE_SECURITY, cases, COUNT(cases));
}

/* RFC 7143 6.2: a key comes once. */
static void keys_that_come_twice(void **state) {
    (void)state;
    static const struct wrong step_2[] = {
        {"CHAP_A=5|" CHAP_STEP_2, "14(CHAP_A)[1]"},
        {CHAP_STEP_2 "CHAP_I=1|", "14(CHAP_I)[1]"},
        {CHAP_STEP_2 "CHAP_C=0x01|", "14(CHAP_C)[1]"},
    };
    static const struct wrong step_4[] = {
        {"CHAP_N=target|" CHAP_STEP_4, "14(CHAP_N)[1]"},
        {CHAP_STEP_4 "CHAP_R=" PROOF_MD5 "|", "14(CHAP_R)[1]"},
    };
    for (size_t i = 0; i < COUNT(step_2); i++) {
        assert_ends(1, STAY_SECURITY, step_2[i].text, step_2[i].events, "login-authentication", 0);
    }
    for (size_t i = 0; i < COUNT(step_4); i++) {
        assert_ends(2, LEAVE_SECURITY, step_4[i].text, step_4[i].events, "login-authentication", 0);
    }
    assert_ends(1, STAY_SECURITY, CHAP_STEP_2 "AuthMethod=CHAP|", "14(AuthMethod)[1]", "login-key",
                0);
}

/* Keys of CHAP before it was begun, and behind its end (CHP-022). */
static void keys_outside_of_the_exchange(void **state) {
    (void)state;
    static const struct wrong first[] = {
        {"CHAP_A=5|" CHAP_SELECT, "14(CHAP_A)[1]"},
        {CHAP_SELECT CHAP_STEP_2, "14(CHAP_A)[1]"},
        {CHAP_SELECT "CHAP_R=0x00|", "14(CHAP_R)[1]"},
        {"CHAP_N=target|", "14(CHAP_N)[1]"},
    };
    assert_all(0, STAY_SECURITY, first, COUNT(first));
    struct login_script script = chap_mutual_login;
    script.name = "a key of CHAP behind the proof";
    script.end = LOGIN_ENDS_IN_FAILURE;
    script.replies[2].flags = STAY_SECURITY;
    script.replies[3] = (struct login_reply){.flags = LEAVE_SECURITY, .text = "CHAP_A=5|"};
    script.events = "14(CHAP_A)[1]";
    script.fault = "login-key";
    login_assert(&script);
    script = chap_login;
    script.name = "a proof that one-way CHAP does not ask for";
    script.end = LOGIN_ENDS_IN_FAILURE;
    script.count = 3;
    script.replies[2].text = "CHAP_N=target|";
    script.events = "14(CHAP_N)[1]";
    script.fault = "login-authentication";
    login_assert(&script);
    script = chap_mutual_login;
    script.name = "a key of CHAP in the operational stage";
    script.end = LOGIN_ENDS_IN_FAILURE;
    script.replies[3].text = "CHAP_R=" PROOF_MD5 "|";
    script.events = "37()[1]";
    script.fault = "login-key";
    login_assert(&script);
}

/* CHP-006, SEC-006: T where it was not asked for, and stages that are skipped. */
static void stages_left_without_proof(void **state) {
    (void)state;
    static const struct {
        uint32_t before;
        uint8_t flags;
        const char *text, *events, *fault;
        uint32_t value;
    } cases[] = {
        {0, LEAVE_SECURITY, CHAP_SELECT, "37()[1]", "login-transit", 1},
        {0, LEAVE_SECURITY, "", "37()[1]", "login-transit", 1},
        {0, T | STAGES(0, 3), CHAP_SELECT, "37()[1]", "login-transit", 3},
        {0, STAY_OPERATIONAL, "", "37()[1]", "login-current-stage", 1},
        {1, LEAVE_SECURITY, CHAP_STEP_2, "37()[1]", "login-transit", 1},
        {1, LEAVE_SECURITY, "", "37()[1]", "login-transit", 1},
        {1, T | STAGES(0, 3), CHAP_STEP_2, "37()[1]", "login-transit", 3},
        {2, T | STAGES(0, 3), CHAP_STEP_4, "20(3,0,1)[1]", "login-next-stage", 3},
        {2, T | STAGES(0, 0), CHAP_STEP_4, "20(0,0,1)[1]", "login-next-stage", 0},
        {2, T | STAGES(0, 2), CHAP_STEP_4, "20(2,0,1)[1]", "login-next-stage", 2},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_ends(cases[i].before, cases[i].flags, cases[i].text, cases[i].events, cases[i].fault,
                    cases[i].value);
    }
}

/* SEC-002, SEC-006, SEC-007: what is answered to AuthMethod=CHAP. */
static void methods_that_were_not_offered(void **state) {
    (void)state;
    static const struct wrong cases[] = {
        {"AuthMethod=None|", "16(AuthMethod=None,CHAP)[3]"},
        {"AuthMethod=KRB5|", "16(AuthMethod=KRB5,CHAP)[3]"},
        {"AuthMethod=CHAP,None|", "16(AuthMethod=CHAP,None,CHAP)[3]"},
        {"AuthMethod=chap|", "16(AuthMethod=chap,CHAP)[3]"},
        {"AuthMethod=|", "16(AuthMethod=,CHAP)[3]"},
        {"AuthMethod=Irrelevant|", "16(AuthMethod=Irrelevant,CHAP)[1]"},
        {"AuthMethod=Reject|", "11(AuthMethod)[1]"},
        {"AuthMethod=NotUnderstood|", "10(AuthMethod)[1]"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_ends(0, STAY_SECURITY, cases[i].text, cases[i].events, "login-key", 0);
    }
}

/* CHP-012: up to 255 bytes; the event has a cause for names over 511 bytes alone. */
static void names_of_the_target(void **state) {
    (void)state;
    static const size_t sizes[] = {0, 256, 300, 511, 512, 513, 4000};
    static char name[4001];
    for (size_t i = 0; i < COUNT(sizes); i++) {
        memset(name, 'n', sizes[i]);
        name[sizes[i]] = '\0';
        (void)snprintf(text, sizeof(text), "CHAP_N=%s|CHAP_R=" PROOF_MD5 "|", name);
        (void)snprintf(events, sizeof(events), "25(%.128s%s)[%s]", name, sizes[i] > 128 ? "+" : "",
                       sizes[i] > 511 ? "1" : "");
        assert_ends(2, LEAVE_SECURITY, text, events, "login-authentication", 0);
    }
}

static void named(sanscsi_session_settings *settings) {
    chap_mutual(settings);
    settings->target_chap_name = "target";
    settings->target_chap_name_length = 6;
}

/* SEC-010: the name that the target is known by. */
static void another_name_than_expected(void **state) {
    (void)state;
    static const char *const names[] = {"Target", "targe", "target1", "target ", LOGIN_TARGET};
    for (size_t i = 0; i < COUNT(names); i++) {
        (void)snprintf(text, sizeof(text), "CHAP_N=%s|CHAP_R=" PROOF_MD5 "|", names[i]);
        (void)snprintf(events, sizeof(events), "117(%s,target)[1]", names[i]);
        struct login_script script = chap_mutual_login;
        script.end = LOGIN_ENDS_IN_FAILURE;
        script.count = 3;
        script.replies[2].text = text;
        script.settings = named;
        script.events = events;
        script.fault = "login-authentication";
        script.sent = BEFORE_STEP_4;
        login_assert(&script);
    }
}

/* CHP-005, CHP-009: the coding of the target's proof, cause 2; its value, cause 3. */
static void wrong_proofs(void **state) {
    (void)state;
#define WITH_R(value, cause)                                                                       \
    { "CHAP_N=target|CHAP_R=" value "|", "26(" value ")[" cause "]" }
    static const struct wrong cases[] = {
        WITH_R("", "2"),
        WITH_R("0x", "2"),
        WITH_R("0b", "2"),
        WITH_R("Reject", "2"),
        WITH_R("12345678901234567890", "2"),
        WITH_R("c5a5d8a7bd5f1978e5643a62f353a25a", "2"),
        WITH_R("0xc5a5d8a7bd5f1978e5643a62f353a2", "2"),
        WITH_R("0xc5a5d8a7bd5f1978e5643a62f353a25a00", "2"),
        WITH_R("0x00c5a5d8a7bd5f1978e5643a62f353a25a", "2"),
        WITH_R("0xc5a5d8a7bd5f1978e5643a62f353a25g", "2"),
        WITH_R("0bxaXYp71fGXjlZDpi81OiWg", "2"),
        WITH_R("0bxaXYp71fGXjlZDpi81OiWh==", "2"),
        WITH_R("0x00", "2"),
        WITH_R(PROOF_SHA1, "2"),
        WITH_R(PROOF_SHA256, "2"),
        WITH_R("0x00000000000000000000000000000000", "3"),
        WITH_R("0xc5a5d8a7bd5f1978e5643a62f353a25b", "3"),
        WITH_R("0x45a5d8a7bd5f1978e5643a62f353a25a", "3"),
        WITH_R("0bxaXYp71fGXjlZDpi81OiWA==", "3"),
        WITH_R(VECTOR_MD5, "3"),                           /* ours sent back */
        WITH_R("0x60afceffd95ecb2511a0a6675c8a594d", "3"), /* over another identifier */
        WITH_R("0x13dda6abd337ddac157e7d83a8e4a985", "3"), /* over its own challenge, CHP-025 */
        WITH_R("0x3668fe11a66f81e3188ac03c5e367743", "3"), /* by an empty secret */
        {"CHAP_N=target|CHAP_R=" OWN_ANSWER_MD5 "|", "113(2)[2]"}, /* by ours, CHP-017 */
    };
    assert_all(2, LEAVE_SECURITY, cases, COUNT(cases));
    assert_all(2, STAY_SECURITY, cases, COUNT(cases));
}

static uint8_t algorithm;

static void by_algorithm(sanscsi_session_settings *settings) {
    chap_mutual(settings);
    settings->chap_algorithms[0] = algorithm;
    settings->chap_fallback = 0;
}

/* CHP-011: the length is that of the digest chosen. */
static void proofs_of_another_length(void **state) {
    (void)state;
    static const struct {
        uint8_t algorithm;
        size_t size;
    } digests[] = {{5, 16}, {6, 20}, {7, 32}, {8, 32}};
    static const size_t sizes[] = {1, 15, 16, 17, 19, 20, 21, 31, 32, 33, 1024, 1025};
    static char digits[4096];
    char step_2[128];
    for (size_t i = 0; i < COUNT(digests); i++) {
        algorithm = digests[i].algorithm;
        (void)snprintf(step_2, sizeof(step_2), "CHAP_A=%u|" I_AND_C, algorithm);
        for (size_t k = 0; k < COUNT(sizes); k++) {
            bool fits = sizes[k] == digests[i].size;
            put_zeros(digits, sizes[k]);
            (void)snprintf(text, sizeof(text), "CHAP_N=target|CHAP_R=0x%s|", digits);
            (void)snprintf(events, sizeof(events), "26(0x%.126s%s)[%s]", digits,
                           sizes[k] > 63 ? "+" : "", fits ? "3" : "2");
            struct login_script script = chap_mutual_login;
            script.name = "a proof of another length";
            script.end = LOGIN_ENDS_IN_FAILURE;
            script.count = 3;
            script.replies[1].text = step_2;
            script.replies[2].text = text;
            script.settings = by_algorithm;
            script.events = events;
            script.fault = "login-authentication";
            login_assert(&script);
        }
    }
}

/* CHP-027: a refusal tells its status, in whatever step. */
static void refusals(void **state) {
    (void)state;
    for (uint32_t before = 0; before <= 2; before++) {
        struct login_script script = chap_mutual_login;
        script.name = "authentication failed";
        script.end = LOGIN_ENDS_IN_FAILURE;
        script.count = before + 1;
        script.replies[before] = (struct login_reply){.patches = {{36, 2}, {37, 1}}};
        script.events = "36(2,1," LOGIN_PORTAL ")[2]";
        script.fault = "login-status-class";
        script.value = 0x0201;
        login_assert(&script);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrong_algorithms),
        cmocka_unit_test(wrong_identifiers),
        cmocka_unit_test(wrong_challenges),
        cmocka_unit_test(challenges_that_are_too_long),
        cmocka_unit_test(keys_of_step_2),
        cmocka_unit_test(keys_of_step_4),
        cmocka_unit_test(keys_of_step_2_in_step_4),
        cmocka_unit_test(keys_that_come_twice),
        cmocka_unit_test(keys_outside_of_the_exchange),
        cmocka_unit_test(stages_left_without_proof),
        cmocka_unit_test(methods_that_were_not_offered),
        cmocka_unit_test(names_of_the_target),
        cmocka_unit_test(another_name_than_expected),
        cmocka_unit_test(wrong_proofs),
        cmocka_unit_test(proofs_of_another_length),
        cmocka_unit_test(refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
