/* Turns signals into a readable descriptor. */
#include "signals.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "options.h"

static int pipe_ends[2] = {-1, -1};
static volatile sig_atomic_t seen;
static volatile sig_atomic_t at_once;
static const char *volatile temporary;

static void on_signal(int number) {
    int saved = errno;
    (void)number;
    seen = seen + 1;
    if (seen > 1 || at_once) {
        if (temporary != NULL) {
            unlink(temporary);
        }
        _exit(EXIT_FAILED);
    }
    ssize_t written = write(pipe_ends[1], "", 1);
    (void)written;
    errno = saved;
}

int signals_open(void) {
    struct sigaction action;
    memset(&action, 0, sizeof(action));
    action.sa_handler = on_signal;
    sigemptyset(&action.sa_mask);
    if (pipe(pipe_ends) != 0 || fcntl(pipe_ends[1], F_SETFL, O_NONBLOCK) != 0 ||
        sigaction(SIGINT, &action, NULL) != 0 || sigaction(SIGTERM, &action, NULL) != 0) {
        failure("cannot handle signals: %s", strerror(errno));
        return -1;
    }
    action.sa_handler = SIG_IGN; /* a closed pipe is an error of write(), not our end */
    (void)sigaction(SIGPIPE, &action, NULL);
    return 0;
}

int signals_fd(void) {
    return pipe_ends[0];
}

int signals_seen(void) {
    return seen;
}

void signals_end_at_once(int on) {
    at_once = on;
}

void signals_remove(const char *path) {
    temporary = path;
}
