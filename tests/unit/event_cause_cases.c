/* Which causes are chosen for which arguments and facts. */
#include "event_cases.h"

#define LUNS_UNSUPPORTED EVENT_FACT_REPORT_LUNS_UNSUPPORTED

/* One choice to check: the event's arguments are the numbers or texts given, in order. */
struct choice {
    uint32_t id;
    uint32_t facts;
    uint64_t numbers[4];
    const char *texts[2]; /* of arguments 0 and 1 */
    const char *causes;
};

static void check(const struct choice *choice) {
    struct event_value values[SANSCSI_EVENT_MAX_ARGS] = {0};
    uint32_t causes[SANSCSI_EVENT_MAX_CAUSES];
    char list[64] = "";
    for (size_t i = 0; i < 4; i++) {
        values[i].number = choice->numbers[i];
    }
    for (size_t i = 0; i < 2; i++) {
        values[i].text = span_of_string(choice->texts[i]);
    }
    uint32_t count = sanscsi_event_choose_causes(choice->id, choice->facts, values, causes);
    assert_in_range(count, 0, SANSCSI_EVENT_MAX_CAUSES);
    for (uint32_t i = 0; i < count; i++) {
        strcat(list, i == 0 ? "" : " ");
        strcat(list, sanscsi_event_cause_number(choice->id, causes[i]));
    }
    if (strcmp(list, choice->causes) != 0) {
        print_error("event %u, numbers %llu %llu %llu, text %s\n", (unsigned)choice->id,
                    (unsigned long long)choice->numbers[0], (unsigned long long)choice->numbers[1],
                    (unsigned long long)choice->numbers[2],
                    choice->texts[0] == NULL ? "-" : choice->texts[0]);
    }
    assert_string_equal(list, choice->causes);
}

static void check_all(const struct choice *choices, size_t count) {
    for (size_t i = 0; i < count; i++) {
        check(&choices[i]);
    }
}

#define CHECK_ALL(choices) check_all(choices, sizeof(choices) / sizeof(choices[0]))

/* cdb_status, io_status, return_value of events 1 and 2. */
static const struct choice outcomes[] = {
    {.numbers = {0, 3, 0}, .causes = "1"},
    {.numbers = {0, 3, 1}, .causes = "1"},
    {.numbers = {0, 4, 1}, .causes = "2"},
    {.numbers = {0, 4, 0}, .causes = "7"},
    {.numbers = {0, 4, 2}, .causes = ""},
    {.numbers = {0, 6, 0}, .causes = "3"},
    {.numbers = {0, 6, 1}, .causes = "3"},
    {.numbers = {0, 7, 0}, .causes = "4"},
    {.numbers = {0, 5, 0}, .causes = "8"},
    {.numbers = {2, 0, 0}, .causes = "5"},
    {.numbers = {8, 0, 0}, .causes = "6"},
    {.numbers = {0x18, 0, 0}, .causes = "9"},
    {.numbers = {0, 0, 1}, .causes = "10"},
    /* A command that failed below SCSI is not blamed on the status. */
    {.numbers = {2, 7, 0}, .causes = "4"},
    {.numbers = {8, 3, 0}, .causes = "1"},
    {.numbers = {0x18, 4, 0}, .causes = "7"},
    {.numbers = {2, 4, 1}, .causes = "2"},
    {.numbers = {8, 5, 0}, .causes = "8"},
    {.numbers = {2, 0, 1}, .causes = "5"},
    /* What matches none has no cause. */
    {.numbers = {0, 0, 0}, .causes = ""},
    {.numbers = {0, 0, 2}, .causes = ""},
    {.numbers = {0, 1, 0}, .causes = ""},
    {.numbers = {0, 2, 1}, .causes = ""},
    {.numbers = {0, 8, 0}, .causes = ""},
    {.numbers = {0x28, 0, 0}, .causes = ""},
    {.numbers = {0x40, 0, 1}, .causes = ""},
    {.numbers = {0x28, 9, 1}, .causes = ""},
    {.numbers = {UINT32_MAX, UINT32_MAX, UINT32_MAX}, .causes = ""},
    {.numbers = {UINT64_C(0x100000002), 0, 0}, .causes = ""},
    {.numbers = {0, UINT64_C(0x100000003), 0}, .causes = ""},
};

static void test_outcomes(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof(outcomes) / sizeof(outcomes[0]); i++) {
        struct choice choice = outcomes[i];
        choice.id = 1;
        check(&choice);
        choice.facts = LUNS_UNSUPPORTED | EVENT_FACT_SEVERAL_UNITS; /* mean nothing for INQUIRY */
        check(&choice);
        choice.facts = EVENT_FACT_UNKNOWN;
        check(&choice);
        choice.id = 2;
        choice.facts = EVENT_FACT_SEVERAL_UNITS;
        check(&choice);
    }
}

static void test_report_luns(void **state) {
    (void)state;
    static const struct choice choices[] = {
        {.id = 2, .numbers = {2, 0, 0}, .facts = LUNS_UNSUPPORTED, .causes = "5 11b"},
        {.id = 2,
         .numbers = {2, 0, 0},
         .facts = LUNS_UNSUPPORTED | EVENT_FACT_SEVERAL_UNITS,
         .causes = "5 11a"},
        {.id = 2, .numbers = {2, 0, 0}, .facts = EVENT_FACT_UNKNOWN, .causes = "5 11a 11b"},
        {.id = 2, .numbers = {8, 0, 0}, .facts = LUNS_UNSUPPORTED, .causes = "6"},
        {.id = 2, .numbers = {8, 0, 0}, .facts = EVENT_FACT_UNKNOWN, .causes = "6"},
        {.id = 2, .numbers = {2, 5, 0}, .facts = LUNS_UNSUPPORTED, .causes = "8"},
        {.id = 2, .numbers = {0, 0, 0}, .facts = EVENT_FACT_UNKNOWN, .causes = ""},
    };
    CHECK_ALL(choices);
}

static void test_list_values(void **state) {
    (void)state;
    static const uint32_t boolean = EVENT_FACT_BOOLEAN_KEY;
    static const uint32_t memory = EVENT_FACT_NO_MEMORY;
    const struct choice choices[] = {
        {.id = 16, .texts = {"HeaderDigest=Irrelevant", "None"}, .causes = "1"},
        {.id = 16, .texts = {"InitialR2T=Irrelevant", "Yes"}, .facts = boolean, .causes = "1"},
        {.id = 16, .texts = {"X=Irrelevant", ""}, .facts = memory, .causes = "1"},
        {.id = 16, .texts = {"X=Irrelevant", ""}, .facts = EVENT_FACT_UNKNOWN, .causes = "1"},
        {.id = 16, .texts = {"InitialR2T=Maybe", "Yes"}, .facts = boolean, .causes = "2"},
        {.id = 16, .texts = {"InitialR2T=No", "Yes"}, .facts = boolean | memory, .causes = "4"},
        {.id = 16, .texts = {"HeaderDigest=MD5", "None"}, .causes = "3"},
        {.id = 16, .texts = {"HeaderDigest=None", "None"}, .facts = memory, .causes = "4"},
        /* Not quite Irrelevant. */
        {.id = 16, .texts = {"HeaderDigest=irrelevant", "None"}, .causes = "3"},
        {.id = 16, .texts = {"HeaderDigest=Irrelevant ", "None"}, .causes = "3"},
        {.id = 16, .texts = {"HeaderDigest==Irrelevant", "None"}, .causes = "3"},
        {.id = 16, .texts = {"Irrelevant", "None"}, .causes = "3"},
        {.id = 16, .texts = {"", ""}, .causes = "3"},
        /* What the pair alone allows. */
        {.id = 16, .texts = {"InitialR2T=No"}, .facts = EVENT_FACT_UNKNOWN, .causes = "2 4"},
        {.id = 16, .texts = {"DataDigest=MD5"}, .facts = EVENT_FACT_UNKNOWN, .causes = "3 4"},
        {.id = 16, .texts = {"X-a.b=c"}, .facts = EVENT_FACT_UNKNOWN, .causes = "2 3 4"},
        {.id = 16, .texts = {"InitialR2T"}, .facts = EVENT_FACT_UNKNOWN, .causes = "2 3 4"},
    };
    CHECK_ALL(choices);
}

static void test_chap(void **state) {
    (void)state;
    static const uint32_t formed = EVENT_FACT_WELL_FORMED;
    static const uint32_t unknown = EVENT_FACT_UNKNOWN;
    const struct choice choices[] = {
        {.id = 22, .texts = {"Reject"}, .causes = "1"},
        {.id = 22, .texts = {"Reject"}, .facts = unknown, .causes = "1"},
        {.id = 22, .texts = {"6"}, .facts = formed, .causes = "2"},
        {.id = 22, .texts = {"6"}, .facts = unknown, .causes = "2"},
        {.id = 22, .texts = {"0"}, .causes = "2"},
        {.id = 22, .texts = {"0x1F"}, .causes = "2"},
        {.id = 22, .texts = {"255"}, .causes = "2"},
        {.id = 22, .texts = {"reject"}, .causes = "3"},
        {.id = 22, .texts = {"Rejected"}, .causes = "3"},
        {.id = 22, .texts = {""}, .causes = "3"},
        {.id = 22, .texts = {"05"}, .causes = "3"},
        {.id = 22, .texts = {"5,7"}, .causes = "3"},
        {.id = 22, .texts = {"-5"}, .causes = "3"},
        {.id = 22, .texts = {" 5"}, .causes = "3"},
        {.id = 22, .texts = {"0x"}, .causes = "3"},
        {.id = 22, .texts = {"0xg"}, .causes = "3"},
        {.id = 22, .texts = {"MD5"}, .causes = "3"},
        {.id = 24, .texts = {"0xzz"}, .causes = "2"},
        {.id = 24, .texts = {"0bAAAA"}, .facts = unknown, .causes = "2"},
        {.id = 26, .texts = {"junk"}, .causes = "2"},
        {.id = 26, .texts = {"0x00"}, .facts = formed, .causes = "3"},
        {.id = 26, .texts = {"0x00ff"}, .facts = unknown, .causes = "2 3"},
        {.id = 26, .texts = {"0bAAAA"}, .facts = unknown, .causes = "2 3"},
        {.id = 26, .texts = {"0BazAZ09+/=="}, .facts = unknown, .causes = "2 3"},
        {.id = 26, .texts = {"0XafAF09"}, .facts = unknown, .causes = "2 3"},
        {.id = 26, .texts = {"0bAAA{"}, .facts = unknown, .causes = "2"},
        {.id = 26, .texts = {"0bAAA["}, .facts = unknown, .causes = "2"},
        {.id = 26, .texts = {"0bAAA!"}, .facts = unknown, .causes = "2"},
        {.id = 26, .texts = {"0x0!"}, .facts = unknown, .causes = "2"},
        {.id = 26, .texts = {"0b"}, .facts = unknown, .causes = "2"},
        {.id = 26, .texts = {"0xfg"}, .facts = unknown, .causes = "2"},
        {.id = 26, .texts = {"junk"}, .facts = unknown, .causes = "2"},
    };
    CHECK_ALL(choices);
}

static void test_chap_name_length(void **state) {
    (void)state;
    uint8_t name[512];
    uint32_t causes[SANSCSI_EVENT_MAX_CAUSES];
    struct event_value value = {.text = {name, 511}};
    memset(name, 'n', sizeof(name));
    assert_int_equal(sanscsi_event_choose_causes(25, 0, &value, causes), 0);
    assert_int_equal(sanscsi_event_choose_causes(25, EVENT_FACT_UNKNOWN, &value, causes), 0);
    value.text.size = 512;
    assert_int_equal(sanscsi_event_choose_causes(25, 0, &value, causes), 1);
    assert_int_equal(causes[0], 0);
    value.text.size = 5;
    value.cut = true; /* the beginning of more: nothing else than length makes event 25 */
    assert_int_equal(sanscsi_event_choose_causes(25, 0, &value, causes), 1);
}

static void test_send_targets_key(void **state) {
    (void)state;
    static const uint32_t opens = EVENT_FACT_OPENS_RECORD;
    const struct choice choices[] = {
        {.id = 31, .texts = {"TargetAddress"}, .facts = opens, .causes = "1"},
        {.id = 31, .texts = {"X-a"}, .facts = opens, .causes = "1"},
        {.id = 31, .texts = {"X-a"}, .causes = "2"},
        {.id = 31, .texts = {"X-a"}, .facts = EVENT_FACT_UNKNOWN, .causes = "1 2"},
        {.id = 31, .texts = {"TargetAddress"}, .facts = EVENT_FACT_UNKNOWN, .causes = "1"},
    };
    CHECK_ALL(choices);
}

static void test_by_number(void **state) {
    (void)state;
    static const struct choice choices[] = {
        {.id = 36, .numbers = {0, 1}, .causes = ""},
        {.id = 36, .numbers = {1, 1}, .causes = "1"},
        {.id = 36, .numbers = {2, 1}, .causes = "2"},
        {.id = 36, .numbers = {3, 1}, .causes = "3"},
        {.id = 36, .numbers = {4, 2}, .causes = ""},
        {.id = 36, .numbers = {0x102, 1}, .causes = ""},
        {.id = 101, .numbers = {0, 3}, .causes = "1"},
        {.id = 101, .numbers = {3, 4}, .causes = "2"},
        {.id = 101, .numbers = {3, 5}, .causes = "3"},
        {.id = 101, .numbers = {4, 0}, .causes = "3"},
        {.id = 105, .numbers = {1, 0}, .causes = "6"},
        {.id = 105, .numbers = {2, 0}, .causes = "1"},
        {.id = 105, .numbers = {3, 0}, .causes = "3"},
        {.id = 105, .numbers = {4, 0}, .causes = "2"},
        {.id = 105, .numbers = {5, 0}, .causes = "3"},
        {.id = 105, .numbers = {6, 0}, .causes = "4"},
        {.id = 105, .numbers = {7, 0}, .causes = "2"},
        {.id = 105, .numbers = {8, 0}, .causes = "2"},
        {.id = 105, .numbers = {9, 0}, .causes = "2"},
        {.id = 105, .numbers = {10, 0}, .causes = "4"},
        {.id = 105, .numbers = {11, 0}, .causes = "2"},
        {.id = 105, .numbers = {12, 0}, .causes = "5"},
        {.id = 105, .numbers = {13, 0}, .causes = "6"},
        {.id = 106, .numbers = {0, 0}, .causes = "1"},
        {.id = 106, .numbers = {1, 0}, .causes = "2"},
        {.id = 106, .numbers = {2, 0}, .causes = "3"},
        {.id = 106, .numbers = {3, 0}, .causes = "4"},
        {.id = 106, .numbers = {4, 0}, .causes = "5"},
        {.id = 106, .numbers = {5, 0}, .causes = "6"},
        {.id = 106, .numbers = {6, 0}, .causes = "8"},
        {.id = 106, .numbers = {247, 0}, .causes = "8"},
        {.id = 106, .numbers = {248, 0}, .causes = "7"},
        {.id = 106, .numbers = {255, 9}, .causes = "7"},
        {.id = 109, .numbers = {0}, .causes = "4"},
        {.id = 109, .numbers = {1}, .causes = "1"},
        {.id = 109, .numbers = {2}, .causes = "2"},
        {.id = 109, .numbers = {3}, .causes = "3"},
        {.id = 109, .numbers = {4}, .causes = "4"},
        {.id = 120, .numbers = {1, 0, 0, 0}, .causes = "1"},
        {.id = 120, .numbers = {2, 0, 0, 5}, .causes = "2"},
        {.id = 120, .numbers = {2, 0, 0, 6}, .causes = "2"},
        {.id = 120, .numbers = {3, 0, 0, 255}, .causes = "3"},
    };
    CHECK_ALL(choices);
}

/* The events without conditions have all their causes, whatever the facts. */
static void test_unconditional(void **state) {
    (void)state;
    static const uint32_t ids[] = {3,  4,  5,  6,  7,  8,  9,  10,  11,  12,  13,  14,  15,  17,
                                   18, 19, 20, 21, 23, 27, 28, 29,  32,  33,  34,  35,  37,  38,
                                   39, 40, 41, 42, 43, 44, 45, 100, 102, 104, 107, 108, 110, 111};
    for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
        check(&(struct choice){.id = ids[i], .causes = "1"});
        check(&(struct choice){.id = ids[i], .facts = EVENT_FACT_UNKNOWN, .causes = "1"});
        check(&(struct choice){.id = ids[i], .facts = 63, .numbers = {2, 3, 4}, .causes = "1"});
    }
    check(&(struct choice){.id = 30, .causes = "1 2"});
    check(&(struct choice){.id = 103, .causes = "1"});
    check(&(struct choice){.id = 103, .facts = EVENT_FACT_TARGET_CLOSES, .causes = "2"});
    check(&(struct choice){.id = 103, .facts = EVENT_FACT_UNKNOWN, .causes = "1 2"});
    check(&(struct choice){.id = 99, .causes = ""});
}

static void test_explain(void **state) {
    (void)state;
    sanscsi_event event;
    sanscsi_event_arg args[3] = {arg_number(SANSCSI_ARG_HEX, 2), arg_number(SANSCSI_ARG_HEX, 1),
                                 arg_string("127.0.0.1:3260")};
    assert_int_equal(sanscsi_event_explain(36, args, 3, &event), SANSCSI_OK);
    assert_int_equal(event.size, sizeof(event));
    assert_int_equal(event.id, 36);
    assert_int_equal(event.severity, SANSCSI_MAJOR_WARNING);
    assert_int_equal(event.arg_count, 3);
    assert_int_equal(event.args[1].number, 1);
    assert_ptr_equal(event.args[2].text, args[2].text);
    assert_int_equal(event.cause_count, 1);
    assert_int_equal(event.causes[0], 1);
    assert_null(event.target);

    assert_int_equal(sanscsi_event_explain(99, args, 3, &event), SANSCSI_UNKNOWN_EVENT);
    assert_int_equal(sanscsi_event_explain(36, args, 2, &event), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_event_explain(36, NULL, 3, &event), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_event_explain(36, args, 3, NULL), SANSCSI_INVALID_ARGUMENT);
    assert_int_equal(sanscsi_event_explain(3, NULL, 0, &event), SANSCSI_OK);
    assert_int_equal(sanscsi_event_explain(3, args, 1, &event), SANSCSI_INVALID_ARGUMENT);
    args[0].type = SANSCSI_ARG_INT;
    assert_int_equal(sanscsi_event_explain(36, args, 3, &event), SANSCSI_INVALID_ARGUMENT);
    args[0].type = SANSCSI_ARG_HEX;
    args[2].text = NULL;
    assert_int_equal(sanscsi_event_explain(36, args, 3, &event), SANSCSI_INVALID_ARGUMENT);
    args[2].text_length = 0;
    assert_int_equal(sanscsi_event_explain(36, args, 3, &event), SANSCSI_OK);
}

int event_cause_tests(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_outcomes),         cmocka_unit_test(test_report_luns),
        cmocka_unit_test(test_list_values),      cmocka_unit_test(test_chap),
        cmocka_unit_test(test_chap_name_length), cmocka_unit_test(test_send_targets_key),
        cmocka_unit_test(test_by_number),        cmocka_unit_test(test_unconditional),
        cmocka_unit_test(test_explain),
    };
    return cmocka_run_group_tests_name("causes", tests, NULL, NULL);
}
