/* Moves bytes between the windows of the session and the target, in pieces of any size. */
#include "chaos/network.h"

#include <string.h>

#include "chaos/world.h"

/* How large the pieces of a connection are. */
enum manner { MANNER_WHOLE, MANNER_ANY, MANNER_SMALL, MANNER_BYTES, MANNER_COUNT };

static uint64_t first_of(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

void network_free(struct world *world) {
    bytes_free(&world->network.on_the_way);
}

void network_connect(struct world *world) {
    struct network *network = &world->network;
    if (network->transport != TRANSPORT_NONE) {
        fail(world, "CONNECT while there is a transport");
    }
    network->transport = TRANSPORT_CONNECTING;
    network->due = world->now + dice_scale(&world->dice, 0, SECOND);
}

void network_close(struct world *world) {
    struct network *network = &world->network;
    note(world, "closing (connection)", network->number, 0, 0, 0);
    count(world, COUNT_CLOSES);
    if (sanscsi_session_state(world->client.session) != SANSCSI_SESSION_CLOSING ||
        network->transport == TRANSPORT_CLOSING) {
        fail(world, "CLOSE without a reason, or twice");
    }
    network->transport = TRANSPORT_CLOSING;
    network->due = world->now + dice_scale(&world->dice, 0, SECOND);
}

static void open_transport(struct world *world) {
    struct network *network = &world->network;
    struct dice *dice = &world->dice;
    network->transport = TRANSPORT_OPEN;
    network->number++;
    network->moved = 0;
    network->delivered = 0;
    network->out_stalled = 0;
    network->in_stalled = 0;
    network->cut_after = dice_scale(dice, 1, dice_one_in(dice, 4) ? 4096 : UINT64_C(1) << 28);
    network->manner = dice_below(dice, 4 * MANNER_COUNT - 3) / 4; /* bytes are slow to move */
    note(world, "connected (connection, bytes until it is cut, manner)", network->number,
         network->cut_after, network->manner, 0);
    target_connect(world);
    client_must(world, sanscsi_connected(world->client.session, 0, world->now), "connected");
}

/* The session does not want it any more, and says so by CLOSE. */
static void connect_in_vain(struct world *world) {
    world->network.due = NEVER;
    if (sanscsi_connected(world->client.session, 0, world->now) != SANSCSI_NOT_CONNECTED) {
        fail(world, "a transport is taken that is to be closed");
    }
}

static void answer_connect(struct world *world) {
    if (sanscsi_session_state(world->client.session) == SANSCSI_SESSION_CLOSING) {
        connect_in_vain(world);
        return;
    }
    if (!dice_one_in(&world->dice, 12)) {
        open_transport(world);
        return;
    }
    uint32_t reason = dice_between(&world->dice, SANSCSI_CONNECT_UNRESOLVED, SANSCSI_CONNECT_OTHER);
    note(world, "connect refused (reason)", reason, 0, 0, 0);
    count(world, COUNT_CONNECTS_REFUSED);
    world->network.transport = TRANSPORT_NONE;
    client_must(world, sanscsi_connect_failed(world->client.session, 0, reason, world->now),
                "connect failed");
}

/* Of what was sent the target may still get a part. */
static void lose_on_the_way(struct world *world) {
    struct bytes *way = &world->network.on_the_way;
    size_t left = bytes_left(way);
    if (left > 0 && dice_one_in(&world->dice, 2)) {
        size_t piece = (size_t)dice_roll(&world->dice) % (left + 1);
        target_input(world, bytes_first(way), piece);
    }
    bytes_take(way, left);
}

/* The session is told that the transport is gone. What the windows show is its own again; up to
 * now a transport may have put bytes there. */
static void report_closed(struct world *world) {
    struct network *network = &world->network;
    if (network->in.held) {
        for (uint32_t i = 0; i < network->in.entries; i++) {
            const sanscsi_iovec *entry = &network->in.list[i];
            if (!lender_allows(&world->lender, entry->data, entry->size, true)) {
                fail(world, "a buffer in use by the transport was given back");
            }
            memset(entry->data, 0xee, entry->size);
        }
    }
    network->in.held = false;
    network->out.held = false;
    network->transport = TRANSPORT_NONE;
    note(world, "closed (connection)", network->number, 0, 0, 0);
    lose_on_the_way(world);
    target_disconnect(world);
    client_closing(world);
    client_must(world, sanscsi_closed(world->client.session, 0, world->now), "closed");
}

void network_cut(struct world *world) {
    struct network *network = &world->network;
    if (network->transport != TRANSPORT_OPEN) {
        return;
    }
    note(world, "cut (connection, bytes moved)", network->number, network->moved, 0, 0);
    count(world, world->target.full_feature ? COUNT_CUTS : COUNT_CUTS_IN_LOGIN);
    lose_on_the_way(world);
    world->target.dead = true;
    world->target.excuses |= EXCUSE_SLOW; /* until it is told, all is silent */
    network->transport = TRANSPORT_CUT;
    network->due = world->now + dice_scale(&world->dice, 0, SECOND / 4);
}

/* ---- bytes ---- */

/* How many of `size` bytes move at once; the connection is cut behind the last it may carry. */
static size_t piece_of(struct world *world, size_t size) {
    static const uint32_t most[MANNER_COUNT] = {0, 0, 700, 3};
    struct network *network = &world->network;
    uint64_t left = network->cut_after - network->moved;
    if (network->manner == MANNER_ANY && size > 0) {
        size = (size_t)dice_scale(&world->dice, 1, size);
    } else if (network->manner > MANNER_ANY && size > most[network->manner]) {
        size = dice_between(&world->dice, 1, most[network->manner]);
    }
    return size < left ? size : (size_t)left;
}

static uint64_t stall(struct world *world) {
    if (!dice_one_in(&world->dice, world->target.temper->slow * 4)) {
        return 0;
    }
    world->target.excuses |= EXCUSE_SLOW;
    uint64_t length = dice_scale(&world->dice, MICROSECOND, 6 * SECOND);
    world->network.stalled += length;
    return world->now + length;
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

static void hold_window(struct world *world, struct network_window *window, size_t entries,
                        bool receive) {
    window->held = true;
    window->entries = (uint32_t)entries;
    window->size = 0;
    for (size_t i = 0; i < entries; i++) {
        const sanscsi_iovec *entry = &window->list[i];
        window->size += entry->size;
        if (!lender_allows(&world->lender, entry->data, entry->size, receive)) {
            fail(world, "a window shows memory that is not lent for it");
        }
    }
}

static void show_out(struct world *world) {
    struct network *network = &world->network;
    size_t entries = 0;
    size_t most = dice_one_in(&world->dice, 3) ? dice_between(&world->dice, 1, 4) : NETWORK_ENTRIES;
    client_must(world,
                sanscsi_tx_window(world->client.session, 0, network->out.list, most, &entries),
                "outgoing window");
    if (entries > 0) {
        hold_window(world, &network->out, entries, false);
        copy_window(network);
    }
}

/* The bytes of a window have gone, or some of them. */
static void send_window(struct world *world) {
    struct network *network = &world->network;
    size_t size = piece_of(world, network->out.size);
    size_t left = size;
    size_t at = 0;
    for (uint32_t i = 0; left > 0; i++) {
        const sanscsi_iovec *entry = &network->out.list[i];
        size_t piece = entry->size < left ? entry->size : left;
        if (!lender_allows(&world->lender, entry->data, entry->size, false)) {
            fail(world, "a buffer that is being sent was given back");
        }
        if (at + entry->size <= network->copied &&
            memcmp(entry->data, network->copy + at, entry->size) != 0) {
            fail(world, "what an outgoing window shows has changed");
        }
        bytes_add(&network->on_the_way, entry->data, piece);
        at += entry->size;
        left -= piece;
    }
    network->moved += size;
    network->out.held = false;
    client_must(world, sanscsi_tx_commit(world->client.session, 0, size, world->now), "sent");
}

/* Sends from the window that is held, or from a new one; holds it for a while now and then. */
static bool send_some(struct world *world) {
    struct network *network = &world->network;
    if (network->out_stalled > world->now) {
        return false;
    }
    if (!network->out.held) {
        show_out(world);
        if (!network->out.held) {
            return false;
        }
        network->out_stalled = stall(world);
        if (network->out_stalled > world->now || dice_one_in(&world->dice, 6)) {
            return true;
        }
    }
    send_window(world);
    return true;
}

static bool deliver_some(struct world *world) {
    struct bytes *way = &world->network.on_the_way;
    size_t left = bytes_left(way);
    if (left == 0 || world->target.dead) {
        bytes_take(way, left);
        return false;
    }
    size_t piece = dice_one_in(&world->dice, 2) ? left : (size_t)dice_scale(&world->dice, 1, left);
    target_input(world, bytes_first(way), piece);
    bytes_take(way, piece);
    return true;
}

/* A PDU with a wrong bit that came whole ends the connection (RFC 7143 7.8). */
static void check_flip(struct world *world, int32_t status) {
    const struct network *network = &world->network;
    if (status != SANSCSI_OK && status != SANSCSI_PROTOCOL_ERROR) {
        fail(world, "received bytes are refused with status %d", (int)status);
    }
    bool closing = sanscsi_session_state(world->client.session) == SANSCSI_SESSION_CLOSING;
    if (status == SANSCSI_PROTOCOL_ERROR && !closing) {
        fail(world, "a protocol error does not end the connection");
    }
    if (world->target.flip_end <= network->delivered) {
        if (!closing) {
            fail(world, "a PDU with a wrong bit does not end the connection");
        }
        count(world, COUNT_FLIPS_FOUND);
        world->target.flip_end = NEVER;
    }
}

static void fed(struct world *world, size_t size, int32_t status) {
    struct network *network = &world->network;
    bytes_take(&world->target.out, size);
    network->moved += size;
    network->delivered += size;
    check_flip(world, status);
}

static void receive_window(struct world *world) {
    struct network *network = &world->network;
    struct bytes *out = &world->target.out;
    size_t size = bytes_left(out) < network->in.size ? bytes_left(out) : network->in.size;
    size = piece_of(world, size);
    size_t done = 0;
    for (uint32_t i = 0; i < network->in.entries && done < size; i++) {
        const sanscsi_iovec *entry = &network->in.list[i];
        size_t piece = entry->size < size - done ? entry->size : size - done;
        if (!lender_allows(&world->lender, entry->data, entry->size, true)) {
            fail(world, "a buffer that is being filled was given back");
        }
        memcpy(entry->data, bytes_first(out) + done, piece);
        done += piece;
    }
    network->in.held = false;
    fed(world, done, sanscsi_rx_commit(world->client.session, 0, done, world->now));
}

static void show_in(struct world *world) {
    struct network *network = &world->network;
    size_t entries = 0;
    size_t most = dice_one_in(&world->dice, 3) ? dice_between(&world->dice, 1, 3) : NETWORK_ENTRIES;
    client_must(world,
                sanscsi_rx_window(world->client.session, 0, network->in.list, most, &entries),
                "incoming window");
    if (entries > 0) {
        hold_window(world, &network->in, entries, true);
    }
}

static bool receive_some(struct world *world) {
    struct network *network = &world->network;
    struct bytes *out = &world->target.out;
    if (bytes_left(out) == 0 || network->in_stalled > world->now) {
        return false;
    }
    network->in_stalled = stall(world);
    if (network->in_stalled > world->now) {
        return true;
    }
    if (!network->in.held && dice_one_in(&world->dice, 5)) {
        size_t size = piece_of(world, bytes_left(out));
        if (size > 0) {
            fed(world, size,
                sanscsi_rx_feed(world->client.session, 0, bytes_first(out), size, world->now));
        }
        return size > 0;
    }
    if (!network->in.held) {
        show_in(world);
        if (!network->in.held || dice_one_in(&world->dice, 6)) {
            return network->in.held;
        }
    }
    receive_window(world);
    return true;
}

/* What is due now and is no matter of bytes. */
static bool act_due(struct world *world) {
    struct network *network = &world->network;
    if (network->due > world->now) {
        return false;
    }
    switch (network->transport) {
    case TRANSPORT_CONNECTING:
        answer_connect(world);
        return true;
    case TRANSPORT_CUT:
    case TRANSPORT_CLOSING:
        report_closed(world);
        return true;
    default:
        return false;
    }
}

bool network_act(struct world *world) {
    struct network *network = &world->network;
    if (act_due(world)) {
        return true;
    }
    if (network->transport != TRANSPORT_OPEN) {
        return false;
    }
    bool moved = send_some(world);
    moved = deliver_some(world) || moved;
    moved = receive_some(world) || moved;
    bool hangs_up = world->target.hangs_up && bytes_left(&world->target.out) == 0;
    if (network->moved >= network->cut_after || hangs_up) {
        network_cut(world);
        return true;
    }
    return moved;
}

uint64_t network_due(const struct world *world) {
    const struct network *network = &world->network;
    switch (network->transport) {
    case TRANSPORT_NONE:
        return NEVER;
    case TRANSPORT_OPEN:
        break;
    default:
        return network->due;
    }
    uint64_t due = NEVER;
    if (network->out_stalled > world->now) {
        due = network->out_stalled;
    }
    if (network->in_stalled > world->now) {
        due = first_of(due, network->in_stalled);
    }
    return due;
}
