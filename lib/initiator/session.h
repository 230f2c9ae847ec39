/* A session as initiator: its parts, and what the files of this layer do for each other. */
#ifndef SANSCSI_INITIATOR_SESSION_H
#define SANSCSI_INITIATOR_SESSION_H

#include <iscsi/output.h>

#include "base/checked.h"
#include "base/memory.h"
#include "base/reader.h"
#include "base/timers.h"
#include "conn/connection.h"
#include "conn/login.h"
#include "event/queue.h"
#include "initiator/node.h"
#include "initiator/route.h"
#include "session/burst.h"
#include "session/counters.h"
#include "session/disorder.h"
#include "session/outputs.h"
#include "session/task.h"
#include "session/window.h"
#include "wire/pdu.h"

/* Answers to pings of the target that can wait; a target that pings on without reading loses the
 * connection. */
#define NOP_REPLIES 4u

struct nop_reply {
    uint64_t lun;
    uint32_t target_transfer_tag;
};

/* Asynchronous Messages that wait for a poll; of more than these the newest is kept. */
#define ASYNCS_KEPT 4u

/* Bytes of one text request of ours. */
#define TEXT_REQUEST_SIZE 256u

/* The text exchange under way (RFC 7143 11.10). */
struct text_exchange {
    uint32_t slot;   /* task, or SLOT_NONE */
    uint32_t wanted; /* negotiation that begins when that has ended, or SLOT_NONE */
    uint32_t target_transfer_tag;
    uint64_t lun;       /* of the last response, to be copied with the tag */
    bool first;         /* no request of it was made yet, or it begins anew */
    bool request_due;   /* a request of a running exchange */
    bool delayed;       /* it was rejected, and is asked again when its timer is due */
    uint64_t deadline;  /* of the caller's task, while it is delayed; UINT64_MAX: none */
    uint8_t tries;      /* that were rejected */
    uint8_t end_status; /* io_status to end with when the connection goes, if not 0 */
    uint8_t request[TEXT_REQUEST_SIZE]; /* text of the last request that was made */
    sanscsi_task asked;                 /* and whose that was */
};

/* The answer to SendTargets, until that is polled. */
struct found_targets {
    struct growing text;
    struct reader records; /* what of the answer was not polled yet */
    bool whole;            /* it is there, its records wait to be polled */
};

/* A negotiation in full feature phase. Answers are short: a length, perhaps a name or two. */
#define NEGOTIATION_TEXT 512u

struct declaration {
    uint32_t segment;  /* MaxRecvDataSegmentLength that we declare; 0: nothing */
    uint32_t size;     /* bytes of the target's text so far */
    uint32_t answered; /* of them those whose unknown keys were answered */
    uint32_t rounds;   /* responses without F */
    bool more;         /* the text goes on */
    bool failed;       /* that was told; the target's end is awaited */
    uint8_t text[NEGOTIATION_TEXT];
};

/* PDUs in a row that brought nothing. */
struct patience {
    uint64_t since;    /* when the first of them came */
    uint64_t progress; /* what tasks had got to then */
    uint32_t pdus;
};

/* A session that comes back by itself after a loss. */
struct reinstatement {
    bool wanted;       /* it was in full feature phase, and nobody has logged it out */
    bool waiting;      /* for the time of the next attempt */
    bool expired;      /* commands have waited long enough: they end, others are refused */
    bool answered;     /* a command was, since the last attempt */
    bool timed;        /* the time that commands may wait runs */
    uint32_t attempts; /* in a row that did not help */
    uint64_t since;    /* in full feature phase */
};

struct sanscsi_session {
    sanscsi_initiator *initiator;
    const sanscsi_allocator *allocator;
    size_t memory; /* bytes of the session's one block */
    sanscsi_session_settings settings;
    sanscsi_limits limits;
    sanscsi_parameters parameters; /* in force */
    uint8_t isid[6];
    uint16_t tsih;
    uint8_t end_io_status; /* what tasks end with when the connection is reported closed */
    bool logout_due;
    bool logout_in_order;    /* it was rejected while immediate, now it takes its turn */
    uint8_t logout_reason;   /* enum logout_reason */
    bool final;              /* the last login failed in a way that another would, too */
    bool md5_alone;          /* the next login offers no other CHAP algorithm */
    bool wait_told;          /* the target has told the two below for the end that comes */
    uint32_t wait_seconds;   /* after the last end: before a login may be tried (RFC 7143 7.5) */
    uint32_t retain_seconds; /* and how long behind that the target keeps its tasks */
    uint32_t losses;         /* of the session since it last logged in */
    struct reinstatement reinstatement;
    uint32_t last_event;      /* that was raised */
    struct route home;        /* where it was made for */
    struct route *base;       /* where a start begins: home, or where that has moved to for good */
    struct route *route;      /* where it goes now */
    struct route *next_route; /* where it goes when the connection is closed, or NULL */
    struct route *routes;     /* all that were allocated */
    uint32_t hops;            /* redirections followed in this start */
    struct growing answers;   /* of the login to our list and boolean keys */
    struct growing shown_answers; /* those of the LOGGED_IN told last, until the next poll */
    struct command_window window;
    struct task_table table;
    struct disorder *disorder;    /* by slot; NULL where Data-In must be in order */
    bool watches_sequences;       /* of Data-In: their order or their length counts */
    struct task_list waiting;     /* to be sent, in order of submission */
    struct task_list immediates;  /* commands for immediate delivery to be sent, in order */
    struct task_list aborts;      /* to be aborted, in order */
    struct task_list escalated;   /* that could not be aborted and wait for a reset, in order */
    struct task_list managements; /* task management to be sent, in order */
    uint32_t immediates_sent;     /* commands for immediate delivery, ever */
    uint32_t abort_slot;          /* the ABORT TASK under way, or SLOT_NONE */
    uint32_t reset_slot;          /* the reset under way for them, or SLOT_NONE */
    bool reset_due;               /* it is to be sent */
    uint32_t logout_slot;         /* the Logout under way, or SLOT_NONE */
    uint32_t keepalive_slot;      /* the ping of our own under way, or SLOT_NONE */
    bool keepalive_due;           /* one is to be sent */
    uint64_t pdus_seen;           /* received when its timer was armed */
    struct burst_queue bursts;
    struct timers timers; /* by task slot; behind them the connection's, then the session's */
    struct output_ring outputs;
    struct event_queue events;
    struct event_origin origin;
    struct counters counters;
    struct nop_reply nop_replies[NOP_REPLIES];
    uint32_t nop_reply_count;
    uint64_t *terminations; /* LUNs whose task termination is to be acknowledged */
    uint32_t termination_count;
    uint32_t termination_limit;
    struct patience patience;
    struct text_exchange text;
    struct found_targets found;
    struct declaration declared;
    struct connection *connections;
    uint32_t connection_count;
    sanscsi_async asyncs[ASYNCS_KEPT]; /* messages that wait to be polled, the oldest first */
    uint32_t async_count;
    union { /* what the last output points to */
        sanscsi_task_result result;
        sanscsi_target target;
        sanscsi_async async;
        sanscsi_event event;
        char chap_name[SANSCSI_MAX_CHAP_LENGTH];
    } shown;
};

static inline bool tolerates(const sanscsi_session *session, uint32_t point) {
    return (session->settings.tolerate & point) != 0;
}

/* Where a command waits to be sent. */
static inline struct task_list *waiting_list(sanscsi_session *session, const struct task *task) {
    return (task->flags & TASK_IMMEDIATE) != 0 ? &session->immediates : &session->waiting;
}

/* The connection with a CID, or NULL. */
static inline struct connection *session_connection(sanscsi_session *session, uint32_t cid) {
    return cid < session->connection_count ? &session->connections[cid] : NULL;
}

/* The timer of a connection: its login, its silence, its logout. */
static inline uint32_t connection_timer(const sanscsi_session *session,
                                        const struct connection *conn) {
    return session->table.slots.count + conn->cid;
}

/* The timer of the session: how long commands wait for it to come back. */
static inline uint32_t session_timer(const sanscsi_session *session) {
    return session->table.slots.count + session->connection_count;
}

/* The timer of a task runs out so long from now; with 0 it does not run. */
static inline void session_time_task(sanscsi_session *session, uint32_t slot, uint64_t time) {
    if (time != 0) {
        sanscsi_timers_arm(&session->timers, slot, saturating_add_u64(session->origin.time, time));
    } else {
        sanscsi_timers_disarm(&session->timers, slot);
    }
}

/* lifecycle.c: raises an event at the session's present time. */
void sanscsi_session_raise(sanscsi_session *session, uint32_t event, uint32_t facts,
                           const struct event_value *values);

/* lifecycle.c: stops both streams and asks for the transport to be closed; its tasks end when that
 * is reported, since until then bytes may still land in their buffers. */
void sanscsi_session_drop(sanscsi_session *session, struct connection *conn, enum conn_event event,
                          uint32_t io_status);

/* lifecycle.c: the peer broke the protocol in full feature phase: event 104, then drop. */
void sanscsi_session_break(sanscsi_session *session, struct connection *conn, enum fault_code fault,
                           uint32_t value);

/* The target says how long to wait and how long it keeps what there was (RFC 7143 11.9.1, 11.15.3,
 * 11.15.4); otherwise what was negotiated counts. */
static inline void session_tell_wait(sanscsi_session *session, uint32_t wait, uint32_t retain) {
    session->wait_seconds = wait;
    session->retain_seconds = retain;
    session->wait_told = true;
}

/* Steps over a StatSN that counts (RFC 7143 4.2.2.2); false after ending the connection for it. */
static inline bool session_take_stat_sn(sanscsi_session *session, struct connection *conn,
                                        uint32_t stat_sn) {
    if (!conn_take_stat_sn(conn, stat_sn)) {
        sanscsi_session_break(session, conn, FAULT_STAT_SN, stat_sn);
        return false;
    }
    return true;
}

/* R2T and unsolicited NOP-In tell the next StatSN without using it up: a later one means a lost
 * status. False after ending the connection for it. */
static inline bool session_check_next_stat_sn(sanscsi_session *session, struct connection *conn,
                                              uint32_t stat_sn) {
    if (serial_less(conn->exp_stat_sn, stat_sn)) {
        sanscsi_session_break(session, conn, FAULT_STAT_SN, stat_sn);
        return false;
    }
    return true;
}

/* lifecycle.c: begins a new session, of the same name, where a start begins. */
void sanscsi_session_begin(sanscsi_session *session, struct connection *conn);

/* lifecycle.c: asks for a transport to log in over. */
void sanscsi_session_want_transport(sanscsi_session *session, struct connection *conn);

/* lifecycle.c: the login is over; its memory stays while the transport may still use it. */
void sanscsi_session_stop_login(sanscsi_session *session, struct connection *conn);

/* lifecycle.c: gives back the memory of a login that is over. */
void sanscsi_session_free_login(struct connection *conn);

/* login.c: false after failing for memory. */
bool sanscsi_session_begin_login(sanscsi_session *session, struct connection *conn, uint64_t now);

/* login.c: a step of the login has this result. */
void sanscsi_session_login_step(sanscsi_session *session, struct connection *conn,
                                enum login_result result);

/* login.c: counts a login that `event` has failed, and says whether another may help. */
void sanscsi_session_login_failed(sanscsi_session *session, const struct login *login,
                                  uint32_t event);

/* login.c: the login has taken longer than allowed. */
void sanscsi_session_login_timeout(sanscsi_session *session, struct connection *conn);

/* reinstate.c: whether what waits shall wait for the session to come back, now that its connection
 * is gone. */
bool sanscsi_session_comes_back(const sanscsi_session *session);
/* reinstate.c: the connection is gone and its tasks have ended: the session comes back, or that was
 * its end. */
void sanscsi_session_connection_over(sanscsi_session *session, struct connection *conn);
/* reinstate.c: it is in full feature phase (again). */
void sanscsi_session_is_back(sanscsi_session *session);
/* reinstate.c: the time of the next attempt has come; that of waiting commands is over. */
void sanscsi_session_reinstate(sanscsi_session *session, struct connection *conn);
void sanscsi_session_hold_timeout(sanscsi_session *session);
/* reinstate.c: it shall not come back, or stop to wait for that. */
void sanscsi_session_stay_away(sanscsi_session *session);
/* reinstate.c: what waits ends, and so does the session, which has no connection. */
void sanscsi_session_end_lost(sanscsi_session *session, const struct connection *conn);
/* Commands of a lost connection that are to be sent again. */
struct resent {
    struct task_list waiting;
    struct task_list immediates;
};
/* reinstate.c: keeps a task of a lost connection, if it may. */
bool sanscsi_session_keep_task(sanscsi_session *session, uint32_t slot, struct resent *resent);
/* reinstate.c: puts such tasks before those that were not sent yet, in their old order. */
void sanscsi_session_requeue(sanscsi_session *session, struct resent *resent);

/* redirect.c: the login is sent to another address; false when that is not followed. */
bool sanscsi_session_redirect(sanscsi_session *session, const struct login *login);

/* redirect.c: the login is done, perhaps where it was sent. */
void sanscsi_session_redirect_succeeded(sanscsi_session *session);

/* redirect.c: goes to a route from now on; back to where a start begins. */
void sanscsi_session_take_route(sanscsi_session *session, struct route *route);
void sanscsi_session_return_route(sanscsi_session *session);

/* redirect.c: gives back the routes nobody needs; no event that waits or was handed out last may
 * come from one of them. */
void sanscsi_session_sweep_routes(sanscsi_session *session);
void sanscsi_session_free_routes(sanscsi_session *session);

/* logout.c */
void sanscsi_session_begin_logout(sanscsi_session *session, struct connection *conn);
/* Sends what was rejected again, not immediate. */
void sanscsi_session_logout_again(sanscsi_session *session);
bool sanscsi_session_make_logout(sanscsi_session *session, struct connection *conn);
void sanscsi_session_logout_response(sanscsi_session *session, struct connection *conn);
void sanscsi_session_logout_timeout(sanscsi_session *session, struct connection *conn);

/* submit.c: a fresh task of the caller's, its timer armed, in a list; or SLOT_NONE. Sets `handle`
 * on success unless it is NULL. */
uint32_t sanscsi_session_start_task(sanscsi_session *session, uint32_t kind, uint64_t user,
                                    uint64_t timeout, uint64_t now, struct task_list *list,
                                    sanscsi_task *handle);

/* submit.c: the same in the waiting list. */
uint32_t sanscsi_session_queue_task(sanscsi_session *session, uint32_t kind, uint64_t user,
                                    uint64_t timeout, uint64_t now, sanscsi_task *handle);

/* tasks.c: whether a task may be taken; whether a command may, which can wait for a session that
 * comes back. */
int32_t sanscsi_session_may_submit(const sanscsi_session *session);
int32_t sanscsi_session_may_queue(const sanscsi_session *session);
void sanscsi_session_end_waiting(sanscsi_session *session, uint32_t io_status);
void sanscsi_session_end_task(sanscsi_session *session, uint32_t slot, uint32_t io_status);
/* tasks.c: drops what of a task's data has not been made into PDUs; whether there was any. */
bool sanscsi_session_drop_data(sanscsi_session *session, uint32_t slot);
/* tasks.c: a command as it was when it was submitted, to be sent again: but for the time that has
 * gone by. It is in no list. */
void sanscsi_session_rewind(sanscsi_session *session, uint32_t slot);
/* tasks.c: ends a command that the target will not answer: so, or as it was to end before. */
void sanscsi_session_end_unanswered(sanscsi_session *session, uint32_t slot, uint32_t io_status);
void sanscsi_session_release_hold(sanscsi_session *session, uint32_t slot);
void sanscsi_session_end_all(sanscsi_session *session, uint32_t io_status);
void sanscsi_session_task_timeout(sanscsi_session *session, uint32_t slot);
/* tasks.c: a ping was not answered, or with SLOT_NONE could not be sent: event 118, and the
 * connection ends. */
void sanscsi_session_dead_ping(sanscsi_session *session, struct connection *conn, uint32_t slot);

/* abort.c */
void sanscsi_session_want_abort(sanscsi_session *session, uint32_t slot, uint32_t io_status);
bool sanscsi_session_make_abort(sanscsi_session *session, struct connection *conn);
/* The ABORT TASK under way has gone out, and can be answered. */
void sanscsi_session_abort_sent(sanscsi_session *session, uint32_t slot);
/* All that are to be aborted get their whole time from now on, since they go one by one. */
void sanscsi_session_time_aborts(sanscsi_session *session);
/* The time of a task that is to be aborted is over. */
void sanscsi_session_abort_timeout(sanscsi_session *session, struct connection *conn,
                                   uint32_t slot);
/* The ABORT TASK under way was rejected: it is sent again, not immediate. */
void sanscsi_session_abort_again(sanscsi_session *session);
void sanscsi_session_tmf_response(sanscsi_session *session, struct connection *conn);

/* escalate.c: an ABORT TASK was answered so, or not at all with 0. */
void sanscsi_session_abort_failed(sanscsi_session *session, struct connection *conn, uint32_t slot,
                                  uint32_t response);
/* escalate.c: a task that is to be aborted; true when it waits for the reset under way instead. */
bool sanscsi_session_joins_reset(sanscsi_session *session, uint32_t slot);
void sanscsi_session_reset_timeout(sanscsi_session *session);
void sanscsi_session_reset_response(sanscsi_session *session, uint8_t response);
/* escalate.c: a task has ended, and PDUs of it wait to go out for longer than abort_timeout. */
void sanscsi_session_unsent_timeout(sanscsi_session *session, uint32_t slot);
bool sanscsi_session_make_reset(sanscsi_session *session, struct connection *conn);
/* escalate.c: takes the first task of a waiting list that need not wait behind the reset under way,
 * or SLOT_NONE: what that does to commands that come behind it is not known (RFC 7143 11.5.1). */
uint32_t sanscsi_session_take_unheld(sanscsi_session *session, struct task_list *list);

/* keepalive.c */
void sanscsi_session_begin_keepalive(sanscsi_session *session, struct connection *conn);
void sanscsi_session_end_keepalive(sanscsi_session *session, const struct connection *conn);
bool sanscsi_session_make_keepalive(sanscsi_session *session, struct connection *conn);
/* keepalive.c: the ping has gone out, and can be answered. */
void sanscsi_session_keepalive_sent(sanscsi_session *session, const struct connection *conn);
void sanscsi_session_keepalive_answer(sanscsi_session *session, struct connection *conn);
/* keepalive.c: its time has come. */
void sanscsi_session_keepalive(sanscsi_session *session, struct connection *conn);

/* manage.c */
bool sanscsi_session_make_management(sanscsi_session *session, struct connection *conn);
void sanscsi_session_management_response(sanscsi_session *session, uint32_t slot,
                                         const struct tmf_response *response);
/* manage.c: whether a reset is out behind which the target closes every connection. */
bool sanscsi_session_expects_close(const sanscsi_session *session);
/* manage.c: the connection was closed behind an I_T NEXUS RESET: that is its success. */
void sanscsi_session_end_nexus_reset(sanscsi_session *session);

/* RefCmdSN of a function about a command; it goes out with the present CmdSN (RFC 7143 11.5.5,
 * RFC 7144 6.3.3). */
static inline uint32_t sanscsi_session_ref_cmd_sn(const sanscsi_session *session,
                                                  const struct task *task) {
    return (task->flags & TASK_IMMEDIATE) != 0 ? session->window.cmd_sn : task->cmd_sn;
}

/* termination.c: the target has terminated the tasks of a unit that it had received. */
void sanscsi_session_terminate(sanscsi_session *session, struct connection *conn, uint64_t lun,
                               uint32_t exp_cmd_sn);
bool sanscsi_session_make_acknowledgement(sanscsi_session *session, struct connection *conn);

/* Whether the fast semantics of RFC 7143 4.2.3.4 count, not those of 4.2.3.3 (RFC 7143 13.23). */
static inline bool session_aborts_fast(const sanscsi_session *session) {
    return session->parameters.task_reporting == SANSCSI_TASK_REPORTING_FAST_ABORT;
}

/* Responses that stand for the service response FUNCTION COMPLETE (RFC 7143 11.6.1). */
static inline bool sanscsi_session_is_done(uint8_t response) {
    return response == SANSCSI_MANAGED || response == SANSCSI_MANAGE_NO_SUCH_TASK;
}

/* receive.c */
void sanscsi_session_receive_header(sanscsi_session *session, struct connection *conn);
void sanscsi_session_receive_pdu(sanscsi_session *session, struct connection *conn);

/* receive.c: the task a PDU names, or SLOT_NONE after ending the connection for it; SLOT_NONE as
 * well, with the connection as it was, for a task that was aborted. */
uint32_t sanscsi_session_find_task(sanscsi_session *session, struct connection *conn, uint32_t tag,
                                   uint32_t kind);

/* The same, without a call for what nearly every PDU finds: a task that the target has. */
static inline uint32_t session_find_task(sanscsi_session *session, struct connection *conn,
                                         uint32_t tag, uint32_t kind) {
    const struct task_table *table = &session->table;
    uint32_t slot = task_find_tag(table, tag);
    if (slot != SLOT_NONE && table->tasks[slot].kind == kind &&
        (table->tasks[slot].state == TASK_SENT || table->tasks[slot].state == TASK_ABORTING)) {
        return slot;
    }
    return sanscsi_session_find_task(session, conn, tag, kind);
}

/* What is known of the order of a command's Data-In; NULL where that must be in order. */
static inline struct disorder *session_disorder(const sanscsi_session *session,
                                                const struct task *reader) {
    return session->disorder == NULL ? NULL : &session->disorder[reader - session->table.tasks];
}

/* sequence.c, where sequences are watched: a command that reads is sent, nothing of its data has
 * come. */
void sanscsi_session_begin_sequences(sanscsi_session *session, const struct task *reader);
/* Where data of a read may lie, and how much of it may come. */
enum fault_code sanscsi_session_judge_sequence(const sanscsi_session *session,
                                               const struct task *reader, uint32_t offset,
                                               uint32_t size);
/* Takes a Data-In that has come into account; false after ending the connection for it. */
bool sanscsi_session_step_sequence(sanscsi_session *session, struct connection *conn,
                                   struct task *reader);
/* sequence.c: whether all Data-In that came lies side by side, from the first byte on. */
bool sanscsi_session_data_in_whole(const sanscsi_session *session, const struct task *reader);
/* data_in.c: a Data-In when its header is there, and when it is whole. */
void sanscsi_session_data_in_header(sanscsi_session *session, struct connection *conn);
void sanscsi_session_data_in(sanscsi_session *session, struct connection *conn);

/* response.c: the residuals a status tells; false after ending the connection for them. */
bool sanscsi_session_take_residuals(sanscsi_session *session, struct connection *conn,
                                    struct task *task, bool overflow, bool underflow,
                                    uint32_t residual);
void sanscsi_session_scsi_response(sanscsi_session *session, struct connection *conn);

/* response.c: ends a command that the target has answered, after a last look at its data. */
void sanscsi_session_end_command(sanscsi_session *session, uint32_t slot);

/* data_out.c */
void sanscsi_session_r2t(sanscsi_session *session, struct connection *conn);
void sanscsi_session_begin_write(sanscsi_session *session, uint32_t slot, uint32_t immediate);
bool sanscsi_session_make_data_out(sanscsi_session *session, struct connection *conn);

/* command.c */
void sanscsi_session_make_command(sanscsi_session *session, struct connection *conn, uint32_t slot);

/* nop.c */
void sanscsi_session_nop_in_header(sanscsi_session *session, struct connection *conn);
void sanscsi_session_nop_in(sanscsi_session *session, struct connection *conn);
void sanscsi_session_send_nop_reply(sanscsi_session *session, struct connection *conn, uint64_t lun,
                                    uint32_t target_transfer_tag);
bool sanscsi_session_make_nop_reply(sanscsi_session *session, struct connection *conn);
/* nop.c: queues the NOP-Out of a ping. */
void sanscsi_session_send_ping(sanscsi_session *session, struct connection *conn, uint32_t slot,
                               bool immediate);
void sanscsi_session_make_ping(sanscsi_session *session, struct connection *conn, uint32_t slot);

#define SENSE_LENGTH_SIZE 2u /* the length that stands before the sense data */

/* Sense data as it stands in a data segment, behind its length (RFC 7143 11.4.7). */
struct session_sense {
    struct span bytes; /* that were kept */
    uint16_t total;    /* bytes the target sent */
    uint8_t key;       /* 0 without sense data, as the code */
    uint16_t code;
    struct span rest;    /* of what follows, which a vendor defines, the bytes that were kept */
    uint32_t rest_total; /* bytes of it the target sent */
};

/* receive.c: a PDU of a task that was aborted says nothing to anybody; its numbers count. */
void sanscsi_session_take_late(sanscsi_session *session, uint32_t exp_cmd_sn, uint32_t max_cmd_sn);

/* sense.c: reads the sense data of the PDU in work; false when its length exceeds the segment. */
bool sanscsi_session_read_sense(const struct connection *conn, uint32_t segment_length,
                                struct session_sense *sense);

/* patience.c: counts a PDU that brings nothing; false after ending the connection for too many. */
bool sanscsi_session_bear(sanscsi_session *session, struct connection *conn);

/* notice.c */
void sanscsi_session_async_message(sanscsi_session *session, struct connection *conn);

/* reject.c */
void sanscsi_session_reject(sanscsi_session *session, struct connection *conn);

/* text.c */
void sanscsi_session_text_header(sanscsi_session *session, struct connection *conn);
void sanscsi_session_text_response(sanscsi_session *session, struct connection *conn);
void sanscsi_session_make_text(sanscsi_session *session, struct connection *conn);
bool sanscsi_session_make_more_text(sanscsi_session *session, struct connection *conn);
/* Gives the answer's memory back and ends the task; no window may show that memory. */
void sanscsi_session_end_text(sanscsi_session *session, uint32_t io_status);
/* Nobody's exchange it is any more: one that is wanted begins. */
void sanscsi_session_leave_text(sanscsi_session *session);
/* Whether a response is due. */
bool sanscsi_session_text_awaited(const sanscsi_session *session);
/* Its last request was rejected; the target expects this CmdSN. */
void sanscsi_session_text_rejected(sanscsi_session *session, uint32_t exp_cmd_sn, bool again);
/* An ABORT TASK has plugged its number; false when the task is no text exchange. */
bool sanscsi_session_text_aborted(sanscsi_session *session, uint32_t slot);
/* Its time has come; false when that is like any other task's. */
bool sanscsi_session_text_timeout(sanscsi_session *session, uint32_t slot);

/* negotiation.c: the target wants to negotiate within some seconds. */
void sanscsi_session_negotiate(sanscsi_session *session, struct connection *conn, uint32_t seconds);
/* Begins what the target wants, if nothing else is under way. */
void sanscsi_session_begin_wanted(sanscsi_session *session);
/* What it wanted is there by another exchange, or will not be. */
void sanscsi_session_end_wanted(sanscsi_session *session, uint32_t io_status);
/* That could not be begun in time: logs out. False when it is of another kind. */
bool sanscsi_session_negotiation_late(sanscsi_session *session, uint32_t slot);
/* Tells the failure. */
void sanscsi_session_negotiation_rejected(sanscsi_session *session);

/* send_targets.c */
bool sanscsi_session_next_target(sanscsi_session *session, sanscsi_target *target);

#endif
