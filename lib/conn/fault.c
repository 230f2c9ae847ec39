/* Names, sentences and clauses of the faults. */
#include "conn/fault.h"

#include "base/invariant.h"
#include "wire/bhs.h"

struct fault_entry {
    const char *name;
    const char *text;
    const char *section;
};

static const struct fault_entry entries[FAULT_COUNT] = {
    [FAULT_NONE] = {"none", "Nothing went wrong.", ""},
    [FAULT_OPCODE] = {"opcode", "The opcode is not one that a target sends in this phase.",
                      "RFC 7143 11.2.1.2"},
    [FAULT_AHS_LENGTH] = {"total-ahs-length", "A PDU of a target has additional header segments.",
                          "RFC 7143 11.2"},
    [FAULT_DATA_LENGTH] = {"data-segment-length",
                           "The data segment is longer than the MaxRecvDataSegmentLength in force.",
                           "RFC 7143 13.12"},
    [FAULT_DATA_FORBIDDEN] = {"data-segment-forbidden",
                              "The PDU has a data segment though it may have none.",
                              "RFC 7143 11.6.2"},
    [FAULT_FINAL_BIT] = {"final-bit", "The F bit, which is always 1 in this PDU, is 0.",
                         "RFC 7143 11.2.1.3"},
    [FAULT_HEADER_DIGEST] = {"header-digest", "The header digest does not match the header.",
                             "RFC 7143 7.8"},
    [FAULT_DATA_DIGEST] = {"data-digest", "The data digest does not match the data segment.",
                           "RFC 7143 7.8"},
    [FAULT_STAT_SN] = {"stat-sn", "StatSN is not the next one: a status was lost or invented.",
                       "RFC 7143 4.2.2.2"},
    [FAULT_TASK_TAG] = {"initiator-task-tag", "The Initiator Task Tag names no outstanding task.",
                        "RFC 7143 11.2.1.8"},
    [FAULT_TASK_KIND] = {"task-kind", "The PDU does not belong to a task of this kind.",
                         "RFC 7143 11.7.3"},
    [FAULT_TASK_LUN] = {"lun", "The LUN is not that of the task.", "RFC 7143 4.2.5.3"},
    [FAULT_LOGIN_OPCODE] = {"login-opcode", "Another PDU than a Login Response came in login.",
                            "RFC 7143 4.2.4"},
    [FAULT_LOGIN_TASK_TAG] = {"login-initiator-task-tag",
                              "The Initiator Task Tag is not that of the Login Requests.",
                              "RFC 7143 6.3"},
    [FAULT_LOGIN_VERSION] = {"login-version",
                             "Version-active is not 0, or the versions changed during the login.",
                             "RFC 7143 11.13.2"},
    [FAULT_LOGIN_STAGE] = {"login-current-stage",
                           "The current stage is not that of the Login Request.", "RFC 7143 6.3"},
    [FAULT_LOGIN_TRANSIT] = {"login-transit", "T is set though the Login Request did not ask.",
                             "RFC 7143 11.13.6"},
    [FAULT_LOGIN_NEXT_STAGE] = {"login-next-stage",
                                "The next stage is reserved, lies behind, or was not asked for.",
                                "RFC 7143 6.3"},
    [FAULT_LOGIN_CONTINUE] = {"login-continue",
                              "C and T are both set, or text came while ours goes on.",
                              "RFC 7143 11.13.7"},
    [FAULT_LOGIN_ISID] = {"login-isid", "The ISID is not the one that was sent.", "RFC 7143 11.13"},
    [FAULT_LOGIN_TSIH] = {"login-tsih",
                          "The TSIH is 0 at the end of the login, or not the session's.",
                          "RFC 7143 11.13.3"},
    [FAULT_LOGIN_STATUS] = {"login-status-class", "The Status-Class is not one of 0 to 3.",
                            "RFC 7143 11.13.5"},
    [FAULT_LOGIN_KEY] = {"login-key",
                         "A key came that must not come here, or its name or value is malformed.",
                         "RFC 7143 6.3"},
    [FAULT_LOGIN_TEXT] = {"login-text", "The text exceeds a limit or is not made of pairs.",
                          "RFC 7143 6.1"},
    [FAULT_LOGIN_TIMEOUT] = {"login-timeout", "The login did not end in the time allowed.",
                             "RFC 7143 8.1.2"},
    [FAULT_LOGIN_NO_MEMORY] = {"login-memory", "Memory for the login was short on our side.", ""},
    [FAULT_LOGIN_AUTHENTICATION] = {"login-authentication",
                                    "The authentication failed or could not be carried out.",
                                    "RFC 7143 12.1"},
    [FAULT_LOGIN_REDIRECT] = {"login-redirect",
                              "The login was redirected in a way that cannot be followed.",
                              "RFC 7143 11.13.5"},
    [FAULT_RESPONSE_CODE] = {"response-code", "The Response field holds a reserved value.",
                             "RFC 7143 11.4.3"},
    [FAULT_RESIDUAL_FLAGS] = {"residual-flags", "Overflow and underflow are both told.",
                              "RFC 7143 11.4.1"},
    [FAULT_SENSE_LENGTH] = {"sense-length", "SenseLength exceeds the data segment.",
                            "RFC 7143 11.4.7"},
    [FAULT_SENSE_MISSING] = {"sense-missing", "CHECK CONDITION came without sense data.",
                             "RFC 7143 11.4.7"},
    [FAULT_DATA_SN] = {"data-sn", "DataSN is not the next one of the task.", "RFC 7143 11.7.5"},
    [FAULT_DATA_OFFSET] = {"buffer-offset",
                           "The data lies outside the task's buffer or out of order.",
                           "RFC 7143 11.7.6"},
    [FAULT_DATA_STATUS] = {"data-in-status",
                           "S is set without F, or with a status that needs a SCSI Response.",
                           "RFC 7143 11.7.3"},
    [FAULT_EXP_DATA_SN] = {"exp-data-sn", "ExpDataSN tells fewer data PDUs than came.",
                           "RFC 7143 11.4.8"},
    [FAULT_R2T_SN] = {"r2t-sn", "R2TSN is not the next one of the task.", "RFC 7143 11.8.2"},
    [FAULT_R2T_RANGE] = {"r2t-range",
                         "The data asked for is none, exceeds MaxBurstLength, or lies outside the "
                         "task's buffer.",
                         "RFC 7143 11.8.4"},
    [FAULT_R2T_TAG] = {"r2t-target-transfer-tag", "The Target Transfer Tag is the reserved one.",
                       "RFC 7143 11.8.5"},
    [FAULT_R2T_COUNT] = {"r2t-count", "More R2Ts are outstanding than MaxOutstandingR2T.",
                         "RFC 7143 13.17"},
    [FAULT_NOP_TAGS] = {"nop-in-tags", "The two tags of a NOP-In exclude each other.",
                        "RFC 7143 11.19"},
    [FAULT_NOP_FLOOD] = {"nop-in-flood", "NOP-Ins want answers faster than we can send them.",
                         "RFC 7143 11.18"},
    [FAULT_PING_DATA] = {"ping-data", "A ping's data comes back otherwise than it was sent.",
                         "RFC 7143 11.18.3"},
    [FAULT_FLOOD] = {"flood", "PDUs that bring nothing come without end, and no task gets on.", ""},
    [FAULT_TMF_RESPONSE] = {"task-management-response",
                            "The target does not abort a task, so the session has to.",
                            "RFC 7143 11.6.1"},
    [FAULT_ABORT_TIMEOUT] = {"abort-timeout", "ABORT TASK was not answered in the time allowed.",
                             "RFC 7143 7.11"},
    [FAULT_SEND_TIMEOUT] =
        {"send-timeout", "The transport takes nothing of what is to be sent in the time allowed.",
         "RFC 7143 7.14"},
    [FAULT_MANAGEMENT_TIMEOUT] = {"task-management-timeout",
                                  "Task management was not answered in the time allowed.",
                                  "RFC 7143 11.6"},
    [FAULT_LOGOUT_RESPONSE] = {"logout-response", "The target answers the logout with a failure.",
                               "RFC 7143 11.15.1"},
    [FAULT_LOGOUT_TIMEOUT] = {"logout-timeout", "The logout was not answered in the time allowed.",
                              "RFC 7143 8.1.2"},
    [FAULT_TEXT_CONTINUE] = {"text-continue", "C and F are both set, or F against our request.",
                             "RFC 7143 11.11.1"},
    [FAULT_TEXT_TAG] = {"text-target-transfer-tag",
                        "A text answer goes on without a tag to ask "
                        "for more.",
                        "RFC 7143 11.11.4"},
    [FAULT_TEXT_LIMIT] = {"text-limit", "The text answer exceeds the limit.", "RFC 7143 6.1"},
    [FAULT_TEXT_NO_MEMORY] = {"text-memory", "Memory for the text answer was short on our side.",
                              ""},
    [FAULT_TEXT_TIMEOUT] = {"text-timeout", "A text request was not answered in time.",
                            "RFC 7143 11.10"},
    [FAULT_PING_TIMEOUT] = {"ping-timeout", "A ping was not answered in the time allowed.",
                            "RFC 7143 7.14"},
    [FAULT_ASYNC_EVENT] = {"async-event", "The AsyncEvent is not an assigned one.",
                           "RFC 7143 11.9.1"},
    [FAULT_ASYNC_DROP] = {"async-drop", "The target drops the connection or the session.",
                          "RFC 7143 11.9.1"},
    [FAULT_TERMINATION_FLOOD] = {"task-termination-flood",
                                 "More logical units have their tasks terminated than tasks exist.",
                                 "RFC 7143 4.2.3.4"},
    [FAULT_REJECT] = {"reject", "The target rejects a PDU of ours.", "RFC 7143 11.17"},
    [FAULT_DATA_SEQUENCE] = {"data-in-sequence", "A sequence of Data-In exceeds MaxBurstLength.",
                             "RFC 7143 11.7.1"},
};

const char *sanscsi_fault_name(enum fault_code code) {
    INVARIANT(code < FAULT_COUNT);
    return entries[code].name;
}

const char *sanscsi_fault_text(enum fault_code code) {
    INVARIANT(code < FAULT_COUNT);
    return entries[code].text;
}

uint8_t sanscsi_fault_awaited(enum fault_code code) {
    switch ((uint32_t)code) {
    case FAULT_LOGIN_TIMEOUT:
        return OPCODE_LOGIN_RESPONSE;
    case FAULT_ABORT_TIMEOUT:
    case FAULT_MANAGEMENT_TIMEOUT:
        return OPCODE_TMF_RESPONSE;
    case FAULT_LOGOUT_TIMEOUT:
        return OPCODE_LOGOUT_RESPONSE;
    case FAULT_TEXT_TIMEOUT:
        return OPCODE_TEXT_RESPONSE;
    case FAULT_PING_TIMEOUT:
        return OPCODE_NOP_IN;
    default:
        return 0;
    }
}

/* Where it says that a PDU has no data segment, or which. */
static const char *data_section(const struct fault *fault) {
    switch (fault->opcode) {
    case OPCODE_R2T:
        return "RFC 7143 11.8.1";
    case OPCODE_LOGOUT_RESPONSE:
        return "RFC 7143 11.15.2";
    case OPCODE_NOP_IN:
        return "RFC 7143 11.19";
    default:
        return entries[fault->code].section;
    }
}

const char *sanscsi_fault_section(const struct fault *fault) {
    INVARIANT(fault->code < FAULT_COUNT);
    if (fault->code == FAULT_DATA_FORBIDDEN) {
        return data_section(fault);
    }
    if (fault->code == FAULT_DATA_LENGTH && fault->opcode == OPCODE_REJECT &&
        fault->value < BHS_SIZE) {
        return "RFC 7143 11.17"; /* it lacks the header that it rejects */
    }
    return entries[fault->code].section;
}
