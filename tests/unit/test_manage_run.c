/* Tasks on several units and the functions that end them, as their tests submit and ask. */
#include "test_manage_run.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

uint8_t managed_buffer[WRITE_BYTES];
static sanscsi_iovec read_list = {managed_buffer, READ_BYTES};
static sanscsi_iovec write_list = {managed_buffer, WRITE_BYTES};

sanscsi_task managed_submit(struct harness *harness, uint8_t opcode, uint64_t lun, uint64_t user,
                            uint32_t flags, uint64_t time) {
    struct harness_command command = {.opcode = opcode,
                                      .lun = lun,
                                      .list = opcode == TARGET_OP_READ ? &read_list : &write_list,
                                      .count = 1,
                                      .user = user,
                                      .timeout = time,
                                      .flags = flags};
    return harness_submit(harness, &command);
}

sanscsi_task managed_read(struct harness *harness, uint64_t lun, uint64_t user) {
    return managed_submit(harness, TARGET_OP_READ, lun, user, 0, 0);
}

int32_t managed_function(struct harness *harness, uint32_t function, uint64_t lun,
                         sanscsi_task task, uint64_t time) {
    sanscsi_management management;
    sanscsi_management_defaults(&management);
    management.function = function;
    management.lun = lun;
    management.user = MANAGEMENT;
    management.task = task;
    management.timeout = time;
    return sanscsi_manage(harness->session, &management, harness->now, NULL);
}

uint32_t managed_ending(const struct harness *harness, uint64_t user) {
    return harness->done[user] == 0 ? UNANSWERED : harness_result(harness, user)->io_status;
}
