/* An iSCSI target in memory: bytes in, bytes out. It reads the layouts of RFC 7143 11 by itself,
 * checks what an initiator must obey, and keeps a list of violations. */
#ifndef SANSCSI_TESTS_TARGET_H
#define SANSCSI_TESTS_TARGET_H

#include <stdbool.h>

#include "support/target_keys.h"
#include "support/target_wire.h"

#define TARGET_BLOCK 512u
#define TARGET_TASKS 128u
#define TARGET_R2TS 8u
#define TARGET_REQUESTS 512u

/* CDBs of the target's own, which move any number of bytes: offset at 2, length at 6. */
enum { TARGET_OP_READ = 0xc1, TARGET_OP_WRITE = 0xc2 };

/* Writes as TARGET_OP_WRITE and reads all that is expected from the offset at 10. */
enum { TARGET_OP_BOTH = 0xc3 };

/* When such a command reads: behind what it writes, before, or by turns. */
enum target_turns { TARGET_READS_LAST, TARGET_READS_FIRST, TARGET_READS_BETWEEN };

struct target;
struct target_task;

struct target_config {
    uint32_t units;         /* LUNs 0 to units - 1 */
    uint32_t storage_bytes; /* of the disk that all units share */
    uint32_t blocks;        /* capacity told; 0: that of the storage */
    uint32_t initial_r2t;
    uint32_t immediate_data;
    uint32_t max_recv_segment;
    uint32_t max_burst;
    uint32_t first_burst;
    uint32_t max_r2t;
    uint32_t digests;      /* that are agreed when offered */
    uint32_t window;       /* commands taken at once; 0: closed until target_open_window() */
    uint32_t data_in_size; /* bytes of a Data-In at most; 0: what the initiator takes */
    enum target_turns turns;
    bool data_in_alone;        /* ExpDataSN of a bidirectional command leaves R2Ts out */
    bool status_alone;         /* GOOD of a read in a SCSI Response, not in the last Data-In */
    bool silent;               /* nothing is asked for by R2T */
    bool hold;                 /* commands wait for target_answer() */
    int32_t tmf_response;      /* -1: none */
    int32_t tmf_responses[16]; /* by function; 0: the one above */
    uint32_t tmf_info;         /* Additional Response Information */
    uint32_t protocol_level;   /* iSCSIProtocolLevel */
    uint32_t task_reporting;   /* 0 RFC3720, 1 ResponseFence, 2 FastAbort, when offered */
    int32_t logout_response;   /* -1: none */
    const uint8_t *text;       /* answer to SendTargets */
    uint32_t text_length;
    uint32_t text_chunk; /* bytes of a Text Response; 0: all in one */
    /* May answer a command itself; false: the target does. */
    bool (*command)(struct target *target, struct target_task *task, void *context);
    /* Answers Text Requests itself, unless NULL. */
    void (*text_hook)(struct target *target, const uint8_t *bhs, const uint8_t *data,
                      uint32_t length, void *context);
    void *context;
};

struct target_r2t {
    uint32_t tag;
    uint32_t offset; /* of the next byte that is to come */
    uint32_t end;
    uint32_t data_sn;
};

struct target_task {
    bool used;
    bool waits; /* for target_answer() */
    bool writes;
    bool reads;
    bool unsolicited_open; /* F = 0 came, F = 1 not yet */
    uint32_t order;        /* of arrival */
    uint32_t itt;
    uint64_t lun;
    uint32_t edtl;
    uint32_t cmd_sn;
    bool immediate; /* came for immediate delivery */
    bool no_data;   /* a function with FastAbort forbids Data-Out */
    bool early_end; /* answers to R2Ts may end early */
    uint8_t priority;
    uint8_t cdb[276];
    uint32_t cdb_length;
    uint8_t *data;        /* of a write, edtl bytes */
    uint32_t received;    /* bytes of it, in all */
    uint32_t unsolicited; /* bytes that come unasked in all */
    uint32_t unsolicited_sn;
    uint32_t asked; /* end of what was asked for or comes unasked */
    uint32_t r2t_sn;
    struct target_r2t r2ts[TARGET_R2TS]; /* outstanding, in order */
    uint32_t r2t_count;
    uint32_t data_sn;     /* of the next Data-In; of a bidirectional command: or R2T */
    uint32_t read_length; /* that a bidirectional command expects */
    uint32_t read_sent;   /* bytes of it */
    uint32_t data_ins;    /* PDUs that brought them */
};

struct target {
    struct target_config config;
    struct target_agreed agreed;
    struct bytes in;
    struct bytes out;
    bool full_feature;
    bool logged_out;
    bool discovery;
    struct target_login_state login;
    uint32_t stat_sn;      /* next */
    uint32_t acknowledged; /* ExpStatSN last seen */
    uint32_t exp_cmd_sn;
    uint32_t max_cmd_sn;
    uint32_t next_tag;
    uint32_t order;
    uint32_t commands;
    uint32_t pdus;
    uint32_t aborts;
    uint32_t nop_replies;
    uint32_t ping_tag; /* of the NOP-In to be answered, or TARGET_NO_TAG */
    uint64_t ping_lun;
    uint32_t text_sent;
    uint32_t text_itt;
    uint32_t text_tag;
    uint32_t text_requests;
    uint8_t last_command[48 + 4 * 255]; /* the last request of its kind, with AHS */
    uint8_t last[7][48];                /* the last request by its opcode */
    bool missing;        /* a request that was rejected has left a gap in the CmdSNs ... */
    uint32_t missing_sn; /* ... which is this one (RFC 7143 7.3) */
    uint8_t last_tmf[48];
    uint8_t last_nop[48];
    uint8_t last_logout[48];
    uint64_t terminated[8]; /* LUNs of AsyncEvent 5 that was not acknowledged */
    uint32_t terminated_stat_sn[8];
    uint32_t terminated_count;
    uint32_t acknowledgements;
    uint32_t request_count;                /* PDUs in full feature phase ... */
    uint8_t requests[TARGET_REQUESTS][48]; /* ... and the headers of the first of them */
    uint8_t *storage;
    struct target_task tasks[TARGET_TASKS];
    uint32_t violation_count;
    const char *violations[8];
};

void target_config_defaults(struct target_config *config);
struct target *target_new(const struct target_config *config);
void target_free(struct target *target);

/* Takes bytes of the stream; answers appear in `out`. */
void target_input(struct target *target, const void *data, size_t size);

/* target_pdu.c: what a PDU of ours begins with: opcode, flags, tag, and numbering as it stands. */
void target_begin(const struct target *target, uint8_t bhs[48], uint8_t opcode, uint8_t flags,
                  uint32_t itt);
/* Likewise, for a PDU that uses a StatSN up. */
void target_begin_status(struct target *target, uint8_t bhs[48], uint8_t opcode, uint8_t flags,
                         uint32_t itt);
/* Sends it with DataSegmentLength, digests and padding; words of AHS that it claims are zeros. */
void target_send(struct target *target, uint8_t bhs[48], const void *data, uint32_t length);
/* Rejects a request: a command is forgotten, and what is not immediate counts as not received. */
void target_reject(struct target *target, uint8_t reason, const uint8_t header[48]);
/* An Asynchronous Message (RFC 7143 11.9): AsyncEvent, Parameter2, Parameter3. */
void target_async(struct target *target, uint8_t event, uint32_t parameter2, uint32_t parameter3);
void target_violation(struct target *target, const char *what);
/* A text_hook that leaves all Text Requests without an answer. */
void target_ignore_text(struct target *target, const uint8_t *bhs, const uint8_t *data,
                        uint32_t length, void *context);

/* target_login.c */
void target_login(struct target *target, const uint8_t *bhs, const uint8_t *text, uint32_t length);

/* target_data.c */
void target_command(struct target *target, const uint8_t *bhs, const uint8_t *ahs,
                    const uint8_t *data, uint32_t length);
void target_data_out(struct target *target, const uint8_t *bhs, const uint8_t *data,
                     uint32_t length);
/* Asks for what is still missing, as far as MaxOutstandingR2T goes; executes when all is there. */
void target_ask(struct target *target, struct target_task *task);
struct target_task *target_find(struct target *target, uint32_t itt);
void target_drop(struct target *target, struct target_task *task);
/* Sends `length` bytes of data as far as the task takes them, then the status; ends the task. */
void target_finish(struct target *target, struct target_task *task, const uint8_t *data,
                   uint32_t length, uint8_t status);
/* CHECK CONDITION in fixed format; ends the task. */
void target_check(struct target *target, struct target_task *task, uint8_t key, uint32_t code);
/* A SCSI Response and nothing else; ends the task. Flags are O and U. */
void target_respond(struct target *target, struct target_task *task, uint8_t flags,
                    uint8_t response, uint8_t status, uint32_t residual, const void *data,
                    uint32_t length);

/* target_tmf.c */
void target_task_management(struct target *target, const uint8_t *bhs);
/* Answers a request; its tasks go when the response is 0 or 1. */
void target_finish_management(struct target *target, const uint8_t *bhs, uint8_t response);
/* target_both.c: reads the AHS that tells what a bidirectional command reads. */
void target_take_read_length(struct target *target, struct target_task *task, const uint8_t *ahs,
                             uint32_t size);
/* Sends a Data-In of it, or all that are left. */
void target_read_some(struct target *target, struct target_task *task);
void target_read_rest(struct target *target, struct target_task *task);
/* The SCSI Response of a bidirectional command; ends the task. Flags are o, u, O and U. */
void target_respond_both(struct target *target, struct target_task *task, uint8_t flags,
                         uint8_t status, uint32_t residual, uint32_t read_residual);

/* Ends all tasks of a unit and tells it by AsyncEvent 5 (RFC 7143 11.9.1). */
void target_terminate(struct target *target, uint64_t lun);
/* A NOP-Out without tags; false when it acknowledges nothing. */
bool target_acknowledged(struct target *target, const uint8_t *bhs);

/* target_scsi.c: executes a command whose data has come. */
void target_execute(struct target *target, struct target_task *task);
/* Answers the waiting command that came `index`-th; false when there is none. */
bool target_answer(struct target *target, uint32_t index);
/* Tells by NOP-In that `commands` more may come. */
void target_open_window(struct target *target, uint32_t commands);
/* A NOP-In that wants an answer. */
void target_ping(struct target *target, uint64_t lun);

#endif
