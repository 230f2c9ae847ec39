/* The operations that a program of the session harness is made of. */
#ifndef SANSCSI_FUZZ_SESSION_CALLS_H
#define SANSCSI_FUZZ_SESSION_CALLS_H

#include "session_run.h"

/* Carries out one; false when the session was given back. */
bool operation(struct run *run);
/* All that the library and the peer have to say to each other now. */
void settle(struct run *run, bool windows);
void login(struct run *run);
void closes(struct run *run);

#endif
