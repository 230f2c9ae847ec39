/* A strict checker of JSON (RFC 8259) in UTF-8 (RFC 3629), made for the harness of events. */
#ifndef SANSCSI_FUZZ_JSON_H
#define SANSCSI_FUZZ_JSON_H

#include <stdbool.h>
#include <stddef.h>

/* Whether the text is well-formed UTF-8 without any control character. */
bool utf8_without_controls(const char *text, size_t size);

/* Whether the text is one JSON object, whole. */
bool json_is_object(const char *text, size_t size);

#endif
