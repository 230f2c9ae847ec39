/* One session with its connection: logs in, tries again, carries requests, logs out. */
#ifndef EXAMPLE_NEXUS_H
#define EXAMPLE_NEXUS_H

#include "endpoint.h"
#include "host.h"
#include "request.h"
#include "transport.h"

/* Requests in order; all zero: none. */
struct request_list {
    struct request *first;
    struct request *last;
};

/* Takes an output that is no request's; returns 1 when it was its own. */
typedef int32_t output_taker(void *context, const sanscsi_output *output);

struct nexus {
    struct host *host;
    struct nexus *next;
    const struct endpoint *endpoint; /* borrowed as long as the nexus exists */
    sanscsi_session *session;
    struct transport transport;
    uint32_t wanted;            /* 1: should be logged in */
    uint32_t type;              /* SANSCSI_SESSION_... */
    uint32_t running;           /* 1: started, and its end not seen yet */
    uint32_t entered;           /* 1: has been logged in */
    uint32_t failed;            /* 1: will not be tried again */
    uint32_t refused;           /* 1: trying again cannot help */
    uint32_t limited;           /* 1: no session can be made, at any address */
    uint32_t losses;            /* how often the library had to bring it back */
    uint32_t tries_left;        /* of --reconnect, for the login */
    uint64_t back_off;          /* before the next try, ns */
    uint64_t restart_at;        /* when it is tried again, ns */
    struct request_list queue;  /* requests not issued yet, in order */
    struct request_list paused; /* likewise, but not to be issued before their time */
    output_taker *taker;        /* may be NULL */
    void *taker_context;
};

/* Makes a session, type SANSCSI_SESSION_.... Returns 0, or -1 after a failure that was told. */
int nexus_open(struct nexus *nexus, struct host *host, const struct endpoint *endpoint,
               uint32_t type);

/* Logs in, trying again as the options allow. Returns 0, or -1 after a failure that was told. */
int nexus_login(struct nexus *nexus);

/* Issues a request and waits for its end. Returns 0, or -1 after a failure that was told. */
int nexus_run(struct nexus *nexus, struct request *request);

/* Queues a request; request->done is called at its end. */
void nexus_queue(struct nexus *nexus, struct request *request);

/* Begins to log out. */
void nexus_ask_end(struct nexus *nexus);

/* Logs out and waits for the end; every request of it has ended then. */
void nexus_end(struct nexus *nexus);

/* nexus_end(), then gives the session back. */
void nexus_close(struct nexus *nexus);

/* Whether it is in full feature phase. */
int nexus_is_logged_in(const struct nexus *nexus);

/* For the loop: outputs, queue, sending; the next moment; what to wait for; what has come. */
void nexus_service(struct nexus *nexus);
uint64_t nexus_deadline(const struct nexus *nexus);
short nexus_poll_events(const struct nexus *nexus);
void nexus_ready(struct nexus *nexus, short events);

/* Waits for bytes in the read itself, until `until` at the latest. Returns 1, or 0 at once when
 * there is more to wait for than bytes, or when that is sooner than a read may last. */
int nexus_wait(struct nexus *nexus, uint64_t until);

#endif
