/* What sessions are made from: every setting at random. */
#include <string.h>

#include "simulation/world.h"
#include "support/chap_vectors.h"

static void choose_parameters(struct dice *dice, sanscsi_parameters *parameters) {
    parameters->header_digest = dice_below(dice, 4);
    parameters->data_digest = dice_below(dice, 4);
    parameters->initial_r2t = dice_below(dice, 2);
    parameters->immediate_data = dice_below(dice, 2);
    parameters->max_recv_data_segment_length = (uint32_t)dice_scale(dice, 512, 131072);
    parameters->max_burst_length = (uint32_t)dice_scale(dice, 512, 524288);
    parameters->first_burst_length = (uint32_t)dice_scale(dice, 512, parameters->max_burst_length);
    parameters->max_outstanding_r2t = dice_between(dice, 1, 8);
    parameters->data_pdu_in_order = dice_below(dice, 2);
    parameters->data_sequence_in_order = dice_below(dice, 2);
    parameters->default_time2wait = dice_between(dice, 0, 3);
    parameters->task_reporting = dice_below(dice, 3);
    parameters->protocol_level = dice_below(dice, 3);
}

/* In half of the sessions lost ones come back by themselves. */
static void choose_reinstatement(struct dice *dice, sanscsi_session_settings *settings) {
    if (dice_one_in(dice, 2)) {
        return;
    }
    settings->reinstate_attempts = dice_one_in(dice, 2) ? UINT32_MAX : dice_between(dice, 1, 8);
    settings->reinstate_delay = dice_scale(dice, MILLISECOND, SECOND);
    settings->reinstate_max_delay = dice_scale(dice, MILLISECOND, 4 * SECOND);
    settings->hold_timeout = dice_one_in(dice, 3) ? 0 : dice_scale(dice, SECOND / 10, 60 * SECOND);
}

static void choose_times(struct dice *dice, sanscsi_session_settings *settings) {
    settings->login_timeout = 3 * SECOND;
    settings->abort_timeout = dice_scale(dice, SECOND / 2, 5 * SECOND);
    settings->logout_timeout = 2 * SECOND;
    if (dice_one_in(dice, 2)) {
        settings->keepalive_interval = dice_scale(dice, SECOND / 10, 20 * SECOND);
        settings->keepalive_timeout = dice_scale(dice, SECOND / 2, 5 * SECOND);
    }
    settings->lun_reset_timeout =
        dice_one_in(dice, 3) ? dice_scale(dice, SECOND / 2, 3 * SECOND) : 0;
    settings->target_reset_timeout =
        dice_one_in(dice, 4) ? dice_scale(dice, SECOND / 2, 3 * SECOND) : 0;
}

static void choose_proofs(const struct world *world, struct dice *dice,
                          sanscsi_session_settings *settings) {
    uint32_t both = SANSCSI_SECRET_OWN | SANSCSI_SECRET_TARGET;
    if (dice_one_in(dice, 2)) {
        return;
    }
    if (dice_one_in(dice, 2)) {
        settings->chap_ask = world->mutual ? both : SANSCSI_SECRET_OWN;
    } else {
        settings->chap_secret = OWN_SECRET;
        settings->chap_secret_length = strlen(OWN_SECRET);
        if (world->mutual) {
            settings->target_chap_secret = TARGET_SECRET;
            settings->target_chap_secret_length = strlen(TARGET_SECRET);
        }
    }
    for (uint32_t i = dice_below(dice, 5), number = SANSCSI_CHAP_MD5 + dice_below(dice, 4); i > 0;
         i--) {
        settings->chap_algorithms[i - 1] = (uint8_t)number;
        number = number == SANSCSI_CHAP_SHA3_256 ? SANSCSI_CHAP_MD5 : number + 1;
    }
    settings->authentication = dice_one_in(dice, 3)   ? SANSCSI_AUTHENTICATION_CHAP_OR_NONE
                               : dice_one_in(dice, 3) ? SANSCSI_AUTHENTICATION_NONE_OR_CHAP
                                                      : SANSCSI_AUTHENTICATION_CHAP;
}

static void choose_limits(struct dice *dice, sanscsi_limits *limits) {
    static const uint32_t cdb_lengths[] = {16, 32, 260};
    sanscsi_limits_defaults(limits);
    limits->tasks = (uint32_t)dice_scale(dice, 1, LOANS);
    limits->tx_slots = (uint32_t)dice_scale(dice, 2, 16);
    limits->events = dice_between(dice, 1, 16);
    limits->max_cdb_length = cdb_lengths[dice_below(dice, 3)];
    limits->max_outstanding_r2t = dice_between(dice, 1, 8);
}

static void choose_settings(struct lane *lane) {
    static const char name[] = "iqn.2024-01.org.example:target";
    static const char host[] = "192.0.2.1";
    struct dice *dice = &lane->world->dice;
    sanscsi_session_settings *settings = &lane->client.settings;
    sanscsi_session_settings_defaults(settings);
    settings->target_name = name;
    settings->target_name_length = sizeof(name) - 1;
    settings->host = host;
    settings->host_length = sizeof(host) - 1;
    choose_times(dice, settings);
    choose_parameters(dice, &settings->parameters);
    choose_reinstatement(dice, settings);
    choose_proofs(lane->world, dice, settings);
    settings->follow_permanent = dice_below(dice, 2);
    settings->redirect_authenticated = dice_one_in(dice, 4) ? 1 : 0;
    settings->tolerate =
        dice_one_in(dice, 3) ? settings->tolerate : (uint32_t)dice_roll(dice) & 0x3ffu;
    choose_limits(dice, &lane->client.limits);
}

void client_make_session(struct lane *lane) {
    struct client *client = &lane->client;
    struct dice *dice = &lane->world->dice;
    choose_settings(lane);
    client_must(lane,
                sanscsi_session_new(client->initiator, &client->settings, &client->limits,
                                    &client->session),
                "session");
    client->depth = dice_between(dice, 1, LOANS - 8);
    client->session_ends = client->ended + dice_scale(dice, 20, client->session_length);
    client->ending = false;
    client->lost = false;
    client->wild = false;
    client->route = (struct route){.base = {1, 3260}};
    client->start_due = lane->world->now;
    note(lane, "session (tasks, slots to send, attempts to come back, tolerates)",
         client->limits.tasks, client->limits.tx_slots, client->settings.reinstate_attempts,
         client->settings.tolerate);
    note(lane, "session (abort, unit reset, target reset, keepalive)",
         client->settings.abort_timeout, client->settings.lun_reset_timeout,
         client->settings.target_reset_timeout, client->settings.keepalive_timeout);
    count(lane, COUNT_SESSIONS);
}

void client_give_secret(struct lane *lane, uint32_t which) {
    const char *secret = which == SANSCSI_SECRET_OWN ? OWN_SECRET : TARGET_SECRET;
    note(lane, "secret (which)", which, 0, 0, 0);
    client_must(lane,
                sanscsi_give_secret(lane->client.session, 0, which, secret, strlen(secret),
                                    lane->world->now),
                "secret");
}
