/* One run of the session harness: the session, what it was lent, and the peer at the other end. */
#ifndef SANSCSI_FUZZ_SESSION_RUN_H
#define SANSCSI_FUZZ_SESSION_RUN_H

#include <iscsi/sanscsi.h>

#include "fuzz.h"
#include "heap.h"
#include "node.h"
#include "support/target_bytes.h"

#define JOBS 128u
#define JOB_BYTES 6000u /* lent for one direction at most */
#define PIECES 3u
#define REQUESTS 16u
#define ECHO 64u
#define SHOWN 24u /* entries of a window */
#define SHOWN_BYTES 65536u

/* Pieces of memory, each between guards in a block of its own. */
struct lent {
    sanscsi_iovec pieces[PIECES];
    uint8_t *blocks[PIECES];
    uint32_t count;
    uint32_t length;
};

/* One task that was handed to the session. */
struct job {
    uint32_t kind; /* SANSCSI_TASK_COMMAND etc.; 0: never accepted */
    bool done;
    sanscsi_task task;
    struct lent out; /* what is written; of a ping what it carries */
    struct lent in;  /* what is read; of a ping its echo */
    struct lent sense;
};

/* A request of the initiator's that the peer has seen last, and how far its answer is. */
struct request {
    bool used;
    uint8_t bhs[48];
    uint32_t job; /* of a command; JOBS: none known */
    uint32_t offset;
    uint32_t data_sn;
    uint32_t r2t_sn;
    uint32_t echo_size;
    uint8_t echo[ECHO];
};

/* What both sides agree on, from the input. */
struct terms {
    bool discovery;
    uint32_t header_digest, data_digest;
    bool initial_r2t, immediate_data, pdus_in_order, sequences_in_order;
    uint32_t segment; /* the peer's MaxRecvDataSegmentLength */
    uint32_t first_burst, max_burst, max_r2t;
    uint32_t task_reporting, protocol_level;
};

struct peer {
    struct terms terms;
    bool full_feature;
    bool logged_out; /* a Logout Request came: nothing may follow */
    bool rejected;   /* a Reject was sent: numbers of requests may come again */
    uint32_t stat_sn;
    uint32_t exp_cmd_sn;
    uint32_t window;
    uint32_t next_tag;
    struct bytes heard; /* what the initiator sends, not yet taken apart */
    struct bytes say;   /* what is on its way to the initiator */
    struct request requests[REQUESTS];
    uint32_t next_request;
    uint32_t login_stage;
};

struct run {
    struct reader program;
    uint32_t split; /* how deliveries are cut: 0 not, else the seed of the pieces */
    struct heap heap;
    size_t idle;  /* bytes of the heap without a login */
    bool settled; /* behind the last login everything was polled */
    sanscsi_initiator *initiator;
    sanscsi_session *session;
    uint64_t now;
    uint64_t random;
    bool trusted; /* the peer has said nothing but what its builders made */
    bool connect_wanted, close_wanted;
    uint64_t transcript; /* a sum over all that the session told and sent */
    uint32_t told;       /* outputs */
    struct job jobs[JOBS];
    uint32_t job_count;
    struct peer peer;
    uint8_t shown[SHOWN_BYTES]; /* what the send window has shown and was not committed */
    size_t shown_size;
    sanscsi_iovec landing[SHOWN]; /* the receive window as it was last shown */
    size_t landing_count;
};

/* session_jobs.c: lent memory, ends of tasks. */
void lend(struct lent *lent, uint32_t length, uint32_t pieces, uint8_t fill, uint32_t job);
uint8_t job_byte(uint32_t job, uint32_t offset);
struct job *job_new(struct run *run, uint32_t kind);
void job_forget(struct run *run); /* the last one was not accepted */
void job_ends(struct run *run, const sanscsi_task_result *result);
void jobs_all_done(const struct run *run);
void jobs_free(struct run *run);
/* Whether the session may let bytes land there: in what a task that lasts reads into, or in
 * nothing that the harness owns. */
bool jobs_allow(const struct run *run, const void *data, size_t size);

/* session_peer.c: the peer hears and answers. */
void peer_connect(struct peer *peer, uint32_t stat_sn);
void peer_free(struct peer *peer);
void peer_hears(struct run *run, const void *data, size_t size);
void peer_begin(struct peer *peer, uint8_t bhs[48], uint8_t opcode, uint8_t flags, bool stat_sn);
void peer_says(struct run *run, uint8_t bhs[48], const uint8_t *data, uint32_t length);

/* session_answers.c: answers as chosen by the program. */
void peer_answers(struct run *run);
void peer_speaks_unasked(struct run *run);
void peer_answers_login(struct run *run);

/* session_move.c: bytes between both, windows, polling. */
void move_in(struct run *run, size_t most, bool windows);
void move_out(struct run *run, size_t most, size_t entries);
void windows_watched(struct run *run);
void poll_once(struct run *run);
void poll_all(struct run *run);
/* What begins every call: allocations are not allowed in full feature phase. */
sanscsi_session *calls(struct run *run);

#endif
