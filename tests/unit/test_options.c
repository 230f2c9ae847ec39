/* Tests of build options: what a build without CHAP, digests or texts refuses, and what stays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include <iscsi/sanscsi.h>

/* WITH_CHAP, WITH_DIGESTS and WITH_TEXTS come from the build, 0 or 1. */

static uint32_t own_crc32c(void *context, uint32_t crc, const void *data, size_t size) {
    return sanscsi_crc32c(context, crc, data, size);
}

static sanscsi_session_settings settings_of_a_target(void) {
    sanscsi_session_settings settings;
    sanscsi_session_settings_defaults(&settings);
    settings.host = "192.0.2.1";
    settings.host_length = 9;
    settings.target_name = "iqn.2026-01.test:disk";
    settings.target_name_length = 21;
    return settings;
}

/* The status that making a session has. */
static int32_t status_of(const sanscsi_session_settings *settings, sanscsi_crc32c_function crc32c) {
    sanscsi_initiator_settings node;
    sanscsi_initiator *initiator = NULL;
    sanscsi_session *session = NULL;
    sanscsi_initiator_settings_defaults(&node);
    node.name = "iqn.2026-01.test:us";
    node.name_length = 19;
    node.crc32c = crc32c;
    assert_int_equal(sanscsi_initiator_new(&node, &initiator), SANSCSI_OK);
    int32_t status = sanscsi_session_new(initiator, settings, NULL, &session);
    assert_true((session != NULL) == (status == SANSCSI_OK));
    sanscsi_session_free(session);
    sanscsi_initiator_free(initiator);
    return status;
}

static void chap_is_refused_where_it_is_left_out(void **state) {
    (void)state;
    const int32_t expected = WITH_CHAP ? SANSCSI_OK : SANSCSI_NOT_SUPPORTED;
    static const uint32_t offers[] = {SANSCSI_AUTHENTICATION_CHAP,
                                      SANSCSI_AUTHENTICATION_CHAP_OR_NONE,
                                      SANSCSI_AUTHENTICATION_NONE_OR_CHAP};
    sanscsi_session_settings settings = settings_of_a_target();
    assert_int_equal(status_of(&settings, NULL), SANSCSI_OK);
    settings.authentication = SANSCSI_AUTHENTICATION_NONE;
    assert_int_equal(status_of(&settings, NULL), SANSCSI_OK);
    for (size_t i = 0; i < sizeof(offers) / sizeof(offers[0]); i++) {
        settings.authentication = offers[i];
        assert_int_equal(status_of(&settings, NULL), expected);
    }
    settings.authentication = 5;
    assert_int_equal(status_of(&settings, NULL), SANSCSI_INVALID_ARGUMENT);
    settings = settings_of_a_target();
    settings.chap_ask = SANSCSI_SECRET_OWN;
    assert_int_equal(status_of(&settings, NULL), expected);
    settings = settings_of_a_target();
    settings.chap_secret = "a secret of 19 byte";
    settings.chap_secret_length = 19;
    assert_int_equal(status_of(&settings, NULL), expected);
    settings = settings_of_a_target();
    settings.chap_name = "somebody";
    settings.chap_name_length = 8;
    assert_int_equal(status_of(&settings, NULL), expected);
    sanscsi_iovec piece = {NULL, 0};
    uint8_t digest[SANSCSI_MAX_DIGEST];
    assert_int_equal(sanscsi_hash(NULL, SANSCSI_CHAP_MD5, &piece, 1, digest), expected);
}

static void digests_are_refused_where_they_are_left_out(void **state) {
    (void)state;
    const int32_t expected = WITH_DIGESTS ? SANSCSI_OK : SANSCSI_NOT_SUPPORTED;
    for (uint32_t offer = SANSCSI_DIGEST_NONE; offer <= SANSCSI_DIGEST_CRC32C_NONE; offer++) {
        int32_t status = offer == SANSCSI_DIGEST_NONE ? SANSCSI_OK : expected;
        sanscsi_session_settings settings = settings_of_a_target();
        settings.parameters.header_digest = offer;
        assert_int_equal(status_of(&settings, NULL), status);
        assert_int_equal(status_of(&settings, sanscsi_crc32c), status);
        assert_int_equal(status_of(&settings, own_crc32c), SANSCSI_OK);
        settings = settings_of_a_target();
        settings.parameters.data_digest = offer;
        assert_int_equal(status_of(&settings, NULL), status);
        assert_int_equal(status_of(&settings, own_crc32c), SANSCSI_OK);
    }
    /* RFC 3720 B.4: 32 bytes of zeros, of ones, ascending; here in two pieces. */
    uint8_t bytes[32] = {0};
    assert_int_equal(sanscsi_crc32c(NULL, 0, bytes, sizeof(bytes)), 0x8a9136aa);
    memset(bytes, 0xff, sizeof(bytes));
    assert_int_equal(sanscsi_crc32c(NULL, 0, bytes, sizeof(bytes)), 0x62a8ab43);
    for (size_t i = 0; i < sizeof(bytes); i++) {
        bytes[i] = (uint8_t)i;
    }
    uint32_t half = sanscsi_crc32c(NULL, 0, bytes, 13);
    assert_int_equal(sanscsi_crc32c(NULL, half, bytes + 13, sizeof(bytes) - 13), 0x46dd794e);
}

/* Event 36, a login refused: class, code and address. */
static void an_event_keeps_its_number_and_arguments(void **state) {
    (void)state;
    static const uint8_t address[] = "192.0.2.1:3260";
    const sanscsi_event_arg args[] = {
        {.type = SANSCSI_ARG_HEX, .number = 2},
        {.type = SANSCSI_ARG_HEX, .number = 3},
        {.type = SANSCSI_ARG_STRING, .text = address, .text_length = sizeof(address) - 1},
    };
    sanscsi_event event;
    char text[2048];
    assert_int_equal(sanscsi_event_arg_count(36), 3);
    assert_int_equal(sanscsi_event_explain(36, args, 3, &event), SANSCSI_OK);
    assert_int_equal(event.id, 36);
    assert_int_equal(event.severity, SANSCSI_MAJOR_WARNING);
    assert_true(event.cause_count > 0);
    sanscsi_event_message(&event, text, sizeof(text));
    if (WITH_TEXTS) {
        assert_non_null(strstr(text, "target not found"));
        assert_string_equal(sanscsi_event_name(36), "login-failed");
        assert_int_equal(sanscsi_event_find("login-failed"), 36);
    } else {
        assert_string_equal(text, "Event 36: 0x2, 0x3, \"192.0.2.1:3260\".");
        assert_string_equal(sanscsi_event_name(36), "");
        assert_string_equal(sanscsi_event_summary(36), "");
        assert_string_equal(sanscsi_event_reaction(36), "");
        assert_string_equal(sanscsi_event_arg_name(36, 1), "");
        assert_string_equal(sanscsi_event_cause_text(36, 0), "");
        assert_null(sanscsi_event_action(36, 0, 0));
        assert_int_equal(sanscsi_event_find("login-failed"), 0);
        sanscsi_event_json(&event, 0, text, sizeof(text));
        assert_non_null(
            strstr(text, "{\"event\":36,\"name\":\"\",\"severity\":\"major-warning\","));
        assert_non_null(strstr(text, "\"3\":\"192.0.2.1:3260\"},\"causes\":[\""));
        assert_non_null(strstr(text, "\"actions\":[],\"message\":\"Event 36: 0x2, 0x3, "));
    }
    assert_int_equal(sanscsi_event_find(""), 0);
    assert_int_equal(sanscsi_event_arg_find(36, ""), SANSCSI_INVALID_ARGUMENT);
    assert_null(sanscsi_event_name(46));
    assert_null(sanscsi_event_cause_number(36, 99));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chap_is_refused_where_it_is_left_out),
        cmocka_unit_test(digests_are_refused_where_they_are_left_out),
        cmocka_unit_test(an_event_keeps_its_number_and_arguments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
