/* Tests of lib/conn: the receiving stream, against hand-made PDUs in every split. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "conn/rx.h"
#include "support/bytes.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define MAX_PDUS 32u
#define MAX_STREAM 32768u
#define AREA 4400u /* bytes of memory for one PDU's data, canaries included */
#define CANARY 0xa5
#define MAX_ENTRIES 64u
#define FILLED 0u /* bytes are copied to their places, no window is shown */

/* Where a PDU's data goes. */
enum place { PLACE_NOWHERE, PLACE_BUFFER, PLACE_LIST };

struct pdu_case {
    uint32_t ahs; /* words */
    uint32_t length;
    enum place place;
    uint32_t keep; /* PLACE_BUFFER: its size; PLACE_LIST: where in the list to begin */
};

/* Lists: entries of these sizes in turn, empty ones among them; a 100-byte gap between two. */
static const uint32_t entry_sizes[] = {0, 1, 0, 0, 3, 700, 2, 0, 1000, 5, 2000, 0, 600};

struct pdu {
    struct pdu_case what;
    uint8_t bhs[48];
    sanscsi_iovec list[COUNT(entry_sizes)];
    uint8_t area[AREA];
    uint8_t wanted[AREA];
};

/* A stream, and what has to come of it. */
struct stream {
    struct pdu pdus[MAX_PDUS];
    uint32_t count;
    bool header_digest, data_digest;
    uint8_t bytes[MAX_STREAM];
    size_t size;
};

static struct stream stream;

static void put(const void *data, size_t size) {
    assert_true(stream.size + size <= MAX_STREAM);
    memcpy(stream.bytes + stream.size, data, size);
    stream.size += size;
}

static void put_digest(size_t from) {
    uint8_t digest[4];
    reference_digest(digest, stream.bytes + from, stream.size - from);
    put(digest, sizeof(digest));
}

/* Lays a PDU's list out and says, in `wanted`, where its data has to lie. */
static void want(struct pdu *pdu, const uint8_t *data) {
    uint32_t length = pdu->what.length;
    memset(pdu->wanted, CANARY, AREA);
    if (pdu->what.place == PLACE_BUFFER) {
        memcpy(pdu->wanted + 8, data, length < pdu->what.keep ? length : pdu->what.keep);
        return;
    }
    size_t at = 8, skip = pdu->what.keep, done = 0;
    for (size_t i = 0; i < COUNT(entry_sizes); i++) {
        size_t size = entry_sizes[i];
        pdu->list[i] = (sanscsi_iovec){size == 0 ? NULL : pdu->area + at, size};
        for (size_t b = 0; b < size; b++, at++) {
            if (skip > 0) {
                skip--;
            } else if (pdu->what.place == PLACE_LIST && done < length) {
                pdu->wanted[at] = data[done++];
            }
        }
        at += 5;
    }
    assert_true(at <= AREA);
    assert_true(pdu->what.place != PLACE_LIST || done == length);
}

static void add_pdu(struct pdu_case what, uint32_t *seed) {
    uint8_t bytes[4096 + 1020];
    struct pdu *pdu = &stream.pdus[stream.count++];
    pdu->what = what;
    size_t start = stream.size;
    random_fill(seed, pdu->bhs, sizeof(pdu->bhs));
    pdu->bhs[4] = (uint8_t)what.ahs;
    pdu->bhs[5] = (uint8_t)(what.length >> 16);
    pdu->bhs[6] = (uint8_t)(what.length >> 8);
    pdu->bhs[7] = (uint8_t)what.length;
    put(pdu->bhs, sizeof(pdu->bhs));
    random_fill(seed, bytes, sizeof(bytes));
    put(bytes, 4 * what.ahs);
    if (stream.header_digest) {
        put_digest(start);
    }
    random_fill(seed, bytes, sizeof(bytes));
    want(pdu, bytes);
    start = stream.size;
    put(bytes, (what.length + 3) / 4 * 4); /* pad bytes of any value: RFC 7143 11.1 */
    if (stream.data_digest && what.length > 0) {
        put_digest(start);
    }
}

static void make_stream(const struct pdu_case *cases, size_t count, unsigned digests) {
    uint32_t seed = 11;
    stream.count = 0;
    stream.size = 0;
    stream.header_digest = (digests & 1) != 0;
    stream.data_digest = (digests & 2) != 0;
    for (size_t i = 0; i < count; i++) {
        add_pdu(cases[i], &seed);
    }
}

/* The receiver under test and how far it has come. */
struct receiver {
    struct rx rx;
    uint32_t headers, pdus; /* seen */
    size_t max;             /* entries of a window, or FILLED */
    enum rx_step bad;       /* RX_MORE, or the bad digest that ended it */
};

static void receiver_init(struct receiver *receiver, size_t max) {
    memset(receiver, 0, sizeof(*receiver));
    sanscsi_rx_init(&receiver->rx, sanscsi_crc32c, NULL);
    sanscsi_rx_set_digests(&receiver->rx, stream.header_digest, stream.data_digest);
    receiver->max = max;
    for (uint32_t i = 0; i < stream.count; i++) {
        memset(stream.pdus[i].area, CANARY, AREA);
    }
}

/* The list's entry and offset that lie `skip` bytes behind its beginning. */
static void accept_list(struct rx *rx, struct pdu *pdu) {
    uint32_t index = 0;
    size_t offset = pdu->what.keep;
    while (offset > pdu->list[index].size) {
        offset -= pdu->list[index].size;
        index++;
    }
    rx_accept_list(rx, pdu->list, index, offset);
}

static void step_header(struct receiver *receiver) {
    assert_true(receiver->headers < stream.count);
    assert_int_equal(receiver->headers, receiver->pdus);
    struct pdu *pdu = &stream.pdus[receiver->headers++];
    assert_memory_equal(receiver->rx.bhs, pdu->bhs, sizeof(pdu->bhs));
    if (pdu->what.place == PLACE_BUFFER) {
        sanscsi_rx_accept(&receiver->rx, pdu->area + 8, pdu->what.keep);
    } else if (pdu->what.place == PLACE_LIST) {
        accept_list(&receiver->rx, pdu);
    }
}

static void step_pdu(struct receiver *receiver) {
    assert_int_equal(receiver->headers, receiver->pdus + 1);
    struct pdu *pdu = &stream.pdus[receiver->pdus++];
    assert_memory_equal(receiver->rx.bhs, pdu->bhs, sizeof(pdu->bhs)); /* still its own header */
    assert_memory_equal(pdu->area, pdu->wanted, AREA);
}

static void work(struct receiver *receiver) {
    for (;;) {
        switch (rx_next(&receiver->rx)) {
        case RX_MORE:
            return;
        case RX_HEADER:
            step_header(receiver);
            break;
        case RX_PDU:
            step_pdu(receiver);
            break;
        case RX_BAD_HEADER_DIGEST:
            receiver->bad = RX_BAD_HEADER_DIGEST;
            return;
        case RX_BAD_DATA_DIGEST:
            receiver->bad = RX_BAD_DATA_DIGEST;
            return;
        }
    }
}

static size_t fill(struct receiver *receiver, const uint8_t *data, size_t size) {
    size_t filled = sanscsi_rx_fill(&receiver->rx, data, size);
    assert_in_range(filled, 1, size);
    assert_false(rx_land(&receiver->rx, 1)); /* no window holds any longer */
    work(receiver);
    return filled;
}

/* Puts at most `size` bytes into the window; returns how many. */
static size_t deliver(struct receiver *receiver, const uint8_t *data, size_t size) {
    sanscsi_iovec iov[MAX_ENTRIES + 1];
    if (receiver->max == FILLED) {
        return fill(receiver, data, size);
    }
    iov[receiver->max] = (sanscsi_iovec){&stream, 77};
    size_t count = sanscsi_rx_show(&receiver->rx, iov, receiver->max);
    assert_in_range(count, 1, receiver->max);
    assert_true(iov[receiver->max].data == &stream && iov[receiver->max].size == 77);
    size_t room = 0, copied = 0;
    for (size_t i = 0; i < count; i++) {
        assert_true(iov[i].size > 0);
        size_t piece = iov[i].size < size - copied ? iov[i].size : size - copied;
        memcpy(iov[i].data, data + copied, piece);
        copied += piece;
        room += iov[i].size;
    }
    assert_false(rx_land(&receiver->rx, room + 1));
    assert_false(rx_land(&receiver->rx, SIZE_MAX));
    assert_true(rx_land(&receiver->rx, copied));
    assert_false(rx_land(&receiver->rx, 1)); /* a window is good for one commit */
    work(receiver);
    return copied;
}

/* One read's worth of bytes, through as many windows as it takes. */
static void feed(struct receiver *receiver, size_t from, size_t to) {
    while (from < to && receiver->bad == RX_MORE) {
        from += deliver(receiver, stream.bytes + from, to - from);
    }
}

static void assert_all_came(const struct receiver *receiver) {
    assert_int_equal(receiver->bad, RX_MORE);
    assert_int_equal(receiver->headers, stream.count);
    assert_int_equal(receiver->pdus, stream.count);
}

static void feed_whole(size_t max) {
    struct receiver receiver;
    receiver_init(&receiver, max);
    feed(&receiver, 0, stream.size);
    assert_all_came(&receiver);
}

static void feed_in_steps(size_t max, size_t step) {
    struct receiver receiver;
    receiver_init(&receiver, max);
    for (size_t at = 0; at < stream.size; at += step) {
        feed(&receiver, at, at + step < stream.size ? at + step : stream.size);
    }
    assert_all_came(&receiver);
}

static void feed_two_pieces(size_t max, size_t split) {
    struct receiver receiver;
    receiver_init(&receiver, max);
    feed(&receiver, 0, split);
    feed(&receiver, split, stream.size);
    assert_all_came(&receiver);
}

static void feed_at_random(size_t max, uint32_t *seed) {
    struct receiver receiver;
    receiver_init(&receiver, max);
    for (size_t at = 0; at < stream.size;) {
        size_t piece = 1 + random_below(seed, random_below(seed, 3) == 0 ? 3000 : 60);
        size_t end = at + piece < stream.size ? at + piece : stream.size;
        feed(&receiver, at, end);
        at = end;
    }
    assert_all_came(&receiver);
}

static const size_t window_sizes[] = {FILLED, 1, 2, 3, 4, MAX_ENTRIES};

/* DataSegmentLengths on each side of a word, buffers too small, sinks longer than one window. */
static const struct pdu_case small_cases[] = {
    {0, 0, PLACE_NOWHERE, 0}, {0, 1, PLACE_BUFFER, 1},    {0, 2, PLACE_BUFFER, 64},
    {0, 3, PLACE_LIST, 0},    {0, 4, PLACE_BUFFER, 4},    {0, 5, PLACE_LIST, 0},
    {1, 0, PLACE_BUFFER, 9},  {2, 5, PLACE_BUFFER, 5},    {0, 5, PLACE_NOWHERE, 0},
    {0, 5, PLACE_BUFFER, 3},  {0, 128, PLACE_NOWHERE, 0}, {0, 129, PLACE_NOWHERE, 0},
    {5, 7, PLACE_LIST, 1},    {0, 260, PLACE_BUFFER, 1},  {0, 0, PLACE_LIST, 0},
    {0, 6, PLACE_BUFFER, 0},  {0, 1, PLACE_LIST, 3},
};

static const struct pdu_case large_cases[] = {
    {0, 4096, PLACE_BUFFER, 4096}, {0, 4096, PLACE_LIST, 0},   {0, 4090, PLACE_LIST, 5},
    {0, 4095, PLACE_NOWHERE, 0},   {255, 4094, PLACE_LIST, 4}, {0, 4093, PLACE_BUFFER, 130},
    {0, 3300, PLACE_LIST, 706},    {0, 0, PLACE_NOWHERE, 0},
};

static void streams_come_whole_and_byte_by_byte(void **state) {
    (void)state;
    for (unsigned digests = 0; digests < 4; digests++) {
        for (size_t w = 0; w < COUNT(window_sizes); w++) {
            make_stream(small_cases, COUNT(small_cases), digests);
            feed_whole(window_sizes[w]);
            feed_in_steps(window_sizes[w], 1);
            feed_in_steps(window_sizes[w], 4);
            make_stream(large_cases, COUNT(large_cases), digests);
            feed_whole(window_sizes[w]);
            feed_in_steps(window_sizes[w], 1);
            feed_in_steps(window_sizes[w], 1448);
        }
    }
}

static void streams_come_in_two_pieces(void **state) {
    (void)state;
    for (unsigned digests = 0; digests < 4; digests++) {
        make_stream(small_cases, COUNT(small_cases), digests);
        for (size_t split = 1; split < stream.size; split++) {
            feed_two_pieces(window_sizes[split % COUNT(window_sizes)], split);
            feed_two_pieces(4, split);
        }
    }
}

static void streams_come_at_random_splits(void **state) {
    (void)state;
    uint32_t seed = 5;
    for (unsigned digests = 0; digests < 4; digests++) {
        make_stream(small_cases, COUNT(small_cases), digests);
        for (unsigned run = 0; run < 200; run++) {
            feed_at_random(window_sizes[run % COUNT(window_sizes)], &seed);
        }
        make_stream(large_cases, COUNT(large_cases), digests);
        for (unsigned run = 0; run < 200; run++) {
            feed_at_random(window_sizes[run % COUNT(window_sizes)], &seed);
        }
    }
}

/* One read picks up a header's payload, pad, digest, and the whole next header behind it. */
static void a_window_reaches_to_the_end_of_the_next_header(void **state) {
    (void)state;
    static const struct pdu_case cases[] = {{0, 5, PLACE_BUFFER, 5}, {0, 0, PLACE_NOWHERE, 0}};
    static const size_t beyond[] = {3 + 48, 3 + 48 + 4, 3 + 4 + 48, 3 + 4 + 48 + 4};
    for (unsigned digests = 0; digests < 4; digests++) {
        make_stream(cases, COUNT(cases), digests);
        struct receiver receiver;
        receiver_init(&receiver, 4);
        feed(&receiver, 0, stream.header_digest ? 52 : 48);
        assert_int_equal(receiver.headers, 1);
        sanscsi_iovec iov[8];
        assert_int_equal(sanscsi_rx_show(&receiver.rx, iov, 8), 3);
        assert_ptr_equal(iov[0].data, stream.pdus[0].area + 8);
        assert_int_equal(iov[0].size, 5);
        assert_int_equal(iov[1].size + iov[2].size, beyond[digests]);
        sanscsi_iovec again[8]; /* shown anew it lies where it lay */
        assert_int_equal(sanscsi_rx_show(&receiver.rx, again, 8), 3);
        for (size_t i = 0; i < 3; i++) {
            assert_ptr_equal(again[i].data, iov[i].data);
            assert_int_equal(again[i].size, iov[i].size);
        }
    }
}

/* RFC 7143 7.8: of a header whose digest is wrong, nothing may be used. */
static void each_flipped_header_bit_is_found(void **state) {
    (void)state;
    for (uint32_t ahs = 0; ahs < 3; ahs += 2) {
        const struct pdu_case cases[] = {{ahs, 4096, PLACE_BUFFER, 4096}};
        make_stream(cases, COUNT(cases), 3);
        size_t bits = (48 + 4 * (size_t)ahs + 4) * 8;
        for (size_t bit = 0; bit < bits; bit++) {
            struct receiver receiver;
            receiver_init(&receiver, 1 + bit % 4);
            stream.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
            feed(&receiver, 0, stream.size);
            assert_int_equal(receiver.bad, RX_BAD_HEADER_DIGEST);
            assert_int_equal(receiver.headers, 0);
            if (bit / 8 != 4) { /* there the header changes its length */
                const uint8_t *digest = stream.bytes + 48 + 4 * ahs;
                uint8_t computed[4];
                reference_digest(computed, stream.bytes, 48 + 4 * (size_t)ahs);
                assert_int_equal(receiver.rx.received, digest[0] | (uint32_t)digest[1] << 8 |
                                                           (uint32_t)digest[2] << 16 |
                                                           (uint32_t)digest[3] << 24);
                assert_int_equal(receiver.rx.expected,
                                 reference_crc32c(stream.bytes, 48 + 4 * (size_t)ahs));
            }
            stream.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
    }
}

/* Data, pad and digest are all covered, and the PDU behind is found all the same (11.2.3). */
static void each_flipped_data_bit_is_found_and_framing_goes_on(void **state) {
    (void)state;
    static const enum place places[] = {PLACE_BUFFER, PLACE_LIST, PLACE_NOWHERE};
    for (size_t p = 0; p < COUNT(places); p++) {
        for (uint32_t length = 1; length < 135; length += 133) {
            const struct pdu_case cases[] = {
                {0, length, places[p], places[p] == PLACE_LIST ? 0 : 99}, {0, 4, PLACE_BUFFER, 4}};
            make_stream(cases, COUNT(cases), 3);
            size_t end = 52 + (length + 3) / 4 * 4 + 4;
            for (size_t bit = 52 * 8; bit < end * 8; bit++) {
                struct receiver receiver;
                receiver_init(&receiver, 1 + bit % 4);
                stream.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
                feed(&receiver, 0, end);
                assert_int_equal(receiver.bad, RX_BAD_DATA_DIGEST);
                assert_int_equal(receiver.headers, 1);
                assert_int_equal(receiver.pdus, 0);
                assert_int_equal(receiver.rx.expected,
                                 reference_crc32c(stream.bytes + 52, end - 4 - 52));
                receiver.bad = RX_MORE;
                receiver.pdus = 1; /* it is lost */
                feed(&receiver, end, stream.size);
                assert_all_came(&receiver);
                stream.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
            }
        }
    }
}

/* RFC 7143 13.1: digests begin with the first PDU behind the login, whose header may be there. */
static void digests_are_switched_on_between_pdus(void **state) {
    (void)state;
    static const struct pdu_case before = {0, 7, PLACE_BUFFER, 7};
    static const struct pdu_case behind[] = {{0, 5, PLACE_BUFFER, 5}, {0, 0, PLACE_NOWHERE, 0}};
    for (unsigned digests = 1; digests < 4; digests++) {
        for (size_t w = 0; w < COUNT(window_sizes); w++) {
            uint32_t seed = 21;
            make_stream(&before, 1, 0);
            size_t end = stream.size;
            stream.header_digest = (digests & 1) != 0;
            stream.data_digest = (digests & 2) != 0;
            add_pdu(behind[0], &seed);
            add_pdu(behind[1], &seed);
            for (size_t early = 0; early <= 48; early++) { /* bytes of the next header that came */
                struct receiver receiver;
                receiver_init(&receiver, window_sizes[w]);
                sanscsi_rx_set_digests(&receiver.rx, false, false);
                feed(&receiver, 0, end - 1);
                assert_int_equal(receiver.pdus, 0);
                sanscsi_iovec iov[MAX_ENTRIES];
                if (sanscsi_rx_show(&receiver.rx, iov, window_sizes[w]) < 2) {
                    continue; /* this window ends with the pad */
                }
                assert_int_equal(iov[0].size, 1);
                memcpy(iov[0].data, stream.bytes + end - 1, 1);
                memcpy(iov[1].data, stream.bytes + end, early);
                assert_true(rx_land(&receiver.rx, 1 + early));
                assert_int_equal(rx_next(&receiver.rx), RX_PDU);
                step_pdu(&receiver);
                sanscsi_rx_set_digests(&receiver.rx, stream.header_digest, stream.data_digest);
                work(&receiver);
                feed(&receiver, end + early, stream.size);
                assert_all_came(&receiver);
            }
        }
    }
}

/* A header without data is the whole PDU: what is awaited behind it is the next header, before the
 * PDU was looked at and after. */
static void a_window_behind_a_header_without_data(void **state) {
    (void)state;
    static const uint8_t bhs[48] = {0x20, 0x80};
    struct rx rx;
    sanscsi_iovec iov[3];
    sanscsi_rx_init(&rx, NULL, NULL);
    for (uint32_t round = 0; round < 3; round++) {
        assert_int_equal(sanscsi_rx_show(&rx, iov, 3), 1);
        assert_int_equal(iov[0].size, sizeof(bhs));
        memcpy(iov[0].data, bhs, sizeof(bhs));
        assert_true(rx_land(&rx, sizeof(bhs)));
        if (round > 0) {
            assert_int_equal(rx_next(&rx), RX_PDU);
        }
        assert_int_equal(rx_next(&rx), RX_HEADER);
        assert_memory_equal(rx.bhs, bhs, sizeof(bhs));
        assert_false(rx_awaits_data(&rx));
    }
}

/* A window without room shows nothing, whatever is awaited, and nothing can land in it. */
static void a_window_without_room(void **state) {
    (void)state;
    static const uint8_t bhs[48] = {0x25, 0x80, 0, 0, 0, 0, 0, 3};
    uint8_t data[4];
    struct rx rx;
    sanscsi_iovec iov[3];
    sanscsi_rx_init(&rx, NULL, NULL);
    assert_int_equal(sanscsi_rx_show(&rx, iov, 0), 0);
    assert_false(rx_land(&rx, 1));
    assert_int_equal(sanscsi_rx_fill(&rx, bhs, sizeof(bhs)), sizeof(bhs));
    assert_int_equal(rx_next(&rx), RX_HEADER);
    sanscsi_rx_accept(&rx, data, sizeof(data));
    assert_int_equal(sanscsi_rx_show(&rx, iov, 3), 3); /* data, pad, the next header */
    assert_int_equal(sanscsi_rx_show(&rx, iov, 0), 0);
    assert_false(rx_land(&rx, 1));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(streams_come_whole_and_byte_by_byte),
        cmocka_unit_test(streams_come_in_two_pieces),
        cmocka_unit_test(streams_come_at_random_splits),
        cmocka_unit_test(a_window_reaches_to_the_end_of_the_next_header),
        cmocka_unit_test(each_flipped_header_bit_is_found),
        cmocka_unit_test(each_flipped_data_bit_is_found_and_framing_goes_on),
        cmocka_unit_test(digests_are_switched_on_between_pdus),
        cmocka_unit_test(a_window_behind_a_header_without_data),
        cmocka_unit_test(a_window_without_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
