/* A target in memory that does what a target may do in random ways, and much that it may not. It
 * reads the layouts of RFC 7143 11 by itself and checks what an initiator must obey. */
#ifndef SANSCSI_TESTS_CHAOS_TARGET_H
#define SANSCSI_TESTS_CHAOS_TARGET_H

#include "chaos/model.h"
#include "chaos/random.h"
#include "support/target_bytes.h"

#define TARGET_TASKS 80u
#define TARGET_R2TS 512u
#define TARGET_REPLIES 96u
#define TARGET_PINGS 3u
#define TARGET_UNITS 4u
#define TARGET_ANNOUNCED 64u /* commands in the window at most */
#define TARGET_NO_TAG UINT32_C(0xffffffff)
#define NEVER UINT64_MAX

/* Nanoseconds. */
#define MICROSECOND UINT64_C(1000)
#define MILLISECOND UINT64_C(1000000)
#define SECOND UINT64_C(1000000000)

struct world;

/* How often a connection does what; each once in so many chances, 0: never. */
struct temper {
    uint32_t slow;         /* a command is answered late */
    uint32_t silent;       /* a command is never answered */
    uint32_t busy;         /* BUSY, TASK SET FULL, RESERVATION CONFLICT */
    uint32_t check;        /* CHECK CONDITION */
    uint32_t failure;      /* Target Failure and vendors' response codes */
    uint32_t shortened;    /* fewer bytes are moved, told as a residual */
    uint32_t lost;         /* fewer bytes are moved, told by nothing */
    uint32_t early;        /* a write is refused while its data is on its way */
    uint32_t late;         /* an aborted command is answered all the same */
    uint32_t flip;         /* a PDU has a wrong bit under a digest */
    uint32_t deaf;         /* a PDU of the initiator is received with a wrong digest */
    uint32_t window;       /* the command window closes for a while */
    uint32_t backward;     /* a PDU tells old numbers of the window */
    uint32_t refuse;       /* a task management function */
    uint32_t mute;         /* no answer to task management, ping, logout */
    uint32_t tardy;        /* a late one */
    uint32_t ping;         /* asks for a ping */
    uint32_t notice;       /* an asynchronous message that says little */
    uint32_t farewell;     /* one that ends the connection */
    uint32_t login_refuse; /* a login is refused */
    uint32_t login_mute;   /* or not answered */
};

/* What an initiator may take for the reason to end a connection. */
enum {
    EXCUSE_DIGEST = 1,
    EXCUSE_REFUSED = 2, /* task management */
    EXCUSE_SLOW = 4,    /* answers are late or never come */
    EXCUSE_REJECT = 8,  /* a Reject was sent */
    EXCUSE_FAREWELL = 16,
    EXCUSE_LOGOUT = 32,
    EXCUSE_LOGIN = 64
};

/* What was told of a command; by its first block, which no two commands in work share. */
struct verdict {
    bool told;
    bool lost; /* bytes were left out */
    uint32_t connection;
    uint8_t response;
    uint8_t status;
    uint32_t underflow;
    uint32_t overflow;
    uint32_t moved; /* bytes of Data-In */
    uint32_t sense_key;
    uint32_t sense_code;
    uint32_t sense_length;
    uint8_t sense[32];
};

enum target_phase {
    PHASE_COLLECT, /* the data of a write comes */
    PHASE_EXECUTE,
    PHASE_SEND, /* the data of a read goes */
    PHASE_STATUS,
    PHASE_SILENT /* nothing is heard of it any more */
};

struct target_task {
    bool used;
    bool reads;
    bool writes;
    bool done; /* it has had its effect, or never will */
    bool silent;
    bool immediate;
    bool early_end; /* a task management function lets its data end early */
    bool no_data;   /* or stops it: until its answer nothing is asked for */
    bool status_in_data;
    bool counts_lost;      /* the response counts a Data-In that was left out */
    bool unsolicited_open; /* F = 0 came, F = 1 not yet */
    uint8_t phase;
    uint8_t operation; /* enum operation */
    uint8_t status;
    uint8_t response;
    uint8_t sense_key;
    uint16_t sense_code;
    uint32_t itt;
    uint32_t cmd_sn;
    uint32_t order; /* of arrival */
    uint64_t lun;
    uint64_t due;      /* when it goes on */
    uint32_t expected; /* Expected Data Transfer Length */
    uint32_t lba;
    uint32_t blocks;
    uint32_t moves; /* bytes that the command moves */
    bool lost;      /* without the last data */
    uint8_t *data;  /* of a write; kept between uses */
    uint32_t room;  /* bytes there */
    uint32_t received;
    uint32_t wanted; /* bytes of it that are collected */
    uint32_t unsolicited;
    uint32_t unsolicited_next;
    uint32_t unsolicited_sn;
    uint32_t burst; /* bytes that an R2T asks for, or of a sequence of Data-In */
    uint32_t r2t_sn;
    uint32_t r2ts_out;
    struct visit sequences; /* of R2Ts, or Data-In */
    uint32_t sequence;      /* of Data-In that is being sent */
    uint32_t piece;         /* bytes of a Data-In */
    struct visit pieces;    /* in the sequence */
    uint32_t data_sn;
};

struct target_r2t {
    uint32_t tag;
    struct target_task *task;
    uint32_t next; /* offset of the byte that is to come */
    uint32_t end;
    uint32_t data_sn;
};

/* A PDU that is to be sent later, with the numbers of that time. */
struct target_reply {
    uint64_t due;
    uint8_t bhs[48];
    bool uses_stat_sn;
    bool task_management; /* and bhs keeps the request until it is due */
    uint32_t order;       /* of commands that arrived before */
};

/* The results of a login. */
struct target_agreed {
    uint32_t header_digest;
    uint32_t data_digest;
    uint32_t initial_r2t;
    uint32_t immediate_data;
    uint32_t initiator_segment;
    uint32_t max_burst;
    uint32_t first_burst;
    uint32_t max_r2t;
    uint32_t data_pdu_in_order;
    uint32_t data_sequence_in_order;
    uint32_t fast_abort;
    uint32_t time2wait;
    uint32_t time2retain;
};

struct target {
    uint8_t *storage;
    struct verdict verdicts[MODEL_BLOCKS];
    struct target_task tasks[TARGET_TASKS];
    /* What follows is the connection's. */
    const struct temper *temper;
    bool full_feature;
    bool logged_out;
    bool dead; /* it says and hears nothing more */
    bool hangs_up;
    bool first_login_seen;
    uint32_t stage;
    struct bytes in;
    struct bytes out;
    uint64_t written;    /* bytes of `out` since the connection began */
    uint64_t flip_begin; /* where the PDU with a wrong bit begins, or NEVER */
    uint64_t flip_end;   /* and ends; NEVER when its end cannot be told by its receiver */
    uint32_t excuses;
    struct target_agreed agreed;
    uint32_t segment;       /* MaxRecvDataSegmentLength that was declared last ... */
    uint32_t segment_limit; /* ... and the largest one, of which PDUs may still come */
    bool negotiated;        /* there was a Text Request */
    bool negotiates;        /* a Text Request waits; nothing new is sent until its answer */
    uint64_t text_due;
    uint32_t text_itt;
    uint32_t text_segment; /* what the initiator declares, or 0 */
    uint32_t stat_sn;
    uint32_t acknowledged;
    uint32_t exp_cmd_sn;
    uint32_t max_cmd_sn; /* the highest that was told */
    uint32_t window;
    uint64_t window_due; /* when it opens again, or NEVER */
    uint32_t next_tag;
    uint32_t order;
    uint8_t isid[6];
    struct target_r2t r2ts[TARGET_R2TS]; /* outstanding, in the order they were sent */
    uint32_t r2t_count;
    struct target_reply replies[TARGET_REPLIES];
    uint32_t reply_count;
    uint32_t ping_tags[TARGET_PINGS];
    uint64_t ping_luns[TARGET_PINGS];
    uint32_t pings;
    uint32_t terminated;     /* units whose tasks were ended on this connection, a bit each */
    uint32_t unacknowledged; /* the one of the last such message, if it is not acknowledged */
    uint32_t termination_stat_sn;
    bool manage_told; /* the last function of task management but ABORT TASK was answered */
    uint8_t manage_response;
};

/* target_disk.c */
void target_init(struct world *world);
void target_free(struct world *world);
/* Whether a block's bytes in the storage are possible ones. */
void target_compare(struct world *world);

/* target.c: a connection begins, or is gone: what was not done is done in part or never. */
void target_connect(struct world *world);
void target_disconnect(struct world *world);
/* Does one of the things that are due; false when there is none. */
bool target_act(struct world *world);
/* When the next thing is due, or NEVER. */
uint64_t target_due(const struct world *world);
/* A PDU to be sent at `due`. */
void target_reply_later(struct world *world, uint64_t delay, const uint8_t bhs[48],
                        bool uses_stat_sn, bool task_management);
struct target_task *target_find(struct target *target, uint32_t itt);
/* The data of a task is not answered any more; whether there was any to come. */
bool target_drop_r2ts(struct target *target, const struct target_task *task);
/* Forgets a task; a write whose data is there may have been done in part. */
void target_drop(struct world *world, struct target_task *task);
/* The initiator broke a rule: the run fails. */
_Noreturn void target_violation(struct world *world, const char *what);

/* target_pdu.c */
void target_input(struct world *world, const void *data, size_t size);
/* What a PDU begins with: opcode, flags, tag, and the numbers as they stand. */
void target_begin(struct world *world, uint8_t bhs[48], uint8_t opcode, uint8_t flags,
                  uint32_t itt);
/* Now and then those of the window are old ones. */
void target_number(struct world *world, uint8_t bhs[48], bool uses_stat_sn);
void target_number_truly(struct world *world, uint8_t bhs[48], bool uses_stat_sn);
void target_send(struct world *world, uint8_t bhs[48], const void *data, uint32_t length);

/* target_login.c */
void target_login(struct world *world, const uint8_t *bhs, const uint8_t *text, uint32_t length);

/* target_data.c */
void target_command(struct world *world, const uint8_t *bhs, const uint8_t *ahs,
                    const uint8_t *data, uint32_t length);
void target_data_out(struct world *world, const uint8_t *bhs, const uint8_t *data, uint32_t length);

/* target_task.c: whether a task can go on once it is due; and lets it. */
void target_plan(struct world *world, struct target_task *task);
bool target_task_ready(const struct target *target, const struct target_task *task);
void target_task_act(struct world *world, struct target_task *task);

/* target_disk.c: lets a command have its effect, and sets its status. */
void target_execute(struct world *world, struct target_task *task);
/* A write that was broken off may have been done up to any block. */
void target_execute_partly(struct world *world, struct target_task *task);

/* target_text.c: negotiations behind the login; whether one is answered now. */
void target_text(struct world *world, const uint8_t *bhs, const uint8_t *text, uint32_t length);
bool target_answer_text(struct world *world);

/* target_other.c: what is no command. */
/* How long an answer takes; NEVER: there is none. */
uint64_t target_delay(struct world *world);
void target_nop_out(struct world *world, const uint8_t *bhs, uint32_t length);
void target_task_management(struct world *world, const uint8_t *bhs);
void target_manage(struct world *world, struct target_reply *reply);
void target_logout(struct world *world, const uint8_t *bhs);
/* Something that nobody asked for, now and then. */
void target_mischief(struct world *world);

#endif
