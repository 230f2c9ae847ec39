/* One logical unit behind a session: the commands that several of ours need. */
#ifndef EXAMPLE_UNIT_H
#define EXAMPLE_UNIT_H

#include "nexus.h"

/* The most bytes of one READ or WRITE. */
enum { UNIT_MAX_TRANSFER = 256 * 1024 };

struct unit {
    struct nexus nexus;
    struct endpoint endpoint;
    uint64_t lun;              /* wire form */
    sanscsi_capacity capacity; /* after unit_capacity() */
};

/* Parses the URL. Returns 0, or -1 after a usage error. */
int unit_parse(struct unit *unit, char *url);

/* Logs in. Returns 0, or -1 after a failure that was told. unit_close() is to be called. */
int unit_open(struct unit *unit, struct host *host);

void unit_close(struct unit *unit);

/* All below return 0, or -1 after a failure that was told. */
int unit_capacity(struct unit *unit);
int unit_inquiry(struct unit *unit, uint32_t evpd, uint32_t page, void *data, uint32_t size,
                 size_t *length);
int unit_read(struct unit *unit, uint64_t lba, uint32_t blocks, void *data);
int unit_write(struct unit *unit, uint64_t lba, uint32_t blocks, void *data);

/* Flushes the cache; a unit that has none to flush is fine. */
int unit_flush(struct unit *unit);

/* Blocks of the largest transfer; capacity must be known. */
uint32_t unit_max_blocks(const struct unit *unit);

/* Runs body, which returns 0 or -1, with the unit of the first argument's URL; returns the exit
 * code. */
int with_unit(const struct options *options, int (*body)(struct unit *unit, void *context),
              void *context);

#endif
