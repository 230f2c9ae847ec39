/* The sending side of one byte stream: a ring of PDUs, each a header, a payload that lies with its
 * owner, and a trailer. A PDU is frozen from the moment it is queued. */
#include "conn/tx.h"

#include "base/bytes.h"
#include "base/checked.h"

static uint32_t header_size(uint32_t max_ahs) {
    return (BHS_SIZE + max_ahs + TX_DIGEST_SIZE + 7u) & ~7u;
}

size_t sanscsi_tx_memory(uint32_t capacity, uint32_t max_ahs) {
    return (size_t)capacity * (sizeof(struct tx_slot) + header_size(max_ahs));
}

void sanscsi_tx_init(struct tx *tx, uint32_t capacity, uint32_t max_ahs, void *memory,
                     sanscsi_crc32c_function crc32c, void *context) {
    memset(tx, 0, sizeof(*tx));
    tx->crc32c = crc32c;
    tx->crc32c_context = context;
    tx->slots = memory;
    tx->end = tx->slots + capacity;
    tx->first = tx->slots;
    tx->next = tx->slots;
    tx->capacity = capacity;
    tx->header_size = header_size(max_ahs);
    uint8_t *headers = (uint8_t *)tx->end;
    for (uint32_t i = 0; i < capacity; i++) {
        tx->slots[i].header = headers + (size_t)i * tx->header_size;
    }
}

void sanscsi_tx_reset(struct tx *tx) {
    tx->first = tx->slots;
    tx->next = tx->slots;
    tx->count = 0;
    tx->sent = 0;
    tx->shown = 0;
    tx->header_digest = false;
    tx->data_digest = false;
}

void sanscsi_tx_set_digests(struct tx *tx, bool header, bool data) {
    tx->header_digest = header;
    tx->data_digest = data;
}

static uint32_t crc(const struct tx *tx, uint32_t before, const void *data, size_t size) {
    return tx->crc32c(tx->crc32c_context, before, data, size);
}

static uint32_t payload_crc(const struct tx *tx, const struct tx_slot *slot) {
    uint32_t value = crc(tx, 0, slot->data, slot->piece);
    uint32_t left = slot->payload - slot->piece;
    for (const sanscsi_iovec *entry = slot->rest; left > 0; entry++) {
        uint32_t piece = (uint32_t)min_size(entry->size, left);
        value = crc(tx, value, entry->data, piece);
        left -= piece;
    }
    return value;
}

static void add_digests(const struct tx *tx, struct tx_slot *slot) {
    if (tx->header_digest) {
        store_le32(slot->header + slot->header_length,
                   crc(tx, 0, slot->header, slot->header_length));
        slot->header_length += TX_DIGEST_SIZE;
    }
    if (tx->data_digest && slot->payload > 0) {
        uint32_t pad = slot->trailer_length;
        store_le32(slot->trailer + pad, crc(tx, payload_crc(tx, slot), slot->trailer, pad));
        slot->trailer_length = (uint8_t)(pad + TX_DIGEST_SIZE);
    }
}

/* The slot's payload begins with `piece` bytes at `data`. */
static inline void queue(struct tx *tx, void *data, uint32_t piece, uint32_t length,
                         uint32_t owner) {
    struct tx_slot *slot = tx->next;
    slot->data = data;
    slot->piece = piece;
    slot->payload = length;
    slot->owner = owner;
    slot->trailer_length = (uint8_t)pad_length(length);
    memset(slot->trailer, 0, 4);
    store_be24(slot->header + 5, length);
    tx->next = tx_behind(tx, slot);
    tx->count++;
    if (tx->header_digest || tx->data_digest) {
        add_digests(tx, slot);
    }
}

void sanscsi_tx_queue(struct tx *tx, const sanscsi_iovec *list, size_t offset, uint32_t length,
                      uint32_t owner) {
    void *data = NULL;
    uint32_t piece = 0;
    if (length > 0) { /* else there may be no list */
        data = byte_at(list->data, offset);
        piece = (uint32_t)min_size(list->size - offset, length);
        tx->next->rest = list + 1;
    }
    queue(tx, data, piece, length, owner);
}

void sanscsi_tx_queue_buffer(struct tx *tx, const void *buffer, uint32_t length, uint32_t owner) {
    queue(tx, (void *)(uintptr_t)buffer, length, length, owner); /* it is only read from */
}

/* The window being filled, and how many bytes of the stream to leave out at its beginning. */
struct window {
    sanscsi_iovec *iov;
    size_t room; /* entries left at iov */
    size_t bytes;
    size_t skip;
};

static inline bool window_add(struct window *window, void *data, size_t size) {
    if (size <= window->skip) {
        window->skip -= size;
        return true;
    }
    if (window->room == 0) {
        return false;
    }
    window->iov->data = byte_at(data, window->skip);
    window->iov->size = size - window->skip;
    window->bytes += window->iov->size;
    window->iov++;
    window->room--;
    window->skip = 0;
    return true;
}

/* What follows the first piece of a payload. */
static bool window_add_rest(struct window *window, struct tx_slot *slot) {
    uint32_t left = slot->payload - slot->piece;
    for (const sanscsi_iovec *entry = slot->rest; left > 0; entry++) {
        uint32_t piece = (uint32_t)min_size(entry->size, left);
        if (!window_add(window, entry->data, piece)) {
            return false;
        }
        left -= piece;
    }
    return window_add(window, slot->trailer, slot->trailer_length);
}

static inline bool window_add_slot(struct window *window, struct tx_slot *slot) {
    if (!window_add(window, slot->header, slot->header_length)) {
        return false;
    }
    if (slot->payload == 0) {
        return true;
    }
    return window_add(window, slot->data, slot->piece) && window_add_rest(window, slot);
}

size_t sanscsi_tx_show(struct tx *tx, sanscsi_iovec *iov, size_t max) {
    struct window window = {iov, max, 0, tx->sent};
    struct tx_slot *slot = tx->first;
    for (uint32_t left = tx->count; left > 0 && window_add_slot(&window, slot); left--) {
        slot = tx_behind(tx, slot);
    }
    tx->shown = window.bytes;
    return max - window.room;
}

bool sanscsi_tx_sent(struct tx *tx, size_t bytes) {
    if (bytes > tx->shown) {
        return false;
    }
    tx->shown = 0;
    tx->sent += bytes;
    return true;
}
