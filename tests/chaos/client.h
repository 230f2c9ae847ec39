/* The program that uses the library: it keeps commands in flight, cancels, resets, pings, and
 * judges how everything ends. */
#ifndef SANSCSI_TESTS_CHAOS_CLIENT_H
#define SANSCSI_TESTS_CHAOS_CLIENT_H

#include <stdbool.h>

#include <iscsi/sanscsi.h>

#include "chaos/loans.h"
#include "chaos/operation.h"

struct world;

/* A task that was accepted and is not done. */
struct work {
    bool active;
    uint32_t kind; /* SANSCSI_TASK_COMMAND etc. */
    enum operation operation;
    bool moves_data; /* and has a place in the model */
    bool writes;
    bool cancelled;
    bool covered;   /* by a function of task management */
    bool resend;    /* SANSCSI_COMMAND_RESEND */
    bool immediate; /* SANSCSI_COMMAND_IMMEDIATE */
    uint32_t lun;
    uint32_t lba;
    uint32_t blocks;
    uint32_t value;      /* that is written: the user word without its index */
    bool matches;        /* what is compared is on the disk */
    uint32_t connection; /* at submission */
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
    uint32_t depth;          /* that it keeps in flight at most */
    uint64_t users;          /* user words handed out */
    uint64_t operations;     /* that the run is to have */
    uint64_t ended;          /* so far */
    uint64_t session_ends;   /* when so many have ended */
    bool ending;             /* nothing is submitted any more */
    bool full_feature;       /* nothing may be allocated */
    bool lost;               /* LOST was polled, and what follows it was not */
    uint64_t start_due;      /* when the session is started again, or NEVER */
    uint32_t logout_of;      /* the connection on which a logout was asked for */
    uint64_t pause_until;    /* nothing is submitted until then */
    sanscsi_task last_stale; /* the handle of a task that has ended */
    uint64_t allocated;      /* bytes that were not given back */
    uint64_t node_bytes;     /* of it those of the initiator */
};

/* client.c */
/* The status must be SANSCSI_OK. */
void client_must(struct world *world, int32_t status, const char *what);
/* Does something with the session; false when there was nothing to do. */
bool client_act(struct world *world);
uint64_t client_due(const struct world *world);

/* client_life.c */
void client_init(struct world *world);
void client_free(struct world *world);
/* Makes sessions, starts them again, ends them; whether it did. */
bool client_live(struct world *world);
/* Takes some of what there is to be polled; whether there was anything. */
bool client_poll(struct world *world);
/* The session is about to be told that its transport is gone. */
void client_closing(struct world *world);

/* judge.c: a task is done. */
void client_judge(struct world *world, const sanscsi_task_result *result);
/* A session was freed with tasks outstanding. */
void client_abandon(struct world *world);
/* Nothing is overdue. */
void client_check_bounds(struct world *world);

#endif
