/* The tables of commands and options, and the reading of the command line by them. */
#include "options.h"

#include <stdio.h>
#include <string.h>

#include "commands.h"

static const struct command commands[] = {
    {"discover", "PORTAL", "ask a portal for its targets", 1, 1, 0, 0, command_discover},
    {"scan", "PORTAL|URL", "log in and list the logical units as a tree", 1, 1, 0, 0, command_scan},
    {"inquiry", "[--vpd PAGE] URL", "INQUIRY data, decoded; with --vpd that page", 1, 1, OPTION_VPD,
     0, command_inquiry},
    {"luns", "URL", "the LUN inventory", 1, 1, 0, 0, command_luns},
    {"capacity", "URL", "blocks, block size, bytes", 1, 1, 0, 0, command_capacity},
    {"read", "URL --lba N --blocks N [--output FILE]", "read to FILE or standard output", 1, 1,
     OPTION_LBA | OPTION_BLOCKS | OPTION_OUTPUT, OPTION_LBA | OPTION_BLOCKS, command_read},
    {"write", "URL --lba N [--input FILE]", "write FILE or standard input, flush the cache", 1, 1,
     OPTION_LBA | OPTION_INPUT, OPTION_LBA, command_write},
    {"copy", "FROM TO", "copy a whole disk; FROM and TO are a URL or a file", 2, 2, 0, 0,
     command_copy},
    {"ping", "URL [--count N]", "NOP-Out round trips", 1, 1, OPTION_COUNT, 0, command_ping},
    {"bench", "URL [--read|--write|--mix N] [--block SIZE] [--depth N] [--seconds N] [--random]",
     "IOPS, MB/s, latencies, processor time; --write and --mix OVERWRITE the unit's data", 1, 1,
     OPTION_READ | OPTION_WRITE | OPTION_MIX | OPTION_BLOCK | OPTION_DEPTH | OPTION_SECONDS |
         OPTION_RANDOM,
     0, command_bench},
    {"events", "[ID]", "the event catalogue, or one event whole", 0, 1, 0, 0, command_events},
    {"explain", "ID NAME=VALUE...", "an event as it would be reported with these arguments", 1, 64,
     0, 0, command_explain},
};

struct option {
    const char *name;
    const char *value; /* what its value is called; NULL: it takes none */
    const char *help;
    uint32_t bit; /* OPTION_... of one that belongs to some commands only; 0: to all */
    value_reader *read;
    size_t field; /* offset in struct options */
};

#define FIELD(name) offsetof(struct options, name)

static const struct option option_table[] = {
    {"initiator-name", "NAME", "our iSCSI name", 0, value_text, FIELD(initiator_name)},
    {"chap-user", "NAME", "our CHAP name", 0, value_chap_name, FIELD(chap.name)},
    {"chap-secret", "SECRET", "our CHAP secret; a file or the environment is safer", 0,
     value_chap_secret, FIELD(chap.secret)},
    {"chap-secret-file", "FILE", "its first line is our CHAP secret", 0, value_text,
     FIELD(chap_secret_file)},
    {"target-chap-user", "NAME", "the CHAP name that the target must tell", 0, value_chap_name,
     FIELD(target_chap.name)},
    {"target-chap-secret", "SECRET", "what the target must prove", 0, value_chap_secret,
     FIELD(target_chap.secret)},
    {"target-chap-secret-file", "FILE", "its first line is what the target must prove", 0,
     value_text, FIELD(target_chap_secret_file)},
    {"chap-algorithms", "LIST", "of md5, sha1, sha256, sha3-256, in order of preference", 0,
     value_chap_algorithms, FIELD(chap_algorithms)},
    {"header-digest", "LIST", "of crc32c, none, in order of preference", 0, value_digest,
     FIELD(parameters.header_digest)},
    {"data-digest", "LIST", "likewise for data", 0, value_digest, FIELD(parameters.data_digest)},
    {"set", "KEY=VALUE", "an operational key to propose; may be repeated", 0, value_parameter,
     FIELD(parameters)},
    {"timeout", "SECONDS", "per SCSI command and per login (30)", 0, value_seconds, FIELD(timeout)},
    {"reconnect", "N", "tries after a lost or refused session (3; 0: none)", 0, value_count,
     FIELD(reconnect)},
    {"follow-permanent", NULL, "follow permanent redirections too", 0, NULL,
     FIELD(follow_permanent)},
    {"max-sessions", "N", "sessions at once (64)", 0, value_positive, FIELD(max_sessions)},
    {"max-login-exchanges", "N", "exchanges in one login stage (16)", 0, value_positive,
     FIELD(max_login_exchanges)},
    {"memory-limit", "BYTES", "all of the library's memory in one block", 0, value_bytes,
     FIELD(memory_limit)},
    {"event-log", "FILE", "append each event as a JSON line; - is standard output", 0, value_text,
     FIELD(event_log)},
    {"pcap", "FILE", "write what goes over the wire as a capture file", 0, value_text, FIELD(pcap)},
    {"json", NULL, "print the result as JSON", 0, NULL, FIELD(json)},
    {"stats", NULL, "print the counters at the end", 0, NULL, FIELD(stats)},
    {"quiet", NULL, "tell only of serious events", 0, NULL, FIELD(quiet)},
    {"verbose", NULL, "tell what a login agreed on, and causes and actions of events", 0, NULL,
     FIELD(verbose)},
    {"help", NULL, "print this text", 0, NULL, FIELD(help)},
    {"version", NULL, "print the version", 0, NULL, FIELD(version)},
    {"vpd", "PAGE", "a page of vital product data", OPTION_VPD, value_page, FIELD(vpd)},
    {"lba", "N", "first logical block", OPTION_LBA, value_number64, FIELD(lba)},
    {"blocks", "N", "logical blocks", OPTION_BLOCKS, value_positive64, FIELD(blocks)},
    {"input", "FILE", "what to write", OPTION_INPUT, value_text, FIELD(input)},
    {"output", "FILE", "where to put what is read", OPTION_OUTPUT, value_text, FIELD(output)},
    {"count", "N", "pings to send (4)", OPTION_COUNT, value_positive, FIELD(count)},
    {"read", NULL, "measure reads (this is the default)", OPTION_READ, NULL, FIELD(read)},
    {"write", NULL, "measure writes; overwrites the unit's data", OPTION_WRITE, NULL, FIELD(write)},
    {"mix", "N", "N percent reads, else writes; overwrites the unit's data", OPTION_MIX,
     value_percent, FIELD(mix)},
    {"block", "SIZE", "bytes of one command, such as 64K (4096)", OPTION_BLOCK, value_transfer,
     FIELD(block)},
    {"depth", "N", "commands in flight (32)", OPTION_DEPTH, value_depth, FIELD(depth)},
    {"seconds", "N", "how long to measure (5)", OPTION_SECONDS, value_seconds, FIELD(seconds)},
    {"random", NULL, "random addresses instead of one after the other", OPTION_RANDOM, NULL,
     FIELD(random)},
};

enum {
    COMMANDS = sizeof(commands) / sizeof(commands[0]),
    OPTIONS = sizeof(option_table) / sizeof(option_table[0])
};

static void print_help(void) {
    puts("Usage: sanscsi [OPTIONS] COMMAND ARGUMENT...\n\nCommands:");
    for (size_t i = 0; i < COMMANDS; i++) {
        printf("  %s %s\n        %s\n", commands[i].name, commands[i].arguments, commands[i].help);
    }
    puts("\nURL is iscsi://[USER[%SECRET]@]HOST[:PORT]/TARGET-NAME/LUN, PORTAL is HOST[:PORT];\n"
         "IPv6 addresses stand in brackets. CHAP names and secrets come from options, else from\n"
         "the URL, else from LIBISCSI_CHAP_USERNAME, LIBISCSI_CHAP_PASSWORD,\n"
         "LIBISCSI_CHAP_TARGET_USERNAME and LIBISCSI_CHAP_TARGET_PASSWORD.\n\nOptions:");
    for (size_t i = 0; i < OPTIONS; i++) {
        const struct option *option = &option_table[i];
        int width = printf("  --%s%s%s", option->name, option->value == NULL ? "" : " ",
                           option->value == NULL ? "" : option->value);
        printf("%*s%s\n", width < 33 ? 34 - width : 1, "", option->help);
    }
    puts("\nExit code: 0 all was done, 1 it was not, 2 wrong usage.");
}

static const struct command *find_command(const char *name) {
    for (size_t i = 0; i < COMMANDS; i++) {
        if (strcmp(commands[i].name, name) == 0) {
            return &commands[i];
        }
    }
    return NULL;
}

static const struct option *find_option(const char *name, size_t length) {
    for (size_t i = 0; i < OPTIONS; i++) {
        if (strlen(option_table[i].name) == length &&
            memcmp(option_table[i].name, name, length) == 0) {
            return &option_table[i];
        }
    }
    return NULL;
}

/* The option with a bit that is set in a mask. */
static const struct option *option_of_mask(uint32_t mask) {
    size_t i = 0;
    while (i < OPTIONS - 1 && (option_table[i].bit & mask) == 0) {
        i++;
    }
    return &option_table[i];
}

/* Reads the option at argv[at]. Returns how many entries of argv it took, or -1. */
static int read_option(struct options *options, int argc, char **argv, int at) {
    char *text = argv[at] + 2;
    char *equal = strchr(text, '=');
    size_t length = equal == NULL ? strlen(text) : (size_t)(equal - text);
    const struct option *option = find_option(text, length);
    if (option == NULL) {
        usage_error("there is no option '--%.*s'", (int)length, text);
        return -1;
    }
    char *field = (char *)options + option->field;
    options->given |= option->bit;
    if (option->value == NULL) {
        if (equal != NULL) {
            usage_error("--%s takes no value", option->name);
            return -1;
        }
        *(uint32_t *)(void *)field = 1;
        return 1;
    }
    char *value = equal != NULL ? equal + 1 : argv[at + 1];
    if (equal == NULL && at + 1 >= argc) {
        usage_error("--%s needs a value: --%s %s", option->name, option->name, option->value);
        return -1;
    }
    const char *expected = option->read(value, field);
    if (expected != NULL && option->read == value_chap_secret) {
        usage_error("--%s: expected %s", option->name, expected);
        return -1;
    }
    if (expected != NULL) {
        usage_error("--%s %s: expected %s", option->name, value, expected);
        return -1;
    }
    return equal != NULL ? 1 : 2;
}

static void set_defaults(struct options *options) {
    sanscsi_session_settings settings;
    sanscsi_session_settings_defaults(&settings);
    memset(options, 0, sizeof(*options));
    options->parameters = settings.parameters;
    options->timeout = 30 * SANSCSI_SECOND;
    options->reconnect = 3;
    options->max_sessions = 64;
    options->max_login_exchanges = 16;
    options->count = 4;
    options->block = (struct transfer_size){"4096", 4096};
    options->depth = 32;
    options->seconds = 5 * SANSCSI_SECOND;
}

/* Checks that the command has its arguments and the options that go with it. */
static int check_command(const struct options *options) {
    const struct command *command = options->command;
    uint32_t missing = command->needs & ~options->given;
    uint32_t foreign = options->given & ~command->takes;
    if (options->argument_count < command->min_arguments) {
        usage_error("%s lacks an argument: sanscsi %s %s", command->name, command->name,
                    command->arguments);
        return -1;
    }
    if (options->argument_count > command->max_arguments) {
        usage_error("'%s' is too much: sanscsi %s %s",
                    without_secret(options->arguments[command->max_arguments]), command->name,
                    command->arguments);
        return -1;
    }
    if (missing != 0) {
        usage_error("%s needs --%s: sanscsi %s %s", command->name, option_of_mask(missing)->name,
                    command->name, command->arguments);
        return -1;
    }
    if (foreign != 0) {
        usage_error("--%s does not go with %s: sanscsi %s %s", option_of_mask(foreign)->name,
                    command->name, command->name, command->arguments);
        return -1;
    }
    if (options->initiator_name != NULL &&
        sanscsi_name_check(options->initiator_name, strlen(options->initiator_name)) != 0) {
        usage_error(
            "--initiator-name %s: expected an iSCSI name such as iqn.2026-11.org.example:me",
            options->initiator_name);
        return -1;
    }
    return 1;
}

/* Takes what CHAP needs from files and the environment. Returns 0, or -1 after a usage error. */
static int take_chap(struct options *options) {
    const struct {
        struct chap_text *secret;
        const char *file;
        const char *option;
    } files[] = {
        {&options->chap.secret, options->chap_secret_file, "chap-secret"},
        {&options->target_chap.secret, options->target_chap_secret_file, "target-chap-secret"},
    };
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        if (files[i].file != NULL && files[i].secret->length > 0) {
            usage_error("--%s and --%s-file are given: one of them is enough", files[i].option,
                        files[i].option);
            return -1;
        }
        if (files[i].file != NULL && chap_text_read(files[i].secret, files[i].file) != 0) {
            return -1;
        }
    }
    int named = options->target_chap.name.length > 0;
    if (chap_text_take_variable(&options->environment.name, "LIBISCSI_CHAP_USERNAME") != 0 ||
        chap_text_take_variable(&options->environment.secret, "LIBISCSI_CHAP_PASSWORD") != 0 ||
        chap_text_take_variable(&options->target_chap.name, "LIBISCSI_CHAP_TARGET_USERNAME") != 0 ||
        chap_text_take_variable(&options->target_chap.secret, "LIBISCSI_CHAP_TARGET_PASSWORD") !=
            0) {
        return -1;
    }
    if (named && options->target_chap.secret.length == 0) {
        usage_error("--target-chap-user proves nothing without --target-chap-secret-file");
        return -1;
    }
    return 0;
}

/*
 * FirstBurstLength may not exceed MaxBurstLength (RFC 7143 13.14). Where only the latter was set,
 * the former follows it. Returns 0, or -1 after a usage error.
 */
static int fit_bursts(sanscsi_parameters *parameters) {
    sanscsi_session_settings settings;
    sanscsi_session_settings_defaults(&settings);
    if (parameters->first_burst_length <= parameters->max_burst_length) {
        return 0;
    }
    if (parameters->first_burst_length == settings.parameters.first_burst_length) {
        parameters->first_burst_length = parameters->max_burst_length;
        return 0;
    }
    usage_error("--set FirstBurstLength=%lu: expected no more than MaxBurstLength, which is %lu",
                (unsigned long)parameters->first_burst_length,
                (unsigned long)parameters->max_burst_length);
    return -1;
}

const char *without_secret(const char *text) {
    const char *at = strrchr(text, '@');
    return at == NULL ? text : at + 1;
}

int options_parse(int argc, char **argv, struct options *options) {
    int plain = 0; /* plain arguments are moved to the front of argv */
    int only_plain = 0;
    set_defaults(options);
    for (int at = 1; at < argc;) {
        if (only_plain || strncmp(argv[at], "-", 1) != 0 || argv[at][1] == '\0') {
            argv[plain++] = argv[at++];
        } else if (strcmp(argv[at], "--") == 0) {
            only_plain = 1;
            at++;
        } else if (strncmp(argv[at], "--", 2) != 0) {
            usage_error("there is no option '%s': options are long ones, such as --json", argv[at]);
            return -1;
        } else {
            int taken = read_option(options, argc, argv, at);
            if (taken < 0) {
                return -1;
            }
            at += taken;
        }
    }
    if (options->help) {
        print_help();
        return 0;
    }
    if (options->version) {
        printf("sanscsi %s\n", sanscsi_version());
        return 0;
    }
    if (plain == 0) {
        usage_error("a command is missing, such as: sanscsi discover PORTAL");
        return -1;
    }
    options->command = find_command(argv[0]);
    if (options->command == NULL) {
        usage_error("there is no command '%s'", without_secret(argv[0]));
        return -1;
    }
    options->arguments = argv + 1;
    options->argument_count = plain - 1;
    if (check_command(options) < 0 || fit_bursts(&options->parameters) != 0 ||
        take_chap(options) != 0) {
        return -1;
    }
    return 1;
}

void options_wipe(struct options *options) {
    wipe(&options->chap, sizeof(options->chap));
    wipe(&options->target_chap, sizeof(options->target_chap));
    wipe(&options->environment, sizeof(options->environment));
}
