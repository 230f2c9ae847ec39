/* Contracts of checked sums and serial numbers (lib/base/checked.h, serial.h), of the command
 * window (lib/session/window.h): in whole numbers, where nothing wraps. */
#include "base/checked.h"
#include "session/window.h"

#include "contracts.h"

/* How far b lies behind a when counting goes round at 2^32 (RFC 1982). */
#define AHEAD(a, b) ((b) >= (a) ? (b) - (a) : (b) - (a) + 0x100000000)
#define LESS(a, b) (0 < AHEAD(a, b) && AHEAD(a, b) < 0x80000000)

/*@ assigns \nothing;
    ensures \result <==> LESS(a, b); */
static inline bool serial_less(uint32_t a, uint32_t b);

/*@ assigns \nothing;
    ensures \result <==> (a == b || LESS(a, b)); */
static inline bool serial_less_equal(uint32_t a, uint32_t b);

/*@ requires \valid_read(window);
    assigns \nothing;
    ensures \result <==> AHEAD(window->exp_cmd_sn, window->cmd_sn) < 0x80000000 &&
                         AHEAD(window->cmd_sn, window->max_cmd_sn) < 0x80000000; */
static inline bool window_open(const struct command_window *window);

/*@ requires \valid(window);
    assigns window->exp_cmd_sn, window->max_cmd_sn;
    ensures window->exp_cmd_sn == \old(window->exp_cmd_sn) ||
            (window->exp_cmd_sn == exp_cmd_sn && LESS(\old(window->exp_cmd_sn), exp_cmd_sn));
    ensures window->max_cmd_sn == \old(window->max_cmd_sn) ||
            (window->max_cmd_sn == max_cmd_sn && LESS(\old(window->max_cmd_sn), max_cmd_sn)); */
static inline void window_update(struct command_window *window, uint32_t exp_cmd_sn,
                                 uint32_t max_cmd_sn);

/*@ requires \valid(result);
    assigns *result;
    ensures \result <==> a + b <= UINT64_MAX;
    ensures *result == (\result ? a + b : \old(*result)); */
static inline bool checked_add_u64(uint64_t a, uint64_t b, uint64_t *result);

/*@ assigns \nothing;
    ensures \result == \min(now + delta, UINT64_MAX); */
static inline uint64_t saturating_add_u64(uint64_t now, uint64_t delta);

/*@ assigns \nothing;
    ensures \result < 4 && (length + \result) % 4 == 0; */
static inline uint32_t pad_length(uint32_t length);

/*@ assigns \nothing;
    ensures \result == \min(a, b); */
static inline uint32_t min_u32(uint32_t a, uint32_t b);

/*@ assigns \nothing;
    ensures \result == \max(a, b); */
static inline uint32_t max_u32(uint32_t a, uint32_t b);

/*@ assigns \nothing;
    ensures \result == \min(a, b); */
static inline size_t min_size(size_t a, size_t b);

/*@ assigns \nothing;
    ensures \result == \min(a, b); */
static inline uint64_t min_u64(uint64_t a, uint64_t b);
