/* A target in memory that does what a target may do in random ways, and much that it may not. It
 * reads the layouts of RFC 7143 11 by itself and checks what an initiator must obey. */
#ifndef SANSCSI_TESTS_SIMULATION_TARGET_H
#define SANSCSI_TESTS_SIMULATION_TARGET_H

#include <setjmp.h>

#include "simulation/disk.h"
#include "simulation/random.h"
#include "support/target_keys.h"
#include "support/target_wire.h"

#define TARGET_TASKS 80u
#define TARGET_R2TS 512u
#define TARGET_REPLIES 96u
#define TARGET_PINGS 3u
#define TARGET_ECHO 512u     /* bytes of a ping */
#define TARGET_FUNCTIONS 16u /* of task management */
#define TARGET_UNITS 4u
#define TARGET_ANNOUNCED 64u /* commands in the window at most */
#define NEVER UINT64_MAX

/* Nanoseconds. */
#define MICROSECOND UINT64_C(1000)
#define MILLISECOND UINT64_C(1000000)
#define SECOND UINT64_C(1000000000)

struct lane;

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
    uint32_t miscount;     /* a status has a StatSN that is not the next one */
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
    uint32_t redirect;     /* or sent elsewhere */
    uint32_t bad_proof;    /* either side's secret is taken for another */
    uint32_t wild;         /* a PDU has a wrong bit that no digest covers */
    uint32_t sloppy;       /* a rule is broken that the session tolerates */
};

/* What an initiator may take for the reason to end a connection. */
enum {
    EXCUSE_DIGEST = 1,
    EXCUSE_REFUSED = 2, /* task management */
    EXCUSE_SLOW = 4,    /* answers are late or never come */
    EXCUSE_REJECT = 8,  /* a Reject was sent */
    EXCUSE_FAREWELL = 16,
    EXCUSE_LOGOUT = 32,
    EXCUSE_LOGIN = 64,
    EXCUSE_WILD = 128,
    EXCUSE_NUMBERS = 256 /* StatSN was wrong */
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
    uint32_t moves; /* bytes that the command moves; of a bidirectional one: that it writes */
    uint32_t read_expected; /* of a bidirectional command */
    uint32_t reads_bytes;   /* that it reads, kept behind what it writes */
    uint32_t data_ins;      /* PDUs that brought them */
    bool lost;              /* without the last data */
    uint8_t *data;          /* of a write; kept between uses */
    uint32_t room;          /* bytes there */
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
    uint8_t data[TARGET_ECHO]; /* that a ping brought */
    uint32_t length;
    bool uses_stat_sn;
    bool task_management; /* and bhs keeps the request until it is due */
    uint32_t order;       /* of commands that arrived before */
};

/* Where a login stands in CHAP. */
enum { CHAP_UNASKED, CHAP_CHOSEN, CHAP_ASKED, CHAP_OVER };

struct target {
    struct target_task tasks[TARGET_TASKS];
    /* What follows is the connection's. */
    const struct temper *temper;
    bool full_feature;
    bool logged_out;
    bool dead; /* it says and hears nothing more */
    bool hangs_up;
    bool wild; /* a wrong bit has gone out that nobody can find: nothing is judged any more */
    struct target_login_state login;
    uint32_t chap;
    uint32_t chap_algorithm;
    bool lies;      /* its proof was wrong: no login may follow */
    jmp_buf unwind; /* out of the present input */
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
    uint64_t newest[TARGET_UNITS];       /* by unit: the user word of the last command that came */
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
    uint32_t wish;                   /* AsyncEvent that was not followed yet, or 0 */
    uint64_t wish_due;               /* when it has to have been */
    uint64_t wish_stalled;           /* how long the network had stalled when it was sent */
    uint32_t resets;                 /* units that were reset, a bit each */
    uint64_t reset_at[TARGET_UNITS]; /* when the library asked for that by itself, or NEVER */
    /* Responses to each function of task management, a bit each; 255 is bit 31. */
    uint32_t manage_told[TARGET_FUNCTIONS];
    uint32_t ping_length; /* bytes of the last ping that had any ... */
    uint32_t echoed;      /* ... and how many of them it got back */
};

/* target.c */
void target_free(struct lane *lane);
/* A connection begins, or is gone: what was not done is done in part or never. */
void target_connect(struct lane *lane);
void target_disconnect(struct lane *lane);
/* From now on nothing goes wrong by its will. */
void target_calm(struct lane *lane);
/* Does one of the things that are due; false when there is none. */
bool target_act(struct lane *lane);
/* When the next thing is due, or NEVER. */
uint64_t target_due(const struct lane *lane);
/* A PDU to be sent after a delay; NULL when that is NEVER. */
struct target_reply *target_reply_later(struct lane *lane, uint64_t delay, const uint8_t bhs[48],
                                        bool uses_stat_sn, bool task_management);
struct target_task *target_find(struct target *target, uint32_t itt);
/* The data of a task is not answered any more; whether there was any to come. */
bool target_drop_r2ts(struct target *target, const struct target_task *task);
/* The target is started anew: nothing of the connection is left. */
void target_restart(struct lane *lane);
/* Forgets a task; a write whose data is there may have been done in part. */
void target_drop(struct lane *lane, struct target_task *task);
/* The initiator broke a rule: the run fails. Where what it was sent is wild the target hangs up and
 * goes on behind the input. */
_Noreturn void target_violation(struct lane *lane, const char *what);

/* target_pdu.c */
/* The name of a PDU, by its opcode. */
const char *target_name(uint8_t opcode, bool to_target);
void target_input(struct lane *lane, const void *data, size_t size);
/* What a PDU begins with: opcode, flags, tag, and the numbers as they stand. */
void target_begin(struct lane *lane, uint8_t bhs[48], uint8_t opcode, uint8_t flags, uint32_t itt);
/* Now and then those of the window are old ones. */
void target_number(struct lane *lane, uint8_t bhs[48], bool uses_stat_sn);
void target_number_truly(struct lane *lane, uint8_t bhs[48], bool uses_stat_sn);
void target_send(struct lane *lane, uint8_t bhs[48], const void *data, uint32_t length);

/* target_login.c */
void target_login(struct lane *lane, const uint8_t *bhs, const uint8_t *text, uint32_t length);

/* target_data.c */
void target_command(struct lane *lane, const uint8_t *bhs, const uint8_t *ahs, const uint8_t *data,
                    uint32_t length);
void target_data_out(struct lane *lane, const uint8_t *bhs, const uint8_t *data, uint32_t length);

/* target_task.c: whether a task can go on once it is due; and lets it. */
void target_plan(struct lane *lane, struct target_task *task);
bool target_task_ready(const struct target *target, const struct target_task *task);
void target_task_act(struct lane *lane, struct target_task *task);

/* Tells by AsyncEvent 5 that the tasks of a unit have ended (RFC 7143 11.9.1). */
void target_terminate(struct lane *lane, uint32_t unit);

/* Whether a rule is broken now that the session tolerates to be broken: a bit of its setting. */
bool target_is_sloppy(struct lane *lane, uint32_t bit);

/* target_disk.c: lets a command have its effect, and sets its status. */
void target_execute(struct lane *lane, struct target_task *task);
/* A write that was broken off may have been done up to any block. */
void target_execute_partly(struct lane *lane, struct target_task *task);

/* target_other.c: the initiator follows an AsyncEvent that wants a text exchange, or a logout. */
void target_follow(struct lane *lane, bool logout);
/* Whether it has not yet, though it can; that may not take longer than the message says. */
bool target_wishes(const struct lane *lane);
void target_check_wish(struct lane *lane);

/* target_text.c: negotiations behind the login; whether one is answered now. */
void target_text(struct lane *lane, const uint8_t *bhs, const uint8_t *text, uint32_t length);
bool target_answer_text(struct lane *lane);

/* target_other.c: what is no command. */
/* How long an answer takes; NEVER: there is none. */
uint64_t target_delay(struct lane *lane);
void target_nop_out(struct lane *lane, const uint8_t *bhs, const uint8_t *data, uint32_t length);
void target_logout(struct lane *lane, const uint8_t *bhs);

/* target_tmf.c */
void target_task_management(struct lane *lane, const uint8_t *bhs);
void target_manage(struct lane *lane, struct target_reply *reply);

/* target_chap.c: a key of the security stage; whether it was one of CHAP's. */
bool target_chap_key(struct lane *lane, struct target_login *login, const char *key,
                     const char *value);

/* Something that nobody asked for, now and then. */
void target_mischief(struct lane *lane);

#endif
