/* Moves bytes between a non-blocking TCP socket and a session's windows. */
#include "transport.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum {
    MAX_PIECES = 64, /* entries of one window */
    MAX_ROUNDS = 64, /* reads or writes before others have their turn */
    AHEAD = 4144,    /* bytes read behind a window at least: 4 KiB and a header */
    LARGE = 16384    /* a window of more: to copy as much takes longer than to ask again */
};

/* A window as the library fills it is a vector as system calls take it. */
union vector {
    sanscsi_iovec window[MAX_PIECES];
    struct iovec system[MAX_PIECES];
};

_Static_assert(sizeof(sanscsi_iovec) == sizeof(struct iovec) &&
                   offsetof(sanscsi_iovec, data) == offsetof(struct iovec, iov_base) &&
                   offsetof(sanscsi_iovec, size) == offsetof(struct iovec, iov_len),
               "windows have to be copied on this system");

uint64_t clock_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * SANSCSI_SECOND + (uint64_t)now.tv_nsec;
}

static uint32_t connect_failure(int error) {
    static const struct {
        int error;
        uint32_t failure;
    } failures[] = {
        {EHOSTUNREACH, SANSCSI_CONNECT_NO_ROUTE}, {ENETUNREACH, SANSCSI_CONNECT_NO_ROUTE},
        {ENETDOWN, SANSCSI_CONNECT_NO_ROUTE},     {EADDRNOTAVAIL, SANSCSI_CONNECT_NO_ROUTE},
        {ECONNREFUSED, SANSCSI_CONNECT_REFUSED},  {ETIMEDOUT, SANSCSI_CONNECT_TIMEOUT},
    };
    for (size_t i = 0; i < sizeof(failures) / sizeof(failures[0]); i++) {
        if (failures[i].error == error) {
            return failures[i].failure;
        }
    }
    return SANSCSI_CONNECT_OTHER;
}

void transport_init(struct transport *transport, struct pcap *pcap) {
    memset(transport, 0, sizeof(*transport));
    transport->fd = -1;
    transport->pcap = pcap;
}

static void forget_addresses(struct transport *transport) {
    if (transport->addresses != NULL) {
        freeaddrinfo(transport->addresses);
    }
    transport->addresses = NULL;
    transport->candidate = NULL;
}

static void drop_socket(struct transport *transport) {
    if (transport->fd >= 0) {
        close(transport->fd);
    }
    transport->fd = -1;
}

/* From now on each call says whether it waits; a wait has its end. */
static uint32_t opened(struct transport *transport) {
    int one = 1;
    struct timeval patience = {.tv_usec = (suseconds_t)(TRANSPORT_PATIENCE / 1000)};
    (void)setsockopt(transport->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    (void)setsockopt(transport->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    (void)fcntl(transport->fd, F_SETFL, 0);
    transport->ahead = AHEAD;
    forget_addresses(transport);
    transport->state = TRANSPORT_OPEN;
    transport->blocked = 0;
    pcap_stream_open(&transport->stream, transport->pcap, transport->fd);
    return 0;
}

/* The time that is left, shared out evenly among the addresses that are left. */
static uint64_t next_deadline(const struct transport *transport, uint64_t now) {
    uint64_t count = 0;
    for (const struct addrinfo *at = transport->candidate; at != NULL; at = at->ai_next) {
        count++;
    }
    if (count < 2 || transport->give_up == SANSCSI_NEVER || transport->give_up <= now) {
        return transport->give_up;
    }
    return now + (transport->give_up - now) / count;
}

/* Tries the addresses that are left until one connects or may yet do so. */
static uint32_t try_candidates(struct transport *transport) {
    while (transport->candidate != NULL) {
        const struct addrinfo *address = transport->candidate;
        transport->deadline = next_deadline(transport, clock_now());
        transport->candidate = address->ai_next;
        transport->fd = socket(address->ai_family, SOCK_STREAM, 0);
        if (transport->fd >= 0 && fcntl(transport->fd, F_SETFL, O_NONBLOCK) == 0 &&
            fcntl(transport->fd, F_SETFD, FD_CLOEXEC) == 0) {
            if (connect(transport->fd, address->ai_addr, address->ai_addrlen) == 0) {
                return opened(transport);
            }
            if (errno == EINPROGRESS || errno == EINTR) {
                transport->state = TRANSPORT_CONNECTING;
                return 0;
            }
        }
        transport->failure = connect_failure(errno);
        drop_socket(transport);
    }
    forget_addresses(transport);
    transport->state = TRANSPORT_CLOSED;
    return transport->failure;
}

uint32_t transport_open(struct transport *transport, const char *host, uint32_t port,
                        uint64_t deadline) {
    struct addrinfo hints = {0};
    char service[16];
    transport_close(transport, 0);
    snprintf(service, sizeof(service), "%u", (unsigned)port);
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICSERV;
    transport->failure = SANSCSI_CONNECT_UNRESOLVED;
    transport->give_up = deadline;
    transport->opens++;
    if (getaddrinfo(host, service, &hints, &transport->addresses) != 0) {
        transport->addresses = NULL;
        return SANSCSI_CONNECT_UNRESOLVED;
    }
    transport->candidate = transport->addresses;
    return try_candidates(transport);
}

uint32_t transport_continue(struct transport *transport, uint64_t now) {
    int error = 0;
    socklen_t size = sizeof(error);
    struct sockaddr_storage peer;
    socklen_t peer_size = sizeof(peer);
    if (now >= transport->deadline) {
        transport->failure = SANSCSI_CONNECT_TIMEOUT;
        drop_socket(transport);
        return try_candidates(transport);
    }
    if (getsockopt(transport->fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0) {
        error = errno;
    }
    if (error == 0 && getpeername(transport->fd, (struct sockaddr *)&peer, &peer_size) == 0) {
        return opened(transport);
    }
    if (error == 0) {
        return 0; /* not yet */
    }
    transport->failure = connect_failure(error);
    drop_socket(transport);
    return try_candidates(transport);
}

void transport_close(struct transport *transport, uint32_t by_peer) {
    if (transport->state == TRANSPORT_OPEN) {
        pcap_stream_close(&transport->stream, by_peer ? PCAP_IN : PCAP_OUT);
    }
    drop_socket(transport);
    forget_addresses(transport);
    transport->state = TRANSPORT_CLOSED;
}

static size_t window_size(const sanscsi_iovec *window, size_t count) {
    size_t total = 0;
    for (size_t i = 0; i < count; i++) {
        total += window[i].size;
    }
    return total;
}

static int is_passing(int error) {
    return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

static void record(struct transport *transport, unsigned direction, const union vector *vector,
                   ssize_t bytes) {
    if (transport->pcap != NULL) {
        pcap_stream_data(&transport->stream, direction, vector->system, (size_t)bytes);
    }
}

static int send_burst(struct transport *transport, sanscsi_session *session, uint64_t now) {
    union vector vector;
    struct msghdr message = {.msg_iov = vector.system};
    transport->blocked = 1; /* until there is nothing left to send */
    for (int round = 0; round < MAX_ROUNDS; round++) {
        size_t count = 0;
        if (sanscsi_tx_window(session, transport->cid, vector.window, MAX_PIECES, &count) !=
                SANSCSI_OK ||
            count == 0) {
            transport->blocked = 0;
            break;
        }
        message.msg_iovlen = count;
        ssize_t sent = sendmsg(transport->fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent < 0) {
            return is_passing(errno) ? 0 : -1;
        }
        record(transport, PCAP_OUT, &vector, sent);
        if (sanscsi_tx_commit(session, transport->cid, (size_t)sent, now) != SANSCSI_OK) {
            break;
        }
        /* The session has shown all it had if it showed fewer PDUs than it can. */
        if (count < transport->pdus && (size_t)sent == window_size(vector.window, count)) {
            transport->blocked = 0;
            break;
        }
    }
    return 0;
}

int transport_send(struct transport *transport, sanscsi_session *session, uint64_t now) {
    int result = send_burst(transport, session, now);
    pcap_stream_flush(&transport->stream);
    return result;
}

/*
 * A window ends behind the next header, since only that can tell where its data belongs. What
 * comes behind it is read ahead and copied to its place: with small PDUs, one call for several of
 * them costs less than one for each without copying.
 */
static uint8_t scratch[LARGE];

/* How much to read behind a window: as much again as the last one with data held. */
static size_t read_ahead(struct transport *transport, size_t pieces, size_t placed) {
    if (pieces > 1) { /* data and a header; a header alone tells nothing */
        transport->ahead = placed > LARGE ? 0 : placed > AHEAD ? placed : AHEAD;
    }
    return transport->ahead;
}

/* What has come, of which `placed` bytes had a place in the window. */
static int32_t commit(const struct transport *transport, sanscsi_session *session, size_t came,
                      size_t placed, uint64_t now) {
    if (came <= placed) {
        return sanscsi_rx_commit(session, transport->cid, came, now);
    }
    int32_t status = sanscsi_rx_commit(session, transport->cid, placed, now);
    return status != SANSCSI_OK
               ? status
               : sanscsi_rx_feed(session, transport->cid, scratch, came - placed, now);
}

/* Whether a read waits: for anything, or for all of a large PDU's data. */
enum { WAIT_NOT = 0, WAIT_FOR_DATA = 1, WAIT_FOR_ANY = 2 };

/*
 * Reads into the window and beyond. For all of a large PDU's data it may wait, but not for the
 * header behind it, which may be long in coming. Returns as recvmsg() does.
 */
static ssize_t read_some(struct transport *transport, union vector *vector, size_t count,
                         size_t ahead, int wait) {
    struct msghdr message = {.msg_iov = vector->system, .msg_iovlen = count + (ahead > 0)};
    int flags = wait == WAIT_FOR_ANY ? 0 : MSG_DONTWAIT;
    if (wait != WAIT_NOT && count > 1 && ahead == 0) {
        message.msg_iovlen = count - 1;
        flags = MSG_WAITALL;
    }
    vector->window[count] = (sanscsi_iovec){scratch, ahead};
    return recvmsg(transport->fd, &message, flags);
}

static int receive_burst(struct transport *transport, sanscsi_session *session, int wait,
                         uint64_t *now) {
    union vector vector;
    for (int round = 0; round < MAX_ROUNDS; round++) {
        size_t count = 0;
        if (sanscsi_rx_window(session, transport->cid, vector.window, MAX_PIECES - 1, &count) !=
                SANSCSI_OK ||
            count == 0) {
            return round == 0;
        }
        size_t placed = window_size(vector.window, count);
        size_t ahead = read_ahead(transport, count, placed);
        ssize_t came = read_some(transport, &vector, count, ahead, wait);
        if (came == 0 || (came < 0 && !is_passing(errno))) {
            return -1;
        }
        if (came < 0) {
            break;
        }
        *now = clock_now();
        record(transport, PCAP_IN, &vector, came);
        if (commit(transport, session, (size_t)came, placed, *now) != SANSCSI_OK ||
            (size_t)came < placed + ahead) {
            break;
        }
        wait = wait != WAIT_NOT && count == 1 ? WAIT_FOR_DATA : WAIT_NOT; /* of that header */
    }
    return 0;
}

int transport_receive(struct transport *transport, sanscsi_session *session, int wait,
                      uint64_t *now) {
    int result = receive_burst(transport, session, wait ? WAIT_FOR_ANY : WAIT_NOT, now);
    pcap_stream_flush(&transport->stream);
    return result;
}
