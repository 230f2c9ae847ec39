/* Submits commands, pings and task management; cancels at any time. */
#include "chaos/client.h"

#include <string.h>

#include "chaos/world.h"

#define CLOSE_TIME (4 * SECOND) /* a loss, its report, timers that fire late */

void client_must(struct world *world, int32_t status, const char *what) {
    if (status != SANSCSI_OK) {
        fail(world, "%s: status %d", what, (int)status);
    }
}

static struct work *free_work(struct client *client) {
    for (uint32_t i = 0; i < LOANS; i++) {
        if (!client->works[i].active) {
            return &client->works[i];
        }
    }
    return NULL;
}

static uint32_t index_of(const struct client *client, const struct work *work) {
    return (uint32_t)(work - client->works);
}

/* How the session must take a task now. */
static bool expected(const struct world *world, uint32_t kind, int32_t status) {
    const struct client *client = &world->client;
    if (client->logout_of == world->network.number) {
        return status == SANSCSI_IN_TRANSITION;
    }
    if (status == SANSCSI_IN_TRANSITION) { /* a logout that the target asked for, or a loss */
        return (world->target.excuses & EXCUSE_FAREWELL) != 0 ||
               sanscsi_session_state(client->session) != SANSCSI_SESSION_LOGGED_IN;
    }
    uint32_t spare = kind == SANSCSI_TASK_MANAGEMENT ? 1 : 0;
    bool full = client->active >= client->limits.tasks + spare;
    return status == (full ? SANSCSI_NO_FREE_TASK : SANSCSI_OK);
}

/* The library's verdict on a task that was offered; true when it was accepted. */
static bool take_status(struct world *world, struct work *work, int32_t status) {
    struct client *client = &world->client;
    if (!expected(world, work->kind, status)) {
        fail(world, "submit: status %d with %u of %u tasks", (int)status, client->active,
             client->limits.tasks);
    }
    if (status == SANSCSI_IN_TRANSITION) {
        return false;
    }
    if (status != SANSCSI_OK) {
        count(world, COUNT_NO_FREE_TASK);
        return false;
    }
    work->active = true;
    work->submitted = world->now;
    work->connection = world->network.number;
    work->bound = world->now + work->timeout + client->settings.abort_timeout + CLOSE_TIME;
    work->stalled = world->network.stalled;
    client->active++;
    return true;
}

static uint64_t choose_timeout(struct world *world) {
    return dice_scale(&world->dice, 100 * MILLISECOND, 10 * SECOND);
}

/* ---- commands ---- */

static uint32_t choose_blocks(struct world *world) {
    static const uint32_t most[] = {2, 8, 8, 8, 16, 32, 32, 128};
    uint32_t limit = most[dice_below(&world->dice, 8)];
    if (dice_one_in(&world->dice, 200)) {
        limit = LOAN_BLOCKS;
    }
    return dice_between(&world->dice, 1, limit);
}

static enum operation choose_operation(struct world *world) {
    uint32_t place = dice_below(&world->dice, 100);
    return place < 44   ? OPERATION_READ
           : place < 88 ? OPERATION_WRITE
           : place < 92 ? OPERATION_VERIFY
           : place < 96 ? OPERATION_FLUSH
                        : OPERATION_COMPARE_AND_WRITE;
}

/* A place where nobody is at work; false when none was found. */
static bool choose_place(struct world *world, struct work *work) {
    for (uint32_t tries = 0; tries < 8; tries++) {
        work->blocks = choose_blocks(world);
        if (work->operation == OPERATION_COMPARE_AND_WRITE) {
            work->blocks = dice_between(&world->dice, 1, 8);
        }
        work->lba = dice_below(&world->dice, MODEL_BLOCKS - work->blocks + 1);
        /* Reads take their blocks alone, too, so that the first block names a command. */
        if (model_take(&world->model, work->lba, work->blocks, work->writes)) {
            return true;
        }
    }
    return false;
}

static void write_cdb_10(const struct work *work, uint8_t opcode, uint8_t cdb[32]) {
    cdb[0] = opcode;
    put32(cdb + 2, work->lba);
    put16(cdb + 7, work->blocks);
}

/* SBC-3 5: the forms with 10, 16 and 32 bytes; returns the length. */
static uint32_t write_cdb(struct world *world, const struct work *work, uint8_t cdb[32]) {
    memset(cdb, 0, 32);
    bool read = work->operation == OPERATION_READ;
    switch ((uint32_t)work->operation) {
    case OPERATION_VERIFY:
        write_cdb_10(work, CDB_VERIFY_10, cdb);
        return 10;
    case OPERATION_FLUSH:
        write_cdb_10(work, CDB_SYNCHRONIZE_CACHE_10, cdb);
        return 10;
    case OPERATION_COMPARE_AND_WRITE:
        cdb[0] = CDB_COMPARE_AND_WRITE;
        put64(cdb + 2, work->lba);
        cdb[13] = (uint8_t)work->blocks;
        return 16;
    default:
        break;
    }
    uint32_t form = dice_below(&world->dice, world->client.limits.max_cdb_length >= 32 ? 3 : 2);
    if (form == 0) {
        write_cdb_10(work, read ? CDB_READ_10 : CDB_WRITE_10, cdb);
        return 10;
    }
    if (form == 1) {
        cdb[0] = read ? CDB_READ_16 : CDB_WRITE_16;
        put64(cdb + 2, work->lba);
        put32(cdb + 10, work->blocks);
        return 16;
    }
    cdb[0] = CDB_LONG;
    cdb[7] = 0x18;
    put16(cdb + 8, read ? SERVICE_ACTION_READ_32 : SERVICE_ACTION_WRITE_32);
    put64(cdb + 12, work->lba);
    put32(cdb + 28, work->blocks);
    return 32;
}

/* The data of a write: a new value for all of its blocks. */
static void fill_write(struct world *world, struct work *work, const struct loan_list *list) {
    uint8_t *flat = world->lender.flat;
    work->value = (uint32_t)(work->user >> 8);
    work->matches = !dice_one_in(&world->dice, 8);
    if (work->operation == OPERATION_COMPARE_AND_WRITE) {
        for (uint32_t i = 0; i < work->blocks; i++) {
            const struct model_block *block = &world->model.blocks[work->lba + i];
            uint32_t known = work->matches ? block->values[block->count - 1] : UINT32_MAX;
            model_bytes(known, work->lba + i, flat);
            flat += MODEL_BLOCK;
        }
    }
    for (uint32_t i = 0; i < work->blocks; i++) {
        model_bytes(work->value, work->lba + i, flat);
        flat += MODEL_BLOCK;
    }
    loan_fill(list, world->lender.flat);
}

/* Buffers, now and then longer or shorter than what is read. */
static void make_loan(struct world *world, struct work *work, struct loan *loan) {
    struct dice *dice = &world->dice;
    uint32_t bytes = work->blocks * MODEL_BLOCK;
    uint32_t in = 0;
    uint32_t out = 0;
    if (work->operation == OPERATION_READ) {
        in = bytes;
        if (dice_one_in(dice, 50)) {
            in = dice_between(dice, 1, bytes * 2 < LOAN_BYTES ? bytes * 2 : LOAN_BYTES);
        }
    } else if (work->operation == OPERATION_WRITE) {
        out = bytes;
    } else if (work->operation == OPERATION_COMPARE_AND_WRITE) {
        out = 2 * bytes;
    }
    if (!loan_make(&world->lender, dice, index_of(&world->client, work), out, in)) {
        fail(world, "a buffer was written to after its task was done");
    }
    if (out > 0) {
        fill_write(world, work, &loan->out);
    }
}

/* What is compared before must not be done twice. */
static void choose_flags(struct world *world, struct work *work) {
    work->resend = work->operation != OPERATION_COMPARE_AND_WRITE && dice_one_in(&world->dice, 2);
    work->immediate = dice_one_in(&world->dice, 20);
}

static void submit_command(struct world *world, struct work *work) {
    struct client *client = &world->client;
    uint32_t index = index_of(client, work);
    struct loan *loan = &world->lender.loans[index];
    uint8_t cdb[32];
    work->operation = choose_operation(world);
    work->writes =
        work->operation == OPERATION_WRITE || work->operation == OPERATION_COMPARE_AND_WRITE;
    if (!choose_place(world, work)) {
        return;
    }
    make_loan(world, work, loan);
    work->lun = dice_below(&world->dice, TARGET_UNITS);
    world->target.verdicts[work->lba].told = false;
    sanscsi_command command;
    sanscsi_command_defaults(&command);
    command.lun = (uint64_t)work->lun << 48;
    command.cdb = cdb;
    command.cdb_length = write_cdb(world, work, cdb);
    command.data_out = loan->out.pieces;
    command.data_out_count = loan->out.count;
    command.data_in = loan->in.pieces;
    command.data_in_count = loan->in.count;
    command.sense = dice_one_in(&world->dice, 4) ? NULL : loan->sense;
    command.sense_size = command.sense == NULL ? 0 : dice_below(&world->dice, LOAN_SENSE + 1);
    command.user = work->user;
    choose_flags(world, work);
    command.flags = (work->resend ? SANSCSI_COMMAND_RESEND : 0) |
                    (work->immediate ? SANSCSI_COMMAND_IMMEDIATE : 0);
    command.timeout = work->timeout;
    int32_t status = sanscsi_submit(client->session, &command, world->now, &work->task);
    note(world, "submit (operation, first block, blocks, user)", work->operation, work->lba,
         work->blocks, work->user);
    if (!take_status(world, work, status)) {
        model_give(&world->model, work->lba, work->blocks);
        if (!loan_end(&world->lender, index)) {
            fail(world, "a refused submit touches buffers");
        }
    }
}

/* ---- what is no command ---- */

static void submit_ping(struct world *world, struct work *work) {
    int32_t status = sanscsi_ping(world->client.session, NULL, NULL, 0, work->user, work->timeout,
                                  world->now, &work->task);
    note(world, "ping (user)", work->user, 0, 0, 0);
    (void)take_status(world, work, status);
}

static void submit_management(struct world *world, struct work *work) {
    struct client *client = &world->client;
    sanscsi_management management;
    sanscsi_management_defaults(&management);
    management.function =
        dice_between(&world->dice, SANSCSI_MANAGE_ABORT_TASK_SET, SANSCSI_MANAGE_TARGET_COLD_RESET);
    if (dice_one_in(&world->dice, 2)) { /* they do most to data on its way */
        management.function = SANSCSI_MANAGE_ABORT_TASK_SET;
    }
    work->lun = dice_below(&world->dice, TARGET_UNITS);
    management.lun = (uint64_t)work->lun << 48;
    management.user = work->user;
    management.timeout = work->timeout;
    note(world, "manage (function, unit, user)", management.function, work->lun, work->user, 0);
    int32_t status = sanscsi_manage(client->session, &management, world->now, &work->task);
    bool whole = management.function >= SANSCSI_MANAGE_TARGET_WARM_RESET;
    for (uint32_t i = 0; status == SANSCSI_OK && i < LOANS; i++) {
        struct work *other = &client->works[i];
        if (other->active && other->kind == SANSCSI_TASK_COMMAND &&
            management.function != SANSCSI_MANAGE_CLEAR_ACA && (whole || other->lun == work->lun)) {
            other->covered = true;
        }
    }
    (void)take_status(world, work, status);
}

/* Our MaxRecvDataSegmentLength anew; one negotiation at a time, and the target may want one. */
static void submit_declaration(struct world *world, struct work *work) {
    work->value = (uint32_t)dice_scale(&world->dice, 512, 131072);
    int32_t status = sanscsi_declare_segment_length(world->client.session, work->value, work->user,
                                                    work->timeout, world->now, &work->task);
    note(world, "declare (bytes, user, status)", work->value, work->user, (uint64_t)(int64_t)status,
         0);
    if (status != SANSCSI_ALREADY_STARTED) {
        (void)take_status(world, work, status);
    }
}

static bool manages(const struct client *client) {
    for (uint32_t i = 0; i < LOANS; i++) {
        if (client->works[i].active && client->works[i].kind == SANSCSI_TASK_MANAGEMENT) {
            return true;
        }
    }
    return false;
}

static void submit(struct world *world) {
    struct client *client = &world->client;
    struct work *work = free_work(client);
    if (work == NULL) {
        return;
    }
    *work = (struct work){.user = ++client->users << 8 | index_of(client, work)};
    work->timeout = choose_timeout(world);
    bool alive = sanscsi_session_state(client->session) == SANSCSI_SESSION_LOGGED_IN;
    if (alive && dice_one_in(&world->dice, 400)) {
        work->kind = SANSCSI_TASK_PING;
        submit_ping(world, work);
    } else if (alive && dice_one_in(&world->dice, 1000)) {
        work->kind = SANSCSI_TASK_DECLARATION;
        submit_declaration(world, work);
    } else if (alive && dice_one_in(&world->dice, 200) && !manages(client)) {
        work->kind = SANSCSI_TASK_MANAGEMENT;
        submit_management(world, work);
    } else {
        work->kind = SANSCSI_TASK_COMMAND;
        submit_command(world, work);
    }
}

/* Cancels any task; one that has ended cannot be. */
static void cancel(struct world *world) {
    struct client *client = &world->client;
    if (dice_one_in(&world->dice, 4)) {
        if (sanscsi_cancel(client->session, client->last_stale, world->now) !=
            SANSCSI_UNKNOWN_TASK) {
            fail(world, "a handle of a task that has ended is known");
        }
        return;
    }
    struct work *work = &client->works[dice_below(&world->dice, LOANS)];
    if (!work->active) {
        return;
    }
    int32_t status = sanscsi_cancel(client->session, work->task, world->now);
    note(world, "cancel (user, status)", work->user, (uint64_t)(int64_t)status, 0, 0);
    if (status == SANSCSI_OK) {
        work->cancelled = true;
    } else if (status != SANSCSI_UNKNOWN_TASK) { /* its end waits to be polled */
        fail(world, "cancel: status %d", (int)status);
    }
}

/* In full feature phase; and commands, now and then, while the session is lost. */
static bool has_session(struct world *world) {
    const struct client *client = &world->client;
    int32_t state = sanscsi_session_state(client->session);
    return state == SANSCSI_SESSION_LOGGED_IN ||
           (state != SANSCSI_SESSION_FREE && client->settings.reinstate_attempts > 0 &&
            dice_one_in(&world->dice, 20));
}

static bool may_submit(struct world *world) {
    const struct client *client = &world->client;
    return !client->ending && client->pause_until <= world->now && client->active < client->depth &&
           (client->active < client->limits.tasks || dice_one_in(&world->dice, 50)) &&
           has_session(world);
}

/* In any other state the session must not take a task. */
static void submit_in_vain(struct world *world) {
    struct client *client = &world->client;
    int32_t state = sanscsi_session_state(client->session);
    if (state == SANSCSI_SESSION_LOGGED_IN) {
        return;
    }
    sanscsi_task task = 0;
    int32_t status = sanscsi_ping(client->session, NULL, NULL, 0, 0, 0, world->now, &task);
    int32_t expected =
        state == SANSCSI_SESSION_FREE ? SANSCSI_NOT_LOGGED_IN : SANSCSI_IN_TRANSITION;
    if (status != expected) {
        fail(world, "ping in state %d: status %d", (int)state, (int)status);
    }
}

bool client_act(struct world *world) {
    struct client *client = &world->client;
    if (client_live(world)) {
        return true;
    }
    if (dice_one_in(&world->dice, 300)) {
        cancel(world);
    }
    if (dice_one_in(&world->dice, 300)) {
        submit_in_vain(world);
    }
    if (!may_submit(world)) {
        return false;
    }
    if (dice_one_in(&world->dice, 30)) { /* another depth, perhaps behind a pause */
        client->depth = dice_between(&world->dice, 1, LOANS - 8);
        if (dice_one_in(&world->dice, 10)) {
            client->pause_until = world->now + dice_scale(&world->dice, MICROSECOND, 3 * SECOND);
        }
    }
    submit(world);
    return true;
}

uint64_t client_due(const struct world *world) {
    const struct client *client = &world->client;
    uint64_t due = sanscsi_deadline(client->session);
    if (client->start_due < due) {
        due = client->start_due;
    }
    if (client->pause_until > world->now && client->pause_until < due) {
        due = client->pause_until;
    }
    return due;
}
