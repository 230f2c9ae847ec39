/* Sessions that come back: what their tests share. */
#ifndef SANSCSI_TESTS_REINSTATE_RUN_H
#define SANSCSI_TESTS_REINSTATE_RUN_H

#include "support/harness.h"

#define WAIT (2 * SANSCSI_SECOND)  /* Time2Wait as agreed */
#define DELAY (200 * 1000000)      /* of the first attempt */
#define LONGEST (1000 * 1000000)   /* of any */
#define HOLD (20 * SANSCSI_SECOND) /* that commands wait */
#define TIMEOUT (300 * SANSCSI_SECOND)

#define SIZE 4096u

/* What command `user` reads to and writes from. */
extern uint8_t reinstate_buffers[64][SIZE];

/* A session with 64 tasks that comes back after `attempts` in a row at most. Each transport meets a
 * target that was started anew. */
struct harness *reinstate_ready(const struct target_config *config, uint32_t attempts);
/* Its target answers nothing until told to. Block n of its disk is filled with n. */
struct harness *reinstate_holding(uint32_t window, uint32_t attempts);

/* Submits a command for block `user`: TARGET_OP_READ or TARGET_OP_WRITE. */
int32_t reinstate_submit(struct harness *harness, uint8_t opcode, uint32_t user, uint32_t flags,
                         sanscsi_task *task);
void reinstate_read(struct harness *harness, uint32_t user, uint32_t flags);
int32_t reinstate_state(const struct harness *harness);
/* It ended once, and well; once, and so. */
void reinstate_check_read(const struct harness *harness, uint32_t user);
void reinstate_check_ended(const struct harness *harness, uint32_t user, uint32_t io_status);

/* The transport is gone, and the time of the first attempt comes. */
void reinstate_lose_and_wait(struct harness *harness);

#endif
