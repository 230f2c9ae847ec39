/* A stranger's program: logs in to a disk by the installed library alone, reads block 0, logs out.
 * It is C99, C11, C++98 and C++20 at once, hence no designated initializers and no casts in C's
 * style. Prints the library's version and the first bytes of the block. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "user.h"

#include <iscsi/sanscsi.h>

struct disk {
    sanscsi_session *session;
    sanscsi_iovec buffer;
    uint64_t lun;
    int fd;
    int tries; /* left: a new session's first command often meets a UNIT ATTENTION */
    int good;
};

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return static_cast_to(uint64_t, time.tv_sec) * SANSCSI_SECOND +
           static_cast_to(uint64_t, time.tv_nsec);
}

static int32_t open_transport(struct disk *disk, const sanscsi_output *wish) {
    struct sockaddr_in address;
    memset(&address, 0, sizeof(address));
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast_to(uint16_t, wish->port));
    disk->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (inet_pton(AF_INET, wish->host, &address.sin_addr) != 1 ||
        connect(disk->fd, reinterpret_cast_to(struct sockaddr *, &address), sizeof(address)) != 0) {
        return sanscsi_connect_failed(disk->session, wish->cid, SANSCSI_CONNECT_OTHER, now());
    }
    return sanscsi_connected(disk->session, wish->cid, now());
}

static int32_t close_transport(struct disk *disk) {
    close(disk->fd);
    disk->fd = -1;
    return sanscsi_closed(disk->session, 0, now());
}

static int32_t read_block(struct disk *disk) {
    uint8_t cdb[16];
    sanscsi_command command;
    sanscsi_command_defaults(&command);
    command.lun = disk->lun;
    command.cdb = cdb;
    command.cdb_length = sanscsi_cdb_read10(cdb, 0, 1, 0);
    command.data_in = &disk->buffer;
    command.data_in_count = 1;
    return sanscsi_submit(disk->session, &command, now(), NULL);
}

static int32_t finish(struct disk *disk, const sanscsi_task_result *done) {
    if (done->io_status == SANSCSI_IO_OK && done->sense_key == 6 && disk->tries-- > 0) {
        return read_block(disk);
    }
    disk->good = done->io_status == SANSCSI_IO_OK && done->scsi_status == 0;
    return sanscsi_logout(disk->session, now());
}

static int32_t serve(struct disk *disk, const sanscsi_output *output) {
    char message[512];
    switch (output->type) {
    case SANSCSI_OUTPUT_CONNECT:
        return open_transport(disk, output);
    case SANSCSI_OUTPUT_CLOSE:
        return close_transport(disk);
    case SANSCSI_OUTPUT_LOGGED_IN:
        return read_block(disk);
    case SANSCSI_OUTPUT_TASK_DONE:
        return finish(disk, output->result);
    case SANSCSI_OUTPUT_EVENT:
        sanscsi_event_message(output->event, message, sizeof(message));
        fprintf(stderr, "%s\n", message);
        break;
    default:
        break;
    }
    return SANSCSI_OK;
}

static int32_t move_bytes(struct disk *disk) {
    sanscsi_iovec piece;
    size_t count = 0;
    struct pollfd wait;
    while (sanscsi_tx_window(disk->session, 0, &piece, 1, &count) == SANSCSI_OK && count > 0) {
        ssize_t sent = send(disk->fd, piece.data, piece.size, MSG_NOSIGNAL);
        if (sent < 0 ||
            sanscsi_tx_commit(disk->session, 0, static_cast_to(size_t, sent), now()) < 0) {
            return close_transport(disk);
        }
    }
    wait.fd = disk->fd;
    wait.events = POLLIN;
    if (poll(&wait, 1, 100) > 0 &&
        sanscsi_rx_window(disk->session, 0, &piece, 1, &count) == SANSCSI_OK && count > 0) {
        ssize_t got = recv(disk->fd, piece.data, piece.size, 0);
        return got > 0 ? sanscsi_rx_commit(disk->session, 0, static_cast_to(size_t, got), now())
                       : close_transport(disk);
    }
    return sanscsi_tick(disk->session, now());
}

/* Turns the loop until the session has ended. */
static void run(struct disk *disk) {
    sanscsi_output output;
    memset(&output, 0, sizeof(output));
    output.size = sizeof(output);
    while (output.type != SANSCSI_OUTPUT_LOGGED_OUT &&
           sanscsi_poll(disk->session, &output) == SANSCSI_OK) {
        if (output.type != SANSCSI_OUTPUT_NONE) {
            (void)!serve(disk, &output); /* what goes wrong comes back as an output */
        } else if (disk->fd >= 0) {
            (void)!move_bytes(disk);
        }
    }
}

int read_first_block(const char *text, uint8_t *block, size_t size) {
    char texts[1024];
    struct disk disk;
    sanscsi_url url;
    sanscsi_initiator *initiator = NULL;
    sanscsi_initiator_settings node;
    sanscsi_session_settings settings;
    memset(&disk, 0, sizeof(disk));
    memset(&url, 0, sizeof(url));
    url.size = sizeof(url);
    disk.buffer.data = block;
    disk.buffer.size = size;
    disk.fd = -1;
    disk.tries = 4;
    if (sanscsi_url_parse(text, strlen(text), texts, sizeof(texts), &url) != SANSCSI_OK ||
        sanscsi_lun_encode(url.lun, &disk.lun) != SANSCSI_OK) {
        return -1;
    }
    sanscsi_initiator_settings_defaults(&node);
    node.name = "iqn.2026-11.org.example:user";
    node.name_length = strlen(node.name);
    sanscsi_session_settings_defaults(&settings);
    settings.host = url.host;
    settings.host_length = strlen(url.host);
    settings.port = url.port;
    settings.target_name = url.target;
    settings.target_name_length = strlen(url.target);
    if (sanscsi_initiator_new(&node, &initiator) == SANSCSI_OK &&
        sanscsi_session_new(initiator, &settings, NULL, &disk.session) == SANSCSI_OK &&
        sanscsi_session_start(disk.session, now()) == SANSCSI_OK) {
        run(&disk);
    }
    sanscsi_session_free(disk.session);
    sanscsi_initiator_free(initiator);
    return disk.good ? 0 : -1;
}
