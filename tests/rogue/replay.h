/* What the parts of replay share: what to do, one run of a session, a recording of a target. */
#ifndef REPLAY_H
#define REPLAY_H

#include <iscsi/sanscsi.h>

#include <stddef.h>
#include <stdint.h>

enum scenario {
    SCENARIO_LOGIN,
    SCENARIO_INQUIRY,
    SCENARIO_SCAN,
    SCENARIO_DISCOVER,
    SCENARIO_PING,
    SCENARIO_READ,
    SCENARIO_WRITE
};

/* The command line. */
struct plan {
    enum scenario scenario;
    int silence; /* descriptor that can be read once the target has fallen silent; -1: none */
    const char *name;
    const char *host;
    const char *secret;        /* of our own, when the session asks */
    const char *target_secret; /* likewise the target's */
    size_t memory_limit;       /* 0: none */
    const char *outputs;       /* file for what was polled besides events; NULL: none */
    uint32_t reconnect;        /* how often a session that was lost or refused is started again */
    sanscsi_session_settings settings;
};

/* Bytes that grow. */
struct bytes {
    uint8_t *data;
    size_t size;
    size_t capacity;
};

void bytes_add(struct bytes *bytes, const void *data, size_t size);
void bytes_print(struct bytes *bytes, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
int bytes_equal(const struct bytes *a, const struct bytes *b);
void bytes_free(struct bytes *bytes);

enum step_kind { STEP_CONNECTED, STEP_REFUSED, STEP_BYTES, STEP_CLOSED, STEP_SILENCE };

/* One thing that happened to the initiator, once it had sent so many bytes in all. */
struct step {
    enum step_kind kind;
    size_t sent;
    struct bytes data;
};

struct recording {
    struct step *steps;
    size_t count;
    size_t total; /* bytes of the target in all */
};

/* One session from its start to its end. */
struct run {
    const struct plan *plan;
    sanscsi_initiator *initiator;
    sanscsi_session *session;
    sanscsi_arena *arena;
    void *arena_memory;
    sanscsi_scan *scan;
    uint64_t now;
    uint64_t random;
    struct bytes sent;    /* what the initiator put on the wire, over all connections */
    struct bytes events;  /* JSON lines */
    struct bytes outputs; /* everything else that was polled, a line each */
    char host[256];       /* of the transport that is wished for */
    uint32_t port;
    int wants_connection;
    int connected;
    int wants_close;
    int ending; /* logs out of its own will */
    uint32_t restarts;
    int done;
    uint8_t data[4096]; /* of the one command of a scenario */
    sanscsi_iovec buffer;
};

void run_start(struct run *run, const struct plan *plan);
void run_end(struct run *run);

/* Polls everything, and takes what the session wants to send, until neither gives any more. Closes
 * the transport when that is asked for. */
void run_pump(struct run *run);

/* What can happen to a session. */
void run_connected(struct run *run);
void run_refused(struct run *run);
void run_closed(struct run *run);
int run_silence(struct run *run); /* 0 when it would wait for ever */

/* Bytes of the target, as one piece; windows: through the receive window, not by feeding. */
void run_bytes(struct run *run, const uint8_t *data, size_t size, int windows);

/* Reads the command line; 0 when it is wrong. */
int plan_read(struct plan *plan, int argc, char **argv);

/* Runs a session against the target that listens at the plan's host and port, and records it. */
int record(const struct plan *plan, struct run *run, struct recording *recording);

#endif
