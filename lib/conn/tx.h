/* The sending side of one byte stream: PDUs that were made and are not sent yet, in a few slots. */
#ifndef SANSCSI_CONN_TX_H
#define SANSCSI_CONN_TX_H

#include <iscsi/initiator.h>

#include "base/invariant.h"
#include "base/span.h"
#include "wire/bhs.h"

#define TX_DIGEST_SIZE 4u
#define TX_NO_OWNER UINT32_MAX

/* The payload's first piece stands here, since most payloads are one piece. */
struct tx_slot {
    uint8_t *header;           /* BHS and AHS, then the header digest; in the block of tx_memory */
    uint8_t *data;             /* the payload's first piece */
    const sanscsi_iovec *rest; /* where the payload goes on behind it, lent by the owner */
    uint32_t piece;            /* bytes at data */
    uint32_t payload;          /* bytes in all */
    uint32_t owner;            /* whose memory the payload is: a task slot, or TX_NO_OWNER */
    uint16_t header_length;    /* with digest */
    uint8_t trailer_length;
    uint8_t trailer[4 + TX_DIGEST_SIZE - 1];
};

struct tx {
    sanscsi_crc32c_function crc32c;
    void *crc32c_context;
    struct tx_slot *slots; /* a ring ... */
    struct tx_slot *end;   /* ... that ends here */
    struct tx_slot *first; /* the oldest PDU */
    struct tx_slot *next;  /* the slot to fill next */
    uint32_t capacity;
    uint32_t count;
    uint32_t header_size; /* bytes reserved for each slot's header */
    bool header_digest;
    bool data_digest;
    size_t sent;  /* bytes of the first slot that went out */
    size_t shown; /* bytes of the window last shown */
};

/* Bytes of memory for `capacity` slots whose AHS take at most `max_ahs` bytes; multiples of 8. */
size_t sanscsi_tx_memory(uint32_t capacity, uint32_t max_ahs);
void sanscsi_tx_init(struct tx *tx, uint32_t capacity, uint32_t max_ahs, void *memory,
                     sanscsi_crc32c_function crc32c, void *context);

/* Forgets everything unsent; owners are told by nobody. */
void sanscsi_tx_reset(struct tx *tx);

/* Digests count from the next PDU made on (RFC 7143 13.1). */
void sanscsi_tx_set_digests(struct tx *tx, bool header, bool data);

static inline bool tx_full(const struct tx *tx) {
    return tx->count == tx->capacity;
}

/* A free slot, its header to be filled, then given to one of the two below; there must be one.
 * `header_length` is that of BHS and AHS, without digest. */
static inline struct tx_slot *tx_begin(struct tx *tx, uint32_t header_length) {
    INVARIANT(!tx_full(tx) && header_length + TX_DIGEST_SIZE <= tx->header_size);
    tx->next->header_length = (uint16_t)header_length;
    return tx->next;
}

/* Queues the slot last begun, with `length` bytes of payload that begin `offset` bytes into
 * list[0] and stay in place until `owner` is retired; writes the BHS's length field, pad and
 * digests. */
void sanscsi_tx_queue(struct tx *tx, const sanscsi_iovec *list, size_t offset, uint32_t length,
                      uint32_t owner);

/* The same with a payload in one buffer. */
void sanscsi_tx_queue_buffer(struct tx *tx, const void *buffer, uint32_t length, uint32_t owner);

/* Fills `iov` with what to send, in order; returns the entries used. */
size_t sanscsi_tx_show(struct tx *tx, sanscsi_iovec *iov, size_t max);

/* `bytes` of the window went out; false when that is more than was shown. */
bool sanscsi_tx_sent(struct tx *tx, size_t bytes);

static inline struct tx_slot *tx_behind(const struct tx *tx, struct tx_slot *slot) {
    return slot + 1 == tx->end ? tx->slots : slot + 1;
}

/* Takes the first slot off when it went out whole, and tells its owner; false when it did not. */
static inline bool tx_retire(struct tx *tx, uint32_t *owner) {
    if (tx->count == 0) {
        return false;
    }
    struct tx_slot *slot = tx->first;
    size_t total = (size_t)slot->header_length + slot->payload + slot->trailer_length;
    if (tx->sent < total) {
        return false;
    }
    *owner = slot->owner;
    tx->sent -= total;
    tx->first = tx_behind(tx, slot);
    tx->count--;
    return true;
}

#endif
