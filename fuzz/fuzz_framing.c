/* Property: however a stream is cut, the receive engine finds the PDUs that plain counting finds.
 */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "conn/rx.h"
#include "fuzz.h"

#define STREAM_MOST 4096u
#define PDUS_MOST 32u
#define DATA_MOST 512u /* bytes of a data segment, where the input does not say otherwise */
#define GUARD 16u
#define AREA (STREAM_MOST + 8 * GUARD)
#define CANARY 0xa5
#define ENTRIES 8u

enum place { PLACE_NOWHERE, PLACE_BUFFER, PLACE_LIST };

/* One PDU as plain counting finds it. */
struct found {
    uint8_t bhs[BHS_SIZE];
    uint32_t length;   /* of its data */
    struct span data;  /* in the stream; cut where that ends */
    enum rx_step end;  /* RX_MORE: the stream ends within it */
    bool header;       /* its header is whole and right */
    uint32_t expected; /* of the bad digest */
    uint32_t received;
    enum place place;
    uint32_t keep;            /* PLACE_BUFFER: bytes of it */
    uint32_t pieces[ENTRIES]; /* PLACE_LIST: sizes of entries */
};

static struct stream {
    bool header_digest, data_digest;
    uint8_t bytes[STREAM_MOST];
    size_t size;
    struct found pdus[PDUS_MOST + 1];
    size_t count;
} stream;

/* Any function of all bytes will do; this one is no CRC, and cheap. */
static uint32_t digest(void *context, uint32_t before, const void *data, size_t size) {
    const uint8_t *bytes = data;
    (void)context;
    for (size_t i = 0; i < size; i++) {
        before = (before ^ bytes[i]) * UINT32_C(16777619) + 1;
    }
    return before;
}

/* ---- plain counting ---- */

struct counting {
    size_t at;
    bool mend; /* digests are made right */
};

/* Checks, or mends, a digest over the bytes from `from`; RX_MORE when it is not there. */
static enum rx_step count_digest(struct counting *counting, size_t from, struct found *pdu,
                                 enum rx_step bad) {
    if (stream.size < counting->at + RX_DIGEST_SIZE) {
        return RX_MORE;
    }
    uint8_t *word = stream.bytes + counting->at;
    pdu->expected = digest(NULL, 0, stream.bytes + from, counting->at - from);
    counting->at += RX_DIGEST_SIZE;
    if (counting->mend) {
        store_le32(word, pdu->expected);
    }
    pdu->received = load_le32(word);
    return pdu->expected == pdu->received ? RX_PDU : bad;
}

static enum rx_step count_header(struct counting *counting, struct found *pdu) {
    size_t start = counting->at;
    size_t left = stream.size - start;
    if (left < BHS_SIZE) {
        return RX_MORE;
    }
    const uint8_t *bhs = stream.bytes + start;
    memcpy(pdu->bhs, bhs, BHS_SIZE);
    pdu->length = load_be24(bhs + 5);
    size_t size = BHS_SIZE + 4u * bhs[4];
    if (left < size) {
        return RX_MORE;
    }
    counting->at += size;
    if (pdu->place == PLACE_LIST && pdu->length > STREAM_MOST) {
        pdu->place = PLACE_NOWHERE; /* our list would not hold it */
    }
    return stream.header_digest ? count_digest(counting, start, pdu, RX_BAD_HEADER_DIGEST) : RX_PDU;
}

static enum rx_step count_data(struct counting *counting, struct found *pdu) {
    size_t start = counting->at;
    size_t left = stream.size - start;
    pdu->data = span_of(stream.bytes + start, left < pdu->length ? left : pdu->length);
    if (pdu->length == 0) {
        return RX_PDU;
    }
    uint64_t padded = ((uint64_t)pdu->length + 3) / 4 * 4;
    if (left < padded) {
        return RX_MORE;
    }
    counting->at += (size_t)padded;
    return stream.data_digest ? count_digest(counting, start, pdu, RX_BAD_DATA_DIGEST) : RX_PDU;
}

/* Where the data of a PDU shall go; the choices are in front of the stream. */
static void choose_place(struct found *pdu, struct reader *choices) {
    pdu->place = (enum place)fuzz_up_to(choices, PLACE_LIST);
    pdu->keep = fuzz_up_to(choices, 200);
    for (size_t i = 0; i < ENTRIES; i++) {
        pdu->pieces[i] = fuzz_up_to(choices, 100);
    }
}

static void count_pdus(struct reader *choices, bool mend) {
    struct counting counting = {0, mend};
    enum rx_step step = RX_PDU;
    stream.count = 0;
    while ((step == RX_PDU || step == RX_BAD_DATA_DIGEST) && stream.count < PDUS_MOST) {
        struct found *pdu = &stream.pdus[stream.count++];
        memset(pdu, 0, sizeof(*pdu));
        choose_place(pdu, choices);
        step = count_header(&counting, pdu);
        pdu->header = step == RX_PDU;
        if (pdu->header) {
            step = count_data(&counting, pdu);
        }
        pdu->end = step;
    }
    if (step == RX_PDU || step == RX_BAD_DATA_DIGEST) { /* more PDUs than we look at */
        stream.size = counting.at;
    }
}

/* ---- the engine ---- */

static struct receiver {
    struct rx rx;
    size_t headers; /* seen */
    size_t pdus;
    bool ended; /* by a bad header digest */
    sanscsi_iovec list[ENTRIES + 1];
    size_t used; /* bytes of the area that the PDU in work can reach, guards included */
    uint8_t area[AREA];
} receiver;

/* The memory of a PDU's data: entries with guards between them, the last as large as need be. */
static void lay_out(const struct found *pdu) {
    size_t at = GUARD;
    size_t left = pdu->length < STREAM_MOST ? pdu->length : STREAM_MOST;
    receiver.used = left + (ENTRIES / 2 + 2) * GUARD + pdu->keep;
    receiver.used = receiver.used < AREA ? receiver.used : AREA;
    memset(receiver.area, CANARY, receiver.used);
    for (size_t i = 0; i < ENTRIES / 2; i++) {
        size_t size = pdu->pieces[i] < left ? pdu->pieces[i] : left;
        receiver.list[i] = (sanscsi_iovec){size == 0 ? NULL : receiver.area + at, size};
        at += size + (size == 0 ? 0 : GUARD);
        left -= size;
    }
    receiver.list[ENTRIES / 2] = (sanscsi_iovec){receiver.area + at, left};
}

static void tell_place(const struct found *pdu) {
    lay_out(pdu);
    if (pdu->place == PLACE_BUFFER) {
        sanscsi_rx_accept(&receiver.rx, receiver.area + GUARD, pdu->keep);
    } else if (pdu->place == PLACE_LIST) {
        rx_accept_list(&receiver.rx, receiver.list, 0, 0);
    }
}

/* What the area must hold when the data that has come is in its place. */
static void check_area(const struct found *pdu) {
    uint8_t wanted[AREA];
    size_t done = 0;
    memset(wanted, CANARY, receiver.used);
    if (pdu->place == PLACE_BUFFER && pdu->data.size > 0) {
        memcpy(wanted + GUARD, pdu->data.data,
               pdu->data.size < pdu->keep ? pdu->data.size : pdu->keep);
    }
    for (size_t i = 0; pdu->place == PLACE_LIST && i <= ENTRIES / 2; i++) {
        size_t left = pdu->data.size - done;
        size_t size = receiver.list[i].size < left ? receiver.list[i].size : left;
        if (size > 0) {
            size_t at = (size_t)((uint8_t *)receiver.list[i].data - receiver.area);
            memcpy(wanted + at, pdu->data.data + done, size);
            done += size;
        }
    }
    FUZZ_HOLDS(memcmp(wanted, receiver.area, receiver.used) == 0,
               "data lies where it belongs, and nothing else was written");
}

static void check_end(enum rx_step step) {
    FUZZ_HOLDS(receiver.pdus < stream.count, "there are no more PDUs than were counted");
    const struct found *pdu = &stream.pdus[receiver.pdus++];
    FUZZ_HOLDS(pdu->end == step, "each PDU ends as counting says");
    if (step == RX_BAD_HEADER_DIGEST) {
        receiver.headers++; /* it was never told */
        receiver.ended = true;
    } else {
        FUZZ_HOLDS(memcmp(receiver.rx.bhs, pdu->bhs, BHS_SIZE) == 0,
                   "the header is the PDU's own until the end");
        check_area(pdu);
    }
    FUZZ_HOLDS(receiver.headers == receiver.pdus, "every PDU has one header");
    if (step != RX_PDU) {
        FUZZ_HOLDS(receiver.rx.expected == pdu->expected && receiver.rx.received == pdu->received,
                   "a bad digest is told as it is");
    }
}

static void check_header(void) {
    FUZZ_HOLDS(receiver.headers == receiver.pdus && receiver.headers < stream.count,
               "a header comes behind a whole PDU");
    const struct found *pdu = &stream.pdus[receiver.headers++];
    FUZZ_HOLDS(pdu->header && memcmp(receiver.rx.bhs, pdu->bhs, BHS_SIZE) == 0,
               "each header is one that was counted");
    tell_place(pdu);
}

static void work(void) {
    enum rx_step step = RX_PDU;
    while (!receiver.ended && step != RX_MORE) {
        step = rx_next(&receiver.rx);
        if (step == RX_HEADER) {
            check_header();
        } else if (step != RX_MORE) {
            check_end(step);
        }
    }
    FUZZ_HOLDS(receiver.ended || receiver.rx.landed == 0, "all that has landed is worked through");
}

/* Copies bytes to where a window of `entries` wants them, as a transport would. */
static size_t show_and_land(const uint8_t *data, size_t size, size_t entries) {
    sanscsi_iovec window[ENTRIES];
    size_t count = sanscsi_rx_show(&receiver.rx, window, entries);
    size_t done = 0;
    FUZZ_HOLDS(count >= 1 && count <= entries, "a window is never empty");
    for (size_t i = 0; i < count && done < size; i++) {
        size_t piece = window[i].size < size - done ? window[i].size : size - done;
        memcpy(window[i].data, data + done, piece);
        done += piece;
    }
    FUZZ_HOLDS(done > 0 && rx_land(&receiver.rx, done), "what was shown can land");
    FUZZ_HOLDS(!rx_land(&receiver.rx, 1), "a window lands once");
    return done;
}

/* `cuts` say how many bytes come at once, and how they are taken; none: all at once. */
static void receive(struct span cuts) {
    struct reader cut;
    size_t at = 0;
    memset(&receiver, 0, sizeof(receiver));
    sanscsi_rx_init(&receiver.rx, digest, NULL);
    sanscsi_rx_set_digests(&receiver.rx, stream.header_digest, stream.data_digest);
    sanscsi_reader_init(&cut, cuts.data, cuts.size);
    while (at < stream.size && !receiver.ended) {
        size_t most = stream.size - at;
        size_t entries = 0;
        if (cuts.size > 0) {
            uint8_t choice = sanscsi_reader_u8(&cut);
            most = most < choice / 8u + 1 ? most : choice / 8u + 1;
            entries = choice % 8u;
        }
        at += entries == 0 ? sanscsi_rx_fill(&receiver.rx, stream.bytes + at, most)
                           : show_and_land(stream.bytes + at, most, entries);
        FUZZ_HOLDS(at <= stream.size, "no byte is taken that was not there");
        work();
    }
    size_t whole = stream.count;
    while (whole > 0 && stream.pdus[whole - 1].end == RX_MORE) {
        whole--;
    }
    FUZZ_HOLDS(receiver.pdus == whole, "all PDUs that were counted are found");
    if (receiver.headers > receiver.pdus && !receiver.ended) {
        check_area(&stream.pdus[receiver.pdus]);
    }
}

/* Most lengths are small, so that streams of this size hold several PDUs. */
static void shorten(bool shorter) {
    for (size_t at = 0; shorter && at + BHS_SIZE <= stream.size;) {
        uint8_t *bhs = stream.bytes + at;
        bhs[4] &= 3;
        store_be24(bhs + 5, load_be24(bhs + 5) % DATA_MOST);
        at += BHS_SIZE + 4u * bhs[4] + (stream.header_digest ? RX_DIGEST_SIZE : 0) +
              (load_be24(bhs + 5) + 3) / 4 * 4;
        at += stream.data_digest && load_be24(bhs + 5) > 0 ? RX_DIGEST_SIZE : 0;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const uint8_t one_by_one[] = {0};
    struct reader input;
    struct reader choices;
    sanscsi_reader_init(&input, data, size);
    stream.header_digest = fuzz_flag(&input);
    stream.data_digest = fuzz_flag(&input);
    bool mend = fuzz_flag(&input);
    bool shorter = fuzz_flag(&input);
    struct span places = fuzz_bytes(&input, 256);
    struct span cuts = fuzz_bytes(&input, 256);
    struct span bytes = fuzz_rest(&input);
    stream.size = bytes.size < STREAM_MOST ? bytes.size : STREAM_MOST;
    if (stream.size > 0) {
        memcpy(stream.bytes, bytes.data, stream.size);
    }
    shorten(shorter);
    sanscsi_reader_init(&choices, places.data, places.size);
    count_pdus(&choices, mend);
    receive(span_of(NULL, 0));
    receive(span_of(one_by_one, sizeof(one_by_one)));
    receive(cuts);
    return 0;
}
