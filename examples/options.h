/* The command line of the example initiator: what it may hold and what it held. */
#ifndef EXAMPLE_OPTIONS_H
#define EXAMPLE_OPTIONS_H

#include "chap.h"
#include "values.h"

/* Exit codes, as scripts rely on them. */
enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

/* Options that belong to some commands only: bits of options.given and of command.takes. */
enum {
    OPTION_VPD = 1U << 0,
    OPTION_LBA = 1U << 1,
    OPTION_BLOCKS = 1U << 2,
    OPTION_INPUT = 1U << 3,
    OPTION_OUTPUT = 1U << 4,
    OPTION_COUNT = 1U << 5,
    OPTION_READ = 1U << 6,
    OPTION_WRITE = 1U << 7,
    OPTION_MIX = 1U << 8,
    OPTION_BLOCK = 1U << 9,
    OPTION_DEPTH = 1U << 10,
    OPTION_SECONDS = 1U << 11,
    OPTION_RANDOM = 1U << 12
};

struct command;

struct options {
    const struct command *command;
    char **arguments; /* what stands behind the command, options taken out */
    int argument_count;

    char *initiator_name; /* NULL: one is made from the host's name */
    sanscsi_parameters parameters;
    uint64_t timeout; /* ns */
    uint32_t reconnect;
    uint32_t max_sessions;
    uint32_t max_login_exchanges;
    uint64_t memory_limit;         /* bytes; 0: none */
    struct chap_login chap;        /* from the command line: goes before a URL's */
    struct chap_login target_chap; /* what the target must prove */
    struct chap_login environment; /* from the environment: goes behind a URL's */
    char *chap_secret_file;
    char *target_chap_secret_file;
    uint8_t chap_algorithms[4]; /* all zero: the library's default */
    uint32_t follow_permanent;
    char *event_log;
    char *pcap;
    uint32_t json;
    uint32_t stats;
    uint32_t quiet;
    uint32_t verbose;
    uint32_t help;
    uint32_t version;

    uint32_t given; /* OPTION_... bits that were on the command line */
    uint32_t vpd;   /* page code */
    uint32_t count; /* pings */
    uint64_t lba;
    uint64_t blocks;
    char *input;
    char *output;

    uint32_t read;  /* bench: 1 when given, as the next */
    uint32_t write; /* likewise */
    uint32_t mix;   /* percent of reads */
    struct transfer_size block;
    uint32_t depth;   /* commands in flight */
    uint64_t seconds; /* ns */
    uint32_t random;
};

struct command {
    const char *name;
    const char *arguments; /* as the usage text shows them */
    const char *help;
    int min_arguments;
    int max_arguments;
    uint32_t takes; /* OPTION_... bits */
    uint32_t needs; /* those it cannot do without */
    int (*run)(const struct options *options);
};

/*
 * Reads the command line; argv's order is changed. Returns 1 when options->command is to be run,
 * 0 when all is done (--help, --version), -1 after a usage error, which has been told.
 */
int options_parse(int argc, char **argv, struct options *options);

/* Wipes the names and secrets of CHAP. */
void options_wipe(struct options *options);

/* What of an argument may be shown: in a URL, the part before an @ can hold a secret. */
const char *without_secret(const char *text);

/* Tells a usage error; returns EXIT_USAGE. */
__attribute__((format(printf, 1, 2))) int usage_error(const char *format, ...);

/* Tells a failure on standard error; returns EXIT_FAILED. */
__attribute__((format(printf, 1, 2))) int failure(const char *format, ...);

#endif
