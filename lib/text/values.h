/* The values of text keys: booleans, numbers, ranges, lists, binary (RFC 7143 6.1). */
#ifndef SANSCSI_TEXT_VALUES_H
#define SANSCSI_TEXT_VALUES_H

#include "base/builder.h"

/* "Yes" or "No", nothing else. */
bool sanscsi_value_boolean(struct span text, bool *value);

/* A decimal or hex constant below 2^64; decimal without leading zeros. */
bool sanscsi_value_number(struct span text, uint64_t *value);

/* A binary value of at most `bits` bits (1 to 64) without a length of its own: decimal, hex or
 * base64, such as a portal group tag (RFC 7143 6.1: regular-binary-value). */
bool sanscsi_value_bits(struct span text, unsigned bits, uint64_t *value);

/* "low~high" with low <= high. */
bool sanscsi_value_range(struct span text, uint64_t *low, uint64_t *high);

/* Takes the next value off a comma-separated list; false at its end. An empty value between commas
 * comes out empty, which no list allows. */
bool sanscsi_value_list_next(struct span *list, bool *started, struct span *value);

/* Whether a list (of ours or the peer's) contains a value. */
bool sanscsi_value_list_contains(struct span list, struct span value);

/* Decodes a hex or base64 constant of any length. Returns SANSCSI_OK and the bytes written;
 * SANSCSI_MALFORMED; SANSCSI_BUFFER_TOO_SMALL. An odd number of hex digits is right-aligned. */
int32_t sanscsi_value_binary(struct span text, uint8_t *out, size_t capacity, size_t *length);

/* Writes bytes as a hex constant, "0x..." in lower case, or as a base64 constant, "0b...". */
void sanscsi_value_put_hex(struct builder *out, struct span bytes);
void sanscsi_value_put_base64(struct builder *out, struct span bytes);

#endif
