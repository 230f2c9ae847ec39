/* Property: a session does the same however the target's bytes are cut: it sends, tells and blames
 * alike whether they come whole, one by one, in any pieces, fed or through its windows. */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "conn/rx.h"
#include "fuzz.h"
#include "negotiate/engine.h"
#include "tests/rogue/replay.h"
#include "text/pairs.h"
#include "wire/crc32c.h"
#include "wire/pdu.h"

#define STEPS_MOST 12u
#define PDUS_MOST 24u
#define DATA_MOST 300u
#define TEXT_MOST 2048u
#define REQUESTS_MOST 16u

/* What the target says, step by step; the initiator is heard out between two. */
struct script {
    size_t count;
    struct bytes steps[STEPS_MOST];
};

/* The target: what it has seen of the initiator, and its numbers. */
struct peer {
    struct negotiation negotiation;
    size_t seen; /* bytes of the initiator's stream */
    uint32_t itts[REQUESTS_MOST];
    uint32_t requests;
    uint32_t stat_sn;
    uint32_t cmd_sn;                 /* the newest of the initiator */
    bool header_digest, data_digest; /* in force, in both directions */
};

/* The next PDU of the initiator; false when there is none. */
static bool next_request(struct peer *peer, const struct run *run, uint8_t bhs[BHS_SIZE],
                         struct span *data) {
    struct reader reader;
    sanscsi_reader_init(&reader, run->sent.data, run->sent.size);
    sanscsi_reader_skip(&reader, peer->seen);
    if (sanscsi_reader_left(&reader) < BHS_SIZE) {
        return false;
    }
    memcpy(bhs, sanscsi_reader_take(&reader, BHS_SIZE).data, BHS_SIZE);
    sanscsi_reader_skip(&reader, 4u * bhs[4] + (peer->header_digest ? RX_DIGEST_SIZE : 0));
    *data = sanscsi_reader_take(&reader, load_be24(bhs + 5));
    sanscsi_reader_skip(&reader, (4 - data->size % 4) % 4);
    sanscsi_reader_skip(&reader, peer->data_digest && data->size > 0 ? RX_DIGEST_SIZE : 0);
    FUZZ_HOLDS(!reader.failed, "the initiator sends whole PDUs");
    peer->seen = reader.position;
    peer->itts[peer->requests++ % REQUESTS_MOST] = load_be32(bhs + 16);
    peer->cmd_sn = load_be32(bhs + 24);
    return true;
}

/* A legal answer to a Login Request; the negotiation is the library's own, as a target. */
static void answer_login(struct peer *peer, const uint8_t request[BHS_SIZE], struct span keys,
                         struct bytes *out) {
    struct login_request asked;
    uint8_t text[TEXT_MOST] = {0};
    uint8_t bhs[BHS_SIZE];
    struct builder answer;
    struct reader reader;
    struct pair pair;
    sanscsi_login_request_decode(&asked, request);
    sanscsi_builder_init(&answer, text, sizeof(text));
    sanscsi_reader_init(&reader, keys.data, keys.size);
    while (sanscsi_pair_next(&reader, &pair) == PAIR_OK) {
        (void)sanscsi_negotiation_receive(&peer->negotiation, asked.csg, pair.key, pair.value);
    }
    if (asked.csg == STAGE_SECURITY) {
        sanscsi_pair_put(&answer, "TargetPortalGroupTag", SPAN_LITERAL("1"));
        sanscsi_pair_put(&answer, "AuthMethod", SPAN_LITERAL("None"));
    }
    sanscsi_negotiation_answer(&peer->negotiation, &answer);
    struct login_response response = {
        .transit = true,
        .csg = asked.csg,
        .nsg = asked.csg == STAGE_SECURITY ? STAGE_OPERATIONAL : STAGE_FULL_FEATURE,
        .data_segment_length = (uint32_t)answer.size,
        .tsih = asked.csg == STAGE_SECURITY ? 0 : 1,
        .itt = asked.itt,
        .stat_sn = peer->stat_sn++,
        .exp_cmd_sn = asked.cmd_sn,
        .max_cmd_sn = asked.cmd_sn + 16,
    };
    memcpy(response.isid, asked.isid, sizeof(response.isid));
    sanscsi_login_response_encode(&response, bhs);
    bytes_add(out, bhs, sizeof(bhs));
    bytes_add(out, text, (answer.size + 3) / 4 * 4);
    if (asked.csg != STAGE_SECURITY) { /* RFC 7143 13.1: from full feature phase on */
        const sanscsi_parameters *result = &peer->negotiation.result;
        peer->header_digest = result->header_digest == SANSCSI_DIGEST_CRC32C;
        peer->data_digest = result->data_digest == SANSCSI_DIGEST_CRC32C;
    }
}

/* The digest of what lies behind `from`, where it is in force. */
static void add_digest(struct bytes *out, size_t from, bool in_force) {
    uint8_t word[RX_DIGEST_SIZE];
    if (in_force) {
        store_le32(word, sanscsi_crc32c_portable(0, out->data + from, out->size - from));
        bytes_add(out, word, sizeof(word));
    }
}

/* A PDU that looks right where the input does not say otherwise. */
static void add_pdu(struct peer *peer, struct reader *input, struct bytes *out) {
    static const uint8_t opcodes[] = {
        OPCODE_SCSI_RESPONSE, OPCODE_DATA_IN,         OPCODE_R2T,          OPCODE_NOP_IN,
        OPCODE_REJECT,        OPCODE_LOGOUT_RESPONSE, OPCODE_TMF_RESPONSE, OPCODE_TEXT_RESPONSE,
        OPCODE_ASYNC_MESSAGE, OPCODE_LOGIN_RESPONSE};
    uint8_t bhs[BHS_SIZE] = {0};
    static const uint8_t zeros[8] = {0};
    bhs[0] = opcodes[fuzz_up_to(input, sizeof(opcodes) - 1)];
    bhs[1] = (uint8_t)(sanscsi_reader_u8(input) ^ FLAG_FINAL);
    bhs[3] = sanscsi_reader_u8(input);
    uint32_t tags = sanscsi_reader_u8(input);
    bhs[4] = (tags & 0x80) != 0 ? sizeof(zeros) / 4 : 0; /* words of AHS */
    bool has_status =
        (bhs[0] != OPCODE_DATA_IN || (bhs[1] & FLAG_STATUS) != 0) && bhs[0] != OPCODE_R2T;
    store_be32(bhs + 16, (tags & 0x0f) == 0x0f ? TAG_RESERVED : peer->itts[tags & 0x0f]);
    store_be32(bhs + 20, (tags & 0x10) == 0 ? TAG_RESERVED : tags);
    store_be32(bhs + 24, peer->stat_sn);
    peer->stat_sn += has_status && (tags & 0x20) == 0;
    store_be32(bhs + 28, peer->cmd_sn + 1);
    store_be32(bhs + 32, peer->cmd_sn + 16);
    for (size_t at = 36; at < BHS_SIZE; at += 4) {
        store_be32(bhs + at, sanscsi_reader_u8(input) * (at == 36 ? 1u : 4u));
    }
    if ((tags & 0x40) != 0) { /* one byte is wrong */
        size_t at = fuzz_up_to(input, BHS_SIZE - 1);
        bhs[at] ^= sanscsi_reader_u8(input);
    }
    struct span data = fuzz_bytes(input, DATA_MOST);
    store_be24(bhs + 5, (uint32_t)data.size);
    size_t start = out->size;
    bytes_add(out, bhs, sizeof(bhs));
    bytes_add(out, zeros, (tags & 0x80) != 0 ? sizeof(zeros) : 0);
    add_digest(out, start, peer->header_digest);
    start = out->size;
    bytes_add(out, data.data, data.size);
    bytes_add(out, zeros, (4 - data.size % 4) % 4);
    add_digest(out, start, peer->data_digest && data.size > 0);
}

/* The next step of the target; false when it has nothing more to say. */
static bool make_step(struct peer *peer, const struct run *run, struct reader *input, bool login,
                      struct bytes *step) {
    uint8_t bhs[BHS_SIZE];
    struct span data;
    size_t before = step->size;
    while (next_request(peer, run, bhs, &data)) {
        if (login && (bhs[0] & OPCODE_MASK) == OPCODE_LOGIN_REQUEST) {
            answer_login(peer, bhs, data, step);
        }
    }
    if (step->size > before) {
        return true;
    }
    if (sanscsi_reader_left(input) == 0) {
        return false;
    }
    if (fuzz_up_to(input, 7) == 0) { /* no PDUs at all */
        struct span raw = fuzz_bytes(input, 4 * DATA_MOST);
        bytes_add(step, raw.data, raw.size);
        return true;
    }
    for (uint32_t count = fuzz_up_to(input, PDUS_MOST / 4) + 1; count > 0; count--) {
        add_pdu(peer, input, step);
    }
    return true;
}

/* How a step is cut: pieces of one size, or of sizes that the input chose. */
struct cutting {
    size_t piece; /* 0: the sizes below in turn */
    struct span sizes;
    int windows;
};

static void play_step(struct run *run, const struct bytes *step, const struct cutting *cutting) {
    size_t turn = 0;
    for (size_t at = 0; at < step->size;) {
        size_t left = step->size - at;
        size_t piece = cutting->piece;
        if (piece == 0) {
            piece = cutting->sizes.size == 0
                        ? 7
                        : 1u + cutting->sizes.data[turn++ % cutting->sizes.size];
        }
        piece = piece < left ? piece : left;
        run_bytes(run, step->data + at, piece, cutting->windows);
        at += piece;
    }
    run_pump(run);
}

static void begin(struct run *run, const struct plan *plan) {
    run_start(run, plan);
    run_pump(run);
    run_connected(run);
    run_pump(run);
}

/* The run that the script is made in: every step comes whole. */
static void compose(struct run *run, const struct plan *plan, struct reader *input,
                    struct script *script) {
    static const struct cutting whole = {.piece = SIZE_MAX};
    struct peer peer = {.stat_sn = 1};
    sanscsi_parameters offer;
    bool login = fuzz_up_to(input, 15) != 0;
    sanscsi_parameters_rfc_defaults(&offer);
    offer.initial_r2t = fuzz_flag(input);
    offer.header_digest = SANSCSI_DIGEST_NONE_CRC32C;
    offer.data_digest = SANSCSI_DIGEST_NONE_CRC32C;
    offer.max_burst_length = 1024;
    offer.first_burst_length = 512;
    sanscsi_negotiation_init(&peer.negotiation, NEGOTIATE_AS_TARGET, NEGOTIATE_LEADING, &offer);
    begin(run, plan);
    while (script->count < STEPS_MOST && run->connected &&
           make_step(&peer, run, input, login, &script->steps[script->count])) {
        play_step(run, &script->steps[script->count++], &whole);
    }
}

static void compare(const struct run *is, const struct run *due) {
    sanscsi_fault is_fault = {.size = sizeof(is_fault)};
    sanscsi_fault due_fault = {.size = sizeof(due_fault)};
    FUZZ_HOLDS(bytes_equal(&is->sent, &due->sent), "the same is sent however the bytes come");
    FUZZ_HOLDS(bytes_equal(&is->outputs, &due->outputs), "outputs are the same");
    FUZZ_HOLDS(bytes_equal(&is->events, &due->events), "events are the same");
    int32_t is_status = sanscsi_connection_fault(is->session, 0, &is_fault);
    int32_t due_status = sanscsi_connection_fault(due->session, 0, &due_fault);
    FUZZ_HOLDS(is_status == due_status && is_fault.code == due_fault.code &&
                   is_fault.opcode == due_fault.opcode && is_fault.value == due_fault.value,
               "the fault is the same");
    FUZZ_HOLDS(sanscsi_session_state(is->session) == sanscsi_session_state(due->session) &&
                   is->connected == due->connected && is->done == due->done,
               "the session ends in the same state");
}

static void replay(const struct plan *plan, const struct script *script,
                   const struct cutting *cutting, const struct run *due) {
    struct run run;
    begin(&run, plan);
    for (size_t i = 0; i < script->count && run.connected; i++) {
        play_step(&run, &script->steps[i], cutting);
    }
    compare(&run, due);
    run_end(&run);
}

static void settle(struct plan *plan, struct reader *input) {
    static const uint8_t isid[8] = {0x80, 0x12, 0x34, 0x56, 0x78, 0x9a, 1, 0};
    memset(plan, 0, sizeof(*plan));
    plan->scenario = (enum scenario)fuzz_up_to(input, SCENARIO_WRITE);
    plan->silence = -1;
    plan->name = "iqn.2004-01.com.example:initiator";
    sanscsi_session_settings_defaults(&plan->settings);
    memcpy(plan->settings.isid, isid, sizeof(isid));
    plan->settings.parameters.header_digest = fuzz_up_to(input, SANSCSI_DIGEST_CRC32C_NONE);
    plan->settings.parameters.data_digest = fuzz_up_to(input, SANSCSI_DIGEST_CRC32C_NONE);
    plan->settings.host = "h";
    plan->settings.host_length = 1;
    if (plan->scenario == SCENARIO_DISCOVER) {
        plan->settings.type = SANSCSI_SESSION_DISCOVERY;
    } else {
        plan->settings.target_name = "iqn.2004-01.com.example:target";
        plan->settings.target_name_length = strlen(plan->settings.target_name);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct reader input;
    struct plan plan;
    struct run first;
    struct script script = {0};
    sanscsi_reader_init(&input, data, size);
    settle(&plan, &input);
    struct span sizes = fuzz_bytes(&input, 32);
    const struct cutting cuttings[] = {
        {.piece = 1},
        {.sizes = sizes},
        {.piece = SIZE_MAX, .windows = 1},
        {.sizes = sizes, .windows = 1},
    };
    compose(&first, &plan, &input, &script);
    for (size_t i = 0; i < sizeof(cuttings) / sizeof(cuttings[0]); i++) {
        replay(&plan, &script, &cuttings[i], &first);
    }
    run_end(&first);
    for (size_t i = 0; i < script.count; i++) {
        bytes_free(&script.steps[i]);
    }
    return 0;
}
