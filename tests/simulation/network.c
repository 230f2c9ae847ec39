/* Moves bytes between the windows of the session and the target, in pieces of any size. */
#include "simulation/network.h"

#include <string.h>

#include "simulation/world.h"

/* How large the pieces of a connection are. */
enum manner { MANNER_WHOLE, MANNER_ANY, MANNER_SMALL, MANNER_BYTES, MANNER_COUNT };

static uint64_t first_of(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

void network_free(struct lane *lane) {
    pipe_free(&lane->network.to_target);
    pipe_free(&lane->network.to_session);
}

void network_abandon(struct lane *lane) {
    struct network *network = &lane->network;
    network->transport = TRANSPORT_NONE;
    network->in.held = false;
    network->out.held = false;
    pipe_open(&network->to_target, &lane->world->dice, true);
    pipe_open(&network->to_session, &lane->world->dice, true);
}

/* A link that is silent comes to its end: without a keepalive a session of which nothing is
 * outstanding cannot tell it from a target that keeps its window closed. */
void network_heal(struct lane *lane) {
    struct network *network = &lane->network;
    bool silent = network->to_target.hole || network->to_session.hole;
    bool known = lane->client.settings.keepalive_interval != 0;
    network->cut_after = silent && !known ? 0 : NEVER;
}

void network_connect(struct lane *lane) {
    struct network *network = &lane->network;
    if (network->transport != TRANSPORT_NONE) {
        fail(lane, "CONNECT while there is a transport");
    }
    network->transport = TRANSPORT_CONNECTING;
    network->due = lane->world->now + dice_scale(&lane->world->dice, 0, SECOND);
}

void network_close(struct lane *lane) {
    struct network *network = &lane->network;
    note(lane, "closing (connection)", network->number, 0, 0, 0);
    count(lane, COUNT_CLOSES);
    if (sanscsi_session_state(lane->client.session) != SANSCSI_SESSION_CLOSING ||
        network->transport == TRANSPORT_CLOSING) {
        fail(lane, "CLOSE without a reason, or twice");
    }
    network->transport = TRANSPORT_CLOSING;
    network->due = lane->world->now + dice_scale(&lane->world->dice, 0, SECOND);
}

static void open_transport(struct lane *lane) {
    struct network *network = &lane->network;
    struct dice *dice = &lane->world->dice;
    network->transport = TRANSPORT_OPEN;
    network->number++;
    network->moved = 0;
    network->delivered = 0;
    network->out_stalled = 0;
    network->in_stalled = 0;
    bool healing = lane->world->healing;
    network->healed = healing;
    network->cut_after = dice_scale(dice, 1, dice_one_in(dice, 4) ? 4096 : UINT64_C(1) << 28);
    if (healing) {
        network->cut_after = NEVER;
    }
    bool near = healing || dice_one_in(dice, 2);
    pipe_open(&network->to_target, dice, near);
    pipe_open(&network->to_session, dice, near);
    network->manner = dice_below(dice, 4 * MANNER_COUNT - 3) / 4; /* bytes are slow to move */
    note(lane, "connected (connection, bytes until it is cut, manner)", network->number,
         network->cut_after, network->manner, 0);
    target_connect(lane);
    if (!near) {
        lane->target.excuses |= EXCUSE_SLOW;
    }
    client_must(lane, sanscsi_connected(lane->client.session, 0, lane->world->now), "connected");
}

/* The session does not want it any more, and says so by CLOSE. */
static void connect_in_vain(struct lane *lane) {
    lane->network.due = NEVER;
    if (sanscsi_connected(lane->client.session, 0, lane->world->now) != SANSCSI_NOT_CONNECTED) {
        fail(lane, "a transport is taken that is to be closed");
    }
}

static void answer_connect(struct lane *lane) {
    if (sanscsi_session_state(lane->client.session) == SANSCSI_SESSION_CLOSING) {
        connect_in_vain(lane);
        return;
    }
    bool down = lane->world->down_until > lane->world->now;
    if (lane->world->healing || (!down && !dice_one_in(&lane->world->dice, 12))) {
        open_transport(lane);
        return;
    }
    uint32_t reason =
        dice_between(&lane->world->dice, SANSCSI_CONNECT_UNRESOLVED, SANSCSI_CONNECT_OTHER);
    note(lane, "connect refused (reason)", reason, 0, 0, 0);
    count(lane, COUNT_CONNECTS_REFUSED);
    lane->network.transport = TRANSPORT_NONE;
    client_must(lane, sanscsi_connect_failed(lane->client.session, 0, reason, lane->world->now),
                "connect failed");
}

/* Of what was sent the target may still get a part. */
static void lose_on_the_way(struct lane *lane) {
    struct bytes *way = &lane->network.to_target.bytes;
    size_t left = bytes_left(way);
    if (left > 0 && dice_one_in(&lane->world->dice, 2)) {
        size_t piece = (size_t)dice_roll(&lane->world->dice) % (left + 1);
        target_input(lane, bytes_first(way), piece);
    }
    pipe_open(&lane->network.to_target, &lane->world->dice, true);
}

/* The session is told that the transport is gone. What the windows show is its own again; up to
 * now a transport may have put bytes there. */
static void report_closed(struct lane *lane) {
    struct network *network = &lane->network;
    if (network->in.held) {
        for (uint32_t i = 0; i < network->in.entries; i++) {
            const sanscsi_iovec *entry = &network->in.list[i];
            if (!lender_allows(&lane->lender, entry->data, entry->size, true)) {
                fail(lane, "a buffer in use by the transport was given back");
            }
            memset(entry->data, 0xee, entry->size);
        }
    }
    network->in.held = false;
    network->out.held = false;
    network->transport = TRANSPORT_NONE;
    note(lane, "closed (connection)", network->number, 0, 0, 0);
    lose_on_the_way(lane);
    target_disconnect(lane);
    client_exorcise(lane);
    client_closing(lane);
    client_must(lane, sanscsi_closed(lane->client.session, 0, lane->world->now), "closed");
}

void network_cut(struct lane *lane) {
    struct network *network = &lane->network;
    if (network->transport != TRANSPORT_OPEN) {
        return;
    }
    note(lane, "cut (connection, bytes moved)", network->number, network->moved, 0, 0);
    count(lane, lane->target.full_feature ? COUNT_CUTS : COUNT_CUTS_IN_LOGIN);
    lose_on_the_way(lane);
    lane->target.dead = true;
    lane->target.excuses |= EXCUSE_SLOW; /* until it is told, all is silent */
    network->transport = TRANSPORT_CUT;
    network->due = lane->world->now + dice_scale(&lane->world->dice, 0, SECOND / 4);
}

/* ---- bytes ---- */

/* How many of `size` bytes move at once; the connection is cut behind the last it may carry. */
static size_t piece_of(struct lane *lane, size_t size) {
    static const uint32_t most[MANNER_COUNT] = {0, 0, 700, 3};
    struct network *network = &lane->network;
    uint64_t left = network->cut_after - network->moved;
    if (network->manner == MANNER_ANY && size > 0) {
        size = (size_t)dice_scale(&lane->world->dice, 1, size);
    } else if (network->manner > MANNER_ANY && size > most[network->manner]) {
        size = dice_between(&lane->world->dice, 1, most[network->manner]);
    }
    return size < left ? size : (size_t)left;
}

/* One direction or both, and no transport gives up to tell it: what ends that is the session. */
static void go_silent(struct lane *lane) {
    struct network *network = &lane->network;
    struct dice *dice = &lane->world->dice;
    network->to_target.hole = dice_one_in(dice, 2);
    network->to_session.hole = !network->to_target.hole || dice_one_in(dice, 2);
    note(lane, "hole (to the target, to the session)", network->to_target.hole,
         network->to_session.hole, 0, 0);
    count(lane, COUNT_HOLES);
}

static uint64_t stall(struct lane *lane) {
    if (!dice_one_in(&lane->world->dice, lane->target.temper->slow * 4)) {
        return 0;
    }
    lane->target.excuses |= EXCUSE_SLOW;
    if (dice_one_in(&lane->world->dice, 8)) {
        go_silent(lane);
        return 0;
    }
    uint64_t length = dice_scale(&lane->world->dice, MICROSECOND, 6 * SECOND);
    lane->network.stalled += length;
    return lane->world->now + length;
}

/* Keeps what a window shows, to see that it stays so. */
static void copy_window(struct network *network) {
    network->copied = 0;
    for (uint32_t i = 0; i < network->out.entries; i++) {
        const sanscsi_iovec *entry = &network->out.list[i];
        if (entry->size > sizeof(network->copy) - network->copied) {
            break;
        }
        memcpy(network->copy + network->copied, entry->data, entry->size);
        network->copied += entry->size;
    }
}

static void hold_window(struct lane *lane, struct network_window *window, size_t entries,
                        bool receive) {
    window->held = true;
    window->entries = (uint32_t)entries;
    window->size = 0;
    for (size_t i = 0; i < entries; i++) {
        const sanscsi_iovec *entry = &window->list[i];
        window->size += entry->size;
        if (!lender_allows(&lane->lender, entry->data, entry->size, receive)) {
            fail(lane, "a window shows memory that is not lent for it");
        }
    }
}

typedef int32_t window_call(sanscsi_session *, uint32_t, sanscsi_iovec *, size_t, size_t *);

/* Has a window shown, of few entries now and then; how many it has. */
static size_t show(struct lane *lane, window_call *call, struct network_window *window,
                   uint32_t few) {
    struct dice *dice = &lane->world->dice;
    size_t most = dice_one_in(dice, 3) ? dice_between(dice, 1, few) : NETWORK_ENTRIES;
    size_t entries = 0;
    client_must(lane, call(lane->client.session, 0, window->list, most, &entries), "window");
    return entries;
}

static void show_out(struct lane *lane) {
    struct network *network = &lane->network;
    size_t entries = show(lane, sanscsi_tx_window, &network->out, 4);
    if (entries > 0) {
        hold_window(lane, &network->out, entries, false);
        copy_window(network);
    }
}

/* The bytes of a window have gone, or some of them. */
static void send_window(struct lane *lane) {
    struct network *network = &lane->network;
    static uint8_t flat[PIPE_BYTES]; /* one segment */
    size_t most = network->out.size < sizeof(flat) ? network->out.size : sizeof(flat);
    size_t size = piece_of(lane, most);
    size_t left = size;
    size_t done = 0;
    size_t at = 0;
    for (uint32_t i = 0; left > 0; i++) {
        const sanscsi_iovec *entry = &network->out.list[i];
        size_t piece = entry->size < left ? entry->size : left;
        if (!lender_allows(&lane->lender, entry->data, entry->size, false)) {
            fail(lane, "a buffer that is being sent was given back");
        }
        if (at + entry->size <= network->copied &&
            memcmp(entry->data, network->copy + at, entry->size) != 0) {
            fail(lane, "what an outgoing window shows has changed");
        }
        memcpy(flat + done, entry->data, piece);
        done += piece;
        at += entry->size;
        left -= piece;
    }
    pipe_add(&network->to_target, &lane->world->dice, lane->world->now, flat, done);
    network->moved += size;
    network->out.held = false;
    client_must(lane, sanscsi_tx_commit(lane->client.session, 0, size, lane->world->now), "sent");
}

/* Sends from the window that is held, or from a new one; holds it for a while now and then. */
static bool send_some(struct lane *lane) {
    struct network *network = &lane->network;
    if (network->out_stalled > lane->world->now || !pipe_has_room(&network->to_target)) {
        return false;
    }
    if (!network->out.held) {
        show_out(lane);
        if (!network->out.held) {
            return false;
        }
        network->out_stalled = stall(lane);
        if (network->out_stalled > lane->world->now || dice_one_in(&lane->world->dice, 6)) {
            return true;
        }
    }
    send_window(lane);
    return true;
}

static bool deliver_some(struct lane *lane) {
    struct pipe *way = &lane->network.to_target;
    size_t left = pipe_arrived(way, lane->world->now);
    if (left == 0 || lane->target.dead) {
        pipe_take(way, left);
        return false;
    }
    struct dice *dice = &lane->world->dice;
    size_t piece = dice_one_in(dice, 2) ? left : (size_t)dice_scale(dice, 1, left);
    target_input(lane, bytes_first(&way->bytes), piece);
    pipe_take(way, piece);
    return true;
}

/* A PDU with a wrong bit or number that came whole ends the connection (RFC 7143 7.8, 7.9), and
 * where there is no other reason it is named. */
static void check_flip(struct lane *lane, int32_t status) {
    const struct network *network = &lane->network;
    if (status != SANSCSI_OK && status != SANSCSI_PROTOCOL_ERROR) {
        fail(lane, "received bytes are refused with status %d", (int)status);
    }
    bool closing = sanscsi_session_state(lane->client.session) == SANSCSI_SESSION_CLOSING;
    if (status == SANSCSI_PROTOCOL_ERROR && !closing) {
        fail(lane, "a protocol error does not end the connection");
    }
    if (lane->target.flip_end <= network->delivered) {
        if (!closing) {
            fail(lane, "a PDU with a wrong bit or number does not end the connection");
        }
        sanscsi_fault fault = {.size = sizeof(fault)};
        client_must(lane, sanscsi_connection_fault(lane->client.session, 0, &fault), "fault");
        if (lane->target.excuses == EXCUSE_NUMBERS && strcmp(fault.name, "stat-sn") != 0) {
            fail(lane, "a wrong StatSN ends the connection as %s", fault.name);
        }
        count(lane, COUNT_FLIPS_FOUND);
        lane->target.flip_end = NEVER;
    }
}

static void fed(struct lane *lane, size_t size, int32_t status) {
    struct network *network = &lane->network;
    pipe_take(&network->to_session, size);
    network->moved += size;
    network->delivered += size;
    check_flip(lane, status);
}

static void receive_window(struct lane *lane) {
    struct network *network = &lane->network;
    const struct bytes *out = &network->to_session.bytes;
    size_t arrived = pipe_arrived(&network->to_session, lane->world->now);
    size_t size = arrived < network->in.size ? arrived : network->in.size;
    size = piece_of(lane, size);
    size_t done = 0;
    for (uint32_t i = 0; i < network->in.entries && done < size; i++) {
        const sanscsi_iovec *entry = &network->in.list[i];
        size_t piece = entry->size < size - done ? entry->size : size - done;
        if (!lender_allows(&lane->lender, entry->data, entry->size, true)) {
            fail(lane, "a buffer that is being filled was given back");
        }
        memcpy(entry->data, bytes_first(out) + done, piece);
        done += piece;
    }
    network->in.held = false;
    fed(lane, done, sanscsi_rx_commit(lane->client.session, 0, done, lane->world->now));
}

static void show_in(struct lane *lane) {
    struct network *network = &lane->network;
    size_t entries = show(lane, sanscsi_rx_window, &network->in, 3);
    if (entries > 0) {
        hold_window(lane, &network->in, entries, true);
    }
}

/* What the target has to say goes on its way. */
static bool collect(struct lane *lane) {
    struct bytes *out = &lane->target.out;
    struct pipe *way = &lane->network.to_session;
    size_t left = bytes_left(out);
    if (left == 0 || !pipe_has_room(way)) {
        return false;
    }
    size_t piece = left < PIPE_BYTES ? left : PIPE_BYTES;
    pipe_add(way, &lane->world->dice, lane->world->now, bytes_first(out), piece);
    bytes_take(out, piece);
    return true;
}

static bool receive_some(struct lane *lane) {
    struct network *network = &lane->network;
    const struct bytes *out = &network->to_session.bytes;
    size_t arrived = pipe_arrived(&network->to_session, lane->world->now);
    if (arrived == 0 || network->in_stalled > lane->world->now) {
        return false;
    }
    network->in_stalled = stall(lane);
    if (network->in_stalled > lane->world->now) {
        return true;
    }
    if (!network->in.held && dice_one_in(&lane->world->dice, 5)) {
        size_t size = piece_of(lane, arrived);
        if (size > 0) {
            fed(lane, size,
                sanscsi_rx_feed(lane->client.session, 0, bytes_first(out), size, lane->world->now));
        }
        return size > 0;
    }
    if (!network->in.held) {
        show_in(lane);
        if (!network->in.held || dice_one_in(&lane->world->dice, 6)) {
            return network->in.held;
        }
    }
    receive_window(lane);
    return true;
}

/* What is due now and is no matter of bytes. */
static bool act_due(struct lane *lane) {
    struct network *network = &lane->network;
    if (network->due > lane->world->now) {
        return false;
    }
    switch (network->transport) {
    case TRANSPORT_CONNECTING:
        answer_connect(lane);
        return true;
    case TRANSPORT_CUT:
    case TRANSPORT_CLOSING:
        report_closed(lane);
        return true;
    default:
        return false;
    }
}

bool network_act(struct lane *lane) {
    struct network *network = &lane->network;
    if (act_due(lane)) {
        return true;
    }
    if (network->transport != TRANSPORT_OPEN) {
        return false;
    }
    bool moved = send_some(lane);
    moved = deliver_some(lane) || moved;
    moved = collect(lane) || moved;
    moved = receive_some(lane) || moved;
    bool hangs_up = lane->target.hangs_up && bytes_left(&lane->target.out) == 0 &&
                    (pipe_is_empty(&lane->network.to_session) || lane->network.to_session.hole);
    if (network->moved >= network->cut_after || hangs_up) {
        network_cut(lane);
        return true;
    }
    return moved;
}

uint64_t network_due(const struct lane *lane) {
    const struct network *network = &lane->network;
    switch (network->transport) {
    case TRANSPORT_NONE:
        return NEVER;
    case TRANSPORT_OPEN:
        break;
    default:
        return network->due;
    }
    uint64_t due = NEVER;
    if (network->out_stalled > lane->world->now) {
        due = network->out_stalled;
    }
    if (network->in_stalled > lane->world->now) {
        due = first_of(due, network->in_stalled);
    }
    due = first_of(due, pipe_due(&network->to_target, lane->world->now));
    due = first_of(due, pipe_due(&network->to_session, lane->world->now));
    return due;
}
