/* The catalogue's events 1 to 4: the scan for logical units. */
#include "event/catalogue.h"

static const struct event_arg_info outcome_args[] = {
    {"cdb_status", "SCSI status byte of the command; 0 where the target sent none", SANSCSI_ARG_HEX,
     GLOSS_SCSI_STATUS},
    {"io_status",
     "how far the command came: 0 no I/O error, 3 session offline, 4 session in transition (when "
     "return_value is 1) or command timed out (when it is 0), 5 target failure, 6 connection "
     "offline, 7 bytes lost",
     SANSCSI_ARG_HEX, GLOSS_IO_STATUS},
    {"return_value", "0 when the command was issued, 1 when it could not be", SANSCSI_ARG_HEX,
     GLOSS_RETURN_VALUE},
};

/* Events 1 and 2 have the first ten in common; 11a and 11b are event 2's alone. */
static const struct event_cause_info outcome_causes[] = {
    {"1", "The session was offline, and the command was never issued.", "io_status is 0x3",
     sanscsi_actions_initiator_scan},
    {"2", "The session was between two states, logging in or out, and the command was not issued.",
     "io_status is 0x4 and return_value is 0x1", sanscsi_actions_initiator_scan},
    {"3", "The connection was offline, and the command could not be carried out.",
     "io_status is 0x6", sanscsi_actions_initiator_scan},
    {"4", "Data was lost: fewer bytes arrived here than the target claims to have sent.",
     "io_status is 0x7", sanscsi_actions_initiator_scan},
    {"5", "The target answered the command with CHECK CONDITION.", "cdb_status is 0x02",
     sanscsi_actions_target_scan},
    {"6", "The target was BUSY and did not take the command.", "cdb_status is 0x08",
     sanscsi_actions_target_scan},
    {"7", "The command's time ran out before the target answered.",
     "io_status is 0x4 and return_value is 0x0", sanscsi_actions_target_scan},
    {"8", "The target could not execute the command: its iSCSI response was Target Failure.",
     "io_status is 0x5", sanscsi_actions_target_scan},
    {"9", "Another host's reservation is in the way: the status was RESERVATION CONFLICT.",
     "cdb_status is 0x18", (const uint8_t[]){ACTION_FIND_RESERVATION, ACTION_END}},
    {"10", "There was not enough memory to issue the command.",
     "return_value is 0x1, cdb_status is 0x0 and io_status is 0x0", sanscsi_actions_memory_scan},
    {"11a", "REPORT LUNS is not supported, although the target has more than one logical unit.",
     "in addition to cause 5, when the sense data says ILLEGAL REQUEST, 20h/00h (invalid command "
     "operation code), and other units than LUN 0 answer",
     sanscsi_actions_violation_scan},
    {"11b", "REPORT LUNS is not supported by this target, which has but one logical unit.",
     "in addition to cause 5, when the sense data says ILLEGAL REQUEST, 20h/00h (invalid command "
     "operation code), and no unit but LUN 0 answers",
     (const uint8_t[]){ACTION_NONE_LUN_0, ACTION_END}},
};

static const struct event_cause_info addressing_causes[] = {
    {"1",
     "The LUN's addressing method is none of those the initiator can use, which are peripheral "
     "device, flat space and logical unit addressing; well-known and other extended LUNs are left "
     "out.",
     "",
     (const uint8_t[]){ACTION_REPORT_VIOLATION, ACTION_SCAN_TARGET, ACTION_CHANGE_ADDRESSING,
                       ACTION_END}},
};

static const struct event_cause_info no_units_causes[] = {
    {"1", "On the target, no logical unit is set up for this initiator.", "",
     (const uint8_t[]){ACTION_CONFIGURE_UNITS, ACTION_END}},
};

static const struct event_info events[] = {
    {
        .id = SANSCSI_EVENT_INQUIRY_FAILED,
        .severity = SANSCSI_SERIOUS,
        .name = "inquiry-failed",
        .summary = "The initiator's SCSI INQUIRY command to the target did not succeed.",
        .message = "INQUIRY failed: %, %, %.",
        .reaction = "It does not claim the logical unit.",
        .args = outcome_args,
        .causes = outcome_causes,
        .arg_count = COUNT_OF(outcome_args),
        .cause_count = 10,
    },
    {
        .id = SANSCSI_EVENT_REPORT_LUNS_FAILED,
        .severity = SANSCSI_INFORMATION,
        .name = "report-luns-failed",
        .summary = "The initiator's SCSI REPORT LUNS command to the target did not succeed.",
        .message = "REPORT LUNS failed: %, %, %; the scan takes LUN 0 alone.",
        .reaction = "It continues the scan with nothing but LUN 0.",
        .args = outcome_args,
        .causes = outcome_causes,
        .arg_count = COUNT_OF(outcome_args),
        .cause_count = COUNT_OF(outcome_causes),
    },
    {
        .id = SANSCSI_EVENT_UNSUPPORTED_LUN_ADDRESSING,
        .severity = SANSCSI_SERIOUS,
        .name = "unsupported-lun-addressing",
        .summary = "A LUN that the target reports has an unsupported addressing method.",
        .message = "The target reports a LUN with an addressing method that is not supported; none "
                   "of its logical units is claimed.",
        .reaction = "It claims none of this target's logical units.",
        .causes = addressing_causes,
        .cause_count = COUNT_OF(addressing_causes),
    },
    {
        .id = SANSCSI_EVENT_NO_LUNS_CONFIGURED,
        .severity = SANSCSI_MAJOR_WARNING,
        .name = "no-luns-configured",
        .summary = "The target's inventory of logical units is empty.",
        .message = "The target reports no logical unit for this initiator.",
        .reaction = "There is nothing for it to claim.",
        .causes = no_units_causes,
        .cause_count = COUNT_OF(no_units_causes),
    },
};

const struct event_run sanscsi_events_scan = {events, COUNT_OF(events)};
