/* Events as JSON, read by a strict validator (RFC 8259) of the test's own. */
#include <stdbool.h>
#include <stdio.h>

#include "event_cases.h"

#define T0 UINT64_C(1795330800000) /* 2026-11-22T07:00:00.000Z */

/* ---- a validator: each function steps over what it names, or returns NULL ---- */

static const char *skip_escape(const char *p) {
    if (*p != 'u') {
        return *p != '\0' && strchr("\"\\/bfnrt", *p) != NULL ? p + 1 : NULL;
    }
    for (int i = 1; i <= 4; i++) {
        if (p[i] == '\0' || strchr("0123456789abcdefABCDEF", p[i]) == NULL) {
            return NULL;
        }
    }
    return p + 5;
}

/* The continuation bytes that a lead byte calls for; -1 for a byte that cannot lead. */
static int utf8_more(uint8_t lead) {
    return lead < 0x80   ? 0
           : lead < 0xc2 ? -1
           : lead < 0xe0 ? 1
           : lead < 0xf0 ? 2
           : lead < 0xf5 ? 3
                         : -1;
}

static const char *skip_string(const char *p) {
    if (*p++ != '"') {
        return NULL;
    }
    while (p != NULL && *p != '"') {
        int more = utf8_more((uint8_t)*p);
        if (more < 0 || (uint8_t)*p < 0x20) {
            return NULL;
        }
        if (*p++ == '\\') {
            p = skip_escape(p);
            continue;
        }
        for (; more > 0; more--) {
            if (((uint8_t)*p++ & 0xc0) != 0x80) {
                return NULL;
            }
        }
    }
    return p == NULL ? NULL : p + 1;
}

static const char *skip_number(const char *p) {
    size_t digits = strspn(p, "0123456789");
    return digits == 0 || (digits > 1 && p[0] == '0') ? NULL : p + digits;
}

static const char *skip_value(const char *p);

static const char *skip_list(const char *p, char end, bool members) {
    p++;
    if (*p == end) {
        return p + 1;
    }
    while (true) {
        if (members) {
            p = skip_string(p);
            if (p == NULL || *p++ != ':') {
                return NULL;
            }
        }
        p = skip_value(p);
        if (p == NULL || *p == end) {
            return p == NULL ? NULL : p + 1;
        }
        if (*p++ != ',') {
            return NULL;
        }
    }
}

static const char *skip_value(const char *p) {
    if (*p == '{') {
        return skip_list(p, '}', true);
    }
    if (*p == '[') {
        return skip_list(p, ']', false);
    }
    if (*p == '"') {
        return skip_string(p);
    }
    return strncmp(p, "true", 4) == 0 ? p + 4 : skip_number(p);
}

static void assert_json(const char *text) {
    const char *end = skip_value(text);
    if (end == NULL || *end != '\0') {
        print_error("not JSON: %s\n", text);
    }
    assert_non_null(end);
    assert_int_equal(*end, '\0');
}

static void test_validator(void **state) {
    (void)state;
    static const char *const bad[] = {
        "{",      "{\"a\"}", "{\"a\":1,}", "[1,]",      "\"\n\"",   "\"\\x41\"",
        "01",     "[\"a]",   "{a:1}",      "\"\\u12\"", "\"\x80\"", "\"\xc3\"",
        "\"\xff", "[1 2]",   "{\"a\":}",   "\"\\",      "\"\\u",    "tru",
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        const char *end = skip_value(bad[i]);
        assert_true(end == NULL || *end != '\0');
    }
    assert_json("{\"a\":[1,\"\\u0041\\\"\xc3\xa9\",{}],\"b\":true,\"c\":[]}");
}

/* ---- tests ---- */

static size_t render(const sanscsi_event *event, uint64_t time, char *buffer, size_t size) {
    size_t total = sanscsi_event_json(event, time, buffer, size);
    assert_true(total < size);
    assert_int_equal(total, strlen(buffer));
    assert_json(buffer);
    return total;
}

static void test_login_failed(void **state) {
    (void)state;
    sanscsi_event event;
    char buffer[2048];
    const sanscsi_event_arg args[] = {arg_number(SANSCSI_ARG_HEX, 2),
                                      arg_number(SANSCSI_ARG_HEX, 1), arg_string("127.0.0.1:3260")};
    assert_int_equal(sanscsi_event_explain(36, args, 3, &event), SANSCSI_OK);
    event.session = 1;
    event.target = (const uint8_t *)"iqn.2026-11.org.example:a";
    event.target_length = 25;
    event.portal = (const uint8_t *)"127.0.0.1:3260";
    event.portal_length = 14;
    render(&event, T0, buffer, sizeof(buffer));
    assert_string_equal(
        buffer,
        "{\"event\":36,\"name\":\"login-failed\",\"severity\":\"major-warning\","
        "\"time\":\"2026-11-22T07:00:00.000Z\",\"session\":1,\"cid\":0,"
        "\"target\":\"iqn.2026-11.org.example:a\",\"portal\":\"127.0.0.1:3260\","
        "\"args\":{\"status_class\":2,\"status_code\":1,\"target_address\":\"127.0.0.1:3260\"},"
        "\"causes\":[\"2\"],\"actions\":[\"Note the status class and code.\","
        "\"Repeat the scan, which makes a new login; a fault of the moment will be gone.\","
        "\"When it keeps happening, hand the status code to the initiator's support.\"],"
        "\"message\":\"The target did not accept the login: status_class=0x2 (initiator error), "
        "status_code=0x1 (authentication failed), target_address=\\\"127.0.0.1:3260\\\". "
        "[target \\\"iqn.2026-11.org.example:a\\\" at \\\"127.0.0.1:3260\\\"]\"}");
}

/* Actions that causes share stand there once; causes like "11a" are strings. */
static void test_actions_once(void **state) {
    (void)state;
    sanscsi_event event;
    char buffer[2048];
    const sanscsi_event_arg args[] = {arg_number(SANSCSI_ARG_HEX, 2),
                                      arg_number(SANSCSI_ARG_HEX, 0),
                                      arg_number(SANSCSI_ARG_HEX, 0)};
    assert_int_equal(sanscsi_event_explain(2, args, 3, &event), SANSCSI_OK);
    render(&event, T0, buffer, sizeof(buffer));
    assert_non_null(strstr(buffer, "\"target\":\"\",\"portal\":\"\","));
    assert_non_null(strstr(buffer, "\"causes\":[\"5\",\"11a\",\"11b\"]"));
    assert_non_null(strstr(
        buffer,
        "\"actions\":[\"Repeat the scan of this target; a fault of the moment will be gone.\","
        "\"When it keeps happening, hand this event with all its arguments to the target's "
        "vendor.\",\"Note this breach of the iSCSI protocol and report it to the vendor of the "
        "target.\",\"Nothing needs to be done: the scan takes LUN 0.\"]"));
    assert_null(strstr(buffer, "truncated"));
}

static void test_no_cause(void **state) {
    (void)state;
    sanscsi_event event;
    char buffer[2048];
    const sanscsi_event_arg args[] = {arg_number(SANSCSI_ARG_HEX, 0x28),
                                      arg_number(SANSCSI_ARG_HEX, 0),
                                      arg_number(SANSCSI_ARG_HEX, 0)};
    assert_int_equal(sanscsi_event_explain(1, args, 3, &event), SANSCSI_OK);
    render(&event, T0, buffer, sizeof(buffer));
    assert_non_null(strstr(buffer, "\"cdb_status\":40,"));
    assert_non_null(strstr(buffer, "\"causes\":[],\"actions\":[],\"message\":"));
    assert_int_equal(sanscsi_event_explain(33, NULL, 0, &event), SANSCSI_OK);
    render(&event, T0, buffer, sizeof(buffer));
    assert_non_null(strstr(buffer, "\"args\":{},"));
}

/* Every event with hostile strings in every place, every byte value among them. */
static void test_hostile(void **state) {
    (void)state;
    static char hostile[600];
    static char buffer[16384];
    size_t length = 0;
    for (unsigned i = 0; i < 256; i++) {
        hostile[length++] = (char)i;
        hostile[length++] = (char)(i * 7);
    }
    for (size_t i = 0; i < sanscsi_event_count(); i++) {
        uint32_t id = sanscsi_event_id(i);
        size_t count = sanscsi_event_arg_count(id);
        sanscsi_event event;
        sanscsi_event_arg args[SANSCSI_EVENT_MAX_ARGS];
        for (size_t arg = 0; arg < count; arg++) {
            args[arg] = arg_number((uint32_t)sanscsi_event_arg_type(id, arg), UINT64_MAX);
            args[arg].text = (const uint8_t *)hostile;
            args[arg].text_length = length;
            args[arg].truncated = 1;
        }
        assert_int_equal(sanscsi_event_explain(id, args, count, &event), SANSCSI_OK);
        event.target = (const uint8_t *)hostile;
        event.target_length = length;
        event.session = UINT64_MAX;
        event.cid = UINT32_MAX;
        render(&event, UINT64_MAX, buffer, sizeof(buffer));
        assert_non_null(strstr(buffer, "\"session\":18446744073709551615,\"cid\":4294967295,"));
    }
}

static void test_truncated(void **state) {
    (void)state;
    sanscsi_event event;
    char buffer[2048];
    sanscsi_event_arg key = arg_string("X");
    key.truncated = 1;
    assert_int_equal(sanscsi_event_explain(13, &key, 1, &event), SANSCSI_OK);
    size_t total = render(&event, T0, buffer, sizeof(buffer));
    assert_string_equal(buffer + total - strlen("\",\"truncated\":true}"),
                        "\",\"truncated\":true}");
}

static void test_times(void **state) {
    (void)state;
    static const struct {
        uint64_t ms;
        const char *text;
    } times[] = {
        {0, "1970-01-01T00:00:00.000Z"},
        {1, "1970-01-01T00:00:00.001Z"},
        {86399999, "1970-01-01T23:59:59.999Z"},
        {UINT64_C(951782399999), "2000-02-28T23:59:59.999Z"},
        {UINT64_C(951782400000), "2000-02-29T00:00:00.000Z"},
        {UINT64_C(951868800000), "2000-03-01T00:00:00.000Z"},
        {UINT64_C(1078012800000), "2004-02-29T00:00:00.000Z"},
        {UINT64_C(1234567890123), "2009-02-13T23:31:30.123Z"},
        {UINT64_C(1767225599999), "2025-12-31T23:59:59.999Z"},
        {T0, "2026-11-22T07:00:00.000Z"},
        {UINT64_C(4107542400000), "2100-03-01T00:00:00.000Z"},
        {UINT64_C(4107542399999), "2100-02-28T23:59:59.999Z"},
        {UINT64_C(253402300799999), "9999-12-31T23:59:59.999Z"},
        {UINT64_C(253402300800000), "9999-12-31T23:59:59.999Z"},
        {UINT64_MAX, "9999-12-31T23:59:59.999Z"},
    };
    sanscsi_event event;
    char buffer[2048];
    assert_int_equal(sanscsi_event_explain(33, NULL, 0, &event), SANSCSI_OK);
    for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
        char wanted[64];
        render(&event, times[i].ms, buffer, sizeof(buffer));
        snprintf(wanted, sizeof(wanted), "\"time\":\"%s\",", times[i].text);
        assert_non_null(strstr(buffer, wanted));
    }
}

/* A record that is not ours: unknown number, counts beyond the arrays. */
static void test_foreign_record(void **state) {
    (void)state;
    sanscsi_event event;
    char buffer[2048];
    memset(&event, 0xff, sizeof(event));
    event.target = NULL;
    event.portal = NULL;
    render(&event, T0, buffer, sizeof(buffer));
    assert_non_null(strstr(buffer, "\"name\":\"unknown\",\"severity\":\"unknown\""));
    event.id = 30;
    event.args[0] = arg_string("a");
    event.args[0].text = NULL;
    render(&event, T0, buffer, sizeof(buffer));
    assert_non_null(strstr(buffer, "\"args\":{\"address\":\"\"},\"causes\":[],\"actions\":[]"));
    assert_int_equal(sanscsi_event_json(NULL, T0, buffer, sizeof(buffer)), 0);
    assert_string_equal(buffer, "");
}

/* All or nothing, and never a byte beyond the buffer. */
static void test_sizes(void **state) {
    (void)state;
    sanscsi_event event;
    static char whole[2048];
    const sanscsi_event_arg args[] = {arg_string("a\"\xff"), arg_number(SANSCSI_ARG_INT, 3)};
    assert_int_equal(sanscsi_event_explain(101, args, 2, &event), SANSCSI_OK);
    size_t total = render(&event, T0, whole, sizeof(whole));
    assert_int_equal(sanscsi_event_json(&event, T0, NULL, 0), total);
    for (size_t size = 1; size <= total + 2; size++) {
        char *buffer = malloc(size);
        assert_non_null(buffer);
        assert_int_equal(sanscsi_event_json(&event, T0, buffer, size), total);
        assert_string_equal(buffer, size > total ? whole : "");
        free(buffer);
    }
}

int event_json_tests(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_validator),    cmocka_unit_test(test_login_failed),
        cmocka_unit_test(test_actions_once), cmocka_unit_test(test_no_cause),
        cmocka_unit_test(test_hostile),      cmocka_unit_test(test_truncated),
        cmocka_unit_test(test_times),        cmocka_unit_test(test_foreign_record),
        cmocka_unit_test(test_sizes),
    };
    return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
