/* Writes doc/events.md from the catalogue of events, or checks that a file says the same. */
#include <stdio.h>
#include <string.h>

#include <iscsi/event.h>

static const char introduction[] =
    "# Events\n"
    "\n"
    "<!-- Written by tests/tools/generate_events.c from the catalogue in lib/event; do not edit. "
    "-->\n"
    "\n"
    "Whatever goes wrong in a login, a discovery, a redirection or a scan for logical units is\n"
    "reported as one of these events. A record carries the event's number, severity and "
    "arguments,\n"
    "and those of its causes that fit the arguments; every cause comes with what to do about it.\n"
    "Numbers, names, arguments and the numbers of causes do not change. The events 1 to 45 are "
    "the\n"
    "initiator's diagnostic events, those from 100 are this library's own.\n"
    "\n"
    "The same texts can be read in a program: `sanscsi_event_count()` and its kin in\n"
    "`<iscsi/event.h>` walk the catalogue, and `sanscsi_event_explain()` chooses causes for given\n"
    "arguments.\n"
    "\n"
    "## Severities\n"
    "\n"
    "| severity | meaning |\n"
    "|---|---|\n"
    "| information | nothing is wrong |\n"
    "| major-warning | something is refused or missing |\n"
    "| serious | a login, a discovery or a logical unit has failed |\n"
    "| critical | a limit of the host has been reached, or trust is broken |\n"
    "\n"
    "## How causes are chosen\n"
    "\n"
    "A cause without a condition always fits. Otherwise the condition decides, and a record names\n"
    "the causes that fit and no others. Some particulars:\n"
    "\n"
    "* Events 1 and 2: of the causes 1 to 10 the first that fits is taken, in the order 10, 2, 7\n"
    "  (which look at several arguments), then 1, 3, 4, 8 (io_status), then 5, 6, 9 (cdb_status).\n"
    "  Arguments that fit none of them leave the record without a cause.\n"
    "* Event 2: the account that these events go back to names its causes but gives only the\n"
    "  actions. For causes 1 to 10, which agree with event 1's action for action, the conditions "
    "of\n"
    "  event 1 have been taken over; 11a and 11b have been reconstructed from their actions. 11a "
    "or\n"
    "  11b comes in addition to cause 5: the CHECK CONDITION is what happened, 11a or 11b is why.\n"
    "* Event 16: cause 1 goes before cause 4, and cause 4 before causes 2 and 3.\n"
    "* Events 24 and 26: cause 1 is never chosen, because base64 is read.\n"
    "* Where a condition needs more than the arguments tell (events 2, 16, 26 and 31),\n"
    "  `sanscsi_event_explain()` chooses every cause that the arguments allow.\n";

static const char *severity_name(uint32_t id) {
    return sanscsi_severity_name((uint32_t)sanscsi_event_severity(id));
}

static const char *type_name(int32_t type) {
    static const char *const names[] = {"int", "hex", "string"};
    return type >= 0 && type < 3 ? names[type] : "unknown";
}

static void write_table(FILE *out) {
    fprintf(out, "\n## All events\n\n| number | name | severity | summary |\n|---|---|---|---|\n");
    for (size_t i = 0; i < sanscsi_event_count(); i++) {
        uint32_t id = sanscsi_event_id(i);
        const char *name = sanscsi_event_name(id);
        fprintf(out, "| %u | [%s](#%u-%s) | %s | %s |\n", (unsigned)id, name, (unsigned)id, name,
                severity_name(id), sanscsi_event_summary(id));
    }
}

static void write_args(FILE *out, uint32_t id) {
    if (sanscsi_event_arg_count(id) == 0) {
        fprintf(out, "It has no arguments.\n");
        return;
    }
    fprintf(out, "| argument | type | meaning |\n|---|---|---|\n");
    for (size_t i = 0; i < sanscsi_event_arg_count(id); i++) {
        fprintf(out, "| `%s` | %s | %s |\n", sanscsi_event_arg_name(id, i),
                type_name(sanscsi_event_arg_type(id, i)), sanscsi_event_arg_meaning(id, i));
    }
}

static void write_cause(FILE *out, uint32_t id, size_t cause) {
    const char *condition = sanscsi_event_cause_condition(id, cause);
    fprintf(out, "\n**Cause %s.** %s\n\n", sanscsi_event_cause_number(id, cause),
            sanscsi_event_cause_text(id, cause));
    fprintf(out, "Fits: %s.\n\n", condition[0] == '\0' ? "always" : condition);
    for (size_t i = 0; sanscsi_event_action(id, cause, i) != NULL; i++) {
        fprintf(out, "%zu. %s\n", i + 1, sanscsi_event_action(id, cause, i));
    }
}

static void write_event(FILE *out, uint32_t id) {
    fprintf(out, "\n## %u %s\n\n%s\n\nSeverity: %s.\n\n", (unsigned)id, sanscsi_event_name(id),
            sanscsi_event_summary(id), severity_name(id));
    write_args(out, id);
    fprintf(out, "\nWhat the initiator does: %s\n", sanscsi_event_reaction(id));
    for (size_t i = 0; i < sanscsi_event_cause_count(id); i++) {
        write_cause(out, id, i);
    }
}

static void write_document(FILE *out) {
    fputs(introduction, out);
    write_table(out);
    for (size_t i = 0; i < sanscsi_event_count(); i++) {
        write_event(out, sanscsi_event_id(i));
    }
}

/* The line where two files begin to differ; 0 when they are the same. */
static unsigned long first_difference(FILE *a, FILE *b) {
    unsigned long line = 1;
    int c = 0;
    while (c != EOF) {
        c = getc(a);
        if (c != getc(b)) {
            return line;
        }
        line += c == '\n';
    }
    return 0;
}

static int check(const char *path) {
    FILE *written = fopen(path, "rb");
    FILE *wanted = tmpfile();
    int result = 1;
    if (written == NULL || wanted == NULL) {
        perror(written == NULL ? path : "temporary file");
    } else {
        write_document(wanted);
        rewind(wanted);
        unsigned long line = first_difference(written, wanted);
        result = line != 0;
        if (line != 0) {
            fprintf(stderr, "%s differs from the catalogue at line %lu; write it anew\n", path,
                    line);
        }
    }
    if (written != NULL) {
        fclose(written);
    }
    if (wanted != NULL) {
        fclose(wanted);
    }
    return result;
}

int main(int argc, char **argv) {
    if (argc == 3 && strcmp(argv[1], "--check") == 0) {
        return check(argv[2]);
    }
    if (argc != 1) {
        fprintf(stderr, "usage: %s [--check FILE]\n", argv[0]);
        return 2;
    }
    write_document(stdout);
    return ferror(stdout) != 0 || fflush(stdout) != 0;
}
