/* Login at a target: its header, and what keys are agreed on (RFC 7143 6.2, 6.3, 13). */
#ifndef SANSCSI_TESTS_TARGET_KEYS_H
#define SANSCSI_TESTS_TARGET_KEYS_H

#include <stdbool.h>

#include "support/target_bytes.h"

enum { TARGET_HEADER_DIGEST = 1, TARGET_DATA_DIGEST = 2 };

/* Both what the target wants and what is agreed on; of a boolean key 0 or 1. */
struct target_agreed {
    uint32_t header_digest;
    uint32_t data_digest;
    uint32_t initial_r2t;
    uint32_t immediate_data;
    uint32_t initiator_segment; /* wanted: the target's own MaxRecvDataSegmentLength */
    uint32_t max_burst;
    uint32_t first_burst;
    uint32_t max_r2t;
    uint32_t data_pdu_in_order;
    uint32_t data_sequence_in_order;
    uint32_t time2wait;
    uint32_t time2retain;
    uint32_t protocol_level;
    uint32_t max_connections;
    uint32_t error_recovery_level;
    uint32_t task_reporting; /* 0 RFC3720, 1 ResponseFence, 2 FastAbort */
};

struct target_answer {
    char text[4096];
    size_t size;
};

struct target_login {
    struct target_agreed wanted;
    struct target_agreed *agreed;
    struct target_answer answer;
    bool discovery;       /* SessionType said so */
    bool declared;        /* MaxRecvDataSegmentLength, by both sides */
    const char *violated; /* the first rule that was broken, or NULL */
    /* Answers a key that is none of section 13 itself; false: it is answered as usual. */
    bool (*other)(struct target_login *login, const char *key, const char *value);
    void *context;
};

/* What holds without negotiation (RFC 7143 13). */
void target_keys_defaults(struct target_agreed *agreed);

/* Appends a pair. */
void target_say(struct target_answer *answer, const char *key, const char *value);

/* Reads the text of a request and answers each key. */
void target_take_keys(struct target_login *login, const uint8_t *text, uint32_t length);

/* FirstBurstLength follows MaxBurstLength once all is agreed (RFC 7143 13.14). */
void target_settle_bursts(struct target_agreed *agreed);

/* What a login keeps from one request to the next. */
struct target_login_state {
    bool first_seen;
    uint32_t stage;
    uint32_t cmd_sn;
    uint8_t isid[6];
};

/* The rule that a Login Request breaks, or NULL (RFC 7143 11.12). */
const char *target_check_login(struct target_login_state *state, const uint8_t *bhs,
                               uint32_t length, uint32_t stat_sn);

#endif
