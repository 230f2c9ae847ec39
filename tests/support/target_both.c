/* Bidirectional commands at the test target (RFC 7143 11.2.2.4, 11.3.4, 11.7). */
#include "support/target.h"

static uint32_t smaller(uint32_t a, uint32_t b) {
    return a < b ? a : b;
}

void target_take_read_length(struct target *target, struct target_task *task, const uint8_t *ahs,
                             uint32_t size) {
    bool both = task->reads && task->writes;
    if ((size != 0) != both) {
        target_violation(target, "Bidirectional Read Expected Data Transfer Length AHS");
        return;
    }
    if (!both) {
        return;
    }
    if (size != 8 || get16(ahs) != 5 || ahs[2] != 2 || ahs[3] != 0 || task->edtl == 0 ||
        get32(ahs + 4) == 0) {
        target_violation(target, "Bidirectional Read Expected Data Transfer Length AHS");
        return;
    }
    task->read_length = get32(ahs + 4);
}

void target_read_some(struct target *target, struct target_task *task) {
    uint32_t at = task->read_sent;
    uint32_t most = target->agreed.initiator_segment;
    if (target->config.data_in_size != 0) {
        most = smaller(most, target->config.data_in_size);
    }
    uint32_t in_burst = target->agreed.max_burst - at % target->agreed.max_burst;
    uint32_t left = task->read_length - at;
    uint32_t piece = smaller(smaller(most, in_burst), left);
    uint32_t from = get32(task->cdb + 10);
    if (piece == 0 || from + task->read_length > target->config.storage_bytes) {
        return;
    }
    uint8_t bhs[48];
    target_begin(target, bhs, 0x25, piece == in_burst || piece == left ? 0x80 : 0, task->itt);
    put32(bhs + 20, TARGET_NO_TAG);
    put32(bhs + 24, UINT32_C(0xdeadbeef)); /* meaningless without S */
    put32(bhs + 36, task->data_sn++);
    put32(bhs + 40, at);
    target_send(target, bhs, target->storage + from + at, piece);
    task->read_sent += piece;
    task->data_ins++;
}

void target_read_rest(struct target *target, struct target_task *task) {
    for (uint32_t before_it = UINT32_MAX; before_it != task->read_sent;) {
        before_it = task->read_sent;
        target_read_some(target, task);
    }
}

void target_respond_both(struct target *target, struct target_task *task, uint8_t flags,
                         uint8_t status, uint32_t residual, uint32_t read_residual) {
    uint32_t itt = task->itt;
    uint32_t exp_data_sn = target->config.data_in_alone ? task->data_ins : task->data_sn;
    target_drop(target, task);
    uint8_t bhs[48];
    target_begin_status(target, bhs, 0x21, (uint8_t)(0x80 | flags), itt);
    bhs[3] = status;
    put32(bhs + 36, exp_data_sn);
    put32(bhs + 40, read_residual);
    put32(bhs + 44, residual);
    target_send(target, bhs, NULL, 0);
}
