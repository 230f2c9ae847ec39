/* Tasks on several units and the functions that end them: what their tests share. */
#ifndef SANSCSI_TESTS_MANAGE_RUN_H
#define SANSCSI_TESTS_MANAGE_RUN_H

#include "support/harness.h"

#define UNIT_A UINT64_C(0x0001000000000000)
#define UNIT_B UINT64_C(0x0002000000000000)

enum {
    MANAGEMENT = 99,   /* the user value of functions */
    UNANSWERED = 100,  /* no io_status: the task has not ended */
    READ_BYTES = 1000, /* of each read */
    WRITE_BYTES = 4096 /* of each write */
};

/* What all reads read to and all writes write from. */
extern uint8_t managed_buffer[WRITE_BYTES];

/* Submits a command, which has to be taken: TARGET_OP_READ or TARGET_OP_WRITE. A time of 0 is the
 * session's. */
sanscsi_task managed_submit(struct harness *harness, uint8_t opcode, uint64_t lun, uint64_t user,
                            uint32_t flags, uint64_t time);
sanscsi_task managed_read(struct harness *harness, uint64_t lun, uint64_t user);

/* Asks for a function, as MANAGEMENT. A time of 0 is the session's. */
int32_t managed_function(struct harness *harness, uint32_t function, uint64_t lun,
                         sanscsi_task task, uint64_t time);

/* How a task has ended, or UNANSWERED. */
uint32_t managed_ending(const struct harness *harness, uint64_t user);

#endif
