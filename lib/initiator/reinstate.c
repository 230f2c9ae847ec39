/* Sessions that come back by themselves after a loss (RFC 7143 6.3.5, 7.15): when that is tried,
 * and what becomes of the commands that wait for it. At ErrorRecoveryLevel 0 nothing of the old
 * session can be taken over: the login names the same ISID and no TSIH, which makes the target drop
 * what it still has of it (RFC 7143 6.3.5), and what was sent is sent anew or ends. */
#include "initiator/session.h"

#include "base/bytes.h"

/* Reasons of event 119. */
enum { ABANDONED_ATTEMPTS = 1, ABANDONED_FINAL = 2 };

/* How long to wait before an attempt: between half of a time and the whole, so that the initiators
 * of a target that has come back do not all log in at once. */
static uint64_t spread(const sanscsi_initiator *initiator, uint64_t time) {
    uint8_t bytes[4];
    if (initiator->random == NULL ||
        initiator->random(initiator->random_context, bytes, sizeof(bytes)) != 0) {
        return time;
    }
    uint64_t share = load_be32(bytes); /* of 2^32 */
    uint64_t half = time / 2;
    return time - (half >> 32) * share - (((half & UINT32_MAX) * share) >> 32);
}

/* Attempts in a row that did not help. One has helped when a command was answered since, or when
 * the session lasted: what makes a target close the connection again and again shall not do so for
 * ever. */
static uint32_t vain_attempts(const sanscsi_session *session) {
    const struct reinstatement *reinstatement = &session->reinstatement;
    bool lasted = !reinstatement->timed && session->origin.time - reinstatement->since >=
                                               session->settings.reinstate_max_delay;
    return reinstatement->answered || lasted ? 0 : reinstatement->attempts;
}

/* Twice as long for each attempt that did not help. */
static uint64_t back_off(const sanscsi_session *session) {
    uint64_t limit = session->settings.reinstate_max_delay;
    uint64_t time = min_u64(session->settings.reinstate_delay, limit);
    for (uint32_t i = 0; i < session->reinstatement.attempts && time < limit; i++) {
        time = time <= limit / 2 ? 2 * time : limit;
    }
    return spread(session->initiator, time);
}

bool sanscsi_session_comes_back(const sanscsi_session *session) {
    const struct reinstatement *reinstatement = &session->reinstatement;
    if (!reinstatement->wanted) {
        return false;
    }
    bool left = vain_attempts(session) < session->settings.reinstate_attempts;
    return session->next_route != NULL || (left && !session->final);
}

/* Waits for the next attempt, after a loss not less than Time2Wait (RFC 7143 7.5). */
static void plan(sanscsi_session *session, const struct connection *conn) {
    struct reinstatement *reinstatement = &session->reinstatement;
    uint64_t now = session->origin.time;
    uint64_t wait = 0;
    reinstatement->attempts = vain_attempts(session);
    reinstatement->answered = false;
    if (!reinstatement->timed) { /* it was in full feature phase until now */
        reinstatement->timed = true;
        wait = session->wait_seconds * SANSCSI_SECOND;
        sanscsi_outputs_push(&session->outputs, SANSCSI_OUTPUT_LOST, conn->cid);
        if (session->settings.hold_timeout != 0) {
            sanscsi_timers_arm(&session->timers, session_timer(session),
                               saturating_add_u64(now, session->settings.hold_timeout));
        }
    }
    reinstatement->waiting = true;
    sanscsi_timers_arm(&session->timers, connection_timer(session, conn),
                       saturating_add_u64(now, saturating_add_u64(wait, back_off(session))));
}

/* Event 119: the session stays lost. */
static void abandon(sanscsi_session *session) {
    struct event_value values[] = {
        EVENT_NUMBER(session->final ? ABANDONED_FINAL : ABANDONED_ATTEMPTS),
        EVENT_NUMBER(session->reinstatement.attempts),
    };
    sanscsi_session_raise(session, SANSCSI_EVENT_SESSION_ABANDONED, 0, values);
}

void sanscsi_session_stay_away(sanscsi_session *session) {
    session->reinstatement = (struct reinstatement){0};
    sanscsi_timers_disarm(&session->timers, session_timer(session));
}

void sanscsi_session_end_lost(sanscsi_session *session, const struct connection *conn) {
    sanscsi_timers_disarm(&session->timers, connection_timer(session, conn));
    sanscsi_session_stay_away(session);
    sanscsi_session_end_waiting(session, SANSCSI_IO_SESSION_OFFLINE);
    sanscsi_outputs_push(&session->outputs, SANSCSI_OUTPUT_LOGGED_OUT, conn->cid);
}

void sanscsi_session_connection_over(sanscsi_session *session, struct connection *conn) {
    if (session->next_route != NULL) {
        sanscsi_session_take_route(session, session->next_route);
        session->next_route = NULL;
        sanscsi_session_want_transport(session, conn);
    } else if (sanscsi_session_comes_back(session)) {
        plan(session, conn);
    } else {
        if (session->reinstatement.wanted) {
            abandon(session);
        }
        sanscsi_session_end_lost(session, conn);
    }
}

void sanscsi_session_reinstate(sanscsi_session *session, struct connection *conn) {
    session->reinstatement.waiting = false;
    session->reinstatement.attempts++;
    count_one(&session->counters, COUNTER_REINSTATEMENTS);
    session->table.epoch++;
    sanscsi_session_begin(session, conn);
}

void sanscsi_session_is_back(sanscsi_session *session) {
    struct reinstatement *reinstatement = &session->reinstatement;
    reinstatement->wanted = session->settings.type == SANSCSI_SESSION_NORMAL &&
                            session->settings.reinstate_attempts > 0;
    reinstatement->timed = false;
    reinstatement->expired = false;
    reinstatement->answered = false;
    reinstatement->since = session->origin.time;
    sanscsi_timers_disarm(&session->timers, session_timer(session));
}

void sanscsi_session_hold_timeout(sanscsi_session *session) {
    session->reinstatement.expired = true;
    sanscsi_session_end_waiting(session, SANSCSI_IO_SESSION_OFFLINE);
}

bool sanscsi_session_keep_task(sanscsi_session *session, uint32_t slot, struct resent *resent) {
    struct task *task = &session->table.tasks[slot];
    if (task->kind != SANSCSI_TASK_COMMAND || session->reinstatement.expired) {
        return false;
    }
    if (task->state == TASK_QUEUED) {
        return true; /* the target has never seen it */
    }
    if (task->state != TASK_SENT || (task->flags & SANSCSI_COMMAND_RESEND) == 0) {
        return false;
    }
    sanscsi_session_rewind(session, slot);
    count_one(&session->counters, COUNTER_RESENT);
    bool immediate = (task->flags & TASK_IMMEDIATE) != 0;
    task_list_append(&session->table, immediate ? &resent->immediates : &resent->waiting, slot);
    return true;
}

static void requeue(struct task_table *table, struct task_list *resent, struct task_list *list) {
    if (resent->first != TASK_NONE) {
        sanscsi_task_list_sort(table, resent);
        /* The other way round is not meant. NOLINTNEXTLINE(readability-suspicious-call-argument) */
        sanscsi_task_list_put_before(table, resent, list);
    }
}

void sanscsi_session_requeue(sanscsi_session *session, struct resent *resent) {
    requeue(&session->table, &resent->waiting, &session->waiting);
    requeue(&session->table, &resent->immediates, &session->immediates);
}

int32_t sanscsi_session_identity(const sanscsi_session *session, uint8_t isid[6], uint32_t *tsih) {
    if (session == NULL || isid == NULL || tsih == NULL) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    memcpy(isid, session->isid, sizeof(session->isid));
    *tsih = session->tsih;
    return SANSCSI_OK;
}
