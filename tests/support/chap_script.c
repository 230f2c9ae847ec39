/* CHAP for the scripted target: what sessions are configured with, and the logins that succeed. */
#include "support/chap_script.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

int32_t chap_random(void *context, void *bytes, size_t size) {
    uint8_t *p = bytes;
    (void)context;
    for (size_t i = 0; i < size; i++) {
        p[i] = (uint8_t)(0x10 + i);
    }
    return 0;
}

void chap_node(sanscsi_initiator_settings *settings) {
    settings->random = chap_random;
}

void chap_one_way(sanscsi_session_settings *settings) {
    settings->chap_secret = OWN_SECRET;
    settings->chap_secret_length = strlen(OWN_SECRET);
}

void chap_mutual(sanscsi_session_settings *settings) {
    chap_one_way(settings);
    settings->target_chap_secret = TARGET_SECRET;
    settings->target_chap_secret_length = strlen(TARGET_SECRET);
}

void chap_asked(sanscsi_session_settings *settings) {
    settings->chap_ask = SANSCSI_SECRET_OWN | SANSCSI_SECRET_TARGET;
}

const char *chap_sent(const char *security) {
    static char text[LOGIN_TEXT];
    (void)snprintf(text, sizeof(text), "%s\n1>3 %s", security, login_proposal);
    return text;
}

void chap_give(struct login_run *run) {
    const char *secret = run->asked == SANSCSI_SECRET_OWN ? OWN_SECRET : TARGET_SECRET;
    assert_int_equal(
        sanscsi_give_secret(run->session, 0, run->asked, secret, strlen(secret), run->now),
        SANSCSI_OK);
}

const struct login_script chap_login = {
    .name = "CHAP",
    .end = LOGIN_ENDS_WELL,
    .count = 4,
    .replies = {REPLY_SELECT, REPLY_STEP_2, REPLY_LEAVE, REPLY_OPERATIONAL},
    .events = "",
    .settings = chap_one_way,
    .node = chap_node,
    .after = &chap_login,
};

const struct login_script chap_mutual_login = {
    .name = "mutual CHAP",
    .end = LOGIN_ENDS_WELL,
    .count = 4,
    .replies = {REPLY_SELECT, REPLY_STEP_2, REPLY_STEP_4, REPLY_OPERATIONAL},
    .events = "",
    .settings = chap_mutual,
    .node = chap_node,
    .after = &chap_mutual_login,
};

const struct login_script chap_asked_login = {
    .name = "mutual CHAP with secrets asked for",
    .end = LOGIN_ENDS_WELL,
    .count = 4,
    .replies = {REPLY_SELECT, REPLY_STEP_2, REPLY_STEP_4, REPLY_OPERATIONAL},
    .events = "",
    .settings = chap_asked,
    .node = chap_node,
    .secret = chap_give,
    .after = &chap_asked_login,
};
