/* The node that the harnesses of whole logins and sessions play. */
#include "node.h"

const char node_name[] = "iqn.2024-01.org.example:host";
const char node_target[] = "iqn.2024-01.org.example:target";
const char node_host[] = "192.0.2.1";

int32_t node_random(void *context, void *bytes, size_t size) {
    uint64_t *state = context;
    for (size_t i = 0; i < size; i++) {
        *state = *state * UINT64_C(6364136223846793005) + 1442695040888963407u;
        ((uint8_t *)bytes)[i] = (uint8_t)(*state >> 56);
    }
    return 0;
}

void transcribe(uint64_t *transcript, uint64_t value) {
    *transcript = (*transcript ^ value) * UINT64_C(0x100000001b3);
}

void transcribe_event(uint64_t *transcript, const sanscsi_event *event) {
    transcribe(transcript, event->id);
    for (uint32_t i = 0; i < event->arg_count; i++) {
        const sanscsi_event_arg *arg = &event->args[i];
        transcribe(transcript, arg->number);
        for (size_t at = 0; arg->type == SANSCSI_ARG_STRING && at < arg->text_length; at++) {
            transcribe(transcript, arg->text[at]);
        }
    }
    for (uint32_t i = 0; i < event->cause_count; i++) {
        transcribe(transcript, event->causes[i]);
    }
}
