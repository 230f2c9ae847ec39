/* Bounds what a target may send that brings nothing: news, messages, rejections, empty data. Their
 * memory is bounded where they are kept; this bounds the work. */
#include "initiator/session.h"

/* A target that lives may say this and that while it has nothing to do; only a row of PDUs that
 * come fast, and no task that gets on meanwhile, is a flood. */
#define PATIENCE (10 * SANSCSI_SECOND)

/* A number that changes whenever a task gets on. What ends is counted by what is submitted less. */
static uint64_t progress(const sanscsi_session *session) {
    const uint64_t *value = session->counters.value;
    return value[COUNTER_BYTES_READ] + value[COUNTER_COMMANDS] + value[COUNTER_PINGS] +
           value[COUNTER_TASK_MANAGEMENT] + value[COUNTER_ABORTS] - session->table.submitted;
}

bool sanscsi_session_bear(sanscsi_session *session, struct connection *conn) {
    struct patience *patience = &session->patience;
    uint64_t now = session->origin.time;
    uint64_t present = progress(session);
    if (patience->pdus == 0 || present != patience->progress || now - patience->since > PATIENCE) {
        *patience = (struct patience){.since = now, .progress = present};
    }
    patience->pdus++;
    if (patience->pdus > session->settings.max_unasked) {
        sanscsi_session_break(session, conn, FAULT_FLOOD, patience->pdus);
        return false;
    }
    return true;
}
