/* A target that follows a script through one login, and the runner that plays it to a session. */
#ifndef SANSCSI_TESTS_LOGIN_SCRIPT_H
#define SANSCSI_TESTS_LOGIN_SCRIPT_H

#include <stdbool.h>

#include <iscsi/output.h>
#include <iscsi/settings.h>

#include "support/bytes.h"

/* Byte 1 of a Login Response (RFC 7143 11.13): T, C, and the stages. */
#define T 0x80u
#define C 0x40u
#define STAGES(csg, nsg) ((uint8_t)((csg) << 2 | (nsg)))
#define STAY_SECURITY STAGES(0, 0)
#define STAY_OPERATIONAL STAGES(1, 0)
#define LEAVE_SECURITY (T | STAGES(0, 1))
#define LEAVE_OPERATIONAL (T | STAGES(1, 3))

/* What a well-behaved target says; in all texts '|' stands for the null behind a pair. */
enum login_text { TEXT_NONE, TEXT_SECURITY, TEXT_OPERATIONAL, TEXT_DISCOVERY };

/* What the initiator proposes with the settings of login_settings(). */
extern const char login_proposal[];
extern const char login_discovery_proposal[];

#define LOGIN_PATCHES 12u
#define LOGIN_REPLIES 10u

/* A byte of the header that the target sends otherwise; the first with at == 0 == value ends. */
struct login_patch {
    uint8_t at, value;
};

struct login_reply {
    uint32_t flags; /* byte 1 */
    enum login_text base;
    const char
        *swap; /* a pair for the base's pair of that key; without '=', that pair is left out */
    const char *text; /* behind the base, or NULL */
    uint32_t repeat;  /* how often it is sent; 0: once */
    uint32_t filler;  /* bytes 'x' behind all text */
    bool unasked;     /* sent without waiting for a request */
    struct login_patch patches[LOGIN_PATCHES];
};

enum login_end {
    LOGIN_ENDS_IN_FAILURE, /* the initiator wants the transport closed */
    LOGIN_ENDS_WELL,
    LOGIN_ENDS_CLOSED, /* the target closes */
    LOGIN_ENDS_LATE,   /* the target says no more */
    LOGIN_ENDS_OURSELF /* as in failure, but over what the script's own side gave */
};

struct login_run;

struct login_script {
    const char *name;
    enum login_end end;
    uint32_t count;
    struct login_reply replies[LOGIN_REPLIES];
    const char *events; /* a line for each: "36(2,3,ADDRESS)[2]", hexadecimal numbers as such */
    const char *fault;  /* name, or NULL for none */
    uint32_t value;     /* of the fault */
    const char *sent;   /* the requests behind the first: "0>1 TEXT", "1+ TEXT" for C; or NULL */
    void (*settings)(sanscsi_session_settings *settings); /* or NULL */
    void (*node)(sanscsi_initiator_settings *settings);   /* of the initiator, or NULL */
    void (*check)(sanscsi_session *session);              /* once logged in, or NULL */
    void (*secret)(struct login_run *run);                /* answers a SECRET output, or NULL */
    const struct login_script *after; /* a login that then succeeds; NULL: the plain one */
};

enum login_delivery { DELIVER_WHOLE, DELIVER_BYTES, DELIVER_RANDOM, DELIVER_WINDOWS };

#define LOGIN_TEXT 65536u

/* One login being played. */
struct login_run {
    sanscsi_session *session;
    const struct login_script *script;
    enum login_delivery delivery;
    uint32_t seed;
    uint64_t now;
    uint32_t stat_sn;                                 /* of the next response */
    uint32_t requests;                                /* seen */
    int32_t status;                                   /* of the last feed */
    uint32_t logged_in, logged_out, closes, connects; /* outputs seen */
    uint8_t request[LOGIN_TEXT];                      /* the last one */
    size_t request_size;
    char events[LOGIN_TEXT]; /* lines, as in the script */
    char sent[LOGIN_TEXT];
    uint32_t asks, asked; /* SECRET outputs seen, which secret the last one asked for */
    char asked_name[256]; /* and whose */
    const char *host;     /* where CONNECT is to lead to, and what events tell of it; set by */
    uint32_t port;        /* login_begin() to where the session was made for */
    const char *portal;
    size_t flip;  /* bit of the next response, from 1, that arrives wrong; 0: none */
    size_t cut;   /* bytes of the next response that do not arrive */
    bool flipped; /* a bit was, so our numbers need not be those the target counts on */
};

#define LOGIN_INITIATOR "iqn.2026-01.org.example:host"
#define LOGIN_TARGET "iqn.2026-01.org.example:disk"
#define LOGIN_HOST "192.0.2.7"
#define LOGIN_PORTAL "192.0.2.7:3260"

/* An initiator and settings of sessions that the scripts count on. */
sanscsi_initiator *login_initiator(const sanscsi_allocator *allocator);
sanscsi_initiator *login_script_initiator(const sanscsi_allocator *allocator,
                                          const struct login_script *script);
void login_settings(sanscsi_session_settings *settings);
sanscsi_session *login_session(sanscsi_initiator *initiator, const struct login_script *script);

/* Starts the session, connects it, plays the script and polls all there is; asserts nothing of
 * the outcome. */
void login_play(struct login_run *run, sanscsi_session *session, const struct login_script *script,
                enum login_delivery delivery, uint32_t seed);

/* The single steps of login_play(), for tests that do something between them. */
void login_begin(struct login_run *run, sanscsi_session *session, const struct login_script *script,
                 enum login_delivery delivery, uint32_t seed);
void login_open(struct login_run *run, const struct login_script *script); /* the transport */
void login_answer(struct login_run *run);                                  /* all its replies */
bool login_pull(struct login_run *run); /* the next request into run->request, if there is one */
void login_reply(struct login_run *run, const struct login_reply *reply);
void login_feed(struct login_run *run, const uint8_t *bytes, size_t size);
void login_poll(struct login_run *run);

/* Reports the transport closed, and asserts that the session says so and is free. */
void login_close(struct login_run *run);

/* Plays a script in every way of delivery, asserts what the script says, and that the session can
 * then log in after all. */
void login_assert(const struct login_script *script);

/* The plain logins of both session types. */
extern const struct login_script login_plain;
extern const struct login_script login_plain_discovery;

#endif
