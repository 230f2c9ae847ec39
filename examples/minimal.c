/* The smallest complete initiator: logs in, reads block 0 of a disk, shows its first bytes. */
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <iscsi/sanscsi.h>

static uint8_t block[4096];
static const sanscsi_iovec buffer = {block, sizeof(block)};
static uint64_t lun;
static int tries = 4; /* a new session's first command often meets a UNIT ATTENTION */
static int result = 1, fd = -1;

/* The library's `now`: ns of a clock that never goes back. */
static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * SANSCSI_SECOND + (uint64_t)time.tv_nsec;
}

static int32_t open_transport(sanscsi_session *session, const sanscsi_output *wish) {
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *list = NULL;
    char port[8];
    snprintf(port, sizeof(port), "%u", (unsigned)wish->port);
    if (getaddrinfo(wish->host, port, &hints, &list) != 0) {
        return sanscsi_connect_failed(session, wish->cid, SANSCSI_CONNECT_UNRESOLVED, now());
    }
    fd = socket(list->ai_family, list->ai_socktype, 0);
    int connected = connect(fd, list->ai_addr, list->ai_addrlen) == 0;
    freeaddrinfo(list);
    return connected ? sanscsi_connected(session, wish->cid, now())
                     : sanscsi_connect_failed(session, wish->cid, SANSCSI_CONNECT_OTHER, now());
}

static int32_t close_transport(sanscsi_session *session, uint32_t cid) {
    close(fd);
    fd = -1;
    return sanscsi_closed(session, cid, now());
}

/* Sends all there is to send, then waits for bytes or the session's next deadline. */
static int32_t move_bytes(sanscsi_session *session, uint32_t cid) {
    sanscsi_iovec piece;
    size_t count = 0;
    while (sanscsi_tx_window(session, cid, &piece, 1, &count) == SANSCSI_OK && count > 0) {
        ssize_t sent = send(fd, piece.data, piece.size, MSG_NOSIGNAL);
        if (sent < 0) {
            return close_transport(session, cid);
        }
        (void)!sanscsi_tx_commit(session, cid, (size_t)sent, now());
    }
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    /* Waits a second, or briefly when a deadline is near: a needless tick does nothing. */
    if (poll(&wait, 1, sanscsi_deadline(session) > now() + SANSCSI_SECOND ? 1000 : 10) > 0 &&
        sanscsi_rx_window(session, cid, &piece, 1, &count) == SANSCSI_OK && count > 0) {
        ssize_t got = recv(fd, piece.data, piece.size, 0);
        return got > 0 ? sanscsi_rx_commit(session, cid, (size_t)got, now())
                       : close_transport(session, cid);
    }
    return sanscsi_tick(session, now());
}

static int32_t read_block(sanscsi_session *session) {
    uint8_t cdb[16];
    sanscsi_command command;
    sanscsi_command_defaults(&command);
    command.lun = lun;
    command.cdb = cdb;
    command.cdb_length = sanscsi_cdb_read10(cdb, 0, 1, 0);
    command.data_in = &buffer;
    command.data_in_count = 1;
    return sanscsi_submit(session, &command, now(), NULL);
}

/* The read has ended: shows what came, or tries again, and logs out at last. */
static int32_t finish(sanscsi_session *session, const sanscsi_task_result *done) {
    if (done->io_status == SANSCSI_IO_OK && done->sense_key == 6 && --tries > 0) {
        return read_block(session);
    }
    result = done->io_status != SANSCSI_IO_OK || done->scsi_status != 0;
    for (uint32_t i = 0; i < 64 && i < done->data_in && result == 0; i++) {
        printf("%02x%c", block[i], i % 16 == 15 ? '\n' : ' ');
    }
    return sanscsi_logout(session, now());
}

/* Deals with one thing the session has to tell. */
static int32_t serve(sanscsi_session *session, const sanscsi_output *output) {
    char message[512];
    switch (output->type) {
    case SANSCSI_OUTPUT_CONNECT:
        return open_transport(session, output);
    case SANSCSI_OUTPUT_CLOSE:
        return close_transport(session, output->cid);
    case SANSCSI_OUTPUT_LOGGED_IN:
        return read_block(session);
    case SANSCSI_OUTPUT_TASK_DONE:
        return finish(session, output->result);
    case SANSCSI_OUTPUT_EVENT:
        sanscsi_event_message(output->event, message, sizeof(message));
        fprintf(stderr, "%s\n", message);
        break;
    }
    return SANSCSI_OK;
}

int main(int argc, char **argv) {
    char texts[1024];
    sanscsi_url url = {.size = sizeof(url)};
    sanscsi_initiator *initiator = NULL;
    sanscsi_session *session = NULL;
    sanscsi_output output = {.size = sizeof(output)};
    if (argc != 2 ||
        sanscsi_url_parse(argv[1], strlen(argv[1]), texts, sizeof(texts), &url) != SANSCSI_OK ||
        sanscsi_lun_encode(url.lun, &lun) != SANSCSI_OK) {
        fprintf(stderr, "Usage: minimal iscsi://HOST[:PORT]/TARGET-NAME/LUN\n");
        return 2;
    }
    sanscsi_initiator_settings node;
    sanscsi_initiator_settings_defaults(&node);
    node.name = "iqn.2026-11.io.sanscsi:minimal";
    node.name_length = strlen(node.name);
    sanscsi_session_settings settings;
    sanscsi_session_settings_defaults(&settings);
    settings.host = url.host;
    settings.host_length = strlen(url.host);
    settings.port = url.port;
    settings.target_name = url.target;
    settings.target_name_length = strlen(url.target);
    int ready = sanscsi_initiator_new(&node, &initiator) == SANSCSI_OK &&
                sanscsi_session_new(initiator, &settings, NULL, &session) == SANSCSI_OK &&
                sanscsi_session_start(session, now()) == SANSCSI_OK;
    while (ready && output.type != SANSCSI_OUTPUT_LOGGED_OUT &&
           sanscsi_poll(session, &output) == SANSCSI_OK) {
        if (output.type != SANSCSI_OUTPUT_NONE) {
            (void)!serve(session, &output); /* what goes wrong comes back as an output */
        } else if (fd >= 0) {
            (void)!move_bytes(session, 0);
        }
    }
    sanscsi_session_free(session);
    sanscsi_initiator_free(initiator);
    return result;
}
