/* Runs bare.c on a system with sockets. usage: bare ADDRESS PORT TARGET LUN LBA; a block comes from
 * standard input, what was read back goes to standard output. */
#define _DEFAULT_SOURCE /* getentropy(), whatever -std says */
#include "bare.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct host {
    int fd;
};

static uint64_t host_now(void *context) {
    struct timespec time;
    (void)context;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * UINT64_C(1000000000) + (uint64_t)time.tv_nsec;
}

static int32_t host_random(void *context, void *bytes, size_t size) {
    (void)context;
    return size <= 256 ? getentropy(bytes, size) : -1;
}

static int32_t host_open(void *context, const char *host, uint32_t port) {
    struct host *self = context;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    if (inet_pton(AF_INET, host, &address.sin_addr) != 1) {
        return -1; /* it has no resolver */
    }
    self->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (self->fd >= 0 &&
        (connect(self->fd, (const struct sockaddr *)&address, sizeof(address)) != 0 ||
         fcntl(self->fd, F_SETFL, O_NONBLOCK) != 0)) {
        close(self->fd);
        self->fd = -1;
    }
    return self->fd >= 0 ? 0 : -1;
}

/* What a call on the socket says, in the words of bare.h. */
static int32_t moved(ssize_t bytes) {
    int later = errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
    return bytes >= 0 ? (int32_t)bytes : later ? 0 : -1;
}

static int32_t host_receive(void *context, void *data, size_t size) {
    const struct host *self = context;
    ssize_t came = recv(self->fd, data, size, 0);
    return came == 0 ? -1 : moved(came); /* 0: the target has closed */
}

static int32_t host_send(void *context, const void *data, size_t size) {
    const struct host *self = context;
    return moved(send(self->fd, data, size, MSG_NOSIGNAL));
}

static void host_wait(void *context, int32_t full, uint64_t deadline) {
    const struct host *self = context;
    struct pollfd wait = {.fd = self->fd, .events = full ? POLLIN | POLLOUT : POLLIN};
    uint64_t present = host_now(NULL);
    uint64_t left = deadline > present ? (deadline - present) / 1000000 + 1 : 0;
    (void)poll(&wait, 1, left > 60000 ? 60000 : (int)left);
}

static void host_close(void *context) {
    struct host *self = context;
    close(self->fd);
    self->fd = -1;
}

int main(int argc, char **argv) {
    uint8_t block[BARE_BLOCK];
    uint8_t back[BARE_BLOCK] = {0};
    struct host host = {.fd = -1};
    struct bare_report report;
    const struct bare_system system = {.context = &host,
                                       .now = host_now,
                                       .random = host_random,
                                       .open = host_open,
                                       .receive = host_receive,
                                       .send = host_send,
                                       .wait = host_wait,
                                       .close = host_close};
    if (argc != 6 || fread(block, sizeof(block), 1, stdin) != 1) {
        fputs("usage: bare ADDRESS PORT TARGET LUN LBA <BLOCK\n", stderr);
        return 2;
    }
    const struct bare_disk disk = {.host = argv[1],
                                   .port = (uint32_t)strtoul(argv[2], NULL, 10),
                                   .target = argv[3],
                                   .lun = (uint16_t)strtoul(argv[4], NULL, 10)};
    int32_t result = bare_run(&system, &disk, strtoull(argv[5], NULL, 10), block, back, &report);
    fprintf(stderr, "status %" PRId32 " event %" PRIu32 " sense %06" PRIx32 "\n", report.status,
            report.event, report.sense);
    fprintf(stderr, "arena %zu peak %zu afterwards %zu\n", report.arena, report.peak,
            report.afterwards);
    if (result == 0 && (fwrite(back, sizeof(back), 1, stdout) != 1 || fflush(stdout) != 0)) {
        return 1;
    }
    return result == 0 ? 0 : 1;
}
