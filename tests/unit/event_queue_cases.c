/* The queue of events: order, strings that are cut, overflow, how long a record stays valid. */
#include "event_cases.h"

struct fixture {
    struct event_queue queue;
    void *memory; /* exactly what the queue asked for */
};

static const struct event_origin origin = {
    .session = 7,
    .cid = 3,
    .time = 99,
    .target = {(const uint8_t *)"iqn.t", 5},
    .portal = {(const uint8_t *)"h:3260", 6},
};

static void set_up(struct fixture *f, uint32_t capacity, uint32_t text_size) {
    size_t size = sanscsi_event_queue_memory(capacity, text_size);
    assert_int_equal(size % 8, 0);
    f->memory = malloc(size);
    assert_non_null(f->memory);
    memset(f->memory, 0xa5, size);
    sanscsi_event_queue_init(&f->queue, capacity, text_size, f->memory);
}

static bool raise_key(struct fixture *f, const char *key) {
    struct event_value value = EVENT_TEXT(span_of_string(key));
    return sanscsi_event_queue_raise(&f->queue, &origin, 14, 0, &value);
}

static void assert_key(const sanscsi_event *event, const char *key) {
    assert_int_equal(event->id, 14);
    assert_int_equal(event->args[0].text_length, strlen(key));
    assert_memory_equal(event->args[0].text, key, strlen(key));
}

static void take_key(struct fixture *f, sanscsi_event *event, const char *key) {
    assert_true(sanscsi_event_queue_take(&f->queue, event));
    assert_key(event, key);
}

static void take_dropped(struct fixture *f, uint64_t count) {
    sanscsi_event event;
    assert_true(sanscsi_event_queue_take(&f->queue, &event));
    assert_int_equal(event.id, SANSCSI_EVENT_EVENTS_DROPPED);
    assert_int_equal(event.severity, SANSCSI_MAJOR_WARNING);
    assert_int_equal(event.arg_count, 1);
    assert_int_equal(event.args[0].type, SANSCSI_ARG_INT);
    assert_int_equal(event.args[0].number, count);
    assert_int_equal(event.cause_count, 1);
    assert_int_equal(event.session, 7);
    assert_int_equal(event.time, 99);
    assert_ptr_equal(event.portal, origin.portal.data);
}

static void take_nothing(struct fixture *f) {
    sanscsi_event event;
    assert_false(sanscsi_event_queue_take(&f->queue, &event));
}

static void test_record(void **state) {
    (void)state;
    struct fixture f;
    sanscsi_event event;
    char address[] = "10.0.0.1:3260";
    const struct event_value values[] = {EVENT_NUMBER(3), EVENT_NUMBER(1),
                                         EVENT_TEXT(span_of_string(address))};
    set_up(&f, 2, 64);
    take_nothing(&f);
    assert_true(sanscsi_event_queue_raise(&f.queue, &origin, 36, 0, values));
    memset(address, 'x', sizeof(address)); /* the queue has a copy */
    assert_true(sanscsi_event_queue_take(&f.queue, &event));
    assert_int_equal(event.size, sizeof(event));
    assert_int_equal(event.id, 36);
    assert_int_equal(event.severity, SANSCSI_MAJOR_WARNING);
    assert_int_equal(event.cid, 3);
    assert_int_equal(event.session, 7);
    assert_int_equal(event.time, 99);
    assert_ptr_equal(event.target, origin.target.data);
    assert_int_equal(event.target_length, 5);
    assert_int_equal(event.portal_length, 6);
    assert_int_equal(event.arg_count, 3);
    assert_int_equal(event.args[0].type, SANSCSI_ARG_HEX);
    assert_int_equal(event.args[0].number, 3);
    assert_int_equal(event.args[1].number, 1);
    assert_int_equal(event.args[2].type, SANSCSI_ARG_STRING);
    assert_int_equal(event.args[2].text_length, 13);
    assert_memory_equal(event.args[2].text, "10.0.0.1:3260", 13);
    assert_int_equal(event.args[2].truncated, 0);
    assert_int_equal(event.cause_count, 1);
    assert_int_equal(event.causes[0], 2);
    take_nothing(&f);
    free(f.memory);
}

static void test_facts_reach_causes(void **state) {
    (void)state;
    struct fixture f;
    sanscsi_event event;
    const struct event_value values[] = {EVENT_NUMBER(2), EVENT_NUMBER(0), EVENT_NUMBER(0)};
    set_up(&f, 1, 0);
    assert_true(sanscsi_event_queue_raise(&f.queue, &origin, 2, EVENT_FACT_REPORT_LUNS_UNSUPPORTED,
                                          values));
    assert_true(sanscsi_event_queue_take(&f.queue, &event));
    assert_int_equal(event.cause_count, 2);
    assert_string_equal(sanscsi_event_cause_number(2, event.causes[0]), "5");
    assert_string_equal(sanscsi_event_cause_number(2, event.causes[1]), "11b");
    free(f.memory);
}

static void test_order_and_wrap(void **state) {
    (void)state;
    struct fixture f;
    sanscsi_event event;
    set_up(&f, 3, 8);
    for (unsigned round = 0; round < 10; round++) {
        assert_true(raise_key(&f, "one"));
        assert_true(raise_key(&f, "two"));
        take_key(&f, &event, "one");
        assert_true(raise_key(&f, "three"));
        take_key(&f, &event, "two");
        take_key(&f, &event, "three");
        take_nothing(&f);
    }
    free(f.memory);
}

/* A full ring of new events leaves the record that is out untouched. */
static void test_lent(void **state) {
    (void)state;
    for (uint32_t capacity = 1; capacity <= 4; capacity++) {
        struct fixture f;
        sanscsi_event event;
        sanscsi_event next;
        set_up(&f, capacity, 8);
        for (unsigned round = 0; round < 12; round++) {
            assert_true(raise_key(&f, "first"));
            take_key(&f, &event, "first");
            for (uint32_t i = 0; i < capacity; i++) {
                assert_true(raise_key(&f, "later"));
            }
            assert_false(raise_key(&f, "lost"));
            assert_key(&event, "first");
            for (uint32_t i = 0; i < capacity; i++) {
                take_key(&f, &next, "later");
            }
            take_dropped(&f, 1);
            take_nothing(&f);
        }
        free(f.memory);
    }
}

static void test_overflow(void **state) {
    (void)state;
    struct fixture f;
    sanscsi_event event;
    set_up(&f, 2, 8);
    assert_true(raise_key(&f, "a"));
    assert_true(raise_key(&f, "b"));
    assert_false(raise_key(&f, "c"));
    assert_false(raise_key(&f, "d"));
    assert_int_equal(f.queue.dropped, 2);
    take_key(&f, &event, "a");
    assert_true(raise_key(&f, "e")); /* behind the gap */
    assert_false(raise_key(&f, "f"));
    assert_int_equal(f.queue.dropped, 3);
    take_key(&f, &event, "b");
    take_dropped(&f, 2);
    assert_int_equal(f.queue.dropped, 1);
    take_key(&f, &event, "e");
    assert_true(raise_key(&f, "g"));
    take_dropped(&f, 1);
    take_key(&f, &event, "g");
    take_nothing(&f);
    assert_int_equal(f.queue.dropped, 0);
    free(f.memory);
}

/* A notice leaves the last place to what is worse. */
static void test_notices(void **state) {
    (void)state;
    struct fixture f;
    sanscsi_event event;
    struct event_value key = EVENT_TEXT(SPAN_LITERAL("notice"));
    set_up(&f, 2, 8);
    assert_true(sanscsi_event_queue_raise(&f.queue, &origin, 13, 0, &key));
    assert_false(sanscsi_event_queue_raise(&f.queue, &origin, 13, 0, &key));
    assert_true(raise_key(&f, "worse"));
    assert_false(raise_key(&f, "lost"));
    assert_true(sanscsi_event_queue_take(&f.queue, &event));
    assert_int_equal(event.id, 13);
    take_dropped(&f, 1);
    take_key(&f, &event, "worse");
    take_dropped(&f, 1);
    take_nothing(&f);
    free(f.memory);
    set_up(&f, 1, 8); /* where there is but one place, it is anybody's */
    assert_true(sanscsi_event_queue_raise(&f.queue, &origin, 13, 0, &key));
    free(f.memory);
}

/* What is kept of one string of `text` in `room` bytes. */
static void check_cut(uint32_t room, const char *text, size_t kept) {
    struct fixture f;
    sanscsi_event event;
    set_up(&f, 1, room);
    assert_true(raise_key(&f, text));
    assert_true(sanscsi_event_queue_take(&f.queue, &event));
    assert_int_equal(event.args[0].text_length, kept);
    assert_memory_equal(event.args[0].text, text, kept);
    assert_int_equal(event.args[0].truncated, kept < strlen(text));
    free(f.memory);
}

static void test_cut(void **state) {
    (void)state;
    check_cut(4, "abcd", 4);
    check_cut(4, "abcde", 4);
    check_cut(0, "a", 0);
    check_cut(0, "", 0);
    /* U+20AC at the edge stays whole or goes whole. */
    check_cut(4, "ab\xe2\x82\xac", 2);
    check_cut(3, "ab\xe2\x82\xac", 2);
    check_cut(5, "ab\xe2\x82\xac", 5);
    check_cut(5, "ab\xe2\x82\xac!", 5);
    check_cut(4, "ab\xf0\x9f\x98\x80", 2);
    check_cut(5, "ab\xf0\x9f\x98\x80", 2);
    /* Bytes that are no characters are cut anywhere. */
    check_cut(3, "\xff\xff\xff\xff", 3);
    check_cut(3, "\x80\x80\x80\x80\x80", 3);
}

static void check_shares(const char *pair, const char *proposed, size_t first, size_t second) {
    struct fixture f;
    sanscsi_event event;
    const struct event_value values[] = {EVENT_TEXT(span_of_string(pair)),
                                         EVENT_TEXT(span_of_string(proposed))};
    set_up(&f, 1, 10);
    assert_true(sanscsi_event_queue_raise(&f.queue, &origin, 16, 0, values));
    assert_true(sanscsi_event_queue_take(&f.queue, &event));
    assert_int_equal(event.args[0].text_length, first);
    assert_int_equal(event.args[1].text_length, second);
    assert_memory_equal(event.args[0].text, pair, first);
    assert_memory_equal(event.args[1].text, proposed, second);
    assert_int_equal(event.args[0].truncated, first < strlen(pair));
    assert_int_equal(event.args[1].truncated, second < strlen(proposed));
    free(f.memory);
}

static void test_shares(void **state) {
    (void)state;
    check_shares("abcde", "fghij", 5, 5);
    check_shares("abcdefgh", "ij", 8, 2);
    check_shares("ab", "cdefghij", 2, 8);
    check_shares("abcdefghijkl", "mnopqrstuvwx", 5, 5);
    check_shares("abcdefghijkl", "mn", 8, 2);
    check_shares("ab", "cdefghijklmn", 2, 8);
    check_shares("abcdefghijkl", "", 10, 0);
    check_shares("", "abcdefghijkl", 0, 10);
}

/* Causes come from the whole value even where the record keeps a part; a raiser that has only the
 * beginning says so. */
static void test_cut_value(void **state) {
    (void)state;
    struct fixture f;
    sanscsi_event event;
    char name[513];
    memset(name, 'n', 512);
    name[512] = '\0';
    struct event_value value = EVENT_TEXT(span_of_string(name));
    set_up(&f, 2, 16);
    assert_true(sanscsi_event_queue_raise(&f.queue, &origin, 25, 0, &value));
    value.text.size = 4;
    value.cut = true;
    assert_true(sanscsi_event_queue_raise(&f.queue, &origin, 25, 0, &value));
    assert_true(sanscsi_event_queue_take(&f.queue, &event));
    assert_int_equal(event.cause_count, 1);
    assert_int_equal(event.args[0].text_length, 16);
    assert_int_equal(event.args[0].truncated, 1);
    assert_true(sanscsi_event_queue_take(&f.queue, &event));
    assert_int_equal(event.cause_count, 1);
    assert_int_equal(event.args[0].text_length, 4);
    assert_int_equal(event.args[0].truncated, 1);
    free(f.memory);
}

int event_queue_tests(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_record),
        cmocka_unit_test(test_facts_reach_causes),
        cmocka_unit_test(test_order_and_wrap),
        cmocka_unit_test(test_lent),
        cmocka_unit_test(test_overflow),
        cmocka_unit_test(test_notices),
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_shares),
        cmocka_unit_test(test_cut_value),
    };
    return cmocka_run_group_tests_name("queue", tests, NULL, NULL);
}
