/* The command window of a session (RFC 7143 4.2.2.1). */
#ifndef SANSCSI_SESSION_WINDOW_H
#define SANSCSI_SESSION_WINDOW_H

#include "base/serial.h"

struct command_window {
    uint32_t cmd_sn; /* of the next non-immediate request */
    uint32_t exp_cmd_sn;
    uint32_t max_cmd_sn;
};

static inline bool window_open(const struct command_window *window) {
    return serial_less_equal(window->exp_cmd_sn, window->cmd_sn) &&
           serial_less_equal(window->cmd_sn, window->max_cmd_sn);
}

/* Takes both fields of a PDU, each only if it goes forward; neither when they contradict. */
static inline void window_update(struct command_window *window, uint32_t exp_cmd_sn,
                                 uint32_t max_cmd_sn) {
    if (serial_less(max_cmd_sn, exp_cmd_sn - 1)) {
        return;
    }
    if (serial_less(window->exp_cmd_sn, exp_cmd_sn)) {
        window->exp_cmd_sn = exp_cmd_sn;
    }
    if (serial_less(window->max_cmd_sn, max_cmd_sn)) {
        window->max_cmd_sn = max_cmd_sn;
    }
}

#endif
