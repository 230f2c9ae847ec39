/* A session under test beside the test target, in one process under a simulated clock: moves
 * bytes between the two in whole, by pieces or through the windows, and keeps what is polled. */
#ifndef SANSCSI_TESTS_HARNESS_H
#define SANSCSI_TESTS_HARNESS_H

#include <iscsi/sanscsi.h>

#include "support/target.h"

#define HARNESS_RESULTS 256u
#define HARNESS_EVENTS 64u
#define HARNESS_TEXT 320u
#define HARNESS_USERS 4096u

/* How bytes move. */
enum harness_how {
    HARNESS_WHOLE,  /* all there is, by sanscsi_rx_feed() */
    HARNESS_BYTES,  /* one at a time */
    HARNESS_RANDOM, /* pieces of random size */
    HARNESS_WINDOWS /* all that fits into the windows, written where they point */
};

struct harness_event {
    uint32_t id;
    uint32_t arg_count;
    uint64_t numbers[SANSCSI_EVENT_MAX_ARGS];
    char texts[SANSCSI_EVENT_MAX_ARGS][HARNESS_TEXT];
    char causes[64]; /* their numbers, each with a blank before it */
};

struct harness {
    struct target *target;
    sanscsi_initiator *initiator;
    sanscsi_session *session;
    uint64_t now;
    enum harness_how how;
    uint32_t random;
    bool no_connect;     /* CONNECT is left to the test */
    bool renew;          /* each CONNECT meets a target that was started anew, with the same disk */
    uint32_t refuse;     /* so many CONNECTs fail */
    bool no_close;       /* CLOSE is left to the test */
    bool no_tx;          /* nothing is sent */
    bool no_poll;        /* outputs are left to the test */
    uint64_t cut_after;  /* bytes of both directions after which the transport is gone */
    uint64_t moved;      /* bytes so far */
    uint64_t received;   /* those of them that came from the target */
    uint64_t flip;       /* bit of what comes from the target that is flipped, from 1; 0: none */
    bool flipped;        /* it was; what the initiator does to the target then counts no more */
    int32_t rx_status;   /* the last that was not SANSCSI_OK */
    uint64_t rx_payload; /* bytes that a window put into `watched` */
    uint64_t tx_payload; /* bytes that a window took from `watched` */
    const uint8_t *watched;
    size_t watched_size;
    size_t allocations;
    size_t releases;
    size_t allocated;
    size_t fail_at; /* the allocation of this number, from 1, fails; 0: none */
    uint32_t logged_in;
    uint32_t logged_out;
    uint32_t lost;
    uint32_t connects;
    uint32_t closes;
    uint32_t asyncs;
    sanscsi_async async;
    bool transport;
    bool log_events_off;
    uint32_t result_count;
    sanscsi_task_result results[HARNESS_RESULTS]; /* the first ones */
    uint8_t done[HARNESS_USERS];                  /* by user word */
    uint32_t event_count;
    struct harness_event events[HARNESS_EVENTS];
    bool (*output)(struct harness *harness, const sanscsi_output *output);
    void *context;
    size_t log_size;
    char log[32768]; /* outputs in order, as text */
};

/* Settings and limits that most tests begin with. */
void harness_settings(sanscsi_session_settings *settings, sanscsi_limits *limits);

/* Makes target, initiator and session. NULL: the defaults above. */
struct harness *harness_new(const struct target_config *config,
                            const sanscsi_session_settings *settings, const sanscsi_limits *limits);
/* Starts and logs in; fails the test when that does not work. */
void harness_login(struct harness *harness);
/* What sessions made from now on get as random numbers; NULL: none. */
void harness_give_random(sanscsi_random_function random);
/* Both of the above. */
struct harness *harness_ready(const struct target_config *config,
                              const sanscsi_session_settings *settings,
                              const sanscsi_limits *limits);
/* Ends all; fails the test when memory is left or the initiator broke a rule. */
void harness_free(struct harness *harness);

/* Moves bytes and polls until nothing happens any more. */
void harness_run(struct harness *harness);
/* Polls alone. */
void harness_poll(struct harness *harness);
/* Moves the clock on and fires timers, then runs. */
void harness_wait(struct harness *harness, uint64_t time);
/* The transport is gone. */
void harness_cut(struct harness *harness);
void harness_logout(struct harness *harness);

/* A command of the target's own that moves bytes one way. What is not set is 0 or NULL. */
struct harness_command {
    uint8_t opcode; /* TARGET_OP_READ, TARGET_OP_WRITE */
    uint64_t lun;
    uint32_t offset;
    const sanscsi_iovec *list;
    uint32_t count;
    uint64_t user;
    uint64_t timeout;
    uint32_t flags;
};

/* Submits it; the status. */
int32_t harness_try(struct harness *harness, const struct harness_command *command,
                    sanscsi_task *task);
/* Submits it; the handle. */
sanscsi_task harness_submit(struct harness *harness, const struct harness_command *command);
/* The same for LUN 0, without more. */
sanscsi_task harness_read(struct harness *harness, uint32_t offset, const sanscsi_iovec *list,
                          uint32_t count, uint64_t user);
sanscsi_task harness_write(struct harness *harness, uint32_t offset, const sanscsi_iovec *list,
                           uint32_t count, uint64_t user);

/* The event of that number, or NULL. */
const struct harness_event *harness_event(const struct harness *harness, uint32_t id);
/* Fails the test unless the result with this user word ended so, once. */
const sanscsi_task_result *harness_result(const struct harness *harness, uint64_t user);
void harness_no_violations(const struct harness *harness);
uint64_t harness_counter(const struct harness *harness, const char *name);
/* The name of what ended the connection. */
const char *harness_fault(const struct harness *harness);
uint32_t harness_random(struct harness *harness);

#endif
