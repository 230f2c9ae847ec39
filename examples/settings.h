/* The settings of a session: from the command line, a URL and the environment. */
#ifndef EXAMPLE_SETTINGS_H
#define EXAMPLE_SETTINGS_H

#include "endpoint.h"

/* The longest wait before a session is tried again, but for Time2Wait, ns. */
#define SETTINGS_LONGEST_WAIT UINT64_C(2000000000)

/* Texts stay where they are, in options and endpoint; type is SANSCSI_SESSION_.... */
void settings_fill(sanscsi_session_settings *settings, const struct options *options,
                   const struct endpoint *endpoint, uint32_t type);

#endif
