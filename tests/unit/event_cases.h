/* The groups of the event layer's tests, and what they share. */
#ifndef TESTS_UNIT_EVENT_CASES_H
#define TESTS_UNIT_EVENT_CASES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <iscsi/event.h>
#include <iscsi/status.h>

#include "event/queue.h"

/* Each runs a group and returns the number of failures. */
int event_catalogue_tests(void);
int event_cause_tests(void);
int event_text_tests(void);
int event_json_tests(void);
int event_queue_tests(void);

/* Arguments of an event. */
static inline sanscsi_event_arg arg_number(uint32_t type, uint64_t number) {
    sanscsi_event_arg arg = {.type = type, .number = number};
    return arg;
}

static inline sanscsi_event_arg arg_string(const char *text) {
    sanscsi_event_arg arg = {
        .type = SANSCSI_ARG_STRING, .text = (const uint8_t *)text, .text_length = strlen(text)};
    return arg;
}

#endif
