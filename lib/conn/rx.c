/* The receiving side of one byte stream.
 *
 * A PDU passes four phases: BHS, extra (AHS and header digest), data, trailer (pad and data
 * digest); each knows how many bytes it needs. Bytes lie in the stream's order in the memory the
 * window named, so committing them is a matter of counting:
 *  - the window names the rest of the present phase and all phases behind it up to the end of the
 *    next header, so one readv lands payload in place and picks up the next header;
 *  - therefore the next header lands in `incoming` while `bhs` still describes the PDU in work,
 *    and nothing behind the next header is ever shown, since only that header can tell its place;
 *  - `landed` counts bytes that lie in place but have not been worked through. */
#include "conn/rx.h"

#include "base/bytes.h"
#include "base/checked.h"

void sanscsi_rx_init(struct rx *rx, sanscsi_crc32c_function crc32c, void *context) {
    memset(rx, 0, sizeof(*rx));
    rx->crc32c = crc32c;
    rx->crc32c_context = context;
}

void sanscsi_rx_set_digests(struct rx *rx, bool header, bool data) {
    rx->header_digest = header;
    rx->data_digest = data;
}

/* Bytes of the next header's first read: with a digest and no AHS it is whole after one. */
static uint32_t incoming_length(const struct rx *rx) {
    return BHS_SIZE + (rx->header_digest ? RX_DIGEST_SIZE : 0);
}

/* What is done with the places that the next bytes belong to: they are shown, or filled. */
struct window {
    const uint8_t *from; /* bytes to fill them with, or NULL to show them */
    size_t left;         /* at from */
    sanscsi_iovec *next;
    const sanscsi_iovec *end;
    size_t bytes;
};

static inline bool window_fill(struct window *window, void *data, size_t size) {
    size_t piece = min_size(size, window->left);
    memcpy(data, window->from, piece);
    window->from += piece;
    window->left -= piece;
    return window->left > 0;
}

static inline bool window_add(struct window *window, void *data, size_t size) {
    if (size == 0) {
        return true;
    }
    if (window->from != NULL) {
        return window_fill(window, data, size);
    }
    if (window->next == window->end) {
        return false;
    }
    *window->next++ = (sanscsi_iovec){data, size};
    window->bytes += size;
    return true;
}

/* The rest of the data segment: the kept part in its list, then as much sink as there is. False
 * when nothing may be shown behind it: the window is full, or the sink does not hold the rest. */
static inline bool show_data(struct rx *rx, struct window *window) {
    uint32_t left = rx->have < rx->keep ? rx->keep - rx->have : 0;
    size_t offset = rx->list_offset;
    for (uint32_t i = rx->list_index; left > 0; i++) {
        size_t size = min_size(rx->list[i].size - offset, left);
        if (!window_add(window, byte_at(rx->list[i].data, offset), size)) {
            return false;
        }
        left -= (uint32_t)size;
        offset = 0;
    }
    uint32_t unwanted = rx->data_length - max_u32(rx->keep, rx->have);
    if (unwanted == 0) {
        return true;
    }
    return window_add(window, rx->sink, min_u32(unwanted, RX_SINK_SIZE)) &&
           unwanted <= RX_SINK_SIZE;
}

static inline void show_phases(struct rx *rx, struct window *window) {
    uint32_t have = rx->have;
    if (rx->phase == RX_PHASE_EXTRA) {
        have %= RX_DIGEST_SIZE;
        (void)window_add(window, rx->incoming + BHS_SIZE + have, RX_DIGEST_SIZE - have);
        return;
    }
    if (rx->phase == RX_PHASE_DATA) {
        if (!show_data(rx, window)) {
            return;
        }
        have = 0;
    }
    if (rx->phase != RX_PHASE_BHS) {
        if (!window_add(window, rx->trailer + have, rx->trailer_length - have)) {
            return;
        }
        have = 0;
    }
    (void)window_add(window, rx->incoming + have, incoming_length(rx) - have);
}

/* Whether the rest of the data lies in one piece and the next header follows: then `left` bytes
 * belong to `place`. Nearly every window is of this kind. */
static inline bool one_piece(const struct rx *rx, uint8_t **place, uint32_t *left) {
    *left = rx->data_length - rx->have;
    if (rx->phase != RX_PHASE_DATA || !rx->plain || *left == 0) {
        return false;
    }
    const sanscsi_iovec *entry = &rx->list[rx->list_index];
    *place = byte_at(entry->data, rx->list_offset);
    return entry->size - rx->list_offset >= *left;
}

size_t sanscsi_rx_show(struct rx *rx, sanscsi_iovec *iov, size_t max) {
    uint8_t *place = NULL;
    uint32_t left = 0;
    if (max > 1 && one_piece(rx, &place, &left)) {
        iov[0] = (sanscsi_iovec){place, left};
        iov[1] = (sanscsi_iovec){rx->incoming, incoming_length(rx)};
        rx->shown = left + iov[1].size;
        return 2;
    }
    if (rx->phase == RX_PHASE_BHS && max > 0) {
        iov[0] = (sanscsi_iovec){rx->incoming + rx->have, incoming_length(rx) - rx->have};
        rx->shown = iov[0].size;
        return 1;
    }
    struct window window = {.next = iov, .end = iov + max};
    show_phases(rx, &window);
    rx->shown = window.bytes;
    return (size_t)(window.next - iov);
}

size_t sanscsi_rx_fill(struct rx *rx, const uint8_t *data, size_t bytes) {
    uint8_t *place = NULL;
    uint32_t left = 0;
    rx->shown = 0;
    if (one_piece(rx, &place, &left) && bytes >= left) {
        size_t behind = min_size(bytes - left, incoming_length(rx));
        memcpy(place, data, left);
        if (behind == BHS_SIZE) { /* a fixed size needs no call */
            memcpy(rx->incoming, data + left, BHS_SIZE);
        } else {
            memcpy(rx->incoming, data + left, behind);
        }
        rx->landed += left + behind;
        return left + behind;
    }
    struct window window = {.from = data, .left = bytes};
    show_phases(rx, &window);
    rx->landed += bytes - window.left;
    return bytes - window.left;
}

/* Takes landed bytes into the present phase; true when it then has `need`. */
static inline bool phase_complete(struct rx *rx, uint32_t need) {
    uint32_t missing = need - rx->have;
    if (rx->landed < missing) {
        rx->have += (uint32_t)rx->landed;
        rx->landed = 0;
        return false;
    }
    rx->landed -= missing;
    rx->have = need;
    return true;
}

static void enter(struct rx *rx, enum rx_phase phase) {
    rx->phase = (uint8_t)phase;
    rx->have = 0;
}

static uint32_t crc(const struct rx *rx, uint32_t before, const void *data, size_t size) {
    return rx->crc32c(rx->crc32c_context, before, data, size);
}

/* Compares the digest at `bytes` with the running CRC. */
static bool digest_matches(struct rx *rx, const uint8_t *bytes) {
    rx->expected = rx->crc;
    rx->received = load_le32(bytes);
    return rx->expected == rx->received;
}

/* The words behind the BHS come one at a time: no target sends AHS, so only the digest counts. */
static enum rx_step extra_step(struct rx *rx) {
    const uint8_t *word = rx->incoming + BHS_SIZE;
    uint32_t need = rx->have - rx->have % RX_DIGEST_SIZE + RX_DIGEST_SIZE;
    if (!phase_complete(rx, need)) {
        return RX_MORE;
    }
    if (rx->have < rx->extra || !rx->header_digest) {
        rx->crc = rx->header_digest ? crc(rx, rx->crc, word, RX_DIGEST_SIZE) : 0;
        return rx->have == rx->extra ? rx_header_done(rx) : RX_MORE;
    }
    return digest_matches(rx, word) ? rx_header_done(rx) : RX_BAD_HEADER_DIGEST;
}

static enum rx_step bhs_step(struct rx *rx) {
    if (!phase_complete(rx, BHS_SIZE)) {
        return RX_MORE;
    }
    memcpy(rx->bhs, rx->incoming, BHS_SIZE);
    uint32_t lengths = load_be32(rx->incoming + 4); /* TotalAHSLength, DataSegmentLength */
    rx->data_length = lengths & 0xffffffu;
    rx->extra = 4u * (lengths >> 24) + (rx->header_digest ? RX_DIGEST_SIZE : 0);
    if (rx->extra == 0) {
        return rx_header_done(rx);
    }
    rx->crc = rx->header_digest ? crc(rx, 0, rx->bhs, BHS_SIZE) : 0;
    enter(rx, RX_PHASE_EXTRA);
    return extra_step(rx);
}

/* Steps over `size` kept bytes in the list, taking them into the CRC. */
static void take_kept(struct rx *rx, uint32_t size) {
    while (size > 0) {
        const sanscsi_iovec *entry = &rx->list[rx->list_index];
        uint32_t piece = (uint32_t)min_size(entry->size - rx->list_offset, size);
        if (rx->data_digest) {
            rx->crc = crc(rx, rx->crc, byte_at(entry->data, rx->list_offset), piece);
        }
        rx->list_offset += piece;
        size -= piece;
        if (rx->list_offset == entry->size) {
            rx->list_index++;
            rx->list_offset = 0;
        }
    }
}

/* Unwanted bytes, one sink full of them: true when they were the last of the data segment. */
static bool sink_step(struct rx *rx) {
    uint32_t before = rx->have;
    (void)phase_complete(rx, min_u32(rx->data_length, before + RX_SINK_SIZE));
    if (rx->data_digest) {
        rx->crc = crc(rx, rx->crc, rx->sink, rx->have - before);
    }
    return rx->have == rx->data_length;
}

/* False while the data segment is not whole. */
static bool data_step(struct rx *rx) {
    uint32_t before = rx->have;
    if (before < rx->keep) {
        bool whole = phase_complete(rx, rx->keep);
        if (!whole || rx->data_digest) { /* else nobody asks for the list's place again */
            take_kept(rx, rx->have - before);
        }
        if (!whole) {
            return false;
        }
    }
    return rx->have == rx->data_length || sink_step(rx);
}

static enum rx_step trailer_step(struct rx *rx) {
    uint32_t length = rx->trailer_length;
    if (length > 0 && !phase_complete(rx, length)) {
        return RX_MORE;
    }
    enter(rx, RX_PHASE_BHS);
    if (length == 0 || !rx->data_digest) {
        return RX_PDU;
    }
    uint32_t pad = length - RX_DIGEST_SIZE;
    rx->crc = crc(rx, rx->crc, rx->trailer, pad);
    return digest_matches(rx, rx->trailer + pad) ? RX_PDU : RX_BAD_DATA_DIGEST;
}

static enum rx_step segment_step(struct rx *rx) {
    if (!data_step(rx)) {
        return RX_MORE;
    }
    enter(rx, RX_PHASE_TRAILER);
    return trailer_step(rx);
}

enum rx_step sanscsi_rx_step(struct rx *rx) {
    static enum rx_step (*const steps[])(struct rx *) = {
        [RX_PHASE_BHS] = bhs_step,
        [RX_PHASE_EXTRA] = extra_step,
        [RX_PHASE_DATA] = segment_step,
        [RX_PHASE_TRAILER] = trailer_step,
    };
    return steps[rx->phase](rx);
}

void sanscsi_rx_accept(struct rx *rx, void *buffer, uint32_t size) {
    rx->single.data = buffer;
    rx->single.size = size;
    rx_accept_list(rx, &rx->single, 0, 0);
    rx->keep = min_u32(rx->data_length, size);
    rx->plain = false;
}
