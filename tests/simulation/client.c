/* Submits commands, pings and task management; cancels at any time. */
#include "simulation/client.h"

#include <string.h>

#include "simulation/world.h"

#define CLOSE_TIME (4 * SECOND) /* a loss, its report, timers that fire late */
#define SEND_TIME (5 * SECOND)  /* all that waits to go out, by the slowest network */

void client_must(struct lane *lane, int32_t status, const char *what) {
    if (status != SANSCSI_OK) {
        fail(lane, "%s: status %d", what, (int)status);
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

uint32_t client_index(const struct client *client, const struct work *work) {
    return (uint32_t)(work - client->works);
}

/* How the session must take a task now. */
static bool expected(const struct lane *lane, const struct work *work, int32_t status) {
    const struct client *client = &lane->client;
    if (lane->target.wild) {
        return true;
    }
    if (client->logout_of == lane->network.number) {
        return status == SANSCSI_IN_TRANSITION;
    }
    if (status == SANSCSI_IN_TRANSITION) { /* a logout that the target asked for, or a loss */
        return (lane->target.excuses & EXCUSE_FAREWELL) != 0 ||
               sanscsi_session_state(client->session) != SANSCSI_SESSION_LOGGED_IN;
    }
    if (work->slots > client->limits.tasks) {
        return status == SANSCSI_TOO_LARGE;
    }
    uint32_t spare = work->kind == SANSCSI_TASK_MANAGEMENT ? 1 : 0;
    bool full = client->slots + work->slots > client->limits.tasks + spare;
    return status == (full ? SANSCSI_NO_FREE_TASK : SANSCSI_OK);
}

/* Aborts go one by one, each behind all that is on its way already; resets for each unit in turn at
 * worst. */
static uint64_t time_to_abort(const struct client *client) {
    const sanscsi_session_settings *settings = &client->settings;
    uint64_t aborts = client->limits.tasks + TARGET_UNITS + 1;
    return aborts * (settings->abort_timeout + SEND_TIME) +
           (TARGET_UNITS + 1) * settings->lun_reset_timeout + 2 * settings->target_reset_timeout;
}

/* The library's verdict on a task that was offered; true when it was accepted. */
bool client_take_status(struct lane *lane, struct work *work, int32_t status) {
    struct client *client = &lane->client;
    if (!expected(lane, work, status)) {
        fail(lane, "submit: status %d with %u of %u tasks", (int)status, client->slots,
             client->limits.tasks);
    }
    if (status == SANSCSI_IN_TRANSITION) {
        return false;
    }
    if (status != SANSCSI_OK) {
        count(lane, COUNT_NO_FREE_TASK);
        return false;
    }
    work->active = true;
    work->submitted = lane->world->now;
    work->connection = lane->network.number;
    work->came = 0;
    work->bound = lane->world->now + work->timeout + time_to_abort(client) + CLOSE_TIME;
    work->stalled = lane->network.stalled;
    client->active++;
    client->slots += work->slots;
    return true;
}

static uint64_t choose_timeout(struct lane *lane) {
    return dice_scale(&lane->world->dice, 100 * MILLISECOND, 10 * SECOND);
}

/* ---- what is no command ---- */

/* With data now and then, which comes back. */
static void submit_ping(struct lane *lane, struct work *work) {
    struct client *client = &lane->client;
    struct dice *dice = &lane->world->dice;
    struct loan *loan = &lane->lender.loans[client_index(client, work)];
    uint32_t length = dice_one_in(dice, 2) ? dice_between(dice, 1, TARGET_ECHO) : 0;
    if (!loan_make(&lane->lender, dice, client_index(client, work), length, length, 1)) {
        fail(lane, "a buffer was written to after its task was done");
    }
    for (uint32_t i = 0; i < length; i++) {
        ((uint8_t *)loan->out.pieces[0].data)[i] = (uint8_t)dice_roll(dice);
    }
    void *data = length > 0 ? loan->out.pieces[0].data : NULL;
    void *echo = length > 0 ? loan->in.pieces[0].data : NULL;
    int32_t status = sanscsi_ping(client->session, data, echo, length, work->user, work->timeout,
                                  lane->world->now, &work->task);
    note(lane, "ping (user, bytes)", work->user, length, 0, 0);
    work->blocks = length;
    if (!client_take_status(lane, work, status) &&
        !loan_end(&lane->lender, client_index(client, work))) {
        fail(lane, "a refused ping touches buffers");
    }
}

static uint32_t choose_function(struct dice *dice) {
    static const uint32_t rare[] = {
        SANSCSI_MANAGE_CLEAR_ACA,
        SANSCSI_MANAGE_CLEAR_TASK_SET,
        SANSCSI_MANAGE_LOGICAL_UNIT_RESET,
        SANSCSI_MANAGE_TARGET_WARM_RESET,
        SANSCSI_MANAGE_TARGET_COLD_RESET,
        SANSCSI_MANAGE_QUERY_TASK,
        SANSCSI_MANAGE_QUERY_TASK_SET,
        SANSCSI_MANAGE_I_T_NEXUS_RESET,
        SANSCSI_MANAGE_QUERY_ASYNCHRONOUS_EVENT,
    };
    if (dice_one_in(dice, 3)) { /* does most to data on its way */
        return SANSCSI_MANAGE_ABORT_TASK_SET;
    }
    return rare[dice_below(dice, sizeof(rare) / sizeof(rare[0]))];
}

/* The commands that a function may end. */
static void cover(struct client *client, const struct work *management) {
    uint32_t function = management->function;
    bool whole = function == SANSCSI_MANAGE_TARGET_WARM_RESET ||
                 function == SANSCSI_MANAGE_TARGET_COLD_RESET ||
                 function == SANSCSI_MANAGE_I_T_NEXUS_RESET;
    bool ends = function != SANSCSI_MANAGE_CLEAR_ACA && function != SANSCSI_MANAGE_QUERY_TASK &&
                function != SANSCSI_MANAGE_QUERY_TASK_SET &&
                function != SANSCSI_MANAGE_QUERY_ASYNCHRONOUS_EVENT;
    for (uint32_t i = 0; ends && i < LOANS; i++) {
        struct work *other = &client->works[i];
        if (other->active && other->kind == SANSCSI_TASK_COMMAND &&
            (whole || other->lun == management->lun)) {
            other->covered = true;
        }
    }
}

/* What the function needs may not be there; whether the status says so. */
static bool not_to_be_had(struct lane *lane, const sanscsi_management *management, int32_t status) {
    bool later = management->function >= SANSCSI_MANAGE_QUERY_TASK;
    if (status == SANSCSI_NOT_NEGOTIATED) {
        if (!lane->target.wild && (!later || lane->target.agreed.protocol_level == 2)) {
            fail(lane, "a function is refused that was agreed on");
        }
        return true;
    }
    return status == SANSCSI_UNKNOWN_TASK && management->function == SANSCSI_MANAGE_QUERY_TASK;
}

static void submit_management(struct lane *lane, struct work *work) {
    struct client *client = &lane->client;
    sanscsi_management management;
    sanscsi_management_defaults(&management);
    management.function = choose_function(&lane->world->dice);
    work->function = management.function;
    work->lun = dice_below(&lane->world->dice, TARGET_UNITS);
    management.lun = (uint64_t)work->lun << 48;
    management.user = work->user;
    management.timeout = work->timeout;
    if (management.function == SANSCSI_MANAGE_QUERY_TASK) {
        const struct work *other = &client->works[dice_below(&lane->world->dice, LOANS)];
        if (!other->active || other->kind != SANSCSI_TASK_COMMAND) {
            return;
        }
        management.task = other->task;
    }
    note(lane, "manage (function, unit, user)", management.function, work->lun, work->user, 0);
    int32_t status = sanscsi_manage(client->session, &management, lane->world->now, &work->task);
    if (status == SANSCSI_OK) {
        cover(client, work);
        bool resets = work->function == SANSCSI_MANAGE_LOGICAL_UNIT_RESET ||
                      work->function == SANSCSI_MANAGE_TARGET_WARM_RESET;
        client->reset_on = resets ? lane->network.number : client->reset_on;
    }
    if (!not_to_be_had(lane, &management, status)) {
        (void)client_take_status(lane, work, status);
    }
}

/* Our MaxRecvDataSegmentLength anew; one negotiation at a time, and the target may want one. */
static void submit_declaration(struct lane *lane, struct work *work) {
    work->value = (uint32_t)dice_scale(&lane->world->dice, 512, 131072);
    int32_t status = sanscsi_declare_segment_length(lane->client.session, work->value, work->user,
                                                    work->timeout, lane->world->now, &work->task);
    note(lane, "declare (bytes, user, status)", work->value, work->user, (uint64_t)(int64_t)status,
         0);
    if (status != SANSCSI_ALREADY_STARTED) {
        (void)client_take_status(lane, work, status);
    }
}

/* Pings and functions of task management go one by one: so their answers have one meaning. */
static bool has_one(const struct client *client, uint32_t kind) {
    for (uint32_t i = 0; i < LOANS; i++) {
        if (client->works[i].active && client->works[i].kind == kind) {
            return true;
        }
    }
    return false;
}

static void submit(struct lane *lane) {
    struct client *client = &lane->client;
    struct dice *dice = &lane->world->dice;
    struct work *work = free_work(client);
    if (work == NULL) {
        return;
    }
    bool alive = sanscsi_session_state(client->session) == SANSCSI_SESSION_LOGGED_IN;
    *work = (struct work){.user = ++client->users << 8 | client_index(client, work),
                          .slots = 1,
                          .proof = lane->world->healing,
                          .kind = SANSCSI_TASK_COMMAND,
                          .timeout = choose_timeout(lane)};
    alive = alive && !work->proof;
    if (alive && dice_one_in(dice, 80) && !has_one(client, SANSCSI_TASK_PING)) {
        work->kind = SANSCSI_TASK_PING;
        submit_ping(lane, work);
    } else if (alive && dice_one_in(dice, 300)) {
        work->kind = SANSCSI_TASK_DECLARATION;
        submit_declaration(lane, work);
    } else if (alive && dice_one_in(dice, 60) && !has_one(client, SANSCSI_TASK_MANAGEMENT)) {
        work->kind = SANSCSI_TASK_MANAGEMENT;
        submit_management(lane, work);
    } else {
        client_submit_command(lane, work);
    }
}

/* Cancels any task; one that has ended cannot be. */
static void cancel(struct lane *lane) {
    struct client *client = &lane->client;
    if (dice_one_in(&lane->world->dice, 4)) {
        if (sanscsi_cancel(client->session, client->last_stale, lane->world->now) !=
            SANSCSI_UNKNOWN_TASK) {
            fail(lane, "a handle of a task that has ended is known");
        }
        return;
    }
    struct work *work = &client->works[dice_below(&lane->world->dice, LOANS)];
    if (!work->active) {
        return;
    }
    int32_t status = sanscsi_cancel(client->session, work->task, lane->world->now);
    note(lane, "cancel (user, status)", work->user, (uint64_t)(int64_t)status, 0, 0);
    if (status == SANSCSI_OK) {
        work->cancelled = true;
    } else if (status != SANSCSI_UNKNOWN_TASK) { /* its end waits to be polled */
        fail(lane, "cancel: status %d", (int)status);
    }
}

/* In full feature phase; and commands, now and then, while the session is lost. */
static bool has_session(struct lane *lane) {
    const struct client *client = &lane->client;
    int32_t state = sanscsi_session_state(client->session);
    return state == SANSCSI_SESSION_LOGGED_IN ||
           (state != SANSCSI_SESSION_FREE && client->settings.reinstate_attempts > 0 &&
            dice_one_in(&lane->world->dice, 20));
}

static bool may_submit(struct lane *lane) {
    const struct client *client = &lane->client;
    if (lane->world->healing) {
        return !client->ending && client->active == 0 &&
               sanscsi_session_state(client->session) == SANSCSI_SESSION_LOGGED_IN;
    }
    return !client->ending && client->pause_until <= lane->world->now &&
           client->active < client->depth &&
           (client->slots < client->limits.tasks || dice_one_in(&lane->world->dice, 50)) &&
           has_session(lane);
}

/* In any other state the session must not take a task. */
static void submit_in_vain(struct lane *lane) {
    struct client *client = &lane->client;
    int32_t state = sanscsi_session_state(client->session);
    if (state == SANSCSI_SESSION_LOGGED_IN) {
        return;
    }
    sanscsi_task task = 0;
    int32_t status = sanscsi_ping(client->session, NULL, NULL, 0, 0, 0, lane->world->now, &task);
    int32_t expected =
        state == SANSCSI_SESSION_FREE ? SANSCSI_NOT_LOGGED_IN : SANSCSI_IN_TRANSITION;
    if (status != expected) {
        fail(lane, "ping in state %d: status %d", (int)state, (int)status);
    }
}

bool client_act(struct lane *lane) {
    struct client *client = &lane->client;
    if (client_live(lane)) {
        return true;
    }
    if (!lane->world->healing && dice_one_in(&lane->world->dice, 300)) {
        cancel(lane);
    }
    if (dice_one_in(&lane->world->dice, 300)) {
        submit_in_vain(lane);
    }
    if (!may_submit(lane)) {
        return false;
    }
    if (dice_one_in(&lane->world->dice, 30)) { /* another depth, perhaps behind a pause */
        client->depth = dice_between(&lane->world->dice, 1, LOANS - 8);
        if (dice_one_in(&lane->world->dice, 10)) {
            client->pause_until =
                lane->world->now + dice_scale(&lane->world->dice, MICROSECOND, 3 * SECOND);
        }
    }
    submit(lane);
    return true;
}

uint64_t client_due(const struct lane *lane) {
    const struct client *client = &lane->client;
    uint64_t due = sanscsi_deadline(client->session);
    if (client->start_due < due) {
        due = client->start_due;
    }
    if (client->pause_until > lane->world->now && client->pause_until < due) {
        due = client->pause_until;
    }
    return due;
}
