/* A target that follows a script through one login: its responses, and checks of our requests. */
#include "support/login_script.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define FIRST_STAT_SN UINT32_C(0xfffffffe) /* wraps within the login */
#define TSIH 0x1234u

static const uint8_t isid[6] = {0x80, 0x11, 0x22, 0x33, 0x44, 0x55};

#define OPERATIONAL_ANSWERS                                                                        \
    "HeaderDigest=None|DataDigest=None|MaxConnections=1|InitialR2T=No|ImmediateData=Yes|"          \
    "MaxRecvDataSegmentLength=65536|MaxBurstLength=262144|FirstBurstLength=65536|"                 \
    "DefaultTime2Wait=2|DefaultTime2Retain=20|MaxOutstandingR2T=1|DataPDUInOrder=Yes|"             \
    "DataSequenceInOrder=Yes|ErrorRecoveryLevel=0|iSCSIProtocolLevel=1|"
#define DISCOVERY_ANSWERS                                                                          \
    "HeaderDigest=None|DataDigest=None|MaxRecvDataSegmentLength=65536|DefaultTime2Wait=2|"         \
    "DefaultTime2Retain=20|"

static const char *const texts[] = {
    [TEXT_NONE] = "",
    [TEXT_SECURITY] = "TargetPortalGroupTag=1|AuthMethod=None|",
    [TEXT_OPERATIONAL] = OPERATIONAL_ANSWERS,
    [TEXT_DISCOVERY] = DISCOVERY_ANSWERS,
};

const char login_proposal[] =
    "HeaderDigest=None|DataDigest=None|MaxConnections=1|InitialR2T=No|ImmediateData=Yes|"
    "MaxRecvDataSegmentLength=262144|MaxBurstLength=1048576|FirstBurstLength=262144|"
    "DefaultTime2Wait=2|DefaultTime2Retain=20|MaxOutstandingR2T=1|DataPDUInOrder=Yes|"
    "DataSequenceInOrder=Yes|ErrorRecoveryLevel=0|iSCSIProtocolLevel=1|";
const char login_discovery_proposal[] =
    "HeaderDigest=None|DataDigest=None|MaxRecvDataSegmentLength=262144|DefaultTime2Wait=2|"
    "DefaultTime2Retain=20|";

sanscsi_initiator *login_script_initiator(const sanscsi_allocator *allocator,
                                          const struct login_script *script) {
    sanscsi_initiator_settings settings;
    sanscsi_initiator *initiator = NULL;
    sanscsi_initiator_settings_defaults(&settings);
    settings.name = LOGIN_INITIATOR;
    settings.name_length = strlen(LOGIN_INITIATOR);
    settings.allocator = allocator;
    if (script->node != NULL) {
        script->node(&settings);
    }
    assert_int_equal(sanscsi_initiator_new(&settings, &initiator), SANSCSI_OK);
    return initiator;
}

sanscsi_initiator *login_initiator(const sanscsi_allocator *allocator) {
    return login_script_initiator(allocator, &login_plain);
}

void login_settings(sanscsi_session_settings *settings) {
    sanscsi_session_settings_defaults(settings);
    settings->target_name = LOGIN_TARGET;
    settings->target_name_length = strlen(LOGIN_TARGET);
    settings->host = LOGIN_HOST;
    settings->host_length = strlen(LOGIN_HOST);
    memcpy(settings->isid, isid, sizeof(isid));
    settings->isid[6] = 1;
}

sanscsi_session *login_session(sanscsi_initiator *initiator, const struct login_script *script) {
    sanscsi_session_settings settings;
    sanscsi_limits limits;
    sanscsi_session *session = NULL;
    login_settings(&settings);
    if (script->settings != NULL) {
        script->settings(&settings);
    }
    sanscsi_limits_defaults(&limits);
    limits.events = 64;
    limits.event_text = 128;
    assert_int_equal(sanscsi_session_new(initiator, &settings, &limits, &session), SANSCSI_OK);
    return session;
}

static uint32_t be32(const uint8_t *p) {
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void put_be32(uint8_t *p, uint32_t value) {
    p[0] = (uint8_t)(value >> 24);
    p[1] = (uint8_t)(value >> 16);
    p[2] = (uint8_t)(value >> 8);
    p[3] = (uint8_t)value;
}

static void assert_zeros(const uint8_t *bytes, size_t size) {
    for (size_t i = 0; i < size; i++) {
        assert_int_equal(bytes[i], 0);
    }
}

/* What holds for each Login Request whatever the target did (RFC 7143 11.12, 6.3). */
static void check_request(const struct login_run *run) {
    const uint8_t *bhs = run->request;
    size_t length = (size_t)bhs[5] << 16 | (size_t)bhs[6] << 8 | bhs[7];
    uint8_t flags = bhs[1];
    assert_int_equal(bhs[0], 0x43);
    assert_int_equal(flags & 0x30, 0);
    assert_true((flags & T) == 0 || (flags & C) == 0);
    assert_true((flags & T) != 0 || (flags & 3) == 0);
    assert_zeros(bhs + 2, 3); /* versions, TotalAHSLength */
    assert_in_range(length, 0, 8192);
    assert_memory_equal(bhs + 8, isid, sizeof(isid));
    assert_zeros(bhs + 14, 2); /* TSIH: a new session */
    assert_int_not_equal(be32(bhs + 16), UINT32_MAX);
    assert_zeros(bhs + 20, 4);           /* CID 0 */
    assert_int_equal(be32(bhs + 24), 1); /* CmdSN */
    if (!run->flipped) {
        assert_int_equal(be32(bhs + 28), run->requests == 0 ? 0 : run->stat_sn);
    }
    assert_zeros(bhs + 32, 16);
    assert_int_equal(run->request_size, 48 + (length + 3) / 4 * 4);
    assert_zeros(bhs + 48 + length, run->request_size - 48 - length);
    assert_true(length == 0 || bhs[48 + length - 1] == 0);
}

/* Adds a request to run->sent as a line: stages, text. */
static void tell_request(struct login_run *run) {
    const uint8_t *bhs = run->request;
    size_t length = (size_t)bhs[5] << 16 | (size_t)bhs[6] << 8 | bhs[7];
    size_t used = strlen(run->sent);
    assert_true(used + length + 16 < sizeof(run->sent));
    char *at = run->sent + used;
    if (used > 0) {
        *at++ = '\n';
    }
    *at++ = (char)('0' + (bhs[1] >> 2 & 3));
    if ((bhs[1] & T) != 0) {
        *at++ = '>';
        *at++ = (char)('0' + (bhs[1] & 3));
    }
    if ((bhs[1] & C) != 0) {
        *at++ = '+';
    }
    *at++ = ' ';
    for (size_t i = 0; i < length; i++) {
        *at++ = bhs[48 + i] == 0 ? '|' : (char)bhs[48 + i];
    }
    *at = '\0';
}

/* How many bytes the next step of a delivery may take. */
static size_t piece(struct login_run *run, size_t left) {
    size_t most = run->delivery == DELIVER_BYTES    ? 1
                  : run->delivery == DELIVER_RANDOM ? 1 + random_below(&run->seed, 90)
                                                    : left;
    return most < left ? most : left;
}

bool login_pull(struct login_run *run) {
    uint32_t itt = run->requests > 0 ? be32(run->request + 16) : 0;
    size_t size = 0;
    for (;;) {
        sanscsi_iovec iov[3];
        size_t count = 0, taken = 0;
        size_t max = run->delivery == DELIVER_WHOLE ? 3 : 1;
        int32_t status = sanscsi_tx_window(run->session, 0, iov, max, &count);
        if (status != SANSCSI_OK || count == 0) {
            break;
        }
        for (size_t i = 0; i < count; i++) {
            size_t bytes = piece(run, iov[i].size);
            assert_true(size + bytes <= sizeof(run->request));
            memcpy(run->request + size, iov[i].data, bytes);
            size += bytes;
            taken += bytes;
            if (bytes < iov[i].size) {
                break;
            }
        }
        assert_int_equal(sanscsi_tx_commit(run->session, 0, taken, run->now), SANSCSI_OK);
    }
    if (size == 0) {
        return false;
    }
    run->request_size = size;
    check_request(run);
    assert_true(run->requests == 0 || be32(run->request + 16) == itt);
    if (run->requests > 0) {
        tell_request(run);
    }
    run->requests++;
    return true;
}

/* Copies a pair list with one pair replaced or left out, nulls in place of bars. */
static size_t put_text(uint8_t *out, const char *text, const char *swap) {
    size_t size = 0, key = 0;
    bool swapped = swap == NULL;
    while (swap != NULL && swap[key] != '=' && swap[key] != '\0') {
        key++;
    }
    while (*text != '\0') {
        size_t length = 0;
        while (text[length] != '|' && text[length] != '\0') {
            length++;
        }
        bool ended = text[length] == '|';
        const char *pair = text;
        size_t pair_length = length;
        if (swap != NULL && strncmp(text, swap, key) == 0 && text[key] == '=') {
            pair = swap;
            pair_length = swap[key] == '=' ? strlen(swap) : 0;
            swapped = true;
        }
        memcpy(out + size, pair, pair_length);
        size += pair_length;
        if (ended && pair_length > 0) {
            out[size++] = 0;
        } else if (ended && length == 0) {
            out[size++] = 0; /* an empty pair of the script's own */
        }
        text += length + (ended ? 1 : 0);
    }
    assert_true(swapped);
    return size;
}

/* Brings a response to the session, with what is to happen to it on the way. */
static void deliver(struct login_run *run, uint8_t *pdu, size_t size) {
    if (run->flip > 0) {
        pdu[(run->flip - 1) / 8] ^= (uint8_t)(1u << (run->flip - 1) % 8);
        run->flipped = true;
    }
    size_t cut = run->cut < size ? run->cut : size;
    run->flip = 0;
    run->cut = 0;
    login_feed(run, pdu, size - cut);
}

void login_reply(struct login_run *run, const struct login_reply *reply) {
    static uint8_t pdu[48 + 1020 + 16384 + 4];
    memset(pdu, 0, sizeof(pdu));
    pdu[0] = 0x23;
    pdu[1] = (uint8_t)reply->flags;
    memcpy(pdu + 8, isid, sizeof(isid));
    if ((reply->flags & T) != 0 && (reply->flags & 3) == 3) {
        pdu[14] = TSIH >> 8;
        pdu[15] = TSIH & 0xff;
    }
    memcpy(pdu + 16, run->request + 16, 4);
    put_be32(pdu + 24, run->stat_sn++);
    put_be32(pdu + 28, 1);
    put_be32(pdu + 32, 32);
    uint8_t text[12288];
    size_t size = put_text(text, texts[reply->base], reply->swap);
    if (reply->text != NULL) {
        size += put_text(text + size, reply->text, NULL);
    }
    assert_true(size + reply->filler <= sizeof(text));
    memset(text + size, 'x', reply->filler);
    size += reply->filler;
    pdu[5] = (uint8_t)(size >> 16);
    pdu[6] = (uint8_t)(size >> 8);
    pdu[7] = (uint8_t)size;
    for (size_t i = 0; i < LOGIN_PATCHES; i++) {
        if (reply->patches[i].at != 0 || reply->patches[i].value != 0) {
            pdu[reply->patches[i].at] = reply->patches[i].value;
        }
    }
    size_t start = 48 + 4 * (size_t)pdu[4];
    memcpy(pdu + start, text, size);
    deliver(run, pdu, start + (size + 3) / 4 * 4);
}

/* Bytes through windows of one entry, as a read() would bring them. */
static int32_t feed_window(struct login_run *run, const uint8_t *bytes, size_t *size) {
    sanscsi_iovec iov;
    size_t count = 0;
    int32_t status = sanscsi_rx_window(run->session, 0, &iov, 1, &count);
    if (status != SANSCSI_OK || count == 0) {
        return SANSCSI_PROTOCOL_ERROR;
    }
    *size = *size < iov.size ? *size : iov.size;
    memcpy(iov.data, bytes, *size);
    return sanscsi_rx_commit(run->session, 0, *size, run->now);
}

void login_feed(struct login_run *run, const uint8_t *bytes, size_t size) {
    run->status = SANSCSI_OK;
    while (size > 0 && run->status == SANSCSI_OK) {
        size_t step = piece(run, size);
        if (run->delivery == DELIVER_WINDOWS) {
            run->status = feed_window(run, bytes, &step);
        } else {
            run->status = sanscsi_rx_feed(run->session, 0, bytes, step, run->now);
        }
        bytes += step;
        size -= step;
    }
}

/* Adds text behind what a buffer holds. */
static void add(char *buffer, const char *text, size_t length) {
    size_t used = strlen(buffer);
    assert_true(used + length < LOGIN_TEXT);
    memcpy(buffer + used, text, length);
    buffer[used + length] = '\0';
}

static void add_number(char *buffer, const char *format, uint64_t number) {
    char text[24];
    (void)snprintf(text, sizeof(text), format[0] == 'x' ? "%llx" : "%llu",
                   (unsigned long long)number);
    add(buffer, text, strlen(text));
}

static void tell_event(struct login_run *run, const sanscsi_event *event) {
    char *events = run->events;
    if (events[0] != '\0') {
        add(events, "\n", 1);
    }
    add_number(events, "d", event->id);
    add(events, "(", 1);
    for (uint32_t i = 0; i < event->arg_count; i++) {
        const sanscsi_event_arg *arg = &event->args[i];
        if (i > 0) {
            add(events, ",", 1);
        }
        if (arg->type == SANSCSI_ARG_STRING) {
            add(events, (const char *)arg->text, arg->text_length);
            add(events, "+", arg->truncated);
        } else {
            add_number(events, arg->type == SANSCSI_ARG_HEX ? "x" : "d", arg->number);
        }
    }
    add(events, ")[", 2);
    for (uint32_t i = 0; i < event->cause_count; i++) {
        const char *number = sanscsi_event_cause_number(event->id, event->causes[i]);
        assert_non_null(number);
        add(events, ",", i > 0);
        add(events, number, strlen(number));
    }
    add(events, "]", 1);
    assert_int_equal(event->cid, 0);
    assert_true(event->time == run->now);
    assert_int_equal(event->portal_length, strlen(run->portal));
    assert_memory_equal(event->portal, run->portal, strlen(run->portal));
}

static void take_question(struct login_run *run, const sanscsi_output *output) {
    assert_true(output->chap_name_length < sizeof(run->asked_name));
    memset(run->asked_name, 0, sizeof(run->asked_name));
    memcpy(run->asked_name, output->chap_name, output->chap_name_length);
    run->asked = output->secret;
    run->asks++;
    if (run->script->secret != NULL) {
        run->script->secret(run);
    }
}

void login_poll(struct login_run *run) {
    for (;;) {
        sanscsi_output output = {.size = sizeof(output)};
        assert_int_equal(sanscsi_poll(run->session, &output), SANSCSI_OK);
        switch (output.type) {
        case SANSCSI_OUTPUT_NONE:
            return;
        case SANSCSI_OUTPUT_CONNECT:
            run->connects++;
            assert_int_equal(output.port, run->port);
            assert_string_equal(output.host, run->host);
            assert_int_equal(output.host_length, strlen(run->host));
            break;
        case SANSCSI_OUTPUT_CLOSE:
            run->closes++;
            break;
        case SANSCSI_OUTPUT_LOGGED_IN:
            run->logged_in++;
            break;
        case SANSCSI_OUTPUT_LOGGED_OUT:
            run->logged_out++;
            break;
        case SANSCSI_OUTPUT_SECRET:
            take_question(run, &output);
            break;
        case SANSCSI_OUTPUT_EVENT:
            /* A run before may have been cut off in full feature phase: not this script's affair.
             */
            if (output.event->id != SANSCSI_EVENT_SESSION_REINSTATED) {
                tell_event(run, output.event);
            }
            break;
        default:
            fail_msg("output %u in a login", output.type);
        }
    }
}

void login_begin(struct login_run *run, sanscsi_session *session, const struct login_script *script,
                 enum login_delivery delivery, uint32_t seed) {
    memset(run, 0, sizeof(*run));
    run->session = session;
    run->script = script;
    run->delivery = delivery;
    run->seed = seed;
    run->now = 5 * SANSCSI_SECOND;
    run->host = LOGIN_HOST;
    run->port = 3260;
    run->portal = LOGIN_PORTAL;
    assert_int_equal(sanscsi_session_start(session, run->now), SANSCSI_OK);
    login_poll(run);
    assert_int_equal(run->connects, 1);
    login_open(run, script);
}

void login_open(struct login_run *run, const struct login_script *script) {
    run->script = script;
    run->requests = 0;
    run->stat_sn = FIRST_STAT_SN;
    run->status = sanscsi_connected(run->session, 0, run->now);
    login_poll(run);
}

void login_play(struct login_run *run, sanscsi_session *session, const struct login_script *script,
                enum login_delivery delivery, uint32_t seed) {
    login_begin(run, session, script, delivery, seed);
    login_answer(run);
}

void login_answer(struct login_run *run) {
    const struct login_script *script = run->script;
    for (uint32_t i = 0; i < script->count && run->status == SANSCSI_OK; i++) {
        const struct login_reply *reply = &script->replies[i];
        for (uint32_t n = 0; n <= reply->repeat && run->status == SANSCSI_OK; n++) {
            if (!reply->unasked && !login_pull(run)) {
                fail_msg("%s: no request for reply %u", script->name, i);
            }
            login_reply(run, reply);
            login_poll(run);
        }
    }
    if (run->status == SANSCSI_OK && script->end != LOGIN_ENDS_WELL) {
        (void)login_pull(run);
    }
}
