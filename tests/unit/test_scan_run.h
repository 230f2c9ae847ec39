/* Runs a LUN scan against the test target, with some commands answered by plan. */
#ifndef SANSCSI_TESTS_SCAN_RUN_H
#define SANSCSI_TESTS_SCAN_RUN_H

#include "support/harness.h"

enum { INQUIRY = 0x12, REPORT_LUNS = 0xa0, CAPACITY10 = 0x25, CAPACITY16 = 0x9e };

/* What the target answers to commands with an opcode instead of what is right. */
enum kind {
    RIGHT,
    CHECK,   /* sense key and code in value */
    STATUS,  /* a SCSI status without sense */
    SENSE,   /* a SCSI status and sense data of another's: status, key, code in value */
    FAILURE, /* iSCSI response Target Failure */
    GROW,    /* an inventory of one unit more than there is room for */
    SHORT,   /* fewer bytes than it tells */
    SILENT,  /* nothing */
    DROP,    /* the connection goes */
    DATA     /* the bytes of the plan */
};

struct plan {
    uint8_t opcode;
    uint32_t lun;   /* of the first two bytes; or ANY_LUN */
    uint32_t skip;  /* commands that are answered right before */
    uint32_t times; /* commands that are not; 0: all */
    enum kind kind;
    uint32_t value;
    const uint8_t *data;
    uint32_t length;
};

#define ANY_LUN UINT32_MAX

struct scanned {
    struct harness *harness;
    sanscsi_scan *scan;
    const struct plan *plans;
    size_t plan_count;
    uint32_t seen[4]; /* commands that met each plan */
    uint32_t units;
    uint32_t claimed;
    uint32_t with_inquiry;
    uint32_t with_capacity;
    uint32_t last_number;
    uint64_t last_lun;
    uint64_t last_blocks;
    uint32_t inquiries;
    uint32_t report_luns;
    bool drop;
    /* Called when result number `before_result`, from 1, comes, before the scan gets it. */
    void (*before)(struct scanned *scanned);
    uint32_t before_result;
    uint32_t results;
};

/* A session that is logged in to a target with so many units. */
void scan_begin(struct scanned *scanned, const struct plan *plans, size_t count, uint32_t units);
/* Makes the scan, but runs nothing. */
void scan_start(struct scanned *scanned);
/* Goes on to the end, taking the units as they come. */
void scan_finish(struct scanned *scanned);
/* Both of the above: scans to the end, taking the units as they come. */
void scan_all(struct scanned *scanned);
void scan_end(struct scanned *scanned);

#endif
