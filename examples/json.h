/* A small JSON writer for results: it keeps the commas, escapes strings, never fails. */
#ifndef EXAMPLE_JSON_H
#define EXAMPLE_JSON_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct json {
    FILE *file;
    uint32_t depth;
    uint32_t filled; /* bit d: something stands at depth d already */
};

/* Names may be NULL: within an array, and for the outermost value. */
void json_start(struct json *json, FILE *file);
void json_open(struct json *json, const char *name, char bracket); /* '{' or '[' */
void json_close(struct json *json, char bracket);                  /* '}' or ']' */
void json_number(struct json *json, const char *name, uint64_t value);
void json_decimal(struct json *json, const char *name, double value);
void json_string(struct json *json, const char *name, const void *bytes, size_t length);
void json_text(struct json *json, const char *name, const char *text);
void json_truth(struct json *json, const char *name, uint32_t value);
void json_hex(struct json *json, const char *name, const void *bytes, size_t length);

/* Bytes from a peer, escaped for terminals. */
void print_escaped(FILE *file, const void *bytes, size_t length);

#endif
