/* Writes lib/event/catalogue_bare.c: of each event what remains in builds without texts. */
#include <stdio.h>
#include <string.h>

#include <iscsi/sanscsi.h>

/* The kinds of an event's arguments by letters, such as "ixs". */
static const char *pattern_of(uint32_t id) {
    static char pattern[SANSCSI_EVENT_MAX_ARGS + 1];
    size_t count = sanscsi_event_arg_count(id);
    for (size_t i = 0; i < count; i++) {
        int32_t type = sanscsi_event_arg_type(id, i);
        pattern[i] = (char)(type == SANSCSI_ARG_STRING ? 's' : type == SANSCSI_ARG_HEX ? 'x' : 'i');
    }
    pattern[count] = '\0';
    return pattern;
}

static void write_pattern(const char *pattern) {
    printf("static const struct event_arg_info args_%s[] = {\n", pattern);
    for (; *pattern != '\0'; pattern++) {
        printf("    {.type = SANSCSI_ARG_%s},\n", *pattern == 's'   ? "STRING"
                                                  : *pattern == 'x' ? "HEX"
                                                                    : "INT");
    }
    puts("};\n");
}

/* Each pattern that occurs, once. */
static void write_patterns(void) {
    char pattern[SANSCSI_EVENT_MAX_ARGS + 1];
    for (size_t i = 0; i < sanscsi_event_count(); i++) {
        strcpy(pattern, pattern_of(sanscsi_event_id(i)));
        size_t first = 0;
        while (strcmp(pattern_of(sanscsi_event_id(first)), pattern) != 0) {
            first++;
        }
        if (first == i && pattern[0] != '\0') {
            write_pattern(pattern);
        }
    }
}

/* The numbers of causes, which all events share: those of the event with the most. Returns 0 when
 * an event's differ. */
static int write_causes(void) {
    uint32_t most = sanscsi_event_id(0);
    for (size_t i = 0; i < sanscsi_event_count(); i++) {
        uint32_t id = sanscsi_event_id(i);
        most = sanscsi_event_cause_count(id) > sanscsi_event_cause_count(most) ? id : most;
    }
    puts("static const struct event_cause_info causes[] = {");
    for (size_t cause = 0; cause < sanscsi_event_cause_count(most); cause++) {
        const char *number = sanscsi_event_cause_number(most, cause);
        printf("    {.number = \"%s\"},\n", number);
        for (size_t i = 0; i < sanscsi_event_count(); i++) {
            const char *other = sanscsi_event_cause_number(sanscsi_event_id(i), cause);
            if (other != NULL && strcmp(other, number) != 0) {
                fprintf(stderr, "event %u has a number of its own for cause %zu\n",
                        (unsigned)sanscsi_event_id(i), cause);
                return 0;
            }
        }
    }
    puts("};\n");
    return 1;
}

static void write_event(uint32_t id) {
    printf("    {.id = %u, .severity = %d, .causes = causes, .cause_count = %zu", (unsigned)id,
           (int)sanscsi_event_severity(id), sanscsi_event_cause_count(id));
    if (sanscsi_event_arg_count(id) > 0) {
        printf(",\n     .args = args_%s, .arg_count = %zu", pattern_of(id),
               sanscsi_event_arg_count(id));
    }
    puts("},");
}

int main(void) {
    puts("/* Builds without texts: numbers, severities and kinds of arguments of all events. "
         "Written\n"
         " * by build/tests/tools/generate_bare from the catalogue with its texts. */\n"
         "/* clang-format off */\n"
         "#include \"event/catalogue.h\"\n");
    write_patterns();
    if (!write_causes()) {
        return 1;
    }
    size_t runs = 0;
    uint32_t last = 0;
    for (size_t i = 0; i < sanscsi_event_count(); i++) {
        uint32_t id = sanscsi_event_id(i);
        if (i == 0 || id != last + 1) {
            printf("%sstatic const struct event_info events_%zu[] = {\n", i == 0 ? "" : "};\n\n",
                   ++runs);
        }
        write_event(id);
        last = id;
    }
    puts("};\n");
    for (size_t i = 1; i <= runs; i++) {
        printf("static const struct event_run run_%zu = {events_%zu, COUNT_OF(events_%zu)};\n", i,
               i, i);
    }
    fputs("\nconst struct event_run *const sanscsi_event_runs[] = {", stdout);
    for (size_t i = 1; i <= runs; i++) {
        printf("%s&run_%zu", i == 1 ? "" : ", ", i);
    }
    puts("};\n\nconst size_t sanscsi_event_run_count = COUNT_OF(sanscsi_event_runs);");
    return ferror(stdout) != 0 || fflush(stdout) != 0;
}
