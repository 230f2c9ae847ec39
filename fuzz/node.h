/* What the harnesses of whole logins and sessions share: the node they play, random numbers that
 * are the same in every run, and a sum over all that was told. */
#ifndef SANSCSI_FUZZ_NODE_H
#define SANSCSI_FUZZ_NODE_H

#include <stddef.h>
#include <stdint.h>

#include <iscsi/event.h>

extern const char node_name[];
extern const char node_target[];
extern const char node_host[];

/* Fills `bytes` from the state at `context`, an uint64_t; returns 0. */
int32_t node_random(void *context, void *bytes, size_t size);

/* Takes a value, and the name, arguments and text of an event, into the sum. */
void transcribe(uint64_t *transcript, uint64_t value);
void transcribe_event(uint64_t *transcript, const sanscsi_event *event);

#endif
