/* One SCSI command of the driver: its words, its CDB, and the data on both ways. */
#ifndef TEST_INTEROP_SCSI_H
#define TEST_INTEROP_SCSI_H

#include "json.h"
#include "unit.h"

enum { SCSI_ROOM = 1 << 20, SCSI_WORDS = 16, SCSI_KEPT = 512 };

struct call {
    const char *words[SCSI_WORDS]; /* the verb, then NAME=VALUE */
    uint32_t word_count;
    uint8_t cdb[16];
    uint8_t *out; /* SCSI_ROOM bytes */
    size_t out_length;
    uint8_t *in;      /* likewise */
    size_t in_length; /* as much is asked for */
    size_t came;
    uint8_t kept[SCSI_KEPT]; /* the last answer of a verb that keeps it: VPD page, mode data */
    size_t kept_length;
};

struct verb {
    const char *name;
    /* Fills CDB and data; returns the CDB's length or 0. */
    uint32_t (*build)(struct call *call);
    /* Prints members of the answer; returns what its parser said. NULL: the bytes are printed. */
    int32_t (*print)(struct call *call, struct json *json);
};

/* The number of a word NAME=VALUE; 0 without. */
uint64_t call_number(const struct call *call, const char *name);
uint32_t call_number32(const struct call *call, const char *name);

/* Keeps the answer for a later command. */
void call_keep(struct call *call);

extern const struct verb scsi_block_verbs[];
extern const size_t scsi_block_verb_count;
extern const struct verb scsi_admin_verbs[];
extern const size_t scsi_admin_verb_count;
extern const struct verb scsi_reserve_verbs[];
extern const size_t scsi_reserve_verb_count;

/* Builds a command of logical block, count and flags, if the verb is one; else returns 0. */
uint32_t scsi_build_transfer(struct call *call);
int scsi_is_transfer(const char *verb);

#endif
