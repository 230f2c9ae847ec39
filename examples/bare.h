/* What bare.c needs of a system, and what it does with it. No header of a C library is needed. */
#ifndef SANSCSI_EXAMPLES_BARE_H
#define SANSCSI_EXAMPLES_BARE_H

#include <stddef.h>
#include <stdint.h>

/* A machine: its clock, its random numbers, its one TCP connection. */
struct bare_system {
    void *context; /* handed to each function */

    /* ns of a clock that never goes back. */
    uint64_t (*now)(void *context);

    /* Fills memory with random bytes. Returns 0, or -1 when there are none. */
    int32_t (*random)(void *context, void *bytes, size_t size);

    /* Opens the connection. Returns 0 or -1. */
    int32_t (*open)(void *context, const char *host, uint32_t port);

    /* Move bytes without waiting. Return how many, 0 for none now, -1 when the connection is gone.
     */
    int32_t (*receive)(void *context, void *data, size_t size);
    int32_t (*send)(void *context, const void *data, size_t size);

    /* Waits for bytes, if `full` is set also for room to send, and until `deadline` at most. */
    void (*wait)(void *context, int32_t full, uint64_t deadline);

    void (*close)(void *context);
};

enum { BARE_BLOCK = 512 };

/* Where the disk is: texts end with a zero. */
struct bare_disk {
    const char *host;
    const char *target;
    uint32_t port;
    uint16_t lun;
};

/* How it went. */
struct bare_report {
    int32_t status;    /* below 0: of the call that failed */
    uint32_t event;    /* number of the last event that was worse than a notice; 0: none */
    uint32_t sense;    /* sense key << 16 | sense code of the last command */
    size_t arena;      /* bytes of memory there are */
    size_t peak;       /* of those, needed at most */
    size_t afterwards; /* in use when all was given back */
};

/* Logs in, writes the block at `lba`, reads it into `back`, logs out. Returns 0, or -1 with the
 * reason in the report. Its memory is static, so it is for one call at a time. */
int32_t bare_run(const struct bare_system *system, const struct bare_disk *disk, uint64_t lba,
                 const uint8_t block[BARE_BLOCK], uint8_t back[BARE_BLOCK],
                 struct bare_report *report);

#endif
