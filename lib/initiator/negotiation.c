/* Negotiations in full feature phase: our MaxRecvDataSegmentLength declared anew, or just the
 * target's wish to negotiate served (RFC 7143 6.4, 7.12, 13.12). */
#include "initiator/text.h"

#include "base/checked.h"
#include "negotiate/engine.h"
#include "text/pairs.h"

/* Responses without F; a target that has not come to an end by then never will. */
#define NEGOTIATION_ROUNDS 16u

#define MIN_SEGMENT 512u
#define MAX_SEGMENT 16777215u

static const char not_understood[] = "NotUnderstood";

int32_t sanscsi_declare_segment_length(sanscsi_session *session, uint32_t bytes, uint64_t user,
                                       uint64_t timeout, uint64_t now, sanscsi_task *handle) {
    if (session == NULL) {
        return SANSCSI_INVALID_ARGUMENT;
    }
    if (bytes < MIN_SEGMENT || bytes > MAX_SEGMENT) {
        return SANSCSI_INVALID_VALUE;
    }
    int32_t status =
        sanscsi_session_submit_text(session, SANSCSI_TASK_DECLARATION, user, timeout, now, handle);
    if (status == SANSCSI_OK) {
        session->declared.segment = bytes;
    }
    return status;
}

/* Whether a Text Request of ours is with the target, or soon will be; that does, too (RFC 7143
 * 11.9.1). One that waits for the command window, was refused, or has its answer does not. */
static bool asks_already(const sanscsi_session *session) {
    const struct text_exchange *text = &session->text;
    return text->slot != SLOT_NONE && !session->found.whole &&
           (session->table.tasks[text->slot].state == TASK_SENT || text->delayed);
}

void sanscsi_session_negotiate(sanscsi_session *session, struct connection *conn,
                               uint32_t seconds) {
    if (asks_already(session) || session->text.wanted != SLOT_NONE ||
        conn->state == CONN_IN_LOGOUT || session->logout_due) {
        return; /* a logout answers as well (RFC 7143 11.9.1) */
    }
    uint32_t slot = seconds == 0 && !window_open(&session->window)
                        ? SLOT_NONE
                        : sanscsi_task_take(&session->table, TASK_KIND_NEGOTIATION);
    if (slot == SLOT_NONE) {
        sanscsi_session_begin_logout(session, conn);
        return;
    }
    session->table.tasks[slot].state = TASK_SENT;
    sanscsi_timers_arm(
        &session->timers, slot,
        saturating_add_u64(session->origin.time, max_u32(seconds, 1) * SANSCSI_SECOND));
    session->text.wanted = slot;
    sanscsi_session_begin_wanted(session);
}

void sanscsi_session_begin_wanted(sanscsi_session *session) {
    uint32_t slot = session->text.wanted;
    if (slot == SLOT_NONE || session->text.slot != SLOT_NONE) {
        return;
    }
    session->text.wanted = SLOT_NONE;
    sanscsi_session_begin_text(session, slot);
    session->text.request_due = true;
    session->declared.segment = 0;
}

void sanscsi_session_end_wanted(sanscsi_session *session, uint32_t io_status) {
    uint32_t slot = session->text.wanted;
    if (slot != SLOT_NONE) {
        session->text.wanted = SLOT_NONE;
        sanscsi_session_end_task(session, slot, io_status);
    }
}

bool sanscsi_session_negotiation_late(sanscsi_session *session, uint32_t slot) {
    const struct task *task = &session->table.tasks[slot];
    if (slot == session->text.wanted) {
        sanscsi_session_end_wanted(session, SANSCSI_IO_TIMEOUT);
    } else if (task->kind == TASK_KIND_NEGOTIATION && session->text.first) {
        sanscsi_session_end_text(session, SANSCSI_IO_TIMEOUT);
    } else {
        return false;
    }
    sanscsi_session_begin_logout(session, session->connections);
    return true;
}

/* The next pair of what has come, and whether it is a key of nobody's that was not answered yet. */
static bool next_unknown(struct reader *reader, const struct declaration *declared,
                         struct pair *pair) {
    while (sanscsi_pair_next(reader, pair) == PAIR_OK) {
        size_t at = reader->position - pair->whole.size - 1;
        if (at >= declared->answered && sanscsi_key_find(pair->key) == NULL) {
            return true;
        }
    }
    return false;
}

/* Keys that are not understood are answered so in the next request (RFC 7143 6.2). */
static void put_answers(struct declaration *declared, struct builder *text) {
    struct reader reader;
    struct pair pair;
    sanscsi_reader_init(&reader, declared->text, declared->size);
    while (next_unknown(&reader, declared, &pair)) {
        sanscsi_builder_span(text, pair.key);
        sanscsi_builder_u8(text, '=');
        sanscsi_builder_string(text, not_understood);
        sanscsi_builder_u8(text, 0);
    }
    declared->answered = declared->size;
}

static void ask(sanscsi_session *session, bool first, struct builder *text) {
    struct declaration *declared = &session->declared;
    if (!first) {
        if (!declared->more && !declared->failed) { /* else it must be empty (RFC 7143 6.2) */
            put_answers(declared, text);
        }
        return;
    }
    uint32_t segment = declared->segment;
    *declared = (struct declaration){.segment = segment};
    if (segment != 0) {
        sanscsi_builder_string(text, "MaxRecvDataSegmentLength=");
        sanscsi_builder_decimal(text, segment);
        sanscsi_builder_u8(text, 0);
    }
    /* What the target asked for is there in time; from now on it is a task like any other. */
    if (session->table.tasks[session->text.slot].kind == TASK_KIND_NEGOTIATION) {
        session_time_task(session, session->text.slot, session->settings.command_timeout);
    }
}

static void place(sanscsi_session *session, struct connection *conn, uint32_t length) {
    struct declaration *declared = &session->declared;
    if (!declared->failed && length <= sizeof(declared->text) - declared->size) {
        sanscsi_rx_accept(&conn->rx, declared->text + declared->size, length);
    }
}

/* Event 122. */
static void tell_failure(sanscsi_session *session, const char *reason, struct span key) {
    struct event_value values[] = {EVENT_TEXT(span_of_string(reason)), EVENT_TEXT(key)};
    sanscsi_session_raise(session, SANSCSI_EVENT_NEGOTIATION_FAILED, 0, values);
}

/* Nothing takes effect (RFC 7143 7.12 b). Where the target goes on, a new negotiation that is empty
 * resets its own (6.4, 11.10.4). */
static void fail(sanscsi_session *session, const char *reason, struct span key, bool final) {
    tell_failure(session, reason, key);
    session->declared.failed = true;
    if (final) {
        /* For the target our declaration may be in force: PDUs as long as that are not its fault.
         */
        struct connection *conn = session->connections;
        conn->max_recv_segment = max_u32(conn->max_recv_segment, session->declared.segment);
        sanscsi_session_end_text(session, SANSCSI_IO_TARGET_FAILURE);
    } else {
        session->text.target_transfer_tag = TAG_RESERVED;
        session->text.lun = 0;
    }
}

void sanscsi_session_negotiation_rejected(sanscsi_session *session) {
    if (session->table.tasks[session->text.slot].kind != SANSCSI_TASK_SEND_TARGETS) {
        tell_failure(session, "rejected by the target", span_of(NULL, 0));
    }
}

/* What is wrong with a pair, or NULL. */
static const char *judge_pair(struct negotiation *negotiation, const struct pair *pair) {
    struct negotiation_verdict verdict =
        sanscsi_negotiation_receive(negotiation, STAGE_FULL_FEATURE, pair->key, pair->value);
    switch (verdict.code) {
    case VERDICT_OK:
    case VERDICT_NOT_OURS:
        return NULL;
    case VERDICT_UNKNOWN_KEY:
        return sanscsi_key_name_valid(pair->key) ? NULL : "not a key";
    case VERDICT_NOT_UNDERSTOOD:
        return "not understood by the target";
    case VERDICT_REJECTED:
        return "refused by the target";
    case VERDICT_WRONG_STAGE:
        return "not allowed behind the login";
    case VERDICT_BAD_INTEGER:
    case VERDICT_BAD_LIST:
        return "value out of range";
    case VERDICT_UNEXPECTED:
    case VERDICT_INTEGER_MISSING:
    case VERDICT_LIST_MISSING:
        break;
    }
    return "unexpected";
}

/* What is wrong with the whole text so far, or NULL; `pair` tells where. */
static const char *judge_text(sanscsi_session *session, struct negotiation *negotiation,
                              struct pair *pair) {
    const struct declaration *declared = &session->declared;
    struct reader reader;
    bool discovery = session->settings.type == SANSCSI_SESSION_DISCOVERY;
    sanscsi_negotiation_init(negotiation, NEGOTIATE_AS_INITIATOR,
                             NEGOTIATE_LEADING | (discovery ? NEGOTIATE_DISCOVERY : 0u),
                             &session->settings.parameters);
    negotiation->keys[KEY_MAX_RECV_DATA_SEGMENT_LENGTH].declared = declared->segment != 0;
    sanscsi_reader_init(&reader, declared->text, declared->size);
    for (;;) {
        enum pair_result result = sanscsi_pair_next(&reader, pair);
        if (result == PAIR_END) {
            return NULL;
        }
        if (result != PAIR_OK) {
            pair->key = pair->whole;
            return "not a pair of key and value";
        }
        const char *reason = judge_pair(negotiation, pair);
        if (reason != NULL) {
            return reason;
        }
    }
}

/* Event 13 for each key that is not understood; false when the answers do not fit one request. */
static bool tell_unknown(sanscsi_session *session) {
    const struct declaration *declared = &session->declared;
    struct reader reader;
    struct pair pair;
    size_t room = sizeof(session->text.request);
    sanscsi_reader_init(&reader, declared->text, declared->size);
    while (next_unknown(&reader, declared, &pair)) {
        struct event_value key = EVENT_TEXT(pair.key);
        size_t size = pair.key.size + sizeof(not_understood) + 1;
        sanscsi_session_raise(session, SANSCSI_EVENT_KEY_NOT_UNDERSTOOD_BY_INITIATOR, 0, &key);
        if (size > room) {
            return false;
        }
        room -= size;
    }
    return true;
}

/* What both sides have declared is in force from now on (RFC 7143 6.4). */
static void take_effect(sanscsi_session *session, struct connection *conn,
                        const struct negotiation *negotiation) {
    sanscsi_parameters *parameters = &session->parameters;
    if (session->declared.segment != 0) {
        parameters->max_recv_data_segment_length = session->declared.segment;
        conn->max_recv_segment = session->declared.segment;
    }
    if (negotiation->keys[KEY_MAX_RECV_DATA_SEGMENT_LENGTH].status == KEY_SETTLED) {
        uint32_t theirs = negotiation->result.target_max_recv_data_segment_length;
        parameters->target_max_recv_data_segment_length = theirs;
        conn->max_send_segment = theirs & ~UINT32_C(3); /* whole words, as behind the login */
    }
}

/* The end of a set of pairs: judges what has come. */
static void judge(sanscsi_session *session, struct connection *conn, bool final) {
    struct negotiation negotiation;
    struct pair pair = {.key = span_of(NULL, 0)};
    const char *reason = judge_text(session, &negotiation, &pair);
    if (reason != NULL) {
        fail(session, reason, pair.key, final);
    } else if (!tell_unknown(session) && !final) {
        fail(session, "too many keys that are not understood", span_of(NULL, 0), final);
    } else if (final) {
        take_effect(session, conn, &negotiation);
        sanscsi_session_end_text(session, SANSCSI_IO_OK);
    }
}

static void take(sanscsi_session *session, struct connection *conn,
                 const struct text_response *response) {
    struct declaration *declared = &session->declared;
    struct span none = span_of(NULL, 0);
    bool failed = declared->failed;
    declared->rounds += response->final ? 0 : 1;
    if (failed && response->final) {
        sanscsi_session_end_text(session, SANSCSI_IO_TARGET_FAILURE);
    } else if (failed && declared->rounds > 2 * NEGOTIATION_ROUNDS) {
        sanscsi_session_break(session, conn, FAULT_TEXT_LIMIT, declared->rounds);
    } else if (failed) {
        session->text.target_transfer_tag = TAG_RESERVED;
        session->text.lun = 0;
    } else if (response->data_segment_length > sizeof(declared->text) - declared->size) {
        fail(session, "answer too long", none, response->final);
    } else if (declared->rounds > NEGOTIATION_ROUNDS) {
        fail(session, "too many responses", none, response->final);
    } else {
        declared->size += response->data_segment_length;
        declared->more = response->more;
        if (!response->more) {
            judge(session, conn, response->final);
        }
    }
}

static void end(sanscsi_session *session, uint32_t io_status) {
    (void)io_status;
    session->declared.segment = 0;
}

const struct text_user sanscsi_text_negotiation = {ask, place, take, end};
