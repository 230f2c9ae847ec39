/* CHAP names and secrets on their way to a session: where they come from, and that they go. */
#ifndef EXAMPLE_CHAP_H
#define EXAMPLE_CHAP_H

#include <iscsi/sanscsi.h>

/* A name or a secret; bytes, not a C string. */
struct chap_text {
    uint32_t length; /* 0: none */
    uint8_t bytes[SANSCSI_MAX_CHAP_LENGTH];
};

struct chap_login {
    struct chap_text name;
    struct chap_text secret;
};

/* Zeros that no optimizer leaves out. */
void wipe(void *memory, size_t size);

/* Takes 1 to 255 bytes. Returns 0, or -1 for any other length, with nothing taken. */
int chap_text_set(struct chap_text *text, const void *bytes, size_t length);

/* Takes the first line of a file. Returns 0, or -1 after a usage error that names the file. */
int chap_text_read(struct chap_text *text, const char *path);

/*
 * Takes a variable out of the environment, where it is wiped; one that is empty counts as not set,
 * and text keeps what it has. Returns 0, or -1 after a usage error.
 */
int chap_text_take_variable(struct chap_text *text, const char *variable);

/* Readers for the table of options (values.h). */
const char *value_chap_name(char *text, void *field);       /* field: struct chap_text */
const char *value_chap_secret(char *text, void *field);     /* likewise; wipes the argument */
const char *value_chap_algorithms(char *text, void *field); /* field: uint8_t[4] */

#endif
