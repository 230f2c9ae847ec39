/* What programs in other languages and of other releases rely on: structs begun by their size,
 * settings from a URL, names for numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <iscsi/sanscsi.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static int32_t init_initiator_settings(void *given, size_t size) {
    return sanscsi_initiator_settings_init(given, size);
}

static int32_t init_session_settings(void *given, size_t size) {
    return sanscsi_session_settings_init(given, size);
}

static int32_t init_limits(void *given, size_t size) {
    return sanscsi_limits_init(given, size);
}

static int32_t init_command(void *given, size_t size) {
    return sanscsi_command_init(given, size);
}

static int32_t init_management(void *given, size_t size) {
    return sanscsi_management_init(given, size);
}

/* A caller of another release has structs of another size: not a byte of them is touched but the
 * size, which then fits nothing. */
static void test_init(void **state) {
    (void)state;
    static const struct {
        int32_t (*init)(void *given, size_t size);
        size_t size;
    } cases[] = {
        {init_initiator_settings, sizeof(sanscsi_initiator_settings)},
        {init_session_settings, sizeof(sanscsi_session_settings)},
        {init_limits, sizeof(sanscsi_limits)},
        {init_command, sizeof(sanscsi_command)},
        {init_management, sizeof(sanscsi_management)},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint64_t place[128];
        uint8_t *bytes = (uint8_t *)place;
        uint32_t told = 1;
        const size_t wrong[] = {sizeof(told), cases[i].size - 1, cases[i].size + 8};
        assert_true(cases[i].size < sizeof(place));
        for (size_t j = 0; j < COUNT(wrong); j++) {
            memset(place, 0xee, sizeof(place));
            assert_int_equal(cases[i].init(place, wrong[j]), SANSCSI_INVALID_ARGUMENT);
            memcpy(&told, place, sizeof(told));
            assert_int_equal(told, 0);
            for (size_t k = sizeof(told); k < sizeof(place); k++) {
                assert_int_equal(bytes[k], 0xee);
            }
        }
        memset(place, 0xee, sizeof(place));
        assert_int_equal(cases[i].init(place, sizeof(told) - 1), SANSCSI_INVALID_ARGUMENT);
        assert_int_equal(bytes[0], 0xee);
        assert_int_equal(cases[i].init(NULL, cases[i].size), SANSCSI_INVALID_ARGUMENT);
        assert_int_equal(cases[i].init(place, cases[i].size), SANSCSI_OK);
        memcpy(&told, place, sizeof(told));
        assert_int_equal(told, cases[i].size);
        assert_int_not_equal(bytes[cases[i].size - 1], 0xee);
        assert_int_equal(bytes[cases[i].size], 0xee);
    }
}

/* What a URL tells is taken, what it does not tell stays. */
static void test_settings_of_url(void **state) {
    (void)state;
    static const char text[] = "iscsi://me%25s%2fecret@[::1]:860/iqn.2026-11.example:disk/3";
    static const char bare[] = "iscsi://192.0.2.1/iqn.2026-11.example:other/0";
    char buffer[128];
    sanscsi_url url = {.size = sizeof(url)};
    sanscsi_session_settings settings;
    sanscsi_session_settings_defaults(&settings);
    assert_int_equal(sanscsi_url_parse(text, sizeof(text) - 1, buffer, sizeof(buffer), &url), 0);
    assert_int_equal(sanscsi_session_settings_url(NULL, &url), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_session_settings_url(&settings, NULL), SANSCSI_INVALID_ARGUMENT);
    url.size--;
    assert_int_equal(sanscsi_session_settings_url(&settings, &url), SANSCSI_INVALID_ARGUMENT);
    url.size++;
    settings.size--;
    assert_int_equal(sanscsi_session_settings_url(&settings, &url), SANSCSI_INVALID_ARGUMENT);
    settings.size++;
    assert_null(settings.host);
    assert_int_equal(sanscsi_session_settings_url(&settings, &url), SANSCSI_OK);
    assert_int_equal(settings.host_length, 3);
    assert_memory_equal(settings.host, "::1", 3);
    assert_int_equal(settings.port, 860);
    assert_int_equal(settings.target_name_length, 24);
    assert_memory_equal(settings.target_name, "iqn.2026-11.example:disk", 24);
    assert_int_equal(settings.chap_name_length, 2);
    assert_memory_equal(settings.chap_name, "me", 2);
    assert_int_equal(settings.chap_secret_length, 9);
    assert_memory_equal(settings.chap_secret, "25s/ecret", 9);
    char other[128];
    assert_int_equal(sanscsi_url_parse(bare, sizeof(bare) - 1, other, sizeof(other), &url), 0);
    assert_int_equal(sanscsi_session_settings_url(&settings, &url), SANSCSI_OK);
    assert_int_equal(settings.port, 3260);
    assert_memory_equal(settings.host, "192.0.2.1", 9);
    assert_int_equal(settings.chap_name_length, 2);
    assert_int_equal(settings.chap_secret_length, 9);
}

/* The library that runs is the one that these headers are of, and says so in three numbers. */
static void test_version(void **state) {
    (void)state;
    const char *at = sanscsi_version();
    assert_string_equal(at, SANSCSI_VERSION);
    for (uint32_t part = 0; part < 3; part++) {
        assert_true(*at >= '0' && *at <= '9');
        while (*at >= '0' && *at <= '9') {
            at++;
        }
        assert_int_equal(*at, part < 2 ? '.' : '\0');
        at++;
    }
}

static void test_io_statuses(void **state) {
    (void)state;
    static const struct {
        uint32_t io_status;
        const char *name;
        const char *text;
    } cases[] = {
        {SANSCSI_IO_OK, "ok", "the target answered"},
        {SANSCSI_IO_SESSION_OFFLINE, "session-offline", "the session has ended"},
        {SANSCSI_IO_TIMEOUT, "timeout", "timed out"},
        {SANSCSI_IO_TARGET_FAILURE, "target-failure", "target failure"},
        {SANSCSI_IO_CONNECTION_OFFLINE, "connection-offline", "the connection was lost"},
        {SANSCSI_IO_BYTES_LOST, "bytes-lost", "bytes were lost on the way"},
        {SANSCSI_IO_CANCELLED, "cancelled", "cancelled"},
        {SANSCSI_IO_TERMINATED, "terminated", "ended by a reset that the program did not want"},
        {1, "unknown", "failed"},
        {2, "unknown", "failed"},
        {10, "unknown", "failed"},
        {UINT32_MAX, "unknown", "failed"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_string_equal(sanscsi_io_status_name(cases[i].io_status), cases[i].name);
        assert_string_equal(sanscsi_io_status_text(cases[i].io_status), cases[i].text);
    }
}

/* What sanscsi_session_new() refuses is an event that no session could tell. */
static void test_events_of_statuses(void **state) {
    (void)state;
    static const struct {
        int32_t status;
        uint32_t id;
        uint32_t reason;
        uint32_t cause;
    } cases[] = {
        {SANSCSI_TOO_MANY_SESSIONS, 33, 0, 0},
        {SANSCSI_WEAK_SECRET, 113, 1, 0},
        {SANSCSI_SHARED_SECRET, 113, 2, 1},
    };
    sanscsi_event event;
    for (size_t i = 0; i < COUNT(cases); i++) {
        memset(&event, 0xee, sizeof(event));
        assert_int_equal(sanscsi_event_of_status(cases[i].status, &event), SANSCSI_OK);
        assert_int_equal(event.size, sizeof(event));
        assert_int_equal(event.id, cases[i].id);
        assert_int_equal(event.arg_count, cases[i].reason != 0);
        if (cases[i].reason != 0) {
            assert_int_equal(event.args[0].type, SANSCSI_ARG_INT);
            assert_int_equal(event.args[0].number, cases[i].reason);
        }
        assert_int_equal(event.cause_count, 1);
        assert_int_equal(event.causes[0], cases[i].cause);
        assert_int_equal(event.session, 0);
        assert_null(event.target);
        assert_int_equal(sanscsi_event_of_status(cases[i].status, NULL), SANSCSI_INVALID_ARGUMENT);
    }
    event.id = 7;
    assert_int_equal(sanscsi_event_of_status(SANSCSI_OK, &event), SANSCSI_UNKNOWN_EVENT);
    assert_int_equal(sanscsi_event_of_status(SANSCSI_NO_MEMORY, &event), SANSCSI_UNKNOWN_EVENT);
    assert_int_equal(sanscsi_event_of_status(SANSCSI_OK, NULL), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(event.id, 7);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_init),
        cmocka_unit_test(test_settings_of_url),
        cmocka_unit_test(test_version),
        cmocka_unit_test(test_io_statuses),
        cmocka_unit_test(test_events_of_statuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
