/* Builds without texts: no words for codes, no advice. */
#include "event/catalogue.h"

const char *sanscsi_gloss(uint8_t kind, uint64_t number) {
    (void)kind;
    (void)number;
    return NULL;
}

const char *sanscsi_event_action_text(uint8_t action) {
    (void)action;
    return "";
}
