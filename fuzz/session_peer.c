/* The peer of the session harness: it takes apart what the initiator sends, and frames PDUs. */
#include <stdlib.h>
#include <string.h>

#include "session_run.h"

enum {
    NOP_OUT = 0x00,
    COMMAND = 0x01,
    LOGIN = 0x03,
    DATA_OUT = 0x05,
    LOGOUT = 0x06,
    LARGEST_OPCODE = 0x10,
    OPCODE = 0x3f,
    IMMEDIATE = 0x40
};

void peer_connect(struct peer *peer, uint32_t stat_sn) {
    peer->full_feature = false;
    peer->logged_out = false;
    peer->rejected = false;
    peer->stat_sn = stat_sn;
    peer->exp_cmd_sn = 1;
    peer->heard.taken = peer->heard.size;
    peer->say.taken = peer->say.size;
    peer->next_request = 0;
    memset(peer->requests, 0, sizeof(peer->requests));
}

void peer_free(struct peer *peer) {
    bytes_free(&peer->heard);
    bytes_free(&peer->say);
}

static size_t digest_size(const struct peer *peer, uint32_t agreed) {
    return peer->full_feature && agreed == SANSCSI_DIGEST_CRC32C ? 4 : 0;
}

/* The data of a command: what the job lends, at the place where it belongs. */
static void check_data(const struct run *run, uint32_t job, uint32_t offset, const uint8_t *data,
                       uint32_t length) {
    const struct lent *out = &run->jobs[job].out;
    FUZZ_HOLDS(!run->trusted || length <= run->peer.terms.segment,
               "no data segment exceeds the target's MaxRecvDataSegmentLength");
    FUZZ_HOLDS(!run->jobs[job].done && (uint64_t)offset + length <= out->length,
               "what is sent of a task is its own and there is no more of it");
    for (uint32_t i = 0; i < length; i++) {
        FUZZ_HOLDS(data[i] == job_byte(job, offset + i), "what is sent is what was lent");
    }
}

static struct request *find(struct peer *peer, uint32_t itt) {
    for (uint32_t i = 0; i < REQUESTS; i++) {
        if (peer->requests[i].used && get32(peer->requests[i].bhs + 16) == itt) {
            return &peer->requests[i];
        }
    }
    return NULL;
}

static void keep_request(struct run *run, const uint8_t *bhs, const uint8_t *data,
                         uint32_t length) {
    struct peer *peer = &run->peer;
    struct request *request = &peer->requests[peer->next_request++ % REQUESTS];
    memset(request, 0, sizeof(*request));
    request->used = true;
    memcpy(request->bhs, bhs, 48);
    request->job = JOBS;
    request->echo_size = length < ECHO ? length : ECHO;
    if (length > 0) {
        memcpy(request->echo, data, request->echo_size);
    }
    if ((bhs[0] & OPCODE) == COMMAND) {
        request->job = get32(bhs + 32 + 2); /* where CDBs tell it */
        FUZZ_HOLDS(request->job < run->job_count &&
                       run->jobs[request->job].kind == SANSCSI_TASK_COMMAND,
                   "a command that is sent was submitted");
        check_data(run, request->job, 0, data, length);
    }
}

static void hear(struct run *run, const uint8_t *bhs, const uint8_t *data, uint32_t length) {
    struct peer *peer = &run->peer;
    uint8_t opcode = bhs[0] & OPCODE;
    FUZZ_HOLDS(opcode < LARGEST_OPCODE, "an initiator sends requests");
    /* RFC 7143 11.14; a Logout Request that was rejected is sent again. */
    FUZZ_HOLDS(!peer->logged_out || peer->rejected || !run->trusted,
               "nothing follows a Logout Request");
    if (opcode == DATA_OUT) {
        const struct request *request = find(peer, get32(bhs + 16));
        if (request != NULL && request->job < JOBS) {
            check_data(run, request->job, get32(bhs + 40), data, length);
        }
        return;
    }
    bool counts = (bhs[0] & IMMEDIATE) == 0;
    if (counts && peer->full_feature) {
        FUZZ_HOLDS(peer->rejected || !run->trusted || get32(bhs + 24) == peer->exp_cmd_sn,
                   "commands are numbered without gaps");
        peer->exp_cmd_sn = get32(bhs + 24) + 1;
    } else if (opcode == LOGIN) {
        peer->exp_cmd_sn = get32(bhs + 24);
    }
    peer->logged_out = opcode == LOGOUT;
    if (get32(bhs + 16) != UINT32_MAX) {
        keep_request(run, bhs, data, length);
    }
}

/* Takes one PDU off what was heard, if it is whole. */
static bool hear_one(struct run *run) {
    struct peer *peer = &run->peer;
    size_t left = bytes_left(&peer->heard);
    if (left < 48) {
        return false;
    }
    const uint8_t *bhs = bytes_first(&peer->heard);
    uint32_t length = get24(bhs + 5);
    size_t header = 48 + 4 * (size_t)bhs[4];
    size_t start = header + digest_size(peer, peer->terms.header_digest);
    size_t padded = ((size_t)length + 3) & ~(size_t)3;
    size_t size = start + padded + (length > 0 ? digest_size(peer, peer->terms.data_digest) : 0);
    if (left < size) {
        return false;
    }
    if (start > header) {
        uint8_t digest[4];
        put32(digest, sanscsi_crc32c(NULL, 0, bhs, header));
        FUZZ_HOLDS(digest[0] == bhs[header + 3] && digest[3] == bhs[header],
                   "headers have their digests");
    }
    hear(run, bhs, bhs + start, length);
    bytes_take(&peer->heard, size);
    return true;
}

void peer_hears(struct run *run, const void *data, size_t size) {
    bytes_add(&run->peer.heard, data, size);
    while (hear_one(run)) {
    }
}

void peer_begin(struct peer *peer, uint8_t bhs[48], uint8_t opcode, uint8_t flags, bool stat_sn) {
    memset(bhs, 0, 48);
    bhs[0] = opcode;
    bhs[1] = flags;
    put32(bhs + 24, stat_sn ? peer->stat_sn++ : peer->stat_sn);
    put32(bhs + 28, peer->exp_cmd_sn);
    put32(bhs + 32, peer->exp_cmd_sn + peer->window - 1);
}

static void say_digest(struct peer *peer, uint32_t crc) {
    const uint8_t digest[4] = {(uint8_t)crc, (uint8_t)(crc >> 8), (uint8_t)(crc >> 16),
                               (uint8_t)(crc >> 24)};
    bytes_add(&peer->say, digest, sizeof(digest));
}

/* A PDU whose header the program may change at a few places, which is then not to be trusted. */
void peer_says(struct run *run, uint8_t bhs[48], const uint8_t *data, uint32_t length) {
    static const uint8_t zeros[4];
    struct peer *peer = &run->peer;
    size_t pad = (4 - length % 4) % 4;
    put24(bhs + 5, length);
    uint32_t changes = sanscsi_reader_u8(&run->program);
    changes = changes < 0xe0 ? 0 : 1 + changes % 3;
    for (uint32_t i = 0; i < changes; i++) {
        uint8_t place = sanscsi_reader_u8(&run->program) % 48;
        bhs[place] = sanscsi_reader_u8(&run->program);
        run->trusted = false;
    }
    bytes_add(&peer->say, bhs, 48);
    if (digest_size(peer, peer->terms.header_digest) > 0) {
        say_digest(peer, sanscsi_crc32c(NULL, 0, bhs, 48));
    }
    bytes_add(&peer->say, data, length);
    bytes_add(&peer->say, zeros, pad);
    if (length > 0 && digest_size(peer, peer->terms.data_digest) > 0) {
        uint32_t crc = sanscsi_crc32c(NULL, 0, data, length);
        say_digest(peer, sanscsi_crc32c(NULL, crc, zeros, pad));
    }
}
