/* Tests of lib/conn: the moves between states (RFC 7143 8.1), the table of faults, a connection. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "conn/connection.h"

#define STATES 10u /* S1 to S8, and numbers below and above */
#define EVENTS (CONN_CLEANED_UP + 1u)

/* RFC 7143 8.1.2 and 8.1.3, the initiator's side: where each event leads from S1, S2, S4, S5, S6,
 * S7, S8; 0 where the diagram has no arrow. S8 is left as 8.2 has it: through M1. */
static const struct {
    enum conn_event event;
    uint8_t to[7];
} moves[] = {
    /*                       S1 S2 S4 S5 S6 S7 S8 */
    {CONN_CONNECT_REQUESTED, {2, 0, 0, 0, 0, 0, 0}}, /* T1 */
    {CONN_CONNECT_FAILED, {0, 1, 0, 0, 0, 0, 0}},    /* T2 */
    {CONN_CONNECTED, {0, 4, 0, 0, 0, 0, 0}},         /* T4 */
    {CONN_LOGIN_DONE, {0, 0, 5, 0, 0, 0, 0}},        /* T5 */
    {CONN_LOGIN_FAILED, {0, 0, 1, 0, 0, 0, 0}},      /* T7 */
    {CONN_LOGOUT_SENT, {0, 0, 0, 6, 0, 6, 0}},       /* T9, T10 */
    {CONN_LOGOUT_ASKED, {0, 0, 0, 7, 6, 7, 0}},      /* T11, T14, T12 */
    {CONN_LOGOUT_DONE, {0, 0, 0, 0, 1, 0, 0}},       /* T13 */
    {CONN_LOGOUT_FAILED, {0, 0, 0, 0, 8, 0, 0}},     /* T17 */
    {CONN_TRANSPORT_LOST, {0, 0, 1, 8, 8, 8, 0}},    /* T7, T15, T17, T16 */
    {CONN_SESSION_CLOSED, {0, 1, 1, 1, 1, 1, 0}},    /* T2, T7, T8, T13, T18 */
    {CONN_CLEANED_UP, {0, 0, 0, 0, 0, 0, 1}},        /* M1 */
};

static const uint8_t states[7] = {1, 2, 4, 5, 6, 7, 8};

static uint8_t wanted_move(unsigned from, unsigned event) {
    for (size_t i = 0; i < sizeof(moves) / sizeof(moves[0]); i++) {
        for (size_t s = 0; s < sizeof(states); s++) {
            if (moves[i].event == event && states[s] == from) {
                return moves[i].to[s];
            }
        }
    }
    return 0;
}

static void every_state_meets_every_event(void **state) {
    (void)state;
    unsigned known = 0;
    for (unsigned from = 0; from < STATES; from++) {
        for (unsigned event = 0; event < EVENTS + 2; event++) {
            enum conn_state to = (enum conn_state)99;
            bool moved =
                sanscsi_conn_transition((enum conn_state)from, (enum conn_event)event, &to);
            uint8_t wanted = wanted_move(from, event);
            assert_int_equal(moved, wanted != 0);
            assert_int_equal(to, wanted != 0 ? wanted : 99);
            known += moved;
        }
    }
    assert_int_equal(known, 22);
}

static const char *section_of(unsigned code) {
    const struct fault fault = {.code = (enum fault_code)code};
    return sanscsi_fault_section(&fault);
}

static void the_events_stand_for_all_there_are(void **state) {
    (void)state;
    assert_int_equal(sizeof(moves) / sizeof(moves[0]), EVENTS);
}

static bool is_lower_or_dash(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

static void every_fault_has_a_name_of_its_own_and_a_sentence(void **state) {
    (void)state;
    for (unsigned code = 0; code < FAULT_COUNT; code++) {
        const char *name = sanscsi_fault_name((enum fault_code)code);
        const char *text = sanscsi_fault_text((enum fault_code)code);
        const char *section = section_of(code);
        assert_non_null(name);
        assert_true(strlen(name) > 2);
        for (const char *c = name; *c != '\0'; c++) {
            assert_true(is_lower_or_dash(*c));
        }
        assert_non_null(text);
        assert_true(strlen(text) > 10);
        assert_int_equal(text[strlen(text) - 1], '.');
        assert_non_null(section);
        assert_true(section[0] == '\0' || strncmp(section, "RFC 7143 ", 9) == 0);
        for (unsigned other = 0; other < code; other++) {
            assert_string_not_equal(name, sanscsi_fault_name((enum fault_code)other));
            assert_string_not_equal(text, sanscsi_fault_text((enum fault_code)other));
        }
    }
}

/* Only where nobody broke a rule of the protocol is there no clause to name. */
static void faults_of_the_peer_name_their_clause(void **state) {
    (void)state;
    for (unsigned code = 0; code < FAULT_COUNT; code++) {
        bool ours = code == FAULT_NONE || code == FAULT_LOGIN_NO_MEMORY ||
                    code == FAULT_TEXT_NO_MEMORY || code == FAULT_FLOOD;
        assert_int_equal(section_of(code)[0] == '\0', ours);
    }
}

static void the_first_fault_is_kept(void **state) {
    (void)state;
    struct connection conn;
    memset(&conn, 0, sizeof(conn));
    sanscsi_conn_init(&conn, 3);
    assert_int_equal(conn.cid, 3);
    assert_int_equal(conn.state, CONN_FREE);
    conn.rx.bhs[0] = 0xbf; /* Reject, with a reserved bit set */
    sanscsi_conn_set_fault(&conn, FAULT_REJECT, 9);
    conn.rx.bhs[0] = 0x20;
    sanscsi_conn_set_fault(&conn, FAULT_STAT_SN, 5);
    assert_int_equal(conn.fault.code, FAULT_REJECT);
    assert_int_equal(conn.fault.opcode, 0x3f);
    assert_int_equal(conn.fault.value, 9);
    sanscsi_conn_open(&conn);
    assert_int_equal(conn.fault.code, FAULT_NONE);
    assert_int_equal(conn.max_recv_segment, 8192); /* RFC 7143 6.3 */
    assert_int_equal(conn.max_send_segment, 8192);
}

/* RFC 7143 4.2.2.2: StatSN counts by one, modulo 2^32. */
static void stat_sn_counts_by_one(void **state) {
    (void)state;
    static const struct {
        uint32_t expected, comes;
        bool taken;
    } cases[] = {
        {0, 0, true},           {5, 5, true},           {0xffffffff, 0xffffffff, true},
        {5, 6, false},          {5, 4, false},          {0xffffffff, 0, false},
        {5, 0x80000005, false}, {0, 0xffffffff, false},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct connection conn;
        memset(&conn, 0, sizeof(conn));
        sanscsi_conn_init(&conn, 0);
        conn.exp_stat_sn = cases[i].expected;
        assert_int_equal(conn_take_stat_sn(&conn, cases[i].comes), cases[i].taken);
        assert_int_equal(conn.exp_stat_sn, cases[i].expected + (cases[i].taken ? 1u : 0u));
        assert_int_equal(conn.fault.code, cases[i].taken ? FAULT_NONE : FAULT_STAT_SN);
        assert_int_equal(conn.fault.value, cases[i].taken ? 0 : cases[i].comes);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_state_meets_every_event),
        cmocka_unit_test(the_events_stand_for_all_there_are),
        cmocka_unit_test(every_fault_has_a_name_of_its_own_and_a_sentence),
        cmocka_unit_test(faults_of_the_peer_name_their_clause),
        cmocka_unit_test(the_first_fault_is_kept),
        cmocka_unit_test(stat_sn_counts_by_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
