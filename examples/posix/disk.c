/* A disk behind iSCSI with blocking calls: sockets, clock and poll() around one session. */
#define _DEFAULT_SOURCE /* getaddrinfo() and getentropy(), whatever -std says */
#include "disk.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>
#include <time.h>

#include <iscsi/sanscsi.h>

enum {
    PIECES = 16,          /* of a window, at most */
    TRIES = 4,            /* a new session's first command often meets a UNIT ATTENTION */
    CONNECT_TIME = 10000, /* ms for each address of the host */
    REINSTATEMENTS = 3    /* how often in a row a lost session logs in again */
};

struct disk {
    sanscsi_initiator *initiator;
    sanscsi_session *session;
    int fd;        /* -1 without a connection */
    int full;      /* 1: the socket takes no more for now */
    int logged_in; /* 1 once LOGGED_IN was polled */
    int ended;     /* 1: no session, or LOGGED_OUT was polled */
    int done;      /* 1 when TASK_DONE was polled, with this result: */
    int failed;    /* 1: something has failed */
    sanscsi_task_result result;
    uint64_t lun; /* wire form */
    sanscsi_capacity capacity;
    char error[640];
};

/* ---- what the system has ---- */

/* The library's `now`: ns of a clock that never goes back. */
static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * SANSCSI_SECOND + (uint64_t)time.tv_nsec;
}

/* Sessions of two programs are told apart by random numbers; CHAP needs them too. */
static int32_t random_bytes(void *context, void *bytes, size_t size) {
    (void)context;
    return size <= 256 ? getentropy(bytes, size) : -1;
}

/* Waits for a descriptor until a deadline in ns. Returns what poll() says of it, or 0. */
static short wait_for(int fd, short events, uint64_t deadline) {
    struct pollfd wait = {.fd = fd, .events = events};
    uint64_t present = now();
    uint64_t left = deadline > present ? (deadline - present) / 1000000 + 1 : 0;
    int ready = poll(&wait, 1, left > 60000 ? 60000 : (int)left);
    return ready > 0 ? wait.revents : 0;
}

/* Opens a connection to one address. Returns -1 with errno set when that fails. */
static int connect_to(const struct addrinfo *address) {
    int one = 1;
    int error = 0;
    socklen_t size = sizeof(error);
    int fd = socket(address->ai_family, address->ai_socktype, address->ai_protocol);
    if (fd < 0 || fcntl(fd, F_SETFL, O_NONBLOCK) != 0 || fcntl(fd, F_SETFD, FD_CLOEXEC) != 0) {
        error = errno;
    } else if (connect(fd, address->ai_addr, address->ai_addrlen) != 0) {
        error = errno;
        if (error == EINPROGRESS) {
            uint64_t deadline = now() + CONNECT_TIME * UINT64_C(1000000);
            while (wait_for(fd, POLLOUT, deadline) == 0 && now() < deadline) {
                /* a signal, or a minute has passed */
            }
            error = now() < deadline ? 0 : ETIMEDOUT;
            if (error == 0 && getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0) {
                error = errno;
            }
        }
    }
    if (error == 0) {
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
        return fd;
    }
    if (fd >= 0) {
        close(fd);
    }
    errno = error;
    return -1;
}

static uint32_t reason_of(int error) {
    switch (error) {
    case ENETUNREACH:
    case EHOSTUNREACH:
        return SANSCSI_CONNECT_NO_ROUTE;
    case ECONNREFUSED:
        return SANSCSI_CONNECT_REFUSED;
    case ETIMEDOUT:
        return SANSCSI_CONNECT_TIMEOUT;
    default:
        return SANSCSI_CONNECT_OTHER;
    }
}

/* ---- the session's loop ---- */

/* Statuses tell nothing that an output does not tell, but for mistakes of this file's. */
static void expect(int32_t status) {
    if (status < 0 && status > -100) {
        fprintf(stderr, "%s\n", sanscsi_status_name(status));
        abort();
    }
}

static void open_transport(struct disk *disk, const sanscsi_output *wish) {
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *list = NULL;
    uint32_t reason = SANSCSI_CONNECT_UNRESOLVED;
    char port[12];
    snprintf(port, sizeof(port), "%u", (unsigned)wish->port);
    if (getaddrinfo(wish->host, port, &hints, &list) == 0) {
        for (const struct addrinfo *at = list; at != NULL && disk->fd < 0; at = at->ai_next) {
            disk->fd = connect_to(at);
            reason = reason_of(errno);
        }
        freeaddrinfo(list);
    }
    if (disk->fd >= 0) {
        expect(sanscsi_connected(disk->session, wish->cid, now()));
    } else {
        expect(sanscsi_connect_failed(disk->session, wish->cid, reason, now()));
    }
}

static void close_transport(struct disk *disk) {
    if (disk->fd >= 0) {
        close(disk->fd);
    }
    disk->fd = -1;
    disk->full = 0;
    expect(sanscsi_closed(disk->session, 0, now()));
}

/* Deals with one thing the session has to tell. */
static void serve(struct disk *disk, const sanscsi_output *output) {
    switch (output->type) {
    case SANSCSI_OUTPUT_CONNECT:
        open_transport(disk, output);
        break;
    case SANSCSI_OUTPUT_CLOSE:
        close_transport(disk);
        break;
    case SANSCSI_OUTPUT_LOGGED_IN:
        disk->logged_in = 1;
        break;
    case SANSCSI_OUTPUT_LOGGED_OUT:
        disk->ended = 1;
        break;
    case SANSCSI_OUTPUT_TASK_DONE:
        disk->done = 1;
        disk->result = *output->result;
        break;
    case SANSCSI_OUTPUT_EVENT: /* the reason comes before the consequence */
        if (output->event->severity != SANSCSI_INFORMATION) {
            sanscsi_event_message(output->event, disk->error, sizeof(disk->error));
        }
        break;
    }
}

static size_t to_system(const sanscsi_iovec *list, size_t count, struct iovec *pieces) {
    for (size_t i = 0; i < count; i++) {
        pieces[i] = (struct iovec){.iov_base = list[i].data, .iov_len = list[i].size};
    }
    return count;
}

/* Whether a call on the socket has failed for good. */
static int is_gone(void) {
    return errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR;
}

/* Returns 0, or -1 when the connection is gone. */
static int receive(struct disk *disk) {
    sanscsi_iovec list[PIECES];
    struct iovec pieces[PIECES];
    size_t count = 0;
    expect(sanscsi_rx_window(disk->session, 0, list, PIECES, &count));
    if (count == 0) {
        return 0; /* CLOSE waits to be polled */
    }
    ssize_t came = readv(disk->fd, pieces, (int)to_system(list, count, pieces));
    if (came > 0) {
        expect(sanscsi_rx_commit(disk->session, 0, (size_t)came, now()));
    }
    return came > 0 || (came < 0 && !is_gone()) ? 0 : -1;
}

/* Likewise. */
static int transmit(struct disk *disk) {
    sanscsi_iovec list[PIECES];
    struct iovec pieces[PIECES];
    for (size_t count = 1; disk->full == 0;) {
        expect(sanscsi_tx_window(disk->session, 0, list, PIECES, &count));
        if (count == 0) {
            break;
        }
        struct msghdr message = {.msg_iov = pieces};
        message.msg_iovlen = to_system(list, count, pieces);
        ssize_t sent = sendmsg(disk->fd, &message, MSG_NOSIGNAL);
        if (sent < 0 && is_gone()) {
            return -1;
        }
        if (sent < 0) {
            disk->full = errno != EINTR;
        } else {
            expect(sanscsi_tx_commit(disk->session, 0, (size_t)sent, now()));
        }
    }
    return 0;
}

/* Moves bytes, or waits until there are some to move or the session's time has come. */
static void turn(struct disk *disk) {
    uint64_t deadline = sanscsi_deadline(disk->session);
    if (disk->fd < 0) {
        (void)wait_for(-1, 0, deadline); /* lost: it logs in again when it is time */
    } else {
        int gone = transmit(disk) != 0;
        short ready =
            gone ? 0 : wait_for(disk->fd, disk->full ? POLLIN | POLLOUT : POLLIN, deadline);
        disk->full = disk->full && (ready & POLLOUT) == 0;
        if (gone || (ready & ~POLLOUT) != 0) {
            gone = receive(disk) != 0 || gone; /* what came last often says why */
        }
        if (gone) {
            close_transport(disk);
        }
    }
    expect(sanscsi_tick(disk->session, now()));
}

/* Runs the session until *until is set or it has ended. */
static void run(struct disk *disk, const int *until) {
    sanscsi_output output = {.size = sizeof(output)};
    while (!disk->ended) {
        expect(sanscsi_poll(disk->session, &output));
        if (output.type != SANSCSI_OUTPUT_NONE) {
            serve(disk, &output);
        } else if (*until) {
            return;
        } else {
            turn(disk);
        }
    }
}

/* ---- commands ---- */

static int fail(struct disk *disk, const char *text, const char *more) {
    disk->failed = 1;
    if (text != NULL) {
        snprintf(disk->error, sizeof(disk->error), "%s%s", text, more);
    }
    return -1;
}

/* Has a command carried out, again after a UNIT ATTENTION. Returns 0, or -1 after a failure. */
static int carry_out(struct disk *disk, sanscsi_command *command) {
    const sanscsi_task_result *result = &disk->result;
    for (int tries = TRIES; tries > 0; tries--) {
        disk->done = 0;
        disk->error[0] = '\0';
        int32_t status = sanscsi_submit(disk->session, command, now(), NULL);
        if (status != SANSCSI_OK) {
            return fail(disk, sanscsi_status_text(status), "");
        }
        run(disk, &disk->done);
        if (result->io_status != SANSCSI_IO_OK || result->sense_key != 6) {
            break;
        }
    }
    if (result->io_status != SANSCSI_IO_OK) { /* mostly an event has told more */
        return fail(disk, disk->error[0] == '\0' ? sanscsi_io_status_text(result->io_status) : NULL,
                    "");
    }
    if (result->scsi_status != 0 && result->sense_key != 1) { /* 1: RECOVERED ERROR */
        const char *sense = sanscsi_sense_code_text(result->sense_code);
        return result->sense_key == 0
                   ? fail(disk, sanscsi_scsi_status_name(result->scsi_status), "")
                   : fail(disk, "CHECK CONDITION: ", sense);
    }
    return 0;
}

static void begin(const struct disk *disk, sanscsi_command *command, const uint8_t *cdb,
                  uint32_t length) {
    sanscsi_command_defaults(command);
    command->lun = disk->lun;
    command->cdb = cdb;
    command->cdb_length = length;
}

static int ask_capacity(struct disk *disk) {
    uint8_t answer[32], cdb[16];
    const sanscsi_iovec buffer = {answer, sizeof(answer)};
    sanscsi_command command;
    uint32_t length = sanscsi_cdb_read_capacity16(cdb, sizeof(answer));
    begin(disk, &command, cdb, length);
    command.data_in = &buffer;
    command.data_in_count = 1;
    command.flags = SANSCSI_COMMAND_RESEND;
    if (carry_out(disk, &command) != 0) {
        return -1;
    }
    disk->capacity.size = sizeof(disk->capacity);
    int32_t status = sanscsi_capacity16_parse(answer, disk->result.data_in, &disk->capacity);
    return status == SANSCSI_OK ? 0 : fail(disk, sanscsi_status_text(status), "");
}

/* Whether blocks can be moved now, and how many are meant. */
static int count_blocks(struct disk *disk, size_t size, uint32_t *blocks) {
    if (disk == NULL || disk->ended || disk->capacity.block_length == 0) {
        return -1; /* why was told before */
    }
    if (size == 0 || size > UINT32_MAX || size % disk->capacity.block_length != 0) {
        return fail(disk, "The size is no number of whole blocks, or too large.", "");
    }
    *blocks = (uint32_t)(size / disk->capacity.block_length);
    return 0;
}

/* READ or WRITE, in one command. */
static int move(struct disk *disk, uint64_t lba, const sanscsi_iovec *buffer, int writes) {
    uint8_t cdb[16];
    uint32_t blocks = 0;
    sanscsi_command command;
    if (count_blocks(disk, buffer->size, &blocks) != 0) {
        return -1;
    }
    uint32_t length =
        writes ? sanscsi_cdb_write(cdb, lba, blocks, 0) : sanscsi_cdb_read(cdb, lba, blocks, 0);
    if (length == 0) {
        return fail(disk, "There are no such blocks.", "");
    }
    begin(disk, &command, cdb, length);
    if (writes) {
        command.data_out = buffer;
        command.data_out_count = 1;
    } else {
        command.data_in = buffer;
        command.data_in_count = 1;
        command.flags = SANSCSI_COMMAND_RESEND; /* reading twice does no harm */
    }
    if (carry_out(disk, &command) != 0) {
        return -1;
    }
    return disk->result.underflow == 0 && disk->result.overflow == 0
               ? 0
               : fail(disk, "Not all bytes were transferred.", "");
}

int disk_read(struct disk *disk, uint64_t lba, void *data, size_t size) {
    const sanscsi_iovec buffer = {data, size};
    return move(disk, lba, &buffer, 0);
}

int disk_write(struct disk *disk, uint64_t lba, const void *data, size_t size) {
    const sanscsi_iovec buffer = {(void *)(uintptr_t)data, size}; /* only read from */
    return move(disk, lba, &buffer, 1);
}

int disk_flush(struct disk *disk) {
    uint8_t cdb[16];
    sanscsi_command command;
    if (disk == NULL || disk->ended) {
        return -1;
    }
    uint32_t length = sanscsi_cdb_synchronize_cache10(cdb, 0, 0, 0);
    begin(disk, &command, cdb, length);
    command.flags = SANSCSI_COMMAND_RESEND;
    return carry_out(disk, &command);
}

/* ---- the disk's life ---- */

static int32_t make_session(struct disk *disk, const char *text, char *texts, size_t size) {
    static const char name[] = "iqn.2026-11.io.sanscsi:disk";
    sanscsi_url url = {.size = sizeof(url)};
    sanscsi_initiator_settings node;
    sanscsi_session_settings settings;
    int32_t status = sanscsi_url_parse(text, strlen(text), texts, size, &url);
    if (status != SANSCSI_OK) {
        return status;
    }
    sanscsi_initiator_settings_defaults(&node);
    node.name = name;
    node.name_length = strlen(name);
    node.random = random_bytes;
    sanscsi_session_settings_defaults(&settings);
    settings.reinstate_attempts = REINSTATEMENTS;
    expect(sanscsi_session_settings_url(&settings, &url));
    expect(sanscsi_lun_encode(url.lun, &disk->lun));
    status = sanscsi_initiator_new(&node, &disk->initiator);
    return status != SANSCSI_OK
               ? status
               : sanscsi_session_new(disk->initiator, &settings, NULL, &disk->session);
}

struct disk *disk_open(const char *url) {
    struct disk *disk = calloc(1, sizeof(*disk));
    if (disk == NULL) {
        return NULL;
    }
    disk->fd = -1;
    disk->ended = 1;
    size_t size = strlen(url) + 8;
    char *texts = malloc(size);
    int32_t status = texts == NULL ? SANSCSI_NO_MEMORY : make_session(disk, url, texts, size);
    free(texts);
    if (status != SANSCSI_OK) {
        (void)fail(disk, sanscsi_status_text(status), "");
        return disk;
    }
    disk->ended = 0;
    expect(sanscsi_session_start(disk->session, now()));
    run(disk, &disk->logged_in);
    if (!disk->logged_in) {
        (void)fail(disk, NULL, NULL); /* an event has told why */
    } else {
        (void)ask_capacity(disk);
    }
    return disk;
}

int disk_close(struct disk *disk) {
    const int never = 0;
    if (disk == NULL) {
        return 1;
    }
    int failed = disk->failed;
    if (!disk->ended) {
        (void)!sanscsi_logout(disk->session, now()); /* or it is ending already */
        run(disk, &never);
    }
    if (disk->fd >= 0) {
        close(disk->fd);
    }
    sanscsi_session_free(disk->session);
    sanscsi_initiator_free(disk->initiator);
    free(disk);
    return failed;
}

uint32_t disk_block_length(const struct disk *disk) {
    return disk == NULL ? 0 : disk->capacity.block_length;
}

uint64_t disk_blocks(const struct disk *disk) {
    return disk == NULL ? 0 : disk->capacity.blocks;
}

const char *disk_error(const struct disk *disk) {
    return disk == NULL ? sanscsi_status_text(SANSCSI_NO_MEMORY) : disk->error;
}
