/* Negotiations behind the login: both sides may declare their MaxRecvDataSegmentLength anew (RFC
 * 7143 6.4, 11.10, 11.11, 13.12). */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "simulation/world.h"

static const char key[] = "MaxRecvDataSegmentLength=";

void target_text(struct lane *lane, const uint8_t *bhs, const uint8_t *text, uint32_t length) {
    struct target *target = &lane->target;
    char copy[64] = {0};
    if (target->negotiates || get32(bhs + 20) != TARGET_NO_TAG || get64(bhs + 8) != 0 ||
        length >= sizeof(copy) || (bhs[0] & 0x40) != 0) {
        target_violation(lane, "a Text Request, its tag, LUN, length or delivery");
    }
    memcpy(copy, text, length);
    target->text_segment = 0;
    if (length > 0) {
        if (strncmp(copy, key, sizeof(key) - 1) != 0 || strlen(copy) + 1 != length) {
            target_violation(lane, "text that is not one declaration");
        }
        target->text_segment = (uint32_t)strtoul(copy + sizeof(key) - 1, NULL, 10);
    }
    target_follow(lane, false);
    target->negotiated = true;
    target->negotiates = true;
    target->text_itt = get32(bhs + 16);
    uint64_t delay = target_delay(lane);
    target->text_due = delay == NEVER ? NEVER : lane->world->now + delay;
    note(lane, "  text request (tag, segment)", target->text_itt, target->text_segment, 0, 0);
}

/* No Data-In of the old length may follow the answer. */
static bool is_sending(const struct target *target) {
    for (uint32_t i = 0; i < TARGET_TASKS; i++) {
        if (target->tasks[i].used && target->tasks[i].phase == PHASE_SEND) {
            return true;
        }
    }
    return false;
}

bool target_answer_text(struct lane *lane) {
    struct target *target = &lane->target;
    if (!target->negotiates || target->text_due > lane->world->now || is_sending(target)) {
        return false;
    }
    char text[64];
    uint32_t length = 0;
    if (dice_one_in(&lane->world->dice, 2)) {
        target->segment = (uint32_t)dice_scale(&lane->world->dice, 512, 131072);
        if (target->segment > target->segment_limit) {
            target->segment_limit = target->segment;
        }
        length = (uint32_t)snprintf(text, sizeof(text), "%s%" PRIu32, key, target->segment) + 1;
    }
    if (target->text_segment != 0) {
        target->agreed.initiator_segment = target->text_segment;
    }
    target->negotiates = false;
    uint8_t bhs[48];
    target_begin(lane, bhs, 0x24, 0x80, target->text_itt);
    target_number(lane, bhs, true);
    target_send(lane, bhs, text, length);
    count(lane, COUNT_NEGOTIATIONS);
    note(lane, "  text answered (initiator's segment, ours)", target->agreed.initiator_segment,
         target->segment, 0, 0);
    return true;
}
