/* What follows from each command of the LUN scan. */
#include "discovery/scan.h"

#include "base/checked.h"
#include "base/invariant.h"

#define MAX_ATTEMPTS 5u /* of one command that a UNIT ATTENTION meets */
#define LAST_PROBE 7u   /* LUNs 1 to this are asked when REPORT LUNS is unknown */
#define LIST_HEADER 8u
#define MAX_LIST_SIZE (LIST_HEADER + 8u * SANSCSI_SCAN_MAX_UNITS)

enum { SENSE_ILLEGAL_REQUEST = 0x05, SENSE_UNIT_ATTENTION = 0x06 };
enum { STATUS_CHECK_CONDITION = 0x02 };
enum { SENSE_CODE_INVALID_OPCODE = 0x2000 };

static bool succeeded(const struct scan_outcome *outcome) {
    return outcome->return_value == 0 && outcome->io_status == SANSCSI_IO_OK &&
           outcome->cdb_status == 0;
}

/* Sense data may come beside any status, but tells why a command failed only beside this one. */
static bool failed_with(const struct scan_outcome *outcome, uint32_t sense_key) {
    return outcome->return_value == 0 && outcome->io_status == SANSCSI_IO_OK &&
           outcome->cdb_status == STATUS_CHECK_CONDITION && outcome->sense_key == sense_key;
}

/* The target does not know the command. */
static bool unknown_command(const struct scan_outcome *outcome) {
    return failed_with(outcome, SENSE_ILLEGAL_REQUEST) &&
           outcome->sense_code == SENSE_CODE_INVALID_OPCODE;
}

/* Nothing further can be asked in this session. */
static bool session_gone(const struct scan_outcome *outcome) {
    return outcome->io_status == SANSCSI_IO_SESSION_OFFLINE ||
           outcome->io_status == SANSCSI_IO_CONNECTION_OFFLINE ||
           (outcome->return_value == 1 && outcome->io_status != SANSCSI_IO_OK);
}

static void go(struct sanscsi_scan *scan, enum scan_step step) {
    scan->step = step;
    scan->attempts = 0;
}

static void end(struct sanscsi_scan *scan) {
    scan->complete = false;
    go(scan, SCAN_DONE);
}

/* Events 1 and 2. */
static void tell(struct sanscsi_scan *scan, uint32_t event, uint32_t facts,
                 const struct scan_outcome *outcome) {
    struct event_value values[] = {
        EVENT_NUMBER(outcome->cdb_status),
        EVENT_NUMBER(outcome->io_status),
        EVENT_NUMBER(outcome->return_value),
    };
    sanscsi_session_raise(scan->session, event, facts, values);
}

void sanscsi_scan_next_unit(struct sanscsi_scan *scan) {
    uint32_t units = scan->fallback ? 1 : min_u32(scan->luns.count, SANSCSI_SCAN_MAX_UNITS);
    if (scan->next_unit >= units) {
        go(scan, SCAN_DONE);
        return;
    }
    sanscsi_unit *unit = &scan->unit;
    memset(unit, 0, sizeof(*unit));
    unit->size = sizeof(*unit);
    if (!scan->fallback) {
        int32_t status = sanscsi_lun_list_get(&scan->luns, scan->next_unit, &unit->lun);
        status = status == SANSCSI_OK ? sanscsi_lun_decode(unit->lun, &unit->lun_number) : status;
        INVARIANT(status == SANSCSI_OK); /* the inventory was checked as a whole */
        (void)status;
    }
    scan->next_unit++;
    go(scan, SCAN_UNIT_INQUIRY);
}

/* REPORT LUNS is of no use, and event 2 says why: LUN 0 alone is scanned. */
static void fall_back(struct sanscsi_scan *scan, uint32_t facts,
                      const struct scan_outcome *outcome) {
    tell(scan, SANSCSI_EVENT_REPORT_LUNS_FAILED, facts, outcome);
    scan->fallback = true;
    sanscsi_scan_next_unit(scan);
}

/* Asks for `size` bytes of inventory, or tells that there is no memory for them. */
static void ask_inventory(struct sanscsi_scan *scan, uint32_t size) {
    scan->list_size = size;
    scan->list.size = 0;
    if (sanscsi_growing_reserve(&scan->list, scan->session->allocator, size, MAX_LIST_SIZE) ==
        SANSCSI_OK) {
        go(scan, SCAN_REPORT_LUNS);
        return;
    }
    struct scan_outcome no_memory = {.return_value = 1};
    fall_back(scan, 0, &no_memory);
}

static void conclude_first_inquiry(struct sanscsi_scan *scan, const struct scan_outcome *outcome) {
    if (!succeeded(outcome)) {
        tell(scan, SANSCSI_EVENT_INQUIRY_FAILED, 0, outcome);
        end(scan);
        return;
    }
    ask_inventory(scan, LIST_HEADER + 8 * 256);
}

/* Whether every LUN of the inventory is in a supported addressing method. */
static bool inventory_supported(const struct sanscsi_scan *scan) {
    for (uint32_t i = 0; i < scan->luns.count; i++) {
        uint64_t lun = 0;
        uint32_t number = 0;
        if (sanscsi_lun_list_get(&scan->luns, i, &lun) != SANSCSI_OK ||
            sanscsi_lun_decode(lun, &number) != SANSCSI_OK) {
            return false;
        }
    }
    return true;
}

/* Whether as much came as the target has to tell and we had room for: less is no inventory, and
 * one that is taken for whole would hide units. */
static bool inventory_whole(const struct sanscsi_scan *scan, int32_t status, uint32_t data_in,
                            uint64_t whole) {
    return status != SANSCSI_MALFORMED && data_in >= min_u64(whole, scan->list_size);
}

static void take_inventory(struct sanscsi_scan *scan, const struct scan_outcome *outcome) {
    scan->luns.size = sizeof(scan->luns);
    int32_t status = sanscsi_report_luns_parse(scan->list.data, outcome->data_in, &scan->luns);
    uint64_t whole = min_u64((uint64_t)scan->luns.list_length + LIST_HEADER, MAX_LIST_SIZE);
    if (!inventory_whole(scan, status, outcome->data_in, whole)) {
        fall_back(scan, 0, outcome);
    } else if (whole > scan->list_size) {
        /* Twice the room at least: an inventory that grows by one each time must come to an end. */
        uint64_t size =
            whole > 2 * (uint64_t)scan->list_size ? whole : 2 * (uint64_t)scan->list_size;
        ask_inventory(scan, (uint32_t)min_u64(size, MAX_LIST_SIZE));
    } else if (scan->luns.count == 0) {
        sanscsi_session_raise(scan->session, SANSCSI_EVENT_NO_LUNS_CONFIGURED, 0, NULL);
        end(scan);
    } else if (!inventory_supported(scan)) {
        sanscsi_session_raise(scan->session, SANSCSI_EVENT_UNSUPPORTED_LUN_ADDRESSING, 0, NULL);
        end(scan);
    } else {
        sanscsi_scan_next_unit(scan);
    }
}

static void conclude_report_luns(struct sanscsi_scan *scan, const struct scan_outcome *outcome) {
    if (succeeded(outcome)) {
        take_inventory(scan, outcome);
    } else if (unknown_command(outcome)) {
        scan->report = *outcome;
        scan->probe = 1;
        go(scan, SCAN_PROBE);
    } else {
        fall_back(scan, 0, outcome);
    }
}

/* Reads the INQUIRY data in the buffer; true when a device is connected there. */
static bool read_inquiry(struct sanscsi_scan *scan, const struct scan_outcome *outcome,
                         int32_t *status) {
    scan->inquiry.size = sizeof(scan->inquiry);
    *status = succeeded(outcome)
                  ? sanscsi_inquiry_parse(scan->buffer, outcome->data_in, &scan->inquiry)
                  : SANSCSI_TRUNCATED;
    return *status == SANSCSI_OK &&
           scan->inquiry.peripheral_qualifier == SANSCSI_QUALIFIER_CONNECTED &&
           scan->inquiry.device_type != SANSCSI_DEVICE_NONE;
}

static void conclude_probe(struct sanscsi_scan *scan, const struct scan_outcome *outcome) {
    int32_t status = SANSCSI_OK;
    bool answers = read_inquiry(scan, outcome, &status);
    if (!answers && scan->probe < LAST_PROBE && !session_gone(outcome)) {
        scan->probe++;
        go(scan, SCAN_PROBE);
        return;
    }
    /* A session that ended in between has not told how many there are. */
    uint32_t facts = session_gone(outcome) ? 0
                                           : EVENT_FACT_REPORT_LUNS_UNSUPPORTED |
                                                 (answers ? EVENT_FACT_SEVERAL_UNITS : 0);
    fall_back(scan, facts, &scan->report);
}

/* Device types whose capacity READ CAPACITY tells. */
static bool has_capacity(uint32_t device_type) {
    return device_type == SANSCSI_DEVICE_DISK || device_type == SANSCSI_DEVICE_CD_DVD ||
           device_type == SANSCSI_DEVICE_ZONED;
}

static void conclude_unit_inquiry(struct sanscsi_scan *scan, const struct scan_outcome *outcome) {
    int32_t status = SANSCSI_OK;
    scan->unit.claimed = read_inquiry(scan, outcome, &status) ? 1 : 0;
    if (status != SANSCSI_OK) {
        tell(scan, SANSCSI_EVENT_INQUIRY_FAILED, 0, outcome);
        scan->complete = false;
        go(scan, session_gone(outcome) ? SCAN_DONE : SCAN_UNIT_FOUND);
        return;
    }
    scan->unit.inquiry = &scan->inquiry;
    bool ask = scan->unit.claimed == 1 && has_capacity(scan->inquiry.device_type);
    go(scan, ask ? SCAN_UNIT_CAPACITY10 : SCAN_UNIT_FOUND);
}

static void conclude_capacity(struct sanscsi_scan *scan, const struct scan_outcome *outcome) {
    bool short_form = scan->step == SCAN_UNIT_CAPACITY10;
    scan->capacity.size = sizeof(scan->capacity);
    int32_t status = SANSCSI_TRUNCATED;
    if (succeeded(outcome)) {
        status = short_form
                     ? sanscsi_capacity10_parse(scan->buffer, outcome->data_in, &scan->capacity)
                     : sanscsi_capacity16_parse(scan->buffer, outcome->data_in, &scan->capacity);
    }
    bool ask_long = short_form && (unknown_command(outcome) ||
                                   (status == SANSCSI_OK && scan->capacity.use_read_capacity16));
    if (ask_long) {
        go(scan, SCAN_UNIT_CAPACITY16);
        return;
    }
    scan->unit.capacity = status == SANSCSI_OK ? &scan->capacity : NULL;
    if (outcome->io_status != SANSCSI_IO_OK || outcome->return_value != 0) {
        scan->complete = false; /* not even a refusal came */
    }
    go(scan, SCAN_UNIT_FOUND);
}

/* Keeps why a command failed for which event 1 or 2 may be raised. */
static void keep_sense(struct sanscsi_scan *scan, const struct scan_outcome *outcome) {
    bool told = scan->step == SCAN_FIRST_INQUIRY || scan->step == SCAN_REPORT_LUNS ||
                scan->step == SCAN_UNIT_INQUIRY;
    if (told && outcome->return_value == 0 && outcome->cdb_status == STATUS_CHECK_CONDITION) {
        scan->kept_sense_size = min_u32(outcome->sense_length, SCAN_SENSE_SIZE);
        memcpy(scan->kept_sense, scan->sense, scan->kept_sense_size);
    }
}

void sanscsi_scan_conclude(struct sanscsi_scan *scan, const struct scan_outcome *outcome) {
    /* A new session has a UNIT ATTENTION waiting; it answers the first command, whatever that is,
     * and says nothing about it. */
    if (failed_with(outcome, SENSE_UNIT_ATTENTION) && scan->attempts < MAX_ATTEMPTS) {
        return; /* the same command once more */
    }
    keep_sense(scan, outcome);
    switch (scan->step) {
    case SCAN_FIRST_INQUIRY:
        conclude_first_inquiry(scan, outcome);
        break;
    case SCAN_REPORT_LUNS:
        conclude_report_luns(scan, outcome);
        break;
    case SCAN_PROBE:
        conclude_probe(scan, outcome);
        break;
    case SCAN_UNIT_INQUIRY:
        conclude_unit_inquiry(scan, outcome);
        break;
    case SCAN_UNIT_CAPACITY10:
    case SCAN_UNIT_CAPACITY16:
        conclude_capacity(scan, outcome);
        break;
    case SCAN_UNIT_FOUND:
    case SCAN_DONE:
        break;
    }
}
