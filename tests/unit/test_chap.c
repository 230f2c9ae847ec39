/* Tests of CHAP: exchanges that succeed, text by text (RFC 7143 12.1.3, RFC 1994 4.1). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support/chap_script.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static char text[8192]; /* of a request or response in the making */

/* What configure() gives to a session beyond the secrets. */
static struct {
    uint8_t algorithms[4];
    const char *name;
    const char *secret;
    uint32_t authentication;
    bool mutual;
} config;

static void configure(sanscsi_session_settings *settings) {
    (config.mutual ? chap_mutual : chap_one_way)(settings);
    memcpy(settings->chap_algorithms, config.algorithms, sizeof(config.algorithms));
    settings->authentication = config.authentication;
    if (config.name != NULL) {
        settings->chap_name = config.name;
        settings->chap_name_length = strlen(config.name);
    }
    if (config.secret != NULL) {
        settings->chap_secret = config.secret;
        settings->chap_secret_length = strlen(config.secret);
    }
}

static void reset(void) {
    memset(&config, 0, sizeof(config));
}

/* The first request names us and offers the method; none of CHAP's own keys is in it. */
static void first_request(void **state) {
    (void)state;
    static struct login_run run;
    static const struct {
        uint32_t authentication;
        const char *offer;
        uint8_t byte1;
    } cases[] = {
        {SANSCSI_AUTHENTICATION_AUTO, "CHAP", 0},
        {SANSCSI_AUTHENTICATION_CHAP, "CHAP", 0},
        {SANSCSI_AUTHENTICATION_CHAP_OR_NONE, "CHAP,None", 0},
        {SANSCSI_AUTHENTICATION_NONE_OR_CHAP, "None,CHAP", 0},
        {SANSCSI_AUTHENTICATION_NONE, "None", 0x81},
    };
    reset();
    for (size_t i = 0; i < COUNT(cases); i++) {
        config.authentication = cases[i].authentication;
        struct login_script script = chap_login;
        script.settings = configure;
        sanscsi_initiator *initiator = login_script_initiator(NULL, &script);
        sanscsi_session *session = login_session(initiator, &script);
        login_begin(&run, session, &script, DELIVER_WHOLE, 1);
        assert_true(login_pull(&run));
        size_t length = (size_t)snprintf(text, sizeof(text),
                                         "InitiatorName=" LOGIN_INITIATOR "|SessionType=Normal|"
                                         "TargetName=" LOGIN_TARGET "|AuthMethod=%s|",
                                         cases[i].offer);
        for (size_t at = 0; at < length; at++) {
            text[at] = text[at] == '|' ? '\0' : text[at];
        }
        assert_int_equal(run.request[1], cases[i].byte1);
        assert_int_equal(run.request[6] << 8 | run.request[7], length);
        assert_memory_equal(run.request + 48, text, length);
        sanscsi_session_free(session);
        sanscsi_initiator_free(initiator);
    }
}

/* CHP-007: the vector, by each digest; a list that lacks MD5 ends with it. */
static void vector_by_each_algorithm(void **state) {
    (void)state;
    static const struct {
        uint8_t algorithm;
        const char *offer, *response, *proof;
    } cases[] = {
        {5, "5", VECTOR_MD5, PROOF_MD5},
        {6, "6,5", VECTOR_SHA1, PROOF_SHA1},
        {7, "7,5", VECTOR_SHA256, PROOF_SHA256},
        {8, "8,5", VECTOR_SHA3_256, PROOF_SHA3_256},
    };
    reset();
    for (size_t i = 0; i < 2 * COUNT(cases); i++) {
        size_t at = i / 2;
        char step_2[256], step_4[256];
        config.mutual = i % 2 == 1;
        config.algorithms[0] = cases[at].algorithm;
        (void)snprintf(step_2, sizeof(step_2), "CHAP_A=%u|CHAP_I=1|CHAP_C=" VECTOR_CHALLENGE "|",
                       cases[at].algorithm);
        (void)snprintf(step_4, sizeof(step_4), "CHAP_N=target|CHAP_R=%s|", cases[at].proof);
        (void)snprintf(text, sizeof(text), "0 CHAP_A=%s|\n" CHAP_ANSWER("%s") "%s", cases[at].offer,
                       cases[at].response, config.mutual ? CHAP_ASKS : "");
        struct login_script script = chap_login;
        script.settings = configure;
        script.replies[1].text = step_2;
        script.replies[2].text = config.mutual ? step_4 : NULL;
        script.sent = chap_sent(text);
        script.after = &script;
        login_assert(&script);
    }
}

/* The offer in the order of the settings, MD5 always in it; the target may choose any. */
static void list_of_algorithms(void **state) {
    (void)state;
    static const struct {
        uint8_t algorithms[4];
        const char *offer, *choice, *response;
    } cases[] = {
        {{0}, "5", "5", VECTOR_MD5},
        {{5}, "5", "0x5", VECTOR_MD5},
        {{5, 7}, "5,7", "7", VECTOR_SHA256},
        {{8, 7, 6}, "8,7,6,5", "5", VECTOR_MD5},
        {{8, 7, 6, 5}, "8,7,6,5", "6", VECTOR_SHA1},
        {{6, 5, 8, 7}, "6,5,8,7", "0X8", VECTOR_SHA3_256},
        {{7}, "7,5", "7", VECTOR_SHA256},
    };
    reset();
    for (size_t i = 0; i < COUNT(cases); i++) {
        char step_2[128];
        memcpy(config.algorithms, cases[i].algorithms, sizeof(config.algorithms));
        (void)snprintf(step_2, sizeof(step_2), "CHAP_A=%s|CHAP_I=1|CHAP_C=" VECTOR_CHALLENGE "|",
                       cases[i].choice);
        (void)snprintf(text, sizeof(text), "0 CHAP_A=%s|\n" CHAP_ANSWER("%s"), cases[i].offer,
                       cases[i].response);
        struct login_script script = chap_login;
        script.settings = configure;
        script.replies[1].text = step_2;
        script.sent = chap_sent(text);
        script.after = &script;
        login_assert(&script);
    }
}

/* A login whose step 2 is `step_2` and whose answer to it is `response`. */
static void assert_answer(const char *step_2, const char *response) {
    (void)snprintf(text, sizeof(text), "0 CHAP_A=5|\n" CHAP_ANSWER("%s"), response);
    struct login_script script = chap_login;
    script.replies[1].text = step_2;
    script.sent = chap_sent(text);
    login_assert(&script);
}

/* CHP-008, CHP-009, CHP-010 */
static void forms_of_identifier_and_challenge(void **state) {
    (void)state;
    static const struct {
        const char *step_2, *response;
    } cases[] = {
        {"CHAP_A=5|CHAP_I=0|CHAP_C=" VECTOR_CHALLENGE "|", "0xd65d4eb9b6513a18c699b9e0446e16b2"},
        {"CHAP_A=5|CHAP_I=0x0|CHAP_C=" VECTOR_CHALLENGE "|", "0xd65d4eb9b6513a18c699b9e0446e16b2"},
        {"CHAP_A=5|CHAP_I=255|CHAP_C=" VECTOR_CHALLENGE "|", "0x68da7c723b32ce63d8dfe821f342cca5"},
        {"CHAP_A=5|CHAP_I=0xfF|CHAP_C=" VECTOR_CHALLENGE "|", "0x68da7c723b32ce63d8dfe821f342cca5"},
        {"CHAP_A=5|CHAP_I=16|CHAP_C=" VECTOR_CHALLENGE "|", "0xfb8858cbdf97bd9b7636476d8bc6dbe7"},
        {"CHAP_A=5|CHAP_I=0x10|CHAP_C=" VECTOR_CHALLENGE "|", "0xfb8858cbdf97bd9b7636476d8bc6dbe7"},
        {"CHAP_C=" VECTOR_CHALLENGE "|CHAP_I=0X0010|CHAP_A=5|",
         "0xfb8858cbdf97bd9b7636476d8bc6dbe7"},
        {"CHAP_A=5|CHAP_I=1|CHAP_C=0X000102030405060708090A0B0C0D0E0F|", VECTOR_MD5},
        {"CHAP_A=5|CHAP_I=1|CHAP_C=0bAAECAwQFBgcICQoLDA0ODw==|", VECTOR_MD5},
        {"CHAP_A=5|CHAP_I=1|CHAP_C=0BAAECAwQFBgcICQoLDA0ODw==|", VECTOR_MD5},
        {"CHAP_A=5|CHAP_I=1|CHAP_C=0x7f|", "0xe6387d0da56bb0ae08ac18b2bbc84111"},
        {"CHAP_A=5|CHAP_I=1|CHAP_C=0bfw==|", "0xe6387d0da56bb0ae08ac18b2bbc84111"},
        {"CHAP_A=5|CHAP_I=1|CHAP_C=0x0|", "0x07ab7c2ad70d819b64424afef52169d4"},
        {"CHAP_A=5|CHAP_I=1|CHAP_C=0x123|", "0x15c14390a6794706169e77adb1029bed"},
        {"CHAP_A=5|CHAP_I=1|CHAP_C=0x0123|", "0x15c14390a6794706169e77adb1029bed"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_answer(cases[i].step_2, cases[i].response);
    }
}

/* CHP-009: 1024 bytes, 7 i + 3 each; with three groups of base64 for two bytes in the end. */
static void challenge_of_1024_bytes(void **state) {
    (void)state;
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    static const char start[] = "CHAP_A=5|CHAP_I=1|CHAP_C=";
    static char step_2[4096];
    size_t at = (size_t)snprintf(step_2, sizeof(step_2), "%s0x", start);
    for (unsigned i = 0; i < 1024; i++) {
        at += (size_t)snprintf(step_2 + at, sizeof(step_2) - at, "%02x", (7 * i + 3) % 256);
    }
    (void)snprintf(step_2 + at, sizeof(step_2) - at, "|");
    assert_answer(step_2, "0x45eaea1e00d9ee84eff5341fa66ffff6");
    at = (size_t)snprintf(step_2, sizeof(step_2), "%s0b", start);
    for (unsigned i = 0; i < 1024; i += 3) {
        unsigned byte[3] = {(7 * i + 3) % 256, (7 * i + 10) % 256, (7 * i + 17) % 256};
        bool last = i + 1 == 1024;
        unsigned bits = byte[0] << 16 | (last ? 0 : byte[1] << 8 | byte[2]);
        at += (size_t)snprintf(step_2 + at, sizeof(step_2) - at, "%c%c%c%c", alphabet[bits >> 18],
                               alphabet[bits >> 12 & 63], last ? '=' : alphabet[bits >> 6 & 63],
                               last ? '=' : alphabet[bits & 63]);
    }
    (void)snprintf(step_2 + at, sizeof(step_2) - at, "|");
    assert_answer(step_2, "0x45eaea1e00d9ee84eff5341fa66ffff6");
}

/* CHP-012, CHP-019, CHP-020 */
static void names_and_secrets(void **state) {
    (void)state;
    static char long_name[256], long_secret[256];
    memset(long_name, 'n', 255);
    memset(long_secret, 's', 255);
    const struct {
        const char *name, *secret, *response;
    } cases[] = {
        {"x", OWN_SECRET, VECTOR_MD5},
        {long_name, OWN_SECRET, VECTOR_MD5},
        {"user", "twelve-bytes", "0x6b30b155ecc3c5396e041bc3a3a30e48"},
        {"user", long_secret, "0x19cf2d58e9f723d2e26014c42de68f43"},
    };
    reset();
    for (size_t i = 0; i < COUNT(cases); i++) {
        config.name = cases[i].name;
        config.secret = cases[i].secret;
        (void)snprintf(text, sizeof(text), "0 CHAP_A=5|\n0>1 CHAP_N=%s|CHAP_R=%s|", cases[i].name,
                       cases[i].response);
        struct login_script script = chap_login;
        script.settings = configure;
        script.sent = chap_sent(text);
        script.after = &script;
        login_assert(&script);
    }
}

/* CHP-019: 11 bytes, where the settings allow them. */
static void weak(sanscsi_session_settings *settings) {
    settings->chap_secret = "eleven-bytes";
    settings->chap_secret_length = 11;
    settings->target_chap_secret = "eleven bytes";
    settings->target_chap_secret_length = 10;
    settings->chap_weak_secrets = 1;
}

static void weak_secrets_that_are_allowed(void **state) {
    (void)state;
    struct login_script script = chap_mutual_login;
    script.settings = weak;
    script.replies[2].text = "CHAP_N=target|CHAP_R=0xc2f1b8a2ff3bbd8c2fe754146d993b78|";
    script.sent =
        chap_sent("0 CHAP_A=5|\n" CHAP_ANSWER("0x5e11feae5be5cbb2b448f631e95368bf") CHAP_ASKS);
    script.after = &script;
    login_assert(&script);
}

/* CHP-020: secrets are bytes, not text. */
static void binary(sanscsi_session_settings *settings) {
    static const uint8_t secret[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    settings->chap_secret = secret;
    settings->chap_secret_length = sizeof(secret);
}

static void secret_with_a_zero_byte(void **state) {
    (void)state;
    struct login_script script = chap_login;
    script.settings = binary;
    script.sent = chap_sent("0 CHAP_A=5|\n" CHAP_ANSWER("0x4e705ed41e444af20d4566bbb5b04443"));
    script.after = &script;
    login_assert(&script);
}

/* The target's name and proof in all their forms; CHAP_N of ours and our CHAP_I sent back is none
 * of a program's business (CHP-025). */
static void proofs_of_the_target(void **state) {
    (void)state;
    static char long_name[512];
    static const char *const cases[] = {
        CHAP_STEP_4,
        "CHAP_R=" PROOF_MD5 "|CHAP_N=target|",
        "CHAP_N=t|CHAP_R=0XC5A5D8A7BD5F1978E5643A62F353A25A|",
        "CHAP_N=" LOGIN_INITIATOR "|CHAP_R=0bxaXYp71fGXjlZDpi81OiWg==|",
        long_name,
    };
    (void)snprintf(long_name, sizeof(long_name), "CHAP_N=%0255d|CHAP_R=" PROOF_MD5 "|", 7);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct login_script script = chap_mutual_login;
        script.replies[2].text = cases[i];
        script.sent = chap_sent("0 CHAP_A=5|\n" CHAP_ANSWER(VECTOR_MD5) CHAP_ASKS);
        login_assert(&script);
    }
}

/* The target takes a round more, or several for one text; T comes only with and behind CHAP_R. */
static void rounds(void **state) {
    (void)state;
    const struct login_script scripts[] = {
        {.name = "the target stays once more",
         .count = 5,
         .replies =
             {REPLY_SELECT, REPLY_STEP_2, {.flags = STAY_SECURITY}, REPLY_LEAVE, REPLY_OPERATIONAL},
         .settings = chap_one_way,
         .sent = "0 CHAP_A=5|\n" CHAP_ANSWER(VECTOR_MD5) "\n0>1 "},
        {.name = "the target stays behind its proof",
         .count = 5,
         .replies = {REPLY_SELECT,
                     REPLY_STEP_2,
                     {.flags = STAY_SECURITY, .text = CHAP_STEP_4},
                     REPLY_LEAVE,
                     REPLY_OPERATIONAL},
         .settings = chap_mutual,
         .sent = "0 CHAP_A=5|\n" CHAP_ANSWER(VECTOR_MD5) CHAP_ASKS "\n0>1 "},
        {.name = "step 2 in three responses",
         .count = 6,
         .replies = {REPLY_SELECT,
                     {.flags = C | STAY_SECURITY, .text = "CHAP_A=5|CHAP_I=1|CHA"},
                     {.flags = C | STAY_SECURITY, .text = "P_C=0x00010203040506070809"},
                     {.flags = STAY_SECURITY, .text = "0a0b0c0d0e0f|"},
                     REPLY_LEAVE,
                     REPLY_OPERATIONAL},
         .settings = chap_one_way,
         .sent = "0 CHAP_A=5|\n0 \n0 \n" CHAP_ANSWER(VECTOR_MD5)},
        {.name = "step 4 in two responses",
         .count = 6,
         .replies = {REPLY_SELECT,
                     REPLY_STEP_2,
                     {.flags = C | STAY_SECURITY, .text = "CHAP_N=target|CHAP_R="},
                     {.flags = STAY_SECURITY, .text = PROOF_MD5 "|"},
                     REPLY_LEAVE,
                     REPLY_OPERATIONAL},
         .settings = chap_mutual,
         .sent = "0 CHAP_A=5|\n" CHAP_ANSWER(VECTOR_MD5) CHAP_ASKS "\n0 \n0>1 "},
        {.name = "an alias beside the keys of CHAP",
         .count = 4,
         .replies = {REPLY_SELECT,
                     {.flags = STAY_SECURITY, .text = "TargetAlias=a|" CHAP_STEP_2},
                     {.flags = LEAVE_SECURITY, .text = CHAP_STEP_4 "TargetAddress=a.example|"},
                     REPLY_OPERATIONAL},
         .settings = chap_mutual,
         .sent = "0 CHAP_A=5|\n" CHAP_ANSWER(VECTOR_MD5) CHAP_ASKS},
    };
    for (size_t i = 0; i < COUNT(scripts); i++) {
        struct login_script script = scripts[i];
        script.end = LOGIN_ENDS_WELL;
        script.events = "";
        script.node = chap_node;
        script.sent = chap_sent(script.sent);
        script.after = &script;
        login_assert(&script);
    }
}

/* What was not required may be left out by the target; what was offered it may choose. */
static void methods_offered_together(void **state) {
    (void)state;
    reset();
    config.authentication = SANSCSI_AUTHENTICATION_CHAP_OR_NONE;
    struct login_script none = {
        .name = "None out of CHAP and None",
        .end = LOGIN_ENDS_WELL,
        .count = 3,
        .replies = {{.flags = STAY_SECURITY, .base = TEXT_SECURITY},
                    REPLY_LEAVE,
                    REPLY_OPERATIONAL},
        .events = "",
        .settings = configure,
        .sent = chap_sent("0>1 "),
    };
    none.after = &none;
    login_assert(&none);
    config.authentication = SANSCSI_AUTHENTICATION_NONE_OR_CHAP;
    none.sent = chap_sent("0>1 ");
    login_assert(&none);
    struct login_script chosen = chap_login;
    chosen.settings = configure;
    chosen.sent = chap_sent("0 CHAP_A=5|\n" CHAP_ANSWER(VECTOR_MD5));
    chosen.after = &chosen;
    login_assert(&chosen);
}

static void discovery(sanscsi_session_settings *settings) {
    chap_mutual(settings);
    settings->type = SANSCSI_SESSION_DISCOVERY;
    settings->target_name = NULL;
    settings->target_name_length = 0;
}

static void discovery_session(void **state) {
    (void)state;
    struct login_script script = chap_mutual_login;
    script.settings = discovery;
    script.replies[3].base = TEXT_DISCOVERY;
    script.after = &script;
    login_assert(&script);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_request),
        cmocka_unit_test(vector_by_each_algorithm),
        cmocka_unit_test(list_of_algorithms),
        cmocka_unit_test(forms_of_identifier_and_challenge),
        cmocka_unit_test(challenge_of_1024_bytes),
        cmocka_unit_test(names_and_secrets),
        cmocka_unit_test(weak_secrets_that_are_allowed),
        cmocka_unit_test(secret_with_a_zero_byte),
        cmocka_unit_test(proofs_of_the_target),
        cmocka_unit_test(rounds),
        cmocka_unit_test(methods_offered_together),
        cmocka_unit_test(discovery_session),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
