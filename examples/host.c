/* Makes the initiator and runs the poll() loop over its sessions. */
#include "host.h"

#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "json.h"
#include "nexus.h"
#include "signals.h"

/* Descriptors beside those of the sessions: signals, and one that is watched. */
enum { OTHER_FDS = 2 };

/* An interrupt ends within a second, so that long a logout may take, ns. */
static const uint64_t stop_time = 800000000;

static int32_t random_bytes(void *context, void *bytes, size_t size) {
    uint8_t *at = bytes;
    (void)context;
    while (size > 0) {
        ssize_t got = getrandom(at, size, 0);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return -1;
        }
        at += got;
        size -= (size_t)got;
    }
    return 0;
}

/* iqn.2026-11.io.sanscsi:HOSTNAME, with what an iSCSI name cannot have replaced. */
static size_t default_name(char *name, size_t size) {
    static const char prefix[] = "iqn.2026-11.io.sanscsi:";
    char *suffix = name + sizeof(prefix) - 1;
    memcpy(name, prefix, sizeof(prefix));
    if (gethostname(suffix, size - sizeof(prefix)) != 0 || suffix[0] == '\0') {
        memcpy(suffix, "host", 5);
    }
    name[size - 1] = '\0';
    for (char *at = suffix; *at != '\0'; at++) {
        unsigned char c = (unsigned char)tolower((unsigned char)*at);
        int fits = c < 0x80 && (isalnum(c) || c == '-' || c == '.' || c == ':');
        *at = (char)(fits ? c : '-');
    }
    return strlen(name);
}

/* Puts the library on one block of the size allowed. */
static int take_arena(struct host *host, sanscsi_allocator *allocator) {
    sanscsi_arena *arena = NULL;
    size_t bytes = (size_t)host->options->memory_limit;
    host->memory = malloc(bytes);
    if (host->memory == NULL) {
        failure("no memory for a block of %zu bytes", bytes);
        return -1;
    }
    int32_t status = sanscsi_arena_new(host->memory, bytes, &arena);
    if (status == SANSCSI_OK) {
        status = sanscsi_arena_allocator(arena, allocator);
    }
    if (status != SANSCSI_OK) {
        failure("--memory-limit %zu is not enough to begin with", bytes);
        return -1;
    }
    return 0;
}

static int make_initiator(struct host *host) {
    const struct options *options = host->options;
    sanscsi_initiator_settings settings;
    sanscsi_allocator allocator = {.size = sizeof(allocator)};
    char name[128];
    sanscsi_initiator_settings_defaults(&settings);
    settings.name_length = default_name(name, sizeof(name));
    settings.name = name;
    if (options->initiator_name != NULL) {
        settings.name = options->initiator_name;
        settings.name_length = strlen(options->initiator_name);
    }
    settings.max_sessions = options->max_sessions;
    settings.random = random_bytes;
    if (options->memory_limit != 0) {
        if (take_arena(host, &allocator) != 0) {
            return -1;
        }
        settings.allocator = &allocator;
    }
    int32_t status = sanscsi_initiator_new(&settings, &host->initiator);
    if (status != SANSCSI_OK) {
        failure("no initiator: %s", sanscsi_status_text(status));
        return -1;
    }
    return 0;
}

int host_open(struct host *host, const struct options *options) {
    memset(host, 0, sizeof(*host));
    host->options = options;
    host->stop_at = SANSCSI_NEVER;
    host->now = clock_now();
    host->watched = -1;
    host->stats = stdout;
    if (signals_open() != 0) {
        return EXIT_FAILED;
    }
    if (event_sink_open(&host->events, options) != 0) {
        return EXIT_USAGE;
    }
    if (options->pcap != NULL) {
        host->pcap = pcap_create(options->pcap);
        if (host->pcap == NULL) {
            return EXIT_USAGE;
        }
    }
    return make_initiator(host) == 0 ? 0 : EXIT_FAILED;
}

/* Every session has been freed by now, so the initiator's sums hold all. */
static void print_counters(const struct host *host) {
    struct json json;
    json_start(&json, host->stats);
    if (host->options->json) {
        json_open(&json, NULL, '{');
        json_open(&json, "counters", '{');
    }
    for (size_t i = 0; i < sanscsi_counter_count(); i++) {
        uint64_t sum = sanscsi_initiator_counter(host->initiator, i);
        if (host->options->json) {
            json_number(&json, sanscsi_counter_name(i), sum);
        } else {
            fprintf(host->stats, "%s=%llu\n", sanscsi_counter_name(i), (unsigned long long)sum);
        }
    }
    if (host->options->json) {
        json_close(&json, '}');
        json_close(&json, '}');
    }
}

int host_close(struct host *host, int code) {
    if (host->options->stats && host->initiator != NULL) {
        print_counters(host);
    }
    sanscsi_initiator_free(host->initiator);
    free(host->memory);
    free(host->fds);
    if (pcap_finish(host->pcap) != 0) {
        code = failure("the capture file could not be written whole");
    }
    if (event_sink_close(&host->events) != 0) {
        code = failure("the event log could not be written whole");
    }
    return code;
}

int host_interrupted(const struct host *host) {
    (void)host;
    return signals_seen() > 0;
}

static uint64_t earlier(uint64_t one, uint64_t other) {
    return one < other ? one : other;
}

static int poll_timeout(uint64_t until, uint64_t now) {
    if (until == SANSCSI_NEVER) {
        return -1;
    }
    uint64_t ms = until <= now ? 0 : (until - now + 999999) / 1000000;
    return ms > 60000 ? 60000 : (int)ms;
}

/* Services all sessions; returns the next moment at which one of them wants it again. */
static uint64_t service_all(struct host *host) {
    uint64_t until = SANSCSI_NEVER;
    for (struct nexus *nexus = host->nexuses; nexus != NULL; nexus = nexus->next) {
        nexus_service(nexus);
        until = earlier(until, nexus_deadline(nexus));
    }
    return until;
}

/* The first interrupt: no more new work, and time is short. */
static void note_interrupt(struct host *host) {
    if (host_interrupted(host) && host->stop_at == SANSCSI_NEVER) {
        host->stop_at = clock_now() + stop_time;
    }
}

/* Makes room for a descriptor of each session and the others; NULL without memory. */
static struct pollfd *fds_room(struct host *host) {
    size_t needed = OTHER_FDS;
    for (const struct nexus *nexus = host->nexuses; nexus != NULL; nexus = nexus->next) {
        needed++;
    }
    if (needed > host->fd_room) {
        struct pollfd *grown = realloc(host->fds, needed * sizeof(*grown));
        if (grown == NULL) {
            return NULL;
        }
        host->fds = grown;
        host->fd_room = needed;
    }
    return host->fds;
}

/* Fills the descriptors to wait for; returns how many. */
static nfds_t fill_fds(struct host *host, struct pollfd *fds) {
    nfds_t count = 0;
    /* The pipe is never emptied, so it is watched only until the first signal. */
    int pipe_fd = host_interrupted(host) ? -1 : signals_fd();
    fds[count++] = (struct pollfd){.fd = pipe_fd, .events = POLLIN, .revents = 0};
    fds[count++] = (struct pollfd){.fd = host->watched, .events = POLLIN, .revents = 0};
    for (struct nexus *nexus = host->nexuses; nexus != NULL; nexus = nexus->next) {
        fds[count++] = (struct pollfd){
            .fd = nexus->transport.fd, .events = nexus_poll_events(nexus), .revents = 0};
    }
    return count;
}

/* Waits in poll() for all there is to wait for. */
static void wait_for_any(struct host *host, uint64_t until) {
    struct pollfd *fds = fds_room(host);
    if (fds == NULL) {
        abort(); /* nothing can be waited for without memory for a descriptor */
    }
    nfds_t count = fill_fds(host, fds);
    int ready = poll(fds, count, poll_timeout(until, host->now));
    host->now = clock_now();
    if (ready <= 0) {
        return;
    }
    host->watched_ready |= fds[1].revents != 0;
    nfds_t at = OTHER_FDS;
    for (struct nexus *nexus = host->nexuses; nexus != NULL; nexus = nexus->next) {
        if (fds[at++].revents != 0) {
            nexus_ready(nexus, fds[at - 1].revents);
        }
    }
}

/* A single session waits in its read: that saves the call of poll(). Returns 0 if it cannot. */
static int wait_for_one(struct host *host, uint64_t until) {
    return host->nexuses != NULL && host->nexuses->next == NULL && host->watched < 0 &&
           !host_interrupted(host) && nexus_wait(host->nexuses, until);
}

void host_turn(struct host *host, uint64_t until) {
    host->now = clock_now(); /* the caller may have been busy for long */
    until = earlier(until, service_all(host));
    note_interrupt(host);
    until = host->changed ? 0 : earlier(until, host->stop_at);
    if (!wait_for_one(host, until)) {
        wait_for_any(host, until);
    }
    note_interrupt(host);
    host->changed = 0; /* the caller looks now */
}

int host_wait_readable(struct host *host, int fd) {
    host->watched = fd;
    host->watched_ready = 0;
    while (!host->watched_ready && !host_interrupted(host)) {
        host_turn(host, SANSCSI_NEVER);
    }
    host->watched = -1;
    return host->watched_ready ? 0 : -1;
}
