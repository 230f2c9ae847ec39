/* The sending side of one byte stream: a ring of PDUs, each a header, a payload that lies with its
 * owner, and a trailer. A PDU is frozen from the moment it is queued. */
#include "conn/tx.h"

#include "base/bytes.h"
#include "base/checked.h"
#include "base/invariant.h"

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
    tx->capacity = capacity;
    tx->header_size = header_size(max_ahs);
    uint8_t *headers = (uint8_t *)(tx->slots + capacity);
    for (uint32_t i = 0; i < capacity; i++) {
        tx->slots[i].header = headers + (size_t)i * tx->header_size;
    }
}

void sanscsi_tx_reset(struct tx *tx) {
    tx->first = 0;
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

static struct tx_slot *slot_at(struct tx *tx, uint32_t index) {
    uint32_t place = tx->first + index;
    return &tx->slots[place < tx->capacity ? place : place - tx->capacity];
}

struct tx_slot *sanscsi_tx_begin(struct tx *tx, uint32_t header_length) {
    INVARIANT(!tx_full(tx) && header_length + TX_DIGEST_SIZE <= tx->header_size);
    struct tx_slot *slot = slot_at(tx, tx->count);
    slot->header_length = header_length;
    return slot;
}

static uint32_t crc(const struct tx *tx, uint32_t before, const void *data, size_t size) {
    return tx->crc32c(tx->crc32c_context, before, data, size);
}

static uint32_t payload_crc(const struct tx *tx, const struct tx_slot *slot) {
    uint32_t value = 0;
    uint32_t left = slot->payload;
    size_t offset = slot->list_offset;
    for (const sanscsi_iovec *entry = slot->list; left > 0; entry++) {
        uint32_t piece = (uint32_t)min_size(entry->size - offset, left);
        value = crc(tx, value, byte_at(entry->data, offset), piece);
        left -= piece;
        offset = 0;
    }
    return value;
}

void sanscsi_tx_queue(struct tx *tx, const sanscsi_iovec *list, size_t offset, uint32_t length,
                      uint32_t owner) {
    struct tx_slot *slot = slot_at(tx, tx->count);
    slot->list = list;
    slot->list_offset = offset;
    slot->payload = length;
    slot->owner = owner;
    store_be24(slot->header + 5, length);
    if (tx->header_digest) {
        store_le32(slot->header + slot->header_length,
                   crc(tx, 0, slot->header, slot->header_length));
        slot->header_length += TX_DIGEST_SIZE;
    }
    uint32_t pad = pad_length(length);
    slot->trailer_length = (uint8_t)pad;
    memset(slot->trailer, 0, 4);
    if (tx->data_digest && length > 0) {
        store_le32(slot->trailer + pad, crc(tx, payload_crc(tx, slot), slot->trailer, pad));
        slot->trailer_length = (uint8_t)(pad + TX_DIGEST_SIZE);
    }
    tx->count++;
}

void sanscsi_tx_queue_buffer(struct tx *tx, void *buffer, uint32_t length) {
    struct tx_slot *slot = slot_at(tx, tx->count);
    slot->single.data = buffer;
    slot->single.size = length;
    sanscsi_tx_queue(tx, &slot->single, 0, length, TX_NO_OWNER);
}

/* The window being filled, and how many bytes of the stream to leave out at its beginning. */
struct window {
    sanscsi_iovec *iov;
    size_t max;
    size_t count;
    size_t bytes;
    size_t skip;
};

static bool window_add(struct window *window, void *data, size_t size) {
    if (size <= window->skip) {
        window->skip -= size;
        return true;
    }
    if (window->count == window->max) {
        return false;
    }
    window->iov[window->count].data = byte_at(data, window->skip);
    window->iov[window->count].size = size - window->skip;
    window->bytes += size - window->skip;
    window->count++;
    window->skip = 0;
    return true;
}

static bool window_add_slot(struct window *window, struct tx_slot *slot) {
    if (!window_add(window, slot->header, slot->header_length)) {
        return false;
    }
    uint32_t left = slot->payload;
    size_t offset = slot->list_offset;
    for (const sanscsi_iovec *entry = slot->list; left > 0; entry++) {
        size_t piece = min_size(entry->size - offset, left);
        if (!window_add(window, byte_at(entry->data, offset), piece)) {
            return false;
        }
        left -= (uint32_t)piece;
        offset = 0;
    }
    return window_add(window, slot->trailer, slot->trailer_length);
}

size_t sanscsi_tx_show(struct tx *tx, sanscsi_iovec *iov, size_t max) {
    struct window window = {iov, max, 0, 0, tx->sent};
    for (uint32_t i = 0; i < tx->count && window_add_slot(&window, slot_at(tx, i)); i++) {
    }
    tx->shown = window.bytes;
    return window.count;
}

bool sanscsi_tx_sent(struct tx *tx, size_t bytes) {
    if (bytes > tx->shown) {
        return false;
    }
    tx->shown = 0;
    tx->sent += bytes;
    return true;
}

bool sanscsi_tx_retire(struct tx *tx, uint32_t *owner) {
    if (tx->count == 0) {
        return false;
    }
    const struct tx_slot *slot = slot_at(tx, 0);
    size_t total = (size_t)slot->header_length + slot->payload + slot->trailer_length;
    if (tx->sent < total) {
        return false;
    }
    *owner = slot->owner;
    tx->sent -= total;
    tx->first = tx->first + 1 == tx->capacity ? 0 : tx->first + 1;
    tx->count--;
    return true;
}
