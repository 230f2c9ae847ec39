/* The program that uses the library: it keeps commands in flight, cancels, resets, pings, and
 * judges how everything ends. */
#ifndef SANSCSI_TESTS_SIMULATION_CLIENT_H
#define SANSCSI_TESTS_SIMULATION_CLIENT_H

#include <stdbool.h>

#include <iscsi/sanscsi.h>

#include "simulation/loans.h"
#include "simulation/operation.h"

struct lane;

/* An address: 192.0.2.NUMBER and a port. */
struct address {
    uint32_t number;
    uint32_t port;
};

/* Where a session may go. */
struct route {
    struct address base;   /* where a start begins */
    struct address told;   /* where the last redirection leads */
    struct address behind; /* the permanent ones of this start, from the first on */
    bool redirected;       /* on the last connection */
    bool permanent;        /* by that one */
    bool all_permanent;
};

#define HAUNTED 1024u

/* Blocks on which the target may still be at work, though the task has ended. */
struct haunted {
    uint32_t lba;
    uint32_t blocks;
};

/* A task that was accepted and is not done. */
struct work {
    bool active;
    uint32_t kind; /* SANSCSI_TASK_COMMAND etc. */
    enum operation operation;
    bool moves_data; /* and has a place in the model */
    bool writes;
    bool cancelled;
    bool covered;      /* by a function of task management */
    bool resend;       /* SANSCSI_COMMAND_RESEND */
    bool immediate;    /* SANSCSI_COMMAND_IMMEDIATE */
    bool proof;        /* that all is well again */
    uint32_t slots;    /* of the session that it takes */
    uint32_t function; /* of task management */
    uint32_t lun;
    uint32_t lba;
    uint32_t blocks;
    uint32_t value;      /* that is written: the user word without its index */
    bool matches;        /* what is compared is on the disk */
    uint32_t connection; /* at submission */
    uint32_t came;       /* the connection on which it came to the target last; 0: on none */
    uint64_t user;
    sanscsi_task task;
    uint64_t submitted; /* when */
    uint64_t timeout;
    uint64_t bound;   /* when it must have ended at the latest ... */
    uint64_t stalled; /* ... if nothing stalls behind what had at submission */
};

struct client {
    sanscsi_initiator *initiator;
    sanscsi_session *session;
    sanscsi_session_settings settings;
    sanscsi_limits limits;
    struct work works[LOANS]; /* each beside the loan of its number */
    uint32_t active;
    uint32_t slots; /* that they take; a bidirectional command takes two */
    struct haunted haunted[HAUNTED];
    uint32_t haunted_count;
    struct route route;
    uint32_t proofs;         /* good tasks since the world is healed */
    bool wild;               /* the session has met what nobody can find */
    uint32_t depth;          /* that it keeps in flight at most */
    uint64_t users;          /* user words handed out */
    uint64_t ended;          /* so far */
    uint64_t session_length; /* most tasks of a session */
    uint64_t session_ends;   /* when so many have ended */
    bool ending;             /* nothing is submitted any more */
    bool full_feature;       /* nothing may be allocated */
    bool lost;               /* LOST was polled, and what follows it was not */
    uint64_t start_due;      /* when the session is started again, or NEVER */
    uint32_t logout_of;      /* the connection on which a logout was asked for */
    uint32_t reset_on;       /* the last one on which it asked for a reset */
    uint64_t escalated;      /* when the library began its last step of recovery ... */
    uint32_t escalations;    /* ... of so many on this connection */
    uint64_t pause_until;    /* nothing is submitted until then */
    sanscsi_task last_stale; /* the handle of a task that has ended */
    uint64_t allocated;      /* bytes that were not given back */
    uint64_t node_bytes;     /* of it those of the initiator */
};

/* client.c */
/* The status must be SANSCSI_OK. */
void client_must(struct lane *lane, int32_t status, const char *what);
uint32_t client_index(const struct client *client, const struct work *work);
/* The library's verdict on a task that was offered; true when it was accepted. */
bool client_take_status(struct lane *lane, struct work *work, int32_t status);
/* Does something with the session; false when there was nothing to do. */
bool client_act(struct lane *lane);
uint64_t client_due(const struct lane *lane);

/* client_command.c */
void client_submit_command(struct lane *lane, struct work *work);

/* client_session.c */
void client_make_session(struct lane *lane);
/* The secret that the session asks for. */
void client_give_secret(struct lane *lane, uint32_t which);

/* client_output.c */
/* Takes some of what there is to be polled; whether there was anything. */
bool client_poll(struct lane *lane);

/* client_life.c */
void client_init(struct lane *lane);
void client_free(struct lane *lane);
/* Makes sessions, starts them again, ends them; whether it did. */
bool client_live(struct lane *lane);
/* The session is about to be told that its transport is gone. */
void client_closing(struct lane *lane);
/* The target is at work on nothing of an earlier connection any more. */
void client_exorcise(struct lane *lane);

/* judge.c: a task is done. */
void client_judge(struct lane *lane, const sanscsi_task_result *result);
/* A session was freed with tasks outstanding. */
void client_abandon(struct lane *lane);
/* Nothing is overdue. */
void client_check_bounds(struct lane *lane);

#endif
