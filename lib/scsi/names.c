/* Names of what SCSI numbers: sense keys and codes, statuses, device types, commands. */
#include <iscsi/scsi.h>

#include <stdbool.h>

/* SPC-4 4.5.6 */
static const char *const sense_keys[16] = {
    "NO SENSE",       "RECOVERED ERROR", "NOT READY",      "MEDIUM ERROR",
    "HARDWARE ERROR", "ILLEGAL REQUEST", "UNIT ATTENTION", "DATA PROTECT",
    "BLANK CHECK",    "VENDOR SPECIFIC", "COPY ABORTED",   "ABORTED COMMAND",
    "EQUAL",          "VOLUME OVERFLOW", "MISCOMPARE",     "COMPLETED",
};

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

/* Operation codes that need no service action, then those of SERVICE ACTION IN(16) */
static const struct name commands[] = {
    {0x00, "TEST UNIT READY"},   {0x03, "REQUEST SENSE"},
    {0x08, "READ(6)"},           {0x0a, "WRITE(6)"},
    {0x12, "INQUIRY"},           {0x1a, "MODE SENSE(6)"},
    {0x25, "READ CAPACITY(10)"}, {0x28, "READ(10)"},
    {0x2a, "WRITE(10)"},         {0x35, "SYNCHRONIZE CACHE(10)"},
    {0x5a, "MODE SENSE(10)"},    {0x88, "READ(16)"},
    {0x8a, "WRITE(16)"},         {0x91, "SYNCHRONIZE CACHE(16)"},
    {0xa0, "REPORT LUNS"},       {0xa8, "READ(12)"},
    {0xaa, "WRITE(12)"},
};

static const struct name service_actions_in[] = {
    {0x10, "READ CAPACITY(16)"},
};

/* SPC-4 annex F: the codes that disks and targets send; ASC * 256 + ASCQ */
static const struct name sense_codes[] = {
    {0x0000, "no additional sense information"},
    {0x0006, "I/O process terminated"},
    {0x0016, "operation in progress"},
    {0x0200, "no seek complete"},
    {0x0300, "peripheral device write fault"},
    {0x0400, "logical unit not ready, cause not reportable"},
    {0x0401, "logical unit is becoming ready"},
    {0x0402, "logical unit not ready, initializing command required"},
    {0x0403, "logical unit not ready, manual intervention required"},
    {0x0404, "logical unit not ready, format in progress"},
    {0x0405, "logical unit not ready, rebuild in progress"},
    {0x0407, "logical unit not ready, operation in progress"},
    {0x0409, "logical unit not ready, self-test in progress"},
    {0x040a, "logical unit not accessible, asymmetric access state transition"},
    {0x040b, "logical unit not accessible, target port in standby state"},
    {0x040c, "logical unit not accessible, target port in unavailable state"},
    {0x0412, "logical unit not ready, offline"},
    {0x0500, "logical unit does not respond to selection"},
    {0x0800, "logical unit communication failure"},
    {0x0801, "logical unit communication time-out"},
    {0x0a00, "error log overflow"},
    {0x0b00, "warning"},
    {0x0b01, "warning: specified temperature exceeded"},
    {0x0c00, "write error"},
    {0x0c02, "write error, automatic reallocation failed"},
    {0x0c0c, "write error, unexpected unsolicited data"},
    {0x0c0d, "write error, not enough unsolicited data"},
    {0x1001, "logical block guard check failed"},
    {0x1002, "logical block application tag check failed"},
    {0x1003, "logical block reference tag check failed"},
    {0x1100, "unrecovered read error"},
    {0x1104, "unrecovered read error, automatic reallocation failed"},
    {0x1400, "recorded entity not found"},
    {0x1500, "random positioning error"},
    {0x1700, "recovered data with no error correction applied"},
    {0x1800, "recovered data with error correction applied"},
    {0x1900, "defect list error"},
    {0x1a00, "parameter list length error"},
    {0x1b00, "synchronous data transfer error"},
    {0x1d00, "miscompare during verify operation"},
    {0x2000, "invalid command operation code"},
    {0x2100, "logical block address out of range"},
    {0x2400, "invalid field in CDB"},
    {0x2500, "logical unit not supported"},
    {0x2600, "invalid field in parameter list"},
    {0x2700, "write protected"},
    {0x2707, "space allocation failed, write protect"},
    {0x2800, "not ready to ready change, medium may have changed"},
    {0x2900, "power on, reset, or bus device reset occurred"},
    {0x2901, "power on occurred"},
    {0x2902, "SCSI bus reset occurred"},
    {0x2903, "bus device reset function occurred"},
    {0x2904, "device internal reset"},
    {0x2907, "I_T nexus loss occurred"},
    {0x2a00, "parameters changed"},
    {0x2a01, "mode parameters changed"},
    {0x2a03, "reservations preempted"},
    {0x2a04, "reservations released"},
    {0x2a05, "registrations preempted"},
    {0x2a06, "asymmetric access state changed"},
    {0x2a09, "capacity data has changed"},
    {0x2c00, "command sequence error"},
    {0x2f00, "commands cleared by another initiator"},
    {0x3100, "medium format corrupted"},
    {0x3200, "no defect spare location available"},
    {0x3500, "enclosure services failure"},
    {0x3700, "rounded parameter"},
    {0x3807, "thin provisioning soft threshold reached"},
    {0x3900, "saving parameters not supported"},
    {0x3a00, "medium not present"},
    {0x3e00, "logical unit has not self-configured yet"},
    {0x3e01, "logical unit failure"},
    {0x3f00, "target operating conditions have changed"},
    {0x3f01, "microcode has been changed"},
    {0x3f03, "INQUIRY data has changed"},
    {0x3f0e, "reported LUNs data has changed"},
    {0x4000, "diagnostic failure on a component"},
    {0x4400, "internal target failure"},
    {0x4700, "SCSI parity error"},
    {0x4703, "information unit iuCRC error detected"},
    {0x4705, "protocol service CRC error"},
    {0x4800, "initiator detected error message received"},
    {0x4900, "invalid message error"},
    {0x4b00, "data phase error"},
    {0x4c00, "logical unit failed self-configuration"},
    {0x4e00, "overlapped commands attempted"},
    {0x5300, "media load or eject failed"},
    {0x5500, "system resource failure"},
    {0x5503, "insufficient resources"},
    {0x5504, "insufficient registration resources"},
    {0x5d00, "failure prediction threshold exceeded"},
    {0x5e00, "low power condition on"},
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

const char *sanscsi_sense_code_text(uint32_t code) {
    /* SPC-4 annex F: from 80h on, ASC and ASCQ are the vendor's, but for the numbers of the
     * components that ASC 40h names. */
    bool vendor = (code & 0x8080) != 0 && (code & 0xff00) != 0x4000;
    if (code <= UINT16_MAX && vendor) {
        return "vendor specific";
    }
    const char *by_asc = find(sense_codes, COUNT(sense_codes), code & ~UINT32_C(0xff),
                              "unknown additional sense code");
    return find(sense_codes, COUNT(sense_codes), code, by_asc);
}

const char *sanscsi_scsi_status_name(uint32_t status) {
    return find(statuses, COUNT(statuses), status, "UNKNOWN STATUS");
}

const char *sanscsi_device_type_name(uint32_t device_type) {
    return find(device_types, COUNT(device_types), device_type, "reserved device type");
}

const char *sanscsi_command_name(const uint8_t *cdb) {
    static const char unknown[] = "UNKNOWN COMMAND";
    if (cdb == NULL) {
        return unknown;
    }
    if (cdb[0] == 0x9e) {
        return find(service_actions_in, COUNT(service_actions_in), cdb[1] & 0x1f, unknown);
    }
    return find(commands, COUNT(commands), cdb[0], unknown);
}
