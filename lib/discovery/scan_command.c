/* The commands of the LUN scan: built, submitted, their ends read. */
#include "discovery/scan.h"

#define INQUIRY_LENGTH 255u
#define CAPACITY10_LENGTH 8u
#define CAPACITY16_LENGTH 32u

/* The LUN the present command goes to. */
static uint64_t step_lun(const struct sanscsi_scan *scan) {
    switch (scan->step) {
    case SCAN_PROBE:
        return (uint64_t)scan->probe << 48;
    case SCAN_UNIT_INQUIRY:
    case SCAN_UNIT_CAPACITY10:
    case SCAN_UNIT_CAPACITY16:
        return scan->unit.lun;
    case SCAN_FIRST_INQUIRY:
    case SCAN_REPORT_LUNS:
    case SCAN_UNIT_FOUND:
    case SCAN_DONE:
        break;
    }
    return 0;
}

/* Writes the CDB of the present command and names its buffer; returns the CDB's length. */
static uint32_t step_cdb(struct sanscsi_scan *scan, uint8_t cdb[16]) {
    scan->data.data = scan->buffer;
    switch (scan->step) {
    case SCAN_REPORT_LUNS:
        scan->data.data = scan->list.data;
        scan->data.size = scan->list_size;
        return sanscsi_cdb_report_luns(cdb, SANSCSI_REPORT_LUNS_UNITS, scan->list_size);
    case SCAN_UNIT_CAPACITY10:
        scan->data.size = CAPACITY10_LENGTH;
        return sanscsi_cdb_read_capacity10(cdb);
    case SCAN_UNIT_CAPACITY16:
        scan->data.size = CAPACITY16_LENGTH;
        return sanscsi_cdb_read_capacity16(cdb, CAPACITY16_LENGTH);
    case SCAN_FIRST_INQUIRY:
    case SCAN_PROBE:
    case SCAN_UNIT_INQUIRY:
    case SCAN_UNIT_FOUND:
    case SCAN_DONE:
        break;
    }
    scan->data.size = INQUIRY_LENGTH;
    return sanscsi_cdb_inquiry(cdb, 0, 0, INQUIRY_LENGTH);
}

/* Why a command was not issued, in the words of events 1 and 2. */
static uint32_t refused_io_status(int32_t status) {
    switch (status) {
    case SANSCSI_NOT_LOGGED_IN:
        return SANSCSI_IO_SESSION_OFFLINE;
    case SANSCSI_IN_TRANSITION:
        return SANSCSI_IO_TIMEOUT; /* with return value 1: the session is changing state */
    default:
        return SANSCSI_IO_OK; /* no slot, no memory */
    }
}

bool sanscsi_scan_submit(struct sanscsi_scan *scan, uint64_t now, struct scan_outcome *outcome) {
    uint8_t cdb[16];
    sanscsi_command command;
    sanscsi_command_defaults(&command);
    command.cdb_length = step_cdb(scan, cdb);
    command.cdb = cdb;
    command.lun = step_lun(scan);
    command.data_in = &scan->data;
    command.data_in_count = 1;
    command.sense = scan->sense;
    command.sense_size = sizeof(scan->sense);
    scan->attempts++;
    int32_t status = sanscsi_submit(scan->session, &command, now, &scan->task);
    if (status == SANSCSI_OK) {
        return true;
    }
    memset(outcome, 0, sizeof(*outcome));
    outcome->io_status = refused_io_status(status);
    outcome->return_value = 1;
    return false;
}

void sanscsi_scan_read_result(const sanscsi_task_result *result, struct scan_outcome *outcome) {
    outcome->cdb_status = result->scsi_status;
    outcome->io_status = result->io_status;
    outcome->return_value = 0;
    outcome->sense_key = result->sense_key;
    outcome->sense_code = result->sense_code;
    outcome->sense_length = result->sense_length;
    outcome->data_in = result->data_in;
}
