/* The session harness moves bytes both ways, watches the windows, and polls. */
#include <stdlib.h>
#include <string.h>

#include "session_run.h"

sanscsi_session *calls(struct run *run) {
    int32_t state = sanscsi_session_state(run->session);
    FUZZ_HOLDS(state >= SANSCSI_SESSION_FREE && state <= SANSCSI_SESSION_WAITING,
               "a session is in a state that is documented");
    run->heap.closed = !run->peer.terms.discovery &&
                       (state == SANSCSI_SESSION_LOGGED_IN || state == SANSCSI_SESSION_LOGOUT);
    return run->session;
}

/* FNV-1a over 64-bit words. */
static bool ends(const struct run *run) {
    int32_t state = sanscsi_session_state(run->session);
    return state != SANSCSI_SESSION_LOGIN && state != SANSCSI_SESSION_LOGGED_IN &&
           state != SANSCSI_SESSION_LOGOUT;
}

/* ---- out ---- */

static size_t gather(const sanscsi_iovec *iov, size_t count, uint8_t *to, size_t room) {
    size_t size = 0;
    for (size_t i = 0; i < count; i++) {
        size_t bytes = iov[i].size < room - size ? iov[i].size : room - size;
        if (bytes > 0) {
            memcpy(to + size, iov[i].data, bytes);
        }
        size += bytes;
    }
    return size;
}

/* What was shown stays as it is, and more comes only behind it. */
static size_t show(struct run *run, size_t entries) {
    static uint8_t now_shown[SHOWN_BYTES];
    sanscsi_iovec iov[SHOWN];
    size_t count = 0;
    int32_t status = sanscsi_tx_window(calls(run), 0, iov, entries, &count);
    FUZZ_HOLDS(status == SANSCSI_OK || status == SANSCSI_NOT_CONNECTED,
               "the send window answers as documented");
    FUZZ_HOLDS(count <= entries && (status == SANSCSI_OK || count == 0),
               "a window has no more entries than asked for");
    size_t size = gather(iov, count, now_shown, sizeof(now_shown));
    if (ends(run)) {
        FUZZ_HOLDS(size == 0, "nothing is sent over a connection that ends");
        run->shown_size = 0;
        return 0;
    }
    size_t both = size < run->shown_size ? size : run->shown_size;
    FUZZ_HOLDS(memcmp(now_shown, run->shown, both) == 0, "what was shown is sent as it was");
    FUZZ_HOLDS(entries < SHOWN || size >= run->shown_size, "what was shown stays shown");
    FUZZ_HOLDS(size > 0 || !run->heap.closed || !run->settled || run->heap.bytes == run->idle,
               "behind a login, sent and polled to its end, its memory is given back");
    if (size > run->shown_size) {
        memcpy(run->shown, now_shown, size);
        run->shown_size = size;
    }
    return size;
}

/* Sends up to `most` bytes of a window of so many entries. */
void move_out(struct run *run, size_t most, size_t entries) {
    size_t size = show(run, entries);
    size = size < most ? size : most;
    if (size == 0) {
        return;
    }
    static uint8_t sent[SHOWN_BYTES];
    memcpy(sent, run->shown, size);
    int32_t status = sanscsi_tx_commit(calls(run), 0, size, run->now);
    FUZZ_HOLDS(status == SANSCSI_OK, "what was shown can be committed");
    run->shown_size -= size;
    memmove(run->shown, run->shown + size, run->shown_size);
    peer_hears(run, sent, size);
    for (size_t i = 0; i < size; i++) {
        transcribe(&run->transcript, sent[i]);
    }
}

/* ---- in ---- */

static size_t landing(struct run *run, sanscsi_iovec *iov, size_t entries, size_t *count) {
    size_t room = 0;
    *count = 0;
    int32_t status = sanscsi_rx_window(calls(run), 0, iov, entries, count);
    FUZZ_HOLDS(status == SANSCSI_OK || status == SANSCSI_NOT_CONNECTED,
               "the receive window answers as documented");
    FUZZ_HOLDS(*count <= entries && (status == SANSCSI_OK || *count == 0),
               "a window has no more entries than asked for");
    for (size_t i = 0; i < *count; i++) {
        FUZZ_HOLDS(jobs_allow(run, iov[i].data, iov[i].size),
                   "a window leads to what is read into and nowhere else");
        room += iov[i].size;
    }
    return room;
}

static int32_t land(struct run *run, const uint8_t *data, size_t *size) {
    sanscsi_iovec iov[SHOWN];
    size_t count = 0;
    size_t room = landing(run, iov, 1 + *size % 4, &count);
    size_t done = 0;
    if (room == 0) {
        return SANSCSI_PROTOCOL_ERROR;
    }
    *size = *size < room ? *size : room;
    for (size_t i = 0; done < *size; i++) {
        size_t bytes = iov[i].size < *size - done ? iov[i].size : *size - done;
        if (bytes > 0) {
            memcpy(iov[i].data, data + done, bytes);
        }
        done += bytes;
    }
    return sanscsi_rx_commit(calls(run), 0, *size, run->now);
}

/* How much of what is left comes in one piece. */
static size_t piece(struct run *run, size_t left) {
    if (run->split == 0) {
        return left;
    }
    run->split = run->split * 1664525u + 1013904223u;
    size_t size = 1 + (run->split >> 16) % 61;
    return size < left ? size : left;
}

/* Brings up to `most` bytes of what the peer says. */
void move_in(struct run *run, size_t most, bool windows) {
    struct bytes *say = &run->peer.say;
    size_t left = bytes_left(say) < most ? bytes_left(say) : most;
    while (left > 0) {
        size_t size = piece(run, left);
        /* Exactly as long, so that a read beyond it is seen. */
        uint8_t *bytes = fuzz_copy(span_of(bytes_first(say), size));
        int32_t status = windows ? land(run, bytes, &size)
                                 : sanscsi_rx_feed(calls(run), 0, bytes, size, run->now);
        free(bytes);
        FUZZ_HOLDS(status == SANSCSI_OK || status == SANSCSI_PROTOCOL_ERROR ||
                       status == SANSCSI_NOT_CONNECTED,
                   "what is received is answered as documented");
        bytes_take(say, size);
        left -= size;
        if (status != SANSCSI_OK) {
            bytes_take(say, left);
            break;
        }
    }
    run->landing_count = 0;
}

/* Between two commits both windows stay where and what they are, whatever else is called. */
void windows_watched(struct run *run) {
    sanscsi_iovec iov[SHOWN];
    size_t count = 0;
    (void)show(run, SHOWN);
    (void)landing(run, iov, SHOWN, &count);
    if (ends(run)) {
        run->landing_count = 0;
        return;
    }
    FUZZ_HOLDS(run->landing_count == 0 || (run->landing_count == count &&
                                           memcmp(run->landing, iov, count * sizeof(*iov)) == 0),
               "a receive window stays until its commit");
    memcpy(run->landing, iov, count * sizeof(*iov));
    run->landing_count = count;
}

/* ---- polling ---- */

static void tell_result(struct run *run, const sanscsi_task_result *result) {
    const uint64_t told[] = {result->user,         result->scsi_status, result->io_status,
                             result->response,     result->data_in,     result->underflow,
                             result->overflow,     result->sense_key,   result->sense_code,
                             result->sense_length, result->sense_total, result->read_underflow};
    for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++) {
        transcribe(&run->transcript, told[i]);
    }
    job_ends(run, result);
}

/* One output; its connection's state changes with it. */
void poll_once(struct run *run) {
    sanscsi_output output = {.size = sizeof(output)};
    int32_t status = sanscsi_poll(calls(run), &output);
    FUZZ_HOLDS(status == SANSCSI_OK, "a poll is always answered");
    FUZZ_HOLDS(output.type <= SANSCSI_OUTPUT_LOST, "an output is of a type that is documented");
    run->told += output.type != SANSCSI_OUTPUT_NONE;
    transcribe(&run->transcript, output.type);
    run->settled = run->settled || (run->heap.closed && output.type == SANSCSI_OUTPUT_NONE);
    switch (output.type) {
    case SANSCSI_OUTPUT_CONNECT:
        run->connect_wanted = true;
        break;
    case SANSCSI_OUTPUT_CLOSE:
        run->close_wanted = true;
        break;
    case SANSCSI_OUTPUT_TASK_DONE:
        tell_result(run, output.result);
        break;
    case SANSCSI_OUTPUT_EVENT:
        transcribe_event(&run->transcript, output.event);
        break;
    case SANSCSI_OUTPUT_LOGGED_OUT:
        if (sanscsi_session_state(run->session) == SANSCSI_SESSION_FREE) {
            jobs_all_done(run); /* else it was started again before this was polled */
        }
        break;
    case SANSCSI_OUTPUT_TARGET:
        transcribe(&run->transcript, output.target->portal_count);
        break;
    default:
        break;
    }
}

void poll_all(struct run *run) {
    uint32_t before;
    do {
        before = run->told;
        poll_once(run);
    } while (run->told != before);
}
