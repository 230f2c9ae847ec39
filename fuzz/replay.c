/* Runs a harness over kept inputs, under any compiler. usage: replay_NAME FILE|FOLDER... */
#define _XOPEN_SOURCE 700 /* nftw() */
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "support/written.h"

#define LARGEST_INPUT (1u << 20)
#define OPEN_FOLDERS 16

static size_t inputs;

/* The input lies in memory of exactly its size, so that sanitizers see a read beyond it. */
static int run(const char *path) {
    static uint8_t buffer[LARGEST_INPUT];
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        return 1;
    }
    size_t size = fread(buffer, 1, sizeof(buffer), file);
    int failed = ferror(file) != 0 || size == sizeof(buffer);
    fclose(file);
    if (failed) {
        fprintf(stderr, "%s: cannot be read whole\n", path);
        return 1;
    }
    uint8_t *input = fuzz_copy(span_of(buffer, size));
    fprintf(stderr, "%s\n", path); /* the last line before a crash tells the input */
    LLVMFuzzerTestOneInput(input, size);
    free(input);
    inputs++;
    return 0;
}

static int visit(const char *path, const struct stat *status, int kind, struct FTW *place) {
    (void)status;
    (void)place;
    WRITTEN_STRING(path); /* by the C library, which is not built with the sanitizer */
    if (kind == FTW_F) {
        return run(path);
    }
    if (kind == FTW_D) {
        return 0;
    }
    fprintf(stderr, "%s: neither file nor folder\n", path);
    return 1;
}

int main(int argc, char **argv) {
    for (int i = 1; i < argc; i++) {
        if (nftw(argv[i], visit, OPEN_FOLDERS, FTW_PHYS) != 0) {
            fprintf(stderr, "%s: not replayed\n", argv[i]);
            return 1;
        }
    }
    if (inputs == 0) {
        fprintf(stderr, "no inputs\n");
        return 1;
    }
    printf("%zu inputs replayed, no property broken\n", inputs);
    return 0;
}
