/* Issues SCSI commands as lines of its input say, and prints what became of each as JSON.
 *
 * usage: scsi [OPTIONS OF sanscsi...] capacity URL
 *
 * A line is a verb and words NAME=VALUE. data=HEX repeated up to length=BYTES is sent, in=BYTES are
 * asked for where the command does not say by itself; the other names are those of the library's
 * builders. A unit that refuses is an answer too. */
#include "scsi.h"

#include <stdlib.h>
#include <string.h>

static const char *word_value(const struct call *call, const char *name) {
    size_t length = strlen(name);
    for (uint32_t i = 1; i < call->word_count; i++) {
        if (strncmp(call->words[i], name, length) == 0 && call->words[i][length] == '=') {
            return call->words[i] + length + 1;
        }
    }
    return NULL;
}

uint64_t call_number(const struct call *call, const char *name) {
    const char *value = word_value(call, name);
    return value == NULL ? 0 : strtoull(value, NULL, 0);
}

uint32_t call_number32(const struct call *call, const char *name) {
    return (uint32_t)call_number(call, name);
}

void call_keep(struct call *call) {
    call->kept_length = call->came < SCSI_KEPT ? call->came : SCSI_KEPT;
    memcpy(call->kept, call->in, call->kept_length);
}

/* Splits a line into words in place. */
static void split(struct call *call, char *line) {
    call->word_count = 0;
    for (char *word = strtok(line, " \n"); word != NULL && call->word_count < SCSI_WORDS;
         word = strtok(NULL, " \n")) {
        call->words[call->word_count++] = word;
    }
}

/* Fills what is sent. Returns 0, or -1 for more than there is room for. */
static int fill_data(struct call *call) {
    const char *hex = word_value(call, "data");
    size_t digits = hex == NULL ? 0 : strlen(hex) / 2 * 2;
    call->out_length = call_number32(call, "length");
    call->in_length = call_number32(call, "in");
    if (call->out_length == 0) {
        call->out_length = digits / 2;
    }
    if (call->out_length > SCSI_ROOM || call->in_length > SCSI_ROOM) {
        return -1;
    }
    memset(call->out, 0, SCSI_ROOM);
    memset(call->in, 0xee, SCSI_ROOM);
    for (size_t i = 0; digits > 0 && i < call->out_length; i++) {
        const char byte[3] = {hex[i * 2 % digits], hex[i * 2 % digits + 1], '\0'};
        call->out[i] = (uint8_t)strtoul(byte, NULL, 16);
    }
    return 0;
}

static const struct verb *find_verb(const char *name) {
    static const struct verb transfer = {"transfer", scsi_build_transfer, NULL};
    const struct {
        const struct verb *verbs;
        size_t count;
    } tables[] = {
        {scsi_block_verbs, scsi_block_verb_count},
        {scsi_admin_verbs, scsi_admin_verb_count},
        {scsi_reserve_verbs, scsi_reserve_verb_count},
    };
    for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
        for (size_t j = 0; j < tables[i].count; j++) {
            if (strcmp(tables[i].verbs[j].name, name) == 0) {
                return &tables[i].verbs[j];
            }
        }
    }
    return scsi_is_transfer(name) ? &transfer : NULL;
}

static void print_result(struct call *call, const struct verb *verb,
                         const struct request *request) {
    const sanscsi_task_result *result = &request->result;
    struct json json;
    json_start(&json, stdout);
    json_open(&json, NULL, '{');
    json_text(&json, "command", sanscsi_command_name(call->cdb));
    json_number(&json, "io_status", result->io_status);
    json_number(&json, "scsi_status", result->scsi_status);
    json_number(&json, "sense_key", result->sense_key);
    json_number(&json, "sense_code", result->sense_code);
    json_number(&json, "data_in", result->data_in);
    json_number(&json, "underflow", result->underflow);
    json_number(&json, "overflow", result->overflow);
    sanscsi_sense sense = {.size = sizeof(sense)};
    if (result->sense_length > 0 &&
        sanscsi_sense_parse(request->sense, result->sense_length, &sense) == SANSCSI_OK &&
        sense.has_information) {
        json_number(&json, "information", sense.information);
    }
    call->came = result->data_in;
    if (result->io_status == SANSCSI_IO_OK && result->scsi_status == 0 && call->in_length > 0) {
        if (verb->print == NULL) {
            json_hex(&json, "data", call->in, call->came);
        } else {
            json_open(&json, "answer", '{');
            int32_t status = verb->print(call, &json);
            json_close(&json, '}');
            json_string(&json, "parsed", sanscsi_status_text(status),
                        strlen(sanscsi_status_text(status)));
            json_number(&json, "bad", status < 0);
        }
    }
    json_close(&json, '}');
    fflush(stdout);
}

static void run_line(struct unit *unit, struct call *call, char *line) {
    struct request request;
    split(call, line);
    const struct verb *verb = call->word_count == 0 ? NULL : find_verb(call->words[0]);
    request_init(&request, unit->lun);
    if (verb != NULL && fill_data(call) == 0) {
        request.cdb_length = verb->build(call);
    }
    if (verb == NULL || request.cdb_length == 0) {
        puts("{\"built\":false}");
        fflush(stdout);
        return;
    }
    memcpy(request.cdb, call->cdb, sizeof(request.cdb));
    request.data_out = (sanscsi_iovec){call->out, call->out_length};
    request.data_in = (sanscsi_iovec){call->in, call->in_length};
    (void)nexus_run(&unit->nexus, &request);
    print_result(call, verb, &request);
}

static int run_lines(struct unit *unit, void *context) {
    struct call *call = context;
    static char line[1 << 18];
    while (fgets(line, sizeof(line), stdin) != NULL) {
        run_line(unit, call, line);
    }
    return 0;
}

int main(int argc, char **argv) {
    struct options options;
    struct call *call = calloc(1, sizeof(*call));
    int code = EXIT_USAGE;
    if (call == NULL || (call->out = malloc(SCSI_ROOM)) == NULL ||
        (call->in = malloc(SCSI_ROOM)) == NULL) {
        return failure("no memory");
    }
    if (options_parse(argc, argv, &options) == 1) {
        code = with_unit(&options, run_lines, call);
        options_wipe(&options);
    }
    free(call->out);
    free(call->in);
    free(call);
    return code;
}
