/* What the peer of the session harness says: answers to requests, and what nobody asked for. */
#include <stdio.h>
#include <string.h>

#include "session_run.h"

enum { T_FINAL = 0x80, C_CONTINUE = 0x40, F_STATUS = 0x01, LARGEST_SEGMENT = 2048 };

static uint32_t at_most(uint32_t value, uint32_t most) {
    return value < most ? value : most;
}

static const char *yes(bool is) {
    return is ? "Yes" : "No";
}

static const char *digest_name(uint32_t digest) {
    return digest == SANSCSI_DIGEST_CRC32C ? "CRC32C" : "None";
}

/* The answers to what the initiator proposes with the same terms; bars for nulls. */
static uint32_t operational_text(const struct terms *terms, char *text, size_t size) {
    static const char *const reporting[] = {NULL, "ResponseFence", "FastAbort"};
    int used = snprintf(text, size,
                        "HeaderDigest=%s|DataDigest=%s|MaxRecvDataSegmentLength=%u|"
                        "DefaultTime2Wait=2|DefaultTime2Retain=20|",
                        digest_name(terms->header_digest), digest_name(terms->data_digest),
                        (unsigned)terms->segment);
    if (!terms->discovery) {
        used += snprintf(text + used, size - (size_t)used,
                         "MaxConnections=1|InitialR2T=%s|ImmediateData=%s|MaxBurstLength=%u|"
                         "FirstBurstLength=%u|MaxOutstandingR2T=%u|DataPDUInOrder=%s|"
                         "DataSequenceInOrder=%s|ErrorRecoveryLevel=0|",
                         yes(terms->initial_r2t), yes(terms->immediate_data),
                         (unsigned)terms->max_burst, (unsigned)terms->first_burst,
                         (unsigned)terms->max_r2t, yes(terms->pdus_in_order),
                         yes(terms->sequences_in_order));
        if (terms->protocol_level != 0) {
            used += snprintf(text + used, size - (size_t)used, "iSCSIProtocolLevel=%u|",
                             (unsigned)terms->protocol_level);
        }
        if (terms->task_reporting != 0) {
            used += snprintf(text + used, size - (size_t)used, "TaskReporting=%s|",
                             reporting[terms->task_reporting]);
        }
    }
    for (int i = 0; i < used; i++) {
        text[i] = text[i] == '|' ? '\0' : text[i];
    }
    return (uint32_t)used;
}

static const struct request *last_of(const struct peer *peer, uint8_t opcode) {
    for (uint32_t i = 0; i < REQUESTS && i < peer->next_request; i++) {
        const struct request *request = &peer->requests[(peer->next_request - 1 - i) % REQUESTS];
        if (request->used && (request->bhs[0] & 0x3f) == opcode) {
            return request;
        }
    }
    return NULL;
}

/* A good answer to the Login Request that came last (RFC 7143 11.13). */
void peer_answers_login(struct run *run) {
    static const char security[] = "TargetPortalGroupTag=1\0AuthMethod=None";
    static const char discovery[] = "AuthMethod=None";
    struct peer *peer = &run->peer;
    const struct request *request = last_of(peer, 0x03);
    char text[512];
    uint8_t bhs[48];
    if (request == NULL) {
        return;
    }
    uint8_t stage = request->bhs[1] >> 2 & 3;
    uint32_t length;
    if (stage == 0) {
        length = peer->terms.discovery ? sizeof(discovery) : sizeof(security);
        memcpy(text, peer->terms.discovery ? discovery : security, length);
    } else {
        length = operational_text(&peer->terms, text, sizeof(text));
    }
    peer_begin(peer, bhs, 0x23, stage == 0 ? 0x81 : 0x87, true);
    memcpy(bhs + 8, request->bhs + 8, 6);
    bhs[15] = stage == 0 ? 0 : 1;
    memcpy(bhs + 16, request->bhs + 16, 4);
    peer_says(run, bhs, (const uint8_t *)text, length);
    peer->full_feature = stage != 0;
}

/* Some of the data that a command reads, where it has come to. */
static void answer_data_in(struct run *run, struct request *request) {
    uint8_t bhs[48];
    uint8_t data[LARGEST_SEGMENT];
    uint32_t expected = run->jobs[request->job].in.length;
    uint32_t length = at_most(fuzz_up_to(&run->program, LARGEST_SEGMENT), 1024);
    uint8_t flags = sanscsi_reader_u8(&run->program);
    length = at_most(length, expected - at_most(request->offset, expected));
    /* A status takes more than one bit of luck. */
    flags = (flags & 0x0c) == 0x0c ? (uint8_t)(T_FINAL | F_STATUS) : (uint8_t)(flags & T_FINAL);
    peer_begin(&run->peer, bhs, 0x25, flags, (flags & F_STATUS) != 0);
    memcpy(bhs + 16, request->bhs + 16, 4);
    put32(bhs + 20, UINT32_MAX);
    put32(bhs + 36, request->data_sn++);
    put32(bhs + 40, request->offset);
    if ((flags & F_STATUS) != 0 && request->offset + length < expected) {
        bhs[1] |= 0x02; /* underflow */
        put32(bhs + 44, expected - request->offset - length);
    }
    for (uint32_t i = 0; i < length; i++) {
        data[i] = job_byte(request->job, request->offset + i);
    }
    request->offset += length;
    peer_says(run, bhs, data, length);
}

static void answer_r2t(struct run *run, struct request *request) {
    uint8_t bhs[48];
    uint32_t expected = run->jobs[request->job].out.length;
    uint32_t offset = at_most(fuzz_up_to(&run->program, JOB_BYTES), expected);
    uint32_t length = at_most(1 + fuzz_up_to(&run->program, JOB_BYTES), expected - offset);
    peer_begin(&run->peer, bhs, 0x31, 0x80, false);
    memcpy(bhs + 8, request->bhs + 8, 12);
    put32(bhs + 20, run->peer.next_tag++);
    put32(bhs + 36, request->r2t_sn++);
    put32(bhs + 40, offset);
    put32(bhs + 44, length);
    peer_says(run, bhs, NULL, 0);
}

/* SCSI Response: GOOD with what did not come as an underflow, or with sense and response data. */
static void answer_status(struct run *run, struct request *request) {
    static const uint8_t statuses[] = {0, 0, 2, 8, 0x18, 0x28};
    uint8_t bhs[48];
    uint8_t data[64];
    const struct job *job = &run->jobs[request->job];
    uint32_t length = 0;
    uint32_t expected = job->in.length;
    peer_begin(&run->peer, bhs, 0x21, 0x80, true);
    memcpy(bhs + 16, request->bhs + 16, 4);
    bhs[2] = sanscsi_reader_u8(&run->program) % 8 == 0;
    bhs[3] = statuses[fuzz_up_to(&run->program, sizeof(statuses) - 1)];
    if (request->offset < expected && job->out.length == 0) {
        bhs[1] |= 0x02;
        put32(bhs + 44, expected - request->offset);
    }
    put32(bhs + 36, bhs[3] == 0 ? request->data_sn + request->r2t_sn : 0);
    if (bhs[3] == 2) {
        length = 2 + 18 + fuzz_up_to(&run->program, 40);
        memset(data, 0, sizeof(data));
        put16(data, at_most(length - 2, 18 + fuzz_up_to(&run->program, 40)));
        data[2] = 0x70;
        data[4] = 5;
        data[9] = 10;
    }
    peer_says(run, bhs, data, length);
}

static void answer_command(struct run *run, struct request *request) {
    uint8_t what = sanscsi_reader_u8(&run->program) % 4;
    const struct job *job = &run->jobs[request->job];
    if (job->done) {
        answer_status(run, request); /* its memory is gone; an answer can still come */
        return;
    }
    if (what < 2 && job->in.length > 0) {
        answer_data_in(run, request);
        return;
    }
    if (what < 3 && job->out.length > 0) {
        answer_r2t(run, request);
        return;
    }
    answer_status(run, request);
}

static void answer_ping(struct run *run, const struct request *request) {
    uint8_t bhs[48];
    uint32_t whole = get24(request->bhs + 5);
    uint32_t length = at_most(request->echo_size, whole);
    peer_begin(&run->peer, bhs, 0x20, 0x80, true);
    memcpy(bhs + 16, request->bhs + 16, 4);
    put32(bhs + 20, UINT32_MAX);
    peer_says(run, bhs, request->echo, length);
}

/* SendTargets or the answer to a declaration: a few texts, by the program's choice. */
static void answer_text(struct run *run, const struct request *request) {
    static const char targets[] = "TargetName=iqn.2024-01.org.example:a\0"
                                  "TargetAddress=192.0.2.1:3260,1\0TargetAddress=[2001:db8::1],2\0"
                                  "TargetName=iqn.2024-01.org.example:b";
    static const char segment[] = "MaxRecvDataSegmentLength=1024";
    uint8_t bhs[48];
    uint8_t how = sanscsi_reader_u8(&run->program);
    const char *text = run->peer.terms.discovery ? targets : segment;
    uint32_t length = run->peer.terms.discovery ? sizeof(targets) : sizeof(segment);
    struct span raw = {NULL, 0};
    if ((how & 3) == 1) {
        length = at_most(length, fuzz_up_to(&run->program, 128));
    } else if ((how & 3) == 2) {
        length = 0;
    } else if ((how & 3) == 3) {
        raw = fuzz_bytes(&run->program, 400);
        text = (const char *)raw.data;
        length = (uint32_t)raw.size;
        run->trusted = false; /* it may declare another segment length */
    }
    bool more = (how & 0x0c) == 0x0c;
    if (!run->peer.terms.discovery && run->peer.terms.segment < 1024) {
        run->peer.terms.segment = 1024; /* as `segment` declares; what is sent may be as long */
    }
    peer_begin(&run->peer, bhs, 0x24, more ? (how & 0x10 ? C_CONTINUE : 0) : T_FINAL, true);
    memcpy(bhs + 16, request->bhs + 16, 4);
    put32(bhs + 20, more ? run->peer.next_tag++ : UINT32_MAX);
    peer_says(run, bhs, (const uint8_t *)text, length);
}

/* Answers one of the requests that came last. */
void peer_answers(struct run *run) {
    struct peer *peer = &run->peer;
    uint32_t back = sanscsi_reader_u8(&run->program) % REQUESTS;
    struct request *request =
        &peer->requests[(peer->next_request + REQUESTS - 1 - back) % REQUESTS];
    uint8_t bhs[48];
    if (!request->used) {
        return;
    }
    switch (request->bhs[0] & 0x3f) {
    case 0x00:
        answer_ping(run, request);
        return;
    case 0x01:
        answer_command(run, request);
        return;
    case 0x02: /* Task Management Function Response */
        peer_begin(peer, bhs, 0x22, 0x80, true);
        bhs[2] = sanscsi_reader_u8(&run->program) % 12;
        break;
    case 0x03:
        peer_answers_login(run);
        return;
    case 0x04:
        answer_text(run, request);
        return;
    case 0x06: /* Logout Response */
        peer_begin(peer, bhs, 0x26, 0x80, true);
        bhs[2] = sanscsi_reader_u8(&run->program) % 5;
        break;
    default:
        return;
    }
    memcpy(bhs + 16, request->bhs + 16, 4);
    peer_says(run, bhs, NULL, 0);
}

static void reject(struct run *run) {
    static const uint8_t reasons[] = {2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    uint8_t bhs[48];
    const struct request *request =
        &run->peer.requests[sanscsi_reader_u8(&run->program) % REQUESTS];
    peer_begin(&run->peer, bhs, 0x3f, 0x80, true);
    bhs[2] = reasons[sanscsi_reader_u8(&run->program) % sizeof(reasons)];
    put32(bhs + 16, UINT32_MAX);
    run->peer.rejected = true;
    peer_says(run, bhs, request->bhs, sizeof(request->bhs));
}

static void notice(struct run *run) {
    static const uint8_t events[] = {0, 1, 2, 3, 4, 5, 200, 255};
    static const uint8_t sense[] = {0, 18, 0x70, 0, 6,    0,    0, 0, 0, 10,
                                    0, 0,  0,    0, 0x3f, 0x0e, 0, 0, 0, 0};
    uint8_t bhs[48];
    peer_begin(&run->peer, bhs, 0x32, 0x80, true);
    bhs[9] = sanscsi_reader_u8(&run->program) & 1; /* the LUN */
    put32(bhs + 16, UINT32_MAX);
    bhs[36] = events[sanscsi_reader_u8(&run->program) % sizeof(events)];
    put32(bhs + 38, fuzz_up_to(&run->program, UINT32_MAX));
    bhs[43] = sanscsi_reader_u8(&run->program) % 8;
    peer_says(run, bhs, sense, bhs[36] == 0 ? sizeof(sense) : 0);
}

/* Something that nobody asked for. */
void peer_speaks_unasked(struct run *run) {
    struct peer *peer = &run->peer;
    uint8_t bhs[48];
    uint8_t data[32];
    switch (sanscsi_reader_u8(&run->program) % 4) {
    case 0:
        reject(run);
        return;
    case 1:
        notice(run);
        return;
    case 2: /* a ping that wants an answer */
        peer_begin(peer, bhs, 0x20, 0x80, false);
        put32(bhs + 16, UINT32_MAX);
        put32(bhs + 20, peer->next_tag++);
        memset(data, 0x77, sizeof(data));
        peer_says(run, bhs, data, sanscsi_reader_u8(&run->program) % sizeof(data));
        return;
    default: /* news of the command window */
        peer->window = sanscsi_reader_u8(&run->program) % 12;
        peer_begin(peer, bhs, 0x20, 0x80, false);
        put32(bhs + 16, UINT32_MAX);
        put32(bhs + 20, UINT32_MAX);
        peer_says(run, bhs, NULL, 0);
        return;
    }
}
