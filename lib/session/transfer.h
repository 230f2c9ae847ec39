/* The arithmetic of transfers: what may lie where, and how much goes at once. On plain numbers, so
 * that it can be proved for all of them (tests/proof). */
#ifndef SANSCSI_SESSION_TRANSFER_H
#define SANSCSI_SESSION_TRANSFER_H

#include "base/checked.h"
#include "conn/fault.h"

/* Whether `size` bytes behind `before` others make at most `limit`. */
static inline bool transfer_fits(uint32_t before, uint32_t size, uint32_t limit) {
    return (uint64_t)before + size <= limit;
}

/* Immediate data of a write of `length` bytes, where it is allowed: RFC 7143 13.14 and 13.12 bound
 * it. */
static inline uint32_t transfer_immediate(uint32_t length, uint32_t first_burst, uint32_t segment) {
    return min_u32(length, min_u32(first_burst, segment));
}

/* All data of it that goes out unasked, the immediate included, where that is allowed. */
static inline uint32_t transfer_unsolicited(uint32_t length, uint32_t first_burst) {
    return min_u32(length, first_burst);
}

/* Data-In of which each byte comes behind the one before; `received` is at most `length`. */
static inline enum fault_code transfer_judge_in_order(uint32_t length, uint32_t received,
                                                      uint32_t offset, uint32_t size) {
    if (!transfer_fits(offset, size, length)) {
        return FAULT_DATA_OFFSET;
    }
    bool in_order = offset == received || size == 0;
    return in_order ? FAULT_NONE : FAULT_DATA_OFFSET;
}

/* What was agreed on about sequences of Data-In. */
struct transfer_order {
    uint32_t max_burst;
    bool long_sequences; /* beyond max_burst are tolerated */
    bool pdus;           /* DataPDUInOrder */
    bool sequences;      /* DataSequenceInOrder */
};

/* A read, and what has come of it. */
struct transfer_read {
    uint32_t length;   /* of its buffers */
    uint32_t received; /* of these */
    uint32_t sequence; /* of those in the present sequence */
    uint32_t next;     /* where that goes on */
};

/* Where data may lie, and how much a sequence may bring (RFC 7143 11.7.1, 13.18, 13.19). */
static inline enum fault_code transfer_judge_sequence(const struct transfer_order *order,
                                                      const struct transfer_read *read,
                                                      uint32_t offset, uint32_t size) {
    if (!transfer_fits(offset, size, read->length)) {
        return FAULT_DATA_OFFSET;
    }
    if (!transfer_fits(read->sequence, size, order->max_burst) && !order->long_sequences) {
        return FAULT_DATA_SEQUENCE;
    }
    /* Overlapping data could tell more bytes than the buffers have. */
    if (!transfer_fits(read->received, size, read->length)) {
        return FAULT_DATA_OFFSET;
    }
    if (size == 0) {
        return FAULT_NONE;
    }
    if (order->pdus && order->sequences) {
        return offset == read->received ? FAULT_NONE : FAULT_DATA_OFFSET;
    }
    if (order->pdus && read->sequence > 0 && offset != read->next) {
        return FAULT_DATA_OFFSET;
    }
    /* The sequences before have covered all that lies before them. */
    bool back = order->sequences && offset < read->received - read->sequence;
    return back ? FAULT_DATA_OFFSET : FAULT_NONE;
}

/* Whether an R2T asks for bytes of a write, and not for more than a burst. */
static inline bool transfer_may_ask(uint32_t length, uint32_t max_burst, uint32_t offset,
                                    uint32_t size) {
    return size > 0 && size <= max_burst && transfer_fits(offset, size, length);
}

#endif
