/* Reading option values: each reader fills a field or says what would have been right. */
#ifndef EXAMPLE_VALUES_H
#define EXAMPLE_VALUES_H

#include <stdint.h>

/* The bytes of one command, as they were given too: whether they fit a unit shows only later. */
struct transfer_size {
    const char *text;
    uint32_t bytes;
};

/* A reader returns NULL, or what a right value looks like. */
typedef const char *value_reader(char *text, void *field);

value_reader value_text;       /* field: char * */
value_reader value_count;      /* field: uint32_t, from 0 */
value_reader value_positive;   /* field: uint32_t, from 1 */
value_reader value_page;       /* field: uint32_t, 0 to 255, hexadecimal allowed */
value_reader value_percent;    /* field: uint32_t, 0 to 100 */
value_reader value_depth;      /* field: uint32_t, 1 to the most tasks of a session */
value_reader value_number64;   /* field: uint64_t, from 0 */
value_reader value_positive64; /* field: uint64_t, from 1 */
value_reader value_seconds;    /* field: uint64_t, becomes ns */
value_reader value_bytes;      /* field: uint64_t, suffixes K, M, G allowed */
value_reader value_transfer;   /* field: struct transfer_size, suffixes as above */
value_reader value_digest;     /* field: uint32_t, becomes SANSCSI_DIGEST_... */
value_reader value_parameter;  /* field: sanscsi_parameters, KEY=VALUE */

/* A whole number, decimal or with 0x in front, that fills the text. Returns 0, or -1 if not. */
int parse_number(const char *text, uint64_t max, uint64_t *number);

#endif
