/* A session in static memory: no heap, no C library but memcpy, memmove, memset and memcmp. */
#include "bare.h"

#include <iscsi/sanscsi.h>

enum {
    MEMORY = 24576, /* bytes for everything; the report tells how many are needed */
    PIECES = 4,     /* of a window, at most */
    TRIES = 4       /* a new session's first command often meets a UNIT ATTENTION */
};

static uint64_t memory[MEMORY / sizeof(uint64_t)];

struct bare {
    const struct bare_system *system;
    struct bare_report *report;
    sanscsi_initiator *initiator;
    sanscsi_session *session;
    int32_t open;      /* 1: there is a connection */
    int32_t full;      /* 1: it takes no more for now */
    int32_t logged_in; /* 1 once LOGGED_IN was polled */
    int32_t ended;     /* 1 once LOGGED_OUT was polled */
    int32_t done;      /* 1 once TASK_DONE was polled, with this result: */
    sanscsi_task_result result;
};

static uint64_t now(const struct bare *bare) {
    return bare->system->now(bare->system->context);
}

/* Keeps the first status that tells of a failure. Returns whether all is well so far. */
static int check(struct bare *bare, int32_t status) {
    if (status < 0 && bare->report->status >= 0) {
        bare->report->status = status;
    }
    return bare->report->status >= 0;
}

/* Likewise of a call on a session that runs: what the peer or the system does wrong is told by an
 * output as well, and that is dealt with there. */
static int expect(struct bare *bare, int32_t status) {
    return check(bare, status > -100 ? status : SANSCSI_OK);
}

static size_t length_of(const char *text) {
    size_t length = 0;
    while (text[length] != '\0') {
        length++;
    }
    return length;
}

/* ---- the session's loop ---- */

static void open_transport(struct bare *bare, const sanscsi_output *wish) {
    const struct bare_system *system = bare->system;
    bare->full = 0;
    bare->open = system->open(system->context, wish->host, wish->port) == 0;
    (void)expect(bare, bare->open ? sanscsi_connected(bare->session, wish->cid, now(bare))
                                  : sanscsi_connect_failed(bare->session, wish->cid,
                                                           SANSCSI_CONNECT_OTHER, now(bare)));
}

static void close_transport(struct bare *bare) {
    if (bare->open) {
        bare->system->close(bare->system->context);
    }
    bare->open = 0;
    (void)expect(bare, sanscsi_closed(bare->session, 0, now(bare)));
}

/* Deals with one thing the session has to tell. */
static void serve(struct bare *bare, const sanscsi_output *output) {
    switch (output->type) {
    case SANSCSI_OUTPUT_CONNECT:
        open_transport(bare, output);
        break;
    case SANSCSI_OUTPUT_CLOSE:
        close_transport(bare);
        break;
    case SANSCSI_OUTPUT_LOGGED_IN:
        bare->logged_in = 1;
        break;
    case SANSCSI_OUTPUT_LOGGED_OUT:
        bare->ended = 1;
        break;
    case SANSCSI_OUTPUT_TASK_DONE:
        bare->done = 1;
        bare->result = *output->result;
        break;
    case SANSCSI_OUTPUT_EVENT:
        if (output->event->severity != SANSCSI_INFORMATION) {
            bare->report->event = output->event->id;
        }
        break;
    }
}

/* Both return 1 when bytes were moved, 0 when none can be now, -1 when the connection is gone. */
static int32_t receive(struct bare *bare) {
    const struct bare_system *system = bare->system;
    sanscsi_iovec piece;
    size_t count = 0;
    if (!expect(bare, sanscsi_rx_window(bare->session, 0, &piece, 1, &count)) || count == 0) {
        return 0;
    }
    int32_t came = system->receive(system->context, piece.data, piece.size);
    if (came > 0) {
        (void)expect(bare, sanscsi_rx_commit(bare->session, 0, (size_t)came, now(bare)));
    }
    return came < 0 ? -1 : came > 0;
}

static int32_t transmit(struct bare *bare) {
    const struct bare_system *system = bare->system;
    sanscsi_iovec pieces[PIECES];
    size_t count = 0, total = 0;
    int32_t sent = 0;
    bare->full = 0;
    if (!expect(bare, sanscsi_tx_window(bare->session, 0, pieces, PIECES, &count))) {
        return -1;
    }
    for (size_t i = 0; i < count && !bare->full && sent >= 0; i++) {
        sent = system->send(system->context, pieces[i].data, pieces[i].size);
        total += sent > 0 ? (size_t)sent : 0;
        bare->full = sent >= 0 && (size_t)sent < pieces[i].size;
    }
    (void)expect(bare, sanscsi_tx_commit(bare->session, 0, total, now(bare)));
    return sent < 0 ? -1 : total > 0;
}

/* Moves bytes; waits when there are none to move until the session's time has come. */
static void turn(struct bare *bare) {
    const struct bare_system *system = bare->system;
    int32_t sent = bare->open ? transmit(bare) : 0;
    int32_t came = bare->open ? receive(bare) : 0;
    if (sent < 0 || came < 0) {
        close_transport(bare);
    } else if (sent == 0 && came == 0) {
        system->wait(system->context, bare->full, sanscsi_deadline(bare->session));
    }
    (void)expect(bare, sanscsi_tick(bare->session, now(bare)));
}

/* Runs the session until *until is set, it has ended, or a call has failed. */
static void run(struct bare *bare, const int32_t *until) {
    sanscsi_output output = {.size = sizeof(output)};
    while (!bare->ended && expect(bare, sanscsi_poll(bare->session, &output))) {
        if (output.type != SANSCSI_OUTPUT_NONE) {
            serve(bare, &output);
        } else if (*until) {
            return;
        } else {
            turn(bare);
        }
    }
}

/* ---- commands ---- */

/* One READ or WRITE, again after a UNIT ATTENTION. Returns whether it went well. */
static int move(struct bare *bare, uint64_t lun, uint64_t lba, const sanscsi_iovec *data,
                int writes) {
    uint8_t cdb[16];
    sanscsi_command command;
    sanscsi_command_defaults(&command);
    command.lun = lun;
    command.cdb = cdb;
    command.cdb_length =
        writes ? sanscsi_cdb_write(cdb, lba, 1, 0) : sanscsi_cdb_read(cdb, lba, 1, 0);
    command.data_out = writes ? data : NULL;
    command.data_out_count = writes ? 1 : 0;
    command.data_in = writes ? NULL : data;
    command.data_in_count = writes ? 0 : 1;
    for (int tries = TRIES; tries > 0; tries--) {
        bare->done = 0;
        if (!check(bare, sanscsi_submit(bare->session, &command, now(bare), NULL))) {
            return 0;
        }
        run(bare, &bare->done);
        bare->report->sense = bare->result.sense_key << 16 | bare->result.sense_code;
        if (!bare->done || bare->result.sense_key != 6) {
            break;
        }
    }
    return bare->done && bare->result.io_status == SANSCSI_IO_OK && bare->result.scsi_status == 0 &&
           bare->result.underflow == 0 && bare->result.overflow == 0;
}

/* ---- the session's life ---- */

/* Limits for a controller that has one command on its way at a time. */
static int32_t make_session(struct bare *bare, const sanscsi_allocator *allocator,
                            const struct bare_disk *disk) {
    static const char name[] = "iqn.2026-11.io.sanscsi:bare";
    sanscsi_initiator_settings node;
    sanscsi_session_settings settings;
    sanscsi_limits limits;
    sanscsi_initiator_settings_defaults(&node);
    node.name = name;
    node.name_length = sizeof(name) - 1;
    node.allocator = allocator;
    node.random = bare->system->random;
    node.random_context = bare->system->context;
    int32_t status = sanscsi_initiator_new(&node, &bare->initiator);
    if (status != SANSCSI_OK) {
        return status;
    }
    sanscsi_session_settings_defaults(&settings);
    settings.host = disk->host;
    settings.host_length = length_of(disk->host);
    settings.port = disk->port;
    settings.target_name = disk->target;
    settings.target_name_length = length_of(disk->target);
    settings.max_login_text = 4096; /* a target has no need of more */
    settings.max_pair_length = 1024;
    settings.max_unknown_keys = 8;
    sanscsi_limits_defaults(&limits);
    limits.tasks = 1;
    limits.tx_slots = 2;
    limits.events = 2;
    return sanscsi_session_new(bare->initiator, &settings, &limits, &bare->session);
}

static int write_and_read(struct bare *bare, uint64_t lun, uint64_t lba, const uint8_t *block,
                          uint8_t *back) {
    const sanscsi_iovec from = {(void *)(uintptr_t)block, BARE_BLOCK}; /* only read */
    const sanscsi_iovec to = {back, BARE_BLOCK};
    return move(bare, lun, lba, &from, 1) && move(bare, lun, lba, &to, 0);
}

int32_t bare_run(const struct bare_system *system, const struct bare_disk *disk, uint64_t lba,
                 const uint8_t block[BARE_BLOCK], uint8_t back[BARE_BLOCK],
                 struct bare_report *report) {
    const int32_t never = 0;
    int well = 0;
    uint64_t lun = 0;
    sanscsi_arena *arena = NULL;
    sanscsi_allocator allocator = {.size = sizeof(allocator)};
    struct bare bare = {.system = system, .report = report};
    *report = (struct bare_report){.arena = sizeof(memory)};
    if (check(&bare, sanscsi_arena_new(memory, sizeof(memory), &arena)) &&
        check(&bare, sanscsi_arena_allocator(arena, &allocator)) &&
        check(&bare, sanscsi_lun_encode(disk->lun, &lun)) &&
        check(&bare, make_session(&bare, &allocator, disk)) &&
        check(&bare, sanscsi_session_start(bare.session, now(&bare)))) {
        run(&bare, &bare.logged_in);
        well = bare.logged_in && !bare.ended && write_and_read(&bare, lun, lba, block, back);
        if (!bare.ended && report->status >= 0) {
            (void)check(&bare, sanscsi_logout(bare.session, now(&bare)));
            run(&bare, &never);
        }
    }
    if (bare.open) {
        system->close(system->context);
    }
    sanscsi_session_free(bare.session);
    sanscsi_initiator_free(bare.initiator);
    report->peak = sanscsi_arena_peak(arena);
    report->afterwards = sanscsi_arena_used(arena);
    return well && report->status >= 0 ? 0 : -1;
}
