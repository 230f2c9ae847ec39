/* The example initiator's entry: reads the command line and runs the command it names. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "options.h"

int main(int argc, char **argv) {
    struct options options;
    int parsed = options_parse(argc, argv, &options);
    if (parsed < 0) {
        return EXIT_USAGE;
    }
    int code = parsed == 0 ? EXIT_DONE : options.command->run(&options);
    options_wipe(&options);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        code = failure("standard output: %s", strerror(errno));
    }
    return code;
}
