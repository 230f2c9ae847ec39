/* Framing at a target, for each test target the same. */
#include "support/target_wire.h"

static const struct target_rule rules[] = {
    {0x00, true, true, true, 0x80, 0x80, {2, 2, 32, 16}},
    {0x01, true, true, true, 0xe7, 0x00, {3, 1}},
    {0x02, true, true, false, 0xff, 0x80, {2, 2, 36, 12}},
    {0x04, true, true, true, 0xc0, 0x00, {2, 2, 32, 16}},
    {0x05, false, false, true, 0x80, 0x00, {2, 2, 24, 4, 32, 4, 44, 4}},
    {0x06, true, true, false, 0xff, 0x80, {2, 2, 8, 8, 22, 2, 32, 16}},
};

const struct target_rule *target_find_rule(const uint8_t *bhs) {
    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
        if (rules[i].opcode == (bhs[0] & 0x3f)) {
            return &rules[i];
        }
    }
    return NULL;
}

const char *target_check_header(const struct target_rule *rule, const uint8_t *bhs,
                                uint32_t limit) {
    if ((bhs[0] & 0x80) != 0 || ((bhs[0] & 0x40) != 0 && !rule->immediate_allowed)) {
        return "reserved bit in byte 0";
    }
    if ((bhs[1] & ~rule->flags & 0xff) != 0 || (bhs[1] & rule->fixed) != rule->fixed) {
        return "reserved or fixed bit in byte 1";
    }
    for (uint32_t i = 0; rule->reserved[i + 1] != 0; i += 2) {
        for (uint32_t j = 0; j < rule->reserved[i + 1]; j++) {
            if (bhs[rule->reserved[i] + j] != 0) {
                return "reserved byte is not 0";
            }
        }
    }
    if (bhs[4] != 0 && rule->opcode != 0x01) {
        return "AHS in a PDU that has none";
    }
    if (get24(bhs + 5) > 0 && !rule->data) {
        return "data in a PDU that has none";
    }
    if (get24(bhs + 5) > limit) {
        return "data segment beyond our MaxRecvDataSegmentLength";
    }
    return NULL;
}

static void put_digest(uint8_t digest[4], uint32_t crc) {
    digest[0] = (uint8_t)crc;
    digest[1] = (uint8_t)(crc >> 8);
    digest[2] = (uint8_t)(crc >> 16);
    digest[3] = (uint8_t)(crc >> 24);
}

static bool digest_right(const uint8_t *at, uint32_t crc) {
    uint8_t digest[4];
    put_digest(digest, crc);
    return at[0] == digest[0] && at[1] == digest[1] && at[2] == digest[2] && at[3] == digest[3];
}

static void add_digest(struct bytes *out, uint32_t crc) {
    uint8_t digest[4];
    put_digest(digest, crc);
    bytes_add(out, digest, sizeof(digest));
}

void target_add_pdu(struct bytes *out, uint8_t bhs[48], const void *data, uint32_t length,
                    bool header_digest, bool data_digest) {
    static const uint8_t zeros[4 * 255];
    uint32_t ahs = 4u * bhs[4];
    uint32_t pad = (4 - length % 4) % 4;
    put24(bhs + 5, length);
    bytes_add(out, bhs, 48);
    bytes_add(out, zeros, ahs);
    if (header_digest) {
        add_digest(out, target_crc32c(target_crc32c(0, bhs, 48), zeros, ahs));
    }
    bytes_add(out, data, length);
    bytes_add(out, zeros, pad);
    if (data_digest && length > 0) {
        add_digest(out, target_crc32c(target_crc32c(0, data, length), zeros, pad));
    }
}

static const char *check_pdu(const struct target_pdu *pdu, size_t header, bool header_digest,
                             bool data_digest) {
    size_t padded = (pdu->length + 3u) & ~(size_t)3;
    if (header_digest && !digest_right(pdu->bhs + header, target_crc32c(0, pdu->bhs, header))) {
        return "header digest";
    }
    if (data_digest && pdu->length > 0 &&
        !digest_right(pdu->data + padded, target_crc32c(0, pdu->data, padded))) {
        return "data digest";
    }
    for (size_t i = pdu->length; i < padded; i++) {
        if (pdu->data[i] != 0) {
            return "padding is not 0";
        }
    }
    return NULL;
}

bool target_find_pdu(const struct bytes *in, bool header_digest, bool data_digest,
                     struct target_pdu *pdu) {
    const uint8_t *bhs = bytes_first(in);
    size_t left = bytes_left(in);
    if (left < 48) {
        return false;
    }
    size_t header = 48 + 4u * (size_t)bhs[4];
    pdu->bhs = bhs;
    pdu->ahs = bhs + 48;
    pdu->length = get24(bhs + 5);
    size_t padded = (pdu->length + 3u) & ~(size_t)3;
    size_t data_at = header + (header_digest ? 4 : 0);
    pdu->total = data_at + padded + (data_digest && pdu->length > 0 ? 4 : 0);
    if (left < pdu->total) {
        return false;
    }
    pdu->data = bhs + data_at;
    pdu->violated = check_pdu(pdu, header, header_digest, data_digest);
    return true;
}
