/* Puts commands in flight and has them cancelled, aborted or reset: a JSON line for each end.
 *
 * usage: stress [NAME=VALUE...] -- [OPTIONS OF sanscsi...] capacity URL
 *
 * Reads go to the first half of the unit, writes to the second; a block of 512 bytes holds its
 * number eight bytes long, 64 times. What is read must be that; the caller puts it there. */
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "unit.h"

enum { MAX_DEPTH = 64, MAX_COUNT = 4096, PATTERN_BLOCK = 512, MAX_SIZE = 1 << 30 };

/* Orders that are no task management function of sanscsi_manage(). */
enum { ORDER_NONE = 0, ORDER_CANCEL_ONE = 100, ORDER_CANCEL_ALL = 101 };

static const struct {
    const char *name;
    uint32_t function;
} orders[] = {
    {"none", ORDER_NONE},
    {"cancel-one", ORDER_CANCEL_ONE},
    {"cancel-all", ORDER_CANCEL_ALL},
    {"abort-task-set", SANSCSI_MANAGE_ABORT_TASK_SET},
    {"clear-aca", SANSCSI_MANAGE_CLEAR_ACA},
    {"clear-task-set", SANSCSI_MANAGE_CLEAR_TASK_SET},
    {"lun-reset", SANSCSI_MANAGE_LOGICAL_UNIT_RESET},
    {"warm-reset", SANSCSI_MANAGE_TARGET_WARM_RESET},
    {"cold-reset", SANSCSI_MANAGE_TARGET_COLD_RESET},
};

/* Which commands are written: none, all, every other. */
static const char *const kinds[] = {"read", "write", "mix"};

/* All of this is bounded, ns: the commands, and what comes behind them. */
static const uint64_t patience = 60 * SANSCSI_SECOND;

struct slot {
    uint8_t *data;
    sanscsi_iovec buffer;
    uint32_t command; /* its number from 1 on; 0: idle */
    uint32_t writes;
    uint64_t lba;
    sanscsi_task task;
};

struct stress {
    struct host host;
    struct unit unit;
    struct unit other; /* of a second session that gives the order; or without session */
    struct slot slots[MAX_DEPTH];
    uint32_t ends[MAX_COUNT + 1]; /* TASK_DONEs of each command */
    uint32_t order;
    uint32_t kind;
    uint64_t size;  /* bytes of a command */
    uint64_t depth; /* in flight */
    uint64_t count; /* commands in all */
    uint64_t after; /* the order is given when so many have ended */
    uint64_t hold;  /* ns: nothing is read for so long before and behind the order */
    uint64_t by_other;
    uint32_t submitted;
    uint32_t ended;
    uint32_t given;    /* 1: the order was given */
    uint32_t in_order; /* orders that wait for their end */
    uint32_t bad_data; /* reads that ended well with other bytes than expected */
};

static void put_block(uint8_t *at, uint64_t number) {
    for (int i = 0; i < PATTERN_BLOCK; i++) {
        at[i] = (uint8_t)(number >> (56 - 8 * (i % 8)));
    }
}

/* The bytes of a command: its first block's number counts blocks of 512 bytes. */
static void put_pattern(const struct stress *stress, const struct slot *slot) {
    uint64_t number = slot->lba * stress->unit.capacity.block_length / PATTERN_BLOCK;
    for (uint64_t at = 0; at < stress->size; at += PATTERN_BLOCK) {
        put_block(slot->data + at, number++);
    }
}

static uint32_t has_pattern(const struct stress *stress, const struct slot *slot) {
    uint64_t number = slot->lba * stress->unit.capacity.block_length / PATTERN_BLOCK;
    for (uint64_t at = 0; at < stress->size; at += PATTERN_BLOCK) {
        uint8_t expected[PATTERN_BLOCK];
        put_block(expected, number++);
        if (memcmp(slot->data + at, expected, sizeof(expected)) != 0) {
            return 0;
        }
    }
    return 1;
}

static void print_result(const sanscsi_task_result *result, const char *what, const char *kind) {
    struct json json;
    json_start(&json, stdout);
    json_open(&json, NULL, '{');
    json_number(&json, what, result->user);
    json_text(&json, "kind", kind);
    json_number(&json, "io_status", result->io_status);
    json_number(&json, "scsi_status", result->scsi_status);
    json_number(&json, "sense_key", result->sense_key);
    json_number(&json, "sense_code", result->sense_code);
    json_number(&json, "response", result->response);
    json_number(&json, "data_in", result->data_in);
    json_number(&json, "underflow", result->underflow);
    json_close(&json, '}');
}

static void take_end(struct stress *stress, const sanscsi_task_result *result) {
    struct slot *slot = stress->slots;
    stress->ends[result->user]++;
    stress->ended++;
    while (slot < stress->slots + MAX_DEPTH && slot->command != result->user) {
        slot++;
    }
    if (slot == stress->slots + MAX_DEPTH) {
        return; /* a second end, which the summary tells */
    }
    print_result(result, "done", slot->writes ? "write" : "read");
    if (!slot->writes && result->io_status == SANSCSI_IO_OK && result->scsi_status == 0 &&
        (result->data_in != stress->size || !has_pattern(stress, slot))) {
        stress->bad_data++;
    }
    slot->command = 0;
}

/* Commands of ours are known by small numbers, requests by an address. */
static int32_t take_output(void *context, const sanscsi_output *output) {
    struct stress *stress = context;
    if (output->type == SANSCSI_OUTPUT_ASYNC) {
        printf("{\"async\":%u}\n", (unsigned)output->async->event);
        return 1;
    }
    if (output->type != SANSCSI_OUTPUT_TASK_DONE) {
        return 0;
    }
    if (output->result->user > 0 && output->result->user <= stress->count) {
        take_end(stress, output->result);
        return 1;
    }
    if (output->result->user == stress->count + 1) {
        print_result(output->result, "order", "management");
        stress->in_order--;
        return 1;
    }
    return 0;
}

static int32_t submit(struct stress *stress, struct slot *slot, uint32_t number) {
    uint32_t block = stress->unit.capacity.block_length;
    uint64_t blocks = stress->size / block;
    uint8_t cdb[16];
    sanscsi_command command;
    slot->writes = stress->kind == 1 || (stress->kind == 2 && number % 2 == 0);
    slot->lba = number % stress->depth * blocks;
    slot->lba += slot->writes ? stress->unit.capacity.blocks / 2 : 0;
    slot->buffer = (sanscsi_iovec){slot->data, (size_t)stress->size};
    sanscsi_command_defaults(&command);
    command.lun = stress->unit.lun;
    command.cdb = cdb;
    command.user = number;
    if (slot->writes) {
        put_pattern(stress, slot);
        command.cdb_length = sanscsi_cdb_write(cdb, slot->lba, (uint32_t)blocks, 0);
        command.data_out = &slot->buffer;
        command.data_out_count = 1;
    } else {
        memset(slot->data, 0xee, (size_t)stress->size);
        command.cdb_length = sanscsi_cdb_read(cdb, slot->lba, (uint32_t)blocks, 0);
        command.data_in = &slot->buffer;
        command.data_in_count = 1;
    }
    return sanscsi_submit(stress->unit.nexus.session, &command, clock_now(), &slot->task);
}

static void submit_more(struct stress *stress) {
    for (uint64_t i = 0; i < stress->depth; i++) {
        struct slot *slot = &stress->slots[i];
        if (slot->command == 0 && stress->submitted < stress->count) {
            if (submit(stress, slot, stress->submitted + 1) != SANSCSI_OK) {
                return; /* not now */
            }
            slot->command = ++stress->submitted;
        }
    }
}

static void cancel(struct stress *stress) {
    uint32_t left = stress->order == ORDER_CANCEL_ONE ? 1 : MAX_DEPTH;
    for (uint64_t i = stress->depth; i-- > 0 && left > 0;) {
        if (stress->slots[i].command != 0) {
            int32_t status =
                sanscsi_cancel(stress->unit.nexus.session, stress->slots[i].task, clock_now());
            printf("{\"cancel\":%u,\"status\":%d}\n", (unsigned)stress->slots[i].command,
                   (int)status);
            left--;
        }
    }
}

static void give_order(struct stress *stress) {
    struct unit *unit = stress->by_other ? &stress->other : &stress->unit;
    sanscsi_management management;
    stress->given = 1;
    printf("{\"given\":%u,\"submitted\":%u}\n", (unsigned)stress->ended,
           (unsigned)stress->submitted);
    if (stress->order == ORDER_CANCEL_ONE || stress->order == ORDER_CANCEL_ALL) {
        cancel(stress);
        return;
    }
    if (stress->order == ORDER_NONE) {
        return;
    }
    sanscsi_management_defaults(&management);
    management.function = stress->order;
    management.lun = unit->lun;
    management.user = stress->count + 1;
    int32_t status = sanscsi_manage(unit->nexus.session, &management, clock_now(), NULL);
    stress->in_order = status == SANSCSI_OK;
    if (status != SANSCSI_OK) {
        printf("{\"order\":0,\"status\":%d}\n", (int)status);
    }
}

/* Sends for a while and reads nothing, so that what needs an answer of ours waits at the target. */
static void hold_back(struct stress *stress) {
    struct nexus *nexus = &stress->unit.nexus;
    uint64_t until = clock_now() + stress->hold;
    while (clock_now() < until && nexus->transport.state == TRANSPORT_OPEN) {
        if (transport_send(&nexus->transport, nexus->session, clock_now()) != 0) {
            return;
        }
        struct pollfd fd = {.fd = nexus->transport.fd, .events = POLLOUT, .revents = 0};
        (void)poll(&fd, nexus->transport.blocked ? 1 : 0, 10);
    }
}

static int is_over(const struct stress *stress) {
    const struct nexus *nexus = &stress->unit.nexus;
    int none_left = stress->ended >= stress->submitted;
    return none_left && (stress->submitted == stress->count || nexus->failed) &&
           (stress->given || nexus->failed) && stress->in_order == 0;
}

/* Returns 0, or -1 when something never ended. */
static int run_commands(struct stress *stress) {
    uint64_t give_up = clock_now() + patience;
    submit_more(stress);
    if (stress->hold > 0) {
        hold_back(stress);
        give_order(stress);
        hold_back(stress);
    }
    while (!is_over(stress) && clock_now() < give_up && !host_interrupted(&stress->host)) {
        if (!stress->given && stress->ended >= stress->after) {
            give_order(stress);
        }
        submit_more(stress);
        host_turn(&stress->host, clock_now() + SANSCSI_SECOND / 10);
    }
    return is_over(stress) ? 0 : -1;
}

/* Whether the session, or the one after it, can be used: every slot of the first half is read. */
static uint32_t is_usable(struct stress *stress) {
    struct slot *slot = &stress->slots[0];
    uint32_t blocks = (uint32_t)(stress->size / stress->unit.capacity.block_length);
    slot->lba = 0;
    memset(slot->data, 0xee, (size_t)stress->size);
    return unit_read(&stress->unit, slot->lba, blocks, slot->data) == 0 &&
           has_pattern(stress, slot);
}

static void print_summary(struct stress *stress, int result) {
    struct json json;
    uint32_t once = 0;
    uint32_t usable = result == 0 && is_usable(stress);
    for (uint32_t i = 1; i <= stress->submitted; i++) {
        once += stress->ends[i] == 1;
    }
    json_start(&json, stdout);
    json_open(&json, NULL, '{');
    json_open(&json, "summary", '{');
    json_number(&json, "submitted", stress->submitted);
    json_number(&json, "ended", stress->ended);
    json_number(&json, "ended_once", once);
    json_number(&json, "bad_data", stress->bad_data);
    json_number(&json, "losses", stress->unit.nexus.losses);
    json_truth(&json, "stuck", result != 0);
    json_truth(&json, "usable", usable);
    json_close(&json, '}');
    json_close(&json, '}');
}

/* Reads NAME=VALUE. Returns 0, or -1 for what is none. */
static int take_word(struct stress *stress, const char *word) {
    const struct {
        const char *name;
        uint64_t *value;
        uint64_t unit;
    } numbers[] = {
        {"size=", &stress->size, 1},       {"depth=", &stress->depth, 1},
        {"count=", &stress->count, 1},     {"after=", &stress->after, 1},
        {"hold=", &stress->hold, 1000000}, {"other=", &stress->by_other, 1},
    };
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        size_t length = strlen(numbers[i].name);
        if (strncmp(word, numbers[i].name, length) == 0) {
            *numbers[i].value = strtoull(word + length, NULL, 10) * numbers[i].unit;
            return 0;
        }
    }
    for (uint32_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (strncmp(word, "kind=", 5) == 0 && strcmp(word + 5, kinds[i]) == 0) {
            stress->kind = i;
            return 0;
        }
    }
    for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
        if (strncmp(word, "order=", 6) == 0 && strcmp(word + 6, orders[i].name) == 0) {
            stress->order = orders[i].function;
            return 0;
        }
    }
    usage_error("stress: '%s' is no word of it", word);
    return -1;
}

/* Takes what stands before "--". Returns its place, or -1 after a usage error. */
static int take_words(struct stress *stress, int argc, char **argv) {
    int at = 1;
    stress->size = 65536;
    stress->depth = 32;
    stress->count = 32;
    while (at < argc && strcmp(argv[at], "--") != 0) {
        if (take_word(stress, argv[at++]) != 0) {
            return -1;
        }
    }
    if (at == argc || stress->depth > MAX_DEPTH || stress->count > MAX_COUNT ||
        stress->depth == 0 || stress->size == 0 || stress->size > MAX_SIZE ||
        stress->size % PATTERN_BLOCK != 0) {
        usage_error("stress: no '--', or more than it can do");
        return -1;
    }
    return at;
}

static int open_all(struct stress *stress, char *other_url) {
    if (unit_open(&stress->unit, &stress->host) != 0 || unit_capacity(&stress->unit) != 0) {
        return -1;
    }
    if (stress->by_other && (unit_parse(&stress->other, other_url) != 0 ||
                             unit_open(&stress->other, &stress->host) != 0)) {
        return -1;
    }
    for (uint64_t i = 0; i < stress->depth; i++) {
        stress->slots[i].data = malloc((size_t)stress->size);
        if (stress->slots[i].data == NULL) {
            failure("no memory");
            return -1;
        }
    }
    stress->unit.nexus.taker = take_output;
    stress->unit.nexus.taker_context = stress;
    stress->other.nexus.taker = take_output;
    stress->other.nexus.taker_context = stress;
    return 0;
}

static int run(struct stress *stress, const struct options *options, char *other_url) {
    if (unit_parse(&stress->unit, options->arguments[0]) != 0) {
        return EXIT_USAGE;
    }
    int code = host_open(&stress->host, options);
    if (code == 0) {
        code = EXIT_FAILED;
        if (open_all(stress, other_url) == 0) {
            int result = run_commands(stress);
            print_summary(stress, result);
            code = result == 0 ? EXIT_DONE : EXIT_FAILED;
        }
        unit_close(&stress->other);
        unit_close(&stress->unit); /* only then may the buffers go */
        for (uint64_t i = 0; i < stress->depth; i++) {
            free(stress->slots[i].data);
        }
    }
    return host_close(&stress->host, code);
}

int main(int argc, char **argv) {
    struct options options;
    struct stress *stress = calloc(1, sizeof(*stress));
    if (stress == NULL) {
        return failure("no memory");
    }
    int at = take_words(stress, argc, argv);
    int code = EXIT_USAGE;
    if (at > 0 && options_parse(argc - at, argv + at, &options) == 1) {
        options.depth = (uint32_t)stress->depth + 1; /* a full session has no room for an order */
        char *other_url = strdup(options.arguments[0]); /* parsing changes the text */
        code = other_url == NULL ? failure("no memory") : run(stress, &options, other_url);
        free(other_url);
        options_wipe(&options);
    }
    free(stress);
    return code;
}
