/* CHAP for the scripted target: secrets, random numbers that repeat, and the texts of an exchange
 * with them. */
#ifndef SANSCSI_TESTS_CHAP_SCRIPT_H
#define SANSCSI_TESTS_CHAP_SCRIPT_H

#include "support/chap_vectors.h"
#include "support/login_script.h"

/* Texts of the target, and requests as login_run.sent tells them. */
#define CHAP_SELECT "TargetPortalGroupTag=1|AuthMethod=CHAP|"
#define CHAP_STEP_2 "CHAP_A=5|CHAP_I=1|CHAP_C=" VECTOR_CHALLENGE "|"
#define CHAP_STEP_4 "CHAP_N=target|CHAP_R=" PROOF_MD5 "|"
#define CHAP_ANSWER(response) "0>1 CHAP_N=" LOGIN_INITIATOR "|CHAP_R=" response "|"
#define CHAP_ASKS "CHAP_I=" OWN_IDENTIFIER "|CHAP_C=" OWN_CHALLENGE "|"

#define REPLY_SELECT                                                                               \
    { .flags = STAY_SECURITY, .text = CHAP_SELECT }
#define REPLY_STEP_2                                                                               \
    { .flags = STAY_SECURITY, .text = CHAP_STEP_2 }
#define REPLY_STEP_4                                                                               \
    { .flags = LEAVE_SECURITY, .text = CHAP_STEP_4 }
#define REPLY_LEAVE                                                                                \
    { .flags = LEAVE_SECURITY }
#define REPLY_OPERATIONAL                                                                          \
    { .flags = LEAVE_OPERATIONAL, .base = TEXT_OPERATIONAL }

/* The bytes 0x10, 0x11, 0x12, ... each time it is called. */
int32_t chap_random(void *context, void *bytes, size_t size);

/* For login_script.node and login_script.settings: CHAP with the own secret, with both, and with
 * both asked for. */
void chap_node(sanscsi_initiator_settings *settings);
void chap_one_way(sanscsi_session_settings *settings);
void chap_mutual(sanscsi_session_settings *settings);
void chap_asked(sanscsi_session_settings *settings);

/* For login_script.sent: the requests of the security stage as given, then the plain proposal; good
 * until the next call. */
const char *chap_sent(const char *security);

/* For login_script.secret: gives the right secret. */
void chap_give(struct login_run *run);

/* Logins with these settings that succeed, by MD5. */
extern const struct login_script chap_login;
extern const struct login_script chap_mutual_login;
extern const struct login_script chap_asked_login;

#endif
