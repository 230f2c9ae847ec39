/* A target for benchmarks: it answers what it must and checks nothing. */
#include "target.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <iscsi/initiator.h>

#include "base/bytes.h"
#include "base/checked.h"
#include "wire/bhs.h"

#define DIGEST_SIZE 4u
#define COMMAND_WINDOW TARGET_WAITING
#define TSIH 1u

static const uint8_t zeros[TARGET_MAX_PAYLOAD];

/* The answers to what the library proposes, one after the other. */
static const char security_text[] = "TargetPortalGroupTag=1\0AuthMethod=None";
static const char digest_text[] = "HeaderDigest=CRC32C\0DataDigest=CRC32C";
static const char no_digest_text[] = "HeaderDigest=None\0DataDigest=None";
static const char r2t_text[] = "InitialR2T=Yes\0ImmediateData=No";
static const char unsolicited_text[] = "InitialR2T=No\0ImmediateData=No";
static const char no_r2t_text[] = "InitialR2T=No\0ImmediateData=Yes";
static const char operational_text[] = "MaxConnections=1\0ErrorRecoveryLevel=0\0"
                                       "MaxRecvDataSegmentLength=262144\0"
                                       "MaxBurstLength=1048576\0FirstBurstLength=262144\0"
                                       "DefaultTime2Wait=2\0DefaultTime2Retain=20\0"
                                       "MaxOutstandingR2T=1\0DataPDUInOrder=Yes\0"
                                       "DataSequenceInOrder=Yes\0iSCSIProtocolLevel=1";

void target_reset(struct target *target, const struct target_manner *manner) {
    target->manner = *manner;
    target->payload = TARGET_PAYLOAD;
    target->place = (struct target_place){.stat_sn = 1};
    target->first_debt = 0;
    target->debt_count = 0;
    target->heard_size = 0;
    target->said_size = 0;
    target->said_taken = 0;
}

static void put(struct target *target, const void *bytes, size_t size) {
    if (size > sizeof(target->said) - target->said_size) {
        fputs("the target's stream is full\n", stderr);
        exit(1);
    }
    memcpy(target->said + target->said_size, bytes, size);
    target->said_size += size;
}

static void put_digest(struct target *target, uint32_t crc) {
    uint8_t digest[DIGEST_SIZE];
    store_le32(digest, crc);
    put(target, digest, sizeof(digest));
}

/* Sends a PDU; the header lacks only its length and numbers. */
static void send_pdu(struct target *target, uint8_t header[BHS_SIZE], const void *data,
                     uint32_t length) {
    bool digests = target->manner.digests && target->place.full_feature;
    store_be24(header + 5, length);
    store_be32(header + 28, target->place.exp_cmd_sn);
    store_be32(header + 32, target->place.exp_cmd_sn + COMMAND_WINDOW);
    put(target, header, BHS_SIZE);
    if (digests) {
        put_digest(target, sanscsi_crc32c(NULL, 0, header, BHS_SIZE));
    }
    if (length == 0) {
        return;
    }
    put(target, data, length);
    put(target, zeros, pad_length(length));
    if (digests) {
        uint32_t crc = sanscsi_crc32c(NULL, 0, data, length);
        put_digest(target, sanscsi_crc32c(NULL, crc, zeros, pad_length(length)));
    }
}

static void put_status(struct target *target, uint8_t header[BHS_SIZE]) {
    store_be32(header + 24, target->place.stat_sn);
    target->place.stat_sn++;
}

/* A login stage's text; the literals' own zeros end their last pairs. */
struct text {
    char bytes[1024];
    uint32_t size;
};

static void add(struct text *text, const char *pairs, size_t size) {
    memcpy(text->bytes + text->size, pairs, size);
    text->size += (uint32_t)size;
}

static void add_operational(const struct target *target, struct text *text) {
    if (target->manner.digests) {
        add(text, digest_text, sizeof(digest_text));
    } else {
        add(text, no_digest_text, sizeof(no_digest_text));
    }
    if (target->manner.r2t) {
        add(text, r2t_text, sizeof(r2t_text));
    } else if (target->manner.unsolicited) {
        add(text, unsolicited_text, sizeof(unsolicited_text));
    } else {
        add(text, no_r2t_text, sizeof(no_r2t_text));
    }
    add(text, operational_text, sizeof(operational_text));
}

/* RFC 7143 11.13: agrees to everything. */
static void answer_login(struct target *target, const uint8_t *request) {
    uint8_t header[BHS_SIZE] = {OPCODE_LOGIN_RESPONSE, request[1]};
    unsigned stage = (request[1] >> 2) & 3u;
    bool last = (request[1] & 3u) == 3;
    memcpy(header + 8, request + 8, 8); /* ISID and TSIH */
    if (last) {
        store_be16(header + 14, TSIH);
    }
    memcpy(header + 16, request + 16, 4);
    target->place.exp_cmd_sn = load_be32(request + 24);
    put_status(target, header);
    struct text text = {.size = 0};
    if (stage == 0) {
        add(&text, security_text, sizeof(security_text));
    } else {
        add_operational(target, &text);
    }
    send_pdu(target, header, text.bytes, text.size);
    target->place.full_feature = last;
}

static void owe(struct target *target, uint8_t opcode, uint32_t itt, bool read) {
    size_t place = (target->first_debt + target->debt_count) % TARGET_WAITING;
    target->debts[place] = (struct target_debt){opcode, itt, read};
    target->debt_count++;
}

static void understand(struct target *target, const uint8_t *pdu) {
    uint8_t opcode = pdu[0] & OPCODE_MASK;
    uint32_t itt = load_be32(pdu + 16);
    if (opcode == OPCODE_LOGIN_REQUEST) {
        answer_login(target, pdu);
    } else if (opcode == OPCODE_SCSI_COMMAND) {
        target->place.exp_cmd_sn = load_be32(pdu + 24) + 1;
        if ((pdu[1] & FLAG_FINAL) != 0) { /* else unsolicited data follows */
            owe(target, opcode, itt, (pdu[1] & FLAG_READ) != 0);
        }
    } else if (opcode == OPCODE_DATA_OUT && (pdu[1] & FLAG_FINAL) != 0) {
        owe(target, opcode, itt, false);
    }
}

/* Bytes of the PDU that begins at `pdu`. */
static size_t pdu_size(const struct target *target, const uint8_t *pdu) {
    size_t digest = target->manner.digests && target->place.full_feature ? DIGEST_SIZE : 0;
    uint32_t length = load_be24(pdu + 5);
    size_t data = length == 0 ? 0 : length + pad_length(length) + digest;
    return BHS_SIZE + 4u * pdu[4] + digest + data;
}

void target_hear(struct target *target, const sanscsi_iovec *iov, size_t count) {
    for (size_t i = 0; i < count; i++) {
        memcpy(target->heard + target->heard_size, iov[i].data, iov[i].size);
        target->heard_size += iov[i].size;
    }
    size_t at = 0;
    while (target->heard_size - at >= BHS_SIZE &&
           target->heard_size - at >= pdu_size(target, target->heard + at)) {
        size_t size = pdu_size(target, target->heard + at);
        understand(target, target->heard + at);
        at += size;
    }
    memmove(target->heard, target->heard + at, target->heard_size - at);
    target->heard_size -= at;
}

/* RFC 7143 11.7: all data in one PDU, with the status unless that comes apart. */
static void send_data_in(struct target *target, uint32_t itt) {
    uint8_t header[BHS_SIZE] = {OPCODE_DATA_IN, FLAG_FINAL};
    store_be32(header + 16, itt);
    store_be32(header + 20, TAG_RESERVED);
    if (!target->manner.separate_response) {
        header[1] |= FLAG_STATUS;
        put_status(target, header);
    }
    send_pdu(target, header, zeros, target->payload);
}

/* RFC 7143 11.4. */
static void send_response(struct target *target, uint32_t itt, uint32_t exp_data_sn) {
    uint8_t header[BHS_SIZE] = {OPCODE_SCSI_RESPONSE, FLAG_FINAL};
    store_be32(header + 16, itt);
    store_be32(header + 36, exp_data_sn);
    put_status(target, header);
    send_pdu(target, header, NULL, 0);
}

/* RFC 7143 11.8: the whole write at once. */
static void send_r2t(struct target *target, uint32_t itt) {
    uint8_t header[BHS_SIZE] = {OPCODE_R2T, FLAG_FINAL};
    store_be32(header + 16, itt);
    store_be32(header + 20, itt);
    store_be32(header + 24, target->place.stat_sn);
    store_be32(header + 44, target->payload);
    send_pdu(target, header, NULL, 0);
}

void target_answer(struct target *target, size_t most) {
    for (size_t i = 0; i < most && target->debt_count > 0; i++) {
        const struct target_debt debt = target->debts[target->first_debt];
        target->first_debt = (target->first_debt + 1) % TARGET_WAITING;
        target->debt_count--;
        if (debt.read) {
            send_data_in(target, debt.itt);
        }
        if (debt.opcode == OPCODE_SCSI_COMMAND && !debt.read && target->manner.r2t) {
            send_r2t(target, debt.itt);
        } else if (!debt.read || target->manner.separate_response) {
            send_response(target, debt.itt, debt.read ? 1 : 0);
        }
    }
}

size_t target_say(struct target *target, const sanscsi_iovec *iov, size_t count) {
    size_t bytes = 0;
    for (size_t i = 0; i < count && target->said_taken < target->said_size; i++) {
        size_t piece = min_size(iov[i].size, target->said_size - target->said_taken);
        memcpy(iov[i].data, target->said + target->said_taken, piece);
        target->said_taken += piece;
        bytes += piece;
    }
    if (target->said_taken == target->said_size) {
        target->said_taken = 0;
        target->said_size = 0;
    }
    return bytes;
}
