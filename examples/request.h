/* One SCSI command, ping or SendTargets, with its retries. */
#ifndef EXAMPLE_REQUEST_H
#define EXAMPLE_REQUEST_H

#include <iscsi/sanscsi.h>

struct nexus;

enum { REQUEST_IDLE = 0, REQUEST_QUEUED = 1, REQUEST_ISSUED = 2, REQUEST_DONE = 3 };

struct request {
    struct request *next; /* in the queue */
    uint32_t kind;        /* SANSCSI_TASK_COMMAND etc. */
    uint32_t state;       /* REQUEST_... */
    uint64_t lun;         /* wire form */
    uint8_t cdb[16];
    uint32_t cdb_length;
    uint32_t exact;         /* 1: fewer bytes than asked for are a failure */
    uint32_t optional;      /* 1: a unit that does not know the command is fine */
    sanscsi_iovec data_out; /* size 0: none */
    sanscsi_iovec data_in;  /* size 0: none */
    sanscsi_task_result result;
    uint32_t ok;                           /* 1: succeeded */
    uint32_t attentions;                   /* UNIT ATTENTIONs so far */
    uint32_t refusals;                     /* BUSY and TASK SET FULL so far */
    uint32_t issues;                       /* how often it was issued */
    uint64_t not_before;                   /* ns */
    uint64_t issued_at;                    /* ns */
    uint64_t done_at;                      /* ns */
    void (*done)(struct request *request); /* called at the end; may be NULL */
    void *context;                         /* the owner's */
    uint8_t sense[252];                    /* as many bytes as the result tells */
};

/* Makes a SCSI command; the CDB's bytes and length are the caller's to fill in. */
void request_init(struct request *request, uint64_t lun);

/* Submits it. Returns what the library said. */
int32_t request_issue(struct request *request, sanscsi_session *session, uint64_t now);

/*
 * Takes a result. Returns 1 when the request has ended, 0 when it is to be issued again, no
 * sooner than not_before.
 */
int request_take(struct request *request, const sanscsi_task_result *result, uint64_t now);

/* Ends a request that could not be issued. */
void request_abandon(struct request *request, uint64_t now);

/* Tells on standard error why a request failed. */
void request_report(const struct request *request);

#endif
