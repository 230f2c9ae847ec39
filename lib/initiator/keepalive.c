/* Pings of the library's own, to find out that a connection is dead (RFC 7143 7.14, 11.18). Only
 * silence is probed: a connection that brings PDUs is alive. */
#include "initiator/session.h"

#include "base/checked.h"

static void arm(sanscsi_session *session, const struct connection *conn, uint64_t time) {
    session->pdus_seen = session->counters.value[COUNTER_PDUS_RECEIVED];
    sanscsi_timers_arm(&session->timers, connection_timer(session, conn),
                       saturating_add_u64(session->origin.time, time));
}

void sanscsi_session_begin_keepalive(sanscsi_session *session, struct connection *conn) {
    const sanscsi_session_settings *settings = &session->settings;
    if (settings->keepalive_interval != 0 && settings->type == SANSCSI_SESSION_NORMAL) {
        arm(session, conn, settings->keepalive_interval);
    }
}

/* Whether a ping waits to go out: for its place in the ring, or there. */
static bool waits_to_go(const sanscsi_session *session) {
    uint32_t slot = session->keepalive_slot;
    return session->keepalive_due || (slot != SLOT_NONE && session->table.tasks[slot].holds > 0);
}

void sanscsi_session_keepalive(sanscsi_session *session, struct connection *conn) {
    uint64_t limit = saturating_add_u64(conn->sent_at, session->settings.keepalive_timeout);
    bool waits = waits_to_go(session);
    bool asked = session->keepalive_slot != SLOT_NONE && !waits;
    if (!asked && session->counters.value[COUNTER_PDUS_RECEIVED] != session->pdus_seen) {
        arm(session, conn, session->settings.keepalive_interval);
    } else if (waits && limit > session->origin.time) { /* bytes go out, be it slowly */
        sanscsi_timers_arm(&session->timers, connection_timer(session, conn), limit);
    } else if (waits || asked) {
        sanscsi_session_dead_ping(session, conn, session->keepalive_slot);
    } else {
        session->keepalive_due = true;
        arm(session, conn, session->settings.keepalive_timeout);
    }
}

void sanscsi_session_keepalive_sent(sanscsi_session *session, const struct connection *conn) {
    if (!session->logout_due) { /* whose timer is the same */
        arm(session, conn, session->settings.keepalive_timeout);
    }
}

bool sanscsi_session_make_keepalive(sanscsi_session *session, struct connection *conn) {
    if (!session->keepalive_due) {
        return false;
    }
    uint32_t slot = sanscsi_task_take(&session->table, TASK_KIND_KEEPALIVE);
    if (slot == SLOT_NONE) {
        return false;
    }
    session->keepalive_due = false;
    session->keepalive_slot = slot;
    session->table.tasks[slot].state = TASK_SENT;
    /* Immediate: it is sent while the command window is closed, too. */
    sanscsi_session_send_ping(session, conn, slot, true);
    return true;
}

void sanscsi_session_keepalive_answer(sanscsi_session *session, struct connection *conn) {
    sanscsi_session_end_task(session, session->keepalive_slot, SANSCSI_IO_OK);
    session->keepalive_slot = SLOT_NONE;
    if (!session->logout_due) { /* whose timer is the same */
        arm(session, conn, session->settings.keepalive_interval);
    }
}

void sanscsi_session_end_keepalive(sanscsi_session *session, const struct connection *conn) {
    session->keepalive_due = false;
    sanscsi_timers_disarm(&session->timers, connection_timer(session, conn));
}
