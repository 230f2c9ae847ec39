/* The target of the login harness: good responses, changed as the input says, or anything. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "login_run.h"
#include "support/target_bytes.h"

enum { TEXT = 12000, DIGEST = 32, CHALLENGE = 64 };

/* A text with nulls in the place of bars. */
struct text {
    size_t size;
    uint8_t bytes[TEXT];
};

static void add(struct text *text, const void *bytes, size_t size) {
    size = size < TEXT - text->size ? size : TEXT - text->size;
    memcpy(text->bytes + text->size, bytes, size);
    text->size += size;
}

static void add_pairs(struct text *text, const char *pairs) {
    for (; *pairs != '\0'; pairs++) {
        add(text, *pairs == '|' ? "" : pairs, 1);
    }
}

/* Where the value of a key begins in the last request; NULL when it is not there. */
static const char *value_of(const struct login_run *run, const char *key) {
    size_t length = strlen(key);
    for (size_t i = 48; i + length < run->request_size; i++) {
        bool begins = i == 48 || run->request[i - 1] == '\0';
        if (begins && memcmp(run->request + i, key, length) == 0) {
            return (const char *)run->request + i + length;
        }
    }
    return NULL;
}

static uint32_t digit(char c) {
    return c >= '0' && c <= '9' ? (uint32_t)(c - '0') : ((uint32_t)c | 0x20) - 'a' + 10;
}

/* The proof for the initiator's challenge (RFC 1994 4.1): its identifier, our secret, and it. */
static void add_proof(struct login_run *run, struct text *text, bool right) {
    static const char secret[] = "the target's own";
    static const uint8_t sizes[] = {16, 20, 32, 32}; /* of MD5, SHA-1, SHA-256, SHA3-256 */
    const char *challenge = value_of(run, "CHAP_C=0x");
    const char *identifier = value_of(run, "CHAP_I=");
    if (challenge == NULL || identifier == NULL) {
        return;
    }
    uint8_t id = (uint8_t)strtoul(identifier, NULL, 0);
    uint8_t bytes[CHALLENGE];
    size_t size = 0;
    for (; size < CHALLENGE && challenge[0] != '\0' && challenge[1] != '\0'; challenge += 2) {
        bytes[size++] = (uint8_t)(digit(challenge[0]) << 4 | digit(challenge[1]));
    }
    char copy[sizeof(secret)];
    memcpy(copy, secret, sizeof(secret));
    sanscsi_iovec pieces[] = {{&id, 1}, {copy, sizeof(secret) - 1}, {bytes, size}};
    uint8_t digest[DIGEST];
    FUZZ_HOLDS(sanscsi_hash(NULL, run->algorithm, pieces, 3, digest) == SANSCSI_OK,
               "what CHAP needs is always there");
    digest[0] ^= right ? 0 : 1;
    add_pairs(text, "CHAP_N=target|CHAP_R=0x");
    for (size_t i = 0; i < sizes[run->algorithm - SANSCSI_CHAP_MD5]; i++) {
        char hex[3];
        (void)snprintf(hex, sizeof(hex), "%02x", digest[i]);
        add(text, hex, 2);
    }
    add(text, "", 1);
    run->proof_sent = run->proof_sent || right;
}

static void add_good(struct login_run *run, struct text *text, bool right) {
    uint8_t stage = run->request[1] >> 2 & 3;
    if (stage == 0 && value_of(run, "CHAP_R=") != NULL) {
        add_proof(run, text, right);
    } else if (stage == 0 && value_of(run, "CHAP_A=") != NULL) {
        static const char *const chosen[] = {"CHAP_A=5|", "CHAP_A=6|", "CHAP_A=7|", "CHAP_A=8|"};
        uint32_t which = run->list ? sanscsi_reader_u8(&run->input) % 4 : 0;
        run->algorithm = SANSCSI_CHAP_MD5 + which;
        add_pairs(text, chosen[which]);
        add_pairs(text, "CHAP_I=7|CHAP_C=0x000102030405060708090a0b0c0d0e0f|");
    } else if (stage == 0 && value_of(run, "AuthMethod=") != NULL) {
        add_pairs(text, run->discovery ? "" : "TargetPortalGroupTag=1|");
        add_pairs(text, run->chap ? "AuthMethod=CHAP|" : "AuthMethod=None|");
    } else if (stage == 1 && value_of(run, "HeaderDigest=") != NULL) {
        add_pairs(text, "HeaderDigest=None|DataDigest=None|MaxRecvDataSegmentLength=65536|"
                        "DefaultTime2Wait=2|DefaultTime2Retain=20|");
        add_pairs(text, run->discovery
                            ? ""
                            : "MaxConnections=1|InitialR2T=No|ImmediateData=Yes|"
                              "MaxBurstLength=262144|FirstBurstLength=65536|MaxOutstandingR2T=1|"
                              "DataPDUInOrder=Yes|DataSequenceInOrder=Yes|ErrorRecoveryLevel=0|"
                              "iSCSIProtocolLevel=1|");
    }
}

/* Drops one pair, if there are as many. */
static void drop_pair(struct text *text, uint32_t which) {
    size_t begin = 0;
    for (size_t i = 0; i < text->size; i++) {
        if (text->bytes[i] != 0) {
            continue;
        }
        if (which-- == 0) {
            memmove(text->bytes + begin, text->bytes + i + 1, text->size - i - 1);
            text->size -= i + 1 - begin;
            return;
        }
        begin = i + 1;
    }
}

static void choose_text(struct login_run *run, struct text *text) {
    static const char *const others[] = {"TargetAddress=192.0.2.9:3260,1|",
                                         "TargetAddress=[2001:db8::9]|",
                                         "X-com.example.key=1|",
                                         "AuthMethod=None|",
                                         "AuthMethod=CHAP|",
                                         "CHAP_A=7|",
                                         "HeaderDigest=CRC32C|",
                                         "MaxBurstLength=Reject|",
                                         "TargetAlias=a disk|",
                                         "FirstBurstLength=Irrelevant|",
                                         "CHAP_N=x|CHAP_R=0x00|",
                                         "TaskReporting=FastAbort|"};
    uint8_t how = sanscsi_reader_u8(&run->input);
    text->size = 0;
    if ((how & 7) != 1) {
        add_good(run, text, (how & 7) != 2);
    }
    if ((how & 7) == 3) {
        drop_pair(text, sanscsi_reader_u8(&run->input) % 16);
    }
    if ((how & 0x18) == 0x08) {
        add_pairs(text,
                  others[sanscsi_reader_u8(&run->input) % (sizeof(others) / sizeof(others[0]))]);
    } else if ((how & 0x18) == 0x10) {
        struct span raw = fuzz_bytes(&run->input, 400);
        if (raw.size > 0) {
            add(text, raw.data, raw.size);
        }
    } else if ((how & 0x18) == 0x18) {
        uint32_t times = fuzz_up_to(&run->input, 9000);
        for (uint32_t i = 0; i < times; i++) {
            add(text, "xyz=", 1 + i % 4);
        }
    }
    if ((how & 0xe0) == 0xe0 && text->size > 0) {
        text->size -= sanscsi_reader_u8(&run->input) % text->size; /* goes on in the next one */
    }
}

/* How much of what is left comes in one piece. */
static size_t piece(struct login_run *run, size_t left) {
    if (run->split == 0) {
        return left;
    }
    run->split = run->split * 1664525u + 1013904223u;
    size_t size = 1 + (run->split >> 16) % 41;
    return size < left ? size : left;
}

static void deliver(struct login_run *run, const uint8_t *bytes, size_t size) {
    if (size > STREAM - run->heard) {
        return;
    }
    memcpy(run->stream + run->heard, bytes, size);
    memset(run->final_allowed + run->heard, (run->request[1] & 0x80) != 0, size);
    run->heard += size;
    while (size > 0) {
        size_t step = piece(run, size);
        uint8_t *copy = fuzz_copy(span_of(bytes, step));
        int32_t status = sanscsi_rx_feed(run->session, 0, copy, step, run->now);
        free(copy);
        FUZZ_HOLDS(status == SANSCSI_OK || status == SANSCSI_PROTOCOL_ERROR ||
                       status == SANSCSI_NOT_CONNECTED,
                   "what is received is answered as documented");
        if (status != SANSCSI_OK) {
            return;
        }
        bytes += step;
        size -= step;
    }
}

void login_responds(struct login_run *run) {
    static const uint8_t statuses[][2] = {{0, 0}, {1, 1}, {1, 2}, {2, 1}, {3, 0}, {0, 1}, {9, 9}};
    uint8_t pdu[48 + TEXT + 4] = {0x23};
    struct text text;
    uint8_t how = sanscsi_reader_u8(&run->input);
    run->proof_asked = run->proof_asked || value_of(run, "CHAP_R=") != NULL;
    if (how >= 0xf0) {
        struct span raw = fuzz_bytes(&run->input, 600);
        if (raw.size > 0) {
            deliver(run, raw.data, raw.size);
        }
        return;
    }
    choose_text(run, &text);
    bool transit = (run->request[1] & 0x80) != 0;
    pdu[1] = transit ? run->request[1] & 0x8f : run->request[1] & 0x0c;
    put24(pdu + 5, (uint32_t)text.size);
    memcpy(pdu + 8, run->request + 8, 6);
    pdu[15] = (pdu[1] & 0x83) == 0x83;
    memcpy(pdu + 16, run->request + 16, 4);
    put32(pdu + 24, run->stat_sn++);
    put32(pdu + 28, 1);
    put32(pdu + 32, 32);
    if ((how & 0xc0) == 0x40) {
        pdu[1] = sanscsi_reader_u8(&run->input);
    } else if ((how & 0xc0) == 0x80) {
        memcpy(pdu + 36, statuses[sanscsi_reader_u8(&run->input) % 7], 2);
    } else if ((how & 0xc0) == 0xc0) {
        uint8_t place = sanscsi_reader_u8(&run->input) % 48;
        pdu[place] = sanscsi_reader_u8(&run->input);
    }
    memcpy(pdu + 48 + 4 * (size_t)0, text.bytes, text.size);
    deliver(run, pdu, 48 + ((text.size + 3) & ~(size_t)3));
}
