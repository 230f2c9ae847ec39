/* Records a target: a session over a real transport, with a clock that moves only in silence. */
#include "replay.h"

#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PATIENCE_MS 30000 /* for a target that neither speaks nor says that it will not */

static struct step *add_step(struct recording *recording, const struct run *run,
                             enum step_kind kind) {
    size_t size = (recording->count + 1) * sizeof(*recording->steps);
    recording->steps = realloc(recording->steps, size);
    if (recording->steps == NULL) {
        abort();
    }
    struct step *step = &recording->steps[recording->count++];
    memset(step, 0, sizeof(*step));
    step->kind = kind;
    step->sent = run->sent.size;
    return step;
}

/* Bytes that came with nothing sent between them are one step: how the transport cut them up is
 * what the replays vary. */
static void add_bytes(struct recording *recording, const struct run *run, const uint8_t *data,
                      size_t size) {
    struct step *step = recording->count > 0 ? &recording->steps[recording->count - 1] : NULL;
    if (step == NULL || step->kind != STEP_BYTES || step->sent != run->sent.size) {
        step = add_step(recording, run, STEP_BYTES);
    }
    bytes_add(&step->data, data, size);
    recording->total += size;
}

/* Names are not looked up, but for the one that every system knows. */
static int open_transport(const struct run *run) {
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *list = NULL;
    char port[16];
    int fd = -1;
    hints.ai_flags = strcmp(run->host, "localhost") == 0 ? 0 : AI_NUMERICHOST;
    snprintf(port, sizeof(port), "%u", (unsigned)run->port);
    if (getaddrinfo(run->host, port, &hints, &list) != 0) {
        return -1;
    }
    for (const struct addrinfo *at = list; at != NULL && fd < 0; at = at->ai_next) {
        fd = socket(at->ai_family, at->ai_socktype | SOCK_CLOEXEC, 0);
        if (fd >= 0 && connect(fd, at->ai_addr, at->ai_addrlen) != 0) {
            close(fd);
            fd = -1;
        }
    }
    freeaddrinfo(list);
    return fd;
}

static void send_new(const struct run *run, int fd, size_t *flushed) {
    while (*flushed < run->sent.size && fd >= 0) {
        ssize_t sent = send(fd, run->sent.data + *flushed, run->sent.size - *flushed, MSG_NOSIGNAL);
        if (sent <= 0) {
            break; /* the target is gone; what it said before is still to be read */
        }
        *flushed += (size_t)sent;
    }
    *flushed = run->sent.size;
}

/* Waits for the target; 0 when it gave no sign of life. */
static int receive(const struct plan *plan, struct run *run, struct recording *recording, int fd) {
    static uint8_t buffer[1 << 20];
    struct pollfd wait[2] = {{.fd = fd, .events = POLLIN}, {.fd = plan->silence, .events = POLLIN}};
    if (poll(wait, plan->silence >= 0 ? 2 : 1, PATIENCE_MS) <= 0) {
        fprintf(stderr, "the target neither spoke nor closed\n");
        return 0;
    }
    /* What was sent before the silence has arrived by now. */
    if (wait[0].revents == 0 && poll(wait, 1, 0) <= 0) {
        char sign;
        if (read(plan->silence, &sign, 1) != 1) {
            return 0;
        }
        add_step(recording, run, STEP_SILENCE);
        if (!run_silence(run)) {
            fprintf(stderr, "the session would wait for ever\n");
            return 0;
        }
        return 1;
    }
    ssize_t got = recv(fd, buffer, sizeof(buffer), 0);
    if (got <= 0) {
        add_step(recording, run, STEP_CLOSED);
        run_closed(run);
        return 1;
    }
    add_bytes(recording, run, buffer, (size_t)got);
    run_bytes(run, buffer, (size_t)got, 1);
    return 1;
}

int record(const struct plan *plan, struct run *run, struct recording *recording) {
    int fd = -1;
    size_t flushed = 0;
    int good = 1;
    run_start(run, plan);
    while (good) {
        run_pump(run);
        send_new(run, fd, &flushed);
        if (!run->connected && fd >= 0) {
            close(fd);
            fd = -1;
        }
        if (run->wants_connection) {
            fd = open_transport(run);
            add_step(recording, run, fd < 0 ? STEP_REFUSED : STEP_CONNECTED);
            if (fd < 0) {
                run_refused(run);
            } else {
                run_connected(run);
            }
        } else if (run->done) {
            break;
        } else {
            good = fd >= 0 && receive(plan, run, recording, fd);
        }
    }
    if (fd >= 0) {
        close(fd);
    }
    if (!good) {
        fprintf(stderr, "the session did not come to its end; events:\n%.*s", (int)run->events.size,
                (const char *)run->events.data);
    }
    return good;
}
