/* Bytes from a peer made fit for a terminal, a log or JSON. */
#ifndef SANSCSI_EVENT_ESCAPE_H
#define SANSCSI_EVENT_ESCAPE_H

#include "event/sink.h"

/* As sanscsi_escape(); `quotes` says whether quotation marks are escaped, too. */
void sanscsi_write_escaped(struct sink *sink, struct span text, bool quotes);

/* As sanscsi_escape_json(). */
void sanscsi_write_escaped_json(struct sink *sink, struct span text);

#endif
