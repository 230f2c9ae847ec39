/* Drives one session: serves its outputs, starts it again when refused, issues its requests. */
#include "nexus.h"

#include <poll.h>
#include <string.h>

#include "json.h"
#include "negotiated.h"
#include "settings.h"
#include "signals.h"

/* The first wait before a session is tried again, ns. */
static const uint64_t first_back_off = 200000000;

/* An end takes no longer than this, whatever the target does, ns. */
static const uint64_t end_time = 6 * SANSCSI_SECOND;

/* PDUs shown to the transport at once. */
enum { MAX_TX_SLOTS = 64 };

static uint64_t at_most(uint64_t value, uint64_t limit) {
    return value < limit ? value : limit;
}

/* What is wrong before there is a session for an event to come from: the event is made here. */
static void report_no_session(struct host *host, const struct endpoint *endpoint, int32_t status) {
    sanscsi_event event;
    char portal[300];
    endpoint_portal(endpoint, portal, sizeof(portal));
    if (sanscsi_event_of_status(status, &event) == SANSCSI_OK) {
        event.time = clock_now();
        event.portal = (const uint8_t *)portal;
        event.portal_length = strlen(portal);
        if (endpoint->target != NULL) {
            event.target = (const uint8_t *)endpoint->target;
            event.target_length = strlen(endpoint->target);
        }
        event_report(&host->events, &event);
    }
    failure("no session with %s: %s", portal, sanscsi_status_text(status));
}

int nexus_open(struct nexus *nexus, struct host *host, const struct endpoint *endpoint,
               uint32_t type) {
    sanscsi_session_settings settings;
    sanscsi_limits limits;
    memset(nexus, 0, sizeof(*nexus));
    nexus->host = host;
    nexus->endpoint = endpoint;
    nexus->type = type;
    nexus->tries_left = host->options->reconnect;
    nexus->back_off = first_back_off;
    transport_init(&nexus->transport, host->pcap);
    settings_fill(&settings, host->options, endpoint, type);
    sanscsi_limits_defaults(&limits);
    if (settings.parameters.max_outstanding_r2t > limits.max_outstanding_r2t) {
        limits.max_outstanding_r2t = settings.parameters.max_outstanding_r2t;
    }
    if (host->options->depth > limits.tasks) {
        limits.tasks = host->options->depth;
    }
    limits.tx_slots = (uint32_t)at_most(limits.tasks, MAX_TX_SLOTS);
    nexus->transport.pdus = limits.tx_slots;
    int32_t status = sanscsi_session_new(host->initiator, &settings, &limits, &nexus->session);
    if (status != SANSCSI_OK) {
        nexus->session = NULL;
        nexus->limited = status != SANSCSI_INVALID_ADDRESS;
        report_no_session(host, endpoint, status);
        return -1;
    }
    nexus->next = host->nexuses;
    host->nexuses = nexus;
    return 0;
}

int nexus_is_logged_in(const struct nexus *nexus) {
    return sanscsi_session_state(nexus->session) == SANSCSI_SESSION_LOGGED_IN;
}

/* Tells the session how its wish for a transport went. */
static void report_connect(struct nexus *nexus, uint32_t reason) {
    struct transport *transport = &nexus->transport;
    /* Statuses are not looked at: the session says by its outputs what becomes of it. */
    if (reason != 0) {
        (void)!sanscsi_connect_failed(nexus->session, transport->cid, reason, clock_now());
    } else if (transport->state == TRANSPORT_OPEN) {
        (void)!sanscsi_connected(nexus->session, transport->cid, clock_now());
    }
}

static void connect_transport(struct nexus *nexus, const sanscsi_output *output) {
    nexus->transport.cid = output->cid;
    signals_end_at_once(1); /* getaddrinfo() cannot be interrupted */
    uint32_t reason = transport_open(&nexus->transport, output->host, output->port,
                                     clock_now() + nexus->host->options->timeout);
    signals_end_at_once(0);
    report_connect(nexus, reason);
}

static void close_transport(struct nexus *nexus, uint32_t by_peer) {
    if (nexus->transport.state == TRANSPORT_CLOSED) {
        return;
    }
    transport_close(&nexus->transport, by_peer);
    (void)!sanscsi_closed(nexus->session, nexus->transport.cid, clock_now());
}

static void finish_request(struct nexus *nexus, struct request *request) {
    request->state = REQUEST_DONE;
    nexus->host->changed = 1;
    if (request->done != NULL) {
        request->done(request);
    }
}

static void append(struct request_list *list, struct request *request) {
    request->next = NULL;
    *(list->first == NULL ? &list->first : &list->last->next) = request;
    list->last = request;
}

static struct request *take_first(struct request_list *list) {
    struct request *request = list->first;
    list->first = request->next;
    return request;
}

static void enqueue(struct nexus *nexus, struct request *request) {
    request->state = REQUEST_QUEUED;
    append(request->not_before > nexus->host->now ? &nexus->paused : &nexus->queue, request);
}

static void take_result(struct nexus *nexus, const sanscsi_task_result *result) {
    struct request *request = (struct request *)(uintptr_t)result->user;
    if (!request_take(request, result, nexus->host->now)) {
        enqueue(nexus, request);
        return;
    }
    finish_request(nexus, request);
}

static void tell_login(const struct nexus *nexus, const sanscsi_output *output) {
    if (!nexus->host->options->verbose) {
        return;
    }
    fputs("logged in", stderr);
    if (nexus->endpoint->target != NULL) {
        fputs(" to ", stderr);
        print_escaped(stderr, nexus->endpoint->target, strlen(nexus->endpoint->target));
    }
    fputs(":\n", stderr);
    negotiated_print(stderr, nexus->session, output);
}

/* Event 37 has no arguments: what exactly was wrong can be asked for. */
static void tell_fault(const struct nexus *nexus, const sanscsi_event *event) {
    sanscsi_fault fault = {.size = sizeof(fault)};
    if (event->id == SANSCSI_EVENT_LOGIN_RESPONSE_PROTOCOL_ERROR &&
        sanscsi_connection_fault(nexus->session, event->cid, &fault) == SANSCSI_OK) {
        fprintf(stderr, "    %s (%s, value 0x%x; %s)\n", fault.text, fault.name,
                (unsigned)fault.value, fault.section);
    }
}

/* The library brings the session back, unless nobody wants it any more. */
static void note_loss(struct nexus *nexus) {
    nexus->losses++;
    if (!nexus->wanted) {
        (void)!sanscsi_logout(nexus->session, clock_now());
    }
}

/* Deals with what concerns the session itself; returns 0 for what is somebody's result. */
static int serve_own(struct nexus *nexus, const sanscsi_output *output) {
    switch (output->type) {
    case SANSCSI_OUTPUT_CONNECT:
        connect_transport(nexus, output);
        return 1;
    case SANSCSI_OUTPUT_CLOSE:
        transport_close(&nexus->transport, 0);
        (void)!sanscsi_closed(nexus->session, output->cid, clock_now());
        return 1;
    case SANSCSI_OUTPUT_EVENT:
        event_report(&nexus->host->events, output->event);
        tell_fault(nexus, output->event);
        return 1;
    case SANSCSI_OUTPUT_LOGGED_IN:
        nexus->entered = 1;
        tell_login(nexus, output);
        return 0;
    case SANSCSI_OUTPUT_LOST:
        note_loss(nexus);
        return 1;
    default:
        return 0;
    }
}

static void serve_outputs(struct nexus *nexus) {
    sanscsi_output output;
    output.size = sizeof(output); /* the rest is filled in */
    while (sanscsi_poll(nexus->session, &output) == SANSCSI_OK &&
           output.type != SANSCSI_OUTPUT_NONE) {
        nexus->host->changed = 1;
        int done = output.type == SANSCSI_OUTPUT_TASK_DONE;
        if ((!done && serve_own(nexus, &output)) ||
            (nexus->taker != NULL && nexus->taker(nexus->taker_context, &output))) {
            continue;
        }
        if (done) {
            take_result(nexus, output.result);
        }
    }
}

static void abandon(struct nexus *nexus, struct request_list *list) {
    while (list->first != NULL) {
        struct request *request = take_first(list);
        request_abandon(request, clock_now());
        finish_request(nexus, request);
    }
}

static void abandon_queue(struct nexus *nexus) {
    abandon(nexus, &nexus->queue);
    abandon(nexus, &nexus->paused);
}

/*
 * Starts the session, first or again, and sees when it has ended. A normal session that was logged
 * in is brought back by the library, which has given up when such a session ends.
 */
static void advance_life(struct nexus *nexus, uint64_t now) {
    if (sanscsi_session_state(nexus->session) != SANSCSI_SESSION_FREE ||
        nexus->transport.state != TRANSPORT_CLOSED) {
        return;
    }
    if (nexus->running) {
        nexus->running = 0;
        nexus->refused = sanscsi_session_may_retry(nexus->session) != 1;
        nexus->failed = nexus->refused || nexus->tries_left == 0 ||
                        (nexus->entered && nexus->type == SANSCSI_SESSION_NORMAL);
        nexus->host->changed = 1;
        nexus->restart_at = now + nexus->back_off;
        nexus->back_off = at_most(2 * nexus->back_off, SETTINGS_LONGEST_WAIT);
        nexus->tries_left -= nexus->tries_left > 0;
    }
    if (nexus->failed || !nexus->wanted) {
        abandon_queue(nexus);
    } else if (now >= nexus->restart_at) {
        nexus->running = sanscsi_session_start(nexus->session, now) == SANSCSI_OK;
        nexus->failed = !nexus->running;
        nexus->host->changed = 1;
    }
}

/* Those whose time has come go behind the others. */
static void resume_paused(struct nexus *nexus, uint64_t now) {
    struct request_list paused = nexus->paused;
    nexus->paused.first = NULL;
    while (paused.first != NULL) {
        struct request *request = take_first(&paused);
        append(request->not_before > now ? &nexus->paused : &nexus->queue, request);
    }
}

static void issue_queue(struct nexus *nexus, uint64_t now) {
    if (nexus->paused.first != NULL) {
        resume_paused(nexus, now);
    }
    while (nexus->queue.first != NULL) {
        struct request *request = nexus->queue.first;
        int32_t status = request_issue(request, nexus->session, now);
        if (status <= SANSCSI_NOT_CONNECTED && status > SANSCSI_PROTOCOL_ERROR) {
            return; /* not now */
        }
        (void)take_first(&nexus->queue);
        if (status != SANSCSI_OK) {
            failure("%s", sanscsi_status_text(status));
            request_abandon(request, now);
            finish_request(nexus, request);
        }
    }
}

/* Whether the session wants bytes. */
static int reads(const struct nexus *nexus) {
    sanscsi_iovec window[1];
    size_t count = 0;
    return sanscsi_rx_window(nexus->session, nexus->transport.cid, window, 1, &count) ==
               SANSCSI_OK &&
           count > 0;
}

/* Receives; `hung_up` when the peer is known to have closed the connection. Returns 0 when the
 * session wants no bytes. */
static int receive(struct nexus *nexus, int wait, int hung_up) {
    uint32_t opens = nexus->transport.opens;
    int result = transport_receive(&nexus->transport, nexus->session, wait, &nexus->host->now);
    int gone = result < 0 || (hung_up && !reads(nexus));
    serve_outputs(nexus);                          /* a CLOSE of ours goes before the peer's */
    if (gone && nexus->transport.opens == opens) { /* else another transport took its place */
        close_transport(nexus, 1);
    }
    return result <= 0;
}

/* Nothing can be sent any more: what came before the end says why, and is worked through first. */
static void end_sending(struct nexus *nexus) {
    uint32_t opens = nexus->transport.opens;
    (void)receive(nexus, 0, 0);
    if (nexus->transport.state == TRANSPORT_OPEN && nexus->transport.opens == opens) {
        close_transport(nexus, 1);
    }
    serve_outputs(nexus); /* what the end has brought, or nothing may be left to wait for */
}

void nexus_service(struct nexus *nexus) {
    uint64_t now = nexus->host->now;
    (void)!sanscsi_tick(nexus->session, now);
    if (nexus->transport.state == TRANSPORT_CONNECTING && now >= nexus->transport.deadline) {
        report_connect(nexus, transport_continue(&nexus->transport, now));
    }
    serve_outputs(nexus);
    advance_life(nexus, now);
    issue_queue(nexus, now);
    if (nexus->host->changed) { /* else nothing has been started or refused */
        serve_outputs(nexus);
    }
    if (nexus->transport.state == TRANSPORT_OPEN &&
        transport_send(&nexus->transport, nexus->session, now) != 0) {
        end_sending(nexus);
    }
}

uint64_t nexus_deadline(const struct nexus *nexus) {
    uint64_t deadline = sanscsi_deadline(nexus->session);
    if (nexus->transport.state == TRANSPORT_CONNECTING) {
        deadline = at_most(deadline, nexus->transport.deadline);
    }
    if (nexus->wanted && !nexus->running && !nexus->failed) {
        deadline = at_most(deadline, nexus->restart_at);
    }
    if (nexus->paused.first != NULL && nexus_is_logged_in(nexus)) {
        for (const struct request *at = nexus->paused.first; at != NULL; at = at->next) {
            deadline = at_most(deadline, at->not_before);
        }
    }
    return deadline;
}

short nexus_poll_events(const struct nexus *nexus) {
    if (nexus->transport.state == TRANSPORT_CONNECTING) {
        return POLLOUT;
    }
    return (short)((reads(nexus) ? POLLIN : 0) | (nexus->transport.blocked ? POLLOUT : 0));
}

void nexus_ready(struct nexus *nexus, short events) {
    if (nexus->transport.state == TRANSPORT_CONNECTING) {
        report_connect(nexus, transport_continue(&nexus->transport, nexus->host->now));
    } else if (nexus->transport.state == TRANSPORT_OPEN &&
               (events & (POLLIN | POLLHUP | POLLERR)) != 0) {
        (void)receive(nexus, 0, (events & (POLLHUP | POLLERR)) != 0);
    }
}

int nexus_wait(struct nexus *nexus, uint64_t until) {
    return nexus->transport.state == TRANSPORT_OPEN && !nexus->transport.blocked &&
           until >= nexus->host->now + TRANSPORT_PATIENCE && receive(nexus, 1, 0);
}

int nexus_login(struct nexus *nexus) {
    nexus->wanted = 1;
    while (!nexus_is_logged_in(nexus) && !nexus->failed && !host_interrupted(nexus->host)) {
        host_turn(nexus->host, SANSCSI_NEVER);
    }
    if (nexus_is_logged_in(nexus)) {
        return 0;
    }
    char portal[300];
    endpoint_portal(nexus->endpoint, portal, sizeof(portal));
    failure("no login at %s%s%s%s", portal, nexus->endpoint->target == NULL ? "" : " to ",
            nexus->endpoint->target == NULL ? "" : nexus->endpoint->target,
            host_interrupted(nexus->host) ? ": interrupted" : "");
    return -1;
}

void nexus_queue(struct nexus *nexus, struct request *request) {
    enqueue(nexus, request);
}

int nexus_run(struct nexus *nexus, struct request *request) {
    enqueue(nexus, request);
    while (request->state != REQUEST_DONE && !host_interrupted(nexus->host)) {
        host_turn(nexus->host, SANSCSI_NEVER);
    }
    if (request->state != REQUEST_DONE) {
        nexus_end(nexus); /* takes back what is lent */
    }
    if (!request->ok) {
        request_report(request);
    }
    return request->ok ? 0 : -1;
}

void nexus_ask_end(struct nexus *nexus) {
    nexus->wanted = 0;
    nexus->running = 0;
    if (nexus->session != NULL) {
        /* A session that is not there, or ending already, needs no logout. */
        (void)!sanscsi_logout(nexus->session, clock_now());
    }
}

void nexus_end(struct nexus *nexus) {
    uint64_t give_up = clock_now() + end_time;
    nexus_ask_end(nexus);
    while (sanscsi_session_state(nexus->session) != SANSCSI_SESSION_FREE &&
           clock_now() < at_most(give_up, nexus->host->stop_at)) {
        host_turn(nexus->host, give_up);
    }
    close_transport(nexus, 0);
    serve_outputs(nexus);
    abandon_queue(nexus);
}

void nexus_close(struct nexus *nexus) {
    if (nexus->session == NULL) {
        return;
    }
    nexus_end(nexus);
    struct nexus **at = &nexus->host->nexuses;
    while (*at != nexus) {
        at = &(*at)->next;
    }
    *at = nexus->next;
    sanscsi_session_free(nexus->session);
    nexus->session = NULL;
}
