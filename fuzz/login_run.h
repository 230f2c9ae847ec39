/* One login of the login harness: the session, what both sides said, what was told. */
#ifndef SANSCSI_FUZZ_LOGIN_RUN_H
#define SANSCSI_FUZZ_LOGIN_RUN_H

#include <iscsi/sanscsi.h>

#include "fuzz.h"
#include "heap.h"

#define STREAM 65536u
#define REQUEST 20000u

struct login_run {
    struct reader input;
    uint32_t split; /* how deliveries are cut: 0 not, else the seed of the pieces */
    struct heap heap;
    size_t idle; /* bytes of the heap without a login */
    sanscsi_initiator *initiator;
    sanscsi_session *session;
    uint64_t now;
    uint64_t random;
    uint64_t transcript;
    bool discovery, chap, mutual;
    bool none_too;      /* CHAP is not required */
    bool pieces;        /* requests go out in pieces that the input tells */
    bool list;          /* all CHAP algorithms are offered */
    uint32_t algorithm; /* that the target has chosen */
    bool wrong_secret;  /* the program told a wrong one of the target's */
    bool starved;       /* an allocation fails: the one with this number behind the start */
    uint32_t fails_at;
    bool proof_sent;  /* the target has sent the right one */
    bool proof_asked; /* the initiator has sent its proof */
    uint32_t stat_sn;
    uint32_t requests;
    size_t request_size;
    uint8_t request[REQUEST]; /* the last one */
    size_t heard;
    uint8_t stream[STREAM];        /* all that the target has said in this login ... */
    uint8_t final_allowed[STREAM]; /* ... and where: whether the request before had T */
    uint32_t logged_in, logged_out, closes, connects;
    uint32_t grave; /* events that end a login */
    bool redirected;
    uint32_t logins; /* transports opened */
};

/* login_target.c: the next response as the input says, delivered. */
void login_responds(struct login_run *run);
/* login_judge.c: whether what the target has said is a login that may succeed. */
void login_judge(const struct login_run *run);

#endif
