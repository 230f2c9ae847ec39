/* Builds without texts: numbers, severities and kinds of arguments of all events. Written
 * by build/tests/tools/generate_bare from the catalogue with its texts. */
/* clang-format off */
#include "event/catalogue.h"

static const struct event_arg_info args_xxx[] = {
    {.type = SANSCSI_ARG_HEX},
    {.type = SANSCSI_ARG_HEX},
    {.type = SANSCSI_ARG_HEX},
};

static const struct event_arg_info args_s[] = {
    {.type = SANSCSI_ARG_STRING},
};

static const struct event_arg_info args_iis[] = {
    {.type = SANSCSI_ARG_INT},
    {.type = SANSCSI_ARG_INT},
    {.type = SANSCSI_ARG_STRING},
};

static const struct event_arg_info args_iiiss[] = {
    {.type = SANSCSI_ARG_INT},
    {.type = SANSCSI_ARG_INT},
    {.type = SANSCSI_ARG_INT},
    {.type = SANSCSI_ARG_STRING},
    {.type = SANSCSI_ARG_STRING},
};

static const struct event_arg_info args_ss[] = {
    {.type = SANSCSI_ARG_STRING},
    {.type = SANSCSI_ARG_STRING},
};

static const struct event_arg_info args_i[] = {
    {.type = SANSCSI_ARG_INT},
};

static const struct event_arg_info args_iii[] = {
    {.type = SANSCSI_ARG_INT},
    {.type = SANSCSI_ARG_INT},
    {.type = SANSCSI_ARG_INT},
};

static const struct event_arg_info args_xxs[] = {
    {.type = SANSCSI_ARG_HEX},
    {.type = SANSCSI_ARG_HEX},
    {.type = SANSCSI_ARG_STRING},
};

static const struct event_arg_info args_xx[] = {
    {.type = SANSCSI_ARG_HEX},
    {.type = SANSCSI_ARG_HEX},
};

static const struct event_arg_info args_xss[] = {
    {.type = SANSCSI_ARG_HEX},
    {.type = SANSCSI_ARG_STRING},
    {.type = SANSCSI_ARG_STRING},
};

static const struct event_arg_info args_si[] = {
    {.type = SANSCSI_ARG_STRING},
    {.type = SANSCSI_ARG_INT},
};

static const struct event_arg_info args_xsxs[] = {
    {.type = SANSCSI_ARG_HEX},
    {.type = SANSCSI_ARG_STRING},
    {.type = SANSCSI_ARG_HEX},
    {.type = SANSCSI_ARG_STRING},
};

static const struct event_arg_info args_ii[] = {
    {.type = SANSCSI_ARG_INT},
    {.type = SANSCSI_ARG_INT},
};

static const struct event_arg_info args_x[] = {
    {.type = SANSCSI_ARG_HEX},
};

static const struct event_arg_info args_ixxi[] = {
    {.type = SANSCSI_ARG_INT},
    {.type = SANSCSI_ARG_HEX},
    {.type = SANSCSI_ARG_HEX},
    {.type = SANSCSI_ARG_INT},
};

static const struct event_arg_info args_xiii[] = {
    {.type = SANSCSI_ARG_HEX},
    {.type = SANSCSI_ARG_INT},
    {.type = SANSCSI_ARG_INT},
    {.type = SANSCSI_ARG_INT},
};

static const struct event_cause_info causes[] = {
    {.number = "1"},
    {.number = "2"},
    {.number = "3"},
    {.number = "4"},
    {.number = "5"},
    {.number = "6"},
    {.number = "7"},
    {.number = "8"},
    {.number = "9"},
    {.number = "10"},
    {.number = "11a"},
    {.number = "11b"},
};

static const struct event_info events_1[] = {
    {.id = 1, .severity = 2, .causes = causes, .cause_count = 10,
     .args = args_xxx, .arg_count = 3},
    {.id = 2, .severity = 0, .causes = causes, .cause_count = 12,
     .args = args_xxx, .arg_count = 3},
    {.id = 3, .severity = 2, .causes = causes, .cause_count = 1},
    {.id = 4, .severity = 1, .causes = causes, .cause_count = 1},
    {.id = 5, .severity = 2, .causes = causes, .cause_count = 1,
     .args = args_s, .arg_count = 1},
    {.id = 6, .severity = 2, .causes = causes, .cause_count = 1,
     .args = args_iis, .arg_count = 3},
    {.id = 7, .severity = 2, .causes = causes, .cause_count = 1},
    {.id = 8, .severity = 2, .causes = causes, .cause_count = 1},
    {.id = 9, .severity = 2, .causes = causes, .cause_count = 1,
     .args = args_s, .arg_count = 1},
    {.id = 10, .severity = 2, .causes = causes, .cause_count = 1,
     .args = args_s, .arg_count = 1},
    {.id = 11, .severity = 2, .causes = causes, .cause_count = 1,
     .args = args_s, .arg_count = 1},
    {.id = 12, .severity = 2, .causes = causes, .cause_count = 1,
     .args = args_s, .arg_count = 1},
    {.id = 13, .severity = 0, .causes = causes, .cause_count = 1,
     .args = args_s, .arg_count = 1},
    {.id = 14, .severity = 2, .causes = causes, .cause_count = 1,
     .args = args_s, .arg_count = 1},
    {.id = 15, .severity = 2, .causes = causes, .cause_count = 1,
     .args = args_iiiss, .arg_count = 5},
    {.id = 16, .severity = 2, .causes = causes, .cause_count = 4,
     .args = args_ss, .arg_count = 2},
    {.id = 17, .severity = 2, .causes = causes, .cause_count = 1,
     .args = args_s, .arg_count = 1},
    {.id = 18, .severity = 2, .causes = causes, .cause_count = 1,
     .args = args_s, .arg_count = 1},
    {.id = 19, .severity = 2, .causes = causes, .cause_count = 1,
     .args = args_i, .arg_count = 1},
    {.id = 20, .severity = 2, .causes = causes, .cause_count = 1,
     .args = args_iii, .arg_count = 3},
    {.id = 21, .severity = 2, .causes = causes, .cause_count = 1,
     .args = args_i, .arg_count = 1},
    {.id = 22, .severity = 1, .causes = causes, .cause_count = 3,
     .args = args_s, .arg_count = 1},
    {.id = 23, .severity = 1, .causes = causes, .cause_count = 1,
     .args = args_s, .arg_count = 1},
    {.id = 24, .severity = 1, .causes = causes, .cause_count = 2,
     .args = args_s, .arg_count = 1},
    {.id = 25, .severity = 1, .causes = causes, .cause_count = 1,
     .args = args_s, .arg_count = 1},
    {.id = 26, .severity = 3, .causes = causes, .cause_count = 3,
     .args = args_s, .arg_count = 1},
    {.id = 27, .severity = 1, .causes = causes, .cause_count = 1,
     .args = args_s, .arg_count = 1},
    {.id = 28, .severity = 1, .causes = causes, .cause_count = 1,
     .args = args_s, .arg_count = 1},
    {.id = 29, .severity = 2, .causes = causes, .cause_count = 1,
     .args = args_s, .arg_count = 1},
    {.id = 30, .severity = 2, .causes = causes, .cause_count = 2,
     .args = args_s, .arg_count = 1},
    {.id = 31, .severity = 2, .causes = causes, .cause_count = 2,
     .args = args_s, .arg_count = 1},
    {.id = 32, .severity = 2, .causes = causes, .cause_count = 1,
     .args = args_s, .arg_count = 1},
    {.id = 33, .severity = 3, .causes = causes, .cause_count = 1},
    {.id = 34, .severity = 1, .causes = causes, .cause_count = 1},
    {.id = 35, .severity = 1, .causes = causes, .cause_count = 1},
    {.id = 36, .severity = 1, .causes = causes, .cause_count = 3,
     .args = args_xxs, .arg_count = 3},
    {.id = 37, .severity = 2, .causes = causes, .cause_count = 1},
    {.id = 38, .severity = 2, .causes = causes, .cause_count = 1,
     .args = args_xx, .arg_count = 2},
    {.id = 39, .severity = 2, .causes = causes, .cause_count = 1,
     .args = args_xx, .arg_count = 2},
    {.id = 40, .severity = 2, .causes = causes, .cause_count = 1,
     .args = args_s, .arg_count = 1},
    {.id = 41, .severity = 2, .causes = causes, .cause_count = 1,
     .args = args_s, .arg_count = 1},
    {.id = 42, .severity = 0, .causes = causes, .cause_count = 1,
     .args = args_xss, .arg_count = 3},
    {.id = 43, .severity = 0, .causes = causes, .cause_count = 1,
     .args = args_xss, .arg_count = 3},
    {.id = 44, .severity = 0, .causes = causes, .cause_count = 1,
     .args = args_ss, .arg_count = 2},
    {.id = 45, .severity = 2, .causes = causes, .cause_count = 1,
     .args = args_s, .arg_count = 1},
};

static const struct event_info events_2[] = {
    {.id = 100, .severity = 1, .causes = causes, .cause_count = 1,
     .args = args_i, .arg_count = 1},
    {.id = 101, .severity = 2, .causes = causes, .cause_count = 3,
     .args = args_si, .arg_count = 2},
    {.id = 102, .severity = 2, .causes = causes, .cause_count = 1,
     .args = args_i, .arg_count = 1},
    {.id = 103, .severity = 2, .causes = causes, .cause_count = 2,
     .args = args_i, .arg_count = 1},
    {.id = 104, .severity = 2, .causes = causes, .cause_count = 1,
     .args = args_xsxs, .arg_count = 4},
    {.id = 105, .severity = 1, .causes = causes, .cause_count = 6,
     .args = args_xx, .arg_count = 2},
    {.id = 106, .severity = 0, .causes = causes, .cause_count = 8,
     .args = args_ii, .arg_count = 2},
    {.id = 107, .severity = 2, .causes = causes, .cause_count = 1,
     .args = args_xxx, .arg_count = 3},
    {.id = 108, .severity = 1, .causes = causes, .cause_count = 1,
     .args = args_i, .arg_count = 1},
    {.id = 109, .severity = 1, .causes = causes, .cause_count = 4,
     .args = args_x, .arg_count = 1},
    {.id = 110, .severity = 2, .causes = causes, .cause_count = 1,
     .args = args_i, .arg_count = 1},
    {.id = 111, .severity = 0, .causes = causes, .cause_count = 1},
    {.id = 112, .severity = 0, .causes = causes, .cause_count = 1,
     .args = args_i, .arg_count = 1},
    {.id = 113, .severity = 1, .causes = causes, .cause_count = 2,
     .args = args_i, .arg_count = 1},
    {.id = 114, .severity = 3, .causes = causes, .cause_count = 1},
    {.id = 115, .severity = 2, .causes = causes, .cause_count = 3,
     .args = args_iis, .arg_count = 3},
    {.id = 116, .severity = 2, .causes = causes, .cause_count = 2,
     .args = args_s, .arg_count = 1},
    {.id = 117, .severity = 1, .causes = causes, .cause_count = 1,
     .args = args_ss, .arg_count = 2},
    {.id = 118, .severity = 2, .causes = causes, .cause_count = 1,
     .args = args_x, .arg_count = 1},
    {.id = 119, .severity = 2, .causes = causes, .cause_count = 2,
     .args = args_ii, .arg_count = 2},
    {.id = 120, .severity = 2, .causes = causes, .cause_count = 3,
     .args = args_ixxi, .arg_count = 4},
    {.id = 121, .severity = 3, .causes = causes, .cause_count = 1,
     .args = args_xiii, .arg_count = 4},
    {.id = 122, .severity = 1, .causes = causes, .cause_count = 1,
     .args = args_ss, .arg_count = 2},
};

static const struct event_run run_1 = {events_1, COUNT_OF(events_1)};
static const struct event_run run_2 = {events_2, COUNT_OF(events_2)};

const struct event_run *const sanscsi_event_runs[] = {&run_1, &run_2};

const size_t sanscsi_event_run_count = COUNT_OF(sanscsi_event_runs);
