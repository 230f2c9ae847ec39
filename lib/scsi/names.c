/* Names of what SCSI numbers: sense keys and codes, statuses, device types, commands. */
#include "scsi/names.h"

#include <iscsi/scsi.h>

#include <stdbool.h>

/* SPC-4 4.5.6 */
static const char *const sense_keys[16] = {
    "NO SENSE",       "RECOVERED ERROR", "NOT READY",      "MEDIUM ERROR",
    "HARDWARE ERROR", "ILLEGAL REQUEST", "UNIT ATTENTION", "DATA PROTECT",
    "BLANK CHECK",    "VENDOR SPECIFIC", "COPY ABORTED",   "ABORTED COMMAND",
    "EQUAL",          "VOLUME OVERFLOW", "MISCOMPARE",     "COMPLETED",
};

enum { VARIABLE_LENGTH_CDB = 0x7f };

struct name {
    uint32_t value;
    const char *text;
};

/* SAM-5 5.3, with the obsolete ones that old units still send */
static const struct name statuses[] = {
    {0x00, "GOOD"},
    {0x02, "CHECK CONDITION"},
    {0x04, "CONDITION MET"},
    {0x08, "BUSY"},
    {0x10, "INTERMEDIATE"},
    {0x14, "INTERMEDIATE-CONDITION MET"},
    {0x18, "RESERVATION CONFLICT"},
    {0x22, "COMMAND TERMINATED"},
    {0x28, "TASK SET FULL"},
    {0x30, "ACA ACTIVE"},
    {0x40, "TASK ABORTED"},
};

/* SPC-4 6.6.2 */
static const struct name device_types[] = {
    {0x00, "disk"},
    {0x01, "tape"},
    {0x02, "printer"},
    {0x03, "processor"},
    {0x04, "write-once disk"},
    {0x05, "CD/DVD"},
    {0x06, "scanner"},
    {0x07, "optical disk"},
    {0x08, "media changer"},
    {0x09, "communications device"},
    {0x0a, "graphic arts device"},
    {0x0b, "graphic arts device"},
    {0x0c, "storage array controller"},
    {0x0d, "enclosure"},
    {0x0e, "simple disk"},
    {0x0f, "optical card device"},
    {0x10, "bridge controller"},
    {0x11, "object-based storage"},
    {0x12, "automation device"},
    {0x13, "security manager"},
    {0x14, "host-managed zoned disk"},
    {0x1e, "well-known logical unit"},
    {0x1f, "unknown or no device"},
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const char *find(const struct name *names, size_t count, uint32_t value,
                        const char *otherwise) {
    for (size_t i = 0; i < count; i++) {
        if (names[i].value == value) {
            return names[i].text;
        }
    }
    return otherwise;
}

const char *sanscsi_sense_key_name(uint32_t sense_key) {
    return sense_key < COUNT(sense_keys) ? sense_keys[sense_key] : "UNKNOWN SENSE KEY";
}

/* The text of a code in one of the sorted tables, or NULL. */
static const char *find_code(uint32_t code) {
    bool low = code < sanscsi_sense_codes_high[0].code;
    const struct sense_code *table = low ? sanscsi_sense_codes_low : sanscsi_sense_codes_high;
    size_t first = 0;
    size_t end = low ? sanscsi_sense_codes_low_count : sanscsi_sense_codes_high_count;
    while (first < end) {
        size_t middle = first + (end - first) / 2;
        if (table[middle].code == code) {
            return table[middle].text;
        }
        if (table[middle].code < code) {
            first = middle + 1;
        } else {
            end = middle;
        }
    }
    return NULL;
}

/* ASCs whose ASCQ is a number of something: a component, a task tag, an algorithm. */
static bool has_number(uint32_t asc) {
    return asc == 0x40 || asc == 0x4d || asc == 0x70;
}

const char *sanscsi_sense_code_text(uint32_t code) {
    if (code <= UINT16_MAX) {
        const char *text = find_code(code);
        if (text != NULL) {
            return text;
        }
        /* SPC-4 annex F: from 80h on, ASC and ASCQ are the vendor's. */
        if ((code & 0x8080) != 0 && !has_number(code >> 8)) {
            return "vendor specific";
        }
        text = find_code(code & 0xff00);
        if (text != NULL) {
            return text;
        }
    }
    return "unknown additional sense code";
}

const char *sanscsi_scsi_status_name(uint32_t status) {
    return find(statuses, COUNT(statuses), status, "UNKNOWN STATUS");
}

const char *sanscsi_device_type_name(uint32_t device_type) {
    return find(device_types, COUNT(device_types), device_type, "reserved device type");
}

const char *sanscsi_opcode_name(uint32_t opcode, uint32_t action) {
    for (size_t i = 0; i < sanscsi_command_names_count; i++) {
        const struct command_name *name = &sanscsi_command_names[i];
        if (name->opcode == opcode && (name->action == action || name->action == NO_ACTION)) {
            return name->text;
        }
    }
    return "UNKNOWN COMMAND";
}

const char *sanscsi_command_name(const uint8_t *cdb) {
    if (cdb == NULL) {
        return "UNKNOWN COMMAND";
    }
    /* The service action of a variable length CDB lies where the caller need not have bytes. */
    bool is_long = cdb[0] == VARIABLE_LENGTH_CDB;
    return sanscsi_opcode_name(cdb[0], is_long ? NO_ACTION : cdb[1] & 0x1fu);
}
