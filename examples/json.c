/* Writes JSON piece by piece; strings go through the library's escaping. */
#include "json.h"

#include <stdlib.h>
#include <string.h>

#include <iscsi/event.h>

typedef size_t escape_function(const void *bytes, size_t length, char *buffer, size_t size);

/* Long texts take a second pass into memory of the right size. */
static void put_escaped(FILE *file, escape_function *escape, const void *bytes, size_t length) {
    char small[512];
    size_t needed = escape(bytes, length, small, sizeof(small));
    if (needed < sizeof(small)) {
        fputs(small, file);
        return;
    }
    char *large = malloc(needed + 1);
    if (large == NULL) {
        fputs(small, file); /* cut, but valid */
        return;
    }
    escape(bytes, length, large, needed + 1);
    fputs(large, file);
    free(large);
}

void print_escaped(FILE *file, const void *bytes, size_t length) {
    put_escaped(file, sanscsi_escape, bytes, length);
}

static void put_name(struct json *json, const char *name) {
    if ((json->filled >> json->depth & 1U) != 0) {
        fputc(',', json->file);
    }
    json->filled |= 1U << json->depth;
    if (name != NULL) {
        fprintf(json->file, "\"%s\":", name);
    }
}

void json_start(struct json *json, FILE *file) {
    json->file = file;
    json->depth = 0;
    json->filled = 0;
}

void json_open(struct json *json, const char *name, char bracket) {
    put_name(json, name);
    fputc(bracket, json->file);
    json->depth++;
    json->filled &= ~(1U << json->depth);
}

void json_close(struct json *json, char bracket) {
    fputc(bracket, json->file);
    json->depth--;
    if (json->depth == 0) {
        fputc('\n', json->file);
    }
}

void json_number(struct json *json, const char *name, uint64_t value) {
    put_name(json, name);
    fprintf(json->file, "%llu", (unsigned long long)value);
}

void json_decimal(struct json *json, const char *name, double value) {
    put_name(json, name);
    fprintf(json->file, "%.6f", value);
}

void json_string(struct json *json, const char *name, const void *bytes, size_t length) {
    put_name(json, name);
    fputc('"', json->file);
    put_escaped(json->file, sanscsi_escape_json, bytes, length);
    fputc('"', json->file);
}

void json_text(struct json *json, const char *name, const char *text) {
    json_string(json, name, text, strlen(text));
}

void json_truth(struct json *json, const char *name, uint32_t value) {
    put_name(json, name);
    fputs(value ? "true" : "false", json->file);
}

void json_hex(struct json *json, const char *name, const void *bytes, size_t length) {
    put_name(json, name);
    fputc('"', json->file);
    for (size_t i = 0; i < length; i++) {
        fprintf(json->file, "%02x", ((const uint8_t *)bytes)[i]);
    }
    fputc('"', json->file);
}
