/* Runs the tests of the event layer. */
#include "event_cases.h"

int main(void) {
    int failures = event_catalogue_tests();
    failures += event_cause_tests();
    failures += event_text_tests();
    failures += event_json_tests();
    failures += event_queue_tests();
    return failures != 0;
}
