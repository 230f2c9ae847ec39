/* Issues requests, decides which results are worth another try, and tells failures. */
#include "request.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "options.h"

enum {
    STATUS_GOOD = 0x00,
    STATUS_CHECK_CONDITION = 0x02,
    STATUS_BUSY = 0x08,
    STATUS_TASK_SET_FULL = 0x28,
    SENSE_RECOVERED_ERROR = 0x1,
    SENSE_ILLEGAL_REQUEST = 0x5,
    SENSE_UNIT_ATTENTION = 0x6,
    CODE_INVALID_OPCODE = 0x2000, /* ASC 20h, ASCQ 00h */
    MAX_ATTENTIONS = 3,
    MAX_REFUSALS = 5
};

/* Between two tries while a target is busy, ns. */
static const uint64_t busy_pause = 100000000;

void request_init(struct request *request, uint64_t lun) {
    memset(request, 0, offsetof(struct request, sense));
    request->kind = SANSCSI_TASK_COMMAND;
    request->lun = lun;
}

static int32_t issue_command(struct request *request, sanscsi_session *session, uint64_t now) {
    const sanscsi_command command = {
        .size = sizeof(command),
        .attribute = SANSCSI_ATTRIBUTE_SIMPLE,
        .lun = request->lun,
        .cdb = request->cdb,
        .cdb_length = request->cdb_length,
        .data_out = &request->data_out,
        .data_out_count = request->data_out.size != 0,
        .data_in = &request->data_in,
        .data_in_count = request->data_in.size != 0,
        .sense = request->sense,
        .sense_size = sizeof(request->sense),
        .user = (uintptr_t)request,
        .flags = SANSCSI_COMMAND_RESEND, /* none of ours is harmed by being done twice */
    };
    return sanscsi_submit(session, &command, now, NULL);
}

int32_t request_issue(struct request *request, sanscsi_session *session, uint64_t now) {
    int32_t status = request->kind == SANSCSI_TASK_COMMAND ? issue_command(request, session, now)
                     : request->kind == SANSCSI_TASK_PING
                         ? sanscsi_ping(session, NULL, NULL, 0, (uintptr_t)request, 0, now, NULL)
                         : sanscsi_send_targets(session, (uintptr_t)request, now, NULL);
    if (status == SANSCSI_OK) {
        request->state = REQUEST_ISSUED;
        request->issues++;
        request->issued_at = now;
    }
    return status;
}

static int is_good(const struct request *request) {
    const sanscsi_task_result *result = &request->result;
    if (result->io_status != SANSCSI_IO_OK) {
        return 0;
    }
    if (request->optional && result->scsi_status == STATUS_CHECK_CONDITION &&
        result->sense_key == SENSE_ILLEGAL_REQUEST && result->sense_code == CODE_INVALID_OPCODE) {
        return 1;
    }
    if (request->exact && (result->underflow != 0 || result->data_in != request->data_in.size)) {
        return 0;
    }
    return result->scsi_status == STATUS_GOOD || (result->scsi_status == STATUS_CHECK_CONDITION &&
                                                  result->sense_key == SENSE_RECOVERED_ERROR);
}

/* Whether the same request may well succeed when it is issued again. */
static int is_worth_another(struct request *request, uint64_t now) {
    const sanscsi_task_result *result = &request->result;
    if (result->io_status == SANSCSI_IO_SESSION_OFFLINE ||
        result->io_status == SANSCSI_IO_CONNECTION_OFFLINE) {
        /* The library sends commands again by itself, and has given up on this one. */
        return request->kind != SANSCSI_TASK_COMMAND;
    }
    if (result->io_status != SANSCSI_IO_OK) {
        return 0;
    }
    if (result->scsi_status == STATUS_CHECK_CONDITION &&
        result->sense_key == SENSE_UNIT_ATTENTION) {
        return request->attentions++ < MAX_ATTENTIONS;
    }
    if (result->scsi_status == STATUS_BUSY || result->scsi_status == STATUS_TASK_SET_FULL) {
        request->not_before = now + busy_pause;
        return request->refusals++ < MAX_REFUSALS;
    }
    return 0;
}

int request_take(struct request *request, const sanscsi_task_result *result, uint64_t now) {
    request->result = *result;
    request->done_at = now;
    request->ok = (uint32_t)is_good(request);
    return request->ok || !is_worth_another(request, now);
}

void request_abandon(struct request *request, uint64_t now) {
    request->ok = 0;
    request->done_at = now;
    if (request->result.io_status == SANSCSI_IO_OK) {
        request->result.io_status = SANSCSI_IO_SESSION_OFFLINE;
    }
}

static const char *request_name(const struct request *request) {
    return request->kind == SANSCSI_TASK_PING           ? "ping"
           : request->kind == SANSCSI_TASK_SEND_TARGETS ? "SendTargets"
                                                        : sanscsi_command_name(request->cdb);
}

void request_report(const struct request *request) {
    const sanscsi_task_result *result = &request->result;
    const char *name = request_name(request);
    if (result->io_status != SANSCSI_IO_OK) {
        failure("%s: %s", name, sanscsi_io_status_text(result->io_status));
    } else if (result->scsi_status == STATUS_CHECK_CONDITION) {
        failure("%s: %s, %s, %s (%02x/%02x)", name, sanscsi_scsi_status_name(result->scsi_status),
                sanscsi_sense_key_name(result->sense_key),
                sanscsi_sense_code_text(result->sense_code),
                (unsigned)(result->sense_code >> 8 & 0xff), (unsigned)(result->sense_code & 0xff));
    } else if (result->scsi_status != STATUS_GOOD) {
        failure("%s: %s", name, sanscsi_scsi_status_name(result->scsi_status));
    } else {
        size_t asked = request->data_in.size + request->data_out.size;
        failure("%s: %lu of %zu bytes were not transferred", name, (unsigned long)result->underflow,
                asked);
    }
}
