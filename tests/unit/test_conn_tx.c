/* Tests of lib/conn: the sending stream, against a serializer of the test's own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "conn/tx.h"
#include "support/bytes.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define SLOTS 4u
#define MAX_AHS 28u
#define PAYLOAD 6000u
#define MAX_STREAM 65536u
#define MAX_ENTRIES 64u

/* A payload list of entries of these sizes, empty ones among them. */
static const size_t entry_sizes[] = {0, 3, 0, 1, 500, 0, 0, 2, 4000, 5, 0, 700};

struct sender {
    struct tx tx;
    void *memory;
    uint8_t payload[PAYLOAD];
    sanscsi_iovec list[COUNT(entry_sizes)];
    bool header_digest, data_digest;
    uint8_t wanted[MAX_STREAM]; /* the reference stream */
    size_t wanted_size;
    size_t sent;
    uint32_t owners[256]; /* of the PDUs, in order */
    uint32_t queued, retired;
    uint32_t seed;
};

static struct sender sender;

static void start(uint32_t seed, unsigned digests) {
    memset(&sender, 0, sizeof(sender));
    size_t memory = sanscsi_tx_memory(SLOTS, MAX_AHS);
    assert_int_equal(memory % 8, 0);
    sender.memory = malloc(memory); /* exactly: a sanitizer sees every byte beyond */
    assert_non_null(sender.memory);
    memset(sender.memory, 0xa5, memory);
    sanscsi_tx_init(&sender.tx, SLOTS, MAX_AHS, sender.memory, sanscsi_crc32c, NULL);
    sender.seed = seed;
    sender.header_digest = (digests & 1) != 0;
    sender.data_digest = (digests & 2) != 0;
    sanscsi_tx_set_digests(&sender.tx, sender.header_digest, sender.data_digest);
    random_fill(&sender.seed, sender.payload, sizeof(sender.payload));
    size_t at = 0;
    for (size_t i = 0; i < COUNT(entry_sizes); i++) {
        sender.list[i].data = entry_sizes[i] == 0 ? NULL : sender.payload + at;
        sender.list[i].size = entry_sizes[i];
        at += entry_sizes[i] + 3; /* gaps that must not be sent */
    }
    assert_true(at <= PAYLOAD);
}

static void stop(void) {
    free(sender.memory);
}

static void want(const void *bytes, size_t size) {
    assert_true(sender.wanted_size + size <= MAX_STREAM);
    if (size > 0) {
        memcpy(sender.wanted + sender.wanted_size, bytes, size);
    }
    sender.wanted_size += size;
}

static void want_digest(size_t from) {
    uint8_t digest[4];
    reference_digest(digest, sender.wanted + from, sender.wanted_size - from);
    want(digest, sizeof(digest));
}

/* Payload bytes from the list's entry `index` and `offset` within it, into the reference. */
static void want_payload(size_t index, size_t offset, uint32_t length) {
    static const uint8_t pad[4];
    size_t from = sender.wanted_size;
    uint32_t left = length;
    for (size_t i = index; left > 0; i++) {
        assert_true(i < COUNT(entry_sizes));
        size_t size = sender.list[i].size - offset;
        size = size < left ? size : left;
        want(size == 0 ? NULL : (const uint8_t *)sender.list[i].data + offset, size);
        left -= (uint32_t)size;
        offset = 0;
    }
    want(pad, (4 - length % 4) % 4);
    if (sender.data_digest && length > 0) {
        want_digest(from);
    }
}

/* What a PDU carries. */
struct pdu_case {
    uint32_t ahs; /* bytes */
    size_t index, offset;
    uint32_t length;
    bool buffer; /* one buffer of the library's own */
};

static void queue(struct pdu_case what) {
    uint8_t header[48 + MAX_AHS];
    assert_false(tx_full(&sender.tx));
    random_fill(&sender.seed, header, 48 + what.ahs);
    struct tx_slot *slot = tx_begin(&sender.tx, 48 + what.ahs);
    memcpy(slot->header, header, 48 + what.ahs);
    header[5] = (uint8_t)(what.length >> 16); /* written by the stream itself */
    header[6] = (uint8_t)(what.length >> 8);
    header[7] = (uint8_t)what.length;
    size_t from = sender.wanted_size;
    want(header, 48 + what.ahs);
    if (sender.header_digest) {
        want_digest(from);
    }
    uint32_t owner = what.buffer ? TX_NO_OWNER : random_below(&sender.seed, 1000);
    want_payload(what.index, what.offset, what.length);
    if (what.buffer) {
        assert_true(what.offset + what.length <= sender.list[what.index].size);
        uint8_t *data = sender.list[what.index].data;
        sanscsi_tx_queue_buffer(&sender.tx, data == NULL ? NULL : data + what.offset, what.length,
                                TX_NO_OWNER);
    } else {
        sanscsi_tx_queue(&sender.tx, sender.list + what.index, what.offset, what.length, owner);
    }
    sender.owners[sender.queued++] = owner;
}

/* Bytes of a window, checked against the reference at its place in the stream. */
static size_t check_window(const sanscsi_iovec *iov, size_t count) {
    size_t at = sender.sent;
    for (size_t i = 0; i < count; i++) {
        assert_true(iov[i].size > 0);
        assert_true(at + iov[i].size <= sender.wanted_size);
        assert_memory_equal(iov[i].data, sender.wanted + at, iov[i].size);
        at += iov[i].size;
    }
    return at - sender.sent;
}

static void commit(size_t bytes) {
    assert_true(sanscsi_tx_sent(&sender.tx, bytes));
    sender.sent += bytes;
    uint32_t owner = 12345;
    while (tx_retire(&sender.tx, &owner)) {
        assert_int_equal(owner, sender.owners[sender.retired]);
        sender.retired++;
    }
}

static size_t show(sanscsi_iovec *iov, size_t max) {
    size_t count = sanscsi_tx_show(&sender.tx, iov, max);
    assert_in_range(count, 0, max);
    return count;
}

/* Pulls all that is queued, `step` bytes a commit. */
static void drain(size_t max, size_t step) {
    sanscsi_iovec iov[MAX_ENTRIES];
    while (sender.tx.count > 0) {
        size_t count = show(iov, max);
        assert_true(count > 0);
        size_t bytes = check_window(iov, count);
        assert_false(sanscsi_tx_sent(&sender.tx, bytes + 1));
        assert_false(sanscsi_tx_sent(&sender.tx, SIZE_MAX));
        commit(bytes < step ? bytes : step);
    }
    assert_int_equal(sender.sent, sender.wanted_size);
    assert_int_equal(sender.retired, sender.queued);
    assert_int_equal(show(iov, max), 0);
    assert_false(sanscsi_tx_sent(&sender.tx, 1));
}

static const struct pdu_case cases[] = {
    {0, 0, 0, 0, true},     {0, 4, 0, 1, true},  {28, 1, 0, 7, false},
    {0, 8, 3999, 5, false}, {8, 4, 10, 2, true}, {20, 0, 0, 0, false},
    {0, 4, 499, 4, false},  {0, 1, 3, 0, false}, {0, 3, 1, 3, false},
};

static void every_commit_size_sends_the_same(void **state) {
    (void)state;
    static const size_t windows[] = {1, 2, 3, 4, MAX_ENTRIES};
    for (unsigned digests = 0; digests < 4; digests++) {
        for (size_t first = 0; first + SLOTS <= COUNT(cases); first += 2) {
            for (size_t step = 1; step < 260; step++) {
                start(3, digests);
                for (size_t i = 0; i < SLOTS; i++) {
                    queue(cases[first + i]);
                }
                assert_true(tx_full(&sender.tx));
                drain(windows[step % COUNT(windows)], step);
                stop();
            }
        }
    }
}

static void long_payloads_come_from_any_place_of_a_list(void **state) {
    (void)state;
    static const struct pdu_case longs[] = {
        {0, 0, 0, 5211, false}, {0, 1, 2, 5209, false}, {0, 8, 0, 4000, true},
        {0, 8, 1, 4700, false}, {0, 4, 7, 4096, false}, {0, 11, 699, 1, false},
    };
    for (unsigned digests = 0; digests < 4; digests++) {
        for (size_t i = 0; i < COUNT(longs); i++) {
            start(9, digests);
            queue(longs[i]);
            drain(1 + i % 5, 1 + 97 * i);
            stop();
        }
    }
}

static struct pdu_case random_case(void) {
    struct pdu_case what = {4 * random_below(&sender.seed, 8), 0, 0, 0, false};
    what.index = random_below(&sender.seed, COUNT(entry_sizes));
    what.offset = random_below(&sender.seed, (uint32_t)entry_sizes[what.index] + 1);
    what.buffer = random_below(&sender.seed, 2) == 0;
    size_t left = entry_sizes[what.index] - what.offset;
    for (size_t i = what.index + 1; !what.buffer && i < COUNT(entry_sizes); i++) {
        left += entry_sizes[i];
    }
    left = left > 400 ? 400 : left;
    what.length = random_below(&sender.seed, (uint32_t)left + 1);
    return what;
}

/* What was shown lies unmoved and unchanged until its commit, whatever is queued meanwhile. */
static void shown_bytes_are_frozen(void **state) {
    (void)state;
    for (uint32_t run = 1; run <= 64; run++) {
        start(run, run);
        for (unsigned turn = 0; turn < 150; turn++) {
            sanscsi_iovec iov[MAX_ENTRIES];
            sanscsi_iovec again[MAX_ENTRIES];
            while (!tx_full(&sender.tx) && random_below(&sender.seed, 2) == 0 &&
                   sender.queued < COUNT(sender.owners) && sender.wanted_size < 60000) {
                queue(random_case());
            }
            size_t max = 1 + random_below(&sender.seed, 6);
            size_t count = show(iov, max);
            size_t bytes = check_window(iov, count);
            while (!tx_full(&sender.tx) && random_below(&sender.seed, 3) == 0 &&
                   sender.queued < COUNT(sender.owners) && sender.wanted_size < 60000) {
                queue(random_case());
            }
            (void)check_window(iov, count);
            if (random_below(&sender.seed, 4) == 0) {
                size_t more = show(again, max);
                assert_true(more >= count);
                for (size_t i = 0; i < count; i++) {
                    assert_ptr_equal(again[i].data, iov[i].data);
                    assert_int_equal(again[i].size, iov[i].size);
                }
                bytes = check_window(again, more);
            }
            commit(random_below(&sender.seed, (uint32_t)bytes + 1));
        }
        drain(4, SIZE_MAX);
        stop();
    }
}

/* RFC 7143 13.1: digests begin with the next PDU made, not with those that wait. */
static void digests_are_switched_on_between_pdus(void **state) {
    (void)state;
    for (unsigned digests = 1; digests < 4; digests++) {
        for (size_t step = 1; step < 80; step++) {
            start(17, 0);
            queue(cases[2]);
            queue(cases[4]);
            sender.header_digest = (digests & 1) != 0;
            sender.data_digest = (digests & 2) != 0;
            sanscsi_tx_set_digests(&sender.tx, sender.header_digest, sender.data_digest);
            queue(cases[2]);
            queue(cases[5]);
            drain(4, step);
            stop();
        }
    }
}

static void a_window_ends_where_its_entries_do(void **state) {
    (void)state;
    start(1, 3);
    queue((struct pdu_case){0, 4, 0, 5, true}); /* header, payload, trailer */
    queue((struct pdu_case){0, 0, 0, 0, true}); /* header alone */
    static const size_t bytes[] = {0, 52, 57, 64, 116, 116};
    sanscsi_iovec iov[8];
    for (size_t max = 1; max < COUNT(bytes); max++) {
        size_t count = show(iov, max);
        assert_int_equal(count, max < 4 ? max : 4);
        assert_int_equal(check_window(iov, count), bytes[max]);
    }
    commit(0);
    assert_false(sanscsi_tx_sent(&sender.tx, 1)); /* a window is good for one commit */
    drain(8, SIZE_MAX);
    stop();
}

static void a_reset_forgets_everything(void **state) {
    (void)state;
    start(2, 3);
    sanscsi_iovec iov[8];
    uint32_t owner = 5;
    queue(cases[2]);
    queue(cases[4]);
    assert_true(show(iov, 8) > 0);
    assert_true(sanscsi_tx_sent(&sender.tx, 50));
    sanscsi_tx_reset(&sender.tx);
    assert_int_equal(show(iov, 8), 0);
    assert_false(tx_retire(&sender.tx, &owner));
    assert_int_equal(owner, 5);
    sender.wanted_size = 0;
    sender.queued = 0;
    sender.header_digest = false; /* a new login begins without digests */
    sender.data_digest = false;
    queue(cases[1]);
    drain(3, 7);
    stop();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_commit_size_sends_the_same),
        cmocka_unit_test(long_payloads_come_from_any_place_of_a_list),
        cmocka_unit_test(shown_bytes_are_frozen),
        cmocka_unit_test(digests_are_switched_on_between_pdus),
        cmocka_unit_test(a_window_ends_where_its_entries_do),
        cmocka_unit_test(a_reset_forgets_everything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
