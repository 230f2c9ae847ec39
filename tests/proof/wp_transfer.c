/* Contracts of the arithmetic of transfers (lib/session/transfer.h, burst.h), and what follows from
 * them for a whole read and a whole burst: in whole numbers, where nothing wraps. */
#include "session/burst.h"
#include "session/transfer.h"

/*@ assigns \nothing;
    ensures \result == \min(a, b); */
static inline uint32_t min_u32(uint32_t a, uint32_t b);

/*@ assigns \nothing;
    ensures \result <==> before + size <= limit; */
static inline bool transfer_fits(uint32_t before, uint32_t size, uint32_t limit);

/*@ assigns \nothing;
    ensures \result == \min(length, \min(first_burst, segment)); */
static inline uint32_t transfer_immediate(uint32_t length, uint32_t first_burst, uint32_t segment);

/*@ assigns \nothing;
    ensures \result == \min(length, first_burst); */
static inline uint32_t transfer_unsolicited(uint32_t length, uint32_t first_burst);

/*@ assigns \nothing;
    ensures \result == FAULT_NONE || \result == FAULT_DATA_OFFSET;
    ensures \result == FAULT_NONE <==>
            offset + size <= length && (offset == received || size == 0); */
static inline enum fault_code transfer_judge_in_order(uint32_t length, uint32_t received,
                                                      uint32_t offset, uint32_t size);

/* Whether the order that was agreed on lets data go on at `offset`. */
#define GOES_ON(order, read, offset)                                                               \
    ((order)->pdus && (order)->sequences                                                           \
         ? (offset) == (read)->received                                                            \
         : (!(order)->pdus || (read)->sequence == 0 || (offset) == (read)->next) &&                \
               (!(order)->sequences || (offset) >= (read)->received - (read)->sequence))

/*@ requires \valid_read(order) && \valid_read(read);
    requires read->sequence <= read->received <= read->length;
    assigns \nothing;
    ensures \result == FAULT_NONE || \result == FAULT_DATA_OFFSET ||
            \result == FAULT_DATA_SEQUENCE;
    ensures \result == FAULT_DATA_SEQUENCE ==>
            !order->long_sequences && read->sequence + size > order->max_burst;
    ensures \result == FAULT_NONE <==>
            offset + size <= read->length && read->received + size <= read->length &&
            (order->long_sequences || read->sequence + size <= order->max_burst) &&
            (size == 0 || GOES_ON(order, read, offset)); */
static inline enum fault_code transfer_judge_sequence(const struct transfer_order *order,
                                                      const struct transfer_read *read,
                                                      uint32_t offset, uint32_t size);

/*@ assigns \nothing;
    ensures \result <==> 0 < size <= max_burst && offset + size <= length; */
static inline bool transfer_may_ask(uint32_t length, uint32_t max_burst, uint32_t offset,
                                    uint32_t size);

/*@ requires \valid_read(burst) && burst->offset < burst->end && segment > 0;
    assigns \nothing;
    ensures 0 < \result <= segment && burst->offset + \result <= burst->end;
    ensures \result == segment || burst->offset + \result == burst->end; */
static inline uint32_t burst_piece(const struct burst *burst, uint32_t segment);

/*@ requires \valid(burst) && burst->offset + length <= burst->end;
    assigns burst->offset;
    ensures burst->offset == \old(burst->offset) + length;
    ensures \result <==> burst->offset == burst->end; */
static inline bool burst_advance(struct burst *burst, uint32_t length);

/* What a target may send next. */
/*@ assigns \nothing; */
uint32_t any_number(void);

/* A read that a target serves as it likes: of the judged Data-In none lies outside of the buffers,
 * no sequence is longer than was agreed, and there never come more bytes than the buffers have. */
/*@ requires \valid_read(order) && \valid(read) && \separated(order, read);
    requires read->received == 0 && read->sequence == 0;
    assigns *read;
    ensures read->received <= read->length; */
static void serve_read(const struct transfer_order *order, struct transfer_read *read) {
    /*@ loop invariant read->sequence <= read->received <= read->length;
        loop invariant order->long_sequences || read->sequence <= order->max_burst;
        loop assigns *read; */
    while (any_number() != 0) {
        uint32_t offset = any_number();
        uint32_t size = any_number();
        if (transfer_judge_sequence(order, read, offset, size) != FAULT_NONE) {
            return;
        }
        //@ assert offset + size <= read->length;
        read->received += size;
        read->sequence = any_number() == 0 ? read->sequence + size : 0;
        read->next = offset + size;
    }
}

/* A read where everything comes in order: whatever it brings comes right behind what there is. */
/*@ assigns \nothing;
    ensures \result <= length; */
static uint32_t serve_in_order(uint32_t length) {
    uint32_t received = 0;
    /*@ loop invariant received <= length;
        loop assigns received; */
    while (any_number() != 0) {
        uint32_t offset = any_number();
        uint32_t size = any_number();
        if (transfer_judge_in_order(length, received, offset, size) != FAULT_NONE) {
            return received;
        }
        //@ assert offset + size <= length && (size > 0 ==> offset == received);
        received += size;
    }
    return received;
}

/* A burst that is sent whole: its pieces lie side by side from its beginning to its end, so none of
 * its bytes is sent twice and none is left out. */
/*@ requires \valid(burst) && burst->offset < burst->end && segment > 0;
    assigns burst->offset;
    ensures \result == burst->end - \old(burst->offset);
    ensures burst->offset == burst->end; */
static uint64_t send_burst(struct burst *burst, uint32_t segment) {
    uint64_t sent = 0;
    bool last = false;
    /*@ loop invariant burst->offset == \at(burst->offset, Pre) + sent;
        loop invariant burst->offset <= burst->end;
        loop invariant last <==> burst->offset == burst->end;
        loop assigns sent, last, burst->offset;
        loop variant burst->end - burst->offset; */
    while (!last) {
        uint32_t length = burst_piece(burst, segment);
        last = burst_advance(burst, length);
        sent += length;
    }
    return sent;
}

/* A write: what goes out unasked is at most FirstBurstLength, and the burst behind the immediate
 * data begins where that ends. */
/*@ requires \valid(burst) && segment > 0;
    assigns *burst;
    ensures \result <= \min(length, first_burst); */
static uint64_t send_unasked(struct burst *burst, uint32_t length, uint32_t first_burst,
                             uint32_t segment) {
    uint32_t immediate = transfer_immediate(length, first_burst, segment);
    uint32_t unsolicited = transfer_unsolicited(length, first_burst);
    if (unsolicited == immediate) {
        return immediate;
    }
    *burst = (struct burst){.offset = immediate, .end = unsolicited};
    return immediate + send_burst(burst, segment);
}

/* An answer to an R2T: all of it lies in the buffers. */
/*@ requires \valid(burst) && segment > 0;
    assigns *burst;
    ensures \result <= max_burst;
    ensures burst->end <= length || \result == 0; */
static uint64_t answer_r2t(struct burst *burst, uint32_t length, uint32_t max_burst,
                           uint32_t offset, uint32_t size, uint32_t segment) {
    if (!transfer_may_ask(length, max_burst, offset, size)) {
        return 0;
    }
    *burst = (struct burst){.offset = offset, .end = offset + size};
    return send_burst(burst, segment);
}
