/* Task management at the test target (RFC 7143 11.5, 11.6, RFC 7144 6). */
#include <stdlib.h>
#include <string.h>

#include "support/target.h"

enum { ABORT_TASK = 1, CLEAR_ACA = 3, QUERY_TASK = 9, QUERY_TASK_SET = 10, NEXUS_RESET = 11 };

/* The resets of a target and of the nexus name no unit (RFC 7143 11.5.3, RFC 7144 6.3.1). */
static bool names_no_unit(uint8_t function) {
    return function == 6 || function == 7 || function == NEXUS_RESET;
}

static bool names_task(uint8_t function) {
    return function == ABORT_TASK || function == QUERY_TASK;
}

/* RFC 7143 11.5.3 to 11.5.6, RFC 7144 6.3. */
static void check(struct target *target, const uint8_t *bhs) {
    uint8_t function = bhs[1] & 0x7f;
    uint8_t last = target->agreed.protocol_level >= 2 ? 12 : 7;
    if (function < 1 || function > last || function == 8 || get32(bhs + 36) != 0) {
        target_violation(target, "task management of an unknown kind");
    }
    if (names_no_unit(function) && get64(bhs + 8) != 0) {
        target_violation(target, "task management with a LUN that is reserved");
    }
    if (!names_task(function)) {
        if (get32(bhs + 20) != TARGET_NO_TAG || get32(bhs + 32) != 0) {
            target_violation(target, "task management with a reserved field that is set");
        }
        return;
    }
    struct target_task *task = target_find(target, get32(bhs + 20));
    /* RFC 7143 11.5.5: of an immediate command, that of the function itself. */
    uint32_t ref_cmd_sn = task != NULL && !task->immediate ? task->cmd_sn : get32(bhs + 24);
    if (task != NULL && (task->lun != get64(bhs + 8) || ref_cmd_sn != get32(bhs + 32))) {
        target_violation(target, "a function with another LUN or RefCmdSN than the task's");
    }
}

/* Whether a function ends a task that came before it. */
static bool ends(const uint8_t *bhs, const struct target_task *task) {
    uint8_t function = bhs[1] & 0x7f;
    if (function == ABORT_TASK) {
        return task->itt == get32(bhs + 20);
    }
    if (function == CLEAR_ACA || function == QUERY_TASK || function == QUERY_TASK_SET ||
        function > NEXUS_RESET) {
        return false;
    }
    return (names_no_unit(function) || task->lun == get64(bhs + 8)) &&
           (task->immediate || before(task->cmd_sn, get32(bhs + 24)));
}

void target_finish_management(struct target *target, const uint8_t *bhs, uint8_t response) {
    for (uint32_t i = 0; i < TARGET_TASKS; i++) {
        struct target_task *task = &target->tasks[i];
        if (response <= 1 && task->used && ends(bhs, task)) {
            target_drop(target, task);
        }
    }
    uint8_t answer[48];
    target_begin_status(target, answer, 0x22, 0x80, get32(bhs + 16));
    answer[2] = response;
    put24(answer + 8, target->config.tmf_info);
    target_send(target, answer, NULL, 0);
}

/* RFC 7143 4.2.3.4 a, 11.5.1: what becomes of the data of the tasks until the answer. */
static void restrain(struct target *target, const uint8_t *bhs) {
    uint8_t function = bhs[1] & 0x7f;
    for (uint32_t i = 0; i < TARGET_TASKS; i++) {
        struct target_task *task = &target->tasks[i];
        if (function != ABORT_TASK && task->used && ends(bhs, task)) {
            task->no_data = target->agreed.task_reporting == 2;
            task->early_end = function == 2 || function == 4;
        }
    }
}

void target_task_management(struct target *target, const uint8_t *bhs) {
    memcpy(target->last_tmf, bhs, 48);
    check(target, bhs);
    restrain(target, bhs);
    target->aborts += (bhs[1] & 0x7f) == ABORT_TASK ? 1 : 0;
    if (target->missing && bhs[0] == 0x42 && bhs[1] == 0x81 &&
        get32(bhs + 32) == target->missing_sn) {
        target->missing = false; /* RFC 7143 11.6.1 b */
    }
    int32_t response = target->config.tmf_responses[bhs[1] & 0x0f];
    if (response == 0) {
        response = target->config.tmf_response;
    }
    if (response >= 0) {
        target_finish_management(target, bhs, (uint8_t)response);
    }
}

void target_terminate(struct target *target, uint64_t lun) {
    if (target->terminated_count == 8) {
        abort();
    }
    for (uint32_t i = 0; i < TARGET_TASKS; i++) {
        if (target->tasks[i].used && target->tasks[i].lun == lun) {
            target_drop(target, &target->tasks[i]);
        }
    }
    target->terminated[target->terminated_count] = lun;
    target->terminated_stat_sn[target->terminated_count++] = target->stat_sn;
    uint8_t bhs[48];
    target_begin_status(target, bhs, 0x32, 0x80, TARGET_NO_TAG);
    put64(bhs + 8, lun);
    bhs[36] = 5;
    target_send(target, bhs, NULL, 0);
}

bool target_acknowledged(struct target *target, const uint8_t *bhs) {
    uint32_t kept = 0;
    uint32_t count = target->terminated_count;
    for (uint32_t i = 0; i < count; i++) {
        if (target->terminated[i] == get64(bhs + 8) &&
            before(target->terminated_stat_sn[i], get32(bhs + 28))) {
            continue;
        }
        target->terminated[kept] = target->terminated[i];
        target->terminated_stat_sn[kept++] = target->terminated_stat_sn[i];
    }
    target->terminated_count = kept;
    target->acknowledgements += kept < count ? 1 : 0;
    return kept < count && (bhs[0] & 0x40) != 0;
}
