/* Judges a login that has succeeded, by simple rules of RFC 7143 11.13 and 12.1 of its own. */
#include <string.h>

#include "login_run.h"
#include "support/target_bytes.h"

/* One Login Response and what came before it. */
struct judged {
    uint32_t stage;
    uint32_t stat_sn;
    uint32_t count;
    bool over;
};

static void judge_response(const struct login_run *run, const uint8_t *bhs, bool final_allowed,
                           struct judged *so_far) {
    bool transit = (bhs[1] & 0x80) != 0;
    bool more = (bhs[1] & 0x40) != 0;
    uint32_t csg = bhs[1] >> 2 & 3;
    uint32_t nsg = bhs[1] & 3;
    FUZZ_HOLDS((bhs[0] & 0x3f) == 0x23 && bhs[4] == 0, /* the bits before the opcode are reserved */
               "a login is made of Login Responses without AHS");
    FUZZ_HOLDS(bhs[3] == 0, "the active version is 0");
    FUZZ_HOLDS(bhs[36] == 0, "a login with a status but success has failed");
    FUZZ_HOLDS(memcmp(bhs + 8, run->request + 8, 6) == 0, "the ISID is the one that was sent");
    FUZZ_HOLDS(memcmp(bhs + 16, run->request + 16, 4) == 0, "the tag is the one that was sent");
    FUZZ_HOLDS(so_far->count == 0 || get32(bhs + 24) == so_far->stat_sn + 1,
               "StatSN goes on by one");
    FUZZ_HOLDS(csg == so_far->stage, "a response is of the stage that the login is in");
    FUZZ_HOLDS(!transit || (!more && nsg > csg && nsg != 2), "a transit leads on");
    FUZZ_HOLDS(!transit || final_allowed, "a stage is left when the initiator wants to");
    so_far->stat_sn = get32(bhs + 24);
    so_far->stage = transit ? nsg : so_far->stage;
    so_far->over = transit && nsg == 3;
    so_far->count++;
    FUZZ_HOLDS(!so_far->over || get16(bhs + 14) != 0, "a new session has a TSIH");
}

void login_judge(const struct login_run *run) {
    struct judged so_far = {0, 0, 0, false};
    size_t at = 0;
    while (!so_far.over) {
        FUZZ_HOLDS(run->heard - at >= 48, "no login succeeds without its last response");
        const uint8_t *bhs = run->stream + at;
        size_t size = 48 + 4 * (size_t)bhs[4] + (((size_t)get24(bhs + 5) + 3) & ~(size_t)3);
        FUZZ_HOLDS(run->heard - at >= size, "no login succeeds before its last response is whole");
        judge_response(run, bhs, run->final_allowed[at] != 0, &so_far);
        at += size;
    }
    bool proven = run->chap && (!run->none_too || run->proof_asked);
    FUZZ_HOLDS(!proven || run->proof_asked, "where CHAP is required we were asked for a proof");
    FUZZ_HOLDS(!proven || !run->mutual || (run->proof_sent && !run->wrong_secret),
               "where mutual CHAP is required the target has proved itself");
}
