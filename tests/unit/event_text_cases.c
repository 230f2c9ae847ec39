/* Escaping of hostile bytes, and the messages of events. */
#include <stdio.h>

#include "event_cases.h"

typedef size_t (*escape_function)(const void *bytes, size_t length, char *buffer, size_t size);

struct escaped {
    const char *bytes;
    const char *text;
    const char *json;
};

static const struct escaped cases[] = {
    {"", "", ""},
    {"iqn.2004-01.com.example:disk", "iqn.2004-01.com.example:disk",
     "iqn.2004-01.com.example:disk"},
    {"a\\b\"c", "a\\\\b\"c", "a\\\\b\\\"c"},
    {"\x1b[31mred", "\\x1b[31mred", "\\u001b[31mred"},
    {"line\r\n\ttab", "line\\x0d\\x0a\\x09tab", "line\\u000d\\u000a\\u0009tab"},
    /* Well-formed: U+00E9, U+20AC, U+1F600, and the bounds of the rows. */
    {"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80",
     "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"},
    {"\xdf\xbf\xe0\xa0\x80\xef\xbf\xbd", "\xdf\xbf\xe0\xa0\x80\xef\xbf\xbd",
     "\xdf\xbf\xe0\xa0\x80\xef\xbf\xbd"},
    {"\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf", "\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf",
     "\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf"},
    /* C1: U+0085 and U+009B, which is CSI. U+00A0 is no control. */
    {"\xc2\x85\xc2\x9b\xc2\xa0", "\\u{0085}\\u{009b}\xc2\xa0", "\\u0085\\u009b\xc2\xa0"},
    /* Bidirectional: U+202A, U+202E, U+2066, U+2069, U+200F, U+061C. */
    {"\xe2\x80\xaa\xe2\x80\xae", "\\u{202a}\\u{202e}", "\\u202a\\u202e"},
    {"\xe2\x81\xa6\xe2\x81\xa9", "\\u{2066}\\u{2069}", "\\u2066\\u2069"},
    {"\xe2\x80\x8f\xd8\x9c", "\\u{200f}\\u{061c}", "\\u200f\\u061c"},
    /* Separators U+2028 and U+2029, zero width U+200B and U+2060, BOM U+FEFF, tag U+E0001. */
    {"\xe2\x80\xa8\xe2\x80\xa9", "\\u{2028}\\u{2029}", "\\u2028\\u2029"},
    {"\xe2\x80\x8b\xe2\x81\xa0\xef\xbb\xbf", "\\u{200b}\\u{2060}\\u{feff}",
     "\\u200b\\u2060\\ufeff"},
    {"\xf3\xa0\x80\x81", "\\u{e0001}", "\\udb40\\udc01"},
    /* Neighbours that stay: U+2027, U+202F, U+2070, U+FEFE. */
    {"\xe2\x80\xa7\xe2\x80\xaf\xe2\x81\xb0\xef\xbb\xbe",
     "\xe2\x80\xa7\xe2\x80\xaf\xe2\x81\xb0\xef\xbb\xbe",
     "\xe2\x80\xa7\xe2\x80\xaf\xe2\x81\xb0\xef\xbb\xbe"},
    /* Overlong: '/' in two, three and four bytes; U+0800 - 1 in three; U+FFFF in four. */
    {"\xc0\xaf", "\\xc0\\xaf", "\\ufffd\\ufffd"},
    {"\xc1\xbf", "\\xc1\\xbf", "\\ufffd\\ufffd"},
    {"\xe0\x80\xaf", "\\xe0\\x80\\xaf", "\\ufffd\\ufffd\\ufffd"},
    {"\xe0\x9f\xbf", "\\xe0\\x9f\\xbf", "\\ufffd\\ufffd\\ufffd"},
    {"\xf0\x80\x80\xaf", "\\xf0\\x80\\x80\\xaf", "\\ufffd\\ufffd\\ufffd\\ufffd"},
    {"\xf0\x8f\xbf\xbf", "\\xf0\\x8f\\xbf\\xbf", "\\ufffd\\ufffd\\ufffd\\ufffd"},
    /* Surrogates U+D800 and U+DFFF; beyond U+10FFFF; bytes that never occur. */
    {"\xed\xa0\x80", "\\xed\\xa0\\x80", "\\ufffd\\ufffd\\ufffd"},
    {"\xed\xbf\xbf", "\\xed\\xbf\\xbf", "\\ufffd\\ufffd\\ufffd"},
    {"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80", "\\ufffd\\ufffd\\ufffd\\ufffd"},
    {"\xf5\xfe\xff", "\\xf5\\xfe\\xff", "\\ufffd\\ufffd\\ufffd"},
    /* Unfinished: one replacement for the longest beginning, and what follows is kept. */
    {"\xe2\x82", "\\xe2\\x82", "\\ufffd"},
    {"\xe2\x82"
     "A",
     "\\xe2\\x82A", "\\ufffdA"},
    {"\xf0\x9f\x98", "\\xf0\\x9f\\x98", "\\ufffd"},
    {"\xc3\x1b", "\\xc3\\x1b", "\\ufffd\\u001b"},
    {"\xe2\xe2\x82\xac", "\\xe2\xe2\x82\xac", "\\ufffd\xe2\x82\xac"},
    {"\x80\xbf", "\\x80\\xbf", "\\ufffd\\ufffd"},
};

static void check_escape(escape_function escape, const char *bytes, size_t length,
                         const char *wanted) {
    char buffer[128];
    assert_int_equal(escape(bytes, length, buffer, sizeof(buffer)), strlen(wanted));
    assert_string_equal(buffer, wanted);
}

static void test_escape(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        check_escape(sanscsi_escape, cases[i].bytes, strlen(cases[i].bytes), cases[i].text);
        check_escape(sanscsi_escape_json, cases[i].bytes, strlen(cases[i].bytes), cases[i].json);
    }
    check_escape(sanscsi_escape, "a\0b", 3, "a\\x00b");
    check_escape(sanscsi_escape_json, "a\0b", 3, "a\\u0000b");
    check_escape(sanscsi_escape, NULL, 0, "");
    check_escape(sanscsi_escape_json, NULL, 0, "");
}

static void test_every_byte(void **state) {
    (void)state;
    for (unsigned value = 0; value < 256; value++) {
        char byte = (char)value;
        char text[16] = {byte};
        char json[16] = {byte};
        if (value < 0x20 || value > 0x7e) {
            snprintf(text, sizeof(text), "\\x%02x", value);
            snprintf(json, sizeof(json), "\\u%04x", value > 0x7f ? 0xfffd : value);
        } else if (value == '\\' || value == '"') {
            snprintf(text, sizeof(text), value == '"' ? "\"" : "\\\\");
            snprintf(json, sizeof(json), "\\%c", (int)value);
        }
        check_escape(sanscsi_escape, &byte, 1, text);
        check_escape(sanscsi_escape_json, &byte, 1, json);
    }
}

/* For each buffer size: nothing beyond it is touched, the text is a beginning of the whole that
 * ends at the end of a unit. */
static void check_sizes(escape_function escape, const char *bytes, const char *const *units,
                        size_t count) {
    size_t length = strlen(bytes);
    char whole[64];
    size_t total = escape(bytes, length, whole, sizeof(whole));
    assert_int_equal(escape(bytes, length, NULL, 0), total);
    for (size_t size = 1; size <= total + 2; size++) {
        char wanted[64] = "";
        for (size_t i = 0; i < count && strlen(wanted) + strlen(units[i]) < size; i++) {
            strcat(wanted, units[i]);
        }
        char *buffer = malloc(size);
        assert_non_null(buffer);
        memset(buffer, 'Z', size);
        assert_int_equal(escape(bytes, length, buffer, size), total);
        assert_string_equal(buffer, wanted);
        free(buffer);
    }
}

static void test_escape_sizes(void **state) {
    (void)state;
    static const char bytes[] = "a\\\x1b\xe2\x82\xac\xff\xf3\xa0\x80\x81z";
    static const char *const text[] = {"a",     "\\\\",       "\\x1b", "\xe2\x82\xac",
                                       "\\xff", "\\u{e0001}", "z"};
    static const char *const json[] = {"a",       "\\\\",           "\\u001b", "\xe2\x82\xac",
                                       "\\ufffd", "\\udb40\\udc01", "z"};
    check_sizes(sanscsi_escape, bytes, text, 7);
    check_sizes(sanscsi_escape_json, bytes, json, 7);
}

/* Whatever comes in, nothing below space and no DEL goes out. */
static void test_escape_random(void **state) {
    (void)state;
    uint32_t seed = 12345;
    for (unsigned round = 0; round < 2000; round++) {
        uint8_t bytes[40];
        char buffer[40 * 12 + 1];
        for (size_t i = 0; i < sizeof(bytes); i++) {
            seed = seed * 1664525u + 1013904223u;
            bytes[i] = (uint8_t)(seed >> 24);
        }
        size_t total = sanscsi_escape(bytes, sizeof(bytes), buffer, sizeof(buffer));
        assert_int_equal(total, strlen(buffer));
        for (size_t i = 0; i < total; i++) {
            assert_true((uint8_t)buffer[i] >= 0x20 && buffer[i] != 0x7f);
        }
    }
}

static void check_message(uint32_t id, const sanscsi_event_arg *args, size_t count,
                          const char *wanted) {
    sanscsi_event event;
    char buffer[512];
    assert_int_equal(sanscsi_event_explain(id, args, count, &event), SANSCSI_OK);
    assert_int_equal(sanscsi_event_message(&event, buffer, sizeof(buffer)), strlen(wanted));
    assert_string_equal(buffer, wanted);
}

static void test_messages(void **state) {
    (void)state;
    const sanscsi_event_arg refused[] = {arg_number(SANSCSI_ARG_HEX, 2),
                                         arg_number(SANSCSI_ARG_HEX, 1),
                                         arg_string("127.0.0.1:3260")};
    check_message(36, refused, 3,
                  "The target did not accept the login: status_class=0x2 (initiator error), "
                  "status_code=0x1 (authentication failed), target_address=\"127.0.0.1:3260\".");
    const sanscsi_event_arg strange[] = {arg_number(SANSCSI_ARG_HEX, 0x1234),
                                         arg_number(SANSCSI_ARG_HEX, UINT64_MAX), arg_string("")};
    check_message(36, strange, 3,
                  "The target did not accept the login: status_class=0x1234, "
                  "status_code=0xffffffffffffffff, target_address=\"\".");
    const sanscsi_event_arg inquiry[] = {arg_number(SANSCSI_ARG_HEX, 0x18),
                                         arg_number(SANSCSI_ARG_HEX, 0),
                                         arg_number(SANSCSI_ARG_HEX, 0)};
    check_message(1, inquiry, 3,
                  "INQUIRY failed: cdb_status=0x18 (RESERVATION CONFLICT), io_status=0x0, "
                  "return_value=0x0 (issued).");
    const sanscsi_event_arg moved[] = {arg_number(SANSCSI_ARG_HEX, 1), arg_string("[::1]:3260"),
                                       arg_string("10.0.0.2:3260,1")};
    check_message(42, moved, 3,
                  "The target sends this login on to another address: status_code=0x1 (moved "
                  "temporarily), target_address=\"[::1]:3260\", new_address=\"10.0.0.2:3260,1\".");
    const sanscsi_event_arg key[] = {arg_string("X-\x1b]0;\"\\\xff\xe2\x80\xae%")};
    check_message(13, key, 1,
                  "The target sent a login key that is unknown here: key=\"X-\\x1b]0;\\\"\\\\\\xff"
                  "\\u{202e}%\"; it is answered NotUnderstood.");
    check_message(33, NULL, 0,
                  "No further session is possible, the configured maximum exists already.");
}

/* Each message has every argument by name and value, in the catalogue's order. */
static void test_messages_complete(void **state) {
    (void)state;
    for (size_t i = 0; i < sanscsi_event_count(); i++) {
        uint32_t id = sanscsi_event_id(i);
        sanscsi_event event;
        sanscsi_event_arg args[SANSCSI_EVENT_MAX_ARGS];
        char buffer[512];
        for (size_t arg = 0; arg < sanscsi_event_arg_count(id); arg++) {
            uint32_t type = (uint32_t)sanscsi_event_arg_type(id, arg);
            args[arg] = type == SANSCSI_ARG_STRING ? arg_string("text") : arg_number(type, 1000);
        }
        size_t count = sanscsi_event_arg_count(id);
        assert_int_equal(sanscsi_event_explain(id, args, count, &event), SANSCSI_OK);
        size_t total = sanscsi_event_message(&event, buffer, sizeof(buffer));
        assert_true(total < sizeof(buffer) && total > 20);
        assert_int_equal(buffer[total - 1], '.');
        assert_null(strchr(buffer, '%'));
        const char *at = buffer;
        for (size_t arg = 0; arg < count; arg++) {
            static const char *const values[] = {"1000", "0x3e8", "\"text\""};
            char wanted[64];
            snprintf(wanted, sizeof(wanted), "%s=%s", sanscsi_event_arg_name(id, arg),
                     values[args[arg].type]);
            at = strstr(at, wanted);
            assert_non_null(at);
            at += strlen(wanted);
        }
    }
}

static void test_message_place_and_cut(void **state) {
    (void)state;
    sanscsi_event event;
    sanscsi_event_arg key = arg_string("ab");
    char buffer[256];
    key.truncated = 1;
    assert_int_equal(sanscsi_event_explain(17, &key, 1, &event), SANSCSI_OK);
    event.target = (const uint8_t *)"iqn.x\n";
    event.target_length = 6;
    event.portal = (const uint8_t *)"h:1";
    event.portal_length = 3;
    sanscsi_event_message(&event, buffer, sizeof(buffer));
    assert_string_equal(buffer, "The target gave no answer to an integer key: key=\"ab\" (cut). "
                                "[target \"iqn.x\\x0a\" at \"h:1\"]");
    event.arg_count = 0; /* a record that somebody else filled */
    sanscsi_event_message(&event, buffer, sizeof(buffer));
    assert_string_equal(buffer, "The target gave no answer to an integer key: . "
                                "[target \"iqn.x\\x0a\" at \"h:1\"]");
    event.arg_count = 1;
    event.target = NULL;
    sanscsi_event_message(&event, buffer, sizeof(buffer));
    assert_string_equal(buffer, "The target gave no answer to an integer key: key=\"ab\" (cut). "
                                "[portal \"h:1\"]");
    event.id = 99;
    event.portal = NULL;
    sanscsi_event_message(&event, buffer, sizeof(buffer));
    assert_string_equal(buffer, "There is no event with number 99.");
    assert_int_equal(sanscsi_event_message(NULL, buffer, sizeof(buffer)), 0);
    assert_string_equal(buffer, "");
}

static void test_message_sizes(void **state) {
    (void)state;
    sanscsi_event event;
    sanscsi_event_arg key = arg_string("\x1b\xe2\x82\xac\\\"");
    char whole[256];
    assert_int_equal(sanscsi_event_explain(17, &key, 1, &event), SANSCSI_OK);
    size_t total = sanscsi_event_message(&event, whole, sizeof(whole));
    assert_int_equal(total, strlen(whole));
    assert_int_equal(sanscsi_event_message(&event, NULL, 0), total);
    const char *units = strstr(whole, "\\x1b");
    assert_non_null(units);
    for (size_t size = 1; size <= total + 1; size++) {
        char *buffer = malloc(size);
        assert_non_null(buffer);
        assert_int_equal(sanscsi_event_message(&event, buffer, size), total);
        size_t kept = strlen(buffer);
        assert_true(kept < size && size - kept <= 4);
        assert_memory_equal(buffer, whole, kept);
        size_t inside = kept > (size_t)(units - whole) ? kept - (size_t)(units - whole) : 0;
        /* \x1b is 4 bytes, the euro sign 3, \\ and \" 2 each */
        assert_true(inside == 0 || inside == 4 || inside == 7 || inside == 9 || inside >= 11);
        free(buffer);
    }
}

int event_text_tests(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_escape),
        cmocka_unit_test(test_every_byte),
        cmocka_unit_test(test_escape_sizes),
        cmocka_unit_test(test_escape_random),
        cmocka_unit_test(test_messages),
        cmocka_unit_test(test_messages_complete),
        cmocka_unit_test(test_message_place_and_cut),
        cmocka_unit_test(test_message_sizes),
    };
    return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
