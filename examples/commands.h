/* The commands of the example initiator, one function each; they return the exit code. */
#ifndef EXAMPLE_COMMANDS_H
#define EXAMPLE_COMMANDS_H

#include "options.h"

int command_discover(const struct options *options);
int command_scan(const struct options *options);
int command_inquiry(const struct options *options);
int command_luns(const struct options *options);
int command_capacity(const struct options *options);
int command_read(const struct options *options);
int command_write(const struct options *options);
int command_copy(const struct options *options);
int command_ping(const struct options *options);
int command_bench(const struct options *options);
int command_events(const struct options *options);
int command_explain(const struct options *options);

#endif
