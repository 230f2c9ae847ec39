/* The example initiator's entry: reads the command line and runs the command it names. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "options.h"

/* A standard stream that our caller has closed: its number would be given to a socket or to the
 * file that is written, and messages would go there. Something that can do nothing takes it. */
static int take_closed_streams(void) {
    static const int modes[] = {O_WRONLY, O_RDONLY, O_RDONLY};
    for (int fd = 0; fd < 3; fd++) {
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", modes[fd]) != fd) {
            return -1;
        }
    }
    return 0;
}

int main(int argc, char **argv) {
    struct options options;
    if (take_closed_streams() != 0) {
        return EXIT_FAILED;
    }
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
