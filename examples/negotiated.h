/* What a login has agreed on, for people to read. */
#ifndef EXAMPLE_NEGOTIATED_H
#define EXAMPLE_NEGOTIATED_H

#include <stdio.h>

#include <iscsi/sanscsi.h>

/* Prints the session's parameters and what the target answered, from an output LOGGED_IN. */
void negotiated_print(FILE *file, const sanscsi_session *session, const sanscsi_output *output);

#endif
