/* Runs the code of doc/guide.md: its loop logs in, reads and logs out, and its samples do what the
 * page says. */
#include <setjmp.h>
#include <stdarg.h>

#include "guide_code.h"

#include <cmocka.h>

#include "target.h"

#define BUFFER_BYTE 0xee

static struct target target;
static uint32_t refusal; /* what tcp_open() fails with, or 0 */
static uint64_t present;
static int pauses; /* waits without a transport */
static int open_count;

uint64_t clock_now(void) {
    present += 1000;
    return present;
}

static uint64_t unix_time_ms(void) {
    return UINT64_C(1700000000000);
}

int tcp_open(const char *host, uint32_t port, uint32_t *reason) {
    static const struct target_manner manner = {.separate_response = true};
    assert_string_equal(host, "192.0.2.1");
    assert_int_equal(port, 3260);
    if (refusal != 0) {
        *reason = refusal;
        return -1;
    }
    target_reset(&target, &manner);
    open_count++;
    return 3;
}

long tcp_readv(int tcp, const sanscsi_iovec *list, size_t count) {
    assert_int_equal(tcp, 3);
    target_answer(&target, 1);
    size_t said = target_say(&target, list, count);
    return said > 0 ? (long)said : -1; /* it knows no Logout: it closes */
}

long tcp_writev(int tcp, const sanscsi_iovec *list, size_t count) {
    assert_int_equal(tcp, 3);
    long sent = 0;
    for (size_t i = 0; i < count; i++) {
        sent += (long)list[i].size;
    }
    target_hear(&target, list, count);
    return sent;
}

void tcp_wait(int tcp, int to_write, uint64_t deadline) {
    assert_int_equal(to_write, 0);
    assert_true(deadline > present);
    if (tcp < 0) {
        assert_true(deadline < SANSCSI_NEVER);
        present = deadline;
        pauses++;
    } else {
        assert_int_equal(tcp, 3);
    }
}

int32_t random_bytes(void *context, void *bytes, size_t size) {
    (void)context;
    memset(bytes, 0x5a, size);
    return 0;
}

size_t key_store(const char *name, size_t length, void *secret, size_t size) {
    (void)secret;
    fail_msg("no login here waits for the secret of %.*s (%zu)", (int)length, name, size);
    return 0;
}

void tcp_close(int tcp) {
    assert_int_equal(tcp, 3);
    open_count--;
}

static uint64_t counter(const sanscsi_session *session, const char *name) {
    for (size_t i = 0; i < sanscsi_counter_count(); i++) {
        if (strcmp(sanscsi_counter_name(i), name) == 0) {
            return sanscsi_counter(session, i);
        }
    }
    fail_msg("no counter %s", name);
    return 0;
}

/* The whole page: refused once, then logged in, read, out. */
static void test_loop(void **state) {
    (void)state;
    static uint8_t buffer[TARGET_PAYLOAD];
    struct disk disk = {.data = {buffer, sizeof(buffer)}};
    memset(buffer, BUFFER_BYTE, sizeof(buffer));
    sanscsi_initiator *initiator = make_initiator(fixed_memory());
    assert_non_null(initiator);
    refusal = SANSCSI_CONNECT_REFUSED;
    assert_int_equal(
        make_session(&disk, initiator, "192.0.2.1", 3260, "iqn.2026-11.example.target:disk"),
        SANSCSI_OK);
    run(&disk);
    assert_int_equal(sanscsi_session_state(disk.session), SANSCSI_SESSION_FREE);
    assert_int_equal(counter(disk.session, "logins"), 0);
    refusal = 0;
    assert_int_equal(start_again(&disk), SANSCSI_OK);
    run(&disk);
    assert_int_equal(open_count, 0);
    assert_int_equal(counter(disk.session, "logins-succeeded"), 1);
    assert_int_equal(counter(disk.session, "commands"), 1);
    assert_int_equal(counter(disk.session, "bytes-read"), sizeof(buffer));
    for (size_t i = 0; i < sizeof(buffer); i++) {
        assert_int_equal(buffer[i], 0);
    }
    show_fault(&disk);
    sanscsi_session_free(disk.session);
    assert_int_equal(sanscsi_initiator_sessions(initiator), 0);
    sanscsi_initiator_free(initiator);
}

/* A session that is lost comes back; the loop sleeps meanwhile. */
static void test_pauses(void **state) {
    (void)state;
    static uint8_t buffer[TARGET_PAYLOAD];
    struct disk disk = {.tcp = -1, .data = {buffer, sizeof(buffer)}};
    sanscsi_session_settings settings;
    sanscsi_initiator *initiator = make_initiator(fixed_memory());
    sanscsi_session_settings_defaults(&settings);
    settings.host = "192.0.2.1";
    settings.host_length = strlen(settings.host);
    settings.target_name = "iqn.2026-11.example.target:disk";
    settings.target_name_length = strlen(settings.target_name);
    settings.reinstate_attempts = 1;
    assert_int_equal(sanscsi_session_new(initiator, &settings, NULL, &disk.session), SANSCSI_OK);
    assert_int_equal(sanscsi_session_start(disk.session, clock_now()), SANSCSI_OK);
    for (int i = 0; sanscsi_session_state(disk.session) != SANSCSI_SESSION_LOGGED_IN; i++) {
        assert_in_range(i, 0, 10);
        poll_all(&disk);
        assert_int_not_equal(send_all(&disk), -1);
        assert_int_equal(receive_some(&disk), 0);
    }
    lost(&disk);
    run(&disk);
    assert_int_equal(pauses, 1);
    assert_int_equal(open_count, 0);
    assert_int_equal(counter(disk.session, "logins-succeeded"), 2);
    assert_int_equal(counter(disk.session, "bytes-read"), 2 * sizeof(buffer));
    sanscsi_session_free(disk.session);
    sanscsi_initiator_free(initiator);
}

static void test_parameters(void **state) {
    (void)state;
    sanscsi_session_settings settings;
    sanscsi_session_settings_defaults(&settings);
    assert_int_equal(propose(&settings), SANSCSI_OK);
    assert_int_equal(settings.parameters.max_burst_length, 262144);
    assert_int_equal(settings.parameters.data_digest, SANSCSI_DIGEST_CRC32C);
    be_lenient(&settings);
    assert_int_equal(settings.tolerate, SANSCSI_TOLERATE_LONG_SEQUENCE |
                                            SANSCSI_TOLERATE_FINAL_BIT | SANSCSI_TOLERATE_NO_SENSE);
}

/* Made with CHAP, it does not take the answer of a target that knows none. */
static void test_chap(void **state) {
    (void)state;
    struct disk disk = {.tcp = -1};
    sanscsi_session_settings settings;
    sanscsi_initiator *initiator = make_initiator(fixed_memory());
    sanscsi_session_settings_defaults(&settings);
    settings.host = "192.0.2.1";
    settings.host_length = strlen(settings.host);
    settings.target_name = "iqn.2026-11.example.target:disk";
    settings.target_name_length = strlen(settings.target_name);
    require_chap(&settings, "a-secret-of-ours", "too-short");
    assert_int_equal(sanscsi_session_new(initiator, &settings, NULL, &disk.session),
                     SANSCSI_WEAK_SECRET);
    require_chap(&settings, "a-secret-of-ours", "a-secret-of-ours");
    assert_int_equal(sanscsi_session_new(initiator, &settings, NULL, &disk.session),
                     SANSCSI_SHARED_SECRET);
    require_chap(&settings, "a-secret-of-ours", "the-target's-secret");
    assert_int_equal(sanscsi_session_new(initiator, &settings, NULL, &disk.session), SANSCSI_OK);
    assert_int_equal(sanscsi_session_start(disk.session, clock_now()), SANSCSI_OK);
    run(&disk);
    assert_int_equal(open_count, 0);
    assert_int_equal(counter(disk.session, "logins-succeeded"), 0);
    sanscsi_session_free(disk.session);
    sanscsi_initiator_free(initiator);
}

static void test_crc32c_module(void **state) {
    (void)state;
    uint64_t bytes = 0;
    /* RFC 7143 appendix A.4: 32 bytes of zeros. */
    static const uint8_t zeros[32];
    uint32_t crc = counted_crc32c(&bytes, 0, zeros, 20);
    assert_int_equal(counted_crc32c(&bytes, crc, zeros, 12), 0x8a9136aa);
    assert_int_equal(bytes, 32);
}

static void test_discovery_record(void **state) {
    (void)state;
    static const char name[] = "iqn.2026-11.example.target:disk";
    static const char addresses[] = "TargetAddress=192.0.2.1:3260,1";
    const sanscsi_target record = {
        .size = sizeof(record),
        .portal_count = 1,
        .name = (const uint8_t *)name,
        .name_length = sizeof(name) - 1,
        .addresses = (const uint8_t *)addresses,
        .addresses_length = sizeof(addresses),
    };
    sanscsi_portal portal = {.size = sizeof(portal)};
    show_target(&record);
    assert_int_equal(sanscsi_target_portal(&record, 0, &portal), SANSCSI_OK);
    assert_int_equal(portal.port, 3260);
}

/* An output that is none of the scan's stays the caller's. */
static void test_scan(void **state) {
    (void)state;
    sanscsi_scan *scan = NULL;
    const sanscsi_output output = {.size = sizeof(output), .type = SANSCSI_OUTPUT_LOGGED_IN};
    assert_int_equal(serve_scan(&scan, &output), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_loop),
        cmocka_unit_test(test_pauses),
        cmocka_unit_test(test_parameters),
        cmocka_unit_test(test_crc32c_module),
        cmocka_unit_test(test_discovery_record),
        cmocka_unit_test(test_scan),
        cmocka_unit_test(test_chap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
