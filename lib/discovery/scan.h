/* The LUN scan's state and the steps its files share. */
#ifndef SANSCSI_DISCOVERY_SCAN_H
#define SANSCSI_DISCOVERY_SCAN_H

#include <iscsi/scan.h>

#include "base/memory.h"
#include "event/queue.h"
#include "initiator/session.h"

#define SCAN_BUFFER_SIZE 256u
#define SCAN_SENSE_SIZE 252u /* the longest, SPC-4 4.5 */

/* What the command under way is for. */
enum scan_step {
    SCAN_FIRST_INQUIRY, /* to LUN 0: does the target answer at all? */
    SCAN_REPORT_LUNS,
    SCAN_PROBE, /* REPORT LUNS is unknown there: does more than LUN 0 answer? */
    SCAN_UNIT_INQUIRY,
    SCAN_UNIT_CAPACITY10,
    SCAN_UNIT_CAPACITY16,
    SCAN_UNIT_FOUND, /* no command: a unit waits to be taken by sanscsi_scan_next() */
    SCAN_DONE        /* no command: nothing follows */
};

/* How a command of the scan ended; the first three are the arguments of events 1 and 2. */
struct scan_outcome {
    uint32_t cdb_status;
    uint32_t io_status;
    uint32_t return_value; /* 1: it could not be issued */
    uint32_t sense_key;
    uint32_t sense_code;
    uint32_t sense_length; /* bytes in scan.sense */
    uint32_t data_in;      /* bytes */
};

struct sanscsi_scan {
    sanscsi_session *session;
    sanscsi_task task; /* under way, or 0 */
    enum scan_step step;
    uint32_t attempts; /* of the present command */
    bool complete;     /* nothing has failed so far */
    bool taken;        /* the unit found was handed out, and is borrowed until the next call */
    bool fallback;     /* LUN 0 alone is scanned */
    uint32_t probe;    /* LUN number that SCAN_PROBE asks */
    struct scan_outcome report; /* of the REPORT LUNS that is unknown there */
    uint32_t next_unit;         /* index in the inventory of the unit in work */
    uint32_t list_size;         /* bytes asked of REPORT LUNS */
    struct growing list;        /* the answer to REPORT LUNS */
    sanscsi_lun_list luns;      /* over it */
    sanscsi_unit unit;          /* in work, or found */
    sanscsi_inquiry inquiry;
    sanscsi_capacity capacity;
    sanscsi_iovec data; /* of the command under way */
    uint8_t buffer[SCAN_BUFFER_SIZE];
    uint8_t sense[SCAN_SENSE_SIZE]; /* of the command under way */
    uint8_t kept_sense[SCAN_SENSE_SIZE];
    uint32_t kept_sense_size; /* of the INQUIRY or REPORT LUNS that failed last */
};

/* scan_command.c: submits the command of the present step; false, and why, when it cannot be. */
bool sanscsi_scan_submit(struct sanscsi_scan *scan, uint64_t now, struct scan_outcome *outcome);

/* scan_command.c: reads a TASK_DONE of ours. */
void sanscsi_scan_read_result(const sanscsi_task_result *result, struct scan_outcome *outcome);

/* scan_step.c: draws the consequences of a command and sets the next step. */
void sanscsi_scan_conclude(struct sanscsi_scan *scan, const struct scan_outcome *outcome);

/* scan_step.c: goes to the unit at next_unit, or ends the scan behind the last one. */
void sanscsi_scan_next_unit(struct sanscsi_scan *scan);

#endif
