/* The receiving side of one byte stream: frames PDUs and says where the next bytes belong. */
#ifndef SANSCSI_CONN_RX_H
#define SANSCSI_CONN_RX_H

#include <iscsi/initiator.h>

#include "base/bytes.h"
#include "base/checked.h"
#include "base/span.h"
#include "wire/bhs.h"

#define RX_DIGEST_SIZE 4u
#define RX_SINK_SIZE 64u

enum rx_step {
    RX_MORE,              /* nothing to do until more bytes come */
    RX_HEADER,            /* rx.bhs holds a checked header: say where its data goes */
    RX_PDU,               /* the whole PDU is there */
    RX_BAD_HEADER_DIGEST, /* rx.expected and rx.received tell; framing is lost */
    RX_BAD_DATA_DIGEST    /* likewise; framing goes on */
};

enum rx_phase { RX_PHASE_BHS, RX_PHASE_EXTRA, RX_PHASE_DATA, RX_PHASE_TRAILER };

struct rx {
    sanscsi_crc32c_function crc32c;
    void *crc32c_context;
    uint8_t bhs[BHS_SIZE];                       /* header of the PDU in work */
    uint8_t incoming[BHS_SIZE + RX_DIGEST_SIZE]; /* where the next header lands */
    uint8_t trailer[4 + RX_DIGEST_SIZE];         /* pad and data digest */
    uint8_t sink[RX_SINK_SIZE];                  /* bytes nobody wants */
    bool header_digest;
    bool data_digest;
    bool plain; /* all data of the PDU goes to the list, and nothing is behind it */
    uint8_t phase;
    uint32_t have;        /* bytes of the phase that have come */
    uint32_t extra;       /* bytes of AHS and header digest behind the BHS */
    uint32_t data_length; /* DataSegmentLength, known with `bhs` */
    uint32_t trailer_length;
    uint32_t keep; /* bytes of the data segment that go to the list, the rest is sunk */
    const sanscsi_iovec *list;
    uint32_t list_index;
    size_t list_offset;   /* within list[list_index] */
    sanscsi_iovec single; /* the list of a destination that is one buffer */
    uint32_t crc;         /* running, over the phase's bytes */
    uint32_t expected;    /* what we computed, of the last bad digest */
    uint32_t received;    /* what came with it */
    size_t shown;         /* bytes of the window last shown */
    size_t landed;        /* bytes committed and not worked through yet */
};

void sanscsi_rx_init(struct rx *rx, sanscsi_crc32c_function crc32c, void *context);

/* Digests count from the next header on (RFC 7143 13.1). */
void sanscsi_rx_set_digests(struct rx *rx, bool header, bool data);

/* Fills `iov` in stream order with where the next bytes belong; returns the entries used. */
size_t sanscsi_rx_show(struct rx *rx, sanscsi_iovec *iov, size_t max);

/* `bytes` have landed in the window; false when that is more than it holds. */
static inline bool rx_land(struct rx *rx, size_t bytes) {
    if (bytes > rx->shown) {
        return false;
    }
    rx->shown = 0;
    rx->landed += bytes;
    return true;
}

/* Copies bytes of the stream to where the window would be, and lets them land; returns how many
 * found room there, at least one. */
size_t sanscsi_rx_fill(struct rx *rx, const uint8_t *data, size_t bytes);

/* The header is whole and right: until its place is told, the data is sunk. */
static inline enum rx_step rx_header_done(struct rx *rx) {
    uint32_t length = rx->data_length;
    rx->trailer_length =
        length == 0 ? 0 : pad_length(length) + (rx->data_digest ? RX_DIGEST_SIZE : 0);
    rx->plain = length == 0;
    rx->keep = 0;
    rx->crc = 0;
    rx->have = 0;
    rx->phase = RX_PHASE_DATA;
    return RX_HEADER;
}

/* The general step, by phase. */
enum rx_step sanscsi_rx_step(struct rx *rx);

/* Works through what has landed, one step a call. After RX_HEADER the data's place must be told,
 * by one of the two below, before the next step. What nearly every step finds is looked for here:
 * all data and nothing behind it, or a header with nothing behind it. */
static inline enum rx_step rx_next(struct rx *rx) {
    if (rx->phase == RX_PHASE_DATA && rx->plain && rx->landed >= rx->data_length - rx->have) {
        rx->landed -= rx->data_length - rx->have;
        rx->have = 0;
        rx->phase = RX_PHASE_BHS;
        return RX_PDU;
    }
    if (rx->phase == RX_PHASE_BHS && rx->landed >= BHS_SIZE - rx->have && rx->incoming[4] == 0 &&
        !rx->header_digest) {
        rx->landed -= BHS_SIZE - rx->have;
        memcpy(rx->bhs, rx->incoming, BHS_SIZE);
        rx->data_length = load_be32(rx->incoming + 4); /* TotalAHSLength is 0 */
        return rx_header_done(rx);
    }
    return sanscsi_rx_step(rx);
}

/* Behind RX_HEADER: whether the next step can only be RX_MORE. */
static inline bool rx_awaits_data(const struct rx *rx) {
    return rx->landed == 0 && rx->data_length > 0;
}

/* The data goes to `list`, beginning `offset` bytes into entry `index`; the list holds it all. */
static inline void rx_accept_list(struct rx *rx, const sanscsi_iovec *list, uint32_t index,
                                  size_t offset) {
    rx->list = list;
    rx->list_index = index;
    rx->list_offset = offset;
    rx->keep = rx->data_length;
    rx->plain = rx->trailer_length == 0;
}

/* The first bytes of the data go to `buffer`, as many as `size`; the rest is sunk. */
void sanscsi_rx_accept(struct rx *rx, void *buffer, uint32_t size);

#endif
